"""Which households a city proposes for which poverty programs, with proof.

Every agency's budget is kept to the rupiah, duplication is least, poverty falls most, and a
certificate says how close to the best possible the plan is.
"""

from povtarget import baselines, datasets, mmkp, poverty, survey, workbook
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
from povtarget.estimates import Estimate
from povtarget.export import to_pulp
from povtarget.households import Households, read_households
from povtarget.meeting_decisions import Decisions, read_decisions
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
from povtarget.plan_files import read_key, read_plan, write_plan, write_public
from povtarget.problem import TargetingProblem
from povtarget.programs import Budget, Catalog, Program, Rule
from povtarget.receipts import read_locks, read_receipts
from povtarget.registry import Registry, read_registry
from povtarget.registry.bridge import Bridge, bridge
from povtarget.registry.calibration import Calibration, calibrate
from povtarget.registry.deciles import DecileWelfare, welfare_from_deciles
from povtarget.registry.linkage import reconcile
from povtarget.registry.reconciliation import Reconciliation, read_reconciliation
from povtarget.registry.small_area import SmallAreaRates, small_area_rates
from povtarget.registry.unlisted import Unlisted, covered, dual_system, unlisted_below_line
from povtarget.revision import Revision, revise
from povtarget.scoring import score
from povtarget.solving import solve
from povtarget.targets import TargetCheck, check_target
from povtarget.verification import Verification, verify

__version__ = "0.1.0"

__all__ = [
    "FGT",
    "AreaFloor",
    "Bridge",
    "Budget",
    "Calibration",
    "Catalog",
    "Change",
    "DecileWelfare",
    "Decisions",
    "Estimate",
    "Fault",
    "Headcount",
    "Households",
    "InfeasibleError",
    "InputError",
    "Overlap",
    "Plan",
    "PovertyGap",
    "PovtargetError",
    "PovtargetWarning",
    "Program",
    "Reconciliation",
    "Registry",
    "Revision",
    "Rule",
    "Severity",
    "SmallAreaRates",
    "SolverError",
    "TargetCheck",
    "TargetingProblem",
    "Unlisted",
    "UnmetNeed",
    "Verification",
    "baselines",
    "bridge",
    "calibrate",
    "check_target",
    "covered",
    "datasets",
    "dual_system",
    "mmkp",
    "poverty",
    "read_catalog",
    "read_decisions",
    "read_households",
    "read_key",
    "read_locks",
    "read_plan",
    "read_receipts",
    "read_reconciliation",
    "read_registry",
    "reconcile",
    "revise",
    "score",
    "small_area_rates",
    "solve",
    "survey",
    "to_pulp",
    "unlisted_below_line",
    "verify",
    "welfare_from_deciles",
    "workbook",
    "write_plan",
    "write_public",
]
