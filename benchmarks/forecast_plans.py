"""Plans on what an agency knows, judged on what is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import povtarget as pt
from inside import most_lifted_with_gap

Floats = NDArray[np.float64]

LEVELS = (pt.Headcount(), pt.PovertyGap())
WAYS = {
    "truth": "true consumption (nobody has it)",
    "median": "the median alone, as if known",
    "sigma": "the median with sigma: expected poverty",
    "floor": "the same, with the expected gap of lowest first as a floor",
    "lowest": "each program down the list, lowest prediction first",
    "deciles": "each program down decile lists, in the order of the list within a decile",
}


def plans(
    frame: pd.DataFrame,
    truth: Floats,
    catalog: pt.Catalog,
    line: float,
    *,
    decile: Floats,
    receipts: pd.DataFrame | None = None,
    gap: float = 2e-2,
    time_limit: float | None = None,
) -> dict[str, tuple[pt.TargetingProblem, pd.DataFrame, pt.Plan | None]]:
    """For each way its question, what it proposes, and the plan with prices where one was solved.

    Parameters
    ----------
    frame
        The registry with consumption (median) and sigma.
    truth
        True consumption, Rp per person per month.
    catalog, line, receipts
        The rest of the question.
    decile
        The list's decile of each household.
    gap, time_limit
        For each solve.
    """

    def ask(**columns: Any) -> pt.TargetingProblem:
        households = pt.Households.from_frame(frame.assign(**columns), poverty_line=line)
        return pt.TargetingProblem(households, catalog, receipts=receipts, objective=LEVELS)

    expected, known, plain = ask(), ask(consumption=truth, sigma=0.0), ask(sigma=0.0)
    ranked = ask(consumption=decile, sigma=0.0)
    lists = pt.baselines.uncoordinated
    lowest = lists(expected).assignments
    found: dict[str, tuple[pt.TargetingProblem, pd.DataFrame, pt.Plan | None]] = {}
    for name, problem in (("truth", known), ("median", plain), ("sigma", expected)):
        plan = pt.solve(problem, gap=gap, time_limit=time_limit)
        found[name] = problem, plan.assignments, plan
    found["floor"] = expected, most_lifted_with_gap(expected, lowest, gap), None
    found["lowest"] = expected, lowest, None
    found["deciles"] = expected, lists(ranked).assignments, None
    return found


def judged(
    problem: pt.TargetingProblem,
    assignments: pd.DataFrame,
    truth: Floats,
    rng: np.random.Generator | None = None,
) -> dict[str, float]:
    """What proposals do to true consumption.

    Parameters
    ----------
    problem
        The question; its registry must be sorted by household_id as ``truth`` is.
    assignments
        Proposals.
    truth
        True consumption.
    rng
        Decides which programs work; None takes the expectation over that.

    Returns
    -------
    dict
        lifted (persons), gap (closed, persons times the line), exclusion and inclusion (shares of
        persons), wasted (share of the money that goes to households above the line).
    """
    households, programs = problem.households, problem.catalog
    row = households.positions(assignments["household_id"])
    success = np.array([float(program.success) for program in programs.programs])
    gains = np.array([program.gain_per_unit for program in programs.programs], dtype=float)
    program = programs.positions(assignments["program"])
    gain = gains[program] * assignments["units"].to_numpy()
    missing = 12 * households.size * (households.line - truth) - problem.standing.baseline_gain
    persons, is_below = households.persons, missing > 0
    lifted, gap = np.zeros(len(households)), np.zeros(len(households))
    outcomes = _outcomes(row, gain, success[program], rng)
    for chance, total in outcomes(len(households)):
        lifted += chance * (is_below & (total >= missing))
        gap += chance * np.minimum(total, np.maximum(missing, 0.0))
    served = np.zeros(len(households), dtype=bool)
    served[row] = True
    cost = assignments["cost"].to_numpy()
    return {
        "lifted": float(np.sum(persons * lifted)),
        "gap": float(np.sum(households.weight * gap / 12 / households.line)),
        "exclusion": float(persons[is_below & ~served].sum() / persons[is_below].sum()),
        "inclusion": float(persons[~is_below & served].sum() / max(persons[served].sum(), 1e-9)),
        "wasted": float(cost[~is_below[row]].sum() / max(cost.sum(), 1e-9)),
    }


def _outcomes(row: Any, gain: Floats, success: Floats, rng: np.random.Generator | None) -> Any:
    """Chances and yearly gains of households: one drawn outcome, or every one."""

    def drawn(households: int) -> Any:
        works = rng.random(row.size) < success
        yield np.ones(households), np.bincount(row, gain * works, minlength=households)

    def expected(households: int) -> Any:
        rank = pd.Series(row).groupby(row).cumcount().to_numpy()
        for mask in range(2 ** (int(rank.max(initial=-1)) + 1)):
            works = (mask >> rank) & 1 == 1
            share = np.where(works, success, 1.0 - success)
            chance = np.ones(households)
            np.multiply.at(chance, row, share)
            # Bits beyond a household's programs would count its outcomes twice.
            extra = np.ones(households)
            number = np.bincount(row, minlength=households)
            extra[(mask >> number) > 0] = 0.0
            yield chance * extra, np.bincount(row, gain * works, minlength=households)

    return expected if rng is None else drawn
