"""A progress bar for work of several stages, on the terminal and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def stages(shown: bool, total: int) -> Iterator[Callable[[str], None]]:
    """Give a function that announces the next of ``total`` stages.

    Parameters
    ----------
    shown
        Draw the bar (on standard error, so that output stays clean); else announce nothing.
    total
        Number of stages.
    """
    if not shown:
        yield lambda label: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        begun = False

        def announce(label: str) -> None:
            nonlocal begun
            bar.update(task, description=label, advance=int(begun))
            begun = True

        yield announce
