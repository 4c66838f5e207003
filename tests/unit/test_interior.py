"""The linear programs of the prices against scipy's solver: interior point and columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from povtarget.mmkp import MMKP
from povtarget.mmkp import columns as columns_module
from povtarget.mmkp.columns import by_columns
from povtarget.mmkp.dual import dual_value
from povtarget.mmkp.interior import Relaxed, relax
from povtarget.mmkp.model import NONE

ACCURACY = 1e-7


def random_relaxation(seed: int) -> MMKP:
    """Upper, lower and equality rows, required groups, ties; whole shares keep the rows."""
    rng = np.random.default_rng(seed)
    groups, rows = int(rng.integers(5, 60)), int(rng.integers(1, 6))
    group = np.repeat(np.arange(groups), rng.integers(1, 5, size=groups))
    usage = rng.integers(0, 5, size=(group.size, rows)) / 4.0
    value = rng.integers(0, 6, size=group.size) * 1.0 if seed % 2 else rng.normal(size=group.size)
    counts = np.bincount(group)
    used = (usage / (counts[group] + 1)[:, None]).sum(axis=0)  # a point inside
    kind = rng.integers(0, 4, size=rows)
    upper = np.where(
        kind == 1, np.inf, np.where(kind == 2, used, used * rng.uniform(1, 1.5, rows))
    )
    lower = np.where(kind == 0, -np.inf, np.where(kind == 2, used, used * rng.uniform(0, 1, rows)))
    return MMKP(group, value, usage, upper, lower, False, groups)


def with_required(problem: MMKP, seed: int) -> MMKP:
    """Some groups must choose; bounds move by what they use more."""
    rng = np.random.default_rng(seed)
    required = rng.uniform(size=problem.num_groups) < 0.3
    counts = np.bincount(problem.group)
    share = np.where(required, 1.0 / counts, 1.0 / (counts + 1.0))[problem.group]
    before = problem.usage.T @ (1.0 / (counts + 1.0))[problem.group]
    more = problem.usage.T @ share - before
    return MMKP(
        problem.group,
        problem.value,
        problem.usage,
        problem.upper + more,
        problem.lower + more,
        required,
        problem.num_groups,
    )


def reference(problem: MMKP) -> float | None:
    """The optimum of the relaxation by scipy; None where there is none."""
    groups = sparse.csr_array(
        (np.ones(problem.num_items), (problem.group, np.arange(problem.num_items))),
        shape=(problem.num_groups, problem.num_items),
    )
    usage = problem.usage.T.tocsr()
    upper, lower = np.isfinite(problem.upper), np.isfinite(problem.lower)
    rows = sparse.vstack([usage[upper], -usage[lower], groups[~problem.required]])
    bounds = [problem.upper[upper], -problem.lower[lower], np.ones((~problem.required).sum())]
    some = problem.required.any()
    found = linprog(
        -problem.value,
        A_ub=rows,
        b_ub=np.concatenate(bounds),
        A_eq=groups[problem.required] if some else None,
        b_eq=np.ones(problem.required.sum()) if some else None,
    )
    return None if found.status == 2 else -found.fun


def assert_solves(problem: MMKP, found: Relaxed, best: float) -> None:
    size = max(1.0, abs(best))
    assert found.dual == pytest.approx(best, abs=ACCURACY * size)
    assert found.dual == pytest.approx(dual_value(problem, found.prices), abs=1e-9 * size)
    assert found.dual >= best - 1e-9 * size  # weak duality
    assert float(problem.value @ found.shares) == pytest.approx(best, abs=ACCURACY * size)
    assert np.all(found.shares >= -1e-12)
    used, room = problem.usage.T @ found.shares, ACCURACY * problem.num_items
    assert np.all(used <= problem.upper + room)
    assert np.all(used >= problem.lower - room)
    whole = np.bincount(problem.group, found.shares, minlength=problem.num_groups)
    assert np.all(whole <= 1 + ACCURACY)
    assert whole[problem.required] == pytest.approx(1.0, abs=ACCURACY)


@pytest.mark.parametrize("block", range(4))
def test_the_interior_point_reaches_the_optimum(block):
    """Prices and shares prove each other, and scipy finds the same."""
    for seed in range(15 * block, 15 * (block + 1)):
        problem = random_relaxation(seed)
        problem = with_required(problem, seed) if seed % 3 == 0 else problem
        best = reference(problem)
        assert best is not None
        found = relax(problem, accuracy=1e-9)
        assert found.is_accurate(ACCURACY), seed
        assert_solves(problem, found, best)


@pytest.mark.parametrize("sizes", [(1, 1), (5, 3), (8_000, 4_000)])
def test_columns_reach_the_optimum(sizes, monkeypatch):
    """Whatever the first program holds and however many options join at once."""
    monkeypatch.setattr(columns_module, "_FIRST", sizes[0])
    monkeypatch.setattr(columns_module, "_BATCH", sizes[1])
    monkeypatch.setattr(columns_module, "_MOST_ROUNDS", 1_000)
    for seed in range(60, 90):
        problem = random_relaxation(seed)
        problem = with_required(problem, seed) if seed % 3 == 0 else problem
        best = reference(problem)
        assert best is not None
        start = np.random.default_rng(seed).normal(size=problem.num_rows)
        found, _ = by_columns(
            problem, start, accuracy=1e-9, pivots=10**6, goes_on=lambda dual, prices: True
        )
        assert found.is_accurate(ACCURACY), seed
        assert_solves(problem, found, best)


@pytest.mark.parametrize("near", [1, 60_000])
def test_columns_may_begin_at_any_choice(near, monkeypatch):
    """A choice says where simplex starts, good or bad, and never where it ends."""
    monkeypatch.setattr(columns_module, "_FIRST", 2)
    monkeypatch.setattr(columns_module, "_NEAR", near)
    for seed in range(90, 120):
        problem = random_relaxation(seed)
        problem = with_required(problem, seed) if seed % 3 == 0 else problem
        best = reference(problem)
        assert best is not None
        rng = np.random.default_rng(seed)
        empty = ~problem.required & (rng.random(problem.num_groups) < 0.5)
        sizes = np.diff(problem.starts)
        drawn = problem.starts[:-1] + rng.integers(np.maximum(sizes, 1))
        choice = np.where(empty | (sizes == 0), NONE, drawn)
        found, evaluations = by_columns(
            problem,
            np.zeros(problem.num_rows),
            accuracy=1e-9,
            pivots=10**6,
            goes_on=lambda dual, prices: True,
            choice=choice,
        )
        assert_solves(problem, found, best)
        assert 1 <= evaluations <= 200


def test_columns_that_run_out_of_pivots_keep_a_bound():
    """Their prices prove what they say, and there are no shares to mistake for an answer."""
    problem = random_relaxation(7)
    found, _ = by_columns(
        problem,
        np.zeros(problem.num_rows),
        accuracy=1e-9,
        pivots=0,
        goes_on=lambda dual, prices: True,
    )
    assert not found.shares.size
    assert not found.is_accurate(1e-4)
    assert found.dual == pytest.approx(dual_value(problem, found.prices), rel=1e-12)


def infeasible_relaxation(seed: int) -> MMKP:
    """More is asked of a row than all items give, or a required group uses too much."""
    problem = random_relaxation(seed)
    usage = problem.usage.toarray()
    usage[:, 0] += 0.25
    if seed % 2:
        most = np.zeros(problem.num_groups)
        np.maximum.at(most, problem.group, usage[:, 0])
        lower, upper = problem.lower.copy(), problem.upper.copy()
        lower[0], upper[0] = 1.05 * most.sum(), np.inf
        return MMKP(problem.group, problem.value, usage, upper, lower, False, problem.num_groups)
    upper, lower = problem.upper.copy(), np.full(problem.num_rows, -np.inf)
    least = np.full(problem.num_groups, np.inf)
    np.minimum.at(least, problem.group, usage[:, 0])
    upper[0] = 0.95 * least.sum()
    return MMKP(problem.group, problem.value, usage, upper, lower, True, problem.num_groups)


@pytest.mark.parametrize("seed", range(20))
def test_what_has_no_solution_is_never_accurate(seed):
    """Neither way says that prices and shares prove each other where no shares exist."""
    problem = infeasible_relaxation(seed)
    assert reference(problem) is None
    assert not relax(problem).is_accurate(1e-4)
    found, _ = by_columns(
        problem,
        np.zeros(problem.num_rows),
        accuracy=1e-9,
        pivots=10**6,
        goes_on=lambda dual, prices: True,
    )
    assert not found.is_accurate(1e-6)


def test_whoever_is_told_may_stop():
    """The bound that is told is proven by the prices that are told; False ends it."""
    problem = random_relaxation(2)
    best = reference(problem)
    told: list[float] = []

    def goes_on(dual: float, prices: np.ndarray) -> bool:
        assert dual == pytest.approx(dual_value(problem, prices), abs=1e-9)
        told.append(dual)
        return len(told) < 3

    stopped = relax(problem, goes_on=goes_on)
    assert len(told) == 3
    assert stopped.dual == min(told) or math.isinf(stopped.dual)
    assert best is not None
    assert stopped.dual >= best - 1e-9


def test_nothing_to_choose():
    """Without items the rows hold or do not."""
    holds = MMKP([], [], np.empty((0, 1)), [1.0], [0.0], groups=2)
    assert relax(holds).is_accurate(0.0)
    breaks = MMKP([], [], np.empty((0, 1)), [2.0], [1.0], groups=2)
    assert not relax(breaks).is_accurate(0.5)
