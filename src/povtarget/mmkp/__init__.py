"""The mathematical problem and its engines; nothing in this package knows the domain."""

from povtarget.mmkp.model import MMKP, MMKPSolution, Status, relative_gap
from povtarget.mmkp.path import BudgetPath, budget_path
from povtarget.mmkp.pulp_model import build_pulp
from povtarget.mmkp.solving import solve_mmkp
from povtarget.mmkp.watch import Progress

__all__ = [
    "MMKP",
    "BudgetPath",
    "MMKPSolution",
    "Progress",
    "Status",
    "budget_path",
    "build_pulp",
    "relative_gap",
    "solve_mmkp",
]
