"""What every section draws on: the question, the answer, what they come to, and the words."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from povtarget.disclosure import FEWEST
from povtarget.errors import Fault, InputError
from povtarget.estimates import Estimate
from povtarget.evidence import Evidence
from povtarget.locale import Language, Words
from povtarget.plan import MILLION, Plan
from povtarget.problem import TargetingProblem
from povtarget.questions import Frontier
from povtarget.report.maps import AreaMap
from povtarget.targets import TargetCheck


@dataclass(frozen=True)
class ReportSettings:
    """How a report is written.

    Parameters
    ----------
    language
        "en" or "id".
    title
        What the plan is for, such as "Kota Pekalongan 2026".
    contact
        Where an objection goes: an office, a telephone number.
    target
        The official rate and the goal, from `povtarget.check_target`.
    map
        Outlines of areas, from `povtarget.report.read_map`; tiles without.
    frontier
        What less or more of the city's money would do, from `povtarget.frontier` over budgets.
    """

    language: Language = "en"
    title: str = ""
    contact: str = ""
    target: TargetCheck | None = None
    map: AreaMap | None = None
    frontier: Frontier | None = None

    def __post_init__(self) -> None:
        Words(self.language)  # an unknown language is bad input, said at once
        if self.frontier is not None and self.frontier.over != "budget":
            raise InputError(
                [
                    Fault(
                        "a report shows the frontier over budgets",
                        column="frontier",
                        value=self.frontier.over,
                        expected="budget",
                    )
                ]
            )


@dataclass(frozen=True)
class Material:
    """A plan ready to be told.

    Parameters
    ----------
    evidence
        The plan and its question, counted.
    alone
        What agencies that plan alone would do with the same money.
    words
        The language.
    settings
        How it is written.
    """

    evidence: Evidence
    alone: Plan
    words: Words
    settings: ReportSettings

    @property
    def problem(self) -> TargetingProblem:
        """The question."""
        return self.evidence.problem

    @property
    def plan(self) -> Plan:
        """The answer."""
        return self.evidence.plan

    @property
    def persons(self) -> float:
        """Persons that the list stands for."""
        return math.fsum(self.problem.households.persons.tolist())

    @property
    def fall(self) -> float:
        """Expected fall of the rate, in percentage points."""
        return 100 * (self.plan.rate("before") - self.plan.rate("after"))

    def points(self, points: float) -> str:
        """Percentage points with their unit."""
        return self.words("report_points", points=self.words.number(points, 2))

    def number(self, value: float, digits: int = 0) -> str:
        """A number, or "fewer than" where it is withheld (NaN)."""
        if np.isnan(value):
            return self.words("report_few", fewest=FEWEST)
        text = self.words.number(value, digits)
        return text.removeprefix("-") if not any(c in text for c in "123456789") else text

    def millions(self, rupiah: float, digits: int = 0) -> str:
        """Rupiah in millions, without the unit."""
        return self.number(rupiah / MILLION, digits)

    def money(self, rupiah: float) -> str:
        """Rupiah in millions, with the unit."""
        return self.words("report_million", amount=self.millions(rupiah))

    def estimate(self, found: Estimate, digits: int = 2) -> str:
        """An estimate with its interval where there is one."""
        is_share = found.kind == "share"
        value, low, high = (
            self.words.percent(x, digits) if is_share else self.number(x)
            for x in (found.value, found.low if found.low == found.low else 0.0, found.high)
        )
        if np.isnan(found.low):
            return value
        return self.words("report_interval", value=value, low=low, high=high)

    def label(self, name: Hashable) -> str:
        """A row's name; "" is that of the small ones put together."""
        return str(name) or self.words("report_others")


def numbers_of(row: Any, *names: str) -> tuple[float, ...]:
    """Numbers of a table's row by column."""
    return tuple(float(row[name]) for name in names)
