"""Published problems: all files are read, LP values agree, small optima are found and proven.

How well every problem is solved within a time limit is measured by benchmarks/published.py.
Run with POVTARGET_SHARED naming the folder of shared data.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from instances import (
    GAP_FOLDERS,
    MKP_FILES,
    InstanceError,
    gap_instances,
    mkp_instances,
    read_gap,
    read_knapsacks,
)
from povtarget.mmkp import solve_mmkp

SMALL = ["gap1-0", "gap2-3", "gap3-1", "gap4-4", "gap7-0", "a05100", "a10100", "c05100", "e05100"]


def test_every_assignment_problem_is_read(shared: Path):
    """60 + 24 + 33 problems; names, sizes and the table of optima fit together."""
    instances = gap_instances(shared)
    folders = Counter(instance.name.split("/")[0] for instance in instances)
    assert folders == dict(zip(GAP_FOLDERS, (60, 24, 33), strict=True))
    files = [p for f in GAP_FOLDERS for p in (shared / "instances" / "gap" / f).iterdir()]
    assert {instance.path for instance in instances} == set(files)
    for instance in instances:
        gap = instance.read()
        agents, jobs = gap.cost.shape
        assert gap.weight.shape == (agents, jobs)
        assert gap.capacity.shape == (agents,)
        assert instance.best_bound <= instance.best_known
        stem = instance.name.split("/")[1]
        if not stem.startswith("gap"):  # c801600: type C, 80 agents, 1600 jobs
            assert stem[1:] == f"{agents:02d}{jobs}"
        problem = gap.mmkp()
        assert (problem.num_groups, problem.num_rows) == (jobs, agents)
        assert problem.num_items == agents * jobs


def test_every_knapsack_is_read(shared: Path):
    """Nine files of thirty problems; sizes, known values and LP values fit together."""
    instances = mkp_instances(shared)
    assert len(instances) == 270
    assert Counter(i.kind for i in instances) == {f"{r}.{n}": 30 for r, n in MKP_FILES}
    for instance in instances:
        knapsack = instance.read()
        rows, items = map(int, instance.kind.split("."))
        assert knapsack.use.shape == (rows, items)
        assert knapsack.profit.shape == (items,)
        assert knapsack.capacity.shape == (rows,)
        assert instance.best_known <= instance.lp < 1.05 * instance.best_known
        problem = knapsack.mmkp()
        assert (problem.num_groups, problem.num_items, problem.num_rows) == (items, items, rows)


def test_lp_bound_is_the_published_relaxation(shared: Path):
    """All 270 LP optima, to 1e-6 of themselves; a gap of 100 % leaves nothing else to prove."""
    for instance in mkp_instances(shared):
        solution = solve_mmkp(instance.read().mmkp(), gap=1.0)
        assert solution.lp_bound == pytest.approx(instance.lp, rel=1e-6), instance.name
        assert solution.bound >= instance.best_known, instance.name


@pytest.mark.parametrize("stem", SMALL)
def test_small_assignment_problems_are_solved(shared: Path, stem: str):
    """The published optimum, proven, by an assignment that carries no agent too much."""
    instance = next(i for i in gap_instances(shared) if i.name.endswith(f"/{stem}"))
    gap = instance.read()
    solution = solve_mmkp(gap.mmkp(), gap=0)
    judgement = gap.judge(solution.choice)
    assert not judgement.faults
    assert judgement.value == -solution.value == instance.best_known
    assert -solution.bound == pytest.approx(instance.best_known, rel=1e-9)
    assert -solution.lp_bound <= instance.best_known + 1e-6


@pytest.mark.parametrize("kind", ["cattrysse", "A", "B", "C", "E"])
def test_bounds_are_never_on_the_wrong_side(shared: Path, kind: str):
    """No cost that anyone published is below a bound, whatever the gap it was asked for."""
    instances = [i for i in gap_instances(shared) if i.kind == kind]
    for instance in instances[: 12 if kind == "cattrysse" else 2]:
        gap = instance.read()
        solution = solve_mmkp(gap.mmkp(), gap=0.05)
        judgement = gap.judge(solution.choice)
        assert not judgement.faults, instance.name
        assert -solution.bound <= instance.best_known * (1 + 1e-9), instance.name
        assert judgement.value <= -solution.bound * (1 + 0.05 + 1e-3), instance.name


def test_a_judge_that_objects(shared: Path):
    """Overloaded agents, jobs without an agent and overfull knapsacks are named."""
    gap = gap_instances(shared)[0].read()
    agents, jobs = gap.cost.shape
    everything_to_the_first = np.arange(jobs) * agents
    assert "agent 0 carries" in gap.judge(everything_to_the_first).faults[0]
    assert gap.judge(np.full(jobs, -1)).faults == (f"{jobs} job(s) without an agent",)
    knapsack = mkp_instances(shared)[0].read()
    assert "constraint 0 uses" in knapsack.judge(np.arange(knapsack.profit.size)).faults[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 2\n1 2 3 4\n1 1\n1", "the file ends within weights: 4 numbers expected after number"),
        ("2 2\n1 2 3 x4\n1 1 1 1\n3 3", "line 2, number 6, costs: expected a whole number"),
        ("2 2\n1 2 3 4\n1 -1 1 1\n3 3", "line 3, number 8, weights: expected 0 or more"),
        ("2 2\n1 2 3 4\n1 1 1 1\n3 3 9", "line 4, number 13, the end of the file"),
        ("0 2\n", "line 1, number 1, the number of agents: expected 1 or more"),
    ],
)
def test_faults_name_file_and_position(tmp_path: Path, text: str, expected: str):
    """A file that was cut off or mistyped says where."""
    path = tmp_path / "broken"
    path.write_text(text, encoding="ascii")
    with pytest.raises(InstanceError) as caught:
        read_gap(path)
    assert str(caught.value).startswith(str(path))
    assert expected in str(caught.value)


def test_a_knapsack_file_that_ends_early(tmp_path: Path):
    """The problem and its part are named."""
    path = tmp_path / "broken"
    path.write_text("2\n1 1 0 5 3 4\n1 1 0 5 3", encoding="ascii")
    with pytest.raises(InstanceError, match="within capacities of problem 2"):
        read_knapsacks(path)
