"""The least money that brings the rate of persons below the line to a goal.

The levels of a plan change places: rupiah is minimised, and persons lifted become a row with a
lower bound, "limit:rate". With a stated confidence the goal is met by the random count H of
persons below the line after the plan, not by its mean only:

    M(x) + z sqrt(V(x)) <= rate * persons,   M = sum w n p,   V = sum w n^2 p (1 - p)           (1)

in the normal approximation for independent families (each family's members are below the line
together; z is the quantile of the confidence). V adds up over families like M, so for any s > 0

    M + z (V + s^2) / (2 s) <= rate * persons                                                   (2)

is a row that implies (1), tight where sqrt(V) = s, as the tangent of a concave root lies above
it; and with the chord of the root between the least and the most that sqrt(V) can be, (2) is a
row that (1) implies. The plan comes from tangents, its bound from the chord.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.errors import Change, Fault, InfeasibleError, InputError
from povtarget.mmkp import MMKP, MMKPSolution, Status, relative_gap
from povtarget.mmkp.dual import minimise_dual
from povtarget.mmkp.model import NONE
from povtarget.mmkp.pricing import dual_value
from povtarget.mmkp.strengthening import strengthen
from povtarget.objectives import Headcount
from povtarget.plan import MILLION, Certificate, Level, Plan, make_plan
from povtarget.problem import TargetingProblem
from povtarget.questions.first_level import (
    FirstLevel,
    city_alone,
    city_lines,
    has_programs,
    improved,
)
from povtarget.solving import proposals
from povtarget.valuation import proposed_shortfalls, shortfall

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GOAL = "limit:rate"
"""Name of the goal's row among a plan's prices: rupiah per person lifted."""

_HAIR = 1e-12  # of all persons: what sums of probabilities may lose
_MOST_TANGENTS = 4
_SETTLED = 1e-4  # relative: two roots of the variance that are the same


def minimum_cost(
    problem: TargetingProblem,
    *,
    rate: float,
    confidence: float | None = None,
    grow: str | Iterable[str] = (),
    lines: str = "all",
    gap: float = 1e-4,
    time_limit: float | None = None,
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
        from 0.5, with which the true rate of these families must be at or under the goal.
    grow
        Lines of the city, by name or agency, that may grow as needed; their quotas still hold.
    lines
        "all", or "city": only what the city's own lines achieve counts and costs.
    gap
        Relative gap at which the search may stop.
    time_limit
        Seconds for each solve, or None.

    Returns
    -------
    Plan
        ``value`` is minus its cost (Rp a year); nothing reaches the goal for less than minus
        ``bound``. In ``budgets`` a line that must be raised has ``left`` below 0; ``warnings``
        says by how much. ``prices["limit:rate"]`` is minus the rupiah that one more person costs.

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
    asked = _Asked.of(problem, rate, confidence, grow, lines)
    tangent = asked.spread_of(None)
    for _ in range(_MOST_TANGENTS):
        found = _cheapest(asked, tangent, gap, time_limit)
        spread = asked.spread_of(found.choice)
        if not asked.z or abs(spread - tangent) <= _SETTLED * tangent:
            break
        tangent = spread
    bound, prices = _bound(asked, found)
    return _plan(asked, found, bound, prices, gap, began)


@dataclass(frozen=True, eq=False)
class _Asked:
    """The goal, and what each item does for it.

    ``mean`` and ``variance`` are float64[items]: by how much an item lowers M and V;
    ``before`` has M and V of the families before the plan; ``limit`` is rate * persons.
    """

    model: FirstLevel
    cost: Floats
    mean: Floats
    variance: Floats
    before: tuple[float, float]
    rate: float
    limit: float
    z: float

    @classmethod
    def of(
        cls,
        problem: TargetingProblem,
        rate: float,
        confidence: float | None,
        grow: str | Iterable[str],
        lines: str,
    ) -> _Asked:
        _check(problem, rate, confidence, lines)
        names = {line.name for line in city_lines(problem, grow, "grow")} if grow else set()
        problem = city_alone(problem) if lines == "city" else problem
        plain = _of_persons(problem)
        model = FirstLevel.of(plain)
        mmkp, bundles, households = model.mmkp, model.formulation.bundles, plain.households
        is_free = np.array([name in names for name in mmkp.row_names])
        mmkp = mmkp.with_bounds(mmkp.lower, np.where(is_free, np.inf, mmkp.upper))
        everyone = np.arange(len(households))
        now = shortfall(households, everyone, plain.standing.baseline_gain, 0)
        mine = bundles.household
        after = proposed_shortfalls(plain, mine, has_programs(model)[bundles.set_number], (0,))[0]
        after = np.minimum(after, now[mine])
        persons = households.persons
        squared = persons * households.size
        budgets = [b for b in plain.catalog.budgets if b.control != "fixed"]
        paid = mmkp.usage[:, [mmkp.row_names.index(budget.name) for budget in budgets]]
        limit = rate * math.fsum(persons.tolist())
        asked = cls(
            replace(model, mmkp=mmkp),
            np.asarray(paid.sum(axis=1)).ravel() / MILLION,
            persons[mine] * (now[mine] - after),
            squared[mine] * (now * (1 - now))[mine] - squared[mine] * after * (1 - after),
            (math.fsum(persons * now), math.fsum(squared * now * (1 - now))),
            rate,
            limit + _HAIR * math.fsum(persons.tolist()),
            0.0 if confidence is None else NormalDist().inv_cdf(confidence),
        )
        asked.refuse_reached()
        return asked

    def refuse_reached(self) -> None:
        """Raise where the goal is reached without a plan."""
        mean, variance = self.before
        if mean + self.z * math.sqrt(variance) <= self.limit:
            now = self.rate * (mean + self.z * math.sqrt(variance)) / self.limit
            expected = f"a rate below {now:.6g}, which holds without a plan"
            fault = Fault("this rate is reached already", column="rate", value=f"{self.rate:g}")
            raise InputError([replace(fault, expected=expected)])

    def spread_of(self, choice: Ints | None) -> float:
        """sqrt(V) of a choice; None: of nothing."""
        chosen = np.empty(0, dtype=np.int64) if choice is None else choice[choice != NONE]
        return math.sqrt(max(self.before[1] - math.fsum(self.variance[chosen]), 0.0))

    def row(self, slope: float, level: float) -> tuple[Floats, float]:
        """Items' part in M + slope * V + level <= limit, and what they must add up to."""
        need = self.before[0] + slope * self.before[1] + level - self.limit
        return self.mean + slope * self.variance, need

    def tangent(self, spread: float) -> tuple[Floats, float]:
        """The row (2) at a spread."""
        if not self.z or not spread:
            return self.row(0.0, 0.0)
        return self.row(self.z / (2 * spread), self.z * spread / 2)

    def chord(self) -> tuple[Floats, float]:
        """The row of the chord between the least and the most spread that a plan can leave."""
        if not self.z:
            return self.row(0.0, 0.0)
        mmkp = self.model.mmkp
        falling = _with_values(mmkp, np.maximum(self.variance, 0.0))
        strong = strengthen(falling)
        most_fall = minimise_dual(strong.problem, strong.scale).bound
        rise = np.zeros(mmkp.num_groups)
        np.maximum.at(rise, mmkp.group, -self.variance)
        least = math.sqrt(max(self.before[1] - most_fall, 0.0))
        most = math.sqrt(self.before[1] + math.fsum(rise))
        if not most:
            return self.row(0.0, 0.0)
        return self.row(self.z / (least + most), self.z * least * most / (least + most))

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


