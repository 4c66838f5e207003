"""The least money that brings the rate of persons below the line to a goal.

The levels of a plan change places: rupiah is minimised, and persons lifted become a row with a
lower bound, "limit:rate". With a stated confidence the row is one of `povtarget.rate_goal`: the
plan is cheapest on a tangent, moved until the goal itself is kept; the bound comes from a row that
every plan which keeps the goal must keep. `povtarget.verify_cost` checks both.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.errors import Change, Fault, InfeasibleError, InputError, SolverError
from povtarget.mmkp import MMKP, MMKPSolution, Status, relative_gap
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.pricing import dual_value
from povtarget.mmkp.rational import violations
from povtarget.mmkp.strengthening import strengthen
from povtarget.plan import MILLION, Certificate, Level, Plan, make_plan
from povtarget.problem import TargetingProblem, city_alone
from povtarget.questions.first_level import FirstLevel, city_lines, improved
from povtarget.rate_goal import GOAL, Parts, RateGoal, Sums, bundle_changes, rate_goal
from povtarget.registry.error_model import ErrorModel
from povtarget.registry.prediction import Prediction
from povtarget.sayings import said
from povtarget.solving import proposals
from povtarget.valuation import shortfall

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_TANGENTS = 8
_SETTLED = 1e-4  # relative: two deviations that are the same


def minimum_cost(
    problem: TargetingProblem,
    *,
    rate: float,
    confidence: float | None = None,
    errors: ErrorModel | Prediction | None = None,
    area: str = "area",
    grow: str | Iterable[str] = (),
    lines: str = "all",
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Plan | None = None,
) -> Plan:
    """Find the plan of least rupiah after which the rate of persons is at most a goal.

    Parameters
    ----------
    problem
        The question; budgets, quotas, rules, locks and limits hold. Its objectives, priorities
        and weights play no part; area floors must be of persons (a first objective `Headcount`).
    rate
        Share of persons below the line that must be reached, such as 0.0589.
    confidence
        None: in expectation, which the true rate exceeds every other time. Else the chance,
        from 0.5, with which the true rate of these families must be at or under the goal, in the
        normal approximation.
    errors
        With a confidence: how errors of predictions hang together, as in `povtarget.forecast`.
        What an area or the whole survey gets wrong does not average out, so that the margin is
        wider. None: each family's error is its own. ``ErrorModel.of_areas`` states one share.
    area
        Column that names the area of the errors; left out where there is none.
    grow
        Lines of the city, by name or agency, that may grow as needed; their quotas still hold.
    lines
        "all", or "city": only what the city's own lines achieve counts and costs.
    gap
        Relative gap at which the search may stop.
    time_limit
        Seconds for each solve, or None.
    start
        A plan to begin from; its proposals are kept where they hold and mended where they do not.

    Returns
    -------
    Plan
        ``value`` is minus its cost (Rp a year); nothing reaches the goal for less than minus
        ``bound``. In ``budgets`` a line that must be raised has ``left`` below 0; ``warnings``
        says by how much. ``prices["limit:rate"]`` is minus the rupiah that one more person costs.
        `povtarget.verify_cost` recomputes all of it.

    Raises
    ------
    InputError
        For a rate that is no share or is reached already, an unusable confidence, or lines that
        the city does not decide.
    InfeasibleError
        Where no plan reaches the goal: ``remedy`` holds the best rate that can be reached,
        ``conflict`` the rows that bind there, and the message what else stands in the way.

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({"household_id": list("abcd"),
    ...     "size": [2, 4, 1, 3], "consumption": [95.0, 95.0, 90.0, 200.0]}), poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("Dinsos", amount=500)])
    >>> plan = minimum_cost(pt.TargetingProblem(homes, catalog), rate=0.3, gap=0)
    >>> plan.value, plan.rate("after")
    (-240.0, 0.3)
    """
    began = time.monotonic()
    model = errors.errors if isinstance(errors, Prediction) else errors
    asked = _Asked.of(problem, rate_goal(problem, rate, confidence, model, area), grow, lines)
    found = _cheapest(asked, asked.known(start), gap, time_limit)
    bound, prices, source = _bound(asked, found)
    return _plan(asked, found, bound, prices, source, gap, began)


@dataclass(frozen=True, eq=False)
class _Asked:
    """The goal, and what each item does for it; ``cost`` is million rupiah."""

    model: FirstLevel
    goal: RateGoal
    cost: Floats
    before: Parts
    change: Parts

    @classmethod
    def of(
        cls, problem: TargetingProblem, goal: RateGoal, grow: str | Iterable[str], lines: str
    ) -> _Asked:
        if lines not in ("all", "city"):
            fault = Fault("unknown lines", "", None, "lines", str(lines), "'all' or 'city'")
            raise InputError([fault])
        names = {line.name for line in city_lines(problem, grow, "grow")} if grow else set()
        if lines == "city":
            goal = replace(goal, problem=city_alone(goal.problem))
        model = FirstLevel.of(goal.problem)
        mmkp, bundles = model.mmkp, model.formulation.bundles
        is_free = np.array([name in names for name in mmkp.row_names])
        mmkp = mmkp.with_bounds(mmkp.lower, np.where(is_free, np.inf, mmkp.upper))
        budgets = [b for b in goal.problem.catalog.budgets if b.control != "fixed"]
        paid = mmkp.usage[:, [mmkp.row_names.index(budget.name) for budget in budgets]]
        cost = np.asarray(paid.sum(axis=1)).ravel() / MILLION
        before = goal.before()
        change = bundle_changes(goal, before, bundles)
        asked = cls(replace(model, mmkp=mmkp), goal, cost, before, change)
        asked.refuse_reached()
        return asked

    def refuse_reached(self) -> None:
        """Raise where the goal is reached without a plan."""
        goal = self.goal
        excess = goal.excess(self.sums(None))
        if excess <= 0:
            now = goal.rate * (1 + excess / goal.limit)
            expected = said("a rate below {now:.6g}, which holds without a plan", now=now)
            fault = Fault("this rate is reached already", column="rate", value=f"{goal.rate:g}")
            raise InputError([replace(fault, expected=expected)])

    def sums(self, choice: Ints | None) -> Sums:
        """M, V and G of a choice; None: of nothing."""
        chosen = np.empty(0, dtype=np.int64) if choice is None else choice[choice != NONE]
        return self.goal.sums(self.before, self.change.take(chosen))

    def row(self, reference: Sums, ends: tuple[float, float] | None) -> tuple[Floats, float]:
        """Items' part in the row of the goal, and what they must add up to."""
        return self.goal.row(self.before, self.change, reference, ends)

    def known(self, plan: Plan | None) -> MMKPSolution | None:
        """A plan as a solution, where it keeps every row of the question."""
        mmkp = self.model.mmkp
        if plan is None:
            return None
        choice = self.model.choice(plan)
        if violations(mmkp, choice):
            return None
        prices = np.array([plan.prices.get(name, 0.0) for name in mmkp.row_names]) / MILLION
        value = -math.fsum(self.cost[choice[choice != NONE]].tolist())
        return MMKPSolution(
            choice, value, 0.0, math.inf, prices, Status.UNPROVEN, "none", 0.0, "", lambda: 0.0
        )

    def least_cost(self, row: tuple[Floats, float]) -> MMKP:
        """Minimise million rupiah above a row of the goal."""
        mmkp, (part, need) = self.model.mmkp, row
        error = mmkp.usage_error
        if error is not None:
            blank = sparse.csr_array((mmkp.num_items, 1))
            error = sparse.csr_array(sparse.hstack([error, blank]))
        return MMKP(
            mmkp.group,
            -self.cost,
            sparse.hstack([mmkp.usage, sparse.csr_array(part[:, None])]),
            np.append(mmkp.upper, np.inf),
            np.append(mmkp.lower, need),
            mmkp.required,
            mmkp.num_groups,
            usage_error=error,
            row_names=(*mmkp.row_names, GOAL),
        )


