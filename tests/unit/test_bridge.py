"""From one headcount to the other: the rows add up, whatever is known and whatever is not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povtarget.errors import InputError
from povtarget.households import Households
from povtarget.registry.bridge import Bridge, bridge
from povtarget.registry.reconciliation import FAMILY_COLUMNS, PAIR_COLUMNS, Reconciliation

PARTS = ("duplicates", "dead", "moved_away", "above_line", "unlisted")
counts = st.integers(0, 2_000)
parts = st.one_of(
    st.none(), counts, st.tuples(counts, counts).map(lambda ends: (min(ends), max(ends)))
)


def known_sum(found: Bridge) -> int | Fraction:
    return sum(row.value for row in found.rows if row.value is not None)


def shares(found: Bridge) -> list:
    return [row for row in found.rows if row.value is None]


def joint(found: Bridge) -> int | Fraction:
    return next(row.value for row in found.rows if row.name.startswith("together"))


class TestSums:
    @given(
        st.integers(2_000, 40_000),
        st.integers(0, 1_000).map(lambda permille: Fraction(permille, 1_000)),
        st.one_of(st.none(), st.floats(0, 0.05)),
        st.fixed_dictionaries(dict.fromkeys(PARTS, parts)),
    )
    @settings(max_examples=200, deadline=None)
    def test_the_rows_add_up_to_the_difference(self, listed, rate, se, stated):
        found = bridge(listed, rate=rate, population=40_000, se=se, **stated)
        assert found.listed + known_sum(found) == found.surveyed == round(rate * 40_000)
        assert all(isinstance(row.low, int) and isinstance(row.high, int) for row in found.rows)
        if not found.warnings:
            low, high = (
                sum(getattr(row, end) for row in shares(found)) for end in ("low", "high")
            )
            assert low <= joint(found) <= high
            assert all(row.low <= row.high for row in found.rows)

    @given(
        st.lists(counts, min_size=5, max_size=5),
        st.integers(2_000, 30_000),
        st.integers(-500, 500),
    )
    @settings(max_examples=200, deadline=None)
    def test_the_truth_is_never_outside_the_ranges(self, truth, listed, error):
        """Whatever really happened, a bridge that is told less of it still allows it."""
        gone = sum(truth[:4])
        if gone > listed:
            return
        population = 40_000
        surveyed = listed - gone + truth[4] + error
        if not 0 <= surveyed <= population:
            return
        found = bridge(
            listed,
            rate=Fraction(surveyed, population),
            population=population,
            se=0.01,
            duplicates=truth[0],
            dead=(truth[1] // 2, min(2 * truth[1], listed)),
        )
        assert not found.warnings
        real = dict(
            zip(
                ("listed twice", "dead", "moved away", "listed, above the line"),
                (-number for number in truth),
                strict=False,
            )
        )
        real |= {"below the line, not listed": truth[4], "sampling error of the survey": error}
        for row in found.rows:
            if row.name in real:
                assert row.low <= real[row.name] <= row.high

    def test_weights_that_are_fractions_stay_exact(self):
        households = Households.from_frame(
            {"household_id": ["a", "b"], "size": [3, 4], "consumption": [1.0, 9.0],
             "weight": [0.1, 1.0]},
            poverty_line=5.0,
        )  # fmt: skip
        found = bridge(households, rate=0.5, population=4, se=0.01)
        assert found.listed == Fraction(float(households.persons[0]))
        assert found.listed + known_sum(found) == 2

    def test_parts_that_cannot_be_true_are_said_so_and_still_add_up(self):
        found = bridge(
            1_000, rate=0.5, population=1_000, se=0.0, duplicates=0, dead=0, moved_away=0,
            above_line=0, unlisted=(0, 10),
        )  # fmt: skip
        assert found.listed + known_sum(found) == found.surveyed
        assert "cannot all be true" in found.warnings[0]


class TestFoundingCase:
    def test_p3ke_against_the_survey(self):
        found = bridge(25_498, rate=0.07, population=311_600, se=0.0103)
        assert (found.listed, found.surveyed, found.difference) == (25_498, 21_812, -3_686)
        low, high = found.interval
        # 670 households make 7 % uncertain by more than 2 points: the interval holds the list.
        assert high - low > 2 * 0.02 * 311_600
        assert low < 25_498 < high
        text = str(found)
        assert "25,498" in text
        assert "21,812" in text
        assert "the poor" not in text

    def test_the_frame_is_the_bridge(self):
        frame = bridge(25_498, rate=0.07, population=311_600, se=0.01, duplicates=420).frame
        assert frame["value"].iloc[0] + sum(frame["value"].iloc[1:-1].dropna()) == 21_812
        assert frame["value"].iloc[-1] == 21_812

    def test_without_a_standard_error_nothing_pretends_to_be_an_interval(self):
        found = bridge(25_498, rate=0.07, population=311_600)
        assert found.interval is None
        assert "standard error not stated" in found.frame["note"].iloc[-1]
        sampling = next(row for row in found.rows if row.name.startswith("sampling"))
        assert sampling.high - sampling.low > 100_000


class TestRefusals:
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"unit": "families"}, "count different things"),
            ({"survey_unit": "families"}, "count different things"),
            ({"unit": "KK"}, "not a unit"),
            ({"year": 2023, "survey_year": 2022}, "two years"),
            ({"rate": 7.0}, "0.07 for 7"),
            ({"se": 1.0}, "0.01 for 1 point"),
            ({"population": 0}, "1 or more"),
            ({"card_against_kitchen": 5}, "however they are grouped"),
            ({"dead": -1}, "out of range"),
            ({"dead": (5, 2)}, "out of range"),
            ({"dead": 1.5}, "not a whole number"),
            ({"dead": True}, "not a whole number"),
            ({"duplicates": 99_999}, "out of range"),
            ({"registry": 25_498.0}, "not a count"),
            ({"listed": "decile_1"}, "no households"),
        ],
    )
    def test_mixtures_and_nonsense(self, wrong, message):
        given = {"registry": 25_498, "rate": 0.07, "population": 311_600, **wrong}
        with pytest.raises(InputError, match=message):
            bridge(given.pop("registry"), **given)

    def test_two_years_are_a_part_when_asked(self):
        found = bridge(
            25_498, rate=0.07, population=311_600, year=2023, survey_year=2022, mix_years=True
        )
        assert any(row.name == "between the two years" for row in found.rows)
        assert found.listed + known_sum(found) == found.surveyed

    def test_families_may_share_kitchens_and_persons_may_not(self):
        found = bridge(
            7_000, rate=0.06, population=87_000, unit="families", survey_unit="families",
            card_against_kitchen=(300, 900),
        )  # fmt: skip
        row = next(row for row in found.rows if row.name.startswith("sharing a kitchen"))
        assert row.value is None
        assert -900 <= row.low <= row.high <= -300
        persons = bridge(7_000, rate=0.06, population=87_000)
        assert next(r for r in persons.rows if r.name.startswith("sharing")).value == 0


def households(sigma: float) -> Households:
    return Households.from_frame(
        {
            "household_id": [f"R{at}" for at in range(1, 7)],
            "size": [4, 3, 5, 2, 6, 1],
            "consumption": [400.0, 450.0, 480.0, 600.0, 900.0, 499.0],
            "sigma": [sigma] * 6,
            "decile_1": [True, True, True, True, False, False],
        },
        poverty_line=500.0,
    )


def reconciliation() -> Reconciliation:
    states = ["both", "repeat", "only", "both", "both", "unsure"]
    families = pd.DataFrame(
        {
            "list": "registry",
            "family_id": [f"R{at}" for at in range(1, 7)],
            "area": "Tirto",
            "state": states,
            "with_id": "",
            "head_member_of": "",
        }
    )
    return Reconciliation(
        families[[*FAMILY_COLUMNS]], pd.DataFrame(columns=PAIR_COLUMNS).astype(object)
    )


class TestHouseholds:
    def test_known_consumption_leaves_no_doubt(self):
        found = bridge(households(0.0), rate=0.5, population=20, se=0.0, listed="decile_1")
        assert found.listed == 14
        above = next(row for row in found.rows if row.name == "listed, above the line")
        assert above.value == -2
        assert "1 to 1" in found.warnings[0]

    def test_predictions_give_a_range_around_the_expected_number(self):
        found = bridge(households(0.4), rate=0.5, population=21, se=0.3, listed="decile_1")
        above = next(row for row in found.rows if row.name == "listed, above the line")
        chance = np.array([0.29, 0.40, 0.46, 0.68])  # that c > 500, by hand
        assert above.value is None
        assert -above.high <= chance @ [4, 3, 5, 2] <= -above.low

    def test_without_listed_those_whose_median_is_below(self):
        assert bridge(households(0.4), rate=0.5, population=21).listed == 13
        mask = [True, False, False, False, False, False]
        assert bridge(households(0.4), rate=0.5, population=21, listed=mask).listed == 4
        for wrong in ("size", "nothing", [True]):
            with pytest.raises(InputError, match="Boolean"):
                bridge(households(0.4), rate=0.5, population=21, listed=wrong)

    def test_a_reconciliation_counts_repeats_and_bounds_who_is_gone(self):
        found = bridge(
            households(0.0), rate=0.3, population=21, se=0.2, listed="decile_1",
            reconciliation=reconciliation(),
        )  # fmt: skip
        rows = {row.name: row for row in found.rows}
        assert rows["listed twice"].value == -3
        assert rows["dead or moved away"].low >= -5
        assert "dead" not in rows
        assert found.listed + known_sum(found) == found.surveyed

    def test_a_reconciliation_of_families_with_a_count_of_families(self):
        found = bridge(
            6, rate=0.5, population=10, unit="families", survey_unit="families",
            reconciliation=reconciliation(),
        )  # fmt: skip
        assert next(row for row in found.rows if row.name == "listed twice").value == -1
        with pytest.raises(InputError, match="another number of families"):
            bridge(
                7, rate=0.5, population=10, unit="families", survey_unit="families",
                reconciliation=reconciliation(),
            )  # fmt: skip
        with pytest.raises(InputError, match="sizes are not known"):
            bridge(6, rate=0.5, population=10, reconciliation=reconciliation())
