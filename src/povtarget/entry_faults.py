"""What is wrong with the fields of an entry of a catalogue, and with lists of entries."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping

from povtarget.errors import Fault
from povtarget.sayings import said


def kind_faults(entries: object, kind: type, source: str, column: str) -> Iterator[Fault]:
    """Say what is no list of entries of a kind."""
    expected = f"[{kind.__name__}(...), ...]"
    if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
        found = type(entries).__name__
        yield Fault("not a list of entries", source, None, column, found, expected)
        return
    for found in sorted(
        {type(entry).__name__ for entry in entries if not isinstance(entry, kind)}
    ):
        yield Fault(
            said("not a {kind}", kind=kind.__name__), source, None, column, found, expected
        )


def is_number(value: object) -> bool:
    """Say whether a value is a finite number, and no truth."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) <= sys.float_info.max  # as math.isfinite, but of ints of any length too


def number_faults(
    entry: object, column: str, *, most: float = math.inf, whole: bool = False
) -> Iterator[Fault]:
    """Say whether a field is no number from 0 to ``most``, or no whole one."""
    value = getattr(entry, column)
    number = value.item() if hasattr(value, "item") else value
    expected = "a whole number, 0 or more" if whole else "a finite number, 0 or more"
    if most != math.inf:
        expected = said("a number from 0 to {most:g}", most=most)
    if not is_number(number) or not 0 <= number <= most or (whole and number != int(number)):
        yield Fault("not a usable number", column=column, value=str(value), expected=expected)


def text_faults(
    entry: object, required: Iterable[str], optional: Iterable[str]
) -> Iterator[Fault]:
    """Say which fields are no texts, and which are empty that must not be."""
    for column in required:
        value = getattr(entry, column)
        if not isinstance(value, str) or not value.strip():
            yield Fault(
                "missing", column=column, value=str(value), expected="a text that is not empty"
            )
    for column in optional:
        value = getattr(entry, column)
        if not isinstance(value, str):
            yield Fault("not a text", column=column, value=str(value))
