"""Scenarios in a TOML file: what a planner would change, one entry for each.

[[scenario]]
name = "a tenth less"
amounts = 0.9                        # all lines that the city decides

[[scenario]]
name = "dearer houses, no training"
unit_costs = { rtlh_kota = 1.2 }     # by program; a number alone: all programs
closed = ["blk"]                     # takes nobody new
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.errors import Fault, InputError, nearest
from povtarget.sayings import said
from povtarget.scenario_sets import Scenario
from povtarget.toml_files import read_toml

_FIELDS = ("name", "amounts", "unit_costs", "closed")
_FACTOR = "a factor such as 0.9, or one for each name: { name = 0.9 }"


def read_scenarios(path: str | PathLike[str]) -> dict[str, Scenario]:
    r"""Read a ``.toml`` file of scenarios, for `povtarget.scenarios`.

    Each ``[[scenario]]`` has a name and any of ``amounts`` and ``unit_costs`` (a factor, or a
    table of factors by name) and ``closed`` (a list of programs). Whether the names are in a
    catalogue is seen when the scenarios are applied.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        With every fault: a file that cannot be read, unknown fields (with the nearest), names
        that are missing or twice, values of a wrong kind, a scenario that changes nothing.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "scenarios.toml")
    ...     size = file.write_text("[[scenario]]\nname = 'a tenth less'\namounts = 0.9")
    ...     read_scenarios(file)["a tenth less"].amounts
    0.9
    """
    file = Path(path)
    content = read_toml(file, ["scenario"])
    faults = [
        Fault("no such entry", file.name, None, key, None, nearest(key, ["scenario"]) or None)
        for key in content
        if key != "scenario"
    ]
    entries = content.get("scenario", [])
    if not isinstance(entries, list) or not entries:
        expected = "[[scenario]] with a name and what is different"
        faults.append(Fault("no scenario", file.name, None, "scenario", None, expected))
        entries = []
    read: dict[str, Scenario] = {}
    for number, entry in enumerate(entries, 1):
        place = said("{name}, scenario {number}", name=file.name, number=number)
        name = entry.get("name") if isinstance(entry, dict) else None
        found = list(_faults(entry, place))
        if not found and name in read:
            found = [Fault("this name is another scenario's", place, None, "name", name)]
        faults += found
        if not found:
            read[str(name)] = Scenario(**{k: v for k, v in entry.items() if k != "name"})
    if faults:
        raise InputError(faults)
    return read


def _faults(entry: Any, place: str) -> Iterator[Fault]:
    """What is wrong with one entry, names of the catalogue left aside."""
    if not isinstance(entry, dict):
        yield Fault("not an entry", place, expected="[[scenario]] and its fields")
        return
    for key in entry:
        if key not in _FIELDS:
            expected = nearest(key, _FIELDS) or said("one of: {names}", names=", ".join(_FIELDS))
            yield Fault("no such field", place, None, key, None, expected)
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        yield Fault("a name is missing", place, None, "name", None, "a name for people")
    if not set(entry) & set(_FIELDS[1:]):
        expected = said("one or more of: {names}", names=", ".join(_FIELDS[1:]))
        yield Fault("this scenario changes nothing", place, expected=expected)
    for key in ("amounts", "unit_costs"):
        given = entry.get(key, 1.0)
        if not all(map(_is_number, given.values() if isinstance(given, dict) else [given])):
            yield Fault("not a factor", place, None, key, str(given), _FACTOR)
    closed = entry.get("closed", [])
    if not isinstance(closed, list) or not all(isinstance(each, str) for each in closed):
        yield Fault("not a list of programs", place, None, "closed", str(closed), '["blk"]')


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
