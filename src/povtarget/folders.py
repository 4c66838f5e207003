"""Folders that appear whole or not at all, and never replace what is of another kind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from povtarget.errors import Fault, InputError


def check_place(target: Path, *, force: bool, marker: str) -> None:
    """Refuse a place where no folder can appear, before any work is done for it.

    Parameters
    ----------
    target
        The folder to be.
    force
        Whether an existing folder may be replaced.
    marker
        A file that tells folders of the same kind; no others are replaced.

    Raises
    ------
    InputError
        Where it exists and may not be replaced, or lies in a folder that does not exist.
    """
    if target.exists() and not force:
        expected = "a new folder, or leave to replace it (force)"
        raise InputError([Fault("this folder exists already", str(target), expected=expected)])
    if target.exists() and not target.is_dir():
        raise InputError([Fault("this is no folder and will not be replaced", str(target))])
    if target.exists() and not (target / marker).is_file() and any(target.iterdir()):
        message = f"this folder has no {marker} and will not be replaced"
        raise InputError([Fault(message, str(target))])
    if not target.resolve().parent.is_dir():
        fault = Fault("no such folder", str(target.parent), expected="an existing folder")
        raise InputError([fault])


@contextmanager
def whole_folder(target: Path, *, force: bool, marker: str) -> Iterator[Path]:
    """Give a folder to write in that takes the target's place only when all is written.

    Parameters, and what is raised, are those of `check_place`.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     target = Path(place, "answer")
    ...     with whole_folder(target, force=False, marker="sums") as folder:
    ...         size = Path(folder, "sums").write_text("1")
    ...         before = target.exists()
    ...     before, target.exists()
    (False, True)
    """
    check_place(target, force=force, marker=marker)
    folder = Path(tempfile.mkdtemp(prefix=".plan-", dir=target.resolve().parent))
    try:
        yield folder
        folder.chmod(0o755)
        if target.exists():
            old = folder.with_name(folder.name + "-old")
            target.rename(old)
            folder.rename(target)
            shutil.rmtree(old)
        else:
            folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
