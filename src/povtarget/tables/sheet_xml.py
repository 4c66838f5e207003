"""Rows of a plain sheet straight from its XML, several times as fast as by way of openpyxl.

A list of a city's residents has ten million cells, and openpyxl takes two minutes for them.
Nearly all such sheets are plain: numbers, texts and dates, no formulas, written by one of a few
programs. They are read here by one pattern for a cell. What does not fit the pattern to the
last sign (a formula, formatted text within a cell, an unusual attribute, a comment in the XML)
is not guessed at: from the row where it occurs on, the sheet is read by openpyxl.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from povtarget.tables.grid import Record

_PIECE = 1 << 20
_DATA = re.compile(rb"<sheetData(/?)>")
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.IGNORECASE)
_ROW = re.compile(r'<row(?: [\w:]+="[^"]*")*>')
_ROW_NUMBER = re.compile(r' r="([0-9]+)"')
_TEXT = r'<t(?: xml:space="preserve")?(?: ?/>|>([^<]*)</t>)'
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="(\w+)")?'
    rf"(?: ?/>|>(?:<v>([^<]*)</v>|<is>{_TEXT}</is>)?</c>)"
)


class _NotPlainError(Exception):
    """The sheet is not plain from here on."""


class PlainSheet:
    """A sheet of a workbook opened for reading, whose rows are read once.

    Parameters
    ----------
    sheet
        A read-only sheet of openpyxl, opened for values.
    slowly
        Reads all rows of the sheet by openpyxl.

    Attributes
    ----------
    was_plain
        Whether all rows were read and every one was plain, so that no cell has a formula.
    """

    def __init__(self, sheet: Any, slowly: Callable[[Any], Iterator[Record]]) -> None:
        self._sheet = sheet
        self._slowly = slowly
        self._columns: dict[str, int] = {}
        self.was_plain = False

    def rows(self) -> Iterator[Record]:
        """Yield all rows from 1, blank ones too, as openpyxl would."""
        count = 0
        try:
            for row in self._plain_rows():
                yield row
                count += 1
            self.was_plain = True
            return
        except _NotPlainError:
            pass  # not an error: openpyxl reads the rest
        yield from islice(self._slowly(self._sheet), count, None)

    def _plain_rows(self) -> Iterator[Record]:
        number = 0
        for text in self._pieces():
            for piece in text.split("</row>")[:-1]:
                at = piece.rfind("<row")  # rows without a cell may stand before it
                match = _ROW.match(piece, at) if at >= 0 else None
                stated = _ROW_NUMBER.search(match[0]) if match else None
                if match is None or stated is None or int(stated[1]) <= number:
                    raise _NotPlainError
                for _ in range(number + 1, int(stated[1])):
                    yield ()
                number = int(stated[1])
                yield self._record(piece, match.end())

    def _pieces(self) -> Iterator[str]:
        """Yield the XML of the rows in pieces that end with a row."""
        with self._sheet._get_source() as stream:
            head = stream.read(_PIECE)
            start = _DATA.search(head)
            if start is None or _OTHER_ENCODING.search(head):
                raise _NotPlainError
            if start[1]:
                return
            rest, piece = b"", head[start.end() :]
            while piece:
                whole = rest + piece
                last = whole.find(b"</sheetData>")
                end = whole.rfind(b"</row>", 0, last if last >= 0 else None)
                text = whole[: end + len(b"</row>")] if end >= 0 else b""
                if b"<!" in text:
                    raise _NotPlainError
                yield text.decode().replace("\r\n", "\n").replace("\r", "\n")
                if last >= 0:
                    return
                rest, piece = whole[len(text) :], stream.read(_PIECE)
        raise _NotPlainError  # the sheet has no end

    def _record(self, piece: str, start: int) -> Record:
        found = _CELL.findall(piece, start)
        if len(found) != piece.count("<c", start):  # a cell that is not plain
            raise _NotPlainError
        try:
            return self._values(found)
        except (ValueError, LookupError, OverflowError) as failure:
            raise _NotPlainError from failure  # openpyxl says what is wrong with it

    def _values(self, found: list[tuple[str, str, str, str, str]]) -> Record:
        """Return the values of cells, given as letters of the column, style, type and texts."""
        record: list[Any] = []
        columns, shared = self._columns, self._sheet._shared_strings
        for letters, style, kind, value, text in found:
            at = columns.get(letters)
            if at is None:
                at = columns[letters] = column_index_from_string(letters) - 1
            if at != len(record):
                if at < len(record):
                    raise _NotPlainError
                record.extend([None] * (at - len(record)))
            if kind == "s":
                record.append(shared[int(value)] if value else None)
            elif kind == "inlineStr":
                record.append(_unescaped(text) if "&" in text else text or None)
            else:
                record.append(self._value(value, kind, style) if value else None)
        return tuple(record)

    def _value(self, value: str, kind: str, style: str) -> Any:
        if kind in ("", "n"):
            number = float(value) if {".", "e", "E"} & {*value} else int(value)
            return self._dated(number, int(style or 0))
        if kind == "b":
            return bool(int(value))
        if kind not in ("str", "e"):
            raise _NotPlainError
        return _unescaped(value) if "&" in value else value

    def _dated(self, number: float, style: int) -> Any:
        book = self._sheet.parent
        if style not in book._date_formats:
            return number
        is_duration = style in book._timedelta_formats
        return from_excel(number, book.epoch, timedelta=is_duration)


def _unescaped(text: str) -> str:
    """Return a text of XML with its entities as the signs for which they stand."""
    try:
        return ElementTree.fromstring(f"<t>{text}</t>").text or ""
    except ElementTree.ParseError as failure:
        raise _NotPlainError from failure
