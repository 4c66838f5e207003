"""Parts of a document that scripts write, between two comments that people leave alone.

The section "published" stands between ``published:begin`` and ``published:end``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def write_section(path: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of a section.

    Raises
    ------
    ValueError
        Where the document does not have both marks, once each and in order.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    document = path.read_text(encoding="utf-8")
    if document.count(begin) != 1 or document.count(end) != 1:
        raise ValueError(f"{path}: expected the marks {begin} and {end}, once each")
    before, _, rest = document.partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise ValueError(f"{path}: {end} stands before {begin}")
    path.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1) -> str:
    """A Markdown table whose first ``texts`` columns are texts and the others numbers."""
    marks = ["---" if column < texts else "---:" for column in range(len(header))]
    lines = [header, marks, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
