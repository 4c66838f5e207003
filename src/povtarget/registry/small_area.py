"""Rates of areas with few survey households: direct estimates and the registry, combined.

The Fay-Herriot model: the direct estimate of area i is ``y_i = theta_i + e_i`` with sampling
variance D_i, and the true rate ``theta_i = x_i beta + u_i``, where x_i is 1 and the rate that
the registry expects, and u_i has variance A. The best linear unbiased predictor

    ``theta_i = g_i y_i + (1 - g_i) x_i beta``,    ``g_i = A / (A + D_i)``

leans on the survey where it is good and on the registry where it is not. Sources: Fay and
Herriot (1979), JASA 74, 269-277, doi:10.1080/01621459.1979.10482505; for the error, Prasad and
Rao (1990), JASA 85, 163-171, and Datta and Lahiri (2000), Statistica Sinica 10, 613-627.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from povtarget import poverty
from povtarget.errors import Fault, InputError, nearest
from povtarget.estimates import Estimate, share
from povtarget.households import Households
from povtarget.sayings import said

Floats = NDArray[np.float64]
METHOD = "small area"
_FEWEST_AREAS = 5


@dataclass(frozen=True, eq=False)
class FayHerriot:
    """A fitted model: predictors and their mean squared errors, one for each area.

    Parameters
    ----------
    estimate, mse
        Predictor of each area and its mean squared error, uncertainty of A included.
    beta, beta_se
        Coefficients and their standard errors.
    between
        A, the variance between areas that covariates leave.
    """

    estimate: Floats
    mse: Floats
    beta: Floats
    beta_se: Floats
    between: float


def fay_herriot(direct: Floats, variance: Floats, covariates: Floats) -> FayHerriot:
    """Fit by restricted maximum likelihood and predict.

    Parameters
    ----------
    direct
        Direct estimates, NaN where an area has none: it gets ``x_i beta``.
    variance
        Their sampling variances, taken as known, above 0.
    covariates
        Areas by coefficients, the constant among them.

    Notes
    -----
    Where the restricted likelihood is highest at A = 0, every predictor would lean on the
    covariates alone and claim no error of its own; A is then where A times that likelihood is
    highest, which is above 0 (Li and Lahiri (2010), J. Multivariate Analysis 101, 882-892).

    Examples
    --------
    >>> direct = np.array([0.04, 0.09, 0.07, 0.12, 0.06, np.nan])
    >>> model = fay_herriot(direct, np.full(6, 0.0004), np.ones((6, 1)))
    >>> model.estimate.round(4).tolist()
    [0.0555, 0.084, 0.0726, 0.1011, 0.0669, 0.076]
    """
    has = ~np.isnan(direct)
    y, d, x = direct[has], variance[has], covariates[has]

    def score(a: float) -> float:
        v = 1.0 / (a + d)
        beta, inverse = _regression(y, v, x)
        residual = v * (y - x @ beta)
        trace = v.sum() - np.einsum("ij,jk,ik,i->", x, inverse, x, v * v)
        return float(0.5 * ((residual * residual).sum() - trace))

    a = _root(score, float(d.mean()))
    beta, inverse = _regression(y, 1.0 / (a + d), x)
    synthetic = covariates @ beta
    leverage = np.einsum("ij,jk,ik->i", covariates, inverse, covariates)
    own = np.where(has, a / (a + np.where(has, variance, 1.0)), 0.0)
    estimate = synthetic + own * np.where(has, direct - synthetic, 0.0)
    # A's own error matters where the direct estimate takes part: 2 g3, as A is without bias.
    of_a = 2.0 / (1.0 / (a + d) ** 2).sum()
    third = np.where(has, (1.0 - own) ** 2 / (a + np.where(has, variance, 1.0)) * of_a, 0.0)
    mse = a * (1.0 - own) + (1.0 - own) ** 2 * leverage + 2.0 * third
    return FayHerriot(estimate, mse, beta, np.sqrt(np.diag(inverse)), a)


def _regression(y: Floats, v: Floats, x: Floats) -> tuple[Floats, Floats]:
    inverse = np.asarray(np.linalg.inv((x.T * v) @ x), dtype=np.float64)
    return inverse @ (x.T @ (v * y)), inverse


def _root(score: Callable[[float], float], scale: float) -> float:
    """Where the score falls through 0; of the adjusted likelihood where that is at 0."""
    adjusted = score if score(0.0) > 0 else lambda a: score(a) + 1.0 / a
    low, high = 1e-9 * scale, scale
    while adjusted(high) > 0:
        high *= 4
    return float(brentq(adjusted, low, high, xtol=1e-14 * scale, rtol=1e-13))


@dataclass(frozen=True, eq=False)
class SmallAreaRates:
    """Rates of every area of a registry. Made by `small_area_rates`.

    Parameters
    ----------
    rates
        By area; `povtarget.registry.calibration.calibrate` takes them with ``by=``.
    model
        The fitted model, areas in the order of ``rates``.
    """

    rates: Mapping[str, Estimate]
    model: FayHerriot


def small_area_rates(
    direct: Mapping[str, Estimate],
    households: Households,
    *,
    by: str = "area",
    overall: Estimate | None = None,
) -> SmallAreaRates:
    """Estimate the rate of every area from a survey's direct rates and the registry's.

    Sampling variances are smoothed first: from some 25 households a rate of 0 comes with a
    standard error of 0, and low rates with low ones. One design effect is estimated from all
    areas together, and ``D_i = effect * p_i (1 - p_i) / n_i`` with p_i the registry's rate
    scaled to the survey's level.

    Parameters
    ----------
    direct
        Direct estimates by area; areas of the registry may be missing.
    households
        The registry, before calibration.
    by
        Its column of areas.
    overall
        The direct rate of the whole; the areas' rates are then scaled to add up to it.

    Raises
    ------
    InputError
        If areas are unknown, an estimate does not say of how many households it is, fewer than
        five areas have a direct estimate, no two rates of the registry differ, or the model's
        rate of some area is not above 0 and below 1.
    """
    if by not in households.columns:
        hint = nearest(by, households.columns) or "a column of the households"
        raise InputError([Fault("there is no such column", "by", value=by, expected=hint)])
    names, group = households.grouped(by)
    known = {*map(str, names)}
    faults = [
        Fault(
            said("the registry has no area '{name}'", name=name),
            "direct",
            expected=nearest(name, known),
        )
        for name in direct
        if name not in known
    ]
    faults += [
        Fault(
            "not a direct estimate with its number of households",
            "direct",
            column=name,
            expected="an Estimate as povtarget.survey.fgt makes it",
        )
        for name, estimate in direct.items()
        if not (isinstance(estimate, Estimate) and 0 <= estimate.value <= 1 and estimate.n > 0)
    ]
    if len(direct) < _FEWEST_AREAS:
        expected = said("{fewest_areas} or more", fewest_areas=_FEWEST_AREAS)
        faults.append(
            Fault(
                said("{count} areas have an estimate", count=len(direct)),
                "direct",
                expected=expected,
            )
        )
    if faults:
        raise InputError(faults)
    persons = np.bincount(group, households.persons)
    below = households.persons * poverty.expected_shortfall(
        households.consumption, households.sigma, households.line, 0
    )
    registry = np.bincount(group, below) / persons
    y, d = _direct(names, direct, registry)
    if np.ptp(registry) <= 0:
        raise InputError([Fault("all rates are the same", "households", expected="a covariate")])
    model = fay_herriot(y, d, np.column_stack([np.ones(names.size), registry]))
    factor = 1.0
    if overall is not None:
        factor = overall.value / float((persons * model.estimate).sum() / persons.sum())
    return SmallAreaRates(_rates(names, model, factor, direct), model)


def _direct(
    names: NDArray[np.object_], direct: Mapping[str, Estimate], registry: Floats
) -> tuple[Floats, Floats]:
    """Direct rates and their smoothed variances, NaN where there is none."""
    n = np.array([direct[name].n if name in direct else 0 for name in names], dtype=np.float64)
    y = np.array([direct[name].value if name in direct else np.nan for name in names])
    se = np.array([direct[name].se if name in direct else np.nan for name in names])
    has = n > 0
    level = (n * np.where(has, y, 0.0)).sum() / (n * registry).sum()
    p = np.clip(level * registry, 1e-4, 1 - 1e-4)
    usable = has & (se > 0)
    plain = (p * (1 - p))[usable].sum()
    if not usable.any():
        raise InputError([Fault("no standard error", "direct", expected="estimates with one")])
    effect = float((n * se**2)[usable].sum() / plain)
    return np.where(has, y, np.nan), effect * p * (1 - p) / np.where(has, n, np.nan)


def _rates(
    names: NDArray[np.object_], model: FayHerriot, factor: float, direct: Mapping[str, Estimate]
) -> dict[str, Estimate]:
    values, errors = factor * model.estimate, factor * np.sqrt(model.mse)
    faults = [
        Fault("the model's rate is not a rate", "direct", column=str(name), value=f"{value:.4f}")
        for name, value in zip(names, values, strict=True)
        if not 0 < value < 1
    ]
    if faults:
        raise InputError(faults)
    return {
        str(name): share(value, error, n=direct[name].n if name in direct else 0, method=METHOD)
        for name, value, error in zip(names, values.tolist(), errors.tolist(), strict=True)
    }
