"""Is a plan on predictions better, and is its forecast right?

    python benchmarks/forecasts.py city   --out city.csv
    python benchmarks/forecasts.py splits --out splits.csv --shared DIR
    python benchmarks/forecasts.py worlds --out worlds.csv
    python benchmarks/forecasts.py populations --out populations.csv --shared DIR

``city`` plans the made-up city in six ways and judges them on its true consumption; ``splits``
does the same on popstan, learnt from one half of its enumeration areas and planned for the other,
over ``--count`` splits; ``worlds`` simulates surveys and cities with errors that are alike within
a kelurahan; ``populations`` splits countries with popstan's traits whose consumption is drawn from
a known law, a new one each time, so that chance in popstan's one sample does not count.
``--first`` and ``--count`` choose seeds, ``--report`` prints tables.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

import povtarget as pt
from forecast_plans import WAYS, judged, plans
from forecast_popstan import CATALOG, CATEGORIES, LINE, NUMBERS, read_popstan, split
from forecast_populations import expected_law, on_population
from forecast_worlds import one_world
from inside import expected_values
from measuring import Stopwatch
from povtarget.datasets import pekalongan_frame
from results import Results

JUDGED = ("lifted", "gap", "exclusion", "inclusion", "wasted")
PLANS = ("kind", "seed", "way", *JUDGED, "promised", "ratio", "ratio_se", "factor",
         "r2", "seconds")  # fmt: skip
WORLDS = ("seed", "calibration", "promised", "lifted", "low", "high", "low_apart", "high_apart",
          "share", "ratio", "ratio_se", "factor", "below", "floor",
          "lowest")  # fmt: skip
DEFAULT_COUNTS = {"city": 3, "splits": 200, "worlds": 1_000, "populations": 100}
CITY_LINE = 513_243  # Rp per person per month
CITY_FAMILIES = 20_000


def on_city(seed: int) -> Iterator[dict[str, Any]]:
    """Six plans for the made-up city."""
    frame = pekalongan_frame(CITY_FAMILIES, seed)
    _, catalog, receipts = pt.datasets.pekalongan(CITY_FAMILIES, seed)
    truth = frame["true_consumption"].to_numpy(dtype=float)
    decile = frame["decile"].to_numpy(dtype=float)
    watch = Stopwatch()
    found = plans(frame, truth, catalog, CITY_LINE, decile=decile, receipts=receipts,
                  gap=1e-3, time_limit=30.0)  # fmt: skip
    for way, (problem, proposals, _) in found.items():
        facts = judged(problem, proposals, truth)
        promised = _promised(problem, proposals)
        yield {"kind": "city", "seed": seed, "way": way, **facts, "promised": promised,
               "seconds": watch.seconds}  # fmt: skip


def on_split(country: pd.DataFrame, seed: int, regressor: Any) -> Iterator[dict[str, Any]]:
    """Learn from half of the country, plan the other half in six ways."""
    part, watch = split(country, seed), Stopwatch()
    learnt = pt.predict_consumption(
        part.survey,
        part.registry,
        poverty_line=LINE,
        covariates=[*CATEGORIES, *NUMBERS],
        regressor=regressor,
        groups="ea",
        replicates=0,
        seed=seed,
    )
    decile = np.ceil(10 * learnt.frame["consumption"].rank(pct=True)).to_numpy()
    found = plans(learnt.frame, part.truth, CATALOG, LINE, decile=decile)
    for way, (problem, proposals, plan) in found.items():
        facts = judged(problem, proposals, part.truth)
        if way == "sigma" and plan is not None:
            check = pt.held_out_check(problem, plan, learnt)
            facts |= {"ratio": check.ratio, "ratio_se": check.ratio_se, "factor": check.factor}
        yield {"kind": "split", "seed": seed, "way": way, **facts, "r2": learnt.r2,
               "promised": _promised(problem, proposals), "seconds": watch.seconds}  # fmt: skip


def _promised(problem: pt.TargetingProblem, proposals: pd.DataFrame) -> float:
    return expected_values(problem, proposals)[0]


def boosting() -> Any:
    """The library's gradient boosting with fewer trees: 200 splits take their time."""
    return HistGradientBoostingRegressor(
        max_iter=80,
        learning_rate=0.1,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        early_stopping=False,
        random_state=0,
    )


