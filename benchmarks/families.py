"""Families of seeded questions: the made-up city, and harder random ones.

The same name, number of families and seed give the same question, to the byte.

    pekalongan             the city with consumption known to the rupiah, its own catalogue
    pekalongan-expected    the city with predicted consumption: expected poverty
    pekalongan15           known, 15 programs to decide: the city's own, and the province's card
    pekalongan15-expected  the same with predicted consumption
    pekalongan-certain     known, and every program works: what the usual integer program can say
    hard12, hard30         12 or 30 programs, lines that pay several unit costs, known consumption
    hard12-expected, hard30-expected
                           predicted consumption, about 20 bundles for each family
    single12, single30     as hard12 and hard30, but each line pays one unit cost
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

import povtarget as pt
from child import run_once
from city import City, with_lines, write_city
from hard_family import hard_city
from povtarget.datasets import pekalongan_frame

POVERTY_LINE = 513_243  # Rp per person per month, as in the made-up city
_OVERLAP_WEIGHT = 0.02
_DECIDED_IN_15 = frozenset(
    {
        "bktm",
        "blk",
        "blt_dbhcht_kota",
        "cppd",
        "jamsostek",
        "kjs",
        "lansia_kota",
        "pangan_stunting",
        "pbi_apbd",
        "pelatihan_kel",
        "pmt",
        "rtlh_dak",
        "rtlh_kota",
        "sanitasi",
        "ume_kota",
    }
)
_MAKING_LIMIT = 1_800.0  # seconds; a million families take minutes


def _pekalongan(families: int, seed: int, *, is_known: bool) -> City:
    frame = pekalongan_frame(families, seed)
    _, catalog, receipts = pt.datasets.pekalongan(families, seed)
    if is_known:
        frame = frame.assign(consumption=frame["true_consumption"], sigma=0.0)
    return City("", seed, frame, POVERTY_LINE, catalog, receipts, _OVERLAP_WEIGHT)


def _pekalongan15(families: int, seed: int, *, is_known: bool) -> City:
    city = _pekalongan(families, seed, is_known=is_known)
    fixed = {budget.name for budget in city.catalog.budgets if budget.control == "fixed"}
    programs = [
        program
        for program in city.catalog.programs
        if program.name in _DECIDED_IN_15 or program.budget in fixed
    ]
    return replace(city, catalog=with_lines(city.catalog, programs))


def _pekalongan_certain(families: int, seed: int) -> City:
    """Chances of success become shares of the benefit, in whole rupiah; nothing is penalised."""
    city = _pekalongan(families, seed, is_known=True)
    programs = [
        replace(
            program,
            success=1.0,
            conversion=1.0,
            benefit=round(program.benefit * program.conversion * program.success),
        )
        for program in city.catalog.programs
    ]
    rules = [rule for rule in city.catalog.rules if rule.kind != "penalise"]
    return replace(city, catalog=with_lines(city.catalog, programs, rules))


class _Family(NamedTuple):
    make: Callable[..., City]
    options: dict[str, Any]


FAMILIES = {
    "pekalongan": _Family(_pekalongan, {"is_known": True}),
    "pekalongan-expected": _Family(_pekalongan, {"is_known": False}),
    "pekalongan15": _Family(_pekalongan15, {"is_known": True}),
    "pekalongan15-expected": _Family(_pekalongan15, {"is_known": False}),
    "pekalongan-certain": _Family(_pekalongan_certain, {}),
    "hard12": _Family(hard_city, {"programs": 12}),
    "hard30": _Family(hard_city, {"programs": 30}),
    "hard12-expected": _Family(hard_city, {"programs": 12, "is_known": False}),
    "hard30-expected": _Family(hard_city, {"programs": 30, "is_known": False}),
    "single12": _Family(hard_city, {"programs": 12, "is_single": True}),
    "single30": _Family(hard_city, {"programs": 30, "is_single": True}),
}


def make_city(name: str, families: int, seed: int = 0) -> City:
    """The question of a family, a size and a seed."""
    make, options = FAMILIES[name]
    return replace(make(families, seed, **options), name=name)


class Wanted(NamedTuple):
    """A city to make, and where to keep it."""

    name: str
    families: int
    seed: int
    path: Path


def _make(wanted: Wanted) -> Any:
    city = make_city(wanted.name, wanted.families, wanted.seed)
    write_city(city, wanted.path)
    yield {"families": len(city.frame)}


def make_city_file(wanted: Wanted) -> None:
    """Make a city in a process of its own, so that what it took is nobody's peak memory."""
    reply = run_once(_make, wanted, _MAKING_LIMIT)
    if reply.trouble:
        raise RuntimeError(f"{wanted.name}, {wanted.families} families: {reply.trouble}")


def describe(city: City) -> pd.Series:
    """Numbers by which a family can be judged: programs and bundles for each household."""
    problem = city.headcount_problem()
    possible = problem.standing.possible.sum(axis=1)
    below = problem.households.consumption < problem.households.line
    return pd.Series(
        {
            "families": len(city.frame),
            "below the line": below.mean(),
            "programs": possible[below].mean(),
            "fewest (5 %)": pd.Series(possible[below]).quantile(0.05),
            "most (95 %)": pd.Series(possible[below]).quantile(0.95),
            "programs, all": possible.mean(),
        }
    )
