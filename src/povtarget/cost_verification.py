"""An independent judge of plans of least cost, as `povtarget.verification` is of others.

The certificate of `povtarget.minimum_cost` is a price in rupiah for each row and for the goal.
With them no plan that reaches the goal costs less than

    y need - sum_r ( max(pi_r, 0) U_r + min(pi_r, 0) L_r )
           - sum_h max( 0 or nothing chosen, max_j (y part_hj - cost_hj - pi . usage_hj) )

where y, the rupiah that one more person costs, is minus the price of "limit:rate"; part and need
are those of the row that every plan keeping the goal must keep (`povtarget.rate_goal`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from povtarget.bounds import Line, coupling_lines, money, price_bound
from povtarget.bundles import Bundles, bundle_blocks
from povtarget.errors import Fault, InputError
from povtarget.evaluation import revalue
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem, city_alone
from povtarget.rate_goal import GOAL, Parts, RateGoal, Sums, bundle_changes, rate_goal
from povtarget.registry.error_model import ErrorModel
from povtarget.registry.prediction import Prediction
from povtarget.sayings import said
from povtarget.verification import (
    Verification,
    certificate_faults,
    household_faults,
    is_close,
    read_proposals,
    row_faults,
    stated_gap,
    table_faults,
)

Floats = NDArray[np.float64]

_NOISE = 1e-9  # of all persons: sums of probabilities in another order


def verify_cost(
    problem: TargetingProblem,
    plan: Plan,
    *,
    rate: float,
    confidence: float | None = None,
    errors: ErrorModel | Prediction | None = None,
    area: str = "area",
    grow: str | Iterable[str] = (),
    lines: str = "all",
) -> Verification:
    """Recompute all that a plan of least cost states.

    Parameters
    ----------
    problem
        The question that was asked.
    plan
        The plan.
    rate, confidence, errors, area, grow, lines
        As they were given to `povtarget.minimum_cost`.

    Returns
    -------
    Verification
        ``value`` and ``bound`` are minus rupiah a year; a goal that is missed is a violation.

    Raises
    ------
    InputError
        Where ``lines`` or what belongs to the goal is no argument of `povtarget.minimum_cost`.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(500, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> plan = pt.minimum_cost(problem, rate=0.067)
    >>> pt.verify_cost(problem, plan, rate=0.067).is_sound
    True
    >>> pt.verify_cost(problem, plan, rate=0.066).is_feasible
    False
    """
    if lines not in ("all", "city"):
        raise InputError(
            [Fault("unknown lines", "", None, "lines", str(lines), "'all' or 'city'")]
        )
    model = errors.errors if isinstance(errors, Prediction) else errors
    goal = rate_goal(problem, rate, confidence, model, area)
    if lines == "city":
        goal = replace(goal, problem=city_alone(goal.problem))
    question = goal.problem
    chosen, broken = read_proposals(question, plan.assignments)
    broken += household_faults(question, chosen)
    found = revalue(question, chosen)
    free = _growing(question, grow)
    rows = [
        replace(line, upper=math.inf) if line.name in free else line
        for line in coupling_lines(question)
    ]
    broken += row_faults(question, rows, chosen, found.first_gain, found.duplicates)
    before, served = goal.before(), np.flatnonzero(chosen.any(axis=1))
    change = goal.after(served, chosen[served]).minus(before.take(served))
    reached = goal.sums(before, change)
    missed = goal.excess(reached)
    if missed > _NOISE * math.fsum(question.households.persons.tolist()):
        broken.append(said("the goal is missed by {missed:,.6g} persons", missed=missed))
    bound = _bound(goal, plan, before, reached, rows)
    value = 0.0 - math.fsum(plan.budgets["spent"])
    misstated = [
        *certificate_faults(plan, [*(line.name for line in rows), GOAL], value, bound),
        *_level_faults(plan),
        *table_faults(question, plan, chosen, found.duplicates),
    ]
    return Verification(
        not broken, value, bound, stated_gap(value, plan.bound), (*broken, *misstated)
    )


def _growing(problem: TargetingProblem, grow: str | Iterable[str]) -> set[str]:
    """Names of the city's lines that may grow."""
    asked = {grow} if isinstance(grow, str) else set(grow)
    return {
        budget.name
        for budget in problem.catalog.budgets
        if budget.control == "city" and {budget.name, budget.agency} & asked
    }


def _bound(
    goal: RateGoal, plan: Plan, before: Parts, reached: Sums, rows: Sequence[Line]
) -> float:
    """Minus the least cost that the prices prove; infinite where a price has the wrong sign."""
    problem, price = goal.problem, plan.prices.get(GOAL, 0.0)
    if price > 0 or not all(map(math.isfinite, plan.prices.values())):
        return math.inf
    ends, nothing = None, before.take(np.empty(0, dtype=np.int64))
    if goal.z:
        changes = (bundle_changes(goal, before, bundles) for bundles in bundle_blocks(problem))
        ends = goal.ends(before, changes)
    unit_cost = np.array([float(program.unit_cost) for program in problem.catalog.programs])

    def worth(bundles: Bundles) -> Floats:
        part = goal.row(before, bundle_changes(goal, before, bundles), reached, ends)[0]
        return np.asarray(-price * part - money(problem, unit_cost, bundles))

    need = goal.row(before, nothing, reached, ends)[1]
    others = {name: value for name, value in plan.prices.items() if name != GOAL}
    proven = price_bound(problem, others, lines=rows, worth=worth) + price * need
    return min(proven, 0.0)


def _level_faults(plan: Plan) -> Iterator[str]:
    if [level.objective for level in plan.levels] != ["least cost"]:
        yield "the levels are not ['least cost']"
        return
    level = plan.levels[0]
    if not is_close(level.value, plan.value) or level.bound != plan.bound:
        yield "the level is not the plan's value and bound"
