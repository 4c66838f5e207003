"""``povtarget read`` and ``reconcile``: folders whole or not at all, and no datum in a message."""

from __future__ import annotations

import json
import stat
import sys
from typing import get_args

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from povtarget.cli import app
from povtarget.cli.registry import Preset
from povtarget.datasets import two_lists
from povtarget.households import read_households
from povtarget.locale import MESSAGES, Words
from povtarget.locale_commands import SAID
from povtarget.registry.agreement import COMPARISONS
from povtarget.registry.reading import LayoutName
from povtarget.registry.reconciliation import read_reconciliation
from povtarget.workbook.matches import read_review
from povtarget.workbook.people import read_people
from registry_files import table, write_csv, write_xlsx

LINE = ("--rate", 0.07, "--poverty-line", 513_243)


def run(*arguments: object):
    """Run the command line in-process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Lists in the layouts of agencies, and two plain lists that share families."""
    here = tmp_path_factory.mktemp("lists")
    write_xlsx(here / "p3ke.xlsx", table("p3ke_family", 40))
    write_xlsx(here / "persons.xlsx", table("p3ke_individual", 40))
    write_csv(here / "dtsen.csv", table("dtsen", 40))
    lists = two_lists(300, seed=3)
    lists.registry.to_csv(here / "old.csv", index=False)
    lists.other.to_excel(here / "new.xlsx", index=False)
    return here


@pytest.fixture(scope="module")
def matched(files):
    """The two plain lists, matched once."""
    result = run("reconcile", files / "old.csv", files / "new.xlsx", "--out", files / "cocok")
    assert result.exit_code == 0, result.output
    return files / "cocok", result.output


def data_of(path) -> set[str]:
    """Names, numbers, dates and addresses of a list."""
    frame = (
        pd.read_csv(path, dtype=str) if path.suffix == ".csv" else pd.read_excel(path, dtype=str)
    )
    columns = ["kk", "nik", "name", "birth_date", "address"]
    return {cell for name in columns for cell in frame[name].dropna() if len(cell) > 4}


def is_private(folder) -> bool:
    """Whether only the owner may open a folder."""
    return sys.platform == "win32" or stat.S_IMODE(folder.stat().st_mode) == 0o700


