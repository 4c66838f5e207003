"""How fast one number grows with another: the exponent of a fitted power."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def exponent(sizes: Sequence[float], amounts: Sequence[float]) -> float:
    """b of the least-squares fit amount = a * size**b; nan for fewer than two sizes.

    Sizes below a tenth of the median are left out: there, time is start-up.
    """
    x, y = np.asarray(sizes, dtype=float), np.asarray(amounts, dtype=float)
    kept = (x >= 0.1 * np.median(x)) & (y > 0) if x.size else np.zeros(0, dtype=bool)
    if np.unique(x[kept]).size < 2:
        return float("nan")
    return float(np.polyfit(np.log(x[kept]), np.log(y[kept]), 1)[0])
