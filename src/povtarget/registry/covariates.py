"""What survey and registry both know of a household, as one matrix each, or every fault of it.

A model that learnt from one coding must never be asked in another: a column that the registry
lacks, counts in another unit or fills with words that the survey does not know is refused, and
nothing that is missing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, nearest
from povtarget.programs import HIDDEN_COLUMNS
from povtarget.sayings import every, said
from povtarget.tables import Table, infer_column

Floats = NDArray[np.float64]

RESERVED = frozenset({"household_id", "consumption", "sigma", "line", "weight", "area", "year"})
_MOST_CATEGORIES = 60
_UNIT_RATIO = 6.0  # medians that far apart are another unit: 12 months, 1,000, percent
_FEWEST = 10  # positive values from which a median speaks


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers as they are, a column of 0 and 1 for each category.

    Parameters
    ----------
    covariates
        The columns that were used.
    features
        What each column of the matrices is.
    survey, registry
        float64[households, features].
    warnings
        What a person should know.
    """

    covariates: tuple[str, ...]
    features: tuple[str, ...]
    survey: Floats
    registry: Floats
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Column:
    """One covariate of one table: numbers, or text with None where missing."""

    table: Table
    name: str
    cells: NDArray[Any]

    @classmethod
    def of(cls, table: Table, name: str, is_category: bool) -> _Column:
        cells = infer_column(table.frame[name])
        if is_category and cells.dtype.kind in "fb":
            texts = [None if value != value else f"{float(value):.15g}" for value in cells]
            cells = np.array(texts, dtype=object)
        return cls(table, name, cells.astype(np.float64) if cells.dtype.kind == "b" else cells)

    @property
    def is_number(self) -> bool:
        return self.cells.dtype.kind == "f"

    @property
    def missing(self) -> NDArray[np.bool_]:
        if self.is_number:
            return np.asarray(~np.isfinite(self.cells))
        return np.array([cell is None for cell in self.cells], dtype=bool)

    def fault(
        self, message: str, expected: str, at: Any = None, value: str | None = None
    ) -> Fault:
        row = None if at is None else int(self.table.rows[at])
        label = self.table.label(self.name)
        return Fault(message, self.table.name, row, label, value, expected)


def build_design(
    survey: Table,
    registry: Table,
    *,
    covariates: Sequence[str] | None,
    categories: Iterable[str],
    keys: Iterable[str],
) -> tuple[Design | None, list[Fault]]:
    """Covariates of both tables as matrices with the same columns, or every fault of them.

    Parameters
    ----------
    survey, registry
        The tables.
    covariates
        Names; None takes what both have, but for reserved names and ``keys``.
    categories
        Covariates whose numbers are codes. Text is always a category.
    keys
        Columns that say where a household belongs, and are no covariates.
    """
    closed = RESERVED | HIDDEN_COLUMNS | set(keys)
    both = [str(name) for name in survey.frame if name in registry.frame and name not in closed]
    names = list(dict.fromkeys(both if covariates is None else covariates))
    coded = set(categories)
    faults = list(_name_faults(survey, registry, names, closed - set(keys)))
    for name in sorted(coded - set(names)):
        expected = nearest(name, names) or "one of the covariates"
        faults.append(Fault("a category that is no covariate", column=name, expected=expected))
    if not names:
        faults.append(Fault("no covariate is in survey and registry", survey.name))
    features: list[tuple[str, Floats, Floats]] = []
    warnings: list[str] = []
    for name in names:
        if name not in survey.frame or name not in registry.frame or name in closed - set(keys):
            continue
        left, right = (_Column.of(table, name, name in coded) for table in (survey, registry))
        found = list(_column_faults(left, right))
        faults += found
        if not found:
            features += _features(left, right)
            warnings += _beyond(left, right)
    if faults:
        return None, faults
    used, of_survey, of_registry = zip(*features, strict=True)
    design = Design(
        tuple(names),
        used,
        np.column_stack(of_survey),
        np.column_stack(of_registry),
        tuple(warnings),
    )
    return design, []


