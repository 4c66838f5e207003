"""How often a roadmap's 95 % intervals hold the rate of a world that was made up otherwise.

Each world draws a start, growth and a factor on benefits, makes up every household's consumption
and which programs work, and counts who is below the line. Half of the worlds are as the outlook
says; the others are misspecified in one way each. Means of worlds are over all of them.

    python benchmarks/roadmap_coverage.py --families 2000 --worlds 1000
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.special import betaincinv

import povtarget as pt
from povtarget.evaluation import proposals_of
from povtarget.horizon import pays
from povtarget.valuation import success_chances, unit_gains

YEARS = (2023, 2024, 2025, 2026)
KINDS = ("as stated", "heavy tails", "growth that persists", "spread 5 % wider",
         "benefits a tenth lower", "gains that go together")  # fmt: skip
_TAIL, _PERSISTENT, _MEMORY = 4, 0.3, 0.7  # degrees of freedom; of growth; of a household's luck


def true_rates(way, problem, outlook, kind, rng):
    """The share of persons below the line in each year of one world."""
    households, size, weight = (
        problem.households,
        problem.households.size,
        problem.households.weight,
    )
    persons = weight * size
    shift = start_shift(problem, outlook, rng)
    factor = np.exp(outlook.gain_sd * rng.standard_normal())
    factor *= 0.9 if kind == "benefits a tenth lower" else 1.0
    sigma = households.sigma * (1.05 if kind == "spread 5 % wider" else 1.0)
    median = households.consumption
    luck, step, rates = rng.standard_normal(len(households)), 0.0, []
    works = [rng.random(problem.standing.possible.shape) < success_chances(problem) for _ in YEARS]
    if kind == "gains that go together":  # one draw for all households of a program
        works = [np.broadcast_to(row[:1], row.shape) for row in works]
    made = [proposals_of(way.problems[year], way.plans[year].assignments) for year in YEARS]
    for k in range(len(YEARS)):
        step = growth_step(outlook, kind, step, rng)
        shift += step
        luck = _MEMORY * luck + np.sqrt(1 - _MEMORY**2) * rng.standard_normal(luck.size)
        grown = 1 + outlook.growth
        consumption = median * grown ** (k + 1) * np.exp(shift + sigma * luck)
        gain = sum(
            (made[j] & works[j] & pays(problem, k - j))
            * problem.standing.units
            @ unit_gains(problem)
            for j in range(k + 1)
        )
        line = households.line * (1 + outlook.line_growth) ** (k + 1)
        below = consumption + factor * gain / (12 * size) < line
        rates.append(persons @ below / persons.sum())
    return rates


def start_shift(problem, outlook, rng):
    """Log consumption against what is expected, so that the start's rate has its stated error."""
    rate = 0.07
    count = rate * (1 - rate) / outlook.start_se**2 - 1
    wanted = betaincinv(rate * count, (1 - rate) * count, rng.random())
    points = np.linspace(-1, 1, 81)
    return float(np.interp(wanted, RATES[::-1], points[::-1]))


def growth_step(outlook, kind, before, rng):
    """Growth over the line of one year."""
    if kind == "heavy tails":
        return outlook.growth_sd * rng.standard_t(_TAIL) / np.sqrt(_TAIL / (_TAIL - 2))
    fresh = outlook.growth_sd * rng.standard_normal()
    if kind == "growth that persists":
        return _PERSISTENT * before + np.sqrt(1 - _PERSISTENT**2) * fresh
    return fresh


def rates_by_shift(problem):
    """The expected rate for every shift of log consumption."""
    households = problem.households
    return np.array(
        [
            pt.poverty.expected_fgt(
                households.consumption * np.exp(x), households.sigma, households.line, 0,
                weights=households.persons,
            )
            for x in np.linspace(-1, 1, 81)
        ]
    )  # fmt: skip


def main() -> None:
    global RATES
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", type=int, default=2_000)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--start-se", type=float, default=0.0099)
    asked = parser.parse_args()
    households, catalog, receipts = pt.datasets.pekalongan(asked.families)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    RATES = rates_by_shift(problem)
    outlook = pt.Outlook(start_se=asked.start_se)
    way = pt.roadmap(problem, years=YEARS, outlook=outlook, draws=4_000)
    rng, frame, found = np.random.default_rng(1), way.frame.loc[list(YEARS)], []
    for world in range(asked.worlds):
        kind = KINDS[0] if world % 2 else KINDS[1 + (world // 2) % (len(KINDS) - 1)]
        true = np.array(true_rates(way, problem, outlook, kind, rng))
        seen = true + outlook.survey_se(true) * rng.standard_normal(true.size)
        inside = (frame["low"] <= true) & (true <= frame["high"])
        measured = (frame["survey_low"] <= seen) & (seen <= frame["survey_high"])
        found += [
            {"kind": kind, "year": year, "true": inside[year], "survey": measured[year],
             "error": true[k] - frame["rate"][year]}
            for k, year in enumerate(YEARS)
        ]  # fmt: skip
    table = pd.DataFrame(found)
    print(way)
    print((100 * table.groupby("year")[["true", "survey", "error"]].mean()).round(2).to_string())
    print((100 * table.groupby("kind")[["true", "survey", "error"]].mean()).round(2).to_string())


if __name__ == "__main__":
    main()
