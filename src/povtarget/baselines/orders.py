"""Baselines that go down one order of households and programs, whatever that order is."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from povtarget.baselines.ledger import Ledger, agreed, judged
from povtarget.errors import Fault, InputError, nearest
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.valuation import shortfall, success_chances, unit_gains

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def status_quo(problem: TargetingProblem) -> Plan:
    """Nothing new: what families have stays, and no new place is given but those agreed on.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> float(status_quo(problem).budgets["spent"].sum())
    0.0
    """
    began = time.monotonic()
    return judged(problem, agreed(problem), "status quo", began)


def poorest_first(problem: TargetingProblem) -> Plan:
    """One list for all agencies, down from the lowest consumption as a share of the line.

    Each household in turn gets what it can, the largest gain first and nothing twice for one need
    (or whatever `Overlap` groups by), until it has ``max_bundle`` programs or the money is gone.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> poorest_first(problem).lifted > status_quo(problem).lifted
    True
    """
    began = time.monotonic()
    households = problem.households
    household, program = _pairs(problem)
    gain = (unit_gains(problem) * success_chances(problem))[program]
    worth = gain * problem.standing.units[household, program]
    ratio = (households.consumption / households.line)[household]
    ledger = Ledger(problem, apart=True)
    _fill(ledger, household, program, np.lexsort((program, -worth, household, ratio)))
    return judged(problem, ledger.chosen, "poorest first", began)


def lottery(problem: TargetingProblem, *, seed: int = 0) -> Plan:
    """Every eligible household has the same chance of a place, whoever else has drawn what.

    Parameters
    ----------
    problem
        The question.
    seed
        Same seed, same draw.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> one, other = lottery(problem, seed=1), lottery(problem, seed=1)
    >>> one.assignments.equals(other.assignments)
    True
    """
    began = time.monotonic()
    household, program = _pairs(problem)
    ledger = Ledger(problem)
    _fill(ledger, household, program, _drawn(household.size, seed))
    return judged(problem, ledger.chosen, "lottery", began)


def universal(problem: TargetingProblem, *, seed: int = 0) -> Plan:
    """As many households as possible get something, and nobody's consumption is looked at.

    No household gets a second program while another that could have its first has none. In each
    round the cheapest places go first, so that the money reaches furthest; draws break ties.

    Parameters
    ----------
    problem, seed
        As in `lottery`.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> reached = universal(problem).assignments["household_id"].nunique()
    >>> reached >= poorest_first(problem).assignments["household_id"].nunique()
    True
    """
    began = time.monotonic()
    household, program = _pairs(problem)
    cost = np.array([float(each.unit_cost) for each in problem.catalog.programs])[program]
    price = cost * problem.standing.units[household, program]
    drawn = _drawn(household.size, seed)
    order = drawn[np.argsort(price[drawn], kind="stable")]
    ledger = Ledger(problem)
    for most in range(1, problem.max_bundle + 1):
        held = ledger.chosen.sum(axis=1)[household[order]]
        _fill(ledger, household, program, order[held < most], most=most)
    return judged(problem, ledger.chosen, "universal", began)


def by_area(problem: TargetingProblem, by: str = "area", *, seed: int = 0) -> Plan:
    """Area after area, from the highest rate down; within an area by lot.

    Parameters
    ----------
    problem, seed
        As in `lottery`.
    by
        Column of the households that names the area.

    Raises
    ------
    InputError
        If there is no such column.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> by_area(problem).lifted > status_quo(problem).lifted
    True
    """
    began = time.monotonic()
    households = problem.households
    if by not in households.columns:
        hint = nearest(by, households.columns) or "a column of the households"
        raise InputError([Fault("no such column", "by_area", None, "by", by, hint)])
    names, number = households.grouped(by)
    everyone = np.arange(len(households))
    below = shortfall(households, everyone, problem.standing.baseline_gain, 0)
    persons = np.bincount(number, weights=households.persons, minlength=len(names))
    people = np.bincount(number, weights=households.persons * below, minlength=len(names))
    household, program = _pairs(problem)
    drawn = _drawn(household.size, seed)
    rate = (people / persons)[number[household[drawn]]]
    order = drawn[np.lexsort((number[household[drawn]], -rate))]
    ledger = Ledger(problem)
    _fill(ledger, household, program, order)
    return judged(problem, ledger.chosen, f"by {by}", began)


def _pairs(problem: TargetingProblem) -> tuple[Ints, Ints]:
    """Households and programs that may go together."""
    household, program = np.nonzero(problem.standing.possible)
    return household, program


def _drawn(count: int, seed: int) -> Ints:
    return np.random.default_rng(seed).permutation(count)


def _fill(
    ledger: Ledger, household: Ints, program: Ints, order: Ints, *, most: int | None = None
) -> None:
    """Go down the pairs in order; twice where programs wait for others that they require."""
    waits = any(rule.kind == "require" for rule in ledger.problem.catalog.rules)
    for _ in range(2 if waits else 1):
        for row, p in zip(household[order].tolist(), program[order].tolist(), strict=True):
            if most is None or ledger.held(row) < most:
                ledger.add(row, (p,))
