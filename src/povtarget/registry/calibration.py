"""A registry brought into line with the survey's rate: `calibrate`.

The survey knows the rate and no names, the registry names and no rate. Calibration moves the
registry's consumption by a strictly increasing map (`povtarget.registry.monotone`), so that its
expected headcount, and its expected gap where asked, are the survey's, and nobody changes rank
within an area. Weights stay as they are: whom the registry does not list is estimated apart
(`povtarget.registry.unlisted`), never added as weight to a name.

The survey's rate has an error, which comes with the result: `Calibration.ends` are the registry
at both ends of the interval, to plan on each; `Calibration.interval` puts the interval of the
rate through any measure of the registry; `povtarget.forecast(..., calibration=)` puts it into
what a plan will achieve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget import poverty
from povtarget.errors import Fault, InputError, PovtargetError
from povtarget.estimates import Estimate
from povtarget.households import Households
from povtarget.registry import monotone
from povtarget.registry.calibration_door import Targets, targets_of
from povtarget.registry.calibration_notes import notes_on
from povtarget.registry.drift import Drift, drift_of

Floats = NDArray[np.float64]
Rates = float | Estimate | Mapping[str, float | Estimate]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A registry whose expected poverty is the survey's. Made by `calibrate`.

    Parameters
    ----------
    households
        The registry with consumption (and sigma, where a gap was asked for) moved; identifiers,
        sizes, weights, lines and covariates are as they were.
    areas
        One row for each area ("all" without areas): persons, ``rate`` of the survey with ``se``,
        ``low``, ``high``; the expected headcount ``before`` and ``after``, ``gap_before`` and
        ``gap_after``; ``spread``, the power b (1: no change); ``shift``, the log points by
        which consumption at the line moves; ``rupiah``, the same in Rp per person per month.
    warnings
        What a person should know before trusting it.
    """

    households: Households
    areas: pd.DataFrame
    warnings: tuple[str, ...]
    _registry: Households = field(repr=False)
    _targets: Targets = field(repr=False)

    def __str__(self) -> str:
        lines = [f"{name}: {self._line(name)}" for name in self.areas.index]
        return "\n".join([*lines, *self.warnings])

    def _line(self, name: str) -> str:
        row = self.areas.loc[name]
        ends = f"95 %: {100 * row['low']:.2f} % to {100 * row['high']:.2f} %"
        return (
            f"expected rate {100 * row['before']:.2f} % brought to {100 * row['after']:.2f} % "
            f"({'no standard error given' if np.isnan(row['low']) else ends}); "
            f"Rp {row['rupiah']:+,.0f} at the line"
        )

    @property
    def shift(self) -> pd.Series:
        """By area: log points by which consumption at the line moves."""
        return self.areas["shift"]

    @property
    def moved(self) -> pd.DataFrame:
        """By area: how far, in log points and in Rp per person per month at the line."""
        return self.areas[["shift", "rupiah", "spread"]]

    def at(self, rates: Mapping[str, float]) -> Households:
        """The registry calibrated to other rates, by area ("all" without areas).

        A gap that was asked for goes with its rate: the mean shortfall of those below the line
        stays what the survey found.
        """
        return _moved(self._registry, self._targets.at(rates)).households

    def ends(self) -> tuple[Households, Households]:
        """The registry at the low and the high end of the survey's 95 % interval.

        With areas, whose errors are independent, all move together just so far that the rate
        of the whole is at the end of its own interval.

        Raises
        ------
        PovtargetError
            If no standard error was given.
        """
        low, high = self._targets_with_error().ends()
        return _moved(self._registry, low).households, _moved(self._registry, high).households

    def draws(self, n: int, seed: int = 0) -> Iterator[Households]:
        """The registry calibrated to n rates drawn from the survey's error, one after another.

        Drawn on the logit scale, from Student's t where degrees of freedom are known, for
        each area by itself.

        Raises
        ------
        PovtargetError
            If no standard error was given.
        """
        targets = self._targets_with_error()
        rng = np.random.default_rng(seed)
        for _ in range(n):
            yield _moved(self._registry, targets.drawn(rng)).households

    def interval(
        self, measure: Callable[[Households], float], *, draws: int = 200, seed: int = 0
    ) -> Estimate:
        """Put the survey's error through a measure of the registry.

        Parameters
        ----------
        measure
            From households to a number: an expected headcount, a plan's value ...
        draws
            Draws of the rate, 2 or more; the measure is taken of each.
        seed
            Same seed, same interval.

        Returns
        -------
        Estimate
            The measure at the survey's rate; its standard deviation and the 2.5 and 97.5 per
            cent points over the draws. The error of the prediction itself is not in it.

        Raises
        ------
        PovtargetError
            If no standard error was given.
        """
        if draws < 2:
            expected = "2 or more"
            raise InputError([Fault("too few", "interval", None, "draws", str(draws), expected)])
        found = np.array([measure(households) for households in self.draws(draws, seed)])
        low, high = np.quantile(found, (0.025, 0.975))
        value, se = float(measure(self.households)), float(found.std(ddof=1))
        return Estimate(
            value, se, float(low), float(high), 0, 0, np.inf, method="the survey's error alone"
        )

    @cached_property
    def drift(self) -> Drift:
        """How the registry moves with the survey's error, for `povtarget.forecast`.

        Raises
        ------
        PovtargetError
            If no standard error was given.
        """

        def moved(targets: Targets) -> tuple[Floats, Floats]:
            found = _moved(self._registry, targets)
            return found.shift, found.spread

        return drift_of(self._targets_with_error(), moved)

    def _targets_with_error(self) -> Targets:
        if np.isnan(self._targets.se).any():
            raise PovtargetError("no standard error of the rate was given: calibrate(..., se=)")
        return self._targets


