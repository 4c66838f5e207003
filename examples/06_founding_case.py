"""The founding case in one run: a made-up Kota Pekalongan, from what exists to the goal year.

    python examples/06_founding_case.py [FAMILIES]

What exists, what the target means, the plan beside today and beside agencies alone, how even it
is, what 5.86 % would take, and the way to 2026. Under a minute for 2,000 families.
"""

from __future__ import annotations

import sys

import povtarget as pt

families = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000

# %% The city: a registry with predicted consumption, 27 programs, and who receives what today.
households, catalog, receipts = pt.datasets.pekalongan(families)
problem = pt.TargetingProblem(
    households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
)

# %% What exists: who is missed, who is not below the line, who gets the same twice.
found = pt.audit(receipts, households=households, catalog=catalog)
for name in ("undercoverage", "leakage", "cgh"):
    print(f"{name:<15}{found.overall.estimate(name)}")
print(f"one need, two agencies: {len(found.duplicates):,} families and needs\n")

# %% What the target means: the article's figures against each other.
check = pt.check_target(
    0.07, 0.0586, population=311_600, points=1.11, people=30_000, families=7_500, households=670
)
print(check.text("en"), "\n")

# %% The plan, beside today and beside agencies that plan alone.
plan = pt.solve(problem, gap=1e-3)
assert pt.verify(problem, plan).is_sound
alone = pt.baselines.uncoordinated(problem)
compared = pt.compare(
    problem, {"today": pt.baselines.status_quo(problem), "agencies alone": alone, "plan": plan}
)
print(compared.T.to_string(), "\n")

# %% How even: the share of its shortfall that each kelurahan sees closed.
areas = plan.poverty_by("area")
closed = 1 - areas.xs("after", level=-1)["P1"] / areas.xs("before", level=-1)["P1"]
print("share of the gap closed, by kelurahan:")
print(closed.sort_values().round(3).iloc[[0, 1, -2, -1]].to_string(), "\n")

# %% What the goal takes: with these lines, and if the city's lines may grow.
lines = [b.name for b in catalog.budgets if b.control == "city"]
for growing in ((), tuple(lines)):
    try:
        least = pt.minimum_cost(problem, rate=0.0586, grow=growing, gap=1e-2)
        print(f"5.86 % costs Rp {-least.value / 1e6:,.0f} m a year\n")
    except pt.InfeasibleError as error:
        print(error, "\n")

# %% The way to 2026: every year's expected rate with its interval, and what a survey would see.
outlook = pt.Outlook(growth=0.058, line_growth=0.05, start_se=0.0099)
way = pt.roadmap(problem, years=range(2023, 2027), outlook=outlook, goal=0.0586)
shown = ["rate", "low", "high", "survey_low", "survey_high", "baseline"]
print("the way, in per cent")
print((100 * way.frame[shown]).round(2).to_string())
