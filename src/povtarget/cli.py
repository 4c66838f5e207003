"""The command line: ``povtarget demo``, ``plan``, ``revise`` and ``verify``.

Exit codes: 0 done, 1 bad input, 2 usage, 3 infeasible, 4 stopped before the asked gap.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from povtarget import __version__
from povtarget.baselines import uncoordinated
from povtarget.catalog_files import read_catalog
from povtarget.datasets import pekalongan
from povtarget.errors import Fault, InfeasibleError, InputError, PovtargetError
from povtarget.households import read_households
from povtarget.locale import Words
from povtarget.meeting_decisions import read_decisions
from povtarget.numbers import DecimalSign
from povtarget.objectives import Overlap
from povtarget.plan import Plan
from povtarget.plan_files import read_key, read_plan, write_plan, write_public
from povtarget.problem import TargetingProblem
from povtarget.progress import Announce, stages
from povtarget.receipts import read_locks, read_receipts
from povtarget.report import ReportSettings, check_map, read_map
from povtarget.revision import revise
from povtarget.solving import solve
from povtarget.summary import show_changes, show_contrast, show_plan, show_verification
from povtarget.verification import Verification, verify
from povtarget.workbook.people import read_people

BAD_INPUT, INFEASIBLE, STOPPED = 1, 3, 4
DEMO_DUPLICATE = 0.02  # persons that a duplicate must lift to be worth it


class Sign(StrEnum):
    """The decimal sign of numbers that are text."""

    COMMA = ","
    POINT = "."


DECIMAL_SIGNS: dict[Sign, DecimalSign] = {Sign.COMMA: ",", Sign.POINT: "."}


class Lang(StrEnum):
    """Languages of the interface."""

    ID = "id"
    EN = "en"


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Propose households for poverty programs, within every budget, with proof. "
    "/ Mengusulkan rumah tangga untuk program kemiskinan, dalam setiap pagu, dengan bukti.",
)

LangOption = Annotated[Lang, typer.Option("--lang", help="id or en / bahasa")]
OutOption = Annotated[
    Path, typer.Option("--out", help="A folder that does not exist yet / folder baru")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace an existing plan folder / timpa")
]
GapOption = Annotated[
    float, typer.Option("--gap", min=0.0, help="Asked relative gap / selisih yang diminta")
]
LimitOption = Annotated[
    float | None, typer.Option("--time-limit", min=0.0, help="Seconds / detik")
]
PeopleOption = Annotated[
    Path | None,
    typer.Option("--people", help="Names and addresses by household_id, for the workbooks / BNBA"),
]
NumbersOption = Annotated[
    bool, typer.Option("--show-numbers", help="NIK and KK in full / NIK dan KK lengkap")
]
PublicOption = Annotated[
    Path | None, typer.Option("--public", help="A new folder of what anyone may see / untuk umum")
]
EngineOption = Annotated[str, typer.Option("--engine", help="auto, prices, highs or pulp")]
ProgressOption = Annotated[
    bool, typer.Option("--progress/--no-progress", help="Progress bar / bilah kemajuan")
]


@app.command()
def demo(
    out: OutOption = Path("demo-output"),
    families: Annotated[
        int, typer.Option("--families", help="100 to 1,000,000 / banyak keluarga")
    ] = 87_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the made-up city / benih")] = 0,
    lang: LangOption = Lang.EN,
    gap: GapOption = 1e-4,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    public: PublicOption = None,
    progress: ProgressOption = True,
) -> None:
    """Plan a made-up Kota Pekalongan and set it beside agencies that plan alone.

    Example: povtarget demo --families 5000 --lang id
    """
    words, console = Words(lang.value), Console()
    with _reported(words), stages(progress, 5) as stage:
        stage(words("stage_city"))
        households, catalog, receipts = pekalongan(families, seed)
        problem = TargetingProblem(
            households, catalog, receipts=receipts, overlap=Overlap(weight=DEMO_DUPLICATE)
        )
        stage(words("stage_solve"))
        plan = solve(problem, gap=gap, time_limit=time_limit)
        stage(words("stage_compare"))
        alone = uncoordinated(problem)
        verification = _verified(problem, plan, words, stage)
        report = ReportSettings(lang.value)
        _written(problem, plan, out, public, words, report, force=force, alone=alone)
    console.print(
        words(
            "city",
            families=words.number(len(households)),
            persons=words.number(households.persons.sum()),
            line=words.rupiah(float(households.line[0])),
        ),
        soft_wrap=True,
    )
    show_plan(console, words, problem, plan)
    show_contrast(console, words, problem, alone, plan)
    _close(console, words, plan, verification, out)


@app.command()
def plan(
    households: Annotated[
        Path, typer.Argument(help=".csv, .xlsx or .parquet of households / rumah tangga")
    ],
    catalog: Annotated[
        Path, typer.Argument(help=".toml or .xlsx of programs and budgets / program dan pagu")
    ],
    out: OutOption,
    receipts: Annotated[
        Path | None, typer.Option("--receipts", help="What families have / penerima")
    ] = None,
    locks: Annotated[
        Path | None, typer.Option("--locks", help="Agreed and refused / disepakati, ditolak")
    ] = None,
    poverty_line: Annotated[
        float | None,
        typer.Option(
            "--poverty-line",
            help="Rp per person per month, without a column 'line' / garis kemiskinan",
        ),
    ] = None,
    decimal: Annotated[
        Sign | None, typer.Option("--decimal", help="',' or '.' where numbers leave it open")
    ] = None,
    max_bundle: Annotated[
        int, typer.Option("--max-bundle", min=1, help="Most new programs per household")
    ] = 3,
    area_map: Annotated[
        Path | None, typer.Option("--map", help="GeoJSON of areas for the report / peta")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Of the report / judul laporan")] = "",
    contact: Annotated[
        str, typer.Option("--contact", help="Where an objection goes / alamat sanggahan")
    ] = "",
    people: PeopleOption = None,
    show_numbers: NumbersOption = False,
    public: PublicOption = None,
    engine: EngineOption = "auto",
    lang: LangOption = Lang.EN,
    gap: GapOption = 1e-4,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    progress: ProgressOption = True,
) -> None:
    """Plan from your own files.

    Example: povtarget plan warga.xlsx programs.toml --poverty-line 513243 --out rencana-2023
    """
    words, console = Words(lang.value), Console()
    with _reported(words), stages(progress, 4) as stage:
        stage(words("stage_read"))
        problem = _read_problem(
            households, catalog, receipts, locks, poverty_line, decimal, max_bundle
        )
        outlines = None if area_map is None else read_map(area_map)
        settings = ReportSettings(lang.value, title, contact, map=outlines)
        check_map(problem, settings)  # now, not after the search
        named = read_people(people, problem.households, show_numbers=show_numbers)
        stage(words("stage_solve"))
        made = solve(problem, engine=engine, gap=gap, time_limit=time_limit)
        verification = _verified(problem, made, words, stage)
        _written(
            problem,
            made,
            out,
            public,
            words,
            settings,
            force=force,
            people=named,
            show_numbers=show_numbers,
        )
    console.print(
        words(
            "registry",
            families=words.number(len(problem.households)),
            persons=words.number(problem.households.persons.sum()),
            programs=len(problem.catalog.programs),
            budgets=len(problem.catalog.budgets),
        )
    )
    show_plan(console, words, problem, made)
    _close(console, words, made, verification, out)


@app.command("revise")
def revise_folder(
    directory: Annotated[
        Path, typer.Argument(help="A folder that plan or demo wrote / folder rencana")
    ],
    decisions: Annotated[
        list[Path],
        typer.Option(
            "--decisions", help="Marked sheets, or their folder / lembar musyawarah atau foldernya"
        ),
    ],
    out: OutOption,
    more: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    people: PeopleOption = None,
    show_numbers: NumbersOption = False,
    public: PublicOption = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep/--exchange", help="Keep or exchange what nobody marked / pertahankan"
        ),
    ] = True,
    lang: LangOption = Lang.EN,
    time_limit: LimitOption = None,
    force: ForceOption = False,
    progress: ProgressOption = True,
) -> None:
    """Take the marked sheets of the meetings into a plan, and fill the places that are free.

    Example: povtarget revise demo-output --decisions demo-output/meetings/*.xlsx --out revised
    """
    words, console = Words(lang.value), Console()
    with _reported(words), stages(progress, 4) as stage:
        stage(words("stage_read"))
        decisions = _sheets([*decisions, *(more or ())])  # a shell makes many of one "*.xlsx"
        problem, old = read_plan(directory, marked=decisions)
        key = read_key(directory)
        read = read_decisions(decisions, problem, key=key)
        named = read_people(people, problem.households, show_numbers=show_numbers)
        stage(words("stage_solve"))
        revised = revise(problem, old, read, keep=keep, time_limit=time_limit)
        verification = _verified(revised.problem, revised.plan, words, stage)
        _written(
            revised.problem,
            revised.plan,
            out,
            public,
            words,
            ReportSettings(lang.value),
            force=force,
            people=named,
            show_numbers=show_numbers,
            key=key,
            changes=revised.changes,
        )
    show_changes(console, words, revised)
    show_plan(console, words, revised.problem, revised.plan)
    _close(console, words, revised.plan, verification, out)


@app.command("verify")
def verify_folder(
    directory: Annotated[
        Path, typer.Argument(help="A folder that plan or demo wrote / folder rencana")
    ],
    lang: LangOption = Lang.EN,
    progress: ProgressOption = True,
) -> None:
    """Recompute a plan's certificate from its files alone, and find any changed byte.

    Example: povtarget verify demo-output
    """
    words, console = Words(lang.value), Console()
    with _reported(words), stages(progress, 2) as stage:
        stage(words("stage_read"))
        problem, made = read_plan(directory)
        stage(words("stage_verify"))
        verification = verify(problem, made)
    if not verification.is_sound:
        console.print(words("unsound", folder=directory))
        for violation in verification.violations:
            console.print(f"  - {violation}", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT)
    console.print(
        words(
            "sound",
            folder=directory,
            value=words.number(verification.value, 2),
            bound=words.number(made.bound, 2),
            gap=words.percent(verification.gap, 4),
        ),
        soft_wrap=True,
    )


def _read_problem(
    households: Path,
    catalog: Path,
    receipts: Path | None,
    locks: Path | None,
    poverty_line: float | None,
    decimal: Sign | None,
    max_bundle: int,
) -> TargetingProblem:
    """Read every file, and report the faults of all of them together."""
    faults: list[Fault] = []
    sign = None if decimal is None else DECIMAL_SIGNS[decimal]
    read: dict[str, Any] = {}
    readers: dict[str, Callable[[], Any]] = {
        "households": lambda: read_households(households, poverty_line=poverty_line, decimal=sign),
        "catalog": lambda: read_catalog(catalog, decimal=sign),
        "receipts": lambda: None if receipts is None else read_receipts(receipts, decimal=sign),
        "locks": lambda: None if locks is None else read_locks(locks),
    }
    for name, reader in readers.items():
        try:
            read[name] = reader()
        except InputError as error:
            faults += error.problems
    if faults:
        raise InputError(faults)
    return TargetingProblem(
        read["households"],
        read["catalog"],
        receipts=read["receipts"],
        locks=read["locks"],
        max_bundle=max_bundle,
    )


def _verified(
    problem: TargetingProblem, made: Plan, words: Words, stage: Announce
) -> Verification:
    stage(words("stage_verify"))
    verification = verify(problem, made)
    stage(words("stage_write"))
    return verification


def _sheets(given: Sequence[Path]) -> list[Path]:
    """The files among some paths, and the workbooks of the folders among them."""
    return [
        sheet
        for path in given
        for sheet in (sorted(path.glob("*.xlsx")) if path.is_dir() else [path])
    ]


def _written(
    problem: TargetingProblem,
    made: Plan,
    out: Path,
    public: Path | None,
    words: Words,
    report: ReportSettings,
    *,
    alone: Plan | None = None,
    **how: Any,
) -> None:
    """Write a plan's folder, and that for the public where one is asked for."""
    shown: dict[str, Any] = {
        "version": __version__,
        "language": words.language,
        "report": report,
        "alone": uncoordinated(problem) if alone is None else alone,
        "force": how.pop("force"),
    }
    write_plan(problem, made, out, **shown, **how)
    if public is not None:
        write_public(problem, made, public, **shown)


def _close(
    console: Console, words: Words, made: Plan, verification: Verification, out: Path
) -> None:
    show_verification(console, words, verification)
    console.print(words("files", folder=out))
    console.print(words("next", folder=out))
    console.print(words("proposal"))
    if not verification.is_sound:
        raise typer.Exit(BAD_INPUT)
    if made.status != "optimal":
        console.print(words("stopped"))
        raise typer.Exit(STOPPED)


@contextmanager
def _reported(words: Words) -> Iterator[None]:
    """Say what is wrong in words, and end with the right exit code."""
    errors = Console(stderr=True)
    try:
        yield
    except InputError as error:
        errors.print(words("bad_input"))
        errors.print(str(error), markup=False, soft_wrap=True, highlight=False)
        raise typer.Exit(BAD_INPUT) from None
    except InfeasibleError as error:
        errors.print(words("infeasible"))
        errors.print(str(error), markup=False, soft_wrap=True, highlight=False)
        raise typer.Exit(INFEASIBLE) from None
    except PovtargetError as error:
        errors.print(words("failed"))
        errors.print(str(error), markup=False, soft_wrap=True, highlight=False)
        raise typer.Exit(STOPPED) from None


def main() -> None:
    """Entry point of the command ``povtarget``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a console that lacks a character must not end a run
    app()
