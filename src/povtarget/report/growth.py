"""What less or more of the city's own money would do: the frontier, as a curve and a table."""

from __future__ import annotations

from povtarget.report.blocks import Block, Picture, Section, Table, Text
from povtarget.report.material import Material, numbers_of
from povtarget.report.pictures import Point, curve
from povtarget.report.spending import unit_of


def frontier(m: Material) -> Section | None:
    """The curve of certified plans over the city's money; None where none was made."""
    found = m.settings.frontier
    if found is None:
        return None
    words = m.words
    rows, points = [], []
    for _, row in found.frame.iterrows():
        factor, amount, value, bound = numbers_of(row, "factor", "amount", "value", "bound")
        share = words.percent(factor, 0)
        if row["status"] == "infeasible":
            told = (words("report_growth_infeasible"), words("report_none"))
        else:
            told = (m.number(value, 1), m.number(bound, 1))
            points.append(Point(factor, value, share, m.number(value)))
        rows.append((share, m.millions(amount), *told))
    heads = ("growth_share", "growth_amount", "growth_value", "growth_bound")
    columns = tuple(words(f"report_{head}") for head in heads)
    unit = unit_of(m, found.problems[0].levels[0])
    blocks: list[Block] = [Text(words("report_growth_text", unit=unit))]
    if len(points) > 1:
        title = words("report_growth_picture", unit=unit)
        described = "; ".join(f"{point.label}: {point.text}" for point in points)
        blocks.append(Picture(curve("growth", title, described, points), title))
    blocks.append(Table(words("report_growth_caption"), columns, tuple(rows)))
    return Section("growth", words("report_growth"), tuple(blocks))
