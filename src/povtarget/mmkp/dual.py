"""Prices: the minimum of the Lagrangian dual, equation (3), by our own computation.

The LP relaxation decides only a small part of a large problem: at prices near the best, most
groups have one item far ahead of the others. So prices are found by sifting (Bixby, Gregory,
Lustig, Marsten and Shanno 1992, Operations Research 40): a sample of groups gives first prices;
the items that these leave open make a smaller relaxation, which grows in `povtarget.mmkp.columns`,
or is solved by `povtarget.mmkp.interior` where too many groups tie; its prices are put to all
groups, and what they still leave open joins. Where the dual value of all groups is that of the
kept ones, the prices are those of the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from povtarget.errors import SolverError
from povtarget.mmkp.aggregation import aggregate
from povtarget.mmkp.branching import integer_program
from povtarget.mmkp.columns import by_columns
from povtarget.mmkp.highs import Outcome, maximise
from povtarget.mmkp.interior import Relaxed, relax
from povtarget.mmkp.model import MMKP, NONE, Bools, Floats, Ints
from povtarget.mmkp.pricing import Priced, dual_value, price, rounding, signed, usual_value
from povtarget.mmkp.watch import Asked, always
from povtarget.sayings import said

_SMALL_LP = 1_500  # items: up to here HiGHS solves the relaxation itself, to a vertex
_SAMPLE_ITEMS = 30_000
_KEPT_ITEMS = 60_000  # how many items first prices leave open, about
_MOST_ROUNDS = 12
_WIDER = 3  # times as many options where a part was too narrow
_MOST_CORRECTIONS = 5
_ROUGH, _SHARP = 1e-6, 1e-9  # what a correction has to gain, and how accurate samples are
_ACCURACY = 1e-9
_PIVOTS, _MOST_PIVOTS = 20_000, 60_000  # of simplex: where a sample's prices do; otherwise
_FINE = 1e-10
_NEARBY = 0.2  # relative: where given prices and a choice are so close, they are a beginning
_TIE = 1e-5  # of a usual value: regret up to which options are tied
_TIED = 2e-5  # relative: by how much tied options may be told apart
_TOLERATED = 1e-6  # relative: where prices and shares are further apart, HiGHS has to help
_PATIENCE = 60.0  # seconds that HiGHS may take to help
_NOTICED = 1e-10  # relative: where rounding may take more from a bound, it is added to it


@dataclass(frozen=True, eq=False)
class Dual:
    """Prices and what they prove.

    Parameters
    ----------
    prices
        float64[rows], in value per unit of the row as stated.
    bound
        D(prices), equation (3); and what rounding may have taken from it, where that matters.
    shares
        float64[items]: a solution of the LP relaxation, as far as it was computed; else empty.
    evaluations
        How many times all items were priced.
    is_feasible
        False where the LP relaxation, hence the problem, has no solution at all.
    is_exact
        Whether the bound is the optimum of the LP relaxation, to about 1e-6 of it.
    is_rough
        Whether short cuts were taken that a thorough run would not take.
    """

    prices: Floats
    bound: float
    shares: Floats = field(default_factory=lambda: np.empty(0))
    evaluations: int = 0
    is_feasible: bool = True
    is_exact: bool = True
    is_rough: bool = False


def minimise_dual(
    problem: MMKP,
    scale: Floats,
    start: Floats | None = None,
    *,
    accuracy: float = _ACCURACY,
    is_thorough: bool = True,
    choice: Ints | None = None,
    goes_on: Asked = always,
) -> Dual:
    """Prices that minimise equation (3).

    Parameters
    ----------
    problem
        The problem; every required group has an item.
    scale
        float64[rows]: sizes of the rows' coefficients.
    start
        Prices near which the best ones may be.
    accuracy
        Relative distance between prices and shares at which to stop.
    is_thorough
        False: where ties abound, be content with the prices of samples, which are then nearly
        always the best, without the proof.
    choice
        A feasible choice, where one is known. Simplex starts from it; without one, a relaxation
        that sifting does not settle is solved whole, since it may have no solution.
    goes_on
        Told a bound of the whole problem and its prices, from time to time; False stops.
    """
    if not problem.num_items:
        holds = bool(np.all((problem.lower <= 0) & (problem.upper >= 0)))
        return Dual(np.zeros(problem.num_rows), 0.0 if holds else -math.inf, is_feasible=holds)
    scaled = _scaled(problem, scale)
    told = _in_units(goes_on, problem, scale)
    if problem.num_items <= _SMALL_LP:
        found, evaluations = _by_simplex(scaled), 1
    else:
        first = None if start is None else signed(problem, start) * scale
        found, evaluations = _sifted(scaled, first, accuracy, is_thorough, choice, told)
    tolerated = max(_TOLERATED, 2.0 * accuracy)
    if (
        is_thorough
        and choice is None
        and found is not None
        and not found.is_accurate(tolerated)
        and told(found.dual, found.prices)
    ):
        found = _helped(scaled, found)
    if found is None:
        return Dual(
            np.zeros(problem.num_rows), -math.inf, evaluations=evaluations, is_feasible=False
        )
    dual = _finished(problem, scale, found, evaluations)
    return replace(dual, is_rough=not dual.is_exact and (choice is not None or not is_thorough))


def _helped(problem: MMKP, found: Relaxed) -> Relaxed | None:
    """What HiGHS makes of the whole relaxation where sifting did not settle it.

    None where there is no solution; what was found so far where HiGHS does not settle it either:
    its dual value is a bound all the same.
    """
    try:
        return _by_simplex(problem)
    except SolverError:
        return found


def _finished(problem: MMKP, scale: Floats, found: Relaxed, evaluations: int) -> Dual:
    prices = signed(problem, found.prices / scale)
    bound, noise = dual_value(problem, prices), rounding(problem, prices)
    if noise > _NOTICED * max(abs(bound), float(np.abs(problem.value).max())):
        bound += noise
    exact = found.is_accurate(_TOLERATED)
    return Dual(prices, bound, found.shares, evaluations + 1, is_exact=exact)


def _in_units(goes_on: Asked, problem: MMKP, scale: Floats) -> Asked:
    """The same question with prices in the units of the rows as stated."""
    return lambda dual, prices: goes_on(dual, signed(problem, prices / scale))


def _scaled(problem: MMKP, scale: Floats) -> MMKP:
    usage = problem.usage
    data = usage.data / scale[usage.indices]
    return MMKP(
        problem.group,
        problem.value,
        sparse.csr_array((data, usage.indices, usage.indptr), shape=usage.shape),
        problem.upper / scale,
        problem.lower / scale,
        problem.choose_one,
        problem.groups,
    )


def _sifted(
    problem: MMKP,
    start: Floats | None,
    accuracy: float,
    is_thorough: bool,
    choice: Ints | None,
    goes_on: Asked,
) -> tuple[Relaxed, int]:
    """Solve the relaxation on the options that prices leave open, until all options agree."""
    evaluations, prices = 0, start
    if start is None or not (is_thorough or _is_near(problem, start, choice)):
        sampled, prices, evaluations = _sampled_prices(problem, goes_on)
        if start is not None:
            evaluations += 1
            if price(problem, start).value < sampled.value:
                prices = start
    assert prices is not None
    pivots = _MOST_PIVOTS if is_thorough else _PIVOTS
    found, asked = by_columns(
        problem,
        prices,
        accuracy=accuracy,
        pivots=pivots,
        goes_on=goes_on,
        choice=choice if prices is start else None,  # sampled prices are the better beginning
    )
    evaluations += asked
    suffices = found.shares.size > 0 or choice is not None or not is_thorough
    if suffices or not goes_on(found.dual, found.prices):
        return found, evaluations
    better, asked = _sifted_inside(problem, found, accuracy, goes_on)
    return better, evaluations + asked


def _is_near(problem: MMKP, prices: Floats, choice: Ints | None) -> bool:
    """Whether given prices prove that a known choice is nearly the best: then no sample is."""
    if choice is None:
        return False
    value = math.fsum(problem.value[problem.chosen_items(choice)].tolist())
    dual = dual_value(problem, prices)
    return dual - value <= _NEARBY * max(abs(dual), abs(value))


def _sifted_inside(
    problem: MMKP, best: Relaxed, accuracy: float, goes_on: Asked
) -> tuple[Relaxed, int]:
    """The same with the interior-point method on the options left open: it minds no ties."""
    kept, wanted, evaluations = _Kept.nothing(problem), _KEPT_ITEMS, 1
    priced = price(problem, best.prices)
    for _ in range(_MOST_ROUNDS):
        if not goes_on(best.dual, best.prices):
            break
        kept = kept.joined_by(problem, priced, wanted)
        part = _part(problem, kept)
        found = _from_inside(part.problem, accuracy)
        if found.excess > _TOLERATED:  # too little was left open for the rows to hold
            wanted *= _WIDER
            continue
        priced, evaluations = price(problem, found.prices), evaluations + 1
        outside = priced.value - (found.dual + part.value)
        is_settled = outside <= accuracy * max(abs(priced.value), 1e-12)
        if priced.value < best.dual or is_settled:
            distance = found.distance if is_settled else math.inf
            shares = part.expand(found.shares)
            best = replace(found, dual=priced.value, shares=shares, distance=distance)
        if is_settled:
            break
    return best, evaluations


def _from_inside(problem: MMKP, accuracy: float) -> Relaxed:
    """The relaxation of a part with very many ties, by the interior-point method.

    Values differ by a little that breaks ties (perturbation; Charnes 1952), so that nearly all
    groups are decided; prices keep what they prove for the values as they are.
    """
    spread = np.random.default_rng(0).random(problem.num_items)
    moved = MMKP(
        problem.group,
        problem.value * (1.0 + accuracy * spread),
        problem.usage,
        problem.upper,
        problem.lower,
        problem.required,
        problem.num_groups,
    )
    inside = relax(moved, accuracy=_FINE)
    dual = dual_value(problem, inside.prices)
    value = float((problem.value * inside.shares).sum())
    distance = (dual - value) / max(abs(dual), 1e-12)
    return replace(inside, dual=dual, distance=distance)


@dataclass(frozen=True, eq=False)
class _Kept:
    """Options that prices have left open: items, and leaving a group empty."""

    items: Bools
    empty: Bools

    @classmethod
    def nothing(cls, problem: MMKP) -> _Kept:
        return cls(np.zeros(problem.num_items, bool), np.zeros(problem.num_groups, bool))

    def joined_by(self, problem: MMKP, priced: Priced, wanted: int) -> _Kept:
        """With about the ``wanted`` losing items of least regret, and all winners."""
        regret = priced.regret(problem)
        losing = regret[regret > 0]
        limit = math.inf
        if losing.size > wanted:
            limit = float(np.partition(losing, wanted)[wanted])
        empty = ~problem.required & (priced.best <= limit)
        return _Kept(self.items | (regret <= limit), self.empty | empty)


@dataclass(frozen=True, eq=False)
class _Part:
    """The relaxation over kept options; groups that have one left are fixed.

    ``alone`` are the items of fixed groups and ``value`` what they are worth; ``items`` are the
    numbers of the others.
    """

    problem: MMKP
    items: Ints
    alone: Ints
    value: float
    size: int

    def expand(self, shares: Floats) -> Floats:
        whole = np.zeros(self.size)
        whole[self.items], whole[self.alone] = shares, 1.0
        return whole


def _part(problem: MMKP, kept: _Kept) -> _Part:
    count = np.bincount(problem.group[kept.items], minlength=problem.num_groups)
    is_fixed = (count == 1) & ~kept.empty
    alone = np.flatnonzero(kept.items & is_fixed[problem.group])
    items = np.flatnonzero(kept.items & ~is_fixed[problem.group])
    used = np.asarray(problem.usage[alone].sum(axis=0)).ravel()
    groups, group = np.unique(problem.group[items], return_inverse=True)
    part = MMKP(
        group,
        problem.value[items],
        problem.usage[items],
        problem.upper - used,
        problem.lower - used,
        ~kept.empty[groups],
        groups.size,
    )
    return _Part(part, items, alone, math.fsum(problem.value[alone]), problem.num_items)


def _sampled_prices(problem: MMKP, goes_on: Asked = always) -> tuple[Priced, Floats, int]:
    """Prices of a sample of groups, corrected by what all groups make of them.

    A sample's use of the rows differs from its share of the whole's use; where its bounds are
    moved by this difference at some prices, its subgradient there is that of the whole (a
    control variate), and its best prices are close to the best of all.
    """
    sample, share = _sample(problem)
    prices = relax(sample, accuracy=_SHARP).prices
    best, best_prices, evaluations = price(problem, prices), prices, 1
    while share < 1.0 and evaluations < _MOST_CORRECTIONS and goes_on(best.value, best_prices):
        shift = price(sample, best_prices).used - share * best.used
        moved = sample.with_bounds(sample.lower + shift, sample.upper + shift)
        prices = relax(moved, accuracy=_SHARP).prices
        priced = price(problem, prices)
        evaluations += 1
        gain = best.value - priced.value
        if gain > 0:
            best, best_prices = priced, prices
        if gain < _ROUGH * abs(best.value):
            break
    return best, best_prices, evaluations


def _sample(problem: MMKP) -> tuple[MMKP, float]:
    """About `_SAMPLE_ITEMS` items of whole groups, and the share of groups that they are."""
    stride = max(1, math.ceil(problem.num_items / _SAMPLE_ITEMS))
    chosen = np.random.default_rng(0).permutation(problem.filled)[::stride]
    sampled = np.zeros(problem.num_groups, dtype=bool)
    sampled[chosen] = True
    share = chosen.size / problem.filled.size
    items = np.flatnonzero(sampled[problem.group])
    number = np.cumsum(sampled) - 1
    sample = MMKP(
        number[problem.group[items]],
        problem.value[items],
        problem.usage[items],
        problem.upper * share,
        problem.lower * share,
        problem.required[sampled],
        int(sampled.sum()),
    )
    return sample, share


def _by_simplex(problem: MMKP) -> Relaxed | None:
    """The relaxation by HiGHS, identical groups as one; None where it has no solution."""
    types = aggregate(problem)
    whole = integer_program(types.problem, np.ones(problem.num_rows), types.count)
    program = replace(whole, column_upper=np.full(types.problem.num_items, np.inf))
    answer = maximise(program, whole=0, time_limit=_PATIENCE)
    if answer.outcome is Outcome.INFEASIBLE:
        return None
    if answer.x is None or answer.outcome is not Outcome.OPTIMAL:
        raise SolverError(
            said("the linear program of the prices ended {outcome}", outcome=answer.outcome)
        )
    prices = signed(problem, answer.row_price[: problem.num_rows])
    shares = types.spread(answer.x)
    dual = dual_value(problem, prices)
    distance = (dual - answer.value) / max(abs(dual), 1e-12)
    return Relaxed(prices, dual, shares, 0.0, distance)


def tied_choice(problem: MMKP, scale: Floats, prices: Floats) -> Ints:
    """A choice among tied options, at prices that are the best; it may break rows by a little.

    Where ties abound, prices alone leave open which of thousands of alike groups get what rows
    can pay. The relaxation over the tied options says it, identical groups as one, and their
    counts are rounded systematically.
    """
    scaled = _scaled(problem, scale)
    priced = price(scaled, prices * scale)
    tie = _TIE * usual_value(problem)
    kept = _Kept(priced.regret(scaled) <= tie, ~problem.required & (priced.best <= tie))
    part = _part(scaled, kept)
    types = aggregate(part.problem)
    shares = _from_inside(types.as_groups(), _TIED).shares
    chosen = types.expand(types.rounded(shares))
    choice = np.full(problem.num_groups, NONE, dtype=np.int64)
    choice[problem.group[part.alone]] = part.alone
    chosen = chosen[chosen != NONE]
    choice[problem.group[part.items[chosen]]] = part.items[chosen]
    return choice
