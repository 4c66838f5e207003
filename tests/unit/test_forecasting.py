"""forecast: its worlds agree with the plan's expectation and with what errors share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import povtarget as pt
from povtarget.registry.error_model import ErrorModel

LINE = 500_000.0


def problem_of(families=400, *, sigma=0.3, success=1.0, benefit=3e6) -> pt.TargetingProblem:
    rng = np.random.default_rng(0)
    median = LINE * np.exp(rng.normal(0.1, 0.3, families))
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k:04d}" for k in range(families)],
            "size": rng.integers(1, 7, families),
            "consumption": median,
            "sigma": np.full(families, sigma),
            "area": [f"k{k % 8}" for k in range(families)],
        },
        poverty_line=LINE,
    )
    program = pt.Program(
        "cash", need="cash", budget="B", unit_cost=3e6, benefit=benefit, success=success
    )
    catalog = pt.Catalog(programs=[program], budgets=[pt.Budget("B", amount=400e6)])
    return pt.TargetingProblem(households, catalog)


def errors(problem, share=0.0, share_se=0.0, medians=None, scales=None) -> ErrorModel:
    ids = problem.households.household_id
    medians = np.empty((0, ids.size), np.float32) if medians is None else medians
    return ErrorModel(
        ids, share, share_se, medians, np.zeros(len(medians)) if scales is None else scales
    )


@pytest.mark.parametrize("success", [1.0, 0.6])
def test_mean_over_worlds_is_the_plans_expectation(success):
    problem = problem_of(success=success)
    plan = pt.solve(problem)
    found = pt.forecast(problem, plan, errors(problem, 0.2), worlds=4_000)
    error = found.frame["sd"] / np.sqrt(4_000)
    assert abs(found.mean - plan.lifted) < 4 * error["lifted"]
    gap = sum(plan.outcomes["persons"] * (plan.outcomes["P1_before"] - plan.outcomes["P1_after"]))
    assert abs(found.frame.at["gap_closed", "mean"] - gap) < 4 * error["gap_closed"]


def test_known_consumption_that_works_for_certain_has_no_interval():
    problem = problem_of(sigma=0.0)
    plan = pt.solve(problem)
    found = pt.forecast(problem, plan, worlds=50)
    assert found.low == found.high == pytest.approx(plan.lifted)
    assert found.frame.at["spent_above", "mean"] == 0.0


def test_errors_that_areas_share_widen_the_interval():
    problem = problem_of(benefit=50e6)  # lifts whoever is below: a shift of all moves the count
    plan = pt.solve(problem)
    widths = [
        (found := pt.forecast(problem, plan, errors(problem, share), worlds=2_000)).high
        - found.low
        for share in (0.0, 0.2, 0.6)
    ]
    assert widths[0] < 0.8 * widths[1] < 0.8 * 0.8 * widths[2]


def test_uncertain_medians_widen_the_interval_and_keep_the_mean():
    problem = problem_of(benefit=50e6)
    plan, rng = pt.solve(problem), np.random.default_rng(1)
    common = 0.1 * rng.standard_normal((40, 1)).astype(np.float32)
    moved = errors(problem, medians=np.broadcast_to(common, (40, 400)))
    wide, narrow = (pt.forecast(problem, plan, e, worlds=3_000) for e in (moved, None))
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)
    assert wide.mean == pytest.approx(narrow.mean, rel=0.04)


def test_worlds_are_those_of_the_seed():
    problem = problem_of()
    plan = pt.solve(problem)
    first, again, other = (pt.forecast(problem, plan, worlds=50, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first.worlds, again.worlds)
    assert not np.array_equal(first.worlds, other.worlds)


def test_money_above_the_line_is_counted():
    problem = problem_of()
    plan = pt.solve(problem)
    found = pt.forecast(problem, plan, worlds=3_000)
    spent = plan.assignments.set_index("household_id")["cost"]
    chance = plan.outcomes.set_index("household_id")["P0_before"].loc[spent.index]
    expected = float((spent * (1 - chance)).sum())
    assert found.frame.at["spent_above", "mean"] == pytest.approx(expected, rel=0.02)


def test_households_that_the_errors_lack_are_refused():
    problem = problem_of()
    plan = pt.solve(problem)
    known = errors(problem)
    cut = ErrorModel(known.household_id[:5], 0.0, 0.0, known.medians[:, :5], known.scales)
    with pytest.raises(pt.InputError, match="not in the error model"):
        pt.forecast(problem, plan, cut, worlds=1)


def test_held_out_check_finds_a_promise_that_is_too_high():
    pytest.importorskip("sklearn")
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(2)
    assets = rng.binomial(8, 0.4, 1_500)
    survey = {
        "size": np.full(1_500, 4), "assets": assets, "block": np.arange(1_500) // 10,
        "consumption": LINE * np.exp(-0.1 + 0.1 * assets + 0.3 * rng.standard_normal(1_500)),
    }  # fmt: skip
    registry = {"household_id": [f"h{k}" for k in range(400)], "size": np.full(400, 4),
                "assets": rng.binomial(8, 0.4, 400)}  # fmt: skip
    found = pt.predict_consumption(survey, registry, poverty_line=LINE, groups="block",
                                   regressor=LinearRegression(), replicates=0)  # fmt: skip
    catalog = problem_of().catalog
    problem = pt.TargetingProblem(
        pt.Households.from_frame(found.frame, poverty_line=LINE), catalog, objective=pt.Headcount()
    )
    honest = pt.held_out_check(problem, pt.solve(problem), found)
    assert honest.ratio == pytest.approx(1.0, abs=4 * honest.ratio_se)
    assert 0 < honest.ratio_se < 0.3
    assert honest.promised * honest.ratio == pytest.approx(honest.kept)
    assert abs(honest.factor - 1) < abs(honest.ratio - 1)


def calibrated(problem, **settings):
    """The problem with its registry brought to a rate, and the calibration."""
    made = pt.calibrate(problem.households, **settings)
    return replace(problem, households=made.households), made


def city_rate(problem, **settings):
    """The rate of the city over worlds, from a plan that lifts whoever is below the line."""
    program = pt.Program("cash", need="cash", budget="B", unit_cost=1, benefit=10**9)
    catalog = pt.Catalog(programs=[program], budgets=[pt.Budget("B", amount=10**9)])
    problem = replace(problem, catalog=catalog)
    plan = pt.solve(problem, gap=0.5)
    everybody = np.ones(len(problem.households), dtype=bool)
    assert len(plan.assignments) == everybody.size
    found = pt.forecast(problem, plan, **settings)
    return found.worlds[:, 0] / problem.households.persons.sum()


@pytest.mark.parametrize("gap", [None, 0.05])
def test_the_surveys_error_goes_through_to_the_interval(gap):
    """Where everybody is lifted, the city's rate over worlds has the survey's standard error."""
    problem, made = calibrated(problem_of(2_000), rate=0.2, se=0.02, gap=gap)
    rate = city_rate(problem, calibration=made, worlds=2_000)
    assert rate.mean() == pytest.approx(0.2, abs=0.003)
    own = city_rate(problem, worlds=2_000).std(ddof=1)
    assert rate.std(ddof=1) == pytest.approx(np.hypot(0.02, own), rel=0.06)
    low, high = np.quantile(rate, [0.025, 0.975])
    assert low == pytest.approx(made.areas.at["all", "low"], abs=0.006)
    assert high == pytest.approx(made.areas.at["all", "high"], abs=0.006)


def test_rates_of_areas_are_drawn_apart():
    rates = {f"k{k}": 0.1 + 0.02 * k for k in range(8)}
    problem, made = calibrated(
        problem_of(2_000), rate=rates, se=dict.fromkeys(rates, 0.04), by="area"
    )
    rate = city_rate(problem, calibration=made, worlds=2_000)
    persons = made.areas["persons"] / made.areas["persons"].sum()
    expected = 0.04 * np.sqrt((persons**2).sum())
    own = city_rate(problem, worlds=2_000).std(ddof=1)
    assert rate.std(ddof=1) == pytest.approx(np.hypot(expected, own), rel=0.08)


def test_what_a_calibration_settles_is_not_drawn_twice():
    """Replicates that move all households alike add nothing to the survey's own error."""
    problem, made = calibrated(problem_of(2_000), rate=0.2, se=0.02)
    common = 0.1 * np.random.default_rng(1).standard_normal((40, 1)).astype(np.float32)
    moved = errors(problem, medians=np.broadcast_to(common, (40, 2_000)))
    alone, both, twice = (
        city_rate(problem, worlds=2_000, **settings).std(ddof=1)
        for settings in (
            {"calibration": made},
            {"calibration": made, "errors": moved},
            {"errors": moved},
        )
    )
    assert both == pytest.approx(alone, rel=0.06)
    assert twice > 1.3 * both


