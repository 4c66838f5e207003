"""Lists with names: the annex of each agency and fund (BNBA), who is next, who is not reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from povtarget.lowest import unserved
from povtarget.workbook.draft import Draft
from povtarget.workbook.sheets import Book, Column, Kind

_NEXT = 50  # of each program's waiting list, city-wide


def write_annexes(book: Book, draft: Draft) -> None:
    """Write a sheet for each agency and fund with proposals."""
    rows = _rows(draft)
    for (agency, fund), mine in rows.groupby(["agency", "fund"], sort=True):
        _write_annex(book, draft, str(agency), str(fund), mine)


def _rows(draft: Draft) -> pd.DataFrame:
    """One row for each proposal: household, program, agency, fund and the reason."""
    catalog = draft.problem.catalog
    fund_of = {budget.name: budget.fund or budget.name for budget in catalog.budgets}
    parts = []
    for added in draft.proposed:
        program = catalog.programs[added.program]
        parts.append(
            pd.DataFrame(
                {
                    "household": added.rows,
                    "program": added.program,
                    "agency": catalog.agency_of(program) or program.budget,
                    "fund": fund_of[program.budget],
                    "reason": draft.in_numbers(added),
                }
            )
        )
    names = ["household", "program", "agency", "fund", "reason"]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=names)
    for column in ("rw", "rt"):
        rows[column] = draft.person(column)[rows["household"].to_numpy(dtype=np.int64)]
    rows["area"] = draft.areas[rows["household"].to_numpy(dtype=np.int64)]
    return rows.sort_values(["program", "area", "rw", "rt", "household"], kind="stable")


_PERSONAL: dict[str, tuple[float, Kind]] = {
    "kk": (17.5, "text"),
    "nik": (17.5, "text"),
    "name": (20, "wrap"),
    "address": (22, "wrap"),
    "rt": (4.5, "text"),
    "rw": (4.5, "text"),
    "area": (15, "wrap"),
    "kecamatan": (14, "wrap"),
}
"""Columns that say who a household is, with width and kind."""


def _known(draft: Draft) -> list[str]:
    """The personal columns of which something is known; others are left out."""
    return [name for name in _PERSONAL if draft.person(name).any()]


def _columns(draft: Draft, known: Sequence[str]) -> list[Column]:
    words = draft.words
    columns = [
        Column(words("wb_number"), 5.5, "whole"),
        Column(words("wb_code"), 15.5),
        Column(words("wb_household"), 14, "wrap"),
        *(Column(words(f"wb_{name}"), *_PERSONAL[name]) for name in known),
        Column(words("wb_program"), 20, "wrap"),
        Column(words("wb_units"), 10, "whole"),
        Column(words("wb_amount"), 12, "money"),
        Column(words("wb_fund"), 11, "wrap"),
        Column(words("wb_reason"), 40, "wrap"),
    ]
    if draft.is_weighted:
        columns.append(Column(words("wb_weight"), 10, "decimal"))
    return columns


def _write_annex(book: Book, draft: Draft, agency: str, fund: str, rows: pd.DataFrame) -> None:
    words, known = draft.words, _known(draft)
    columns = _columns(draft, known)
    sheet = book.sheet(f"{agency} {fund}", [c.width for c in columns], words("wb_not_public"))
    sheet.title(words("wb_annex_title", agency=agency, fund=fund))
    households = rows["household"].to_numpy(dtype=np.int64)
    programs = rows["program"].to_numpy(dtype=np.int64)
    cost = _cost(draft, households, programs)
    weight = draft.problem.households.weight[households]
    units = draft.problem.standing.units[households, programs]
    sheet.note(
        words(
            "wb_annex_note",
            rows=words.number(len(rows)),
            families=words.number(draft.problem.households.weight[np.unique(households)].sum()),
            places=words.number(float((weight * units).sum())),
            amount=words.rupiah(float((cost * weight).sum())),
        )
    )
    sheet.note(words("wb_confidential"))
    if absent := [words(f"wb_{name}") for name in _PERSONAL if name not in known]:
        sheet.note(words("wb_annex_absent", columns=", ".join(absent)))
    cells = _annex_rows(draft, known, households, programs, cost, fund, rows["reason"])
    sheet.table(columns, cells, frozen=True)


def _cost(draft: Draft, households: Any, programs: Any) -> Any:
    """float64[rows]: Rp a year for one household."""
    each = np.array([float(p.unit_cost) for p in draft.problem.catalog.programs])
    return each[programs] * draft.problem.standing.units[households, programs]


def _annex_rows(
    draft: Draft,
    columns: Sequence[str],
    households: Any,
    programs: Any,
    cost: Any,
    fund: str,
    reasons: Any,
) -> Iterator[list[Any]]:
    units = draft.problem.standing.units[households, programs].tolist()
    personal = [draft.person(name) for name in columns]
    weight = draft.problem.households.weight
    each = zip(households.tolist(), programs.tolist(), units, cost.tolist(), reasons, strict=True)
    for number, (h, p, count, amount, reason) in enumerate(each, 1):
        known = [column[h] for column in personal]
        row = [number, draft.codes[h], draft.identifiers[h], *known]
        row += [draft.labels[p], count, amount, fund, reason]
        yield [*row, float(weight[h])] if draft.is_weighted else row


def write_waiting(book: Book, draft: Draft) -> None:
    """Write who would be next for each program in the whole city, and why not now."""
    words = draft.words
    columns = [
        Column(words("wb_program"), 30, "wrap"),
        Column(words("wb_order"), 8, "whole"),
        Column(words("wb_code"), 16),
        Column(words("wb_household"), 17),
        Column(words("wb_name"), 24, "wrap"),
        Column(words("wb_area"), 20),
        Column(words("wb_reason_waiting"), 70, "wrap"),
    ]
    if not draft.person("name").any():
        del columns[4]
    sheet = book.sheet(words("wb_waiting"), [c.width for c in columns], words("wb_not_public"))
    sheet.title(words("wb_waiting_title"))
    sheet.note(words("wb_waiting_note", most=_NEXT))
    sheet.table(columns, _waiting_rows(draft), frozen=True)


def _waiting_rows(draft: Draft) -> Iterator[list[Any]]:
    names = draft.person("name")
    is_named = bool(names.any())
    for added in draft.waiting:
        first = added.first(_NEXT)
        for order, (h, reason) in enumerate(
            zip(first.rows.tolist(), draft.in_numbers(first), strict=True), 1
        ):
            area = draft.areas[h]
            program = draft.labels[added.program]
            name = [names[h]] if is_named else []
            yield [program, order, draft.codes[h], draft.identifiers[h], *name, area, reason]


def write_unserved(book: Book, draft: Draft) -> None:
    """Write who is at the bottom, has nothing and is proposed for nothing, and why."""
    words = draft.words
    columns = [
        Column(words("wb_number"), 6, "whole"),
        Column(words("wb_code"), 16),
        Column(words("wb_household"), 17),
        Column(words("wb_name"), 24, "wrap"),
        Column(words("wb_area"), 20),
        Column(words("wb_size"), 8, "whole"),
        Column(words("wb_resources"), 14, "share"),
        Column(words("wb_chance"), 14, "share"),
        Column(words("wb_why_not"), 80, "wrap"),
    ]
    found = unserved(draft.problem, draft.plan, language=words.language)
    rows = draft.problem.households.positions(found["household_id"])
    names = draft.person("name")
    if not names.any():
        del columns[3]
    sheet = book.sheet(words("wb_unserved"), [c.width for c in columns], words("wb_not_public"))
    sheet.title(words("wb_unserved_title"))
    sheet.note(words("wb_unserved_note", rows=words.number(len(found))))
    if found.empty:
        sheet.note(words("wb_unserved_none"))
    each = zip(
        rows.tolist(),
        *(found[name].tolist() for name in ("persons", "resources", "chance", "reason")),
        strict=True,
    )
    cells = (
        [
            *(number, draft.codes[h], draft.identifiers[h]),
            *([names[h]] if names.any() else []),
            *(draft.areas[h], float(size), float(of_line), float(chance)),
            reason or words("wb_no_bound"),
        ]
        for number, (h, size, of_line, chance, reason) in enumerate(each, 1)
    )
    sheet.table(columns, cells, frozen=True)
