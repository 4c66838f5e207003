"""What a household's shortfall is once it has a gain: known or expected consumption.

A gain is rupiah a year for the whole household. For known consumption a crossing is tested by
multiplication, gain >= 12 * size * (line - consumption), never by division, so that a benefit
that reaches the line to the rupiah does reach it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from povtarget.households import Households
from povtarget.poverty import expected_shortfall
from povtarget.programs import Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MONTHS = 12


def shortfall(households: Households, rows: Ints, gain: Floats, alpha: int) -> Floats:
    """E[((z - c - b)+ / z)^alpha] of one person in each of the households ``rows``.

    Parameters
    ----------
    households
        All households.
    rows
        Positions of those asked for.
    gain
        Rp a year for each of them; b = gain / (12 * size).
    alpha
        0 (the chance of being below the line, strictly), 1 or 2.
    """
    line, consumption = households.line[rows], households.consumption[rows]
    sigma, size = households.sigma[rows], households.size[rows]
    result = np.empty(rows.size)
    known = sigma == 0
    if known.any():
        missing = MONTHS * size[known] * (line[known] - consumption[known])
        is_below = (missing > 0) & (gain[known] < missing)
        depth = np.where(is_below, missing - gain[known], 0.0) / (
            MONTHS * size[known] * line[known]
        )
        result[known] = is_below if alpha == 0 else depth**alpha
    if not known.all():
        other = ~known
        result[other] = expected_shortfall(
            consumption[other],
            sigma[other],
            line[other],
            alpha,
            gain[other] / (MONTHS * size[other]),
        )
    return result


def success_outcomes(programs: list[Program]) -> list[tuple[float, tuple[bool, ...]]]:
    """Probability of each combination of programs that work, impossible ones left out.

    Examples
    --------
    >>> training = Program("t", need="work", budget="b", unit_cost=1, benefit=1, success=0.25)
    >>> success_outcomes([training])
    [(0.25, (True,)), (0.75, (False,))]
    """
    options = [
        [
            (chance, works)
            for chance, works in (
                (float(program.success), True),
                (1.0 - float(program.success), False),
            )
            if chance > 0
        ]
        for program in programs
    ]
    outcomes = []
    for combination in product(*options):
        chance = 1.0
        for probability, _ in combination:
            chance *= probability
        outcomes.append((chance, tuple(works for _, works in combination)))
    return outcomes


def expected_shortfall_with(
    households: Households,
    rows: Ints,
    base_gain: Floats,
    programs: list[Program],
    gains: list[Floats],
    alpha: int,
) -> Floats:
    """Shortfall of one person, expected over the success outcomes of a set of programs.

    Parameters
    ----------
    households, rows, alpha
        As in `shortfall`.
    base_gain
        Rp a year that each household has in any case.
    programs, gains
        The set, and what each of its programs adds for each household if it works.
    """
    total = np.zeros(rows.size)
    for chance, works in success_outcomes(programs):
        gain = base_gain.copy()
        for each, is_success in zip(gains, works, strict=True):
            if is_success:
                gain += each
        total += chance * shortfall(households, rows, gain, alpha)
    return total
