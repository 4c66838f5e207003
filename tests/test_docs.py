"""Every block of the README and of the site's pages runs, and the site leaves nothing out."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path

import pandas as pd
import pytest

import povtarget as pt
from pages import DOCS, run_page
from pages import blocks as page_blocks

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str, page: Path = README) -> list[str]:
    """Code blocks of one language in the README or another page."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_ten_lines_run(capsys):
    """The first block makes a sound plan of the made-up city and prints it."""
    scope: dict[str, object] = {}
    exec(compile(blocks("python")[0], "README.md", "exec"), scope)
    assert pt.verify(scope["problem"], scope["plan"]).is_sound
    assert "Plan(status='optimal'" in capsys.readouterr().out


def test_your_own_files(tmp_path, monkeypatch):
    """The second block plans from a workbook, the README's TOML and a CSV of receipts."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(
        {
            "household_id": ["001", "002", "003"],
            "size": [4, 3, 2],
            "consumption": [500_000, 400_000, 900_000],
            "elderly": [1, 2, 0],
            "decile": [1, 1, 7],
        }
    )
    frame.to_excel("warga.xlsx", index=False)
    Path("programs.toml").write_text(blocks("toml")[0], encoding="utf-8")
    Path("penerima.csv").write_text("household_id;program\n002;lansia_kota\n", encoding="utf-8")
    scope: dict[str, object] = {}
    exec(compile(blocks("python")[1], "README.md", "exec"), scope)
    assert scope["plan"].assignments["household_id"].tolist() == ["001"]


def test_the_readme_has_both_commands():
    """A new user finds make demo, make test and the Windows lines."""
    text = README.read_text(encoding="utf-8")
    assert all(line in text for line in ("make demo", "make test", "py -m pip install"))


@pytest.mark.parametrize(
    "name", ["mathematics.md", "decisions.md", "words.md", "benchmarks.md", "registry.md"]
)
def test_documents_exist(name):
    """What the README points to is there and says something."""
    assert len((README.parent / "docs" / name).read_text(encoding="utf-8")) > 500


QUESTIONS = ["registry.md", "questions_audit.md", "questions_explain.md", "questions_money.md"]
GUIDES = [
    *("first_plan.md", "planners.md", "panduan.md", "concepts.md", "limits.md"),
    *("api/files.md", "api/plots.md"),
]


@pytest.mark.parametrize("name", QUESTIONS)
def test_pages_run(name, capsys):
    """The blocks of a page run one after another."""
    page, scope = README.parent / "docs" / name, dict[str, object]()
    for number, block in enumerate(blocks("python", page)):
        exec(compile(block, f"{name}, block {number}", "exec"), scope)
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", GUIDES)
def test_guides_run(name, tmp_path, monkeypatch):
    """Files, commands and Python of a guide do what it says, without any network."""

    def refuse(*_):
        raise AssertionError("something asked for a connection")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    try:
        run_page(DOCS / name)
    finally:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")


def test_no_block_is_left_out():
    """Pages that are not run have no code but formulas."""
    for page in DOCS.rglob("*.md"):
        if page.relative_to(DOCS).as_posix() not in {*QUESTIONS, *GUIDES}:
            assert {block.language for block in page_blocks(page)} <= {"math"}, page


def test_both_guides_are_one():
    """The guide and its translation have the same files and commands but for the language."""
    pages = []
    for name in ("planners.md", "panduan.md"):
        lines = [
            re.sub(r'#.*|" lang|--lang id|(title|--contact)\W+"[^"]*"', "", line).split()
            for block in page_blocks(DOCS / name)
            if block.title or block.language == "sh"
            for line in block.text.splitlines()
        ]
        pages.append(lines)
    assert pages[0] == pages[1]


def test_equations_that_code_quotes_exist():
    """Every number that the code quotes stands in the mathematics, and each is quoted."""
    numbers = set(re.findall(r"\\tag\{(\d)\}", (DOCS / "mathematics.md").read_text("utf-8")))
    quoted = set()
    for module in (README.parent / "src").rglob("*.py"):
        quoted |= set(re.findall(r"[Ee]quation \((\d)\)", module.read_text("utf-8")))
    assert quoted == numbers


def test_every_page_is_on_the_site():
    """Each page has a place in the navigation."""
    text = (README.parent / "mkdocs.yml").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        assert f" {page.relative_to(DOCS).as_posix()}\n" in text, page
