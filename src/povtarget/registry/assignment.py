"""Who belongs to whom: repeats of a family as one group, and each group to at most one other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SCALE = 1e4  # a whole number of these for each unit of weight: sums are exact


def groups(count: int, first: Ints, second: Ints) -> Ints:
    """Return for each of ``count`` rows the first row that it is joined to by some chain.

    Examples
    --------
    >>> groups(5, np.array([3]), np.array([1])).tolist()
    [0, 1, 2, 1, 4]
    """
    links = coo_array((np.ones(first.size), (first, second)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    _, lowest = np.unique(label, return_index=True)
    return np.asarray(lowest[label], dtype=np.int64)


def one_to_one(left: Ints, right: Ints, weight: Floats) -> Ints:
    """Choose pairs so that nobody is in two and the sum of weights is greatest (Jaro 1989).

    Parameters
    ----------
    left, right
        The two ends of each pair, each pair once.
    weight
        Above 0; log odds, so that the sum is the likelihood of the whole.

    Returns
    -------
    ndarray
        Positions of the chosen pairs, ascending.

    Examples
    --------
    The strongest pair first would give 9 + 1.

    >>> one_to_one(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([9.0, 8, 8, 1]))
    array([1, 2])
    """
    if not left.size:
        return np.zeros(0, dtype=np.int64)
    _, row = np.unique(left, return_inverse=True)
    _, column = np.unique(right, return_inverse=True)
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    alone = np.arange(rows)  # each row may also stay alone, at a column of its own
    gain = np.concatenate([1 + np.maximum(np.rint(weight * _SCALE), 1), np.ones(rows)])
    graph = csr_array(
        (gain, (np.concatenate([row, alone]), np.concatenate([column, columns + alone]))),
        shape=(rows, columns + rows),
    )
    at_row, at_column = min_weight_full_bipartite_matching(graph, maximize=True)
    partner = np.full(rows, -1, dtype=np.int64)
    partner[at_row] = at_column
    chosen: Ints = np.flatnonzero(partner[row] == column)
    return chosen
