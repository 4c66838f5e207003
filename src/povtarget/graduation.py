"""graduate(): which existing receipts may end, under which conditions, and whom the money reaches.

A chance of being below the line never ends a receipt by itself. The receipt must be marked
changeable, and the data must say that the household was visited lately, was told, and has no
appeal open; then its chance must be under a threshold, and stay under a floor without the
receipt. Even so this is a proposal: an official decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from povtarget.canvas import axes_or_new
from povtarget.errors import Fault, InputError
from povtarget.graduation_conditions import read_conditions
from povtarget.households import Households
from povtarget.locale import Language, Words
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.reason_texts import say
from povtarget.solving import solve
from povtarget.valuation import MONTHS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WHY = (
    "unknown",
    "not_changeable",
    "exempt",
    "not_verified",
    "no_notice",
    "appeal_open",
    "above_threshold",
    "below_floor",
    "limit",
    "graduates",
)
"""Why a receipt stays, the first that holds; "graduates" where it may end."""

_LEAST = 0.01  # of consumption, that is left at least when a receipt's gain is taken off


@dataclass(frozen=True, eq=False)
class Graduation:
    """Which receipts are proposed to end, and what that frees. Made by `graduate`.

    Parameters
    ----------
    frame
        One row for each receipt, in their order: household_id, program, action ("keep", "end",
        or "move" where the plan afterwards proposes the household for another program), why (one
        of `WHY`), moved_to (programs, "" for none), chance_now and chance_after (of being below
        the line, with the receipt and without it and those of the household that end before
        it), freed (Rp a year, times weight).
    freed
        By budget: control and freed (Rp a year). Money of "fixed" lines is another government's
        and is not spent here.
    reached
        Households that the plan afterwards proposes something for and the plan before did not:
        household_id, area (where known), persons, chance (of being below the line), programs.
    before, after
        The plan with all receipts as they are, and the plan with the freed money.
    changed
        Households (weights) whose receipts end.
    wrongful
        Expected number of households (weights) that are below the line once their receipts have
        ended: endings that should not have been.
    """

    frame: pd.DataFrame
    freed: pd.DataFrame
    reached: pd.DataFrame
    before: Plan
    after: Plan
    changed: float
    wrongful: float

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Graduation({self.changed:,.0f} households, {self.wrongful:.2f} expected wrongful)"

    def text(self, language: Language = "en") -> str:
        """The proposal in words, in English ("en") or Indonesian ("id")."""
        words, spent_here = Words(language), self.freed["control"] != "fixed"
        return say(
            words,
            "graduation",
            changed=words.number(self.changed),
            wrongful=words.number(self.wrongful, 2),
            freed=words.rupiah(float(self.freed["freed"][spent_here].sum())),
            elsewhere=words.rupiah(float(self.freed["freed"][~spent_here].sum())),
            reached=words.number(len(self.reached)),
            lifted=words.number(self.after.lifted - self.before.lifted, 1),
        )


def graduate(
    problem: TargetingProblem,
    *,
    on: date,
    conditions: Any = None,
    threshold: float = 0.02,
    floor: float = 0.05,
    limit: float | None = None,
    exempt: Sequence[str] = ("elderly", "disabled"),
    within_days: int = 365,
    gap: float = 1e-4,
) -> Graduation:
    """Propose which changeable receipts may end, and plan again with the money that frees.

    Parameters
    ----------
    problem
        The question; its receipts say ``changeable``.
    on
        The day on which verifications are judged.
    conditions
        A file or frame with household_id, program, verified_on (a date), notice (yes or no) and
        appeal_open (yes or no), as `povtarget.graduation_conditions.read_conditions` reads it.
        None: nothing is verified, so nothing ends.
    threshold
        A receipt may end only where the chance of being below the line is below this.
    floor
        ... and, without the receipt, still is this or less. Receipts of one household end in the
        order of what they add, the smallest first, for as long as the floor holds.
    limit
        Most households (weights) that change in a year, those that are farthest from the line
        first; None for no limit.
    exempt
        Columns of counts: a household with any is left alone. An empty sequence exempts nobody.
    within_days
        How old a field verification may be.
    gap
        As in `solve`.

    Raises
    ------
    InputError
        With every fault of the arguments and conditions.

    Examples
    --------
    >>> import povtarget as pt
    >>> households = pt.Households.from_frame(
    ...     {"household_id": ["a", "b"], "size": [2, 2], "consumption": [900_000, 90_000]},
    ...     poverty_line=100_000)
    >>> grant = pt.Program("grant", need="cash", budget="b", unit_cost=600_000, benefit=600_000)
    >>> catalog = pt.Catalog(programs=[grant], budgets=[pt.Budget("b", amount=0)])
    >>> receipts = {"household_id": ["a"], "program": ["grant"], "changeable": [True]}
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> seen = {"household_id": ["a"], "program": ["grant"], "verified_on": ["2025-11-01"],
    ...         "notice": ["ya"], "appeal_open": ["tidak"]}
    >>> proposal = pt.graduate(problem, on=date(2026, 3, 1), conditions=seen, exempt=())
    >>> proposal.frame["action"].tolist(), proposal.after.assignments["household_id"].tolist()
    (['end'], ['b'])
    """
    faults = [*_faults(problem, threshold, floor, limit, exempt)]
    if faults:
        raise InputError(faults)
    receipts = _receipts(problem)
    stated = read_conditions(conditions)
    receipts["why"] = _why(problem, receipts, stated, on, within_days, exempt)
    _judge(problem, receipts, threshold, floor, limit)
    before = solve(problem, gap=gap)
    ends = receipts["why"] == "graduates"
    after = solve(_afterwards(problem, receipts[ends]), gap=gap, start=before)
    return _graduation(problem, receipts, before, after)


def _faults(
    problem: TargetingProblem,
    threshold: float,
    floor: float,
    limit: float | None,
    exempt: Sequence[str],
) -> Iterator[Fault]:
    for name, value in (("threshold", threshold), ("floor", floor)):
        if not 0 <= value <= 1:
            yield _fault("not a share", name, value, "a chance from 0 to 1")
    if limit is not None and not 0 <= limit < np.inf:
        yield _fault("not a number of households", "limit", limit, "0 or more, or None")
    for name in exempt:
        columns = problem.households.columns
        if name not in columns or columns[name].dtype.kind not in "iufb":
            expected = "a column of counts; exempt=() says that nobody is exempt"
            yield _fault("no such column of counts", "exempt", name, expected)
    if problem.receipts is None or "changeable" not in problem.receipts:
        expected = "receipts with a column 'changeable'"
        yield _fault("no receipt says whether it may change", "receipts", "none", expected)


def _fault(message: str, column: str, value: object, expected: str) -> Fault:
    return Fault(message, "graduate", column=column, value=str(value), expected=expected)


def _receipts(problem: TargetingProblem) -> pd.DataFrame:
    """The receipts with positions, what they add and what they cost in a year."""
    frame: pd.DataFrame = problem.receipts.copy().reset_index(drop=True)
    frame["row"] = problem.households.positions(frame["household_id"])
    frame["p"] = problem.catalog.positions(frame["program"])
    known = (frame["row"] >= 0) & (frame["p"] >= 0)
    row, p = frame["row"].where(known, 0).to_numpy(), frame["p"].where(known, 0).to_numpy()
    programs = problem.catalog.programs
    units = _stated(frame, "units", np.maximum(problem.standing.units[row, p], 1))
    benefit = np.array([float(program.benefit) for program in programs])[p]
    share = np.array([float(program.conversion) for program in programs])[p]
    cost = np.array([float(program.unit_cost) for program in programs])[p]
    frame["gain"] = np.where(known, share * _stated(frame, "benefit", benefit) * units, 0.0)
    frame["places"] = np.where(known, problem.households.weight[row] * units, 0.0)
    yearly = _stated(frame, "amount", cost * units)
    frame["cost"] = np.where(known, problem.households.weight[row] * yearly, 0.0)
    return frame


def _stated(frame: pd.DataFrame, column: str, default: Any) -> Floats:
    given = (
        frame[column].to_numpy(dtype=np.float64)
        if column in frame
        else np.full(len(frame), np.nan)
    )
    return np.where(np.isnan(given), default, given)


def _why(
    problem: TargetingProblem,
    receipts: pd.DataFrame,
    stated: pd.DataFrame,
    on: date,
    within_days: int,
    exempt: Sequence[str],
) -> NDArray[Any]:
    """What keeps a receipt before any chance is looked at; "graduates" for the others."""
    keys = ["household_id", "program"]
    known = receipts[keys].merge(stated, on=keys, how="left")
    age = (pd.Timestamp(on) - known["verified_on"]).dt.days
    is_lately = ((age >= 0) & (age <= within_days)).to_numpy()
    told = known["notice"].eq(True).to_numpy()
    appeals = ~known["appeal_open"].eq(False).to_numpy()
    row = np.maximum(receipts["row"].to_numpy(), 0)
    is_exempt = np.zeros(len(receipts), dtype=bool)
    for name in exempt:
        is_exempt |= problem.households.columns[name][row] > 0
    is_unknown = (receipts["row"] < 0).to_numpy() | (receipts["p"] < 0).to_numpy()
    tests = (
        is_unknown,
        ~receipts["changeable"].to_numpy(dtype=bool),
        is_exempt,
        ~is_lately,
        ~told,
        appeals,
    )
    return np.select(tests, np.array(WHY[: len(tests)], dtype=object), "graduates")


def chance_below(households: Households, rows: Ints, gain: Floats) -> Floats:
    """float64[rows]: the chance of being below the line with a gain, which may be negative.

    P(c + gain / (12 size) < line); gain in Rp a year for the household.
    """
    line = households.line[rows] - gain / (MONTHS * households.size[rows])
    consumption, sigma = households.consumption[rows], households.sigma[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        predicted = ndtr(np.log(np.maximum(line, 0.0) / consumption) / sigma)
    return np.where(sigma > 0, predicted, consumption < line)


def _judge(
    problem: TargetingProblem,
    receipts: pd.DataFrame,
    threshold: float,
    floor: float,
    limit: float | None,
) -> None:
    """Fill in chances, and what they and the limit keep."""
    rows = np.maximum(receipts["row"].to_numpy(), 0)
    base = problem.standing.baseline_gain[rows]
    receipts["chance_now"] = chance_below(problem.households, rows, base)
    open_ = (receipts["why"] == "graduates").to_numpy()
    order = receipts["gain"].to_numpy().argsort(kind="stable")
    lost = receipts["gain"].where(open_, 0.0).iloc[order].groupby(receipts["row"]).cumsum()
    taken = lost.sort_index().to_numpy() + np.where(open_, 0.0, receipts["gain"])
    receipts["chance_after"] = chance_below(problem.households, rows, base - taken)
    why = receipts["why"].to_numpy().copy()
    why[open_ & (receipts["chance_after"] > floor).to_numpy()] = "below_floor"
    why[open_ & (receipts["chance_now"] >= threshold).to_numpy()] = "above_threshold"
    receipts["why"] = why
    mine = receipts[receipts["why"] == "graduates"]
    worst = mine.groupby("row")["chance_after"].max()
    ranked = worst.sort_values(kind="stable").index.to_numpy(dtype=np.int64)
    if limit is not None:
        count = np.cumsum(problem.households.weight[ranked])
        over = receipts["row"].isin(ranked[count > limit]) & (receipts["why"] == "graduates")
        receipts.loc[over, "why"] = "limit"


def _afterwards(problem: TargetingProblem, ends: pd.DataFrame) -> TargetingProblem:
    """The question without the receipts that end, with the money and places they free."""
    households, catalog = problem.households, problem.catalog
    if problem.receipts_in_consumption and len(ends):
        lost = np.bincount(ends["row"], ends["gain"], minlength=len(households))
        less = households.consumption - lost / (MONTHS * households.size)
        least = np.where(lost > 0, _LEAST * households.consumption, less)
        households = replace(households, consumption=np.maximum(less, least))
    money = ends.groupby("program")["cost"].sum()
    places = ends.groupby("program")["places"].sum()
    by_line = {line.name: 0.0 for line in catalog.budgets}
    for program in catalog.programs:
        by_line[program.budget] += float(money.get(program.name, 0.0))
    budgets = [replace(line, amount=line.amount + by_line[line.name]) for line in catalog.budgets]
    programs = [
        program
        if program.quota is None
        else replace(program, quota=program.quota + float(places.get(program.name, 0.0)))
        for program in catalog.programs
    ]
    out = ends[["household_id", "program"]].assign(lock="out").drop_duplicates()
    return replace(
        problem,
        households=households,
        catalog=replace(catalog, budgets=budgets, programs=programs),
        receipts=problem.receipts.drop(index=problem.receipts.index[ends.index]),
        locks=out if problem.locks is None else _with_locks(problem.locks, out),
    )


def _with_locks(locks: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([locks, out], ignore_index=True).drop_duplicates()


def _graduation(
    problem: TargetingProblem, receipts: pd.DataFrame, before: Plan, after: Plan
) -> Graduation:
    ends = receipts["why"] == "graduates"
    proposed = after.assignments.groupby("household_id")["program"].agg(", ".join).to_dict()
    receipts["moved_to"] = [
        proposed.get(household, "") if is_end else ""
        for household, is_end in zip(receipts["household_id"], ends, strict=True)
    ]
    is_moved = (receipts["moved_to"] != "").to_numpy()
    receipts["action"] = np.select([is_moved, ends.to_numpy()], ["move", "end"], "keep")
    receipts["freed"] = receipts["cost"].where(ends, 0.0)
    columns = ["household_id", "program", "action", "why", "moved_to"]
    columns += ["chance_now", "chance_after", "freed"]
    mine = receipts[ends].groupby("row")["chance_after"].max()
    weight = problem.households.weight[mine.index.to_numpy(dtype=np.int64)]
    return Graduation(
        frame=receipts[columns],
        freed=_freed(problem, receipts),
        reached=_reached(problem, before, after),
        before=before,
        after=after,
        changed=float(weight.sum()),
        wrongful=float(weight @ mine.to_numpy()),
    )


def _freed(problem: TargetingProblem, receipts: pd.DataFrame) -> pd.DataFrame:
    line = {program.name: program.budget for program in problem.catalog.programs}
    freed = receipts["freed"].groupby(receipts["program"].map(line)).sum()
    frame = pd.DataFrame(
        {"control": [budget.control for budget in problem.catalog.budgets]},
        index=pd.Index(problem.catalog.budget_names, name="budget"),
    )
    return frame.assign(freed=freed.reindex(frame.index).fillna(0.0).astype(float))


def _reached(problem: TargetingProblem, before: Plan, after: Plan) -> pd.DataFrame:
    new = after.assignments[
        ~after.assignments["household_id"].isin(before.assignments["household_id"])
    ]
    programs = new.groupby("household_id")["program"].agg(", ".join)
    outcomes = after.outcomes.set_index("household_id").loc[programs.index]
    wanted = [name for name in ("area", "persons", "P0_before") if name in outcomes]
    named = outcomes[wanted].rename(columns={"P0_before": "chance"})
    return named.assign(programs=programs).reset_index()


def plot_graduation(result: Graduation, ax: Any = None) -> Any:
    """Draw how many receipts stay for which reason and how many end; the axes are returned.

    Raises
    ------
    PovtargetError
        Where matplotlib is not installed.
    """
    ax = axes_or_new(ax, (7, 4))
    counts = result.frame["why"].value_counts().reindex([*WHY]).dropna()
    colours = ["#0072B2" if why == "graduates" else "#999999" for why in counts.index]
    ax.barh([why.replace("_", " ") for why in counts.index], counts.to_numpy(), color=colours)
    ax.invert_yaxis()
    ax.set_xlabel("receipts")
    return ax
