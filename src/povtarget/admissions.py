"""How much more money in a line admits a household: said only after solving with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from povtarget.locale import Language, Words
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.reason_texts import say
from povtarget.solving import solve

SETTLED = (
    "proposed",
    "receives",
    "fixed",
    "not_eligible",
    "no_units",
    "rule_receipt",
    "locked_out",
    "locked",
)
"""Kinds of reasons that no money in a line can change."""

_DOUBLINGS = 8  # of a first guess, before more money is given up
_HALVINGS = 3  # between what was not enough and what was


@dataclass(frozen=True)
class Admission:
    """What solving again with more money in a program's line said.

    Parameters
    ----------
    program, budget
        The program, and the line that pays it.
    extra
        Rp a year with which the new plan proposes it; None where no tried amount did.
    tried
        The most that did not do it: an amount below ``extra``, or the most that was tried.
    quota
        Where the program's places are used up, so that no money was tried: how many it has.
    settled
        Where no money can change it, so that none was tried: what decided, one of `SETTLED`.
    """

    program: str
    budget: str
    extra: float | None
    tried: float
    quota: float | None = None
    settled: str = ""

    def text(self, language: Language = "en") -> str:
        """The finding as a sentence."""
        words = Words(language)
        if self.settled:
            return say(words, f"money_{self.settled}", program=self.program, budget=self.budget)
        key = "not_admitted" if self.extra is None else "admitted"
        if self.quota is not None:
            key = "no_places"
        return say(
            words,
            key,
            program=self.program,
            budget=self.budget,
            quota="" if self.quota is None else words.number(self.quota),
            tried=words.rupiah(self.tried),
            extra="" if self.extra is None else words.rupiah(self.extra),
        )


def admission(problem: TargetingProblem, plan: Plan, row: int, program: str) -> Admission:
    """Solve again with more and more money in the program's line, then with less.

    Parameters
    ----------
    problem, plan
        The question, and its answer, from which every solve begins.
    row, program
        Position of the household, and the program that it is not proposed for.
    """
    chosen = next(p for p in problem.catalog.programs if p.name == program)
    p = problem.catalog.program_names.index(program)
    units = float(problem.standing.units[row, p] * problem.households.weight[row])
    mine = plan.assignments[plan.assignments["program"] == program]
    used = float((mine["weight"] * mine["units"]).sum())
    if chosen.quota is not None and used + units > chosen.quota:
        return Admission(program, chosen.budget, None, 0.0, float(chosen.quota))
    failed, extra = 0.0, max(float(chosen.unit_cost) * units, 1.0)
    for _ in range(_DOUBLINGS):
        if _proposes(problem, plan, row, program, chosen.budget, extra):
            break
        failed, extra = extra, 2 * extra
    else:
        return Admission(program, chosen.budget, None, failed)
    for _ in range(_HALVINGS):
        middle = float(round((failed + extra) / 2))
        if _proposes(problem, plan, row, program, chosen.budget, middle):
            extra = middle
        else:
            failed = middle
    return Admission(program, chosen.budget, extra, failed)


def _proposes(
    problem: TargetingProblem, plan: Plan, row: int, program: str, budget: str, extra: float
) -> bool:
    """Whether the plan with more money in a line proposes the program for the household."""
    budgets = [
        replace(line, amount=line.amount + extra) if line.name == budget else line
        for line in problem.catalog.budgets
    ]
    richer = replace(problem, catalog=replace(problem.catalog, budgets=budgets))
    made = solve(richer, gap=plan.asked_gap, start=plan).assignments
    mine = made[made["household_id"] == problem.households.household_id[row]]
    return program in set(mine["program"])
