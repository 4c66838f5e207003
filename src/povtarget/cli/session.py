"""One run of a command: its words, where they go, its progress, and how it ends."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from rich.console import Console

from povtarget.cli.hints import running
from povtarget.cli.options import Lang
from povtarget.error_texts import error_text
from povtarget.errors import (
    InfeasibleError,
    InputError,
    PovtargetError,
    PovtargetWarning,
    SolverError,
)
from povtarget.locale import Words
from povtarget.progress import Announce, stages


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    BAD_INPUT = 1
    USAGE = 2
    INFEASIBLE = 3
    STOPPED = 4
    """Before the asked gap, or before any answer."""


@dataclass
class Session:
    """What a command speaks with: words, a console and, where asked for, JSON instead.

    Parameters
    ----------
    words
        Texts in the language asked for.
    console
        Standard output; silent where the answer is JSON.
    progress
        Draw a bar on standard error.
    as_json
        Print `answer` as JSON in the end, and nothing else.
    answer
        What other tools read: numbers, texts and tables (`pandas.DataFrame`).
    exit_code
        What the process ends with.
    """

    words: Words
    console: Console
    progress: bool = True
    as_json: bool = False
    answer: dict[str, Any] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.DONE

    def stages(self, total: int) -> AbstractContextManager[Announce]:
        """Give a function that announces the next of ``total`` stages on the bar."""
        return stages(self.progress, total)

    def say(self, key: str, **values: object) -> None:
        """Print the text of a key; names and folders in it are no markup."""
        self.console.print(self.words(key, **values), markup=False, soft_wrap=True)

    def tell(self, text: object) -> None:
        """Print what is no text of ours, without markup."""
        self.console.print(str(text), markup=False, soft_wrap=True, highlight=False)


@contextmanager
def session(lang: Lang, *, progress: bool = False, as_json: bool = False) -> Iterator[Session]:
    """Run a command: say what is wrong in words, print the answer, end with the right code.

    Parameters
    ----------
    lang
        Language of every text.
    progress
        Draw a bar on standard error.
    as_json
        Print one JSON object on standard output: the answer, or what is wrong.
    """
    words = Words(lang.value)
    run = Session(words, Console(quiet=as_json), progress, as_json)
    errors = Console(stderr=True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", PovtargetWarning)
            yield run
    except PovtargetError as error:
        hints = running()
        run.exit_code, run.answer = _refused(hints.error(error))
        tell = partial(hints.told, say=words.said)
        _print_error(errors, words(_headline(error)), error_text(words, error, tell))
    except BrokenPipeError:  # who reads has had enough
        raise
    except OSError as error:  # a disk that is full, a name that is too long: no fault of ours
        run.exit_code, run.answer = ExitCode.BAD_INPUT, {"error": str(error)}
        _print_error(errors, words("cannot"), str(error))
    _show_warnings(errors, words, caught)
    if as_json:
        typer.echo(as_text({"exit_code": int(run.exit_code), **run.answer}))
    if run.exit_code:
        raise typer.Exit(int(run.exit_code))


def _print_error(errors: Console, headline: str, text: str) -> None:
    errors.print(headline)
    errors.print(text, markup=False, soft_wrap=True, highlight=False)


def _show_warnings(
    errors: Console, words: Words, caught: Iterable[warnings.WarningMessage]
) -> None:
    """Say each of our warnings once, in a person's words; pass those of libraries on."""
    ours, hints = [], running()
    for warning in caught:
        if issubclass(warning.category, PovtargetWarning):
            ours.append(hints.text(_of_warning(words, warning.message)))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    for message in dict.fromkeys(ours):
        errors.print(f"{words('warnings')}: {message}", markup=False, soft_wrap=True)


def _of_warning(words: Words, warning: Warning | str) -> str:
    text = warning.args[0] if isinstance(warning, Warning) else warning
    return words.said(text)


def _headline(error: PovtargetError) -> str:
    """The key of what is said above an error."""
    if isinstance(error, InputError):
        return "bad_input"
    if isinstance(error, InfeasibleError):
        return "infeasible"
    return "failed" if isinstance(error, SolverError) else "cannot"


def _refused(error: PovtargetError) -> tuple[ExitCode, dict[str, Any]]:
    """The exit code of an error, and what it carries for other tools."""
    if isinstance(error, InputError):
        return ExitCode.BAD_INPUT, {"problems": [asdict(fault) for fault in error.problems]}
    if isinstance(error, InfeasibleError):
        remedy = [asdict(change) for change in error.remedy]
        return ExitCode.INFEASIBLE, {"conflict": list(error.conflict), "remedy": remedy}
    is_solver = isinstance(error, SolverError)  # others lack an optional package
    return ExitCode.STOPPED if is_solver else ExitCode.BAD_INPUT, {"error": str(error)}


def as_text(answer: Mapping[str, Any]) -> str:
    """An answer as JSON: tables as lists of records (by label where rows
    have one), what is not a finite number as null.

    Examples
    --------
    >>> print(as_text({"value": np.float64(1.5), "gap": math.nan, "folder": Path("a")}))
    {
      "value": 1.5,
      "gap": null,
      "folder": "a"
    }
    """
    return json.dumps(_plain(answer), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        if value.index.name is not None:
            value = value.reset_index()
        is_list = isinstance(value.index, pd.RangeIndex)
        return _plain(value.to_dict("records" if is_list else "index"))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return str(value) if isinstance(value, Path) else value
