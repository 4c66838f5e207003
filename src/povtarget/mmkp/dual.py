"""Prices: the minimum of the Lagrangian dual, by our own computation.

For one price per coupling row each group picks its best item alone. The dual function

    D(pi) = sum_r ( max(pi_r, 0) U_r + min(pi_r, 0) L_r )
            + sum_g max( 0 or nothing, max_{j in g} value_j - pi . usage_j )              (1)

is convex, piecewise linear, and a bound on every feasible choice for any pi with pi_r >= 0
where only U_r is finite and pi_r <= 0 where only L_r is (Everett 1963, Operations Research 11;
Geoffrion 1974, Mathematical Programming Study 2). Its minimum is the LP optimum.

It is minimised by the Boxstep method (Marsten, Hogan and Blankenship 1975, Operations Research
23): within a box around the prices most groups have only one item that can be best; the others
make a small linear program whose optimum is exact in the box. An optimum inside the box is the
global one; one on its border is the centre of the next box.

The first centre comes from a sample of groups, whose dual function has nearly the curvature of
the whole: its bounds are shifted so that its subgradient at the current prices is that of all
groups (a control variate), its minimum is the next centre, and so on while D falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.errors import SolverError
from povtarget.mmkp.highs import LinearProgram, Outcome, maximise
from povtarget.mmkp.model import MMKP, Floats, Ints

_WHOLE_LP = 40_000  # items: below it the whole linear program is solved at once
_SAMPLE_ITEMS = 15_000
_MOST_SAMPLES = 8
_CLOSE = 1e-6  # of the dual value: where a sample gains less, boxes take over
_BOX_ITEMS = 8_000  # items that a box's linear program may have
_MOST_BOXES = 100
_LEAST_WIDTH = 1e-7


@dataclass(frozen=True, eq=False)
class Dual:
    """Prices and what they prove.

    Parameters
    ----------
    prices
        float64[rows], in value per unit of the row as stated.
    bound
        D(prices), equation (1).
    fractions
        float64[items]: an optimal solution of the LP relaxation as far as it was computed, else
        empty.
    evaluations
        How many times all items were priced.
    is_feasible
        False where the LP relaxation, hence the problem, has no solution at all.
    """

    prices: Floats
    bound: float
    fractions: Floats = field(default_factory=lambda: np.empty(0))
    evaluations: int = 0
    is_feasible: bool = True


def dual_value(problem: MMKP, prices: Floats) -> float:
    """D(prices), equation (1)."""
    return _row_term(problem, prices) + math.fsum(best_in_group(problem, reduced_values(problem, prices)))


def reduced_values(problem: MMKP, prices: Floats) -> Floats:
    """value - usage . prices, for every item."""
    return np.asarray(problem.value - problem.usage @ prices)


def best_in_group(problem: MMKP, reduced: Floats) -> Floats:
    """The largest reduced value of each group, "nothing" counting 0 where it is allowed."""
    best = np.where(problem.required, -np.inf, 0.0)
    filled = np.flatnonzero(np.diff(problem.starts))
    if filled.size:
        best[filled] = np.maximum(best[filled], np.maximum.reduceat(reduced, problem.starts[filled]))
    return best


def _row_term(problem: MMKP, prices: Floats) -> float:
    up, down = prices > 0, prices < 0
    return math.fsum([*(prices[up] * problem.upper[up]), *(prices[down] * problem.lower[down])])


def minimise_dual(problem: MMKP, scale: Floats, start: Floats | None = None) -> Dual:
    """Prices that minimise equation (1).

    Parameters
    ----------
    problem
        The problem; every required group has an item.
    scale
        float64[rows]: sizes of the rows' coefficients.
    start
        Prices to start from.

    Raises
    ------
    SolverError
        Where the method does not converge; a valid bound would still be at hand, but prices
        that are not optimal would mislead.
    """
    if not problem.num_items:
        holds = bool(np.all((problem.lower <= 0) & (problem.upper >= 0)))
        return Dual(np.zeros(problem.num_rows), 0.0 if holds else -math.inf, is_feasible=holds)
    scaled = _scaled(problem, scale)
    if problem.num_items <= _WHOLE_LP:
        return _finished(problem, scale, _solve_box(scaled, None, None), 1)
    centre, evaluations = _approach(scaled, None if start is None else start * scale)
    return _boxstep(problem, scaled, scale, centre, evaluations)


def _boxstep(problem: MMKP, scaled: MMKP, scale: Floats, centre: Floats, evaluations: int) -> Dual:
    width = 0.25
    typical = _typical_price(scaled)
    worst = _least_value(scaled)
    for step in range(1, _MOST_BOXES + 1):
        size = np.abs(centre) + typical
        items, fixed, width = _candidates(scaled, centre, size, width)
        box = _solve_box(scaled, items, (centre - width * size, centre + width * size), fixed)
        if box.value < worst:
            return Dual(box.prices / scale, -math.inf, is_feasible=False)
        if box.is_interior:
            return _finished(problem, scale, box, evaluations + step + 1)
        centre, width = box.prices, width * 2.0
    raise SolverError(f"prices did not converge in {_MOST_BOXES} boxes")


def _least_value(problem: MMKP) -> float:
    """A number below the value of every choice: a dual value below it proves infeasibility."""
    filled = problem.starts[np.flatnonzero(np.diff(problem.starts))]
    least = math.fsum(np.minimum(np.minimum.reduceat(problem.value, filled), 0.0))
    return least - 1e-6 * (1.0 + float(np.abs(problem.value).sum()))


def _typical_price(scaled: MMKP) -> Floats:
    """A price per row that would make a typical item worth about nothing."""
    size = float(np.abs(scaled.value).mean()) or 1.0
    usage = abs(scaled.usage)
    counts = np.maximum(np.diff(usage.tocsc().indptr), 1)
    mean = np.asarray(usage.sum(axis=0)).ravel() / counts
    return np.where(mean > 0, 0.02 * size / np.where(mean > 0, mean, 1.0), size)


def _candidates(problem: MMKP, centre: Floats, size: Floats, width: float) -> tuple[Ints, Ints, float]:
    """Items that can be best somewhere in the box, and the width that keeps them few enough.

    In the box an item's reduced value stays within its value at the centre plus and minus
    width * (usage . size), so it can be best only where its upper end reaches the largest lower
    end of its group. Returned are the items of groups with two options or more, the items that
    are their group's only option, and the width.
    """
    reduced = reduced_values(problem, centre)
    reach = np.asarray(abs(problem.usage) @ size)
    while True:
        floor = best_in_group(problem, reduced - width * reach)
        able = np.flatnonzero(reduced + width * reach >= floor[problem.group])
        options = np.bincount(problem.group[able], minlength=problem.num_groups)
        options += ~problem.required & (floor <= 0.0)
        is_open = options[problem.group[able]] > 1
        if np.count_nonzero(is_open) <= _BOX_ITEMS or width < _LEAST_WIDTH:
            return able[is_open], able[~is_open], width
        width /= 2.0


@dataclass(frozen=True, eq=False)
class _Box:
    prices: Floats
    value: float
    fractions: Floats
    is_interior: bool
    is_feasible: bool = True


def _solve_box(problem: MMKP, items: Ints | None, box: tuple[Floats, Floats] | None,
               fixed: Ints | None = None) -> _Box:
    """Minimise equation (1) over a box of prices by the linear program of the items given.

    A limit pi <= high is a slack that breaks the row at that price, and pi >= low an artificial
    use of the row that earns it. Fixed items are in whatever the prices.
    """
    fixed = np.empty(0, dtype=np.int64) if fixed is None else fixed
    used = np.asarray(problem.usage[fixed].sum(axis=0)).ravel()
    items = np.arange(problem.num_items) if items is None else items
    rows, groups, group_row = _group_rows(problem, items)
    matrix = sparse.vstack([problem.usage[items].T, groups], format="csc")
    objective = problem.value[items]
    columns_upper = np.full(items.size, np.inf)
    if box is not None:
        low, high = _signed(problem, box)
        elastic, price, limit = _elastic_columns(low, high, matrix.shape[0])
        matrix = sparse.hstack([matrix, elastic], format="csc")
        objective = np.concatenate([objective, price])
        columns_upper = np.concatenate([columns_upper, limit])
    lower = np.concatenate([problem.lower - used, np.where(problem.required[group_row], 1.0, -np.inf)])
    upper = np.concatenate([problem.upper - used, np.ones(rows)])
    answer = maximise(LinearProgram(objective, matrix, lower, upper, columns_upper), whole=0)
    if answer.outcome is Outcome.INFEASIBLE:
        return _Box(np.zeros(problem.num_rows), -math.inf, np.empty(0), True, is_feasible=False)
    if answer.x is None or answer.outcome is not Outcome.OPTIMAL:
        raise SolverError(f"the linear program of the prices ended {answer.outcome}")
    fractions = np.zeros(problem.num_items)
    fractions[items], fractions[fixed] = answer.x[:items.size], 1.0
    interior = not np.any(answer.x[items.size:] > 1e-9)
    value = answer.value + math.fsum(problem.value[fixed])
    return _Box(answer.row_price[:problem.num_rows], value, fractions, interior)


def _group_rows(problem: MMKP, items: Ints) -> tuple[int, sparse.csr_array, Ints]:
    """One row "at most one" (or exactly one) for each group among the items."""
    present, row = np.unique(problem.group[items], return_inverse=True)
    ones = np.ones(items.size)
    matrix = sparse.csr_array((ones, (row, np.arange(items.size))), shape=(present.size, items.size))
    return present.size, matrix, present


def _signed(problem: MMKP, box: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The box cut to prices that have a finite bound to stand on."""
    low = np.where(np.isinf(problem.lower), np.maximum(box[0], 0.0), box[0])
    high = np.where(np.isinf(problem.upper), np.minimum(box[1], 0.0), box[1])
    return np.minimum(low, high), np.maximum(low, high)


