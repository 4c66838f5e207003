"""Numbers and problems at the ends of what there is: a clear error or the right answer."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest

from enumeration import check, optimum
from povtarget.errors import InfeasibleError, InputError, SolverError
from povtarget.mmkp import MMKP, solve_mmkp
from povtarget.mmkp import dual as dual_module

ENGINES = ["highs", "prices", "pulp"]
POOLS = (
    (1.0, 2.0, 3.0, 0.0),
    (1e300, -1e300, 1e299),
    (1.7e308, 1.7e308, 1.0),
    (5e-324, 1e-323, 0.0),
    (1e-300, 3e-300),
    (1e300, 5e-324, 1.0),
    (1e50, -1e50, 1.0, 1e-200),
    (1e-199, 3e-199, 5e-324),
    (1e-310, 1.0, 1e-100),
    (1e-9, 1e-10, 1.0, 1e-5),
    (1e20, 1e25, 1.0, 1e15),
)


def extreme_problem(seed: int) -> MMKP:
    pick = random.Random(seed).choice
    values, usages = pick(POOLS), [pick(POOLS) for _ in range(pick((1, 2)))]
    group = [g for g in range(pick((1, 2, 3))) for _ in range(pick((1, 2)))]
    upper = [pick([*pool, math.inf, 0.0, 0.6 * pool[0]]) for pool in usages]
    lower = [
        pick([-math.inf, -math.inf, min(high, pick(pool))])
        for high, pool in zip(upper, usages, strict=True)
    ]
    return MMKP(
        group,
        [pick(values) for _ in group],
        [[pick(pool) for pool in usages] for _ in group],
        upper,
        lower,
        pick((False, False, True)),
        4 if group[-1] == 2 and pick((True, False)) else None,
    )


@pytest.mark.parametrize("small", [0, 1_500])
@pytest.mark.parametrize("engine", ["highs", "prices"])
def test_no_wrong_answer_at_any_size(engine, small, monkeypatch):
    """From denormal numbers to nearly infinite ones: right, or refused; never a warning."""
    monkeypatch.setattr(dual_module, "_SMALL_LP", small)
    ends: Counter[str] = Counter()
    for seed in range(120):
        problem = extreme_problem(seed)
        best = optimum(problem)
        try:
            answer = solve_mmkp(problem, engine, gap=0)
        except (InputError, SolverError) as error:
            ends[type(error).__name__] += 1
            continue
        except InfeasibleError:
            assert best is None
            ends["infeasible"] += 1
            continue
        assert best is not None
        check(problem, answer, best, 0.0)
        ends["answered"] += 1
    assert ends["answered"] >= 10
    assert ends["InputError"] >= 10
    assert ends["SolverError"] <= 3


@pytest.mark.parametrize(
    ("value", "usage", "upper", "name"),
    [
        (1e300, 1.0, 1.0, "value"),
        (5e-324, 1.0, 1.0, "value"),
        (1.0, 1e300, 1.0, "usage"),
        (1.0, 5e-324, 1.0, "usage"),
        (1.0, 1.0, 1e300, "bounds"),
    ],
)
def test_numbers_out_of_reach_are_named(value, usage, upper, name):
    """The error says which numbers, and what could be calculated with."""
    with pytest.raises(InputError, match="too large or too small") as caught:
        solve_mmkp(MMKP([0], [value], [[usage]], [upper]))
    assert [fault.column for fault in caught.value.problems] == [name]


def test_a_tiny_value_beside_usual_ones_is_fine():
    """A chance of 1e-300 is no reason to refuse a problem."""
    answer = solve_mmkp(MMKP([0, 1], [1e-300, 1.0], [[1.0], [1.0]], [1.0]), gap=0)
    assert answer.choice.tolist() == [-1, 1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("required", [False, True])
def test_rows_without_bounds_leave_each_group_its_best(engine, required):
    """All rows infinite, and no rows at all."""
    value = [-1.0, -2.0, 3.0, 4.0]
    for usage, upper in ((np.ones((4, 2)), [np.inf, np.inf]), (np.empty((4, 0)), [])):
        answer = solve_mmkp(MMKP([0, 0, 1, 1], value, usage, upper, None, required), engine, gap=0)
        assert answer.choice.tolist() == [0 if required else -1, 3]
        assert answer.value == answer.bound == (3.0 if required else 4.0)
        assert not answer.prices.any()


@pytest.mark.parametrize("engine", ENGINES)
def test_no_money_buys_what_is_free(engine):
    """An upper bound of 0 leaves the items that use nothing."""
    problem = MMKP([0, 0, 1], [9.0, 1.0, 5.0], [[2.0], [0.0], [1e-7]], [0.0])
    answer = solve_mmkp(problem, engine, gap=0)
    assert answer.choice.tolist() == [1, -1]
    assert (answer.value, answer.bound) == (1.0, 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_at_all(engine):
    """No groups; groups without items; a row that nothing can reach."""
    none = solve_mmkp(MMKP([], [], np.empty((0, 2)), [1.0, 0.0]), engine)
    assert (none.value, none.bound, none.choice.size) == (0.0, 0.0, 0)
    gaps = solve_mmkp(MMKP([1, 3], [1.0, 2.0], [[1.0], [1.0]], [1.0], groups=6), engine, gap=0)
    assert gaps.choice.tolist() == [-1, -1, -1, 1, -1, -1]
    assert gaps.bound == 2.0
    for problem in (
        MMKP([], [], np.empty((0, 1)), [2.0], [1.0]),
        MMKP([0], [1.0], [[0.0]], [2.0], [1.0]),
        MMKP([0], [1.0], [[1.0]], [-1.0]),
        MMKP([0], [1.0], [[1.0]], [1.0], choose_one=True, groups=2),
    ):
        with pytest.raises(InfeasibleError):
            solve_mmkp(problem, engine)


def test_what_is_no_problem_is_refused_at_the_door():
    """NaN, infinite numbers and contradictory bounds."""
    one = np.ones((1, 1))
    for arguments in (
        ([0], [np.nan], one, [1.0]),
        ([0], [np.inf], one, [1.0]),
        ([0], [1.0], np.nan * one, [1.0]),
        ([0], [1.0], one, [np.nan]),
        ([0], [1.0], one, [1.0], [np.nan]),
        ([0], [1.0], one, [-np.inf]),
        ([0], [1.0], one, [1.0], [np.inf]),
        ([0], [1.0], one, [1.0], [1.0000000000000002]),
    ):
        with pytest.raises(InputError):
            MMKP(*arguments)
    with pytest.raises(InputError, match="not a gap"):
        solve_mmkp(MMKP([0], [1.0], one, [1.0]), gap=math.nan)


@pytest.mark.parametrize("engine", ["highs", "prices"])
def test_a_small_coefficient_that_a_row_needs_is_not_dropped(engine):
    """Coefficients of 1e-9 beside 1 in an equality; once this was called infeasible."""
    problem = MMKP(
        [0, 0, 1, 1, 2],
        [1.0, 1e-12, 1e12, 1.0, 1.0],
        [[1e-10, 1e20], [1e-9, 1.0], [1e-9, 1.0], [1e-5, 1e20], [1.0, 1e25]],
        upper=[1e-9, 1.0],
        lower=[1e-9, 1.0],
    )
    answer = solve_mmkp(problem, engine, gap=0)
    assert answer.choice.tolist() == [-1, 2, -1]
    assert answer.bound == pytest.approx(1e12)
