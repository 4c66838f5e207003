"""Predictions on real surveys: chances that are as often right as they say.

Albania's covariates are few (R2 0.3, large sigma); popstan's are many (R2 0.87 by ridge).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from forecast_popstan import CATEGORIES, LINE, NUMBERS, read_popstan, split

pytest.importorskip("sklearn")


def albania(shared) -> pd.DataFrame:
    stored = pd.read_parquet(shared / "data/albania_lsms2012/albania_households.parquet")
    named = stored.assign(
        household_id=stored["hhid"].astype("int64").astype(str),
        size=stored["hhsize"],
        consumption=stored["rcons"],
    )
    for code in ("prefectu", "region", "urban"):
        named[code] = "c" + named[code].astype(str)
    columns = ["household_id", "size", "consumption", "weight", "psu", "prefectu", "urban"]
    return named[[*columns, "region"]]


def ridge():
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)))


def assert_reliable(found: pt.Prediction) -> None:
    """The realised share agrees with the predicted one in nearly all bins, and in all together."""
    table = found.reliability
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.sum() >= len(table) - 1
    persons = table["persons"] / table["persons"].sum()
    assert (persons * table["predicted"]).sum() == pytest.approx(
        (persons * table["realised"]).sum(), rel=0.12
    )
    assert table["realised"].is_monotonic_increasing


def test_albania_is_predicted_reliably_though_badly(shared):
    survey = albania(shared)
    registry = survey.drop(columns="consumption").head(100)
    found = pt.predict_consumption(
        survey, registry, poverty_line=4891.0, groups="psu", replicates=0, regressor=ridge()
    )
    assert found.r2 == pytest.approx(0.31, abs=0.02)
    assert_reliable(found)
    assert found.cluster_share == pytest.approx(0.3, abs=0.07)
    exclusion = found.targeting.loc[0.2, "exclusion"]
    assert found.targeting.loc[0.2, "exclusion_low"] < exclusion < 0.6


def test_popstan_is_predicted_reliably_on_areas_not_seen(shared):
    part = split(read_popstan(shared), 3)
    found = pt.predict_consumption(
        part.survey,
        part.registry,
        poverty_line=LINE,
        covariates=[*CATEGORIES, *NUMBERS],
        groups="ea",
        replicates=0,
        regressor=ridge(),
    )
    error = np.log(part.truth) - np.log(found.frame["consumption"])
    unseen = 1 - np.var(error) / np.var(np.log(part.truth))
    assert unseen == pytest.approx(found.r2, abs=0.03)
    assert_reliable(found)
    households = pt.Households.from_frame(found.frame, poverty_line=LINE)
    expected = pt.poverty.expected_fgt(
        households.consumption, households.sigma, households.line, 0, households.size
    )
    below = np.average(part.truth < LINE, weights=part.registry["size"])
    # Two halves of 160 areas differ in their rate by more than the model errs.
    assert expected == pytest.approx(below, rel=0.25)
