"""Sums along the path of one budget: what is rounded, how, and what is compared exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from povtarget.mmkp import MMKP, BudgetPath, budget_path
from povtarget.mmkp.model import NONE
from povtarget.mmkp.rational import exact_sum, is_feasible
from povtarget.mmkp.sums import running_sums


def test_sums_along_a_long_path_do_not_drift():
    """A hundred thousand fractional costs: budgets rounded up, values to nearest, from fsum."""
    rng = np.random.default_rng(5)
    value, cost = rng.exponential(size=(50_000, 3)), rng.choice([0.1, 0.3, 1e-7, 1e5], (50_000, 3))
    path = BudgetPath.from_arrays(value, cost)
    assert path.group.size > 70_000
    for steps in (1, 10, 1234, 40_000, path.group.size):
        choice = path._after(steps)
        chosen = np.flatnonzero(choice != NONE)
        spent = exact_sum(cost[chosen, choice[chosen]])
        reached = exact_sum(value[chosen, choice[chosen]])
        assert Fraction(path.budget[steps - 1]) >= spent
        assert Fraction(np.nextafter(path.budget[steps - 1], 0)) < spent
        assert path.value[steps - 1] == float(reached)
    budgets = path.budget[rng.integers(0, path.group.size, 20)]
    for budget in budgets.tolist():
        choice = path.choice_at(budget)
        chosen = np.flatnonzero(choice != NONE)
        assert path.value_at(budget) == math.fsum(value[chosen, choice[chosen]].tolist())


def test_whole_costs_are_exact():
    """Rupiah: budgets are whole numbers, and each buys its step."""
    rng = np.random.default_rng(6)
    cost = rng.integers(1, 10**9, (2000, 4)).astype(float)
    path = BudgetPath.from_arrays(rng.uniform(size=(2000, 4)), cost)
    for steps in range(1, path.group.size + 1, 97):
        choice = path._after(steps)
        chosen = np.flatnonzero(choice != NONE)
        spent = sum(map(int, cost[chosen, choice[chosen]]))
        assert path.budget[steps - 1] == spent
        assert (path.steps_at(spent), path.steps_at(spent - 1)) == (steps, steps - 1)


def test_budgets_next_to_a_breakpoint_are_compared_exactly():
    """One step of float64 below what steps cost, they are not all taken; at it they are."""
    path = BudgetPath.from_arrays(np.full((10, 1), 1.0), np.full((10, 1), 0.1))
    assert sum([Fraction(0.1)] * 10) > 1
    assert [path.steps_at(b) for b in (1.0, math.nextafter(1.0, 2.0))] == [9, 10]
    assert path.budget[-1] == math.nextafter(1.0, 2.0)
    tenth = Fraction(path.budget[2])
    assert tenth >= 3 * Fraction(0.1) > Fraction(math.nextafter(path.budget[2], 0.0))


def test_what_rounding_took_from_costs_counts():
    """With usage_error an item may cost a hair more or less than its float64."""
    hair = 2.0**-60
    for error, steps in ((hair, 1), (-hair, 2), (0.0, 2)):
        problem = MMKP(
            [0, 1], [2.0, 1.0], [[1.0], [1.0]], [2.0], usage_error=np.array([[0.0], [error]])
        )
        path = budget_path(problem)
        assert path.steps_at(2.0) == steps
        assert is_feasible(problem, path.choice_at(2.0))
    problem = MMKP([0], [1.0], [[1.0]], [2.0], choose_one=True, usage_error=np.array([[hair]]))
    assert budget_path(problem).start_budget == math.nextafter(1.0, 2.0)


def test_running_sums_of_what_cancels():
    """Terms that cancel leave what they should, as in rationals."""
    rng = np.random.default_rng(8)
    plus, minus = 10.0 ** rng.uniform(-8, 16, 1000), 10.0 ** rng.uniform(-8, 16, 1000)
    start = np.array([1e16, -1.0, 0.1])
    total, rest = running_sums(start, plus, minus)
    exact = sum(map(Fraction, start.tolist()))
    for k in range(1001):
        error = abs(Fraction(total[k]) + Fraction(rest[k]) - exact)
        assert error <= Fraction(2) ** -95 * 10**19
        assert abs(Fraction(rest[k])) <= Fraction(math.ulp(total[k])) / 2
        if k < 1000:
            exact += Fraction(plus[k]) - Fraction(minus[k])
