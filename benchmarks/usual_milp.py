"""The usual integer program of targeting: a binary for each household and program, and its judge.

    max  sum_h w_h n_h y_h
    s.t. missing_h y_h <= sum_p gain_hp x_hp        every household below the line
         budgets, quotas, minimums, forbid and require rules, max_bundle
         x, y in {0, 1}

It says the same as the library where consumption is known, every program works for certain, and
the headcount is all that counts; anything else is refused. What obviously cannot matter is left
out, so that solvers are not charged for it: households above the line (but for programs that have
a minimum), and those that no permitted number of programs can lift. A gain beyond what is missing
counts as what is missing. All numbers are whole rupiah.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import povtarget as pt
from binary_program import BinaryProgram

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MONTHS = 12


class CannotSayError(Exception):
    """The usual integer program has no words for this question."""


@dataclass(frozen=True, eq=False)
class Facts:
    """A question in whole numbers, and who may get what.

    Parameters
    ----------
    people, missing
        int64[households]: persons; Rp a year that lift them, 0 above the line.
    possible
        bool[households, programs].
    units, gain, cost
        int64[households, programs]: places, Rp a year gained and paid.
    """

    problem: pt.TargetingProblem
    people: Ints
    missing: Ints
    possible: Bools
    units: Ints
    gain: Ints
    cost: Ints


@dataclass(frozen=True, eq=False)
class UsualProgram:
    """The first columns are x, for pairs of ``household`` and ``program``; the others are y."""

    binary: BinaryProgram
    household: Ints
    program: Ints

    def pairs(self, z: Bools) -> tuple[Ints, Ints]:
        """Households and programs that an answer proposes."""
        chosen = np.flatnonzero(z[: self.household.size])
        return self.household[chosen], self.program[chosen]


def read_facts(problem: pt.TargetingProblem) -> Facts:
    """The question in whole numbers.

    Raises
    ------
    CannotSayError
        Where the usual integer program has no words for it.
    """
    households, catalog, standing = problem.households, problem.catalog, problem.standing
    programs = catalog.programs
    refused = {
        "predicted consumption": bool((households.sigma > 0).any()),
        "weights": bool((households.weight != 1).any()),
        "programs that may fail": any(program.success < 1 for program in programs),
        "constraints": bool(problem.constraints),
        "locks": bool(standing.locked.any()),
        "a price or limit of overlap": bool(problem.overlap.weight)
        or problem.overlap.limit is not None,
        "other levels than the headcount": problem.levels != (pt.Headcount(),),
        "penalties": any(rule.kind == "penalise" for rule in catalog.rules),
    }
    if any(refused.values()):
        names = ", ".join(name for name, is_so in refused.items() if is_so)
        raise CannotSayError(names)
    depth = households.line - households.consumption
    missing = MONTHS * households.size * depth - standing.baseline_gain
    each = _whole([program.gain_per_unit for program in programs], "gains")
    price = _whole([program.unit_cost for program in programs], "unit costs")
    units = standing.units.astype(np.int64)
    return Facts(
        problem,
        _whole(households.size, "sizes"),
        _whole(np.where(depth > 0, np.maximum(missing, 0.0), 0.0), "consumption and line"),
        standing.possible,
        units,
        each * units,
        price * units,
    )


def _whole(numbers: Sequence[float] | Floats, what: str) -> Ints:
    array = np.asarray(numbers, dtype=np.float64)
    if np.any(array != np.floor(array)):
        raise CannotSayError(f"{what} that are not whole")
    return array.astype(np.int64)


def build_usual(facts: Facts) -> UsualProgram:
    """The integer program, as arrays."""
    household, program = np.nonzero(_worth_a_column(facts))
    lifted = np.flatnonzero(_liftable(facts))
    columns = household.size + lifted.size
    blocks = [
        _lifts(facts, household, program, lifted),
        _bundles(facts, household),
        *_rules(facts, household, program),
        *_lines(facts, household, program),
        *_places(facts, household, program),
    ]
    matrices = [
        sparse.csr_array((data, (row, column)), shape=(lower.size, columns))
        for row, column, data, lower, _ in blocks
    ]
    objective = np.concatenate([np.zeros(household.size), facts.people[lifted]])
    binary = BinaryProgram(
        objective.astype(np.float64),
        sparse.csr_array(sparse.vstack(matrices), dtype=np.float64),
        np.concatenate([block[3] for block in blocks]).astype(np.float64),
        np.concatenate([block[4] for block in blocks]).astype(np.float64),
    )
    return UsualProgram(binary, household, program)


Block = tuple[Ints, Ints, Ints, Floats, Floats]
"""Rows as (row, column, coefficient, lower, upper)."""


def _liftable(facts: Facts) -> Bools:
    """Below the line, and the best programs that one household may get reach it."""
    gains = np.where(facts.possible, facts.gain, 0)
    most = min(facts.problem.max_bundle, gains.shape[1])
    best = np.sort(gains, axis=1)[:, -most:].sum(axis=1)
    return np.asarray((facts.missing > 0) & (best >= facts.missing))


def _worth_a_column(facts: Facts) -> Bools:
    """Pairs that can matter: they help to lift, count for a minimum, or are required by one."""
    programs = facts.problem.catalog.programs
    kept = facts.possible & (facts.gain > 0) & _liftable(facts)[:, None]
    kept |= facts.possible & np.array([program.minimum > 0 for program in programs])
    number = {program.name: p for p, program in enumerate(programs)}
    required = [rule for rule in facts.problem.catalog.rules if rule.kind == "require"]
    for _ in required:  # a chain of rules is no longer than their number
        for rule in required:
            first, second = (number[name] for name in rule.programs)
            kept[:, second] |= kept[:, first] & facts.possible[:, second]
    return kept


def _lifts(facts: Facts, household: Ints, program: Ints, lifted: Ints) -> Block:
    row_of = np.full(facts.missing.size, -1, dtype=np.int64)
    row_of[lifted] = np.arange(lifted.size)
    x = np.flatnonzero(row_of[household] >= 0)
    gain = np.minimum(facts.gain[household[x], program[x]], facts.missing[household[x]])
    row = np.concatenate([row_of[household[x]], np.arange(lifted.size)])
    column = np.concatenate([x, household.size + np.arange(lifted.size)])
    data = np.concatenate([gain, -facts.missing[lifted]])
    return row, column, data, np.zeros(lifted.size), np.full(lifted.size, np.inf)


def _bundles(facts: Facts, household: Ints) -> Block:
    """At most ``max_bundle`` programs, where a household could get more."""
    most = facts.problem.max_bundle
    counts = np.bincount(household, minlength=facts.missing.size)
    many = np.flatnonzero(counts > most)
    row_of = np.full(counts.size, -1, dtype=np.int64)
    row_of[many] = np.arange(many.size)
    x = np.flatnonzero(row_of[household] >= 0)
    ones = np.ones(x.size, dtype=np.int64)
    return row_of[household[x]], x, ones, np.full(many.size, -np.inf), np.full(many.size, most)


def _rules(facts: Facts, household: Ints, program: Ints) -> list[Block]:
    catalog, standing = facts.problem.catalog, facts.problem.standing
    number = {name: p for p, name in enumerate(catalog.program_names)}
    column = np.full(facts.possible.shape, -1, dtype=np.int64)
    column[household, program] = np.arange(household.size)
    blocks = []
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        mine = column[:, [number[name] for name in rule.programs]]
        if rule.kind == "forbid":  # at most one of them
            at = np.flatnonzero((mine >= 0).sum(axis=1) > 1)
            row, k = np.nonzero(mine[at] >= 0)
            data = np.ones(row.size, dtype=np.int64)
            least, most = np.full(at.size, -np.inf), np.ones(at.size)
            blocks.append((row, mine[at][row, k], data, least, most))
        elif rule.kind == "require":  # second - first >= 0, where no receipt is the second
            at = np.flatnonzero((mine[:, 0] >= 0) & ~has[:, 1])
            blocks.append(_required(mine[at]))
    return blocks


def _required(columns: Ints) -> Block:
    row = np.arange(len(columns))
    has_second = np.flatnonzero(columns[:, 1] >= 0)
    return (
        np.concatenate([row, row[has_second]]),
        np.concatenate([columns[:, 0], columns[has_second, 1]]),
        np.concatenate([np.full(row.size, -1), np.ones(has_second.size, dtype=np.int64)]),
        np.zeros(row.size),
        np.full(row.size, np.inf),
    )


def _lines(facts: Facts, household: Ints, program: Ints) -> list[Block]:
    blocks = []
    for budget in facts.problem.catalog.budgets:
        if budget.control == "fixed":
            continue
        paid = [p.budget == budget.name for p in facts.problem.catalog.programs]
        x = np.flatnonzero(np.array(paid)[program])
        cost = facts.cost[household[x], program[x]]
        amount = np.floor([float(budget.amount)])
        blocks.append((np.zeros(x.size, dtype=np.int64), x, cost, np.array([-np.inf]), amount))
    return blocks


def _places(facts: Facts, household: Ints, program: Ints) -> list[Block]:
    """A row for each quota and one for each minimum."""
    blocks = []
    for number, entry in enumerate(facts.problem.catalog.programs):
        x = np.flatnonzero(program == number)
        units = facts.units[household[x], number]
        row = np.zeros(x.size, dtype=np.int64)
        if entry.quota is not None:
            most = np.floor([float(entry.quota)])
            blocks.append((row, x, units, np.array([-np.inf]), most))
        if entry.minimum:
            least = np.ceil([float(entry.minimum)])
            blocks.append((row, x, units, least, np.array([np.inf])))
    return blocks


def judge(facts: Facts, household: Ints, program: Ints) -> tuple[int, list[str]]:
    """Persons lifted by a proposal, and what it breaks; whole numbers, nothing of any solver."""
    catalog = facts.problem.catalog
    chosen = np.zeros(facts.possible.shape, dtype=bool)
    chosen[household, program] = True
    faults = []
    if (chosen & ~facts.possible).any():
        faults.append(f"{int((chosen & ~facts.possible).sum())} impossible proposals")
    over = int((chosen.sum(axis=1) > facts.problem.max_bundle).sum())
    if over:
        faults.append(f"{over} households with too many programs")
    faults += _broken_rules(facts, chosen)
    spent = np.where(chosen, facts.cost, 0).sum(axis=0)
    places = np.where(chosen, facts.units, 0).sum(axis=0)
    for budget in catalog.budgets:
        used = sum(
            int(spent[p]) for p, e in enumerate(catalog.programs) if e.budget == budget.name
        )
        if used > budget.amount:
            faults.append(f"'{budget.name}' is exceeded by {used - budget.amount:,}")
    for p, entry in enumerate(catalog.programs):
        if entry.quota is not None and places[p] > entry.quota:
            faults.append(f"the quota of '{entry.name}' is exceeded")
        if places[p] < entry.minimum:
            faults.append(f"the minimum of '{entry.name}' is missed")
    is_lifted = (facts.missing > 0) & (
        np.where(chosen, facts.gain, 0).sum(axis=1) >= facts.missing
    )
    return int(facts.people[is_lifted].sum()), faults


def _broken_rules(facts: Facts, chosen: Bools) -> list[str]:
    catalog, standing = facts.problem.catalog, facts.problem.standing
    column = {name: chosen[:, p] for p, name in enumerate(catalog.program_names)}
    faults = []
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        if rule.kind == "forbid":
            pairs = combinations(rule.programs, 2)
            broken = sum(int((column[a] & column[b]).sum()) for a, b in pairs)
        else:
            first, second = rule.programs
            broken = int((column[first] & ~column[second] & ~has[:, 1]).sum())
        if broken:
            faults.append(f"{broken} households break {rule}")
    return faults
