"""What reasons claim holds for every problem: thresholds flip, and no plan as good disagrees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

import povtarget as pt
from povtarget.bundles import enumerate_bundles
from povtarget.reasons import KINDS, find_reasons
from property.strategies import Spec, specs
from property.test_laws import NOISE, examples, solved


def reasons(spec: Spec, **options):
    """A problem, its plan and the reasons of all households."""
    plan = solved(spec, **options)
    problem = spec.problem()
    return problem, plan, find_reasons(problem, plan, np.arange(len(problem.households)))


def with_cost(problem: pt.TargetingProblem, program: str, cost: float) -> pt.TargetingProblem:
    programs = [
        replace(p, unit_cost=cost) if p.name == program else p for p in problem.catalog.programs
    ]
    return replace(problem, catalog=replace(problem.catalog, programs=programs))


@given(specs())
@examples(18)
def test_outside_the_core_every_stated_threshold_flips_the_choice(spec):
    """Just below the stated unit cost the best bundle has the program, just above it has not."""
    problem, plan, found = reasons(spec)
    for h, p in np.argwhere(np.isfinite(found.flip_cost) & ~found.is_close_call[:, None]):
        program = problem.catalog.programs[p]
        rate = plan.prices[program.budget] * problem.households.weight[h]
        step = max(1e-6 * float(program.unit_cost), 1e-6)
        if (
            rate * step < 1e3 * NOISE * max(1.0, abs(plan.bound)) * 1e-6
            or found.flip_cost[h, p] < step
        ):
            continue
        for cost, is_in in (
            (found.flip_cost[h, p] - step, True),
            (found.flip_cost[h, p] + step, False),
        ):
            best = pt.score(with_cost(problem, program.name, cost), plan)["programs"][h]
            assert (program.name in best.split(" + ")) == is_in


@given(specs())
@examples(10)
def test_no_plan_as_good_has_what_falls_short_by_more_than_the_gap(spec):
    """Locking such a pair in makes the question infeasible or the best plan worse."""
    problem, plan, found = reasons(spec)
    is_open = problem.standing.possible & ~found.chosen & (found.shortfall > found.gap + NOISE)
    for h, p in np.argwhere(is_open)[:3]:
        pair = (str(problem.households.household_id[h]), problem.catalog.program_names[p])
        try:
            other = pt.solve(replace(problem, locks={**spec.locks, pair: "in"}), gap=0)
        except (pt.InfeasibleError, pt.InputError):
            continue
        assert other.value < plan.value


@given(specs())
@examples(12)
def test_kinds_say_what_is_so(spec):
    """Each kind agrees with the standing, and the proposed bundle is best outside the core."""
    problem, _, found = reasons(spec)
    standing, kind = problem.standing, found.kind
    assert set(kind.ravel()) <= set(KINDS)
    assert ((kind == "proposed") == found.chosen).all()
    assert ((kind == "receives") == standing.received).all()
    early = np.isin(
        kind, ["receives", "fixed", "not_eligible", "no_units", "rule_receipt", "locked_out"]
    )
    assert (early == ~standing.possible).all()
    assert (found.shortfall[~found.is_close_call] > -found.gap).all()
    assert (found.margin >= -found.gap).all()
    assert (np.isnan(found.adds) == (early | found.chosen)).all()


@given(specs())
@examples(10)
def test_what_a_program_adds_is_what_bundles_say(spec):
    """Beside the proposed bundle, where both are bundles, worth rises by exactly ``adds``."""
    problem, _, found = reasons(spec)
    bundles = enumerate_bundles(problem, keep_dominated=True)
    worth = {
        (int(h), bundles.sets[s]): value
        for h, s, value in zip(
            bundles.household, bundles.set_number, bundles.objective(problem, 0), strict=True
        )
    }
    for h, p in np.argwhere(np.isfinite(found.adds)):
        mine = tuple(np.flatnonzero(found.chosen[h]).tolist())
        union = (h, tuple(sorted((*mine, int(p)))))
        before = worth.get((h, mine), 0.0) if mine else 0.0
        if union in worth:
            assert abs(worth[union] - before - found.adds[h, p]) <= NOISE * max(1, abs(before))
