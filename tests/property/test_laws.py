"""What must hold for every problem: feasibility, bounds, order, units, weights, money.

``POVTARGET_EXAMPLES=20`` looks at twenty times as many examples.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

import povtarget as pt
from povtarget.bounds import price_bound
from povtarget.bundles import enumerate_bundles
from povtarget.formulation import Formulation, formulate
from povtarget.mmkp import MMKP, MMKPSolution, solve_mmkp
from povtarget.mmkp.dual import dual_value, minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.rational import is_feasible
from povtarget.mmkp.strengthening import strengthen
from property.strategies import Knapsack, Spec, among, knapsacks, specs
from reference import FLOOR_SLACK, Question, broken, keeps, lexicographic

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
ENGINES = ("highs", "prices", "pulp")
NOISE = 1e-8  # relative: what sums of float64 and solvers leave undecided
PLACES = ("household_id", "program")


def examples(count: int) -> settings:
    """So many examples, the same in every run."""
    return settings(
        max_examples=int(count * SCALE),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def close(number: float) -> Any:
    return pytest.approx(number, rel=NOISE, abs=NOISE)


def solved(spec: Spec, **options: Any) -> pt.Plan:
    """A plan, where there is one."""
    try:
        return pt.solve(spec.problem(), **{"gap": 0, **options})
    except pt.InfeasibleError:
        assume(False)
        raise AssertionError from None


def first_level(problem: pt.TargetingProblem, *, keep_dominated: bool = False) -> MMKP:
    bundles = enumerate_bundles(problem, keep_dominated=keep_dominated)
    return formulate(problem, bundles).mmkp(0)


def pairs_of(plan: pt.Plan) -> list[tuple[str, str]]:
    return list(zip(plan.assignments["household_id"], plan.assignments["program"], strict=True))


# --- a plan and its certificate --------------------------------------------------------------


@examples(100)
@given(specs(), among(*ENGINES, "auto"), among(0, 1e-4, 0.1, 0.5))
def test_a_plan_is_feasible_to_the_rupiah_and_below_its_bound(spec, engine, gap):
    """Rationals of our own find no row broken, and no plan is worth more than the bound."""
    plan = solved(spec, engine=engine, gap=gap)
    question = Question(spec.problem())
    point, faults = question.of_plan(pairs_of(plan))
    assert point is not None, faults
    assert broken(point, question.bounds, FLOOR_SLACK) == []
    assert plan.value == close(float(point.values[0]))
    best = float(lexicographic([p for p in question.points() if keeps(p, question.bounds)])[0])
    assert plan.bound >= best - NOISE * max(1.0, abs(best))
    assert plan.value <= plan.bound
    assert plan.gap <= gap + NOISE or plan.bound - plan.value <= NOISE
    verdict = pt.verify(spec.problem(), plan)
    assert verdict.violations == ()
    assert (verdict.is_feasible, verdict.is_sound) == (True, True)


@examples(200)
@given(specs(), st.data())
def test_any_prices_of_the_right_sign_prove_a_bound(spec, data):
    """However wrong prices are, no plan is worth more than what they prove."""
    problem = spec.problem()
    question = Question(problem)
    points = [point for point in question.points() if keeps(point, question.bounds)]
    assume(points)
    best = float(max(point.values[0] for point in points))
    prices, size = _drawn_prices(data.draw, question)
    proven = price_bound(problem, prices)
    assert proven >= best - 1e-12 * (1.0 + abs(best) + size)
    bundles = enumerate_bundles(problem)
    assert price_bound(problem, prices, [bundles]) >= best - 1e-12 * (1.0 + abs(best) + size)
    mmkp = formulate(problem, bundles).mmkp(0)
    row_prices = np.array([prices.get(name, 0.0) for name in mmkp.row_names])
    for stated in (mmkp, strengthen(mmkp).problem):
        assert dual_value(stated, row_prices) >= best - 1e-12 * (1.0 + abs(best) + size)


def _drawn_prices(draw: Any, question: Question) -> tuple[dict[str, float], float]:
    """Prices around what would make the rows cost what plans are worth, and the size of terms."""
    worth = 1.0 + max(
        abs(float(value))
        for options in question.options
        for option in options
        for value in option.values
    )
    prices, size = {}, 0.0
    for name, (lower, upper) in question.bounds.items():
        use = float(question.largest_use(name)) or 1.0
        price = (
            draw(among(0.0, 0.1, 0.3, 1.0, 1.0, 2.0, 50.0))
            * draw(st.floats(0.5, 2.0, allow_nan=False))
            * worth
            / use
        )
        bound = float(lower if upper is None else upper)
        size += price * (abs(bound) + use * len(question.options))
        prices[name] = -price if upper is None else price
    missing = draw(among(*prices)) if draw(among(False, False, True)) else None
    prices.pop(missing, None)
    return prices, size


@examples(40)
@given(specs())
def test_prices_of_the_wrong_sign_prove_nothing(spec):
    """A price that has no bound to stand on proves an infinite bound, never a finite wrong one."""
    problem = spec.problem()
    for name, (_, upper) in Question(problem).bounds.items():
        wrong = -1e-3 if upper is not None else 1e-3
        assert price_bound(problem, {name: wrong}) == math.inf


@examples(60)
@given(specs(), st.data())
def test_a_plans_own_prices_hardly_changed_still_prove_a_bound(spec, data):
    """Near the best prices bounds are tight, and still never below the optimum."""
    plan = solved(spec)
    problem = spec.problem()
    prices = {
        name: price * data.draw(among(1.0, 0.0, 1 + 1e-9, 0.999, 1.001, 1.1))
        for name, price in plan.prices.items()
    }
    assert price_bound(problem, prices) >= plan.value - 1e-11 * max(1.0, abs(plan.value))


# --- engines ---------------------------------------------------------------------------------


def _city(seed: int, households: int) -> Spec:
    """A city too large for brute force, with every kind of row."""
    rng = np.random.default_rng(seed)
    people = tuple(
        {
            "household_id": f"h{k:03d}",
            "size": int(rng.integers(1, 6)),
            "consumption": float(rng.integers(250_000, 560_000)),
            "line": 513_243.0,
            "sigma": float(rng.choice([0.0, 0.3])) if seed % 2 else 0.0,
            "weight": float(rng.choice([1.0, 2.0])) if seed % 3 else 1.0,
            "area": str(rng.choice(["N", "S", "E"])),
            "elderly": int(rng.integers(0, 3)),
        }
        for k in range(households)
    )
    budgets = tuple(
        {"name": f"b{k}", "amount": households * float(rng.integers(200_000, 900_000))}
        for k in range(3)
    )
    programs = tuple(
        {
            "name": f"p{k}",
            "budget": f"b{k % 3}",
            "need": str(rng.choice(["food", "cash"])),
            "unit_cost": float(rng.integers(300_000, 2_400_000)),
            "benefit": float(rng.integers(300_000, 2_400_000)),
            "per": "elderly" if k == 3 else None,
            "quota": households // 4 if k == 1 else None,
            "minimum": 3 if k == 2 else 0,
        }
        for k in range(5)
    )
    return Spec(
        people,
        programs,
        budgets,
        overlap=pt.Overlap(weight=0.05, limit=households // 5),
        objective=(pt.PovertyGap(), pt.Headcount()),
        constraints=(pt.AreaFloor(share=0.05),),
        rules=(pt.Rule("forbid", programs=("p0", "p1")),),
    )


@pytest.mark.parametrize("seed", range(4))
def test_engines_agree_on_a_city(seed):
    """Three engines prove the same value for each level of a problem of 14 households."""
    spec = _city(seed, 14)
    plans = [pt.solve(spec.problem(), engine=engine, gap=0) for engine in ENGINES]
    assert all(plan.status == "optimal" for plan in plans)
    for plan in plans:
        assert [level.value for level in plan.levels] == close(
            [level.value for level in plans[0].levels]
        )
        assert plan.bound == close(plans[0].bound)
        assert pt.verify(spec.problem(), plan).violations == ()


# --- money -----------------------------------------------------------------------------------


@examples(80)
@given(specs(), among(0.0, 0.1, 1.0, 20.0, 1000.0), among(1.0, 1.5, 4.0))
def test_more_money_never_lowers_optimum_or_bound(spec, more, times):
    """A larger amount in every budget: the optimum and the bound from prices never fall."""
    plan = solved(spec)
    richer = spec.with_amounts(lambda amount: times * amount + more)
    better = pt.solve(richer.problem(), gap=0)
    slack = NOISE * max(1.0, abs(plan.value))
    assert better.value >= plan.value - slack
    assert better.bound >= plan.bound - slack
    before, after = (solve_mmkp(first_level(s.problem()), gap=0) for s in (spec, richer))
    assert after.price_bound >= before.price_bound - slack
    assert after.lp_bound >= before.lp_bound - slack


# --- order and units -------------------------------------------------------------------------


@examples(80)
@given(specs(), st.randoms(use_true_random=False), among(*ENGINES))
def test_order_of_the_input_never_matters(spec, random, engine):
    """Households, programs, budgets, rules, receipts, floors and locks in any order: one plan."""
    plan = solved(spec, engine=engine, gap=1e-4)

    def shuffled(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(entries, len(entries)))

    locks = dict(shuffled(tuple(spec.locks.items())))
    other = replace(
        spec,
        households=shuffled(spec.households),
        programs=shuffled(spec.programs),
        budgets=shuffled(spec.budgets),
        rules=shuffled(spec.rules),
        receipts=shuffled(spec.receipts),
        constraints=shuffled(spec.constraints),
        locks=locks,
    )
    again = pt.solve(other.problem(), engine=engine, gap=1e-4)
    pd.testing.assert_frame_equal(plan.assignments, again.assignments, check_exact=True)
    assert plan.equals(replace(again, runtime=plan.runtime))


def _two_programs(**options: Any) -> Spec:
    """Two households that two programs may lift, money enough for all."""
    households = tuple(
        {"household_id": name, "size": 1, "consumption": 60.0, "line": 100.0, "area": "N"}
        for name in "ab"
    )
    programs = tuple(
        {"name": name, "need": name, "budget": "b", "unit_cost": 10.0, "benefit": 120.0}
        for name in "pq"
    )
    return Spec(households, programs, ({"name": "b", "amount": 100.0},), **options)


def test_order_of_three_rules_never_matters():
    """Three penalties are added up the same in every order of the rules."""
    plans = []
    for weights in permutations((0.1, 0.2, 0.3)):
        rules = tuple(pt.Rule("penalise", programs=("p", "q"), weight=w) for w in weights)
        locks = {("a", "p"): "in", ("a", "q"): "in"}
        plans.append(solved(_two_programs(rules=rules, locks=locks), engine="highs"))
    assert {(plan.value, plan.bound, plan.levels) for plan in plans} == {
        (plans[0].value, plans[0].bound, plans[0].levels)
    }


def test_order_of_three_receipts_never_matters():
    """Three receipts that are no part of the consumption are added up the same in every order."""
    plans = []
    for benefits in permutations((100.1, 33.3, 7.7)):
        receipts = tuple(
            {"household_id": "a", "program": "p", "benefit": benefit} for benefit in benefits
        )
        plans.append(solved(_two_programs(receipts=receipts, receipts_in_consumption=False)))
    for plan in plans:
        pd.testing.assert_frame_equal(plan.outcomes, plans[0].outcomes, check_exact=True)


@examples(40)
@given(specs(), st.permutations(range(2)))
def test_order_of_two_floors_never_matters(spec, order):
    """Two columns of areas may be named in either order."""
    floors = (pt.AreaFloor(by="area", share=0.25), pt.AreaFloor(by="kel", share=0.1))
    plan = solved(replace(spec, constraints=floors), engine="highs")
    other = replace(spec, constraints=tuple(floors[k] for k in order))
    again = pt.solve(other.problem(), engine="highs", gap=0)
    assert plan.equals(replace(again, runtime=plan.runtime))


def _without_rupiah_conditions(spec: Spec) -> Spec:
    """The same without conditions that compare rupiah with a number."""
    return replace(
        spec,
        programs=tuple(
            {**entry, "eligibility": None} if "consumption" in str(entry["eligibility"]) else entry
            for entry in spec.programs
        ),
    )


@examples(80)
@given(specs(), among(-20, -1, 1, 10, 30), among(*ENGINES))
def test_rupiah_times_a_power_of_two_change_nothing(spec, power, engine):
    """In other units of money the plan is the same to the last bit."""
    factor = 2.0**power
    spec = _without_rupiah_conditions(spec)
    plan = solved(spec, engine=engine)
    other = pt.solve(spec.with_rupiah(factor).problem(), engine=engine, gap=0)
    expected = plan.assignments.assign(
        cost=plan.assignments["cost"] * factor, benefit=plan.assignments["benefit"] * factor
    )
    pd.testing.assert_frame_equal(expected, other.assignments, check_exact=True)
    pd.testing.assert_frame_equal(plan.poverty, other.poverty, check_exact=True)
    pd.testing.assert_frame_equal(plan.outcomes, other.outcomes, check_exact=True)
    money = ["amount", "spent", "left"]
    pd.testing.assert_frame_equal(
        plan.budgets[money] * factor, other.budgets[money], check_exact=True
    )
    for name in ("value", "bound", "gap", "bound_source", "levels", "duplicates", "status"):
        assert getattr(plan, name) == getattr(other, name), name
    for row, price in plan.prices.items():
        scale = factor if row in plan.budgets.index else 1.0
        assert other.prices[row] * scale == price


# --- weights ---------------------------------------------------------------------------------


def _written_twice(spec: Spec) -> Spec:
    """Every household as two of half its weight."""

    def doubled(entries: tuple[Mapping[str, Any], ...], **change: Any) -> tuple[Any, ...]:
        return tuple(
            {
                **entry,
                **{name: of(entry) for name, of in change.items()},
                "household_id": f"{entry['household_id']}{copy}",
            }
            for entry in entries
            for copy in "ab"
        )

    def twice(level: Any) -> Any:
        if not isinstance(level.priority, Mapping):
            return level
        return replace(
            level,
            priority={
                f"{household}{copy}": multiplier
                for copy in "ab"
                for household, multiplier in level.priority.items()
            },
        )

    return replace(
        spec,
        households=doubled(spec.households, weight=lambda entry: entry["weight"] / 2),
        receipts=doubled(spec.receipts),
        objective=tuple(map(twice, spec.objective)),
        locks={
            (f"{household}{copy}", name): lock
            for copy in "ab"
            for (household, name), lock in spec.locks.items()
        },
    )


@examples(60)
@given(specs())
def test_a_weight_of_two_is_the_household_written_twice(spec):
    """A plan with every household written twice costs, achieves and duplicates the same."""
    plan = solved(spec)
    twice = _written_twice(spec)
    chosen = set(pairs_of(plan))
    fixed = {
        (f"{entry['household_id']}{copy}", program["name"]): "in"
        if (entry["household_id"], program["name"]) in chosen
        else "out"
        for entry in spec.households
        for program in spec.programs
        for copy in "ab"
    }
    same = pt.solve(replace(twice, locks=fixed).problem(), gap=0)
    assert len(same.assignments) == 2 * len(plan.assignments)
    assert [level.value for level in same.levels] == close([level.value for level in plan.levels])
    for name in ("duplicates", "receipt_duplicates"):
        assert getattr(same, name) == close(getattr(plan, name)), name
    assert same.budgets["spent"].to_numpy() == close(plan.budgets["spent"].to_numpy())
    for name in ("poverty", "city_poverty"):
        assert getattr(same, name).to_numpy() == close(getattr(plan, name).to_numpy()), name
    assert same.poverty_by().to_numpy() == close(plan.poverty_by().to_numpy())


@examples(60)
@given(specs())
def test_written_twice_the_optimum_is_no_less_and_the_lp_bound_the_same(spec):
    """Two of half the weight can do all that one can, and a linear program sees no difference."""
    once, twice = first_level(spec.problem()), first_level(_written_twice(spec).problem())
    try:
        weighted = solve_mmkp(once, gap=0)
    except pt.InfeasibleError:
        assume(False)
    replicated = solve_mmkp(twice, gap=0)
    assert replicated.value >= weighted.value - NOISE * max(1.0, abs(weighted.value))
    assert replicated.lp_bound == close(weighted.lp_bound)


# --- dominance -------------------------------------------------------------------------------


@examples(80)
@given(specs())
def test_dominance_never_drops_the_best(spec):
    """With all bundles the optimum of each level, its bound and the prices' bound are the same."""
    problem = spec.problem()
    kept, every = (
        formulate(problem, enumerate_bundles(problem, keep_dominated=is_all))
        for is_all in (False, True)
    )
    assert len(every.bundles) >= len(kept.bundles)
    try:
        found = _levels(kept)
    except pt.InfeasibleError:
        with pytest.raises(pt.InfeasibleError):
            _levels(every)
        return
    for fewer, all_ in zip(found, _levels(every), strict=True):
        assert fewer.value == close(all_.value)
        assert fewer.lp_bound == close(all_.lp_bound)
    prices = dict(zip((row.name for row in kept.rows), found[0].prices.tolist(), strict=True))
    assert price_bound(problem, prices, [kept.bundles]) == close(price_bound(problem, prices))


