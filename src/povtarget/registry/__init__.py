"""The registry: lists of families with names, from the layouts in which agencies hand them on.

A *family* is who stands on one card (KK, kartu keluarga); a *household* shares a kitchen, as a
survey counts it. A card may hold two kitchens and a kitchen two cards, so the two words are
kept apart.
"""

from povtarget.registry.nik import (
    FINDINGS,
    NikParts,
    clean_numbers,
    kk_findings,
    nik_findings,
    parse_nik,
)
from povtarget.registry.places import KOTA_PEKALONGAN, Place, PlaceMatch, Places, UnknownPlace

__all__ = [
    "FINDINGS",
    "KOTA_PEKALONGAN",
    "NikParts",
    "Place",
    "PlaceMatch",
    "Places",
    "UnknownPlace",
    "clean_numbers",
    "kk_findings",
    "nik_findings",
    "parse_nik",
]