def test_a_calibration_must_be_that_of_the_plan():
    problem, _ = calibrated(problem_of(), rate=0.2, se=0.02)
    plan = pt.solve(problem)
    other = pt.calibrate(problem.households, 0.3, se=0.02)
    with pytest.raises(pt.InputError, match=r"calibration\.households"):
        pt.forecast(problem, plan, calibration=other)
    known = pt.calibrate(problem.households, 0.2)
    with pytest.raises(pt.PovtargetError, match="se="):
        pt.forecast(replace(problem, households=known.households), plan, calibration=known)


@given(ratio=st.floats(0.0, 3.0), se=st.floats(0.0, 2.0), more=st.floats(0.01, 2.0))
def test_a_factor_lies_between_one_and_the_ratio_and_nearer_to_one_with_more_noise(
    ratio, se, more
):
    sure, unsure = (pt.HeldOut(1.0, ratio, ratio, noise, 1).factor for noise in (se, se + more))
    assert min(1.0, ratio) - 1e-12 <= sure <= max(1.0, ratio) + 1e-12
    assert abs(unsure - 1) <= abs(sure - 1) + 1e-12


def test_a_factor_is_the_ratio_of_a_census_and_one_where_nothing_was_promised():
    assert pt.HeldOut(1.0, 0.8, 0.8, 0.0, 1).factor == pytest.approx(0.8)
    assert pt.HeldOut(0.0, 0.0, float("nan"), float("nan"), 0).factor == 1.0
