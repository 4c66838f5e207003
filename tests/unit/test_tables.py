"""One door for tables: what comes in is there with its row number, or there is a fault."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from povtarget.errors import InputError, PovtargetError
from povtarget.identifiers import parse_identifiers
from povtarget.numbers import parse_numbers
from povtarget.tables import infer_column, read_table, sheet_names

NIK = "3375010101900001"


def csv_file(tmp_path, content, name="warga.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def xlsx_file(tmp_path, rows, name="warga.xlsx", **others):
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for sheet, content in {"Data": rows, **others}.items():
        target = book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)
        for row in content:
            target.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def faults_of(source, **options):
    with pytest.raises(InputError) as caught:
        read_table(source, **options)
    return caught.value.problems


def cells_of(source, **options):
    return read_table(source, **options).frame.to_dict("list")


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(tmp_path, delimiter, encoding, ending):
    rows = [["id", "nama desa", "pengeluaran"], ["007", "Kébul", "1.500"], ["008", "", "-"]]
    text = "".join(delimiter.join(row) + ending for row in rows)
    table = read_table(csv_file(tmp_path, text, encoding=encoding))
    assert table.frame.to_dict("list") == {
        "id": ["007", "008"], "nama desa": ["Kébul", ""], "pengeluaran": ["1.500", "-"],
    }  # fmt: skip
    assert (table.name, table.first_row, table.rows.tolist()) == ("warga.csv", 2, [2, 3])
    assert {str(kind) for kind in table.frame.dtypes} == {"object"}


def test_text_is_not_guessed(tmp_path):
    content = "a,b,c\nNA,1e5,TRUE\n007,2024-01-01, x \n"
    assert cells_of(csv_file(tmp_path, content)) == {
        "a": ["NA", "007"], "b": ["1e5", "2024-01-01"], "c": ["TRUE", "x "],
    }  # fmt: skip


def test_rows_are_those_that_a_spreadsheet_shows(tmp_path):
    content = 'id,x\n\n1,"a\nb"\n\n ,\n2,c\n,,\n'
    (fault,) = faults_of(csv_file(tmp_path, content + "3,d,e\n"))
    assert (fault.row, fault.message) == (8, "3 cells")
    table = read_table(csv_file(tmp_path, content))
    assert table.rows.tolist() == [3, 6]
    assert table.frame.x.tolist() == ["a\nb", "c"]
    assert table.frame.index.tolist() == [0, 1]


def test_separator_line_of_excel(tmp_path):
    for line in ("sep=;\r\n", '"sep=;"\n', "SEP=;\r"):
        table = read_table(csv_file(tmp_path, line + "a,b;c\n1,5;2\n"))
        assert table.frame.to_dict("list") == {"a,b": ["1,5"], "c": ["2"]}
        assert table.rows.tolist() == [2]


@pytest.mark.parametrize(
    "content",
    [
        "id;pengeluaran\nH1;1.500,5\nH2;2.000,5\n",
        'id;"nama, alamat";x\nH1;a, b;1\n',
        "id;pengeluaran (Rp, per bulan, per orang)\nH1;5\nH2;6\n",
        '"id";"a,b,c"\n"H1";"x,y,z"\n',
    ],
)
def test_commas_do_not_hide_the_semicolon(tmp_path, content):
    assert "id" in read_table(csv_file(tmp_path, content)).frame


def test_two_possible_separators_are_refused(tmp_path):
    (fault,) = faults_of(csv_file(tmp_path, "id;harga (Rp, juta)\nH1;1,5\nH2;2,5\n"))
    assert "comma or semicolon" in fault.message
    assert "sep=;" in fault.expected


def test_rows_of_another_width_are_faults_each(tmp_path):
    content = "id,x,y\n1,2,3\n1,2\n1,2,3,4\n1,12,5,7\n1,2,3\n"
    faults = faults_of(csv_file(tmp_path, content))
    assert [(fault.row, fault.message) for fault in faults] == [
        (3, "2 cells"), (4, "4 cells"), (5, "4 cells"),
    ]  # fmt: skip


def test_broken_quotes_are_a_fault_with_the_row(tmp_path):
    for content in ('id,x\n1,a\n2,"b\n3,c\n', 'id,x\n1,a\n2,"b"c\n3,d\n'):
        (fault,) = faults_of(csv_file(tmp_path, content))
        assert fault.row == 3
        assert "quotes" in fault.message
    faults = faults_of(csv_file(tmp_path, 'id,"x"y\n1,a\n'), header_row=1)
    assert "quotes" in str(faults)


def test_other_encodings_are_refused_with_the_row(tmp_path):
    path = csv_file(tmp_path, "id,desa\n1,a\n2,K\xe9bul\n", encoding="cp1252")
    (fault,) = faults_of(path)
    assert (fault.row, fault.source) == (3, "warga.csv")
    assert "UTF-8" in fault.message
    assert len(faults_of(csv_file(tmp_path, "id,x\n1,a\n", encoding="utf-16-le"))) == 1
    assert len(faults_of(csv_file(tmp_path, "id,x\n1,a\n", encoding="utf-32"))) == 1
    assert len(faults_of(csv_file(tmp_path, b"\xff\xfei"))) == 1


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", " \n,,\n"])
def test_empty_files_are_refused(tmp_path, content):
    path = csv_file(tmp_path, content)
    (fault,) = faults_of(path, columns={"size": "ukuran"})
    assert fault.message == "the table is empty"
    assert read_table(path, allow_empty=True).frame.shape == (0, 0)


def test_a_header_alone_is_refused_unless_allowed(tmp_path):
    path = csv_file(tmp_path, "id,x\n")
    assert "no rows" in faults_of(path)[0].message
    assert list(read_table(path, allow_empty=True).frame) == ["id", "x"]


def test_header_faults_come_together(tmp_path):
    content = "id,x,,x,,id\n1,2,3,4,,6\n1\n"
    faults = faults_of(csv_file(tmp_path, content), columns={"size": "ukuran"})
    assert [(fault.row, fault.column, fault.message) for fault in faults] == [
        (1, None, "column C has cells but no name"),
        (1, "id", "2 columns have this name"),
        (1, "x", "2 columns have this name"),
        (1, "ukuran", "there is no such column"),
        (3, None, "1 cell"),
    ]


def test_empty_columns_without_a_name_are_left_out(tmp_path):
    assert list(cells_of(csv_file(tmp_path, "id,,x,\n1,,2,\n3,,4, \n"))) == ["id", "x"]


def test_one_column(tmp_path):
    assert cells_of(csv_file(tmp_path, "id\n007\n008\n")) == {"id": ["007", "008"]}
    assert [fault.row for fault in faults_of(csv_file(tmp_path, "id\n007\n008,5\n"))] == [3]


P3KE = [
    ["Data Keluarga P3KE", "", ""],
    ["Kota Pekalongan", "", ""],
    ["", "", ""],
    ["ID Keluarga P3KE", "Desil  Kesejahteraan", "Padan Dukcapil"],
    ["007", "1", "Ya"],
    ["", "", ""],
    ["008", "2", "Tidak"],
]


def test_titles_above_the_header_are_skipped(tmp_path):
    expected = ["ID Keluarga P3KE", "Desil Kesejahteraan", "Padan Dukcapil"]
    full = "".join(";".join(row) + "\n" for row in P3KE)
    bare = "".join(";".join(row).rstrip(";") + "\n" for row in P3KE)
    sheet = xlsx_file(tmp_path, [[cell or None for cell in row] for row in P3KE])
    for source in (csv_file(tmp_path, full), csv_file(tmp_path, bare, "b.csv"), sheet):
        for header_row in (None, 4):
            table = read_table(source, header_row=header_row)
            assert list(table.frame) == expected
            assert (table.first_row, table.rows.tolist()) == (5, [5, 7])


def test_a_first_row_of_data_is_never_taken_for_the_header(tmp_path):
    faults = faults_of(csv_file(tmp_path, "household_id,,\nH1,a,b\nH2,c,d\n"))
    assert [fault.message[:8] for fault in faults] == ["column B", "column C"]
    assert len(faults_of(csv_file(tmp_path, "household_id\nH1,5\nH2,6\n"))) == 2
    assert "no row 9" in faults_of(csv_file(tmp_path, "a\n1\n"), header_row=9)[0].message
    assert "no row 0" in faults_of(csv_file(tmp_path, "a\n1\n"), header_row=0)[0].message


def test_a_workbook_named_csv_is_refused(tmp_path):
    path = xlsx_file(tmp_path, [["id"], [1]]).rename(tmp_path / "warga.csv")
    assert "workbook" in faults_of(path)[0].message


# --- XLSX -------------------------------------------------------------------------------------


def test_cells_keep_their_types(tmp_path):
    rows = [["id", "n", "f", "mix", "flag", "gap"], ["007", 1, 1, "1.500", True, None],
            ["008", 2, 2.5, 3, False, 5]]  # fmt: skip
    table = read_table(xlsx_file(tmp_path, rows))
    assert table.frame.dtypes.astype(str).tolist() == [
        "object", "int64", "float64", "object", "bool", "object",
    ]  # fmt: skip
    assert table.frame["mix"].tolist() == ["1.500", 3]
    assert table.name == "warga.xlsx, sheet 'Data'"


def test_blank_rows_and_columns_of_a_sheet(tmp_path):
    rows = [["id", None, "x", None], ["a", None, 0, None], [None, " ", None, None],
            ["b", None, 1, None], [None] * 4, [None] * 4]  # fmt: skip
    table = read_table(xlsx_file(tmp_path, rows))
    assert table.frame.to_dict("list") == {"id": ["a", "b"], "x": [0, 1]}
    assert table.rows.tolist() == [2, 4]


def test_rows_that_are_absent_from_the_sheet_count(tmp_path):
    book = openpyxl.Workbook()
    book.active["B3"], book.active["C3"] = "id", "x"
    book.active["B7"], book.active["C7"] = "a", 0
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert (table.first_row, table.rows.tolist(), list(table.frame)) == (4, [7], ["id", "x"])


def test_cells_without_a_column_name(tmp_path):
    (fault,) = faults_of(xlsx_file(tmp_path, [["id", "x"], ["a", 1], ["b", 2, None, "note"]]))
    assert fault.message == "column D has cells but no name"


def test_years_as_column_names(tmp_path):
    assert list(cells_of(xlsx_file(tmp_path, [["id", 2024], ["a", 1]]))) == ["id", "2024"]


def test_sheets(tmp_path):
    path = xlsx_file(tmp_path, [["id"], ["a"]], programs=[["name"], ["pkh"]])
    assert sheet_names(path) == ("Data", "programs")
    table = read_table(path, sheet="Programs")
    assert (table.name, list(table.frame)) == ("warga.xlsx, sheet 'programs'", ["name"])
    (fault,) = faults_of(path, sheet="program")
    assert "'Data', 'programs'; did you mean 'programs'?" in fault.expected
    (fault,) = faults_of(path)
    assert "several sheets" in fault.message
    assert "'Data', 'programs'" in fault.expected


def test_empty_and_hidden_sheets_do_not_hide_the_only_one(tmp_path):
    path = xlsx_file(tmp_path, [], warga=[["id"], ["a"]], lists=[["x"], ["y"]])
    book = openpyxl.load_workbook(path)
    book["lists"].sheet_state = "hidden"
    book.save(path)
    assert cells_of(path) == {"id": ["a"]}


def test_an_empty_workbook(tmp_path):
    assert faults_of(xlsx_file(tmp_path, []))[0].message == "the table is empty"
    assert faults_of(xlsx_file(tmp_path, []), sheet="Data")[0].message == "the table is empty"


def test_error_cells_are_faults_each(tmp_path):
    rows = [["id", "x"], ["a", "#REF!"], ["b", 1], ["c", "#N/A"]]
    faults = faults_of(xlsx_file(tmp_path, rows))
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (2, "x", "#REF!"), (4, "x", "#N/A"),
    ]  # fmt: skip


def test_formulas_without_values_are_refused_by_column(tmp_path):
    rows = [["id", "x", "y"], ["a", "=1+1", "=A2"], ["b", 2, "=A3"]]
    faults = faults_of(xlsx_file(tmp_path, rows))
    assert [(fault.row, fault.column) for fault in faults] == [(2, "x"), (2, "y")]
    assert "in 2 cells" in faults[1].message
    assert "save" in faults[1].expected


def patched(path, part, old, new):
    """Rewrite one part of a workbook, as another program would have written it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_formulas_of_a_title_do_not_matter(tmp_path):
    rows = [["=1+1"], ["id", "x"], ["a", 1], ["b", 2]]
    assert cells_of(xlsx_file(tmp_path, rows), header_row=2) == {"id": ["a", "b"], "x": [1, 2]}


