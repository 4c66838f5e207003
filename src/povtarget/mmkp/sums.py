"""Running sums that do not drift."""

from __future__ import annotations

import math

import numpy as np

from povtarget.mmkp.model import Floats


def running_sums(start: Floats, plus: Floats, minus: Floats) -> tuple[Floats, Floats]:
    """Sums of start, and upon it plus[0] - minus[0] + ... + plus[i] - minus[i] for every i.

    Each sum is carried as two float64 and rounded once, however many terms there are: beside
    that rounding its error is about terms * 2**-106 of the sum of all sizes, which is nothing.
    Source: the error of an addition is itself a float64 (Knuth's TwoSum; Ogita, Rump and Oishi
    2005, SIAM Journal on Scientific Computing 26(6), doi:10.1137/030601818).

    Parameters
    ----------
    start
        float64[any]: what comes before all terms.
    plus, minus
        float64[terms].

    Returns
    -------
    total, rest
        float64[terms + 1] each: the nearest float64 of each sum, and what that leaves. The
        first is that of the start alone.

    Examples
    --------
    >>> ten = np.full(10, 0.1)
    >>> total, rest = running_sums(np.array([]), ten, np.zeros(10))
    >>> float(total[-1]), float(np.cumsum(ten)[-1])
    (1.0, 0.9999999999999999)
    """
    terms = start[start != 0.0].tolist()
    first = math.fsum(terms)
    first_rest = math.fsum([*terms, -first])
    # Terms lie in lanes, one lane after the other, and all lanes are added up side by side.
    length = max(1, math.isqrt(plus.size))
    lanes = -(-plus.size // length)
    totals, rests = _in_lanes(plus, lanes, length), _in_lanes(minus, lanes, length)
    total, rest = np.zeros(lanes), np.zeros(lanes)
    for k in range(length):
        total, lost = _two_sum(total, totals[k])
        rest += lost
        total, lost = _two_sum(total, -rests[k])
        rest += lost
        totals[k], rests[k] = total, rest
    before, before_rest = _before_lanes(first, first_rest, total, rest)
    for k in range(length):
        total, lost = _two_sum(totals[k], before)
        totals[k], rests[k] = _two_sum(total, lost + (rests[k] + before_rest))
    return _joined(first, totals, plus.size), _joined(first_rest, rests, plus.size)


def _in_lanes(terms: Floats, lanes: int, length: int) -> Floats:
    """float64[length, lanes]: a column is a lane; zeros at the end of the last one."""
    padded = np.zeros(lanes * length)
    padded[: terms.size] = terms
    return np.ascontiguousarray(padded.reshape(lanes, length).T)


def _joined(first: float, lanes: Floats, size: int) -> Floats:
    """The first number and then so many from lanes, one lane after the other."""
    joined = np.empty(lanes.size + 1)
    joined[0] = first
    joined[1:].reshape(lanes.shape[::-1])[...] = lanes.T
    return joined[: size + 1]


def _before_lanes(high: float, low: float, total: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """The sums of all that comes before each lane, where high + low comes before the first."""
    before, before_rest = np.empty(total.size), np.empty(total.size)
    for lane, (ended, left) in enumerate(zip(total.tolist(), rest.tolist(), strict=True)):
        before[lane], before_rest[lane] = high, low
        reached = high + ended
        turn = reached - high
        low += ((high - (reached - turn)) + (ended - turn)) + left
        high = reached
    return before, before_rest


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded sum and its error."""
    total = a + b
    turn = total - a
    return total, (a - (total - turn)) + (b - turn)
