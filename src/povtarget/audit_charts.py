"""Pictures of audits, comparisons and scenario sets; colours that the colour-blind tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from povtarget.auditing import Audit
from povtarget.canvas import axes_or_new
from povtarget.locale import Language, Words
from povtarget.overlap_tables import OverlapTable
from povtarget.scenario_sets import Scenarios

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito 2008, "Color Universal Design".
_BLUE, _ORANGE, _SKY, _GREY = "#0072B2", "#E69F00", "#56B4E9", "#666666"
_NUMBERED = 14  # things in a table of overlap up to which every cell has its number


def plot_comparison(
    table: pd.DataFrame, ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Persons lifted by each plan: by lines that the city decides, and by all lines.

    Parameters
    ----------
    table
        From `povtarget.compare`.
    ax
        Where to draw; None makes a new figure.
    language
        "en" or "id".

    Raises
    ------
    PovtargetError
        If matplotlib is not installed.
    """
    return _bars(table, ax, Words(language))


def plot_scenarios(found: Scenarios, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Persons lifted in each scenario; arguments as for `plot_comparison`.

    A scenario in which nothing is feasible has no bar and says so.
    """
    words = Words(language)
    axes = _bars(found.frame, ax, words)
    for place, status in enumerate(found.frame["status"]):
        if status == "infeasible":
            axes.text(0, place, words("q_plot_infeasible"), va="center", color=_GREY)
    return axes


def plot_incidence(
    tenths: pd.DataFrame, ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Shares of transfers by group of persons, beside equal shares.

    Parameters
    ----------
    tenths
        From `povtarget.incidence`, or an audit's ``tenths``.
    ax, language
        As for `plot_comparison`.
    """
    axes, words = axes_or_new(ax), Words(language)
    axes.bar(
        tenths.index, 100 * tenths["money_share"], color=_BLUE, label=words("q_plot_transfers")
    )
    axes.plot(
        tenths.index,
        100 * tenths["receiver_share"],
        color=_ORANGE,
        marker="o",
        label=words("q_plot_receivers"),
    )
    even = 100 * tenths["persons"] / tenths["persons"].sum()
    axes.plot(tenths.index, even, color=_GREY, linestyle="--", label=words("q_plot_even"))
    axes.set_xticks(tenths.index)
    axes.set_xlabel(words("q_plot_tenths"))
    axes.set_ylabel(words("q_plot_share"))
    _legend(axes)
    return axes


def plot_overlap(
    table: OverlapTable, ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Of those who have the row's, the share who have the column's too.

    Parameters
    ----------
    table
        From `povtarget.overlap_table`.
    ax, language
        As for `plot_comparison`.
    """
    axes, words = axes_or_new(ax), Words(language)
    shares = 100 * table.conditional.to_numpy()
    image = axes.imshow(shares, cmap="cividis", vmin=0, vmax=100)
    names = table.frame.index.tolist()
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    if len(names) <= _NUMBERED:
        for row, column in np.ndindex(shares.shape):
            share = shares[row, column]
            if np.isfinite(share):
                colour = "white" if share < 60 else "black"
                axes.text(column, row, f"{share:.0f}", ha="center", va="center", color=colour)
    label = words(f"q_plot_overlap_{table.unit}")
    axes.figure.colorbar(image, ax=axes, label=label)
    return axes


def plot_audit(found: Audit, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """By area: families with many programs, and persons below the line with none.

    Parameters
    ----------
    found
        From `povtarget.audit`.
    ax, language
        As for `plot_comparison`.
    """
    axes, words = axes_or_new(ax), Words(language)
    table = found.uneven.sort_values("below_with_none", kind="stable")
    places = np.arange(len(table))
    many, none = table["families_with_many"], table["below_with_none"]
    reach = np.stack([none - table["below_with_none_low"], table["below_with_none_high"] - none])
    axes.barh(places, many, color=_SKY, label=words("q_plot_many"))
    if np.isfinite(reach).all():
        axes.errorbar(none, places, xerr=reach, fmt="none", color=_GREY, linewidth=1)
    axes.plot(none, places, "o", color=_ORANGE, label=words("q_plot_none"))
    axes.set_yticks(places, table.index.tolist())
    _legend(axes)
    return axes


def _bars(table: pd.DataFrame, ax: Axes | None, words: Words) -> Axes:
    axes, places = axes_or_new(ax), np.arange(len(table))
    axes.barh(places, table["lifted"], color=_SKY, label=words("q_plot_all_lines"))
    axes.barh(
        places, table["lifted_by_city"], height=0.4, color=_BLUE, label=words("q_plot_city_lines")
    )
    axes.set_yticks(places, table.index.tolist())
    axes.invert_yaxis()
    axes.set_xlabel(words("q_plot_lifted"))
    _legend(axes)
    return axes


def _legend(axes: Axes) -> None:
    """Above the picture, where it hides nothing."""
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
