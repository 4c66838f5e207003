"""Every engine agrees with a brute force that shares no code with the library.

The examples are the same in every run. ``POVTARGET_EXAMPLES=20`` looks at twenty times as many.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

import povtarget as pt
from property.strategies import Spec, specs
from reference import FLOOR_SLACK, Bounds, Point, Question, broken, keeps, lexicographic

SCALE = float(os.environ.get("POVTARGET_EXAMPLES", "1"))
SAME = 1e-12  # relative: the same number, rounded in another order
NOISE = 1e-8  # relative: what the library may leave undecided between two levels, and more

many = settings(
    max_examples=int(500 * SCALE),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@many
@given(specs())
def test_highs_agrees_with_brute_force(spec):
    """HiGHS on the whole problem finds the best value of every level, or that there is no plan."""
    check(spec, "highs")


@many
@given(specs())
def test_prices_agree_with_brute_force(spec):
    """Prices and a core find the best value of every level, or that there is no plan."""
    check(spec, "prices")


@many
@given(specs())
def test_pulp_agrees_with_brute_force(spec):
    """A PuLP model finds the best value of every level, or that there is no plan."""
    check(spec, "pulp")


def check(spec: Spec, engine: str) -> None:
    problem = spec.problem()
    question = Question(problem)
    points = question.points()
    surely = [point for point in points if keeps(point, question.bounds, -FLOOR_SLACK)]
    perhaps = [point for point in points if keeps(point, question.bounds, FLOOR_SLACK)]
    try:
        plan = pt.solve(problem, engine=engine, gap=0)
    except pt.InfeasibleError as error:
        assert not surely
        check_explanation(spec, question, points, error)
        return
    assert perhaps, "a plan was found where there is none"
    check_plan(question, perhaps, plan)
    assert pt.verify(problem, plan).violations == ()


def check_plan(question: Question, points: Sequence[Point], plan: pt.Plan) -> None:
    """The plan keeps every row, states its values, and no other plan is better at any level."""
    pairs = zip(plan.assignments["household_id"], plan.assignments["program"], strict=True)
    point, faults = question.of_plan(pairs)
    assert point is not None, faults
    assert broken(point, question.bounds, FLOOR_SLACK) == []
    stated = [level.value for level in plan.levels]
    assert stated == pytest.approx([float(value) for value in point.values], rel=SAME, abs=SAME)
    assert (plan.value, plan.duplicates) == (stated[0], -stated[-1])
    most = lexicographic(points, NOISE)
    left = list(points)
    for level, value in enumerate(point.values):
        better = max(other.values[level] for other in left)
        slack = Fraction(NOISE) * max(1, abs(better))
        assert better - slack <= value, f"level {level} could reach {float(better)!r}"
        assert value <= most[level] + slack
        left = [
            other
            for other in left
            if other.values[level] >= value - Fraction(SAME) * max(1, abs(value))
        ]
    assert plan.bound >= float(lexicographic(points)[0]) - SAME
    assert plan.bound - plan.value <= NOISE * max(1.0, abs(plan.value))


def check_explanation(
    spec: Spec, question: Question, points: Sequence[Point], error: pt.InfeasibleError
) -> None:
    """The conflict is irreducible, and the remedy mends it."""
    if not points:  # a household has no bundle at all: no row is to blame
        assert (error.conflict, error.remedy) == ((), ())
        return
    assert error.conflict
    assert set(error.conflict) <= set(question.bounds)

    def is_possible(names: Sequence[str], slack: float) -> bool:
        bounds = {name: question.bounds[name] for name in names}
        return any(keeps(point, bounds, slack) for point in points)

    assert not is_possible(error.conflict, -FLOOR_SLACK), "the conflict can be kept"
    for name in error.conflict:
        others = [other for other in error.conflict if other != name]
        assert is_possible(others, FLOOR_SLACK), f"still a conflict without {name}"
    assert error.remedy
    check_remedy(question, points, error.remedy)
    check_mended(spec, error.remedy)


def check_remedy(question: Question, points: Sequence[Point], remedy: Sequence[pt.Change]) -> None:
    """With the changed bounds there is a plan, and no smaller change would do."""
    bounds: Bounds = dict(question.bounds)
    for change in remedy:
        lower, upper = bounds[change.row]
        stated = lower if upper is None else upper
        assert change.current == pytest.approx(float(stated), rel=SAME)
        needed = Fraction(change.needed)
        assert needed < stated if upper is None else needed > stated
        bounds[change.row] = (needed, None) if upper is None else (None, needed)
    assert any(keeps(point, bounds, FLOOR_SLACK) for point in points)
    sizes = {
        name: abs(lower if upper is None else upper)
        for name, (lower, upper) in question.bounds.items()
    }
    if all(size >= question.largest_use(name) and size > 0 for name, size in sizes.items()):
        least = min(_cost(question.bounds, sizes, point) for point in points)
        cost = sum(
            abs(Fraction(change.needed) - Fraction(change.current)) / sizes[change.row]
            for change in remedy
        )
        assert cost <= least + Fraction(1e-6)


def _cost(bounds: Bounds, sizes: dict[str, Fraction], point: Point) -> Fraction:
    total = Fraction(0)
    for name, (lower, upper) in bounds.items():
        excess = point.use[name] - upper if upper is not None else lower - point.use[name]
        total += max(excess, 0) / sizes[name]
    return total


def check_mended(spec: Spec, remedy: Sequence[pt.Change]) -> None:
    """The remedy works in the planner's own terms: amounts, quotas, minimums, the limit."""
    needed = {change.row: change.needed for change in remedy}
    if any(row.startswith("floor:") for row in needed):
        return
    programs = []
    for entry in spec.programs:
        new = dict(entry)
        for field in ("quota", "minimum"):
            if f"{field}:{entry['name']}" in needed:
                new[field] = needed[f"{field}:{entry['name']}"]
        programs.append(new)
    budgets = tuple(
        {**entry, "amount": needed.get(entry["name"], entry["amount"])} for entry in spec.budgets
    )
    overlap = spec.overlap
    if "limit:overlap" in needed:
        overlap = replace(overlap, limit=needed["limit:overlap"])
    mended = replace(spec, programs=tuple(programs), budgets=budgets, overlap=overlap)
    assert pt.solve(mended.problem(), engine="highs").status == "optimal"
