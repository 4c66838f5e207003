"""A plan in a terminal, for a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from rich.console import Console
from rich.table import Table

from povtarget.evaluation import proposals_of, revalue
from povtarget.households import Households
from povtarget.locale import Words
from povtarget.meeting_decisions import DECISIONS
from povtarget.objectives import Headcount
from povtarget.plan import MILLION, Plan
from povtarget.problem import DEFAULT_OBJECTIVE, TargetingProblem
from povtarget.revision import Revision
from povtarget.terminal_tables import terminal_table
from povtarget.verification import Verification

_TRUTH = "true_consumption"


def show_plan(console: Console, words: Words, problem: TargetingProblem, plan: Plan) -> None:
    """The rate before and after, people lifted, duplicates, money with prices, bound and gap."""
    console.print(_poverty_table(words, plan))
    console.print(
        words(
            "lifted",
            persons=words.number(plan.lifted),
            families=words.number(len(set(plan.assignments["household_id"]))),
            places=words.number((plan.assignments["weight"] * plan.assignments["units"]).sum()),
        ),
        soft_wrap=True,
    )
    console.print(words("city_lines", persons=words.number(plan.lifted_by_city)))
    if problem.levels == DEFAULT_OBJECTIVE:
        console.print(words("objective"), soft_wrap=True)
    console.print(
        words(
            "duplicates",
            receipts=words.number(plan.receipt_duplicates),
            total=words.number(plan.receipt_duplicates + plan.duplicates),
            new=words.number(plan.duplicates),
        ),
        soft_wrap=True,
    )
    console.print(_money_table(words, plan))
    fixed = plan.budgets[plan.budgets["control"] == "fixed"]
    if len(fixed):
        amount = words.number(fixed["amount"].sum() / MILLION)
        console.print(words("fixed", lines=len(fixed), amount=amount), soft_wrap=True)
    _show_certificate(console, words, plan)
    if problem.overlap.weight or any(rule.kind == "penalise" for rule in problem.catalog.rules):
        weight = words.number(problem.overlap.weight, 3)
        console.print(words("penalties", weight=weight), soft_wrap=True)
    for warning in plan.warnings:
        console.print(f"{words('warnings')}: {words.said(warning)}", markup=False, soft_wrap=True)


def _show_certificate(console: Console, words: Words, plan: Plan) -> None:
    console.print(f"[bold]{words('certificate')}[/bold]")
    console.print(
        words(
            "bound",
            value=words.number(plan.value, 2),
            bound=words.number(plan.bound, 2),
            gap=words.percent(plan.gap, 4),
            difference=words.number(plan.bound - plan.value, 2),
        ),
        soft_wrap=True,
    )


def show_contrast(
    console: Console, words: Words, problem: TargetingProblem, alone: Plan, plan: Plan
) -> None:
    """Agencies that plan alone beside the plan."""
    rows = [("lifted_row", [words.number(p.lifted) for p in (alone, plan)])]
    truth = [true_lifted(problem, p) for p in (alone, plan)]
    if None not in truth:
        rows.append(
            ("truth_row", [words.number(lifted) for lifted in truth if lifted is not None])
        )
    rows += [
        ("rate_row", [words.percent(p.rate("after")) for p in (alone, plan)]),
        ("gap_row", [words.percent(p.rate("after", "P1"), 3) for p in (alone, plan)]),
        ("duplicates_row", [words.number(p.duplicates) for p in (alone, plan)]),
        ("spent_row", [words.number(p.budgets["spent"].sum() / MILLION) for p in (alone, plan)]),
    ]
    header = ["", words("alone"), words("this_plan")]
    shown = [[words(key), *cells] for key, cells in rows]
    console.print(terminal_table(words("contrast"), header, shown))
    console.print(words("contrast_note"), soft_wrap=True)


def show_changes(console: Console, words: Words, revision: Revision) -> None:
    """What meetings decided, and what changed for it, in counts."""
    count = revision.decisions.frame["decision"].value_counts()
    rows = [(words(f"wb_mark_{each}"), int(count.get(each, 0))) for each in DECISIONS]
    rows.append((words("wb_mark_new"), len(revision.decisions.new)))
    shown = [(name, words.number(number)) for name, number in rows]
    console.print(terminal_table(words("changes"), [words("decided"), ""], shown))
    change = revision.changes["change"].value_counts()
    replaced = int((revision.changes["reason"] == "replaced").sum())
    console.print(
        words(
            "changed",
            removed=words.number(int(change.get("removed", 0))),
            replaced=words.number(replaced),
            added=words.number(int(change.get("added", 0))),
        ),
        soft_wrap=True,
    )
    if revision.gone.size:
        households = revision.problem.households
        persons = words.number(households.persons[revision.gone].sum())
        families = words.number(revision.gone.size)
        console.print(words("changes_gone", families=families, persons=persons), soft_wrap=True)
    if len(revision.decisions.new):
        console.print(words("changes_new"), soft_wrap=True)


def show_verification(console: Console, words: Words, verification: Verification) -> None:
    """What the independent judge says."""
    console.print(words("verified" if verification.is_sound else "not_verified"))
    for violation in verification.violations:
        console.print(f"  - {words.said(violation)}", markup=False, soft_wrap=True)


def true_lifted(problem: TargetingProblem, plan: Plan) -> float | None:
    """Persons that the plan lifts where true consumption is known (made-up data); else None."""
    households = problem.households
    if _TRUTH not in households.covariates:
        return None
    judged = TargetingProblem(
        _with_truth(households),
        problem.catalog,
        receipts=problem.receipts,
        objective=Headcount(),
        max_bundle=problem.max_bundle,
    )
    return revalue(judged, proposals_of(judged, plan.assignments)).values[0]


def _with_truth(households: Households) -> Households:
    truth = np.asarray(households.covariates[_TRUTH], dtype=np.float64)
    return replace(households, consumption=truth, sigma=np.zeros(len(households)))


def _poverty_table(words: Words, plan: Plan) -> Table:
    whens = ("before", "after")
    rates = [
        f"{words.percent(plan.rate(when))} ({words.number(plan.rate(when, 'headcount'))})"
        for when in whens
    ]
    gaps = [words.percent(plan.rate(when, "P1"), 3) for when in whens]
    rows = [[words("rate"), *rates], [words("gap_measure"), *gaps]]
    return terminal_table(words("result"), ["", *map(words, whens)], rows)


def _money_table(words: Words, plan: Plan) -> Table:
    header = [words(key) for key in ("budget", "control", "amount", "spent", "price")]
    rows = [
        [
            str(name),
            words(f"control_{row['control']}"),
            words.number(row["amount"] / MILLION),
            words.number(row["spent"] / MILLION),
            words.number(row["price"], 3),
        ]
        for name, row in plan.budgets[plan.budgets["control"] != "fixed"].iterrows()
    ]
    return terminal_table(words("money"), header, rows, texts=2)
