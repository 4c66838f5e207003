"""Which households a city proposes for which poverty programs, with proof.

Every agency's budget is kept to the rupiah, duplication is least, poverty falls most, and a
certificate says how close to the best possible the plan is.
"""

from povtarget import baselines, datasets, mmkp, plotting, poverty, survey, workbook
from povtarget.audit import Audit, audit
from povtarget.audit_charts import (
    plot_audit,
    plot_comparison,
    plot_incidence,
    plot_overlap,
    plot_scenarios,
)
from povtarget.catalog_files import read_catalog
from povtarget.comparison import compare
from povtarget.cost_verification import verify_cost
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
from povtarget.evidence import Evidence
from povtarget.explanation import Explanation, explain
from povtarget.export import to_pulp
from povtarget.forecasting import Forecast, HeldOut, forecast, held_out_check
from povtarget.graduation import Graduation, graduate
from povtarget.group_explanation import GroupExplanation, explain_agency, explain_area
from povtarget.households import Households, read_households
from povtarget.incidence import distributional_characteristic, incidence
from povtarget.indicators import Indicators, indicators
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
from povtarget.outlook import Outlook
from povtarget.overlap_tables import OverlapTable, overlap_table
from povtarget.plan import Plan
from povtarget.plan_files import read_key, read_plan, write_plan, write_public
from povtarget.priorities import likelier_first
from povtarget.problem import TargetingProblem
from povtarget.problem_files import read_problem
from povtarget.programs import Budget, Catalog, Program, Rule
from povtarget.questions import (
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
from povtarget.realisation import read_realisation
from povtarget.receipts import read_locks, read_receipts
from povtarget.registry import ErrorModel, Prediction, Registry, predict_consumption, read_registry
from povtarget.registry.bridge import Bridge, bridge
from povtarget.registry.calibration import Calibration, calibrate
from povtarget.registry.deciles import DecileWelfare, welfare_from_deciles
from povtarget.registry.linkage import reconcile
from povtarget.registry.reconciliation import Reconciliation, read_reconciliation
from povtarget.registry.small_area import SmallAreaRates, small_area_rates
from povtarget.registry.unlisted import Unlisted, covered, dual_system, unlisted_below_line
from povtarget.report import ReportSettings, make_report, read_map
from povtarget.revision import Revision, revise
from povtarget.roadmap import Roadmap, least_cost_path, roadmap
from povtarget.scenario_files import read_scenarios
from povtarget.scenario_sets import Scenario, Scenarios, scenarios
from povtarget.scoring import score
from povtarget.solving import solve
from povtarget.targets import TargetCheck, check_target
from povtarget.verification import Verification, verify

__version__ = "0.1.0"

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
    "verify",
    "verify_cost",
    "welfare_from_deciles",
    "workbook",
    "write_plan",
    "write_public",
]
