"""The core: the few groups in which prices leave more than one item open, solved exactly.

At prices pi a choice of item j in group g instead of the group's best costs regret_j =
best_g - (value_j - usage_j . pi) of the bound D(pi). A choice that contains an item of regret
above t is worth less than D(pi) - t, so (Balas and Zemel 1980; Pisinger 1997, Operations
Research 45, for the name):

    optimum <= max( optimum over items of regret <= t,  D(pi) - t )                        (2)

Where the first is at least the second, the core's proof is a proof for the whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from povtarget.mmkp.dual import best_in_group, reduced_values
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints
from povtarget.mmkp.rational import activity


@dataclass(frozen=True, eq=False)
class Regret:
    """What each item, and each empty group, costs against the best at some prices."""

    of_item: Floats
    of_none: Floats

    def of_second(self, problem: MMKP) -> Floats:
        """Regret of each group's second-best option; infinite where it has only one."""
        empty_is_best = self.of_none <= 0.0
        lone = np.where(empty_is_best, np.inf, self.of_none)
        filled = np.flatnonzero(np.diff(problem.starts))
        if not filled.size:
            return lone
        rest = self.of_item.copy()
        rest[_first_best(problem, self.of_item)[~empty_is_best[filled]]] = np.inf
        lone[filled] = np.minimum(lone[filled], np.minimum.reduceat(rest, problem.starts[filled]))
        return lone


def regrets(problem: MMKP, prices: Floats) -> Regret:
    """Regret of each item, and of leaving each group empty (infinite where required)."""
    reduced = reduced_values(problem, prices)
    best = best_in_group(problem, reduced)
    return Regret(best[problem.group] - reduced, np.where(problem.required, np.inf, best))


def _first_best(problem: MMKP, regret: Floats) -> Ints:
    """The first item of least regret in each group that has items."""
    order = np.lexsort((regret, problem.group))
    return order[problem.starts[np.flatnonzero(np.diff(problem.starts))]]


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
        whole[self.open_groups] = np.where(choice == NONE, NONE, self.items[choice])
        return whole

    def restrict(self, choice: Ints) -> Ints | None:
        """A choice of the core from one of the whole, or None where it is outside the core."""
        fixed = np.ones(self.fixed.size, dtype=bool)
        fixed[self.open_groups] = False
        if np.any(choice[fixed] != self.fixed[fixed]):
            return None
        wanted = choice[self.open_groups]
        found = np.searchsorted(self.items, wanted)
        inside = self.items[np.minimum(found, self.items.size - 1)] == wanted
        if not np.all(inside | (wanted == NONE)):
            return None
        return np.where(wanted == NONE, NONE, found)


def build_core(problem: MMKP, regret: Regret, threshold: float) -> Core:
    """Keep the items of regret up to the threshold; fix groups that have one option left."""
    keep = regret.of_item <= threshold
    options = np.bincount(problem.group[keep], minlength=problem.num_groups)
    may_be_empty = ~problem.required & (regret.of_none <= threshold)
    options += may_be_empty
    is_open = options > 1
    items = np.flatnonzero(keep & is_open[problem.group])
    alone = np.flatnonzero(keep & ~is_open[problem.group])
    fixed = np.full(problem.num_groups, NONE, dtype=np.int64)
    fixed[problem.group[alone]] = alone
    used = np.array([float(total) for total in activity(problem, fixed)])
    open_groups = np.flatnonzero(is_open)
    must = ~may_be_empty[open_groups]
    return Core(_reduced_problem(problem, items, open_groups, must, used), items, open_groups, fixed)


def _reduced_problem(problem: MMKP, items: Ints, open_groups: Ints, must: NDArray[np.bool_],
                     used: Floats) -> MMKP:
    number = np.zeros(problem.num_groups, dtype=np.int64)
    number[open_groups] = np.arange(open_groups.size)
    lost = None if problem.usage_error is None else problem.usage_error[items]
    return MMKP(number[problem.group[items]], problem.value[items], problem.usage[items],
                problem.upper - used, problem.lower - used, choose_one=must,
                groups=open_groups.size, usage_error=lost)
