"""predict_consumption: what it refuses, what it promises, and whether it keeps it."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

import povtarget as pt
from povtarget.registry.crossfit import Model, assign_folds, cross_fit, fit_spread
from povtarget.registry.error_model import shared_variance
from povtarget.registry.reliability import reliability_table, targeting_errors
from povtarget.registry.tails import LineCalibration, calibrate_at_line

sklearn = pytest.importorskip("sklearn")
LINE = 513_243.0


def town(families: int, seed: int, *, sigma=0.3, shared=0.0, block=10) -> pd.DataFrame:
    """Families whose ln consumption is linear in two traits, and alike within a block."""
    rng = np.random.default_rng(seed)
    blocks = np.arange(families) // block
    assets = rng.binomial(8, 0.4, families)
    floor = rng.choice(["earth", "cement", "tile"], families, p=[0.2, 0.5, 0.3])
    common = rng.standard_normal(blocks.max() + 1)[blocks]
    error = sigma * (
        np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.standard_normal(families)
    )
    worth = pd.Series(floor).map({"earth": -0.3, "cement": 0.0, "tile": 0.2}).to_numpy()
    return pd.DataFrame(
        {
            "household_id": [f"h{number:05d}" for number in range(families)],
            "size": rng.integers(1, 8, families),
            "assets": assets,
            "floor": floor,
            "block": [f"b{number}" for number in blocks],
            "weight": rng.uniform(50, 150, families),
            "consumption": LINE * np.exp(0.1 + 0.12 * assets + worth + error),
        }
    )


def ridge():
    from sklearn.linear_model import RidgeCV

    return RidgeCV(np.logspace(-2, 3, 6))


def predict(survey=None, registry=None, **options):
    survey = town(600, 1) if survey is None else survey
    registry = town(400, 2).drop(columns="consumption") if registry is None else registry
    settings = {"poverty_line": LINE, "groups": "block", "regressor": ridge(), "replicates": 0}
    return pt.predict_consumption(survey, registry, **settings | options)


def listed(**changes) -> pd.DataFrame:
    return town(400, 2).drop(columns="consumption").assign(**changes)


def test_prediction_recovers_the_law_that_made_the_data():
    truth = town(3_000, 2)
    found = predict(town(3_000, 1), truth.drop(columns="consumption"))
    error = np.log(truth["consumption"] / found.frame["consumption"])
    assert abs(error.mean()) < 0.03
    assert found.frame["sigma"].between(0.25, 0.36).all()
    chance = ndtr(np.log(LINE / found.frame["consumption"]) / found.frame["sigma"])
    assert abs(np.mean(chance) - np.mean(truth["consumption"] < LINE)) < 0.02
    explained = 1 - 0.3**2 / np.log(truth["consumption"]).var()
    assert found.r2 == pytest.approx(explained, abs=0.04)


def test_frame_goes_straight_into_households_and_keeps_the_registry():
    registry = listed(nik="3375010101900001")
    found = predict(registry=registry)
    assert list(found.frame.columns) == [*registry.columns, "consumption", "sigma"]
    households = pt.Households.from_frame(found.frame, poverty_line=LINE)
    assert len(households) == len(registry)
    assert (households.sigma > 0).all()


def test_order_and_kind_of_frame_change_nothing():
    plain = predict()
    turned = predict(registry=pl.from_pandas(listed()))
    assert plain.frame["consumption"].equals(turned.frame["consumption"])
    mixed = listed().sample(frac=1, random_state=0)
    again = predict(registry=mixed).frame.set_index("household_id")["consumption"]
    same = plain.frame.set_index("household_id")["consumption"]
    assert np.allclose(again.loc[same.index], same, rtol=1e-12)


def test_same_seed_same_prediction_to_the_bit():
    first, second = predict(replicates=3), predict(replicates=3)
    assert first.frame.equals(second.frame)
    assert np.array_equal(first.errors.medians, second.errors.medians)


def test_every_fault_is_reported_at_once():
    survey = town(600, 1).assign(floor_area=40.0 + np.arange(600) % 30)
    registry = listed(floor_area=40_000.0 + np.arange(400) % 30)
    registry.loc[7, "floor"] = "ceramik"
    registry["assets"] = registry["assets"].astype(float)
    registry.loc[[3, 5], "assets"] = np.nan
    with pytest.raises(pt.InputError) as caught:
        predict(survey, registry, covariates=["assets", "floor", "floor_area", "asets"])
    found = {(fault.column, fault.row) for fault in caught.value.problems}
    assert found == {
        ("asets", None), ("assets", 5), ("assets", 7), ("floor", 9), ("floor_area", None),
    }  # fmt: skip
    assert "did you mean 'assets'?" in str(caught.value)
    assert "734 times" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("assets", [f"{k} kinds" for k in range(2)] * 200, "text here, numbers in the survey"),
        ("year", [2019] * 400, "other years"),
        ("consumption", [1.0] * 400, "already"),
        ("sigma", [1.0] * 400, "already"),
        ("household_id", ["x"] * 400, "already in row 2"),
        ("household_id", [3.375010101900001e15] * 400, "digits of the identifier are lost"),
    ],
)
def test_what_the_registry_may_not_be(column, cells, message):
    with pytest.raises(pt.InputError, match=message):
        predict(town(600, 1).assign(year=2022), listed(**{column: cells}))


@pytest.mark.parametrize("factor", [12.0, 1 / 1_000])
def test_consumption_in_another_unit_than_the_line_is_refused(factor):
    survey = town(600, 1)
    with pytest.raises(pt.InputError, match="another unit"):
        predict(survey.assign(consumption=survey["consumption"] * factor))


def test_flags_with_other_codes_are_refused():
    survey = town(600, 1).assign(own=np.arange(600) % 2)
    with pytest.raises(pt.InputError, match="other codes"):
        predict(survey, listed(own=1 + np.arange(400) % 2))


def test_columns_of_names_are_refused_without_showing_one():
    survey = town(600, 1).assign(head=[f"Siti {chr(65 + k % 26)}{k}" for k in range(600)])
    registry = listed(head=[f"Budi {chr(65 + k % 26)}{k}" for k in range(400)])
    with pytest.raises(pt.InputError, match="names or codes") as caught:
        predict(survey, registry)
    assert "Siti" not in str(caught.value)
    assert "Budi" not in str(caught.value)


def test_no_personal_datum_is_in_report_or_repr():
    registry = listed(nik="3375010101900001", nama=[f"Rahayu{k}" for k in range(400)])
    found = predict(registry=registry, replicates=2)
    told = f"{found!r} {found.report()} {found.errors!r} {found.warnings}"
    assert "3375010101900001" not in told
    assert "Rahayu" not in told


def test_choices_out_of_range_are_refused_together():
    with pytest.raises(pt.InputError) as caught:
        predict(weights="people", calibration="tail", folds=1, replicates=-1, quotas=[0.0])
    columns = {fault.column for fault in caught.value.problems}
    assert columns == {"weights", "calibration", "folds", "replicates", "quotas"}


def test_numbers_outside_the_surveys_range_are_told():
    found = predict(registry=listed(assets=[9] * 5 + [3] * 395))
    assert any("5 of 400" in warning and "'assets'" in warning for warning in found.warnings)


def test_a_regressor_without_weights_is_used_and_said():
    from sklearn.neighbors import KNeighborsRegressor

    found = predict(regressor=KNeighborsRegressor(20))
    assert not found.weights_used
    assert any("takes no weights" in warning for warning in found.warnings)
    assert predict().weights_used


def test_weights_of_whole_numbers_are_copies():
    survey = town(300, 1)
    times = 1 + np.arange(300) // 10 % 2  # whole blocks twice
    twice = survey.loc[survey.index.repeat(times)]
    one = predict(survey.assign(weight=times), calibration="none", weights="households")
    two = predict(twice.assign(weight=1), calibration="none", weights="households")
    ratio = one.frame["consumption"] / two.frame["consumption"]
    assert ratio.between(0.99, 1.01).all()


def test_no_model_sees_the_cluster_that_it_judges():
    class Memory:
        """Predicts the mean of the rows with the same trait, which here names the cluster."""

        def fit(self, rows, target):
            self.means = pd.Series(target).groupby(rows[:, 0]).mean()
            return self

        def predict(self, rows):
            return pd.Series(rows[:, 0]).map(self.means).fillna(-99.0).to_numpy()

        def get_params(self, deep=True):
            return {}

    cluster = np.repeat(np.arange(20), 5)
    fold = assign_folds(cluster, 4, np.random.default_rng(0))
    assert all(np.unique(fold[cluster == c]).size == 1 for c in range(20))
    assert np.bincount(fold).tolist() == [25, 25, 25, 25]
    seen = cross_fit(
        Model("memory", Memory()),
        cluster[:, None].astype(float),
        np.zeros(100),
        np.ones(100),
        fold,
    )
    assert (seen == -99.0).all()


def test_sigma_follows_the_spread_and_has_unit_residuals_and_a_floor():
    rng = np.random.default_rng(3)
    trait = rng.integers(0, 2, 2_000).astype(float)
    sigma = np.where(trait == 1, 0.5, 0.2)
    residual, weights = sigma * rng.standard_normal(2_000), rng.uniform(1, 3, 2_000)
    fold = np.arange(2_000) % 5
    spread = fit_spread(residual, (trait[:, None], np.array([[0.0], [1.0]])), weights, fold)
    assert spread.differs
    assert spread.registry == pytest.approx([0.2, 0.5], rel=0.1)
    assert np.average((residual / spread.survey) ** 2, weights=weights) == pytest.approx(
        1, abs=1e-6
    )
    assert min(spread.survey.min(), spread.registry.min()) >= spread.floor > 0


def test_one_sigma_for_all_where_nothing_explains_the_spread():
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((60, 8))
    spread = fit_spread(
        rng.standard_normal(60), (noise, noise[:3]), np.ones(60), np.arange(60) % 5
    )
    if not spread.differs:
        assert np.unique(spread.registry).size == 1
    assert np.all(spread.registry >= spread.floor)


@settings(max_examples=15, deadline=None)
@given(
    location=st.floats(-0.3, 0.3), slope=st.floats(0.7, 1.4), scale=st.floats(-0.4, 0.4),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_calibration_finds_a_law_of_its_own_form(location, slope, scale, seed):
    rng = np.random.default_rng(seed)
    t, sigma = rng.normal(0.2, 0.4, 6_000), np.full(6_000, 0.3)
    wanted = LineCalibration(location, slope, 0.0, scale)
    mean, spread = wanted.apply(t, sigma)
    truth = mean + spread * rng.standard_normal(6_000)
    truth[truth > 1.0] += 5.0  # what lies far above the line must not matter
    found = calibrate_at_line(truth, t, sigma, np.ones(6_000))
    moved, width = found.apply(t, sigma)
    near = np.abs(t) < 0.5
    assert np.abs(moved - mean)[near].max() < 0.12
    assert width[0] == pytest.approx(spread[0], rel=0.1)


def test_reliability_is_right_for_a_calibrated_chance_and_intervals_hold_it():
    rng = np.random.default_rng(5)
    chance = rng.beta(0.4, 2, 20_000)
    below = rng.random(20_000) < chance
    table = reliability_table(chance, below, np.ones(20_000), np.arange(20_000) // 10)
    assert table["households"].sum() == 20_000
    assert (
        (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    ).sum() >= 7
    assert ((table["above"] <= table["predicted"]) & (table["predicted"] <= table["up_to"])).all()


def test_targeting_errors_of_four_people():
    # Two of four are below; a list of two reaches one of them, and one who is not.
    table = targeting_errors(
        np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False]), np.ones(4),
        np.arange(4), [0.5, 1.0], 0,
    )  # fmt: skip
    assert table[["exclusion", "inclusion"]].to_numpy().tolist() == [[0.5, 0.5], [0.0, 0.5]]


def test_shared_variance_of_clusters_and_areas():
    rng = np.random.default_rng(6)
    area, cluster = np.repeat(np.arange(200), 40), np.repeat(np.arange(800), 10)
    parts = rng.standard_normal(200)[area], rng.standard_normal(800)[cluster]
    residual = np.sqrt(0.2) * parts[0] + np.sqrt(0.1) * parts[1]
    residual += np.sqrt(0.7) * rng.standard_normal(8_000)
    within_cluster, error = shared_variance(residual, cluster)
    within_area, _ = shared_variance(residual, cluster, area)
    assert within_cluster == pytest.approx(0.3, abs=0.06)
    assert within_area == pytest.approx(0.2, abs=0.06)
    assert 0.005 < error < 0.05


def test_replicates_spread_as_the_survey_does():
    survey = town(600, 1, shared=0.2)
    found = predict(survey, replicates=20, calibration="none")
    spread = found.errors.medians.std(axis=0)
    assert found.errors.medians.shape == (20, 400)
    assert 0.01 < np.median(spread) < 0.1
    assert found.cluster_share == pytest.approx(0.2, abs=0.12)


def test_default_takes_the_better_of_two():
    found = predict(regressor=None)
    assert found.regressor == max(found.r2_by_regressor, key=found.r2_by_regressor.get) == "ridge"


def test_without_scikit_learn_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(pt.PovtargetError, match=r"povtarget\[prediction\]"):
        predict(regressor=object())
