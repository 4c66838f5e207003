"""The households: who they are, how many, and what is known of their consumption.

Consumption and lines are rupiah per person per month. A household that stands for several
families (a survey) has a weight; in a registry every weight is 1. With sigma > 0 consumption is
the median of a lognormal prediction, with sigma 0 it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import distinct_cells, parse_identifiers
from povtarget.numbers import DecimalSign, parse_numbers
from povtarget.tables import Table, infer_column, read_table

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

REQUIRED_COLUMNS = ("household_id", "size", "consumption")
OPTIONAL_COLUMNS = ("sigma", "line", "area", "weight")
MEASURES = ("size", "consumption", "sigma", "line", "weight")


@dataclass(frozen=True, eq=False)
class Households:
    """Households sorted by identifier; arrays are read-only.

    Make one with `from_frame` or `read_households`.

    Parameters
    ----------
    household_id
        Text, unique.
    size
        Persons, whole, 1 or more.
    consumption
        Rp per person per month; the median where sigma > 0.
    sigma
        Standard deviation of log consumption; 0 where consumption is known.
    line
        Poverty line, Rp per person per month.
    weight
        Families that the household stands for.
    area
        Text, or None where no area is given.
    covariates
        Other columns by name, read-only.
    """

    household_id: Texts
    size: Floats
    consumption: Floats
    sigma: Floats
    line: Floats
    weight: Floats
    area: Texts | None
    covariates: Mapping[str, NDArray[Any]]

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        poverty_line: float | None = None,
        columns: Mapping[str, str] | None = None,
        decimal: DecimalSign | None = None,
    ) -> Households:
        """Make households from a pandas, polars or Arrow frame, or a dict of columns.

        Parameters
        ----------
        frame
            Columns household_id, size, consumption; optional sigma, line, area, weight and any
            covariates.
        poverty_line
            Rp per person per month, for households without a ``line`` of their own.
        columns
            Renames: ``{"consumption": "pengeluaran"}`` takes consumption from "pengeluaran".
        decimal
            "," or "." where numbers are text and their form leaves it open.

        Raises
        ------
        InputError
            With every fault: duplicate or missing identifiers, sizes below 1, negative or
            missing consumption, NaN and infinities, a missing line.

        Examples
        --------
        >>> households = Households.from_frame(
        ...     {"household_id": ["002", "001"], "size": [4, 3],
        ...      "consumption": ["480.500,5", "500.000"]},
        ...     poverty_line=513_243)
        >>> households.household_id.tolist(), households.consumption.tolist()
        (['001', '002'], [500000.0, 480500.5])
        """
        return _from_table(read_table(frame, columns=columns), poverty_line, decimal)

    def __len__(self) -> int:
        return int(self.household_id.size)

    def __repr__(self) -> str:
        return f"Households({len(self):,} households, {self.persons.sum():,.0f} persons)"

    @property
    def persons(self) -> Floats:
        """Persons that each household stands for: weight times size."""
        return self.weight * self.size

    @property
    def columns(self) -> Mapping[str, NDArray[Any]]:
        """Columns that expressions may use: measures, area and covariates."""
        known: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in MEASURES}
        if self.area is not None:
            known["area"] = self.area
        return MappingProxyType({**self.covariates, **known})

    @property
    def frame(self) -> pd.DataFrame:
        """A new pandas frame of all columns."""
        return pd.DataFrame({"household_id": self.household_id, **self.columns})

    def positions(self, household_ids: Any) -> NDArray[np.int64]:
        """Positions of identifiers, -1 for those not among the households."""
        wanted = pd.Index(household_ids, dtype=object)
        return np.asarray(self._index.get_indexer(wanted), dtype=np.int64)

    def grouped(self, by: str) -> tuple[Texts, NDArray[np.int64]]:
        """The distinct texts of a column in order, and each household's number among them."""
        if by not in self._groups:
            labels = pd.Series(self.columns[by]).astype(str).to_numpy(dtype=object)
            number, found = pd.factorize(labels, sort=True, use_na_sentinel=False)
            self._groups[by] = (np.asarray(found, dtype=object), number)
        return self._groups[by]

    @cached_property
    def _groups(self) -> dict[str, tuple[Texts, NDArray[np.int64]]]:
        return {}

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.household_id, dtype=object)


