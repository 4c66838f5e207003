"""Groups in blocks that fit in a processor's cache, and the climb of all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from povtarget.errors import Fault, InputError
from povtarget.mmkp.hull import Climb, climb
from povtarget.mmkp.model import MMKP, NONE, Bools, Floats, Ints
from povtarget.sayings import foreign, said

_CELLS = 2**17  # options in a block: smaller blocks are all overhead, larger ones leave the cache
_MOST_THREADS = 8


@dataclass(frozen=True, eq=False)
class Block:
    """Some groups: ``value`` and ``cost`` are groups x options, as `climb` wants them.

    ``first`` is the number of each group's first option, int64[groups].
    """

    group: Ints
    first: Ints
    value: Floats
    cost: Floats
    required: Bools


Loader = Callable[[], Block]


def checked_arrays(
    value: ArrayLike, cost: ArrayLike, choose_one: bool | ArrayLike
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]:
    """The arrays of a dense problem, without copies, and which groups must choose.

    Raises
    ------
    InputError
        Where they are not numbers or shapes do not fit; numbers are looked at where they are
        used.
    """
    faults: list[Fault] = []
    values, costs = _numeric(value, "value", faults), _numeric(cost, "cost", faults)
    required = np.asarray(choose_one, dtype=bool)
    if faults:
        raise InputError(faults)

    def fault(name: str, array: NDArray[Any], expected: str) -> None:
        text = str(array.shape)
        faults.append(Fault("wrong shape", "BudgetPath", None, name, text, expected))

    if values.ndim != 2:
        fault("value", values, "(groups, options)")
    else:
        try:
            costs = np.broadcast_to(costs, values.shape)
        except ValueError:
            fault("cost", costs, said("{shape}, or what broadcasts to it", shape=values.shape))
        try:
            required = np.broadcast_to(required, values.shape[:1])
        except ValueError:
            fault("choose_one", required, said("one bool, or {shape}", shape=values.shape[:1]))
    if faults:
        raise InputError(faults)
    return values, costs, required


def _numeric(given: ArrayLike, name: str, faults: list[Fault]) -> NDArray[Any]:
    """The array itself where NumPy knows its numbers, else as float64."""
    try:
        array = np.asarray(given)
        return array if array.dtype.kind in "fiub" else array.astype(np.float64)
    except (TypeError, ValueError) as error:
        faults.append(
            Fault(said("not numbers: {reason}", reason=foreign(error)), "BudgetPath", column=name)
        )
        return np.empty((0, 0))


def dense_blocks(value: NDArray[Any], cost: NDArray[Any], required: Bools) -> Iterator[Loader]:
    """Blocks of groups that all have the same options; options are numbered from 0 in each.

    Parameters
    ----------
    value, cost
        numbers[groups, options] of any kind; NaN in ``value``: not available.
    required
        bool[groups].
    """
    groups, width = value.shape
    rows = max(1, _CELLS // max(width, 1))
    for begin in range(0, max(groups, 1), rows):
        yield partial(_load_dense, value, cost, required, begin, min(begin + rows, groups))


def _load_dense(
    value: NDArray[Any], cost: NDArray[Any], required: Bools, begin: int, end: int
) -> Block:
    v = np.ascontiguousarray(value[begin:end], dtype=np.float64)
    c = np.ascontiguousarray(cost[begin:end], dtype=np.float64)
    if not (np.isfinite(v).all() and np.isfinite(c).all()):
        missing = np.isnan(v)
        if np.isinf(v).any() or not np.isfinite(c[~missing]).all():
            raise InputError(_array_faults(value, cost))
        v, c = np.where(missing, 0.0, v), np.where(missing, np.inf, c)
    group = np.arange(begin, end, dtype=np.int64)
    return Block(group, np.zeros_like(group), v, c, required[begin:end])


def _array_faults(value: NDArray[Any], cost: NDArray[Any]) -> list[Fault]:
    """What is wrong with the numbers of a dense problem: the first place of each kind."""
    wrong_value = np.isinf(value)
    wrong_cost = ~np.isnan(value) & ~np.isfinite(cost)
    faults = []
    for name, array, wrong, expected in (
        ("value", value, wrong_value, "finite numbers, or NaN where not available"),
        ("cost", cost, wrong_cost, "finite numbers where the value is not NaN"),
    ):
        if wrong.any():
            group, option = divmod(int(wrong.argmax()), wrong.shape[1])
            text = said(
                "{number} for group {group}, option {option}",
                number=array[group, option],
                group=group,
                option=option,
            )
            count = np.count_nonzero(wrong)
            faults.append(
                Fault(
                    said("not finite, {count} in all", count=count),
                    "BudgetPath",
                    None,
                    name,
                    text,
                    expected,
                )
            )
    return faults


def ragged_blocks(problem: MMKP, cost: Floats) -> Iterator[Loader]:
    """Blocks of an MMKP's groups; options are numbered as its items.

    Groups of about equal size share a block, so that little of it is padding.
    """
    size = np.diff(problem.starts)
    shape = (problem.num_groups, int(size.max(initial=0)))
    if np.all(size == shape[1]):  # nothing to pad
        first = problem.starts[:-1]
        for load in dense_blocks(
            problem.value.reshape(shape), cost.reshape(shape), problem.required
        ):
            yield partial(_renumbered, load, first)
        return
    doublings = np.ceil(np.log2(np.maximum(size, 1))).astype(np.int64)
    for doubling in np.unique(doublings):
        members = np.flatnonzero(doublings == doubling)
        width = int(size[members].max())
        rows = max(1, _CELLS // max(width, 1))
        for begin in range(0, members.size, rows):
            yield partial(_load_ragged, problem, cost, members[begin : begin + rows], width)


def _renumbered(load: Loader, first: Ints) -> Block:
    block = load()
    return replace(block, first=first[block.group])


def _load_ragged(problem: MMKP, cost: Floats, group: Ints, width: int) -> Block:
    first = problem.starts[group]
    item = first[:, None] + np.arange(width)
    is_inside = item < problem.starts[group + 1][:, None]
    item[~is_inside] = 0
    value = np.where(is_inside, problem.value[item], 0.0)
    return Block(
        group, first, value, np.where(is_inside, cost[item], np.inf), problem.required[group]
    )


def climb_blocks(loaders: Iterator[Loader], groups: int, threads: int | None) -> Climb:
    """The climb of all groups, the same for any number of threads.

    Parameters
    ----------
    loaders
        Blocks, each group in one.
    groups
        How many there are.
    threads
        How many blocks to work on at a time; None: one for each processor, 8 at most.

    Raises
    ------
    InputError
        For less than one thread, and numbers whose sums float64 cannot hold.
    """
    if threads is None:
        threads = min(os.cpu_count() or 1, _MOST_THREADS)
    if threads < 1:
        fault = Fault("too few", column="threads", value=str(threads), expected="1 or more")
        raise InputError([fault])
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(_climb_block, loaders))
    start = np.full(groups, NONE, dtype=np.int64)
    start_value, start_cost = np.zeros(groups), np.zeros(groups)
    for group, part in parts:
        start[group] = part.start
        start_value[group], start_cost[group] = part.start_value, part.start_cost
    names = [entry.name for entry in fields(Climb) if not entry.name.startswith("start")]
    pieces = {name: [getattr(part, name) for _, part in parts] for name in names}
    parts.clear()  # so that each piece is freed once it is joined
    steps = [np.concatenate(pieces.pop(name)) for name in names]
    if np.any(np.diff(steps[0]) < 0):  # blocks hold groups of about equal size
        order = np.argsort(steps[0], kind="stable")
        steps = [column[order] for column in steps]
    found = Climb(start, start_value, start_cost, *steps)
    _check_sums(found)
    return found


def _climb_block(load: Loader) -> tuple[Ints, Climb]:
    """The groups of a block and their climb, groups and options numbered as in the problem."""
    block = load()
    found = climb(block.value, block.cost, block.required)
    first = block.first[found.group]
    return block.group, replace(
        found,
        start=np.where(found.start == NONE, NONE, found.start + block.first),
        group=block.group[found.group],
        option=np.where(found.option == NONE, NONE, found.option + first),
    )


def _check_sums(found: Climb) -> None:
    """Refuse numbers whose sums along the path float64 cannot hold."""
    faults = []
    for name in ("value", "cost"):
        with np.errstate(over="ignore"):
            start = np.abs(getattr(found, f"start_{name}")).sum()
            total = start + 2.0 * np.abs(getattr(found, name)).sum()
        if not np.isfinite(total):
            faults.append(
                Fault("too large to add up", "BudgetPath", None, name, None, "sums below 1e308")
            )
    if faults:
        raise InputError(faults)
