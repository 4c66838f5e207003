"""solve_mmkp: prices, an engine, and one answer whatever the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np

from povtarget.errors import Fault, InputError, SolverError, nearest
from povtarget.mmkp.branching import Incumbent, Judge, branch_and_cut, choice_value
from povtarget.mmkp.core import Core, implied_core, whole_core
from povtarget.mmkp.dual import Dual, minimise_dual
from povtarget.mmkp.infeasibility import explain_infeasibility
from povtarget.mmkp.model import MMKP, NONE, Floats, Ints, MMKPSolution, Status, relative_gap
from povtarget.mmkp.prices import BRIEF_ITEMS, begin_by_prices, solve_by_prices
from povtarget.mmkp.pricing import dual_value
from povtarget.mmkp.pulp_model import maximise_with_pulp
from povtarget.mmkp.rational import Violation, violations
from povtarget.mmkp.strengthening import Strengthened, strengthen
from povtarget.mmkp.watch import Report, Watch, interruptible
from povtarget.sayings import said

Engine = Literal["auto", "prices", "highs", "pulp"]

_SMALL = 2_000  # items: below it HiGHS alone is at least as fast as prices and a core
_LAST_DIGITS = 1e-14  # relative: two sums of the same numbers may differ by so much
_EFFORT, _FEWEST_NODES = 4_000_000, 1_000  # items times nodes where no time limit is given
_NOISE = 1e-9  # relative: what solvers and sums in float64 leave undecided
_OF_GAP, _FINEST, _COARSEST = 1e-2, 1e-9, 1e-5  # how accurate prices are, by the asked gap
_FIRST_THINGS = 100.0  # how much more a floor weighs than the objective where prices start
_LARGEST = 1e50  # of any number: products of a few of them are numbers still
_LEAST_VALUE, _LEAST_USAGE = 1e-290, 1e-200  # of the largest in all, or in a row; 0 is fine
_SOLVER_NOISE = 1e-11  # of the largest value of an item: what solvers do not see


def solve_mmkp(
    problem: MMKP,
    engine: Engine | Any = "auto",
    gap: float = 1e-4,
    time_limit: float | None = None,
    start: Ints | None = None,
    start_prices: Floats | None = None,
    floor_prices: Floats | None = None,
    report: Report | None = None,
    is_brief: bool = False,
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
        Seconds, or None: then a search ends where going on would hardly pay, "unproven" if the
        gap was not reached by then. It may be overrun by a few where no feasible choice is known.
    start
        A choice to improve on; where it breaks rows, it is mended first.
    start_prices
        float64[rows]: prices near which the best ones may be, such as those of an earlier solve.
    floor_prices
        rows x floors: for each row that is a floor under an earlier objective, prices of all
        rows at which that objective was nearly the best, with -1 for the floor itself.
    report
        Called with `Progress` as bound and value get closer.
    is_brief
        "prices" only: search where a solve is quick, and leave the rest unproven. For objectives
        that only break ties.

    Returns
    -------
    MMKPSolution
        A choice that keeps every row exactly, with a bound and prices.

    Raises
    ------
    InputError
        For an unknown engine, a negative gap or a negative time limit; for numbers so large or
        so small that their products would not be numbers any more.
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
    if is_brief and name == "prices":
        run = partial(run, most_items=BRIEF_ITEMS)
    faults = list(_beyond_measure(problem))
    if faults:
        raise InputError(faults)
    watch = Watch(time_limit, report)
    with interruptible(watch):
        return _solve(problem, name, run, gap, start, start_prices, floor_prices, watch)


def _solve(
    problem: MMKP,
    name: str,
    run: Callable[..., Incumbent],
    gap: float,
    start: Ints | None,
    start_prices: Floats | None,
    floor_prices: Floats | None,
    watch: Watch,
) -> MMKPSolution:
    """Prices, then the engine on what they leave open, then one answer."""
    core = whole_core(problem) if floor_prices is None else implied_core(problem, floor_prices)
    strong = strengthen(core.problem)
    if _is_plainly_infeasible(strong):
        raise explain_infeasibility(problem)
    watch.offset = offset = _offset(problem, core)
    watch.enter("prices")
    if start_prices is None and floor_prices is not None:
        start_prices = _from_floor(problem, floor_prices[:, -1])
    accuracy = min(max(_OF_GAP * gap, _FINEST), _COARSEST)
    judge = partial(_judge, problem, core)
    known = _known(problem, core, start)
    known = _nothing(core.problem, judge) if known is None else known
    is_safe = known is not None and not judge(known)
    dual = _at_its_best(strong.problem, known, gap, offset) if is_safe else None
    if dual is None:
        dual = minimise_dual(
            strong.problem,
            strong.scale,
            start_prices,
            accuracy=accuracy,
            is_thorough=name != "prices" or floor_prices is not None,
            choice=known if is_safe and gap > 0 else None,
            goes_on=watch.goes_on,
        )
    if not dual.is_feasible:
        raise explain_infeasibility(problem)
    slack = gap * abs(dual.bound + offset)
    watch.enter("search")
    while True:
        found = run(strong, dual, slack=slack, watch=watch, start=known, judge=judge)
        if found.is_infeasible:
            raise explain_infeasibility(problem)
        if found.choice is None and dual.is_rough and not watch.stopped:
            dual = _refined(strong, dual, accuracy, watch)
            continue
        if found.choice is None:
            raise SolverError(_unfound(watch))
        value = choice_value(core.problem, found.choice) + offset
        bound = min(found.bound, dual.bound) + offset
        enough = _enough(gap, value, bound)
        if bound - value <= gap * abs(bound) or watch.stopped:
            break
        if dual.is_rough:
            dual, known = _refined(strong, dual, accuracy, watch), found.choice
            continue
        if not found.is_complete or slack <= enough:
            break
        known, slack = found.choice, enough  # the bound fell: the gap is one of a smaller bound
    return _solution(problem, core, strong, dual, found, gap, name, watch)


def _from_floor(problem: MMKP, prices: Floats) -> Floats:
    """Prices at which the objective only tells apart what is equally good for the last floor."""
    row = int(np.flatnonzero(prices == -1.0)[0])
    floor = float(np.abs(problem.usage[:, [row]].data).sum())
    return _FIRST_THINGS * float(np.abs(problem.value).sum()) / max(floor, 1e-300) * prices


def _refined(strong: Strengthened, dual: Dual, accuracy: float, watch: Watch) -> Dual:
    """Prices without short cuts; the old ones where those prove more."""
    watch.enter("prices")
    better = minimise_dual(
        strong.problem, strong.scale, dual.prices, accuracy=accuracy, goes_on=watch.goes_on
    )
    watch.enter("search")
    return better if better.bound <= dual.bound else replace(dual, is_rough=False)


def _at_its_best(problem: MMKP, choice: Ints | None, gap: float, offset: float) -> Dual | None:
    """Prices of 0 where a choice is as good as if there were no rows: one without a duplicate."""
    assert choice is not None
    nothing = np.zeros(problem.num_rows)
    most = dual_value(problem, nothing)
    is_best = most - choice_value(problem, choice) <= gap * abs(most + offset)
    return Dual(nothing, most, is_exact=False) if is_best else None


def _known(problem: MMKP, core: Core, start: Ints | None) -> Ints | None:
    """What a given start is in the core; options outside it are left out."""
    if start is None:
        return None
    start = np.asarray(start)
    if start.shape != (problem.num_groups,) or start.dtype.kind != "i":
        return None
    return core.nearest(start)


def _offset(problem: MMKP, core: Core) -> float:
    """What the fixed groups of a core are worth."""
    return math.fsum(problem.value[problem.chosen_items(core.fixed)])


def _enough(gap: float, value: float, bound: float) -> float:
    """An absolute gap that is small enough for any bound and value between these two."""
    return gap * (min(abs(value), abs(bound)) if value * bound > 0 else 0.0)


def _unfound(watch: Watch) -> str:
    """Words for a solve that found nothing, and why it ended early, where it did."""
    if watch.stopped is Status.TIME_LIMIT:
        return "no feasible choice was found within the time limit"
    if watch.stopped is Status.INTERRUPTED:
        return "no feasible choice was found before Ctrl-C"
    return "no feasible choice was found"


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
        engines["highs"] = partial(_by_branching, is_searched=True)
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


def _beyond_measure(problem: MMKP) -> Iterator[Fault]:
    """Numbers with which float64 cannot calculate.

    A few tiny values beside usual ones, such as chances of crossing a line, do no harm.
    """
    bounds = np.abs(np.concatenate([problem.lower, problem.upper]))
    usage = np.zeros(problem.num_rows)
    np.maximum.at(usage, problem.usage.indices, np.abs(problem.usage.data))
    for name, largest, least in (
        ("value", np.abs(problem.value).max(initial=0.0, keepdims=True), _LEAST_VALUE),
        ("usage", usage, _LEAST_USAGE),
        ("bounds", bounds[np.isfinite(bounds)], 0.0),
    ):
        outside = (largest > _LARGEST) | ((largest > 0) & (largest < least))
        if np.any(outside):
            yield Fault(
                "too large or too small to calculate with",
                "MMKP",
                column=name,
                value=str(largest[outside][0]),
                expected=said(
                    "numbers of at most {largest:g}, the largest at least {least:g}",
                    largest=_LARGEST,
                    least=least,
                ),
            )


def _by_prices(strong: Strengthened, dual: Dual, **limits: Any) -> Incumbent:
    return solve_by_prices(strong.problem, strong.scale, dual, **limits)


def _by_branching(
    strong: Strengthened,
    dual: Dual,
    *,
    slack: float,
    watch: Watch,
    start: Ints | None,
    judge: Judge,
    solver: Callable[..., Any] | None = None,
    is_searched: bool = False,
) -> Incumbent:
    """The whole problem to one solver; where a choice is known, time may run out at once."""
    usable = start if start is not None and not judge(start) else None
    if is_searched:
        found = begin_by_prices(
            strong.problem, strong.scale, dual, slack=slack, watch=watch, start=usable, judge=judge
        )
        if found.is_complete or watch.stopped:
            return found
        usable = found.choice
    if usable is not None:
        watch.see(value=choice_value(strong.problem, usable) + watch.offset)
    limits: dict[str, Any] = {
        "slack": 0.99 * slack,
        "time_limit": watch.left(),
        "start": usable,
        "judge": judge,
    }
    if solver is not None:
        return branch_and_cut(strong.problem, strong.scale, solver=solver, **limits)

    def heard(bound: float) -> bool:
        if not math.isnan(bound):
            watch.see(bound=bound + watch.offset)
        return watch.stopped is None

    if limits["time_limit"] is None:
        limits["nodes"] = max(_FEWEST_NODES, _EFFORT // max(strong.problem.num_items, 1))
    return branch_and_cut(strong.problem, strong.scale, heard=heard, **limits)


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
    watch: Watch,
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
        raise SolverError(
            said(
                "a bound of {bound!r} was claimed for a choice worth {value!r}",
                bound=bound,
                value=value,
            )
        )
    is_same = math.isclose(bound, value, rel_tol=_LAST_DIGITS, abs_tol=0.0)
    if is_same or (bound - value <= noise and (source == "solver" or bound < value)):
        bound = value
    reached = relative_gap(value, bound)
    status = Status.OPTIMAL
    if reached > gap * (1.0 + 1e-9) and bound - value > noise:
        status = watch.stopped or Status.UNPROVEN
    relaxation = partial(_relaxed, core.problem, strong, dual, offset)
    return MMKPSolution(
        choice, value, bound, reached, dual.prices, status, source, price_bound, engine, relaxation
    )


def _relaxed(problem: MMKP, strong: Strengthened, dual: Dual, offset: float) -> float:
    """The optimum of the LP relaxation with the bounds as stated."""
    is_known = strong.is_unchanged and dual.is_exact
    plain = dual if is_known else minimise_dual(problem, strong.scale, dual.prices)
    return plain.bound + offset
