"""The bound that prices prove, recomputed from the households by code that no engine uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from povtarget.bundles import Bundles, bundle_blocks, measure_before
from povtarget.problem import TargetingProblem, area_names, area_sums, floor_bound, floor_names

Floats = NDArray[np.float64]


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
        totals = area_sums(problem, constraint, before)
        lines += [
            Line(name, floor_bound(constraint.share, total), math.inf)
            for name, total in zip(floor_names(problem, constraint), totals, strict=True)
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
    if np.any(numbers != np.floor(numbers)) or np.abs(numbers).max(initial=0.0) >= 2**53:
        return None
    return Fraction(int(np.gcd.reduce(numbers.astype(np.int64), initial=0)))


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
    problem: TargetingProblem,
    prices: Mapping[str, float],
    blocks: Iterable[Bundles] | None = None,
    lines: Iterable[Line] | None = None,
    worth: Callable[[Bundles], Floats] | None = None,
) -> float:
    """The bound that prices prove, equation (3), for any prices.

        sum_r ( max(pi_r, 0) U_r + min(pi_r, 0) L_r )
        + sum_h max( 0 or nothing chosen, max_j (objective_hj - pi . usage_hj) )

    U and L are first rounded inward to what whole places can reach. Dominated bundles are left
    out, as none is better than what dominates it: where the bound is finite, prices of upper rows
    are 0 or more, and those of lower rows 0 or less. The smaller bundle then has no smaller
    objective, pays for no more budget, places or duplicates, is rewarded for no smaller gain in a
    floored area, and has every program with a minimum that the larger one has.

    Parameters
    ----------
    problem
        The question.
    prices
        By row name; a row that is not named has price 0.
    blocks
        Bundles of all households, in blocks; enumerated anew, a block at a time, where None.
    lines
        The `coupling_lines`, where they are known.
    worth
        What bundles add to an aim that is not the first level: float64[bundles]. It must not be
        greater for a dominated bundle than for what dominates it.
    """
    terms = []
    for line in coupling_lines(problem) if lines is None else lines:
        price, (lower, upper) = prices.get(line.name, 0.0), line.reachable
        if price:
            terms.append(price * (upper if price > 0 else lower))
    best = np.where(problem.standing.locked.any(axis=1), -np.inf, 0.0)
    for bundles in bundle_blocks(problem) if blocks is None else blocks:
        if len(bundles):
            first = np.flatnonzero(np.diff(bundles.household, prepend=-1))
            most = np.maximum.reduceat(
                (bundles.objective(problem, 0) if worth is None else worth(bundles))
                - _paid(problem, prices, bundles),
                first,
            )
            mine = bundles.household[first]
            best[mine] = np.maximum(best[mine], most)
    return math.fsum([*terms, *best.tolist()])


def _paid(problem: TargetingProblem, prices: Mapping[str, float], bundles: Bundles) -> Floats:
    """Pi . usage_hj of bundles."""
    catalog, households = problem.catalog, problem.households
    unit_price = np.array(
        [
            prices.get(program.budget, 0.0) * program.unit_cost
            + prices.get(f"quota:{program.name}", 0.0)
            + prices.get(f"minimum:{program.name}", 0.0)
            for program in catalog.programs
        ]
    )
    weight = households.weight[bundles.household]
    result = money(problem, unit_price, bundles)
    result += prices.get("limit:overlap", 0.0) * weight * bundles.duplicates
    for constraint in problem.constraints:
        area = area_names(households, constraint.by)[1]
        names = floor_names(problem, constraint)
        floor_price = np.array([prices.get(name, 0.0) for name in names])
        result += floor_price[area[bundles.household]] * bundles.gains[0]
    return np.asarray(result)


def money(problem: TargetingProblem, unit_price: Floats, bundles: Bundles) -> Floats:
    """float64[bundles]: units times a price by program, times weight."""
    total = np.zeros(len(bundles))
    for program in bundles.programs.T:  # the first of each bundle, the second ...; -1: no more
        mine = np.flatnonzero(program[bundles.set_number] >= 0)
        which = program[bundles.set_number[mine]]
        total[mine] += unit_price[which] * problem.standing.units[bundles.household[mine], which]
    return np.asarray(problem.households.weight[bundles.household] * total)
