"""Predictions made right where it matters: near and below the line.

One lognormal for everyone fits the many above the line and errs about the few below it. Here
location and scale are estimated anew by how well they tell consumption near the line apart;
households above are only asked to be above. This is the censored likelihood score of Diks,
Panchenko and van Dijk (2011), Journal of Econometrics 163(2), 215-230,
doi:10.1016/j.jeconom.2011.04.001, the likelihood of a Tobit (1958) turned over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr

Floats = NDArray[np.float64]

_ABOVE_LINE = 0.2  # ln consumption over the line up to which it is looked at
_SHARE = 0.2  # of persons; looked at at least
_BOUNDS = ((-1.5, 1.5), (0.4, 2.0), (-0.3, 1.5), (-1.0, 1.0))  # slopes stay above 0
_NORMAL = np.log(2.0 * np.pi) / 2.0


@dataclass(frozen=True)
class LineCalibration:
    """How predictions are moved: ``t' = location + slope t + below min(t, 0)``, and sigma.

    t is ln(median / line), before and after; ``sigma' = sigma exp(log_scale)``. The bend at the
    line is for what every regression does at its ends: predictions of those far below it are
    drawn to the middle.

    Parameters
    ----------
    location, slope, below, log_scale
        0, 1, 0, 0 where nothing is moved.
    reach
        t up to which survey consumption was looked at.
    """

    location: float = 0.0
    slope: float = 1.0
    below: float = 0.0
    log_scale: float = 0.0
    reach: float = np.inf

    def apply(self, t: Floats, sigma: Floats) -> tuple[Floats, Floats]:
        """Moved t and sigma."""
        moved = self.location + self.slope * t + self.below * np.minimum(t, 0.0)
        return moved, sigma * np.exp(self.log_scale)


def reach_of(truth: Floats, weights: Floats) -> float:
    """How far above the line consumption is looked at: a fifth above it, or a fifth of persons."""
    order = np.argsort(truth, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return max(_ABOVE_LINE, float(truth[order][np.searchsorted(share, _SHARE)]))


def calibrate_at_line(
    truth: Floats, t: Floats, sigma: Floats, weights: Floats, start: LineCalibration | None = None
) -> LineCalibration:
    """The calibration of largest censored likelihood.

    Parameters
    ----------
    truth
        float64[households]: ln(consumption / line) in the survey.
    t, sigma
        float64[households]: cross-fitted predictions of it.
    weights
        float64[households].
    start
        Where to begin; also fixes the reach.
    """
    reach = reach_of(truth, weights) if start is None else start.reach
    is_seen = truth < reach
    share, t_below = weights / weights.sum(), np.minimum(t, 0.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        location, slope, below, log_scale = parameters
        scale = sigma * np.exp(log_scale)
        error = (np.where(is_seen, truth, reach) - location - slope * t - below * t_below) / scale
        above = log_ndtr(-error)
        # The hazard of the normal, which does not overflow where both parts vanish.
        hazard = np.exp(-0.5 * error * error - _NORMAL - above)
        terms = np.where(is_seen, -np.log(scale) - 0.5 * error * error, above)
        pull = np.where(is_seen, error, hazard) / scale
        widen = np.where(is_seen, error * error - 1.0, hazard * error)
        gradient = np.array(
            [(share * part).sum() for part in (pull, pull * t, pull * t_below, widen)]
        )
        return -float((share * terms).sum()), -gradient

    first = start or LineCalibration()
    found = minimize(
        loss,
        np.array([first.location, first.slope, first.below, first.log_scale]),
        jac=True,
        method="L-BFGS-B",
        bounds=_BOUNDS,
    )
    location, slope, below, log_scale = map(float, found.x)
    return LineCalibration(location, slope, below, log_scale, reach)
