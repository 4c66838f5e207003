"""roadmap(): a plan for every year up to a goal, and the rate that is to be expected.

Year by year: consumption and line grow as the outlook says, earlier proposals go on paying for
as long as their programs last, this year's budgets are spent on what is worth most up to the
horizon (`povtarget.horizon`), and the rate is computed in many worlds (`povtarget.roadmap_rates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.canvas import axes_or_new
from povtarget.errors import Fault, InfeasibleError, InputError, nearest
from povtarget.evaluation import proposals_of
from povtarget.horizon import Year, in_force, pays, solve_over
from povtarget.locale import Language, Words
from povtarget.outlook import Outlook
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog
from povtarget.roadmap_rates import draw_worlds, frame_rows, rate_at, rates_of
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Budgets = Mapping[int, float | Mapping[str, float]]

_COLUMNS = ("rate", "low", "high", "survey_low", "survey_high", "chance")


@dataclass(frozen=True, eq=False)
class Roadmap:
    """A plan for every year, and what rate to expect. Made by `roadmap`.

    Parameters
    ----------
    frame
        By year, the start first: line (mean, Rp per person per month), budget and spent (Rp),
        goal (a straight way to it, a share), rate (expected share of persons below the line),
        low and high (95 % interval of the true rate), survey_low and survey_high (95 % interval
        of what a survey will measure), chance (that the true rate is at the goal), and the same
        without any new proposal: baseline, baseline_low, baseline_high, baseline_survey_low,
        baseline_survey_high, baseline_chance. What does not apply is NaN.
    plans
        By year. Value and bound count person-years up to the horizon.
    problems
        By year, the question that the plan answers: receipts are those of the start and what
        earlier plans proposed and is not over. `povtarget.verify` with it checks that the plan
        is feasible; its value is that of the year alone.
    goal
        The rate to reach in the last year, or None.
    outlook
        The assumptions.
    """

    frame: pd.DataFrame
    plans: Mapping[int, Plan]
    problems: Mapping[int, TargetingProblem]
    goal: float | None
    outlook: Outlook

    def __repr__(self) -> str:
        path = ", ".join(f"{year} {100 * rate:.2f} %" for year, rate in self.frame["rate"].items())
        return f"Roadmap({path})"

    @property
    def cost(self) -> float:
        """Rupiah that all plans spend."""
        return float(self.frame["spent"].sum())


def roadmap(
    problem: TargetingProblem,
    *,
    years: Sequence[int],
    outlook: Outlook | None = None,
    goal: float | None = None,
    budgets: Budgets | None = None,
    aim: Literal["path", "goal"] = "path",
    gap: float = 1e-3,
    draws: int = 1_000,
    seed: int = 0,
) -> Roadmap:
    """Make a plan for every year, and say what rate to expect with it and without.

    Parameters
    ----------
    problem
        The question at the start: the households of the year before the first.
    years
        Years in a row, such as ``range(2023, 2027)``; the last is the horizon.
    outlook
        Growth, the line, shocks, and how uncertain each is; None for `Outlook()`.
    goal
        Share of persons below the line to reach in the last year; only the way to it and the
        chance to be there are computed from it.
    budgets
        By year, a factor on all lines, or amounts by line (Rp a year); lines and years that are
        not named have the catalogue's amounts. Amounts and prices of programs do not grow.
    aim
        "path": every year up to the horizon counts; "goal": the last year alone does, so that
        what does not last until then is worth nothing before.
    gap
        Relative gap at which each level of each year may stop.
    draws, seed
        Worlds that the intervals rest on.

    Raises
    ------
    InputError
        With every fault: years that are not in a row, a goal that is no share or reached
        already, budgets of unknown years or lines, constraints (area floors are of one year).
    InfeasibleError
        Where no plan of a year keeps every row.

    Notes
    -----
    What households have at the start stays in their consumption. A program may be proposed again
    to the same household once it is over (delay and duration have passed). Locks hold in the
    first year. A household's residual is taken as stationary: its expected rate needs no more.

    Examples
    --------
    >>> import povtarget as pt
    >>> households = pt.Households.from_frame(
    ...     {"household_id": ["a", "b"], "size": [1, 1], "consumption": [95_000, 90_000]},
    ...     poverty_line=100_000)
    >>> house = pt.Program("house", need="housing", budget="b", unit_cost=1, benefit=120_000,
    ...                    duration_years=10)
    >>> catalog = pt.Catalog(programs=[house], budgets=[pt.Budget("b", amount=1)])
    >>> still = pt.Outlook(growth=0, line_growth=0, growth_sd=0, gain_sd=0)
    >>> way = pt.roadmap(pt.TargetingProblem(households, catalog), years=(2023, 2024),
    ...                  outlook=still)
    >>> way.frame["rate"].tolist(), way.frame["baseline"].tolist()
    ([1.0, 0.5, 0.0], [1.0, 1.0, 1.0])
    """
    outlook = Outlook() if outlook is None else outlook
    years = tuple(years)
    nobody = np.zeros(problem.standing.possible.shape, dtype=bool)
    start = Year(((1.0, problem),), nobody, 1.0)
    now = rate_at(start, nobody, 0.0, 1.0)[0]
    faults = [*_faults(problem, years, goal, budgets or {}, now)]
    if faults:
        raise InputError(faults)
    horizon = _horizon(problem, years, outlook, aim)
    plans, problems = _plans(problem, years, horizon, budgets or {}, gap)
    worlds = draw_worlds(outlook, start, len(years), draws, seed)
    goals = _way(now, goal, len(years))
    frame = _frame(problem, years, horizon, plans, goals)
    numbered = list(enumerate([start, *horizon]))
    with_plans = [rates_of(year, year.paying, worlds, k, outlook) for k, year in numbered]
    without = [rates_of(year, nobody, worlds, k, outlook) for k, year in numbered]
    for prefix, rates in (("", with_plans), ("baseline_", without)):
        table = np.array(frame_rows(rates, goals))
        for column, values in zip(_COLUMNS, table.T, strict=True):
            frame["baseline" if prefix and column == "rate" else prefix + column] = values
    return Roadmap(frame, plans, problems, goal, outlook)


def least_cost_path(
    problem: TargetingProblem,
    *,
    years: Sequence[int],
    goal: float,
    most: float = 4.0,
    steps: int = 5,
    **options: Any,
) -> tuple[float, Roadmap]:
    """Find the least multiple of all budgets whose roadmap is expected to be at a goal.

    Every line of every year gets the same factor, so this is the least cost among such paths,
    not among all ways to spend; the plans within it are as good as `roadmap` finds them.

    Parameters
    ----------
    problem, years, goal
        As in `roadmap`.
    most
        The largest factor that is tried.
    steps
        Halvings between what was not enough and what was: the factor is within
        ``most / 2**steps``.
    options
        Others of `roadmap`, but ``budgets``.

    Returns
    -------
    tuple
        The factor (0 where the goal comes without any money) and its roadmap.

    Raises
    ------
    InfeasibleError
        Where even ``most`` times the money is not expected to reach the goal; it says how far
        that goes.
    """

    def way(factor: float) -> Roadmap:
        budgets = dict.fromkeys(years, factor)
        return roadmap(problem, years=years, goal=goal, budgets=budgets, **options)

    best = way(most)
    last = float(best.frame["rate"].iloc[-1])
    if last > goal:
        note = said(
            "{most:g} times the money is expected to reach {last:.2f} %",
            most=most,
            last=100 * last,
        )
        raise InfeasibleError([said("goal {goal:.2f} %", goal=100 * goal)], [], note)
    low, high = 0.0, most
    if float(best.frame["baseline"].iloc[-1]) <= goal:
        return 0.0, way(0.0)
    for _ in range(steps):
        middle = (low + high) / 2
        tried = way(middle)
        if tried.frame["rate"].iloc[-1] <= goal:
            high, best = middle, tried
        else:
            low = middle
    return high, best


def _faults(
    problem: TargetingProblem,
    years: Sequence[int],
    goal: float | None,
    budgets: Budgets,
    now: float,
) -> Iterator[Fault]:
    if not years or list(years) != list(range(years[0], years[0] + len(years))):
        yield _fault("not years in a row", "years", years, "such as range(2023, 2027)")
    if goal is not None and not 0 < goal < 1:
        yield _fault("not a rate", "goal", goal, "a share such as 0.0589")
    elif goal is not None and goal >= now:
        expected = said("a share below the rate at the start, {now:.4f}", now=now)
        yield _fault("this rate is reached already", "goal", goal, expected)
    if problem.constraints:
        expected = "a problem without constraints: area floors are of one year"
        yield _fault("constraints over years", "constraints", len(problem.constraints), expected)
    names = problem.catalog.budget_names
    for year, given in budgets.items():
        if year not in years:
            yield _fault("a year that has no plan", "budgets", year, "one of the roadmap's years")
        for name, amount in given.items() if isinstance(given, Mapping) else [("", given)]:
            if name and name not in names:
                hint = nearest(name, names) or "a line of the catalogue"
                yield _fault("no such budget", "budgets", name, hint)
            if not 0 <= amount < np.inf:
                yield _fault("not an amount", "budgets", amount, "a finite number, 0 or more")


def _fault(message: str, column: str, value: object, expected: str) -> Fault:
    return Fault(message, "roadmap", column=column, value=str(value), expected=expected)


def _horizon(
    problem: TargetingProblem, years: Sequence[int], outlook: Outlook, aim: str
) -> list[Year]:
    """Every year with its households, and nothing proposed yet."""
    growth = np.cumprod(1 + outlook.by_year("growth", len(years)))
    line = np.cumprod(1 + outlook.by_year("line_growth", len(years)))
    horizon = []
    for k in range(len(years)):
        usual = _grown(problem, growth[k], line[k])
        worlds = [(1.0 - outlook.shock_chance, usual)]
        if outlook.shock_chance:
            less = growth[k] * (1.0 - outlook.shock_depth)
            worlds.append((outlook.shock_chance, _grown(problem, less, line[k])))
        counts = 1.0 if aim == "path" or k == len(years) - 1 else 0.0
        nobody = np.zeros(problem.standing.possible.shape, dtype=bool)
        horizon.append(Year(tuple(worlds), nobody, counts))
    return horizon


def _grown(problem: TargetingProblem, growth: float, line: float) -> TargetingProblem:
    households = replace(
        problem.households,
        consumption=problem.households.consumption * growth,
        line=problem.households.line * line,
    )
    return replace(problem, households=households, locks=None)


def _plans(
    problem: TargetingProblem,
    years: Sequence[int],
    horizon: list[Year],
    budgets: Budgets,
    gap: float,
) -> tuple[dict[int, Plan], dict[int, TargetingProblem]]:
    """The plan of each year in turn; ``horizon`` learns what each pays later."""
    plans: dict[int, Plan] = {}
    problems: dict[int, TargetingProblem] = {}
    made: list[Bools] = []
    for k, year in enumerate(years):
        asked = replace(
            horizon[k].worlds[0][1],
            catalog=_catalog(problem.catalog, budgets.get(year, 1.0)),
            receipts=_receipts(problem, years, made),
            locks=None if k else problem.locks,
            year=year,
        )
        plan = solve_over(asked, horizon[k:], gap)
        chosen = proposals_of(asked, plan.assignments)
        for later in range(k, len(years)):
            paying = horizon[later].paying | (chosen & pays(problem, later - k))
            horizon[later] = replace(horizon[later], paying=paying)
        made.append(chosen)
        plans[year], problems[year] = plan, asked
    return plans, problems


def _catalog(catalog: Catalog, given: float | Mapping[str, float]) -> Catalog:
    """The catalogue with a year's money, its delayed programs without gain in their own year."""
    budgets = [
        replace(
            line,
            amount=given.get(line.name, line.amount)
            if isinstance(given, Mapping)
            else line.amount * given,
        )
        for line in catalog.budgets
    ]
    programs = [
        replace(program, conversion=0.0) if program.delay_years else program
        for program in catalog.programs
    ]
    return replace(catalog, budgets=budgets, programs=programs)


