"""The MMKP as a readable PuLP model: any solver that PuLP knows, and .lp or .mps files.

Every name of PuLP stays in this module. PuLP's own duals are never read: with HiGHS they have
the wrong sign when maximising, and for integer models they are zero.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Sequence

import numpy as np
import pulp

from povtarget.mmkp.branching import integer_program
from povtarget.mmkp.highs import Answer, LinearProgram, Outcome, value_scale
from povtarget.mmkp.model import MMKP, Floats

_UNREADABLE = re.compile(r"\W+", re.ASCII)
_SOLVER_GAP = 1e-4  # what solvers prove by "optimal" where they are not told a gap (HiGHS)
_OUTCOMES = {
    pulp.LpSolutionOptimal: Outcome.OPTIMAL,
    pulp.LpSolutionIntegerFeasible: Outcome.STOPPED,
    pulp.LpSolutionNoSolutionFound: Outcome.STOPPED,
    pulp.LpSolutionInfeasible: Outcome.INFEASIBLE,
    pulp.LpSolutionUnbounded: Outcome.UNBOUNDED,
}


def build_pulp(
    problem: MMKP,
    item_names: Sequence[str] | None = None,
    group_names: Sequence[str] | None = None,
    name: str = "mmkp",
) -> pulp.LpProblem:
    """Write the problem as a PuLP model, rows as stated.

    Parameters
    ----------
    problem
        The problem.
    item_names, group_names
        Names of variables and group rows; numbers where None. Made readable and unique.
    name
        Name of the model.

    Examples
    --------
    >>> rows = MMKP([0, 0], [1.0, 2.0], [[1.0], [3.0]], upper=[2.0], row_names=["money"])
    >>> model = build_pulp(rows)
    >>> [variable.name for variable in model.variables()], model.numConstraints()
    (['x_0', 'x_1'], 2)
    """
    items = item_names or [str(j) for j in range(problem.num_items)]
    groups = group_names or [f"group_{g}" for g in range(problem.num_groups)]
    program = integer_program(problem, np.ones(problem.num_rows))
    return _model(
        program,
        program.objective,
        [f"x_{text}" for text in items],
        [*problem.row_names, *groups],
        problem.num_items,
        name,
    )


def maximise_with_pulp(
    program: LinearProgram,
    *,
    whole: int,
    gap: float = 0.0,
    slack: float = 0.0,
    time_limit: float | None = None,
    solver: pulp.LpSolver | None = None,
) -> Answer:
    """Answer a linear program like `povtarget.mmkp.highs.maximise`, through a PuLP solver.

    ``solver`` None is HiGHS with the gap and time limit given; a solver object keeps its own
    options and decides itself what "optimal" means.
    """
    shrink = value_scale(program.objective)
    columns = [f"x_{j}" for j in range(program.objective.size)]
    rows = [f"row_{r}" for r in range(program.matrix.shape[0])]
    model = _model(program, program.objective * shrink, columns, rows, whole, "mmkp")
    chosen = solver or pulp.HiGHS(
        msg=False,
        gapRel=gap,
        gapAbs=slack * shrink,
        timeLimit=time_limit,
        threads=1,
        mip_feasibility_tolerance=1e-9,
    )
    with warnings.catch_warnings():  # PuLP 3 announces PuLP 4 at every call
        warnings.simplefilter("ignore")
        model.solve(chosen)
    outcome = _OUTCOMES[model.sol_status]
    if (
        outcome not in (Outcome.OPTIMAL, Outcome.STOPPED)
        or model.sol_status == pulp.LpSolutionNoSolutionFound
    ):
        bound = -math.inf if outcome is Outcome.INFEASIBLE else math.inf
        return Answer(outcome, None, -math.inf, bound, np.empty(0))
    values = {variable.name: variable.varValue for variable in model.variables()}
    x = np.array([values.get(column) or 0.0 for column in columns])
    value = float(program.objective @ x)
    bound = math.inf
    if outcome is Outcome.OPTIMAL:
        proven = gap if solver is None else (solver.optionsDict.get("gapRel") or _SOLVER_GAP)
        bound = value + max(proven * abs(value), slack if solver is None else 0.0)
    return Answer(outcome, x, value, bound, np.empty(0))


def _model(
    program: LinearProgram,
    objective: Floats,
    columns: Sequence[str],
    rows: Sequence[str],
    whole: int,
    name: str,
) -> pulp.LpProblem:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pulp.LpProblem(_readable(name), pulp.LpMaximize)
        variables = [
            pulp.LpVariable(
                label,
                0,
                None if math.isinf(most) else most,
                cat=pulp.LpInteger if j < whole else pulp.LpContinuous,
            )
            for j, (label, most) in enumerate(
                zip(_unique(columns), program.column_upper, strict=True)
            )
        ]
        model += (
            pulp.LpAffineExpression(zip(variables, objective.tolist(), strict=True)),
            "value",
        )
        matrix = program.matrix.tocsr()
        for row, label in enumerate(_unique(rows)):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            terms = zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)
            total = pulp.LpAffineExpression((variables[j], amount) for j, amount in terms)
            _add_row(model, total, program.row_lower[row], program.row_upper[row], label)
    return model


def _add_row(
    model: pulp.LpProblem, total: pulp.LpAffineExpression, lower: float, upper: float, label: str
) -> None:
    if not total and lower <= 0 <= upper:
        return  # solvers differ on rows without columns
    if lower == upper:
        model += total == lower, label
        return
    if math.isfinite(upper):
        model += total <= upper, label
    if math.isfinite(lower):
        model += total >= lower, label if math.isinf(upper) else f"{label}_least"


def _readable(text: str) -> str:
    return _UNREADABLE.sub("_", text).strip("_") or "_"


def _unique(names: Sequence[str]) -> list[str]:
    """Readable names, a number behind those that would occur twice."""
    seen: dict[str, int] = {}
    unique = []
    for name in map(_readable, names):
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}__{seen[name]}")
    return unique
