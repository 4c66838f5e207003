"""What was carried out: money absorbed, unit costs achieved, and who got it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import distinct_cells
from povtarget.numbers import DecimalSign, is_missing, parse_numbers
from povtarget.plan import Plan
from povtarget.programs import Catalog
from povtarget.sayings import said
from povtarget.tables import Table, read_table

TEXTS = ("agency", "fund", "code", "budget", "program", "title")
NUMBERS = ("pagu", "spent", "target", "reached")
REQUIRED = ("agency", "pagu", "spent")


def read_realisation(
    source: str | PathLike[str] | Any,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> pd.DataFrame:
    """Read what was carried out, a row for each sub-activity (sub-kegiatan).

    Parameters
    ----------
    source
        A .csv, .xlsx or .parquet file, or a frame.
    columns, sheet, decimal
        As for `povtarget.read_receipts`.

    Returns
    -------
    DataFrame
        agency, pagu and spent (Rp a year), and those of fund, code, budget (its line in the
        catalogue), program, title (text, "" where missing), target and reached (places, NaN
        where missing) that the source has.

    Raises
    ------
    InputError
        With every fault, by file, row and column.

    Examples
    --------
    >>> carried = {"agency": ["Dinkes"], "pagu": ["1.000.000"], "spent": [900_000]}
    >>> read_realisation(carried)[["pagu", "spent"]].loc[0].tolist()
    [1000000.0, 900000.0]
    """
    table = read_table(source, sheet=sheet, columns=columns)
    frame = table.frame
    faults = [
        Fault(
            "the column is missing",
            table.name,
            column=name,
            expected=nearest(name, map(str, frame.columns)) or "this column",
        )
        for name in REQUIRED
        if name not in frame.columns
    ]
    if faults:
        raise InputError(faults)
    read: dict[str, Any] = {}
    for name in (column for column in TEXTS if column in frame.columns):
        read[name] = _texts(frame[name])
    faults += [
        Fault("missing", table.name, int(table.rows[row]), "agency", None, "the agency's name")
        for row in np.flatnonzero(read["agency"] == "")
    ]
    for name in (column for column in NUMBERS if column in frame.columns):
        read[name], found = parse_numbers(
            frame[name],
            column=name,
            source=table.name,
            rows=table.rows,
            missing="refuse" if name in REQUIRED else "nan",
            decimal=decimal,
        )
        faults += [*found, *_negative(read[name], name, table)]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(read)


def implementation(
    realisation: pd.DataFrame,
    catalog: Catalog,
    received: pd.DataFrame,
    proposed: Plan | Any = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Implementation by sub-activity, agency and fund, and in all.

    Parameters
    ----------
    realisation
        As from `read_realisation`.
    catalog
        Says each line's control.
    received
        household_id, program, agency and fund of what was handed out.
    proposed
        A plan, or a frame of household_id and program: what had been proposed.

    Returns
    -------
    tuple
        A frame of level ("line", "agency and fund", "agency", "all"), agency, fund, code, control,
        pagu, spent, absorbed (spent / pagu), target, reached, reach (reached / target),
        planned_cost (pagu / target), achieved_cost (spent / reached), cost_ratio (achieved /
        planned), and, where something had been proposed, recipients (families and
        programs), on_list (the share of them that was proposed) and of_list (the share of the
        proposed that was reached). And warnings.

    Raises
    ------
    InputError
        Where an agency, line or program is not in the catalogue.
    """
    faults = list(_unknown(realisation, catalog))
    if faults:
        raise InputError(faults)
    lines = realisation.assign(
        fund=realisation.get("fund", ""),
        code=realisation.get("code", ""),
        control=_controls(realisation, catalog),
    )
    for name in ("target", "reached"):
        if name not in lines:
            lines[name] = np.nan
    parts = [
        _level(lines, "line", ["agency", "fund", "code"]),
        _level(lines, "agency and fund", ["agency", "fund"]),
        _level(lines, "agency", ["agency"]),
        _level(lines, "all", []),
    ]
    table = pd.concat(parts, ignore_index=True)
    if proposed is not None:
        table = table.join(_listed(table, received, proposed, catalog))
    return table, tuple(_warnings(lines))


def _level(lines: pd.DataFrame, level: str, keys: list[str]) -> pd.DataFrame:
    sums = ["pagu", "spent", "target", "reached"]
    grouped = lines.groupby(keys or (lambda _: "all"), sort=True)
    # Costs of a unit come only from lines that say both the money and the places.
    both = lines.assign(
        pagu_of_target=lines["pagu"].where(lines["target"].notna()),
        spent_of_reached=lines["spent"].where(lines["reached"].notna()),
        target_of_reached=lines["target"].where(lines["reached"].notna()),
        reached_of_target=lines["reached"].where(lines["target"].notna()),
    )
    more = ["pagu_of_target", "spent_of_reached", "target_of_reached", "reached_of_target"]
    found = both.groupby(keys or (lambda _: "all"), sort=True)[sums + more].sum(min_count=1)
    found["control"] = grouped["control"].agg(lambda each: " and ".join(sorted(set(each))))
    with np.errstate(divide="ignore", invalid="ignore"):
        found["absorbed"] = _ratio(found, "spent", "pagu")
        found["reach"] = _ratio(found, "reached_of_target", "target_of_reached")
        found["planned_cost"] = _ratio(found, "pagu_of_target", "target")
        found["achieved_cost"] = _ratio(found, "spent_of_reached", "reached")
        found["cost_ratio"] = _ratio(found, "achieved_cost", "planned_cost")
    found = found.reset_index() if keys else found.reset_index(drop=True)
    for name in ("agency", "fund", "code"):
        if name not in found:
            found[name] = ""
    shown = ["absorbed", "target", "reached", "reach", "planned_cost", "achieved_cost"]
    order = ["agency", "fund", "code", "control", "pagu", "spent", *shown, "cost_ratio"]
    return found.assign(level=level)[["level", *order]]


