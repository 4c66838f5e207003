"""Multipliers of households for objectives that would count them alike."""

from __future__ import annotations

import numpy as np

from povtarget.households import Households
from povtarget.valuation import shortfall


def likelier_first(households: Households, *, strength: float = 1.0) -> dict[str, float]:
    """Multipliers that let those come first who are likelier to be below the line.

    ``1 + strength * P(consumption < line)``. With `UnmetNeed` a place then goes to the household
    with the same need that is likelier below the line; with a strength of 1 or less two needs met
    still count more than one.

    Parameters
    ----------
    households
        The households of the problem.
    strength
        0 or more.

    Examples
    --------
    >>> households = Households.from_frame(
    ...     {"household_id": ["a", "b"], "size": [1, 1], "consumption": [90.0, 110.0]},
    ...     poverty_line=100.0)
    >>> likelier_first(households)
    {'a': 2.0, 'b': 1.0}
    """
    rows = np.arange(len(households))
    chance = shortfall(households, rows, np.zeros(rows.size), 0)
    multipliers = (1.0 + strength * chance).tolist()
    return dict(zip(households.household_id.tolist(), multipliers, strict=True))