def _elastic_columns(low: Floats, high: Floats, rows: int) -> tuple[sparse.csc_array, Floats, Floats]:
    count = low.size
    index = np.concatenate([np.arange(count), np.arange(count)])
    sign = np.concatenate([-np.ones(count), np.ones(count)])
    columns = sparse.csc_array((sign, (index, np.arange(2 * count))), shape=(rows, 2 * count))
    return columns, np.concatenate([-high, low]), np.full(2 * count, np.inf)


def _approach(problem: MMKP, centre: Floats | None) -> tuple[Floats, int]:
    """Prices close to the best, from samples corrected by the subgradient of the whole."""
    sample, share = _sample(problem)
    if centre is None:
        centre = np.zeros(problem.num_rows)
        box = _solve_box(sample.with_bounds(problem.lower * share, problem.upper * share), None, None)
        centre = box.prices if box.is_feasible else centre
    typical = _typical_price(problem)
    value, used = _evaluate(problem, centre)
    for step in range(1, _MOST_SAMPLES + 1):
        _, sampled = _evaluate(sample, centre)
        shift = sampled - share * used
        shifted = sample.with_bounds(share * problem.lower + shift, share * problem.upper + shift)
        size = np.abs(centre) + typical
        trial = _solve_box(shifted, None, (centre - size, centre + size)).prices
        trial_value, trial_used = _evaluate(problem, trial)
        gain = value - trial_value
        if gain > 0:
            centre, value, used = trial, trial_value, trial_used
        if gain <= _CLOSE * abs(value):
            break
    return centre, step + 1