def report_plans(rows: pd.DataFrame) -> str:
    """Means over seeds by way, and how forecasts did."""
    lines = ["| plan on | lifted | gap closed | missed of those below | above, of those served "
             "| money above the line | promised / lifted |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for way, name in WAYS.items():
        mine = rows[rows["way"] == way]
        mean = mine[[*JUDGED, "promised"]].mean()
        lines.append(
            f"| {name} | {mean['lifted']:,.1f} | {mean['gap']:,.1f} | {mean['exclusion']:.1%} | "
            f"{mean['inclusion']:.1%} | {mean['wasted']:.1%} | "
            f"{mean['promised'] / mean['lifted']:.3f} |"
        )
    wide = rows.pivot(index="seed", columns="way", values=["lifted", "gap"])
    more = wide["lifted"]["floor"] - wide["lifted"]["lowest"]
    lines.append(f"\nThe floor lifts as many as lowest first or more in {(more >= 0).sum()} of "
                 f"{len(more)}, {more.mean():+,.1f} on average.")  # fmt: skip
    return "\n".join([*lines, *report_ratios(rows)])


def report_ratios(rows: pd.DataFrame) -> list[str]:
    """Forecast over realised: of sums, and the mean of single ratios.

    The mean of ratios is above the ratio of sums by about ``cv^2 (1 - slope)`` for any forecast,
    also an unbiased one: cv that of what was realised, slope that of the forecast on it.
    """
    main, lines = rows[rows["way"] == "sigma"], []
    lifted = main["lifted"]
    for label, column in (("raw", None), ("factor", "factor"), ("whole ratio", "ratio")):
        if column is not None and main[column].isna().any():
            continue
        told = main["promised"] * (1.0 if column is None else main[column])
        each, of_sums = told / lifted, float(told.sum() / lifted.sum())
        error = (told - of_sums * lifted).sem() / lifted.mean()
        curved = of_sums * (lifted.var() / lifted.mean() ** 2
                            - told.cov(lifted) / told.mean() / lifted.mean())  # fmt: skip
        lines.append(
            f"\nForecast over realised, {label}: {of_sums:.3f} +- {error:.3f} of sums; mean of "
            f"{len(each)} single ratios {each.mean():.3f} +- {each.sem():.3f}, {curved:+.3f} "
            f"of it because what they are divided by varies; spread of one {each.std():.3f}"
        )
    return lines


def report_worlds(rows: pd.DataFrame) -> str:
    """Coverage and width."""
    lines = ["| calibration | worlds | forecast / lifted | covered | width / lifted | covered, "
             "errors taken as independent | with factor / lifted | covered, with factor |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for kind, mine in rows.groupby("calibration"):
        inside = mine["lifted"].between(mine["low"], mine["high"]).mean()
        apart = mine["lifted"].between(mine["low_apart"], mine["high_apart"]).mean()
        total = mine["lifted"].sum()
        low, high = mine["low"] * mine["factor"], mine["high"] * mine["factor"]
        lines.append(
            f"| {kind} | {len(mine):,} | {mine['promised'].sum() / total:.3f} | {inside:.1%} | "
            f"{(mine['high'] - mine['low']).sum() / total:.2f} | {apart:.1%} | "
            f"{(mine['promised'] * mine['factor']).sum() / total:.3f} | "
            f"{mine['lifted'].between(low, high).mean():.1%} |"
        )
        more = mine["floor"] - mine["lowest"]
        lines.append(
            f"\nWith the expected gap of lowest first as a floor {mine['floor'].mean():,.1f} "
            f"lifted, lowest first {mine['lowest'].mean():,.1f}: {more.mean():+,.1f} +- "
            f"{more.sem():,.1f}, as many or more in {(more >= 0).mean():.0%} of worlds."
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what was asked, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=[*DEFAULT_COUNTS])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=os.environ.get("POVTARGET_SHARED"))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=None)
    parser.add_argument("--calibration", choices=["line", "none"], default="line")
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--report", action="store_true")
    asked = parser.parse_args()
    count = DEFAULT_COUNTS[asked.kind] if asked.count is None else asked.count
    seeds = range(asked.first, asked.first + count)
    if asked.kind == "worlds":
        results = Results(asked.out, WORLDS, ("seed", "calibration"))
        for seed in seeds:
            key = {"seed": seed, "calibration": asked.calibration}
            if not results.has(key):
                results.append(key | one_world(seed, asked.calibration, asked.replicates))
    else:
        _plans_by_seed(asked, seeds)
    if asked.report:
        rows = pd.read_csv(asked.out)
        print(REPORTS[asked.kind](rows))


REPORTS = {
    "city": report_plans,
    "splits": report_plans,
    "worlds": report_worlds,
    "populations": lambda rows: "\n".join(report_ratios(rows)),
}


def _plans_by_seed(asked: argparse.Namespace, seeds: range) -> None:
    """Measure cities, splits or populations that are not in the file."""
    results = Results(asked.out, PLANS, ("kind", "seed", "way"))
    country = pd.DataFrame() if asked.kind == "city" else read_popstan(asked.shared)
    law = expected_law(country, boosting()) if asked.kind == "populations" else pd.DataFrame()
    measured = {
        "city": ("city", "deciles", on_city),
        "splits": ("split", "deciles", lambda seed: on_split(country, seed, boosting())),
        "populations": ("population", "sigma", lambda seed: on_population(law, seed, boosting())),
    }
    kind, last, measure = measured[asked.kind]
    for seed in seeds:
        if not results.has({"kind": kind, "seed": seed, "way": last}):
            for row in measure(seed):
                results.append(row)


if __name__ == "__main__":
    main()
