"""From a header to a layout and our columns: the row, the preset, the aliases, the near misses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from povtarget.errors import Fault, InputError, nearest
from povtarget.registry.layouts import LAYOUTS, Layout, header_key
from povtarget.sayings import either, listed, said
from povtarget.tables import HeaderRule, Record

_FEWEST = 3  # headers that make a row the header; a title or a person's row has none
_SIGNATURE = 3  # headers that a header counts for that only one layout has
_NEAR = 0.8  # similarity of keys from which an unknown header looks like a misspelt one


@dataclass(frozen=True)
class Heading:
    """A header that has been read.

    Parameters
    ----------
    layout
        The preset.
    columns
        Our column to the source's name.
    others
        Name in snake case to the source's name, for columns that the layout does not have.
    near
        The source's name and ours, for unknown headers that look like a misspelt one.
    """

    layout: Layout
    columns: Mapping[str, str]
    others: Mapping[str, str]
    near: tuple[tuple[str, str], ...]


def chosen_layouts(layout: str) -> tuple[Layout, ...]:
    """Return the layouts that a name allows.

    Examples
    --------
    >>> [found.name for found in chosen_layouts("dtks")], len(chosen_layouts("auto"))
    (['dtks'], 4)
    """
    if layout == "auto":
        return tuple(LAYOUTS.values())
    if layout not in LAYOUTS:
        known = ["auto", *LAYOUTS]
        expected = nearest(layout, known) or said("one of {names}", names=", ".join(known))
        raise InputError([Fault("there is no such layout", "layout", expected=expected)])
    return (LAYOUTS[layout],)


def header_rule(layouts: Sequence[Layout], renamed: Mapping[str, str]) -> HeaderRule:
    """Return the rule by which the header is the first of the rows with most known headers.

    Examples
    --------
    >>> rule = header_rule(chosen_layouts("auto"), {})
    >>> rule.find([["Data P3KE", "Kota"], ["No", "ID Keluarga P3KE", "NIK", "Alamat"], ["1"]])
    1
    """
    stated = {header_key(label) for label in renamed.values()}
    keys = [layout.by_key.keys() | stated for layout in layouts]

    def known(record: Record) -> int:
        cells = {header_key(cell) for cell in record if isinstance(cell, str)}
        return max(len(cells & known_keys) for known_keys in keys)

    def find(head: Sequence[Record]) -> int | None:
        counts = [known(record) for record in head]
        best = max(counts, default=0)
        return counts.index(best) if best >= _FEWEST else None

    titles = listed(said(layout.title) for layout in layouts)
    return HeaderRule(
        find, said("a row with headers such as NIK, Alamat, Desil, of: {titles}", titles=titles)
    )


def read_heading(
    labels: Sequence[str],
    layouts: Sequence[Layout],
    renamed: Mapping[str, str],
    place: tuple[str, int],
) -> Heading:
    """Choose the layout that knows most of a header, and say which header is which column.

    Parameters
    ----------
    labels
        The source's names.
    layouts
        The presets to choose from.
    renamed
        Our column to the source's name, as the caller states it.
    place
        Name of the source and row of the header.

    Raises
    ------
    InputError
        If no layout fits, a stated column is not there, or a required one is missing.
    """
    keys = {header_key(label) for label in labels}
    scores = [
        len({layout.by_key[key] for key in keys & layout.by_key.keys()})
        + _SIGNATURE * len(keys & {header_key(header) for header in layout.signature})
        for layout in layouts
    ]
    if max(scores) + len(renamed) < _FEWEST:
        expected = header_rule(layouts, {}).expected
        raise InputError(
            [
                Fault(
                    "the columns are those of no known layout",
                    place[0],
                    None,
                    None,
                    None,
                    expected,
                )
            ]
        )
    layout = layouts[scores.index(max(scores))]
    columns, faults = _columns(labels, layout, renamed, place)
    faults += _missing(labels, layout, columns, place)
    if faults:
        raise InputError(faults)
    rest = [label for label in labels if label not in columns.values()]
    names: dict[str, str] = {}
    for label in rest:
        names.setdefault(_fresh(_snake(label), {*columns, *names}), label)
    near = tuple(_near_misses(rest, layout, columns))
    return Heading(layout, MappingProxyType(columns), MappingProxyType(names), near)


def _columns(
    labels: Sequence[str], layout: Layout, renamed: Mapping[str, str], place: tuple[str, int]
) -> tuple[dict[str, str], list[Fault]]:
    source, row = place
    faults = [
        Fault(
            "there is no such column",
            source,
            row,
            label,
            None,
            nearest(label, labels) or "a header",
        )
        for label in renamed.values()
        if label not in labels
    ]
    columns = dict(renamed)
    taken = {*renamed.values()}
    by_key: dict[str, str] = {}
    for label in labels:
        if label not in taken:
            by_key.setdefault(header_key(label), label)
    for column, headers in layout.headers.items():
        found = [by_key[key] for key in map(header_key, headers) if key in by_key]
        if found and column not in columns:
            columns[column] = found[0]
    return columns, faults


def _missing(
    labels: Sequence[str], layout: Layout, columns: Mapping[str, str], place: tuple[str, int]
) -> list[Fault]:
    """Return a fault for each required column that no header stands for."""
    source, row = place
    rest = [label for label in labels if label not in columns.values()]
    faults = []
    for group in layout.required:
        if not any(column in columns for column in group):
            headers = [
                header for column in group for header in layout.headers.get(column, (column,))
            ]
            match = _similar([header_key(label) for label in rest], map(header_key, headers))
            hint = ""
            if match is not None:
                like = rest[match]
                hint = said(
                    "did you mean '{like}'? (columns={{'{column}': '{like}'}})",
                    like=like,
                    column=group[0],
                )
            listed = either(layout.headers.get(column, (column,))[0] for column in group)
            expected = said(
                "this column, or what it is called here (columns={{'{column}': ...}})",
                column=group[0],
            )
            message = said("a column of {title} is missing", title=said(layout.title))
            faults.append(Fault(message, source, row, listed, None, hint or expected))
    return faults


def _similar(candidates: Sequence[str], wanted: Iterable[str]) -> int | None:
    """Return the position of the candidate that is most like one of the wanted keys."""
    for key in wanted:
        match = get_close_matches(key, candidates, n=1, cutoff=_NEAR)
        if match:
            return candidates.index(match[0])
    return None


def _near_misses(
    rest: Sequence[str], layout: Layout, columns: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return unknown headers that are like a header of a column that was not found."""
    open_headers = {
        header_key(header): header
        for column, headers in layout.headers.items()
        if column not in columns
        for header in headers
    }
    found = []
    for label in rest:
        match = get_close_matches(header_key(label), open_headers, n=1, cutoff=_NEAR)
        if match:
            found.append((label, open_headers[match[0]]))
    return found


def _snake(label: str) -> str:
    """Return a header as a column name.

    >>> _snake("Penerima PBI-JKN"), _snake("Usia (tahun)"), _snake("60+")
    ('receives_pbi_jkn', 'usia_tahun', 'column_60')
    """
    words = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")
    words = re.sub(r"^penerima_(?:bansos_)?", "receives_", words)
    return words if words and not words[0].isdigit() else f"column_{words}".rstrip("_")


def _fresh(name: str, taken: set[str]) -> str:
    number, fresh = 2, name
    while fresh in taken:
        fresh, number = f"{name}_{number}", number + 1
    return fresh
