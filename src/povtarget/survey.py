"""Estimates from a sample survey, each with its standard error and interval.

    design = survey.Design(weights, strata=province, clusters=block)
    rate = survey.fgt(consumption, line, 0, design)
    by_area = {name: survey.fgt(consumption, line, 0, part)
               for name, part in design.domains(kelurahan).items()}

Currently implemented: `mean`, `fgt`, `watts`, `gini`, `mean_log_deviation`, `theil`, `atkinson`,
`quantile`, `relative_line`, `relative_rate`, `relative_median_gap`, `quantile_share`,
`quintile_ratio`; `frame_of` makes a table of them.

Standard errors are by linearisation (`povtarget.linearisation`): the variance of the total of a
linearised variable over clusters, within strata, as if clusters had been drawn with replacement:
``sum_strata c / (c - 1) sum_clusters (t - mean t)^2``. That is what R's survey and convey and
Stata's svy compute without a finite population correction, and it errs on the safe side. Degrees
of freedom are clusters less strata. Intervals of means and inequality are ``value +- t se``; of
shares they are made on the logit scale, which keeps them between 0 and 1 near the ends; of
quantiles they are Woodruff's (1952), JASA 47(260), 635-646.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from povtarget import linearisation
from povtarget.errors import Fault, InputError
from povtarget.estimates import Estimate, amount, share
from povtarget.linearisation import Linearised
from povtarget.sampling import Design, numbers
from povtarget.sayings import said

__all__ = [
    "Design",
    "Estimate",
    "atkinson",
    "fgt",
    "frame_of",
    "gini",
    "mean",
    "mean_log_deviation",
    "quantile",
    "quantile_share",
    "quintile_ratio",
    "relative_line",
    "relative_median_gap",
    "relative_rate",
    "theil",
    "watts",
]

Floats = NDArray[np.float64]


def mean(values: ArrayLike, design: Design) -> Estimate:
    """Mean per person, in the unit of the values.

    Examples
    --------
    >>> print(mean([1.0, 2.0, 6.0], Design([1.0, 1.0, 1.0])))
    3 (95 %: -3.572 to 9.572; 3 households)
    """
    x, w = _sample(values, design)
    return _amount(linearisation.mean_of(x, w), design)


def fgt(welfare: ArrayLike, line: ArrayLike, alpha: float, design: Design) -> Estimate:
    """Foster-Greer-Thorbecke index; alpha 0 the headcount, 1 the poverty gap, 2 the severity.

    Value as `povtarget.poverty.fgt`: below the line is strictly ``welfare < line``.

    Parameters
    ----------
    welfare
        Consumption of each household, Rp per person per month.
    line
        Poverty line, one number or one for each household, known without error.
    alpha
        Aversion to poverty, 0 or more.
    design
        How the households were drawn; weights count persons.

    Returns
    -------
    Estimate
        A share, with an interval on the logit scale. Where nobody in the sample is below the
        line there is no standard error; the interval's upper end is then that of none in so
        many independent draws as there are clusters.

    Raises
    ------
    InputError
        With every fault of the arguments.

    Examples
    --------
    >>> consumption = [400.0, 450.0, 700.0, 800.0, 900.0, 300.0, 950.0, 990.0]
    >>> print(fgt(consumption, 500.0, 0, Design([4.0] * 8, clusters=[1, 1, 2, 2, 3, 3, 4, 4])))
    37.50 % (95 %: 2.27 % to 93.93 %; 8 households in 4 clusters)
    """
    x, w = _sample(welfare, design)
    z = _inside(line, "line", design)
    if not (z > 0).all():
        _refuse("line", "not allowed", "above 0")
    if not 0 <= alpha < np.inf:
        _refuse("alpha", "not allowed", "a number, 0 or more")
    gap = np.maximum(z - x, 0.0) / z
    terms = (x < z).astype(np.float64) if alpha == 0 else gap**alpha
    return _share(linearisation.mean_of(terms, w), design)


def watts(welfare: ArrayLike, line: ArrayLike, design: Design) -> Estimate:
    """Watts index, the mean of ``ln(z / x)`` of those below the line; welfare above 0.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(watts(x, 2.5, design).value, 4)
    0.2279
    """
    x, w = _sample(welfare, design)
    _refuse_nonpositive(x)
    z = _inside(line, "line", design)
    return _amount(linearisation.mean_of(np.log(z / np.minimum(x, z)), w), design)


def gini(welfare: ArrayLike, design: Design) -> Estimate:
    """Gini coefficient, population form, as `povtarget.poverty.gini`.

    R's convey takes twice the cumulated weight less 1 for twice the mid-rank; its value and
    standard error differ from these by parts in ten thousand of themselves.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(gini(x, design).value, 4)
    0.4
    """
    x, w = _sample(welfare, design)
    if not (w * x).sum() > 0:
        _refuse("welfare", "the mean is not above 0", "numbers with a mean above 0")
    return _amount(linearisation.gini(x, w), design)


def mean_log_deviation(welfare: ArrayLike, design: Design) -> Estimate:
    """Mean log deviation, ``ln(mean) - mean(ln x)``; welfare above 0.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(mean_log_deviation(x, design).value, 4)
    0.2902
    """
    x, w = _sample(welfare, design)
    _refuse_nonpositive(x)
    return _amount(linearisation.mean_log_deviation(x, w), design)


def theil(welfare: ArrayLike, design: Design) -> Estimate:
    """Theil index, ``mean(x / m ln(x / m))`` with m the mean; welfare above 0.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(theil(x, design).value, 4)
    0.2764
    """
    x, w = _sample(welfare, design)
    _refuse_nonpositive(x)
    return _amount(linearisation.theil(x, w), design)


def atkinson(welfare: ArrayLike, design: Design, *, aversion: float = 1.0) -> Estimate:
    """Atkinson index: the part of the mean that equality would be worth; welfare above 0.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(atkinson(x, design).value, 4)
    0.2519
    """
    x, w = _sample(welfare, design)
    _refuse_nonpositive(x)
    if not 0 < aversion < np.inf:
        _refuse("aversion", "not allowed", "a number above 0")
    return _amount(linearisation.atkinson(x, w, aversion), design)


def quantile(welfare: ArrayLike, part: float, design: Design) -> Estimate:
    """Quantile of persons: 0.5 is the median.

    The standard error rests on a density estimate; the interval does not (Woodruff): its ends
    are the quantiles at the ends of the interval of the share below.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> quantile(x, 0.5, design).value
    3.0
    """
    x, w = _sample(welfare, design)
    _refuse_part(part)
    found = linearisation.quantile(x, w, part)
    reached = linearisation.mean_of((x <= found.value).astype(np.float64), w)
    error = _share(reached, design)
    made = _amount(found, design)
    if not np.isfinite(error.se):
        return made
    ends = (linearisation.quantile_value(x, w, end) for end in (error.low, error.high))
    return made.with_interval(*ends)


def relative_line(welfare: ArrayLike, design: Design, *, part: float = 0.6) -> Estimate:
    """A line relative to the sample: ``part`` of the median.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(relative_line(x, design).value, 4)
    1.8
    """
    middle = quantile(welfare, 0.5, design)
    return middle.times(part)


def relative_rate(welfare: ArrayLike, design: Design, *, part: float = 0.6) -> Estimate:
    """Share of persons below ``part`` of the median; the error of that line is in it.

    In a domain the median is the domain's own. For the line of all persons hold it fixed:
    ``fgt(welfare, relative_line(...).value, 0, domain)``.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> relative_rate(x, design).value
    0.2
    """
    x, w = _sample(welfare, design)
    _refuse_part(part)
    return _share(linearisation.relative_rate(x, w, part, 0.5), design)


def relative_median_gap(welfare: ArrayLike, design: Design, *, part: float = 0.6) -> Estimate:
    """How far the median person below ``part`` of the median is below it, a share of it.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> round(relative_median_gap(x, design).value, 4)
    0.4444
    """
    x, w = _sample(welfare, design)
    _refuse_part(part)
    if not (x < part * linearisation.quantile_value(x, w, 0.5)).any():
        _refuse("welfare", "nobody is below the relative line", "a lower-income group")
    return _share(linearisation.relative_median_gap(x, w, part), design)


def quantile_share(welfare: ArrayLike, low: float, high: float, design: Design) -> Estimate:
    """What part of all welfare the persons between two quantiles have.

    Parameters
    ----------
    welfare
        Consumption of each household, 0 or more.
    low, high
        Ends of the group: (0, 0.2) is the lowest quintile, (0, 0.4) the bottom forty.

    Examples
    --------
    >>> x = [1.0, 2.0, 3.0, 4.0, 10.0]
    >>> quantile_share(x, 0.0, 0.2, Design([1.0] * 5)).value
    0.05
    """
    x, w = _sample(welfare, design)
    if not 0 <= low < high <= 1:
        _refuse("low, high", "not allowed", "0 <= low < high <= 1")
    if (x < 0).any() or not x.any():
        _refuse("welfare", "a share of negative welfare", "numbers of 0 or more, not all 0")
    upper, lower = (linearisation.lorenz(x, w, end) for end in (high, low))
    group = Linearised(upper.value - lower.value, upper.variable - lower.variable)
    return _share(group, design)


def quintile_ratio(welfare: ArrayLike, design: Design) -> Estimate:
    """Welfare of the highest fifth over that of the lowest fifth, cut at the quantiles.

    Examples
    --------
    >>> x, design = [1.0, 2.0, 3.0, 4.0, 10.0], Design([1.0] * 5)
    >>> quintile_ratio(x, design).value
    10.0
    """
    x, w = _sample(welfare, design)
    low = linearisation.quantile_value(x, w, 0.2)
    if (x < 0).any() or not x[x <= low].any():
        _refuse("welfare", "the lowest fifth has nothing", "numbers of 0 or more")
    if not (x > linearisation.quantile_value(x, w, 0.8)).any():
        _refuse("welfare", "nobody is above the highest quantile", "values that differ")
    return _amount(linearisation.share_ratio(x, w, 0.2), design)


def frame_of(estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return estimates by name as a table: value, se, low, high, n, clusters, df.

    Examples
    --------
    >>> design = Design([1.0] * 4)
    >>> x, parts = [1.0, 3.0, 5.0, 9.0], design.domains(["a", "a", "b", "b"])
    >>> frame_of({name: mean(x, part) for name, part in parts.items()})["value"].to_dict()
    {'a': 2.0, 'b': 7.0}
    """
    columns = ("value", "se", "low", "high", "n", "clusters", "df")
    rows = [[getattr(estimate, name) for name in columns] for estimate in estimates.values()]
    return pd.DataFrame(rows, index=pd.Index(list(estimates)), columns=list(columns))


