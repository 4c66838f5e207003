"""An MMKP as one integer program for HiGHS, and choices that are feasible exactly.

HiGHS keeps rows within a tolerance; a budget has none. Where an answer breaks a row by less
than HiGHS can see, the answer's items in that row get a cover inequality of their own and the
solve is repeated: every feasible choice satisfies it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse

from povtarget.errors import SolverError
from povtarget.mmkp.aggregation import Aggregation, aggregate, each_alone
from povtarget.mmkp.highs import Answer, Heard, LinearProgram, Outcome, maximise
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints
from povtarget.mmkp.rational import Violation, violations

Judge = Callable[[Ints], list[Violation]]
Solver = Callable[..., Answer]

_MOST_CUTS = 30
_MOST_ROUNDS = 60
_TIGHTER = 4e-9  # of a scaled row: more than HiGHS's tolerance, doubled at every further attempt


@dataclass(frozen=True, eq=False)
class Incumbent:
    """The best choice found, if any, and a bound on all choices.

    ``is_complete`` is False where a limit stopped the solve; ``is_infeasible`` where the solver
    proved that there is no choice.
    """

    choice: Ints | None
    bound: float
    is_complete: bool
    is_infeasible: bool = False


def choice_value(problem: MMKP, choice: Ints) -> float:
    """Total value of a choice, rounded once."""
    return math.fsum(problem.value[problem.chosen_items(choice)])


def branch_and_cut(
    problem: MMKP,
    scale: Floats,
    *,
    gap: float = 0.0,
    slack: float = 0.0,
    time_limit: float | None = None,
    nodes: int | None = None,
    start: Ints | None = None,
    judge: Judge | None = None,
    heard: Heard | None = None,
    found: Callable[[Ints], None] | None = None,
    solver: Solver = maximise,
) -> Incumbent:
    """Solve the whole MMKP as an integer program, identical groups as one.

    Parameters
    ----------
    problem, scale
        The problem with strengthened bounds, and the size of each row's coefficients.
    gap, slack
        Relative and absolute gap at which to stop.
    time_limit
        Seconds, or None.
    nodes
        Most nodes of a search, or None.
    start
        A feasible choice, kept where the solver finds no better.
    judge
        Exact judge of a choice; the rows of ``problem`` itself where None.
    heard, found
        Told bounds and choices (not yet judged) as the solver finds them; ``heard`` stops the
        solve by False.
    solver
        What answers integer programs; HiGHS by default.
    """
    judge = judge or partial(violations, problem)
    if not problem.num_items:
        return _empty(problem, judge)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    types = aggregate(problem)
    form = _Form(types, integer_program(types.problem, scale, types.count))
    best, bound = start, math.inf
    proven = True
    for attempt in range(_MOST_ROUNDS):
        left = None if deadline == math.inf else max(deadline - time.monotonic(), 0.0)
        answer = solver(
            form.program,
            whole=types.problem.num_items,
            gap=gap,
            slack=slack,
            time_limit=left,
            **form.listeners(nodes, heard, found),
        )
        if proven:
            bound = min(bound, answer.bound)
        if answer.outcome is Outcome.INFEASIBLE and proven and best is None:
            return Incumbent(None, -math.inf, True, is_infeasible=True)
        if answer.x is None:
            return Incumbent(best, bound, False)
        choice = form.choice(answer.x)
        broken = judge(choice)
        if not broken:
            complete = proven and answer.outcome is Outcome.OPTIMAL
            return Incumbent(_better(problem, best, choice), bound, complete)
        if not types.is_trivial:  # cuts are about single groups
            types = each_alone(problem)
            form = _Form(types, integer_program(problem, scale))
        elif attempt < _MOST_CUTS:
            form = replace(form, program=_with_cuts(form.program, problem, choice, broken))
        else:  # too close to call by cuts: give up a little of the row, and say so in the bound
            step = _TIGHTER * 2.0 ** (attempt - _MOST_CUTS)
            proven, form = False, replace(form, program=_tightened(form.program, broken, step))
    return Incumbent(best, bound, False)


@dataclass(frozen=True, eq=False)
class _Form:
    """An integer program over types of groups, and the way back from its points."""

    types: Aggregation
    program: LinearProgram

    def choice(self, x: Floats) -> Ints:
        counts = np.rint(x[: self.types.problem.num_items]).astype(np.int64)
        per_type = np.bincount(
            self.types.problem.group, counts, minlength=self.types.problem.num_groups
        )
        if np.any(per_type > self.types.count) or np.any(counts < 0):
            raise SolverError("the solver chose two items of one group")
        return self.types.expand(counts)

    def listeners(
        self, nodes: int | None, heard: Heard | None, found: Callable[[Ints], None] | None
    ) -> dict[str, Any]:
        """What a solver that can be listened to is given; others know nothing of it."""
        told = {
            "nodes": nodes,
            "heard": heard,
            "found": None if found is None else lambda x: found(self.choice(x)),
        }
        return {name: what for name, what in told.items() if what is not None}


def _empty(problem: MMKP, judge: Judge) -> Incumbent:
    nothing = np.full(problem.num_groups, NONE, dtype=np.int64)
    if problem.required.any() or judge(nothing):
        return Incumbent(None, -math.inf, True, is_infeasible=True)
    return Incumbent(nothing, 0.0, True)


def integer_program(problem: MMKP, scale: Floats, count: Ints | None = None) -> LinearProgram:
    """The MMKP as arrays: coupling rows first, divided by ``scale``, then one row per group.

    ``count`` says how many identical groups each group stands for; one where None.
    """
    most = np.ones(problem.num_groups) if count is None else count.astype(np.float64)
    groups = sparse.csr_array(
        (np.ones(problem.num_items), (problem.group, np.arange(problem.num_items))),
        shape=(problem.num_groups, problem.num_items),
    )
    rows = sparse.diags_array(1.0 / scale) @ problem.usage.T
    return LinearProgram(
        problem.value,
        sparse.csc_array(sparse.vstack([rows, groups])),
        np.concatenate([problem.lower / scale, np.where(problem.required, most, -np.inf)]),
        np.concatenate([problem.upper / scale, most]),
        most[problem.group],
    )


def _better(problem: MMKP, old: Ints | None, new: Ints) -> Ints:
    if old is None or choice_value(problem, new) >= choice_value(problem, old):
        return new
    return old


def _with_cuts(
    program: LinearProgram, problem: MMKP, choice: Ints, broken: list[Violation]
) -> LinearProgram:
    """Add for each broken row an inequality that the answer breaks and no feasible choice."""
    rows, limits = zip(*(_cut(problem, choice, violation) for violation in broken), strict=True)
    return LinearProgram(
        program.objective,
        sparse.csc_array(sparse.vstack([program.matrix, sparse.csr_array(np.array(rows))])),
        np.concatenate([program.row_lower, np.full(len(rows), -np.inf)]),
        np.concatenate([program.row_upper, np.array(limits, dtype=float)]),
        program.column_upper,
    )


def _cut(problem: MMKP, choice: Ints, violation: Violation) -> tuple[Floats, float]:
    """Some group must use less of the row than it does now (more, where the row is too low).

    While every group uses at least what it uses now the row stays broken. A group that uses
    something now stays so by an item that uses no less; one that uses nothing, by not choosing
    an item that uses less than nothing. So

        sum of items no less - sum of items below nothing <= groups that use something - 1.
    """
    sign = 1.0 if violation.excess > 0 else -1.0
    usage = sign * problem.usage[:, [violation.row]].toarray().ravel()
    error = np.zeros_like(usage)
    if problem.usage_error is not None:
        error = sign * problem.usage_error[:, [violation.row]].toarray().ravel()
    is_empty = choice == NONE
    now = np.where(is_empty, 0.0, usage[choice])
    now_error = np.where(is_empty, 0.0, error[choice])
    uses = (now > 0.0) | ((now == 0.0) & (now_error > 0.0))
    least, least_error = now[problem.group], now_error[problem.group]
    no_less = (usage > least) | ((usage == least) & (error >= least_error))
    counted = uses[problem.group]
    row = np.where(counted & no_less, 1.0, 0.0) - np.where(~counted & ~no_less, 1.0, 0.0)
    return row, float(np.count_nonzero(uses) - 1)


def _tightened(program: LinearProgram, broken: list[Violation], step: float) -> LinearProgram:
    """Move the bounds of broken rows inward by a step that HiGHS can see."""
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    for violation in broken:
        if violation.excess > 0:
            upper[violation.row] -= step * max(1.0, abs(upper[violation.row]))
        else:
            lower[violation.row] += step * max(1.0, abs(lower[violation.row]))
    return LinearProgram(program.objective, program.matrix, lower, upper, program.column_upper)
