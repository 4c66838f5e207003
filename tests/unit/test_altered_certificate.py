"""A certificate altered on purpose, with its checksums made anew: told in words, never a crash."""

from __future__ import annotations

import copy
import json
import shutil

import pytest

import povtarget as pt
from povtarget.folders import SUMS, sha256, stated_sums, write_sums

OTHERS = (None, True, 3, -1.5, "text", [], {}, [1], {"a": 1}, "NaN")
"""What stands in the place of a value: every type and shape of JSON."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small plan's folder, without what takes long to write and is not read."""
    households, catalog, receipts = pt.datasets.pekalongan(100, seed=2)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    target = tmp_path_factory.mktemp("plans") / "plan"
    pt.write_plan(problem, pt.solve(problem), target)
    for name in ("meetings", "plan.xlsx", "report.html"):
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return target


def altered(folder, content, name="certificate.json"):
    """Put a content in the place of a file of JSON, with its checksum."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    sums = {
        file: sha256(folder / file) for file in stated_sums(folder) if (folder / file).is_file()
    }
    (folder / SUMS).unlink()
    write_sums(folder, sums)


def places(content, at=()):
    """Where something stands in a content: lists of keys, the first two of many alike."""
    found = [at] if at else []
    if isinstance(content, dict):
        for key in [*content][:12] if at else content:
            found += places(content[key], (*at, key))
    elif isinstance(content, list):
        for key in range(min(len(content), 2)):
            found += places(content[key], (*at, key))
    return found


def variants(content):
    """The content with one value of another type or shape, or without it."""
    for number, place in enumerate(places(content)):
        others = (*OTHERS, KeyError)
        for other in others if len(place) == 1 else others[number % 4 :: 4]:
            made = copy.deepcopy(content)
            inside = made
            for key in place[:-1]:
                inside = inside[key]
            if other is KeyError:
                del inside[place[-1]]
            else:
                inside[place[-1]] = other
            yield place, other, made


def judged(folder):
    """Read and verify; all that may happen is an answer, or an error in words."""
    try:
        problem, plan = pt.read_plan(folder)
        assert isinstance(pt.verify(problem, plan).violations, tuple | list)
    except pt.InputError as error:
        return str(error)
    return ""


def test_every_altered_value_is_told(folder):
    """Each value of another type, and each that is missing: no traceback; the field is named."""
    content = json.loads((folder / "certificate.json").read_text("utf-8"))
    told = 0
    for place, other, made in variants(content):
        altered(folder, made)
        try:
            text = judged(folder)
        except Exception as failure:
            pytest.fail(f"{place} as {other!r}: {type(failure).__name__}: {failure}")
        told += bool(text)
        if text:
            assert "certificate.json" in text or ".csv" in text
    assert told > 150, told
    for damaged in ("", "{", "[]", "3", "null"):
        altered(folder, damaged)
        assert "certificate.json" in judged(folder)
    altered(folder, content)
    assert judged(folder) == ""
