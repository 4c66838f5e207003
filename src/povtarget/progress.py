"""A progress bar for work of several stages, on the terminal and only when asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from povtarget.mmkp import Progress as Closing

Listener = Callable[[str, Closing], None]
"""Called with a stage's name and how far bound and value have closed."""

Announce = Callable[[str], Callable[[Closing], None] | None]


@contextmanager
def stages(shown: bool | Listener, total: int) -> Iterator[Announce]:
    """Give a function that announces the next of ``total`` stages.

    It returns what is to be called as bound and value of the stage get closer, or None.

    Parameters
    ----------
    shown
        Draw the bar (on standard error, so that output stays clean); a function to call instead;
        or False for neither.
    total
        Number of stages.
    """
    if callable(shown):
        listener = shown
        yield lambda label: partial(listener, label)
        return
    if not shown:
        yield lambda label: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[closing]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, closing="")
        begun = False

        def announce(label: str) -> Callable[[Closing], None]:
            nonlocal begun
            bar.update(task, description=label, advance=int(begun), closing="")
            begun = True
            return lambda closing: bar.update(task, closing=_in_words(closing))

        yield announce


def _in_words(closing: Closing) -> str:
    """Value, bound and gap on one line."""
    bound = f"<= {closing.bound:,.2f}" if math.isfinite(closing.bound) else ""
    if not math.isfinite(closing.value):
        return bound
    return f"{closing.value:,.2f} {bound} ({closing.gap:.2%})"
