"""Overlap tables, audits and realisation, counted by hand; and what no table may show."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

import povtarget as pt

CATALOG = pt.Catalog(
    budgets=[
        pt.Budget("Dinsos / APBD", amount=1e9, agency="Dinsos", fund="APBD", code="1.06"),
        pt.Budget("Dinperpa / APBN", amount=1e9, agency="Dinperpa", fund="APBN", control="fixed"),
        pt.Budget("BLK / DBHCHT", amount=1e9, agency="BLK", fund="DBHCHT"),
        pt.Budget("Kel / APBD", amount=1e9, agency="Kel", fund="APBD"),
    ],
    programs=[
        pt.Program("rice", need="food", budget="Dinperpa / APBN", unit_cost=390, benefit=390),
        pt.Program("basket", need="food", budget="Dinsos / APBD", unit_cost=341, benefit=341),
        pt.Program("cash", need="cash", budget="Dinsos / APBD", unit_cost=1_200, benefit=1_200),
        pt.Program("blk", need="work", budget="BLK / DBHCHT", unit_cost=3_260, benefit=1_000),
        pt.Program("course", need="work", budget="Kel / APBD", unit_cost=1_500, benefit=500),
    ],
)
NIKS = [f"337501{k:010d}" for k in range(1, 7)]


def families() -> pt.Households:
    return pt.Households.from_frame(
        {
            "household_id": NIKS,
            "nama": ["Siti", "Budi", "Ani", "Joko", "Rina", "Tono"],
            "size": [4, 3, 5, 1, 2, 4],
            "consumption": [60.0, 90.0, 150.0, 70.0, 80.0, 99.0],
            "weight": [1.0, 1.0, 1.0, 2.0, 1.0, 1.0],
            "area": ["Tirto", "Tirto", "Tirto", "Tirto", "Medono", "Medono"],
            "woman_headed": [1, 0, 0, 1, 0, 0],
            "disabled": [0, 0, 1, 0, 0, 0],
            "elderly": [0, 0, 0, 1, 0, 2],
            "has_nik": [1, 1, 1, 0, 1, 1],
        },
        poverty_line=100,
    )


def receipts() -> pd.DataFrame:
    rows = [
        (0, "rice", None), (0, "basket", None), (0, "cash", None),
        (1, "rice", None), (1, "basket", None),
        (2, "rice", None), (2, "blk", "m1"), (2, "course", "m2"),
        (5, "blk", "m1"), (5, "course", "m1"),
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "household_id": [NIKS[k] for k, _, _ in rows],
            "program": [program for _, program, _ in rows],
            "member_id": [member for _, _, member in rows],
        }
    )


def found(**options) -> pt.Audit:
    return pt.audit(receipts(), households=families(), catalog=CATALOG, **options)


def test_overlap_counts_persons_and_families():
    problem = pt.TargetingProblem(families(), CATALOG, receipts=receipts())
    table = pt.overlap_table(problem)
    assert table.unit == "persons"
    assert table.frame.at["rice", "basket"] == 7
    assert table.frame.at["rice", "rice"] == 12
    assert table.jaccard.at["rice", "basket"] == pytest.approx(7 / 12)
    assert table.conditional.at["basket", "cash"] == pytest.approx(4 / 7)
    assert table.spread["persons"].tolist() == [4, 0, 7, 9]
    in_families = pt.overlap_table(problem, "need", unit="families")
    assert in_families.frame.at["food", "food"] == 3
    assert in_families.spread["families"].tolist() == [3, 2, 2]
    agencies = pt.overlap_table(receipts(), "agency", catalog=CATALOG)
    assert (agencies.unit, agencies.frame.at["Dinsos", "Dinperpa"]) == ("families", 2)
    assert agencies.pairs().iloc[0][["first", "second", "both"]].tolist() in (
        ["BLK", "Kel", 2],
        ["Dinperpa", "Dinsos", 2],
    )


def test_overlap_of_a_plan_on_top_of_receipts():
    problem = pt.TargetingProblem(
        families(), CATALOG, receipts=receipts(), locks={(NIKS[1], "cash"): "in"}
    )
    plan = pt.baselines.status_quo(problem)
    assert pt.overlap_table(problem, plan=plan).frame.at["rice", "cash"] == 7
    assert pt.overlap_table(plan, "fund").frame.at["APBD", "APBD"] == 1
    assert pt.overlap_table(plan, "fund", households=families()).frame.at["APBD", "APBD"] == 3


def test_jaccard_and_conditional_are_shares_and_symmetric():
    households, catalog, given = pt.datasets.pekalongan(500, seed=3)
    problem = pt.TargetingProblem(households, catalog, receipts=given)
    for by in ("program", "agency", "fund", "need"):
        table = pt.overlap_table(problem, by)
        both = table.frame.to_numpy()
        assert np.array_equal(both, both.T)
        assert (both <= np.diag(both)[:, None]).all()
        for shares in (table.jaccard.to_numpy(), table.conditional.to_numpy()):
            assert ((shares >= 0) & (shares <= 1)).all()
        assert table.spread["persons"].sum() == pytest.approx(households.persons.sum())


def test_duplicates_in_one_need_by_different_agencies():
    """Rice and basket twice; two trainings of one member once, of two members never."""
    table = found().duplicates.set_index("need")
    assert table.loc["food"].tolist() == ["Dinperpa", "Dinsos", 2, 7, 2 * 341]
    assert table.loc["work"].tolist() == ["BLK", "Kel", 1, 4, 1_500]
    assert set(table.index) == {"food", "work"}


def test_families_with_many_beside_neighbours_with_none():
    table = found().uneven
    assert table.loc["Tirto", ["families_with_many", "below_with_none"]].tolist() == [2, 2]
    assert table.loc["Medono", ["families_with_many", "below_with_none"]].tolist() == [0, 2]
    assert found(many=2).uneven.loc["Medono", "families_with_many"] == 1
    assert (
        found(many=2).uneven.loc["Tirto", "spending_on_many"] == 390 * 3 + 341 * 2 + 1_200 + 4_760
    )


def test_exclusion_by_group():
    table = found().exclusion
    assert table.index.tolist() == [
        "headed by a woman", "with disability", "elderly living alone", "without NIK",
    ]  # fmt: skip
    # Headed by a woman: 4 + 2 persons below, of whom the 2 who live alone have nothing.
    assert table.loc["headed by a woman", ["below", "undercoverage"]].tolist() == pytest.approx(
        [6, 1 / 3]
    )
    assert table.at["without NIK", "undercoverage"] == 1.0
    # Others: 3 (has), 2 (has not), 4 (has), and of the 5 nobody is below.
    assert table.at["headed by a woman", "others"] == pytest.approx(2 / 9)
    own = found(groups={"large": "size >= 4"}).exclusion
    assert own.at["large", "persons"] == 13
    with pytest.raises(pt.InputError, match="group 'odd'"):
        found(groups={"odd": "sice > 3"})


def test_intervals_widen_with_what_is_not_known():
    households, catalog, given = pt.datasets.pekalongan(800, seed=4)
    audit = pt.audit(given, households=households, catalog=catalog)
    rows = audit.exclusion
    assert (rows["low"] < rows["undercoverage"]).all()
    assert (rows["undercoverage"] < rows["high"]).all()
    wide, narrow = rows.loc["elderly living alone"], rows.loc["headed by a woman"]
    assert wide["high"] - wide["low"] > narrow["high"] - narrow["low"]
    below = audit.uneven
    assert (below["below_with_none_low"] <= below["below_with_none"]).all()


def test_the_audit_is_of_receipts_and_keeps_control():
    audit = found()
    control = audit.by["control"].frame
    assert control.index.tolist() == ["city", "fixed"]
    assert control.at["fixed", "spending"] == 3 * 390
    assert audit.overall.frame.at["all", "spending"] == control["spending"].sum()
    assert audit.frame.index.tolist() == ["Medono", "Tirto"]
    assert "undercoverage" in repr(audit)


def carried() -> dict[str, list]:
    return {
        "agency": ["Dinsos", "Dinsos", "BLK"],
        "fund": ["APBD", "APBD", "DBHCHT"],
        "code": ["1.06", "1.07", ""],
        "pagu": [1_000, 3_000, 8_000],
        "spent": [900, 1_500, 9_000],
        "target": [10, 10, 4],
        "reached": [9, 5, 6],
    }


def test_realisation_by_line_agency_and_fund():
    proposed = {"household_id": [NIKS[0], NIKS[3], NIKS[2]], "program": ["basket", "cash", "blk"]}
    audit = found(realisation=carried(), proposed=proposed)
    table = audit.realisation.set_index(["level", "agency", "fund", "code"]).sort_index()
    dinsos = table.loc[("agency and fund", "Dinsos", "APBD", "")]
    assert dinsos["absorbed"] == pytest.approx(2_400 / 4_000)
    assert dinsos["planned_cost"] == 200
    assert dinsos["achieved_cost"] == pytest.approx(2_400 / 14)
    assert dinsos["reach"] == pytest.approx(14 / 20)
    # Two baskets and one cash were handed out; one basket of the two proposed places was reached.
    assert (dinsos["recipients"], dinsos["on_list"]) == (3, pytest.approx(1 / 3))
    assert dinsos["of_list"] == pytest.approx(1 / 2)
    assert dinsos["control"] == "city"
    assert table.loc[("all", "", "", ""), "spent"] == 11_400
    assert any("more than their pagu" in warning for warning in audit.warnings)
    assert any("more than their target" in warning for warning in audit.warnings)


def test_a_realisation_without_places_has_money_only():
    table = found(realisation={k: carried()[k] for k in ("agency", "pagu", "spent")}).realisation
    whole = table[table["level"] == "all"].iloc[0]
    assert whole["absorbed"] == pytest.approx(11_400 / 12_000)
    assert np.isnan(whole["reach"])


def test_every_fault_of_a_realisation_at_once():
    wrong = carried() | {"spent": [-1, "x", 3], "agency": ["Dinsos", "", "BLK"]}
    with pytest.raises(pt.InputError) as caught:
        pt.read_realisation(wrong)
    places = {(fault.row, fault.column) for fault in caught.value.problems}
    assert places == {(2, "spent"), (3, "spent"), (3, "agency")}
    with pytest.raises(pt.InputError, match="did you mean 'Dinsos'"):
        found(realisation=carried() | {"agency": ["Dinsoss", "Dinsos", "BLK"]})
    with pytest.raises(pt.InputError, match="column 'pagu': the column is missing"):
        pt.read_realisation({"agency": ["a"], "spent": [1]})


def test_unknown_households_are_counted_and_unknown_programs_refused():
    given = pd.concat(
        [receipts(), pd.DataFrame({"household_id": ["3375019999999999"], "program": ["rice"]})]
    )
    audit = pt.audit(given, households=families(), catalog=CATALOG)
    assert audit.warnings[0] == "receipts: 1 row(s) name households not listed"
    with pytest.raises(pt.InputError, match="did you mean 'basket'") as caught:
        pt.audit(
            {"household_id": NIKS, "program": ["baskett"] * 6},
            households=families(), catalog=CATALOG,
        )  # fmt: skip
    assert len(caught.value.problems) == 1
    assert "6 receipt(s)" in str(caught.value)


def test_no_table_and_no_message_names_anybody():
    proposed = {"household_id": NIKS[:2], "program": ["basket", "cash"]}
    audit = found(realisation=carried(), proposed=proposed)
    frames = [audit.overall.frame, audit.tenths, audit.duplicates, audit.uneven, audit.exclusion]
    frames += [audit.realisation, audit.frame, *(each.frame for each in audit.by.values())]
    for table in audit.overlaps.values():
        frames += [table.frame, table.jaccard, table.conditional, table.spread, table.pairs()]
    text = " ".join([*(frame.to_string() for frame in frames), repr(audit), *audit.warnings])
    for word in [*NIKS, *families().covariates["nama"]]:
        assert word not in text


def test_names_in_the_wrong_column_are_not_shown():
    swapped = {"household_id": ["1"] * 3, "program": ["Siti Aminah", "Budi Santoso", NIKS[0]]}
    with pytest.raises(pt.InputError) as caught:
        pt.audit(swapped, households=families(), catalog=CATALOG)
    assert "3 receipt(s) name other programs" in str(caught.value)
    for word in ("Siti", "Aminah", "Budi", "Santoso", NIKS[0]):
        assert word not in str(caught.value)
    problem = pt.TargetingProblem(families(), CATALOG)
    with pytest.raises(pt.InputError, match="these are households, not groups"):
        pt.indicators(problem, receipts(), "nama")


def test_pictures_without_matplotlib_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(pt.PovtargetError, match=r"povtarget\[plot\]"):
        pt.plot_audit(found())


def test_pictures():
    pytest.importorskip("matplotlib").use("Agg")
    audit = found()
    for drawn in (
        pt.plot_audit(audit),
        pt.plot_incidence(audit.tenths),
        pt.plot_overlap(audit.overlaps["agency"]),
    ):
        assert drawn.figure is not None
        drawn.figure.clear()
