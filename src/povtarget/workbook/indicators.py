"""Tables for planning documents: overlap, RKPD indicators, yearly actions, and the LP2KD."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.disclosure import FEWEST, is_told, rounded
from povtarget.workbook.draft import ALL, Draft, places
from povtarget.workbook.sheets import Book, Column, Sheet

Floats = NDArray[np.float64]
_NUMBER_WIDTH = 12.0
_RATES = ("P0_before", "P0_after", "P1_before", "P1_after")


def write_overlap(book: Book, draft: Draft, *, public: bool) -> None:
    """Write how many families have two programs or agencies at once, before and after."""
    words = draft.words
    before, names = _held(draft)
    after = before.copy()
    after[:, : draft.chosen.shape[1]] |= draft.chosen
    sheet = book.sheet(words("wb_overlap"), [34, *[_NUMBER_WIDTH] * len(names)])
    sheet.title(words("wb_overlap_title"))
    sheet.note(words("wb_overlap_note"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    _write_counts(sheet, draft, (before, after), public)
    agencies, of_agency = _agencies(draft, names)
    for key, held in (("before", before), ("after", after)):
        sheet.heading(words("wb_overlap_programs", when=words(key)))
        _write_pairs(sheet, draft, names, held, public)
    for key, held in (("before", before), ("after", after)):
        by_agency = (held.astype(np.float64) @ of_agency) > 0
        sheet.heading(words("wb_overlap_agencies", when=words(key)))
        _write_pairs(sheet, draft, agencies, by_agency, public)


def _held(draft: Draft) -> tuple[NDArray[np.bool_], list[str]]:
    """bool[households, programs] of receipts, and names; programs outside the catalogue last."""
    problem, names = draft.problem, list(draft.labels)
    held = problem.standing.received
    receipts = problem.receipts
    if receipts is None:
        return held.copy(), names
    household = problem.households.positions(receipts["household_id"])
    outside = (household >= 0) & (problem.catalog.positions(receipts["program"]) < 0)
    if not outside.any():
        return held.copy(), names
    number, found = pd.factorize(receipts["program"][outside], sort=True)
    more = np.zeros((len(held), len(found)), dtype=bool)
    more[household[outside], number] = True
    return np.hstack([held, more]), [*names, *map(str, found)]


def _agencies(draft: Draft, names: Sequence[str]) -> tuple[list[str], Floats]:
    """Agencies, and float64[programs, agencies]: 1 where an agency runs a program."""
    catalog = draft.problem.catalog
    agency = [catalog.agency_of(p) or p.budget for p in catalog.programs]
    agency += [draft.words("wb_other_agency")] * (len(names) - len(agency))
    found = sorted(set(agency))
    return found, np.array([[float(a == b) for b in found] for a in agency])


def _pairs(held: NDArray[np.bool_], weight: Floats) -> Floats:
    """float64[programs, programs]: families that have both; the diagonal counts one program."""
    table = held.astype(np.float64)
    return np.asarray(table.T @ (table * weight[:, None]))


def _write_pairs(
    sheet: Sheet, draft: Draft, names: Sequence[str], held: NDArray[np.bool_], public: bool
) -> None:
    small = draft.words("wb_small")
    columns = [Column("", 34), *(Column(name, _NUMBER_WIDTH, "whole") for name in names)]
    pairs = _pairs(held, draft.problem.households.weight)
    if public:
        pairs = rounded(_pairs(held, np.ones(len(held))), pairs)
    sheet.table(columns, _masked_rows([[name] for name in names], pairs, small))


def _masked_rows(heads: Sequence[Sequence[Any]], table: Floats, small: str) -> Iterator[list[Any]]:
    """Rows of numbers; those that are withheld (NaN) as a sign."""
    for head, cells in zip(heads, table.tolist(), strict=True):
        yield [*head, *(small if math.isnan(x) else x for x in cells)]


def _write_counts(
    sheet: Sheet, draft: Draft, held: tuple[NDArray[np.bool_], NDArray[np.bool_]], public: bool
) -> None:
    """How many families have no program, one, two ..."""
    words, weight = draft.words, draft.problem.households.weight
    number = [each.sum(axis=1) for each in held]
    most = int(max(count.max(initial=0) for count in number))
    held_by = [[count == k for count in number] for k in range(most + 1)]
    table = np.array([[weight[mine].sum() for mine in row] for row in held_by], dtype=np.float64)
    if public:
        table = rounded([[np.count_nonzero(mine) for mine in row] for row in held_by], table)
    columns = [
        Column(words("wb_programs_held"), 34, "whole"),
        Column(words("before"), _NUMBER_WIDTH, "whole"),
        Column(words("after"), _NUMBER_WIDTH, "whole"),
    ]
    heads = [[k] for k in range(most + 1)]
    sheet.table(columns, _masked_rows(heads, table, words("wb_small")))


def write_rkpd(book: Book, draft: Draft, *, public: bool) -> None:
    """Write indicator, target and money of each program by agency and sub-activity (RKPD)."""
    words = draft.words
    columns = [
        Column(words("wb_agency"), 20, "wrap"),
        Column(words("wb_subactivity"), 20, "wrap"),
        Column(words("wb_fund"), 16, "wrap"),
        Column(words("wb_program"), 34, "wrap"),
        Column(words("wb_indicator"), 46, "wrap"),
        Column(words("wb_unit"), 14),
        Column(words("wb_target"), 12, "whole"),
        Column(words("wb_families"), 12, "whole"),
        Column(words("wb_unit_cost"), 14, "money"),
        Column(words("wb_needed"), 18, "money"),
        Column(words("wb_amount_line"), 18, "money"),
        Column(words("control"), 12),
    ]
    sheet = book.sheet(words("wb_rkpd"), [c.width for c in columns])
    sheet.title(words("wb_rkpd_title"))
    sheet.note(words("wb_rkpd_note"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    rows = list(_rkpd_rows(draft, public))
    rows.sort(key=lambda row: tuple(row[:4]))
    sheet.table(columns, rows, frozen=True)


def _rkpd_rows(draft: Draft, public: bool) -> Iterator[list[Any]]:
    words, catalog = draft.words, draft.problem.catalog
    budgets = {budget.name: budget for budget in catalog.budgets}
    sums = places(draft).groupby("program")[["places", "families", "money"]].sum()
    of_program = dict(zip(sums.index.tolist(), sums.to_numpy().tolist(), strict=True))
    served = draft.chosen.sum(axis=0).tolist()
    for number, program in enumerate(catalog.programs):
        budget = budgets[program.budget]
        if budget.control == "fixed":
            continue
        target, families, money = of_program.get(number, (0.0, 0.0, 0.0))
        if public:
            target, families = rounded([served[number]] * 2, [target, families]).tolist()
            money = target * float(program.unit_cost)
        small = words("wb_small")
        told: list[Any] = [small if math.isnan(x) else x for x in (target, families, money)]
        counts = [*told[:2], float(program.unit_cost), told[2]]
        label = draft.labels[number]
        unit = words("wb_unit_family") if program.per is None else words.counted(program.per)
        yield [
            catalog.agency_of(program) or program.budget,
            budget.code,
            budget.fund,
            label,
            words("wb_indicator_text", program=label),
            unit,
            *counts,
            float(budget.amount),
            words(f"control_{budget.control}"),
        ]


def write_actions(book: Book, draft: Draft, *, public: bool) -> None:
    """Write where each program's families live, for the yearly plan of action."""
    words, rows = draft.words, places(draft)
    areas = sorted(set(draft.areas.tolist()))
    used = sorted(set(rows["program"].tolist()))
    counts = rows.pivot_table("families", "area", "program", "sum").reindex(
        index=areas, columns=used
    )
    table = np.nan_to_num(counts.to_numpy(dtype=np.float64)).T  # programs by areas
    whole = np.hstack([table, table.sum(axis=1, keepdims=True)])
    if public:
        each = rows.pivot_table("families", "area", "program", "size").reindex(
            index=areas, columns=used
        )
        listed = np.nan_to_num(each.to_numpy(dtype=np.float64)).T
        whole = rounded(np.hstack([listed, listed.sum(axis=1, keepdims=True)]), whole)
    columns = [
        Column(words("wb_agency"), 20, "wrap"),
        Column(words("wb_program"), 34, "wrap"),
        *(Column(area or words("wb_all_areas"), _NUMBER_WIDTH, "whole") for area in areas),
        Column(words("wb_total"), _NUMBER_WIDTH, "whole"),
    ]
    sheet = book.sheet(words("wb_actions"), [c.width for c in columns])
    sheet.title(words("wb_actions_title"))
    sheet.note(words("wb_actions_note"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    catalog = draft.problem.catalog
    heads = [
        [catalog.agency_of(catalog.programs[p]) or catalog.programs[p].budget, draft.labels[p]]
        for p in used
    ]
    told = list(_masked_rows(heads, whole, words("wb_small")))
    if public:
        for row, cells in zip(told, whole, strict=True):
            if is_told(cells[:-1], cells[-1]):
                row[2:-1] = [words("wb_row_withheld")] * len(areas)
    sheet.table(columns, told, frozen=True)


def write_areas(book: Book, draft: Draft, *, public: bool) -> None:
    """Write the rate and what is proposed by kelurahan, for the report on poverty (LP2KD)."""
    words = draft.words
    # in public persons below the line follow from a rate of one decimal: a count would be finer
    below = [Column(words(f"wb_below_{when}"), 16, "whole") for when in ("before", "after")]
    columns = [
        Column(words("wb_area"), 26),
        Column(words("wb_families"), 14, "whole"),
        Column(words("wb_persons"), 14, "whole"),
        *(() if public else below),
        Column(words("wb_rate_before"), 14, "percent"),
        Column(words("wb_rate_after"), 14, "percent"),
        Column(words("wb_gap_before"), 14, "percent"),
        Column(words("wb_gap_after"), 14, "percent"),
        Column(words("wb_families_proposed"), 16, "whole"),
        Column(words("wb_needed"), 18, "money"),
    ]
    sheet = book.sheet(words("wb_areas"), [c.width for c in columns])
    sheet.title(words("wb_areas_title"))
    sheet.note(words("wb_areas_note"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    sheet.table(columns, (_public_areas if public else _area_rows)(draft), frozen=True)


def _public_areas(draft: Draft) -> Iterator[list[Any]]:
    """The areas of the report, as they may be published."""
    words, table = draft.words, draft.evidence.areas()
    small = words("wb_small")
    for name, area in table.iterrows():
        families, persons, proposed, cost = (
            small if math.isnan(area[key]) else float(area[key])
            for key in ("families", "persons", "proposed", "cost")
        )
        rates = [round(float(area[key]), 3) for key in _RATES]
        shown = str(name) or words("report_others")
        yield [shown, families, persons, *rates, proposed, cost]


def _area_rows(draft: Draft) -> Iterator[list[Any]]:
    words, weight = draft.words, draft.problem.households.weight
    served = draft.chosen.any(axis=1)
    labels = pd.Series(draft.areas, index=draft.problem.households.household_id, name="area")
    poverty = draft.plan.poverty_by(labels)
    rows = places(draft)
    money = rows.groupby("area")["money"].sum()
    areas = sorted(set(draft.areas.tolist()))
    proposed = np.array([weight[served & (draft.areas == area)].sum() for area in areas])
    persons = draft.problem.households.persons
    for area, families in zip(areas, proposed.tolist(), strict=True):
        mine = draft.areas == area
        before, after = (poverty.loc[(area, when)] for when in ("before", "after"))
        counts = [weight[mine].sum(), persons[mine].sum()]
        below = [before["headcount"], after["headcount"]]
        rates = [before["P0"], after["P0"], before["P1"], after["P1"]]
        given = [families, money.get(area, 0.0)]
        shown = words("wb_all_areas") if area == ALL else area
        yield [shown, *counts, *below, *rates, *given]
