"""What exists: who gets what, who gets it twice, who gets nothing, and what was carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.effects import Effect, Scene, scene
from povtarget.errors import Fault, InputError
from povtarget.expressions import parse_expression
from povtarget.households import Households
from povtarget.incidence_tables import incidence_of
from povtarget.indicator_tables import ALL, Indicators, group_indicators, indicators_of, intervals
from povtarget.overlap_tables import By, OverlapTable, table_of
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import HIDDEN_COLUMNS, Catalog
from povtarget.realisation import implementation, read_realisation
from povtarget.sayings import said
from povtarget.transfers import Transfers, summed

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

OVERLAPS: tuple[By, ...] = ("program", "agency", "fund", "need")
PARTS = ("program", "need", "agency", "fund", "control")

GROUPS = {
    "headed by a woman": "woman_headed == 1",
    "with disability": "disabled > 0",
    "elderly living alone": "size == 1 and elderly > 0",
    "without NIK": "has_nik == 0",
}
"""Whose exclusion is shown where the columns exist."""


@dataclass(frozen=True, eq=False)
class Audit:
    """What receipts say about who is reached. No table names a family.

    Parameters
    ----------
    overall
        `Indicators` of everything together, one row.
    by
        `Indicators` by program, need, agency, fund, control, and by area where there is one.
        ``by["control"]`` tells apart what the city decides, what it only proposes, and what is
        fixed.
    tenths
        Incidence by tenths of persons, see `povtarget.incidence`.
    overlaps
        `OverlapTable` in persons, by program, agency, fund and need.
    duplicates
        By need and two agencies that both serve it in one family: families, persons, and
        spending: what the agency that gives less pays there, Rp a year. Two members in two places
        are no duplicate.
    uneven
        By area: families with ``many`` programs or more and what is spent on them (Rp a year),
        beside the persons below the line who have nothing, expected, with a 95 % interval.
    exclusion
        Undercoverage of groups with its interval, beside that of all others and the difference.
    realisation
        What was carried out, see `povtarget.implementation`; None where it was not given.
    warnings
        What a person should know.
    """

    overall: Indicators
    by: Mapping[str, Indicators]
    tenths: pd.DataFrame
    overlaps: Mapping[str, OverlapTable]
    duplicates: pd.DataFrame
    uneven: pd.DataFrame
    exclusion: pd.DataFrame
    realisation: pd.DataFrame | None
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        row = self.overall.frame.loc[ALL]
        return (
            f"Audit({row['families_receiving']:,.0f} families receive, "
            f"undercoverage={row['undercoverage']:.1%}, leakage={row['leakage']:.1%}, "
            f"duplicates={self.duplicates['families'].sum():,.0f})"
        )

    @property
    def frame(self) -> pd.DataFrame:
        """By area, or in all where there are none: the main indicators and `uneven`."""
        shown = self.by.get("area", self.overall).frame[list(_SHOWN)]
        return shown.join(self.uneven.drop(columns="persons"))


_SHOWN = (
    "persons",
    "below_after",
    "P0_after",
    "coverage",
    "undercoverage",
    "leakage",
    "leakage_money",
    "cgh",
    "adequacy",
    "headcount_impact",
    "benefit_cost",
    "spending",
)


def audit(
    receipts: Any,
    *,
    households: Households,
    catalog: Catalog,
    realisation: Any = None,
    proposed: Plan | Any = None,
    groups: Mapping[str, str] | None = None,
    many: int = 3,
    year: int | None = None,
    receipts_in_consumption: bool = True,
) -> Audit:
    """Say what exists, from receipts alone.

    Parameters
    ----------
    receipts
        Who has what, as for `povtarget.read_receipts`.
    households, catalog
        Who there is, and what programs are worth, cost and are paid from.
    realisation
        What was carried out, as for `povtarget.read_realisation`.
    proposed
        With ``realisation``: a plan, or a frame of household_id and program, that had been
        proposed; receipts are compared with it.
    groups
        Names and conditions (expressions over the households' columns) whose exclusion is shown.
        None: women-headed, with disability, elderly living alone, without NIK, as far as the
        columns ``woman_headed``, ``disabled``, ``elderly`` and ``has_nik`` are there.
    many
        Programs from which on a family has "many".
    year
        Count only receipts in force in this year; None counts all.
    receipts_in_consumption
        Whether measured consumption has the receipts in it.

    Raises
    ------
    InputError
        With every fault: programs that the catalogue does not have (with the nearest name),
        unusable groups, a realisation that cannot be read.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(500, seed=1)
    >>> found = audit(receipts, households=households, catalog=catalog)
    >>> sorted(found.by)
    ['agency', 'area', 'control', 'fund', 'need', 'program']
    >>> found.exclusion.index.tolist()
    ['headed by a woman', 'with disability', 'elderly living alone']
    """
    if isinstance(many, bool) or many != int(many) or many < 1:
        fault = Fault("not a number of programs", "audit", None, "many", str(many), "1 or more")
        raise InputError([fault])
    chosen = _groups(households, groups)
    carried = None if realisation is None else read_realisation(realisation)
    problem = TargetingProblem(
        households, catalog, receipts=None, receipts_in_consumption=receipts_in_consumption
    )
    shown = scene(problem, receipts, year=year)
    effect, given = shown.effect(), shown.transfers
    keys = [*PARTS, *(["area"] if households.area is not None else [])]
    by = {key: indicators_of(shown, key) for key in keys}
    warnings = list(_warnings(shown, effect))
    done: pd.DataFrame | None = None
    if carried is not None:
        done, more = implementation(carried, catalog, _received(households, given), proposed)
        warnings += more
    return Audit(
        overall=indicators_of(shown),
        by=MappingProxyType(by),
        tenths=incidence_of(shown, 10),
        overlaps=MappingProxyType({key: _overlap(households, given, key) for key in OVERLAPS}),
        duplicates=_duplicates(households, given),
        uneven=_uneven(households, given, effect, int(many)),
        exclusion=_exclusion(households, effect, chosen),
        realisation=done,
        warnings=tuple(warnings),
    )


def _groups(households: Households, groups: Mapping[str, str] | None) -> dict[str, Bools]:
    """Members of each group: bool[households]."""
    columns = {
        name: values for name, values in households.columns.items() if name not in HIDDEN_COLUMNS
    }
    chosen, faults = {}, []
    for name, text in (GROUPS if groups is None else groups).items():
        try:
            expression = parse_expression(text)
            if groups is None and not expression.columns <= set(columns):
                continue
            for column in sorted(expression.columns & HIDDEN_COLUMNS):
                faults.append(
                    Fault(
                        said("'{column}' is for the judge only", column=column),
                        said("group '{name}'", name=name),
                    )
                )
            chosen[name] = expression.evaluate(columns)
        except InputError as error:
            faults += [
                Fault(
                    each.message,
                    said("group '{name}'", name=name),
                    None,
                    each.column,
                    each.value,
                    each.expected,
                )
                for each in error.problems
            ]
    if faults:
        raise InputError(faults)
    return chosen


def _warnings(shown: Scene, effect: Effect) -> list[str]:
    households, given, warnings = shown.households, shown.transfers, []
    if given.unmatched:
        warnings.append(
            said("receipts: {count:,} row(s) name households not listed", count=given.unmatched)
        )
    known = households.sigma == 0
    least = households.consumption + effect.gain_before / (12 * households.size)
    negative = int(np.count_nonzero(known & (least < 0)))
    if negative:
        warnings.append(
            said(
                "receipts: {count:,} household(s) have transfers above their whole "
                "consumption; before them they would have less than nothing",
                count=negative,
            )
        )
    return warnings


def _received(households: Households, given: Transfers) -> pd.DataFrame:
    labels = {name: given.labels[name] for name in ("program", "agency", "fund")}
    return pd.DataFrame({"household_id": households.household_id[given.household], **labels})


def _overlap(households: Households, given: Transfers, by: By) -> OverlapTable:
    rows = pd.DataFrame({"household": given.household, "thing": given.labels[by]})
    rows = rows[rows["thing"] != ""].drop_duplicates()
    names, thing = np.unique(rows["thing"].to_numpy(dtype=str), return_inverse=True)
    household = rows["household"].to_numpy()
    return table_of(names.tolist(), household, thing, households.persons, by, "persons")


def _duplicates(households: Households, given: Transfers) -> pd.DataFrame:
    """Pairs of agencies that serve one need of one family, or of one member of it."""
    rows = pd.DataFrame(
        {
            "household": given.household,
            "need": given.labels["need"],
            "agency": given.labels["agency"],
            "member": given.member,
            "spending": given.spending,
        }
    )
    each = rows.groupby(["household", "need", "agency", "member"], as_index=False)[
        "spending"
    ].sum()
    pairs = each.merge(each, on=["household", "need"], suffixes=("_first", "_second"))
    is_same = (
        (pairs["member_first"] == pairs["member_second"])
        | (pairs["member_first"] == "")
        | (pairs["member_second"] == "")
    )
    pairs = pairs[(pairs["agency_first"] < pairs["agency_second"]) & is_same]
    pairs = pairs.assign(less=pairs[["spending_first", "spending_second"]].min(axis=1))
    keys = ["need", "agency_first", "agency_second"]
    once = pairs.groupby([*keys, "household"], as_index=False)["less"].sum()
    at = once["household"].to_numpy(dtype=np.int64)
    counted = once.assign(
        families=households.weight[at],
        persons=households.persons[at],
        spending=households.weight[at] * once["less"].to_numpy(dtype=np.float64),
    )
    table: pd.DataFrame = counted.groupby(keys, as_index=False)[
        ["families", "persons", "spending"]
    ].sum()
    table = table.rename(columns={"agency_first": "agency", "agency_second": "other_agency"})
    return table.sort_values("families", ascending=False, kind="stable", ignore_index=True)


def _uneven(households: Households, given: Transfers, effect: Effect, many: int) -> pd.DataFrame:
    """By area: families with many programs, and persons below the line with none."""
    pairs = np.unique(np.stack([given.household, given.program]), axis=1)
    held = np.bincount(pairs[0], minlength=len(households))
    if households.area is None:
        names, number = np.array([ALL], dtype=object), np.zeros(len(households), dtype=np.int64)
    else:
        names, number = households.grouped("area")
    has_many, none = held >= many, ~effect.receives

    def total(values: Floats) -> Floats:
        return summed(number, values, len(names))

    below = effect.before[0]
    without = total(households.persons * none * below)
    error = np.sqrt(total(households.persons * households.size * none * below * (1.0 - below)))
    reach = 1.959963984540054 * error
    is_drawn = bool((households.sigma > 0).any())
    return pd.DataFrame(
        {
            "persons": total(households.persons),
            "families_with_many": total(households.weight * has_many),
            "spending_on_many": total(households.weight * has_many * effect.spending),
            "below_with_none": without,
            "below_with_none_low": np.maximum(without - reach, 0.0) if is_drawn else np.nan,
            "below_with_none_high": without + reach if is_drawn else np.nan,
        },
        index=pd.Index(names.tolist(), name=None if households.area is None else "area"),
    )


def _exclusion(
    households: Households, effect: Effect, groups: Mapping[str, Bools]
) -> pd.DataFrame:
    rows = {}
    for name, inside in groups.items():
        values, errors = group_indicators(households, effect, inside.astype(np.int64), 2)
        low, high = intervals(values, errors)
        others, mine = values["undercoverage"].tolist()
        reach = 1.959963984540054 * float(np.hypot(*errors["undercoverage"].tolist()))
        rows[name] = {
            "persons": values["persons"][1],
            "below": values["below_before"][1],
            "undercoverage": mine,
            "low": low["undercoverage"][1],
            "high": high["undercoverage"][1],
            "others": others,
            "difference": mine - others,
            "difference_low": mine - others - reach,
            "difference_high": mine - others + reach,
        }
    return pd.DataFrame.from_dict(rows, orient="index")
