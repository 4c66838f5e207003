"""`bridge`: from the registry's count below the line to the survey's, row by row, exactly.

A list of names and a sample survey answer different questions. Their difference is a sum of
plain parts: rows listed twice, people who died or moved away, families above the line that are
listed, people below it that are not, and the survey's own sampling error. Parts that are known
have a number; those that are not share what is left, and each has the range that the rest
allows. All numbers are integers or fractions, so the rows add up without rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from povtarget.errors import Fault, InputError
from povtarget.estimates import Estimate
from povtarget.households import Households
from povtarget.numbers import is_number
from povtarget.registry.headcounts import Count, Part, Unit, known_of
from povtarget.registry.reconciliation import Reconciliation
from povtarget.sayings import said

UNITS = ("persons", "families")
_WHAT_IS_LEFT = "together, what cannot be told apart"
_TAKEN_OFF = frozenset(
    ("listed twice", "dead", "moved away", "dead or moved away", "listed, above the line")
)


class Row(NamedTuple):
    """One step from the registry's count to the survey's.

    Parameters
    ----------
    name
        What the step is.
    value
        What it adds to the registry's count (negative: takes off); None where only its sum
        with others is known.
    low, high
        Between what it lies, given all else.
    note
        In words.
    """

    name: str
    value: Count | None
    low: Count
    high: Count
    note: str = ""


@dataclass(frozen=True)
class Bridge:
    """The difference of two headcounts, row by row.

    Parameters
    ----------
    listed
        What the registry lists below the line.
    surveyed
        What the survey says: rate times population, as whole persons or families.
    interval
        Interval of ``surveyed`` by the survey's standard error, or None where it is not stated.
    unit
        "persons" or "families".
    rows
        Steps with a value add up to ``surveyed - listed``; those without one are the parts of
        the row "together, what cannot be told apart".
    warnings
        What a person should know.
    """

    listed: Count
    surveyed: Count
    interval: tuple[Count, Count] | None
    unit: Unit
    rows: tuple[Row, ...]
    warnings: tuple[str, ...] = ()

    @property
    def difference(self) -> Count:
        """``surveyed - listed``, the sum of the rows that have a value."""
        return self.surveyed - self.listed

    @property
    def frame(self) -> pd.DataFrame:
        """Columns row, value, low, high, note; the two counts first and last."""
        low, high = self.interval or (self.surveyed, self.surveyed)
        kind = self.unit
        end = "" if self.interval else "standard error not stated: no interval"
        rows = [
            Row(f"registry: {kind} listed below the line", self.listed, self.listed, self.listed),
            *self.rows,
            Row(f"survey: {kind} below the line", self.surveyed, low, high, end),
        ]
        columns = ["row", "value", "low", "high", "note"]
        return pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype=object)

    def __str__(self) -> str:
        frame = self.frame
        is_part = frame["value"].isna()
        names = [
            f"  - {name}" if part else name
            for name, part in zip(frame["row"], is_part, strict=True)
        ]
        width = max(map(len, names))
        lines = [f"{'':{width}} {self.unit:>10}   between"]
        rows = zip(names, frame["value"], frame["low"], frame["high"], strict=True)
        for name, value, low, high in rows:
            shown = "" if value is None else f"{float(value):,.0f}"
            span = "" if low == high else f"{float(low):,.0f} and {float(high):,.0f}"
            lines.append(f"{name:{width}} {shown:>10}   {span}".rstrip())
        return "\n".join([*lines, *(f"! {warning}" for warning in self.warnings)])


def bridge(
    registry: Count | Households,
    *,
    rate: float | Fraction | Estimate,
    population: int,
    se: float | None = None,
    unit: Unit = "persons",
    survey_unit: Unit = "persons",
    year: int | None = None,
    survey_year: int | None = None,
    mix_years: bool = False,
    listed: str | Sequence[bool] | None = None,
    reconciliation: Reconciliation | None = None,
    duplicates: Part | None = None,
    dead: Part | None = None,
    moved_away: Part | None = None,
    card_against_kitchen: Part | None = None,
    above_line: Part | None = None,
    unlisted: Part | None = None,
    confidence: float = 0.95,
) -> Bridge:
    """Explain the difference between the registry's headcount and the survey's.

    Parameters
    ----------
    registry
        Persons or families that the registry lists below the line; or its `Households`, whose
        listed rows are counted, and whose consumption and sigma say how many of them are
        above the line and how many of the others below it.
    rate, population, se
        The survey's rate of persons (or families), the population it is of, and the rate's
        standard error, all as shares: 0.07 and not 7. An `Estimate` brings its own error.
    unit, survey_unit
        What each of the two counts: "persons" or "families" (cards, households).
    year, survey_year
        Years of the two, where known.
    mix_years
        Allow two years; what changed between them is then a part that is not known.
    listed
        With `Households`: a Boolean column by name, or one truth for each household, that says
        whom the registry lists; None takes those whose median is below their line.
    reconciliation
        Of the registry with a newer list. Rows that it found twice are ``duplicates``; families
        that the other list does not have bound those who died or moved away. In persons it
        needs `Households`, which know the sizes; identifiers are household identifiers.
    duplicates, dead, moved_away, above_line, unlisted
        How many, in ``unit``: a whole number, or (least, most). ``above_line``: listed but above
        the line; ``unlisted``: below the line but not listed. None: not known.
    card_against_kitchen
        Families that sharing a kitchen takes off (cards of one kitchen) or, negative, adds.
        Persons are the same however they are grouped, so it is 0 there.
    confidence
        Of the survey's interval and those from predictions.

    Returns
    -------
    Bridge
        Whose rows add up to the difference.

    Raises
    ------
    InputError
        Where persons meet families, or one year another without ``mix_years``; where a share
        looks like a percentage; where a part is negative or more than there are.

    Examples
    --------
    The founding case, with a standard error of 1 point:

    >>> print(bridge(25_498, rate=0.07, population=311_600, se=0.010, duplicates=420))
    ... # doctest: +NORMALIZE_WHITESPACE
                                              persons   between
    registry: persons listed below the line    25,498
    listed twice                                 -420
    sharing a kitchen across cards                  0
    together, what cannot be told apart        -3,266
      - dead                                            -25,078 and 0
      - moved away                                      -25,078 and 0
      - listed, above the line                          -25,078 and 0
      - below the line, not listed                      0 and 27,919
      - sampling error of the survey                    -6,107 and 6,107
    survey: persons below the line             21,812   15,705 and 27,919
    """
    rate, se = _stated(rate, se)
    faults = _faults(rate, population, se, unit, survey_unit, confidence)
    faults += _year_faults(year, survey_year, mix_years)
    if faults:
        raise InputError(faults)
    population = int(population)
    known: dict[str, Part | None] = {
        "listed twice": _plain(duplicates),
        "dead": _plain(dead),
        "moved away": _plain(moved_away),
        "listed, above the line": _plain(above_line),
        "below the line, not listed": _plain(unlisted),
    }
    registry, card_against_kitchen = _plain(registry), _plain(card_against_kitchen)
    count, notes = known_of(registry, listed, reconciliation, unit, confidence, known)
    if unit == "persons" and card_against_kitchen not in (None, 0):
        message = "persons are the same however they are grouped"
        raise InputError([Fault(message, column="card_against_kitchen", expected="0 or nothing")])
    kitchen = 0 if unit == "persons" else card_against_kitchen
    surveyed = round(Fraction(str(rate)) * population)
    error = None if se is None else _whole(ndtri(0.5 + confidence / 2) * se * population)
    parts = _parts(known, kitchen, count, surveyed, population, error)
    if mix_years and year != survey_year:
        parts.append(Row("between the two years", None, -population, population))
    rows, warnings = _closed(parts, surveyed - count, count, notes)
    interval = None
    if error is not None:
        interval = (max(surveyed - error, 0), min(surveyed + error, population))
    return Bridge(count, surveyed, interval, unit, rows, tuple(warnings))


def _faults(
    rate: float | Fraction,
    population: int,
    se: float | None,
    unit: str,
    survey_unit: str,
    confidence: float,
) -> list[Fault]:
    faults = []

    def wrong(column: str, value: object, expected: str, message: str = "out of range") -> None:
        faults.append(Fault(message, column=column, value=str(value), expected=expected))

    for column, value in (("unit", unit), ("survey_unit", survey_unit)):
        if value not in UNITS:
            wrong(column, value, "persons or families", "not a unit")
    if unit != survey_unit and not faults:
        message = "the two count different things"
        expected = "both persons, or both families (cards and households)"
        wrong("unit, survey_unit", f"{unit}, {survey_unit}", expected, message)
    if not (is_number(rate) and 0 <= rate <= 1):
        wrong("rate", rate, "a share, such as 0.07 for 7 %")
    if not (is_number(population) and 1 <= population < np.inf and population % 1 == 0):
        wrong("population", population, "a whole number, 1 or more")
    if se is not None and not (is_number(se) and 0 <= se <= 0.5):
        wrong("se", se, "a share, such as 0.01 for 1 point")
    if not 0 < confidence < 1:
        wrong("confidence", confidence, "between 0 and 1")
    return faults


def _year_faults(year: int | None, survey_year: int | None, mix_years: bool) -> list[Fault]:
    if year is None or survey_year is None or year == survey_year or mix_years:
        return []
    message = "registry and survey are of two years"
    expected = "one year, or mix_years=True, which makes the years a part that is not known"
    return [Fault(message, column="year", value=f"{year}, {survey_year}", expected=expected)]


def _stated(rate: Any, se: float | None) -> tuple[float | Fraction, float | None]:
    """The rate and its error, which an estimate brings."""
    if not isinstance(rate, Estimate):
        return rate, se
    return rate.value, rate.se if se is None and not np.isnan(rate.se) else se


def _plain(part: Any) -> Any:
    """A count as Python has it: NumPy's whole numbers, and pairs in a list, are meant as such."""
    if isinstance(part, list | tuple) and len(part) == 2:
        return _plain(part[0]), _plain(part[1])
    return int(part) if isinstance(part, np.integer) else part


