"""The mathematical problem and its engines; nothing in this package knows the domain."""

from povtarget.mmkp.model import MMKP, MMKPSolution, Status, relative_gap
from povtarget.mmkp.pulp_model import build_pulp
from povtarget.mmkp.solving import solve_mmkp

__all__ = ["MMKP", "MMKPSolution", "Status", "build_pulp", "relative_gap", "solve_mmkp"]
