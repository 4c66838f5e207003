"""The first page: what a mayor needs to know, and what is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from povtarget.disclosure import FEWEST
from povtarget.plan import MILLION
from povtarget.report.blocks import Block, Figures, Picture, Points, Section, Text
from povtarget.report.effects import smallest_fall
from povtarget.report.material import Material
from povtarget.report.pictures import Bar, bars

_SURVEY = 1_000  # households in a city's part of a large survey, in round figures


def mayor(m: Material) -> Section:
    """The story in one page."""
    words = m.words
    title = words("report_mayor")
    if m.evidence.is_small:
        text = Text(words("report_mayor_small", fewest=FEWEST))
        return Section("mayor", title, (text, Points(words("report_asks"), (_meeting(m),))))
    lead = words(
        "report_mayor_lead",
        persons=m.number(m.persons),
        before=m.number(m.plan.rate("before", "headcount")),
        rate=words.percent(m.plan.rate("before")),
        lifted=m.number(m.plan.lifted),
        after=m.number(m.plan.rate("after", "headcount")),
        rate_after=words.percent(m.plan.rate("after")),
    )
    blocks: list[Block] = [Text(lead), Figures(tuple(_figures(m))), lifted_picture(m)]
    return Section("mayor", title, (*blocks, Points(words("report_asks"), tuple(_asks(m)))))


def lifted_picture(m: Material) -> Picture:
    """Persons lifted by agencies alone and by the plan."""
    rows = [
        Bar(m.words(key), m.number(plan.lifted), max(plan.lifted, 0.0), colour=colour)
        for key, plan, colour in (("report_alone", m.alone, "b"), ("report_plan", m.plan, "a"))
    ]
    title = m.words("report_lifted_picture")
    description = m.words("report_lifted_picture_text", alone=rows[0].text, plan=rows[1].text)
    return Picture(bars("lifted", title, description, rows), title)


def _figures(m: Material) -> Iterator[tuple[str, str, str]]:
    words, plan = m.words, m.plan
    rates = (words.percent(plan.rate(when)) for when in ("before", "after"))
    yield words("report_fig_rate"), " → ".join(rates), words("report_fig_rate_note")
    yield (
        words("report_fig_lifted"),
        m.number(plan.lifted),
        words("report_fig_lifted_note", city=m.number(plan.lifted_by_city)),
    )
    yield (
        words("report_fig_families"),
        m.number(m.evidence.served()),
        words("report_fig_families_note", places=m.number(m.evidence.places())),
    )
    open_lines = plan.budgets[plan.budgets["control"] != "fixed"]
    yield (
        words("report_fig_money"),
        m.money(m.evidence.spent(fixed=False)),
        words("report_fig_money_note", amount=m.money(open_lines["amount"].sum())),
    )
    yield (
        words("report_fig_duplicates"),
        m.number(m.evidence.duplicates("new")),
        words("report_fig_duplicates_note", receipts=m.number(m.evidence.duplicates("before"))),
    )
    if plan.bound_source == "none":
        yield words("report_fig_gap"), words("report_none"), words("report_fig_gap_none")
    else:
        gap = words.percent(plan.gap, 3)
        yield words("report_fig_gap"), gap, words("report_fig_gap_note")


def _asks(m: Material) -> Iterator[str]:
    words = m.words
    yield _meeting(m)
    lines = m.evidence.lines()
    lines = lines[(lines["control"] != "fixed") & ~lines["is_withheld"]]
    if len(lines) and lines["price"].max() > 0 and m.problem.levels[0].label == "headcount":
        best = lines["price"].idxmax()
        persons = m.number(100 * float(lines["price"].max()), 1)
        count = f"{persons} {words('report_persons').lower()}"
        yield words("report_ask_money", line=best, persons=count)
    idle = lines[m.plan.budgets["left"][lines.index] >= MILLION]
    if len(idle):
        yield words("report_ask_left", amount=m.money(idle["left"].sum()), lines=len(idle))
    smallest = smallest_fall(m, _SURVEY)
    if smallest is not None:
        yield words("report_ask_survey", smallest=m.points(smallest), points=m.points(m.fall))


def _meeting(m: Material) -> str:
    return m.words("report_ask_meeting")
