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
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.errors import Fault, InputError, masked, nearest
from povtarget.numbers import DecimalSign, as_objects, clean_text, is_missing, parse_numbers
from povtarget.programs import Budget, Catalog, Program, Rule
from povtarget.tables import Table, read_table, sheet_names

_KINDS: dict[str, type[Budget] | type[Program] | type[Rule]] = {
    "budget": Budget,
    "program": Program,
    "rule": Rule,
}
_FIELDS = {kind: [part.name for part in fields(made)] for kind, made in _KINDS.items()}
_REQUIRED = {
    kind: [part.name for part in fields(made) if part.default is MISSING]
    for kind, made in _KINDS.items()
}
_NUMBERS = frozenset(
    {
        "amount",
        "unit_cost",
        "benefit",
        "conversion",
        "success",
        "quota",
        "minimum",
        "delay_years",
        "duration_years",
        "weight",
        "window_years",
    }
)

# What stands for a required field that could not be read, so that the others are still judged.
_STAND_IN: dict[str, Any] = {
    "name": "-",
    "need": "-",
    "budget": "-",
    "unit_cost": 0,
    "benefit": 0,
    "amount": 0,
    "kind": "penalise",
    "programs": ("1", "2"),
}
_NOBODY = "\0" * 99  # begins names that no file has, and that are near to no word in a hint

_WORKBOOKS = (".xlsx", ".xlsm")
_LONGEST_CODE = 10**15  # whole numbers from here on may have lost digits in a spreadsheet
_LONGEST_SHOWN = 60


@dataclass
class _Entry:
    """A budget, program or rule as it stands in the file.

    ``number`` is its place among its kind, the row in a sheet; ``cells`` are its values by
    field, without the ``refused`` ones; ``excused`` are required fields whose absence is
    reported for the whole sheet.
    """

    kind: str
    number: int
    source: str
    row: int | None
    cells: dict[str, Any]
    excused: Iterable[str] = ()
    refused: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def report(self, fault: Fault) -> None:
        """Add a fault, at the place of this entry."""
        column = fault.column if fault.column in _FIELDS[self.kind] else None
        self.faults.append(replace(fault, source=self.source, row=self.row, column=column))

    def refuse(self, fault: Fault) -> None:
        """Add a fault, and take out the cell that it is about."""
        self.report(fault)
        if fault.column in self.cells:
            self.refused[fault.column] = self.cells.pop(fault.column)

    def lacks(self, column: str) -> bool:
        """Say whether nobody can know what belongs into ``column``."""
        refused = self.refused.get(column)
        is_said = isinstance(refused, str) and refused.strip()
        return column not in self.cells and not is_said


@dataclass
class _Content:
    """The entries of a source by kind, and the faults that are of no single entry.

    ``closed`` are the kinds of which there may be entries that could not be read.
    """

    source: str
    entries: dict[str, list[_Entry]] = field(default_factory=lambda: {k: [] for k in _KINDS})
    faults: list[Fault] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def problems(self) -> list[Fault]:
        """Return all faults in the order of the source."""
        everyone = [entry for entries in self.entries.values() for entry in entries]
        return [*self.faults, *(fault for entry in everyone for fault in entry.faults)]

    def lacks(self, kind: str, column: str) -> bool:
        """Say whether some entry of this kind may have any value in ``column``."""
        return kind in self.closed or any(entry.lacks(column) for entry in self.entries[kind])


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
    file = Path(path)
    kind = file.suffix.lower()
    if kind not in (".toml", *_WORKBOOKS):
        raise InputError(
            [
                Fault(
                    f"a catalogue is not read from files of type '{kind}'",
                    file.name,
                    expected="a .toml or .xlsx file",
                )
            ]
        )
    if not file.exists():
        beside = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        raise InputError(
            [
                Fault(
                    "there is no such file",
                    str(file),
                    expected=nearest(file.name, beside) or None,
                )
            ]
        )
    try:
        content = _toml_content(file) if kind == ".toml" else _workbook_content(file)
    except OSError as failure:
        raise InputError([Fault(f"cannot be read: {failure.strerror}", str(file))]) from failure
    return _catalog(content, decimal)