def _with_values(mmkp: MMKP, value: Floats) -> MMKP:
    return MMKP(
        mmkp.group,
        value,
        mmkp.usage,
        mmkp.upper,
        mmkp.lower,
        mmkp.required,
        mmkp.num_groups,
        usage_error=mmkp.usage_error,
        row_names=mmkp.row_names,
    )


def _cheapest(
    asked: _Asked, known: MMKPSolution | None, gap: float, time_limit: float | None
) -> MMKPSolution:
    """The cheapest choice found that keeps the goal itself.

    Rows are tangents at the choice before; what a choice still lacks is added to the next need.
    """
    reference, margin, best = asked.sums(None), 0.0, None
    for _ in range(_MOST_TANGENTS):
        part, need = asked.row(reference, None)
        need += margin
        start = _able(asked, part, need, known, gap, time_limit)
        found = improved(asked.least_cost((part, need)), start, gap, time_limit)
        reached = asked.sums(found.choice)
        excess = asked.goal.excess(reached)
        if excess <= 0 and (best is None or found.value > best.value):
            best = found
        if not asked.goal.z:
            return found
        change = abs(reached.deviation - reference.deviation)
        if best is not None and excess <= 0 and change <= _SETTLED * reference.deviation:
            return best
        reference, known = reached, replace(found, prices=found.prices[:-1])
        if asked.goal.is_shared:
            margin = 2 * margin + excess if excess > 0 else margin
    if best is None:
        raise SolverError(
            said("no plan kept the goal within {most} steps towards it", most=_MOST_TANGENTS)
        )
    return best


