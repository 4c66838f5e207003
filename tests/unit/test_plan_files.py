"""A plan as a folder: whole or not at all, the same when read, any changed byte found."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget import plan_files


def problem(**changes):
    """Four families with every awkward kind of column."""
    frame = pd.DataFrame(
        {
            "household_id": ["007", "=1+1", "-x", "'quoted"],
            "size": [4, 3, 5, 2],
            "consumption": [480_000.1, 300_000, 500_000, 600_000],
            "sigma": [0.3, 0.0, 0.0, 0.2],
            "area": ["A", "A", "B", "B"],
            "note": ["", None, "text", "007"],
            "score": [1.5, np.nan, 0.1, 3.0],
            "flag": [True, False, True, False],
            "count": np.array([1, 2, 3, 4], dtype=np.int32),
        }
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program("food", need="food", budget="D", unit_cost=1_500_000, benefit=1_500_000),
            pt.Program("care", need="health", budget="D", unit_cost=10, benefit=0, per="count"),
        ],
        budgets=[pt.Budget("D", amount=3_200_000, agency="Dinsos")],
        rules=[pt.Rule("penalise", programs=("food", "care"), weight=0.1, window_years=2)],
    )
    settings = {
        "receipts": pd.DataFrame(
            {"household_id": ["007"], "program": ["care"], "year": [np.nan], "need": [None]}
        ),
        "objective": [
            pt.Headcount(priority={"007": 2.0}),
            pt.UnmetNeed(needs=("health",)),
            pt.Severity(),
        ],
        "overlap": pt.Overlap(by="agency", weight=0.01, limit=3),
        "constraints": [pt.AreaFloor(share=0.01)],
        "locks": {("-x", "food"): "in"},
        "max_bundle": 2,
        "year": 2022,
    }
    return pt.TargetingProblem(
        pt.Households.from_frame(frame, poverty_line=513_243), catalog, **(settings | changes)
    )


@pytest.mark.parametrize("changes", [{}, {"receipts": None, "locks": None, "constraints": ()}])
def test_a_plan_written_and_read_back_is_the_same_plan(tmp_path, changes):
    """Every table, number, type and text survives, and the plan read back is sound."""
    asked = problem(**changes)
    plan = pt.solve(asked, gap=0)
    again, read = pt.read_plan(pt.write_plan(asked, plan, tmp_path / "plan", version="1"))
    assert read.equals(plan)
    assert pt.verify(again, read).is_sound
    for name, column in asked.households.columns.items():
        assert again.households.columns[name].dtype == column.dtype, name
        pd.testing.assert_series_equal(
            pd.Series(again.households.columns[name]), pd.Series(column), check_exact=True
        )


def test_columns_that_say_who_somebody_is_are_left_out_unless_asked_for(tmp_path):
    """NIK and names are in no input of the folder, which verifies and can be written again."""
    niks = [f"33750101019{i:05d}" for i in range(1, 5)]
    base = problem()
    people = replace(
        base.households,
        covariates={
            **base.households.covariates,
            "NIK": np.array(niks, dtype=object),
            "Kepala Keluarga": np.array(["Siti", "Budi", "Slamet", "Tuti"], dtype=object),
            "no_kk": np.array(niks, dtype=object),
            "keterangan": np.array(["a", "b", "a", "a"], dtype=object),
        },
    )
    food, care = sorted(base.catalog.programs, key=lambda one: one.name, reverse=True)
    food = replace(food, eligibility="keterangan in ('a', 'b')")
    asked = replace(base, households=people, catalog=replace(base.catalog, programs=[food, care]))
    plan = pt.solve(asked, gap=0)
    folder = pt.write_plan(asked, plan, tmp_path / "plan", people=people.frame)
    for file in (folder / "inputs").iterdir():
        text = file.read_text()
        assert not any(secret in text for secret in (*niks, "Siti", "Slamet")), file.name
    content = json.loads((folder / "inputs/problem.json").read_text())
    assert content["left_out"] == ["NIK", "Kepala Keluarga", "no_kk"]
    again, read = pt.read_plan(folder)
    assert read.equals(plan)
    assert pt.verify(again, read).is_sound
    assert "keterangan" in again.households.covariates
    twice = pt.write_plan(again, read, tmp_path / "twice")
    before = (folder / "inputs/households.csv").read_bytes()
    assert (twice / "inputs/households.csv").read_bytes() == before


def test_a_baseline_plan_survives_too(tmp_path):
    """An infinite bound is written and read."""
    asked = problem(locks=None, constraints=(), overlap=pt.Overlap())
    plan = pt.baselines.uncoordinated(asked)
    _, read = pt.read_plan(pt.write_plan(asked, plan, tmp_path / "plan"))
    assert read.equals(plan)
    assert math.isinf(read.bound)


def test_any_changed_byte_is_found(tmp_path):
    """One byte more in any file, a missing file and a new file are all reported by name."""
    asked = problem()
    folder = pt.write_plan(asked, pt.solve(asked), tmp_path / "plan")
    for path in [p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"]:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(pt.InputError, match=f"{path.name}: this file was changed"):
            pt.read_plan(folder)
        path.write_bytes(content)
    (folder / "new.txt").write_text("x")
    with pytest.raises(pt.InputError, match=r"new\.txt: this file was not written"):
        pt.read_plan(folder)
    (folder / "new.txt").unlink()
    (folder / "budgets.csv").unlink()
    with pytest.raises(pt.InputError, match=r"budgets\.csv: this file is missing"):
        pt.read_plan(folder)


def test_cells_are_no_formulas(tmp_path):
    """No text cell begins like a formula."""
    asked = problem()
    folder = pt.write_plan(asked, pt.solve(asked), tmp_path / "plan")
    cells = pd.read_csv(folder / "inputs" / "households.csv", dtype=str)["household_id"]
    assert not cells.str.startswith(("=", "+", "-", "@")).any()


def test_a_folder_is_whole_or_not_at_all(tmp_path, monkeypatch):
    """A failure in the middle leaves nothing; existing and foreign folders are kept."""
    asked = problem()
    plan = pt.solve(asked)
    monkeypatch.setattr(plan_files, "write_inputs", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pt.write_plan(asked, plan, tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    pt.write_plan(asked, plan, tmp_path / "plan")
    with pytest.raises(pt.InputError, match="exists already"):
        pt.write_plan(asked, plan, tmp_path / "plan")
    pt.write_plan(asked, plan, tmp_path / "plan", force=True)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("keep")
    with pytest.raises(pt.InputError, match="will not be replaced"):
        pt.write_plan(asked, plan, foreign, force=True)
    assert (foreign / "mine.txt").read_text() == "keep"
    with pytest.raises(pt.InputError, match="no such folder"):
        pt.write_plan(asked, plan, tmp_path / "none" / "plan")
    with pytest.raises(pt.InputError, match="not a plan's folder"):
        pt.read_plan(foreign)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign", "plan"]
