"""The feasible bundles of every household: what each is worth, and how it overlaps.

A bundle is a set of programs that one household may get together. Sets are grown by size for
blocks of households, see `povtarget.layers`; the work grows with the bundles that exist and not
with households times sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.layers import Block, Layer, expected, layers, wanted_needs
from povtarget.objectives import FGT
from povtarget.problem import TargetingProblem
from povtarget.valuation import shortfall

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ProgramSet = tuple[int, ...]

_BLOCK = 20_000  # households whose sets are grown at once


@dataclass(frozen=True, eq=False)
class Bundles:
    """Bundles sorted by household, then by size and programs.

    Parameters
    ----------
    household
        int64[bundles]: position of the household.
    set_number
        int64[bundles]: which of ``sets`` it is.
    sets
        Positions of programs, ascending.
    gains
        float64[levels, bundles]: the fall of each level's measure, times weight; no priority and
        no penalties.
    penalty
        float64[bundles]: what overlap and `penalise` rules cost at the first level, times weight.
    duplicates
        float64[bundles]: new duplicates in one household.
    needed_from
        int8[bundles]: the first level from which on the bundle is not dominated. A level and all
        before it have the same optimum without the bundles that are needed only later; "fewest
        duplicates", the last level, needs none besides. The number of levels stands for never,
        in bundles kept though dominated.
    """

    household: Ints
    set_number: Ints
    sets: tuple[ProgramSet, ...]
    gains: Floats
    penalty: Floats
    duplicates: Floats
    needed_from: NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.household.size)

    @cached_property
    def programs(self) -> Ints:
        """int64[sets, programs of the largest]: ``sets`` as a table, filled up with -1."""
        most = max(map(len, self.sets), default=0)
        filled = [programs + (-1,) * (most - len(programs)) for programs in self.sets]
        return np.array(filled, dtype=np.int64).reshape(len(filled), most)

    def take(self, kept: Ints) -> Bundles:
        """Some of the bundles, by position."""
        return Bundles(
            self.household[kept],
            self.set_number[kept],
            self.sets,
            self.gains[:, kept],
            self.penalty[kept],
            self.duplicates[kept],
            self.needed_from[kept],
        )

    def objective(self, problem: TargetingProblem, level: int) -> Floats:
        """What a level maximises: priorities in, and at the first level penalties off."""
        value = problem.priority(problem.levels[level])[self.household] * self.gains[level]
        return np.asarray(value - self.penalty if level == 0 else value)


@dataclass(frozen=True, eq=False)
class _Worth:
    """What the sets of a layer are worth.

    ``gains`` and ``penalty`` are as in `Bundles`; ``is_complete`` says whether a set has what its
    programs require and all that is locked in; ``merits`` are all that more of is never worse,
    each with the level from which on it counts.
    """

    gains: Floats
    penalty: Floats
    is_complete: Bools
    merits: tuple[tuple[int, Floats], ...]


def enumerate_bundles(
    problem: TargetingProblem, rows: Ints | None = None, *, keep_dominated: bool = False
) -> Bundles:
    """Every feasible bundle up to ``max_bundle`` programs, dominated ones dropped.

    A bundle is dominated where the same bundle with one program less is feasible, is worth at
    least as much at every level (and in every area floor), and the program has no minimum: the
    smaller bundle uses no more of any budget, quota or limit. The smaller bundle may be dominated
    in turn, by one that is worth at least as much again; sizes end at a bundle that is not, or at
    none, which dominates where nothing is locked in.

    Parameters
    ----------
    problem
        The question.
    rows
        Positions of the households wanted; all where None.
    keep_dominated
        Keep the dominated ones too.
    """
    rows = np.arange(len(problem.households)) if rows is None else np.sort(rows)
    parts = [
        _of_block(Block(problem, rows[begin : begin + _BLOCK], keep_dominated=keep_dominated))
        for begin in range(0, max(rows.size, 1), _BLOCK)
    ]
    return parts[0] if len(parts) == 1 else joined(parts)


def bundle_blocks(problem: TargetingProblem, *, keep_dominated: bool = False) -> Iterator[Bundles]:
    """`enumerate_bundles` of all households, a block at a time."""
    rows = np.arange(len(problem.households))
    for begin in range(0, rows.size, _BLOCK):
        part = rows[begin : begin + _BLOCK]
        yield enumerate_bundles(problem, part, keep_dominated=keep_dominated)


def measure_before(problem: TargetingProblem) -> Floats:
    """float64[households]: the first objective's measure before the plan, times weight."""
    level, households = problem.levels[0], problem.households
    everyone = np.arange(len(households))
    if isinstance(level, FGT):
        depth = shortfall(households, everyone, problem.standing.baseline_gain, level.alpha)
        return households.persons * depth
    needs, wanted = problem.standing.needs, wanted_needs(problem, level)
    unmet = np.zeros(len(households))
    for group, label in enumerate(needs.labels):
        if label in wanted:
            offered = problem.standing.possible[:, needs.of_program == group].any(axis=1)
            unmet += offered & ~needs.served[:, group]
    return households.weight * unmet


