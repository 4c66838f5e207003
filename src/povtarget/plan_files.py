"""A plan as a folder of plain files, and back: the same plan to the last bit.

    assignments.csv  budgets.csv  poverty.csv  outcomes.csv     the plan's tables
    certificate.json                                            value, bound, gap, prices, version
    report.html                                                 the plan for the public, no names
    inputs/                                                     what it was made from
    plan.xlsx                                                   for whoever decides, and agencies
    meetings/                                                   a sheet for each kelurahan
    changes.csv  new_families.xlsx                              after meetings, see `revise`
    SHA256SUMS                                                  a checksum of every file above

How folders appear: `povtarget.folders`; how tables are written in them: `povtarget.stored_tables`.
Columns of the households that say who somebody is and
that nothing of the problem asks for are not in it (`povtarget.plan_inputs`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Set
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from povtarget.certificates import read_certificate, table_of
from povtarget.errors import Fault, InputError, gathered
from povtarget.folders import (
    SUMS,
    check_place,
    sha256,
    stated_sums,
    sums_of,
    whole_folder,
    write_sums,
)
from povtarget.locale import Language
from povtarget.plan import Level, Plan
from povtarget.plan_inputs import read_inputs, write_inputs
from povtarget.problem import TargetingProblem
from povtarget.report import ReportSettings, make_report
from povtarget.sayings import said
from povtarget.stored_tables import kinds_of, write_json, write_table
from povtarget.workbook.books import (
    make_draft,
    write_drafted,
    write_drafted_meetings,
    write_public_workbook,
)
from povtarget.workbook.new_families import write_new_families
from povtarget.workbook.privacy import new_key

CERTIFICATE = "certificate.json"
"""The file that only plans' folders have."""

_PUBLIC = "plan-public.xlsx"
_KEY = "inputs/codes.key"
_TABLES = {"assignments": "assignments.csv", "budgets": "budgets.csv", "outcomes": "outcomes.csv"}
_SCALARS = (
    "value",
    "bound",
    "gap",
    "bound_source",
    "duplicates",
    "receipt_duplicates",
    "status",
    "asked_gap",
    "engine",
    "runtime",
    "warnings",
)


def write_plan(
    problem: TargetingProblem,
    plan: Plan,
    directory: str | PathLike[str],
    *,
    version: str = "",
    force: bool = False,
    report: ReportSettings | None = None,
    alone: Plan | None = None,
    people: Any = None,
    language: Language = "en",
    show_numbers: bool = False,
    key: bytes | None = None,
    changes: pd.DataFrame | None = None,
    new_families: pd.DataFrame | None = None,
) -> Path:
    """Write a plan, its certificate, its public report, its workbooks and its inputs to a folder.

    Parameters
    ----------
    problem, plan
        The question and its answer. Columns of its households that say who somebody is, and
        that nothing of the problem asks for, are not written (`povtarget.plan_inputs`).
    directory
        A folder that does not exist yet.
    version
        Version of the program that wrote it.
    force
        Replace an existing plan's folder; no other kind of folder is replaced.
    report
        Language, title, contact, official rate and map of the report; None: those of ``language``.
    alone
        What the report compares with; None: `povtarget.baselines.uncoordinated`.
    people, language, show_numbers
        Names and words of the workbooks, see `povtarget.workbook.write_workbook`. Names go into
        the workbooks and into no other file.
    key
        Makes the codes of households; None makes a new one. The folder keeps it.
    changes
        What differs from the plan before, as `Revision.changes`: written to changes.csv.
    new_families
        Families that meetings added, as `Decisions.new`: written to new_families.xlsx, where
        there is one. Personal data, like the workbooks.

    Raises
    ------
    InputError
        Where the folder exists already, or lies in a folder that does not; where the report's map
        has no outline for half of the areas or more; and with every fault of ``people``.
    """
    target = Path(directory)
    with whole_folder(target, force=force, marker=CERTIFICATE) as folder:
        _write_tables(plan, folder)
        _write_report(problem, plan, folder, language, report, alone, version)
        if changes is not None:
            write_table(folder / "changes.csv", changes)
        if new_families is not None and len(new_families):
            write_new_families(folder / "new_families.xlsx", new_families, language)
        (folder / "inputs").mkdir()
        write_inputs(problem, folder / "inputs")
        code_key = new_key() if key is None else key
        _write_key(folder / _KEY, code_key)
        draft = make_draft(
            problem,
            plan,
            key=code_key,
            people=people,
            language=language,
            show_numbers=show_numbers,
        )
        write_drafted(draft, folder / "plan.xlsx", version=version)
        (folder / "meetings").mkdir()
        write_drafted_meetings(draft, folder / "meetings")
        hashes = sums_of(folder)
        write_json(
            folder / CERTIFICATE, {**_certificate(plan), "version": version, "sha256": hashes}
        )
        hashes[CERTIFICATE] = sha256(folder / CERTIFICATE)
        write_sums(folder, hashes)
    return target


