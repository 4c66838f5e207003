"""What a plan's certificate states, read so that nothing in it is taken on trust.

Checksums find a byte that was changed by accident. Who changes the certificate and its checksums
too meets this door, and then the judge, who recomputes what it states.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.sayings import listed, said
from povtarget.stored_tables import is_text, read_table

TABLES = ("assignments", "budgets", "outcomes", "poverty")
"""Tables whose columns a certificate describes."""

_TEXTS = frozenset(
    {"household_id", "program", "agency", "budget", "need", "area", "fund", "control"}
    | {"lines", "when"}
)
_NUMBER_KIND = re.compile(r"[<>|=]?[iufb][1248]")


def _is_number(value: Any) -> bool:
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return is_one and math.isfinite(value)


def _is_number_or_none(value: Any) -> bool:
    return value is None or _is_number(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str)


_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "value": (_is_number, "a number"),
    "bound": (_is_number_or_none, "a number, or null"),
    "gap": (_is_number_or_none, "a number, or null"),
    "bound_source": (_is_word, "a text"),
    "duplicates": (_is_number, "a number"),
    "receipt_duplicates": (_is_number, "a number"),
    "status": (_is_word, "a text"),
    "asked_gap": (_is_number_or_none, "a number, or null"),
    "engine": (_is_word, "a text"),
    "runtime": (_is_number, "a number"),
    "warnings": (lambda v: isinstance(v, list) and all(map(_is_word, v)), "a list of texts"),
    "prices": (
        lambda v: isinstance(v, dict) and all(map(_is_number, v.values())),
        "a number for each name",
    ),
    "levels": (
        lambda v: isinstance(v, list) and all(map(_is_level, v)),
        "a list of objective, value and bound",
    ),
    "tables": (lambda v: isinstance(v, dict) and set(v) == set(TABLES), ", ".join(TABLES)),
}
"""Every field that is read: what it must be, in code and in words."""


def _is_level(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_word(value.get("objective"))
        and _is_number(value.get("value"))
        and "bound" in value
        and _is_number_or_none(value["bound"])
    )


def read_certificate(path: Path) -> dict[str, Any]:
    """The content of a certificate, each field of the type and shape that it must have.

    Raises
    ------
    InputError
        With every field that is missing or is something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as failure:
        fault = Fault("this is not JSON", path.name, expected="as povtarget wrote it")
        raise InputError([fault]) from failure
    if not isinstance(content, dict):
        raise InputError([Fault("holds no fields", path.name, expected="as povtarget wrote it")])
    faults = list(_faults(content, path.name))
    if faults:
        raise InputError(faults)
    return content


def _faults(content: Mapping[str, Any], source: str) -> Iterator[Fault]:
    for name, (is_right, expected) in _FIELDS.items():
        if name not in content:
            yield Fault("this field is missing", source, column=name, expected=expected)
        elif not is_right(content[name]):
            yield Fault("this field was altered", source, column=name, expected=expected)
        elif name == "tables":
            yield from _kind_faults(content[name], source)


def _kind_faults(tables: Mapping[str, Any], source: str) -> Iterator[Fault]:
    for table, kinds in tables.items():
        place = said("tables, {table}", table=table)
        if not isinstance(kinds, dict):
            yield Fault("this field was altered", source, column=place, expected="columns")
            continue
        for name, kind in kinds.items():
            is_right = is_text(kind) if name in _TEXTS else _is_number_kind(kind)
            if not is_right:
                where = listed([place, name])
                expected = "text" if name in _TEXTS else "a type of numbers"
                yield Fault("this field was altered", source, column=where, expected=expected)


def _is_number_kind(kind: Any) -> bool:
    return isinstance(kind, str) and bool(_NUMBER_KIND.fullmatch(kind))


def table_of(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A table of the folder, with the columns that its certificate states.

    Raises
    ------
    InputError
        Where the certificate states other columns, or a type that the cells are not of.
    """
    try:
        return read_table(path, kinds)
    except (KeyError, ValueError, TypeError, OverflowError) as failure:
        expected = "the columns and types as povtarget wrote them"
        message = "is not the table that the certificate states"
        raise InputError([Fault(message, path.name, expected=expected)]) from failure
