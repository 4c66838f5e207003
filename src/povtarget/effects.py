"""Two states of every household, without and with some transfers, and chances within the first.

For a plan the first state is that before it and the second adds what is proposed. For receipts
the second is what is measured today and the first takes the receipts out: consumption less the
transfer, with no change of behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from povtarget.households import Households
from povtarget.plan import Plan
from povtarget.poverty import predicted_shortfalls
from povtarget.problem import TargetingProblem
from povtarget.transfers import Transfers, transfers_of_plan, transfers_of_receipts
from povtarget.valuation import MONTHS, proposed_shortfalls

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALPHAS = (0, 1, 2)


@dataclass(frozen=True, eq=False)
class Effect:
    """What some transfers do; arrays of one value for each household, a person's where not said.

    Parameters
    ----------
    receives
        Has one of these transfers.
    transfer, sure
        Rp per person per month, expected, and the part of it that cannot fail.
    spending
        Rp a year for the household.
    before, after
        float64[3, households]: expected FGT terms 0, 1, 2 without and with the transfers.
    gain_before, gain_after
        Rp a year for the household that each state has over the stated consumption (expected).
    """

    receives: Bools
    transfer: Floats
    sure: Floats
    spending: Floats
    before: Floats
    after: Floats
    gain_before: Floats
    gain_after: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """Households and all that they receive, from which the effect of any part is asked.

    Make one with `scene`.
    """

    problem: TargetingProblem
    transfers: Transfers
    is_plan: bool

    @property
    def households(self) -> Households:
        """The households of the problem."""
        return self.problem.households

    @cached_property
    def gain(self) -> Floats:
        """Rp a year over the stated consumption: before a plan, or with all receipts."""
        if self.is_plan:
            return self.problem.standing.baseline_gain
        if self.problem.receipts_in_consumption:
            return np.zeros(len(self.households))
        everything = np.ones(len(self.transfers), dtype=bool)
        return self.transfers.sums(self.transfers.amount, len(self.households), everything)

    @cached_property
    def state(self) -> Floats:
        """float64[3, households]: FGT terms of the state that all effects share."""
        return state_shortfalls(self.households, slice(None), self.gain)

    def effect(self, kept: Bools | None = None) -> Effect:
        """What the kept rows of the transfers do; None for all of them."""
        rows, given, count = kept, self.transfers, len(self.households)
        if rows is None:
            rows = np.ones(len(given), dtype=bool)
        expected = given.sums(given.amount * given.chance, count, rows)
        receives = np.zeros(count, dtype=bool)
        receives[given.household[rows]] = True
        other = self.state.copy()
        served = np.flatnonzero(receives)
        if self.is_plan:
            chosen = np.zeros((count, len(self.problem.catalog.programs)), dtype=bool)
            chosen[given.household[rows], given.program[rows]] = True
            found = proposed_shortfalls(self.problem, served, chosen[served], ALPHAS)
            other[:, served] = np.minimum(found, other[:, served])
        else:
            without = self.gain[served] - expected[served]
            found = state_shortfalls(self.households, served, without)
            other[:, served] = np.maximum(found, other[:, served])
        months = MONTHS * self.households.size
        return Effect(
            receives=receives,
            transfer=expected / months,
            sure=given.sums(given.amount, count, rows & (given.chance == 1)) / months,
            spending=given.sums(given.spending, count, rows),
            before=self.state if self.is_plan else other,
            after=other if self.is_plan else self.state,
            gain_before=self.gain if self.is_plan else self.gain - expected,
            gain_after=self.gain + expected if self.is_plan else self.gain,
        )


def scene(problem: TargetingProblem, given: Any = None, *, year: int | None = None) -> Scene:
    """Take a plan, receipts, or (None) the problem's own receipts.

    Raises
    ------
    InputError
        As `povtarget.transfers.transfers_of_plan` and `transfers_of_receipts`.
    """
    if isinstance(given, Plan):
        return Scene(problem, transfers_of_plan(problem, given), True)
    receipts = problem.receipts if given is None else given
    if receipts is None:
        receipts = {"household_id": [], "program": []}
    found = transfers_of_receipts(problem.households, problem.catalog, receipts, year=year)
    return Scene(problem, found, False)


def state_shortfalls(households: Households, rows: Ints | slice, gain: Floats) -> Floats:
    """float64[3, rows]: E[((z - c - b)+ / z)^alpha], alpha 0, 1, 2; a gain may be negative.

    With known consumption a crossing is tested by multiplication, as everywhere.
    """
    line, consumption = households.line[rows], households.consumption[rows]
    sigma, months = households.sigma[rows], MONTHS * households.size[rows]
    result = np.empty((len(ALPHAS), line.size))
    known = sigma == 0
    missing = (months * (line - consumption) - gain)[known]
    # Nothing is missing where consumption and gain together are the line, to the rupiah.
    result[0, known] = missing > 0
    result[1, known] = np.maximum(missing, 0.0) / (months * line)[known]
    result[2, known] = result[1, known] ** 2
    if not known.all():
        drawn = ~known
        moments = predicted_shortfalls(
            consumption[drawn], sigma[drawn], line[drawn], (gain / months)[drawn], ALPHAS
        )
        result[:, drawn] = moments
    return result


def mean_welfare(households: Households, gain: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each household's consumption with a gain, Rp per person per month."""
    sigma = households.sigma
    mean = households.consumption * np.exp(0.5 * sigma * sigma)
    return mean + gain / (MONTHS * households.size), mean**2 * np.expm1(sigma * sigma)


