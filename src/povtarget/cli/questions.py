"""Questions about what is and what could be: ``povtarget audit``, ``compare``, ``frontier``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from povtarget.audit_charts import (
    plot_audit,
    plot_comparison,
    plot_incidence,
    plot_overlap,
    plot_scenarios,
)
from povtarget.auditing import Audit
from povtarget.auditing import audit as audit_of
from povtarget.baselines import ALL as BASELINES
from povtarget.catalog_files import read_catalog
from povtarget.cli.answers import (
    AnswerOption,
    Picture,
    PicturesOption,
    Sheet,
    Writer,
    labelled,
    said,
    show,
    stop,
)
from povtarget.cli.options import (
    DecimalOption,
    FolderArgument,
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    LimitOption,
    LineOption,
    ProgressOption,
    ReceiptsOption,
    decimal_sign,
)
from povtarget.cli.session import Session, session
from povtarget.cli.values import factor
from povtarget.comparison import compare
from povtarget.error_texts import change_text
from povtarget.errors import Fault, InputError, all_read
from povtarget.households import read_households
from povtarget.locale import Words
from povtarget.plan import Plan
from povtarget.plan_files import read_plan
from povtarget.problem import TargetingProblem
from povtarget.questions.frontier import Frontier, Over, frontier
from povtarget.questions.plots import plot_frontier
from povtarget.realisation import read_realisation
from povtarget.receipts import read_receipts
from povtarget.scenario_files import read_scenarios
from povtarget.scenario_sets import Scenarios, scenarios

_THIS, _BY_AREA = "this plan", "by area"
_HEADLINES = (
    "receivers",
    "coverage_below",
    "undercoverage",
    "leakage",
    "leakage_money",
    "cgh",
    "lifted",
    "spending",
    "benefit_cost",
)
_SHOWN_BY = ("control", "program")
_BY_PROGRAM = ("families_receiving", "spending", "leakage_money", "lifted", "benefit_cost")


def audit(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="HOUSEHOLDS|FOLDER",
            help="HOUSEHOLDS (.csv, .xlsx, .parquet), or a plan's folder",
        ),
    ],
    catalog: Annotated[
        Path | None,
        typer.Argument(metavar="CATALOG", help=".toml or .xlsx of programs, with HOUSEHOLDS"),
    ] = None,
    receipts: ReceiptsOption = None,
    realisation: Annotated[
        Path | None, typer.Option("--realisation", help="agency, pagu, spent ...: what was done")
    ] = None,
    many: Annotated[
        int, typer.Option("--many", min=1, help="Programs from which on a family has many")
    ] = 3,
    year: Annotated[int | None, typer.Option("--year", help="Only receipts in force then")] = None,
    poverty_line: LineOption = None,
    decimal: DecimalOption = None,
    out: AnswerOption = None,
    pictures: PicturesOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Who gets what today, who gets it twice, and who gets nothing.

    Example: povtarget audit warga.xlsx programs.toml --receipts penerima.csv --out audit-2023
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        writer = Writer(out, pictures, force=force)
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            sign = decimal_sign(decimal)
            readers: dict[str, Any] = {}
            if realisation is not None:
                readers["realisation"] = lambda: read_realisation(realisation, decimal=sign)
            if receipts is not None:
                readers["receipts"] = lambda: read_receipts(receipts, decimal=sign)
            if catalog is None:
                readers["plan"] = lambda: read_plan(source)
            else:
                readers["catalog"] = lambda: read_catalog(catalog, decimal=sign)
                readers["households"] = lambda: read_households(
                    source, poverty_line=poverty_line, decimal=sign
                )
            if catalog is None and not source.is_dir():
                expected = "HOUSEHOLDS CATALOG --receipts FILE, or a folder that plan wrote"
                raise InputError([Fault("no catalogue is given", str(source), expected=expected)])
            known = _known(all_read(readers), year)
            stage(run.words("stage_audit"))
            found = audit_of(many=many, **known)
        sheets = _audit_sheets(found)
        run.answer = _audit_answer(found)
        show(run, sheets)
        run.say("q_audit_note", many=many)
        if found.realisation is not None:
            run.say("q_realisation_note")
        for warning in found.warnings:
            run.tell(f"{run.words('warnings')}: {run.words.said(warning)}")
        writer.write(run, sheets, _audit_pictures(run, found))


def compare_folder(
    directory: FolderArgument,
    scenario_file: Annotated[
        Path | None, typer.Option("--scenarios", help=".toml of [[scenario]]: other circumstances")
    ] = None,
    gap: Annotated[float, typer.Option("--gap", min=0.0, help="Of each scenario")] = 1e-3,
    time_limit: LimitOption = None,
    out: AnswerOption = None,
    pictures: PicturesOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Compared to what: the plan beside seven other ways to use the same money, or scenarios.

    Example: povtarget compare demo-output --scenarios scenarios.toml --out compared

    A scenario: [[scenario]] name = "a tenth less", amounts = 0.9 (also unit_costs, closed).
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        writer = Writer(out, pictures, force=force)
        changes = None if scenario_file is None else read_scenarios(scenario_file)
        problem, made = read_plan(directory)
        if changes is None:
            _compare(run, writer, problem, made)
            return
        found = scenarios(
            problem, changes, gap=gap, time_limit=time_limit, start=made, progress=progress
        )
        _show_scenarios(run, writer, found)


def frontier_folder(
    directory: FolderArgument,
    budget: Annotated[
        list[str] | None, typer.Option("--budget", help="A budget line, repeatable")
    ] = None,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", help="All lines of an agency")
    ] = None,
    overlap: Annotated[
        bool, typer.Option("--overlap", help="Over the most new duplicates")
    ] = False,
    area_floor: Annotated[
        bool, typer.Option("--area-floor", help="Over the share closed in every area")
    ] = False,
    points: Annotated[int, typer.Option("--points", min=2, help="How many")] = 9,
    at: Annotated[
        list[float] | None,
        typer.Option("--at", parser=factor, metavar="X", help="A point itself, repeatable"),
    ] = None,
    nested: Annotated[
        bool, typer.Option("--nested", help="Nobody loses a place as money is added")
    ] = False,
    gap: Annotated[float, typer.Option("--gap", min=0.0, help="Of each point")] = 1e-3,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", min=0.0, help="Seconds for each")
    ] = None,
    out: AnswerOption = None,
    pictures: PicturesOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """What more or less money reaches, proven point by point; or less overlap, more evenness.

    Example: povtarget frontier demo-output --agency Dinsos-P2KB --points 5 --out curve
    """
    lines = [*(budget or ()), *(agency or ())]
    if overlap + area_floor + bool(lines) > 1 or (nested and (overlap or area_floor)):
        raise typer.BadParameter(Words(lang.value)("us_over"))
    over: Over = "overlap" if overlap else "area_floor" if area_floor else "budget"
    with session(lang, progress=progress, as_json=as_json) as run:
        writer = Writer(out, pictures, force=force)
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            problem, _ = read_plan(directory)
            stage(run.words("stage_points", points=len(at or range(points))))
            settings: dict[str, Any] = {"over": over, "lines": lines or None, "nested": nested}
            settings["at"] = at or None
            found = frontier(problem, points=points, gap=gap, time_limit=time_limit, **settings)
        _show_frontier(run, writer, found, lines)


def _known(read: dict[str, Any], year: int | None) -> dict[str, Any]:
    """What an audit rests on: separate files, or a plan's folder."""
    known: dict[str, Any] = {"year": year, "realisation": read.get("realisation")}
    if "plan" in read:
        problem, made = read["plan"]
        known |= {
            "households": problem.households,
            "catalog": problem.catalog,
            "receipts": problem.receipts,
            "year": problem.year if year is None else year,
            "receipts_in_consumption": problem.receipts_in_consumption,
            "proposed": None if known["realisation"] is None else made,
        }
    else:
        known |= {name: read[name] for name in ("households", "catalog")}
    if "receipts" in read:
        known["receipts"] = read["receipts"]
    if known.get("receipts") is None:
        fault = Fault("nothing says what families have", "receipts", expected="--receipts FILE")
        raise InputError([fault])
    return known


