"""The files that commands read together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from povtarget.catalog_files import read_catalog
from povtarget.cli.options import Sign, decimal_sign
from povtarget.errors import Fault, InputError
from povtarget.households import read_households
from povtarget.problem import TargetingProblem
from povtarget.receipts import read_locks, read_receipts


def read_problem(
    households: Path,
    catalog: Path,
    receipts: Path | None,
    locks: Path | None,
    poverty_line: float | None,
    decimal: Sign | None,
    max_bundle: int,
) -> TargetingProblem:
    """Read every file, and report the faults of all of them together."""
    sign = decimal_sign(decimal)
    readers: dict[str, Callable[[], Any]] = {
        "households": lambda: read_households(households, poverty_line=poverty_line, decimal=sign),
        "catalog": lambda: read_catalog(catalog, decimal=sign),
        "receipts": lambda: None if receipts is None else read_receipts(receipts, decimal=sign),
        "locks": lambda: None if locks is None else read_locks(locks),
    }
    read = read_together(readers)
    return TargetingProblem(
        read["households"],
        read["catalog"],
        receipts=read["receipts"],
        locks=read["locks"],
        max_bundle=max_bundle,
    )


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
