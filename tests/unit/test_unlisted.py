"""Whom the registry does not list: numbers, intervals, targets by area, assumptions."""

from __future__ import annotations

import numpy as np
import pytest

from povtarget.errors import InputError
from povtarget.estimates import share
from povtarget.registry.unlisted import covered, dual_system, unlisted_below_line

PLACES = {"Degayu": 7_000.0, "Tirto": 12_000.0, "Klego": 9_000.0}


def test_the_number_is_population_rate_and_what_is_missed():
    made = unlisted_below_line(PLACES, 0.07, coverage=0.75, persons_per_family=4.5)
    assert made.persons.value == pytest.approx(28_000 * 0.07 * 0.25)
    assert made.families.value == pytest.approx(made.persons.value / 4.5)
    assert made.areas["unlisted"].sum() == pytest.approx(made.persons.value)
    assert made.persons.se == 0.0
    assert sum("taken as known" in note for note in made.assumptions) == 2


def test_a_shared_error_adds_up_and_own_errors_do_not():
    rate, coverage = share(0.07, 0.01), share(0.75, 0.05)
    shared = unlisted_below_line(PLACES, rate, coverage=coverage, persons_per_family=4)
    own = unlisted_below_line(
        PLACES,
        dict.fromkeys(PLACES, rate),
        coverage=dict.fromkeys(PLACES, coverage),
        persons_per_family=4,
    )
    assert shared.persons.value == own.persons.value
    assert shared.persons.se > 1.5 * own.persons.se
    assert own.persons.se == pytest.approx(np.sqrt((own.areas["se"] ** 2).sum()))
    assert shared.areas["se"].tolist() == own.areas["se"].tolist()


def test_the_interval_covers_what_simulation_gives():
    rng = np.random.default_rng(0)
    rate, coverage = share(0.07, 0.01), share(0.75, 0.05)
    made = unlisted_below_line(28_000, rate, coverage=coverage, persons_per_family=4)
    draws = 28_000 * (0.07 + 0.01 * rng.standard_normal(50_000))
    draws *= 1 - (0.75 + 0.05 * rng.standard_normal(50_000))
    assert made.persons.se == pytest.approx(draws.std(), rel=0.02)
    held = (draws > made.persons.low) & (draws < made.persons.high)
    assert 0.93 < held.mean() < 0.97
    assert made.persons.low > 0


def test_full_coverage_leaves_nobody():
    made = unlisted_below_line(1_000, 0.07, coverage=1.0, persons_per_family=4)
    assert made.persons.value == 0
    assert (made.persons.low, made.persons.high) == (0, 0)


def test_coverage_from_a_check_has_an_exact_interval():
    made = covered(45, 60)
    assert (made.value, made.n) == (0.75, 60)
    assert made.low == pytest.approx(0.6214, abs=1e-4)
    assert made.high == pytest.approx(0.8528, abs=1e-4)
    every = covered(30, 30)
    assert every.high == 1.0
    assert every.low == pytest.approx(0.025 ** (1 / 30))
    assert every.se > 0


def test_two_lists_find_the_families_on_neither():
    """500 worlds of 1,000 families, lists that catch 70 and 30 %: right on average, covered."""
    rng, found, held = np.random.default_rng(2), [], []
    for _ in range(500):
        first, second = rng.random(1_000) < 0.7, rng.random(1_000) < 0.3
        made = dual_system(first.sum(), second.sum(), (first & second).sum())
        found.append(made.value)
        held.append(made.low <= 1_000 <= made.high)
    assert np.mean(found) == pytest.approx(1_000, abs=5)
    assert 0.92 <= np.mean(held) <= 0.98


def test_a_target_for_each_kelurahan():
    made = unlisted_below_line(
        PLACES,
        {"Degayu": share(0.13, 0.02), "Tirto": share(0.05, 0.01), "Klego": share(0.07, 0.01)},
        coverage=covered(45, 60),
        persons_per_family=4.5,
    )
    assert list(made.areas.index) == list(PLACES)
    assert (made.areas["low"] < made.areas["unlisted"]).all()
    assert (made.areas["unlisted"] < made.areas["high"]).all()
    assert made.areas.loc["Degayu", "families"] == pytest.approx(7_000 * 0.13 * 0.25 / 4.5)
    assert not any("same rate" in note for note in made.assumptions)
    assert "95 %" in str(made)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 7.0}, "not a share"),
        ({"rate": {"Degayu": 0.07, "Tirta": 0.05, "Klego": 0.1}}, "did you mean 'Tirta'"),
        ({"coverage": share(0.5, np.nan)}, "with its standard error"),
        ({"persons_per_family": 0.5}, "persons_per_family"),
        ({"population": {"Degayu": -1.0}}, "0 or more"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    usual = {"population": PLACES, "rate": 0.07, "coverage": 0.8, "persons_per_family": 4.0}
    given = {**usual, **arguments}
    with pytest.raises(InputError, match=message):
        unlisted_below_line(given.pop("population"), given.pop("rate"), **given)


def test_checks_and_lists_that_cannot_be_are_refused():
    for call in (lambda: covered(5, 4), lambda: covered(0, 0), lambda: dual_system(10, 10, 11)):
        with pytest.raises(InputError):
            call()