def _levels(formulation: Formulation) -> list[MMKPSolution]:
    """Every level on its own floor-free problem: what each could reach if it came first."""
    return [solve_mmkp(formulation.mmkp(level), gap=0) for level in range(len(formulation.values))]


# --- the linear program ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_basic_solution_has_few_fractional_groups(seed):
    """In a basic solution of the LP at most as many groups are fractional as there are rows."""
    rng = np.random.default_rng(seed)
    groups, rows = int(rng.integers(20, 400)), int(rng.integers(1, 6))
    group = np.sort(rng.integers(0, groups, 4 * groups))
    usage = rng.uniform(0, 10, (group.size, rows)) * (rng.random((group.size, rows)) < 0.6)
    # A third of the choices at most: else a choice of one item each is often the best there is.
    problem = MMKP(
        group,
        rng.uniform(0, 5, group.size),
        usage,
        usage.sum(axis=0) / rng.uniform(8, 40),
        groups=groups,
    )
    dual = minimise_dual(problem, strengthen(problem).scale)
    x = dual.shares
    fractional = np.unique(group[(x > 1e-7) & (x < 1 - 1e-7)]).size
    assert 0 < fractional <= rows
    assert problem.value @ x == close(dual.bound)
    assert np.all(usage.T @ x <= problem.upper * (1 + 1e-9))


