"""The core: the few groups in which prices leave more than one item open, solved exactly.

At prices pi a choice of item j in group g instead of the group's best costs regret_j =
best_g - (value_j - usage_j . pi) of the bound D(pi). A choice that contains an item of regret
above t is worth less than D(pi) - t, so (Balas and Zemel 1980; Pisinger 1997, Operations
Research 45, for the name):

    optimum <= max( optimum over items of regret <= t,  D(pi) - t )                        (6)

Where the first is at least the second, the core's proof is a proof for the whole problem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from povtarget.mmkp.model import MMKP, NONE, Bools, Floats, Ints
from povtarget.mmkp.pricing import best_in_group, reduced_values, row_term
from povtarget.mmkp.rational import activity, float_above, float_below


@dataclass(frozen=True, eq=False)
class Regret:
    """What each item, and each empty group, costs against the best at some prices."""

    of_item: Floats
    of_none: Floats


def regrets(problem: MMKP, prices: Floats) -> Regret:
    """Regret of each item, and of leaving each group empty (infinite where required)."""
    reduced = reduced_values(problem, prices)
    best = best_in_group(problem, reduced)
    return Regret(best[problem.group] - reduced, np.where(problem.required, np.inf, best))


@dataclass(frozen=True, eq=False)
class Options:
    """The best and second-best option of each group; NONE stands for leaving it empty.

    ``regret`` is that of the second, infinite where there is only one.
    """

    best: Ints
    second: Ints
    regret: Floats


def two_best(problem: MMKP, regret: Regret) -> Options:
    """The two best options of each group, the first of equals first."""
    order = np.lexsort((regret.of_item, problem.group))
    counts, starts = np.diff(problem.starts), problem.starts[:-1]
    item = np.full((3, problem.num_groups), NONE, dtype=np.int64)  # nothing, best, second item
    cost = np.full((3, problem.num_groups), np.inf)
    cost[0] = regret.of_none
    for rank in (0, 1):
        has = counts > rank
        item[rank + 1, has] = order[starts[has] + rank]
        cost[rank + 1, has] = regret.of_item[item[rank + 1, has]]
    ranking = np.argsort(cost, axis=0, kind="stable")
    best, second = ranking[:1], ranking[1:2]
    return Options(
        np.take_along_axis(item, best, 0)[0],
        np.take_along_axis(item, second, 0)[0],
        np.take_along_axis(cost, second, 0)[0],
    )


def thresholds(problem: MMKP, options: Options, least: float, per_row: int) -> Floats:
    """For each group the regret up to which its options are open.

    It is ``least`` or more. In every row, the groups whose two best options differ in their use
    of it are opened in order of regret until ``per_row`` of them are open: a row in which no
    group could give way would leave the core without a feasible choice.
    """
    nothing = sparse.csr_array((1, problem.num_rows))
    usage = sparse.vstack([problem.usage, nothing], format="csr")
    differs = sparse.csc_array(abs(usage[options.best] - usage[options.second]))
    limit = np.full(problem.num_groups, least)
    for row in range(problem.num_rows):
        part = slice(differs.indptr[row], differs.indptr[row + 1])
        groups = differs.indices[part][differs.data[part] > 0]
        groups = groups[np.isfinite(options.regret[groups])]
        closest = groups[np.lexsort((groups, options.regret[groups]))[:per_row]]
        limit[closest] = np.maximum(limit[closest], options.regret[closest])
    return limit


@dataclass(frozen=True, eq=False)
class Core:
    """A smaller MMKP over the open groups, the rest being fixed.

    Parameters
    ----------
    problem
        Items of the open groups; bounds less what the fixed groups use.
    items
        int64[core items]: their numbers in the whole problem.
    open_groups
        int64[core groups]: their numbers in the whole problem.
    fixed
        int64[groups]: the choice of the fixed groups, NONE for open ones.
    """

    problem: MMKP
    items: Ints
    open_groups: Ints
    fixed: Ints

    def expand(self, choice: Ints) -> Ints:
        """A choice of the whole problem from one of the core."""
        whole = self.fixed.copy()
        if not self.items.size:
            return whole
        whole[self.open_groups] = np.where(choice == NONE, NONE, self.items[choice])
        return whole

    def restrict(self, choice: Ints) -> Ints | None:
        """A choice of the core from one of the whole, or None where it is outside the core."""
        fixed = np.ones(self.fixed.size, dtype=bool)
        fixed[self.open_groups] = False
        if np.any(choice[fixed] != self.fixed[fixed]):
            return None
        near = self.nearest(choice)
        if np.any((near == NONE) & (choice[self.open_groups] != NONE)):
            return None
        return None if np.any(self.problem.required & (near == NONE)) else near

    def nearest(self, choice: Ints) -> Ints:
        """What a choice of the whole takes in the open groups; NONE for what the core lacks."""
        wanted = choice[self.open_groups]
        if not self.items.size:
            return np.full(wanted.size, NONE, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.items, wanted), self.items.size - 1)
        return np.where(self.items[found] == wanted, found, NONE)


def whole_core(problem: MMKP) -> Core:
    """The core that is the whole problem."""
    groups = np.arange(problem.num_groups)
    return Core(
        problem, np.arange(problem.num_items), groups, np.full(groups.size, NONE, dtype=np.int64)
    )


def implied_core(problem: MMKP, floor_prices: Floats) -> Core:
    """What floors leave open, given prices at which each is nearly the best.

    Let a column of floor_prices be p of the other rows and -1 at row k, which has a lower bound
    L_k. Every feasible choice keeps, with d = -p,

        L_k - rows' term of p  <=  sum of usage . d over its items  <=  sum of group maxima

    so an item or an empty group whose usage . d is further from its group's maximum than these
    two are from each other is in no feasible choice (reduced-cost fixing, with the floor in
    place of a known value).
    """
    able = np.ones(problem.num_items, dtype=bool)
    may_be_empty = np.ones(problem.num_groups, dtype=bool)
    for prices in floor_prices.T:
        row = int(np.flatnonzero(prices == -1.0)[0])
        worth = np.asarray(problem.usage @ -prices)
        best = best_in_group(problem, worth)
        others = np.where(np.arange(prices.size) == row, 0.0, prices)
        most = math.fsum(best) + row_term(problem, others)
        missing = most - float(problem.lower[row])
        missing += 1e-9 * (abs(most) + abs(float(problem.lower[row])))
        if math.isfinite(missing):
            able &= best[problem.group] - worth <= missing
            may_be_empty &= best <= missing
    out = Regret(np.where(able, 0.0, np.inf), np.where(may_be_empty, 0.0, np.inf))
    return build_core(problem, out, 0.0)


def build_core(problem: MMKP, regret: Regret, threshold: float | Floats) -> Core:
    """Keep the options of regret up to the threshold (of all groups, or of each group)."""
    limit = np.broadcast_to(threshold, problem.num_groups)
    return core_of(
        problem,
        regret.of_item <= limit[problem.group],
        ~problem.required & (regret.of_none <= limit),
    )


def near_core(problem: MMKP, regret: Regret, choices: Sequence[Ints], limit: Floats) -> Core:
    """Keep some choices, and beside them the options of regret up to each group's limit."""
    keep = regret.of_item <= limit[problem.group]
    may_be_empty = regret.of_none <= limit
    for choice in choices:
        keep[problem.chosen_items(choice)] = True
        may_be_empty |= choice == NONE
    return core_of(problem, keep, may_be_empty & ~problem.required)


