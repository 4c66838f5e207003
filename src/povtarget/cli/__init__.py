"""The command line: ``povtarget COMMAND``, a module for each family of commands.

Exit codes: 0 done, 1 bad input, 2 usage, 3 infeasible, 4 stopped before the asked gap.
"""

from __future__ import annotations

import sys

import typer

from povtarget.cli.goals import roadmap, target
from povtarget.cli.matching import reconcile_lists
from povtarget.cli.options import Lang, LangOption
from povtarget.cli.people import explain_folder
from povtarget.cli.plans import demo, plan, revise_folder, verify_folder
from povtarget.cli.questions import audit, compare_folder, frontier_folder
from povtarget.cli.registry import read_list
from povtarget.cli.speech import SpokenCommand, SpokenGroup
from povtarget.cli.templates import template

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    cls=SpokenGroup,
    help="Propose households for poverty programs, within every budget, with proof.",
)


@app.callback()
def _group(lang: LangOption = Lang.EN) -> None:
    """``--lang`` may stand before a command, which then reads it: see `SpokenGroup`."""


app.command("demo", cls=SpokenCommand)(demo)
app.command("template", cls=SpokenCommand)(template)
app.command("read", cls=SpokenCommand)(read_list)
app.command("reconcile", cls=SpokenCommand)(reconcile_lists)
app.command("audit", cls=SpokenCommand)(audit)
app.command("target", cls=SpokenCommand)(target)
app.command("plan", cls=SpokenCommand)(plan)
app.command("explain", cls=SpokenCommand)(explain_folder)
app.command("compare", cls=SpokenCommand)(compare_folder)
app.command("frontier", cls=SpokenCommand)(frontier_folder)
app.command("roadmap", cls=SpokenCommand)(roadmap)
app.command("revise", cls=SpokenCommand)(revise_folder)
app.command("verify", cls=SpokenCommand)(verify_folder)


def main() -> None:
    """Entry point of the command ``povtarget``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a console that lacks a character must not end a run
    app()