def check_places(directory: Path, public: Path | None, *, force: bool) -> None:
    """Refuse places where `write_plan` and `write_public` cannot write, before a search.

    Raises
    ------
    InputError
        With the faults of both, and where one lies in the other.
    """
    faults: list[Fault] = []
    gathered(faults, lambda: check_place(directory, force=force, marker=CERTIFICATE))
    if public is not None:
        plan, other = directory.resolve(), public.resolve()
        if plan == other or plan in other.parents or other in plan.parents:
            message = "what is for the public lies with what is not"
            faults.append(Fault(message, str(public), expected="folders apart from each other"))
        else:
            gathered(faults, lambda: check_place(public, force=force, marker=_PUBLIC))
    if faults:
        raise InputError(faults)


def _write_report(
    problem: TargetingProblem,
    plan: Plan,
    folder: Path,
    language: Language,
    report: ReportSettings | None,
    alone: Plan | None,
    version: str,
) -> None:
    settings = ReportSettings(language) if report is None else report
    page = make_report(problem, plan, settings, alone=alone, version=version)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def write_public(
    problem: TargetingProblem,
    plan: Plan,
    directory: str | PathLike[str],
    *,
    version: str = "",
    force: bool = False,
    language: Language = "en",
    report: ReportSettings | None = None,
    alone: Plan | None = None,
) -> Path:
    """Write what anyone may see to a folder of its own: totals, no household, no small count.

    Parameters, and what is raised, are those of `write_plan`.
    """
    target = Path(directory)
    with whole_folder(target, force=force, marker=_PUBLIC) as folder:
        path = folder / _PUBLIC
        write_public_workbook(problem, plan, path, language=language, version=version)
        _write_report(problem, plan, folder, language, report, alone, version)
        write_sums(folder, sums_of(folder))
    return target


def read_key(directory: str | PathLike[str]) -> bytes:
    """Read the key of the codes of a plan's folder.

    Raises
    ------
    InputError
        Where the folder has none.
    """
    path = Path(directory) / _KEY
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as failure:
        fault = Fault("the key of the codes cannot be read", str(path))
        raise InputError([fault]) from failure


