"""The registry: lists of families with names, and how they are brought into line with a survey.

A *family* is who stands on one card (KK, kartu keluarga); a *household* shares a kitchen, as a
survey counts it. A card may hold two kitchens and a kitchen two cards, so the two words are
kept apart.
"""

from povtarget.identifiers import clean_numbers
from povtarget.places import Place, PlaceMatch, Places, UnknownPlace
from povtarget.registry.calibration import Calibration, calibrate
from povtarget.registry.deciles import DecileWelfare, welfare_from_deciles
from povtarget.registry.error_model import ErrorModel
from povtarget.registry.layouts import LAYOUTS, Layout
from povtarget.registry.model import Registry
from povtarget.registry.nik import FINDINGS, NikParts, kk_findings, nik_findings, parse_nik
from povtarget.registry.notices import Notice
from povtarget.registry.places import KOTA_PEKALONGAN
from povtarget.registry.prediction import Prediction, predict_consumption
from povtarget.registry.reading import read_registry
from povtarget.registry.small_area import SmallAreaRates, small_area_rates
from povtarget.registry.unlisted import Unlisted, covered, dual_system, unlisted_below_line

__all__ = [
    "FINDINGS",
    "KOTA_PEKALONGAN",
    "LAYOUTS",
    "Calibration",
    "DecileWelfare",
    "ErrorModel",
    "Layout",
    "NikParts",
    "Notice",
    "Place",
    "PlaceMatch",
    "Places",
    "Prediction",
    "Registry",
    "SmallAreaRates",
    "UnknownPlace",
    "Unlisted",
    "calibrate",
    "clean_numbers",
    "covered",
    "dual_system",
    "kk_findings",
    "nik_findings",
    "parse_nik",
    "predict_consumption",
    "read_registry",
    "small_area_rates",
    "unlisted_below_line",
    "welfare_from_deciles",
]