def _of_block(block: Block) -> Bundles:
    grown = layers(block)
    worths = [_worth(block, layer, grown[0]) for layer in grown]
    needed = [np.zeros(block.rows.size, dtype=np.int8)]
    kept = [np.empty(0, dtype=np.int64)]  # of the empty set, which is no bundle
    for layer, worth, before in zip(grown[1:], worths[1:], worths, strict=False):
        needed.append(_needed_from(block, layer, worth, before))
        is_kept = worth.is_complete & (needed[-1] < block.keeps_below)
        kept.append(np.flatnonzero(is_kept))
    row = np.concatenate([layer.row[k] for layer, k in zip(grown, kept, strict=True)])
    order = np.argsort(row, kind="stable")
    sets = [len(layer.sets) for layer in grown]
    number = [
        begin + layer.set_number[k]
        for begin, layer, k in zip(np.cumsum(sets) - sets - 1, grown, kept, strict=True)
    ]

    def in_order(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        chosen = [part[..., k] for part, k in zip(parts, kept, strict=True)]
        return np.concatenate(chosen, axis=-1)[..., order]

    return Bundles(
        household=block.rows[row[order]],
        set_number=np.concatenate(number)[order],
        sets=tuple(tuple(programs) for layer in grown[1:] for programs in layer.sets.tolist()),
        gains=in_order([worth.gains for worth in worths]),
        penalty=in_order([worth.penalty for worth in worths]),
        duplicates=in_order([layer.duplicates for layer in grown]),
        needed_from=in_order(needed),
    )


def joined(parts: Sequence[Bundles]) -> Bundles:
    """Bundles of several blocks of households, in the order of the blocks."""
    distinct = {programs for part in parts for programs in part.sets}
    sets = sorted(distinct, key=lambda programs: (len(programs), programs))
    number = {programs: k for k, programs in enumerate(sets)}
    renumbered = [
        np.array([number[programs] for programs in part.sets], dtype=np.int64)[part.set_number]
        for part in parts
    ]
    return Bundles(
        household=np.concatenate([part.household for part in parts]),
        set_number=np.concatenate(renumbered),
        sets=tuple(sets),
        gains=np.concatenate([part.gains for part in parts], axis=1),
        penalty=np.concatenate([part.penalty for part in parts]),
        duplicates=np.concatenate([part.duplicates for part in parts]),
        needed_from=np.concatenate([part.needed_from for part in parts]),
    )


def joined_once(parts: Sequence[Bundles]) -> Bundles:
    """Bundles that several selections of the same households have, each once, in order."""
    everything = joined(parts)
    key = everything.household * len(everything.sets) + everything.set_number
    return everything.take(np.unique(key, return_index=True)[1])


def _worth(block: Block, layer: Layer, nothing: Layer) -> _Worth:
    """Equation (1) for every set of a layer, and what stands against it."""
    problem, households = block.problem, block.problem.households
    positions, after = block.rows[layer.row], expected(block, layer)
    weight, size = households.weight[positions], households.size[positions]
    gains, met = np.empty((len(problem.levels), positions.size)), iter(layer.met)
    for k, level in enumerate(problem.levels):
        if isinstance(level, FGT):
            a = block.alphas.index(level.alpha)
            gains[k] = size * np.maximum(nothing.depth[a, layer.row] - after[a], 0.0)
        else:
            gains[k] = next(met)
        gains[k] *= weight
    duplicates_cost = problem.overlap.weight * layer.duplicates
    penalty = weight * (duplicates_cost + _rule_penalty(block, layer))
    first = problem.priority(problem.levels[0])[positions] * gains[0] - penalty
    merits = [(0, first), *enumerate(gains[1:], 1)]
    if problem.constraints:
        merits.append((0, gains[0]))
    return _Worth(gains, penalty, _is_complete(block, layer), tuple(merits))


def _rule_penalty(block: Block, layer: Layer) -> Floats:
    """What `penalise` rules cost: each program beyond the first, receipts counted."""
    standing, catalog = block.problem.standing, block.problem.catalog
    total = np.zeros(layer.row.size)
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        if rule.kind == "penalise":
            joining = np.isin(layer.sets, block.numbers(rule)).sum(axis=1)
            mine = np.flatnonzero((joining > 0)[layer.set_number])
            is_served = has[block.rows[layer.row[mine]]].any(axis=1)
            total[mine] += rule.weight * (joining[layer.set_number[mine]] - ~is_served)
    return total


def _is_complete(block: Block, layer: Layer) -> Bools:
    standing, catalog = block.problem.standing, block.problem.catalog
    complete = np.asarray(layer.locked == np.count_nonzero(block.locked, axis=1)[layer.row])
    for rule, has in zip(catalog.rules, standing.rule_receipts, strict=True):
        if rule.kind == "require":
            first, second = (layer.sets == p for p in block.numbers(rule))
            lacks = first.any(axis=1) & ~second.any(axis=1)
            mine = np.flatnonzero(lacks[layer.set_number])
            complete[mine] &= has[block.rows[layer.row[mine]], 1]
    return complete


def _needed_from(block: Block, layer: Layer, worth: _Worth, before: _Worth) -> NDArray[np.int8]:
    """The first level at which no set with one program less dominates, as in `Bundles`.

    A set dominates up to a level where it is complete and has no less of any merit that counts
    by then; then so has whatever dominates that set up to the same level, so that a chain of
    such steps ends at a set that is kept. Without a program that has a minimum, the row with the
    minimum would be used less: such a set never dominates.
    """
    needed = np.zeros(layer.row.size, dtype=np.int8)
    for k, rest in enumerate(layer.rest):
        exceeds = np.full(layer.row.size, len(block.problem.levels), dtype=np.int8)
        ours_and_theirs = zip(worth.merits, before.merits, strict=True)
        for (level, ours), (_, theirs) in sorted(ours_and_theirs, key=lambda m: -m[0][0]):
            exceeds[ours > theirs[rest]] = level
        is_out = block.has_minimum[layer.sets[:, k]][layer.set_number] | ~before.is_complete[rest]
        exceeds[is_out] = 0
        np.maximum(needed, exceeds, out=needed)
    return needed
