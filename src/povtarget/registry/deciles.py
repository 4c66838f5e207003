"""Welfare where a registry carries a decile and nothing else: `welfare_from_deciles`.

The model. Over the city's persons ln C is normal with standard deviation s; its mean follows
from the rate, ``P0 = Phi(-m / s)`` with m the mean of ln(C / z), and s from the gap,
``P1 = P0 - e^(m + s^2 / 2) Phi(-m / s - s)``. (P0 = 7.17 %, P1 = 1.28 % of Kota Pekalongan in
2020 give s = 0.479 and a median of 2.02 z.) The registry ranks households by a score X that
explains a share R2 of the variance:

    ln(C / z) = m + s (sqrt(R2) X + sqrt(1 - R2) e),    X and e standard normal.

Deciles of a nation are not tenths of this city. What counts is how many of its persons are in
each: where the deciles up to k hold a share F_k of them, decile k is the interval of X from
``Phi^-1(F_(k-1))`` to ``Phi^-1(F_k)``. Households of one decile cannot be told apart and share
one prediction, with the mean and the variance of ln C in that interval (X truncated):

    mean X = (phi(a) - phi(b)) / (F_k - F_(k-1))
    var X = 1 + (a phi(a) - b phi(b)) / (F_k - F_(k-1)) - (mean X)^2

A household without a decile gets the city's own distribution. Each prediction is then taken as
lognormal, which a truncated score is not quite; a last small calibration
(`povtarget.registry.monotone`) gives exactly the rate and the gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from povtarget import poverty
from povtarget.errors import Fault, InputError, nearest
from povtarget.households import Households, parse_households
from povtarget.numbers import DecimalSign, parse_numbers
from povtarget.registry.calibration import calibrate
from povtarget.sayings import said
from povtarget.tables import Table, read_table

Floats = NDArray[np.float64]
SPREAD = 0.48  # of ln consumption; fits P0 and P1 of Kota Pekalongan in 2020


@dataclass(frozen=True, eq=False)
class DecileWelfare:
    """Households whose welfare was made from deciles. Made by `welfare_from_deciles`.

    Parameters
    ----------
    households
        ``consumption`` (the median, Rp per person per month) and ``sigma`` by decile; the
        decile itself stays as a covariate.
    deciles
        One row for each decile: persons, their share, median consumption as a ratio to the
        line, sigma, expected rate.
    spread
        Standard deviation s of ln consumption over persons.
    r2, r2_of_deciles
        The share of variance that the score explains, as stated, and what is left of it once
        only the decile is known.
    warnings
        What a person should know.
    """

    households: Households
    deciles: pd.DataFrame
    spread: float
    r2: float
    r2_of_deciles: float
    warnings: tuple[str, ...]


def welfare_from_deciles(
    frame: Any,
    *,
    rate: float,
    gap: float | None = None,
    r2: float = 0.5,
    spread: float | None = None,
    decile: str = "decile",
    poverty_line: float | None = None,
    columns: Mapping[str, str] | None = None,
    decimal: DecimalSign | None = None,
) -> DecileWelfare:
    """Give a registry that has only deciles the consumption and sigma that agree with a survey.

    Parameters
    ----------
    frame
        A file or frame as for `read_households`, without consumption: household_id, size and
        a column of deciles (whole numbers from 1, 1 lowest; percentiles do as well), optional
        line, area, weight. A cell may be empty: that household's decile is unknown.
    rate
        Share of the city's persons below the line.
    gap
        The poverty gap P1 of the same survey, a share of the line per person.
    r2
        Share of the variance of ln consumption that the score behind the deciles explains.
    spread
        Standard deviation of ln consumption, where no gap is given; 0.48 if neither is.
    decile
        Name of the column of deciles.
    poverty_line, columns, decimal
        As for `Households.from_frame`.

    Raises
    ------
    InputError
        With every fault of the arguments and of the table.

    Examples
    --------
    >>> made = welfare_from_deciles(
    ...     {"household_id": ["1", "2", "3", "4"], "size": [5, 4, 4, 3], "decile": [1, 3, 3, 9]},
    ...     rate=0.0717, gap=0.0128, poverty_line=460_789)
    >>> round(made.spread, 3), made.deciles["persons"].tolist()
    (0.479, [5.0, 8.0, 3.0])
    """
    faults = list(_argument_faults(rate, gap, r2, spread))
    table = read_table(frame, columns=columns)
    levels, found = _levels(table, decile)
    listed, more = _listed(table, levels, decile, poverty_line, decimal)
    faults += [*found, *more]
    if faults:
        raise InputError(faults)
    s = _spread(rate, gap) if gap is not None else spread or SPREAD
    mean, variance = _predictions(listed, decile, s, r2)
    median = listed.line * np.exp(mean - s * ndtri(rate))
    plain = replace(listed, consumption=median, sigma=np.sqrt(variance))
    # With a registry of one decile there is no spread between medians for a gap to act on, but
    # sigma is scaled with them, so that this holds for any registry.
    aim = gap if gap is not None else _gap(s, rate)
    fitted = calibrate(plain, rate, gap=aim).households
    table_of = _by_level(fitted, decile)
    within = float(np.average(fitted.sigma**2, weights=fitted.persons))
    return DecileWelfare(
        fitted, table_of, s, r2, max(0.0, 1.0 - within / s**2), tuple(_notes(fitted, decile))
    )


def _listed(
    table: Table,
    levels: Floats,
    decile: str,
    poverty_line: float | None,
    decimal: DecimalSign | None,
) -> tuple[Households, list[Fault]]:
    """Read the households with a consumption of 1, and every fault of them."""
    frame = table.frame.drop(columns="sigma", errors="ignore")
    frame["consumption"] = 1.0
    if decile in frame:
        frame[decile] = levels
    whole = replace(table, frame=frame)
    return parse_households(whole, poverty_line=poverty_line, decimal=decimal)[:2]


def _spread(rate: float, gap: float) -> float:
    """The s whose lognormal has this rate and gap; the gap grows with s from 0 to the rate."""
    return float(brentq(lambda s: _gap(s, rate) - gap, 1e-6, 50.0, xtol=1e-14))


def _gap(s: float, rate: float) -> float:
    return poverty.expected_fgt([float(np.exp(-s * ndtri(rate)))], s, 1.0, 1)


def _predictions(
    households: Households, decile: str, s: float, r2: float
) -> tuple[Floats, Floats]:
    """Mean (from the city's mean) and variance of ln C of each household."""
    levels = np.asarray(households.covariates[decile], dtype=np.float64)
    known = ~np.isnan(levels)
    _, place = np.unique(levels[known], return_inverse=True)
    share = np.bincount(place, households.persons[known])
    ends = np.concatenate([[0.0], np.cumsum(share)]) / share.sum()
    ends[-1] = 1.0
    cut = ndtri(ends)
    density = np.exp(-0.5 * cut**2) / np.sqrt(2.0 * np.pi)
    inner = np.where(np.isfinite(cut), cut, 0.0) * density  # x phi(x) is 0 at the ends
    of = np.diff(ends)
    score = -np.diff(density) / of
    spread = np.clip(1.0 - np.diff(inner) / of - score**2, 0.0, 1.0)
    mean, variance = np.zeros(levels.size), np.full(levels.size, s * s)
    mean[known] = s * np.sqrt(r2) * score[place]
    variance[known] = s * s * (r2 * spread[place] + 1.0 - r2)
    return mean, variance


def _by_level(households: Households, decile: str) -> pd.DataFrame:
    below = poverty.expected_shortfall(
        households.consumption, households.sigma, households.line, 0
    )
    n = households.persons
    each = pd.DataFrame(
        {
            "decile": households.covariates[decile],
            "persons": n,
            "ratio": n * np.log(households.consumption / households.line),
            "sigma": n * households.sigma,
            "rate": n * below,
        }
    )
    sums = each.groupby("decile", dropna=False).sum()
    persons = sums["persons"]
    return pd.DataFrame(
        {
            "persons": persons,
            "share": persons / persons.sum(),
            "ratio": np.exp(sums["ratio"] / persons),
            "sigma": sums["sigma"] / persons,
            "rate": sums["rate"] / persons,
        }
    )


def _notes(households: Households, decile: str) -> list[str]:
    levels = np.asarray(households.covariates[decile], dtype=np.float64)
    notes = []
    if unknown := int(np.count_nonzero(np.isnan(levels))):
        notes.append(
            said(
                "{unknown:,} of {size:,} households have no decile; each has the distribution "
                "of the whole city.",
                unknown=unknown,
                size=levels.size,
            )
        )
    top = float(np.nanmax(levels))
    if top <= 5:
        notes.append(
            said(
                "No household is above decile {top:.0f}. The rate counts all persons of the "
                "city: if families with higher welfare are not on this list, its own rate is "
                "higher, and that rate is what belongs here.",
                top=top,
            )
        )
    return notes


def _levels(table: Table, decile: str) -> tuple[Floats, list[Fault]]:
    if decile not in table.frame.columns:
        expected = nearest(decile, map(str, table.frame.columns)) or "this column"
        fault = Fault("the column is missing", table.name, column=decile, expected=expected)
        return np.empty(0), [fault]
    levels, faults = parse_numbers(
        table.frame[decile], column=decile, source=table.name, rows=table.rows, missing="nan"
    )
    wrong = (levels < 1) | (levels > 100) | (levels != np.floor(levels))
    for row in np.flatnonzero(wrong & ~np.isnan(levels)):
        faults.append(
            Fault(
                "not a decile",
                table.name,
                row=int(table.rows[row]),
                column=decile,
                value=f"{levels[row]:g}",
                expected="a whole number, 1 lowest",
            )
        )
    if np.isnan(levels).all() and not faults:
        faults.append(Fault("no household has a decile", table.name, column=decile))
    return levels, faults


def _argument_faults(
    rate: float, gap: float | None, r2: float, spread: float | None
) -> list[Fault]:
    rules = (
        ("rate", rate, 0 < rate < 1, "a share above 0 and below 1, as 0.07 for 7 %"),
        ("gap", gap, gap is None or 0 < gap < rate, "above 0 and below the rate"),
        ("r2", r2, 0 <= r2 < 1, "a share from 0, below 1"),
        ("spread", spread, spread is None or 0 < spread < 50, "above 0"),
        ("spread", spread, spread is None or gap is None, "None where a gap is given"),
    )
    return [
        Fault("not allowed", name, value=str(value), expected=expected)
        for name, value, is_right, expected in rules
        if not is_right
    ]
