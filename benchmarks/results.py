"""A CSV of measurements that grows row by row and can be taken up again after a stop."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, str]


class ResultsError(Exception):
    """The file is not one that this benchmark wrote."""


class Results:
    """Rows of one benchmark; ``key`` names the columns that tell one measurement from another.

    Raises
    ------
    ResultsError
        Where the file has other columns.
    """

    def __init__(self, path: Path, columns: Sequence[str], key: Sequence[str]) -> None:
        self.path, self.columns, self._key = path, tuple(columns), tuple(key)
        self.rows: list[Row] = []
        if path.exists() and path.stat().st_size:
            self.rows = _whole_rows(path, self.columns)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(self.columns, mode="w")

    def has(self, key: Mapping[str, Any]) -> bool:
        """Whether this measurement was made before."""
        wanted = [str(key[name]) for name in self._key]
        return any([row[name] for name in self._key] == wanted for row in self.rows)

    def append(self, facts: Mapping[str, Any]) -> Row:
        """Add a row and see it on the disk; facts that are no column are an error."""
        unknown = set(facts) - set(self.columns)
        if unknown:
            raise ResultsError(f"no such columns: {sorted(unknown)}")
        row = {name: _cell(facts.get(name)) for name in self.columns}
        self._write(list(row.values()), mode="a")
        self.rows.append(row)
        return row

    def _write(self, cells: Sequence[str], mode: str) -> None:
        with self.path.open(mode, encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(cells)
            file.flush()
            os.fsync(file.fileno())


def read_results(path: Path) -> list[Row]:
    """All rows of a CSV of measurements."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _whole_rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows of a file; a last line that was cut off by a stop is taken away."""
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    lines = list(csv.reader(text.splitlines()))
    if not lines or tuple(lines[0]) != columns:
        raise ResultsError(f"{path} has other columns than this benchmark; name another --out")
    short = [number for number, line in enumerate(lines, 1) if len(line) != len(columns)]
    if short:
        raise ResultsError(f"{path}, line {short[0]}: expected {len(columns)} cells")
    return [dict(zip(columns, line, strict=True)) for line in lines[1:]]


def _cell(fact: Any) -> str:
    if fact is None:
        return ""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return repr(float(fact)) if isinstance(fact, float) else str(fact)
