"""What the impact assessment states, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("impact_assessment.md", "penilaian_dampak.md")]
NETWORK = {
    "asyncio", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "xmlrpc",
}  # fmt: skip


def named_tests(page):
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_named_tests_exist(page):
    """Each statement names a test that is there."""
    named = named_tests(page)
    assert len(named) > 10
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), (file, name)


def test_both_languages_name_the_same_tests_and_leave_the_same_blanks():
    """The template in one language is that in the other."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert named_tests(PAGES[0]) == named_tests(PAGES[1])
    assert texts[0].count("**[") == texts[1].count("**[") > 30
    assert [line.count("|") for line in texts[0].splitlines() if line.startswith("|")] == [
        line.count("|") for line in texts[1].splitlines() if line.startswith("|")
    ]


def test_no_module_can_open_a_connection():
    """Nothing in the library imports a module that speaks to other machines."""
    for module in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.partition(".")[0] for name in names} & NETWORK, module
