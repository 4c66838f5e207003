"""Statistical disclosure control: cells that speak of too few families are never published.

After Hundepool et al. (2012), "Statistical Disclosure Control", and everywhere in what is public:
counts are rounded down to a multiple, those of none or few families are withheld alike, and
money is rounded down to steps that no count follows from, so that no sum or difference of
published numbers tells of one family. Areas that are too small for a rate are put together.

Down, not to the nearest: of two withheld counts of 4, "8 or more" beside them would tell both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

FEWEST = 5
"""The fewest families that a published cell may speak of."""


def pooled(table: pd.DataFrame, cells: Sequence[str], fewest: int = FEWEST) -> pd.DataFrame:
    """Put rows together until no cell speaks of fewer than ``fewest`` families.

    Parameters
    ----------
    table
        Sums by label.
    cells
        Columns that count families; between 0 and ``fewest`` is too small, 0 is not.
    fewest
        The fewest families in a cell.

    Returns
    -------
    DataFrame
        The rows that are large enough, and last one row "" of the others: never of one
        label alone, so that totals do not tell. Empty where all together are too few.

    Examples
    --------
    >>> table = pd.DataFrame({"families": [90.0, 3.0, 40.0]}, index=["a", "b", "c"])
    >>> pooled(table, ["families"])["families"].to_dict()
    {'a': 90.0, '': 43.0}
    """
    counts = table[list(cells)].to_numpy(dtype=np.float64)
    small = np.asarray(is_small(counts, fewest).any(axis=1), dtype=bool).reshape(-1)
    if not small.any():
        return table
    order = np.argsort(counts[:, 0], kind="stable")
    for position in order:
        together = counts[small].sum(axis=0)
        if small.sum() > 1 and not is_small(together, fewest).any():
            break
        small[position] = True
    together = counts[small].sum(axis=0)
    if small.sum() < 2 or is_small(together, fewest).any():
        return table.iloc[:0]
    others = pd.DataFrame([table[small].sum()], index=[""])
    return pd.concat([table[~small], others])


def is_small(counts: ArrayLike, fewest: int = FEWEST) -> Bools:
    """Whether each count is above 0 and below ``fewest``."""
    number = np.asarray(counts, dtype=np.float64)
    return np.asarray((number > 0) & (number < fewest))


def rounded(counts: ArrayLike, families: ArrayLike, fewest: int = FEWEST) -> Floats:
    """Families rounded down to a multiple of ``fewest``, so that no difference tells of one.

    Parameters
    ----------
    counts
        Rows behind each number: below ``fewest`` it is withheld (NaN). So is 0: several cells
        that hold at least one family each, beside a small total, would hold just one.
    families
        What to publish; differs from ``counts`` where rows have weights.

    Examples
    --------
    >>> rounded([0, 3, 12], [0, 3, 12]).tolist()
    [nan, nan, 10.0]
    """
    number = np.asarray(counts, dtype=np.float64)
    whole = np.maximum(np.floor(np.asarray(families) / fewest), 1) * fewest
    return np.asarray(np.where(number < fewest, np.nan, whole))


def rounded_money(rupiah: ArrayLike, unit_cost: float, fewest: int = FEWEST) -> Floats:
    """Rupiah rounded down to a multiple of what ``fewest`` places cost.

    Parameters
    ----------
    rupiah
        Money that pays places.
    unit_cost
        Of the dearest place among them, Rp a year.

    Examples
    --------
    >>> rounded_money([25.2e6, 700e6], 3.6e6).tolist()
    [18000000.0, 684000000.0]
    """
    step = fewest * unit_cost
    money = np.asarray(rupiah, dtype=np.float64)
    return np.asarray(np.floor(money / step) * step if step > 0 else money)


def is_told(cells: ArrayLike, total: float, fewest: int = FEWEST) -> bool:
    """Whether rounded counts and their rounded total leave withheld ones a single value.

    Parameters
    ----------
    cells, total
        As `rounded` gives them, of rows without weights.

    Examples
    --------
    >>> is_told([np.nan] * 5, 20.0)  # 20 or more in five cells of at most 4
    True
    >>> is_told([np.nan, np.nan, 20.0], 25.0)
    False
    """
    parts = np.asarray(cells, dtype=np.float64)
    hidden, shown = np.isnan(parts).sum(), parts[~np.isnan(parts)]
    most = fewest - 1
    least = 0.0 if np.isnan(total) else total
    low = max(least - (shown + most).sum(), 0.0)
    high = min(least + most - shown.sum(), most * hidden)
    return bool(hidden and high > 0 and high - low < 1)
