"""Every block of docs/questions.md runs, in order."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "questions.md"


def test_every_block_runs(capsys):
    """One after the other, in one scope."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), scope)
    assert capsys.readouterr().out
