"""Small MMKPs made of difficult numbers, and their answers by enumeration in fractions.

Nothing of povtarget computes here: a problem's arrays are read, and every number is the
`fractions.Fraction` that its float64 is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from povtarget.mmkp import MMKP, MMKPSolution, Status

Pick = Callable[[Sequence[Any]], Any]
Totals = tuple[Fraction, ...]

MOST_CHOICES = 1_200
INFINITE = math.inf

USAGES: tuple[tuple[float, ...], ...] = (
    (0.0, 1.0, 2.0, 3.0, 5.0),
    (0.0, 0.1, 0.2, 0.3, 0.7),
    (341_000.0, 682_000.0, 0.0, 1_023_000.0),
    (1e12, 2.5e12, 999_999_999_999.0, 0.0),
    (1.0, 1e12, 1e12 + 1.0, 3.0, 0.0),
    (-2.0, -1.0, 0.0, 1.0, 3.0),
    (-0.1, 0.1, 0.3, 0.0),
    (1.0 / 3.0, 2.0 / 3.0, 1e-3, 0.0),
    (4.0, 4.0, 4.0, 0.0),
)
VALUES: tuple[tuple[float, ...], ...] = (
    (0.0, 1.0, 2.0, 3.0, 5.0),
    (1.0, 1.0, 1.0),
    (0.1, 0.2, 0.3, 0.7),
    (-3.0, -1.0, 0.0, 2.0),
    (1e12, 3.0, 1e12 + 1.0, 0.5),
    (0.0, 0.0),
    (-0.1, -0.3),
    (1.0 / 3.0, 0.25, 1e-6),
    (2.7182818, 3.1415926, 1.4142135, 0.5772156),
)


def make_problem(pick: Pick) -> MMKP:
    """A problem of at most 6 groups, 4 items in each, and 4 rows."""
    rows = pick((1, 1, 2, 2, 3, 4, 0))
    values, usages = pick(VALUES), [pick(USAGES) for _ in range(rows)]
    groups: list[list[tuple[float, list[float]]]] = []
    choices = 1
    for _ in range(pick((1, 2, 3, 3, 4, 5, 6))):
        if groups and pick((True, False, False)):
            items = groups[-1]  # identical groups
        else:
            size = pick((0, 1, 1, 2, 2, 3, 4))
            items = [(pick(values), [pick(pool) for pool in usages]) for _ in range(size)]
        choices *= len(items) + 1
        if choices > MOST_CHOICES:
            break
        groups.append(items)
    required = _required(pick, len(groups))
    bounds = [
        _bounds(pick, [[item[1][r] for item in items] for items in groups]) for r in range(rows)
    ]
    flat = [(number, *item) for number, items in enumerate(groups) for item in items]
    return MMKP(
        [number for number, _, _ in flat],
        [value for _, value, _ in flat],
        np.array([usage for _, _, usage in flat]).reshape(len(flat), rows),
        [high for _, high in bounds],
        [low for low, _ in bounds],
        required,
        len(groups),
    )


def _required(pick: Pick, groups: int) -> Any:
    kind = pick(("none", "none", "some", "all"))
    return [pick((True, False)) for _ in range(groups)] if kind == "some" else kind == "all"


def _bounds(pick: Pick, usage: list[list[float]]) -> tuple[float, float]:
    """Bounds that some choice meets exactly, or misses by one step of float64, or that are 0."""

    def reached() -> float:
        total = sum((Fraction(pick([*own, 0.0])) for own in usage), Fraction(0))
        return math.nextafter(
            float(total), pick((-INFINITE, float(total), float(total), INFINITE))
        )

    kind = pick(("upper", "upper", "upper", "lower", "two", "equal", "zero", "infinite"))
    one, other = reached(), reached()
    low, high = min(one, other), max(one, other)
    return {
        "upper": (-INFINITE, one),
        "lower": (one, INFINITE),
        "two": (low, high),
        "equal": (one, one),
        "zero": (-INFINITE, 0.0),
        "infinite": (-INFINITE, INFINITE),
    }[kind]


def usage_of(problem: MMKP) -> list[Totals]:
    """Exact usage of every item."""
    return [tuple(map(Fraction, row)) for row in problem.usage.toarray().tolist()]


def options_of(problem: MMKP) -> list[list[int]]:
    """The items of each group, and -1 where it may be empty."""
    required = np.broadcast_to(np.asarray(problem.choose_one), (problem.num_groups,)).tolist()
    options: list[list[int]] = [[] if must else [-1] for must in required]
    for item, group in enumerate(problem.group.tolist()):
        options[group].append(item)
    return options


def keeps(problem: MMKP, totals: Totals, rows: Sequence[int] | None = None) -> bool:
    """Whether exact totals are within the bounds (of some rows)."""
    return all(
        problem.lower[r] <= totals[r] <= problem.upper[r]
        for r in (range(problem.num_rows) if rows is None else rows)
    )


def optimum(problem: MMKP, rows: Sequence[int] | None = None) -> Fraction | None:
    """The best value of any choice, None where no choice keeps the rows."""
    usage, value = usage_of(problem), [Fraction(v) for v in problem.value.tolist()]
    best: dict[Totals, Fraction] = {(Fraction(0),) * problem.num_rows: Fraction(0)}
    for own in options_of(problem):
        further: dict[Totals, Fraction] = {}
        for totals, worth in best.items():
            for item in own:
                if item < 0:
                    key, reached = totals, worth
                else:
                    key = tuple(a + b for a, b in zip(totals, usage[item], strict=True))
                    reached = worth + value[item]
                if key not in further or further[key] < reached:
                    further[key] = reached
        best = further
    return max(
        (worth for totals, worth in best.items() if keeps(problem, totals, rows)), default=None
    )


def exact_totals(problem: MMKP, choice: Sequence[int]) -> tuple[Fraction, Totals]:
    """Value and totals of a choice."""
    usage, chosen = usage_of(problem), [item for item in choice if item >= 0]
    value = sum((Fraction(float(problem.value[item])) for item in chosen), Fraction(0))
    totals = tuple(
        sum((usage[j][r] for j in chosen), Fraction(0)) for r in range(problem.num_rows)
    )
    return value, totals


def strengthened(problem: MMKP) -> list[tuple[Fraction | None, Fraction | None]]:
    """Bounds rounded inward to multiples of what a row's coefficients have in common."""
    bounds = []
    for row in range(problem.num_rows):
        numbers = [abs(own[row]) for own in usage_of(problem) if own[row]]
        low, high = float(problem.lower[row]), float(problem.upper[row])
        lower = Fraction(low) if math.isfinite(low) else None
        upper = Fraction(high) if math.isfinite(high) else None
        if numbers:
            bottom = max(number.denominator for number in numbers)
            step = Fraction(math.gcd(*(int(number * bottom) for number in numbers)), bottom)
            if max(numbers) / step < 2**31:  # beyond, bounds are left as they are
                lower = None if lower is None else math.ceil(lower / step) * step
                upper = None if upper is None else math.floor(upper / step) * step
        bounds.append((lower, upper))
    return bounds


