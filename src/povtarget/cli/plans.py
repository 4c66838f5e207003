"""Plans: ``povtarget demo``, ``plan``, ``revise`` and ``verify``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from povtarget import __version__
from povtarget.baselines import uncoordinated
from povtarget.cli.options import (
    AreasOption,
    BundleOption,
    CatalogArgument,
    ColumnOption,
    DecimalOption,
    EngineOption,
    FolderArgument,
    ForceOption,
    FrontierOption,
    GapOption,
    HouseholdsArgument,
    JsonOption,
    Lang,
    LangOption,
    LimitOption,
    LineOption,
    LocksOption,
    NumbersOption,
    OutOption,
    PeopleOption,
    ProgressOption,
    PublicOption,
    ReceiptsOption,
    SheetOption,
    decimal_sign,
)
from povtarget.cli.registry import read_areas, renames
from povtarget.cli.session import ExitCode, Session, session
from povtarget.datasets import pekalongan
from povtarget.errors import Fault, InputError
from povtarget.meeting_decisions import Decisions, read_decisions
from povtarget.objectives import Overlap
from povtarget.plan import Plan
from povtarget.plan_files import (
    check_places,
    check_public,
    is_public,
    read_key,
    read_plan,
    write_plan,
    write_public,
)
from povtarget.problem import TargetingProblem
from povtarget.problem_files import read_problem
from povtarget.questions import Frontier, frontier
from povtarget.report import ReportSettings, check_map, read_map
from povtarget.revision import revise
from povtarget.solving import solve
from povtarget.summary import show_changes, show_contrast, show_plan, show_verification
from povtarget.verification import Verification, verify
from povtarget.workbook.people import read_people

_FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # of the city's money, for the report's curve
DEMO_DUPLICATE = 0.02  # persons that a duplicate must lift to be worth it


def demo(
    out: OutOption = Path("demo-output"),
    families: Annotated[int, typer.Option("--families", help="100 to 1,000,000")] = 87_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the made-up city")] = 0,
    lang: LangOption = Lang.EN,
    gap: GapOption = 1e-4,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    public: PublicOption = None,
    with_frontier: FrontierOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Plan a made-up Kota Pekalongan and set it beside agencies that plan alone.

    Example: povtarget demo --families 5000 --lang id
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        check_places(out, public, force=force)
        with run.stages(5) as stage:
            stage(run.words("stage_city"))
            households, catalog, receipts = pekalongan(families, seed)
            problem = TargetingProblem(
                households, catalog, receipts=receipts, overlap=Overlap(weight=DEMO_DUPLICATE)
            )
            stage(run.words("stage_solve"))
            made = solve(problem, gap=gap, time_limit=time_limit)
            stage(run.words("stage_compare"))
            alone = uncoordinated(problem)
            stage(run.words("stage_verify"))
            verification = verify(problem, made)
            stage(run.words("stage_write"))
            report = ReportSettings(lang.value, frontier=_curve(problem, with_frontier))
            _write(problem, made, out, public, report, force=force, alone=alone)
        run.say(
            "city",
            families=run.words.number(len(households)),
            persons=run.words.number(households.persons.sum()),
            line=run.words.rupiah(float(households.line[0])),
        )
        show_plan(run.console, run.words, problem, made)
        show_contrast(run.console, run.words, problem, alone, made)
        _close(run, made, verification, out)


def plan(
    households: HouseholdsArgument,
    catalog: CatalogArgument,
    out: OutOption,
    receipts: ReceiptsOption = None,
    locks: LocksOption = None,
    poverty_line: LineOption = None,
    sheet: SheetOption = None,
    column: ColumnOption = None,
    areas: AreasOption = None,
    decimal: DecimalOption = None,
    max_bundle: BundleOption = 3,
    area_map: Annotated[
        Path | None, typer.Option("--map", help="GeoJSON of areas for the report")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Of the report")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Where an objection goes")] = "",
    with_frontier: FrontierOption = False,
    people: PeopleOption = None,
    show_numbers: NumbersOption = False,
    public: PublicOption = None,
    engine: EngineOption = "auto",
    lang: LangOption = Lang.EN,
    gap: GapOption = 1e-4,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Plan from your own files.

    Example: povtarget plan warga.xlsx programs.toml --poverty-line 513243 --out rencana-2023
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        check_places(out, public, force=force)
        with run.stages(4) as stage:
            stage(run.words("stage_read"))
            problem = read_problem(
                households,
                catalog,
                receipts=receipts,
                locks=locks,
                poverty_line=poverty_line,
                columns=renames(column),
                sheet=sheet,
                places=read_areas(areas),
                decimal=decimal_sign(decimal),
                max_bundle=max_bundle,
            )
            outlines = None if area_map is None else read_map(area_map)
            report = ReportSettings(lang.value, title, contact, map=outlines)
            check_map(problem, report)  # now, not after the search
            named = read_people(people, problem.households, show_numbers=show_numbers)
            stage(run.words("stage_solve"))
            made = solve(problem, engine=engine, gap=gap, time_limit=time_limit)
            stage(run.words("stage_verify"))
            verification = verify(problem, made)
            stage(run.words("stage_write"))
            report = replace(report, frontier=_curve(problem, with_frontier))
            shown: dict[str, Any] = {"people": named, "show_numbers": show_numbers}
            _write(problem, made, out, public, report, force=force, **shown)
        run.say(
            "registry",
            families=run.words.number(len(problem.households)),
            persons=run.words.number(problem.households.persons.sum()),
            programs=len(problem.catalog.programs),
            budgets=len(problem.catalog.budgets),
        )
        show_plan(run.console, run.words, problem, made)
        _close(run, made, verification, out)


def revise_folder(
    directory: FolderArgument,
    decisions: Annotated[
        list[Path], typer.Option("--decisions", help="Marked sheets, or their folder")
    ],
    out: OutOption,
    more: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    people: PeopleOption = None,
    show_numbers: NumbersOption = False,
    public: PublicOption = None,
    keep: Annotated[
        bool, typer.Option("--keep/--exchange", help="Keep or exchange what nobody marked")
    ] = True,
    lang: LangOption = Lang.EN,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Take the marked sheets of the meetings into a plan, and fill the places that are free.

    Example: povtarget revise demo-output --decisions demo-output/meetings/*.xlsx --out revised
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        check_places(out, public, force=force)
        with run.stages(4) as stage:
            stage(run.words("stage_read"))
            sheets = _sheets([*decisions, *(more or ())])  # a shell makes many of one "*.xlsx"
            problem, old = read_plan(directory, marked=sheets)
            key = read_key(directory)
            read = read_decisions(sheets, problem, key=key)
            named = read_people(people, problem.households, show_numbers=show_numbers)
            stage(run.words("stage_solve"))
            revised = revise(problem, old, read, keep=keep, time_limit=time_limit)
            stage(run.words("stage_verify"))
            verification = verify(revised.problem, revised.plan)
            stage(run.words("stage_write"))
            report = ReportSettings(lang.value)
            shown: dict[str, Any] = {
                "people": named,
                "show_numbers": show_numbers,
                "key": key,
                "changes": revised.changes,
                "new_families": read.new,
            }
            _write(revised.problem, revised.plan, out, public, report, force=force, **shown)
        run.answer["changes"] = revised.changes["change"].value_counts().to_dict()
        run.answer["meeting_warnings"] = list(_meeting_warnings(run, read, is_named=bool(people)))
        for warning in run.answer["meeting_warnings"]:
            run.tell(f"{run.words('warnings')}: {run.words.said(warning)}")
        show_changes(run.console, run.words, revised)
        show_plan(run.console, run.words, revised.problem, revised.plan)
        _close(run, revised.plan, verification, out)


def _meeting_warnings(run: Session, read: Decisions, *, is_named: bool) -> Iterator[str]:
    """What whoever revises should know of the sheets."""
    yield from read.warnings
    if read.is_named and not is_named:
        yield run.words("changes_unnamed")


def verify_folder(
    directory: FolderArgument,
    lang: LangOption = Lang.EN,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Recompute a plan's certificate from its files alone, and find any changed byte.

    Example: povtarget verify demo-output
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        if is_public(directory):
            check_public(directory)
            run.answer = {"is_public": True, "is_unchanged": True}
            run.say("public_unchanged", folder=directory)
            return
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            problem, made = read_plan(directory)
            stage(run.words("stage_verify"))
            verification = verify(problem, made)
        run.answer = {"is_sound": verification.is_sound, "violations": verification.violations}
        if not verification.is_sound:
            run.exit_code = ExitCode.BAD_INPUT
            run.say("unsound", folder=directory)
            for violation in verification.violations:
                run.tell(f"  - {run.words.said(violation)}")
            return
        run.answer |= {"value": verification.value, "bound": made.bound, "gap": verification.gap}
        run.say(
            "sound",
            folder=directory,
            value=run.words.number(verification.value, 2),
            bound=run.words.number(made.bound, 2),
            gap=run.words.percent(verification.gap, 4),
        )


def _curve(problem: TargetingProblem, wanted: bool) -> Frontier | None:
    """What less and more of the city's money would do, for the report."""
    has_city = any(line.control == "city" for line in problem.catalog.budgets)
    return frontier(problem, at=_FACTORS) if wanted and has_city else None


