"""The same money in other lines: what moving it inside a transfer group would reach."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.mmkp import MMKPSolution
from povtarget.plan import MILLION, Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Budget
from povtarget.questions.first_level import FirstLevel, first_only, improved, with_amounts
from povtarget.questions.kept_money import (
    Groups,
    divided,
    kept_amounts,
    rounded_down,
    spent_by_line,
)

Floats = NDArray[np.float64]

_POOL = "transfer:"


@dataclass(frozen=True, eq=False)
class Reallocation:
    """The best division of the same money, and what it gains.

    Parameters
    ----------
    frame
        By line that may give or take: agency, fund, transfer_group, amount, proposed, moved (Rp
        a year), and price before and after (per million rupiah). Sums by group stay the same.
    before, plan
        The best plan with the amounts as they are, and the plan with those proposed.
    problem
        The question with the proposed amounts.
    """

    frame: pd.DataFrame
    before: Plan
    plan: Plan
    problem: TargetingProblem

    @property
    def gain(self) -> float:
        """What moving the money gains, in units of the first objective."""
        return self.plan.value - self.before.value

    @property
    def most_gain(self) -> float:
        """No division of the same money gains more than this over ``before``."""
        return self.plan.bound - self.before.value

    def __repr__(self) -> str:
        moved = self.frame["moved"].clip(lower=0).sum()
        return f"Reallocation(moved={moved:,.0f}, gain={self.gain:,.6g} of {self.most_gain:,.6g})"


def reallocate(
    problem: TargetingProblem,
    *,
    at_least: float | Mapping[str, float] = 0.0,
    gap: float = 1e-4,
    time_limit: float | None = None,
) -> Reallocation:
    """Divide the money of each transfer group between its lines as well as possible.

    Only lines that the city decides and that share a ``transfer_group`` give or take; all other
    lines, and all quotas, stay as they are. Lines of a group are pooled and solved as one; money
    that nothing uses is divided in proportion to today's amounts. Without ``at_least`` a line may
    lose all that it has: nothing but its minimums speaks for it here.

    Parameters
    ----------
    problem
        The question; only its first objective is looked at.
    at_least
        What every line of a group keeps: a share of its amount, 0 to 1, or Rp a year by budget
        name (others may lose everything).
    gap
        Relative gap of both plans.
    time_limit
        Seconds for each of the two solves, or None.

    Returns
    -------
    Reallocation
        ``plan.bound`` holds for every division of the same money, so `most_gain` does too.

    Raises
    ------
    InputError
        Where no two lines of the city share a transfer group, for a line that is not among them,
        and for an amount that it does not have.
    InfeasibleError
        Where no plan keeps every row.

    Examples
    --------
    >>> import pandas as pd, povtarget as pt
    >>> homes = pt.Households.from_frame(pd.DataFrame({"household_id": list("abc"),
    ...     "size": [2, 4, 1], "consumption": [95.0, 95.0, 90.0]}), poverty_line=100)
    >>> food = pt.Program("food", budget="Dinsos", need="food", unit_cost=240, benefit=240)
    >>> talk = pt.Program("talk", budget="Dinkes", need="health", unit_cost=100, benefit=0)
    >>> catalog = pt.Catalog(programs=[food, talk], budgets=[
    ...     pt.Budget("Dinsos", amount=240, transfer_group="APBD"),
    ...     pt.Budget("Dinkes", amount=500, transfer_group="APBD")])
    >>> answer = reallocate(pt.TargetingProblem(homes, catalog))
    >>> answer.gain, answer.frame["moved"].to_dict()
    (3.0, {'Dinkes': -487.0, 'Dinsos': 487.0})
    """
    problem = first_only(problem)
    groups = _groups(problem)
    kept = kept_amounts(groups, at_least)
    began, model = time.monotonic(), FirstLevel.of(problem)
    now = improved(model.mmkp, None, gap, time_limit)
    before = model.plan(problem, now, gap, began)
    began, pooled = time.monotonic(), FirstLevel.of(_pooled(problem, groups))
    # bundles are the same, so the choice made with today's amounts is a choice here
    start = replace(now, prices=_prices(now, model, pooled, groups))
    found, cuts = divided(model, pooled, groups, kept, start, gap, time_limit)
    amounts = _amounts(groups, kept, spent_by_line(model, groups, found.choice))
    final = with_amounts(problem, amounts)
    answer = FirstLevel.of(final)
    unpooled = replace(found, prices=_spread(found, pooled, answer, groups, cuts))
    plan = answer.plan(final, unpooled, gap, began)
    return Reallocation(_frame(problem, groups, amounts, before, plan), before, plan, final)


def _groups(problem: TargetingProblem) -> Groups:
    """Lines of the city by transfer group, where there are two or more."""
    groups: Groups = defaultdict(list)
    for budget in problem.catalog.budgets:
        if budget.control == "city" and budget.transfer_group:
            groups[budget.transfer_group].append(budget)
    found = {name: lines for name, lines in groups.items() if len(lines) > 1}
    if not found:
        expected = "two or more lines of the city with the same transfer_group"
        fault = Fault("money may move between no two lines", column="transfer_group")
        raise InputError([replace(fault, expected=expected)])
    return found


def _pooled(problem: TargetingProblem, groups: Groups) -> TargetingProblem:
    """The question in which each group is one line."""
    catalog = problem.catalog
    pool = {line.name: _POOL + group for group, lines in groups.items() for line in lines}
    programs = [
        replace(program, agency=catalog.agency_of(program), budget=pool[program.budget])
        if program.budget in pool
        else program
        for program in catalog.programs
    ]
    budgets = [budget for budget in catalog.budgets if budget.name not in pool]
    budgets += [Budget(_POOL + group, amount=_total(lines)) for group, lines in groups.items()]
    return replace(problem, catalog=replace(catalog, programs=programs, budgets=budgets))


def _total(lines: list[Budget]) -> float:
    """Their sum, never rounded up."""
    return rounded_down(sum((Fraction(line.amount) for line in lines), Fraction(0)))


def _prices(now: MMKPSolution, model: FirstLevel, pooled: FirstLevel, groups: Groups) -> Floats:
    """Prices by today's rows as prices of the pooled rows: the dearest line's."""
    known = dict(zip(model.mmkp.row_names, now.prices.tolist(), strict=True))
    for group, lines in groups.items():
        known[_POOL + group] = max(known[line.name] for line in lines)
    return np.array([known[name] for name in pooled.mmkp.row_names])


def _spread(
    found: MMKPSolution,
    pooled: FirstLevel,
    answer: FirstLevel,
    groups: Groups,
    cuts: Sequence[frozenset[str]],
) -> Floats:
    """What a rupiah is worth in a line: alike in all of a group, but for what lines must keep."""
    rows = len(pooled.mmkp.row_names)
    known = dict(zip(pooled.mmkp.row_names, found.prices[:rows].tolist(), strict=True))
    for group, lines in groups.items():
        for line in lines:
            more = [
                p for cut, p in zip(cuts, found.prices[rows:], strict=True) if line.name in cut
            ]
            known[line.name] = known[_POOL + group] + math.fsum(more)
    return np.array([known[name] for name in answer.mmkp.row_names])


def _amounts(
    groups: Groups, kept: dict[str, Fraction], spent: dict[str, Fraction]
) -> dict[str, float]:
    """What each line spends or keeps, and its part of what nothing uses."""
    amounts: dict[str, float] = {}
    for lines in groups.values():
        total = sum((Fraction(line.amount) for line in lines), Fraction(0))
        needed = {line.name: max(spent[line.name], kept[line.name]) for line in lines}
        left = total - sum(needed.values(), Fraction(0))
        extra = [left * Fraction(line.amount) // total if total else Fraction(0) for line in lines]
        extra[-1] += left - sum(extra, Fraction(0))
        for line, more in zip(lines, extra, strict=True):
            amount = needed[line.name] + more
            rounded = float(amount)
            is_short = Fraction(rounded) < needed[line.name]
            amounts[line.name] = math.nextafter(rounded, math.inf) if is_short else rounded
    return amounts


def _frame(
    problem: TargetingProblem, groups: Groups, amounts: dict[str, float], old: Plan, new: Plan
) -> pd.DataFrame:
    mine = {line.name for lines in groups.values() for line in lines}
    rows = [
        {
            "budget": line.name,
            "agency": line.agency,
            "fund": line.fund,
            "transfer_group": line.transfer_group,
            "amount": float(line.amount),
            "proposed": amounts[line.name],
            "moved": amounts[line.name] - float(line.amount),
            "price_before": old.prices[line.name] * MILLION,
            "price_after": new.prices[line.name] * MILLION,
        }
        for line in problem.catalog.budgets
        if line.name in mine
    ]
    return pd.DataFrame(rows).set_index("budget")
