"""The path of one budget: every breakpoint against arithmetic by hand, in rationals, and HiGHS."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from povtarget.errors import InfeasibleError, InputError
from povtarget.mmkp import MMKP, BudgetPath, blocks, budget_path, hull, solve_mmkp
from povtarget.mmkp.dual import dual_value
from povtarget.mmkp.model import NONE

NAN = float("nan")


def steps_of(path: BudgetPath) -> list[tuple[int, int, float]]:
    """Group, item and price of each step."""
    return list(zip(path.group.tolist(), path.item.tolist(), path.price.tolist(), strict=True))


def assert_same(one: BudgetPath, other: BudgetPath) -> None:
    """The same path to the last bit."""
    assert steps_of(one) == steps_of(other)
    assert one.start.tolist() == other.start.tolist()
    assert np.array_equal(one.budget, other.budget)
    assert np.array_equal(one.value, other.value)


def hull_by_hand(
    points: list[tuple[Fraction, Fraction]],
) -> tuple[tuple[Fraction, Fraction], list[tuple[Fraction, Fraction]]]:
    """Start and vertices of an upper hull, by one scan in rationals; no points on chords."""
    best: dict[Fraction, Fraction] = {}
    for cost, value in points:
        best[cost] = max(value, best.get(cost, value))
    hull_points: list[tuple[Fraction, Fraction]] = []
    for point in sorted(best.items()):
        if hull_points and point[1] <= hull_points[-1][1]:
            continue
        while len(hull_points) > 1:
            (a, v), (b, w) = hull_points[-2:]
            if (w - v) * (point[0] - b) > (point[1] - w) * (b - a):
                break
            hull_points.pop()
        hull_points.append(point)
    return hull_points[0], hull_points[1:]


def value_by_hand(
    value: np.ndarray, cost: np.ndarray, required: np.ndarray, budget: Fraction
) -> Fraction | None:
    """The LP optimum in rationals, from hulls and a sort; None where there is none."""
    total, left, increments = Fraction(0), budget, []
    for values, costs, is_required in zip(value.tolist(), cost.tolist(), required, strict=True):
        points = [(Fraction(c), Fraction(v)) for c, v in zip(costs, values, strict=True) if v == v]
        if not is_required:
            points.append((Fraction(0), Fraction(0)))
        start, rest = hull_by_hand(points)
        total, left = total + start[1], left - start[0]
        for (a, v), (b, w) in pairwise([start, *rest]):
            increments.append(((w - v) / (b - a), b - a))
    if left < 0:
        return None
    for slope, run in sorted(increments, reverse=True):
        total += slope * min(run, left)
        left -= min(run, left)
    return total


def random_arrays(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values with some missing, costs, and which groups must choose; ties where seed is even."""
    rng = np.random.default_rng(seed)
    groups, options = int(rng.integers(1, 8)), int(rng.integers(1, 7))
    shape = (groups, options)
    value = rng.integers(-2, 8, shape) * 1.0 if seed % 2 == 0 else rng.normal(1.0, 2.0, shape)
    cost = rng.integers(0, 5, shape) * (1.0, 0.1, 1e7)[seed % 3]
    if seed % 5 == 0:
        cost -= 2.0
    required = rng.uniform(size=groups) < 0.3
    value[rng.uniform(size=shape) < 0.2] = NAN
    value[required, 0] = 1.0
    return value, cost, required


def test_a_small_path_by_hand():
    """Costs 1, 2, 3 and 2, 4: the third item of group 0 lies under a chord."""
    path = BudgetPath.from_arrays(
        [[6.0, 7.0, 10.0], [5.0, 9.0, NAN]], [[1.0, 2.0, 3.0], [2.0, 4.0, NAN]]
    )
    assert steps_of(path) == [(0, 0, 6.0), (1, 0, 2.5), (0, 2, 2.0), (1, 1, 2.0)]
    assert path.budget.tolist() == [1.0, 3.0, 5.0, 7.0]
    assert path.value.tolist() == [6.0, 11.0, 15.0, 19.0]
    assert (path.start_budget, path.start_value, path.start.tolist()) == (0.0, 0.0, [-1, -1])
    assert path.value_at([0.0, 0.5, 2.0, 4.0, 7.0, np.inf]).tolist() == [0, 3, 8.5, 13, 19, 19]
    assert path.choice_at(4.9).tolist() == [0, 0]
    assert path.choice_at(math.inf).tolist() == [2, 1]


