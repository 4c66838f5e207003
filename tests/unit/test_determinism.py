"""The same input gives the same bytes; a later solve may begin from an earlier one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import povtarget as pt
from povtarget.mmkp import MMKP, Status, solve_mmkp
from povtarget.mmkp.dual import dual_value
from povtarget.mmkp.rational import is_feasible
from povtarget.mmkp.strengthening import strengthen


def city(groups: int = 20_000, seed: int = 0) -> MMKP:
    """Groups of which many are alike, some rows of whole rupiah and some of people."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), 4)
    kind = rng.integers(0, 2_000, size=groups)
    people = rng.integers(1, 7, size=2_000)[kind][group] * 1.0
    rows = 6
    line = np.tile(np.arange(4), groups) + 2 * (kind[group] % 2)
    usage = np.zeros((group.size, rows))
    usage[np.arange(group.size), line] = people * 341_000.0
    usage[:, 5] += line % 2
    value = people * rng.uniform(0.1, 1.0, size=(2_000, 4))[kind].ravel()
    value = np.where(rng.uniform(size=groups)[group] < 0.5, value, np.round(value, 1))
    return MMKP(group, value, usage, usage.sum(axis=0) * 0.07)


def crowded(groups: int = 120, rows: int = 8) -> MMKP:
    """Few groups that share many rows: the search about the bounds has work to do."""
    rng = np.random.default_rng(1)
    usage = rng.integers(1, 100, size=(3 * groups, rows)).astype(np.float64)
    value = usage.mean(axis=1) + rng.integers(1, 60, size=3 * groups)
    return MMKP(np.repeat(np.arange(groups), 3), value, usage, usage.sum(axis=0) / 6)


SOLVE = """
import hashlib, json
from povtarget.mmkp import solve_mmkp
from test_determinism import city, crowded

for problem, engine, gap in ((city(), "prices", 1e-4), (crowded(), "auto", 1e-2)):
    a = solve_mmkp(problem, engine, gap=gap)
    parts = [a.choice.tobytes(), a.prices.tobytes(), repr((a.value, a.bound)).encode()]
    print([hashlib.sha256(part).hexdigest() for part in parts], a.price_bound, a.status)
"""


def test_any_number_of_threads_gives_the_same_bytes():
    """Choice, prices and bound in fresh processes of one and two threads."""
    folder = str(Path(__file__).parent)
    outputs = []
    for threads in ("1", "2", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        run = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r})\n{SOLVE}"],
            env=os.environ | dict.fromkeys(names, threads),
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        outputs.append(run.stdout)
    assert outputs[0].count("optimal") == 2
    assert outputs[0] == outputs[1] == outputs[2]


def small_city() -> tuple[pt.Households, pt.Catalog]:
    households, catalog, _ = pt.datasets.pekalongan(households=2_000, seed=0)
    return households, catalog


def assert_same(one: pt.Plan, other: pt.Plan) -> None:
    assert one.assignments.equals(other.assignments)
    assert (one.value, one.bound, one.prices) == (other.value, other.bound, other.prices)


@pytest.mark.parametrize("engine", ["auto", "prices"])
def test_the_order_of_input_never_matters(engine):
    """Households and programs in another order: the same plan to the last bit."""
    households, catalog = small_city()
    plan = pt.solve(pt.TargetingProblem(households, catalog), engine=engine)
    frame = households.frame.sample(frac=1.0, random_state=1)
    turned = replace(
        catalog, programs=tuple(catalog.programs[::-1]), budgets=tuple(catalog.budgets[::-1])
    )
    again = pt.TargetingProblem(pt.Households.from_frame(frame), turned)
    assert_same(plan, pt.solve(again, engine=engine))


def changed(problem: MMKP, seed: int) -> MMKP:
    """One value in a hundred is another, and one budget smaller."""
    rng = np.random.default_rng(seed)
    value = problem.value.copy()
    some = rng.choice(value.size, size=value.size // 100, replace=False)
    value[some] *= rng.uniform(0.5, 2.0, size=some.size)
    upper = problem.upper.copy()
    upper[1] *= 0.9
    return MMKP(problem.group, value, problem.usage, upper, groups=problem.num_groups)


def test_a_second_solve_from_the_first():
    """Begun from an answer that breaks a row now: the same guarantees, and near the same value."""
    first = city(3_000)
    earlier = solve_mmkp(first, "prices", gap=1e-3)
    second = changed(first, 1)
    assert not is_feasible(second, earlier.choice)
    fresh = solve_mmkp(second, "prices", gap=1e-3)
    warm = solve_mmkp(
        second, "prices", gap=1e-3, start=earlier.choice, start_prices=earlier.prices
    )
    for answer in (fresh, warm):
        assert is_feasible(second, answer.choice)
        assert answer.status is Status.OPTIMAL
        assert answer.gap <= 1e-3
        proven = dual_value(strengthen(second).problem, answer.prices)
        assert answer.price_bound == pytest.approx(proven, rel=1e-9)
    assert warm.bound >= fresh.value * (1 - 1e-9)
    assert fresh.bound >= warm.value * (1 - 1e-9)


def test_a_plan_from_a_plan_of_more_households():
    """Families have moved away and a budget is smaller: the earlier plan is mended."""
    households, catalog = small_city()
    earlier = pt.solve(pt.TargetingProblem(households, catalog))
    frame = households.frame.iloc[::-1].iloc[100:]
    budget = replace(catalog.budgets[0], amount=0.8 * catalog.budgets[0].amount)
    smaller = replace(catalog, budgets=(budget, *catalog.budgets[1:]))
    problem = pt.TargetingProblem(pt.Households.from_frame(frame), smaller)
    fresh, warm = pt.solve(problem), pt.solve(problem, start=earlier)
    for plan in (fresh, warm):
        verified = pt.verify(problem, plan)
        assert verified.is_feasible
        assert plan.gap <= 1e-4
        assert set(plan.assignments["household_id"]) <= set(problem.households.household_id)
    assert warm.bound >= fresh.value * (1 - 1e-9)
    assert fresh.bound >= warm.value * (1 - 1e-9)
