"""``povtarget explain``: reasons in words, by identifier or code, and nobody else's data."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest
from typer.testing import CliRunner

from povtarget.cli import app
from povtarget.locale import Words
from povtarget.plan_files import read_key
from povtarget.workbook.privacy import codes

CATALOGUE = """
[[budget]]
name = "Dinsos"
agency = "Dinsos"
amount = 3_000_000
[[program]]
name = "food"
title = "Sembako lansia"
agency = "Dinsos"
need = "food"
budget = "Dinsos"
unit_cost = 1_500_000
benefit = 1_500_000
[[program]]
name = "rtlh"
need = "housing"
budget = "Dinsos"
unit_cost = 1_500_000
benefit = 100_000
eligibility = "own_house == 1"
[[rule]]
kind = "forbid"
programs = ["food", "rtlh"]
"""
IDS = [f"33750101010190{at:02d}" for at in range(1, 7)]
NAMES = [f"SITI RAHASIA {letter}" for letter in "ABCDEF"]


def run(*arguments: object):
    """Run the command line in-process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A plan for six families whose identifiers are numbers of 16 digits, with their names."""
    here = tmp_path_factory.mktemp("plan")
    consumption = [500_000, 505_000, 400_000, 508_000, 390_000, 900_000]
    rows = [
        f"{i};4;{c};Medono;{n % 2}" for n, (i, c) in enumerate(zip(IDS, consumption, strict=True))
    ]
    (here / "warga.csv").write_text(
        "household_id;size;consumption;area;own_house\n" + "\n".join(rows)
    )
    (here / "p.toml").write_text(CATALOGUE)
    named = [f"{i};{i};{name};Jl. Rahasia" for i, name in zip(IDS, NAMES, strict=True)]
    (here / "people.csv").write_text("household_id;nik;name;address\n" + "\n".join(named))
    made = run("plan", here / "warga.csv", here / "p.toml", "--poverty-line", 513_243,
               "--people", here / "people.csv", "--out", here / "rencana")  # fmt: skip
    assert made.exit_code == 0, made.output
    return here / "rencana"


def leaks(text: str) -> set[str]:
    """Names, addresses and long numbers in a text."""
    found = {datum for datum in (*NAMES, *IDS, "Rahasia", "RAHASIA") if datum in text}
    return found | {*re.findall(r"(?<![.,\d])\d{10,}", text)}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_why_not_in_both_languages(folder, lang):
    """A household that was not chosen reads each program's reason, the terms and its remedy."""
    result = run("explain", folder, IDS[2], "--lang", lang)
    assert result.exit_code == 0, result.output
    words = Words(lang)
    for key in ("ex_terms", "ex_object", "ex_personal"):
        assert words(key) in result.output
    assert "Sembako lansia (food)" in result.output
    assert {"en": "It asks for 'own_house == 1'; here own_house = 0", "id": "Syaratnya"}[lang] in (
        result.output
    )
    assert not leaks(result.output)


def test_why_as_json(folder):
    """For other tools: kinds and both languages' sentences, the identifier masked."""
    result = run("explain", folder, IDS[0], "--json")
    answer = json.loads(result.stdout)
    assert answer["exit_code"] == 0
    assert answer["programs"] == ["food"]
    kinds = {reason["program"]: reason["kind"] for reason in answer["reasons"]}
    assert kinds == {"food": "proposed", "rtlh": "not_eligible"}
    assert answer["reasons"][0]["text_id"] != answer["reasons"][0]["text_en"]
    assert {*answer["text"]} == {"id", "en"}
    assert not leaks(result.output)


def test_a_code_is_answered_by_the_code_alone(folder):
    """A code as printed, or as misread, finds the household, and does not tell whose it is."""
    code = codes([IDS[3]], read_key(folder))[0]
    spoken = code.lower().replace("-", " ").replace("0", "O").replace("1", "l")
    for given in (code, spoken):
        result = run("explain", folder, "--code", given)
        assert result.exit_code == 0, result.output
        assert code in result.output
        assert IDS[3][-4:] not in result.output
        assert not leaks(result.output)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_who_is_unknown_is_told_what_to_do_and_no_other(folder, lang):
    """An identifier or code that is nobody's ends with 1, and names no other household."""
    for given, key in ((("3375010101019099",), "ex_unknown"), (("--code", "ABCD"), "ex_unknown_code"),
                       (("SITI RAHASIA A",), "ex_unknown")):  # fmt: skip
        result = run("explain", folder, *given, "--lang", lang)
        assert result.exit_code == 1
        words = Words(lang)
        said = words(key) + (f" {words('ex_digits', digits=16)}" if key == "ex_unknown" else "")
        assert result.output.strip().endswith(said)
        answer = json.loads(run("explain", folder, *given, "--lang", lang, "--json").stdout)
        assert answer == {"exit_code": 1, "problems": [{"message": said}]}


def test_area_and_agency(folder):
    """What a plan does in a kelurahan and through an agency; a misspelt one is suggested."""
    result = run("explain", folder, "--area", "Medono", "--lang", "id")
    assert result.exit_code == 0, result.output
    assert "Medono: 6 rumah tangga, 24 orang" in result.output
    assert run("explain", folder, "--area", " medono", "--lang", "id").output == result.output
    answer = json.loads(run("explain", folder, "--agency", "dinsos", "--json").stdout)
    assert {one["program"]: one["places"] for one in answer["programs"]}["food"] == 2
    assert answer["served"] == 2
    result = run("explain", folder, "--agency", "Dinsoss")
    assert result.exit_code == 1
    assert "did you mean 'Dinsos'?" in result.output


def test_more_money_solves_again(folder):
    """With --more-money the answer says with how much more the program is proposed."""
    result = run("explain", folder, IDS[3], "--more-money", "food", "--lang", "id", "--json")
    (found,) = json.loads(result.stdout)["more_money"]
    assert found["program"] == "food"
    assert found["extra"] == 1_500_000  # one place
    result = run("explain", folder, IDS[2], "--more-money", "fod")
    assert result.exit_code == 1
    assert "did you mean 'food'?" in result.output


def test_exactly_one_is_asked_about(folder):
    """Nobody, or two at once, is a usage error."""
    assert run("explain", folder).exit_code == 2
    assert run("explain", folder, IDS[0], "--area", "Medono").exit_code == 2


def test_marked_sheets_do_not_stop_an_explanation_but_other_changes_do(folder, tmp_path):
    """A meeting may have marked its sheet in the folder; a changed table is refused."""
    import shutil

    copy = tmp_path / "rencana"
    shutil.copytree(folder, copy)
    (sheet,) = (copy / "meetings").glob("*.xlsx")
    book = openpyxl.load_workbook(sheet)
    book.active["Z9"] = "x"
    book.save(sheet)
    assert run("explain", copy, IDS[2]).exit_code == 0
    table = copy / "budgets.csv"
    table.write_text(table.read_text().replace("3000000", "4000000"))
    result = run("explain", copy, IDS[2])
    assert result.exit_code == 1
    assert "budgets.csv: this file was changed" in result.output


def test_a_folder_that_is_none(tmp_path):
    """A path without a plan is bad input, without a traceback."""
    result = run("explain", tmp_path / "nowhere", "1")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