@pytest.mark.parametrize("seed", range(200))
def test_every_value_is_that_of_rationals(seed):
    """At budgets on, between and beyond all breakpoints, with hulls by another method."""
    value, cost, required = random_arrays(seed)
    path = BudgetPath.from_arrays(value, cost, choose_one=required)
    ends = [path.start_budget, *path.budget.tolist()]
    budgets = [*ends, *(0.7 * a + 0.3 * b for a, b in pairwise(ends)), ends[-1] + 1.0]
    size = float(np.nansum(np.abs(value)))
    for budget, found in zip(budgets, path.value_at(budgets).tolist(), strict=True):
        by_hand = value_by_hand(value, cost, required, Fraction(budget))
        assert by_hand is not None
        assert found == pytest.approx(float(by_hand), rel=0, abs=1e-14 * (1.0 + size))
    below = math.nextafter(path.start_budget, -math.inf)
    assert value_by_hand(value, cost, required, Fraction(below)) is None
    assert path.value_at(below) == -math.inf


@pytest.mark.parametrize("wraps", [0, 1, 2])
def test_splitting_finds_the_hulls_that_wrapping_finds(wraps, monkeypatch):
    """Both ways agree: to the step on whole numbers, and in value on all."""
    for seed in range(200):
        value, cost, required = random_arrays(seed)
        wrapped = BudgetPath.from_arrays(value, cost, choose_one=required)
        with monkeypatch.context() as patched:
            patched.setattr(hull, "_MOST_WRAPS", wraps)
            split = BudgetPath.from_arrays(value, cost, choose_one=required)
        assert split.start.tolist() == wrapped.start.tolist()
        budgets = np.concatenate([wrapped.budget, split.budget])
        np.testing.assert_allclose(
            split.value_at(budgets), wrapped.value_at(budgets), rtol=0, atol=1e-13
        )
        assert np.all(np.diff(split.price) <= 0)
        if seed % 6 == 0:
            assert np.array_equal(split.budget, wrapped.budget)


def test_long_hulls(monkeypatch):
    """A thousand steps in each group, some below chords, some points collinear."""
    x = np.arange(1.0, 1001.0)
    value = np.vstack([2000.0 * x - x * x, 3.0 * x, np.where(x % 2, 1.0, 0.9) * (3e3 * x - x * x)])
    path = BudgetPath.from_arrays(value, x)
    assert np.bincount(path.group).tolist() == [1000, 1000, 500]
    monkeypatch.setattr(hull, "_MOST_WRAPS", 10**9)
    assert_same(path, BudgetPath.from_arrays(value, x))


# --- starts --------------------------------------------------------------------------------------


def test_free_options_are_taken_at_the_start():
    """An option without cost is taken where it is worth more than nothing, the best one."""
    path = BudgetPath.from_arrays([[1.0, 3.0, 4.0], [0.0, -1.0, 2.0]], [0.0, 0.0, 1.0])
    assert path.start.tolist() == [1, NONE]
    assert (path.start_budget, path.start_value) == (0.0, 3.0)
    assert steps_of(path) == [(1, 2, 2.0), (0, 2, 1.0)]


def test_who_must_choose_starts_with_the_cheapest():
    """Below the sum of the least costs nothing is feasible, and the error says what is needed."""
    path = BudgetPath.from_arrays(
        [[-5.0, -4.0, 1.0], [2.0, 9.0, 9.0]], [2.0, 2.0, 4.0], choose_one=True
    )
    assert path.start.tolist() == [1, 1]
    assert (path.start_budget, path.start_value) == (4.0, 5.0)
    assert path.value_at([3.9, 4.0, 5.0]).tolist() == [-math.inf, 5.0, 7.5]
    assert path.price_at([3.9, 4.0, 6.0]).tolist() == [math.inf, 2.5, 0.0]
    for method in (path.choice_at, path.steps_at, path.gap_at):
        with pytest.raises(InfeasibleError) as caught:
            method(3.9)
        assert caught.value.conflict == ("budget",)
        assert (caught.value.remedy[0].current, caught.value.remedy[0].needed) == (3.9, 4.0)


def test_costs_below_zero_are_money_that_comes_in():
    """A group may start with what earns money, and leave it for nothing when money is there."""
    path = BudgetPath.from_arrays([[-1.0, 2.0], [4.0, NAN]], [[-2.0, 3.0], [1.0, NAN]])
    assert path.start.tolist() == [0, NONE]
    assert (path.start_budget, path.start_value) == (-2.0, -1.0)
    assert steps_of(path) == [(1, 0, 4.0), (0, 1, 0.6)]
    path = BudgetPath.from_arrays([[-1.0, 1.0]], [-1.0, 2.0])
    assert steps_of(path) == [(0, NONE, 1.0), (0, 1, 0.5)]
    assert [path.choice_at(b).tolist() for b in (-1.0, 0.0, 2.0)] == [[0], [NONE], [1]]


