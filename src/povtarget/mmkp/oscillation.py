"""A local search that crosses the rows' bounds and comes back.

A choice is worth its value less what it breaks, each row at a weight. Single exchanges and pairs
of exchanges better that worth until none does. At such an end rows that are broken get dearer;
where none is, all get cheaper, so that the search swings about the bounds (strategic oscillation:
Glover and Kochenberger 1996, in Osman and Kelly, Meta-Heuristics; weights as Yagiura, Ibaraki and
Glover 2004, INFORMS Journal on Computing 16, set them for assignment). Weights begin at the rows'
prices. Nothing here proves anything: it finds what rounding misses where few groups share a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from povtarget.mmkp.core import Regret
from povtarget.mmkp.model import MMKP, Floats, Ints
from povtarget.mmkp.rounding import Exchange

_MOST_GROUPS = 6_000  # of more, one is worth less than a usual gap
_GROUPS_PER_ROW = 25  # a vertex splits a group for each row: of more, rounding loses little
_MOST_CELLS = 2_000_000  # options times rows
_FRUITLESS, _FEWEST = 400, 60  # ends in turn without a find; fewer where there are few options
_EFFORT = 4_000_000  # such ends times options times rows, of a search in haste
_MOST_MOVES = 5_000  # on the way to an end: rounding could otherwise go round in circles
_AGAIN = 40  # ends without a find after which the search goes back to the best
_FIRSTS = 30  # exchanges that a pair may begin with
_DEARER, _CHEAPER = 1.5, 0.5  # weights of broken rows, and of all where none is broken
_LEAST_WEIGHT = 0.1  # of the first
_SPREAD = 0.5  # of the logarithm of weights, on going back
_BEYOND_PRICES = 0.1  # usual regrets for a usual use of a row, on top of its price
_ROUNDING = 1e-12  # relative to what is broken
_GAINS = 1e-9  # of the largest value: less is rounding


def oscillate(
    problem: MMKP,
    scale: Floats,
    prices: Floats,
    choice: Ints,
    regret: Regret,
    offer: Callable[[Ints], object],
    goes_on: Callable[[], bool],
    is_brief: bool = False,
) -> None:
    """Search about a choice until many ends in turn held nothing better.

    Parameters
    ----------
    problem, scale
        The problem, and the size of each row's coefficients.
    prices
        float64[rows]: in value per unit of the row as stated.
    choice
        Where to begin, such as the rounded relaxation; it may break rows.
    regret
        What each option costs at these prices.
    offer
        Given every choice that keeps the rows, as float sums can tell, and is better than those
        before.
    goes_on
        Asked at each step; False stops.
    is_brief
        Whether a search that proves something follows, which should not wait long.
    """
    if not problem.num_items or problem.num_groups > min(
        _MOST_GROUPS, _GROUPS_PER_ROW * problem.num_rows
    ):
        return
    exchange = Exchange(problem, scale, choice.copy(), regret)
    options, rows = exchange.usage.shape
    if not options or options * rows > _MOST_CELLS:
        return
    search = _Oscillation(exchange, np.abs(prices) * scale)
    best, keep, kept_weight = -math.inf, search.now, search.weight
    fruitless, rng = 0, np.random.default_rng(0)
    patience = min(_FRUITLESS, options)
    if is_brief:
        patience = min(patience, max(_EFFORT // (options * max(rows, 1)), _FEWEST))
    while fruitless < patience and goes_on():
        fruitless += 1
        for _ in range(_MOST_MOVES):
            if search.value > best and not search.broken.any():
                best, fruitless = search.value, 0
                keep, kept_weight = search.now.copy(), search.weight
                offer(search.choice())
            if not goes_on() or not search.better():
                break
        if fruitless % _AGAIN == _AGAIN - 1 and best > -math.inf:
            noise = np.exp(rng.uniform(-_SPREAD, _SPREAD, rows))
            search.place(keep.copy(), kept_weight * noise)
        else:
            search.reweigh(rng.uniform(0.0, 2.0, rows))


class _Oscillation:
    """A choice, what each single exchange would make of it, and the rows' weights.

    Arrays are rows x options, since an exchange concerns few rows and all options.
    """

    def __init__(self, exchange: Exchange, prices: Floats) -> None:
        self.exchange = exchange
        self.upper, self.lower = exchange.upper[:, None], exchange.lower[:, None]
        self.has_lower = bool(np.isfinite(self.lower).any())
        self.usage = np.ascontiguousarray(exchange.usage.T)
        self.first = np.unique(exchange.begin)
        self.fixed = exchange.used - self.usage[:, exchange.now[self.first]].sum(axis=1)
        outside = np.ones(exchange.choice.size, dtype=bool)
        outside[exchange.group] = False
        chosen = exchange.problem.chosen_items(np.where(outside, exchange.choice, -1))
        self.fixed_value = math.fsum(exchange.problem.value[chosen])
        self.gains = _GAINS * max(float(np.abs(exchange.value).max()), 1e-300)
        self.least = prices + _BEYOND_PRICES * self._usual_price()
        self.place(exchange.now.copy(), self.least)

    def _usual_price(self) -> Floats:
        """A usual regret for a usual use of each row."""
        cost = self.exchange.cost
        cost = cost[(cost > 0.0) & np.isfinite(cost)]
        uses = np.maximum(np.count_nonzero(self.usage, axis=1), 1)
        mean = np.abs(self.usage).sum(axis=1) / uses
        return (float(np.median(cost)) if cost.size else 1.0) / np.where(mean > 0.0, mean, 1.0)

    def place(self, now: Ints, weight: Floats) -> None:
        """Begin anew with a choice (for each option the one that its group has) and weights."""
        self.now = now
        self.change = self.usage - self.usage[:, now]
        self.used = self.fixed + self.usage[:, now[self.first]].sum(axis=1)
        values = self.exchange.value
        self.gain = values - values[now]
        self.value = self.fixed_value + math.fsum(values[now[self.first]])
        self.weight = np.maximum(weight, _LEAST_WEIGHT * self.least)
        self._weigh()

    def _weigh(self) -> None:
        rows = np.arange(self.used.size)
        self.breaks = self._breaks(rows, self.change)
        self.loss = (self.weight[:, None] * self.breaks).sum(axis=0)

    def _breaks(self, rows: Ints, change: Floats) -> Floats:
        """By how much rows are broken after each of these changes."""
        after = self.used[rows, None] + change
        breaks: Floats = np.maximum(after - self.upper[rows], 0.0)
        if self.has_lower:
            breaks += np.maximum(self.lower[rows] - after, 0.0)
        return breaks

    @property
    def broken(self) -> Floats:
        """By how much each row is broken now."""
        return self._breaks(np.arange(self.used.size), np.zeros((self.used.size, 1)))[:, 0]

    def reweigh(self, power: Floats) -> None:
        """Broken rows get dearer; where none is, all get cheaper."""
        broken = self.broken > 0.0
        factor = np.where(broken, _DEARER**power, 1.0) if broken.any() else _CHEAPER**power
        self.weight = np.maximum(self.weight * factor, _LEAST_WEIGHT * self.least)
        self._weigh()

    def choice(self) -> Ints:
        """The choice of all groups."""
        choice, now = self.exchange.choice.copy(), self.now[self.first]
        choice[self.exchange.group[now]] = self.exchange.option[now]
        return choice

    def better(self) -> bool:
        """Take the best single exchange, or else the best pair; False where neither gains."""
        before = float((self.weight * self.broken).sum())
        gain = self.gain - self.loss + before
        single = int(np.argmax(gain))
        if gain[single] > self.gains + _ROUNDING * before:
            self._take(single)
            return True
        pair = self._best_pair(gain, before)
        for option in pair:
            self._take(option)
        return bool(pair)

    def _best_pair(self, gain: Floats, before: float) -> tuple[int, ...]:
        """The best second exchange for each of the least bad first ones; the best of these."""
        gain = np.where(self.now == np.arange(gain.size), -np.inf, gain)
        firsts = np.argsort(-gain, kind="stable")[:_FIRSTS]
        best = self.gains + _ROUNDING * before
        pair: tuple[int, ...] = ()
        for first in firsts[np.isfinite(gain[firsts])].tolist():
            rows = np.flatnonzero(self.change[:, first])
            both = self.change[rows, first, None] + self.change[rows]
            more = self._breaks(rows, both) - self.breaks[rows]
            more = (self.weight[rows, None] * more).sum(axis=0)
            total = self.gain[first] + self.gain - self.loss - more + before
            total[self._group(first)] = -np.inf
            second = int(np.argmax(total))
            if total[second] > best:
                best, pair = float(total[second]), (first, second)
        return pair

    def _group(self, option: int) -> slice:
        return slice(self.exchange.begin[option], self.exchange.end[option])

    def _take(self, option: int) -> None:
        """Exchange, and bring up to date what that concerns."""
        moved, own = self.change[:, option], self._group(option)
        rows = np.flatnonzero(moved)
        self.used[rows] += moved[rows]
        self.value += float(self.gain[option])
        self.now[own] = option
        self.gain[own] = self.exchange.value[own] - self.exchange.value[option]
        self.change[:, own] = self.usage[:, own] - self.usage[:, [option]]
        breaks = self._breaks(rows, self.change[rows])
        self.loss += (self.weight[rows, None] * (breaks - self.breaks[rows])).sum(axis=0)
        self.breaks[rows] = breaks
        self.breaks[:, own] = self._breaks(np.arange(self.used.size), self.change[:, own])
        self.loss[own] = (self.weight[:, None] * self.breaks[:, own]).sum(axis=0)
