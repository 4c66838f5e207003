"""The whole path of one budget: what every amount of money can reach, all at once.

With one coupling row, and an upper bound only, the LP relaxation of the MMKP is solved for all
budgets together: every group climbs the upper hull of its (cost, value) points, and the steps of
all groups, the steepest first, are the path. This is the linear multiple-choice knapsack problem
(Sinha and Zoltners 1979, Operations Research 27(3), doi:10.1287/opre.27.3.503; Zemel 1980,
Operations Research 28(6), doi:10.1287/opre.28.6.1412); as the value of a policy at every budget
it is in Sverdrup, Wu, Athey and Wager (2025), Qini curves for multi-armed treatment rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from povtarget.errors import Change, Fault, InfeasibleError, InputError
from povtarget.mmkp.blocks import checked_arrays, climb_blocks, dense_blocks, ragged_blocks
from povtarget.mmkp.hull import Climb
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints, relative_gap
from povtarget.mmkp.sums import running_sums
from povtarget.sayings import said

_UNSURE = 2.0**-50  # relative: budgets closer than this to a sum are compared with it exactly


def budget_path(problem: MMKP, *, threads: int | None = None) -> BudgetPath:
    """The best that every budget can reach, equation (5), for a problem with one row.

    ``value_at(problem.upper[0])`` is the optimum of the problem's LP relaxation; the path does
    not depend on that bound.

    Parameters
    ----------
    problem
        One row, without a lower bound; usage may be negative (a start that saves money).
    threads
        How many blocks of groups to work on at a time; never matters to the answer. None: one
        for each processor, 8 at most.

    Returns
    -------
    BudgetPath
        ``item`` and choices number the problem's items.

    Raises
    ------
    InputError
        Where there is not exactly one row, or it has a lower bound.
    InfeasibleError
        Where a group must choose but has no item.

    Examples
    --------
    >>> problem = MMKP([0, 0, 1], [3.0, 5.0, 4.0], [[1.0], [2.0], [1.0]], upper=[2.0])
    >>> path = budget_path(problem)
    >>> path.budget.tolist(), path.value.tolist(), path.item.tolist()
    ([1.0, 2.0, 3.0], [4.0, 7.0, 9.0], [2, 0, 1])
    >>> path.value_at(problem.upper[0])
    7.0
    """
    faults = []
    if problem.num_rows != 1:
        text = said("{num_rows} rows", num_rows=problem.num_rows)
        faults.append(
            Fault("a path is of one budget", "MMKP", None, "usage", text, "exactly one row")
        )
    for row in np.flatnonzero(problem.lower > -np.inf).tolist():
        text = str(problem.lower[row])
        faults.append(
            Fault("a path keeps upper bounds only", "MMKP", row, "lower", text, "no lower bound")
        )
    if faults:
        raise InputError(faults)
    cost = problem.usage.toarray().reshape(-1)
    lost = None if problem.usage_error is None else problem.usage_error.toarray().reshape(-1)
    found = climb_blocks(ragged_blocks(problem, cost), problem.num_groups, threads)
    return _path(found, problem.required, lost, problem.row_names[0])


@dataclass(frozen=True, eq=False, repr=False)
class BudgetPath:
    """What every budget can reach, as steps: steepest first, in order of groups where equal.

    Step i moves group ``group[i]`` to its item ``item[i]``. With budget B, the LP optimum takes
    all steps that B pays in full and a part of the next, so at most one group is divided. A
    choice of whole steps is worth at most one step less (`choice_at`, `gap_at`). Money beyond
    the last step buys nothing.

    Amounts are sums of float64, carried with twice the digits and rounded once: ``value`` to the
    nearest float64, ``budget`` up, so that a step is affordable at its own budget.

    Make one with `budget_path` or `BudgetPath.from_arrays`; all arrays are read-only.

    Parameters
    ----------
    group
        int64[steps].
    item
        int64[steps]: the item that the group moves to, -1 for nothing (where leaving an item of
        negative cost is worth its money).
    start
        int64[groups]: the choice before the first step, the cheapest there is: each group's
        item of least cost, among those of most value, -1 for none.
    """

    group: Ints
    item: Ints
    start: Ints
    _spend: Floats  # steps + 1, the start in front
    _worth: Floats
    _slope: Floats  # steps + 2, before and beyond the path too
    _cost: Floats  # of each step's item
    _start_cost: Floats
    _lost: Floats | None  # by item: what rounding took from its cost
    _row: str

    @classmethod
    def from_arrays(
        cls,
        value: ArrayLike,
        cost: ArrayLike,
        *,
        choose_one: bool | ArrayLike = False,
        threads: int | None = None,
    ) -> BudgetPath:
        """The path of groups that all have the same options, from arrays as they are.

        Quick and lean where an `MMKP` of a million groups would not be: arrays are read in
        blocks and never copied whole.

        Parameters
        ----------
        value
            float64[groups, options]; NaN where an option is not available to a group.
        cost
            float64[groups, options], or what NumPy broadcasts to it, such as one cost for each
            option. Read only where ``value`` is not NaN; may be negative.
        choose_one
            True: exactly one option for each group; False: at most one; or bool[groups].
        threads
            As in `budget_path`.

        Returns
        -------
        BudgetPath
            ``item`` and choices number the options of a group from 0.

        Raises
        ------
        InputError
            For wrong shapes, infinite values, costs that are not finite, or sums that float64
            cannot hold.
        InfeasibleError
            Where a group must choose but no option is available.

        Examples
        --------
        >>> path = BudgetPath.from_arrays([[3.0, 5.0], [4.0, np.nan]], [1.0, 2.0])
        >>> path
        BudgetPath(groups=2, steps=3, budget=0..3, value=0..9)
        >>> path.group.tolist(), path.item.tolist(), path.price.tolist()
        ([1, 0, 0], [0, 0, 1], [4.0, 3.0, 2.0])
        """
        values, costs, required = checked_arrays(value, cost, choose_one)
        blocks = dense_blocks(values, costs, required)
        return _path(climb_blocks(blocks, len(values), threads), required, None, "budget")

    @property
    def budget(self) -> Floats:
        """float64[steps]: what must be spent for this step and all before it, never falling."""
        return self._spend[1:]

    @property
    def value(self) -> Floats:
        """float64[steps]: what is reached by this step and all before it, never falling."""
        return self._worth[1:]

    @property
    def price(self) -> Floats:
        """float64[steps]: value per unit of budget of each step, never rising."""
        return self._slope[1:-1]

    @property
    def start_budget(self) -> float:
        """The least budget for which there is any choice: 0 unless items cost less, or must."""
        return float(self._spend[0])

    @property
    def start_value(self) -> float:
        """The value of the start."""
        return float(self._worth[0])

    @overload
    def value_at(self, budget: float) -> float: ...
    @overload
    def value_at(self, budget: Sequence[float] | NDArray[Any]) -> Floats: ...
    def value_at(self, budget: ArrayLike) -> float | Floats:
        """The LP optimum at a budget, which no choice within that budget exceeds.

        ``max sum value x  subject to  sum cost x <= budget`` and the groups: concave, never
        falling, linear between breakpoints; -inf below ``start_budget``, where nothing is
        feasible. Within 2**-51, relative to the values that were added up.

        Parameters
        ----------
        budget
            A number, or an array of any shape.

        Raises
        ------
        InputError
            Where a budget is not a number.

        Examples
        --------
        >>> path = BudgetPath.from_arrays([[3.0, 5.0], [4.0, 1.0]], [1.0, 2.0])
        >>> path.value_at(1.5), path.value_at([-1.0, 0.0, 3.0, 99.0]).tolist()
        (5.5, [-inf, 0.0, 9.0, 9.0])
        """
        amount = _numbers(budget, "budget")
        step = np.searchsorted(self._spend, amount, side="right") - 1
        reached = _between(amount, step, self._spend, self._worth)
        return _like(np.where(step < 0, -np.inf, reached))

    @overload
    def price_at(self, budget: float) -> float: ...
    @overload
    def price_at(self, budget: Sequence[float] | NDArray[Any]) -> Floats: ...
    def price_at(self, budget: ArrayLike) -> float | Floats:
        """What one more unit of budget is worth at a budget: the slope of `value_at` to the right.

        With this price p the bound of the prices, ``p budget + sum_g max_j (value_j - p cost_j)``,
        equals `value_at`. It is 0 beyond the last step and inf below ``start_budget``.

        Parameters
        ----------
        budget
            A number, or an array of any shape.

        Raises
        ------
        InputError
            Where a budget is not a number.

        Examples
        --------
        >>> path = BudgetPath.from_arrays([[3.0, 5.0], [4.0, 1.0]], [1.0, 2.0])
        >>> path.price_at(0.0), path.price_at([1.5, 2.0, 3.0]).tolist()
        (4.0, [3.0, 2.0, 0.0])
        """
        step = np.searchsorted(self._spend, _numbers(budget, "budget"), side="right")
        return _like(self._slope[step])

    @overload
    def budget_for(self, value: float) -> float: ...
    @overload
    def budget_for(self, value: Sequence[float] | NDArray[Any]) -> Floats: ...
    def budget_for(self, value: ArrayLike) -> float | Floats:
        """The least budget at which `value_at` reaches a value; no choice reaches it with less.

        ``start_budget`` for whatever the start reaches; inf for what no budget reaches.

        Parameters
        ----------
        value
            A number, or an array of any shape.

        Raises
        ------
        InputError
            Where a value is not a number.

        Examples
        --------
        >>> path = BudgetPath.from_arrays([[3.0, 5.0], [4.0, 1.0]], [1.0, 2.0])
        >>> path.budget_for(5.5), path.budget_for([-1.0, 9.0, 9.5]).tolist()
        (1.5, [0.0, 3.0, inf])
        """
        aim = _numbers(value, "value")
        step = np.searchsorted(self._worth, aim, side="left") - 1
        spent = _between(aim, step, self._worth, self._spend)
        spent = np.where(step < 0, self.start_budget, spent)
        return _like(np.where(aim > self._worth[-1], np.inf, spent))

    def steps_at(self, budget: float) -> int:
        """How many whole steps a budget pays, in order; compared exactly, never a hair over.

        Raises
        ------
        InputError
            Where the budget is not a number.
        InfeasibleError
            Below ``start_budget``.

        Examples
        --------
        >>> BudgetPath.from_arrays([[3.0], [4.0]], [1.0]).steps_at(1.99)
        1
        """
        amount = float(_numbers(budget, "budget"))
        if amount < self.start_budget:
            change = Change(self._row, amount, self.start_budget)
            raise InfeasibleError([self._row], [change])
        if amount == math.inf:
            return self.group.size
        # Budgets as floats decide, except next to the amount, where exact sums do.
        unsure = _UNSURE * (abs(amount) + abs(self.start_budget))
        ends = np.searchsorted(self.budget, [amount - unsure, amount + unsure], side="right")
        least, most = int(ends[0]), int(ends[1])
        while least < most:
            middle = (least + most + 1) // 2
            if self._is_within(middle, amount):
                least = middle
            else:
                most = middle - 1
        return least

    def choice_at(self, budget: float) -> Ints:
        """The choice after the whole steps that a budget pays in order; it keeps the budget.

        It is worth `value_at` less at most the value of one step. Exact sums are compared, in
        rationals.

        Parameters
        ----------
        budget
            A number; inf for the most valuable choice.

        Returns
        -------
        int64[groups]
            The item of each group, -1 for none.

        Raises
        ------
        InputError
            Where the budget is not a number.
        InfeasibleError
            Below ``start_budget``; it says what is needed.

        Examples
        --------
        >>> path = BudgetPath.from_arrays([[3.0, 5.0], [4.0, 1.0]], [1.0, 2.0])
        >>> path.choice_at(2.5).tolist(), path.choice_at(0.0).tolist()
        ([0, 0], [-1, -1])
        """
        return self._after(self.steps_at(budget))

    def gap_at(self, budget: float) -> float:
        """How far the value of `choice_at` can be from the best choice, relative to `value_at`.

        Raises
        ------
        InputError
            Where the budget is not a number.
        InfeasibleError
            Below ``start_budget``.

        Examples
        --------
        >>> BudgetPath.from_arrays([[3.0], [5.0]], [1.0]).gap_at(1.5)  # 5 of 6.5
        0.23076923076923078
        """
        reached = float(self._worth[self.steps_at(budget)])
        return relative_gap(reached, max(reached, self.value_at(float(budget))))

    def _after(self, steps: int) -> Ints:
        """The choice after so many steps; the last of a group's steps counts."""
        choice = self.start.copy()
        choice[self.group[:steps]] = self.item[:steps]
        return choice

    def _is_within(self, steps: int, budget: float) -> bool:
        """Whether the exact cost of so many steps is within a budget."""
        paid = self._start_cost.copy()
        paid[self.group[:steps]] = self._cost[:steps]
        terms = [-budget, *paid[paid != 0.0].tolist()]
        if self._lost is not None:
            choice = self._after(steps)
            terms += self._lost[choice[choice != NONE]].tolist()
        return math.fsum(terms) <= 0.0  # rounded once, from the exact sum: the sign is exact

    def __repr__(self) -> str:
        spend, worth = self._spend, self._worth
        return (
            f"BudgetPath(groups={self.start.size}, steps={self.group.size}, "
            f"budget={spend[0]:.10g}..{spend[-1]:.10g}, value={worth[0]:.10g}..{worth[-1]:.10g})"
        )


