"""Frontiers: what the first objective reaches as money, overlap or evenness changes.

Only bounds of rows change along a frontier, so bundles are made once, and every point begins at
the plan and the prices of the one before. Points are taken in the order in which more and more
plans become possible: each plan is then possible at the next point too, and the curve of values
never falls. Prices found at one point prove a bound at every other, linear in what changes; the
least of these lines is the concave ``envelope``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InfeasibleError, InputError, nearest
from povtarget.mmkp import MMKP, BudgetPath, MMKPSolution, Status, budget_path, relative_gap
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.pricing import bounds_term, dual_value
from povtarget.mmkp.rational import violations
from povtarget.mmkp.strengthening import strengthen
from povtarget.plan import MILLION, Plan
from povtarget.problem import TargetingProblem, varied
from povtarget.questions.evenness import largest_share, with_floor
from povtarget.questions.first_level import (
    FirstLevel,
    city_lines,
    first_only,
    has_programs,
    improved,
    is_hopeless,
    only,
    renumbered,
    with_amounts,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Over = Literal["budget", "overlap", "area_floor"]

_SETTINGS = {"budget": "factor", "overlap": "limit", "area_floor": "share"}
_SHARE_GAP = 0.03  # of the largest share for a frontier over area floors


@dataclass(frozen=True, eq=False)
class Frontier:
    """A curve of certified plans.

    Parameters
    ----------
    over
        What changes.
    frame
        One row for each point: factor, limit or share; amount (Rp a year of the lines that
        change); value, bound, gap of the first objective; envelope (a concave bound); lifted and
        lifted_by_city (persons), P0, P1 (after), duplicates, spent (Rp a year); price (per million
        rupiah, per duplicate, per unit of share: the mean of the envelope's slopes to the points
        before and after, each weighted by the distance to the other; at the ends the one slope);
        status. A point that no plan reaches is "infeasible", and its numbers are missing.
    plans, problems
        Of each point: the plan (None where infeasible), and the question that it answers.
    """

    over: Over
    frame: pd.DataFrame
    plans: tuple[Plan | None, ...]
    problems: tuple[TargetingProblem, ...]

    def __repr__(self) -> str:
        setting = self.frame[_SETTINGS[self.over]]
        return (
            f"Frontier(over={self.over!r}, points={len(self.frame)}, "
            f"{setting.name}={setting.min():g}..{setting.max():g}, "
            f"value={self.frame['value'].min():,.6g}..{self.frame['value'].max():,.6g})"
        )


def frontier(
    problem: TargetingProblem,
    *,
    over: Over = "budget",
    points: int = 20,
    at: Sequence[float] | None = None,
    lines: str | Iterable[str] | None = None,
    by: str = "area",
    nested: bool = False,
    gap: float = 1e-3,
    time_limit: float | None = None,
) -> Frontier:
    """Sweep money, the overlap limit, or the area floor, and certify every point.

    Parameters
    ----------
    problem
        The question; only its first objective is looked at.
    over
        "budget": the amounts of ``lines`` times 0 to 2, 1 among them. "overlap": the limit on
        new duplicates, from 0 to as many as the best plan has. "area_floor": the share that
        every area must see closed, from 0 to the largest that is possible.
    points
        How many.
    at
        The factors, limits or shares themselves.
    lines
        Names of budget lines, or of agencies, whose amounts change: lines that the city decides
        only. None: all of them.
    by
        Column that names the area.
    nested
        Over budgets: nobody loses a program when money is added. Each plan then contains the
        one before; bounds are those of free plans, so gaps show what nesting costs.
    gap
        Relative gap at which each point may stop.
    time_limit
        Seconds for each point, or None.

    Returns
    -------
    Frontier
        Value and bound never fall with money or with the limit, and never rise with the share.

    Raises
    ------
    InputError
        For an unknown line, one that the city does not decide, or unusable settings.

    Notes
    -----
    A problem with one row takes its points from the exact path of one budget
    (`povtarget.mmkp.budget_path`).

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({"household_id": list("abc"),
    ...     "size": [2, 4, 1], "consumption": [95.0, 95.0, 90.0]}), poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("Dinsos", amount=480)])
    >>> frontier(pt.TargetingProblem(homes, catalog), points=5).frame["value"].tolist()
    [0.0, 4.0, 6.0, 7.0, 7.0]
    """
    _check(over, points, at, nested)
    problem = first_only(problem)
    sweep = _over_budgets if over == "budget" else _over_rows
    model, settings, variants, moved, known = sweep(
        problem, over=over, points=points, at=at, lines=lines, by=by, gap=gap
    )
    path = _path_of(model) if over == "budget" and not nested else None
    order = range(len(variants)) if over != "area_floor" else range(len(variants))[::-1]
    solve_point = _Points(model, path, nested, gap, time_limit, known)
    answers = dict(zip(order, map(solve_point, (variants[k] for k in order)), strict=True))
    found = [answers[k] for k in range(len(variants))]
    frame = _frame(model, settings, variants, moved, found, _SETTINGS[over])
    _, plans = zip(*found, strict=True)
    return Frontier(over, frame, tuple(plans), tuple(variants))


def _check(over: str, points: int, at: Sequence[float] | None, nested: bool) -> None:
    faults = []
    if over not in get_args(Over):
        hint = nearest(over, get_args(Over)) or ", ".join(get_args(Over))
        faults.append(Fault("no such frontier", column="over", value=over, expected=hint))
    if isinstance(points, bool) or int(points) != points or points < 2:
        expected = "a whole number, 2 or more"
        faults.append(
            Fault("too few points", column="points", value=str(points), expected=expected)
        )
    if nested and over != "budget":
        faults.append(Fault("only budgets have nested plans", column="nested", value=over))
    for value in () if at is None else at:
        if not (math.isfinite(value) and value >= 0):
            expected = "finite numbers, 0 or more"
            faults.append(Fault("not a setting", column="at", value=str(value), expected=expected))
    if at is not None and not len(at):
        faults.append(Fault("no points", column="at", expected="one or more"))
    if faults:
        raise InputError(faults)


_Sweep = tuple[FirstLevel, Floats, list[TargetingProblem], frozenset[str], MMKPSolution | None]
"""A model, settings, variants, the lines that change, and a solution to begin from."""


def _over_budgets(
    problem: TargetingProblem,
    *,
    points: int,
    at: Sequence[float] | None,
    lines: str | Iterable[str] | None,
    **_: object,
) -> _Sweep:
    wanted = city_lines(problem, lines, "lines")
    upper = points // 2
    grid = np.concatenate([np.linspace(0, 1, points - upper), np.linspace(1, 2, upper + 1)[1:]])
    factors = np.unique(grid if at is None else np.asarray(at, dtype=np.float64))
    variants = [
        with_amounts(problem, {line.name: float(line.amount) * factor for line in wanted})
        for factor in factors.tolist()
    ]
    moved = frozenset(line.name for line in wanted)
    return FirstLevel.of(problem), factors, variants, moved, None


def _over_rows(
    problem: TargetingProblem,
    *,
    over: Over,
    points: int,
    at: Sequence[float] | None,
    by: str,
    gap: float,
    **_: object,
) -> _Sweep:
    """Variants over the overlap limit or the share of an area floor."""
    if over == "overlap":
        free = FirstLevel.of(replace(problem, overlap=replace(problem.overlap, limit=None)))
        most = 0.0
        if at is None:
            choice = improved(free.mmkp, None, gap).choice
            most = -math.fsum(free.formulation.values[-1][choice[choice != NONE]])
        settings = np.unique(np.linspace(0.0, most, points) if at is None else np.asarray(at))
        variants = [
            varied(problem, overlap=replace(problem.overlap, limit=limit))
            for limit in settings.astype(np.float64).tolist()
        ]
        return FirstLevel.of(variants[0]), settings, variants, frozenset(), None
    model = FirstLevel.of(with_floor(problem, by, 0.0))
    known, most = None, 0.0
    try:
        unfloored = improved(model.mmkp, None, gap)
        prices = dict(zip(model.mmkp.row_names, unfloored.prices.tolist(), strict=True))
        most, _most_proven, choice = largest_share(model, by, _SHARE_GAP, prices=prices)
        # The hardest share comes first, with a choice that keeps it and prices of one without.
        known = replace(unfloored, choice=choice)
    except (InfeasibleError, InputError):  # where shares were asked, each says so itself
        if at is None:
            raise
    settings = np.unique(np.linspace(0.0, most, points) if at is None else np.asarray(at))
    variants = [with_floor(problem, by, share) for share in settings.astype(np.float64).tolist()]
    return model, settings, variants, frozenset(), known


def _path_of(model: FirstLevel) -> BudgetPath | None:
    """The exact path, where there is one row and it is a budget."""
    mmkp = model.mmkp
    if mmkp.num_rows != 1 or mmkp.lower[0] > -np.inf:
        return None
    return budget_path(mmkp)


class _Points:
    """Solves one point after another, each from the one before."""

    def __init__(
        self,
        model: FirstLevel,
        path: BudgetPath | None,
        nested: bool,
        gap: float,
        time_limit: float | None,
        known: MMKPSolution | None = None,
    ) -> None:
        self.model, self.path, self.nested = model, path, nested
        self.gap, self.time_limit = gap, time_limit
        self.known = known

    def __call__(self, variant: TargetingProblem) -> tuple[MMKPSolution | None, Plan | None]:
        """The solution and plan of a point; None where no plan is possible."""
        began, mmkp = time.monotonic(), self.model.between(variant)
        may_fail = bool(mmkp.required.any() or np.isfinite(mmkp.lower).any())
        if self.known is None and may_fail and is_hopeless(mmkp):
            return None, None
        try:
            found = self._solved(mmkp)
        except InfeasibleError:  # that this amount is too little is an answer here
            return None, None
        self.known = found
        return found, self.model.plan(variant, found, self.gap, began)

    def _solved(self, mmkp: MMKP) -> MMKPSolution:
        if self.path is not None:
            known = _on_path(self.path, mmkp)
            if known.gap <= self.gap:
                return known
            return improved(mmkp, known, self.gap, self.time_limit)
        if self.known is not None and not self.nested:
            same = _as_it_is(mmkp, self.known)
            if same is not None and same.gap <= self.gap:
                return same
        if not self.nested or self.known is None:
            return improved(mmkp, self.known, self.gap, self.time_limit)
        return _containing(self.model, mmkp, self.known, self.gap, self.time_limit)


def _as_it_is(mmkp: MMKP, known: MMKPSolution) -> MMKPSolution | None:
    """A neighbour's choice with what its prices prove here; None where it breaks a row."""
    if known.prices.size != mmkp.num_rows or violations(mmkp, known.choice):
        return None
    value = math.fsum(mmkp.value[known.choice[known.choice != NONE]].tolist())
    bound = max(dual_value(strengthen(mmkp).problem, known.prices), value)
    reached = relative_gap(value, bound)
    return replace(
        known,
        value=value,
        bound=bound,
        gap=reached,
        status=Status.OPTIMAL,
        bound_source="prices",
        price_bound=bound,
    )


