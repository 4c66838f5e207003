"""Cells that programs ask for, judged where they stand: counts and numbers of eligibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.households import Households
from povtarget.numbers import DecimalSign, as_typed, is_missing, may_name, parse_numbers
from povtarget.programs import HIDDEN_COLUMNS, Program
from povtarget.sayings import said
from povtarget.tables import Table, rows_text

_MOSTLY = 0.9  # share of numbers from which a column is one of numbers with slips in it
_COUNT = "a whole number, 0 or more"


def asked_cells(
    households: Households,
    table: Table,
    rows: NDArray[np.int64],
    programs: Sequence[Program],
    *,
    decimal: DecimalSign | None = None,
) -> tuple[Households, list[Fault]]:
    """Return what is wrong with the cells that programs ask for, and households without it.

    A column is judged if a program counts units by it or its eligibility cannot be evaluated
    as it is. In the households that are returned such a cell is 1, so that programs are judged
    by what their columns are, and nobody is told twice.

    Parameters
    ----------
    households, rows
        As `povtarget.households.parse_households` returns them.
    table
        What they were read from.
    programs
        Those that can be read.
    """
    counted = {program.per for program in programs if program.per}
    failing = {name for program in programs for name in _failing(households, program)}
    mended: dict[str, NDArray[Any]] = {}
    faults: list[Fault] = []
    for name in sorted((counted | failing) & {*households.covariates}):
        cells = households.covariates[name]
        at_row = partial(Fault, source=table.name, column=table.label(name))
        empty = np.fromiter(map(is_missing, cells), bool, len(cells))
        wrong = np.zeros(len(cells), dtype=bool)
        numbers = _numbers(cells, decimal)
        if numbers is not None:
            wrong = ~empty & _is_wrong(numbers, is_count=name in counted)
            expected = _COUNT if name in counted else "a number"
            for at in sorted(np.flatnonzero(wrong).tolist(), key=lambda at: int(rows[at])):
                message = "not a number" if np.isnan(numbers[at]) else "out of range"
                value = None if may_name(cells[at]) else as_typed(cells[at])
                faults.append(at_row(message, row=int(rows[at]), value=value, expected=expected))
        if empty.any():
            message = said("nothing is there, in {rows_text}", rows_text=rows_text(rows[empty]))
            row, expected = int(rows[empty].min()), "a value in every row"
            faults.append(at_row(message, row=row, expected=expected))
        if wrong.any() and numbers is not None:
            cells = numbers
        filler: Any = "1" if cells.dtype == object else 1
        mended[name] = np.where(wrong | empty, filler, cells)
    return replace(households, covariates={**households.covariates, **mended}), faults


def _is_wrong(numbers: NDArray[np.float64], *, is_count: bool) -> NDArray[np.bool_]:
    if not is_count:
        return np.isnan(numbers)
    return np.asarray(~((numbers >= 0) & (numbers == np.floor(numbers))))


def _failing(households: Households, program: Program) -> frozenset[str]:
    """The columns of an eligibility that cannot be evaluated on these households."""
    if program.expression is None:
        return frozenset()
    known = {n: cells for n, cells in households.columns.items() if n not in HIDDEN_COLUMNS}
    absent = dict.fromkeys(program.expression.columns - {*known}, np.ones(len(households)))
    try:
        program.expression.evaluate({**known, **absent})
    except InputError:
        return program.expression.columns
    return frozenset()


def _numbers(cells: NDArray[Any], decimal: DecimalSign | None) -> NDArray[np.float64] | None:
    """A column as numbers, NaN where a cell is none; None where most cells are none."""
    if cells.dtype.kind in "iufb":
        return cells.astype(np.float64)
    numbers, _ = parse_numbers(cells, column="", source="", missing="nan", decimal=decimal)
    present = sum(not is_missing(cell) for cell in cells)
    return numbers if np.isfinite(numbers).sum() >= max(_MOSTLY * present, 1) else None
