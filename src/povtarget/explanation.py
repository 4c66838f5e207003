"""explain(): why a household is proposed for this bundle, and what shuts out every other program.

The reasons are those of `povtarget.reasons`: at the plan's own prices, proven where the household
is no close call. Nothing here is a promise about more money: ``solve_again`` says what a line
would need to hold only after solving with that money.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from povtarget.admissions import SETTLED, Admission, admission
from povtarget.errors import Fault, InputError, masked, nearest
from povtarget.evaluation import revalue
from povtarget.expressions import Expression
from povtarget.households import Households
from povtarget.locale import Language, Words
from povtarget.objectives import FGT, Objective
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog, Program
from povtarget.reason_texts import digits, say, small, unit
from povtarget.reasons import Reasons, find_reasons
from povtarget.valuation import shortfall, unit_gains

_BY_MONEY = ("price", "quota", "close_call")  # what is tried with more money unasked
_FAR = 0.95  # a chance of being below the line from which a household is said to be far below
_TIED = 1e-9  # relative: net worth that the first aim cannot tell apart
_SHARED_BY = 5  # households that must share a text before it is shown


@dataclass(frozen=True)
class Reason:
    """What decided about one program for one household.

    Parameters
    ----------
    program
        Its name.
    kind
        As in `povtarget.reasons.Kind`.
    values
        What the sentence says, by name: clauses, values, other, shortfall, flip ...
    """

    program: str
    kind: str
    values: Mapping[str, Any]

    def text(self, language: Language = "en") -> str:
        """The reason as a sentence, in English ("en") or Indonesian ("id")."""
        words = Words(language)
        shown = {name: _shown(words, name, value) for name, value in self.values.items()}
        key = str(shown.pop("key", self.kind))
        flip = shown.get("flip")
        if flip is not None:
            way = "flip_out" if self.kind == "proposed" else "flip_in"
            shown["flip"] = say(words, way, flip=flip, unit_cost=shown["unit_cost"])
        if "far" in shown:
            shown["far"] = say(words, "far", far=shown["far"])
        return say(words, key, program=self.program, **{"flip": "", "far": "", **shown})


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a household is proposed for its bundle. Made by `explain`.

    Parameters
    ----------
    household_id
        As given; sentences mask long digit runs.
    size, area, chance
        Persons; area or ""; the expected chance of being below the line before the plan.
    objective
        The first aim, whose units value, cost, margin and gap have.
    programs
        What is proposed.
    value, cost, margin, gap
        As in `povtarget.reasons.Reasons`, in units of the first aim.
    is_close_call
        The two best choices are within the plan's gap of each other.
    reasons
        One for each program of the catalogue, what is proposed first.
    admissions
        What solving again said, where it was asked.
    frame
        By program: kind, adds, shortfall, unit_cost, flip_cost (Rp a year for a unit).
    """

    household_id: str
    size: float
    area: str
    chance: float
    objective: Objective
    programs: tuple[str, ...]
    value: float
    cost: float
    margin: float
    gap: float
    is_close_call: bool
    reasons: tuple[Reason, ...]
    admissions: tuple[Admission, ...]
    frame: pd.DataFrame

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Explanation({masked(self.household_id)}, {', '.join(self.programs) or 'nothing'})"

    def text(self, language: Language = "en") -> str:
        """The explanation in words, in English ("en") or Indonesian ("id")."""
        words = Words(language)
        lines = [
            say(
                words,
                "head",
                id=masked(self.household_id),
                size=words.number(self.size),
                area=f", {self.area}" if self.area else "",
                chance=words.percent(self.chance, 1),
            ),
            self._bundle(words),
        ]
        if self.is_close_call:
            lines.append(say(words, "is_close", gap=small(words, self.gap)))
        lines += [f"- {reason.text(language)}" for reason in self.reasons]
        lines += [f"+ {one.text(language)}" for one in self.admissions]
        return "\n".join(lines)

    def _bundle(self, words: Words) -> str:
        key = "bundle" if self.programs else "nothing"
        if np.isinf(self.margin):
            key = "only_choice" if self.programs else "no_choice"
        return say(
            words,
            key,
            programs=", ".join(self.programs),
            value=small(words, self.value),
            cost=small(words, self.cost),
            margin=small(words, self.margin),
            unit=unit(words, self.objective),
        )


