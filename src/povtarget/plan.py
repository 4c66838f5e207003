"""The answer: who is proposed for what, what it costs, what it achieves, and its certificate.

A plan made by solving and a baseline plan are the same `Plan`, judged by the same code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.exact import exact_dot
from povtarget.problem import TargetingProblem
from povtarget.valuation import proposed_shortfalls, shortfalls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ASSIGNMENT_COLUMNS = (
    "household_id",
    "program",
    "agency",
    "budget",
    "need",
    "weight",
    "units",
    "cost",
    "benefit",
)
MILLION = 1_000_000
FEWEST_DUPLICATES = "fewest duplicates"
"""The name of every plan's last level, whose value is the number of new duplicates, negative."""

LATER_LEVELS, TIE_BREAK = 10.0, 100.0
"""How much wider than asked the gaps of later levels, and of "fewest duplicates", may be.

They choose between plans that are equally good by what comes before. With a gap of 0 asked they
are exact too.
"""


def level_gap(asked: float, level: int, levels: int) -> float:
    """The gap at which a level may stop; the last of ``levels`` is "fewest duplicates".

    Examples
    --------
    >>> [level_gap(1e-4, level, 3) for level in range(3)]
    [0.0001, 0.001, 0.01]
    """
    if level == levels - 1:
        return asked * TIE_BREAK
    return asked * (LATER_LEVELS if level else 1.0)


@dataclass(frozen=True)
class Level:
    """What the plan reached at one level.

    Parameters
    ----------
    objective
        Name of what was maximised.
    value
        Its value in the final plan.
    bound
        A number that no plan exceeds, given what the earlier levels had reached.
    """

    objective: str
    value: float
    bound: float


@dataclass(frozen=True, eq=False)
class Plan:
    """A proposal: households for programs, within every budget, with a certificate.

    Parameters
    ----------
    assignments
        One row per household and program: household_id, program, agency, budget, need, weight,
        units, cost and benefit (Rp a year, for one household).
    budgets
        By budget name: agency, fund, control, amount, spent, left (Rp a year) and price: how
        much the first level gains from one more million rupiah, at the margin.
    poverty
        Rows before and after: headcount (persons), P0, P1, P2 (shares of persons).
    city_poverty
        The same, counting only what lines under the city's control achieve.
    outcomes
        By household: area, persons, and the expected P0, P1, P2 of a person before and after.
    value, bound, gap
        The first level as maximised; a number that no plan exceeds; their relative distance.
    bound_source
        "prices" (anyone can recompute it), "solver", or "none" for a baseline.
    levels
        Value and bound of every level.
    duplicates
        New duplicates, times household weights.
    receipt_duplicates
        Duplicates that receipts make by themselves.
    status, asked_gap, engine, runtime
        How the solve ended ("optimal": the asked gap is proven), by which engine, in how many
        seconds.
    prices
        Value per unit (rupiah, place ...) of each row of the first level.
    warnings
        What a person should know.
    """

    assignments: pd.DataFrame
    budgets: pd.DataFrame
    poverty: pd.DataFrame
    city_poverty: pd.DataFrame
    outcomes: pd.DataFrame
    value: float
    bound: float
    gap: float
    bound_source: str
    levels: tuple[Level, ...]
    duplicates: float
    receipt_duplicates: float
    status: str
    asked_gap: float
    engine: str
    runtime: float
    prices: Mapping[str, float]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Plan(status={self.status!r}, value={self.value:,.6g}, bound={self.bound:,.6g}, "
            f"gap={self.gap:.2g}, assignments={len(self.assignments):,})"
        )

    def rate(self, when: str, measure: str = "P0") -> float:
        """One number of ``poverty``: P0, P1, P2 or headcount, before or after."""
        return float(np.asarray(self.poverty.at[when, measure]))

    @property
    def lifted(self) -> float:
        """Persons that the plan is expected to bring to the line."""
        return self.rate("before", "headcount") - self.rate("after", "headcount")

    @property
    def lifted_by_city(self) -> float:
        """Persons that the lines under the city's control bring to the line by themselves."""
        heads = self.city_poverty["headcount"].to_numpy()
        return float(heads[0] - heads[1])

    def poverty_by(self, by: str | pd.Series = "area") -> pd.DataFrame:
        """Headcount, P0, P1, P2 before and after for groups of households.

        Parameters
        ----------
        by
            "area", or a series of group labels indexed by household_id.

        Returns
        -------
        DataFrame
            Indexed by group and "before" or "after".
        """
        if isinstance(by, str):
            if by != "area" or "area" not in self.outcomes:
                raise InputError(
                    [
                        Fault(
                            "the plan has no such groups",
                            "poverty_by",
                            column="by",
                            value=by,
                            expected="'area', or a series indexed by household_id",
                        )
                    ]
                )
            labels = self.outcomes["area"]
        else:
            labels = by.reindex(self.outcomes["household_id"])
        groups = list(self.outcomes.groupby(labels.to_numpy()))
        tables: list[pd.DataFrame] = [poverty_table(part) for _, part in groups]
        names = [str(labels.name or "group"), "when"]
        return pd.concat(tables, keys=[name for name, _ in groups], names=names)

    def equals(self, other: Plan) -> bool:
        """Whether another plan is the same in every table and number."""
        frames = ("assignments", "budgets", "poverty", "city_poverty", "outcomes")
        scalars = (
            "value",
            "bound",
            "gap",
            "bound_source",
            "levels",
            "duplicates",
            "receipt_duplicates",
            "status",
            "asked_gap",
            "engine",
            "runtime",
            "warnings",
        )
        return (
            all(getattr(self, name).equals(getattr(other, name)) for name in frames)
            and all(getattr(self, name) == getattr(other, name) for name in scalars)
            and dict(self.prices) == dict(other.prices)
        )


