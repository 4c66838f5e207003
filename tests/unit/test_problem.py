"""The door of the question: every fault at once, and what receipts, rules and locks settle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import povtarget as pt

FRAME = {
    "household_id": ["001", "002", "003", "004"],
    "size": [4, 3, 5, 2],
    "consumption": [480_000, 300_000, 500_000, 600_000],
    "elderly": [0, 1, 2, 0],
    "area": ["A", "A", "B", "B"],
}


def households(**columns):
    """Four families, three below the line."""
    return pt.Households.from_frame({**FRAME, **columns}, poverty_line=513_243)


def catalog(rules=(), **changes):
    """Two food programs and a training, one line each."""
    settings = {"unit_cost": 1_500_000, "benefit": 1_500_000} | changes
    return pt.Catalog(
        programs=[
            pt.Program("food", need="food", budget="D", **settings),
            pt.Program("rice", need="food", budget="E", unit_cost=100, benefit=100),
            pt.Program("train", need="work", budget="F", unit_cost=100, benefit=100),
        ],
        budgets=[pt.Budget(name, amount=10_000_000) for name in "DEF"],
        rules=rules,
    )


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table, dict], ids=["pandas", "polars", "arrow", "dict"]
)
def test_frames_of_every_kind(make):
    """The same households come from any frame, sorted, with leading zeros, and read-only."""
    made = pt.Households.from_frame(make(FRAME), poverty_line=513_243)
    assert made.household_id.tolist() == FRAME["household_id"]
    assert made.persons.sum() == 14
    with pytest.raises(ValueError, match="read-only"):
        made.size[0] = 1


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_files_of_every_kind(tmp_path, suffix):
    """CSV, XLSX and Parquet give the same households, and faults name file, row and column."""
    path = tmp_path / f"warga{suffix}"
    frame = pd.DataFrame(FRAME)
    write = {".csv": frame.to_csv, ".xlsx": frame.to_excel, ".parquet": frame.to_parquet}[suffix]
    write(path, index=False)
    read = pt.read_households(path, poverty_line=513_243)
    assert read.frame.equals(households().frame)


def test_all_faults_of_a_registry_at_once():
    """Sizes, consumption, identifiers, weights and lines: one error lists them with their rows."""
    bad = FRAME | {
        "household_id": ["3375010101900001", "3375010101900001", None, "4"],
        "size": [0, 2.5, 1, 1],
        "consumption": [-1, np.nan, np.inf, 0],
        "sigma": [0, 0, 0, 0.5],
        "weight": [1, 0, 1, 1],
    }
    with pytest.raises(pt.InputError) as caught:
        pt.Households.from_frame(bad, poverty_line=513_243)
    places = {(fault.row, fault.column) for fault in caught.value.problems}
    assert places >= {
        (2, "size"), (3, "size"), (2, "consumption"), (3, "consumption"), (4, "consumption"),
        (3, "household_id"), (4, "household_id"), (3, "weight"), (5, "consumption"),
    }  # fmt: skip
    assert "3375010101900001" not in str(caught.value)


def test_a_line_is_needed_and_may_be_each_households_own():
    """Without any line the input is refused; a column overrides the common one."""
    with pytest.raises(pt.InputError, match="no poverty line"):
        pt.Households.from_frame(FRAME)
    with pytest.raises(pt.InputError, match="not a poverty line"):
        pt.Households.from_frame(FRAME, poverty_line=-1)
    own = pt.Households.from_frame({**FRAME, "line": [1, 2, 3, np.nan]}, poverty_line=9)
    assert own.line.tolist() == [1, 2, 3, 9]
    with pytest.raises(pt.InputError, match="the column is missing"):
        pt.Households.from_frame({"household_id": ["1"]}, poverty_line=1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"eligibility": "elderli > 0"}, "elderly"),
        ({"per": "elderli"}, "did you mean 'elderly'"),
        ({"per": "area"}, "not a column of counts"),
    ],
)
def test_columns_that_programs_name(changes, words):
    """Unknown columns and columns that are no counts are refused with a hint."""
    with pytest.raises(pt.InputError, match=words):
        pt.TargetingProblem(households(), catalog(**changes))


def test_counts_are_whole():
    """A count of half a person is refused."""
    with pytest.raises(pt.InputError, match="no usable count"):
        pt.TargetingProblem(households(elderly=[0, 0.5, 1, 1]), catalog(per="elderly"))


def test_the_hidden_truth_decides_nothing():
    """No program may be eligible by true consumption."""
    with pytest.raises(pt.InputError, match="judge only"):
        pt.Program(
            "p", need="n", budget="b", unit_cost=1, benefit=1, eligibility="true_consumption < 5"
        )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_bundle": 0}, "not a bundle size"),
        ({"objective": []}, "no objective"),
        ({"objective": ["headcount"]}, "not an objective"),
        ({"objective": pt.Headcount(priority="elderli")}, "did you mean 'elderly'"),
        ({"objective": pt.Headcount(priority="elderly")}, "positive"),
        ({"objective": pt.Headcount(priority={"999": 2})}, "not listed"),
        ({"constraints": [3]}, "not a constraint"),
        ({"constraints": [pt.AreaFloor(by="aera")]}, "did you mean 'area'"),
        ({"constraints": [pt.AreaFloor(), pt.AreaFloor(share=0.1)]}, "two floors"),
        ({"locks": {("9", "food"): "in"}}, "no such household"),
        ({"locks": {("001", "fod"): "in"}}, "did you mean 'food'"),
        ({"locks": {("001", "food"): "maybe"}}, "not a lock"),
        ({"locks": {("001", p): "in" for p in ("food", "rice", "train")}, "max_bundle": 2}, "more"),
        ({"receipts": {"household_id": ["001"], "program": ["food"]},
          "locks": {("001", "food"): "in"}}, "cannot get the program"),
        ({"receipts": {"household_id": ["001"]}}, "the column is missing"),
        ({"receipts": {"household_id": ["1"], "program": ["a"], "year": [-1]}}, "out of range"),
        ({"receipts": {"household_id": ["1"], "program": ["a"], "changeable": ["?"]}}, "yes or no"),
        ({"locks": pd.DataFrame({"household_id": ["1"]})}, "wrong columns"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant(settings, words):
    """Each is refused in words that say what was expected."""
    with pytest.raises(pt.InputError, match=words):
        pt.TargetingProblem(households(), catalog(), **settings)


def test_forbidden_pairs_cannot_be_locked_in():
    """A meeting cannot agree on what a rule forbids."""
    rules = [pt.Rule("forbid", programs=("food", "rice"))]
    with pytest.raises(pt.InputError, match="does not allow"):
        pt.TargetingProblem(
            households(), catalog(rules), locks={("001", "food"): "in", ("001", "rice"): "in"}
        )


def test_objectives_overlap_and_floors_check_themselves():
    """Alpha, grouping, weight, limit and share have their ranges."""
    for make in (lambda: pt.FGT(3), lambda: pt.Overlap(by="color"), lambda: pt.Overlap(weight=-1),
                 lambda: pt.Overlap(limit=float("nan")), lambda: pt.AreaFloor(share=2)):  # fmt: skip
        with pytest.raises(pt.InputError):
            make()


def test_receipts_are_reported_respected_and_never_proposed_again():
    """Unknown rows become warnings; a receipt forbids, satisfies and counts for overlap."""
    rules = [pt.Rule("forbid", programs=("food", "train"), window_years=2),
             pt.Rule("require", programs=("train", "rice"))]  # fmt: skip
    receipts = {
        "household_id": ["001", "002", "003", "009", "003"],
        "program": ["food", "rice", "food", "food", "other"],
        "year": [2022, 2022, 2019, 2022, 2022],
    }
    problem = pt.TargetingProblem(households(), catalog(rules), receipts=receipts, max_bundle=3)
    standing = problem.standing
    food, rice, train = 0, 1, 2
    assert standing.received[:, food].tolist() == [True, False, True, False]
    assert not standing.possible[0, [food, train]].any()  # has food, which forbids training
    assert standing.possible[2, train]  # food of 2019 is outside the window of two years
    assert not standing.possible[1, rice]
    assert any("'009'" in text for text in problem.standing.warnings)
    assert any("'other'" in text for text in problem.standing.warnings)
    plan = pt.solve(problem, gap=0)
    assert not set(zip(receipts["household_id"], receipts["program"], strict=True)) & set(
        zip(plan.assignments["household_id"], plan.assignments["program"], strict=True)
    )
    assert pt.verify(problem, plan).is_sound


def test_two_members_in_two_places_are_no_duplicate():
    """Receipts with member identifiers are counted by member, others by household."""
    receipts = {"household_id": ["001"] * 2, "program": ["food", "rice"]}
    assert (
        pt.TargetingProblem(households(), catalog(), receipts=receipts).standing.receipt_duplicates
        == 1
    )
    receipts |= {"member_id": ["a", "b"]}
    assert (
        pt.TargetingProblem(households(), catalog(), receipts=receipts).standing.receipt_duplicates
        == 0
    )


def test_a_benefit_that_reaches_the_line_to_the_rupiah_does_reach_it():
    """Crossing is tested by multiplication: the exact missing sum lifts, one rupiah less does not."""
    missing = 12 * 4 * (513_243 - 480_000)
    for benefit, lifted in ((missing, 4), (missing - 1, 0)):
        one = catalog(benefit=benefit, eligibility="size == 4")
        plan = pt.solve(pt.TargetingProblem(households(), one, max_bundle=1), gap=0)
        assert plan.lifted == lifted


def test_receipts_outside_consumption_are_added_first():
    """With receipts_in_consumption=False a receipt lifts before the plan does."""
    receipts = {"household_id": ["001"], "program": ["food"], "benefit": [2_000_000]}
    outside = pt.TargetingProblem(
        households(), catalog(), receipts=receipts, receipts_in_consumption=False
    )
    assert pt.solve(outside).rate("before", "headcount") == 12 - 4


def test_baseline_is_feasible_and_no_better_than_the_optimum():
    """Agencies alone keep budgets and rules, poorest first, and reach at most the bound."""
    problem = pt.TargetingProblem(households(), catalog(), max_bundle=2)
    alone, plan = pt.baselines.uncoordinated(problem), pt.solve(problem, gap=0)
    assert pt.verify(problem, alone).is_sound
    assert alone.value <= plan.bound
    assert "002" in set(alone.assignments.query("program == 'food'")["household_id"])


def test_to_pulp_names_no_household_and_has_the_same_optimum(tmp_path):
    """The exported model solves to the same first level, and its file holds no identifier."""
    import pulp

    frame = FRAME | {"household_id": [f"337501010190000{k}" for k in range(4)]}
    problem = pt.TargetingProblem(pt.Households.from_frame(frame, poverty_line=513_243), catalog())
    model = pt.to_pulp(problem)
    model.writeLP(str(tmp_path / "model.lp"))
    model.writeMPS(str(tmp_path / "model.mps"))
    assert "33750101" not in (tmp_path / "model.lp").read_text()
    with _quiet():
        model.solve(pulp.HiGHS(msg=False))
    assert pulp.value(model.objective) == pytest.approx(pt.solve(problem, gap=0).value)


def _quiet():
    import warnings

    return warnings.catch_warnings(action="ignore")


def test_poverty_by_area_and_by_series():
    """Groups add up to the whole."""
    problem = pt.TargetingProblem(households(), catalog())
    plan = pt.solve(problem)
    by_area = plan.poverty_by("area")
    assert by_area.xs("before", level="when")["headcount"].sum() == 12
    labels = pd.Series({"001": "x", "002": "y", "003": "x", "004": "y"}, name="group")
    assert plan.poverty_by(labels).loc[("x", "before"), "headcount"] == 9
    with pytest.raises(pt.InputError, match="no such groups"):
        plan.poverty_by("size")


def test_frames_in_the_place_of_a_registry_are_refused_with_what_to_do():
    """Both faults come at once, and say which function makes what is needed."""
    with pytest.raises(pt.InputError) as error:
        pt.TargetingProblem(pd.DataFrame({"household_id": ["a"]}), "programs.toml")
    first, second = map(str, error.value.problems)
    assert "Households.from_frame" in first
    assert "read_catalog" in second
