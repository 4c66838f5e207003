"""Two made-up lists of the same city with known truth, to try reconciliation on.

Nobody in them exists. An older registry and a newer list name families of a made-up
Pekalongan; between the two some moved, some heads died, some children set up families of their
own, and both offices wrote as offices do (`slips.RATES`). Shares of events are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.datasets.javanese import names, streets
from povtarget.datasets.kelurahan import KECAMATAN, NAMES, settled
from povtarget.datasets.slips import Office, blank, changed, letter_slip
from povtarget.errors import Fault, InputError
from povtarget.sayings import said

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]
Days = NDArray[np.datetime64]
Rng = np.random.Generator

BOTH = 0.80  # share of a list's rows whose family the other list has too
TWICE = (0.015, 0.007)  # rows that repeat a family: older list, newer list
MOVED, DIED, SPLIT, NEW_CARD = 0.06, 0.02, 0.03, 0.08  # of the families in both
NEW_CARD_WHEN = {"moved": 0.7, "head replaced": 0.6}
STAYED_HOME = 0.6  # of split-off families: at the parents' address
SHARED_HOME = 0.10  # families at the address of another one
BORN_ELSEWHERE = 0.15  # NIK of another region
FAMILIES = (200, 200_000)

_KECAMATAN_CODE = {  # FACTS.md section 1
    "Pekalongan Barat": "337501",
    "Pekalongan Timur": "337502",
    "Pekalongan Utara": "337503",
    "Pekalongan Selatan": "337504",
}
_CODE = np.array([_KECAMATAN_CODE[name] for name in KECAMATAN], dtype=object)
_OTHER_REGIONS = np.array(["332609", "332613", "332501", "332706", "332515"], dtype=object)


@dataclass(frozen=True, eq=False)
class TwoLists:
    """Two lists of families, their members, and the truth.

    Parameters
    ----------
    registry, other
        The older and the newer list: family_id, kk, nik, name, birth_date, sex, address, rt, rw,
        area, kecamatan (text; None where missing), one row for each family as listed; nik,
        name, birth_date and sex are the head's.
    registry_individuals, other_individuals
        Every person: family_id, nik, name, birth_date, sex.
    truth
        list ("registry" or "other"), family_id, entity (rows of one family have the same),
        event ("", "moved", "head replaced", "split off") and is_repeat.
    """

    registry: pd.DataFrame
    other: pd.DataFrame
    registry_individuals: pd.DataFrame
    other_individuals: pd.DataFrame
    truth: pd.DataFrame

    def __repr__(self) -> str:
        return f"TwoLists({len(self.registry):,} and {len(self.other):,} families)"


@dataclass(frozen=True, eq=False)
class _City:
    """Families by number: where they live, and their persons, family by family, head first."""

    place: Ints
    address: Texts
    rt: Ints
    rw: Ints
    card: Texts
    family: Ints  # of each person
    is_woman: Bools
    born: Days
    name: Texts
    nik: Texts


def two_lists(families: int = 87_000, seed: int = 0, *, errors: float = 1.0) -> TwoLists:
    """Return two lists of about the same families, and which rows are the same family.

    Parameters
    ----------
    families
        Rows of each list, 200 to 200,000.
    seed
        Same seed, size and errors: same lists.
    errors
        Factor of every rate in `slips.RATES`; events (moves, deaths, splits) stay.

    Returns
    -------
    TwoLists
        Four rows in five of a list have their family in the other. Of the NIKs of the older
        list about 18 % are missing or wrong.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> lists = two_lists(500, seed=1)
    >>> lists
    TwoLists(500 and 500 families)
    >>> int(lists.truth.groupby("entity")["list"].nunique().eq(2).sum())
    400
    """
    _check(families, seed, errors)
    streams = np.random.SeedSequence([seed, families]).spawn(3)
    rng = np.random.default_rng(streams[0])
    both, repeats = round(BOTH * families), [round(share * families) for share in TWICE]
    split = round(SPLIT * both)
    only = (families - both - repeats[0], families - both - repeats[1] - split)
    city = _city(both + sum(only) + split, rng)
    fate = _Fate(city, both, split, rng)
    members = (
        np.r_[0:both, both : both + only[0]],
        np.r_[0:both, both + only[0] : len(city.place)],
    )
    written = []
    for which, prefix in enumerate("RD"):
        office = Office(which, errors, np.random.default_rng(streams[1 + which]))
        state = city if which == 0 else fate.after
        again = office.rng.choice(members[which], repeats[which], replace=False)
        rows = np.concatenate([members[which], again])
        is_repeat = np.arange(rows.size) >= members[which].size
        gone = np.zeros(city.family.size, dtype=bool) if which == 0 else fate.gone
        written.append(_written(state, rows, is_repeat, gone, prefix, office, fate.event))
    (registry, people, truth), (other, others_people, more) = written
    truth = pd.concat(
        [truth.assign(list="registry"), more.assign(list="other")], ignore_index=True
    )
    columns = ["list", "family_id", "entity", "event", "is_repeat"]
    return TwoLists(registry, other, people, others_people, truth[columns])


def _check(families: int, seed: int, errors: float) -> None:
    faults = []
    if not FAMILIES[0] <= families <= FAMILIES[1]:
        expected = said("{least:,} to {most:,}", least=FAMILIES[0], most=FAMILIES[1])
        faults.append(Fault("out of range", "", None, "families", str(families), expected))
    if seed < 0:
        faults.append(Fault("out of range", "", None, "seed", str(seed), "0 or more"))
    if not 0 <= errors <= 5:
        faults.append(Fault("out of range", "", None, "errors", str(errors), "0 to 5"))
    if faults:
        raise InputError(faults)


def _numbered(prefix: Texts) -> Texts:
    """Give equal 12-digit prefixes serials from 0001 in their order, as offices do."""
    serial = pd.Series(prefix).groupby(prefix).cumcount().to_numpy() + 1
    numbers: Texts = prefix + np.array([f"{number:04}" for number in serial], dtype=object)
    return numbers


def _day_code(days: Days, is_woman: Bools) -> Texts:
    """DDMMYY, with 40 added to a woman's day."""
    when = pd.DatetimeIndex(days)
    parts = zip(when.day + 40 * is_woman, when.month, when.year % 100, strict=True)
    return np.array([f"{day:02}{month:02}{year:02}" for day, month, year in parts], dtype=object)


