"""Words of the commands that explain, read, match and help to begin; `locale` takes them up."""

from __future__ import annotations

from typing import Literal

_Texts = dict[Literal["id", "en"], str]

_GENERAL: dict[str, _Texts] = {
    "cannot": {
        "en": "The command cannot be carried out here.",
        "id": "Perintah ini belum dapat dijalankan.",
    },
    "cm_folder": {"en": "Files in {folder}: {files}.", "id": "Berkas di {folder}: {files}."},
    "cm_next": {"en": "Next: {command}", "id": "Berikutnya: {command}"},
    "cm_personal": {
        "en": "This folder holds PERSONAL DATA (Law 27/2022, UU PDP). Keep it where the lists are "
        "kept, give it to those only who work on it, send it by no chat or public link, and "
        "delete it when the work is done.",
        "id": "Folder ini memuat DATA PRIBADI (UU 27/2022, UU PDP). Simpan di tempat daftar "
        "aslinya disimpan, berikan hanya kepada petugas yang mengerjakannya, jangan dikirim lewat "
        "grup percakapan atau tautan umum, dan hapus bila pekerjaan selesai.",
    },
    "cm_yes": {"en": "yes", "id": "ya"},
    "cm_no": {"en": "no", "id": "tidak"},
}

_VALUES: dict[str, _Texts] = {
    "q_bad_rate": {
        "en": "'{text}' is not a rate: write 5.86% or 0.0586",
        "id": "'{text}' bukan persentase: tulis 5,86% atau 0,0586",
    },
    "q_bad_number": {
        "en": "'{text}' is not a number such as 1.11",
        "id": "'{text}' bukan bilangan seperti 1,11",
    },
    "q_bad_rupiah": {
        "en": "'{text}' is no amount such as 513243 or 513,243",
        "id": "'{text}' bukan rupiah seperti 513243 atau 513.243",
    },
    "q_bad_count": {
        "en": "'{text}' is not a whole number such as 311000 or 311,000",
        "id": "'{text}' bukan bilangan bulat seperti 311000 atau 311.000",
    },
    "q_bad_years": {
        "en": "'{text}' are not years such as 2023-2026",
        "id": "'{text}' bukan tahun seperti 2023-2026",
    },
    "q_bad_pair": {"en": "'{text}' is not NAME=NUMBER", "id": "'{text}' bukan NAMA=BILANGAN"},
}

_USAGE: dict[str, _Texts] = {
    "us_needs_rate": {
        "en": "--p1 and --poverty-line are of use with --rate only",
        "id": "--p1 dan --poverty-line hanya berguna bersama --rate",
    },
    "us_least": {
        "en": "--least needs --goal, and finds the --budgets itself",
        "id": "--least memerlukan --goal, dan mencari sendiri --budgets",
    },
    "us_no_year": {
        "en": "--budgets: '{name}' is no year",
        "id": "--budgets: '{name}' bukan tahun",
    },
    "us_rate_alone": {
        "en": "--rate needs a plan's folder; without one: --from and --to",
        "id": "--rate memerlukan folder rencana; tanpa folder: --from dan --to",
    },
    "us_half": {
        "en": "needs a plan's folder with --rate, or also {missing}",
        "id": "perlu folder rencana dengan --rate, atau juga {missing}",
    },
    "us_both": {
        "en": "with a plan's folder give --rate alone, not --from or --to",
        "id": "dengan folder rencana isi --rate saja, bukan --from atau --to",
    },
    "us_over": {
        "en": "choose one: --budget or --agency (with --nested or not), --overlap, --area-floor",
        "id": "pilih satu: --budget atau --agency (dengan atau tanpa --nested), --overlap, "
        "--area-floor",
    },
}

