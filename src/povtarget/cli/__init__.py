"""The command line: ``povtarget COMMAND``, a module for each family of commands.

Exit codes: 0 done, 1 bad input, 2 usage, 3 infeasible, 4 stopped before the asked gap.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from povtarget.cli.goals import target
from povtarget.cli.hints import with_hints
from povtarget.cli.matching import reconcile_lists
from povtarget.cli.options import Lang, LangOption
from povtarget.cli.people import explain_folder
from povtarget.cli.plans import demo, plan, revise_folder, verify_folder
from povtarget.cli.questions import audit, compare_folder, frontier_folder
from povtarget.cli.registry import read_list
from povtarget.cli.speech import SpokenCommand, SpokenGroup
from povtarget.cli.templates import template
from povtarget.cli.years import roadmap

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    cls=SpokenGroup,
    help="Propose households for poverty programs, within every budget, with proof.",
)


@app.callback()
def _group(lang: LangOption = Lang.EN) -> None:
    """``--lang`` may stand before a command, which then reads it: see `SpokenGroup`."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "template": template,
    "read": read_list,
    "reconcile": reconcile_lists,
    "audit": audit,
    "target": target,
    "plan": plan,
    "explain": explain_folder,
    "compare": compare_folder,
    "frontier": frontier_folder,
    "roadmap": roadmap,
    "revise": revise_folder,
    "verify": verify_folder,
}
for name, command in _COMMANDS.items():
    app.command(name, cls=SpokenCommand)(with_hints(command))


def main() -> None:
    """Entry point of the command ``povtarget``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a console that lacks a character must not end a run
    app()
