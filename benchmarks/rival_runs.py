"""One solver on one question, in the process that calls: facts as they become known.

Every run starts from the families as a table. ``problem_s`` is the same work for all: reading the
table and settling who may get what. ``build_s`` makes the solver's model, ``solve_s`` is the
solver, ``verify_s`` the library's independent judge of its own plan.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import povtarget as pt
from binary_program import Answer, Limits
from city import City, read_city
from inside import FirstLevel, first_level
from level_gaps import level_gaps
from measuring import Stopwatch, peak_mib
from povtarget.mmkp import solve_mmkp
from trace_of_gaps import Trace
from usual_milp import CannotSayError, Facts, UsualProgram, build_usual, judge, read_facts

Found = dict[str, Any]
CANNOT_SAY = "cannot be said"
_ROUNDING = 1e-9  # relative: what sums of float64 leave undecided


@dataclass(frozen=True)
class Task:
    """A solver, a question that a file holds, and when to stop."""

    solver: str
    city: Path
    limits: Limits


def measure(task: Task) -> Iterator[Found]:
    """Facts of one run."""
    city = read_city(task.city)
    yield {"status": "no answer"}
    try:
        yield from SOLVERS[task.solver](city, task.limits)
    except CannotSayError as error:
        yield {"status": f"{CANNOT_SAY}: {error}"}
    yield {"peak_mib": peak_mib()}


def _ours(city: City, limits: Limits, *, has_levels: bool) -> Iterator[Found]:
    """The library, from the table of families to a verified plan."""
    whole = Stopwatch()
    households = city.households()
    problem = city.problem(households) if has_levels else city.headcount_problem(households)
    yield {"problem_s": whole.seconds, "build_s": 0.0}
    watch = Stopwatch()
    try:
        plan = pt.solve(problem, gap=limits.gap, time_limit=limits.seconds)
    except pt.SolverError as error:
        found = {"total_s": whole.seconds, "is_reached": False, "status": f"no answer: {error}"}
        yield watch.facts("solve") | found
        return
    spent = watch.facts("solve") | {"peak_mib": peak_mib()}
    watch = Stopwatch()
    verification = pt.verify(problem, plan)
    yield spent | {
        "verify_s": watch.seconds,
        "total_s": whole.seconds,
        "status": str(plan.status),
        "value": float(plan.value),
        "exact_value": float(verification.value),
        "bound": float(plan.bound),
        "gap": float(plan.gap),
        "is_reached": str(plan.status) == "optimal",
        "violations": "; ".join(verification.violations),
        "levels": level_gaps(plan),
    }


def _ours_alone(city: City, limits: Limits) -> Iterator[Found]:
    """The library's engine on the first level alone, on the very items that HiGHS gets."""
    whole = Stopwatch()
    problem = city.headcount_problem()
    yield {"problem_s": whole.seconds}
    watch = Stopwatch()
    level = first_level(problem)
    yield watch.facts("build") | {"columns": level.mmkp.num_items, "rows": level.mmkp.num_rows}
    trace = Trace()
    watch = Stopwatch()
    try:
        solution = solve_mmkp(
            level.mmkp, gap=limits.gap, time_limit=limits.seconds, **trace.asked_of(solve_mmkp)
        )
    except pt.SolverError as error:
        yield watch.facts("solve") | {"total_s": whole.seconds, "status": f"no answer: {error}"}
        return
    spent = watch.facts("solve") | {"total_s": whole.seconds, "trace": str(trace)}
    z = np.zeros(level.mmkp.num_items, dtype=bool)
    z[level.mmkp.chosen_items(solution.choice)] = True
    answer = Answer(str(solution.status), z, float(solution.value), float(solution.bound))
    yield spent | _verdict(answer, limits, partial(_judge_items, level))


def _highs_on_ours(city: City, limits: Limits) -> Iterator[Found]:
    """HiGHS given the library's own bundles and strengthened rows."""
    from rival_highs import load_highs, run_highs

    whole = Stopwatch()
    problem = city.headcount_problem()
    yield {"problem_s": whole.seconds}
    watch = Stopwatch()
    level = first_level(problem)
    solver = load_highs(level.program, limits)
    yield watch.facts("build") | level.program.sizes
    watch = Stopwatch()
    answer = run_highs(solver)
    spent = watch.facts("solve") | {"total_s": whole.seconds}
    yield spent | _verdict(answer, limits, partial(_judge_items, level))


