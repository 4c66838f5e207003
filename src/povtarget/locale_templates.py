"""Words of the templates of input files, in Indonesian and English; `locale` takes them up."""

from __future__ import annotations

from typing import Literal

_Texts = dict[Literal["id", "en"], str]

_GENERAL: dict[str, _Texts] = {
    "tp_guide": {"en": "Guide", "id": "Petunjuk"},
    "tp_made": {
        "en": "Empty input files in {folder}. Each workbook explains its columns when a cell is "
        "selected and on the sheet '{guide}'; programs.toml explains its fields in comments.",
        "id": "Berkas masukan kosong di {folder}. Setiap buku kerja menjelaskan kolomnya saat sel "
        "dipilih dan di lembar '{guide}'; programs.toml menjelaskan isiannya dalam komentar.",
    },
    "tp_personal": {
        "en": "Once filled, households, receipts, locks and people are personal data (UU PDP).",
        "id": "Setelah diisi, households, receipts, locks, dan people adalah data pribadi "
        "(UU PDP).",
    },
    "tp_column": {"en": "Column", "id": "Kolom"},
    "tp_needed": {"en": "Must be filled", "id": "Wajib diisi"},
    "tp_empty": {"en": "Where left empty", "id": "Bila kosong"},
    "tp_kind": {"en": "What it takes", "id": "Isian"},
    "tp_meaning": {"en": "Meaning", "id": "Arti"},
    "tp_example": {"en": "Example {number}", "id": "Contoh {number}"},
    "tp_text": {"en": "text", "id": "teks"},
    "tp_number": {"en": "a number", "id": "angka"},
    "tp_choice": {"en": "one of: {choices}", "id": "salah satu: {choices}"},
    "tp_required": {"en": "Required.", "id": "Wajib."},
    "tp_optional": {"en": "May be left empty.", "id": "Boleh kosong."},
    "tp_how": {
        "en": "Fill the sheet '{sheet}' from its second row on, one row for each entry; do not "
        "rename columns. Columns that are not needed may be deleted. This sheet is not read, and "
        "its examples are made up.",
        "id": "Isi lembar '{sheet}' mulai baris kedua, satu baris untuk satu entri; jangan ubah "
        "nama kolom. Kolom yang tidak perlu boleh dihapus. Lembar ini tidak dibaca, dan contohnya "
        "rekaan.",
    },
    "tp_file_households": {
        "en": "Households: who may be planned for, and what is known of their consumption.",
        "id": "Rumah tangga: siapa yang dapat direncanakan, dan apa yang diketahui tentang "
        "pengeluarannya.",
    },
    "tp_more_households": {
        "en": "Add further columns with names of your own (decile, elderly, pupils_sd, own_house "
        "...): conditions and counts of programs.toml use them. Names and numbers of persons do "
        "not belong here: they go into people.xlsx.",
        "id": "Tambahkan kolom lain dengan nama sendiri (decile, elderly, pupils_sd, own_house "
        "...): dipakai syarat dan hitungan di programs.toml. Nama dan nomor orang tidak di sini: "
        "masukkan ke people.xlsx.",
    },
    "tp_file_receipts": {
        "en": "Receipts: what households have already. A row for each household and program.",
        "id": "Penerimaan: apa yang sudah diterima. Satu baris untuk satu rumah tangga dan "
        "program.",
    },
    "tp_more_receipts": {
        "en": "A program that the catalogue does not know is listed in the plan's warnings.",
        "id": "Program yang tidak ada di katalog disebut dalam peringatan rencana.",
    },
    "tp_file_locks": {
        "en": "Locks: what a meeting has agreed (in) or refused (out).",
        "id": "Kunci: yang disepakati (in) atau ditolak (out) musyawarah.",
    },
    "tp_more_locks": {
        "en": "'in' must be proposed, 'out' may not be. Sheets of meetings that povtarget wrote "
        "need no such file: povtarget revise reads them.",
        "id": "'in' harus diusulkan, 'out' tidak boleh. Lembar musyawarah dari povtarget tidak "
        "memerlukan berkas ini: povtarget revise membacanya.",
    },
    "tp_file_people": {
        "en": "People: names and addresses for the annexes (BNBA). Personal data.",
        "id": "Orang: nama dan alamat untuk lampiran (BNBA). Data pribadi.",
    },
    "tp_more_people": {
        "en": "Goes in with --people, into the workbooks only. NIK and card numbers must be text "
        "of 16 digits: the columns are set so.",
        "id": "Dipakai dengan --people, hanya masuk buku kerja. NIK dan nomor KK harus teks 16 "
        "angka: kolomnya sudah diatur begitu.",
    },
    "tp_file_realisation": {
        "en": "Realisation: what was carried out, a row for each sub-activity (sub-kegiatan).",
        "id": "Realisasi: yang sudah dilaksanakan, satu baris untuk satu sub-kegiatan.",
    },
    "tp_more_realisation": {
        "en": "For an audit of last year's money and places.",
        "id": "Untuk memeriksa uang dan tempat tahun lalu.",
    },
    "tp_file_programs": {
        "en": "The catalogue: budget lines, the programs that they pay, and rules on combining "
        "them.",
        "id": "Katalog: baris pagu, program yang dibiayainya, dan aturan penggabungannya.",
    },
    "tp_toml_how": {
        "en": "Lines that begin with '# ' explain. Lines that begin with '#' alone are an example: "
        "take that '#' away to use them. Texts stand in quotes, amounts are rupiah a year, 1_000 "
        "is one thousand.",
        "id": "Baris yang diawali '# ' adalah penjelasan. Baris yang diawali '#' saja adalah "
        "contoh: hapus '#' itu untuk memakainya. Teks diapit tanda kutip, uang dalam rupiah per "
        "tahun, 1_000 berarti seribu.",
    },
    "tp_kind_budget": {
        "en": "Budget lines: one agency and fund, an amount, one or more programs.",
        "id": "Baris pagu: satu OPD dan sumber dana, satu jumlah, satu program atau lebih.",
    },
    "tp_kind_program": {"en": "Programs", "id": "Program"},
    "tp_kind_rule": {
        "en": "Rules on combining programs; leave out what is not needed.",
        "id": "Aturan penggabungan program; tinggalkan bila tidak perlu.",
    },
}

