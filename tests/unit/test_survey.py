"""Survey estimates: standard errors by hand, by derivative, by simulation; domains; faults."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from povtarget import linearisation, poverty, survey
from povtarget.errors import InputError
from povtarget.estimates import amount, share

SMOOTH = {
    "gini": linearisation.gini,
    "mld": linearisation.mean_log_deviation,
    "theil": linearisation.theil,
    "atkinson_1": lambda x, w: linearisation.atkinson(x, w, 1.0),
    "atkinson_2": lambda x, w: linearisation.atkinson(x, w, 2.0),
    "mean": linearisation.mean_of,
}


def _lognormal(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.exp(0.6 * rng.standard_normal(n)), rng.uniform(0.5, 3.0, n)


@pytest.mark.parametrize("name", SMOOTH)
def test_linearised_variable_is_the_derivative_by_each_weight(name):
    x, w = _lognormal(40)
    x[3] = x[7]  # a tie
    made, step = SMOOTH[name](x, w), 1e-6
    for k in (0, 3, 7, 39):
        up, down = w.copy(), w.copy()
        up[k], down[k] = w[k] + step, w[k] - step
        slope = (SMOOTH[name](x, up).value - SMOOTH[name](x, down).value) / (2 * step)
        assert made.variable[k] == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_gini_is_that_of_poverty():
    x, w = _lognormal(50)
    assert linearisation.gini(x, w).value == pytest.approx(poverty.gini(x, w), rel=1e-12)


@pytest.mark.parametrize(
    "measure",
    [
        lambda x, d: survey.quantile_share(x, 0.0, 0.2, d),
        lambda x, d: survey.quantile_share(x, 0.8, 1.0, d),
        survey.quintile_ratio,
        survey.relative_median_gap,
        survey.relative_rate,
        lambda x, d: survey.quantile(x, 0.5, d),
    ],
)
def test_measures_with_quantiles_have_the_error_that_repeated_samples_show(measure):
    found = [measure(_lognormal(800, seed)[0], survey.Design(np.ones(800))) for seed in range(150)]
    spread = np.std([estimate.value for estimate in found], ddof=1)
    stated = np.mean([estimate.se for estimate in found])
    assert stated == pytest.approx(spread, rel=0.2)  # spread itself is known to 6 %


def test_standard_error_of_a_mean_by_hand():
    y = [2.0, 6.0, 7.0]
    design = survey.Design([2.0, 2.0, 2.0])
    deviations = np.array([-3.0, 1.0, 2.0]) / 3
    expected = np.sqrt(3 / 2 * (deviations**2).sum())
    made = survey.mean(y, design)
    assert made.value == 5.0
    assert made.se == pytest.approx(expected, rel=1e-12)
    assert made.df == 2


def test_clusters_and_strata_enter():
    y = np.array([1.0, 1.0, 9.0, 9.0, 4.0, 4.0, 6.0, 6.0])
    alone = survey.mean(y, survey.Design(np.ones(8)))
    pairs = survey.Design(np.ones(8), clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    assert survey.mean(y, pairs).se > alone.se  # members of a cluster are alike
    layers = survey.Design(np.ones(8), strata=list("aabbccdd"))
    assert survey.mean(y, layers).se == 0.0  # nothing varies within a stratum
    assert (survey.mean(y, layers).df, survey.mean(y, pairs).df) == (4, 3)


def test_a_cluster_label_counts_within_its_stratum():
    repeated = survey.Design(np.ones(8), strata=list("aaaabbbb"), clusters=[1, 1, 2, 2] * 2)
    named = survey.Design(np.ones(8), strata=list("aaaabbbb"), clusters=list("ssttuuvv"))
    y = np.arange(8.0) ** 2
    assert survey.mean(y, repeated) == survey.mean(y, named)
    assert repeated.clusters_in == 4


def test_a_stratum_with_one_cluster_is_centred_or_refused():
    arguments = {"strata": list("aabbb"), "clusters": [1, 1, 2, 3, 4]}
    y = np.array([1.0, 2.0, 4.0, 8.0, 3.0])
    centred = survey.mean(y, survey.Design(np.ones(5), **arguments))
    without = (y - y.mean()) / 5
    totals = np.array([without[:2].sum(), *without[2:]])
    by_hand = (totals[0] - totals.mean()) ** 2
    by_hand += 1.5 * ((totals[1:] - totals[1:].mean()) ** 2).sum()
    assert centred.se == pytest.approx(np.sqrt(by_hand), rel=1e-12)
    with pytest.raises(InputError, match="one cluster only"):
        survey.Design(np.ones(5), **arguments, single_cluster="refuse")


def test_a_domain_keeps_the_clusters_outside_it_in_the_error():
    y = np.array([1.0, 3.0, 8.0, 9.0, 2.0, 5.0])
    inside = np.array([True, False, True, True, False, False])
    design = survey.Design(np.ones(6), clusters=[1, 1, 2, 2, 3, 3])
    part = survey.mean(y, design.domain(inside))
    u = np.where(inside, (y - 6.0) / 3, 0.0)
    totals = np.array([u[:2].sum(), u[2:4].sum(), u[4:].sum()])
    assert part.value == 6.0
    assert part.se == pytest.approx(np.sqrt(1.5 * ((totals - totals.mean()) ** 2).sum()))
    assert (part.n, part.clusters, part.df) == (3, 2, 1)


def test_domains_are_all_labels_in_order():
    design = survey.Design(np.ones(4))
    parts = design.domains([10, 2, 2, 10])
    assert list(parts) == ["2", "10"]
    assert [part.n for part in parts.values()] == [2, 2]


def test_a_rate_shows_its_interval():
    made = survey.fgt([1.0, 5.0, 5.0, 5.0], 2.0, 0, survey.Design(np.ones(4)))
    for shown in (str(made), repr(made), f"{made}"):
        assert "25.00 % (95 %:" in shown
    assert 0 < made.low < 0.25 < made.high < 1


def test_nobody_below_the_line_has_an_upper_end():
    made = survey.fgt(np.full(40, 9.0), 2.0, 0, survey.Design(np.ones(40)))
    assert (made.value, made.low) == (0.0, 0.0)
    assert made.high == pytest.approx(1 - 0.025 ** (1 / 40))
    alike = survey.Design(np.ones(40), clusters=np.repeat(np.arange(4), 10))
    assert survey.fgt(np.full(40, 9.0), 2.0, 0, alike).high > made.high


def test_one_cluster_has_no_interval_and_says_so():
    design = survey.Design(np.ones(3), clusters=[1, 1, 1])
    made = survey.fgt([1.0, 3.0, 3.0], 2.0, 0, design)
    assert np.isnan(made.se)
    assert "no interval" in str(made)


def test_logit_intervals_cover_low_rates():
    """Clusters of ten that are alike, 7 % below the line: 95 % intervals hold it as often."""
    rng, held, worlds = np.random.default_rng(1), 0, 400
    clusters = np.repeat(np.arange(66), 10)
    design = survey.Design(np.ones(660), clusters=clusters)
    shift = np.sqrt(0.2) * rng.standard_normal((worlds, 66))
    noise = np.sqrt(0.8) * rng.standard_normal((worlds, 660))
    line = -1.4757910281791711  # the 7 % quantile of a standard normal
    for world in range(worlds):
        made = survey.fgt(shift[world][clusters] + noise[world] + 10, line + 10, 0, design)
        held += made.low <= 0.07 <= made.high
    assert 0.92 <= held / worlds <= 0.98


def test_shares_of_all_fifths_add_up_to_one():
    x, w = _lognormal(37)
    design = survey.Design(w)
    ends = np.linspace(0, 1, 6)
    fifths = [survey.quantile_share(x, a, b, design).value for a, b in pairwise(ends)]
    assert sum(fifths) == pytest.approx(1.0, rel=1e-12)
    assert fifths == sorted(fifths)


def test_a_weight_of_two_is_two_persons():
    x, w = _lognormal(30)
    twice, once = survey.Design(np.r_[w, w]), survey.Design(2 * w)
    for measure in (survey.gini, survey.theil, survey.quintile_ratio):
        assert measure(np.r_[x, x], twice).value == pytest.approx(measure(x, once).value)


def test_every_fault_of_a_design_is_reported():
    with pytest.raises(InputError) as caught:
        survey.Design([1.0, -1.0], strata=["a", None], clusters=[1], single_cluster="drop")
    assert {fault.source for fault in caught.value.problems} == {
        "weights",
        "strata",
        "clusters",
        "single_cluster",
    }


@pytest.mark.parametrize(
    "call",
    [
        lambda d: survey.mean([1.0, np.nan], d),
        lambda d: survey.mean(["1", "2"], d),
        lambda d: survey.mean([1.0], d),
        lambda d: survey.fgt([1.0, 2.0], 0.0, 0, d),
        lambda d: survey.fgt([1.0, 2.0], 1.0, -1, d),
        lambda d: survey.theil([1.0, 0.0], d),
        lambda d: survey.watts([1.0, 0.0], 1.0, d),
        lambda d: survey.atkinson([1.0, 2.0], d, aversion=0.0),
        lambda d: survey.quantile([1.0, 2.0], 1.0, d),
        lambda d: survey.quantile_share([1.0, 2.0], 0.5, 0.5, d),
        lambda d: survey.quantile_share([1.0, -2.0], 0.0, 0.5, d),
        lambda d: survey.quintile_ratio([0.0, 2.0], d),
        lambda d: survey.relative_median_gap([2.0, 2.0], d),
        lambda d: d.domain([True]),
        lambda d: d.domain(np.array([False, False])),
        lambda d: d.domains(["a", None]),
        lambda d: survey.Design([0.0, 0.0]),
        lambda d: survey.Design([]),
        lambda d: share(1.2, 0.1),
        lambda d: share(0.2, -0.1),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InputError):
        call(survey.Design([1.0, 1.0]))


def test_the_line_may_differ_by_household():
    design = survey.Design(np.ones(3))
    assert survey.fgt([5.0, 5.0, 5.0], [4.0, 5.0, 6.0], 0, design).value == pytest.approx(1 / 3)
    assert survey.watts([5.0, 5.0, 5.0], [4.0, 5.0, 6.0], design).value == pytest.approx(
        np.log(6 / 5) / 3
    )


def test_intervals_are_of_the_right_width():
    assert amount(10.0, 1.0).high == pytest.approx(10 + 1.959964, abs=1e-5)
    assert amount(10.0, 1.0, df=4).high == pytest.approx(10 + 2.776445, abs=1e-5)
    scaled = share(0.07, 0.01).times(1000)
    assert scaled.low == pytest.approx(1000 * share(0.07, 0.01).low)


def test_woodruff_interval_holds_the_median():
    made = survey.quantile(_lognormal(400)[0], 0.5, survey.Design(np.ones(400)))
    assert made.low < made.value < made.high
    table = survey.frame_of({"median": made})
    assert table.loc["median", ["low", "high"]].tolist() == [made.low, made.high]
