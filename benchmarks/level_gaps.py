"""How far each level of a plan is from its bound, in words."""

from __future__ import annotations

import povtarget as pt

_NOTHING = 1e-12  # what sums of float64 leave


def level_gaps(plan: pt.Plan) -> str:
    """The relative gap of every level, the most important first."""
    return "; ".join(
        f"{level.objective} {_gap(level.value, level.bound)}" for level in plan.levels
    )


def _gap(value: float, bound: float) -> str:
    if abs(bound - value) <= _NOTHING * max(1.0, abs(value)):
        return "0"
    return f"{pt.mmkp.relative_gap(value, bound):.1e}"
