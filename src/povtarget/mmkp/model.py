"""The multiple-choice multidimensional knapsack problem (MMKP), and its answer.

From each group choose at most one item (or exactly one) so that the total value is largest and
every coupling row stays within its bounds:

    max  sum_j value_j x_j
    s.t. sum_{j in group g} x_j <= 1  (= 1 where a choice is required)     for every group g
         lower_r <= sum_j usage_jr x_j <= upper_r                          for every row r
         x in {0, 1}

Nothing here knows what a group, an item or a row stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from povtarget.errors import Fault, InputError
from povtarget.sayings import said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NONE = -1
"""In a choice: this group has no item."""


class Status(StrEnum):
    """How a solve ended.

    ``OPTIMAL`` says that the asked gap is proven; the others stopped with a feasible answer and
    a valid bound that are further apart.
    """

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    UNPROVEN = "unproven"


@dataclass(frozen=True, eq=False)
class MMKP:
    """A multiple-choice multidimensional knapsack problem; maximises.

    Parameters
    ----------
    group
        int64[items], sorted: the group of each item, from 0.
    value
        float64[items], finite.
    usage
        items x rows, dense or scipy.sparse, finite.
    upper, lower
        float64[rows]; may be infinite. ``lower`` None: no lower bounds.
    choose_one
        True: exactly one item of each group; False: at most one; or bool[groups].
    groups
        Number of groups, where some have no item.
    usage_error
        items x rows: what ``usage`` lost in rounding. Feasibility is judged on the exact sum of
        both; None where ``usage`` is exact.
    row_names
        Names for errors and exported models; ``"row 0"`` ... where None.

    Raises
    ------
    InputError
        With every fault: wrong shapes, unsorted groups, NaN, infinite values, lower > upper.

    Examples
    --------
    >>> problem = MMKP([0, 0, 1], [3.0, 5.0, 4.0], [[1.0], [2.0], [1.0]], upper=[2.0])
    >>> problem.num_items, problem.num_groups, problem.num_rows
    (3, 2, 1)
    """

    group: Ints
    value: Floats
    usage: sparse.csr_array
    upper: Floats
    lower: Floats
    choose_one: bool | NDArray[np.bool_]
    groups: int
    usage_error: sparse.csr_array | None
    row_names: tuple[str, ...]

    def __init__(
        self,
        group: ArrayLike,
        value: ArrayLike,
        usage: ArrayLike | sparse.sparray | sparse.spmatrix,
        upper: ArrayLike,
        lower: ArrayLike | None = None,
        choose_one: bool | ArrayLike = False,
        groups: int | None = None,
        *,
        usage_error: sparse.csr_array | None = None,
        row_names: Sequence[str] | None = None,
    ) -> None:
        upper_ = np.atleast_1d(np.asarray(upper, dtype=np.float64))
        group_ = np.atleast_1d(np.asarray(group, dtype=np.int64))
        value_ = np.atleast_1d(np.asarray(value, dtype=np.float64))
        if lower is None:
            lower_ = np.full(upper_.shape, -np.inf)
        else:
            lower_ = np.atleast_1d(np.asarray(lower, dtype=np.float64))
        count = (int(group_.max()) + 1 if group_.size else 0) if groups is None else int(groups)
        required = (
            bool(choose_one)
            if isinstance(choose_one, bool | np.bool_)
            else np.asarray(choose_one, dtype=bool)
        )
        names = (
            row_names
            if row_names is not None
            else [said("row {r}", r=r) for r in range(upper_.size)]
        )
        group_, value_, upper_, lower_ = map(_frozen, (group_, value_, upper_, lower_))
        fields = {
            "group": group_,
            "value": value_,
            "usage": _csr(usage, group_.size, upper_.size),
            "upper": upper_,
            "lower": lower_,
            "choose_one": required,
            "groups": count,
            "usage_error": None if usage_error is None else sparse.csr_array(usage_error),
            "row_names": tuple(names),
        }
        for name, content in fields.items():
            object.__setattr__(self, name, content)
        faults = list(self._faults())
        if faults:
            raise InputError(faults)

    def _faults(self) -> Iterator[Fault]:
        items, rows = self.group.size, self.upper.size
        for name, shape, expected in (
            ("value", self.value.shape, (items,)),
            ("usage", self.usage.shape, (items, rows)),
            ("lower", self.lower.shape, (rows,)),
            ("row_names", (len(self.row_names),), (rows,)),
            *(
                ()
                if self.usage_error is None
                else [("usage_error", self.usage_error.shape, (items, rows))]
            ),
        ):
            if shape != expected:
                yield Fault(
                    "wrong shape", "MMKP", column=name, value=str(shape), expected=str(expected)
                )
        if items and (
            self.group[0] < 0 or self.group[-1] >= self.groups or np.any(np.diff(self.group) < 0)
        ):
            yield Fault(
                "groups must be sorted",
                "MMKP",
                column="group",
                expected=said("0 <= group < {groups}, ascending", groups=self.groups),
            )
        for name, array in (("value", self.value), ("usage", self.usage.data)):
            if not np.all(np.isfinite(array)):
                yield Fault("not finite", "MMKP", column=name, expected="finite numbers")
        for name, array, wrong in (("upper", self.upper, -np.inf), ("lower", self.lower, np.inf)):
            if np.any(np.isnan(array)) or np.any(array == wrong):
                yield Fault(
                    "not a bound",
                    "MMKP",
                    column=name,
                    expected=said("numbers, not NaN or {wrong}", wrong=wrong),
                )
        if self.lower.shape == self.upper.shape:
            for row in np.flatnonzero(self.lower > self.upper):
                yield Fault(
                    "the lower bound is above the upper",
                    "MMKP",
                    row=int(row),
                    column="lower",
                    value=str(self.lower[row]),
                    expected=said("at most {most}", most=self.upper[row]),
                )
        if not isinstance(self.choose_one, bool) and self.choose_one.shape != (self.groups,):
            yield Fault(
                "wrong shape",
                "MMKP",
                column="choose_one",
                value=str(self.choose_one.shape),
                expected=said("one bool, or {shape}", shape=(self.groups,)),
            )

    @property
    def num_items(self) -> int:
        """Number of items."""
        return int(self.group.size)

    @property
    def num_groups(self) -> int:
        """Number of groups, those without items included."""
        return self.groups

    @property
    def num_rows(self) -> int:
        """Number of coupling rows."""
        return int(self.upper.size)

    @cached_property
    def required(self) -> NDArray[np.bool_]:
        """bool[groups]: exactly one item must be chosen."""
        return np.broadcast_to(np.asarray(self.choose_one, dtype=bool), (self.groups,))

    @cached_property
    def starts(self) -> Ints:
        """int64[groups + 1]: the items of group g are starts[g] to starts[g + 1] - 1."""
        return np.asarray(np.searchsorted(self.group, np.arange(self.groups + 1)), dtype=np.int64)

    @cached_property
    def filled(self) -> Ints:
        """int64: the groups that have items, ascending."""
        return np.flatnonzero(np.diff(self.starts))

    def chosen_items(self, choice: Ints) -> Ints:
        """The items of a choice, without the groups that have none."""
        return np.asarray(choice[choice != NONE])

    def with_bounds(self, lower: Floats, upper: Floats) -> MMKP:
        """The same items between other bounds."""
        return self._with(self.value, lower, upper)

    def with_values(self, value: Floats) -> MMKP:
        """The same items, worth something else."""
        return self._with(value, self.lower, self.upper)

    def _with(self, value: Floats, lower: Floats, upper: Floats) -> MMKP:
        return MMKP(
            self.group,
            value,
            self.usage,
            upper,
            lower,
            self.choose_one,
            self.groups,
            usage_error=self.usage_error,
            row_names=self.row_names,
        )

    def __repr__(self) -> str:
        return f"MMKP(items={self.num_items}, groups={self.num_groups}, rows={self.num_rows})"


@dataclass(frozen=True, eq=False)
class MMKPSolution:
    """A feasible choice, and how far from the best it can be at most.

    Parameters
    ----------
    choice
        int64[groups]: the chosen item of each group, -1 for none.
    value, bound, gap
        Value of the choice; a number that no feasible choice exceeds;
        (bound - value) / max(abs(bound), 1e-12), 0 where equal.
    prices
        float64[rows]: value per unit of each row, >= 0 at an upper bound, <= 0 at a lower one.
    status
        How the solve ended.
    bound_source
        "prices" where `price_bound` gives ``bound``, else "solver".
    price_bound
        The bound that the prices prove on their own.
    engine
        "prices", "highs" or "pulp".
    relaxation
        Computes ``lp_bound``.
    """

    choice: Ints
    value: float
    bound: float
    gap: float
    prices: Floats
    status: Status
    bound_source: str
    price_bound: float
    engine: str
    relaxation: Callable[[], float] = field(repr=False)

    @cached_property
    def lp_bound(self) -> float:
        """Optimum of the plain LP relaxation, before any strengthening; computed on demand."""
        return self.relaxation()


def relative_gap(value: float, bound: float) -> float:
    """(bound - value) / max(abs(bound), 1e-12), and 0 where they are equal.

    Examples
    --------
    >>> relative_gap(99.0, 100.0), relative_gap(0.0, 0.0)
    (0.01, 0.0)
    """
    return 0.0 if bound == value else (bound - value) / max(abs(bound), 1e-12)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself where nobody can write to it, else a copy that nobody can write to."""
    if array.flags.writeable or not array.flags.owndata:
        array = array.copy()
        array.flags.writeable = False
    return array


def _csr(usage: Any, items: int, rows: int) -> sparse.csr_array:
    if not isinstance(usage, (sparse.sparray, sparse.spmatrix)):
        usage = np.asarray(usage, dtype=np.float64)
        if usage.ndim < 2:  # one row may come as a vector, and no items as an empty list
            usage = usage.reshape(items, rows) if usage.size == items * rows else [usage]
    matrix: sparse.csr_array = sparse.csr_array(cast(Any, usage), dtype=np.float64)
    is_frozen = not matrix.data.flags.writeable  # such as that of another MMKP
    if is_frozen and matrix.has_canonical_format and np.all(matrix.data):
        return matrix
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.flags.writeable = False
    return matrix
