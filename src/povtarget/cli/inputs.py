"""Files that commands read together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from povtarget.errors import Fault, InputError


def read_together(readers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each reader gives, by name.

    Raises
    ------
    InputError
        With the faults of all of them.
    """
    faults: list[Fault] = []
    read: dict[str, Any] = {}
    for name, reader in readers.items():
        try:
            read[name] = reader()
        except InputError as error:
            faults += error.problems
    if faults:
        raise InputError(faults)
    return read
