"""Prices and how far they hold: what one more million rupiah or place is worth, up to where.

The best value of the relaxation as a function of one row's bound is concave (a linear program's
value in its right-hand side), so the mean worth of a change falls with its size. A price *holds*
as far as that mean stays within a stated share of it. With thousands of households the exact
range, within which no household at all changes, would be a few thousand rupiah and tell nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.mmkp import MMKP
from povtarget.mmkp.dual import Dual, minimise_dual
from povtarget.mmkp.strengthening import strengthen
from povtarget.plan import MILLION
from povtarget.problem import TargetingProblem
from povtarget.questions.first_level import FirstLevel, first_only

Floats = NDArray[np.float64]

_ACCURACY = 1e-8  # relative: of the relaxation's value
_NOISE = 1e-7  # relative to that value: differences below it are none
_HALVINGS = 6  # a range is found to 1/64 of the bound


@dataclass(frozen=True, eq=False)
class PriceRanges:
    """Prices of rows, with the range over which each holds.

    Parameters
    ----------
    value
        The relaxation's value at the bounds as they are: no plan is worth more.
    within
        The share of a price by which a mean worth may differ from it.
    frame
        By row: control (of a budget line), unit ("million rupiah", "place", "person" for a floor
        of an area, "duplicate"), bound (Rp, places ...), price (value per unit), lowest and
        highest (the bounds between which it holds; inf where it holds beyond twice the bound).
        A price below 0 is what one more unit of a minimum or floor costs.
    """

    value: float
    within: float
    frame: pd.DataFrame

    def __repr__(self) -> str:
        priced = int((self.frame["price"] != 0).sum())
        return f"PriceRanges(rows={len(self.frame)}, priced={priced}, value={self.value:,.6g})"


def price_ranges(
    problem: TargetingProblem, *, rows: Iterable[str] | None = None, within: float = 0.1
) -> PriceRanges:
    """Find what one more unit of each row is worth, and how far that holds.

    Parameters
    ----------
    problem
        The question; only its first objective is looked at.
    rows
        Names of rows (see ``plan.prices``); None: all.
    within
        A price holds as long as the mean worth per unit of a change differs from it by at most
        this share.

    Returns
    -------
    PriceRanges
        Of the relaxation: a plan of whole households follows it to within a household or so.

    Raises
    ------
    InputError
        For an unknown row, or ``within`` outside 0 to 1.
    InfeasibleError
        Where not even the relaxation has a solution.

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({"household_id": list("abc"),
    ...     "size": [2, 4, 1], "consumption": [95.0, 95.0, 90.0]}), poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("Dinsos", amount=320)])
    >>> table = price_ranges(pt.TargetingProblem(homes, catalog)).frame
    >>> [round(float(x), 3) for x in table.loc["Dinsos", ["price", "lowest", "highest"]]]
    [8333.333, 235.0, 520.0]
    """
    model = FirstLevel.of(first_only(problem))
    names = list(model.mmkp.row_names)
    wanted = names if rows is None else list(rows)
    _check(wanted, names, within)
    relaxed = _Relaxation(model.mmkp)
    table = []
    for name in wanted:
        row = names.index(name)
        low, high = relaxed.range(row, within)
        unit, factor, control = _unit(problem, name)
        bound, price = relaxed.bound_of(row), relaxed.price(row) * factor
        table.append((name, control, unit, bound, price, low, high))
    columns = ["row", "control", "unit", "bound", "price", "lowest", "highest"]
    return PriceRanges(
        relaxed.now.bound, within, pd.DataFrame(table, columns=columns).set_index("row")
    )


def _check(wanted: list[str], names: list[str], within: float) -> None:
    faults = [
        Fault("no such row", "", None, "rows", name, nearest(name, names) or None)
        for name in wanted
        if name not in names
    ]
    if not 0 < within < 1:
        expected = "a share between 0 and 1"
        faults.append(Fault("not a share", "", None, "within", str(within), expected))
    if faults:
        raise InputError(faults)


def _unit(problem: TargetingProblem, name: str) -> tuple[str, float, str]:
    """Unit of a row, by how much a price is multiplied for it, and a line's control."""
    for budget in problem.catalog.budgets:
        if budget.name == name:
            return "million rupiah", float(MILLION), budget.control
    kind = name.partition(":")[0]
    return {"floor": "person", "limit": "duplicate"}.get(kind, "place"), 1.0, ""


class _Relaxation:
    """The relaxation's value at other bounds of one row, each found from the prices nearby."""

    def __init__(self, mmkp: MMKP) -> None:
        self.mmkp, self.scale = mmkp, strengthen(mmkp).scale
        self.now = self._at(mmkp, None)
        if not self.now.is_feasible:
            from povtarget.mmkp.infeasibility import explain_infeasibility

            raise explain_infeasibility(mmkp)

    def _at(self, mmkp: MMKP, start: Floats | None) -> Dual:
        return minimise_dual(mmkp, self.scale, start, accuracy=_ACCURACY)

    def _is_lower(self, row: int) -> bool:
        return bool(self.mmkp.lower[row] > -math.inf)

    def bound_of(self, row: int) -> float:
        """The row's finite bound."""
        return float((self.mmkp.lower if self._is_lower(row) else self.mmkp.upper)[row])

    def price(self, row: int) -> float:
        """The worth of one more unit: a lower bound's price counts down."""
        price = float(self.now.prices[row])
        size = _NOISE * max(1.0, abs(self.now.bound))
        return 0.0 if abs(price) * max(abs(self.bound_of(row)), 1e-12) <= size else price

    def _holds(self, row: int, bound: float, within: float) -> bool:
        lower, upper = self.mmkp.lower.copy(), self.mmkp.upper.copy()
        (lower if self._is_lower(row) else upper)[row] = bound
        there = self._at(self.mmkp.with_bounds(lower, upper), self.now.prices)
        if not there.is_feasible:
            return False
        expected = self.price(row) * (bound - self.bound_of(row))
        noise = _NOISE * max(1.0, abs(self.now.bound))
        return abs(there.bound - self.now.bound - expected) <= within * abs(expected) + noise

    def range(self, row: int, within: float) -> tuple[float, float]:
        """Bounds up to which the price holds, downward and upward."""
        bound = self.bound_of(row)
        is_loose = not self._is_lower(row) and not self.price(row)  # worth nothing, ever
        high = math.inf if is_loose else self._end(row, bound, 2.0 * bound, within)
        return self._end(row, bound, 0.0, within), math.inf if high >= 2.0 * bound > 0 else high

    def _end(self, row: int, bound: float, far: float, within: float) -> float:
        """The farthest bound between here and ``far`` that still holds, by halving."""
        if self._holds(row, far, within):
            return far
        good, bad = bound, far
        for _ in range(_HALVINGS):
            middle = (good + bad) / 2
            if self._holds(row, middle, within):
                good = middle
            else:
                bad = middle
        return good
