"""Rivals on a screen and in a document: ratios, and bounds that cannot be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from environment import machine
from results import Row
from sections import table

OURS, LEVELS, ALONE = "prices", "prices-levels", "prices-mmkp"
QUESTION = ("family", "families", "seed", "time_limit", "asked_gap")
_SHOWN = (
    "solver",
    "s to the gap",
    "times ours",
    "gap at the end",
    "value",
    "bound",
    "problem s",
    "build s",
    "solve s",
    "MiB",
    "cores",
    "columns",
    "remarks",
)
_ROUNDING = 1e-9


def ratio_to_ours(rows: Sequence[Row], facts: Mapping[str, Any]) -> float | None:
    """Total seconds of a run for each second of ours, where ours reached the asked gap before."""
    if not facts.get("total_s"):
        return None
    for row in rows:
        same = all(row[name] == str(facts[name]) for name in QUESTION)
        if same and row["solver"] == OURS and row["is_reached"] == "yes":
            return round(float(facts["total_s"]) / float(row["total_s"]), 2)
    return 1.0 if facts["solver"] == OURS and facts.get("is_reached") else None


def printed(row: Row) -> str:
    """One line for a person who waits."""
    names = ("family", "families", "solver", "total_s", "gap", "exact_value", "bound", "peak_mib")
    texts = " ".join(f"{name}={row[name] or '-'}" for name in names)
    sign = "" if row["is_reached"] == "yes" else ">"
    ratio = f" ratio={sign}{row['ratio']}" if row["ratio"] else ""
    broken = f" BROKEN: {row['violations']}" if row["violations"] else ""
    return f"{texts}{ratio} {row['status']}{broken}"


def wrong_bounds(rows: Sequence[Row]) -> Iterator[str]:
    """Bounds below what another solver's sound answer to the same question is worth."""
    for question, mine in _questions(rows).items():
        sound = [row for row in mine if row["exact_value"] and not row["violations"]]
        best = max((float(row["exact_value"]) for row in sound), default=0.0)
        for row in mine:
            if row["bound"] and float(row["bound"]) < best - _ROUNDING * max(1.0, abs(best)):
                where = ", ".join(question[:2])
                yield f"{row['solver']} on {where}: {row['bound']} where {best:g} was found"


def _questions(rows: Sequence[Row]) -> dict[tuple[str, ...], list[Row]]:
    """Rows by question; those with other levels answer another one and are left out."""
    groups: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row["solver"] != LEVELS:
            groups[tuple(row[name] for name in QUESTION)].append(row)
    return groups


def render(rows: Sequence[Row]) -> str:
    """The section: a table for each question."""
    if not rows:
        return "Nothing measured yet."
    revisions = ", ".join(sorted({row["revision"] for row in rows}))
    parts = [
        "Seconds are from the table of families to an answer within the asked gap; a solver that "
        "did not get there has its time limit and `>`. The gap is between the solver's bound and "
        "what its answer is worth when judged in whole numbers. `prices-levels` answers more "
        "than the others: poverty gap and fewest duplicates after the headcount.",
        f"Revision {revisions}. {machine()}.",
    ]
    faults = list(wrong_bounds(rows))
    parts += [f"**Bounds at fault:** {'; '.join(faults)}."] if faults else []
    groups: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in QUESTION)].append(row)
    for (family, families, seed, limit, gap), mine in groups.items():
        parts.append(
            f"### {family}, {int(families):,} families\n\nSeed {seed}, time limit "
            f"{float(limit):g} s, asked gap {float(gap):g}."
        )
        parts.append(table(_SHOWN, [_line(row) for row in mine]))
    return "\n\n".join(parts)


def _line(row: Row) -> list[str]:
    is_reached = row["is_reached"] == "yes"
    sign = "" if is_reached else "> "
    remarks = [] if is_reached else [row["status"]]
    if row["violations"]:
        remarks.append(f"**broken**: {row['violations']}")
    if row["levels"]:
        remarks.append(f"gaps of levels: {row['levels']}")
    if row["trace"]:
        remarks.append(f"gap {row['trace']}")
    return [
        row["solver"],
        f"{sign}{float(row['total_s']):.2f}" if row["total_s"] else "-",
        f"{sign}{float(row['ratio']):.2f}" if row["ratio"] else "-",
        f"{float(row['gap']):.1e}" if row["gap"] else "no answer",
        _number(row["exact_value"], ",.1f"),
        _number(row["bound"], ",.1f"),
        *(_number(row[name], ".2f") for name in ("problem_s", "build_s", "solve_s")),
        _number(row["peak_mib"], ",.0f"),
        _number(row["cores"], ".1f"),
        _number(row["columns"], ",.0f"),
        "; ".join(remarks).replace("|", "/"),
    ]


def _number(cell: str, form: str) -> str:
    return f"{float(cell):{form}}" if cell else "-"
