"""A problem from its files: all of them are read before anyone is told of a fault."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from povtarget.asked_cells import asked_cells
from povtarget.catalog_entries import Parsed
from povtarget.catalog_files import parse_catalog
from povtarget.errors import Fault, InputError, PovtargetWarning, gathered, merged
from povtarget.households import MEASURES, Households, parse_households
from povtarget.numbers import DecimalSign
from povtarget.plausibility import odd_amounts, odd_line, odd_rows
from povtarget.problem import TargetingProblem
from povtarget.receipts import parse_locks, parse_receipts
from povtarget.references import Known, lock_faults, receipt_findings
from povtarget.standing import column_faults
from povtarget.tables import Table, read_table

_CALLER = 4  # frames from a warning to who asked for the problem
_File = str | PathLike[str]


def read_problem(
    households: _File,
    catalog: _File,
    *,
    receipts: _File | None = None,
    locks: _File | None = None,
    poverty_line: float | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
    places: Any = None,
    **settings: Any,
) -> TargetingProblem:
    r"""Read a problem from its files, or report the faults of all of them together.

    What the catalogue asks of the households' columns is judged as far as both can be read:
    neither a size of 0 nor a misspelt budget hides an unknown column in an eligibility.

    Parameters
    ----------
    households
        As for `read_households`, and so are ``poverty_line``, ``columns``, ``sheet`` and
        ``places``.
    catalog
        As for `read_catalog`.
    receipts, locks
        As for `read_receipts` and `read_locks`; None: there are none.
    decimal
        "," or "." where numbers are text and their form leaves it open, in every file.
    settings
        Others of `TargetingProblem`, by name: objective, overlap, constraints, max_bundle,
        year, receipts_in_consumption.

    Raises
    ------
    InputError
        With every fault of every file. Whether a household can get what locks agree can only be
        said once all files are readable.

    Warns
    -----
    PovtargetWarning
        Of what is possible but odd, once for each kind, with its rows: see
        `povtarget.plausibility` and `povtarget.references`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     people = pathlib.Path(folder, "people.csv")
    ...     programs = pathlib.Path(folder, "programs.toml")
    ...     _ = people.write_text("household_id,size,consumption,elderly\n1,0,400000,1\n")
    ...     _ = programs.write_text('''
    ...         [[budget]]
    ...         name = "Dinsos"
    ...         amount = 1_000_000
    ...         [[program]]
    ...         name = "food"
    ...         need = "food"
    ...         budget = "Dinsos"
    ...         unit_cost = 100_000
    ...         benefit = 100_000
    ...         eligibility = "elderli > 0"''')
    ...     try:
    ...         read_problem(people, programs, poverty_line=513_243)
    ...     except InputError as error:
    ...         print([fault.column for fault in error.problems])
    ['size', 'elderli']
    """
    faults: list[Fault] = []
    told: list[Fault] = []  # of rows, which leave the others readable
    table = gathered(
        faults, lambda: read_table(households, sheet=sheet, columns=columns, faults=told)
    )
    people, rows = None, np.empty(0, dtype=np.int64)
    if table is not None:
        people, found, rows = parse_households(
            table, poverty_line=poverty_line, decimal=decimal, places=places
        )
        faults += merged(told, found)
    programs = gathered(faults, lambda: parse_catalog(catalog, decimal=decimal))
    faults += () if programs is None else programs.faults
    known = Known(_identifiers(people, table), _names(programs))
    has = None if receipts is None else _receipts(receipts, decimal, known, faults)
    if locks is not None:
        agreed = gathered(faults, lambda: parse_locks(locks))
        faults += () if agreed is None else lock_faults(*agreed, known)
    judged = people
    if people is not None and table is not None and programs is not None:
        judged, found = asked_cells(people, table, rows, programs.programs, decimal=decimal)
        faults += found
    _warn([*odd_rows(people, table, rows), *odd_line(people)] if people and table else [])
    _warn([] if programs is None else odd_amounts(programs.programs))
    if people is None or programs is None or programs.catalog is None or faults:
        if judged is not None and programs is not None:
            faults += column_faults(_stand_in(judged), programs.programs)
        raise InputError(faults)
    return TargetingProblem(people, programs.catalog, receipts=has, locks=locks, **settings)


def _identifiers(households: Households | None, table: Table | None) -> list[str] | None:
    """Identifiers of households, None where they could not be read."""
    if households is None or table is None or "household_id" not in table.frame:
        return None
    return [str(one) for one in households.household_id if one]


def _names(programs: Parsed | None) -> list[str] | None:
    return None if programs is None else [program.name for program in programs.programs]


def _receipts(
    source: _File, decimal: DecimalSign | None, known: Known, faults: list[Fault]
) -> pd.DataFrame | None:
    """Receipts; what they name that there is not is a fault or a warning."""
    read = gathered(faults, lambda: parse_receipts(source, decimal=decimal))
    if read is None:
        return None
    found, told = receipt_findings(*read, known)
    faults += found
    _warn(told)
    return read[0]


def _warn(told: Iterable[str]) -> None:
    for text in told:
        warnings.warn(text, PovtargetWarning, stacklevel=_CALLER)


def _stand_in(households: Households) -> Households:
    """Households in which what could not be read is 1, so that nobody is told of it twice."""
    measures: dict[str, Any] = {name: getattr(households, name) for name in MEASURES}
    whole = {name: np.where(np.isnan(cells), 1.0, cells) for name, cells in measures.items()}
    return replace(households, **whole)  # type: ignore[arg-type]
