"""What every baseline keeps, exactly: budgets, quotas, rules, sizes of bundles, overlap limits."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.evaluation import revalue
from povtarget.exact import exact_dot
from povtarget.plan import Certificate, Level, Plan, make_plan
from povtarget.problem import TargetingProblem

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Exact = int | Fraction


def agreed(problem: TargetingProblem) -> Bools:
    """bool[households, programs]: what is locked in, with what the rules require for it."""
    standing, chosen = problem.standing, problem.standing.locked.copy()
    number = {name: p for p, name in enumerate(problem.catalog.program_names)}
    for _ in number:  # a chain of requirements is no longer than the catalogue
        for rule, has in zip(problem.catalog.rules, standing.rule_receipts, strict=True):
            if rule.kind == "require":
                first, second = (number[name] for name in rule.programs)
                chosen[:, second] |= chosen[:, first] & ~has[:, 1] & standing.possible[:, second]
    return chosen


def judged(problem: TargetingProblem, chosen: Bools, name: str, began: float) -> Plan:
    """The plan of proposals, valued by the same judge as every plan; it proves nothing."""
    found = revalue(problem, chosen)
    labels = [*(level.label for level in problem.levels), "fewest duplicates"]
    certificate = Certificate(
        value=found.values[0],
        bound=math.inf,
        gap=math.inf,
        bound_source="none",
        levels=tuple(
            Level(label, value, math.inf)
            for label, value in zip(labels, found.values, strict=True)
        ),
        status="baseline",
        asked_gap=math.inf,
        engine=f"baseline: {name}",
        runtime=time.monotonic() - began,
        prices={},
    )
    proposals = [(np.flatnonzero(column), p) for p, column in enumerate(chosen.T)]
    return make_plan(problem, proposals, 0.0 - found.values[-1], certificate)


def keeps_rules(problem: TargetingProblem, chosen: Bools, p: int) -> Bools:
    """bool[households]: program ``p`` may join what is chosen."""
    number = {name: k for k, name in enumerate(problem.catalog.program_names)}
    kept = np.ones(len(chosen), dtype=bool)
    for rule, has in zip(problem.catalog.rules, problem.standing.rule_receipts, strict=True):
        members = [number[name] for name in rule.programs]
        if rule.kind == "forbid" and p in members:
            kept &= ~chosen[:, members].any(axis=1)
        elif rule.kind == "require" and p == members[0]:
            kept &= chosen[:, members[1]] | has[:, 1]
    return kept


class Ledger:
    """Proposals one household after the other, each entered only where everything is kept.

    Money and places are whole numbers or fractions of the stored numbers, never rounded.

    Parameters
    ----------
    problem
        The question.
    apart
        Refuse whatever would be a duplicate.
    """

    def __init__(self, problem: TargetingProblem, *, apart: bool = False) -> None:
        catalog, standing = problem.catalog, problem.standing
        self.problem, self.apart = problem, apart
        self.chosen = agreed(problem)
        number = {name: p for p, name in enumerate(catalog.program_names)}
        line = {name: k for k, name in enumerate(catalog.budget_names)}
        self._line = [line[program.budget] for program in catalog.programs]
        self._cost = [_exact(program.unit_cost) for program in catalog.programs]
        self._weight = [_exact(weight) for weight in problem.households.weight.tolist()]
        self._forbidden = [0] * len(number)
        self._required: list[list[tuple[int, Bools]]] = [[] for _ in number]
        for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
            members = [number[name] for name in rule.programs]
            if rule.kind == "forbid":
                mask = sum(1 << p for p in members)
                for p in members:
                    self._forbidden[p] |= mask & ~(1 << p)
            elif rule.kind == "require":
                self._required[members[0]].append((members[1], has[:, 1]))
        self._group = standing.overlap.of_program.tolist()
        self._held = [
            sum(1 << p for p in np.flatnonzero(row).tolist()) if any_ else 0
            for row, any_ in zip(self.chosen, np.any(self.chosen, axis=1), strict=True)
        ]
        self._count_what_is_agreed()

    def _count_what_is_agreed(self) -> None:
        catalog, standing = self.problem.catalog, self.problem.standing
        weight = self.problem.households.weight
        self._money: list[Exact] = [_exact(budget.amount) for budget in catalog.budgets]
        self._places: list[Exact | None] = [
            None if program.quota is None else _exact(program.quota)
            for program in catalog.programs
        ]
        for p in range(len(catalog.programs)):
            rows = np.flatnonzero(self.chosen[:, p])
            self._pay(p, _exact(exact_dot(weight[rows], standing.units[rows, p])))
        limit = self.problem.overlap.limit
        self._duplicates: Exact | None = None
        if limit is not None:
            so_far = exact_dot(weight, revalue(self.problem, self.chosen).duplicates)
            self._duplicates = _exact(Fraction(limit) - so_far)

    def held(self, household: int) -> int:
        """How many programs a household is proposed for."""
        return self._held[household].bit_count()

    def held_of(self, household: int, programs: Iterable[int]) -> int:
        """How many of some programs a household is proposed for."""
        return sum(self._held[household] >> p & 1 for p in programs)

    def add(self, household: int, programs: Iterable[int]) -> bool:
        """Enter programs for a household, all or none; say whether they were entered.

        Programs that it is proposed for already are left as they are.
        """
        held, standing = self._held[household], self.problem.standing
        new = [p for p in programs if not held >> p & 1]
        together = held | sum(1 << p for p in new)
        if not new or not self._keeps(household, new, together):
            return False
        weight = self._weight[household]
        places = [weight * int(standing.units[household, p]) for p in new]
        fresh = weight * self._fresh(household, new)
        if (self.apart and fresh) or (self._duplicates is not None and fresh > self._duplicates):
            return False
        if not self._affords(new, places):
            return False
        for p, count in zip(new, places, strict=True):
            self._pay(p, count)
            self.chosen[household, p] = True
        if self._duplicates is not None:
            self._duplicates -= fresh
        self._held[household] = together
        return True

    def _keeps(self, household: int, new: list[int], together: int) -> bool:
        """Whether the bundle itself is allowed."""
        if together.bit_count() > self.problem.max_bundle:
            return False
        possible = self.problem.standing.possible
        return all(
            possible[household, p]
            and not self._forbidden[p] & together
            and all(together >> q & 1 or has[household] for q, has in self._required[p])
            for p in new
        )

    def _fresh(self, household: int, new: list[int]) -> int:
        """New duplicates: programs that join a group which is served already."""
        held, served = self._held[household], self.problem.standing.overlap.served
        taken = {self._group[p] for p in range(len(self._group)) if held >> p & 1}
        fresh = 0
        for p in new:
            group = self._group[p]
            if group >= 0:
                fresh += bool(group in taken or served[household, group])
                taken.add(group)
        return fresh

    def _affords(self, new: list[int], places: list[Exact]) -> bool:
        needed: dict[int, Exact] = {}
        for p, count in zip(new, places, strict=True):
            left = self._places[p]
            if left is not None and count > left:
                return False
            needed[self._line[p]] = needed.get(self._line[p], 0) + count * self._cost[p]
        return all(rupiah <= self._money[line] for line, rupiah in needed.items())

    def _pay(self, p: int, count: Exact) -> None:
        self._money[self._line[p]] -= count * self._cost[p]
        left = self._places[p]
        if left is not None:
            self._places[p] = left - count


def _exact(number: float | Fraction) -> Exact:
    """A whole number where it is one, since whole numbers are quicker than fractions."""
    fraction = Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else fraction
