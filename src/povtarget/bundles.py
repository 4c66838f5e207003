"""The feasible bundles of every household: what each is worth, and how it overlaps.

A bundle is a set of programs that one household may get together. Sets are built by size, each
from the households that may have the smaller set, so the work grows with the bundles that exist
and not with households times sets; there is no loop over households.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from povtarget.objectives import FGT, Objective, UnmetNeed
from povtarget.problem import TargetingProblem
from povtarget.valuation import expected_shortfall_with, shortfall

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ProgramSet = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Bundles:
    """Bundles sorted by household, then by size and programs.

    Parameters
    ----------
    household
        int64[bundles]: position of the household.
    set_number
        int64[bundles]: which of ``sets`` it is.
    sets
        Positions of programs, ascending.
    gains
        float64[levels, bundles]: the fall of each level's measure, times weight; no priority and
        no penalties.
    penalty
        float64[bundles]: what overlap and `penalise` rules cost at the first level, times weight.
    duplicates
        float64[bundles]: new duplicates in one household.
    """

    household: Ints
    set_number: Ints
    sets: tuple[ProgramSet, ...]
    gains: Floats
    penalty: Floats
    duplicates: Floats

    def __len__(self) -> int:
        return int(self.household.size)

    def objective(self, problem: TargetingProblem, level: int) -> Floats:
        """What a level maximises: priorities in, and at the first level penalties off."""
        value = problem.priority(problem.levels[level])[self.household] * self.gains[level]
        return np.asarray(value - self.penalty if level == 0 else value)


@dataclass(frozen=True, eq=False)
class Valued:
    """One set of programs, valued for the households that may have it.

    ``rows`` are positions of households; gains, penalty and duplicates are as in `Bundles`;
    ``is_complete`` says whether the set has what its programs require and all that is locked in.
    """

    rows: Ints
    gains: Floats
    penalty: Floats
    duplicates: Floats
    is_complete: NDArray[np.bool_]


def enumerate_bundles(
    problem: TargetingProblem, rows: Ints | None = None, *, keep_dominated: bool = False
) -> Bundles:
    """Every feasible bundle up to ``max_bundle`` programs, dominated ones dropped.

    A bundle is dropped where the same bundle with one program less is feasible, is worth at
    least as much at every level (and in every area floor), and the program has no minimum: the
    smaller bundle uses no more of any budget, quota or limit.

    Parameters
    ----------
    problem
        The question.
    rows
        Positions of the households wanted; all where None.
    keep_dominated
        Keep the dominated ones too.
    """
    rows = np.arange(len(problem.households)) if rows is None else rows
    found: list[tuple[ProgramSet, Valued, NDArray[np.bool_]]] = []
    smaller: dict[ProgramSet, Valued] = {}
    for size in range(1, problem.max_bundle + 1):
        nodes = dict(_next_nodes(problem, rows, smaller, size))
        for programs, node in nodes.items():
            kept = node.is_complete.copy()
            if not keep_dominated:
                kept &= ~_is_dominated(problem, programs, node, smaller)
            found.append((programs, node, kept))
        smaller = nodes
    return _collected(problem, found)


def _next_nodes(
    problem: TargetingProblem, rows: Ints, smaller: dict[ProgramSet, Valued], size: int
) -> Iterator[tuple[ProgramSet, Valued]]:
    possible = problem.standing.possible
    forbidden = _forbidden_pairs(problem)
    parents = (
        {(): rows} if size == 1 else {programs: node.rows for programs, node in smaller.items()}
    )
    for programs, parent_rows in parents.items():
        first = programs[-1] + 1 if programs else 0
        for program in range(first, possible.shape[1]):
            if any((other, program) in forbidden for other in programs):
                continue
            mine = parent_rows[possible[parent_rows, program]]
            if mine.size:
                together = (*programs, program)
                yield together, value_set(problem, together, mine)


def _forbidden_pairs(problem: TargetingProblem) -> set[tuple[int, int]]:
    number = {name: p for p, name in enumerate(problem.catalog.program_names)}
    return {
        (min(number[a], number[b]), max(number[a], number[b]))
        for rule in problem.catalog.rules
        if rule.kind == "forbid"
        for a, b in combinations(rule.programs, 2)
    }


def value_set(problem: TargetingProblem, programs: ProgramSet, rows: Ints) -> Valued:
    """Value one set of programs for some households.

    Parameters
    ----------
    problem
        The question.
    programs
        Positions of programs, ascending.
    rows
        Positions of households.
    """
    gains = np.stack([_level_gain(problem, level, programs, rows) for level in problem.levels])
    duplicates = _duplicates(problem, programs, rows)
    weight = problem.households.weight[rows]
    penalty = weight * (
        problem.overlap.weight * duplicates + _rule_penalty(problem, programs, rows)
    )
    return Valued(rows, gains, penalty, duplicates, _is_complete(problem, programs, rows))


def _level_gain(
    problem: TargetingProblem, level: Objective, programs: ProgramSet, rows: Ints
) -> Floats:
    """v_hj of a level, times weight, without its priority."""
    weight = problem.households.weight[rows]
    if isinstance(level, UnmetNeed):
        return weight * _needs_met(problem, level, programs, rows)
    return weight * _fgt_gain(problem, level, programs, rows)


def _fgt_gain(problem: TargetingProblem, level: FGT, programs: ProgramSet, rows: Ints) -> Floats:
    households, standing = problem.households, problem.standing
    chosen = [problem.catalog.programs[p] for p in programs]
    base = standing.baseline_gain[rows]
    gains = [
        program.gain_per_unit * standing.units[rows, p]
        for p, program in zip(programs, chosen, strict=True)
    ]
    before = shortfall(households, rows, base, level.alpha)
    after = expected_shortfall_with(households, rows, base, chosen, gains, level.alpha)
    return households.size[rows] * np.maximum(before - after, 0.0)


def _needs_met(
    problem: TargetingProblem, level: UnmetNeed, programs: ProgramSet, rows: Ints
) -> Floats:
    needs = problem.standing.needs
    wanted = wanted_needs(problem, level)
    met = np.zeros(rows.size)
    for group in {int(needs.of_program[p]) for p in programs}:
        if needs.labels[group] in wanted:
            met += ~needs.served[rows, group]
    return met


def wanted_needs(problem: TargetingProblem, level: UnmetNeed) -> frozenset[str]:
    """The needs that an `UnmetNeed` objective counts."""
    if level.needs is not None:
        return frozenset(level.needs)
    return frozenset(
        program.need for program in problem.catalog.programs if program.gain_per_unit == 0
    )


def measure_before(problem: TargetingProblem) -> Floats:
    """float64[households]: the first objective's measure before the plan, times weight."""
    level, households = problem.levels[0], problem.households
    everyone = np.arange(len(households))
    if isinstance(level, FGT):
        depth = shortfall(households, everyone, problem.standing.baseline_gain, level.alpha)
        return households.persons * depth
    needs, wanted = problem.standing.needs, wanted_needs(problem, level)
    unmet = np.zeros(len(households))
    for group, label in enumerate(needs.labels):
        if label in wanted:
            offered = problem.standing.possible[:, needs.of_program == group].any(axis=1)
            unmet += offered & ~needs.served[:, group]
    return households.weight * unmet


