"""The question as an MMKP, and a choice of items as proposals again: both ways in one place.

Groups are households, items are bundles, coupling rows are budgets, quotas, minimums, area
floors and the overlap limit, in this order; later levels append a floor under each earlier one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.bundles import Bundles, enumerate_bundles, measure_before
from povtarget.mmkp import MMKP
from povtarget.mmkp.model import NONE
from povtarget.problem import TargetingProblem, area_names, area_sums, floor_bound, floor_names

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WHOLE = float(2**53)


@dataclass(frozen=True)
class Row:
    """A coupling row: its name and bounds."""

    name: str
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class Formulation:
    """Bundles as items, and the rows that couple them.

    Parameters
    ----------
    bundles
        The items.
    rows
        The coupling rows of the first level.
    usage, usage_error
        items x rows, as in `povtarget.mmkp.MMKP`.
    values
        float64[levels + 1, items]: what each level maximises, the last being "fewest duplicates".
    required
        bool[households]: something is locked in.
    """

    bundles: Bundles
    rows: tuple[Row, ...]
    usage: sparse.csr_array
    usage_error: sparse.csr_array | None
    values: Floats
    required: NDArray[np.bool_]

    def items(self, level: int) -> Ints:
        """int64: the items that matter to a level; see `Bundles.needed_from`."""
        return np.flatnonzero(self.bundles.needed_from <= level)

    def mmkp(self, level: int, floors: Sequence[float] = ()) -> MMKP:
        """The MMKP of a level over its `items`, with a floor under each earlier level."""
        rows = [
            *self.rows,
            *(Row(f"level {k + 1}", floor, math.inf) for k, floor in enumerate(floors)),
        ]
        items = self.items(level)
        earlier = sparse.csr_array(self.values[: len(floors), items].T)
        error = None if self.usage_error is None else self.usage_error[items]
        if error is not None:
            error = sparse.csr_array(sparse.hstack([error, sparse.csr_array(earlier.shape)]))
        return MMKP(
            self.bundles.household[items],
            self.values[level, items],
            sparse.hstack([self.usage[items], earlier]),
            upper=[row.upper for row in rows],
            lower=[row.lower for row in rows],
            choose_one=self.required,
            groups=self.required.size,
            usage_error=error,
            row_names=[row.name for row in rows],
        )

    def within(self, level: int, choice: Ints) -> Ints:
        """A choice of items, in the numbers that a level gives them; NONE for what it lacks."""
        items = self.items(level)
        found = np.minimum(np.searchsorted(items, choice), max(items.size - 1, 0))
        inside = (choice != NONE) & (items[found] == choice) if items.size else choice != choice
        return np.where(inside, found, NONE)

    def whole(self, level: int, choice: Ints) -> Ints:
        """The same back: numbers of all items from those of a level."""
        items = self.items(level)
        return np.where(choice == NONE, NONE, items[choice]) if items.size else choice


def coupling_rows(problem: TargetingProblem) -> tuple[Row, ...]:
    """The coupling rows of a question's first level, whatever its bundles."""
    nobody = np.empty(0, dtype=np.int64)
    return formulate(problem, enumerate_bundles(problem, nobody)).rows


def formulate(problem: TargetingProblem, bundles: Bundles) -> Formulation:
    """Write the coupling rows of bundles, equation (2)."""
    entries = _entries(problem, bundles)
    parts = [
        _budget_rows(problem, entries),
        _place_rows(problem, entries),
        _floor_rows(problem, bundles),
        _overlap_row(problem, bundles),
    ]
    rows = tuple(row for part in parts for row in part[0])
    usage = sparse.csr_array(sparse.hstack([part[1] for part in parts]))
    errors = [
        part[2] if part[2] is not None else sparse.csr_array(part[1].shape) for part in parts
    ]
    error = None
    if any(part[2] is not None for part in parts):
        error = sparse.csr_array(sparse.hstack(errors))
    weight = problem.households.weight[bundles.household]
    values = np.stack(
        [
            *(bundles.objective(problem, k) for k in range(len(problem.levels))),
            -weight * bundles.duplicates,
        ]
    )
    required = np.asarray(problem.standing.locked.any(axis=1))
    return Formulation(bundles, rows, usage, error, values, required)


Part = tuple[list[Row], sparse.csr_array, sparse.csr_array | None]


