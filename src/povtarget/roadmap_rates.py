"""The rates of a roadmap in many worlds: intervals for the true rate, and for what a survey sees.

A world is a start, a growth relative to the line for each year, and a factor on all benefits. The
rate of a year is a smooth function of two numbers, how far consumption has moved from the line
and that factor, so it is computed on a grid and read off for each world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import betaincinv, ndtri

from povtarget.errors import Fault, InputError
from povtarget.horizon import Year
from povtarget.outlook import Outlook
from povtarget.problem import TargetingProblem
from povtarget.sayings import said
from povtarget.valuation import proposed_shortfalls

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_GRID = 11  # of log consumption over the line
_FACTORS = 3  # of what benefits add
_WIDE = 3.5  # standard deviations that the grid spans to either side
_FARTHEST, _FIRST_GRID, _FINE = (
    1.0,
    41,
    4_001,
)  # log consumption at the start against what is expected


@dataclass(frozen=True, eq=False)
class Worlds:
    """Draws of what is not known.

    Parameters
    ----------
    shift
        float64[years + 1, draws]: ln of consumption over the line, against what is expected; the
        start first.
    factor
        float64[draws]: on what benefits add.
    noise
        float64[draws]: standard normal, for which families fall short by chance.
    seen
        float64[years + 1, draws]: standard normal, for whom the survey asks.
    """

    shift: Floats
    factor: Floats
    noise: Floats
    seen: Floats


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates of a year, by draw: expected in its world, true, and as a survey measures it."""

    expected: Floats
    true: Floats
    seen: Floats

    def row(self) -> list[float]:
        """The expected rate, the true rate's 95 % interval, and that of the measured rate."""
        ends = [*np.quantile(self.true, (0.025, 0.975)), *np.quantile(self.seen, (0.025, 0.975))]
        return [float(self.expected.mean()), *map(float, ends)]


def draw_worlds(outlook: Outlook, start: Year, years: int, draws: int, seed: int) -> Worlds:
    """Draw worlds that start from a year with nothing proposed.

    Each of the unknowns is stratified over the draws (Latin hypercube; McKay, Beckman and Conover
    1979, doi:10.1080/00401706.1979.10489755), so that means do not move with the seed.
    """
    rng = np.random.default_rng(seed)

    def parts(count: int) -> Floats:
        return (np.stack([rng.permutation(draws) for _ in range(count)]) + 0.5) / draws

    first = _first_shifts(outlook, start, parts(1)[0])
    grown = np.cumsum(outlook.growth_sd * ndtri(parts(years)), axis=0)
    factor = np.exp(outlook.gain_sd * ndtri(parts(1)[0]))
    noise, seen = ndtri(parts(1)[0]), ndtri(parts(years + 1))
    return Worlds(np.vstack([first, first + grown]), factor, noise, seen)


def _first_shifts(outlook: Outlook, start: Year, part: Floats) -> Floats:
    """Shifts at which the starting rate has its own error: beta, so that its mean is kept."""
    rate = rate_at(start, start.paying, 0.0, 1.0)[0]
    if outlook.start_se == 0 or not 0 < rate < 1:
        return np.zeros(part.size)
    size = rate * (1 - rate) / outlook.start_se**2 - 1  # of the beta's two parameters together
    if size <= 0:
        expected = said(
            "less than {most:.3g}, at a rate of {rate:.4f}",
            most=np.sqrt(rate * (1 - rate)),
            rate=rate,
        )
        fault = Fault("no such error of a share", "outlook", column="start_se",
                      value=str(outlook.start_se), expected=expected)  # fmt: skip
        raise InputError([fault])
    rates = betaincinv(rate * size, (1 - rate) * size, part)
    points = np.linspace(-_FARTHEST, _FARTHEST, _FIRST_GRID)
    there = np.array([rate_at(start, start.paying, x, 1.0)[0] for x in points])
    fine = np.linspace(-_FARTHEST, _FARTHEST, _FINE)
    smooth = PchipInterpolator(points, there)(fine)
    return np.asarray(np.interp(rates, smooth[::-1], fine[::-1]))


def rate_at(year: Year, paying: Bools, shift: float, factor: float) -> tuple[float, float]:
    """The expected rate of persons, and its variance over who falls short by chance.

    Consumption is ``exp(shift)`` times as high and benefits ``factor`` times: the same as
    consumption and line divided by the factor, and benefits as they are.
    """
    everyone, below = np.arange(len(paying)), np.zeros(len(paying))
    for chance, problem in year.worlds:
        moved = _moved(problem, shift, factor)
        below += chance * proposed_shortfalls(moved, everyone, paying, (0,))[0]
    households = year.worlds[0][1].households
    persons, total = households.persons, households.persons.sum()
    variance = (households.weight * households.size**2 * below * (1 - below)).sum() / total**2
    return float(persons @ below / total), float(variance)


def _moved(problem: TargetingProblem, shift: float, factor: float) -> TargetingProblem:
    """The same problem, its standing too, with other consumption and line."""
    if shift == 0 and factor == 1:
        return problem
    households = replace(
        problem.households,
        consumption=problem.households.consumption * (np.exp(shift) / factor),
        line=problem.households.line / factor,
    )
    moved = object.__new__(TargetingProblem)
    moved.__dict__.update({**problem.__dict__, "households": households})
    return moved


def rates_of(year: Year, paying: Bools, worlds: Worlds, number: int, outlook: Outlook) -> Rates:
    """The rates of year ``number`` (0 is the start) in every world."""
    shift, factor = worlds.shift[number], worlds.factor
    points, factors = _grid(shift, _GRID), _grid(np.log(factor), _FACTORS)
    table = np.array(
        [[rate_at(year, paying, x, float(np.exp(f))) for x in points] for f in factors]
    )
    rate = _read(table[:, :, 0], points, factors, shift, np.log(factor))
    variance = _read(table[:, :, 1], points, factors, shift, np.log(factor))
    true = np.clip(rate + np.sqrt(variance) * worlds.noise, 0.0, 1.0)
    seen = true + outlook.survey_se(true) * worlds.seen[number]
    return Rates(rate, true, np.clip(seen, 0.0, 1.0))


def _grid(values: Floats, points: int) -> Floats:
    spread = float(values.std())
    if spread == 0:
        return values[:1].copy()
    return float(values.mean()) + spread * np.linspace(-_WIDE, _WIDE, points)


def _read(table: Floats, points: Floats, factors: Floats, shift: Floats, factor: Floats) -> Floats:
    """Monotone cubic in the shift, linear in the factor; beyond the grid its edge."""
    inside = np.clip(shift, points[0], points[-1])
    by_factor = np.stack(
        [
            PchipInterpolator(points, row)(inside) if len(points) > 1 else row[0] + 0 * inside
            for row in table
        ]
    )
    if len(factors) == 1:
        return np.asarray(by_factor[0])
    place = np.clip(np.interp(factor, factors, np.arange(len(factors))), 0, len(factors) - 1)
    low = np.minimum(place.astype(np.int64), len(factors) - 2)
    part, draws = place - low, np.arange(shift.size)
    return np.asarray((1 - part) * by_factor[low, draws] + part * by_factor[low + 1, draws])


def frame_rows(rates: Sequence[Rates], goals: Sequence[float | None]) -> list[list[float]]:
    """Rows of rate, low, high, survey_low, survey_high and the chance to be at the goal."""
    return [
        [*each.row(), np.nan if goal is None else float((each.true <= goal).mean())]
        for each, goal in zip(rates, goals, strict=True)
    ]
