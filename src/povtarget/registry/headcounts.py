"""What a registry and its reconciliation tell of a headcount: listed, twice, gone, above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from povtarget.errors import Fault, InputError
from povtarget.households import Households
from povtarget.registry.reconciliation import Reconciliation
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Unit = Literal["persons", "families"]
Count = int | Fraction
Part = Count | tuple[Count, Count]  # known, or between two numbers


def known_of(
    registry: Count | Households,
    listed: str | Sequence[bool] | None,
    reconciliation: Reconciliation | None,
    unit: Unit,
    confidence: float,
    known: dict[str, Part | None],
) -> tuple[Count, list[str]]:
    """Count what the registry lists, and fill in the parts that it knows of.

    Parameters
    ----------
    registry, listed, reconciliation, unit, confidence
        As in `bridge.bridge`.
    known
        Parts by name; filled in where the registry or the reconciliation tells.

    Returns
    -------
    tuple
        How many are listed, and what else there is to say.
    """
    if isinstance(registry, Households):
        mask = _mask(registry, listed)
        size = _sizes(registry, unit)
        count = _exact(size[mask])
        if known["listed, above the line"] is None:
            known["listed, above the line"] = _predicted(registry, size, mask, confidence, False)
        if reconciliation is not None:
            sizes = dict(zip(registry.household_id[mask], size[mask], strict=True))
            _reconciled(reconciliation, sizes, known)
        expected = _predicted(registry, size, ~mask, confidence, True)
        note = said(
            "of the {unit} that the registry has but does not list, {low:,.0f} to "
            "{high:,.0f} are predicted to be below the line",
            unit=said(unit),
            low=float(expected[0]),
            high=float(expected[1]),
        )
        return count, [note]
    faults = []
    if isinstance(registry, bool) or not isinstance(registry, int | Fraction) or registry < 0:
        faults.append(Fault("not a count", column="registry", expected="a whole number, 0 up"))
    if listed is not None:
        faults.append(Fault("a count has no households", column="listed", expected="Households"))
    if reconciliation is not None and unit == "persons":
        message = "a reconciliation counts families, and sizes are not known"
        faults.append(Fault(message, column="reconciliation", expected="Households"))
    if faults:
        raise InputError(faults)
    assert not isinstance(registry, Households)
    if reconciliation is not None:
        own = reconciliation.families.loc[reconciliation.families["list"] == "registry"]
        if len(own) != registry:
            message = "the reconciliation has another number of families than the registry lists"
            raise InputError([Fault(message, column="reconciliation", value=str(len(own)))])
        _reconciled(reconciliation, dict.fromkeys(own["family_id"], 1.0), known)
    return registry, []


def _mask(households: Households, listed: str | Sequence[bool] | None) -> Bools:
    if listed is None:
        return np.asarray(households.consumption < households.line)
    cells = households.columns.get(listed) if isinstance(listed, str) else np.asarray(listed)
    if cells is None or cells.dtype != bool or cells.shape != (len(households),):
        expected = "a Boolean column, or one truth for each household"
        raise InputError([Fault("not a choice of households", column="listed", expected=expected)])
    return np.asarray(cells, dtype=bool)


def _sizes(households: Households, unit: Unit) -> NDArray[np.float64]:
    return households.persons if unit == "persons" else households.weight


def _exact(numbers: NDArray[np.float64]) -> Count:
    total = sum(map(Fraction, numbers.tolist()), Fraction(0))
    return int(total) if total.denominator == 1 else total


def _predicted(
    households: Households,
    size: NDArray[np.float64],
    mask: Bools,
    confidence: float,
    is_below: bool,
) -> tuple[Count, Count]:
    """Between what the number below (or not below) the line lies, errors being independent."""
    line, middle, sigma = (
        cells[mask] for cells in (households.line, households.consumption, households.sigma)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.where(
            sigma > 0, ndtr((np.log(line) - np.log(middle)) / sigma), (middle < line) * 1.0
        )
    chance = chance if is_below else 1 - chance
    own = size[mask]
    mean, spread = float(own @ chance), float(np.sqrt(own**2 @ (chance * (1 - chance))))
    reach = float(ndtri(0.5 + confidence / 2)) * spread
    # Rounded outward, a little more than float64 may have lost: a known number stays itself.
    low = int(np.ceil(mean - reach - 1e-6)) if spread == 0 else int(np.floor(mean - reach))
    high = int(np.floor(mean + reach + 1e-6)) if spread == 0 else int(np.ceil(mean + reach))
    return max(low, 0), max(low, min(high, _exact(own)))


def _reconciled(
    found: Reconciliation, sizes: Mapping[str, float], known: dict[str, Part | None]
) -> None:
    """Fill in what a reconciliation with a newer list says of the listed families."""
    own = found.families[found.families["list"] == "registry"].set_index("family_id")["state"]
    mine = own[own.index.isin([*sizes])]
    size = mine.index.map(sizes).to_numpy(dtype=np.float64)
    state = mine.to_numpy(dtype=object)
    twice = _exact(size[state == "repeat"])
    if known["listed twice"] is None:
        pairs = found.pairs
        unsure = pairs[(pairs["kind"] == "unsure") & (pairs["list_2"] == "registry")]
        perhaps = {*unsure["id_2"]} & {*sizes} - {*mine.index[state == "repeat"]}
        more = _exact(np.array([sizes[family] for family in sorted(perhaps)], dtype=np.float64))
        known["listed twice"] = (twice, twice + more) if more else twice
    if known["dead"] is None and known["moved away"] is None:
        del known["dead"], known["moved away"]
        gone = _exact(size[np.isin(state, ["only", "unsure"])])
        known["dead or moved away"] = (0, gone)
