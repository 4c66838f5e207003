"""What is installed: the wheel and the sdist, and what importing the package costs."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The project's wheel and sdist, built from its files."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", out]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


def test_the_wheel_needs_no_compiler_and_holds_every_module(built):
    """It is of pure Python, and holds all of the package, its templates and its type marker."""
    wheel, _ = built
    assert wheel.name.endswith("-py3-none-any.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = ROOT / "src"
    expected = {
        path.relative_to(package).as_posix()
        for path in (package / "povtarget").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == expected
    assert "povtarget/py.typed" in inside


def test_the_wheel_says_what_it_needs(built):
    """Its metadata names the licence, the command and one extra for each thing it gives."""
    wheel, _ = built
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
    text = archive.read(metadata).decode()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra in project["optional-dependencies"]:
        assert f"Provides-Extra: {extra}" in text
    assert "License-Expression: MIT" in text
    (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "povtarget = povtarget.cli:main" in archive.read(entry).decode()


def test_the_sdist_can_be_tested(built):
    """Tests, examples, documents and the Makefile are in it, and nothing that was made."""
    _, sdist = built
    with tarfile.open(sdist) as archive:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in archive.getnames()}
    for needed in ("Makefile", "README.md", "tests/conftest.py", "docs/mathematics.md"):
        assert needed in names, needed
    assert not [name for name in names if ".venv" in name or "demo-output" in name]


def test_importing_the_package_imports_no_other():
    """Whoever uses a part does not wait for all: nothing heavy is imported before it is used."""
    code = (
        "import sys, povtarget; "
        "print([m for m in ('numpy', 'pandas', 'scipy', 'typer', 'openpyxl') if m in sys.modules])"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]"


def test_every_public_name_is_found_and_is_no_module_of_that_name():
    """No function is hidden by the module that it is in, whichever is imported first."""
    code = (
        "import importlib, pkgutil, types, povtarget as pt\n"
        "for found in pkgutil.iter_modules(pt.__path__):\n"
        "    importlib.import_module('povtarget.' + found.name)\n"
        "modules = {n for n in pt.__all__ if isinstance(getattr(pt, n), types.ModuleType)}\n"
        "print(sorted(modules))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == str(
        ["baselines", "datasets", "mmkp", "plotting", "poverty", "survey", "workbook"]
    )