def _whole(number: float) -> int:
    return int(np.floor(number + 0.5))


def _parts(
    known: Mapping[str, Part | None],
    kitchen: Part | None,
    count: Count,
    surveyed: int,
    population: int,
    error: int | None,
) -> list[Row]:
    """Each part as what it adds to the registry's count, with its own range."""
    given: dict[str, tuple[Any, int, Count, Count]] = {}
    for name, part in known.items():
        adds = name == "below the line, not listed"
        given[name] = (part, 1 if adds else -1, 0, population if adds else count)
    kitchens = (kitchen, -1, -population, count)
    ordered = [
        *((n, given[n]) for n in given if n == "listed twice"),
        ("sharing a kitchen across cards", kitchens),
        *((n, given[n]) for n in given if n != "listed twice"),
    ]
    rows, faults = [], []
    for name, (part, sign, least, most) in ordered:
        if isinstance(part, list) or (isinstance(part, tuple) and len(part) != 2):
            expected = "a whole number, or the pair (least, most)"
            faults.append(Fault("not a count", column=name, expected=expected))
            continue
        low, high = _range(part, least, most)
        if any(
            isinstance(end, bool) or not isinstance(end, int | Fraction) for end in (low, high)
        ):
            faults.append(Fault("not a whole number", column=name, expected="int or Fraction"))
        elif not least <= low <= high <= most:
            expected = said("between {least} and {most}", least=least, most=most)
            faults.append(Fault("out of range", column=name, value=str(part), expected=expected))
        least, most = (low, high) if sign > 0 else (-high, -low)
        rows.append(Row(name, least if low == high else None, least, most))
    if faults:
        raise InputError(faults)
    spread = (-error, error) if error is not None else (surveyed - population, surveyed)
    is_known = spread[0] == spread[1]
    rows.append(Row("sampling error of the survey", 0 if is_known else None, *spread))
    return rows


