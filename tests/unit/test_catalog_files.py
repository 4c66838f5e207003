"""Catalogues in files: read exactly, or every fault at its place and none that is no fault."""

from __future__ import annotations

import datetime
import json
from dataclasses import fields, replace

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povtarget import catalog_entries
from povtarget.catalog_files import catalog_from_dict, catalog_to_dict, read_catalog
from povtarget.errors import InputError
from povtarget.programs import RESERVED_PREFIXES, Budget, Catalog, Program, Rule

DESIGN = """
[[budget]]
name = "Dinsos-P2KB / APBD Kota"
agency = "Dinsos-P2KB"
fund = "APBD Kota"
amount = 1_500_000_000            # Rp per year
[[budget]]
name = "Dinperkim / APBD Kota"
amount = 5_790_000_000
transfer_group = "APBD Kota"
[[budget]]
name = "PKP / APBN"
amount = 160_000_000.0
control = "propose"
[[program]]
name = "lansia_kota"
title = "Sembako lansia dan disabilitas"
agency = "Dinsos-P2KB"
budget = "Dinsos-P2KB / APBD Kota"
need = "food"
unit_cost = 341_000
benefit = 341_000
per = "elderly"
conversion = 1.0
eligibility = "elderly > 0 and decile <= 4"
quota = 825
[[program]]
name = "rtlh_kota"
need = "housing"
budget = "Dinperkim / APBD Kota"
unit_cost = 15_000_000
benefit = 15_000_000
conversion = 0.08
[[program]]
name = "bsps"
need = "housing"
budget = "PKP / APBN"
unit_cost = 20_000_000
benefit = 20_000_000
[[rule]]
kind = "forbid"
programs = ["rtlh_kota", "bsps"]
window_years = 10
"""

BUDGETS = [["name", "amount"], ["A", 1_000_000]]
PROGRAMS = [["name", "need", "budget", "unit_cost", "benefit"], ["food", "food", "A", 1, 1]]


def toml_file(tmp_path, text, name="programs.toml"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def xlsx_file(tmp_path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "programs.xlsx"
    book.save(path)
    return path


def faults_of(read, *args, **options):
    with pytest.raises(InputError) as caught:
        read(*args, **options)
    return caught.value.problems


def short(faults):
    """Return faults as their place without the file, column and message."""
    return [(fault.source.partition(", ")[2], fault.column, fault.message) for fault in faults]


def entry(kind="program", **others):
    """Return a plain budget or program; None leaves a field out."""
    plain = {
        "budget": {"name": "A", "amount": 1},
        "program": {"name": "p", "need": "food", "budget": "A", "unit_cost": 1, "benefit": 1},
    }[kind]
    return {key: value for key, value in {**plain, **others}.items() if value is not None}


def faults_in(programs=None, budgets=None, rules=()):
    content = {
        "budget": [entry("budget")] if budgets is None else budgets,
        "program": [entry()] if programs is None else programs,
        "rule": rules,
    }
    return faults_of(catalog_from_dict, content, "c")


def test_the_columns_of_numbers_are_those_that_the_classes_say():
    for made in (Budget, Program, Rule):
        for part in fields(made):
            is_number = {"int", "float"} & {*part.type.split(" | ")}
            assert (part.name in catalog_entries.NUMBERS) == bool(is_number), part.name


# --- TOML -------------------------------------------------------------------------------------


def test_the_file_of_the_design(tmp_path):
    made = read_catalog(toml_file(tmp_path, DESIGN))
    assert made.program_names == ("bsps", "lansia_kota", "rtlh_kota")
    assert made.programs[1] == Program(
        "lansia_kota", title="Sembako lansia dan disabilitas", agency="Dinsos-P2KB",
        per="elderly", budget="Dinsos-P2KB / APBD Kota", need="food", unit_cost=341_000,
        benefit=341_000, eligibility="elderly > 0 and decile <= 4", quota=825)  # fmt: skip
    assert made.rules == (Rule("forbid", programs=("rtlh_kota", "bsps"), window_years=10),)
    assert [line.control for line in made.budgets] == ["city", "city", "propose"]


def test_whole_numbers_stay_exact(tmp_path):
    amount = 2**60 + 1  # no float64
    made = read_catalog(toml_file(tmp_path, DESIGN.replace("1_500_000_000", str(amount))))
    (line,) = (line for line in made.budgets if line.agency)
    assert type(line.amount) is int
    assert line.amount == amount
    assert type(made.programs[1].conversion) is float


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_editors_do_to_a_file_is_no_fault(tmp_path, encoding, ending):
    plain = read_catalog(toml_file(tmp_path, DESIGN))
    text = DESIGN.replace("lansia dan", "lânsia dan").replace('"bsps"', '" bsps "')
    edited = text.replace("\n", ending).encode(encoding)
    made = read_catalog(toml_file(tmp_path, edited))
    assert made.programs[1].title == "Sembako lânsia dan disabilitas"
    assert made.programs[0] == plain.programs[0]
    assert made.rules == plain.rules


@pytest.mark.parametrize(("text", "row", "place", "expected"), [
    ("\n\namount = 1.500.000", 3, "column 15", "1_500_000"),
    ("amount = Rp 5", 1, "column 10", "1_500_000"),
    ("name = Dinsos", 1, "column 8", "quotes"),
    ("[budget]\nname = 'a'\n[budget]\n", 3, "column 8", "[[budget]]"),
    ("name = “a”", 1, "column 8", "straight quotes"),
    ('\nx = "area in ("A")"', 2, "column 16", "single quotes"),
    ("unit cost = 5", 1, "column 6", "without spaces"),
    ("x = 1\nx = 2\n", 2, "column 6", "each key once"),
])  # fmt: skip
def test_a_syntax_error_has_its_place_and_a_hint(tmp_path, text, row, place, expected):
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, text))
    assert (fault.source, fault.row) == ("programs.toml", row)
    assert fault.value == text.split("\n")[row - 1]
    assert place in fault.message
    assert expected in fault.expected


