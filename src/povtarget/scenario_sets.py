"""The same question under other circumstances, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from povtarget.comparison import judge
from povtarget.entry_faults import kind_faults
from povtarget.errors import Change, Fault, InfeasibleError, InputError, nearest
from povtarget.households import Households
from povtarget.mmkp import Progress
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Budget, Catalog, Program
from povtarget.progress import Listener, stages
from povtarget.sayings import said
from povtarget.solving import solve

AS_IT_IS = "as it is"
_THOUSAND = 1_000

Factors = float | Mapping[str, float]


@dataclass(frozen=True)
class Scenario:
    """What is different.

    Parameters
    ----------
    amounts
        Factors on budget lines: a number for all lines that the city decides (what other
        governments pay stays as it is), or a mapping by budget name.
    unit_costs
        Factors on what a unit costs, a number for all programs or a mapping by program. What a
        family gets for it stays the same.
    closed
        Programs that take nobody new; who has them keeps them.
    programs, budgets
        New ones.
    households
        Others in place of the problem's, such as an end of a survey's interval:
        ``calibrate(...).ends()``.

    Examples
    --------
    >>> Scenario(amounts=0.9).amounts, Scenario(closed=("bktm",)).closed
    (0.9, ('bktm',))
    """

    _: KW_ONLY
    amounts: Factors = 1.0
    unit_costs: Factors = 1.0
    closed: Sequence[str] = ()
    programs: Sequence[Program] = ()
    budgets: Sequence[Budget] = ()
    households: Households | None = None

    def applied(self, problem: TargetingProblem) -> TargetingProblem:
        """The question under this scenario.

        Raises
        ------
        InputError
            With every fault: names that the catalogue does not have, factors that are no
            finite numbers of 0 or more, new programs and lines that are of another kind.
        """
        faults = list(self._faults(problem.catalog))
        if faults:
            raise InputError(faults)
        old = problem.catalog
        budgets = [
            replace(budget, amount=_scaled(budget.amount, self._factor(budget)))
            for budget in old.budgets
        ]
        programs = [self._changed(program) for program in old.programs]
        catalog = Catalog(
            programs=[*programs, *self.programs],
            budgets=[*budgets, *self.budgets],
            rules=old.rules,
        )
        return replace(
            problem,
            catalog=catalog,
            households=problem.households if self.households is None else self.households,
        )

    def _factor(self, budget: Budget) -> float:
        if isinstance(self.amounts, Mapping):
            return self.amounts.get(budget.name, 1.0)
        return self.amounts if budget.control == "city" else 1.0

    def _changed(self, program: Program) -> Program:
        costs = self.unit_costs
        factor = costs.get(program.name, 1.0) if isinstance(costs, Mapping) else costs
        changed = replace(program, unit_cost=_scaled(program.unit_cost, factor))
        return replace(changed, quota=0, minimum=0) if program.name in self.closed else changed

    def _faults(self, catalog: Catalog) -> Iterator[Fault]:
        for column, factors, known in (
            ("amounts", self.amounts, catalog.budget_names),
            ("unit_costs", self.unit_costs, catalog.program_names),
        ):
            named = factors if isinstance(factors, Mapping) else {"": factors}
            yield from _unknown(column, [name for name in named if name], known)
            for factor in named.values():
                is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
                if not is_number or not (math.isfinite(factor) and factor >= 0):
                    expected = "a finite number, 0 or more"
                    yield Fault("not a factor", "scenario", None, column, str(factor), expected)
        yield from kind_faults(self.programs, Program, "scenario", "programs")
        if isinstance(self.budgets, Mapping):
            hint = "'amounts' for factors on lines; 'budgets' are new lines"
            yield Fault("factors are no budget lines", "scenario", None, "budgets", None, hint)
        else:
            yield from kind_faults(self.budgets, Budget, "scenario", "budgets")
        if isinstance(self.closed, str) or not isinstance(self.closed, Iterable):
            shown, expected = str(self.closed), "a list of names"
            yield Fault("not a list", "scenario", None, "closed", shown, expected)
        else:
            yield from _unknown("closed", self.closed, catalog.program_names)


def _scaled(rupiah: float, factor: float) -> float:
    """Times the factor; whole rupiah stay whole where they are thousands and more.

    No price list has 375,100.00000000006; and what lines have in common makes bounds sharper.
    """
    scaled = rupiah * factor
    return round(scaled) if scaled >= _THOUSAND and float(rupiah).is_integer() else scaled


def _unknown(column: str, names: Iterable[str], known: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            hint = nearest(name, known) or said("one of: {names}", names=", ".join(known))
            yield Fault("no such name in the catalogue", "scenario", None, column, name, hint)


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Plans of several scenarios.

    Parameters
    ----------
    frame
        A row for each scenario, "as it is" first: the columns of `povtarget.compare`, status and
        gap of the solve, lifted_more (persons, against "as it is"), and remedy: where nothing is
        feasible, the least change that makes it so.
    plans, problems
        By name; a scenario in which nothing is feasible has no plan.
    remedies
        By name, where nothing is feasible: the least changes that make it so.
    """

    frame: pd.DataFrame
    plans: Mapping[str, Plan]
    problems: Mapping[str, TargetingProblem]
    remedies: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Scenarios({', '.join(map(str, self.frame.index))})"


