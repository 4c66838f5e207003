"""An independent judge of plans: it recomputes everything and trusts nothing.

Nothing here comes from an engine or from the formulation that engines see. Money and places are
summed as rationals of the stored numbers; the price bound is recomputed from the households.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.bounds import Line, coupling_lines, price_bound
from povtarget.evaluation import revalue
from povtarget.exact import exact_dot
from povtarget.plan import ASSIGNMENT_COLUMNS, Certificate, Plan, level_gap, make_plan
from povtarget.problem import TargetingProblem, area_sums, floor_names
from povtarget.sayings import said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NOISE = 1e-9  # relative: sums of float64 in another order


@dataclass(frozen=True)
class Verification:
    """What the judge found.

    Parameters
    ----------
    is_feasible
        Every household, rule, budget, quota, minimum, floor, limit and lock is kept, exactly.
    value
        The first level's value, recomputed.
    bound
        The bound that the plan's prices prove, recomputed; infinite where it has no prices.
    gap
        Between the recomputed value and the plan's bound.
    violations
        Everything that is wrong with the plan, in words: broken conditions and stated numbers
        that are not so. Empty for a sound plan.
    """

    is_feasible: bool
    value: float
    bound: float
    gap: float
    violations: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the plan is feasible and all that it states is so."""
        return not self.violations


def verify(problem: TargetingProblem, plan: Plan) -> Verification:
    """Recompute a plan's feasibility, value, bound and every number that it states.

    Parameters
    ----------
    problem
        The question that the plan claims to answer.
    plan
        The plan; from anywhere.

    Returns
    -------
    Verification
        With every violation found.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, _ = pt.datasets.pekalongan(100)
    >>> problem = pt.TargetingProblem(households, catalog)
    >>> plan = pt.solve(problem, gap=0.01)
    >>> verify(problem, plan).is_sound
    True
    >>> from dataclasses import replace
    >>> verify(problem, replace(plan, value=plan.value + 1)).is_sound
    False
    """
    chosen, broken = read_proposals(problem, plan.assignments)
    broken += [*household_faults(problem, chosen)]
    found = revalue(problem, chosen)
    values, floor_gain, duplicates = found.values, found.first_gain, found.duplicates
    lines = coupling_lines(problem)
    broken += row_faults(problem, lines, chosen, floor_gain, duplicates)
    bound = math.inf
    if plan.bound_source != "none" and all(map(math.isfinite, plan.prices.values())):
        bound = price_bound(problem, plan.prices, lines=lines)
    misstated = [
        *certificate_faults(plan, [line.name for line in lines], values[0], bound),
        *_level_faults(problem, plan, values),
        *table_faults(problem, plan, chosen, duplicates),
    ]
    return Verification(
        not broken, values[0], bound, stated_gap(values[0], plan.bound), (*broken, *misstated)
    )


