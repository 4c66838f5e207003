"""The households: who they are, how many, and what is known of their consumption.

Consumption and lines are rupiah per person per month. A household that stands for several
families (a survey) has a weight; in a registry every weight is 1. With sigma > 0 consumption is
the median of a lognormal prediction, with sigma 0 it is known.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, PovtargetWarning, merged, nearest
from povtarget.identifiers import LOST, distinct_cells, parse_identifiers, person_numbers
from povtarget.numbers import DecimalSign, as_objects, as_typed, is_missing, parse_numbers
from povtarget.personal import names_a_number
from povtarget.places import Places, misspelt, slip_text
from povtarget.sayings import said
from povtarget.tables import Table, infer_column, read_table

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

REQUIRED_COLUMNS = ("household_id", "size", "consumption")
OPTIONAL_COLUMNS = ("sigma", "line", "area", "weight")
_LONG = 10  # digits from which a number is one of a person, and no count
_CALLER = 6  # frames from a warning to who asked for the households
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
        places: Any = None,
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
        places
            The list of areas: `povtarget.registry.Places`, names, or a mapping of names to
            kecamatan. "Kel. Kali Baros" is then Kalibaros, and a name that is not on the list
            a fault. None takes names as they are written, with a `PovtargetWarning` for each
            that looks like a slip of another.

        Raises
        ------
        InputError
            With every fault: duplicate or missing identifiers, sizes below 1, negative or
            missing consumption, NaN and infinities, a missing line, an unknown place, NIK or
            card numbers in another column that have lost digits.

        Examples
        --------
        >>> households = Households.from_frame(
        ...     {"household_id": ["002", "001"], "size": [4, 3],
        ...      "consumption": ["480.500,5", "500.000"]},
        ...     poverty_line=513_243)
        >>> households.household_id.tolist(), households.consumption.tolist()
        (['001', '002'], [500000.0, 480500.5])
        """
        told: list[Fault] = []
        table = read_table(frame, columns=columns, faults=told)
        return _usable(table, told, poverty_line=poverty_line, decimal=decimal, places=places)

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
    places: Any = None,
) -> Households:
    r"""Read households from a .csv (comma, semicolon or tab), .xlsx or .parquet file.

    Parameters
    ----------
    path
        The file.
    poverty_line, columns, decimal, places
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
    told: list[Fault] = []
    table = read_table(path, sheet=sheet, columns=columns, faults=told)
    return _usable(table, told, poverty_line=poverty_line, decimal=decimal, places=places)


def parse_households(
    table: Table,
    *,
    poverty_line: float | None = None,
    decimal: DecimalSign | None = None,
    places: Any = None,
) -> tuple[Households, list[Fault], NDArray[np.int64]]:
    """Read households as far as they can be read, and say everything that is wrong with them.

    Parameters
    ----------
    table
        As `povtarget.tables.read_table` returns it.
    poverty_line, decimal, places
        As in `read_households`.

    Returns
    -------
    tuple
        Households, faults, and the row of each household in the source. Where there are faults,
        what could not be read is NaN, "" or an identifier twice: good for judging what else is
        asked of the columns, and nothing more.
    """
    table = replace(table, frame=_without_empty(table.frame))
    reader = _Reader(table, decimal)
    reader.judge_arguments(poverty_line)
    ids = reader.identifiers("household_id")
    measures = {
        "size": reader.numbers("size"),
        "consumption": reader.numbers("consumption"),
        "sigma": reader.numbers("sigma", 0.0),
        "weight": reader.numbers("weight", 1.0),
        "line": reader.numbers("line", poverty_line, fill=poverty_line),
    }
    listed = None if places is None else Places.of(places)
    area = reader.areas(listed) if "area" in table.frame.columns else None
    reader.check(measures)
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS}
    covariates = {
        str(name): reader.covariate(str(name)) for name in table.frame if name not in known
    }
    order = np.argsort(ids, kind="stable")
    return _sorted(order, ids, measures, area, covariates), reader.faults, table.rows[order]


def _usable(table: Table, told: list[Fault], **how: Any) -> Households:
    """The households of a table, or every fault: those ``told`` before and their own."""
    households, faults, _ = parse_households(table, **how)
    if told or faults:
        raise InputError(merged(told, faults))
    return households


def _without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out optional columns in which nobody wrote anything, as in a template."""
    is_empty = {
        name: all(is_missing(cell) for cell in distinct_cells(frame[name])[1])
        for name in OPTIONAL_COLUMNS
        if name in frame.columns
    }
    return frame.drop(columns=[name for name, empty in is_empty.items() if empty])


