"""Errors in a person's language."""

from __future__ import annotations

from collections.abc import Callable

from povtarget.errors import (
    SHOWN_FAULTS,
    Change,
    Fault,
    InfeasibleError,
    InputError,
    PovtargetError,
    fault_text,
)
from povtarget.locale import Words


def error_text(
    words: Words, error: PovtargetError, tell: Callable[[Fault], str] | None = None
) -> str:
    """What an error says, below its headline.

    Parameters
    ----------
    words
        The language.
    error
        What is said.
    tell
        Says one fault, if it is not to be said as `fault_text` does.

    Examples
    --------
    >>> print(error_text(Words("id"), InfeasibleError(["food"], [Change("food", 3, 1.5)])))
    Tidak ada rencana yang sekaligus memenuhi 'food'.
      - turunkan 'food' dari 3 menjadi 1,5
    """
    if isinstance(error, InputError):
        count = len(error.problems)
        lines = [words("problems", count=words.number(count))]
        tell = tell or (lambda fault: fault_text(fault, words.said))
        lines += [f"  - {tell(fault)}" for fault in error.problems[:SHOWN_FAULTS]]
        if count > SHOWN_FAULTS:
            lines.append(words("problems_more", count=words.number(count - SHOWN_FAULTS)))
        return "\n".join(lines)
    if isinstance(error, InfeasibleError):
        rows = ", ".join(f"'{words.said(name)}'" for name in error.conflict) or words("the_rows")
        lines = [words("no_plan", rows=rows)]
        lines += [f"  - {change_text(words, change)}" for change in error.remedy]
        return "\n".join([*lines, f"  {words.said(error.note)}"] if error.note else lines)
    return words.said(error.args[0]) if error.args else ""


def change_text(words: Words, change: Change) -> str:
    """A change of a remedy.

    Examples
    --------
    >>> change_text(Words("en"), Change("minimum:food", 1000, 2500.5))
    "raise 'minimum:food' from 1,000 to 2,500.5"
    """
    key = "change_raise" if change.is_raise else "change_lower"
    ends = {"current": words.exact(change.current), "needed": words.exact(change.needed)}
    return words(key, row=change.row, **ends)
