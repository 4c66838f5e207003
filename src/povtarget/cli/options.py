"""The options that several commands share, each said once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from povtarget.cli.values import rate, rupiah
from povtarget.numbers import DecimalSign


class Sign(StrEnum):
    """The decimal sign of numbers that are text."""

    COMMA = ","
    POINT = "."


class Lang(StrEnum):
    """Languages of the interface."""

    ID = "id"
    EN = "en"


_SIGNS: dict[Sign, DecimalSign] = {Sign.COMMA: ",", Sign.POINT: "."}


def decimal_sign(sign: Sign | None) -> DecimalSign | None:
    """The sign as readers of tables take it."""
    return None if sign is None else _SIGNS[sign]


def rate_option(name: str, text: str, panel: str | None = None) -> Any:
    """An option that takes a share, as 5.86% or 0.0586."""

    def read(text: object) -> float:  # a default is a number already
        return rate(str(text))

    return typer.Option(name, parser=read, metavar="RATE", help=text, rich_help_panel=panel)


HouseholdsArgument = Annotated[Path, typer.Argument(help=".csv, .xlsx or .parquet of households")]
CatalogArgument = Annotated[Path, typer.Argument(help=".toml or .xlsx of programs and budgets")]
FolderArgument = Annotated[Path, typer.Argument(help="A folder that plan or demo wrote")]
ReceiptsOption = Annotated[Path | None, typer.Option("--receipts", help="What families have")]
LocksOption = Annotated[Path | None, typer.Option("--locks", help="Agreed and refused")]
LineOption = Annotated[
    float | None,
    typer.Option(
        "--poverty-line",
        parser=rupiah,
        metavar="RP",
        help="Rp per person per month, without a column 'line'",
    ),
]
DecimalOption = Annotated[
    Sign | None, typer.Option("--decimal", help="',' or '.' where numbers leave it open")
]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="Sheet of the first file")]
ColumnOption = Annotated[
    list[str] | None, typer.Option("--column", help="OURS=THEIRS, as in decile='Peringkat'")
]
AreasOption = Annotated[
    Path | None, typer.Option("--areas", help="Table of places: area, kecamatan, code")
]
BundleOption = Annotated[
    int, typer.Option("--max-bundle", min=1, help="Most new programs per household")
]
LangOption = Annotated[Lang, typer.Option("--lang", envvar="POVTARGET_LANG", help="id or en")]
OutOption = Annotated[Path, typer.Option("--out", help="A folder that does not exist yet")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there")]
GapOption = Annotated[float, typer.Option("--gap", min=0.0, help="Asked relative gap")]
LimitOption = Annotated[float | None, typer.Option("--time-limit", min=0.0, help="Seconds")]
PeopleOption = Annotated[
    Path | None,
    typer.Option("--people", help="Names and addresses by household_id, for the workbooks"),
]
NumbersOption = Annotated[bool, typer.Option("--show-numbers", help="NIK and KK in full")]
PublicOption = Annotated[
    Path | None, typer.Option("--public", help="A new folder of what anyone may see")
]
FrontierOption = Annotated[
    bool, typer.Option("--frontier", help="What less and more money would do, in the report")
]
EngineOption = Annotated[str, typer.Option("--engine", help="auto, prices, highs or pulp")]
ProgressOption = Annotated[bool, typer.Option("--progress/--no-progress", help="Progress bar")]
JsonOption = Annotated[bool, typer.Option("--json", help="The answer as JSON for other tools")]
