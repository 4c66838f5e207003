"""Is a plan on predictions better, and is its forecast right?

    python benchmarks/forecasts.py city   --out city.csv
    python benchmarks/forecasts.py splits --out splits.csv --shared DIR
    python benchmarks/forecasts.py worlds --out worlds.csv

``city`` plans the made-up city in six ways and judges them on its true consumption; ``splits``
does the same on popstan, learnt from one half of its enumeration areas and planned for the other,
over ``--count`` splits; ``worlds`` simulates surveys and cities with errors that are alike within
a kelurahan. ``--first`` and ``--count`` choose seeds, ``--report`` prints tables.
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
from forecast_worlds import one_world
from inside import expected_values
from measuring import Stopwatch
from povtarget.datasets import pekalongan_frame
from results import Results

JUDGED = ("lifted", "gap", "exclusion", "inclusion", "wasted")
PLANS = ("kind", "seed", "way", *JUDGED, "promised", "ratio", "ratio_se", "r2", "seconds")
WORLDS = ("seed", "calibration", "promised", "lifted", "low", "high", "low_apart", "high_apart",
          "share", "ratio", "ratio_se", "below")  # fmt: skip
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
            facts |= {"ratio": check.ratio, "ratio_se": check.ratio_se}
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
    main = rows[rows["way"] == "sigma"].set_index("seed")
    if main["ratio"].notna().all():
        for label, told in (
            ("raw", main["promised"]),
            ("corrected", main["promised"] * main["ratio"]),
        ):
            each = told / main["lifted"]
            lines.append(
                f"\nForecast over realised, {label}: {told.sum() / main['lifted'].sum():.3f} of "
                f"sums, {each.mean():.3f} +- {each.sem():.3f} mean of {len(each)} splits, "
                f"spread of one {each.std():.3f}"
            )
    return "\n".join(lines)


def report_worlds(rows: pd.DataFrame) -> str:
    """Coverage and width."""
    lines = ["| calibration | worlds | forecast / lifted | covered | width / lifted | covered, "
             "errors taken as independent | corrected / lifted |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for kind, mine in rows.groupby("calibration"):
        inside = mine["lifted"].between(mine["low"], mine["high"]).mean()
        apart = mine["lifted"].between(mine["low_apart"], mine["high_apart"]).mean()
        total = mine["lifted"].sum()
        lines.append(
            f"| {kind} | {len(mine):,} | {mine['promised'].sum() / total:.3f} | {inside:.1%} | "
            f"{(mine['high'] - mine['low']).sum() / total:.2f} | {apart:.1%} | "
            f"{(mine['promised'] * mine['ratio']).sum() / total:.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what was asked, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=["city", "splits", "worlds"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=os.environ.get("POVTARGET_SHARED"))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=None)
    parser.add_argument("--calibration", choices=["line", "none"], default="line")
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--report", action="store_true")
    asked = parser.parse_args()
    count = (
        asked.count
        if asked.count is not None
        else {"city": 3, "splits": 200, "worlds": 1_000}[asked.kind]
    )
    seeds = range(asked.first, asked.first + count)
    if asked.kind == "worlds":
        results = Results(asked.out, WORLDS, ("seed", "calibration"))
        for seed in seeds:
            key = {"seed": seed, "calibration": asked.calibration}
            if not results.has(key):
                results.append(key | one_world(seed, asked.calibration, asked.replicates))
    else:
        results = Results(asked.out, PLANS, ("kind", "seed", "way"))
        country = read_popstan(asked.shared) if asked.kind == "splits" else pd.DataFrame()
        for seed in seeds:
            kind = "split" if asked.kind == "splits" else "city"
            if not results.has({"kind": kind, "seed": seed, "way": "deciles"}):
                for row in (
                    on_city(seed) if kind == "city" else on_split(country, seed, boosting())
                ):
                    results.append(row)
    if asked.report:
        rows = pd.read_csv(asked.out)
        print(report_worlds(rows) if asked.kind == "worlds" else report_plans(rows))


if __name__ == "__main__":
    main()
