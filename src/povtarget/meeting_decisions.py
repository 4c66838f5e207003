"""What meetings decided: the marked sheets read back, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, get_args

import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError, masked, nearest
from povtarget.identifiers import parse_identifiers
from povtarget.locale import Language, Words
from povtarget.problem import TargetingProblem
from povtarget.sayings import said
from povtarget.tables import HeaderRule, Table, read_table, sheet_names
from povtarget.workbook.draft import meeting_labels, program_labels
from povtarget.workbook.meeting import HOUSEHOLD_MARKS, MARKS
from povtarget.workbook.privacy import codes

DECISIONS = tuple(mark for mark in MARKS if mark != "new")
FREEING = ("dead", "moved", "able", "refused")
"""Decisions that free places."""

_MARKED = frozenset({"x", "v", "✓", "√", "✔", "ya", "yes", "1", "1.0", "setuju", "ok"})
_NAMES = ("code", "program", *MARKS)
_TRACE = ("number", "name_or_id", "address", "rt", "rw", "note", "status", "has_already")
_KEYS = {"code": "wb_code", "program": "wb_program"} | {m: f"wb_mark_{m}" for m in MARKS}
_COLUMNS = ["household_id", "program", "decision", "source", "row"]
_SAID = ("name", "address", "rt", "rw", "note")
NEW = ["source", "row", "area", *_SAID]
"""Columns of `Decisions.new`."""


@dataclass(frozen=True, eq=False, repr=False)
class Decisions:
    """What meetings decided about a plan's proposals and waiting lists.

    Parameters
    ----------
    frame
        household_id, program, decision ("agreed", "dead", "moved", "able" or "refused"), and
        where it stands: source (file and sheet) and row.
    new
        Families that a meeting added: source, row, and what the sheet says of them (area, name,
        address, rt, rw, note). Personal data: no message or text of this object shows it.
    is_named
        The sheets name the households.
    warnings
        Files that hold the same sheet: what is alike in them counts once.
    """

    frame: pd.DataFrame
    new: pd.DataFrame
    is_named: bool = False
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        count = self.frame["decision"].value_counts()
        parts = [f"{name}: {count.get(name, 0)}" for name in DECISIONS]
        return f"Decisions({', '.join(parts)}, new: {len(self.new)})"


def read_decisions(
    files: str | PathLike[str] | Sequence[str | PathLike[str]],
    problem: TargetingProblem,
    *,
    key: bytes,
) -> Decisions:
    """Read the marked sheets of meetings.

    Parameters
    ----------
    files
        One file or several, as `povtarget.workbook.write_meetings` wrote them (in either
        language) and people marked them. Files of kelurahan that have not met may be left out.
    problem
        The question of the plan.
    key
        The key with which the sheets were written.

    Raises
    ------
    InputError
        With every fault of all files, by file, sheet, row and column: a code that is none of
        the plan's, an unknown program, a mark that is no mark, two marks in a row, decisions
        that contradict each other, a new family that is not marked so. No cell is quoted that
        could hold a name.
    """
    paths = [files] if isinstance(files, str | PathLike) else list(files)
    faults: list[Fault] = []
    rows: list[tuple[str, str, str, str, int, str]] = []
    reader = _Reader(problem, key, faults)
    for path in paths:
        try:
            sheets = sheet_names(path)
        except InputError as error:
            faults += error.problems
            continue
        for sheet in sheets:
            reader.sheet(path, sheet, rows)
    faults += _contradictions(rows)
    if faults:
        raise InputError(faults)
    frame = pd.DataFrame([row[:5] for row in rows], columns=_COLUMNS)
    frame = frame.drop_duplicates(["household_id", "program", "decision"], ignore_index=True)
    new = pd.DataFrame(reader.new, columns=NEW)
    return Decisions(frame, new, reader.is_named, tuple(reader.warnings))


def decisions_of(source: Any, problem: TargetingProblem) -> Decisions:
    """Decisions from a frame or file with household_id, program and decision.

    Raises
    ------
    InputError
        With every fault: a missing column, an unknown household, program or decision, decisions
        that contradict each other.
    """
    if isinstance(source, Decisions):
        return source
    table = read_table(source, allow_empty=True)
    missing = [name for name in _COLUMNS[:3] if name not in table.frame]
    if missing:
        raise InputError([Fault("the column is missing", table.name, column=c) for c in missing])
    faults: list[Fault] = []
    texts = {}
    for name in _COLUMNS[:3]:
        texts[name], found = parse_identifiers(
            table.frame[name], column=name, source=table.name, rows=table.rows, unique=False
        )
        faults += found
    known = {"program": problem.catalog.program_names, "decision": DECISIONS}
    for name, allowed in known.items():
        for at in np.flatnonzero(~np.isin(texts[name].astype(str), allowed)).tolist():
            expected = nearest(texts[name][at], allowed) or said(
                "one of {names}", names=", ".join(allowed)
            )
            row = int(table.rows[at])
            faults.append(Fault("unknown", table.name, row, name, texts[name][at], expected))
    for at in np.flatnonzero(problem.households.positions(texts["household_id"]) < 0).tolist():
        row = int(table.rows[at])
        faults.append(Fault("no such household", table.name, row, "household_id"))
    triples = zip(*(texts[name].tolist() for name in _COLUMNS[:3]), strict=True)
    rows = [
        (*each, table.name, int(row), "decision")
        for each, row in zip(triples, table.rows, strict=True)
    ]
    faults += _contradictions(rows)
    if faults:
        raise InputError(faults)
    frame = pd.DataFrame([row[:5] for row in rows], columns=_COLUMNS)
    return Decisions(frame, pd.DataFrame(columns=NEW))


class _Reader:
    """Reads sheets and gathers their faults."""

    def __init__(self, problem: TargetingProblem, key: bytes, faults: list[Fault]) -> None:
        ids = problem.households.household_id
        self.faults = faults
        self.household = dict(zip(codes(ids, key).tolist(), ids.tolist(), strict=True))
        self.program = _programs_by_label(problem)
        areas = problem.households.area
        self.area = {} if areas is None else dict(zip(ids.tolist(), areas.tolist(), strict=True))
        self.new: list[tuple[Any, ...]] = []
        self.is_named, self.warnings = False, list[str]()
        self._sheets: dict[frozenset[tuple[str, str]], str] = {}

    def sheet(self, path: Any, sheet: str, rows: list[Any]) -> None:
        """Read one sheet; one without a cell is none."""
        rule = HeaderRule(_find_header, "the columns of a meeting's sheet, with their codes")
        try:
            table = read_table(path, sheet=sheet, header_row=rule, allow_empty=True)
        except InputError as error:
            self.faults += error.problems
            return
        if table.frame.shape[1] == 0:
            return
        named = _named(table)
        missing = [name for name in _NAMES if name not in named]
        for name in missing:
            label = Words("en")(_KEYS[name])
            row = table.first_row - 1
            self.faults.append(Fault("the column is missing", table.name, row, label))
        if missing:
            return
        cells = {name: table.frame[label].tolist() for name, label in named.items()}
        records = [
            _Row(table.name, row, {name: column[at] for name, column in cells.items()}, named)
            for at, row in enumerate(table.rows.tolist())
        ]
        before = len(self.new)
        for record in records:
            self._row(record, rows)
        place = next((self._area_of(each) for each in records if self._area_of(each)), sheet)
        found = [(*each[:2], place, *each[2:]) for each in self.new[before:]]
        del self.new[before:]
        self.new += self._once(table.name, records, found)

    def _area_of(self, row: _Row) -> str:
        """The area of a row's household, as the plan knows it."""
        return str(self.area.get(self.household.get(row.text("code").upper(), ""), ""))

    def _once(
        self, source: str, records: Sequence[_Row], found: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """New families of a sheet, without those that another file with this sheet has too."""
        listed = frozenset((each.text("code"), each.text("program")) for each in records)
        listed -= {("", "")}
        if not listed or listed not in self._sheets:
            self._sheets[listed] = source
            return list(found)
        self.warnings.append(
            said(
                "{sheet} and {source} hold the same sheet; marks and new families that are "
                "alike in both count once",
                sheet=self._sheets[listed],
                source=source,
            )
        )
        known = {each[2:] for each in self.new}
        return [each for each in found if each[2:] not in known]

    def _row(self, row: _Row, rows: list[Any]) -> None:
        code, marks = row.text("code").upper(), row.marks(self.faults)
        if not code:
            if marks == ["new"]:
                cells = (row.text("name_or_id" if name == "name" else name) for name in _SAID)
                self.new.append((row.source, row.number, *cells))
            elif any(map(row.text, (*_NAMES, *(n for n in _TRACE if n in row.labels)))):
                expected = said(
                    "a mark under '{label}', and no other; or an empty row",
                    label=row.labels["new"],
                )
                self.faults.append(row.fault("a row without a code", "code", expected))
            return
        household = self.household.get(code)
        if household is None:
            expected = "a code as the plan's sheet has it; was this sheet made from another plan?"
            self.faults.append(row.fault("no household has this code", "code", expected))
        elif row.text("name_or_id") not in ("", household, masked(household)):
            self.is_named = True
        program = self.program.get(_folded(row.text("program")))
        if program is None:
            expected = "the program as the plan's sheet has it"
            self.faults.append(row.fault("no such program", "program", expected))
        if "new" in marks:
            expected = "no mark here: 'new' is for rows without a code"
            self.faults.append(row.fault("this family is on the list already", "new", expected))
        elif len(marks) > 1:
            shown = ", ".join(row.labels[mark] for mark in marks)
            self.faults.append(
                row.fault(said("several marks: {marks}", marks=shown), marks[1], "one mark")
            )
        elif marks and household is not None and program is not None:
            label = row.labels[marks[0]]
            rows.append((household, program, marks[0], row.source, row.number, label))


@dataclass(frozen=True, repr=False)
class _Row:
    """A row of a sheet by our names of its columns."""

    source: str
    number: int
    cells: Mapping[str, Any]
    labels: Mapping[str, str]

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        if isinstance(cell, float) and cell.is_integer():  # RT 3 in a column with gaps
            cell = int(cell)
        return "" if cell is None or pd.isna(cell) else str(cell).strip()

    def marks(self, faults: list[Fault]) -> list[str]:
        """Marks of the row; a cell that is no mark is a fault, and is not quoted."""
        found = []
        for mark in MARKS:
            text = self.text(mark).casefold()
            if text in _MARKED:
                found.append(mark)
            elif text:
                rule = said(
                    "x, v, ✓, ya, yes, 1, setuju, ok or an empty cell; to refuse, a mark in the "
                    "column “{refused}”",
                    refused=self.labels["refused"],
                )
                faults.append(self.fault("not a mark", mark, rule))
        return found

    def fault(self, message: str, name: str, expected: str) -> Fault:
        return Fault(message, self.source, self.number, self.labels[name], None, expected)


def _programs_by_label(problem: TargetingProblem) -> dict[str, str]:
    """Names of programs by every label that a sheet may call them, in either language."""
    catalog = problem.catalog
    names = catalog.program_names
    labels = [names, program_labels(catalog)]
    labels += [meeting_labels(catalog, Words(language)) for language in get_args(Language)]
    return {
        _folded(label): name for each in labels for label, name in zip(each, names, strict=True)
    }


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _known_labels() -> dict[str, str]:
    """Our names of columns by their labels in either language."""
    keys = {**_KEYS, **{name: f"wb_{name}" for name in _TRACE}}
    return {
        _folded(Words(language)(key)): name
        for language in get_args(Language)
        for name, key in keys.items()
    }


def _find_header(head: Sequence[Sequence[Any]]) -> int | None:
    """The first row that names the code, the program and most marks."""
    known = _known_labels()
    for at, record in enumerate(head):
        names = {known.get(_folded(str(cell))) for cell in record if cell is not None}
        if {"code", "program"} <= names and len(names & set(MARKS)) >= len(MARKS) // 2:
            return at
    return None


def _named(table: Table) -> dict[str, str]:
    """Labels of the sheet's columns by our names."""
    known = _known_labels()
    labels = {label: known.get(_folded(str(label))) for label in table.frame}
    return {name: str(label) for label, name in labels.items() if name is not None}


def _contradictions(rows: Sequence[tuple[str, str, str, str, int, str]]) -> Iterator[Fault]:
    """Yield a fault where a row contradicts an earlier one about its household or program."""
    of_pair: dict[tuple[str, str], tuple[str, str, int]] = {}
    of_household: dict[str, tuple[str, str, int]] = {}
    for household, program, decision, source, row, label in rows:
        earlier = of_pair.setdefault((household, program), (decision, source, row))
        is_whole = decision in HOUSEHOLD_MARKS
        if is_whole:
            gone = of_household.setdefault(household, (decision, source, row))
            earlier = gone if gone[0] != decision else earlier
        if earlier[0] != decision:
            message = said(
                "marked otherwise in {sheet}, row {row}", sheet=earlier[1], row=earlier[2]
            )
            yield Fault(message, source, row, label, None, "one decision")
    for household, _, decision, source, row, label in rows:
        if decision == "agreed" and household in of_household:
            _, sheet, at = of_household[household]
            message = said(
                "agreed, though the family is gone or able in {sheet}, row {row}",
                sheet=sheet,
                row=at,
            )
            yield Fault(message, source, row, label, None, "one decision")
