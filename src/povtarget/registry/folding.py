"""Individuals to families: the head's columns, counts of members, what any member receives.

Ages are whole years on the day to which the list refers (``as_of``), or the bands in which
P3KE gives them. The groups are those of P3KE's bands: toddlers 0 to 6, school age 7 to 18
(of it 7-12, 13-15 and 16-18), working age 19 to 59, elderly 60 and more; they add up to the
size where every age is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.registry.cells import read_is_head
from povtarget.registry.layouts import AGE_BANDS
from povtarget.registry.notices import Ledger
from povtarget.sayings import said

Values = dict[str, npt.NDArray[Any]]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

AGE_GROUPS: Mapping[str, tuple[int, int]] = {
    "toddlers": (0, 6),
    "school_age": (7, 18),
    "age_7_12": (7, 12),
    "age_13_15": (13, 15),
    "age_16_18": (16, 18),
    "working_age": (19, 59),
    "elderly": (60, 150),
}
"""Counts of members by age: first and last year."""

_OLDEST = 120
_PERSON = ("individual_id", "relation", "marital_status", *AGE_BANDS, "is_disabled", "is_pregnant")


def ages_on(birth_dates: npt.NDArray[np.datetime64], as_of: Any) -> Floats:
    """Return ages in whole years; NaN where there is no birth date or it is after the day.

    Who is born on 29 February comes of age on 1 March.

    Examples
    --------
    >>> births = np.array(["2016-12-21", "2016-12-20", "NaT"], dtype="datetime64[ns]")
    >>> ages_on(births, "2022-12-20").tolist()
    [5.0, 6.0, nan]
    """
    born, day = pd.DatetimeIndex(birth_dates), pd.Timestamp(as_of)
    had_birthday = (born.month < day.month) | ((born.month == day.month) & (born.day <= day.day))
    ages = np.asarray(day.year - born.year - 1 + had_birthday, dtype=np.float64)
    ages[(ages < 0) | np.asarray(born.isna())] = np.nan
    return ages


def member_ages(values: Values, as_of: Any, ledger: Ledger) -> Floats | None:
    """Return an age for each member: of the birth date, else the first year of the band."""
    count = len(ledger.rows)
    bands = [band for band in AGE_BANDS if band in values]
    if as_of is None and not bands:
        message = "no ages: members are counted, not pupils, elderly and others"
        ledger.remark("no-ages", "birth_date", message, "the day of the list (as_of=)")
        return None
    ages = np.full(count, np.nan)
    if as_of is not None and "birth_date" in values:
        ages = ages_on(values["birth_date"], as_of)
        old = ages > _OLDEST
        ledger.warn(
            "age-unlikely",
            old,
            "birth_date",
            said("older than {oldest} years; left out", oldest=_OLDEST),
        )
        ages[old] = np.nan
    ticked = sum((values[band].astype(int) for band in bands), np.zeros(count, dtype=int))
    ledger.warn("age-bands", ticked > 1, bands[0] if bands else None, "in several age bands")
    for band in bands:
        takes = values[band] & (ticked == 1) & np.isnan(ages)
        ages[takes] = AGE_BANDS[band][0]
    ledger.warn("age-missing", np.isnan(ages), None, "no age; counted in the size only")
    return ages


def fold(values: Values, family: Ints, as_of: Any, ledger: Ledger) -> tuple[Values, Values, Ints]:
    """Fold individuals into families.

    Parameters
    ----------
    values
        Columns of individuals.
    family
        Number of each individual's family, 0, 1, ...
    as_of
        The day to which ages refer, or None.
    ledger
        Takes the warnings.

    Returns
    -------
    tuple
        Columns of families by their number; those of individuals, with ``is_head`` and
        ``is_counted`` (False for whoever is listed twice in one family); and the position of
        each family's head.
    """
    head = _heads(values, family, ledger)
    is_counted = ~_listed_again(values, family, ledger)
    values["is_head"] = np.zeros(len(family), dtype=bool)
    values["is_head"][head] = True
    values["is_counted"] = is_counted
    _warn_of_differences(values, family, head, ledger)
    families = {
        name: column[head]
        for name, column in values.items()
        if name not in (*_PERSON, "is_head", "is_counted")
    }
    for name, column in values.items():
        if name.startswith("receives_"):
            families[name] = np.bincount(family, column, head.size) > 0
    families["size"] = np.bincount(family, is_counted, head.size)
    ages = member_ages(values, as_of, ledger)
    if ages is not None:
        for name, (first, last) in AGE_GROUPS.items():
            inside = (ages >= first) & (ages <= last) & is_counted
            families[name] = np.bincount(family, inside, head.size)
    for flag, name in (("is_disabled", "disabled"), ("is_pregnant", "pregnant")):
        if flag in values:
            families[name] = np.bincount(family, values[flag] & is_counted, head.size)
    return families, values, head


def _heads(values: Values, family: Ints, ledger: Ledger) -> Ints:
    """Return the position of each family's head: who is named so, else the eldest."""
    count = len(family)
    families = int(family.max(initial=-1)) + 1
    named = (
        read_is_head(values["relation"]) if "relation" in values else np.zeros(count, dtype=bool)
    )
    heads = np.bincount(family, named, families)
    message = "two heads in one family; the first by birth date is taken"
    ledger.warn("two-heads", named & (heads[family] > 1), "relation", message)
    order = _order(values, family, named)
    first = order[np.searchsorted(family[order], np.arange(families))]
    message = "no head in the family; the eldest is taken"
    ledger.warn_at("no-head", first[heads == 0], "relation", message)
    return np.asarray(first)


