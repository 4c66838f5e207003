"""Registries brought to a survey's rate and gap: exactness, ranks, error, refusals."""

from __future__ import annotations

import os
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from povtarget import Households, survey
from povtarget.errors import InputError, PovtargetError
from povtarget.estimates import share
from povtarget.poverty import expected_fgt
from povtarget.registry.calibration import calibrate

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
NIK = "3375014107900001"


def _rate(households: Households, alpha: int = 0, where=slice(None)) -> float:
    h = households
    return expected_fgt(
        h.consumption[where], h.sigma[where], h.line[where], alpha, h.persons[where]
    )


def _registry(n=300, seed=0, sigma=0.34, areas=("Degayu", "Gamer", "Klego")) -> Households:
    rng = np.random.default_rng(seed)
    return Households.from_frame(
        {
            "household_id": [f"{k:05d}" for k in range(n)],
            "size": rng.integers(1, 8, n),
            "consumption": 1_000_000 * np.exp(0.34 * rng.standard_normal(n)),
            "sigma": sigma * rng.uniform(0.8, 1.2, n),
            "area": rng.choice(areas, n),
            "decile": rng.integers(1, 11, n),
        },
        poverty_line=513_243,
    )


@st.composite
def registries(draw) -> Households:
    n = draw(st.integers(2, 12))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    areas = column(st.sampled_from(["a", "b"]))
    line = {"a": draw(st.sampled_from([500.0, 513.0])), "b": 600.0}
    return Households.from_frame(
        {
            "household_id": [f"h{k:02d}" for k in range(n)],
            "size": column(st.integers(1, 9)),
            "consumption": column(st.floats(1.0, 1e5)),
            "sigma": column(st.floats(0.05, 2.0)),
            "weight": column(st.sampled_from([1.0, 2.5])),
            "area": areas,
            "line": [line[area] for area in areas],
        }
    )


@settings(max_examples=int(60 * SCALE), deadline=None)
@given(registries(), st.floats(0.005, 0.9), st.floats(0.1, 0.8), st.booleans())
def test_rate_and_gap_are_met_and_ranks_stay(households, rate, depth, with_gap):
    names = sorted({*households.area})
    rates = {name: rate / (1 + k) for k, name in enumerate(names)}
    gaps = {name: depth * rates[name] for name in names} if with_gap else None
    try:
        made = calibrate(households, rates, gap=gaps, by="area")
    except InputError as error:
        if "no widening or narrowing" not in str(error):  # a shift alone is always possible
            raise
        reject()
    after = made.households
    for name in names:
        rows = households.area == name
        assert _rate(after, 0, rows) == pytest.approx(rates[name], abs=1e-9)
        if gaps:
            assert _rate(after, 1, rows) == pytest.approx(gaps[name], abs=1e-9)
        order = np.argsort(households.consumption[rows], kind="stable")
        before, moved = (
            np.diff(np.log(each.consumption[rows][order])) for each in (households, after)
        )
        assert (moved >= -1e-12).all()
        assert (moved[made.areas.loc[name, "spread"] * before > 1e-9] > 0).all()
    for field in fields(Households):
        if field.name not in ("consumption", "sigma"):
            assert getattr(after, field.name) is getattr(households, field.name)


def test_one_rate_for_all_with_gap():
    made = calibrate(_registry(), 0.07, gap=0.0128, se=0.0099)
    assert _rate(made.households) == pytest.approx(0.07, abs=1e-12)
    assert _rate(made.households, 1) == pytest.approx(0.0128, abs=1e-12)
    row = made.areas.loc["all"]
    assert (row["rate"], row["se"]) == (0.07, 0.0099)
    assert made.shift["all"] == row["shift"]
    assert list(made.moved) == ["shift", "rupiah", "spread"]


def test_shift_is_how_far_the_line_moves():
    registry = _registry()
    made = calibrate(registry, 0.07)
    factor = made.households.consumption / registry.consumption
    assert np.allclose(factor, np.exp(made.shift["all"]), rtol=1e-14)
    assert made.moved.loc["all", "rupiah"] == pytest.approx(513_243 * (factor[0] - 1))
    assert np.array_equal(made.households.sigma, registry.sigma)


