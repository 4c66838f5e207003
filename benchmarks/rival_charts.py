"""Rivals as dots: seconds to the asked gap, and the gap at the end, for each question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from chart_style import BLUE, GREY, VERMILLION, logarithmic, panels, plain, save
from results import Row
from rival_report import ALONE, LEVELS, OURS, QUESTION

_LEAST_GAP = 1e-7  # where a gap of 0 is drawn on a logarithmic axis
_ROUNDING = 1e-9
_NAMES = {
    OURS: "povtarget",
    LEVELS: "povtarget, all levels",
    ALONE: "povtarget, engine alone",
    "highs-mmkp": "HiGHS, our rows",
    "highs-mmkp-1": "HiGHS, our rows, 1 thread",
    "highs-milp": "HiGHS, usual program",
    "highs-milp-1": "HiGHS, usual program, 1 thread",
    "cbc": "CBC, usual program",
    "cpsat": "CP-SAT, usual program",
}


def draw_rivals(rows: Sequence[Row], folder: Path) -> list[Path]:
    """A figure for each family: a line of two panels for each size."""
    families: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["peak_mib"] or row["bound"]:  # questions that a solver cannot be asked are left out
            families[row["family"]].append(row)
    return [path for name, mine in families.items() for path in _draw(name, mine, folder)]


def _draw(family: str, rows: Sequence[Row], folder: Path) -> list[Path]:
    questions: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row["families"])):
        if not row["status"].startswith("cannot be said"):
            questions[tuple(row[name] for name in QUESTION)].append(row)
    height = sum(0.36 * len(mine) + 1.3 for mine in questions.values())
    figure, axes = panels(len(questions), 2, 10.5, max(height, 3.0))
    for (time, gap), mine in zip(axes, questions.values(), strict=True):
        ordered = sorted(mine, key=lambda row: list(_NAMES).index(row["solver"]), reverse=True)
        title = f"{family}, {int(mine[0]['families']):,} families"
        _times(time, ordered)
        _gaps(gap, ordered)
        time.set_title(title)
        gap.set_yticklabels([])
    return save(figure, folder, f"rivals-{family}")


def _times(axes: Axes, rows: Sequence[Row]) -> None:
    logarithmic(axes.xaxis)
    for y, row in enumerate(rows):
        if not row["total_s"]:
            axes.annotate("no answer", (0.02, y), xycoords=("axes fraction", "data"), va="center")
            continue
        is_reached = row["is_reached"] == "yes"
        seconds = float(row["total_s"])
        _dot(axes, seconds, y, row["solver"], is_reached)
        digits = f"{seconds:.2g}" if seconds < 10 else f"{seconds:,.0f}"
        text = digits if is_reached else f"> {digits}"
        axes.annotate(
            text, (seconds, y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9
        )
    axes.set_yticks(range(len(rows)), [_NAMES[row["solver"]] for row in rows])
    axes.set_ylim(-0.7, len(rows) - 0.3)
    known = [float(row["total_s"]) for row in rows if row["total_s"]]
    if known:  # a decade at least, and room for the numbers
        axes.set_xlim(min(known) / 2, max(3 * max(known), 20 * min(known)))
    axes.set_xlabel("seconds to the asked gap (hollow: not reached)")


def _gaps(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_xscale("log")
    for y, row in enumerate(rows):
        if not row["gap"]:
            axes.annotate(
                "no answer",
                (0.98, y),
                xycoords=("axes fraction", "data"),
                va="center",
                ha="right",
                fontsize=9,
            )
            continue
        gap = max(float(row["gap"]), _LEAST_GAP)
        _dot(axes, gap, y, row["solver"], row["is_reached"] == "yes")
        axes.annotate(
            f"{float(row['gap']):.1e}" if float(row["gap"]) > _ROUNDING else "0",
            (gap, y),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    asked = float(rows[0]["asked_gap"])
    if asked > 0:
        axes.axvline(asked, color=GREY, linestyle=":", linewidth=1.2)
    ticks = [_LEAST_GAP, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    axes.set_xticks(ticks, ["0", *(f"{tick:g}" for tick in ticks[1:])])
    axes.set_xlim(_LEAST_GAP / 2, 5.0)
    axes.set_yticks(range(len(rows)))
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlabel("gap at the end, share of the solver's bound (dotted: asked)")
    plain(axes.xaxis)


def _dot(axes: Axes, x: float, y: float, solver: str, is_reached: bool) -> None:
    colour = BLUE if solver in (OURS, LEVELS, ALONE) else VERMILLION
    face = colour if is_reached else "white"
    axes.plot(x, y, marker="o", color=colour, markerfacecolor=face, markersize=8, linestyle="none")
