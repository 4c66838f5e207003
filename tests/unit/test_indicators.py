"""Indicators against sums by hand, simulated worlds, and laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.effects import chances_below, scene, state_shortfalls
from povtarget.valuation import shortfalls

CATALOG = pt.Catalog(
    budgets=[
        pt.Budget("city", amount=1e9, agency="A", fund="APBD"),
        pt.Budget("other", amount=1e9, agency="B", fund="APBN", control="propose"),
    ],
    programs=[
        pt.Program("cash", need="cash", budget="city", unit_cost=1_500, benefit=1_200),
        pt.Program(
            "food", need="food", budget="other", unit_cost=600, benefit=600, per="children"
        ),
        pt.Program(
            "house", need="house", budget="city", unit_cost=9_000, benefit=9_000, conversion=0.1
        ),
        pt.Program("work", need="work", budget="city", unit_cost=700, benefit=2_400, success=0.6),
    ],
)


def world_bank_ten() -> pt.TargetingProblem:
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k}" for k in range(10)],
            "size": [1] * 10,
            "consumption": [60, 70, 80, 90, 110, 120, 130, 140, 150, 160],
            "children": [0] * 10,
        },
        poverty_line=100,
    )
    return pt.TargetingProblem(households, CATALOG)


def test_the_world_banks_example():
    """Four of ten below, two of them reached: EE 50 %, IE 0 %; a poorer benchmark changes both."""
    problem = world_bank_ten()
    receipts = {"household_id": ["h1", "h3"], "program": ["house", "house"], "amount": [1.0, 1.0]}
    row = pt.indicators(problem, receipts).frame.loc["all"]
    assert (row["undercoverage"], row["leakage"], row["coverage_below"]) == (0.5, 0.0, 0.5)
    lowest = pt.Households.from_frame(
        problem.households.frame.drop(columns="line"), poverty_line=80
    )
    poorest = pt.indicators(pt.TargetingProblem(lowest, CATALOG), receipts).frame.loc["all"]
    assert (poorest["undercoverage"], poorest["leakage"]) == (0.5, 0.5)


def test_sixty_percent_to_the_lowest_forty_is_one_and_a_half():
    problem = world_bank_ten()
    receipts = {
        "household_id": [f"h{k}" for k in range(5)],
        "program": ["cash"] * 5,
        "benefit": [1.5, 1.5, 1.5, 1.5, 4.0],
    }
    assert pt.indicators(problem, receipts).frame.at["all", "cgh"] == pytest.approx(1.5)


def known(seed: int = 0, count: int = 25) -> tuple[pt.Households, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k:03d}" for k in range(count)],
            "size": rng.integers(1, 6, count),
            "consumption": rng.integers(40, 200, count).astype(float),
            "children": rng.integers(0, 3, count),
            "weight": rng.choice([1.0, 2.0, 3.5], count),
            "area": rng.choice(["N", "S"], count),
        },
        poverty_line=100,
    )
    rows = []
    for household_id in households.household_id:
        for program in ("cash", "food", "house"):
            if rng.random() < 0.4:
                rows.append({"household_id": household_id, "program": program})
    return households, pd.DataFrame(rows)


def by_hand(households: pt.Households, receipts: pd.DataFrame) -> dict[str, float]:
    """FACTS 4.1 in plain loops."""
    line, sums = 100.0, dict.fromkeys(
        ("n", "B", "poor", "poorB", "t", "t_poor", "y_B", "P0", "P0a", "P1", "P1a", "spend",
         "spill", "fill", "spend_poor"), 0.0
    )  # fmt: skip
    for k, row in households.frame.iterrows():
        mine = receipts[receipts["household_id"] == households.household_id[k]]
        worth = {"cash": (1_200.0, 1_500.0), "house": (900.0, 9_000.0)}
        worth["food"] = (600.0 * max(row["children"], 1), 600.0 * max(row["children"], 1))
        t = sum(worth[p][0] for p in mine["program"]) / (12 * row["size"])
        spend = sum(worth[p][1] for p in mine["program"])
        y, w = row["consumption"], row["weight"] * row["size"]
        pre, has = y - t, bool(len(mine))
        poor = pre < line
        gap, gap_after = max(line - pre, 0.0), max(line - y, 0.0)
        sums["n"] += w
        sums["B"] += w * has
        sums["poor"] += w * poor
        sums["poorB"] += w * poor * has
        sums["t"] += w * t
        sums["t_poor"] += w * t * poor
        sums["y_B"] += w * y * has
        sums["P0"] += w * poor
        sums["P0a"] += w * (y < line)
        sums["P1"] += w * gap
        sums["P1a"] += w * gap_after
        sums["spend"] += row["weight"] * spend
        sums["spend_poor"] += row["weight"] * spend * poor
        sums["spill"] += w * poor * (t - (gap - gap_after))
        sums["fill"] += w * max(0.0, t - gap) * 12
    return {
        "coverage": sums["B"] / sums["n"],
        "coverage_below": sums["poorB"] / sums["poor"],
        "undercoverage": 1 - sums["poorB"] / sums["poor"],
        "leakage": 1 - sums["poorB"] / sums["B"],
        "incidence_below": sums["poorB"] / sums["B"],
        "leakage_money": 1 - sums["t_poor"] / sums["t"],
        "leakage_spending": 1 - sums["spend_poor"] / sums["spend"],
        "vertical_efficiency": sums["t_poor"] / sums["t"],
        "adequacy": sums["t"] / sums["y_B"],
        "headcount_impact": (sums["P0"] - sums["P0a"]) / sums["P0"],
        "gap_impact": (sums["P1"] - sums["P1a"]) / sums["P1"],
        "benefit_cost": 12 * (sums["P1"] - sums["P1a"]) / sums["spend"],
        "spillover": sums["spill"] / sums["t_poor"],
        "reduction_efficiency": sums["t_poor"] / sums["t"] * (1 - sums["spill"] / sums["t_poor"]),
        "overfill": sums["fill"],
        "spending": sums["spend"],
        "P0_before": sums["P0"] / sums["n"],
        "P1_after": sums["P1a"] / sums["n"] / line,
        "transfers": 12 * sums["t"],
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_indicators_are_the_sums_by_hand(seed):
    households, receipts = known(seed)
    problem = pt.TargetingProblem(households, CATALOG)
    row = pt.indicators(problem, receipts).frame.loc["all"]
    for name, value in by_hand(households, receipts).items():
        assert row[name] == pytest.approx(value, rel=1e-12), name
    food = receipts[receipts["program"] == "food"]
    by_program = pt.indicators(problem, receipts, "program").frame
    for name, value in by_hand(households, food).items():
        assert by_program.at["food", name] == pytest.approx(value, rel=1e-12), name


def test_areas_add_up_and_parts_of_the_money_do_too():
    households, receipts = known(3, 60)
    problem = pt.TargetingProblem(households, CATALOG)
    whole = pt.indicators(problem, receipts).frame.loc["all"]
    for by in ("area", "agency", "control"):
        parts = pt.indicators(problem, receipts, by).frame
        for name in ("transfers", "spending"):
            assert parts[name].sum() == pytest.approx(whole[name])
        assert parts["money_share"].sum() == pytest.approx(1.0)
    areas = pt.indicators(problem, receipts, "area").frame
    for name in ("persons", "receivers", "below_before", "gap_closed", "overfill"):
        assert areas[name].sum() == pytest.approx(whole[name])
    assert areas["receiver_share"].sum() == pytest.approx(1.0)


def test_a_weight_of_two_is_the_family_written_twice():
    frame = {
        "household_id": ["a", "b", "c"],
        "size": [2, 3, 1],
        "consumption": [80.0, 95.0, 120.0],
        "sigma": [0.4, 0.0, 0.3],
        "children": [1, 0, 2],
        "weight": [2.0, 1.0, 2.0],
    }
    twice = {
        name: [cells[k] for k in (0, 0, 1, 2, 2)] for name, cells in frame.items()
    } | {"household_id": ["a", "a2", "b", "c", "c2"], "weight": [1.0] * 5}  # fmt: skip
    has = {"household_id": ["a", "b"], "program": ["cash", "food"]}
    has_twice = {"household_id": ["a", "a2", "b"], "program": ["cash", "cash", "food"]}
    found = [
        pt.indicators(
            pt.TargetingProblem(pt.Households.from_frame(f, poverty_line=100), CATALOG), r
        )
        for f, r in ((frame, has), (twice, has_twice))
    ]
    for table in ("frame", "se"):
        first, second = (getattr(each, table).loc["all"] for each in found)
        assert first.to_numpy() == pytest.approx(second.to_numpy(), nan_ok=True, rel=1e-9)


def predicted(count: int = 300) -> tuple[pt.Households, pd.DataFrame]:
    rng = np.random.default_rng(7)
    households = pt.Households.from_frame(
        {
            "household_id": [f"h{k:03d}" for k in range(count)],
            "size": rng.integers(1, 6, count),
            "consumption": np.exp(rng.normal(math.log(130), 0.35, count)),
            "sigma": np.where(rng.random(count) < 0.1, 0.0, 0.4),
            "children": rng.integers(0, 3, count),
        },
        poverty_line=100,
    )
    rows = [
        {"household_id": name, "program": program}
        for name, consumption in zip(households.household_id, households.consumption, strict=True)
        for program in ("cash", "food", "house")
        if rng.random() < 0.9 - consumption / 250
    ]
    return households, pd.DataFrame(rows)


CHECKED = (
    "coverage_below", "undercoverage", "leakage", "leakage_money", "adequacy",
    "headcount_impact", "gap_impact", "benefit_cost", "spillover", "reduction_efficiency",
    "P0_before", "P1_before", "lifted", "gap_closed", "overfill",
)  # fmt: skip


def worlds(households: pt.Households, draw: int):
    """The same households as they may turn out."""
    rng = np.random.default_rng(draw)
    error = households.sigma * rng.standard_normal(len(households))
    frame = households.frame.assign(consumption=households.consumption * np.exp(error), sigma=0.0)
    return pt.Households.from_frame(frame)


def test_expectations_and_errors_are_those_of_simulated_worlds():
    households, receipts = predicted()
    found = pt.indicators(pt.TargetingProblem(households, CATALOG), receipts)
    drawn = pd.DataFrame(
        [
            pt.indicators(
                pt.TargetingProblem(worlds(households, draw), CATALOG), receipts
            ).frame.loc["all"]
            for draw in range(120)
        ]
    )
    for name in CHECKED:
        value, se = found.frame.at["all", name], found.se.at["all", name]
        spread = drawn[name].std()
        assert abs(drawn[name].mean() - value) < 0.3 * spread, name
        assert 0.84 < se / spread < 1.19, name
        low, high = found.low.at["all", name], found.high.at["all", name]
        assert 0.89 < ((drawn[name] > low) & (drawn[name] < high)).mean() < 1.0, name


def test_a_plans_before_is_the_state_before_it():
    households, catalog, receipts = pt.datasets.pekalongan(400, seed=2)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    plan = pt.baselines.uncoordinated(problem)
    row = pt.indicators(problem, plan).frame.loc["all"]
    assert row["P0_before"] == pytest.approx(plan.rate("before"))
    assert row["P1_after"] == pytest.approx(plan.rate("after", "P1"))
    assert row["lifted"] == pytest.approx(plan.lifted)
    assert row["spending"] == pytest.approx(plan.budgets["spent"].sum())
    city = pt.indicators(problem, plan, "control").frame
    assert city.at["city", "lifted"] == pytest.approx(plan.lifted_by_city)
    assert row["spillover"] >= 0
    assert 0 <= row["benefit_cost"] <= 1


def test_programs_that_may_fail_have_the_expected_impact():
    """Known consumption: 0.6 of a crossing, and no interval narrower than the truth."""
    households = pt.Households.from_frame(
        {"household_id": ["a"], "size": [1], "consumption": [50.0], "sigma": [0.2],
         "children": [0]},
        poverty_line=100,
    )  # fmt: skip
    problem = pt.TargetingProblem(households, CATALOG, locks={("a", "work"): "in"})
    found = pt.indicators(problem, pt.baselines.status_quo(problem))
    sure, none = (
        shortfalls(households, np.array([0]), np.array([gain]), (0, 1))[:, 0]
        for gain in (2_400.0, 0.0)
    )
    expected = 0.6 * (none - sure)
    assert found.frame.at["all", "lifted"] == pytest.approx(expected[0])
    assert found.frame.at["all", "transfers"] == pytest.approx(0.6 * 2_400)
    assert found.frame.at["all", "gap_closed"] == pytest.approx(12 * 100 * expected[1])
    rng = np.random.default_rng(0)
    x = 50 * np.exp(0.2 * rng.standard_normal(100_000))
    t = 200.0 * (rng.random(x.size) < 0.6)
    closed = 12 * (np.maximum(100 - x, 0) - np.maximum(100 - x - t, 0))
    assert found.se.at["all", "gap_closed"] >= 0.99 * closed.std()


def test_consumption_without_receipts_gets_them_added():
    households, receipts = known(1)
    out = pt.TargetingProblem(households, CATALOG, receipts_in_consumption=False)
    row = pt.indicators(out, receipts).frame.loc["all"]
    shares = households.persons / households.persons.sum()
    assert row["P0_before"] == pytest.approx(shares[households.consumption < 100].sum())
    assert row["P0_after"] <= row["P0_before"]


def test_states_agree_with_the_valuation_where_gains_are_positive():
    households, _ = predicted(60)
    rows, gain = np.arange(60), np.linspace(0, 3_000, 60)
    assert np.array_equal(
        state_shortfalls(households, rows, gain), shortfalls(households, rows, gain, (0, 1, 2))
    )


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
def test_the_lowest_share_of_persons_is_that_share(share):
    for households in (known(4)[0], predicted()[0]):
        gain = np.linspace(-900, 900, len(households))
        chances = chances_below(households, gain, [share])[0]
        assert ((chances >= 0) & (chances <= 1)).all()
        total = float((households.persons * chances).sum())
        assert total == pytest.approx(share * households.persons.sum(), rel=1e-9)


def test_tenths_are_equal_and_shares_add_up():
    households, receipts = predicted()
    problem = pt.TargetingProblem(households, CATALOG)
    tenths = pt.incidence(problem, receipts)
    assert tenths["persons"].to_numpy() == pytest.approx(households.persons.sum() / 10)
    assert tenths[["receiver_share", "money_share"]].sum().to_numpy() == pytest.approx(1.0)
    lowest = tenths["money_share"].iloc[:4].sum()
    found = pt.indicators(problem, receipts)
    assert found.frame.at["all", "benefit_share_lowest"] == pytest.approx(lowest)
    assert found.frame.at["all", "cgh"] == pytest.approx(lowest / 0.4)


def test_a_year_counts_what_is_in_force():
    problem = world_bank_ten()
    receipts = {
        "household_id": ["h0", "h1", "h2", "h3"],
        "program": ["cash"] * 4,
        "year": [2021, 2022, 2023, None],
    }
    assert len(scene(problem, receipts, year=2022).transfers) == 2
    assert len(scene(problem, receipts).transfers) == 4


def test_nobody_receives_is_no_error():
    problem = world_bank_ten()
    found = pt.indicators(problem)
    assert found.frame.at["all", "undercoverage"] == 1.0
    assert math.isnan(found.frame.at["all", "leakage"])
    assert pt.indicators(problem, by="program").frame.empty


def test_an_estimate_prints_its_interval():
    households, receipts = predicted()
    found = pt.indicators(pt.TargetingProblem(households, CATALOG), receipts)
    assert "95 %" in str(found.estimate("undercoverage"))
    with pytest.raises(pt.InputError, match="did you mean 'undercoverage'"):
        found.estimate("undercovrage")


def test_bad_input_names_the_least_change():
    problem = world_bank_ten()
    with pytest.raises(pt.InputError, match="did you mean 'cash'") as caught:
        pt.indicators(problem, {"household_id": ["h0"] * 3, "program": ["csh", "csh", "hose"]})
    assert [fault.value for fault in caught.value.problems] == ["csh", "hose"]
    with pytest.raises(pt.InputError, match="did you mean 'agency'"):
        pt.indicators(problem, by="agncy")
    with pytest.raises(pt.InputError, match="not a number of groups"):
        pt.incidence(problem, groups=1)


def test_the_distributional_characteristic_of_predicted_welfare():
    """E[(z / y)^e] of a lognormal is exp(e^2 s^2 / 2) (z / median)^e; others are refused."""
    homes = pt.Households.from_frame(
        {"household_id": ["a"], "size": [1], "consumption": [80.0], "sigma": [0.4]},
        poverty_line=100,
    )
    cash = pt.Program("cash", need="cash", budget="b", unit_cost=1, benefit=1)
    catalog = pt.Catalog(programs=[cash], budgets=[pt.Budget("b", amount=0)])
    problem = pt.TargetingProblem(
        homes, catalog, receipts={"household_id": ["a"], "program": ["cash"]}
    )
    found = pt.distributional_characteristic(problem, epsilon=2)
    assert found == pytest.approx(np.exp(2 * 0.16) * 1.25**2, rel=1e-9)
    assert pt.distributional_characteristic(problem, epsilon=0) == pytest.approx(1.0)
    with pytest.raises(pt.InputError, match="epsilon"):
        pt.distributional_characteristic(problem, epsilon=-1)
