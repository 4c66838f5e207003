"""A plan after the meetings: what was agreed stays, free places go to who is next, proven anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.evaluation import proposals_of
from povtarget.meeting_decisions import FREEING, Decisions, decisions_of
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.progress import Listener
from povtarget.sayings import said
from povtarget.solving import solve
from povtarget.workbook.meeting import HOUSEHOLD_MARKS

GONE = ("dead", "moved")
"""Decisions after which a household belongs in the registry no more."""

CHANGES = ("household_id", "program", "change", "reason")
_LOCKS = ["household_id", "program", "lock", "reason"]


@dataclass(frozen=True, eq=False)
class Revision:
    """A plan after the meetings.

    Parameters
    ----------
    problem
        The question with what was decided as locks.
    plan
        The new plan.
    decisions
        What was decided.
    changes
        household_id, program, change and reason: "removed" with the meeting's decision or
        "replaced" (the plan proposes others for it now), "added" with "next" or, for a waiting
        household that a meeting confirmed, "agreed"; "still_listed" with "dead" or "moved" and
        no program: the registry, and so every rate, still has this household.
    """

    problem: TargetingProblem
    plan: Plan
    decisions: Decisions
    changes: pd.DataFrame

    @property
    def gone(self) -> NDArray[np.int64]:
        """Positions of households that are dead or moved and that all counts still hold."""
        ids = list(_gone(self.problem))
        return np.asarray(self.problem.households.positions(ids), dtype=np.int64)

    def __repr__(self) -> str:
        count = self.changes["change"].value_counts()
        return (
            f"Revision({self.decisions!r}; removed: {count.get('removed', 0)}, "
            f"added: {count.get('added', 0)}; {self.plan!r})"
        )


def revise(
    problem: TargetingProblem,
    plan: Plan,
    decisions: Any,
    *,
    keep: bool = True,
    engine: Any = "auto",
    gap: float | None = None,
    time_limit: float | None = None,
    progress: bool | Listener = False,
) -> Revision:
    """Take what meetings decided into a plan.

    What was proposed and agreed is locked in; what was refused is locked out, and all programs
    of a family that is dead, moved or able. Free places and money go to who is next, and the new
    plan has a certificate of its own: its bound is over all plans that keep what was decided.
    Agreed on the waiting list locks nothing: it must not push out who is proposed.

    Parameters
    ----------
    problem, plan
        The question and the plan that the meetings looked at.
    decisions
        From `read_decisions`; or a frame or file with household_id, program and decision
        ("agreed", "dead", "moved", "able", "refused").
    keep
        Keep proposals that no meeting has marked, too: people have been told. False lets the
        new plan exchange them.
    engine, gap, time_limit, progress
        As in `solve`; a gap of None is that of the plan.

    Raises
    ------
    InputError
        With every fault of the decisions, at the row of the sheet.
    InfeasibleError
        Where no plan keeps what was decided, a minimum for instance.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, _ = pt.datasets.pekalongan(300, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, objective=pt.Headcount())
    >>> plan = pt.solve(problem)
    >>> first = plan.assignments.loc[:0, ["household_id", "program"]]
    >>> revision = pt.revise(problem, plan, first.assign(decision="refused"))
    >>> revision.changes.loc[0, ["change", "reason"]].tolist()
    ['removed', 'refused']
    """
    read = decisions_of(decisions, problem)
    asked = _with_locks(problem, plan, read, keep)
    made = solve(
        asked,
        engine=engine,
        gap=plan.asked_gap if gap is None else gap,
        time_limit=time_limit,
        start=plan,
        progress=progress,
    )
    return Revision(asked, made, read, _changes(asked, plan, made, read))


def _with_locks(
    problem: TargetingProblem, plan: Plan, read: Decisions, keep: bool
) -> TargetingProblem:
    """The question with the decisions as locks, later ones in place of earlier ones."""
    made = _locks(problem, plan, read)
    if problem.locks is not None:
        reason = list(problem.lock_reasons.values())
        earlier = problem.locks.assign(reason=reason, source=None, row=0)
        # what was kept is kept again, or exchanged: it binds nobody
        made = pd.concat([made, earlier[earlier["reason"] != "kept"]])
    locks = made.drop_duplicates(["household_id", "program"], ignore_index=True)
    try:
        asked = replace(problem, locks=locks[_LOCKS])
    except InputError as error:
        raise InputError([_at_sheet(fault, locks) for fault in error.problems]) from None
    faults = list(_alone(asked, locks))
    if faults:
        raise InputError(faults)
    if not keep:
        return asked
    household, program = np.nonzero(_kept(asked, plan))
    kept = pd.DataFrame(
        {
            "household_id": problem.households.household_id[household],
            "program": np.array(problem.catalog.program_names, dtype=object)[program],
            "lock": "in",
            "reason": "kept",
        }
    )
    return replace(problem, locks=pd.concat([locks[_LOCKS], kept], ignore_index=True))


def _kept(asked: TargetingProblem, plan: Plan) -> NDArray[np.bool_]:
    """bool[households, programs]: proposals that nobody has decided about and that still hold."""
    standing, catalog = asked.standing, asked.catalog
    chosen = proposals_of(asked, plan.assignments) & standing.possible
    for _ in catalog.rules:  # what goes may be required by another, and that by a third
        for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
            if rule.kind == "require":
                first, second = catalog.positions(list(rule.programs))
                chosen[:, first] &= chosen[:, second] | has[:, 1]
    return np.asarray(chosen & ~standing.locked)


def _alone(asked: TargetingProblem, locks: pd.DataFrame) -> Iterator[Fault]:
    """Yield a fault for what is locked in though a program that it requires is locked out."""
    standing, catalog = asked.standing, asked.catalog
    households = asked.households.positions(locks["household_id"]).tolist()
    rows = list(zip(households, *(locks[name].tolist() for name in locks), strict=True))
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        if rule.kind != "require":
            continue
        first, second = catalog.positions(list(rule.programs))
        alone = standing.locked[:, first] & ~standing.possible[:, second] & ~has[:, 1]
        for household, _, program, lock, _, source, row in rows:
            if program == rule.programs[0] and lock == "in" and alone[household]:
                message = said(
                    "agreed, though it requires '{programs}', which cannot be had",
                    programs=rule.programs[1],
                )
                yield Fault(message, source or "locks", row or None, "program", program)


def _locks(problem: TargetingProblem, plan: Plan, read: Decisions) -> pd.DataFrame:
    """household_id, program, lock, reason, source, row: what the decisions lock in and out."""
    frame = read.frame
    pairs = pd.MultiIndex.from_frame(frame[["household_id", "program"]])
    is_proposed = pairs.isin(
        pd.MultiIndex.from_frame(plan.assignments[["household_id", "program"]])
    )
    agreed = frame[(frame["decision"] == "agreed") & is_proposed].assign(lock="in")
    refused = frame[frame["decision"] == "refused"].assign(lock="out")
    gone = frame[frame["decision"].isin(HOUSEHOLD_MARKS)].drop(columns="program")
    everything = pd.DataFrame({"program": problem.catalog.program_names})
    gone = gone.drop_duplicates("household_id").merge(everything, how="cross").assign(lock="out")
    locks = pd.concat([gone, agreed, refused]).rename(columns={"decision": "reason"})
    return locks[[*_LOCKS, "source", "row"]]


def _at_sheet(fault: Fault, locks: pd.DataFrame) -> Fault:
    """A fault of a lock, told at the row of the sheet that it comes from."""
    if fault.source != "locks" or fault.row is None:
        return fault
    lock = locks.iloc[fault.row - 2]
    return replace(fault, source=lock["source"] or "locks", row=int(lock["row"]) or None)


def _gone(asked: TargetingProblem) -> dict[str, str]:
    """Households that this or an earlier meeting called dead or moved, and which."""
    reasons = asked.lock_reasons.items()
    return {household: reason for (household, _), reason in reasons if reason in GONE}


def _changes(problem: TargetingProblem, plan: Plan, made: Plan, read: Decisions) -> pd.DataFrame:
    """What is proposed no more, and what is proposed now."""
    before, after = (proposals_of(problem, each.assignments) for each in (plan, made))
    of_pair, of_household = {}, {}
    each = zip(
        *(read.frame[name] for name in ("household_id", "program", "decision")), strict=True
    )
    for household, program, decision in each:
        of_pair[household, program] = decision
        if decision in HOUSEHOLD_MARKS:
            of_household[household] = decision
    rows = []
    names, ids = problem.catalog.program_names, problem.households.household_id
    for change, where in (("removed", before & ~after), ("added", after & ~before)):
        for h, p in zip(*map(np.ndarray.tolist, np.nonzero(where)), strict=True):
            decided = of_household.get(ids[h]) or of_pair.get((ids[h], names[p]))
            if change == "removed":
                reason = decided if decided in FREEING else "replaced"
            else:
                reason = "agreed" if decided == "agreed" else "next"
            rows.append((ids[h], names[p], change, reason))
    rows += [
        (household, "", "still_listed", reason) for household, reason in _gone(problem).items()
    ]
    return pd.DataFrame(rows, columns=list(CHANGES))
