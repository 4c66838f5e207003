"""Plain sheets read from their XML are what openpyxl reads, and what is not plain is left to it."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from povtarget.errors import InputError
from povtarget.tables import read_table
from povtarget.tables.sheet_xml import PlainSheet
from registry_files import write_as_excel

CELLS = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="&<>\"'\n\t"), max_size=8),
    st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["#N/A", "007", "3375010101809001", "<c r=\"A1\">", "</row>"]),
)  # fmt: skip


def by_openpyxl(sheet):
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def both(path):
    """Rows by PlainSheet and by openpyxl, and whether the sheet was plain."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    quick = PlainSheet(sheet, by_openpyxl)
    ours, theirs = list(quick.rows()), list(by_openpyxl(sheet))
    book.close()
    return [list(row) for row in ours], [list(row) for row in theirs], quick.was_plain


def saved(tmp_path, rows, *, write_only=False):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("Data", 0) if write_only else book.active
    for row in rows:
        sheet.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


def changed(path, change, part="xl/worksheets/sheet1.xml"):
    """The workbook with the XML of one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part]
    parts[part] = change(before)
    assert parts[part] != before
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6), st.booleans())
def test_any_sheet_reads_as_by_openpyxl(tmp_path_factory, rows, write_only):
    ours, theirs, was_plain = both(
        saved(tmp_path_factory.mktemp("x"), rows, write_only=write_only)
    )
    assert ours == theirs
    assert [[type(cell) for cell in row] for row in ours] == [
        [type(c) for c in row] for row in theirs
    ]
    if not any("\n" in str(cell) or "<" in str(cell) for row in rows for cell in row):
        assert was_plain


ROWS = [["a", "b"], [1, 2.5], ["x & y", "1"], [None, 3], [True, "z"]]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b'<c r="B4" t="n">', b'<c t="n" r="B4">'),
        lambda xml: xml.replace(b'<c r="B4" t="n">', b"<c>"),
        lambda xml: xml.replace(b"<v>3</v>", b"<f>1+2</f><v>3</v>"),
        lambda xml: xml.replace(b"<v>3</v>", b"<!-- <c/> --><v>3</v>"),
        lambda xml: xml.replace(b'<row r="3"', b"<row"),
        lambda xml: xml.replace(b"<v>2.5</v>", b"<v xml:space='preserve'>2.5</v>"),
    ],
)
def test_what_is_not_plain_is_read_by_openpyxl(tmp_path, change):
    ours, theirs, was_plain = both(changed(saved(tmp_path, ROWS), change))
    assert ours == theirs
    assert not was_plain


def test_empty_rows_and_gaps(tmp_path):
    path = changed(
        saved(tmp_path, ROWS),
        lambda xml: xml.replace(b'<row r="3"', b'<row r="3"/><row r="4" spans="1:2"/><row r="9"')
        .replace(b'<row r="4">', b'<row r="11">').replace(b'<row r="5">', b'<row r="12">'),
    )  # fmt: skip
    ours, theirs, was_plain = both(path)
    assert ours == theirs
    assert len(ours) == 12
    assert was_plain


def test_texts_that_cells_share(tmp_path):
    rows = [["a", "b"], ["x & <y>", "x & <y>"], [1, ""], ["007", 0.5]]
    ours, theirs, was_plain = both(write_as_excel(tmp_path / "a.xlsx", rows))
    assert ours == theirs
    assert ours[1] == ["x & <y>", "x & <y>"]
    assert was_plain
    beyond = changed(tmp_path / "a.xlsx", lambda xml: xml.replace(b"<v>0</v>", b"<v>99</v>"))
    with pytest.raises(IndexError):  # as openpyxl says; `read_table` calls the file damaged
        both(beyond)
    with pytest.raises(InputError, match="damaged"):
        read_table(beyond)


def test_text_in_several_formats_is_whole(tmp_path):
    rich = CellRichText("Sut", TextBlock(InlineFont(b=True), "ini"))
    ours, theirs, was_plain = both(saved(tmp_path, [["nama"], [rich], ["x"]]))
    assert ours == theirs == [["nama"], ["Sutini"], ["x"]]
    assert not was_plain


def test_a_sheet_longer_than_one_piece(tmp_path):
    rows = [["id", "x"], *([f"é{at:06d}" * 9, at] for at in range(30_000))]
    table = read_table(saved(tmp_path, rows, write_only=True))
    assert table.frame["x"].tolist() == list(range(30_000))
    assert table.frame["id"].tolist() == [row[0] for row in rows[1:]]