_HOUSEHOLDS: dict[str, _Texts] = {
    "tp_households_household_id": {
        "en": "The household's identifier, each once. Text: zeros in front stay.",
        "id": "ID rumah tangga, masing-masing sekali. Teks: nol di depan tetap ada.",
    },
    "tp_households_size": {
        "en": "Persons in the household, a whole number, 1 or more.",
        "id": "Banyaknya anggota rumah tangga, bilangan bulat, 1 atau lebih.",
    },
    "tp_households_consumption": {
        "en": "Consumption, Rp per person per month. The median where it is predicted.",
        "id": "Pengeluaran, Rp per orang per bulan. Median bila berupa perkiraan.",
    },
    "tp_households_sigma": {
        "en": "Standard deviation of ln consumption where it is predicted (0.3 to 0.6 is usual), "
        "0 where it is known. Fill it for everyone, or for nobody where all is known.",
        "id": "Simpangan baku ln pengeluaran bila diperkirakan (biasanya 0,3 sampai 0,6), 0 bila "
        "diketahui. Isi untuk semua, atau kosongkan semua bila semuanya diketahui.",
    },
    "tp_households_line": {
        "en": "Poverty line, Rp per person per month, where it differs between households; "
        "otherwise --poverty-line.",
        "id": "Garis kemiskinan, Rp per orang per bulan, bila berbeda antar rumah tangga; selain "
        "itu --poverty-line.",
    },
    "tp_households_area": {
        "en": "Kelurahan, for everyone or for nobody.",
        "id": "Kelurahan, untuk semua atau kosongkan semua.",
    },
    "tp_households_weight": {
        "en": "Families that the row stands for: the weight in a survey. Empty for all: 1 each.",
        "id": "Banyaknya keluarga yang diwakili baris: penimbang pada survei. Kosong semua: "
        "masing-masing 1.",
    },
}

