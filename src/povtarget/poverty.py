"""Poverty measures on arrays: of known welfare, and in expectation of predicted welfare.

Currently implemented: `fgt`, `watts`, `sen`, `sen_shorrocks_thon`, `gini` for known welfare;
`expected_shortfall` and `expected_fgt` for welfare that a proxy means test predicts.

Below the line is strictly ``welfare < line``; software that counts ``welfare <= line`` (R's
convey) is reproduced with ``np.nextafter(line, np.inf)``. Weights count persons (household
weight times size), None for one each: a weight of 2 equals writing the observation twice. A
line is one number, or one per observation: each person is measured against their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfcx

from povtarget.poverty_arguments import (
    Floats,
    Nonpositive,
    broadcast_faults,
    fault_unless,
    logarithm_faults,
    numbers,
    refuse,
    sample,
    value_faults,
)


def fgt(
    welfare: ArrayLike, line: ArrayLike, alpha: float, weights: ArrayLike | None = None
) -> float:
    """Foster-Greer-Thorbecke index: ``sum_i w_i ((z_i - x_i)+ / z_i)^alpha / sum_i w_i``.

    Alpha 0 is the headcount (a share of persons), 1 the poverty gap (a share of the line per
    person), 2 the severity. Source: Foster, Greer and Thorbecke (1984), Econometrica 52(3),
    761-766, doi:10.2307/1913475.

    Parameters
    ----------
    welfare
        Consumption or income of each observation, Rp per person per month; negative income
        gives a gap above 1, as the formula says.
    line
        Poverty line, Rp per person per month.
    alpha
        Aversion to poverty, any number from 0.
    weights
        Persons that each observation stands for.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    Of these four, the third has exactly the line and is not below it.

    >>> four = [20.0, 80.0, 100.0, 200.0]
    >>> fgt(four, 100.0, 0), fgt(four, 100.0, 1), round(fgt(four, 100.0, 2), 12)
    (0.5, 0.25, 0.17)
    """
    alpha_faults = fault_unless(0 <= alpha < np.inf, "alpha", alpha, "a number, 0 or more")
    x, z, w = sample(weights, alpha_faults, welfare=welfare, line=line)
    return _mean(_shortfall(x, z, alpha), w)


def watts(
    welfare: ArrayLike,
    line: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nonpositive: Nonpositive = "raise",
) -> float:
    """Watts index: ``sum_i w_i ln(z_i / x_i) [x_i < z_i] / sum_i w_i``.

    A logarithm per person, at least the poverty gap. Source: Watts (1968), An economic
    definition of poverty, in Moynihan (ed.), On Understanding Poverty, Basic Books.

    Parameters
    ----------
    welfare, line, weights
        As for `fgt`.
    nonpositive
        Welfare of 0 or less has no logarithm: "raise" refuses it; "omit" leaves it out of the
        numerator but not the denominator, as the World Bank's wbpip does, which counts those
        with the least as if they were not below the line.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    ``(ln 5 + ln 1.25) / 4``:

    >>> round(watts([20.0, 80.0, 100.0, 200.0], 100.0), 6)
    0.458145
    """
    more_faults = logarithm_faults(nonpositive, welfare)
    x, z, w = sample(weights, more_faults, welfare=welfare, line=line)
    ratio = np.divide(z, x, out=np.ones_like(x), where=(x > 0) & (x < z))
    return _mean(np.log(ratio, out=ratio), w)


def sen(welfare: ArrayLike, line: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Sen index: ``H (I + (1 - I) G)``, from headcount, depth and inequality of poverty.

    H is the headcount; I the mean gap ratio, and G the Gini coefficient (population form) of
    welfare / line, among those below the line; 0 where nobody is. This is the form for large
    numbers, as in R's ineq: with Sen's small-sample factor ``q / (q + 1)`` on G, a weight of 2
    would not be two persons. Source: Sen (1976), Econometrica 44(2), 219-231,
    doi:10.2307/1912718.

    Parameters
    ----------
    welfare, line, weights
        As for `fgt`.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    H = 1/2, I = 1/2, and (1 - I) G, half the mean difference of 0.2 and 0.8, is 0.15:

    >>> round(sen([20.0, 80.0, 100.0, 200.0], 100.0), 12)
    0.325
    """
    x, z, w = sample(weights, welfare=welfare, line=line)
    gap, below = _shortfall(x, z, 1), x < z
    if not w[below].any():
        return 0.0
    # (1 - I) G is half the mean difference of welfare / line, which is that of the gaps: so
    # nothing is divided by a mean, which is 0 where all below the line have nothing.
    headcount = float(w[below].sum() / w.sum())
    return _mean(gap, w) + headcount * _half_mean_difference(gap[below], w[below])