_WRONG: dict[str, _Texts] = {
    "problems": {"en": "Problems: {count}", "id": "Masalah: {count}"},
    "problems_more": {
        "en": "  ... and {count} more (--json lists all)",
        "id": "  ... dan {count} lagi (--json memuat semua)",
    },
    "no_plan": {
        "en": "No plan satisfies {rows} together.",
        "id": "Tidak ada rencana yang sekaligus memenuhi {rows}.",
    },
    "the_rows": {"en": "the rows of the problem", "id": "semua syarat"},
    "change_raise": {
        "en": "raise '{row}' from {current} to {needed}",
        "id": "naikkan '{row}' dari {current} menjadi {needed}",
    },
    "change_lower": {
        "en": "lower '{row}' from {current} to {needed}",
        "id": "turunkan '{row}' dari {current} menjadi {needed}",
    },
}

_EXPLAIN: dict[str, _Texts] = {
    "ex_one_of": {
        "en": "Say whom to explain: HOUSEHOLD_ID, or one of --code, --area, --agency.",
        "id": "Sebutkan siapa yang dijelaskan: HOUSEHOLD_ID, atau salah satu dari --code, --area, "
        "--agency.",
    },
    "ex_unknown": {
        "en": "No household of this plan has that identifier. Give it exactly as it stands in the "
        "file of households that the plan was made from, zeros in front included; or give the "
        "code that a meeting's sheet shows, with --code. A family that is on no list could not be "
        "proposed: have the kelurahan visit it and enter it, then make a new plan.",
        "id": "Tidak ada rumah tangga dengan ID itu dalam rencana ini. Tulis persis seperti dalam "
        "berkas rumah tangga yang dipakai, termasuk nol di depan; atau beri kode pada lembar "
        "musyawarah, dengan --code. Keluarga yang belum ada di daftar tidak mungkin diusulkan: "
        "minta kelurahan mendatangi dan mendatanya, lalu buat rencana baru.",
    },
    "ex_form": {
        "en": "Identifiers here have the form '{prefix}' and {digits} digits.",
        "id": "ID di sini berbentuk '{prefix}' dan {digits} angka.",
    },
    "ex_digits": {
        "en": "Identifiers here have {digits} digits.",
        "id": "ID di sini terdiri dari {digits} angka.",
    },
    "ex_unknown_code": {
        "en": "No household of this plan has that code. A code has 12 letters and digits, as in "
        "XXXX-XXXX-XXXX, and belongs to the plan whose sheet it is on: look into that plan's "
        "folder, and compare letter by letter.",
        "id": "Tidak ada rumah tangga dengan kode itu dalam rencana ini. Kode terdiri dari 12 "
        "huruf dan angka, seperti XXXX-XXXX-XXXX, dan berlaku untuk rencana yang lembarnya "
        "memuatnya: pakai folder rencana itu, dan cocokkan huruf demi huruf.",
    },
    "ex_short": {
        "en": "In short, of {all} programs: {counts}.",
        "id": "Ringkasnya, dari {all} program: {counts}.",
    },
    "ex_proposed": {"en": "{count} proposed", "id": "{count} diusulkan"},
    "ex_receives": {"en": "{count} already received", "id": "{count} sudah diterima"},
    "ex_terms": {
        "en": "How to read this. There is less money and there are fewer places than people who "
        'meet the conditions. "Worth elsewhere" is what the same rupiah or the same place does '
        'in other households: "falls short" says how much more it does there, not that '
        'the need here is small. "Eligible" goes by the columns of the list, which may be out '
        "of date.",
        "id": "Cara membaca. Uang dan tempat lebih sedikit daripada yang memenuhi syarat. "
        '"Bernilai di tempat lain" adalah hasil rupiah atau tempat yang sama di rumah tangga '
        'lain: "kalah" menunjukkan berapa lebih banyak hasilnya di sana, bukan bahwa kebutuhan '
        'di sini kecil. "Syarat" diperiksa menurut isi daftar, yang bisa saja sudah usang.',
    },
    "ex_object": {
        "en": "This is a proposal, no decision. If something above is not so (the size, the area, "
        "what is received), say it to the kelurahan or at the meeting: the meeting may add a "
        "family, or take the list's word back, and the plan is made again.",
        "id": "Ini usulan, bukan keputusan. Bila ada yang tidak sesuai (ukuran, wilayah, bantuan "
        "yang diterima), sampaikan kepada kelurahan atau dalam musyawarah: musyawarah dapat "
        "menambah keluarga atau memperbaiki isi daftar, dan rencana dihitung lagi.",
    },
    "ex_personal": {
        "en": "Only for the household itself and for officials who work on it (UU PDP).",
        "id": "Hanya untuk rumah tangga itu sendiri dan petugas yang menanganinya (UU PDP).",
    },
    "stage_explain": {"en": "finding the reasons", "id": "mencari alasan"},
}

