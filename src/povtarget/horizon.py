"""One year's plan, valued over the years that its benefits last.

A program that is proposed in year k pays from year k + delay on, for its duration. A bundle is
worth what it adds to each level in every year up to the horizon, beside what earlier plans pay
in that year:

    v_hj = sum_s a_s w_h n_h ( E[shortfall in s with A_hs] - E[shortfall in s with A_hs and j] )

A_hs are the programs of earlier plans that still pay h in year s, a_s what a year counts. The
expectation is over which of all these programs work. So values belong to bundles and years, and
a lasting grant is worth more than a parcel only as far as it pays again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.formulation import Formulation, formulate
from povtarget.mmkp import MMKPSolution, Status, relative_gap, solve_mmkp
from povtarget.mmkp.model import NONE
from povtarget.objectives import FGT
from povtarget.plan import LATER_LEVELS, Certificate, Level, Plan, level_gap, make_plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Program
from povtarget.solving import level_labels
from povtarget.valuation import proposed_shortfalls

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NOISE = 1e-9


@dataclass(frozen=True, eq=False)
class Year:
    """A year of the horizon: its households, and what earlier plans pay in it.

    Parameters
    ----------
    worlds
        Chances that add up to 1, each with a problem that has the year's households.
    paying
        bool[households, programs]: what plans made so far pay in this year.
    counts
        How much the year counts.
    """

    worlds: tuple[tuple[float, TargetingProblem], ...]
    paying: Bools
    counts: float

    def shortfalls(self, rows: Ints, chosen: Bools, alphas: Sequence[int]) -> Floats:
        """float64[alphas, rows]: shortfall of one person with programs that pay this year."""
        return np.asarray(
            sum(
                chance * proposed_shortfalls(problem, rows, chosen, alphas)
                for chance, problem in self.worlds
            )
        )


def pays(problem: TargetingProblem, elapsed: int) -> Bools:
    """bool[programs]: which programs pay so many years after they were proposed."""
    return np.array(
        [p.delay_years <= elapsed < p.delay_years + p.duration_years for p in _programs(problem)]
    )


def in_force(problem: TargetingProblem, elapsed: int) -> Bools:
    """bool[programs]: which programs are not over so many years after they were proposed."""
    return np.array([elapsed < p.delay_years + p.duration_years for p in _programs(problem)])


def _programs(problem: TargetingProblem) -> Sequence[Program]:
    return problem.catalog.programs


def solve_over(problem: TargetingProblem, years: Sequence[Year], gap: float) -> Plan:
    """Find the plan of a year that is worth most over the years that follow.

    Parameters
    ----------
    problem
        The question of the year.
    years
        This year and those after it, up to the horizon.
    gap
        Relative gap at which each level may stop.

    Returns
    -------
    Plan
        ``value``, ``bound`` and ``levels`` count person-years; ``bound_source`` is "solver".
        ``poverty`` counts what these proposals do in their own year, without earlier plans.
    """
    began = time.monotonic()
    bundles = _without_dominated(problem, _valued(problem, years))
    formulation = formulate(problem, bundles)
    solutions, choice = _levels(formulation, len(problem.levels) + 1, gap)
    chosen = choice[choice != NONE]
    values = [math.fsum(part) for part in formulation.values[:, chosen].tolist()]
    certificate = _certificate(problem, formulation, solutions, values, gap, began)
    number = bundles.set_number[chosen]
    proposals = [
        (bundles.household[chosen[number == n]], p)
        for n in np.unique(number).tolist()
        for p in bundles.sets[n]
    ]
    return make_plan(problem, proposals, 0.0 - values[-1], certificate)


def _levels(formulation: Formulation, levels: int, gap: float) -> tuple[list[MMKPSolution], Ints]:
    """Solve level after level, each with a floor under those before."""
    solutions: list[MMKPSolution] = []
    choice: Ints | None = None
    for level in range(levels):
        mmkp = formulation.mmkp(level, [_floor(s, gap, k) for k, s in enumerate(solutions)])
        solution = solve_mmkp(
            mmkp,
            gap=level_gap(gap, level, levels),
            start=None if choice is None else formulation.within(level, choice),
            floor_prices=_floor_prices(solutions, mmkp.num_rows) if solutions else None,
        )
        choice = formulation.whole(level, solution.choice)
        solutions.append(solution)
    assert choice is not None
    return solutions, choice


def _certificate(
    problem: TargetingProblem,
    formulation: Formulation,
    solutions: Sequence[MMKPSolution],
    values: Sequence[float],
    gap: float,
    began: float,
) -> Certificate:
    first, aims = solutions[0], solutions[:-1]
    labels = level_labels(problem)
    levels = [
        Level(label, value, solution.bound)
        for label, value, solution in zip(labels, values, solutions, strict=True)
    ]
    status = next((s.status for s in aims if s.status is not Status.OPTIMAL), Status.OPTIMAL)
    names = [row.name for row in formulation.rows]
    return Certificate(
        value=values[0],
        bound=first.bound,
        gap=relative_gap(values[0], first.bound),
        bound_source="solver",
        levels=tuple(levels),
        status=str(status),
        asked_gap=gap,
        engine=first.engine,
        runtime=time.monotonic() - began,
        prices=dict(zip(names, first.prices.tolist(), strict=True)),
    )


def _floor(solution: MMKPSolution, gap: float, level: int) -> float:
    """The value below which later levels may not take a level, as in `povtarget.solve`."""
    within_gap = solution.bound - gap * (LATER_LEVELS if level else 1.0) * abs(solution.bound)
    noise = _NOISE * max(abs(solution.value), abs(solution.bound))
    return min(within_gap, solution.value) - noise


def _floor_prices(solutions: Sequence[MMKPSolution], rows: int) -> Floats:
    floors = np.zeros((rows, len(solutions)))
    for level, solution in enumerate(solutions):
        row = rows - len(solutions) + level
        floors[:row, level], floors[row, level] = solution.prices, -1.0
    return floors


def _valued(problem: TargetingProblem, years: Sequence[Year]) -> Bundles:
    """All bundles, worth what they add over the years."""
    bundles = enumerate_bundles(problem, keep_dominated=True)
    alphas = sorted({level.alpha for level in problem.levels if isinstance(level, FGT)})
    table = np.zeros((len(bundles.sets), len(problem.catalog.programs)), dtype=bool)
    for number, members in enumerate(bundles.sets):
        table[number, list(members)] = True
    fall = np.zeros((len(alphas), len(bundles)))
    everyone = np.arange(len(problem.households))
    for elapsed, year in enumerate(years):
        paid = table & pays(problem, elapsed)
        adds = np.asarray(paid.any(axis=1)) & (year.counts > 0)
        mine = np.flatnonzero(adds[bundles.set_number])
        if not mine.size:
            continue
        rows = bundles.household[mine]
        before = year.shortfalls(everyone, year.paying, alphas)[:, rows]
        after = year.shortfalls(rows, paid[bundles.set_number[mine]] | year.paying[rows], alphas)
        fall[:, mine] += year.counts * np.maximum(before - after, 0.0)
    persons, gains = problem.households.persons[bundles.household], bundles.gains.copy()
    for k, level in enumerate(problem.levels):
        if isinstance(level, FGT):
            gains[k] = persons * fall[alphas.index(level.alpha)]
    needed = np.zeros(len(bundles), dtype=np.int8)
    return replace(bundles, gains=gains, needed_from=needed)


def _without_dominated(problem: TargetingProblem, bundles: Bundles) -> Bundles:
    """Leave out what adds nothing at any level to the same bundle with one program less."""
    number = {members: k for k, members in enumerate(bundles.sets)}
    width = len(bundles.sets)
    key = bundles.household * width + bundles.set_number
    order = np.argsort(key, kind="stable")
    has_minimum = np.array([program.minimum > 0 for program in problem.catalog.programs])
    is_locked = np.asarray(problem.standing.locked.any(axis=1))
    dominated = np.zeros(len(bundles), dtype=bool)
    for k in range(bundles.programs.shape[1]):
        rest = [_without(members, k, number) for members in bundles.sets]
        smaller = np.array(rest, dtype=np.int64)[bundles.set_number]
        member = bundles.programs[bundles.set_number, k]
        is_open = (member >= 0) & ~has_minimum[member]
        empty = np.flatnonzero(is_open & (smaller == -1))
        empty = empty[~is_locked[bundles.household[empty]]]
        dominated[empty] |= (bundles.gains[:, empty] <= 0).all(axis=0)
        mine = np.flatnonzero(is_open & (smaller >= 0))
        wanted = bundles.household[mine] * width + smaller[mine]
        at = np.minimum(np.searchsorted(key[order], wanted), max(key.size - 1, 0))
        exists = key[order[at]] == wanted
        mine, less = mine[exists], order[at[exists]]
        dominated[mine] |= (bundles.gains[:, mine] <= bundles.gains[:, less]).all(axis=0)
    return bundles.take(np.flatnonzero(~dominated))


def _without(members: tuple[int, ...], k: int, number: dict[tuple[int, ...], int]) -> int:
    """Number of the set without its k-th program; -1 for the empty set, -2 where there is none."""
    if k >= len(members):
        return -2
    rest = members[:k] + members[k + 1 :]
    return number.get(rest, -2) if rest else -1
