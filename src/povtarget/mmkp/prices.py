"""The engine ``prices``: Lagrangian prices, a rounded start, then an exact core.

Prices fix almost every group at its best item; the open ones make a core that HiGHS solves.
The core grows until equation (6) of `povtarget.mmkp.core` proves the asked gap, or until more
search would not pay.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property, partial

import numpy as np

from povtarget.mmkp.aggregation import aggregate
from povtarget.mmkp.branching import Incumbent, Judge, branch_and_cut, choice_value
from povtarget.mmkp.core import Core, Options, build_core, near_core, regrets, thresholds, two_best
from povtarget.mmkp.dual import Dual, tied_choice
from povtarget.mmkp.model import MMKP, NONE, Bools, Floats, Ints
from povtarget.mmkp.oscillation import oscillate
from povtarget.mmkp.pricing import rounding
from povtarget.mmkp.rational import Violation, common_divisor, violations
from povtarget.mmkp.rounding import mend, nearest_choice
from povtarget.mmkp.watch import Watch

_FIRST_CORE = 300  # groups in the first core
_FIRST_PER_ROW, _MOST_PER_ROW = 200, 10  # groups in it that can give way: in all, in each row
_GROWTH = 4.0
_MOST_TIED = 4_000  # options, identical groups as one, in a core with all ties
_REOPENED, _ROWS_REOPENED = 250, 6  # groups of a neighbourhood; one in so many rows
_FRUITLESS = 6  # neighbourhoods in turn without a find
_DIFFERING = 2_000  # groups in which two choices are both open
_NEAR = 1e-3  # of the bound: regret up to which a split group's options stay open
_PART = 1e-6  # shares closer to 0 or 1 count as 0 or 1
_NOISE = 1e-9  # relative: what rounding may have taken from a bound
_EFFORT = 100_000  # items times nodes of one search where no time limit is given
_FEWEST_NODES = 30
_MOST_ITEMS = 20_000  # in a core; where a choice is known, a larger one is not worth its time
BRIEF_ITEMS = 5_000  # the same where ties are all that is decided: HiGHS takes minutes for more


def solve_by_prices(
    problem: MMKP,
    scale: Floats,
    dual: Dual,
    *,
    slack: float = 0.0,
    watch: Watch,
    start: Ints | None = None,
    judge: Judge | None = None,
    most_items: int = _MOST_ITEMS,
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
    watch
        Knows when to stop, and is told of every better choice and bound.
    start
        A choice from which to begin; it may break rows.
    judge
        Exact judge of a choice; the rows of ``problem`` itself where None.
    most_items
        In a core, where a choice is known.
    """
    search = _Search(problem, scale, dual, slack, watch, judge or partial(violations, problem))
    search.begin(start)
    if search.is_done or dual.is_rough:
        return Incumbent(search.best, search.bound, search.is_done)
    return search.grow(most_items)


def begin_by_prices(
    problem: MMKP,
    scale: Floats,
    dual: Dual,
    *,
    slack: float,
    watch: Watch,
    start: Ints | None,
    judge: Judge,
) -> Incumbent:
    """A good choice without any core, for an engine that does the rest.

    Parameters as for `solve_by_prices`; ``start`` is feasible, where there is one.
    """
    search = _Search(problem, scale, dual, slack, watch, judge)
    search.offer(start)
    if search.goes_on():
        search.search(is_brief=True)
    return Incumbent(search.best, search.bound, search.is_done)


