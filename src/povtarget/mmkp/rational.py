"""Exact arithmetic on stored numbers: row sums, feasibility, greatest common divisors.

Every float64 is a rational number, so nothing here needs a tolerance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from povtarget.mmkp.model import MMKP, NONE, Floats, Ints

_EXACT = float(2**53)
_MOST_DISTINCT = 4096
_GLANCE = 8192  # numbers that are looked at first: prices and values are often all distinct


@dataclass(frozen=True)
class Violation:
    """A row whose exact activity is outside its bounds.

    ``excess`` is positive above the upper bound and negative below the lower one.
    """

    row: int
    excess: Fraction


def exact_sum(numbers: Floats) -> Fraction:
    """Sum float64 numbers without rounding.

    Examples
    --------
    >>> exact_sum(np.array([0.1, 0.2])) > Fraction(0.3)
    True
    """
    whole = np.all(numbers == np.floor(numbers)) and float(np.abs(numbers).sum()) < _EXACT
    if whole:  # every partial sum is a whole number below 2**53, so float addition is exact
        return Fraction(int(numbers.sum()))
    return sum(map(Fraction, numbers.tolist()), Fraction(0))


def activity(problem: MMKP, choice: Ints) -> list[Fraction]:
    """Exact usage of each row by a choice."""
    chosen = problem.chosen_items(choice)
    columns = problem.usage[chosen].tocsc()
    exact = [
        exact_sum(columns.data[columns.indptr[r] : columns.indptr[r + 1]])
        for r in range(problem.num_rows)
    ]
    if problem.usage_error is not None:
        error = problem.usage_error[chosen].tocsc()
        exact = [
            total + exact_sum(error.data[error.indptr[r] : error.indptr[r + 1]])
            for r, total in enumerate(exact)
        ]
    return exact


def violations(problem: MMKP, choice: Ints) -> list[Violation]:
    """Rows that a choice violates, exactly."""
    found = []
    for row, total in enumerate(activity(problem, choice)):
        upper, lower = float(problem.upper[row]), float(problem.lower[row])
        if upper < math.inf and total > Fraction(upper):
            found.append(Violation(row, total - Fraction(upper)))
        elif lower > -math.inf and total < Fraction(lower):
            found.append(Violation(row, total - Fraction(lower)))
    return found


def is_feasible(problem: MMKP, choice: Ints) -> bool:
    """Whether a choice is one: items of their own groups, none missing, every row kept."""
    if choice.shape != (problem.num_groups,) or choice.dtype.kind != "i":
        return False
    chosen = np.flatnonzero(choice != NONE)
    items = choice[chosen]
    if np.any((items < 0) | (items >= problem.num_items)):
        return False
    belongs = np.array_equal(problem.group[items], chosen)
    return bool(belongs and np.all(choice[problem.required] != NONE)) and not violations(
        problem, choice
    )


def common_divisor(numbers: Floats, lost: Floats | None = None) -> Fraction | None:
    """The largest rational of which all numbers are whole multiples, where it is of use.

    None where there are no numbers, too many distinct ones, or where the multiples would be too
    large for a solver. ``lost`` is what rounding took from each number.

    Examples
    --------
    >>> common_divisor(np.array([341_000.0, 682_000.0])), common_divisor(np.array([0.1, 0.3]))
    (Fraction(341000, 1), None)
    """
    if np.unique(numbers[:_GLANCE]).size > _MOST_DISTINCT:
        return None
    if lost is None or not np.any(lost):
        distinct = np.unique(numbers[numbers != 0])
        pairs = [(number, 0.0) for number in distinct[: _MOST_DISTINCT + 1].tolist()]
    else:
        both = np.column_stack([numbers, lost])
        pairs = [tuple(pair) for pair in np.unique(both[numbers != 0], axis=0).tolist()]
    if not 0 < len(pairs) <= _MOST_DISTINCT:
        return None
    exact = [abs(Fraction(number) + Fraction(rest)) for number, rest in pairs]
    bottom = max(number.denominator for number in exact)  # all are powers of two
    divisor = Fraction(math.gcd(*(int(number * bottom) for number in exact)), bottom)
    return divisor if max(exact) / divisor < 2**31 else None


def float_above(number: Fraction) -> float:
    """The smallest float64 that is not below a rational."""
    nearest = float(number)
    return nearest if Fraction(nearest) >= number else math.nextafter(nearest, math.inf)


def float_below(number: Fraction) -> float:
    """The largest float64 that is not above a rational."""
    return -float_above(-number)
