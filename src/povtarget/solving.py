"""solve(): from a question to a plan with a certificate."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.bounds import price_bound
from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.formulation import Formulation, formulate
from povtarget.mmkp import MMKPSolution, Status, relative_gap, solve_mmkp
from povtarget.mmkp.model import NONE
from povtarget.plan import TIE_BREAK, Certificate, Level, Plan, make_plan
from povtarget.problem import TargetingProblem
from povtarget.progress import stages

Ints = NDArray[np.int64]

_NOISE = 1e-9  # relative: what sums of float64 leave undecided between two levels


def solve(
    problem: TargetingProblem,
    *,
    engine: Any = "auto",
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Plan | None = None,
    progress: bool = False,
) -> Plan:
    """Find the best plan, and prove how close to the best it is.

    Parameters
    ----------
    problem
        The question.
    engine
        "auto", "prices", "highs", "pulp", or a PuLP solver object.
    gap
        Relative gap at which each level may stop; 0 for a proven optimum.
    time_limit
        Seconds for all levels together, or None.
    start
        A plan to improve on.
    progress
        Show a progress bar on the terminal.

    Returns
    -------
    Plan
        Feasible to the rupiah. ``status`` is "optimal" where the gap was proven.

    Raises
    ------
    InfeasibleError
        Where no plan keeps every row; it names the rows and the least change.
    SolverError
        Where no plan was found within the time limit.
    """
    began = time.monotonic()
    with stages(progress, len(problem.levels) + 2) as stage:
        stage("bundles")
        formulation = formulate(problem, enumerate_bundles(problem))
        choice = None if start is None else _choice_of(problem, formulation, start)
        solutions: list[MMKPSolution] = []
        for level, label in enumerate(level_labels(problem)):
            stage(label)
            left = (
                None if time_limit is None else max(time_limit - (time.monotonic() - began), 0.0)
            )
            mmkp = formulation.mmkp(level, [_floor(earlier, gap) for earlier in solutions])
            solution = solve_mmkp(
                mmkp,
                engine=engine,
                gap=gap * (TIE_BREAK if level == len(problem.levels) else 1.0),
                time_limit=left,
                start=choice,
                **_prices_from(solutions, mmkp.num_rows),
            )
            solutions.append(solution)
            choice = solution.choice
    return _plan(problem, formulation, solutions, gap, time.monotonic() - began)


def level_labels(problem: TargetingProblem) -> list[str]:
    """Names of the levels, the last being "fewest duplicates"."""
    return [*(level.label for level in problem.levels), "fewest duplicates"]


def _prices_from(solutions: Sequence[MMKPSolution], rows: int) -> dict[str, Any]:
    """What earlier levels say about the prices of this one's floors."""
    if not solutions:
        return {}
    floors = np.zeros((rows, len(solutions)))
    for level, solution in enumerate(solutions):
        row = rows - len(solutions) + level
        floors[:row, level], floors[row, level] = solution.prices, -1.0
    return {"floor_prices": floors}


def _floor(solution: MMKPSolution, gap: float) -> float:
    """The value below which later levels may not take a level.

    It leaves the level within the asked gap of its bound, and gives up nothing where the solve
    did not get that far.
    """
    within_gap = solution.bound - gap * abs(solution.bound)
    return min(within_gap, solution.value) - _NOISE * max(abs(solution.value), abs(solution.bound))


def _plan(
    problem: TargetingProblem,
    formulation: Formulation,
    solutions: Sequence[MMKPSolution],
    gap: float,
    runtime: float,
) -> Plan:
    bundles, first, choice = formulation.bundles, solutions[0], solutions[-1].choice
    chosen = choice[choice != NONE]
    values = [math.fsum(formulation.values[level][chosen]) for level in range(len(solutions))]
    prices = dict(zip((row.name for row in formulation.rows), first.prices.tolist(), strict=True))
    proven = price_bound(problem, prices, [bundles])
    bound, source = first.bound, "solver"
    if proven <= bound + _NOISE * max(1.0, abs(bound)):
        is_same = math.isclose(proven, values[0], rel_tol=1e-14, abs_tol=0.0)
        bound, source = (values[0] if is_same else max(proven, values[0])), "prices"
    status = next((s.status for s in solutions if s.status is not Status.OPTIMAL), Status.OPTIMAL)
    levels = [
        Level(label, value, bound if level == 0 else solution.bound)
        for level, (label, value, solution) in enumerate(
            zip(level_labels(problem), values, solutions, strict=True)
        )
    ]
    certificate = Certificate(
        value=values[0],
        bound=bound,
        gap=relative_gap(values[0], bound),
        bound_source=source,
        levels=tuple(levels),
        status=str(status),
        asked_gap=gap,
        engine=first.engine,
        runtime=runtime,
        prices=prices,
    )
    return make_plan(problem, _proposals(bundles, chosen), 0.0 - values[-1], certificate)


def _proposals(bundles: Bundles, chosen: Ints) -> list[tuple[Ints, int]]:
    """Households by program, from chosen items."""
    numbers = bundles.set_number[chosen]
    return [
        (bundles.household[chosen[numbers == number]], program)
        for number in np.unique(numbers)
        for program in bundles.sets[number]
    ]


def _choice_of(problem: TargetingProblem, formulation: Formulation, plan: Plan) -> Ints:
    """The items of another plan; households whose bundle is no longer an item are left out."""
    bundles, number = (
        formulation.bundles,
        {name: p for p, name in enumerate(problem.catalog.program_names)},
    )
    programs: dict[int, list[int]] = {}
    positions = problem.households.positions(plan.assignments["household_id"])
    for household, name in zip(positions.tolist(), plan.assignments["program"], strict=True):
        if household >= 0 and name in number:
            programs.setdefault(household, []).append(number[name])
    choice = np.full(len(problem.households), NONE, dtype=np.int64)
    for household, wanted in programs.items():
        begin, end = np.searchsorted(bundles.household, [household, household + 1])
        for item in range(begin, end):
            if bundles.sets[bundles.set_number[item]] == tuple(sorted(wanted)):
                choice[household] = item
    return choice
