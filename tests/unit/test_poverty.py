"""Poverty measures: four people whose values fit in the head, laws, and limits."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from povtarget import poverty
from povtarget.errors import InputError

# Two below the line of 100, with gaps 0.8 and 0.2; one exactly at it; one far above. Mean 100.
FOUR = np.array([20.0, 80.0, 100.0, 200.0])
LINE = 100.0

MEASURES = {
    "headcount": lambda x, z, w=None: poverty.fgt(x, z, 0, w),
    "gap": lambda x, z, w=None: poverty.fgt(x, z, 1, w),
    "fgt 1.5": lambda x, z, w=None: poverty.fgt(x, z, 1.5, w),
    "severity": lambda x, z, w=None: poverty.fgt(x, z, 2, w),
    "watts": poverty.watts,
    "sen": poverty.sen,
    "sst": poverty.sen_shorrocks_thon,
    "gini": lambda x, z, w=None: poverty.gini(x, w),
    "expected headcount": lambda x, z, w=None: poverty.expected_fgt(x, 0.4, z, 0, w),
    "expected gap": lambda x, z, w=None: poverty.expected_fgt(x, 0.4, z, 1, w),
    "expected severity": lambda x, z, w=None: poverty.expected_fgt(x, 0.4, z, 2, w),
}
each_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())

# Rupiah a month; whole numbers, so that people at exactly the line do occur.
welfares = st.lists(st.integers(1, 400), min_size=1, max_size=30).map(
    lambda values: np.array(values, dtype=float)
)
whole_weights = st.integers(0, 4)


# Values that fit in the head


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(0, 0.5), (1, 0.25), (2, 0.17), (3, 0.13), (0.5, (0.8**0.5 + 0.2**0.5) / 4)],
)
def test_fgt_of_four(alpha, expected):
    assert poverty.fgt(FOUR, LINE, alpha) == pytest.approx(expected, rel=1e-15)


def test_other_measures_of_four():
    assert poverty.watts(FOUR, LINE) == pytest.approx((math.log(5) + math.log(1.25)) / 4)
    assert poverty.sen(FOUR, LINE) == pytest.approx(0.5 * (0.5 + 0.15))
    assert poverty.sen_shorrocks_thon(FOUR, LINE) == pytest.approx((7 * 0.8 + 5 * 0.2) / 16)
    # Differences of the six pairs: 60, 80, 180, 20, 120, 100 = 560.
    assert poverty.gini(FOUR) == pytest.approx(2 * 560 / (2 * 16 * 100))
    assert poverty.gini(FOUR, corrected=True) == pytest.approx(0.35 * 4 / 3)


def test_a_person_with_exactly_the_line_is_not_below_it():
    assert poverty.fgt(FOUR, LINE, 0) == 0.5
    assert poverty.fgt(FOUR, np.nextafter(LINE, np.inf), 0) == 0.75
    assert poverty.fgt([LINE], LINE, 0) == 0.0
    assert poverty.expected_shortfall(60.0, 0.0, LINE, 0, 40.0) == 0.0


@pytest.mark.parametrize("name", ["headcount", "gap", "severity", "watts", "sen", "sst"])
def test_nobody_below_the_line_is_zero(name):
    assert MEASURES[name](FOUR, 20.0) == 0.0


def test_each_observation_may_have_a_line_of_its_own():
    lines = [40.0, 80.0, 200.0, 100.0]  # gaps 0.5, 0, 0.5, 0
    assert poverty.fgt(FOUR, lines, 0) == 0.5
    assert poverty.fgt(FOUR, lines, 1) == 0.25
    assert poverty.watts(FOUR, lines) == pytest.approx(math.log(2) / 2)
    assert poverty.sen(FOUR, lines) == pytest.approx(0.25)
    assert poverty.sen_shorrocks_thon(FOUR, lines) == pytest.approx((7 * 0.5 + 5 * 0.5) / 16)


def test_those_with_nothing():
    assert poverty.fgt([0.0, 200.0], LINE, 2) == 0.5
    assert poverty.sen([0.0, 0.0, 200.0, 200.0], LINE) == 0.5
    assert poverty.gini([0.0, 0.0, 0.0, 1.0]) == 0.75


def test_negative_income_has_a_gap_above_one():
    assert poverty.fgt([-100.0, 100.0], LINE, 1) == 1.0
    assert poverty.gini([-1.0, 3.0]) == 1.0


def test_watts_omits_from_the_numerator_only_and_only_when_asked():
    assert poverty.watts([0.0, 50.0], LINE, nonpositive="omit") == pytest.approx(math.log(2) / 2)
    with pytest.raises(InputError, match=r"1 of 2 values not allowed, the first at index 0"):
        poverty.watts([0.0, 50.0], LINE)


def test_zero_weight_is_absence():
    assert poverty.sen([20.0, 200.0], LINE, [0, 1]) == 0.0
    assert poverty.fgt([20.0, 200.0], LINE, 0, [1, 0]) == 1.0


def test_corrected_gini_counts_the_weights_as_persons():
    replicated = poverty.gini(np.repeat(FOUR, [1, 2, 3, 1]), corrected=True)
    assert poverty.gini(FOUR, [1, 2, 3, 1], corrected=True) == pytest.approx(replicated)


# Laws


@each_measure
@given(data=st.data())
def test_a_weight_equals_writing_the_observation_as_often(measure, data):
    x = data.draw(welfares)
    counts = np.array(data.draw(st.lists(whole_weights, min_size=x.size, max_size=x.size)))
    counts[0] += 1  # somebody there
    weighted, replicated = measure(x, LINE, counts), measure(np.repeat(x, counts), LINE)
    assert weighted == pytest.approx(replicated, rel=1e-12, abs=1e-14)


@each_measure
@given(x=welfares, scale=st.floats(1e-3, 1e6))
def test_the_unit_of_money_does_not_matter(measure, x, scale):
    # Scaling by any number but a power of two may round a person across the line.
    lines = LINE + 0.5
    assert measure(x * scale, lines * scale) == pytest.approx(measure(x, lines), rel=1e-9)


@each_measure
@given(x=welfares, power=st.integers(-8, 8))
def test_a_power_of_two_changes_not_one_bit(measure, x, power):
    assert measure(x * 2.0**power, LINE * 2.0**power) == measure(x, LINE)


@each_measure
@given(data=st.data())
def test_order_does_not_matter(measure, data):
    x = data.draw(welfares)
    order = np.array(data.draw(st.permutations(range(x.size))))
    w = np.arange(1.0, x.size + 1.0)
    assert measure(x[order], LINE, w[order]) == pytest.approx(measure(x, LINE, w), rel=1e-12)


@given(x=welfares, low=st.floats(0, 4), step=st.floats(0, 4))
def test_fgt_falls_with_alpha(x, low, step):
    assert poverty.fgt(x, LINE, low + step) <= poverty.fgt(x, LINE, low) + 1e-15


@given(x=welfares)
def test_the_measures_keep_their_order(x):
    gap, headcount = poverty.fgt(x, LINE, 1), poverty.fgt(x, LINE, 0)
    assert gap - 1e-15 <= poverty.sen(x, LINE) <= headcount + 1e-15
    assert gap - 1e-15 <= poverty.sen_shorrocks_thon(x, LINE) <= min(1, 2 * gap) + 1e-15
    assert poverty.watts(x, LINE) >= gap - 1e-15


@given(x=welfares)
def test_sen_and_sst_are_what_their_papers_say(x):
    """Sen from the Gini of those below the line; SST from the Gini of the gaps."""
    below = x[x < LINE]
    gaps = np.maximum(LINE - x, 0) / LINE
    if below.size == 0:
        assert poverty.sen(x, LINE) == poverty.sen_shorrocks_thon(x, LINE) == 0
        return
    depth = np.mean(1 - below / LINE)
    sen = below.size / x.size * (depth + (1 - depth) * poverty.gini(below))
    assert poverty.sen(x, LINE) == pytest.approx(sen, rel=1e-12)
    sst = gaps.mean() * (1 + poverty.gini(gaps))
    assert poverty.sen_shorrocks_thon(x, LINE) == pytest.approx(sst, rel=1e-12)


@given(x=welfares)
def test_gini_is_the_mean_difference_of_all_pairs(x):
    pairs = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert poverty.gini(x) == pytest.approx(pairs, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e9 / 7])
def test_gini_of_equals_is_exactly_zero(value):
    assert poverty.gini(np.full(1001, value), np.linspace(0.1, 7, 1001)) == 0.0


# Expected shortfall

medians = st.floats(1.0, 1e4)
sigmas = st.floats(1e-6, 5.0)
transfers = st.floats(0.0, 150.0)
alphas = st.sampled_from([0, 1, 2])


def by_quadrature(median, sigma, line, alpha, transfer):
    """Integrate over ln C, piece by piece of the standard normal, without the closed form."""
    if transfer >= line:
        return 0.0
    log_ratio = math.log((line - transfer) / median)

    def integrand(t):
        gap = ((line - transfer) - median * math.exp(sigma * t)) / line
        return max(gap, 0.0) ** alpha * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)

    cuts = [t for t in (-40, -8, -4, -2, 0, 2, 4, 8, 40) if t * sigma < log_ratio]
    cuts.append(min(log_ratio / sigma, 40.0))
    return sum(integrate.quad(integrand, a, b, epsabs=1e-14)[0] for a, b in pairwise(cuts))


@given(median=medians, sigma=st.floats(1e-3, 3.0), transfer=transfers, alpha=alphas)
def test_expected_shortfall_agrees_with_quadrature(median, sigma, transfer, alpha):
    value = poverty.expected_shortfall(median, sigma, LINE, alpha, transfer)
    expected = by_quadrature(median, sigma, LINE, alpha, transfer)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-11)


@given(median=st.floats(20.0, 500.0), sigma=st.floats(0.1, 1.5), transfer=st.floats(0, 99.0))
def test_expected_shortfall_is_the_formula_of_the_design(median, sigma, transfer):
    z, Z = LINE, LINE - transfer
    m = median * math.exp(sigma**2 / 2)
    d = (math.log(Z) - math.log(median)) / sigma
    p0, p1, p2 = stats.norm.cdf([d, d - sigma, d - 2 * sigma])
    stated = [
        p0,
        (Z * p0 - m * p1) / z,
        (Z**2 * p0 - 2 * Z * m * p1 + m**2 * math.exp(sigma**2) * p2) / z**2,
    ]
    values = [poverty.expected_shortfall(median, sigma, z, a, transfer) for a in (0, 1, 2)]
    assert values == pytest.approx(stated, rel=1e-7, abs=1e-13)


# Computed once with mpmath at 60 digits; (ln(Z / median), sigma, alpha) with Z = z.
REFERENCE = [
    (0.0, 1e-06, 0, 0.5),
    (0.0, 1e-06, 1, 3.989420304015656e-07),
    (0.0, 1e-06, 2, 4.999992021163142e-13),
    (3e-06, 1e-06, 0, 0.9986501019683699),
    (3e-06, 1e-06, 1, 3.0003771544247655e-06),
    (3e-06, 1e-06, 2, 9.99976056484601e-12),
    (-3e-06, 1e-06, 0, 0.0013498980316300935),
    (-3e-06, 1e-06, 1, 3.821542153302087e-10),
    (-3e-06, 1e-06, 2, 2.0343492648361742e-16),
    (0.7, 1e-06, 0, 1.0),
    (0.7, 1e-06, 1, 0.5034146962083421),
    (0.7, 1e-06, 2, 0.253426356358784),
    (0.001, 0.001, 0, 0.8413447460685429),
    (0.001, 0.001, 1, 0.0010823538219503833),
    (0.001, 0.001, 2, 1.920574673689177e-06),
    (-0.02, 0.001, 0, 2.7536241186062337e-89),
    (-0.02, 0.001, 1, 1.369944502450205e-93),
    (-0.02, 0.001, 2, 1.359710946383408e-97),
    (-8.0, 0.5, 0, 6.388754400538087e-58),
    (-8.0, 0.5, 1, 1.9218065030641572e-59),
    (-8.0, 0.5, 2, 1.1186733404723933e-60),
    (4.0, 0.5, 0, 0.9999999999999993),
    (4.0, 0.5, 1, 0.9792456621263003),
    (4.0, 0.5, 2, 0.9590444086227483),
    (-3.0, 3.0, 0, 0.15865525393145705),
    (-3.0, 3.0, 1, 0.10139230537868103),
    (-3.0, 3.0, 2, 0.07803046760420256),
    (30.0, 3.0, 0, 1.0),
    (30.0, 3.0, 1, 0.9999999999915765),
    (30.0, 3.0, 2, 0.999999999983153),
    (5.0, 40.0, 0, 0.5497382248301129),
    (5.0, 40.0, 1, 0.5398174924635477),
    (5.0, 40.0, 2, 0.5348516980966469),
]


@pytest.mark.parametrize(("log_ratio", "sigma", "alpha", "expected"), REFERENCE)
def test_expected_shortfall_in_the_tails_and_for_tiny_sigma(log_ratio, sigma, alpha, expected):
    median = LINE * math.exp(-log_ratio)
    value = float(poverty.expected_shortfall(median, sigma, LINE, alpha))
    # The median is rounded here, and its last digit moves d by as much as that over sigma.
    rounding = 4e-16 / sigma if alpha == 0 else 0.0
    assert value == pytest.approx(expected, rel=0, abs=1e-14 + rounding)


@pytest.mark.parametrize("d", [-5.0, -10.0, -20.0, -35.0])
@pytest.mark.parametrize("alpha", [1, 2])
def test_far_below_the_line_no_digits_are_lost_to_subtraction(d, alpha):
    """Chances of 1e-7 to 1e-268: still right to eight digits, by the tail's own expansion."""
    sigma = 0.5
    value = float(poverty.expected_shortfall(LINE * math.exp(-d * sigma), sigma, LINE, alpha))

    def scaled(u):  # the integrand at d - u, divided by the density at d
        return (-math.expm1(-sigma * u)) ** alpha * math.exp(d * u - u * u / 2)

    tail = integrate.quad(scaled, 0, 60 / abs(d), epsabs=0, epsrel=1e-12)[0]
    assert value == pytest.approx(stats.norm.pdf(d) * tail, rel=1e-8)


