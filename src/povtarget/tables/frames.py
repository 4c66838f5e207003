"""Frames in memory and Parquet files: values as they are, no digit lost to a conversion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError, PovtargetError
from povtarget.sayings import said
from povtarget.tables.raw import RawTable, refuse, typed

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")
_HALF, _WHOLE = "half a letter (a lone surrogate)", "text that can be written as UTF-8"


def read_parquet(path: Path) -> RawTable:
    """Read a Parquet file; pyarrow is an extra."""
    try:
        from pyarrow import parquet
    except ImportError as missing:
        message = 'reading Parquet needs pyarrow: pip install "povtarget[parquet]"'
        raise PovtargetError(message) from missing
    try:
        with parquet.ParquetFile(path) as file:
            table = file.read()
    except (OSError, ValueError, NotImplementedError) as failure:
        refuse("the Parquet file is damaged", path.name, "a whole file", cause=failure)
    # pandas stores an index without a name as a column.
    index = [name for name in table.column_names if _PANDAS_INDEX.fullmatch(name)]
    return read_frame(table.drop_columns(index), path.name)


def read_frame(source: Any, name: str = "frame") -> RawTable:
    """Copy the columns of a pandas, polars or Arrow frame, or of a mapping."""
    if isinstance(source, pd.DataFrame):
        header = [str(label) for label in source.columns]
        series = (source.iloc[:, index] for index in range(source.shape[1]))
        columns = [one.reset_index(drop=True).copy() for one in series]
    elif isinstance(source, Mapping):
        header = [str(label) for label in source]
        columns = [_from_cells(cells, str(label), name) for label, cells in source.items()]
    else:
        _refuse_duplicates(source, name)
        try:
            frame = nw.from_native(source, eager_only=True)
        except TypeError as failure:
            expected = "a path, a pandas, polars or Arrow frame, or a mapping of columns"
            message = said("{name} is not a table", name=type(source).__name__)
            refuse(message, name, expected, cause=failure)
        header = list(frame.columns)
        columns = [_from_narwhals(frame[:, index]) for index in range(len(header))]
    raw = RawTable(name, header, columns, np.arange(2, 2 + _length(header, columns, name)))
    if faults := [*_half_letters(raw)]:
        raise InputError(faults)
    return raw


def _half_letters(raw: RawTable) -> Iterator[Fault]:
    """Texts with half a letter (a lone surrogate), which no file can hold.

    They come from names of files and from bytes that were decoded by guess, and only in memory.
    """
    for label, column in zip(raw.header, raw.columns, strict=True):
        if not _is_text(label):
            yield Fault(
                _HALF, raw.name, raw.first_row - 1, label.encode("ascii", "replace").decode()
            )
        elif column.dtype == object:
            for row, cell in zip(raw.rows.tolist(), column, strict=True):
                if isinstance(cell, str) and not (cell.isascii() or _is_text(cell)):
                    yield Fault(_HALF, raw.name, row, label, None, _WHOLE)


def _is_text(text: str) -> bool:
    """Whether a text can be written to a file."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_duplicates(source: Any, name: str) -> None:
    """Refuse an Arrow table in which columns share a name; narwhals takes none of it."""
    counts = Counter(getattr(source, "column_names", ()))
    faults = [
        Fault(said("{count} columns have this name", count=count), name, column=label)
        for label, count in counts.items()
        if count > 1
    ]
    if faults:
        raise InputError(faults)


def _length(header: list[str], columns: list[pd.Series[Any]], name: str) -> int:
    """Return the number of rows; columns of a mapping may differ, which is a fault of each."""
    lengths = Counter(map(len, columns)).most_common()
    if len(lengths) > 1:
        usual = lengths[0][0]
        expected = said("{usual}, as in the other columns", usual=usual)
        raise InputError(
            Fault(said("{count} cells", count=len(column)), name, column=label, expected=expected)
            for label, column in zip(header, columns, strict=True)
            if len(column) != usual
        )
    return lengths[0][0] if lengths else 0


def _from_cells(cells: Any, label: str, name: str) -> pd.Series[Any]:
    if isinstance(cells, pd.Series):
        return cells.reset_index(drop=True).copy()
    if isinstance(cells, np.ndarray) and cells.ndim == 1:
        kind = object if cells.dtype.kind in "OU" else cells.dtype
        return pd.Series(cells.astype(kind), dtype=kind)  # astype copies
    is_list = isinstance(cells, Iterable) and not isinstance(cells, str | bytes | np.ndarray)
    if not is_list:
        refuse("not a column", name, "a list or a one-dimensional array", column=label)
    return typed(list(cells))


def _from_narwhals(series: nw.Series[Any]) -> pd.Series[Any]:
    kind = series.dtype
    # Whole numbers beside a null would become floats, which cut a NIK.
    is_plain = (kind.is_integer() or kind == nw.Boolean) and not series.null_count()
    if kind.is_float() or is_plain:
        return pd.Series(np.array(series.to_numpy()))
    return pd.Series(series.to_list(), dtype=object)
