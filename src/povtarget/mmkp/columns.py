"""The LP relaxation by columns: exact prices, and a vertex with few split groups.

A linear program holds the options that matter; its prices are put to all options of the problem,
and those that promise more than their group has join (Dantzig and Wolfe 1960, Operations
Research 8, in its simplest form). It starts from a basis in which every group has its winner at
given prices, so that simplex only has to settle what these prices got wrong. Rows are elastic at
a price that no row should have; where one is still stretched at the end, the price was too low.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from povtarget.mmkp.highs import GrowingProgram, Outcome, value_scale
from povtarget.mmkp.interior import Relaxed, without_items
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints
from povtarget.mmkp.pricing import Priced, price, signed, usual_value
from povtarget.mmkp.watch import Asked

_FIRST = 8_000  # losing options in the first program
_BATCH = 4_000  # options that join at once
_MOST_ROUNDS = 60
_DEAR = 1e3  # times a usual price: the price at which a row gives way
_MOST_RAISES = 4
_STRETCHED = 1e-7
_NOTICED = 1e-9  # of the largest value: options that promise less do not join


def by_columns(
    problem: MMKP, prices: Floats, *, accuracy: float, pivots: int, goes_on: Asked
) -> Relaxed:
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
    """
    if not problem.num_items:
        return without_items(problem)
    master = _Master(problem, signed(problem, prices))
    best = Relaxed(master.prices, master.priced.value, np.empty(0), math.inf, math.inf)
    raises = 0
    for _ in range(_MOST_ROUNDS):
        if not goes_on(best.dual, best.prices) or not master.solve(pivots):
            break
        priced = price(problem, master.prices)
        scale = max(abs(priced.value), 1e-12)
        if priced.value < best.dual:
            best = Relaxed(master.prices, priced.value, np.empty(0), math.inf, math.inf)
        distance = (best.dual - master.value) / scale
        joined = master.join(priced) if distance > accuracy else 0
        if joined:
            continue
        if not master.is_stretched or raises == _MOST_RAISES:
            excess = master.excess
            return Relaxed(best.prices, best.dual, master.shares(), excess, distance)
        raises += 1
        master.raise_price()
    return best


class _Master:
    """The linear program over the options that have joined."""

    def __init__(self, problem: MMKP, prices: Floats) -> None:
        self.problem, self.prices = problem, prices
        self.rows = problem.num_rows
        filled = problem.filled
        self.group_row = np.full(problem.num_groups, -1, dtype=np.int64)
        self.group_row[filled] = self.rows + np.arange(filled.size)
        self.count = self.rows + filled.size
        self.program = GrowingProgram(
            np.concatenate([problem.lower, np.where(problem.required[filled], 1.0, -np.inf)]),
            np.concatenate([problem.upper, np.ones(filled.size)]),
            value_scale(problem.value),
        )
        self.priced = price(problem, prices)
        self.value = -math.inf
        self.items = np.empty(0, dtype=np.int64)
        self.inside = np.zeros(problem.num_items, dtype=bool)
        self.x = np.empty(0)
        self._stretch()
        self._begin()

    def _stretch(self) -> None:
        """Two columns for each row: one takes what it has too much, one gives what it lacks."""
        worth = usual_value(self.problem)
        entries = np.maximum(np.bincount(self.problem.usage.indices, minlength=self.rows), 1)
        usual = worth * entries / np.maximum(_column_sums(self.problem), 1e-12)
        self.dear = np.tile(_DEAR * np.maximum(usual, np.abs(self.prices)), 2)
        index = np.arange(2 * self.rows)
        elastic = sparse.csr_array(
            (np.repeat([-1.0, 1.0], self.rows), (index, index % self.rows)),
            shape=(2 * self.rows, self.count),
        )
        self.program.add(-self.dear, elastic)

    def _begin(self) -> None:
        """Winners, the losers of least regret, and a basis of the winners."""
        problem, priced = self.problem, self.priced
        regret = priced.regret(problem)
        winners = priced.winner[priced.winner != NONE]
        losing = np.flatnonzero(regret > 0)
        if losing.size > _FIRST:
            losing = losing[np.argpartition(regret[losing], _FIRST)[:_FIRST]]
        self._add(np.unique(np.concatenate([winners, losing])))
        used = priced.used
        over, under = used > problem.upper, used < problem.lower
        is_winner = np.zeros(problem.num_items, dtype=bool)
        is_winner[winners] = True
        filled = priced.winner[problem.filled] == NONE
        self.program.begin_from(
            np.concatenate([over, under, is_winner[self.items]]),
            np.concatenate([~over & ~under, filled]),
            np.concatenate([under, np.zeros(filled.size, dtype=bool)]),
        )

    def _add(self, items: Ints) -> None:
        usage = self.problem.usage[items]
        matrix = sparse.hstack(
            [
                usage,
                sparse.csr_array(
                    (
                        np.ones(items.size),
                        (
                            np.arange(items.size),
                            self.group_row[self.problem.group[items]] - self.rows,
                        ),
                    ),
                    shape=(items.size, self.count - self.rows),
                ),
            ],
            format="csr",
        )
        self.program.add(self.problem.value[items], matrix)
        self.items = np.concatenate([self.items, items])
        self.inside[items] = True

    def solve(self, pivots: int) -> bool:
        """Whether the linear program has an optimum; its prices and value are taken over."""
        answer = self.program.solve(max(pivots - self.program.pivots, 0))
        if answer.outcome is not Outcome.OPTIMAL or answer.x is None:
            return False
        self.prices = signed(self.problem, answer.row_price[: self.rows])
        self.group_price = answer.row_price[self.rows :]
        self.value, self.x = answer.value, answer.x
        return True

    def join(self, priced: Priced) -> int:
        """Add the options that promise most beyond what their group has; their number."""
        has = np.zeros(self.problem.num_groups)
        has[self.problem.filled] = self.group_price
        has = np.where(self.problem.required, has, np.maximum(has, 0.0))
        promise = np.where(self.inside, -np.inf, priced.reduced - has[self.problem.group])
        least = _NOTICED * float(np.abs(self.problem.value).max())
        able = np.flatnonzero(promise > least)
        if able.size > _BATCH:
            able = np.sort(able[np.argpartition(-promise[able], _BATCH)[:_BATCH]])
        if able.size:
            self._add(able)
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
        shares[self.items] = self.x[2 * self.rows :]
        return shares


def _column_sums(problem: MMKP) -> Floats:
    size = np.abs(problem.usage.data)
    return np.bincount(problem.usage.indices, size, minlength=problem.num_rows).astype(np.float64)
