"""``read_registry``: a registry as its agency hands it on, to families."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.numbers import is_missing
from povtarget.personal import PERSONAL_WORDS
from povtarget.places import Places, UnknownPlace
from povtarget.registry.cells import DATE_FORMS, read_dates
from povtarget.registry.columns import read_columns, read_places
from povtarget.registry.folding import fold
from povtarget.registry.headers import Heading, chosen_layouts, header_rule, read_heading
from povtarget.registry.identity import (
    content,
    repeated,
    stated_ids,
    temporary_ids,
    warn_of_shared_numbers,
)
from povtarget.registry.layouts import COUNTS, PERSONAL
from povtarget.registry.model import Registry
from povtarget.registry.notices import Ledger
from povtarget.registry.places import KOTA_PEKALONGAN
from povtarget.sayings import said
from povtarget.tables import Table, read_table

Values = dict[str, npt.NDArray[Any]]
Bools = npt.NDArray[np.bool_]
LayoutName = Literal["auto", "p3ke_family", "p3ke_individual", "dtks", "dtsen"]

_FIRST = (
    *("family_id", "kk", "nik", "name", "birth_date", "sex", "address", "rt", "rw", "area"),
    *("kecamatan", "decile", "percentile", *COUNTS),
)
_IDENTITY = ("family_id", "kk", "nik", "name", "individual_id")
_NUMBERED = re.compile(r"\(?(\d{1,3})\)?")
_LONG_NUMBER = re.compile(r"\d{10}")
_FEW_CELLS = 2  # a row with no identity and no more cells than this is a note or a total


def read_registry(
    source: str | PathLike[str] | Any,
    layout: LayoutName = "auto",
    *,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    areas: Any = None,
    as_of: Any = None,
    home: str = "3375",
    encoding: str | None = None,
    header_row: int | None = None,
) -> Registry:
    """Read a registry of families: P3KE, DTKS/BDT, or an extract of DTSEN.

    The header is found below titles; headers are known by aliases; flags, dates and numbers
    are read in the forms that agencies use. Individuals are folded into families.

    What stops the reading, since a guess could give aid to the wrong family: a column that is
    missing, a flag, decile or size that cannot be read, and a NIK or card number whose digits
    a spreadsheet has cut. What does not: numbers of odd structure, unreadable birth dates,
    unknown places, two heads, two kelurahan, a NIK in two families. Every real list has them,
    and none says which of two entries is right; they are in ``warnings``, by row.

    Parameters
    ----------
    source
        A .csv, .xlsx or .parquet file, or a pandas, polars or Arrow frame.
    layout
        A preset, or "auto": the one that knows most headers.
    sheet
        Sheet of a workbook; may be left out where only one has cells.
    columns
        Our column to the file's header, where the preset does not know it:
        ``{"decile": "Peringkat"}``.
    areas
        The list of kelurahan: `Places`, names, or a mapping of names to kecamatan. None is
        Kota Pekalongan's; () takes names as they are written.
    as_of
        The day to which the list refers, for ages, as a date or text; None takes age bands
        where there are some.
    home
        First digits of a NIK that was issued here, to warn of others.
    encoding
        Of the lines of a CSV that are not UTF-8, such as "cp1252"; None refuses them.
    header_row
        Row of the header from 1, where it is not found rightly.

    Returns
    -------
    Registry
        Families sorted by identifier: the registry's own, else the card number, else a
        temporary one ("TMP-000123", see `povtarget.registry.identity.temporary_ids`).

    Raises
    ------
    InputError
        With every fault, by file, row (as a spreadsheet counts) and column.

    Examples
    --------
    >>> registry = read_registry({
    ...     "ID Keluarga P3KE": ["K2", "K1"], "Desa/Kelurahan": ["KALI BAROS", "Kel. Tirto"],
    ...     "Desil Kesejahteraan": ["1", "2"], "Kepala Keluarga": ["A", "B"],
    ...     "NIK": ["3375020101800001", None], "Penerima PKH": ["Ya", "Tidak"]})
    >>> registry
    Registry(p3ke_family: 2 families, 1 warnings)
    >>> registry.families[["family_id", "area", "decile", "receives_pkh"]].values.tolist()
    [['K1', 'Tirto', 2.0, False], ['K2', 'Kalibaros', 1.0, True]]
    >>> [(warning.kind, warning.row) for warning in registry.warnings]
    [('nik-missing', 3)]
    """
    renamed, layouts, day = dict(columns or {}), chosen_layouts(layout), _day(as_of)
    rule = header_row or header_rule(layouts, renamed)
    table = read_table(source, sheet=sheet, header_row=rule, encoding=encoding)
    place = (table.name, table.first_row - 1)
    heading = read_heading([str(name) for name in table.frame], layouts, renamed, place)
    labels = {**heading.columns, **heading.others}
    frame, ledger, notes = _rows_of_families(table, heading, labels)
    if frame.empty:
        raise InputError([Fault("there is no family below the header", table.name)])
    for label, header in heading.near:
        message = "not a column of the layout; kept as it is"
        ledger.remark("header-near", label, message, said("did you mean '{word}'?", word=header))
    places = KOTA_PEKALONGAN if areas is None else Places.of(areas)
    values = read_columns(frame, heading, ledger, str(home))
    if ledger.faults:
        raise InputError(sorted(ledger.faults, key=lambda fault: fault.row or 0))
    unknown = read_places(values, ledger, places)
    return _registry(values, heading, ledger, day, notes, unknown)


def _day(as_of: Any) -> Any:
    """Return the day to which ages refer, None where none is stated."""
    days, wrong = read_dates([as_of])
    if wrong[0]:
        raise InputError([Fault("not a day", "as_of", expected=DATE_FORMS)])
    return None if np.isnat(days[0]) else days[0]


def _rows_of_families(
    table: Table, heading: Heading, labels: dict[str, str]
) -> tuple[pd.DataFrame, Ledger, pd.DataFrame]:
    """Leave out rows of column numbers, repeated headers, notes and totals; warn of each."""
    frame = table.frame
    identity = [heading.columns[name] for name in _IDENTITY if name in heading.columns]
    is_header = np.ones(len(frame), dtype=bool)
    for label in identity:
        is_header &= (frame[label] == label).to_numpy(dtype=bool, na_value=False)
    is_numbered = np.zeros(len(frame), dtype=bool)
    is_numbered[0] = _counts_up([cell for cell in frame.iloc[0] if not is_missing(cell)])
    bare = np.flatnonzero(_empty(frame, identity).all(axis=1))
    filled = (~_empty(frame.iloc[bare], [*frame])).sum(axis=1)
    is_note = np.zeros(len(frame), dtype=bool)
    is_note[bare[filled <= _FEW_CELLS]] = True
    ledger = Ledger(table.name, table.rows, labels)
    reasons = pd.Series(np.full(len(frame), None, dtype=object))
    for kind, mask, message in (
        ("row-header", is_header, "the header once more; left out"),
        ("row-numbers", is_numbered, "numbers of the columns; left out"),
        ("row-note", is_note & ~is_header & ~is_numbered, "a note or a total; left out"),
    ):
        ledger.warn(kind, mask, None, message)
        reasons[mask] = kind
    out = reasons.notna().to_numpy()
    notes = pd.DataFrame(
        {"source_row": table.rows[out], "family_id": None, "reason": reasons[out]}
    )
    ledger.rows = table.rows[~out]
    return frame[~out].reset_index(drop=True), ledger, notes


def _empty(frame: pd.DataFrame, labels: list[str]) -> Bools:
    """Return which cells of some columns hold nothing, rows by columns."""
    empty = [
        (frame[label].isna() | frame[label].isin(("", "-", " "))).to_numpy() for label in labels
    ]
    return np.column_stack(empty) if empty else np.zeros((len(frame), 1), dtype=bool)


def _counts_up(cells: list[Any]) -> bool:
    """Say whether cells are 1, 2, 3, ... or (1), (2), (3), ..., as below official headers."""
    matches = [_NUMBERED.fullmatch(str(cell).strip()) for cell in cells]
    numbers = [int(match[1]) for match in matches if match]
    return len(cells) > 2 and numbers == list(range(1, len(cells) + 1))


def _registry(
    values: Values,
    heading: Heading,
    ledger: Ledger,
    as_of: Any,
    notes: pd.DataFrame,
    unknown: tuple[UnknownPlace, ...],
) -> Registry:
    count = len(ledger.rows)
    personal = _personal(values, heading)
    values["family_id"] = ids = _ids(values, ledger)
    number, _ = pd.factorize(ids, sort=True)
    members, aside = None, np.zeros(count, dtype=bool)
    rows = ledger.rows
    warn_of_shared_numbers(values, number, ledger)
    if heading.layout.unit == "individual" or "relation" in values:
        values, everyone, head = fold(values, number, as_of, ledger)
        members = _frame(everyone, rows).sort_values(["family_id", "source_row"])
        rows = rows[head]
    else:
        aside = repeated(values, ids, ledger)
        extra = {"source_row": rows[aside], "family_id": ids[aside], "reason": "family-repeated"}
        notes = pd.concat([notes, pd.DataFrame(extra)], ignore_index=True)
    families = _frame(values, rows)[~aside[: len(rows)]].sort_values("family_id")
    return Registry(
        ledger.source,
        heading.layout.name,
        "household" if heading.layout.unit == "household" else "family",
        ledger.in_order(),
        personal,
        families.reset_index(drop=True),
        None if members is None else members.reset_index(drop=True),
        notes,
        _unknown_frame(unknown, ledger),
    )


def _ids(values: Values, ledger: Ledger) -> npt.NDArray[np.object_]:
    """Return an identifier for each row, temporary where the registry has none."""
    ids = stated_ids(values, len(ledger.rows))
    without = pd.isna(ids)
    if without.any():
        alike = np.zeros(len(ids), dtype=bool)
        alike[without] = pd.Series(content(values, without)).duplicated(keep=False)
        message = "no identifier, and another row says the same"
        ledger.warn("row-alike", alike, "family_id", message)
        message = "no identifier; a temporary one is given"
        ledger.warn("id-temporary", without, "family_id", message)
        ids[without] = temporary_ids(values, without)
    return ids


def _personal(values: Values, heading: Heading) -> frozenset[str]:
    """Return the columns that say who somebody is: known ones, and others that look so."""
    found = {name for name in values if name in PERSONAL}
    for name in heading.others:
        texts = [text for text in pd.unique(values[name]) if isinstance(text, str)]
        if PERSONAL_WORDS & {*name.split("_")} or any(map(_LONG_NUMBER.search, texts)):
            found.add(name)
    return frozenset(found)


def _frame(values: Values, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    names = [name for name in _FIRST if name in values]
    names += [name for name in values if name not in names]
    columns = {
        name: pd.Series(values[name], dtype=object if values[name].dtype == object else None)
        for name in names
    }
    return pd.DataFrame({**columns, "source_row": rows})


def _unknown_frame(unknown: tuple[UnknownPlace, ...], ledger: Ledger) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                place.text,
                place.nearest,
                place.reason,
                len(place.positions),
                int(ledger.rows[place.positions[0]]),
            )
            for place in unknown
        ],
        columns=["place", "nearest", "reason", "rows", "first_row"],
    )
