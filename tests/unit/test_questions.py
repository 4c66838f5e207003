"""Answers about the made-up city, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pytest

import povtarget as pt
from povtarget.bounds import coupling_lines
from povtarget.questions import fairest, frontier, minimum_cost, plots, price_ranges, reallocate
from povtarget.questions.first_level import with_amounts

LINE = "Dinkes / Bankeu Provinsi"


@pytest.fixture(scope="module")
def problem() -> pt.TargetingProblem:
    households, catalog, receipts = pt.datasets.pekalongan(1_000)
    return pt.TargetingProblem(households, catalog, receipts=receipts, objective=pt.Headcount())


@pytest.fixture(scope="module")
def curve(problem):
    return frontier(problem, at=[0.5, 1.0, 1.5])


def test_only_lines_of_the_city_change(problem, curve):
    """Lines that others decide keep their amounts at every point."""
    for variant, factor in zip(curve.problems, curve.frame["factor"], strict=True):
        for old, new in zip(problem.catalog.budgets, variant.catalog.budgets, strict=True):
            scale = factor if old.control == "city" else 1.0
            assert new.amount == old.amount * scale


def test_a_line_binds_where_its_price_is_positive(curve):
    """Prices times what is left of whole places fit between a plan and its bound."""
    for plan, variant in zip(curve.plans, curve.problems, strict=True):
        reachable = {line.name: line.reachable[1] for line in coupling_lines(variant)}
        unused = [
            price * (reachable[name] - plan.budgets.at[name, "spent"])
            for name, price in plan.prices.items()
            if name in plan.budgets.index
        ]
        assert sum(unused) <= pt.verify(variant, plan).bound - plan.value + 1e-6


def test_prices_match_finite_differences(problem):
    """Inside its range a price says what a change of the bound is worth."""
    table = price_ranges(problem, rows=[LINE], within=0.1)
    row = table.frame.loc[LINE]
    for end in (row["lowest"], min(row["highest"], 2 * row["bound"])):
        if end == row["bound"]:
            continue
        there = price_ranges(with_amounts(problem, {LINE: end}), rows=[LINE])
        mean = (there.value - table.value) / ((end - row["bound"]) / 1e6)
        assert mean == pytest.approx(row["price"], rel=0.101)
    beyond = 0.8 * row["lowest"]
    there = price_ranges(with_amounts(problem, {LINE: beyond}), rows=[LINE])
    mean = (there.value - table.value) / ((beyond - row["bound"]) / 1e6)
    assert mean >= row["price"] * (1 - 1e-6)  # concave: less money is worth more


def test_money_for_a_confidence(problem):
    """A margin costs more; of a thousand drawn worlds about as many as asked keep the goal."""
    plain = minimum_cost(problem, rate=0.069)
    sure = minimum_cost(problem, rate=0.072, confidence=0.7)
    assert plain.rate("after") <= 0.069
    assert sure.rate("after") < 0.072
    chance, persons = sure.outcomes["P0_after"].to_numpy(), sure.outcomes["persons"].to_numpy()
    drawn = np.random.default_rng(0).random((2_000, chance.size)) < chance
    kept = (drawn @ persons <= 0.072 * persons.sum()).mean()
    assert kept >= 0.66
    assert sure.bound >= sure.value
    assert sure.gap <= 2e-3


def test_growing_a_line_says_by_how_much(problem):
    """Only the named line exceeds its amount, and the plan says so."""
    names = ["Dindagkop-UKM / APBD Kota"]
    plan = minimum_cost(problem, rate=0.066, grow=names)
    over = plan.budgets.index[plan.budgets["left"] < 0].tolist()
    assert over in ([], names)
    assert sum("raise '" in text for text in plan.warnings) == len(over)
    assert plan.gap <= 1e-4 + 1e-12


def test_what_cannot_be_reached_says_how_far(problem):
    """The remedy is the best rate; at that rate there is a plan."""
    with pytest.raises(pt.InfeasibleError, match="size of benefits") as error:
        minimum_cost(problem, rate=0.02)
    best = error.value.remedy[0].needed
    assert minimum_cost(problem, rate=best + 1e-9).rate("after") <= best + 2e-9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate": -0.1}, "not a rate"),
        ({"rate": 0.5}, "reached already"),
        ({"rate": 0.06, "confidence": 1.0}, "not a confidence"),
        ({"rate": 0.06, "grow": "Dinsos-P2KB / APBN PBI"}, "does not decide"),
        ({"rate": 0.06, "grow": "Dinsos-P2K"}, "did you mean"),
        ({"rate": 0.06, "lines": "mine"}, "unknown lines"),
    ],
)
def test_least_cost_refuses(problem, options, words):
    """Each fault by name."""
    with pytest.raises(pt.InputError, match=words):
        minimum_cost(problem, **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"over": "money"}, "no such frontier"),
        ({"points": 1}, "too few points"),
        ({"at": [-1.0]}, "not a setting"),
        ({"at": []}, "no points"),
        ({"over": "overlap", "nested": True}, "only budgets"),
        ({"lines": "Dinas"}, "no such budget line or agency"),
        ({"over": "area_floor", "by": "kelurahan"}, "no such column"),
    ],
)
def test_frontiers_refuse(problem, options, words):
    """Each fault by name."""
    with pytest.raises(pt.InputError, match=words):
        frontier(problem, **options)


def test_other_questions_refuse(problem):
    """Unknown rows, areas, and money that may not move."""
    with pytest.raises(pt.InputError, match="no such row"):
        price_ranges(problem, rows=["quota:blkk"])
    with pytest.raises(pt.InputError, match="no such column"):
        fairest(problem, by="kecamatann")
    food = pt.Program("food", budget="b", need="food", unit_cost=1, benefit=1)
    catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("b", amount=1)])
    with pytest.raises(pt.InputError, match="between no two lines"):
        reallocate(pt.TargetingProblem(problem.households, catalog))


def test_drawing_says_what_is_missing_or_draws(curve):
    """Without matplotlib an error says what to install."""
    try:
        import matplotlib as mpl
    except ImportError:
        with pytest.raises(pt.PovtargetError, match=re.escape("povtarget[plot]")):
            plots.plot_frontier(curve)
        return
    mpl.use("Agg")
    assert plots.plot_frontier(curve).get_ylabel() == "first objective"
