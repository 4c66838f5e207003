"""Sheets of a workbook, written row by row: text is text, never a formula or a link."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from typing import Any, Literal

from povtarget.stored_tables import FORMULA_STARTS

Kind = Literal[
    "text", "wrap", "whole", "money", "percent", "share", "decimal", "mark", "right", "exact"
]

_FORMATS: dict[str, str | int] = {
    "exact": "General",
    "whole": "#,##0",
    "money": "#,##0",
    "percent": "0.00%",
    "share": "0%",
    "decimal": "#,##0.0000",
}
_TEXT_FORMAT = 49  # "@": what is typed over such a cell stays text too
_LONGEST_CELL, _LONGEST_NAME = 32_767, 31
_LANDSCAPE_CHARACTERS, _PAGE_CHARACTERS = 150, 250  # at full size; at the smallest still read
_UPRIGHT_HEIGHT, _LINE_HEIGHT = 66.0, 13.5
_FILLED = 1.05  # characters of 10 points for each unit of width, with room for whole words
_A4 = 9
_WRITTEN = datetime(2000, 1, 1)  # the same plan gives the same bytes
_DARK, _PALE, _LINE = "#1F3864", "#FFF7DC", "#BFBFBF"
_HEADER: dict[str, Any] = {
    "bold": True,
    "text_wrap": True,
    "valign": "vcenter",
    "font_color": "#FFFFFF",
    "bg_color": _DARK,
    "border": 1,
    "border_color": _LINE,
}
_WORDS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": _DARK},
    "heading": {"bold": True, "font_size": 11, "font_color": _DARK},
    "note": {"text_wrap": True},
    "header": _HEADER,
    "upright": {**_HEADER, "rotation": 90, "align": "center"},
}
_CELLS: dict[str, dict[str, Any]] = {
    "wrap": {"text_wrap": True},
    "right": {"align": "right"},
    "mark": {"bg_color": _PALE, "align": "center"},
}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Parameters
    ----------
    label
        Its header.
    width
        In characters.
    kind
        "wrap": text of several lines; "mark": empty or a text, for people to write in; "right":
        a number in words of the language, as text; "exact": a number with all its digits.
    """

    label: str
    width: float
    kind: Kind = "text"


class Book:
    """An open workbook; make one with `open_book`."""

    def __init__(self, path: str | PathLike[str], title: str) -> None:
        import xlsxwriter  # late: who writes no workbook need not wait for it

        # constant memory: a row is on disk as soon as the next one begins
        settings = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.file = xlsxwriter.Workbook(str(path), settings)
        self.file.set_properties({"title": title, "created": _WRITTEN})
        self._formats: dict[tuple[str, ...], Any] = {}
        self._names: set[str] = set()
        self._finish: list[Any] = []

    def sheet(self, name: str, widths: Sequence[float], footer: str = "") -> Sheet:
        """Add a sheet with columns of these widths."""
        return Sheet(self, self.file.add_worksheet(self._free_name(name)), widths, footer)

    def style(self, kind: str, *also: str) -> Any:
        """Return a cell format, made once."""
        key = (kind, *also)
        if key not in self._formats:
            self._formats[key] = self.file.add_format(_properties(kind, also))
        return self._formats[key]

    def _free_name(self, name: str) -> str:
        """Return a name that Excel takes and that no sheet has yet."""
        plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in name)
        plain = " ".join(plain.split()).strip("'") or "-"
        number, free = 1, plain[:_LONGEST_NAME]
        while free.casefold() in {*self._names, "history"}:  # Excel keeps "History" for itself
            number += 1
            end = f" ({number})"
            free = plain[: _LONGEST_NAME - len(end)] + end
        self._names.add(free.casefold())
        return free


