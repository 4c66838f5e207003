"""The command line: words, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import povtarget as pt
from povtarget.cli import app
from povtarget.folders import whole_folder
from povtarget.locale import MESSAGES, Words

CATALOGUE = """
[[budget]]
name = "Dinsos"
amount = 3_000_000
[[program]]
name = "food"
need = "food"
budget = "Dinsos"
unit_cost = 1_500_000
benefit = 1_500_000
eligibility = "decile <= 4"
"""


def run(*arguments: object):
    """Run the command line in-process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path):
    """Four families, one program with two places, as a planner would write them."""
    households = tmp_path / "warga.csv"
    households.write_text(
        "household_id;size;consumption;decile\n001;4;Rp 500.000;1\n002;4;Rp 505.000;2\n"
        "003;2;Rp 490.000;1\n004;3;Rp 900.000;8\n",
        encoding="utf-8-sig",
    )
    catalogue = tmp_path / "programs.toml"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    return households, catalogue


def test_plan_and_verify(files, tmp_path):
    """A registry and a catalogue go in, a proven folder comes out, and verify agrees."""
    out = tmp_path / "plan"
    result = run("plan", *files, "--poverty-line", 513_243, "--out", out)
    assert result.exit_code == 0, result.output
    assigned = pd.read_csv(out / "assignments.csv", dtype=str)
    assert assigned["household_id"].tolist() == ["001", "002"]
    assert "8 persons are expected to reach the line" in result.output
    result = run("verify", out)
    assert result.exit_code == 0
    assert "is sound" in result.output


