"""Solve every published problem within a time limit, and set the answers beside the known ones.

    python benchmarks/published.py --shared DIR --out published.csv --report docs/benchmarks.md

A stop loses nothing: started again with the same --out it goes on after the last row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from child import Child, Reply
from environment import revision
from instances import Instance, all_instances, shared_folder
from measuring import Stopwatch, forget_peak, peak_mib
from povtarget import SolverError
from povtarget.mmkp import solve_mmkp
from published_report import render
from results import Results
from sections import write_section

COLUMNS = (
    "family",
    "instance",
    "type",
    "groups",
    "items",
    "rows",
    "value",
    "best_known",
    "deviation_percent",
    "bound",
    "best_known_bound",
    "is_best_proven",
    "bound_is_wrong",
    "gap",
    "lp_bound",
    "published_lp",
    "lp_difference",
    "seconds",
    "cores",
    "lp_seconds",
    "status",
    "violations",
    "peak_mib",
    "time_limit",
    "revision",
)
KEY = ("instance", "time_limit")
_ROUNDING = 1e-9  # relative: a bound that misses a whole number by less is not wrong


@dataclass(frozen=True)
class Task:
    """One problem and the seconds that it may take."""

    instance: Instance
    time_limit: float


def measure(task: Task) -> Iterator[dict[str, Any]]:
    """Solve one problem: facts of the answer, then of the LP relaxation."""
    instance = task.instance
    published = instance.read()
    problem = published.mmkp()
    yield {
        "groups": problem.num_groups,
        "items": problem.num_items,
        "rows": problem.num_rows,
        "status": "no answer",
    }
    forget_peak()
    watch = Stopwatch()
    try:
        solution = solve_mmkp(problem, time_limit=task.time_limit)
    except SolverError as error:
        yield {"seconds": watch.seconds, "status": f"no answer: {error}"}
        return
    spent = {"seconds": watch.seconds, "cores": watch.cores, "peak_mib": peak_mib()}
    judgement = published.judge(solution.choice)
    bound = instance.sense * solution.bound
    faults = list(judgement.faults)
    stated = instance.sense * solution.value
    if not faults and stated != judgement.value:
        faults.append(f"the value is stated as {stated!r} and is {judgement.value}")
    yield spent | {
        "value": judgement.value,
        "deviation_percent": deviation_percent(instance, judgement.value),
        "bound": float(bound),
        "bound_is_wrong": is_wrong(instance, bound),
        "gap": float(solution.gap),
        "status": str(solution.status),
        "violations": "; ".join(faults),
    }
    watch = Stopwatch()
    relaxed = instance.sense * float(solution.lp_bound)
    facts: dict[str, Any] = {"lp_bound": relaxed, "lp_seconds": watch.seconds}
    if instance.lp is not None:
        facts["lp_difference"] = (relaxed - instance.lp) / instance.lp
    yield facts


def deviation_percent(instance: Instance, value: int) -> float:
    """How much worse than the best known value, in per cent of it; negative where better."""
    worse = instance.sense * (instance.best_known - value)
    return 100.0 * worse / abs(instance.best_known)


def is_wrong(instance: Instance, bound: float) -> bool:
    """Whether some published answer is better than a bound says any can be."""
    excess = instance.sense * (instance.best_known - bound)
    return excess > _ROUNDING * max(1.0, abs(instance.best_known))


def row_of(task: Task, reply: Reply, commit: str) -> dict[str, Any]:
    """A row of the table: what is published, and what the child found."""
    instance = task.instance
    facts = dict(reply.facts)
    if reply.trouble:
        facts["status"] = f"{facts.get('status', 'no answer')}; {reply.trouble}"
    return facts | {
        "family": instance.family,
        "instance": instance.name,
        "type": instance.kind,
        "best_known": instance.best_known,
        "best_known_bound": instance.best_bound,
        "is_best_proven": instance.best_bound == instance.best_known,
        "published_lp": instance.lp,
        "time_limit": task.time_limit,
        "revision": commit,
    }


def selected(instances: Sequence[Instance], options: argparse.Namespace) -> list[Instance]:
    """The instances that the options ask for."""
    return [
        instance
        for instance in instances
        if (options.family is None or instance.family == options.family)
        and (not options.types or instance.kind in options.types)
        and (options.only is None or fnmatch(instance.name, f"*{options.only}*"))
    ]


def run(tasks: Sequence[Task], results: Results) -> None:
    """Measure what is not measured yet; one child does all as long as it lives."""
    commit = revision()
    older = {row["revision"] for row in results.rows} - {commit}
    if older:
        print(f"note: {results.path} has rows of {', '.join(sorted(older))}", file=sys.stderr)
    with Child(measure) as child:
        for number, task in enumerate(tasks, 1):
            key = {"instance": task.instance.name, "time_limit": task.time_limit}
            if results.has(key):
                continue
            reply = child.run(task, limit=2 * task.time_limit + 60)
            row = results.append(row_of(task, reply, commit))
            shown = ("instance", "value", "best_known", "deviation_percent", "gap", "seconds")
            texts = " ".join(f"{name}={row[name]}" for name in shown)
            wrong = " BOUND IS WRONG" if row["bound_is_wrong"] == "yes" else ""
            broken = f" BROKEN: {row['violations']}" if row["violations"] else ""
            print(f"{number}/{len(tasks)} {texts} {row['status']}{wrong}{broken}", flush=True)


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, help="folder with instances/; POVTARGET_SHARED")
    parser.add_argument("--family", choices=("gap", "mkp"))
    parser.add_argument("--types", nargs="+", default=[], help="A B C D E cattrysse 5.100 ...")
    parser.add_argument("--only", help="instances whose name matches this pattern")
    parser.add_argument("--time-limit", type=float, default=20.0, help="seconds for each")
    parser.add_argument("--out", type=Path, default=Path("published.csv"))
    parser.add_argument("--report", type=Path, help="document whose section is written")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure, then write the report where one is asked for."""
    options = parsed()
    instances = all_instances(shared_folder(options.shared))
    results = Results(options.out, COLUMNS, KEY)
    chosen = selected(instances, options)
    if not chosen:
        sys.exit("no published problem fits --family, --types and --only")
    run([Task(instance, options.time_limit) for instance in chosen], results)
    if options.report:
        rows = [row for row in results.rows if float(row["time_limit"]) == options.time_limit]
        measured = {row["instance"] for row in rows}
        wanted = measured | {instance.name for instance in chosen}
        names = [instance.name for instance in instances if instance.name in wanted]
        write_section(options.report, "published", render(rows, names))
        print(f"wrote the section 'published' of {options.report}")


if __name__ == "__main__":
    main()
