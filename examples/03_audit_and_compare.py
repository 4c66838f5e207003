"""What exists in the made-up city, and how its money could be used: audit, baselines, scenarios.

python examples/03_audit_and_compare.py                  # prints
python examples/03_audit_and_compare.py --draw pictures  # draws into a folder too
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import povtarget as pt

FAMILIES = 4_000
GAP = 0.01


# %% What exists, from lists of recipients alone.
def show_audit(found: pt.Audit) -> None:
    """Who is reached, who is not, who is reached twice."""
    overall = found.overall
    print("Below the line without anything: ", overall.estimate("undercoverage"))
    print("Receiving and not below the line:", overall.estimate("leakage"))
    print("Poverty gap closed per rupiah:   ", overall.estimate("benefit_cost"))
    shown = ["spending", "undercoverage", "leakage_money", "lifted"]
    print("\nWho decides\n", found.by["control"].frame[shown].round(3).to_string(), sep="")
    print("\nOne need, two agencies\n", found.duplicates.to_string(index=False), sep="")
    print("\nExclusion by group\n", found.exclusion.round(3).to_string(), sep="")
    worst = found.uneven.nlargest(5, "below_with_none")
    print("\nMost below the line with nothing\n", worst.round(1).to_string(), sep="")
    print("\nBy tenths, lowest first\n", found.tenths.round(3).to_string(), sep="")


# %% The same new money, spent in other ways.
def show_comparison(problem: pt.TargetingProblem, plan: pt.Plan) -> None:
    """The plan beside what would come about without it."""
    table = pt.compare(problem, {"the plan": plan, **pt.baselines.ALL})
    shown = ["lifted_by_city", "lifted", "of_best", "duplicates", "leakage", "is_feasible"]
    print("\nThe same budgets\n", table[shown].round(3).to_string(), sep="")


# %% Other circumstances.
def solve_scenarios(problem: pt.TargetingProblem, plan: pt.Plan) -> pt.Scenarios:
    """A tenth less, dearer places, and a program closed."""
    return pt.scenarios(
        problem,
        {
            "a tenth less": pt.Scenario(amounts=0.9),
            "places 10 % dearer": pt.Scenario(unit_costs=1.1),
            "no food for elderly": pt.Scenario(closed=("lansia_kota",)),
        },
        gap=GAP,
        start=plan,
    )


# %% Pictures, only where asked for.
def draw(folder: Path, found: pt.Audit, sets: pt.Scenarios) -> None:
    """Four pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, axes in (
        ("uneven", pt.plot_audit(found)),
        ("tenths", pt.plot_incidence(found.tenths)),
        ("agencies", pt.plot_overlap(found.overlaps["agency"])),
        ("scenarios", pt.plot_scenarios(sets)),
    ):
        axes.figure.savefig(folder / f"{name}.png", dpi=150)


# %% Run it.
def main(argv: list[str] | None = None) -> int:
    """Audit, compare, ask what if."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--draw", type=Path, help="a folder for pictures (needs matplotlib)")
    asked = parser.parse_args(argv)
    households, catalog, receipts = pt.datasets.pekalongan(asked.families)
    found = pt.audit(receipts, households=households, catalog=catalog)
    show_audit(found)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    plan = pt.solve(problem, gap=GAP)
    show_comparison(problem, plan)
    sets = solve_scenarios(problem, plan)
    shown = ["lifted_by_city", "lifted", "lifted_more", "status", "gap"]
    print("\nOther circumstances\n", sets.frame[shown].round(4).to_string(), sep="")
    if asked.draw is not None:
        draw(asked.draw, found, sets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