def _ratio(found: pd.DataFrame, top: str, bottom: str) -> pd.Series:
    return (found[top] / found[bottom]).where(found[bottom] > 0)


def _listed(
    table: pd.DataFrame, received: pd.DataFrame, proposed: Plan | Any, catalog: Catalog
) -> pd.DataFrame:
    """Of who got it how many were proposed, and the other way, by agency and fund."""
    frame = proposed.assignments if isinstance(proposed, Plan) else read_table(proposed).frame
    wanted = _labelled(frame[["household_id", "program"]].drop_duplicates(), catalog)
    pair = ["household_id", "program"]
    got = received.drop_duplicates(pair).merge(wanted[pair].assign(hit=1.0), on=pair, how="left")
    reached = wanted.merge(received[pair].drop_duplicates().assign(hit=1.0), on=pair, how="left")
    told = set(table["agency"])  # "all" is all that the realisation speaks of
    got, reached = got[got["agency"].isin(told)], reached[reached["agency"].isin(told)]
    rows = []
    for level, agency, fund in zip(table["level"], table["agency"], table["fund"], strict=True):
        mine = []
        for side in (got, reached):
            kept = np.ones(len(side), dtype=bool)
            if level != "all":
                kept &= (side["agency"] == agency).to_numpy()
            if level == "agency and fund":
                kept &= (side["fund"] == fund).to_numpy()
            mine.append(side[kept])
        if level == "line":  # lines of one fund share their recipients: told one level up
            rows.append({"recipients": np.nan, "on_list": np.nan, "of_list": np.nan})
            continue
        of_got, of_wanted = (
            float(side["hit"].fillna(0).mean()) if len(side) else np.nan for side in mine
        )
        rows.append({"recipients": len(mine[0]), "on_list": of_got, "of_list": of_wanted})
    return pd.DataFrame(rows, index=table.index)


def _labelled(frame: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    funds = {budget.name: budget.fund for budget in catalog.budgets}
    agency = {program.name: catalog.agency_of(program) for program in catalog.programs}
    fund = {program.name: funds[program.budget] for program in catalog.programs}
    return frame.assign(agency=frame["program"].map(agency), fund=frame["program"].map(fund))


def _controls(realisation: pd.DataFrame, catalog: Catalog) -> list[str]:
    """Who decides each row: its line's control, or those of its agency, fund and code."""
    controls = []
    for row in realisation.to_dict("records"):
        mine = [budget for budget in catalog.budgets if budget.name == row.get("budget")]
        if not mine:
            fund = row.get("fund")
            mine = [
                budget
                for budget in catalog.budgets
                if budget.agency == row["agency"] and (not fund or budget.fund == fund)
            ]
            coded = [budget for budget in mine if budget.code and budget.code == row.get("code")]
            mine = coded or mine
        controls.append(" and ".join(sorted({budget.control for budget in mine})))
    return controls


def _unknown(realisation: pd.DataFrame, catalog: Catalog) -> Iterator[Fault]:
    agencies = {catalog.agency_of(program) for program in catalog.programs}
    known = {
        "agency": agencies,
        "budget": set(catalog.budget_names),
        "program": set(catalog.program_names),
    }
    for column, names in known.items():
        if column in realisation:
            for name in sorted(set(realisation[column]) - names - {""}):
                hint = nearest(name, names) or said(
                    "one of: {names}", names=", ".join(sorted(names))
                )
                yield Fault(
                    said("the catalogue has no such {column}", column=column),
                    "realisation",
                    None,
                    column,
                    name,
                    hint,
                )


def _warnings(lines: pd.DataFrame) -> Iterator[str]:
    over = lines["spent"] > lines["pagu"]
    if over.any():
        yield said(
            "realisation: {count} line(s) spent more than their pagu", count=int(over.sum())
        )
    beyond = lines["reached"] > lines["target"]
    if beyond.any():
        yield said(
            "realisation: {count} line(s) reached more than their target", count=int(beyond.sum())
        )
    idle = (lines["spent"] > 0) & (lines["reached"] == 0)
    if idle.any():
        yield said(
            "realisation: {count} line(s) spent money and reached nobody", count=int(idle.sum())
        )


def _texts(cells: pd.Series) -> NDArray[np.object_]:
    which, distinct = distinct_cells(cells)
    texts = ["" if is_missing(cell) else str(cell).strip() for cell in distinct]
    return np.array(texts, dtype=object)[which]


def _negative(numbers: NDArray[np.float64], column: str, table: Table) -> Iterator[Fault]:
    with np.errstate(invalid="ignore"):
        for row in np.flatnonzero(numbers < 0):
            shown = f"{numbers[row]:g}"
            yield Fault(
                "out of range", table.name, int(table.rows[row]), column, shown, "0 or more"
            )