def catalog_to_dict(catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    """Return a catalogue as plain content: lists, dicts, texts and numbers.

    The keys are those of the TOML file. A field that is None is left out.

    Examples
    --------
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
                for name in _FIELDS[kind]
                if getattr(entry, name) is not None
            }
            for entry in entries[kind]
        ]
        for kind in _KINDS
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
    return _catalog(_mapped_content(content, source), None)


def _plain(value: Any) -> Any:
    """Return a field's value as JSON has it: NumPy's numbers are none of its own."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.item() if hasattr(value, "item") else value


# --- Sources to entries -----------------------------------------------------------------------

_TOML_PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")
# The mistakes that people make in TOML by what their line looks like, most telling first.
_TOML_HINTS = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        (
            r"^\s*\[(?!\[)",
            "[[budget]], [[program]] or [[rule]] in double brackets for each entry",
        ),
        (r"^\s*\w+\s+\w+\s*=", "a key without spaces: unit_cost = 341_000"),
        (r"[“”„‘’]", "straight quotes, \" or '"),
        (
            r"=\s*(?:[Rr]p\.?\s*)?[-+]?[0-9]+(?:[.,][0-9]*)*",
            "a number such as 1_500_000 or 0.5",
        ),
        (r"=\s*\".*\".*\"", "single quotes within double ones"),
        (r"=\s*(?:[^\W\d]|$)", 'a number, or text in quotes: name = "pkh"'),
    )
]


def _toml_content(file: Path) -> _Content:
    try:
        # Notepad's byte order mark is no part of TOML, but of files that people have.
        text = file.read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        fault = Fault("not a text in UTF-8", file.name, expected="a file saved as UTF-8")
    except RecursionError:
        fault = Fault("arrays or tables too deep within each other", file.name)
    except tomllib.TOMLDecodeError as failure:
        fault = _syntax_fault(str(failure), text, file.name)
    except ValueError:  # Python refuses to read integers of thousands of digits
        fault = Fault("a number has too many digits", file.name, expected="rupiah")
    else:
        return _mapped_content(_cleaned(data), file.name)
    raise InputError([fault])


def _syntax_fault(message: str, text: str, source: str) -> Fault:
    once = "each key once" if message.startswith("Cannot overwrite") else None
    place = _TOML_PLACE.search(message)
    if place is None:  # at the end of the document
        expected = once or "an end of each text and list, a value after each '='"
        return Fault(f"not TOML: {message}", source, expected=expected)
    row, column = map(int, place.groups())
    line = text.replace("\r\n", "\n").split("\n")[row - 1]
    hint = next((hint for pattern, hint in _TOML_HINTS if pattern.search(line)), None)
    reason = f"not TOML at column {column}: {message[: place.start()]}"
    return Fault(reason, source, row, None, _shown(line.strip()) or None, once or hint)


def _cleaned(value: Any) -> Any:
    """Return content of a TOML file without spaces around its texts."""
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return clean_text(value) if isinstance(value, str) else value


def _shown(value: object) -> str:
    text = masked(value)
    return text[: _LONGEST_SHOWN - 1] + "…" if len(text) > _LONGEST_SHOWN else text


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
    return f"did you mean '{word}'?" if word else f"one of: {', '.join(known)}"


def _mapped_content(data: object, source: str) -> _Content:
    """Return the entries of a TOML file or of what `catalog_to_dict` returned."""
    content = _Content(source)
    if not isinstance(data, Mapping):
        message = "not a mapping of 'budget', 'program' and 'rule' to entries"
        raise InputError([Fault(message, source, value=_shown(data))])
    for name, value in data.items():
        kind = name if name in _KINDS else _near(str(name), _KINDS)
        if kind != name:
            hint = _hint(str(name), kind, _KINDS)
            fault = Fault(f"unknown key '{_shown(name)}'", source, expected=hint)
            content.faults.append(fault)
        if kind:
            _add_table(content, kind, value, f"{source}, {name}")
    for kind in ("budget", "program"):
        if not content.entries[kind] and kind not in content.closed:
            expected = f"one '{kind}' entry or more"
            content.faults.append(Fault(f"there is no {kind}", source, expected=expected))
            content.closed.add(kind)
    return content


def _add_table(content: _Content, kind: str, value: object, place: str) -> None:
    """Add the entries of one kind, which should be a list of tables."""
    if not isinstance(value, list | tuple):
        is_table = isinstance(value, Mapping)
        content.faults.append(
            Fault(
                "one table, not a list of tables" if is_table else "not a list of tables",
                place,
                value=None if is_table else _shown(value),
                expected=f"[[{kind}]] in double brackets for each entry",
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
                    value=_shown(raw),
                    expected="fields and their values",
                )
            )
            content.closed.add(kind)


def _mapped_entry(kind: str, number: int, raw: Mapping[str, Any], place: str) -> _Entry:
    names, known = [str(name) for name in raw], _FIELDS[kind]
    meant = _meant(names, known)
    cells = {
        meant.get(name, name): cell
        for name, cell in zip(names, raw.values(), strict=True)
        if meant.get(name, name) and cell is not None  # a null of JSON says nothing
    }
    label = cells.get("kind" if kind == "rule" else "name")
    source = f"{place} ({_shown(label)})" if isinstance(label, str) and label else place
    entry = _Entry(kind, number, source, None, cells)
    for name, instead in meant.items():
        hint = _hint(name, instead, known)
        entry.report(Fault(f"unknown key '{_shown(name)}'", expected=hint))
    return entry


