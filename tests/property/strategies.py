"""Random small problems with every feature on, as plain data that a test may change.

Numbers come from short lists, so that ties and equalities happen: a benefit that reaches the
line to the rupiah, a budget that is exactly the sum of some costs or one step of float64 away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import povtarget as pt
from povtarget.mmkp import MMKP
from reference import Question, best_choice

# (households, programs): with bundles of three about 4,000 assignments at most.
SHAPES = ((2, 1), (2, 2), (2, 4), (3, 2), (3, 3), (3, 4), (4, 2), (4, 3), (5, 1), (5, 2))
RECEIPT_COLUMNS = (
    "household_id",
    "program",
    "year",
    "units",
    "benefit",
    "need",
    "agency",
    "member_id",
)
CONSUMPTION = (80.0, 60.0, 90.0, 75.0, 40.0, 70.0, 95.0, 99.5, 100.0, 120.0)
CONDITIONS = (
    "decile <= 2",
    "elderly > 0 or area == 'N'",
    "not size > 2 and kel in (1,)",
    "20 <= consumption / size < 90",
)

Draw = Callable[..., Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """A targeting problem before povtarget reads it: rows and keyword arguments."""

    households: tuple[Row, ...]
    programs: tuple[Row, ...]
    budgets: tuple[Row, ...]
    rules: tuple[pt.Rule, ...] = ()
    receipts: tuple[Row, ...] = ()
    locks: Mapping[tuple[str, str], str] = field(default_factory=dict)
    objective: tuple[Any, ...] = (pt.Headcount(), pt.PovertyGap())
    overlap: pt.Overlap = field(default_factory=pt.Overlap)
    constraints: tuple[pt.AreaFloor, ...] = ()
    max_bundle: int = 3
    receipts_in_consumption: bool = True
    year: int | None = None

    def problem(self) -> pt.TargetingProblem:
        receipts = None
        if self.receipts:
            receipts = pd.DataFrame(list(self.receipts), columns=list(RECEIPT_COLUMNS))
            for column in ("year", "units", "benefit"):
                receipts[column] = receipts[column].astype(float)
        return pt.TargetingProblem(
            pt.Households.from_frame(pd.DataFrame(list(self.households))),
            self.catalog(),
            receipts=receipts,
            objective=self.objective,
            overlap=self.overlap,
            constraints=self.constraints,
            locks=self.locks or None,
            max_bundle=self.max_bundle,
            receipts_in_consumption=self.receipts_in_consumption,
            year=self.year,
        )

    def catalog(self) -> pt.Catalog:
        return pt.Catalog(
            programs=[pt.Program(**entry) for entry in self.programs],
            budgets=[pt.Budget(**entry) for entry in self.budgets],
            rules=self.rules,
        )

    def with_amounts(self, change: Callable[[float], float]) -> Spec:
        """The same with another amount in every budget."""
        return replace(
            self,
            budgets=tuple({**entry, "amount": change(entry["amount"])} for entry in self.budgets),
        )

    def with_rupiah(self, factor: float) -> Spec:
        """The same with every amount of rupiah multiplied."""

        def multiplied(entries: Sequence[Row], names: Sequence[str]) -> tuple[Row, ...]:
            return tuple(
                {
                    name: factor * cell if name in names and cell is not None else cell
                    for name, cell in entry.items()
                }
                for entry in entries
            )

        return replace(
            self,
            households=multiplied(self.households, ("consumption", "line")),
            programs=multiplied(self.programs, ("unit_cost", "benefit")),
            budgets=multiplied(self.budgets, ("amount",)),
            receipts=multiplied(self.receipts, ("benefit",)),
        )


@cache
def among(*values: Any) -> st.SearchStrategy[Any]:
    """One of some values; made once, since making strategies costs more than drawing."""
    return st.sampled_from(values)


@cache
def often(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Mostly the usual choice."""
    return st.sampled_from((usual,) * (2 * len(others) + 1) + others)


@cache
def whole(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number between two."""
    return st.integers(least, most)


@cache
def some(values: tuple[str, ...], least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Several different values, in any order."""
    return st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=most)


