"""Statistical disclosure control: cells that speak of too few families are never published.

Three ways, after Hundepool et al. (2012), "Statistical Disclosure Control": small rows are put
together, small counts beside a total are withheld in twos, and counts of which differences
could be taken are rounded to a multiple.
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


def withheld(counts: Sequence[int], fewest: int = FEWEST) -> Bools:
    """Which counts not to publish beside their total: small ones, and never one alone.

    Examples
    --------
    >>> withheld([0, 3, 8, 50]).tolist()
    [False, True, True, False]
    """
    number = np.asarray(counts, dtype=np.float64)
    hidden = is_small(number, fewest)
    if hidden.sum() == 1:
        open_ones = np.flatnonzero(~hidden & (number > 0))
        if open_ones.size:
            hidden[open_ones[np.argmin(number[open_ones])]] = True
    return np.asarray(hidden)


def is_small(counts: ArrayLike, fewest: int = FEWEST) -> Bools:
    """Whether each count is above 0 and below ``fewest``."""
    number = np.asarray(counts, dtype=np.float64)
    return np.asarray((number > 0) & (number < fewest))


def rounded(counts: ArrayLike, families: ArrayLike, fewest: int = FEWEST) -> Floats:
    """Families to the nearest multiple of ``fewest``, so that no difference tells of one.

    Parameters
    ----------
    counts
        Rows behind each number: small ones are withheld (NaN).
    families
        What to publish; differs from ``counts`` where rows have weights.

    Examples
    --------
    >>> rounded([0, 3, 12], [0, 3, 12]).tolist()
    [0.0, nan, 10.0]
    """
    number = np.asarray(counts, dtype=np.float64)
    whole = np.maximum(np.round(np.asarray(families) / fewest), number > 0) * fewest
    return np.asarray(np.where(is_small(number, fewest), np.nan, whole))
