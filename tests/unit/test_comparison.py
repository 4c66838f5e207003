"""Baselines, compare and scenario sets."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import povtarget as pt
from povtarget.baselines.ledger import Ledger
from property.strategies import specs
from property.test_laws import examples
from reference import FLOOR_SLACK, Question, broken

GAP = 0.05  # small cities are hard to prove to the last person, and nothing here needs it
NAMES = tuple(pt.baselines.ALL)


def small(**options) -> pt.TargetingProblem:
    households, catalog, receipts = pt.datasets.pekalongan(400, seed=2)
    return pt.TargetingProblem(households, catalog, receipts=receipts, **options)


@examples(50)
@given(specs(rows_off=True, locks_off=True), st.sampled_from(NAMES))
def test_a_baseline_keeps_everything_and_is_never_better_than_the_optimum(spec, name):
    """By rationals of our own: every budget, quota, rule and limit; then the value."""
    problem = spec.problem()
    plan = pt.baselines.ALL[name](problem)
    question = Question(problem)
    pairs = list(zip(plan.assignments["household_id"], plan.assignments["program"], strict=True))
    point, faults = question.of_plan(pairs)
    assert point is not None, faults
    assert broken(point, question.bounds, FLOOR_SLACK) == []
    assert pt.verify(problem, plan).violations == ()
    best = pt.solve(problem, gap=0)
    assert plan.value <= best.value + 1e-8 * max(1.0, abs(best.value))
    assert plan.value <= best.bound + 1e-8 * max(1.0, abs(best.bound))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_meeting_agreed_is_in_every_baseline(name):
    problem = small()
    possible = np.argwhere(problem.standing.possible)
    household, program = (int(k) for k in possible[len(possible) // 2])
    pair = problem.households.household_id[household], problem.catalog.program_names[program]
    locked = replace(problem, locks={pair: "in"})
    plan = pt.baselines.ALL[name](locked)
    assert pair in set(zip(plan.assignments.household_id, plan.assignments.program, strict=True))


def test_a_locked_program_brings_what_it_requires():
    households = pt.Households.from_frame(
        {"household_id": ["a", "b"], "size": [1, 1], "consumption": [50, 60]}, poverty_line=100
    )
    catalog = pt.Catalog(
        budgets=[pt.Budget("b", amount=20)],
        programs=[
            pt.Program(name, need=name, budget="b", unit_cost=10, benefit=120)
            for name in ("first", "second")
        ],
        rules=[pt.Rule("require", programs=("first", "second"))],
    )
    problem = pt.TargetingProblem(households, catalog, locks={("b", "first"): "in"})
    for name, baseline in pt.baselines.ALL.items():
        if name == "by area":
            continue
        plan = baseline(problem)
        assert plan.assignments[["household_id", "program"]].to_numpy().tolist() == [
            ["b", "first"], ["b", "second"],
        ]  # fmt: skip
        assert pt.verify(problem, plan).violations == ()


def test_poorest_first_gives_nothing_twice_and_goes_down_one_list():
    households = pt.Households.from_frame(
        {"household_id": list("abc"), "size": [1] * 3, "consumption": [50, 40, 60],
         "line": [100, 100, 150]},
    )  # fmt: skip
    catalog = pt.Catalog(
        budgets=[pt.Budget("x", amount=20), pt.Budget("y", amount=20)],
        programs=[
            pt.Program("rice", need="food", budget="x", unit_cost=10, benefit=120),
            pt.Program("meal", need="food", budget="y", unit_cost=10, benefit=240),
        ],
    )
    problem = pt.TargetingProblem(households, catalog)
    given_to = pt.baselines.poorest_first(problem).assignments
    # As shares of the line: b 0.4, c 0.4, a 0.5. The larger gain first, and one for each need.
    assert given_to[["household_id", "program"]].to_numpy().tolist() == [
        ["a", "rice"], ["b", "meal"], ["c", "meal"],
    ]  # fmt: skip


def test_universal_gives_nobody_a_second_while_another_has_none():
    problem = small()
    plan = pt.baselines.universal(problem)
    held = plan.assignments.groupby("household_id").size()
    most = pt.baselines.uncoordinated(problem).assignments["household_id"].nunique()
    assert held.size > most


def test_by_area_starts_where_the_rate_is_highest():
    problem = small()
    plan = pt.baselines.by_area(problem)
    assert plan.engine == "baseline: by area"
    rates = plan.poverty_by("area").xs("before", level="when")["P0"]
    served = plan.outcomes["area"][
        plan.outcomes["household_id"].isin(plan.assignments["household_id"])
    ]
    share = served.value_counts() / plan.outcomes["area"].value_counts()
    assert share[rates.idxmax()] > share.fillna(0).mean()
    with pytest.raises(pt.InputError, match="did you mean 'area'"):
        pt.baselines.by_area(problem, "arae")


def test_lotteries_differ_by_seed_only():
    problem = small()
    first, again, other = (pt.baselines.lottery(problem, seed=k) for k in (1, 1, 2))
    assert first.assignments.equals(again.assignments)
    assert not first.assignments.equals(other.assignments)


@pytest.mark.parametrize(
    ("amount", "served"),
    [(0.3, 2), (math.nextafter(0.3, 1), 3), (0.2, 2), (math.nextafter(0.2, 0), 1)],
)
def test_a_ledger_never_spends_one_step_of_float64_too_much(amount, served):
    """Three times the float64 nearest to 0.1 is more than that nearest to 0.3."""
    households = pt.Households.from_frame(
        {"household_id": list("abc"), "size": [1] * 3, "consumption": [1] * 3}, poverty_line=2
    )
    catalog = pt.Catalog(
        budgets=[pt.Budget("b", amount=amount)],
        programs=[pt.Program("p", need="n", budget="b", unit_cost=0.1, benefit=12)],
    )
    ledger = Ledger(pt.TargetingProblem(households, catalog))
    assert sum(ledger.add(k, (0,)) for k in range(3)) == served


def test_compare_has_one_judge_and_the_optimum_on_top():
    problem = small()
    table = pt.compare(problem, {"the plan": pt.solve(problem, gap=GAP), **pt.baselines.ALL})
    assert table.index.tolist() == ["the plan", *NAMES]
    assert (table["value"] <= table.at["the plan", "value"] * (1 + GAP)).all()
    assert table.at["the plan", "of_best"] >= 1 - GAP
    assert (table["of_best"] <= 1).all()
    assert table.at["status quo", "spent"] == 0
    assert table["P0_before"].nunique() == 1
    assert (table["lifted_by_city"] <= table["lifted"] + 1e-9).all()
    assert (table["spent_by_city"] <= table["spent"]).all()
    assert table.at["the plan", "is_feasible"]
    assert table.at["each agency alone", "broken"] == 0


def test_compare_refuses_what_is_no_plan():
    problem = small()
    with pytest.raises(pt.InputError, match="column 'x': neither a plan") as caught:
        pt.compare(problem, {"x": 3, "y": "best"})
    assert len(caught.value.problems) == 2
    with pytest.raises(pt.InputError, match="nothing to compare"):
        pt.compare(problem, {})
    with pytest.raises(pt.InputError, match="made no plan"):
        pt.compare(problem, {"x": lambda problem: None})


def test_a_plan_of_another_problem_is_told():
    households, catalog, receipts = pt.datasets.pekalongan(300, seed=5)
    other = pt.TargetingProblem(households, catalog, receipts=receipts)
    plan = pt.baselines.lottery(small())
    with pytest.raises(pt.InputError, match="that the problem lacks"):
        pt.compare(other, {"theirs": plan})


def test_scenarios_side_by_side():
    problem = small()
    extra = pt.Program("extra", need="cash", budget="new", unit_cost=1e6, benefit=1e6)
    heard = []
    found = pt.scenarios(
        problem,
        {
            "a tenth less": pt.Scenario(amounts=0.9),
            "more": pt.Scenario(programs=[extra], budgets=[pt.Budget("new", amount=1e7)]),
            "closed": pt.Scenario(closed=("blk", "bktm")),
            "nothing": pt.Scenario(amounts=0.0),
            "dear": pt.Scenario(unit_costs={"bktm": 1.1}),
        },
        gap=GAP,
        progress=lambda label, closing: heard.append(label),
    )
    frame = found.frame
    assert frame.index[0] == "as it is"
    assert set(heard) <= set(frame.index)
    assert frame.at["as it is", "lifted_more"] == 0
    bound = found.plans["as it is"].bound
    for name in ("a tenth less", "closed", "dear"):
        assert found.plans[name].value <= bound * (1 + 1e-9)
    assert found.plans["more"].bound >= found.plans["as it is"].value
    assert not set(found.plans["closed"].assignments["program"]) & {"blk", "bktm"}
    assert frame.at["nothing", "status"] == "infeasible"
    assert "minimum:" in frame.at["nothing", "remedy"]
    assert "nothing" not in found.plans
    changed = found.problems["a tenth less"].catalog.budgets
    for before, after in zip(problem.catalog.budgets, changed, strict=True):
        factor = 0.9 if before.control == "city" else 1.0
        assert after.amount == round(before.amount * factor)


def test_the_ends_of_a_surveys_interval():
    problem = small()
    low, high = pt.calibrate(problem.households, rate=0.07, se=0.01).ends()
    found = pt.scenarios(
        problem,
        {"low": pt.Scenario(households=low), "high": pt.Scenario(households=high)},
        gap=GAP,
    )
    rates = found.frame["P0_before"]
    assert rates["low"] < rates["as it is"] < rates["high"]


def test_every_fault_of_every_scenario_before_anything_is_solved():
    with pytest.raises(pt.InputError) as caught:
        pt.scenarios(
            small(),
            {
                "a": pt.Scenario(amounts={"Dinkes/APBD Kota": 0.9}, unit_costs=math.inf),
                "b": pt.Scenario(closed="blk"),
                "c": pt.Scenario(closed=("bkl",)),
                "d": 3,
                "as it is": pt.Scenario(),
            },
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 6
    assert "did you mean 'Dinkes / APBD Kota'" in text
    assert "did you mean 'blk'" in text
    assert all(f"scenario '{name}'" in text for name in ("a", "b", "c", "d", "as it is"))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"budgets": {"Dinsos": 0.5}}, "'amounts' for factors"),
        ({"budgets": [0.5]}, "Budget(...)"),
        ({"programs": ["pkh"]}, "Program(...)"),
        ({"closed": 5}, "a list of names"),
    ],
)
def test_new_lines_and_programs_of_another_kind_are_refused(wrong, hint):
    """What is no line or program is said at once, with what was probably meant."""
    with pytest.raises(pt.InputError) as error:
        pt.scenarios(small(), {"odd": pt.Scenario(**wrong)})
    (fault,) = error.value.problems
    assert (fault.source, fault.column) == ("scenario 'odd'", *wrong)
    assert hint in fault.expected


def test_scenarios_have_names():
    with pytest.raises(pt.InputError, match="a mapping"):
        pt.scenarios(small(), [pt.Scenario(amounts=0.9)])


def test_pictures():
    pytest.importorskip("matplotlib").use("Agg")
    problem = small()
    table = pt.compare(problem, {"alone": pt.baselines.uncoordinated})
    assert pt.plot_comparison(table).get_yticklabels()[0].get_text() == "alone"
    found = pt.scenarios(problem, {"nothing": pt.Scenario(amounts=0.0)}, gap=GAP)
    drawn = pt.plot_scenarios(found)
    assert any("nothing is feasible" in text.get_text() for text in drawn.texts)
    drawn.figure.clear()
