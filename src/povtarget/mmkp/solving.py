"""solve_mmkp: prices, an engine, and one answer whatever the engine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from povtarget.errors import Fault, InputError, SolverError, nearest
from povtarget.mmkp.branching import Incumbent, Judge, branch_and_cut, choice_value
from povtarget.mmkp.core import Core, implied_core, whole_core
from povtarget.mmkp.dual import Dual, minimise_dual
from povtarget.mmkp.infeasibility import explain_infeasibility
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints, MMKPSolution, Status, relative_gap
from povtarget.mmkp.prices import solve_by_prices
from povtarget.mmkp.pulp_model import maximise_with_pulp
from povtarget.mmkp.rational import Violation, is_feasible, violations
from povtarget.mmkp.strengthening import Strengthened, strengthen

Engine = Literal["auto", "prices", "highs", "pulp"]

_SMALL = 2_000  # items: below it HiGHS alone is at least as fast as prices and a core
_LAST_DIGITS = 1e-14  # relative: two sums of the same numbers may differ by so much
_GRACE = 5.0  # seconds beyond the time limit, where no feasible choice is known by then
_NOISE = 1e-9  # relative: what solvers and sums in float64 leave undecided
_SOLVER_NOISE = 1e-11  # of the largest value of an item: what solvers do not see


def solve_mmkp(
    problem: MMKP,
    engine: Engine | Any = "auto",
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Ints | None = None,
    start_prices: Floats | None = None,
    price_basis: Floats | None = None,
) -> MMKPSolution:
    """Solve a multiple-choice multidimensional knapsack problem.

    Parameters
    ----------
    problem
        What to maximise.
    engine
        "prices" (Lagrangian prices and an exact core), "highs" (the whole problem as arrays to
        HiGHS), "pulp" (through PuLP), a PuLP solver object, or "auto".
    gap
        Relative gap at which to stop; 0 for a proven optimum.
    time_limit
        Seconds, or None. It may be overrun by a few where no feasible choice is known by then.
    start
        A choice to improve on; ignored where it is not feasible.
    start_prices
        Prices, or any multiple of them, from which to look for the best.
    price_basis
        rows x rows, unit triangular: column k is a direction in which prices may have far to go
        together, such as that of a row that keeps an earlier objective near its best and of the
        prices that this objective had.

    Returns
    -------
    MMKPSolution
        A choice that keeps every row exactly, with a bound and prices.

    Raises
    ------
    InputError
        For an unknown engine, a negative gap or a negative time limit.
    InfeasibleError
        Where no choice keeps every row; it names the conflict and the least change.
    SolverError
        Where time ran out before any feasible choice was found, or a solver failed.

    Examples
    --------
    >>> problem = MMKP([0, 0, 1], [3.0, 5.0, 4.0], [[1.0], [2.0], [1.0]], upper=[2.0])
    >>> solution = solve_mmkp(problem, gap=0)
    >>> solution.choice.tolist(), solution.value, solution.bound
    ([0, 2], 7.0, 7.0)
    """
    name, run = _engine(problem, engine, gap, time_limit)
    began = time.monotonic()
    core = whole_core(problem) if price_basis is None else implied_core(problem, price_basis)
    strong = strengthen(core.problem)
    if _is_plainly_infeasible(strong):
        raise explain_infeasibility(problem)
    dual = minimise_dual(strong.problem, strong.scale, start_prices, price_basis)
    if not dual.is_feasible:
        raise explain_infeasibility(problem)
    start = None if start is None else np.asarray(start)
    known = core.restrict(start) if start is not None and is_feasible(problem, start) else None
    judge = partial(_judge, problem, core)
    known = _nothing(core.problem, judge) if known is None else known
    offset = _offset(problem, core)
    slack = gap * abs(dual.bound + offset)
    while True:
        left = None
        if time_limit is not None:
            least = _GRACE if known is None else 0.0
            left = max(time_limit - (time.monotonic() - began), least)
        found = run(strong, dual, slack=slack, time_limit=left, start=known, judge=judge)
        if found.is_infeasible:
            raise explain_infeasibility(problem)
        if found.choice is None:
            raise SolverError("no feasible choice was found" + _limit(time_limit, engine))
        value = choice_value(core.problem, found.choice) + offset
        bound = min(found.bound, dual.bound) + offset
        enough = _enough(gap, value, bound)
        if not found.is_complete or bound - value <= gap * abs(bound) or slack <= enough:
            break
        known, slack = found.choice, enough  # the bound fell: the gap is one of a smaller bound
    is_stopped = not found.is_complete and bool(_limit(time_limit, engine))
    return _solution(problem, core, strong, dual, found, gap, name, is_stopped)


def _offset(problem: MMKP, core: Core) -> float:
    """What the fixed groups of a core are worth."""
    return math.fsum(problem.value[problem.chosen_items(core.fixed)])


def _enough(gap: float, value: float, bound: float) -> float:
    """An absolute gap that is small enough for any bound and value between these two."""
    return gap * (min(abs(value), abs(bound)) if value * bound > 0 else 0.0)


def _limit(time_limit: float | None, engine: object) -> str:
    """Words for the time limit, where there was one: a solver object may have its own."""
    has_limit = time_limit is not None or getattr(engine, "timeLimit", None) is not None
    return " within the time limit" if has_limit else ""


def _engine(
    problem: MMKP, engine: object, gap: float, time_limit: float | None
) -> tuple[str, Callable[..., Incumbent]]:
    engines: dict[str, Callable[..., Incumbent]] = {
        "prices": _by_prices,
        "highs": _by_branching,
        "pulp": partial(_by_branching, solver=maximise_with_pulp),
    }
    faults = []
    if not gap >= 0 or math.isinf(gap):
        faults.append(Fault("not a gap", column="gap", value=str(gap), expected="0 or more"))
    if time_limit is not None and not time_limit >= 0:
        faults.append(
            Fault(
                "not a time limit",
                column="time_limit",
                value=str(time_limit),
                expected="seconds, 0 or more, or None",
            )
        )
    name, run = str(engine), None
    if engine == "auto":
        name = "highs" if problem.num_items <= _SMALL else "prices"
    if isinstance(engine, str):
        run = engines.get(name)
    elif hasattr(engine, "actualSolve") and not isinstance(engine, type):
        name, run = (
            "pulp",
            partial(_by_branching, solver=partial(maximise_with_pulp, solver=engine)),
        )
    if run is None:
        faults.append(
            Fault(
                "unknown engine",
                column="engine",
                value=str(engine),
                expected=nearest(str(engine), engines) or ", ".join(["auto", *engines]),
            )
        )
    if faults or run is None:
        raise InputError(faults)
    return name, run


def _by_prices(strong: Strengthened, dual: Dual, **limits: Any) -> Incumbent:
    return solve_by_prices(strong.problem, strong.scale, dual, **limits)


def _by_branching(strong: Strengthened, dual: Dual, *, slack: float, **limits: Any) -> Incumbent:
    return branch_and_cut(strong.problem, strong.scale, slack=0.99 * slack, **limits)


def _is_plainly_infeasible(strong: Strengthened) -> bool:
    """Whether a required group has no item, or no reachable multiple lies between two bounds."""
    problem = strong.problem
    return bool(np.any(problem.required & (np.diff(problem.starts) == 0)) or strong.crossed.any())


def _judge(problem: MMKP, core: Core, choice: Ints) -> list[Violation]:
    """What a choice of the core breaks in the whole, exactly."""
    return violations(problem, core.expand(choice))


def _nothing(problem: MMKP, judge: Judge) -> Ints | None:
    """The empty choice, where it is feasible."""
    empty = np.full(problem.num_groups, NONE, dtype=np.int64)
    return None if problem.required.any() or judge(empty) else empty


def _solution(
    problem: MMKP,
    core: Core,
    strong: Strengthened,
    dual: Dual,
    found: Incumbent,
    gap: float,
    engine: str,
    is_stopped: bool,
) -> MMKPSolution:
    assert found.choice is not None
    choice, offset = core.expand(found.choice), _offset(problem, core)
    value, price_bound = choice_value(problem, choice), dual.bound + offset
    bound, source = price_bound, "prices"
    largest = float(np.abs(problem.value).max(initial=0.0))
    noise = max(_NOISE * abs(value), _SOLVER_NOISE * largest)
    if value - noise <= found.bound + offset < price_bound:  # what a choice refutes is no bound
        bound, source = found.bound + offset, "solver"
    if bound < value - max(noise, _NOISE * largest):
        raise SolverError(f"a bound of {bound!r} was claimed for a choice worth {value!r}")
    is_same = math.isclose(bound, value, rel_tol=_LAST_DIGITS, abs_tol=0.0)
    if is_same or (bound - value <= noise and (source == "solver" or bound < value)):
        bound = value
    reached = relative_gap(value, bound)
    status = Status.OPTIMAL
    if reached > gap * (1.0 + 1e-9) and bound - value > noise:
        status = Status.TIME_LIMIT if is_stopped else Status.UNPROVEN
    relaxation = partial(_relaxed, core.problem, strong, dual, offset)
    return MMKPSolution(
        choice, value, bound, reached, dual.prices, status, source, price_bound, engine, relaxation
    )


def _relaxed(problem: MMKP, strong: Strengthened, dual: Dual, offset: float) -> float:
    """The optimum of the LP relaxation with the bounds as stated."""
    plain = dual if strong.is_unchanged else minimise_dual(problem, strong.scale, dual.prices)
    return plain.bound + offset
