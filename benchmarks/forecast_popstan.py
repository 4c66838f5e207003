"""popstan as a survey and a registry: its enumeration areas split in two halves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import povtarget as pt

Floats = NDArray[np.float64]

LINE = 1_000 / 12  # per person and month, in the country's currency
_FEWEST = 150  # households that share a code; rarer codes are put together
_SCALE = 0.006  # of the budgets of examples/08_popstan.py: 4,000 households of 2.5 million

CATEGORIES = (
    *("geo1", "urbrur", "statocc", "floor", "walls", "roof", "water", "toilet", "cook_fuel"),
    *("head_sex", "head_marstat", "head_educ_attain", "head_act_status", "head_occupation"),
    "head_industry",
)
NUMBERS = (
    *("size", "rooms", "bedrooms", "electricity", "phone", "cell", "car", "bicycle"),
    *("motorcycle", "refrigerator", "tv", "radio", "bank", "small_children", "pupils"),
    *("out_of_school", "teens", "elderly", "employed", "disabled", "best_education", "head_age"),
)
_OF_HEAD = ["sex", "age", "marstat", "educ_attain", "act_status", "occupation", "industry"]

CATALOG = pt.Catalog(
    budgets=[
        pt.Budget("Social Protection", amount=14e6 * _SCALE),
        pt.Budget("Education", amount=7e6 * _SCALE),
        pt.Budget("Rural / State", amount=9e6 * _SCALE),
        pt.Budget("Rural / Donors", amount=7e6 * _SCALE),
    ],
    programs=[
        pt.Program("child_grant", need="cash", budget="Social Protection", unit_cost=252,
                   benefit=240, per="small_children"),
        pt.Program("old_age_pension", need="cash", budget="Social Protection", unit_cost=490,
                   benefit=480, per="elderly"),
        pt.Program("school_meals", need="food", budget="Education", unit_cost=150, benefit=120,
                   per="pupils"),
        pt.Program("back_to_school", need="education", budget="Education", unit_cost=200,
                   benefit=200, per="out_of_school", success=0.7),
        pt.Program("public_works", need="work", budget="Rural / State", unit_cost=720,
                   benefit=600),
        pt.Program("farm_inputs", need="work", budget="Rural / Donors", unit_cost=500,
                   benefit=700, success=0.7, eligibility="is_rural == 1"),
    ],
    rules=[pt.Rule("forbid", programs=["public_works", "farm_inputs"])],
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Split:
    """Half of the enumeration areas measured, the other half listed."""

    survey: pd.DataFrame
    registry: pd.DataFrame
    truth: Floats


def read_popstan(shared: Path) -> pd.DataFrame:
    """Households by identifier with their traits; expenditure of a month."""
    folder = shared / "data/popstan"
    households = pd.read_parquet(folder / "popstan_households.parquet")
    members = pd.read_parquet(folder / "popstan_individuals.parquet")
    of_heads = members[members["relation"] == 1].drop_duplicates("hid").set_index("hid")
    frame = households.join(_counts(members), on="hid")
    for name in _OF_HEAD:
        frame[f"head_{name}"] = frame["hid"].map(of_heads[name])
    frame = frame.assign(
        household_id="h" + frame["hid"],
        size=frame["hhsize"],
        consumption=frame["pc_exp"] / 12,
        weight=frame["hhweight"],
        is_rural=frame["urbrur"] == 1,
    )
    for name in CATEGORIES:
        frame[name] = _common_codes(frame[name])
    keys = ["household_id", "consumption", "weight", "ea", "is_rural"]
    return frame[[*keys, *CATEGORIES, *NUMBERS]].sort_values("household_id", ignore_index=True)


def _counts(members: pd.DataFrame) -> pd.DataFrame:
    age, attends = members["age"], members["school_attend"] == 1
    is_pupil = age.between(6, 14)
    counted = pd.DataFrame(
        {
            "small_children": age < 5,
            "pupils": is_pupil & attends,
            "out_of_school": is_pupil & ~attends,
            "teens": age.between(15, 18),
            "elderly": age >= 65,
            "employed": members["act_status"] == 1,
            "disabled": members["disability"] == 1,
        }
    )
    best = members["educ_attain"].groupby(members["hid"]).max().rename("best_education")
    return counted.groupby(members["hid"]).sum().join(best)


def _common_codes(codes: pd.Series) -> pd.Series:
    """Codes as text; rare ones together, or with the commonest where they are few in all."""
    counts = codes.value_counts()
    rare = counts.index[counts < _FEWEST]
    together = "other" if counts[rare].sum() >= _FEWEST else str(counts.index[0])
    return codes.astype(str).where(~codes.isin(rare), together)


def split(country: pd.DataFrame, seed: int) -> Split:
    """Half of the enumeration areas at random as the survey, the others as the registry."""
    areas = np.unique(country["ea"])
    measured = np.random.default_rng(seed).permutation(areas)[: areas.size // 2]
    is_measured = country["ea"].isin(measured)
    listed = country[~is_measured].reset_index(drop=True)
    return Split(
        country[is_measured].reset_index(drop=True),
        listed.drop(columns=["consumption", "weight", "ea"]),
        listed["consumption"].to_numpy(),
    )
