"""Pages of documentation as programs: files are written, commands and Python run, words found."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from povtarget.cli import app

DOCS = Path(__file__).parent.parent / "docs"
_BLOCK = re.compile(
    r'(?:^<!-- ends with (\d) -->\n)?^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$',
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A block of code: its language, the file that it is, what it says, how its commands end."""

    language: str
    title: str
    text: str
    ends: int = 0


def blocks(page: Path) -> Iterator[Block]:
    """Blocks of a page in their order."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(found[2], found[3] or "", found[4], int(found[1] or 0))


def run_page(page: Path) -> None:
    """Do what a page says, in the current folder; its words must be what is shown."""
    scope: dict[str, object] = {}
    shown = ""
    for block in blocks(page):
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            shown = "".join(_command(line, block.ends) for line in block.text.splitlines())
        elif block.language == "python":
            exec(compile(block.text, page.name, "exec"), scope)
        elif block.language == "text":
            for line in block.text.splitlines():
                assert _plain(line) in shown, (page.name, line, shown)
        else:
            raise AssertionError((page.name, block.language))


def _command(line: str, ends: int) -> str:
    words = shlex.split(line)
    assert words[0] == "povtarget", line
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == ends, (line, done.output)
    return _plain(done.output)


def _plain(text: str) -> str:
    return " ".join(text.split())