@pytest.mark.parametrize(("text", "message"), [
    ('name = "a', "Unterminated string"),
    ("name =", "Invalid value"),
    ("x = 1\nx = 2", "Cannot overwrite a value"),
    ("name = '\xff'".encode("latin-1"), "not a text in UTF-8"),
    (DESIGN.encode("utf-16"), "not a text in UTF-8"),
    ("a = " + "9" * 5000, "too many digits"),
    ("a = " + "[" * 100_000, "too deep"),
])  # fmt: skip
def test_files_that_are_no_toml_at_all(tmp_path, text, message):
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, text))
    assert fault.source == "programs.toml"
    assert message in fault.message


def test_a_long_code_in_a_broken_line_is_masked(tmp_path):
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, "nik = '3375010101900001' x"))
    assert "33750101" not in f"{fault!r}"


@pytest.mark.parametrize(("key", "hint"), [
    ("budgets", "did you mean 'budget'?"), ("Budget", "did you mean 'budget'?"),
    ("programs", "did you mean 'program'?"), ("rules", "did you mean 'rule'?"),
    ("anggaran", "one of: budget, program, rule"),
])  # fmt: skip
def test_an_unknown_table_is_one_fault(tmp_path, key, hint):
    right = {"budgets": "budget", "Budget": "budget", "programs": "program", "rules": "rule"}
    text = DESIGN.replace(f"[[{right.get(key)}]]", f"[[{key}]]")
    text += "[[anggaran]]\nx = 1" if key == "anggaran" else ""
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, text))
    assert (fault.source, fault.expected) == ("programs.toml", hint)
    assert fault.message == f"unknown key '{key}'"


def test_a_table_under_two_names_is_read_as_one(tmp_path):
    text = DESIGN + '[[programs]]\nname = "bsps"\nneed = "x"\nbudget = "PKP / APBN"\n'
    faults = faults_of(read_catalog, toml_file(tmp_path, text))
    assert short(faults) == [
        ("", None, "unknown key 'programs'"),
        ("programs 1 (bsps)", "unit_cost", "missing"),
        ("programs 1 (bsps)", "benefit", "missing"),
        ("programs 1 (bsps)", "name", "this name is already that of program 3"),
    ]


