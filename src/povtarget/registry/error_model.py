"""How predictions err together: what neighbours share, and what the survey left uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorModel:
    """What the errors of predicted households have in common.

    The error of ln consumption has the variance sigma^2 of its household. A part of it is shared
    by an area, a part comes from estimating the prediction on a sample, the rest is the
    household's own.

    Parameters
    ----------
    household_id
        object[households]: text.
    area_share, area_share_se
        Share of sigma^2 that households of one area have in common, 0 to 1, and its standard
        error.
    medians
        float32[replicates, households]: ln median of each replicate of the survey less that of
        the prediction.
    scales
        float64[replicates]: ln sigma of each replicate less that of the prediction.
    """

    household_id: NDArray[np.object_]
    area_share: float
    area_share_se: float
    medians: NDArray[np.float32]
    scales: Floats

    @classmethod
    def of_areas(
        cls, household_id: Sequence[str] | NDArray[np.object_], share: float
    ) -> ErrorModel:
        """Errors of which households of one area share a part, and no more is known.

        Raises
        ------
        InputError
            For a share outside 0 to 1.

        Examples
        --------
        >>> ErrorModel.of_areas(["a", "b"], 0.05)
        ErrorModel(area_share=0.050 +- 0.000, 1 replicates, 2 households)
        """
        if not 0 <= share <= 1:
            expected = "a share of the variance, from 0 to 1"
            raise InputError([Fault("not a share", "errors", None, "share", str(share), expected)])
        ids = np.asarray(household_id, dtype=object)
        return cls(ids, share, 0.0, np.zeros((1, ids.size), dtype=np.float32), np.zeros(1))

    def places(self, household_id: NDArray[np.object_]) -> NDArray[np.int64]:
        """Where the model has households; -1 where it does not."""
        known = pd.Index(self.household_id, dtype=object)
        return np.asarray(known.get_indexer(pd.Index(household_id, dtype=object)), dtype=np.int64)

    def __repr__(self) -> str:
        replicates, households = self.medians.shape
        return (
            f"ErrorModel(area_share={self.area_share:.3f} +- {self.area_share_se:.3f}, "
            f"{replicates} replicates, {households:,} households)"
        )


def shared_variance(
    residual: Floats, inner: NDArray[np.int64], outer: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """Share of variance that members of a group have in common, and its standard error.

    The mean product of the residuals of two households in one group, over all such pairs, as a
    share of the mean square (Rao and Molina 2015, Small Area Estimation, section 5.2, without
    normality). The standard error leaves out one group at a time.

    Parameters
    ----------
    residual
        float64[households]: standardised residuals.
    inner
        int64[households]: cluster of each.
    outer
        int64[households]: area of each, of which clusters are parts; then only pairs in one area
        but in different clusters count, since neighbours in a cluster share more. None: pairs in
        one cluster count.

    Returns
    -------
    tuple
        The share, from 0 to 1 (0 where no pair exists), and its standard error.

    Examples
    --------
    >>> shared_variance(np.array([1.0, 1.0, -1.0, -1.0]), np.array([0, 0, 1, 1]))[0]
    1.0
    """
    sums, squares, counts = _moments(residual, inner)
    product, pairs = sums**2 - squares, counts * (counts - 1)
    if outer is not None:
        area_of = np.zeros(sums.size, dtype=np.int64)
        area_of[inner] = outer
        total, _, number = _moments(residual, outer)
        product = total**2 - np.bincount(area_of, sums**2)
        pairs = number**2 - np.bincount(area_of, counts**2)
    product = product / max(float(np.mean(residual**2)), 1e-300)
    if pairs.sum() <= 0:
        return 0.0, 0.0
    share = float(product.sum() / pairs.sum())
    rest = pairs.sum() - pairs
    without = (product.sum() - product)[rest > 0] / rest[rest > 0]
    spread = (without.size - 1) / max(without.size, 1) * np.sum((without - without.mean()) ** 2)
    return float(np.clip(share, 0.0, 1.0)), float(np.sqrt(spread))


def _moments(residual: Floats, group: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Sum, sum of squares and number by group."""
    return (
        np.bincount(group, residual).astype(np.float64),
        np.bincount(group, residual**2).astype(np.float64),
        np.bincount(group).astype(np.float64),
    )
