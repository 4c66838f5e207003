"""Identical groups as one, and back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from povtarget.mmkp import MMKP, aggregation
from povtarget.mmkp.aggregation import Aggregation, aggregate, each_alone
from povtarget.mmkp.rational import is_feasible


def repeated(seed: int, errors: bool = False) -> MMKP:
    """A few kinds of groups many times, their items in any order; some groups have no item."""
    rng = np.random.default_rng(seed)
    rows, kinds = int(rng.integers(1, 4)), []
    for _ in range(int(rng.integers(2, 6))):
        size = int(rng.integers(0, 5))
        kinds.append((rng.integers(-1, 3, size) * 0.1, rng.integers(0, 3, (size, rows)) * 1.0))
    chosen = rng.integers(0, len(kinds), size=60)
    orders = [rng.permutation(kinds[k][0].size) for k in chosen]
    group = np.repeat(np.arange(60), [order.size for order in orders])
    value = np.concatenate([kinds[k][0][order] for k, order in zip(chosen, orders, strict=True)])
    usage = np.concatenate([kinds[k][1][order] for k, order in zip(chosen, orders, strict=True)])
    lost = sparse.csr_array(rng.integers(0, 2, usage.shape) * 2.0**-60) if errors else None
    required = (rng.uniform(size=60) < 0.3) & (np.bincount(group, minlength=60) > 0)
    most = np.full(rows, np.inf)
    return MMKP(group, value, usage, most, None, required, 60, usage_error=lost)


def item_key(problem: MMKP, item: int) -> tuple[float, ...]:
    row = problem.usage[[item]].toarray().ravel().tolist()
    lost = [] if problem.usage_error is None else problem.usage_error[[item]].toarray().ravel()
    return (float(problem.value[item]), *row, *map(float, lost))


def group_key(problem: MMKP, group: int) -> tuple[object, ...]:
    items = range(problem.starts[group], problem.starts[group + 1])
    return (bool(problem.required[group]), *(item_key(problem, item) for item in items))


def assert_are_types(problem: MMKP, types: Aggregation) -> None:
    keys = [group_key(problem, group) for group in range(problem.num_groups)]
    assert types.count.sum() == problem.num_groups
    assert np.array_equal(np.sort(types.members), np.arange(problem.num_groups))
    for group, kind in enumerate(types.type_of_group.tolist()):
        assert keys[group] == group_key(types.problem, kind)
    assert np.array_equal(np.bincount(types.type_of_group), types.count)


@pytest.mark.parametrize("errors", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_types_are_the_groups_that_are_equal(seed, errors):
    """As many types as there are groups with different items, and every group is its type."""
    problem = repeated(seed, errors)
    types = aggregate(problem)
    assert_are_types(problem, types)
    different = {group_key(problem, group) for group in range(problem.num_groups)}
    assert types.problem.num_groups == len(different)


@pytest.mark.parametrize("constant", [0, 2**64 - 1])
@pytest.mark.parametrize("seed", range(12))
def test_a_hash_that_tells_nothing_apart_does_no_harm(seed, constant, monkeypatch):
    """Groups whose hashes collide are compared; there are more types then, and no wrong one."""
    monkeypatch.setattr(
        aggregation,
        "_item_hashes",
        lambda problem: np.full(problem.num_items, constant, dtype=np.uint64),
    )
    problem = repeated(seed)
    assert_are_types(problem, aggregate(problem))
    assert_expands(problem, aggregate(problem), seed)


def random_counts(types: Aggregation, rng: np.random.Generator) -> np.ndarray:
    """Whole counts of each type's items, all groups of it where it must choose."""
    counts = np.zeros(types.problem.num_items, dtype=np.int64)
    for kind in range(types.problem.num_groups):
        begin, end = types.problem.starts[kind : kind + 2]
        for _ in range(int(types.count[kind]) if end > begin else 0):
            pick = int(rng.integers(begin, end + (not types.problem.required[kind])))
            if pick < end:
                counts[pick] += 1
    return counts


def assert_expands(problem: MMKP, types: Aggregation, seed: int) -> None:
    counts = random_counts(types, np.random.default_rng(seed))
    choice = types.expand(counts)
    assert is_feasible(problem, choice)
    chosen = sorted(item_key(problem, item) for item in choice[choice >= 0].tolist())
    wanted = sorted(
        item_key(types.problem, item) for item, n in enumerate(counts.tolist()) for _ in range(n)
    )
    assert chosen == wanted


@pytest.mark.parametrize("seed", range(12))
def test_a_choice_takes_what_counts_say(seed):
    """Value and usage of the choice are those of the counts, item by item."""
    problem = repeated(seed)
    assert_expands(problem, aggregate(problem), seed)
    assert_expands(problem, each_alone(problem), seed)


@pytest.mark.parametrize("seed", range(12))
def test_shares_keep_what_totals_say(seed):
    """Spread over groups, totals use and are worth the same, and alike groups get alike."""
    problem, rng = repeated(seed), np.random.default_rng(seed)
    types = aggregate(problem)
    total = random_counts(types, rng).astype(np.float64)
    shares = types.spread(total)
    assert problem.value @ shares == pytest.approx(types.problem.value @ total)
    assert problem.usage.T @ shares == pytest.approx(types.problem.usage.T @ total)
    whole = np.bincount(problem.group, shares, minlength=problem.num_groups)
    for kind in range(types.problem.num_groups):
        assert np.ptp(whole[types.type_of_group == kind]) <= 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_rounded_counts_are_a_choice_near_the_shares(seed):
    """No type gives away more groups than it has; each count is within one of its share."""
    problem, rng = repeated(seed), np.random.default_rng(seed)
    types = aggregate(problem)
    total = random_counts(types, rng) * 1.0
    kinds = types.problem.group
    mean = total / types.count[kinds]
    loose = np.where(types.problem.required[kinds], mean, mean * rng.uniform(0.5, 1, kinds.size))
    counts = types.rounded(loose)
    assert np.all(np.abs(counts - loose * types.count[kinds]) <= 1 + 1e-9)
    given = np.bincount(kinds, counts, minlength=types.problem.num_groups)
    assert np.all(given <= types.count)
    must = types.problem.required & (np.diff(types.problem.starts) > 0)
    assert np.array_equal(given[must], types.count[must])
    assert is_feasible(problem, types.expand(counts))


def test_as_groups_weighs_by_number():
    """A type of three groups is one group of three times the value and the usage."""
    problem = MMKP([0, 1, 2, 3], [2.0, 2.0, 2.0, 5.0], [[1.0]] * 4, upper=[2.0])
    many = aggregate(problem).as_groups()
    assert sorted(zip(many.value, many.usage.toarray().ravel(), strict=True)) == [(5, 1), (6, 3)]


def test_negative_zero_is_zero():
    """Two groups that differ by the sign of a zero are one type."""
    problem = MMKP([0, 1], [0.0, -0.0], [[1.0], [1.0]], upper=[1.0])
    assert aggregate(problem).count.tolist() == [2]
