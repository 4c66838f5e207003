"""Who lives in each family, what they do, how healthy they are and how they live.

Every trait is drawn from one hidden living standard (``ease``, standard normal within the
city, never shipped), so that traits hang together as they do in a registry. The shares are
assumptions unless a comment names a source.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from povtarget.datasets.kelurahan import FLOODED, Floats, Ints

Traits = dict[str, Ints]

LARGEST_FAMILY = 10
# Families of 1, 2, ... persons; the mean is near 3.58 before `repaired` makes it exact.
_SIZES = (0.085, 0.170, 0.247, 0.256, 0.143, 0.058, 0.024, 0.011, 0.004, 0.002)
# Years of school of the head: none, some primary, SD, SMP, SMA, diploma, degree.
_SCHOOL_YEARS = np.array([0, 3, 6, 9, 12, 15, 16])
_SCHOOL_SHARES = (0.05, 0.11, 0.26, 0.17, 0.29, 0.04, 0.08)


def ordered(shares: Sequence[float], ease: Floats, rho: float, rng: np.random.Generator) -> Ints:
    """Draw a category 0, 1, ... with the given shares, rising with ``ease`` (correlation rho).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drawn = ordered((0.5, 0.3, 0.2), rng.standard_normal(10_000), 0.5, rng)
    >>> (np.bincount(drawn) / 10_000).round(1)
    array([0.5, 0.3, 0.2])
    """
    cuts = ndtri(np.cumsum(shares)[:-1])
    mixed = rho * ease + np.sqrt(1 - rho**2) * rng.standard_normal(ease.size)
    return np.asarray(np.searchsorted(cuts, mixed), dtype=np.int64)


def chance(share: float, ease: Floats, slope: float) -> Floats:
    """Return probabilities of mean ``share`` that fall with ease where ``slope`` is negative.

    Examples
    --------
    >>> chance(0.5, np.array([-1.0, 0.0, 1.0]), -0.5).round(2)
    array([0.69, 0.5 , 0.31])
    """
    return np.asarray(ndtr(ndtri(share) * np.sqrt(1 + slope**2) + slope * ease))


def _happens(probability: Floats, rng: np.random.Generator) -> Ints:
    return (rng.random(probability.size) < probability).astype(np.int64)


def repaired(sizes: Ints, persons: int, rng: np.random.Generator) -> Ints:
    """Return the sizes with single persons added or taken until they add up to ``persons``.

    Examples
    --------
    >>> int(repaired(np.array([1, 2, 3, 4]), 12, np.random.default_rng(0)).sum())
    12
    """
    sizes = sizes.copy()
    while missing := persons - int(sizes.sum()):
        step = 1 if missing > 0 else -1
        room = np.flatnonzero((sizes + step >= 1) & (sizes + step <= LARGEST_FAMILY))
        sizes[rng.choice(room, min(abs(missing), room.size), replace=False)] += step
    return sizes


def family_sizes(ease: Floats, persons: int, rng: np.random.Generator) -> Ints:
    """Draw sizes that add up to ``persons``; families with less ease are larger."""
    return repaired(1 + ordered(_SIZES, -ease, 0.25, rng), persons, rng)


def ages(sizes: Ints, ease: Floats, rng: np.random.Generator) -> Traits:
    """Split each family into age groups and pupils, which add up to its size.

    ``toddlers + pupils_sd + pupils_smp + pupils_sma + out_of_school + working_age + elderly``
    is the size. ``working_age`` is 19 to 59, ``elderly`` 60 or more.
    """
    small = np.array([0.0, 0.40, 0.29, 0.17, 0.12, 0.11] + [0.10] * 5)
    old_head = _happens(small[sizes], rng)
    rest = sizes - 1
    spouse = _happens(np.where(rest > 0, 0.83, 0.0), rng)
    old_spouse = spouse * old_head * _happens(np.full(sizes.size, 0.70), rng)
    rest -= spouse
    grandparents = rng.binomial(rest, np.where(old_head == 1, 0.01, 0.07))
    rest -= grandparents
    children = rng.binomial(rest, np.where(old_head == 1, 0.22, chance(0.66, ease, -0.15)))
    elderly = old_head + old_spouse + grandparents
    toddlers = rng.binomial(children, 7 / 19)
    primary = rng.binomial(children - toddlers, 6 / 12)
    junior = rng.binomial(children - toddlers - primary, 3 / 6)
    senior = children - toddlers - primary - junior
    pupils_sd = rng.binomial(primary, chance(0.995, ease, 0.2))
    pupils_smp = rng.binomial(junior, chance(0.96, ease, 0.4))
    pupils_sma = rng.binomial(senior, chance(0.78, ease, 0.5))
    young_couple = spouse * (1 - old_head)
    return {
        "toddlers": toddlers,
        "pupils_sd": pupils_sd,
        "pupils_smp": pupils_smp,
        "pupils_sma": pupils_sma,
        "out_of_school": primary + junior + senior - pupils_sd - pupils_smp - pupils_sma,
        "working_age": sizes - children - elderly,
        "elderly": elderly,
        "pregnant": young_couple * _happens(np.full(sizes.size, 0.055), rng),
        "woman_headed": np.where(
            spouse == 1,
            _happens(np.full(sizes.size, 0.02), rng),
            _happens(np.full(sizes.size, 0.68), rng),
        ),
    }


def work(family: Traits, ease: Floats, rng: np.random.Generator) -> Traits:
    """Draw schooling of the head and what the members of working age do."""
    adults = family["working_age"]
    tobacco = rng.binomial(adults, chance(0.014, ease, -0.25))
    seekers = rng.binomial(adults - tobacco, chance(0.050, ease, -0.30))
    informal = rng.binomial(adults - tobacco - seekers, chance(0.36, ease, -0.45))
    return {
        "head_school_years": _SCHOOL_YEARS[ordered(_SCHOOL_SHARES, ease, 0.60, rng)],
        "tobacco_workers": tobacco,
        "job_seekers": seekers,
        "informal_workers": informal,
        # A business here is one run by an informal worker: batik, food stall, fish.
        "has_business": _happens(np.where(informal > 0, 0.30, 0.04), rng),
    }


def health(family: Traits, ease: Floats, rng: np.random.Generator) -> Traits:
    """Draw disability, illness, stunting, and persons whom no health insurance covers."""
    sizes = family["size"]
    disabled = rng.binomial(sizes, chance(0.013, ease, -0.20))
    elderly_ill = rng.binomial(family["elderly"], chance(0.17, ease, -0.15))
    others_ill = rng.binomial(sizes - family["elderly"], chance(0.020, ease, -0.15))
    # JKN segments go by family, so either nobody or most of a family is left out. The city
    # counts as covered (UHC), hence the small share.
    left_out = _happens(chance(0.055, ease, -0.20), rng)
    return {
        "disabled": disabled,
        "severe_disability": rng.binomial(disabled, 0.30),
        "chronically_ill": elderly_ill + others_ill,
        "stunted": rng.binomial(family["toddlers"], chance(0.17, ease, -0.35)),
        "uncovered_health": left_out * (1 + rng.binomial(sizes - 1, 0.75)),
    }


def housing(family: Traits, places: Ints, ease: Floats, rng: np.random.Generator) -> Traits:
    """Draw the home: tenure, condition, latrine, water, flooding, floor and possessions."""
    sizes = family["size"]
    flooded = _happens(FLOODED[places], rng)
    wet = ease - 0.5 * flooded
    rooms = np.exp(0.30 * ease + 0.35 * rng.standard_normal(sizes.size))
    return {
        "own_house": _happens(chance(0.73, ease, 0.20), rng),
        "unfit_house": _happens(chance(0.045, wet, -0.75), rng),
        # Kota Pekalongan 2021: 94.62 % with improved sanitation (kab_kota_poverty_2021.csv).
        "no_latrine": _happens(chance(0.045, wet, -0.60), rng),
        "no_piped_water": _happens(chance(0.45, ease, -0.20), rng),
        "flooded": flooded,
        "floor_area": np.rint(15 + (25 + 8 * np.sqrt(sizes)) * rooms).astype(np.int64),
        # Of ten: motorcycle, second motorcycle, refrigerator, gas bottle, television, laptop,
        # air conditioner, water heater, car, gold.
        "assets": rng.binomial(10, chance(0.42, ease, 0.45)),
    }
