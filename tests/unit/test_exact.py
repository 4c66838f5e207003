"""Sums of products are exactly the rational that plain fractions give."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from povtarget.exact import exact_dot

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**6), 10**6).map(float),
    st.sampled_from([0.0, -0.0, 0.1, 1e16, -1e16, 5e-324, 2.0**53, 1.7e308]),
)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=30))
def test_exact_dot_is_the_sum_of_fractions(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    expected = sum((Fraction(x) * Fraction(y) for x, y in pairs), Fraction(0))
    assert exact_dot(a, b) == expected


def test_exact_dot_takes_whole_numbers_of_other_types():
    assert exact_dot(np.array([0.1, 0.2]), np.array([3, 0], dtype=np.int32)) == 3 * Fraction(0.1)
