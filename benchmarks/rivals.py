"""The library beside general solvers, on the same questions, each in a process of its own.

    python benchmarks/rivals.py --family hard12 --families 3000 --out rivals.csv

The question is persons lifted, one level. (The library always adds "fewest duplicates" as its
last level, so it does more than its rivals; "prices-levels" has its default levels.) Started
again with the same --out it goes on after the last row.

    prices           the library, from the table of families to a verified plan
    prices-levels    the same with headcount, poverty gap and fewest duplicates
    prices-mmkp      the library's engine on the first level alone, and when it got how close
    highs-mmkp       HiGHS given the library's own bundles and strengthened rows
    highs-milp       HiGHS on the usual integer program, a binary for each family and program
    cbc, cpsat       CBC and OR-Tools CP-SAT on the same
    ...-1            on one thread instead of the solver's default
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from binary_program import Limits
from child import run_once
from environment import revision
from families import FAMILIES, Wanted, make_city_file
from results import Results, Row
from rival_report import ALONE, LEVELS, OURS, printed, ratio_to_ours, render, wrong_bounds
from rival_runs import SOLVERS, Task, measure
from sections import write_section

COLUMNS = (
    "family",
    "families",
    "seed",
    "solver",
    "time_limit",
    "asked_gap",
    "status",
    "is_reached",
    "problem_s",
    "build_s",
    "solve_s",
    "verify_s",
    "total_s",
    "value",
    "exact_value",
    "bound",
    "gap",
    "violations",
    "levels",
    "trace",
    "columns",
    "rows",
    "nonzeros",
    "cores",
    "peak_mib",
    "ratio",
    "revision",
)
KEY = ("family", "families", "seed", "solver", "time_limit", "asked_gap")
DEFAULT_SOLVERS = (OURS, LEVELS, ALONE, "highs-mmkp", "highs-mmkp-1", "highs-milp", "cbc", "cpsat")
_GRACE = 600.0  # seconds for reading, building and judging, beside the limit of the solver


def run(options: argparse.Namespace, results: Results, folder: Path) -> None:
    """Measure every solver on every question that is not measured yet."""
    commit = revision()
    for family in options.family:
        for families in options.families:
            question = {
                "family": family,
                "families": families,
                "seed": options.seed,
                "time_limit": options.time_limit,
                "asked_gap": options.gap,
            }
            solvers = [
                solver
                for solver in options.solvers
                if not results.has(question | {"solver": solver})
            ]
            if not solvers:
                continue
            path = folder / f"{family}-{families}.pickle"
            make_city_file(Wanted(family, families, options.seed, path))
            for solver in solvers:
                limits = Limits(options.time_limit, options.gap)
                facts = _measured(Task(solver, path, limits))
                facts |= question | {"solver": solver, "revision": commit}
                facts["ratio"] = ratio_to_ours(results.rows, facts)
                print(printed(results.append(facts)), flush=True)
            path.unlink()


def _measured(task: Task) -> dict[str, Any]:
    reply = run_once(measure, task, limit=1.5 * task.limits.seconds + _GRACE)
    facts = dict(reply.facts)
    if reply.trouble:
        facts["status"] = f"{facts['status']}; {reply.trouble}" if facts else reply.trouble
        facts["is_reached"] = False
    return facts


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", nargs="+", choices=FAMILIES, default=["hard12"])
    parser.add_argument("--families", type=int, nargs="+", default=[3_000])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gap", type=float, default=1e-4, help="relative gap asked of all")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds of each solver")
    parser.add_argument("--solvers", nargs="+", choices=SOLVERS, default=DEFAULT_SOLVERS)
    parser.add_argument("--out", type=Path, default=Path("rivals.csv"))
    parser.add_argument("--report", type=Path, help="document whose section is written")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure, print, and write the report where one is asked for."""
    options = parsed()
    results = Results(options.out, COLUMNS, KEY)
    with tempfile.TemporaryDirectory() as folder:
        run(options, results, Path(folder))
    for fault in wrong_bounds(results.rows):
        print(f"BOUND AT FAULT: {fault}")
    if options.report:
        rows: list[Row] = results.rows
        write_section(options.report, "rivals", render(rows))
        print(f"wrote the section 'rivals' of {options.report}")


if __name__ == "__main__":
    main()