_READ: dict[str, _Texts] = {
    "rd_read": {
        "en": "{file} ({layout}): {families} families{members}, from {rows} rows.",
        "id": "{file} ({layout}): {families} keluarga{members}, dari {rows} baris.",
    },
    "rd_read_households": {
        "en": "{file} ({layout}): {families} households{members}, from {rows} rows.",
        "id": "{file} ({layout}): {families} rumah tangga{members}, dari {rows} baris.",
    },
    "rd_members": {"en": " with {persons} persons", "id": " dengan {persons} jiwa"},
    "rd_warnings": {
        "en": "{count} things that a person should look at, each by its row in warnings.csv:",
        "id": "{count} hal yang perlu dilihat, masing-masing menurut barisnya di warnings.csv:",
    },
    "rd_no_warnings": {"en": "Nothing odd was found.", "id": "Tidak ditemukan kejanggalan."},
    "rd_warning": {
        "en": "  {count} x  {column}{message} (first in row {row})",
        "id": "  {count} x  {column}{message} (pertama di baris {row})",
    },
    "rd_warning_whole": {"en": "  {column}{message}", "id": "  {column}{message}"},
    "rd_places": {
        "en": "{count} names of kelurahan are not on the list: see unknown_places.csv.",
        "id": "{count} nama kelurahan tidak ada di daftar: lihat unknown_places.csv.",
    },
    "rd_welfare": {
        "en": "Consumption is predicted from deciles so that {rate} of the persons are expected "
        "below {line}. A decile tells little of one family (sigma {sigma}): such a plan is right "
        "on the whole and often wrong for one.",
        "id": "Pengeluaran diperkirakan dari desil sehingga {rate} jiwa diperkirakan di bawah "
        "{line}. Desil hanya sedikit menerangkan satu keluarga (sigma {sigma}): rencana semacam ini "
        "benar secara keseluruhan dan sering keliru untuk satu keluarga.",
    },
    "rd_no_welfare": {
        "en": "households.csv has no consumption yet. Where the list has deciles, run again with "
        "--rate and --poverty-line (of BPS) to have it predicted; or add a column 'consumption'.",
        "id": "households.csv belum punya pengeluaran. Bila daftar punya desil, jalankan lagi "
        "dengan --rate dan --poverty-line (dari BPS) agar diperkirakan; atau tambahkan kolom "
        "'consumption'.",
    },
    "rd_no_size": {
        "en": "the list does not say how many people a family has",
        "id": "daftar tidak menyebut banyaknya anggota keluarga",
    },
    "rd_individuals": {
        "en": "--individuals with the list of persons that goes with it",
        "id": "--individuals dengan daftar perorangan yang menyertainya",
    },
    "rd_no_decile": {
        "en": "--rate needs deciles, which the list does not have",
        "id": "--rate memerlukan desil, yang tidak ada di daftar ini",
    },
    "rd_file_households": {
        "en": "for povtarget plan, no names",
        "id": "untuk povtarget plan, tanpa nama",
    },
    "rd_file_people": {
        "en": "names and numbers, for --people; the BNBA needs them, nothing else does",
        "id": "nama dan nomor, untuk --people; hanya BNBA yang memerlukannya",
    },
    "rd_file_warnings": {
        "en": "what to look at, by row",
        "id": "yang perlu dilihat, menurut baris",
    },
    "rd_file_set_aside": {"en": "rows that were left out", "id": "baris yang tidak dipakai"},
    "rd_file_unknown_places": {
        "en": "places that are not on the list",
        "id": "tempat yang tidak ada di daftar",
    },
}