@st.composite
def specs(
    draw: Draw, *, rows_off: bool = False, sigma_off: bool = False, locks_off: bool = False
) -> Spec:
    """A problem of 2 to 5 households, 1 to 4 programs and 1 to 3 budgets.

    ``rows_off`` leaves out minimums and area floors, so that a problem without locks is feasible;
    ``sigma_off`` makes all consumption known, ``locks_off`` leaves out what a meeting settled.
    """
    num_households, num_programs = draw(among(*SHAPES))
    rupiah = draw(often(1, 4321, 0.1))
    households = _households(draw, num_households, rupiah, sigma_off=sigma_off)
    budgets = [
        {
            "name": f"b{k}",
            "amount": 0.0,
            "agency": draw(among("", "X", "Y")),
            "control": draw(often("city", "propose", "fixed")),
        }
        for k in range(draw(whole(1, min(3, num_programs))))
    ]
    programs = _programs(draw, num_programs, budgets, rupiah)
    _draw_bounds(draw, households, programs, budgets, rows_off=rows_off)
    floors: tuple[pt.AreaFloor, ...] = ()
    if not rows_off and draw(often(False, True)):
        places = draw(among(("area",), ("kel",), ("area", "kel"), ("kel", "area")))
        floors = tuple(
            pt.AreaFloor(by=by, share=draw(among(0.0, 0.25, 0.5, 1.0))) for by in places
        )
    ids = tuple(person["household_id"] for person in households)
    names = tuple(entry["name"] for entry in programs)
    spec = Spec(
        tuple(households),
        tuple(programs),
        tuple(budgets),
        rules=_rules(draw, names),
        receipts=_receipts(draw, ids, names),
        objective=_objective(draw, ids),
        overlap=pt.Overlap(
            by=draw(among("need", "agency", "any")),
            weight=draw(often(0.0, 0.1, 0.5, 2.0)),
            limit=draw(often(None, 0, 1, 2, 0.3)),
        ),
        constraints=floors,
        max_bundle=draw(whole(1, 3)),
        receipts_in_consumption=draw(among(True, False)),
        year=draw(often(None, 2024, 2026)),
    )
    return spec if locks_off else replace(spec, locks=_locks(draw, spec))


def _households(draw: Draw, count: int, rupiah: float, *, sigma_off: bool) -> list[Row]:
    predicted = "none" if sigma_off else draw(often("none", "all", "mixed"))
    weights = draw(among((1.0,), (1.0, 2.0, 3.0), (0.1, 0.5, 1.3, 2.7), (0.1,), (2.0,)))
    households = []
    for number in range(count):
        is_predicted = predicted == "all" or (predicted == "mixed" and draw(among(False, True)))
        households.append(
            {
                "household_id": f"h{number}",
                "size": draw(whole(1, 4)),
                "consumption": rupiah
                * draw(among(*CONSUMPTION) if is_predicted else among(*CONSUMPTION, 0.0)),
                "line": rupiah * draw(often(100.0, 80.0, 125.0)),
                "sigma": draw(among(0.1, 0.4, 1.0)) if is_predicted else 0.0,
                "weight": draw(among(*weights)),
                "area": draw(among("N", "S")),
                "kel": draw(among(1, 2)),
                "elderly": draw(whole(0, 2)),
                "decile": draw(whole(1, 4)),
                "prio": draw(among(0.3, 1.0, 2.0)),
            }
        )
    return households


def _programs(draw: Draw, count: int, budgets: Sequence[Row], rupiah: float) -> list[Row]:
    programs = []
    for number in range(count):
        # The first programs use up the budgets, since a budget that pays nothing is refused.
        k = number if number < len(budgets) else draw(whole(0, len(budgets) - 1))
        programs.append(
            {
                "name": f"p{number}",
                "budget": budgets[k]["name"],
                "agency": budgets[k]["agency"] or draw(among("", "X", "Z")),
                "need": draw(among("food", "cash", "work")),
                "unit_cost": rupiah * draw(among(10.0, 20.0, 30.0, 7.0, 0.1, 0.3, 0.0)),
                "benefit": rupiah * draw(among(600.0, 240.0, 1200.0, 120.0, 480.0, 60.0, 0.0)),
                "conversion": draw(often(1.0, 0.5, 0.3, 0.0)),
                "success": draw(often(1.0, 0.5, 0.0)),
                "per": draw(often(None, "elderly")),
                "eligibility": draw(often(None, *CONDITIONS)),
            }
        )
    return programs


