"""The kelurahan of the city on whose lists `povtarget.registry` is tried."""

from __future__ import annotations

from povtarget.datasets.kelurahan import KELURAHAN
from povtarget.places import Place, Places

KOTA_PEKALONGAN = Places(
    tuple(Place(kelurahan.name, kelurahan.kecamatan) for kelurahan in KELURAHAN),
    {"Bendan": "Bendan Kergon"},  # so one of the city's own tables
)
"""The 27 kelurahan of Kota Pekalongan."""
