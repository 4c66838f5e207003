"""The families of the synthetic city as one table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from povtarget.datasets import members, welfare
from povtarget.datasets.kelurahan import KECAMATAN, NAMES, settled
from povtarget.errors import Fault, InputError
from povtarget.sayings import said

SMALLEST, LARGEST = 100, 1_000_000


def streams(households: int, seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Return one stream of random numbers for the families and one for their receipts.

    Raises
    ------
    InputError
        If ``households`` is not a whole number from 100 to 1,000,000, or ``seed`` not a whole
        number of 0 or more.
    """
    faults = []
    if not _is_whole(households) or not SMALLEST <= households <= LARGEST:
        faults.append(
            Fault(
                "no city of this size",
                column="households",
                value=str(households),
                expected=said(
                    "a whole number, {least:,} to {most:,}", least=SMALLEST, most=LARGEST
                ),
            )
        )
    if not _is_whole(seed) or seed < 0:
        faults.append(
            Fault(
                "not a seed", column="seed", value=str(seed), expected="a whole number, 0 or more"
            )
        )
    if faults:
        raise InputError(faults)
    return (
        np.random.default_rng([int(seed), int(households), 0]),
        np.random.default_rng([int(seed), int(households), 1]),
    )


def pekalongan_frame(households: int = 87_000, seed: int = 0) -> pd.DataFrame:
    """Return the families of the synthetic city, one row each, by household_id.

    Parameters
    ----------
    households
        Families, 100 to 1,000,000.
    seed
        Same seed and size, same city.

    Returns
    -------
    DataFrame
        ``consumption`` is the registry's prediction (the median, Rp per person per month) with
        its ``sigma``; ``true_consumption`` is for judging only, and no eligibility may use it.
        ``area`` is the kelurahan, ``decile`` the national decile of the prediction, 1 lowest.

        Counts of persons that add up to ``size``: toddlers (0 to 6), pupils_sd, pupils_smp,
        pupils_sma, out_of_school (7 to 18), working_age (19 to 59), elderly (60 or more).

        Counts within these: pregnant, tobacco_workers, job_seekers and informal_workers (of
        working age, apart), disabled, severe_disability (of the disabled), chronically_ill,
        stunted (of the toddlers), uncovered_health (no health insurance).

        0 or 1: woman_headed, has_business, own_house, unfit_house, no_latrine, no_piped_water,
        flooded. Others: head_school_years, floor_area (m2), assets (of ten kinds).

    Raises
    ------
    InputError
        If ``households`` or ``seed`` is out of range.

    Examples
    --------
    >>> frame = pekalongan_frame(1_000)
    >>> below = frame["true_consumption"] < 513_243
    >>> print(f"{frame.loc[below, 'size'].sum() / frame['size'].sum():.1%} below the line")
    7.0% below the line
    """
    rng, _ = streams(households, seed)
    families = int(households)
    persons = round(families * welfare.PERSONS / welfare.FAMILIES)
    places = settled(families, rng)
    ease = rng.standard_normal(families)
    traits: members.Traits = {"size": members.family_sizes(ease, persons, rng)}
    traits |= members.ages(traits["size"], ease, rng)
    traits |= members.work(traits, ease, rng)
    traits |= members.health(traits, ease, rng)
    traits |= members.housing(traits, places, ease, rng)
    prediction = welfare.predicted(traits, places)
    truth = welfare.true_consumption(prediction, traits["size"], rng)
    traits["decile"] = welfare.national_decile(prediction)
    return pd.DataFrame(
        {
            "household_id": [f"KK-{number:07d}" for number in range(1, families + 1)],
            "size": traits.pop("size"),
            "consumption": np.rint(np.exp(prediction.mean)),
            "sigma": prediction.sigma.round(4),
            "area": NAMES[places],
            "kecamatan": KECAMATAN[places],
            **traits,
            "true_consumption": truth,
        }
    )


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)
