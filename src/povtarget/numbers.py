"""Cells to numbers: read right or refused, never misread.

Currently implemented:

- ``parse_numbers``: a column of measures, Indonesian or English style, as float64;
- ``is_missing``, ``clean_text``, ``as_objects``: what all readers mean by a cell.

How a style is decided. Each text is read twice, by two grammars that differ only in which of
"," and "." is the decimal sign; the other one groups thousands:

======================  =====================  =====================  ========================
text                    decimal comma          decimal point          so it is
======================  =====================  =====================  ========================
``1500``                1500                   1500                   a number in both
``1.500.000``, ``12,5`` 1500000, 12.5          (not well formed)      evidence of a comma
``1,500,000``, ``12.5`` (not well formed)      1500000, 12.5          evidence of a point
``1.500``               1500                   1.5                    ambiguous
``1.50.000``, ``1..5``  (not well formed)      (not well formed)      refused
======================  =====================  =====================  ========================

Evidence from the whole column settles its ambiguous cells. Without evidence they are refused;
with evidence of both styles every cell that depends on the style is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from enum import IntEnum
from numbers import Real
from types import NoneType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.sayings import every, said

DecimalSign = Literal[",", "."]
Cells = Sequence[object] | npt.NDArray[Any] | pd.Series
Rows = Sequence[int] | npt.NDArray[np.integer[Any]]

_SIGNS: tuple[DecimalSign, DecimalSign] = (",", ".")
_OTHER: dict[DecimalSign, DecimalSign] = {",": ".", ".": ","}
_SIGN_NAME = {",": "decimal comma", ".": "decimal point"}
# What surrounds a pasted number: spaces of all widths, invisible marks, a byte order mark.
_OUTER = " \t\n\r\v\f\xa0\u2007\u2009\u202f\u3000\u200b\u200e\u200f\u2060\ufeff"
MISSING_TEXT = frozenset({"", "-", "–", "—", "na", "n/a", "nan", "<na>", "null"})
"""What stands for nothing in a cell, in lower case."""

_ONLY_LIKE_NUMBERS = (bool, np.bool_, np.timedelta64)  # types that count as integers in Python
_NUMBER = "a number such as 1500000, 1.500.000 or 12,5"
_LONGEST_SHOWN = 40
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that people write beside a number, or for it; any other may be a name, in the wrong column.
_UNITS = frozenset(
    (
        *("idr", "ribu", "juta", "miliar", "triliun", "persen", "orang", "jiwa", "org"),
        *("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    )
)


class _Why(IntEnum):
    FINE, MISSING, LOGICAL, INFINITE, NOT_A_NUMBER = range(5)
    PERCENT, GROUPING, AMBIGUOUS, MIXED, OTHER_STYLE = range(5, 10)


_SENTENCE = {
    _Why.MISSING: ("the cell is empty", _NUMBER),
    _Why.LOGICAL: ("true or false is not a number", _NUMBER),
    _Why.INFINITE: ("the number is infinite or too large", "a finite number"),
    _Why.NOT_A_NUMBER: ("not a number", _NUMBER),
    _Why.PERCENT: ("5 % can mean 5 or 0.05", "the number itself, without a percent sign"),
    _Why.GROUPING: ("the separators are not where thousands or a decimal have them", _NUMBER),
}


def _body(sign: DecimalSign) -> str:
    """Return the pattern of an unsigned number whose decimal sign is ``sign``."""
    group, point = re.escape(_OTHER[sign]), re.escape(sign)
    # A group never starts with 0: "0.500" is a fraction. Possessive quantifiers keep the match
    # linear in the length of the text.
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})++|[0-9]++)"
    return rf"(?:{whole}(?:{point}[0-9]++)?|{point}[0-9]++)"


# A whole column, one cell a line, in the plain form that most files have.
_PLAIN_COLUMN = {sign: re.compile(rf"(?:(?:-?{_body(sign)})?\n)*+") for sign in _SIGNS}
_CELL = {
    sign: re.compile(
        rf"([-+]?)\s*((?:rp\.?|idr)\s*)?([-+]?)({_body(sign)})(,--?)?(e[-+]?[0-9]+)?",
        re.IGNORECASE,
    )
    for sign in _SIGNS
}
_GROUPING_LIKE = re.compile(r"(?:rp\.?|idr)?[-+\s]*[0-9.,]*[0-9][0-9.,]*-{0,2}", re.I | re.A)


def _reading(text: str, sign: DecimalSign) -> float:
    """Return ``text`` as a number whose decimal sign is ``sign``; NaN where not well formed."""
    match = _CELL[sign].fullmatch(text.replace("\u2212", "-"))  # a typeset minus
    if match is None:
        return np.nan
    minus, money, inner, body, dash, power = match.groups()
    whole, _, fraction = body.partition(sign)
    digits = whole.replace(_OTHER[sign], "")
    malformed = (
        (inner and (minus or not money))
        or (dash and (sign == "." or fraction or power))  # "250.000,-" ends in a comma
        or (power and digits != whole)  # nobody groups a mantissa
        or (money and len(fraction) == 3)  # rupiah have no thousandths
    )
    if malformed:
        return np.nan
    return float(f"{minus}{inner}{digits or '0'}.{fraction or '0'}{power or ''}")


def clean_text(text: str) -> str:
    """Return a text without spaces of any width and invisible marks around it.

    Examples
    --------
    >>> clean_text("  H1 " + chr(160))
    'H1'
    """
    return text.strip(_OUTER)


def as_objects(cells: Cells) -> npt.NDArray[np.object_]:
    """Return the cells as Python objects, with no conversion that could lose a digit.

    Examples
    --------
    >>> as_objects(pd.Series([7, None], dtype="Int64"))
    array([7, <NA>], dtype=object)
    """
    if isinstance(cells, pd.Series):
        return np.asarray(cells.astype(object).to_numpy(), dtype=object)
    if isinstance(cells, np.ndarray) and cells.dtype.kind not in "mM":
        cells = cells.tolist()  # masked cells become None
    return np.fromiter(cells, dtype=object, count=len(cells))


def _array(cells: Cells) -> npt.NDArray[Any]:
    """Return the cells as an integer, float or object array."""
    if isinstance(cells, pd.Series) and cells.dtype.kind in "iuf":
        return np.asarray(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    masked = isinstance(cells, np.ma.MaskedArray)
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iuf" and not masked:
        return cells
    objects = as_objects(cells)
    if {*map(type, objects)} <= {int, float, NoneType}:
        with suppress(OverflowError):
            return objects.astype(np.float64)
    return objects


def is_missing(cell: Any) -> bool:
    """Say whether a cell holds nothing: None, NaN, an empty text, "-" or "NA".

    Examples
    --------
    >>> [is_missing(cell) for cell in (None, float("nan"), " ", "-", "NA", 0, "0")]
    [True, True, True, True, True, False, False]
    """
    if isinstance(cell, str):
        return clean_text(cell).casefold() in MISSING_TEXT
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def is_number(cell: Any) -> bool:
    """Say whether a cell holds a number, true and false not counted.

    Examples
    --------
    >>> [is_number(cell) for cell in (7, 0.5, True, "7")]
    [True, True, False, False]
    """
    return isinstance(cell, Real | Decimal) and not isinstance(cell, _ONLY_LIKE_NUMBERS)


_Read = tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]  # values, and for each a _Why


def _checked(values: npt.NDArray[np.float64]) -> _Read:
    why = np.where(np.isnan(values), _Why.MISSING, _Why.FINE).astype(np.int8)
    why[np.isinf(values)] = _Why.INFINITE
    return values, why


def _read_column(cells: npt.NDArray[Any], decimal: DecimalSign | None) -> _Read:
    """Read a column; values are NaN where refused."""
    if cells.dtype.kind in "iuf":
        values, why = _checked(cells.astype(np.float64))
    else:
        values, why = _read_plain(cells, decimal) or _read_mixed(cells, decimal)
    values[why != _Why.FINE] = np.nan
    return values, why


def _read_plain(cells: npt.NDArray[np.object_], decimal: DecimalSign | None) -> _Read | None:
    """Read a column of plain texts in one pass; None where it needs a look at each cell."""
    # A column that is well formed in one style and not in the other has evidence of the first
    # and none of the second, which is all that the rule asks.
    try:
        lines = "\n".join(cells.tolist()) + "\n"
    except TypeError:  # a cell that is no text
        return None
    if not len(cells) or lines.count("\n") != len(cells):
        return None
    fitting = [sign for sign in _SIGNS if _PLAIN_COLUMN[sign].fullmatch(lines)]
    is_open = len(fitting) == 2 and decimal is None and ("," in lines or "." in lines)
    if is_open or not fitting or (decimal or fitting[0]) not in fitting:
        return None
    sign = decimal or fitting[0]
    texts = lines.replace(_OTHER[sign], "").replace(sign, ".").split("\n")[:-1]
    return _checked(np.array([float(text) if text else np.nan for text in texts]))


def _read_mixed(cells: npt.NDArray[np.object_], decimal: DecimalSign | None) -> _Read:
    """Read cells of any type, each distinct text once."""
    values = np.full(len(cells), np.nan)
    why = np.full(len(cells), _Why.MISSING, dtype=np.int8)
    is_text = np.fromiter((isinstance(cell, str) for cell in cells), bool, len(cells))
    for index in np.flatnonzero(~is_text & ~pd.isna(cells)):
        values[index], why[index] = _read_object(cells[index])
    if is_text.any():
        codes, texts = pd.factorize(cells[is_text])
        text_values, text_why = _read_texts([clean_text(text) for text in texts], decimal)
        values[is_text], why[is_text] = text_values[codes], text_why[codes]
    return values, why


def _read_object(cell: Any) -> tuple[float, _Why]:
    """Read a cell that is present and no text."""
    if not is_number(cell):
        is_logical = isinstance(cell, bool | np.bool_)
        return np.nan, _Why.LOGICAL if is_logical else _Why.NOT_A_NUMBER
    try:
        value = float(cell)
    except OverflowError:
        value = np.inf
    return value, _Why.FINE if np.isfinite(value) else _Why.INFINITE


def _read_texts(texts: list[str], decimal: DecimalSign | None) -> _Read:
    """Read distinct texts, settling the ambiguous ones by the evidence of the others."""
    comma = np.array([_reading(text, ",") for text in texts])
    point = np.array([_reading(text, ".") for text in texts])
    by_comma, by_point = ~np.isnan(comma), ~np.isnan(point)
    open_to_both = by_comma & by_point & (comma != point)
    only_comma, only_point = by_comma & ~by_point, by_point & ~by_comma
    reads_comma = decimal == "," or (decimal is None and bool(only_comma.any()))
    values = np.where(reads_comma, comma, point)
    why = np.where(np.isinf(values), _Why.INFINITE, _Why.FINE).astype(np.int8)
    if decimal is not None:
        why[only_point if decimal == "," else only_comma] = _Why.OTHER_STYLE
    elif only_comma.any() and only_point.any():
        why[only_comma | only_point | open_to_both] = _Why.MIXED
    elif not (only_comma.any() or only_point.any()):
        why[open_to_both] = _Why.AMBIGUOUS
    for index in np.flatnonzero(~by_comma & ~by_point):
        why[index] = _unreadable(texts[index])
    return values, why


def _unreadable(text: str) -> _Why:
    if is_missing(text):
        return _Why.MISSING
    if "%" in text:
        return _Why.PERCENT
    return _Why.GROUPING if _GROUPING_LIKE.fullmatch(text) else _Why.NOT_A_NUMBER


def as_typed(cell: object) -> str | None:
    """Return a cell as an error may show it: as typed, short, and None for an empty one.

    Examples
    --------
    >>> as_typed(" -325.000 "), as_typed(-325000.5), as_typed("-")
    ('-325.000', '-325000.5', None)
    """
    if is_missing(cell):
        return None
    if isinstance(cell, float | np.floating):
        return f"{float(cell):.15g}"
    text = clean_text(str(cell))
    return text[: _LONGEST_SHOWN - 1] + "…" if len(text) > _LONGEST_SHOWN else text


def row_numbers(rows: object, first_row: int, count: int) -> npt.NDArray[np.int64]:
    """Return row numbers as given, or consecutive ones.

    Examples
    --------
    >>> row_numbers(None, 2, 3)
    array([2, 3, 4])
    """
    return np.arange(first_row, first_row + count) if rows is None else np.asarray(rows)


def _ambiguous(text: str) -> tuple[str, str]:
    """Return message and expectation for a cell that the column does not settle."""
    return (
        said(
            "can be read as {comma:.15g} (decimal comma) or {point:.15g} (decimal "
            "point), and no other cell decides",
            comma=_reading(text, ","),
            point=_reading(text, "."),
        ),
        'numbers without thousands separators, or which sign is meant (decimal="," or ".")',
    )


def _mixed(texts: list[str], rows: npt.NDArray[np.int64]) -> tuple[str, str]:
    """Return message and expectation for a column that has evidence of both styles."""
    parts = []
    for sign in _SIGNS:
        mine = [i for i, text in enumerate(texts) if np.isnan(_reading(text, _OTHER[sign]))]
        parts.append(
            said(
                "a {sign} in {count} (first: row {row})",
                sign=said(_SIGN_NAME[sign]),
                count=len(mine),
                row=rows[mine[0]],
            )
        )
    return said(
        "the column mixes styles: {styles}", styles=every(parts)
    ), "one style in the whole column"


def _number_faults(
    cells: npt.NDArray[Any],
    why: npt.NDArray[np.int8],
    rows: npt.NDArray[np.int64],
    decimal: DecimalSign | None,
    place: tuple[str, str],
) -> Iterator[Fault]:
    """Yield a fault for each refused cell; ``place`` is source and column."""
    source, column = place
    sentences = dict(_SENTENCE)
    if decimal is not None:
        other, asked = said(_SIGN_NAME[_OTHER[decimal]]), said(_SIGN_NAME[decimal])
        sentences[_Why.OTHER_STYLE] = (
            said("written with a {sign}", sign=other),
            said("a {sign}, as asked", sign=asked),
        )
    mixed = why == _Why.MIXED
    if mixed.any():
        sentences[_Why.MIXED] = _mixed([clean_text(text) for text in cells[mixed]], rows[mixed])
    for index in np.flatnonzero(why).tolist():
        cell, reason = cells[index], _Why(why[index])
        is_open = reason is _Why.AMBIGUOUS
        message, expected = _ambiguous(clean_text(cell)) if is_open else sentences[reason]
        value = None if may_name(cell) else as_typed(cell)
        yield Fault(message, source, int(rows[index]), column, value, expected)


def may_name(cell: object) -> bool:
    """Say whether a cell that is no number may hold a person's name or an address."""
    return isinstance(cell, str) and not {*_WORD.findall(cell.casefold())} <= _UNITS


