"""Pictures of answers, in colours that colour-blind people tell apart (Okabe and Ito 2008)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from povtarget.canvas import axes_or_new
from povtarget.locale import Language, Words
from povtarget.plan import MILLION, Plan
from povtarget.questions.evenness import Evenness
from povtarget.questions.frontier import Frontier
from povtarget.questions.price_ranges import PriceRanges
from povtarget.questions.reallocation import Reallocation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SETTINGS = {"factor": "q_plot_factor", "limit": "q_plot_limit", "share": "q_plot_area_share"}
_BLUE, _ORANGE, _GREY = "#0072B2", "#E69F00", "#7F7F7F"


def plot_frontier(result: Frontier, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Value and concave bound along a frontier; in English ("en") or Indonesian ("id")."""
    ax, words, frame = axes_or_new(ax), Words(language), result.frame
    setting = frame.columns[0]
    ax.plot(
        frame[setting], frame["envelope"], color=_GREY, linestyle="--", label=words("q_plot_bound")
    )
    ax.plot(frame[setting], frame["value"], color=_BLUE, marker="o", label=words("q_plot_plan"))
    ax.set_xlabel(words(_SETTINGS[str(setting)]))
    ax.set_ylabel(words("q_plot_value"))
    ax.legend()
    return ax


def plot_evenness(result: Evenness, ax: Axes | None = None) -> Axes:
    """Share closed by area, under the plan that reaches most and the even one."""
    ax, frame = axes_or_new(ax), result.frame.sort_values("share_most")
    place = np.arange(len(frame))
    ax.barh(place - 0.2, frame["share_most"], 0.4, color=_ORANGE, label="reaches most")
    ax.barh(place + 0.2, frame["share_even"], 0.4, color=_BLUE, label="even")
    ax.set_yticks(place, list(frame.index))
    ax.set_xlabel("share closed of what there was")
    ax.legend()
    return ax


def plot_reallocation(result: Reallocation, ax: Axes | None = None) -> Axes:
    """Million rupiah that each line gives or takes."""
    ax, moved = axes_or_new(ax), result.frame["moved"].sort_values() / MILLION
    ax.barh(list(moved.index), moved, color=[_BLUE if m > 0 else _ORANGE for m in moved])
    ax.axvline(0.0, color=_GREY)
    ax.set_xlabel("million rupiah a year more or less")
    return ax


def plot_prices(result: PriceRanges, ax: Axes | None = None) -> Axes:
    """What one more million rupiah is worth in each line."""
    frame = result.frame[result.frame["unit"] == "million rupiah"].sort_values("price")
    ax = axes_or_new(ax)
    colours = [_BLUE if control == "city" else _GREY for control in frame["control"]]
    ax.barh(list(frame.index), frame["price"], color=colours)
    ax.set_xlabel("worth of one more million rupiah (grey: others decide)")
    return ax


def plot_least_cost(plan: Plan, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """What a least-cost plan spends by line, beside the amounts of today."""
    words = Words(language)
    ax, frame = axes_or_new(ax), plan.budgets[plan.budgets["control"] != "fixed"]
    place = np.arange(len(frame))
    ax.barh(place - 0.2, frame["amount"] / MILLION, 0.4, color=_GREY, label=words("q_plot_amount"))
    ax.barh(place + 0.2, frame["spent"] / MILLION, 0.4, color=_BLUE, label=words("q_plot_least"))
    ax.set_yticks(place, list(frame.index))
    ax.set_xlabel(words("q_plot_millions"))
    ax.legend()
    return ax
