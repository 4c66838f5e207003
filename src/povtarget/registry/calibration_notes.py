"""What a person should know of a calibration before planning on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from povtarget.registry.calibration_door import Targets

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
        where = "" if name == "all" else f"{name}: "
        notes += [where + note for note in _area_notes(row, max_shift)]
    return tuple(notes)


def _area_notes(row: pd.Series, max_shift: float) -> Iterator[str]:
    rates = (
        f"the registry expects {100 * row['before']:.2f} % below the line and the survey "
        f"{_with_interval(row)}"
    )
    if abs(row["shift"]) > max_shift:
        yield (
            f"Registry and survey cannot both be true: {rates}. To agree, consumption at the "
            f"line moves by {100 * np.expm1(row['shift']):+.0f} % (Rp {row['rupiah']:+,.0f} per "
            f"person per month), beyond the {100 * np.expm1(max_shift):.0f} % that were allowed. "
            "Look for other units, another year, or a list of another population."
        )
    elif not np.isnan(row["low"]) and not row["low"] <= row["before"] <= row["high"]:
        yield (
            f"Sampling alone does not explain the difference: {rates}. Consumption at the line "
            f"was moved by Rp {row['rupiah']:+,.0f} per person per month."
        )
    if not 1 / _PLAIN_SPREAD <= row["spread"] <= _PLAIN_SPREAD:
        yield (
            f"To have the survey's gap, differences in log consumption and sigma were "
            f"multiplied by {row['spread']:.2f}: rate and gap together do not fit this registry."
        )
    if abs(row["after"] - row["rate"]) > _MET:
        yield (
            f"The rate is {100 * row['after']:.3f} %, not {100 * row['rate']:.3f} %: consumption "
            "that is known moves whole households across the line, and this is the nearest "
            f"({row['persons'] * (row['after'] - row['rate']):+,.1f} persons)."
        )


def _with_interval(row: pd.Series) -> str:
    rate = f"{100 * row['rate']:.2f} %"
    if np.isnan(row["low"]):
        return f"{rate} (standard error not given)"
    return f"{rate} ({100 * row['low']:.2f} % to {100 * row['high']:.2f} %)"
