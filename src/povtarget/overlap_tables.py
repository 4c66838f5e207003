"""Who has two things at once: programs by programs, agencies by agencies, funds, needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.households import Households
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog
from povtarget.receipts import read_receipts
from povtarget.sayings import either, said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

By = Literal["program", "agency", "fund", "need"]
Unit = Literal["persons", "families"]


@dataclass(frozen=True, eq=False)
class OverlapTable:
    """Things by things: how many have both.

    Parameters
    ----------
    frame
        Those who have the row's and the column's; on the diagonal those who have it at all.
    jaccard
        n_jk / (n_j + n_k - n_jk): of those who have either, the share that has both.
    conditional
        n_jk / n_j: of those who have the row's, the share that has the column's too.
    spread
        How many have 0 (where all households are known), 1, 2 ... different things, and their
        share.
    by, unit
        What the things are, and what is counted: persons, or families.
    """

    frame: pd.DataFrame
    jaccard: pd.DataFrame
    conditional: pd.DataFrame
    spread: pd.DataFrame
    by: str
    unit: Unit

    def __repr__(self) -> str:
        return f"OverlapTable({len(self.frame)} by {self.by}, in {self.unit})"

    def pairs(self) -> pd.DataFrame:
        """The pairs that somebody has, most first: first, second, both, jaccard and conditional.

        ``second_of_first`` is the share of those with the first who have the second too.
        """
        names = self.frame.index.to_numpy(dtype=object)
        first, second = np.triu_indices(len(names), 1)
        pairs = pd.DataFrame(
            {
                "first": names[first],
                "second": names[second],
                "both": self.frame.to_numpy()[first, second],
                "jaccard": self.jaccard.to_numpy()[first, second],
                "second_of_first": self.conditional.to_numpy()[first, second],
                "first_of_second": self.conditional.to_numpy()[second, first],
            }
        )
        kept = pairs[pairs["both"] > 0]
        return kept.sort_values("both", ascending=False, kind="stable", ignore_index=True)


def overlap_table(
    given: TargetingProblem | Plan | Any,
    by: By = "program",
    *,
    plan: Plan | None = None,
    households: Households | None = None,
    catalog: Catalog | None = None,
    unit: Unit | None = None,
) -> OverlapTable:
    """Count who has two programs, agencies, funds or needs at once.

    Parameters
    ----------
    given
        A problem (its receipts), a plan (its proposals), or receipts as for
        `povtarget.read_receipts`.
    by
        "program", "agency", "fund" or "need".
    plan
        Proposals to count on top of the receipts of ``given``.
    households
        Who there is, where ``given`` does not say: then persons can be counted, and those who
        have nothing. Receipts of households that are not listed are left out.
    catalog
        What receipts do not say of agency, fund and need, where ``given`` has no catalogue.
    unit
        "persons" (the default where households are known) or "families"; both count weights
        where households are known.

    Raises
    ------
    InputError
        Where an argument is none of these, or receipts do not say what they are counted by and
        no catalogue does.

    Examples
    --------
    >>> receipts = {"household_id": ["a", "a", "b"], "program": ["rice", "cash", "rice"]}
    >>> table = overlap_table(receipts)
    >>> print(table.frame.loc["rice", "cash"], table.jaccard.loc["rice", "cash"], table.unit)
    1.0 0.5 families
    """
    if isinstance(given, TargetingProblem):
        households, catalog = given.households, given.catalog
    _refuse_wrong_words(by, unit, households)
    counted: Unit = unit or ("families" if households is None else "persons")
    parts = [_rows(given, by, catalog)]
    if plan is not None:
        parts.append(_rows(plan, by, catalog))
    rows = pd.concat(parts, ignore_index=True).drop_duplicates()
    rows = rows[rows["thing"] != ""]
    if households is None:
        number, found = pd.factorize(rows["household_id"])
        weight = np.ones(len(found))
    else:
        number = households.positions(rows["household_id"])
        rows, number = rows[number >= 0], number[number >= 0]
        weight = households.persons if counted == "persons" else households.weight
    names, thing = np.unique(rows["thing"].to_numpy(dtype=str), return_inverse=True)
    return table_of(names.tolist(), number, thing, weight, by, counted)


def table_of(
    names: list[str], household: Ints, thing: Ints, weight: Floats, by: str, unit: Unit
) -> OverlapTable:
    """The table of pairs (household, thing), each written once."""
    has = np.zeros((weight.size, len(names)))
    has[household, thing] = 1.0
    both = (has * weight[:, None]).T @ has
    each = np.diag(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        jaccard = both / (each[:, None] + each[None, :] - both)
        conditional = both / each[:, None]
    many = has.sum(axis=1).astype(np.int64)
    counts = np.bincount(many, weights=weight)
    index = pd.RangeIndex(counts.size, name="things")
    spread = pd.DataFrame({unit: counts, "share": counts / max(counts.sum(), 1e-300)}, index)

    def labelled(matrix: Floats) -> pd.DataFrame:
        return pd.DataFrame(matrix, index=pd.Index(names, name=by), columns=names)

    return OverlapTable(labelled(both), labelled(jaccard), labelled(conditional), spread, by, unit)


def _refuse_wrong_words(by: str, unit: str | None, households: Households | None) -> None:
    faults = []
    if by not in get_args(By):
        expected = either(get_args(By))
        faults.append(Fault("no such grouping", "overlap_table", None, "by", str(by), expected))
    if unit is not None and unit not in get_args(Unit):
        expected = either(get_args(Unit))
        faults.append(Fault("no such unit", "overlap_table", None, "unit", str(unit), expected))
    if unit == "persons" and households is None:
        faults.append(
            Fault(
                "persons cannot be counted: receipts do not say how large families are",
                "overlap_table",
                column="unit",
                expected="households=, or unit='families'",
            )
        )
    if faults:
        raise InputError(faults)


def _rows(given: Any, by: By, catalog: Catalog | None) -> pd.DataFrame:
    """household_id and thing of a problem's receipts, of a plan, or of receipts."""
    if isinstance(given, Plan):
        frame = given.assignments
        if by == "fund":
            frame = frame.assign(fund=frame["budget"].map(given.budgets["fund"]))
    elif isinstance(given, TargetingProblem):
        empty: dict[str, list[str]] = {"household_id": [], "program": []}
        frame = read_receipts(empty if given.receipts is None else given.receipts)
    else:
        frame = read_receipts(given)
    stated = frame[by].fillna("") if by in frame else pd.Series("", frame.index, dtype=object)
    thing = stated.to_numpy(dtype=object)
    if catalog is not None and by != "program":
        known = _of_programs(catalog, by)
        thing = np.where(thing == "", frame["program"].map(known).fillna(""), thing)
    elif by != "program" and by not in frame:
        raise InputError(
            [
                Fault(
                    said("the receipts do not say their {by}", by=by),
                    "receipts",
                    column=by,
                    expected="this column, or the catalogue (catalog=)",
                )
            ]
        )
    return pd.DataFrame({"household_id": frame["household_id"].to_numpy(), "thing": thing})


def _of_programs(catalog: Catalog, by: By) -> dict[str, str]:
    funds = {budget.name: budget.fund for budget in catalog.budgets}
    return {
        program.name: {"agency": catalog.agency_of(program), "fund": funds[program.budget]}.get(
            by, program.need
        )
        for program in catalog.programs
    }
