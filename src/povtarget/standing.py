"""Where each household stands before the plan: what it may get, what it has, what is settled.

One row per household and one column per program, in the order of the households and of the
catalogue. Everything that expressions, counts, receipts, rules and locks say about a single
household is decided here; what they say about sets of programs is left to the bundles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, gathered, masked, nearest
from povtarget.households import Households
from povtarget.objectives import Grouping
from povtarget.programs import HIDDEN_COLUMNS, Catalog, Program, Rule
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_NAMED = 5  # unknown names that a warning lists


@dataclass(frozen=True, eq=False)
class Groups:
    """Programs in groups, and which groups a receipt already serves.

    Parameters
    ----------
    labels
        Names of the groups.
    of_program
        For each program its group's number; -1: none.
    served
        bool[households, groups]: the household has a receipt in the group.
    """

    labels: tuple[str, ...]
    of_program: NDArray[np.int64]
    served: Bools


class LockPlaces(NamedTuple):
    """Where locks were read: the name of the table, and the row of each."""

    source: str
    rows: Sequence[int]


@dataclass(frozen=True, eq=False)
class Standing:
    """What is settled about each household and program.

    Parameters
    ----------
    units
        int32[households, programs]: units that the household would get.
    possible
        bool[households, programs]: may be proposed, other programs aside.
    received
        bool[households, programs]: has it already.
    locked
        bool[households, programs]: must be proposed.
    baseline_gain
        float64[households]: Rp a year that receipts add to the stated consumption.
    overlap
        The groups in which programs count as duplicates.
    needs
        Programs grouped by need.
    rule_receipts
        For each rule, bool[households, its programs]: has it within the rule's window.
    receipt_duplicates
        Duplicates that receipts make by themselves, times household weights.
    warnings
        What a person should know about the input.
    """

    units: NDArray[np.int32]
    possible: Bools
    received: Bools
    locked: Bools
    baseline_gain: Floats
    overlap: Groups
    needs: Groups
    rule_receipts: tuple[Bools, ...]
    receipt_duplicates: float
    warnings: tuple[str, ...]


def find_standing(
    households: Households,
    catalog: Catalog,
    receipts: pd.DataFrame | None,
    locks: pd.DataFrame | None,
    *,
    by: Grouping,
    max_bundle: int,
    receipts_in_consumption: bool,
    year: int | None,
    lock_places: LockPlaces | None = None,
) -> Standing:
    """Settle what a household may get on its own.

    Raises
    ------
    InputError
        With every fault: expressions on unknown columns, counts that are not whole, locks that
        name unknown or impossible pairs.
    """
    faults: list[Fault] = []
    units = _units(households, catalog.programs, faults)
    eligible = _eligible(households, catalog.programs, faults)
    if faults:
        raise InputError(faults)
    rows = _Receipts(households, catalog, receipts)
    windows = tuple(rows.within(rule, year) for rule in catalog.rules)
    possible = eligible & (units > 0) & ~rows.received & _decidable(catalog)
    _apply_rules(possible, catalog, windows)
    locked = np.zeros_like(possible)
    if locks is not None:
        places = lock_places or LockPlaces("locks", range(2, 2 + len(locks)))
        _apply_locks(possible, locked, households, catalog, locks, places, faults)
        faults += _lock_conflicts(locked, possible, catalog, max_bundle)
        if faults:
            raise InputError(faults)
    gain = np.zeros(len(households)) if receipts_in_consumption else rows.gain(units)
    overlap, group_of_receipt = rows.groups(by)
    return Standing(
        units,
        possible,
        rows.received,
        locked,
        gain,
        overlap,
        rows.groups("need")[0],
        windows,
        rows.duplicates(group_of_receipt),
        tuple(rows.warnings),
    )


def column_faults(households: Households, programs: Sequence[Program]) -> list[Fault]:
    """Return what is wrong with the columns that programs ask of households."""
    faults: list[Fault] = []
    _units(households, programs, faults)
    _eligible(households, programs, faults)
    return faults


def _units(
    households: Households, programs: Sequence[Program], faults: list[Fault]
) -> NDArray[np.int32]:
    units = np.ones((len(households), len(programs)), dtype=np.int32)
    for number, program in enumerate(programs):
        if program.per is not None:
            counts = gathered(faults, partial(_counts, households.columns, program, program.per))
            units[:, number] = 1 if counts is None else counts
    return units


def _counts(columns: Mapping[str, NDArray[Any]], program: Program, per: str) -> Floats:
    """How many units each household would have, or what keeps the column from saying it."""

    def refuse(message: str, column: str, value: str, expected: str) -> NoReturn:
        raise InputError(
            [
                Fault(
                    message,
                    said("program '{name}'", name=program.name),
                    None,
                    column,
                    value,
                    expected,
                )
            ]
        )

    whole = "whole numbers, 0 or more"
    if per not in columns:
        refuse("no such column", "per", per, nearest(per, columns) or "a count column")
    if columns[per].dtype.kind not in "iufb":
        refuse("not a column of counts", "per", per, whole)
    counts: Floats = columns[per].astype(np.float64)
    wrong = ~((counts >= 0) & (counts == np.floor(counts)) & (counts < 2**31))
    if wrong.any():
        message = said("{count} household(s) have no usable count", count=int(wrong.sum()))
        refuse(message, per, f"{counts[wrong][0]:g}", whole)
    return counts


def _eligible(households: Households, programs: Sequence[Program], faults: list[Fault]) -> Bools:
    eligible = np.ones((len(households), len(programs)), dtype=bool)
    columns = {
        name: values for name, values in households.columns.items() if name not in HIDDEN_COLUMNS
    }
    for number, program in enumerate(programs):
        if program.expression is None:
            continue
        try:
            eligible[:, number] = program.expression.evaluate(columns)
        except InputError as error:
            faults += [
                replace(fault, source=said("program '{name}', eligibility", name=program.name))
                for fault in error.problems
            ]
    return eligible


def _decidable(catalog: Catalog) -> Bools:
    fixed = {budget.name for budget in catalog.budgets if budget.control == "fixed"}
    return np.array([program.budget not in fixed for program in catalog.programs], dtype=bool)


def _apply_rules(possible: Bools, catalog: Catalog, windows: Sequence[Bools]) -> None:
    """Shut out what receipts forbid, and what requires a program that cannot be had."""
    number = {name: p for p, name in enumerate(catalog.program_names)}
    for rule, has in zip(catalog.rules, windows, strict=True):
        members = [number[name] for name in rule.programs]
        if rule.kind == "forbid":
            count = has.sum(axis=1)
            for position, program in enumerate(members):
                possible[count - has[:, position] > 0, program] = False
    for _ in catalog.programs:  # a chain of requirements is no longer than the catalogue
        before = possible.sum()
        for rule, has in zip(catalog.rules, windows, strict=True):
            if rule.kind == "require":
                first, second = (number[name] for name in rule.programs)
                possible[:, first] &= possible[:, second] | has[:, 1]
        if possible.sum() == before:
            return


def _apply_locks(
    possible: Bools,
    locked: Bools,
    households: Households,
    catalog: Catalog,
    locks: pd.DataFrame,
    places: LockPlaces,
    faults: list[Fault],
) -> None:
    number = {name: p for p, name in enumerate(catalog.program_names)}
    positions = households.positions(locks["household_id"])
    rows = locks.itertuples(index=False)
    for household, row, lock in zip(positions, places.rows, rows, strict=True):
        at_lock = partial(Fault, source=places.source, row=row)
        if household < 0:
            faults.append(
                at_lock("no such household", column="household_id", value=str(lock.household_id))
            )
        if lock.program not in number:
            faults.append(
                at_lock(
                    "no such program",
                    column="program",
                    value=str(lock.program),
                    expected=nearest(str(lock.program), number) or None,
                )
            )
        if household < 0 or lock.program not in number:
            continue
        program = number[str(lock.program)]
        if lock.lock == "out":
            possible[household, program] = False
        elif possible[household, program]:
            locked[household, program] = True
        else:
            faults.append(
                at_lock(
                    "locked in, but this household cannot get the program: not eligible, "
                    "received already, or shut out by a rule",
                    column="program",
                    value=str(lock.program),
                )
            )


def _lock_conflicts(
    locked: Bools, possible: Bools, catalog: Catalog, max_bundle: int
) -> Iterator[Fault]:
    count = locked.sum(axis=1)
    if (count > max_bundle).any():
        yield Fault(
            said(
                "{count} household(s) have more programs locked in than a bundle may hold",
                count=int((count > max_bundle).sum()),
            ),
            "locks",
            value=str(int(count.max())),
            expected=said("at most {most}", most=max_bundle),
        )
    number = {name: p for p, name in enumerate(catalog.program_names)}
    for rule in catalog.rules:
        if rule.kind == "forbid":
            for first, second in combinations(rule.programs, 2):
                both = locked[:, number[first]] & locked[:, number[second]]
                if both.any():
                    yield Fault(
                        said(
                            "{count} household(s) have '{first}' and '{second}' locked in, "
                            "which {rule} does not allow",
                            count=int(both.sum()),
                            first=first,
                            second=second,
                            rule=rule,
                        ),
                        "locks",
                        column="program",
                    )


class _Receipts:
    """Receipts matched to households and programs."""

    def __init__(
        self, households: Households, catalog: Catalog, receipts: pd.DataFrame | None
    ) -> None:
        self.households, self.catalog = households, catalog
        self.frame = (
            pd.DataFrame({"household_id": [], "program": []}) if receipts is None else receipts
        )
        self.household = households.positions(self.frame["household_id"])
        self.program = catalog.positions(self.frame["program"])
        self.matched = (self.household >= 0) & (self.program >= 0)
        self.received = np.zeros((len(households), len(catalog.programs)), dtype=bool)
        self.received[self.household[self.matched], self.program[self.matched]] = True
        self.warnings = [
            *self._unknown("household_id", self.household < 0, "households that are not listed"),
            *self._unknown(
                "program", self.program < 0, "programs that the catalogue does not have"
            ),
        ]

    def _unknown(self, column: str, unknown: Bools, what: str) -> Iterator[str]:
        if unknown.any():
            names = sorted({masked(name) for name in self.frame[column][unknown]})
            shown = ", ".join(f"'{name}'" for name in names[:_NAMED])
            if len(names) > _NAMED:
                shown = said("{names} and {count} more", names=shown, count=len(names) - _NAMED)
            yield said(
                "receipts: {count} row(s) name {what}: {names}",
                count=int(unknown.sum()),
                what=said(what),
                names=shown,
            )

    def groups(self, by: Grouping) -> tuple[Groups, NDArray[np.int64]]:
        """Groups of programs, and of receipts; one outside the catalogue may state its own."""
        labels = [_group_label(self.catalog, program, by) for program in self.catalog.programs]
        outside = np.flatnonzero(self.program < 0)
        stated = self._stated(by, outside)
        names = tuple(sorted({label for label in [*labels, *stated] if label}))
        index = {label: g for g, label in enumerate(names)}
        of_program = np.array([index.get(label, -1) for label in labels], dtype=np.int64)
        of_receipt = of_program[self.program]
        of_receipt[outside] = [index.get(label, -1) for label in stated]
        counted = (self.household >= 0) & (of_receipt >= 0)
        served = np.zeros((len(self.households), len(names)), dtype=bool)
        served[self.household[counted], of_receipt[counted]] = True
        return Groups(names, of_program, served), of_receipt

    def _stated(self, by: Grouping, rows: NDArray[np.int64]) -> list[str]:
        """What some receipts say of their own need or agency; "" for nothing."""
        columns = [
            name for name in (("need", "agency") if by == "any" else (by,)) if name in self.frame
        ]
        texts = [self.frame[name].iloc[rows].fillna("").astype(str).tolist() for name in columns]
        stated = (
            [next((text for text in row if text), "") for row in zip(*texts, strict=True)]
            if texts
            else [""] * rows.size
        )
        return ["any" if text else "" for text in stated] if by == "any" else stated

    def within(self, rule: Rule, year: int | None) -> Bools:
        """Which of a rule's programs each household has within the rule's window of years."""
        counted = self.matched.copy()
        if rule.window_years is not None and "year" in self.frame and self.matched.any():
            years = self.frame["year"].to_numpy(dtype=np.float64)
            if np.isfinite(years).any():
                latest = float(np.nanmax(years)) if year is None else float(year)
                counted &= ~(years <= latest - rule.window_years)
        has = np.zeros((len(self.households), len(rule.programs)), dtype=bool)
        for position, program in enumerate(self.catalog.positions(list(rule.programs))):
            has[self.household[counted & (self.program == program)], position] = True
        return has

    def gain(self, units: NDArray[np.int32]) -> Floats:
        """Rp a year that receipts add to each household's consumption."""
        gain = np.zeros(len(self.households))
        known = np.flatnonzero(self.matched)
        household, program = self.household[known], self.program[known]
        programs = self.catalog.programs
        benefit = self._number(
            "benefit", known, np.array([float(p.benefit) for p in programs])[program]
        )
        count = self._number(
            "units", known, np.maximum(units[household, program], 1).astype(np.float64)
        )
        share = np.array([float(p.conversion) for p in programs])[program]
        each = share * benefit * count
        order = np.lexsort((each, household))  # so that receipts in any order round alike
        np.add.at(gain, household[order], each[order])
        return gain

    def _number(self, column: str, rows: NDArray[np.int64], default: Floats) -> Floats:
        if column not in self.frame:
            return default
        given = self.frame[column].to_numpy(dtype=np.float64)[rows]
        return np.where(np.isnan(given), default, given)

    def duplicates(self, group: NDArray[np.int64]) -> float:
        """Programs beyond the first of a group in one household, receipts alone.

        Where members are known, each member's programs are counted apart: two members in two
        training places are no duplicate. A program of the household as a whole is beyond the
        first wherever a member has one.
        """
        counted = (self.household >= 0) & (group >= 0)
        member = self.frame["member_id"].fillna("") if "member_id" in self.frame else ""
        rows = pd.DataFrame(
            {
                "household": self.household,
                "group": group,
                "member": member,
                "program": self.frame["program"],
            }
        )[counted].drop_duplicates()
        if rows.empty:
            return 0.0
        each = rows.groupby(["household", "group", "member"]).size().reset_index(name="programs")
        each["of_member"] = each["member"] != ""
        each["extra"] = each["programs"] - each["of_member"]
        total = each.groupby(["household", "group"])[["extra", "of_member"]].agg(
            {"extra": "sum", "of_member": "any"}
        )
        extra = total["extra"] - np.where(total["of_member"], 0, 1)
        weight = self.households.weight[total.index.get_level_values("household")]
        return float((weight * extra).sum())


def _group_label(catalog: Catalog, program: Program, by: Grouping) -> str:
    if by == "any":
        return "any"
    return program.need if by == "need" else catalog.agency_of(program)