_RECEIPTS: dict[str, _Texts] = {
    "tp_receipts_household_id": {
        "en": "As in households.xlsx.",
        "id": "Seperti di households.xlsx.",
    },
    "tp_receipts_program": {
        "en": "The program's name, as in the catalogue.",
        "id": "Nama program, seperti di katalog.",
    },
    "tp_receipts_member_id": {
        "en": "Which member receives it, where known: two members in two courses are no "
        "duplicate.",
        "id": "Anggota penerima, bila diketahui: dua anggota di dua pelatihan bukan tumpang "
        "tindih.",
    },
    "tp_receipts_agency": {"en": "Who gives it (OPD).", "id": "Pemberi (OPD)."},
    "tp_receipts_fund": {
        "en": "Where the money comes from: APBN, APBD Kota ...",
        "id": "Sumber dana: APBN, APBD Kota ...",
    },
    "tp_receipts_need": {
        "en": "What it serves, as in the catalogue: food, cash, health ...",
        "id": "Kebutuhan yang dilayani, seperti di katalog: food, cash, health ...",
    },
    "tp_receipts_status": {
        "en": "As the agency calls it, such as active.",
        "id": "Menurut OPD, misalnya aktif.",
    },
    "tp_receipts_units": {
        "en": "How many units, such as pupils. Empty: all that the program counts here, 1 where "
        "it counts nothing.",
        "id": "Banyaknya satuan, misalnya murid. Kosong: semua yang dihitung program di sini, 1 "
        "bila tidak menghitung apa pun.",
    },
    "tp_receipts_year": {
        "en": "Year of receipt; rules with a window of years need it.",
        "id": "Tahun menerima; diperlukan aturan yang memakai jangka tahun.",
    },
    "tp_receipts_amount": {
        "en": "Rp a year that was paid.",
        "id": "Rp per tahun yang dibayarkan.",
    },
    "tp_receipts_benefit": {
        "en": "Rp a year that one unit is worth to the household. Empty: as in the catalogue.",
        "id": "Nilai satu satuan bagi rumah tangga, Rp per tahun. Kosong: seperti di katalog.",
    },
    "tp_receipts_changeable": {
        "en": "Whether this government may change it: ya or tidak. Empty: tidak.",
        "id": "Apakah pemerintah ini dapat mengubahnya: ya atau tidak. Kosong: tidak.",
    },
}

_LOCKS: dict[str, _Texts] = {
    "tp_locks_household_id": {"en": "As in households.xlsx.", "id": "Seperti di households.xlsx."},
    "tp_locks_program": {
        "en": "The program's name, as in the catalogue.",
        "id": "Nama program, seperti di katalog.",
    },
    "tp_locks_lock": {
        "en": "in: agreed, the plan proposes it. out: refused, the plan may not.",
        "id": "in: disepakati, rencana mengusulkannya. out: ditolak, rencana tidak boleh.",
    },
    "tp_locks_reason": {
        "en": "Why. With in: agreed or kept (from a plan before). With out: refused, dead (nobody "
        "is left), moved, able (not in need). Empty: agreed or refused.",
        "id": "Alasan. Untuk in: agreed (disepakati) atau kept (dipertahankan). Untuk out: refused "
        "(ditolak), dead (meninggal), moved (pindah), able (mampu). Kosong: agreed atau refused.",
    },
}

_PEOPLE: dict[str, _Texts] = {
    "tp_people_household_id": {
        "en": "As in households.xlsx.",
        "id": "Seperti di households.xlsx.",
    },
    "tp_people_kk": {"en": "Number of the family card, 16 digits.", "id": "Nomor KK, 16 angka."},
    "tp_people_nik": {"en": "NIK of the head, 16 digits.", "id": "NIK kepala keluarga, 16 angka."},
    "tp_people_name": {"en": "Name of the head.", "id": "Nama kepala keluarga."},
    "tp_people_address": {"en": "Street and number.", "id": "Jalan dan nomor."},
    "tp_people_rt": {"en": "RT.", "id": "RT."},
    "tp_people_rw": {"en": "RW.", "id": "RW."},
    "tp_people_area": {"en": "Kelurahan.", "id": "Kelurahan."},
    "tp_people_kecamatan": {"en": "Kecamatan.", "id": "Kecamatan."},
}

