"""The one module that talks to HiGHS: arrays in, arrays out, statuses translated by one table.

No starting point is handed to HiGHS: with one, HiGHS 1.16 was seen to report a value and a bound
that its own answer does not have. Callers keep the better of their start and the answer; a
reported value that the answer does not have is an error.

Everything maximises. Objectives are scaled by a power of two on the way in, so that HiGHS's
absolute tolerances mean the same for every unit of value.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from povtarget.errors import SolverError
from povtarget.mmkp.model import Bools, Floats, Ints
from povtarget.sayings import said

_TOLERANCE = 1e-9
_DISCREPANCY = 1e-6  # relative, between a reported value and that of the reported point
_VALUE_SIZE = 10  # objectives reach HiGHS with their largest coefficient near 2**10
_SMALLEST = 1e-12  # of a coefficient: HiGHS drops smaller ones, and cannot be told to keep them
_MOST_DOUBLINGS = 1_023  # beyond, 2.0**n is no float64
_TRIES: tuple[dict[str, Any], ...] = (  # options for a question that HiGHS could not settle
    {},
    {"presolve": "off"},
    {"presolve": "off", "primal_feasibility_tolerance": 1e-7, "dual_feasibility_tolerance": 1e-7},
)


Heard = Callable[[float], bool]


class Outcome(StrEnum):
    """What HiGHS said."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    STOPPED = "stopped"
    FAILED = "failed"


_MODEL_STATUS = highspy.HighsModelStatus
_OUTCOMES = {
    _MODEL_STATUS.kOptimal: Outcome.OPTIMAL,
    _MODEL_STATUS.kModelEmpty: Outcome.OPTIMAL,
    _MODEL_STATUS.kInfeasible: Outcome.INFEASIBLE,
    _MODEL_STATUS.kUnbounded: Outcome.UNBOUNDED,
    _MODEL_STATUS.kTimeLimit: Outcome.STOPPED,
    _MODEL_STATUS.kIterationLimit: Outcome.STOPPED,
    _MODEL_STATUS.kSolutionLimit: Outcome.STOPPED,
    _MODEL_STATUS.kInterrupt: Outcome.STOPPED,
}