class _Search:
    """The best choice and bound so far, and the cores that better them."""

    def __init__(
        self, problem: MMKP, scale: Floats, dual: Dual, slack: float, watch: Watch, judge: Judge
    ) -> None:
        self.problem, self.scale, self.dual = problem, scale, dual
        self.slack, self.watch, self.judge = slack, watch, judge
        self.regret = regrets(problem, dual.prices)
        self.step = common_divisor(problem.value)
        self.noise = rounding(problem, dual.prices)
        self.best: Ints | None = None
        self.has_start = False  # what is near a good start is found sooner in between
        self.value = -math.inf
        self.bound = math.inf
        self.lower_bound(dual.bound)

    @cached_property
    def options(self) -> Options:
        """The two best options of each group."""
        return two_best(self.problem, self.regret)

    @property
    def is_done(self) -> bool:
        """Whether the asked gap is proven."""
        return self.best is not None and self.bound - self.value <= self.slack

    def offer(self, choice: Ints | None) -> None:
        """Take a choice where it is feasible and better."""
        if choice is None:
            return
        value = choice_value(self.problem, choice)
        if value > self.value and not self.judge(choice):
            self.best, self.value = choice, value
            self.watch.see(value=value + self.watch.offset)

    def lower_bound(self, bound: float) -> None:
        """Take a bound, rounded down to what values can reach."""
        self.bound = min(self.bound, _reachable(bound, self.step, self.noise))
        self.watch.see(bound=self.bound + self.watch.offset)

    def begin(self, start: Ints | None) -> None:
        """Choices that cost little to find: the given one, mended, and the rounded relaxation."""
        if start is not None:
            self.has_start = bool(np.any(start != NONE))
            self.offer(start)
            if self.best is None:
                self.offer(mend(self.problem, self.scale, start, self.regret))
        if self.goes_on():
            self.round()

    def round(self) -> None:
        """Round the relaxation, and search near what that gives.

        A vertex splits few groups; the search keeps the others as they are in it, beside those
        that can give way at least cost. What it finds proves nothing, but comes soon.
        """
        near = self.search()
        shares = self.dual.shares
        split = np.zeros(self.problem.num_groups, dtype=bool)
        if shares.size:
            split[self.problem.group[(shares > _PART) & (shares < 1.0 - _PART)]] = True
        if self.best is not None and self.goes_on():
            self.solve(self.between(near, self.best, split), math.inf)
        if self.goes_on():
            core = self.near(near, split, 0.0)
            if aggregate(core.problem).problem.num_items > _MOST_TIED:
                core = self.near(near, split, -1.0)  # ties stay as they are
            self.solve(core, math.inf)

    def search(self, is_brief: bool = False) -> Ints:
        """Round the relaxation, mend what that breaks, and search about it; what was rounded."""
        problem, shares = self.problem, self.dual.shares
        if shares.size:
            near = nearest_choice(problem, shares)
        else:
            near = tied_choice(problem, self.scale, self.dual.prices)
        mended = mend(problem, self.scale, near, self.regret)
        self.offer(mended)
        if mended is not None and not shares.size:
            near = mended
        if not self.dual.is_rough and not self.has_start:
            oscillate(
                problem,
                self.scale,
                self.dual.prices,
                near,
                self.regret,
                self.offer,
                self.goes_on,
                is_brief,
            )
        return near

    def goes_on(self) -> bool:
        """Whether there is something left to do, and time."""
        return not self.is_done and self.watch.stopped is None

    def near(self, choice: Ints, split: Bools, least: float) -> Core:
        """The core beside a choice: ties (least 0) or none, split groups, each row's closest."""
        limit = self.limits(split, least, 2 * _per_row(self.problem))
        return near_core(self.problem, self.regret, [choice], limit)

    def between(self, near: Ints, best: Ints, split: Bools) -> Core:
        """The core between a rounded relaxation and the best choice.

        Where they differ, either has a part that is right: one the value, the other the rows
        (relaxation-induced neighbourhoods; Danna, Rothberg and Le Pape 2005, Mathematical
        Programming 102).
        """
        differ = np.random.default_rng(0).permutation(np.flatnonzero(near != best))[:_DIFFERING]
        other = near.copy()
        other[differ] = best[differ]
        limit = self.limits(split, -1.0, 4 * _per_row(self.problem))
        return near_core(self.problem, self.regret, [near, other], limit)

    def limits(self, split: Bools, least: float, per_row: int) -> Floats:
        """For each group the regret up to which its options are open; more for split groups."""
        limit = thresholds(self.problem, self.options, least, per_row)
        limit[split] = np.maximum(limit[split], _NEAR * abs(self.dual.bound))
        return limit

    def grow(self, most_items: int) -> Incumbent:
        """Solve larger and larger cores until equation (6) proves the gap."""
        options, per_row = self.options, _per_row(self.problem)
        threshold = first = _next_threshold(options.regret, -math.inf, self.missing)
        while True:
            limits = thresholds(self.problem, options, threshold, per_row)
            core = build_core(self.problem, self.regret, limits)
            if core.items.size > most_items and self.best is not None:
                return Incumbent(self.best, self.bound, False)
            found = self.solve(core, threshold)
            proven = max(_core_bound(self.problem, core, found), self.dual.bound - threshold)
            self.lower_bound(proven)
            if self.is_done:
                return Incumbent(self.best, self.bound, True)
            is_all = threshold >= self.missing or threshold == math.inf
            if threshold == first and not is_all and self.polish():
                return Incumbent(self.best, self.bound, True)
            if is_all or not found.is_complete or self.watch.stopped:
                infeasible = found.is_infeasible and self.best is None
                return Incumbent(self.best, self.bound, found.is_complete and is_all, infeasible)
            threshold = _next_threshold(options.regret, threshold, self.missing)
            per_row = int(_GROWTH * per_row)

    def polish(self) -> bool:
        """Reopen some groups of the best choice at a time; whether that proves the gap.

        Large neighbourhood search (Shaw 1998), with a fixed seed: it ends where several
        neighbourhoods in turn hold nothing better.
        """
        rng, problem, fruitless = np.random.default_rng(0), self.problem, 0
        second = self.options.regret
        while fruitless < _FRUITLESS and self.goes_on():
            if self.best is None:
                break
            opened = self.neighbours(self.best, second, rng)
            cost = self.cost_of(self.best)
            limit = np.full(problem.num_groups, -1.0)
            limit[opened] = np.maximum(cost[opened], second[opened])
            before, core = self.value, near_core(problem, self.regret, [self.best], limit)
            self.solve(core, math.inf)
            fruitless = 0 if self.value > before else fruitless + 1
        return self.is_done

    def neighbours(self, choice: Ints, second: Floats, rng: np.random.Generator) -> Ints:
        """Groups that share a few rows, drawn anew each time; the closest calls among them."""
        problem = self.problem
        rows = rng.permutation(problem.num_rows)[: max(2, problem.num_rows // _ROWS_REOPENED)]
        uses = np.zeros(problem.num_groups, dtype=bool)
        chosen = np.flatnonzero(choice != NONE)
        part = problem.usage[choice[chosen]][:, rows]
        uses[chosen[np.diff(part.indptr) > 0]] = True
        uses[(choice == NONE) & np.isfinite(second)] = True
        able = np.flatnonzero(uses)
        return able[np.argsort(second[able], kind="stable")[:_REOPENED]]

    def cost_of(self, choice: Ints) -> Floats:
        """Regret of each group's present option."""
        return np.where(choice == NONE, self.regret.of_none, self.regret.of_item[choice])

    @property
    def missing(self) -> float:
        """Regret above which no better choice has an item."""
        return math.inf if self.best is None else self.dual.bound - self.value

    def solve(self, core: Core, threshold: float) -> Incumbent:
        """Solve a core and take its choice; an infinite threshold says that it proves nothing."""
        fixed = math.fsum(self.problem.value[self.problem.chosen_items(core.fixed)])

        def heard(bound: float) -> bool:
            if not math.isnan(bound) and math.isfinite(threshold):
                self.lower_bound(max(fixed + bound + self.noise, self.dual.bound - threshold))
            return self.watch.stopped is None and not self.is_done

        limit = self.watch.left()
        found = branch_and_cut(
            core.problem,
            self.scale,
            slack=0.99 * self.slack,
            time_limit=limit,
            nodes=max(_FEWEST_NODES, _EFFORT // max(core.items.size, 1))
            if limit is None
            else None,
            start=None if self.best is None else core.restrict(self.best),
            judge=partial(_judge_core, self.judge, core),
            heard=heard,
            found=lambda choice: self.offer(core.expand(choice)),
        )
        self.offer(None if found.choice is None else core.expand(found.choice))
        return found


def _per_row(problem: MMKP) -> int:
    """Groups that a first core opens for each row, fewer where there are many rows."""
    return min(max(_FIRST_PER_ROW // max(problem.num_rows, 1), 2), _MOST_PER_ROW)


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
