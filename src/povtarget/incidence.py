"""Incidence by tenths: what each part of the distribution of welfare receives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from povtarget.effects import Scene, chances_below, mean_welfare, scene
from povtarget.errors import Fault, InputError
from povtarget.problem import TargetingProblem
from povtarget.valuation import MONTHS

_MOST = 100


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
                    expected=f"a whole number, 2 to {_MOST}",
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