def read_plan(
    directory: str | PathLike[str], *, marked: Iterable[str | PathLike[str]] = ()
) -> tuple[TargetingProblem, Plan]:
    """Read a folder that `write_plan` made: the question and its answer.

    Parameters
    ----------
    directory
        The folder.
    marked
        Meetings' sheets in it that people have marked: they may differ from their checksums.

    Raises
    ------
    InputError
        Where a file is missing, added, or differs from its checksum in any byte.
    """
    folder = Path(directory)
    if is_public(folder):
        expected = "the plan's folder, which holds the families and the certificate"
        raise InputError([Fault("this is a public folder", str(folder), expected=expected)])
    faults = list(_checksum_faults(folder, {Path(path).resolve() for path in marked}))
    if faults:
        raise InputError(faults)
    content = read_certificate(folder / CERTIFICATE)
    kinds = content["tables"]
    tables = {name: table_of(folder / file, kinds[name]) for name, file in _TABLES.items()}
    poverty = table_of(folder / "poverty.csv", kinds["poverty"])
    scalars = {name: _number_or(content[name]) for name in _SCALARS if name != "warnings"}
    plan = Plan(
        assignments=tables["assignments"],
        budgets=tables["budgets"].set_index("budget"),
        poverty=_poverty_of(poverty, "all"),
        city_poverty=_poverty_of(poverty, "city"),
        outcomes=tables["outcomes"],
        prices={name: float(p) for name, p in content["prices"].items()},
        levels=tuple(
            Level(level["objective"], level["value"], _number_or(level["bound"]))
            for level in content["levels"]
        ),
        warnings=tuple(content["warnings"]),
        **scalars,
    )
    return read_inputs(folder / "inputs"), plan


def _write_tables(plan: Plan, folder: Path) -> None:
    write_table(folder / "assignments.csv", plan.assignments)
    write_table(folder / "budgets.csv", plan.budgets.reset_index())
    write_table(folder / "outcomes.csv", plan.outcomes)
    write_table(folder / "poverty.csv", _poverty_rows(plan))


def _poverty_rows(plan: Plan) -> pd.DataFrame:
    both = pd.concat({"all": plan.poverty, "city": plan.city_poverty}, names=["lines", "when"])
    return both.reset_index()


def _poverty_of(rows: pd.DataFrame, lines: str) -> pd.DataFrame:
    table = rows[rows["lines"] == lines].drop(columns="lines").set_index("when")
    return table.rename_axis(None)


def _certificate(plan: Plan) -> dict[str, Any]:
    tables = {name: getattr(plan, name) for name in ("assignments", "outcomes")}
    tables |= {"budgets": plan.budgets.reset_index(), "poverty": _poverty_rows(plan)}
    return {
        **{name: _finite_or_none(getattr(plan, name)) for name in _SCALARS},
        "levels": [
            {name: _finite_or_none(part) for name, part in asdict(level).items()}
            for level in plan.levels
        ],
        "prices": dict(plan.prices),
        "tables": {name: kinds_of(table) for name, table in tables.items()},
    }


def _finite_or_none(value: Any) -> Any:
    return None if isinstance(value, float) and math.isinf(value) else value


def _number_or(value: Any) -> Any:
    return math.inf if value is None else value


def _write_key(path: Path, key: bytes) -> None:
    path.touch(mode=0o600)
    path.write_text(key.hex() + "\n", encoding="ascii")


def is_public(directory: str | PathLike[str]) -> bool:
    """Whether a folder is one that `write_public` made."""
    folder = Path(directory)
    return (folder / _PUBLIC).is_file() and not (folder / CERTIFICATE).is_file()


def check_public(directory: str | PathLike[str]) -> None:
    """Refuse a public folder of which a file was changed, added or left out.

    Raises
    ------
    InputError
        With every such file.
    """
    faults = list(_checksum_faults(Path(directory), set()))
    if faults:
        raise InputError(faults)


def _checksum_faults(folder: Path, marked: Set[Path]) -> Iterator[Fault]:
    if not (folder / SUMS).is_file():
        yield Fault(
            "this is not a plan's folder",
            str(folder),
            expected=said("a file {sums} in it", sums=SUMS),
        )
        return
    stated = stated_sums(folder)
    present = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    present.pop(SUMS)
    for name in sorted(set(stated) | set(present)):
        if name not in present:
            yield Fault("this file is missing", name)
        elif name not in stated:
            yield Fault("this file was not written with the plan", name)
        elif name.startswith("meetings/") and present[name].resolve() in marked:
            continue
        elif sha256(present[name]) != stated[name]:
            yield Fault("this file was changed after the plan was written", name)
