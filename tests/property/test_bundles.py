"""Bundles against plain loops: which there are, what they are worth, which are dominated, when.

``POVTARGET_EXAMPLES=20`` looks at twenty times as many examples.
"""

from __future__ import annotations

import math
import os
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import povtarget as pt
from povtarget import bundles as bundles_module
from povtarget.bounds import price_bound
from povtarget.bundles import Bundles, bundle_blocks, enumerate_bundles
from povtarget.evaluation import revalue
from property.strategies import among, specs
from reference import FLOOR_SLACK, Question, keeps, lexicographic

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
SAME = 1e-12  # what rounding in another order may change

Key = tuple[int, tuple[str, ...]]


def examples(count: int) -> settings:
    """So many examples, the same in every run."""
    return settings(
        max_examples=int(count * SCALE),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def keys(problem: pt.TargetingProblem, bundles: Bundles) -> list[Key]:
    """Household and names of programs of each bundle."""
    names = problem.catalog.program_names
    return [
        (household, tuple(names[p] for p in bundles.sets[number]))
        for household, number in zip(
            bundles.household.tolist(), bundles.set_number.tolist(), strict=True
        )
    ]


@examples(200)
@given(specs())
def test_every_bundle_is_there_once_and_worth_what_plain_rules_say(spec):
    problem = spec.problem()
    question = Question(problem)
    bundles = enumerate_bundles(problem, keep_dominated=True)
    values = [bundles.objective(problem, k) for k in range(len(problem.levels))]
    weight = problem.households.weight[bundles.household]
    values.append(-weight * bundles.duplicates)
    expected = {
        (household, tuple(sorted(option.programs))): option.values
        for household, options in enumerate(question.options)
        for option in options
        if option.programs
    }
    found = keys(problem, bundles)
    assert len(found) == len(expected)
    assert found == sorted(found, key=lambda key: (key[0], len(key[1]), key[1]))
    for item, key in enumerate(found):
        ours = [float(value[item]) for value in values]
        assert ours == pytest.approx([float(v) for v in expected[key]], rel=SAME, abs=SAME)


@examples(100)
@given(specs(), st.data())
def test_proposals_are_valued_as_their_bundles(spec, data):
    """The judge's valuation of a table of proposals, which grows no sets, says the same."""
    problem = spec.problem()
    bundles = enumerate_bundles(problem, keep_dominated=True)
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    items = []
    for household in np.unique(bundles.household):
        mine = np.flatnonzero(bundles.household == household)
        items.append(mine[data.draw(st.integers(0, mine.size - 1))])
        chosen[household, list(bundles.sets[bundles.set_number[items[-1]]])] = True
    found = revalue(problem, chosen)
    served = bundles.household[items]
    assert np.array_equal(found.first_gain[served], bundles.gains[0][items])
    assert np.array_equal(found.duplicates[served], bundles.duplicates[items])
    expected = [bundles.objective(problem, k)[items] for k in range(len(problem.levels))]
    expected.append(-problem.households.weight[served] * bundles.duplicates[items])
    assert found.values == tuple(math.fsum(value) for value in expected)


def needed_by_loops(problem: pt.TargetingProblem, every: Bundles) -> dict[Key, int]:
    """`Bundles.needed_from` by its definition, one bundle at a time."""
    held = {name for name, program in _programs(problem).items() if program.minimum > 0}
    levels = range(len(problem.levels))
    item_of = {key: item for item, key in enumerate(keys(problem, every))}
    objective = [every.objective(problem, k) for k in levels]

    def merits(key: Key, level: int) -> list[float]:
        if not key[1]:
            return [0.0] * (level + 2)
        item = item_of[key]
        first = [every.gains[0][item]] if problem.constraints else [0.0]
        # Later levels compare gains: a positive priority changes nothing but rounding.
        later = [every.gains[k][item] for k in range(1, level + 1)]
        return [*first, objective[0][item], *later]

    def is_dominated(key: Key, level: int) -> bool:
        household, programs = key
        for name in set(programs) - held:
            rest = (household, tuple(p for p in programs if p != name))
            exists = rest in item_of if rest[1] else not problem.standing.locked[household].any()
            if exists and all(
                a <= b for a, b in zip(merits(key, level), merits(rest, level), strict=True)
            ):
                return True
        return False

    return {
        key: next((k for k in levels if not is_dominated(key, k)), len(problem.levels))
        for key in item_of
    }


def _programs(problem: pt.TargetingProblem) -> dict[str, pt.Program]:
    return {program.name: program for program in problem.catalog.programs}


@examples(200)
@given(specs())
def test_dominated_bundles_and_levels_are_what_the_definition_says(spec):
    problem = spec.problem()
    every = enumerate_bundles(problem, keep_dominated=True)
    needed = needed_by_loops(problem, every)
    assert every.needed_from.tolist() == [needed[key] for key in keys(problem, every)]
    kept = enumerate_bundles(problem)
    found = keys(problem, kept)
    assert found == [key for key in keys(problem, every) if needed[key] < len(problem.levels)]
    assert kept.needed_from.tolist() == [needed[key] for key in found]
    place = np.flatnonzero(every.needed_from < len(problem.levels))
    for name in ("gains", "penalty", "duplicates"):
        assert np.array_equal(getattr(kept, name), getattr(every, name)[..., place])


@examples(200)
@given(specs())
def test_a_level_needs_no_bundle_that_is_needed_only_later(spec):
    """With only the bundles needed up to a level it and all before it reach the same."""
    problem = spec.problem()
    question, whole = Question(problem), Question(problem)
    bundles = enumerate_bundles(problem)
    needed = dict(zip(keys(problem, bundles), bundles.needed_from.tolist(), strict=True))
    every = [point for point in whole.points() if keeps(point, whole.bounds, FLOOR_SLACK)]
    for level in range(len(problem.levels) + 1):
        question.options = [
            [
                option
                for option in options
                if not option.programs
                or needed.get((household, tuple(sorted(option.programs))), 99) <= level
            ]
            for household, options in enumerate(whole.options)
        ]
        some = [p for p in question.points() if keeps(p, question.bounds, FLOOR_SLACK)]
        assert bool(some) == bool(every)
        if every:
            best, most = (
                [float(v) for v in lexicographic(points, 1e-9)[: level + 1]]
                for points in (some, every)
            )
            assert best == pytest.approx(most, rel=1e-11, abs=1e-11)


def test_what_lifts_nobody_is_needed_from_the_level_that_closes_gaps():
    """30 short of the line: 10 is for the second level, 40 for the first, both together for none."""
    households = pt.Households.from_frame(
        {"household_id": ["a"], "size": [1], "consumption": [70.0]}, poverty_line=100.0
    )
    programs = [
        pt.Program(name, need="food", budget="b", unit_cost=1, benefit=12 * benefit)
        for name, benefit in (("large", 40), ("small", 10))
    ]
    catalog = pt.Catalog(programs=programs, budgets=[pt.Budget("b", amount=1)])
    problem = pt.TargetingProblem(households, catalog)
    bundles = enumerate_bundles(problem)
    assert [bundles.sets[k] for k in bundles.set_number] == [(0,), (1,)]
    assert bundles.needed_from.tolist() == [0, 1]
    every = enumerate_bundles(problem, keep_dominated=True)
    assert every.needed_from.tolist() == [0, 1, 2]


@examples(60)
@given(specs(), among(1, 2, 3), st.data())
def test_blocks_of_households_hold_the_same_bundles(spec, size, data):
    problem = spec.problem()
    is_all = data.draw(among(False, True))
    with pytest.MonkeyPatch.context() as patch:
        at_once = enumerate_bundles(problem, keep_dominated=is_all)
        patch.setattr(bundles_module, "_BLOCK", size)
        joined = enumerate_bundles(problem, keep_dominated=is_all)
        parts = list(bundle_blocks(problem, keep_dominated=is_all))
    assert keys(problem, at_once) == keys(problem, joined)
    assert keys(problem, at_once) == [key for part in parts for key in keys(problem, part)]
    for name in ("gains", "penalty", "duplicates", "needed_from"):
        found = getattr(at_once, name)
        assert np.array_equal(found, getattr(joined, name))
        assert np.array_equal(found, np.concatenate([getattr(p, name) for p in parts], axis=-1))
    rows = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(problem.households)))))))
    some = enumerate_bundles(problem, rows.astype(np.int64), keep_dominated=is_all)
    assert keys(problem, some) == [key for key in keys(problem, at_once) if key[0] in rows]


@examples(100)
@given(specs(), st.data())
def test_dominated_bundles_never_change_what_prices_prove(spec, data):
    """Prices of the right sign: the judge, who leaves dominated bundles out, loses nothing."""
    problem = spec.problem()
    question = Question(problem)
    prices = {
        name: float(
            data.draw(among(0.0, 0.1, 1.0, 3.0))
            * (-1 if upper is None else 1)
            / (question.largest_use(name) or Fraction(1))
        )
        for name, (_, upper) in question.bounds.items()
    }
    every = enumerate_bundles(problem, keep_dominated=True)
    proven = price_bound(problem, prices, [every])
    assert price_bound(problem, prices) == pytest.approx(proven, rel=SAME, abs=SAME)