def chances_below(households: Households, gain: Floats, shares: Sequence[float]) -> Floats:
    """float64[shares, households]: the chance of being among the lowest shares of persons.

    The cut is the welfare below which that share of all persons is expected; those who have it
    exactly are below in part, so that the share is met. With known consumption a chance is 0, 1,
    or (at the cut) between.

    Parameters
    ----------
    households, gain
        The state: stated consumption and what it has over that, Rp a year.
    shares
        Between 0 and 1.

    Examples
    --------
    >>> people = Households.from_frame({"household_id": list("abcde"), "size": [1] * 5,
    ...                                 "consumption": [1, 2, 3, 3, 9]}, poverty_line=3)
    >>> chances_below(people, np.zeros(5), [0.6]).tolist()
    [[1.0, 1.0, 0.5, 0.5, 0.0]]
    """
    ladder = _Ladder(households, gain)
    return np.stack([ladder.chances(share) for share in shares])


class _Ladder:
    """The distribution of welfare over persons: atoms where it is known, lognormals elsewhere."""

    def __init__(self, households: Households, gain: Floats) -> None:
        self.is_known = households.sigma == 0
        self.persons = households.persons
        self.total = float(self.persons.sum())
        self.shift = gain / (MONTHS * households.size)
        self.known = (households.consumption + self.shift)[self.is_known]
        drawn = ~self.is_known
        self.log_median = np.log(households.consumption[drawn])
        self.sigma, self.drawn_shift = households.sigma[drawn], self.shift[drawn]
        order = np.argsort(self.known, kind="stable")
        self.atoms, first = np.unique(self.known[order], return_index=True)
        heaped = np.concatenate([[0.0], np.cumsum(self.persons[self.is_known][order])])
        self.heap = np.append(heaped[first], heaped[-1]) if self.atoms.size else heaped

    def drawn(self, cut: float) -> Floats:
        """Chances of the predicted ones to be below the cut."""
        with np.errstate(divide="ignore"):
            room = np.log(np.maximum(cut - self.drawn_shift, 0.0))
        return np.asarray(ndtr((room - self.log_median) / self.sigma))

    def below(self, cut: float, *, atom: int) -> float:
        """Persons below the cut, the first ``atom`` atoms among them."""
        predicted = float((self.persons[~self.is_known] * self.drawn(cut)).sum())
        return predicted + float(self.heap[atom])

    def chances(self, share: float) -> Floats:
        """Of each household, to be among the lowest share of persons."""
        wanted = share * self.total
        cut, part = self._cut(wanted)
        result = np.empty(self.is_known.size)
        result[~self.is_known] = self.drawn(cut)
        result[self.is_known] = np.where(self.known < cut, 1.0, part * (self.known == cut))
        return result

    def _cut(self, wanted: float) -> tuple[float, float]:
        """The welfare at the cut, and the part of those who have exactly it that is below."""
        low, high = 0, self.atoms.size
        while low < high:  # the first atom up to which (itself included) there are enough
            middle = (low + high) // 2
            if self.below(float(self.atoms[middle]), atom=middle + 1) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < self.atoms.size:
            atom = float(self.atoms[low])
            before = self.below(atom, atom=low)
            if before <= wanted:
                return atom, (wanted - before) / float(self.heap[low + 1] - self.heap[low])
        return self._between(wanted, low), 0.0

    def _between(self, wanted: float, atom: int) -> float:
        """A cut between two atoms, where the predicted ones fill up."""
        if not self.sigma.size:
            return float(np.nextafter(self.atoms[-1], np.inf))
        spread = 40.0 * self.sigma
        low = float((np.exp(self.log_median - spread) + self.drawn_shift).min())
        high = float(
            (np.exp(np.minimum(self.log_median + spread, 700.0)) + self.drawn_shift).max()
        )
        if atom:
            low = max(low, float(self.atoms[atom - 1]))
        if atom < self.atoms.size:
            high = min(high, float(self.atoms[atom]))
        if self.below(high, atom=atom) <= wanted:
            return high
        if self.below(low, atom=atom) >= wanted:
            return low
        # On the scale of arcsinh, since the ends may be hundreds of powers of ten apart.
        found = brentq(
            lambda u: self.below(float(np.sinh(u)), atom=atom) - wanted,
            float(np.arcsinh(low)),
            float(np.arcsinh(high)),
            xtol=1e-13,
        )
        return float(np.sinh(found))
