"""Rows of cells to columns: where the header is, and which rows do not fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd

from povtarget.errors import Fault
from povtarget.sayings import said
from povtarget.tables.raw import RawTable, is_blank, typed

Record = Sequence[Any]
"""One row of cells."""


@dataclass(frozen=True)
class HeaderRule:
    """How to find the header of a table whose columns are known by name.

    Parameters
    ----------
    find
        Takes the first rows of a file, and returns which is the header, or None.
    expected
        What a header has, for the fault where there is none.
    """

    find: Callable[[Sequence[Record]], int | None]
    expected: str


HEAD = 100
"""Rows that decide where the header is, and what separates the cells of a CSV."""

_BATCH = 1_000  # rows held as records before they become columns, which take less memory
_EXCEL_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!")
)


@dataclass
class Grid:
    """A header and the cells below it, by column.

    Parameters
    ----------
    name
        What a fault calls the source.
    header
        Column names; a column that only rows below the header have is "".
    columns
        The cells of each column.
    rows
        Row number of each row.
    first_row
        Number of the first row below the header.
    faults
        Rows that do not fit, and cells with a spreadsheet error.
    """

    name: str
    header: list[str]
    columns: list[list[Any]]
    rows: list[int]
    first_row: int
    faults: list[Fault] = field(default_factory=list)

    def append(self, records: Sequence[Record]) -> None:
        """Add rows; cells beyond the header open nameless columns."""
        width = max(map(len, records), default=0)
        while len(self.header) < width:
            self.header.append("")
            self.columns.append([None] * (len(self.rows) - len(records)))
        width = len(self.header)
        if any(len(record) != width for record in records):
            records = [(*record, *[None] * (width - len(record))) for record in records]
        for column, cells in zip(self.columns, zip(*records, strict=True), strict=False):
            column.extend(cells)

    def raw(self, *, as_text: bool) -> RawTable:
        """Return the table, its columns as objects or by the type of their cells."""
        columns = [
            pd.Series(cells, dtype=object) if as_text else typed(cells) for cells in self.columns
        ]
        rows = np.array(self.rows, dtype=np.int64)
        return RawTable(self.name, self.header, columns, rows, self.first_row, self.faults)


def _filled(record: Record) -> list[Any]:
    return [cell for cell in record if not is_blank(cell)]


def _has_letter(cell: object) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def header_index(head: Sequence[Record]) -> int | None:
    """Return which record is the header: the first filled one, unless that is a title.

    A title is a lone cell. The header below it names every column, has words only, and has
    rows with numbers under it; less evidence than that leaves the first record the header.

    Examples
    --------
    >>> header_index([["Data P3KE"], [], ["ID Keluarga", "Desil"], ["007", "1"]])
    2
    >>> header_index([["household_id"], ["H1", "5"]])
    0
    """
    filled = [_filled(record) for record in head]
    first = next((i for i, cells in enumerate(filled) if cells), None)
    if first is None or len(filled[first]) > 1:
        return first
    at = next((i for i, cells in enumerate(filled) if len(cells) > 1), first)
    words, below = filled[at], filled[at + 1 :]
    is_header = (
        all(map(_has_letter, words))
        and len({*words}) == len(words)
        and all(len(cells) <= len(words) for cells in below)
        and any(not _has_letter(cell) for cells in below for cell in cells)
    )
    return at if is_header else first


def header_at(head: Sequence[Record], header_row: int | HeaderRule | None) -> int | None:
    """Return which of the first records is the header: as asked, by a rule, or as found."""
    if header_row is None:
        return header_index(head)
    return header_row.find(head) if isinstance(header_row, HeaderRule) else header_row - 1


def rows_for_header(header_row: int | HeaderRule | None) -> int:
    """Return how many rows have to be read to know the header."""
    return max(HEAD, header_row) if isinstance(header_row, int) else HEAD


def read_grid(
    records: Iterator[Record], name: str, header_row: int | HeaderRule | None, *, is_ragged: bool
) -> Grid:
    """Turn the rows of a file, the first of which is row 1, into columns.

    Parameters
    ----------
    records
        All rows, blank ones too.
    name
        What a fault calls the source.
    header_row
        Row of the header from 1, or a rule; None finds it.
    is_ragged
        Whether the source leaves out empty cells at the end of a row, as XLSX does.

    Returns
    -------
    Grid
        Without a header where no row has a cell.
    """
    head = list(islice(records, rows_for_header(header_row)))
    at = header_at(head, header_row)
    if at is None:
        faults = []
        if isinstance(header_row, HeaderRule) and any(map(_filled, head)):
            faults = [Fault("no row looks like the header", name, expected=header_row.expected)]
        return Grid(name, [], [], [], 2, faults)
    if not 0 <= at < len(head):
        return Grid(
            name, [], [], [], 2, [Fault(said("there is no row {row}", row=header_row), name)]
        )
    header = ["" if is_blank(cell) else " ".join(str(cell).split()) for cell in head[at]]
    grid = Grid(name, header, [[] for _ in header], [], at + 2)
    kept: list[Record] = []
    for row, record in enumerate(chain(head[at + 1 :], records), grid.first_row):
        if all(map(is_blank, record)):
            continue
        if len(record) != len(header) and not is_ragged:
            expected = said(
                "{count}, as in the header; text with the separator needs quotes",
                count=len(header),
            )
            cells = said(
                "{count} cells" if len(record) != 1 else "{count} cell", count=len(record)
            )
            grid.faults.append(Fault(cells, name, row, expected=expected))
            continue
        grid.rows.append(row)
        kept.append(record)
        if len(kept) == _BATCH:
            grid.append(kept)
            kept = []
    grid.append(kept)
    grid.faults += _error_cells(grid)
    return grid


def _error_cells(grid: Grid) -> Iterator[Fault]:
    """Yield a fault for each cell in which a spreadsheet says that its formula failed."""
    for label, cells in zip(grid.header, grid.columns, strict=True):
        if _EXCEL_ERRORS.isdisjoint(cells):
            continue
        for row, cell in zip(grid.rows, cells, strict=True):
            if cell in _EXCEL_ERRORS:
                yield Fault("the formula has an error", grid.name, row, label, cell, "a value")