@given(median=medians, transfer=transfers, alpha=alphas)
def test_known_consumption_is_fgt_exactly(median, transfer, alpha):
    value = poverty.expected_shortfall(median, 0.0, LINE, alpha, transfer)
    assert value == poverty.fgt([median + transfer], LINE, alpha)


@given(median=medians, transfer=transfers, alpha=alphas)
def test_sigma_to_zero_is_the_known_limit(median, transfer, alpha):
    if abs(median + transfer - LINE) < 1e-3:
        return  # at the line itself the limit is a half, and known consumption is not below
    known = poverty.expected_shortfall(median, 0.0, LINE, alpha, transfer)
    for sigma in (1e-300, 1e-12, 1e-8):
        near = poverty.expected_shortfall(median, sigma, LINE, alpha, transfer)
        assert near == pytest.approx(known, abs=1e-7)


@given(median=medians, sigma=sigmas, extra=st.floats(0, 1e3), alpha=alphas)
def test_a_transfer_of_the_line_or_more_ends_poverty(median, sigma, extra, alpha):
    assert poverty.expected_shortfall(median, sigma, LINE, alpha, LINE + extra) == 0.0


@given(median=medians, sigma=sigmas, a=transfers, b=transfers, alpha=alphas)
def test_a_larger_transfer_never_raises_poverty(median, sigma, a, b, alpha):
    less, more = sorted([a, b])
    with_less, with_more = poverty.expected_shortfall(median, sigma, LINE, alpha, [less, more])
    assert with_more <= with_less + 1e-12


