"""Countries with popstan's traits and areas whose consumption is drawn from a known law.

popstan is one sample: some 130 of its households are ever lifted by a plan made on half of it, so
what all splits find in common is off by some 8 % by chance, and no number of splits mends that.
Here every split is of a new country, and what a plan lifts is expected under the law itself, so
that nothing but the forecast can be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

import povtarget as pt
from forecast_plans import LEVELS
from forecast_popstan import CATALOG, CATEGORIES, LINE, NUMBERS, split
from inside import expected_values
from measuring import Stopwatch

SIGMA = 0.195  # of ln consumption about its median: popstan's held-out residuals near the line
_TRAITS = [*CATEGORIES, *NUMBERS]


def expected_law(country: pd.DataFrame, regressor: Any) -> pd.DataFrame:
    """The country with the law's ``median``: what models predict that have not seen the area."""
    learnt = pt.predict_consumption(
        country, country.drop(columns=["consumption", "weight", "ea"]), poverty_line=LINE,
        covariates=_TRAITS, regressor=regressor, groups="ea", folds=10, replicates=0,
    )  # fmt: skip
    return country.assign(median=learnt.held_out["consumption"].to_numpy())


def on_population(law: pd.DataFrame, seed: int, regressor: Any) -> Iterator[dict[str, Any]]:
    """Draw a country, learn from half of it, plan the other half, expect under the law."""
    errors = np.random.default_rng([seed, 9]).standard_normal(len(law))
    country = law.assign(consumption=law["median"] * np.exp(SIGMA * errors))
    part, watch = split(country, seed), Stopwatch()
    learnt = pt.predict_consumption(
        part.survey, part.registry.drop(columns="median"), poverty_line=LINE, covariates=_TRAITS,
        regressor=regressor, groups="ea", replicates=0, seed=seed,
    )  # fmt: skip
    households = pt.Households.from_frame(learnt.frame, poverty_line=LINE)
    problem = pt.TargetingProblem(households, CATALOG, objective=LEVELS)
    plan = pt.solve(problem, gap=2e-2)
    check = pt.held_out_check(problem, plan, learnt)
    true_law = replace(
        households,
        consumption=part.registry["median"].to_numpy(),
        sigma=0 * households.sigma + SIGMA,
    )
    lifted, gap = expected_values(replace(problem, households=true_law), plan.assignments)[:2]
    promised = expected_values(problem, plan.assignments)[0]
    yield {"kind": "population", "seed": seed, "way": "sigma", "lifted": lifted, "gap": gap,
           "promised": promised, "ratio": check.ratio, "ratio_se": check.ratio_se,
           "factor": check.factor, "r2": learnt.r2, "seconds": watch.seconds}  # fmt: skip
