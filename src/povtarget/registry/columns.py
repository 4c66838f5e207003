"""The columns of a registry, read by what they are, with faults and warnings in the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.identifiers import AS_TEXT, distinct_cells, parse_identifiers, person_numbers
from povtarget.numbers import as_objects, is_missing, parse_numbers
from povtarget.places import Places, UnknownPlace, place_key
from povtarget.registry import cells as read
from povtarget.registry.headers import Heading
from povtarget.registry.layouts import Kind, kind_of
from povtarget.registry.nik import FINDINGS, kk_findings, nik_findings
from povtarget.registry.notices import Ledger
from povtarget.sayings import said
from povtarget.tables import infer_column

Values = dict[str, npt.NDArray[Any]]
Bools = npt.NDArray[np.bool_]

_LEVELS = (("province", 2), ("regency", 2), ("kecamatan", 3), ("village", 3))  # codes of BPS
_REPEATED_DIGIT = re.compile(r"(\d)\1{15}")


def read_columns(frame: pd.DataFrame, heading: Heading, ledger: Ledger, home: str) -> Values:
    """Read every column of a table by its kind; places are left to `read_places`.

    Parameters
    ----------
    frame
        Cells under the source's names.
    heading
        Which of them is which.
    ledger
        Takes what is wrong.
    home
        First digits of numbers that were issued here.

    Returns
    -------
    dict
        Our columns: texts with None, float64 with NaN, bool, datetime64[ns].
    """
    values: Values = {}
    for column, label in heading.columns.items():
        kind = kind_of(column)
        if kind == "rt_rw":
            rt, rw = read.read_rt_rw(frame[label])
            values.setdefault("rt", rt)
            values.setdefault("rw", rw)
        elif kind != "dropped":
            values[column] = _READERS[kind](frame[label], column, heading, ledger)
    for name, label in heading.others.items():
        flags = name.startswith("receives_")
        reader = _READERS["flag" if flags else "covariate"]
        values[name] = reader(frame[label], name, heading, ledger)
    _judge_numbers(values, ledger, home)
    if "percentile" in values and "decile" not in values:
        values["decile"] = np.ceil(values["percentile"] / 10)
    return values


def _identifiers(
    cells: pd.Series, column: str, heading: Heading, ledger: Ledger
) -> npt.NDArray[Any]:
    """Read identifiers as text, None where missing; what lost digits is a fault."""
    which, distinct = distinct_cells(cells)
    missing = np.array([is_missing(cell) for cell in distinct], dtype=bool)[which]
    texts = np.full(len(cells), None, dtype=object)
    present = as_objects(cells)[~missing]
    rows = ledger.rows[~missing]
    texts[~missing], faults = parse_identifiers(
        present, column=column, source=ledger.source, rows=rows, unique=False
    )
    ledger.take(faults, column, AS_TEXT)
    return texts


def _numbers16(
    cells: pd.Series, column: str, heading: Heading, ledger: Ledger
) -> npt.NDArray[Any]:
    """Read NIK or card numbers; those without 16 digits stay until they are judged."""
    numbers, faults = person_numbers(cells, column=column, source=ledger.source, rows=ledger.rows)
    ledger.take(faults, column)
    return numbers


def _counts(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    numbers, faults = parse_numbers(
        cells, column=column, source=ledger.source, rows=ledger.rows, missing="nan"
    )
    ledger.take(faults, column)
    with np.errstate(invalid="ignore"):
        least = 1 if column == "size" else 0
        wrong = (numbers < least) | (numbers != np.floor(numbers)) & ~np.isnan(numbers)
    if column in ("floor_area", "land_area"):
        wrong = numbers < 0
    ledger.refuse(
        wrong, column, "out of range", said("a whole number, {least} or more", least=least)
    )
    return numbers


def _flags(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    yes, blank, wrong = read.read_flags(cells, codes=heading.layout.has_codes)
    ledger.refuse(
        wrong, column, "not a yes or no", "Ya or Tidak, Y or T, 1 or 0, a tick or nothing"
    )
    # In a column of ticks an empty cell says no; where "Tidak" is written it says nothing.
    if blank.any() and not (blank | yes).all():
        ledger.warn("flag-blank", blank, column, "neither yes nor no; read as no")
    return yes


def _ranks(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    highest = 10 if column == "decile" else 100
    ranks, wrong = read.read_ranks(cells, highest)
    ledger.refuse(
        wrong,
        column,
        said("not a {column}", column=column),
        said("a whole number from 1 to {highest}", highest=highest),
    )
    missing = np.isnan(ranks) & ~wrong
    ledger.warn(f"{column}-missing", missing, column, said("without a {column}", column=column))
    return ranks


def _dates(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    dates, wrong = read.read_dates(cells)
    ledger.warn("date-unreadable", wrong, column, "not a date; left out", read.DATE_FORMS)
    return dates


def _sex(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    sex, wrong = read.read_sex(cells)
    ledger.warn("sex-unreadable", wrong, column, "not a sex; left out", "Laki-laki or Perempuan")
    return sex


def _texts(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    return read.read_texts(cells)


def _rt(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    return read.read_rt_rw(cells, part="rt")[0]


def _rw(cells: pd.Series, column: str, heading: Heading, ledger: Ledger) -> npt.NDArray[Any]:
    return read.read_rt_rw(cells, part="rw")[1]


def _covariates(
    cells: pd.Series, column: str, heading: Heading, ledger: Ledger
) -> npt.NDArray[Any]:
    """Read a trait: numbers, yes or no in words, codes that have a name, or texts."""
    codes = heading.layout.codes.get(column)
    if codes is not None:
        texts = read.read_texts(cells)
        return np.array([codes.get(text, text) for text in texts], dtype=object)
    values = infer_column(cells)
    if values.dtype == object and read.is_yes_or_no(values):
        return read.read_flags(values)[0]
    return values


_Reader = Callable[[pd.Series, str, Heading, Ledger], npt.NDArray[Any]]
_READERS: Mapping[Kind, _Reader] = {
    "identifier": _identifiers,
    "number16": _numbers16,
    "text": _texts,
    "place": _texts,
    "date": _dates,
    "sex": _sex,
    "relation": _texts,
    "decile": _ranks,
    "percentile": _ranks,
    "flag": _flags,
    "count": _counts,
    "rt": _rt,
    "rw": _rw,
    "covariate": _covariates,
}


def _judge_numbers(values: Values, ledger: Ledger, home: str) -> None:
    """Warn of odd NIK and card numbers; leave out those that are none."""
    judged: dict[str, Callable[[npt.NDArray[Any]], dict[str, Bools]]] = {
        "nik": lambda numbers: nik_findings(
            numbers, sex=values.get("sex"), birth_date=values.get("birth_date"), home=home
        ),
        "kk": lambda numbers: kk_findings(numbers, home=home),
    }
    for column, findings in judged.items():
        if column not in values:
            continue
        numbers = values[column]
        filler = np.array([bool(t and _REPEATED_DIGIT.fullmatch(t)) for t in numbers], dtype=bool)
        ledger.warn(
            f"{column}-filler", filler, column, "one digit 16 times is no number; left out"
        )
        numbers[filler] = None
        found = findings(numbers)
        for kind, mask in found.items():
            ledger.warn(kind, mask, column, FINDINGS[kind])
        missing = pd.isna(numbers)
        ledger.warn(f"{column}-missing", missing & ~filler, column, "no number")
        numbers[found[f"{column}-digits"]] = None


def read_places(values: Values, ledger: Ledger, places: Places) -> tuple[UnknownPlace, ...]:
    """Read kelurahan against a list, in place; return what is not on it.

    Without a column of names, codes of BPS (DTKS) stand for them; a list without places takes
    names as they are written.
    """
    count = len(ledger.rows)
    column = "area" if "area" in values else "area_code"
    if "area" not in values and all(f"{level}_code" in values for level, _ in _LEVELS):
        values["area_code"] = _joined_codes(values, count)
        ledger.labels.setdefault("area_code", "kddesa")
    if column not in values:
        values["area"] = np.full(count, None, dtype=object)
        return ()
    written, within = values[column], values.get("kecamatan")
    if not places.places or (column == "area_code" and not any(p.code for p in places.places)):
        values["area"] = written
        return ()
    match = places.match(written, within)
    values["area"] = match.names
    values["kecamatan"] = np.where(
        pd.notna(match.kecamatan), match.kecamatan, _kecamatan(within, places, count)
    )
    message = "the kelurahan is in another kecamatan; the list's is taken"
    ledger.warn("kecamatan-differs", match.is_elsewhere, "kecamatan", message)
    ledger.warn("place-missing", pd.isna(written), column, "no kelurahan")
    for place in match.unknown:
        hint = (
            said("did you mean '{word}'?", word=place.nearest)
            if place.nearest
            else "a name on the list"
        )
        message = "not on the list of places" if place.reason == "unknown" else place.reason
        ledger.warn_at("place-unknown", place.positions, column, message, hint)
    return match.unknown


def _kecamatan(
    within: npt.NDArray[Any] | None, places: Places, count: int
) -> npt.NDArray[np.object_]:
    """Return the list's names of kecamatan, None for what is none of them."""
    if within is None:
        return np.full(count, None, dtype=object)
    known = {place_key(place.kecamatan): place.kecamatan for place in places.places}
    which, texts = pd.factorize(within)
    names = [known.get(place_key(text)) or None for text in texts]
    return np.array([*names, None], dtype=object)[which]


def _joined_codes(values: Values, count: int) -> npt.NDArray[Any]:
    """Return codes of ten digits: province, regency, kecamatan, village; None if one is not."""
    parts = []
    for level, width in _LEVELS:
        numbers = pd.Series(values.pop(f"{level}_code")).to_numpy(dtype=object)
        parts.append([None if is_missing(n) else f"{int(float(n)):0{width}d}" for n in numbers])
    whole = ["".join(p) if None not in p else None for p in zip(*parts, strict=True)]
    return np.array(whole, dtype=object) if count else np.empty(0, dtype=object)
