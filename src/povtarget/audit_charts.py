"""Pictures of audits, comparisons and scenario sets; colours that the colour-blind tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from povtarget.audit import Audit
from povtarget.canvas import axes_or_new
from povtarget.overlap_tables import OverlapTable
from povtarget.scenario_sets import Scenarios

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito 2008, "Color Universal Design".
_BLUE, _ORANGE, _SKY, _GREY = "#0072B2", "#E69F00", "#56B4E9", "#666666"
_NUMBERED = 14  # things in a table of overlap up to which every cell has its number


def plot_comparison(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Persons lifted by each plan: by lines that the city decides, and by all lines.

    Parameters
    ----------
    table
        From `povtarget.compare`.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    PovtargetError
        If matplotlib is not installed.
    """
    return _bars(table, ax)


def plot_scenarios(found: Scenarios, ax: Axes | None = None) -> Axes:
    """Persons lifted in each scenario; arguments as for `plot_comparison`.

    A scenario in which nothing is feasible has no bar and says so.
    """
    axes = _bars(found.frame, ax)
    for place, status in enumerate(found.frame["status"]):
        if status == "infeasible":
            axes.text(0, place, " nothing is feasible", va="center", color=_GREY)
    return axes


def plot_incidence(tenths: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Shares of transfers by group of persons, beside equal shares.

    Parameters
    ----------
    tenths
        From `povtarget.incidence`, or an audit's ``tenths``.
    ax
        As for `plot_comparison`.
    """
    axes = axes_or_new(ax)
    axes.bar(tenths.index, 100 * tenths["money_share"], color=_BLUE, label="of transfers")
    axes.plot(
        tenths.index,
        100 * tenths["receiver_share"],
        color=_ORANGE,
        marker="o",
        label="of persons who receive",
    )
    even = 100 * tenths["persons"] / tenths["persons"].sum()
    axes.plot(tenths.index, even, color=_GREY, linestyle="--", label="equal shares")
    axes.set_xticks(tenths.index)
    axes.set_xlabel("equally many persons, lowest welfare first")
    axes.set_ylabel("share (%)")
    _legend(axes)
    return axes


def plot_overlap(table: OverlapTable, ax: Axes | None = None) -> Axes:
    """Of those who have the row's, the share who have the column's too.

    Parameters
    ----------
    table
        From `povtarget.overlap_table`.
    ax
        As for `plot_comparison`.
    """
    axes, shares = axes_or_new(ax), 100 * table.conditional.to_numpy()
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
    label = f"of {table.unit} with the row's, % with the column's"
    axes.figure.colorbar(image, ax=axes, label=label)
    return axes


def plot_audit(found: Audit, ax: Axes | None = None) -> Axes:
    """By area: families with many programs, and persons below the line with none.

    Parameters
    ----------
    found
        From `povtarget.audit`.
    ax
        As for `plot_comparison`.
    """
    axes, table = axes_or_new(ax), found.uneven.sort_values("below_with_none", kind="stable")
    places = np.arange(len(table))
    many, none = table["families_with_many"], table["below_with_none"]
    reach = np.stack([none - table["below_with_none_low"], table["below_with_none_high"] - none])
    axes.barh(places, many, color=_SKY, label="families with many programs")
    if np.isfinite(reach).all():
        axes.errorbar(none, places, xerr=reach, fmt="none", color=_GREY, linewidth=1)
    axes.plot(
        none, places, "o", color=_ORANGE, label="persons below the line with none (expected, 95 %)"
    )
    axes.set_yticks(places, table.index.tolist())
    _legend(axes)
    return axes


def _bars(table: pd.DataFrame, ax: Axes | None) -> Axes:
    axes, places = axes_or_new(ax), np.arange(len(table))
    axes.barh(places, table["lifted"], color=_SKY, label="all lines")
    axes.barh(
        places, table["lifted_by_city"], height=0.4, color=_BLUE, label="lines the city decides"
    )
    axes.set_yticks(places, table.index.tolist())
    axes.invert_yaxis()
    axes.set_xlabel("persons brought to the line (expected)")
    _legend(axes)
    return axes


def _legend(axes: Axes) -> None:
    """Above the picture, where it hides nothing."""
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
