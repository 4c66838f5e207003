"""HiGHS on a binary program, handed over as arrays."""

from __future__ import annotations

import math

import highspy
import numpy as np
from scipy import sparse

from binary_program import Answer, BinaryProgram, Floats, Limits

_SIZE = 10  # rows reach HiGHS with their largest coefficient below 2**10: no digit is lost


def load_highs(program: BinaryProgram, limits: Limits) -> highspy.Highs:
    """HiGHS with the program and the limits, ready to run."""
    solver = highspy.Highs()
    options = {"output_flag": False, "mip_rel_gap": limits.gap, "time_limit": limits.seconds}
    if limits.threads is not None:
        options["threads"] = limits.threads
    for name, value in options.items():
        _accepted(solver.setOptionValue(name, value), f"option {name}")
    _accepted(solver.passModel(_model(program)), "the model")
    return solver


def run_highs(solver: highspy.Highs) -> Answer:
    """Run to the end or the limit."""
    _accepted(solver.run(), "to run")
    status = solver.modelStatusToString(solver.getModelStatus())
    info = solver.getInfo()
    bound = float(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(status, bound=bound if math.isfinite(bound) else math.inf)
    z = np.array(solver.getSolution().col_value) > 0.5
    return Answer(status, z, float(info.objective_function_value), bound)


def _model(program: BinaryProgram) -> highspy.HighsLp:
    scale = _row_scale(program.matrix)
    matrix = sparse.csc_array(sparse.diags_array(scale) @ program.matrix)
    rows, columns = matrix.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.objective
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_, model.row_upper_ = program.row_lower * scale, program.row_upper * scale
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = matrix.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    return model


def _row_scale(matrix: sparse.csr_array) -> Floats:
    """A power of two for each row."""
    largest = abs(matrix).max(axis=1).toarray().ravel()
    exponent = np.frexp(np.maximum(largest, 1.0))[1]
    return np.asarray(np.ldexp(1.0, -np.maximum(exponent - _SIZE, 0)))


def _accepted(status: highspy.HighsStatus, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS refused {what}")
