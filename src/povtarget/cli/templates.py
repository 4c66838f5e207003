"""``povtarget template``: empty but explained input files."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from povtarget.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption
from povtarget.cli.session import session
from povtarget.folders import sums_of, whole_folder, write_sums
from povtarget.templates import write_templates


class Form(StrEnum):
    """The form of the catalogue of programs and budgets."""

    XLSX = "xlsx"
    TOML = "toml"
    BOTH = "both"


def template(
    out: OutOption = Path("povtarget-input"),
    form: Annotated[Form, typer.Option("--format", help="Of programs and budgets")] = Form.BOTH,
    lang: LangOption = Lang.EN,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write empty but explained input files: households, receipts, programs and more.

    A folder in which something was filled in is never replaced, not even by force.

    Example: povtarget template --lang id --out masukan
    """
    with session(lang, as_json=as_json) as run:
        with whole_folder(out, force=force, marker="households.xlsx", keeps_work=True) as folder:
            toml, xlsx = form is not Form.XLSX, form is not Form.TOML
            files = [*write_templates(folder, run.words, toml=toml, xlsx=xlsx)]
            write_sums(folder, sums_of(folder))
        run.answer = {"folder": out, "files": files}
        run.say("tp_made", folder=out, guide=run.words("tp_guide"))
        run.tell(", ".join(files))
        run.say("tp_personal")
        catalog = "programs.xlsx" if form is Form.XLSX else "programs.toml"
        inputs = " ".join(shlex.quote(str(out / name)) for name in ("households.xlsx", catalog))
        command = f"povtarget plan {inputs} --out rencana"
        run.say("cm_next", command=command)