def _on_path(path: BudgetPath, mmkp: MMKP) -> MMKPSolution:
    """Whole steps of the path within the row's bound, with the price there."""
    amount = float(mmkp.upper[0])
    choice, bound = path.choice_at(amount), path.value_at(amount)
    value = math.fsum(mmkp.value[choice[choice != NONE]])
    bound = max(bound, value)
    reached = relative_gap(value, bound)
    prices = np.array([path.price_at(amount)])
    return MMKPSolution(
        choice,
        value,
        bound,
        reached,
        prices,
        Status.OPTIMAL,
        "prices",
        bound,
        "prices",
        lambda: bound,
    )


def _containing(
    model: FirstLevel, mmkp: MMKP, known: MMKPSolution, gap: float, time_limit: float | None
) -> MMKPSolution:
    """The best choice in which every household keeps what it has, with the bound of all."""
    held = known.choice[mmkp.group]
    sets = model.formulation.bundles
    table = has_programs(model)
    has = held != NONE
    keeps = np.ones(held.size, dtype=bool)
    mine, theirs = table[sets.set_number[has]], table[sets.set_number[held[has]]]
    keeps[has] = ~(theirs & ~mine).any(axis=1)
    items = np.flatnonzero(keeps)
    part = only(mmkp, items, mmkp.required | (known.choice != NONE))
    place = np.searchsorted(items, known.choice)
    start = replace(known, choice=np.where(known.choice == NONE, NONE, place))
    found = improved(part, start, gap, time_limit)
    strong = strengthen(mmkp)
    dual = minimise_dual(strong.problem, strong.scale, known.prices)
    choice = renumbered(found.choice, items)
    bound = max(dual.bound, found.value)
    reached = relative_gap(found.value, bound)
    status = Status.OPTIMAL if reached <= gap else Status.UNPROVEN
    return replace(
        found, choice=choice, bound=bound, gap=reached, prices=dual.prices, status=status
    )


