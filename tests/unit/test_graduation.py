"""graduate: conditions before chances, floors, limits, freed money and whom it reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import povtarget as pt
from povtarget.graduation import WHY, plot_graduation

DAY = date(2026, 3, 1)


def conditions(receipts, **changes):
    """Every receipt verified in November, told, and without an appeal."""
    frame = pd.DataFrame(receipts)[["household_id", "program"]].drop_duplicates()
    stated = {"verified_on": "2025-11-01", "notice": "ya", "appeal_open": "tidak"}
    return frame.assign(**{**stated, **changes})


def small(consumption=(900_000, 90_000), changeable=True, **options):
    """The first household has a grant; a second one lacks Rp 10,000 for each of two persons."""
    count = len(consumption)
    frame = {
        "household_id": [str(k) for k in range(count)], "size": [2] * count,
        "consumption": consumption, "line": [100_000] * count,
        "elderly": options.pop("elderly", [0] * count), "disabled": [0] * count,
    }  # fmt: skip
    grant = pt.Program("grant", need="cash", budget="b", unit_cost=600_000, benefit=600_000)
    budget = pt.Budget("b", amount=0, control=options.pop("control", "city"))
    receipts = {"household_id": ["0"], "program": ["grant"], "changeable": [changeable]}
    return pt.TargetingProblem(
        pt.Households.from_frame(frame), pt.Catalog(programs=[grant], budgets=[budget]),
        receipts=receipts, **options,
    )  # fmt: skip


def only(problem, *, changes=None, **options):
    """The one receipt's reason."""
    stated = conditions(problem.receipts, **(changes or {}))
    made = pt.graduate(problem, on=DAY, conditions=stated, **options)
    return made.frame["why"].item(), made


def test_a_grant_moves_to_who_needs_it():
    """Every condition holds: the money goes from the first household to the second."""
    why, made = only(small())
    assert why == "graduates"
    assert made.freed.loc["b", "freed"] == 600_000
    assert made.reached["household_id"].tolist() == ["1"]
    assert (made.changed, made.wrongful) == (1.0, 0.0)
    assert made.after.lifted - made.before.lifted == 2.0
    assert "Rp 600,000" in made.text()
    assert "Rp 600.000" in made.text("id")


@pytest.mark.parametrize(
    ("options", "changes", "why"),
    [
        ({"changeable": False}, {}, "not_changeable"),
        ({"elderly": [1, 0]}, {}, "exempt"),
        ({}, {"verified_on": "2025-02-01"}, "not_verified"),
        ({}, {"verified_on": "2026-03-02"}, "not_verified"),
        ({}, {"verified_on": ""}, "not_verified"),
        ({}, {"notice": "tidak"}, "no_notice"),
        ({}, {"appeal_open": "ya"}, "appeal_open"),
        ({"consumption": (90_000, 90_000)}, {}, "above_threshold"),
        ({"consumption": (110_000, 90_000)}, {}, "below_floor"),
    ],
)
def test_what_keeps_a_receipt(options, changes, why):
    """A chance never ends a receipt by itself: each condition keeps it."""
    found, made = only(small(**options), changes=changes)
    assert found == why
    assert made.frame["action"].item() == "keep"
    assert made.changed == 0
    assert len(made.after.assignments) == len(made.before.assignments)


def test_nothing_ends_without_conditions_or_by_a_limit_of_none():
    """What is not verified stays, and so does what the year's limit does not let change."""
    assert pt.graduate(small(), on=DAY).frame["why"].item() == "not_verified"
    assert only(small(), limit=0)[0] == "limit"
    assert only(small(elderly=[1, 0]), exempt=())[0] == "graduates"


def test_money_of_another_government_is_not_spent():
    """A fixed line's money is stated apart, and no plan uses it."""
    _, made = only(small(control="fixed"))
    assert made.freed.loc["b"].tolist() == ["fixed", 600_000.0]
    assert made.reached.empty


def test_receipts_end_the_smallest_first_while_the_floor_holds():
    """Without both the household would fall back, without the smaller one it does not."""
    problem = small(consumption=(130_000, 90_000))
    big = replace(problem.catalog.programs[0], name="big", benefit=900_000, need="food")
    problem = replace(
        problem, catalog=replace(problem.catalog, programs=[*problem.catalog.programs, big]),
        receipts={"household_id": ["0", "0"], "program": ["big", "grant"], "changeable": [True, True]},
    )  # fmt: skip
    made = pt.graduate(problem, on=DAY, conditions=conditions(problem.receipts))
    assert made.frame.set_index("program")["why"].to_dict() == {
        "big": "below_floor", "grant": "graduates",
    }  # fmt: skip


