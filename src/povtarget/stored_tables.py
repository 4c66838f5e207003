"""Tables in folders of plans and answers: CSV files that come back to the last bit.

Texts that a spreadsheet would take for a formula get an apostrophe in front, which reading
takes off again; so does an empty text in a column that also has no text at all, to tell the two
apart. The kind of each column is kept beside the table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_TEXT, _TEXT_OR_NONE = "text", "text or none"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet takes for a formula."""

_STARTS = (*FORMULA_STARTS, "'")


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """The kind of each column, as `read_table` wants them."""
    return {str(name): _kind(np.asarray(frame[name])) for name in frame.columns}


def _kind(cells: np.ndarray[Any, Any]) -> str:
    if cells.dtype.kind in "iufb":
        return str(cells.dtype.str)
    return _TEXT_OR_NONE if pd.isna(cells).any() else _TEXT


def is_text(kind: object) -> bool:
    """Whether a kind is that of a column of texts."""
    return kind in (_TEXT, _TEXT_OR_NONE)


def write_table(path: Path, frame: pd.DataFrame, *, is_marked: bool = False) -> None:
    """Write a table, its texts safe in a spreadsheet.

    With the mark of UTF-8 in front (``is_marked``) Excel shows letters with accents right.
    """
    safe = frame.copy()
    for name, kind in kinds_of(frame).items():
        if kind in (_TEXT, _TEXT_OR_NONE):
            safe[name] = [_escaped(cell, kind) for cell in frame[name]]
    encoding = "utf-8-sig" if is_marked else "utf-8"
    safe.to_csv(path, index=False, lineterminator="\n", encoding=encoding)


def _escaped(cell: Any, kind: str) -> str | None:
    if pd.isna(cell):
        return None
    text = escaped(str(cell))
    return text or ("'" if kind == _TEXT_OR_NONE else "")


def escaped(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> escaped("=1+1"), escaped("'a"), escaped("a"), unescaped(escaped("'=1"))
    ("'=1+1", "''a", 'a', "'=1")
    """
    return f"'{text}" if text.startswith(_STARTS) else text


def unescaped(text: str) -> str:
    """Return the text that `escaped` made safe."""
    return text.removeprefix("'")


def read_table(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Read a table as text and give each column its own type back, floats to the last bit."""
    cells = pd.read_csv(path, dtype=str, encoding="utf-8", keep_default_na=False)
    return pd.DataFrame(
        {str(name): _typed(cells[name].tolist(), kinds[str(name)]) for name in cells.columns}
    )


def _typed(cells: list[str], kind: str) -> np.ndarray[Any, Any]:
    if kind in (_TEXT, _TEXT_OR_NONE):
        empty = "" if kind == _TEXT else None
        return np.array([unescaped(cell) if cell else empty for cell in cells], dtype=object)
    if np.dtype(kind).kind == "b":
        return np.array([cell == "True" for cell in cells], dtype=bool)
    if np.dtype(kind).kind == "f":
        return np.array([float(cell) if cell else math.nan for cell in cells], dtype=kind)
    return np.array([int(cell) for cell in cells], dtype=kind)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write content as JSON, its keys in order."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
