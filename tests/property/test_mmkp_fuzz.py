"""Engines against exact enumeration on small problems of difficult numbers.

``POVTARGET_EXAMPLES=20`` looks at twenty times as many problems.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enumeration import check, make_problem, optimum
from povtarget.errors import InfeasibleError, SolverError
from povtarget.mmkp import MMKP, MMKPSolution, Status, aggregation, solve_mmkp
from povtarget.mmkp import columns as columns_module
from povtarget.mmkp import dual as dual_module
from povtarget.mmkp import interior as interior_module
from povtarget.mmkp import prices as prices_module
from povtarget.mmkp import solving as solving_module

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
GAPS = (0.0, 1e-4, 0.1)
MODULES: dict[str, Any] = {
    "columns": columns_module,
    "dual": dual_module,
    "interior": interior_module,
    "prices": prices_module,
}
CORES = {"prices._FIRST_CORE": 1, "prices._FIRST_PER_ROW": 1}
TINY = {"dual._SMALL_LP": 0, "dual._SAMPLE_ITEMS": 4, "dual._KEPT_ITEMS": 2} | CORES
PATHS: dict[str, dict[str, float]] = {
    "columns": TINY | {"columns._FIRST": 1, "columns._BATCH": 1, "interior._MOST_ITERATIONS": 20},
    "columns in one piece": CORES | {"dual._SMALL_LP": 0, "interior._MOST_ITERATIONS": 40},
    "no pivots": TINY
    | {"dual._PIVOTS": 0, "dual._MOST_PIVOTS": 0, "interior._MOST_ITERATIONS": 20},
    "no pivots in one piece": CORES
    | {"dual._SMALL_LP": 0, "dual._PIVOTS": 0, "dual._MOST_PIVOTS": 0}
    | {"interior._MOST_ITERATIONS": 40},
    "short cuts": TINY
    | {"dual._PIVOTS": 0, "prices._MOST_ITEMS": 2, "interior._MOST_ITERATIONS": 10},
    "bad prices": TINY
    | {"dual._MOST_ROUNDS": 1, "dual._TOLERATED": 1e9, "interior._MOST_ITERATIONS": 3},
}
"""Sizes at which small problems go the ways of large ones."""


def unexplained(problem: MMKP) -> InfeasibleError:
    return InfeasibleError([], [], "not explained")


@pytest.fixture(params=list(PATHS))
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every path in turn; a second solve that only explains is left out."""
    for name, size in PATHS[request.param].items():
        module, attribute = name.split(".")
        assert hasattr(MODULES[module], attribute)
        monkeypatch.setattr(MODULES[module], attribute, size)
    monkeypatch.setattr(solving_module, "explain_infeasibility", unexplained)
    return request.param


def judged(problem: MMKP, engine: str, gap: float) -> str:
    """Solve and judge; in a word how it ended.

    Rows that no choice meets, or that one meets by less than a solver in float64 can see, may
    end in a SolverError: it claims nothing. How often this may be, the callers say.
    """
    best = optimum(problem)
    try:
        solution = solve_mmkp(problem, engine, gap=gap)
    except InfeasibleError as error:
        assert best is None
        if error.conflict:
            rows = [problem.row_names.index(name) for name in error.conflict]
            assert optimum(problem, rows) is None
            for row in rows:  # it is irreducible
                assert optimum(problem, [other for other in rows if other != row]) is not None
        return "infeasible"
    except SolverError:
        return "undecided"
    assert best is not None
    check(problem, solution, best, gap)
    return str(solution.status)


def several(engine: str, seeds: range) -> Counter[str]:
    return Counter(
        judged(make_problem(random.Random(seed).choice), engine, GAPS[seed % 3]) for seed in seeds
    )


@pytest.mark.parametrize("engine", ["auto", "highs", "prices", "pulp"])
def test_engines_claim_what_is_true(engine):
    """Feasible exactly, a bound that holds, prices that prove, optimal and infeasible as said."""
    ends = several(engine, range(int((40 if engine == "pulp" else 120) * SCALE)))
    assert ends["optimal"] > 0.3 * ends.total()
    assert ends["infeasible"] > 0.2 * ends.total()
    assert ends["undecided"] + ends["unproven"] <= max(2, 0.01 * ends.total())


