"""What must be true of a receipt before anybody may propose to end it."""

from __future__ import annotations

from datetime import date, datetime
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import parse_identifiers
from povtarget.tables import Table, read_table

COLUMNS = ("household_id", "program", "verified_on", "notice", "appeal_open")
_YES, _NO = (
    frozenset({"true", "1", "1.0", "ya", "yes"}),
    frozenset({"false", "0", "0.0", "tidak", "no"}),
)


def read_conditions(source: str | PathLike[str] | Any | None) -> pd.DataFrame:
    """Read the conditions of receipts.

    Parameters
    ----------
    source
        A .csv, .xlsx or .parquet file or a frame with household_id, program, verified_on (the
        day of the last field verification: a date or text such as 2025-11-30; empty for never),
        notice (whether the household was told: yes or no) and appeal_open (whether an appeal is
        not decided yet). None: nothing is known of any receipt.

    Returns
    -------
    DataFrame
        These columns, one row for each household and program.

    Raises
    ------
    InputError
        With every fault, by file, row and column.

    Examples
    --------
    >>> read_conditions({"household_id": ["1"], "program": ["pkh"], "verified_on": ["2025-11-30"],
    ...                  "notice": ["ya"], "appeal_open": ["tidak"]})["notice"].tolist()
    [True]
    """
    empty: dict[str, list[str]] = {name: [] for name in COLUMNS}
    table = read_table(empty if source is None else source, allow_empty=True)
    faults = [
        Fault(
            "the column is missing",
            table.name,
            column=name,
            expected=nearest(name, map(str, table.frame.columns)) or "this column",
        )
        for name in COLUMNS
        if name not in table.frame.columns
    ]
    if faults:
        raise InputError(faults)
    read: dict[str, Any] = {}
    for name in COLUMNS[:2]:
        read[name], found = parse_identifiers(
            table.frame[name], column=name, source=table.name, rows=table.rows, unique=False
        )
        faults += found
    read["verified_on"] = _dates(table, "verified_on", faults)
    for name in COLUMNS[3:]:
        read[name] = _flags(table, name, faults)
    frame = pd.DataFrame(read, columns=list(COLUMNS))
    faults += _repeated(frame, table)
    if faults:
        raise InputError(faults)
    return frame


def _dates(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    days: list[Any] = []
    for row, cell in zip(table.rows, table.frame[column], strict=True):
        day = _day(cell)
        if day is None:
            expected = "a date such as 2025-11-30, or empty"
            faults.append(_fault("not a date", table, int(row), column, str(cell), expected))
        days.append(pd.NaT if day is None else day)
    return pd.Series(days, dtype="datetime64[ns]")


def _day(cell: Any) -> Any:
    """A timestamp, NaT for an empty cell, None for what cannot be read."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return pd.NaT
    if isinstance(cell, (date, datetime, np.datetime64)):
        return pd.Timestamp(cell).tz_localize(None)
    text = str(cell).strip()
    if not text:
        return pd.NaT
    try:
        return pd.Timestamp(datetime.fromisoformat(text)).tz_localize(None)
    except ValueError:
        return None


def _flags(table: Table, column: str, faults: list[Fault]) -> list[bool]:
    flags = []
    for row, cell in zip(table.rows, table.frame[column], strict=True):
        word = str(cell).strip().lower()
        if word not in _YES | _NO:
            expected = "true or false (ya or tidak)"
            faults.append(_fault("not a yes or no", table, int(row), column, word, expected))
        flags.append(word in _YES)
    return flags


def _fault(message: str, table: Table, row: int, column: str, value: str, expected: str) -> Fault:
    return Fault(message, table.name, row=row, column=column, value=value, expected=expected)


def _repeated(frame: pd.DataFrame, table: Table) -> list[Fault]:
    again = frame.duplicated(["household_id", "program"]).to_numpy()
    return [
        Fault(
            "a household and program that an earlier row has",
            table.name,
            row=int(row),
            column="household_id",
            expected="one row for each",
        )
        for row in table.rows[again]
    ]
