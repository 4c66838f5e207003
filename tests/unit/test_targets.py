"""check_target: arithmetic of a target, contradictions between stated figures, readings."""

from __future__ import annotations

import numpy as np
import pytest

from povtarget.errors import InputError
from povtarget.estimates import share
from povtarget.targets import check_target

FOUNDING = {
    "population": 311_600,
    "points": 1.11,
    "people": 30_000,
    "families": (7_000, 8_000),
    "lists": {"P3KE desil 1": 25_498},
    "households": 670,
}


def _kinds(findings) -> list[str]:
    return [finding.kind for finding in findings]


def test_the_founding_case():
    check = check_target(0.07, 0.0586, **FOUNDING)
    assert check.points == pytest.approx(1.14)
    assert check.people == pytest.approx(0.0114 * 311_600)
    assert check.families == pytest.approx(check.people / 4)
    assert check.below_now == pytest.approx(21_812)
    assert _kinds(check.warnings) == [
        "points",
        "people",
        "more_than_all",
        "families",
        "unseen_needed",
    ]
    assert _kinds(check.readings) == [
        "read_goal",
        "read_points",
        "read_now",
        "read_factor_people",
        "read_factor_families",
        "read_list",
        "read_tenths",
    ]
    assert check.readings[0].values["goal"] == pytest.approx(0.0589)
    assert check.readings[3].values["people"] == pytest.approx((3_000, 3_000))
    assert check.readings[4].values["families"] == pytest.approx((700, 800))


def test_readings_are_computed_not_remembered():
    check = check_target(0.12, 0.10, population=50_000, points=1.5, people=9_000)
    assert [f.kind for f in check.warnings] == ["points", "people", "more_than_all"]
    goals = [f.values["goal"] for f in check.readings if f.kind == "read_goal"]
    assert goals == [pytest.approx(0.105)]
    assert "read_factor_people" in _kinds(check.readings)  # 900 for 1,000
    other = check_target(0.12, 0.10, population=50_000, people=3_000)
    assert _kinds(other.warnings) == ["people"]
    assert other.readings == ()  # no factor of ten and no tenth fits 3,000


def test_the_city_s_own_path_has_no_contradiction():
    check = check_target(
        0.07, 0.0589, population=311_600, points=1.11, people=3_459, families=(860, 950)
    )
    assert check.warnings == ()
    assert check.readings == ()


def test_one_pair_of_surveys_cannot_show_the_fall():
    check = check_target(0.07, 0.0586, population=311_600, households=670)
    assert check.smallest_fall > 2
    assert check.households_needed > 670
    assert "cannot show a fall of 1.14 points" in str(check.warnings[0])
    large = check_target(0.07, 0.0586, population=311_600, households=20_000)
    assert large.smallest_fall < 1.14
    assert large.warnings == ()


def test_smallest_fall_is_that_of_two_independent_surveys():
    check = check_target(0.5, 0.4, population=1_000, se=0.02)
    later = 0.02**2 * (0.4 * 0.6) / (0.5 * 0.5)
    assert check.smallest_fall == pytest.approx(196 * np.sqrt(0.02**2 + later), rel=1e-4)
    assert check.households_needed is None
    assert check.warnings == ()


def test_the_needed_households_make_the_fall_visible():
    first = check_target(0.07, 0.0586, population=311_600, households=670)
    needed = first.households_needed
    enough = check_target(0.07, 0.0586, population=311_600, households=needed)
    assert enough.warnings == ()
    short = check_target(0.07, 0.0586, population=311_600, households=needed - 20)
    assert _kinds(short.warnings) == ["unseen_needed"]


def test_an_estimate_brings_its_error():
    check = check_target(share(0.07, 0.0099, n=670), 0.0586, population=311_600)
    assert check.smallest_fall == pytest.approx(2.66, abs=0.05)
    assert "95 % interval 5.29 % to 9.21 %" in check.text()


def test_without_an_error_that_is_said():
    text = check_target(0.07, 0.0586, population=311_600).text()
    assert "standard error was not given" in text


def test_both_languages_write_numbers_their_own_way():
    check = check_target(0.07, 0.0586, **FOUNDING)
    english, indonesian = check.text("en"), check.text("id")
    assert "30,000 persons" in english
    assert "30.000 jiwa" in indonesian
    assert "5,89 %" in indonesian
    assert len(english.splitlines()) == len(indonesian.splitlines())


def test_rounding_is_no_contradiction():
    for now, goal, stated in ((0.07004, 0.05889, 1.11), (0.07, 0.0586, 1.1)):
        assert check_target(now, goal, population=311_600, points=stated).warnings == ()
    for stated in (1.3, 1.11, 1.18):
        check = check_target(0.07, 0.0586, population=311_600, points=stated)
        assert _kinds(check.warnings) == ["points"]


def test_impossible_families_are_said():
    check = check_target(0.07, 0.06, population=300_000, people=3_000, families=3_000)
    assert "family_size" in _kinds(check.warnings)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate_now": 7.0, "rate_goal": 5.86}, "a share: 0.07 for 7 %"),
        ({"rate_now": 0.05, "rate_goal": 0.06}, "below the rate now"),
        ({"population": 0}, "population"),
        ({"people": (5, 3)}, "a pair in order"),
        ({"families": -1}, "families"),
        ({"lists": {"points": 0}}, "points"),
        ({"persons_per_family": 0}, "persons_per_family"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    usual = {"rate_now": 0.07, "rate_goal": 0.06, "population": 1_000}
    given = {**usual, **arguments}
    with pytest.raises(InputError, match=message):
        check_target(given.pop("rate_now"), given.pop("rate_goal"), **given)


def test_a_fall_too_small_to_show_needs_no_count_of_households():
    check = check_target(1e-12, 0.99e-12, population=5_000, households=800)
    assert check.households_needed is None
    assert check.points == 0
