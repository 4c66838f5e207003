"""How a survey's households were drawn: weights, strata, clusters, and what that says of error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from povtarget.errors import Fault, InputError
from povtarget.sayings import said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SingleCluster = Literal["centre", "refuse"]


@dataclass(frozen=True, eq=False)
class Design:
    """A sampling design, one entry for each household in the sample.

    Parameters
    ----------
    weights
        Persons that each household stands for (survey weight times household size), 0 or more.
    strata
        Label of the stratum of each household; None for one stratum.
    clusters
        Label of the primary sampling unit of each household, within its stratum; None where
        every household was drawn by itself (simple random sampling within strata).
    single_cluster
        A stratum with one cluster says nothing of the variance within it. "centre" (as R's
        ``survey.lonely.psu = "adjust"``) measures that cluster from the mean of all clusters,
        which errs on the safe side; "refuse" makes it a fault.

    Raises
    ------
    InputError
        With every fault: lengths that differ, missing labels, weights that are negative, not
        finite or all 0.

    Examples
    --------
    >>> design = Design([1.0, 1.0, 2.0, 2.0], clusters=["a", "a", "b", "b"])
    >>> design
    Design(4 households, 2 clusters, 1 stratum, 6 persons)
    """

    weights: ArrayLike
    strata: ArrayLike | None = None
    clusters: ArrayLike | None = None
    single_cluster: SingleCluster = "centre"
    inside: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool), repr=False)
    _unit: Ints = field(init=False, repr=False)
    _stratum: Ints = field(init=False, repr=False)
    _stratum_of_unit: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weights = numbers(self.weights, "weights")
        faults = _weight_faults(weights)
        stratum, found = _labels(self.strata, "strata", weights.size)
        faults += found
        unit, found = _labels(self.clusters, "clusters", weights.size, own=True)
        faults += found
        if self.single_cluster not in get_args(SingleCluster):
            faults.append(Fault("unknown choice", "single_cluster", expected='"centre", "refuse"'))
        if faults:
            raise InputError(faults)
        # A cluster label is known within its stratum only: block 1 of two strata are two blocks.
        pairs = stratum * (unit.max() + 1) + unit
        units, unit = np.unique(pairs, return_inverse=True)
        of_unit = np.empty(units.size, dtype=np.int64)
        of_unit[unit] = stratum
        if self.single_cluster == "refuse" and (np.bincount(of_unit) == 1).any():
            count = np.count_nonzero(np.bincount(of_unit) == 1)
            message = said("{count:,} strata have one cluster only", count=count)
            raise InputError([Fault(message, "strata", expected="strata joined, or 'centre'")])
        inside = self.inside if self.inside.size else np.ones(weights.size, dtype=bool)
        for name, value in (
            ("weights", weights), ("inside", inside), ("_unit", unit), ("_stratum", stratum),
            ("_stratum_of_unit", of_unit),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        strata = np.unique(self._stratum[self.inside]).size
        return (
            f"Design({self.n:,} households, {self.clusters_in:,} clusters, "
            f"{strata:,} {'stratum' if strata == 1 else 'strata'}, "
            f"{self.weights_in.sum():,.0f} persons)"
        )

    def domain(self, inside: ArrayLike) -> Design:
        """The same design seen through a part of the population.

        The households outside stay in the design with nothing to report: how many of a cluster
        fall into the domain was left to chance, and that is part of the error.

        Parameters
        ----------
        inside
            True for each household of the domain; narrows a domain further.
        """
        chosen = np.asarray(inside)
        if chosen.dtype != np.bool_ or chosen.shape != self.inside.shape:
            expected = said(
                "true or false for each of the {size:,} households", size=self.inside.size
            )
            raise InputError([Fault("not a domain", "inside", expected=expected)])
        chosen = chosen & self.inside
        if not np.asarray(self.weights)[chosen].any():
            raise InputError(
                [Fault("nobody is in it", "inside", expected="one household or more")]
            )
        return replace(self, inside=chosen)

    def domains(self, labels: ArrayLike) -> dict[str, Design]:
        """One domain for each label, in the order of labels.

        Raises
        ------
        InputError
            If labels are missing or of another length.

        Examples
        --------
        >>> parts = Design([1.0, 1.0, 2.0]).domains(["west", "east", "west"])
        >>> list(parts), parts["west"].n
        (['east', 'west'], 2)
        """
        number, faults = _labels(labels, "labels", self.inside.size)
        if faults:
            raise InputError(faults)
        texts = pd.Series(np.asarray(labels)).astype(str).to_numpy(dtype=object)
        _, first = np.unique(number, return_index=True)
        names = dict.fromkeys(texts[first].tolist())  # 1 and "1" are one domain
        here = {name: np.asarray(texts == name) & self.inside for name in names}
        return {name: self.domain(rows) for name, rows in here.items() if rows.any()}

    @property
    def weights_in(self) -> Floats:
        """Weights of the households in the domain."""
        return np.asarray(self.weights, dtype=np.float64)[self.inside]

    @property
    def n(self) -> int:
        """Households in the domain."""
        return int(np.count_nonzero(self.inside))

    @cached_property
    def clusters_in(self) -> int:
        """Clusters with a household in the domain."""
        return int(np.unique(self._unit[self.inside]).size)

    @cached_property
    def df(self) -> int:
        """Degrees of freedom: clusters less strata, those with a household in the domain."""
        return self.clusters_in - int(np.unique(self._stratum[self.inside]).size)

    def standard_error(self, variable: Floats) -> float:
        """Standard error of the total of a linearised variable.

        Parameters
        ----------
        variable
            One number for each household of the domain; 0 is meant for all others.
        """
        units = self._stratum_of_unit.size
        totals = np.bincount(self._unit[self.inside], self.weights_in * variable, minlength=units)
        in_stratum = np.bincount(self._stratum_of_unit)
        mean = np.bincount(self._stratum_of_unit, totals) / in_stratum
        # Where a stratum has one cluster, it is measured from the mean of all clusters.
        mean = np.where(in_stratum == 1, totals.mean(), mean)
        factor = in_stratum / np.maximum(in_stratum - 1, 1)
        squares = (totals - mean[self._stratum_of_unit]) ** 2
        return float(np.sqrt((factor[self._stratum_of_unit] * squares).sum()))


def numbers(values: ArrayLike, source: str) -> Floats:
    """Return finite numbers as float64, or say which are not.

    Raises
    ------
    InputError
        If anything is text, missing or infinite.

    Examples
    --------
    >>> numbers([1, 2], "weights")
    array([1., 2.])
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise InputError([Fault("not numbers", source, expected="finite numbers")])
    array = array.astype(np.float64)
    wrong = ~np.isfinite(array)
    if wrong.any():
        count, first = np.count_nonzero(wrong), int(np.argmax(wrong))
        message = said(
            "{count:,} of {size:,} are missing or infinite, the first at {first}",
            count=count,
            size=array.size,
            first=first,
        )
        raise InputError([Fault(message, source, expected="finite numbers")])
    return array


