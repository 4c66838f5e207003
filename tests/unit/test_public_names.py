"""Every public name is documented, has a place on the site, and an example."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

import povtarget as pt
from povtarget import baselines, datasets, mmkp, plotting, poverty, questions, survey, workbook

ROOT = Path(__file__).parents[2]
MODULES = (pt, questions, baselines, datasets, survey, poverty, mmkp, workbook, plotting)

ONLY_TESTED = {
    "held_out_check",  # needs a survey that is large enough to be split
    "least_cost_path",  # makes many roadmaps
    "read_map",  # needs a map
    "read_reconciliation",  # reads what `reconcile` wrote, which needs an extra
    "small_area_rates",  # needs a registry and a survey by area
}
"""Functions without an example, neither in their docstring nor on a page."""


def public(module):
    """Names that a module makes public: stated, or defined there without an underscore."""
    stated = getattr(module, "__all__", None)
    if stated is not None:
        return list(stated)
    own = vars(module).items()
    return [
        name
        for name, thing in own
        if name[0] != "_" and getattr(thing, "__module__", "") == module.__name__
    ]


def things():
    """Each public class and function once."""
    found = {}
    for module in MODULES:
        for name in public(module):
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                found[thing] = name
    return [pytest.param(thing, id=name) for thing, name in found.items()]


def members(thing):
    """Public functions, properties and methods that a class itself defines."""
    for name, member in vars(thing).items():
        if isinstance(member, (classmethod, staticmethod)):
            member = member.__func__
        elif isinstance(member, property):
            member = member.fget
        elif not inspect.isfunction(member):
            member = getattr(member, "func", None)  # cached_property
        if name[0] != "_" and inspect.isfunction(member):
            yield name, member


@pytest.mark.parametrize("thing", things())
def test_it_is_documented(thing):
    """A public name says what it is, and so does each of its members."""
    assert inspect.getdoc(thing), thing
    if inspect.isclass(thing):
        assert [name for name, member in members(thing) if not inspect.getdoc(member)] == []


def test_every_function_has_an_example():
    """In its docstring, or on a page that is run; the list of those without one is complete."""
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md"))
    run = "".join(re.findall(r"```python\n(.*?)```", pages, re.DOTALL))
    functions = [each.values[0] for each in things() if inspect.isfunction(each.values[0])]
    without = {
        function.__name__
        for function in functions
        if "Examples\n--------" not in inspect.getdoc(function)
        and not re.search(rf"\b{function.__name__}\(", run)
    }
    assert without == ONLY_TESTED


def test_every_name_is_in_the_reference():
    """The site's API pages name all of `povtarget.__all__`, by itself or in its module."""
    pages = [page.read_text("utf-8") for page in (ROOT / "docs" / "api").glob("*.md")]
    shown = set(re.findall(r"^::: povtarget\.([\w.]+)$", "\n".join(pages), re.MULTILINE))
    modules = {name for name in pt.__all__ if isinstance(getattr(pt, name), ModuleType)}
    missing = {*pt.__all__} - shown - modules
    assert missing == set()
    for name in modules - shown:
        parts = {f"{name}.{part}" for part in public(getattr(pt, name))}
        assert parts <= shown, name
    assert all(each.partition(".")[0] in dir(pt) for each in shown)