def _order(values: Values, family: Ints, named: Bools) -> Ints:
    """Return individuals by family, heads first, then by birth date, NIK and name."""
    blank = np.full(len(family), "", dtype=object)
    born = values.get("birth_date", np.full(len(family), np.datetime64("NaT", "ns")))
    keys = pd.DataFrame(
        {
            "family": family,
            "other": ~named,
            "born": born,
            "nik": pd.Series(values.get("nik", blank), dtype=object).fillna("~"),
            "name": pd.Series(values.get("name", blank), dtype=object).fillna("~"),
        }
    )
    return keys.sort_values([*keys.columns], kind="stable").index.to_numpy()


def _listed_again(values: Values, family: Ints, ledger: Ledger) -> Bools:
    """Say who is in the same family before, by NIK and name; warn where only the NIK is same."""
    again = np.zeros(len(family), dtype=bool)
    if "nik" not in values:
        return again
    nik = pd.Series(values["nik"], dtype=object)
    there = nik.notna().to_numpy()
    name = pd.Series(values.get("name", nik), dtype=object).astype(str).str.casefold()
    keys = pd.DataFrame({"family": family, "nik": nik})[there]
    same_nik = keys.duplicated(keep=False).to_numpy()
    again[there] = keys.assign(name=name[there]).duplicated(keep="first").to_numpy()
    message = "the person is in this family twice; counted once"
    ledger.warn("person-twice", again, "nik", message)
    shared = np.zeros(len(family), dtype=bool)
    shared[there] = same_nik
    doubled = keys.assign(name=name[there]).duplicated(keep=False).to_numpy()
    shared[there] &= ~doubled
    ledger.warn("nik-shared", shared, "nik", "two members with one NIK and different names")
    return again


def _warn_of_differences(values: Values, family: Ints, head: Ints, ledger: Ledger) -> None:
    """Warn where members have another kelurahan or decile than their head."""
    for column, kind, what in (
        ("area", "two-areas", "one family in two kelurahan"),
        ("decile", "two-deciles", "one family with two deciles"),
    ):
        if column in values:
            cells = pd.Series(values[column])
            mine, heads = cells, cells.iloc[head].iloc[family].reset_index(drop=True)
            differs = (mine != heads) & mine.notna() & heads.notna()
            ledger.warn(
                kind,
                differs.to_numpy(dtype=bool),
                column,
                said("{what}; the head's is taken", what=said(what)),
            )
