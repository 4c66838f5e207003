"""solve(): from a question to a plan with a certificate."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget import sifting
from povtarget.bounds import price_bound
from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.evaluation import proposals_of
from povtarget.formulation import Formulation, Row, coupling_rows, formulate
from povtarget.mmkp import MMKPSolution, Status, relative_gap, solve_mmkp
from povtarget.mmkp.model import NONE
from povtarget.plan import LATER_LEVELS, Certificate, Level, Plan, level_gap, make_plan
from povtarget.problem import TargetingProblem
from povtarget.progress import Announce, Listener, stages

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FIRST_THINGS = 100.0  # how much more a floor weighs than the objective where prices start
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

    Examples
    --------
    >>> import povtarget as pt
    >>> households = pt.Households.from_frame(
    ...     {"household_id": ["a", "b", "c"], "size": [4, 2, 1], "consumption": [450, 490, 480]},
    ...     poverty_line=500,
    ... )
    >>> rice = pt.Program("rice", need="food", budget="Food", unit_cost=2_400, benefit=2_400)
    >>> catalog = pt.Catalog(programs=[rice], budgets=[pt.Budget("Food", amount=5_000)])
    >>> plan = pt.solve(pt.TargetingProblem(households, catalog), gap=0)
    >>> plan.lifted, plan.assignments["household_id"].tolist()  # two places, Rp 50 a month for a
    (6.0, ['a', 'b'])
    """
    began = time.monotonic()
    labels = level_labels(problem)
    is_whole = engine not in ("auto", "prices") or sifting.fits_whole(problem)
    answer = _solve_whole if is_whole else _solve_sifted
    with stages(progress, len(labels) + 1) as stage:
        stage("bundles")
        asked = _Asked(problem, engine, gap, time_limit, began, start)
        formulation, solutions, choice = answer(asked, labels, stage)
    return certified_plan(problem, formulation, solutions, choice, gap, time.monotonic() - began)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What `solve` was asked."""

    problem: TargetingProblem
    engine: Any
    gap: float
    time_limit: float | None
    began: float
    start: Plan | None

    def left(self) -> float | None:
        """Seconds left, or None."""
        if self.time_limit is None:
            return None
        return max(self.time_limit - (time.monotonic() - self.began), 0.0)

    def floors(self, solutions: Sequence[MMKPSolution]) -> list[float]:
        """The values below which later levels may not take the earlier ones."""
        return [_floor(earlier, self.gap, k) for k, earlier in enumerate(solutions)]

    def gap_of(self, level: int) -> float:
        """The gap at which a level may stop."""
        return level_gap(self.gap, level, len(self.problem.levels) + 1)

    def is_tie_break(self, level: int) -> bool:
        """Whether a level, "fewest duplicates", chooses among equals, in a little time."""
        return level == len(self.problem.levels) and self.gap > 0


_Answer = tuple[Formulation, list[MMKPSolution], Ints]


def _solve_whole(asked: _Asked, labels: Sequence[str], stage: Announce) -> _Answer:
    """Every level over all bundles."""
    formulation = formulate(asked.problem, enumerate_bundles(asked.problem))
    choice = None if asked.start is None else choice_of(asked.problem, formulation, asked.start)
    solutions: list[MMKPSolution] = []
    for level, label in enumerate(labels):
        report = stage(label)
        mmkp = formulation.mmkp(level, asked.floors(solutions))
        solution = solve_mmkp(
            mmkp,
            engine=asked.engine,
            gap=asked.gap_of(level),
            time_limit=asked.left(),
            start=None if choice is None else formulation.within(level, choice),
            report=report,
            is_brief=asked.is_tie_break(level),
            **_known_prices(formulation, asked.start, solutions, mmkp.num_rows),
        )
        choice = formulation.whole(level, solution.choice)
        solutions.append(solution)
    assert choice is not None
    return formulation, solutions, choice


def _solve_sifted(asked: _Asked, labels: Sequence[str], stage: Announce) -> _Answer:
    """Every level over the bundles that its prices make visible."""
    problem, solutions = asked.problem, list[MMKPSolution]()
    visible: Bundles | None = None
    held: Bundles | None = None
    formulation: Formulation | None = None
    for number in range(len(labels)):
        report = stage(labels[number])
        level = sifting.Level.of(problem, number, asked.floors(solutions))
        known = (
            {}
            if formulation is None
            else _known_prices(formulation, None, solutions, level.upper.size)
        )
        formulation, solution = sifting.solve_level(
            problem,
            level,
            visible,
            _first_prices(asked, formulation, known),
            gap=asked.gap_of(number),
            time_left=asked.left,
            start=partial(_start_of, asked, held, number),
            engine=asked.engine,
            report=report,
            is_brief=asked.is_tie_break(number),
            **known,
        )
        choice = formulation.whole(number, solution.choice)
        visible, held = formulation.bundles, formulation.bundles.take(choice[choice != NONE])
        solutions.append(solution)
    assert formulation is not None
    return formulation, solutions, choice


def _first_prices(
    asked: _Asked, formulation: Formulation | None, known: dict[str, Floats]
) -> Floats:
    """Where a level looks first: at a start's prices, a sample's, or those of its last floor."""
    if formulation is None:
        if asked.start is not None and asked.start.prices:
            return _prices_of(asked.start, coupling_rows(asked.problem))
        return sifting.sampled_prices(asked.problem)
    prices = known["floor_prices"][:, -1]
    level = known["floor_prices"].shape[1]
    sizes = np.abs(formulation.values[[level - 1, level]]).sum(axis=1)
    return np.asarray(_FIRST_THINGS * sizes[1] / max(sizes[0], 1e-300) * prices)


def _start_of(
    asked: _Asked, held: Bundles | None, level: int, formulation: Formulation
) -> Ints | None:
    """What is held, or a start's plan, as a choice of a level's items."""
    if held is not None:
        choice = _same_bundles(formulation.bundles, held, len(asked.problem.households))
    elif asked.start is not None:
        choice = choice_of(asked.problem, formulation, asked.start)
    else:
        return None
    return formulation.within(level, choice)


def _same_bundles(bundles: Bundles, held: Bundles, households: int) -> Ints:
    """Positions of the held bundles among others, by household."""
    number = {programs: k for k, programs in enumerate(bundles.sets)}
    wanted = np.array([number.get(programs, -1) for programs in held.sets], dtype=np.int64)
    key = bundles.household * len(bundles.sets) + bundles.set_number
    held_key = held.household * len(bundles.sets) + wanted[held.set_number]
    place = np.minimum(np.searchsorted(key, held_key), max(key.size - 1, 0))
    choice = np.full(households, NONE, dtype=np.int64)
    same = key[place] == held_key
    choice[held.household[same]] = place[same]
    return choice


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
        return {"start_prices": _prices_of(start, formulation.rows)}
    floors = np.zeros((rows, len(solutions)))
    for level, solution in enumerate(solutions):
        row = rows - len(solutions) + level
        floors[:row, level], floors[row, level] = solution.prices, -1.0
    return {"floor_prices": floors}


def _prices_of(plan: Plan, rows: Sequence[Row]) -> Floats:
    """A plan's prices by row; 0 where it has none."""
    return np.array([plan.prices.get(row.name, 0.0) for row in rows])