def scenarios(
    problem: TargetingProblem,
    changes: Mapping[str, Scenario | TargetingProblem],
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Plan | None = None,
    progress: bool | Listener = False,
) -> Scenarios:
    """Solve a question as it is and under other circumstances.

    Parameters
    ----------
    problem
        The question as it is.
    changes
        By a name for people: a `Scenario`, or a whole problem.
    gap, time_limit
        For each solve, as in `povtarget.solve`.
    start
        A plan of the question as it is, to begin from. Every scenario begins from the plan of
        the question as it is.
    progress
        As in `povtarget.solve`, with the scenarios as stages.

    Returns
    -------
    Scenarios
        A scenario in which nothing is feasible has a row that says the least change.

    Raises
    ------
    InputError
        With every fault of every scenario, before anything is solved.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(300, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> found = scenarios(problem, {"a tenth less": Scenario(amounts=0.9)}, gap=0.1)
    >>> found.frame.index.tolist()
    ['as it is', 'a tenth less']
    """
    problems = _problems(problem, changes)
    plans: dict[str, Plan] = {}
    rows: dict[str, pd.DataFrame] = {}
    remedies: dict[str, tuple[Change, ...]] = {}
    with stages(progress, len(problems)) as announce:
        for name, asked in problems.items():
            report = announce(name)
            row: dict[str, Any] = {"status": "infeasible", "gap": np.nan, "remedy": ""}
            try:
                plan = solve(
                    asked,
                    gap=gap,
                    time_limit=time_limit,
                    start=plans.get(AS_IT_IS, start),
                    progress=False if report is None else _passed_on(report),
                )
            except InfeasibleError as error:
                remedies[name] = error.remedy
                row["remedy"] = "; ".join(map(str, error.remedy)) or str(error)
                rows[name] = pd.DataFrame([row], index=[name])
                continue
            plans[name] = plan
            row |= {"status": plan.status, "gap": plan.gap}
            rows[name] = judge(asked, {name: plan}).assign(**row)
    frame = pd.concat(list(rows.values())).rename_axis("scenario")
    columns = [name for name in frame if name not in ("status", "gap", "remedy")]
    frame = frame[[*columns, "status", "gap", "remedy"]]
    if "lifted" in frame:
        frame.insert(2, "lifted_more", frame["lifted"] - frame["lifted"].get(AS_IT_IS, np.nan))
    return Scenarios(
        frame, MappingProxyType(plans), MappingProxyType(problems), MappingProxyType(remedies)
    )


def _problems(problem: TargetingProblem, changes: Any) -> dict[str, TargetingProblem]:
    """The question as it is and under every scenario, or every fault of them."""
    if not isinstance(changes, Mapping):
        found = type(changes).__name__
        expected = "a mapping: {'a tenth less': Scenario(amounts=0.9)}"
        raise InputError(
            [Fault("not scenarios by name", "scenarios", value=found, expected=expected)]
        )
    problems, faults = {AS_IT_IS: problem}, []
    for name, change in changes.items():
        place = said("scenario '{name}'", name=name)
        if name == AS_IT_IS:
            faults.append(Fault("this name is the unchanged question's", place))
        elif isinstance(change, TargetingProblem):
            problems[name] = change
        elif not isinstance(change, Scenario):
            kind = type(change).__name__
            faults.append(Fault("not a scenario", place, value=kind, expected="Scenario(...)"))
        else:
            try:
                problems[name] = change.applied(problem)
            except InputError as error:
                faults += [
                    replace(fault, source=place if fault.source == "scenario" else fault.source)
                    for fault in error.problems
                ]
    if faults:
        raise InputError(faults)
    return problems


def _passed_on(report: Callable[[Progress], None]) -> Listener:
    return lambda level, closing: report(closing)