def core_of(problem: MMKP, keep: Bools, may_be_empty: Bools) -> Core:
    """The core of the kept options; groups that have one left are fixed."""
    options = np.bincount(problem.group[keep], minlength=problem.num_groups) + may_be_empty
    is_open = options > 1
    items = np.flatnonzero(keep & is_open[problem.group])
    alone = np.flatnonzero(keep & ~is_open[problem.group])
    fixed = np.full(problem.num_groups, NONE, dtype=np.int64)
    fixed[problem.group[alone]] = alone
    open_groups = np.flatnonzero(is_open)
    must = ~may_be_empty[open_groups]
    return Core(
        _reduced_problem(problem, items, open_groups, must, fixed), items, open_groups, fixed
    )


def _reduced_problem(
    problem: MMKP, items: Ints, open_groups: Ints, must: Bools, fixed: Ints
) -> MMKP:
    """The open groups between bounds less what the fixed ones use, rounded outward.

    Whether a choice is feasible is for the whole problem to say, which has not been rounded.
    """
    used = activity(problem, fixed)
    upper = [
        float_above(Fraction(bound) - total) if math.isfinite(bound) else bound
        for bound, total in zip(problem.upper.tolist(), used, strict=True)
    ]
    lower = [
        float_below(Fraction(bound) - total) if math.isfinite(bound) else bound
        for bound, total in zip(problem.lower.tolist(), used, strict=True)
    ]
    number = np.zeros(problem.num_groups, dtype=np.int64)
    number[open_groups] = np.arange(open_groups.size)
    lost = None if problem.usage_error is None else problem.usage_error[items]
    return MMKP(
        number[problem.group[items]],
        problem.value[items],
        problem.usage[items],
        upper,
        lower,
        choose_one=must,
        groups=open_groups.size,
        usage_error=lost,
        row_names=problem.row_names,
    )
