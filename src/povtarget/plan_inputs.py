"""What a plan was made from, as files of its folder: enough to recompute it, and no more.

    households.csv  receipts.csv  locks.csv  problem.json

Identifiers of households and of members are in it, since receipts, locks and duplicates are
counted by them. Other columns that say who somebody is are left out where nothing asks for
them; problem.json names them under "left_out".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from povtarget.catalog_files import catalog_from_dict, catalog_to_dict
from povtarget.households import MEASURES, Households
from povtarget.objectives import FGT, AreaFloor, Objective, Overlap, UnmetNeed
from povtarget.personal import is_personal
from povtarget.problem import TargetingProblem
from povtarget.stored_tables import kinds_of, read_table, write_json, write_table


def left_out(problem: TargetingProblem) -> tuple[str, ...]:
    """Names of the columns that a plan's folder does without.

    They seem to say who somebody is (`povtarget.personal.is_personal`), and nothing of the
    problem asks for them: no eligibility, count, priority or area floor.
    """
    programs = problem.catalog.programs
    used = {column for p in programs if p.expression for column in p.expression.columns}
    used |= {p.per for p in programs if p.per}
    used |= {level.priority for level in problem.levels if isinstance(level.priority, str)}
    used |= {constraint.by for constraint in problem.constraints}
    covariates = problem.households.covariates.items()
    return tuple(
        name for name, cells in covariates if name not in used and is_personal(name, cells)
    )


def write_inputs(problem: TargetingProblem, folder: Path) -> None:
    """Write what a plan was made from, without the columns of `left_out`."""
    without = left_out(problem)
    people = problem.households.frame.drop(columns=[*without])
    frames = {"households": people, "receipts": problem.receipts, "locks": problem.locks}
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    for name, frame in frames.items():
        write_table(folder / f"{name}.csv", frame)
    write_json(
        folder / "problem.json",
        {
            "catalog": catalog_to_dict(problem.catalog),
            "objective": [_objective_to_dict(level) for level in problem.levels],
            "overlap": asdict(problem.overlap),
            "constraints": [asdict(constraint) for constraint in problem.constraints],
            "max_bundle": problem.max_bundle,
            "receipts_in_consumption": problem.receipts_in_consumption,
            "year": problem.year,
            "left_out": without,
            "tables": {name: kinds_of(frame) for name, frame in frames.items()},
        },
    )


def read_inputs(folder: Path) -> TargetingProblem:
    """Read the problem that `write_inputs` wrote."""
    content = json.loads((folder / "problem.json").read_text(encoding="utf-8"))
    frames = {
        name: read_table(folder / f"{name}.csv", kinds_of)
        for name, kinds_of in content["tables"].items()
    }
    return TargetingProblem(
        _households(frames["households"]),
        catalog_from_dict(content["catalog"], "problem.json"),
        receipts=frames.get("receipts"),
        locks=frames.get("locks"),
        objective=[_objective_from_dict(level) for level in content["objective"]],
        overlap=Overlap(**content["overlap"]),
        constraints=[AreaFloor(**constraint) for constraint in content["constraints"]],
        max_bundle=content["max_bundle"],
        year=content["year"],
        receipts_in_consumption=content["receipts_in_consumption"],
    )


def _households(frame: pd.DataFrame) -> Households:
    """Households as they were written: their columns have their types already."""
    columns = {str(name): frame[name].to_numpy() for name in frame.columns}
    known = {name: columns.pop(name) for name in ("household_id", *MEASURES)}
    return Households(**known, area=columns.pop("area", None), covariates=columns)


def _objective_to_dict(objective: Objective) -> dict[str, Any]:
    priority = objective.priority
    stated = dict(priority) if isinstance(priority, Mapping) else priority
    if isinstance(objective, FGT):
        return {"alpha": int(objective.alpha), "priority": stated}
    return {
        "needs": None if objective.needs is None else list(objective.needs),
        "priority": stated,
    }


def _objective_from_dict(content: dict[str, Any]) -> Objective:
    if "alpha" in content:
        return FGT(content["alpha"], priority=content["priority"])
    needs = content["needs"]
    return UnmetNeed(needs=None if needs is None else tuple(needs), priority=content["priority"])