def test_a_plain_table_instead_of_an_array_is_one_fault(tmp_path):
    text = DESIGN.replace("[[rule]]", "[rule]")
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, text))
    assert fault.source == "programs.toml, rule"
    assert fault.message == "one table, not a list of tables"
    assert fault.expected.startswith("[[rule]] in double brackets")


@pytest.mark.parametrize("value", [5, "x", True, None])
def test_what_is_no_table(value):
    faults = faults_of(catalog_from_dict, {"budget": value, "program": [value]}, "c")
    assert short(faults) == [
        ("budget", None, "not a list of tables"), ("program 1", None, "not a table"),
    ]  # fmt: skip
    (fault,) = faults_of(catalog_from_dict, value, "c")
    assert fault.value == str(value)


def test_nothing_at_all(tmp_path):
    faults = faults_of(read_catalog, toml_file(tmp_path, ""))
    assert [fault.message for fault in faults] == ["there is no budget", "there is no program"]


# --- Keys and types ---------------------------------------------------------------------------


def test_a_misspelt_key_is_one_fault_and_its_value_is_judged():
    (fault,) = faults_in([entry(unit_cost=None, unit_cots=5)])
    assert (fault.source, fault.message, fault.expected) == (
        "c, program 1 (p)", "unknown key 'unit_cots'", "did you mean 'unit_cost'?",
    )  # fmt: skip
    faults = faults_in([entry(unit_cost=None, unit_cots=-5)])
    assert [fault.column for fault in faults] == [None, "unit_cost"]


def test_a_second_spelling_and_a_strange_key():
    faults = faults_in([entry(unit_cots=5, warna="x")], [entry("budget", Amount=2)])
    assert [(fault.source, fault.expected) for fault in faults] == [
        ("c, budget 1 (A)", "did you mean 'amount'?"),
        ("c, program 1 (p)", "did you mean 'unit_cost'?"),
        ("c, program 1 (p)", faults[2].expected),
    ]
    assert faults[2].expected.startswith("one of: name, agency, need, budget")


def test_every_missing_key_is_named():
    faults = faults_of(catalog_from_dict, {"budget": [{}], "program": [{}], "rule": [{}]}, "c")
    assert [(fault.source, fault.column) for fault in faults] == [
        ("c, budget 1", "name"), ("c, budget 1", "amount"),
        ("c, program 1", "name"), ("c, program 1", "need"), ("c, program 1", "budget"),
        ("c, program 1", "unit_cost"), ("c, program 1", "benefit"),
        ("c, rule 1", "kind"), ("c, rule 1", "programs"),
    ]  # fmt: skip
    assert {fault.message for fault in faults} == {"missing"}


@pytest.mark.parametrize("value", [
    True, False, float("nan"), float("inf"), float("-inf"), -1, -0.5, 10**400, [1], {"x": 1},
    "lima", "", "-", "5%", "nan", "-5", "1.50.000", datetime.date(2026, 1, 1),
], ids=repr)  # fmt: skip
@pytest.mark.parametrize("column", ["unit_cost", "quota", "success", "delay_years"])
def test_what_is_no_number(column, value):
    (fault,) = faults_in([entry(), entry(name="q", **{column: value})])
    assert (fault.source, fault.row, fault.column) == ("c, program 2 (q)", None, column)
    assert fault.expected


@pytest.mark.parametrize("value", [5, 2.5, True, ["a"], {"x": 1}, datetime.date(2026, 1, 1)])
@pytest.mark.parametrize("column", ["name", "agency", "need", "budget", "per", "eligibility"])
def test_what_is_no_text(column, value):
    (fault,) = faults_in([entry(**{column: value})])
    assert (fault.column, fault.message, fault.value) == (column, "not a text", str(value))


def test_numbers_as_text_are_read_by_the_house_rules(tmp_path):
    text = DESIGN.replace("1_500_000_000", '"Rp 1.500.000.000"').replace("= 825", '= "825"')
    made = read_catalog(toml_file(tmp_path, text))
    assert made == read_catalog(toml_file(tmp_path, DESIGN))
    assert {type(line.amount) for line in made.budgets} == {int, float}  # as in the file