def _name_faults(
    survey: Table, registry: Table, names: Sequence[str], closed: Iterable[str]
) -> Iterator[Fault]:
    for name in names:
        if name in closed:
            yield Fault("cannot be a covariate", survey.name, column=name, expected="a trait")
            continue
        for table in (survey, registry):
            if name not in table.frame:
                expected = nearest(name, map(str, table.frame)) or "this column"
                yield Fault("the covariate is missing", table.name, column=name, expected=expected)


def _column_faults(survey: _Column, registry: _Column) -> Iterator[Fault]:
    for column in (survey, registry):
        missing = column.missing
        for at in np.flatnonzero(missing):
            yield column.fault("missing", "a value; nothing is filled in", at)
        if missing.all():
            return
    if survey.is_number != registry.is_number:
        kinds = ("text", "numbers")
        yield registry.fault(
            said(
                "{here} here, {there} in the survey",
                here=said(kinds[registry.is_number]),
                there=said(kinds[survey.is_number]),
            ),
            "the same coding in both",
        )
    elif survey.is_number:
        yield from _unit_faults(survey, registry)
    else:
        yield from _category_faults(survey, registry)


def _unit_faults(survey: _Column, registry: _Column) -> Iterator[Fault]:
    """Medians of what is not 0, and the two codes of a flag, must be those of the survey."""
    here, there = (
        np.abs(column.cells[np.isfinite(column.cells) & (column.cells != 0)])
        for column in (survey, registry)
    )
    known, given = (np.unique(column.cells[~column.missing]) for column in (survey, registry))
    if known.size == given.size == 2 and not np.array_equal(known, given):
        codes = every(f"{code:g}" for code in known)
        found = every(f"{code:g}" for code in given)
        yield registry.fault("other codes than in the survey", codes, value=found)
    elif min(here.size, there.size) >= _FEWEST:
        usual, median = float(np.median(here)), float(np.median(there))
        if not 1 / _UNIT_RATIO < median / usual < _UNIT_RATIO:
            yield registry.fault(
                said(
                    "the median is {median:,.3g} times that of the survey", median=median / usual
                ),
                said("the unit of the survey, where the median is {usual:,.6g}", usual=usual),
                value=f"{median:,.6g}",
            )


def _category_faults(survey: _Column, registry: _Column) -> Iterator[Fault]:
    known = sorted({cell for cell in survey.cells if cell is not None})
    for column in (survey, registry):
        number = len({cell for cell in column.cells if cell is not None})
        if number > min(_MOST_CATEGORIES, max(len(survey.cells) // 2, 2)):
            # No value is shown: what has so many may be names.
            yield column.fault(
                said(
                    "{number:,} different texts: names or codes rather than a category",
                    number=number,
                ),
                said(
                    "a covariate with at most {most_categories} categories",
                    most_categories=_MOST_CATEGORIES,
                ),
            )
            return
    unseen = {cell for cell in registry.cells if cell is not None} - set(known)
    for at in np.flatnonzero([cell in unseen for cell in registry.cells]):
        cell = str(registry.cells[at])
        expected = nearest(cell, known) or said("one of {names}", names=", ".join(known[:10]))
        yield registry.fault("a category that the survey does not know", expected, at, cell)


def _features(survey: _Column, registry: _Column) -> Iterator[tuple[str, Floats, Floats]]:
    if survey.is_number:
        yield survey.name, survey.cells, registry.cells
        if survey.name == "size" and min(survey.cells.min(), registry.cells.min()) > 0:
            # Needs grow less than in proportion to persons (Deaton 1997, section 4.3).
            yield "ln size", np.log(survey.cells), np.log(registry.cells)
        return
    for category in sorted(set(survey.cells)):
        here, there = (
            (column.cells == category).astype(np.float64) for column in (survey, registry)
        )
        yield f"{survey.name} = {category}", here, there


def _beyond(survey: _Column, registry: _Column) -> Iterator[str]:
    """What lies outside the survey's range, where a prediction is a guess."""
    if survey.is_number:
        low, high = survey.cells.min(), survey.cells.max()
        outside = int(np.count_nonzero((registry.cells < low) | (registry.cells > high)))
        if outside:
            yield (
                said(
                    "{outside:,} of {size:,} registry households have a '{name}' outside the "
                    "survey's range of {low:g} to {high:g}",
                    outside=outside,
                    size=registry.cells.size,
                    name=survey.name,
                    low=low,
                    high=high,
                )
            )
