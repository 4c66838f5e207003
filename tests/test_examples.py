"""The story of the founding case runs from one end to the other."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.slow
def test_the_founding_case(capsys, monkeypatch):
    """Audit, target, plan, evenness, cost and roadmap, on a small city."""
    monkeypatch.setattr(sys, "argv", ["pekalongan.py", "500"])
    scope = runpy.run_path(str(EXAMPLES / "pekalongan.py"))
    shown = capsys.readouterr().out
    assert "1.14 points" in shown
    assert "agencies alone" in shown
    assert last_rate(scope["way"]) < 0.07


def last_rate(way) -> float:
    """The expected rate of the last year."""
    return float(way.frame["rate"].iloc[-1])
