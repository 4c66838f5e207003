"""An estimate and its interval, kept together so that neither is shown without the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import expit, logit, stdtrit

from povtarget.errors import Fault, InputError

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value from a sample with its standard error and 95 % interval.

    Printing shows the interval always; a share is printed in percent.

    Parameters
    ----------
    value, se
        The estimate and its standard error, in one unit; NaN where no error can be computed.
    low, high
        Ends of the 95 % interval; NaN where there is none.
    n, clusters
        Households and clusters (primary sampling units) that it rests on; 0 where not known.
    df
        Design degrees of freedom, infinite where the error is taken as known.
    kind
        "share" (printed in percent) or "amount".
    method
        How it was made: "direct" from the sample, "small area" with a model, "stated".
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    clusters: int
    df: float
    kind: Literal["share", "amount"] = "amount"
    method: str = "direct"

    def __str__(self) -> str:
        value, low, high = (self._text(x) for x in (self.value, self.low, self.high))
        drawn = f"; {self.n:,} households" if self.n else ""
        drawn += f" in {self.clusters:,} clusters" if 0 < self.clusters < self.n else ""
        if np.isnan(self.low):
            return f"{value} (no interval: the error is not known{drawn})"
        model = f"; {self.method}" if self.method != "direct" else ""
        return f"{value} ({100 * LEVEL:.0f} %: {low} to {high}{drawn}{model})"

    def _text(self, number: float) -> str:
        if self.kind == "share":
            return f"{100 * number:.2f} %"
        return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:.4g}"

    __repr__ = __str__

    def with_interval(self, low: float, high: float) -> Estimate:
        """The same estimate with another interval."""
        return replace(self, low=low, high=high)

    def times(self, factor: float) -> Estimate:
        """The estimate in another unit; ``factor`` is above 0 and known.

        Examples
        --------
        >>> print(share(0.07, 0.01).times(311_600))
        21,812 (95 %: 16,441 to 28,767; stated)
        """
        scaled = {name: factor * getattr(self, name) for name in ("value", "se", "low", "high")}
        return replace(self, **scaled, kind="amount" if factor != 1 else self.kind)


def share(
    value: float,
    se: float,
    *,
    n: int = 0,
    clusters: int = 0,
    df: float = np.inf,
    method: str | None = None,
) -> Estimate:
    """Return the estimate of a share with its interval on the logit scale.

    ``logit(value) +- t se / (value (1 - value))``. At 0 or 1 that has no meaning: the interval
    is then exact (Clopper-Pearson) for as many independent draws as there are clusters, because
    nothing is known of how alike the households of one cluster are.

    Raises
    ------
    InputError
        If the value is not a share, or the standard error negative.

    Examples
    --------
    >>> print(share(0.07, 0.0099, n=670))
    7.00 % (95 %: 5.29 % to 9.21 %; 670 households)
    >>> print(share(0.0, 0.0, n=40, clusters=40, df=39))
    0.00 % (95 %: 0.00 % to 8.81 %; 40 households)
    """
    faults = []
    if not 0 <= value <= 1:
        faults.append(Fault("not a share", column="value", value=f"{value}", expected="0 to 1"))
    if se < 0:
        faults.append(Fault("negative", column="se", value=f"{se}", expected="0 or more"))
    if faults:
        raise InputError(faults)
    made = _bare(value, se, n, clusters, df, "share", method)
    if value in (0.0, 1.0):
        # Also with one cluster: none in one draw says little, and so does the interval.
        rare = 1.0 - (0.5 * (1.0 - LEVEL)) ** (1.0 / clusters) if clusters else np.nan
        ends = (0.0, rare) if value == 0 else (1.0 - rare, 1.0)
        return made.with_interval(*ends) if clusters else made
    reach = _t(df) * made.se / (value * (1.0 - value))
    middle = logit(value)
    return made.with_interval(float(expit(middle - reach)), float(expit(middle + reach)))


def amount(
    value: float,
    se: float,
    *,
    n: int = 0,
    clusters: int = 0,
    df: float = np.inf,
    method: str | None = None,
) -> Estimate:
    """Return an estimate with the interval ``value +- t se``.

    Examples
    --------
    >>> print(amount(3.0, 0.5))
    3 (95 %: 2.02 to 3.98; stated)
    """
    made = _bare(value, se, n, clusters, df, "amount", method)
    reach = _t(df) * made.se
    return made.with_interval(value - reach, value + reach)


def _bare(
    value: float,
    se: float,
    n: int,
    clusters: int,
    df: float,
    kind: Literal["share", "amount"],
    method: str | None,
) -> Estimate:
    known = float(se) if df >= 1 else float("nan")
    how = method or ("direct" if n else "stated")
    return Estimate(float(value), known, np.nan, np.nan, n, clusters, float(df), kind, how)


def _t(df: float) -> float:
    """Quantile of Student's t for the level; the normal's where df is infinite."""
    return float(stdtrit(min(df, 1e9), 0.5 + 0.5 * LEVEL)) if df >= 1 else float("nan")
