"""The engine ``prices``: Lagrangian prices, then an exact core.

Prices fix almost every group at its best item; the open ones make a core that HiGHS solves.
The core grows until equation (2) of `povtarget.mmkp.core` proves the asked gap.
"""

from __future__ import annotations

import math
import time
from fractions import Fraction
from functools import partial

import numpy as np

from povtarget.mmkp.branching import Incumbent, Judge, branch_and_cut, choice_value
from povtarget.mmkp.core import Core, build_core, regrets, thresholds, two_best
from povtarget.mmkp.dual import Dual, rounding
from povtarget.mmkp.model import MMKP, Floats, Ints
from povtarget.mmkp.rational import Violation, common_divisor, violations

_FIRST_CORE = 300  # groups in the first core
_FIRST_PER_ROW = 10  # groups in it that can give way in each row
_GROWTH = 4.0
_NOISE = 1e-9  # relative: what rounding may have taken from a bound


def solve_by_prices(
    problem: MMKP,
    scale: Floats,
    dual: Dual,
    *,
    slack: float = 0.0,
    time_limit: float | None = None,
    start: Ints | None = None,
    judge: Judge | None = None,
) -> Incumbent:
    """Solve an MMKP from its prices.

    Parameters
    ----------
    problem, scale
        The problem with strengthened bounds, and the size of each row's coefficients.
    dual
        Its prices and their bound.
    slack
        Absolute gap at which to stop.
    time_limit
        Seconds, or None.
    start
        A feasible choice.
    judge
        Exact judge of a choice; the rows of ``problem`` itself where None.
    """
    judge = judge or partial(violations, problem)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    regret = regrets(problem, dual.prices)
    options = two_best(problem, regret)
    step, noise = common_divisor(problem.value), rounding(problem, dual.prices)
    best, bound, per_row = start, _reachable(dual.bound, step, noise), _FIRST_PER_ROW
    threshold = _next_threshold(options.regret, -math.inf, math.inf)
    if best is not None and bound - choice_value(problem, best) <= slack:
        return Incumbent(best, bound, True)
    while True:
        left = None if deadline == math.inf else max(deadline - time.monotonic(), 0.0)
        core = build_core(problem, regret, thresholds(problem, options, threshold, per_row))
        found = branch_and_cut(
            core.problem,
            scale,
            slack=0.99 * slack,
            time_limit=left,
            start=None if best is None else core.restrict(best),
            judge=partial(_judge_core, judge, core),
        )
        best = _better(problem, best, core, found)
        proven = max(_core_bound(problem, core, found), dual.bound - threshold)
        bound = min(bound, _reachable(proven, step, noise))
        missing = math.inf if best is None else dual.bound - choice_value(problem, best)
        if best is not None and bound - choice_value(problem, best) <= slack:
            return Incumbent(best, bound, True)
        if threshold >= missing or threshold == math.inf or not found.is_complete:
            return Incumbent(best, bound, found.is_complete, found.is_infeasible and best is None)
        threshold = _next_threshold(options.regret, threshold, missing)
        per_row = int(_GROWTH * per_row)


def _reachable(bound: float, step: Fraction | None, noise: float) -> float:
    """The largest value below a bound, where all values are multiples of ``step``."""
    if step is None or not math.isfinite(bound):
        return bound
    noise += _NOISE * max(1.0, abs(bound))
    return min(bound, float(math.floor(Fraction(bound + noise) / step) * step))


def _next_threshold(second: Floats, threshold: float, missing: float) -> float:
    """A threshold that opens `_GROWTH` times as many groups, or all that a proof needs."""
    wanted = max(_FIRST_CORE, int(_GROWTH * np.count_nonzero(second <= threshold)))
    if wanted >= second.size:
        return min(missing, math.inf)
    larger = max(float(np.partition(second, wanted)[wanted]), _GROWTH * max(threshold, 0.0))
    return min(larger, missing)


def _core_bound(problem: MMKP, core: Core, found: Incumbent) -> float:
    fixed = math.fsum(problem.value[problem.chosen_items(core.fixed)])
    return -math.inf if found.is_infeasible else fixed + found.bound


def _judge_core(judge: Judge, core: Core, choice: Ints) -> list[Violation]:
    return judge(core.expand(choice))


def _better(problem: MMKP, best: Ints | None, core: Core, found: Incumbent) -> Ints | None:
    if found.choice is None:
        return best
    choice = core.expand(found.choice)
    if best is None or choice_value(problem, choice) > choice_value(problem, best):
        return choice
    return best
