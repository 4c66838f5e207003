"""What matching two lists found as workbooks: the result, and the pairs that a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

import pandas as pd

from povtarget.locale import MESSAGES, Words
from povtarget.registry.decisions import COLUMNS as DECIDED
from povtarget.registry.reconciliation import Reconciliation
from povtarget.tables import read_table
from povtarget.workbook.sheets import Book, Column, open_book

LISTS = ("registry", "other")
_WIDTHS = {"same": 8.0, "score": 10.0, "reason": 34.0, "doubt": 26.0}
_NARROW = ("rt", "rw", "sex")
_REVIEWED = (*DECIDED, "score", "reason", "doubt")


def said(words: Words, text: str, mark: str = "; ") -> str:
    """What reconciliation says of a pair, in a language; what has no translation stays."""
    parts = str(text).split(mark)
    keys = [f"rc_said: {part}" for part in parts]
    told = [words(key) if key in MESSAGES else part for key, part in zip(keys, parts, strict=True)]
    return mark.join(told)


def fields_said(words: Words, fields: str) -> str:
    """Names of fields that differ, in a language."""
    return ", ".join(words(f"rv_field_{name}") for name in str(fields).split(", ") if name)


def write_review(found: Reconciliation, path: str | PathLike[str], words: Words) -> None:
    """Write the pairs that a person decides, both lists side by side. **Personal data.**

    Parameters
    ----------
    found
        What `povtarget.registry.linkage.reconcile` returned.
    path
        Of an .xlsx file.
    words
        The language.
    """
    table = found.for_review()
    names = [str(name) for name in table]
    labels = _review_labels(words, names)
    columns = [Column(labels[name], _width(name), _kind(name)) for name in names]
    with open_book(path, words("rv_sheet")) as book:
        sheet = book.sheet(words("rv_sheet"), [column.width for column in columns])
        rows = (
            _review_row(words, names, record) for record in table.to_numpy(dtype=object).tolist()
        )
        count = sheet.table(columns, rows, frozen=True)
        at = names.index("same")
        rule = {
            "validate": "list",
            "source": [words("cm_yes"), words("cm_no")],
            "error_type": "stop",
            "input_message": words("rv_same"),
        }
        sheet.sheet.data_validation(1, at, max(count, 1), at, rule)
        guide = book.sheet(words("tp_guide"), [100])
        guide.title(words("rv_sheet"))
        guide.note(words("rv_guide"))
        guide.note(words("cm_personal"))


def _review_labels(words: Words, names: Sequence[str]) -> dict[str, str]:
    """What the header calls each column."""
    labels = {}
    for name in names:
        side, _, field = name.partition("_")
        if name in _REVIEWED:
            labels[name] = words(f"rv_{name}")
        else:
            labels[name] = words(f"rv_of_{side}", field=words(f"rv_field_{field}"))
    return labels


def _width(name: str) -> float:
    narrow = name.rpartition("_")[2] in _NARROW
    return 6.0 if narrow else _WIDTHS.get(name, 20.0)


def _kind(name: str) -> Any:
    return {"same": "mark", "score": "percent"}.get(name, "wrap")


def _review_row(words: Words, names: Sequence[str], record: Sequence[Any]) -> list[Any]:
    row: list[Any] = []
    for name, cell in zip(names, record, strict=True):
        if name in ("reason", "doubt"):
            row.append(said(words, cell))
        elif name == "score":
            row.append(float(cell))
        else:
            row.append(None if pd.isna(cell) else str(cell))
    return row


def read_review(path: str | PathLike[str]) -> Any:
    """Read what a person decided: a workbook of `write_review` in any language, or other files.

    Returns
    -------
    What ``reconcile(decisions=)`` takes.
    """
    table = read_table(path, allow_empty=True)
    meant = {
        texts[language]: name
        for name in DECIDED
        for texts in (MESSAGES[f"rv_{name}"],)
        for language in texts
    }
    known = {label: meant[label] for label in map(str, table.frame) if label in meant}
    return table.frame.rename(columns=known) if known else path


def write_result(found: Reconciliation, path: str | PathLike[str], words: Words) -> None:
    """Write who is in both lists, in one only and twice, and the counts. Identifiers, no names.

    Parameters are those of `write_review`.
    """
    with open_book(path, words("rc_title")) as book:
        _areas(book, found, words)
        _both(book, found, words)
        for name in LISTS:
            alone = found.only_registry if name == "registry" else found.only_other
            _table(book, words(f"rc_sheet_only_{name}"), _alone_columns(words), alone)
        _twice(book, found, words)
        _notices(book, found, words)


def _table(book: Book, name: str, columns: Sequence[Column], frame: pd.DataFrame) -> None:
    sheet = book.sheet(name, [column.width for column in columns])
    sheet.table(columns, frame.itertuples(index=False), frozen=True)


def _areas(book: Book, found: Reconciliation, words: Words) -> None:
    table = found.by_area
    columns = [Column(words("rv_field_area"), 24)]
    columns += [Column(words(f"rc_by_{name}"), 11, "whole") for name in table]
    _table(book, words("rc_sheet_areas"), columns, area_names(table, words).reset_index())


def area_names(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    """A table by kelurahan in which those without one are named so."""
    return table.rename(index={"": words("rc_no_area")})


def _both(book: Book, found: Reconciliation, words: Words) -> None:
    matches = found.matches
    frame = pd.DataFrame(
        {
            "registry_id": matches["registry_id"],
            "other_id": matches["other_id"],
            "score": matches["score"].astype(float),
            "moved": [words("cm_yes") if moved else "" for moved in matches["is_moved"]],
            "changed": [fields_said(words, fields) for fields in matches["changed"]],
            "reason": [said(words, reason) for reason in matches["reason"]],
        }
    )
    columns = [
        Column(words("rv_registry_id"), 22),
        Column(words("rv_other_id"), 22),
        Column(words("rv_score"), 10, "percent"),
        Column(words("rc_is_moved"), 11),
        Column(words("rc_changed_column"), 26, "wrap"),
        Column(words("rv_reason"), 60, "wrap"),
    ]
    _table(book, words("rc_sheet_both"), columns, frame)


def _alone_columns(words: Words) -> list[Column]:
    return [
        Column(words("rc_family_id"), 22),
        Column(words("rv_field_area"), 24),
        Column(words("rc_head_member_of"), 24),
    ]


def _twice(book: Book, found: Reconciliation, words: Words) -> None:
    """Rows that repeat another, and those that may."""
    number = {name: str(at) for at, name in enumerate(LISTS, 1)}
    rows = [(number[row[0]], row[1], row[2], words("cm_yes"))
            for row in found.duplicates.itertuples(index=False)]  # fmt: skip
    rows += [
        (number[one], id_1, id_2, words("cm_no"))
        for one, id_1, two, id_2 in found.unsure[["list_1", "id_1", "list_2", "id_2"]].itertuples(
            index=False
        )
        if one == two
    ]
    columns = [
        Column(words("rc_list_column"), 8),
        Column(words("rc_family_id"), 22),
        Column(words("rc_repeats"), 22),
        Column(words("rc_sure"), 8),
    ]
    frame = pd.DataFrame(rows, columns=[str(at) for at in range(len(columns))])
    _table(book, words("rc_sheet_twice"), columns, frame)


def _notices(book: Book, found: Reconciliation, words: Words) -> None:
    rows = [(one.source, one.row, one.column, one.message) for one in found.notices]
    columns = [
        Column(words("rc_source"), 28),
        Column(words("rc_row"), 8, "whole"),
        Column(words("rc_column"), 20),
        Column(words("rc_message"), 60, "wrap"),
    ]
    frame = pd.DataFrame(rows, columns=[str(at) for at in range(len(columns))], dtype=object)
    _table(book, words("rc_sheet_notices"), columns, frame)