def test_what_is_worth_less_than_nothing_is_never_taken():
    """Negative values stay out unless a group must choose."""
    path = BudgetPath.from_arrays([[-1.0, -2.0]], [1.0, 0.0])
    assert (path.group.size, path.value_at(9.0), path.choice_at(9.0).tolist()) == (0, 0.0, [NONE])
    path = BudgetPath.from_arrays([[-1.0, -2.0]], [1.0, 0.0], choose_one=True)
    assert path.value_at([0.0, 0.5, 1.0]).tolist() == [-2.0, -1.5, -1.0]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0), (2, 2)])
def test_nothing_to_choose_from(shape):
    """No groups, no options, or none available: a path without steps."""
    path = BudgetPath.from_arrays(np.full(shape, NAN), np.full(shape, NAN))
    assert path.budget.shape == path.value.shape == path.price.shape == (0,)
    assert path.value_at([-1.0, 0.0, 1.0]).tolist() == [-math.inf, 0.0, 0.0]
    assert path.price_at([-1.0, 0.0, 1.0]).tolist() == [math.inf, 0.0, 0.0]
    assert path.choice_at(1.0).tolist() == [NONE] * shape[0]
    assert path.budget_for([0.0, 1.0]).tolist() == [0.0, math.inf]
    assert path.gap_at(0.0) == 0.0
    groups = budget_path(MMKP([], [], np.empty((0, 1)), [1.0], groups=shape[0]))
    assert_same(path, groups)


def test_groups_that_must_choose_but_cannot():
    """As solve_mmkp says it."""
    with pytest.raises(InfeasibleError, match=r"1 group.* must choose"):
        BudgetPath.from_arrays([[1.0], [NAN]], [[1.0], [NAN]], choose_one=True)
    with pytest.raises(InfeasibleError, match=r"1 group.* must choose"):
        budget_path(MMKP([0], [1.0], [[1.0]], [1.0], choose_one=[False, True], groups=2))


# --- order, ties, threads ------------------------------------------------------------------------


def test_equally_steep_steps_come_in_order_of_groups():
    """Groups alike step one after the other, and a duplicate of an option is never reached."""
    path = BudgetPath.from_arrays([[2.0, 2.0, 3.0]] * 2000, [1.0, 1.0, 2.0])
    assert steps_of(path) == [(g, j, p) for j, p in ((0, 2.0), (2, 1.0)) for g in range(2000)]


def test_groups_of_other_sizes_keep_their_place():
    """Groups of 1 to 9 items, equally steep: still in order of groups."""
    size = np.array([9, 1, 4, 2, 9, 1, 3])
    cost = np.concatenate([np.arange(1.0, k + 1) for k in size])
    path = budget_path(MMKP(np.repeat(np.arange(7), size), 2 * cost, cost[:, None], [1.0]))
    assert path.group.tolist() == np.repeat(np.arange(7), size).tolist()
    assert path.item.tolist() == list(range(size.sum()))


@pytest.mark.parametrize("wraps", [0, 2, 32])
def test_points_that_are_nearly_on_a_line(wraps, monkeypatch):
    """Where slopes differ by rounding only, prices still fall and groups keep their order."""
    monkeypatch.setattr(hull, "_MOST_WRAPS", wraps)
    rng = np.random.default_rng(1)
    cost = rng.uniform(size=(500, 50))
    value = 0.1 * cost + rng.choice([0.0, 0.3, 0.7], (500, 1))
    path = BudgetPath.from_arrays(value, cost)
    assert np.all(np.diff(path.price) <= 0)
    for group in range(500):
        assert np.all(np.diff(cost[group, path.item[path.group == group]]) > 0)
    assert path.value[-1] == math.fsum(value.max(axis=1).tolist())


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_of_equally_steep_options_the_cheapest_is_next(order):
    """Whatever their order: more whole steps then fit in a budget."""
    value, cost = np.array([3.0, 1.0, 2.0, 3.5]), np.array([3.0, 1.0, 2.0, 4.0])
    path = BudgetPath.from_arrays(value[None, order], cost[order])
    assert path.budget.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert [order[j] for j in path.item] == [1, 2, 0, 3]


