"""Many questions about one problem: its bundles are made once, its first level is solved often.

What planners ask in these questions (how much, how even, at what price) is about the first
objective. So only that is solved, and each answer is a plan of the problem in which it is the
only objective; for the plan to hand over, put the changed problem to `solve` with ``start=``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from povtarget.bundles import enumerate_bundles
from povtarget.errors import Fault, InputError, nearest
from povtarget.formulation import Formulation, coupling_rows, formulate
from povtarget.mmkp import MMKP, MMKPSolution, Status, solve_mmkp
from povtarget.mmkp.infeasibility import possible_relaxation
from povtarget.mmkp.model import NONE
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem, varied
from povtarget.programs import Budget
from povtarget.sayings import said
from povtarget.solving import certified_plan, choice_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FirstLevel:
    """The first level of a problem, ready to be solved between other bounds.

    Parameters
    ----------
    problem
        With one objective only, see `first_only`.
    formulation, mmkp
        All its bundles and rows; items of the MMKP are the bundles.
    """

    problem: TargetingProblem
    formulation: Formulation
    mmkp: MMKP

    @classmethod
    def of(cls, problem: TargetingProblem) -> FirstLevel:
        """Make the bundles and rows of a problem."""
        formulation = formulate(problem, enumerate_bundles(problem))
        return cls(problem, formulation, formulation.mmkp(0))

    def between(self, variant: TargetingProblem) -> MMKP:
        """The same items between the bounds of a variant that has the same rows."""
        rows = coupling_rows(variant)
        assert tuple(row.name for row in rows) == self.mmkp.row_names
        lower, upper = [row.lower for row in rows], [row.upper for row in rows]
        return self.mmkp.with_bounds(np.array(lower), np.array(upper))

    def choice(self, plan: Plan) -> Ints:
        """A plan as a choice; households whose bundle is no item here are left out."""
        return choice_of(self.problem, self.formulation, plan)

    def plan(
        self, variant: TargetingProblem, solution: MMKPSolution, gap: float, began: float
    ) -> Plan:
        """The plan of a solution under a variant, judged and certified as `solve` does."""
        chosen = solution.choice[solution.choice != NONE]
        duplicates = math.fsum(self.formulation.values[-1][chosen])
        is_least = duplicates == 0 or gap > 0  # none is least; else nobody looked for fewer
        last = replace(
            solution,
            value=duplicates,
            bound=0.0,
            status=Status.OPTIMAL if is_least else Status.UNPROVEN,
        )
        runtime = time.monotonic() - began
        return certified_plan(
            variant, self.formulation, [solution, last], solution.choice, gap, runtime
        )


def has_programs(model: FirstLevel) -> NDArray[np.bool_]:
    """bool[sets, programs]: which programs each set of the bundles has."""
    sets = model.formulation.bundles.sets
    table = np.zeros((len(sets), len(model.problem.catalog.programs)), dtype=bool)
    for number, programs in enumerate(sets):
        table[number, list(programs)] = True
    return table


def first_only(problem: TargetingProblem) -> TargetingProblem:
    """The same question with its first objective alone."""
    return replace(problem, objective=problem.levels[:1])


def improved(
    mmkp: MMKP, known: MMKPSolution | None, gap: float, time_limit: float | None = None
) -> MMKPSolution:
    """Solve, beginning from the choice and prices of a solution between other bounds.

    Options that alone exceed a row are left out first: along a frontier whole lines go to zero,
    and a relaxation full of options that nothing can pay is all ties. Their rows get a price at
    which nobody asks for them, which costs the bound nothing where the row is zero.
    """
    item, row, usage = _beyond(mmkp)
    if not item.size:
        return _solved(mmkp, known, gap, time_limit)
    keep = np.ones(mmkp.num_items, dtype=bool)
    keep[item] = False
    items = np.flatnonzero(keep)
    if known is not None:
        inside = (known.choice != NONE) & keep[known.choice]
        place = np.where(inside, np.searchsorted(items, known.choice), NONE)
        known = replace(known, choice=place)
    found = _solved(only(mmkp, items), known, gap, time_limit)
    prices = found.prices.copy()
    np.maximum.at(prices, row, np.maximum(mmkp.value[item], 0.0) / usage)
    return replace(found, choice=renumbered(found.choice, items), prices=prices)


def renumbered(choice: Ints, items: Ints) -> Ints:
    """A choice among some items in the numbers of all."""
    return np.where(choice == NONE, NONE, items[choice]) if items.size else choice


def only(mmkp: MMKP, items: Ints, required: NDArray[np.bool_] | None = None) -> MMKP:
    """Some of the items, ascending; groups keep their numbers."""
    error = mmkp.usage_error
    return MMKP(
        mmkp.group[items],
        mmkp.value[items],
        mmkp.usage[items],
        mmkp.upper,
        mmkp.lower,
        mmkp.required if required is None else required,
        mmkp.num_groups,
        usage_error=None if error is None else error[items],
        row_names=mmkp.row_names,
    )


def _beyond(mmkp: MMKP) -> tuple[Ints, Ints, Floats]:
    """Item, row and usage wherever an item alone exceeds a row of which none has negative use."""
    least = np.zeros(mmkp.num_rows)
    np.minimum.at(least, mmkp.usage.indices, mmkp.usage.data)
    limit = np.where((least >= 0) & (mmkp.lower == -np.inf), mmkp.upper, np.inf)
    entries = mmkp.usage.tocoo()
    item, row = entries.coords
    beyond = np.flatnonzero(entries.data > limit[row])
    return item[beyond].astype(np.int64), row[beyond].astype(np.int64), entries.data[beyond]


def _solved(
    mmkp: MMKP, known: MMKPSolution | None, gap: float, time_limit: float | None
) -> MMKPSolution:
    if known is None:
        return solve_mmkp(mmkp, gap=gap, time_limit=time_limit)
    return solve_mmkp(
        mmkp, gap=gap, time_limit=time_limit, start=known.choice, start_prices=known.prices
    )


def is_hopeless(mmkp: MMKP) -> bool:
    """Whether not even the relaxation has a solution; cheap, and names no conflict."""
    mmkp = only(mmkp, np.setdiff1d(np.arange(mmkp.num_items), _beyond(mmkp)[0]))
    is_empty = np.any(mmkp.required & (np.diff(mmkp.starts) == 0))
    return bool(is_empty) or possible_relaxation(mmkp) is None


def with_amounts(problem: TargetingProblem, amounts: Mapping[str, float]) -> TargetingProblem:
    """The same question with other amounts in some lines, by budget name, Rp a year."""
    return varied(problem, amounts=amounts)


def city_lines(
    problem: TargetingProblem, names: str | Iterable[str] | None, argument: str
) -> tuple[Budget, ...]:
    """The lines that are named, by budget name or agency; None: all that the city decides.

    Raises
    ------
    InputError
        For a name that is neither, and for lines that the city does not decide.
    """
    budgets = problem.catalog.budgets
    city = [budget for budget in budgets if budget.control == "city"]
    if names is None:
        wanted, faults = city, []
    else:
        asked = [names] if isinstance(names, str) else list(names)
        wanted = [b for b in city if b.name in asked or (b.agency and b.agency in asked)]
        found = {name for budget in wanted for name in (budget.name, budget.agency)}
        known = [name for budget in city for name in (budget.name, budget.agency) if name]
        faults = [
            Fault(
                _why_not(name, budgets),
                column=argument,
                value=str(name),
                expected=nearest(str(name), known) or "a line, or an agency, of the city",
            )
            for name in asked
            if name not in found
        ]
    if not wanted and not faults:
        faults = [Fault("the city decides none of the lines", column=argument)]
    if faults:
        raise InputError(faults)
    return tuple(wanted)


def _why_not(name: str, budgets: Iterable[Budget]) -> str:
    mine = [budget for budget in budgets if name in (budget.name, budget.agency)]
    if mine:
        return said(
            "the city does not decide this line (control '{control}')", control=mine[0].control
        )
    return "no such budget line or agency"
