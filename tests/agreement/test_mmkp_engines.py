"""Every engine of the mathematical problem against enumeration in exact arithmetic."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from povtarget.errors import InfeasibleError, InputError
from povtarget.mmkp import MMKP, build_pulp, solve_mmkp
from povtarget.mmkp import columns as columns_module
from povtarget.mmkp import dual as dual_module
from povtarget.mmkp import prices as prices_module
from povtarget.mmkp.dual import dual_value, minimise_dual
from povtarget.mmkp.strengthening import strengthen


def random_problem(seed: int) -> MMKP:
    """A few groups, lower and upper rows, required groups, whole or fractional numbers."""
    rng = np.random.default_rng(seed)
    groups, rows = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    group = np.repeat(np.arange(groups), rng.integers(0, 4, size=groups))
    items = group.size
    value = rng.integers(-2, 10, size=items) * 1.0 if seed % 2 else rng.normal(size=items)
    usage = rng.integers(0, 5, size=(items, rows)) * (300.0, 1.0, 0.1)[seed % 3]
    upper = usage.sum(axis=0) * rng.uniform(0, 0.8, size=rows)
    lower = np.where(rng.uniform(size=rows) < 0.3, upper * rng.uniform(0, 1, size=rows), -np.inf)
    return MMKP(group, value, usage, upper, lower, rng.uniform(size=groups) < 0.2, groups=groups)


def optimum(problem: MMKP) -> float | None:
    """The best value by enumeration, feasibility in rationals; None where there is none."""
    options = [
        [*range(problem.starts[g], problem.starts[g + 1])] + ([] if problem.required[g] else [-1])
        for g in range(problem.num_groups)
    ]
    usage = [[Fraction(x) for x in row] for row in problem.usage.toarray().tolist()]
    best = None
    for choice in itertools.product(*options):
        chosen = [item for item in choice if item >= 0]
        totals = [sum((usage[j][r] for j in chosen), Fraction(0)) for r in range(problem.num_rows)]
        if all(
            low <= total <= high
            for low, total, high in zip(problem.lower, totals, problem.upper, strict=True)
        ):
            value = sum(problem.value[chosen]) if chosen else 0.0
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("engine", ["highs", "prices", "pulp"])
@pytest.mark.parametrize("block", range(4))
def test_engines_agree_with_enumeration(engine, block):
    """Value and bound are the optimum, infeasible means infeasible, prices prove a bound."""
    for seed in range(60 * block, 60 * (block + 1)):
        problem = random_problem(seed)
        best = optimum(problem)
        if best is None:
            with pytest.raises(InfeasibleError) as caught:
                solve_mmkp(problem, engine, gap=0)
            assert not problem.num_rows or caught.value.conflict or problem.required.any()
            continue
        solution = solve_mmkp(problem, engine, gap=0)
        assert solution.value == pytest.approx(best, abs=1e-9), seed
        assert solution.bound == pytest.approx(best, abs=1e-9), seed
        assert solution.price_bound >= best - 1e-9, seed
        assert solution.lp_bound >= solution.price_bound - 1e-7, seed


def test_the_paths_for_large_problems(monkeypatch):
    """Samples, columns and growing cores give the same answers when forced on small problems."""
    for name, size in (("_SMALL_LP", 0), ("_SAMPLE_ITEMS", 4), ("_KEPT_ITEMS", 2)):
        monkeypatch.setattr(dual_module, name, size)
    for name, size in (("_FIRST", 1), ("_BATCH", 1)):
        monkeypatch.setattr(columns_module, name, size)
    monkeypatch.setattr(prices_module, "_FIRST_CORE", 1)
    monkeypatch.setattr(prices_module, "_FIRST_PER_ROW", 1)
    for seed in range(120):
        problem = random_problem(seed)
        best = optimum(problem)
        if best is None:
            with pytest.raises(InfeasibleError):
                solve_mmkp(problem, "prices", gap=0)
        else:
            assert solve_mmkp(problem, "prices", gap=0).value == pytest.approx(best, abs=1e-9), (
                seed
            )


@pytest.mark.parametrize("seed", range(6))
def test_columns_reach_the_linear_programs_optimum(seed, monkeypatch):
    """On thousands of items the prices prove the LP optimum that HiGHS finds in one piece."""
    rng = np.random.default_rng(seed)
    groups, rows = 3_000, 8
    group = np.repeat(np.arange(groups), 6)
    usage = rng.integers(1, 50, size=(group.size, rows)) * (
        rng.uniform(size=(group.size, rows)) < 0.4
    )
    value = usage.sum(axis=1) * rng.uniform(0.5, 1.5, size=group.size)
    upper = usage.sum(axis=0) * rng.uniform(0.02, 0.1, size=rows)
    strong = strengthen(MMKP(group, value, usage, upper))
    sifted = minimise_dual(strong.problem, strong.scale)
    monkeypatch.setattr(dual_module, "_SMALL_LP", 10**9)
    whole = minimise_dual(strong.problem, strong.scale)
    assert sifted.bound == pytest.approx(whole.bound, rel=1e-7)
    assert dual_value(strong.problem, 1.1 * sifted.prices) >= sifted.bound - 1e-6


def test_order_of_groups_and_items_never_matters():
    """Value and bound stay the same when groups are relabelled and items shuffled."""
    for seed in range(40):
        problem = random_problem(seed)
        if optimum(problem) is None:
            continue
        rng = np.random.default_rng(seed)
        label = rng.permutation(problem.num_groups)
        order = np.lexsort((rng.uniform(size=problem.num_items), label[problem.group]))
        required = np.empty(problem.num_groups, dtype=bool)
        required[label] = problem.required
        other = MMKP(
            label[problem.group][order],
            problem.value[order],
            problem.usage[order],
            problem.upper,
            problem.lower,
            required,
            groups=problem.num_groups,
        )
        a, b = solve_mmkp(problem, gap=0), solve_mmkp(other, gap=0)
        assert (a.value, a.bound) == pytest.approx((b.value, b.bound), abs=1e-9)


def test_trivial_problems():
    """No items, no rows, nothing required: the answer is nothing; impossible demands are named."""
    empty = solve_mmkp(MMKP([], [], np.empty((0, 1)), upper=[1.0], groups=3))
    assert (empty.value, empty.bound, empty.choice.tolist()) == (0.0, 0.0, [-1, -1, -1])
    with pytest.raises(InfeasibleError, match="must choose but have no item"):
        solve_mmkp(MMKP([], [], np.empty((0, 1)), upper=[1.0], groups=1, choose_one=True))
    with pytest.raises(InfeasibleError) as caught:
        solve_mmkp(MMKP([0], [1.0], [[1.0]], upper=[5.0], lower=[2.0], row_names=["floor"]))
    assert caught.value.conflict == ("floor",)
    assert [str(change) for change in caught.value.remedy] == ["lower 'floor' from 2 to 1"]


def test_bad_problems_and_bad_calls():
    """Every fault of a problem is reported at once; engines and gaps are checked by name."""
    with pytest.raises(InputError) as caught:
        MMKP([1, 0], [np.nan, 1.0], [[1.0], [np.inf]], upper=[np.nan], lower=[0.0])
    assert len(caught.value.problems) >= 4
    problem = MMKP([0], [1.0], [[1.0]], upper=[1.0])
    for call, words in (
        ({"engine": "highss"}, "did you mean 'highs'"),
        ({"gap": -1}, "not a gap"),
        ({"time_limit": -1}, "not a time limit"),
    ):
        with pytest.raises(InputError, match=words):
            solve_mmkp(problem, **call)
    with pytest.raises(InputError, match="lower bound is above"):
        MMKP([0], [1.0], [[1.0]], upper=[1.0], lower=[2.0])


def test_names_of_an_exported_model():
    """Names are readable and unique, and rows keep their bounds."""
    problem = MMKP([0, 0], [1.0, 2.0], [[1.0], [3.0]], upper=[2.0], lower=[1.0], row_names=["a b"])
    model = build_pulp(problem, ["x/y", "x y"], ["g"])
    assert [variable.name for variable in model.variables()] == ["x_x_y", "x_x_y__2"]
    assert model.numConstraints() == 3
