"""Answers about the made-up city, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import povtarget as pt
from povtarget.bounds import coupling_lines
from povtarget.evaluation import proposals_of
from povtarget.questions import fairest, frontier, minimum_cost, plots, price_ranges, reallocate
from povtarget.questions.first_level import with_amounts
from povtarget.rate_goal import rate_goal
from povtarget.valuation import success_chances, unit_gains

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


def test_a_point_s_price_is_the_weighted_mean_of_two_slopes(problem):
    """Each slope has the distance to the other neighbour as weight; the ends have one slope."""
    frame = frontier(problem, at=[0.5, 0.6, 1.0, 1.5]).frame
    money, bound = frame["amount"].to_numpy() / 1e6, frame["envelope"].to_numpy()
    step, slope = np.diff(money), np.diff(bound) / np.diff(money)
    inner = (step[1:] * slope[:-1] + step[:-1] * slope[1:]) / (step[1:] + step[:-1])
    assert frame["price"].to_numpy() == pytest.approx([slope[0], *inner, slope[-1]])
    assert np.all(np.diff(slope) <= 1e-9)  # so that the price lies between the two
    assert np.all(frame["price"].to_numpy()[1:-1] <= slope[:-1] + 1e-9)
    assert np.all(frame["price"].to_numpy()[1:-1] >= slope[1:] - 1e-9)


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


def test_a_judge_recomputes_the_least_cost(problem):
    """Value, bound and goal hold; a forged bound, price or plan does not."""
    plan = minimum_cost(problem, rate=0.069, gap=1e-3)
    with pytest.raises(pt.InputError, match="unknown lines"):
        pt.verify_cost(problem, plan, rate=0.069, lines="citi")
    found = pt.verify_cost(problem, plan, rate=0.069)
    assert found.is_sound
    assert found.value == plan.value <= plan.bound <= found.bound + 1e-3
    forged = replace(plan, bound=plan.value / 2, bound_source="prices")
    assert any("prices prove" in text for text in _faults(problem, forged, 0.069))
    short = replace(plan, assignments=plan.assignments.iloc[1:])
    assert any("goal is missed" in text for text in _faults(problem, short, 0.069))
    signed = replace(plan, prices={**plan.prices, "limit:rate": 1.0})
    assert pt.verify_cost(problem, signed, rate=0.069).bound == np.inf


def _faults(problem, plan, rate):
    return pt.verify_cost(problem, plan, rate=rate).violations


@pytest.fixture(scope="module")
def areas_alike(problem):
    errors = pt.ErrorModel.of_areas(problem.households.household_id, 0.05)
    return errors, minimum_cost(problem, rate=0.0735, confidence=0.7, errors=errors, gap=1e-3)


def test_errors_that_hang_together_cost_more(problem, areas_alike):
    """The margin widens, the judge agrees, and drawn worlds keep the goal as often as asked."""
    errors, wide = areas_alike
    found = pt.verify_cost(problem, wide, rate=0.0735, confidence=0.7, errors=errors)
    assert found.is_sound
    narrow = rate_goal(problem, 0.0735, 0.7)
    shared = rate_goal(problem, 0.0735, 0.7, errors)
    assert _excess(shared, problem, wide) <= 1e-6
    assert _excess(narrow, problem, wide) < _excess(shared, problem, wide) - 1
    kept = _worlds_kept(problem, wide, 0.0735, rho=0.05)
    assert 0.66 <= kept <= 0.76


def _excess(goal, problem, plan):
    chosen, before = proposals_of(problem, plan.assignments), goal.before()
    served = np.flatnonzero(chosen.any(axis=1))
    change = goal.after(served, chosen[served]).minus(before.take(served))
    return goal.excess(goal.sums(before, change))


def _worlds_kept(problem, plan, rate, rho, worlds=1_000):
    homes, rng = problem.households, np.random.default_rng(0)
    chosen = proposals_of(problem, plan.assignments)
    area, kept = homes.grouped("area")[1], 0
    for _ in range(worlds):
        shared = rng.standard_normal(area.max() + 1)[area]
        error = np.sqrt(rho) * shared + np.sqrt(1 - rho) * rng.standard_normal(area.size)
        works = chosen & (rng.random(chosen.shape) < success_chances(problem))
        gain = problem.standing.baseline_gain
        gain = gain + (works * problem.standing.units) @ unit_gains(problem)
        consumption = homes.consumption * np.exp(homes.sigma * error) + gain / (12 * homes.size)
        below = homes.persons @ (consumption < homes.line)
        kept += below <= rate * homes.persons.sum()
    return kept / worlds


def test_replicates_of_the_survey_widen_the_margin(problem):
    """A common error of all medians moves the count as a shift of all consumption does."""
    homes = problem.households
    shift = np.array([[-0.1], [0.1]], dtype=np.float32) + np.zeros((1, len(homes)), np.float32)
    errors = pt.ErrorModel(homes.household_id, 0.0, 0.0, shift, np.zeros(2))
    goal = rate_goal(problem, 0.07, 0.9, errors)
    sums = goal.sums(goal.before(), goal.before().take(np.empty(0, dtype=np.int64)))
    slope = 0.0
    for sign in (-1, 1):
        below = pt.poverty.expected_fgt(
            homes.consumption * np.exp(sign * 1e-4), homes.sigma, homes.line, 0,
            weights=homes.persons,
        )  # fmt: skip
        slope -= sign * below * homes.persons.sum() / 2e-4
    # two replicates at -0.1 and 0.1 have a standard deviation of 0.1 * sqrt(2)
    assert np.hypot(*sums.shared[-2:]) == pytest.approx(np.sqrt(2) * 0.1 * slope, rel=1e-3)


def test_least_cost_begins_from_a_plan(problem):
    """A start is no worse than none, and one that breaks rows does no harm."""
    first = minimum_cost(problem, rate=0.069, gap=1e-3)
    again = minimum_cost(problem, rate=0.069, gap=1e-3, start=first)
    assert again.value >= first.value - 1e-3 * abs(first.value)
    poorer = with_amounts(problem, {b.name: 0.7 * b.amount for b in problem.catalog.budgets})
    plan = minimum_cost(poorer, rate=0.0695, start=first, gap=0.01)
    assert pt.verify_cost(poorer, plan, rate=0.0695).is_sound


def test_lines_keep_what_they_must(problem):
    """No line falls under its part, sums stay, and more freedom never gains less."""
    gains = []
    for kept in (0.9, 0.0):
        found = reallocate(problem, at_least=kept, gap=0.01)
        frame = found.frame
        assert (frame["proposed"] >= kept * frame["amount"] - 1e-6).all()
        groups = frame.groupby("transfer_group")[["amount", "proposed"]].sum()
        assert np.allclose(groups["amount"], groups["proposed"], rtol=0, atol=1e-3)
        assert pt.verify(found.problem, found.plan).is_sound
        gains.append((found.gain, found.most_gain))
    assert gains[0][0] <= gains[1][1] + 1e-9
    name = "Dinkes / APBD Kota"
    assert reallocate(problem, at_least={name: 1e6}, gap=0.01).frame.at[name, "proposed"] >= 1e6


@pytest.mark.parametrize(
    ("at_least", "words"),
    [
        (1.5, "not a share"),
        ("half", "not a share"),
        ({"Dinkes": 1.0}, "no line"),
        ({"Dinkes / APBD Kota": 1e15}, "keep"),
        ({"Dinkes / APBD Kota": "1e6"}, "keep"),
    ],
)
def test_what_lines_cannot_keep_is_refused(problem, at_least, words):
    """Shares beyond 1, unknown lines, and more than a line has."""
    with pytest.raises(pt.InputError, match=words):
        reallocate(problem, at_least=at_least)
