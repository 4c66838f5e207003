"""A list of families at the door of reconciliation: read, judged, and brought to one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import clean_numbers, parse_identifiers
from povtarget.numbers import is_missing
from povtarget.places import Places, place_key
from povtarget.registry.cells import read_dates, read_rt_rw, read_sex, read_texts
from povtarget.registry.names import each_distinct, normal_address, normal_name, sound
from povtarget.registry.notices import Ledger, Notice
from povtarget.sayings import said
from povtarget.tables import Table, read_table

Texts = NDArray[np.object_]
Bools = NDArray[np.bool_]

REQUIRED = ("family_id", "name", "area")
MEMBER_COLUMNS = ("family_id", "name", "birth_date")
COMMON_MEMBER = 6  # rows of both lists with one name and birth date, from which it tells little
PLACEHOLDER = 5  # a number that more rows than this have stands for "unknown"


@dataclass(frozen=True, eq=False)
class Listing:
    """One list, sorted by family_id.

    Parameters
    ----------
    name
        "registry" or "other".
    family_id
        Text, unique.
    area
        Kelurahan as it is called in results; "" where missing.
    compared
        What is compared, in one form for both lists (`agreement.scored_pairs`).
    written
        What the list says of the head and the address, as text: personal data.
    notices
        What is odd in the list, by row and column.
    """

    name: str
    family_id: Texts
    area: Texts
    compared: pd.DataFrame = field(repr=False)
    written: pd.DataFrame = field(repr=False)
    notices: tuple[Notice, ...] = field(repr=False)


def read_listing(
    source: Any,
    name: str,
    *,
    individuals: Any = None,
    places: Places | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[Listing | None, list[Fault]]:
    """Read one list and its members, or return every fault of them.

    Parameters
    ----------
    source
        A file or frame with family_id, name of the head, area; optional birth_date, nik and sex
        of the head, kk, address, rt, rw, kecamatan; ``source_row`` where the rows of the frame
        are not those of the file that a person can open.
    name
        What the list is called in results.
    individuals
        A file or frame of all persons: family_id, name, birth_date; None where there is none.
    places
        Kelurahan by their right names.
    columns
        Our name of a column of ``source`` to the source's.

    Returns
    -------
    tuple
        The list, None where there are faults; and the faults.
    """
    try:
        table = read_table(source, columns=columns)
    except InputError as refused:
        return None, list(refused.problems)
    faults = _absent(table, REQUIRED, name)
    if faults:
        return None, faults
    rows = table.rows
    if "source_row" in table.frame.columns:
        rows = table.frame["source_row"].to_numpy(np.int64)
    ledger = Ledger(table.name if table.name != "frame" else name, rows, dict(table.labels))
    ids, found = parse_identifiers(
        table.frame["family_id"], column="family_id", source=ledger.source, rows=rows
    )
    ledger.take(found, "family_id")
    written = _written(table, ledger)
    area = _areas(written, places, ledger)
    persons, found = _persons(individuals, said("individuals of the {name}", name=name), ids)
    ledger.faults += found
    if ledger.faults:
        return None, ledger.faults
    compared = _compared(ids, written, area)
    compared["members"] = _members(compared, persons)
    order = np.argsort(ids, kind="stable")
    listing = Listing(
        name,
        ids[order],
        area[order],
        compared.iloc[order].reset_index(drop=True),
        written.iloc[order].reset_index(drop=True),
        ledger.in_order(),
    )
    return listing, []


def _absent(table: Table, wanted: tuple[str, ...], name: str) -> list[Fault]:
    known = list(map(str, table.frame.columns))
    source = table.name if table.name != "frame" else name
    return [
        Fault(
            "the column is missing",
            source,
            column=column,
            expected=nearest(column, known) or "this column",
        )
        for column in wanted
        if column not in known
    ]


def _column(table: Table, name: str) -> Any:
    if name in table.frame.columns:
        return table.frame[name]
    return pd.Series([None] * len(table.frame), dtype=object)


def _written(table: Table, ledger: Ledger) -> pd.DataFrame:
    """Read what the list says, each column in the form in which it is compared or shown."""
    dates = _dates(table, ledger)
    sex, is_odd = read_sex(_column(table, "sex"))
    ledger.warn("sex", is_odd, "sex", "not readable, left out", "L or P")
    names = read_texts(_column(table, "name"))
    ledger.warn("name", pd.isna(names), "name", "the name is missing")
    if pd.isna(names).all():
        ledger.faults.append(Fault("no row has a name", ledger.source, None, "name"))
    lanes = {part: read_rt_rw(_column(table, part), part=part) for part in ("rt", "rw")}
    return pd.DataFrame(
        {
            "kk": _numbers(table, "kk", ledger),
            "nik": _numbers(table, "nik", ledger),
            "name": names,
            "birth_date": dates,
            "sex": sex,
            "address": read_texts(_column(table, "address")),
            "rt": lanes["rt"][0],
            "rw": lanes["rw"][1],
            "area": read_texts(_column(table, "area")),
            "kecamatan": read_texts(_column(table, "kecamatan")),
        },
        dtype=object,
    )


def _dates(table: Table, ledger: Ledger) -> Texts:
    """Birth dates as YYYY-MM-DD, None where missing or not readable."""
    days, is_odd = read_dates(_column(table, "birth_date"))
    ledger.warn("date", is_odd, "birth_date", "not readable, left out", "a date")
    return _iso(days)


def _iso(days: Any) -> Texts:
    texts = np.datetime_as_string(np.asarray(days, dtype="datetime64[D]")).astype(object)
    texts[np.isnat(days)] = None
    return np.asarray(texts, dtype=object)


def _numbers(table: Table, column: str, ledger: Ledger) -> Texts:
    """Numbers of 16 digits; None, with a warning, for what cannot be one."""
    cells = _column(table, column)
    found = np.full(len(cells), None, dtype=object)
    there = np.flatnonzero([not is_missing(cell) for cell in cells])
    read, faults = parse_identifiers(
        cells.iloc[there],
        column=column,
        source=ledger.source,
        rows=ledger.rows[there],
        unique=False,
    )
    ledger.take(faults, column)
    found[there] = clean_numbers(read)
    series = pd.Series(found, dtype=object)
    is_odd = (series.notna() & ~series.str.fullmatch(r"[0-9]{16}", na=False)).to_numpy(bool)
    ledger.warn(f"{column}-digits", is_odd, column, "not 16 digits, left out", "16 digits")
    found[is_odd] = None
    shared = pd.Series(found, dtype=object)
    times = shared.map(shared.value_counts()).fillna(0).to_numpy()
    is_filler = (times > PLACEHOLDER) | (shared.str.count(r"0").to_numpy(dtype=float) >= 14)
    message = "a number that many rows have, or zeros, stands for nobody; left out"
    ledger.warn(f"{column}-filler", is_filler, column, message)
    found[is_filler] = None
    return found


def _areas(written: pd.DataFrame, places: Places | None, ledger: Ledger) -> Texts:
    """Names of kelurahan as they appear in results."""
    cells = written["area"].to_numpy(dtype=object)
    ledger.warn("area", pd.isna(cells), "area", "the kelurahan is missing")
    if places is not None:
        match = places.match(cells, written["kecamatan"].to_numpy(dtype=object))
        for unknown in match.unknown:
            message = said("a place that is not on the list: {reason}", reason=unknown.reason)
            hint = (
                said("did you mean '{word}'?", word=unknown.nearest) if unknown.nearest else None
            )
            ledger.warn_at("area-unknown", unknown.positions, "area", message, hint)
        known = pd.Series(match.names, dtype=object)
        cells = known.where(known.notna(), pd.Series(cells, dtype=object)).to_numpy()
    return np.asarray(pd.Series(cells, dtype=object).fillna(""), dtype=object)


def telling(lists: tuple[Listing, Listing]) -> tuple[Listing, Listing]:
    """Leave out members whose name and birth date many families of both lists have.

    "Slamet, 1 January 1950" tells little, and would bring thousands of families together.
    """
    keys = pd.concat([each.compared["members"].dropna().explode() for each in lists])
    times = keys.value_counts()
    common = {*times.index[times > COMMON_MEMBER]}

    def kept(members: Any) -> Any:
        return None if members is None else [key for key in members if key not in common]

    first, second = (
        replace(
            each,
            compared=each.compared.assign(
                members=np.array([*map(kept, each.compared["members"]), None], object)[:-1]
            ),
        )
        for each in lists
    )
    return first, second


def one_spelling(lists: tuple[Listing, Listing]) -> tuple[Texts, Texts]:
    """Return the areas of both lists, each place in one spelling."""
    both = pd.Series(np.concatenate([listing.area for listing in lists]), dtype=object)
    key = both.map({text: place_key(text) for text in both.unique()})
    # Of several spellings, one in mixed case is the most readable.
    spellings = pd.DataFrame({"key": key, "text": both, "is_upper": both.str.isupper()})
    first = spellings.sort_values(["key", "is_upper", "text"]).drop_duplicates("key")
    named = key.map(first.set_index("key")["text"]).to_numpy(dtype=object)
    return named[: lists[0].area.size], named[lists[0].area.size :]


def _compared(ids: Texts, written: pd.DataFrame, area: Texts) -> pd.DataFrame:
    names = each_distinct(written["name"], normal_name)
    sounds = each_distinct(names, sound)
    first = each_distinct(sounds, lambda text: text.split()[0])
    birth = each_distinct(written["birth_date"], lambda text: text.replace("-", ""))
    at, found = pd.factorize(written["address"])
    parts = [normal_address(text) for text in found] + [normal_address("")]
    said = {
        part: np.array([getattr(address, part) or None for address in parts], dtype=object)[at]
        for part in ("street", "rt", "rw")
    }
    lanes = {
        part: each_distinct(written[part], lambda text: text.lstrip("0")) for part in ("rt", "rw")
    }
    lanes = {part: np.where(pd.isna(own), said[part], own) for part, own in lanes.items()}
    heads = [
        f"{word} {day}" if word is not None and day is not None else None
        for word, day in zip(first, birth, strict=True)
    ]
    return pd.DataFrame(
        {
            "unique_id": ids,
            "nik": written["nik"],
            "kk": written["kk"],
            "name": names,
            "sound": sounds,
            "words": [text.split() if text is not None else None for text in sounds],
            "first": first,
            "birth": birth,
            "sex": written["sex"],
            "street": said["street"],
            "rt": lanes["rt"],
            "rw": lanes["rw"],
            "area": each_distinct(area, place_key),
            "head": heads,
        },
        dtype=object,
    )


def _persons(individuals: Any, name: str, ids: Texts) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the members: family_id and key (how the first word of the name sounds, birth date)."""
    nobody = pd.DataFrame({"family_id": [], "key": []}, dtype=object)
    if individuals is None:
        return nobody, []
    try:
        table = read_table(individuals)
    except InputError as refused:
        return nobody, list(refused.problems)
    faults = _absent(table, MEMBER_COLUMNS, name)
    if faults:
        return nobody, faults
    source = table.name if table.name != "frame" else name
    families, faults = parse_identifiers(
        table.frame["family_id"], column="family_id", source=source, rows=table.rows, unique=False
    )
    stray = ~pd.Index(families).isin(ids)
    faults += [
        Fault("a person of a family that is not listed", source, row, "family_id")
        for row in table.rows[stray].tolist()
    ]
    heard = each_distinct(read_texts(table.frame["name"]), lambda text: sound(normal_name(text)))
    first = each_distinct(heard, lambda text: text.split()[0])
    day = each_distinct(
        _iso(read_dates(table.frame["birth_date"])[0]), lambda text: text.replace("-", "")
    )
    is_known = ~(pd.isna(first) | pd.isna(day))
    keys = first[is_known] + " " + day[is_known]
    return pd.DataFrame({"family_id": families[is_known], "key": keys}, dtype=object), faults


def _members(compared: pd.DataFrame, persons: pd.DataFrame) -> Texts:
    """The keys of each family's persons, head included, sorted; None where no list says."""
    found = np.full(len(compared), None, dtype=object)
    if persons.empty:
        return found
    heads = compared.loc[compared["head"].notna(), ["unique_id", "head"]]
    heads = heads.set_axis(["family_id", "key"], axis=1)
    everyone = pd.concat([persons, heads]).drop_duplicates()
    everyone = everyone.sort_values(["family_id", "key"], ignore_index=True)
    families, start = np.unique(everyone["family_id"].to_numpy(dtype=object), return_index=True)
    of_family = np.split(everyone["key"].to_numpy(dtype=object), start[1:])
    at = pd.Index(families).get_indexer(pd.Index(compared["unique_id"], dtype=object))
    for position in np.flatnonzero(at >= 0).tolist():
        found[position] = of_family[at[position]].tolist()
    return found
