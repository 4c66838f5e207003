"""Agreement with independent software: convey, laeken, ineq (R) and wbpip (World Bank).

Each row of reference_values.csv is matched within its own tolerance, or skipped for a reason
that stands in NOT_OURS. Run with POVTARGET_SHARED naming the folder of shared data.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from povtarget import poverty

IN_SURVEY = "a measure of povtarget.survey: test_survey_reference_values.py"
# First match of "dataset measure" counts.
NOT_OURS = {
    r"gd_ex2 .*": "grouped data, fitted with a parametric Lorenz curve; we measure microdata",
    r"jenkins_ifs .*": "the data are not held",
    r"wbpip_1 mld": "welfare of 0 counts as 1 there; here it has no logarithm",
    r"popstan (laeken_)?arpt_60": IN_SURVEY,
    r"popstan laeken_(qsr|rmpg_pct)": IN_SURVEY,
    r".* (mean|median|mean_pc_exp)": IN_SURVEY,
    r".* (theil|gei_[01]_\w+|atkinson_\S+)": IN_SURVEY,
}
MATCHED, SKIPPED = 107, 25

# Absolute, as documented; extreme, recovered from egap1 and rcons of the 79 below it.
ALBANIA_LINES = {"agap": 4891.0, "egap": 3047.0}


class Sample(NamedTuple):
    welfare: np.ndarray
    weights: np.ndarray | None
    line: float | None = None  # where the measure's name does not say it


def _rows() -> list[object]:
    folder = os.environ.get("POVTARGET_SHARED")
    if not folder:
        reason = "POVTARGET_SHARED does not name the folder of shared data"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    table = pd.read_csv(Path(folder) / "data/reference_values/reference_values.csv")
    return [
        pytest.param(row, id=f"{row.dataset}-{row.measure}-{row.domain}")
        for row in table.itertuples()
    ]


def _reason_to_skip(row) -> str | None:
    name = f"{row.dataset} {row.measure}"
    return next((why for key, why in NOT_OURS.items() if re.fullmatch(key, name)), None)


@cache
def _table(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def _popstan(row, data: Path) -> Sample:
    frame = _table(data / row.file)
    if row.domain != "all":
        frame = frame[frame["geo1"] == int(row.domain.removeprefix("geo1="))]
    # The relative line is always that of all persons: 60 % of their median, from the arpt rows.
    line = 1399.319970703125 if "arpr" in row.measure else None
    return Sample(frame["pc_exp"].to_numpy(), frame["popweight"].to_numpy(), line)


def _albania(row, data: Path) -> Sample:
    frame = _table(data / row.file)
    if row.domain != "all":
        column = "region" if row.domain in set(frame["region"]) else "prefectu"
        frame = frame[frame[column] == row.domain]
    welfare, weights = frame["rcons"].to_numpy(), frame["person_weight"].to_numpy()
    if supplied := re.match(r"mean_([ae]gap(\d))", row.measure):
        # The column holds gap^alpha of each household; welfare in units of the line is 1 - gap.
        alpha = int(supplied[2])
        welfare = 1.0 - frame[supplied[1]].to_numpy() ** (1 / max(alpha, 1))
        return Sample(welfare, weights, 1.0)
    return Sample(welfare, weights)


def _ineq(row, data: Path) -> Sample:
    return Sample(np.array([float(v) for v in row.note.removeprefix("x=").split(",")]), None)


def _wbpip(row, data: Path) -> Sample:
    frame = _table(data / row.file)
    welfare = frame["welfare"].to_numpy()
    return Sample(welfare, frame["weight"].to_numpy(), float(welfare.mean()))


SAMPLES = {"popstan": _popstan, "albania_lsms2012": _albania, "ineq_x": _ineq, "wbpip_1": _wbpip}


def _value(row, sample: Sample) -> float:
    x, w, line = sample
    if named := re.search(r"_abs(\d+)$", row.measure):
        line = float(named[1])
        if "y <= line" in str(row.note):
            line = np.nextafter(line, np.inf)  # those at exactly the line count, in convey
    if alpha := re.match(r"(?:fgt|mean_[ae]gap)(\d)", row.measure):
        return poverty.fgt(x, line, int(alpha[1]), w)
    return {
        "watts": lambda: poverty.watts(x, line, w, nonpositive="omit"),
        "sen": lambda: poverty.sen(x, line, w),
        "sst": lambda: poverty.sen_shorrocks_thon(x, line, w),
        "gini": lambda: _gini(row, x, w),
        "laeken_gini": lambda: 100 * poverty.gini(x, w),
        "arpr": lambda: poverty.fgt(x, line, 0, w),
        "laeken_arpr": lambda: 100 * poverty.fgt(x, line, 0, w),
    }[re.match(r"(?:laeken_)?[a-z]+", row.measure)[0]]()


def _gini(row, x: np.ndarray, w: np.ndarray | None) -> float:
    value = poverty.gini(x, w, corrected=row.measure == "gini_n_minus_1")
    if row.source.startswith("convey"):
        # svygini takes 2 r - 1 for 2 r - w in the sum over cumulated weights r: each sampled
        # household counts as one person within its own rank. laeken and wbpip do not.
        value += float((w * (w - 1) * x).sum() / (w.sum() * (w * x).sum()))
    return value


@pytest.mark.parametrize("row", _rows())
def test_reference_value(row, shared):
    if reason := _reason_to_skip(row):
        pytest.skip(reason)
    sample = SAMPLES[row.dataset](row, shared / "data")
    assert abs(_value(row, sample) - row.value) <= row.tolerance


def test_no_row_is_left_out_unseen(shared):
    """The counts are pinned, so that a new row or a wider pattern is noticed."""
    table = pd.read_csv(shared / "data/reference_values/reference_values.csv")
    skipped = sum(_reason_to_skip(row) is not None for row in table.itertuples())
    assert (len(table) - skipped, skipped) == (MATCHED, SKIPPED)


def test_at_the_line_convey_and_we_differ_and_only_there(shared):
    """One household of popstan has exactly 2,000: convey counts it as below the line."""
    frame = _table(shared / "data/popstan/popstan_households.parquet")
    x, w = frame["pc_exp"].to_numpy(), frame["popweight"].to_numpy()
    at_line = w[x == 2000].sum() / w.sum()
    assert at_line > 0
    strict = poverty.fgt(x, 2000.0, 0, w)
    assert strict + at_line == pytest.approx(0.401674575818793, abs=4e-9)


@pytest.mark.parametrize("kind", ["agap", "egap"])
@pytest.mark.parametrize("alpha", [0, 1, 2])
def test_each_household_of_albania_has_the_shortfall_that_the_survey_says(shared, kind, alpha):
    frame = _table(shared / "data/albania_lsms2012/albania_households.parquet")
    ours = poverty.expected_shortfall(frame["rcons"], 0.0, ALBANIA_LINES[kind], alpha)
    np.testing.assert_allclose(ours, frame[f"{kind}{alpha}"], rtol=0, atol=1e-7)