def _judge_items(level: FirstLevel, answer: Answer) -> tuple[float, list[str]]:
    assert answer.z is not None
    return level.judge(answer.z)


def _highs_on_usual(city: City, limits: Limits) -> Iterator[Found]:
    """HiGHS on the usual integer program."""
    from rival_highs import load_highs, run_highs

    whole = Stopwatch()
    problem = city.headcount_problem()
    yield {"problem_s": whole.seconds}
    watch = Stopwatch()
    facts = read_facts(problem)
    usual = build_usual(facts)
    solver = load_highs(usual.binary, limits)
    yield watch.facts("build") | usual.binary.sizes
    watch = Stopwatch()
    answer = run_highs(solver)
    spent = watch.facts("solve") | {"total_s": whole.seconds}
    yield spent | _verdict(answer, limits, partial(_judge_usual, facts, usual))


def _cbc_on_usual(city: City, limits: Limits) -> Iterator[Found]:
    """CBC on the usual integer program; writing the file is a part of building."""
    from rival_cbc import run_cbc, write_mps

    whole = Stopwatch()
    problem = city.headcount_problem()
    yield {"problem_s": whole.seconds}
    with tempfile.TemporaryDirectory() as folder:
        watch = Stopwatch()
        facts = read_facts(problem)
        usual = build_usual(facts)
        mps = Path(folder) / "usual.mps"
        write_mps(usual.binary, mps)
        yield watch.facts("build") | usual.binary.sizes
        watch = Stopwatch()
        answer = run_cbc(usual.binary, mps, limits)
    spent = watch.facts("solve") | {"total_s": whole.seconds}
    yield spent | _verdict(answer, limits, partial(_judge_usual, facts, usual))


def _cpsat_on_usual(city: City, limits: Limits) -> Iterator[Found]:
    """CP-SAT on the usual integer program."""
    from rival_cpsat import load_cpsat, run_cpsat

    whole = Stopwatch()
    problem = city.headcount_problem()
    yield {"problem_s": whole.seconds}
    watch = Stopwatch()
    facts = read_facts(problem)
    usual = build_usual(facts)
    model, variables = load_cpsat(usual.binary)
    yield watch.facts("build") | usual.binary.sizes
    watch = Stopwatch()
    answer = run_cpsat(model, variables, limits)
    spent = watch.facts("solve") | {"total_s": whole.seconds}
    yield spent | _verdict(answer, limits, partial(_judge_usual, facts, usual))


def _judge_usual(facts: Facts, usual: UsualProgram, answer: Answer) -> tuple[float, list[str]]:
    assert answer.z is not None
    value, faults = judge(facts, *usual.pairs(answer.z))
    if value < answer.value * (1 - _ROUNDING):
        faults.append(f"{answer.value:,.6g} persons are claimed and {value:,} lifted")
    return float(value), faults


def _verdict(
    answer: Answer, limits: Limits, examine: Callable[[Answer], tuple[float, list[str]]]
) -> Found:
    """A rival's answer in the same words as ours; its own claims, and what an exact judge says."""
    found: Found = {"status": answer.status, "is_reached": False}
    if math.isfinite(answer.bound):
        found["bound"] = answer.bound
    if answer.z is None:
        return found
    exact, faults = examine(answer)
    gap = (answer.bound - exact) / max(abs(answer.bound), 1e-12)
    return found | {
        "value": answer.value,
        "exact_value": exact,
        "gap": gap,
        "is_reached": gap <= limits.gap * (1 + 1e-6) + _ROUNDING,
        "violations": "; ".join(faults),
    }


Run = Callable[[City, Limits], Iterator[Found]]


def _on_one_thread(run: Run, city: City, limits: Limits) -> Iterator[Found]:
    yield from run(city, Limits(limits.seconds, limits.gap, threads=1))


SOLVERS: dict[str, Run] = {
    "prices": partial(_ours, has_levels=False),
    "prices-levels": partial(_ours, has_levels=True),
    "prices-mmkp": _ours_alone,
    "highs-mmkp": _highs_on_ours,
    "highs-mmkp-1": partial(_on_one_thread, _highs_on_ours),
    "highs-milp": _highs_on_usual,
    "highs-milp-1": partial(_on_one_thread, _highs_on_usual),
    "cbc": _cbc_on_usual,
    "cpsat": _cpsat_on_usual,
}
