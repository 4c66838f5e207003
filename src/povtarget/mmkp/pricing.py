"""Groups answer to prices: equation (3), its winners, and what rounding may have done to it.

For one price per coupling row each group picks its best item alone. The dual function

    D(pi) = sum_r ( max(pi_r, 0) U_r + min(pi_r, 0) L_r )
            + sum_g max( 0 or nothing, max_{j in g} value_j - pi . usage_j )              (3)

is convex, piecewise linear, and a bound on every feasible choice for any pi with pi_r >= 0
where only U_r is finite and pi_r <= 0 where only L_r is (Everett 1963, Operations Research 11;
Geoffrion 1974, Mathematical Programming Study 2). Its minimum is the LP optimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from povtarget.mmkp.model import MMKP, NONE, Floats, Ints

_ROUNDING = 2.0**-50  # relative to the terms of a sum: more than rounding takes from it


@dataclass(frozen=True, eq=False)
class Priced:
    """Every group's answer to some prices.

    Parameters
    ----------
    value
        D(prices), equation (3).
    used
        float64[rows]: what the winners use; a subgradient of D is bounds minus used.
    winner
        int64[groups]: the first best item, NONE where leaving the group empty is best.
    best
        float64[groups]: the best reduced value.
    reduced
        float64[items]: value - usage . prices.
    """

    value: float
    used: Floats
    winner: Ints
    best: Floats
    reduced: Floats

    def regret(self, problem: MMKP) -> Floats:
        """float64[items]: what each item costs against its group's best."""
        return np.asarray(self.best[problem.group] - self.reduced)


def price(problem: MMKP, prices: Floats) -> Priced:
    """Evaluate equation (3), rounded once for each group and once for the sum."""
    reduced = reduced_values(problem, prices)
    best = best_in_group(problem, reduced)
    winner = winners(problem, reduced, best)
    chosen = winner[winner != NONE]
    used = np.asarray(problem.usage[chosen].sum(axis=0), dtype=np.float64).ravel()
    return Priced(row_term(problem, prices) + math.fsum(best), used, winner, best, reduced)


def dual_value(problem: MMKP, prices: Floats) -> float:
    """D(prices), equation (3)."""
    return row_term(problem, prices) + math.fsum(
        best_in_group(problem, reduced_values(problem, prices))
    )


def reduced_values(problem: MMKP, prices: Floats) -> Floats:
    """Value - usage . prices, for every item."""
    return np.asarray(problem.value - problem.usage @ prices)


def best_in_group(problem: MMKP, reduced: Floats) -> Floats:
    """The largest reduced value of each group, "nothing" counting 0 where it is allowed."""
    best = np.where(problem.required, -np.inf, 0.0)
    filled = problem.filled
    if filled.size:
        best[filled] = np.maximum(
            best[filled], np.maximum.reduceat(reduced, problem.starts[filled])
        )
    return best


def winners(problem: MMKP, reduced: Floats, best: Floats) -> Ints:
    """The first best item of each group, NONE where it is best left empty."""
    winner = np.full(problem.num_groups, NONE, dtype=np.int64)
    able = np.flatnonzero(
        (reduced == best[problem.group]) & ((best > 0) | problem.required)[problem.group]
    )
    group = problem.group[able]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    winner[group[first]] = able[first]
    return winner


def row_term(problem: MMKP, prices: Floats) -> float:
    """The first sum of equation (3)."""
    return bounds_term(problem.lower, problem.upper, prices)


def bounds_term(lower: Floats, upper: Floats, prices: Floats) -> float:
    """The same for rows with these bounds."""
    up, down = prices > 0, prices < 0
    return math.fsum([*(prices[up] * upper[up]), *(prices[down] * lower[down])])


def usual_value(problem: MMKP) -> float:
    """Mean size of the items' values; never 0."""
    return max(math.fsum(np.abs(problem.value)) / max(problem.num_items, 1), 1e-300)


def rounding(problem: MMKP, prices: Floats) -> float:
    """More than what rounding may have done to D(prices)."""
    used = prices != 0
    bounds = np.where(prices > 0, problem.upper, problem.lower)[used]
    rows = math.fsum(np.abs(prices[used] * bounds))
    terms = np.abs(problem.value) + abs(problem.usage) @ np.abs(prices)
    return _ROUNDING * (problem.num_rows + 3) * (rows + math.fsum(best_in_group(problem, terms)))


def signed(problem: MMKP, prices: Floats) -> Floats:
    """Prices with 0 where they have a sign that equation (3) does not allow."""
    prices = np.where(np.isinf(problem.upper), np.minimum(prices, 0.0), prices)
    prices = np.where(np.isinf(problem.lower), np.maximum(prices, 0.0), prices)
    return np.where(np.isfinite(prices), prices, 0.0)