def sen_shorrocks_thon(
    welfare: ArrayLike, line: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Sen-Shorrocks-Thon index: ``P1 (1 + G)``, the poverty gap raised by inequality of gaps.

    G is the Gini coefficient (population form) of the gap ratios of all persons, those not
    below the line with 0. For n persons with gap ratios g in falling order this is
    ``sum_i (2 n - 2 i + 1) g_i / n^2``, as in R's ineq. Unlike `sen` it does not jump as a
    person crosses the line. Sources: Shorrocks (1995), Econometrica 63(5), 1225-1230,
    doi:10.2307/2171728; Thon (1979), Review of Income and Wealth 25(4), 429-439,
    doi:10.1111/j.1475-4991.1979.tb00117.x.

    Parameters
    ----------
    welfare, line, weights
        As for `fgt`.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    ``(7 * 0.8 + 5 * 0.2) / 16``:

    >>> round(sen_shorrocks_thon([20.0, 80.0, 100.0, 200.0], 100.0), 12)
    0.4125
    """
    x, z, w = sample(weights, welfare=welfare, line=line)
    gap = _shortfall(x, z, 1)
    return _mean(gap, w) + _half_mean_difference(gap, w)


def gini(
    welfare: ArrayLike, weights: ArrayLike | None = None, *, corrected: bool = False
) -> float:
    """Gini coefficient: ``sum_i sum_j w_i w_j |x_i - x_j| / (2 W^2 mean)``, W the total weight.

    0 where all have the same, towards 1 where one person has everything. This population form
    is that of laeken (in percent), wbpip and ineq's default. convey's svygini has the same
    without weights; with weights it is larger by ``sum_i w_i (w_i - 1) x_i / (W^2 mean)``, and
    a weight of 2 is not two persons there. Source: Lerman and Yitzhaki (1989), Journal of
    Econometrics 42(1), 43-47, doi:10.1016/0304-4076(89)90074-2.

    Parameters
    ----------
    welfare, weights
        As for `fgt`. With negative income, allowed where the mean is above 0, it may exceed 1.
    corrected
        True multiplies by ``W / (W - 1)``, without weights n / (n - 1), as ineq's
        ``corr = TRUE``; it makes sense only where weights count persons in the sample.

    Raises
    ------
    InputError
        With every fault of the arguments; the mean must be above 0, and W above 1 if corrected.

    Examples
    --------
    >>> four = [20.0, 80.0, 100.0, 200.0]
    >>> round(gini(four), 12), round(gini(four, corrected=True), 6)
    (0.35, 0.466667)
    """
    x, w = sample(weights, welfare=welfare)
    mean, total = _mean(x, w), float(w.sum())
    mean_faults = fault_unless(mean > 0, "welfare", mean, "a mean above 0")
    is_enough = total > 1 or not corrected
    refuse(chain(mean_faults, fault_unless(is_enough, "weights", total, "a sum above 1")))
    correction = total / (total - 1.0) if corrected else 1.0
    return _half_mean_difference(x, w) / mean * correction


def expected_shortfall(
    median: ArrayLike, sigma: ArrayLike, line: ArrayLike, alpha: int, transfer: ArrayLike = 0.0
) -> Floats:
    """Expected FGT term ``E[((z - C - b)+ / z)^alpha]`` of each household after a transfer b.

    Consumption is predicted, ``ln C ~ Normal(ln median, sigma)``. With Z = z - b > 0,
    d = ln(Z / median) / sigma and m = median exp(sigma^2 / 2) this is

    - alpha 0: ``Phi(d)``
    - alpha 1: ``[Z Phi(d) - m Phi(d - sigma)] / z``
    - alpha 2: ``[Z^2 Phi(d) - 2 Z m Phi(d - sigma) + m^2 e^(sigma^2) Phi(d - 2 sigma)] / z^2``

    and 0 where b >= z. Sigma 0 is the exact limit: below means ``median + b < z``, strictly.
    Rounding stays below 1e-14 (at alpha 0 below 1e-16 / sigma, where that is more: what the
    last digit of the median can do); the result is never negative and, unless a transfer is
    negative, never above that of a smaller alpha. Sources: Aitchison and Brown (1957), The
    Lognormal Distribution, Cambridge University Press; Elbers, Lanjouw and Lanjouw (2003),
    Econometrica 71(1), 355-364, doi:10.1111/1468-0262.00399.

    Parameters
    ----------
    median
        Median consumption, Rp per person per month; above 0 where sigma is above 0.
    sigma
        Standard deviation of log consumption; 0 where consumption is known.
    line
        Poverty line, Rp per person per month.
    alpha
        0, 1 or 2.
    transfer
        What is added to consumption, Rp per person per month; negative takes away.

    Returns
    -------
    ndarray
        A share of the line to the power alpha, for the four arrays broadcast together.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    Known to have the line exactly; predicted to have it in the median; and with 20 more:

    >>> expected_shortfall(100.0, [0.0, 0.5, 0.5], 100.0, 0, [0.0, 0.0, 20.0]).round(4)
    array([0.    , 0.5   , 0.3277])
    """
    named = numbers(median=median, sigma=sigma, line=line, transfer=transfer)
    alpha_faults = fault_unless(alpha in (0, 1, 2), "alpha", alpha, "0, 1 or 2")
    refuse(chain(broadcast_faults(named), value_faults(named), alpha_faults))
    return _expected_shortfall(*named.values(), alpha=alpha)


def expected_fgt(
    median: ArrayLike,
    sigma: ArrayLike,
    line: ArrayLike,
    alpha: int,
    weights: ArrayLike | None = None,
    transfer: ArrayLike = 0.0,
) -> float:
    """Expected `fgt` of predicted consumption: the weighted mean of `expected_shortfall`.

    ``sum_i w_i E[((z_i - C_i - b_i)+ / z_i)^alpha] / sum_i w_i``; where every sigma is 0, the
    `fgt` of ``median + transfer``. The `fgt` of predictions as if they were known misstates
    poverty, because predictions vary less than what they predict. Sources: as there.

    Parameters
    ----------
    median, sigma, line, alpha, transfer
        As for `expected_shortfall`; a median for each observation, the others each or for all.
    weights
        Persons that each observation stands for.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    >>> expected_fgt([100.0, 100.0], [0.0, 0.5], 100.0, 0, weights=[3, 1])
    0.125
    """
    alpha_faults = fault_unless(alpha in (0, 1, 2), "alpha", alpha, "0, 1 or 2")
    m, s, z, b, w = sample(
        weights, alpha_faults, median=median, sigma=sigma, line=line, transfer=transfer
    )
    return _mean(_expected_shortfall(m, s, z, b, alpha=alpha), w)


def _mean(values: Floats, weights: Floats) -> float:
    # Not a BLAS dot product, whose rounding depends on the number of threads.
    return float((weights * values).sum() / weights.sum())


def _shortfall(welfare: Floats, line: Floats, alpha: float) -> Floats:
    if alpha == 0:
        return (welfare < line).astype(np.float64)
    gap = np.maximum(line - welfare, 0.0)
    gap /= line
    return gap**alpha


def _half_mean_difference(values: Floats, weights: Floats) -> float:
    """Half the mean of |x_i - x_j| over all pairs of persons, from one sort."""
    order = np.argsort(values, kind="stable")
    x, w = values[order], weights[order]
    cumulated = np.cumsum(w)
    total = cumulated[-1]
    rank = (2.0 * cumulated - w) / total - 1.0
    # Differences have no origin; counted from the smallest value they keep their digits.
    return max(0.0, float(((x - x[0]) * w * rank).sum() / total))


def _expected_shortfall(*arguments: Floats, alpha: int) -> Floats:
    broadcast = np.broadcast_arrays(*arguments)
    m, s, z, b = (np.atleast_1d(array) for array in broadcast)
    is_known = s == 0
    if is_known.all():
        value = _shortfall(m + b, z, alpha)
    elif not is_known.any():
        value = predicted_shortfalls(m, s, z, b, (alpha,))[0]
    else:
        value = np.empty(m.shape)
        value[is_known] = _shortfall((m + b)[is_known], z[is_known], alpha)
        m, s, z, b = (array[~is_known] for array in (m, s, z, b))
        value[~is_known] = predicted_shortfalls(m, s, z, b, (alpha,))[0]
    return value.reshape(broadcast[0].shape)


def predicted_shortfalls(
    median: Floats, sigma: Floats, line: Floats, transfer: Floats, alphas: Sequence[int]
) -> list[Floats]:
    """`expected_shortfall` for several alpha at once, which share most of the work.

    Arguments are float64 arrays of one shape, not checked; sigma and median are above 0.

    Examples
    --------
    >>> hundred, half, none = np.array([100.0]), np.array([0.5]), np.array([0.0])
    >>> [each.round(4) for each in predicted_shortfalls(hundred, half, hundred, none, (0, 1))]
    [array([0.5]), array([0.1504])]
    """
    # Where the transfer reaches the line, Z = 0 and d = -inf, and so every moment is 0.
    with np.errstate(divide="ignore", over="ignore"):
        to_line = np.maximum(line - transfer, 0.0)
        log_ratio = np.log(to_line / median)
        d = log_ratio / sigma
        density = 0.5 * np.exp(-0.5 * d * d)
        below, first, second = (
            _partial_moment(k, d, density, log_ratio, sigma) if k <= max(alphas) else density
            for k in (0, 1, 2)
        )
    to_line /= line
    results = []
    for alpha in alphas:
        if alpha == 0:
            results.append(below)
            continue
        value = below - first
        if alpha == 2:
            # M0 - 2 M1 + M2, ordered so that rounding cannot lift it above alpha 1.
            value -= np.maximum(first - second, 0.0)
        np.maximum(value, 0.0, out=value)
        value *= to_line**alpha
        results.append(value)
    return results


def _partial_moment(
    k: int, d: Floats, density: Floats, log_ratio: Floats, sigma: Floats
) -> Floats:
    """E[(C / Z)^k; C < Z] = exp(k^2 sigma^2 / 2 - k ln(Z / median)) Phi(d - k sigma).

    Far from the line that exponential overflows while Phi underflows. Their product is
    exp(-d^2 / 2) erfcx((k sigma - d) / sqrt 2) / 2, whose first factor all k share, so that
    moments keep their digits as they are subtracted; where d > k sigma, erfcx in turn would
    overflow, and the whole moment less the upper tail is taken.
    """
    distance = d - k * sigma
    is_above = distance > 0
    np.abs(distance, out=distance)
    distance *= np.sqrt(0.5)
    moment = erfcx(distance, out=distance)
    moment *= density
    whole = np.exp(k * (0.5 * k * sigma * sigma - log_ratio)) if k else 1.0
    np.subtract(whole, moment, out=moment, where=is_above)
    return moment
