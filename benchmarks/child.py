"""Work in a child process: its memory is its own, and one that overruns is killed.

A work function takes a task and yields dicts of facts, each as soon as it is known; what was
known before a kill or a crash is kept. It must be importable by name (a function of a module).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

Work = Callable[[Any], Iterator[dict[str, Any]]]

_START_LIMIT = 120.0  # seconds for a child to import what it needs
_FIRST_TO_DIE = "1000"  # of all processes, where memory runs out
_OOM_SCORE = Path("/proc/self/oom_score_adj")


@dataclass
class Reply:
    """What a child found out, and what went wrong: "" for nothing."""

    facts: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


class Child:
    """A process that does one task after another; a new one is made after a loss.

    Use it in a ``with`` block: nothing that it started outlives the block.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def run(self, task: Any, limit: float) -> Reply:
        """Do one task; kill the child where it says nothing for ``limit`` seconds."""
        pipe = self._start()
        pipe.send(task)
        reply = Reply()
        while True:
            try:
                message = pipe.recv() if pipe.poll(limit) else None
            except (EOFError, ConnectionResetError):
                reply.trouble = f"the process died: {self._last_words()}"
                return reply
            if message is None:
                self.stop()
                reply.trouble = f"killed after {limit:.0f} s without a word"
                return reply
            kind, content = message
            if kind == "facts":
                reply.facts |= content
                continue
            reply.trouble = content
            return reply

    def stop(self) -> None:
        """End the child and all that it started."""
        if self._process is None:
            return
        pid = self._process.pid
        with suppress(ProcessLookupError):  # it has ended by itself, and nothing of it is left
            os.killpg(pid, signal.SIGKILL) if pid is not None else None
        self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START_LIMIT):
            self._process.kill()
            raise RuntimeError(f"a child process did not start within {_START_LIMIT:.0f} s")
        try:
            self._pipe.recv()
        except EOFError as error:
            raise RuntimeError("a child process ended before it began; see above") from error
        return self._pipe

    def _last_words(self) -> str:
        assert self._process is not None
        self._process.join()
        code = self._process.exitcode
        self.stop()
        if code is not None and code < 0:
            return f"signal {-code} ({signal.Signals(-code).name})"
        return f"exit code {code}"


def run_once(work: Work, task: Any, limit: float) -> Reply:
    """Do one task in a process of its own."""
    with Child(work) as child:
        return child.run(task, limit)


def _serve(pipe: Connection, work: Work) -> None:
    os.setpgid(0, 0)  # so that programs which the work starts die with it
    _be_quiet()
    if _OOM_SCORE.exists():
        _OOM_SCORE.write_text(_FIRST_TO_DIE, encoding="ascii")
    pipe.send(("ready", None))
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            for facts in work(task):
                pipe.send(("facts", facts))
        except Exception as error:
            traceback.print_exc()
            line = " ".join(str(error).split())
            pipe.send(("failed", f"{type(error).__name__}: {line}"))
        else:
            pipe.send(("done", ""))


def _be_quiet() -> None:
    """Solvers print on standard output, at the level of the system too; standard error stays."""
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
