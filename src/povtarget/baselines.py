"""Plans as they come about without optimisation, judged by the same code."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.evaluation import revalue
from povtarget.exact import exact_dot
from povtarget.plan import Certificate, Level, Plan, make_plan
from povtarget.problem import TargetingProblem

Ints = NDArray[np.int64]


def uncoordinated(problem: TargetingProblem) -> Plan:
    """Each agency alone, down its own list.

    Every budget line is split evenly between its programs, and each program goes to its eligible
    households by stated consumption, lowest first, until money or quota ends; what is left then
    goes on in the same way. Nobody looks at what other agencies give for the same need; what the
    rules forbid or require, and the most programs for one household, is kept. Minimums, area
    floors and overlap limits are not looked at.

    Parameters
    ----------
    problem
        The question.

    Returns
    -------
    Plan
        With ``bound_source`` "none": a baseline proves nothing.
    """
    began = time.monotonic()
    chosen = problem.standing.locked.copy()
    order = np.argsort(problem.households.consumption, kind="stable")
    shares = _shares(problem)
    for is_rest in (False, True):
        for p, program in enumerate(problem.catalog.programs):
            limit = None if is_rest else shares[program.budget]
            _serve(problem, chosen, p, order, limit)
    found = revalue(problem, chosen)
    labels = [*(level.label for level in problem.levels), "fewest duplicates"]
    levels = tuple(
        Level(label, value, math.inf) for label, value in zip(labels, found.values, strict=True)
    )
    certificate = Certificate(
        value=found.values[0],
        bound=math.inf,
        gap=math.inf,
        bound_source="none",
        levels=levels,
        status="baseline",
        asked_gap=math.inf,
        engine="baseline: uncoordinated",
        runtime=time.monotonic() - began,
        prices={},
    )
    proposals = [(np.flatnonzero(column), p) for p, column in enumerate(chosen.T)]
    return make_plan(problem, proposals, 0.0 - found.values[-1], certificate)


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
    able &= _keeps_rules(problem, chosen, p)
    line = order[able[order]]
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


def _keeps_rules(
    problem: TargetingProblem, chosen: NDArray[np.bool_], p: int
) -> NDArray[np.bool_]:
    number = {name: k for k, name in enumerate(problem.catalog.program_names)}
    kept = np.ones(len(chosen), dtype=bool)
    for rule, has in zip(problem.catalog.rules, problem.standing.rule_receipts, strict=True):
        members = [number[name] for name in rule.programs]
        if rule.kind == "forbid" and p in members:
            kept &= ~chosen[:, members].any(axis=1)
        elif rule.kind == "require" and p == members[0]:
            kept &= chosen[:, members[1]] | has[:, 1]
    return kept


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
