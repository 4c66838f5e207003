"""From another tool: frames of pandas in, a model of one's own, a frame with the plan out.

    python examples/02_from_another_tool.py [FAMILIES]

A survey with true consumption teaches a gradient-boosted model of scikit-learn; the registry has
the same covariates and no consumption. Needs ``pip install "povtarget[prediction]"``.
"""

from __future__ import annotations

import sys

import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

import povtarget as pt

families = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
LINE = 513_243  # Rp per person per month

# %% Two frames as another tool would hand them over.
city, _, receipts = pt.datasets.pekalongan(families, seed=0)
everybody = city.frame
covariates = ["head_school_years", "floor_area", "assets", "has_business", "elderly", "toddlers"]
survey = everybody.iloc[::3].assign(consumption=lambda frame: frame["true_consumption"])
registry = everybody.drop(columns=["consumption", "sigma", "true_consumption"])

# %% Any regressor of scikit-learn; judged on enumeration areas that it has not seen.
prediction = pt.predict_consumption(
    survey,
    registry,
    poverty_line=LINE,
    covariates=covariates,
    regressor=HistGradientBoostingRegressor(max_iter=40, max_leaf_nodes=6, random_state=0),
    groups="area",
    replicates=5,
)
print(prediction, "\n")

# %% Programs as objects, not files.
catalog = pt.Catalog(
    budgets=[
        pt.Budget("Dinsos", agency="Dinsos-P2KB", amount=families * 40_000),
        pt.Budget("Dinperinaker", agency="Dinperinaker", amount=families * 50_000),
    ],
    programs=[
        pt.Program(
            "sembako",
            budget="Dinsos",
            need="food",
            unit_cost=2_400_000,
            benefit=2_400_000,
            eligibility="size >= 2",
        ),
        pt.Program(
            "pelatihan",
            budget="Dinperinaker",
            need="skills",
            unit_cost=3_500_000,
            benefit=6_000_000,
            success=0.5,
            eligibility="working_age >= 1",
        ),
    ],
)

# %% The plan as a frame, one row for each proposal, to join with whatever the tool has.
households = pt.Households.from_frame(prediction.frame, poverty_line=LINE)
problem = pt.TargetingProblem(households, catalog)
plan = pt.solve(problem, gap=1e-3)
assert pt.verify(problem, plan).is_sound
proposed: pd.DataFrame = plan.assignments.merge(
    registry[["household_id", "area"]], on="household_id"
)
print(proposed.groupby(["area", "program"])["units"].sum().unstack(fill_value=0).to_string())