def _path(found: Climb, required: NDArray[np.bool_], lost: Floats | None, row: str) -> BudgetPath:
    """All steps in one order, and their running sums."""
    stuck = np.count_nonzero(required & (found.start == NONE))
    if stuck:
        raise InfeasibleError(
            [], [], said("{stuck} group(s) must choose but have no item", stuck=stuck)
        )
    order = np.argsort(-found.price, kind="stable")
    old_value = found.before(found.value, found.start_value)
    worth, _ = running_sums(found.start_value, found.value[order], old_value[order])
    least = found.start_cost
    if lost is not None:
        least = np.concatenate([least, lost[found.start[found.start != NONE]]])
    cost, old_cost = found.cost[order], found.before(found.cost, found.start_cost)
    spend, rest = running_sums(least, cost, old_cost[order])
    np.nextafter(spend, np.inf, out=spend, where=rest > 0.0)
    fields = {
        "group": found.group[order],
        "item": found.option[order],
        "start": found.start,
        "_spend": np.maximum.accumulate(spend, out=spend),
        "_worth": np.maximum.accumulate(worth, out=worth),
        "_slope": np.concatenate([[np.inf], found.price[order], [0.0]]),
        "_cost": cost,
        "_start_cost": found.start_cost,
    }
    for array in fields.values():
        array.flags.writeable = False
    return BudgetPath(**fields, _lost=lost, _row=row)


def _between(at: Floats, step: Ints, x: Floats, y: Floats) -> Floats:
    """What y is at x: linear from breakpoint ``step`` to the next; outside, the nearest end."""
    left = np.clip(step, 0, x.size - 1)
    right = np.minimum(left + 1, x.size - 1)
    run = x[right] - x[left]
    part = np.divide(at - x[left], run, out=np.zeros_like(at), where=run > 0.0)
    part = np.clip(part, 0.0, 1.0)
    return np.minimum(y[left] + part * (y[right] - y[left]), y[right])


def _numbers(given: ArrayLike, name: str) -> Floats:
    numbers = np.asarray(given, dtype=np.float64)
    if np.isnan(numbers).any():
        raise InputError([Fault("not a number", column=name, value="nan", expected="numbers")])
    return numbers


def _like(numbers: Floats) -> float | Floats:
    """A float for a single number."""
    return float(numbers) if numbers.ndim == 0 else numbers
