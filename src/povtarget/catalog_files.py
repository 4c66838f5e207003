"""Catalogues in files: TOML that a person writes, a workbook, and plain content for JSON.

All three become entries, one for each budget, program and rule; from there on one path reads
the numbers, builds the objects and reports every fault together, each at its place. A faulty
entry gets the benefit of the doubt: what it leaves open is no fault of another entry, so a
budget is not called unused because the program that it pays could not be read.

Currently implemented:

- ``read_catalog``: a ``.toml`` or ``.xlsx`` file as a `Catalog`;
- ``catalog_to_dict``, ``catalog_from_dict``: a catalogue as plain content, and back, exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.catalog_entries import (
    FIELDS,
    KINDS,
    NUMBERS,
    REQUIRED,
    Content,
    Entry,
    Parsed,
    parse_entries,
)
from povtarget.errors import Fault, InputError, nearest, shown
from povtarget.numbers import DecimalSign, as_objects, clean_text, is_missing
from povtarget.programs import Catalog
from povtarget.sayings import foreign, said
from povtarget.tables import Table, absent_file, read_table, sheet_names
from povtarget.toml_files import read_toml

_WORKBOOKS = (".xlsx", ".xlsm")
_LONGEST_CODE = 10**15  # whole numbers from here on may have lost digits in a spreadsheet


def read_catalog(path: str | PathLike[str], *, decimal: DecimalSign | None = None) -> Catalog:
    """Read a catalogue from a ``.toml`` or ``.xlsx`` file.

    A TOML file has one ``[[budget]]``, ``[[program]]`` or ``[[rule]]`` for each entry. A
    workbook has the sheets budgets, programs and, where there are rules, rules; columns are
    the same fields, an empty cell leaves its field out, and a rule's programs stand in one
    cell with "," or ";" between them. Other sheets are not read.

    Parameters
    ----------
    path
        The file.
    decimal
        "," or "." where numbers are written as text and their form leaves it open.

    Raises
    ------
    InputError
        With every fault: file, entry or row, column, value, and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> text = '''
    ... [[budget]]
    ... name = "Dinsos-P2KB / APBD Kota"
    ... amount = 281_325_000
    ... [[program]]
    ... name = "lansia_kota"
    ... need = "food"
    ... budget = "Dinsos-P2KB / APBD Kota"
    ... unit_cost = 341_000
    ... benefit = "Rp 341.000"
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "programs.toml")
    ...     size = file.write_text(text)
    ...     catalog = read_catalog(file)
    >>> catalog.programs[0].benefit, catalog.budgets[0].amount
    (341000, 281325000)
    """
    return parse_catalog(path, decimal=decimal).usable()


def parse_catalog(path: str | PathLike[str], *, decimal: DecimalSign | None = None) -> Parsed:
    """Read a catalogue as far as it can be read, and say everything that is wrong with it.

    Parameters are those of `read_catalog`; a file that cannot be read at all raises.
    """
    file = Path(path)
    kind = file.suffix.lower()
    if kind not in (".toml", *_WORKBOOKS):
        raise InputError(
            [
                Fault(
                    said("a catalogue is not read from files of type '{kind}'", kind=kind),
                    file.name,
                    expected="a .toml or .xlsx file",
                )
            ]
        )
    if not file.exists():
        raise InputError([absent_file(file)])
    try:
        content = _toml_content(file) if kind == ".toml" else _workbook_content(file)
    except OSError as failure:
        raise InputError(
            [Fault(said("cannot be read: {reason}", reason=foreign(failure.strerror)), str(file))]
        ) from failure
    return parse_entries(content, decimal)


def catalog_to_dict(catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    """Return a catalogue as plain content: lists, dicts, texts and numbers.

    The keys are those of the TOML file. A field that is None is left out.

    Examples
    --------
    >>> from povtarget.programs import Budget, Program
    >>> line = Budget("Dinkes / APBD", amount=100)
    >>> food = Program("pmt", need="food", budget=line.name, unit_cost=1, benefit=1)
    >>> catalog = Catalog(programs=[food], budgets=[line])
    >>> catalog_from_dict(catalog_to_dict(catalog), "catalog.json") == catalog
    True
    """
    entries = {"budget": catalog.budgets, "program": catalog.programs, "rule": catalog.rules}
    return {
        kind: [
            {
                name: _plain(getattr(entry, name))
                for name in FIELDS[kind]
                if getattr(entry, name) is not None
            }
            for entry in entries[kind]
        ]
        for kind in KINDS
    }


def catalog_from_dict(content: Mapping[str, Any], source: str) -> Catalog:
    """Return the catalogue that `catalog_to_dict` made plain, equal to it in every field.

    Parameters
    ----------
    content
        Lists of entries under "budget", "program" and "rule".
    source
        What a fault calls the content.

    Raises
    ------
    InputError
        With every fault: entry, column, value, and what was expected.

    Examples
    --------
    >>> line = {"name": "A", "amount": 1}
    >>> food = {"name": "p", "need": "food", "budget": "A", "unit_cots": 1, "benefit": 1}
    >>> catalog_from_dict({"budget": [line], "program": [food]}, "c.json")
    Traceback (most recent call last):
    povtarget.errors.InputError: 1 problem in the input
      - c.json, program 1 (p): unknown key 'unit_cots' (did you mean 'unit_cost'?)
    """
    return parse_entries(_mapped_content(content, source), None).usable()


def _plain(value: Any) -> Any:
    """Return a field's value as JSON has it: NumPy's numbers are none of its own."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.item() if hasattr(value, "item") else value


def _toml_content(file: Path) -> Content:
    return _mapped_content(_cleaned(read_toml(file, [*KINDS])), file.name)


def _cleaned(value: Any) -> Any:
    """Return content of a TOML file without spaces around its texts."""
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return clean_text(value) if isinstance(value, str) else value


def _near(name: str, words: Iterable[str]) -> str:
    """Return the word that ``name`` is a misspelling of, "" for none."""
    words = [*words]
    hint = nearest(name.casefold(), words)
    return next((word for word in words if f"'{word}'" in hint), "")


def _meant(names: Iterable[str], known: Sequence[str]) -> dict[str, str]:
    """Return for each unknown name the absent known one that it stands for, "" for none.

    A misspelt name is reported, and read as what it most likely is: so its content is judged
    too, and nobody is told that what they misspelt is missing.
    """
    names = [*names]
    free = [name for name in known if name not in names]
    meant = {}
    for name in names:
        if name not in known:
            meant[name] = _near(name, free)
            free = [word for word in free if word != meant[name]]
    return meant


def _hint(name: str, meant: str, known: Iterable[str]) -> str:
    word = meant or _near(name, known)
    return (
        said("did you mean '{word}'?", word=word)
        if word
        else said("one of: {names}", names=", ".join(known))
    )


def _mapped_content(data: object, source: str) -> Content:
    """Return the entries of a TOML file or of what `catalog_to_dict` returned."""
    content = Content(source)
    if not isinstance(data, Mapping):
        message = "not a mapping of 'budget', 'program' and 'rule' to entries"
        raise InputError([Fault(message, source, value=shown(data))])
    for name, value in data.items():
        kind = name if name in KINDS else _near(str(name), KINDS)
        if kind != name:
            hint = _hint(str(name), kind, KINDS)
            fault = Fault(said("unknown key '{name}'", name=shown(name)), source, expected=hint)
            content.faults.append(fault)
        if kind:
            _add_table(content, kind, value, f"{source}, {name}")
    for kind in ("budget", "program"):
        if not content.entries[kind] and kind not in content.closed:
            expected = said("one '{kind}' entry or more", kind=kind)
            content.faults.append(
                Fault(said("there is no {kind}", kind=kind), source, expected=expected)
            )
            content.closed.add(kind)
    return content


def _add_table(content: Content, kind: str, value: object, place: str) -> None:
    """Add the entries of one kind, which should be a list of tables."""
    if not isinstance(value, list | tuple):
        is_table = isinstance(value, Mapping)
        content.faults.append(
            Fault(
                "one table, not a list of tables" if is_table else "not a list of tables",
                place,
                value=None if is_table else shown(value),
                expected=said("[[{kind}]] in double brackets for each entry", kind=kind),
            )
        )
        content.closed.add(kind)  # the one may be meant for more
        value = [value] if is_table else []
    before = len(content.entries[kind])  # the table may be there under two names
    for number, raw in enumerate(value, 1):
        if isinstance(raw, Mapping):
            entry = _mapped_entry(kind, before + number, raw, f"{place} {number}")
            content.entries[kind].append(entry)
        else:
            content.faults.append(
                Fault(
                    "not a table",
                    f"{place} {number}",
                    value=shown(raw),
                    expected="fields and their values",
                )
            )
            content.closed.add(kind)


def _mapped_entry(kind: str, number: int, raw: Mapping[str, Any], place: str) -> Entry:
    names, known = [str(name) for name in raw], FIELDS[kind]
    meant = _meant(names, known)
    cells = {
        meant.get(name, name): cell
        for name, cell in zip(names, raw.values(), strict=True)
        if meant.get(name, name) and cell is not None  # a null of JSON says nothing
    }
    label = cells.get("kind" if kind == "rule" else "name")
    source = f"{place} ({shown(label)})" if isinstance(label, str) and label else place
    entry = Entry(kind, number, source, None, cells)
    for name, instead in meant.items():
        hint = _hint(name, instead, known)
        entry.report(Fault(said("unknown key '{name}'", name=shown(name)), expected=hint))
    return entry


def _workbook_content(file: Path) -> Content:
    content = Content(file.name)
    sheets = {sheet.casefold(): sheet for sheet in sheet_names(file)}
    titles = {f"{kind}s": kind for kind in KINDS}
    instead = {title: name for name, title in _meant(sheets, [*titles]).items()}
    for title, kind in titles.items():
        sheet = sheets.get(title) or sheets.get(instead.get(title, ""))
        is_needed = kind != "rule"
        if title not in sheets and (sheet or is_needed):
            there = said("there are {names}", names=", ".join(map(repr, sheets.values())))
            hint = said("{there}; rename '{sheet}'?", there=there, sheet=sheet) if sheet else there
            fault = Fault(
                said("there is no sheet '{title}'", title=title),
                file.name,
                expected=said("it; {hint}", hint=hint),
            )
            content.faults.append(fault)
        if sheet is None:
            content.closed |= {kind} if is_needed else set()
            continue
        try:
            table = read_table(file, sheet=sheet, allow_empty=not is_needed)
        except InputError as error:
            content.faults += error.problems
            content.closed.add(kind)
        else:
            _add_sheet(content, kind, table)
    return content


def _add_sheet(content: Content, kind: str, table: Table) -> None:
    """Add the entries of one sheet; what its header lacks is said once, not in each row."""
    header, known = [str(name) for name in table.frame.columns], FIELDS[kind]
    meant = _meant(header, known)
    at = table.first_row - 1
    for name, instead in meant.items():
        hint = _hint(name, instead, known)
        content.faults.append(Fault("unknown column", table.name, at, name, expected=hint))
    columns = {
        meant.get(name, name): as_objects(table.frame[name])
        for name in header
        if meant.get(name, name)
    }
    absent = [name for name in REQUIRED[kind] if name not in columns]
    for name in absent:
        content.faults.append(Fault("the column is missing", table.name, at, name))
    for index, row in enumerate(table.rows.tolist()):
        cells = {
            name: _cell(name, column[index])
            for name, column in columns.items()
            if not is_missing(column[index])
        }
        content.entries[kind].append(Entry(kind, row, table.name, row, cells, absent))


def _cell(column: str, cell: Any) -> Any:
    """Return a spreadsheet's cell as TOML would have it.

    A spreadsheet knows no whole numbers apart from others, makes a number of a name such as
    2025 without asking, and has no lists.
    """
    if isinstance(cell, str):
        cell = clean_text(cell)
    elif isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if column not in NUMBERS and type(cell) is int and abs(cell) < _LONGEST_CODE:
        cell = str(cell)
    if column == "programs" and isinstance(cell, str):
        return [name for name in map(clean_text, re.split("[,;\n]", cell)) if name]
    return cell
