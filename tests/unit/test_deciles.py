"""welfare_from_deciles: rate, gap and R2 as stated, ties, national deciles, faults."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from povtarget.errors import InputError
from povtarget.poverty import expected_fgt, expected_shortfall
from povtarget.registry.deciles import welfare_from_deciles

NIK = "3375014107900001"


def _frame(n=4_000, seed=0, cuts=(0.08, 0.16, 0.25, 0.34, 0.44, 0.54, 0.64, 0.75, 0.87)):
    rng = np.random.default_rng(seed)
    score = rng.standard_normal(n)
    return {
        "household_id": [f"{k:06d}" for k in range(n)],
        "size": rng.integers(1, 8, n),
        "decile": 1 + np.searchsorted(cuts, ndtr(score)),
    }


def _rate(h, alpha=0):
    return expected_fgt(h.consumption, h.sigma, h.line, alpha, h.persons)


@pytest.mark.parametrize("r2", [0.0, 0.35, 0.5, 0.65, 0.9])
def test_rate_and_gap_are_the_survey_s(r2):
    made = welfare_from_deciles(_frame(), rate=0.0717, gap=0.0128, r2=r2, poverty_line=460_789)
    assert _rate(made.households) == pytest.approx(0.0717, abs=1e-9)
    assert _rate(made.households, 1) == pytest.approx(0.0128, abs=1e-9)


def test_the_lognormal_of_the_city_is_the_published_one():
    made = welfare_from_deciles(_frame(), rate=0.0717, gap=0.0128, poverty_line=460_789)
    assert made.spread == pytest.approx(0.479, abs=5e-4)
    assert np.exp(-made.spread * ndtri(0.0717)) == pytest.approx(2.02, abs=5e-3)


def test_r2_is_what_deciles_leave_of_it():
    half = welfare_from_deciles(_frame(), rate=0.07, gap=0.0125, r2=0.5, poverty_line=5e5)
    assert 0.44 < half.r2_of_deciles < 0.5
    h = half.households
    logs, n = np.log(h.consumption), h.persons
    between = np.average((logs - np.average(logs, weights=n)) ** 2, weights=n)
    within = np.average(h.sigma**2, weights=n)
    assert between + within == pytest.approx(half.spread**2, rel=0.02)
    assert between / (between + within) == pytest.approx(half.r2_of_deciles, abs=0.01)
    none = welfare_from_deciles(_frame(), rate=0.07, gap=0.0125, r2=0.0, poverty_line=5e5)
    assert np.ptp(none.households.consumption) == pytest.approx(0, abs=1e-3)


def test_households_of_a_decile_share_a_prediction_and_deciles_are_in_order():
    made = welfare_from_deciles(_frame(), rate=0.07, poverty_line=513_243)
    h = made.households
    for decile in range(1, 11):
        assert np.ptp(h.consumption[h.covariates["decile"] == decile]) == 0
    assert (np.diff(made.deciles["ratio"]) > 0).all()
    assert (np.diff(made.deciles["rate"]) < 0).all()


def test_national_deciles_are_not_the_city_s_tenths():
    """A city with few families in decile 1: they are lower, and more of them below the line."""
    tenths = welfare_from_deciles(
        _frame(cuts=np.arange(1, 10) / 10), rate=0.07, poverty_line=513_243
    )
    few = (0.03, 0.08, 0.15, 0.24, 0.34, 0.46, 0.6, 0.74, 0.88)
    richer = welfare_from_deciles(_frame(cuts=few), rate=0.07, poverty_line=513_243)
    assert richer.deciles.loc[1, "rate"] > tenths.deciles.loc[1, "rate"]
    assert _rate(richer.households) == pytest.approx(0.07, abs=1e-9)


def test_rates_by_decile_are_those_of_the_model():
    frame = _frame(cuts=(0.08, 0.3, 0.6))
    made = welfare_from_deciles(frame, rate=0.07, gap=0.0125, r2=0.5, poverty_line=513_243)
    ends = np.concatenate([[0], np.cumsum(made.deciles["share"])])
    rng = np.random.default_rng(3)
    score = rng.standard_normal(400_000)
    line = ndtri(0.07)
    below = np.sqrt(0.5) * (score + rng.standard_normal(score.size)) < line
    level = np.searchsorted(ends[1:-1], ndtr(score)) + 1
    for decile in (1, 2, 3, 4):
        simulated = below[level == decile].mean()
        assert made.deciles.loc[decile, "rate"] == pytest.approx(simulated, abs=0.006)


def test_an_unknown_decile_has_the_city_s_distribution():
    frame = _frame()
    frame["decile"] = [None if k < 400 else d for k, d in enumerate(frame["decile"])]
    made = welfare_from_deciles(frame, rate=0.07, gap=0.0125, poverty_line=513_243)
    h = made.households
    unknown = np.isnan(h.covariates["decile"].astype(float))
    mine = expected_shortfall(h.consumption, h.sigma, h.line, 0)[unknown]
    assert mine == pytest.approx(0.07, abs=0.003)
    assert h.sigma[unknown] == pytest.approx(made.spread, rel=0.02)
    assert "400 of 4,000" in made.warnings[0]


def test_a_list_of_low_deciles_only_is_questioned():
    frame = {"household_id": ["a", "b"], "size": [4, 4], "decile": [1, 4]}
    made = welfare_from_deciles(frame, rate=0.07, poverty_line=513_243)
    assert "No household is above decile 4" in made.warnings[0]


def test_other_names_lines_and_percentiles():
    frame = {"id": ["a", "b", "c"], "jiwa": ["4", "3", "5"], "percentile": ["7", "33", "90"],
             "line": [500, 500, 600], "area": ["x", "x", "y"]}  # fmt: skip
    made = welfare_from_deciles(
        frame, rate=0.07, decile="percentile", columns={"household_id": "id", "size": "jiwa"}
    )
    assert made.households.area.tolist() == ["x", "x", "y"]
    assert _rate(made.households) == pytest.approx(0.07, abs=1e-9)


def test_every_fault_of_the_arguments_and_the_column_at_once():
    frame = {"household_id": [NIK], "size": [4], "decile": [0]}
    with pytest.raises(InputError) as caught:
        welfare_from_deciles(frame, rate=7.0, gap=0.08, r2=1.0, spread=0.5, poverty_line=1.0)
    found = {fault.source or fault.column for fault in caught.value.problems}
    assert found == {"rate", "r2", "spread", "frame"}
    assert NIK not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decile": ["satu", "2"]}, "row 2, column 'decile'"),
        ({"decile": [None, None]}, "no household has a decile"),
        ({"size": [0, 3]}, "row 2, column 'size'"),
        ({"household_id": ["a", "a"]}, "row 3"),
    ],
)
def test_faults_name_the_place(change, message):
    frame = {"household_id": ["a", "b"], "size": [4, 3], "decile": [1, 2], **change}
    with pytest.raises(InputError, match=message):
        welfare_from_deciles(frame, rate=0.07, poverty_line=513_243)


def test_a_missing_column_is_said_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'desil'"):
        welfare_from_deciles(
            {"household_id": ["a"], "size": [4], "desil": [1]}, rate=0.07, poverty_line=1.0
        )


def test_faults_in_a_file_name_its_rows(tmp_path):
    path = tmp_path / "p3ke.csv"
    path.write_text("household_id,size,decile\na,4,1\n\nb,0,2\n")
    with pytest.raises(InputError, match=r"p3ke\.csv, row 4, column 'size'"):
        welfare_from_deciles(path, rate=0.07, poverty_line=513_243)
