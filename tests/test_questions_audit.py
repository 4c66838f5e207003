"""The blocks of two sections of docs/questions.md run, in order."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "questions.md"


def test_the_sections_run(capsys):
    text = PAGE.read_text(encoding="utf-8")
    sections = [
        part
        for part in re.split(r"^## ", text, flags=re.MULTILINE)
        if part.startswith(("What exists", "Compared to what"))
    ]
    scope: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", "".join(sections), re.DOTALL):
        exec(compile(code, PAGE.name, "exec"), scope)
    assert len(sections) == 2
    shown = capsys.readouterr().out
    assert "each agency alone" in shown
    assert "a tenth less" in shown
    assert "KK-" not in shown
