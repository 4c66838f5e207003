"""``povtarget read``: an agency's list of families, made into households to plan with."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from povtarget.cli.options import (
    AreasOption,
    ColumnOption,
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    LineOption,
    ProgressOption,
    SheetOption,
    rate_option,
)
from povtarget.cli.session import Session, session
from povtarget.errors import Fault, InputError, masked
from povtarget.folders import check_place, sums_of, whole_folder, write_sums
from povtarget.locale import Words
from povtarget.registry.deciles import DecileWelfare, welfare_from_deciles
from povtarget.registry.model import Registry
from povtarget.registry.notices import Notice
from povtarget.registry.reading import read_registry
from povtarget.stored_tables import escaped, write_table
from povtarget.tables import read_table
from povtarget.workbook.people import COLUMNS as NAMED
from povtarget.workbook.sheets import Column, open_book

_PEOPLE = "people.xlsx"


class Preset(StrEnum):
    """The layouts that `read_registry` knows."""

    AUTO = "auto"
    P3KE_FAMILY = "p3ke_family"
    P3KE_INDIVIDUAL = "p3ke_individual"
    DTKS = "dtks"
    DTSEN = "dtsen"


LayoutOption = Annotated[Preset, typer.Option("--layout", help="auto finds it")]
OutOption = Annotated[
    Path, typer.Option("--out", help="A folder that does not exist yet; PERSONAL DATA")
]


def read_list(
    file: Annotated[Path, typer.Argument(help="P3KE, DTKS/BDT or DTSEN: .xlsx, .csv or .parquet")],
    out: OutOption,
    individuals: Annotated[
        Path | None, typer.Option("--individuals", help="P3KE's list of persons: sizes")
    ] = None,
    layout: LayoutOption = Preset.AUTO,
    sheet: SheetOption = None,
    column: ColumnOption = None,
    areas: AreasOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day of the list, for ages")] = None,
    home: Annotated[str, typer.Option("--home", help="First digits of NIK of here")] = "3375",
    rate: Annotated[
        float | None, rate_option("--rate", "Share of persons below the line, as 7%")
    ] = None,
    gap: Annotated[float | None, rate_option("--p1", "Poverty gap P1, as 1.28%")] = None,
    poverty_line: LineOption = None,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Read a P3KE, DTKS or DTSEN list, check it, and make households to plan with.

    Example: povtarget read p3ke.xlsx --individuals p3ke-individu.xlsx --rate 0.07
    --poverty-line 513243 --out warga
    """
    if rate is None and (gap is not None or poverty_line is not None):
        raise typer.BadParameter(Words(lang.value)("us_needs_rate"))
    with session(lang, progress=progress, as_json=as_json) as run:
        place: dict[str, Any] = {"force": force, "marker": _PEOPLE, "keeps_work": True}
        check_place(out, **place)
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            how: dict[str, Any] = {"areas": read_areas(areas), "as_of": as_of, "home": home}
            read = read_registry(file, layout.value, sheet=sheet, columns=renames(column), **how)
            if individuals is not None:
                read = read.with_individuals(read_registry(individuals, **how))
            welfare = _welfare(run.words, read, rate, gap, poverty_line)
            stage(run.words("stage_write"))
            with whole_folder(out, is_private=True, **place) as folder:
                files = _write_list(folder, read, welfare, run.words)
        _tell_list(run, file, read, welfare, rate)
        tell_files(run, out, {name: f"rd_file_{name.split('.')[0]}" for name in files})
        if welfare is not None:
            files = [shlex.quote(str(out / name)) for name in ("households.csv", _PEOPLE)]
            command = f"povtarget plan {files[0]} programs.toml --people {files[1]} --out rencana"
            run.say("cm_next", command=command)


def renames(given: list[str] | None) -> dict[str, str] | None:
    """Renames as ``OURS=THEIRS``."""
    pairs = [text.partition("=") for text in given or ()]
    faults = [
        Fault("not a renaming", "--column", expected="OURS=THEIRS, such as decile=Peringkat")
        for ours, _, theirs in pairs
        if not (ours.strip() and theirs.strip())
    ]
    if faults:
        raise InputError(faults)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs} or None


def read_areas(file: Path | None) -> list[tuple[str, ...]] | None:
    """Kelurahan, kecamatan and code of a table, None where there is none."""
    if file is None:
        return None
    table = read_table(file)
    if "area" not in table.frame:
        raise InputError([Fault("the column is missing", table.name, column="area")])
    empty = pd.Series("", index=table.frame.index)
    columns = [table.frame.get(name, empty).fillna("") for name in ("area", "kecamatan", "code")]
    return [tuple(str(cell).strip() for cell in row) for row in zip(*columns, strict=True)]


