"""``povtarget roadmap``: a plan for every year up to a goal."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import typer

from povtarget.cli.answers import AnswerOption, PicturesOption, Sheet, Writer, labelled, show, stop
from povtarget.cli.options import (
    FolderArgument,
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    ProgressOption,
    rate_option,
)
from povtarget.cli.session import Session, session
from povtarget.cli.values import factor, known, named, sure, years
from povtarget.locale import Words
from povtarget.outlook import Outlook
from povtarget.plan import Plan
from povtarget.plan_files import read_plan
from povtarget.roadmaps import Roadmap, least_cost_path, plot_roadmap
from povtarget.roadmaps import roadmap as roadmap_of


class Aim(StrEnum):
    """What counts in a roadmap."""

    PATH = "path"
    GOAL = "goal"


_SEEN = 5e-5  # a difference of rates that shows in two digits of a percentage


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
            problem, made = read_plan(directory)
            assumed = {
                "growth": growth,
                "line_growth": line_growth,
                "start_se": start_se,
                "survey_households": survey_households,
            }
            outlook = Outlook(**known(assumed))
            aims: dict[Aim, Literal["path", "goal"]] = {Aim.PATH: "path", Aim.GOAL: "goal"}
            how: dict[str, Any] = {"outlook": outlook, "aim": aims[aim], "gap": gap}
            how |= {"draws": draws, "seed": seed}
            stage(run.words("stage_years", years=len(in_years)))
            if least:
                times, way = least_cost_path(problem, years=in_years, goal=sure(goal), **how)
            else:
                by_year = {int(name): times for name, times in budgets or ()}
                way = roadmap_of(problem, years=in_years, goal=goal, budgets=by_year, **how)
        run.answer = {"factor": times} if least else {}
        if least:
            run.say("q_least_factor", factor=run.words.number(times, 2))
        _show_roadmap(run, writer, way, made)


def _compare_first(run: Session, way: Roadmap, made: Plan) -> None:
    """Say why the first year's rate is not the one that the folder's plan expects."""
    words, first = run.words, min(way.plans)
    rate, alone = (float(np.asarray(way.frame.at[first, name])) for name in ("rate", "baseline"))
    plan = way.plans[first]
    programs = way.problems[first].catalog.programs
    delayed = sum(1 for program in programs if program.delay_years)
    start = made.rate("before")
    reasons = {
        "growth": abs(alone - start) >= _SEEN,
        "delay": delayed > 0,
        "years": len(way.plans) > 1,
        "money": not plan.budgets["amount"].equals(made.budgets["amount"]),
        "gap": plan.gap > made.gap,
    }
    run.answer["first_year"] = {"plan": made.rate("after"), "roadmap": rate}
    if abs(rate - made.rate("after")) < _SEEN or not any(reasons.values()):
        return
    shown = {
        "start": words.percent(start),
        "alone": words.percent(alone),
        "count": words.number(delayed),
        "last": max(way.plans),
        "gap": words.percent(plan.gap, 3),
    }
    said = [words(f"q_year_one_{name}", **shown) for name, holds in reasons.items() if holds]
    both = {"plan": words.percent(made.rate("after")), "rate": words.percent(rate)}
    run.say("q_year_one", year=first, reasons="; ".join(said), **both)


def _show_roadmap(run: Session, writer: Writer, way: Roadmap, made: Plan) -> None:
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
    _compare_first(run, way, made)
    draw = partial(plot_roadmap, way, language=words.language)
    writer.write(run, [sheet], {"roadmap": ((8, 5), draw)})
    stop(run, [each.status for each in way.plans.values()])
