"""Covariates: columns whose type nobody declared."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.identifiers import distinct_cells
from povtarget.numbers import Cells, clean_text, is_missing, parse_numbers

_LOGICAL = {"true": True, "false": False}
# Texts that are no number whatever the column says: without digits, with letters that neither
# "Rp" nor "IDR" nor an exponent has, dates; and digits that are a code (a leading zero, more
# digits than a float keeps, a house block "12E3").
_WORD_OR_CODE = re.compile(
    r"[^0-9]*|.*[a-cf-hj-oqs-z/:].*|[-+]?(?:0[0-9].*|[0-9]{16,}|[0-9]+e[0-9]+)",
    re.IGNORECASE | re.DOTALL,
)


def _text(cell: Any) -> str | None:
    """Return the cell as text, a whole float without its ".0", None where missing."""
    if is_missing(cell):
        return None
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return f"{float(cell):.0f}"
    return clean_text(str(cell))


def infer_column(cells: Cells) -> npt.NDArray[Any]:
    """Read a covariate: numbers where all of it decisively is, else true and false, else text.

    Numbers only where every cell that is not empty is one by the rules of
    `povtarget.numbers`, and none looks like a code: a leading zero ("007"), more digits than a
    float keeps, a house block ("12E3"). An ambiguous "1.500" stays text.

    Parameters
    ----------
    cells
        The column.

    Returns
    -------
    numpy.ndarray
        float64 (NaN where missing); bool, where every cell says true or false; or object, str
        with None where missing.

    Examples
    --------
    >>> infer_column(["12,5", "", "1.500"])
    array([  12.5,    nan, 1500. ])
    >>> infer_column(["1.500"]), infer_column(["007", "-"])
    (array(['1.500'], dtype=object), array(['007', None], dtype=object))
    >>> infer_column(["TRUE", "false"])
    array([ True, False])
    """
    kind = getattr(getattr(cells, "dtype", None), "kind", "O")
    if kind in "iuf" and not isinstance(cells, np.ma.MaskedArray):
        numbers = pd.Series(cells).to_numpy(dtype=np.float64, na_value=np.nan)
        if kind == "f" or not (np.abs(numbers) >= 2.0**53).any():
            return numbers
    codes, distinct = distinct_cells(cells)
    texts = np.fromiter(map(_text, distinct), dtype=object, count=len(distinct))
    present = [text for text in texts if text is not None]
    is_full = 0 < len(present) == len(texts)
    if is_full and _LOGICAL.keys() >= {text.casefold() for text in present}:
        return np.array([_LOGICAL[text.casefold()] for text in present])[codes]
    if present and not any(map(_WORD_OR_CODE.fullmatch, present)):
        values, faults = parse_numbers(distinct, column="", source="", missing="nan")
        if not faults:
            return values[codes]
    return texts[codes]