def _audit_sheets(found: Audit) -> list[Sheet]:
    """The story: in all, by whom, to whom, twice, uneven, left out, carried out."""
    overall, areas = found.overall, found.uneven
    ends = {"value": overall.frame, "low": overall.low, "high": overall.high}
    rows = pd.DataFrame({name: frame.iloc[0] for name, frame in ends.items()})
    keys = [*_SHOWN_BY, *(key for key in found.by if key not in _SHOWN_BY)]
    by = {key: labelled(found.by[key].frame, key) for key in keys}
    by["program"] = by["program"].sort_values("spending", ascending=False, kind="stable")
    areas = areas.sort_values("below_with_none", ascending=False, kind="stable")
    none = ("below_with_none", "below_with_none_low", "below_with_none_high")
    sheets = [
        Sheet(
            "overall",
            labelled(rows.loc[list(_HEADLINES)], "measure"),
            ("measure", ("value", "low", "high")),
        ),
        *(
            Sheet(f"by_{key}", frame, (key, *_BY_PROGRAM) if key in _SHOWN_BY else ())
            for key, frame in by.items()
        ),
        Sheet(
            "tenths",
            labelled(found.tenths, "tenth"),
            ("tenth", "coverage", "money_share", "relative_share", "mean_transfer"),
        ),
        *_overlap_sheets(found),
        Sheet(
            "duplicates",
            found.duplicates,
            ("need", "agency", "other_agency", "families", "persons", "spending"),
            10,
        ),
        Sheet("areas", labelled(areas, "area"), ("area", "families_with_many", none), 10),
        Sheet(
            "left_out",
            labelled(found.exclusion, "group"),
            ("group", "below", ("undercoverage", "low", "high"), "others"),
        ),
    ]
    if found.realisation is not None:
        sheets.append(_realisation_sheet(found.realisation))
    return sheets


