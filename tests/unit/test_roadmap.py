"""roadmap: value over years, what lasts, what is delayed, intervals, and history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.roadmaps import plot_roadmap

CERTAIN = pt.Outlook(growth=0.0, line_growth=0.0, growth_sd=0.0, gain_sd=0.0)


@pytest.fixture(scope="module")
def city():
    households, catalog, receipts = pt.datasets.pekalongan(2_000)
    return pt.TargetingProblem(households, catalog, receipts=receipts)


@pytest.fixture(scope="module")
def way(city):
    outlook = pt.Outlook(start_se=0.0099)
    return pt.roadmap(city, years=(2023, 2024), outlook=outlook, goal=0.0589, draws=200)


def small(*programs, amount=1_200_000, consumption=(95_000, 95_000), **options):
    """Single persons who lack Rp 5,000 a month each: Rp 60,000 a year."""
    count = len(consumption)
    frame = {
        "household_id": [str(k) for k in range(count)], "size": [1] * count,
        "consumption": consumption, "line": [100_000] * count,
    }  # fmt: skip
    catalog = pt.Catalog(programs=programs, budgets=[pt.Budget("b", amount=amount)])
    return pt.TargetingProblem(pt.Households.from_frame(frame), catalog, **options)


def program(name, **changes):
    given = {"need": name, "budget": "b", "unit_cost": 60_000, "benefit": 60_000}
    return pt.Program(name, **{**given, **changes})


def test_one_year_is_a_solve(city):
    """With one year, no growth and nothing delayed the plan is worth what solve finds."""
    programs = [replace(p, delay_years=0) for p in city.catalog.programs]
    problem = replace(city, catalog=replace(city.catalog, programs=programs))
    one = pt.roadmap(problem, years=[2023], outlook=CERTAIN, gap=1e-4, draws=10)
    plan = pt.solve(replace(problem, year=2023))
    assert one.plans[2023].value == pytest.approx(plan.value, rel=2e-4)
    assert one.plans[2023].bound >= plan.value * (1 - 1e-9)
    assert one.frame.loc[2023, "rate"] == pytest.approx(plan.rate("after"), rel=1e-3, abs=2e-3)


def test_what_lasts_is_worth_each_year_that_it_pays():
    """A grant of five years beats a parcel at twice the cost, but not in the last year."""
    parcel = program("parcel")
    lasting = program("lasting", unit_cost=120_000, duration_years=5)
    problem = small(parcel, lasting, amount=120_000, consumption=(95_000,) * 6, max_bundle=1)
    way = pt.roadmap(problem, years=range(2023, 2028), outlook=CERTAIN, draws=10)
    first, last = way.plans[2023].assignments, way.plans[2027].assignments
    assert set(first["program"]) == {"lasting"}
    assert set(last["program"]) == {"parcel"}
    assert way.plans[2023].value == 5.0
    assert way.frame["rate"].iloc[:4].tolist() == pytest.approx([1, 5 / 6, 4 / 6, 3 / 6])


def test_training_pays_a_year_later():
    """What is delayed by a year lifts in the next year, is not given in the last, nor twice."""
    course = program("course", delay_years=1, duration_years=2, success=0.5)
    problem = small(course, amount=60_000, consumption=(95_000,))
    way = pt.roadmap(problem, years=range(2023, 2027), outlook=CERTAIN, draws=10)
    given = {year: len(plan.assignments) for year, plan in way.plans.items()}
    assert given == {2023: 1, 2024: 0, 2025: 0, 2026: 0}
    assert way.frame["rate"].tolist() == pytest.approx([1.0, 1.0, 0.5, 0.5, 1.0])


def test_a_parcel_is_given_again_each_year():
    """What is over does not stand in the way of itself."""
    problem = small(program("parcel"), amount=60_000, consumption=(95_000,))
    way = pt.roadmap(problem, years=range(2023, 2026), outlook=CERTAIN, draws=10)
    assert [len(plan.assignments) for plan in way.plans.values()] == [1, 1, 1]


def test_the_line_grows_and_shocks_push_down():
    """A line that grows alone, and a shock, make the baseline worse by what arithmetic says."""
    problem = small(program("parcel"), amount=0, consumption=(104_000, 120_000))
    line = replace(CERTAIN, line_growth=(0.05, 0.0))
    path = pt.roadmap(problem, years=(2023, 2024), outlook=line, draws=10).frame["baseline"]
    assert path.tolist() == pytest.approx([0.0, 0.5, 0.5])
    shock = replace(CERTAIN, shock_chance=0.2, shock_depth=0.1)
    path = pt.roadmap(problem, years=(2023,), outlook=shock, draws=2_000).frame["baseline"]
    assert path.iloc[-1] == pytest.approx(0.2 * 0.5)


def test_budgets_by_year():
    """A factor or an amount changes a year's money, and no other's."""
    problem = small(program("parcel"), amount=60_000, consumption=(95_000,) * 3)
    budgets = {2023: 2.0, 2024: {"b": 180_000}}
    way = pt.roadmap(problem, years=range(2023, 2026), outlook=CERTAIN, budgets=budgets, draws=10)
    assert way.frame["budget"].tolist() == [0, 120_000, 180_000, 60_000]
    assert way.cost == way.frame["spent"].sum() == 360_000


def test_aiming_at_the_goal_year_alone():
    """What is over by the goal year is worth nothing before it."""
    problem = small(program("parcel"), amount=60_000, objective=pt.Headcount())
    way = pt.roadmap(problem, years=(2023, 2024), outlook=CERTAIN, aim="goal", draws=10)
    assert way.plans[2023].value == 0.0
    assert way.plans[2024].value == 1.0


def test_intervals_are_ordered_and_the_survey_sees_less(way):
    """Plans are never worse than none; the survey's interval holds the true rate's."""
    frame = way.frame
    assert (frame["rate"] <= frame["baseline"] + 1e-12).all()
    assert (frame["survey_low"] <= frame["low"]).all()
    assert (frame["high"] <= frame["survey_high"]).all()
    assert ((frame["low"] < frame["rate"]) & (frame["rate"] < frame["high"])).all()
    assert frame.loc[2022, "rate"] == pytest.approx(0.07, abs=0.0005)
    assert frame["goal"].iloc[[0, -1]].tolist() == pytest.approx([0.07, 0.0589], abs=1e-4)
    assert "2024" in repr(way)


def test_plans_are_feasible_questions_of_their_year(way):
    """The judge finds nothing broken in any year; each has a bound within the asked gap."""
    for year, plan in way.plans.items():
        assert pt.verify(way.problems[year], plan).is_feasible
        assert plan.status == "optimal"
        assert plan.gap <= plan.asked_gap


def test_the_same_seed_gives_the_same_roadmap():
    """Byte for byte; another seed moves the mean by little, as draws are stratified."""
    problem = small(program("parcel"), consumption=(70_000, 95_000, 99_000, 110_000))
    options = {"years": (2023, 2024), "outlook": pt.Outlook(growth_sd=0.05), "draws": 200}
    way, again, other = (pt.roadmap(problem, **options, seed=seed) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(again.frame, way.frame)
    assert not other.frame["rate"].equals(way.frame["rate"])
    assert other.frame["rate"].tolist() == pytest.approx(way.frame["rate"].tolist(), abs=0.02)


def test_least_cost_reaches_the_goal_with_less_money():
    """The least multiple buys as many parcels as the goal takes."""
    problem = small(program("parcel"), amount=60_000, consumption=(95_000,) * 8)
    options = {"years": (2023,), "outlook": CERTAIN, "draws": 10}
    factor, way = pt.least_cost_path(problem, goal=0.75, **options)
    assert way.frame.loc[2023, "rate"] <= 0.75
    assert 2.0 <= factor <= 2.0 + 4.0 / 2**5
    with pytest.raises(pt.InfeasibleError, match=r"expected to reach 50\.00 %"):
        pt.least_cost_path(problem, goal=0.4, **options)


def test_history_lies_in_the_intervals(shared):
    """Started at 2022 with what was known then, official rates lie where a survey's may."""
    path = shared / "data/indonesia_official/jawa_tengah_poverty_2020_2025.csv"
    if not path.exists():
        pytest.skip("the official rates are not there")
    official = pd.read_csv(path).query("bps_code == 3375").set_index("year")
    line = official["poverty_line_rp_pc_month"].pct_change().loc[2023:].tolist()
    # From 2020 to 2022 the rate fell by 0.085 points a year: 0.3 % of growth over the line.
    growth = [(1 + each) * 1.003 - 1 for each in line]
    households, catalog, receipts = pt.datasets.pekalongan(2_000)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    outlook = pt.Outlook(growth=growth, line_growth=line, start_se=0.0099)
    nothing = dict.fromkeys((2023, 2024, 2025), 0.0)
    programs = [replace(p, minimum=0) for p in catalog.programs]
    problem = replace(problem, catalog=replace(catalog, programs=programs))
    frame = pt.roadmap(problem, years=range(2023, 2026), outlook=outlook, budgets=nothing).frame
    told = official["p0_pct_official"].loc[2023:] / 100
    assert told.tolist() == pytest.approx([0.0681, 0.0671, 0.0614])
    assert (frame["baseline_survey_low"].loc[2023:] <= told).all()
    assert (told <= frame["baseline_survey_high"].loc[2023:]).all()
    assert np.abs(frame["baseline"].loc[2023:] - told).max() < 0.01


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"years": (2023, 2025)}, "not years in a row"),
        ({"years": ()}, "not years in a row"),
        ({"goal": 0.08}, "reached already"),
        ({"goal": -0.1}, "not a rate"),
        ({"budgets": {2029: 1.0}}, "a year that has no plan"),
        ({"budgets": {2023: {"Dinkes / APBD Kotta": 1.0}}}, "did you mean 'Dinkes / APBD Kota'"),
        ({"budgets": {2023: -1.0}}, "not an amount"),
        ({"outlook": pt.Outlook(growth=(0.1, 0.2))}, "2 numbers"),
        ({"outlook": pt.Outlook(start_se=0.3)}, "no such error of a share"),
    ],
)
def test_bad_questions_name_the_least_change(city, changes, words):
    """Each wrong argument is refused with what would be right."""
    with pytest.raises(pt.InputError, match=words):
        pt.roadmap(city, **{"years": (2023,), **changes})


def test_constraints_and_outlooks_are_checked(city):
    """Area floors are of one year; every fault of an outlook is told at once."""
    with pytest.raises(pt.InputError, match="area floors are of one year"):
        pt.roadmap(replace(city, constraints=[pt.AreaFloor(share=0.1)]), years=(2023,))
    with pytest.raises(pt.InputError) as caught:
        pt.Outlook(
            growth=2.0, gain_sd=-1.0, shock_chance=1.0, survey_households=0, design_effect=0.5
        )
    assert len(caught.value.problems) == 5


def test_plot_draws_path_baseline_and_goal(way):
    """Three lines and two bands."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    ax = plot_roadmap(way)
    assert (len(ax.lines), len(ax.collections)) == (3, 2)
