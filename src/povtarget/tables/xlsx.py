"""Workbooks: the cached values of one sheet, as a person sees them."""

from __future__ import annotations

import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl

from povtarget.errors import Fault, InputError, nearest
from povtarget.sayings import said
from povtarget.tables.grid import Grid, HeaderRule, Record, read_grid
from povtarget.tables.raw import RawTable, absent_file, is_blank, refuse
from povtarget.tables.sheet_xml import PlainSheet

EXTENSIONS = (".xlsx", ".xlsm")
GUIDES = ("guide", "petunjuk")
"""Sheets of words that our templates carry; beside another sheet they are no table."""

_OLE = b"\xd0\xcf\x11\xe0"  # the container of an old .xls and of an encrypted .xlsx
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_COMPUTE_ON_LOAD = re.compile(rb'fullCalcOnLoad="(?:1|true)"')
_ZEROS_FORMAT = re.compile(rb'formatCode="00+"')
# openpyxl reports a damaged file by whatever its parsers trip over; SyntaxError is XML's.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)


@contextmanager
def _workbook(path: Path, *, values: bool = True) -> Iterator[Any]:
    """Open a workbook for reading: its cached values, or else its formulas."""
    with path.open("rb") as stream, warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out; no value is among them.
        warnings.filterwarnings("ignore", module="openpyxl")
        is_ole = stream.read(4) == _OLE
        stream.seek(0)
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=values)
            try:
                yield book
            finally:
                book.close()
        except InputError:
            raise
        except _DAMAGED as failure:
            what = "an old .xls, or protected by a password" if is_ole else "damaged"
            expected = "an .xlsx that Excel opens without a question"
            refuse(
                said("the workbook is {what}", what=said(what)), path.name, expected, cause=failure
            )


def _rows_of(sheet: Any, *, values: bool = True) -> Iterator[Record]:
    sheet.reset_dimensions()  # what a file states of its size is often wrong, and cuts rows off
    rows: Iterator[Record] = sheet.iter_rows(values_only=values)
    return rows


def _chosen_sheet(book: Any, wanted: str | None, file: str) -> Any:
    sheets = book.worksheets
    listed = ", ".join(f"'{sheet.title}'" for sheet in sheets)
    if wanted is not None:
        for sheet in sheets:  # Excel does not tell "Programs" from "programs" either
            if sheet.title.casefold() == wanted.casefold():
                return sheet
        hint = nearest(wanted, [sheet.title for sheet in sheets])
        refuse(
            said("there is no sheet '{wanted}'", wanted=wanted),
            file,
            said("one of {names}; {hint}", names=listed, hint=hint)
            if hint
            else said("one of {names}", names=listed),
        )
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    used = [s for s in shown if not all(is_blank(c) for row in _rows_of(s) for c in row)]
    if len(used) > 1:
        used = [sheet for sheet in used if sheet.title.casefold() not in GUIDES] or used
    if len(used) > 1:
        # Registries keep a sheet for each district: the first is not the whole.
        refuse(
            "the workbook has several sheets",
            file,
            said(
                "the name of one (sheet=), or a workbook of one sheet; it has {names}",
                names=listed,
            ),
        )
    return (used or sheets)[0]


def _has_part(path: Path, name: str, content: re.Pattern[bytes]) -> bool:
    """Say whether a part of the file, named by a pattern, has such content."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            if re.fullmatch(name, part):
                with archive.open(part) as stream:
                    end = b""
                    while piece := stream.read(1 << 20):
                        if content.search(end + piece):
                            return True
                        end = piece[-64:]
    return False


def _shown(cell: Any) -> Any:
    """Return a cell's value with the leading zeros that its number format shows."""
    value, zeros = cell.value, cell.number_format or ""
    if type(value) is int and value >= 0 and len(zeros) > 1 and not zeros.strip("0"):
        return str(value).zfill(len(zeros))
    return value


def _doubted(cell: Any) -> Any:
    """Return a whole number that a spreadsheet may have cut as a float, which says so.

    Excel keeps 15 digits and writes zeros for the rest; no float keeps more than 2**53.
    """
    if type(cell) is int and abs(cell) >= 10**15 and (cell % 10 == 0 or abs(cell) > 2**53):
        return float(cell)
    return cell


def _formula_faults(path: Path, sheet: Any, grid: Grid) -> Iterator[Fault]:
    """Yield a fault for each column whose formulas nobody has computed.

    A program that writes formulas leaves their values out, or writes 0 and asks Excel to
    compute all on loading. In a computed sheet an absent value is an empty text.
    """
    is_stale = _has_part(path, r"xl/workbook\.xml", _COMPUTE_ON_LOAD)
    is_computed = False
    rows_of: dict[int, list[int]] = {}
    with _workbook(path, values=False) as formulas:
        pairs = zip(_rows_of(sheet), _rows_of(formulas[sheet.title], values=False), strict=True)
        for row, (values, cells) in enumerate(pairs, 1):
            if row < grid.first_row - 1:  # a title may compute what it likes
                continue
            for index, cell in enumerate(cells):
                if cell.data_type == "f":
                    is_computed |= values[index] is not None
                    rows_of.setdefault(index, []).append(row)
    if is_computed and not is_stale:
        return
    expected = "values; open the workbook in Excel and save it"
    for index, rows in sorted(rows_of.items()):
        label = grid.header[index] if index < len(grid.header) else None
        message = said(
            "a formula without a computed value, in {count} cells of the column", count=len(rows)
        )
        yield Fault(message, grid.name, rows[0], label, expected=expected)


def read_xlsx(path: Path, wanted: str | None, header_row: int | HeaderRule | None) -> RawTable:
    """Read a sheet: numbers as numbers, text as text, errors as faults."""
    with _workbook(path) as book:
        sheet = _chosen_sheet(book, wanted, path.name)
        name = said("{name}, sheet '{title}'", name=path.name, title=sheet.title)
        quick = PlainSheet(sheet, _rows_of)
        records = quick.rows()
        if _has_part(path, r"xl/styles\.xml", _ZEROS_FORMAT):
            cells = _rows_of(sheet, values=False)
            records = ([_shown(cell) for cell in record] for record in cells)
        grid = read_grid(records, name, header_row, is_ragged=True)
        if not quick.was_plain and _has_part(path, r"xl/worksheets/[^/]+\.xml", _FORMULA):
            grid.faults += _formula_faults(path, sheet, grid)
    grid.columns = [[_doubted(cell) for cell in column] for column in grid.columns]
    return grid.raw(as_text=False)


def sheet_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of a workbook's sheets in their order.

    Parameters
    ----------
    path
        An .xlsx or .xlsm file.

    Returns
    -------
    tuple of str
        Hidden sheets too; charts not.

    Raises
    ------
    InputError
        If the file is absent, of another kind, or damaged.

    Examples
    --------
    >>> sheet_names("penerima.csv")
    Traceback (most recent call last):
        ...
    povtarget.errors.InputError: 1 problem in the input
      - penerima.csv: not a workbook (expected an .xlsx or .xlsm file)
    """
    file = Path(path)
    if file.suffix.lower() not in EXTENSIONS:
        refuse("not a workbook", file.name, "an .xlsx or .xlsm file")
    if not file.is_file():
        raise InputError([absent_file(file)])
    with _workbook(file) as book:
        return tuple(sheet.title for sheet in book.worksheets)
