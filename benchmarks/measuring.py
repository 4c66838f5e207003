"""What a process used: seconds, processor seconds, and peak memory. POSIX only."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RSS_UNITS_PER_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


def peak_mib() -> float:
    """Highest resident memory of this process since `forget_peak`, or of a program it ran.

    Linux tells the peak of this very program; ``ru_maxrss``, used elsewhere, also remembers what
    the process was before it became this program.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _RSS_UNITS_PER_MIB
    if _STATUS.exists():
        lines = _STATUS.read_text(encoding="ascii").splitlines()
        own = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    ran = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _RSS_UNITS_PER_MIB
    return round(max(own, ran), 1)


def forget_peak() -> None:
    """Start `peak_mib` anew, where the system can (Linux); elsewhere it keeps the highest."""
    if _CLEAR.exists():
        _CLEAR.write_text("5", encoding="ascii")


def processor_seconds() -> float:
    """User and system time of this process and of the programs that it ran."""
    return sum(os.times()[:4])


class Stopwatch:
    """Wall and processor seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), processor_seconds()

    @property
    def seconds(self) -> float:
        """Wall seconds so far."""
        return round(time.perf_counter() - self._wall, 3)

    @property
    def cores(self) -> float:
        """Processor seconds for each wall second so far."""
        wall = max(time.perf_counter() - self._wall, 1e-9)
        return round((processor_seconds() - self._processor) / wall, 2)

    def facts(self, label: str) -> dict[str, Any]:
        """``{label}_s`` and ``cores``, as columns of a table."""
        return {f"{label}_s": self.seconds, "cores": self.cores}