_RECONCILE: dict[str, _Texts] = {
    "stage_match": {"en": "matching families", "id": "mencocokkan keluarga"},
    "rc_list": {
        "en": "List {number} ({file}): {rows} rows, {families} families after {repeats} repeats.",
        "id": "Daftar {number} ({file}): {rows} baris, {families} keluarga setelah {repeats} "
        "baris ganda.",
    },
    "rc_title": {"en": "Families of the two lists", "id": "Keluarga pada kedua daftar"},
    "rc_both": {"en": "in both lists", "id": "ada di kedua daftar"},
    "rc_moved": {
        "en": "  of these in another kelurahan now",
        "id": "  di antaranya pindah kelurahan",
    },
    "rc_changed": {"en": "  of these differ in: {field}", "id": "  di antaranya beda: {field}"},
    "rc_only_registry": {"en": "only in list 1", "id": "hanya di daftar 1"},
    "rc_only_other": {"en": "only in list 2", "id": "hanya di daftar 2"},
    "rc_split": {
        "en": "  of these whose head is a member of a family of the other list",
        "id": "  di antaranya kepala keluarganya anggota keluarga di daftar lain",
    },
    "rc_unsure": {"en": "unsure: a person decides", "id": "belum pasti: diputuskan petugas"},
    "rc_perhaps_twice": {
        "en": "perhaps twice in one list (look at both)",
        "id": "mungkin ganda dalam satu daftar (lihat keduanya)",
    },
    "rc_families": {"en": "Families", "id": "Keluarga"},
    "rc_only_note": {
        "en": '"Only in one list" means that no family of the other list was found, not that the '
        "family is gone or was never entitled.",
        "id": '"Hanya di satu daftar" berarti pasangannya tidak ditemukan di daftar lain, bukan '
        "berarti keluarga itu tidak ada atau tidak berhak.",
    },
    "rc_no_common_area": {
        "en": "The lists have no kelurahan in common: they may write them differently, such as "
        "codes and names, and then few families are found. Give --areas, a table of area (the "
        "right name), kecamatan and code.",
        "id": "Tidak ada kelurahan yang sama di kedua daftar: mungkin ditulis berbeda, misalnya "
        "kode dan nama, sehingga sedikit keluarga ditemukan. Beri --areas, tabel area (nama yang "
        "benar), kecamatan, dan code (kode).",
    },
    "rc_areas": {"en": "By kelurahan", "id": "Menurut kelurahan"},
    "rc_no_area": {"en": "(not stated)", "id": "(tidak disebut)"},
    "rc_by_registry": {"en": "List 1", "id": "Daftar 1"},
    "rc_by_other": {"en": "List 2", "id": "Daftar 2"},
    "rc_by_both": {"en": "Both", "id": "Keduanya"},
    "rc_by_moved_out": {"en": "Moved out", "id": "Pindah keluar"},
    "rc_by_moved_in": {"en": "Moved in", "id": "Pindah masuk"},
    "rc_by_unsure": {"en": "Unsure", "id": "Belum pasti"},
    "rc_by_registry_unsure": {"en": "Unsure, list 1", "id": "Belum pasti, daftar 1"},
    "rc_by_registry_only": {"en": "Only list 1", "id": "Hanya daftar 1"},
    "rc_by_registry_repeat": {"en": "Twice, list 1", "id": "Ganda, daftar 1"},
    "rc_by_other_unsure": {"en": "Unsure, list 2", "id": "Belum pasti, daftar 2"},
    "rc_by_other_only": {"en": "Only list 2", "id": "Hanya daftar 2"},
    "rc_by_other_repeat": {"en": "Twice, list 2", "id": "Ganda, daftar 2"},
    "rc_review_next": {
        "en": "Next: open review.xlsx, write yes or no in the column '{same}' of what you are sure "
        "of, and run the same command again with --decisions {file} and a new --out.",
        "id": "Berikutnya: buka review.xlsx, isi ya atau tidak di kolom '{same}' bagi yang sudah "
        "pasti, lalu jalankan perintah yang sama dengan --decisions {file} dan --out yang baru.",
    },
    "rc_file_review": {"en": "what a person decides", "id": "yang diputuskan petugas"},
    "rc_file_result": {
        "en": "who is in both, in one only, twice, moved, changed",
        "id": "siapa di kedua daftar, di satu saja, ganda, pindah, berubah",
    },
    "rc_file_tables": {"en": "the same for other tools", "id": "hal yang sama untuk program lain"},
    "rc_sheet_both": {"en": "In both", "id": "Di kedua daftar"},
    "rc_sheet_only_registry": {"en": "Only in list 1", "id": "Hanya di daftar 1"},
    "rc_sheet_only_other": {"en": "Only in list 2", "id": "Hanya di daftar 2"},
    "rc_sheet_twice": {"en": "Twice", "id": "Ganda"},
    "rc_sheet_areas": {"en": "By kelurahan", "id": "Per kelurahan"},
    "rc_sheet_notices": {"en": "Oddities", "id": "Kejanggalan"},
    "rc_list_column": {"en": "List", "id": "Daftar"},
    "rc_family_id": {"en": "ID of the family", "id": "ID keluarga"},
    "rc_repeats": {"en": "The same as", "id": "Sama dengan"},
    "rc_sure": {"en": "Sure", "id": "Pasti"},
    "rc_head_member_of": {
        "en": "Its head is a member of this family of the other list",
        "id": "Kepalanya anggota keluarga ini di daftar lain",
    },
    "rc_is_moved": {"en": "Another kelurahan", "id": "Pindah kelurahan"},
    "rc_changed_column": {"en": "What differs", "id": "Yang berbeda"},
    "rc_source": {"en": "Source", "id": "Sumber"},
    "rc_row": {"en": "Row", "id": "Baris"},
    "rc_column": {"en": "Column", "id": "Kolom"},
    "rc_message": {"en": "What is odd", "id": "Kejanggalan"},
    "rv_registry_id": {"en": "ID in list 1", "id": "ID di daftar 1"},
    "rv_other_id": {"en": "ID in list 2", "id": "ID di daftar 2"},
    "rv_same": {"en": "Same family? yes / no", "id": "Keluarga sama? ya / tidak"},
    "rv_score": {"en": "Likely the same", "id": "Kemungkinan sama"},
    "rv_reason": {"en": "What agrees and what differs", "id": "Yang cocok dan yang berbeda"},
    "rv_doubt": {"en": "Why a person should look", "id": "Mengapa perlu dilihat"},
    "rv_of_registry": {"en": "1: {field}", "id": "1: {field}"},
    "rv_of_other": {"en": "2: {field}", "id": "2: {field}"},
    "rv_sheet": {"en": "To decide", "id": "Untuk diputuskan"},
    "rv_guide": {
        "en": "Each row shows one family of list 1 beside one of list 2 that may be the same. "
        "Compare name, birth date, card number and address; ask the RT where the paper does not "
        "tell. Write yes or no in the yellow column, and leave empty what stays open. Change "
        "nothing else: the identifiers are read back.",
        "id": "Setiap baris memuat satu keluarga dari daftar 1 di samping satu dari daftar 2 yang "
        "mungkin sama. Bandingkan nama, tanggal lahir, nomor KK, dan alamat; tanyakan kepada RT "
        "bila data tidak cukup. Isi ya atau tidak di kolom kuning, dan kosongkan yang belum jelas. "
        "Jangan ubah yang lain: ID akan dibaca kembali.",
    },
}