def test_computed_formulas_are_read(tmp_path):
    rows = [["id", "x", "y"], ["a", "=1+1", '=""']]
    path = xlsx_file(tmp_path, rows)
    patched(path, SHEET, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    # Its own application is asked to compute all: what stands there is not computed.
    assert [fault.column for fault in faults_of(path)] == ["x", "y"]
    patched(path, "xl/workbook.xml", b'fullCalcOnLoad="1"', b"")
    assert cells_of(path) == {"id": ["a"], "x": [2], "y": [None]}


def test_a_wrong_statement_of_size_cuts_nothing(tmp_path):
    path = xlsx_file(tmp_path, [["id", "x"], ["a", 1], ["b", 2]])
    patched(path, SHEET, b'<dimension ref="A1:B3"', b'<dimension ref="A1"')
    assert cells_of(path) == {"id": ["a", "b"], "x": [1, 2]}


def test_leading_zeros_that_a_number_format_shows(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "x"], [7, 7], [12345678, 8]):
        book.active.append(row)
    for row in (2, 3):
        book.active.cell(row, 1).number_format = "00000"
    book.save(tmp_path / "a.xlsx")
    assert cells_of(tmp_path / "a.xlsx") == {"id": ["00007", "12345678"], "x": [7, 8]}


def test_identifiers_that_excel_cut_are_refused(tmp_path):
    table = read_table(xlsx_file(tmp_path, [["nik"], [3375010101900000], [3375010101900001]]))
    ids, faults = parse_identifiers(table.frame["nik"], column="nik", source=table.name)
    assert [fault.row for fault in faults] == [2]
    assert ids[1] == NIK


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 no workbook"])
def test_damaged_workbooks(tmp_path, content):
    path = csv_file(tmp_path, content, "a.xlsx")
    assert "damaged" in faults_of(path)[0].message
    with pytest.raises(InputError, match="damaged"):
        sheet_names(path)


