"""What a person should know of a calibration before planning on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from povtarget.registry.calibration_door import Targets
from povtarget.sayings import said

_MET = 1e-9
_PLAIN_SPREAD = 1.5  # times narrower or wider than the registry had it


def notes_on(table: pd.DataFrame, targets: Targets, *, max_shift: float) -> tuple[str, ...]:
    """Return a sentence for each thing that is wrong or missing, area by area."""
    notes = []
    if np.isnan(targets.se).all():
        notes.append(
            "The survey's standard error was not given: no interval that follows from this "
            "registry has the survey's error in it (se=)."
        )
    for name, row in table.iterrows():
        notes += [
            said("{area}: {note}", area=name, note=note) if name != "all" else note
            for note in _area_notes(row, max_shift)
        ]
    return tuple(notes)


def _area_notes(row: pd.Series, max_shift: float) -> Iterator[str]:
    rates = said(
        "the registry expects {before:.2f} % below the line and the survey {surveyed}",
        before=100 * row["before"],
        surveyed=_with_interval(row),
    )
    if abs(row["shift"]) > max_shift:
        yield (
            said(
                "Registry and survey cannot both be true: {rates}. To agree, consumption at "
                "the line moves by {shift:+.0f} % (Rp {rupiah:+,.0f} per person per month), "
                "beyond the {most:.0f} % that were allowed. Look for other units, another year, "
                "or a list of another population.",
                rates=rates,
                shift=100 * np.expm1(row["shift"]),
                rupiah=row["rupiah"],
                most=100 * np.expm1(max_shift),
            )
        )
    elif not np.isnan(row["low"]) and not row["low"] <= row["before"] <= row["high"]:
        yield (
            said(
                "Sampling alone does not explain the difference: {rates}. Consumption at the "
                "line was moved by Rp {rupiah:+,.0f} per person per month.",
                rates=rates,
                rupiah=row["rupiah"],
            )
        )
    if not 1 / _PLAIN_SPREAD <= row["spread"] <= _PLAIN_SPREAD:
        yield (
            said(
                "To have the survey's gap, differences in log consumption and sigma were "
                "multiplied by {spread:.2f}: rate and gap together do not fit this registry.",
                spread=row["spread"],
            )
        )
    if abs(row["after"] - row["rate"]) > _MET:
        yield (
            said(
                "The rate is {after:.3f} %, not {rate:.3f} %: consumption that is known moves "
                "whole households across the line, and this is the nearest ({persons:+,.1f} "
                "persons).",
                after=100 * row["after"],
                rate=100 * row["rate"],
                persons=row["persons"] * (row["after"] - row["rate"]),
            )
        )


def _with_interval(row: pd.Series) -> str:
    rate = 100 * row["rate"]
    if np.isnan(row["low"]):
        return said("{rate:.2f} % (standard error not given)", rate=rate)
    return said(
        "{rate:.2f} % ({low:.2f} % to {high:.2f} %)",
        rate=rate,
        low=100 * row["low"],
        high=100 * row["high"],
    )