def _share(made: Linearised, design: Design) -> Estimate:
    se = design.standard_error(made.variable)
    return share(made.value, se, n=design.n, clusters=design.clusters_in, df=design.df)


def _amount(made: Linearised, design: Design) -> Estimate:
    se = design.standard_error(made.variable)
    return amount(made.value, se, n=design.n, clusters=design.clusters_in, df=design.df)


def _sample(values: ArrayLike, design: Design) -> tuple[Floats, Floats]:
    return _inside(values, "welfare", design), design.weights_in


def _inside(values: ArrayLike, source: str, design: Design) -> Floats:
    array = numbers(values, source)
    if array.ndim == 0:
        array = np.broadcast_to(array, design.inside.shape)
    if array.shape != design.inside.shape:
        _refuse(
            source,
            said("has shape {shape}", shape=array.shape),
            said("shape {shape}", shape=design.inside.shape),
        )
    return np.asarray(array[design.inside])


def _refuse_part(part: float) -> None:
    if not 0 < part < 1:
        _refuse("part", "not allowed", "a share between 0 and 1")


def _refuse_nonpositive(x: Floats) -> None:
    if (x <= 0).any():
        count = np.count_nonzero(x <= 0)
        _refuse(
            "welfare", said("{count:,} values have no logarithm", count=count), "numbers above 0"
        )


def _refuse(source: str, message: str, expected: str) -> None:
    raise InputError([Fault(message, source, expected=expected)])