@given(median=st.floats(1e-12, 1e12), sigma=st.floats(0, 1e4), transfer=transfers)
def test_alpha_orders_the_values_exactly(median, sigma, transfer):
    headcount, gap, severity = (
        poverty.expected_shortfall(median, sigma, LINE, alpha, transfer) for alpha in (0, 1, 2)
    )
    assert 0 <= severity <= gap <= headcount <= 1


@pytest.mark.parametrize("sigma", [5e-324, 1e-200, 1e-6, 1.0, 50.0, 1e100, 1e200])
@pytest.mark.parametrize("median", [1e-200, 1e-3, 100.0, 1e300])
@pytest.mark.parametrize("transfer", [-1e9, 0.0, 99.99999999999999, 100.0, 1e300])
def test_extreme_arguments_give_numbers_and_no_warnings(median, sigma, transfer):
    for alpha in (0, 1, 2):
        assert np.isfinite(poverty.expected_shortfall(median, sigma, LINE, alpha, transfer))


def test_expected_shortfall_broadcasts_households_by_bundles():
    median, sigma = np.array([[80.0], [120.0]]), np.array([[0.0], [0.5]])
    transfer = np.array([0.0, 10.0, 30.0])
    table = poverty.expected_shortfall(median, sigma, LINE, 1, transfer)
    assert table.shape == (2, 3)
    for i, j in np.ndindex(table.shape):
        alone = poverty.expected_shortfall(median[i, 0], sigma[i, 0], LINE, 1, transfer[j])
        assert alone.shape == ()
        assert table[i, j] == alone