def test_ambiguous_text_is_settled_by_its_column_or_by_the_caller(tmp_path):
    text = DESIGN.replace("unit_cost = 341_000", 'unit_cost = "341.000"')
    path = toml_file(tmp_path, text)
    (fault,) = faults_of(read_catalog, path)
    assert (fault.source, fault.column, fault.value) == (
        "programs.toml, program 1 (lansia_kota)", "unit_cost", "341.000",
    )  # fmt: skip
    assert "341000 (decimal comma)" in fault.message
    costs = [read_catalog(path, decimal=sign).programs[1].unit_cost for sign in (",", ".")]
    assert costs == [341_000, 341]
    settled = text.replace("unit_cost = 15_000_000", 'unit_cost = "15.000.000"')
    made = read_catalog(toml_file(tmp_path, settled))
    assert [part.unit_cost for part in made.programs] == [20_000_000, 341_000, 15_000_000]


def test_the_decimal_sign_is_a_comma_or_a_point(tmp_path):
    (fault,) = faults_of(read_catalog, toml_file(tmp_path, DESIGN), decimal=";")
    assert "decimal" in fault.expected


# --- Faults of one entry and of the entries together ------------------------------------------


def test_every_fault_is_reported_in_the_order_of_the_file():
    faults = faults_in(
        [entry(success=2, budget="Z"), entry(name="q", quota=1, minimum=2, need=5),
         entry(name="q", eligibility="x = 1")],
        [entry("budget", control="me"), entry("budget", name="quota:x"),
         entry("budget", name="idle", amount=-1)],
        [{"kind": "forbids", "programs": ["p", "pp"]},
         {"kind": "require", "programs": ["p", "q", "qq"], "weight": -1}])  # fmt: skip
    assert [(fault.source[3:], fault.column) for fault in faults] == [
        ("budget 1 (A)", "control"), ("budget 2 (quota:x)", "name"),
        ("budget 3 (idle)", "amount"), ("budget 3 (idle)", "name"),
        ("program 1 (p)", "success"), ("program 1 (p)", "budget"),
        ("program 2 (q)", "need"), ("program 2 (q)", "minimum"),
        ("program 3 (q)", "eligibility"), ("program 3 (q)", "name"),
        ("rule 1 (forbids)", "kind"), ("rule 1 (forbids)", "programs"),
        ("rule 2 (require)", "programs"), ("rule 2 (require)", "weight"),
        ("rule 2 (require)", "programs"),
    ]  # fmt: skip
    assert faults[1].value == "quota:x"
    assert faults[5].expected == "one of: A, idle"  # and none that nobody wrote
    assert [fault.value for fault in faults[-5:]] == ["forbids", "pp", "3", "-1", "qq"]


def test_repeated_names_are_placed_at_the_repetition():
    faults = faults_in([entry(), entry(), entry(budget="Z")], [entry("budget")] * 2)
    assert [(fault.source, fault.column) for fault in faults] == [
        ("c, budget 2 (A)", "name"), ("c, program 2 (p)", "name"),
        ("c, program 3 (p)", "name"), ("c, program 3 (p)", "budget"),
    ]  # fmt: skip
    assert faults[1].message == "this name is already that of program 1"


def test_contradictory_rules_are_placed_at_the_program_that_they_bind():
    rules = [{"kind": kind, "programs": ["p", "q"]} for kind in ("require", "forbid")]
    (fault,) = faults_in([entry(name="q"), entry()], rules=rules)
    assert (fault.source, fault.column) == ("c, program 2 (p)", None)
    assert "both required and forbidden" in fault.message
    faults = faults_in([entry(name="q", quota=-1), entry(name=5)], rules=rules)
    assert [fault.source for fault in faults] == [
        "c, program 'p'",  # which may be that of 5
        "c, program 1 (q)", "c, program 2",
    ]  # fmt: skip


def test_each_of_two_equal_rules_has_its_fault():
    rule = {"kind": "forbid", "programs": ["p", "x"]}
    faults = faults_in(rules=[rule, rule])
    assert [fault.source for fault in faults] == ["c, rule 1 (forbid)", "c, rule 2 (forbid)"]


