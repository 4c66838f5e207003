"""Folders that appear whole or not at all, and checksums that say what was changed since."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from povtarget.errors import Fault, InputError
from povtarget.sayings import said

SUMS = "SHA256SUMS"


def check_place(
    target: Path, *, force: bool, marker: str = SUMS, keeps_work: bool = False
) -> None:
    """Refuse a place where no folder can appear, before any work is done for it.

    Parameters
    ----------
    target
        The folder to be.
    force
        Whether an existing folder may be replaced.
    marker
        A file that tells folders of the same kind; no others are replaced.
    keeps_work
        Even by force, replace none in which a file was changed, added or left out since it was
        written: somebody has worked in it.

    Raises
    ------
    InputError
        Where it exists and may not be replaced, or lies in a folder that does not exist or in
        which nothing may be written.
    """
    if target.exists() and not force:
        expected = "a new folder, or leave to replace it (force=True)"
        raise InputError([Fault("this folder exists already", str(target), expected=expected)])
    if target.exists() and not target.is_dir():
        raise InputError([Fault("this is no folder and will not be replaced", str(target))])
    if target.exists() and not (target / marker).is_file() and any(target.iterdir()):
        message = said("this folder has no {marker} and will not be replaced", marker=marker)
        raise InputError([Fault(message, str(target))])
    if keeps_work and (target / SUMS).is_file() and (worked := changed_files(target)):
        message = "somebody has worked in this folder, and it will not be replaced"
        expected = said(
            "a new folder; changed since it was written: {names}", names=", ".join(worked)
        )
        raise InputError([Fault(message, str(target), expected=expected)])
    if not target.resolve().parent.is_dir():
        fault = Fault("no such folder", str(target.parent), expected="an existing folder")
        raise InputError([fault])
    if not os.access(target.resolve().parent, os.W_OK):
        fault = Fault("nothing may be written in this folder", str(target.resolve().parent))
        raise InputError([fault])


@contextmanager
def whole_folder(
    target: Path,
    *,
    force: bool,
    marker: str = SUMS,
    is_private: bool = False,
    keeps_work: bool = False,
) -> Iterator[Path]:
    """Give a folder to write in that takes the target's place only when all is written.

    Parameters, and what is raised, are those of `check_place`; only its owner may open a folder
    that ``is_private``.

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
    check_place(target, force=force, marker=marker, keeps_work=keeps_work)
    folder = Path(tempfile.mkdtemp(prefix=".plan-", dir=target.resolve().parent))
    try:
        yield folder
        folder.chmod(0o700 if is_private else 0o755)
        if target.exists():
            _replace(folder, target)
        else:
            folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(folder: Path, target: Path) -> None:
    """Put a folder in another's place; where that fails, the other is back in it."""
    old = folder.with_name(folder.name + "-old")
    target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """The checksum of every file in a folder and below, but for that of the checksums."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / SUMS
    }


def write_sums(folder: Path, hashes: Mapping[str, str]) -> None:
    """Write checksums in the form that ``sha256sum --check`` reads."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    (folder / SUMS).write_text(lines, encoding="utf-8")


def stated_sums(folder: Path) -> dict[str, str]:
    """The checksums that were written with a folder.

    Raises
    ------
    InputError
        Where they cannot be read.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as failure:
        fault = Fault("the checksums are damaged", str(folder / SUMS), expected="UTF-8 text")
        raise InputError([fault]) from failure
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def changed_files(folder: Path) -> list[str]:
    """Names of the files that were changed, added or left out since a folder was written."""
    stated, present = stated_sums(folder), sums_of(folder)
    return sorted(name for name in {*stated, *present} if stated.get(name) != present.get(name))
