"""What a stated target comes to: points, persons and families, and figures that contradict.

`check_target` never repairs a figure. It says which stated figures cannot hold together and
offers readings that would make them fit, each found by arithmetic: a goal with other digits, a
factor of ten, the size of a list that was taken for the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from povtarget.errors import Fault, InputError
from povtarget.estimates import Estimate, share
from povtarget.locale import Language, Words
from povtarget.sayings import said

Stated = float | tuple[float, float]

NEAR = 1.25
"""A stated round figure fits a computed one that it misses by less than this factor."""
_SIGNIFICANT = 1.959964  # standard errors, 95 %
_SIZES = (2.0, 8.0)  # persons per family that occur


@dataclass(frozen=True)
class Finding:
    """One thing found: a contradiction, or a reading that would resolve one.

    Parameters
    ----------
    kind
        Contradictions: "points", "people", "families", "more_than_all", "family_size",
        "unseen" ("unseen_needed" with the sample that it would take). Readings: "read_goal",
        "read_points", "read_now", "read_factor_people", "read_factor_families", "read_list",
        "read_tenths".
    values
        The numbers of it, by name: points in percentage points, rates as shares.
    """

    kind: str
    values: Mapping[str, Stated | str]

    def text(self, language: Language = "en") -> str:
        """The finding as a sentence, in English ("en") or Indonesian ("id")."""
        words = Words(language)
        shown = {name: _shown(name, value, words) for name, value in self.values.items()}
        return words(f"target_{self.kind}", **shown)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class TargetCheck:
    """What a target comes to. Made by `check_target`.

    Parameters
    ----------
    rate_now, rate_goal
        Shares of persons below the line; the first with its interval where that is known.
    points
        Fall in percentage points.
    people, families
        Persons and families to the goal.
    below_now
        All persons below the line now.
    smallest_fall
        The least fall, in points, that one pair of such surveys can tell from chance (95 per
        cent); None where nothing of the survey's error is known.
    households_needed
        Survey households, in each of the two surveys, that could tell this fall from chance;
        None where the number of households is not given.
    warnings
        Stated figures that contradict each other, and what cannot be seen.
    readings
        Computed ways in which stated figures would fit, the likeliest first.
    """

    rate_now: Estimate
    rate_goal: float
    points: float
    people: float
    families: float
    below_now: float
    smallest_fall: float | None
    households_needed: int | None
    warnings: tuple[Finding, ...]
    readings: tuple[Finding, ...]

    def text(self, language: Language = "en") -> str:
        """The check in words, in English ("en") or Indonesian ("id")."""
        words = Words(language)
        known = not np.isnan(self.rate_now.low)
        lines = [
            words(
                "target_head",
                now=words.percent(self.rate_now.value),
                goal=words.percent(self.rate_goal),
                points=words.number(self.points, 2),
                people=words.number(self.people),
                families=words.number(self.families),
            ),
            words(
                "target_interval" if known else "target_no_interval",
                low=words.percent(self.rate_now.low) if known else "",
                high=words.percent(self.rate_now.high) if known else "",
            ),
        ]
        lines += [f"! {warning.text(language)}" for warning in self.warnings]
        lines += [f"? {reading.text(language)}" for reading in self.readings]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def check_target(
    rate_now: float | Estimate,
    rate_goal: float,
    *,
    population: float,
    points: float | None = None,
    people: Stated | None = None,
    families: Stated | None = None,
    persons_per_family: float = 4.0,
    lists: Mapping[str, float] = MappingProxyType({}),
    se: float | None = None,
    households: int | None = None,
    design_effect: float = 2.0,
) -> TargetCheck:
    """Say what a target comes to, and where stated figures contradict it or each other.

    Parameters
    ----------
    rate_now, rate_goal
        Shares of persons below the line (0.07 is 7 %).
    population
        Persons that the rates are of.
    points, people, families
        What was stated: percentage points, persons and families to the goal. A pair is a
        range: ``(7_000, 8_000)``.
    persons_per_family
        Persons on one card; 4 unless known (an assumption).
    lists
        Persons on lists that might have been taken for the gap, by name.
    se
        Standard error of the rate, a share. An `Estimate` brings its own.
    households
        Survey households behind the rate; gives a standard error where ``se`` is not known:
        ``sqrt(design_effect rate (1 - rate) / households)``.
    design_effect
        How much clusters and weights enlarge the variance; 2 is an assumption (some 4.5 in
        Albania's survey of 2012).

    Raises
    ------
    InputError
        With every fault: rates that are no shares or do not fall, counts below 0.

    Examples
    --------
    >>> check = check_target(0.07, 0.0586, population=311_600, points=1.11, people=30_000)
    >>> round(check.points, 2), round(check.people)
    (1.14, 3552)
    >>> print(check.warnings[0])
    Stated are 1.11 points, but from 7.00 % to 5.86 % it is 1.14 points.
    >>> print(check.readings[0])
    A goal of 5.89 % would make 1.11 points.
    """
    faults = list(_error_faults(rate_now, se, households, design_effect))
    now = _now(rate_now, None if faults else se, None if faults else households, design_effect)
    faults += _faults(now, rate_goal, population, persons_per_family)
    faults += _stated_faults({"points": points, "people": people, "families": families})
    faults += _stated_faults(lists)
    if faults:
        raise InputError(faults)
    fall = now.value - rate_goal
    figures = _Figures(
        now.value, rate_goal, round(100 * fall, 9), fall * population, population,
        persons_per_family, points, _range(people), _range(families),
    )  # fmt: skip
    smallest = _smallest_fall(now, rate_goal)
    needed = None
    if smallest is not None and now.n and figures.points > 0:  # 0: less than any digit shows
        needed = int(np.ceil(now.n * (smallest / figures.points) ** 2))
    warnings = (*_contradictions(figures), *_unseen(figures, smallest, needed))
    readings = (*_readings_of_points(figures), *_readings_of_people(figures, lists))
    return TargetCheck(
        now, rate_goal, figures.points, figures.people, figures.families, figures.below,
        smallest, needed, warnings, readings,
    )  # fmt: skip


@dataclass(frozen=True)
class _Figures:
    """What follows from the rates, and what was stated."""

    now: float
    goal: float
    points: float
    people: float
    population: float
    size: float
    stated_points: float | None
    stated_people: tuple[float, float] | None
    stated_families: tuple[float, float] | None

    @property
    def families(self) -> float:
        return self.people / self.size

    @property
    def below(self) -> float:
        return self.now * self.population

    @property
    def points_fit(self) -> bool:
        """Whether stated points and rates agree, each rounded to the digits that it shows."""
        if self.stated_points is None:
            return True
        shown = (_digits(100 * self.now), _digits(100 * self.goal), _digits(self.stated_points, 1))
        rounding = sum(0.5 * 10.0**-digits for digits in shown)
        return abs(self.stated_points - self.points) <= rounding * (1 + 1e-9)


def _contradictions(f: _Figures) -> Iterator[Finding]:
    if not f.points_fit:
        yield Finding(
            "points",
            {"stated": f.stated_points or 0.0, "now": f.now, "goal": f.goal, "points": f.points},
        )
    if f.stated_people and not _fits(f.stated_people, f.people):
        times = f.stated_people[0] / f.people
        yield Finding("people", {"people": f.stated_people, "computed": f.people, "times": times})
    if f.stated_people and f.stated_people[0] > f.below:
        yield Finding("more_than_all", {"people": f.stated_people, "below": f.below})
    if f.stated_families and not _fits(f.stated_families, f.families):
        times = f.stated_families[0] / f.families
        yield Finding(
            "families",
            {
                "families": f.stated_families,
                "computed": f.families,
                "size": f.size,
                "times": times,
            },
        )
    if f.stated_people and f.stated_families:
        low = f.stated_people[0] / f.stated_families[1]
        high = f.stated_people[1] / f.stated_families[0]
        if high < _SIZES[0] or low > _SIZES[1]:
            yield Finding("family_size", {"size": (low, high)})


def _unseen(f: _Figures, smallest: float | None, needed: int | None) -> Iterator[Finding]:
    if smallest is None or f.points >= smallest:
        return
    values: dict[str, Stated | str] = {"points": f.points, "smallest": smallest}
    if needed is None:
        yield Finding("unseen", values)
    else:
        yield Finding("unseen_needed", {**values, "needed": needed})


def _readings_of_points(f: _Figures) -> Iterator[Finding]:
    """What each figure would have to be for the others to hold, fewest changed digits first."""
    if f.points_fit or f.stated_points is None:
        return
    stated = f.stated_points
    goal, now = f.now - stated / 100, f.goal + stated / 100
    digits = max(_digits(100 * f.now), _digits(100 * f.goal), _digits(stated))
    found = [
        (_changed(100 * f.goal, 100 * goal, digits), "read_goal", {"goal": goal}),
        (_changed(stated, f.points, digits), "read_points", {"points": f.points}),
        (_changed(100 * f.now, 100 * now, digits), "read_now", {"now": now}),
    ]
    for _, kind, values in sorted(found, key=lambda reading: reading[0]):
        if goal >= 0 or kind != "read_goal":
            yield Finding(kind, {"stated": stated, **values})


def _readings_of_people(f: _Figures, lists: Mapping[str, float]) -> Iterator[Finding]:
    stated = {"people": (f.stated_people, f.people), "families": (f.stated_families, f.families)}
    off = {
        name: (given, computed)
        for name, (given, computed) in stated.items()
        if given is not None and not _fits(given, computed)
    }
    for power in (-1, 1, -2, 2, -3, 3):
        factor = 10.0**power
        if off and all(_fits((factor * a, factor * b), c) for (a, b), c in off.values()):
            for name, ((a, b), computed) in off.items():
                meant = (factor * a, factor * b)
                yield Finding(f"read_factor_{name}", {name: meant, "computed": computed})
    people, families = off.get("people"), f.stated_families
    if people is None:
        return
    tenths = {f"{10 * k}": f.population * k / 10 for k in range(1, 5)}
    for named, kind in ((lists, "read_list"), (tenths, "read_tenths")):
        for name, count in named.items():
            near = NEAR if kind == "read_list" else 1.1
            if _fits(people[0], count, near) and (
                families is None or _fits(families, count / f.size)
            ):
                yield Finding(kind, {"name": name, "people": count, "families": count / f.size})


def _smallest_fall(now: Estimate, goal: float) -> float | None:
    """Points beyond which the difference of two independent surveys is not chance.

    ``1.96 sqrt(se_now^2 + se_goal^2)``; the later survey is like this one, its standard error
    changed as ``sqrt(p (1 - p))`` changes.
    """
    if np.isnan(now.se):
        return None
    later = now.se**2 * goal * (1 - goal) / (now.value * (1 - now.value))
    return float(100 * _SIGNIFICANT * np.sqrt(now.se**2 + later))


def _now(
    rate: float | Estimate, se: float | None, households: int | None, design_effect: float
) -> Estimate:
    if isinstance(rate, Estimate):
        return rate
    if not 0 < rate < 1:
        return Estimate(float(rate), np.nan, np.nan, np.nan, 0, 0, np.inf, "share", "stated")
    error = np.nan if se is None else se
    if se is None and households:
        error = float(np.sqrt(design_effect * rate * (1 - rate) / households))
    return share(rate, error, n=households or 0, method="stated")


def _fits(stated: tuple[float, float], computed: float, near: float = NEAR) -> bool:
    return stated[0] / near <= computed <= stated[1] * near


def _range(stated: Stated | None) -> tuple[float, float] | None:
    if stated is None:
        return None
    low, high = stated if isinstance(stated, tuple | list) else (stated, stated)
    return float(low), float(high)


def _digits(number: float, fewest: int = 2) -> int:
    """Decimals that a number is written with; rates are published with two at least."""
    return max(fewest, len(f"{number:.8f}".rstrip("0").partition(".")[2]))


def _changed(one: float, other: float, digits: int) -> int:
    """How many digits differ between two numbers as written."""
    a, b = (f"{number:.{digits}f}".rjust(12) for number in (one, other))
    return sum(x != y for x, y in zip(a, b, strict=True))


def _faults(
    now: Estimate, goal: float, population: float, persons_per_family: float
) -> Iterator[Fault]:
    for name, rate in (("rate_now", now.value), ("rate_goal", goal)):
        if not 0 <= rate < 1:
            expected = (
                said("a share: {share:g} for {percent:g} %", share=rate / 100, percent=rate)
                if rate > 1
                else "0 to 1"
            )
            yield Fault("not a share", name, value=f"{rate:g}", expected=expected)
    if goal >= now.value:
        yield Fault("no fall", "rate_goal", value=f"{goal:g}", expected="below the rate now")
    if not 0 < population < np.inf:
        yield Fault("not allowed", "population", value=f"{population}", expected="persons")
    if not 1 <= persons_per_family < np.inf:
        yield Fault("not allowed", "persons_per_family", expected="persons, 1 or more")


def _error_faults(
    rate: float | Estimate, se: float | None, households: int | None, design_effect: float
) -> Iterator[Fault]:
    """What is said of the survey's error; it is at most that of one person drawn."""
    most = 0.5
    if not isinstance(rate, Estimate) and 0 < rate < 1:
        most = float(np.sqrt(rate * (1 - rate)))
    if se is not None and not 0 <= se <= most:
        expected = said("a share from 0 to {most:.3g}, as 0.01 for 1 point", most=most)
        yield Fault("not a standard error", "se", value=f"{se:g}", expected=expected)
    if households is not None and not 1 <= households < np.inf:
        yield Fault("not allowed", "households", value=f"{households}", expected="1 or more")
    if not 0 < design_effect < np.inf:
        yield Fault("not allowed", "design_effect", value=f"{design_effect}", expected="above 0")


def _stated_faults(stated: Mapping[str, Stated | None]) -> Iterator[Fault]:
    for name, value in stated.items():
        is_pair = not isinstance(value, tuple | list) or len(value) == 2
        numbers = _range(value) if is_pair else (0.0, 0.0)
        if numbers and not 0 < numbers[0] <= numbers[1] < np.inf:
            yield Fault("not allowed", name, expected="a number above 0, or a pair in order")


_DIGITS = {"stated": 2, "points": 2, "smallest": 2, "times": 1, "size": 1}
_RATES = {"now", "goal"}


def _shown(name: str, value: Stated | str, words: Words) -> str:
    if isinstance(value, str):
        return value
    low, high = value if isinstance(value, tuple) else (value, value)
    ends = [
        words.percent(end) if name in _RATES else words.number(end, _DIGITS.get(name, 0))
        for end in (low, high)
    ]
    return ends[0] if low == high else "–".join(ends)
