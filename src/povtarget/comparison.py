"""Plans and baselines side by side: same question, same budgets, same judge."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.indicator_tables import ALL, indicators
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.verification import verify

_BILLION = 1e9


def compare(
    problem: TargetingProblem, plans: Mapping[str, Plan | Callable[[TargetingProblem], Plan]]
) -> pd.DataFrame:
    """Judge plans and baselines of one question in one table.

    Parameters
    ----------
    problem
        The question.
    plans
        By a name for people: a plan, or a baseline (anything that makes a plan of a problem,
        such as ``povtarget.baselines.lottery``).

    Returns
    -------
    DataFrame
        A row for each, in the order given:

        - lifted_by_city, the headline: persons that lines under the city's control bring to the
          line by themselves; lifted: with the lines for which the city only proposes names (a
          plan that is best for all lines together may leave more of it to those lines);
        - P0_before, P0_after, P1_after, P2_after; gap_closed (Rp a year);
        - value: the first objective; of_best: value / the least bound that a plan here has
          proven (NaN where none has): 1 is proven to be the best possible;
        - spent, spent_by_city (Rp a year), lifted_per_billion (persons per Rp billion);
        - families and duplicates (of new proposals, weighted), undercoverage and leakage;
        - is_feasible: keeps every budget, quota, rule, minimum, floor and limit, by the
          independent judge; broken: how many things it does not keep or misstates.

    Raises
    ------
    InputError
        If there is nothing to compare, or a value is neither a plan nor makes one.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(300, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> plan = pt.solve(problem, gap=0.1)
    >>> table = compare(problem, {"best": plan, "lottery": pt.baselines.lottery})
    >>> bool(table.loc["best", "value"] > table.loc["lottery", "value"])
    True
    """
    faults = [
        Fault(
            "neither a plan nor a baseline",
            "compare",
            column=str(name),
            value=type(plan).__name__,
            expected="a Plan, or a function such as povtarget.baselines.lottery",
        )
        for name, plan in plans.items()
        if not isinstance(plan, Plan) and not callable(plan)
    ]
    if not plans:
        faults.append(Fault("nothing to compare", "compare", expected="one plan or more"))
    if faults:
        raise InputError(faults)
    made: dict[str, Any] = {
        name: plan if isinstance(plan, Plan) else plan(problem) for name, plan in plans.items()
    }
    wrong = [
        Fault(
            "the baseline made no plan", "compare", None, str(name), type(plan).__name__, "a Plan"
        )
        for name, plan in made.items()
        if not isinstance(plan, Plan)
    ]
    if wrong:
        raise InputError(wrong)
    return judge(problem, made)


def judge(problem: TargetingProblem, plans: Mapping[str, Plan]) -> pd.DataFrame:
    """The table of `compare` for plans that are made."""
    rows = {name: _row(problem, plan) for name, plan in plans.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("plan")
    bound = min((plan.bound for plan in plans.values()), default=math.inf)
    of_best = table["value"] / bound if 0 < bound < math.inf else np.nan
    table.insert(list(table.columns).index("value") + 1, "of_best", of_best)
    return table


def _row(problem: TargetingProblem, plan: Plan) -> dict[str, Any]:
    verdict = verify(problem, plan)
    measured = indicators(problem, plan).frame.loc[ALL]
    is_city = plan.budgets["control"] == "city"
    spent = float(plan.budgets["spent"].sum())
    return {
        "lifted_by_city": plan.lifted_by_city,
        "lifted": plan.lifted,
        "P0_before": plan.rate("before"),
        "P0_after": plan.rate("after"),
        "P1_after": plan.rate("after", "P1"),
        "P2_after": plan.rate("after", "P2"),
        "gap_closed": measured["gap_closed"],
        "value": verdict.value,
        "spent": spent,
        "spent_by_city": float(plan.budgets.loc[is_city, "spent"].sum()),
        "lifted_per_billion": plan.lifted / spent * _BILLION if spent > 0 else np.nan,
        "families": measured["families_receiving"],
        "duplicates": plan.duplicates,
        "undercoverage": measured["undercoverage"],
        "leakage": measured["leakage"],
        "is_feasible": verdict.is_feasible,
        "broken": len(verdict.violations),
    }