_REALISATION: dict[str, _Texts] = {
    "tp_realisation_agency": {"en": "Who spent it (OPD).", "id": "Pelaksana (OPD)."},
    "tp_realisation_fund": {
        "en": "Where the money comes from: APBN, APBD Kota ...",
        "id": "Sumber dana: APBN, APBD Kota ...",
    },
    "tp_realisation_code": {
        "en": "Code of the sub-activity (sub-kegiatan).",
        "id": "Kode sub-kegiatan.",
    },
    "tp_realisation_budget": {
        "en": "Name of the budget line in the catalogue.",
        "id": "Nama baris pagu di katalog.",
    },
    "tp_realisation_program": {
        "en": "Name of the program in the catalogue.",
        "id": "Nama program di katalog.",
    },
    "tp_realisation_title": {"en": "What the sub-activity is called.", "id": "Nama sub-kegiatan."},
    "tp_realisation_pagu": {"en": "Money allotted, Rp a year.", "id": "Pagu, Rp per tahun."},
    "tp_realisation_spent": {"en": "Money spent, Rp a year.", "id": "Realisasi, Rp per tahun."},
    "tp_realisation_target": {
        "en": "Places planned.",
        "id": "Sasaran (tempat) yang direncanakan.",
    },
    "tp_realisation_reached": {"en": "Places filled.", "id": "Sasaran (tempat) yang tercapai."},
}

_BUDGET: dict[str, _Texts] = {
    "tp_budget_name": {
        "en": "The line's name, each once; programs name it.",
        "id": "Nama baris, masing-masing sekali; disebut oleh program.",
    },
    "tp_budget_amount": {"en": "Rp a year.", "id": "Rp per tahun."},
    "tp_budget_agency": {"en": "Who spends it (OPD).", "id": "Pelaksana (OPD)."},
    "tp_budget_fund": {
        "en": "Where it comes from: APBN, APBD Provinsi, APBD Kota, DBHCHT ...",
        "id": "Sumber dana: APBN, APBD Provinsi, APBD Kota, DBHCHT ...",
    },
    "tp_budget_control": {
        "en": "city: the city decides. propose: the city proposes names, another government "
        "decides. fixed: nothing to choose.",
        "id": "city: diputuskan kota. propose: kota mengusulkan nama, pemerintah lain memutuskan. "
        "fixed: tidak ada yang dipilih.",
    },
    "tp_budget_transfer_group": {
        "en": "Lines between which money may move have the same word here.",
        "id": "Baris yang uangnya boleh dipindahkan antar sesama diberi kata yang sama.",
    },
    "tp_budget_code": {
        "en": "Code of the sub-activity (sub-kegiatan).",
        "id": "Kode sub-kegiatan.",
    },
}