def _welfare(
    words: Words, read: Registry, rate: float | None, gap: float | None, line: float | None
) -> DecileWelfare | None:
    """Consumption that agrees with a rate, where one is stated."""
    if rate is None:
        return None
    frame = read.planning_frame()
    ranks = [name for name in ("percentile", "decile") if name in frame]
    faults = []
    if "size" not in frame:
        expected = words("rd_individuals")
        faults.append(Fault(words("rd_no_size"), read.source, expected=expected))
    if not ranks:
        faults.append(Fault(words("rd_no_decile"), read.source))
    if faults:
        raise InputError(faults)
    return welfare_from_deciles(frame, rate=rate, gap=gap, decile=ranks[0], poverty_line=line)


def _write_list(
    folder: Path, read: Registry, welfare: DecileWelfare | None, words: Words
) -> list[str]:
    """Write what was read; return the names of the files."""
    frame = read.planning_frame() if welfare is None else welfare.households.frame
    tables = {
        "households.csv": frame,
        "warnings.csv": _in_words(read.warnings, words),
        "set_aside.csv": read.set_aside,
        "unknown_places.csv": read.unknown_places,
    }
    written = [name for name, table in tables.items() if len(table)]
    for name in written:
        write_table(folder / name, tables[name].replace({"": None}), is_marked=True)
    _write_people(folder / _PEOPLE, read, words)
    (folder / "README.txt").write_text(words("cm_personal") + "\n", encoding="utf-8")
    write_sums(folder, sums_of(folder))
    return [written[0], _PEOPLE, *written[1:]]


def _in_words(notices: Iterable[Notice], words: Words) -> pd.DataFrame:
    """Warnings as a table, in a person's language."""
    rows = [
        asdict(one)
        | {
            "message": words.said(one.message),
            "expected": one.expected and words.said(one.expected),
        }
        for one in notices
    ]
    return pd.DataFrame(rows).drop(columns="value", errors="ignore")


def _write_people(path: Path, read: Registry, words: Words) -> None:
    """Names and numbers by household, as text, so that no spreadsheet cuts a digit."""
    families = read.families.rename(columns={"family_id": "household_id"})
    names = ["household_id", *(name for name in NAMED if name in families)]
    shown = families[names].assign(household_id=families["household_id"].map(escaped))
    with open_book(path, words("rd_file_people")) as book:
        columns = [Column(name, 22) for name in names]
        sheet = book.sheet("people", [column.width for column in columns])
        rows = ([None if pd.isna(cell) else str(cell) for cell in row]
                for row in shown.itertuples(index=False))  # fmt: skip
        sheet.table(columns, rows, frozen=True)


def _tell_list(
    run: Session, file: Path, read: Registry, welfare: DecileWelfare | None, rate: float | None
) -> None:
    """Say what was read and what a person should look at."""
    words, counts, members = run.words, read.warning_counts, read.individuals
    rows = len(read) + len(read.set_aside) if members is None else len(members)
    run.answer = {
        "layout": read.layout,
        "unit": read.unit,
        "families": len(read),
        "warnings": counts,
        "unknown_places": read.unknown_places,
        "has_consumption": welfare is not None,
    }
    run.say(
        "rd_read" if read.unit == "family" else "rd_read_households",
        file=file.name,
        layout=read.layout,
        families=words.number(len(read)),
        rows=words.number(rows),
        members="" if members is None else words("rd_members", persons=words.number(len(members))),
    )
    run.say("rd_warnings" if len(counts) else "rd_no_warnings",
            count=words.number(len(read.warnings)))  # fmt: skip
    tell_oddities(run, counts)
    if len(read.unknown_places):
        run.say("rd_places", count=words.number(len(read.unknown_places)))
    if welfare is None or rate is None:
        run.say("rd_no_welfare")
        return
    sigma = float(np.average(welfare.households.sigma, weights=welfare.households.persons))
    shown = words.rupiah(float(welfare.households.line[0]))
    run.say("rd_welfare", rate=words.percent(rate), line=shown, sigma=words.number(sigma, 2))
    for warning in welfare.warnings:
        run.tell(f"  {words.said(warning)}")


def tell_oddities(run: Session, counts: pd.DataFrame) -> None:
    """Say how often each oddity of a list was seen, most often first, and where first."""
    for one in counts.sort_values("count", ascending=False, kind="stable").to_dict("records"):
        is_whole = pd.isna(one["first_row"])
        run.tell(
            run.words(
                "rd_warning_whole" if is_whole else "rd_warning",
                count=run.words.number(one["count"]),
                column="" if one["column"] is None else f"{one['column']}: ",
                message=masked(run.words.said(one["message"])),
                row="" if is_whole else int(one["first_row"]),
            )
        )


def tell_files(run: Session, out: Path, files: Mapping[str, str]) -> None:
    """Say what lies in the folder, and that it is personal."""
    listed = "; ".join(f"{name} ({run.words(key)})" for name, key in files.items())
    run.answer |= {"folder": out, "files": list(files)}
    run.say("cm_folder", folder=out, files=listed)
    run.console.print(run.words("cm_personal"), style="bold", soft_wrap=True)
