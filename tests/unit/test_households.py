"""The door for households: everything wrong is said at once, and nothing about a person."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.errors import Fault, masked
from povtarget.personal import is_personal, names_a_number
from povtarget.registry import KOTA_PEKALONGAN

NIK = "3375010101900001"
GOOD = {"household_id": ["1", "2"], "size": [4, 3], "consumption": [400_000, 500_000]}


def faults_of(frame, **settings):
    """The faults of a frame that is refused."""
    with pytest.raises(pt.InputError) as caught:
        pt.Households.from_frame(frame, **{"poverty_line": 513_243, **settings})
    return caught.value.problems


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["NIK", "no_kk", "Nomor Kartu Keluarga", "noKK", "nik_kepala"])
@pytest.mark.parametrize("cell", ["3,37501E+15", "3.37501e+15", 3.37501e15, f"{NIK}.0"])
def test_numbers_of_persons_that_lost_digits_are_refused_in_any_column(name, cell):
    (fault,) = faults_of({**GOOD, name: [NIK, cell]})
    assert (fault.row, fault.column) == (3, name)
    assert "digits of the identifier are lost" in fault.message
    assert "formatted as text" in fault.expected


def test_a_column_of_numbers_that_a_spreadsheet_cut_at_fifteen_digits_is_refused():
    cut = [f"33750101019{i:04d}0" for i in range(25)]
    ids = [str(i) for i in range(25)]
    frame = {"household_id": ids, "size": [1] * 25, "consumption": [1] * 25, "KK": cut}
    (fault,) = faults_of(frame)
    assert "15 digits" in fault.message
    assert fault.row is None


def test_numbers_of_persons_stay_text_and_counts_of_cards_stay_numbers():
    read = pt.Households.from_frame(
        {**GOOD, "nik": [int(NIK), int(NIK) + 1], "jumlah_kk": [1, 2]}, poverty_line=1
    )
    assert read.covariates["nik"].tolist() == [NIK, str(int(NIK) + 1)]
    assert read.covariates["jumlah_kk"].dtype == np.float64
    with pytest.raises(pt.InputError, match="too long for a number"):
        pt.Households.from_frame({**GOOD, "nik": [float(NIK), 2.0]}, poverty_line=1)


@pytest.mark.parametrize("column", ["size", "consumption", "sigma", "weight", "line"])
def test_a_number_out_of_range_is_shown_as_it_was_typed(tmp_path, column):
    cells = {"household_id": "1", "size": "4", "consumption": "Rp 325.000", column: "-325.000"}
    names = [*cells]
    text = ";".join(names) + "\n" + ";".join(cells.values()) + "\n"
    other = {**cells, "household_id": "2", column: "1.500.000"}
    text += ";".join(other.values()) + "\n"
    with pytest.raises(pt.InputError) as caught:
        pt.read_households(write(tmp_path / "a.csv", text), poverty_line=513_243)
    fault = caught.value.problems[0]
    assert (fault.row, fault.column, fault.value) == (2, column, "-325.000")


def test_a_number_out_of_range_in_a_frame_is_shown_with_all_digits():
    (fault,) = faults_of({**GOOD, "consumption": [-3_250_001.5, 1]})
    assert fault.value == "-3250001.5"


def test_receipts_show_what_was_typed():
    with pytest.raises(pt.InputError) as caught:
        pt.read_receipts(
            {"household_id": ["1", "2"], "program": ["a", "b"], "amount": ["-1.500.000", "2"]}
        )
    assert caught.value.problems[0].value == "-1.500.000"


def many(name, count, other, few=1):
    """A frame in which one area has many rows and another few."""
    areas = [name] * count + [other] * few
    size = count + few
    return {
        "household_id": [f"{i:03d}" for i in range(size)],
        "size": [1] * size,
        "consumption": [1.0] * size,
        "area": areas,
    }


@pytest.mark.parametrize("slip", ["Podosugeh", "Podosugi", "PODOSUGIH", "Kel. Podosugih"])
def test_an_area_that_looks_like_a_slip_of_another_is_warned_of(slip):
    with pytest.warns(pt.PovtargetWarning, match="row 32") as caught:
        read = pt.Households.from_frame(many("Podosugih", 30, slip), poverty_line=1)
    (warning,) = caught
    assert f"'{slip}' (1 row) is an area of its own; is it 'Podosugih'?" in str(warning.message)
    assert warning.filename == __file__
    assert slip in set(read.area)  # a person decides


@pytest.mark.parametrize(
    ("name", "count", "other"),
    [
        ("Podosugih", 30, "Medono"),
        ("RW 01", 30, "RW 02"),
        ("3375010001", 30, "3375010002"),
        ("Podosugih", 19, "Podosugeh"),
        ("Panjang Baru", 99, "Panjang Wetan"),
    ],
)
def test_areas_that_may_well_be_two_are_left_alone(name, count, other):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pt.Households.from_frame(many(name, count, other), poverty_line=1)


def test_with_a_list_of_places_names_are_the_lists_and_others_are_refused(tmp_path):
    frame = many("PODOSUGIH", 2, "Kel. Kali Baros")
    places = KOTA_PEKALONGAN
    read = pt.Households.from_frame(frame, poverty_line=1, places=places)
    assert sorted(set(read.area)) == ["Kalibaros", "Podosugih"]
    path = tmp_path / "a.csv"
    pd.DataFrame(many("Podosugih", 2, "Podosugeh")).to_csv(path, index=False)
    with pytest.raises(pt.InputError) as caught:
        pt.read_households(path, poverty_line=1, places=["Podosugih", "Medono"])
    (fault,) = caught.value.problems
    assert (fault.row, fault.column, fault.value) == (4, "area", "Podosugeh")
    assert fault.expected == "did you mean 'Podosugih'?"
    (fault,) = faults_of(many("Podosugih", 2, "Slamet Riyadi"), places=["Podosugih"])
    assert fault.value is None  # it may be a person's name in the wrong column


def test_rows_cells_columns_and_the_line_are_judged_together(tmp_path):
    text = "household_id,siz,pengeluaran,nik\n1,4,-5,3E+15\n2,3\n1,3,#N/A,-\n"
    with pytest.raises(pt.InputError) as caught:
        pt.read_households(
            write(tmp_path / "a.csv", text),
            poverty_line=-1,
            columns={"consumption": "pengeluaran"},
        )
    found = {(fault.row, fault.column) for fault in caught.value.problems}
    assert found == {
        (None, "size"), (None, "poverty_line"), (3, None), (4, "household_id"),
        (2, "pengeluaran"), (4, "pengeluaran"), (2, "nik"),
    }  # fmt: skip
    assert len(caught.value.problems) == len(found)  # the cell with an error is told of once


def test_nothing_of_a_person_is_in_a_fault():
    """A name or a number in the wrong column is reported by its place alone."""
    grouped = "3375.0101.0190.0001"
    problems = faults_of(
        {
            "household_id": ["1", "1", "3"],
            "size": ["Slamet Riyadi", grouped, "4"],
            "consumption": [NIK + "x", "Jl. Kenanga 12", "1"],
        }
    )
    assert len(problems) == 5
    shown = " ".join(map(repr, problems)) + " ".join(map(str, problems))
    for secret in ("Slamet", "Kenanga", NIK, grouped, NIK[:10]):
        assert secret not in shown


def test_a_fault_never_holds_a_long_number():
    fault = Fault("no such household", value=NIK)
    assert NIK not in repr(fault)
    assert masked("3375 0101 0190 0001") == "**** **** **** 0001"
    assert masked("Rp 1.500.000.000.000") == "Rp 1.500.000.000.000"


@pytest.mark.parametrize(
    ("name", "cells", "personal"),
    [
        ("Kepala Keluarga", ["Siti", "Budi"], True),
        ("nama_ibu", ["A"], True),
        ("kontak", ["-"], True),
        ("x", ["3375.0101.0190.0001"], True),
        ("x", [f"word {i}" for i in range(30)], True),
        ("pekerjaan", ["nelayan", "buruh"] * 30, False),
        ("latitude", np.array([-6.88]), True),
        ("jumlah_kk", np.array([2.0]), False),
        ("nik", np.array([3.375e15]), True),
        ("ibu_hamil", np.array([True]), False),
        ("elderly", np.array([0.0]), False),
    ],
)
def test_columns_that_say_who_somebody_is(name, cells, personal):
    array = cells if isinstance(cells, np.ndarray) else np.array(cells, dtype=object)
    assert is_personal(name, array) is personal


def test_names_of_columns_of_numbers():
    assert all(map(names_a_number, ("NIK", "No. KK", "no_kk", "noKK", "KK Kepala")))
    assert not any(map(names_a_number, ("unik", "kakek", "desil", "teknik")))
