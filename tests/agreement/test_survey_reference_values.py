"""Survey estimates against convey, laeken, ineq (R) and wbpip: values and standard errors.

Every row of popstan and Albania, with the design that the row's source states, and the rows of
others that `povtarget.survey` can measure. Run with POVTARGET_SHARED naming the shared data.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from povtarget import survey

ROWS = r"popstan .*|albania_lsms2012 .*|ineq_x (theil|atkinson_0.5|fgt0_abs2000)|wbpip_1 me.*"
MATCHED, WITH_ERROR = 106, 84
SE_TOLERANCE = 1e-9  # of itself; references have 15 digits


def _rows() -> list[object]:
    folder = os.environ.get("POVTARGET_SHARED")
    if not folder:
        reason = "POVTARGET_SHARED does not name the folder of shared data"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [
        pytest.param(row, id=f"{row.dataset}-{row.measure}-{row.domain}")
        for row in _chosen(Path(folder)).itertuples()
    ]


def _chosen(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "data/reference_values/reference_values.csv")
    return table[(table["dataset"] + " " + table["measure"]).str.fullmatch(ROWS)]


@cache
def _frame(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


@cache
def _popstan(path: Path) -> survey.Design:
    frame = _frame(path)
    strata = frame["geo1"].astype(str) + "-" + frame["urbrur"].astype(str)
    return survey.Design(frame["popweight"], strata=strata, clusters=frame["ea"])


@cache
def _albania(path: Path) -> survey.Design:
    frame = _frame(path)
    return survey.Design(frame["person_weight"], strata=frame["strat"], clusters=frame["psu"])


def _sample(row, data: Path) -> tuple[np.ndarray, survey.Design]:
    """The measured column and the design of a row, its domain taken."""
    if row.dataset == "ineq_x":
        x = np.array([float(value) for value in row.note.removeprefix("x=").split(",")])
        return x, survey.Design(np.ones(x.size))
    path = data / row.file
    frame = _frame(path)
    if row.dataset == "wbpip_1":
        return frame["welfare"].to_numpy(), survey.Design(frame["weight"])
    if row.dataset == "popstan":
        welfare, design = frame["pc_exp"], _popstan(path)
        inside = frame["geo1"].astype(str) == row.domain.removeprefix("geo1=")
    else:
        supplied = re.match(r"mean_(\w+)_as_supplied", row.measure)
        welfare, design = frame[supplied[1] if supplied else "rcons"], _albania(path)
        inside = (frame["region"] == row.domain) | (frame["prefectu"] == row.domain)
    domain = design if row.domain == "all" else design.domain(inside.to_numpy())
    return welfare.to_numpy(dtype=float), domain


def _estimate(row, x: np.ndarray, design: survey.Design) -> survey.Estimate:
    if made := re.fullmatch(r"fgt(\d)_abs(\d+)", row.measure):
        line = float(made[2])
        if "y <= line" in str(row.note):
            line = np.nextafter(line, np.inf)  # those at exactly the line count, in convey
        return survey.fgt(x, line, int(made[1]), design)
    if made := re.fullmatch(r"watts_abs(\d+)", row.measure):
        return survey.watts(x, float(made[1]), design)
    if "arpr" in row.measure and row.domain != "all":
        return survey.fgt(x, 1399.319970703125, 0, design)  # the line of all persons
    named = {
        "gini": survey.gini,
        "arpt": survey.relative_line,
        "arpr": survey.relative_rate,
        "rmpg": survey.relative_median_gap,
        "qsr": survey.quintile_ratio,
        "theil": survey.theil,
        "gei_1": survey.theil,
        "gei_0": survey.mean_log_deviation,
        "atkinson_1": survey.atkinson,
        "atkinson_0.5": lambda x, design: survey.atkinson(x, design, aversion=0.5),
        "median": lambda x, design: survey.quantile(x, 0.5, design),
        "mean": survey.mean,
    }
    measure = row.measure.removeprefix("laeken_")
    return next(function for name, function in named.items() if measure.startswith(name))(
        x, design
    )


@pytest.mark.parametrize("row", _rows())
def test_value_and_standard_error(row, shared):
    x, design = _sample(row, shared / "data")
    made = _estimate(row, x, design)
    value, se_tolerance = made.value, SE_TOLERANCE
    if row.measure == "gini" and row.source.startswith("convey"):
        # svygini takes 2 r - 1 for 2 r - w in the sum over cumulated weights r.
        w = design.weights_in
        value += float((w * (w - 1) * x).sum() / (w.sum() * (w * x).sum()))
        se_tolerance = 3e-4
    value *= 100 if "_pct" in row.measure else 1
    assert abs(value - row.value) <= row.tolerance
    if not np.isnan(row.se):
        assert made.se == pytest.approx(row.se, rel=se_tolerance)
        assert made.low < made.value < made.high


def test_no_row_is_left_out_unseen(shared):
    chosen = _chosen(shared)
    assert (len(chosen), int(chosen["se"].notna().sum())) == (MATCHED, WITH_ERROR)