def _workbook_content(file: Path) -> _Content:
    content = _Content(file.name)
    sheets = {sheet.casefold(): sheet for sheet in sheet_names(file)}
    titles = {f"{kind}s": kind for kind in _KINDS}
    instead = {title: name for name, title in _meant(sheets, [*titles]).items()}
    for title, kind in titles.items():
        sheet = sheets.get(title) or sheets.get(instead.get(title, ""))
        is_needed = kind != "rule"
        if title not in sheets and (sheet or is_needed):
            there = f"there are {', '.join(map(repr, sheets.values()))}"
            hint = f"{there}; rename '{sheet}'?" if sheet else there
            fault = Fault(f"there is no sheet '{title}'", file.name, expected=f"it; {hint}")
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


def _add_sheet(content: _Content, kind: str, table: Table) -> None:
    """Add the entries of one sheet; what its header lacks is said once, not in each row."""
    header, known = [str(name) for name in table.frame.columns], _FIELDS[kind]
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
    absent = [name for name in _REQUIRED[kind] if name not in columns]
    for name in absent:
        content.faults.append(Fault("the column is missing", table.name, at, name))
    for index, row in enumerate(table.rows.tolist()):
        cells = {
            name: _cell(name, column[index])
            for name, column in columns.items()
            if not is_missing(column[index])
        }
        content.entries[kind].append(_Entry(kind, row, table.name, row, cells, absent))


def _cell(column: str, cell: Any) -> Any:
    """Return a spreadsheet's cell as TOML would have it.

    A spreadsheet knows no whole numbers apart from others, makes a number of a name such as
    2025 without asking, and has no lists.
    """
    if isinstance(cell, str):
        cell = clean_text(cell)
    elif isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if column not in _NUMBERS and type(cell) is int and abs(cell) < _LONGEST_CODE:
        cell = str(cell)
    if column == "programs" and isinstance(cell, str):
        return [name for name in map(clean_text, re.split("[,;\n]", cell)) if name]
    return cell


# --- Entries to a catalogue -------------------------------------------------------------------


def _catalog(content: _Content, decimal: DecimalSign | None) -> Catalog:
    """Return the catalogue, or raise every fault of the entries and of them together."""
    made: dict[str, list[Any]] = {}
    for kind, entries in content.entries.items():
        _read_numbers(entries, decimal)
        for entry in entries:
            _check_shapes(entry)
        made[kind] = [_made(entry) for entry in entries]
        _report_repeats(entries)
    budgets, programs = _benefit_of_doubt(content, made)
    rules = [rule for rule in made["rule"] if rule is not None]
    try:
        catalog = Catalog(programs=programs, budgets=budgets, rules=rules)
    except InputError as error:
        _report_joint(content, error.problems, _places(content, programs, made["rule"]))
    if problems := content.problems():
        raise InputError(problems)
    return catalog


def _read_numbers(entries: list[_Entry], decimal: DecimalSign | None) -> None:
    """Read the numbers that are not numbers yet, the texts of a column as evidence together."""
    for column in sorted(_NUMBERS):
        found = {
            entry.number: entry
            for entry in entries
            if column in entry.cells and type(entry.cells[column]) not in (int, float)
        }
        values, faults = parse_numbers(
            [entry.cells[column] for entry in found.values()],
            column=column,
            source="",
            rows=[*found],
            decimal=decimal,
        )
        for entry, value in zip(found.values(), values.tolist(), strict=True):
            entry.cells[column] = int(value) if value.is_integer() else value
        for fault in faults:
            found[fault.row or 0].refuse(fault)


def _check_shapes(entry: _Entry) -> None:
    """Refuse what is no text where one belongs, and report required fields left out."""
    for column, cell in [*entry.cells.items()]:
        if column == "programs":
            if not isinstance(cell, list | tuple):
                entry.refuse(
                    Fault(
                        "not a list of program names",
                        column=column,
                        value=_shown(cell),
                        expected='["rtlh_kota", "bsps"]',
                    )
                )
        elif column not in _NUMBERS and not isinstance(cell, str):
            entry.refuse(
                Fault(
                    "not a text",
                    column=column,
                    value=_shown(cell),
                    expected="a text, in quotes where the file is TOML",
                )
            )
    known = {*entry.cells, *entry.excused, *(fault.column for fault in entry.faults)}
    for column in _REQUIRED[entry.kind]:
        if column not in known:
            what = "a number" if column in _NUMBERS else "a text"
            expected = "a list of program names" if column == "programs" else what
            entry.refuse(Fault("missing", column=column, expected=expected))