def _cards(place: Ints, years: tuple[int, int], rng: Rng) -> Texts:
    """Card numbers issued in these years: region, date of issue, serial."""
    first = np.datetime64(f"{years[0]}-01-01", "D")
    span = (years[1] - years[0] + 1) * 365
    issued = first + rng.integers(0, span, place.size).astype("timedelta64[D]")
    return _numbered(_CODE[place] + _day_code(issued, np.zeros(place.size, dtype=bool)))


def _homes(place: Ints, rng: Rng) -> tuple[Texts, Ints, Ints]:
    """Street with number, RT and RW."""
    number = rng.integers(1, 90, place.size)
    street = streets(place, rng) + np.array([f" {n}" for n in number], dtype=object)
    return street, rng.integers(1, 9, place.size), rng.integers(1, 13, place.size)


def _city(families: int, rng: Rng) -> _City:
    place = settled(families, rng)
    address, rt, rw = _homes(place, rng)
    guest = np.flatnonzero(rng.random(families) < SHARED_HOME)
    host = rng.permutation(families)[: guest.size]
    for cells in (place, address, rt, rw):
        cells[guest] = cells[host]
    card = _cards(place, (2005, 2021), rng)
    size = 1 + rng.choice(8, families, p=[0.09, 0.16, 0.22, 0.26, 0.15, 0.07, 0.03, 0.02])
    has_spouse = (size > 1) & (rng.random(families) < 0.85)
    head_woman = np.where(has_spouse, rng.random(families) < 0.01, rng.random(families) < 0.68)
    age = np.clip(rng.gamma(9.0, 5.6, families), 21, 92)
    start = np.cumsum(size) - size
    family = np.repeat(np.arange(families), size)
    order = np.arange(family.size) - start[family]
    is_spouse = (order == 1) & has_spouse[family]
    is_child = (order > 0) & ~is_spouse
    is_woman = rng.random(family.size) < 0.5
    is_woman[start] = head_woman
    is_woman[is_spouse] = ~head_woman[family[is_spouse]]
    years = age[family].copy()
    years[is_spouse] += rng.normal(-3.5, 4.0, int(is_spouse.sum()))
    years[is_child] -= rng.uniform(20, 40, int(is_child.sum()))
    days = (np.clip(years, 0.1, 95) * 365.25).astype(np.int64)
    born = np.datetime64("2021-06-30", "D") - days.astype("timedelta64[D]")
    born = _heaped(born, rng)
    name = names(is_woman, pd.DatetimeIndex(born).year.to_numpy(), rng)
    region = _CODE[place][family]
    is_far = rng.random(family.size) < BORN_ELSEWHERE
    region = np.where(is_far, _OTHER_REGIONS[rng.integers(0, 5, family.size)], region)
    nik = _numbered(region + _day_code(born, is_woman))
    return _City(place, address, rt, rw, card, family, is_woman, born, name, nik)


