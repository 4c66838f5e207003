"""The synthetic city: official figures at any size, and the errors that the press describes."""

from __future__ import annotations

import hashlib
import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from povtarget.datasets import pekalongan, pekalongan_frame
from povtarget.datasets.agencies import catalogue
from povtarget.errors import InputError
from povtarget.households import Households
from povtarget.programs import Catalog

LINE = 513_243
MEAN_HOUSEHOLD = 311_600 / 87_000

# FACTS.md section 1, copied by hand.
KELURAHAN = {
    "Pekalongan Barat": {
        "Bendan Kergon",
        "Medono",
        "Pasirkratonkramat",
        "Podosugih",
        "Pringrejo",
        "Sapuro Kebulen",
        "Tirto",
    },
    "Pekalongan Selatan": {
        "Banyurip",
        "Buaran Kradenan",
        "Jenggot",
        "Kuripan Kertoharjo",
        "Kuripan Yosorejo",
        "Sokoduwet",
    },
    "Pekalongan Timur": {
        "Gamer",
        "Kalibaros",
        "Kauman",
        "Klego",
        "Noyontaansari",
        "Poncol",
        "Setono",
    },
    "Pekalongan Utara": {
        "Bandengan",
        "Degayu",
        "Kandang Panjang",
        "Krapyak",
        "Padukuhan Kraton",
        "Panjang Baru",
        "Panjang Wetan",
    },
}
AGES = [
    "toddlers",
    "pupils_sd",
    "pupils_smp",
    "pupils_sma",
    "out_of_school",
    "working_age",
    "elderly",
]
FLAGS = [
    "woman_headed",
    "has_business",
    "own_house",
    "unfit_house",
    "no_latrine",
    "no_piped_water",
    "flooded",
]


class City(NamedTuple):
    households: Households
    catalog: Catalog
    receipts: pd.DataFrame
    frame: pd.DataFrame


@pytest.fixture(scope="module")
def city() -> City:
    return City(*pekalongan(), pekalongan_frame())


def true_rates(frame: pd.DataFrame) -> tuple[float, float, float]:
    """P0, P1 and P2 over persons, from the definition."""
    gap = np.maximum((LINE - frame["true_consumption"]) / LINE, 0)
    persons = frame["size"]
    return tuple(
        float((persons * measure).sum() / persons.sum())  # type: ignore[return-value]
        for measure in (gap > 0, gap, gap**2)
    )


def predicted_risk(frame: pd.DataFrame) -> pd.Series:
    """The chance that true consumption is below the line, as the registry says it."""
    depth = (np.log(LINE) - np.log(frame["consumption"])) / frame["sigma"]
    return pd.Series(ndtr(depth), index=frame.index)


def below(frame: pd.DataFrame) -> pd.Series:
    return frame["true_consumption"] < LINE


def eligible(catalog: Catalog, frame: pd.DataFrame) -> pd.DataFrame:
    """One Boolean column for each program: who may have it, counts included."""
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    table: dict[str, Any] = {}
    for program in catalog.programs:
        may = np.ones(len(frame), dtype=bool)
        if program.expression is not None:
            may = program.expression.evaluate(columns)
        if program.per is not None:
            may &= columns[program.per] > 0
        table[program.name] = may
    return pd.DataFrame(table)


def choosable(catalog: Catalog) -> list[str]:
    fixed = {budget.name for budget in catalog.budgets if budget.control == "fixed"}
    return [program.name for program in catalog.programs if program.budget not in fixed]


def assert_official(frame: pd.DataFrame, families: int) -> None:
    """The figures of 2022, to within one mean household of persons."""
    persons = int(frame["size"].sum())
    headcount, gap, severity = true_rates(frame)
    assert len(frame) == families
    assert persons == round(families * 311_600 / 87_000)
    assert abs(headcount - 0.07) * persons <= MEAN_HOUSEHOLD
    assert gap == pytest.approx(0.0125, rel=0.001)
    assert gap**2 / headcount <= severity < gap
    assert frame["true_consumption"].dtype == np.int64
    assert (frame["true_consumption"] > 0).all()