class _QuietHighs(highspy.Highs):
    """HiGHS that is told to be quiet before its first word: it prints a banner when it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802  # highspy's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # highspy's


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """max objective.x with row_lower <= matrix x <= row_upper and 0 <= x <= column_upper."""

    objective: Floats
    matrix: sparse.csc_array
    row_lower: Floats
    row_upper: Floats
    column_upper: Floats


@dataclass(frozen=True, eq=False)
class Answer:
    """HiGHS's answer in the units of the question.

    ``x`` is None where no feasible point was found; ``bound`` is infinite where none was proven;
    ``row_price`` (linear programs only) is >= 0 where an upper bound binds.
    """

    outcome: Outcome
    x: Floats | None
    value: float
    bound: float
    row_price: Floats


def maximise(
    program: LinearProgram,
    *,
    whole: int,
    gap: float = 0.0,
    slack: float = 0.0,
    time_limit: float | None = None,
    nodes: int | None = None,
    heard: Heard | None = None,
    found: Callable[[Floats], None] | None = None,
) -> Answer:
    """Solve a linear program whose first ``whole`` columns must be whole numbers.

    Parameters
    ----------
    program
        The arrays.
    whole
        How many columns, from the first, must be whole numbers; 0 for a linear program.
    gap, slack
        Relative and absolute gap at which an integer solve may stop.
    time_limit
        Seconds, or None.
    nodes
        Most nodes of an integer solve, or None.
    heard
        Told the bound of an integer solve from time to time; False stops it.
    found
        Told every better point of an integer solve.

    Raises
    ------
    SolverError
        Where HiGHS reports an error or a status that it should not, without presolve and with
        wider tolerances too.
    """
    shrink = value_scale(program.objective)
    began = time.monotonic()
    for options in _TRIES:
        left = None if time_limit is None else time_limit - (time.monotonic() - began)
        options = _options(whole, gap, slack * shrink, left, nodes) | options
        solver = _QuietHighs()  # type: ignore[no-untyped-call]  # highspy's
        _listen(solver, shrink, heard, found)
        outcome = _run(solver, _model(program, shrink, whole), options)
        if outcome is not Outcome.FAILED:
            return _answer(solver, program.objective, outcome, shrink, whole)
    status = solver.modelStatusToString(solver.getModelStatus())
    raise SolverError(said("HiGHS stopped with status {status}", status=status))


def _listen(
    solver: highspy.Highs,
    shrink: float,
    heard: Heard | None,
    found: Callable[[Floats], None] | None,
) -> None:
    """Hand what HiGHS reports during an integer solve to those who asked."""

    def interrupt(event: Any) -> None:
        if heard is not None and not heard(event.data_out.mip_dual_bound / shrink):
            event.data_in.user_interrupt = True

    def improved(event: Any) -> None:
        if found is not None:
            found(np.array(event.data_out.mip_solution))

    if heard is not None:
        solver.cbMipInterrupt.subscribe(interrupt)
    if found is not None:
        solver.cbMipImprovingSolution.subscribe(improved)


def _run(solver: highspy.Highs, model: highspy.HighsLp, options: dict[str, Any]) -> Outcome:
    for option, setting in options.items():
        _check(solver.setOptionValue(option, setting), f"option {option}")
    _check(solver.passModel(model), "passModel")
    return _ended(solver)


def _ended(solver: highspy.Highs) -> Outcome:
    """Run a solver to its end.

    HiGHS has one pool of threads for a process and refuses to run with another number of threads
    than its first user asked for; then the pool is made anew.
    """
    status = solver.run()
    if solver.getModelStatus() == _MODEL_STATUS.kNotset:
        highspy.Highs.resetGlobalScheduler(True)
        status = solver.run()
    if status == highspy.HighsStatus.kError:
        return Outcome.FAILED
    return _OUTCOMES.get(solver.getModelStatus(), Outcome.FAILED)


def _options(
    whole: int, gap: float, slack: float, time_limit: float | None, nodes: int | None
) -> dict[str, Any]:
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "small_matrix_value": _SMALLEST,
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
    }
    if whole:
        options |= {
            "mip_feasibility_tolerance": _TOLERANCE,
            "mip_rel_gap": gap,
            "mip_abs_gap": slack,
        }
        if nodes is not None:
            options["mip_max_nodes"] = nodes
    if time_limit is not None:
        options["time_limit"] = max(time_limit, 0.0)
    return options


def _model(program: LinearProgram, shrink: float, whole: int) -> highspy.HighsLp:
    model = highspy.HighsLp()
    rows, columns = program.matrix.shape
    model.num_col_, model.num_row_ = columns, rows
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.objective * shrink
    model.col_lower_ = np.zeros(columns)
    model.col_upper_ = program.column_upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = program.matrix.data
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * whole + [
            highspy.HighsVarType.kContinuous
        ] * (columns - whole)
    return model


def _answer(
    solver: highspy.Highs, objective: Floats, outcome: Outcome, shrink: float, whole: int
) -> Answer:
    info = solver.getInfo()
    solution = solver.getSolution()
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solution.col_value) if has_point else None
    value = info.objective_function_value / shrink if has_point else -math.inf
    if whole:
        bound, price = info.mip_dual_bound / shrink, np.empty(0)
    else:
        bound, price = (
            (value if outcome is Outcome.OPTIMAL else math.inf),
            np.array(solution.row_dual) / shrink,
        )
    if outcome is Outcome.INFEASIBLE:
        x, bound = None, -math.inf
    if x is not None:
        worth = float(objective @ x)
        if abs(worth - value) > _DISCREPANCY * max(1.0, float(np.abs(objective) @ np.abs(x))):
            raise SolverError(
                said(
                    "HiGHS reports a value of {value!r} for a point worth {worth!r}",
                    value=value,
                    worth=worth,
                )
            )
    return Answer(outcome, x, value, bound, price)


def value_scale(objective: Floats) -> float:
    """The power of two that brings the largest coefficient near 2**10."""
    largest = float(np.abs(objective).max(initial=0.0))
    if not largest > 0:
        return 1.0
    return math.ldexp(1.0, min(_VALUE_SIZE - math.frexp(largest)[1], _MOST_DOUBLINGS))


def _check(status: Any, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverError(said("HiGHS refused {what}", what=what))


class GrowingProgram:
    """A linear program that gets columns and rows, one batch after another, and keeps its basis.

    It maximises over columns >= 0; HiGHS's primal simplex goes on from the last basis.

    Parameters
    ----------
    row_lower, row_upper
        float64[rows].
    shrink
        What objectives are multiplied by on the way in; see `value_scale`.
    """

    def __init__(self, row_lower: Floats, row_upper: Floats, shrink: float) -> None:
        self.shrink, self.pivots = shrink, 0
        self._solver = _QuietHighs()  # type: ignore[no-untyped-call]  # highspy's
        options = _options(0, 0.0, 0.0, None, None)
        for option, setting in (options | {"presolve": "off", "simplex_strategy": 4}).items():
            _check(self._solver.setOptionValue(option, setting), f"option {option}")
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 0, row_lower.size
        model.sense_ = highspy.ObjSense.kMaximize
        model.row_lower_, model.row_upper_ = row_lower, row_upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.zeros(1, dtype=np.int32)
        _check(self._solver.passModel(model), "passModel")

    def add(self, objective: Floats, columns: sparse.csr_array) -> None:
        """Add columns, given as the rows of a matrix."""
        count = objective.size
        _check(
            self._solver.addCols(
                count,
                objective * self.shrink,
                np.zeros(count),
                np.full(count, highspy.kHighsInf),
                columns.nnz,
                columns.indptr[:-1].astype(np.int32),
                columns.indices.astype(np.int32),
                columns.data,
            ),
            "columns",
        )

    def add_rows(self, lower: Floats, upper: Floats) -> None:
        """Add rows in which no column is yet."""
        none = np.empty(0, dtype=np.int32)
        starts = np.zeros(lower.size, dtype=np.int32)
        _check(
            self._solver.addRows(lower.size, lower, upper, 0, starts, none, np.empty(0)), "rows"
        )

    def move_rows(self, lower: Floats, upper: Floats) -> None:
        """Change the bounds of the first rows."""
        rows = np.arange(lower.size, dtype=np.int32)
        change = self._solver.changeRowsBounds  # type: ignore[attr-defined]  # not in its stubs
        _check(change(rows.size, rows, lower, upper), "bounds")

    def exchange(self, rows: Ints) -> None:
        """Put the columns that were added last, one for each of some rows, in their place."""
        basis, status = self._solver.getBasis(), highspy.HighsBasisStatus
        columns, in_row = list(basis.col_status), list(basis.row_status)
        columns[len(columns) - rows.size :] = [status.kBasic] * rows.size
        for row in rows.tolist():
            in_row[row] = status.kUpper
        basis.col_status, basis.row_status = columns, in_row
        _check(self._solver.setBasis(basis), "a basis")

    def reprice(self, columns: Ints, objective: Floats) -> None:
        """Change the objective of some columns."""
        _check(
            self._solver.changeColsCost(
                columns.size, columns.astype(np.int32), objective * self.shrink
            ),
            "an objective",
        )

    def begin_from(self, basic_column: Bools, basic_row: Bools, at_lower: Bools) -> None:
        """Set the basis; rows that are not basic are at their lower or upper bound."""
        status = highspy.HighsBasisStatus
        basis = highspy.HighsBasis()
        basis.valid = True
        basis.col_status = [status.kBasic if b else status.kLower for b in basic_column.tolist()]
        basis.row_status = [
            status.kBasic if b else status.kLower if low else status.kUpper
            for b, low in zip(basic_row.tolist(), at_lower.tolist(), strict=True)
        ]
        _check(self._solver.setBasis(basis), "a basis")

    def solve(self, pivots: int) -> Answer:
        """Go on from the last basis towards the optimum over all columns so far."""
        _check(self._solver.setOptionValue("simplex_iteration_limit", pivots), "a limit")
        outcome = _ended(self._solver)
        solution, value = self._solver.getSolution(), self._solver.getInfo()
        self.pivots += max(int(value.simplex_iteration_count), 0)
        return Answer(
            outcome,
            np.array(solution.col_value),
            value.objective_function_value / self.shrink,
            math.inf,
            np.array(solution.row_dual) / self.shrink,
        )
