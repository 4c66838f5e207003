"""The layouts of registries as data: which header means which of our columns.

Headers are compared without case, spaces and punctuation, so "Desa/Kelurahan" and
"DESA KELURAHAN" are one alias. Headers of P3KE and DTKS are those of importers and exports in
public use; those of a DTSEN extract are not published, and its preset takes what such extracts
were seen to have.

Currently implemented:

- ``LAYOUTS``: the presets by name, ``Layout``;
- ``header_key``: what tells headers apart;
- ``kind_of``: how a column of a name is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Unit = Literal["family", "household", "individual"]
Kind = Literal[
    "identifier", "number16", "text", "place", "date", "sex", "relation", "decile",
    "percentile", "flag", "count", "rt", "rw", "rt_rw", "dropped", "covariate",
]  # fmt: skip

PERSONAL = frozenset(
    (
        "kk",
        "nik",
        "name",
        "birth_date",
        "address",
        "rt",
        "rw",
        "individual_id",
        "mother",
        "phone",
        "meter_number",
        "electricity_number",
        "gas_number",
    )
)
"""Columns that say who a person is or where the home is; no plan needs them."""

COUNTS = ("size", "toddlers", "school_age", "working_age", "elderly", "disabled", "pregnant")
AGE_BANDS = MappingProxyType(
    {
        "aged_under_7": (0, 6),
        "aged_7_12": (7, 12),
        "aged_13_15": (13, 15),
        "aged_16_18": (16, 18),
        "aged_19_21": (19, 21),
        "aged_22_59": (22, 59),
        "aged_60_over": (60, 150),
    }
)
"""The age bands of P3KE: first and last year of age."""

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "list_number": "dropped",
        "family_id": "identifier",
        "individual_id": "identifier",
        "kk": "number16",
        "nik": "number16",
        "area": "place",
        "kecamatan": "place",
        "birth_date": "date",
        "sex": "sex",
        "relation": "relation",
        "decile": "decile",
        "percentile": "percentile",
        "rt": "rt",
        "rw": "rw",
        "rt_rw": "rt_rw",
        "is_disabled": "flag",
        "is_pregnant": "flag",
        "families": "count",
        "floor_area": "count",
        "rooms": "count",
        **dict.fromkeys(("name", "address", "area_code", "mother", "phone"), "text"),
        **dict.fromkeys(("meter_number", "electricity_number", "gas_number"), "text"),
        **dict.fromkeys(COUNTS, "count"),
    }
)


def kind_of(column: str) -> Kind:
    """Return how a column is read.

    Examples
    --------
    >>> kind_of("nik"), kind_of("receives_pkh"), kind_of("roof")
    ('number16', 'flag', 'covariate')
    """
    if column.startswith(("receives_", "has_", "aged_")):
        return "flag"
    return "count" if column.startswith("livestock_") else _KINDS.get(column, "covariate")


def header_key(header: str) -> str:
    """Return what tells headers apart: letters and digits in lower case.

    Examples
    --------
    >>> header_key("Desa/Kelurahan"), header_key("no_kk"), header_key("Usia < 7 Tahun")
    ('desakelurahan', 'nokk', 'usia7tahun')
    """
    plain = unicodedata.normalize("NFKD", header).casefold()
    return re.sub(r"[^a-z0-9]+", "", plain)


@dataclass(frozen=True)
class Layout:
    """One layout: our columns and the headers that stand for them.

    Parameters
    ----------
    name, title
        As an argument, and as a person calls it.
    unit
        What a row is: a family (one card), a household (one kitchen), or an individual.
    headers
        Our column to its headers, the best first.
    signature
        Headers that this layout has and the others have not.
    required
        Groups of columns of which one must be there.
    codes
        Column to what its codes mean.
    has_codes
        Whether 2 and 4 in a flag say no, and 3 yes, as in BDT.
    """

    name: str
    title: str
    unit: Unit
    headers: Mapping[str, tuple[str, ...]]
    signature: frozenset[str]
    required: tuple[tuple[str, ...], ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    has_codes: bool = False

    @property
    def by_key(self) -> dict[str, str]:
        """The key of each header to our column."""
        return {
            header_key(header): column
            for column, headers in self.headers.items()
            for header in headers
        }


_PLACE = {
    "list_number": ("No", "No.", "Nomor", "No Urut", "Nomor Urut"),
    "province": ("Provinsi", "Nama Provinsi", "nama_prop"),
    "regency": ("Kabupaten/Kota", "Kabupaten", "Kota", "Kab/Kota", "Nama Kabupaten/Kota"),
    "kecamatan": ("Kecamatan", "Nama Kecamatan", "Kec", "nmkec"),
    "area": (
        "Desa/Kelurahan",
        "Kelurahan/Desa",
        "Kelurahan",
        "Desa",
        "Nama Desa/Kelurahan",
        "Nama Kelurahan/Desa",
        "Nama Kelurahan",
        "Nama Desa",
        "Kel/Desa",
        "Desa/Kel",
        "nmdesa",
    ),
    "area_code": (
        "Kode Kemdagri",
        "Kode Kemendagri",
        "Kode Wilayah",
        "Kode Desa/Kelurahan",
        "Kode Kelurahan",
        "Kode Desa",
    ),
    "address": ("Alamat", "Alamat Lengkap", "Alamat Rumah", "Alamat Domisili"),
    "rt": ("RT", "No RT"),
    "rw": ("RW", "No RW"),
    "rt_rw": ("RT/RW",),
}
_CARD = {
    "kk": ("No KK", "Nomor KK", "NKK", "KK", "No Kartu Keluarga", "Nomor Kartu Keluarga"),
    "nik": (
        "NIK",
        "No NIK",
        "Nomor NIK",
        "No KTP",
        "Nomor Induk Kependudukan",
        "NIK Kepala Keluarga",
    ),
    "dukcapil_match": ("Padan Dukcapil", "Padan", "Status Padan", "Status Dukcapil"),
    "sex": ("Jenis Kelamin", "JK", "L/P", "Kelamin", "Jns Kelamin"),
    "birth_date": ("Tanggal Lahir", "Tgl Lahir", "Tgl Lhr"),
    "occupation": ("Pekerjaan", "Pekerjaan Utama"),
    "education": ("Pendidikan", "Pendidikan Terakhir"),
}
_DECILES = {
    "decile": ("Desil Kesejahteraan", "Desil", "Desil Nasional", "Desil DTSEN", "Desil Keluarga")
}
_AID = {
    "receives_bpnt": ("Penerima BPNT", "Penerima BNBT", "BPNT"),
    "receives_bpum": ("Penerima BPUM", "BPUM"),
    "receives_bst": ("Penerima BST", "BST"),
    "receives_pkh": ("Penerima PKH", "PKH", "Bansos PKH", "Status PKH"),
    "receives_sembako": ("Penerima SEMBAKO", "Sembako", "Bansos Sembako", "Bansos BPNT"),
    "stunting_risk": ("Resiko Stunting", "Risiko Stunting"),
}
_HOME = {
    "home_ownership": ("Kepemilikan Rumah", "Status Kepemilikan Rumah"),
    "savings": ("Memiliki Simpanan Uang/Perhiasan/Ternak/Lainnya", "Memiliki Simpanan"),
    "roof": ("Jenis Atap",),
    "walls": ("Jenis Dinding",),
    "floor": ("Jenis Lantai",),
    "lighting": ("Sumber Penerangan",),
    "cooking_fuel": ("Bahan Bakar Memasak",),
    "water": ("Sumber Air Minum",),
    "toilet": ("Memiliki Fasilitas Buang Air Besar", "Fasilitas BAB"),
}
_MEMBER = {
    "individual_id": ("ID Individu", "ID Individu P3KE", "id_art"),
    "relation": (
        "Hubungan dengan Kepala Keluarga",
        "Hubungan Dengan Kpl. Keluarga",
        "Hubungan Keluarga",
        "Hubungan",
        "SHDK",
        "Status Hubungan Dalam Keluarga",
        "Status Hubungan dengan Kepala Keluarga",
        "HDKK",
    ),
    "marital_status": ("Status Kawin", "Status Perkawinan"),
    "is_disabled": ("Penyandang Disabilitas", "Disabilitas", "Difabel"),
    "is_pregnant": ("Hamil", "Status Hamil", "Sedang Hamil", "Ibu Hamil"),
    "aged_under_7": (
        "Usia <7",
        "Usia < 7 Tahun",
        "Usia dibawah 7 tahun",
        "Usia di bawah 7 tahun",
        "Usia 0-6",
        "Usia 0-6 Tahun",
    ),
    "aged_7_12": ("Usia 7-12", "7-12", "Usia 7-12 Tahun"),
    "aged_13_15": ("Usia 13-15", "13-15", "Usia 13-15 Tahun"),
    "aged_16_18": ("Usia 16-18", "16-18", "Usia 16-18 Tahun"),
    "aged_19_21": ("Usia 19-21", "19-21", "Usia 19-21 Tahun"),
    "aged_22_59": ("Usia 22-59", "22-59", "Usia 22-59 Tahun"),
    "aged_60_over": (
        "Usia 60+",
        "60+",
        "Usia 60+ Tahun",
        "Usia 60 tahun keatas",
        "Usia 60 tahun ke atas",
        "Usia 60 ke atas",
    ),
}
_MEMBER_NAME = ("Nama", "Nama Lengkap", "Nama Anggota Keluarga", "Nama Individu", "Nama ART")
_HEAD_NAME = ("Kepala Keluarga", "Nama Kepala Keluarga", "Nama KK")
_OWN_ID = ("ID Keluarga P3KE", "ID Keluarga", "idkeluarga")

_DTSEN = {
    "family_id": ("ID Keluarga DTSEN", *_OWN_ID),
    "name": (*_HEAD_NAME, *_MEMBER_NAME),
    "size": ("Jumlah Anggota Keluarga", "Jumlah Anggota", "Jumlah ART"),
    "receives_pbi": ("Penerima PBI", "Penerima PBI JKN", "PBI", "PBI JKN", "PBI JK"),
}
_DTKS = {
    "family_id": ("idbdt", "id_bdt", "iddtks", "id_dtks", "ID DTKS"),
    "ruta6": ("ruta6",),
    "province_code": ("kdprop",),
    "regency_code": ("kdkab",),
    "kecamatan_code": ("kdkec",),
    "village_code": ("kddesa",),
    "rt_rw": ("nama_sls", "RT/RW"),
    "name": ("nama_krt", "Nama KRT", "Nama Kepala Rumah Tangga"),
    "size": ("jumlah_art", "Jumlah ART"),
    "families": ("jumlah_keluarga",),
    "percentile": ("percentile", "persentil"),
    "home_ownership": ("sta_bangunan",),
    "land_ownership": ("sta_lahan",),
    "floor_area": ("luas_lantai",),
    "floor": ("lantai",),
    "walls": ("dinding",),
    "walls_condition": ("kondisi_dinding",),
    "roof": ("atap",),
    "roof_condition": ("kondisi_atap",),
    "rooms": ("jumlah_kamar",),
    "water": ("sumber_airminum",),
    "meter_number": ("nomor_meter_air",),
    "water_bought": ("cara_peroleh_airminum",),
    "lighting": ("sumber_penerangan",),
    "power": ("daya",),
    "electricity_number": ("nomor_pln",),
    "cooking_fuel": ("bb_masak",),
    "gas_number": ("nomor_gas",),
    "toilet": ("fasbab",),
    "closet": ("kloset",),
    "sewage": ("buang_tinja",),
    "has_gas_bottle": ("ada_tabung_gas",),
    "has_refrigerator": ("ada_lemari_es",),
    "has_air_conditioner": ("ada_ac",),
    "has_water_heater": ("ada_pemanas",),
    "has_telephone": ("ada_telepon", "ada_telpon"),
    "has_television": ("ada_tv",),
    "has_gold": ("ada_emas",),
    "has_laptop": ("ada_laptop",),
    "has_bicycle": ("ada_sepeda",),
    "has_motorcycle": ("ada_motor",),
    "has_car": ("ada_mobil",),
    "has_boat": ("ada_perahu",),
    "has_outboard_motor": ("ada_motor_tempel",),
    "has_motorboat": ("ada_perahu_motor",),
    "has_ship": ("ada_kapal",),
    "has_land": ("aset_tak_bergerak",),
    "land_area": ("luas_atb",),
    "has_other_house": ("rumah_lain",),
    "livestock_cattle": ("jumlah_sapi",),
    "livestock_buffalo": ("jumlah_kerbau",),
    "livestock_horses": ("jumlah_kuda",),
    "livestock_pigs": ("jumlah_babi",),
    "livestock_goats": ("jumlah_kambing",),
    "has_business": ("sta_art_usaha",),
    "has_kks": ("sta_kks",),
    "has_kip": ("sta_kip",),
    "has_kis": ("sta_kis",),
    "has_own_bpjs": ("sta_bpjs_mandiri",),
    "has_jamsostek": ("sta_jamsostek",),
    "has_insurance": ("sta_asuransi",),
    "receives_pkh": ("sta_pkh",),
    "receives_rastra": ("sta_rastra",),
    "receives_kur": ("sta_kur",),
    "presence": ("sta_keberadaan_rt",),
}
_DTKS_CODES = {
    "water_bought": {"1": "eceran", "2": "langganan", "3": "tidak membeli"},
    "lighting": {"1": "PLN", "2": "non-PLN", "3": "bukan listrik"},
}

_ALL = (
    Layout(
        "p3ke_family",
        "P3KE, families",
        "family",
        {"family_id": _OWN_ID, "name": _HEAD_NAME, **_PLACE, **_CARD, **_DECILES, **_HOME, **_AID},
        frozenset(("Kepala Keluarga", "Kepemilikan Rumah", "Jenis Atap", "Jenis Dinding")),
        (("decile",), ("area",), ("family_id", "kk", "nik", "name")),
    ),
    Layout(
        "p3ke_individual",
        "P3KE, individuals",
        "individual",
        {"family_id": _OWN_ID, "name": _MEMBER_NAME}
        | {**_PLACE, **_CARD, **_DECILES, **_MEMBER, **_AID},
        frozenset(("ID Individu", "Usia 7-12", "Usia 13-15", "Usia 16-18")),
        (("decile",), ("area",), ("family_id", "kk"), ("relation",)),
    ),
    Layout(
        "dtks",
        "DTKS/BDT, households",
        "household",
        {**_PLACE, "kk": _CARD["kk"], "nik": _CARD["nik"], **_DTKS},
        frozenset(("idbdt", "ruta6", "nama_krt", "percentile", "sta_keberadaan_rt")),
        (("percentile",), ("size",), ("family_id", "kk", "nik", "name")),
        _DTKS_CODES,
        has_codes=True,
    ),
    Layout(
        "dtsen",
        "DTSEN, families or individuals",
        "family",
        {**_PLACE, **_CARD, **_DECILES, **_HOME, **_MEMBER, **_AID, **_DTSEN},
        frozenset(("desil_nasional", "Nomor Kartu Keluarga", "no_kk", "Desil DTSEN")),
        (("decile",), ("kk", "family_id", "nik", "name")),
    ),
)

LAYOUTS: Mapping[str, Layout] = MappingProxyType({layout.name: layout for layout in _ALL})
"""The presets by name."""
