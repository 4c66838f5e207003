"""Hints name what the person can write: an argument in Python, an option on the command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import povtarget as pt
from povtarget.cli import app
from povtarget.cli.hints import Hints
from povtarget.indonesian import SAYINGS

ARGUMENT = re.compile(r"(?<![\w'\"{])[a-z_]{2,}=(?![=\d])")
IN_PYTHON_ONLY = {
    "graduation.py", "poverty_arguments.py", "numbers.py", "problem.py", "overlap_tables.py",
    "registry.py", "prediction.py", "calibration.py", "bridge.py", "door.py", "delimited.py",
}  # fmt: skip
"""Modules some of whose arguments no command has: their messages are for Python."""


def run(*arguments: object):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


@pytest.fixture
def files(tmp_path):
    """Forty families with a misspelt area, and one program."""
    households = pd.DataFrame(
        {
            "household_id": [f"H{i}" for i in range(40)],
            "size": 4,
            "consumption": 500_000,
            "area": ["Medono"] * 39 + ["Medonno"],
        }
    )
    path = tmp_path / "warga.csv"
    households.to_csv(path, index=False)
    catalogue = tmp_path / "programs.toml"
    catalogue.write_text(
        '[[budget]]\nname = "B"\namount = 3000000\n[[program]]\nname = "food"\nneed = "food"\n'
        'budget = "B"\nunit_cost = 1500000\nbenefit = 1500000\n',
        encoding="utf-8",
    )
    return path, catalogue


def test_a_folder_that_exists_is_replaced_by_what_each_surface_calls_force(files, tmp_path):
    """`--force` on the command line, `force=True` in Python."""
    out = tmp_path / "plan"
    out.mkdir()
    code, text = run("plan", *files, "--poverty-line", 513_243, "--out", out)
    assert code == 1
    assert "leave to replace it (--force)" in text
    assert "force=" not in text
    with pytest.warns(pt.PovtargetWarning, match=r"A list of places \(places=\) tells"):
        problem = pt.read_problem(*files, poverty_line=513_243)
    with pytest.raises(pt.InputError, match=r"leave to replace it \(force=True\)"):
        pt.write_plan(problem, pt.solve(problem), out)


def test_a_list_of_places_can_be_given_to_plan(files, tmp_path):
    """The hint of a misspelt area names an option that `plan` has, and that helps."""
    line = ("--poverty-line", 513_243)
    code, text = run("plan", *files, *line, "--out", tmp_path / "a")
    assert code == 0
    assert "A list of places (--areas) tells." in " ".join(text.split())
    areas = tmp_path / "kelurahan.csv"
    areas.write_text("area,kecamatan\nMedono,Barat\nMedonno,Timur\n", encoding="utf-8")
    code, text = run("plan", *files, *line, "--areas", areas, "--out", tmp_path / "b")
    assert code == 0
    assert "list of places" not in text
    areas.write_text("area,kecamatan\nTirto,Barat\n", encoding="utf-8")
    code, text = run("plan", *files, *line, "--areas", areas, "--out", tmp_path / "c")
    assert code == 1
    assert "a place on the list (--areas)" in " ".join(text.split())


def test_sheets_and_columns_of_the_first_file(files, tmp_path):
    """`--sheet` and `--column` read what the hint asks for; of another file they are not told."""
    frame = pd.read_csv(files[0]).rename(columns={"consumption": "pengeluaran"})
    path = tmp_path / "warga.xlsx"
    with pd.ExcelWriter(path) as book:
        frame.to_excel(book, sheet_name="Barat", index=False)
        frame.to_excel(book, sheet_name="Timur", index=False)
    common = (path, files[1], "--poverty-line", 513_243)
    code, text = run("plan", *common, "--out", tmp_path / "a")
    assert code == 1
    assert "the name of one (--sheet), or a workbook of one sheet" in " ".join(text.split())
    chosen = ("--sheet", "Barat", "--column", "consumption=pengeluaran")
    code, text = run("plan", *common, *chosen, "--out", tmp_path / "b")
    assert code == 0, text
    receipts = tmp_path / "penerima.xlsx"
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Lain")):
        sheet.append(["household_id", "program"])
        sheet.append(["H1", "food"])
    book.save(receipts)
    code, text = run("plan", *common, *chosen, "--receipts", receipts, "--out", tmp_path / "c")
    assert code == 1
    assert "the name of one, or a workbook of one sheet" in " ".join(text.split())


def test_faults_of_arguments_name_the_option(tmp_path):
    """A rate, a seed or a program asked for stands under the option that it was given with."""
    code, text = run("target", "--from", "5%", "--to", "7%", "--population", 1000)
    assert code == 1
    assert "--to: no fall" in text
    assert "rate_goal" not in text
    code, text = run("demo", "--families", 100, "--seed", -1, "--out", tmp_path / "x")
    assert "--seed: not a seed" in text
    assert "column" not in text


def test_where_a_command_has_no_option_the_brackets_go():
    """What is left is true without them; renames are written as the option takes them."""
    hints = Hints({"column": "--column", "force": "--force", "catalog": "CATALOG"}, "warga.csv")
    assert hints.text("the day of the list (as_of=)") == "the day of the list"
    assert hints.text("replace it (force=True)") == "replace it (--force)"
    assert hints.text("this column, or the catalogue (catalog=)") == (
        "this column, or the catalogue (CATALOG)"
    )
    assert hints.text("x (columns={'decile': ...})", "warga.csv, row 1") == (
        "x (--column decile=...)"
    )
    assert hints.text("x (columns={'decile': ...})", "other.csv") == "x"
    fault = pt.Fault("wrong", "warga.csv", 3, "force", "1")
    assert hints.fault(fault) == fault


def test_hints_are_options_in_indonesian_too(files, tmp_path):
    """A template keeps its brackets when it is translated; what another language says is told."""
    plan = ("plan", *files, "--poverty-line", 513_243, "--lang", "id")
    (tmp_path / "there").mkdir()
    areas = tmp_path / "kelurahan.csv"
    areas.write_text("area,kecamatan\nTirto,Barat\n", encoding="utf-8")
    for more, hint in (
        (("--out", tmp_path / "there"), "folder baru, atau izin menimpanya (--force)"),
        (("--out", tmp_path / "a"), "Daftar tempat (--areas) memastikannya."),
        (("--areas", areas, "--out", tmp_path / "b"), "tempat yang ada dalam daftar (--areas)"),
    ):
        _, text = run(*plan, *more)
        assert hint in " ".join(text.split())
    _, text = run("target", "--from", "5%", "--to", "7%", "--population", 1000, "--lang", "id")
    assert "--to: tidak ada penurunan" in text


def test_the_value_of_a_cell_is_quoted_as_it_is():
    """What looks like a hint and is a file's own word stays."""
    fault = pt.Fault("no such program", "b.csv", 3, "program", "beras (kg=5)")
    assert Hints({}).told(fault, str) == (
        "b.csv, row 3, column 'program': no such program (value 'beras (kg=5)')"
    )


def test_a_hint_is_the_same_in_both_languages():
    """The brackets of a template are in its translation, and are told alike."""
    hint = re.compile(r"\(([a-z_]+)=")
    assert sum(bool(hint.search(english)) for english in SAYINGS) > 8
    for english, text in SAYINGS.items():
        assert hint.findall(english) == hint.findall(text)


def test_every_hint_is_written_so_that_it_can_be_told():
    """A message names an argument in brackets, or its module is one that no command reaches."""
    root = Path(pt.__file__).parent
    wrong = []
    for path in sorted(root.rglob("*.py")):
        if path.name in IN_PYTHON_ONLY or "mmkp" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault"):
                continue
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    rest = re.sub(r"\([a-z_]+=", "", part.value)
                    wrong += [(path.name, part.value)] if ARGUMENT.search(rest) else []
    assert wrong == []
