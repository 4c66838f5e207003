"""Columns of identifiers: text in, text out, and nothing that lost a digit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault
from povtarget.numbers import (
    MISSING_TEXT,
    Cells,
    Rows,
    as_objects,
    clean_text,
    is_missing,
    is_number,
    row_numbers,
)
from povtarget.sayings import said

DIGITS = 16
"""Digits of a NIK, and of the number of a family card (KK)."""

AS_TEXT = (
    "the column formatted as text where the list was made (Excel: Format Cells, Text) and "
    "exported again, or these cells empty; what a spreadsheet cut off cannot be restored"
)
"""What is expected of a column whose numbers have lost digits."""

_EXACT_DIGITS = 15  # decimal digits that every float64 and every spreadsheet keeps
_LONGEST_MISSING = max(map(len, MISSING_TEXT))
LOST = "digits of the identifier are lost"
"""What such faults say."""

_FLOAT_TEXT = re.compile(r"\d{15,}[.,]0+")
_FEW, _ENOUGH = 5, 20  # distinct numbers; by chance five all end in 0 once in 100,000 columns
# What people put between the digits; an apostrophe makes a spreadsheet keep them as text.
_PUNCTUATION = re.compile(r"[\s.\-'’`_\u00a0\u200b\ufeff]+")
_SCIENTIFIC = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]*)?e[-+]?[0-9]+", re.I | re.A)


def distinct_cells(cells: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return for each cell its number among cells that differ, and those.

    Only texts are told apart so; any other cell stands for itself, since 1, 1.0 and True are
    equal.

    Examples
    --------
    >>> distinct_cells(["b", "a", "b"])
    (array([0, 1, 0]), array(['b', 'a'], dtype=object))
    """
    objects = as_objects(cells)
    if {*map(type, objects)} <= {str}:
        codes, found = pd.factorize(objects)
        return codes, np.asarray(found, dtype=object)
    return np.arange(len(objects)), objects


def _masked_identifier(text: str) -> str | None:
    """Mask all digits but the last four of a long code, however it is punctuated."""
    hidden = len(re.findall(r"\d", text)) - 4
    # Below ten digits it is a household's code, which `errors.masked` lets through too.
    return (re.sub(r"\d", "*", text, count=hidden) if hidden >= 6 else text) or None


def _identifier(cell: Any) -> tuple[str, str | None]:
    """Return one cell as an identifier and what is wrong with it, None for nothing."""
    text = clean_text(cell) if isinstance(cell, str) else ""
    if text.isdigit() or (len(text) > _LONGEST_MISSING and text[0].isalpha()):
        return text, None  # what most are; a number does not begin with a letter
    if is_missing(cell):
        return "", "the identifier is missing"
    if isinstance(cell, str):
        is_cut = _SCIENTIFIC.fullmatch(text) is not None
        return text, said("scientific notation: {lost}", lost=said(LOST)) if is_cut else None
    if not is_number(cell):
        return str(cell), "not an identifier"
    if isinstance(cell, int | np.integer):
        return str(cell), None
    if not float(cell).is_integer():
        return str(cell), "a fraction is not an identifier"
    is_cut = abs(cell) >= 10**_EXACT_DIGITS
    return str(int(cell)), said(
        "too long for a number: {lost}", lost=said(LOST)
    ) if is_cut else None


def parse_identifiers(
    cells: Cells,
    *,
    column: str,
    source: str,
    first_row: int = 2,
    rows: Rows | None = None,
    unique: bool = True,
) -> tuple[npt.NDArray[np.object_], list[Fault]]:
    """Read a column of identifiers as text: leading zeros kept, nothing guessed.

    Text stays as it is but for outer spaces; whole numbers of at most 15 digits become text.
    What may have lost digits (scientific notation, longer floats) is refused.

    Parameters
    ----------
    cells
        The column; missing cells are refused.
    column, source, first_row, rows
        What a fault says of the place; ``rows`` are row numbers where they are not consecutive.
    unique
        Refuse an identifier that an earlier row has. False for columns that refer to others.

    Returns
    -------
    tuple
        Identifiers as an object array of str, and the faults in the order of rows. The value
        in a fault shows no more than the last four digits of a long identifier.

    Examples
    --------
    >>> parse_identifiers(["007", 7, " H1 "], column="id", source="a.csv")
    (array(['007', '7', 'H1'], dtype=object), [])
    >>> _, (fault,) = parse_identifiers(["3375010101900001"] * 2, column="nik", source="a.csv")
    >>> fault.row, fault.message, fault.value
    (3, 'already in row 2', '************0001')
    """
    which, distinct = distinct_cells(cells)
    read = [_identifier(cell) for cell in distinct]
    texts = np.fromiter((text for text, _ in read), dtype=object, count=len(read))[which]
    places = row_numbers(rows, first_row, len(texts))
    is_wrong = np.array([message is not None for _, message in read], dtype=bool)
    wrong = {
        i: (read[which[i]][1] or "", "an identifier stored as text")
        for i in np.flatnonzero(is_wrong[which]).tolist()
    }
    if unique:
        codes, _ = pd.factorize(texts)
        _, first = np.unique(codes, return_index=True)
        for index in np.flatnonzero(first[codes] != np.arange(len(codes))).tolist():
            message = said("already in row {row}", row=places[first[codes[index]]])
            wrong.setdefault(index, (message, "each identifier once"))
    return texts, [
        Fault(message, source, int(places[i]), column, _masked_identifier(texts[i]), expected)
        for i, (message, expected) in sorted(wrong.items())
    ]


