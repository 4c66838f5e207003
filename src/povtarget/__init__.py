"""Which households a city proposes for which poverty programs, with proof.

Every agency's budget is kept to the rupiah, duplication is least, poverty falls most, and a
certificate says how close to the best possible the plan is.
"""

from povtarget import baselines, datasets, mmkp, poverty
from povtarget.catalog_files import read_catalog
from povtarget.errors import (
    Change,
    Fault,
    InfeasibleError,
    InputError,
    PovtargetError,
    PovtargetWarning,
    SolverError,
)
from povtarget.export import to_pulp
from povtarget.forecasting import Forecast, HeldOut, forecast, held_out_check
from povtarget.households import Households, read_households
from povtarget.objectives import (
    FGT,
    AreaFloor,
    Headcount,
    Overlap,
    PovertyGap,
    Severity,
    UnmetNeed,
)
from povtarget.plan import Plan
from povtarget.plan_files import read_plan, write_plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Budget, Catalog, Program, Rule
from povtarget.receipts import read_locks, read_receipts
from povtarget.registry import ErrorModel, Prediction, predict_consumption
from povtarget.scoring import score
from povtarget.solving import solve
from povtarget.verification import Verification, verify

__version__ = "0.1.0"

__all__ = [
    "FGT",
    "AreaFloor",
    "Budget",
    "Catalog",
    "Change",
    "ErrorModel",
    "Fault",
    "Forecast",
    "Headcount",
    "HeldOut",
    "Households",
    "InfeasibleError",
    "InputError",
    "Overlap",
    "Plan",
    "PovertyGap",
    "PovtargetError",
    "PovtargetWarning",
    "Prediction",
    "Program",
    "Rule",
    "Severity",
    "SolverError",
    "TargetingProblem",
    "UnmetNeed",
    "Verification",
    "baselines",
    "datasets",
    "forecast",
    "held_out_check",
    "mmkp",
    "poverty",
    "predict_consumption",
    "read_catalog",
    "read_households",
    "read_locks",
    "read_plan",
    "read_receipts",
    "score",
    "solve",
    "to_pulp",
    "verify",
    "write_plan",
]