def _sample(problem: MMKP) -> tuple[MMKP, float]:
    """About `_SAMPLE_ITEMS` items of whole groups, and the share of groups that they are."""
    stride = max(1, math.ceil(problem.num_items / _SAMPLE_ITEMS))
    sampled = np.zeros(problem.num_groups, dtype=bool)
    sampled[np.random.default_rng(0).permutation(problem.num_groups)[::stride]] = True
    items = np.flatnonzero(sampled[problem.group])
    number = np.cumsum(sampled) - 1
    sample = MMKP(number[problem.group[items]], problem.value[items], problem.usage[items],
                  problem.upper, problem.lower, problem.required[sampled], int(sampled.sum()))
    return sample, float(sampled.mean())


def _evaluate(problem: MMKP, prices: Floats) -> tuple[float, Floats]:
    """D(prices) and the rows' usage by each group's best option, a subgradient's main part."""
    reduced = reduced_values(problem, prices)
    best = best_in_group(problem, reduced)
    winners = np.flatnonzero((reduced == best[problem.group]) & ((best > 0) | problem.required)[problem.group])
    _, first = np.unique(problem.group[winners], return_index=True)
    used = np.asarray(problem.usage[winners[first]].sum(axis=0)).ravel()
    return _row_term(problem, prices) + float(best.sum()), used


def _scaled(problem: MMKP, scale: Floats) -> MMKP:
    usage = problem.usage @ sparse.diags_array(1.0 / scale)
    return MMKP(problem.group, problem.value, usage, problem.upper / scale, problem.lower / scale,
                problem.choose_one, problem.groups)


def _finished(problem: MMKP, scale: Floats, box: _Box, evaluations: int) -> Dual:
    if not box.is_feasible:
        return Dual(box.prices, -math.inf, evaluations=evaluations, is_feasible=False)
    prices = box.prices / scale
    prices = np.where(np.isinf(problem.upper), np.minimum(prices, 0.0), prices)
    prices = np.where(np.isinf(problem.lower), np.maximum(prices, 0.0), prices)
    return Dual(prices, dual_value(problem, prices), box.fractions, evaluations)
