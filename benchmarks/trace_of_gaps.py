"""When a solve first got within each power of ten of its bound."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

_POWERS = range(1, 9)


class Trace:
    """Listens to a solve that reports ``seconds`` and ``gap`` as it goes."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}

    def asked_of(self, solve: Callable[..., Any]) -> dict[str, Any]:
        """The argument that makes a function report here; none where it does not report."""
        return {"report": self.hear} if "report" in inspect.signature(solve).parameters else {}

    def hear(self, progress: Any) -> None:
        """One report."""
        if not math.isfinite(progress.gap):
            return
        for power in _POWERS:
            if progress.gap <= 10.0**-power:
                self._first.setdefault(power, progress.seconds)

    def __str__(self) -> str:
        return "; ".join(
            f"1e-{power} at {seconds:.2f} s" for power, seconds in sorted(self._first.items())
        )
