"""What in a problem is possible but odd: digits too many, units mistaken, one person twice.

Nothing here stops the work and nothing is repaired. Each kind is said once, by rows as a
person counts them; no value that may be a person's is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from povtarget.households import Households
from povtarget.personal import words_of
from povtarget.programs import Program
from povtarget.sayings import said
from povtarget.tables import Table, rows_text

Bools = NDArray[np.bool_]

MOST_SIGMA = 2.0
"""From here one household in twenty would have 50 times its median consumption."""
MOST_LINES = 100.0
"""Consumption of so many lines is rather a slip of digits."""
LEAST_COST, MOST_BENEFIT = 10_000.0, 1e9
"""Rp a year; a unit that costs less, or gives more, is rather in another unit of money."""

_FAR = 3.0  # times; a line is so far above all consumption in other units only

_AGES = ("toddlers", "school_age", "elderly")  # no one is in two of them
_MEMBERS = (*_AGES, "working_age", "disabled", "pregnant")
_NIK = frozenset(("nik", "nonik"))
_NIK_DIGITS = 16


def odd_rows(households: Households, table: Table, rows: NDArray[np.int64]) -> Iterator[str]:
    """What is odd about households: a sentence for each kind, with its rows.

    Parameters
    ----------
    households, rows
        As `povtarget.households.parse_households` returns them.
    table
        What they were read from.
    """
    with np.errstate(invalid="ignore"):
        found = [
            (households.sigma > MOST_SIGMA, "a sigma above 2: is it of the logarithm?"),
            (_too_much(households), "consumption above 100 times the line: is a digit too many?"),
            *_members(households),
        ]
        for name, cells in households.covariates.items():
            if {"decile", "desil"} & {*words_of(name)} and cells.dtype.kind in "iuf":
                is_none = (cells < 1) | (cells > 10) | (cells != np.floor(cells))
                what = said(
                    "no decile from 1 to 10 in column '{column}'", column=table.label(name)
                )
                found.append((is_none & ~np.isnan(cells), what))
            elif _NIK & {*words_of(name)} and cells.dtype.kind != "b":
                found += _numbers16(cells, table.label(name))
    for mask, what in found:
        if mask.any():
            yield said(
                "{source}: {rows} with {what}",
                source=table.name,
                rows=rows_text(rows[mask]),
                what=said(what),
            )


def odd_line(households: Households) -> Iterator[str]:
    """Say that nobody or everybody is below the line, as with a line per year or per family."""
    with np.errstate(invalid="ignore", divide="ignore"):
        room = np.log(households.line / households.consumption) / households.sigma
        known = households.consumption < households.line
        chance = np.where(households.sigma > 0, ndtr(room), known)
    below, count = float(chance.sum()), len(households)
    if not count or np.isnan(below):  # what could not be read is told of already
        return
    if below < 0.5:
        who = said("nobody (0 of {count:,})", count=count)
    elif (_FAR * households.consumption < households.line).all():
        who = said("everybody ({count:,} of {count:,}), by far,", count=count)
    else:
        return
    ends = sorted({float(households.line.min()), float(households.line.max())})
    line = said("Rp {line:,.0f}", line=ends[0])
    if len(ends) > 1:
        line = said("Rp {least:,.0f} to Rp {most:,.0f}", least=ends[0], most=ends[1])
    yield said(
        "{who} is below the line of {line}: is it per person and month, as consumption is?",
        who=who,
        line=line,
    )


def odd_amounts(programs: Sequence[Program]) -> Iterator[str]:
    """Say which programs have amounts that are rather thousands or millions of rupiah."""
    odd = [p.name for p in programs if 0 < p.unit_cost < LEAST_COST or p.benefit > MOST_BENEFIT]
    if odd:
        names = ", ".join(f"'{name}'" for name in odd[:5]) + (", …" if len(odd) > 5 else "")
        yield (
            said(
                "program {names}: a unit_cost under Rp 10,000 or a benefit above Rp "
                "1,000,000,000 a year: is it in rupiah?",
                names=names,
            )
        )


def _too_much(households: Households) -> Bools:
    """Consumption with digits too many; where most have so much, the line is what is odd."""
    far = households.consumption > MOST_LINES * households.line
    return np.asarray(far & (2 * far.sum() < max(len(households), 2)))


def _members(households: Households) -> list[tuple[Bools, str]]:
    """More members of a kind, or of ages that exclude each other, than persons."""
    counts = {
        name: households.covariates[name].astype(np.float64)
        for name in _MEMBERS
        if name in households.covariates and households.covariates[name].dtype.kind in "iuf"
    }
    if not counts:
        return []
    ages = sum((counts[name] for name in _AGES if name in counts), np.zeros(len(households)))
    most = np.max([*counts.values(), ages], axis=0)
    return [
        (
            (most > households.size) & (households.size >= 1),
            "more members of some ages than persons in 'size'",
        )
    ]


def _numbers16(cells: NDArray[Any], column: str) -> list[tuple[Bools, str]]:
    """NIK that two rows share, and those that have not 16 digits."""
    texts = pd.Series(cells, dtype=object).where(pd.notna(cells), "").map(_digits)
    is_there = (texts.str.isdigit() | texts.str.isalpha()).to_numpy()  # no 3E+15: that is a fault
    is_whole = (texts.str.len() == _NIK_DIGITS).to_numpy()
    return [
        (
            is_whole & texts.duplicated(keep=False).to_numpy(),
            said("a number of others in '{column}'", column=column),
        ),
        (is_there & ~is_whole, said("other than 16 digits in '{column}'", column=column)),
    ]


def _digits(cell: object) -> str:
    text = f"{cell:.0f}" if isinstance(cell, float) else str(cell)
    return re.sub(r"[\s.\-'’/]", "", text)
