"""``povtarget template``: what it offers is what the readers take."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields

import openpyxl
import pytest
from typer.testing import CliRunner

import povtarget as pt
from povtarget import template_tables as templates
from povtarget.catalog_entries import KINDS
from povtarget.catalog_files import read_catalog
from povtarget.cli import app
from povtarget.households import Households, read_households
from povtarget.locale import MESSAGES, Words
from povtarget.realisation import read_realisation
from povtarget.receipts import LOCK_REASONS, LOCKS, read_locks, read_receipts
from povtarget.tables.xlsx import GUIDES
from povtarget.workbook.people import read_people


def run(*arguments: object):
    """Run the command line in-process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module", params=["id", "en"])
def folder(request, tmp_path_factory):
    """The templates in one language."""
    out = tmp_path_factory.mktemp("made") / "masukan"
    result = run("template", "--out", out, "--lang", request.param)
    assert result.exit_code == 0, result.output
    return out


def filled(path, template: templates.Template):
    """Write the examples below the header of a template's sheet, as a person would."""
    book = openpyxl.load_workbook(path)
    sheet = book[template.sheet]
    header = [cell.value for cell in sheet[1]]
    for row, example in enumerate(template.examples, 2):
        for at, name in enumerate(header, 1):
            value = example.get(name)
            sheet.cell(row, at).value = ", ".join(value) if isinstance(value, tuple) else value
    book.save(path)
    return header


BY_NAME = {template.name: template for template in templates.TABLES}


def test_every_filled_template_is_read_without_a_fault(folder, tmp_path):
    """Filled with its examples, each file passes its reader, which takes up every column."""
    for name in (*BY_NAME, "programs"):
        (tmp_path / f"{name}.xlsx").write_bytes((folder / f"{name}.xlsx").read_bytes())
    headers = {name: filled(tmp_path / f"{name}.xlsx", BY_NAME[name]) for name in BY_NAME}
    households = read_households(tmp_path / "households.xlsx")
    assert households.household_id.tolist() == ["0001", "0002"]
    assert sorted(households.frame) == sorted(headers["households"])
    assert sorted(read_receipts(tmp_path / "receipts.xlsx")) == sorted(headers["receipts"])
    assert sorted(read_locks(tmp_path / "locks.xlsx")) == sorted(headers["locks"])
    carried = read_realisation(tmp_path / "realisation.xlsx")
    assert sorted(carried) == sorted(headers["realisation"])
    people = read_people(tmp_path / "people.xlsx", households, show_numbers=True)
    assert sorted(people.columns) == sorted(set(headers["people"]) - {"household_id"})
    assert people.of(0, "nik") == "3375014101809001"


def test_both_forms_of_the_filled_catalogue_are_the_same(folder, tmp_path):
    """The workbook filled with the examples, and the TOML without its '#', are one catalogue."""
    (tmp_path / "programs.xlsx").write_bytes((folder / "programs.xlsx").read_bytes())
    for template in templates.CATALOG:
        header = filled(tmp_path / "programs.xlsx", template)
        assert sorted(header) == sorted(part.name for part in fields(KINDS[template.name]))
    lines = (folder / "programs.toml").read_text(encoding="utf-8").splitlines()
    used = [line.removeprefix("#") if line[1:2] not in (" ", "") else line for line in lines]
    (tmp_path / "programs.toml").write_text("\n".join(used), encoding="utf-8")
    read = read_catalog(tmp_path / "programs.toml")
    assert read == read_catalog(tmp_path / "programs.xlsx")
    assert len(read.programs) == 2


def test_columns_are_those_of_the_readers():
    """No reader knows a column that its template lacks, and none is offered that it does not."""
    documented = inspect.getdoc(Households.from_frame)
    assert all(name in documented for name in BY_NAME["households"].columns)
    assert BY_NAME["locks"].choices == {"lock": LOCKS, "reason": tuple(LOCK_REASONS)}
    for template in (*templates.TABLES, *templates.CATALOG):
        assert len(set(template.columns)) == len(template.columns)
        assert {*template.required, *template.choices, *template.numbers} <= {*template.columns}
        assert all({*example} <= {*template.columns} for example in template.examples)
        for name in template.columns:
            assert f"tp_{template.name}_{name}" in MESSAGES
            for text in MESSAGES[f"tp_{template.name}_{name}"].values():
                need = max(len(Words(lang)("tp_optional")) for lang in ("id", "en"))
                assert len(text) + need < 255, name  # what a workbook shows beside a cell
    known = {f"tp_{t.name}_" for t in (*templates.TABLES, *templates.CATALOG)}
    columns = {
        f"tp_{t.name}_{name}"
        for t in (*templates.TABLES, *templates.CATALOG)
        for name in t.columns
    }
    texts = {key for key in MESSAGES if any(key.startswith(start) for start in known)}
    assert texts == columns