class TestRead:
    def test_two_files_of_p3ke_make_households_to_plan_with(self, files, tmp_path):
        """Families, sizes from persons and welfare from deciles, in files that plan takes."""
        out = tmp_path / "warga"
        result = run("read", files / "p3ke.xlsx", "--individuals", files / "persons.xlsx", *LINE,
                     "--out", out, "--lang", "id")  # fmt: skip
        assert result.exit_code == 0, result.output
        households = read_households(out / "households.csv")
        assert len(households) == 40
        assert households.line[0] == 513_243
        assert {"decile", "elderly", "receives_pkh"} <= {*households.covariates}
        assert not {"name", "nik", "address"} & {*households.covariates}
        people = read_people(out / "people.xlsx", households, show_numbers=True)
        assert people.of(0, "nik").startswith("3375")
        assert "DATA PRIBADI" in result.output
        assert is_private(out)

    def test_what_is_odd_is_counted_and_listed_by_row_without_its_value(self, files, tmp_path):
        """Odd cells are warnings with a row; neither the console nor the table quotes them."""
        rows = table("dtsen", 30)
        rows[5][2], rows[6][1], rows[7][9] = "=RAHASIA()", "337501", "Krapiakk"
        out = tmp_path / "warga"
        path = write_csv(tmp_path / "dtsen.csv", rows)
        result = run("read", path, *LINE, "--out", out, "--json")
        answer = json.loads(result.stdout)
        assert answer["exit_code"] == 0, answer
        assert answer["families"] == 30
        assert sum(one["count"] for one in answer["warnings"]) >= 2
        listed = (out / "warnings.csv").read_text(encoding="utf-8-sig")
        assert "value" not in listed.splitlines()[0]
        shown = run("read", path, *LINE, "--out", tmp_path / "again").output
        for text in (listed, shown, result.output):
            assert "RAHASIA" not in text
            assert not any(row[1] in text for row in rows[4:] if len(str(row[1])) == 16)
        (name,) = [cell for row in openpyxl.load_workbook(out / "people.xlsx").active.iter_rows()
                   for cell in row if cell.value == "=RAHASIA()"]  # fmt: skip
        assert name.data_type == "s"

    def test_no_sizes_and_no_rate(self, files, tmp_path):
        """Without persons a rate cannot be used; without a rate there is no consumption yet."""
        out = tmp_path / "warga"
        result = run("read", files / "p3ke.xlsx", *LINE, "--out", out)
        assert result.exit_code == 1
        assert "--individuals" in result.output
        assert not out.exists()
        result = run("read", files / "p3ke.xlsx", "--out", out)
        assert result.exit_code == 0
        assert "has no consumption yet" in result.output

    def test_faults_of_options_and_columns(self, files, tmp_path):
        """A renaming without a name, and a column that is not there, are said; nothing appears."""
        out = tmp_path / "warga"
        result = run("read", files / "dtsen.csv", "--column", "decile", "--out", out)
        assert result.exit_code == 1
        assert "OURS=THEIRS" in result.output
        result = run("read", files / "dtsen.csv", "--column", "decile=desil_nasionl", "--out", out)
        assert "did you mean 'desil_nasional'?" in result.output
        assert run("read", files / "dtsen.csv", "--layout", "p3k", "--out", out).exit_code == 2
        assert not out.exists()

    @pytest.mark.parametrize("alone", [("--p1", "1%"), ("--poverty-line", "513.243")])
    def test_no_figure_is_dropped_in_silence(self, files, tmp_path, alone):
        """What would be of no use without a rate is refused."""
        result = run("read", files / "p3ke.xlsx", *alone, "--out", tmp_path / "x", "--lang", "id")
        assert result.exit_code == 2
        assert "--rate" in result.output

    def test_rates_are_written_as_everywhere(self, files, tmp_path):
        """7 % and a line with grouped thousands mean what 0.07 and 513243 do."""
        persons = ("--individuals", files / "persons.xlsx")
        found = []
        for at, figures in enumerate((("0.07", "513243"), ("7 %", "513.243"))):
            named = zip(("--rate", "--poverty-line"), figures, strict=True)
            options = [part for pair in named for part in pair]
            out = tmp_path / str(at)
            result = run("read", files / "p3ke.xlsx", *persons, *options, "--out", out)
            assert result.exit_code == 0, result.output
            found.append((out / "households.csv").read_bytes())
        assert found[0] == found[1]

    def test_layouts_are_those_of_the_reader(self):
        """The choices of --layout are the layouts that the reader takes."""
        assert {one.value for one in Preset} == {*get_args(LayoutName)}