def _draw_bounds(
    draw: Draw,
    households: Sequence[Row],
    programs: list[Row],
    budgets: list[Row],
    *,
    rows_off: bool,
) -> None:
    """Amounts, quotas and minimums that are sums over some households, or next to them."""

    def places(entry: Row) -> Fraction:
        chosen = draw(whole(0, 2 ** len(households) - 1))
        return sum(
            (
                Fraction(person["weight"]) * (1 if entry["per"] is None else person[entry["per"]])
                for bit, person in enumerate(households)
                if chosen >> bit & 1
            ),
            Fraction(0),
        )

    for entry in programs:
        if draw(often(False, True)):
            entry["quota"] = _near(draw, places(entry))
        if not rows_off and draw(often(False, False, True)):
            entry["minimum"] = _near(draw, places(entry))
            if entry.get("quota") is not None:
                entry["minimum"] = min(entry["minimum"], entry["quota"])
    for budget in budgets:
        mine = [entry for entry in programs if entry["budget"] == budget["name"]]
        total = sum((places(entry) * Fraction(entry["unit_cost"]) for entry in mine), Fraction(0))
        budget["amount"] = _near(draw, total)


def _near(draw: Draw, number: Fraction) -> float:
    """A number, its neighbours among float64 numbers, or a little less or more."""
    exact = float(number)
    near = {
        "exact": exact,
        "next": math.nextafter(exact, math.inf),
        "more": 1.5 * exact,
        "before": math.nextafter(exact, -math.inf),
        "one more": exact + 1,
        "one less": exact - 1,
    }
    return max(near[draw(often(*near))], 0.0)


def _rules(draw: Draw, names: tuple[str, ...]) -> tuple[pt.Rule, ...]:
    if len(names) < 2:
        return ()
    rules: list[pt.Rule] = []
    for _ in range(draw(among(0, 0, 1, 2, 3))):
        kind = draw(among("forbid", "require", "penalise"))
        most = 2 if kind == "require" else min(3, len(names))
        rules.append(
            pt.Rule(
                kind,
                programs=draw(some(names, 2, most)),
                weight=draw(among(0.1, 0.2, 0.7, 0.0)),
                window_years=draw(often(None, 0, 1, 5)),
            )
        )
    return tuple(rules) if _are_consistent(rules) else ()


def _are_consistent(rules: Sequence[pt.Rule]) -> bool:
    """Whether no program requires what is forbidden with it or with another that it requires."""
    needs: dict[str, set[str]] = {}
    for _ in rules:
        for rule in rules:
            if rule.kind == "require":
                first, second = rule.programs
                needs.setdefault(first, {first}).update({second}, needs.get(second, set()))
    return not any(
        len(needed & set(rule.programs)) > 1
        for needed in needs.values()
        for rule in rules
        if rule.kind == "forbid"
    )


def _receipts(draw: Draw, ids: tuple[str, ...], names: tuple[str, ...]) -> tuple[Row, ...]:
    rows = []
    for _ in range(draw(among(0, 0, 1, 2, 4))):
        rows.append(
            {
                "household_id": draw(among(*ids, "nobody")),
                "program": draw(among(*names, "other", "another")),
                "year": draw(among(None, 2019, 2023, 2024)),
                "units": draw(often(None, 0, 1, 2)),
                "benefit": draw(often(None, 0.0, 120.0, 60.1)),
                "need": draw(among(None, "food", "work", "shelter")),
                "agency": draw(among(None, "X", "Q")),
                "member_id": draw(often(None, "m1", "m2")),
            }
        )
    return tuple(rows)


