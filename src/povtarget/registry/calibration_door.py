"""What a calibration aims at, checked: rates, gaps and errors of each area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from povtarget.errors import Fault, InputError, nearest
from povtarget.estimates import Estimate, share
from povtarget.households import Households
from povtarget.numbers import as_typed, is_number
from povtarget.sayings import said

Floats = NDArray[np.float64]
_Number = TypeVar("_Number", float, float | Estimate)
ALL = "all"
REACH = 1.959963984540054  # of a normal error, 95 %


@dataclass(frozen=True, eq=False)
class Targets:
    """For each area, in order: the rate with its error, and the gap (NaN: none asked for).

    ``share`` is each area's share of all persons, ``group`` each household's area.
    """

    names: NDArray[np.object_]
    group: NDArray[np.int64]
    share: Floats
    rate: Floats
    se: Floats
    df: Floats
    low: Floats
    high: Floats
    gap: Floats

    def at(self, rates: Any) -> Targets:
        """Other rates, all areas named; the mean shortfall below the line stays."""
        if not isinstance(rates, Mapping):
            expected = said("a mapping such as {{'{names}': 0.07}}", names=self.names[0])
            raise InputError([Fault("not rates by area", "rates", expected=expected)])
        faults = [*_name_faults(rates, self.names, "rates"), *_rate_faults(rates)]
        if faults:
            raise InputError(faults)
        return self._moved(np.array([rates[name] for name in self.names], dtype=np.float64))

    def ends(self) -> tuple[Targets, Targets]:
        """All rates moved together, so far that the whole is at the ends of its interval."""
        if self.rate.size == 1:
            return self._moved(self.low), self._moved(self.high)
        error = self.share * self.se
        if not error.any():
            return self, self
        steps = REACH * np.sqrt((error**2).sum()) / error.sum()
        width = steps * self.se / (self.rate * (1 - self.rate))
        low, high = (expit(logit(self.rate) + sign * width) for sign in (-1.0, 1.0))
        return self._moved(low), self._moved(high)

    def drawn(self, rng: np.random.Generator) -> Targets:
        """One draw of every rate, on the logit scale."""
        return self.stepped(rng.standard_t(np.minimum(self.df, 1e9)))

    def stepped(self, steps: Floats) -> Targets:
        """Rates that are some standard errors away, on the logit scale."""
        width = self.se / (self.rate * (1 - self.rate))
        return self._moved(np.asarray(expit(logit(self.rate) + width * steps)))

    def _moved(self, rate: Floats) -> Targets:
        return replace(self, rate=rate, gap=self.gap * rate / self.rate)


def targets_of(
    households: Households,
    rate: float | Estimate | Mapping[str, float | Estimate],
    *,
    gap: float | Mapping[str, float] | None,
    se: float | Mapping[str, float] | None,
    by: str | None,
    fewest: int,
) -> Targets:
    """Check and gather what `calibrate` was asked for, or raise with every fault."""
    names, group = _areas(households, by)
    rates = _by_area(rate, names, "rate")
    errors = _by_area(se, names, "se")
    gaps = _by_area(gap, names, "gap")
    faults = [
        fault
        for given, source in ((rates, "rate"), (errors, "se"), (gaps, "gap"))
        for fault in _name_faults(given, names, source)
        if given or source == "rate"
    ]
    faults += _rate_faults(rates)
    faults += _error_faults(errors, rates)
    faults += _few_faults(rates, fewest)
    faults += _consumption_faults(households, names, group)
    if faults:
        raise InputError(faults)
    estimates = [_estimate(rates[name], errors.get(name)) for name in names]
    faults = [
        Fault("not between 0 and the rate", "gap", column=name, value=as_typed(gaps[name]))
        for name, estimate in zip(names, estimates, strict=True)
        if name in gaps and not (is_number(gaps[name]) and 0 < gaps[name] < estimate.value)
    ]
    if faults:
        raise InputError(faults)
    persons = np.bincount(group, households.persons, minlength=names.size)

    def column(attribute: str) -> Floats:
        return np.array([getattr(estimate, attribute) for estimate in estimates])

    return Targets(
        names, group, persons / persons.sum(), column("value"), column("se"), column("df"),
        column("low"), column("high"), np.array([float(gaps.get(name, np.nan)) for name in names]),
    )  # fmt: skip


def _areas(
    households: Households, by: str | None
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    if by is None:
        return np.array([ALL], dtype=object), np.zeros(len(households), dtype=np.int64)
    if by not in households.columns:
        hint = nearest(by, households.columns) or "a column of the households"
        raise InputError([Fault("there is no such column", "by", value=by, expected=hint)])
    return households.grouped(by)


def _by_area(
    given: _Number | Mapping[str, _Number] | None, names: NDArray[np.object_], source: str
) -> dict[str, _Number]:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(name): value for name, value in given.items()}
    if names.size > 1 or names[0] != ALL:
        expected = "a mapping from each area to a number"
        raise InputError([Fault("one number for several areas", source, expected=expected)])
    return {ALL: given}


def _name_faults(
    given: Mapping[str, object], names: NDArray[np.object_], source: str
) -> Iterator[Fault]:
    known = {*map(str, names)}
    for name in names:
        if name not in given:
            hint = nearest(name, [key for key in given if key not in known])
            yield Fault(
                said("nothing for area '{name}'", name=name), source, expected=hint or "all areas"
            )
    for name in given:
        if name not in known:
            hint = nearest(name, known) or "an area of the registry"
            yield Fault(
                said("the registry has no area '{name}'", name=name), source, expected=hint
            )


def _rate_faults(rates: Mapping[str, float | Estimate]) -> Iterator[Fault]:
    for name, rate in rates.items():
        value = rate.value if isinstance(rate, Estimate) else rate
        if not (is_number(value) and 0 < value < 1):
            expected = "a share above 0 and below 1, as 0.07 for 7 %"
            yield Fault(
                "not a rate", "rate", column=name, value=as_typed(value), expected=expected
            )


def _error_faults(
    errors: Mapping[str, float], rates: Mapping[str, float | Estimate]
) -> Iterator[Fault]:
    """An error is at most that of one person drawn: a larger one is in another unit."""
    for name, se in errors.items():
        rate = rates.get(name)
        most = 0.5
        if is_number(rate) and 0 < float(rate) < 1:  # type: ignore[arg-type]
            most = float(np.sqrt(float(rate) * (1 - float(rate))))  # type: ignore[arg-type]
        if not (is_number(se) and (np.isnan(se) or 0 <= se <= most)):
            expected = said("a share from 0 to {most:.3g}, as 0.01 for 1 point", most=most)
            yield Fault("not a standard error", "se", None, name, as_typed(se), expected)


def _few_faults(rates: Mapping[str, float | Estimate], fewest: int) -> Iterator[Fault]:
    for name, rate in rates.items():
        if not isinstance(rate, Estimate) or rate.method != "direct":
            continue
        if rate.n < fewest or np.isnan(rate.se):
            message = said(
                "{n:,} survey households in {clusters:,} clusters are too few",
                n=rate.n,
                clusters=rate.clusters,
            )
            expected = said(
                "{fewest:,} or more in two clusters, or small_area_rates", fewest=fewest
            )
            yield Fault(message, "rate", column=name, expected=expected)


def _consumption_faults(
    households: Households, names: NDArray[np.object_], group: NDArray[np.int64]
) -> Iterator[Fault]:
    has_some = np.bincount(group, households.consumption > 0, minlength=names.size) > 0
    for name in names[~has_some]:
        yield Fault("nobody has any consumption", "households", column=name)


def _estimate(rate: float | Estimate, se: float | None) -> Estimate:
    if isinstance(rate, Estimate):
        return rate
    return share(float(rate), np.nan if se is None else float(se))
