"""Sets of programs by size: each layer holds every set that some household may have.

A layer is flat: one entry for each household and set, sorted by household and then by programs.
It grows from the layer of one program less in one step, and every entry knows where the same
set without any one of its programs is, so that expectations over success and dominance look up
what is computed already. There is no loop over households or sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from povtarget.objectives import FGT, UnmetNeed
from povtarget.problem import TargetingProblem
from povtarget.programs import Rule
from povtarget.standing import Groups
from povtarget.valuation import MONTHS, shortfalls, success_chances, unit_gains

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layer:
    """Every set of one size, for the households of a block that may have it.

    Parameters
    ----------
    before
        The layer of one program less; None for the empty set.
    row
        int64[entries]: number of the household within the block.
    sets
        int64[sets, size]: positions of programs, ascending; sorted.
    set_number
        int64[entries]: which of ``sets`` it is.
    rest
        For each k below size, int64[entries]: where in ``before`` the set without its k-th
        program is.
    place
        int64[entries of ``before`` * programs]: where its set with one program more is, if it is.
    gain
        float64[entries]: Rp a year for the household where every program works.
    depth
        float64[alphas, entries]: shortfall of one person where every program works.
    met
        float64[levels, entries]: needs met, for levels that count needs.
    duplicates
        float64[entries]: new duplicates in one household.
    locked
        int64[entries]: how many of its programs are locked in.
    """

    before: Layer | None
    row: Ints
    sets: Ints
    set_number: Ints
    rest: tuple[Ints, ...]
    place: Ints
    gain: Floats
    depth: Floats
    met: Floats
    duplicates: Floats
    locked: Ints


class Block:
    """What is known of some households, and of all programs, before sets are grown.

    Parameters
    ----------
    problem
        The question.
    rows
        int64[rows]: positions of the households, ascending.
    keep_dominated
        Grow sets with programs that cannot matter to a household too.
    """

    def __init__(self, problem: TargetingProblem, rows: Ints, *, keep_dominated: bool) -> None:
        standing, self.problem, self.rows = problem.standing, problem, rows
        self.keeps_below = len(problem.levels) + keep_dominated  # of `Bundles.needed_from`
        self.alphas = sorted({level.alpha for level in problem.levels if isinstance(level, FGT)})
        self.success, self.unit_gain = success_chances(problem), unit_gains(problem)
        self.locked = standing.locked[rows]
        self.possible = standing.possible[rows]
        if not keep_dominated:
            is_held = np.any(self.locked, axis=1, keepdims=True)
            self.possible &= _may_matter(problem, rows) | is_held
        self.follows = _follows(problem)
        self.has_minimum = np.array([program.minimum > 0 for program in problem.catalog.programs])
        self.overlap = _Grouped(standing.overlap, rows)
        self.needs = _Grouped(standing.needs, rows)
        self.wanted = [
            np.array([label in wanted_needs(problem, level) for label in standing.needs.labels])
            for level in problem.levels
            if isinstance(level, UnmetNeed)
        ]

    def numbers(self, rule: Rule) -> list[int]:
        """Positions of a rule's programs."""
        names = self.problem.catalog.program_names
        return [names.index(name) for name in rule.programs]


class _Grouped:
    """Programs in groups, with what receipts of the block's households serve."""

    def __init__(self, groups: Groups, rows: Ints) -> None:
        self.of_program = groups.of_program
        served = groups.served[rows]  # one column more, which stands for no group (-1)
        self.served = np.hstack([served, np.zeros((rows.size, 1), dtype=bool)])

    def is_repeated(self, sets: Ints, set_number: Ints, row: Ints) -> Bools:
        """Whether the last program's group is served already, by receipts or earlier programs."""
        group = self.of_program[sets]
        in_set = (group[:, -1] >= 0) & (group[:, :-1] == group[:, -1:]).any(axis=1)
        return np.asarray(in_set[set_number] | self.served[row, group[set_number, -1]])


def wanted_needs(problem: TargetingProblem, level: UnmetNeed) -> frozenset[str]:
    """The needs that an `UnmetNeed` objective counts."""
    if level.needs is not None:
        return frozenset(level.needs)
    return frozenset(
        program.need
        for program in problem.catalog.programs
        if program.gain_per_unit == 0 or program.delay_years > 0
    )


def layers(block: Block) -> list[Layer]:
    """The layer of the empty set, and those of 1, 2 ... ``max_bundle`` programs."""
    found, open_ = [_nothing(block)], block.possible
    for size in range(1, block.problem.max_bundle + 1):
        child = np.flatnonzero(open_)
        if not child.size:
            break
        place = np.empty(open_.size, dtype=np.int64)
        place[child] = np.arange(child.size)
        parent, last = np.divmod(child, open_.shape[1])
        found.append(_grown(block, found[-1], parent, last, place))
        if size < block.problem.max_bundle:
            open_ = open_[parent] & block.follows[last]
    return found


