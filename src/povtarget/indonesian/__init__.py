"""The library's sentences in Indonesian, by their English templates.

Imported when a person asks for Indonesian, and not before. `povtarget.sayings` says how code
writes a sentence; the words of the interface itself are in `povtarget.locale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from povtarget.indonesian.answers import ANSWERS
from povtarget.indonesian.files import FILES
from povtarget.indonesian.lists import LISTS

SAYINGS: Mapping[str, str] = MappingProxyType(FILES | LISTS | ANSWERS)
"""Indonesian templates by the English ones."""

AS_THEY_ARE = frozenset(
    {
        '"centre", "refuse"',
        "'!='",
        "'*'",
        "'-'",
        "'/'",
        "'<='",
        "'=='",
        "'>='",
        "'and'",
        "'in (...)'",
        "'or'",
        "0 < doubt <= accept < 1",
        "0 <= low < high <= 1",
        "2",
        ">= 1",
        "AreaFloor(...)",
        "Evidence.areas()",
        "Evidence.missed()",
        "Households",
        "Scenario(...)",
        '["blk"]',
        '["rtlh_kota", "bsps"]',
        'pip install "povtarget[plot]"',
        "rupiah",
    }
)
"""What is code, and is written alike in every language."""