def test_the_real_size_has_the_figures_of_2022(city: City) -> None:
    assert_official(city.frame, 87_000)
    headcount, gap, severity = true_rates(city.frame)
    assert city.frame["size"].sum() == 311_600
    assert headcount == pytest.approx(0.07, abs=3 / 311_600)
    assert gap == pytest.approx(0.0125, abs=1e-6)
    assert 0.0030 < severity < 0.0036  # BPS 2020: 0.30 %; lognormal: 0.36 %
    assert (city.households.line == LINE).all()


@pytest.mark.parametrize("families", [100, 1_000, 5_000])
@pytest.mark.parametrize("seed", range(5))
def test_small_cities_have_them_too(families: int, seed: int) -> None:
    frame = pekalongan_frame(families, seed)
    assert_official(frame, families)
    expected = np.average(predicted_risk(frame), weights=frame["size"])
    assert expected == pytest.approx(0.07, abs=0.0005)


@settings(max_examples=60, deadline=None)
@given(families=st.integers(100, 2_500), seed=st.integers(0, 2**32))
def test_any_size_and_seed_has_them(families: int, seed: int) -> None:
    assert_official(pekalongan_frame(families, seed), families)


@pytest.mark.slow
def test_a_million_families() -> None:
    households, catalog, receipts = pekalongan(1_000_000)
    frame = households.frame
    assert frame["size"].sum() == round(1_000_000 * 311_600 / 87_000)
    assert abs(true_rates(frame)[0] - 0.07) * frame["size"].sum() <= MEAN_HOUSEHOLD
    assert receipts["household_id"].isin(households.household_id).all()
    assert min(budget.amount for budget in catalog.budgets) > 0


@pytest.mark.parametrize("families", [99, 0, -100, 1_000_001, 87_000.0, True, "1000", None])
def test_other_sizes_and_seeds_are_refused_together(families: Any) -> None:
    with pytest.raises(InputError) as caught:
        pekalongan(families, seed=-1)
    assert [fault.column for fault in caught.value.problems] == ["households", "seed"]


def test_consumption_is_shaped_like_a_lognormal(city: City) -> None:
    logs = np.log(city.frame["true_consumption"] / LINE)
    assert 0.45 < logs.std() < 0.51
    assert 1.9 < np.exp(logs.median()) < 2.3
    assert abs(logs.skew()) < 0.2
    near = [((logs > low) & (logs < low + 0.03)).mean() for low in (-0.03, 0.0)]
    assert near[1] == pytest.approx(near[0], rel=0.3)  # no step at the line


def test_families_below_the_line_are_larger(city: City) -> None:
    assert 4.3 < city.frame.loc[below(city.frame), "size"].mean() < 4.9


def test_the_27_kelurahan_are_where_they_are(city: City) -> None:
    found = city.frame.groupby("kecamatan")["area"].unique()
    assert {name: set(areas) for name, areas in found.items()} == KELURAHAN
    assert set(pekalongan_frame(100)["area"]) == set().union(*KELURAHAN.values())


def test_poverty_is_uneven_between_kelurahan(city: City) -> None:
    persons = city.frame.groupby("area")["size"].sum()
    poor = city.frame[below(city.frame)].groupby("area")["size"].sum()
    rate = (100 * poor / persons).sort_values()
    assert 1.5 < rate.iloc[0] < 3.5
    assert 12.5 < rate.iloc[-1] < 16
    assert set(rate.index[-2:]) == {"Bandengan", "Degayu"}
    coast = {"Krapyak", "Panjang Baru", "Kandang Panjang", "Padukuhan Kraton"}
    assert rate[sorted(coast)].min() > 7.5
    families = city.frame["area"].value_counts()
    assert families.max() > 2.5 * families.min()


# The registry's prediction


def test_the_prediction_explains_half_of_the_variance(city: City) -> None:
    truth = np.log(city.frame["true_consumption"])
    assert 0.45 < np.corrcoef(np.log(city.frame["consumption"]), truth)[0, 1] ** 2 < 0.55


def test_the_prediction_is_made_of_covariates(city: City) -> None:
    """A regression on the covariates finds the index again: nothing hidden is in it."""
    frame = city.frame
    hidden = ["household_id", "kecamatan", "consumption", "sigma", "true_consumption", "decile"]
    traits = pd.get_dummies(frame.drop(columns=hidden), columns=["area"], dtype=float)
    traits["log_size"], traits["log_floor"] = np.log(frame["size"]), np.log(frame["floor_area"])
    design = traits.to_numpy(dtype=float)
    index = np.log(frame["consumption"]).to_numpy()
    residual = index - design @ np.linalg.lstsq(design, index, rcond=None)[0]
    assert residual.std() < 1e-4


