"""Files of whitespace-separated numbers, read with errors that name file and position."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class InstanceError(ValueError):
    """A file that is not in the published form."""


class NumberFile:
    """Takes numbers from a file one group after another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._words = path.read_text(encoding="ascii").split()
        self._at = 0

    def whole(self, what: str, *shape: int, least: int = 0) -> Ints:
        """The next numbers, which must be whole and at least ``least``, in an array."""
        count = int(np.prod(shape, dtype=np.int64))
        words = self._words[self._at : self._at + count]
        if len(words) < count:
            raise InstanceError(
                f"{self.path}: the file ends within {what}: {count} numbers expected after "
                f"number {self._at}, {len(words)} found"
            )
        try:
            numbers = np.array(words, dtype=np.int64)
        except (ValueError, OverflowError):
            wrong = next(k for k, word in enumerate(words) if not _is_whole(word))
            raise InstanceError(self._place(wrong, what, "a whole number")) from None
        if count and numbers.min() < least:
            wrong = int(np.argmax(numbers < least))
            raise InstanceError(self._place(wrong, what, f"{least} or more"))
        self._at += count
        return numbers.reshape(shape)

    def one(self, what: str, least: int = 0) -> int:
        """The next number."""
        return int(self.whole(what, 1, least=least)[0])

    def end(self) -> None:
        """Raise where something is left."""
        if self._at < len(self._words):
            raise InstanceError(self._place(0, "the end of the file", "nothing more"))

    def _place(self, offset: int, what: str, expected: str) -> str:
        number = self._at + offset
        line = _line_of(self.path, number)
        word = self._words[number]
        return (
            f"{self.path}, line {line}, number {number + 1}, {what}: expected {expected}, "
            f"found '{word}'"
        )


def _is_whole(word: str) -> bool:
    digits = word[1:] if word[:1] in ("-", "+") else word
    return digits.isdecimal() and len(digits) < 19


def _line_of(path: Path, number: int) -> int:
    """The line on which a word stands, both counted as people (1) and as arrays (0) do."""
    seen = 0
    lines = path.read_text(encoding="ascii").splitlines()
    for line, text in enumerate(lines, 1):
        seen += len(text.split())
        if seen > number:
            return line
    return len(lines)
