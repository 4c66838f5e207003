"""The model of DESIGN section 3 a second time, by brute force and in plain Python.

Nothing of povtarget computes here: its public dataclasses are read as input, and every number
is a `fractions.Fraction` of what they hold. Only the expectation over a predicted consumption
needs floats (`math.erf`). Every assignment of all households is looked at; those of equal use
and equal values are looked at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import povtarget as pt

MONTHS = 12
FLOOR_SLACK = 1e-9  # relative: area floors sum shortfalls, which are no whole rupiah

Pairs = frozenset[tuple[str, str]]
Bounds = dict[str, tuple[Fraction | None, Fraction | None]]
Vector = tuple[int, ...]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """What one household may get, and what that uses and is worth."""

    programs: tuple[str, ...]
    use: Mapping[str, Fraction]
    values: tuple[Fraction, ...]


@dataclass(frozen=True)
class Point:
    """An assignment of all households, or several of the same use and values."""

    use: Mapping[str, Fraction]
    values: tuple[Fraction, ...]


class Question:
    """A targeting problem in plain numbers.

    ``options`` holds for each household what it may get, ``bounds`` the coupling rows by name.
    The values of an option are those of the levels, "fewest duplicates" last.
    """

    def __init__(self, problem: pt.TargetingProblem) -> None:
        self.problem = problem
        self.catalog = problem.catalog
        self.programs = {program.name: program for program in problem.catalog.programs}
        self.budgets = {budget.name: budget for budget in problem.catalog.budgets}
        self.people = _households(problem.households)
        self.receipts = self._read_receipts()
        self.locks = _records(problem.locks)
        self.levels = tuple(problem.levels)
        self.is_known = all(person["sigma"] == 0 for person in self.people)
        self.bounds = self._bounds()
        self.options = [list(self._options(person)) for person in self.people]

    # --- what is settled about a household ----------------------------------------------------

    def _read_receipts(self) -> list[dict[str, Any]]:
        rows = _records(self.problem.receipts)
        years = [row["year"] for row in rows if row.get("year") is not None]
        latest = self.problem.year
        if latest is None and years:
            latest = max(years)
        for row in rows:
            row["age"] = None  # years before the plan's, where it can be known
            if row.get("year") is not None:
                row["age"] = latest - row["year"]
        return rows

    def received(self, person: Row, window: int | None = None) -> set[str]:
        """Programs that a household has, all or within a window of years."""
        return {
            row["program"]
            for row in self.receipts
            if row["household_id"] == person["household_id"]
            and row["program"] in self.programs
            and (window is None or row["age"] is None or row["age"] < window)
        }

    def units(self, person: Row, name: str) -> int:
        per = self.programs[name].per
        return 1 if per is None else int(person[per])

    def is_eligible(self, person: Row, name: str) -> bool:
        condition = self.programs[name].eligibility
        if self.units(person, name) == 0:
            return False
        # The language is a subset of Python's, so Python itself is the other opinion.
        return condition is None or bool(eval(condition, {"__builtins__": {}}, dict(person)))

    def may_propose(self, person: Row, name: str) -> bool:
        """Whether a program may be proposed to a household, other proposals aside."""
        return self._lock(person, name) != "out" and self._can_be_had(person, name, frozenset())

    def _can_be_had(self, person: Row, name: str, asked: frozenset[str]) -> bool:
        """Whether a household could get a program and all that it requires."""
        if (
            not self.is_eligible(person, name)
            or name in self.received(person)
            or self.budgets[self.programs[name].budget].control == "fixed"
            or not self._keeps_rules(person, (name,), {"forbid"})
        ):
            return False
        for rule in self.catalog.rules:
            first, second = rule.programs[:2]
            if rule.kind == "require" and first == name and second not in asked | {name}:
                has = second in self.received(person, rule.window_years)
                if not has and not self._can_be_had(person, second, asked | {name}):
                    return False
        return True

    def _lock(self, person: Row, name: str) -> str | None:
        return next(
            (
                row["lock"]
                for row in self.locks
                if row["program"] == name and row["household_id"] == person["household_id"]
            ),
            None,
        )

    def _keeps_rules(self, person: Row, names: Sequence[str], kinds: Iterable[str]) -> bool:
        for rule in self.catalog.rules:
            has = self.received(person, rule.window_years) & set(rule.programs)
            chosen = [name for name in names if name in rule.programs]
            if rule.kind not in kinds or not chosen:
                continue
            if rule.kind == "forbid" and len(chosen) + len(has) > 1:
                return False
            first, second = rule.programs[:2]
            if rule.kind == "require" and first in chosen and second not in {*chosen, *has}:
                return False
        return True

    def _options(self, person: Row) -> Iterator[Option]:
        able = [name for name in self.programs if self.may_propose(person, name)]
        agreed = {name for name in self.programs if self._lock(person, name) == "in"}
        for size in range(self.problem.max_bundle + 1):
            for names in combinations(able, size):
                if agreed <= set(names) and self._keeps_rules(
                    person, names, {"forbid", "require"}
                ):
                    yield Option(names, self._use(person, names), self.values(person, names))

    # --- what a bundle is worth ----------------------------------------------------------------

    def gain(self, person: Row, name: str) -> Fraction:
        """Rp a year that a program adds to the household's consumption if it works."""
        program = self.programs[name]
        return Fraction(program.conversion * program.benefit * self.units(person, name))

    def gain_before(self, person: Row) -> Fraction:
        """Rp a year that receipts add to what was measured."""
        if self.problem.receipts_in_consumption:
            return Fraction(0)
        total = Fraction(0)
        for row in self.receipts:
            program = self.programs.get(row["program"])
            if row["household_id"] != person["household_id"] or program is None:
                continue
            benefit = program.benefit if row.get("benefit") is None else row["benefit"]
            units = row.get("units")
            if units is None:
                units = max(self.units(person, program.name), 1)
            total += Fraction(program.conversion * benefit * units)
        return total

    def shortfall(self, person: Row, names: Sequence[str], alpha: int) -> Fraction:
        """Expected shortfall of one person once the programs have worked or not."""
        total = Fraction(0)
        for works in product((True, False), repeat=len(names)):
            chance, gain = Fraction(1), self.gain_before(person)
            for name, is_success in zip(names, works, strict=True):
                success = Fraction(self.programs[name].success)
                chance *= success if is_success else 1 - success
                gain += self.gain(person, name) if is_success else 0
            if chance:
                total += chance * _shortfall(person, gain, alpha)
        return total

    def measure(self, person: Row, names: Sequence[str], level: Any) -> Fraction:
        """v_hj of a level: weight times persons times what the bundle closes; no priority."""
        weight = person["weight"]
        if isinstance(level, pt.UnmetNeed):
            needs = {self.programs[name].need for name in names} & self._wanted(level)
            return weight * len(needs - self._served(person, "need"))
        closed = self.shortfall(person, (), level.alpha) - self.shortfall(
            person, names, level.alpha
        )
        return weight * person["size"] * closed

    def measure_before(self, person: Row, level: Any) -> Fraction:
        """What there is to close before the plan."""
        if isinstance(level, pt.UnmetNeed):
            # A need that nobody may propose to serve is not the plan's to meet.
            stated = {p.need for p in self.programs.values() if self.may_propose(person, p.name)}
            unmet = (stated & self._wanted(level)) - self._served(person, "need")
            return person["weight"] * len(unmet)
        return person["weight"] * person["size"] * self.shortfall(person, (), level.alpha)

    def _wanted(self, level: pt.UnmetNeed) -> set[str]:
        if level.needs is not None:
            return set(level.needs)
        return {
            p.need
            for p in self.programs.values()
            if p.conversion * p.benefit == 0 or p.delay_years
        }

    def values(self, person: Row, names: Sequence[str]) -> tuple[Fraction, ...]:
        duplicates = self.duplicates(person, names)
        penalty = Fraction(self.problem.overlap.weight) * duplicates
        for rule in self.catalog.rules:
            if rule.kind == "penalise":
                has = self.received(person, rule.window_years) & set(rule.programs)
                joining = len(set(names) & set(rule.programs))
                penalty += Fraction(rule.weight) * _new_beyond_first(joining, len(has))
        found = [
            self._priority(person, level) * self.measure(person, names, level)
            for level in self.levels
        ]
        found[0] -= person["weight"] * penalty
        return (*found, -person["weight"] * duplicates)

    def _priority(self, person: Row, level: Any) -> Fraction:
        if level.priority is None:
            return Fraction(1)
        if isinstance(level.priority, str):
            return Fraction(float(person[level.priority]))
        return Fraction(level.priority.get(person["household_id"], 1))

    # --- overlap -------------------------------------------------------------------------------

    def _group(self, name: str, by: str) -> str:
        program = self.programs[name]
        if by == "any":
            return "any"
        if by == "need":
            return program.need
        return program.agency or self.budgets[program.budget].agency

    def _receipt_group(self, row: Row, by: str) -> str:
        """A program that the catalogue does not have counts where its receipt says what it is."""
        if row["program"] in self.programs:
            return self._group(row["program"], by)
        if by == "any":
            return "any" if row.get("need") or row.get("agency") else ""
        return row.get(by) or ""

    def _served(self, person: Row, by: str) -> set[str]:
        return {
            self._receipt_group(row, by)
            for row in self.receipts
            if row["household_id"] == person["household_id"]
        } - {""}

    def duplicates(self, person: Row, names: Sequence[str]) -> int:
        """o_hj: programs beyond the first of a group, less what receipts make by themselves."""
        by, total = self.problem.overlap.by, 0
        for group in {self._group(name, by) for name in names} - {""}:
            has = {
                row["program"]
                for row in self.receipts
                if row["household_id"] == person["household_id"]
                and self._receipt_group(row, by) == group
            }
            joining = sum(self._group(name, by) == group for name in names)
            total += _new_beyond_first(joining, len(has))
        return total

    # --- coupling rows -------------------------------------------------------------------------

    def _bounds(self) -> Bounds:
        rows: Bounds = {}
        is_open = {name for name, budget in self.budgets.items() if budget.control != "fixed"}
        for name in sorted(is_open):
            rows[name] = (None, Fraction(self.budgets[name].amount))
        for name, program in self.programs.items():
            if program.budget in is_open and program.quota is not None:
                rows[f"quota:{name}"] = (None, Fraction(program.quota))
            if program.budget in is_open and program.minimum > 0:
                rows[f"minimum:{name}"] = (Fraction(program.minimum), None)
        for constraint in self.problem.constraints:
            for person in self.people:
                row = self._floor(constraint, person)
                share = Fraction(constraint.share) * self.measure_before(person, self.levels[0])
                rows[row] = (rows.get(row, (Fraction(0),))[0] + share, None)
        if self.problem.overlap.limit is not None:
            rows["limit:overlap"] = (None, Fraction(self.problem.overlap.limit))
        return rows

    def _floor(self, constraint: pt.AreaFloor, person: Row) -> str:
        place = str(person[constraint.by])
        return (
            f"floor:{place if len(self.problem.constraints) == 1 else f'{constraint.by}={place}'}"
        )

    def _use(self, person: Row, names: Sequence[str]) -> dict[str, Fraction]:
        use = dict.fromkeys(self.bounds, Fraction(0))
        for name in names:
            program = self.programs[name]
            places = person["weight"] * self.units(person, name)
            use[program.budget] += places * Fraction(program.unit_cost)
            for row in (f"quota:{name}", f"minimum:{name}"):
                if row in use:
                    use[row] += places
        for constraint in self.problem.constraints:
            use[self._floor(constraint, person)] += self.measure(person, names, self.levels[0])
        if "limit:overlap" in use:
            use["limit:overlap"] += person["weight"] * self.duplicates(person, names)
        return use

    # --- all assignments -----------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many assignments there are."""
        return math.prod(len(options) for options in self.options)

    def largest_use(self, row: str) -> Fraction:
        """The most that one household can use of a row."""
        return max(option.use[row] for options in self.options for option in options)

    def points(self) -> list[Point]:
        """Every assignment of all households, once for equal use and values."""
        rows, levels = list(self.bounds), range(len(self.levels) + 1)
        columns = [
            [*(option.use[row] for row in rows), *(option.values[k] for k in levels)]
            for options in self.options
            for option in options
        ]
        units = [Fraction(1, _common_denominator(column)) for column in zip(*columns, strict=True)]
        whole = iter(
            [
                tuple(int(number / unit) for number, unit in zip(column, units, strict=True))
                for column in columns
            ]
        )
        states: set[Vector] = {(0,) * (len(rows) + len(levels))}
        for options in self.options:
            steps = {next(whole) for _ in options}
            states = {tuple(map(int.__add__, state, step)) for state in states for step in steps}
        exact = (
            [number * unit for number, unit in zip(state, units, strict=True)] for state in states
        )
        return [
            Point(dict(zip(rows, state, strict=False)), tuple(state[len(rows) :]))
            for state in exact
        ]

    def of_plan(self, pairs: Iterable[tuple[str, str]]) -> tuple[Point | None, list[str]]:
        """Use and values of a plan's proposals, and what is wrong with them by household."""
        chosen: dict[str, list[str]] = {}
        for household, name in pairs:
            chosen.setdefault(household, []).append(name)
        faults = [
            f"no household {name}"
            for name in set(chosen) - {person["household_id"] for person in self.people}
        ]
        use = dict.fromkeys(self.bounds, Fraction(0))
        values = [Fraction(0)] * (len(self.levels) + 1)
        for person, options in zip(self.people, self.options, strict=True):
            names = tuple(sorted(chosen.get(person["household_id"], ())))
            option = next((o for o in options if tuple(sorted(o.programs)) == names), None)
            if option is None:
                faults.append(f"{person['household_id']} cannot have {names}")
                continue
            use = {row: total + option.use[row] for row, total in use.items()}
            values = [total + value for total, value in zip(values, option.values, strict=True)]
        return (None if faults else Point(use, tuple(values))), faults


