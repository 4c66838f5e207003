"""Each agency alone, down its own list."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.baselines.ledger import agreed, judged, keeps_rules
from povtarget.evaluation import revalue
from povtarget.exact import exact_dot
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem

Ints = NDArray[np.int64]


def uncoordinated(problem: TargetingProblem) -> Plan:
    """Each agency alone, down its own list.

    Every budget line is split evenly between its programs, and each program goes to its eligible
    households by stated consumption, lowest first, until money or quota ends; what is left then
    goes on in the same way. Nobody looks at what other agencies give for the same need; what the
    rules forbid or require, the most programs for one household and a limit of overlap are kept.
    Minimums and area floors are not looked at.

    Parameters
    ----------
    problem
        The question.

    Returns
    -------
    Plan
        With ``bound_source`` "none": a baseline proves nothing.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> alone = uncoordinated(problem)
    >>> alone.bound_source, alone.lifted > 0
    ('none', True)
    """
    began = time.monotonic()
    chosen = agreed(problem)
    order = np.argsort(problem.households.consumption, kind="stable")
    shares = _shares(problem)
    for is_rest in (False, True):
        for p, program in enumerate(problem.catalog.programs):
            limit = None if is_rest else shares[program.budget]
            _serve(problem, chosen, p, order, limit)
    return judged(problem, chosen, "uncoordinated", began)


def _shares(problem: TargetingProblem) -> dict[str, Fraction]:
    programs = problem.catalog.programs
    return {
        budget.name: Fraction(budget.amount)
        / sum(program.budget == budget.name for program in programs)
        for budget in problem.catalog.budgets
    }


def _serve(
    problem: TargetingProblem,
    chosen: NDArray[np.bool_],
    p: int,
    order: Ints,
    limit: Fraction | None,
) -> None:
    """Give program ``p`` down the list, within its line, its quota and ``limit`` rupiah."""
    program, standing = problem.catalog.programs[p], problem.standing
    able = standing.possible[:, p] & ~chosen[:, p] & (chosen.sum(axis=1) < problem.max_bundle)
    able &= keeps_rules(problem, chosen, p)
    line = _within_overlap(problem, chosen, p, order[able[order]])
    places = problem.households.weight[line] * standing.units[line, p]
    money = _left(problem, chosen, program.budget)
    if limit is not None:
        money = min(money, limit)
    most = math.inf if program.unit_cost == 0 else money / Fraction(program.unit_cost)
    if program.quota is not None:
        most = min(most, Fraction(program.quota) - _places(problem, chosen, p))
    chosen[line[: _prefix(places, most)], p] = True


def _prefix(places: NDArray[np.float64], most: Fraction | float) -> int:
    """How many from the top fit, exactly."""
    count = int(np.searchsorted(np.cumsum(places), float(most) * (1 + 1e-12), side="right"))
    while count and sum(map(Fraction, places[:count].tolist()), Fraction(0)) > most:
        count -= 1
    return count


def _within_overlap(
    problem: TargetingProblem, chosen: NDArray[np.bool_], p: int, line: Ints
) -> Ints:
    """The list without those whose duplicates would exceed the limit of overlap."""
    groups, weight = problem.standing.overlap, problem.households.weight
    group = groups.of_program[p]
    if problem.overlap.limit is None or group < 0:
        return line
    others = chosen[:, groups.of_program == group].any(axis=1)
    is_fresh = (groups.served[:, group] | others)[line]
    so_far = exact_dot(weight, revalue(problem, chosen).duplicates)
    fresh = np.flatnonzero(is_fresh)
    fits = _prefix(weight[line[fresh]], Fraction(problem.overlap.limit) - so_far)
    return np.delete(line, fresh[fits:])


def _places(problem: TargetingProblem, chosen: NDArray[np.bool_], p: int) -> Fraction:
    rows = np.flatnonzero(chosen[:, p])
    return exact_dot(problem.households.weight[rows], problem.standing.units[rows, p])


def _left(problem: TargetingProblem, chosen: NDArray[np.bool_], budget: str) -> Fraction:
    amount = next(b.amount for b in problem.catalog.budgets if b.name == budget)
    spent = (
        _places(problem, chosen, p) * Fraction(program.unit_cost)
        for p, program in enumerate(problem.catalog.programs)
        if program.budget == budget
    )
    return Fraction(amount) - sum(spent, Fraction(0))
