"""Persons and families below the line whom the registry does not list: how many, and where.

They have no names, so they are no rows of the registry and add no weight to its names: they
are a number with an interval, and a target for re-listing by kelurahan.

What is assumed. The survey's rate holds for all persons, listed or not. A coverage share c, the
part of persons below the line that is listed, is known from a check: a sample of families
visited and looked up (`covered`), or two lists made independently (`dual_system`). Then

    unlisted_a = population_a rate_a (1 - c_a),

with the errors of rate and coverage independent of each other. One coverage for all areas is
one error for all areas; coverages by area, and rates by area, err by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv

from povtarget.errors import Fault, InputError, nearest
from povtarget.estimates import Estimate, amount, share
from povtarget.sayings import said

Floats = NDArray[np.float64]
Shares = Estimate | float | Mapping[str, Estimate | float]
ALL = "all"


@dataclass(frozen=True, eq=False)
class Unlisted:
    """Who is below the line and not listed. Made by `unlisted_below_line`.

    Parameters
    ----------
    persons, families
        The whole, with interval.
    areas
        By area: population, ``below`` (persons below the line), ``coverage``, and the re-listing
        target: ``unlisted`` persons with se, low and high, and ``families``.
    assumptions
        What the numbers rest on, in sentences.
    """

    persons: Estimate
    families: Estimate
    areas: pd.DataFrame
    assumptions: tuple[str, ...]

    def __str__(self) -> str:
        head = f"below the line and not listed: {self.persons} persons, {self.families} families"
        return "\n".join([head, *self.assumptions])


def covered(found: int, looked_up: int) -> Estimate:
    """Coverage from a check: of ``looked_up`` families below the line, ``found`` are listed.

    The interval is Clopper and Pearson's (1934), exact for families drawn one by one.

    Examples
    --------
    >>> print(covered(45, 60))
    75.00 % (95 %: 62.14 % to 85.28 %; 60 households)
    """
    if not 0 <= found <= looked_up or looked_up < 1:
        expected = "0 <= found <= looked_up, and somebody looked up"
        raise InputError([Fault("not a check", "found", value=str(found), expected=expected)])
    c = found / looked_up
    # The Bayesian half-observation keeps an error above 0 where all or none were found.
    smooth = (found + 0.5) / (looked_up + 1)
    se = float(np.sqrt(smooth * (1 - smooth) / looked_up))
    low = betaincinv(found, looked_up - found + 1, 0.025) if found else 0.0
    high = betaincinv(found + 1, looked_up - found, 0.975) if found < looked_up else 1.0
    made = share(c, se, n=looked_up, clusters=looked_up, df=np.inf)
    return made.with_interval(float(low), float(high))


def dual_system(listed: int, other: int, both: int) -> Estimate:
    """Families there are altogether, from two lists that were made independently.

    Chapman's estimate ``(n1 + 1)(n2 + 1) / (m + 1) - 1`` with the variance of Seber (1970),
    Biometrika 57(1), 245-250; the interval is that of the logarithm of those on neither list.
    Assumed: nobody moved in or out between the lists, matching is right, being on one list does
    not make the other likelier. Where it does, there are more families than this says.

    Parameters
    ----------
    listed, other, both
        Families below the line on the registry, on the other list, and on both.

    Examples
    --------
    >>> print(dual_system(4_000, 600, 480))
    4,998 (95 %: 4,830 to 5,206; dual system)
    """
    if not 0 <= both <= min(listed, other) or both < 7:
        expected = "7 or more on both lists, and no more than on either"
        raise InputError([Fault("not two lists", "both", value=str(both), expected=expected)])
    total = (listed + 1) * (other + 1) / (both + 1) - 1
    only = (listed - both) * (other - both)
    variance = (listed + 1) * (other + 1) * only / ((both + 1) ** 2 * (both + 2))
    seen = listed + other - both
    made = amount(total, float(np.sqrt(variance)), method="dual system")
    hidden = total - seen
    if hidden <= 0:
        return made.with_interval(total, total)
    stretch = np.exp(1.959964 * np.sqrt(np.log1p(variance / hidden**2)))
    return made.with_interval(seen + hidden / stretch, seen + hidden * stretch)


def unlisted_below_line(
    population: float | Mapping[str, float],
    rate: Shares,
    *,
    coverage: Shares,
    persons_per_family: float,
) -> Unlisted:
    """Estimate how many persons and families below the line are not listed, by area.

    Parameters
    ----------
    population
        Persons who live there, listed or not; by area for a re-listing target by area.
    rate
        The survey's share of persons below the line; an `Estimate` (as from a calibration's
        areas or `small_area_rates`), one for all or by area.
    coverage
        Part of the persons below the line that is listed; likewise. A plain number has no
        error and is an assumption.
    persons_per_family
        Persons on one card among those below the line.

    Raises
    ------
    InputError
        With every fault: areas that differ between arguments, shares outside 0 to 1.

    Examples
    --------
    >>> made = unlisted_below_line({"Degayu": 7_000, "Tirto": 12_000}, share(0.07, 0.0099),
    ...                            coverage=covered(45, 60), persons_per_family=4.5)
    >>> print(made.persons)
    332.5 (95 %: 198.6 to 556.6; rate and coverage)
    >>> made.areas["families"].round(1).to_dict()
    {'Degayu': 27.2, 'Tirto': 46.7}
    """
    people = dict(population) if isinstance(population, Mapping) else {ALL: float(population)}
    names = list(people)
    faults = [*_share_faults(rate, "rate", names), *_share_faults(coverage, "coverage", names)]
    if not persons_per_family >= 1:
        faults.append(Fault("not allowed", "persons_per_family", expected="1 or more"))
    faults += [
        Fault("not allowed", "population", column=name, value=f"{count}", expected="0 or more")
        for name, count in people.items()
        if not 0 <= count < np.inf
    ]
    if faults:
        raise InputError(faults)
    n = np.array([people[name] for name in names], dtype=np.float64)
    r, r_se = _arrays(rate, names)
    c, c_se = _arrays(coverage, names)
    of_rate, of_coverage = n * (1 - c) * r_se, n * r * c_se
    both = n * r_se * c_se  # Goodman's term: neither is known while the other is not
    # An error that all areas share adds up before it is squared, their own errors after.
    are_common = not (isinstance(rate, Mapping) or isinstance(coverage, Mapping))
    of_both = both.sum() ** 2 if are_common else (both**2).sum()
    se = float(np.sqrt(_added(of_rate, rate) + _added(of_coverage, coverage) + of_both))
    unlisted = n * r * (1 - c)
    own = np.sqrt(of_rate**2 + of_coverage**2 + both**2)
    ends = [_positive(float(u), float(e)) for u, e in zip(unlisted, own, strict=True)]
    areas = pd.DataFrame(
        {
            "population": n,
            "below": n * r,
            "coverage": c,
            "unlisted": unlisted,
            "se": own,
            "low": [end.low for end in ends],
            "high": [end.high for end in ends],
            "families": unlisted / persons_per_family,
        },
        index=pd.Index(names, dtype=object),
    )
    persons = _positive(float(unlisted.sum()), se)
    assumptions = _assumptions(rate, coverage, persons_per_family)
    return Unlisted(persons, persons.times(1 / persons_per_family), areas, assumptions)


def _added(errors: Floats, given: Shares) -> float:
    return float((errors**2).sum() if isinstance(given, Mapping) else errors.sum() ** 2)


def _positive(value: float, se: float) -> Estimate:
    """An amount that cannot be negative: interval ``value e^(+-1.96 s)``, s of the logarithm."""
    made = amount(value, se, method="rate and coverage")
    if value <= 0:
        return made.with_interval(0.0, 1.959964 * se)
    stretch = float(np.exp(1.959964 * np.sqrt(np.log1p((se / value) ** 2))))
    return made.with_interval(value / stretch, value * stretch)


def _arrays(given: Shares, names: list[str]) -> tuple[Floats, Floats]:
    each = [given[name] if isinstance(given, Mapping) else given for name in names]
    values = [item.value if isinstance(item, Estimate) else float(item) for item in each]
    errors = [item.se if isinstance(item, Estimate) else 0.0 for item in each]
    return np.array(values), np.array(errors)


def _share_faults(given: Shares, source: str, names: list[str]) -> Iterator[Fault]:
    if isinstance(given, Mapping):
        for name in names:
            if name not in given:
                hint = nearest(name, [key for key in given if key not in names])
                yield Fault(
                    said("nothing for area '{name}'", name=name),
                    source,
                    expected=hint or "all areas",
                )
        for name in given:
            if name not in names:
                yield Fault(
                    said("no population of area '{name}'", name=name),
                    source,
                    expected="known areas",
                )
    items = given.items() if isinstance(given, Mapping) else [(None, given)]
    for where, item in items:
        value = item.value if isinstance(item, Estimate) else float(item)
        has_error = not isinstance(item, Estimate) or not np.isnan(item.se)
        if not 0 <= value <= 1 or not has_error:
            expected = "a share from 0 to 1, with its standard error"
            yield Fault("not a share", source, column=where, value=f"{value:g}", expected=expected)


def _assumptions(rate: Shares, coverage: Shares, persons_per_family: float) -> tuple[str, ...]:
    notes = [
        "The survey's rate holds for listed and unlisted persons alike.",
        said(
            "A family below the line has {persons_per_family:g} persons.",
            persons_per_family=persons_per_family,
        ),
    ]
    if not isinstance(rate, Mapping):
        notes.append("Every area has the same rate; with rates by area the target is sharper.")
    if not isinstance(coverage, Mapping):
        notes.append("The registry misses the same share of persons below the line everywhere.")
    for given, name in ((rate, "rate"), (coverage, "coverage")):
        items = given.values() if isinstance(given, Mapping) else [given]
        if any(not isinstance(item, Estimate) for item in items):
            notes.append(
                said(
                    "The {what} is taken as known: its error is not in the interval.",
                    what=said(name),
                )
            )
    return tuple(notes)