def _heaped(born: Days, rng: Rng) -> Days:
    """Put birth dates of old people on the days that offices take for unknown (assumption)."""
    year = born.astype("datetime64[Y]")
    is_heaped = (year.astype(int) + 1970 < 1970) & (rng.random(born.size) < 0.12)
    day = np.array([0, 181, 364])[rng.integers(0, 3, born.size)].astype("timedelta64[D]")
    return np.where(is_heaped, year.astype("datetime64[D]") + day, born)


class _Fate:
    """What happened between the two lists.

    The last ``split`` families of the city are those that split off: their head is a grown
    child of a family that both lists have.
    """

    def __init__(self, city: _City, both: int, split: int, rng: Rng) -> None:
        count = city.place.size
        self.event = np.full(count, "", dtype=object)
        self.gone = np.zeros(city.family.size, dtype=bool)
        start = np.searchsorted(city.family, np.arange(count))
        nik, name = city.nik.copy(), city.name.copy()
        born, is_woman = city.born.copy(), city.is_woman.copy()
        place, address = city.place.copy(), city.address.copy()
        rt, rw, card = city.rt.copy(), city.rw.copy(), city.card.copy()

        size = np.bincount(city.family, minlength=count)
        is_both, chance = np.arange(count) < both, rng.random(count)
        is_moved = is_both & (chance < MOVED)
        is_dead = is_both & (chance >= MOVED) & (chance < MOVED + DIED) & (size > 1)
        self.event[is_moved], self.event[is_dead] = "moved", "head replaced"
        self.gone[start[is_dead]] = True
        place[is_moved] = (place[is_moved] + rng.integers(1, 27, is_moved.sum())) % 27
        address[is_moved], rt[is_moved], rw[is_moved] = _homes(place[is_moved], rng)

        order = np.arange(city.family.size) - start[city.family]
        is_grown = (order > 1) & (city.born < np.datetime64("2000-01-01")) & (city.family < both)
        child = rng.permutation(np.flatnonzero(is_grown & ~is_dead[city.family]))
        child = child[np.unique(city.family[child], return_index=True)[1]]
        child = rng.permutation(child)[:split]
        young = np.arange(count - child.size, count)
        parents, head = city.family[child], start[young]
        self.gone[child] = True
        self.event[count - split :] = "split off"
        nik[head], name[head] = nik[child], name[child]
        born[head], is_woman[head] = born[child], is_woman[child]
        stays = rng.random(child.size) < STAYED_HOME
        for cells in (place, address, rt, rw):
            cells[young[stays]] = cells[parents[stays]]

        chance = rng.random(count)
        renewed = chance < NEW_CARD
        for event, share in NEW_CARD_WHEN.items():
            renewed |= (self.event == event) & (chance < share)
        renewed |= self.event == "split off"
        card[renewed] = _cards(place, (2022, 2024), rng)[renewed]
        self.after = _City(place, address, rt, rw, card, city.family, is_woman, born, name, nik)