def _realisation_sheet(frame: pd.DataFrame) -> Sheet:
    """Agencies and all of them first, as a reader goes from the whole to its parts."""
    order = ["all", "agency", "agency and fund", "line"]
    frame = frame.sort_values("level", key=lambda cells: cells.map(order.index), kind="stable")
    listed = ("on_list", "of_list") if "on_list" in frame else ()
    shown = ("agency", "pagu", "spent", "absorbed", "reach", "cost_ratio", *listed)
    wholes = int(frame["level"].isin(order[:2]).sum())
    return Sheet("realisation", frame.reset_index(drop=True), shown, wholes)


def _overlap_sheets(found: Audit) -> list[Sheet]:
    """How many things people have at once, and which go together."""
    spreads = {key: table.spread["share"] for key, table in found.overlaps.items()}
    spread = pd.DataFrame(spreads).fillna(0.0).rename(columns=lambda key: f"share_{key}")
    sheets = [Sheet("together", labelled(spread, "things"), ("things", *spread.columns), 6)]
    for key, table in found.overlaps.items():
        is_shown = key in ("program", "agency")
        shown = ("first", "second", "both", "second_of_first", "first_of_second")
        sheets.append(Sheet(f"pairs_{key}", table.pairs(), shown if is_shown else (), 6))
    return sheets


def _audit_answer(found: Audit) -> dict[str, Any]:
    overall = found.overall
    return {
        "overall": {"value": overall.frame, "low": overall.low, "high": overall.high},
        "by": {key: each.frame for key, each in found.by.items()},
        "tenths": found.tenths,
        "overlaps": {key: table.pairs() for key, table in found.overlaps.items()},
        "duplicates": found.duplicates,
        "uneven": found.uneven,
        "exclusion": found.exclusion,
        "realisation": found.realisation,
        "warnings": found.warnings,
    }


