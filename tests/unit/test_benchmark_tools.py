"""What all benchmarks lean on: children that can be lost, tables that can be taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from child import Child
from growth import exponent
from measuring import Stopwatch, forget_peak, peak_mib
from results import Results, ResultsError
from sections import table, write_section

pytestmark = pytest.mark.skipif(os.name != "posix", reason="benchmarks need a POSIX system")


def work(task: str) -> Iterator[dict[str, Any]]:
    """Say something, then do as told."""
    yield {"first": task}
    if task == "hang":
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        yield {"helper": helper.pid}
        time.sleep(600)
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "fail":
        raise ValueError("no\nuse")
    os.write(1, b"what solvers print")
    yield {"second": len(task), "pid": os.getpid()}


def test_a_child_is_lost_and_replaced():
    """What was known before a failure, a death or a kill is kept; helpers are killed too."""
    with Child(work) as child:
        first = child.run("well", limit=60)
        assert first.facts["second"] == 4
        assert first.trouble == ""
        failed = child.run("fail", limit=60)
        assert failed.facts == {"first": "fail"}
        assert failed.trouble == "ValueError: no use"
        assert child.run("again", limit=60).facts["pid"] == first.facts["pid"]
        died = child.run("die", limit=60)
        assert died.facts == {"first": "die"}
        assert died.trouble == "the process died: signal 9 (SIGKILL)"
        hung = child.run("hang", limit=3)
        assert "killed after 3 s" in hung.trouble
        deadline = time.monotonic() + 10
        while _is_running(hung.facts["helper"]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _is_running(hung.facts["helper"])
        assert child.run("well", limit=60).facts["pid"] != first.facts["pid"]


def _is_running(pid: int) -> bool:
    """Whether a process still runs; one that waits to be buried does not."""
    status = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return subprocess.run(["kill", "-0", str(pid)], check=False).returncode == 0
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_rows_survive_a_stop(tmp_path: Path):
    """A line that was cut off is measured again; other columns are refused."""
    path = tmp_path / "r.csv"
    results = Results(path, ["name", "limit", "value", "is_good"], ["name", "limit"])
    results.append({"name": "a, b", "limit": 2.0, "value": 0.1 + 0.2, "is_good": True})
    results.append({"name": "c", "limit": 2.0, "is_good": False})
    with path.open("a", encoding="utf-8") as file:
        file.write("d,2.0,1")
    again = Results(path, ["name", "limit", "value", "is_good"], ["name", "limit"])
    assert again.has({"name": "a, b", "limit": 2.0})
    assert not again.has({"name": "d", "limit": 2.0})
    assert again.rows == results.rows
    assert float(again.rows[0]["value"]) == 0.1 + 0.2
    assert [row["is_good"] for row in again.rows] == ["yes", "no"]
    with pytest.raises(ResultsError, match="other columns"):
        Results(path, ["name"], ["name"])
    with pytest.raises(ResultsError, match="no such columns"):
        again.append({"names": 1})


def test_sections_are_replaced_and_nothing_else(tmp_path: Path):
    """Text around the marks stays; a document without them is refused."""
    path = tmp_path / "d.md"
    path.write_text("one\n<!-- a:begin -->\nold\n<!-- a:end -->\ntwo\n", encoding="utf-8")
    write_section(path, "a", table(("x", "y"), [("1", "2")]))
    write_section(path, "a", table(("x", "y"), [("3", "4")]))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "one"
    assert lines[-1] == "two"
    assert "| 3 | 4 |" in lines
    assert "| 1 | 2 |" not in lines
    with pytest.raises(ValueError, match="expected the marks"):
        write_section(path, "b", "")


def test_measures():
    """A power is found; memory that was taken shows; idle seconds use no processor."""
    sizes = [1e3, 1e4, 1e5]
    assert exponent(sizes, [2.0 * size**1.5 for size in sizes]) == pytest.approx(1.5)
    assert exponent([1e3], [1.0]) != exponent([1e3], [1.0])  # nan
    forget_peak()
    before = peak_mib()
    block = bytearray(80 * 2**20)
    assert peak_mib() >= before
    assert len(block) > 0
    watch = Stopwatch()
    time.sleep(0.05)
    assert watch.seconds >= 0.05
    assert watch.facts("solve").keys() == {"solve_s", "cores"}
