"""The public names, and the module that each is from."""

from . import baselines, datasets, mmkp, plotting, poverty, survey, workbook
from .audit_charts import plot_audit, plot_comparison, plot_incidence, plot_overlap, plot_scenarios
from .auditing import Audit, audit
from .catalog_files import read_catalog
from .comparison import compare
from .cost_verification import verify_cost
from .errors import (
    Change,
    Fault,
    InfeasibleError,
    InputError,
    PovtargetError,
    PovtargetWarning,
    SolverError,
)
from .estimates import Estimate
from .evidence import Evidence
from .explanation import Explanation, explain
from .export import to_pulp
from .forecasting import Forecast, HeldOut, forecast, held_out_check
from .graduation import Graduation, graduate
from .group_explanation import GroupExplanation, explain_agency, explain_area
from .households import Households, read_households
from .incidence_tables import distributional_characteristic, incidence
from .indicator_tables import Indicators, indicators
from .lowest import reach, unserved
from .meeting_decisions import Decisions, read_decisions
from .objectives import FGT, AreaFloor, Headcount, Overlap, PovertyGap, Severity, UnmetNeed
from .outlook import Outlook
from .overlap_tables import OverlapTable, overlap_table
from .plan import Plan
from .plan_files import read_key, read_plan, write_plan, write_public
from .priorities import likelier_first
from .problem import TargetingProblem
from .problem_files import read_problem
from .programs import Budget, Catalog, Program, Rule
from .questions import (
    Alternatives,
    Evenness,
    Frontier,
    PriceRanges,
    Reallocation,
    alternatives,
    fairest,
    frontier,
    minimum_cost,
    price_ranges,
    reallocate,
)
from .realisation import read_realisation
from .receipts import read_locks, read_receipts
from .registry import ErrorModel, Prediction, Registry, predict_consumption, read_registry
from .registry.bridge import Bridge, bridge
from .registry.calibration import Calibration, calibrate
from .registry.deciles import DecileWelfare, welfare_from_deciles
from .registry.linkage import reconcile
from .registry.reconciliation import Reconciliation, read_reconciliation
from .registry.small_area import SmallAreaRates, small_area_rates
from .registry.unlisted import Unlisted, covered, dual_system, unlisted_below_line
from .report import ReportSettings, make_report, read_map
from .revision import Revision, revise
from .roadmaps import Roadmap, least_cost_path, roadmap
from .scenario_files import read_scenarios
from .scenario_sets import Scenario, Scenarios, scenarios
from .scoring import score
from .solving import solve
from .targets import TargetCheck, check_target
from .verification import Verification, verify

__version__: str

__all__ = [
    "FGT",
    "Alternatives",
    "AreaFloor",
    "Audit",
    "Bridge",
    "Budget",
    "Calibration",
    "Catalog",
    "Change",
    "DecileWelfare",
    "Decisions",
    "ErrorModel",
    "Estimate",
    "Evenness",
    "Evidence",
    "Explanation",
    "Fault",
    "Forecast",
    "Frontier",
    "Graduation",
    "GroupExplanation",
    "Headcount",
    "HeldOut",
    "Households",
    "Indicators",
    "InfeasibleError",
    "InputError",
    "Outlook",
    "Overlap",
    "OverlapTable",
    "Plan",
    "PovertyGap",
    "PovtargetError",
    "PovtargetWarning",
    "Prediction",
    "PriceRanges",
    "Program",
    "Reallocation",
    "Reconciliation",
    "Registry",
    "ReportSettings",
    "Revision",
    "Roadmap",
    "Rule",
    "Scenario",
    "Scenarios",
    "Severity",
    "SmallAreaRates",
    "SolverError",
    "TargetCheck",
    "TargetingProblem",
    "Unlisted",
    "UnmetNeed",
    "Verification",
    "alternatives",
    "audit",
    "baselines",
    "bridge",
    "calibrate",
    "check_target",
    "compare",
    "covered",
    "datasets",
    "distributional_characteristic",
    "dual_system",
    "explain",
    "explain_agency",
    "explain_area",
    "fairest",
    "forecast",
    "frontier",
    "graduate",
    "held_out_check",
    "incidence",
    "indicators",
    "least_cost_path",
    "likelier_first",
    "make_report",
    "minimum_cost",
    "mmkp",
    "overlap_table",
    "plot_audit",
    "plot_comparison",
    "plot_incidence",
    "plot_overlap",
    "plot_scenarios",
    "plotting",
    "poverty",
    "predict_consumption",
    "price_ranges",
    "reach",
    "read_catalog",
    "read_decisions",
    "read_households",
    "read_key",
    "read_locks",
    "read_map",
    "read_plan",
    "read_problem",
    "read_realisation",
    "read_receipts",
    "read_reconciliation",
    "read_registry",
    "read_scenarios",
    "reallocate",
    "reconcile",
    "revise",
    "roadmap",
    "scenarios",
    "score",
    "small_area_rates",
    "solve",
    "survey",
    "to_pulp",
    "unlisted_below_line",
    "unserved",
    "verify",
    "verify_cost",
    "welfare_from_deciles",
    "workbook",
    "write_plan",
    "write_public",
]