def keeps(point: Point, bounds: Bounds, slack: float = 0.0) -> bool:
    """Whether every row is kept: exactly, but for ``slack`` (relative) under area floors."""
    return not broken(point, bounds, slack)


def broken(point: Point, bounds: Bounds, slack: float = 0.0) -> list[str]:
    """Rows that are not kept."""
    rows = []
    for row, (lower, upper) in bounds.items():
        give = Fraction(0)
        if row.startswith("floor:") and slack and lower is not None:
            give = Fraction(slack) * max(Fraction(1), abs(lower))
        if upper is not None and point.use[row] > upper:
            rows.append(row)
        if lower is not None and point.use[row] < lower - give:
            rows.append(row)
    return rows


def lexicographic(points: Sequence[Point], slack: float = 0.0) -> tuple[Fraction, ...]:
    """The best value of each level among points, the earlier levels kept within a slack."""
    best: list[Fraction] = []
    left = list(points)
    for level in range(len(points[0].values)):
        top = max(point.values[level] for point in left)
        least = top - Fraction(slack) * max(Fraction(1), abs(top))
        left = [point for point in left if point.values[level] >= least]
        best.append(top)
    return tuple(best)


# --- the bare mathematical problem --------------------------------------------------------------


def choices(group: Sequence[int], required: Sequence[bool]) -> Iterator[tuple[int, ...]]:
    """Every choice of an MMKP, by group: an item, or -1 where nothing is chosen."""
    options = [
        [*([] if is_required else [-1]), *(j for j, g in enumerate(group) if g == number)]
        for number, is_required in enumerate(required)
    ]
    return product(*options)


