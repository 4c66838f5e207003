"""What a person can get wrong in rates, errors and counts is said, and never guessed at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget import survey

AREAS = {f"k{i}": 0.1 for i in range(6)}


@pytest.fixture(scope="module")
def people():
    """Two hundred households in six areas."""
    rng = np.random.default_rng(0)
    return pt.Households.from_frame(
        {
            "household_id": [f"h{i:04d}" for i in range(200)],
            "size": rng.integers(1, 6, 200),
            "consumption": 5e5 * np.exp(rng.normal(0.3, 0.4, 200)),
            "sigma": [0.3] * 200,
            "area": [f"k{i % 6}" for i in range(200)],
        },
        poverty_line=5e5,
    )


def direct(value, n=30, se=0.03):
    return pt.Estimate(value, se, 0.0, 1.0, n, 3, 2, "share", "direct")


@pytest.mark.parametrize(
    ("rate", "settings", "columns"),
    [
        (0.07, {"se": 0.99}, {("se", "all")}),  # percentage points, not a share
        (0.07, {"se": -0.01, "by": "aera"}, {("by", None)}),
        ("0,07", {"se": -0.01}, {("rate", "all"), ("se", "all")}),
        ({**AREAS, "k0": None}, {"by": "area"}, {("rate", "k0")}),
        (AREAS, {"by": "area", "se": {**AREAS, "k1": 3.0}}, {("se", "k1")}),
        (0.07, {"gap": "0.01"}, {("gap", "all")}),
    ],
)
def test_rates_and_errors_of_a_calibration(people, rate, settings, columns):
    with pytest.raises(pt.InputError) as caught:
        pt.calibrate(people, rate, **settings)
    assert {(fault.source, fault.column) for fault in caught.value.problems} == columns


def test_a_calibration_without_error_has_two_equal_ends(people):
    made = pt.calibrate(people, AREAS, se=dict.fromkeys(AREAS, 0.0), by="area")
    low, high = made.ends()
    assert np.array_equal(low.consumption, high.consumption)
    assert np.allclose(low.consumption, made.households.consumption)


def test_what_else_is_asked_of_a_calibration(people):
    made = pt.calibrate(people, 0.1, se=0.01)
    with pytest.raises(pt.InputError, match="not rates by area"):
        made.at(0.2)
    with pytest.raises(pt.InputError, match="2 or more"):
        made.interval(lambda households: 1.0, draws=1)


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        ({"se": 0.99}, "se"),
        ({"se": -0.1}, "se"),
        ({"households": -5}, "households"),
        ({"households": 0}, "households"),
        ({"households": 670, "design_effect": -1}, "design_effect"),
        ({"people": (1, 2, 3)}, "people"),
    ],
)
def test_settings_of_a_target(settings, source):
    """Beside a rate that is no share: all is said at once."""
    with pytest.raises(pt.InputError) as caught:
        pt.check_target(0.07, 5.86, population=311_600, **settings)
    assert {fault.source for fault in caught.value.problems} == {source, "rate_goal"}


def test_a_range_of_people_may_be_a_list():
    found = pt.check_target(0.07, 0.0586, population=311_600, people=[3_000, 4_000])
    assert not found.warnings


@pytest.mark.parametrize(
    "settings",
    [
        {"population": float("nan")},
        {"population": float("inf")},
        {"population": "311.600"},
        {"rate": "0,07"},
        {"dead": (1, 2, 3)},
        {"dead": [1]},
        {"dead": 5.5},
    ],
)
def test_settings_of_a_bridge(settings):
    with pytest.raises(pt.InputError):
        pt.bridge(25_498, **{"rate": 0.07, "population": 311_600, **settings})


def test_a_bridge_takes_counts_of_numpy_and_an_estimate_with_its_error():
    plain = pt.bridge(25_498, rate=0.07, population=311_600, se=0.01, dead=5, duplicates=(1, 2))
    other = pt.bridge(
        np.int64(25_498),
        rate=direct(0.07, se=0.01),
        population=np.int64(311_600),
        dead=np.int64(5),
        duplicates=[1, np.int64(2)],
    )
    assert other == plain
    assert type(other.listed) is int


def test_direct_estimates_of_areas_must_say_of_how_many_households(people):
    """An estimate of no households was left out without a word."""
    good = {f"k{i}": direct(0.05 + 0.02 * i) for i in range(6)}
    assert set(pt.small_area_rates(good, people).rates) == set(good)
    for bad in (direct(0.05, n=0), direct(float("nan")), 0.05):
        with pytest.raises(pt.InputError) as caught:
            pt.small_area_rates({**good, "k3": bad}, people)
        assert [fault.column for fault in caught.value.problems] == ["k3"]
    with pytest.raises(pt.InputError, match="did you mean 'area'"):
        pt.small_area_rates(good, people, by="aera")


def test_common_errors_of_unlisted_persons_add_up_before_they_are_squared():
    """One area or ten equal ones: with one rate and one coverage the error is the same."""
    rate, coverage = direct(0.07, se=0.05), direct(0.5, se=0.3)
    settings = {"coverage": coverage, "persons_per_family": 4}
    whole = pt.unlisted_below_line(10_000, rate, **settings)
    parts = pt.unlisted_below_line({str(i): 1_000 for i in range(10)}, rate, **settings)
    assert parts.persons.se == pytest.approx(whole.persons.se, rel=1e-12)


def test_domains_that_read_alike_are_one():
    """1 and "1" are one domain; before, the second took the first one's place."""
    labels = np.array([1, "1", 2, 2, 10], dtype=object)
    parts = survey.Design(np.ones(5)).domains(labels)
    assert {name: part.n for name, part in parts.items()} == {"1": 2, "2": 2, "10": 1}
    assert list(survey.Design(np.ones(3)).domains([10, 2, 2])) == ["2", "10"]


def test_inequality_of_nothing_is_refused():
    design = survey.Design(np.ones(10), clusters=np.arange(10) // 2)
    with pytest.raises(pt.InputError, match="mean is not above 0"):
        survey.gini(np.zeros(10), design)
    with pytest.raises(pt.InputError, match="nobody is above"):
        survey.quintile_ratio(np.ones(10), design)


def test_families_named_twice_are_refused():
    registry = pt.read_registry(
        {"ID Keluarga P3KE": ["F1", "F2"], "Desil Kesejahteraan": [1, 2],
         "Kepala Keluarga": ["A", "B"], "Desa/Kelurahan": ["Tirto", "Tirto"],
         "Anggota": [3, 4]},
        columns={"size": "Anggota"},
    )  # fmt: skip
    twice = pd.Series([1.0, 2.0, 3.0], index=["F1", "F2", "F2"])
    with pytest.raises(pt.InputError, match="named twice"):
        registry.households(consumption=twice, poverty_line=5)
