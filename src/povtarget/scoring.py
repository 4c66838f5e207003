"""Stored prices as a rule: what households would be proposed, without solving again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from povtarget.bundles import Bundles, bundle_blocks
from povtarget.formulation import formulate
from povtarget.mmkp.core import regrets, two_best
from povtarget.mmkp.model import NONE
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem


def score(problem: TargetingProblem, prices: Plan | Mapping[str, float]) -> pd.DataFrame:
    """What each household would be proposed at the prices of an earlier plan.

    Prices say what each rupiah and place is worth elsewhere. A household that arrives later, or
    whose data were corrected, gets the bundle that is worth most after paying these prices; near
    the best plan all others were chosen by the same rule. Nothing is reserved: whether budgets
    still have room is for the next `solve` (or an official) to say.

    Parameters
    ----------
    problem
        The households to score, with the catalogue of the plan; its budgets are not looked at.
    prices
        A plan, or its ``prices`` (first level's value per rupiah or place, by row name). A row
        that is not named has price 0.

    Returns
    -------
    DataFrame
        A row for each household: household_id, programs (names joined by " + ", "" for none),
        value (what the bundle adds to the first level), cost (what its rupiah and places are
        worth at these prices) and margin (by how much it beats the next best choice; a household
        with a small margin is a close call).

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, _ = pt.datasets.pekalongan(300, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, objective=pt.Headcount())
    >>> plan = pt.solve(problem)
    >>> rule = pt.score(problem, plan)
    >>> bool((rule["value"] >= rule["cost"]).all())
    True
    """
    stored = prices.prices if isinstance(prices, Plan) else prices
    households = len(problem.households)
    programs = np.full(households, "", dtype=object)
    value, cost = np.zeros(households), np.zeros(households)
    margin = np.full(households, np.inf)
    for bundles in bundle_blocks(problem):
        formulation = formulate(problem, bundles)
        mmkp = formulation.mmkp(0)
        paid = np.array([stored.get(row.name, 0.0) for row in formulation.rows])
        options = two_best(mmkp, regrets(mmkp, paid))
        here = np.unique(bundles.household)
        margin[here] = options.regret[here]
        served = here[options.best[here] != NONE]
        items = formulation.items(0)[options.best[served]]
        programs[served] = _names(problem, bundles)[bundles.set_number[items]]
        value[served] = formulation.values[0, items]
        cost[served] = np.asarray(formulation.usage[items] @ paid)
    return pd.DataFrame(
        {
            "household_id": problem.households.household_id,
            "programs": programs,
            "value": value,
            "cost": cost,
            "margin": margin,
        }
    )


def _names(problem: TargetingProblem, bundles: Bundles) -> np.ndarray:
    """Names of each set's programs as one text."""
    names = problem.catalog.program_names
    return np.array([" + ".join(names[p] for p in each) for each in bundles.sets], dtype=object)
