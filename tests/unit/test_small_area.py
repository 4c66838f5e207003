"""Fay-Herriot: published values, limits, coverage over worlds, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from povtarget import Households, survey
from povtarget.errors import InputError
from povtarget.poverty import expected_fgt
from povtarget.registry.calibration import calibrate
from povtarget.registry.small_area import fay_herriot, small_area_rates

# Fresh milk expenditure in 43 areas (Arora and Lahiri 1997; You and Chapman 2006), as published
# with R's sae: direct estimate, its standard deviation, and the last area of each major area.
DIRECT = """1.099 1.075 1.105 .628 .753 .981 1.257 1.095 1.405 1.356 .615 1.46 1.338 .854 1.176
1.111 1.257 1.43 1.278 1.292 1.002 1.183 1.044 1.267 1.193 .791 .795 .759 .796 .565 .886 .952
.807 .582 .684 .787 .44 .759 .77 .8 .756 .865 .64"""
DEVIATION = """.163 .08 .083 .109 .119 .141 .202 .127 .168 .178 .1 .201 .148 .143 .149 .145 .135
.172 .137 .163 .125 .247 .14 .171 .106 .121 .121 .259 .106 .089 .225 .205 .119 .067 .106 .126 .092
.132 .1 .113 .083 .121 .129"""
MAJOR = np.repeat([1, 2, 3, 4], [7, 7, 11, 18])
# Molina and Marhuenda (2015), The R Journal 7(1), 81-98.
BETA = [0.9681890, 0.1327801, 0.2269462, -0.2413011]
BETA_SE = [0.06936208, 0.10300072, 0.09232981, 0.08161707]
PREDICTED = {0: 1.0219703, 3: 0.7608170, 10: 0.7852155, 27: 0.7338443, 42: 0.6810870}
MSE = {0: 0.013460220, 3: 0.008541740, 10: 0.007694262, 27: 0.016476912, 42: 0.009903626}


def test_published_values_of_the_milk_survey():
    x = np.column_stack([np.ones(43), *(np.equal(MAJOR, k) for k in (2, 3, 4))]).astype(float)
    y, sd = (np.array(text.split(), dtype=float) for text in (DIRECT, DEVIATION))
    model = fay_herriot(y, sd**2, x)
    assert model.between == pytest.approx(0.01855022, abs=2e-7)
    assert model.beta == pytest.approx(BETA, abs=5e-7)
    assert model.beta_se == pytest.approx(BETA_SE, abs=3e-7)
    for area, value in PREDICTED.items():
        assert model.estimate[area] == pytest.approx(value, abs=6e-7)
        assert model.mse[area] == pytest.approx(MSE[area], abs=1e-7)


def test_good_direct_estimates_are_kept_and_bad_ones_replaced():
    rng = np.random.default_rng(0)
    y, ones = rng.uniform(0.02, 0.2, 30), np.ones((30, 1))
    assert fay_herriot(y, np.full(30, 1e-10), ones).estimate == pytest.approx(y, abs=1e-6)
    variance = np.full(30, 1e-4)
    variance[4] = 10.0
    model = fay_herriot(y, variance, ones)
    assert model.estimate[4] == pytest.approx(model.beta[0], abs=1e-4)


def test_no_variance_between_areas_still_leaves_an_error():
    y = np.full(12, 0.07) + np.tile([0.001, -0.001], 6)
    model = fay_herriot(y, np.full(12, 0.02**2), np.ones((12, 1)))
    assert model.between > 0
    assert (model.mse > 0).all()


def test_small_areas_cover_the_truth_and_beat_the_direct_estimate():
    """200 worlds of 27 areas, some 25 households each: 95 % intervals, and half the error."""
    rng, held, errors = np.random.default_rng(5), [], []
    x = np.column_stack([np.ones(27), np.linspace(0.03, 0.14, 27)])
    n = rng.integers(15, 40, 27)
    for _ in range(200):
        truth = np.clip(x @ [0.005, 0.9] + 0.015 * rng.standard_normal(27), 0.005, 0.5)
        variance = truth * (1 - truth) / n
        direct = truth + np.sqrt(variance) * rng.standard_normal(27)
        model = fay_herriot(direct, variance, x)
        held.append(np.abs(model.estimate - truth) <= 1.96 * np.sqrt(model.mse))
        errors.append([((model.estimate - truth) ** 2).mean(), ((direct - truth) ** 2).mean()])
    assert 0.92 <= np.mean(held) <= 0.99
    ours, theirs = np.sqrt(np.mean(errors, axis=0))
    assert ours < 0.5 * theirs


def _city(areas=12, per_area=150, seed=0) -> Households:
    rng = np.random.default_rng(seed)
    area = np.repeat([f"kel {k:02d}" for k in range(areas)], per_area)
    level = np.repeat(np.linspace(-0.25, 0.25, areas), per_area)
    return Households.from_frame(
        {
            "household_id": [f"{k:05d}" for k in range(area.size)],
            "size": rng.integers(1, 7, area.size),
            "consumption": 1_000_000 * np.exp(level + 0.3 * rng.standard_normal(area.size)),
            "sigma": np.full(area.size, 0.34),
            "area": area,
        },
        poverty_line=513_243,
    )


def _survey_of(city: Households, per_area: int, seed: int):
    """Direct estimates by area from a sample of a truth drawn from the predictions."""
    rng = np.random.default_rng(seed)
    truth = city.consumption * np.exp(city.sigma * rng.standard_normal(len(city)))
    names, group = city.grouped("area")
    chosen = np.concatenate(
        [rng.choice(np.flatnonzero(group == k), per_area, False) for k in range(names.size)]
    )
    design = survey.Design(city.size[chosen])
    overall = survey.fgt(truth[chosen], 513_243, 0, design)
    parts = design.domains(city.area[chosen])
    direct = {name: survey.fgt(truth[chosen], 513_243, 0, part) for name, part in parts.items()}
    return direct, overall


def test_rates_of_small_areas_calibrate_a_registry():
    city = _city()
    direct, overall = _survey_of(city, 25, seed=1)
    direct.pop("kel 03")  # not in the sample
    with pytest.raises(InputError, match="too few"):
        calibrate(city, direct, by="area")
    made = small_area_rates(direct, city, overall=overall)
    assert list(made.rates) == sorted({*city.area})
    calibrated = calibrate(city, made.rates, by="area").households
    rate = expected_fgt(
        calibrated.consumption, calibrated.sigma, calibrated.line, 0, calibrated.persons
    )
    assert rate == pytest.approx(overall.value, abs=1e-9)
    assert made.rates["kel 03"].se > 0
    assert "small area" in str(made.rates["kel 03"])


def test_unknown_areas_and_too_few_are_refused():
    city = _city()
    direct, _ = _survey_of(city, 25, seed=1)
    with pytest.raises(InputError, match="did you mean"):
        small_area_rates({**direct, "kal 03": direct["kel 03"]}, city)
    with pytest.raises(InputError, match="5 or more"):
        small_area_rates({"kel 03": direct["kel 03"]}, city)