@dataclass(frozen=True, eq=False)
class _Entries:
    """One entry for each program of each item."""

    items: int
    item: Ints
    program: Ints
    weight: Floats
    units: Floats

    def matrix(
        self, column: Ints, columns: int, amount: Floats
    ) -> tuple[sparse.csr_array, sparse.csr_array | None]:
        """Sum weight * amount * units by item and column, with what rounding lost.

        ``column`` and ``amount`` are by program; a column of -1 is left out.
        """
        kept = np.flatnonzero(column[self.program] >= 0)
        part, lost_in_part = _two_product(amount[self.program[kept]], self.units[kept])
        total, lost = _two_product(self.weight[kept], part)
        lost += self.weight[kept] * lost_in_part
        shape, item, place = (self.items, columns), self.item[kept], column[self.program[kept]]
        if total.sum() < _WHOLE and not np.any(lost) and np.all(total == np.floor(total)):
            return sparse.csr_array((total, (item, place)), shape=shape), None  # sums are exact
        key = item * max(columns, 1) + place
        order = np.argsort(key, kind="stable")
        key, total, lost = key[order], total[order], lost[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        sums, losses = total[first], lost[first]
        rank = np.arange(key.size) - np.repeat(first, np.diff(first, append=key.size))
        for position in range(1, int(rank.max(initial=0)) + 1):
            now = np.flatnonzero(rank == position)
            place = np.searchsorted(first, now, side="right") - 1
            sums[place], rounding = _two_sum(sums[place], total[now])
            losses[place] += rounding + lost[now]
        index = (key[first] // max(columns, 1), key[first] % max(columns, 1))
        usage = sparse.csr_array((sums, index), shape=shape)
        return usage, sparse.csr_array((losses, index), shape=shape) if np.any(losses) else None


def _entries(problem: TargetingProblem, bundles: Bundles) -> _Entries:
    programs = bundles.programs[bundles.set_number]
    item, place = np.nonzero(programs >= 0)
    program = programs[item, place]
    household = bundles.household[item]
    units = problem.standing.units[household, program].astype(np.float64)
    return _Entries(len(bundles), item, program, problem.households.weight[household], units)


def _budget_rows(problem: TargetingProblem, entries: _Entries) -> Part:
    budgets = [budget for budget in problem.catalog.budgets if budget.control != "fixed"]
    number = {budget.name: b for b, budget in enumerate(budgets)}
    programs = problem.catalog.programs
    column = np.array([number.get(program.budget, -1) for program in programs], dtype=np.int64)
    cost = np.array([float(program.unit_cost) for program in programs])
    usage, error = entries.matrix(column, len(budgets), cost)
    return (
        [Row(budget.name, -math.inf, float(budget.amount)) for budget in budgets],
        usage,
        error,
    )


def _place_rows(problem: TargetingProblem, entries: _Entries) -> Part:
    programs = problem.catalog.programs
    fixed = {budget.name for budget in problem.catalog.budgets if budget.control == "fixed"}
    rows, which = [], []
    for p, program in enumerate(programs):
        if program.budget in fixed:
            continue
        if program.quota is not None:
            rows.append(Row(f"quota:{program.name}", -math.inf, float(program.quota)))
            which.append(p)
        if program.minimum > 0:
            rows.append(Row(f"minimum:{program.name}", float(program.minimum), math.inf))
            which.append(p)
    places, error = entries.matrix(np.arange(len(programs)), len(programs), np.ones(len(programs)))
    return rows, places[:, which], None if error is None else error[:, which]


def _floor_rows(problem: TargetingProblem, bundles: Bundles) -> Part:
    rows: list[Row] = []
    matrices = [sparse.csr_array((len(bundles), 0))]
    before = measure_before(problem) if problem.constraints else np.empty(0)
    for constraint in problem.constraints:
        names, number = area_names(problem.households, constraint.by)
        totals = area_sums(problem, constraint, before)
        rows += [
            Row(name, floor_bound(constraint.share, total), math.inf)
            for name, total in zip(floor_names(problem, constraint), totals, strict=True)
        ]
        index = (np.arange(len(bundles)), number[bundles.household])
        matrices.append(
            sparse.csr_array((bundles.gains[0], index), shape=(len(bundles), len(names)))
        )
    return rows, sparse.csr_array(sparse.hstack(matrices)), None


def _overlap_row(problem: TargetingProblem, bundles: Bundles) -> Part:
    if problem.overlap.limit is None:
        return [], sparse.csr_array((len(bundles), 0)), None
    total, lost = _two_product(problem.households.weight[bundles.household], bundles.duplicates)
    row = [Row("limit:overlap", -math.inf, float(problem.overlap.limit))]
    error = sparse.csr_array(lost[:, None]) if np.any(lost) else None
    return row, sparse.csr_array(total[:, None]), error


def _two_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """A * b rounded, and exactly what rounding lost (Dekker 1971, doi:10.1007/BF01397083)."""
    product = a * b
    if (
        np.all(a == np.floor(a))
        and np.all(b == np.floor(b))
        and np.abs(product).max(initial=0.0) < _WHOLE
    ):
        return product, np.zeros_like(product)
    a_high, b_high = _upper_half(a), _upper_half(b)
    a_low, b_low = a - a_high, b - b_high
    lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, lost


def _upper_half(a: Floats) -> Floats:
    """The upper 26 bits of each number, so that products of halves are exact."""
    shifted = a * 134_217_729.0  # 2**27 + 1
    return np.asarray(shifted - (shifted - a))


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """A + b rounded, and exactly what rounding lost (Knuth, TAOCP 2, 4.2.2)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)
