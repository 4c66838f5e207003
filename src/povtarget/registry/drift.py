"""How a calibrated registry moves where the survey's rate is another within its error.

With y = ln(C / line) of the calibrated registry, another rate of an area gives every household
of it ``y' = b y + m`` and ``sigma' = b sigma`` (`povtarget.registry.monotone`). The two numbers
are smooth in the rate, so they are computed at some rates and interpolated between them: a
thousand worlds need no thousand calibrations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from povtarget.registry.calibration_door import Targets

Floats = NDArray[np.float64]
_NODES = 41
_WIDEST = 8.0  # standard errors; farther out a rate is 0 or 1
_TAIL = 1e-5  # chance of a draw beyond the ends, which is taken as at the end


@dataclass(frozen=True, eq=False)
class Drift:
    """The power b and the move m of each area at steps of the survey's error.

    Parameters
    ----------
    group
        int64[households]: number of each household's area.
    df
        float64[areas]: degrees of freedom of the errors.
    steps
        float64[steps]: standard errors of the logit of the rate.
    power, move
        float64[steps, areas]; 1 and 0 where the step is 0.
    """

    group: NDArray[np.int64]
    df: Floats
    steps: Floats
    power: Floats
    move: Floats

    def draw(self, worlds: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Powers and moves, float64[worlds, areas], of rates drawn for each area by itself."""
        noise = rng.standard_t(np.minimum(self.df, 1e9), (worlds, self.df.size))
        power, move = (
            np.column_stack(
                [np.interp(noise[:, k], self.steps, of[:, k]) for k in range(self.df.size)]
            )
            for of in (self.power, self.move)
        )
        return power, move


def drift_of(targets: Targets, moved: Callable[[Targets], tuple[Floats, Floats]]) -> Drift:
    """Tabulate how a registry moves.

    Parameters
    ----------
    targets
        Rates with their errors.
    moved
        From targets to the shift at the line and the power, float64[areas], by which the
        registry before calibration meets them.
    """
    reach = min(float(np.max(stdtrit(np.minimum(targets.df, 1e9), 1.0 - _TAIL))), _WIDEST)
    steps = np.linspace(-reach, reach, _NODES)
    shift, spread = moved(targets)
    ends = [moved(targets.stepped(np.full(targets.rate.size, step))) for step in steps]
    power = np.array([b for _, b in ends]) / spread
    move = np.array([s for s, _ in ends]) - power * shift
    return Drift(targets.group, targets.df, steps, power, move)
