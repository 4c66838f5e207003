"""What plots show: numbers, names and words, not pixels."""

from __future__ import annotations

import builtins

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget import plotting
from povtarget.evidence import Evidence
from povtarget.locale import Words

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(scope="module")
def evidence():
    """A made-up city's plan, counted."""
    households, catalog, receipts = pt.datasets.pekalongan(1_000, seed=2)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return Evidence(problem, pt.solve(problem))


@pytest.fixture
def ax():
    """Axes that are closed again."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def names(axis):
    """Tick labels as drawn."""
    axis.axes.figure.canvas.draw()
    return [tick.get_text() for tick in axis.get_ticklabels()]


@pytest.mark.parametrize("language", ["en", "id"])
def test_rates(evidence, ax, language):
    """Two bars of the plan's rates with the intervals' ends, in the language."""
    assert plotting.plot_rates(evidence, ax, language=language) is ax
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([100 * evidence.plan.rate(w) for w in ("before", "after")])
    (lines,) = ax.containers[0].lines[2]
    ends = np.array([segment[:, 0] for segment in lines.get_segments()])
    assert ends[0] == pytest.approx(
        [100 * evidence.rate("before").low, 100 * evidence.rate("before").high]
    )
    assert ax.get_xlabel() == Words(language)("plot_rate_axis")


def test_budgets_and_prices(evidence, ax):
    """A bar for each line that is not fixed; prices fall down the page."""
    plan = evidence.plan
    lines = plan.budgets[plan.budgets["control"] != "fixed"]
    plotting.plot_budgets(plan, ax)
    assert names(ax.yaxis) == list(lines.index)
    drawn = [bar.get_width() for bar in ax.containers[1]]
    assert drawn == pytest.approx((lines["spent"] / 1e6).tolist())
    ax.clear()
    plotting.plot_prices(plan, ax)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(lines["price"], reverse=True)


def test_comparison(evidence, ax):
    """Names stay as they are, dollar signs too; no plan is bad input."""
    plotting.plot_comparison({"a $x$": evidence.plan}, ax)
    assert ax.patches[0].get_width() == pytest.approx(evidence.plan.lifted)
    assert names(ax.yaxis) == [r"a \$x\$"]
    with pytest.raises(pt.InputError, match="no plan"):
        plotting.plot_comparison({}, ax)


def test_overlap(evidence, ax):
    """Every cell says its families, and a withheld one that it is small."""
    table = evidence.together("after")
    plotting.plot_overlap(table, ax)
    assert len(ax.texts) == table.size
    assert sum(text.get_text() == "< 5" for text in ax.texts) == int(table.isna().sum().sum())
    plotting.plot_overlap(pd.DataFrame([[np.nan]], index=["a"], columns=["a"]), ax)


def test_areas_and_groups(evidence, ax):
    """Before and after of each area, highest first; an empty table is bad input."""
    table = evidence.areas()
    plotting.plot_areas(table, ax, language="id")
    before, after = (points.get_offsets()[:, 0] for points in ax.collections[1:])
    assert before.tolist() == pytest.approx(sorted(100 * table["P0_before"], reverse=True))
    assert (after <= before).all()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["sebelum", "sesudah"]
    ax.clear()
    missed = evidence.missed()
    plotting.plot_missed(missed, ax)
    assert len(names(ax.yaxis)) == len(missed)
    for draw in (plotting.plot_areas, plotting.plot_missed):
        with pytest.raises(pt.InputError, match="to draw"):
            draw(pd.DataFrame(), ax)


def test_colours_can_be_told_apart():
    """The two colours are Okabe and Ito's blue and vermillion."""
    assert (plotting.BLUE, plotting.VERMILLION) == ("#0072B2", "#D55E00")


def test_without_matplotlib(evidence, monkeypatch):
    """The error says what to install."""
    real = builtins.__import__

    def missing(name, *arguments, **named):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(pt.PovtargetError, match=r"povtarget\[plot\]"):
        plotting.plot_prices(evidence.plan)
