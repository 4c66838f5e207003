"""The sheets for whoever decides: the story, the money with its prices, the certificate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from povtarget.disclosure import FEWEST, rounded
from povtarget.locale import Words
from povtarget.objectives import FGT
from povtarget.plan import FEWEST_DUPLICATES, MILLION
from povtarget.problem import DEFAULT_OBJECTIVE
from povtarget.workbook.draft import Draft, first_unit
from povtarget.workbook.sheets import Book, Column, Kind

_PRICED = ("quota", "minimum", "floor", "limit")


def write_summary(book: Book, draft: Draft, *, public: bool) -> None:
    """Write what a mayor reads first."""
    words, plan = draft.words, draft.plan
    sheet = book.sheet(words("wb_summary"), [52, 20, 20, 20])
    sheet.title(words("wb_summary_title"))
    sheet.note(words("proposal"))
    spent, families, places = _size(draft, public)
    sheet.note(
        words(
            "wb_story",
            spent=words.number(spent / MILLION),
            families=_told(words, families),
            places=_told(words, places),
            lifted=words.number(plan.lifted),
            before=words.percent(plan.rate("before")),
            after=words.percent(plan.rate("after")),
        )
    )
    sheet.note(words("city_lines", persons=words.number(plan.lifted_by_city)))
    if draft.problem.levels == DEFAULT_OBJECTIVE:
        sheet.note(words("objective"))
    sheet.heading(words("result"))
    sheet.table(
        [
            Column(words("wb_measure"), 52),
            Column(words("before"), 20, "right"),
            Column(words("after"), 20, "right"),
            Column(words("wb_change"), 20, "right"),
        ],
        _measures(draft, public),
    )
    sheet.note(words("wb_expected"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    sheet.heading(words("certificate"))
    sheet.note(_certified(draft))
    sheet.heading(words("wb_contents"))
    for key in ("wb_contents_public",) if public else ("wb_contents_own", "wb_contents_next"):
        sheet.note(words(key))


def _size(draft: Draft, public: bool) -> tuple[float, float, float]:
    """Money spent, families that are proposed for anything, and places."""
    evidence, plan = draft.evidence, draft.plan
    if public:
        return evidence.spent(), evidence.served(), evidence.places()
    families = float(draft.problem.households.weight[evidence.is_proposed].sum())
    places = float((plan.assignments["weight"] * plan.assignments["units"]).sum())
    return float(plan.budgets["spent"].sum()), families, places


def _told(words: Words, count: float) -> str:
    """A count in words of the language, "*" where it is withheld."""
    return words("wb_small") if math.isnan(count) else words.number(count)


def _measures(draft: Draft, public: bool) -> Iterator[list[Any]]:
    words, plan = draft.words, draft.plan
    for key, measure, digits in (
        ("wb_persons_below", "headcount", 0),
        ("wb_P0", "P0", 2),
        ("wb_P1", "P1", 3),
        ("wb_P2", "P2", 3),
    ):
        scale = 100.0 if digits else 1.0
        before, after = (scale * plan.rate(when, measure) for when in ("before", "after"))
        numbers = (before, after, after - before)
        yield [words(key), *(words.number(number, digits) for number in numbers)]
    old, new = plan.receipt_duplicates, plan.duplicates
    counts = [old, old + new, new]
    if public:
        counts = [draft.evidence.duplicates(when) for when in ("before", "after", "new")]
    yield [words("wb_duplicates"), *(_told(words, count) for count in counts)]


def _certified(draft: Draft) -> str:
    words, plan = draft.words, draft.plan
    if not math.isfinite(plan.bound):
        return words("wb_no_bound")
    first = draft.problem.levels[0]
    if not (isinstance(first, FGT) and first.alpha == 0):
        return words(
            "wb_bound_other",
            value=words.number(plan.value, 2),
            bound=words.number(plan.bound, 2),
            gap=words.percent(plan.gap, 4),
            unit=words(first_unit(draft.problem)),
        )
    return words(
        "bound",
        value=words.number(plan.value, 2),
        bound=words.number(plan.bound, 2),
        gap=words.percent(plan.gap, 4),
        difference=words.number(plan.bound - plan.value, 2),
    )


def write_budgets(book: Book, draft: Draft, *, public: bool) -> None:
    """Write each budget line: amount, spent, left, and what one more million would do."""
    words, codes = draft.words, {b.name: b.code for b in draft.problem.catalog.budgets}
    columns = [
        Column(words("budget"), 36, "wrap"),
        Column(words("wb_agency"), 20, "wrap"),
        Column(words("wb_fund"), 18, "wrap"),
        Column(words("wb_subactivity"), 20, "wrap"),
        Column(words("control"), 12),
        Column(words("wb_amount_line"), 18, "money"),
        Column(words("wb_spent"), 18, "money"),
        Column(words("wb_left"), 18, "money"),
        Column(words("wb_price", unit=words(first_unit(draft.problem))), 20, "decimal"),
    ]
    sheet = book.sheet(words("wb_budgets"), [c.width for c in columns])
    sheet.title(words("money"))
    sheet.note(words("wb_price_note"))
    if public:
        sheet.note(words("wb_small_note", least=FEWEST))
    lines = draft.evidence.lines() if public else draft.plan.budgets.assign(is_withheld=False)
    rows: list[list[Any]] = []
    for name, line in lines.iterrows():
        spent = (line["spent"], line["left"])
        if line["is_withheld"]:
            spent = (words("wb_small"),) * 2
        control = words(f"control_{line['control']}")
        price = None if line["control"] == "fixed" else float(line["price"])
        rows.append(
            [
                *(str(name), line["agency"], line["fund"], codes[str(name)], control),
                *(float(line["amount"]), *spent, price),
            ]
        )
    sheet.table(columns, rows, frozen=True)


def write_certificate(book: Book, draft: Draft, version: str, *, public: bool) -> None:
    """Write what was assumed and what is proven."""
    words, plan, problem = draft.words, draft.plan, draft.problem
    sheet = book.sheet(words("wb_certificate"), [46, 30, 18, 18, 18, 18, 26, 46])
    sheet.title(words("wb_certificate"))
    sheet.note(_certified(draft))
    sheet.heading(words("wb_stated"))
    columns = [Column(words("wb_measure"), 46, "wrap"), Column(words("wb_value"), 30, "exact")]
    sheet.table(columns, _stated(draft, version, public))
    sheet.heading(words("wb_prices"))
    sheet.note(words("wb_prices_public" if public else "wb_prices_note"))
    prices = sorted(plan.prices.items())
    sheet.table(columns, [[price_name(words, name), float(price)] for name, price in prices])
    sheet.heading(words("wb_assumptions"))
    sheet.note(words("wb_assumptions_note"))
    labels = ("wb_program", "wb_need", "wb_unit_cost", "wb_benefit", "wb_conversion")
    kinds: tuple[Kind, ...] = (
        "wrap",
        "wrap",
        "money",
        "money",
        "decimal",
        "decimal",
        "text",
        "wrap",
    )
    keys = (*labels, "wb_success", "wb_per", "wb_eligibility")
    sheet.table(
        [Column(words(key), 18, kind) for key, kind in zip(keys, kinds, strict=True)],
        [
            [
                *(draft.labels[number], words.need(p.need), float(p.unit_cost), float(p.benefit)),
                *(
                    float(p.conversion),
                    float(p.success),
                    words.counted(p.per or ""),
                    p.eligibility or "",
                ),
            ]
            for number, p in enumerate(problem.catalog.programs)
        ],
    )
    # a warning may hold identifiers of households, which no public file does
    notes = [words("wb_warnings_count", count=len(plan.warnings))] if public else plan.warnings
    if notes:
        sheet.heading(words("warnings"))
    for note in notes:
        sheet.note(words.said(note))


def price_name(words: Words, row: str) -> str:
    """What a priced row is called: a budget line by its name, others in words.

    Examples
    --------
    >>> price_name(Words("id"), "quota:training"), price_name(Words("id"), "City budget")
    ('Kuota training', 'City budget')
    """
    kind, _, name = row.partition(":")
    return words(f"wb_price_{kind}", name=name) if name and kind in _PRICED else row


def _level(draft: Draft, number: int, public: bool) -> list[Any]:
    """A level's name in words, and its value; of the last one the duplicates that are left."""
    words, level = draft.words, draft.plan.levels[number]
    if level.objective != FEWEST_DUPLICATES:
        name, value = words(f"report_aim_{level.objective.replace(' ', '_')}"), float(level.value)
    else:
        name = words("report_duplicates_left")
        value = draft.evidence.duplicates("new") if public else abs(float(level.value))
    told = words("wb_small") if math.isnan(value) else value
    return [words("wb_level", number=number + 1, name=name), told]


