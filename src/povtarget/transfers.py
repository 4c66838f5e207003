"""Who receives what, from receipts or from a plan, in one form that every indicator reads.

A transfer is what a program adds to a family's consumption, conversion x benefit, in rupiah a
year; spending is what the payer pays. A house grant of Rp 15 million is spending at once, and a
transfer of the eight percent a year that living in the house is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.households import Households
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog
from povtarget.receipts import read_receipts
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

LABELS = ("program", "need", "agency", "fund", "control", "budget")
"""What one thing received can be grouped by."""

_OFTEN = 5  # receipts from which on an unknown name is a program's and not a person's


@dataclass(frozen=True, eq=False)
class Transfers:
    """What families receive; a row is one program in one family (or of one member, one year).

    Parameters
    ----------
    household
        int64[rows]: position of the household.
    program
        int64[rows]: position of the program in the catalogue.
    amount
        float64[rows]: Rp a year that the family can consume of it, all units, if it works.
    chance
        float64[rows]: that it works; 1 for receipts, which the family has.
    spending
        float64[rows]: Rp a year that the payer pays, all units.
    member
        object[rows]: the member who has it, "" for the family as a whole.
    labels
        By each name of `LABELS`, object[rows]. What a receipt states goes before the catalogue.
    unmatched
        Rows that name households which are not listed; left out.
    """

    household: Ints
    program: Ints
    amount: Floats
    chance: Floats
    spending: Floats
    member: Texts
    labels: Mapping[str, Texts]
    unmatched: int = 0

    def __len__(self) -> int:
        return int(self.household.size)

    def sums(self, values: Floats, households: int, kept: Bools) -> Floats:
        """float64[households]: values of kept rows added up by household."""
        return summed(self.household[kept], values[kept], households)


def summed(number: Ints, values: Floats, groups: int) -> Floats:
    """float64[groups]: values added up by the number of their group.

    Examples
    --------
    >>> summed(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]), 3)
    array([4., 0., 2.])
    """
    return np.bincount(number, weights=values, minlength=groups).astype(np.float64)


def transfers_of_plan(problem: TargetingProblem, plan: Plan) -> Transfers:
    """What a plan proposes.

    Raises
    ------
    InputError
        If the plan names households or programs that the problem does not have.
    """
    given = plan.assignments
    household = problem.households.positions(given["household_id"])
    program = problem.catalog.positions(given["program"])
    unknown = int(np.count_nonzero((household < 0) | (program < 0)))
    if unknown:
        raise InputError(
            [
                Fault(
                    said(
                        "{count:,} proposal(s) name a household or program that the problem lacks",
                        count=unknown,
                    ),
                    "plan",
                    expected="a plan of this problem",
                )
            ]
        )
    programs = problem.catalog.programs
    conversion = np.array([float(each.conversion) for each in programs])
    success = np.array([float(each.success) for each in programs])
    return Transfers(
        household=household,
        program=program,
        amount=conversion[program] * given["benefit"].to_numpy(dtype=np.float64),
        chance=success[program],
        spending=given["cost"].to_numpy(dtype=np.float64),
        member=np.full(len(given), "", dtype=object),
        labels=_catalog_labels(problem.catalog, program),
    )


def transfers_of_receipts(
    households: Households, catalog: Catalog, receipts: Any, *, year: int | None = None
) -> Transfers:
    """What receipts say that families have.

    A receipt's transfer is conversion x benefit x units where it states its benefit; otherwise
    conversion x its amount (less what delivery costs: times the program's benefit / unit cost);
    otherwise what the catalogue says.

    Parameters
    ----------
    households, catalog
        Who there is, and what programs are worth.
    receipts
        As for `povtarget.read_receipts`.
    year
        Count only what is in force in this year: received in it or before, and lasting
        (``duration_years``, at least one year after ``delay_years``) into it. A receipt without
        a year is always in force. None counts every receipt.

    Raises
    ------
    InputError
        With a fault for each program that the catalogue does not have.
    """
    frame = read_receipts(receipts)
    program = catalog.positions(frame["program"])
    faults = list(_unknown_programs(catalog, frame, program))
    if faults:
        raise InputError(faults)
    household = households.positions(frame["household_id"])
    kept = np.flatnonzero((household >= 0) & _in_force(catalog, frame, program, year))
    unmatched = int(np.count_nonzero(household < 0))
    frame, household, program = frame.iloc[kept], household[kept], program[kept]
    amount, spending = _worth(catalog, households, frame, household, program)
    member = frame["member_id"].fillna("") if "member_id" in frame else pd.Series("", frame.index)
    labels = _catalog_labels(catalog, program)
    for name in ("need", "agency", "fund"):
        if name in frame:
            stated = frame[name].fillna("").to_numpy(dtype=object)
            labels[name] = np.where(stated == "", labels[name], stated)
    return Transfers(
        household=household,
        program=program,
        amount=amount,
        chance=np.ones(kept.size),
        spending=spending,
        member=member.to_numpy(dtype=object),
        labels=labels,
        unmatched=unmatched,
    )


def _unknown_programs(catalog: Catalog, frame: pd.DataFrame, program: Ints) -> Iterator[Fault]:
    """One fault for each name; rare ones that are near to none are not shown."""
    advice, hidden = "the program in the catalogue, or these receipts left out", 0
    for name, rows in frame["program"][program < 0].value_counts(sort=False).items():
        hint = nearest(str(name), catalog.program_names)
        if not hint and rows < _OFTEN:
            hidden += rows
            continue
        yield Fault(
            said("no such program in the catalogue, in {count:,} receipt(s)", count=rows),
            "receipts",
            column="program",
            value=str(name),
            expected=hint or advice,
        )
    if hidden:
        yield Fault(
            said(
                "{count:,} receipt(s) name other programs that the catalogue does not have; "
                "rare ones are not shown, for a cell in the wrong column may hold somebody's "
                "name",
                count=hidden,
            ),
            "receipts",
            column="program",
            expected=advice,
        )


def _in_force(catalog: Catalog, frame: pd.DataFrame, program: Ints, year: int | None) -> Bools:
    if year is None or "year" not in frame:
        return np.ones(len(frame), dtype=bool)
    since = frame["year"].to_numpy(dtype=np.float64)
    lasting = np.array(
        [each.delay_years + max(each.duration_years, 1) for each in catalog.programs]
    )
    is_in_force = (since <= year) & (year < since + lasting[program])
    return np.asarray(np.isnan(since) | is_in_force)


def _worth(
    catalog: Catalog, households: Households, frame: pd.DataFrame, household: Ints, program: Ints
) -> tuple[Floats, Floats]:
    """Rp a year that each receipt adds to consumption, and that it costs."""
    units = _numbers(frame, "units", _usual_units(catalog, households, household, program))
    cost = np.array([float(each.unit_cost) for each in catalog.programs])[program]
    benefit = np.array([float(each.benefit) for each in catalog.programs])[program]
    conversion = np.array([float(each.conversion) for each in catalog.programs])[program]
    spending = _numbers(frame, "amount", cost * units)
    reaching = np.divide(benefit, cost, out=np.ones_like(cost), where=cost > 0)
    handed = np.where(cost > 0, spending * reaching, benefit * units)
    stated = _numbers(frame, "benefit", np.full(len(frame), np.nan)) * units
    return conversion * np.where(np.isnan(stated), handed, stated), spending


def _usual_units(
    catalog: Catalog, households: Households, household: Ints, program: Ints
) -> Floats:
    """Units of a receipt that does not say: those that the program would give the household."""
    units, columns = np.ones(household.size), households.columns
    for number, each in enumerate(catalog.programs):
        if each.per is not None and each.per in columns:
            mine = program == number
            counts = np.asarray(columns[each.per], dtype=np.float64)[household[mine]]
            units[mine] = np.maximum(counts, 1.0)
    return units


def _numbers(frame: pd.DataFrame, column: str, default: Floats) -> Floats:
    if column not in frame:
        return default
    given = frame[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(given), default, given)


def _catalog_labels(catalog: Catalog, program: Ints) -> dict[str, Texts]:
    budgets = {budget.name: budget for budget in catalog.budgets}
    lines = [budgets[each.budget] for each in catalog.programs]
    texts = {
        "program": [each.name for each in catalog.programs],
        "need": [each.need for each in catalog.programs],
        "agency": [catalog.agency_of(each) for each in catalog.programs],
        "fund": [line.fund for line in lines],
        "control": [line.control for line in lines],
        "budget": [line.name for line in lines],
    }
    return {name: np.array(texts[name], dtype=object)[program] for name in LABELS}