def test_cut_and_garbled_workbooks(tmp_path):
    whole = xlsx_file(tmp_path, [["id"], ["a"]]).read_bytes()
    for cut in range(0, len(whole), 400):
        assert len(faults_of(csv_file(tmp_path, whole[:cut], "cut.xlsx"))) == 1
    path = patched(xlsx_file(tmp_path, [["id"], ["a"]]), SHEET, b"</sheetData>", b"")
    assert "damaged" in faults_of(path)[0].message


def test_old_or_protected_workbooks(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert "password" in faults_of(csv_file(tmp_path, ole, "a.xlsx"))[0].message
    (fault,) = faults_of(csv_file(tmp_path, ole, "a.xls"))
    assert ".xlsx" in fault.expected


# --- Parquet and frames -----------------------------------------------------------------------

COLUMNS = {
    "id": ["007", "008", "009"],
    "n": [1, 2, 3],
    "nik": [int(NIK), None, 9_007_199_254_740_993],
    "f": [0.5, None, 1.5],
    "flag": [True, False, True],
}


def sources(tmp_path):
    arrow = pa.table(COLUMNS)
    parquet.write_table(arrow, tmp_path / "warga.parquet")
    return {
        "dict": COLUMNS,
        "polars": pl.DataFrame(COLUMNS),
        "arrow": arrow,
        "parquet": tmp_path / "warga.parquet",
        "pandas": pd.DataFrame({**COLUMNS, "nik": pd.array(COLUMNS["nik"], dtype="Int64")}),
    }


@pytest.mark.parametrize("kind", ["dict", "polars", "arrow", "parquet", "pandas"])
def test_frames_keep_values_and_digits(tmp_path, kind):
    table = read_table(sources(tmp_path)[kind])
    frame = table.frame
    assert list(frame) == list(COLUMNS)
    assert frame["id"].tolist() == COLUMNS["id"]
    assert frame["n"].dtype == np.int64
    assert [None if pd.isna(cell) else cell for cell in frame["nik"]] == COLUMNS["nik"]
    assert frame["flag"].tolist() == COLUMNS["flag"]
    values, faults = parse_numbers(frame["f"], column="f", source="", missing="nan")
    assert faults == []
    np.testing.assert_array_equal(values, [0.5, np.nan, 1.5])
    assert table.rows.tolist() == [2, 3, 4]
    assert table.name == ("warga.parquet" if kind == "parquet" else "frame")


def test_pandas_frames_are_copied_and_their_index_is_left_out():
    source = pd.DataFrame({"a": [1, 2], 5: ["x", "y"]}, index=[9, 9])
    table = read_table(source)
    assert list(table.frame) == ["a", "5"]
    table.frame.loc[0, "a"] = 7
    assert source["a"].tolist() == [1, 2]
    array = np.array([1, 2])
    table = read_table({"a": array, "b": pd.Series([3, 4], index=[4, 3])})
    assert table.frame["b"].tolist() == [3, 4]
    table.frame.loc[0, "a"] = 7
    assert array.tolist() == [1, 2]


def test_polars_needs_no_pyarrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    category = pl.Series(["a", "b"], dtype=pl.Categorical)
    frame = pl.DataFrame({"id": ["007", None], "n": [1, None], "c": category})
    assert cells_of(frame)["id"] == ["007", None]


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    path = sources(tmp_path)["parquet"]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(PovtargetError, match=r"povtarget\[parquet\]"):
        read_table(path)


def test_the_index_that_pandas_stores_in_parquet_is_left_out(tmp_path):
    pd.DataFrame({"a": [1]}, index=[4]).to_parquet(tmp_path / "a.parquet")
    assert list(read_table(tmp_path / "a.parquet").frame) == ["a"]


def test_parquet_dictionaries_and_decimals(tmp_path):
    table = pa.table(
        {
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "amount": pa.array([1, 2]).cast(pa.decimal128(20, 0)),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    frame = read_table(tmp_path / "a.parquet").frame
    assert frame["kind"].tolist() == ["a", "b"]
    assert parse_numbers(frame["amount"], column="a", source="")[0].tolist() == [1.0, 2.0]


def test_damaged_parquet(tmp_path):
    for content in (b"", b"PAR1", b"PAR1" + bytes(99) + b"PAR1"):
        (fault,) = faults_of(csv_file(tmp_path, content, "a.parquet"))
        assert "damaged" in fault.message


@pytest.mark.parametrize(
    "source", [None, 5, [1, 2], pd.Series([1]), pl.LazyFrame({"a": [1]}), b"a"]
)
def test_other_things_are_no_tables(source):
    (fault,) = faults_of(source)
    assert "is not a table" in fault.message


def test_faults_of_frames():
    assert len(faults_of({"a": [1, 2], "b": [1], "c": [1, 2], "d": []})) == 2
    assert faults_of({"a": "xy"})[0].column == "a"
    assert faults_of({"a": 5})[0].column == "a"
    assert faults_of({"a": np.zeros((2, 2))})[0].column == "a"
    assert "no rows" in faults_of(pd.DataFrame({"a": []}))[0].message
    assert faults_of({})[0].message == "the table is empty"
    assert faults_of(pd.DataFrame([[1, 2]], columns=["a", "a"]))[0].column == "a"
    assert "column B" in faults_of(pd.DataFrame([[1, 2]], columns=["a", ""]))[0].message
    assert len(faults_of({"a": [1]}, sheet="Data")) == 1
    assert len(faults_of({"a": [1]}, header_row=1)) == 1
    assert len(faults_of(pa.table([[1], [2]], names=["a", "a"]))) == 1


# --- the door ---------------------------------------------------------------------------------


def test_renaming(tmp_path):
    path = csv_file(tmp_path, "id,pengeluaran,size\n1,2,3\n")
    table = read_table(path, columns={"consumption": "pengeluaran", "size": "size"})
    assert list(table.frame) == ["id", "consumption", "size"]
    assert table.label("consumption") == "pengeluaran"
    assert table.label("size") == "size"
    swapped = read_table(path, columns={"size": "id", "id": "size"})
    assert swapped.frame.iloc[0].to_dict() == {"size": "1", "pengeluaran": "2", "id": "3"}


def test_faults_of_renaming(tmp_path):
    path = csv_file(tmp_path, "id,pengeluaran,consumption\n1,2,3\n")
    names = {"consumption": "pengeluaran", "a": "id", "b": "id", "size": "pengeluarn"}
    faults = faults_of(path, columns=names)
    assert [(fault.column, fault.message) for fault in faults] == [
        ("id", "asked for under 2 names"),
        ("pengeluarn", "there is no such column"),
        ("pengeluaran", "cannot be read as 'consumption', which is another column"),
    ]
    assert faults[1].expected == "did you mean 'pengeluaran'?"
    (fault,) = faults_of(path, columns={"size": "xyz"})
    assert fault.expected == "one of id, pengeluaran, consumption"


def test_files_that_are_not_there_or_not_read(tmp_path):
    csv_file(tmp_path, "id\n1\n")
    (fault,) = faults_of(tmp_path / "wargaa.csv")
    assert fault.message == "there is no such file"
    assert fault.expected == "did you mean 'warga.csv'?"
    assert len(faults_of(tmp_path / "none" / "warga.csv")) == 1
    assert "folder" in faults_of(tmp_path)[0].message
    (fault,) = faults_of(csv_file(tmp_path, "x", "warga.ods"))
    assert ".parquet" in fault.expected
    assert "sheet" in faults_of(tmp_path / "warga.csv", sheet="Data")[0].message
    path = sources(tmp_path)["parquet"]
    assert "header row" in faults_of(path, header_row=1)[0].message
    with pytest.raises(InputError, match="no such file"):
        sheet_names(tmp_path / "none.xlsx")


def test_paths_as_text_and_in_capitals(tmp_path):
    path = csv_file(tmp_path, "id\n1\n", "WARGA.CSV")
    assert cells_of(str(path)) == {"id": ["1"]}


def test_files_that_may_not_be_read(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    path = csv_file(tmp_path, "id\n1\n")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert faults_of(path)[0].message == "cannot be read: Permission denied"


def test_long_tables_keep_every_row(tmp_path):
    count = 2_345
    rows = [["id", "x"], *([f"{i:05d}", i] for i in range(count))]
    rows[1_500].append("late")
    text = "".join(f"{code},{x}\n" for code, x, *_ in rows)
    table = read_table(csv_file(tmp_path, text))
    assert table.rows.tolist() == list(range(2, count + 2))
    assert table.frame["id"].tolist() == [row[0] for row in rows[1:]]
    sheet = xlsx_file(tmp_path, rows)
    assert "column C" in faults_of(sheet)[0].message
    rows[0].append("note")
    frame = read_table(xlsx_file(tmp_path, rows)).frame
    assert frame["note"].dropna().to_dict() == {1_499: "late"}
    assert frame["x"].tolist() == list(range(count))


# --- properties -------------------------------------------------------------------------------

code = st.text("0123456789", min_size=1, max_size=18)
codes = st.lists(code, min_size=1, max_size=5, unique=True)


def ways(folder, ids):
    """Every way in for a column of identifiers kept as text."""
    columns = {"id": ids, "n": [1] * len(ids)}
    csv_text = "".join(f"{code};1\n" for code in ids)
    yield csv_file(folder, "id;n\n" + csv_text)
    yield xlsx_file(folder, [["id", "n"], *([code, 1] for code in ids)])
    parquet.write_table(pa.table(columns), folder / "a.parquet")
    yield folder / "a.parquet"
    yield pd.DataFrame(columns)
    yield pl.DataFrame(columns)
    yield pa.table(columns)
    yield columns


@given(codes)
def test_leading_zeros_survive_every_way_in(tmp_path_factory, ids):
    folder = tmp_path_factory.mktemp("ways")
    for source in ways(folder, ids):
        table = read_table(source)
        found, faults = parse_identifiers(table.frame["id"], column="id", source=table.name)
        assert faults == []
        assert found.tolist() == ids


printable = st.characters(codec="utf-8", exclude_characters="\0\r#")
cells = st.text(printable, max_size=8)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_quoted_text_comes_back_with_its_row(tmp_path_factory, records, delimiter):
    folder = tmp_path_factory.mktemp("csv")
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in records]
    lines = [f"{delimiter.join(row)}\r\n" for row in [["one", "two"], *quoted]]
    kept = [i for i, record in enumerate(records) if any(cell.strip() for cell in record)]
    path = csv_file(folder, "".join(lines))
    table = read_table(path, allow_empty=True)
    assert table.rows.tolist() == [i + 2 for i in kept]
    assert table.frame.to_numpy().tolist() == [list(records[i]) for i in kept]


# --- covariates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "2", ""], [1.0, 2.0, np.nan]),
        (["12,5", "1.500", "-"], [12.5, 1500.0, np.nan]),
        (["Rp 250.000", "Rp 0"], [250e3, 0.0]),
        (["0", "0.5"], [0.0, 0.5]),
        (["1.5e-05", "2"], [1.5e-05, 2.0]),
    ],
)
def test_decisive_numbers_become_numbers(texts, expected):
    column = infer_column(texts)
    assert column.dtype == np.float64
    np.testing.assert_array_equal(column, expected)


@pytest.mark.parametrize(
    "texts",
    [["1.500", "900"], ["007", "8"], ["00", "1"], [NIK], ["12E3", "5"], ["12,5", "12.5"],
     ["5%"], ["1", "x"], ["Ya", "Tidak"], ["1.50.000"], ["2024-01-05"], ["05/12/2024"],
     ["true", "1"], ["Jl. Mawar 5"], ["inf"]],
)  # fmt: skip
def test_all_else_stays_text(texts):
    column = infer_column([*texts, " ", None])
    assert column.dtype == object
    assert column.tolist() == [*texts, None, None]


def test_true_and_false():
    assert infer_column(["TRUE", "false", "True"]).tolist() == [True, False, True]
    assert infer_column([True, False]).dtype == np.bool_
    assert infer_column(pd.Series([True, False])).dtype == np.bool_
    assert infer_column(["true", ""]).tolist() == ["true", None]
    assert infer_column([True, None]).tolist() == ["True", None]


def test_typed_covariates():
    for kind in ("int64", "float32", "Int64", "Float64"):
        column = infer_column(pd.Series([1, 2], dtype=kind))
        assert (column.dtype, column.tolist()) == (np.float64, [1.0, 2.0])
    for gap in (pd.Series([1, None], dtype="Int64"), np.ma.array([1, 2], mask=[0, 1])):
        np.testing.assert_array_equal(infer_column(gap), [1, np.nan])
    assert infer_column(np.array([2**53 + 1])).tolist() == [str(2**53 + 1)]
    assert infer_column([1, 2.5, None]).dtype == np.float64
    assert infer_column(["a", 1, 1.0, True]).tolist() == ["a", "1", "1", "True"]
    assert infer_column(pd.Series(["a", None], dtype="category")).tolist() == ["a", None]


def test_nothing_to_infer_from():
    assert infer_column([]).tolist() == []
    assert infer_column(["", None]).tolist() == [None, None]


@pytest.mark.parametrize("cells", [["a", "\ud800"], np.array(["a", "\ud800"], dtype=object)])
def test_half_a_letter_is_a_fault_by_row_and_column(cells):
    """No file can hold a lone surrogate, and so no table of ours does."""
    with pytest.raises(InputError) as error:
        read_table({"id": ["1", "2"], "nama": cells})
    assert [(fault.row, fault.column) for fault in error.value.problems] == [(3, "nama")]
    str(error.value).encode()
    with pytest.raises(InputError, match="half a letter"):
        read_table({"id": ["1"], "\ud800": ["2"]})
