"""Faults and warnings of a registry: by row and column, and never with the value of a cell.

A *fault* stops the reading: digits that are lost, a flag or a decile that nobody can read, a
column that is not there. A *warning* does not: real lists have numbers of another structure,
families listed twice and places with other names, and a planner must be able to go on and to
send the list of rows to those who can look.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Notice(Fault):
    """A warning: a fault that stops nothing, with a kind by which they can be counted.

    Parameters
    ----------
    kind
        A short name, such as "nik-birth".

    Examples
    --------
    >>> print(Notice("the serial number of the NIK is 0000", "a.csv", 7, "NIK", kind="nik-serial"))
    a.csv, row 7, column 'NIK': the serial number of the NIK is 0000
    """

    kind: str = ""


@dataclass
class Ledger:
    """Gathers what is wrong with one table.

    Parameters
    ----------
    source
        Name of the table.
    rows
        Row number of each row.
    labels
        Our column to the source's name.
    """

    source: str
    rows: npt.NDArray[np.int64]
    labels: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def refuse(self, mask: Bools, column: str, message: str, expected: str) -> None:
        """Add a fault for each row of a mask."""
        label = self.labels.get(column, column)
        self.faults += [
            Fault(message, self.source, row, label, None, expected)
            for row in self.rows[mask].tolist()
        ]

    def take(self, faults: list[Fault], column: str, expected: str | None = None) -> None:
        """Add faults of a reader of columns, without what the cells hold."""
        label = self.labels.get(column, column)
        self.faults += [
            replace(fault, column=label, value=None, expected=expected or fault.expected)
            for fault in faults
        ]

    def warn(
        self, kind: str, mask: Bools, column: str | None, message: str, expected: str | None = None
    ) -> None:
        """Add a warning for each row of a mask."""
        self.warn_at(kind, np.flatnonzero(mask), column, message, expected)

    def warn_at(
        self, kind: str, at: Any, column: str | None, message: str, expected: str | None = None
    ) -> None:
        """Add a warning for each position."""
        label = None if column is None else self.labels.get(column, column)
        self.notices += [
            Notice(message, self.source, row, label, None, expected, kind)
            for row in self.rows[at].tolist()
        ]

    def remark(
        self, kind: str, column: str | None, message: str, expected: str | None = None
    ) -> None:
        """Add one warning for a whole column or table."""
        label = None if column is None else self.labels.get(column, column)
        self.notices.append(Notice(message, self.source, None, label, None, expected, kind))

    def in_order(self) -> tuple[Notice, ...]:
        """Return the warnings by row, those of the whole table first."""
        return tuple(sorted(self.notices, key=lambda notice: notice.row or 0))


def counted(notices: tuple[Notice, ...]) -> pd.DataFrame:
    """Return how often each kind of warning was given, and where first.

    Examples
    --------
    >>> counted((Notice("m", "a.csv", 7, "NIK", kind="nik-serial"),)).to_dict("records")
    [{'kind': 'nik-serial', 'column': 'NIK', 'message': 'm', 'count': 1, 'first_row': 7}]
    """
    found: dict[tuple[str, str | None], list[Any]] = {}
    for notice in notices:
        entry = found.setdefault((notice.kind, notice.column), [notice.message, 0, notice.row])
        entry[1] += 1
    frame = pd.DataFrame(
        [(*key, *entry) for key, entry in found.items()],
        columns=["kind", "column", "message", "count", "first_row"],
    )
    # As they were said: a column of texts would forget the templates.
    frame["message"] = pd.Series([entry[0] for entry in found.values()], dtype=object)
    return frame
