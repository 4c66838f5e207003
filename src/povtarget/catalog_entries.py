"""Entries of a catalogue, wherever they came from, to a `Catalog`: every fault in one error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, NamedTuple

from povtarget.errors import Fault, InputError, shown
from povtarget.numbers import DecimalSign, parse_numbers
from povtarget.programs import Budget, Catalog, Program, Rule
from povtarget.sayings import Said, listed, said

KINDS: dict[str, type[Budget] | type[Program] | type[Rule]] = {
    "budget": Budget,
    "program": Program,
    "rule": Rule,
}
FIELDS = {kind: [part.name for part in fields(made)] for kind, made in KINDS.items()}
REQUIRED = {
    kind: [part.name for part in fields(made) if part.default is MISSING]
    for kind, made in KINDS.items()
}
NUMBERS = frozenset(
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


@dataclass
class Entry:
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
        column = fault.column if fault.column in FIELDS[self.kind] else None
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
class Content:
    """The entries of a source by kind, and the faults that are of no single entry.

    ``closed`` are the kinds of which there may be entries that could not be read.
    """

    source: str
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {k: [] for k in KINDS})
    faults: list[Fault] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def problems(self) -> list[Fault]:
        """Return all faults in the order of the source."""
        everyone = [entry for entries in self.entries.values() for entry in entries]
        return [*self.faults, *(fault for entry in everyone for fault in entry.faults)]

    def lacks(self, kind: str, column: str) -> bool:
        """Say whether some entry of this kind may have any value in ``column``."""
        return kind in self.closed or any(entry.lacks(column) for entry in self.entries[kind])


class Parsed(NamedTuple):
    """A catalogue as far as it could be read.

    Parameters
    ----------
    catalog
        None where there are faults.
    programs
        Those that have a name, with what is readable of them.
    faults
        Every fault of the entries and of them together.
    """

    catalog: Catalog | None
    programs: tuple[Program, ...]
    faults: tuple[Fault, ...]

    def usable(self) -> Catalog:
        """The catalogue; `InputError` with every fault where there is none."""
        if self.catalog is None:
            raise InputError(self.faults)
        return self.catalog


def parse_entries(content: Content, decimal: DecimalSign | None) -> Parsed:
    """Make a catalogue of entries, and say everything that is wrong with them."""
    made: dict[str, list[Any]] = {}
    for kind, entries in content.entries.items():
        _read_numbers(entries, decimal)
        for entry in entries:
            _check_shapes(entry)
        made[kind] = [_made(entry) for entry in entries]
        _report_repeats(entries)
    budgets, programs = _benefit_of_doubt(content, made)
    rules = [rule for rule in made["rule"] if rule is not None]
    catalog = None
    try:
        catalog = Catalog(programs=programs, budgets=budgets, rules=rules)
    except InputError as error:
        _report_joint(content, error.problems, _places(content, programs, made["rule"]))
    pairs = zip(content.entries["program"], made["program"], strict=True)
    named = tuple(program for entry, program in pairs if "name" in entry.cells)
    faults = tuple(content.problems())
    return Parsed(None if faults else catalog, named, faults)


def _read_numbers(entries: list[Entry], decimal: DecimalSign | None) -> None:
    """Read the numbers that are not numbers yet, the texts of a column as evidence together."""
    for column in sorted(NUMBERS):
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


def _check_shapes(entry: Entry) -> None:
    """Refuse what is no text where one belongs, and report required fields left out."""
    for column, cell in [*entry.cells.items()]:
        if column == "programs":
            if not isinstance(cell, list | tuple):
                entry.refuse(
                    Fault(
                        "not a list of program names",
                        column=column,
                        value=shown(cell),
                        expected='["rtlh_kota", "bsps"]',
                    )
                )
        elif column not in NUMBERS and not isinstance(cell, str):
            entry.refuse(
                Fault(
                    "not a text",
                    column=column,
                    value=shown(cell),
                    expected="a text, in quotes where the file is TOML",
                )
            )
    known = {*entry.cells, *entry.excused, *(fault.column for fault in entry.faults)}
    for column in REQUIRED[entry.kind]:
        if column not in known:
            what = "a number" if column in NUMBERS else "a text"
            expected = "a list of program names" if column == "programs" else what
            entry.refuse(Fault("missing", column=column, expected=expected))


def _made(entry: Entry) -> Budget | Program | Rule | None:
    """Return what the entry says; of a faulty one, what it says apart from its faults."""
    make = KINDS[entry.kind]
    stand_ins = {column: _STAND_IN[column] for column in REQUIRED[entry.kind]}
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


def _report_repeats(entries: list[Entry]) -> None:
    """Report each name that an earlier entry has, which the catalogue could not place."""
    first: dict[str, Entry] = {}
    for entry in entries:
        name = entry.cells.get("name")
        if name is not None and first.setdefault(name, entry) is not entry:
            place = f"{'row' if entry.row else entry.kind} {first[name].number}"
            entry.report(
                Fault(
                    said("this name is already that of {place}", place=place),
                    column="name",
                    value=shown(name),
                    expected="another name",
                )
            )


def _benefit_of_doubt(
    content: Content, made: Mapping[str, Sequence[Any]]
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
    someone = {column: _STAND_IN[column] for column in REQUIRED["program"]}
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
    content: Content, programs: Sequence[Program], rules: Sequence[Rule | None]
) -> dict[str, list[Entry]]:
    """Return the entries that the catalogue means by the source of a fault."""
    named = zip(programs, content.entries["program"], strict=False)  # lost ones are at the end
    pairs = [
        *((said("program '{name}'", name=program.name), entry) for program, entry in named),
        *(
            (said("budget '{name}'", name=line.cells.get("name")), line)
            for line in content.entries["budget"]
        ),
        *zip(map(str, rules), content.entries["rule"], strict=True),
    ]
    places: dict[str, list[Entry]] = {}
    for source, entry in pairs:
        places.setdefault(source, []).append(entry)
    return places


def _report_joint(
    content: Content, faults: Iterable[Fault], places: Mapping[str, Sequence[Entry]]
) -> None:
    """Report faults of the entries together, each at the entry that the catalogue names."""
    told: Counter[Fault] = Counter()
    for fault in faults:
        here = places.get(fault.source)
        if here is None:  # rules that contradict each other on a program that was lost
            content.faults.append(replace(fault, source=listed([content.source, fault.source])))
            continue
        # Nobody's budget sorts before all others where the known ones are listed.
        expected = _of_somebody(fault.expected)
        twin = min(told[fault], len(here) - 1)  # two equal rules have the same fault
        here[twin].report(replace(fault, expected=expected))
        told[fault] += 1


def _of_somebody(expected: str | None) -> str | None:
    """What is expected, without the name that no file has."""
    if not isinstance(expected, Said):
        return expected
    named = {
        name: value.replace(f"{_NOBODY}, ", "") if type(value) is str else value
        for name, value in expected.fields.items()
    }
    return Said(expected.template, named)