_FIELDS: dict[str, _Texts] = {
    "rv_field_kk": {"en": "Family card (KK)", "id": "No KK"},
    "rv_field_nik": {"en": "NIK", "id": "NIK"},
    "rv_field_name": {"en": "Name", "id": "Nama"},
    "rv_field_head": {"en": "Head of the family", "id": "Kepala keluarga"},
    "rv_field_birth_date": {"en": "Birth date", "id": "Tanggal lahir"},
    "rv_field_sex": {"en": "Sex", "id": "Jenis kelamin"},
    "rv_field_address": {"en": "Address", "id": "Alamat"},
    "rv_field_rt": {"en": "RT", "id": "RT"},
    "rv_field_rw": {"en": "RW", "id": "RW"},
    "rv_field_area": {"en": "Kelurahan", "id": "Kelurahan"},
    "rv_field_kecamatan": {"en": "Kecamatan", "id": "Kecamatan"},
}

_SAID: dict[str, str] = {
    "same NIK": "NIK sama",
    "other NIK": "NIK berbeda",
    "same card": "KK sama",
    "other card": "KK berbeda",
    "same name": "nama sama",
    "name sounds the same": "nama sama bunyinya",
    "name nearly the same": "nama hampir sama",
    "name is a part of the other": "nama bagian dari nama lain",
    "name somewhat alike": "nama agak mirip",
    "other name": "nama berbeda",
    "same birth date": "tanggal lahir sama",
    "birth date but for a slip, or day and month swapped": "tanggal lahir beda satu angka, atau "
    "hari dan bulan tertukar",
    "same birth year": "tahun lahir sama",
    "birth years at most 2 apart": "tahun lahir selisih paling banyak 2",
    "other birth date": "tanggal lahir berbeda",
    "same address": "alamat sama",
    "same RT": "RT sama",
    "same RW": "RW sama",
    "same kelurahan": "kelurahan sama",
    "other kelurahan": "kelurahan berbeda",
    "more than one member in common": "lebih dari satu anggota sama",
    "one member in common": "satu anggota sama",
    "no other member in common": "tidak ada anggota lain yang sama",
    "perhaps twice in one list": "mungkin ganda dalam satu daftar",
    "the heads differ and nothing says why": "kepala keluarga berbeda tanpa penjelasan",
    "another family fits as well": "keluarga lain juga cocok",
    "too little agrees": "terlalu sedikit yang cocok",
    "a number agrees and nothing else": "nomornya cocok, lainnya tidak",
}
SAID: dict[str, _Texts] = {
    f"rc_said: {english}": {"en": english, "id": indonesian}
    for english, indonesian in _SAID.items()
}
"""What reconciliation says of pairs, by its English words."""

