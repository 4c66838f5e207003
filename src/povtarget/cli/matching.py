"""``povtarget reconcile``: which families two lists with names share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from povtarget.cli.options import (
    AreasOption,
    ForceOption,
    JsonOption,
    Lang,
    LangOption,
    ProgressOption,
    rate_option,
)
from povtarget.cli.registry import OutOption, read_areas, tell_files, tell_oddities
from povtarget.cli.session import Session, session
from povtarget.errors import InputError, all_read
from povtarget.folders import check_place, sums_of, whole_folder, write_sums
from povtarget.locale import Words
from povtarget.registry.linkage import reconcile
from povtarget.registry.listing import REQUIRED
from povtarget.registry.reading import read_registry
from povtarget.registry.reconciliation import Reconciliation
from povtarget.tables import read_table
from povtarget.terminal_tables import terminal_table
from povtarget.workbook.matches import (
    LISTS,
    area_names,
    fields_said,
    read_review,
    write_result,
    write_review,
)

_TELLING = ("registry", "other", "both", "registry_only", "other_only")


def reconcile_lists(
    first: Annotated[Path, typer.Argument(metavar="LEFT", help="A list")],
    second: Annotated[Path, typer.Argument(metavar="RIGHT", help="Another")],
    out: OutOption,
    first_individuals: Annotated[
        Path | None, typer.Option("--left-individuals", help="Persons of LEFT")
    ] = None,
    second_individuals: Annotated[
        Path | None, typer.Option("--right-individuals", help="Persons of RIGHT")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="review.xlsx with yes and no filled in")
    ] = None,
    areas: AreasOption = None,
    accept: Annotated[
        float, rate_option("--accept", "Probability from which a match stands")
    ] = 0.95,
    doubt: Annotated[
        float, rate_option("--doubt", "Probability from which a person is asked")
    ] = 0.5,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Find who is on two lists with names: in both, one only, twice, moved, changed, unsure.

    A list is P3KE, DTKS or DTSEN, or a table with family_id, name and area (and any of nik, kk,
    birth_date, sex, address, rt, rw).

    Example: povtarget reconcile dtks.xlsx p3ke.xlsx --out cocok --lang id
    """
    with session(lang, progress=progress, as_json=as_json) as run:
        place: dict[str, Any] = {"force": force, "marker": "families.csv", "keeps_work": True}
        check_place(out, **place)
        with run.stages(3) as stage:
            stage(run.words("stage_read"))
            known = read_areas(areas)
            lists = _lists((first, first_individuals), (second, second_individuals), areas=known)
            stage(run.words("stage_match"))
            found = reconcile(
                *(families for families, _ in lists),
                individuals=lists[0][1],
                other_individuals=lists[1][1],
                areas=known,
                accept=accept,
                doubt=doubt,
                decisions=None if decisions is None else read_review(decisions),
            )
            stage(run.words("stage_write"))
            with whole_folder(out, is_private=True, **place) as folder:
                _write_matches(folder, found, run.words)
        _tell_matches(run, found, (first.name, second.name))
        files = {
            "review.xlsx": "rc_file_review",
            "result.xlsx": "rc_file_result",
            "families.csv": "rc_file_tables",
            "pairs.csv": "rc_file_tables",
        }
        tell_files(run, out, {name: files[name] for name in files if (out / name).is_file()})
        if len(found.for_review()):
            run.say("rc_review_next", same=run.words("rv_same"), file=out / "review.xlsx")


def _lists(
    *given: tuple[Path, Path | None], areas: list[tuple[str, ...]] | None
) -> list[tuple[Any, Any]]:
    """Families and members of each list as `reconcile` takes them; faults of all together."""
    known = () if areas is None else areas
    readers = {str(at): partial(_list, *files, known) for at, files in enumerate(given)}
    return [*all_read(readers).values()]


def _list(families: Path, members: Path | None, areas: Any) -> tuple[Any, Any]:
    """A plain table as it is, an agency's list as `read_registry` reads it."""
    try:
        is_plain = {*REQUIRED} <= {*read_table(families).frame}
    except InputError:  # such as titles above the header: the other reader says what is wrong
        is_plain = False
    if is_plain:
        return families, members
    read = read_registry(families, areas=areas)
    if members is not None:
        read = read.with_individuals(read_registry(members, areas=areas))
    return read, None


def _write_matches(folder: Path, found: Reconciliation, words: Words) -> None:
    found.write(folder)
    if len(found.for_review()):  # an empty sheet would only be looked into in vain
        write_review(found, folder / "review.xlsx", words)
    write_result(found, folder / "result.xlsx", words)
    (folder / "README.txt").write_text(words("cm_personal") + "\n", encoding="utf-8")
    write_sums(folder, sums_of(folder))


def _tell_matches(run: Session, found: Reconciliation, names: tuple[str, str]) -> None:
    """Say how many are in both, in one only, twice, moved, changed and unsure; by kelurahan."""
    words, unsure = run.words, len(found.for_review())
    repeats = found.duplicates["list"].value_counts()
    for number, (name, file) in enumerate(zip(LISTS, names, strict=True), 1):
        rows = int((found.families["list"] == name).sum())
        twice = int(repeats.get(name, 0))
        shown = {"rows": rows, "repeats": twice, "families": rows - twice}
        run.say("rc_list", number=number, file=file,
                **{key: words.number(value) for key, value in shown.items()})  # fmt: skip
    run.answer = {
        "rows": {name: int((found.families["list"] == name).sum()) for name in LISTS},
        "both": len(found.matches),
        "moved": len(found.moved),
        "changed": found.changed,
        "only": {"registry": len(found.only_registry), "other": len(found.only_other)},
        "repeats": {name: int(repeats.get(name, 0)) for name in LISTS},
        "unsure": unsure,
        "perhaps_twice": len(found.unsure) - unsure,
        "by_area": found.by_area,
        "oddities": found.oddities,
    }
    _show(run, words("rc_title"), ["", words("rc_families")], _counts(found, words, unsure))
    areas = area_names(found.by_area, words)
    areas = areas[[*_TELLING]].assign(unsure=areas["registry_unsure"] + areas["other_unsure"])
    _show(
        run,
        words("rc_areas"),
        [words("rv_field_area"), *(words(f"rc_by_{name}") for name in areas)],
        areas.reset_index().to_numpy(dtype=object).tolist(),
    )
    named = found.by_area.drop(index="", errors="ignore")
    if not ((named["registry"] > 0) & (named["other"] > 0)).any():
        run.say("rc_no_common_area")
    run.say("rc_only_note")
    tell_oddities(run, found.oddities)


def _counts(found: Reconciliation, words: Words, unsure: int) -> list[tuple[str, int]]:
    """What was found, line by line."""
    lines = [(words("rc_both"), len(found.matches)), (words("rc_moved"), len(found.moved))]
    lines += [
        (words("rc_changed", field=fields_said(words, one["field"])), one["families"])
        for one in found.changed.to_dict("records")
        if one["field"] != "area"
    ]
    for name, alone in zip(LISTS, (found.only_registry, found.only_other), strict=True):
        lines.append((words(f"rc_only_{name}"), len(alone)))
        split = int((alone["head_member_of"] != "").sum())
        lines += [(words("rc_split"), split)] if split else []
    perhaps_twice = len(found.unsure) - unsure
    return [*lines, (words("rc_unsure"), unsure), (words("rc_perhaps_twice"), perhaps_twice)]


def _show(run: Session, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table: a name, then counts."""
    shown = [[str(name), *(run.words.number(count) for count in counts)] for name, *counts in rows]
    run.console.print(terminal_table(title, header, shown))
