"""Hints in the words of the command line: what Python calls an argument is an option here.

A message that tells of an argument writes it once, in brackets at the end of what it means: "a
list of places (places=)". Of these and of faults that name an argument, this module makes the
option of the command that runs; where the command has none, the brackets go, and what is left
must still be true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from povtarget.errors import Fault, InputError, PovtargetError, fault_text

_HINT = re.compile(r" ?\(([a-z_]+)=([^()]*)\)")
_RENAME = re.compile(r"\{'([^']*)': (?:'([^']*)'|\.\.\.)\}")
_QUESTION = re.compile(r"[a-z_ ]*")  # a fault's source that is no file
_OPTIONS = {
    "places": "areas",
    "columns": "column",
    "rate_now": "rate_from",
    "rate_goal": "rate_to",
    "solve_again": "more_money",
}
"""What a command calls an argument, where its name is another."""

_OF_FIRST_FILE = ("sheet", "columns", "places")
"""Options that speak of the first file of a command only."""


class Hints:
    """The names of one command's options, and the file that its options speak of.

    Parameters
    ----------
    options
        What a person writes, by the name of the parameter.
    file
        The name of the first file, "" where there is none.

    Examples
    --------
    >>> hints = Hints({"areas": "--areas", "column": "--column"}, "warga.xlsx")
    >>> hints.text("A list of places (places=) tells.")
    'A list of places (--areas) tells.'
    >>> hints.text("a column (columns={'decile': 'Desil'})")
    "a column (--column decile='Desil')"
    >>> hints.text("a new folder, or leave to replace it (force=True)")
    'a new folder, or leave to replace it'
    """

    def __init__(self, options: Mapping[str, str], file: str = "") -> None:
        self._options, self._file = options, file

    @classmethod
    def of(cls, command: Callable[..., None], given: Mapping[str, Any]) -> Hints:
        """Those of a command, called with these values."""
        options, files = {}, []
        for name, kind in get_type_hints(command, include_extras=True).items():
            for info in getattr(kind, "__metadata__", ()):
                if isinstance(info, OptionInfo):
                    options[name] = _written(info)
                elif isinstance(info, ArgumentInfo):
                    options[name] = str(info.metavar or name.upper())
                    value = given.get(name)
                    files += [value.name] if isinstance(value, Path) else []
        return cls(options, files[0] if files else "")

    def text(self, message: str, source: str | None = None) -> str:
        """A message with the hints in it as options.

        Parameters
        ----------
        message
            What is said.
        source
            The file of a fault; options that speak of another file are left out.
        """

        def option(found: re.Match[str]) -> str:
            name = self._option(found[1])
            is_other = source is not None and not source.startswith(self._file)
            if name is None or (is_other and found[1] in _OF_FIRST_FILE):
                return ""
            value = _RENAME.sub(_renamed, found[2])
            return f" ({name})" if value in ("", "True") else f" ({name} {value})"

        return _HINT.sub(option, message)

    def fault(self, fault: Fault) -> Fault:
        """A fault with its hints, and with the option that it speaks of as its place."""
        expected = None if fault.expected is None else self.text(fault.expected, fault.source)
        told = replace(fault, message=self.text(fault.message, fault.source), expected=expected)
        return self._placed(told)

    def told(self, fault: Fault, say: Callable[[str], str]) -> str:
        """The same in words; ``say`` says a text of the library in a language.

        Hints are looked for in what is said: in every language a template keeps its brackets.
        """
        return fault_text(self._placed(fault), say, partial(self.text, source=fault.source))

    def error(self, error: PovtargetError) -> PovtargetError:
        """An error of input with all of its faults so, in English: for other tools."""
        if not isinstance(error, InputError):
            return error
        return InputError([self.fault(fault) for fault in error.problems])

    def _placed(self, fault: Fault) -> Fault:
        if fault.row is not None or not _QUESTION.fullmatch(fault.source):
            return fault
        name = self._option(fault.column if fault.column is not None else fault.source)
        if name is None or not name.startswith("--"):
            return fault
        return replace(fault, source=name, column=None)

    def _option(self, argument: str) -> str | None:
        name = _OPTIONS.get(argument, argument)
        return self._options.get(name, self._options.get(argument))


def _written(option: OptionInfo) -> str:
    """What a person writes; where annotated, typer keeps the first name as the default."""
    names = [name for name in (option.default, *(option.param_decls or ())) if name]
    return max((name.partition("/")[0] for name in map(str, names)), key=len)


def _renamed(found: re.Match[str]) -> str:
    return f"{found[1]}={found[2]!r}" if found[2] is not None else f"{found[1]}=..."


_RUNNING: ContextVar[Hints] = ContextVar("hints of the command that runs")


def running() -> Hints:
    """The hints of the command that runs; those of no command where none does."""
    return _RUNNING.get(Hints({}))


def with_hints(command: Callable[..., None]) -> Callable[..., None]:
    """The same command, whose options are known to what is told while it runs."""

    @wraps(command)
    def run(**given: Any) -> None:
        token = _RUNNING.set(Hints.of(command, given))
        try:
            command(**given)
        finally:
            _RUNNING.reset(token)

    return run