def test_the_prediction_is_calibrated(city: City) -> None:
    frame, risk = city.frame, predicted_risk(city.frame)
    persons = frame["size"]
    assert np.average(risk, weights=persons) == pytest.approx(0.07, abs=0.003)
    tenth = pd.qcut(risk, 10, labels=False)
    expected = (risk * persons).groupby(tenth).sum() / persons.groupby(tenth).sum()
    observed = (below(frame) * persons).groupby(tenth).sum() / persons.groupby(tenth).sum()
    assert (expected - observed).abs().max() < 0.02
    error = np.log(frame["true_consumption"] / frame["consumption"]) / frame["sigma"]
    assert error.mean() == pytest.approx(0, abs=0.02)
    assert error.std() == pytest.approx(1, abs=0.02)
    assert frame["sigma"].nunique() > 5


def test_deciles_are_national_and_follow_the_prediction(city: City) -> None:
    frame = city.frame
    assert set(frame["decile"]) == set(range(1, 11))
    bounds = frame.groupby("decile")["consumption"].agg(["min", "max"])
    assert (bounds["max"].to_numpy()[:-1] <= bounds["min"].to_numpy()[1:]).all()
    # P3KE listed 25,498 persons in decile 1; food aid went to 25,988 families (S3, S4).
    assert frame.loc[frame["decile"] == 1, "size"].sum() == pytest.approx(25_498, rel=0.1)
    assert (frame["decile"] <= 4).sum() == pytest.approx(25_988, rel=0.15)


# Members and traits


@pytest.mark.parametrize("families", [100, 87_000])
def test_members_add_up(families: int) -> None:
    frame = pekalongan_frame(families)
    assert (frame[AGES].sum(axis=1) == frame["size"]).all()
    assert (frame["size"] >= 1).all()
    workers = frame[["tobacco_workers", "job_seekers", "informal_workers"]].sum(axis=1)
    for part, whole in (
        (workers, frame["working_age"]),
        (frame["stunted"], frame["toddlers"]),
        (frame["severe_disability"], frame["disabled"]),
        (frame["disabled"], frame["size"]),
        (frame["chronically_ill"], frame["size"]),
        (frame["uncovered_health"], frame["size"]),
        (frame["pregnant"], frame["working_age"]),
    ):
        assert (part <= whole).all()


def test_traits_are_whole_and_complete(city: City) -> None:
    frame = city.frame
    assert not frame.isna().any().any()
    counts = frame.drop(columns=["household_id", "consumption", "sigma", "area", "kecamatan"])
    assert {dtype.kind for dtype in counts.dtypes} == {"i"}
    assert (counts >= 0).all().all()
    assert frame[FLAGS].isin([0, 1]).all().all()
    assert (frame[FLAGS].mean() > 0.01).all()


def test_traits_follow_welfare(city: City) -> None:
    """Registered need is more frequent below the line than above."""
    means = city.frame.groupby(below(city.frame)).mean(numeric_only=True)
    for trait in (
        "toddlers",
        "stunted",
        "disabled",
        "chronically_ill",
        "unfit_house",
        "no_latrine",
        "flooded",
        "uncovered_health",
        "job_seekers",
        "informal_workers",
        "tobacco_workers",
        "out_of_school",
    ):
        assert means.loc[True, trait] > 1.2 * means.loc[False, trait]
    assert means.loc[True, "head_school_years"] < means.loc[False, "head_school_years"] - 2


# Identity and repetition


def test_nobody_can_be_recognised(city: City) -> None:
    ids = city.frame["household_id"]
    assert ids.is_unique
    assert ids.is_monotonic_increasing
    assert ids.str.fullmatch(r"KK-\d{7}").all()
    text = pekalongan_frame(2_000).to_csv() + city.receipts.head(20_000).to_csv()
    assert not re.search(r"\d{10}", text)
    assert not {"nik", "name", "nama", "address", "alamat", "kk"} & set(city.frame.columns)


