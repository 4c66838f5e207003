"""The door: any source in, one `Table` out, or every fault of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.utils import get_column_letter

from povtarget.errors import Fault, InputError, nearest
from povtarget.sayings import foreign, said
from povtarget.tables.delimited import read_delimited
from povtarget.tables.frames import read_frame, read_parquet
from povtarget.tables.grid import HeaderRule
from povtarget.tables.raw import RawTable, absent_file, is_blank, refuse
from povtarget.tables.xlsx import EXTENSIONS, read_xlsx

_DELIMITED = (".csv", ".tsv", ".txt")
_LISTED = 5  # rows that are named where many are meant
_FILES = "a .csv, .tsv, .txt, .xlsx, .xlsm or .parquet file"


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it came in, with what an error needs to name a place in it.

    Parameters
    ----------
    frame
        Columns under our names, index 0, 1, 2 ...; text from a CSV, typed from other sources.
    name
        File name, with the sheet of a workbook; "frame" for what was not a file.
    first_row
        Number of the first row below the header.
    rows
        Row number of each row of ``frame``; blank rows of a file are not in it.
    labels
        The source's name of each column that was renamed.
    """

    frame: pd.DataFrame
    name: str
    first_row: int
    rows: npt.NDArray[np.int64]
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, column: str) -> str:
        """Return the name by which the owner of the source knows ``column``."""
        return self.labels.get(column, column)


def read_table(
    source: Any,
    *,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    header_row: int | HeaderRule | None = None,
    encoding: str | None = None,
    allow_empty: bool = False,
    faults: list[Fault] | None = None,
) -> Table:
    """Read a table from a file or a frame, or say everything that is wrong with it.

    Parameters
    ----------
    source
        Path of a CSV, TSV, XLSX or Parquet file; a pandas, polars or Arrow frame; or a mapping
        of names to columns. Frames are copied, and their index is left out.
    sheet
        Sheet of a workbook; may be left out where only one visible sheet has cells.
    columns
        Our name of a column to the source's: ``{"consumption": "pengeluaran"}``.
    header_row
        Row of the header in a CSV or XLSX file, from 1; None takes the first filled row, or
        the row below a title. A rule takes the row that it finds, and leaves frames alone.
    encoding
        Of the lines of a CSV that are not UTF-8; None refuses them.
    allow_empty
        Accept a header without rows, and a file or sheet without a cell.
    faults
        Takes the faults of rows and cells, for whoever reports them with faults of their own;
        the rows that fit are then read. None raises them.

    Raises
    ------
    InputError
        With every fault of the table.
    PovtargetError
        If a Parquet file is asked for and pyarrow is not there.

    Examples
    --------
    >>> table = read_table({"id": ["007"], "pengeluaran": ["1.500"]},
    ...                    columns={"consumption": "pengeluaran"})
    >>> list(table.frame), table.rows.tolist(), table.label("consumption")
    (['id', 'consumption'], [2], 'pengeluaran')
    """
    if isinstance(source, str | os.PathLike):
        raw = _read_file(Path(source), sheet, header_row, encoding)
    elif sheet is not None or isinstance(header_row, int):
        refuse("a frame has no sheet= and no header_row=", "frame", "a path, or a frame alone")
    else:
        raw = read_frame(source)
    names = dict(columns or {})
    found = [*_header_faults(raw), *(_renaming_faults(raw, names) if raw.header else ())]
    if not len(raw.rows) and not found and not raw.faults and not allow_empty:
        what = "there are no rows below the header" if raw.header else "the table is empty"
        found.append(Fault(what, raw.name))
    if found or not raw.header or faults is None:
        found = sorted([*raw.faults, *found], key=lambda fault: fault.row or 0)
        if found:
            raise InputError(found)
    else:
        faults += raw.faults
    ours = {label: name for name, label in names.items()}
    frame = pd.DataFrame(
        {
            ours.get(label, label): column
            for label, column in zip(raw.header, raw.columns, strict=True)
            if label  # a column without a name has no cells either
        }
    )
    labels = {name: label for name, label in names.items() if name != label}
    return Table(frame, raw.name, raw.first_row, raw.rows, labels)


def _read_file(
    path: Path, sheet: str | None, header_row: int | HeaderRule | None, encoding: str | None
) -> RawTable:
    kind = path.suffix.lower()
    if path.is_dir():
        refuse("a folder, not a file", str(path), _FILES)
    if not path.exists():
        raise InputError([absent_file(path)])
    if kind == ".xls":
        refuse("the old Excel format is not read", path.name, "the workbook saved as .xlsx")
    if kind not in (*_DELIMITED, *EXTENSIONS, ".parquet"):
        refuse(said("files of type '{kind}' are not read", kind=kind), path.name, _FILES)
    if sheet is not None and kind not in EXTENSIONS:
        refuse(
            said(
                "a sheet is asked for (sheet='{sheet}'), but only a workbook has sheets",
                sheet=sheet,
            ),
            path.name,
        )
    if isinstance(header_row, int) and kind == ".parquet":
        refuse("a Parquet file has no header row", path.name, "no header_row=")
    try:
        if kind in EXTENSIONS:
            return read_xlsx(path, sheet, header_row)
        if kind in _DELIMITED:
            return read_delimited(path, header_row, encoding)
        return read_parquet(path)
    except OSError as failure:
        refuse(
            said("cannot be read: {reason}", reason=foreign(failure.strerror)),
            path.name,
            cause=failure,
        )


def _header_faults(raw: RawTable) -> list[Fault]:
    """Return cells without a column name, and names that more than one column has."""
    row = raw.first_row - 1
    faults = [
        Fault(
            said("column {column} has cells but no name", column=get_column_letter(at)),
            raw.name,
            row,
            expected="a name in the header",
        )
        for at, (label, column) in enumerate(zip(raw.header, raw.columns, strict=True), 1)
        if not label and not all(map(is_blank, column))
    ]
    for label, count in Counter(raw.header).items():
        if label and count > 1:
            faults.append(
                Fault(said("{count} columns have this name", count=count), raw.name, row, label)
            )
    return faults


def _renaming_faults(raw: RawTable, names: Mapping[str, str]) -> list[Fault]:
    """Return what keeps columns from having our names (the keys) for theirs (the values)."""
    row = raw.first_row - 1
    faults = []
    for label, count in Counter(names.values()).items():
        if count > 1:
            faults.append(
                Fault(said("asked for under {count} names", count=count), raw.name, row, label)
            )
        if label not in raw.header:
            known = [name for name in raw.header if name]
            hint = nearest(label, known) or said("one of {names}", names=", ".join(known))
            faults.append(Fault("there is no such column", raw.name, row, label, None, hint))
    staying = {*raw.header} - {*names.values()}
    for name, label in names.items():
        if name in staying:
            message = said("cannot be read as '{name}', which is another column", name=name)
            faults.append(Fault(message, raw.name, row, label))
    return faults


def rows_text(rows: npt.NDArray[np.int64]) -> str:
    """Say how many rows are meant, and the first of them as a person counts them.

    Examples
    --------
    >>> rows_text(np.array([4, 2])), rows_text(np.array([3]))
    ('2 rows (2, 4)', '1 row (3)')
    """
    first = sorted(rows.tolist())[:_LISTED]
    names = ", ".join(map(str, first)) + (", …" if len(rows) > _LISTED else "")
    template = "{count:,} row ({names})" if len(rows) == 1 else "{count:,} rows ({names})"
    return said(template, count=len(rows), names=names)