def test_a_program_of_another_agency_is_found_beside_other_faults():
    faults = faults_in([entry(agency="Dinkes", quota=-1)], [entry("budget", agency="Dinsos")])
    assert [fault.column for fault in faults] == ["quota", "agency"]


@pytest.mark.parametrize(("others", "columns"), [
    ({"unit_cost": -1}, ["unit_cost"]),  # its budget is used all the same
    ({"budget": 5}, ["budget"]),  # which may be any
    ({"budget": None}, ["budget"]),
    ({"budget": " "}, ["budget"]),
    ({"name": None, "quota": -1}, ["name", "quota"]),  # rules may mean it
])  # fmt: skip
def test_a_faulty_program_has_no_consequences(others, columns):
    rules = [{"kind": "forbid", "programs": ["p", "q"]}]
    budgets = [entry("budget"), entry("budget", name="B")]
    programs = [entry(name="q", budget="B"), entry(**others)]
    assert [fault.column for fault in faults_in(programs, budgets, rules)] == columns


@pytest.mark.parametrize(("others", "columns"), [
    ({"amount": -1}, ["amount"]),
    ({"name": 5}, ["name"]),
    ({"name": None}, ["name"]),
    ({"agency": 5}, ["agency"]),
])  # fmt: skip
def test_a_faulty_budget_has_no_consequences(others, columns):
    programs = [entry(agency="Dinsos")]
    assert [f.column for f in faults_in(programs, [entry("budget", **others)])] == columns


def test_a_reserved_budget_name_excuses_only_those_who_use_it():
    budgets = [entry("budget"), entry("budget", name="floor:x")]
    programs = [entry(), entry(name="q", budget="floor:x"), entry(name="r", budget="zzz")]
    faults = faults_in(programs, budgets)
    assert [(fault.value, fault.expected) for fault in faults[1:]] == [("zzz", "one of: A")]
    assert faults[0].value == "floor:x"


def test_an_unused_budget_is_found_beside_a_faulty_program():
    faults = faults_in([entry(success=7)], [entry("budget"), entry("budget", name="B")])
    assert [(fault.source, fault.column) for fault in faults] == [
        ("c, budget 2 (B)", "name"), ("c, program 1 (p)", "success"),
    ]  # fmt: skip


# --- Workbooks --------------------------------------------------------------------------------


def test_a_workbook_says_what_toml_says(tmp_path):
    path = xlsx_file(
        tmp_path,
        Petunjuk=[["Isi tiga lembar berikut"]],
        Programs=[
            ["name", "title", "agency", "need", "budget", "unit_cost", "benefit", "per",
             "conversion", "eligibility", "quota"],
            ["lansia_kota", "Sembako lansia dan disabilitas", " Dinsos-P2KB ", "food",
             "Dinsos-P2KB / APBD Kota", "Rp 341.000", 341_000, "elderly", 1,
             "elderly > 0 and decile <= 4", 825],
            [],
            ["rtlh_kota", None, "-", "housing", "Dinperkim / APBD Kota", "15.000.000",
             15_000_000, None, 0.08],
            ["bsps", "", None, "housing", "PKP / APBN", "20.000.000,00", 2e7],
        ],
        BUDGETS=[
            ["name", "amount", "agency", "fund", "control", "transfer_group"],
            ["Dinsos-P2KB / APBD Kota", 1_500_000_000, "Dinsos-P2KB", "APBD Kota"],
            ["Dinperkim / APBD Kota", 5_790_000_000, None, None, None, "APBD Kota"],
            ["PKP / APBN", 160_000_000, None, None, "propose"],
        ],
        rules=[["kind", "programs", "window_years"], ["forbid", "rtlh_kota; bsps", 10]],
    )  # fmt: skip
    assert read_catalog(path) == read_catalog(toml_file(tmp_path, DESIGN))


@pytest.mark.parametrize("names", ["a,b,c", "a; b; c", " a ;b, c", "a\nb\nc", "a,b,c,"])
def test_the_programs_of_a_rule_stand_in_one_cell(tmp_path, names):
    programs = [PROGRAMS[0], *([name, "x", "A", 1, 1] for name in "abc")]
    rules = [["kind", "programs"], ["penalise", names]]
    made = read_catalog(xlsx_file(tmp_path, budgets=BUDGETS, programs=programs, rules=rules))
    assert made.rules == (Rule("penalise", programs=("a", "b", "c")),)