def proven_by(problem: MMKP, prices: Sequence[float]) -> Fraction | None:
    """The bound that prices prove, exactly; None where they prove none."""
    bound, exact = Fraction(0), [Fraction(price) for price in prices]
    for price, (lower, upper) in zip(exact, strengthened(problem), strict=True):
        limit = upper if price > 0 else lower
        if price and limit is None:
            return None
        bound += price * limit if price and limit is not None else 0
    usage = usage_of(problem)
    for own in options_of(problem):
        bound += max(
            Fraction(0)
            if item < 0
            else Fraction(float(problem.value[item]))
            - sum((p * u for p, u in zip(exact, usage[item], strict=True)), Fraction(0))
            for item in own
        )
    return bound


def size_of_terms(problem: MMKP, prices: Sequence[float]) -> Fraction:
    """The sum of the sizes of all that equation (3) adds up: what float64 rounds is of this."""
    size = Fraction(0)
    for price, low, high in zip(prices, problem.lower, problem.upper, strict=True):
        limit = high if price > 0 else low
        size += abs(Fraction(float(price)) * Fraction(float(limit))) if price else 0
    usage = usage_of(problem)
    for own in options_of(problem):
        size += max(
            Fraction(0)
            if item < 0
            else abs(Fraction(float(problem.value[item])))
            + sum(
                (abs(Fraction(float(p)) * u) for p, u in zip(prices, usage[item], strict=True)),
                Fraction(0),
            )
            for item in own
        )
    return size


def noise_of(problem: MMKP, best: Fraction) -> Fraction:
    """What solvers in float64 leave undecided: 1e-9 of the value, 1e-11 of the largest item."""
    largest = max((abs(Fraction(v)) for v in problem.value.tolist()), default=Fraction(0))
    return max(abs(best) / 10**9, largest / 10**11)


def check(problem: MMKP, solution: MMKPSolution, best: Fraction, gap: float) -> None:
    """Everything that a solution claims, against the exact optimum."""
    choice = solution.choice.tolist()
    assert all(item in own for item, own in zip(choice, options_of(problem), strict=True))
    value, totals = exact_totals(problem, choice)
    assert keeps(problem, totals)
    assert solution.value == float(value)
    assert value <= best
    noise = noise_of(problem, best)
    assert Fraction(solution.bound) >= best - noise
    assert solution.bound >= solution.value
    proven = proven_by(problem, solution.prices.tolist())
    assert proven is not None
    assert proven >= best
    stated = Fraction(solution.price_bound)
    rounding = max(size_of_terms(problem, solution.prices.tolist()) / 2**47, noise / 10)
    assert abs(stated - proven) <= rounding
    assert stated >= best - noise
    assert solution.bound_source in ("prices", "solver")
    assert solution.bound <= max(solution.price_bound, solution.value)
    reached = Fraction(solution.bound) - value
    asked = Fraction(gap * (1 + 1e-8)) * max(abs(Fraction(solution.bound)), Fraction(1e-12))
    if solution.status is Status.OPTIMAL:
        assert reached <= max(asked, noise)
        assert best - value <= max(asked, noise)
    else:
        assert solution.status is Status.UNPROVEN
        assert reached > asked
