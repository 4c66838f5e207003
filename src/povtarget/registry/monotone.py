"""The power transform of consumption that gives groups of households a stated rate and gap.

With y = ln(consumption / line), median and sigma of each household become

    y' = b (y - q),    sigma' = b sigma,

that is C' = z (C / z)^b e^(-b q): the whole distribution of each household is moved by one
strictly increasing map, so that nobody's rank (relative to the line) changes. q is the quantile
of the group's own mixture at the wanted headcount, ``sum n Phi((q - y) / sigma) = rate sum n``.
Once it is on the line, the expected gap ``E[(1 - e^(b (Y - q)))+]`` grows with b from 0 to the
rate, so that one b gives a wanted gap; b = 1 where no gap is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from povtarget import poverty

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEAR = 1e-13  # of a rate, where a root is found
_ASIDE = 1e-9  # log points by which a jump is passed on either side
_REACHES = (0.5, 1.0, 2.0, 3.0)  # of ln b: beyond a power of 20 a gap is out of reach
_FAR = 500.0  # log points above the line, where no gap is left and exp still finite


class Mixture(NamedTuple):
    """Households in groups: log ratio to the line, sigma, persons, number of the group."""

    y: Floats
    sigma: Floats
    persons: Floats
    group: Ints

    def part(self, rows: NDArray[np.bool_] | Ints) -> Mixture:
        """Some of the households."""
        return Mixture(self.y[rows], self.sigma[rows], self.persons[rows], self.group[rows])


def quantiles(mixture: Mixture, rate: Floats) -> Floats:
    """Return the quantile of each group's mixture at its rate, in log points from the line.

    Newton's method within a bracket that always holds the root: each household's own quantile
    at the rate is ``y + sigma ndtri(rate)``, and the mixture's lies between the least and the
    greatest of them. Where a step leaves the bracket, the bracket is halved. Where known
    consumption makes the headcount jump past the rate, the nearer side of the jump is taken.

    Parameters
    ----------
    mixture
        Households; every group from 0 has one with consumption above 0.
    rate
        For each group, above 0 and below 1.

    Examples
    --------
    >>> one = Mixture(np.array([0.7]), np.array([0.5]), np.array([4.0]), np.array([0]))
    >>> float((quantiles(one, np.array([0.5]))[0]))
    0.7
    """
    groups = rate.size
    own = mixture.y + mixture.sigma * ndtri(rate)[mixture.group]
    finite = np.isfinite(own)
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(low, mixture.group[finite], own[finite])
    np.maximum.at(high, mixture.group[finite], own[finite])
    low, high = low - _ASIDE, high + _ASIDE
    q = 0.5 * (low + high)
    for _ in range(200):
        value, slope = _headcount(mixture, q, groups)
        error = value - rate
        low, high = np.where(error < 0, q, low), np.where(error > 0, q, high)
        is_done = (np.abs(error) <= _NEAR) | (high - low <= 1e-15 * (1.0 + np.abs(q)))
        if is_done.all():
            break
        # Where nothing is near q the step is infinite, and so outside.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = q - error / slope
        inside = (step > low) & (step < high)
        q = np.where(is_done, q, np.where(inside, step, 0.5 * (low + high)))
    is_known = np.bincount(mixture.group, mixture.sigma > 0, minlength=groups) == 0
    for k in np.flatnonzero(is_known):
        mine = mixture.group == k
        q[k] = _known_cut(mixture.y[mine], mixture.persons[mine], float(rate[k]))
    jumps = ~is_known & (np.abs(_headcount(mixture, q, groups)[0] - rate) > 1e-10)
    return np.asarray(np.where(jumps, _nearer_side(mixture, q, rate), q)) if jumps.any() else q


def _headcount(mixture: Mixture, q: Floats, groups: int) -> tuple[Floats, Floats]:
    """Share of persons below q in each group, and its derivative."""
    distance = q[mixture.group] - mixture.y
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        d = distance / mixture.sigma
        below = np.where(mixture.sigma > 0, ndtr(d), distance > 0)
        slope = np.where(mixture.sigma > 0, np.exp(-0.5 * d * d) / mixture.sigma, 0.0)
    persons = np.bincount(mixture.group, mixture.persons, minlength=groups)
    value = np.bincount(mixture.group, mixture.persons * below, minlength=groups)
    rise = np.bincount(mixture.group, mixture.persons * slope, minlength=groups)
    return value / persons, rise / persons / np.sqrt(2.0 * np.pi)


def _nearer_side(mixture: Mixture, q: Floats, rate: Floats) -> Floats:
    sides = np.array([q - _ASIDE, q + _ASIDE])
    errors = [np.abs(_headcount(mixture, side, rate.size)[0] - rate) for side in sides]
    return np.asarray(np.where(errors[0] <= errors[1], sides[0], sides[1]))


def _known_cut(y: Floats, persons: Floats, rate: float) -> float:
    """A cut between known values, with the share of persons below it nearest to the rate.

    0, the line as it is, where that does; otherwise midway between two neighbours.
    """
    values, place = np.unique(y, return_inverse=True)
    below = np.concatenate([[0.0], np.cumsum(np.bincount(place, persons))]) / persons.sum()
    ends = np.concatenate([[-np.inf], values, [np.inf]])
    # A cut under somebody without any consumption is not to be had by scaling.
    first = 1 if np.isneginf(values[0]) else 0
    k = first + int(np.abs(below[first:] - rate).argmin())
    lower, upper = ends[k], ends[k + 1]
    if lower < 0 <= upper:
        return 0.0
    if np.isinf(lower) or np.isinf(upper):
        return float(upper - 1e-6 if np.isinf(lower) else lower + 1e-6)
    return float(0.5 * (lower + upper))


def spread(mixture: Mixture, q: float, gap: float) -> float:
    """Return the power b that gives one group its gap; NaN where none from 1/20 to 20 does.

    Parameters
    ----------
    mixture
        One group.
    q
        Its quantile at the wanted headcount.
    gap
        Wanted expected poverty gap, above 0 and below the headcount.

    Examples
    --------
    >>> one = Mixture(np.array([0.7]), np.array([0.5]), np.array([4.0]), np.array([0]))
    >>> b = spread(one, 0.7, 0.2)
    >>> round(poverty.expected_fgt([1.0], [0.5 * b], 1.0, 1), 12)
    0.2
    """

    def excess(log_b: float) -> float:
        b = np.exp(log_b)
        median = np.exp(np.minimum(b * (mixture.y - q), _FAR))
        return poverty.expected_fgt(median, b * mixture.sigma, 1.0, 1, mixture.persons) - gap

    for reach in _REACHES:
        if excess(-reach) <= 0 <= excess(reach):
            break
    else:
        return float("nan")
    return float(np.exp(brentq(excess, -reach, reach, xtol=1e-15, rtol=1e-14)))
