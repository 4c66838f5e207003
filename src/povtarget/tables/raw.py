"""What the readers of all kinds of tables hand to the door, and how they refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault, InputError, nearest


@dataclass
class RawTable:
    """A table before its header is judged; `door` makes it a `Table`.

    Parameters
    ----------
    name
        What a fault calls the source.
    header
        Column names as they stand, "" where there is none.
    columns
        One series for each name.
    rows
        Row number of each row.
    first_row
        Number of the first row below the header.
    faults
        Faults found so far.
    """

    name: str
    header: list[str]
    columns: list[pd.Series[Any]]
    rows: npt.NDArray[np.int64]
    first_row: int = 2
    faults: list[Fault] = field(default_factory=list)


def refuse(
    message: str,
    source: str,
    expected: str | None = None,
    *,
    column: str | None = None,
    row: int | None = None,
    cause: Exception | None = None,
) -> NoReturn:
    """Raise an `InputError` with one fault, where nothing more can be read."""
    raise InputError([Fault(message, source, row, column, None, expected)]) from cause


def absent_file(path: Path) -> Fault:
    """Return the fault of a file that is not there, with the nearest name in its folder."""
    beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = nearest(path.name, beside) or None
    return Fault("there is no such file", str(path), expected=hint)


def is_blank(cell: object) -> bool:
    """Say whether nothing is written in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def typed(cells: list[Any]) -> pd.Series[Any]:
    """Return cells of one kind as bool, int64 or float64, others as they are.

    No digit is lost: long whole numbers stay Python integers, and so do whole numbers beside
    missing cells.

    Examples
    --------
    >>> [str(typed(cells).dtype) for cells in ([1, 2], [1, 0.5], [1, None], ["007"], [True])]
    ['int64', 'float64', 'object', 'object', 'bool']
    """
    kinds = {*map(type, cells)}
    kind: Any = object
    if kinds == {bool}:
        kind = np.bool_
    elif kinds == {int}:
        kind = np.int64 if min(cells) >= -(2**63) and max(cells) < 2**63 else object
    elif kinds and kinds <= {int, float}:
        # From 16 digits on a float says that digits may be lost, which a whole number does not.
        is_exact = all(abs(cell) < 10**15 for cell in cells if type(cell) is int)
        kind = np.float64 if is_exact else object
    series: pd.Series[Any] = pd.Series(cells, dtype=kind)
    return series
