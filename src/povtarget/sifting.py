"""Levels of a question whose bundles are too many to exist at once.

Households only answer to prices. So bundles are made for a block of households at a time, put to
the current prices, and forgotten, but for each household's best and the few that are close to
it. These are solved as if they were all; the prices that come out are put to all households
again. Where all households then prove the asked gap, the level is done; else what they would
rather have joins (Dantzig and Wolfe 1960). Everything that a level states is proven for all
bundles: its bound is the price bound over all households.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.bounds import coupling_lines
from povtarget.bundles import Bundles, enumerate_bundles, joined, joined_once
from povtarget.formulation import Formulation, coupling_rows, formulate
from povtarget.mmkp import MMKP, MMKPSolution, Status, relative_gap, solve_mmkp
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.pricing import bounds_term, price
from povtarget.mmkp.strengthening import strengthen
from povtarget.problem import TargetingProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WHOLE_PREDICTED, WHOLE_KNOWN = 600_000, 4_000_000
"""Up to about so many bundles a question is solved with all of them in memory.

Where consumption is known many households are alike and tie; all of them together tell ties apart.
"""

_BLOCK = 20_000  # households whose bundles exist at once, in each thread
_SAMPLED = 2_000  # households that tell how many bundles there are, and first prices
_NEAR = 60_000  # bundles close to their household's best that are kept in a pass
_MOST_ROUNDS = 6
_INSIDE = 0.5  # of the asked gap: how closely visible bundles are solved
_SETTLED = 1e-9
_MOST_THREADS = 8


def expected_bundles(problem: TargetingProblem) -> float:
    """About how many bundles a question has, from a sample of its households."""
    rows = _sample(problem)
    if not rows.size:
        return 0.0
    count = len(enumerate_bundles(problem, rows))
    return count * len(problem.households) / rows.size


def fits_whole(problem: TargetingProblem) -> bool:
    """Whether a question is better solved with all its bundles in memory."""
    is_predicted = bool(np.mean(problem.households.sigma > 0) > 0.5)
    return expected_bundles(problem) <= (WHOLE_PREDICTED if is_predicted else WHOLE_KNOWN)


def _sample(problem: TargetingProblem) -> Ints:
    everyone = len(problem.households)
    order = np.random.default_rng(0).permutation(everyone)
    return np.sort(order[: min(everyone, max(_SAMPLED, everyone // 50))])


def sampled_prices(problem: TargetingProblem) -> Floats:
    """Prices of the first level's rows from a sample of households, bounds in proportion."""
    rows = _sample(problem)
    mmkp = formulate(problem, enumerate_bundles(problem, rows)).mmkp(0)
    share = rows.size / len(problem.households)
    locked = np.flatnonzero(mmkp.required)
    outside = np.setdiff1d(locked, rows)
    required = mmkp.required.copy()
    required[outside] = False
    sample = MMKP(
        mmkp.group,
        mmkp.value,
        mmkp.usage,
        mmkp.upper * share,
        mmkp.lower * share,
        required,
        mmkp.groups,
    )
    found = minimise_dual(sample, strengthen(sample).scale, accuracy=1e-6, is_thorough=False)
    return found.prices


@dataclass(frozen=True, eq=False)
class Pass:
    """What all households make of some prices.

    Parameters
    ----------
    dual
        The price bound over all households.
    bundles
        Each household's best bundle, and those close to it.
    """

    dual: float
    bundles: Bundles


@dataclass(frozen=True, eq=False)
class Level:
    """A level to solve.

    Parameters
    ----------
    number
        Which level.
    floors
        What the earlier levels must keep.
    lower, upper
        float64[rows]: bounds of all rows, rounded inward to what whole places can reach.
    """

    number: int
    floors: tuple[float, ...]
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, problem: TargetingProblem, number: int, floors: Sequence[float]) -> Level:
        """A level with the bounds of its question."""
        reachable = {line.name: line.reachable for line in coupling_lines(problem)}
        rows = coupling_rows(problem)
        lower = [*(reachable[row.name][0] for row in rows), *floors]
        upper = [*(reachable[row.name][1] for row in rows), *(math.inf for _ in floors)]
        return cls(number, tuple(floors), np.array(lower), np.array(upper))