def person_numbers(
    cells: Cells, *, column: str, source: str, rows: Rows | None = None
) -> tuple[npt.NDArray[np.object_], list[Fault]]:
    """Read a column of NIK or card numbers as text, and say where digits are lost.

    Parameters
    ----------
    cells
        The column; missing cells are None.
    column, source, rows
        As for `parse_identifiers`.

    Returns
    -------
    tuple
        Numbers as an object array of str or None, without what people put between digits, and
        the faults: of cells in the order of rows, then of the column.

    Examples
    --------
    >>> person_numbers(["3375.0101 0190-0001", "-"], column="NIK", source="a.csv")
    (array(['3375010101900001', None], dtype=object), [])
    >>> _, (fault,) = person_numbers(["3,37501E+15"], column="NIK", source="a.csv")
    >>> fault.message
    'scientific notation: digits of the identifier are lost'
    """
    objects = as_objects(cells)
    which, distinct = distinct_cells(objects)
    present = ~np.array([is_missing(cell) for cell in distinct], dtype=bool)[which]
    places = row_numbers(rows, 2, len(objects))
    texts = np.full(len(objects), None, dtype=object)
    texts[present], faults = parse_identifiers(
        objects[present], column=column, source=source, rows=places[present], unique=False
    )
    faults += [
        Fault(
            said("written as a fraction: {lost}", lost=said(LOST)), source, int(places[at]), column
        )
        for at, text in enumerate(texts)
        if text and _FLOAT_TEXT.fullmatch(text)
    ]
    numbers = clean_numbers(texts)
    if last_digit_lost(numbers):
        message = said(
            "nearly all numbers end in 0, as where a spreadsheet kept 15 digits: {lost}",
            lost=said(LOST),
        )
        faults.append(Fault(message, source, None, column))
    return numbers, [replace(fault, expected=AS_TEXT) for fault in faults]


def clean_numbers(
    cells: Sequence[str | None] | npt.NDArray[np.object_],
) -> npt.NDArray[np.object_]:
    """Return texts without what people put between digits; None where nothing is left.

    Letters stay, so that what is no number can be seen to be none.

    Examples
    --------
    >>> clean_numbers(["3375.0101 0190-0001", "'3375010101900001", "-", None]).tolist()
    ['3375010101900001', '3375010101900001', None, None]
    """
    which, distinct = pd.factorize(np.asarray(cells, dtype=object))
    plain = [_PUNCTUATION.sub("", str(text)) or None for text in distinct]
    return np.array([*plain, None], dtype=object)[which]  # a missing cell is number -1


def last_digit_lost(numbers: Sequence[str | None] | npt.NDArray[np.object_]) -> bool:
    """Say whether a column looks as if a spreadsheet had kept 15 digits of each number.

    A spreadsheet writes 0 for the sixteenth digit. Serial numbers are small, so of ten honest
    numbers about one ends in 0; here nine of ten do, of at least twenty that differ.

    Examples
    --------
    >>> honest = [f"33750101019{i:05d}" for i in range(100)]
    >>> last_digit_lost(honest), last_digit_lost([number[:15] + "0" for number in honest])
    (False, True)
    """
    texts = pd.unique(np.asarray(numbers, dtype=object))
    whole = [t for t in texts if isinstance(t, str) and len(t) == DIGITS and t.isdigit()]
    if len(whole) < _ENOUGH:
        return len(whole) >= _FEW and all(text.endswith("0") for text in whole)
    return sum(text.endswith("0") for text in whole) >= 0.9 * len(whole)
