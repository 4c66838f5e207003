"""What a plan says to the public: sums that hold, intervals that cover, cells that are not small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import povtarget as pt
from povtarget.disclosure import FEWEST, is_small, pooled, rounded, withheld
from povtarget.evidence import Evidence


@pytest.fixture(scope="module")
def evidence():
    """A made-up city's plan, counted."""
    households, catalog, receipts = pt.datasets.pekalongan(2_000, seed=2)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return Evidence(problem, pt.solve(problem))


def test_reasons_add_up_to_the_headcount(evidence):
    """Everyone expected below the line after the plan is under one reason."""
    table = evidence.left_out()
    assert table["persons"].sum() == pytest.approx(evidence.plan.rate("after", "headcount"))
    weight = evidence.problem.households.weight
    after = evidence.plan.outcomes["P0_after"].to_numpy()
    assert table["families"].sum() == pytest.approx((weight * after).sum())


def test_areas_add_up_to_the_city(evidence):
    """Persons, families, money and both headcounts of areas are those of the city."""
    table, plan = evidence.areas(), evidence.plan
    assert table["persons"].sum() == pytest.approx(evidence.problem.households.persons.sum())
    assert table["below_before"].sum() == pytest.approx(plan.rate("before", "headcount"))
    assert table["below_after"].sum() == pytest.approx(plan.rate("after", "headcount"))
    assert table["cost"].sum() == pytest.approx(plan.budgets["spent"].sum())
    assert table["proposed"].sum() == plan.assignments["household_id"].nunique()
    assert (table["families"] >= FEWEST).all()


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
        "proposed": 6, "receives": 6, "not_eligible": 6, "money": 6, "other": 6
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


@settings(max_examples=200, deadline=None)
@given(counts)
def test_withheld_leaves_no_count_to_a_subtraction(numbers):
    """Small counts are hidden, and never one alone where another could go with it."""
    hidden = withheld(numbers)
    small = is_small(numbers)
    assert (hidden >= small).all()
    if small.sum() == 1 and sum(n > 0 for n in numbers) > 1:
        assert hidden.sum() == 2
    if not small.any():
        assert not hidden.any()


@given(st.integers(0, 1000))
def test_rounded_is_near_and_never_nobody(count):
    """A published count is a multiple within half of it; a small one is withheld."""
    shown = float(rounded(count, count))
    if 0 < count < FEWEST:
        assert np.isnan(shown)
    else:
        assert abs(shown - count) <= FEWEST / 2
        assert (shown == 0) == (count == 0)
