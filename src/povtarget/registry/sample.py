"""The door of a prediction: what the survey measured, and whom the registry lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, nearest
from povtarget.identifiers import parse_identifiers
from povtarget.numbers import is_missing, parse_numbers
from povtarget.sayings import said
from povtarget.tables import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RATIOS = (0.25, 10.0)  # median consumption over the line; 12 months or 1,000 lie outside


@dataclass(frozen=True, eq=False)
class Sample:
    """What the survey measured, a value for each household.

    Parameters
    ----------
    truth
        ln(consumption / line).
    weights
        Persons that the household stands for, or ones.
    cluster, area
        Numbers of its cluster and area; area is None where none is named.
    survey_line
        Rp per person per month, of the survey's households.
    registry_id
        Identifiers of the registry's households.
    registry_line
        Rp per person per month, of the registry's households.
    """

    truth: Floats
    weights: Floats
    cluster: Ints
    area: Ints | None
    survey_line: Floats
    registry_id: NDArray[np.object_]
    registry_line: Floats


def read_sample(
    survey: Table,
    registry: Table,
    *,
    poverty_line: float | None,
    weights: str | None,
    groups: str | None,
    by: str | None,
) -> tuple[Sample | None, list[Fault]]:
    """Measures and keys of both tables, or every fault of them."""
    faults = [*_name_faults(survey, registry, poverty_line, groups, by)]
    if faults:
        return None, faults
    rows = len(survey.frame)
    measures = {name: _positive(survey, name, faults) for name in ("size", "consumption")}
    weight = np.ones(rows)
    if weights is not None and "weight" in survey.frame:
        weight = _positive(survey, "weight", faults)
    lines = [_line(table, poverty_line, faults) for table in (survey, registry)]
    keys = {name: _codes(survey, name, faults) for name in (groups, by) if name is not None}
    ids, found = parse_identifiers(
        registry.frame["household_id"],
        column="household_id",
        source=registry.name,
        rows=registry.rows,
    )
    faults += [*found, *_year_faults(survey, registry)]
    if not faults:
        faults += _unit_faults(survey, measures["consumption"] / lines[0])
    if faults:
        return None, faults
    sample = Sample(
        truth=np.log(measures["consumption"] / lines[0]),
        weights=_weights(weights, weight, measures["size"]),
        cluster=np.arange(rows) if groups is None else keys[groups],
        area=None if by is None else keys[by],
        survey_line=lines[0],
        registry_id=ids,
        registry_line=lines[1],
    )
    return sample, []


def _weights(kind: str | None, weight: Floats, size: Floats) -> Floats:
    if kind is None:
        return np.ones(weight.size)
    return weight * size if kind == "persons" else weight


def _name_faults(
    survey: Table, registry: Table, line: float | None, groups: str | None, by: str | None
) -> Iterator[Fault]:
    asked = [(survey, name) for name in ("size", "consumption", groups, by) if name is not None]
    for table, name in [*asked, (registry, "household_id")]:
        if name not in table.frame:
            expected = nearest(name, map(str, table.frame)) or "this column"
            yield Fault("the column is missing", table.name, column=name, expected=expected)
    for name in ("consumption", "sigma"):
        if name in registry.frame:
            yield Fault(
                "the registry has this column already",
                registry.name,
                column=name,
                expected="a registry without it, since this is what is predicted",
            )
    if line is not None and not (np.isfinite(line) and line > 0):
        expected = "Rp per person per month, above 0"
        yield Fault(
            "not a poverty line", column="poverty_line", value=str(line), expected=expected
        )
    for table in (survey, registry) if line is None else ():
        if "line" not in table.frame:
            expected = "a column 'line', or one line for all (poverty_line=)"
            yield Fault("no poverty line", table.name, column="line", expected=expected)


def _positive(table: Table, name: str, faults: list[Fault]) -> Floats:
    values, found = parse_numbers(
        table.frame[name], column=table.label(name), source=table.name, rows=table.rows
    )
    faults += found
    expected = "a number above 0: logarithms are predicted" if name == "consumption" else ">= 1"
    for at in np.flatnonzero(values <= 0):
        faults.append(
            Fault(
                "out of range",
                table.name,
                int(table.rows[at]),
                table.label(name),
                f"{values[at]:g}",
                expected if name != "weight" else "a number above 0",
            )
        )
    return values


def _line(table: Table, line: float | None, faults: list[Fault]) -> Floats:
    if "line" in table.frame:
        return _positive(table, "line", faults)
    assert line is not None
    return np.full(len(table.frame), float(line))


def _codes(table: Table, name: str, faults: list[Fault]) -> Ints:
    cells = table.frame[name].to_numpy(dtype=object)
    for at in np.flatnonzero([is_missing(cell) for cell in cells]):
        row = int(table.rows[at])
        faults.append(Fault("missing", table.name, row, table.label(name), None, "a name"))
    codes, _ = pd.factorize(np.array([str(cell).strip() for cell in cells], dtype=object))
    return codes.astype(np.int64)


def _unit_faults(survey: Table, ratio: Floats) -> Iterator[Fault]:
    """Consumption and line in one unit: a median far from the line is a year or a thousand."""
    low, high = _RATIOS
    median = float(np.median(ratio))
    if not low <= median <= high:
        yield Fault(
            said(
                "the median is {median:,.4g} times the poverty line: another unit", median=median
            ),
            survey.name,
            column=survey.label("consumption"),
            expected="Rp per person per month, as the line",
        )


def _year_faults(survey: Table, registry: Table) -> Iterator[Fault]:
    """Years, where both tables state them, must meet."""
    if "year" in survey.frame and "year" in registry.frame:
        here, there = (_years(table) for table in (survey, registry))
        if here and there and not here & there:
            yield Fault(
                "other years than in the survey",
                registry.name,
                column=registry.label("year"),
                value=", ".join(sorted(there)[:5]),
                expected=", ".join(sorted(here)[:5]),
            )


def _years(table: Table) -> set[str]:
    cells: list[Any] = table.frame["year"].tolist()
    return {str(cell).strip().removesuffix(".0") for cell in cells if not is_missing(cell)}
