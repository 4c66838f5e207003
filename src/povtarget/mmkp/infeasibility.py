"""Why no choice exists: rows in conflict, and the least change that mends them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.errors import Change, InfeasibleError, SolverError
from povtarget.mmkp.branching import branch_and_cut, integer_program
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.highs import LinearProgram, maximise
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints
from povtarget.mmkp.rational import activity, float_above, float_below
from povtarget.mmkp.strengthening import Strengthened, strengthen
from povtarget.sayings import said

_DIAGNOSIS_SECONDS = 20.0


def explain_infeasibility(problem: MMKP) -> InfeasibleError:
    """Name rows that cannot hold together, and the least change of bounds that mends them.

    The conflict is irreducible: without any one of its rows a choice exists that keeps the
    others (deletion filter; Chinneck and Dravnieks 1991). The remedy minimises the sum of
    changes, each relative to the size of its bound, and is exact for its own choice: with the
    changed bounds that choice is feasible.
    """
    empty = np.flatnonzero(problem.required & (np.diff(problem.starts) == 0))
    if empty.size:
        return InfeasibleError(
            [], [], said("{size} group(s) must choose but have no item", size=empty.size)
        )
    return InfeasibleError(_conflict(problem), _remedy(problem))


def possible_relaxation(problem: MMKP) -> Strengthened | None:
    """A problem with strengthened bounds, or None where not even its relaxation has a solution.

    Its items are worth nothing there: values only make it harder to tell.
    """
    strong = strengthen(problem.with_values(np.zeros(problem.num_items)))
    if strong.crossed.any() or not minimise_dual(strong.problem, strong.scale).is_feasible:
        return None
    return strong


def _conflict(problem: MMKP) -> list[str]:
    kept = np.isfinite(problem.lower) | np.isfinite(problem.upper)
    for row in np.flatnonzero(kept):
        without = kept.copy()
        without[row] = False
        if not _is_possible(problem, without):
            kept = without
    return [problem.row_names[row] for row in np.flatnonzero(kept)]


def _is_possible(problem: MMKP, kept: NDArray[np.bool_]) -> bool:
    """Whether a choice keeps these rows; in doubt (time) yes, so that the row stays named."""
    trial = problem.with_bounds(
        np.where(kept, problem.lower, -np.inf), np.where(kept, problem.upper, np.inf)
    )
    strong = possible_relaxation(trial)
    if strong is None:
        return False
    found = branch_and_cut(strong.problem, strong.scale, time_limit=_DIAGNOSIS_SECONDS)
    return not found.is_infeasible


def _remedy(problem: MMKP) -> list[Change]:
    strong = strengthen(problem)
    program = integer_program(problem, strong.scale)
    size = np.maximum(
        np.where(np.isfinite(problem.upper), np.abs(problem.upper), 0.0),
        np.where(np.isfinite(problem.lower), np.abs(problem.lower), 0.0),
    )
    answer = maximise(
        _elastic(problem, program, np.maximum(size, strong.scale), strong.scale),
        whole=problem.num_items,
        time_limit=_DIAGNOSIS_SECONDS,
    )
    if answer.x is None:
        raise SolverError("no remedy was found in time")
    chosen = np.flatnonzero(answer.x[: problem.num_items] > 0.5)
    choice = np.full(problem.num_groups, NONE, dtype=np.int64)
    choice[problem.group[chosen]] = chosen
    return _changes(problem, choice)


def _elastic(problem: MMKP, program: LinearProgram, size: Floats, scale: Floats) -> LinearProgram:
    """The same rows with a priced shortfall and excess, and no other objective."""
    rows, count = problem.num_rows, program.matrix.shape[0]
    index = np.arange(rows)
    give = sparse.csc_array((-np.ones(rows), (index, index)), shape=(count, rows))
    price = -scale / size
    return LinearProgram(
        np.concatenate([np.zeros(problem.num_items), price, price]),
        sparse.csc_array(sparse.hstack([program.matrix, give, -give])),
        program.row_lower,
        program.row_upper,
        np.concatenate([program.column_upper, np.full(2 * rows, np.inf)]),
    )


def _changes(problem: MMKP, choice: Ints) -> list[Change]:
    changes = []
    for row, total in enumerate(activity(problem, choice)):
        name, upper, lower = problem.row_names[row], problem.upper[row], problem.lower[row]
        if math.isfinite(upper) and float_above(total) > upper:
            changes.append(Change(name, float(upper), float_above(total)))
        elif math.isfinite(lower) and float_below(total) < lower:
            changes.append(Change(name, float(lower), float_below(total)))
    return changes