# --- the bare mathematical problem -----------------------------------------------------------


@examples(300)
@given(knapsacks(), among(*ENGINES))
def test_an_mmkp_agrees_with_brute_force(knapsack, engine):
    """Lower bounds, required groups, negative use, empty groups, ties: the best value or none."""
    problem, best = knapsack.problem(), knapsack.best()
    if best is None:
        with pytest.raises(pt.InfeasibleError) as caught:
            solve_mmkp(problem, engine=engine, gap=0)
        _check_conflict(knapsack, caught.value)
        return
    solution = solve_mmkp(problem, engine=engine, gap=0)
    assert _keeps_exactly(knapsack, solution.choice)
    assert solution.value == close(float(best))
    assert solution.bound == close(float(best))
    assert solution.bound >= solution.value
    assert solution.price_bound >= float(best) - NOISE
    assert solution.lp_bound >= solution.price_bound - NOISE
    assert dual_value(strengthen(problem).problem, solution.prices) == close(solution.price_bound)
    assert solution.status == "optimal"


def _keeps_exactly(knapsack: Knapsack, choice: np.ndarray) -> bool:
    items = [item for item in choice.tolist() if item != NONE]
    if [knapsack.group[item] for item in items] != np.flatnonzero(choice != NONE).tolist():
        return False
    if any(
        item == NONE and must
        for item, must in zip(choice.tolist(), knapsack.required, strict=True)
    ):
        return False
    used = [
        sum((Fraction(knapsack.usage[item][row]) for item in items), Fraction(0))
        for row in range(len(knapsack.upper))
    ]
    return all(
        lower <= total <= upper
        for lower, total, upper in zip(knapsack.lower, used, knapsack.upper, strict=True)
    )


