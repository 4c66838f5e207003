"""What one program adds in one household, and who would be next if one more place were paid.

Beside what a household is proposed for already, program p adds value v to the first level and
uses rupiah and places that are worth c at the plan's prices; v - c is its net worth. Money and
places go where net worth is highest, so households in falling order of it are the order in
which they would be next: whoever pays one more place takes the first. Where nothing is added to
the first level, and net worth therefore says nothing, the later levels decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from povtarget.evaluation import proposals_of, worth
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem, area_names, floor_names
from povtarget.valuation import proposed_shortfalls

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NOTHING = 1e-12  # what sums of float64 leave of a gain that is none


@dataclass(frozen=True, eq=False)
class Additions:
    """What one program adds in several households, in the order of ``rows``.

    Parameters
    ----------
    program
        Its position in the catalogue.
    rows
        int64[rows]: positions of the households; a waiting list has the next one first.
    value
        float64[rows]: what it adds to the first level, times household weight.
    cost
        float64[rows]: Rp a year that it takes from its budget line.
    paid
        float64[rows]: what the rupiah and places are worth at the plan's prices.
    fall, shrink
        float64[rows]: by how much a person's chance of being below the line falls, and the
        expected shortfall as a share of the line.
    short
        float64[rows]: that shortfall without it.
    """

    program: int
    rows: Ints
    value: Floats
    cost: Floats
    paid: Floats
    fall: Floats
    shrink: Floats
    short: Floats

    def first(self, count: int) -> Additions:
        """The first households of the list."""
        return self.take(np.arange(min(count, self.rows.size)))

    def take(self, which: Ints | Bools) -> Additions:
        """Some of the households, in the order given."""
        return Additions(
            self.program,
            self.rows[which],
            self.value[which],
            self.cost[which],
            self.paid[which],
            self.fall[which],
            self.shrink[which],
            self.short[which],
        )


def proposed(problem: TargetingProblem, plan: Plan) -> Iterator[Additions]:
    """Yield for each program what it adds where it is proposed, beside the rest of the bundle."""
    chosen = proposals_of(problem, plan.assignments)
    for program in np.flatnonzero(chosen.any(axis=0)).tolist():
        rows = np.flatnonzero(chosen[:, program])
        without = chosen[rows]
        without[:, program] = False
        yield _measured(problem, plan, program, rows, without)[0]


def waiting(problem: TargetingProblem, plan: Plan) -> Iterator[Additions]:
    """Yield for each program who could get one more place, the next one first.

    Left out: who cannot get the program, who has a full bundle, whom a rule keeps from it beside
    what is proposed, and whom it would add nothing.
    """
    chosen = proposals_of(problem, plan.assignments)
    for program in range(chosen.shape[1]):
        rows = np.flatnonzero(_may_join(problem, chosen, program))
        if rows.size == 0:
            continue
        added, gains = _measured(problem, plan, program, rows, chosen[rows])
        keys = [*(-gain for gain in gains[:0:-1]), added.paid - added.value]
        order = np.lexsort(keys)  # the last key decides first; ties stay in order of identifiers
        useful = np.any(gains > _NOTHING, axis=0)[order]
        if useful.any():
            yield added.take(order[useful])


def _may_join(problem: TargetingProblem, chosen: Bools, program: int) -> Bools:
    """bool[households]: the program may be added to what is proposed."""
    standing, number = problem.standing, problem.catalog.positions
    may = standing.possible[:, program] & ~chosen[:, program]
    may &= chosen.sum(axis=1) < problem.max_bundle
    for rule, has in zip(problem.catalog.rules, standing.rule_receipts, strict=True):
        members = number(list(rule.programs))
        if rule.kind == "forbid" and program in members:
            may &= ~chosen[:, members].any(axis=1)
        elif rule.kind == "require" and program == members[0]:
            may &= chosen[:, members[1]] | has[:, 1]
    return np.asarray(may)


def _measured(
    problem: TargetingProblem, plan: Plan, program: int, rows: Ints, without: Bools
) -> tuple[Additions, Floats]:
    """What a program adds to given bundles, and float64[levels, rows]: to every level."""
    joined = without.copy()
    joined[:, program] = True
    before, old_penalty, old_duplicates = worth(problem, rows, without)
    after, penalty, duplicates = worth(problem, rows, joined)
    gains = np.array(after) - np.array(before)
    value = problem.priority(problem.levels[0])[rows] * gains[0] - (penalty - old_penalty)
    weight = problem.households.weight[rows]
    places = weight * problem.standing.units[rows, program]
    fresh = weight * (duplicates - old_duplicates)
    old, new = (proposed_shortfalls(problem, rows, these, (0, 1)) for these in (without, joined))
    added = Additions(
        program,
        rows,
        value,
        places * float(problem.catalog.programs[program].unit_cost),
        _paid(problem, plan, program, rows, places, gains[0], fresh),
        np.maximum(old[0] - new[0], 0.0),
        np.maximum(old[1] - new[1], 0.0),
        old[1],
    )
    return added, gains


def _paid(
    problem: TargetingProblem,
    plan: Plan,
    program: int,
    rows: Ints,
    places: Floats,
    gain: Floats,
    fresh: Floats,
) -> Floats:
    """What a program's rupiah, places, duplicates and floored gains are worth at the prices."""
    entry, price = problem.catalog.programs[program], plan.prices.get
    each = price(entry.budget, 0.0) * float(entry.unit_cost)
    each += price(f"quota:{entry.name}", 0.0) + price(f"minimum:{entry.name}", 0.0)
    paid = each * places + price("limit:overlap", 0.0) * fresh
    for constraint in problem.constraints:
        area = area_names(problem.households, constraint.by)[1][rows]
        floors = np.array([price(name, 0.0) for name in floor_names(problem, constraint)])
        paid += floors[area] * gain
    return np.asarray(paid, dtype=np.float64)
