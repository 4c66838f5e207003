"""How time, memory and gap grow with the number of families.

    python benchmarks/scaling.py --out scaling.csv --report docs/benchmarks.md

Each city is made in one process, planned and verified in a second, and its bundles are counted in
a third, so that the peak memory is that of planning alone. Started again with the same --out it
goes on after the last row.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import povtarget as pt
from child import run_once
from city import read_city
from environment import revision
from families import FAMILIES, Wanted, make_city_file
from level_gaps import level_gaps
from measuring import Stopwatch, peak_mib
from results import Results
from scaling_report import printed, printed_exponents, render
from sections import write_section

COLUMNS = (
    "family",
    "families",
    "seed",
    "time_limit",
    "asked_gap",
    "status",
    "read_s",
    "problem_s",
    "solve_s",
    "verify_s",
    "total_s",
    "cores",
    "items",
    "assignments",
    "value",
    "bound",
    "gap",
    "levels",
    "evaluations",
    "violations",
    "peak_mib",
    "revision",
)
KEY = ("family", "families", "seed", "time_limit", "asked_gap")
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
DEFAULT_FAMILIES = ("pekalongan", "pekalongan-expected", "hard12", "hard12-expected", "single12")
_GRACE = 3_600.0  # seconds for all that no time limit covers: reading, bundles, verification


@dataclass(frozen=True)
class Task:
    """A city that a file holds, and when to stop."""

    city: Path
    gap: float
    time_limit: float


def measure(task: Task) -> Iterator[dict[str, Any]]:
    """From a table of families to a verified plan."""
    city = read_city(task.city)
    whole = Stopwatch()
    households = city.households()
    yield {"status": "no answer", "read_s": whole.seconds}
    watch = Stopwatch()
    problem = city.problem(households)
    yield {"problem_s": watch.seconds}
    watch = Stopwatch()
    try:
        plan = pt.solve(problem, gap=task.gap, time_limit=task.time_limit)
    except pt.SolverError as error:
        yield watch.facts("solve") | {"status": f"no answer: {error}", "peak_mib": peak_mib()}
        return
    yield watch.facts("solve") | {
        "status": str(plan.status),
        "assignments": len(plan.assignments),
        "value": float(plan.value),
        "bound": float(plan.bound),
        "gap": float(plan.gap),
        "levels": level_gaps(plan),
        "evaluations": getattr(plan, "evaluations", None),  # where a plan tells
        "peak_mib": peak_mib(),
    }
    watch = Stopwatch()
    verification = pt.verify(problem, plan)
    yield {
        "verify_s": watch.seconds,
        "total_s": whole.seconds,
        "violations": "; ".join(verification.violations),
        "peak_mib": peak_mib(),
    }


def count(task: Task) -> Iterator[dict[str, Any]]:
    """The bundles of a city."""
    from inside import count_items

    yield {"items": count_items(read_city(task.city).problem())}


def run(options: argparse.Namespace, results: Results, folder: Path) -> None:
    """Measure every size of every family that is not measured yet, small ones first."""
    commit = {"revision": revision()}
    for families in sorted(options.families):
        for family in options.family:
            key = {
                "family": family,
                "families": families,
                "seed": options.seed,
                "time_limit": options.time_limit,
                "asked_gap": options.gap,
            }
            if results.has(key):
                continue
            path = folder / f"{family}-{families}.pickle"
            make_city_file(Wanted(family, families, options.seed, path))
            task = Task(path, options.gap, options.time_limit)
            row = results.append(_measured(task, counted=not options.no_items) | key | commit)
            print(printed(row), flush=True)
            path.unlink()


def _measured(task: Task, *, counted: bool) -> dict[str, Any]:
    limit = (0.0 if math.isinf(task.time_limit) else task.time_limit) + _GRACE
    reply = run_once(measure, task, limit)
    facts = dict(reply.facts)
    if reply.trouble:
        facts["status"] = f"{facts['status']}; {reply.trouble}" if facts else reply.trouble
    if counted:
        items = run_once(count, task, limit)
        facts |= items.facts
        if items.trouble:
            print(f"the bundles could not be counted: {items.trouble}", file=sys.stderr)
    return facts


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", nargs="+", choices=FAMILIES, default=DEFAULT_FAMILIES)
    parser.add_argument("--families", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds of each solve")
    parser.add_argument("--no-items", action="store_true", help="do not count bundles")
    parser.add_argument("--out", type=Path, default=Path("scaling.csv"))
    parser.add_argument("--report", type=Path, help="document whose section is written")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure, print the growth, and write the report where one is asked for."""
    options = parsed()
    results = Results(options.out, COLUMNS, KEY)
    with tempfile.TemporaryDirectory() as folder:
        run(options, results, Path(folder))
    print(printed_exponents(results.rows))
    if options.report:
        write_section(options.report, "scaling", render(results.rows))
        print(f"wrote the section 'scaling' of {options.report}")


if __name__ == "__main__":
    main()
