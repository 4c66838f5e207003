"""True consumption and the registry's prediction of it: official rates by construction.

The registry sees an index of traits (a proxy means test) and predicts
ln consumption ~ Normal(ln prediction, sigma). The truth is drawn from that very law, so the
prediction is calibrated; then a monotone map moves the left tail by the little that sampling
noise left over, so that headcount and gap are the official ones at any size and seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from povtarget.datasets.kelurahan import KELURAHAN, Floats, Ints, standing

POVERTY_LINE = 513_243  # Rp per person per month, 2022 (FACTS.md section 1)
HEADCOUNT = 0.0700  # P0 of 2022 (FACTS.md section 1)
# P1 of 2022 was not found; P1/P0 of 2020 (0.0128 / 0.0717, S16) carried to 2022.
POVERTY_GAP = 0.0125
PERSONS, FAMILIES = 311_600, 87_000  # BPS population of 2022; families of Regsosek 2022

# The lognormal with that headcount and gap has this standard deviation of ln consumption.
SPREAD = 0.481
R_SQUARED = 0.5  # of the prediction (FACTS.md section 3.2)
# BPS 2020 saw P2 = 0.30 where the lognormal says 0.36: the deep tail is a little thinner.
_THINNING = 0.35
# P3KE listed 25,498 persons of the city in the nation's decile 1 (S3).
_PERSONS_IN_DECILE_1 = 25_498 / 311_600

# The proxy means test: points of ln consumption for each unit. Signs and relative sizes follow
# the usual Indonesian regressions (assumption); the scale is set in `predicted`.
_POINTS: Mapping[str, float] = {
    "toddlers": -0.05,
    "pupils_sd": -0.03,
    "out_of_school": -0.06,
    "elderly": -0.02,
    "head_school_years": 0.022,
    "woman_headed": -0.05,
    "job_seekers": -0.06,
    "informal_workers": -0.035,
    "tobacco_workers": -0.03,
    "has_business": 0.06,
    "disabled": -0.05,
    "chronically_ill": -0.02,
    "own_house": 0.03,
    "unfit_house": -0.18,
    "no_latrine": -0.12,
    "no_piped_water": -0.04,
    "flooded": -0.04,
    "assets": 0.075,
}
_LN_SIZE_POINTS = -0.12
_LN_FLOOR_POINTS = 0.10


class Prediction(NamedTuple):
    """Mean and standard deviation of ln consumption, given what the registry sees."""

    mean: Floats
    sigma: Floats


def _index(traits: Mapping[str, Ints]) -> Floats:
    points = _LN_SIZE_POINTS * np.log(traits["size"])
    points += _LN_FLOOR_POINTS * np.log(traits["floor_area"])
    for trait, weight in _POINTS.items():
        points += weight * traits[trait]
    return np.asarray(points)


def _area_means(index: Floats, places: Ints, persons: Floats) -> Floats:
    """Mean of the index by kelurahan, drawn to the city's mean where families are few."""
    city = np.average(index, weights=persons)
    total = np.bincount(places, persons, minlength=len(KELURAHAN))
    excess = np.bincount(places, persons * (index - city), minlength=len(KELURAHAN))
    few = 20 * PERSONS / FAMILIES
    return np.asarray(city + excess / (total + few))


def predicted(traits: Mapping[str, Ints], places: Ints) -> Prediction:
    """Return the registry's prediction: the index of traits, and the map of the kelurahan.

    The index is scaled so that prediction explains half of the variance. Its mean in each
    kelurahan is replaced by the level that the kelurahan's rate implies, and one constant
    makes the expected headcount of the city exactly the official one.
    """
    persons = traits["size"].astype(np.float64)
    between = SPREAD**2 * standing().variance
    within = np.sqrt(R_SQUARED * SPREAD**2 - between)
    index = _index(traits)
    index -= _area_means(index, places, persons)[places]
    centred = index - np.average(index, weights=persons)
    deviation = np.sqrt(np.average(centred**2, weights=persons))
    mean = centred * (within / deviation) + SPREAD * standing().level[places]
    sigma = _residual_spread(traits)

    def excess_headcount(shift: float) -> float:
        below = ndtr((np.log(POVERTY_LINE) - mean - shift) / sigma)
        return float(np.average(below, weights=persons)) - HEADCOUNT

    middle = np.log(POVERTY_LINE) - SPREAD * ndtri(HEADCOUNT)
    shift = brentq(excess_headcount, middle - 4.0, middle + 4.0, xtol=1e-12)
    return Prediction(mean + shift, sigma)


