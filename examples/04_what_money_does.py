"""Ask a made-up city what planners ask: how much, how even, at what price, what else.

Prints tables; with a folder it draws too (needs matplotlib):

    python examples/04_what_money_does.py [FAMILIES] [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import povtarget as pt
from povtarget.questions import (
    alternatives,
    frontier,
    minimum_cost,
    plots,
    price_ranges,
    reallocate,
)

families = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None


def draw(name: str, plot: object, answer: object) -> None:
    """Draw an answer to a file, where a folder was given."""
    if folder is not None:
        plot(answer).figure.savefig(folder / f"{name}.png", dpi=150)  # type: ignore[operator]


# %% The city.
households, catalog, receipts = pt.datasets.pekalongan(families)
problem = pt.TargetingProblem(households, catalog, receipts=receipts, objective=pt.Headcount())

# %% How much does more money change?
curve = frontier(problem, points=6)
print(curve.frame[["factor", "value", "bound", "P0", "spent", "status"]].to_string(), "\n")
draw("frontier", plots.plot_frontier, curve)

# %% What is the least money that brings the rate to 6.7 percent?
cheapest = minimum_cost(problem, rate=0.067)
print(f"least cost: Rp {-cheapest.value:,.0f}; nothing is below Rp {-cheapest.bound:,.0f}\n")
draw("least_cost", plots.plot_least_cost, cheapest)

# %% And 5.86 percent?
try:
    minimum_cost(problem, rate=0.0586)
except pt.InfeasibleError as error:
    print(error, "\n")

# %% What is one more million worth, and would the same money do more elsewhere?
prices = price_ranges(problem)
print(prices.frame[["price", "lowest", "highest"]].to_string(), "\n")
draw("prices", plots.plot_prices, prices)
moved = reallocate(problem)
print(f"moving money inside its group lifts {moved.gain:.1f} more, at most {moved.most_gain:.1f}")
print(moved.frame[["amount", "proposed", "moved"]].to_string(), "\n")
draw("reallocation", plots.plot_reallocation, moved)

# %% Which places may a meeting exchange?
print(alternatives(problem))