def read_proposals(
    problem: TargetingProblem, assignments: pd.DataFrame
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which household is proposed for which program, and what cannot be."""
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    if not {"household_id", "program"} <= set(assignments.columns):
        return chosen, ["assignments have no columns household_id and program"]
    household = problem.households.positions(assignments["household_id"])
    program = problem.catalog.positions(assignments["program"])
    known = (household >= 0) & (program >= 0)
    faults = []
    if not known.all():
        faults.append(
            said(
                "{count} proposal(s) name an unknown household or program",
                count=int((~known).sum()),
            )
        )
    household, program = household[known], program[known]
    chosen[household, program] = True
    if int(chosen.sum()) != household.size:
        faults.append(
            said("{count} proposal(s) are written twice", count=household.size - int(chosen.sum()))
        )
    impossible = ~problem.standing.possible[household, program]
    for p in np.unique(program[impossible]):
        count = np.count_nonzero(impossible & (program == p))
        faults.append(
            said(
                "{count} household(s) cannot get '{program}': not eligible, received "
                "already, refused, or shut out by a rule",
                count=count,
                program=problem.catalog.program_names[p],
            )
        )
    return chosen, faults


def household_faults(problem: TargetingProblem, chosen: NDArray[np.bool_]) -> Iterator[str]:
    """Conditions of single households that proposals break."""
    standing, catalog = problem.standing, problem.catalog
    column = {name: chosen[:, p] for p, name in enumerate(catalog.program_names)}
    too_many = np.count_nonzero(chosen.sum(axis=1) > problem.max_bundle)
    if too_many:
        yield said(
            "{too_many} household(s) get more than {max_bundle} programs",
            too_many=too_many,
            max_bundle=problem.max_bundle,
        )
    unheard = np.count_nonzero((standing.locked & ~chosen).any(axis=1))
    if unheard:
        yield said(
            "{unheard} household(s) do not get a program that is locked in", unheard=unheard
        )
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        broken = 0
        if rule.kind == "forbid":
            broken = sum(
                int(np.count_nonzero(column[a] & column[b]))
                for a, b in combinations(rule.programs, 2)
            )
        elif rule.kind == "require":
            first, second = rule.programs
            broken = int(np.count_nonzero(column[first] & ~column[second] & ~has[:, 1]))
        if broken:
            yield said("{broken} household(s) break {rule}", broken=broken, rule=rule)


def row_faults(
    problem: TargetingProblem,
    lines: Sequence[Line],
    chosen: NDArray[np.bool_],
    gain: Floats,
    duplicates: Floats,
) -> list[str]:
    """Rows that proposals break."""
    used = _usage(problem, chosen, gain, duplicates)
    faults = []
    for line in lines:
        total, slack = used[line.name], 0.0
        if line.name.startswith("floor:"):  # a sum of probabilities, not of rupiah
            slack = _NOISE * max(1.0, abs(float(line.lower)))
        if math.isfinite(line.upper) and total > line.upper:
            faults.append(
                said(
                    "'{name}' is exceeded by {amount:,.10g}",
                    name=line.name,
                    amount=float(total - Fraction(line.upper)),
                )
            )
        if math.isfinite(line.lower) and total < Fraction(line.lower) - Fraction(slack):
            faults.append(
                said(
                    "'{name}' is missed by {amount:,.10g}",
                    name=line.name,
                    amount=float(Fraction(line.lower) - total),
                )
            )
    return faults


def _usage(
    problem: TargetingProblem, chosen: NDArray[np.bool_], gain: Floats, duplicates: Floats
) -> dict[str, Fraction]:
    """Exact use of every row."""
    households, catalog = problem.households, problem.catalog
    used = {budget.name: Fraction(0) for budget in catalog.budgets}
    for p, program in enumerate(catalog.programs):
        rows = np.flatnonzero(chosen[:, p])
        places = exact_dot(households.weight[rows], problem.standing.units[rows, p])
        used[f"quota:{program.name}"] = used[f"minimum:{program.name}"] = places
        used[program.budget] += places * Fraction(program.unit_cost)
    used["limit:overlap"] = exact_dot(households.weight, duplicates)
    for constraint in problem.constraints:
        totals = map(Fraction, area_sums(problem, constraint, gain))
        used |= dict(zip(floor_names(problem, constraint), totals, strict=True))
    return used


def certificate_faults(
    plan: Plan, rows: Sequence[str], value: float, bound: float
) -> Iterator[str]:
    """What a plan states of its value, bound, prices and status and is not so."""
    for what, stated, found in (
        ("value", plan.value, value),
        ("gap", plan.gap, stated_gap(plan.value, plan.bound)),
    ):
        if not is_close(stated, found):
            yield said(
                "the {what} is stated as {stated!r} and is {found!r}",
                what=said(what),
                stated=stated,
                found=found,
            )
    priced = set() if plan.bound_source == "none" else set(rows)
    if set(plan.prices) != priced or not all(map(math.isfinite, plan.prices.values())):
        yield "the prices are not one finite number for each row"
    yield from _bound_faults(plan, value, bound)
    is_asked = plan.gap <= plan.asked_gap * (1 + _NOISE) + _NOISE
    statuses = (
        ("baseline",)
        if plan.bound_source == "none"
        else ("optimal", "time_limit", "interrupted", "unproven")
    )
    if (
        plan.status not in statuses
        or (plan.status == "optimal" and not is_asked)
        or not plan.asked_gap >= 0
    ):
        yield said(
            "the status '{status}' does not fit a gap of {gap!r} (asked: {asked!r})",
            status=plan.status,
            gap=plan.gap,
            asked=plan.asked_gap,
        )
    is_baseline = plan.bound_source == "none" and plan.engine.startswith("baseline: ")
    if not is_baseline and plan.engine not in ("prices", "highs", "pulp"):
        yield said("there is no engine '{engine}'", engine=plan.engine)
    if not 0 <= plan.runtime < math.inf:
        yield said("a runtime of {runtime!r} seconds is not possible", runtime=plan.runtime)


def _bound_faults(plan: Plan, value: float, bound: float) -> Iterator[str]:
    slack = _NOISE * max(1.0, abs(value))
    if not plan.bound >= value - slack:
        yield said(
            "the bound {bound!r} is below the value {value!r}", bound=plan.bound, value=value
        )
    if plan.bound_source == "prices":
        if not is_close(plan.bound, max(bound, value)):
            yield said(
                "the bound is stated as {bound!r}, and the prices prove {proven!r}",
                bound=plan.bound,
                proven=bound,
            )
    elif plan.bound_source == "solver":
        if not math.isfinite(bound):
            yield "the prices prove no bound: one is not a number, or has the wrong sign"
        elif not plan.bound < bound - 0.5 * _NOISE * max(1.0, abs(bound)):
            yield said(
                "the bound {bound!r} is at or above what the prices prove, {proven!r}",
                bound=plan.bound,
                proven=bound,
            )
    elif plan.bound_source != "none" or plan.bound != math.inf:
        yield said(
            "there is no such source of a bound: '{bound_source}'", bound_source=plan.bound_source
        )


def _level_faults(
    problem: TargetingProblem, plan: Plan, values: tuple[float, ...]
) -> Iterator[str]:
    labels = [*(level.label for level in problem.levels), "fewest duplicates"]
    if [level.objective for level in plan.levels] != labels:
        yield said("the levels are not {labels}", labels=labels)
        return
    if plan.levels[0].bound != plan.bound:
        yield "the first level's bound is not the plan's"
    for number, (level, value) in enumerate(zip(plan.levels, values, strict=True)):
        if not is_close(level.value, value):
            yield said(
                "the level '{objective}' is stated as {stated!r} and is {found!r}",
                objective=level.objective,
                stated=level.value,
                found=value,
            )
        slack = _NOISE * max(1.0, abs(value))
        if not level.bound >= value - slack:
            yield said(
                "the bound of level '{objective}' is below its value", objective=level.objective
            )
        share = level_gap(plan.asked_gap, number, len(plan.levels))
        asked = share * abs(level.bound) * (1 + _NOISE) + slack
        is_aim = number < len(plan.levels) - 1 or plan.asked_gap == 0
        if plan.status == "optimal" and is_aim and not level.bound - value <= asked:
            yield said(
                "the level '{objective}' is further from its bound than asked",
                objective=level.objective,
            )


def table_faults(
    problem: TargetingProblem, plan: Plan, chosen: NDArray[np.bool_], duplicates: Floats
) -> Iterator[str]:
    """Tables and counts that differ from what the proposals make them."""
    total = float(exact_dot(problem.households.weight, duplicates))
    if not is_close(plan.duplicates, total):
        yield said(
            "duplicates are stated as {stated!r} and are {found!r}",
            stated=plan.duplicates,
            found=total,
        )
    proposals = [(np.flatnonzero(column), p) for p, column in enumerate(chosen.T)]
    certificate = Certificate(
        plan.value,
        plan.bound,
        plan.gap,
        plan.bound_source,
        plan.levels,
        plan.status,
        plan.asked_gap,
        plan.engine,
        plan.runtime,
        plan.prices,
    )
    right = make_plan(problem, proposals, total, certificate)
    if not is_close(plan.receipt_duplicates, right.receipt_duplicates):
        stated, found = plan.receipt_duplicates, right.receipt_duplicates
        yield said(
            "duplicates of receipts are stated as {stated!r} and are {found!r}",
            stated=stated,
            found=found,
        )
    if plan.warnings[: len(right.warnings)] != right.warnings:
        yield "warnings about the input are missing"
    for name in ("assignments", "budgets", "poverty", "city_poverty", "outcomes"):
        difference = _difference(getattr(plan, name), getattr(right, name), name == "assignments")
        if difference:
            yield said(
                "the table '{name}' is not what the proposals make it: {difference}",
                name=name,
                difference=said(difference),
            )


def _difference(stated: pd.DataFrame, right: pd.DataFrame, is_unordered: bool) -> str:
    """What differs first between two tables, numbers compared within rounding; "" for nothing."""
    if list(stated.columns) != list(right.columns) or len(stated) != len(right):
        expected = said("{count} of {columns}", count=len(right), columns=list(right.columns))
        return said(
            "{count} rows of {columns}, expected {expected}",
            count=len(stated),
            columns=list(stated.columns),
            expected=expected,
        )
    keys = list(ASSIGNMENT_COLUMNS[:2])
    if is_unordered and not stated[keys].equals(right[keys]):
        stated = stated.sort_values(keys, ignore_index=True)
        right = right.sort_values(keys, ignore_index=True)
    if list(stated.index) != list(right.index):
        return "other rows"
    for column in right.columns:
        if stated[column].equals(right[column]):
            continue
        a, b = stated[column].to_numpy(), right[column].to_numpy()
        if b.dtype.kind == "f":
            same = a.dtype.kind in "fiu" and bool(
                np.all(np.abs(a - b) <= _NOISE * np.maximum(1.0, np.abs(b)))
            )
        else:
            same = np.array_equal(a.astype(object), b.astype(object))
        if not same:
            return said("column '{column}'", column=column)
    return ""


def stated_gap(value: float, bound: float) -> float:
    """Relative distance of a value and its bound."""
    if bound == value:
        return 0.0
    return math.inf if bound == math.inf else (bound - value) / max(abs(bound), 1e-12)


def is_close(stated: float, found: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    size = max(1.0, min(abs(stated), abs(found)))  # infinity is close to nothing else
    return stated == found or abs(stated - found) <= _NOISE * size
