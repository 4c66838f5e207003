"""Why households are proposed for what they are: the reason for every household and program.

A plan's prices say what each rupiah and place is worth elsewhere. Let the net worth of a bundle
be what it adds to the first level, less what its rupiah and places are worth at these prices. The
bound that the prices prove exceeds the plan's value by

    sum_h (best net worth_h - net worth of the proposed bundle_h) + what slack rows add,

each term 0 or more. So where a bundle falls short of the proposed one by more than that gap, no
plan as good as this one holds it (reduced-cost fixing, Dantzig 1963); where it does not, the
prices cannot tell the two apart, and the household is a close call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from povtarget.bounds import price_bound
from povtarget.bundles import Bundles, enumerate_bundles
from povtarget.errors import Fault, InputError
from povtarget.evaluation import Revaluation, proposals_of, revalue
from povtarget.formulation import formulate
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem, area_names, floor_names
from povtarget.programs import HIDDEN_COLUMNS
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Kind = Literal[
    "proposed",
    "receives",
    "fixed",
    "not_eligible",
    "no_units",
    "rule_receipt",
    "locked_out",
    "locked",
    "rule",
    "max_bundle",
    "no_gain",
    "price",
    "quota",
    "overlap",
    "close_call",
]
"""What decided about a household and a program; the first that holds, in this order.

"rule_receipt": a rule and what the household has (or cannot have) shut the program out; "locked":
what is agreed or kept leaves no room; "rule" and "max_bundle": the program would be worth its
price beside the proposed bundle, but may not join it; "no_gain": it adds nothing to the first
level beside the proposed bundle; "price", "quota", "overlap": money, places or duplicates, the
dearest of them, are worth more elsewhere; "close_call": it falls short by no more than the gap.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)
_BLOCK = 1_000  # households whose bundles, dominated ones too, exist at once
_NOISE = 1e-9  # relative to the plan's bound: what sums of float64 leave undecided


@dataclass(frozen=True, eq=False)
class Reasons:
    """Why some households are proposed for what they are. Made by `find_reasons`.

    Worth is in the units of the first level (persons for headcount), times household weight.

    Parameters
    ----------
    rows
        int64[rows]: positions of the households.
    chosen
        bool[rows, programs]: what they are proposed for.
    kind
        str[rows, programs]: one of `Kind`.
    value, cost
        float64[rows]: what the proposed bundle adds to the first level (priority in, penalties
        off), and what its rupiah and places are worth at the plan's prices.
    margin
        float64[rows]: by how much its net worth exceeds that of the next best choice which the
        first level can tell from it (a program that neither adds to it nor costs it anything
        makes no other choice; later levels decide there); infinite where there is none.
    shortfall
        float64[rows, programs]: net worth of the proposed bundle less that of the best choice
        with the program (without it, where it is proposed: what the program is worth beyond its
        price); infinite where there is no such choice.
    adds
        float64[rows, programs]: what the program adds to the first level beside the proposed
        bundle, penalties off; NaN where its kind is decided before that.
    unit_price
        float64[programs]: worth of the rupiah and places of one unit at the plan's prices.
    flip_cost
        float64[rows, programs]: the unit cost, Rp a year, at which the program and the rest are
        worth the same at these prices: below it the program is proposed; NaN where no unit cost
        of 0 or more does that.
    gap
        What the plan's prices leave undecided.
    """

    rows: Ints
    chosen: Bools
    kind: NDArray[Any]
    value: Floats
    cost: Floats
    margin: Floats
    shortfall: Floats
    adds: Floats
    unit_price: Floats
    flip_cost: Floats
    gap: float

    @property
    def is_close_call(self) -> Bools:
        """bool[rows]: the two best choices are within the gap of each other."""
        return np.asarray(self.margin <= self.gap)

    def of(self, at: int) -> Reasons:
        """The reasons of one of the households, by its place among ``rows``."""
        names = ("rows", "chosen", "kind", "value", "cost", "margin", "shortfall", "adds")
        mine = {name: getattr(self, name)[at : at + 1] for name in (*names, "flip_cost")}
        return replace(self, **mine)


