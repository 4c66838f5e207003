"""What a plan says to the public, as small tables that name nobody.

`Evidence` counts persons and families by area, program, reason and group, with intervals where
something of the error is known. Counts of families leave it as multiples of `FEWEST`, smaller
ones not at all, and money in steps that tell no count (`povtarget.disclosure`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget import survey
from povtarget.disclosure import FEWEST, is_small, pooled, rounded, rounded_money
from povtarget.estimates import Estimate, amount, share
from povtarget.evaluation import proposals_of
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.valuation import success_chances, unit_gains

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

FEWEST_FOR_A_RATE = 30
"""The fewest families of an area whose rate is published."""

REASONS = ("proposed", "receives", "not_eligible", "money", "other")
"""Why somebody is expected to stay below the line, in the order in which it is asked."""

_PRESENCE = (
    "woman_headed",
    "elderly",
    "toddlers",
    "pregnant",
    "disabled",
    "severe_disability",
    "job_seekers",
)
_BANDS: Mapping[str, tuple[tuple[str, float, float], ...]] = {
    "size": (("1-2", 1, 2), ("3-4", 3, 4), ("5+", 5, np.inf)),
    "decile": (("1-2", 1, 2), ("3-4", 3, 4), ("5+", 5, np.inf)),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """A plan and its question, counted.

    Parameters
    ----------
    problem, plan
        The question and its answer.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(500)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> evidence = Evidence(problem, pt.solve(problem))
    >>> list(evidence.left_out().columns)
    ['families', 'persons']
    """

    problem: TargetingProblem
    plan: Plan

    @cached_property
    def chosen(self) -> Bools:
        """bool[households, programs]: what is proposed."""
        return proposals_of(self.problem, self.plan.assignments)

    @cached_property
    def is_proposed(self) -> Bools:
        """bool[households]: proposed for something."""
        return np.asarray(self.chosen.any(axis=1))

    @cached_property
    def has_something(self) -> Bools:
        """bool[households]: has a receipt, of a program in the catalogue or of a stated need."""
        standing = self.problem.standing
        return np.asarray(standing.received.any(axis=1) | standing.needs.served.any(axis=1))

    @property
    def is_sample(self) -> bool:
        """Whether households stand for others, as in a survey."""
        return bool((self.problem.households.weight != 1).any())

    @property
    def is_predicted(self) -> bool:
        """Whether any consumption is a prediction."""
        return bool((self.problem.households.sigma > 0).any())

    @property
    def is_small(self) -> bool:
        """Whether the whole list, or all that is proposed, is a cell too small to publish."""
        counts = np.array([len(self.is_proposed), int(self.is_proposed.sum())])
        return bool(is_small(counts).any())

    def rate(self, when: Literal["before", "after"]) -> Estimate:
        """Share of persons below the line.

        The standard error is that of the predictions, each family's own chance, and of the
        drawing of families where they carry weights: ``sum (w n)^2 p (1 - p) / (sum w n)^2``
        plus the variance of the weighted mean. An error that all predictions share is not in
        it. NaN where consumption is known and nobody was drawn.
        """
        return self._share(self._chance(when))

    def lifted(self) -> Estimate:
        """Persons that the plan is expected to bring to the line.

        Who is below after is below before, so that being lifted is one chance, q = p - p',
        with variance q (1 - q).
        """
        gain = self._chance("before") - self._chance("after")
        found = self._share(gain)
        total = float(self._persons.sum())
        return amount(self.plan.lifted, found.se * total, method=found.method)

    def areas(self) -> pd.DataFrame:
        """By area: families, persons, rates, who is reached, cost.

        Areas of fewer than `FEWEST_FOR_A_RATE` families are put together. Columns: families,
        persons, proposed (families), by `rounded`; cost (Rp a year, by `rounded_money`);
        P0_before, P0_after, P1_before, P1_after, fall (percentage points), coverage (persons
        below the line before who are proposed or have something), shares. NaN: proposed, cost
        and coverage of fewer than `FEWEST` families. Empty where the households have no area or
        all of them together are too few.
        """
        area = self.problem.households.area
        if area is None:
            return pd.DataFrame()
        table = pooled(self._counted(pd.Series(area)), ["cell_listed"], FEWEST_FOR_A_RATE)
        return _published(table, self._dearest(None))

    def missed(self) -> pd.DataFrame:
        """By group: persons below the line before whom neither plan nor receipts reach.

        Indexed by (column, label): below (persons), missed (share of them), low, high. Groups:
        persons in the family, decile, and whoever the columns of `datasets.pekalongan` name.
        """
        rows = []
        for name, label, inside in self._groups():
            parts = (inside, inside & ~self._is_reached, inside & self._is_reached)
            counts = [int(part.sum()) for part in parts]
            below = float((self._persons * self._chance("before"))[inside].sum())
            expected = float(self._chance("before")[inside].sum())
            if is_small(np.array([*counts, expected])).any() or below == 0 or expected == 0:
                continue
            found = self._share_of_below(~self._is_reached, inside)
            rows.append((name, label, below, found.value, found.low, found.high))
        columns = ["column", "label", "below", "missed", "low", "high"]
        return pd.DataFrame(rows, columns=columns).set_index(["column", "label"])

    def left_out(self) -> pd.DataFrame:
        """Who is expected below the line after the plan, by the first reason that holds.

        Indexed by `REASONS` ("proposed": proposed, but the help does not suffice or fails;
        "receives": has something already and may get nothing more; "not_eligible": may get
        nothing; "money": what would help does not fit into what is left of money and places;
        "other": nothing that it may get counts as consumption this year, or rules, duplicates
        or the aim stand against it). Columns: families and persons, expected, to the nearest
        `FEWEST`.
        """
        after = self._chance("after")
        able = self.problem.standing.possible
        useful = able & (unit_gains(self.problem) * success_chances(self.problem) > 0)
        tests = [
            self.is_proposed,
            ~able.any(axis=1) & self.has_something,
            ~able.any(axis=1),
            useful.any(axis=1) & ~(useful & self._fits()).any(axis=1),
            np.ones(after.size, dtype=bool),
        ]
        number = np.select(tests, range(len(tests)))
        weight = self.problem.households.weight
        frame = pd.DataFrame(
            {"families": weight * after, "persons": self._persons * after, "cell": after}
        )
        table = frame.groupby(number).sum()
        table.index = pd.Index([REASONS[k] for k in table.index])
        table = pooled(table, ("cell",))
        for name in ("families", "persons"):
            table[name] = rounded(table["cell"], table[name])
        return table.drop(columns="cell")

    def programs(self) -> pd.DataFrame:
        """By program: who may get it, has it, is proposed for it, and what ended it.

        Columns: agency, need, eligible, received, proposed (families, by `rounded`;
        NaN where withheld), ended: "fixed", "everyone", "places", "money" or "aim".
        """
        standing, catalog = self.problem.standing, self.problem.catalog
        weight = self.problem.households.weight
        fixed = {b.name for b in catalog.budgets if b.control == "fixed"}
        fits, rows = self._fits(), []
        for p, program in enumerate(catalog.programs):
            waiting = standing.possible[:, p] & ~self.chosen[:, p]
            counts = {
                "eligible": standing.possible[:, p],
                "received": standing.received[:, p],
                "proposed": self.chosen[:, p],
            }
            told = {k: _told(int(v.sum()), float(weight[v].sum())) for k, v in counts.items()}
            ended = "aim"
            if program.budget in fixed:
                ended = "fixed"
            elif not waiting.any():
                ended = "everyone"
            elif not (waiting & fits[:, p]).any():
                ended = "places" if self._places_left(p) < self._least(waiting, p) else "money"
            agency = catalog.agency_of(program)
            rows.append((program.name, agency, program.need, *told.values(), ended))
        columns = ["program", "agency", "need", *counts, "ended"]
        return pd.DataFrame(rows, columns=columns).set_index("program")

    def lines(self) -> pd.DataFrame:
        """The budget lines: spent by `rounded_money`, so left is at most; ``is_withheld``.

        Withheld is a line whose proposals go to fewer than `FEWEST` families, or to none.
        """
        budgets = self.plan.budgets
        of_line = [
            [p.budget == name for p in self.problem.catalog.programs] for name in budgets.index
        ]
        counts = [int(self.chosen[:, mine].any(axis=1).sum()) for mine in of_line]
        is_few = (np.array(counts) < FEWEST) & (budgets["control"] != "fixed")
        spent = [
            float(rounded_money(line["spent"], self._dearest(str(name))))
            for name, line in budgets.iterrows()
        ]
        left = budgets["amount"] - spent
        return budgets.assign(spent=spent, left=left, is_withheld=is_few)

    def spent(self, *, fixed: bool = True) -> float:
        """Rp a year over all lines, or over those that are not fixed, by `rounded_money`."""
        budgets = self.plan.budgets
        asked = budgets if fixed else budgets[budgets["control"] != "fixed"]
        return float(rounded_money(asked["spent"].sum(), self._dearest(None)))

    def served(self) -> float:
        """Families that are proposed for anything, by `rounded`; NaN where withheld."""
        weight = self.problem.households.weight[self.is_proposed]
        return _told(weight.size, float(weight.sum()))

    def places(self) -> float:
        """Places proposed, by `rounded`; NaN where they are for too few families."""
        made = self.plan.assignments
        count = float((made["weight"] * made["units"]).sum())
        return _told(int(self.is_proposed.sum()), count)

    def duplicates(self, when: Literal["before", "after", "new"]) -> float:
        """Duplicates by `rounded`; 0 where there are none, NaN where they are few."""
        old, new = self.plan.receipt_duplicates, self.plan.duplicates
        count = {"before": old, "new": new, "after": old + new}[when]
        return 0.0 if count == 0 else _told(int(np.ceil(count)), count)

    def together(self, when: Literal["before", "after"]) -> pd.DataFrame:
        """Agencies by agencies: families that have programs of both, by `rounded`.

        NaN where fewer than `FEWEST` families have both; the diagonal counts families with any
        program of the agency. Receipts outside the catalogue are not in it.
        """
        catalog = self.problem.catalog
        agencies = [catalog.agency_of(program) for program in catalog.programs]
        names = sorted({name for name in agencies if name})
        has = self._has(when)
        by_agency = [has[:, [a == name for a in agencies]].any(axis=1) for name in names]
        each = np.array(by_agency, dtype=np.float64).reshape(len(names), len(has))
        counts = each @ each.T
        families = (each * self.problem.households.weight) @ each.T
        return pd.DataFrame(rounded(counts, families), index=names, columns=names)

    def by_need(self) -> pd.DataFrame:
        """By what counts as a duplicate: families with two programs or more, before and after.

        Columns one_before, more_before, one_after, more_after, by `rounded`; NaN
        where withheld.
        """
        overlap, weight = self.problem.standing.overlap, self.problem.households.weight
        rows = {}
        for g, label in enumerate(overlap.labels):
            cells: list[float] = []
            for when in ("before", "after"):
                number = self._has(when)[:, overlap.of_program == g].sum(axis=1)
                for inside in (number == 1, number > 1):
                    cells.append(_told(int(inside.sum()), float(weight[inside].sum())))
            rows[label] = cells
        columns = ["one_before", "more_before", "one_after", "more_after"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    @cached_property
    def _persons(self) -> Floats:
        return self.problem.households.persons

    @cached_property
    def _is_reached(self) -> Bools:
        return self.is_proposed | self.has_something

    def _chance(self, when: str) -> Floats:
        return self._measure(f"P0_{when}")

    def _measure(self, column: str) -> Floats:
        return self.plan.outcomes[column].to_numpy(dtype=np.float64)

    def _dearest(self, budget: str | None) -> float:
        """Rp a year for the dearest place of a budget line, or of all."""
        programs = self.problem.catalog.programs
        costs = [float(p.unit_cost) for p in programs if budget in (None, p.budget)]
        return max(costs, default=0.0)

    def _has(self, when: str) -> Bools:
        received = self.problem.standing.received
        return received if when == "before" else received | self.chosen

    def _counted(self, labels: pd.Series) -> pd.DataFrame:
        """Sums by label; columns "cell_..." count rows, so that weights hide nothing."""
        weight, persons = self.problem.households.weight, self._persons
        before, after = self._chance("before"), self._chance("after")
        cost = pd.Series(0.0, index=self.plan.outcomes["household_id"])
        made = self.plan.assignments
        paid = (made["weight"] * made["cost"]).groupby(made["household_id"].to_numpy()).sum()
        cost[paid.index] = paid
        frame = pd.DataFrame(
            {
                "families": weight,
                "persons": persons,
                "below_before": persons * before,
                "below_after": persons * after,
                "gap_before": persons * self._measure("P1_before"),
                "gap_after": persons * self._measure("P1_after"),
                "proposed": weight * self.is_proposed,
                "reached": persons * before * self._is_reached,
                "cost": cost.to_numpy(),
                "cell_listed": 1.0,
                "cell_proposed": self.is_proposed.astype(np.float64),
            }
        )
        return frame.groupby(labels.to_numpy(dtype=object)).sum()

    def _groups(self) -> list[tuple[str, str, Bools]]:
        columns, found = self.problem.households.columns, []
        for name, bands in _BANDS.items():
            if name in columns and columns[name].dtype.kind in "iuf":
                values = columns[name].astype(np.float64)
                found += [(name, label, (values >= a) & (values <= b)) for label, a, b in bands]
        for name in _PRESENCE:
            if name in columns and columns[name].dtype.kind in "iufb":
                found.append((name, "", columns[name].astype(np.float64) > 0))
        return [(name, label, np.asarray(inside)) for name, label, inside in found]

    def _share(self, part: Floats) -> Estimate:
        """Mean chance of a person."""
        persons, total = self._persons, float(self._persons.sum())
        value = float((persons * part).sum()) / total if total else 0.0
        own = float((persons**2 * part * (1.0 - part)).sum()) / total**2
        drawn = 0.0
        if self.is_sample:
            drawn = survey.mean(part, survey.Design(persons)).se ** 2
        return self._estimate(value, own + drawn)

    def _share_of_below(self, part: Bools, inside: Bools) -> Estimate:
        """Share of the persons below the line ``inside`` who are in ``part``, by linearisation."""
        persons, chance = self._persons * inside, self._chance("before")
        total = float((persons * chance).sum())
        value = float((persons * chance * part).sum()) / total
        off = persons * (part - value) / total
        own = float((off**2 * chance * (1.0 - chance)).sum())
        drawn = float(((off * chance) ** 2).sum()) if self.is_sample else 0.0
        return self._estimate(value, own + drawn)

    def _estimate(self, value: float, variance: float) -> Estimate:
        value = min(max(value, 0.0), 1.0)
        if not (self.is_sample or self.is_predicted) or value in (0.0, 1.0):
            return Estimate(value, np.nan, np.nan, np.nan, 0, 0, np.inf, "share", "known")
        return share(value, float(np.sqrt(variance)), method="model")

    def _fits(self) -> Bools:
        """bool[households, programs]: one more place fits into what is left."""
        fits = np.zeros(self.chosen.shape, dtype=bool)
        left = self.plan.budgets["left"]
        weight, units = self.problem.households.weight, self.problem.standing.units
        for p, program in enumerate(self.problem.catalog.programs):
            places = weight * units[:, p]
            money = float(np.asarray(left[program.budget]))
            fits[:, p] = places * float(program.unit_cost) <= money
            fits[:, p] &= places <= self._places_left(p)
        return fits

    def _places_left(self, p: int) -> float:
        quota = self.problem.catalog.programs[p].quota
        if quota is None:
            return np.inf
        mine, units = self.chosen[:, p], self.problem.standing.units[:, p]
        return float(quota) - float((self.problem.households.weight * units)[mine].sum())

    def _least(self, waiting: Bools, p: int) -> float:
        places = self.problem.households.weight * self.problem.standing.units[:, p]
        return float(places[waiting].min())


def _told(count: int, families: float) -> float:
    return float(rounded(count, families))


def _published(table: pd.DataFrame, unit_cost: float) -> pd.DataFrame:
    """Sums of areas as numbers from which no family follows."""
    if table.empty:
        return pd.DataFrame()
    listed, proposed = table["cell_listed"], table["cell_proposed"]
    few = np.asarray(proposed < FEWEST)
    persons, below = table["persons"], table["below_before"].to_numpy()
    made = pd.DataFrame(
        {
            "families": rounded(listed, table["families"]),
            "persons": rounded(listed, persons),
            "proposed": rounded(proposed, table["proposed"]),
            "cost": np.where(few, np.nan, rounded_money(table["cost"], unit_cost)),
            "P0_before": below / persons,
            "P0_after": table["below_after"] / persons,
            "P1_before": table["gap_before"] / persons,
            "P1_after": table["gap_after"] / persons,
        },
        index=table.index,
    )
    made["fall"] = 100 * (made["P0_before"] - made["P0_after"])
    shown = (below > 0) & ~few
    made["coverage"] = np.divide(
        table["reached"], below, out=np.full(len(made), np.nan), where=shown
    )
    return made
