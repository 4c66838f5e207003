"""Plans as they come about without optimisation, judged by the same code.

Currently implemented: `status_quo`, `uncoordinated`, `poorest_first`, `lottery`, `universal`,
`by_area` and `greedy`. All keep budgets, quotas, rules, sizes of bundles, limits of overlap and
what a meeting has agreed, exactly; none looks at minimums or area floors, which a list down which
one goes cannot promise. ``bound_source`` is "none": a baseline proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from povtarget.baselines.greedy import greedy
from povtarget.baselines.orders import by_area, lottery, poorest_first, status_quo, universal
from povtarget.baselines.separate import uncoordinated
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem

Baseline = Callable[[TargetingProblem], Plan]

ALL: MappingProxyType[str, Baseline] = MappingProxyType(
    {
        "status quo": status_quo,
        "each agency alone": uncoordinated,
        "universal": universal,
        "lottery": lottery,
        "by area": by_area,
        "poorest first": poorest_first,
        "greedy": greedy,
    }
)
"""All baselines by a name for people, as `povtarget.compare` takes them."""

__all__ = [
    "ALL",
    "Baseline",
    "by_area",
    "greedy",
    "lottery",
    "poorest_first",
    "status_quo",
    "uncoordinated",
    "universal",
]
