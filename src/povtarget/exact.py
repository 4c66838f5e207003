"""Sums of products of stored numbers, exactly."""

from __future__ import annotations

from fractions import Fraction
from operator import mul

import numpy as np
from numpy.typing import ArrayLike


def exact_dot(a: ArrayLike, b: ArrayLike) -> Fraction:
    """``sum_i a_i b_i`` as a rational of the float64 numbers, without any rounding.

    Every float64 is a whole number of 53 bits times a power of two; products are added up as
    whole numbers, those with the same power together.

    Parameters
    ----------
    a, b
        Finite numbers, one-dimensional and of one length.

    Examples
    --------
    >>> exact_dot([0.1, 1e300, 3.0], [10, 0, 2]) == 10 * Fraction(0.1) + 6
    True
    >>> float(exact_dot([1e16, 1.0, -1e16], [1, 1, 1]))
    1.0
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    kept = np.flatnonzero((left != 0) & (right != 0))
    (left, left_power), (right, right_power) = np.frexp(left[kept]), np.frexp(right[kept])
    power = left_power.astype(np.int64) + right_power - 106
    left, right = np.ldexp(left, 53).astype(np.int64), np.ldexp(right, 53).astype(np.int64)
    total = Fraction(0)
    for each in np.unique(power):
        mine = np.flatnonzero(power == each)
        whole = sum(map(mul, left[mine].tolist(), right[mine].tolist()))
        total += whole * Fraction(2) ** int(each)
    return total
