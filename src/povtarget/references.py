"""Whether receipts and locks name households and programs that there are, row by row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from povtarget.errors import Fault, nearest, shown
from povtarget.sayings import listed, said
from povtarget.tables import Table, rows_text

_OWN_GROUP = ("need", "agency", "fund")  # by these a row declares a program of somebody else
_TIMES = 20  # a name with a twentieth of another's rows is rare beside it
_SLIP = 0.88  # likeness of two names of which one is a slip, however often it is written
_LISTED = 5  # names that a warning lists


class Known(NamedTuple):
    """What receipts and locks may name; None where it could not be read.

    Parameters
    ----------
    households
        Identifiers.
    programs
        Names, in the order of the catalogue.
    """

    households: Collection[str] | None
    programs: Collection[str] | None


def receipt_findings(
    receipts: pd.DataFrame, table: Table, known: Known
) -> tuple[list[Fault], list[str]]:
    """Return faults and warnings of receipts against the households and the catalogue.

    Families move and other governments give, so a household that is not listed and a program
    of no catalogue are warnings. A program is a fault where it looks like a slip: it differs
    from one of the catalogue in case or signs only, is nearly the same, or is near to one that
    is twenty times as frequent. A row that states its need, agency or fund is of a program of
    somebody else.
    """
    faults: list[Fault] = []
    warnings: list[str] = []
    if known.households is not None:
        unknown = ~receipts["household_id"].isin(list(known.households)).to_numpy()
        if unknown.any():
            warnings.append(
                said(
                    "{source}: {rows} of households that are not listed",
                    source=table.name,
                    rows=rows_text(table.rows[unknown]),
                )
            )
    if known.programs is not None:
        found, told = _programs(receipts, table, list(known.programs))
        faults += found
        warnings += told
    again = receipts.duplicated().to_numpy()
    if again.any():
        warnings.append(
            said(
                "{source}: {rows} repeat an earlier row in full",
                source=table.name,
                rows=rows_text(table.rows[again]),
            )
        )
    return faults, warnings


def lock_faults(locks: pd.DataFrame, table: Table, known: Known) -> Iterator[Fault]:
    """Locks of households or programs that there are not.

    Parameters
    ----------
    locks, table
        As `povtarget.receipts.parse_locks` returns them: the index of a lock is its position.
    """
    for column, names, message in (
        ("household_id", known.households, "no such household"),
        ("program", known.programs, "no such program"),
    ):
        if names is None:
            continue
        for at, name in locks.loc[~locks[column].isin(list(names)), column].items():
            hint = (nearest(str(name), names) or None) if column == "program" else None
            row = int(table.rows[at])  # type: ignore[call-overload]
            yield Fault(message, table.name, row, column, shown(name), hint)


def _programs(
    receipts: pd.DataFrame, table: Table, programs: list[str]
) -> tuple[list[Fault], list[str]]:
    """Faults of slips, one for each name, and one warning of all programs of no catalogue."""
    faults, others = [], []
    column = receipts["program"]
    count: dict[Any, int] = column.value_counts().to_dict()
    stated = [receipts[name].notna() for name in _OWN_GROUP if name in receipts]
    is_own = np.any(stated, axis=0) if stated else np.zeros(len(receipts), dtype=bool)
    for name in dict.fromkeys(column[~column.isin(programs)]):
        here = (column == name).to_numpy()
        near, is_slip = ("", False) if is_own[here].all() else _near(str(name), programs, count)
        hint = said("did you mean '{word}'?", word=near) if near else ""
        if is_slip:
            message = said(
                "no such program, in {rows}; another's program states its need or agency",
                rows=rows_text(table.rows[here]),
            )
            row = int(table.rows[int(here.argmax())])
            faults.append(Fault(message, table.name, row, "program", shown(name), hint))
        else:
            name = f"'{shown(name)}'"
            others.append((here, said("{name} ({hint})", name=name, hint=hint) if near else name))
    if not others:
        return faults, []
    rows = rows_text(table.rows[np.any([here for here, _ in others], axis=0)])
    names = listed(name for _, name in others[:_LISTED])
    if len(others) > _LISTED:
        names = said("{names} and {count} more", names=names, count=len(others) - _LISTED)
    return faults, [
        said(
            "{source}: {rows} of programs that the catalogue does not have: {names}",
            source=table.name,
            rows=rows,
            names=names,
        )
    ]


def _near(name: str, programs: list[str], count: dict[Any, int]) -> tuple[str, bool]:
    """The nearest program of the catalogue, or "", and whether the name is a slip of it."""
    key = _key(name)
    keys = {program: _key(program) for program in programs}
    same = [program for program in programs if keys[program] == key]
    if same:
        return same[0], True
    digits = _digits(key)  # stage 1 and stage 2 are two programs
    likeness = {
        program: SequenceMatcher(None, key, other, autojunk=False).ratio()
        for program, other in keys.items()
        if _digits(other) == digits
    }
    near = max(likeness, key=lambda program: likeness[program], default="")
    if not near or likeness[near] < 0.6:
        return "", False
    is_rare = count.get(near, 0) >= _TIMES * count[name]
    return near, likeness[near] >= _SLIP or is_rare


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _digits(key: str) -> list[str]:
    return re.findall(r"\d+", key)
