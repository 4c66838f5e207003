"""What households have already (receipts), and what a meeting has settled (locks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import distinct_cells, parse_identifiers
from povtarget.numbers import DecimalSign, as_typed, may_name, parse_numbers
from povtarget.sayings import said
from povtarget.tables import Table, read_table

REQUIRED = ("household_id", "program")
TEXTS = ("member_id", "agency", "fund", "need", "status")
NUMBERS = ("units", "year", "amount", "benefit")
FLAG = "changeable"
LOCKS = ("in", "out")
LOCK_COLUMNS = (*REQUIRED, "lock")
LOCK_REASON = "reason"
LOCK_REASONS = {
    "agreed": "in",
    "kept": "in",
    "refused": "out",
    "dead": "out",
    "moved": "out",
    "able": "out",
}
"""Why something is locked, and which way; "agreed" and "refused" where nothing else is said."""


def read_receipts(
    source: str | PathLike[str] | Any,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> pd.DataFrame:
    """Read receipts from a file or a frame.

    Parameters
    ----------
    source
        A .csv, .xlsx or .parquet file, or a pandas, polars or Arrow frame.
    columns
        Renames, our name to theirs.
    sheet
        Sheet of an .xlsx file; may be left out where it has one.
    decimal
        "," or "." where numbers are text and their form leaves it open.

    Returns
    -------
    DataFrame
        household_id, program, and those of member_id, agency, fund, need, status (text or
        None), units, year, amount, benefit (numbers or NaN; amounts in Rp per year) and
        changeable (bool) that the source has.

    Raises
    ------
    InputError
        With every fault, by file, row and column.

    Examples
    --------
    >>> read_receipts({"household_id": ["007"], "program": ["pkh"], "year": [2022]}).year.tolist()
    [2022.0]
    """
    return parse_receipts(source, columns=columns, sheet=sheet, decimal=decimal)[0]


def parse_receipts(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> tuple[pd.DataFrame, Table]:
    """Read receipts as `read_receipts` does, and the table whose rows they are."""
    table = read_table(source, sheet=sheet, columns=columns, allow_empty=True)
    read, faults = _receipt_columns(table, decimal)
    if faults:
        raise InputError(faults)
    return pd.DataFrame(read), table


def _receipt_columns(
    table: Table, decimal: DecimalSign | None
) -> tuple[dict[str, Any], list[Fault]]:
    """The columns of receipts that a table has, and every fault of them."""
    frame, faults = table.frame, list[Fault]()
    for name in REQUIRED:
        if name not in frame.columns:
            faults.append(
                Fault(
                    "the column is missing",
                    table.name,
                    column=name,
                    expected=nearest(name, map(str, frame.columns)) or "this column",
                )
            )
    read: dict[str, Any] = {}
    if faults:
        return read, faults
    for name in REQUIRED:
        read[name], found = parse_identifiers(
            frame[name], column=name, source=table.name, rows=table.rows, unique=False
        )
        faults += found
    for name in (column for column in TEXTS if column in frame.columns):
        read[name] = _texts(frame[name])
    for name in (column for column in NUMBERS if column in frame.columns):
        read[name], found = parse_numbers(
            frame[name],
            column=name,
            source=table.name,
            rows=table.rows,
            missing="nan",
            decimal=decimal,
        )
        faults += found + _below_zero(read[name], name, table)
    if FLAG in frame.columns:
        read[FLAG], found = _flags(table, FLAG)
        faults += found
    return read, faults


def read_locks(source: Any) -> pd.DataFrame:
    """Read locks: household, program, "in" or "out", and why.

    Parameters
    ----------
    source
        A file or frame with the columns household_id, program and one more (its name is free)
        that says "in" (agreed: the plan must propose it) or "out" (refused: it may not); or a
        mapping ``{(household_id, program): "in"}``. A column "reason" may say why: "agreed" or
        "kept" (from a plan before, no meeting has marked it) for in, "refused", "dead", "moved"
        or "able" (the household is) for out; empty is "agreed" and "refused".

    Returns
    -------
    DataFrame
        household_id, program, lock, and reason where the source has it.

    Raises
    ------
    InputError
        With every fault: other words than in and out, a pair locked twice in different ways, a
        reason that is none or that is not of this lock.

    Examples
    --------
    >>> read_locks({("001", "food"): "in"}).lock.tolist()
    ['in']
    """
    return parse_locks(source)[0].reset_index(drop=True)


def parse_locks(source: Any) -> tuple[pd.DataFrame, Table]:
    """Read locks as `read_locks` does, and the table whose rows they are.

    The index of the locks is the position of their row in the table: a pair that is locked
    twice alike is there once.
    """
    table, column = _locks_table(source)
    faults: list[Fault] = []
    read: dict[str, Any] = {}
    for name in REQUIRED:
        read[name], found = parse_identifiers(
            table.frame[name], column=name, source=table.name, rows=table.rows, unique=False
        )
        faults += found
    read["lock"] = [str(cell).strip().lower() for cell in table.frame[column]]
    if "reason" in table.frame:
        given = [str(text or "").strip().lower() for text in _texts(table.frame["reason"])]
        read["reason"] = [
            text or ("agreed" if lock == "in" else "refused")
            for text, lock in zip(given, read["lock"], strict=True)
        ]
    locks = pd.DataFrame(read)
    faults += _lock_faults(locks, table, column)
    if faults:
        raise InputError(faults)
    return locks.drop_duplicates([*LOCK_COLUMNS]), table


def reasons_of(locks: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    """Why each household and program is locked: a key of `LOCK_REASONS`.

    Examples
    --------
    >>> reasons_of(read_locks({("001", "food"): "in", ("002", "food"): "out"}))
    {('001', 'food'): 'agreed', ('002', 'food'): 'refused'}
    """
    if locks is None:
        return {}
    default = np.where(locks["lock"] == "in", "agreed", "refused")
    reason = locks.get("reason", pd.Series(default, index=locks.index))
    pairs = zip(locks["household_id"], locks["program"], strict=True)
    return dict(zip(pairs, map(str, reason), strict=True))


def _locks_table(source: Any) -> tuple[Table, str]:
    """The table of locks, and the name of the column that says in or out."""
    if isinstance(source, Mapping) and all(isinstance(key, tuple) for key in source):
        pairs = [(*pair, lock) for pair, lock in source.items()]
        source = pd.DataFrame(pairs, columns=[*LOCK_COLUMNS], dtype=object)
    table = read_table(source, allow_empty=True)
    header = [str(name) for name in table.frame.columns]
    others = [name for name in header if name not in REQUIRED]
    if len(others) > 1 and "reason" in others:
        others.remove("reason")
    if len(others) != 1 or not {*REQUIRED} <= {*header}:
        expected = "household_id, program and a column of 'in' or 'out'; 'reason' is optional"
        fault = Fault("wrong columns", table.name, value=", ".join(header), expected=expected)
        raise InputError([fault])
    return table, others[0]


def _lock_faults(locks: pd.DataFrame, table: Table, column: str) -> Iterator[Fault]:
    """Words that are no lock, and pairs that are locked in two ways."""
    for position in np.flatnonzero(~locks["lock"].isin(LOCKS)):
        word, row = locks["lock"].iloc[position], int(table.rows[position])
        yield Fault("not a lock", table.name, row, column, _told(word), "in or out")
    if "reason" in locks:
        wrong = locks["reason"].map(LOCK_REASONS) != locks["lock"]
        for position in np.flatnonzero(wrong & locks["lock"].isin(LOCKS)):
            lock, row = locks["lock"].iloc[position], int(table.rows[position])
            expected = ", ".join(name for name, way in LOCK_REASONS.items() if way == lock)
            word = _told(locks["reason"].iloc[position])
            yield Fault(
                said("no reason for '{lock}'", lock=lock),
                table.name,
                row,
                "reason",
                word,
                expected,
            )
    ways = locks.groupby(["household_id", "program"])["lock"].transform("nunique")
    for position in np.flatnonzero(ways.to_numpy() > 1):
        message = "this household and program are locked both in and out"
        yield Fault(message, table.name, int(table.rows[position]), column)


def _told(word: str) -> str | None:
    """A word that a fault may show; another may be a name, from the column beside."""
    return None if may_name(word) else word


def _texts(cells: pd.Series) -> NDArray[np.object_]:
    """Text without spaces around it, None where there is none."""
    is_there = cells.notna().to_numpy()
    which, distinct = distinct_cells(cells[is_there])
    texts = np.full(len(cells), None, dtype=object)
    texts[is_there] = np.array([str(cell).strip() or None for cell in distinct], object)[which]
    return texts


def _below_zero(numbers: Any, column: str, table: Table) -> list[Fault]:
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(numbers < 0)
    return [
        Fault(
            "out of range",
            table.name,
            row=int(table.rows[position]),
            column=column,
            value=as_typed(table.frame[column].iloc[position]),
            expected="0 or more",
        )
        for position in wrong
    ]


def _flags(table: Table, column: str) -> tuple[list[bool], list[Fault]]:
    words = {
        "true": True,
        "1": True,
        "1.0": True,
        "ya": True,
        "yes": True,
        "false": False,
        "0": False,
        "0.0": False,
        "tidak": False,
        "no": False,
        "": False,
    }
    flags, faults = [], []
    for position, cell in enumerate(table.frame[column]):
        word = "" if pd.isna(cell) else str(cell).strip().lower()
        if word not in words:
            row, expected = int(table.rows[position]), "true or false (ya or tidak)"
            faults.append(Fault("not a yes or no", table.name, row, column, _told(word), expected))
        flags.append(words.get(word, False))
    return flags, faults
