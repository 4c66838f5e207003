"""Who is furthest below the line, and whether the plan or anything else reaches them.

Resources are what a household consumes, receipts included, as a share of its own line: the median
where consumption is predicted. "The lowest tenth" are the households of least resources that
together hold a tenth of all persons.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.evaluation import proposals_of
from povtarget.explanation import Reason, reason_of
from povtarget.locale import Language, Words
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.reason_texts import say
from povtarget.reasons import Reasons, find_reasons
from povtarget.valuation import MONTHS

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

TENTH = 0.1
"""The share of persons that are called the lowest."""

REACHED = ("proposed", "receives", "nothing")
"""What a household gets, the first that holds."""

_LIKELY = 0.5  # the chance from which a household is rather below the line than not


def resources(problem: TargetingProblem) -> Floats:
    """float64[households]: consumption, with what receipts add to it, as a share of the line."""
    households = problem.households
    added = problem.standing.baseline_gain / (MONTHS * households.size)
    return np.asarray((households.consumption + added) / households.line)


def is_lowest(problem: TargetingProblem, share: float = TENTH) -> Bools:
    """bool[households]: of those with least resources, who hold this share of all persons.

    The household in which the share ends is in it; equal resources go by identifier.
    """
    persons = problem.households.persons
    order = np.argsort(resources(problem), kind="stable")
    before = np.cumsum(persons[order]) - persons[order]
    inside = np.zeros(persons.size, dtype=bool)
    inside[order] = before < share * persons.sum()
    return inside


def has_receipt(problem: TargetingProblem) -> Bools:
    """bool[households]: has any receipt, of a program outside the catalogue too."""
    has: Bools = np.asarray(problem.standing.received.any(axis=1))
    if problem.receipts is not None:
        at = problem.households.positions(problem.receipts["household_id"])
        has[at[at >= 0]] = True
    return has


def reach(problem: TargetingProblem, plan: Plan) -> pd.DataFrame:
    """What the lowest tenth, and all below the line, get before and after a plan.

    Parameters
    ----------
    problem, plan
        The question and its answer.

    Returns
    -------
    DataFrame
        Indexed by ``group`` ("lowest": the households of least resources in relation to their
        line that hold a tenth of all persons; "below": all, each with its chance of being below
        the line before the plan) and ``gets`` ("proposed": something is proposed; "receives":
        only what it has already; "nothing"). Columns: families_before, families_after,
        persons_before, persons_after (times weights; expected in "below"), cells_before and
        cells_after (the same without weights, for who publishes them). Before the plan nothing
        is proposed.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(500)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> table = reach(problem, pt.solve(problem))
    >>> both = table.groupby("group")[["persons_before", "persons_after"]].sum()
    >>> bool(np.allclose(both["persons_before"], both["persons_after"]))
    True
    """
    has = has_receipt(problem)
    proposed = proposals_of(problem, plan.assignments).any(axis=1)
    chance = plan.outcomes["P0_before"].to_numpy(dtype=np.float64)
    number = {"before": np.where(has, 1, 2), "after": np.where(proposed, 0, np.where(has, 1, 2))}
    households, rows = problem.households, {}
    for group, share in (("lowest", is_lowest(problem).astype(np.float64)), ("below", chance)):
        for k, gets in enumerate(REACHED):
            rows[group, gets] = {
                f"{name}_{when}": float((each * share)[of == k].sum())
                for name, each in (
                    ("families", households.weight),
                    ("persons", households.persons),
                    ("cells", np.ones(has.size)),
                )
                for when, of in number.items()
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(["group", "gets"])


def unserved(
    problem: TargetingProblem, plan: Plan, *, language: Language = "en", share: float = TENTH
) -> pd.DataFrame:
    """Who is at the bottom, is proposed for nothing and has nothing: the lowest first, and why.

    Looked at are the households of least resources that hold ``share`` of all persons, and all
    that are more likely below their line than not.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    language
        Of the reasons: "en" or "id".
    share
        Of persons, from 0 to 1.

    Returns
    -------
    DataFrame
        Lowest first: household_id, area ("" where there is none), weight, persons, resources
        (consumption as a share of the line), chance (of being below the line), program (the one
        that came nearest to being proposed; "" where none is open to the household), kind (as
        `povtarget.explain` says it; "none_open"; "" for a plan without prices) and reason, the
        sentence. It tells of single households and is not for the public.

    Examples
    --------
    >>> import povtarget as pt
    >>> frame = {"household_id": ["a", "b"], "size": [4, 4], "consumption": [300_000, 480_000]}
    >>> households = pt.Households.from_frame(frame, poverty_line=510_000)
    >>> rice = pt.Program("rice", need="food", budget="City", unit_cost=10, benefit=2_000_000)
    >>> catalog = pt.Catalog(programs=[rice], budgets=[pt.Budget("City", amount=10)])
    >>> problem = pt.TargetingProblem(households, catalog)
    >>> table = unserved(problem, pt.solve(problem))
    >>> table[["household_id", "resources", "kind"]].to_numpy().tolist()
    [['a', 0.5882352941176471, 'no_gain']]
    """
    chance = plan.outcomes["P0_before"].to_numpy(dtype=np.float64)
    idle = ~proposals_of(problem, plan.assignments).any(axis=1) & ~has_receipt(problem)
    rows = np.flatnonzero(idle & (is_lowest(problem, share) | (chance >= _LIKELY)))
    found = _nearest(problem, plan, rows, Words(language))
    households = problem.households
    area = "" if households.area is None else households.area[rows]
    table = pd.DataFrame(
        {
            "household_id": households.household_id[rows],
            "area": area,
            "weight": households.weight[rows],
            "persons": households.size[rows],
            "resources": resources(problem)[rows],
            "chance": chance[rows],
            "program": [program for program, _, _ in found],
            "kind": [kind for _, kind, _ in found],
            "reason": [text for _, _, text in found],
        }
    )
    return table.sort_values("resources", kind="stable", ignore_index=True)


def _nearest(
    problem: TargetingProblem, plan: Plan, rows: NDArray[np.int64], words: Words
) -> list[tuple[str, str, str]]:
    """For each household the program that came nearest, what decided about it, and in words."""
    if plan.bound_source == "none" or rows.size == 0:
        return [("", "", "")] * rows.size
    found = find_reasons(problem, plan, rows)
    names = [program.name for program in problem.catalog.programs]
    titles = {program.name: program.title or program.name for program in problem.catalog.programs}
    each = []
    for at in range(rows.size):
        p, kind = _decisive(found, at)
        if p < 0:
            each.append(("", kind, say(words, "no_choice")))
            continue
        reason = _titled(reason_of(problem, found.of(at), p), titles)
        each.append((names[p], kind, reason.text(words.language)))
    return each


def _decisive(found: Reasons, at: int) -> tuple[int, str]:
    """The program that came nearest, and its kind; a meeting's word where none is open; else -1.

    A program that would add nothing is named only where all are so.
    """
    kind, short = found.kind[at], found.shortfall[at]
    for is_asked in (np.isfinite(short) & (kind != "no_gain"), np.isfinite(short)):
        if is_asked.any():
            p = int(np.argmin(np.where(is_asked, short, np.inf)))
            return p, str(kind[p])
    out = np.flatnonzero(kind == "locked_out")
    return (int(out[0]), "locked_out") if out.size else (-1, "none_open")


def _titled(reason: Reason, titles: dict[str, str]) -> Reason:
    """The reason with the programs' names for people."""
    values = dict(reason.values)
    if "other" in values:
        values["other"] = titles.get(values["other"], values["other"])
    return replace(reason, program=titles[reason.program], values=values)
