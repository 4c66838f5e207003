"""The README's Python runs, and its files are read."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import povtarget as pt

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


@pytest.mark.parametrize(
    "name", ["registry.md", "questions_audit.md", "questions_explain.md", "questions_money.md"]
)
def test_pages_run(name, capsys):
    """The blocks of a page run one after another."""
    page, scope = README.parent / "docs" / name, dict[str, object]()
    for number, block in enumerate(blocks("python", page)):
        exec(compile(block, f"{name}, block {number}", "exec"), scope)
    assert capsys.readouterr().out
