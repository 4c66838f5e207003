"""Random cities that are harder to plan than real ones; fixed seeds, whole rupiah.

What makes them hard: lines that two or three programs with different unit costs share, so that
no common divisor rounds them; lines of 2 to 10 % of what all eligible families would cost; a cost
that follows the benefit, and (through counts of dependants) the need; five to twelve programs for
a family below the line, of which it takes one to three to reach it; programs that forbid or
require each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import povtarget as pt
from city import City

POVERTY_LINE = 500_000  # Rp per person per month
AREAS = tuple(f"A{number:02d}" for number in range(20))
NEEDS = ("food", "cash", "health", "education", "housing", "work")
COUNTS = (None, None, None, "children", "pupils", "elderly")  # units; None: the family

_SHARED = (3, 3, 2, 2, 1, 1)  # programs of one line after another
_OFFERED_KNOWN = {12: (10, 12), 30: (12, 15)}  # fewest and most programs that an area offers
_OFFERED_EXPECTED = {12: (6, 8), 30: (6, 9)}
_SHARE = (0.02, 0.10)  # of what all eligible would cost
_ROUND = 1_000  # rupiah

Floats = NDArray[np.float64]


def hard_city(
    families: int, seed: int, *, programs: int, is_known: bool = True, is_single: bool = False
) -> City:
    """A random city.

    Parameters
    ----------
    families, seed
        Size, and which city. The catalogue depends on the seed only, but for its amounts.
    programs
        12 or 30.
    is_known
        Consumption known to the rupiah; else its median, with sigma from 0.25 to 0.45.
    is_single
        Each line pays one program, so that it is a number of places.
    """
    frame = _families(families, np.random.default_rng([seed, families, 1]), is_known)
    rng = np.random.default_rng([seed, programs, 2])
    entries = _programs(programs, rng, is_known, is_single)
    rules = [*_forbidden(entries), *_required(entries)]
    entries, budgets = _paid(entries, frame, rng)
    catalog = pt.Catalog(programs=entries, budgets=budgets, rules=rules)
    return City("", seed, frame, POVERTY_LINE, catalog)


def _families(families: int, rng: np.random.Generator, is_known: bool) -> pd.DataFrame:
    size = 1 + rng.binomial(7, 0.4, families)
    children = rng.binomial(size - 1, 0.45)
    elderly = rng.binomial(size - children, 0.2)
    logs = 0.30 - 0.10 * children - 0.10 * elderly + 0.42 * rng.standard_normal(families)
    score = logs + 0.25 * rng.standard_normal(families)
    rank = np.argsort(np.argsort(score, kind="stable"), kind="stable")
    sigma = np.zeros(families) if is_known else rng.uniform(0.25, 0.45, families).round(4)
    width = len(str(families))
    return pd.DataFrame(
        {
            "household_id": [f"K{number:0{width}d}" for number in range(families)],
            "size": size,
            "consumption": np.rint(POVERTY_LINE * np.exp(logs)),
            "sigma": sigma,
            "area": np.array(AREAS)[rng.integers(0, len(AREAS), families)],
            "children": children,
            "pupils": rng.binomial(children, 0.7),
            "elderly": elderly,
            "decile": 10 * rank // families + 1,
        }
    )


def _programs(
    count: int, rng: np.random.Generator, is_known: bool, is_single: bool
) -> list[pt.Program]:
    """Programs without amounts of lines yet."""
    offered = _offered(count, rng, is_known)
    lines = list(range(count)) if is_single else _lines(count)
    found = []
    for p in range(count):
        per = COUNTS[int(rng.integers(len(COUNTS)))]
        least, most = (900_000, 7_000_000) if per is None else (500_000, 2_500_000)
        benefit = _rounded(np.exp(rng.uniform(np.log(least), np.log(most))))
        areas = ", ".join(f"'{AREAS[a]}'" for a in np.flatnonzero(offered[:, p]))
        found.append(
            pt.Program(
                f"p{p:02d}",
                need=NEEDS[p % len(NEEDS)],
                budget=f"line {lines[p]:02d}",
                unit_cost=_rounded(benefit * rng.uniform(0.75, 1.35)),
                benefit=benefit,
                per=per,
                eligibility=f"area in ({areas}) and decile <= {rng.integers(5, 11)}",
            )
        )
    return found


def _offered(count: int, rng: np.random.Generator, is_known: bool) -> NDArray[np.bool_]:
    """bool[areas, programs]: which programs an area offers, as many as the family asks for."""
    fewest, most = (_OFFERED_KNOWN if is_known else _OFFERED_EXPECTED)[count]
    offered = np.zeros((len(AREAS), count), dtype=bool)
    for area in range(len(AREAS)):
        number = int(rng.integers(fewest, most + 1))
        offered[area, rng.choice(count, number, replace=False)] = True
    for program in np.flatnonzero(~offered.any(axis=0)):
        offered[program % len(AREAS), program] = True
    return offered


def _lines(count: int) -> list[int]:
    sizes = [_SHARED[k % len(_SHARED)] for k in range(count)]
    return [line for line, size in enumerate(sizes) for _ in range(size)][:count]


def _forbidden(programs: Sequence[pt.Program]) -> Iterator[pt.Rule]:
    """Of each need the first two programs are not for one family."""
    for need in NEEDS:
        names = [program.name for program in programs if program.need == need]
        yield pt.Rule("forbid", programs=names[:2])


def _required(programs: Sequence[pt.Program]) -> Iterator[pt.Rule]:
    """One program in twelve needs another, which it is not forbidden with."""
    for first in range(0, len(programs) - 1, 12):
        yield pt.Rule("require", programs=(programs[first].name, programs[first + 1].name))


def _paid(
    programs: Sequence[pt.Program], frame: pd.DataFrame, rng: np.random.Generator
) -> tuple[list[pt.Program], list[pt.Budget]]:
    """Amounts of lines, and quotas for every fourth program, from what all eligible would cost."""
    units = {program.name: _eligible_units(program, frame) for program in programs}
    budgets, share = [], {}
    for line in sorted({program.budget for program in programs}):
        share[line] = rng.uniform(*_SHARE)
        everyone = sum(
            units[program.name] * program.unit_cost
            for program in programs
            if program.budget == line
        )
        dearest = max(program.unit_cost for program in programs if program.budget == line)
        amount = max(_rounded(share[line] * everyone), 3 * int(dearest))
        budgets.append(pt.Budget(line, amount=amount))
    paid = []
    for number, program in enumerate(programs):
        places = max(int(0.7 * share[program.budget] * units[program.name]), 3)
        paid.append(replace(program, quota=places) if number % 4 == 3 else program)
    return paid, budgets


def _eligible_units(program: pt.Program, frame: pd.DataFrame) -> int:
    expression = program.expression
    assert expression is not None
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    eligible = np.asarray(expression.evaluate(columns), dtype=bool)
    count = np.ones(len(frame)) if program.per is None else columns[program.per]
    return int(count[eligible].sum())


def _rounded(rupiah: float) -> int:
    return _ROUND * max(round(float(rupiah) / _ROUND), 1)