def look(problem: TargetingProblem, level: Level, prices: Floats) -> Pass:
    """Put prices to all households, a block at a time."""
    everyone = np.arange(len(problem.households))
    blocks = [everyone[begin : begin + _BLOCK] for begin in range(0, everyone.size, _BLOCK)]
    near = math.ceil(_NEAR / len(blocks))
    answers = list(_in_threads(partial(_ask, problem, level, prices, near), blocks))
    best = (worth for worths, _ in answers for worth in worths)
    dual = math.fsum([bounds_term(level.lower, level.upper, prices), *best])
    return Pass(dual, joined([bundles for _, bundles in answers]))


def _ask(
    problem: TargetingProblem, level: Level, prices: Floats, near: int, rows: Ints
) -> tuple[list[float], Bundles]:
    """Each household's best, and the bundles that a block keeps."""
    bundles = enumerate_bundles(problem, rows)
    formulation = formulate(problem, bundles)
    mmkp = formulation.mmkp(level.number, level.floors)
    priced = price(mmkp, prices)
    regret = priced.regret(mmkp)
    limit = math.inf if regret.size <= near else float(np.partition(regret, near)[near])
    keep = regret <= limit
    keep[priced.winner[priced.winner != NONE]] = True
    kept = formulation.items(level.number)[keep]
    return priced.best[mmkp.filled].tolist(), bundles.take(kept)


def solve_level(
    problem: TargetingProblem,
    level: Level,
    visible: Bundles | None,
    prices: Floats,
    *,
    gap: float,
    time_left: Callable[[], float | None],
    start: Callable[[Formulation], Ints | None],
    **options: Any,
) -> tuple[Formulation, MMKPSolution]:
    """Solve a level over the bundles that its prices make visible.

    Parameters
    ----------
    problem, level
        The question and the level.
    visible
        Bundles that earlier levels saw, their plan's among them.
    prices
        float64[rows]: where to look first.
    gap
        Relative gap at which to stop.
    time_left
        Seconds left, or None.
    start
        A choice of a formulation's items to begin from, or None.
    options
        Of `solve_mmkp`.

    Returns
    -------
    Formulation, MMKPSolution
        Of the visible bundles; bound, gap and status are proven for all.
    """
    if not level.number:
        options["start_prices"] = prices
    seen = look(problem, level, prices)
    best: tuple[float, Floats] = (seen.dual, prices)
    for _ in range(_MOST_ROUNDS):
        visible = seen.bundles if visible is None else joined_once([visible, seen.bundles])
        formulation = formulate(problem, visible)
        found = solve_mmkp(
            formulation.mmkp(level.number, level.floors),
            gap=_INSIDE * gap,
            time_limit=time_left(),
            start=start(formulation),
            **options,
        )
        seen = look(problem, level, found.prices)
        if not level.number:
            options["start_prices"] = found.prices
        best = min(best, (seen.dual, found.prices), key=lambda pair: pair[0])
        is_settled = seen.dual - found.price_bound <= _SETTLED * max(abs(seen.dual), 1e-12)
        reached = relative_gap(found.value, max(best[0], found.value))
        left = time_left()
        if reached <= gap or is_settled or (left is not None and left <= 0):
            break
    return formulation, _proven(found, best, gap)


def _proven(found: MMKPSolution, best: tuple[float, Floats], gap: float) -> MMKPSolution:
    """A solution over visible bundles with the bound that all bundles prove."""
    bound = max(best[0], found.value)
    reached = relative_gap(found.value, bound)
    status = found.status
    if reached > gap and status is Status.OPTIMAL:
        status = Status.UNPROVEN
    elif reached <= gap:
        status = Status.OPTIMAL
    return replace(
        found,
        bound=bound,
        gap=reached,
        prices=best[1],
        status=status,
        bound_source="prices",
        price_bound=bound,
    )


def _in_threads(ask: Callable[[Ints], Any], blocks: list[Ints]) -> Iterator[Any]:
    """Answers in the order of the blocks, whatever the number of threads."""
    threads = min(len(blocks), os.cpu_count() or 1, _MOST_THREADS)
    if threads <= 1:
        yield from map(ask, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(ask, blocks)
