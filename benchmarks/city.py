"""What a question is made of, as plain data that a file can hold."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import povtarget as pt


@dataclass(frozen=True, eq=False)
class City:
    """Families, catalogue and receipts of one benchmark question.

    Parameters
    ----------
    name, seed
        Family of questions, and which of them.
    frame
        As `povtarget.Households.from_frame` takes it.
    poverty_line
        Rp per person per month.
    catalog, receipts
        As `povtarget.TargetingProblem` takes them.
    overlap_weight
        What a duplicate costs at the first level, in persons, where the question has its usual
        levels; a single headcount has none, so that rivals answer the same question.
    """

    name: str
    seed: int
    frame: pd.DataFrame
    poverty_line: float
    catalog: pt.Catalog
    receipts: pd.DataFrame | None = None
    overlap_weight: float = 0.0

    def households(self) -> pt.Households:
        """The families."""
        return pt.Households.from_frame(self.frame, poverty_line=self.poverty_line)

    def problem(self, households: pt.Households | None = None) -> pt.TargetingProblem:
        """The question with the default levels."""
        return pt.TargetingProblem(
            self.households() if households is None else households,
            self.catalog,
            receipts=self.receipts,
            overlap=pt.Overlap(weight=self.overlap_weight),
        )

    def headcount_problem(self, households: pt.Households | None = None) -> pt.TargetingProblem:
        """The question with one level: persons lifted, nothing else."""
        return pt.TargetingProblem(
            self.households() if households is None else households,
            self.catalog,
            receipts=self.receipts,
            objective=pt.Headcount(),
        )


def write_city(city: City, path: Path) -> None:
    """Keep a city for another process."""
    with path.open("wb") as file:
        pickle.dump(city, file, protocol=pickle.HIGHEST_PROTOCOL)


def read_city(path: Path) -> City:
    """A city that `write_city` kept; only for files that this benchmark wrote itself."""
    with path.open("rb") as file:
        city = pickle.load(file)
    if not isinstance(city, City):
        raise TypeError(f"{path} holds no city")
    return city


def with_lines(
    catalog: pt.Catalog, programs: Sequence[pt.Program], rules: Sequence[pt.Rule] | None = None
) -> pt.Catalog:
    """Some programs, the lines that pay them, and the rules that can still apply."""
    names = {program.name for program in programs}
    paying = {program.budget for program in programs}
    return pt.Catalog(
        programs=programs,
        budgets=[budget for budget in catalog.budgets if budget.name in paying],
        rules=[
            rule
            for rule in (catalog.rules if rules is None else rules)
            if names.issuperset(rule.programs)
        ],
    )
