"""A question whose bundles never exist at once gets the same answer, with the same proof."""

from __future__ import annotations

import numpy as np
import pytest

import povtarget as pt
from povtarget import sifting


@pytest.fixture(scope="module")
def problem() -> pt.TargetingProblem:
    households, catalog, receipts = pt.datasets.pekalongan(2_000, seed=3)
    return pt.TargetingProblem(households, catalog, receipts=receipts)


def in_blocks(problem, monkeypatch, block=300, near=2_000, **options) -> pt.Plan:
    monkeypatch.setattr(sifting, "fits_whole", lambda problem: False)
    monkeypatch.setattr(sifting, "_BLOCK", block)
    monkeypatch.setattr(sifting, "_NEAR", near)
    return pt.solve(problem, gap=1e-3, **options)


def test_blocks_prove_what_the_whole_proves(problem, monkeypatch):
    """Each answer respects the other's bound, and the judge finds both sound."""
    whole = pt.solve(problem, gap=1e-3)
    sifted = in_blocks(problem, monkeypatch)
    for plan in (whole, sifted):
        assert pt.verify(problem, plan).is_sound
    assert sifted.value <= whole.bound * (1 + 1e-9)
    assert whole.value <= sifted.bound * (1 + 1e-9)
    assert sifted.gap <= 1e-2


def test_threads_change_nothing(problem, monkeypatch):
    """One thread or two, the same bytes."""
    plans = []
    for threads in (1, 2):
        monkeypatch.setattr(sifting, "_MOST_THREADS", threads)
        plans.append(in_blocks(problem, monkeypatch))
    assert plans[0].assignments.equals(plans[1].assignments)
    assert plans[0].bound == plans[1].bound
    assert dict(plans[0].prices) == dict(plans[1].prices)


def test_a_start_and_a_listener(problem, monkeypatch):
    """A plan is taken up as a start; bounds that are heard only fall within a solve."""
    heard: list[tuple[str, float, float]] = []
    first = in_blocks(problem, monkeypatch)
    again = in_blocks(
        problem,
        monkeypatch,
        start=first,
        progress=lambda label, step: heard.append((label, step.value, step.bound)),
    )
    assert pt.verify(problem, again).is_sound
    assert again.value >= first.value - 1e-2 * abs(first.value)
    assert {label for label, *_ in heard} == {"headcount", "poverty gap", "fewest duplicates"}


def test_scores_are_the_choices_of_the_prices(problem):
    """Where plan and rule differ, the margins that this costs are within bound and value."""
    alone = pt.TargetingProblem(
        problem.households, problem.catalog, receipts=problem.receipts, objective=pt.Headcount()
    )
    plan = pt.solve(alone)
    rule = pt.score(alone, plan)
    chosen = plan.assignments.groupby("household_id")["program"].agg(" + ".join)
    got = rule["household_id"].map(chosen).fillna("").to_numpy()
    differs = got != rule["programs"].to_numpy()
    cost = float(rule["margin"].to_numpy()[differs & (got != "")].sum())
    assert (rule["programs"] != "").any()
    assert cost <= pt.verify(alone, plan).bound - plan.value + 1e-9 * plan.bound
    assert np.all(rule["value"].to_numpy() >= rule["cost"].to_numpy() - 1e-9)
