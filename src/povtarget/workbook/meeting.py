"""For each kelurahan the sheet for its meeting: who is proposed, who is next, and room to mark.

A kelurahan gets a file of its own, with its own names only. Nothing of health, of a disability
or of a score is on it: it is read out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from povtarget.errors import masked
from povtarget.locale import Words
from povtarget.workbook.draft import ALL, Draft, meeting_labels
from povtarget.workbook.marginal import Additions
from povtarget.workbook.meeting_reasons import held, reasons
from povtarget.workbook.sheets import Column, Sheet, open_book

HOUSEHOLD_MARKS = ("dead", "moved", "able")
"""Marks that speak of a household; the others speak of a household and a program."""

MARKS = ("agreed", *HOUSEHOLD_MARKS, "refused", "new")
MARK = "x"
_NEW_ROWS = 15


def columns(words: Words) -> list[Column]:
    """The columns of a meeting's sheet."""
    return [
        Column(words("wb_number"), 5.5, "whole"),
        Column(words("wb_code"), 15),
        Column(words("wb_name_or_id"), 18, "wrap"),
        Column(words("wb_address"), 17, "wrap"),
        Column(words("wb_rt"), 4.5),
        Column(words("wb_rw"), 4.5),
        Column(words("wb_has_already"), 31, "wrap"),
        Column(words("wb_status"), 10, "wrap"),
        Column(words("wb_program"), 23, "wrap"),
        Column(words("wb_reason"), 46, "wrap"),
        *(Column(words(f"wb_mark_{mark}"), 4.2, "mark") for mark in MARKS),
        Column(words("wb_note"), 13, "wrap"),
    ]


def write_meeting_files(folder: Path, draft: Draft, *, waiting: int) -> list[Path]:
    """Write one file for each kelurahan.

    Parameters
    ----------
    folder
        An existing folder.
    draft
        The plan.
    waiting
        How many of each program's waiting list a kelurahan sees.
    """
    proposals, queues = _by_area(draft, draft.proposed), _by_area(draft, draft.waiting)
    has = held(draft)
    names = sorted(set(draft.areas.tolist()))
    paths = []
    for number, area in enumerate(names, 1):
        path = folder / f"{number:03d} {_file_name(area, draft.words)}.xlsx"
        rows = [
            *_proposed_rows(draft, proposals.get(area, []), has),
            *_waiting_rows(draft, queues.get(area, []), waiting, has),
        ]
        _write_meeting(path, draft, area, rows)
        paths.append(path)
    return paths


def _by_area(draft: Draft, additions: Sequence[Additions]) -> dict[str, list[Additions]]:
    """Additions of each kelurahan, orders kept."""
    parts: dict[str, list[Additions]] = {}
    for added in additions:
        areas = draft.areas[added.rows]
        for area in np.unique(areas.astype(str)).tolist():
            parts.setdefault(area, []).append(added.take(areas == area))
    return parts


def _file_name(area: str, words: Words) -> str:
    """A file's name that every system takes."""
    plain = "".join(letter if letter.isalnum() or letter in " -." else " " for letter in area)
    return " ".join(plain.split()).strip(" .")[:60] or words("wb_all_areas")


def _proposed_rows(
    draft: Draft, additions: Sequence[Additions], has: Mapping[int, str]
) -> list[list[Any]]:
    """Proposals by RW, RT and household."""
    labels = meeting_labels(draft.problem.catalog, draft.words)
    proposed, agreed = draft.words("wb_proposed"), draft.words("wb_agreed")
    rows = [
        (household, [agreed if lock == "agreed" else proposed, labels[added.program], reason])
        for added in additions
        for household, lock, reason in zip(
            added.rows.tolist(), draft.locked(added), reasons(draft, added, has), strict=True
        )
    ]
    rw, rt = draft.person("rw"), draft.person("rt")
    rows.sort(key=lambda row: (rw[row[0]], rt[row[0]], row[0]))
    return [[*_who(draft, household, has), *cells] for household, cells in rows]


def _waiting_rows(
    draft: Draft, additions: Sequence[Additions], most: int, has: Mapping[int, str]
) -> Iterator[list[Any]]:
    """The waiting list of each program, the next one first."""
    labels = meeting_labels(draft.problem.catalog, draft.words)
    for added in additions:
        first = added.first(most)
        each = zip(first.rows.tolist(), reasons(draft, first, has), strict=True)
        for order, (household, reason) in enumerate(each, 1):
            status = draft.words("wb_waiting_place", order=order)
            yield [*_who(draft, household, has), status, labels[added.program], reason]


def _who(draft: Draft, household: int, has: Mapping[int, str]) -> list[Any]:
    people = draft.people
    name = people.of(household, "name") or masked(draft.problem.households.household_id[household])
    known = [people.of(household, column) for column in ("address", "rt", "rw")]
    already = has.get(household) or draft.words("wb_has_none")
    return [draft.codes[household], name, *known, already]


def _write_meeting(path: Path, draft: Draft, area: str, rows: Sequence[Sequence[Any]]) -> None:
    words, shown = draft.words, columns(draft.words)
    place = words("wb_all_areas") if area == ALL else area
    with open_book(path, words("wb_meeting_title", area=place)) as book:
        sheet = book.sheet(place, [c.width for c in shown], words("wb_not_public"))
        sheet.title(words("wb_meeting_title", area=place))
        sheet.note(words("wb_meeting_note"))
        sheet.note(words("wb_meeting_marks", mark=MARK))
        sheet.note(words("wb_mark_rule", refused=words("wb_mark_refused")))
        sheet.note(words("wb_meeting_new", new=words("wb_mark_new"), mark=MARK))
        empty = [None] * (len(MARKS) + 1)
        numbered = ([number, *row, *empty] for number, row in enumerate(rows, 1))
        begin = sheet.row + 1
        sheet.table(shown, numbered, frozen=True)
        sheet.blank_rows(shown, _NEW_ROWS)
        _offer_marks(sheet, words, shown, begin)


def _offer_marks(sheet: Sheet, words: Words, shown: Sequence[Column], begin: int) -> None:
    for at, column in enumerate(shown):
        if column.kind == "mark":
            mark = MARKS[[words(f"wb_mark_{mark}") for mark in MARKS].index(column.label)]
            sheet.allow_only(MARK, begin, at, words(f"wb_help_{mark}"))