def test_same_seed_same_bytes() -> None:
    def digest(seed: int) -> str:
        households, catalog, receipts = pekalongan(1_500, seed)
        text = households.frame.to_csv() + repr(catalog) + receipts.to_csv()
        return hashlib.sha256(text.encode()).hexdigest()

    assert digest(3) == digest(3)
    assert digest(3) != digest(4)


def test_households_hold_the_frame(city: City) -> None:
    frame = city.households.frame.set_index("household_id")
    again = city.frame.set_index("household_id")
    assert set(frame.columns) - {"line", "weight"} == set(again.columns)
    for name in again.columns:
        assert frame[name].tolist() == again[name].tolist()


# The catalogue


@pytest.mark.parametrize("families", [100, 1_000, 87_000, 1_000_000])
def test_every_line_pays_some_places(families: int) -> None:
    catalog = catalogue(families)
    for program in catalog.programs:
        budget = next(each for each in catalog.budgets if each.name == program.budget)
        assert budget.amount == int(budget.amount)
        assert budget.amount >= 3 * program.unit_cost
        assert program.minimum * program.unit_cost <= budget.amount / 2
        assert program.quota is None or program.quota >= 3


def test_the_catalogue_has_what_the_city_has() -> None:
    catalog = catalogue(87_000)
    assert len(catalog.programs) >= 15
    assert {budget.agency for budget in catalog.budgets} >= {
        "Dinsos-P2KB",
        "Dinperinaker",
        "Dinkes",
        "Dinperkim",
        "DPUPR",
        "Dindik",
        "Dindagkop-UKM",
        "Dinperpa",
    }
    assert {budget.fund for budget in catalog.budgets} >= {
        "APBN",
        "APBD Provinsi",
        "APBD Kota",
        "DBHCHT",
        "DAK",
    }
    assert {budget.control for budget in catalog.budgets} == {"city", "propose", "fixed"}
    assert {rule.kind for rule in catalog.rules} == {"forbid", "require", "penalise"}
    assert {rule.window_years for rule in catalog.rules} >= {1, 10}
    for trait in ("quota", "minimum", "per", "delay_years"):
        assert any(getattr(program, trait) for program in catalog.programs)
    assert all(program.title for program in catalog.programs)
    lines = [program.budget for program in catalog.programs]
    assert max(map(lines.count, lines)) >= 3


def test_sourced_amounts_are_those_of_the_source() -> None:
    budgets = catalogue(87_000).budgets
    amounts = {budget.name: budget.amount for budget in budgets}
    assert amounts["Dinkes / Bankeu Provinsi"] == 1_900_000_000
    assert amounts["Dinperkim / APBD Kota"] == 386 * 15_000_000
    assert amounts["Dinsos-P2KB / APBD Kota"] == 825 * 341_000
    assert amounts["Dindik / APBD Kota"] == 596 * 1_000_000
    assert all(budget.transfer_group in ("", budget.fund) for budget in budgets)


def test_no_program_is_for_nobody_or_for_all(city: City) -> None:
    may = eligible(city.catalog, city.frame)
    assert (may.sum() >= 100).all()
    assert (may.mean() < 0.5).all()
    assert may["rtlh_kota"].sum() > 386


def test_every_program_uses_known_columns(city: City) -> None:
    for program in city.catalog.programs:
        assert program.expression is not None
        assert program.expression.columns <= set(city.households.columns)
        assert "true_consumption" not in program.expression.columns


@pytest.mark.parametrize("families", [100, 1_000, 87_000])
def test_few_programs_for_each_household(families: int) -> None:
    """Bundles stay few: below the fifth decile 3 to 5 programs, above hardly any."""
    frame, catalog = pekalongan_frame(families), catalogue(families)
    count = eligible(catalog, frame)[choosable(catalog)].sum(axis=1)
    assert count.mean() < 3
    assert 3 < count[frame["decile"] <= 4].mean() < 5.5
    assert count[frame["decile"] >= 9].mean() < 0.6


# The receipts


def recipients(city: City, program: str) -> pd.Series:
    """For each household of the frame, whether it is on the list of the program."""
    names = city.receipts.loc[city.receipts["program"] == program, "household_id"]
    return city.frame["household_id"].isin(names)


