"""Folders that appear whole or not at all, and tables in them that read back to the last bit.

Texts that a spreadsheet would take for a formula get an apostrophe in front, which reading takes
off again; so does an empty text in a column that also has no text at all, to tell the two apart.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError

_TEXT, _TEXT_OR_NONE = "text", "text or none"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


def check_place(target: Path, *, force: bool, marker: str) -> None:
    """Refuse a place where no folder can appear, before any work is done for it.

    Parameters
    ----------
    target
        The folder to be.
    force
        Whether an existing folder may be replaced.
    marker
        A file that tells folders of the same kind; no others are replaced.

    Raises
    ------
    InputError
        Where it exists and may not be replaced, or lies in a folder that does not exist.
    """
    if target.exists() and not force:
        expected = "a new folder, or leave to replace it (force)"
        raise InputError([Fault("this folder exists already", str(target), expected=expected)])
    if target.exists() and not target.is_dir():
        raise InputError([Fault("this is no folder and will not be replaced", str(target))])
    if target.exists() and not (target / marker).is_file() and any(target.iterdir()):
        message = f"this folder has no {marker} and will not be replaced"
        raise InputError([Fault(message, str(target))])
    if not target.resolve().parent.is_dir():
        fault = Fault("no such folder", str(target.parent), expected="an existing folder")
        raise InputError([fault])


@contextmanager
def whole_folder(target: Path, *, force: bool, marker: str) -> Iterator[Path]:
    """Give a folder to write in that takes the target's place only when all is written.

    Parameters, and what is raised, are those of `check_place`.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     target = Path(place, "answer")
    ...     with whole_folder(target, force=False, marker="sums") as folder:
    ...         size = Path(folder, "sums").write_text("1")
    ...         before = target.exists()
    ...     before, target.exists()
    (False, True)
    """
    check_place(target, force=force, marker=marker)
    folder = Path(tempfile.mkdtemp(prefix=".plan-", dir=target.resolve().parent))
    try:
        yield folder
        folder.chmod(0o755)
        if target.exists():
            old = folder.with_name(folder.name + "-old")
            target.rename(old)
            folder.rename(target)
            shutil.rmtree(old)
        else:
            folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """The kind of each column, as `read_table` wants them."""
    return {str(name): _kind(np.asarray(frame[name])) for name in frame.columns}


def _kind(cells: np.ndarray[Any, Any]) -> str:
    if cells.dtype.kind in "iufb":
        return str(cells.dtype.str)
    return _TEXT_OR_NONE if pd.isna(cells).any() else _TEXT


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as UTF-8 CSV in which no text is taken for a formula."""
    safe = frame.copy()
    for name, kind in kinds_of(frame).items():
        if kind in (_TEXT, _TEXT_OR_NONE):
            safe[name] = [_escaped(cell, kind) for cell in frame[name]]
    safe.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _escaped(cell: Any, kind: str) -> str | None:
    if pd.isna(cell):
        return None
    text = str(cell)
    is_unclear = text.startswith(_FORMULA_STARTS) or (not text and kind == _TEXT_OR_NONE)
    return f"'{text}" if is_unclear else text


def read_table(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Read a table as text and give each column its own type back, floats to the last bit."""
    cells = pd.read_csv(path, dtype=str, encoding="utf-8", keep_default_na=False)
    return pd.DataFrame(
        {str(name): _typed(cells[name].tolist(), kinds[str(name)]) for name in cells.columns}
    )


def _typed(cells: list[str], kind: str) -> np.ndarray[Any, Any]:
    if kind in (_TEXT, _TEXT_OR_NONE):
        empty = "" if kind == _TEXT else None
        return np.array(
            [cell.removeprefix("'") if cell else empty for cell in cells], dtype=object
        )
    if np.dtype(kind).kind == "b":
        return np.array([cell == "True" for cell in cells], dtype=bool)
    if np.dtype(kind).kind == "f":
        return np.array([float(cell) if cell else math.nan for cell in cells], dtype=kind)
    return np.array([int(cell) for cell in cells], dtype=kind)
