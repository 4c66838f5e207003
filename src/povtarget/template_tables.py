"""The tables of which there are templates: columns, what they take, and made-up examples.

The columns are the readers' own constants and the fields of the catalogue's classes, so that a
template cannot offer what no reader knows; every column has its text in the catalogue of words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args

from povtarget import households, realisation, receipts
from povtarget.catalog_entries import FIELDS, KINDS, NUMBERS, REQUIRED
from povtarget.locale import Words
from povtarget.programs import Control, RuleKind
from povtarget.workbook import people

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    """One table: its columns, and rows that show how they are filled.

    Parameters
    ----------
    name
        Of the sheet, and before the names of its columns in the catalogue of words.
    sheet
        Name of the sheet.
    columns
        In the reader's own order, those that must be there first.
    required
        Columns that must be filled.
    numbers
        Columns of numbers; others are text.
    choices
        Columns that take one of some words.
    defaults
        What an empty cell stands for, where there is a word for it.
    examples
        Made-up rows.
    """

    name: str
    sheet: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    numbers: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, Any]
    examples: tuple[Row, ...]

    def meaning(self, words: Words, column: str) -> str:
        """What a column holds."""
        return words(f"tp_{self.name}_{column}")

    def takes(self, words: Words, column: str) -> str:
        """What a cell of a column may be."""
        if column in self.choices:
            return words("tp_choice", choices=", ".join(self.choices[column]))
        return words("tp_number" if column in self.numbers else "tp_text")


def _table(
    name: str,
    columns: Sequence[str],
    required: Sequence[str],
    numbers: Sequence[str],
    *examples: Row,
    choices: Mapping[str, tuple[str, ...]] | None = None,
) -> Template:
    ordered = tuple(dict.fromkeys((*required, *columns)))
    return Template(
        name, name, ordered, tuple(required), frozenset(numbers), choices or {}, {}, examples
    )


def _entries(kind: str, *examples: Row) -> Template:
    """The template of a kind of entry of a catalogue."""
    defaults = {
        part.name: part.default
        for part in fields(KINDS[kind])
        if part.default is not MISSING and part.default not in (None, "")
    }
    return Template(
        kind,
        f"{kind}s",
        tuple(dict.fromkeys((*REQUIRED[kind], *FIELDS[kind]))),
        tuple(REQUIRED[kind]),
        NUMBERS & {*FIELDS[kind]},
        {"budget": {"control": get_args(Control)}, "rule": {"kind": get_args(RuleKind)}}.get(
            kind, {}
        ),
        defaults,
        examples,
    )


TABLES = (
    _table(
        "households",
        (*households.REQUIRED_COLUMNS, *households.OPTIONAL_COLUMNS),
        households.REQUIRED_COLUMNS,
        households.MEASURES,
        {
            "household_id": "0001",
            "size": 4,
            "consumption": 480_500,
            "sigma": 0.35,
            "line": 513_243,
            "area": "Medono",
            "weight": 1,
        },
        {
            "household_id": "0002",
            "size": 3,
            "consumption": 612_000,
            "line": 513_243,
            "sigma": 0,
            "area": "Tirto",
            "weight": 1,
        },
    ),
    _table(
        "receipts",
        (*receipts.REQUIRED, *receipts.TEXTS, *receipts.NUMBERS, receipts.FLAG),
        receipts.REQUIRED,
        receipts.NUMBERS,
        {
            "household_id": "0001",
            "program": "pkh",
            "agency": "Dinsos",
            "fund": "APBN",
            "need": "cash",
            "status": "aktif",
            "units": 1,
            "year": 2025,
            "amount": 3_000_000,
            "benefit": 3_000_000,
            "changeable": "tidak",
        },
        {"household_id": "0002", "program": "pelatihan_kerja", "member_id": "0002-1"},
        choices={receipts.FLAG: ("ya", "tidak")},
    ),
    _table(
        "locks",
        (*receipts.LOCK_COLUMNS, receipts.LOCK_REASON),
        receipts.LOCK_COLUMNS,
        (),
        {"household_id": "0001", "program": "sembako_lansia", "lock": "in", "reason": "agreed"},
        {"household_id": "0002", "program": "sembako_lansia", "lock": "out", "reason": "moved"},
        choices={
            receipts.LOCK_COLUMNS[-1]: receipts.LOCKS,
            receipts.LOCK_REASON: tuple(receipts.LOCK_REASONS),
        },
    ),
    _table(
        "people",
        people.COLUMNS,
        ("household_id",),
        (),
        {
            "household_id": "0001",
            "kk": "3375010101019001",
            "nik": "3375014101809001",
            "name": "Nama Rekaan",
            "address": "Jl. Contoh 1",
            "rt": "001",
            "rw": "002",
            "area": "Medono",
            "kecamatan": "Pekalongan Barat",
        },
        {"household_id": "0002", "name": "Rekaan Lain", "area": "Tirto"},
    ),
    _table(
        "realisation",
        (*realisation.TEXTS, *realisation.NUMBERS),
        realisation.REQUIRED,
        realisation.NUMBERS,
        {
            "agency": "Dinsos",
            "pagu": 281_325_000,
            "spent": 270_000_000,
            "fund": "APBD Kota",
            "code": "1.06.05.2.02.0001",
            "budget": "Dinsos / APBD Kota",
            "program": "sembako_lansia",
            "title": "Sembako lansia",
            "target": 825,
            "reached": 790,
        },
        {"agency": "Dinperinaker", "pagu": 150_000_000, "spent": 149_500_000},
    ),
)
"""Templates of a file each."""

CATALOG = (
    _entries(
        "budget",
        {
            "name": "Dinsos / APBD Kota",
            "amount": 281_325_000,
            "agency": "Dinsos",
            "fund": "APBD Kota",
            "control": "city",
            "transfer_group": "APBD Kota",
            "code": "1.06.05.2.02.0001",
        },
        {
            "name": "Dinperinaker / DBHCHT",
            "amount": 150_000_000,
            "agency": "Dinperinaker",
            "fund": "DBHCHT",
        },
    ),
    _entries(
        "program",
        {
            "name": "sembako_lansia",
            "need": "food",
            "budget": "Dinsos / APBD Kota",
            "unit_cost": 341_000,
            "benefit": 341_000,
            "agency": "Dinsos",
            "per": "elderly",
            "conversion": 1.0,
            "success": 1.0,
            "eligibility": "elderly > 0 and decile <= 4",
            "quota": 825,
            "minimum": 0,
            "title": "Sembako lansia",
        },
        {
            "name": "pelatihan_kerja",
            "need": "work",
            "budget": "Dinperinaker / DBHCHT",
            "unit_cost": 5_000_000,
            "benefit": 12_000_000,
            "success": 0.3,
            "eligibility": "job_seekers > 0",
            "delay_years": 1,
            "duration_years": 3,
            "title": "Pelatihan kerja",
        },
    ),
    _entries(
        "rule",
        {
            "kind": "penalise",
            "programs": ("sembako_lansia", "pelatihan_kerja"),
            "weight": 0.1,
            "window_years": 2,
        },
    ),
)
"""Templates of the sheets of a catalogue."""
