"""Who is left out and why, who is likely missed, and how to object."""

from __future__ import annotations

import numpy as np

from povtarget.disclosure import FEWEST, rounded
from povtarget.lowest import reach
from povtarget.report.blocks import Block, Picture, Points, Section, Table, Text
from povtarget.report.material import Material, numbers_of
from povtarget.report.pictures import Bar, bars


def left_out(m: Material) -> Section:
    """Who is expected to stay below the line, by reason, and what ended each program."""
    words = m.words
    after = m.number(m.plan.rate("after", "headcount"))
    rows = tuple(
        (
            words(f"report_reason_{name}") if name else m.label(""),
            *(m.number(x) for x in numbers_of(row, "families", "persons")),
        )
        for name, row in m.evidence.left_out().iterrows()
    )
    blocks: list[Block] = [Text(words("report_out_text", persons=after))]
    if rows:
        columns = tuple(words(f"report_{key}") for key in ("reason", "families", "persons"))
        blocks.append(Table(words("report_out_caption"), columns, rows))
    return Section("left-out", words("report_out"), (*blocks, *_lowest(m), _programs(m)))


def _lowest(m: Material) -> tuple[Block, ...]:
    """What the lowest tenth and all below the line get, before and after."""
    words, table = m.words, reach(m.problem, m.plan)
    told: dict[str, list[str]] = {}
    for key, row in table.iterrows():
        gets = str(key[1]) if isinstance(key, tuple) else ""
        told.setdefault(gets, [words(f"report_gets_{gets}")])
        told[gets] += [
            m.number(float(rounded(row[f"cells_{when}"], row[f"families_{when}"])))
            for when in ("before", "after")
        ]
        if gets == "proposed":
            told[gets][-2] = words("report_none")  # nothing is proposed before a plan
    columns = ("gets", "lowest_before", "lowest_after", "below_before", "below_after")
    heads = tuple(words(f"report_{column}") for column in columns)
    rows = tuple(tuple(cells) for cells in told.values())
    caption = words("report_lowest_caption", fewest=FEWEST)
    return Text(words("report_lowest_text")), Table(caption, heads, rows)


def missed(m: Material) -> Section:
    """Groups that neither plan nor receipts reach, with intervals."""
    words, table = m.words, m.evidence.missed()
    title, unlisted = words("report_missed"), Text(words("report_missed_unlisted"))
    if table.empty:
        return Section("missed", title, (Text(words("report_missed_none")), unlisted))
    rows, drawn = [], []
    for column, label in table.index:
        below, share, low, high = numbers_of(
            table.loc[(column, label)], "below", "missed", "low", "high"
        )
        name = words(f"report_group_{column}", label=label)
        known = not np.isnan(low)
        ends = words("report_none")
        if known:
            ends = words("report_range_of", low=words.percent(low, 1), high=words.percent(high, 1))
        text = words.percent(share, 1)
        rows.append((name, m.number(below), text, ends))
        drawn.append(
            Bar(name, text, share, low=low if known else None, high=high if known else None)
        )
    picture = words("report_missed_picture")
    columns = tuple(words(f"report_{k}") for k in ("group", "below", "share_missed", "range"))
    blocks: tuple[Block, ...] = (
        Text(words("report_missed_text")),
        Picture(bars("missed", picture, words("report_missed_text"), drawn), picture),
        Table(words("report_missed_caption"), columns, tuple(rows)),
        unlisted,
    )
    return Section("missed", title, blocks)


def objection(m: Material) -> Section:
    """Who decides, and where an objection goes."""
    words = m.words
    items = [words(f"report_object_{key}") for key in ("rt", "app", "decile")]
    if m.settings.contact:
        items.insert(0, words("report_object_contact", contact=m.settings.contact))
    blocks: tuple[Block, ...] = (
        Text(words("report_object_text")),
        Points(words("report_object_head"), tuple(items)),
        Text(words("report_object_law")),
        Text(words("report_object_mistakes")),
    )
    return Section("objection", words("report_object"), blocks)


def _programs(m: Material) -> Table:
    words, rows = m.words, []
    titles = {p.name: p.title or p.name for p in m.problem.catalog.programs}
    for name, row in m.evidence.programs().iterrows():
        counts = numbers_of(row, "eligible", "received", "proposed")
        rows.append(
            (
                titles[str(name)],
                str(row["agency"]),
                *(m.number(x) for x in counts),
                words(f"report_ended_{row['ended']}"),
            )
        )
    heads = ("program", "agency", "eligible", "received", "proposed", "ended")
    columns = tuple(words(f"report_{head}") for head in heads)
    caption = words("report_programs_caption", fewest=FEWEST)
    return Table(caption, columns, tuple(rows), frozenset({1, 5}))