def _sorted(
    order: NDArray[np.intp],
    ids: Texts,
    measures: Mapping[str, Floats],
    area: Texts | None,
    covariates: Mapping[str, NDArray[Any]],
) -> Households:
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

    def judge_arguments(self, poverty_line: float | None) -> None:
        """Say which columns are missing, and what is wrong with the line."""
        header = [str(name) for name in self.table.frame.columns]
        for name in REQUIRED_COLUMNS:
            if name not in header:
                expected = nearest(name, header) or "this column"
                self._fault("the column is missing", name, expected)
        if poverty_line is None:
            if "line" not in header:
                expected = "a column 'line', or one line for all (poverty_line=)"
                self._fault("no poverty line", "line", expected)
        elif not (np.isfinite(poverty_line) and poverty_line > 0):
            expected = "Rp per person per month, above 0"
            self.faults.append(
                Fault("not a poverty line", "", None, "poverty_line", str(poverty_line), expected)
            )

    def identifiers(self, column: str) -> Texts:
        frame = self.table.frame
        if column not in frame.columns:
            return np.full(len(frame), "", dtype=object)
        ids, faults = parse_identifiers(frame[column], **self._place(column))
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
            missing="refuse" if fill is None else "nan",
            decimal=self.decimal,
            **self._place(column),
        )
        self.faults += faults
        if fill is None:
            return numbers
        told = {fault.row for fault in faults}
        is_refused = np.array([row in told for row in self.table.rows.tolist()], dtype=bool)
        return np.where(np.isnan(numbers) & ~is_refused, fill, numbers)

    def areas(self, places: Places | None) -> Texts:
        """Names of areas; those that are on no list, or look like a slip, are told of."""
        which, distinct = distinct_cells(self.table.frame["area"])
        texts = np.array([_area(cell) for cell in distinct], dtype=object)
        names = texts[which]
        cells = distinct[which]
        self._refuse(names == "", "area", "missing", cells, "a text")
        if places is None:
            self._warn_of_slips(names)
            return names
        match = places.match([name or None for name in names])
        for unknown in match.unknown:
            hint = (
                said("did you mean '{word}'?", word=unknown.nearest)
                if unknown.nearest
                else "a place on the list (places=)"
            )
            is_double = unknown.reason != "unknown"
            message = unknown.reason if is_double else "not on the list of places"
            for at in unknown.positions.tolist():
                self._fault(message, "area", hint, at, unknown.text or None)
        return np.where(pd.isna(match.names), names, match.names)

    def covariate(self, column: str) -> NDArray[Any]:
        """A column whose type nobody declared; NIK and card numbers stay text."""
        cells = self.table.frame[column]
        if names_a_number(column):
            place = self._place(column)
            numbers, faults = person_numbers(cells, **place)
            lost = [fault for fault in faults if LOST in fault.message]
            self.faults += lost
            if lost or any(number and len(number) >= _LONG for number in numbers):
                return numbers
        return infer_column(cells)

    def check(self, measures: Mapping[str, Floats]) -> None:
        """Judge the numbers that could be read."""
        size, consumption, sigma = measures["size"], measures["consumption"], measures["sigma"]
        amount = "Rp per person per month, above 0"
        with np.errstate(invalid="ignore"):
            wrong = {
                "size": (size < 1) | (size != np.floor(size)) & ~np.isnan(size),
                "consumption": consumption < 0,
                "sigma": sigma < 0,
                "weight": measures["weight"] <= 0,
                "line": measures["line"] <= 0,
            }
            predicted_zero = (sigma > 0) & (consumption == 0)
        expected = {
            "size": "a whole number of persons, 1 or more",
            "consumption": "Rp per person per month, 0 or more",
            "sigma": "a standard deviation, 0 or more",
            "weight": "a number of families above 0",
            "line": amount,
        }
        for column in (name for name in wrong if name in self.table.frame.columns):
            cells = as_objects(self.table.frame[column])
            self._refuse(wrong[column], column, "out of range", cells, expected[column])
        self._refuse(
            predicted_zero,
            "consumption",
            "a prediction of 0 with sigma above 0",
            consumption,
            "a median above 0, or sigma 0 where it is known",
        )

    def _place(self, column: str) -> dict[str, Any]:
        """What readers of columns ask for, to say where a fault is."""
        label = self.table.label(column)
        return {"column": label, "source": self.table.name, "rows": self.table.rows}

    def _fault(
        self,
        message: str,
        column: str,
        expected: str,
        at: int | None = None,
        value: str | None = None,
    ) -> None:
        row = None if at is None else int(self.table.rows[at])
        label = self.table.label(column)
        self.faults.append(Fault(message, self.table.name, row, label, value, expected))

    def _refuse(
        self,
        wrong: NDArray[np.bool_],
        column: str,
        message: str,
        cells: NDArray[Any],
        expected: str,
    ) -> None:
        for at in np.flatnonzero(wrong).tolist():
            self._fault(message, column, expected, at, as_typed(cells[at]))

    def _warn_of_slips(self, areas: Texts) -> None:
        for slip in misspelt(areas):
            row, label = int(self.table.rows[slip.first]), self.table.label("area")
            text = slip_text(slip, self.table.name, row, label)
            warnings.warn(text, PovtargetWarning, stacklevel=_CALLER)


def _area(cell: Any) -> str:
    return "" if is_missing(cell) else str(cell).strip()