def _nothing(block: Block) -> Layer:
    rows = block.rows
    gain, zeros = block.problem.standing.baseline_gain[rows], np.zeros(rows.size, dtype=np.int64)
    return Layer(
        before=None,
        row=np.arange(rows.size),
        sets=np.empty((1, 0), dtype=np.int64),
        set_number=zeros,
        rest=(),
        place=zeros[:0],
        gain=gain,
        depth=shortfalls(block.problem.households, rows, gain, block.alphas),
        met=np.zeros((len(block.wanted), rows.size)),
        duplicates=np.zeros(rows.size),
        locked=zeros,
    )


def _grown(block: Block, before: Layer, parent: Ints, last: Ints, place: Ints) -> Layer:
    """The layer of one program more: entries ``parent`` of the one before, each with ``last``."""
    row, programs = before.row[parent], block.possible.shape[1]
    sets, set_number = _numbered(
        before.sets, before.set_number[parent] * programs + last, programs
    )
    step = block.unit_gain[last] * block.problem.standing.units[block.rows[row], last]
    gain, depth = before.gain[parent] + step, before.depth[:, parent]
    more = np.flatnonzero(step > 0)
    depth[:, more] = shortfalls(
        block.problem.households, block.rows[row[more]], gain[more], block.alphas
    )
    met = before.met[:, parent]
    if block.wanted:
        is_new = ~block.needs.is_repeated(sets, set_number, row)
        met += np.stack([wanted[block.needs.of_program[last]] & is_new for wanted in block.wanted])
    return Layer(
        before=before,
        row=row,
        sets=sets,
        set_number=set_number,
        rest=(*(before.place[rest[parent] * programs + last] for rest in before.rest), parent),
        place=place,
        gain=gain,
        depth=depth,
        met=met,
        duplicates=before.duplicates[parent] + block.overlap.is_repeated(sets, set_number, row),
        locked=before.locked[parent] + block.locked[row, last],
    )


def _numbered(sets: Ints, code: Ints, programs: int) -> tuple[Ints, Ints]:
    """The distinct sets among codes (number of the smaller set * programs + last), in order."""
    exists = np.zeros(len(sets) * programs, dtype=bool)
    exists[code] = True
    found = np.flatnonzero(exists)
    number = np.cumsum(exists) - 1
    together = np.hstack([sets[found // programs], found[:, None] % programs])
    return together, number[code]


def expected(block: Block, layer: Layer) -> Floats:
    """float64[alphas, entries]: shortfall of one person, expected over which programs work."""
    total, is_open = layer.depth.copy(), block.success[layer.sets] < 1
    patterns, pattern_of = np.unique(is_open, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        doubtful = np.flatnonzero(pattern)
        if not doubtful.size:
            continue
        mine = np.flatnonzero((pattern_of.ravel() == number)[layer.set_number])
        total[:, mine] = 0.0
        for works in product((True, False), repeat=doubtful.size):
            chance = np.ones(len(layer.sets))
            for k, is_success in zip(doubtful, works, strict=True):
                success = block.success[layer.sets[:, k]]
                chance *= success if is_success else 1.0 - success
            smaller, entry = layer, mine
            for k in doubtful[::-1][~np.array(works[::-1])]:
                assert smaller.before is not None
                smaller, entry = smaller.before, smaller.rest[k][entry]
            total[:, mine] += chance[layer.set_number[mine]] * smaller.depth[:, entry]
    return total


def _follows(problem: TargetingProblem) -> Bools:
    """bool[programs, programs]: the second may join a set that the first ends."""
    number = {name: p for p, name in enumerate(problem.catalog.program_names)}
    follows = np.triu(np.ones((len(number), len(number)), dtype=bool), 1)
    for rule in problem.catalog.rules:
        if rule.kind == "forbid":
            for pair in combinations(sorted(number[name] for name in rule.programs), 2):
                follows[pair] = False
    return follows


def _may_matter(problem: TargetingProblem, rows: Ints) -> Bools:
    """bool[rows, programs]: the program may be worth something, or be asked for by a row or rule.

    Any other program neither lifts nor serves the household, only costs: each set with it is
    dominated by the set without it, as long as nothing is locked in.
    """
    households, catalog = problem.households, problem.catalog
    required = {rule.programs[1] for rule in catalog.rules if rule.kind == "require"}
    served: set[str] = set()
    for level in problem.levels:
        if isinstance(level, UnmetNeed):
            served |= wanted_needs(problem, level)
    is_asked = [
        program.minimum > 0 or program.name in required or program.need in served
        for program in catalog.programs
    ]
    missing = (
        MONTHS * households.size[rows] * (households.line[rows] - households.consumption[rows])
    )
    is_short = (households.sigma[rows] > 0) | (problem.standing.baseline_gain[rows] < missing)
    lifts = (unit_gains(problem) > 0) & (success_chances(problem) > 0)
    return np.asarray(np.array(is_asked) | (lifts & is_short[:, None]))