def test_json_is_one_object_for_other_tools(files, tmp_path):
    """With --json standard output is one object: the answer, or every fault by its place."""
    out = tmp_path / "plan"
    result = run("plan", *files, "--poverty-line", 513_243, "--out", out, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 0
    assert answer["lifted"] == 8
    assert answer["poverty"]["before"]["headcount"] == 10
    assert [line["budget"] for line in answer["budgets"]] == ["Dinsos"]
    assert answer["is_sound"] is True
    households, _ = files
    households.write_text("household_id,size,consumption,decile\n3375010101900001,0,500000,1\n")
    result = run("plan", *files, "--poverty-line", 513_243, "--out", tmp_path / "b", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 1
    assert [(p["row"], p["column"], p["value"]) for p in answer["problems"]] == [(2, "size", "0")]
    assert "3375010101900001" not in result.output


def test_a_changed_byte_is_found(files, tmp_path):
    """Verify refuses a folder in which one digit was changed."""
    out = tmp_path / "plan"
    run("plan", *files, "--poverty-line", 513_243, "--out", out)
    table = out / "assignments.csv"
    table.write_text(table.read_text().replace("001,food", "003,food"))
    result = run("verify", out)
    assert result.exit_code == 1
    assert "assignments.csv: this file was changed" in result.output


def test_bad_input_reports_everything_and_writes_nothing(files, tmp_path):
    """Faults of both files come in one message, the exit code is 1, and no folder appears."""
    households, catalogue = files
    households.write_text("household_id,size,consumption,decile\n001,0,500000,1\n001,2,-5,1\n")
    catalogue.write_text(CATALOGUE.replace("unit_cost", "unit_cots"))
    out = tmp_path / "plan"
    result = run("plan", households, catalogue, "--poverty-line", 513_243, "--out", out)
    assert result.exit_code == 1
    for words in (
        "row 2, column 'size'",
        "row 3, column 'consumption'",
        "row 3, column 'household_id'",
        "unit_cots",
        "did you mean 'unit_cost'?",
    ):
        assert words in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_an_existing_folder_is_kept(files, tmp_path):
    """A folder that exists is not overwritten without --force."""
    out = tmp_path / "plan"
    arguments = ("plan", *files, "--poverty-line", 513_243, "--out", out)
    assert run(*arguments).exit_code == 0
    assert run(*arguments).exit_code == 1
    assert run(*arguments, "--force").exit_code == 0


def test_places_are_judged_before_the_search(files, tmp_path, monkeypatch):
    """Nobody waits for a search whose answer cannot be written; nothing is written by half."""

    def no_search(*_, **__):
        raise AssertionError("searched")

    monkeypatch.setattr("povtarget.cli.plans.solve", no_search)
    out, public = tmp_path / "plan", tmp_path / "public"
    public.mkdir()
    arguments = ("plan", *files, "--poverty-line", 513_243, "--out", out)
    for refused in (public, out, out / "public"):
        for command in (arguments, ("demo", "--out", out)):
            result = run(*command, "--public", refused)
            assert isinstance(result.exception, SystemExit)  # no search
            assert result.exit_code == 1
    assert not out.exists()


def test_a_public_folder_is_checked_and_called_one(files, tmp_path):
    """Its files are verified, a changed one is named, and nothing else is asked of it."""
    out, public = tmp_path / "plan", tmp_path / "public"
    arguments = ("plan", *files, "--poverty-line", 513_243, "--out", out, "--public", public)
    assert run(*arguments).exit_code == 0
    whole = run("verify", public)
    assert whole.exit_code == 0
    assert "files unchanged" in " ".join(whole.output.split())
    for command in (("explain", public, "KK-1"), ("audit", public)):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "this is a public folder" in " ".join(refused.output.split())
    (public / "report.html").write_text("changed", encoding="utf-8")
    changed = run("verify", public)
    assert changed.exit_code == 1
    assert "report.html" in changed.output


def test_a_plan_replaces_a_plan_only(files, tmp_path):
    """By force, too, it takes the place of no input that somebody filled in."""
    out = tmp_path / "masukan"
    assert run("template", "--out", out).exit_code == 0
    (out / "programs.toml").write_text("# filled in", encoding="utf-8")
    result = run("plan", *files, "--poverty-line", 513_243, "--out", out, "--force")
    assert result.exit_code == 1
    assert (out / "programs.toml").read_text(encoding="utf-8") == "# filled in"


def test_a_folder_that_cannot_be_replaced_stays(tmp_path, monkeypatch):
    """Where the new folder cannot take the place, the old one is back in it."""
    target = tmp_path / "answer"
    target.mkdir()
    (target / "sums").write_text("old", encoding="utf-8")
    rename = Path.rename

    def failing(self, other):
        if other == target and not self.name.endswith("-old"):
            raise OSError("no place")
        return rename(self, other)

    def written():
        with whole_folder(target, force=True, marker="sums") as folder:
            (folder / "sums").write_text("new", encoding="utf-8")
            monkeypatch.setattr(Path, "rename", failing)

    with pytest.raises(OSError, match="no place"):
        written()
    assert [path.name for path in tmp_path.iterdir()] == ["answer"]
    assert (target / "sums").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("line", ["513.243", "513,243", "Rp 513243"])
def test_a_line_of_thousands_is_no_line_of_five_hundred_rupiah(files, tmp_path, line):
    """A poverty line as people write it is never a thousandth of it."""
    result = run("plan", *files, "--poverty-line", line, "--out", tmp_path / "p", "--json")
    assert result.exit_code == 0, result.output
    problem, _ = pt.read_plan(tmp_path / "p")
    assert set(problem.households.line) == {513_243.0}


@pytest.mark.parametrize("line", ["0", "-5", "poor", "1.2.3"])
@pytest.mark.parametrize(("lang", "word"), [("id", "rupiah"), ("en", "amount")])
def test_a_line_that_is_none_is_a_usage_error(files, tmp_path, line, lang, word):
    out = tmp_path / "p"
    result = run("plan", *files, "--poverty-line", line, "--out", out, "--lang", lang)
    assert result.exit_code == 2
    assert word in result.output


def test_names_are_no_markup(files, tmp_path):
    """A line's name in brackets, and a folder's, are shown as they are."""
    households, catalogue = files
    catalogue.write_text(catalogue.read_text().replace('"Dinsos"', '"Dinsos [apbd]"'))
    out = tmp_path / "p [lama]"
    result = run("plan", households, catalogue, "--poverty-line", 513_243, "--out", out)
    assert result.exit_code == 0, result.output
    assert "[apbd]" in result.output
    assert "p [lama]" in result.output


def test_remedies_are_in_the_language(files, tmp_path):
    households, catalogue = files
    catalogue.write_text(CATALOGUE + "minimum = 3\n")
    arguments = ("plan", households, catalogue, "--poverty-line", 513_243, "--out", tmp_path / "p")
    result = run(*arguments, "--lang", "id")
    assert result.exit_code == 3
    assert "dari 3 menjadi 2" in result.output or "4.500.000" in result.output
    assert not {"raise", "lower", "from", "together"} & set(result.output.split())


def test_what_the_system_refuses_is_no_traceback(files, tmp_path):
    """A name that is too long, or checksums that are no text, are said and end with 1."""
    arguments = ("plan", *files, "--poverty-line", 513_243, "--out")
    result = run(*arguments, tmp_path / ("x" * 300))
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    folder = tmp_path / "p"
    assert run(*arguments, folder).exit_code == 0
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe")
    result = run("verify", folder)
    assert isinstance(result.exception, SystemExit)
    assert "checksums are damaged" in result.output


def test_a_folder_without_sheets_is_no_decision(files, tmp_path):
    """Who names the wrong folder is not given a plan as if meetings had said nothing."""
    folder, empty = tmp_path / "p", tmp_path / "empty"
    empty.mkdir()
    assert run("plan", *files, "--poverty-line", 513_243, "--out", folder).exit_code == 0
    result = run("revise", folder, "--decisions", empty, "--out", tmp_path / "r")
    assert result.exit_code == 1
    assert "no workbook" in result.output
    assert not (tmp_path / "r").exists()


def test_infeasible_has_its_own_exit_code(files, tmp_path):
    """A minimum that no budget can pay ends with 3, the rows in conflict and the least change."""
    households, catalogue = files
    catalogue.write_text(CATALOGUE + "minimum = 3\n")
    result = run("plan", households, catalogue, "--poverty-line", 513_243, "--out", tmp_path / "p")
    assert result.exit_code == 3
    assert "minimum:food" in result.output
    assert "from 3 to 2" in result.output or "4,500,000" in result.output


def test_usage_errors_end_with_two(files):
    """A missing argument and an unknown option are usage errors."""
    assert run("plan", files[0]).exit_code == 2
    assert run("demo", "--nonsense").exit_code == 2


def test_stopped_before_the_gap(tmp_path):
    """With no time at all the best plan so far is written, and the exit code is 4."""
    out = tmp_path / "demo"
    result = run("demo", "--families", 400, "--time-limit", 0, "--gap", 0, "--out", out)
    assert result.exit_code == 4, result.output
    assert run("verify", out).exit_code == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "this plan"), ("id", "rencana ini")])
