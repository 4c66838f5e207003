"""Who receives what already: the lists of the agencies, with the errors of the press.

All lists start from one old registry that ranks families by a stale view of their welfare, so
the same families are on list after list while others below the line are on none. Each list
adds its own error, and a few places are held by families who should long have left it.
Counts are those of the real city, taken in proportion to the families.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.datasets.kelurahan import Floats, Ints
from povtarget.datasets.welfare import FAMILIES
from povtarget.expressions import parse_expression
from povtarget.programs import Catalog

Columns = Mapping[str, NDArray[Any]]

# Standard deviation of what the old registry got wrong, beside today's prediction error.
_STALENESS = 0.27
# Share of places that dead, moved or well-off families hold still (assumption).
_LEFTOVER = 0.05
# Row 1 of FACTS.md section 2.1: Rp a year for each member, at most four members (memory).
_PKH_MEMBERS = 4
_PKH_AMOUNTS = (
    ("pregnant", 3_000_000),
    ("toddlers", 3_000_000),
    ("severe_disability", 2_400_000),
    ("elderly", 2_400_000),
    ("pupils_sma", 2_000_000),
    ("pupils_smp", 1_500_000),
    ("pupils_sd", 900_000),
)


@dataclass(frozen=True)
class _List:
    """The recipients of one program.

    Parameters
    ----------
    program
        Name in the catalogue.
    places
        Units in the real city: persons where ``per`` says so, families otherwise.
    who
        Whom the list could hold.
    error
        Standard deviation of the list's own error, in ln consumption.
    years
        When they received it.
    per
        Units of each family; None for one.
    apart_from
        Programs whose recipients the list leaves out.
    names_member
        Whether the receipt says which member.
    amount
        Rp for each unit; None for today's unit cost.
    """

    program: str
    places: int
    who: str = "size > 0"
    error: float = 0.1
    years: tuple[int, ...] = (2022,)
    per: str | None = None
    apart_from: tuple[str, ...] = ()
    names_member: bool = False
    amount: int | None = None


_HOUSING = ("bsps", "rtlh_dak", "rtlh_kota", "rtlh_prov")
# The places are sourced where the comment names a row of FACTS.md section 2.1, and otherwise
# an assumption; so are all errors, and the years of what was given once.
_LISTS = (
    _List(
        "pkh",
        11_310,  # row 1: families in August 2022
        "pregnant + toddlers + pupils_sd + pupils_smp + pupils_sma + elderly + "
        "severe_disability > 0",
    ),
    # Row 2 has no figure for the city; row 23 counts 14,159 families beside those of PKH.
    _List("sembako", 15_000),
    _List("bantuan_beras", 25_988, years=(2021,)),  # row 23
    _List(
        "kjs", 300, "chronically_ill + severe_disability + elderly > 0", 0.3, apart_from=("pkh",)
    ),
    _List("pbi_apbn", 62_000, "uncovered_health == 0", per="size"),
    # Row 4: persons; open to all whom neither the centre nor an employer insures.
    _List("pbi_apbd", 74_274, "uncovered_health == 0", 0.5, per="size", apart_from=("pbi_apbn",)),
    _List("pip_sd", 3_600, "pupils_sd > 0", 0.2, per="pupils_sd"),
    _List("pip_smp", 2_100, "pupils_smp > 0", 0.2, per="pupils_smp"),
    _List("pip_sma", 1_500, "pupils_sma > 0", 0.2, per="pupils_sma"),
    _List("bktm", 300, "pupils_sma > 0", 0.3, per="pupils_sma"),
    # Row 7: 244 in 2021, 444 in 2022, at 10 m; three earlier years (assumption).
    _List(
        "rtlh_kota",
        1_400,
        "own_house == 1",
        0.3,
        (2018, 2019, 2020, 2021, 2022),
        amount=10_000_000,
    ),
    _List(
        "rtlh_prov", 495, "own_house == 1", 0.3, (2017, 2018), apart_from=_HOUSING
    ),  # row 10: 414 + 81
    _List("rtlh_dak", 130, "own_house == 1", 0.3, (2021,), apart_from=_HOUSING),  # row 8
    _List("bsps", 8, "own_house == 1", 0.3, (2021,), apart_from=_HOUSING),  # row 9
    _List("lansia_kota", 400, "elderly > 0", 0.2, per="elderly"),
    _List("permakanan", 432, "size <= 2 and elderly > 0 or disabled > 0", 0.3),  # row 13
    _List("cppd", 500, "flooded == 1", 0.4),
    _List("pmt", 900, "stunted > 0", 0.3, per="stunted"),
    _List("pangan_stunting", 500, "stunted > 0", 0.3),
    _List("blk", 900, "working_age > 0", 0.6, (2019, 2020, 2021, 2022), names_member=True),
    _List("pelatihan_kel", 400, "working_age > 0", 0.6, (2021, 2022), names_member=True),
    _List("blt_dbhcht_kota", 150, "tobacco_workers > 0", 0.5, per="tobacco_workers"),
    _List(
        "blt_dbhcht_prov",
        300,
        "tobacco_workers > 0",
        0.5,
        per="tobacco_workers",
        apart_from=("blt_dbhcht_kota",),
    ),
    _List("ume_kota", 250, "has_business == 1", 0.5, (2021, 2022)),
    _List("jamsostek", 817, "informal_workers > 0", 0.6, per="informal_workers"),  # row 21
    _List("sanitasi", 90, "own_house == 1", 0.4, (2020, 2021, 2022)),
)


def received(frame: pd.DataFrame, catalog: Catalog, rng: np.random.Generator) -> pd.DataFrame:
    """Return the receipts of the city: one row for each recipient, program and year.

    ``units`` counts places, ``amount`` is Rp a year for all of them. ``member_id`` is missing
    where the list names families.
    """
    columns: dict[str, NDArray[Any]] = {name: frame[name].to_numpy() for name in frame.columns}
    registry = np.log(columns["consumption"]) + _STALENESS * rng.standard_normal(len(frame))
    holders: dict[str, Ints] = {}
    tables = []
    for entry in _LISTS:
        units = columns[entry.per] if entry.per else np.ones(len(frame), dtype=np.int64)
        free = parse_expression(entry.who).evaluate(columns)
        for other in entry.apart_from:
            free[holders.get(other, [])] = False
        places = max(1, round(entry.places * len(frame) / FAMILIES))
        score = registry + entry.error * rng.standard_normal(len(frame))
        holders[entry.program] = _listed(score, units, free, places, rng)
        tables.append(_table(entry, holders[entry.program], units, columns, catalog, rng))
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["household_id", "program"], kind="stable", ignore_index=True)


def _listed(
    score: Floats, units: Ints, free: NDArray[np.bool_], places: int, rng: np.random.Generator
) -> Ints:
    """Fill the places from the lowest score up, leftovers first; return positions, sorted."""
    order = np.flatnonzero(free & (units > 0))
    leftover = rng.random(order.size) < _LEFTOVER * places / max(int(units[order].sum()), 1)
    order = order[np.lexsort((score[order], ~leftover))]
    filled = np.cumsum(units[order]) <= places
    # A list for persons may have no room for a whole first family: it then takes it anyway.
    return np.sort(order[: max(int(filled.argmin()) if not filled.all() else order.size, 1)])


def _table(
    entry: _List,
    holders: Ints,
    units: Ints,
    columns: Columns,
    catalog: Catalog,
    rng: np.random.Generator,
) -> pd.DataFrame:
    program = next(each for each in catalog.programs if each.name == entry.program)
    budget = next(each for each in catalog.budgets if each.name == program.budget)
    identities = columns["household_id"][holders]
    counts = units[holders]
    if entry.program == "pkh":
        amounts = _pkh_amounts(columns, holders)
    else:
        amounts = counts * (entry.amount or int(program.unit_cost))
    members: list[str | None] = [None] * holders.size
    if entry.names_member:
        positions = rng.integers(1, columns["size"][holders] + 1)
        members = [
            f"{identity}-{position:02d}"
            for identity, position in zip(identities, positions, strict=True)
        ]
    return pd.DataFrame(
        {
            "household_id": identities,
            "program": entry.program,
            "member_id": pd.Series(members, dtype="str"),
            "units": counts,
            "year": rng.choice(np.array(entry.years), holders.size),
            "amount": amounts,
            "agency": budget.agency,
            "fund": budget.fund,
            "need": program.need,
        }
    )


def _pkh_amounts(columns: Columns, holders: Ints) -> Ints:
    """Add up the components of each family, the dearest four members counting."""
    left = np.full(holders.size, _PKH_MEMBERS)
    amounts = np.zeros(holders.size, dtype=np.int64)
    for component, amount in _PKH_AMOUNTS:
        counted = np.minimum(columns[component][holders], left)
        amounts += amount * counted
        left -= counted
    return amounts