@pytest.mark.parametrize("rules", [None, [["kind", "programs"]]])
def test_rules_may_be_left_out(tmp_path, rules):
    sheets = {"budgets": BUDGETS, "programs": PROGRAMS} | ({"rules": rules} if rules else {})
    assert read_catalog(xlsx_file(tmp_path, **sheets)).rules == ()


def test_a_number_for_a_name_becomes_the_same_text_in_every_sheet(tmp_path):
    path = xlsx_file(
        tmp_path,
        budgets=[["name", "amount", "code"], [2025, 1, 10602], [2026.0, 1, "1.06"]],
        programs=[PROGRAMS[0], [1, "x", 2025, 1, 1], [2, "x", "2026", 1, 1],
                  ["c", "x", 2025, 1, 1]],
        rules=[["kind", "programs"], ["forbid", "1, 2"]],
    )  # fmt: skip
    made = read_catalog(path)
    assert (made.budget_names, made.program_names) == (("2025", "2026"), ("1", "2", "c"))
    assert [line.code for line in made.budgets] == ["10602", "1.06"]


@pytest.mark.parametrize("value", [1.06, True, datetime.datetime(2026, 1, 1), 10**16])
def test_what_no_text_can_be_made_of(tmp_path, value):
    budgets = [["name", "amount", "code"], ["A", 1, value]]
    faults = faults_of(read_catalog, xlsx_file(tmp_path, budgets=budgets, programs=PROGRAMS))
    assert [(f.source, f.row, f.column, f.message) for f in faults] == [
        ("programs.xlsx, sheet 'budgets'", 2, "code", "not a text")
    ]


def test_faults_of_a_workbook_have_sheet_row_and_column(tmp_path):
    path = xlsx_file(
        tmp_path,
        budgets=[["name", "amount"], ["A", "1.500"], [None, 5], ["B", True]],
        programs=[
            [*PROGRAMS[0], "quota", "minimum", "eligibility"],
            ["p", "x", "A", 1, 1, 5, 9],
            [],
            ["p", "x", "AA", 1, -1, None, None, "decile = 1"],
            ["q", "-", "B", "12,5", "1.5.0"],
        ],
        rules=[["kind", "programs"], ["forbid", 2025], ["forbid", "p, z"]],
    )  # fmt: skip
    faults = faults_of(read_catalog, path)
    assert [(f.source[22:-1], f.row, f.column) for f in faults] == [
        ("budgets", 2, "amount"), ("budgets", 3, "name"), ("budgets", 4, "amount"),
        ("programs", 2, "minimum"),
        ("programs", 4, "benefit"), ("programs", 4, "eligibility"), ("programs", 4, "name"),
        ("programs", 5, "benefit"), ("programs", 5, "need"),
        ("rules", 2, "programs"), ("rules", 3, "programs"),
    ]  # fmt: skip
    assert faults[6].message == "this name is already that of row 2"
    assert faults[-1].value == "z"


def test_missing_and_unknown_columns_are_said_once(tmp_path):
    header = ["name", "need", "unit_cots", "benefit", "catatan"]
    programs = [header, *([name, "x", 1, 1] for name in "pq")]
    faults = faults_of(read_catalog, xlsx_file(tmp_path, budgets=BUDGETS, programs=programs))
    assert [(f.row, f.column, f.message) for f in faults] == [
        (1, "unit_cots", "unknown column"), (1, "catatan", "unknown column"),
        (1, "budget", "the column is missing"),
    ]  # fmt: skip
    assert faults[0].expected == "did you mean 'unit_cost'?"


def test_a_missing_sheet_is_told_with_those_that_exist(tmp_path):
    sheets = {"Data": [["x"]], "programs": PROGRAMS}
    (fault,) = faults_of(read_catalog, xlsx_file(tmp_path, **sheets))
    assert (fault.source, fault.message) == ("programs.xlsx", "there is no sheet 'budgets'")
    assert "'Data', 'programs'" in fault.expected


