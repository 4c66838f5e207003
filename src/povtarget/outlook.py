"""What a roadmap assumes of the years to come, and how uncertain each of it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.sayings import said

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """Assumptions for the years of a roadmap; every default is an assumption of ours.

    Parameters
    ----------
    growth, line_growth
        Growth of consumption and of the poverty line in a year, nominal, as shares; one number
        for all years, or one for each.
    growth_sd
        Standard deviation of a year's growth of consumption relative to the line, as a share:
        what nobody knows of the first two together. Years are independent of each other.
    start_se
        Standard error of the starting rate of persons, a share: that of the survey to which the
        registry was calibrated.
    gain_sd
        Standard deviation of what all benefits add, relative to what is stated of them.
    shock_chance, shock_depth
        In each year so many households (a share) have so much less (a share of consumption),
        beside the usual ups and downs, which the predictions' sigma has in it already.
    survey_households, design_effect
        The survey that will measure: its households in the city, and by what factor its clusters
        widen the variance of a simple sample.

    Raises
    ------
    InputError
        With every fault.

    Examples
    --------
    >>> outlook = Outlook(growth=0.06, line_growth=(0.10, 0.07, 0.05))
    >>> [round(float(ratio), 4) for ratio in outlook.relative_growth(3)]
    [0.9636, 0.9907, 1.0095]
    >>> round(float(outlook.survey_se(0.07)), 4)
    0.0139
    """

    growth: float | Sequence[float] = 0.05
    line_growth: float | Sequence[float] = 0.05
    growth_sd: float = 0.015
    start_se: float = 0.0
    gain_sd: float = 0.15
    shock_chance: float = 0.0
    shock_depth: float = 0.0
    survey_households: int = 670
    design_effect: float = 2.0

    def __post_init__(self) -> None:
        for name in ("growth", "line_growth"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)):
                object.__setattr__(self, name, tuple(value))
        faults = list(self._faults())
        if faults:
            raise InputError(faults)

    def _faults(self) -> Iterator[Fault]:
        for name in ("growth", "line_growth"):
            value = getattr(self, name)
            for rate in value if isinstance(value, tuple) else (value,):
                if not -0.5 < rate < 1:
                    yield _fault(name, rate, "a share such as 0.05, from -0.5 to 1")
        for name, most in (("growth_sd", 0.5), ("start_se", 0.5), ("gain_sd", 1.0)):
            if not 0 <= getattr(self, name) <= most:
                yield _fault(
                    name, getattr(self, name), said("a share from 0 to {most:g}", most=most)
                )
        for name in ("shock_chance", "shock_depth"):
            if not 0 <= getattr(self, name) < 1:
                yield _fault(name, getattr(self, name), "a share from 0 to below 1")
        if not self.survey_households >= 1:
            yield _fault("survey_households", self.survey_households, "1 or more")
        if not 1 <= self.design_effect < math.inf:
            yield _fault("design_effect", self.design_effect, "a factor, 1 or more")

    def by_year(self, name: str, years: int) -> Floats:
        """float64[years]: "growth" or "line_growth" of each year.

        Raises
        ------
        InputError
            Where rates are given by year, and not for so many years.
        """
        value = getattr(self, name)
        if not isinstance(value, tuple):
            return np.full(years, float(value))
        if len(value) != years:
            expected = said("one number, or {years}: one for each year", years=years)
            raise InputError([_fault(name, said("{count} numbers", count=len(value)), expected)])
        return np.array(value, dtype=np.float64)

    def relative_growth(self, years: int) -> Floats:
        """float64[years]: what consumption gains on the line in each year, as a factor."""
        return (1 + self.by_year("growth", years)) / (1 + self.by_year("line_growth", years))

    def survey_se(self, rate: float | Floats) -> Floats:
        """Standard error of the rate that a survey measures, a share."""
        variance = self.design_effect * np.asarray(rate) * (1 - np.asarray(rate))
        return np.asarray(np.sqrt(variance / self.survey_households))


def _fault(column: str, value: object, expected: str) -> Fault:
    return Fault("not usable", "outlook", column=column, value=str(value), expected=expected)
