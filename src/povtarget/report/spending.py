"""Where the money goes, what one more million would do, and overlap."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from povtarget.disclosure import FEWEST
from povtarget.objectives import Objective
from povtarget.report.blocks import Block, Picture, Section, Table, Text
from povtarget.report.material import Material, numbers_of
from povtarget.report.pictures import CLASSES, Bar, bars


def money(m: Material) -> Section:
    """Budget lines by agency and fund, with their prices."""
    words = m.words
    lines = m.evidence.lines().sort_values(["agency", "fund"], kind="stable")
    fixed = lines[lines["control"] == "fixed"]
    lines = lines[lines["control"] != "fixed"]
    blocks: list[Block] = []
    if len(lines):
        blocks = [_picture(m, lines), _table(m, lines)]
        blocks.append(Text(words("report_price_note", unit=unit_of(m, m.problem.levels[0]))))
    if len(fixed):
        amount = m.millions(fixed["amount"].sum())
        blocks.append(Text(words("fixed", lines=len(fixed), amount=amount)))
    if len(lines):
        blocks.append(Text(words("report_money_withheld", fewest=FEWEST)))
    return Section("money", words("report_money"), tuple(blocks))


def overlap(m: Material) -> Section:
    """Duplicates before and after, by need and by pairs of agencies."""
    words, by = m.words, m.problem.overlap.by
    text = words(
        "report_overlap_text",
        group=words(f"report_group_{by}"),
        receipts=m.number(m.evidence.duplicates("before")),
        new=m.number(m.evidence.duplicates("new")),
    )
    blocks: list[Block] = [Text(text)]
    each = m.evidence.by_need()
    if len(each):
        heads = tuple(each.columns)
        columns = (
            _first_upper(words(f"report_group_{by}")),
            *(words(f"report_{h}") for h in heads),
        )
        rows = tuple(
            (
                words.need(str(name)) if by == "need" else str(name),
                *(m.number(x) for x in numbers_of(row, *heads)),
            )
            for name, row in each.iterrows()
        )
        blocks.append(Table(words("report_need_caption", fewest=FEWEST), columns, rows))
    whens: tuple[Literal["before", "after"], ...] = ("before", "after")
    together = [m.evidence.together(when) for when in whens]
    if len(together[0]) > 1:
        blocks.append(Text(words("report_matrix_text")))
        most = max(float(np.nan_to_num(pairs.to_numpy()).max()) for pairs in together)
        blocks += [
            _matrix(m, when, pairs, most) for when, pairs in zip(whens, together, strict=True)
        ]
    return Section("overlap", words("report_overlap"), tuple(blocks))


def unit_of(m: Material, objective: Objective) -> str:
    """What an objective counts, in words."""
    unit = m.words(f"report_unit_{objective.label.replace(' ', '_')}")
    if objective.priority is None:
        return unit
    return m.words("report_unit_weighted", unit=unit)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _picture(m: Material, lines: pd.DataFrame) -> Picture:
    words, rows = m.words, []
    for name, row in lines.iterrows():
        amount, spent = numbers_of(row, "amount", "spent")
        hidden = bool(row["is_withheld"])
        text = f"{m.millions(spent)} / {m.millions(amount)}"
        if hidden:
            text = f"{words('report_withheld')} / {m.millions(amount)}"
        rows.append(Bar(str(name), text, 0.0 if hidden else spent, amount))
    title = words("report_money_picture")
    return Picture(bars("money", title, words("report_money_picture_text"), rows), title)


def _table(m: Material, lines: pd.DataFrame) -> Table:
    words, rows = m.words, []
    told_by_name = all(
        str(row["agency"]) in str(name) and str(row["fund"]) in str(name)
        for name, row in lines.iterrows()
    )
    shown = ("control",) if told_by_name else ("agency", "fund", "control")
    for name, row in lines.iterrows():
        amount, spent, left, price = numbers_of(row, "amount", "spent", "left", "price")
        told = (m.millions(spent), m.millions(left, 1))
        if row["is_withheld"]:
            told = (words("report_withheld"), words("report_withheld"))
        about = {
            "agency": str(row["agency"]),
            "fund": str(row["fund"]),
            "control": words(f"control_{row['control']}"),
        }
        numbers = (m.millions(amount), *told, m.number(price, 3))
        rows.append((str(name), *numbers, *(about[key] for key in shown)))
    heads = {"agency": "report_agency", "fund": "report_fund", "control": "control"}
    columns = (
        *(words(f"report_{key}") for key in ("line", "amount", "spent", "left", "price")),
        *(words(heads[key]) for key in shown),
    )
    are_words = frozenset(range(5, 5 + len(shown)))
    return Table(words("report_money_caption"), columns, tuple(rows), are_words)


def _matrix(m: Material, when: str, pairs: pd.DataFrame, most: float) -> Table:
    shades = []
    for row in pairs.to_numpy():
        shades.append(tuple(_shade(x, most) for x in row))
    rows = tuple(
        (str(name), *(m.number(x) for x in row))
        for name, row in zip(pairs.index, pairs.to_numpy().tolist(), strict=True)
    )
    caption = m.words(f"report_matrix_{when}", fewest=FEWEST)
    columns = (m.words("report_agency"), *map(str, pairs.columns))
    return Table(caption, columns, rows, shades=tuple(shades))


def _shade(families: float, most: float) -> int:
    """Classes by the square root, so that small cells are told apart too."""
    if np.isnan(families) or most <= 0:
        return 0
    return min(int(CLASSES * np.sqrt(families / most)), CLASSES - 1)
