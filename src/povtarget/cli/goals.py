"""Questions about a goal: ``povtarget target``."""

from __future__ import annotations

from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from povtarget.cli.answers import AnswerOption, PicturesOption, Sheet, Writer, labelled, show, stop
from povtarget.cli.options import (
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    LimitOption,
    ProgressOption,
    rate_option,
)
from povtarget.cli.session import Session, session
from povtarget.cli.values import count, counts, known, named, number, sure
from povtarget.errors import InfeasibleError
from povtarget.locale import Words
from povtarget.plan import Plan
from povtarget.plan_files import read_plan
from povtarget.problem import TargetingProblem
from povtarget.questions.minimum_cost import minimum_cost
from povtarget.questions.plots import plot_least_cost
from povtarget.rate_goal import GOAL as RATE_GOAL
from povtarget.targets import TargetCheck, check_target

_LEAST = "The least money, with a folder"
_STATED = "Stated figures, without a folder"


def target(
    directory: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="A folder that plan or demo wrote")
    ] = None,
    goal: Annotated[float | None, rate_option("--rate", "The goal, such as 5.86%", _LEAST)] = None,
    confidence: Annotated[
        float | None, rate_option("--confidence", "Chance to be there, such as 90%", _LEAST)
    ] = None,
    grow: Annotated[
        list[str] | None,
        typer.Option(
            "--grow", help="A line or agency that may exceed its budget", rich_help_panel=_LEAST
        ),
    ] = None,
    city: Annotated[
        bool,
        typer.Option(
            "--city", help="Only with lines that the city decides", rich_help_panel=_LEAST
        ),
    ] = False,
    gap: Annotated[
        float, typer.Option("--gap", min=0.0, help="Asked relative gap", rich_help_panel=_LEAST)
    ] = 1e-3,
    time_limit: LimitOption = None,
    rate_from: Annotated[
        float | None, rate_option("--from", "The rate now, such as 7%", _STATED)
    ] = None,
    rate_to: Annotated[float | None, rate_option("--to", "The rate to reach", _STATED)] = None,
    population: Annotated[
        float | None,
        typer.Option(
            "--population", parser=count, metavar="N", help="Persons", rich_help_panel=_STATED
        ),
    ] = None,
    points: Annotated[
        float | None,
        typer.Option(
            "--points", parser=number, metavar="X", help="Stated points", rich_help_panel=_STATED
        ),
    ] = None,
    people: Annotated[
        Any,
        typer.Option(
            "--people", parser=counts, metavar="N[-N]", help="Stated", rich_help_panel=_STATED
        ),
    ] = None,
    families: Annotated[
        Any,
        typer.Option(
            "--families", parser=counts, metavar="N[-N]", help="Stated", rich_help_panel=_STATED
        ),
    ] = None,
    family_size: Annotated[
        float | None,
        typer.Option(
            "--family-size", parser=number, metavar="X", help="Persons; 4", rich_help_panel=_STATED
        ),
    ] = None,
    lists: Annotated[
        list[Any] | None,
        typer.Option(
            "--list",
            parser=named(count),
            metavar="NAME=N",
            help="A list's persons",
            rich_help_panel=_STATED,
        ),
    ] = None,
    se: Annotated[
        float | None, rate_option("--se", "Standard error of the rate now", _STATED)
    ] = None,
    survey_households: Annotated[
        int | None,
        typer.Option(
            "--survey-households", min=1, help="Behind the rate", rich_help_panel=_STATED
        ),
    ] = None,
    design_effect: Annotated[
        float | None,
        typer.Option(
            "--design-effect", min=1.0, help="Of the survey; 2 is assumed", rich_help_panel=_STATED
        ),
    ] = None,
    out: AnswerOption = None,
    pictures: PicturesOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """What a goal comes to in people and families; with a folder, the least money for it.

    Example: povtarget target --from 7% --to 5.86% --population 311000 --families 30000

    Example: povtarget target demo-output --rate 5.86% --confidence 90% --grow Dinsos-P2KB
    """
    stated = {"--from": rate_from, "--to": rate_to, "--population": population}
    _check_usage(Words(lang.value), directory, goal, stated)
    with session(lang, progress=progress, as_json=as_json) as run:
        writer = Writer(out, pictures, force=force)
        if directory is None:
            figures = {
                "points": points,
                "people": people,
                "families": families,
                "persons_per_family": family_size,
                "lists": dict(lists or ()),
                "se": se,
                "households": survey_households,
                "design_effect": design_effect,
            }
            ends = sure(rate_from), sure(rate_to)
            check = check_target(*ends, population=sure(population), **known(figures))
            _show_check(run, writer, check)
            return
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            problem, _ = read_plan(directory)
            stage(run.words("stage_least"))
            found = _least(
                run,
                problem,
                sure(goal),
                confidence=confidence,
                grow=grow or (),
                lines="city" if city else "all",
                gap=gap,
                time_limit=time_limit,
            )
        _show_least(run, writer, problem, found, sure(goal), confidence)


