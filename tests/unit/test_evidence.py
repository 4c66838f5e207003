"""What a plan says to the public: sums that hold, intervals that cover, cells that are not small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import povtarget as pt
from povtarget.disclosure import FEWEST, is_small, pooled, rounded
from povtarget.evidence import FEWEST_FOR_A_RATE, Evidence


@pytest.fixture(scope="module")
def evidence():
    """A made-up city's plan, counted."""
    households, catalog, receipts = pt.datasets.pekalongan(2_000, seed=2)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return Evidence(problem, pt.solve(problem))


def test_reasons_add_up_to_the_headcount(evidence):
    """Everyone expected below the line after the plan is under one reason, but for rounding."""
    table = evidence.left_out()
    weight = evidence.problem.households.weight
    after = evidence.plan.outcomes["P0_after"].to_numpy()
    for name, total in (
        ("persons", evidence.plan.rate("after", "headcount")),
        ("families", (weight * after).sum()),
    ):
        assert 0 <= total - table[name].sum() < FEWEST * len(table)


def test_areas_add_up_to_the_city(evidence):
    """Persons, families and rates of areas are those of the city, but for rounding."""
    table, plan = evidence.areas(), evidence.plan
    persons = evidence.problem.households.persons.sum()
    assert 0 <= persons - table["persons"].sum() < FEWEST * len(table)
    for name in ("P0", "P1"):
        for when in ("before", "after"):
            rate = (table[f"{name}_{when}"] * table["persons"]).sum() / persons
            assert rate == pytest.approx(plan.rate(when, name), rel=0.02)
    assert table["cost"].sum() <= plan.budgets["spent"].sum()
    proposed = plan.assignments["household_id"].nunique()
    assert 0 <= proposed - table["proposed"].sum() < FEWEST * len(table)
    assert (table["families"] >= FEWEST_FOR_A_RATE).all()


def test_reasons_are_the_right_ones():
    """One family for each reason, by hand."""
    rows = 6
    labels = ["helped", "poor_aid", "has", "barred", "waits", "useless"]
    frame = pd.DataFrame(
        {
            "household_id": [f"{name}{k}" for name in labels for k in range(rows)],
            "size": 1,
            "consumption": [460_000] * rows + [100_000] * rows + [300_000] * 4 * rows,
            "kind": np.repeat(labels, rows),
        }
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program("cash", need="cash", budget="D", unit_cost=1e6, benefit=1e6,
                       eligibility="kind == 'helped' or kind == 'poor_aid' or kind == 'has'"),
            pt.Program("lamp", need="light", budget="E", unit_cost=1e6, benefit=0,
                       eligibility="kind == 'useless'"),
            pt.Program("house", need="home", budget="F", unit_cost=1e9, benefit=1e8,
                       eligibility="kind == 'waits'"),
        ],
        budgets=[pt.Budget("D", amount=2e9), pt.Budget("E", amount=1e9), pt.Budget("F", amount=1e8)],
    )  # fmt: skip
    receipts = pd.DataFrame({"household_id": [f"has{k}" for k in range(rows)], "program": "cash"})
    problem = pt.TargetingProblem(
        pt.Households.from_frame(frame, poverty_line=513_243), catalog, receipts=receipts
    )
    found = Evidence(problem, pt.solve(problem, gap=0))
    assert found.left_out()["families"].to_dict() == {
        "proposed": 5, "receives": 5, "not_eligible": 5, "money": 5, "other": 5
    }  # fmt: skip
    assert found.lifted().value == 6
    assert found.programs()["ended"].to_dict() == {
        "cash": "everyone", "house": "money", "lamp": "aim"
    }  # fmt: skip


def test_intervals_cover_what_predictions_draw(evidence):
    """Rates, lifted and missed drawn from the predictions lie in their 95 % intervals."""
    rng = np.random.default_rng(1)
    persons = evidence.problem.households.persons
    before = evidence.plan.outcomes["P0_before"].to_numpy()
    after = evidence.plan.outcomes["P0_after"].to_numpy()
    draws = 4_000
    luck = rng.random((draws, before.size))
    was, stays = luck < before, luck < after
    rates = was @ persons / persons.sum()
    lifted = (was & ~stays) @ persons
    for drawn, found in ((rates, evidence.rate("before")), (lifted, evidence.lifted())):
        inside = np.mean((drawn >= found.low) & (drawn <= found.high))
        assert 0.935 < inside < 0.965
    missed = ~(evidence.is_proposed | evidence.has_something)
    size = evidence.problem.households.size
    group = (size >= 3) & (size <= 4)
    shares = (was[:, group & missed] @ persons[group & missed]) / (was[:, group] @ persons[group])
    found = evidence.missed().loc[("size", "3-4")]
    inside = np.mean((shares >= found["low"]) & (shares <= found["high"]))
    assert 0.9 < inside < 0.985  # some twenty families: the logit interval is a little short


def test_known_consumption_has_no_interval():
    """Nothing is drawn and nothing predicted: no interval is made up."""
    frame = pd.DataFrame(
        {"household_id": list("abcdefgh"), "size": 2, "consumption": [400_000.0] * 8}
    )
    catalog = pt.Catalog(
        programs=[pt.Program("p", need="n", budget="B", unit_cost=1, benefit=1)],
        budgets=[pt.Budget("B", amount=8)],
    )
    problem = pt.TargetingProblem(pt.Households.from_frame(frame, poverty_line=5e5), catalog)
    found = Evidence(problem, pt.solve(problem))
    assert np.isnan(found.rate("before").low)
    assert np.isnan(found.lifted().low)
    assert found.areas().empty


def test_together_is_symmetric_and_grows(evidence):
    """Pairs of agencies count alike both ways, and a plan takes nothing away."""
    before, after = evidence.together("before"), evidence.together("after")
    assert before.equals(before.T)
    assert (np.nan_to_num(after.to_numpy()) >= np.nan_to_num(before.to_numpy())).all()
    shown = after.to_numpy()[np.isfinite(after.to_numpy())]
    assert (shown % FEWEST == 0).all()


counts = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(counts, st.integers(2, 9))
def test_pooled_keeps_sums_and_shows_no_small_cell(numbers, fewest):
    """Nothing small is left, nothing is lost, and the pool is never of one row alone."""
    table = pd.DataFrame(
        {"n": np.array(numbers, dtype=float), "x": 1.0}, index=map(str, range(len(numbers)))
    )
    made = pooled(table, ["n"], fewest)
    assert not is_small(made["n"].to_numpy(), fewest).any()
    if made.empty:
        assert is_small(sum(numbers), fewest) or len(numbers) == 1
    else:
        assert made["n"].sum() == sum(numbers)
        assert made["x"].sum() == len(numbers)
    if "" in made.index:
        assert made.loc["", "x"] >= 2


@given(st.integers(0, 1000))
def test_rounded_is_near_and_never_nobody(count):
    """A published count is a multiple below it; a small one and none are withheld alike."""
    shown = float(rounded(count, count))
    if count < FEWEST:
        assert np.isnan(shown)
    else:
        assert 0 <= count - shown < FEWEST
        assert shown % FEWEST == 0
