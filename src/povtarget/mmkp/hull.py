"""How each group climbs its upper hull as money grows; many groups at once.

With one row, the LP relaxation moves every group along the upper hull of its (cost, value) points,
from its cheapest option to its most valuable one, in steps whose slope falls (Sinha and Zoltners
1979, Operations Research 27(3); Zemel 1980, Operations Research 28(6)).

A hull is walked by gift wrapping (Jarvis 1973): from where a group is, the steepest option is
next. That reads every option once for each step, which is quick because few options lie on a hull.
For groups that still climb after many steps the rest of the hull is found by splitting chords at
the point farthest above (Eddy 1977), whose work hardly grows with the length of the hull.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from povtarget.mmkp.model import NONE, Floats, Ints

Bools = NDArray[np.bool_]

_MOST_WRAPS = 32  # steps by gift wrapping; what is left of longer hulls is found by splitting


@dataclass(frozen=True, eq=False)
class Climb:
    """Where each group starts, and its steps in the order of groups.

    Parameters
    ----------
    start
        int64[groups]: the option at the start, -1 for none: of least cost, then most value.
    start_value, start_cost
        float64[groups]: value and cost of the start.
    group
        int64[steps], ascending; the steps of a group are in their order.
    option
        int64[steps]: where the step leads, -1 for nothing.
    price
        float64[steps]: value per unit of cost, never rising within a group.
    value, cost
        float64[steps]: of the option.
    """

    start: Ints
    start_value: Floats
    start_cost: Floats
    group: Ints
    option: Ints
    price: Floats
    value: Floats
    cost: Floats

    def before(self, reached: Floats, start: Floats) -> Floats:
        """What each step starts from, given what it reaches and where its group starts."""
        before = np.empty_like(reached)
        before[1:] = reached[:-1]
        first = np.flatnonzero(np.diff(self.group, prepend=-1))
        before[first] = start[self.group[first]]
        return before


class _Steps(NamedTuple):
    group: Ints
    option: Ints
    price: Floats
    value: Floats
    cost: Floats

    def at(self, index: Ints) -> _Steps:
        """Some of the steps."""
        return _Steps(
            self.group[index],
            self.option[index],
            self.price[index],
            self.value[index],
            self.cost[index],
        )


@dataclass(frozen=True, eq=False)
class _Climbers:
    """The groups that can still climb, and where they are."""

    group: Ints
    value: Floats  # groups x options
    cost: Floats
    at_value: Floats
    at_cost: Floats
    price: Floats  # of the last step
    top: Floats  # the largest value within reach


def climb(value: Floats, cost: Floats, required: Bools) -> Climb:
    """Walk every group from its cheapest option to its most valuable one.

    Parameters
    ----------
    value, cost
        float64[groups, options]; where an option is not available its cost is infinite and its
        value 0.
    required
        bool[groups]: an option must be chosen; otherwise nothing is one more option, worth 0 at
        no cost. A required group without any option starts at -1.

    Examples
    --------
    The second option costs more than it is worth beside the first and the third.

    >>> found = climb(np.array([[4.0, 5.0, 7.0]]), np.array([[1.0, 2.0, 3.0]]), np.array([False]))
    >>> found.option.tolist(), found.price.tolist()
    ([0, 2], [4.0, 1.5])
    """
    groups = value.shape[0]
    shift = 0
    if value.shape[1] == 0 or required.any() or not np.all(cost > 0):
        # Not every group starts with nothing: nothing becomes an option in front of the others.
        free = np.where(required, np.inf, 0.0)
        cost = np.column_stack([free, cost])
        value = np.column_stack([np.zeros(groups), value])
        shift = 1
        start, top = _cheapest(value, cost)
    else:
        start, top = np.full(groups, NONE, dtype=np.int64), np.maximum(value.max(axis=1), 0.0)
    index = np.arange(groups, dtype=np.int64)
    start_value = np.where(start == NONE, 0.0, value[index, start])
    start_cost = np.where(start == NONE, 0.0, cost[index, start])
    price = np.full(groups, np.inf)
    climbers = _Climbers(index, value, cost, start_value, start_cost, price, top)
    with np.errstate(over="ignore", invalid="ignore"):  # a run of 1e-310 makes a slope infinite
        steps = _all_steps(_kept(climbers, np.flatnonzero(start_value < top)))
    start_cost[np.isinf(start_cost)] = 0.0  # nothing to choose from; the caller sees the -1
    return Climb(
        start - shift, start_value, start_cost, steps.group, steps.option - shift, *steps[2:]
    )


def _cheapest(value: Floats, cost: Floats) -> tuple[Ints, Floats]:
    """The option of least cost, and among those of most value; and the largest value."""
    is_least = cost == cost.min(axis=1)[:, None]
    start = np.where(is_least, value, -np.inf).argmax(axis=1)
    top = np.where(np.isinf(cost), -np.inf, value).max(axis=1)
    return start, top


def _kept(climbers: _Climbers, index: Ints) -> _Climbers:
    if index.size == climbers.group.size:
        return climbers
    return _Climbers(*(field[index] for field in vars(climbers).values()))


def _all_steps(climbers: _Climbers) -> _Steps:
    found: list[_Steps] = []
    while climbers.group.size and len(found) < _MOST_WRAPS:
        steps, climbers = _wrap(climbers)
        found.append(steps)
    if climbers.group.size:
        found.append(_split_hull(climbers))
    if not found:
        none = np.empty(0, dtype=np.int64)
        return _Steps(none, none, *np.empty((3, 0)))
    steps = _Steps(*map(np.concatenate, zip(*found, strict=True)))
    return steps.at(np.argsort(steps.group, kind="stable"))


def _wrap(climbers: _Climbers) -> tuple[_Steps, _Climbers]:
    """One step of every group: to the steepest option, of equally steep ones the cheapest.

    The cheapest, so that a step is as small as it can be: more whole steps then fit in a budget.
    """
    run = climbers.cost - climbers.at_cost[:, None]
    np.copyto(run, np.inf, where=run <= 0.0)  # what is behind is never steep
    slope = climbers.value - climbers.at_value[:, None]
    slope /= run
    index = np.arange(climbers.group.size)
    option = slope.argmax(axis=1)
    best = slope[index, option]
    is_best = slope == best[:, None]
    if np.count_nonzero(is_best) > index.size:
        option = _cheapest_of(is_best, option, climbers)
    value, cost = climbers.value[index, option], climbers.cost[index, option]
    price = np.minimum(best, climbers.price)  # rounding may let a slope rise by its last digit
    moved = np.flatnonzero(best > 0.0)  # all, unless a slope is below the smallest float64
    steps = _Steps(climbers.group, option, price, value, cost)
    if moved.size < index.size:
        steps = steps.at(moved)
    after = _Climbers(
        climbers.group, climbers.value, climbers.cost, value, cost, price, climbers.top
    )
    return steps, _kept(after, np.flatnonzero((best > 0.0) & (value < climbers.top)))


def _cheapest_of(is_best: Bools, option: Ints, climbers: _Climbers) -> Ints:
    """The cheapest of equally steep options, then the most valuable, then the first."""
    last = is_best.shape[1] - 1 - is_best[:, ::-1].argmax(axis=1)
    tied = np.flatnonzero(last > option)
    value, cost, is_tied = climbers.value[tied], climbers.cost[tied], is_best[tied]
    cost[~is_tied] = np.inf
    value[cost > cost.min(axis=1)[:, None]] = -np.inf
    chosen = option.copy()
    chosen[tied] = value.argmax(axis=1)
    return chosen


class _Points(NamedTuple):
    """Points of all groups in one row: by group, then cost, then falling value."""

    row: Ints
    option: Ints
    x: Floats
    y: Floats

    def at(self, index: Ints | Bools) -> _Points:
        """Some of the points."""
        return _Points(self.row[index], self.option[index], self.x[index], self.y[index])


def _split_hull(climbers: _Climbers) -> _Steps:
    """All steps that are left, from where each group is to its most valuable option."""
    points, first, last = _points_ahead(climbers)
    vertex = np.flatnonzero(_vertices(points, first, last))
    while True:  # where rounding put a vertex a hair below its neighbours' chord, it is none
        row, slope = points.row[vertex], _slopes(points, vertex)
        rises = np.flatnonzero((row[1:-1] == row[2:]) & (slope[1:] > slope[:-1])) + 1
        rises = rises[row[rises - 1] == row[rises]]
        if not rises.size:
            break
        vertex = np.delete(vertex, rises)
    step = np.flatnonzero(row[1:] == row[:-1])
    to = vertex[step + 1]
    price = np.minimum(slope[step], climbers.price[points.row[to]])
    return _Steps(
        climbers.group[points.row[to]], points.option[to], price, points.y[to], points.x[to]
    )


def _points_ahead(climbers: _Climbers) -> tuple[_Points, Ints, Ints]:
    """Where each group is and what it may climb to; the first and the highest point of each."""
    rows = climbers.group.size
    row, option = np.nonzero(
        (climbers.cost > climbers.at_cost[:, None])
        & (climbers.value > climbers.at_value[:, None])
        & np.isfinite(climbers.cost)
    )
    x = np.concatenate([climbers.at_cost, climbers.cost[row, option]])
    y = np.concatenate([climbers.at_value, climbers.value[row, option]])
    row = np.concatenate([np.arange(rows), row])
    option = np.concatenate([np.full(rows, NONE, dtype=np.int64), option])
    points = _Points(row, option, x, y).at(np.lexsort((-y, x, row)))
    is_new = np.ones(row.size, dtype=bool)  # at equal cost only the most valuable counts
    is_new[1:] = (points.row[1:] != points.row[:-1]) | (points.x[1:] != points.x[:-1])
    points = points.at(is_new)
    first = np.searchsorted(points.row, np.arange(rows))
    highest = np.maximum.reduceat(points.y, first)
    peaks = np.flatnonzero(points.y == highest[points.row])
    last = peaks[np.searchsorted(points.row[peaks], np.arange(rows))]
    return points, first, last


def _vertices(points: _Points, first: Ints, last: Ints) -> Bools:
    """Which points are on the upper hull between the first and the highest of each group.

    Every chord between two known vertices is split at the point farthest above it, until none is.
    Points on a chord are vertices too, so that steps are as small as they can be.
    """
    x, y = points.x, points.y
    is_vertex = np.zeros(x.size, dtype=bool)
    is_vertex[first] = is_vertex[last] = True
    left, right = first[points.row], last[points.row]
    point = np.arange(x.size)
    is_open = (point > left) & (point < right)
    while True:
        point, left, right = point[is_open], left[is_open], right[is_open]
        chord = (y[right] - y[left]) / (x[right] - x[left])
        height = (y[point] - y[left]) - (x[point] - x[left]) * chord
        is_above = height >= 0.0
        point, height = point[is_above], height[is_above]
        left, right = left[is_above], right[is_above]
        if not point.size:
            return is_vertex
        begin = np.flatnonzero(np.diff(left, prepend=-1))
        size = np.diff(begin, append=point.size)
        peak = np.repeat(np.maximum.reduceat(height, begin), size)
        is_flat = peak == 0.0  # nothing is above the chord, and these are on it
        is_vertex[point[is_flat]] = True
        peaks = np.flatnonzero(height == peak)
        split = np.repeat(point[peaks[np.searchsorted(peaks, begin)]], size)
        is_vertex[split] = True
        right = np.where(point < split, split, right)
        left = np.where(point > split, split, left)
        is_open = ~is_flat & (point != split)


def _slopes(points: _Points, vertex: Ints) -> Floats:
    """Value per unit of cost between neighbours, 0 between those of different groups."""
    run, same = np.diff(points.x[vertex]), np.diff(points.row[vertex]) == 0
    return np.divide(np.diff(points.y[vertex]), run, out=np.zeros_like(run), where=same)
