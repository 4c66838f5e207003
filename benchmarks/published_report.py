"""Published problems as a section of a document: a summary, then every answer, misses included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from environment import machine
from results import Row
from sections import table

_TITLES = {"gap": "Generalised assignment", "mkp": "Multidimensional knapsack"}
_SUMMARY = (
    "type",
    "problems",
    "answered",
    "gap proven",
    "best known reached",
    "within 0.1 %",
    "within 0.5 %",
    "worst",
    "bound faults",
    "infeasible",
    "mean s",
    "largest s",
)
_EVERY = (
    "instance",
    "groups x items x rows",
    "value",
    "best known",
    "deviation",
    "bound",
    "known bound",
    "gap",
    "s",
    "MiB",
    "remarks",
)


def render(rows: Sequence[Row], names: Sequence[str]) -> str:
    """The section: ``names`` are the instances that were asked for, in order."""
    by_name = {row["instance"]: row for row in rows}
    missing = [name for name in names if name not in by_name]
    found = [by_name[name] for name in names if name in by_name]
    if not found:
        return "Nothing measured yet."
    parts = [_introduction(found, missing)]
    for family in sorted({row["family"] for row in found}):
        mine = [row for row in found if row["family"] == family]
        parts += [f"### {_TITLES[family]}", _summary(mine)]
        if family == "mkp":
            parts.append(_relaxations(mine))
        for kind in dict.fromkeys(row["type"] for row in mine):
            parts += [f"#### Type {kind}", _every([row for row in mine if row["type"] == kind])]
    return "\n\n".join(parts)


def _introduction(found: Sequence[Row], missing: Sequence[str]) -> str:
    limits = ", ".join(sorted({f"{float(row['time_limit']):g} s" for row in found}))
    revisions = ", ".join(sorted({row["revision"] for row in found}))
    text = (
        f"{len(found)} problems, each within {limits}, default gap (0.01 %), in one process after "
        f"another. Deviation is from the best known value; a bound is at fault where a published "
        f"answer is better than it. Costs for assignment, profits for knapsacks; every answer was "
        f"judged in whole numbers.\n\nRevision {revisions}. {machine()}."
    )
    if missing:
        text += f"\n\nNot measured yet: {len(missing)} ({', '.join(missing[:10])} ...)."
    return text


def _summary(rows: Sequence[Row]) -> str:
    kinds = list(dict.fromkeys(row["type"] for row in rows))
    lines = [_line(kind, [row for row in rows if row["type"] == kind]) for kind in kinds]
    return table(_SUMMARY, [*lines, _line("**all**", rows)])


def _line(label: str, rows: Sequence[Row]) -> list[str]:
    answered = [row for row in rows if row["value"] and not row["violations"]]
    deviations = [float(row["deviation_percent"]) for row in answered]
    seconds = [float(row["seconds"]) for row in rows if row["seconds"]]
    worst = max(answered, key=lambda row: float(row["deviation_percent"]), default=None)
    return [
        label,
        str(len(rows)),
        str(len(answered)),
        _count(row["status"] == "optimal" for row in answered),
        _count(deviation <= 0 for deviation in deviations),
        _count(deviation <= 0.1 for deviation in deviations),
        _count(deviation <= 0.5 for deviation in deviations),
        f"{float(worst['deviation_percent']):.3f} % ({worst['instance']})" if worst else "-",
        _count(row["bound_is_wrong"] == "yes" for row in rows),
        _count(bool(row["violations"]) for row in rows),
        f"{sum(seconds) / len(seconds):.2f}" if seconds else "-",
        f"{max(seconds):.1f}" if seconds else "-",
    ]


def _count(flags: Iterable[bool]) -> str:
    return str(sum(map(bool, flags)))


def _relaxations(rows: Sequence[Row]) -> str:
    differences = [abs(float(row["lp_difference"])) for row in rows if row["lp_difference"]]
    if not differences:
        return "No LP bound was computed."
    return (
        f"`lp_bound` against the published LP optimum: {len(differences)} compared, largest "
        f"relative difference {max(differences):.1e}."
    )


def _every(rows: Sequence[Row]) -> str:
    lines = [
        [
            row["instance"],
            " x ".join(row[name] or "?" for name in ("groups", "items", "rows")),
            row["value"] or "-",
            row["best_known"] + ("" if row["is_best_proven"] == "yes" else " *"),
            _number(row["deviation_percent"], ".3f", " %"),
            _number(row["bound"], ".2f"),
            row["best_known_bound"] or "-",
            _number(row["gap"], ".1e"),
            _number(row["seconds"], ".2f"),
            _number(row["peak_mib"], ".0f"),
            _remarks(row),
        ]
        for row in rows
    ]
    return table(_EVERY, lines) + "\n\n\\* not proven optimal by its publishers."


def _number(cell: str, form: str, unit: str = "") -> str:
    return f"{float(cell):{form}}{unit}" if cell else "-"


def _remarks(row: Row) -> str:
    remarks = [] if row["status"] == "optimal" else [row["status"]]
    if row["deviation_percent"] and float(row["deviation_percent"]) < 0:
        remarks.append("better than published")
    if row["bound_is_wrong"] == "yes":
        remarks.append("**bound at fault**")
    if row["violations"]:
        remarks.append(f"**infeasible**: {row['violations']}")
    return "; ".join(remarks).replace("|", "/")