def test_paths_for_large_problems_claim_what_is_true(path):
    """Samples, columns, the interior point, short cuts and bad prices prove no less."""
    ends = several("prices", range(10_000, 10_000 + int(36 * SCALE)))
    assert ends["optimal"] > 0.25 * ends.total()
    assert ends["infeasible"] > 0.2 * ends.total()
    assert ends["undecided"] <= max(2, 0.01 * ends.total())
    if path not in ("short cuts", "bad prices"):  # which give up early
        assert ends["unproven"] <= max(2, 0.01 * ends.total())


@given(data=st.data())
@settings(
    max_examples=int(80 * SCALE),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_small_problems_that_shrink(data):
    """The same, drawn so that a failure shrinks to the smallest problem."""
    problem = make_problem(lambda options: data.draw(st.sampled_from(options)))
    judged(
        problem, data.draw(st.sampled_from(["highs", "prices"])), data.draw(st.sampled_from(GAPS))
    )


def test_types_with_one_hash_claim_what_is_true(monkeypatch):
    """Where all hashes collide, groups that differ are still told apart."""
    monkeypatch.setattr(
        aggregation, "_item_hashes", lambda problem: np.zeros(problem.num_items, dtype=np.uint64)
    )
    assert several("highs", range(20_000, 20_000 + int(80 * SCALE)))["optimal"] > 20


def test_cuts_follow_the_items_of_the_problem():
    """A row that HiGHS breaks unseen is cut; the cut is about the items in their own order.

    Once cuts were about other items, and this problem was called infeasible.
    """
    problem = MMKP(
        [0, 0, 0, 0, 1, 1],
        [1.0] * 6,
        [[1e12], [0.0], [1e12 + 1], [3.0], [1e12 + 1], [1e12 + 1]],
        upper=[0.0],
        choose_one=[True, False],
    )
    solution = solve_mmkp(problem, "highs", gap=0)
    assert solution.choice.tolist() == [1, -1]
    assert (solution.value, solution.bound) == (1.0, 1.0)


def relaxed(problem: MMKP, rng: np.random.Generator) -> tuple[MMKP, MMKP]:
    """The problem, and one in which some values and one upper bound have changed a little."""
    value = np.where(rng.uniform(size=problem.num_items) < 0.2, problem.value * 1.5, problem.value)
    upper = problem.upper.copy()
    finite = np.flatnonzero(np.isfinite(upper) & (upper != problem.lower))
    if finite.size:
        row = rng.choice(finite)
        upper[row] = max(problem.lower[row], upper[row] - 0.1 * abs(upper[row]))
    return problem, MMKP(
        problem.group,
        value,
        problem.usage,
        upper,
        problem.lower,
        problem.required,
        problem.num_groups,
    )


@pytest.mark.parametrize("nonsense", [False, True])
def test_a_start_changes_no_claim(nonsense, path):
    """From an earlier answer and its prices, or from nonsense, the same guarantees."""
    ends: Counter[Status] = Counter()
    for seed in range(int(20 * SCALE)):
        rng = np.random.default_rng(seed)
        first, second = relaxed(make_problem(random.Random(30_000 + seed).choice), rng)
        best = optimum(second)
        if best is None or optimum(first) is None:
            continue
        try:
            earlier = solve_mmkp(first, "prices")
            answer = solve_mmkp(second, "prices", 0.0, **_start(earlier, second, nonsense, rng))
        except SolverError:
            ends[Status.TIME_LIMIT] += 1
            continue
        check(second, answer, best, 0.0)
        ends[answer.status] += 1
    assert ends[Status.OPTIMAL] > 0.3 * ends.total()
    assert ends[Status.TIME_LIMIT] <= 1


def _start(
    earlier: MMKPSolution, problem: MMKP, nonsense: bool, rng: np.random.Generator
) -> dict[str, Any]:
    if not nonsense:
        return {"start": earlier.choice, "start_prices": earlier.prices}
    choice = np.full(problem.num_groups, -1)
    choice[problem.group] = np.arange(problem.num_items)  # the last item of every group
    return {"start": choice, "start_prices": 1e6 * rng.normal(size=problem.num_rows)}
