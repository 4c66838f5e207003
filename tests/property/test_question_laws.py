"""What must hold for every answer to a planner's question, against brute force.

``POVTARGET_EXAMPLES=20`` looks at twenty times as many examples.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

import povtarget as pt
from povtarget.questions import alternatives, fairest, frontier, minimum_cost, reallocate
from property.strategies import Spec, among, specs
from reference import FLOOR_SLACK, Question, keeps

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
NOISE = 1e-8


def examples(count: int) -> settings:
    """So many examples, the same in every run."""
    return settings(
        max_examples=int(count * SCALE),
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def first_level(spec: Spec) -> Spec:
    return replace(spec, objective=spec.objective[:1])


def of_persons(spec: Spec) -> Spec:
    """Persons lifted, and nothing else, are worth something."""
    return replace(
        spec,
        objective=(pt.Headcount(),),
        overlap=replace(spec.overlap, weight=0.0),
        rules=tuple(rule for rule in spec.rules if rule.kind != "penalise"),
    )


def has_city_line(spec: Spec) -> bool:
    return any(entry["control"] == "city" for entry in spec.budgets)


def best(problem: pt.TargetingProblem) -> float | None:
    """The best first value by brute force; None where nothing is possible."""
    question = Question(problem)
    values = [p.values[0] for p in question.points() if keeps(p, question.bounds, FLOOR_SLACK)]
    return float(max(values)) if values else None


def size(number: float) -> float:
    return NOISE * max(1.0, abs(number))


def is_concave(x: Any, y: Any) -> bool:
    slope = np.diff(y) / np.diff(x)
    return bool(np.all(np.diff(slope) <= 1e-6 * (1.0 + np.abs(slope[:-1]))))


@examples(15)
@given(specs(), among("budget", "overlap", "area_floor"))
def test_a_frontier_is_monotone_certified_and_below_a_concave_bound(spec, over):
    """Every point has the best value there is, and its bounds are bounds."""
    assume(has_city_line(spec))
    problem = first_level(spec).problem()
    at = {"budget": [0, 0.5, 1, 2], "overlap": [0, 1, 2], "area_floor": [0, 0.2, 0.5]}[over]
    answer = frontier(problem, over=over, at=at, gap=0)
    frame = answer.frame if over != "area_floor" else answer.frame[::-1]
    found = frame.dropna(subset=["value"])
    assert np.all(np.diff(found["value"]) >= -NOISE)
    assert np.all(np.diff(found["bound"]) >= -NOISE)
    assert np.all(found["envelope"] >= found["value"] - size(1))
    if len(found) > 2:
        assert is_concave(found.iloc[:, 0].to_numpy(), found["envelope"].to_numpy())
    for row, plan, variant in zip(
        answer.frame.itertuples(), answer.plans, answer.problems, strict=True
    ):
        most = best(variant)
        assert (plan is None) == (most is None)
        if plan is not None and most is not None:
            assert abs(row.value - most) <= size(most)
            assert row.bound >= most - size(most)
            verdict = pt.verify(variant, plan)
            assert verdict.violations == ()


@examples(10)
@given(specs(locks_off=True))
def test_nested_plans_take_nothing_away(spec):
    """With more money each household keeps what it has; bounds are those of free plans."""
    assume(has_city_line(spec))
    answer = frontier(first_level(spec).problem(), at=[0, 0.5, 1, 2], nested=True, gap=0)
    before: set[tuple[str, str]] = set()
    for plan, variant in zip(answer.plans, answer.problems, strict=True):
        if plan is None:
            continue
        now = set(zip(plan.assignments["household_id"], plan.assignments["program"], strict=True))
        assert before <= now
        before, most = now, best(variant)
        assert most is not None
        assert plan.bound >= most - size(most)
        assert pt.verify(variant, plan).is_feasible


@examples(15)
@given(specs(), among(0.2, 0.5, 0.9, 1.0, 1.3))
def test_least_cost_is_least_and_inverts_the_frontier(spec, part):
    """Brute force finds no cheaper plan, and no more persons for less money."""
    problem = of_persons(spec).problem()
    question = Question(problem)
    points = [p for p in question.points() if keeps(p, question.bounds, FLOOR_SLACK)]
    assume(points)
    most = max(point.values[0] for point in points)
    persons = math.fsum(problem.households.persons)
    heads = float(sum(question.measure_before(p, pt.Headcount()) for p in question.people))
    goal = heads - part * float(most)
    assume(most > 0 and 0 <= goal < heads * (1 - 1e-9))
    rate = goal / persons
    if part > 1:
        with pytest.raises(pt.InfeasibleError) as error:
            minimum_cost(problem, rate=rate, gap=0)
        reached = error.value.remedy[0].needed * persons
        assert abs(reached - (heads - float(most))) <= size(heads)
        return
    plan = minimum_cost(problem, rate=rate, gap=0)
    lines = [name for name, budget in question.budgets.items() if budget.control != "fixed"]
    enough = [p for p in points if float(p.values[0]) >= heads - goal - 1e-9 * persons]
    cheapest = float(min(sum((p.use[b] for b in lines), Fraction(0)) for p in enough))
    assert abs(plan.value + cheapest) <= size(cheapest)
    assert plan.bound >= -cheapest - size(cheapest)
    assert plan.rate("after") <= rate + 1e-9
    assert pt.verify(problem, plan).is_feasible


@examples(10)
@given(specs(locks_off=True))
def test_the_fairest_plan_raises_the_worst_area_as_far_as_any(spec):
    """Among all plans none has a larger least share; the bound is above it."""
    base = replace(first_level(spec), constraints=())
    problem = replace(base, constraints=(pt.AreaFloor(share=0.0),)).problem()
    question = Question(problem)
    points = [p for p in question.points() if keeps(p, question.bounds, FLOOR_SLACK)]
    assume(points)
    total: dict[str, float] = {}
    for person in question.people:
        row = f"floor:{person['area']}"
        measured = float(question.measure_before(person, problem.levels[0]))
        total[row] = total.get(row, 0.0) + measured
    total = {row: measure for row, measure in total.items() if measure > 0}
    assume(total)
    shares = [min(float(p.use[row]) / measure for row, measure in total.items()) for p in points]
    answer = fairest(base.problem(), gap=0, share_gap=0)
    assert answer.share_bound >= max(shares) - NOISE
    assert answer.share <= max(shares) + NOISE
    assert answer.share >= 0.94 * max(shares) - NOISE  # shares are offered in steps
    most = best(base.problem())
    assert most is not None
    assert answer.most.value >= answer.plan.value - size(most)
    assert pt.verify(answer.problem, answer.plan).violations == ()


@examples(10)
@given(specs())
def test_reallocation_keeps_the_money_and_gains(spec):
    """Sums by group stay; lines of others stay; no division of the money reaches more."""
    grouped = tuple({**entry, "transfer_group": "g"} for entry in spec.budgets)
    city = [entry for entry in grouped if entry["control"] == "city"]
    assume(len(city) > 1)
    problem = replace(first_level(spec), budgets=grouped).problem()
    before = best(problem)
    assume(before is not None)
    answer = reallocate(problem, gap=0)
    moved = {budget.name: budget.amount for budget in answer.problem.catalog.budgets}
    total = sum(Fraction(entry["amount"]) for entry in city)
    now = sum(Fraction(moved[entry["name"]]) for entry in city)
    assert abs(float(now - total)) <= 1e-12 * max(1.0, float(total))
    for entry in grouped:
        if entry["control"] != "city":
            assert moved[entry["name"]] == entry["amount"]
    assert answer.plan.value >= before - size(before)
    after = best(answer.problem)
    assert after is not None
    assert abs(answer.plan.value - after) <= size(after)
    assert answer.plan.bound >= after - size(after)
    assert pt.verify(answer.problem, answer.plan).is_feasible


@examples(10)
@given(specs(), among(0.0, 0.1, 0.5))
def test_what_is_certain_is_in_every_plan_nearly_as_good(spec, loss):
    """All plans at or above the floor, one by one."""
    problem = first_level(spec).problem()
    question = Question(problem)
    assume(question.count <= 3_000 and best(problem) is not None)
    answer = alternatives(problem, loss=loss, gap=0, change_gap=0)
    near = []
    for options in product(*question.options):
        use = {row: sum((o.use[row] for o in options), Fraction(0)) for row in question.bounds}
        value = sum((o.values[0] for o in options), Fraction(0))
        point = type("P", (), {"use": use})
        if value >= Fraction(answer.floor) and keeps(point, question.bounds, FLOOR_SLACK):
            near.append(
                {
                    (person["household_id"], name)
                    for person, option in zip(question.people, options, strict=True)
                    for name in option.programs
                }
            )
    listed = answer.frame.set_index(["household_id", "program"])["standing"]
    certain = set(listed.index[listed == "certain"])
    assert all(certain <= places for places in near)
    assert answer.changed <= answer.most_changed + NOISE
    assert answer.other.value >= answer.floor - size(answer.floor)
    assert pt.verify(problem, answer.other).is_feasible
