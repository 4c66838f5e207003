"""Answers to questions: tables on the terminal, and a folder of tables and pictures.

A folder has answer.json (for other tools, with the names that the documentation has), a CSV for
each table (for people, its header in their language) and the pictures. It appears whole or not
at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from povtarget.cli.session import ExitCode, Session, as_text
from povtarget.errors import Fault, InputError
from povtarget.folders import check_place, whole_folder
from povtarget.locale import MESSAGES, Words
from povtarget.plan import MILLION
from povtarget.stored_tables import write_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKER = "answer.json"
_NOTHING = "–"


class Pictures(StrEnum):
    """How pictures are written."""

    PNG = "png"
    SVG = "svg"
    NONE = "none"


AnswerOption = Annotated[
    Path | None, typer.Option("--out", help="A new folder for tables and pictures")
]
PicturesOption = Annotated[
    Pictures | None,
    typer.Option("--pictures", help="Default: png, where the extra 'plot' is installed"),
]

_COUNTS = {
    "persons", "receivers", "families_receiving", "families", "below", "below_before",
    "below_after", "lifted", "lifted_by_city", "lifted_more", "both", "families_with_many",
    "below_with_none", "below_with_none_low", "below_with_none_high", "duplicates", "target",
    "reached", "recipients", "limit", "broken", "people", "places",
}  # fmt: skip
_SHARES = {
    "P0", "P0_before", "P0_after", "P1", "P1_before", "P1_after", "P2_after", "coverage",
    "coverage_below", "undercoverage", "leakage", "incidence_below", "leakage_money",
    "leakage_spending", "vertical_efficiency", "benefit_share_lowest",
    "population_share_lowest", "adequacy", "headcount_impact", "gap_impact",
    "reduction_efficiency", "spillover", "receiver_share", "money_share", "low", "high",
    "others", "difference", "difference_low", "difference_high", "absorbed", "reach", "on_list",
    "of_list", "jaccard", "second_of_first", "first_of_second", "gap", "of_best", "share",
    "goal", "rate", "survey_low", "survey_high", "chance", "baseline", "baseline_low",
    "baseline_high", "baseline_survey_low", "baseline_survey_high", "baseline_chance",
    "share_program", "share_agency", "share_fund", "share_need",
}  # fmt: skip
_MILLIONS = {
    "transfers", "spending", "gap_closed", "overfill", "spending_on_many", "pagu", "spent",
    "spent_by_city", "amount", "budget", "more", "left",
}  # fmt: skip
_RUPIAH = {"mean_transfer", "planned_cost", "achieved_cost", "line"}
_DIGITS = {
    "cgh": 2, "relative_share": 2, "benefit_cost": 2, "value": 2, "bound": 2, "envelope": 2,
    "price": 3, "price_million": 3, "points": 2,
    "factor": 2, "cost_ratio": 2, "lifted_per_billion": 1,
}  # fmt: skip
_SPOKEN = {"control", "level", "status", "group", "plan", "scenario", "is_feasible"}
_FINE = {"gap": 3, "P1": 3, "P1_after": 3, "P1_before": 3, "P2_after": 3}
_RATES = {"P0", "P0_before", "P0_after", "goal", "rate", "baseline", "of_best"}

Shown = str | tuple[str, ...]
"""A column; a column with the ends of its interval; or the ends alone."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of an answer.

    Parameters
    ----------
    name
        Of its file; its title is the text ``q_title_NAME``.
    frame
        All of it. A column ``measure`` says in each row what ``value``, ``low`` and ``high`` are.
    shown
        Columns on the terminal; none: the table is written only.
    most
        Rows on the terminal; None: all.
    """

    name: str
    frame: pd.DataFrame
    shown: Sequence[Shown] = ()
    most: int | None = None


def labelled(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """A table whose index is its first column, of this name."""
    return frame.rename_axis(label).reset_index()


def show(run: Session, sheets: Sequence[Sheet]) -> None:
    """Print the tables that are to be shown and have rows."""
    for sheet in sheets:
        if sheet.shown and len(sheet.frame):
            run.console.print(_table(run.words, sheet, run.console.width))
            if sheet.most is not None and len(sheet.frame) > sheet.most:
                run.say("q_rows_more", count=run.words.number(len(sheet.frame) - sheet.most))
            run.console.print()


_BETWEEN, _NARROWEST = 2, 8  # spaces between columns; characters of a column of names
_STYLE: dict[str, Any] = {
    "box": box.SIMPLE_HEAD,
    "show_edge": False,
    "pad_edge": False,
    "collapse_padding": True,
}


def _table(words: Words, sheet: Sheet, room: int) -> Table:
    """A table without vertical lines: nine columns fit into a terminal of 80."""
    title = words(f"q_title_{sheet.name}")
    table = Table(title=title, title_justify="left", title_style="bold", **_STYLE)
    rows = sheet.frame.head(sheet.most or len(sheet.frame)).to_dict("records")
    headers = [_header_of(words, column) for column in sheet.shown]
    columns = [[_cell(words, column, row) for row in rows] for column in sheet.shown]
    texts = [isinstance(each, str) and _is_text(sheet.frame, each) for each in sheet.shown]
    widths = _widths(room, headers, columns, texts)
    for header, width, is_text in zip(headers, widths, texts, strict=True):
        justify: Literal["left", "right"] = "left" if is_text else "right"
        table.add_column(escape(header), justify=justify, width=width, overflow="fold")
    for line in zip(*columns, strict=True):
        table.add_row(*map(escape, line))
    return table


def _widths(
    room: int, headers: Sequence[str], columns: Sequence[Sequence[str]], texts: Sequence[bool]
) -> list[int]:
    """Numbers are never broken, and words only where there is no room."""
    least, most = [], []
    for header, cells, is_text in zip(headers, columns, texts, strict=True):
        words = [*header.split(), *(part for cell in cells for part in cell.split() or [""])]
        least.append(max(map(len, words if is_text else [*header.split(), *cells])))
        most.append(max(map(len, [*header.split("\n"), *cells])))
    spare = room - _BETWEEN * (len(headers) - 1) - sum(least)
    for k in sorted(range(len(least)), key=lambda k: -least[k]):
        if spare < 0 and texts[k]:
            less = min(-spare, max(least[k] - _NARROWEST, 0))
            least[k], spare = least[k] - less, spare + less
    while spare > 0:  # to the column whose words are broken most
        k = max(range(len(least)), key=lambda k: most[k] / max(least[k], 1))
        if most[k] <= least[k]:
            break
        least[k], spare = least[k] + 1, spare - 1
    return least


def _is_text(frame: pd.DataFrame, column: str) -> bool:
    return column in _SPOKEN or not pd.api.types.is_numeric_dtype(frame[column])


def _header_of(words: Words, column: Shown) -> str:
    if isinstance(column, tuple) and len(column) == 2:
        return words(f"q_{'_'.join(column)}")
    return _header(words, column if isinstance(column, str) else column[0], "q_unit_million", "\n")


def _cell(words: Words, column: Shown, row: Mapping[Any, Any]) -> str:
    if isinstance(column, str):
        return spoken(words, column, row[column], row)
    *value, low, high = (spoken(words, name, row[name], row) for name in column)
    interval = f"{low.removesuffix(' %')}–{high}"
    if pd.isna(row[column[-1]]):
        return value[0] if value else _NOTHING
    return f"{value[0]} ({interval})" if value else interval


def spoken(words: Words, column: str, value: Any, row: Mapping[Any, Any] | None = None) -> str:
    """A cell as a person reads it.

    Examples
    --------
    >>> spoken(Words("id"), "undercoverage", 0.0788), spoken(Words("en"), "spending", 5e9)
    ('7,9 %', '5,000')
    """
    if column == "measure":
        return _header(words, f"say_{value}", "q_unit_million")
    row = {} if row is None else row
    if column == "agency" and row.get("level") == "all":
        return words("q_level_all")
    kind = row.get("measure", column)
    if not isinstance(value, int | float | np.number) or isinstance(value, bool):
        return said(words, column, value)
    if not math.isfinite(value):
        return _NOTHING
    if kind in _SHARES:
        digits = _FINE.get(kind, 2 if kind in _RATES else 1)
        return words.percent(float(value), digits)
    if kind in _MILLIONS:
        return words.number(_rounded(value / MILLION, 0))
    if kind in _RUPIAH:
        return words.rupiah(float(value))
    if kind in _COUNTS or kind in _DIGITS:
        digits = _DIGITS.get(kind, 0)
        return words.number(_rounded(value, digits), digits)
    return str(value)  # a year, the number of a tenth


def _rounded(value: Any, digits: int) -> float:
    """Rounded, and 0 without a minus."""
    return round(float(value), digits) + 0.0


def said(words: Words, column: str, value: Any) -> str:
    """A text, or yes and no, in the language where it is a word of ours."""
    if isinstance(value, bool | np.bool_):
        return words("wb_yes" if value else "wb_no")
    if column not in _SPOKEN:
        return "" if value is None else str(value)
    parts = str(value).split(" and ") if column == "control" else [str(value)]
    keys = [f"q_{column}_{part}".replace(" ", "_") for part in parts]
    if all(key in MESSAGES for key in keys):
        return " + ".join(words(key) for key in keys)
    return str(value)


def _header(words: Words, column: str, money: str, mark: str = ", ") -> str:
    header = words(f"q_{column}")
    is_money = column.removeprefix("say_") in _MILLIONS
    return f"{header}{mark}{words(money)}" if is_money else header


def in_words(words: Words, frame: pd.DataFrame) -> pd.DataFrame:
    """A table for people: headers and words in their language, numbers as they are.

    Columns that share a header are told apart by their names.
    """
    shown = {}
    for column in map(str, frame.columns):
        cells = frame[column]
        if column == "measure":
            cells = cells.map(lambda cell: _header(words, f"say_{cell}", "q_unit_rupiah"))
        elif column in _SPOKEN:
            cells = cells.map(lambda cell, name=column: said(words, name, cell))
        header = _header(words, column, "q_unit_rupiah")
        if column in _SHARES and "measure" not in frame:
            header = f"{header}, {words('q_unit_share')}"
        shown[header if header not in shown else f"{header} ({column})"] = cells
    return pd.DataFrame(shown)


def stop(run: Session, statuses: Iterable[str]) -> None:
    """Say, and end accordingly, where a search stopped before its gap was proven."""
    if not set(statuses) <= {"optimal", "infeasible"}:
        run.say("q_stopped")
        run.exit_code = ExitCode.STOPPED


Draw = Callable[["Axes"], object]
Picture = tuple[tuple[float, float], Draw]
"""Width and height in inches, and what draws into axes."""


class Writer:
    """Writes an answer's folder, and refuses what it cannot write before any work is done.

    Parameters
    ----------
    out
        The folder; None: nothing is written.
    pictures
        How pictures are written; None: as PNG where matplotlib is installed.
    force
        Replace an existing answer's folder.

    Raises
    ------
    InputError
        Where the folder exists already, or lies in a folder that does not; where pictures are
        asked for and matplotlib is not installed.
    """

    def __init__(self, out: Path | None, pictures: Pictures | None, *, force: bool) -> None:
        self.out, self.force = out, force
        if out is not None:
            check_place(out, force=force, marker=MARKER)
        has_plots = find_spec("matplotlib") is not None
        if pictures not in (None, Pictures.NONE) and not has_plots:
            expected = 'pip install "povtarget[plot]"'
            fault = Fault("pictures need matplotlib", column="--pictures", expected=expected)
            raise InputError([fault])
        self.kind = pictures or (Pictures.PNG if has_plots else Pictures.NONE)
        self.is_silent = pictures is None and not has_plots

    def write(
        self, run: Session, sheets: Sequence[Sheet], pictures: Mapping[str, Picture]
    ) -> None:
        """Write everything, and say where it is."""
        if self.out is None:
            return
        with whole_folder(self.out, force=self.force, marker=MARKER) as folder:
            (folder / MARKER).write_text(as_text(run.answer) + "\n", encoding="utf-8")
            for sheet in sheets:
                write_table(folder / f"{sheet.name}.csv", in_words(run.words, sheet.frame))
            if self.kind is not Pictures.NONE:
                for name, (size, draw) in pictures.items():
                    _draw(folder / f"{name}.{self.kind}", size, draw)
        run.tell(run.words("q_written", folder=self.out))
        if self.is_silent:
            run.tell(run.words("q_no_pictures"))
        run.answer["folder"] = self.out


def _draw(path: Path, size: tuple[float, float], draw: Draw) -> None:
    """Draw without a window; a dollar sign in a name starts no formula."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"text.parse_math": False, "svg.hashsalt": "povtarget"}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
