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

from povtarget.errors import SolverError
from povtarget.mmkp.branching import integer_program
from povtarget.mmkp.highs import Answer, LinearProgram, Outcome, value_scale
from povtarget.mmkp.model import MMKP, Floats
from povtarget.sayings import said

_UNREADABLE = re.compile(r"\W+", re.ASCII)
_SOLVER_GAP = 1e-4  # what solvers prove by "optimal" where they are not told a gap (HiGHS)
_NEUTRAL = {
    "cuts",
    "maxMemory",
    "maxNodes",
    "presolve",
    "strong",
    "threads",
    "timeMode",
    "warmStart",
}
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
        try:
            model.solve(chosen)
        except (pulp.PulpError, KeyError) as error:  # KeyError: a status that PuLP does not know
            raise SolverError(
                said("{name} failed: {error!r}", name=chosen.name, error=error)
            ) from error
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
        bound = value + (
            max(gap * abs(value), slack)
            if solver is None
            else _left_open(solver, abs(value), shrink)
        )
    return Answer(outcome, x, value, bound, np.empty(0))


def _left_open(solver: pulp.LpSolver, size: float, shrink: float) -> float:
    """How far above a value of this size the optimum may be where a solver says "optimal".

    Infinite where the solver has options that may say it and that are not known here. A relative
    gap may be one of the value or of the bound, whichever allows more.
    """
    options = dict(solver.optionsDict)
    gap, slack = (
        options.pop(name, None) or getattr(solver, name, None) for name in ("gapRel", "gapAbs")
    )
    gap = gap or _SOLVER_GAP
    if solver.options or set(options) - _NEUTRAL or gap >= 1:
        return math.inf
    return float(max(gap / (1.0 - gap) * size, (slack or 0.0) / shrink))


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
        labels = _unique(["value", *rows, *(f"{label}_least" for label in rows)])[1:]
        for row, both in enumerate(zip(labels, labels[len(rows) :], strict=False)):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            terms = zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)
            total = pulp.LpAffineExpression((variables[j], amount) for j, amount in terms)
            _add_row(model, total, program.row_lower[row], program.row_upper[row], both)
    return model


def _add_row(
    model: pulp.LpProblem,
    total: pulp.LpAffineExpression,
    lower: float,
    upper: float,
    labels: tuple[str, str],
) -> None:
    label, label_least = labels
    if not total and lower <= 0 <= upper:
        return  # solvers differ on rows without columns
    if lower == upper:
        model += total == lower, label
        return
    if math.isfinite(upper):
        model += total <= upper, label
    if math.isfinite(lower):
        model += total >= lower, label if math.isinf(upper) else label_least


def _readable(text: str) -> str:
    return _UNREADABLE.sub("_", text).strip("_") or "_"


def _unique(names: Sequence[str]) -> list[str]:
    """Readable names, a number behind those that would occur twice."""
    seen: dict[str, int] = {}
    unique: dict[str, None] = {}
    for name in map(_readable, names):
        label = name
        while label in unique:
            seen[name] = seen.get(name, 1) + 1
            label = f"{name}__{seen[name]}"
        unique[label] = None
    return list(unique)