def test_a_registry_at_the_rate_does_not_move():
    registry = _registry()
    made = calibrate(registry, _rate(registry), gap=_rate(registry, 1), se=0.01)
    assert made.shift["all"] == pytest.approx(0.0, abs=1e-12)
    assert made.areas.loc["all", "spread"] == pytest.approx(1.0, abs=1e-9)
    assert made.warnings == ()


def test_known_consumption_reaches_the_nearest_rate_and_says_so():
    known = Households.from_frame(
        {"household_id": list("abcd"), "size": [3, 3, 3, 1], "consumption": [1, 2, 4, 8]},
        poverty_line=3,
    )
    made = calibrate(known, 0.85, se=0.02)
    assert _rate(made.households) == 0.9  # of 0.6 and 0.9 the nearer
    assert any("moves whole households" in note for note in made.warnings)
    exact = calibrate(known, 0.3, se=0.02)
    assert _rate(exact.households) == 0.3
    assert not any("whole households" in note for note in exact.warnings)
    stays = calibrate(known, 0.6, se=0.02)
    assert np.array_equal(stays.households.consumption, known.consumption)


def test_known_consumption_may_still_meet_a_gap():
    known = Households.from_frame(
        {"household_id": list("abcd"), "size": [1] * 4, "consumption": [2, 3, 5, 9]},
        poverty_line=4,
    )
    made = calibrate(known, 0.5, gap=0.1, se=0.05)
    assert _rate(made.households) == 0.5
    assert _rate(made.households, 1) == pytest.approx(0.1, abs=1e-12)


@pytest.mark.parametrize("rate", [0.2, 0.45, 0.62])
def test_known_and_predicted_consumption_together(rate):
    mixed = Households.from_frame(
        {
            "household_id": list("abcde"),
            "size": [2, 2, 2, 2, 2],
            "consumption": [300, 350, 500, 800, 900],
            "sigma": [0.3, 0.0, 0.4, 0.0, 0.5],
        },
        poverty_line=513,
    )
    made = calibrate(mixed, rate, se=0.02)
    missed = abs(_rate(made.households) - rate)
    assert missed < 0.2  # never farther than one household of two persons
    assert (missed > 1e-9) == any("whole households" in note for note in made.warnings)


def test_households_without_any_consumption_stay_at_zero():
    registry = Households.from_frame(
        {"household_id": list("abc"), "size": [1, 5, 4], "consumption": [0, 700, 900],
         "sigma": [0, 0.4, 0.4]},
        poverty_line=513,
    )  # fmt: skip
    made = calibrate(registry, 0.3, gap=0.15, se=0.02)
    assert made.households.consumption[0] == 0.0
    assert _rate(made.households) == pytest.approx(0.3, abs=1e-9)
    assert _rate(made.households, 1) == pytest.approx(0.15, abs=1e-9)


def test_contradictions_are_said():
    registry = _registry()
    far = calibrate(registry, 0.5, se=0.01)
    assert "cannot both be true" in far.warnings[0]
    near = calibrate(registry, _rate(registry) + 0.03, se=0.005, max_shift=1.0)
    assert "Sampling alone does not explain" in near.warnings[0]
    bare = calibrate(registry, 0.07)
    assert "standard error was not given" in bare.warnings[0]
    odd = calibrate(registry, 0.07, gap=0.04, se=0.01)
    assert any("do not fit this registry" in note for note in odd.warnings)


def test_the_ends_are_the_survey_s():
    made = calibrate(_registry(), 0.07, se=0.0099)
    low, high = made.ends()
    stated = share(0.07, 0.0099)
    assert _rate(low) == pytest.approx(stated.low, abs=1e-9)
    assert _rate(high) == pytest.approx(stated.high, abs=1e-9)


