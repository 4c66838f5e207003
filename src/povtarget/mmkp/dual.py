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
from functools import cached_property

import numpy as np
from scipy import sparse

from povtarget.errors import SolverError
from povtarget.mmkp.highs import LinearProgram, Outcome, maximise
from povtarget.mmkp.model import MMKP, Floats, Ints

_WHOLE_LP = 15_000  # items: below it the whole linear program is solved at once
_SAMPLE_ITEMS = 15_000
_MOST_SAMPLES = 8
_CLOSE = 1e-6  # of the dual value: where a sample gains less, boxes take over
_LEAST_TRUST = 0.01
_BOX_ITEMS = 8_000  # items that a box's linear program may have
_MOST_BOXES = 60
_LEAST_FACTOR = 1e-7
_MOST_DOUBLINGS = 30
_PROVEN = 1e-8  # relative: how close the LP solution of a box must come to the prices' bound
_UNSEEN = 1e-12  # of the largest value: what HiGHS does not see
_ROUNDING = 2.0**-50  # relative to the terms of a sum: more than rounding takes from it
_NOTICED = 1e-10  # relative: where rounding may take more from a bound, it is added to it


@dataclass(frozen=True, eq=False)
class Dual:
    """Prices and what they prove.

    Parameters
    ----------
    prices
        float64[rows], in value per unit of the row as stated.
    bound
        D(prices), equation (1); and what rounding may have taken from it, where that matters.
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
    return row_term(problem, prices) + math.fsum(
        best_in_group(problem, reduced_values(problem, prices))
    )


def reduced_values(problem: MMKP, prices: Floats) -> Floats:
    """Value - usage . prices, for every item."""
    return np.asarray(problem.value - problem.usage @ prices)


def best_in_group(problem: MMKP, reduced: Floats) -> Floats:
    """The largest reduced value of each group, "nothing" counting 0 where it is allowed."""
    best = np.where(problem.required, -np.inf, 0.0)
    filled = np.flatnonzero(np.diff(problem.starts))
    if filled.size:
        best[filled] = np.maximum(
            best[filled], np.maximum.reduceat(reduced, problem.starts[filled])
        )
    return best


def row_term(problem: MMKP, prices: Floats) -> float:
    """The first sum of equation (1)."""
    up, down = prices > 0, prices < 0
    return math.fsum([*(prices[up] * problem.upper[up]), *(prices[down] * problem.lower[down])])


def rounding(problem: MMKP, prices: Floats) -> float:
    """More than what rounding may have done to D(prices)."""
    used = prices != 0
    bounds = np.where(prices > 0, problem.upper, problem.lower)[used]
    rows = math.fsum(np.abs(prices[used] * bounds))
    terms = np.abs(problem.value) + abs(problem.usage) @ np.abs(prices)
    return _ROUNDING * (problem.num_rows + 3) * (rows + math.fsum(best_in_group(problem, terms)))


def minimise_dual(
    problem: MMKP, scale: Floats, start: Floats | None = None, basis: Floats | None = None
) -> Dual:
    """Prices that minimise equation (1).

    Parameters
    ----------
    problem
        The problem; every required group has an item.
    scale
        float64[rows]: sizes of the rows' coefficients.
    start
        Prices to start from; where a multiple of them is better, that multiple.
    basis
        rows x rows: columns are directions in which prices move together. Boxes are boxes in
        the coordinates of this basis; None for each price alone.

    Raises
    ------
    SolverError
        Where HiGHS does not solve a linear program of the method.
    """
    if not problem.num_items:
        holds = bool(np.all((problem.lower <= 0) & (problem.upper >= 0)))
        return Dual(np.zeros(problem.num_rows), 0.0 if holds else -math.inf, is_feasible=holds)
    scaled = _scaled(problem, scale)
    if problem.num_items <= _WHOLE_LP:
        return _finished(problem, scale, _solve_box(scaled, None, None), 1)
    shape = _Shape(np.eye(problem.num_rows) if basis is None else basis * scale[:, None] / scale)
    first = None if start is None else _best_multiple(scaled, _signed(problem, start) * scale)
    try:
        centre, evaluations = _approach(scaled, shape, first)
        found = _boxstep(problem, scaled, scale, shape, centre, evaluations)
    except SolverError:  # a box of absurd size, say
        found = None
    # What boxes could not settle, the whole linear program does; it may take its time.
    return found or _finished(problem, scale, _solve_box(scaled, None, None), _MOST_BOXES)


@dataclass(frozen=True, eq=False)
class _Shape:
    """Coordinates m of prices, pi = basis m, in which boxes are boxes."""

    basis: Floats

    @cached_property
    def inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self.basis))

    def usage(self, problem: MMKP) -> sparse.csr_array:
        """What items use of each coordinate: usage . pi = usage(...) . m."""
        is_plain = np.array_equal(self.basis, np.eye(self.basis.shape[0]))
        return (
            problem.usage
            if is_plain
            else sparse.csr_array(problem.usage @ sparse.csr_array(self.basis))
        )


@dataclass(frozen=True, eq=False)
class _Region:
    """The prices pi with low <= inverse . pi <= high."""

    shape: _Shape
    low: Floats
    high: Floats


def _around(shape: _Shape, centre: Floats, reach: Floats) -> _Region:
    middle = shape.inverse @ centre
    return _Region(shape, middle - reach, middle + reach)


def _boxstep(
    problem: MMKP, scaled: MMKP, scale: Floats, shape: _Shape, centre: Floats, evaluations: int
) -> Dual | None:
    """Move the box to the optimum; None where that is not proven in `_MOST_BOXES`."""
    reach = 0.25 * (np.abs(shape.inverse @ centre) + _typical_price(scaled, shape))
    worst = _least_value(scaled)
    usage = shape.usage(scaled)
    for step in range(1, _MOST_BOXES + 1):
        items, fixed, reach = _candidates(scaled, usage, centre, reach)
        box = _solve_box(scaled, items, _around(shape, centre, reach), fixed)
        if not box.is_feasible:  # no box of prices is: numbers out of all proportion
            return None
        if box.value < worst or box.is_interior:
            found = _finished(problem, scale, box, evaluations + step + 1)
            if found.bound < worst:
                return Dual(found.prices, -math.inf, is_feasible=False)
            return found if box.is_interior and _is_proven(problem, found) else None
        # Prices on the border have further to go; the others may be held closer meanwhile.
        is_moving = np.abs(shape.inverse @ (box.prices - centre)) >= 0.99 * reach
        centre, reach = box.prices, reach * np.where(is_moving, 6.0, 0.7)
    return None


def _is_proven(problem: MMKP, dual: Dual) -> bool:
    """Whether the LP solution that came with the prices is worth as much as they prove.

    Prices of absurd size, at which rounding matters, prove nothing.
    """
    value = float(problem.value @ dual.fractions)
    largest = float(np.abs(problem.value).max())
    noise = _PROVEN * max(abs(dual.bound), abs(value)) + _UNSEEN * largest
    return dual.bound - value <= noise


def _least_value(problem: MMKP) -> float:
    """A number below the value of every choice: a dual value below it proves infeasibility."""
    filled = problem.starts[np.flatnonzero(np.diff(problem.starts))]
    least = math.fsum(np.minimum(np.minimum.reduceat(problem.value, filled), 0.0))
    return least - 1e-6 * (1.0 + float(np.abs(problem.value).sum()))


def _typical_price(problem: MMKP, shape: _Shape) -> Floats:
    """For each coordinate a price at which a typical item would lose a little of its worth."""
    size = float(np.abs(problem.value).mean()) or 1.0
    usage = abs(shape.usage(problem))
    counts = np.maximum(np.diff(usage.tocsc().indptr), 1)
    mean = np.asarray(usage.sum(axis=0)).ravel() / counts
    return np.where(mean > 0, 0.02 * size / np.where(mean > 0, mean, 1.0), size)


def _candidates(
    problem: MMKP, usage: sparse.csr_array, centre: Floats, reach: Floats
) -> tuple[Ints, Ints, Floats]:
    """Items that can be best somewhere in the box, and the reach that keeps them few enough.

    Against the group's best item (or nothing) at the centre, an item's reduced value rises by at
    most |usage - usage of the best| . reach in the box, so it can be best only where that makes
    up for its regret. Returned are the items of groups with two options or more, the items that
    are their group's only option, and the reach.
    """
    reduced = reduced_values(problem, centre)
    best = best_in_group(problem, reduced)
    winner = _winners(problem, reduced, best)
    with_nothing = sparse.vstack([usage, sparse.csr_array((1, usage.shape[1]))], format="csr")
    spread = np.asarray(abs(usage - with_nothing[winner[problem.group]]) @ reach)
    spread_of_nothing = np.asarray(abs(with_nothing[winner]) @ reach)
    regret = best[problem.group] - reduced
    factor = 1.0
    while True:
        able = np.flatnonzero(regret <= factor * spread)
        options = np.bincount(problem.group[able], minlength=problem.num_groups)
        options += ~problem.required & (best <= factor * spread_of_nothing)
        is_open = options[problem.group[able]] > 1
        if np.count_nonzero(is_open) <= _BOX_ITEMS or factor < _LEAST_FACTOR:
            return able[is_open], able[~is_open], factor * reach
        factor *= 0.6


def _winners(problem: MMKP, reduced: Floats, best: Floats) -> Ints:
    """The first best item of each group, -1 where it is best left empty."""
    winner = np.full(problem.num_groups, -1, dtype=np.int64)
    able = np.flatnonzero(
        (reduced == best[problem.group]) & ((best > 0) | problem.required)[problem.group]
    )
    groups, first = np.unique(problem.group[able], return_index=True)
    winner[groups] = able[first]
    return winner


@dataclass(frozen=True, eq=False)
class _Box:
    prices: Floats
    value: float
    fractions: Floats
    is_interior: bool
    is_feasible: bool = True


def _solve_box(
    problem: MMKP, items: Ints | None, region: _Region | None, fixed: Ints | None = None
) -> _Box:
    """Minimise equation (1) over a box of prices by the linear program of the items given.

    A limit m <= high on a coordinate is a column that breaks its rows at that price, and
    m >= low one that uses them and earns it. Fixed items are in whatever the prices.
    """
    fixed = np.empty(0, dtype=np.int64) if fixed is None else fixed
    used = np.asarray(problem.usage[fixed].sum(axis=0)).ravel()
    items = np.arange(problem.num_items) if items is None else items
    rows, groups, group_row = _group_rows(problem, items)
    matrix = sparse.vstack([problem.usage[items].T, groups], format="csc")
    objective = problem.value[items]
    columns_upper = np.full(items.size, np.inf)
    if region is not None:
        limits = sparse.vstack(
            [sparse.csc_array(region.shape.inverse.T), sparse.csc_array((rows, problem.num_rows))]
        )
        matrix = sparse.hstack([matrix, -limits, limits], format="csc")
        objective = np.concatenate([objective, -region.high, region.low])
        columns_upper = np.full(objective.size, np.inf)
    lower = np.concatenate(
        [problem.lower - used, np.where(problem.required[group_row], 1.0, -np.inf)]
    )
    upper = np.concatenate([problem.upper - used, np.ones(rows)])
    answer = maximise(LinearProgram(objective, matrix, lower, upper, columns_upper), whole=0)
    if answer.outcome is Outcome.INFEASIBLE:
        return _Box(np.zeros(problem.num_rows), -math.inf, np.empty(0), True, is_feasible=False)
    if answer.x is None or answer.outcome is not Outcome.OPTIMAL:
        raise SolverError(f"the linear program of the prices ended {answer.outcome}")
    fractions = np.zeros(problem.num_items)
    fractions[items], fractions[fixed] = answer.x[: items.size], 1.0
    elastic = answer.x[items.size :].reshape(2, -1) if region is not None else ()
    interior = all(np.all(np.abs(np.asarray(limits @ side)) <= 1e-9) for side in elastic)
    value = answer.value + math.fsum(problem.value[fixed])
    return _Box(answer.row_price[: problem.num_rows], value, fractions, interior)


def _group_rows(problem: MMKP, items: Ints) -> tuple[int, sparse.csr_array, Ints]:
    """One row "at most one" (or exactly one) for each group among the items."""
    present, row = np.unique(problem.group[items], return_inverse=True)
    ones = np.ones(items.size)
    matrix = sparse.csr_array(
        (ones, (row, np.arange(items.size))), shape=(present.size, items.size)
    )
    return present.size, matrix, present


def _approach(problem: MMKP, shape: _Shape, centre: Floats | None) -> tuple[Floats, int]:
    """Prices close to the best, from samples corrected by the subgradient of the whole."""
    sample, share = _sample(problem)
    if centre is None:
        centre = np.zeros(problem.num_rows)
        box = _solve_box(
            sample.with_bounds(problem.lower * share, problem.upper * share), None, None
        )
        centre = box.prices if box.is_feasible else centre
    typical = _typical_price(problem, shape)
    value, used = _evaluate(problem, centre)
    trust, steps = 1.0, 0
    for _ in range(_MOST_SAMPLES):
        steps += 1
        _, sampled = _evaluate(sample, centre)
        shift = sampled - share * used
        shifted = sample.with_bounds(share * problem.lower + shift, share * problem.upper + shift)
        reach = trust * (np.abs(shape.inverse @ centre) + typical)
        trial = _solve_box(shifted, None, _around(shape, centre, reach)).prices
        trial_value, trial_used = _evaluate(problem, trial)
        gain = value - trial_value
        if gain > 0:
            centre, value, used = trial, trial_value, trial_used
        else:
            trust *= 0.25
        if 0 < gain <= _CLOSE * abs(value) or trust < _LEAST_TRUST:
            break
    return centre, steps + 1


def _best_multiple(problem: MMKP, prices: Floats) -> Floats:
    """The multiple t * prices, t a power of 2, at which D is smallest: D is convex in t."""
    best, value = 1.0, _evaluate(problem, prices)[0]
    for factor in (2.0, 0.5):
        trial = best * factor
        for _ in range(_MOST_DOUBLINGS):
            if (trial_value := _evaluate(problem, trial * prices)[0]) >= value:
                break
            best, value, trial = trial, trial_value, trial * factor
    return best * prices


def _sample(problem: MMKP) -> tuple[MMKP, float]:
    """About `_SAMPLE_ITEMS` items of whole groups, and the share of groups that they are."""
    stride = max(1, math.ceil(problem.num_items / _SAMPLE_ITEMS))
    sampled = np.zeros(problem.num_groups, dtype=bool)
    sampled[np.random.default_rng(0).permutation(problem.num_groups)[::stride]] = True
    items = np.flatnonzero(sampled[problem.group])
    number = np.cumsum(sampled) - 1
    sample = MMKP(
        number[problem.group[items]],
        problem.value[items],
        problem.usage[items],
        problem.upper,
        problem.lower,
        problem.required[sampled],
        int(sampled.sum()),
    )
    return sample, float(sampled.mean())


def _evaluate(problem: MMKP, prices: Floats) -> tuple[float, Floats]:
    """D(prices) and the rows' usage by each group's best option, a subgradient's main part."""
    reduced = reduced_values(problem, prices)
    best = best_in_group(problem, reduced)
    winner = _winners(problem, reduced, best)
    used = np.asarray(problem.usage[winner[winner >= 0]].sum(axis=0), dtype=np.float64).ravel()
    return row_term(problem, prices) + float(best.sum()), used


def _scaled(problem: MMKP, scale: Floats) -> MMKP:
    usage = problem.usage @ sparse.diags_array(1.0 / scale)
    return MMKP(
        problem.group,
        problem.value,
        usage,
        problem.upper / scale,
        problem.lower / scale,
        problem.choose_one,
        problem.groups,
    )


def _finished(problem: MMKP, scale: Floats, box: _Box, evaluations: int) -> Dual:
    if not box.is_feasible:
        return Dual(box.prices, -math.inf, evaluations=evaluations, is_feasible=False)
    prices = _signed(problem, box.prices / scale)
    bound, noise = dual_value(problem, prices), rounding(problem, prices)
    if noise > _NOTICED * max(abs(bound), float(np.abs(problem.value).max())):
        bound += noise
    return Dual(prices, bound, box.fractions, evaluations)


def _signed(problem: MMKP, prices: Floats) -> Floats:
    """Prices with 0 where they have a sign that equation (1) does not allow."""
    prices = np.where(np.isinf(problem.upper), np.minimum(prices, 0.0), prices)
    prices = np.where(np.isinf(problem.lower), np.maximum(prices, 0.0), prices)
    return np.where(np.isfinite(prices), prices, 0.0)
