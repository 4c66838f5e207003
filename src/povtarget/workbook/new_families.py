"""Families that meetings added, for whoever visits them and enters them in the registry."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from povtarget.locale import Language, Words
from povtarget.workbook.sheets import Column, open_book

_WIDTHS = {
    "area": 20,
    "name": 28,
    "address": 30,
    "rt": 6,
    "rw": 6,
    "note": 30,
    "source": 34,
    "row": 6,
}


def write_new_families(path: Path, new: pd.DataFrame, language: Language) -> None:
    """Write the families that meetings added, as the sheets say them; personal data.

    Parameters
    ----------
    path
        Of an .xlsx file.
    new
        As `povtarget.Decisions.new`.
    language
        "en" or "id".
    """
    words = Words(language)
    columns = [Column(words(f"wb_{name}"), width, "wrap") for name, width in _WIDTHS.items()]
    cells = new[[*_WIDTHS]].astype(str).to_numpy().tolist()
    with open_book(path, words("wb_new_title")) as book:
        widths = [column.width for column in columns]
        sheet = book.sheet(words("wb_mark_new"), widths, words("wb_not_public"))
        sheet.title(words("wb_new_title"))
        sheet.note(words("wb_new_note"))
        sheet.table(columns, cells, frozen=True)
