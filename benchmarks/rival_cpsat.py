"""OR-Tools CP-SAT on a binary program of whole numbers."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from binary_program import Answer, BinaryProgram, Limits


def load_cpsat(program: BinaryProgram) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """The model and its variables; the coefficients must be whole numbers."""
    model = cp_model.CpModel()
    variables = [model.new_bool_var("") for _ in range(program.objective.size)]
    matrix = program.matrix
    data = _whole(matrix.data)
    least, most = _reach(program)
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        mine = [variables[column] for column in matrix.indices[part].tolist()]
        expression = cp_model.LinearExpr.weighted_sum(mine, data[part].tolist())
        model.add_linear_constraint(expression, int(least[row]), int(most[row]))
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, _whole(program.objective).tolist()))
    return model, variables


def run_cpsat(model: cp_model.CpModel, variables: list[cp_model.IntVar], limits: Limits) -> Answer:
    """Run to the end or the limit."""
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limits.seconds
    solver.parameters.relative_gap_limit = limits.gap
    if limits.threads is not None:
        solver.parameters.num_workers = limits.threads
    status = solver.solve(model)
    name = solver.status_name(status)
    bound = float(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(name)
    z = np.array([solver.boolean_value(variable) for variable in variables], dtype=bool)
    return Answer(name, z, float(solver.objective_value), bound)


def _reach(program: BinaryProgram) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of rows as whole numbers, infinite ones replaced by what the row can reach."""
    positive, negative = program.matrix.copy(), program.matrix.copy()
    positive.data, negative.data = np.maximum(positive.data, 0), np.minimum(negative.data, 0)
    least = np.maximum(program.row_lower, negative.sum(axis=1))
    most = np.minimum(program.row_upper, positive.sum(axis=1))
    return np.ceil(least).astype(np.int64), np.floor(most).astype(np.int64)


def _whole(numbers: np.ndarray) -> np.ndarray:
    if np.any(numbers != np.floor(numbers)):
        raise ValueError("CP-SAT takes whole numbers only")
    return numbers.astype(np.int64)
