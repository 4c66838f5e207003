"""Words of the lists that name households: annexes, who is not reached, a meeting's reasons."""

from __future__ import annotations

from typing import Literal

_Texts = dict[Literal["id", "en"], str]

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

LISTS: dict[str, _Texts] = {**_UNSERVED}
"""Every text by its key; all keys begin with "wb_"."""
