"""When to stop, what has been reached, and whom to tell: one watch for a whole solve.

A solve can be stopped by its time limit, by Ctrl-C, or by reaching its gap; in each case it
answers with the best choice and the best bound that the watch has seen.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from povtarget.mmkp.model import Floats, Status, relative_gap

_GRACE = 5.0  # seconds beyond the time limit, where no feasible choice is known by then


@dataclass(frozen=True)
class Progress:
    """How far a solve has come.

    Parameters
    ----------
    seconds
        Since it began.
    value, bound, gap
        Of the best choice so far (-inf where there is none), the best bound so far, and their
        relative distance (inf where there is no choice).
    stage
        "prices" or "search".
    """

    seconds: float
    value: float
    bound: float
    gap: float
    stage: str


Report = Callable[[Progress], None]

Asked = Callable[[float, Floats], bool]
"""Told a bound and the prices that prove it; whether to go on."""


def always(dual: float, prices: Floats) -> bool:
    """Go on, whatever the bound."""
    return True


class Watch:
    """The clock, the interrupt and the best bound and value of one solve.

    Parameters
    ----------
    time_limit
        Seconds from now, or None.
    report
        Called with `Progress` whenever bound or value get better, and when a stage begins.
    """

    def __init__(self, time_limit: float | None = None, report: Report | None = None) -> None:
        self.began = time.monotonic()
        self.deadline = math.inf if time_limit is None else self.began + time_limit
        self.report = report
        self.value, self.bound = -math.inf, math.inf
        self.offset = 0.0
        self.is_interrupted = False
        self.stage = ""

    def enter(self, stage: str) -> None:
        """Begin a stage."""
        self.stage = stage
        self._tell()

    @property
    def end(self) -> float:
        """When to stop: a little later where no feasible choice is known by the deadline."""
        return self.deadline + (_GRACE if self.value == -math.inf else 0.0)

    def left(self) -> float | None:
        """Seconds left; None where there is no limit."""
        return None if self.deadline == math.inf else max(self.end - time.monotonic(), 0.0)

    @property
    def stopped(self) -> Status | None:
        """Why the solve should end now, if it should."""
        if self.is_interrupted:
            return Status.INTERRUPTED
        return Status.TIME_LIMIT if time.monotonic() >= self.end else None

    def goes_on(self, dual: float, prices: Floats) -> bool:
        """Take note of a bound that prices prove; False where the solve should end."""
        if not math.isnan(dual):
            self.see(bound=dual + self.offset)
        return self.stopped is None

    def see(self, value: float | None = None, bound: float | None = None) -> None:
        """Take note of a feasible choice's value, or of a bound."""
        before = self.value, self.bound
        if value is not None:
            self.value = max(self.value, value)
        if bound is not None:
            self.bound = min(self.bound, bound)
        if before != (self.value, self.bound):
            self._tell()

    def _tell(self) -> None:
        if self.report is not None:
            gap = math.inf
            if math.isfinite(self.value) and math.isfinite(self.bound):
                gap = relative_gap(self.value, max(self.bound, self.value))
            seconds = time.monotonic() - self.began
            self.report(Progress(seconds, self.value, self.bound, gap, self.stage))


@contextmanager
def interruptible(watch: Watch) -> Iterator[None]:
    """Let the first Ctrl-C end the solve with its best answer; a second one raises as usual.

    Only where Python would raise KeyboardInterrupt: in the main thread, with its own handler.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        if watch.is_interrupted:
            signal.default_int_handler(number, frame)
        watch.is_interrupted = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
