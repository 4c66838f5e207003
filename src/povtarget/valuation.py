"""What a household's shortfall is once it has a gain: known or expected consumption.

A gain is rupiah a year for the whole household. For known consumption a crossing is tested by
multiplication, gain >= 12 * size * (line - consumption), never by division, so that a benefit
that reaches the line to the rupiah does reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from povtarget.households import Households
from povtarget.poverty import predicted_shortfalls
from povtarget.problem import TargetingProblem

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Measure = Callable[[Ints, Floats], Floats]

MONTHS = 12


def shortfall(households: Households, rows: Ints, gain: Floats, alpha: int) -> Floats:
    """`shortfalls` for one alpha: float64[rows]."""
    return np.asarray(shortfalls(households, rows, gain, (alpha,))[0])


def shortfalls(households: Households, rows: Ints, gain: Floats, alphas: Sequence[int]) -> Floats:
    """float64[alphas, rows]: E[((z - c - b)+ / z)^alpha] of one person in each household.

    Parameters
    ----------
    households
        All households.
    rows
        Positions of those asked for.
    gain
        Rp a year for each of them, 0 or more; b = gain / (12 * size).
    alphas
        Any of 0 (the chance of being below the line, strictly), 1 and 2.
    """
    result = np.empty((len(alphas), rows.size))
    if not alphas:
        return result
    line, consumption = households.line[rows], households.consumption[rows]
    sigma, size = households.sigma[rows], households.size[rows]
    known = sigma == 0
    if known.all():
        _put_known(result, (line, consumption, size, gain), alphas)
    elif not known.any():
        result[:] = predicted_shortfalls(consumption, sigma, line, gain / (MONTHS * size), alphas)
    else:
        part = np.empty((len(alphas), np.count_nonzero(known)))
        _put_known(part, tuple(a[known] for a in (line, consumption, size, gain)), alphas)
        result[:, known] = part
        line, consumption, sigma, size, gain = (
            a[~known] for a in (line, consumption, sigma, size, gain)
        )
        result[:, ~known] = predicted_shortfalls(
            consumption, sigma, line, gain / (MONTHS * size), alphas
        )
    return result


def _put_known(result: Floats, given: tuple[Floats, ...], alphas: Sequence[int]) -> None:
    line, consumption, size, gain = given
    missing = MONTHS * size * (line - consumption)
    is_below = (missing > 0) & (gain < missing)
    depth = np.where(is_below, missing - gain, 0.0) / (MONTHS * size * line)
    for k, alpha in enumerate(alphas):
        result[k] = is_below if alpha == 0 else depth**alpha


def success_chances(problem: TargetingProblem) -> Floats:
    """float64[programs]: the chance that a program works."""
    return np.array([float(program.success) for program in problem.catalog.programs])


def unit_gains(problem: TargetingProblem) -> Floats:
    """float64[programs]: Rp a year that a unit adds to what a household consumes."""
    return np.array([program.gain_per_unit for program in problem.catalog.programs], dtype=float)


def proposed_shortfalls(
    problem: TargetingProblem, rows: Ints, chosen: Bools, alphas: Sequence[int]
) -> Floats:
    """float64[alphas, rows]: shortfall of one person with what is proposed.

    The expectation is over which of the proposed programs work, each on its own.

    Parameters
    ----------
    problem
        The question.
    rows
        Positions of households.
    chosen
        bool[rows, programs]: what each of them is proposed for.
    alphas
        As in `shortfalls`.
    """

    def measure(mine: Ints, gain: Floats) -> Floats:
        return shortfalls(problem.households, mine, gain, alphas)

    return expected_over_outcomes(problem, rows, chosen, measure, len(alphas))


def expected_over_outcomes(
    problem: TargetingProblem, rows: Ints, chosen: Bools, measure: Measure, count: int
) -> Floats:
    """float64[count, rows]: what is expected of a measure, over which programs work.

    Parameters
    ----------
    problem, rows, chosen
        As in `proposed_shortfalls`.
    measure
        Of positions of households and what each gains, Rp a year: float64[count, positions].
    count
        How many numbers it measures.
    """
    is_open = chosen & (success_chances(problem) < 1)
    doubtful = np.count_nonzero(is_open, axis=1)
    result = np.empty((count, rows.size))
    for many in np.unique(doubtful):
        mine = np.flatnonzero(doubtful == many)
        result[:, mine] = _expected(
            problem, rows[mine], chosen[mine], is_open[mine], measure, count
        )
    return result


def _expected(
    problem: TargetingProblem,
    rows: Ints,
    chosen: Bools,
    is_open: Bools,
    measure: Measure,
    count: int,
) -> Floats:
    """Sum over the outcomes of as many doubtful programs as every row has."""
    success, unit_gain = success_chances(problem), unit_gains(problem)
    which = np.cumsum(is_open, axis=1) - 1  # a row's doubtful programs are its 0th, 1st ...
    total = np.zeros((count, rows.size))
    for works in product((True, False), repeat=int(which[0, -1]) + 1):
        gain, chance = problem.standing.baseline_gain[rows], np.ones(rows.size)
        fails = is_open & ~np.array([*works, True])[which]
        for p in np.flatnonzero(chosen.any(axis=0)):
            mine = np.flatnonzero(chosen[:, p] & ~fails[:, p])
            gain[mine] += unit_gain[p] * problem.standing.units[rows[mine], p]
            if success[p] < 1:
                chance *= np.where(
                    is_open[:, p], np.where(fails[:, p], 1.0 - success[p], success[p]), 1.0
                )
        total += chance * measure(rows, gain)
    return total
