"""Questions about a goal: ``povtarget target`` and ``roadmap``."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from povtarget.cli.answers import AnswerOption, PicturesOption, Sheet, Writer, labelled, show, stop
from povtarget.cli.options import (
    FolderArgument,
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    LimitOption,
    ProgressOption,
    rate_option,
)
from povtarget.cli.session import Session, session
from povtarget.cli.values import count, counts, factor, named, number, years
from povtarget.errors import InfeasibleError
from povtarget.locale import Words
from povtarget.outlook import Outlook
from povtarget.plan import Plan
from povtarget.plan_files import read_plan
from povtarget.problem import TargetingProblem
from povtarget.questions.minimum_cost import minimum_cost
from povtarget.questions.plots import plot_least_cost
from povtarget.rate_goal import GOAL as RATE_GOAL
from povtarget.roadmaps import Roadmap, least_cost_path, plot_roadmap
from povtarget.roadmaps import roadmap as roadmap_of
from povtarget.targets import TargetCheck, check_target


class Aim(StrEnum):
    """What counts in a roadmap."""

    PATH = "path"
    GOAL = "goal"


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
            ends = _given(rate_from), _given(rate_to)
            check = check_target(*ends, population=_given(population), **_stated(figures))
            _show_check(run, writer, check)
            return
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            problem, _ = read_plan(directory)
            stage(run.words("stage_least"))
            found = _least(
                run,
                problem,
                _given(goal),
                confidence=confidence,
                grow=grow or (),
                lines="city" if city else "all",
                gap=gap,
                time_limit=time_limit,
            )
        _show_least(run, writer, problem, found, _given(goal), confidence)


def roadmap(
    directory: FolderArgument,
    in_years: Annotated[
        Any, typer.Option("--years", parser=years, metavar="Y-Y", help="2023-2026: to plan for")
    ],
    goal: Annotated[float | None, rate_option("--goal", "Rate to reach in the last year")] = None,
    growth: Annotated[
        float | None, rate_option("--growth", "Of consumption in a year; else 5%")
    ] = None,
    line_growth: Annotated[
        float | None, rate_option("--line-growth", "Of the line in a year; 5% is assumed")
    ] = None,
    start_se: Annotated[
        float | None, rate_option("--se", "Standard error of the rate at the start")
    ] = None,
    survey_households: Annotated[
        int | None, typer.Option("--survey-households", min=1, help="Of the survey to come")
    ] = None,
    budgets: Annotated[
        list[Any] | None,
        typer.Option(
            "--budgets",
            parser=named(factor),
            metavar="YEAR=X",
            help="All lines of a year times X, repeatable",
        ),
    ] = None,
    least: Annotated[
        bool, typer.Option("--least", help="The least factor on all budgets for the goal")
    ] = False,
    aim: Annotated[
        Aim, typer.Option("--aim", help="Every year counts, or the last alone")
    ] = Aim.PATH,
    gap: Annotated[float, typer.Option("--gap", min=0.0, help="Of each year")] = 1e-3,
    draws: Annotated[int, typer.Option("--draws", min=100, help="Worlds for intervals")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the worlds")] = 0,
    out: AnswerOption = None,
    pictures: PicturesOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """A plan for every year up to a goal, and what rate to expect with it and without.

    Example: povtarget roadmap demo-output --years 2023-2026 --goal 5.86% --growth 6% --out path
    """
    if least and (goal is None or budgets):
        raise typer.BadParameter(Words(lang.value)("us_least"))
    for name, _ in budgets or ():
        if not name.isdigit():
            raise typer.BadParameter(Words(lang.value)("us_no_year", name=name))
    with session(lang, progress=progress, as_json=as_json) as run:
        writer = Writer(out, pictures, force=force)
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            problem, _ = read_plan(directory)
            assumed = {
                "growth": growth,
                "line_growth": line_growth,
                "start_se": start_se,
                "survey_households": survey_households,
            }
            outlook = Outlook(**_stated(assumed))
            aims: dict[Aim, Literal["path", "goal"]] = {Aim.PATH: "path", Aim.GOAL: "goal"}
            how: dict[str, Any] = {"outlook": outlook, "aim": aims[aim], "gap": gap}
            how |= {"draws": draws, "seed": seed}
            stage(run.words("stage_years", years=len(in_years)))
            if least:
                times, way = least_cost_path(problem, years=in_years, goal=_given(goal), **how)
            else:
                by_year = {int(name): times for name, times in budgets or ()}
                way = roadmap_of(problem, years=in_years, goal=goal, budgets=by_year, **how)
        run.answer = {"factor": times} if least else {}
        if least:
            run.say("q_least_factor", factor=run.words.number(times, 2))
        _show_roadmap(run, writer, way)


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


def _stated(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given; the others keep the library's defaults."""
    return {name: value for name, value in options.items() if value is not None}


def _given(value: float | None) -> float:
    """A value that usage has made sure of."""
    assert value is not None
    return value


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


def _show_roadmap(run: Session, writer: Writer, way: Roadmap) -> None:
    words, outlook = run.words, way.outlook
    gaps = {year: each.gap for year, each in way.plans.items()}
    frame = labelled(way.frame.assign(gap=pd.Series(gaps)), "year")
    goal = ("goal", "chance") if way.goal is not None else ()
    intervals = (("low", "high"), ("survey_low", "survey_high"))
    sheet = Sheet("roadmap", frame, ("year", "rate", *intervals, *goal, "baseline", "spent"))
    run.answer |= {
        "goal": way.goal,
        "years": frame,
        "cost": way.cost,
        "assumptions": asdict(outlook),
    }
    show(run, [sheet])
    run.say(
        "q_roadmap_assumed",
        growth=words.percent(outlook.by_year("growth", 1)[0], 1),
        line=words.percent(outlook.by_year("line_growth", 1)[0], 1),
        sd=words.percent(outlook.growth_sd, 1),
        gain=words.percent(outlook.gain_sd, 0),
        households=words.number(outlook.survey_households),
    )
    run.say("q_roadmap_note", gap=words.percent(max(gaps.values()), 3))
    draw = partial(plot_roadmap, way, language=words.language)
    writer.write(run, [sheet], {"roadmap": ((8, 5), draw)})
    stop(run, [each.status for each in way.plans.values()])