def _weight_faults(weights: Floats) -> list[Fault]:
    if weights.ndim != 1 or not weights.size:
        return [
            Fault(
                said("has shape {shape}", shape=weights.shape),
                "weights",
                expected="one for each household",
            )
        ]
    if (weights < 0).any():
        count = np.count_nonzero(weights < 0)
        return [
            Fault(said("{count:,} are negative", count=count), "weights", expected="0 or more")
        ]
    return [] if weights.any() else [Fault("all are 0", "weights", expected="a total above 0")]


def _labels(
    labels: ArrayLike | None, source: str, size: int, *, own: bool = False
) -> tuple[Ints, list[Fault]]:
    """Return a number for each label; None is one label for all, or one for each (``own``)."""
    if labels is None:
        return np.arange(size) if own else np.zeros(size, dtype=np.int64), []
    array = np.asarray(labels)
    if array.shape != (size,):
        fault = Fault(
            said("has shape {shape}", shape=array.shape),
            source,
            expected=said("shape {shape}", shape=(size,)),
        )
        return np.zeros(size, dtype=np.int64), [fault]
    number, _ = pd.factorize(array, sort=True)
    if (number < 0).any():
        message = said("{count:,} labels are missing", count=np.count_nonzero(number < 0))
        return np.zeros(size, dtype=np.int64), [Fault(message, source, expected="a label each")]
    return np.asarray(number, dtype=np.int64), []
