"""Time the whole path of one budget, each size in a process of its own, and check it with HiGHS.

The best existing code for this, C++ (maq), takes 6.1 s for 1,000,000 groups of 15 random options
(2.27 million breakpoints) and 0.31 s for 100,000, measured on two shared cores like those on which
the numbers in README.md were taken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from povtarget.mmkp import BudgetPath

COLUMNS = (
    "kind",
    "groups",
    "options",
    "threads",
    "steps",
    "first_s",
    "median_s",
    "cpu_s",
    "arrays_mib",
    "extra_mib",
)
LP_COLUMNS = ("kind", "groups", "options", "budget", "value", "highs", "difference", "highs_s")


def options_of(kind: str, groups: int, options: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and costs, groups x options; drawn in parts, so that the peak is that of the path."""
    rng = np.random.default_rng(seed)
    value, cost = np.empty((groups, options)), np.empty((groups, options))
    for begin in range(0, groups, 10_000):
        part = slice(begin, min(begin + 10_000, groups))
        value[part], cost[part] = draw(rng, kind, (part.stop - begin, options))
    return value, cost


def draw(
    rng: np.random.Generator, kind: str, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Values and costs of some groups."""
    cost = rng.random(shape)
    if kind == "random":
        return rng.random(shape), cost
    if kind == "correlated":  # what costs more is worth more
        return cost * rng.uniform(0.5, 1.5, shape), cost
    if kind == "rupiah":  # few prices and whole gains: nearly all steps are ties
        return rng.integers(0, 6, shape) * 1.0, rng.integers(1, 40, shape) * 50_000.0
    if kind == "concave":  # every option on its hull: the most steps there can be
        cost.sort(axis=1)
        return np.sqrt(cost), cost
    raise ValueError(kind)


def peak_mib() -> int:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(kind: str, groups: int, options: int, seed: int, threads: int, repeat: int) -> dict:
    """Seconds of the first and of the median run; memory beside the arrays."""
    value, cost = options_of(kind, groups, options, seed)
    before, seconds, cpu = peak_mib(), [], []
    extra = 0
    for run in range(repeat):
        began, worked = time.perf_counter(), time.process_time()
        path = BudgetPath.from_arrays(value, cost, threads=threads)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
        if run == 0:
            extra = peak_mib() - before
    return {
        "kind": kind,
        "groups": groups,
        "options": options,
        "threads": threads,
        "steps": path.group.size,
        "first_s": round(seconds[0], 2),
        "median_s": round(statistics.median(seconds), 2),
        "cpu_s": round(statistics.median(cpu), 2),
        "arrays_mib": (value.nbytes + cost.nbytes) // 2**20,
        "extra_mib": extra,
    }


def compare(kind: str, groups: int, options: int, seed: int) -> list[dict]:
    """The path's value beside the optimum that HiGHS finds, at three budgets."""
    value, cost = options_of(kind, groups, options, seed)
    path = BudgetPath.from_arrays(value, cost)
    belongs = sparse.kron(sparse.eye_array(groups), np.ones((1, options)))
    rows = sparse.vstack([belongs, cost.reshape(1, -1)], format="csr")
    found = []
    for share in (0.1, 0.4, 0.8):
        budget = share * path.budget[-1]
        began = time.perf_counter()
        answer = linprog(-value.reshape(-1), rows, [*np.ones(groups), budget], method="highs")
        ours, highs = path.value_at(budget), -answer.fun
        found.append(
            {
                "kind": kind,
                "groups": groups,
                "options": options,
                "budget": f"{budget:.6g}",
                "value": ours,
                "highs": highs,
                "difference": f"{abs(ours - highs) / abs(highs):.1e}",
                "highs_s": round(time.perf_counter() - began, 2),
            }
        )
    return found


def show(columns: tuple[str, ...], row: dict) -> None:
    """One line of a table."""
    print("\t".join(str(row[column]) for column in columns), flush=True)


def main() -> None:
    """Run every pair of kind and size, then the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--options", type=int, default=15)
    parser.add_argument("--kinds", nargs="+", default=["random", "correlated"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--lp-groups", type=int, default=3_000)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "GROUPS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        kind, groups = given.one
        row = measure(kind, int(groups), given.options, given.seed, given.threads, given.repeat)
        print(json.dumps(row))
        return
    print("\t".join(COLUMNS))
    for kind in given.kinds:
        for groups in given.groups:
            command = [sys.executable, __file__, *sys.argv[1:], "--one", kind, str(groups)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            show(COLUMNS, json.loads(done.stdout.splitlines()[-1]))
    print("\n" + "\t".join(LP_COLUMNS))
    for kind in given.kinds:
        for row in compare(kind, given.lp_groups, given.options, given.seed):
            show(LP_COLUMNS, row)


if __name__ == "__main__":
    main()