def _properties(kind: str, also: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    if "quoted" in also:
        made["quote_prefix"] = True
    if kind in _WORDS:
        return made | _WORDS[kind]
    made |= {"border": 1, "border_color": _LINE, "num_format": _FORMATS.get(kind, _TEXT_FORMAT)}
    return made | _CELLS.get(kind, {})


@contextmanager
def open_book(path: str | PathLike[str], title: str) -> Iterator[Book]:
    """Open a workbook for writing; it is complete when the block ends without an error."""
    book = Book(path, title)
    yield book
    book.file.close()


class Sheet:
    """A sheet under way, written from the top."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[float], footer: str) -> None:
        self.book, self.sheet, self.row = book, sheet, 0
        self.widths = widths
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(math.ceil(sum(widths) / _PAGE_CHARACTERS), 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        left = footer.replace("&", "&&")[:200]
        sheet.set_footer(f"&L&8{left}&R&8&A  &P / &N")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def title(self, text: str) -> None:
        """Write the sheet's title."""
        self._text(self.row, 0, text, "title")
        self.row += 1

    def heading(self, text: str) -> None:
        """Write the heading of a part, after an empty row."""
        self._text(self.row + 1, 0, text, "heading")
        self.row += 2

    def note(self, text: str) -> None:
        """Write a text across all columns, with as many lines as it needs."""
        room = min(sum(self.widths), _LANDSCAPE_CHARACTERS)
        across, used = 0, 0.0
        while across < len(self.widths) - 1 and used + self.widths[across] < room:
            used += self.widths[across]
            across += 1
        lines = sum(math.ceil(max(len(part), 1) / (room * 0.95)) for part in text.split("\n"))
        self.sheet.set_row(self.row, _LINE_HEIGHT * lines + 1)
        if across:
            self.sheet.merge_range(self.row, 0, self.row, across, "", self.book.style("note"))
        self._text(self.row, 0, text, "note")
        self.row += 1

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, frozen: bool = False
    ) -> int:
        """Write a header and rows; return how many.

        Parameters
        ----------
        columns
            Labels and kinds.
        rows
            A cell for each column; None and NaN leave it empty.
        frozen
            The sheet's one table: its header stays in sight, is printed on every page and has
            filters.
        """
        top = self.row
        self.sheet.set_row(top, self._header_height(columns))
        for at, column in enumerate(columns):
            style = "upright" if column.kind == "mark" else "header"
            self._text(top, at, column.label, style)
        self.row += 1
        kinds = [column.kind for column in columns]
        for record in rows:
            self._make_room(kinds, record)
            for at, (kind, cell) in enumerate(zip(kinds, record, strict=True)):
                self._cell(self.row, at, cell, kind)
            self.row += 1
        if frozen:
            self.sheet.freeze_panes(top + 1, 0)
            self.sheet.repeat_rows(top)
            self.sheet.autofilter(top, 0, max(self.row - 1, top), len(columns) - 1)
        return self.row - top - 1

    def _header_height(self, columns: Sequence[Column]) -> float:
        """Points that the labels need; those of narrow marks stand upright."""
        if any(column.kind == "mark" for column in columns):
            return _UPRIGHT_HEIGHT
        lines = max(
            math.ceil(len(column.label) / max(width - 1, 1))
            for column, width in zip(columns, self.widths, strict=False)
        )
        return 14.0 * min(max(lines, 1), 5) + 3

    def _make_room(self, kinds: Sequence[Kind], record: Sequence[Any]) -> None:
        """Make the next row as high as its wrapped texts need; not every program does so."""
        lines = max(
            (
                math.ceil(len(cell) / (width * _FILLED))
                for kind, cell, width in zip(kinds, record, self.widths, strict=False)
                if kind == "wrap" and isinstance(cell, str)
            ),
            default=1,
        )
        if lines > 1:
            self.sheet.set_row(self.row, _LINE_HEIGHT * lines + 1)

    def blank_rows(self, columns: Sequence[Column], count: int) -> None:
        """Write empty rows with borders, to write in."""
        for _ in range(count):
            for at, column in enumerate(columns):
                self.sheet.write_blank(self.row, at, None, self.book.style(column.kind))
            self.row += 1

    def allow_only(self, text: str, first_row: int, at: int, message: str) -> None:
        """Offer one text for the cells of a column, from a row to the last one written."""
        rule = {
            "validate": "list",
            "source": [text],
            "error_type": "warning",
            "input_message": message[:255],
        }
        self.sheet.data_validation(first_row, at, max(self.row - 1, first_row), at, rule)

    def _cell(self, row: int, at: int, cell: Any, kind: str) -> None:
        if cell is None or (isinstance(cell, float) and not math.isfinite(cell)) or cell == "":
            self.sheet.write_blank(row, at, None, self.book.style(kind))
        elif isinstance(cell, str):
            self._text(row, at, cell, kind)
        else:
            self.sheet.write_number(row, at, cell, self.book.style(kind))

    def _text(self, row: int, at: int, text: str, kind: str) -> None:
        """Write text as text; one that begins like a formula stays text when it is edited."""
        also = ("quoted",) if text.startswith(FORMULA_STARTS) else ()
        self.sheet.write_string(row, at, text[:_LONGEST_CELL], self.book.style(kind, *also))