def _made(entry: _Entry) -> Budget | Program | Rule | None:
    """Return what the entry says; of a faulty one, what it says apart from its faults."""
    make = _KINDS[entry.kind]
    stand_ins = {column: _STAND_IN[column] for column in _REQUIRED[entry.kind]}
    try:
        thing = make(**{**stand_ins, **entry.cells})
    except InputError as error:
        for fault in error.problems:
            entry.refuse(fault)
        thing = make(**{**stand_ins, **entry.cells})
    if entry.kind != "rule" or "programs" in entry.cells:
        return thing
    # Too many names or one of them twice: whether they are programs is still a question.
    names = entry.refused.get("programs")
    names = names if isinstance(names, list | tuple) else ()
    distinct = [*dict.fromkeys(name for name in names if isinstance(name, str))]
    return Rule("penalise", programs=distinct) if len(distinct) > 1 else None


def _report_repeats(entries: list[_Entry]) -> None:
    """Report each name that an earlier entry has, which the catalogue could not place."""
    first: dict[str, _Entry] = {}
    for entry in entries:
        name = entry.cells.get("name")
        if name is not None and first.setdefault(name, entry) is not entry:
            place = f"{'row' if entry.row else entry.kind} {first[name].number}"
            entry.report(
                Fault(
                    f"this name is already that of {place}",
                    column="name",
                    value=_shown(name),
                    expected="another name",
                )
            )


def _benefit_of_doubt(
    content: _Content, made: Mapping[str, Sequence[Any]]
) -> tuple[list[Budget], list[Program]]:
    """Return budgets and programs such that no fault follows from what could not be read.

    Where everything could be read, they are what the file says, in its order. Otherwise a
    program that may name a lost budget has nobody's, and at the end are programs that use the
    budgets and bear the names which the lost programs may use and bear.
    """
    budgets: dict[str, Budget] = {}
    for entry, budget in zip(content.entries["budget"], made["budget"], strict=True):
        if "name" in entry.cells:
            budgets.setdefault(budget.name, budget)
    refused = [entry.refused.get("name") for entry in content.entries["budget"]]
    is_any_lost = content.lacks("budget", "name")
    programs: dict[str, Program] = {}
    for entry, program in zip(content.entries["program"], made["program"], strict=True):
        if "name" not in entry.cells or program.name in programs:
            program = replace(program, name=f"{_NOBODY}{len(programs)}")
        is_lost = program.budget in refused or (is_any_lost and program.budget not in budgets)
        if "budget" not in entry.cells or is_lost:
            program = replace(program, budget=_NOBODY)
        programs[program.name] = program
    someone = {column: _STAND_IN[column] for column in _REQUIRED["program"]}
    if content.lacks("program", "name"):
        named = {name for rule in filter(None, made["rule"]) for name in rule.programs}
        for name in sorted(named - {*programs}):
            programs[name] = Program(**{**someone, "name": name, "budget": _NOBODY})
    if content.lacks("program", "budget"):
        for budget_name in (*budgets, _NOBODY):
            name = f"{_NOBODY}{len(programs)}"
            programs[name] = Program(**{**someone, "name": name, "budget": budget_name})
    if any(program.budget == _NOBODY for program in programs.values()):
        budgets[_NOBODY] = Budget(_NOBODY, amount=0)
    return [*budgets.values()], [*programs.values()]


def _places(
    content: _Content, programs: Sequence[Program], rules: Sequence[Rule | None]
) -> dict[str, list[_Entry]]:
    """Return the entries that the catalogue means by the source of a fault."""
    named = zip(programs, content.entries["program"], strict=False)  # lost ones are at the end
    pairs = [
        *((f"program '{program.name}'", entry) for program, entry in named),
        *((f"budget '{line.cells.get('name')}'", line) for line in content.entries["budget"]),
        *zip(map(str, rules), content.entries["rule"], strict=True),
    ]
    places: dict[str, list[_Entry]] = {}
    for source, entry in pairs:
        places.setdefault(source, []).append(entry)
    return places


def _report_joint(
    content: _Content, faults: Iterable[Fault], places: Mapping[str, Sequence[_Entry]]
) -> None:
    """Report faults of the entries together, each at the entry that the catalogue names."""
    told: Counter[Fault] = Counter()
    for fault in faults:
        here = places.get(fault.source)
        if here is None:  # rules that contradict each other on a program that was lost
            content.faults.append(replace(fault, source=f"{content.source}, {fault.source}"))
            continue
        # Nobody's budget sorts before all others where the known ones are listed.
        expected = fault.expected and fault.expected.replace(f"{_NOBODY}, ", "")
        twin = min(told[fault], len(here) - 1)  # two equal rules have the same fault
        here[twin].report(replace(fault, expected=expected))
        told[fault] += 1
