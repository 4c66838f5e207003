"""The only part of the benchmarks that looks inside the library: bundles and strengthened rows.

All else uses public names. Where the library's rooms are rebuilt, this is what must follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import povtarget as pt
from binary_program import BinaryProgram
from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.formulation import formulate
from povtarget.mmkp import MMKP
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
