"""Plan on a real survey: Albania's Living Standards Measurement Survey of 2012.

6,671 households stand for 756,129: each has a weight, and the weights are fractions. Three
agencies with four budget lines propose who should get what, so that most people reach the
poverty line and no region is left behind.

The survey is not part of this library. Give its file, or set POVTARGET_SHARED to the folder in
which ``data/albania_lsms2012/albania_households.parquet`` lies:

    python examples/07_albania.py albania_households.parquet
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path

import pandas as pd

import povtarget as pt

LINE = 4_891  # Lek per person per month, prices of 2002: the survey's own absolute line
IN_SHARED = Path("data/albania_lsms2012/albania_households.parquet")
CATALOG = Path(__file__).with_name("albania_programs.toml")
FLOOR = 0.45  # of those below the line, in every region
GAP = 0.005  # half a percent of the people lifted: about one household of the sample
TIME_LIMIT = 45  # seconds


# %% The survey: one row for each household, in the words of the library.
def read_survey(path: Path) -> pt.Households:
    """The households of the survey with their weights and regions."""
    survey = pd.read_parquet(path)
    frame = pd.DataFrame(
        {
            "household_id": survey["hhid"].astype("int64").astype(str),
            "size": survey["hhsize"],
            "consumption": survey["rcons"],
            "weight": survey["weight"],
            "area": survey["region"].astype(str),
            "urban": survey["urban"].astype(str),
            "utilities": survey["rtotutil"],
        }
    )
    return pt.Households.from_frame(frame, poverty_line=LINE)


# %% The question: lift as many as the money can, and leave no region behind.
def pose(households: pt.Households) -> pt.TargetingProblem:
    """The households, the catalogue beside this script, and a floor for every region."""
    return pt.TargetingProblem(
        households, pt.read_catalog(CATALOG), constraints=[pt.AreaFloor(by="area", share=FLOOR)]
    )


# %% The answer in numbers.
def show_numbers(plan: pt.Plan) -> None:
    """Rates before and after, by region too, and what each budget line paid and is worth."""
    print("\nBefore and after (shares of persons)\n", plan.poverty.round(5).to_string(), sep="")
    print("\nBy region\n", plan.poverty_by("area").round(5).to_string(), sep="")
    money = plan.budgets[["amount", "spent", "left", "price"]].rename(
        columns={"price": "people per million"}
    )
    print("\nBudgets, Lek of 2002 a year\n", money.round(1).to_string(), sep="")
    given = plan.assignments
    places = (given["weight"] * given["units"]).groupby(given["program"]).sum()
    print("\nPlaces\n", places.round(1).to_string(), sep="")


# %% The answer in words.
def show_meaning(problem: pt.TargetingProblem, plan: pt.Plan, check: pt.Verification) -> None:
    """What the numbers mean, how good the plan is, and who has checked it."""
    before, after = plan.poverty["headcount"]
    rate_before, rate_after = plan.poverty["P0"]
    millions = plan.budgets[["spent", "amount"]].sum() / 1e6
    floors = [
        row.removeprefix("floor:")
        for row, price in plan.prices.items()
        if row.startswith("floor:") and price < 0
    ]
    households = problem.households
    no_fault = "no fault: no line is over its budget by any part of a Lek"
    paragraphs = [
        f"Of {households.persons.sum():,.0f} people {before:,.0f} live below the line of {LINE:,} "
        f"Lek a month. With {millions['spent']:,.1f} of {millions['amount']:,.1f} million Lek the "
        f"plan is expected to lift {before - after:,.0f} of them to it (expected, because "
        f"training and farming do not always work), with {plan.duplicates:,.0f} duplicates. The "
        f"rate falls from {rate_before:.2%} to {rate_after:.2%}.",
        f"Every region lifts at least {FLOOR:.0%} of its people below the line. "
        + (
            f"Without this promise to {', '.join(floors)} the same money could lift a few more."
            if floors
            else "The best plan does so anyway: the promise costs nothing."
        ),
        f"No plan within these budgets lifts more than {plan.bound:,.0f}, and this one lifts "
        f"{plan.value:,.0f}: it is at most {plan.gap:.3%} below the best, where {GAP:.3%} was "
        f"asked. One household of the sample stands for up to {households.weight.max():,.0f}, "
        "so the last fraction of a percent is a matter of one household or another.",
        f"An independent check finds {'; '.join(check.violations) or no_fault}. It compares money "
        "and places as exact fractions of the stored numbers.",
        "A sample names nobody outside it. Read the plan as how many places of which program "
        "each region needs, not as a list of recipients.",
    ]
    print("", *(textwrap.fill(text, 96) for text in paragraphs), sep="\n\n")


# %% Run it.
def main(argv: list[str] | None = None) -> int:
    """Plan, check and print; 0 done, 1 bad input or a fault, 4 stopped before the asked gap."""
    path = _path(argv)
    if path is None or not path.is_file():
        print(
            f"There is no survey at {path or 'the path given: none was'}.\nGive the path of "
            f"{IN_SHARED.name}, or set POVTARGET_SHARED to the folder with {IN_SHARED}.",
            file=sys.stderr,
        )
        return 1
    problem = pose(read_survey(path))
    plan = pt.solve(problem, gap=GAP, time_limit=TIME_LIMIT)
    check = pt.verify(problem, plan)
    show_numbers(plan)
    show_meaning(problem, plan, check)
    if not check.is_sound:
        return 1
    return 0 if plan.status == "optimal" else 4


def _path(argv: list[str] | None) -> Path | None:
    parser = argparse.ArgumentParser(description="Plan on Albania's survey of 2012.")
    parser.add_argument("survey", nargs="?", type=Path, help=IN_SHARED.name)
    given: Path | None = parser.parse_args(argv).survey
    shared = os.environ.get("POVTARGET_SHARED")
    return given or (Path(shared) / IN_SHARED if shared else None)


if __name__ == "__main__":
    sys.exit(main())