class TestReconcile:
    def test_counts_and_tables_agree_and_are_read_back(self, files, matched):
        """What is said is what the tables hold, and the folder can be read again."""
        out, output = matched
        found = read_reconciliation(out)
        assert f"{len(found.matches)}" in output
        assert f"{len(found.only_registry)}" in output
        assert is_private(out)
        book = openpyxl.load_workbook(out / "result.xlsx")
        both = book[Words("en")("rc_sheet_both")]
        assert both.max_row - 1 == len(found.matches)
        alone = book[Words("en")("rc_sheet_only_other")]
        assert {row[0] for row in alone.iter_rows(2, values_only=True)} == {
            *found.only_other["family_id"]
        }

    def test_no_personal_datum_is_shown_or_in_the_tables_for_other_tools(self, files, matched):
        """Names and numbers are in the lists and in review.xlsx, and nowhere else."""
        out, output = matched
        data = data_of(files / "old.csv") | data_of(files / "new.xlsx")
        assert len(data) > 1000
        texts = [output, *(path.read_text() for path in out.glob("*.csv"))]
        book = openpyxl.load_workbook(out / "result.xlsx")
        texts += ["\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
                  for sheet in book.worksheets]  # fmt: skip
        for text in texts:
            assert not {datum for datum in data if datum in text}
        review = openpyxl.load_workbook(out / "review.xlsx").worksheets[0]
        assert {str(cell.value) for row in review.iter_rows(2) for cell in row} & data
        assert all(cell.data_type != "f" for row in review.iter_rows() for cell in row)

    @pytest.mark.parametrize("lang", ["id", "en"])
    def test_what_a_person_decides_is_taken(self, files, matched, tmp_path, lang):
        """review.xlsx in either language, filled in, settles its pairs; work is not replaced."""
        out = tmp_path / "first"
        lists = (files / "old.csv", files / "new.xlsx")
        before = json.loads(
            run("reconcile", *lists, "--out", out, "--lang", lang, "--json").stdout
        )
        path = out / "review.xlsx"
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        at = [cell.value for cell in sheet[1]].index(Words(lang)("rv_same")) + 1
        assert sheet.max_row - 1 == before["unsure"] >= 2
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at).value = Words(lang)("cm_yes" if row == 2 else "cm_no")
        book.save(path)
        assert run("reconcile", *lists, "--out", out, "--force").exit_code == 1
        assert read_review(path)["same"].notna().all()
        second = tmp_path / "second"
        how = ("--decisions", path, "--lang", lang, "--json")
        after = json.loads(run("reconcile", *lists, "--out", second, *how).stdout)
        assert after["unsure"] == 0
        assert after["both"] == before["both"] + 1
        assert not (second / "review.xlsx").exists()

    def test_lists_of_agencies_are_read_by_their_layouts(self, files, tmp_path):
        """P3KE with its persons beside DTSEN: the same families, matched by NIK."""
        result = run("reconcile", files / "p3ke.xlsx", files / "dtsen.csv", "--left-individuals",
                     files / "persons.xlsx", "--out", tmp_path / "c", "--json")  # fmt: skip
        answer = json.loads(result.stdout)
        assert answer["both"] + answer["unsure"] == 40

    def test_faults_of_both_lists_together_and_none_of_their_cells(self, files, tmp_path):
        """Each list's fault is named by file and row; no cell is quoted; no folder appears."""
        bad = files / "bad.csv"
        bad.write_text("family_id,name,area,nik\n1,SITI RAHASIA,Medono,3375010101019001\n1,X,Y,\n")
        out = tmp_path / "c"
        result = run("reconcile", bad, files / "nothing.csv", "--out", out)
        assert result.exit_code == 1
        assert "nothing.csv" in result.output
        result = run("reconcile", bad, bad, "--out", out)
        assert "bad.csv, row 3, column 'family_id'" in result.output
        assert "RAHASIA" not in result.output
        assert "3375010101019001" not in result.output
        assert not out.exists()

    def test_without_splink_it_says_what_to_install(self, files, tmp_path, monkeypatch):
        """The extra that is absent is named, under a headline that blames nobody's input."""
        monkeypatch.setitem(sys.modules, "splink", None)
        result = run("reconcile", files / "old.csv", files / "new.xlsx", "--out", tmp_path / "c")
        assert result.exit_code == 1
        assert 'pip install "povtarget[linkage]"' in result.output
        assert Words("en")("cannot") in result.output
        assert not (tmp_path / "c").exists()

    def test_every_reason_has_a_translation(self, matched):
        """All that the model says of a pair, and every doubt that came up, is in the catalogue."""
        found = read_reconciliation(matched[0])
        said = {level.words for comparison in COMPARISONS for level in comparison.levels
                if comparison.name != "sex"} | {*found.unsure["doubt"]}  # fmt: skip
        assert {f"rc_said: {text}" for text in said} <= {*SAID} <= {*MESSAGES}


def test_help_has_an_example_for_each_command():
    """Each command of this family shows how it is called."""
    for name in ("template", "read", "reconcile", "explain"):
        result = run(name, "--help")
        assert result.exit_code == 0
        assert f"povtarget {name} " in result.output