def _check_conflict(knapsack: Knapsack, error: pt.InfeasibleError) -> None:
    """The rows named cannot hold together, and can without any one; the remedy mends all."""
    names = [f"row {row}" for row in range(len(knapsack.upper))]

    def with_rows(rows: set[str], bounds: Mapping[str, tuple[float, float]]) -> Fraction | None:
        lower, upper = (
            zip(
                *(bounds[name] if name in rows else (-math.inf, math.inf) for name in names),
                strict=True,
            )
            if names
            else ((), ())
        )
        return replace(knapsack, lower=lower, upper=upper).best()

    stated = dict(zip(names, zip(knapsack.lower, knapsack.upper, strict=True), strict=True))
    conflict = set(error.conflict)
    assert with_rows(conflict, stated) is None
    for name in conflict:
        assert with_rows(conflict - {name}, stated) is not None, name
    if conflict:
        mended = dict(stated)
        for change in error.remedy:
            lower, upper = stated[change.row]
            is_upper = change.current == upper and change.needed > upper
            mended[change.row] = (lower, change.needed) if is_upper else (change.needed, upper)
        assert with_rows(set(names), mended) is not None


@examples(120)
@given(knapsacks(), st.randoms(use_true_random=False), among(*ENGINES))
def test_order_of_groups_and_items_never_matters_to_value_and_bound(knapsack, random, engine):
    """At gap 0 value and bound are the same for any order of groups and items."""
    order = random.sample(range(knapsack.groups), knapsack.groups)
    items = sorted(
        random.sample(range(len(knapsack.group)), len(knapsack.group)),
        key=lambda item: order.index(knapsack.group[item]),
    )
    other = replace(
        knapsack,
        group=tuple(order.index(knapsack.group[item]) for item in items),
        value=tuple(knapsack.value[item] for item in items),
        usage=tuple(knapsack.usage[item] for item in items),
        choose_one=knapsack.choose_one
        if isinstance(knapsack.choose_one, bool)
        else tuple(knapsack.choose_one[group] for group in order),
    )
    try:
        one = solve_mmkp(knapsack.problem(), engine=engine, gap=0)
    except pt.InfeasibleError:
        with pytest.raises(pt.InfeasibleError):
            solve_mmkp(other.problem(), engine=engine, gap=0)
        return
    two = solve_mmkp(other.problem(), engine=engine, gap=0)
    assert (one.value, one.bound) == close((two.value, two.bound))
    assert one.lp_bound == close(two.lp_bound)


