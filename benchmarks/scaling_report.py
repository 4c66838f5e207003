"""Growth on a screen and in a document: a table for each family, and fitted exponents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from environment import machine
from growth import exponent
from results import Row
from sections import table

_SHOWN = (
    "families",
    "bundles",
    "read s",
    "problem s",
    "solve s",
    "verify s",
    "value",
    "bound",
    "gap",
    "proposals",
    "MiB",
    "remarks",
)
_TIMES = ("problem_s", "solve_s", "verify_s", "total_s")


def printed(row: Row) -> str:
    """One line for a person who waits."""
    names = ("family", "families", "items", "solve_s", "verify_s", "gap", "peak_mib")
    texts = " ".join(f"{name}={row[name] or '-'}" for name in names)
    broken = f" BROKEN: {row['violations']}" if row["violations"] else ""
    return f"{texts} {row['status']}{broken}"


def printed_exponents(rows: Sequence[Row]) -> str:
    """The growth of each family's times, one line each."""
    lines = ["fitted exponents of time in the number of families:"]
    for family, mine in by_family(rows).items():
        texts = [f"{name[:-2]} {_exponent(mine, name):.2f}" for name in _TIMES]
        lines.append(f"  {family}: {', '.join(texts)}")
    return "\n".join(lines)


def render(rows: Sequence[Row]) -> str:
    """The section."""
    if not rows:
        return "Nothing measured yet."
    revisions = ", ".join(sorted({row["revision"] for row in rows}))
    limits = ", ".join(sorted({f"{float(row['time_limit']):g} s" for row in rows}))
    parts = [
        "Default levels (persons lifted, poverty gap, fewest duplicates), from a table of "
        f"families to a verified plan; time limit {limits} for each solve.",
        f"Revision {revisions}. {machine()}.",
        "### Growth",
        "Exponent b of time = a x families^b, fitted by least squares in logs to solves that were "
        "not stopped by the limit; nan where fewer than two sizes were.",
        table(
            ("family", *(name[:-2] for name in _TIMES), "peak memory"),
            [
                [
                    family,
                    *(f"{_exponent(mine, name):.2f}" for name in _TIMES),
                    f"{_exponent(mine, 'peak_mib'):.2f}",
                ]
                for family, mine in by_family(rows).items()
            ],
        ),
    ]
    for family, mine in by_family(rows).items():
        parts += [f"### {family}", table(_SHOWN, [_line(row) for row in mine], texts=0)]
    return "\n\n".join(parts)


def by_family(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows of each family, smallest city first."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row["families"])):
        groups[row["family"]].append(row)
    return dict(groups)


def _exponent(rows: Sequence[Row], name: str) -> float:
    measured = [row for row in rows if row[name] and row["status"] == "optimal"]
    sizes = [float(row["families"]) for row in measured]
    return exponent(sizes, [float(row[name]) for row in measured])


def _line(row: Row) -> list[str]:
    remarks = [] if row["status"] == "optimal" else [row["status"], f"levels: {row['levels']}"]
    if row["evaluations"]:
        remarks.append(f"{row['evaluations']} evaluations")
    if row["violations"]:
        remarks.append(f"**broken**: {row['violations']}")
    return [
        _number(row["families"], ",.0f"),
        _number(row["items"], ",.0f"),
        *(_number(row[name], ".2f") for name in ("read_s", "problem_s", "solve_s", "verify_s")),
        _number(row["value"], ",.2f"),
        _number(row["bound"], ",.2f"),
        _number(row["gap"], ".1e"),
        _number(row["assignments"], ",.0f"),
        _number(row["peak_mib"], ",.0f"),
        "; ".join(remarks).replace("|", "/"),
    ]


def _number(cell: str, form: str) -> str:
    return f"{float(cell):{form}}" if cell else "-"
