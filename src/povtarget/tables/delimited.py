"""CSV and other delimited text.

Text is UTF-8 or, with its byte order mark, UTF-16. Other encodings are refused, not guessed: a
wrong guess would change names and places without a word. Whoever knows the encoding states it;
it is that of the lines that are not UTF-8, since lists are glued together from several files.
Comma, semicolon and tab are told
apart by the header line and by how many of the rows below agree with it.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

from povtarget.errors import Fault
from povtarget.sayings import either, foreign, said
from povtarget.tables.grid import HeaderRule, header_at, read_grid, rows_for_header
from povtarget.tables.raw import RawTable, refuse

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip, and what Excel wrote before 2007
_DECLARED = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)


def _decoded(path: Path, encoding: str | None) -> str:
    data = path.read_bytes()
    if data.startswith(_WORKBOOK_STARTS):
        refuse("a workbook, not text", path.name, "the extension .xlsx")
    is_wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as failure:
        row = None if is_wide else data.count(b"\n", 0, failure.start) + 1
        if is_wide or encoding is None:
            what, expected = _other_encoding(data)
            refuse(what, path.name, expected, row=row, cause=failure)
        text = _by_line(data, encoding, path.name)
    if "\0" in text:
        refuse("not text, or UTF-16 without its mark", path.name, "UTF-8 text")
    return text


def _other_encoding(data: bytes) -> tuple[str, str]:
    """Return what is wrong with a text that is not UTF-8, and what would be right."""
    others = [line for line in data.split(b"\n") if not line.isascii()]
    wrong = sum(not _is_utf8(line) for line in others)
    remedy = said(
        "UTF-8; in Excel, save as 'CSV UTF-8' (encoding='cp1252' where Windows wrote the {count} "
        "lines that are not)",
        count=wrong,
    )
    if wrong < len(others):
        return "two encodings in one file, UTF-8 and another", remedy
    return "not in the encoding UTF-8", remedy


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _by_line(data: bytes, encoding: str, name: str) -> str:
    """Decode each line as UTF-8 or, where it is none, in the encoding that is stated."""
    try:
        keeps_ascii = bytes(range(128)).decode(encoding) == bytes(range(128)).decode("ascii")
    except (LookupError, UnicodeDecodeError):
        keeps_ascii = False
    if not keeps_ascii:
        refuse(
            said("encoding='{encoding}' is not known", encoding=encoding),
            name,
            "such as 'cp1252' or 'latin-1'",
        )
    lines = data.removeprefix(BOM_UTF8).split(b"\n")
    for at, line in enumerate(lines):
        if not _is_utf8(line):
            try:
                lines[at] = line.decode(encoding).encode()
            except UnicodeDecodeError as failure:
                expected = "the encoding in which the file was written"
                refuse(
                    said("not in {encoding} either", encoding=encoding),
                    name,
                    expected,
                    row=at + 1,
                    cause=failure,
                )
    return b"\n".join(lines).decode()


def _records(text: str, delimiter: str, name: str, faults: list[Fault]) -> Iterator[list[str]]:
    """Yield the records; quotes that do not match end them with a fault."""
    lines = StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    row = 1
    try:
        for record in reader:
            yield record
            row += 1
    except csv.Error as failure:
        # An open quote swallows the rows after it: nothing below can be trusted.
        expected = "a quote at each end of a cell, and quotes within it doubled"
        faults.append(
            Fault(
                said("broken quotes: {reason}", reason=foreign(failure)),
                name,
                row,
                expected=expected,
            )
        )


def _delimiter(text: str, name: str, header_row: int | HeaderRule | None) -> str:
    """Return the delimiter under which quotes match, most rows agree, and rows are widest."""
    scores: dict[tuple[bool, int, int], list[str]] = {}
    for delimiter in _NAMES:
        broken: list[Fault] = []
        records = _records(text, delimiter, name, broken)
        head = list(islice(records, rows_for_header(header_row)))
        at = header_at(head, header_row)
        if at is not None and 0 <= at < len(head) and len(head[at]) > 1:
            agreeing = sum(len(record) == len(head[at]) for record in head[at + 1 :])
            scores.setdefault((not broken, agreeing, len(head[at])), []).append(delimiter)
    best = scores[max(scores)] if scores else [","]
    if len(best) > 1:
        choices = either(said(_NAMES[delimiter]) for delimiter in best)
        refuse(
            said("the cells can be separated by {choices}", choices=choices),
            name,
            "a first line such as 'sep=;'",
        )
    return best[0]


def read_delimited(
    path: Path, header_row: int | HeaderRule | None, encoding: str | None = None
) -> RawTable:
    """Read a CSV file as text, cell by cell as it stands."""
    text = _decoded(path, encoding)
    declared = _DECLARED.match(text)  # a line for Excel, which does not show it
    if declared:
        text = text[declared.end() :]
    delimiter = declared[1] if declared else _delimiter(text, path.name, header_row)
    faults: list[Fault] = []
    records = _records(text, delimiter, path.name, faults)
    grid = read_grid(records, path.name, header_row, is_ragged=False)
    grid.faults += faults
    return grid.raw(as_text=True)
