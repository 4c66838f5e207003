"""What planners' questions cost at city size, beside one solve; processor seconds.

python benchmarks/questions.py --families 87000 --only solve overlap fairest scenarios
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import povtarget as pt
from povtarget.reasons import find_reasons

GOAL = 0.002  # under the rate before, for the least cost


def questions(problem):
    """Every question by name; each returns what is worth saying about its answer."""
    alike = pt.ErrorModel.of_areas(problem.households.household_id, 0.05)

    def curve(**options):
        frame = pt.frontier(problem, points=20, **options).frame
        proven = int((frame["status"] == "optimal").sum())
        return f"{proven} of 20 points within 1e-3, largest gap {frame['gap'].max():.1e}"

    def even():
        found = pt.fairest(problem)
        return f"{found!r}; plan {found.plan.status}, gap {found.plan.gap:.1e}"

    def least_cost(**options):
        now = pt.solve(problem, gap=0.01).rate("before")
        return repr(pt.minimum_cost(problem, rate=now - GOAL, gap=1e-3, **options))

    def scenario_set():
        changes = {
            "a tenth less": pt.Scenario(amounts=0.9),
            "a fifth less": pt.Scenario(amounts=0.8),
            "a tenth more": pt.Scenario(amounts=1.1),
            "prices up": pt.Scenario(unit_costs=1.1),
            "no training": pt.Scenario(closed=("blk",)),
            "no grants": pt.Scenario(closed=("kjs",)),
        }
        seen = []
        found = pt.scenarios(problem, changes, progress=lambda *_: seen.append(1))
        return f"{len(found.plans)} plans, progress told {len(seen)} times"

    def close_calls(gap):
        plan = pt.solve(problem, gap=gap)
        found = find_reasons(problem, plan, np.arange(len(problem.households)))
        return f"{int(found.is_close_call.sum()):,} close calls, gap {plan.gap:.1e}"

    return {
        "solve": lambda: repr(pt.solve(problem)),
        "budget": curve,
        "overlap": lambda: curve(over="overlap"),
        "area_floor": lambda: curve(over="area_floor"),
        "nested": lambda: curve(nested=True),
        "fairest": even,
        "least_cost": least_cost,
        "least_cost_sure": lambda: least_cost(confidence=0.8, errors=alike),
        "reallocate": lambda: repr(pt.reallocate(problem, gap=1e-3)),
        "reallocate_half": lambda: repr(pt.reallocate(problem, at_least=0.5, gap=1e-3)),
        "scenarios": scenario_set,
        "close_calls": lambda: close_calls(1e-4),
        "close_calls_fine": lambda: close_calls(1e-6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", type=int, nargs="*", default=[2_000, 10_000, 87_000])
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    for families in asked.families:
        households, catalog, receipts = pt.datasets.pekalongan(families)
        problem = pt.TargetingProblem(households, catalog, receipts=receipts)
        for name, ask in questions(problem).items():
            if asked.only and name not in asked.only:
                continue
            began = time.process_time()
            said = ask()
            spent = time.process_time() - began
            print(f"{families:,}\t{name}\t{spent:.1f}\t{said}", flush=True)


if __name__ == "__main__":
    main()
