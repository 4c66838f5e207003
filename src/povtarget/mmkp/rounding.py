"""From shares to a choice: round, repair what is broken, use what is left.

The relaxation leaves few groups undecided beside ties, and ties cost nothing either way. So
shares are rounded group by group along a sequence that spreads its errors evenly; rows that are
then broken are repaired by the exchanges that cost least, and what rows have left is spent by
the exchanges that gain most. Nothing here proves anything: the exact judge has the last word.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from povtarget.mmkp.aggregation import GOLDEN
from povtarget.mmkp.core import Regret
from povtarget.mmkp.model import MMKP, NONE, Bools, Floats, Ints

_MOST_EXCHANGES = 6_000  # options that may be exchanged, those of least regret
_MOST_REPAIRS = 3_000
_MOST_GAINS = 3_000
_MENDS = 1e-15  # relative to rows: less is rounding
_SAFE = 1e-12  # relative to a row's bound: what float sums may hide


def mend(problem: MMKP, scale: Floats, choice: Ints, regret: Regret) -> Ints | None:
    """A feasible choice near one that may break rows, as far as float sums can tell; or None.

    Parameters
    ----------
    problem, scale
        The problem, and the size of each row's coefficients.
    choice
        Where to begin: the rounded relaxation, or a plan made earlier.
    regret
        What each option costs at good prices.
    """
    if not problem.num_items:
        holds = bool(np.all((problem.lower <= 0) & (problem.upper >= 0)))
        return choice.copy() if holds else None
    exchange = Exchange(problem, scale, choice.copy(), regret)
    return exchange.choice if exchange.repair() and exchange.spend() else None


def nearest_choice(problem: MMKP, shares: Floats) -> Ints:
    """For each group the option in whose part of [0, 1) its number of the sequence falls."""
    total = np.zeros(problem.num_groups)
    filled, starts = problem.filled, problem.starts[problem.filled]
    choice = np.full(problem.num_groups, NONE, dtype=np.int64)
    if not filled.size:
        return choice
    total[filled] = np.add.reduceat(shares, starts)
    before = np.cumsum(shares)
    start = (before[starts] - shares[starts])[np.searchsorted(filled, problem.group)]
    whole = np.where(problem.required, np.maximum(total, 1e-300), 1.0)[problem.group]
    end = (before - start) / whole
    spread = np.zeros(problem.num_groups)
    largest = np.maximum.reduceat(shares, starts)
    open_ = filled[(largest < 0.999) & (total[filled] > 0.001)]
    # alike groups follow each other, so that their errors cancel
    alike = open_[np.lexsort((largest[np.searchsorted(filled, open_)], _pattern(problem, open_)))]
    spread[alike] = ((np.arange(alike.size) + 0.5) * GOLDEN) % 1.0
    spread[filled[largest >= 0.999]] = 0.5
    reached = np.flatnonzero(end > spread[problem.group])
    group = problem.group[reached]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    choice[group[first]] = reached[first]
    last = problem.starts[1:] - 1
    missing = problem.required & (choice == NONE)
    choice[missing] = last[missing]
    return choice


def _pattern(problem: MMKP, groups: Ints) -> Floats:
    """A number that groups with the same first item share."""
    first = problem.starts[groups]
    columns = np.cos(np.arange(1, problem.num_rows + 1))
    return np.asarray(problem.usage[first] @ columns) + problem.value[first]


class Exchange:
    """A choice and the exchanges of single options that may better it."""

    def __init__(self, problem: MMKP, scale: Floats, choice: Ints, regret: Regret) -> None:
        self.problem, self.choice = problem, choice
        self.upper = problem.upper / scale
        self.lower = problem.lower / scale
        is_rough = np.isfinite(self.upper) & ~_is_whole(self.upper)
        margin = np.where(is_rough, _SAFE * (1.0 + np.abs(self.upper)), 0.0)
        self.upper = np.where(is_rough, self.upper - margin, self.upper)
        usage = sparse.csr_array(problem.usage @ sparse.diags_array(1.0 / scale))
        self.used = np.asarray(usage[choice[choice != NONE]].sum(axis=0)).ravel()
        self._choose_options(usage, regret)

    def _choose_options(self, usage: sparse.csr_array, regret: Regret) -> None:
        """The options of least regret, "nothing" among them where it is allowed."""
        problem = self.problem
        empty = np.flatnonzero(np.isfinite(regret.of_none))
        cost = np.concatenate([regret.of_item, regret.of_none[empty]])
        group = np.concatenate([problem.group, empty])
        option = np.concatenate([np.arange(problem.num_items), np.full(empty.size, NONE)])
        # a group with one option within reach has nothing to exchange
        if cost.size > _MOST_EXCHANGES:
            current = self.choice[group] == option
            away = np.where(current, np.inf, cost)
            kept = np.argpartition(away, _MOST_EXCHANGES)[:_MOST_EXCHANGES]
            kept = np.sort(kept[np.isfinite(away[kept])])
        else:
            kept = np.arange(cost.size)
        # the present option of every group that has another one stays an option
        chosen = self.choice[np.unique(group[kept])]
        groups = np.unique(group[kept])
        kept_keys = group[kept] * (problem.num_items + 1) + option[kept] + 1
        now_keys = groups * (problem.num_items + 1) + chosen + 1
        keys = np.unique(np.concatenate([kept_keys, now_keys]))
        self.group = keys // (problem.num_items + 1)
        self.option = keys % (problem.num_items + 1) - 1
        is_item = self.option != NONE
        self.cost = np.zeros(keys.size)
        self.cost[is_item] = regret.of_item[self.option[is_item]]
        self.cost[~is_item] = regret.of_none[self.group[~is_item]]
        self.value = np.where(is_item, problem.value[self.option], 0.0)
        self.usage = usage[np.where(is_item, self.option, 0)].toarray()
        self.usage[~is_item] = 0.0
        first = np.flatnonzero(np.diff(self.group, prepend=-1))
        self.begin = np.repeat(first, np.diff(first, append=keys.size))
        self.end = np.repeat(np.append(first[1:], keys.size), np.diff(first, append=keys.size))
        is_now = self.choice[self.group] == self.option
        now = np.flatnonzero(is_now)
        place = np.searchsorted(self.group[now], self.group)
        self.now = now[place]  # for each option, the option that its group has now
        self.change = self.usage - self.usage[self.now]

    def _take(self, option: int) -> None:
        """Exchange the group's present option for another."""
        self.used += self.change[option]
        part = slice(self.begin[option], self.end[option])
        self.now[part] = option
        self.change[part] = self.usage[part] - self.usage[option]
        self.choice[self.group[option]] = self.option[option]

    def _broken(self, used: Floats) -> Floats:
        over = np.maximum(used - self.upper, 0.0)
        under = np.maximum(self.lower - used, 0.0)
        size = 1.0 + np.minimum(np.abs(self.upper), np.abs(self.lower))
        return np.asarray(np.sum((over + under) / size, axis=-1))

    def repair(self) -> bool:
        """Exchange, while rows are broken, where it mends most for the least regret."""
        for _ in range(_MOST_REPAIRS):
            broken = float(self._broken(self.used))
            if broken == 0.0:
                return True
            rows = (self.used > self.upper) | (self.used < self.lower)
            touching = np.flatnonzero((self.change[:, rows] != 0).any(axis=1))
            if not touching.size:
                return False
            mended = broken - self._broken(self.used + self.change[touching])
            price = self.cost[touching] - self.cost[self.now[touching]]
            score = np.where(
                mended > _MENDS, np.maximum(price, 0.0) / np.maximum(mended, _MENDS), np.inf
            )
            best = np.lexsort((-mended, score))[0]
            if not np.isfinite(score[best]):
                return False
            self._take(int(touching[best]))
        return False

    def spend(self) -> bool:
        """Exchange, while it gains, where it gains most within the rows; always True."""
        for _ in range(_MOST_GAINS):
            gain = self.value - self.value[self.now]
            able = np.flatnonzero(gain > 0)
            after = self.used + self.change[able]
            fits = np.all((after <= self.upper) & (after >= self.lower), axis=1)
            able = able[fits]
            if not able.size:
                return True
            self._take(int(able[np.argmax(gain[able])]))
        return True


def _is_whole(numbers: Floats) -> Bools:
    return np.asarray(numbers == np.floor(numbers))
