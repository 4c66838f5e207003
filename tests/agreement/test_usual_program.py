"""The benchmarks' usual integer program and the library answer the same question alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import povtarget as pt
from binary_program import Limits
from city import with_lines
from families import FAMILIES, make_city
from inside import first_level
from rival_highs import load_highs, run_highs
from usual_milp import CannotSayError, build_usual, judge, read_facts

CERTAIN = [("pekalongan-certain", 200), ("hard12", 40), ("hard30", 40), ("single12", 60)]
EXACT = Limits(seconds=60.0, gap=0.0, threads=1)  # as the library: HiGHS has one scheduler


@pytest.mark.parametrize(("name", "families"), CERTAIN)
@pytest.mark.parametrize("seed", range(3))
def test_same_optimum(name: str, families: int, seed: int):
    """Two formulations, one optimum; both judges find the same persons lifted."""
    problem = make_city(name, families, seed).headcount_problem()
    facts = read_facts(problem)
    usual = build_usual(facts)
    answer = run_highs(load_highs(usual.binary, EXACT))
    assert answer.z is not None
    lifted, faults = judge(facts, *usual.pairs(answer.z))
    assert not faults
    assert lifted == pytest.approx(answer.value, abs=1e-6)
    plan = pt.solve(problem, gap=0, time_limit=60)
    assert plan.value == pytest.approx(lifted, abs=1e-6)
    program = {entry: p for p, entry in enumerate(problem.catalog.program_names)}
    household = problem.households.positions(plan.assignments["household_id"])
    number = plan.assignments["program"].map(program).to_numpy(dtype=np.int64)
    assert judge(facts, household, number) == (round(plan.value), [])


@pytest.mark.parametrize(("name", "families"), CERTAIN)
def test_bundles_for_rivals_are_judged_alike(name: str, families: int):
    """An answer in bundles is worth the same as the proposals that it stands for."""
    problem = make_city(name, families).headcount_problem()
    level = first_level(problem)
    answer = run_highs(load_highs(level.program, replace(EXACT, gap=0.05)))
    assert answer.z is not None
    value, faults = level.judge(answer.z)
    assert not faults
    assert judge(read_facts(problem), *level.pairs(answer.z)) == (round(value), [])


def test_the_judge_objects():
    """Everything for everyone breaks lines, quotas, rules and bundles."""
    facts = read_facts(make_city("hard12", 40).headcount_problem())
    _, faults = judge(facts, *np.nonzero(facts.possible))
    text = " ".join(faults)
    for part in ("is exceeded by", "the quota of", "too many programs", "break rule 'forbid"):
        assert part in text
    impossible = np.argwhere(~facts.possible)[0]
    assert "impossible" in judge(facts, impossible[:1], impossible[1:])[1][0]


@pytest.mark.parametrize("name", ["pekalongan", "pekalongan-expected", "hard12-expected"])
def test_what_it_cannot_say_is_refused(name: str):
    """Chances and penalties are no part of it."""
    with pytest.raises(CannotSayError):
        read_facts(make_city(name, 100).headcount_problem())


def test_families_are_what_they_say():
    """Same seed, same city; fifteen programs to decide; one unit cost for each single line."""
    for name in FAMILIES:
        first, second = make_city(name, 120, 5), make_city(name, 120, 5)
        assert first.frame.equals(second.frame)
        assert first.catalog == second.catalog
        assert first.problem().households.sigma.any() == name.endswith("-expected")
    fifteen = make_city("pekalongan15", 120).catalog
    fixed = {budget.name for budget in fifteen.budgets if budget.control == "fixed"}
    assert sum(program.budget not in fixed for program in fifteen.programs) == 15
    lines = [program.budget for program in make_city("single30", 120).catalog.programs]
    assert len(set(lines)) == len(lines) == 30
    shared = make_city("hard30", 120).catalog
    costs = {line: set() for line in shared.budget_names}
    for program in shared.programs:
        costs[program.budget].add(program.unit_cost)
    assert max(map(len, costs.values())) == 3
    assert with_lines(shared, shared.programs[:1]).rules == ()
