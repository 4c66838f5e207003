"""The LP relaxation by columns: exact prices, and a vertex with few split groups.

A linear program holds the options that matter; its prices are put to all options of the problem,
and those that promise more than their group has join (Dantzig and Wolfe 1960, Operations
Research 8, in its simplest form). A group has a row of its own only once a second option of it
has joined; until then it takes its winner at the first prices, and costs nothing. So the program
has the size of what first prices got wrong, not of the problem, and starts from a basis in which
every group has its winner. Between two questions to all options, only those are asked that came
near at the last (partial pricing; Orchard-Hays 1968, Advanced Linear-Programming Computing
Techniques). Rows are elastic at a price that no row should have; where one is still stretched at
the end, the price was too low.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from scipy import sparse

from povtarget.mmkp.highs import GrowingProgram, Outcome, value_scale
from povtarget.mmkp.interior import Relaxed, without_items
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints
from povtarget.mmkp.pricing import price, signed, usual_value
from povtarget.mmkp.watch import Asked

_FIRST = 8_000  # losing options in the first program
_BATCH = 4_000  # options that join at once
_NEAR = 60_000  # options that are asked between two questions to all
_MOST_ROUNDS = 200
_STEP = 2_000  # pivots between two questions whether to go on
_DEAR = 1e3  # times a usual price: the price at which a row gives way
_MOST_RAISES = 4
_STRETCHED = 1e-7
_NOTICED = 1e-9  # of the largest value: options that promise less do not join


def by_columns(
    problem: MMKP,
    prices: Floats,
    *,
    accuracy: float,
    pivots: int,
    goes_on: Asked,
    choice: Ints | None = None,
) -> tuple[Relaxed, int]:
    """Solve the LP relaxation of a problem whose rows have coefficients of magnitude 1.

    Parameters
    ----------
    problem
        The problem; every required group has an item.
    prices
        float64[rows]: where to start.
    accuracy
        Relative distance of values at which to stop.
    pivots
        Most pivots of simplex: ties by the thousand take it too many, see `interior`.
    goes_on
        Told the best dual value so far and its prices; False stops.
    choice
        Where simplex starts, if not from every group's winner at ``prices``.

    Returns
    -------
    Relaxed
        Without shares where it was stopped or ran out of pivots.
    int
        How many times all options were priced.
    """
    if not problem.num_items:
        return without_items(problem), 0
    master = _Master(problem, signed(problem, prices), choice)
    evaluations, raises = 1, 0
    best = Relaxed(master.prices, master.priced.value, np.empty(0), math.inf, math.inf)
    for _ in range(_MOST_ROUNDS):
        if not master.solve(pivots, partial(goes_on, best.dual, best.prices)):
            break
        if master.join_near():
            continue
        master.ask_all()
        evaluations += 1
        if master.priced.value < best.dual:
            best = replace(best, prices=master.prices, dual=master.priced.value)
        distance = (best.dual - master.value) / max(abs(master.priced.value), 1e-12)
        if distance > accuracy and master.join():
            continue
        if not master.is_stretched or raises == _MOST_RAISES:
            found = replace(best, shares=master.shares(), excess=master.excess, distance=distance)
            return found, evaluations
        raises += 1
        master.raise_price()
    return best, evaluations


class _Master:
    """The linear program over the options that have joined.

    Its columns are two for each coupling row that let it give way, then ``items``; its rows are
    the coupling rows, then one for each group that is open.
    """

    def __init__(self, problem: MMKP, prices: Floats, choice: Ints | None) -> None:
        self.problem, self.prices, self.rows = problem, prices, problem.num_rows
        self.least = _NOTICED * float(np.abs(problem.value).max())
        self.priced = price(problem, prices)
        # what a group takes while it is closed
        self.usual = self.priced.winner if choice is None else choice
        self.row_of_group = np.full(problem.num_groups, NONE, dtype=np.int64)
        self.open_groups, self.items = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        self.inside = np.zeros(problem.num_items, dtype=bool)
        taken = self.taken
        self.inside[taken] = True
        self.fixed = math.fsum(problem.value[taken])
        used = _use(problem, taken)
        self.program = GrowingProgram(
            problem.lower - used, problem.upper - used, value_scale(problem.value)
        )
        self._stretch(used)
        self.value, self.x, self.group_price = -math.inf, np.empty(0), np.empty(0)
        self.near = self._of_least_regret(_NEAR)
        self._join(self._of_least_regret(_FIRST), np.empty(0, dtype=np.int64))

    def _stretch(self, used: Floats) -> None:
        """Two columns for each row: one takes what it has too much, one gives what it lacks."""
        problem = self.problem
        worth = usual_value(problem)
        entries = np.maximum(np.bincount(problem.usage.indices, minlength=self.rows), 1)
        usual = worth * entries / np.maximum(_column_sums(problem), 1e-12)
        self.dear = np.tile(_DEAR * np.maximum(usual, np.abs(self.prices)), 2)
        index = np.arange(2 * self.rows)
        elastic = sparse.csr_array(
            (np.repeat([-1.0, 1.0], self.rows), (index, index % self.rows)),
            shape=(2 * self.rows, self.rows),
        )
        self.program.add(-self.dear, elastic)
        over, under = used > problem.upper, used < problem.lower
        self.program.begin_from(np.concatenate([over, under]), ~over & ~under, under)

    def _of_least_regret(self, wanted: int) -> Ints:
        """Options nearest to winning of those that have not joined, as many as wanted."""
        regret = self.priced.regret(self.problem)
        losing = np.flatnonzero(~self.inside)
        if losing.size > wanted:
            losing = np.sort(losing[np.argpartition(regret[losing], wanted)[:wanted]])
        return losing

    @property
    def taken(self) -> Ints:
        """The items that closed groups take."""
        return np.asarray(self.usual[(self.row_of_group == NONE) & (self.usual != NONE)])

    def _open(self, groups: Ints) -> None:
        """Give closed groups a row of their own, and their usual item a column in the basis."""
        problem = self.problem
        first, lower = self.rows + self.open_groups.size, problem.required[groups]
        self.row_of_group[groups] = first + np.arange(groups.size)
        self.open_groups = np.concatenate([self.open_groups, groups])
        taken = self.taken
        used, self.fixed = _use(problem, taken), math.fsum(problem.value[taken])
        self.program.add_rows(np.where(lower, 1.0, -np.inf), np.ones(groups.size))
        self.program.move_rows(problem.lower - used, problem.upper - used)
        has_item = self.usual[groups] != NONE
        self._add_columns(self.usual[groups[has_item]])
        self.program.exchange(self.row_of_group[groups[has_item]])

    def _join(self, items: Ints, groups: Ints) -> None:
        """Let items join, and groups that may be left empty."""
        groups = np.concatenate([groups, self.problem.group[items]])
        closed = np.unique(groups[self.row_of_group[groups] == NONE])
        if closed.size:
            self._open(closed)
        self._add_columns(items)

    def _add_columns(self, items: Ints) -> None:
        row = self.row_of_group[self.problem.group[items]] - self.rows
        own = sparse.csr_array(
            (np.ones(items.size), (np.arange(items.size), row)),
            shape=(items.size, self.open_groups.size),
        )
        columns = sparse.hstack([self.problem.usage[items], own], format="csr")
        self.program.add(self.problem.value[items], columns)
        self.items = np.concatenate([self.items, items])
        self.inside[items] = True

    def solve(self, pivots: int, goes_on: Callable[[], bool]) -> bool:
        """Whether the linear program has an optimum; its prices and value are taken over."""
        while goes_on():
            left = pivots - self.program.pivots
            answer = self.program.solve(max(min(_STEP, left), 0))
            if answer.outcome is Outcome.OPTIMAL and answer.x is not None:
                self.prices = signed(self.problem, answer.row_price[: self.rows])
                self.group_price = answer.row_price[self.rows :]
                self.value, self.x = answer.value + self.fixed, answer.x
                return True
            if answer.outcome is not Outcome.STOPPED or left <= _STEP:
                break
        return False

    def ask_all(self) -> None:
        """Put the prices to all options."""
        self.priced = price(self.problem, self.prices)
        self.near = self._of_least_regret(_NEAR)

    def join_near(self) -> int:
        """Let options join that came near when all were asked; their number."""
        reduced = self.problem.value[self.near] - self.problem.usage[self.near] @ self.prices
        return self._join_most(self.near, reduced)

    def join(self) -> int:
        """Let any options join; their number."""
        return self._join_most(np.arange(self.problem.num_items), self.priced.reduced)

    def _join_most(self, items: Ints, reduced: Floats) -> int:
        """Let those join that promise most beyond what their group has."""
        groups = np.flatnonzero((self.row_of_group == NONE) & (self.usual != NONE))
        usual = self.usual[groups]
        has = np.zeros(self.problem.num_groups)
        has[groups] = self.problem.value[usual] - self.problem.usage[usual] @ self.prices
        empty = np.where(self.problem.required[groups], -np.inf, -has[groups])
        has[self.open_groups] = np.where(
            self.problem.required[self.open_groups],
            self.group_price,
            np.maximum(self.group_price, 0.0),
        )
        promise = np.where(self.inside[items], -np.inf, reduced - has[self.problem.group[items]])
        promise = np.concatenate([promise, empty])
        able = np.flatnonzero(promise > self.least)
        if able.size > _BATCH:
            able = np.sort(able[np.argpartition(-promise[able], _BATCH)[:_BATCH]])
        is_item = able < items.size
        if able.size:
            self._join(items[able[is_item]], groups[able[~is_item] - items.size])
        return int(able.size)

    @property
    def is_stretched(self) -> bool:
        return self.excess > _STRETCHED

    @property
    def excess(self) -> float:
        """How far rows are stretched, relative to their size."""
        stretch = self.x[: 2 * self.rows].reshape(2, -1).sum(axis=0)
        problem = self.problem
        upper = np.where(np.isfinite(problem.upper), np.abs(problem.upper), 0.0)
        lower = np.where(np.isfinite(problem.lower), np.abs(problem.lower), 0.0)
        return float((stretch / (1.0 + np.maximum(upper, lower))).max(initial=0.0))

    def raise_price(self) -> None:
        """Make stretching rows dearer."""
        self.dear *= _DEAR
        self.program.reprice(np.arange(2 * self.rows), -self.dear)

    def shares(self) -> Floats:
        shares = np.zeros(self.problem.num_items)
        shares[self.taken] = 1.0
        shares[self.items] = self.x[2 * self.rows :]
        return shares


def _use(problem: MMKP, items: Ints) -> Floats:
    """What some items use of each row."""
    return np.asarray(problem.usage[items].sum(axis=0), dtype=np.float64).ravel()


def _column_sums(problem: MMKP) -> Floats:
    size = np.abs(problem.usage.data)
    return np.bincount(problem.usage.indices, size, minlength=problem.num_rows).astype(np.float64)
