"""Measures of a weighted sample with their linearised variables, on plain arrays.

A linearised variable u is the derivative of the estimate by each observation's weight: to first
order the estimate's sampling error is that of the total ``sum_i w_i u_i``, whose variance the
design gives (`povtarget.survey`). Source: Deville (1999), Variance estimation for complex
statistics and estimators, Survey Methodology 25(2), 193-203.

Currently implemented: `mean_of`, `gini`, `mean_log_deviation`, `theil`, `atkinson`,
`quantile`, `relative_rate`, `relative_median_gap`, `lorenz`, `share_ratio`. Arguments are
float64 arrays of one shape with a total weight above 0; nothing is checked here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Linearised(NamedTuple):
    """An estimate and the derivative of it by each weight."""

    value: float
    variable: Floats


def mean_of(y: Floats, w: Floats) -> Linearised:
    """Weighted mean: ``u = (y - mean) / W``.

    Examples
    --------
    >>> mean_of(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    Linearised(value=2.0, variable=array([-0.5,  0.5]))
    """
    total = w.sum()
    value = float((w * y).sum() / total)
    return Linearised(value, (y - value) / total)


def gini(x: Floats, w: Floats) -> Linearised:
    """Gini coefficient (population form) and its linearised variable.

    With ``A = sum_i w_i x_i R_i``, R the mid-rank (half of one's own and of tied weight) and T
    the total of x, ``G = 2 A / (W T) - 1``. A weight more at x adds ``x R(x)`` to A, and raises
    the rank of all above: ``dA = x R(x) + T_above(x) + T_tied(x) / 2``.
    """
    values, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place, w)
    money = weight * values
    rank = np.cumsum(weight) - 0.5 * weight
    above = money.sum() - np.cumsum(money) + 0.5 * money
    size, total = weight.sum(), money.sum()
    value = float(2.0 * (money * rank).sum() / (size * total) - 1.0)
    by_value = 2.0 * (values * rank + above) / (size * total)
    by_value -= (value + 1.0) * (1.0 / size + values / total)
    return Linearised(value, by_value[place])


def mean_log_deviation(x: Floats, w: Floats) -> Linearised:
    """``ln(mean) - mean(ln x)``, the generalised entropy index of parameter 0; x above 0."""
    level, logs = mean_of(x, w), mean_of(np.log(x), w)
    value = float(np.log(level.value)) - logs.value
    return Linearised(value, level.variable / level.value - logs.variable)


def theil(x: Floats, w: Floats) -> Linearised:
    """``mean(x ln x) / mean - ln(mean)``, the generalised entropy index of parameter 1."""
    level, product = mean_of(x, w), mean_of(x * np.log(x), w)
    m, ratio = level.value, product.value / level.value
    variable = product.variable / m - level.variable * (ratio + 1.0) / m
    return Linearised(ratio - float(np.log(m)), variable)


def atkinson(x: Floats, w: Floats, aversion: float) -> Linearised:
    """``1 - (mean(x^(1-e)))^(1/(1-e)) / mean``; with e = 1 the geometric mean; x above 0."""
    level = mean_of(x, w)
    if aversion == 1:
        power = mean_of(np.log(x), w)
        equal, slope = float(np.exp(power.value)), float(np.exp(power.value))
    else:
        power = mean_of(x ** (1.0 - aversion), w)
        equal = power.value ** (1.0 / (1.0 - aversion))
        slope = equal / power.value / (1.0 - aversion)
    variable = equal / level.value**2 * level.variable - slope / level.value * power.variable
    return Linearised(1.0 - equal / level.value, variable)


def quantile_value(x: Floats, w: Floats, share: float) -> float:
    """Smallest x at which the cumulated weight reaches the share, midway where exactly."""
    order = np.argsort(x, kind="stable")
    cumulated = np.cumsum(w[order])
    wanted = share * cumulated[-1]
    at = min(int(np.searchsorted(cumulated, wanted)), x.size - 1)
    is_exact = cumulated[at] == wanted and at + 1 < x.size
    return float(0.5 * (x[order[at]] + x[order[at + 1]]) if is_exact else x[order[at]])


def density(x: Floats, w: Floats, at: float) -> float:
    """Density of x at a point: Gaussian kernel, bandwidth ``standard deviation / W^(1/5)``.

    The bandwidth of Osier (2009), Survey Research Methods 3(3), 167-195, with W the total
    weight, as the European indicators use it; NaN where all x are the same.
    """
    total = w.sum()
    mean = (w * x).sum() / total
    width = float(np.sqrt((w * (x - mean) ** 2).sum() / total)) / total**0.2
    if width == 0:
        return float("nan")
    kernel = np.exp(-0.5 * ((at - x) / width) ** 2) / np.sqrt(2.0 * np.pi)
    return float((w * kernel).sum() / (total * width))


def quantile(x: Floats, w: Floats, share: float) -> Linearised:
    """Quantile: ``u = -([x <= q] - share) / (W f(q))``, f the density at the quantile."""
    value = quantile_value(x, w, share)
    slope = w.sum() * density(x, w, value)
    return Linearised(value, -((x <= value) - share) / slope)


def relative_rate(x: Floats, w: Floats, part: float, share: float) -> Linearised:
    """Share below ``part`` times a quantile of the same sample; the line's error is in u."""
    line = quantile(x, w, share)
    at = part * line.value
    rate = mean_of((x < at).astype(np.float64), w)
    return Linearised(rate.value, rate.variable + density(x, w, at) * part * line.variable)


def lorenz(x: Floats, w: Floats, share: float) -> Linearised:
    """Lorenz curve: the part of the total that the lowest ``share`` of weight has.

    The observation at the boundary is split, so that shares of groups add up to 1. No density
    enters: ``u = ((x - q) [x <= q] + share q - L x) / T``, T the total of x.
    """
    order = np.argsort(x, kind="stable")
    cumulated = np.concatenate([[0.0], np.cumsum(w[order])])
    money = np.concatenate([[0.0], np.cumsum((w * x)[order])])
    size, total = cumulated[-1], money[-1]
    value = float(np.interp(share * size, cumulated, money) / total)
    q = quantile_value(x, w, share)
    variable = np.minimum(x - q, 0.0) + share * q - value * x
    return Linearised(value, variable / total)


def share_ratio(x: Floats, w: Floats, tail: float) -> Linearised:
    """Total of x above the quantile ``1 - tail`` over the total at or below the quantile ``tail``.

    Cut at the quantiles as the European quintile share ratio is; observations are not split.
    """
    low, high = quantile_value(x, w, tail), quantile_value(x, w, 1.0 - tail)
    bottom, top = float((w * x)[x <= low].sum()), float((w * x)[x > high].sum())
    ratio = top / bottom
    bottom_variable = np.minimum(x - low, 0.0) + tail * low
    top_variable = np.maximum(x - high, 0.0) + tail * high
    return Linearised(ratio, (top_variable - ratio * bottom_variable) / bottom)


def relative_median_gap(x: Floats, w: Floats, part: float) -> Linearised:
    """``(t - median below t) / t``, where t is ``part`` times the median of the same sample.

    The median m below t solves ``F(m) = F(t) / 2``; both sides move with the sample and with t.
    """
    middle = quantile(x, w, 0.5)
    line = part * middle.value
    inside = x < line
    m = quantile_value(x[inside], w[inside], 0.5)
    rate, to_m = mean_of(inside.astype(np.float64), w), mean_of((x <= m).astype(np.float64), w)
    line_variable = part * middle.variable
    half = 0.5 * (rate.variable + density(x, w, line) * line_variable)
    m_variable = (half - to_m.variable) / density(x, w, m)
    return Linearised((line - m) / line, m / line**2 * line_variable - m_variable / line)