def parse_numbers(
    cells: Cells,
    *,
    column: str,
    source: str,
    first_row: int = 2,
    missing: Literal["refuse", "nan"] = "refuse",
    decimal: DecimalSign | None = None,
    rows: Rows | None = None,
) -> tuple[npt.NDArray[np.float64], list[Fault]]:
    """Read a column of measures, in the unit in which it is written (rupiah, persons ...).

    Numbers pass through. A text may have spaces around it, "Rp" or "IDR" before it, ",-" after
    it, a sign, an exponent; thousands may be grouped. Which of "," and "." is the decimal sign
    is decided by the whole column (see the module), never by one ambiguous cell.

    Parameters
    ----------
    cells
        The column. ``None``, NaN, "", "-" and "NA" are missing.
    column, source, first_row, rows
        What a fault says of the place; ``rows`` are row numbers where they are not consecutive.
    missing
        "refuse" makes each missing cell a fault, "nan" makes it NaN.
    decimal
        The decimal sign, where the caller knows it; None lets the column decide.

    Returns
    -------
    tuple
        Values, NaN where refused, and one fault for each refused cell in the order of rows.

    Raises
    ------
    InputError
        If ``missing`` or ``decimal`` is none of its choices.

    Examples
    --------
    >>> values, faults = parse_numbers(["1.500", "Rp 250.000", "12,5"], column="a", source="b")
    >>> values.tolist(), faults
    ([1500.0, 250000.0, 12.5], [])
    >>> _, (fault,) = parse_numbers(["900", "1.500"], column="benefit", source="a.csv")
    >>> print(fault.row, fault.message)
    3 can be read as 1500 (decimal comma) or 1.5 (decimal point), and no other cell decides
    """
    if missing not in ("refuse", "nan") or decimal not in (None, ",", "."):
        expected = 'missing="refuse" or "nan", decimal="," or "." or None'
        raise InputError([Fault("unknown way of reading", source, expected=expected)])
    array = _array(cells)
    values, why = _read_column(array, decimal)
    if missing == "nan":
        why[why == _Why.MISSING] = _Why.FINE
    places = row_numbers(rows, first_row, len(array))
    return values, [*_number_faults(array, why, places, decimal, (source, column))]
