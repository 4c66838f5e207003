"""What must hold for every path of one budget: optimality, shape, order, units, weights.

``POVTARGET_EXAMPLES=20`` looks at twenty times as many examples.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from povtarget.mmkp import MMKP, BudgetPath, budget_path, hull
from povtarget.mmkp.model import NONE
from povtarget.mmkp.rational import is_feasible
from reference import best_choice

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
NOISE = 1e-8  # relative: what HiGHS leaves undecided
DIGITS = 1e-13  # relative: what sums of a few float64 leave undecided
VALUES = (0.0, 1.0, 2.0, 3.0, 0.1, 0.3, 1.7, 5.0, 7.5, -1.0, -0.4)
COSTS = (0.0, 1.0, 2.0, 3.0, 0.1, 0.3, 0.7, 5.0, 12.5, 3.0, -1.0, -0.3)


def examples(count: int) -> settings:
    """So many examples, the same in every run."""
    return settings(
        max_examples=int(count * SCALE),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True)
class Options:
    """Groups of (value, cost) options, and which groups must choose."""

    groups: tuple[tuple[tuple[float, float], ...], ...]
    required: tuple[bool, ...]

    def problem(self, upper: float = math.inf) -> MMKP:
        """As an MMKP with one row."""
        group = [g for g, options in enumerate(self.groups) for _ in options]
        flat = [option for options in self.groups for option in options]
        return MMKP(
            group,
            [value for value, _ in flat],
            np.array([[cost] for _, cost in flat]).reshape(-1, 1),
            [upper],
            choose_one=np.array(self.required, dtype=bool),
            groups=len(self.groups),
        )

    def path(self) -> BudgetPath:
        """The path of all budgets."""
        return budget_path(self.problem())

    @property
    def size(self) -> float:
        """More than any sum of values."""
        return 1.0 + sum(abs(value) for options in self.groups for value, _ in options)


@st.composite
def some_options(draw: Any) -> Options:
    """Up to 5 groups of up to 5 options; numbers from short lists, so that ties happen."""
    scale = draw(st.sampled_from((1.0, 1.0, 341_000.0, 0.1)))
    least = draw(st.sampled_from((0.0, 0.0, -1.0)))  # costs below zero are rare
    costs = [scale * cost for cost in COSTS if cost >= least]
    values = st.one_of(st.sampled_from(VALUES), st.floats(0, 10, allow_subnormal=False))
    option = st.tuples(values, st.sampled_from(costs))
    groups, required = [], []
    for _ in range(draw(st.integers(0, 5))):
        is_required = draw(st.sampled_from((False, False, True)))
        options = draw(st.lists(option, min_size=is_required, max_size=5))
        groups.append(tuple(options))
        required.append(is_required)
    return Options(tuple(groups), tuple(required))


def drawn_budget(draw: Any, path: BudgetPath) -> float:
    """A budget on a breakpoint, next to one, between two, or beyond the last."""
    ends = [path.start_budget, *path.budget.tolist()]
    near = draw(st.sampled_from(ends))
    kind = draw(st.sampled_from(("exact", "next", "before", "between", "beyond")))
    return {
        "exact": near,
        "next": math.nextafter(near, math.inf),
        "before": max(math.nextafter(near, -math.inf), path.start_budget),
        "between": ends[0] + draw(st.floats(0, 1)) * (ends[-1] - ends[0]),
        "beyond": ends[-1] + 1.0,
    }[kind]


def lp_optimum(problem: MMKP, budget: float) -> float | None:
    """The LP relaxation by HiGHS, with the groups written out; None where infeasible."""
    if not problem.num_items:
        return 0.0 if budget >= 0 else None
    belongs = (np.arange(problem.num_groups)[:, None] == problem.group).astype(float)
    must = problem.required
    rows = np.vstack([belongs[~must], problem.usage.toarray().T])
    answer = linprog(
        -problem.value,
        A_ub=rows,
        b_ub=[*np.ones(int((~must).sum())), budget],
        A_eq=belongs[must] if must.any() else None,
        b_eq=np.ones(int(must.sum())) if must.any() else None,
        method="highs",
    )
    return -answer.fun if answer.status == 0 else None


@examples(300)
@given(some_options(), st.data())
def test_the_value_is_the_lp_optimum(options, data):
    """At any budget, and there is none below the start."""
    path = options.path()
    budget = drawn_budget(data.draw, path)
    optimum = lp_optimum(options.problem(), budget)
    assert optimum is not None
    assert path.value_at(budget) == pytest.approx(optimum, rel=0, abs=NOISE * options.size)
    largest = max((abs(cost) for group in options.groups for _, cost in group), default=0.0)
    below = path.start_budget - 0.01 * (1.0 + largest)  # further than HiGHS's tolerance
    assert lp_optimum(options.problem(), below) is None
    assert path.value_at(below) == -math.inf


@examples(300)
@given(some_options(), st.data())
def test_the_value_is_concave_and_never_falls(options, data):
    """Over the breakpoints and between any three budgets."""
    path = options.path()
    assert np.all(np.diff(path.price) <= 0)
    assert np.all(path.price > 0)
    assert np.all(np.diff(path.budget, prepend=path.start_budget) >= 0)
    assert np.all(np.diff(path.value, prepend=path.start_value) >= 0)
    low, high = sorted(drawn_budget(data.draw, path) for _ in range(2))
    share = data.draw(st.floats(0, 1))
    middle = min(max(low + share * (high - low), low), high)
    at_low, at_middle, at_high = path.value_at([low, middle, high]).tolist()
    assert at_low <= at_middle <= at_high
    if high > low:
        chord = at_low + (middle - low) / (high - low) * (at_high - at_low)
        assert at_middle >= chord - DIGITS * options.size


@examples(300)
@given(some_options(), st.data())
def test_a_choice_keeps_the_budget_and_misses_one_step_at_most(options, data):
    """Exactly, in rationals; and the next step would not have been within the budget."""
    path = options.path()
    budget = drawn_budget(data.draw, path)
    choice, problem = path.choice_at(budget), options.problem(budget)
    assert is_feasible(problem, choice)
    worth = sum(Fraction(v) for v in problem.value[choice[choice != NONE]].tolist())
    gains = np.diff(path.value, prepend=path.start_value)
    largest = float(gains.max(initial=0.0))
    missed = path.value_at(budget) - float(worth)
    assert -DIGITS * options.size <= missed <= largest + DIGITS * options.size
    gap = path.gap_at(budget) * max(abs(path.value_at(budget)), 1e-12)
    assert gap == pytest.approx(max(missed, 0.0), rel=0, abs=DIGITS * options.size)
    steps = path.steps_at(budget)
    if steps < path.group.size:
        more = path.choice_at(path.budget[steps])
        assert path.steps_at(path.budget[steps]) > steps
        assert not is_feasible(options.problem(budget), path._after(steps + 1))
        assert is_feasible(options.problem(path.budget[steps]), more)


@examples(150)
@given(some_options(), st.data())
def test_no_choice_is_worth_more(options, data):
    """Enumeration in rationals never exceeds the value, nor undercuts the budget for it."""
    path = options.path()
    budget = drawn_budget(data.draw, path)
    problem = options.problem()
    usage = [[Fraction(cost)] for cost in problem.usage.toarray()[:, 0].tolist()]
    if math.prod(len(group) + 1 for group in options.groups) > 2000:
        return
    best = best_choice(
        problem.group.tolist(),
        problem.value.tolist(),
        usage,
        [(-math.inf, budget)],
        options.required,
    )
    assert best is not None
    assert float(best) <= path.value_at(budget) + DIGITS * options.size
    slack = DIGITS * options.size
    assert path.budget_for(float(best) - slack) <= budget + DIGITS * (1.0 + abs(budget))


@examples(200)
@given(some_options(), st.data())
def test_order_never_matters_to_values(options, data):
    """Groups and options in any order have the same breakpoints of value."""
    order = data.draw(st.permutations(range(len(options.groups))))
    mixed = Options(
        tuple(tuple(data.draw(st.permutations(options.groups[g]))) for g in order),
        tuple(options.required[g] for g in order),
    )
    path, other = options.path(), mixed.path()
    assert np.array_equal(path.price, other.price)
    budgets = [drawn_budget(data.draw, path) for _ in range(4)]
    here, there = path.value_at(budgets), other.value_at(budgets)
    np.testing.assert_allclose(here, there, rtol=0, atol=DIGITS * options.size)
    assert (path.start_budget, path.start_value) == (other.start_budget, other.start_value)


@examples(200)
@given(some_options(), st.integers(-30, 30), st.integers(-30, 30))
def test_units_never_matter(options, money, worth):
    """Costs times a power of two: budgets times it, to the last bit; values likewise."""
    scaled = Options(
        tuple(
            tuple((math.ldexp(value, worth), math.ldexp(cost, money)) for value, cost in group)
            for group in options.groups
        ),
        options.required,
    )
    path, other = options.path(), scaled.path()
    assert np.array_equal(np.ldexp(path.budget, money), other.budget)
    assert np.array_equal(np.ldexp(path.value, worth), other.value)
    assert np.array_equal(np.ldexp(path.price, worth - money), other.price)
    assert np.array_equal(path.item, other.item)


@examples(200)
@given(some_options(), st.data())
def test_a_group_listed_twice_counts_twice(options, data):
    """All groups twice: twice the value at twice the budget."""
    twice = Options(options.groups + options.groups, options.required + options.required)
    path, other = options.path(), twice.path()
    assert np.array_equal(other.price, np.repeat(path.price, 2))
    for _ in range(3):
        budget = drawn_budget(data.draw, path)
        assert other.value_at(2 * budget) == pytest.approx(
            2 * path.value_at(budget), rel=0, abs=DIGITS * options.size
        )


@examples(200)
@given(some_options())
def test_steps_are_those_of_the_groups_alone(options):
    """Each group's own path, merged by price; a group's steps keep their order and add up."""
    path = options.path()
    alone = [
        Options((group,), (must,)).path()
        for group, must in zip(options.groups, options.required, strict=True)
    ]
    prices = sorted((p for one in alone for p in one.price.tolist()), reverse=True)
    assert path.price.tolist() == prices
    for g, one in enumerate(alone):
        mine = path.group == g
        assert path.price[mine].tolist() == one.price.tolist()
        reached = np.array([v for v, _ in options.groups[g]] + [0.0])
        offset = sum(map(len, options.groups[:g]))
        items = np.where(path.item[mine] == NONE, NONE, path.item[mine] - offset)
        assert np.array_equal(items, one.item)
        assert all(a < b for a, b in pairwise(reached[items].tolist()))
    assert path.start_value == pytest.approx(sum(o.start_value for o in alone), abs=1e-12)


@examples(200)
@given(some_options(), st.data())
def test_wrapping_and_splitting_agree(options, data):
    """Both ways to find a hull give one value function."""
    path, kept = options.path(), hull._MOST_WRAPS
    try:
        hull._MOST_WRAPS = 0
        split = options.path()
    finally:
        hull._MOST_WRAPS = kept
    budget = drawn_budget(data.draw, path)
    assert split.value_at(budget) == pytest.approx(
        path.value_at(budget), rel=0, abs=DIGITS * options.size
    )
