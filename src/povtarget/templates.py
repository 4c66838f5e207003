"""Empty but explained input files: what `read_households` and the other readers take."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.locale import Words
from povtarget.template_tables import CATALOG, TABLES, Template
from povtarget.workbook.sheets import Book, Column, Sheet, open_book

_LAST_ROW = 1_048_575
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255  # of what a workbook shows beside a cell
_TOML_WIDTH = 95
_GUIDE_WIDTHS = (18, 9, 14, 24, 62, 26, 26)
_RULED = ("line", "weight", "pagu", "amount", "unit_cost", "benefit", "spent", "consumption")


def write_table(template: Template, path: str | PathLike[str], words: Words) -> None:
    """Write a workbook with one empty table and its guide.

    Parameters
    ----------
    template
        One of `TABLES`.
    path
        Of an .xlsx file.
    words
        The language; names of columns are those that the readers know.
    """
    with open_book(path, words(f"tp_file_{template.name}")) as book:
        _empty(book, template, words)
        sheet = book.sheet(words("tp_guide"), _GUIDE_WIDTHS)
        sheet.title(words(f"tp_file_{template.name}"))
        sheet.note(words("tp_how", sheet=template.sheet))
        sheet.note(words(f"tp_more_{template.name}"))
        _explain(sheet, template, words)


def write_programs(path: str | PathLike[str], words: Words) -> None:
    """Write a workbook with the empty sheets of a catalogue and their guide."""
    with open_book(path, words("tp_file_programs")) as book:
        for template in CATALOG:
            _empty(book, template, words)
        sheet = book.sheet(words("tp_guide"), _GUIDE_WIDTHS)
        sheet.title(words("tp_file_programs"))
        for template in CATALOG:
            sheet.heading(f"{template.sheet}: {words(f'tp_kind_{template.name}')}")
            sheet.note(words("tp_how", sheet=template.sheet))
            _explain(sheet, template, words)


def _empty(book: Book, template: Template, words: Words) -> None:
    """A header alone; what a column holds is shown beside its cells."""
    sheet = book.sheet(template.sheet, [_width(name) for name in template.columns])
    for at, name in enumerate(template.columns):
        style = "text" if name not in template.numbers else "money" if name in _RULED else "exact"
        sheet.sheet.set_column(at, at, _width(name), book.style(style))
    sheet.table([Column(name, _width(name)) for name in template.columns], [], frozen=True)
    for at, name in enumerate(template.columns):
        is_required = name in template.required
        need = words("tp_required" if is_required else "tp_optional")
        rule = {
            "input_title": name[:_LONGEST_TITLE],
            "input_message": f"{need} {template.meaning(words, name)}"[:_LONGEST_MESSAGE],
            **_allowed(template, name),
        }
        sheet.sheet.data_validation(1, at, _LAST_ROW, at, rule)


def _allowed(template: Template, name: str) -> dict[str, Any]:
    """What a workbook lets in: a warning where the reader takes more than it knows."""
    if name in template.choices:
        return {"validate": "list", "source": [*template.choices[name]], "error_type": "stop"}
    if name in template.numbers:
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "warning"}
        return {**rule, "error_message": name}
    return {"validate": "any"}


def _width(name: str) -> float:
    return max(14.0, len(name) + 4.0)


def _explain(sheet: Sheet, template: Template, words: Words) -> None:
    """A row for each column: what it takes, what it means, and examples."""
    columns = [
        Column(words("tp_column"), _GUIDE_WIDTHS[0]),
        Column(words("tp_needed"), _GUIDE_WIDTHS[1]),
        Column(words("tp_empty"), _GUIDE_WIDTHS[2]),
        Column(words("tp_kind"), _GUIDE_WIDTHS[3], "wrap"),
        Column(words("tp_meaning"), _GUIDE_WIDTHS[4], "wrap"),
        *(
            Column(words("tp_example", number=number), _GUIDE_WIDTHS[4 + number], "wrap")
            for number in (1, 2)
        ),
    ]
    rows = (_guide_row(template, words, name) for name in template.columns)
    sheet.table(columns, rows)


def _guide_row(template: Template, words: Words, name: str) -> list[str]:
    shown = [as_cell(example.get(name)) for example in template.examples[:2]]
    return [
        name,
        words("cm_yes") if name in template.required else "",
        as_cell(template.defaults.get(name)),
        template.takes(words, name),
        template.meaning(words, name),
        *[*shown, ""][:2],
    ]


def as_cell(value: Any) -> str:
    """An example as a person writes it into a cell.

    Examples
    --------
    >>> as_cell(("a", "b")), as_cell(0.5), as_cell(None)
    ('a, b', '0.5', '')
    """
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else f"{value}"


def programs_toml(words: Words) -> str:
    """A programs.toml in which every field is explained and worked examples are commented out.

    Lines of explanation begin with ``# ``, those of examples with ``#`` alone.

    Examples
    --------
    >>> lines = programs_toml(Words("en")).splitlines()
    >>> [line for line in lines if line.startswith("#[[")][:2]
    ['#[[budget]]', '#[[budget]]']
    """
    lines = _comment(words("tp_file_programs")) + _comment(words("tp_toml_how"))
    for template in CATALOG:
        lines += ["", "# " + "-" * 76, *_comment(words(f"tp_kind_{template.name}")), "#"]
        for name in template.columns:
            lines += _comment(_told(template, words, name), "  ")
        for example in template.examples:
            lines += ["", f"#[[{template.name}]]"]
            lines += [f"#{name} = {_toml(value)}" for name, value in example.items()]
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str = "") -> list[str]:
    """A text as lines of comment."""
    first = f"# {indent}"
    return textwrap.wrap(
        text, _TOML_WIDTH, initial_indent=first, subsequent_indent=first + 4 * indent[:1]
    )


def _told(template: Template, words: Words, name: str) -> str:
    """What a field holds, whether it is needed, and what it is where it is left out."""
    need = f"({words('tp_required')})" if name in template.required else ""
    default = template.defaults.get(name)
    empty = "" if default is None else f"{words('tp_empty')}: {_toml(default)}."
    told = " ".join(part for part in (need, template.meaning(words, name), empty) if part)
    return f"{name}: {told}"


def _toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, int):
        return f"{value:_}"
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def write_templates(folder: Path, words: Words, *, toml: bool, xlsx: bool) -> Iterator[str]:
    """Write every template into a folder, and yield the names of the files.

    Parameters
    ----------
    folder
        An existing folder.
    words
        The language.
    toml, xlsx
        The forms of the catalogue.
    """
    for template in TABLES:
        name = f"{template.name}.xlsx"
        write_table(template, folder / name, words)
        yield name
    if toml:
        (folder / "programs.toml").write_text(programs_toml(words), encoding="utf-8")
        yield "programs.toml"
    if xlsx:
        write_programs(folder / "programs.xlsx", words)
        yield "programs.xlsx"
