"""Pictures of a plan with matplotlib, in the colours of Okabe and Ito (2008).

Every function draws into ``ax``, or into new axes, and returns them. matplotlib is an extra:
``pip install "povtarget[plot]"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from povtarget.canvas import axes_or_new
from povtarget.disclosure import FEWEST
from povtarget.errors import Fault, InputError
from povtarget.estimates import Estimate
from povtarget.evidence import Evidence
from povtarget.locale import Language, Words
from povtarget.plan import MILLION, Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#D5DCE2"


def plot_rates(evidence: Evidence, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw the share of persons below the line before and after, with intervals where known.

    Parameters
    ----------
    evidence
        ``Evidence(problem, plan)``: the intervals need both.
    ax
        Where to draw; None: new axes.
    language
        "en" or "id".

    Raises
    ------
    PovtargetError
        Without matplotlib, as every function here.
    """
    words, axes = Words(language), axes_or_new(ax)
    found = [evidence.rate("before"), evidence.rate("after")]
    names = [words("before"), words("after")]
    bars = axes.barh(
        names, [100 * e.value for e in found], color=[VERMILLION, BLUE], xerr=_reach(found)
    )
    axes.bar_label(bars, [words.percent(e.value) for e in found], label_type="center", color="w")
    axes.invert_yaxis()
    axes.set_xlabel(words("plot_rate_axis"))
    return axes


def plot_budgets(plan: Plan, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw what each budget line spends of its amount; lines fixed elsewhere are left out."""
    words, axes = Words(language), axes_or_new(ax)
    lines = plan.budgets[plan.budgets["control"] != "fixed"]
    names = [_plain(name) for name in lines.index]
    axes.barh(names, lines["amount"] / MILLION, color=GREY, label=_plain(words("report_amount")))
    axes.barh(names, lines["spent"] / MILLION, color=BLUE, label=_plain(words("report_spent")))
    axes.invert_yaxis()
    axes.set_xlabel(words("plot_money_axis"))
    axes.legend()
    return axes


def plot_prices(plan: Plan, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw what one more million rupiah would do at each budget line, the most first."""
    words, axes = Words(language), axes_or_new(ax)
    lines = plan.budgets[plan.budgets["control"] != "fixed"]
    prices = lines["price"].sort_values(ascending=False, kind="stable")
    axes.barh([_plain(name) for name in prices.index], prices, color=BLUE)
    axes.invert_yaxis()
    axes.set_xlabel(words("plot_price_axis"))
    return axes


def plot_comparison(
    plans: Mapping[str, Plan], ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Draw the persons that each of several plans brings to the line, in the order given.

    Raises
    ------
    InputError
        Without a plan.
    """
    if not plans:
        raise InputError([Fault("no plan to draw", "plot_comparison", expected="one or more")])
    words, axes = Words(language), axes_or_new(ax)
    lifted = [plan.lifted for plan in plans.values()]
    bars = axes.barh([_plain(name) for name in plans], lifted, color=BLUE)
    axes.bar_label(bars, [words.number(x) for x in lifted], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(words("plot_lifted_axis"))
    return axes


def plot_overlap(
    together: pd.DataFrame, ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Draw families that have programs of both agencies, from ``Evidence.together``.

    Shaded by the square root, so that small cells are told apart; withheld cells are blank and
    say "< 5".
    """
    words, axes = Words(language), axes_or_new(ax)
    values = together.to_numpy(dtype=np.float64)
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    shade = np.ma.masked_invalid(np.sqrt(values))
    image = axes.imshow(shade, cmap="Blues", vmin=0, vmax=np.sqrt(top) or 1.0)
    for (row, column), value in np.ndenumerate(values):
        text = words("report_few", fewest=FEWEST) if np.isnan(value) else words.number(value)
        is_dark = not np.isnan(value) and np.sqrt(value) > 0.6 * np.sqrt(top)
        colour = "white" if is_dark and top else "black"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(
        range(len(together.columns)), map(_plain, together.columns), rotation=60, ha="right"
    )
    axes.set_yticks(range(len(together.index)), map(_plain, together.index))
    image.set_label(words("plot_overlap_bar"))
    return axes


def plot_areas(areas: pd.DataFrame, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw the rate of each area before and after, from ``Evidence.areas``, highest first.

    Raises
    ------
    InputError
        Where the table is empty: no areas, or none large enough to publish.
    """
    if areas.empty:
        raise InputError([Fault("no areas to draw", "plot_areas", expected="Evidence.areas()")])
    words, axes = Words(language), axes_or_new(ax)
    table = areas.sort_values("P0_before", ascending=False, kind="stable")
    names = [_plain(str(name) or words("report_others")) for name in table.index]
    before, after = (100 * table[f"P0_{when}"].to_numpy() for when in ("before", "after"))
    axes.hlines(names, after, before, color=GREY, linewidth=3)
    axes.scatter(before, names, color=VERMILLION, marker="o", label=words("before"), zorder=2)
    axes.scatter(after, names, color=BLUE, marker="s", label=words("after"), zorder=2)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(words("plot_rate_axis"))
    axes.legend()
    return axes


def plot_missed(
    missed: pd.DataFrame, ax: Axes | None = None, *, language: Language = "en"
) -> Axes:
    """Draw the share of each group that nothing reaches, from ``Evidence.missed``.

    Raises
    ------
    InputError
        Where the table is empty: no group is large enough to publish.
    """
    if missed.empty:
        raise InputError([Fault("no groups to draw", "plot_missed", expected="Evidence.missed()")])
    words, axes = Words(language), axes_or_new(ax)
    names = [_plain(words(f"report_group_{name}", label=label)) for name, label in missed.index]
    share, low, high = (100 * missed[name].to_numpy() for name in ("missed", "low", "high"))
    reach = np.nan_to_num(np.array([share - low, high - share]))
    axes.errorbar(share, names, xerr=reach, fmt="o", color=BLUE, ecolor="black", capsize=3)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(f"{words('report_share_missed')}, %")
    return axes


def _reach(found: list[Estimate]) -> Any:
    """Arms of error bars in percent; None where an interval is not known."""
    if any(np.isnan(e.low) for e in found):
        return None
    return 100 * np.array([[e.value - e.low for e in found], [e.high - e.value for e in found]])


def _plain(name: object) -> str:
    """A name in which a dollar sign starts no formula."""
    return str(name).replace("$", r"\$")