@dataclass(frozen=True)
class Certificate:
    """What a solve proved, in the words of `Plan`."""

    value: float
    bound: float
    gap: float
    bound_source: str
    levels: tuple[Level, ...]
    status: str
    asked_gap: float
    engine: str
    runtime: float
    prices: Mapping[str, float]


def make_plan(
    problem: TargetingProblem,
    proposals: Sequence[tuple[Ints, int]],
    duplicates: float,
    certificate: Certificate,
    warnings: Sequence[str] = (),
) -> Plan:
    """A plan from proposals.

    Parameters
    ----------
    problem
        The question.
    proposals
        For each program its households: (positions, position of the program).
    duplicates
        New duplicates, times household weights.
    certificate
        What was proven.
    warnings
        Besides those of the problem's input.
    """
    chosen = np.zeros(problem.standing.possible.shape, dtype=bool)
    for rows, program in proposals:
        chosen[rows, program] = True
    assignments = _assignments(problem, chosen)
    outcomes = _outcomes(problem, chosen)
    return Plan(
        assignments=assignments,
        budgets=_budgets(problem, assignments, certificate.prices),
        poverty=poverty_table(outcomes),
        city_poverty=poverty_table(_city_outcomes(problem, chosen, outcomes)),
        outcomes=outcomes,
        value=certificate.value,
        bound=certificate.bound,
        gap=certificate.gap,
        bound_source=certificate.bound_source,
        levels=certificate.levels,
        duplicates=duplicates,
        receipt_duplicates=problem.standing.receipt_duplicates,
        status=certificate.status,
        asked_gap=certificate.asked_gap,
        engine=certificate.engine,
        runtime=certificate.runtime,
        prices=dict(certificate.prices),
        warnings=(*problem.standing.warnings, *warnings),
    )


def poverty_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Headcount, P0, P1, P2 over persons, before and after."""
    persons = outcomes["persons"].to_numpy()
    total = math.fsum(persons.tolist())
    rows = {}
    for when in ("before", "after"):
        sums = [
            math.fsum((persons * outcomes[f"P{alpha}_{when}"].to_numpy()).tolist())
            for alpha in (0, 1, 2)
        ]
        rows[when] = [sums[0], *(part / total if total else 0.0 for part in sums)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["headcount", "P0", "P1", "P2"])


def _assignments(problem: TargetingProblem, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    household, program = np.nonzero(chosen)
    programs, catalog = problem.catalog.programs, problem.catalog
    units = problem.standing.units[household, program].astype(np.float64)

    def of_program(texts: Sequence[str]) -> NDArray[np.object_]:
        return np.array(texts, dtype=object)[program]

    return pd.DataFrame(
        {
            "household_id": problem.households.household_id[household],
            "program": of_program([p.name for p in programs]),
            "agency": of_program([catalog.agency_of(p) for p in programs]),
            "budget": of_program([p.budget for p in programs]),
            "need": of_program([p.need for p in programs]),
            "weight": problem.households.weight[household],
            "units": units,
            "cost": np.array([float(p.unit_cost) for p in programs])[program] * units,
            "benefit": np.array([float(p.benefit) for p in programs])[program] * units,
        },
        columns=list(ASSIGNMENT_COLUMNS),
    )


def _budgets(
    problem: TargetingProblem, assignments: pd.DataFrame, prices: Mapping[str, float]
) -> pd.DataFrame:
    rows = []
    names, weight = assignments["budget"].to_numpy(dtype=object), assignments["weight"].to_numpy()
    cost = assignments["cost"].to_numpy()
    for budget in problem.catalog.budgets:
        mine = names == budget.name
        spent = exact_dot(weight[mine], cost[mine])
        rows.append(
            {
                "budget": budget.name,
                "agency": budget.agency,
                "fund": budget.fund,
                "control": budget.control,
                "amount": float(budget.amount),
                "spent": float(spent),
                "left": float(Fraction(budget.amount) - spent),
                "price": prices.get(budget.name, 0.0) * MILLION,
            }
        )
    return pd.DataFrame(rows).set_index("budget")


def _outcomes(problem: TargetingProblem, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Expected P0, P1, P2 of a person in each household, before and after."""
    households = problem.households
    frame = pd.DataFrame({"household_id": households.household_id})
    if households.area is not None:
        frame["area"] = households.area
    frame["persons"] = households.persons
    everyone = np.arange(len(households))
    before = shortfalls(households, everyone, problem.standing.baseline_gain, (0, 1, 2))
    after = _after(problem, chosen, before)
    for alpha in (0, 1, 2):
        frame[f"P{alpha}_before"], frame[f"P{alpha}_after"] = before[alpha], after[alpha]
    return frame


def _after(problem: TargetingProblem, chosen: NDArray[np.bool_], before: Floats) -> Floats:
    """float64[alphas, households]: P0, P1, P2 with what is chosen, never above ``before``."""
    served = np.flatnonzero(chosen.any(axis=1))
    after = before.copy()
    after[:, served] = proposed_shortfalls(problem, served, chosen[served], (0, 1, 2))
    return np.minimum(after, before)


def _city_outcomes(
    problem: TargetingProblem, chosen: NDArray[np.bool_], outcomes: pd.DataFrame
) -> pd.DataFrame:
    """The same outcomes where only what lines under the city's control pay is chosen."""
    city = {budget.name for budget in problem.catalog.budgets if budget.control == "city"}
    by_city = np.array([program.budget in city for program in problem.catalog.programs])
    if by_city.all():
        return outcomes
    before = outcomes[["P0_before", "P1_before", "P2_before"]].to_numpy().T
    after = _after(problem, chosen & by_city, before)
    return outcomes.assign(P0_after=after[0], P1_after=after[1], P2_after=after[2])
