"""Simulated worlds: a survey and a city from one law, errors alike within a kelurahan.

In each world coefficients are learnt from the survey alone, the city is planned on its
predictions, and the interval for persons lifted is set against what its true consumption gives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import povtarget as pt
from forecast_plans import LEVELS, judged
from inside import most_lifted_with_gap

LINE = 513_243.0  # Rp per person per month
AREAS, FAMILIES_PER_AREA = 27, 120
CLUSTERS, PER_CLUSTER = 67, 10  # some 670 households, as a city's part of the national survey
SIGMA, SHARE = 0.34, 0.1  # of the error, and what an area has of its variance
SLOPES = {"assets": 0.09, "school": 0.03, "bad_house": -0.22, "toddlers": -0.06, "elderly": -0.03}
MIDDLE = 0.53  # ln(consumption / line) of a family with average traits: some 8 % are below

CATALOG = pt.Catalog(
    budgets=[pt.Budget("cash", amount=720e6), pt.Budget("food", amount=360e6)],
    programs=[
        pt.Program("cash_aid", need="cash", budget="cash", unit_cost=3e6, benefit=3e6),
        pt.Program("food_aid", need="food", budget="food", unit_cost=1.5e6, benefit=1.5e6),
        pt.Program(
            "training", need="work", budget="cash", unit_cost=2e6, benefit=4e6, success=0.5
        ),
    ],
)


def families(areas: int, each: int, rng: np.random.Generator) -> dict[str, Any]:
    """Families of some areas with their true consumption."""
    area, count = np.repeat(np.arange(areas), each), areas * each
    traits = {
        "assets": rng.binomial(8, 0.4, count),
        "school": rng.binomial(12, 0.6, count),
        "bad_house": rng.binomial(1, 0.15, count),
        "toddlers": rng.poisson(0.4, count),
        "elderly": rng.binomial(2, 0.15, count),
    }
    expected = {"assets": 3.2, "school": 7.2, "bad_house": 0.15, "toddlers": 0.4, "elderly": 0.3}
    logs = sum(slope * (traits[name] - expected[name]) for name, slope in SLOPES.items())
    common = SIGMA * np.sqrt(SHARE) * rng.standard_normal(areas)[area]
    own = SIGMA * np.sqrt(1 - SHARE) * rng.standard_normal(count)
    consumption = LINE * np.exp(MIDDLE + logs + common + own)
    size = 1 + rng.binomial(6, 0.45, count)
    return {"size": size, **traits, "area": np.char.add("k", area.astype(str)),
            "consumption": consumption}  # fmt: skip


def one_world(seed: int, calibration: str, replicates: int) -> dict[str, Any]:
    """Learn, plan, forecast and look."""
    rng = np.random.default_rng([seed, 77])
    survey, city = families(CLUSTERS, PER_CLUSTER, rng), families(AREAS, FAMILIES_PER_AREA, rng)
    truth = city.pop("consumption")
    city["household_id"] = [f"h{number:06d}" for number in range(truth.size)]
    found = pt.predict_consumption(
        survey,
        city,
        poverty_line=LINE,
        covariates=[*SLOPES],
        regressor=make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))),
        groups="area",
        calibration=calibration,
        replicates=replicates,
        seed=seed,
    )
    problem = pt.TargetingProblem(
        pt.Households.from_frame(found.frame, poverty_line=LINE), CATALOG, objective=pt.Headcount()
    )
    plan = pt.solve(problem, gap=1e-2)
    seen = pt.forecast(problem, plan, found, worlds=1_000, seed=seed)
    apart = pt.forecast(problem, plan, None, worlds=1_000, seed=seed)
    check = pt.held_out_check(problem, plan, found)
    real = judged(problem, plan.assignments, truth, rng)
    both = replace(problem, objective=LEVELS)
    lowest = pt.baselines.uncoordinated(both).assignments
    floor = most_lifted_with_gap(both, lowest, 1e-2)
    return {
        "promised": plan.lifted,
        "lifted": real["lifted"],
        "low": seen.low,
        "high": seen.high,
        "low_apart": apart.low,
        "high_apart": apart.high,
        "share": found.errors.area_share,
        "ratio": check.ratio,
        "ratio_se": check.ratio_se,
        "factor": check.factor,
        "below": float(np.average(truth < LINE, weights=city["size"])),
        "floor": judged(both, floor, truth)["lifted"],
        "lowest": judged(both, lowest, truth)["lifted"],
    }
