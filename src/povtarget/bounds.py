"""The bound that prices prove, recomputed from the households by code that no engine uses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.bundles import Bundles, enumerate_bundles, measure_before
from povtarget.problem import TargetingProblem, area_names, floor_bound, floor_names

Floats = NDArray[np.float64]

_BLOCK = 20_000  # households whose bundles exist at once


@dataclass(frozen=True)
class Line:
    """A coupling row as the judge sees it: bounds, and the bounds that whole choices can reach."""

    name: str
    lower: Fraction | float
    upper: Fraction | float
    divisor: Fraction | None = None

    @property
    def reachable(self) -> tuple[float, float]:
        """The bounds, rounded inward to multiples of the divisor where there is one."""
        lower, upper = self.lower, self.upper
        if self.divisor:
            if math.isfinite(lower):
                lower = math.ceil(Fraction(lower) / self.divisor) * self.divisor
            if math.isfinite(upper):
                upper = math.floor(Fraction(upper) / self.divisor) * self.divisor
        return float(lower), float(upper)


def coupling_lines(problem: TargetingProblem) -> list[Line]:
    """Every row that couples households, written from the question and not from a formulation."""
    catalog, lines = problem.catalog, []
    place = _place_divisors(problem)
    open_budgets = [budget for budget in catalog.budgets if budget.control != "fixed"]
    for budget in open_budgets:
        mine = [p for p, program in enumerate(catalog.programs) if program.budget == budget.name]
        cost = [_times(place[p], Fraction(catalog.programs[p].unit_cost)) for p in mine]
        lines.append(Line(budget.name, -math.inf, Fraction(budget.amount), _common(cost)))
    names = {budget.name for budget in open_budgets}
    for p, program in enumerate(catalog.programs):
        if program.budget in names and program.quota is not None:
            lines.append(
                Line(f"quota:{program.name}", -math.inf, Fraction(program.quota), place[p])
            )
        if program.budget in names and program.minimum > 0:
            lines.append(
                Line(f"minimum:{program.name}", Fraction(program.minimum), math.inf, place[p])
            )
    before = measure_before(problem) if problem.constraints else np.empty(0)
    for constraint in problem.constraints:
        number = area_names(problem.households, constraint.by)[1]
        lines += [
            Line(name, floor_bound(constraint.share, math.fsum(before[number == area])), math.inf)
            for area, name in enumerate(floor_names(problem, constraint))
        ]
    if problem.overlap.limit is not None:
        everyone = _whole_divisor(problem.households.weight)
        lines.append(Line("limit:overlap", -math.inf, Fraction(problem.overlap.limit), everyone))
    return lines


def _place_divisors(problem: TargetingProblem) -> list[Fraction | None]:
    """For each program, what all its possible places (weight times units) are multiples of."""
    standing, weight = problem.standing, problem.households.weight
    return [
        _whole_divisor(weight[rows] * standing.units[rows, p])
        for p, rows in enumerate(standing.possible.T)
    ]


def _whole_divisor(numbers: Floats) -> Fraction | None:
    """The greatest common divisor of whole numbers; 0 where there are none, None for others."""
    distinct = np.unique(numbers)
    if np.any(distinct != np.floor(distinct)) or np.abs(distinct).max(initial=0.0) >= 2**53:
        return None
    return (
        Fraction(int(np.gcd.reduce(distinct.astype(np.int64)))) if distinct.size else Fraction(0)
    )


def _times(divisor: Fraction | None, factor: Fraction) -> Fraction | None:
    return None if divisor is None else divisor * factor


def _common(divisors: list[Fraction | None]) -> Fraction | None:
    common = Fraction(0)
    for divisor in divisors:
        if divisor is None:
            return None
        bottom = math.lcm(common.denominator, divisor.denominator)
        common = Fraction(math.gcd(int(common * bottom), int(divisor * bottom)), bottom)
    return common


def price_bound(
    problem: TargetingProblem, prices: Mapping[str, float], blocks: Iterable[Bundles] | None = None
) -> float:
    """The bound that prices prove, for any prices.

        sum_r ( max(pi_r, 0) U_r + min(pi_r, 0) L_r )
        + sum_h max( 0 or nothing chosen, max_j (objective_hj - pi . usage_hj) )

    U and L are first rounded inward to what whole places can reach.

    Parameters
    ----------
    problem
        The question.
    prices
        By row name; a row that is not named has price 0.
    blocks
        Bundles of all households, in blocks; enumerated anew, dominated ones too, where None.
    """
    terms = []
    for line in coupling_lines(problem):
        price, (lower, upper) = prices.get(line.name, 0.0), line.reachable
        if price:
            terms.append(price * (upper if price > 0 else lower))
    rows = np.arange(len(problem.households))
    fresh = (
        enumerate_bundles(problem, rows[begin : begin + _BLOCK], keep_dominated=True)
        for begin in range(0, rows.size, _BLOCK)
    )
    best = np.where(problem.standing.locked.any(axis=1), -np.inf, 0.0)
    for bundles in fresh if blocks is None else blocks:
        np.maximum.at(best, bundles.household, _after_prices(problem, prices, bundles))
    return math.fsum([*terms, *best])


def _after_prices(
    problem: TargetingProblem, prices: Mapping[str, float], bundles: Bundles
) -> Floats:
    """objective_hj - pi . usage_hj of bundles."""
    catalog, households = problem.catalog, problem.households
    unit_price = np.array(
        [
            prices.get(program.budget, 0.0) * program.unit_cost
            + prices.get(f"quota:{program.name}", 0.0)
            + prices.get(f"minimum:{program.name}", 0.0)
            for program in catalog.programs
        ]
    )
    has = np.zeros((len(bundles.sets), len(catalog.programs)))
    for number, programs in enumerate(bundles.sets):
        has[number, list(programs)] = 1.0
    units_price = problem.standing.units * unit_price
    money = np.einsum("ij,ij->i", units_price[bundles.household], has[bundles.set_number])
    weight = households.weight[bundles.household]
    result = bundles.objective(problem, 0) - weight * money
    result -= prices.get("limit:overlap", 0.0) * weight * bundles.duplicates
    for constraint in problem.constraints:
        names = floor_names(problem, constraint)
        area = area_names(households, constraint.by)[1]
        floor_price = np.array([prices.get(name, 0.0) for name in names])[area]
        result -= floor_price[bundles.household] * bundles.gains[0]
    return np.asarray(result)