def test_expected_fgt_weighs_persons():
    after = poverty.expected_shortfall(FOUR, 0.3, LINE, 2, 10.0)
    weights = [1, 2, 3, 4]
    value = poverty.expected_fgt(FOUR, 0.3, LINE, 2, weights, transfer=10.0)
    assert value == pytest.approx(np.average(after, weights=weights))


def test_arguments_are_left_as_they_were():
    arrays = [FOUR.copy(), np.full(4, 0.3), np.full(4, LINE), np.full(4, 5.0)]
    poverty.expected_shortfall(*arrays[:3], 2, arrays[3])
    assert [a.tolist() for a in arrays] == [FOUR.tolist(), [0.3] * 4, [LINE] * 4, [5.0] * 4]


# The door


@pytest.mark.parametrize(
    ("call", "sources"),
    [
        (lambda: poverty.fgt([], LINE, 0), ["welfare"]),
        (lambda: poverty.fgt(50.0, LINE, 0), ["welfare"]),
        (lambda: poverty.fgt([[50.0]], LINE, 0), ["welfare"]),
        (lambda: poverty.fgt(["3375010101900001"], LINE, 0), ["welfare"]),
        (lambda: poverty.fgt([{}], "x", 0, [10**400]), ["welfare", "line", "weights"]),
        (lambda: poverty.fgt([np.nan, np.inf], 0.0, -1), ["welfare", "line", "alpha"]),
        (lambda: poverty.fgt(FOUR, LINE, math.nan), ["alpha"]),
        (lambda: poverty.fgt(FOUR, LINE, math.inf), ["alpha"]),
        (lambda: poverty.fgt(FOUR, [LINE, -LINE], 0, [1]), ["line", "weights", "line"]),
        (lambda: poverty.watts([-1.0, 5.0], LINE, [1, -1]), ["weights", "welfare"]),
        (lambda: poverty.watts(FOUR, LINE, nonpositive="drop"), ["nonpositive"]),
        (lambda: poverty.sen(FOUR, LINE, [0, 0, 0, 0]), ["weights"]),
        (lambda: poverty.sen_shorrocks_thon(FOUR, math.nan, 1.0), ["weights", "line"]),
        (lambda: poverty.gini([-1.0, 1.0], [0.5, 0.5], corrected=True), ["welfare", "weights"]),
        (lambda: poverty.gini([5.0], corrected=True), ["weights"]),
        (lambda: poverty.gini([0.0, 0.0]), ["welfare"]),
        (
            lambda: poverty.expected_shortfall([np.nan], -1.0, 0.0, 3, np.inf),
            ["median", "sigma", "line", "transfer", "alpha"],
        ),
        (
            lambda: poverty.expected_shortfall([1.0, 2.0], [0.1, 0.1, 0.1], LINE, 0),
            ["median, sigma, line, transfer"],
        ),
        (
            lambda: poverty.expected_shortfall([0.0, 2.0], [0.1, 0.1, 0.1], LINE, 0),
            ["median, sigma, line, transfer"],
        ),
        (lambda: poverty.expected_shortfall([0.0, 0.0], [0.0, 0.1], LINE, 0), ["median"]),
        (lambda: poverty.expected_fgt([], 0.0, LINE, 0), ["median"]),
        (
            lambda: poverty.expected_fgt(FOUR, [0.1], LINE, 0.5, [1, 1, 1, np.nan]),
            ["sigma", "weights", "alpha"],
        ),
    ],
)
def test_every_fault_is_told_at_once(call, sources):
    with pytest.raises(InputError) as caught:
        call()
    assert [fault.source for fault in caught.value.problems] == sources


def test_a_fault_says_how_many_and_where_the_first():
    with pytest.raises(InputError) as caught:
        poverty.fgt([1.0, np.nan, np.inf], LINE, 0)
    (fault,) = caught.value.problems
    assert str(fault) == (
        "welfare: 2 of 3 values not allowed, the first at index 1 "
        "(value 'nan'; expected a finite number)"
    )


def test_known_consumption_of_nothing_is_no_fault():
    assert poverty.expected_shortfall([0.0, 50.0], [0.0, 0.1], LINE, 1)[0] == 1.0


def test_lists_integers_and_frames_columns_are_accepted():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"x": [20, 80, 100, 200], "w": [1, 1, 1, 1]})
    assert poverty.fgt(frame["x"], 100, 1, frame["w"]) == 0.25
