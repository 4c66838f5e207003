"""A table on the terminal: a column of names, then columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.markup import escape
from rich.table import Table


def terminal_table(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1
) -> Table:
    """Return a table whose first columns (``texts``) are words, the others numbers to the right.

    Brackets in a name are no markup.

    Examples
    --------
    >>> made = terminal_table("Money", ["Line", "Rp"], [["Dinsos", "1,000"]])
    >>> [column.justify for column in made.columns]
    ['left', 'right']
    """
    table = Table(title=escape(title), title_justify="left", title_style="bold")
    for at, label in enumerate(header):
        table.add_column(escape(label), justify="left" if at < texts else "right")
    for row in rows:
        table.add_row(*map(escape, row))
    return table