def _stated(draft: Draft, version: str, public: bool) -> Iterator[list[Any]]:
    words, plan, problem = draft.words, draft.plan, draft.problem
    bound = plan.bound if math.isfinite(plan.bound) else "-"
    yield [words("wb_value"), float(plan.value)]
    yield [words("wb_bound"), bound]
    yield [words("wb_gap"), float(plan.gap) if math.isfinite(plan.gap) else "-"]
    yield [words("wb_bound_source"), words(f"wb_bound_{plan.bound_source}")]
    yield [words("wb_status"), words(f"wb_status_{plan.status}")]
    yield [words("wb_engine"), plan.engine]
    yield [words("wb_version"), version or "-"]
    for number in range(len(plan.levels)):
        yield _level(draft, number, public)
    for key, each in (
        ("wb_families", problem.households.weight),
        ("wb_persons", problem.households.persons),
    ):
        total = float(rounded(each.size, each.sum())) if public else float(each.sum())
        yield [words(key), words("wb_small") if math.isnan(total) else total]
    yield [words("wb_overlap_by"), words(f"wb_by_{problem.overlap.by}")]
    yield [words("wb_overlap_weight"), float(problem.overlap.weight)]
    limit = problem.overlap.limit
    yield [words("wb_overlap_limit"), "-" if limit is None else float(limit)]
    yield [words("wb_max_bundle"), float(problem.max_bundle)]
    key = "wb_yes" if problem.receipts_in_consumption else "wb_no"
    yield [words("wb_receipts_in"), words(key)]
    for constraint in problem.constraints:
        yield [words("wb_floor", by=constraint.by), float(constraint.share)]
    for rule in problem.catalog.rules:
        yield [words("wb_rule"), words.said(str(rule))]