def explain(
    problem: TargetingProblem,
    plan: Plan,
    *,
    household_id: str,
    solve_again: bool | Collection[str] = False,
) -> Explanation:
    """Say why a household is proposed for this bundle, and what shuts out every other program.

    Parameters
    ----------
    problem, plan
        The question, and the plan that answers it.
    household_id
        Whom to explain.
    solve_again
        For programs that price or quota shuts out, or a close call, look for the money in their
        line with which a new plan proposes them, by solving up to eleven times for each, or find
        that their places are used up; True for all of them, or names of any programs: where
        no money can change it, that is said with the reason.

    Returns
    -------
    Explanation
        With ``text("en")`` and ``text("id")``.

    Raises
    ------
    InputError
        Where the household or a program is not known, the plan is a baseline, or it is not a
        plan of this problem.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(2_000)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> plan = pt.solve(problem)
    >>> why = pt.explain(problem, plan, household_id="KK-0000001")
    >>> print(why.reasons[2].text())
    blk: not eligible. It asks for 'job_seekers > 0'; here job_seekers = 0.
    """
    row = _position(problem.households, household_id)
    wanted = _wanted(problem.catalog, solve_again)
    found = find_reasons(problem, plan, np.array([row]))
    reasons = tuple(_reasons(problem, found))
    by_name = not isinstance(solve_again, bool)
    again = [
        Admission(reason.program, _line_of(problem, reason), None, 0.0, settled=reason.kind)
        if reason.kind in SETTLED
        else admission(problem, plan, row, reason.program)
        for reason in reasons
        if reason.program in wanted and (by_name or reason.kind in _BY_MONEY)
    ]
    households, names = problem.households, problem.catalog.program_names
    chance = shortfall(households, found.rows, problem.standing.baseline_gain[found.rows], 0)
    return Explanation(
        household_id=str(households.household_id[row]),
        size=float(households.size[row]),
        area="" if households.area is None else str(households.area[row]),
        chance=float(chance[0]),
        objective=problem.levels[0],
        programs=tuple(names[p] for p in np.flatnonzero(found.chosen[0])),
        value=float(found.value[0]),
        cost=float(found.cost[0]),
        margin=float(found.margin[0]),
        gap=found.gap,
        is_close_call=bool(found.is_close_call[0]),
        reasons=reasons,
        admissions=tuple(again),
        frame=_frame(problem, found),
    )


def _line_of(problem: TargetingProblem, reason: Reason) -> str:
    """The budget line of a reason's program."""
    return next(p.budget for p in problem.catalog.programs if p.name == reason.program)


def _position(households: Households, household_id: str) -> int:
    row = int(households.positions([household_id])[0])
    if row < 0:
        fault = Fault(
            "no such household",
            "explain",
            column="household_id",
            value=str(household_id),
            expected="an identifier of the problem's households",
        )
        raise InputError([fault])
    return row


def _wanted(catalog: Catalog, solve_again: bool | Collection[str]) -> frozenset[str]:
    if isinstance(solve_again, bool):
        return frozenset(catalog.program_names if solve_again else ())
    asked = {solve_again} if isinstance(solve_again, str) else set(solve_again)
    faults = [
        Fault(
            "no such program",
            "explain",
            column="solve_again",
            value=str(name),
            expected=nearest(str(name), catalog.program_names) or "a program of the catalogue",
        )
        for name in sorted(asked - set(catalog.program_names))
    ]
    if faults:
        raise InputError(faults)
    return frozenset(asked)


def _frame(problem: TargetingProblem, found: Reasons) -> pd.DataFrame:
    programs = problem.catalog.programs
    return pd.DataFrame(
        {
            "program": [program.name for program in programs],
            "kind": found.kind[0],
            "adds": found.adds[0],
            "shortfall": found.shortfall[0],
            "unit_cost": [float(program.unit_cost) for program in programs],
            "flip_cost": found.flip_cost[0],
        }
    ).set_index("program")


def _reasons(problem: TargetingProblem, found: Reasons) -> Iterator[Reason]:
    """The reason of every program, what is proposed first."""
    for p in np.argsort(~found.chosen[0], kind="stable").tolist():
        yield reason_of(problem, found, p)


def reason_of(problem: TargetingProblem, found: Reasons, p: int) -> Reason:
    """What decided about one program for the one household of ``found``."""
    program, kind = problem.catalog.programs[p], str(found.kind[0, p])
    return Reason(program.name, kind, dict(_values(problem, found, p)))


def _values(problem: TargetingProblem, found: Reasons, p: int) -> Iterator[tuple[str, Any]]:
    """What a reason's sentence says."""
    program, kind, row = problem.catalog.programs[p], found.kind[0, p], int(found.rows[0])
    if kind == "fixed":
        yield "budget", program.budget
    elif kind == "locked_out":
        yield "key", f"locked_out_{_lock_reason(problem, row, p)}"
    elif kind == "no_units":
        yield "per", program.per
    elif kind == "not_eligible":
        yield from _clauses(problem.households, program, row)
    elif kind in ("rule_receipt", "rule"):
        yield from _rule(problem, found, p)
    elif kind in ("locked", "max_bundle"):
        yield "most", problem.max_bundle
    elif kind == "no_gain":
        yield "objective", problem.levels[0]
    elif kind == "proposed" and problem.standing.locked[row, p]:
        yield (
            "key",
            "proposed_kept" if _lock_reason(problem, row, p) == "kept" else "proposed_locked",
        )
    elif kind == "proposed" and abs(found.shortfall[0, p]) <= _TIED * max(found.value[0], 1.0):
        later = _deciding(problem, found, p)
        yield "key", "proposed_alike" if later is None else "proposed_later"
        if later is not None:
            yield "objective", later
    if kind in ("price", "no_gain"):
        yield from _far(problem, found, p)
    if np.isfinite(found.shortfall[0, p]):
        units = float(problem.standing.units[row, p] * problem.households.weight[row])
        yield "shortfall", float(found.shortfall[0, p])
        yield "adds", float(found.adds[0, p])
        yield "money", float(found.unit_price[p]) * units
        yield "unit_cost", float(program.unit_cost)
        if np.isfinite(found.flip_cost[0, p]):
            yield "flip", float(found.flip_cost[0, p])