def _residual_spread(traits: Mapping[str, Ints]) -> Floats:
    """Sigma by household: earnings of business and informal work are harder to predict."""
    log_spread = 0.10 * traits["has_business"] + 0.04 * traits["informal_workers"]
    log_spread += 0.08 * (traits["size"] == 1)
    spread = np.exp(log_spread)
    wanted = (1 - R_SQUARED) * SPREAD**2
    mean_square = np.average(spread**2, weights=traits["size"])
    return np.asarray(spread * np.sqrt(wanted / mean_square))


def national_decile(prediction: Prediction) -> Ints:
    """Return the decile 1 to 10 of the nation's families in which each prediction falls.

    As in DTSEN the cuts are national, not tenths of this city. The nation is taken as the
    city's curve of predictions, lowered until decile 1 holds the persons that P3KE listed
    there (assumption).
    """
    city = np.log(POVERTY_LINE) - SPREAD * ndtri(HEADCOUNT)
    score = (prediction.mean - city) / (SPREAD * np.sqrt(R_SQUARED))
    rank = ndtr(score - ndtri(_PERSONS_IN_DECILE_1) + ndtri(0.1))
    return np.asarray(np.minimum(np.floor(10 * rank), 9) + 1, dtype=np.int64)


def true_consumption(prediction: Prediction, sizes: Ints, rng: np.random.Generator) -> Ints:
    """Draw the truth from the prediction's law, then fit headcount and gap to the official.

    Returns
    -------
    ints
        Whole rupiah per person per month, strictly below the line for the persons of P0.
    """
    latent = prediction.mean + prediction.sigma * rng.standard_normal(sizes.size)
    order = np.argsort(latent, kind="stable")
    chosen = _lowest(order, sizes, HEADCOUNT * float(sizes.sum()))
    below = np.zeros(sizes.size, dtype=bool)
    below[chosen] = True
    cut = float(latent[~below].min())
    depth = np.maximum(cut - latent, 0.001)[below]
    logs = np.empty(sizes.size)
    logs[below] = -_deepened(depth, sizes[below], POVERTY_GAP * float(sizes.sum()))
    logs[~below] = _anchored(latent[~below] - np.log(POVERTY_LINE), cut - np.log(POVERTY_LINE))
    rupiah = np.rint(POVERTY_LINE * np.exp(logs))
    rupiah = np.where(
        below, np.minimum(rupiah, POVERTY_LINE - 1), np.maximum(rupiah, POVERTY_LINE)
    )
    return np.asarray(rupiah, dtype=np.int64)


def _lowest(order: Ints, sizes: Ints, persons: float) -> Ints:
    """Return the lowest households in ``order`` that hold ``persons`` as nearly as may be.

    The lowest that fit are taken; the persons still missing come from the one of the next few
    households that fits best. So the count is right to a person or two, and no rank moves far.
    """
    cumulative = np.cumsum(sizes[order])
    fit = int(np.searchsorted(cumulative, persons, side="right"))
    missing = persons - (float(cumulative[fit - 1]) if fit else 0.0)
    window = order[fit : fit + max(12, sizes.size // 2_000)]
    error = np.abs(missing - sizes[window])
    best = int(error.argmin())
    if error[best] < missing:
        return np.append(order[:fit], window[best])
    return order[:fit]


def _deepened(depth: Floats, sizes: Ints, wanted_gap: float) -> Floats:
    """Scale depths below the line (in logs) so that the relative gaps of persons add up."""
    thinned = depth / (1 + _THINNING * depth)

    def excess_gap(scale: float) -> float:
        # Not a BLAS product: its last digit may depend on the number of threads.
        return float(np.sum(sizes * -np.expm1(-scale * thinned))) - wanted_gap

    return np.asarray(thinned * brentq(excess_gap, 1e-6, 1e6, xtol=1e-14))


def _anchored(logs: Floats, cut: float) -> Floats:
    """Move ``cut`` to the line (0) and leave all above the median; linear in between."""
    anchor = max(float(np.median(logs)), 0.1, cut + 0.1)
    return np.where(logs >= anchor, logs, anchor * (logs - cut) / (anchor - cut))
