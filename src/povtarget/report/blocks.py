"""What a report is made of: sections of texts, lists, figures, tables and pictures.

Blocks hold texts in one language; the template turns them into HTML and escapes every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Points:
    """A list, under a line that says what it lists ("" for none)."""

    kind: ClassVar[str] = "points"
    head: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """Key figures: what it is, the number, and a word about it."""

    kind: ClassVar[str] = "figures"
    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows.

    Parameters
    ----------
    caption
        What it shows.
    columns
        Heads of all columns.
    rows
        Cells as text, the row's name first.
    words
        Numbers of the columns that hold words, not numbers; the first always does.
    shades
        For each row, classes 0 to 4 of its cells after the first; () for none.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset()
    shades: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing and its caption; ``legend``: class of colour and its meaning."""

    kind: ClassVar[str] = "picture"
    svg: Markup
    caption: str
    legend: tuple[tuple[str, str], ...] = ()


Block = Text | Points | Figures | Table | Picture


@dataclass(frozen=True)
class Section:
    """A part of the report; ``key`` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]