@pytest.mark.parametrize(("sheet", "title"), [("program", "programs"), ("rule", "rules")])
def test_a_misspelt_sheet_is_not_left_out_in_silence(tmp_path, sheet, title):
    sheets = {"budgets": BUDGETS, "programs": PROGRAMS, "rules": [["kind", "programs"]]}
    sheets[sheet] = [*sheets.pop(title), ["x", "y"]]
    fault, *others = faults_of(read_catalog, xlsx_file(tmp_path, **sheets))
    assert fault.message == f"there is no sheet '{title}'"
    assert f"rename '{sheet}'?" in fault.expected
    assert {other.source for other in others} == {f"programs.xlsx, sheet '{sheet}'"}


def test_a_sheet_that_cannot_be_read_hides_no_faults_of_the_others(tmp_path):
    twice = [[*PROGRAMS[0], "need"], [*PROGRAMS[1], "x"]]
    budgets = [["name", "amount"], ["A", -1], ["B", 1]]
    faults = faults_of(read_catalog, xlsx_file(tmp_path, budgets=budgets, programs=twice))
    assert [(f.source[22:-1], f.column, f.message) for f in faults] == [
        ("programs", "need", "2 columns have this name"),
        ("budgets", "amount", "not a usable number"),
    ]
    empty = xlsx_file(tmp_path, budgets=[["name", "amount"]], programs=PROGRAMS)
    (fault,) = faults_of(read_catalog, empty)
    assert fault.message == "there are no rows below the header"


def test_a_formula_without_value_is_a_fault(tmp_path):
    budgets = [["name", "amount"], ["A", "=1+1"]]
    (fault,) = faults_of(read_catalog, xlsx_file(tmp_path, budgets=budgets, programs=PROGRAMS))
    assert (fault.column, fault.row) == ("amount", 2)


# --- The door ---------------------------------------------------------------------------------


def test_files_that_are_not_there_or_not_of_a_kind(tmp_path):
    toml_file(tmp_path, DESIGN)
    (fault,) = faults_of(read_catalog, tmp_path / "progams.toml")
    assert fault.message == "there is no such file"
    assert fault.expected == "did you mean 'programs.toml'?"
    (fault,) = faults_of(read_catalog, str(tmp_path / "none" / "programs.xlsx"))
    assert (fault.message, fault.expected) == ("there is no such file", None)
    for name in ("programs.csv", "programs", "programs.xls"):
        (fault,) = faults_of(read_catalog, tmp_path / name)
        assert (fault.source, fault.expected) == (name, "a .toml or .xlsx file")
    for kind in (".toml", ".xlsx"):
        folder = tmp_path / f"folder{kind}"
        folder.mkdir()
        (fault,) = faults_of(read_catalog, folder)
        assert "folder" in fault.source
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 no zip")
    (fault,) = faults_of(read_catalog, str(damaged))
    assert (fault.source, fault.message) == ("damaged.xlsx", "the workbook is damaged")


def test_the_end_of_a_file_name_may_be_in_capitals(tmp_path):
    assert read_catalog(toml_file(tmp_path, DESIGN, "PROGRAMS.TOML")).rules


# --- Plain content ----------------------------------------------------------------------------

WORDS = st.text(min_size=1, max_size=8).filter(str.strip)
WHOLE = st.integers(0, 2**70)
AMOUNTS = WHOLE | st.floats(0, allow_infinity=False) | WHOLE.map(float)
SHARES = st.floats(0, 1) | st.integers(0, 1)
YEARS = st.integers(0, 30)
EXPRESSIONS = st.sampled_from(["elderly > 0 and decile <= 4", "area in ('A', \"B'\")", "x"])