# --- exactness -------------------------------------------------------------------------------


def _alike(count: int, weight: float, cost: float, amount: float, **more: Any) -> Spec:
    """Households of one weight, each of which one program lifts."""
    households = tuple(
        {
            "household_id": f"h{k:02d}",
            "size": 1,
            "consumption": 60.0 + k % 30,
            "line": 100.0,
            "weight": weight,
        }
        for k in range(count)
    )
    programs = (
        {
            "name": "cash",
            "need": "cash",
            "budget": "b",
            "unit_cost": cost,
            "benefit": 600.0,
            **more,
        },
    )
    return Spec(households, programs, ({"name": "b", "amount": amount},))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("weight", "cost", "amount", "served"),
    [
        (0.1, 1.0, 0.3, 2),  # 3 * 0.1 as stored is above 0.3 as stored
        (0.1, 1.0, 0.30000000000000004, 3),
        (0.1, 0.3, 0.09, 2),
        (0.3, 0.7, 0.63, 3),  # while 3 * 0.3 * 0.7 is below 0.63
        (0.3, 0.7, math.nextafter(0.63, 0), 2),
        (1.0, 0.1, 0.3, 2),
        (1.0, 341_000.0, 1_023_000.0, 3),
        (1.0, 341_000.0, math.nextafter(1_023_000.0, 0), 2),
        (12.3, 341_000.0, 12_582_900.0, 2),
        (12.3, 341_000.0, math.nextafter(12_582_900.0, math.inf), 3),
    ],
)
def test_budgets_are_kept_as_rationals_of_the_stored_numbers(engine, weight, cost, amount, served):
    """Never one rounding above the amount, and never one household fewer than it pays."""
    exact = Fraction(weight) * Fraction(cost)
    assert served * exact <= Fraction(amount) < (served + 1) * exact
    plan = pt.solve(_alike(5, weight, cost, amount).problem(), engine=engine, gap=0)
    assert len(plan.assignments) == served
    assert plan.status == "optimal"
    assert plan.gap < 1e-12


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("minimum", "is_possible"), [(0.3, True), (0.30000000000000004, False)])
def test_minimums_are_kept_as_rationals_of_the_stored_numbers(engine, minimum, is_possible):
    """Three households of weight 0.1 make 0.3 places as stored, and not one rounding more."""
    problem = _alike(3, 0.1, 1.0, 10.0, minimum=minimum).problem()
    if is_possible:
        assert len(pt.solve(problem, engine=engine, gap=0).assignments) == 3
        return
    with pytest.raises(pt.InfeasibleError) as caught:
        pt.solve(problem, engine=engine, gap=0)
    assert caught.value.conflict == ("minimum:cash",)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [40, 400])