def test_the_guide_is_a_sheet_that_no_reader_takes_for_a_table():
    """The names of the guide in both languages are those that the reader of tables leaves out."""
    assert {text.casefold() for text in MESSAGES["tp_guide"].values()} == {*GUIDES}


def test_an_empty_template_is_refused_with_words(folder):
    """A template in which nothing was filled in has no rows, and that is what is said."""
    with pytest.raises(pt.InputError, match="there are no rows below the header"):
        read_households(folder / "households.xlsx")
    with pytest.raises(pt.InputError, match="budget"):
        read_catalog(folder / "programs.toml")


def test_optional_columns_that_nobody_filled_are_no_fault(folder, tmp_path):
    """Only the required columns filled in is enough; one of two filled in is a fault."""
    path = tmp_path / "households.xlsx"
    book = openpyxl.load_workbook(folder / "households.xlsx")
    for row in (("01", 4, 500_000), ("02", 3, 400_000)):
        book["households"].append(row)
    book.save(path)
    households = read_households(path, poverty_line=513_243)
    assert households.area is None
    assert households.weight.tolist() == [1.0, 1.0]
    at = [cell.value for cell in book["households"][1]].index("sigma") + 1
    book["households"].cell(2, at).value = 0.4
    book.save(path)
    with pytest.raises(pt.InputError, match="row 3, column 'sigma'"):
        read_households(path, poverty_line=513_243)


def test_no_cell_is_a_formula_and_only_the_header_is_filled(folder):
    """Every cell is text or a number, and what is to be filled in is empty."""
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        assert book.sheetnames[-1].casefold() in GUIDES
        for sheet in book.worksheets:
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
            if sheet.title.casefold() not in GUIDES:
                assert sheet.max_row == 1
                assert len(sheet.data_validations.dataValidation) == sheet.max_column


def test_filled_templates_are_never_replaced(tmp_path):
    """An untouched folder is replaced by force; one that somebody worked in is not."""
    out = tmp_path / "masukan"
    assert run("template", "--out", out, "--format", "toml").exit_code == 0
    assert not (out / "programs.xlsx").exists()
    assert run("template", "--out", out).exit_code == 1
    result = run("template", "--out", out, "--force", "--json", "--format", "xlsx")
    assert result.exit_code == 0
    assert "programs.xlsx" in json.loads(result.stdout)["files"]
    filled(out / "households.xlsx", BY_NAME["households"])
    result = run("template", "--out", out, "--force")
    assert result.exit_code == 1
    assert "somebody has worked in this folder" in result.output
    assert read_households(out / "households.xlsx")


def test_filled_templates_make_a_plan(folder, tmp_path):
    """From template to plan: the files as they were made, filled in, and --poverty-line."""
    path = tmp_path / "households.xlsx"
    book = openpyxl.load_workbook(folder / "households.xlsx")
    sheet = book["households"]
    more = {"elderly": 1, "decile": 2, "job_seekers": 0}
    for at, name in enumerate(more, sheet.max_column + 1):
        sheet.cell(1, at).value = name
    for row in (2, 3):
        values = {"household_id": f"00{row}", "size": 4, "consumption": 505_000, **more}
        for at, cell in enumerate(sheet[1], 1):
            sheet.cell(row, at).value = values.get(cell.value)
    book.save(path)
    (tmp_path / "programs.xlsx").write_bytes((folder / "programs.xlsx").read_bytes())
    for template in templates.CATALOG:
        filled(tmp_path / "programs.xlsx", template)
    out = tmp_path / "rencana"
    locks = tmp_path / "locks.xlsx"
    locks.write_bytes((folder / "locks.xlsx").read_bytes())
    asked = (path, tmp_path / "programs.xlsx", "--poverty-line", 513_243, "--out")
    book = openpyxl.load_workbook(locks)
    book["locks"].append(["002", "sembako_lansia", "out", "moved"])
    assert [cell.value for cell in book["locks"][1]][3] == "reason"
    book.save(locks)
    held = run("plan", *asked, tmp_path / "terkunci", "--locks", locks)
    assert held.exit_code == 0, held.output
    assert (tmp_path / "terkunci" / "assignments.csv").read_text().count("sembako_lansia") == 1
    result = run("plan", path, tmp_path / "programs.xlsx", "--poverty-line", 513_243, "--out", out)
    assert result.exit_code == 0, result.output
    assert (out / "assignments.csv").read_text().count("sembako_lansia") == 2