def _written(
    city: _City,
    rows: Ints,
    is_repeat: Bools,
    gone: Bools,
    prefix: str,
    office: Office,
    event: Texts,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Write the families of ``rows`` as an office does: neighbourhood by neighbourhood."""
    chance = office.rng.random(rows.size)
    order = np.lexsort([chance, city.rt[rows], city.rw[rows], city.place[rows]])
    rows, is_repeat = rows[order], is_repeat[order]
    ids = np.array([f"{prefix}{at:06}" for at in range(1, rows.size + 1)], dtype=object)
    person, row = _members(city, rows, gone)
    sex = np.where(city.is_woman[person], "P", "L").astype(object)
    wrong = office.hit("sex_wrong", person.size)
    sex[wrong] = np.where(sex[wrong] == "P", "L", "P")
    people = pd.DataFrame(
        {
            "family_id": ids[row],
            "nik": office.numbers(city.nik[person], "nik"),
            "name": office.names(city.name[person]),
            "birth_date": office.dates(np.datetime_as_string(city.born[person]).astype(object)),
            "sex": sex,
        }
    )
    heads = people.iloc[np.unique(row, return_index=True)[1]].reset_index(drop=True)
    heads.insert(1, "kk", office.numbers(city.card[rows], "kk"))
    families = heads.assign(**_addresses(city, rows, is_repeat, office))
    truth = pd.DataFrame(
        {"family_id": ids, "entity": rows, "event": event[rows], "is_repeat": is_repeat}
    )
    return families, people, truth


def _members(city: _City, rows: Ints, gone: Bools) -> tuple[Ints, Ints]:
    """Persons of the families in rows, and the row of each."""
    kept = np.flatnonzero(~gone)
    size = np.bincount(city.family[kept], minlength=city.place.size)
    start = np.cumsum(size) - size
    row = np.repeat(np.arange(rows.size), size[rows])
    within = np.arange(row.size) - (np.cumsum(size[rows]) - size[rows])[row]
    return kept[start[rows][row] + within], row


def _addresses(city: _City, rows: Ints, is_repeat: Bools, office: Office) -> dict[str, Texts]:
    """Addresses in the form of the office: some of a former home, some without RT."""
    rng, place = office.rng, city.place[rows].copy()
    street, rt, rw = city.address[rows].copy(), city.rt[rows].copy(), city.rw[rows].copy()
    # A third of repeated families were entered where they used to live (assumption).
    away = is_repeat & (rng.random(rows.size) < 1 / 3)
    place[away] = (place[away] + rng.integers(1, 27, away.sum())) % 27
    stale = office.hit("address_stale", rows.size) | away
    street[stale], rt[stale], rw[stale] = _homes(place[stale], rng)
    wrong = office.hit("rt_wrong", rows.size)
    rt[wrong] = rng.integers(1, 9, wrong.sum())
    forms = (
        ("JL. {0} NO. {1}", "JLN {0} {1}", "{0} NO.{1} RT {2} RW {3}", "RT {2}/{3}"),
        ("Jl. {0} No. {1}", "Jalan {0} {1}", "Jl {0} No {1} RT.{2}/RW.{3}", "{0} {1}"),
    )[office.which]
    form = rng.choice(4, rows.size, p=[0.5, 0.2, 0.2, 0.1])
    text = [
        forms[kind].format(*home.rsplit(" ", 1), f"{lane:02}", f"{ward:02}")
        for kind, home, lane, ward in zip(form, street, rt, rw, strict=True)
    ]
    typed = office.hit("address_typing", rows.size)
    no_rt = office.hit("rt_missing", rows.size)
    digits = 3 if office.which == 0 else 1
    area = np.array([(name.upper(), name)[office.which] for name in NAMES], dtype=object)
    return {
        "address": changed(np.array(text, dtype=object), typed, letter_slip, rng),
        "rt": blank(np.array([f"{n:0{digits}}" for n in rt], dtype=object), no_rt),
        "rw": blank(np.array([f"{n:0{digits}}" for n in rw], dtype=object), no_rt),
        "area": area[place],
        "kecamatan": KECAMATAN[place],
    }