def test_blocks_and_threads_never_matter(monkeypatch):
    """Whole blocks, blocks of one group, one thread, many: the same to the last bit."""
    rng = np.random.default_rng(7)
    value, cost = rng.integers(1, 9, (300, 7)) / 7, rng.integers(1, 9, (300, 7)) / 3
    value[rng.uniform(size=value.shape) < 0.3] = NAN
    size = (~np.isnan(value)).sum(axis=1)
    problem = MMKP(
        np.repeat(np.arange(300), size),
        value[~np.isnan(value)],
        cost[~np.isnan(value)],
        [1.0],
        groups=300,
    )
    dense, ragged = BudgetPath.from_arrays(value, cost), budget_path(problem)
    for cells, threads in ((1, 1), (1, 5), (40, 3), (2**17, 2)):
        monkeypatch.setattr(blocks, "_CELLS", cells)
        assert_same(dense, BudgetPath.from_arrays(value, cost, threads=threads))
        assert_same(ragged, budget_path(problem, threads=threads))


def test_both_doors_give_one_path():
    """Items of the MMKP are those of the arrays, numbered through."""
    for seed in range(60):
        value, cost, required = random_arrays(seed)
        here = ~np.isnan(value)
        problem = MMKP(
            np.nonzero(here)[0], value[here], cost[here], [1.0],
            choose_one=required, groups=len(value),
        )  # fmt: skip
        number = np.where(here, np.cumsum(here).reshape(here.shape) - 1, NONE)
        dense = BudgetPath.from_arrays(value, cost, choose_one=required)
        whole = budget_path(problem)
        assert np.array_equal(whole.budget, dense.budget)
        assert np.array_equal(whole.value, dense.value)
        assert np.array_equal(whole.group, dense.group)
        chosen = dense.choice_at(math.inf)
        expected = np.where(chosen == NONE, NONE, number[np.arange(len(value)), chosen])
        assert whole.choice_at(math.inf).tolist() == expected.tolist()


@pytest.mark.parametrize("kind", [np.float32, np.int32, np.int64, np.uint8, np.bool_, object])
def test_arrays_of_any_kind_and_layout(kind):
    """Numbers of other kinds, columns first, costs that broadcast: as float64."""
    rng = np.random.default_rng(3)
    value, cost = rng.integers(0, 9, (50, 4)).astype(kind), rng.integers(1, 9, 4).astype(kind)
    plain = BudgetPath.from_arrays(value.astype(float), np.tile(cost.astype(float), (50, 1)))
    assert_same(plain, BudgetPath.from_arrays(value, cost))
    assert_same(plain, BudgetPath.from_arrays(np.asfortranarray(value), cost[None, :]))
    assert_same(plain, BudgetPath.from_arrays(value.tolist(), cost.tolist()))


# --- what else the path answers ------------------------------------------------------------------


def test_the_price_proves_the_value():
    """D(price) of the whole problem is the LP optimum at every budget between breakpoints."""
    for seed in range(40):
        value, cost, required = random_arrays(seed)
        here = ~np.isnan(value)
        groups = np.nonzero(here)[0]
        path = BudgetPath.from_arrays(value, cost, choose_one=required)
        ends = [path.start_budget, *path.budget.tolist()]
        for budget in [*ends, *((a + b) / 2 for a, b in pairwise(ends))]:
            problem = MMKP(
                groups, value[here], cost[here], [budget],
                choose_one=required, groups=len(value),
            )  # fmt: skip
            proven = dual_value(problem, np.array([path.price_at(budget)]))
            assert proven == pytest.approx(path.value_at(budget), rel=1e-12, abs=1e-12)


def test_the_path_is_the_lp_bound_of_solve_mmkp():
    """And its choices lie between the start and the optimum."""
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(40), rng.integers(1, 6, 40))
    value, cost = rng.uniform(size=group.size), rng.uniform(size=group.size)
    for budget in (0.5, 3.0, 9.0):
        problem = MMKP(group, value, cost, [budget])
        path, solution = budget_path(problem), solve_mmkp(problem, gap=0)
        assert path.value_at(budget) == pytest.approx(solution.lp_bound, rel=1e-9)
        worth = math.fsum(value[problem.chosen_items(path.choice_at(budget))])
        assert worth <= solution.value <= path.value_at(budget) + 1e-9
        assert worth >= path.value_at(budget) * (1 - path.gap_at(budget)) - 1e-12


