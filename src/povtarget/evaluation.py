"""What a set of proposals is worth under a problem, whoever made them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.bundles import value_set
from povtarget.problem import TargetingProblem

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
    levels = problem.levels
    totals: list[list[float]] = [[] for _ in range(len(levels) + 1)]
    gain, duplicates = np.zeros(len(chosen)), np.zeros(len(chosen))
    served = np.flatnonzero(chosen.any(axis=1))
    patterns, number = np.unique(chosen[served], axis=0, return_inverse=True)
    for k, pattern in enumerate(patterns):
        rows = served[number.ravel() == k]
        valued = value_set(problem, tuple(np.flatnonzero(pattern).tolist()), rows)
        gain[rows], duplicates[rows] = valued.gains[0], valued.duplicates
        for level, objective in enumerate(levels):
            value = problem.priority(objective)[rows] * valued.gains[level]
            totals[level] += (value - valued.penalty if level == 0 else value).tolist()
        totals[-1] += (-problem.households.weight[rows] * valued.duplicates).tolist()
    return Revaluation(tuple(math.fsum(total) for total in totals), gain, duplicates)


def proposals_of(problem: TargetingProblem, assignments: pd.DataFrame) -> NDArray[np.bool_]:
    """bool[households, programs] of assignments, unknown names left out."""
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    number = {name: p for p, name in enumerate(problem.catalog.program_names)}
    household = problem.households.positions(assignments["household_id"])
    program = np.array([number.get(name, -1) for name in assignments["program"]], dtype=np.int64)
    known = (household >= 0) & (program >= 0)
    chosen[household[known], program[known]] = True
    return chosen
