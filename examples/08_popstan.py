"""Plan on a survey with people in it: the World Bank's synthetic country of 2023, "popstan".

8,000 households stand for 2.5 million, and a second file has their 32,396 members, so programs
can be for each small child, pupil or elderly person. Expenditure is annual; the library counts
months, and this script takes care that nobody changes sides at the line on the way.

The survey is not part of this library. Give its file, or set POVTARGET_SHARED to the folder in
which ``data/popstan/popstan_households.parquet`` lies; the members' file lies beside it:

    python examples/08_popstan.py popstan_households.parquet
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path

import pandas as pd

import povtarget as pt

LINE = 1_000  # per person and year, in the country's currency
IN_SHARED = Path("data/popstan/popstan_households.parquet")
MEMBERS = "popstan_individuals.parquet"
GAP = 0.002
TIME_LIMIT = 45  # seconds


# %% The survey: households, their members counted, a year cut into months.
def read_survey(path: Path, line: float = LINE) -> pt.Households:
    """The households with their weights, provinces and counts of members.

    Division keeps order: whoever has less than the line in a year has less in a month, and
    whoever has exactly the line still has, because 1/12 is taken of both alike.
    """
    survey = pd.read_parquet(path)
    frame = pd.DataFrame(
        {
            "household_id": "h" + survey["hid"],  # some are digits and an "e", like numbers
            "size": survey["hhsize"],
            "consumption": survey["pc_exp"] / 12,
            "weight": survey["hhweight"],
            "area": "province " + survey["geo1"].astype(str).str.zfill(2),
            "is_rural": survey["urbrur"] == 1,
        }
    )
    counts = count_members(path.with_name(MEMBERS)).loc[survey["hid"]].reset_index(drop=True)
    return pt.Households.from_frame(pd.concat([frame, counts], axis=1), poverty_line=line / 12)


def count_members(path: Path) -> pd.DataFrame:
    """Small children, pupils, children out of school and elderly people of each household."""
    members = pd.read_parquet(path, columns=["hid", "age", "school_attend"])
    is_school_age, attends = members["age"].between(6, 14), members["school_attend"] == 1
    counted = pd.DataFrame(
        {
            "small_children": members["age"] < 5,
            "pupils": is_school_age & attends,
            "out_of_school": is_school_age & ~attends,
            "elderly": members["age"] >= 65,
        }
    )
    return counted.groupby(members["hid"]).sum()


# %% The catalogue: three agencies, four lines, six programs; amounts are invented.
CATALOG = pt.Catalog(
    budgets=[
        pt.Budget("Social Protection / State", agency="Social Protection", amount=14_000_000),
        pt.Budget("Education / State", agency="Education", amount=7_000_000),
        pt.Budget("Rural Development / State", agency="Rural Development", amount=9_000_000),
        pt.Budget("Rural Development / Donors", agency="Rural Development", amount=7_000_000),
    ],
    programs=[
        pt.Program("child_grant", need="cash", budget="Social Protection / State",
                   unit_cost=252, benefit=240, per="small_children"),
        pt.Program("old_age_pension", need="cash", budget="Social Protection / State",
                   unit_cost=490, benefit=480, per="elderly"),
        pt.Program("school_meals", need="food", budget="Education / State",
                   unit_cost=150, benefit=120, per="pupils", quota=25_000),
        pt.Program("back_to_school", need="education", budget="Education / State",
                   unit_cost=200, benefit=200, per="out_of_school", success=0.7),
        pt.Program("public_works", need="work", budget="Rural Development / State",
                   unit_cost=720, benefit=600),
        pt.Program("farm_inputs", need="work", budget="Rural Development / Donors",
                   unit_cost=500, benefit=700, success=0.7, eligibility="is_rural == 1",
                   minimum=5_000),
    ],
    rules=[pt.Rule("forbid", programs=["public_works", "farm_inputs"])],
)  # fmt: skip


def pose(households: pt.Households) -> pt.TargetingProblem:
    """Lift as many as the money can, then close most of the shortfall, then fewest duplicates."""
    return pt.TargetingProblem(households, CATALOG)


# %% The answer in numbers.
def show_numbers(plan: pt.Plan) -> None:
    """Rates before and after, by province too, and what each budget line paid and is worth."""
    print("\nBefore and after (shares of persons)\n", plan.poverty.round(5).to_string(), sep="")
    print("\nBy province\n", plan.poverty_by("area").round(5).to_string(), sep="")
    money = plan.budgets[["amount", "spent", "left", "price"]].rename(
        columns={"price": "people per million"}
    )
    print("\nBudgets of a year\n", money.round(1).to_string(), sep="")
    given = plan.assignments
    places = (given["weight"] * given["units"]).groupby(given["program"]).sum()
    print("\nPlaces\n", places.round(1).to_string(), sep="")


# %% The answer in words.
def show_meaning(problem: pt.TargetingProblem, plan: pt.Plan, check: pt.Verification) -> None:
    """What the numbers mean, how good the plan is, and who has checked it."""
    before, after = plan.poverty["headcount"]
    rate_before, rate_after = plan.poverty["P0"]
    millions = plan.budgets[["spent", "amount"]].sum() / 1e6
    price = plan.budgets["price"]
    idle = [f"'{line}'" for line in price.index[price <= 1e-6]]
    no_fault = "no fault: no line is over its budget by any part of a coin"
    paragraphs = [
        f"Of {problem.households.persons.sum():,.0f} people {before:,.0f} live below the line of "
        f"{LINE:,} a year. With {millions['spent']:,.2f} of {millions['amount']:,.2f} million the "
        f"plan is expected to lift {before - after:,.0f} of them to it (expected, because some "
        f"children leave school again and some harvests fail). The rate falls from "
        f"{rate_before:.2%} to {rate_after:.2%}.",
        f"One more million in '{price.idxmax()}' would lift about {price.max():,.0f} more. "
        + (
            f"More money in {', '.join(idle)} would lift nobody more: the last that it pays for "
            "closes part of the shortfall of people who stay below the line."
            if idle
            else ""
        ),
        f"{plan.duplicates:,.0f} times a family gets a second program for the same need. Fewer "
        "duplicates are the last thing that the plan looks at, after people and shortfall.",
        f"No plan within these budgets lifts more than {plan.bound:,.0f}, and this one lifts "
        f"{plan.value:,.0f}: it is at most {plan.gap:.3%} below the best, where {GAP:.3%} was "
        "asked.",
        f"An independent check finds {'; '.join(check.violations) or no_fault}. It compares money "
        "and places as exact fractions of the stored numbers.",
        "A sample names nobody outside it. Read the plan as how many places of which program "
        "each province needs, not as a list of recipients.",
    ]
    print("", *(textwrap.fill(text, 96) for text in paragraphs), sep="\n\n")


# %% Run it.
def main(argv: list[str] | None = None) -> int:
    """Plan, check and print; 0 done, 1 bad input or a fault, 4 stopped before the asked gap."""
    path = _path(argv)
    if path is None or not (path.is_file() and path.with_name(MEMBERS).is_file()):
        print(
            f"There is no survey at {path or 'the path given: none was'}.\nGive the path of "
            f"{IN_SHARED.name}, with {MEMBERS} beside it, or set POVTARGET_SHARED to the "
            f"folder with {IN_SHARED}.",
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
    parser = argparse.ArgumentParser(description="Plan on popstan, a synthetic country.")
    parser.add_argument("survey", nargs="?", type=Path, help=IN_SHARED.name)
    given: Path | None = parser.parse_args(argv).survey
    shared = os.environ.get("POVTARGET_SHARED")
    return given or (Path(shared) / IN_SHARED if shared else None)


if __name__ == "__main__":
    sys.exit(main())