def _able(
    asked: _Asked,
    part: Floats,
    need: float,
    known: MMKPSolution | None,
    gap: float,
    time_limit: float | None,
) -> MMKPSolution:
    """A choice that keeps the row of the goal: the known one, or what lifts most."""
    if known is not None:
        lifted = math.fsum(part[known.choice[known.choice != NONE]].tolist())
        if lifted >= need:
            return replace(known, prices=np.append(known.prices, 0.0))
    start = None if known is None else replace(known, prices=np.zeros(asked.model.mmkp.num_rows))
    most = improved(_with_values(asked.model.mmkp, part), start, gap, time_limit)
    if most.bound < need:
        raise _out_of_reach(asked, most)
    return replace(most, prices=np.zeros(most.prices.size + 1))


def _out_of_reach(asked: _Asked, most: MMKPSolution) -> InfeasibleError:
    """How far the money goes, what binds there, and what no money would change."""
    mmkp, problem = asked.model.mmkp, asked.model.problem
    persons, sums = math.fsum(problem.households.persons.tolist()), asked.sums(most.choice)
    after = sums.mean
    reached = (after + asked.goal.z * sums.deviation) / persons
    binding = [
        name for name, price in zip(mmkp.row_names, most.prices, strict=True) if abs(price) > 1e-15
    ]
    best = np.zeros(mmkp.num_groups)
    np.maximum.at(best, mmkp.group, -asked.change.mean)
    now = problem.households.persons * shortfall(
        problem.households, np.arange(mmkp.num_groups), problem.standing.baseline_gain, 0
    )
    reach = np.diff(mmkp.starts) > 0
    unreached, too_small = math.fsum(now[~reach]), math.fsum((now - best)[reach])
    note = said(
        "of {after:,.1f} persons still below the line, {unreached:,.1f} are in "
        "families that no program can serve (eligibility, rules), {too_small:,.1f} "
        "would stay below with the most that their family may get (size of benefits), "
        "and {shut_out:,.1f} are shut out by money and places",
        after=after,
        unreached=unreached,
        too_small=too_small,
        shut_out=after - unreached - too_small,
    )
    return InfeasibleError([*binding, GOAL], [Change(GOAL, asked.goal.rate, reached)], note)


def _bound(asked: _Asked, found: MMKPSolution) -> tuple[float, Floats, str]:
    """The bound in million rupiah, its prices, and where it is from."""
    if not asked.goal.z:
        return found.bound, found.prices, found.bound_source
    ends = asked.goal.ends(asked.before, [asked.change])
    strong = strengthen(asked.least_cost(asked.row(asked.sums(found.choice), ends)))
    dual = minimise_dual(strong.problem, strong.scale, found.prices)
    return min(dual_value(strong.problem, dual.prices), 0.0), dual.prices, "prices"


def _plan(
    asked: _Asked,
    found: MMKPSolution,
    bound: float,
    prices: Floats,
    source: str,
    gap: float,
    began: float,
) -> Plan:
    problem, formulation = asked.model.problem, asked.model.formulation
    chosen = found.choice[found.choice != NONE]
    duplicates = 0.0 - math.fsum(formulation.values[-1][chosen])
    certificate = Certificate(
        0.0, 0.0, 0.0, source, (), "", gap, found.engine, 0.0,
        dict(zip((*asked.model.mmkp.row_names, GOAL), (prices * MILLION).tolist(), strict=True)),
    )  # fmt: skip
    plan = make_plan(problem, proposals(formulation.bundles, chosen), duplicates, certificate)
    value = 0.0 - math.fsum(plan.budgets["spent"])
    bound = max(bound * MILLION, value)
    reached = relative_gap(value, bound)
    status = str(Status.OPTIMAL) if reached <= gap else str(found.status)
    if status == "optimal" and reached > gap:
        status = str(Status.UNPROVEN)
    raised = [
        said("raise '{name}' by Rp {amount:,.0f} a year", name=name, amount=-left)
        for name, left in plan.budgets["left"].items()
        if left < 0
    ]
    return replace(
        plan,
        value=value,
        bound=bound,
        gap=reached,
        levels=(Level("least cost", value, bound),),
        status=status,
        runtime=time.monotonic() - began,
        warnings=(*plan.warnings, *raised),
    )