def find_reasons(problem: TargetingProblem, plan: Plan, rows: Ints) -> Reasons:
    """Find why households are proposed for what they are, and for nothing else.

    Parameters
    ----------
    problem
        The question that the plan answers.
    plan
        A plan that was solved; a baseline has no prices.
    rows
        int64[rows]: positions of households, ascending.

    Raises
    ------
    InputError
        Where the plan is a baseline, or not a plan of this problem.
    """
    _check(problem, plan)
    chosen = proposals_of(problem, plan.assignments)
    blocks = [
        _Block(problem, plan, chosen, rows[begin : begin + _BLOCK]).priced()
        for begin in range(0, max(rows.size, 1), _BLOCK)
    ]
    value, cost, margin = (np.concatenate(parts) for parts in list(zip(*blocks, strict=True))[:3])
    shortfall = np.concatenate([block[3] for block in blocks])
    gap = plan_gap(problem, plan)
    decision = _Decision(problem, plan, rows, chosen[rows], gap)
    kind, adds = decision.kinds(shortfall)
    return Reasons(
        rows=rows,
        chosen=chosen[rows],
        kind=kind,
        value=value,
        cost=cost,
        margin=margin,
        shortfall=shortfall,
        adds=adds,
        unit_price=_money_prices(problem, plan) + _place_prices(problem, plan),
        flip_cost=decision.flip_costs(shortfall),
        gap=gap,
    )


def plan_gap(problem: TargetingProblem, plan: Plan) -> float:
    """What a plan's prices leave undecided, in the units of the first level.

    The bound that its prices prove, less its value, and what rounding may take.
    """
    is_proven = plan.bound_source == "prices"
    bound = plan.bound if is_proven else price_bound(problem, plan.prices)
    return max(bound - plan.value, 0.0) + _NOISE * max(abs(bound), abs(plan.value), 1e-9)


def _check(problem: TargetingProblem, plan: Plan) -> None:
    if plan.bound_source == "none":
        raise InputError(
            [
                Fault(
                    "a baseline has no prices to explain it by",
                    "plan",
                    value=plan.engine,
                    expected="a plan made by solve(problem)",
                )
            ]
        )
    ids = plan.outcomes["household_id"].to_numpy()
    if len(ids) != len(problem.households) or (ids != problem.households.household_id).any():
        raise _foreign("its households are others")


def _foreign(message: str) -> InputError:
    expected = "the problem that was solved, and the plan that solve(problem) returned"
    return InputError(
        [
            Fault(
                said("not a plan of this problem: {message}", message=said(message)),
                "plan",
                expected=expected,
            )
        ]
    )


def _money_prices(problem: TargetingProblem, plan: Plan) -> Floats:
    programs = problem.catalog.programs
    return np.array([plan.prices.get(p.budget, 0.0) * float(p.unit_cost) for p in programs])


def _place_prices(problem: TargetingProblem, plan: Plan) -> Floats:
    names = problem.catalog.program_names
    rows = [(f"quota:{name}", f"minimum:{name}") for name in names]
    return np.array([sum(plan.prices.get(name, 0.0) for name in pair) for pair in rows])


def settled_kinds(problem: TargetingProblem, rows: Ints) -> NDArray[Any]:
    """str[rows, programs]: what is decided before any price; "" where the program is possible."""
    standing, programs = problem.standing, problem.catalog.programs
    fixed = {budget.name for budget in problem.catalog.budgets if budget.control == "fixed"}
    kind = np.full((rows.size, len(programs)), "", dtype=object)
    kind[~standing.possible[rows]] = "rule_receipt"
    kind[_locked_out(problem, rows)] = "locked_out"
    kind[standing.units[rows] == 0] = "no_units"
    columns = {
        name: values[rows]
        for name, values in problem.households.columns.items()
        if name not in HIDDEN_COLUMNS
    }
    for p, program in enumerate(programs):
        if program.expression is not None:
            used = {name: columns[name] for name in program.expression.columns}
            holds = program.expression.evaluate(used or columns)
            kind[~holds, p] = "not_eligible"
        if program.budget in fixed:
            kind[:, p] = "fixed"
    kind[standing.received[rows]] = "receives"
    return kind


def _locked_out(problem: TargetingProblem, rows: Ints) -> Bools:
    is_out = np.zeros(problem.standing.possible.shape, dtype=bool)
    if problem.locks is not None:
        out = problem.locks[problem.locks["lock"] == "out"]
        household = problem.households.positions(out["household_id"])
        is_out[household, problem.catalog.positions(out["program"])] = True
    return np.asarray(is_out[rows])