def _audit_pictures(run: Session, found: Audit) -> dict[str, Picture]:
    language = run.words.language
    height = 1.5 + 0.28 * len(found.uneven)
    made: dict[str, Picture] = {
        "tenths": ((8, 5), partial(plot_incidence, found.tenths, language=language)),
        "areas": ((9, height), partial(plot_audit, found, language=language)),
    }
    for key, table in found.overlaps.items():
        side = 4 + 0.35 * len(table.frame)
        draw = partial(plot_overlap, table, language=language)
        made[f"pairs_{key}"] = ((side + 1, side), draw)
    return made


def _compare(run: Session, writer: Writer, problem: TargetingProblem, made: Plan) -> None:
    names = [name for name in BASELINES if name != _BY_AREA or problem.households.area is not None]
    with run.stages(len(names)) as stage:

        def announced(name: str, asked: TargetingProblem) -> Plan:
            stage(run.words(f"q_plan_{name}".replace(" ", "_")))
            return BASELINES[name](asked)

        others = {name: partial(announced, name) for name in names}
        table = compare(problem, {_THIS: made, **others})
    sheet = Sheet("compared", labelled(table, "plan"), ("plan", *_COMPARED))
    run.answer = {"plans": table}
    show(run, [sheet])
    run.say("q_compare_note")
    spoken = table.rename(index=lambda name: said(run.words, "plan", name))
    draw = partial(plot_comparison, spoken, language=run.words.language)
    writer.write(run, [sheet], {"compared": ((8, 5), draw)})


_COMPARED = (
    "lifted_by_city", "lifted", "of_best", "P0_after", "spent", "duplicates", "is_feasible",
)  # fmt: skip


def _show_scenarios(run: Session, writer: Writer, found: Scenarios) -> None:
    frame = found.frame
    for name, remedy in found.remedies.items():
        changes = "; ".join(change_text(run.words, change) for change in remedy)
        said_of_it = changes or frame.at[name, "remedy"]
        run.say("q_least_change", scenario=name, remedy=said_of_it)
    shown = [
        name
        for name in ("lifted_by_city", "lifted", "lifted_more", "P0_after", "spent", "gap")
        if name in frame
    ]
    sheet = Sheet("scenarios", labelled(frame, "scenario"), ("scenario", *shown, "status"))
    run.answer = {"scenarios": frame}
    show(run, [sheet])
    run.say("q_scenarios_note")
    pictures: dict[str, Picture] = {}
    if "lifted" in frame:
        spoken = frame.rename(index=lambda name: said(run.words, "scenario", name))
        drawn = Scenarios(spoken, found.plans, found.problems)
        draw = partial(plot_scenarios, drawn, language=run.words.language)
        pictures["scenarios"] = ((8, 2 + 0.5 * len(frame)), draw)
    writer.write(run, [sheet], pictures)
    stop(run, frame["status"])


def _show_frontier(run: Session, writer: Writer, found: Frontier, lines: list[str]) -> None:
    frame = found.frame
    if found.over == "budget":
        frame = frame.rename(columns={"price": "price_million"})
        setting: tuple[str, ...] = ("factor", "amount")
        price: tuple[str, ...] = ("price_million",)
    else:
        setting, price = (str(frame.columns[0]),), ()
    certificate = ("value", "bound", "gap")
    sheet = Sheet(
        f"frontier_{found.over}", frame, (*setting, "lifted", "P0", *certificate, *price, "status")
    )
    run.answer = {"over": found.over, "lines": lines, "points": found.frame}
    show(run, [sheet])
    run.say(f"q_frontier_note_{found.over}")
    draw = partial(plot_frontier, found, language=run.words.language)
    writer.write(run, [sheet], {"frontier": ((7, 4.5), draw)})
    stop(run, frame["status"])