_YEARS: dict[str, _Texts] = {
    "q_year_one": {
        "en": "The plan in this folder expects {plan}, and {year} here {rate}. Why they differ: {reasons}.",
        "id": "Rencana di folder ini memperkirakan {plan}, dan tahun {year} di sini {rate}. Sebabnya: {reasons}.",
    },
    "q_year_one_growth": {
        "en": "a year has passed in which consumption and the line change, uncertainly (without anything new {start} becomes {alone})",
        "id": "setahun telah lewat, pengeluaran dan garis berubah dengan ketidakpastian (tanpa yang baru, {start} menjadi {alone})",
    },
    "q_year_one_delay": {
        "en": "what {count} programs pay counts only from a later year (the plan counts it at once)",
        "id": "manfaat {count} program baru dihitung mulai tahun kemudian (rencana langsung menghitungnya)",
    },
    "q_year_one_years": {
        "en": "money goes where it helps most in all years up to {last}, not in one",
        "id": "uang diarahkan ke yang paling bermanfaat dalam semua tahun sampai {last}, bukan satu tahun",
    },
    "q_year_one_money": {
        "en": "the budgets of that year are others",
        "id": "pagu tahun itu berbeda",
    },
    "q_year_one_gap": {
        "en": "this plan may be {gap} from the best possible",
        "id": "rencana ini dapat berjarak {gap} dari yang terbaik",
    },
}

COMMANDS = (
    _GENERAL | _VALUES | _USAGE | _WRONG | _EXPLAIN | _READ | _RECONCILE | _FIELDS | SAID | _YEARS
)