class _Block:
    """Some households with all their bundles, at a plan's prices."""

    def __init__(self, problem: TargetingProblem, plan: Plan, chosen: Bools, rows: Ints) -> None:
        self.rows, self.chosen = rows, chosen[rows]
        self.bundles = enumerate_bundles(problem, rows, keep_dominated=True)
        self.local = np.searchsorted(rows, self.bundles.household)
        formulation = formulate(problem, self.bundles)
        prices = np.array([plan.prices.get(row.name, 0.0) for row in formulation.rows])
        self.worth = formulation.values[0]
        self.paid = np.asarray(formulation.usage @ prices)
        self.net = self.worth - self.paid
        self.in_set = _membership(self.bundles, chosen.shape[1])
        self.nothing = np.where(problem.standing.locked[rows].any(axis=1), -np.inf, 0.0)

    def priced(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Value, cost, margin and shortfall, as in `Reasons`."""
        is_mine = self._is_chosen()
        value, cost = np.zeros(self.rows.size), np.zeros(self.rows.size)
        mine = self.local[is_mine]
        value[mine], cost[mine] = self.worth[is_mine], self.paid[is_mine]
        net = value - cost
        is_served = self.chosen.any(axis=1)
        other = np.where(is_served & ((value != 0) | (cost != 0)), self.nothing, -np.inf)
        rivals = np.flatnonzero(~self._is_alike(value, cost))
        np.maximum.at(other, self.local[rivals], self.net[rivals])
        return value, cost, net - other, net[:, None] - self._rivals()

    def _is_chosen(self) -> Bools:
        """Which bundles are the proposed ones; every served household has one."""
        is_chosen = np.ones(len(self.bundles), dtype=bool)
        for p in range(self.chosen.shape[1]):
            has = self.in_set[:, p][self.bundles.set_number]
            is_chosen &= has == self.chosen[self.local, p]
        if np.count_nonzero(is_chosen) != np.count_nonzero(self.chosen.any(axis=1)):
            raise _foreign("it proposes what a household cannot get")
        return is_chosen

    def _is_alike(self, value: Floats, cost: Floats) -> Bools:
        """Which bundles the first level cannot tell from the proposed one, nor can its prices."""
        noise = _NOISE * np.maximum(np.abs(value), np.abs(cost))[self.local]
        is_same_worth = np.abs(self.worth - value[self.local]) <= noise
        return np.asarray(is_same_worth & (np.abs(self.paid - cost[self.local]) <= noise))

    def _rivals(self) -> Floats:
        """Net worth of the best choice with each program, or without it where it is proposed."""
        rival = np.where(self.chosen, self.nothing[:, None], -np.inf)
        for p in range(self.chosen.shape[1]):
            has = self.in_set[:, p][self.bundles.set_number]
            other = np.flatnonzero(has != self.chosen[self.local, p])
            np.maximum.at(rival[:, p], self.local[other], self.net[other])
        return rival


class _Decision:
    """What decides about every household and program, all households at once."""

    def __init__(
        self, problem: TargetingProblem, plan: Plan, rows: Ints, chosen: Bools, gap: float
    ) -> None:
        self.problem, self.plan, self.rows, self.chosen = problem, plan, rows, chosen
        self.gap, self.before = gap, _valued(problem, plan, rows, chosen)
        weight = problem.households.weight[rows]
        self.places = weight[:, None] * problem.standing.units[rows]
        self.money, self.room = _money_prices(problem, plan), _place_prices(problem, plan)

    def kinds(self, shortfall: Floats) -> tuple[NDArray[Any], Floats]:
        """``kind`` and ``adds``, as in `Reasons`."""
        kind = settled_kinds(self.problem, self.rows)
        kind[self.chosen] = "proposed"
        adds = np.full(kind.shape, np.nan)
        for p in range(kind.shape[1]):
            mine = np.flatnonzero(kind[:, p] == "")
            if mine.size:
                kind[mine, p], adds[mine, p] = self._of_program(p, mine, shortfall[mine, p])
        return kind, adds

    def _of_program(self, p: int, mine: Ints, short: Floats) -> tuple[NDArray[Any], Floats]:
        """What decides about the households that a program is possible for, and what it adds."""
        union = self.chosen[mine].copy()
        union[:, p] = True
        after = _valued(self.problem, self.plan, self.rows[mine], union)
        before = self.before
        overlap = after.overlap - before.overlap[mine]
        worth = after.worth - before.worth[mine]
        gained = worth + after.floor - before.floor[mine]
        money, room = self.places[mine, p] * self.money[p], self.places[mine, p] * self.room[p]
        dearest = np.argmax(np.stack([money, room, overlap]), axis=0)
        found = np.array(["price", "quota", "overlap"], dtype=object)[dearest]
        is_worth_it = gained - overlap - money - room > 0
        is_full = self.chosen[mine].sum(axis=1) >= self.problem.max_bundle
        found[is_full & is_worth_it] = "max_bundle"
        found[self._is_barred(p, mine) & is_worth_it] = "rule"
        found[short <= self.gap] = "close_call"
        found[gained <= 0] = "no_gain"
        found[np.isposinf(short)] = "locked"
        return found, worth - (after.penalty - before.penalty[mine])

    def _is_barred(self, p: int, mine: Ints) -> Bools:
        """A rule keeps the program out of the proposed bundle, or asks for one more."""
        names, barred = self.problem.catalog.program_names, np.zeros(mine.size, dtype=bool)
        receipts = self.problem.standing.rule_receipts
        for rule, has in zip(self.problem.catalog.rules, receipts, strict=True):
            members = [names.index(name) for name in rule.programs]
            if rule.kind == "forbid" and p in members:
                barred |= self.chosen[mine][:, members].any(axis=1)
            elif rule.kind == "require" and p == members[0]:
                barred |= ~(self.chosen[mine, members[1]] | has[self.rows[mine], 1])
        return barred

    def flip_costs(self, shortfall: Floats) -> Floats:
        """Unit costs at which programs join or leave: all bundles with one move alike."""
        programs = self.problem.catalog.programs
        unit_cost = np.array([float(program.unit_cost) for program in programs])
        rate = np.array([self.plan.prices.get(program.budget, 0.0) for program in programs])
        with np.errstate(divide="ignore", invalid="ignore"):
            change = shortfall / (rate * self.places)
            flip = np.where(self.chosen, unit_cost + change, unit_cost - change)
        return np.where(np.isfinite(flip) & (flip >= 0), flip, np.nan)


def _membership(bundles: Bundles, programs: int) -> Bools:
    """bool[sets, programs]: which programs a set holds."""
    table = np.zeros((len(bundles.sets), programs), dtype=bool)
    for number, members in enumerate(bundles.sets):
        table[number, list(members)] = True
    return table


@dataclass(frozen=True, eq=False)
class _Valued:
    """By household: worth with priority, penalties, what duplicates cost, what floors pay back."""

    worth: Floats
    penalty: Floats
    overlap: Floats
    floor: Floats


def _valued(problem: TargetingProblem, plan: Plan, rows: Ints, sets: Bools) -> _Valued:
    """Sets of programs, feasible or not, by the one judge; one for each household."""
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    chosen[rows] = sets
    found: Revaluation = revalue(problem, chosen)
    gain, duplicates = found.first_gain[rows], found.duplicates[rows]
    weight = problem.households.weight[rows]
    penalty = weight * (problem.overlap.weight * duplicates + _rule_penalty(problem, rows, sets))
    limit = plan.prices.get("limit:overlap", 0.0) * weight * duplicates
    floor = np.zeros(rows.size)
    for constraint in problem.constraints:
        prices = [plan.prices.get(name, 0.0) for name in floor_names(problem, constraint)]
        floor -= np.array(prices)[area_names(problem.households, constraint.by)[1][rows]] * gain
    worth = problem.priority(problem.levels[0])[rows] * gain
    return _Valued(worth, penalty, penalty + limit, floor)


def _rule_penalty(problem: TargetingProblem, rows: Ints, sets: Bools) -> Floats:
    """What `penalise` rules cost one household: each program beyond the first, receipts too."""
    names, total = problem.catalog.program_names, np.zeros(rows.size)
    receipts = problem.standing.rule_receipts
    for rule, has in zip(problem.catalog.rules, receipts, strict=True):
        if rule.kind == "penalise":
            joining = sets[:, [names.index(name) for name in rule.programs]].sum(axis=1)
            beyond = joining - ~has[rows].any(axis=1)
            total += rule.weight * np.where(joining > 0, beyond, 0)
    return total
