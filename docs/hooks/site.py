"""What the site needs beyond Markdown: formulas as MathML, the changelog, and no other host."""

from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

LOG = logging.getLogger("mkdocs.hooks.site")
INDONESIAN = {"panduan.md", "penilaian_dampak.md"}
_FORMULA = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"\\tag\{(\d+)\}")
_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


def on_files(files: Files, config: Any) -> Files:
    """Make a page of the changelog, which lies beside the README."""
    root = Path(config["config_file_path"]).parent
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "changelog.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Turn blocks of LaTeX into MathML, which browsers draw without a script."""
    return _FORMULA.sub(_equation, markdown)


def _equation(found: re.Match[str]) -> str:
    latex = " ".join(found[1].split())  # no blank line ends the block of HTML
    number = _NUMBER.search(latex)
    drawn = convert(_NUMBER.sub("", latex), display="block")
    if number is None:
        return f'<div class="equation">{drawn}</div>'
    label = f'<a class="number" href="#eq-{number[1]}">({number[1]})</a>'
    return f'<div class="equation" id="eq-{number[1]}">{drawn}{label}</div>'


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Say the language of a page, and whether it would fetch anything from another host."""
    if page.file.src_uri in INDONESIAN:
        output = output.replace('<html lang="en"', '<html lang="id"', 1)
    for address in _outside(output):
        LOG.warning("%s asks %s", page.file.src_uri, address)
    return output


def _outside(html: str) -> list[str]:
    found: list[str] = []

    class Fetches(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            address = dict(attrs).get(_FETCHED.get(tag, "")) or ""
            if re.match(r"(https?:)?//", address):
                found.append(address)

    Fetches().feed(html)
    return found