def test_the_ends_of_areas_are_those_of_the_whole():
    registry = _registry(2_000)
    rates = {"Degayu": 0.09, "Gamer": 0.06, "Klego": 0.07}
    made = calibrate(registry, rates, se=dict.fromkeys(rates, 0.02), by="area")
    low, high = (_rate(end) for end in made.ends())
    shares = made.areas["persons"] / made.areas["persons"].sum()
    se = np.sqrt(((shares * 0.02) ** 2).sum())
    assert high - low == pytest.approx(2 * 1.96 * se, rel=0.03)
    assert low < _rate(made.households) < high


def test_intervals_carry_the_survey_s_error():
    made = calibrate(_registry(), 0.07, se=0.0099)
    found = made.interval(_rate, draws=400, seed=3)
    assert found.value == pytest.approx(0.07, abs=1e-9)
    assert found.se == pytest.approx(0.0099, rel=0.12)
    assert found.low == pytest.approx(share(0.07, 0.0099).low, rel=0.08)
    assert found.high == pytest.approx(share(0.07, 0.0099).high, rel=0.08)
    again = made.interval(_rate, draws=400, seed=3)
    assert again == found


def test_a_drawn_rate_takes_its_gap_along():
    made = calibrate(_registry(), 0.07, gap=0.0128, se=0.0099)
    for households in made.draws(5, seed=1):
        ratio = _rate(households, 1) / _rate(households)
        assert ratio == pytest.approx(0.0128 / 0.07, rel=1e-8)
    other = made.at({"all": 0.05})
    assert _rate(other) == pytest.approx(0.05, abs=1e-9)


def test_without_an_error_there_is_no_interval():
    made = calibrate(_registry(), 0.07)
    with pytest.raises(PovtargetError, match="se="):
        made.ends()
    with pytest.raises(PovtargetError, match="se="):
        made.interval(_rate)


def test_estimates_bring_their_error_and_few_households_are_refused():
    design = survey.Design(np.ones(60))
    good = survey.fgt(np.r_[np.full(5, 1.0), np.full(55, 9.0)], 2.0, 0, design)
    made = calibrate(_registry(), good)
    assert made.areas.loc["all", "se"] == good.se
    few = survey.fgt(np.r_[1.0, np.full(11, 9.0)], 2.0, 0, survey.Design(np.ones(12)))
    with pytest.raises(InputError, match=r"12 survey households.*too few"):
        calibrate(_registry(), {"Degayu": few, "Gamer": good, "Klego": good}, by="area")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 7.0}, "as 0.07 for 7 %"),
        ({"rate": 0.0}, "not a rate"),
        ({"rate": 0.07, "by": "aera"}, "did you mean 'area'"),
        ({"rate": 0.07, "by": "area"}, "one number for several areas"),
        ({"rate": {"Degayu": 0.07, "Gamar": 0.1, "Klego": 0.1}, "by": "area"}, "mean 'Gamar'"),
        ({"rate": 0.07, "gap": 0.08}, "not between 0 and the rate"),
        ({"rate": {"all": 0.07, "Klego": 0.1}}, "has no area 'Klego'"),
    ],
)
def test_faults_are_said(arguments, message):
    with pytest.raises(InputError, match=message):
        calibrate(_registry(), **arguments)


def test_every_fault_at_once():
    with pytest.raises(InputError) as caught:
        calibrate(_registry(), {"Degayu": 0.0, "Gamer": 3.0}, by="area")
    assert len(caught.value.problems) == 3


def test_nobody_s_identifier_is_shown():
    registry = Households.from_frame(
        {"household_id": [NIK, NIK[::-1]], "size": [3, 4], "consumption": [4e5, 9e5],
         "sigma": [0.4, 0.4]},
        poverty_line=513_243,
    )  # fmt: skip
    made = calibrate(registry, 0.9, se=0.01)
    for shown in (str(made), repr(made), str(made.areas), *made.warnings):
        assert NIK not in shown
        assert NIK[::-1] not in shown


def test_a_gap_out_of_reach_is_refused():
    alike = Households.from_frame(
        {"household_id": list("ab"), "size": [1, 1], "consumption": [0, 900]}, poverty_line=513
    )
    with pytest.raises(InputError, match="no widening or narrowing"):
        calibrate(alike, 0.5, gap=0.2)  # who has nothing has a gap of 1, whatever the power