def test_demo_in_both_languages(tmp_path, lang, words):
    """The demo shows the rate, the money, the certificate and the contrast in either language."""
    result = run("demo", "--families", 300, "--lang", lang, "--out", tmp_path / "demo")
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert Words(lang)("money") in result.output
    assert Words(lang)("contrast") in result.output


def test_locks_and_receipts(files, tmp_path):
    """A refused household is left out, and one that has the program is not proposed again."""
    locks, receipts = tmp_path / "locks.csv", tmp_path / "receipts.csv"
    locks.write_text("household_id,program,lock\n001,food,out\n")
    receipts.write_text("household_id,program\n002,food\n999,food\n")
    out = tmp_path / "plan"
    result = run(
        "plan",
        *files,
        "--poverty-line",
        513_243,
        "--out",
        out,
        "--locks",
        locks,
        "--receipts",
        receipts,
    )
    assert result.exit_code == 0, result.output
    assert pd.read_csv(out / "assignments.csv", dtype=str)["household_id"].tolist() == ["003"]
    assert "'999'" in result.output


def test_messages_are_complete():
    """Every text exists in both languages and takes the same values."""
    import string

    for key, texts in MESSAGES.items():
        assert set(texts) == {"id", "en"}, key
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in texts.values()
        ]
        assert fields[0] == fields[1], key


def test_unknown_language():
    """A language without texts is bad input."""
    with pytest.raises(pt.InputError, match="unknown language"):
        Words("fr")


def test_the_report_is_written_and_a_wrong_map_is_refused_first(files, tmp_path):
    """The folder has a report in the asked language; a file that is no map ends with 1."""
    out = tmp_path / "plan"
    arguments = ("plan", *files, "--poverty-line", 513_243, "--lang", "id", "--out")
    assert run(*arguments, out, "--title", "Kota <Contoh>").exit_code == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<html lang="id">' in page
    assert "Kota &lt;Contoh&gt;" in page
    result = run(*arguments, tmp_path / "other", "--map", files[1])
    assert result.exit_code == 1
    assert "ini bukan JSON" in result.output
    assert not (tmp_path / "other").exists()
