"""Errors and warnings: one root, and each carries what a program or a person needs to act.

``PovtargetError`` is the root. ``InputError`` carries every fault found in the input at once;
``InfeasibleError`` the rows that conflict and the least change that mends them;
``SolverError`` a solver that failed or lied.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from povtarget.sayings import Said, said

_Read = TypeVar("_Read")

_LONGEST_VALUE = 60
SHOWN_FAULTS = 25
"""Most faults that an error lists in words; ``problems`` has all."""
_LONG_NUMBER = re.compile(r"\d{6,}(?=\d{4})")
# The 16 digits of a NIK or a card, however they are grouped; no amount of money is as long.
_GROUPED = re.compile(r"\d(?:[ .,'’\-/]?\d){11,}(?=(?:[ .,'’\-/]?\d){4})")


def masked(value: object) -> str:
    """Return ``value`` as text in which long digit runs show their last four digits only.

    A NIK, a card number or a phone number is personal data and must not reach an error
    message or a log; a short household code may.

    Examples
    --------
    >>> masked("3375010101900001"), masked("H0001"), masked(-1)
    ('************0001', 'H0001', '-1')
    >>> masked("3375.0101.0190.0001"), masked("1.500.000.000")
    ('****.****.****.0001', '1.500.000.000')
    """
    whole = _LONG_NUMBER.sub(lambda run: "*" * len(run.group()), str(value))
    return _GROUPED.sub(lambda run: re.sub(r"\d", "*", run.group()), whole)


def shown(value: object) -> str:
    """Return a value as a fault shows it: masked, and not too long."""
    text = masked(value)
    return text[: _LONGEST_VALUE - 1] + "…" if len(text) > _LONGEST_VALUE else text


@dataclass(frozen=True)
class Fault:
    """One fault in the input: what is wrong, where, and what was expected.

    Parameters
    ----------
    message
        What is wrong, in one sentence without the place.
    source
        File, sheet or argument.
    row
        Row as a person counts it in the file (the header of a table is row 1), or None.
    column
        Column or field, or None.
    value
        The offending value as text, masked, or None.
    expected
        What would be right, or None.

    Examples
    --------
    >>> print(Fault("too small", "a.csv", row=7, column="size", value="0", expected="1 or more"))
    a.csv, row 7, column 'size': too small (value '0'; expected 1 or more)
    """

    message: str
    source: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None

    def __post_init__(self) -> None:
        # Here, so that neither repr nor `value` shows it either.
        if self.value is not None and masked(self.value) != self.value:
            object.__setattr__(self, "value", masked(self.value))

    def __str__(self) -> str:
        return fault_text(self)


def fault_text(
    fault: Fault, say: Callable[[str], str] = str, hint: Callable[[str], str] = str
) -> str:
    """Return a fault in words.

    Parameters
    ----------
    fault
        The fault.
    say
        Says a text of this library in a language (`povtarget.locale.Words.said`). What a file or
        a caller wrote, and is no `povtarget.sayings.Said`, is quoted as it is.
    hint
        Writes the hints in a message, once it is said, as whoever reads it can use them.

    Examples
    --------
    >>> fault_text(Fault("too small", "a.csv", row=7, expected="1 or more"))
    'a.csv, row 7: too small (expected 1 or more)'
    """
    place = [_quoted(fault.source, say)] if fault.source else []
    if fault.row is not None:
        place.append(say(said("row {row}", row=fault.row)))
    if fault.column is not None:
        place.append(say(said("column '{column}'", column=_quoted(fault.column, say))))
    detail = []
    if fault.value is not None:
        detail.append(say(said("value '{value}'", value=_quoted(fault.value, say))))
    if fault.expected is not None:
        is_question = fault.expected.startswith("did you mean")
        expected = hint(say(fault.expected))
        detail.append(
            expected if is_question else say(said("expected {expected}", expected=expected))
        )
    head = f"{', '.join(place)}: " if place else ""
    tail = f" ({'; '.join(detail)})" if detail else ""
    return f"{head}{hint(say(fault.message))}{tail}"


def _quoted(text: str, say: Callable[[str], str]) -> str:
    return say(text) if isinstance(text, Said) else text


class PovtargetError(Exception):
    """Root of all errors that this library raises on purpose."""


class InputError(PovtargetError, ValueError):
    """The input is not usable as it stands.

    Attributes
    ----------
    problems
        Every fault found, in the order of the input; never only the first.
    """

    def __init__(self, problems: Iterable[Fault]) -> None:
        self.problems: tuple[Fault, ...] = tuple(problems)
        super().__init__(self._text())

    def _text(self) -> str:
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count != 1 else ''} in the input"]
        lines += [f"  - {fault}" for fault in self.problems[:SHOWN_FAULTS]]
        if count > SHOWN_FAULTS:
            lines.append(f"  ... and {count - SHOWN_FAULTS} more (see .problems)")
        return "\n".join(lines)


@dataclass(frozen=True)
class Change:
    """One change that, with the others of a remedy, makes an infeasible problem feasible.

    Parameters
    ----------
    row
        Name of the row: a budget, "quota:<program>", "minimum:<program>", "floor:<area>" ...
    current, needed
        The bound as stated, and the least change of it that mends the conflict.
    """

    row: str
    current: float
    needed: float

    @property
    def is_raise(self) -> bool:
        """Whether the bound is to be raised, not lowered."""
        return self.needed > self.current

    def __str__(self) -> str:
        verb = "raise" if self.is_raise else "lower"
        return f"{verb} '{self.row}' from {self.current:,.10g} to {self.needed:,.10g}"


class InfeasibleError(PovtargetError):
    """No plan satisfies every row.

    Attributes
    ----------
    conflict
        Names of rows that cannot hold together; leaving any one out resolves this conflict.
    remedy
        The least change of bounds (relative to their size) that makes the problem feasible.
    note
        What else there is to say, or "".
    """

    def __init__(self, conflict: Iterable[str], remedy: Iterable[Change], note: str = "") -> None:
        self.conflict: tuple[str, ...] = tuple(conflict)
        self.remedy: tuple[Change, ...] = tuple(remedy)
        self.note = note
        rows = ", ".join(f"'{name}'" for name in self.conflict) or "the rows of the problem"
        lines = [f"no plan satisfies {rows} together"]
        lines += [f"  - {change}" for change in self.remedy]
        if note:
            lines.append(f"  {note}")
        super().__init__("\n".join(lines))


def gathered(faults: list[Fault], read: Callable[[], _Read]) -> _Read | None:
    """Return what ``read`` returns; where it raises an `InputError`, keep its faults instead.

    Examples
    --------
    >>> faults = []
    >>> def read():
    ...     raise InputError([Fault("too small", "a.csv")])
    >>> gathered(faults, lambda: 1), gathered(faults, read), len(faults)
    (1, None, 1)
    """
    try:
        return read()
    except InputError as error:
        faults += error.problems
        return None


def merged(told: list[Fault], more: list[Fault]) -> list[Fault]:
    """Faults of a table and of its columns: a cell that was told of is not told of twice."""
    places = {(fault.row, fault.column) for fault in told if fault.column is not None}
    return [*told, *(fault for fault in more if (fault.row, fault.column) not in places)]


def all_read(readers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return what each reader returns, by name.

    Raises
    ------
    InputError
        With the faults of all of them.
    """
    faults: list[Fault] = []
    read = {name: gathered(faults, reader) for name, reader in readers.items()}
    if faults:
        raise InputError(faults)
    return read


class SolverError(PovtargetError):
    """A solver failed, or answered what its own input contradicts."""


class PovtargetWarning(UserWarning):
    """Something that a person should know, but that does not stop the work."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the known word nearest to ``word``, or an empty string.

    Examples
    --------
    >>> nearest("unit_cots", ["unit_cost", "benefit"])
    "did you mean 'unit_cost'?"
    """
    matches = difflib.get_close_matches(word, list(known), n=1)
    return said("did you mean '{word}'?", word=matches[0]) if matches else ""
