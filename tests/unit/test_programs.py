"""Programs, budgets, rules and their catalogue: what is accepted, and each fault's place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from itertools import permutations

import numpy as np
import pytest

from povtarget.errors import InputError, masked
from povtarget.programs import RESERVED_PREFIXES, Budget, Catalog, Program, Rule

NOT_NUMBERS = [float("nan"), float("inf"), -1, -0.01, True, "5", None, [1], 10**400, np.nan,
               np.bool_(True), 1 + 0j]  # fmt: skip


def program(name="food", **others):
    given = {"need": "food", "budget": "A", "unit_cost": 250_000, "benefit": 200_000, **others}
    return Program(name, **given)


def faults_of(make, *args, **options):
    with pytest.raises(InputError) as caught:
        make(*args, **options)
    return caught.value.problems


def catalog(*programs, budgets=None, rules=()):
    budgets = [Budget("A", amount=1)] if budgets is None else budgets
    return Catalog(programs=programs, budgets=budgets, rules=rules)


# --- Program ----------------------------------------------------------------------------------


def test_what_is_left_out_has_the_defaults_of_the_design():
    made = program()
    assert (made.agency, made.title) == ("", "")
    assert (made.per, made.eligibility, made.quota, made.expression) == (None,) * 4
    assert (made.conversion, made.success, made.minimum) == (1.0, 1.0, 0)
    assert (made.delay_years, made.duration_years) == (0, 1)


def test_a_program_is_frozen():
    with pytest.raises(FrozenInstanceError):
        program().quota = 5


def test_only_what_counts_as_consumption_is_gain():
    assert program(conversion=0.25).gain_per_unit == 50_000
    # Success is a probability, and the value of a bundle takes its expectation elsewhere.
    assert program(conversion=0.25, success=0.5).gain_per_unit == 50_000


@pytest.mark.parametrize("column", ["unit_cost", "benefit", "conversion", "success", "quota",
                                    "minimum", "delay_years", "duration_years"])  # fmt: skip
@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
def test_numbers_are_finite_and_not_negative(column, value):
    if column == "quota" and value is None:
        assert program(quota=None).quota is None
        return
    (fault,) = faults_of(program, **{column: value})
    assert (fault.source, fault.column, fault.value) == ("program 'food'", column, masked(value))
    assert "0" in fault.expected


@pytest.mark.parametrize("column", ["conversion", "success"])
def test_shares_and_chances_end_at_one(column):
    assert getattr(program(**{column: 1}), column) == 1
    (fault,) = faults_of(program, **{column: 1.0000001})
    assert (fault.column, fault.expected) == (column, "a number from 0 to 1")


@pytest.mark.parametrize("column", ["delay_years", "duration_years"])
def test_years_are_whole(column):
    (fault,) = faults_of(program, **{column: 1.5})
    assert (fault.column, fault.expected) == (column, "a whole number, 0 or more")


@pytest.mark.parametrize("kind", [int, float, np.int64, np.float64])
def test_a_minimum_above_the_quota_is_refused_for_numbers_of_any_kind(kind):
    assert program(quota=kind(5), minimum=kind(5)).minimum == 5
    (fault,) = faults_of(program, quota=kind(5), minimum=kind(6))
    assert (fault.message, fault.column) == ("the minimum is above the quota", "minimum")


def test_a_faulty_quota_is_one_fault_and_not_two():
    assert [f.column for f in faults_of(program, quota=-1, minimum=3)] == ["quota"]
    assert [f.column for f in faults_of(program, quota=1, minimum="3")] == ["minimum"]


@pytest.mark.parametrize("column", ["name", "need", "budget"])
@pytest.mark.parametrize("value", ["", "  ", None, 5])
def test_required_texts_are_there(column, value):
    given = {"name": "food", column: value}
    (fault,) = faults_of(program, **given)
    assert (fault.message, fault.column) == ("missing", column)


@pytest.mark.parametrize("per", ["", "two words", "a-b", 3, "1st"])
def test_per_is_the_name_of_a_column(per):
    (fault,) = faults_of(program, per=per)
    assert (fault.column, fault.value) == ("per", str(per))


def test_an_eligibility_is_parsed_at_the_door():
    assert program(eligibility="elderly > 0 and decile <= 4").expression.columns == {
        "elderly", "decile",
    }  # fmt: skip
    (fault,) = faults_of(program, eligibility="decile = 4")
    assert (fault.source, fault.column, fault.expected) == (
        "program 'food'", "eligibility", "'==' to compare",
    )  # fmt: skip
    (fault,) = faults_of(program, eligibility=4)
    assert fault.message == "not an expression"


def test_nobody_is_eligible_by_what_only_a_judge_knows():
    (fault,) = faults_of(program, eligibility="decile < 4 or true_consumption < 500_000")
    assert fault.column == "eligibility"
    assert "true_consumption" in fault.message


def test_every_fault_of_a_program_is_reported_together():
    wrong = {"need": "", "unit_cost": -1, "success": 2, "per": "a b", "eligibility": "("}
    faults = faults_of(program, "", **wrong)
    assert {fault.column for fault in faults} == {
        "name", "need", "unit_cost", "success", "per", "eligibility",
    }  # fmt: skip


# --- Budget -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
def test_an_amount_is_finite_and_not_negative(value):
    (fault,) = faults_of(Budget, "A", amount=value)
    assert (fault.source, fault.column) == ("budget 'A'", "amount")


@pytest.mark.parametrize("prefix", RESERVED_PREFIXES)
def test_names_of_other_rows_are_reserved(prefix):
    (fault,) = faults_of(Budget, f"{prefix}food", amount=1)
    assert (fault.column, fault.value) == ("name", f"{prefix}food")
    assert Budget(f"a {prefix}", amount=1).name == f"a {prefix}"


def test_control_is_one_of_three():
    for control in ("city", "propose", "fixed"):
        assert Budget("A", amount=0, control=control).control == control
    (fault,) = faults_of(Budget, "A", amount=0, control="City")
    assert (fault.column, fault.expected) == ("control", "city or propose or fixed")


def test_every_fault_of_a_budget_is_reported_together():
    faults = faults_of(Budget, "", amount=None, fund=2025, control="")
    assert [fault.column for fault in faults] == ["name", "fund", "amount", "control"]


# --- Rule -------------------------------------------------------------------------------------


def test_names_become_a_tuple_whatever_holds_them():
    assert Rule("forbid", programs=["a", "b"]) == Rule("forbid", programs=("a", "b"))
    assert Rule("forbid", programs=(name for name in "ab")).programs == ("a", "b")


@pytest.mark.parametrize(("kind", "names", "message"), [
    ("forbid", ["a"], "wrong number of programs"),
    ("penalise", [], "wrong number of programs"),
    ("require", ["a", "b", "c"], "wrong number of programs"),
    ("require", ["a"], "wrong number of programs"),
    ("forbid", ["a", "a"], "a program is named twice"),
    ("forbid", "ab", "not a list of program names"),
    ("forbid", ["a", 5], "not a list of program names"),
])  # fmt: skip
def test_the_programs_of_a_rule(kind, names, message):
    (fault,) = faults_of(Rule, kind, programs=names)
    assert (fault.column, fault.message) == ("programs", message)


def test_kind_weight_and_window_of_a_rule():
    faults = faults_of(Rule, "forbids", programs=["a", "b"], weight=-1, window_years=0.5)
    assert [fault.column for fault in faults] == ["kind", "weight", "window_years"]
    assert {fault.source for fault in faults} == {"rule 'forbids a, b'"}
    for value in (float("nan"), float("inf"), True, "1"):
        (fault,) = faults_of(Rule, "penalise", programs=["a", "b"], weight=value)
        assert fault.column == "weight"


# --- Catalog ----------------------------------------------------------------------------------


def test_the_order_of_the_input_never_matters():
    programs = [program(name, budget=budget) for name, budget in zip("cab", "BAA", strict=True)]
    budgets = [Budget(name, amount=1) for name in "AB"]
    made = {
        Catalog(programs=some, budgets=lines)
        for some in permutations(programs)
        for lines in permutations(budgets)
    }
    assert len(made) == 1
    (one,) = made
    assert (one.program_names, one.budget_names) == (("a", "b", "c"), ("A", "B"))


def test_an_agency_is_the_program_s_or_else_its_budget_s():
    lines = [Budget("A", amount=1, agency="Dinsos"), Budget("B", amount=1)]
    silent, spoken = program("x"), program("y", budget="B", agency="Dinkes")
    made = catalog(silent, spoken, budgets=lines)
    assert [made.agency_of(entry) for entry in made.programs] == ["Dinsos", "Dinkes"]


def test_a_catalogue_without_programs_is_none():
    assert [fault.message for fault in faults_of(catalog, budgets=[])] == ["no program"]


def test_names_are_unique():
    twins = [program("food"), program("food", unit_cost=1)]
    (fault,) = faults_of(catalog, *twins)
    assert (fault.source, fault.message) == (
        "program 'food'", "this program name occurs 2 times",
    )  # fmt: skip
    lines = [Budget("A", amount=1)] * 3
    (fault,) = faults_of(catalog, program(), budgets=lines)
    assert fault.message == "this budget name occurs 3 times"


def test_a_program_without_budget_and_a_budget_without_program():
    lines = [Budget("Dinsos / APBD", amount=1)]
    unknown, unused = faults_of(catalog, program(budget="Dinsos / APDB"), budgets=lines)
    assert (unknown.source, unknown.column, unknown.value, unknown.expected) == (
        "program 'food'", "budget", "Dinsos / APDB", "did you mean 'Dinsos / APBD'?",
    )  # fmt: skip
    assert (unused.source, unused.message) == (
        "budget 'Dinsos / APBD'", "no program uses this budget",
    )  # fmt: skip


def test_a_budget_of_another_agency():
    lines = [Budget("A", amount=1, agency="Dinsos")]
    (fault,) = faults_of(catalog, program(agency="Dinkes"), budgets=lines)
    assert (fault.column, fault.value) == ("agency", "Dinkes")
    assert "'Dinsos'" in fault.expected
    assert catalog(program(agency="Dinsos"), budgets=lines).programs[0].agency == "Dinsos"


def test_rules_name_programs_that_exist():
    rules = [Rule("forbid", programs=["food", "hovses"])]
    (fault,) = faults_of(catalog, program("food"), program("houses"), rules=rules)
    assert (fault.source, fault.value, fault.expected) == (
        "rule 'forbid food, hovses'", "hovses", "did you mean 'houses'?",
    )  # fmt: skip


THREE = [program(name) for name in ("a", "b", "c")]


@pytest.mark.parametrize(("rules", "guilty"), [
    ([("require", "ab"), ("forbid", "ab")], ["a"]),
    ([("require", "ab"), ("forbid", "abc")], ["a"]),
    ([("require", "ab"), ("require", "ac"), ("forbid", "bc")], ["a"]),
    ([("require", "ab"), ("require", "bc"), ("forbid", "ac")], ["a"]),
    ([("require", "ab"), ("require", "ba"), ("forbid", "ab")], ["a", "b"]),
    ([("require", "ab"), ("forbid", "bc")], []),
    ([("require", "ab"), ("require", "ba")], []),
    ([("require", "ab"), ("penalise", "ab")], []),
    ([("forbid", "ab"), ("forbid", "bc"), ("forbid", "abc")], []),
])  # fmt: skip
def test_rules_that_contradict_each_other(rules, guilty):
    rules = [Rule(kind, programs=[*names]) for kind, names in rules]
    if not guilty:
        assert set(catalog(*THREE, rules=rules).rules) == set(rules)
        return
    faults = faults_of(catalog, *THREE, rules=rules)
    assert [fault.source for fault in faults] == [f"program '{name}'" for name in guilty]
    assert all("require" in fault.message and "forb" in fault.message for fault in faults)


def test_every_fault_of_a_catalogue_is_reported_together():
    programs = [program(), program(), program("b", budget="B")]
    rules = [Rule("forbid", programs=["x", "y"])]
    lines = [Budget("A", amount=1), Budget("unused", amount=1)]
    faults = faults_of(catalog, *programs, budgets=lines, rules=rules)
    assert [fault.column for fault in faults] == [
        "name", "budget", "name", "programs", "programs",
    ]  # fmt: skip


def test_replace_judges_again():
    made = catalog(program())
    with pytest.raises(InputError):
        replace(made, programs=[program(budget="B")])