def _receipts(
    problem: TargetingProblem, years: Sequence[int], made: Sequence[Bools]
) -> pd.DataFrame | None:
    """The start's receipts, and what earlier plans proposed and is not over."""
    parts = [] if problem.receipts is None else [problem.receipts]
    names = np.array(problem.catalog.program_names, dtype=object)
    for k, chosen in enumerate(made):
        household, program = np.nonzero(chosen & in_force(problem, len(made) - k))
        parts.append(
            pd.DataFrame(
                {
                    "household_id": problem.households.household_id[household],
                    "program": names[program],
                    "year": float(years[k]),
                    "benefit": 0.0,  # what it pays is counted with its chance of success
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else None


def _way(now: float, goal: float | None, years: int) -> list[float | None]:
    """A straight way from the rate now to the goal."""
    if goal is None:
        return [None] * (years + 1)
    return [now + (goal - now) * k / years for k in range(years + 1)]


def _frame(
    problem: TargetingProblem,
    years: Sequence[int],
    horizon: Sequence[Year],
    plans: Mapping[int, Plan],
    way: Sequence[float | None],
) -> pd.DataFrame:
    lines = [problem.households, *(year.worlds[0][1].households for year in horizon)]
    money = [plans[year].budgets for year in years]
    open_lines = [lines_of[lines_of["control"] != "fixed"] for lines_of in money]
    return pd.DataFrame(
        {
            "line": [float(np.average(h.line, weights=h.persons)) for h in lines],
            "budget": [0.0, *(float(each["amount"].sum()) for each in open_lines)],
            "spent": [0.0, *(float(each["spent"].sum()) for each in open_lines)],
            "goal": [np.nan if goal is None else goal for goal in way],
        },
        index=pd.Index([years[0] - 1, *years], name="year"),
    )


def plot_roadmap(result: Roadmap, ax: Any = None, *, language: Language = "en") -> Any:
    """Draw the path with its two intervals, the baseline and the goal; the axes are returned.

    Words are English ("en") or Indonesian ("id").

    Raises
    ------
    PovtargetError
        Where matplotlib is not installed.
    """
    ax, words = axes_or_new(ax, (7, 4)), Words(language)
    frame, year = 100 * result.frame, result.frame.index
    bands = (("survey_low", "survey_high", 0.12, words("q_plot_survey")),
             ("low", "high", 0.3, words("q_plot_true")))  # fmt: skip
    for low, high, alpha, label in bands:
        ax.fill_between(year, frame[low], frame[high], color="#0072B2", alpha=alpha, label=label)
    ax.plot(year, frame["rate"], color="#0072B2", marker="o", label=words("q_plot_with"))
    ax.plot(
        year,
        frame["baseline"],
        color="#D55E00",
        ls="--",
        marker="s",
        label=words("q_plot_without"),
    )
    if result.goal is not None:
        ax.plot(year, frame["goal"], color="black", ls=":", label=words("q_plot_way"))
    ax.set_ylabel(words("q_plot_rate"))
    ax.set_xticks(list(year))
    ax.legend(fontsize="small")
    return ax