def test_receipts_name_what_exists(city: City) -> None:
    receipts = city.receipts
    assert receipts["household_id"].isin(city.frame["household_id"]).all()
    assert set(receipts["program"]) <= set(city.catalog.program_names)
    assert not receipts.duplicated(["household_id", "program"]).any()
    order = receipts.sort_values(["household_id", "program"], kind="stable").index
    assert (order == receipts.index).all()
    needs = {program.name: program.need for program in city.catalog.programs}
    assert (receipts["need"] == receipts["program"].map(needs)).all()
    agencies = {each.name: city.catalog.agency_of(each) for each in city.catalog.programs}
    assert (receipts["agency"] == receipts["program"].map(agencies)).all()
    assert receipts["year"].between(2017, 2022).all()
    assert (receipts[["units", "amount"]] > 0).all().all()
    fixed = set(city.catalog.program_names) - set(choosable(city.catalog))
    assert fixed <= set(receipts["program"])


def test_lists_are_as_long_as_the_press_says(city: City) -> None:
    units = city.receipts.groupby("program")["units"].sum()
    assert units["pkh"] == 11_310
    assert units["bantuan_beras"] == 25_988
    assert units["pbi_apbd"] == pytest.approx(74_274, abs=10)
    assert units["jamsostek"] == pytest.approx(817, abs=10)
    small = pekalongan(1_000)[2].groupby("program")["units"].sum()
    assert small["pkh"] == 130
    assert small.min() >= 1


@pytest.mark.parametrize("program", ["pkh", "sembako"])
def test_the_main_transfers_miss_and_leak(city: City, program: str) -> None:
    """40 to 60 %: of families below the line left out, and of places that go to others.

    The lists have more families than are below the line, so leakage is judged against the
    families that as many places would reach if they went to the lowest consumption.
    """
    frame, on_list = city.frame, recipients(city, program)
    fits = frame["size"] > 0
    if program == "pkh":
        fits = (
            frame[["pregnant", "severe_disability", *AGES]]
            .drop(columns=["out_of_school", "working_age"])
            .sum(axis=1)
            > 0
        )
    missed = 1 - on_list[fits & below(frame)].mean()
    assert 0.4 < missed < 0.6
    rightful = frame.loc[fits, "true_consumption"].nsmallest(int(on_list.sum())).index
    leaked = 1 - on_list[rightful].mean()
    assert 0.4 < leaked < 0.6


def test_some_get_several_packages_and_neighbours_none(city: City) -> None:
    agencies = city.receipts.groupby(["household_id", "need"])["agency"].nunique()
    doubled = agencies[agencies > 1].reset_index()
    assert {"food", "nutrition", "cash"} <= set(doubled["need"])
    assert doubled["household_id"].nunique() > 0.1 * len(city.frame)
    programs = city.receipts["household_id"].value_counts()
    assert (programs >= 5).sum() > 1_000
    untouched = ~city.frame["household_id"].isin(city.receipts["household_id"])
    assert untouched[below(city.frame)].mean() > 0.1


def test_pkh_pays_its_components_for_four_members_at_most(city: City) -> None:
    pkh = city.receipts[city.receipts["program"] == "pkh"]
    assert pkh["amount"].between(900_000, 4 * 3_000_000).all()
    mean_cost = next(each for each in city.catalog.programs if each.name == "pkh").unit_cost
    assert pkh["amount"].mean() == pytest.approx(mean_cost, rel=0.05)
    family = city.frame.set_index("household_id").loc[pkh["household_id"]]
    only_sd = (
        family[
            ["toddlers", "pupils_smp", "pupils_sma", "elderly", "pregnant", "severe_disability"]
        ].sum(axis=1)
        == 0
    ) & (family["pupils_sd"] <= 4)
    paid = pkh.set_index("household_id")["amount"][only_sd]
    assert (paid == 900_000 * family.loc[only_sd, "pupils_sd"]).all()


def test_one_segment_of_health_insurance_for_each_person(city: City) -> None:
    insured = city.receipts[city.receipts["need"] == "health"]
    assert insured["household_id"].is_unique
    family = city.frame.set_index("household_id").loc[insured["household_id"]]
    assert (family["uncovered_health"] == 0).all()
    assert (insured["units"].to_numpy() <= family["size"].to_numpy()).all()


def test_training_names_the_member(city: City) -> None:
    named = city.receipts["member_id"].notna()
    assert (named == (city.receipts["need"] == "skills")).all()
    trained = city.receipts[named]
    assert (trained["member_id"].str[:10] == trained["household_id"]).all()
