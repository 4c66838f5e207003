"""The registry: lists of families with names, from the layouts in which agencies hand them on.

A *family* is who stands on one card (KK, kartu keluarga); a *household* shares a kitchen, as a
survey counts it. A card may hold two kitchens and a kitchen two cards, so the two words are
kept apart.
"""

from povtarget.registry.layouts import LAYOUTS, Layout
from povtarget.registry.model import Registry
from povtarget.registry.nik import (
    FINDINGS,
    NikParts,
    clean_numbers,
    kk_findings,
    nik_findings,
    parse_nik,
)
from povtarget.registry.notices import Notice
from povtarget.registry.places import KOTA_PEKALONGAN, Place, PlaceMatch, Places, UnknownPlace
from povtarget.registry.reading import read_registry

__all__ = [
    "FINDINGS",
    "KOTA_PEKALONGAN",
    "LAYOUTS",
    "Layout",
    "NikParts",
    "Notice",
    "Place",
    "PlaceMatch",
    "Places",
    "Registry",
    "UnknownPlace",
    "clean_numbers",
    "kk_findings",
    "nik_findings",
    "parse_nik",
    "read_registry",
]
