"""A prediction in words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from povtarget.registry.prediction import Prediction


def report(prediction: Prediction) -> str:
    """What a planner should read before using a prediction; plain text, 96 columns."""
    p = prediction
    tried = ", ".join(f"{name} {score:.3f}" for name, score in p.r2_by_regressor.items())
    opening = (
        f"Consumption of {len(p.frame):,} registry households, predicted from {p.households:,} "
        f"survey households in {p.clusters:,} clusters by {p.regressor}. On clusters that it has "
        f"not seen it explains {p.r2:.1%} of the variance of log consumption (R2: {tried}). "
        f"Covariates: {', '.join(p.covariates)}."
    )
    moved = p.calibration
    middle = p.frame["sigma"].median()
    errors = (
        f"The error (sigma) is {middle:.3f} in the median and "
        f"{'differs by household' if p.sigma_differs else 'the same for all'}: two in three "
        f"households have between {100 * 2.718281828**-middle:.0f} % and "
        f"{100 * 2.718281828**middle:.0f} % of what is predicted. To be right near the line, "
        f"ln(median / line) was moved to {moved.location:+.3f} {moved.slope:+.3f} times itself "
        f"({moved.slope + moved.below:+.3f} below the line), "
        f"and sigma multiplied by {2.718281828**moved.log_scale:.3f}."
    )
    shared = (
        f"Households of one cluster share {p.cluster_share:.1%} (+- {p.cluster_share_se:.1%}) of "
        f"the error's variance, those of one area {p.errors.area_share:.1%} (+- "
        f"{p.errors.area_share_se:.1%})."
    )
    parts = [
        _filled(opening),
        _filled(errors),
        "Predicted chance of being below the line, and the share that was (95 % interval)\n"
        + _reliability(p),
        "Errors of a list of those with the highest chance (95 % interval)\n" + _targeting(p),
        _filled(shared),
        *(_filled(f"Note: {warning}.") for warning in p.warnings),
    ]
    return "\n\n".join(parts)


def _filled(text: str) -> str:
    return textwrap.fill(text, 96)


def _reliability(prediction: Prediction) -> str:
    lines = [f"{'chance':>14} {'households':>11} {'predicted':>10} {'realised':>9}"]
    for row in prediction.reliability.to_dict("records"):
        bin_ = f"{row['above']:.0%} - {row['up_to']:.0%}"
        lines.append(
            f"{bin_:>14} {row['households']:>11,} {row['predicted']:>10.1%} "
            f"{row['realised']:>9.1%}  ({row['low']:.1%} - {row['high']:.1%})"
        )
    return "\n".join(lines)


def _targeting(prediction: Prediction) -> str:
    lines = [f"{'list':>6}   {'missed of those below':<24} {'above, of those listed':<24}"]
    for quota, row in prediction.targeting.iterrows():
        cells = [
            f"{row[name]:.1%} ({row[name + '_low']:.1%} - {row[name + '_high']:.1%})"
            for name in ("exclusion", "inclusion")
        ]
        lines.append(f"{quota:>6.1%}   {cells[0]:<24} {cells[1]:<24}")
    return "\n".join(lines)
