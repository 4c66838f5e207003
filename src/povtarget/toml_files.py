"""TOML files that people write: read, or refused with the line and what was probably meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.errors import Fault, InputError, shown
from povtarget.sayings import either, foreign, said
from povtarget.tables import absent_file

_PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")
_LONE_BRACKET = re.compile(r"^\s*\[(?!\[)")
# The mistakes that people make in TOML by what their line looks like, most telling first.
_HINTS = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"^\s*\w+\s+\w+\s*=", "a key without spaces: unit_cost = 341_000"),
        (r"[“”„‘’]", "straight quotes, \" or '"),
        (r"=\s*(?:[Rr]p\.?\s*)?[-+]?[0-9]+(?:[.,][0-9]*)*", "a number such as 1_500_000 or 0.5"),
        (r"=\s*\".*\".*\"", "single quotes within double ones"),
        (r"=\s*(?:[^\W\d]|$)", 'a number, or text in quotes: name = "pkh"'),
    )
]


def read_toml(path: str | PathLike[str], kinds: Sequence[str]) -> dict[str, Any]:
    r"""Return what a TOML file says.

    Parameters
    ----------
    path
        The file; a byte order mark, as Notepad writes it, is no part of the text.
    kinds
        Names of the entries that it may have, for hints: ``[[budget]]``.

    Raises
    ------
    InputError
        Where the file is not there, cannot be read or is no TOML: with the row, and what its
        line was probably meant to be.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "programs.toml")
    ...     size = file.write_text("[[budget]]\namount = 1.500.000")
    ...     try:
    ...         read_toml(file, ["budget", "program"])
    ...     except InputError as error:
    ...         print(error.problems[0].row, error.problems[0].expected)
    2 a number such as 1_500_000 or 0.5
    """
    file = Path(path)
    if not file.exists():
        raise InputError([absent_file(file)])
    try:
        text = file.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text)
    except OSError as failure:
        fault = Fault(
            said("cannot be read: {reason}", reason=foreign(failure.strerror)), str(file)
        )
    except UnicodeDecodeError:
        fault = Fault("not a text in UTF-8", file.name, expected="a file saved as UTF-8")
    except RecursionError:
        fault = Fault("arrays or tables too deep within each other", file.name)
    except tomllib.TOMLDecodeError as failure:
        fault = _syntax_fault(str(failure), text, file.name, kinds)
    except ValueError:  # Python refuses to read integers of thousands of digits
        fault = Fault("a number has too many digits", file.name, expected="rupiah")
    raise InputError([fault])


def _syntax_fault(message: str, text: str, source: str, kinds: Sequence[str]) -> Fault:
    once = "each key once" if message.startswith("Cannot overwrite") else None
    place = _PLACE.search(message)
    if place is None:  # at the end of the document
        expected = once or "an end of each text and list, a value after each '='"
        return Fault(
            said("not TOML: {message}", message=foreign(message)), source, expected=expected
        )
    row, column = map(int, place.groups())
    line = text.replace("\r\n", "\n").split("\n")[row - 1]
    reason = said(
        "not TOML at column {column}: {message}",
        column=column,
        message=foreign(message[: place.start()]),
    )
    return Fault(
        reason, source, row, None, shown(line.strip()) or None, once or _hint(line, kinds)
    )


def _hint(line: str, kinds: Sequence[str]) -> str | None:
    if _LONE_BRACKET.search(line):
        *most, last = [f"[[{kind}]]" for kind in kinds]
        listed = either([", ".join(most), last]) if most else last
        return said("{listed} in double brackets for each entry", listed=listed)
    return next((hint for pattern, hint in _HINTS if pattern.search(line)), None)
