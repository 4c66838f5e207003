"""What the plan does to the rate: before and after, by area, and beside other ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from povtarget.estimates import Estimate
from povtarget.evidence import Evidence
from povtarget.plan import MILLION
from povtarget.report.blocks import Block, Picture, Points, Section, Table, Text
from povtarget.report.material import Material, numbers_of
from povtarget.report.pictures import CLASSES, WIDTH, Area, Bar, area_map, bars, tiles
from povtarget.targets import check_target

_SURVEYS = (500, 1_000, 2_000, 5_000, 10_000, 50_000)
_MEASURES = (("p0", "P0", 2), ("p1", "P1", 3), ("p2", "P2", 3))


def rate(m: Material) -> Section:
    """The rate before and after, with intervals, and what a fall can and cannot show."""
    words, found = m.words, m.evidence
    before, after = found.rate("before"), found.rate("after")
    note = "known" if not found.is_predicted else "model"
    notes = [words("report_interval_sample")] if found.is_sample else []
    if note == "model" or not found.is_sample:
        notes.append(words(f"report_interval_{note}"))
    blocks: list[Block] = [
        _rate_picture(m, before, after),
        _rate_table(m, before, after),
        Text(words("report_lifted_interval", estimate=m.estimate(found.lifted()))),
        Text(" ".join(notes)),
        Text(words("report_not_survey")),
    ]
    if m.settings.target is not None:
        lines = m.settings.target.text(words.language).splitlines()
        said = tuple(line.removeprefix("! ").removeprefix("? ") for line in lines)
        blocks.append(Points(words("report_target"), said))
    shown = ("can", "cause", "no", "unseen", "harm")
    items = tuple(words(f"report_fall_{key}") for key in shown)
    blocks.append(Points(words("report_fall"), items))
    surveys = _surveys_table(m)
    return Section("rate", words("report_rate"), (*blocks, *surveys))


def areas(m: Material) -> Section:
    """How even the plan leaves the areas."""
    words, table = m.words, m.evidence.areas()
    title = words("report_areas")
    if table.empty:
        return Section("areas", title, (Text(words("report_area_none")),))
    return Section(
        "areas",
        title,
        (
            Text(_extremes(m, table)),
            *_areas_pictured(m, table),
            _areas_table(m, table),
            Text(words("report_reached_note")),
        ),
    )


def comparison(m: Material) -> Section:
    """Status quo, agencies alone, and this plan."""
    words, plan, alone = m.words, m.plan, m.alone
    rows = [
        (words("report_status_quo"), 0.0, plan.rate("before"), plan.rate("before", "P1"), 0.0, 0.0)
    ]
    for key, made in (("report_alone", alone), ("report_plan", plan)):
        evidence = Evidence(m.problem, made)
        spent = evidence.spent() / MILLION
        after, gap = made.rate("after"), made.rate("after", "P1")
        rows.append((words(key), made.lifted, after, gap, evidence.duplicates("new"), spent))
    cells = tuple(
        (
            name,
            m.number(lifted),
            words.percent(p0),
            words.percent(p1, 3),
            m.number(twice),
            m.number(spent),
        )
        for name, lifted, p0, p1, twice, spent in rows
    )
    heads = ("lifted", "rate_after", "p1", "new_duplicates", "spent_all")
    columns = ("", *(words(f"report_{head}") for head in heads))
    return Section(
        "comparison",
        words("report_compare"),
        (
            Text(words("report_compare_text")),
            Table(words("report_compare_caption"), columns, cells),
        ),
    )


def smallest_fall(m: Material, households: int) -> float | None:
    """The least fall, in points, that two surveys of so many households can show."""
    before, after = m.plan.rate("before"), m.plan.rate("after")
    if not 0 < after < before < 1 or round(100 * (before - after), 9) == 0:  # as shown: no fall
        return None
    check = check_target(before, after, population=m.persons, households=households)
    return check.smallest_fall


def classes(values: Sequence[float]) -> tuple[list[int], list[float]]:
    """Class 0 to 4 of each value in equal steps, and the upper ends of the classes.

    Examples
    --------
    >>> classes([0.0, 0.05, 0.1])
    ([0, 2, 4], [0.02, 0.04, 0.06, 0.08, 0.1])
    """
    low, high = min(values), max(values)
    step = (high - low) / CLASSES or 1.0
    number = [min(int((value - low) / step + 1e-9), CLASSES - 1) for value in values]
    return number, [round(low + step * (k + 1), 12) for k in range(CLASSES)]


def _rate_picture(m: Material, before: Estimate, after: Estimate) -> Picture:
    words = m.words
    shown = [("before", before, "b"), ("after", after, "a")]
    rows = [
        Bar(
            words(when).capitalize(),
            words.percent(e.value),
            e.value,
            low=None if np.isnan(e.low) else e.low,
            high=None if np.isnan(e.high) else e.high,
            colour=colour,
        )
        for when, e, colour in shown
    ]
    title = words("report_rate_picture")
    description = "; ".join(f"{words(when)}: {m.estimate(e)}" for when, e, _ in shown)
    return Picture(bars("rate", title, description, rows), title)


def _rate_table(m: Material, before: Estimate, after: Estimate) -> Table:
    words = m.words
    heads = [m.number(m.plan.rate(when, "headcount")) for when in ("before", "after")]
    rows = [(words("report_headcount"), *heads)]
    for key, measure, digits in _MEASURES:
        cells = [words.percent(m.plan.rate(when, measure), digits) for when in ("before", "after")]
        if measure == "P0":
            cells = [m.estimate(e) for e in (before, after)]
        rows.append((words(f"report_{key}"), *cells))
    columns = (words("report_measure"), *(words(w).capitalize() for w in ("before", "after")))
    return Table(words("report_rate_caption"), columns, tuple(rows))


def _surveys_table(m: Material) -> tuple[Table, ...]:
    words, rows = m.words, []
    for households in _SURVEYS:
        smallest = smallest_fall(m, households)
        if smallest is None:
            return ()
        seen = words("report_yes" if m.fall >= smallest else "report_no")
        rows.append((m.number(households), m.points(smallest), seen))
    columns = tuple(words(f"report_surveys_{key}") for key in ("n", "fall", "seen"))
    caption = words("report_surveys_caption", points=m.points(m.fall))
    return (Table(caption, columns, tuple(rows), frozenset({2})),)


def _extremes(m: Material, table: pd.DataFrame) -> str:
    most, least = str(table["P0_before"].idxmax()), str(table["P0_before"].idxmin())
    rates = {
        "high": table["P0_before"].max(),
        "low": table["P0_before"].min(),
        "high_after": table["P0_after"][most],
        "low_after": table["P0_after"][least],
    }
    shown = {name: m.words.percent(float(value), 1) for name, value in rates.items()}
    return m.words("report_areas_text", most=m.label(most), least=m.label(least), **shown)


def _areas_pictured(m: Material, table: pd.DataFrame) -> list[Block]:
    words = m.words
    ordered = table.sort_values("P0_after", ascending=False, kind="stable")
    values = ordered["P0_after"].tolist()
    number, ends = classes(values)
    texts = [words.percent(value, 1) for value in values]
    shown = [
        Area(m.label(name), text, k)
        for name, text, k in zip(ordered.index, texts, number, strict=True)
    ]
    low = min(values)
    starts = [low, *ends[:-1]]
    legend = tuple(
        (f"shade{k}", f"{words.percent(a, 1)} – {words.percent(b, 1)}")
        for k, (a, b) in enumerate(zip(starts, ends, strict=True))
    )
    title = words("report_areas_picture")
    if m.settings.map is None:
        svg = tiles("areas", title, words("report_areas_tiles"), shown)
        return [Picture(svg, title, legend)]
    return _mapped(m, title, legend, {area.name: area for area in shown if area.name})


def _mapped(
    m: Material, title: str, legend: tuple[tuple[str, str], ...], shown: dict[str, Area]
) -> list[Block]:
    """The map; areas without an outline are named, outlines without a figure are hatched."""
    words, chart = m.words, m.settings.map
    assert chart is not None
    names = [name for name in shown if name != words("report_others")]
    found = chart.matched(names)
    paths, height = chart.drawn(WIDTH)
    of_outline = {id(outline): name for name, outline in found.items()}
    drawn = []
    for number, outline in enumerate(chart.outlines):
        name = of_outline.get(id(outline))
        known = None if name is None else shown[name]
        text = words("report_withheld") if known is None else known.text
        place = "" if name is None else name
        drawn.append(Area(place, text, -1 if known is None else known.number, paths[number]))
    svg = area_map("areas", title, words("report_areas_map"), height, drawn)
    missing = sorted(set(names) - set(found))
    blocks: list[Block] = [Picture(svg, title, legend)]
    if missing:
        blocks.append(Text(words("report_areas_missing", areas=", ".join(missing))))
    return blocks


def _cost(m: Material, cost: float, proposed: float) -> str:
    """What an area's proposals cost; less than the step that money is rounded down to is no 0."""
    is_less = cost == 0 and proposed > 0
    return m.words("report_withheld") if np.isnan(cost) or is_less else m.millions(cost)


def _areas_table(m: Material, table: pd.DataFrame) -> Table:
    words, rows = m.words, []
    for name, row in table.iterrows():
        before, after, fall, coverage = numbers_of(
            row, "P0_before", "P0_after", "fall", "coverage"
        )
        families, proposed, cost = numbers_of(row, "families", "proposed", "cost")
        rows.append(
            (
                m.label(name),
                m.number(families),
                words.percent(before, 1),
                words.percent(after, 1),
                m.number(fall, 1),
                words("report_none") if np.isnan(coverage) else words.percent(coverage, 0),
                m.number(proposed),
                _cost(m, cost, proposed),
            )
        )
    heads = ("area", "families", "rate_before", "rate_after", "area_fall", "area_reached",
             "proposed", "area_cost")  # fmt: skip
    columns = tuple(words(f"report_{head}") for head in heads)
    return Table(words("report_areas_caption"), columns, tuple(rows))