def test_a_survey_of_one_weight_is_served_up_to_the_last_rounding(engine, count):
    """Where all weights are 12.3, as many are served as rationals allow, and that is proven."""
    half = count // 2
    spec = _alike(count, 12.3, 341_000.0, half * 12.3 * 341_000.0)
    exact = Fraction(12.3) * 341_000
    able = math.floor(Fraction(half * 12.3 * 341_000.0) / exact)
    plan = pt.solve(spec.problem(), engine=engine)
    assert len(plan.assignments) == able
    assert plan.status == "optimal"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_rounding_lost_is_counted_in_feasibility(engine):
    """Usage and what it lost in rounding decide together, where HiGHS sees no difference."""
    lost = sparse.csr_array(np.array([[2.0**-60], [-(2.0**-60)], [0.0]]))
    for choose, upper, served in (((0, 2), 2.0, 1), ((1, 2), 2.0, 2), ((0, 1), 2.0, 2)):
        group, kept = [0, 1], list(choose)
        problem = MMKP(group, [1.0, 1.0], [[1.0], [1.0]], [upper], usage_error=lost[kept])
        solution = solve_mmkp(problem, engine=engine, gap=0)
        assert np.count_nonzero(solution.choice != NONE) == served
        assert is_feasible(problem, solution.choice)
        assert solution.bound == served


