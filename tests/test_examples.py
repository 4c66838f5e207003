"""Every example runs from one end to the other, on a small city, and says what it should."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a script as a person does, and return its names and what it printed."""

    def started(name, *arguments):
        path = EXAMPLES / f"{name}.py"
        monkeypatch.setattr(sys, "argv", [path.name, *map(str, arguments)])
        try:
            scope = runpy.run_path(str(path), run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise
            scope = {}
        return scope, capsys.readouterr().out

    return started


def test_the_scripts_are_numbered_without_a_hole():
    """A reader goes through them in order, cell by cell."""
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert [path.name[:2] for path in scripts] == [f"{k:02d}" for k in range(1, len(scripts) + 1)]
    assert all("# %% " in path.read_text(encoding="utf-8") for path in scripts)


def test_a_first_plan(run, tmp_path):
    """The plan is sound and its folder is there."""
    scope, shown = run("01_first_plan", 500, tmp_path / "plan")
    assert "sound: True" in shown
    assert scope["plan"].lifted > 0
    assert (tmp_path / "plan" / "report.html").exists()


def test_from_another_tool(run):
    """Frames and a regressor go in, and a frame with every proposal and its area comes out."""
    scope, _ = run("02_from_another_tool", 500)
    assert len(scope["proposed"]) == len(scope["plan"].assignments) > 0
    assert scope["proposed"]["area"].notna().all()
    assert scope["prediction"].regressor == "HistGradientBoostingRegressor"


@pytest.mark.slow
def test_audit_and_compare(run, tmp_path):
    """What exists, baselines and scenarios, with their pictures."""
    _, shown = run("03_audit_and_compare", "--families", 500, "--draw", tmp_path / "pictures")
    assert "One need, two agencies" in shown
    assert "a tenth less" in shown
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 4


@pytest.mark.slow
def test_what_money_does(run):
    """The frontier, least costs, prices and exchanges."""
    scope, shown = run("04_what_money_does", 400)
    assert scope["curve"].frame["value"].dropna().is_monotonic_increasing
    assert "least cost: Rp" in shown


@pytest.mark.slow
def test_why_when_and_who_leaves(run):
    """A household's reasons, the way to the goal, and who may graduate."""
    _, shown = run("05_why_when_who_leaves", "--families", 800)
    assert "The way, in per cent" in shown


@pytest.mark.slow
def test_the_founding_case(run):
    """Audit, target, plan, evenness, cost and roadmap, on a small city."""
    scope, shown = run("06_founding_case", 500)
    assert "1.14 points" in shown
    assert "agencies alone" in shown
    assert float(scope["way"].frame["rate"].iloc[-1]) < 0.07