def _duplicates(problem: TargetingProblem, programs: ProgramSet, rows: Ints) -> Floats:
    """o_hj: programs beyond the first of a group, less what receipts make by themselves."""
    groups = problem.standing.overlap
    present = groups.of_program[list(programs)]
    total = np.zeros(rows.size)
    for group in np.unique(present[present >= 0]):
        total += _beyond_first(int(np.count_nonzero(present == group)), groups.served[rows, group])
    return total


def _rule_penalty(problem: TargetingProblem, programs: ProgramSet, rows: Ints) -> Floats:
    total = np.zeros(rows.size)
    names = {problem.catalog.program_names[p] for p in programs}
    for rule, has in zip(problem.catalog.rules, problem.standing.rule_receipts, strict=True):
        joining = len(names.intersection(rule.programs))
        if rule.kind == "penalise" and joining:
            total += rule.weight * _beyond_first(joining, np.asarray(has[rows].any(axis=1)))
    return total


def _beyond_first(joining: int, is_served: NDArray[np.bool_]) -> Floats:
    """Programs beyond the first when some join a group that receipts serve already or not."""
    return np.where(is_served, joining, joining - 1).astype(np.float64)


def _is_complete(problem: TargetingProblem, programs: ProgramSet, rows: Ints) -> NDArray[np.bool_]:
    """Whether the set has what its programs require and all that is locked in."""
    names = problem.catalog.program_names
    present = {names[p] for p in programs}
    complete = np.ones(rows.size, dtype=bool)
    for rule, has in zip(problem.catalog.rules, problem.standing.rule_receipts, strict=True):
        if (
            rule.kind == "require"
            and rule.programs[0] in present
            and rule.programs[1] not in present
        ):
            complete &= has[rows, 1]
    missing = [p for p in range(len(names)) if p not in programs]
    return complete & ~problem.standing.locked[rows][:, missing].any(axis=1)


def _is_dominated(
    problem: TargetingProblem,
    programs: ProgramSet,
    node: Valued,
    smaller: dict[ProgramSet, Valued],
) -> NDArray[np.bool_]:
    dominated = np.zeros(node.rows.size, dtype=bool)
    for program in programs:
        if problem.catalog.programs[program].minimum > 0:
            continue
        rest = tuple(p for p in programs if p != program)
        if not rest:
            is_free = ~problem.standing.locked[node.rows].any(axis=1)
            dominated |= is_free & np.all(_merit(problem, node) <= 0.0, axis=0)
        elif rest in smaller:
            other = smaller[rest]
            place = np.searchsorted(other.rows, node.rows)
            is_better = np.all(_merit(problem, node) <= _merit(problem, other)[:, place], axis=0)
            dominated |= is_better & other.is_complete[place]
    return dominated


def _merit(problem: TargetingProblem, node: Valued) -> Floats:
    """All that more of is never worse: levels as maximised, and gains where floors count them."""
    priority = problem.priority(problem.levels[0])[node.rows]
    first = priority * node.gains[0] - node.penalty
    return np.vstack(
        [first, node.gains[1:], node.gains[:1]] if problem.constraints else [first, node.gains[1:]]
    )


def _collected(
    problem: TargetingProblem, found: list[tuple[ProgramSet, Valued, NDArray[np.bool_]]]
) -> Bundles:
    levels = len(problem.levels)
    if not found:
        none = np.empty(0)
        return Bundles(
            none.astype(np.int64), none.astype(np.int64), (), np.empty((levels, 0)), none, none
        )
    household = np.concatenate([node.rows[kept] for _, node, kept in found])
    number = np.repeat(np.arange(len(found)), [np.count_nonzero(kept) for *_, kept in found])
    order = np.argsort(household, kind="stable")
    return Bundles(
        household[order],
        number[order],
        tuple(programs for programs, *_ in found),
        np.concatenate([node.gains[:, kept] for _, node, kept in found], axis=1)[:, order],
        np.concatenate([node.penalty[kept] for _, node, kept in found])[order],
        np.concatenate([node.duplicates[kept] for _, node, kept in found])[order],
    )