def _frame(
    model: FirstLevel,
    settings: Floats,
    variants: Sequence[TargetingProblem],
    moved: frozenset[str],
    found: Sequence[tuple[MMKPSolution | None, Plan | None]],
    setting: str,
) -> pd.DataFrame:
    mmkps = [model.between(variant) for variant in variants]
    amounts = [
        math.fsum(float(b.amount) for b in variant.catalog.budgets if b.name in moved)
        for variant in variants
    ]
    steps = np.array(amounts) / MILLION if moved else settings
    rows = []
    envelope = _envelope(mmkps, [solution for solution, _ in found])
    for point, (_, plan) in enumerate(found):
        row: dict[str, object] = {setting: settings[point]}
        if moved:
            row["amount"] = amounts[point]
        rows.append(row | _numbers(plan))
    frame = pd.DataFrame(rows)
    frame["envelope"] = envelope
    order = np.arange(len(frame)) if setting != "share" else np.arange(len(frame))[::-1]
    # what bounds a point bounds all that have fewer plans
    bound = np.fmin(frame["bound"].to_numpy(), envelope)[order[::-1]]
    frame["bound"] = np.fmin.accumulate(bound)[np.argsort(order[::-1])]
    frame.loc[frame["value"].isna(), ["bound", "envelope"]] = np.nan
    frame["bound"] = np.fmax(frame["bound"], frame["value"])
    frame["gap"] = [
        relative_gap(*pair) for pair in zip(frame["value"], frame["bound"], strict=True)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.gradient(envelope, steps) if len(frame) > 1 else np.array([np.nan])
    frame.insert(list(frame.columns).index("gap") + 1, "price", slope)
    return frame


def _numbers(plan: Plan | None) -> dict[str, object]:
    names = (
        "value",
        "bound",
        "gap",
        "lifted",
        "lifted_by_city",
        "P0",
        "P1",
        "duplicates",
        "spent",
    )
    if plan is None:
        return {**dict.fromkeys(names, math.nan), "status": "infeasible"}
    numbers = (
        plan.value,
        plan.bound,
        plan.gap,
        plan.lifted,
        plan.lifted_by_city,
        plan.rate("after"),
        plan.rate("after", "P1"),
        plan.duplicates,
        math.fsum(plan.budgets["spent"]),
    )
    return {**dict(zip(names, numbers, strict=True)), "status": plan.status}


def _envelope(mmkps: Sequence[MMKP], solutions: Sequence[MMKPSolution | None]) -> Floats:
    """float64[points]: the least of the bounds that the prices of all points prove at each."""
    lines = list(_lines(mmkps, solutions))
    return np.min(lines, axis=0) if lines else np.full(len(mmkps), np.nan)


def _lines(
    mmkps: Sequence[MMKP], solutions: Sequence[MMKPSolution | None]
) -> Iterator[list[float]]:
    for mine, solution in zip(mmkps, solutions, strict=True):
        if solution is None:
            continue
        own = bounds_term(mine.lower, mine.upper, solution.prices)
        households = dual_value(mine, solution.prices) - own
        yield [households + bounds_term(mmkp.lower, mmkp.upper, solution.prices) for mmkp in mmkps]
