"""UnmetNeed: needs that are not consumption are met after poverty, and nobody is arbitrary."""

from __future__ import annotations

from dataclasses import replace

import pytest

import povtarget as pt

AIMS = [pt.Headcount(), pt.PovertyGap()]


def problem(programs, *, places=1, consumption=(150_000, 101_000, 90_000), sigma=0.3, **options):
    count = len(consumption)
    frame = {
        "household_id": [f"{k}" for k in range(count)], "size": [1] * count,
        "consumption": consumption, "sigma": [sigma] * count, "line": [100_000] * count,
        "informal": [1] * count,
    }  # fmt: skip
    households = pt.Households.from_frame(frame)
    catalog = pt.Catalog(programs=programs, budgets=[pt.Budget("b", amount=places * 100_000)])
    return pt.TargetingProblem(households, catalog, **options)


def program(name, **changes):
    given = {"need": name, "budget": "b", "unit_cost": 100_000, "benefit": 0,
             "eligibility": "informal > 0"}  # fmt: skip
    return pt.Program(name, **{**given, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"benefit": 0}, {"benefit": 5_000_000, "conversion": 0}, {"benefit": 50, "delay_years": 1}],
)
def test_insurance_and_delayed_training_count_by_default(changes):
    """No consumption this year: no benefit, no conversion, or a delay."""
    asked = problem([program("insurance", **changes)], objective=[pt.UnmetNeed()], places=2)
    assert pt.solve(asked, gap=0).value == 2.0


def test_without_it_nobody_gets_what_is_no_consumption():
    """Headcount and gap alone leave such a line unspent; UnmetNeed spends it."""
    asked = problem([program("insurance")], objective=AIMS)
    assert pt.solve(asked, gap=0).assignments.empty
    asked = replace(asked, objective=[*AIMS, pt.UnmetNeed()])
    assert len(pt.solve(asked, gap=0).assignments) == 1


def test_poverty_comes_first():
    """With one line for both, what lifts is proposed before what only meets a need."""
    cash = program("cash", benefit=500_000)
    both = problem([cash, program("insurance")], objective=[*AIMS, pt.UnmetNeed()])
    assert pt.solve(both, gap=0).assignments["program"].tolist() == ["cash"]
    alone = replace(both, objective=AIMS)
    assert pt.solve(both, gap=0).value == pytest.approx(pt.solve(alone, gap=0).value)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_place_goes_to_the_likelier(order):
    """Whatever the order of households, the one likeliest below the line comes first."""
    consumption = [(150_000, 101_000, 90_000)[k] for k in order]
    asked = problem([program("insurance")], consumption=consumption)
    first = pt.UnmetNeed(priority=pt.likelier_first(asked.households))
    plan = pt.solve(replace(asked, objective=[*AIMS, first]), gap=0)
    assert plan.assignments["household_id"].tolist() == [str(order.index(2))]


def test_a_need_that_a_receipt_serves_is_met():
    """Who has the insurance already does not count again."""
    asked = problem(
        [program("insurance"), program("premium", need="insurance")],
        objective=[pt.UnmetNeed()], places=3,
        receipts={"household_id": ["0"], "program": ["insurance"]},
    )  # fmt: skip
    plan = pt.solve(asked, gap=0)
    assert plan.value == 2.0
    assert "0" not in set(plan.assignments["household_id"])