@pytest.mark.parametrize("engine", ENGINES)
def test_a_budget_spent_to_the_last_digit_stays_so_at_later_levels(engine):
    """What the first level may spend exactly, the later ones may, with most households fixed."""
    households = tuple(
        {
            "household_id": f"h{k}",
            "size": 1,
            "consumption": 60.0,
            "line": 100.0,
            "sigma": sigma,
            "weight": weight,
        }
        for k, (weight, sigma) in enumerate([(1.0, 0.0), (3.0, 0.1), (1.0, 1.0)])
    )
    programs = (
        {"name": "p0", "need": "n", "budget": "b0", "unit_cost": 10.0, "benefit": 60.0},
        {"name": "p1", "need": "n", "budget": "b1", "unit_cost": 0.3, "benefit": 120.0},
    )
    budgets = ({"name": "b0", "amount": 30.0}, {"name": "b1", "amount": 1.2})
    spec = Spec(
        households,
        programs,
        budgets,
        objective=(pt.PovertyGap(),),
        receipts=({"household_id": "h1", "program": "p0", "year": 2019},),
    )
    assert 4 * Fraction(0.3) == Fraction(1.2)
    plan = pt.solve(spec.problem(), engine=engine, gap=0)
    assert plan.budgets.loc["b1", "left"] == 0.0
    assert plan.status == "optimal"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(6))
def test_a_floor_of_everything_is_kept_by_lifting_everyone(engine, seed):
    """With money for all, an area floor of 100 % is no question of the last rounding."""
    rng = np.random.default_rng(seed)
    households = tuple(
        {
            "household_id": f"h{k}",
            "size": int(rng.integers(1, 6)),
            "line": 513_243.0,
            "consumption": float(rng.integers(300_000, 500_000)),
            "area": "NS"[k % 2],
            "weight": float(rng.choice([1.0, 0.1, 12.3])),
        }
        for k in range(12)
    )
    programs = ({"name": "cash", "need": "cash", "budget": "b", "unit_cost": 1.0, "benefit": 1e8},)
    for alpha in (0, 1, 2):
        spec = Spec(
            households,
            programs,
            ({"name": "b", "amount": 1e6},),
            objective=(pt.FGT(alpha),),
            constraints=(pt.AreaFloor(share=1.0),),
        )
        plan = pt.solve(spec.problem(), engine=engine, gap=0)
        assert plan.poverty.loc["after"].tolist() == [0.0] * 4
        assert pt.verify(spec.problem(), plan).violations == ()


def test_usage_turned_around_is_refused():
    """Usage of rows by items, where items by rows is asked, is refused and not read anew."""
    with pytest.raises(pt.InputError, match="wrong shape"):
        MMKP([0, 1, 2], [1.0, 1.0, 1.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], upper=[9.0, 9.0])