def read_households(
    path: str | PathLike[str],
    *,
    poverty_line: float | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> Households:
    r"""Read households from a .csv (comma, semicolon or tab), .xlsx or .parquet file.

    Parameters
    ----------
    path
        The file.
    poverty_line, columns, decimal
        As in `Households.from_frame`.
    sheet
        Sheet of an .xlsx file; may be left out where it has one.

    Raises
    ------
    InputError
        With every fault, by file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "warga.csv"
    ...     _ = file.write_text("household_id;size;consumption\n001;4;412.500,50\n")
    ...     households = read_households(file, poverty_line=513_243)
    >>> households, float(households.consumption[0])
    (Households(1 households, 4 persons), 412500.5)
    """
    return _from_table(read_table(path, sheet=sheet, columns=columns), poverty_line, decimal)


def _from_table(
    table: Table, poverty_line: float | None, decimal: DecimalSign | None
) -> Households:
    frame, faults = table.frame, []
    for name in REQUIRED_COLUMNS:
        if name not in frame.columns:
            faults.append(
                Fault(
                    "the column is missing",
                    table.name,
                    column=name,
                    expected=nearest(name, map(str, frame.columns)) or "this column",
                )
            )
    if poverty_line is not None and not (np.isfinite(poverty_line) and poverty_line > 0):
        faults.append(
            Fault(
                "not a poverty line",
                column="poverty_line",
                value=str(poverty_line),
                expected="Rp per person per month, above 0",
            )
        )
    if poverty_line is None and "line" not in frame.columns:
        faults.append(
            Fault(
                "no poverty line",
                table.name,
                column="line",
                expected="a column 'line' or the argument poverty_line",
            )
        )
    if faults:
        raise InputError(faults)
    reader = _Reader(table, decimal)
    ids = reader.identifiers("household_id")
    measures = {
        "size": reader.numbers("size"),
        "consumption": reader.numbers("consumption"),
        "sigma": reader.numbers("sigma", 0.0),
        "weight": reader.numbers("weight", 1.0),
        "line": reader.numbers("line", poverty_line, fill=poverty_line),
    }
    area = reader.texts("area") if "area" in frame.columns else None
    reader.check(measures)
    if reader.faults:
        raise InputError(reader.faults)
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS}
    covariates = {
        str(name): infer_column(frame[name]) for name in frame.columns if name not in known
    }
    return _sorted(ids, measures, area, covariates)


def _sorted(
    ids: Texts,
    measures: Mapping[str, Floats],
    area: Texts | None,
    covariates: Mapping[str, NDArray[Any]],
) -> Households:
    order = np.argsort(ids, kind="stable")

    def ordered(array: NDArray[Any]) -> NDArray[Any]:
        result = array[order]
        result.flags.writeable = False
        return result

    return Households(
        ordered(ids),
        **{name: ordered(array) for name, array in measures.items()},
        area=None if area is None else ordered(area),
        covariates=MappingProxyType({name: ordered(array) for name, array in covariates.items()}),
    )


class _Reader:
    """Reads columns of one table and gathers every fault on the way."""

    def __init__(self, table: Table, decimal: DecimalSign | None) -> None:
        self.table = table
        self.decimal = decimal
        self.faults: list[Fault] = []

    def identifiers(self, column: str) -> Texts:
        ids, faults = parse_identifiers(
            self.table.frame[column], column=column, source=self.table.name, rows=self.table.rows
        )
        self.faults += faults
        return ids

    def numbers(
        self, column: str, default: float | None = None, fill: float | None = None
    ) -> Floats:
        frame = self.table.frame
        if column not in frame.columns:
            return np.full(len(frame), np.nan if default is None else float(default))
        numbers, faults = parse_numbers(
            frame[column],
            column=column,
            source=self.table.name,
            rows=self.table.rows,
            missing="refuse" if fill is None else "nan",
            decimal=self.decimal,
        )
        self.faults += faults
        return numbers if fill is None else np.where(np.isnan(numbers), fill, numbers)

    def texts(self, column: str) -> Texts:
        which, distinct = distinct_cells(self.table.frame[column])
        texts = np.array([str(cell).strip() for cell in distinct], dtype=object)
        missing = np.asarray(pd.isna(distinct) | (texts == ""), dtype=bool)[which]
        cells = distinct[which]
        self.faults += self._at(missing, column, "missing", cells, "a text")
        return texts[which]

    def check(self, measures: Mapping[str, Floats]) -> None:
        """Judge the numbers that could be read."""
        size, consumption, sigma = measures["size"], measures["consumption"], measures["sigma"]
        with np.errstate(invalid="ignore"):
            rules = (
                (
                    "size",
                    (size < 1) | (size != np.floor(size)),
                    "a whole number of persons, 1 or more",
                ),
                ("consumption", consumption < 0, "Rp per person per month, 0 or more"),
                ("sigma", sigma < 0, "a standard deviation, 0 or more"),
                ("weight", measures["weight"] <= 0, "a number of families above 0"),
                ("line", measures["line"] <= 0, "Rp per person per month, above 0"),
            )
            for column, wrong, expected in rules:
                readable = ~np.isnan(measures[column])
                self.faults += self._at(
                    wrong & readable, column, "out of range", measures[column], expected
                )
            predicted_zero = (sigma > 0) & (consumption == 0)
        self.faults += self._at(
            predicted_zero,
            "consumption",
            "a prediction of 0 with sigma above 0",
            consumption,
            "a median above 0, or sigma 0 where it is known",
        )

    def _at(
        self,
        wrong: NDArray[np.bool_],
        column: str,
        message: str,
        cells: NDArray[Any],
        expected: str,
    ) -> Iterator[Fault]:
        for position in np.flatnonzero(wrong):
            yield Fault(
                message,
                self.table.name,
                row=int(self.table.rows[position]),
                column=column,
                value=_shown(cells[position]),
                expected=expected,
            )


def _shown(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
