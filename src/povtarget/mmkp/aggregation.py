"""Identical groups as one: thousands of households that are alike make one small question.

Groups with the same items in the same order (value and usage equal to the last bit) form a type;
types are in the order of their first groups. A choice of the whole is a count of groups for each
item of each type, and any such counts are a choice: nothing is lost, and a linear or integer
program has a column for each item of a type only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.mmkp.model import MMKP, NONE, Floats, Ints

Hashes = NDArray[np.uint64]

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
"""Its multiples are spread most evenly over [0, 1), the whole parts left out (Weyl)."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, eq=False)
class Aggregation:
    """Types of groups.

    Parameters
    ----------
    problem
        One group for each type, with the items of its first member; bounds as in the whole.
    items
        int64[items of types]: their numbers in the whole, for the first member.
    count
        int64[types]: how many groups there are of each.
    members
        int64[groups]: groups of the whole sorted by type; ascending within a type.
    type_of_group
        int64[groups of the whole].
    whole
        The problem whose groups these are.
    """

    problem: MMKP
    items: Ints
    count: Ints
    members: Ints
    type_of_group: Ints
    whole: MMKP

    def as_groups(self) -> MMKP:
        """Each type as one group of an MMKP whose shares are shares of its members."""
        types = self.problem
        many = self.count[types.group].astype(np.float64)
        return MMKP(
            types.group,
            types.value * many,
            sparse.csr_array(sparse.diags_array(many) @ types.usage),
            types.upper,
            types.lower,
            types.required,
            types.num_groups,
        )

    def rounded(self, shares: Floats) -> Ints:
        """Whole counts near count * shares: systematic sampling, from a place for each type.

        The places are spread most evenly (multiples of the golden section; Weyl), so that what
        rounding takes and gives evens out.
        """
        types = self.problem
        if not types.num_items:
            return np.empty(0, dtype=np.int64)
        first = types.starts[types.filled]
        sizes = np.diff(first, append=types.num_items)
        total = np.cumsum(shares * self.count[types.group])
        before = np.repeat(total[first] - (shares * self.count[types.group])[first], sizes)
        reached = np.minimum(total - before, self.count[types.group])
        last = np.append(first[1:], types.num_items) - 1
        must = types.required[types.filled]
        reached[last[must]] = self.count[types.filled][must]
        place = np.repeat((np.arange(first.size) + 0.5) * GOLDEN % 1.0, sizes)
        whole = np.floor(reached + place).astype(np.int64)
        counts = np.diff(whole, prepend=0)
        counts[first] = whole[first]
        return np.asarray(np.maximum(counts, 0), dtype=np.int64)

    def spread(self, total: Floats) -> Floats:
        """Shares of the whole's items, from totals over all groups of a type."""
        mean = total / self.count[self.problem.group]
        rank = np.arange(self.whole.num_items) - self.whole.starts[self.whole.group]
        return mean[self.problem.starts[self.type_of_group[self.whole.group]] + rank]

    def expand(self, counts: Ints) -> Ints:
        """The choice in which the first groups of a type take its first item, and so on."""
        types = self.problem
        taken = np.add.reduceat(counts, types.starts[types.filled]) if counts.size else counts
        choice = np.full(self.whole.num_groups, NONE, dtype=np.int64)
        begin = np.cumsum(self.count) - self.count
        full = np.zeros(types.num_groups, dtype=np.int64)
        full[types.filled] = taken
        # the k-th group that a type gives away, and the rank of the item that it takes
        item_rank = np.arange(types.num_items) - types.starts[types.group]
        rank = np.repeat(item_rank, counts)
        of_type = np.repeat(types.group, counts)
        place = np.arange(rank.size) - np.repeat(np.cumsum(full) - full, full)
        group = self.members[begin[of_type] + place]
        choice[group] = self.whole.starts[group] + rank
        return choice


def aggregate(problem: MMKP) -> Aggregation:
    """Find the types of a problem's groups.

    Examples
    --------
    >>> alike = MMKP([0, 1, 2], [1.0, 1.0, 2.0], [[3.0], [3.0], [3.0]], upper=[6.0])
    >>> aggregate(alike).count.tolist()
    [2, 1]
    """
    item_hash = _item_hashes(problem)
    position = np.arange(problem.num_items) - problem.starts[problem.group]
    mixed = _mix(item_hash + _ODD * (position + 1).astype(np.uint64))
    group_hash = problem.required.astype(np.uint64)
    if problem.filled.size:
        group_hash[problem.filled] += np.add.reduceat(mixed, problem.starts[problem.filled])
    _, first, of_group = np.unique(group_hash, return_index=True, return_inverse=True)
    leader = _exact(problem, first[of_group])
    leaders, of_group, count = np.unique(leader, return_inverse=True, return_counts=True)
    sizes = np.diff(problem.starts)[leaders]
    rows = np.repeat(problem.starts[leaders] - (np.cumsum(sizes) - sizes), sizes)
    items = np.asarray(rows + np.arange(rows.size))
    lost = None if problem.usage_error is None else problem.usage_error[items]
    types = MMKP(
        np.repeat(np.arange(leaders.size), sizes),
        problem.value[items],
        problem.usage[items],
        problem.upper,
        problem.lower,
        problem.required[leaders],
        leaders.size,
        usage_error=lost,
        row_names=problem.row_names,
    )
    members = np.argsort(of_group, kind="stable")
    return Aggregation(types, items, count, members, of_group, problem)


def each_alone(problem: MMKP) -> Aggregation:
    """Every group a type of its own, in its own order."""
    groups = np.arange(problem.num_groups)
    items = np.arange(problem.num_items)
    count = np.ones(problem.num_groups, dtype=np.int64)
    return Aggregation(problem, items, count, groups, groups, problem)


def _item_hashes(problem: MMKP) -> Hashes:
    """A number for the value and usage of each item."""
    result = _mix(_bits(problem.value))
    for matrix, salt in ((problem.usage, 1), (problem.usage_error, 2)):
        if matrix is None or not matrix.nnz:
            continue
        column = (matrix.indices.astype(np.uint64) + np.uint64(salt << 32)) * _ODD
        entry = _mix(_mix(column) + _bits(matrix.data))
        filled = np.flatnonzero(np.diff(matrix.indptr))
        result[filled] += np.add.reduceat(entry, matrix.indptr[filled])
    return result


def _exact(problem: MMKP, leader: Ints) -> Ints:
    """The leader of each group; a group that is not its leader's equal leads itself."""
    sizes = np.diff(problem.starts)
    own = np.arange(problem.num_groups)
    differs = (sizes != sizes[leader]) | (problem.required != problem.required[leader])
    items = np.arange(problem.num_items)
    same_place = problem.starts[leader[problem.group]] + items - problem.starts[problem.group]
    alike = ~differs[problem.group]
    mine, other = items[alike], same_place[alike]
    unequal = problem.value[mine] != problem.value[other]
    for matrix in (problem.usage, problem.usage_error):
        if matrix is not None:
            difference = abs(matrix[mine] - matrix[other])
            unequal |= np.asarray(difference.sum(axis=1)).ravel() != 0
    differs[problem.group[mine[unequal]]] = True
    return np.where(differs, own, leader)


def _bits(numbers: Floats) -> Hashes:
    return np.ascontiguousarray(numbers + 0.0).view(np.uint64)  # + 0.0: no negative zero


def _mix(numbers: Hashes) -> Hashes:
    """Spread bits (the finaliser of splitmix64; Steele, Lea and Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
