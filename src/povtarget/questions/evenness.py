"""Evenness between areas: how far the worst-served area can be raised, and what that costs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from povtarget.bundles import measure_before
from povtarget.errors import Fault, InputError
from povtarget.evaluation import proposals_of, revalue
from povtarget.mmkp import MMKP, solve_mmkp
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.strengthening import strengthen
from povtarget.objectives import AreaFloor
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem, area_names, area_sums, floor_names, varied
from povtarget.questions.first_level import FirstLevel, first_only

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shares offered to the first stage, as parts of what the relaxation reaches.
_OFFERED = np.concatenate([[0.0, 0.25, 0.5, 0.75, 0.9], np.linspace(0.95, 1.0, 101)])


@dataclass(frozen=True, eq=False)
class Evenness:
    """The plan that is best for the worst-served area, beside the plan that lifts most.

    Parameters
    ----------
    share, share_bound
        The least share of what there was that any area sees closed, and a number that no plan's
        least share exceeds.
    plan, problem
        The best plan in which every area reaches ``share``, and its question.
    most
        The plan without a floor between areas.
    frame
        By area: before (the first objective's measure), closed and share of both plans.
    """

    share: float
    share_bound: float
    plan: Plan
    problem: TargetingProblem
    most: Plan
    frame: pd.DataFrame

    @property
    def price(self) -> tuple[float, float]:
        """What evenness costs, in units of the first objective: at least and at most.

        Between the value of one plan and the bound of the other, either way; 0 at least.
        """
        least = self.most.value - self.plan.bound
        return max(least, 0.0), max(self.most.bound - self.plan.value, 0.0)

    def __repr__(self) -> str:
        least, most = self.price
        return (
            f"Evenness(share={self.share:.4f}, share_bound={self.share_bound:.4f}, "
            f"price={least:,.6g}..{most:,.6g}, areas={len(self.frame)})"
        )


def fairest(
    problem: TargetingProblem,
    *,
    by: str = "area",
    gap: float = 0.01,
    share_gap: float = 0.03,
    time_limit: float | None = None,
) -> Evenness:
    """Raise the worst-served area as far as the money can; then lift as many as it still can.

    First stage: the largest share s for which some plan closes s of the first objective's
    measure in every area (max-min; Rawls 1971). Second stage: the best plan with that floor, an
    `AreaFloor` as any other. Floors of the problem by the same column are replaced.

    Parameters
    ----------
    problem
        The question; only its first objective is looked at.
    by
        Column that names the area.
    gap
        Relative gap of the plans.
    share_gap
        Relative gap of the share at which the first stage may stop. Areas are few and households
        indivisible: the last percent takes longest.
    time_limit
        Seconds for each of the three solves, or None.

    Returns
    -------
    Evenness
        With a bound for the share, and certified plans with and without the floor.

    Raises
    ------
    InputError
        For a column that the households do not have.
    InfeasibleError
        Where no plan keeps the other rows.

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({
    ...     "household_id": list("abcd"), "size": [4, 4, 1, 1],
    ...     "consumption": [95.0, 95.0, 95.0, 95.0], "area": ["N", "N", "S", "S"]}),
    ...     poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("Dinsos", amount=500)])
    >>> even = fairest(pt.TargetingProblem(homes, catalog), gap=0, share_gap=0)
    >>> even.share, even.most.lifted, even.plan.lifted
    (0.5, 8.0, 5.0)
    """
    free = replace(first_only(problem), constraints=_other_floors(problem, by))
    model = FirstLevel.of(with_floor(free, by, 0.0))
    unfloored, began = FirstLevel.of(free), time.monotonic()
    best = solve_mmkp(unfloored.mmkp, gap=gap, time_limit=time_limit)
    most = unfloored.plan(free, best, gap, began)
    names = dict(zip(unfloored.mmkp.row_names, best.prices.tolist(), strict=True))
    share, bound, start = largest_share(model, by, share_gap, time_limit, prices=names)
    floored, began = with_floor(free, by, share), time.monotonic()
    even = solve_mmkp(
        model.between(floored),
        gap=gap,
        time_limit=time_limit,
        start=start,
        start_prices=np.array([names.get(name, 0.0) for name in model.mmkp.row_names]),
    )
    plan = model.plan(floored, even, gap, began)
    return Evenness(share, bound, plan, floored, most, by_area(floored, by, most, plan))


def with_floor(problem: TargetingProblem, by: str, share: float) -> TargetingProblem:
    """The question with another floor for the areas of a column.

    Raises
    ------
    InputError
        For a column that the households do not have, or a share outside 0 to 1.
    """
    floors = [*_other_floors(problem, by), AreaFloor(by=by, share=share)]
    return varied(problem, constraints=floors)


def _other_floors(problem: TargetingProblem, by: str) -> list[AreaFloor]:
    return [floor for floor in problem.constraints if floor.by != by]


def largest_share(
    model: FirstLevel,
    by: str,
    gap: float,
    time_limit: float | None = None,
    *,
    prices: Mapping[str, float],
) -> tuple[float, float, Ints]:
    """The largest share that every area can reach, a bound for it, and a choice that does.

    The share is one more group of the MMKP: its options are shares, and each asks for its part
    of every area's total. The relaxation says first which shares are worth offering.

    Parameters
    ----------
    model
        With a floor for the areas of ``by``, last among its constraints; its share plays no part.
    by
        The column.
    gap
        Relative gap at which to stop.
    time_limit
        Seconds, or None.
    prices
        The best ones without a floor, by row. They begin the relaxation: divided by what all
        areas have to close, and with each floor priced alike, they are the best ones for the
        share of all areas together, which the least one cannot exceed.
    """
    problem, floor = model.problem, model.problem.constraints[-1]
    names = floor_names(problem, floor)
    totals = np.array(area_sums(problem, floor, measure_before(problem)))
    rows = np.array([model.mmkp.row_names.index(name) for name in names])
    if not totals.any():
        raise InputError([Fault("no area has anything to close", column="by", value=by)])
    everything = _with_shares(model.mmkp, rows, totals, np.array([1.0]))
    together = np.array([prices.get(name, 0.0) for name in everything.row_names])
    together[rows] = -1.0
    together /= totals.sum()
    relaxed = minimise_dual(everything, strengthen(everything).scale, together)
    limit = min(max(relaxed.bound, 0.0), 1.0) if relaxed.is_feasible else 0.0
    asked = _with_shares(model.mmkp, rows, totals, np.unique(limit * _OFFERED))
    empty = asked.value.size == model.mmkp.num_items
    found = solve_mmkp(
        model.mmkp if empty else asked,
        gap=gap,
        time_limit=time_limit,
        start_prices=None if empty else relaxed.prices,
    )
    choice = found.choice[: model.mmkp.num_groups]
    chosen = choice[choice != NONE]
    gains = model.formulation.bundles.gains[0][chosen]
    area = area_names(problem.households, by)[1][model.mmkp.group[chosen]]
    closed = np.bincount(area, weights=gains, minlength=totals.size)
    reached = closed[totals > 0] / totals[totals > 0]
    share = min(max(float(reached.min()), 0.0), 1.0)  # the floor itself gives way to rounding
    return share, max(limit, share), choice


def _with_shares(mmkp: MMKP, rows: Ints, totals: Floats, shares: Floats) -> MMKP:
    """Maximise the share that every row reaches of its total; other values count nothing."""
    shares = shares[shares > 0]
    asks = np.zeros((shares.size, mmkp.num_rows))
    asks[:, rows] = -np.outer(shares, totals)
    lower = mmkp.lower.copy()
    lower[rows] = 0.0
    error = mmkp.usage_error
    if error is not None:
        error = sparse.csr_array(sparse.vstack([error, sparse.csr_array(asks.shape)]))
    return MMKP(
        np.concatenate([mmkp.group, np.full(shares.size, mmkp.num_groups)]),
        np.concatenate([np.zeros(mmkp.num_items), shares]),
        sparse.vstack([mmkp.usage, sparse.csr_array(asks)]),
        mmkp.upper,
        lower,
        np.append(mmkp.required, False),
        mmkp.num_groups + 1,
        usage_error=error,
        row_names=mmkp.row_names,
    )


def by_area(problem: TargetingProblem, by: str, most: Plan, even: Plan) -> pd.DataFrame:
    """Before and closed, by area, under two plans; judged from their proposals."""
    floor = AreaFloor(by=by, share=0.0)
    before = np.array(area_sums(problem, floor, measure_before(problem)))
    table = pd.DataFrame({"before": before}, index=pd.Index(_areas(problem, by), name=by))
    with np.errstate(invalid="ignore"):
        for name, plan in (("most", most), ("even", even)):
            gain = revalue(problem, proposals_of(problem, plan.assignments)).first_gain
            table[f"closed_{name}"] = area_sums(problem, floor, gain)
            table[f"share_{name}"] = table[f"closed_{name}"] / before  # NaN: nothing to close
    return table


def _areas(problem: TargetingProblem, by: str) -> list[str]:
    return [str(name) for name in area_names(problem.households, by)[0]]