_PROGRAM: dict[str, _Texts] = {
    "tp_program_name": {
        "en": "Short name, each once, without spaces: sembako_lansia.",
        "id": "Nama pendek, masing-masing sekali, tanpa spasi: sembako_lansia.",
    },
    "tp_program_agency": {
        "en": "Who runs it (OPD); that of the budget line where empty.",
        "id": "Pelaksana (OPD); bila kosong, menurut baris pagu.",
    },
    "tp_program_need": {
        "en": "What it serves: food, cash, health, education, housing, work ... Two programs for "
        "one need in one household are a duplicate.",
        "id": "Kebutuhan yang dilayani: food, cash, health, education, housing, work ... Dua "
        "program untuk satu kebutuhan di satu rumah tangga adalah tumpang tindih.",
    },
    "tp_program_budget": {
        "en": "Name of the budget line that pays it.",
        "id": "Nama baris pagu yang membiayai.",
    },
    "tp_program_unit_cost": {
        "en": "What one place costs the payer, Rp a year.",
        "id": "Biaya satu tempat bagi pembayar, Rp per tahun.",
    },
    "tp_program_benefit": {
        "en": "What one place is worth to the household, Rp a year.",
        "id": "Nilai satu tempat bagi rumah tangga, Rp per tahun.",
    },
    "tp_program_per": {
        "en": "A column of counts (elderly, pupils_sd ...): cost and benefit are for each of them. "
        "Empty: one place for each household.",
        "id": "Kolom hitungan (elderly, pupils_sd ...): biaya dan manfaat untuk setiap orangnya. "
        "Kosong: satu tempat per rumah tangga.",
    },
    "tp_program_conversion": {
        "en": "Share of the benefit that is consumption this year, 0 to 1: 1 for cash and food, "
        "0 for insurance.",
        "id": "Bagian manfaat yang menjadi pengeluaran tahun ini, 0 sampai 1: 1 untuk uang dan "
        "pangan, 0 untuk asuransi.",
    },
    "tp_program_success": {
        "en": "Chance that it works, 0 to 1: of ten who are trained, three find work: 0.3.",
        "id": "Peluang berhasil, 0 sampai 1: dari sepuluh yang dilatih, tiga bekerja: 0,3.",
    },
    "tp_program_eligibility": {
        "en": "Who can get it, by columns of the households: elderly > 0 and decile <= 4. Empty: "
        "all.",
        "id": "Siapa yang dapat menerima, menurut kolom rumah tangga: elderly > 0 and decile <= 4. "
        "Kosong: semua.",
    },
    "tp_program_quota": {
        "en": "Most places. Empty: as many as the money pays.",
        "id": "Tempat paling banyak. Kosong: sebanyak yang dapat dibiayai.",
    },
    "tp_program_minimum": {
        "en": "Fewest places that must be proposed.",
        "id": "Tempat paling sedikit yang harus diusulkan.",
    },
    "tp_program_delay_years": {
        "en": "Years until it begins to work; only povtarget's plans of several years use it.",
        "id": "Tahun sampai mulai berhasil; hanya dipakai rencana beberapa tahun.",
    },
    "tp_program_duration_years": {
        "en": "Years that it lasts; only plans of several years use it.",
        "id": "Lamanya dalam tahun; hanya dipakai rencana beberapa tahun.",
    },
    "tp_program_title": {
        "en": "Name for people, as it stands on meetings' sheets.",
        "id": "Nama untuk umum, seperti pada lembar musyawarah.",
    },
}

_RULE: dict[str, _Texts] = {
    "tp_rule_kind": {
        "en": "forbid: at most one of the programs in a household. require: the first needs the "
        "second. penalise: each beyond the first costs 'weight'.",
        "id": "forbid: paling banyak satu dari program itu per rumah tangga. require: yang pertama "
        "memerlukan yang kedua. penalise: setiap tambahan sesudah yang pertama dikenai 'weight'.",
    },
    "tp_rule_programs": {
        "en": "Names of the programs, two or more; in a workbook with a comma between them.",
        "id": "Nama program, dua atau lebih; di buku kerja dipisah koma.",
    },
    "tp_rule_weight": {
        "en": "Only for penalise: how many persons lifted one such case may cost.",
        "id": "Hanya untuk penalise: setara berapa orang terangkat satu kasusnya.",
    },
    "tp_rule_window_years": {
        "en": "Receipts older than so many years do not count. Empty: all count.",
        "id": "Penerimaan yang lebih lama dari sekian tahun tidak dihitung. Kosong: semua "
        "dihitung.",
    },
}

TEMPLATES = (
    _GENERAL | _HOUSEHOLDS | _RECEIPTS | _LOCKS | _PEOPLE | _REALISATION | _BUDGET | _PROGRAM
    | _RULE
)  # fmt: skip
