"""Greedy gain for cost: what a careful person with a spreadsheet could do."""

from __future__ import annotations

import time

import numpy as np

from povtarget.baselines.ledger import Ledger, judged
from povtarget.bundles import enumerate_bundles
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem


def greedy(problem: TargetingProblem) -> Plan:
    """Bundles by what they add to the objective for each rupiah, most first.

    Each household gets the first of its bundles that still fits budgets, quotas and limits, and
    later a larger one with the same programs in it where that fits too. Bundles that add nothing
    to the first objective follow, by what they add to the next, and so on.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> greedy(problem).lifted > pt.baselines.lottery(problem).lifted
    True
    """
    began = time.monotonic()
    bundles = enumerate_bundles(problem)
    cost = np.zeros(len(bundles))
    units, weight = problem.standing.units, problem.households.weight
    for number, programs in enumerate(bundles.sets):
        mine = np.flatnonzero(bundles.set_number == number)
        rows = bundles.household[mine]
        for p in programs:
            unit_cost = float(problem.catalog.programs[p].unit_cost)
            cost[mine] += weight[rows] * units[rows, p] * unit_cost
    ledger = Ledger(problem)
    for level in range(len(problem.levels)):
        value = bundles.objective(problem, level)
        for earlier in range(level):  # what is worse before may not be better after
            value = np.where(bundles.objective(problem, earlier) < 0, 0.0, value)
        ratio = np.divide(value, cost, out=np.full(len(bundles), np.inf), where=cost > 0)
        useful = np.flatnonzero(value > 0)
        order = useful[np.lexsort((-value[useful], -ratio[useful]))]
        rows, sets = bundles.household[order].tolist(), bundles.set_number[order].tolist()
        for household, number in zip(rows, sets, strict=True):
            if ledger.held(household) == ledger.held_of(household, bundles.sets[number]):
                ledger.add(household, bundles.sets[number])
    return judged(problem, ledger.chosen, "greedy", began)