def _of_persons(problem: TargetingProblem) -> TargetingProblem:
    """The same question in which persons lifted are all that counts."""
    rules = [rule for rule in problem.catalog.rules if rule.kind != "penalise"]
    return replace(
        problem,
        objective=Headcount(),
        overlap=replace(problem.overlap, weight=0.0),
        catalog=replace(problem.catalog, rules=rules),
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


def _check(problem: TargetingProblem, rate: float, confidence: float | None, lines: str) -> None:
    faults = []
    if not 0 <= rate <= 1:
        expected = "a share from 0 to 1, such as 0.0589 for 5.89 percent"
        faults.append(Fault("not a rate", column="rate", value=str(rate), expected=expected))
    if confidence is not None and not 0.5 <= confidence < 1:
        expected = "a chance from 0.5 to below 1, or None"
        faults.append(Fault("not a confidence", "", None, "confidence", str(confidence), expected))
    if lines not in ("all", "city"):
        faults.append(Fault("unknown lines", "", None, "lines", str(lines), "'all' or 'city'"))
    if problem.constraints and not isinstance(problem.levels[0], Headcount):
        expected = "a first objective Headcount(), or no area floor"
        faults.append(
            Fault("the area floors are not of persons", column="constraints", expected=expected)
        )
    if faults:
        raise InputError(faults)


def _cheapest(asked: _Asked, spread: float, gap: float, time_limit: float | None) -> MMKPSolution:
    """The cheapest choice that keeps the row at a tangent."""
    row = part, need = asked.tangent(spread)
    most = improved(_with_values(asked.model.mmkp, part), None, gap, time_limit)
    if most.bound < need:
        raise _out_of_reach(asked, most)
    start = replace(most, prices=np.zeros(most.prices.size + 1))
    return improved(asked.least_cost(row), start, gap, time_limit)


def _out_of_reach(asked: _Asked, most: MMKPSolution) -> InfeasibleError:
    """How far the money goes, what binds there, and what no money would change."""
    mmkp, problem = asked.model.mmkp, asked.model.problem
    chosen = most.choice[most.choice != NONE]
    persons = math.fsum(problem.households.persons)
    after = asked.before[0] - math.fsum(asked.mean[chosen])
    reached = (after + asked.z * asked.spread_of(most.choice)) / persons
    binding = [
        name for name, price in zip(mmkp.row_names, most.prices, strict=True) if abs(price) > 1e-15
    ]
    best = np.zeros(mmkp.num_groups)
    np.maximum.at(best, mmkp.group, asked.mean)
    now = problem.households.persons * shortfall(
        problem.households, np.arange(mmkp.num_groups), problem.standing.baseline_gain, 0
    )
    reach = np.diff(mmkp.starts) > 0
    unreached, too_small = math.fsum(now[~reach]), math.fsum((now - best)[reach])
    note = (
        f"of {after:,.1f} persons still below the line, {unreached:,.1f} are in families that no "
        f"program can serve (eligibility, rules), {too_small:,.1f} would stay below with the most "
        f"that their family may get (size of benefits), and {after - unreached - too_small:,.1f} "
        "are shut out by money and places"
    )
    return InfeasibleError([*binding, GOAL], [Change(GOAL, asked.rate, reached)], note)


def _bound(asked: _Asked, found: MMKPSolution) -> tuple[float, Floats]:
    """The bound in million rupiah, and its prices; with a confidence, from the chord's row."""
    if not asked.z:
        return found.bound, found.prices
    strong = strengthen(asked.least_cost(asked.chord()))
    dual = minimise_dual(strong.problem, strong.scale, found.prices)
    return min(dual_value(strong.problem, dual.prices), 0.0), dual.prices


def _plan(
    asked: _Asked, found: MMKPSolution, bound: float, prices: Floats, gap: float, began: float
) -> Plan:
    problem, formulation = asked.model.problem, asked.model.formulation
    chosen = found.choice[found.choice != NONE]
    duplicates = 0.0 - math.fsum(formulation.values[-1][chosen])
    certificate = Certificate(
        0.0, 0.0, 0.0, found.bound_source, (), "", gap, found.engine, 0.0,
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
        f"raise '{name}' by Rp {-left:,.0f} a year"
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
