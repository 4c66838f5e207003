"""Who the households are: the only door through which names come, and only for named files."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, PovtargetWarning
from povtarget.households import Households
from povtarget.identifiers import parse_identifiers
from povtarget.personal import names_a_number, words_of
from povtarget.registry.layouts import LAYOUTS, header_key
from povtarget.registry.model import Registry
from povtarget.sayings import said
from povtarget.tables import Table, read_table
from povtarget.workbook.privacy import hidden

Texts = NDArray[np.object_]

COLUMNS = ("kk", "nik", "name", "address", "rt", "rw", "area", "kecamatan")
_NUMBERS = ("kk", "nik")
_ENOUGH = 0.9  # of the proposed households that a list should name
_ALSO = {
    "family_id": "household_id",
    "no_kk": "kk",
    "nomor_kk": "kk",
    "no_nik": "nik",
    "nama": "name",
    "nama_kepala_keluarga": "name",
    "kepala_keluarga": "name",
    "alamat": "address",
    "kelurahan": "area",
}


_ALIASES = {
    key: ours
    for layout in LAYOUTS.values()
    for key, ours in layout.by_key.items()
    if ours in ("kk", "nik", "name", "address")
} | {"nikkepala": "nik", "namakepala": "name"}


@dataclass(frozen=True, eq=False, repr=False)
class People:
    """What a named list says of each household; "" where nothing is known.

    Parameters
    ----------
    columns
        Names of what is known, of `COLUMNS`.
    """

    columns: dict[str, Texts]

    def __repr__(self) -> str:
        return f"People({', '.join(self.columns) or 'nobody named'})"

    def column(self, name: str, households: int) -> Texts:
        """Texts of a column in the order of the households."""
        found = self.columns.get(name)
        return np.full(households, "", dtype=object) if found is None else found

    def of(self, household: int, name: str) -> str:
        """What a column says of one household."""
        found = self.columns.get(name)
        return "" if found is None else str(found[household])


def read_people(source: Any, households: Households, *, show_numbers: bool = False) -> People:
    """Read who the households are.

    Parameters
    ----------
    source
        A `Registry`, or a frame or file with household_id (or family_id) and any of kk, nik,
        name, address, rt, rw, area (kelurahan) and kecamatan. None: the households alone.
        What was read before is returned as it is.
    households
        Those of the plan; where ``source`` does not say the area, theirs is taken.
    show_numbers
        Show NIK and card numbers in full; otherwise their last four digits.

    Raises
    ------
    InputError
        With every fault: a household named twice, a NIK that lost digits, nobody of the plan.
    """
    if isinstance(source, People):
        return source
    columns: dict[str, Texts] = {}
    if source is not None:
        table, where, found = _matched(source, households)
        faults: list[Fault] = []
        for name in (name for name in COLUMNS if name in table.frame):
            texts = _texts(table, name, faults)
            columns[name] = np.full(len(households), "", dtype=object)
            columns[name][where[found]] = texts[found]
        if faults:
            raise InputError(faults)
    for name in _NUMBERS:
        if name in columns and not show_numbers:
            columns[name] = np.array([hidden(text) for text in columns[name]], dtype=object)
    for name in ("area", "kecamatan"):
        given = households.columns.get(name)
        if name not in columns and given is not None and given.dtype.kind in "OUT":
            columns[name] = np.array([str(text) for text in given], dtype=object)
    return People(columns)


def warn_of_unnamed(people: People, proposed: NDArray[np.bool_]) -> None:
    """Warn where a list names fewer than nine in ten of the households that are proposed.

    Parameters
    ----------
    people
        Who the households are; a list that names nobody at all warns of nothing.
    proposed
        bool[households]: proposed for something.
    """
    known = [people.columns[name] for name in ("name", "nik", "kk") if name in people.columns]
    count = int(proposed.sum())
    if not known or not count:
        return
    named = int(np.count_nonzero(np.any([texts != "" for texts in known], axis=0) & proposed))
    if named < _ENOUGH * count:
        text = said(
            "the list of people names {named:,} of {count:,} proposed households; the other "
            "{unnamed:,} stand in the annexes and on the meetings' sheets without a name. "
            "Compare its household_id with those of the households (same form, leading zeros), "
            "or get the missing rows, and write the plan again",
            named=named,
            count=count,
            unnamed=count - named,
        )
        warnings.warn(text, PovtargetWarning, stacklevel=3)


def _matched(
    source: Any, households: Households
) -> tuple[Table, NDArray[np.int64], NDArray[np.bool_]]:
    """A named list, the position of each of its rows among the households, and which have one."""
    table = read_table(source.families if isinstance(source, Registry) else source)
    frame = table.frame.rename(columns={name: _ours(str(name)) for name in table.frame})
    _warn_of_others(table.name, [str(name) for name in frame.columns])
    frame = frame.loc[:, ~frame.columns.duplicated()]
    if "household_id" not in frame:
        expected = "household_id or family_id"
        raise InputError([Fault("the column is missing", table.name, expected=expected)])
    ids, faults = parse_identifiers(
        frame["household_id"], column="household_id", source=table.name, rows=table.rows
    )
    where = households.positions(ids)
    if not faults and not np.any(where >= 0):
        expected = "the identifiers of the plan's households"
        faults = [Fault("nobody on this list is a household of the plan", table.name, None,
                        "household_id", None, expected)]  # fmt: skip
    if faults:
        raise InputError(faults)
    return Table(frame, table.name, table.first_row, table.rows), where, where >= 0


def _ours(header: str) -> str:
    """Our name of a column, by the aliases of registries too; others as they are."""
    plain = "_".join(header.lower().split())
    return _ALIASES.get(header_key(header), _ALSO.get(plain, plain))


def _warn_of_others(source: str, columns: list[str]) -> None:
    """Say which columns look like numbers or names of persons, and are not shown."""
    odd = [n for n in columns if n not in COLUMNS and n != "household_id" and _is_who(n)]
    if odd:
        named = ", ".join(f"'{name}'" for name in odd)
        text = said(
            "{source}: columns {named} are not read; known are {names}",
            source=source,
            named=named,
            names=", ".join(COLUMNS),
        )
        warnings.warn(text, PovtargetWarning, stacklevel=5)


def _is_who(column: str) -> bool:
    return names_a_number(column) or bool({"nama", "name"} & {*words_of(column)})


def _texts(table: Table, name: str, faults: list[Fault]) -> Texts:
    """A column as text; numbers that name a person must not have lost a digit."""
    cells = table.frame[name]
    known = cells.notna().to_numpy() & (cells.astype(str).str.strip() != "").to_numpy()
    texts = np.full(len(cells), "", dtype=object)
    if name in _NUMBERS:
        texts[known], found = parse_identifiers(
            cells[known], column=name, source=table.name, rows=table.rows[known], unique=False
        )
        faults += found
    else:
        texts[known] = [_plain(cell) for cell in cells[known]]
    return texts


def _plain(cell: Any) -> str:
    is_whole = isinstance(cell, float) and cell.is_integer()  # RT 3 beside a gap reads as 3.0
    return str(int(cell)) if is_whole else str(cell).strip()
