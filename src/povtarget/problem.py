"""The question: households, a catalogue, what they have, and what the plan should achieve."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.households import Households
from povtarget.objectives import (
    FGT,
    AreaFloor,
    Headcount,
    Objective,
    Overlap,
    PovertyGap,
    UnmetNeed,
)
from povtarget.programs import Catalog
from povtarget.receipts import parse_locks, read_receipts, reasons_of
from povtarget.sayings import said
from povtarget.standing import LockPlaces, Standing, column_faults, find_standing

Floats = NDArray[np.float64]

DEFAULT_OBJECTIVE: tuple[Objective, ...] = (Headcount(), PovertyGap())
"""Lift most people; then close most of the shortfall of those who stay below the line."""


@dataclass(frozen=True, eq=False)
class TargetingProblem:
    """Which households should be proposed for which programs?

    Parameters
    ----------
    households, catalog
        Who there is, and what there is to give.
    receipts
        Programs that households have already: a frame or file with household_id and program
        (see `povtarget.read_receipts`). The plan cannot change them.
    objective
        One objective or several, the most important first; None is
        ``[Headcount(), PovertyGap()]``: lift as many people as the money can, and among the plans
        that do, close most of the shortfall of those who stay below. "Fewest duplicates" always
        comes last.
    overlap
        How duplicates are counted, priced and limited.
    constraints
        Further conditions, such as `AreaFloor`.
    locks
        What a meeting has agreed ("in") or refused ("out"), and why, see `povtarget.read_locks`.
    max_bundle
        Most new programs for one household.
    receipts_in_consumption
        Whether measured consumption has the receipts in it; False adds their gain (as if it
        works) before anything else is counted.
    year
        The year of the plan, from which rules with a window look back; None: the latest year
        among the receipts.

    Raises
    ------
    InputError
        With every fault.
    """

    households: Households
    catalog: Catalog
    _: KW_ONLY
    receipts: Any = None
    objective: Objective | Sequence[Objective] | None = None
    overlap: Overlap = field(default_factory=Overlap)
    constraints: Sequence[AreaFloor] = ()
    locks: Any = None
    max_bundle: int = 3
    receipts_in_consumption: bool = True
    year: int | None = None
    _lock_places: LockPlaces | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check_kinds(self.households, self.catalog)
        receipts = None if self.receipts is None else read_receipts(self.receipts)
        locks = places = None
        if self.locks is not None:
            locks, table = parse_locks(self.locks)
            places = LockPlaces(
                "locks" if table.name == "frame" else table.name, table.rows[locks.index].tolist()
            )
            locks = locks.reset_index(drop=True)
        objective = self.objective
        if objective is None:
            objective = DEFAULT_OBJECTIVE
        elif isinstance(objective, (FGT, UnmetNeed)):
            objective = (objective,)
        object.__setattr__(self, "receipts", receipts)
        object.__setattr__(self, "locks", locks)
        object.__setattr__(self, "_lock_places", places)
        object.__setattr__(self, "objective", tuple(objective))
        object.__setattr__(self, "constraints", tuple(self.constraints))
        faults = [*self._faults(), *self._constraint_faults()]
        if faults:
            raise InputError([*faults, *column_faults(self.households, self.catalog.programs)])
        _ = self.standing  # what is wrong with eligibility, counts and locks must show here too

    @property
    def levels(self) -> tuple[Objective, ...]:
        """The objectives, the most important first."""
        return tuple(self.objective)  # type: ignore[arg-type]  # made a tuple in __post_init__

    @cached_property
    def standing(self) -> Standing:
        """What is settled about each household before the plan."""
        return find_standing(
            self.households,
            self.catalog,
            self.receipts,
            self.locks,
            by=self.overlap.by,
            max_bundle=self.max_bundle,
            receipts_in_consumption=self.receipts_in_consumption,
            year=self.year,
            lock_places=self._lock_places,
        )

    @cached_property
    def lock_reasons(self) -> dict[tuple[str, str], str]:
        """Why a household and a program are locked, see `povtarget.read_locks`."""
        return reasons_of(self.locks)

    def priority(self, objective: Objective) -> Floats:
        """float64[households]: the multiplier of each household under an objective."""
        for level, known in zip(self.levels, self._priorities, strict=True):
            if level is objective:
                return known
        return self._multipliers(objective)

    @cached_property
    def _priorities(self) -> tuple[Floats, ...]:
        return tuple(map(self._multipliers, self.levels))

    def _multipliers(self, objective: Objective) -> Floats:
        priority = objective.priority
        if priority is None:
            return np.broadcast_to(1.0, len(self.households))
        if isinstance(priority, str):
            return np.asarray(self.households.columns[priority], dtype=np.float64)
        multipliers = np.ones(len(self.households))
        multipliers[self.households.positions(list(priority))] = list(priority.values())
        return multipliers

    def _faults(self) -> Iterator[Fault]:
        if (
            isinstance(self.max_bundle, bool)
            or int(self.max_bundle) != self.max_bundle
            or self.max_bundle < 1
        ):
            yield Fault(
                "not a bundle size",
                "problem",
                column="max_bundle",
                value=str(self.max_bundle),
                expected="a whole number, 1 or more",
            )
        if not self.levels:
            yield Fault("no objective", "problem", column="objective", expected="one or more")
        level: Any
        for level in self.levels:
            if not isinstance(level, (FGT, UnmetNeed)):
                yield Fault(
                    "not an objective",
                    "problem",
                    column="objective",
                    value=type(level).__name__,
                    expected="Headcount(), PovertyGap(), Severity(), FGT(alpha) or UnmetNeed()",
                )
            else:
                yield from self._priority_faults(level)

    def _priority_faults(self, objective: Objective) -> Iterator[Fault]:
        priority: Any = objective.priority
        fault = partial(Fault, source="objective", column="priority")
        if isinstance(priority, str):
            columns = self.households.columns
            if priority not in columns:
                yield fault(
                    "no such column",
                    value=priority,
                    expected=nearest(priority, columns) or "a column of the households",
                )
                return
            values = columns[priority]
        elif isinstance(priority, Mapping):
            unknown = self.households.positions(list(priority)) < 0
            if unknown.any():
                yield fault(
                    said(
                        "{count} household(s) with a priority are not listed",
                        count=int(unknown.sum()),
                    )
                )
            values = np.array(list(priority.values()))
        else:
            return
        if values.dtype.kind not in "iufb" or not np.all(np.isfinite(values) & (values > 0)):
            yield fault("not all multipliers are positive numbers")

    def _constraint_faults(self) -> Iterator[Fault]:
        columns = self.households.columns
        constraint: Any
        for constraint in self.constraints:
            if not isinstance(constraint, AreaFloor):
                yield Fault(
                    "not a constraint",
                    "problem",
                    column="constraints",
                    value=type(constraint).__name__,
                    expected="AreaFloor(...)",
                )
            elif constraint.by not in columns:
                yield Fault(
                    "no such column",
                    "area floor",
                    column="by",
                    value=constraint.by,
                    expected=nearest(constraint.by, columns) or "a column of the households",
                )
        floors = [
            constraint.by for constraint in self.constraints if isinstance(constraint, AreaFloor)
        ]
        if len(set(floors)) != len(floors):
            yield Fault("two floors for one column", "area floor", column="by")


def varied(
    problem: TargetingProblem,
    *,
    overlap: Overlap | None = None,
    constraints: Sequence[AreaFloor] | None = None,
    amounts: Mapping[str, float] | None = None,
) -> TargetingProblem:
    """The same question with another limit, other floors or amounts; what is settled is kept.

    Whose programs and receipts are the same, their standing is: it takes longer to find at city
    size than a warm solve.

    Parameters
    ----------
    problem
        The question.
    overlap
        Another limit or weight; ``by`` must be the same.
    constraints
        Other floors.
    amounts
        Rp a year of some lines, by budget name.

    Raises
    ------
    InputError
        For unusable floors.
    """
    variant = copy(problem)
    if overlap is not None:
        assert overlap.by == problem.overlap.by
        object.__setattr__(variant, "overlap", overlap)
    if constraints is not None:
        object.__setattr__(variant, "constraints", tuple(constraints))
        faults = list(variant._constraint_faults())
        if faults:
            raise InputError(faults)
    if amounts is not None:
        budgets = [
            replace(budget, amount=amounts.get(budget.name, budget.amount))
            for budget in problem.catalog.budgets
        ]
        object.__setattr__(variant, "catalog", replace(problem.catalog, budgets=budgets))
    return variant


def city_alone(problem: TargetingProblem) -> TargetingProblem:
    """The same question with nothing to choose in lines that other governments decide."""
    budgets = [
        budget if budget.control == "city" else replace(budget, control="fixed")
        for budget in problem.catalog.budgets
    ]
    return replace(problem, catalog=replace(problem.catalog, budgets=budgets))


def floor_bound(share: float, total: float) -> float:
    """What an area must reach: a share of a sum of probabilities, less what rounding may take."""
    return share * total * (1.0 - 1e-13)


def area_sums(problem: TargetingProblem, constraint: AreaFloor, amounts: Floats) -> list[float]:
    """Correctly rounded sums of the amounts of households, by area."""
    names, number = area_names(problem.households, constraint.by)
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(len(names) + 1)).tolist()
    by_area = amounts[order].tolist()
    return [math.fsum(by_area[begin:end]) for begin, end in pairwise(ends)]


def floor_names(problem: TargetingProblem, constraint: AreaFloor) -> list[str]:
    """Row names of an area floor, in the order of its areas."""
    prefix = "floor:" if len(problem.constraints) == 1 else f"floor:{constraint.by}="
    return [f"{prefix}{area}" for area in area_names(problem.households, constraint.by)[0]]


def area_names(households: Households, by: str) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Names of areas in order, and each household's number among them."""
    return households.grouped(by)


def _check_kinds(households: Any, catalog: Any) -> None:
    """Refuse what is no registry or catalogue, and say what makes one of it."""
    faults = []
    if not isinstance(households, Households):
        expected = "Households: read_households(file) or Households.from_frame(frame)"
        value = type(households).__name__
        faults.append(Fault("not a registry", column="households", value=value, expected=expected))
    if not isinstance(catalog, Catalog):
        expected = "a Catalog: read_catalog(file) or Catalog(programs=, budgets=)"
        value = type(catalog).__name__
        faults.append(Fault("not a catalogue", column="catalog", value=value, expected=expected))
    if faults:
        raise InputError(faults)
