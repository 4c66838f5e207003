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
from povtarget.plan import LATER_LEVELS, Certificate, Level, Plan, level_gap, make_plan
from povtarget.problem import TargetingProblem
from povtarget.progress import Listener, stages

Ints = NDArray[np.int64]

_NOISE = 1e-9  # relative: what sums of float64 leave undecided between two levels


def solve(
    problem: TargetingProblem,
    *,
    engine: Any = "auto",
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Plan | None = None,
    progress: bool | Listener = False,
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
        A plan to begin from, such as that of last month: its proposals are kept where they still
        hold and mended where they do not, and its prices are where the new ones are looked for.
    progress
        Show a progress bar on the terminal, or a function that is called with the level's name
        and `povtarget.mmkp.Progress` whenever bound or value get closer.

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
    labels = level_labels(problem)
    with stages(progress, len(labels) + 1) as stage:
        stage("bundles")
        formulation = formulate(problem, enumerate_bundles(problem))
        choice = None if start is None else _choice_of(problem, formulation, start)
        solutions: list[MMKPSolution] = []
        for level, label in enumerate(labels):
            report = stage(label)
            mmkp = formulation.mmkp(
                level, [_floor(earlier, gap, k) for k, earlier in enumerate(solutions)]
            )
            solution = solve_mmkp(
                mmkp,
                engine=engine,
                gap=level_gap(gap, level, len(labels)),
                time_limit=_left(time_limit, began),
                start=None if choice is None else formulation.within(level, choice),
                report=report,
                **_known_prices(formulation, start, solutions, mmkp.num_rows),
            )
            choice = formulation.whole(level, solution.choice)
            solutions.append(solution)
    assert choice is not None
    return _plan(problem, formulation, solutions, choice, gap, time.monotonic() - began)


def _left(time_limit: float | None, began: float) -> float | None:
    return None if time_limit is None else max(time_limit - (time.monotonic() - began), 0.0)


def level_labels(problem: TargetingProblem) -> list[str]:
    """Names of the levels, the last being "fewest duplicates"."""
    return [*(level.label for level in problem.levels), "fewest duplicates"]


def _known_prices(
    formulation: Formulation, start: Plan | None, solutions: Sequence[MMKPSolution], rows: int
) -> dict[str, Any]:
    """Where to look for prices: at those of a start; and what earlier levels say of floors."""
    if not solutions:
        if start is None or not start.prices:
            return {}
        return {"start_prices": np.array([start.prices.get(r.name, 0.0) for r in formulation.rows])}
    floors = np.zeros((rows, len(solutions)))
    for level, solution in enumerate(solutions):
        row = rows - len(solutions) + level
        floors[:row, level], floors[row, level] = solution.prices, -1.0
    return {"floor_prices": floors}


def _floor(solution: MMKPSolution, gap: float, level: int) -> float:
    """The value below which later levels may not take a level.

    It leaves the level within its gap of its bound, and gives up nothing where the solve did not
    get that far.
    """
    within_gap = solution.bound - gap * (LATER_LEVELS if level else 1.0) * abs(solution.bound)
    return min(within_gap, solution.value) - _NOISE * max(abs(solution.value), abs(solution.bound))


def _plan(
    problem: TargetingProblem,
    formulation: Formulation,
    solutions: Sequence[MMKPSolution],
    choice: Ints,
    gap: float,
    runtime: float,
) -> Plan:
    bundles, first = formulation.bundles, solutions[0]
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
