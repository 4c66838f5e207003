"""From shares to a choice that keeps rows."""

from __future__ import annotations

import random

import numpy as np
import pytest

from enumeration import exact_totals, keeps, make_problem, optimum, options_of
from povtarget.mmkp import MMKP
from povtarget.mmkp.core import regrets
from povtarget.mmkp.oscillation import oscillate
from povtarget.mmkp.rational import is_feasible
from povtarget.mmkp.rounding import mend, nearest_choice
from povtarget.mmkp.strengthening import strengthen


def able(problem: MMKP) -> bool:
    """Every required group has an item."""
    return all(options_of(problem))


def mended(problem: MMKP, choice: np.ndarray) -> np.ndarray | None:
    strong = strengthen(problem)
    regret = regrets(strong.problem, np.zeros(problem.num_rows))
    return mend(strong.problem, strong.scale, choice, regret)


def test_what_is_mended_is_a_choice():
    """Every group has an item of its own or may be empty; nearly always all rows hold exactly."""
    wrong = found = possible = 0
    for seed in range(400):
        problem = make_problem(random.Random(40_000 + seed).choice)
        if not able(problem):
            continue
        rng = np.random.default_rng(seed)
        choice = np.array([rng.choice(own) for own in options_of(problem)], dtype=np.int64)
        before = choice.copy()
        answer = mended(problem, choice)
        assert np.array_equal(choice, before)
        possible += optimum(problem) is not None
        if answer is None:
            continue
        found += 1
        assert all(a in own for a, own in zip(answer.tolist(), options_of(problem), strict=True))
        wrong += not keeps(problem, exact_totals(problem, answer.tolist())[1])
    assert wrong <= 0.15 * found  # the exact judge is there for these
    assert found >= 0.5 * possible


@pytest.mark.parametrize("seed", range(20))
def test_whole_rows_are_kept_exactly(seed):
    """Where numbers are whole and small, what is mended is feasible, and no single item fits."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(40), 3)
    usage = rng.integers(0, 6, size=(120, 3)) * np.array([1.0, 341_000.0, 3.0])
    value = rng.integers(1, 9, size=120) * 1.0
    problem = MMKP(group, value, usage, usage.sum(axis=0) * 0.15)
    answer = mended(problem, 3 * np.arange(40) + rng.integers(0, 3, size=40))
    assert answer is not None
    assert is_feasible(problem, answer)
    for item in range(120):
        better = answer.copy()
        better[group[item]] = item
        now = answer[group[item]]
        gain = value[item] - (value[now] if now >= 0 else 0.0)
        assert gain <= 0 or not is_feasible(problem, better)


@pytest.mark.parametrize("seed", range(20))
def test_whole_shares_stay_as_they_are(seed):
    """Shares of 0 and 1 are a choice already; part shares give an item that has a share."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), rng.integers(1, 4, size=30))
    problem = MMKP(group, np.ones(group.size), np.ones((group.size, 1)), [30.0], groups=31)
    wanted = np.array([rng.choice(own) for own in options_of(problem)[:30]] + [-1], dtype=np.int64)
    shares = np.zeros(group.size)
    shares[wanted[wanted >= 0]] = 1.0
    assert np.array_equal(nearest_choice(problem, shares), wanted)
    part = rng.dirichlet(np.ones(group.size)) * (rng.uniform(size=group.size) < 0.5)
    part /= np.maximum(np.bincount(group, part)[group], 1e-300)
    near = nearest_choice(problem, 0.9 * part)
    assert np.all(part[near[near >= 0]] > 0)


def test_half_shares_give_half():
    """Alike groups with a half share each: half of them get the item."""
    problem = MMKP(np.arange(100), np.ones(100), np.ones((100, 1)), [50.0])
    assert np.count_nonzero(nearest_choice(problem, np.full(100, 0.5)) >= 0) == 50


def searched(problem: MMKP, choice: np.ndarray) -> list[np.ndarray]:
    """Everything that a search about a choice offers, at prices of 0."""
    strong, prices = strengthen(problem), np.zeros(problem.num_rows)
    regret, found = regrets(strong.problem, prices), []
    begin = choice.copy()
    oscillate(
        strong.problem, strong.scale, prices, begin, regret, found.append, goes_on=lambda: True
    )
    assert np.array_equal(begin, choice)
    return found


def worth(problem: MMKP, choice: np.ndarray) -> float:
    return float(problem.value[choice[choice >= 0]].sum())


def test_what_is_found_keeps_the_rows_and_gets_better():
    """Small problems with floors, ceilings and required groups: mostly the optimum, without prices."""
    best = possible = 0
    for seed in range(60):
        problem = make_problem(random.Random(50_000 + seed).choice)
        if not able(problem) or not problem.num_items or not problem.num_rows:
            continue
        rng = np.random.default_rng(seed)
        choice = np.array([rng.choice(own) for own in options_of(problem)], dtype=np.int64)
        found = searched(problem, choice)
        values = [worth(problem, one) for one in found]
        assert values == sorted(values)
        for one in found:
            assert all(a in own for a, own in zip(one.tolist(), options_of(problem), strict=True))
        kept = [one for one in found if keeps(problem, exact_totals(problem, one.tolist())[1])]
        assert len(kept) >= len(found) - 1
        most = optimum(problem)
        if most is not None:
            possible += 1
            best += bool(kept) and worth(problem, kept[-1]) >= float(most) - 1e-9
    assert best >= 0.6 * possible


def test_a_pair_where_no_single_exchange_fits():
    """Two jobs in two full rows: only changing places is both better and within the rows."""
    usage = np.array([[1.0, 0.0], [0.0, 1.0]] * 2)
    problem = MMKP([0, 0, 1, 1], [1.0, 5.0, 4.0, 2.0], usage, [1.0, 1.0], choose_one=True)
    begin = np.array([0, 3], dtype=np.int64)
    assert np.array_equal(mended(problem, begin), begin)
    assert searched(problem, begin)[-1].tolist() == [1, 2]


def test_the_same_search_finds_the_same():
    """Offers of two runs are equal, and the last beats what single exchanges reach."""
    rng = np.random.default_rng(3)
    group, usage = np.repeat(np.arange(40), 3), rng.integers(1, 60, size=(120, 4)) * 1.0
    value = usage.sum(axis=1) + rng.integers(0, 20, size=120)
    problem = MMKP(group, value, usage, usage.sum(axis=0) * 0.15)
    begin = np.full(40, -1, dtype=np.int64)
    first, second = searched(problem, begin), searched(problem, begin)
    assert len(first) == len(second)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(is_feasible(problem, choice) for choice in first)
    single = mended(problem, begin)
    assert single is not None
    assert worth(problem, first[-1]) > worth(problem, single)


@pytest.mark.parametrize("size", [1e-150, 1.0, 1e40])
def test_a_search_ends_whatever_the_size(size):
    """Rows and values far apart in size: rounding does not send it in circles."""
    rng = np.random.default_rng(1)
    usage = rng.uniform(size=(30, 2)) * np.array([size, 1.0])
    problem = MMKP(np.repeat(np.arange(10), 3), rng.uniform(size=30), usage, usage.sum(0) * 0.1)
    assert searched(problem, np.full(10, -1, dtype=np.int64))
