"""Words of the lists that name households: annexes, who is not reached, a meeting's reasons."""

from __future__ import annotations

from typing import Literal

_Texts = dict[Literal["id", "en"], str]

_ANNEX: dict[str, _Texts] = {
    "wb_annex_absent": {
        "en": "Not known, and left out: {columns}. To fill them in, run plan (or revise) again with --people FILE: a "
        "table with household_id and any of kk, nik, name, address, rt, rw, area, kecamatan.",
        "id": "Tidak diketahui dan tidak dicantumkan: {columns}. Untuk mengisinya, jalankan lagi plan (atau revise) "
        "dengan --people BERKAS: tabel berisi household_id dan salah satu atau beberapa dari kk, nik, name, address, "
        "rt, rw, area, kecamatan.",
    }
}

_UNSERVED: dict[str, _Texts] = {
    "wb_unserved": {"en": "Not reached", "id": "Belum terjangkau"},
    "wb_unserved_title": {
        "en": "Nothing proposed, nothing received: who is furthest below the line",
        "id": "Tidak diusulkan dan belum menerima apa pun: yang terbawah terhadap garis",
    },
    "wb_unserved_note": {
        "en": "{rows} households, the lowest first; filter by kelurahan. Looked at are the households of least "
        "consumption in relation to their line that together hold a tenth of all persons, and all that are "
        "more likely below the line than not. The reason is that of the program that came nearest. Look here "
        "first for errors of the list: a wrong decile, a missing member, help that is not recorded.",
        "id": "{rows} rumah tangga, yang terbawah lebih dahulu; saring menurut kelurahan. Yang dilihat: rumah tangga "
        "dengan pengeluaran terkecil terhadap garisnya yang bersama-sama memuat sepersepuluh dari seluruh jiwa, "
        "dan semua yang lebih mungkin berada di bawah garis daripada tidak. Alasannya adalah alasan program yang "
        "paling hampir diusulkan. Carilah kesalahan data di sini lebih dahulu: desil keliru, anggota yang belum "
        "tercatat, bantuan yang belum dicatat.",
    },
    "wb_unserved_none": {
        "en": "Nobody: of those lowest, everyone has something or is proposed for something.",
        "id": "Tidak ada: semua yang terbawah sudah menerima sesuatu atau diusulkan.",
    },
    "wb_size": {"en": "Persons", "id": "Jiwa"},
    "wb_resources": {"en": "Consumption, % of its line", "id": "Pengeluaran, % dari garisnya"},
    "wb_chance": {"en": "Chance of being below the line", "id": "Peluang di bawah garis"},
    "wb_why_not": {"en": "Why not", "id": "Mengapa tidak"},
}

_REASONS: dict[str, _Texts] = {
    "wb_has_already": {"en": "Has already", "id": "Sudah menerima"},
    "wb_has_none": {"en": "nothing on record", "id": "tidak tercatat"},
    "wb_service_of": {"en": "A service of {agency}", "id": "Layanan {agency}"},
    "wb_service_number": {"en": "Service {number} of {agency}", "id": "Layanan {number} {agency}"},
    "wb_service_other": {"en": "Another service", "id": "Layanan lain"},
    "wb_for_need": {"en": "For: {need}", "id": "Untuk: {need}"},
    "wb_closes_nearly_all": {
        "en": "Closes nearly all of what is missing",
        "id": "Menutup hampir seluruh kekurangannya",
    },
    "wb_closes_two_thirds": {
        "en": "Closes about two thirds of what is missing",
        "id": "Menutup sekitar dua pertiga kekurangannya",
    },
    "wb_closes_half": {
        "en": "Closes about half of what is missing",
        "id": "Menutup sekitar separuh kekurangannya",
    },
    "wb_closes_third": {
        "en": "Closes about a third of what is missing",
        "id": "Menutup sekitar sepertiga kekurangannya",
    },
    "wb_closes_quarter": {
        "en": "Closes about a quarter of what is missing",
        "id": "Menutup sekitar seperempat kekurangannya",
    },
    "wb_closes_tenth": {
        "en": "Closes about a tenth of what is missing",
        "id": "Menutup sekitar sepersepuluh kekurangannya",
    },
    "wb_closes_little": {
        "en": "Closes a small part of what is missing",
        "id": "Menutup sebagian kecil kekurangannya",
    },
    "wb_has_nothing": {"en": "Has nothing yet", "id": "Belum menerima apa pun"},
    "wb_has_other": {"en": "None for this need yet", "id": "Belum ada untuk kebutuhan ini"},
    "wb_has_same": {
        "en": "Has another for this need",
        "id": "Sudah ada yang lain untuk kebutuhan ini",
    },
}

LISTS: dict[str, _Texts] = {**_ANNEX, **_UNSERVED, **_REASONS}
"""Every text by its key; all keys begin with "wb_"."""