def best_choice(
    group: Sequence[int],
    value: Sequence[float],
    usage: Sequence[Sequence[Fraction]],
    bounds: Sequence[tuple[float, float]],
    required: Sequence[bool],
) -> Fraction | None:
    """The best value of an MMKP whose rows are kept exactly; None where no choice keeps them."""
    worth = [Fraction(number) for number in value]
    exact = [
        (
            Fraction(lower) if math.isfinite(lower) else None,
            Fraction(upper) if math.isfinite(upper) else None,
        )
        for lower, upper in bounds
    ]
    best: Fraction | None = None
    for choice in choices(group, required):
        items = [item for item in choice if item >= 0]
        used = [
            sum((usage[item][row] for item in items), Fraction(0)) for row in range(len(exact))
        ]
        if all(
            (lower is None or lower <= total) and (upper is None or total <= upper)
            for total, (lower, upper) in zip(used, exact, strict=True)
        ):
            total = sum((worth[item] for item in items), Fraction(0))
            best = total if best is None or total > best else best
    return best


# --- plain helpers -----------------------------------------------------------------------------


def _shortfall(person: Row, gain: Fraction, alpha: int) -> Fraction:
    """E[((z - c - b)+ / z)^alpha] with 0^0 = 0: nobody at the line is below it."""
    line, consumption, size = person["line"], person["consumption"], person["size"]
    if person["sigma"] == 0:
        missing = MONTHS * size * (line - consumption) - gain
        if missing <= 0:
            return Fraction(0)
        return Fraction(1) if alpha == 0 else (missing / (MONTHS * size * line)) ** alpha
    z = float(line)
    reach = float(line - gain / (MONTHS * size))
    if reach <= 0:
        return Fraction(0)
    mu, sigma = math.log(consumption), float(person["sigma"])
    mean, d = math.exp(mu + sigma * sigma / 2), (math.log(reach) - mu) / sigma
    value = _phi(d)
    if alpha == 1:
        value = (reach * _phi(d) - mean * _phi(d - sigma)) / z
    if alpha == 2:
        value = (
            reach**2 * _phi(d)
            - 2 * reach * mean * _phi(d - sigma)
            + mean**2 * math.exp(sigma**2) * _phi(d - 2 * sigma)
        ) / z**2
    return Fraction(max(value, 0.0))


def _phi(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _new_beyond_first(joining: int, has: int) -> int:
    """Members of a group beyond the first once some join, less those of before."""
    return max(0, joining + has - 1) - max(0, has - 1)


def _households(households: pt.Households) -> list[dict[str, Any]]:
    people = []
    for position, household_id in enumerate(households.household_id.tolist()):
        person = {name: column[position] for name, column in households.columns.items()}
        person = {
            name: cell.item() if hasattr(cell, "item") else cell for name, cell in person.items()
        }
        for name in ("size", "consumption", "sigma", "line", "weight"):
            person[name] = Fraction(person[name])
        people.append({**person, "household_id": household_id})
    return people


def _records(frame: Any) -> list[dict[str, Any]]:
    """Rows of a frame as dicts, missing cells as None."""
    if frame is None:
        return []
    return [
        {name: None if cell is None or cell != cell else cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def _common_denominator(numbers: Iterable[Fraction]) -> int:
    return math.lcm(*(number.denominator for number in numbers))