@st.composite
def catalogs(draw):
    lines = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    lines = [name for name in lines if not name.startswith(RESERVED_PREFIXES)] or ["A"]
    budgets = [
        Budget(name, amount=draw(AMOUNTS), fund=draw(st.text(max_size=5)),
               control=draw(st.sampled_from(["city", "propose", "fixed"])))
        for name in lines
    ]  # fmt: skip
    extra = draw(st.lists(st.sampled_from(lines), max_size=3))
    names = draw(st.lists(WORDS, min_size=len(lines + extra), max_size=7, unique=True))
    programs = [
        Program(name, need=draw(WORDS), budget=line, unit_cost=draw(AMOUNTS),
                benefit=draw(AMOUNTS), conversion=draw(SHARES), success=draw(SHARES),
                per=draw(st.none() | st.just("pupils")), quota=draw(st.none() | AMOUNTS),
                eligibility=draw(st.none() | EXPRESSIONS), delay_years=draw(YEARS),
                duration_years=draw(YEARS), title=draw(st.text(max_size=5)))
        for name, line in zip(names, lines + extra, strict=False)
    ]  # fmt: skip
    known = st.lists(st.sampled_from([part.name for part in programs]), min_size=2, unique=True)
    rules = []
    if len(programs) > 1:
        kind = draw(st.sampled_from(["forbid", "penalise"]))
        rules = [Rule(kind, programs=draw(known), weight=draw(AMOUNTS),
                      window_years=draw(st.none() | YEARS))]  # fmt: skip
    return Catalog(programs=programs, budgets=budgets, rules=rules)


@given(catalogs())
def test_plain_content_and_back_is_the_same_catalogue(made):
    plain = catalog_to_dict(made)
    text = json.dumps(plain, allow_nan=False)
    again = catalog_from_dict(json.loads(text), "catalog.json")
    assert again == made
    # As text too, where 1 and 1.0 differ: the hash of a plan's inputs is of text.
    assert json.dumps(catalog_to_dict(again)) == text


BAD_CELLS = st.sampled_from([None, True, -1, float("nan"), [], {}, ["a"], "", "\0", 10**400])


@given(catalogs(), st.data())
def test_one_wrong_cell_is_no_fault_of_another_entry(made, data):
    plain = catalog_to_dict(made)
    kind = data.draw(st.sampled_from([kind for kind, entries in plain.items() if entries]))
    index = data.draw(st.integers(0, len(plain[kind]) - 1))
    column = data.draw(st.sampled_from([*plain[kind][index]]))
    plain[kind][index][column] = data.draw(BAD_CELLS)
    try:
        again = catalog_from_dict(plain, "c")
    except InputError as error:
        for fault in error.problems:
            # A text where a name belongs may be the name of something else, and then matters.
            is_other_name = plain[kind][index][column] == "\0" and column in ("name", "budget")
            here = fault.source.startswith(f"c, {kind} {index + 1}")
            assert is_other_name or (here and fault.column in (column, "minimum")), fault
            assert "\0\0" not in str(fault)
    else:
        assert len(again.programs) == len(made.programs)


def test_numbers_of_numpy_become_plain_ones():
    line = Budget("A", amount=np.int64(5))
    part = Program("p", need="x", budget="A", unit_cost=np.float64(0.1), benefit=np.float32(2))
    made = Catalog(programs=[part], budgets=[line])
    plain = json.loads(json.dumps(catalog_to_dict(made)))
    assert plain["budget"][0]["amount"] == 5
    assert catalog_from_dict(plain, "c") == made


def test_plain_content_leaves_out_what_is_none_and_null_says_nothing():
    made = catalog_from_dict({"budget": [entry("budget")], "program": [entry()]}, "c")
    plain = catalog_to_dict(made)
    assert "quota" not in plain["program"][0]
    plain["program"][0] |= {"quota": None, "title": None}
    assert catalog_from_dict(plain, "c") == made
    plain["program"][0]["need"] = None
    (fault,) = faults_of(catalog_from_dict, plain, "c")
    assert (fault.column, fault.message) == ("need", "missing")


def test_what_comes_in_is_not_changed():
    content = {"budget": [entry("budget")], "program": [entry(quota="5", unit_cots=1)]}
    before = json.dumps(content)
    faults_of(catalog_from_dict, content, "c")
    assert json.dumps(content) == before


def test_a_changed_catalogue_has_other_content():
    made = catalog_from_dict({"budget": [entry("budget")], "program": [entry()]}, "c")
    for column in ("agency", "title", "success", "delay_years"):
        value = "x" if column in ("agency", "title") else 0 if column == "success" else 3
        other = replace(made, programs=[replace(made.programs[0], **{column: value})])
        assert catalog_to_dict(other) != catalog_to_dict(made)