def _far(problem: TargetingProblem, found: Reasons, p: int) -> Iterator[tuple[str, float]]:
    """The chance of being below the line with the program and what is proposed, if all works.

    Said where the first aim counts who reaches the line and the chance stays 95 % or more: then
    the program can lift the chance by 5 points at most.
    """
    first, row = problem.levels[0], found.rows
    if not isinstance(first, FGT) or first.alpha != 0:
        return
    with_it = found.chosen[0].copy()
    with_it[p] = True
    gain = problem.standing.baseline_gain[row]
    gain = gain + (problem.standing.units[row] * unit_gains(problem) * with_it).sum(axis=1)
    chance = float(shortfall(problem.households, row, gain, 0)[0])
    if chance >= _FAR:
        yield "far", chance


def _lock_reason(problem: TargetingProblem, row: int, p: int) -> str:
    """Why a household and a program are locked."""
    household = str(problem.households.household_id[row])
    return problem.lock_reasons[household, problem.catalog.program_names[p]]


def _deciding(problem: TargetingProblem, found: Reasons, p: int) -> Objective | None:
    """The first aim after the first that a proposed program adds to; None: no aim does."""
    with_it = np.zeros(problem.standing.possible.shape, dtype=bool)
    with_it[found.rows] = found.chosen
    without = with_it.copy()
    without[found.rows, p] = False
    more, less = revalue(problem, with_it).values, revalue(problem, without).values
    for level, a, b in list(zip(problem.levels, more, less, strict=False))[1:]:
        if a - b > _TIED * max(abs(a), 1e-3):
            return level
    return None


def _clauses(households: Households, program: Program, row: int) -> Iterator[tuple[str, Any]]:
    """The clauses that are false, and the household's values in them."""
    assert program.expression is not None
    columns = {name: values[row : row + 1] for name, values in households.columns.items()}
    false: list[Expression] = []
    for clause in program.expression.clauses:
        if clause.columns and false and not _can_evaluate(clause, columns):
            continue  # it may only be asked where the clauses before it hold
        if not clause.evaluate({name: columns[name] for name in clause.columns} or columns)[0]:
            false.append(clause)
    yield "clauses", tuple(str(clause) for clause in false)
    used = sorted({name for clause in false for name in clause.columns})
    yield "values", {name: _shareable(households, name, row) for name in used}


def _can_evaluate(clause: Expression, columns: Mapping[str, Any]) -> bool:
    try:
        clause.evaluate({name: columns[name] for name in clause.columns})
    except InputError:
        return False
    return True


def _shareable(households: Households, name: str, row: int) -> Any:
    """A value that may be said: a number, an area, or a text that several households share."""
    value = households.columns[name][row]
    if not isinstance(value, str) or name == "area":
        return value
    alike = np.count_nonzero(households.columns[name] == value)
    return value if alike >= _SHARED_BY else None


def _rule(problem: TargetingProblem, found: Reasons, p: int) -> Iterator[tuple[str, Any]]:
    """The other program that a rule names."""
    names, row = problem.catalog.program_names, int(found.rows[0])
    proposed = {names[q] for q in np.flatnonzero(found.chosen[0])}
    for rule, has in zip(problem.catalog.rules, problem.standing.rule_receipts, strict=True):
        if names[p] not in rule.programs:
            continue
        mine = {name for name, is_had in zip(rule.programs, has[row], strict=True) if is_had}
        if rule.kind == "forbid":
            barring = mine if found.kind[0, p] == "rule_receipt" else proposed
            others = sorted((barring & set(rule.programs)) - {names[p]})
            if others:
                yield "other", others[0]
                return
        elif rule.kind == "require" and rule.programs[0] == names[p]:
            other = rule.programs[1]
            if other not in mine and other not in proposed:
                yield "key", "rule_needs" if found.kind[0, p] == "rule_receipt" else "rule_without"
                yield "other", other
                return


def _shown(words: Words, name: str, value: Any) -> str:
    """A value of a reason in a language."""
    if name == "clauses":
        return ", ".join(f"'{masked(clause)}'" for clause in value)
    if name == "values":
        return ", ".join(f"{column} = {_cell(words, cell)}" for column, cell in value.items())
    if name == "objective":
        return unit(words, value)
    if name == "far":
        return words.percent(value, 1)
    if name in ("flip", "unit_cost"):
        return words.rupiah(value)
    return small(words, value) if isinstance(value, float) else str(value)


def _cell(words: Words, cell: Any) -> str:
    if cell is None:
        return say(words, "hidden")
    if isinstance(cell, (float, np.floating)):
        number = float(cell)
        return words.number(number) if number.is_integer() else digits(words, number)
    return masked(cell)
