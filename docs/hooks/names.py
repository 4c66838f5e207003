"""Parameters that share a description each get their own type and default.

The house writes ``low, high`` above one text; griffe would show the type of the first for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from griffe import Extension, Object

_HEAD = re.compile(r"^Parameters\n-+\n", re.MULTILINE)
_SECTION = re.compile(r"^[A-Z][A-Za-z ]+\n-{3,}\n", re.MULTILINE)
_NAMES = re.compile(r"^\w+(, \w+)+$")


class SharedNames(Extension):
    """Write one entry for each of the names before they are read."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Split the entries of a docstring's parameters."""
        if obj.docstring is not None:
            obj.docstring.value = split_names(obj.docstring.value)


def split_names(text: str) -> str:
    """Return a numpy docstring in which every parameter has an entry of its own."""
    head = _HEAD.search(text)
    if head is None:
        return text
    following = _SECTION.search(text, head.end())
    end = len(text) if following is None else following.start()
    return text[: head.end()] + "".join(_entries(text[head.end() : end])) + text[end:]


def _entries(section: str) -> Iterator[str]:
    for entry in re.split(r"^(?=\S)", section, flags=re.MULTILINE):
        names, _, rest = entry.partition("\n")
        each = names.split(", ") if _NAMES.match(names) else [names] if entry else []
        yield from (f"{name}\n{rest}" for name in each)
