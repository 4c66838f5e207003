"""The only part of the benchmarks that looks inside the library: bundles and strengthened rows.

All else uses public names. Where the library's rooms are rebuilt, this is what must follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

import povtarget as pt
from binary_program import BinaryProgram
from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.evaluation import proposals_of, revalue
from povtarget.formulation import Formulation, formulate
from povtarget.mmkp import MMKP, solve_mmkp
from povtarget.mmkp.branching import integer_program
from povtarget.mmkp.strengthening import strengthen

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FirstLevel:
    """The first level as the library itself poses it."""

    bundles: Bundles
    mmkp: MMKP
    program: BinaryProgram

    def pairs(self, z: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Households and programs that chosen items propose."""
        chosen = np.flatnonzero(z)
        found = [
            (household, program)
            for household, number in zip(
                self.bundles.household[chosen].tolist(),
                self.bundles.set_number[chosen].tolist(),
                strict=True,
            )
            for program in self.bundles.sets[number]
        ]
        array = np.array(found, dtype=np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    def judge(self, z: NDArray[np.bool_]) -> tuple[float, list[str]]:
        """Value of chosen items, and what they break; exact where rows are whole numbers."""
        chosen = np.flatnonzero(z)
        used = np.asarray(self.mmkp.usage[chosen].sum(axis=0)).ravel()
        names = np.array(self.mmkp.row_names, dtype=object)
        faults = [f"'{name}' is broken" for name in names[used > self.mmkp.upper]]
        faults += [f"'{name}' is missed" for name in names[used < self.mmkp.lower]]
        if np.unique(self.mmkp.group[chosen]).size < chosen.size:
            faults.append("two bundles for one household")
        return float(self.mmkp.value[chosen].sum()), faults


def first_level(problem: pt.TargetingProblem) -> FirstLevel:
    """Bundles without dominated ones, and rows rounded to what whole choices can reach."""
    bundles = enumerate_bundles(problem)
    mmkp = formulate(problem, bundles).mmkp(0)
    strong = strengthen(mmkp)
    program = integer_program(strong.problem, strong.scale)
    return FirstLevel(
        bundles,
        mmkp,
        BinaryProgram(
            program.objective,
            sparse.csr_array(program.matrix),
            program.row_lower,
            program.row_upper,
        ),
    )


def count_items(problem: pt.TargetingProblem) -> int:
    """Bundles of all households that the engine sees."""
    return len(enumerate_bundles(problem))


def most_lifted_with_gap(
    problem: pt.TargetingProblem, assignments: pd.DataFrame, gap: float
) -> pd.DataFrame:
    """Most persons lifted among proposals that close the expected gap of others at least.

    ``problem`` has the levels headcount and poverty gap.
    """
    given = proposals_of(problem, assignments)
    floor = revalue(problem, given).values[1]
    turned = replace(problem, objective=(problem.levels[1], problem.levels[0]))
    formulation = formulate(turned, enumerate_bundles(turned))
    mmkp = formulation.mmkp(1, [floor * (1 - 1e-9)])
    start = formulation.within(1, _as_good(formulation, given))
    found = solve_mmkp(mmkp, gap=gap, start=start).choice
    choice = formulation.whole(1, found)
    chosen, bundles = choice[choice >= 0], formulation.bundles
    rows, programs = [], []
    for number in np.unique(bundles.set_number[chosen]):
        mine = bundles.household[chosen[bundles.set_number[chosen] == number]]
        for program in bundles.sets[number]:
            rows.append(mine)
            programs.append(np.full(mine.size, program))
    row = np.concatenate(rows)
    program = np.concatenate(programs)
    units = problem.standing.units[row, program]
    cost = np.array([float(p.unit_cost) for p in problem.catalog.programs])
    names = np.array(problem.catalog.program_names, dtype=object)
    return pd.DataFrame(
        {
            "household_id": problem.households.household_id[row],
            "program": names[program],
            "units": units.astype(float),
            "cost": cost[program] * units,
        }
    )


def _as_good(formulation: Formulation, given: NDArray[np.bool_]) -> Ints:
    """The items that hold what is given, or of its subsets the one that closes most.

    A bundle is left out where one program less is worth as much, so one of them always is.
    """
    bundles = formulation.bundles
    rest = given[bundles.household]
    is_subset = np.ones(len(bundles), dtype=bool)
    for column in bundles.programs[bundles.set_number].T:
        is_subset &= (column < 0) | rest[np.arange(len(bundles)), np.maximum(column, 0)]
    items = np.flatnonzero(is_subset)
    order = items[np.argsort(formulation.values[0, items], kind="stable")]
    choice = np.full(given.shape[0], -1, dtype=np.int64)
    choice[bundles.household[order]] = order  # the last one written closes most
    return choice


def expected_values(problem: pt.TargetingProblem, assignments: pd.DataFrame) -> tuple[float, ...]:
    """Value of proposals at each level, as the problem's households are predicted."""
    return revalue(problem, proposals_of(problem, assignments)).values