def _sheets(given: Sequence[Path]) -> list[Path]:
    """The files among some paths, and the workbooks of the folders among them.

    Raises
    ------
    InputError
        Where a folder has no workbook: a plan without its decisions would look like one with them.
    """
    found = {path: sorted(path.glob("*.xlsx")) if path.is_dir() else [path] for path in given}
    expected = "the folder of the marked sheets, such as PLAN/meetings"
    faults = [
        Fault("no workbook is in this folder", str(path), expected=expected)
        for path, sheets in found.items()
        if not sheets
    ]
    if faults:
        raise InputError(faults)
    return [sheet for sheets in found.values() for sheet in sheets]


def _write(
    problem: TargetingProblem,
    made: Plan,
    out: Path,
    public: Path | None,
    report: ReportSettings,
    *,
    force: bool,
    alone: Plan | None = None,
    **how: Any,
) -> None:
    """Write a plan's folder, and that for the public where one is asked for."""
    shown: dict[str, Any] = {
        "version": __version__,
        "language": report.language,
        "report": report,
        "alone": uncoordinated(problem) if alone is None else alone,
        "force": force,
    }
    write_plan(problem, made, out, **shown, **how)
    if public is not None:
        write_public(problem, made, public, **shown)


def _close(run: Session, made: Plan, verification: Verification, out: Path) -> None:
    """Say whether the plan is sound, where it lies and what comes next."""
    run.answer |= _in_numbers(made, verification) | {"folder": out}
    show_verification(run.console, run.words, verification)
    run.say("files", folder=out)
    run.say("next", folder=out)
    run.say("proposal")
    if not verification.is_sound:
        run.exit_code = ExitCode.BAD_INPUT
    elif made.status != "optimal":
        run.say("stopped")
        run.exit_code = ExitCode.STOPPED


def _in_numbers(made: Plan, verification: Verification) -> dict[str, Any]:
    """A plan for other tools: nothing of any household."""
    return {
        "status": made.status,
        "value": made.value,
        "bound": made.bound,
        "gap": made.gap,
        "is_sound": verification.is_sound,
        "violations": verification.violations,
        "lifted": made.lifted,
        "lifted_by_city": made.lifted_by_city,
        "duplicates": made.duplicates,
        "receipt_duplicates": made.receipt_duplicates,
        "poverty": made.poverty,
        "budgets": made.budgets,
        "warnings": made.warnings,
    }
