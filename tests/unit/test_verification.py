"""verify finds whatever is wrong with a plan, and nothing wrong with a sound one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.bounds import price_bound

FRAMES = ("assignments", "budgets", "poverty", "city_poverty", "outcomes")
COST = 341_000.0


def _problem(amount: float = 6 * COST, **changes: Any) -> pt.TargetingProblem:
    """Eight households, two budgets, and one row of every kind."""
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k}" for k in range(8)],
            "size": [1, 2, 3, 4, 1, 2, 3, 4],
            "consumption": [
                430_000,
                480_000,
                505_000,
                510_000,
                300_000,
                520_000,
                450_000,
                500_000,
            ],
            "sigma": [0, 0, 0, 0, 0, 0.3, 0.3, 0.3],
            "area": list("NNSSNSNS"),
            "elderly": [1, 0, 2, 1, 1, 1, 0, 1],
        },
        poverty_line=513_243,
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program(
                "elderly",
                need="food",
                budget="Dinsos",
                unit_cost=250_000,
                benefit=COST,
                per="elderly",
                quota=5,
            ),
            pt.Program(
                "food", need="food", budget="Dinsos", unit_cost=COST, benefit=400_000, minimum=1
            ),
            pt.Program(
                "pkh",
                agency="Kemensos",
                need="cash",
                budget="APBN",
                unit_cost=COST,
                benefit=1_200_000,
                quota=1,
            ),
            pt.Program(
                "course",
                need="work",
                budget="Dinperinaker",
                unit_cost=2 * COST,
                benefit=3_000_000,
                success=0.5,
                conversion=0.5,
            ),
        ],
        budgets=[
            pt.Budget("Dinsos", amount=amount, agency="Dinsos", fund="APBD Kota"),
            pt.Budget("Dinperinaker", amount=3 * COST, agency="Dinperinaker"),
            pt.Budget("APBN", amount=4 * COST, fund="APBN", control="propose"),
        ],
        rules=[
            pt.Rule("forbid", programs=("elderly", "pkh")),
            pt.Rule("require", programs=("course", "food")),
            pt.Rule("penalise", programs=("food", "pkh"), weight=0.05),
        ],
    )
    receipts = pd.DataFrame(
        {
            "household_id": ["h0", "h0", "h0", "h9"],
            "program": ["rastra", "raskin", "pkh", "pkh"],
            "need": ["food", "food", None, None],
            "year": [2022, 2019, 2023, 2023],
        }
    )
    options = {
        "receipts": receipts,
        "objective": [pt.PovertyGap(), pt.Headcount()],
        "overlap": pt.Overlap(limit=4, weight=0.001),
        "constraints": [pt.AreaFloor(share=0.01)],
        "locks": {("h6", "food"): "in", ("h1", "food"): "out"},
        **changes,
    }
    return pt.TargetingProblem(households, catalog, **options)


@cache
def _solved(bound_source: str) -> tuple[pt.TargetingProblem, pt.Plan]:
    problem = _problem()
    plan = pt.solve(problem, gap=0 if bound_source == "solver" else 0.5)
    assert plan.bound_source == bound_source
    return problem, plan


@pytest.fixture(scope="module", params=["solver", "prices"])
def sound(request: pytest.FixtureRequest) -> tuple[pt.TargetingProblem, pt.Plan]:
    """A question and a sound plan, whose bound comes from the solver or from prices."""
    return _solved(request.param)


@pytest.fixture(scope="module")
def priced() -> tuple[pt.TargetingProblem, pt.Plan]:
    """A question and a sound plan whose bound comes from prices."""
    return _solved("prices")


def _is_caught(problem: pt.TargetingProblem, plan: pt.Plan) -> bool:
    verdict = pt.verify(problem, plan)
    assert verdict.is_sound == (not verdict.violations)
    return not verdict.is_sound


def test_a_plan_by_solve_is_sound(sound):
    """The judge finds the same value, the same bound and nothing wrong."""
    problem, plan = sound
    verdict = pt.verify(problem, plan)
    assert verdict.violations == ()
    assert (verdict.is_feasible, verdict.is_sound) == (True, True)
    assert verdict.value == pytest.approx(plan.value)
    assert verdict.gap == pytest.approx(plan.gap)
    assert plan.value <= plan.bound <= verdict.bound + 1e-9
    assert len(plan.assignments) > 4
    assert {"h6"} <= set(plan.assignments["household_id"])


def test_every_row_is_one_of_the_prices(sound):
    """The prices name every budget, quota, minimum, floor and limit of this question."""
    assert set(sound[1].prices) == {
        "Dinsos",
        "Dinperinaker",
        "APBN",
        "quota:elderly",
        "quota:pkh",
        "minimum:food",
        "floor:N",
        "floor:S",
        "limit:overlap",
    }


# --- one number or text at a time ------------------------------------------------------------


def _changed(cell: Any) -> list[Any]:
    """Other contents for a cell of a table."""
    if isinstance(cell, str):
        return [cell + "x", None]
    return [cell * (1 + 1e-6) + 1e-6, -1 - cell, math.nan, math.inf]


@pytest.mark.parametrize("name", FRAMES)
def test_no_cell_of_any_table_may_differ(sound, name):
    """Every column of every table, in its first and last row, up or down, missing or infinite."""
    problem, plan = sound
    frame = getattr(plan, name)
    for column in frame.columns:
        for row, cell in [
            *((0, cell) for cell in _changed(frame[column].iloc[0])),
            (-1, _changed(frame[column].iloc[-1])[0]),
        ]:
            other = frame.copy()
            other[column] = other[column].astype(object) if cell is None else other[column]
            other.iloc[row, other.columns.get_loc(column)] = cell
            assert _is_caught(problem, replace(plan, **{name: other})), (column, row, cell)


@pytest.mark.parametrize("name", FRAMES)
def test_no_table_may_have_other_rows_or_columns(sound, name):
    """A row or column less, a row twice, a row or column more, other names, other types."""
    problem, plan = sound
    frame = getattr(plan, name)
    first = frame.columns[-1]
    others = {
        "row less": frame.iloc[1:],
        "row twice": pd.concat([frame, frame.iloc[:1]]),
        "no row": frame.iloc[:0],
        "column less": frame.drop(columns=first),
        "column more": frame.assign(more=1.0),
        "column renamed": frame.rename(columns={first: "x"}),
        "no column": frame[[]],
        "columns turned": frame[frame.columns[::-1]],
        "numbers as text": frame.astype(str),
    }
    if name in ("budgets", "poverty", "city_poverty"):
        others["rows renamed"] = frame.rename(index={frame.index[0]: "x"})
        others["rows turned"] = frame.iloc[::-1]
    for what, other in others.items():
        assert _is_caught(problem, replace(plan, **{name: other})), what


CORRUPTIONS: Mapping[str, Callable[[pt.Plan], Mapping[str, Any]]] = {
    "value one more": lambda plan: {"value": plan.value + 1},
    "value a little more": lambda plan: {"value": plan.value + 1e-6},
    "value one less": lambda plan: {"value": plan.value - 1},
    "value missing": lambda plan: {"value": math.nan},
    "value infinite": lambda plan: {"value": math.inf},
    "bound one less": lambda plan: {"bound": plan.bound - 1},
    "bound a little less": lambda plan: {"bound": plan.bound - 1e-6},
    "bound one more": lambda plan: {"bound": plan.bound + 1},
    "bound infinite": lambda plan: {"bound": math.inf},
    "bound missing": lambda plan: {"bound": math.nan},
    "gap more": lambda plan: {"gap": plan.gap + 0.01},
    "gap less": lambda plan: {"gap": plan.gap - 0.01},
    "gap missing": lambda plan: {"gap": math.nan},
    "no source of the bound": lambda plan: {"bound_source": "none"},
    "unknown source of the bound": lambda plan: {"bound_source": "oracle"},
    "duplicates one more": lambda plan: {"duplicates": plan.duplicates + 1},
    "duplicates one less": lambda plan: {"duplicates": plan.duplicates - 1},
    "duplicates missing": lambda plan: {"duplicates": math.nan},
    "receipts' duplicates": lambda plan: {"receipt_duplicates": plan.receipt_duplicates + 1},
    "receipts' duplicates missing": lambda plan: {"receipt_duplicates": math.nan},
    "unknown status": lambda plan: {"status": "perfect"},
    "baseline status": lambda plan: {"status": "baseline"},
    "asked gap below zero": lambda plan: {"asked_gap": -1.0},
    "asked gap missing": lambda plan: {"asked_gap": math.nan},
    "unknown engine": lambda plan: {"engine": "cplex"},
    "baseline engine": lambda plan: {"engine": "baseline"},
    "an engine's name and more": lambda plan: {"engine": plan.engine + "x"},
    "runtime below zero": lambda plan: {"runtime": -1.0},
    "runtime infinite": lambda plan: {"runtime": math.inf},
    "runtime missing": lambda plan: {"runtime": math.nan},
    "no warnings": lambda plan: {"warnings": ()},
    "another warning": lambda plan: {"warnings": ("all is well",)},
    "no levels": lambda plan: {"levels": ()},
    "a level less": lambda plan: {"levels": plan.levels[:-1]},
    "a level more": lambda plan: {"levels": (*plan.levels, plan.levels[-1])},
    "levels turned": lambda plan: {"levels": plan.levels[::-1]},
    "no prices": lambda plan: {"prices": {}},
    "a price more": lambda plan: {"prices": {**plan.prices, "quota:food": 0.0}},
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_no_stated_number_may_differ(sound, what):
    """One field of the plan at a time."""
    problem, plan = sound
    assert _is_caught(problem, replace(plan, **CORRUPTIONS[what](plan)))


def test_every_field_of_a_plan_is_corrupted_somewhere():
    """A field that a plan gets later must get its corruption here too."""
    here = {name for what in CORRUPTIONS.values() for name in what(_solved("solver")[1])}
    assert here | set(FRAMES) == {field.name for field in fields(pt.Plan)}


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        {"objective": "happiness"},
        {"value": +1.0},
        {"value": -1.0},
        {"value": 1e-6},
        {"bound": -1.0},
        {"bound": -1e-6},
        {"bound": math.nan},
        {"value": math.nan},
    ],
)
def test_no_level_may_differ(sound, level, change):
    """Name, value and bound of every level: a bound below the value is impossible."""
    problem, plan = sound
    old = plan.levels[level]
    new = {
        name: step if isinstance(step, str) else getattr(old, name) + step
        for name, step in change.items()
    }
    if new.get("bound", -math.inf) >= old.value:
        pytest.skip("this bound is not below the value, and cannot be told from a right one")
    levels = (*plan.levels[:level], replace(old, **new), *plan.levels[level + 1 :])
    assert _is_caught(problem, replace(plan, levels=levels))


def test_an_optimal_level_may_not_be_far_from_its_bound(sound):
    """The status says that every level is within the asked gap."""
    problem, plan = sound
    for number, level in enumerate(plan.levels):
        far = replace(level, bound=level.bound + 1.0 + abs(level.bound))
        levels = (*plan.levels[:number], far, *plan.levels[number + 1 :])
        other = replace(plan, levels=levels, asked_gap=min(plan.asked_gap, 0.2))
        if plan.gap <= 0.2:
            assert _is_caught(problem, other), level.objective


def test_optimal_is_not_said_of_a_gap_above_the_asked_one(priced):
    """A plan is not called optimal for a smaller gap than it has."""
    problem, plan = priced
    assert plan.gap > 0
    assert _is_caught(problem, replace(plan, asked_gap=plan.gap / 2))


# --- prices ----------------------------------------------------------------------------------


@pytest.mark.parametrize("price", [math.nan, math.inf, -math.inf])
def test_prices_are_finite(sound, price):
    """A price that is no number is a violation, in any row, and not a crash."""
    problem, plan = sound
    for row in plan.prices:
        assert _is_caught(problem, replace(plan, prices={**plan.prices, row: price})), row


def test_no_price_may_be_missing(sound):
    """Every row has its price."""
    problem, plan = sound
    for row in plan.prices:
        prices = {name: price for name, price in plan.prices.items() if name != row}
        assert _is_caught(problem, replace(plan, prices=prices)), row


def test_no_price_may_have_the_wrong_sign(sound):
    """A price below 0 at an upper row, or above 0 at a lower one, has no bound to stand on."""
    problem, plan = sound
    for row in plan.prices:
        wrong = 1e-3 if row.startswith(("minimum:", "floor:")) else -1e-3
        assert price_bound(problem, {**plan.prices, row: wrong}) == math.inf
        assert _is_caught(problem, replace(plan, prices={**plan.prices, row: wrong})), row


def test_prices_that_prove_nothing_do_not_prove_a_bound(sound):
    """A wrong sign proves an infinite bound, and does not make any stated bound a proven one."""
    problem, plan = sound
    levels = (replace(plan.levels[0], bound=plan.value), *plan.levels[1:])
    other = replace(
        plan,
        bound=plan.value,
        gap=0.0,
        bound_source="prices",
        levels=levels,
        prices={**plan.prices, "floor:N": 1e-3},
    )
    verdict = pt.verify(problem, other)
    assert verdict.bound == math.inf
    assert any("the prices prove inf" in fault for fault in verdict.violations)


def test_a_solvers_bound_above_what_prices_prove_is_caught():
    """A solver has no excuse for a worse bound than its own prices prove."""
    problem, plan = _solved("solver")
    bound = price_bound(problem, plan.prices) + 1e-6
    levels = (replace(plan.levels[0], bound=bound), *plan.levels[1:])
    gap = (bound - plan.value) / abs(bound)
    other = replace(plan, bound=bound, gap=gap, asked_gap=1.0, levels=levels)
    assert any(
        "above what the prices prove" in fault for fault in pt.verify(problem, other).violations
    )


def test_another_price_is_caught_where_it_proves_another_bound(priced):
    """Row by row, a price that proves another bound than the stated one."""
    problem, plan = priced
    changed = 0
    for row, price in plan.prices.items():
        sign = -1.0 if row.startswith(("minimum:", "floor:")) else 1.0
        for other in (0.0, 2.0 * price, price + sign * 1e-3):
            prices = {**plan.prices, row: other}
            if price_bound(problem, prices) != price_bound(problem, plan.prices):
                changed += 1
                assert _is_caught(problem, replace(plan, prices=prices)), (row, other)
    assert changed > len(plan.prices)


def test_a_bound_from_prices_is_not_called_the_solvers(priced):
    """Whoever can recompute a bound is told so."""
    problem, plan = priced
    assert _is_caught(problem, replace(plan, bound_source="solver"))


def test_a_bound_from_the_solver_is_not_said_to_come_from_prices():
    """Prices do not prove what only the solver proved."""
    problem, plan = _solved("solver")
    assert _is_caught(problem, replace(plan, bound_source="prices"))


def test_a_bound_below_what_prices_prove_is_caught_with_its_gap(priced):
    """A bound that is lowered together with its gap is still not what the prices prove."""
    problem, plan = priced
    bound = (plan.value + plan.bound) / 2
    levels = (replace(plan.levels[0], bound=bound), *plan.levels[1:])
    other = replace(plan, bound=bound, gap=(bound - plan.value) / abs(bound), levels=levels)
    assert _is_caught(problem, other)


def test_a_bound_below_the_value_is_caught_with_its_gap(sound):
    """A bound below the value is refused, even where gap and levels were changed to fit."""
    problem, plan = sound
    bound = plan.value - 0.01
    levels = (replace(plan.levels[0], bound=bound), *plan.levels[1:])
    other = replace(plan, bound=bound, gap=(bound - plan.value) / abs(bound), levels=levels)
    assert any("below the value" in fault for fault in pt.verify(problem, other).violations)


# --- proposals -------------------------------------------------------------------------------


def _with_proposals(
    problem: pt.TargetingProblem, plan: pt.Plan, proposals: set[tuple[str, str]]
) -> pt.Plan:
    """A plan with other proposals, whose rows are written as solve writes them."""
    programs = {program.name: program for program in problem.catalog.programs}
    households = problem.households.frame.set_index("household_id")
    rows = []
    for household_id, name in sorted(proposals):
        program = programs[name]
        units = 1.0 if program.per is None else float(households.loc[household_id, program.per])
        rows.append(
            (
                household_id,
                name,
                problem.catalog.agency_of(program),
                program.budget,
                program.need,
                1.0,
                units,
                program.unit_cost * units,
                program.benefit * units,
            )
        )
    frame = pd.DataFrame(rows, columns=list(plan.assignments.columns))
    return replace(plan, assignments=frame)


def _proposals(plan: pt.Plan) -> set[tuple[str, str]]:
    return set(zip(plan.assignments["household_id"], plan.assignments["program"], strict=True))


def test_plans_are_rewritten_as_they_were(sound):
    """The rewriting below changes nothing by itself."""
    problem, plan = sound
    assert not _is_caught(problem, _with_proposals(problem, plan, _proposals(plan)))


def test_a_proposal_less_is_caught(sound):
    """Each proposal that is missing leaves tables and value that are not so."""
    problem, plan = sound
    for pair in _proposals(plan):
        other = _with_proposals(problem, plan, _proposals(plan) - {pair})
        assert _is_caught(problem, other), pair


def test_a_proposal_more_is_caught(sound):
    """Each proposal that is added is seen, whether or not the money would pay it."""
    problem, plan = sound
    for household_id in problem.households.household_id:
        for name in problem.catalog.program_names:
            if (household_id, name) not in _proposals(plan):
                other = _with_proposals(problem, plan, _proposals(plan) | {(household_id, name)})
                assert _is_caught(problem, other), (household_id, name)


def test_a_swapped_program_is_caught(sound):
    """Each proposal of another program in place of the one proposed."""
    problem, plan = sound
    for household_id, program in _proposals(plan):
        for name in problem.catalog.program_names:
            if (household_id, name) not in _proposals(plan):
                pairs = _proposals(plan) - {(household_id, program)} | {(household_id, name)}
                assert _is_caught(problem, _with_proposals(problem, plan, pairs))


def test_a_proposal_written_twice_is_not_feasible(sound):
    """The same household and program in two rows."""
    problem, plan = sound
    frame = pd.concat([plan.assignments, plan.assignments.iloc[:1]], ignore_index=True)
    assert not pt.verify(problem, replace(plan, assignments=frame)).is_feasible


@pytest.mark.parametrize("column", ["household_id", "program"])
def test_unknown_names_are_not_feasible(sound, column):
    """A household or program that the question does not have."""
    problem, plan = sound
    frame = plan.assignments.copy()
    frame.loc[0, column] = "unheard of"
    assert not pt.verify(problem, replace(plan, assignments=frame)).is_feasible


def test_the_order_of_proposals_is_free(sound):
    """Rows of the assignments in another order are the same plan."""
    problem, plan = sound
    assert not _is_caught(problem, replace(plan, assignments=plan.assignments.iloc[::-1]))


def _broken(
    change: set[tuple[str, str]], removed: set[tuple[str, str]] = frozenset(), **changes: Any
) -> list[str]:
    """What the judge says of the plan of a question under another question or other proposals."""
    problem, plan = _solved("solver")
    proposals = (_proposals(plan) - removed) | change
    verdict = pt.verify(_problem(**changes), _with_proposals(problem, plan, proposals))
    assert not verdict.is_feasible
    return list(verdict.violations)


def _spent(plan: pt.Plan, budget: str) -> float:
    return float(plan.budgets.loc[budget, "spent"])


def test_one_rupiah_over_is_not_feasible():
    """An amount one rupiah, or one float64 step, below what is spent; exactly spent is kept."""
    problem, plan = _solved("solver")
    spent = _spent(plan, "Dinsos")
    assert spent > 0
    assert pt.verify(_problem(amount=spent), plan).is_feasible
    for amount in (spent - 1, math.nextafter(spent, 0)):
        verdict = pt.verify(_problem(amount=amount), plan)
        assert not verdict.is_feasible
        assert any("'Dinsos' is exceeded by" in fault for fault in verdict.violations)
    assert problem.catalog.budget_names == ("APBN", "Dinperinaker", "Dinsos")


def _first_with(plan: pt.Plan, program: str) -> tuple[str, str]:
    return next(pair for pair in sorted(_proposals(plan)) if pair[1] == program)


def _with_program(problem: pt.TargetingProblem, name: str, **changes: Any) -> pt.TargetingProblem:
    catalog = problem.catalog
    programs = [
        replace(entry, **changes) if entry.name == name else entry for entry in catalog.programs
    ]
    return replace(problem, catalog=replace(catalog, programs=programs))


def test_a_broken_quota_or_minimum_is_not_feasible():
    """One place above the quota or below the minimum; exactly the quota and minimum are kept."""
    problem, plan = _solved("solver")
    counts = plan.assignments.groupby("program")["units"].sum()
    for name in ("elderly", "food"):
        places = counts[name]
        exact = _with_program(problem, name, quota=places, minimum=places)
        assert pt.verify(exact, plan).is_feasible
        fewer = _with_program(problem, name, quota=math.nextafter(places, 0), minimum=0)
        more = _with_program(problem, name, quota=None, minimum=math.nextafter(places, 99))
        for other, row in ((fewer, "quota"), (more, "minimum")):
            verdict = pt.verify(other, plan)
            assert not verdict.is_feasible
            assert any(f"'{row}:{name}'" in fault for fault in verdict.violations)


def test_a_broken_floor_is_not_feasible():
    """More than the plan closes in an area cannot have been promised."""
    problem, plan = _solved("solver")
    by_area = plan.poverty_by()["P1"].unstack()
    share = float((1 - by_area["after"] / by_area["before"]).min())
    assert 0.01 < share < 0.9
    for asked, is_kept in ((share * 0.999, True), (share * 1.001, False)):
        other = replace(problem, constraints=[pt.AreaFloor(share=asked)])
        verdict = pt.verify(other, plan)
        assert verdict.is_feasible == is_kept
        assert (
            any("'floor:" in fault and "is missed" in fault for fault in verdict.violations)
            != is_kept
        )


def test_a_broken_limit_is_not_feasible():
    """More new duplicates than the limit."""
    problem, plan = _solved("solver")
    assert plan.duplicates >= 1
    for limit, is_kept in ((plan.duplicates, True), (plan.duplicates - 1, False)):
        verdict = pt.verify(replace(problem, overlap=replace(problem.overlap, limit=limit)), plan)
        assert verdict.is_feasible == is_kept
        assert any("'limit:overlap'" in fault for fault in verdict.violations) != is_kept


def _household_changes() -> Iterator[
    tuple[str, set[tuple[str, str]], set[tuple[str, str]], dict[str, Any], str]
]:
    yield "forbidden together", {("h4", "elderly"), ("h4", "pkh")}, set(), {}, "rule 'forbid"
    yield "without what it requires", {("h1", "course")}, set(), {}, "rule 'require"
    yield "received already", {("h0", "pkh")}, set(), {}, "cannot get 'pkh'"
    yield "forbidden by a receipt", {("h0", "elderly")}, set(), {}, "cannot get 'elderly'"
    yield "nobody to count", {("h1", "elderly")}, set(), {}, "cannot get 'elderly'"
    yield "refused by a meeting", {("h1", "food")}, set(), {}, "cannot get 'food'"
    yield "agreed by a meeting", set(), {("h6", "food")}, {}, "locked in"
    yield (
        "too many programs",
        {("h4", "elderly"), ("h4", "food"), ("h4", "course")},
        set(),
        {"max_bundle": 2},
        "more than 2 programs",
    )


@pytest.mark.parametrize(
    ("added", "removed", "changes", "words"),
    [pytest.param(*rest, id=name) for name, *rest in _household_changes()],
)
def test_what_a_household_may_not_get_is_not_feasible(added, removed, changes, words):
    """Rules, receipts, counts, locks and the size of a bundle, each in words."""
    assert any(words in fault for fault in _broken(added, removed, **changes))


def test_an_ineligible_household_is_not_feasible():
    """The condition of a program, as it stands when the plan is judged."""
    problem, plan = _solved("solver")
    household, name = _first_with(plan, "course")
    size = problem.households.frame.set_index("household_id").loc[household, "size"]
    other = _with_program(problem, name, eligibility=f"size != {size:g}")
    verdict = pt.verify(other, plan)
    assert not verdict.is_feasible
    assert any(f"cannot get '{name}'" in fault for fault in verdict.violations)


def test_a_fixed_budget_pays_nothing_that_is_chosen():
    """Where another government chooses, the plan may not."""
    problem, plan = _solved("solver")
    catalog = problem.catalog
    budgets = [
        replace(entry, control="fixed") if entry.name == "APBN" else entry
        for entry in catalog.budgets
    ]
    assert "pkh" in set(plan.assignments["program"])
    verdict = pt.verify(replace(problem, catalog=replace(catalog, budgets=budgets)), plan)
    assert not verdict.is_feasible


def test_a_table_without_proposals_is_refused_not_crashed(sound):
    """Assignments of other columns are a violation like any other."""
    problem, plan = sound
    for frame in (pd.DataFrame(), pd.DataFrame({"household_id": ["h0"]})):
        verdict = pt.verify(problem, replace(plan, assignments=frame))
        assert not verdict.is_feasible


def test_missing_cells_in_the_proposals_are_refused_not_crashed(sound):
    """A household or program without a name."""
    problem, plan = sound
    for column in ("household_id", "program"):
        for nothing in (None, math.nan, 7):
            frame = plan.assignments.astype({column: object})
            frame.loc[0, column] = nothing
            assert not pt.verify(problem, replace(plan, assignments=frame)).is_feasible


# --- the judge's own numbers -----------------------------------------------------------------


def test_the_judge_counts_in_rationals():
    """Ten weights of 0.1 are more than 1 as stored, and the judge says so."""
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k}" for k in range(10)],
            "size": [1] * 10,
            "weight": [0.1] * 10,
            "consumption": [60.0] * 10,
        },
        poverty_line=100,
    )

    def question(amount: float) -> pt.TargetingProblem:
        catalog = pt.Catalog(
            programs=[pt.Program("cash", need="cash", budget="b", unit_cost=1, benefit=600)],
            budgets=[pt.Budget("b", amount=amount)],
        )
        return pt.TargetingProblem(households, catalog)

    plan = pt.solve(question(2.0), gap=0)
    assert len(plan.assignments) == 10
    assert sum([Fraction(0.1)] * 10) > 1
    assert not pt.verify(question(1.0), plan).is_feasible
    assert pt.verify(question(math.nextafter(1.0, 2.0)), plan).is_feasible


def test_value_and_gap_are_the_judges_own(sound):
    """Whatever a plan states, the verdict's value is that of its proposals."""
    problem, plan = sound
    verdict = pt.verify(problem, replace(plan, value=plan.value + 5))
    assert verdict.value == pytest.approx(plan.value)
    assert verdict.gap == pytest.approx(plan.gap)
    assert np.isclose(verdict.bound, price_bound(problem, plan.prices))
