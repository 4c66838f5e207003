"""Readers of registries: every layout comes in whole, and what is odd is told by row."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import registry_files as files
from povtarget.datasets.kelurahan import NAMES
from povtarget.errors import InputError
from povtarget.places import place_key
from povtarget.registry import (
    KOTA_PEKALONGAN,
    Place,
    Places,
    clean_numbers,
    kk_findings,
    nik_findings,
    parse_nik,
    read_registry,
)
from povtarget.registry.cells import read_dates, read_flags, read_is_head, read_rt_rw
from povtarget.tables import read_table

NIK = "3375010101809001"
HEADER = [
    "ID Keluarga P3KE", "Kecamatan", "Desa/Kelurahan", "Desil Kesejahteraan", "Alamat",
    "Kepala Keluarga", "NIK", "Jenis Kelamin", "Tanggal Lahir", "Penerima PKH",
]  # fmt: skip
ROW = [
    "P1", "Pekalongan Timur", "Kali Baros", "1", "Jl. Contoh 1",
    "Sutini Wijayakarsa", NIK, "Laki-laki", "01-01-1980", "Ya",
]  # fmt: skip


def frame(*changes, header=HEADER):
    """Rows like ROW, each with its own identifier and NIK, and these cells changed."""
    rows = []
    for at, change in enumerate(changes):
        cells = dict(zip(HEADER, ROW, strict=True))
        cells |= {"ID Keluarga P3KE": f"P{at}", "NIK": f"{NIK[:12]}{9001 + at}"}
        rows.append({**cells, **change})
    return pd.DataFrame(
        rows, columns=[*dict.fromkeys([*header, *(k for r in rows for k in r)])], dtype=object
    )


def kinds(registry):
    return {(warning.kind, warning.row) for warning in registry.warnings}


def faults_of(source, **options):
    with pytest.raises(InputError) as caught:
        read_registry(source, **options)
    return caught.value.problems


# --- numbers ----------------------------------------------------------------------------------


def test_every_rule_of_a_nik():
    cases = {
        "3375010101809001": set(),
        "337501010180900": {"nik-digits"},
        "33750101018O9001": {"nik-digits"},
        "0075010101809001": {"nik-region", },
        "3300010101809001": {"nik-region"},
        "3375000101809001": {"nik-region"},
        "3375013002809001": {"nik-birth"},
        "3375012902819001": {"nik-birth"},
        "3375012902809001": set(),
        "3375012902009001": set(),
        "3375010113809001": {"nik-birth"},
        "3375013501809001": {"nik-birth"},
        "3375017101809001": set(),
        "3375017201809001": {"nik-birth"},
        "3375010101800000": {"nik-serial"},
        "3374010101809001": {"nik-elsewhere"},
    }  # fmt: skip
    found = nik_findings([*cases])
    for at, (number, expected) in enumerate(cases.items()):
        assert {name for name, mask in found.items() if mask[at]} == expected, number


def test_nik_against_sex_and_birth_date():
    found = nik_findings(
        [NIK, NIK, "3375014101809001", NIK, NIK],
        sex=np.array(["L", "P", "P", None, "L"], dtype=object),
        birth_date=np.array(
            ["1980-01-01", "1980-01-01", "1980-01-01", "1980-01-02", "NaT"], "datetime64[ns]"
        ),
    )
    assert found["nik-sex"].tolist() == [False, True, False, False, False]
    assert found["nik-birth-differs"].tolist() == [False, False, False, True, False]


def test_day_of_a_card_has_no_forty_added():
    found = kk_findings(
        ["3375013112109001", "3375014112109001", "3375010101100000", "3374010101109001"]
    )
    assert found["kk-issue"].tolist() == [False, True, False, False]
    assert found["kk-serial"].tolist() == [False, False, True, False]
    assert found["kk-elsewhere"].tolist() == [False, False, False, True]


@given(
    st.dates(dt.date(1930, 1, 1), dt.date(2022, 1, 1)), st.booleans(), st.integers(1, 9999)
)  # fmt: skip
def test_a_nik_gives_back_what_it_was_made_of(born, is_woman, serial):
    day = born.day + 40 * is_woman
    number = f"337501{day:02d}{born:%m%y}{serial:04d}"
    assert not any(mask.any() for mask in nik_findings([number]).values())
    parts = parse_nik([number])
    assert (parts.sex[0], parts.serial[0]) == ("P" if is_woman else "L", serial)
    found = parts.birth_dates("2022-12-20")[0].astype(object)
    assert (found.day, found.month, found.year % 100) == (born.day, born.month, born.year % 100)
    assert found == born or found.year == born.year + 100


@given(st.text(max_size=20))
def test_no_text_breaks_the_parser(text):
    found = nik_findings(clean_numbers([text]))
    assert all(mask.shape == (1,) for mask in found.values())


# --- places -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Kali Baros", "Kalibaros"), ("KALIBAROS", "Kalibaros"), ("Kel. Kalibaros", "Kalibaros"),
        ("Kelurahan  Kali-baros ", "Kalibaros"), ("Pasir Kraton Kramat", "Pasirkratonkramat"),
        ("PasirKratonKramat", "Pasirkratonkramat"), ("Desa Degayu", "Degayu"), ("ds.Degayu", "Degayu"),
        ("Bendan", "Bendan Kergon"), ("KEL/DESA TIRTO", "Tirto"), ("Kauman", "Kauman"),
    ],
)  # fmt: skip
def test_spellings_of_a_kelurahan(written, name):
    match = KOTA_PEKALONGAN.match([written])
    assert match.names.tolist() == [name]
    assert match.unknown == ()


@given(
    st.sampled_from(NAMES.tolist()),
    st.sampled_from(["", "Kel. ", "DESA ", "kelurahan "]),
    st.randoms(),
)
def test_case_spaces_and_prefixes_never_matter(name, prefix, random):
    written = "".join(random.choice((sign.upper(), sign.lower())) for sign in name)
    assert KOTA_PEKALONGAN.match([f" {prefix}{written} "]).names.tolist() == [name]
    assert place_key(prefix + name.replace(" ", "")) == place_key(name)


def test_a_place_is_never_guessed():
    match = KOTA_PEKALONGAN.match(
        ["Krapiak", "Sutini Wijayakarsa", "Wiradesa", "Wiradesa", "Wiradesa"]
    )
    assert match.names.tolist() == [None] * 5
    found = [(place.text, place.nearest, place.positions.tolist()) for place in match.unknown]
    # What is near nothing is shown only where it is frequent: it may be somebody's name.
    assert found == [("Krapiak", "Krapyak", [0]), ("", "", [1]), ("Wiradesa", "", [2, 3, 4])]


def test_one_name_in_two_kecamatan():
    places = Places(
        (Place("Krajan", "Utara"), Place("Krajan", "Selatan"), Place("Tirto", "Barat"))
    )
    match = places.match(
        ["krajan", "Krajan", "Krajan", "Tirto"], ["Kec. Selatan", None, "Barat", "UTARA"]
    )
    assert match.names.tolist() == ["Krajan", None, None, "Tirto"]
    assert match.kecamatan.tolist() == ["Selatan", None, None, "Barat"]
    assert match.is_elsewhere.tolist() == [False, False, False, True]
    assert all("Krajan in Utara or Krajan in Selatan" in place.reason for place in match.unknown)


def test_lists_of_places_are_judged():
    for wrong in ([("A", "B"), ("a", "b")], 7):
        with pytest.raises(InputError):
            Places.of(wrong)
    with pytest.raises(InputError, match="Kalibaros"):
        KOTA_PEKALONGAN.with_spellings({"Baros": "Kalibaross"})
    assert (
        KOTA_PEKALONGAN.with_spellings({"Baros": "Kalibaros"}).match(["BAROS"]).names[0]
        == "Kalibaros"
    )


# --- cells ------------------------------------------------------------------------------------


def test_forms_of_a_date():
    same = [
        "31/12/1980",
        "31-12-1980",
        "31.12.1980",
        "31 Desember 1980",
        "31 Des 1980",
        "1980-12-31",
    ]
    same += [
        "19801231",
        "29586",
        29586,
        29586.0,
        dt.date(1980, 12, 31),
        dt.datetime(1980, 12, 31, 7),
    ]
    same += [pd.Timestamp("1980-12-31"), "1980-12-31 00:00:00", "31 december 1980", "31-Dec-1980"]
    dates, wrong = read_dates(same)
    assert {str(day)[:10] for day in dates} == {"1980-12-31"}
    assert dates.dtype == "datetime64[ns]"
    assert not wrong.any()
    dates, wrong = read_dates(
        ["31-12-80", "12/31/1980", "30 Februari 1980", "tahun 1980", 3.5e9, "1980", 1980, "42", 0]
    )
    assert wrong.all()
    assert np.isnat(dates).all()
    dates, wrong = read_dates(["", None, "-", pd.NaT])
    assert not wrong.any()
    assert np.isnat(dates).all()


@given(st.dates(dt.date(1906, 1, 1), dt.date(2099, 12, 31)))  # a serial number above 2100
def test_a_date_is_the_same_in_every_form(day):
    months = (
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
    )
    serial = (day - dt.date(1899, 12, 30)).days
    forms = [
        f"{day:%d/%m/%Y}",
        day.isoformat(),
        f"{day.day} {months.split()[day.month - 1]} {day.year}",
    ]
    dates, wrong = read_dates([*forms, str(serial), serial])
    assert not wrong.any()
    assert {value.astype("datetime64[D]").astype(object) for value in dates} == {day}


def test_forms_of_yes_and_no():
    yes, _, wrong = read_flags(["Ya", "Y", "1", 1, 1.0, True, "V", "v", "√", "x", "YA", "Ada"])
    assert yes.all()
    assert not wrong.any()
    no, blank, wrong = read_flags(["Tidak", "T", "0", 0, False, "-", "", None, np.nan, "tdk"])
    assert not no.any()
    assert not wrong.any()
    assert blank.tolist() == [False] * 6 + [True] * 3 + [False]
    assert read_flags(["T", "F"])[2].tolist() == [True, True]
    assert read_flags(["1", "2", "3", "4", "0"], codes=True)[0].tolist() == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert read_flags(["2"])[2].tolist() == [True]


def test_rt_and_rw():
    assert [list(pair) for pair in zip(*read_rt_rw(["RT. 01/RW. 12", "3/4", "RW 2 RT 1"]), strict=True)] == [
        ["001", "012"], ["003", "004"], ["001", "002"],
    ]  # fmt: skip
    assert read_rt_rw(["RT 3", "003", 3], part="rt")[0].tolist() == ["003"] * 3


# --- whole files ------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", files.LAYOUTS)
@pytest.mark.parametrize("kind", ["csv", "semicolon", "xlsx", "excel"])
def test_every_layout_comes_in_whole(tmp_path, layout, kind):
    city, rows = files.City(40, seed=3), files.table(layout, 40, seed=3)
    if kind in ("xlsx", "excel"):
        write = files.write_xlsx if kind == "xlsx" else files.write_as_excel
        path = write(tmp_path / "a.xlsx", rows)
    else:
        path = files.write_csv(
            tmp_path / "a.csv", rows, "utf-8-sig", ";" if kind == "semicolon" else ","
        )
    registry = read_registry(path)
    families = registry.families
    assert (registry.layout, len(registry)) == (layout, 40)
    assert registry.unit == ("household" if layout == "dtks" else "family")
    order = (
        np.argsort([city.kk(family) for family in range(40)])
        if layout == "dtsen"
        else np.arange(40)
    )
    names = [city.name[head] for head in city.heads[order]]
    assert families["name"].tolist() == names
    assert families["decile"].tolist() == city.decile[order].tolist()
    assert families["receives_pkh"].tolist() == city.aid[order, 3].tolist()
    if layout != "dtks":
        assert families["area"].tolist() == NAMES[city.place[order]].tolist()
        assert families["nik"].tolist() == [city.nik(head) for head in city.heads[order]]
    if layout != "p3ke_family":
        assert families["size"].tolist() == city.size[order].tolist()
    assert families["source_row"].min() >= 5  # two titles, a blank row, the header
    if layout != "p3ke_individual":
        assert sorted(families["source_row"]) == list(range(5, 45))


def test_individuals_fold_into_families(tmp_path):
    city = files.City(60, seed=1)
    path = files.write_csv(tmp_path / "a.csv", files.table("p3ke_individual", 60, seed=1))
    registry = read_registry(path)
    families, ages = registry.families, city.age
    for name, (first, last) in {
        "toddlers": (0, 6),
        "school_age": (7, 18),
        "working_age": (19, 59),
        "elderly": (60, 150),
    }.items():
        expected = np.bincount(city.of, (ages >= first) & (ages <= last))
        assert families[name].tolist() == expected.tolist()
    assert (
        families[["toddlers", "school_age", "working_age", "elderly"]].sum(axis=1)
        == families["size"]
    ).all()
    members = registry.individuals
    assert len(members) == len(city.of)
    assert members["is_head"].sum() == 60
    # In 2022 everyone has had a birthday by 31 December, so ages are those of the bands plus 1.
    aged = read_registry(path, as_of="2021-12-31").families
    assert aged["toddlers"].tolist() == families["toddlers"].tolist()


def test_two_p3ke_files_make_a_problem(tmp_path):
    listed = read_registry(files.write_xlsx(tmp_path / "k.xlsx", files.table("p3ke_family", 30)))
    with pytest.raises(InputError, match="how many people"):
        listed.households(consumption=500_000, poverty_line=513_243)
    members = read_registry(
        files.write_csv(tmp_path / "i.csv", files.table("p3ke_individual", 29))
    )
    registry = listed.with_individuals(members)
    assert [(w.kind, w.row) for w in registry.warnings if w.kind == "no-member"] == [
        ("no-member", 34)
    ]
    members = read_registry(
        files.write_csv(tmp_path / "i.csv", files.table("p3ke_individual", 30))
    )
    registry = listed.with_individuals(members)
    consumption = registry.families["decile"].to_numpy() * 100_000
    households = registry.households(consumption=consumption, sigma=0.4, poverty_line=513_243)
    assert households.household_id.tolist() == registry.families["family_id"].tolist()
    assert households.size.tolist() == files.City(30).size.tolist()
    assert {"decile", "receives_pkh", "elderly", "roof"} <= households.covariates.keys()
    assert households.covariates["receives_pkh"].dtype == bool
    assert not {"nik", "name", "address", "birth_date", "kk"} & households.covariates.keys()
    by_id = dict(zip(registry.families["family_id"], consumption, strict=True))
    assert (
        registry.households(consumption=by_id, poverty_line=1.0).consumption == consumption
    ).all()
    with pytest.raises(InputError, match="has no individuals"):
        listed.with_individuals(listed)


@settings(max_examples=20)
@given(st.permutations(range(8)))
def test_order_of_rows_does_not_matter(order):
    changes = [
        {"ID Keluarga P3KE": None, "Kepala Keluarga": f"Orang {at % 5}", "NIK": None}
        for at in range(6)
    ]
    table = frame(*changes, {}, {"ID Keluarga P3KE": "P6"})
    plain, mixed = read_registry(table), read_registry(table.iloc[list(order)])
    assert plain.families.drop(columns="source_row").equals(
        mixed.families.drop(columns="source_row")
    )
    assert plain.families["family_id"].str.startswith("TMP-").sum() == 6


def test_order_of_individuals_does_not_matter():
    header, *rows = files.table("p3ke_individual", 25, seed=4, titles=0)
    table = pd.DataFrame(rows, columns=header, dtype=object)
    table.loc[::5, "ID Keluarga P3KE"] = None  # individuals of no family, each a family of one
    table.loc[::3, "Hubungan dengan Kepala Keluarga"] = "Kepala Keluarga"
    table = pd.concat([table, table.iloc[1:9]])
    plain, mixed = read_registry(table), read_registry(table.sample(frac=1, random_state=5))
    assert plain.families.drop(columns="source_row").equals(
        mixed.families.drop(columns="source_row")
    )
    assert plain.families["size"].sum() == plain.individuals["is_counted"].sum() < len(table)
    assert plain.warning_counts["count"].sum() == mixed.warning_counts["count"].sum()


# --- headers ----------------------------------------------------------------------------------


def test_headers_of_other_spellings_and_near_misses(tmp_path):
    rows = frame({}, {}).rename(
        columns={"Desa/Kelurahan": "DESA", "Kepala Keluarga": "Nama_Kepala Keluarga"}
    )
    assert read_registry(rows).families["area"].tolist() == ["Kalibaros"] * 2
    rows = rows.rename(columns={"Tanggal Lahir": "Tangal Lahir"})
    registry = read_registry(rows)
    (near,) = [warning for warning in registry.warnings if warning.kind == "header-near"]
    assert (near.column, near.expected) == ("Tangal Lahir", "did you mean 'Tanggal Lahir'?")
    assert "tangal_lahir" in registry.families
    (fault,) = faults_of(rows.rename(columns={"Desil Kesejahteraan": "Desil Kesejahteran"}))
    assert "did you mean 'Desil Kesejahteran'" in fault.expected
    assert fault.row == 1
    renamed = rows.rename(columns={"Desil Kesejahteraan": "Peringkat"})
    assert read_registry(renamed, columns={"decile": "Peringkat"}).families["decile"].tolist() == [
        1,
        1,
    ]
    (fault, *_) = faults_of(renamed, columns={"decile": "Peringkatt"})
    assert fault.expected == "did you mean 'Peringkat'?"
    assert "did you mean 'p3ke_family'" in str(faults_of(rows, layout="p3ke_famili")[0])


def test_a_file_without_a_known_header_shows_nothing_of_it(tmp_path):
    path = files.write_csv(tmp_path / "a.csv", [ROW, ROW])
    (fault,) = faults_of(path)
    assert "no row looks like the header" in fault.message
    assert "Sutini" not in str(fault)
    (fault,) = faults_of(pd.DataFrame([ROW], columns=[*ROW[:6], "x", "y", "z", "u"]))
    assert "no known layout" in fault.message
    assert "Sutini" not in str(fault)


def test_rows_that_are_no_family_are_set_aside(tmp_path):
    numbers = [f"({at})" for at in range(1, len(HEADER) + 1)]
    rows = [
        ["DAFTAR"],
        ["Kecamatan", "Timur"],
        [],
        HEADER,
        numbers,
        ROW,
        HEADER,
        ["P2", *ROW[1:6], NIK[:-1] + "2", *ROW[7:]],
    ]
    rows += [["", "", "", "Jumlah", "2"]]
    registry = read_registry(files.write_xlsx(tmp_path / "a.xlsx", rows))
    assert registry.families["family_id"].tolist() == ["P1", "P2"]
    assert registry.families["source_row"].tolist() == [6, 8]
    assert registry.set_aside["source_row"].tolist() == [5, 7, 9]
    assert kinds(registry) == {("row-numbers", 5), ("row-header", 7), ("row-note", 9)}


def test_a_list_of_nobody_is_refused(tmp_path):
    numbers = [str(at) for at in range(1, len(HEADER) + 1)]
    (fault,) = faults_of(files.write_csv(tmp_path / "a.csv", [HEADER, numbers]))
    assert fault.message == "there is no family below the header"


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "3.37501E+15",
        "3,37501E+15",
        3.375010101809e15,
        3375010101809001.0,
        "3375010101809001.0",
        "3,375E15",
    ],
)
def test_a_nik_that_lost_digits_is_refused(cell):
    faults = faults_of(frame({}, {"NIK": cell}, {"NIK": cell}))
    assert [(fault.row, fault.column) for fault in faults] == [(3, "NIK"), (4, "NIK")]
    assert all("digits of the identifier are lost" in fault.message for fault in faults)
    assert all("formatted as text" in fault.expected for fault in faults)


def test_a_column_cut_at_fifteen_digits_is_refused(tmp_path):
    cut = [{"NIK": f"33750101018{at:04d}0"} for at in range(30)]
    (fault,) = faults_of(frame(*cut))
    assert "end in 0" in fault.message
    assert len(read_registry(frame(*cut[:4]))) == 4
    rows = [[*ROW[:6], int(NIK[:-1] + "0"), *ROW[7:]]]
    (fault,) = faults_of(files.write_xlsx(tmp_path / "a.xlsx", [HEADER, *rows]))
    assert (fault.row, "lost" in fault.message) == (2, True)


def test_odd_numbers_are_warnings_never_rejections():
    registry = read_registry(
        frame(
            {"NIK": "3374010101809001"}, {"NIK": "337501010180900"}, {"NIK": "3375013002809001"},
            {"NIK": None}, {"NIK": "0000000000000000"}, {"Jenis Kelamin": "Perempuan"},
            {"Tanggal Lahir": "02-01-1980"}, {"NIK": "3375.0101.0180-9001"}, {"NIK": 3375010101809077},
        )
    )  # fmt: skip
    assert kinds(registry) == {
        ("nik-elsewhere", 2), ("nik-digits", 3), ("nik-birth", 4), ("nik-missing", 5),
        ("nik-filler", 6), ("nik-sex", 7), ("nik-birth-differs", 8),
    }  # fmt: skip
    families = registry.families
    assert len(families) == 9
    assert families["nik"].isna().tolist() == [False, True, False, True, True] + [False] * 4
    assert families["nik"].tolist()[7:] == [NIK, "3375010101809077"]


def test_all_faults_at_once_with_rows_as_in_the_file(tmp_path):
    bad = frame({"Desil Kesejahteraan": "11"}, {"Penerima PKH": "mungkin"}, {"NIK": "3.3E+15"})
    rows = [["Judul"], [], HEADER, *bad[HEADER].to_numpy().tolist()]
    faults = faults_of(files.write_xlsx(tmp_path / "a.xlsx", rows))
    assert [(fault.row, fault.column) for fault in faults] == [
        (4, "Desil Kesejahteraan"), (5, "Penerima PKH"), (6, "NIK"),
    ]  # fmt: skip


def test_two_heads_two_kelurahan_and_shared_numbers():
    same = {"ID Keluarga P3KE": "P0"}
    table = frame(
        {}, {**same, "Desa/Kelurahan": "Tirto", "Kecamatan": "Pekalongan Barat", "Penerima PKH": "Tidak", "Alamat": None},
        {}, {"NIK": f"{NIK[:12]}9003"}, {},
    )  # fmt: skip
    registry = read_registry(table)
    assert registry.families["family_id"].tolist() == ["P0", "P2", "P3", "P4"]
    assert kinds(registry) == {("two-areas", 3), ("nik-twice", 4), ("nik-twice", 5)}
    assert registry.set_aside[["source_row", "family_id"]].values.tolist() == [[3, "P0"]]
    heads = read_registry(frame({}, {**same, "Kepala Keluarga": "Karyadi"}))
    assert [kind for kind, _ in kinds(heads)] == ["two-heads"]
    assert "the same family as row" in heads.warnings[0].message
    again = read_registry(frame({}, {}, {}).iloc[[0, 1, 1, 2]])
    assert kinds(again) == {("family-repeated", 4)}
    # What any of the rows has received, the family has.
    aid = read_registry(
        frame({"Penerima PKH": "Tidak"}, {**same, "Alamat": None, "Penerima PKH": "Ya"})
    )
    assert aid.families["receives_pkh"].tolist() == [True]


def individuals(*changes):
    base = {
        "ID Keluarga P3KE": "P1", "Desa/Kelurahan": "Tirto", "Desil Kesejahteraan": 1, "ID Individu": "1",
        "Nama": "Sutini", "NIK": None, "Hubungan dengan Kepala Keluarga": "Anak", "Tanggal Lahir": "1-1-2010",
    }  # fmt: skip
    return pd.DataFrame([{**base, **change} for change in changes], dtype=object)


def test_heads_and_repeats_among_individuals():
    head = {"Hubungan dengan Kepala Keluarga": "KEPALA KELUARGA"}
    table = individuals(
        {**head, "Nama": "A", "NIK": NIK, "Tanggal Lahir": "1-1-1980"},
        {**head, "Nama": "B", "Tanggal Lahir": "1-1-1950", "Desa/Kelurahan": "Medono"},
        {"Nama": "A", "NIK": NIK, "Tanggal Lahir": "1-1-1980"},
        {"Nama": "C", "ID Keluarga P3KE": "P2", "Tanggal Lahir": "1-1-1990"},
        {"Nama": "D", "ID Keluarga P3KE": "P2", "Tanggal Lahir": None},
        {"Nama": "E", "ID Keluarga P3KE": None},
    )
    registry = read_registry(table, as_of="2022-12-20")
    families = registry.families.set_index("family_id")
    assert families["name"].to_dict() == {"P1": "B", "P2": "C", "TMP-000001": "E"}
    assert families["size"].to_dict() == {"P1": 2, "P2": 2, "TMP-000001": 1}
    assert families["elderly"].tolist() == [1, 0, 0]
    assert families["working_age"].tolist() == [1, 1, 0]
    assert {
        ("two-heads", 2),
        ("two-heads", 3),
        ("person-twice", 4),
        ("no-head", 5),
        ("age-missing", 6),
    } <= kinds(registry)
    assert {kind for kind, row in kinds(registry) if row == 7} >= {"id-temporary", "no-head"}
    assert ("two-areas", 2) in kinds(registry)
    assert ("nik-twice", 2) not in kinds(registry)
    assert "elderly" not in read_registry(table).families
    assert "no-ages" in {warning.kind for warning in read_registry(table).warnings}


def test_rows_without_identifiers_that_say_the_same_are_told():
    nobody = {"ID Keluarga P3KE": None, "NIK": None}
    registry = read_registry(frame(nobody, {**nobody, "Alamat": "Jl. Contoh 2"}, nobody))
    assert len(registry) == 3
    assert {row for kind, row in kinds(registry) if kind == "row-alike"} == {2, 4}
    assert registry.families["family_id"].is_unique


def test_words_for_the_head():
    heads = [
        "Kepala Keluarga",
        "KEPALA KELUARGA (KK)",
        "1",
        "Kpl. Keluarga",
        "1. Kepala keluarga",
        "KRT",
    ]
    others = ["Istri", "2", "Anak", "Istri Kepala Keluarga", None, "10"]
    assert read_is_head(heads).all()
    assert not read_is_head(others).any()


def test_the_day_of_the_list():
    table = individuals({"Tanggal Lahir": "21-12-2015"})
    sixth = [
        read_registry(table, as_of=day).families["toddlers"].tolist()
        for day in ("20-12-2022", dt.date(2022, 12, 21))
    ]
    assert sixth == [[1], [0]]
    (fault,) = faults_of(table, as_of="kemarin")
    assert fault.source == "as_of"


def test_unknown_places_are_reported_with_the_nearest():
    registry = read_registry(
        frame({"Desa/Kelurahan": "Kalibaross"}, {"Desa/Kelurahan": None}, {"Kecamatan": "Utara"})
    )
    assert registry.families["area"].tolist() == [None, None, "Kalibaros"]
    assert kinds(registry) == {
        ("place-unknown", 2),
        ("place-missing", 3),
        ("kecamatan-differs", 4),
    }
    assert registry.unknown_places.to_dict("records") == [
        {
            "place": "Kalibaross",
            "nearest": "Kalibaros",
            "reason": "unknown",
            "rows": 1,
            "first_row": 2,
        }
    ]
    assert registry.planning_frame()["area"].tolist() == ["(not on the list)"] * 2 + ["Kalibaros"]
    table = frame(
        {"Desa/Kelurahan": "X", "Kecamatan": "kec. pekalongan  BARAT"},
        {"Desa/Kelurahan": "X", "Kecamatan": "Sutini"},
    )
    assert read_registry(table).families["kecamatan"].tolist() == ["Pekalongan Barat", None]
    written = read_registry(frame({"Desa/Kelurahan": "Desa X"}), areas=()).families
    assert written["area"].tolist() == ["Desa X"]


def test_codes_of_dtks(tmp_path):
    path = files.write_csv(tmp_path / "a.csv", files.table("dtks", 12, titles=0))
    families = read_registry(path).families
    assert families["area"].tolist()[:2] == ["3375010001", "3375020001"]
    assert families["lighting"].tolist()[:3] == ["PLN", "non-PLN", "bukan listrik"]
    assert families["has_bicycle"].tolist()[:2] == [True, False]
    assert families["has_motorcycle"].tolist()[:2] == [True, False]
    assert families[["rt", "rw"]].iloc[0].tolist() == ["001", "001"]
    assert (families["decile"] == np.ceil(families["percentile"] / 10)).all()
    places = Places((Place("Medono", "Pekalongan Barat", "33.75.010.001"),))
    named = read_registry(path, areas=places)
    assert named.families["area"].tolist()[0] == "Medono"
    assert ("place-unknown", 3) in kinds(named)


# --- encodings --------------------------------------------------------------------------------


def test_two_encodings_in_one_file(tmp_path):
    lines = [
        ",".join(HEADER),
        ",".join([*ROW[:4], "Jl. André", *ROW[5:]]),
        ",".join(["P2", *ROW[1:4], "Jl. José", *ROW[5:6], NIK[:-1] + "2", *ROW[7:]]),
    ]
    content = b"\xef\xbb\xbf" + b"\n".join(
        [lines[0].encode(), lines[1].encode(), lines[2].encode("cp1252")]
    )
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (fault,) = faults_of(path)
    assert (fault.row, fault.message) == (3, "two encodings in one file, UTF-8 and another")
    assert "encoding='cp1252'" in fault.expected
    families = read_registry(path, encoding="cp1252").families
    assert families["address"].tolist() == ["Jl. André", "Jl. José"]
    assert families["family_id"].tolist() == ["P1", "P2"]
    path.write_bytes(content.replace(b"\xe9\xe9", b"\x81").replace(b"Jos\xe9", b"Jos\x81"))
    (fault,) = faults_of(path, encoding="cp1252")
    assert (fault.row, fault.message) == (3, "not in cp1252 either")
    for unknown in ("utf-16", "cp99999"):
        (fault,) = faults_of(path, encoding=unknown)
        assert "not known" in fault.message
    with pytest.raises(InputError, match="not in the encoding UTF-8"):
        read_table(files.write_csv(tmp_path / "b.csv", [["a", "b"], ["é", "1"]], "cp1252"))


# --- people -----------------------------------------------------------------------------------


def test_no_personal_datum_in_errors_warnings_and_repr(tmp_path):
    secrets = ["Sutini", "Wijayakarsa", NIK, NIK[:12], "Jl. Contoh", "1980", "01-01"]
    bad = {
        "Desil Kesejahteraan": "Sutini",
        "Penerima PKH": "Wijayakarsa",
        "Desa/Kelurahan": "Sutini",
    }
    said = [
        str(fault)
        for fault in faults_of(frame(bad, {"NIK": float(NIK)}, {"NIK": dt.datetime(1980, 1, 1)}))
    ]
    odd = [
        {"Desa/Kelurahan": "Sutini Wijayakarsa", "Tanggal Lahir": "Jl. Contoh", "Jenis Kelamin": "Sutini"},
        {"NIK": "Sutini"}, {"NIK": NIK}, {"ID Keluarga P3KE": "P0"}, {"ID Keluarga P3KE": None},
        {"Kecamatan": "Wijayakarsa", "NIK": NIK[:-3]}, {"Tanggal Lahir": "01-01-80"},
    ]  # fmt: skip
    registry = read_registry(frame(*odd))
    assert len(registry.warnings) > 8
    said += [str(warning) for warning in registry.warnings]
    said += [
        repr(registry),
        repr(registry.warnings),
        str(registry.unknown_places),
        str(registry.set_aside),
    ]
    said += [registry.warning_counts.to_csv(), *map(str, registry.families["family_id"])]
    for secret in secrets:
        assert not [text for text in said if secret in text], secret
    assert all(warning.value is None for warning in registry.warnings)
    shared = registry.planning_frame().astype(str).to_csv()
    assert not [secret for secret in secrets if secret in shared]


def test_columns_that_nobody_knows_are_private_where_they_look_so():
    table = frame({}, {}).assign(
        **{
            "Nama Ibu Kandung": "Rubiyah",
            "Nomor": ["1", "2"],
            "Luas Sawah": ["1,5", "0,5"],
            "Kode": "081234567890",
        }
    )
    registry = read_registry(table)
    planned = registry.planning_frame()
    assert planned["luas_sawah"].tolist() == [1.5, 0.5]
    assert {"nama_ibu_kandung", "kode"} <= registry.personal
    assert not {"nama_ibu_kandung", "kode", "nik", "name"} & {*planned}


def test_frames_are_copies():
    registry = read_registry(frame({}))
    families = registry.families
    families.loc[0, "area"] = "Tirto"
    assert registry.families["area"].tolist() == ["Kalibaros"]
    with pytest.raises(AttributeError):
        registry.source = "x"
