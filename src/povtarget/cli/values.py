"""Values as a planner writes them on a command line: 5,86 %, 311.000, 7.000-8.000, 2023-2026."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import typer

from povtarget.cli.speech import spoken
from povtarget.locale import Words
from povtarget.numbers import parse_numbers

_GROUPED = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_DASHES = re.compile(r"\s*[-\u2013]\s*")


def rate(text: str) -> float:
    """A share: 5.86%, 5,86 % or 0.0586; a bare number above 1 is refused, not guessed.

    Examples
    --------
    >>> rate("5,86 %") == rate("5.86%") == rate("0.0586") == 0.0586
    True
    """
    number = text.strip().removesuffix("%").strip()
    if not _PLAIN.fullmatch(number):
        _refuse("q_bad_rate", text)
    value = Decimal(number.replace(",", "."))
    if text.strip().endswith("%"):
        return float(value / 100)  # in decimals: 5.86 / 100 is not 0.0586 to the last bit
    if abs(value) > 1:
        _refuse("q_bad_rate", text)
    return float(value)


def rupiah(text: str) -> float:
    """An amount above 0: what could be thousands is thousands, since no rupiah has thousandths.

    Examples
    --------
    >>> rupiah("513.243") == rupiah("513,243") == rupiah("Rp 513243") == 513243
    True
    >>> rupiah("513.243,50")
    513243.5
    """
    stripped = text.strip()
    money = stripped if stripped.casefold().startswith("rp") else f"Rp {stripped}"
    (value,), faults = parse_numbers([money], column="", source="")
    if faults or value <= 0:
        _refuse("q_bad_rupiah", text)
    return float(value)


def number(text: str) -> float:
    """A number with a decimal comma or point, without grouped thousands.

    Examples
    --------
    >>> number("1,11"), number("1.11")
    (1.11, 1.11)
    """
    if not _PLAIN.fullmatch(text.strip()):
        _refuse("q_bad_number", text)
    return float(text.strip().replace(",", "."))


def count(text: str) -> float:
    """A whole number, thousands grouped or not.

    Examples
    --------
    >>> count("311000"), count("311.000"), count("1,234,567")
    (311000.0, 311000.0, 1234567.0)
    """
    stripped = text.strip()
    if not _GROUPED.fullmatch(stripped):
        _refuse("q_bad_count", text)
    return float(re.sub(r"[., ]", "", stripped))


def counts(text: str) -> tuple[float, float]:
    """A whole number, or a range of two.

    Examples
    --------
    >>> counts("7.000-8.000"), counts("30000")
    ((7000.0, 8000.0), (30000.0, 30000.0))
    """
    ends = _DASHES.split(text.strip())
    if len(ends) > 2:
        _refuse("q_bad_count", text)
    return count(ends[0]), count(ends[-1])


def years(text: str) -> tuple[int, ...]:
    """Years in a row: 2023-2026, or one.

    Examples
    --------
    >>> years("2023-2026"), years("2023")
    ((2023, 2024, 2025, 2026), (2023,))
    """
    ends = _DASHES.split(text.strip())
    if len(ends) > 2 or not all(re.fullmatch("[12][0-9]{3}", end) for end in ends):
        _refuse("q_bad_years", text)
    first, last = int(ends[0]), int(ends[-1])
    if not first <= last < first + 50:
        _refuse("q_bad_years", text)
    return tuple(range(first, last + 1))


def named(read: Callable[[str], float]) -> Callable[[str], tuple[str, float]]:
    """A reader of NAME=VALUE.

    Examples
    --------
    >>> named(count)("DTKS=124.000")
    ('DTKS', 124000.0)
    """

    def pair(text: str) -> tuple[str, float]:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip():
            _refuse("q_bad_pair", text)
        return name.strip(), read(value)

    return pair


def factor(text: str) -> float:
    """A factor of 0 or more: 1.1, 1,1 or 110%.

    Examples
    --------
    >>> factor("1,1"), factor("110%")
    (1.1, 1.1)
    """
    value = rate(text) if text.strip().endswith("%") else number(text)
    if value < 0:
        _refuse("q_bad_number", text)
    return value


def known(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given; the others keep the library's defaults."""
    return {name: value for name, value in options.items() if value is not None}


def sure(value: float | None) -> float:
    """A value that usage has made sure of."""
    assert value is not None
    return value


def _refuse(key: str, text: str) -> NoReturn:
    """Say what was expected."""
    raise typer.BadParameter(Words(spoken())(key, text=text))
