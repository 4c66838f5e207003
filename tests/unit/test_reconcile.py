"""Reconciling two lists: right pairs, nothing accepted unasked, the same for any order."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from povtarget.datasets import TwoLists, two_lists
from povtarget.errors import InputError, PovtargetError
from povtarget.registry import read_registry
from povtarget.registry.assignment import groups, one_to_one
from povtarget.registry.linkage import reconcile
from povtarget.registry.names import normal_address, normal_name, sound
from povtarget.registry.reconciliation import Reconciliation, read_reconciliation

pytest.importorskip("splink")


def reconciled(lists: TwoLists, **more: object) -> Reconciliation:
    people = {
        "individuals": lists.registry_individuals,
        "other_individuals": lists.other_individuals,
    }
    return reconcile(lists.registry, lists.other, **{**people, **more})


@pytest.fixture(scope="module")
def lists() -> TwoLists:
    """More rows than `agreement.SMALL`: the model learns from them."""
    return two_lists(1_500, seed=5, errors=2.0)


@pytest.fixture(scope="module")
def found(lists: TwoLists) -> Reconciliation:
    return reconciled(lists)


@pytest.fixture(scope="module")
def few() -> TwoLists:
    return two_lists(300, seed=6)


def entities(lists: TwoLists) -> dict[str, pd.Series]:
    return {
        name: rows.set_index("family_id")["entity"] for name, rows in lists.truth.groupby("list")
    }


class TestTruth:
    def test_precision_and_recall_at_twice_the_usual_errors(self, lists, found):
        entity = entities(lists)
        ours = entity["registry"].reindex(found.matches["registry_id"]).to_numpy()
        theirs = entity["other"].reindex(found.matches["other_id"]).to_numpy()
        both = {*entity["registry"]} & {*entity["other"]}
        assert (ours == theirs).mean() >= 0.99
        assert len({*ours[ours == theirs]}) / len(both) >= 0.95

    def test_repeats_are_found_and_are_repeats(self, lists, found):
        entity = entities(lists)
        right = [
            entity[name][one] == entity[name][two]
            for name, one, two in found.duplicates.itertuples(index=False)
        ]
        assert np.mean(right) >= 0.95
        assert sum(right) >= 0.8 * lists.truth["is_repeat"].sum()

    def test_moves_are_between_kelurahan(self, lists, found):
        truth = lists.truth[lists.truth["list"] == "other"].set_index("family_id")
        moved = truth.loc[found.moved["other_id"]]
        is_away = (moved["event"] == "moved") | moved["is_repeat"]
        # The rest are families whose row in the older list repeats them where they used to live.
        assert is_away.mean() > 0.8
        assert found.moved["changed"].str.contains("area").all()

    def test_a_new_head_is_found_through_the_members(self, few):
        events = few.truth[few.truth["list"] == "other"].set_index("family_id")["event"]
        with_people, without = reconciled(few), reconcile(few.registry, few.other)
        replaced = events.index[events == "head replaced"]
        assert with_people.matches["other_id"].isin(replaced).sum() > 0
        assert without.matches["other_id"].isin(replaced).sum() == 0

    def test_a_split_off_family_points_to_where_its_head_was_a_member(self, lists, found):
        truth = lists.truth[lists.truth["list"] == "other"].set_index("family_id")
        noted = found.only_other[found.only_other["head_member_of"] != ""]
        events = truth.loc[noted["family_id"], "event"]
        # The rest are families whose new head was missed: the same family, perhaps.
        assert {*events} <= {"split off", "head replaced"}
        assert (events == "split off").sum() >= 0.5 * (truth["event"] == "split off").sum()
        assert noted["head_member_of"].isin(lists.registry["family_id"]).all()


class TestShape:
    def test_every_row_has_one_state_and_every_family_one_partner(self, lists, found):
        assert len(found.families) == len(lists.registry) + len(lists.other)
        assert not found.families.duplicated(["list", "family_id"]).any()
        assert not found.matches["registry_id"].duplicated().any()
        assert not found.matches["other_id"].duplicated().any()
        both = found.families[found.families["state"] == "both"]
        assert (both["list"] == "registry").sum() == len(found.matches) == len(both) / 2

    def test_the_areas_add_up(self, lists, found):
        area = found.by_area
        ours = area["both"] + area[["registry_unsure", "registry_only", "registry_repeat"]].sum(
            axis=1
        )
        stayed = area["both"] - area["moved_out"] + area["moved_in"]
        theirs = stayed + area[["other_unsure", "other_only", "other_repeat"]].sum(axis=1)
        assert (ours == area["registry"]).all()
        assert (theirs == area["other"]).all()
        assert area["registry"].sum() == len(lists.registry)

    def test_every_match_has_a_score_a_step_and_a_reason(self, found):
        assert found.matches["score"].between(0.95, 1).all()
        assert {*found.matches["step"]} == {"nik", "kk", "likeness"}
        assert (found.matches["reason"].str.len() > 0).all()

    def test_unsure_pairs_say_why(self, found):
        assert len(found.unsure) > 0
        assert (found.unsure["doubt"].str.len() > 0).all()
        assert found.unsure["score"].is_monotonic_decreasing

    def test_two_spellings_of_a_place_are_one(self, found):
        assert "Medono" in found.by_area.index
        assert "MEDONO" not in found.by_area.index


class TestOrder:
    def test_order_of_rows_and_threads_change_nothing(self, lists, found):
        mixed = TwoLists(
            *(
                frame.sample(frac=1, random_state=1)
                for frame in (
                    lists.registry,
                    lists.other,
                    lists.registry_individuals,
                    lists.other_individuals,
                )
            ),
            lists.truth,
        )
        again = reconciled(mixed, threads=3)
        pd.testing.assert_frame_equal(again.pairs, found.pairs)
        pd.testing.assert_frame_equal(again.families, found.families)


@pytest.mark.parametrize("number", ["nik", "kk"])
class TestWrongNumbers:
    def test_a_number_that_everything_else_denies_is_asked_about(self, few, number):
        truth = few.truth.drop_duplicates("entity", keep=False)
        ours = truth.loc[truth["list"] == "registry", "family_id"].iloc[0]
        theirs = truth.loc[(truth["list"] == "other") & (truth["event"] == ""), "family_id"].iloc[
            0
        ]
        registry, other = few.registry.copy(), few.other.copy()
        registry.loc[registry["family_id"] == ours, [number, "sex"]] = ["3375019999990001", "L"]
        other.loc[other["family_id"] == theirs, [number, "sex"]] = ["3375019999990001", "P"]
        found = reconcile(registry, other)
        pair = (found.pairs["id_1"] == ours) & (found.pairs["id_2"] == theirs)
        assert found.pairs.loc[pair, "kind"].tolist() == ["unsure"]


class TestDecisions:
    def test_what_a_person_found_stands(self, few):
        before = reconcile(few.registry, few.other)
        unsure = before.for_review().head(2)
        unsure["same"] = ["ya", "tidak"]
        after = reconcile(few.registry, few.other, decisions=unsure)
        yes, no = unsure.itertuples(index=False)
        match = after.matches.set_index("registry_id").loc[yes.registry_id]
        assert (match["other_id"], match["step"], match["score"]) == (yes.other_id, "decision", 1)
        pairs = {*zip(after.pairs["id_1"], after.pairs["id_2"], strict=True)}
        assert (no.registry_id, no.other_id) not in pairs

    def test_a_decision_against_a_match_takes_it_away(self, few):
        first = reconcile(few.registry, few.other).matches.iloc[0]
        said = {"registry_id": [first["registry_id"]], "other_id": [first["other_id"]]}
        after = reconcile(few.registry, few.other, decisions={**said, "same": ["tidak"]})
        assert first["registry_id"] not in {*after.matches["registry_id"]}

    def test_contradictions_and_strangers_are_refused_together(self, few):
        said = {
            "registry_id": ["R000001", "R000001", "R000002", "X"],
            "other_id": ["D000001", "D000001", "D000003", "D000003"],
            "same": ["ya", "tidak", "mungkin", "ya"],
        }
        with pytest.raises(InputError) as refused:
            reconcile(few.registry, few.other, decisions=said)
        messages = {fault.message for fault in refused.value.problems}
        assert messages >= {
            "the same and not the same",
            "not a yes or no",
            "there is no such family",
        }


class TestDoor:
    def test_every_fault_of_both_lists_at_once_and_none_of_their_cells(self, few):
        registry = few.registry.assign(nik="3.37501E+15")
        other = few.other.drop(columns="area").assign(aera="Tirto")
        with pytest.raises(InputError) as refused:
            reconcile(registry, other)
        faults = refused.value.problems
        assert {fault.source for fault in faults} == {"registry", "other"}
        assert sum("digits" in fault.message for fault in faults) == len(registry)
        assert any(fault.expected == "did you mean 'aera'?" for fault in faults)
        assert "3.37501" not in str(refused.value)

    def test_ranges_are_checked(self, few):
        with pytest.raises(InputError, match="accept"):
            reconcile(few.registry, few.other, accept=0.4)
        with pytest.raises(InputError, match="threads"):
            reconcile(few.registry, few.other, threads=0)

    def test_a_person_of_no_family_is_a_fault(self, few):
        stray = few.registry_individuals.assign(family_id="R999999").head(1)
        with pytest.raises(InputError, match="row 2, column 'family_id'"):
            reconcile(few.registry, few.other, individuals=stray)

    def test_numbers_that_stand_for_nobody_are_left_out_and_reported(self, few):
        registry = few.registry.copy()
        registry.loc[registry.index[:20], "nik"] = "3375010101010101"
        registry.loc[registry.index[20], "nik"] = "33750101"
        found = reconcile(registry, few.other)
        counts = found.oddities.set_index("kind")["count"]
        assert counts["nik-filler"] == 20
        assert counts["nik-digits"] >= 1

    def test_lists_without_numbers_dates_or_common_families(self):
        ours = {"family_id": ["A1"], "name": ["Budi"], "birth_date": [None], "area": ["Tirto"]}
        theirs = {"family_id": ["B1"], "name": ["Siti"], "birth_date": [None], "area": [None]}
        found = reconcile(ours, theirs)
        assert found.pairs.empty
        assert [*found.families["state"]] == ["only", "only"]

    def test_three_rows_that_agree_are_matched(self):
        ours = {
            "id": ["A1", "A2"],
            "name": ["Moh. Arif", "Slamet"],
            "birth_date": ["02-01-1970", "05-05-1950"],
            "area": ["Tirto", "Tirto"],
            "nik": ["3375010201700001", "3375010505500001"],
        }
        theirs = {
            "family_id": ["B1"],
            "name": ["MUHAMMAD ARIF"],
            "birth_date": ["1970-01-02"],
            "area": ["Kel. Tirto"],
            "nik": ["3375.0102.0170.0001"],
        }
        found = reconcile(ours, theirs, columns={"family_id": "id"})
        assert found.matches["other_id"].tolist() == ["B1"]
        assert found.matches["changed"].tolist() == [""]

    def test_a_list_without_dates_and_numbers_of_heads_is_matched_by_the_rest(self, few):
        bare = few.other.drop(columns=["birth_date", "nik", "sex"])
        found = reconcile(few.registry, bare)
        entity = entities(few)
        ours = entity["registry"].reindex(found.matches["registry_id"]).to_numpy()
        theirs = entity["other"].reindex(found.matches["other_id"]).to_numpy()
        assert (ours == theirs).mean() >= 0.99
        assert len(found.matches) > 0.6 * 240

    def test_what_read_registry_read_is_taken_with_its_members_and_rows(self, few, tmp_path):
        people = few.registry_individuals.merge(
            few.registry[["family_id", "kk", "area", "kecamatan"]], on="family_id"
        )
        is_first = ~people["family_id"].duplicated()
        people["relation"] = np.where(is_first, "Kepala Keluarga", "Anak")
        people["desil"] = 1
        names = {"family_id": "ID Keluarga P3KE", "nik": "NIK", "name": "Nama", "kk": "No KK",
                 "birth_date": "Tanggal Lahir", "sex": "Jenis Kelamin", "desil": "Desil Kesejahteraan",
                 "relation": "Hubungan dengan Kepala Keluarga", "area": "Desa/Kelurahan",
                 "kecamatan": "Kecamatan"}  # fmt: skip
        people.rename(columns=names).to_csv(tmp_path / "individu.csv", index=False)
        registry = read_registry(tmp_path / "individu.csv")
        registry = replace(registry, unit="household")
        found = reconcile(registry, few.other, other_individuals=few.other_individuals)
        assert len(found.matches) > 150
        other = replace(registry, unit="family")
        mixed = reconcile(registry, other)
        assert mixed.notices[0].kind == "unit"
        assert "households" in str(mixed.notices[0])

    def test_without_splink_it_says_what_to_install(self, few, monkeypatch):
        monkeypatch.setitem(sys.modules, "splink", None)
        with pytest.raises(PovtargetError, match=r"povtarget\[linkage\]"):
            reconcile(few.registry, few.other)


def personal(lists: TwoLists) -> set[str]:
    """Every number, name, birth date and address of the lists and their members."""
    cells: set[str] = set()
    for frame in (lists.registry, lists.other):
        for column in ("nik", "kk", "name", "birth_date", "address"):
            cells |= {*frame[column].dropna()}
    for frame in (lists.registry_individuals, lists.other_individuals):
        for column in ("nik", "name", "birth_date"):
            cells |= {*frame[column].dropna()}
    return {cell for cell in cells if len(cell) > 3}


def leaked(texts: Iterable[str], cells: set[str]) -> set[str]:
    whole = "\n".join(texts)
    return {cell for cell in cells if cell in whole}


class TestPrivacy:
    def test_no_personal_datum_in_tables_reprs_files_or_logs(self, few, tmp_path, caplog):
        registry = few.registry.copy()
        registry.loc[registry.index[:3], "birth_date"] = "tidak tahu"
        registry.loc[registry.index[3:5], "nik"] = "337501"
        with caplog.at_level(logging.DEBUG):
            found = reconcile(registry, few.other, individuals=few.registry_individuals)
        found.write(tmp_path)
        texts = [
            repr(found),
            found.families.to_csv(),
            found.pairs.to_csv(),
            found.by_area.to_csv(),
            found.oddities.to_csv(),
            *map(str, found.notices),
            *(path.read_text(encoding="utf-8") for path in tmp_path.iterdir()),
            *(record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG),
        ]
        assert leaked(texts, personal(few)) == set()

    def test_the_scan_finds_what_is_there(self, few):
        review = reconcile(few.registry, few.other).for_review()
        assert leaked([review.to_csv()], personal(few)) != set()

    def test_review_shows_both_sides_and_is_not_stored(self, found, tmp_path):
        review = found.for_review()
        assert {"registry_name", "other_name", "registry_nik", "same"} <= {*review.columns}
        found.write(tmp_path)
        with pytest.raises(PovtargetError, match="not stored"):
            read_reconciliation(tmp_path).for_review()

    def test_pseudonyms_hide_identifiers_and_join(self, found):
        key = bytes(range(16))
        hidden, again = found.pseudonymous(key), found.pseudonymous(key)
        assert hidden.pairs.equals(again.pairs)
        assert not {*hidden.families["family_id"]} & {*found.families["family_id"]}
        assert {*hidden.matches["registry_id"]} <= {*hidden.families["family_id"]}
        assert hidden.by_area.equals(found.by_area)
        other = found.pseudonymous(bytes(range(1, 17)))
        assert not {*other.families["family_id"]} & {*hidden.families["family_id"]}
        with pytest.raises(InputError, match="too short"):
            found.pseudonymous(b"key")
        for column in ("with_id", "head_member_of"):
            assert found.families[column].str.contains("R0").any()
            assert not hidden.families[column].str.contains("R0").any()


def test_no_written_cell_is_a_formula(found: Reconciliation, tmp_path: Path) -> None:
    """A spreadsheet runs no name of a place and no identifier; reading gives them back."""
    odd = {"area": '=HYPERLINK("x")', "family_id": "-1", "with_id": "'+1"}
    Reconciliation(found.families.assign(**odd), found.pairs.assign(id_1="@a")).write(tmp_path)
    for name in ("families.csv", "pairs.csv"):
        cells = pd.read_csv(tmp_path / name, dtype=str, keep_default_na=False)
        texts = cells.drop(columns=["score"], errors="ignore").stack()
        assert not texts.str.startswith(("=", "+", "-", "@")).any()
    again = read_reconciliation(tmp_path)
    assert {name: again.families[name].iloc[0] for name in odd} == odd
    assert again.pairs["id_1"].iloc[0] == "@a"


def test_written_and_read_again(found: Reconciliation, tmp_path: Path) -> None:
    found.write(tmp_path / "new")
    again = read_reconciliation(tmp_path / "new")
    pd.testing.assert_frame_equal(again.pairs, found.pairs, check_dtype=False)
    pd.testing.assert_frame_equal(again.families, found.families, check_dtype=False)
    assert repr(again) == repr(found)
    (tmp_path / "new" / "pairs.csv").write_text("kind,list_1\n", encoding="utf-8")
    with pytest.raises(InputError, match="the column is missing"):
        read_reconciliation(tmp_path / "new")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ends = st.tuples(st.integers(0, 5), st.integers(0, 5))
    edges = draw(st.lists(ends, unique=True, max_size=20))
    weights = draw(st.lists(st.integers(1, 40), min_size=len(edges), max_size=len(edges)))
    left, right = (np.array([edge[at] for edge in edges], dtype=np.int64) for at in (0, 1))
    return left, right, np.array(weights, dtype=np.float64)


class TestAssignment:
    @given(graphs())
    @settings(max_examples=100, deadline=None)
    def test_nobody_twice_and_the_sum_is_the_greatest(self, graph):
        left, right, weight = graph
        chosen = one_to_one(left, right, weight)
        dense = np.zeros((6, 6))
        dense[left, right] = weight
        best = dense[linear_sum_assignment(dense, maximize=True)].sum()
        assert len({*left[chosen]}) == len({*right[chosen]}) == chosen.size
        assert weight[chosen].sum() == best

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
    @settings(max_examples=50, deadline=None)
    def test_groups_are_the_classes_of_the_joins(self, joins):
        ends = np.array(joins, dtype=np.int64).reshape(-1, 2)
        label = groups(10, ends[:, 0], ends[:, 1])
        assert (label[ends[:, 0]] == label[ends[:, 1]]).all()
        assert (label <= np.arange(10)).all()
        assert (label[label] == label).all()


class TestNames:
    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("Moh. Arif", "MUHAMMAD ARIF"),
            ("H. M. Arif, S.Pd.", "muh arif"),
            ("St. Aminah", "SITI AMINAH"),
            ("Hj. Sri Rahayu (almh)", "Sri Rahayu"),
            ("Soeparman", "SUPARMAN"),
            ("Abd. Rozak", "ABDUL ROZAK"),
            ("Bpk. Slamet", "SLAMET"),
        ],
    )
    def test_known_forms_become_one(self, one, two):
        assert normal_name(one) == normal_name(two)

    def test_different_names_stay_apart(self):
        assert normal_name("Siti") == "SITI"  # a name, not an abbreviation
        assert normal_name("H. Slamet") != normal_name("H. Selamet")
        assert sound("SUMARNO") != sound("SUMARTO")

    @given(st.text(max_size=30))
    def test_any_text_is_read_and_reading_twice_changes_nothing(self, text):
        name = normal_name(text)
        assert normal_name(name) in (name, normal_name(normal_name(name)))
        assert all(sign.isupper() or sign == " " for sign in name)
        street, rt, rw = normal_address(text)
        assert street == street.strip()
        assert (rt + rw).isdigit() or rt + rw == ""


class TestLists:
    def test_the_same_seed_gives_the_same_lists(self, few):
        again = two_lists(300, seed=6)
        for name in ("registry", "other", "registry_individuals", "truth"):
            pd.testing.assert_frame_equal(getattr(again, name), getattr(few, name))
        assert not two_lists(300, seed=7).registry.equals(few.registry)

    def test_the_truth_is_whole(self, lists):
        count = lists.truth.groupby("list")["family_id"].nunique()
        assert count.to_dict() == {"registry": 1_500, "other": 1_500}
        shared = lists.truth.groupby("entity")["list"].nunique()
        assert (shared == 2).sum() == 1_200
        split = lists.truth[lists.truth["event"] == "split off"]
        assert {*split["list"]} == {"other"}
        assert len(split) >= 36

    def test_a_fifth_of_the_older_niks_is_missing_or_wrong(self):
        lists = two_lists(5_000, seed=8)
        truth = lists.truth.set_index("family_id")
        heads = [
            frame.assign(entity=truth["entity"].reindex(frame["family_id"]).to_numpy())
            .drop_duplicates("entity")
            .set_index("entity")["nik"]
            for frame in (lists.registry, lists.other)
        ]
        both = heads[0].index.intersection(heads[1].index)
        is_same = heads[0].reindex(both) == heads[1].reindex(both)
        assert 0.70 < is_same.mean() < 0.80  # both lists' errors together, and new heads

    def test_without_errors_numbers_and_dates_are_right(self):
        lists = two_lists(300, seed=9, errors=0.0)
        assert lists.registry["nik"].str.fullmatch(r"[0-9]{16}").all()
        day = lists.registry["birth_date"].str
        woman = (lists.registry["sex"] == "P").astype(int)
        said = lists.registry["nik"].str[6:8].astype(int)
        assert (said == day[8:10].astype(int) + 40 * woman).all()

    @pytest.mark.parametrize("wrong", [{"families": 10}, {"seed": -1}, {"errors": 9.0}])
    def test_arguments_out_of_range_are_refused(self, wrong):
        with pytest.raises(InputError):
            two_lists(**wrong)