def _objective(draw: Draw, ids: tuple[str, ...]) -> tuple[Any, ...]:
    levels = []
    for _ in range(draw(whole(1, 3))):
        kind = draw(often(pt.Headcount, pt.PovertyGap, pt.Severity, pt.UnmetNeed))
        priority = draw(often(None, "prio", "mapping"))
        if priority == "mapping":
            priority = {
                name: draw(among(0.5, 1.7, 3.0)) for name in ids if draw(among(True, False))
            }
        options = {}
        if kind is pt.UnmetNeed:
            options["needs"] = draw(often(None, ("food",), ("work", "cash")))
        levels.append(kind(priority=priority, **options))
    return tuple(levels)


def _locks(draw: Draw, spec: Spec) -> dict[tuple[str, str], str]:
    """What a meeting settled: "in" only what a household can get, in one bundle or alone."""
    if not draw(often(False, True)):
        return {}
    question = Question(spec.problem())
    locks: dict[tuple[str, str], str] = {}
    for person, options in zip(question.people, question.options, strict=True):
        household_id = person["household_id"]
        able = [name for name in question.programs if question.may_propose(person, name)]
        if not able or draw(among(True, False)):
            continue
        if draw(
            often(False, True)
        ):  # alone: what it requires may be refused, so no bundle is left
            locks[household_id, draw(among(*able))] = "in"
        else:
            agreed = options[draw(whole(0, len(options) - 1))].programs
            locks |= dict.fromkeys(((household_id, name) for name in agreed), "in")
        if draw(among(True, False)):
            name = draw(among(*question.programs))
            locks.setdefault((household_id, name), "out")
    return locks


@dataclass(frozen=True)
class Knapsack:
    """An MMKP before povtarget reads it."""

    group: tuple[int, ...]
    value: tuple[float, ...]
    usage: tuple[tuple[float, ...], ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    choose_one: bool | tuple[bool, ...]
    groups: int

    def problem(self) -> MMKP:
        required = self.choose_one
        return MMKP(
            self.group,
            self.value,
            np.array(self.usage).reshape(len(self.group), len(self.upper)),
            self.upper,
            self.lower,
            required if isinstance(required, bool) else list(required),
            self.groups,
        )

    @property
    def required(self) -> list[bool]:
        if isinstance(self.choose_one, bool):
            return [self.choose_one] * self.groups
        return list(self.choose_one)

    def best(self) -> Fraction | None:
        """The exact optimum; None where there is none."""
        usage = [[Fraction(cell) for cell in row] for row in self.usage]
        return best_choice(
            self.group,
            self.value,
            usage,
            list(zip(self.lower, self.upper, strict=True)),
            self.required,
        )


@st.composite
def knapsacks(draw: Draw) -> Knapsack:
    """Few groups and items, every kind of row, numbers that tie; groups may be empty."""
    groups = draw(whole(1, 5))
    group = tuple(g for g in range(groups) for _ in range(draw(among(0, 1, 2, 2, 3))))
    rows = draw(whole(0, 3))
    size = draw(among(1.0, 341_000.0, 0.001))
    numbers = draw(
        among((1.0, 2.0, 3.0), (0.0, 1.0, -1.0, 2.0), (0.1, 0.2, 0.3, 0.7), (7.0, 12.3))
    )
    usage = tuple(tuple(size * draw(among(*numbers)) for _ in range(rows)) for _ in group)
    value = tuple(draw(among(0.0, 1.0, 2.0, 2.5, 0.1, 0.3, -1.0)) for _ in group)
    lower, upper = [], []
    for row in range(rows):
        total = sum(
            (Fraction(usage[j][row]) for j in range(len(group)) if draw(among(True, False))),
            Fraction(0),
        )
        kind = draw(among("upper", "upper", "lower", "both", "none"))
        near = float(total) + size * draw(often(0.0, 0.5, -0.5, 1.0, 1e-17, -1e-17))
        lower.append(near if kind in ("lower", "both") else -math.inf)
        upper.append(
            near + (size * draw(among(0.0, 1.0)) if kind == "both" else 0.0)
            if kind in ("upper", "both")
            else math.inf
        )
    choose_one = draw(among(False, True, None))
    if choose_one is None:
        choose_one = tuple(draw(among(True, False)) for _ in range(groups))
    return Knapsack(group, value, usage, tuple(upper), tuple(lower), choose_one, groups)
