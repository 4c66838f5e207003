"""Why this household, when is the goal reached, who may leave: three questions on a made-up city.

python examples/05_why_when_who_leaves.py                  # prints
python examples/05_why_when_who_leaves.py --draw pictures  # draws into a folder too
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import povtarget as pt
from povtarget.graduation import plot_graduation
from povtarget.group_explanation import plot_explanation
from povtarget.roadmaps import plot_roadmap

FAMILIES = 2_000


# %% The question and its plan.
def make(families: int) -> tuple[pt.TargetingProblem, pt.Plan]:
    """The city, with receipts of one program marked as changeable."""
    households, catalog, receipts = pt.datasets.pekalongan(families)
    receipts = receipts.assign(changeable=receipts["program"] == "pbi_apbd")
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return problem, pt.solve(problem)


# %% Why: a household, an area, an agency.
def explain(problem: pt.TargetingProblem, plan: pt.Plan) -> pt.GroupExplanation:
    """A household that a price shuts out of a program, and what more money would do."""
    proposed = plan.assignments["household_id"].unique()
    explained = (pt.explain(problem, plan, household_id=each) for each in proposed)
    why = next(each for each in explained if "price" in set(each.frame["kind"]))
    shut_out = why.frame.index[why.frame["kind"] == "price"][:1]
    again = pt.explain(problem, plan, household_id=why.household_id, solve_again=list(shut_out))
    print(again.text("id"))
    print("\n", pt.explain_agency(problem, plan, agency="Dinperinaker"), sep="")
    return pt.explain_area(problem, plan, area="Medono")


# %% When: four years to the goal.
def roadmap(problem: pt.TargetingProblem) -> pt.Roadmap:
    """The path from 7.00 % with its intervals."""
    outlook = pt.Outlook(growth=0.058, line_growth=0.05, start_se=0.0099)
    way = pt.roadmap(problem, years=range(2023, 2027), outlook=outlook, goal=0.0586)
    shown = ["goal", "rate", "low", "high", "survey_low", "survey_high", "chance", "baseline"]
    print("\nThe way, in per cent\n", (100 * way.frame[shown]).round(2).to_string(), sep="")
    return way


# %% Who may leave.
def graduate(problem: pt.TargetingProblem) -> pt.Graduation:
    """Every receipt verified, told and without appeal; at most thirty households change."""
    seen = problem.receipts[["household_id", "program"]].drop_duplicates()
    seen = seen.assign(verified_on="2022-11-01", notice=True, appeal_open=False)
    proposal = pt.graduate(problem, on=date(2023, 3, 1), conditions=seen, limit=30, gap=1e-3)
    print("\n", proposal.text("id"), sep="")
    print(proposal.frame["why"].value_counts().to_string())
    return proposal


def main(argv: list[str] | None = None) -> None:
    """Ask, print, and draw where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--draw", type=Path, help="folder for pictures")
    asked = parser.parse_args(argv)
    folder = asked.draw
    problem, plan = make(asked.families)
    area, way, proposal = explain(problem, plan), roadmap(problem), graduate(problem)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        plot_explanation(area).figure.savefig(folder / "area.png")
        plot_roadmap(way).figure.savefig(folder / "roadmap.png")
        plot_graduation(proposal).figure.savefig(folder / "graduation.png")


if __name__ == "__main__":
    main()
