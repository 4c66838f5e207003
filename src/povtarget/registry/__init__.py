"""From lists of names to one basis for a plan: registries brought into line with a survey."""

from povtarget.registry.calibration import Calibration, calibrate
from povtarget.registry.deciles import DecileWelfare, welfare_from_deciles
from povtarget.registry.small_area import SmallAreaRates, small_area_rates
from povtarget.registry.unlisted import Unlisted, covered, dual_system, unlisted_below_line

__all__ = [
    "Calibration",
    "DecileWelfare",
    "SmallAreaRates",
    "Unlisted",
    "calibrate",
    "covered",
    "dual_system",
    "small_area_rates",
    "unlisted_below_line",
    "welfare_from_deciles",
]
