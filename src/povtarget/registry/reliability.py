"""How far predictions can be trusted: chances against what was, and who is missed by a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
_Z = float(ndtri(0.975))
_RESAMPLES = 400


def reliability_table(
    chance: Floats, is_below: Bools, weights: Floats, cluster: Ints
) -> pd.DataFrame:
    """Predicted chance of being below the line beside the realised share, in bins.

    Parameters
    ----------
    chance
        float64[households]: predicted by models that have not seen the household's cluster.
    is_below
        bool[households]: whether it was.
    weights
        Persons.
    cluster
        Numbers of clusters.

    Returns
    -------
    DataFrame
        A row for each bin that has households: above, up_to, households, persons, predicted,
        realised, and low and high, the 95 % interval of realised. It is Wilson's (1927) with the
        sample size that the linearised variance for clusters and weights is worth (Korn and
        Graubard 1998, Survey Methodology 24(2), 193-201).
    """
    number = np.clip(np.searchsorted(EDGES, chance, side="left") - 1, 0, len(EDGES) - 2)
    rows = []
    for k in np.unique(number):
        mine = number == k
        share, low, high = _share(is_below[mine], weights[mine], cluster[mine])
        rows.append(
            {
                "above": EDGES[k],
                "up_to": EDGES[k + 1],
                "households": int(mine.sum()),
                "persons": float(weights[mine].sum()),
                "predicted": float(np.average(chance[mine], weights=weights[mine])),
                "realised": share,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def _share(is_true: Bools, weights: Floats, cluster: Ints) -> tuple[float, float, float]:
    share = float(np.average(is_true, weights=weights))
    # Kish's size where all are alike and the linearised variance would be 0.
    size = float(weights.sum() ** 2 / (weights**2).sum())
    scores = np.bincount(cluster, weights * (is_true - share))[np.unique(cluster)]
    if 0 < share < 1 and scores.size > 1:
        factor = scores.size / (scores.size - 1)
        variance = factor * float((scores**2).sum()) / float(weights.sum()) ** 2
        size = min(size, share * (1 - share) / max(variance, 1e-300))
    centre = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * np.sqrt(share * (1 - share) / size + (_Z / size / 2) ** 2)
    return share, max(0.0, float(centre - half)), min(1.0, float(centre + half))


def targeting_errors(
    chance: Floats,
    is_below: Bools,
    weights: Floats,
    cluster: Ints,
    quotas: Sequence[float],
    seed: int,
) -> pd.DataFrame:
    """Exclusion and inclusion errors of lists of those with the highest predicted chance.

    Exclusion error: persons below the line who are not on the list, as a share of all below.
    Inclusion error: persons on the list who are not below, as a share of the list. (World Bank,
    2009, Handbook on Poverty and Inequality, ch. 7.) Where the list and the rate are equally
    long both are equal.

    Parameters
    ----------
    chance, is_below, weights, cluster
        As for `reliability_table`.
    quotas
        Lengths of lists, as shares of persons.
    seed
        For the 400 resamples of clusters behind the 95 % intervals.

    Returns
    -------
    DataFrame
        By quota: exclusion, inclusion, each with _low and _high; nan where nobody is below.
    """
    order = np.argsort(-chance, kind="stable")
    below, weight, of_cluster = is_below[order], weights[order], cluster[order]
    rng = np.random.default_rng(seed)
    clusters = int(cluster.max()) + 1
    times = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=_RESAMPLES)
    point = _errors(below, weight[None, :], quotas)[:, :, 0]
    draws = np.concatenate(
        [_errors(below, weight * part[:, of_cluster], quotas) for part in np.split(times, 20)],
        axis=2,
    )
    table: dict[str, Floats] = {}
    for k, name in enumerate(("exclusion", "inclusion")):
        low, high = np.nanquantile(draws[k], (0.025, 0.975), axis=1)
        table |= {name: point[k], f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(table, index=pd.Index(list(quotas), name="quota"))


def _errors(below: Bools, weights: Floats, quotas: Sequence[float]) -> Floats:
    """float64[2, quotas, resamples]: errors of each list, households in the list's order."""
    running, running_below = np.cumsum(weights, axis=1), np.cumsum(weights * below, axis=1)
    total, total_below = running[:, -1], running_below[:, -1]
    result = np.empty((2, len(quotas), len(weights)))
    for k, quota in enumerate(quotas):
        reached = running >= quota * total[:, None] - 1e-9 * total[:, None]
        last = np.argmax(reached, axis=1)
        at = np.arange(len(weights))
        listed, right = running[at, last], running_below[at, last]
        with np.errstate(invalid="ignore", divide="ignore"):
            result[0, k] = 1.0 - right / total_below
            result[1, k] = 1.0 - right / listed
    return result


def normality(standardised: Floats, weights: Floats) -> pd.DataFrame:
    """Whether standardised residuals are normal, most of all in the lower tail.

    Returns
    -------
    DataFrame
        Rows "mean square", "skewness", "excess kurtosis" and the share of residuals below the
        1st, 5th, 10th and 50th percentile of the normal; columns found and normal.
    """
    mean = np.average(standardised, weights=weights)
    spread = np.sqrt(np.average((standardised - mean) ** 2, weights=weights))
    scaled = (standardised - mean) / spread
    rows = {
        "mean square": (float(np.average(standardised**2, weights=weights)), 1.0),
        "skewness": (float(np.average(scaled**3, weights=weights)), 0.0),
        "excess kurtosis": (float(np.average(scaled**4, weights=weights)) - 3.0, 0.0),
    }
    for share in (0.01, 0.05, 0.1, 0.5):
        found = float(np.average(standardised < ndtri(share), weights=weights))
        rows[f"below the normal's {share:.0%}"] = (found, share)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["found", "normal"])
