"""Rounding rows inward to what whole choices can reach.

A row whose coefficients are all multiples of g can only reach multiples of g, so its bounds
may move inward to the next multiple. Every choice stays feasible or infeasible as it was, the
LP relaxation gets tighter, and prices keep the units of the row as stated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.mmkp.model import MMKP, Floats
from povtarget.mmkp.rational import common_divisor, float_above, float_below


@dataclass(frozen=True, eq=False)
class Strengthened:
    """The problem with its bounds rounded inward, and a scale for each row.

    Parameters
    ----------
    problem
        Same items and rows, tighter bounds.
    scale
        float64[rows]: dividing a row by it gives small whole coefficients where that is possible
        and coefficients of magnitude 1 elsewhere; only solvers see scaled rows.
    crossed
        bool[rows]: no multiple lies between the bounds, so no choice is feasible; these bounds
        are left as stated.
    is_unchanged
        No bound moved.
    """

    problem: MMKP
    scale: Floats
    crossed: NDArray[np.bool_]
    is_unchanged: bool


def strengthen(problem: MMKP) -> Strengthened:
    """Round each row's bounds inward to multiples of its greatest common divisor.

    Examples
    --------
    >>> rows = MMKP([0, 1], [1.0, 1.0], [[300.0], [600.0]], upper=[1_000.0])
    >>> strengthen(rows).problem.upper.tolist(), strengthen(rows).scale.tolist()
    ([900.0], [300.0])
    """
    columns = problem.usage.tocsc()
    errors = None if problem.usage_error is None else problem.usage_error.tocsc()
    upper, lower = problem.upper.copy(), problem.lower.copy()
    scale = np.ones(problem.num_rows)
    for row in range(problem.num_rows):
        part = slice(columns.indptr[row], columns.indptr[row + 1])
        coefficients, lost = columns.data[part], None
        if not coefficients.size:
            continue
        if errors is not None:
            lost = errors[:, [row]].toarray().ravel()[columns.indices[part]]
        divisor = common_divisor(coefficients, lost)
        if divisor is None:
            scale[row] = _power_of_two(float(np.abs(coefficients).max()))
            continue
        scale[row] = float(divisor)
        upper[row], lower[row] = _reachable(upper[row], lower[row], divisor)
    crossed = lower > upper
    upper[crossed], lower[crossed] = problem.upper[crossed], problem.lower[crossed]
    unchanged = np.array_equal(upper, problem.upper) and np.array_equal(lower, problem.lower)
    return Strengthened(problem.with_bounds(lower, upper), scale, crossed, unchanged)


def _reachable(upper: float, lower: float, divisor: Fraction) -> tuple[float, float]:
    if math.isfinite(upper):
        upper = min(upper, float_above(math.floor(Fraction(float(upper)) / divisor) * divisor))
    if math.isfinite(lower):
        lower = max(lower, float_below(math.ceil(Fraction(float(lower)) / divisor) * divisor))
    return upper, lower


def _power_of_two(size: float) -> float:
    """The power of two at or below a positive size: dividing by it rounds nothing."""
    return math.ldexp(1.0, math.frexp(size)[1] - 1)