def _check_usage(
    words: Words, directory: Path | None, goal: float | None, stated: dict[str, Any]
) -> None:
    """Refuse half of a question, and two at once."""
    given = [name for name, value in stated.items() if value is not None]
    if directory is None and goal is not None:
        raise typer.BadParameter(words("us_rate_alone"))
    if directory is None and len(given) < len(stated):
        missing = ", ".join(name for name in stated if name not in given)
        raise typer.BadParameter(words("us_half", missing=missing))
    if directory is not None and (goal is None or given):
        raise typer.BadParameter(words("us_both"))


def _show_check(run: Session, writer: Writer, check: TargetCheck) -> None:
    run.tell(check.text(run.words.language))
    spoken = [
        {"kind": kind, "text": finding.text(run.words.language)}
        for kind, findings in (("warning", check.warnings), ("reading", check.readings))
        for finding in findings
    ]
    names = [each.name for each in fields(check) if each.name not in ("warnings", "readings")]
    run.answer = {name: getattr(check, name) for name in names} | {
        "rate_now": asdict(check.rate_now),
        "findings": spoken,
    }
    columns = {"points": check.points, "people": check.people, "families": check.families}
    writer.write(run, [Sheet("target", pd.DataFrame([columns]))], {})


def _least(run: Session, problem: TargetingProblem, goal: float, **how: Any) -> Plan:
    """The plan of least cost; where none is, say in words how far the money goes."""
    try:
        return minimum_cost(problem, rate=goal, **how)
    except InfeasibleError as error:
        for change in error.remedy:
            if change.row == RATE_GOAL:
                best, asked = run.words.percent(change.needed), run.words.percent(goal)
                run.say("q_out_of_reach", goal=asked, best=best)
        raise


def _show_least(
    run: Session,
    writer: Writer,
    problem: TargetingProblem,
    found: Plan,
    goal: float,
    confidence: float | None,
) -> None:
    words, budgets = run.words, found.budgets.assign(more=(-found.budgets["left"]).clip(lower=0))
    run.answer = {
        "goal": goal,
        "confidence": confidence,
        "cost": -found.value,
        "bound": -found.bound,
        "gap": found.gap,
        "status": found.status,
        "poverty": found.poverty,
        "budgets": budgets,
        "warnings": found.warnings,
    }
    run.say(
        "q_least_head",
        now=words.percent(found.rate("before")),
        after=words.percent(found.rate("after")),
        families=words.number(len(set(found.assignments["household_id"]))),
        cost=words.number(-found.value / 1e6),
    )
    if confidence is None:
        run.say("q_least_even")
    else:
        run.say("q_least_sure", confidence=words.percent(confidence, 0))
    run.say("q_least_bound", bound=words.number(-found.bound / 1e6), gap=words.percent(found.gap))
    used = budgets[budgets["control"] != "fixed"]
    columns = ["control", "amount", "spent", "more"]
    frame = labelled(used[columns], "line_name")
    more = len(columns) if used["more"].any() else -1
    sheet = Sheet("least_cost", frame, ("line_name", *columns[:more]))
    show(run, [sheet])
    raised = int((found.budgets["left"] < 0).sum())  # the last warnings say it again
    for warning in found.warnings[: len(found.warnings) - raised]:
        run.tell(f"{words('warnings')}: {words.said(warning)}")
    draw = partial(plot_least_cost, found, language=words.language)
    writer.write(run, [sheet], {"least_cost": ((8, 1.5 + 0.4 * len(used)), draw)})
    stop(run, [found.status])
