"""Incidence by tenths: what each part of the distribution of welfare receives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from povtarget.effects import Scene, chances_below, mean_welfare, scene
from povtarget.errors import Fault, InputError
from povtarget.problem import TargetingProblem
from povtarget.sayings import said
from povtarget.valuation import MONTHS

_MOST = 100
_NODES = 32  # of the quadrature over a prediction's error


def incidence(
    problem: TargetingProblem, given: Any = None, *, groups: int = 10, year: int | None = None
) -> pd.DataFrame:
    """Who receives, by groups of equally many persons from the lowest welfare up.

    Welfare is that before the transfers. Where it is predicted, a household is in several groups,
    in each with its chance; putting it where its median is would sort people by the very error
    of the prediction and make targeting look better than it is.

    Parameters
    ----------
    problem, given, year
        As for `povtarget.indicators`.
    groups
        10 for tenths, 5 for fifths; 2 to 100.

    Returns
    -------
    DataFrame
        By group, 1 the lowest: persons, receivers (persons), transfers (Rp a year), coverage,
        receiver_share and money_share (beneficiary and benefit incidence), relative_share
        (money_share / population share; 1 is neutral), adequacy, and mean_transfer (Rp per
        person per month, of those who receive).

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(300, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> fifths = incidence(problem, groups=5)
    >>> bool(fifths["money_share"].is_monotonic_decreasing)
    True
    """
    if isinstance(groups, bool) or groups != int(groups) or not 2 <= groups <= _MOST:
        raise InputError(
            [
                Fault(
                    "not a number of groups",
                    "incidence",
                    column="groups",
                    value=str(groups),
                    expected=said("a whole number, 2 to {most}", most=_MOST),
                )
            ]
        )
    return incidence_of(scene(problem, given, year=year), int(groups))


def incidence_of(shown: Scene, groups: int) -> pd.DataFrame:
    """`incidence` of a scene that is at hand already."""
    households, effect = shown.households, shown.effect()
    cuts = np.arange(1, groups) / groups
    below = chances_below(households, effect.gain_before, cuts.tolist())
    edge = np.ones((1, len(households)))
    parts = np.diff(np.vstack([0.0 * edge, below, edge]), axis=0).clip(0.0)
    persons = households.persons
    welfare, _ = mean_welfare(households, effect.gain_after)

    def total(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.asarray([float((part * persons * values).sum()) for part in parts])

    everyone, receivers = total(np.ones(len(households))), total(effect.receives.astype(float))
    transfers = total(effect.transfer)
    with np.errstate(divide="ignore", invalid="ignore"):
        money = transfers / transfers.sum()
        return pd.DataFrame(
            {
                "persons": everyone,
                "receivers": receivers,
                "transfers": MONTHS * transfers,
                "coverage": receivers / everyone,
                "receiver_share": receivers / receivers.sum(),
                "money_share": money,
                "relative_share": money / (everyone / everyone.sum()),
                "adequacy": transfers / total(effect.receives * welfare),
                "mean_transfer": transfers / receivers,
            },
            index=pd.RangeIndex(1, groups + 1, name="group"),
        )


def distributional_characteristic(
    problem: TargetingProblem, given: Any = None, *, epsilon: float = 1.0, year: int | None = None
) -> float:
    """What a rupiah of the transfers is worth where it goes, against one at the poverty line.

    The mean of (z / y)^epsilon over transfers (Feldstein 1972, American Economic Review 62;
    Coady, Grosh and Hoddinott 2004, Targeting of Transfers in Developing Countries):

        sum w n t E[(z / y)^epsilon] / sum w n t

    z is the line and y welfare with the transfers; above 1 they go, on the whole, to people below
    the line. Where welfare is predicted the expectation is over the prediction's error.

    Parameters
    ----------
    problem, given, year
        As for `povtarget.indicators`.
    epsilon
        How much faster a rupiah's worth rises than welfare falls, 0 or more; 0 counts all alike.

    Returns
    -------
    float
        NaN where nothing is transferred.

    Raises
    ------
    InputError
        For an epsilon that is negative or not finite.

    Examples
    --------
    Two persons get 12,000 a year each, 1,000 a month; with it one has 50,000 and the other
    200,000 at a line of 100,000. By hand: (2 + 1 / 2) / 2 = 1.25.

    >>> import povtarget as pt
    >>> homes = pt.Households.from_frame({"household_id": ["a", "b"], "size": [1, 1],
    ...     "consumption": [50_000, 200_000]}, poverty_line=100_000)
    >>> cash = pt.Program("cash", need="cash", budget="b", unit_cost=12_000, benefit=12_000)
    >>> catalog = pt.Catalog(programs=[cash], budgets=[pt.Budget("b", amount=0)])
    >>> has = {"household_id": ["a", "b"], "program": ["cash", "cash"]}
    >>> problem = pt.TargetingProblem(homes, catalog, receipts=has)
    >>> distributional_characteristic(problem)
    1.25
    >>> distributional_characteristic(problem, epsilon=2)
    2.125
    """
    if not (math.isfinite(epsilon) and epsilon >= 0):
        expected = "a finite number, 0 or more"
        raise InputError(
            [Fault("not usable", "incidence", None, "epsilon", str(epsilon), expected)]
        )
    shown = scene(problem, given, year=year)
    households, effect = shown.households, shown.effect()
    money = households.persons * effect.transfer
    served = np.flatnonzero(money > 0)
    if not served.size:
        return math.nan
    # E over ln y = ln c + sigma e by Gauss and Hermite: exact where nothing is added to c.
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    sigma, added = households.sigma[served], effect.gain_after[served]
    monthly = added / (MONTHS * households.size[served])
    drawn = households.consumption[served, None] * np.exp(sigma[:, None] * nodes)
    with np.errstate(divide="ignore"):  # infinite where a receiver has no welfare at all
        relative = households.line[served, None] / (drawn + monthly[:, None])
    worth = relative**epsilon @ (weights / weights.sum())
    return math.fsum((money[served] * worth).tolist()) / math.fsum(money[served].tolist())