def calibrate(
    households: Households,
    rate: Rates,
    *,
    gap: float | Mapping[str, float] | None = None,
    se: float | Mapping[str, float] | None = None,
    by: str | None = None,
    max_shift: float = 0.25,
    fewest: int = 50,
) -> Calibration:
    """Move a registry's consumption so that its expected headcount is the survey's rate.

    ``C' = C e^shift`` where only a rate is asked for; with a gap, ``C' = z (C / z)^b e^shift``
    and ``sigma' = b sigma``. Both are strictly increasing, one map for each area, so nobody's
    rank of consumption (relative to the line, where lines differ) changes within an area. Rate
    and gap are met to 1e-9 by root finders with a bracket (`povtarget.registry.monotone`).

    Parameters
    ----------
    households
        The registry; rates count persons (weight times size).
    rate
        The survey's share of persons below the line: a number, an `Estimate` (which brings its
        error), or either by area.
    gap
        The survey's poverty gap P1, a share of the line per person, or by area.
    se
        Standard error of the rate, or by area, where the rate is a plain number.
    by
        A column ("area", a covariate): each area then gets its own rate.
    max_shift
        Log points that consumption at the line may move before registry and survey are said to
        contradict each other; 0.25 is 28 per cent of the line.
    fewest
        Direct estimates from fewer survey households are refused; see `small_area_rates`.

    Raises
    ------
    InputError
        With every fault: an unknown column, areas without a rate or rates without an area,
        rates outside (0, 1), gaps not below the rate or out of reach, too few survey households.

    Examples
    --------
    >>> households = Households.from_frame(
    ...     {"household_id": ["1", "2", "3", "4"], "size": [4, 4, 4, 4],
    ...      "consumption": [700_000, 800_000, 950_000, 990_000], "sigma": [0.35] * 4},
    ...     poverty_line=513_243)
    >>> print(calibrate(households, 0.07, se=0.0099))
    all: expected rate 8.99 % brought to 7.00 % (95 %: 5.29 % to 9.21 %); Rp +26,700 at the line
    """
    targets = targets_of(households, rate, gap=gap, se=se, by=by, fewest=fewest)
    moved = _moved(households, targets)
    table = _table(households, moved, targets)
    notes = notes_on(table, targets, max_shift=max_shift)
    return Calibration(moved.households, table, notes, households, targets)


class _Moved(NamedTuple):
    """A registry moved, the shift of the line and the power b of each area."""

    households: Households
    shift: Floats
    spread: Floats


def _moved(registry: Households, targets: Targets) -> _Moved:
    group = targets.group
    with np.errstate(divide="ignore"):
        y = np.log(registry.consumption / registry.line)
    mixture = monotone.Mixture(y, registry.sigma, registry.persons, group)
    q = monotone.quantiles(mixture, targets.rate)
    b = _spreads(mixture, q, targets)
    # Where b is 1 a product keeps ranks to the last digit, and 0 stays 0.
    ratio = np.exp(b[group] * (y - q[group]))
    scaled = registry.consumption * np.exp(-q)[group]
    consumption = np.where(b[group] == 1, scaled, registry.line * ratio)
    sigma = b[group] * registry.sigma
    for array in (consumption, sigma):
        array.flags.writeable = False
    return _Moved(replace(registry, consumption=consumption, sigma=sigma), 0.0 - b * q, b)


def _spreads(mixture: monotone.Mixture, q: Floats, targets: Targets) -> Floats:
    b = np.ones(targets.rate.size)
    for k in np.flatnonzero(~np.isnan(targets.gap)):
        mine = mixture.part(mixture.group == k)
        b[k] = monotone.spread(mine, float(q[k]), float(targets.gap[k]))
    if np.isnan(b).any():
        raise InputError(
            Fault(
                "no widening or narrowing of the registry, up to a power of 20, has this gap",
                "gap",
                column=str(targets.names[k]),
                value=f"{targets.gap[k]:.4g}",
                expected="a gap that fits the rate",
            )
            for k in np.flatnonzero(np.isnan(b))
        )
    return b


def _table(before: Households, moved: _Moved, targets: Targets) -> pd.DataFrame:
    after, count = moved.households, targets.rate.size
    persons = np.bincount(targets.group, before.persons, minlength=count)
    line = np.bincount(targets.group, before.persons * before.line, minlength=count) / persons

    def expected(households: Households, alpha: int) -> Floats:
        each = poverty.expected_shortfall(
            households.consumption, households.sigma, households.line, alpha
        )
        return np.asarray(
            np.bincount(targets.group, households.persons * each, minlength=count) / persons
        )

    return pd.DataFrame(
        {
            "persons": persons,
            "rate": targets.rate,
            "se": targets.se,
            "low": targets.low,
            "high": targets.high,
            "before": expected(before, 0),
            "after": expected(after, 0),
            "gap_before": expected(before, 1),
            "gap_after": expected(after, 1),
            "spread": moved.spread,
            "shift": moved.shift,
            "rupiah": line * np.expm1(moved.shift),
        },
        index=pd.Index(targets.names, dtype=object),
    )
