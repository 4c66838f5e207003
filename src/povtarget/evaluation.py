"""What a set of proposals is worth under a problem, whoever made them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.layers import wanted_needs
from povtarget.objectives import FGT, UnmetNeed
from povtarget.problem import TargetingProblem
from povtarget.valuation import proposed_shortfalls, shortfalls

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Revaluation:
    """Values of proposals.

    Parameters
    ----------
    values
        Of each level, "fewest duplicates" last.
    first_gain
        float64[households]: what the first level gains, without priority and penalties.
    duplicates
        float64[households]: new duplicates in one household.
    """

    values: tuple[float, ...]
    first_gain: Floats
    duplicates: Floats


def revalue(problem: TargetingProblem, chosen: NDArray[np.bool_]) -> Revaluation:
    """Value proposals at every level.

    Parameters
    ----------
    problem
        The question.
    chosen
        bool[households, programs].
    """
    served = np.flatnonzero(chosen.any(axis=1))
    gains, penalty, fresh = worth(problem, served, chosen[served])
    weight = problem.households.weight[served]
    gain, duplicates = np.zeros(len(chosen)), np.zeros(len(chosen))
    gain[served], duplicates[served] = gains[0], fresh
    values = [problem.priority(level)[served] * gains[k] for k, level in enumerate(problem.levels)]
    values[0] = values[0] - penalty
    return Revaluation(
        tuple(math.fsum(value.tolist()) for value in (*values, -weight * fresh)), gain, duplicates
    )


def worth(
    problem: TargetingProblem, rows: Ints, chosen: Bools
) -> tuple[list[Floats], Floats, Floats]:
    """What proposals for some households are worth.

    Parameters
    ----------
    problem
        The question.
    rows
        int64[rows]: positions of the households.
    chosen
        bool[rows, programs]: what they would be proposed for.

    Returns
    -------
    tuple
        Gains of each level, float64[rows] times household weight, without priority; the first
        level's penalties, times weight; and new duplicates in one household.
    """
    households, standing = problem.households, problem.standing
    weight, gains = households.weight[rows], []
    alphas = sorted({level.alpha for level in problem.levels if isinstance(level, FGT)})
    before = shortfalls(households, rows, standing.baseline_gain[rows], alphas)
    after = proposed_shortfalls(problem, rows, chosen, alphas)
    fall = dict(zip(alphas, np.maximum(before - after, 0.0), strict=True))
    for level in problem.levels:
        if isinstance(level, FGT):
            gains.append(weight * (households.size[rows] * fall[level.alpha]))
        else:
            gains.append(weight * _needs_met(problem, level, rows, chosen))
    duplicates = np.zeros(rows.size)
    for group in np.unique(standing.overlap.of_program[standing.overlap.of_program >= 0]):
        joining = np.count_nonzero(chosen[:, standing.overlap.of_program == group], axis=1)
        duplicates += _beyond_first(joining, standing.overlap.served[rows, group])
    rules = np.zeros(rows.size)
    number = {name: p for p, name in enumerate(problem.catalog.program_names)}
    for rule, has in zip(problem.catalog.rules, standing.rule_receipts, strict=True):
        if rule.kind == "penalise":
            mine = chosen[:, [number[name] for name in rule.programs]]
            joining = np.count_nonzero(mine, axis=1)
            rules += rule.weight * _beyond_first(joining, np.any(has[rows], axis=1))
    return gains, weight * (problem.overlap.weight * duplicates + rules), duplicates


def _needs_met(problem: TargetingProblem, level: UnmetNeed, rows: Ints, chosen: Bools) -> Floats:
    needs, wanted = problem.standing.needs, wanted_needs(problem, level)
    met = np.zeros(rows.size)
    for group, label in enumerate(needs.labels):
        if label in wanted:
            mine = chosen[:, needs.of_program == group].any(axis=1)
            met += mine & ~needs.served[rows, group]
    return met


def _beyond_first(joining: Ints, is_served: Bools) -> Floats:
    """Programs beyond the first when some join a group that receipts serve already or not."""
    return np.where(joining > 0, joining - ~is_served, 0).astype(np.float64)


def proposals_of(problem: TargetingProblem, assignments: pd.DataFrame) -> NDArray[np.bool_]:
    """bool[households, programs] of assignments, unknown names left out."""
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    household = problem.households.positions(assignments["household_id"])
    program = problem.catalog.positions(assignments["program"])
    known = (household >= 0) & (program >= 0)
    chosen[household[known], program[known]] = True
    return chosen
