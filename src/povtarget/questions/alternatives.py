"""Other plans nearly as good: which places are certain, and which a meeting may exchange.

At the prices of a certificate every household has a regret for each bundle: how much less than
its best bundle it is worth. Value and regrets of any plan add up to at most the price bound, so
a bundle whose regret exceeds bound less floor is in no plan that reaches the floor (reduced-cost
fixing; Nemhauser and Wolsey 1988, II.5). What is left open is not thereby free: one exact solve
says how many people's places can change at the same time, and shows such a plan.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from povtarget.bounds import price_bound
from povtarget.errors import Fault, InputError
from povtarget.evaluation import proposals_of
from povtarget.mmkp import MMKP, MMKPSolution, Status, relative_gap, solve_mmkp
from povtarget.mmkp.model import NONE
from povtarget.mmkp.pricing import price
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.questions.first_level import FirstLevel, first_only

Ints = NDArray[np.int64]

CERTAIN, OPEN = "certain", "open"
_NOISE = 1e-9  # relative: sums of float64 in another order


@dataclass(frozen=True, eq=False)
class Alternatives:
    """What every plan nearly as good has in common, and a plan that differs most.

    Parameters
    ----------
    floor
        The value that "nearly as good" means.
    frame
        Household and program, wherever some plan at or above the floor may have it: household_id,
        program, is_proposed (in ``plan``), is_proposed_otherwise (in ``other``), and standing:
        "certain" (every such plan has it: proven) or "open" (not proven either way). All other
        places are in no such plan.
    plan, other
        The plan asked about, and one at or above the floor in which most people's places differ.
    changed, most_changed
        Persons in families that have a place in ``plan`` and something else, or nothing, in
        ``other``; and a number that no plan at or above the floor exceeds.
    """

    floor: float
    frame: pd.DataFrame
    plan: Plan
    other: Plan
    changed: float
    most_changed: float

    def __repr__(self) -> str:
        counts = self.frame["standing"].value_counts()
        return (
            f"Alternatives(floor={self.floor:,.6g}, certain={counts.get(CERTAIN, 0):,}, "
            f"open={counts.get(OPEN, 0):,}, changed={self.changed:,.6g} of "
            f"{self.most_changed:,.6g} persons)"
        )


def alternatives(
    problem: TargetingProblem,
    *,
    loss: float = 0.001,
    gap: float = 1e-4,
    change_gap: float = 0.02,
    time_limit: float | None = None,
) -> Alternatives:
    """Find what all plans nearly as good share, and how many people's places could change.

    For a meeting in the kelurahan: what is open may be exchanged at next to no loss; what is
    certain may not.

    Parameters
    ----------
    problem
        The question; only its first objective is looked at.
    loss
        Share of the plan's value that may be lost.
    gap
        Relative gap of the plan. The smaller, the more is proven.
    change_gap
        Relative gap at which the search for the most different plan may stop.
    time_limit
        Seconds for each of the two solves, or None.

    Returns
    -------
    Alternatives
        A certificate in each direction: what is certain is proven, and so is ``most_changed``.

    Raises
    ------
    InputError
        For a loss outside 0 to 1.
    InfeasibleError
        Where no plan keeps every row.

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({"household_id": list("abc"),
    ...     "size": [4, 2, 2], "consumption": [95.0, 95.0, 95.0]}), poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("Dinsos", amount=500)])
    >>> answer = alternatives(pt.TargetingProblem(homes, catalog), loss=0)
    >>> answer.frame["standing"].tolist(), answer.changed
    (['certain', 'open', 'open'], 2.0)
    """
    if not 0 <= loss <= 1:
        expected = "a share from 0 to 1"
        raise InputError([Fault("not a loss", "", None, "loss", str(loss), expected)])
    began, model = time.monotonic(), FirstLevel.of(first_only(problem))
    found = solve_mmkp(model.mmkp, gap=gap, time_limit=time_limit)
    plan = model.plan(model.problem, found, gap, began)
    floor = plan.value - loss * abs(plan.value)
    began = time.monotonic()
    swap = _most_different(model, found.choice, floor)
    other = solve_mmkp(swap, gap=change_gap, time_limit=time_limit, start=found.choice)
    held = math.fsum(model.problem.households.persons[found.choice != NONE])
    second = model.plan(model.problem, _with_choice(model, found, other.choice, gap), gap, began)
    return Alternatives(
        floor,
        _frame(model, plan, second, floor),
        plan,
        second,
        held + other.value,
        held + other.bound,
    )


def _most_different(model: FirstLevel, choice: Ints, floor: float) -> MMKP:
    """Lose the persons of each household that keeps its bundle, with the value at a floor."""
    mmkp, persons = model.mmkp, model.problem.households.persons
    has = choice != NONE
    value = np.zeros(mmkp.num_items)
    value[choice[has]] = -persons[has]
    error = mmkp.usage_error
    if error is not None:
        blank = sparse.csr_array((mmkp.num_items, 1))
        error = sparse.csr_array(sparse.hstack([error, blank]))
    return MMKP(
        mmkp.group,
        value,
        sparse.hstack([mmkp.usage, sparse.csr_array(mmkp.value[:, None])]),
        np.append(mmkp.upper, np.inf),
        np.append(mmkp.lower, floor - 1e-12 * max(1.0, abs(floor))),
        mmkp.required,
        mmkp.num_groups,
        usage_error=error,
        row_names=(*mmkp.row_names, "level 1"),
    )


def _with_choice(model: FirstLevel, found: MMKPSolution, choice: Ints, gap: float) -> MMKPSolution:
    """Another choice with what is proven of all."""
    value = math.fsum(model.mmkp.value[choice[choice != NONE]])
    reached = relative_gap(value, found.bound)
    status = Status.OPTIMAL if reached <= gap else Status.UNPROVEN
    return replace(found, choice=choice, value=value, gap=reached, status=status)


def _frame(model: FirstLevel, plan: Plan, other: Plan, floor: float) -> pd.DataFrame:
    problem, mmkp = model.problem, model.mmkp
    priced = price(mmkp, np.array([plan.prices[name] for name in mmkp.row_names]))
    slack = price_bound(problem, plan.prices) - floor
    slack += _NOISE * max(1.0, abs(plan.bound))
    is_near = priced.regret(mmkp) <= slack
    nothing = ~mmkp.required & (priced.best <= slack)
    sets = model.formulation.bundles
    now, then = (proposals_of(problem, p.assignments) for p in (plan, other))
    parts = []
    for p, name in enumerate(problem.catalog.program_names):
        has = (sets.programs == p).any(axis=1)[sets.set_number]
        may = np.zeros(mmkp.num_groups, dtype=bool)
        may[mmkp.group[is_near & has]] = True
        without = nothing.copy()
        without[mmkp.group[is_near & ~has]] = True
        rows = np.flatnonzero(may)
        parts.append(
            pd.DataFrame(
                {
                    "household_id": problem.households.household_id[rows],
                    "program": name,
                    "is_proposed": now[rows, p],
                    "is_proposed_otherwise": then[rows, p],
                    "standing": np.where(without[rows], OPEN, CERTAIN),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["household_id", "program"], ignore_index=True)