@pytest.fixture(scope="module")
def city():
    households, catalog, receipts = pt.datasets.pekalongan(2_000)
    receipts = receipts.assign(changeable=receipts["program"].isin(["pbi_apbd", "lansia_kota"]))
    return pt.TargetingProblem(households, catalog, receipts=receipts)


def test_a_city(city):
    """Chances, the limit, wrongful endings and money add up; the plan afterwards is sound."""
    made = pt.graduate(
        city, on=DAY, conditions=conditions(city.receipts), threshold=0.05, limit=40, gap=1e-3
    )
    ends = made.frame[made.frame["why"] == "graduates"]
    assert 0 < made.changed <= 40
    assert made.changed == ends["household_id"].nunique()
    assert (ends["chance_now"] < 0.05).all()
    assert (ends["chance_after"] >= ends["chance_now"]).all()
    worst = ends.groupby("household_id")["chance_after"].max()
    assert made.wrongful == pytest.approx(worst.sum())
    kept = made.frame[made.frame["why"] == "limit"]
    assert kept["chance_after"].min() >= worst.max() - 1e-12
    assert made.freed["freed"].sum() == pytest.approx(ends["freed"].sum())
    more = made.after.budgets["amount"] - made.before.budgets["amount"]
    assert more.to_numpy() == pytest.approx(made.freed["freed"].to_numpy())
    assert made.after.lifted >= made.before.lifted - made.wrongful * 10
    pairs = set(zip(ends["household_id"], ends["program"], strict=True))
    proposed = made.after.assignments
    assert not pairs & set(zip(proposed["household_id"], proposed["program"], strict=True))
    assert set(made.frame["why"]) <= set(WHY)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3))
@settings(max_examples=4, deadline=None, derandomize=True, database=None)
def test_wider_thresholds_and_floors_end_no_fewer(first, second, low, high):
    """What may end under narrow conditions may end under wide ones."""
    problem = small(consumption=(125_000, 90_000), receipts_in_consumption=True)
    sigma = replace(problem.households, sigma=np.full(2, 0.1))
    problem = replace(problem, households=sigma)
    narrow = only(problem, threshold=min(first, second), floor=min(low, high))[1]
    wide = only(problem, threshold=max(first, second), floor=max(low, high))[1]
    assert narrow.changed <= wide.changed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threshold": 2}, "not a share"),
        ({"limit": -1}, "not a number of households"),
        ({"exempt": ["elderli"]}, "nobody is exempt"),
        ({"conditions": {"household_id": ["0"]}}, "the column is missing"),
    ],
)
def test_bad_questions(options, words):
    """Each wrong argument is refused with what would be right."""
    with pytest.raises(pt.InputError, match=words):
        pt.graduate(small(), on=DAY, **options)


def test_faults_of_conditions_name_rows_and_no_person():
    """Dates, flags and repeated rows, all at once, with masked identifiers."""
    nik = "3375010101900001"
    stated = pd.DataFrame(
        {
            "household_id": [nik, nik, "2"], "program": ["grant"] * 3,
            "verified_on": ["01/11/2025", None, "2025-11-01"],
            "notice": ["ya", "mungkin", "ya"], "appeal_open": ["tidak"] * 3,
        }
    )  # fmt: skip
    with pytest.raises(pt.InputError) as caught:
        pt.graduate(small(), on=DAY, conditions=stated)
    told = [(fault.row, fault.column) for fault in caught.value.problems]
    assert told == [(2, "verified_on"), (3, "notice"), (3, "household_id")]
    assert nik not in str(caught.value)
    unmarked = replace(small(), receipts={"household_id": [nik], "program": ["grant"]})
    with pytest.raises(pt.InputError, match="'changeable'") as caught:
        pt.graduate(unmarked, on=DAY)
    assert nik not in str(caught.value)


def test_plot_draws_reasons():
    """One bar for each reason that occurs."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    assert len(plot_graduation(only(small())[1]).patches) == 1
