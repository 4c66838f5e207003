"""Plan the made-up city at several sizes with several engines, each in its own process."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import povtarget as pt

COLUMNS = (
    "families",
    "engine",
    "status",
    "solve_s",
    "verify_s",
    "value",
    "bound",
    "gap",
    "violations",
    "peak_mib",
)


def measure(families: int, engine: str, gap: float, time_limit: float | None, seed: int) -> dict:
    """One run: from the problem to a verified plan."""
    households, catalog, receipts = pt.datasets.pekalongan(families, seed)
    problem = pt.TargetingProblem(
        households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
    )
    began = time.perf_counter()
    row: dict = {"families": families, "engine": engine}
    try:
        plan = pt.solve(problem, engine=engine, gap=gap, time_limit=time_limit)
    except pt.SolverError as error:
        row |= {"status": str(error), "solve_s": round(time.perf_counter() - began, 2)}
    else:
        solved = time.perf_counter()
        verification = pt.verify(problem, plan)
        row |= {
            "status": plan.status,
            "solve_s": round(solved - began, 2),
            "verify_s": round(time.perf_counter() - solved, 2),
            "value": plan.value,
            "bound": plan.bound,
            "gap": plan.gap,
            "violations": len(verification.violations),
        }
    row["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


def main() -> None:
    """Run every pair of size and engine, and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=[1_000, 10_000, 87_000])
    parser.add_argument("--engines", nargs="+", default=["prices", "highs"])
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        families, engine = options.one
        print(
            json.dumps(
                measure(int(families), engine, options.gap, options.time_limit, options.seed)
            )
        )
        return
    print("\t".join(COLUMNS))
    for families in options.families:
        for engine in options.engines:
            command = [
                sys.executable,
                __file__,
                "--one",
                str(families),
                engine,
                "--gap",
                str(options.gap),
                "--time-limit",
                str(options.time_limit),
                "--seed",
                str(options.seed),
            ]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = json.loads(done.stdout.splitlines()[-1])
            print("\t".join(str(row.get(column, "")) for column in COLUMNS), flush=True)


if __name__ == "__main__":
    main()
