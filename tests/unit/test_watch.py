"""Time limits, reports and Ctrl-C."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from povtarget.mmkp import MMKP, Progress, Status, solve_mmkp
from povtarget.mmkp.rational import is_feasible
from povtarget.mmkp.watch import Watch, interruptible


def hard_problem(groups: int = 400, seed: int = 0) -> MMKP:
    """Strongly correlated values and several rows: no search proves a gap of 0 soon."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), 4)
    usage = rng.integers(100, 1_000, size=(group.size, 5)) * 1.0
    value = usage.sum(axis=1) + rng.integers(0, 50, size=group.size)
    return MMKP(group, value, usage, usage.sum(axis=0) * 0.12)


@pytest.mark.parametrize("engine", ["auto", "highs", "prices"])
def test_no_time_at_all(engine):
    """With a limit of 0 the answer is feasible, its bound holds, and it says why it ended."""
    problem = hard_problem(60)
    began = time.monotonic()
    answer = solve_mmkp(problem, engine, gap=0, time_limit=0)
    assert time.monotonic() - began < 8
    assert answer.status is Status.TIME_LIMIT
    assert is_feasible(problem, answer.choice)
    better = solve_mmkp(problem, "highs", gap=1e-3, time_limit=5)
    assert answer.bound >= better.value
    assert better.bound >= answer.value


@pytest.mark.parametrize("engine", ["highs", "prices"])
def test_reports_only_get_better(engine):
    """The bound falls, the value rises, they never cross, and the answer is the last report."""
    told: list[Progress] = []
    problem = hard_problem(600 if engine == "prices" else 40)
    answer = solve_mmkp(problem, engine, gap=1e-3, time_limit=4, report=told.append)
    assert {report.stage for report in told} >= {"prices", "search"}
    noise = 1e-9 * abs(answer.value)
    for before, after in itertools.pairwise(told):
        assert after.bound <= before.bound
        assert after.value >= before.value
        assert after.seconds >= before.seconds
    for report in told:
        assert report.value <= report.bound + noise
        assert report.value <= answer.value + noise
        assert report.bound >= answer.value - noise
        assert report.gap >= 0
    assert math.isfinite(told[-1].bound)


def test_a_watch_remembers_the_best():
    """Worse values and bounds change nothing; NaN is no bound."""
    watch = Watch(None)
    watch.offset = 10.0
    assert watch.goes_on(5.0, np.zeros(1))
    assert watch.goes_on(7.0, np.ones(1))
    assert watch.goes_on(math.nan, np.ones(1))
    watch.see(value=3.0, bound=20.0)
    watch.see(value=2.0)
    assert (watch.value, watch.bound) == (3.0, 15.0)
    assert watch.left() is None
    assert watch.stopped is None
    late = Watch(0.0)
    assert late.stopped is None  # a little longer, while no choice is known
    assert (late.left() or 0.0) > 1.0
    late.see(value=3.0)
    assert late.stopped is Status.TIME_LIMIT
    assert not late.goes_on(1.0, np.zeros(1))
    assert late.left() == 0.0


def test_only_the_main_thread_listens():
    """In another thread signals are left as they are."""
    caught: list[BaseException] = []

    def listen() -> None:
        try:
            with interruptible(Watch()):
                pass
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert not caught


CTRL_C = """
import json, os, signal, sys, threading, time
import numpy as np
from povtarget.mmkp import solve_mmkp
from povtarget.mmkp.rational import is_feasible
from test_watch import hard_problem

engine, after = sys.argv[1], float(sys.argv[2])
problem = hard_problem()
solve_mmkp(hard_problem(10), engine, gap=0.5)
timer = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGINT))
timer.start()
began = time.monotonic()
answer = solve_mmkp(problem, engine, gap=0, time_limit=60)
seconds = time.monotonic() - began
usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
feasible = is_feasible(problem, answer.choice)
print(json.dumps([answer.status, feasible, answer.value, answer.bound, seconds, usual]))
"""


@pytest.mark.parametrize("engine", ["highs", "prices"])
def test_ctrl_c_ends_with_the_best_answer(engine):
    """One Ctrl-C in a long solve: "interrupted", a feasible choice and a bound that holds."""
    folder = __file__.rsplit("test_watch.py", 1)[0]
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {folder!r})\n{CTRL_C}",
            engine,
            "2",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=70,
    )
    status, feasible, value, bound, seconds, usual = json.loads(run.stdout)
    assert status == Status.INTERRUPTED
    assert feasible
    assert usual
    assert seconds < 30
    known = solve_mmkp(hard_problem(), "highs", gap=1e-2, time_limit=10)
    assert known.bound >= value
    assert bound >= known.value
