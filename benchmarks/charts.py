"""Draw what was measured: growth of time, memory and gap, and rivals side by side.

    python benchmarks/charts.py --scaling scaling.csv --rivals rivals.csv --out docs/images

With --report docs/benchmarks.md the charts are shown there.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from chart_style import COLOURS, GREY, MARKERS, logarithmic, panels, plain, save
from growth import exponent
from results import Row, read_results
from rival_charts import draw_rivals
from scaling_report import by_family
from sections import write_section

_EXPECTED = "-expected"
_LEAST_GAP = 1e-7  # where a gap of 0 is drawn on a logarithmic axis


def draw_growth(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Time and memory against families, and the gap against families."""
    figure, axes = panels(1, 2, 13.0, 4.8)
    time, memory = axes[0]
    for family, mine in by_family(rows).items():
        _line(time, family, mine, "total_s", fitted=True)
        _line(memory, family, mine, "peak_mib")
    _slopes(time, rows)
    time.set_ylabel("seconds, from the table to a verified plan")
    memory.set_ylabel("peak memory (MiB)")
    time.set_title("Time")
    memory.set_title("Memory")
    for panel in (time, memory):
        _families_axis(panel)
    figure.legend(handles=[*_handles(time), *_keys()], loc="outside right upper")
    paths = save(figure, folder, "growth")
    return [*paths, *_draw_gaps(rows, folder)]


def _draw_gaps(rows: Sequence[Row], folder: Path) -> list[Path]:
    figure, axes = panels(1, 1, 8.5, 4.8)
    panel = axes[0, 0]
    for family, mine in by_family(rows).items():
        _line(panel, family, mine, "gap", least=_LEAST_GAP)
    for gap in sorted({float(row["asked_gap"]) for row in rows}):
        if gap > 0:
            panel.axhline(gap, color=GREY, linestyle=":", linewidth=1.2)
            panel.annotate(
                f"asked: {gap:g}",
                (1.0, gap),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                color=GREY,
                fontsize=9,
            )
    _families_axis(panel)
    panel.set_ylim(_LEAST_GAP / 2, None)
    ticks = [_LEAST_GAP, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
    panel.set_yticks(ticks, ["0", *(f"{tick:.0e}".replace("e-0", "e-") for tick in ticks[1:])])
    plain(panel.yaxis)
    panel.set_ylabel("certified gap of the headcount (share of the bound)")
    panel.set_title("Gap")
    figure.legend(handles=[*_handles(panel), *_keys()], loc="outside right upper")
    return save(figure, folder, "gaps")


def _line(
    axes: Axes,
    family: str,
    rows: Sequence[Row],
    column: str,
    *,
    least: float = 0.0,
    fitted: bool = False,
) -> None:
    """One family; solves that a limit stopped are hollow."""
    points = [
        (float(row["families"]), max(float(row[column]), least), row["status"] == "optimal")
        for row in rows
        if row[column]
    ]
    if not points:
        return
    colour, marker = _look(family)
    dashes = "--" if family.endswith(_EXPECTED) else "-"
    sizes, amounts = [p[0] for p in points], [p[1] for p in points]
    label = family
    proven = [p for p in points if p[2]]
    if fitted and len(proven) > 1:
        label += f" (slope {exponent([p[0] for p in proven], [p[1] for p in proven]):.2f})"
    axes.plot(sizes, amounts, color=colour, linestyle=dashes, marker=marker, label=label)
    for size, amount, is_proven in points:
        if not is_proven:
            axes.plot(size, amount, marker=marker, color=colour, markerfacecolor="white")


def _look(family: str) -> tuple[str, str]:
    """A known family and its expected twin share colour and marker."""
    names = ("pekalongan", "hard12", "single12", "hard30", "pekalongan15", "single30")
    base = family.removesuffix(_EXPECTED)
    place = names.index(base) if base in names else len(names)
    return COLOURS[place], MARKERS[place]


def _slopes(axes: Axes, rows: Sequence[Row]) -> None:
    """Grey lines of slope 1 and 2 below the measurements."""
    measured = [row for row in rows if row["total_s"]]
    if not measured:
        return
    sizes = [float(row["families"]) for row in measured]
    start, end = min(sizes), max(sizes)
    if start == end:
        return
    level = 0.5 * min(float(row["total_s"]) for row in measured)
    top = max(float(row["total_s"]) for row in measured)
    for slope in (1, 2):
        last = min(end, start * (top / level) ** (1 / slope))
        y = level * (last / start) ** slope
        axes.plot([start, last], [level, y], color=GREY, linestyle=":", linewidth=1.2)
        axes.annotate(f"slope {slope}", (last, y), color=GREY, fontsize=9, ha="right", va="bottom")


def _families_axis(axes: Axes) -> None:
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.set_xlabel("families")


def _handles(axes: Axes) -> list[Line2D]:
    return [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]


def _keys() -> list[Line2D]:
    """What dashes and hollow marks say."""
    return [
        Line2D([], [], color=GREY, linestyle="--", label="dashed: predicted consumption"),
        Line2D(
            [],
            [],
            color=GREY,
            linestyle="none",
            marker="o",
            markerfacecolor="white",
            label="hollow: stopped at the time limit",
        ),
    ]


def _shown(paths: Sequence[Path], document: Path) -> str:
    """The charts as Markdown images, by their place relative to the document."""
    folder = document.resolve().parent
    return "\n\n".join(
        f"![{path.stem}]({Path(os.path.relpath(path.resolve(), folder)).as_posix()})"
        for path in paths
        if path.suffix == ".png"
    )


def main() -> None:
    """Draw what there is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scaling", type=Path, help="CSV of scaling.py")
    parser.add_argument("--rivals", type=Path, help="CSV of rivals.py")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--report", type=Path, help="document whose section shows the charts")
    options = parser.parse_args()
    paths: list[Path] = []
    if options.scaling:
        paths += draw_growth(read_results(options.scaling), options.out)
    if options.rivals:
        paths += draw_rivals(read_results(options.rivals), options.out)
    if not paths:
        parser.error("nothing to draw: name --scaling, --rivals or both")
    print("\n".join(map(str, paths)))
    if options.report:
        write_section(options.report, "charts", _shown(paths, options.report))


if __name__ == "__main__":
    main()