def _floor(solution: MMKPSolution, gap: float, level: int) -> float:
    """The value below which later levels may not take a level, equation (7).

    It leaves the level within its gap of its bound, and gives up nothing where the solve did not
    get that far.
    """
    within_gap = solution.bound - gap * (LATER_LEVELS if level else 1.0) * abs(solution.bound)
    return min(within_gap, solution.value) - _NOISE * max(abs(solution.value), abs(solution.bound))


def certified_plan(
    problem: TargetingProblem,
    formulation: Formulation,
    solutions: Sequence[MMKPSolution],
    choice: Ints,
    gap: float,
    runtime: float,
) -> Plan:
    """The plan of a choice of items, with what the solution of each level proved."""
    bundles, first = formulation.bundles, solutions[0]
    chosen = choice[choice != NONE]
    values = [math.fsum(formulation.values[level][chosen]) for level in range(len(solutions))]
    prices = dict(zip((row.name for row in formulation.rows), first.prices.tolist(), strict=True))
    proven = price_bound(problem, prices)
    bound, source = first.bound, "solver"
    if proven <= bound + _NOISE * max(1.0, abs(bound)):
        is_same = math.isclose(proven, values[0], rel_tol=1e-14, abs_tol=0.0)
        bound, source = (values[0] if is_same else max(proven, values[0])), "prices"
    # "fewest duplicates" only breaks ties: it states its own bound, and stops no plan
    aims = solutions[:-1] if gap > 0 else solutions
    status = next((s.status for s in aims if s.status is not Status.OPTIMAL), Status.OPTIMAL)
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
    return make_plan(problem, proposals(bundles, chosen), 0.0 - values[-1], certificate)


def proposals(bundles: Bundles, chosen: Ints) -> list[tuple[Ints, int]]:
    """Households by program, from chosen items."""
    numbers = bundles.set_number[chosen]
    return [
        (bundles.household[chosen[numbers == number]], program)
        for number in np.unique(numbers)
        for program in bundles.sets[number]
    ]


def choice_of(problem: TargetingProblem, formulation: Formulation, plan: Plan) -> Ints:
    """The items of another plan; households whose bundle is no longer an item are left out."""
    bundles = formulation.bundles
    chosen = proposals_of(problem, plan.assignments)
    table = np.zeros((len(bundles.sets), chosen.shape[1]), dtype=bool)
    for number, programs in enumerate(bundles.sets):
        table[number, list(programs)] = True
    same = np.flatnonzero((table[bundles.set_number] == chosen[bundles.household]).all(axis=1))
    choice = np.full(len(problem.households), NONE, dtype=np.int64)
    choice[bundles.household[same]] = same
    return choice