def test_the_budget_for_a_value():
    """It is the least: with it the value is reached, with less not."""
    path = BudgetPath.from_arrays([[6.0, 10.0], [5.0, 9.0]], [[1.0, 3.0], [2.0, 4.0]])
    aims = np.array([-1.0, 0.0, 3.0, 6.0, 8.5, 19.0])
    assert path.budget_for(aims).tolist() == [0.0, 0.0, 0.5, 1.0, 2.0, 7.0]
    assert path.budget_for([[19.1, math.inf]]).tolist() == [[math.inf, math.inf]]
    assert path.budget_for(-math.inf) == 0.0
    assert isinstance(path.budget_for(1.0), float)


def test_arrays_are_read_only_and_the_callers_stay_the_callers():
    """Nothing that a path holds can be changed, by itself or through what it was made from."""
    value, cost = np.array([[3.0, 5.0]]), np.array([[1.0, 2.0]])
    path = BudgetPath.from_arrays(value, cost)
    value[:], cost[:] = 0.0, 9.0
    assert (path.value_at(2.0), path.steps_at(2.0)) == (5.0, 2)
    for array in (path.budget, path.value, path.price, path.group, path.item, path.start):
        assert not array.flags.writeable
    assert repr(path) == "BudgetPath(groups=1, steps=2, budget=0..2, value=0..5)"
    choice = path.choice_at(2.0)
    choice[0] = NONE
    assert path.choice_at(2.0).tolist() == [1]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "upper", "lower", "words"),
    [
        (np.ones((1, 2)), [1.0, 1.0], None, ["2 rows"]),
        (np.ones((1, 0)), [], None, ["0 rows"]),
        (np.ones((1, 1)), [1.0], [0.0], ["upper bounds only"]),
        (np.ones((1, 2)), [1.0, 1.0], [-np.inf, 0.5], ["2 rows", "row 1, column 'lower'"]),
    ],
)
def test_problems_that_have_no_path(usage, upper, lower, words):
    """Every reason is named at once."""
    with pytest.raises(InputError) as caught:
        budget_path(MMKP([0], [1.0], usage, upper, lower))
    assert len(caught.value.problems) == len(words)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    ("value", "cost", "choose_one", "words"),
    [
        ([1.0, 2.0], [1.0, 2.0], False, ["(groups, options)"]),
        ([[1.0, 2.0]], [1.0, 2.0, 3.0], False, ["broadcasts"]),
        ([[1.0, 2.0]], [1.0, 2.0, 3.0], [True, False], ["broadcasts", "one bool"]),
        ([[1.0, np.inf]], [[1.0, 1.0]], False, ["inf for group 0, option 1", "1 in all"]),
        ([[1.0], [1.0]], [[1.0], [NAN]], False, ["nan for group 1, option 0"]),
        ([[NAN, -np.inf]], [[NAN, np.inf]], False, ["-inf for group 0", "'cost'"]),
        ([["a"]], [[1.0]], False, ["not numbers"]),
        ([[1.0], [1.0, 2.0]], [["b"]], False, ["'value'", "'cost'"]),
        ([[1e308], [1e308]], [[1.0], [1.0]], False, ["too large to add up"]),
        ([[1.0], [1.0]], [[1e308], [1e308]], True, ["too large to add up"]),
    ],
)
def test_arrays_that_are_refused(value, cost, choose_one, words):
    """With the place and what was expected."""
    with pytest.raises(InputError) as caught:
        BudgetPath.from_arrays(value, cost, choose_one=choose_one)
    assert all(word in str(caught.value) for word in words)


def test_numbers_that_are_refused():
    """A budget or value that is NaN, and no threads."""
    path = BudgetPath.from_arrays([[1.0]], [[1.0]])
    for method in (path.value_at, path.price_at, path.budget_for, path.choice_at, path.steps_at):
        with pytest.raises(InputError, match="not a number"):
            method(NAN)
    with pytest.raises(InputError, match="threads"):
        BudgetPath.from_arrays([[1.0]], [[1.0]], threads=0)


def test_numbers_of_absurd_size():
    """Slopes beyond float64, both ways, end without a warning and lose nothing that counts."""
    path = BudgetPath.from_arrays([[1.0, 2.0]], [1e-310, 1.0])
    assert path.value.tolist() == [1.0, 2.0]
    assert path.price[0] == math.inf
    path = BudgetPath.from_arrays([[1e-300, 1.0]], [1e300, 2e300])
    assert path.value_at(2e300) == 1.0
    assert BudgetPath.from_arrays([[1e-300]], [1e300]).group.size == 0
