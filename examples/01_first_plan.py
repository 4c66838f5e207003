"""A first plan: a made-up city goes in, a folder for planners comes out.

    python examples/01_first_plan.py [FAMILIES] [FOLDER]

Prints what the plan achieves and how close to the best possible it is, checks it with
independent code, and writes the report, the workbook and the sheets for the meetings.
"""

from __future__ import annotations

import sys
from pathlib import Path

import povtarget as pt

families = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None

# %% The city: households with predicted consumption, 27 programs, and who receives what today.
households, catalog, receipts = pt.datasets.pekalongan(families, seed=0)

# %% The question: whom do these programs lift most, when a duplicate must lift 0.02 persons?
problem = pt.TargetingProblem(
    households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
)

# %% The answer, with its bound.
plan = pt.solve(problem)
print(plan, "\n")
print(plan.poverty.round(5).to_string(), "\n")
print(plan.budgets[["amount", "spent", "price"]].to_string(), "\n")

# %% The judge shares no code with the solver.
verification = pt.verify(problem, plan)
print(f"sound: {verification.is_sound}; within {verification.gap:.4%} of the best possible\n")

# %% What a planner takes along; the folder appears whole or not at all.
if folder is not None:
    pt.write_plan(problem, plan, folder, language="id")
    print(*sorted(path.name for path in folder.iterdir()), sep="\n")