def _range(part: Part | None, least: Count, most: Count) -> tuple[Count, Count]:
    if part is None:
        return least, most
    return part if isinstance(part, tuple) else (part, part)


def _closed(
    parts: list[Row], difference: Count, count: Count, notes: list[str]
) -> tuple[tuple[Row, ...], list[str]]:
    """Let the parts that are not known share what is left, each in the range that is left.

    Nobody is taken off twice, so all that is taken off is at most what is listed.
    """
    fixed = [part for part in parts if part.value is not None]
    free = [part for part in parts if part.value is None]
    left = difference - sum(part.value or 0 for part in fixed)
    gone = count + sum(part.value or 0 for part in fixed if part.name in _TAKEN_OFF)
    free = [
        part._replace(low=max(part.low, -gone)) if part.name in _TAKEN_OFF else part
        for part in free
    ]
    off = sum(part.low for part in free if part.name in _TAKEN_OFF)
    rest = sum(part.low for part in free if part.name not in _TAKEN_OFF)
    least, most = max(off, -gone) + rest, sum(part.high for part in free)
    narrowed = [
        part._replace(
            low=max(part.low, left - (most - part.high)),
            high=min(
                part.high, left - ((off + rest if part.name in _TAKEN_OFF else least) - part.low)
            ),
        )
        for part in free
    ]
    joint = Row(_WHAT_IS_LEFT, left, left, left)
    is_possible = least <= left <= most and all(
        part.low <= part.high for part in (*narrowed, *free)
    )
    if is_possible:
        return (*fixed, joint, *narrowed), notes
    warning = (
        "the parts as stated cannot explain the difference: registry, survey and parts cannot "
        "all be true"
    )
    return (*fixed, joint, *free), [*notes, warning]
