"""explain_area() and explain_agency(): what a plan does for many households, and what bars others.

The same reasons as `explain` gives for one household, counted by program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.canvas import axes_or_new
from povtarget.errors import Fault, InputError, nearest
from povtarget.locale import Language, Words
from povtarget.objectives import Objective
from povtarget.personal import is_personal
from povtarget.plan import Plan, poverty_table
from povtarget.problem import TargetingProblem
from povtarget.reason_texts import say, small, unit
from povtarget.reasons import KINDS, find_reasons
from povtarget.sayings import said

_COUNTED = tuple(kind for kind in KINDS if kind not in ("proposed", "receives"))


@dataclass(frozen=True, eq=False)
class GroupExplanation:
    """What a plan does for an area or through an agency. Made by the functions of this module.

    Parameters
    ----------
    name
        The area or agency.
    frame
        By program: agency, budget, places, money (Rp a year, times weights) and, for each
        `povtarget.reasons.Kind`, the number of households (weights) it decided about.
    poverty
        Rows before and after for the area's persons (all persons for an agency): headcount, P0,
        P1, P2.
    budgets
        The agency's lines as in `Plan.budgets`; empty for an area.
    households, persons, served, close_calls
        Households and persons looked at (weights), households proposed for something here, and how
        many are close calls.
    objective
        The first aim.
    """

    name: str
    frame: pd.DataFrame
    poverty: pd.DataFrame
    budgets: pd.DataFrame
    households: float
    persons: float
    served: float
    close_calls: float
    objective: Objective

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """The explanation in words, in English ("en") or Indonesian ("id")."""
        words = Words(language)
        before, after = (float(np.asarray(self.poverty.at[k, "P0"])) for k in ("before", "after"))
        head = say(
            words,
            "area_head",
            name=self.name,
            households=words.number(self.households),
            persons=words.number(self.persons),
            before=words.percent(before),
            after=words.percent(after),
            served=words.number(self.served),
            places=words.number(float(self.frame["places"].sum())),
            money=words.rupiah(float(self.frame["money"].sum())),
        )
        lines = [head, say(words, "group_close", close=words.number(self.close_calls))]
        open_lines = self.budgets[self.budgets["control"] != "fixed"]
        lines += [self._line(words, str(name), row) for name, row in open_lines.iterrows()]
        lines += [self._program(words, str(name), row) for name, row in self.frame.iterrows()]
        return "\n".join(lines)

    def _line(self, words: Words, name: str, row: pd.Series) -> str:
        money = {key: words.rupiah(float(row[key])) for key in ("spent", "amount", "left")}
        price, counted = small(words, float(row["price"])), unit(words, self.objective)
        return say(words, "agency_line", budget=name, price=price, unit=counted, **money)

    def _program(self, words: Words, name: str, row: pd.Series) -> str:
        counts = {kind: float(row[kind]) for kind in _COUNTED if row[kind] > 0}
        others = [
            say(words, f"count_{kind}", count=words.number(counts[kind]))
            for kind in sorted(counts, key=lambda kind: -counts[kind])
        ]
        return "- " + say(
            words,
            "group_line",
            program=name,
            proposed=words.number(float(row["proposed"])),
            receives=words.number(float(row["receives"])),
            others=", ".join(others) or "0",
        )


def explain_area(
    problem: TargetingProblem, plan: Plan, *, area: str, by: str = "area"
) -> GroupExplanation:
    """Say what a plan does in an area, and for each program what decided about everyone there.

    Parameters
    ----------
    problem, plan
        The question, and the plan that answers it.
    area
        Its name; capitals and spaces do not matter where that names one.
    by
        The column of the households that names areas.

    Raises
    ------
    InputError
        Where the column or area is not known, or the plan is not a solved plan of this problem.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(2_000)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> there = pt.explain_area(problem, pt.solve(problem), area="Medono")
    >>> counts = there.frame.drop(columns=["agency", "budget", "places", "money"]).sum(axis=1)
    >>> bool((counts == there.households).all())
    True
    """
    columns = problem.households.columns
    if by not in columns:
        raise _unknown("column", "by", by, list(columns))
    labels, number = problem.households.grouped(by)
    area = _as_known(area, [str(label) for label in labels])
    if area not in labels:
        told = [] if is_personal(by, columns[by]) else [str(label) for label in labels]
        raise _unknown("area", "area", area, told)
    rows = np.flatnonzero(number == list(labels).index(area))
    programs = np.arange(len(problem.catalog.programs))
    return _explained(problem, plan, area, rows, programs, plan.budgets.iloc[:0])


def explain_agency(problem: TargetingProblem, plan: Plan, *, agency: str) -> GroupExplanation:
    """Say what an agency's money does, what is left of it, and what decided about all others.

    All households are looked at, so this takes about as long as a solve.

    Parameters
    ----------
    problem, plan
        The question, and the plan that answers it.
    agency
        Its name.

    Raises
    ------
    InputError
        Where the agency is not known, or the plan is not a solved plan of this problem.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(100)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> why = explain_agency(problem, pt.solve(problem), agency="Dinperkim")
    >>> why.text("en").startswith("Dinperkim: 100 households")
    True
    """
    catalog = problem.catalog
    agencies = [catalog.agency_of(program) for program in catalog.programs]
    agency = _as_known(agency, sorted(set(agencies)))
    if agency not in agencies:
        raise _unknown("agency", "agency", agency, sorted(set(agencies)))
    programs = np.flatnonzero(np.array(agencies, dtype=object) == agency)
    lines = {catalog.programs[p].budget for p in programs.tolist()}
    mine = plan.budgets[plan.budgets.index.isin(lines)]
    rows = np.arange(len(problem.households))
    return _explained(problem, plan, agency, rows, programs, mine)


def _as_known(given: str, known: Sequence[str]) -> str:
    """The one known name that differs in capitals and spaces only; else what was given."""
    if given in known:
        return given
    alike = [name for name in known if _folded(name) == _folded(given)]
    return alike[0] if len(alike) == 1 else given


def _folded(name: str) -> str:
    return " ".join(str(name).casefold().split())


def _unknown(what: str, column: str, value: str, known: Sequence[str]) -> InputError:
    """The fault of a name that is not known; ``known`` is shown, but for empty names."""
    listed = ", ".join(filter(None, known))
    hint = nearest(str(value), known) or (
        said("one of: {names}", names=listed) if listed else None
    )
    return InputError(
        [
            Fault(
                said("no such {what}", what=said(what)),
                "explain",
                column=column,
                value=str(value),
                expected=hint,
            )
        ]
    )


def _explained(
    problem: TargetingProblem,
    plan: Plan,
    name: str,
    rows: NDArray[np.int64],
    programs: NDArray[np.int64],
    budgets: pd.DataFrame,
) -> GroupExplanation:
    found = find_reasons(problem, plan, rows)
    weight = problem.households.weight[rows]
    chosen, units = found.chosen[:, programs], problem.standing.units[np.ix_(rows, programs)]
    places = (weight[:, None] * units * chosen).sum(axis=0)
    entries = [problem.catalog.programs[p] for p in programs.tolist()]
    cost = np.array([float(program.unit_cost) for program in entries])
    kinds = found.kind[:, programs]
    counts = {str(kind): (weight[:, None] * (kinds == kind)).sum(axis=0) for kind in KINDS}
    frame = pd.DataFrame(
        {
            "program": [program.name for program in entries],
            "agency": [problem.catalog.agency_of(program) for program in entries],
            "budget": [program.budget for program in entries],
            "places": places,
            "money": places * cost,
            **counts,
        }
    ).set_index("program")
    return GroupExplanation(
        name=name,
        frame=frame,
        poverty=poverty_table(plan.outcomes.iloc[rows]),
        budgets=budgets,
        households=float(weight.sum()),
        persons=float(problem.households.persons[rows].sum()),
        served=float(weight[chosen.any(axis=1)].sum()),
        close_calls=float(weight[found.is_close_call].sum()),
        objective=problem.levels[0],
    )


def plot_explanation(result: GroupExplanation, ax: Any = None) -> Any:
    """Draw what decided, by program, as stacked bars of households; the axes are returned.

    Those who are not eligible, and programs whose line is fixed elsewhere, are left out.

    Raises
    ------
    PovtargetError
        Where matplotlib is not installed.
    """
    ax = axes_or_new(ax, (8, 0.3 * len(result.frame) + 2))
    from matplotlib import colormaps

    left = np.zeros(len(result.frame))
    shown = [kind for kind in KINDS if kind not in ("fixed", "not_eligible", "no_units")]
    used = [kind for kind in shown if result.frame[kind].any()]
    colours = colormaps["cividis"](np.linspace(0, 1, len(used)))
    for kind, colour in zip(used, colours, strict=True):
        width = result.frame[kind].to_numpy()
        label = kind.replace("_", " ")
        ax.barh(result.frame.index, width, left=left, color=colour, label=label)
        left += width
    ax.set_xlabel("households")
    ax.set_title(result.name)
    ax.invert_yaxis()
    ax.legend(fontsize="small")
    return ax
