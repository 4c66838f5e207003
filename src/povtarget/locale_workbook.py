"""Words of the workbooks, in Indonesian and English; `povtarget.locale` takes them up."""

from __future__ import annotations

from typing import Literal

_Texts = dict[Literal["id", "en"], str]

_SHEETS: dict[str, _Texts] = {
    "wb_summary": {"en": "Summary", "id": "Ringkasan"},
    "wb_budgets": {"en": "Budgets and prices", "id": "Pagu dan harga"},
    "wb_waiting": {"en": "Waiting lists", "id": "Daftar tunggu"},
    "wb_overlap": {"en": "Overlap", "id": "Tumpang tindih"},
    "wb_rkpd": {"en": "RKPD indicators", "id": "Indikator RKPD"},
    "wb_actions": {"en": "Yearly plan of action", "id": "Rencana Aksi Tahunan"},
    "wb_areas": {"en": "LP2KD by kelurahan", "id": "LP2KD per kelurahan"},
    "wb_certificate": {"en": "Assumptions and certificate", "id": "Asumsi dan sertifikat"},
}

_COLUMNS: dict[str, _Texts] = {
    "wb_number": {"en": "No", "id": "No"},
    "wb_code": {"en": "Code", "id": "Kode"},
    "wb_household": {"en": "Household ID", "id": "ID rumah tangga"},
    "wb_kk": {"en": "Family card (KK)", "id": "No KK"},
    "wb_nik": {"en": "NIK", "id": "NIK"},
    "wb_name": {"en": "Name", "id": "Nama"},
    "wb_name_or_id": {"en": "Name of the head (or ID)", "id": "Nama kepala keluarga (atau ID)"},
    "wb_address": {"en": "Address", "id": "Alamat"},
    "wb_rt": {"en": "RT", "id": "RT"},
    "wb_rw": {"en": "RW", "id": "RW"},
    "wb_area": {"en": "Kelurahan", "id": "Kelurahan"},
    "wb_kecamatan": {"en": "Kecamatan", "id": "Kecamatan"},
    "wb_program": {"en": "Program", "id": "Program"},
    "wb_units": {"en": "Places", "id": "Tempat"},
    "wb_amount": {"en": "Amount, Rp a year", "id": "Besaran, Rp per tahun"},
    "wb_fund": {"en": "Fund", "id": "Sumber dana"},
    "wb_reason": {"en": "Reason", "id": "Dasar/alasan"},
    "wb_reason_waiting": {
        "en": "What it would do, and what the money does elsewhere",
        "id": "Apa manfaatnya, dan apa yang dicapai uang itu di tempat lain",
    },
    "wb_weight": {"en": "Families it stands for", "id": "Mewakili keluarga"},
    "wb_status": {"en": "Status", "id": "Status"},
    "wb_order": {"en": "Order", "id": "Urutan"},
    "wb_note": {"en": "Note", "id": "Catatan"},
    "wb_agency": {"en": "Agency", "id": "OPD"},
    "wb_subactivity": {"en": "Sub-activity (code)", "id": "Sub-kegiatan (kode)"},
    "wb_indicator": {"en": "Indicator", "id": "Indikator"},
    "wb_unit": {"en": "Unit", "id": "Satuan"},
    "wb_target": {"en": "Target", "id": "Target"},
    "wb_families": {"en": "Families", "id": "Keluarga"},
    "wb_persons": {"en": "Persons", "id": "Jiwa"},
    "wb_unit_cost": {"en": "Unit cost, Rp a year", "id": "Biaya satuan, Rp per tahun"},
    "wb_benefit": {"en": "Benefit, Rp a year", "id": "Manfaat, Rp per tahun"},
    "wb_conversion": {"en": "Counts as consumption", "id": "Bagian menjadi pengeluaran"},
    "wb_success": {"en": "Chance that it works", "id": "Peluang berhasil"},
    "wb_per": {"en": "Counted for each", "id": "Dihitung per"},
    "wb_eligibility": {"en": "Who can get it", "id": "Syarat"},
    "wb_need": {"en": "Need", "id": "Kebutuhan"},
    "wb_needed": {"en": "Money needed, Rp a year", "id": "Kebutuhan anggaran, Rp per tahun"},
    "wb_amount_line": {"en": "Budget line, Rp a year", "id": "Pagu, Rp per tahun"},
    "wb_spent": {"en": "Proposed to spend, Rp", "id": "Diusulkan terpakai, Rp"},
    "wb_left": {"en": "Left, Rp", "id": "Sisa, Rp"},
    "wb_price": {
        "en": "Rp 1 m more gains ({unit})",
        "id": "Tambahan Rp 1 juta menghasilkan ({unit})",
    },
    "wb_measure": {"en": "Measure", "id": "Ukuran"},
    "wb_change": {"en": "change", "id": "perubahan"},
    "wb_total": {"en": "Total", "id": "Jumlah"},
    "wb_programs_held": {
        "en": "Programs that a family has",
        "id": "Program yang diterima keluarga",
    },
    "wb_below_before": {
        "en": "Persons below the line, before",
        "id": "Jiwa di bawah garis, sebelum",
    },
    "wb_below_after": {
        "en": "Persons below the line, after",
        "id": "Jiwa di bawah garis, sesudah",
    },
    "wb_rate_before": {"en": "P0 before", "id": "P0 sebelum"},
    "wb_rate_after": {"en": "P0 after", "id": "P0 sesudah"},
    "wb_gap_before": {"en": "P1 before", "id": "P1 sebelum"},
    "wb_gap_after": {"en": "P1 after", "id": "P1 sesudah"},
    "wb_families_proposed": {"en": "Families proposed", "id": "Keluarga diusulkan"},
    "wb_mark_agreed": {"en": "Agreed", "id": "Disepakati"},
    "wb_mark_dead": {"en": "Dead", "id": "Meninggal"},
    "wb_mark_moved": {"en": "Moved", "id": "Pindah"},
    "wb_mark_able": {"en": "Able", "id": "Mampu"},
    "wb_mark_refused": {"en": "Refused", "id": "Menolak"},
    "wb_mark_new": {"en": "New", "id": "Baru"},
}

_MEETING: dict[str, _Texts] = {
    "wb_meeting_title": {
        "en": "Meeting of {area}: proposals and waiting list",
        "id": "Musyawarah {area}: usulan dan daftar tunggu",
    },
    "wb_meeting_note": {
        "en": "These are proposals, none is decided. The meeting looks at every row: does the family still "
        "live here, is it still in need, does it want the program? Below the proposals stands the waiting "
        "list of each program: the first is next when a place becomes free, or when one more is paid. "
        "“What is missing” is what the family lacks to the poverty line.",
        "id": "Ini usulan, belum ada yang ditetapkan. Musyawarah memeriksa setiap baris: apakah keluarga masih "
        "tinggal di sini, masih membutuhkan, dan bersedia menerima? Di bawah usulan terdapat daftar tunggu "
        "setiap program: yang pertama mendapat giliran bila ada tempat kosong atau tambahan dana. "
        "“Kekurangan” adalah jarak pengeluaran keluarga ke garis kemiskinan.",
    },
    "wb_meeting_marks": {
        "en": 'Write "{mark}" in one yellow cell of a row. Dead (nobody of the family is left), moved and able '
        "speak of the family and free all its places; agreed and refused speak of the program in the row. A "
        "row without a mark stays open.",
        "id": 'Tulis "{mark}" pada satu sel kuning di setiap baris. Meninggal (tidak ada anggota keluarga yang '
        "tersisa), pindah, dan mampu berlaku untuk keluarga dan mengosongkan semua tempatnya; disepakati dan "
        "menolak berlaku untuk program pada baris itu. Baris tanpa tanda tetap terbuka.",
    },
    "wb_mark_rule": {
        "en": "A mark is x, v, ✓, ya, yes, 1, setuju or ok; an empty cell is no mark; anything else, such as no or "
        "-, is a fault. To refuse, mark the column “{refused}”",
        "id": "Tanda adalah x, v, ✓, ya, yes, 1, setuju, atau ok; sel kosong berarti tanpa tanda; isian lain, seperti "
        "tidak atau -, adalah kesalahan. Untuk menolak, tandai kolom “{refused}”",
    },
    "wb_meeting_new": {
        "en": 'A family that is missing: write it in the empty rows at the end, with "{mark}" under "{new}". It '
        "is visited and entered in the registry before it can be proposed. Do not change codes.",
        "id": 'Keluarga yang belum terdaftar: tulis pada baris kosong di akhir, dengan "{mark}" di bawah "{new}". '
        "Keluarga itu didatangi dan dimasukkan ke data sebelum dapat diusulkan. Jangan mengubah kode.",
    },
    "wb_help_agreed": {
        "en": "Fits, and the family wants it",
        "id": "Sesuai dan keluarga bersedia",
    },
    "wb_help_dead": {
        "en": "Nobody of the family is left",
        "id": "Tidak ada anggota keluarga yang tersisa",
    },
    "wb_help_moved": {"en": "Lives elsewhere now", "id": "Sudah tinggal di tempat lain"},
    "wb_help_able": {"en": "No longer in need", "id": "Tidak lagi membutuhkan"},
    "wb_help_refused": {
        "en": "The family does not want this program, or does not fit it",
        "id": "Keluarga tidak bersedia atau tidak sesuai untuk program ini",
    },
    "wb_help_new": {
        "en": "Only in an empty row: a family that is not on the list",
        "id": "Hanya pada baris kosong: keluarga yang belum terdaftar",
    },
    "wb_proposed": {"en": "proposed", "id": "diusulkan"},
    "wb_agreed": {"en": "agreed", "id": "disepakati"},
    "wb_waiting_place": {"en": "waiting, no. {order}", "id": "menunggu, no. {order}"},
    "wb_service": {
        "en": "Service {number} of {agency} (ask the agency)",
        "id": "Layanan {number} dari {agency} (rincian di OPD)",
    },
    "wb_all_areas": {"en": "Whole list", "id": "Seluruh daftar"},
    "wb_new_title": {
        "en": "Families that meetings added, not in the registry yet",
        "id": "Keluarga yang ditambahkan musyawarah, belum ada di data",
    },
    "wb_new_note": {
        "en": "As written on the sheets. Visit them and enter them in the registry; the plan does not know them.",
        "id": "Seperti tertulis di lembar. Datangi dan masukkan ke data; rencana belum mengenalnya.",
    },
    "wb_source": {"en": "Sheet", "id": "Lembar"},
    "wb_row": {"en": "Row", "id": "Baris"},
}

_TEXTS: dict[str, _Texts] = {
    "wb_summary_title": {
        "en": "Who is proposed for which program",
        "id": "Siapa diusulkan untuk program apa",
    },
    "wb_story": {
        "en": "With Rp {spent} m, {families} families are proposed; they take {places} places (one for each unit that a program counts, such as a pupil). {lifted} persons are "
        "expected to come to the line: from {before} of all persons below it to {after}.",
        "id": "Dengan Rp {spent} juta, {families} keluarga diusulkan dengan {places} tempat (satu untuk setiap satuan yang dihitung program, misalnya setiap murid). {lifted} jiwa "
        "diperkirakan mencapai garis: dari {before} penduduk di bawah garis menjadi {after}.",
    },
    "wb_expected": {
        "en": "Numbers after the plan are expectations of the model, not a survey. What a survey will measure "
        "also depends on prices, on work, and on who is in its sample.",
        "id": "Angka sesudah rencana adalah perkiraan model, bukan hasil survei. Hasil survei juga bergantung "
        "pada harga, pekerjaan, dan siapa yang terpilih sebagai sampel.",
    },
    "wb_persons_below": {"en": "Persons below the line", "id": "Jiwa di bawah garis"},
    "wb_P0": {"en": "Share below the line (P0), %", "id": "Persentase di bawah garis (P0), %"},
    "wb_P1": {"en": "Poverty gap (P1), %", "id": "Indeks kedalaman (P1), %"},
    "wb_P2": {"en": "Severity (P2), %", "id": "Indeks keparahan (P2), %"},
    "wb_duplicates": {
        "en": "Programs beyond the first for one need",
        "id": "Program kedua dan seterusnya untuk satu kebutuhan",
    },
    "wb_contents": {"en": "What is in this file", "id": "Isi berkas ini"},
    "wb_contents_own": {
        "en": "For each agency and fund the annex of names and addresses (BNBA); waiting lists; who is not reached; overlap before "
        "and after; RKPD indicators; yearly plan of action; LP2KD by kelurahan; assumptions and certificate. "
        "It names people: keep it as safe as the registry.",
        "id": "Lampiran BNBA untuk setiap OPD dan sumber dana; daftar tunggu; yang belum terjangkau; tumpang tindih sebelum dan sesudah; "
        "indikator RKPD; Rencana Aksi Tahunan; LP2KD per kelurahan; asumsi dan sertifikat. Berkas ini memuat "
        "nama: simpan seaman data induknya.",
    },
    "wb_contents_next": {
        "en": "Next: send each kelurahan its own file in the folder 'meetings', and read the marked files back "
        "with 'povtarget revise'.",
        "id": "Berikutnya: kirim ke setiap kelurahan berkasnya di folder 'meetings', lalu baca kembali berkas "
        "yang sudah ditandai dengan 'povtarget revise'.",
    },
    "wb_contents_public": {
        "en": "Totals only: no family is in this file by name, number or code. Whoever thinks that a family is "
        "missing or wrongly proposed can say so at the kelurahan.",
        "id": "Hanya jumlah: tidak ada keluarga dalam berkas ini menurut nama, nomor, atau kode. Siapa pun yang "
        "berpendapat ada keluarga terlewat atau keliru diusulkan dapat menyampaikannya ke kelurahan.",
    },
    "wb_no_bound": {
        "en": "This plan was not made by solving; nothing is proven of it.",
        "id": "Rencana ini tidak dibuat dengan penghitungan optimal; tidak ada yang terbukti.",
    },
    "wb_bound_other": {
        "en": "This plan reaches {value} ({unit}); no plan within these budgets and rules can exceed {bound}. It is "
        "within {gap} of the best possible.",
        "id": "Rencana ini mencapai {value} ({unit}); tidak ada rencana dalam pagu dan aturan ini yang melebihi "
        "{bound}. Selisih dari yang terbaik paling banyak {gap}.",
    },
    "wb_unit_persons": {"en": "persons", "id": "jiwa"},
    "wb_unit_gap": {"en": "persons times share of the line", "id": "jiwa kali bagian dari garis"},
    "wb_unit_needs": {"en": "needs of families", "id": "kebutuhan keluarga"},
    "wb_price_note": {
        "en": "The last column says what one more million rupiah at this line would add to the aim. Money does most "
        "where the number is highest; it is 0 where money is left over or nobody else can be served. It holds "
        "for small changes, and only where money may move.",
        "id": "Kolom terakhir menunjukkan tambahan capaian bila baris ini ditambah satu juta rupiah. Uang paling "
        "berguna di baris dengan angka tertinggi; angkanya 0 bila masih ada sisa atau tidak ada lagi yang dapat "
        "dilayani. Berlaku untuk perubahan kecil, dan hanya bila uang boleh dipindahkan.",
    },
    "wb_annex_title": {
        "en": "Annex by name and address: {agency}, {fund}",
        "id": "Lampiran by name by address: {agency}, {fund}",
    },
    "wb_annex_note": {
        "en": "{rows} proposals, each of one program for one family: {families} families, {places} places, {amount} a year. Proposals only: the head of the agency or "
        "the mayor decides, after the meeting in the kelurahan.",
        "id": "{rows} usulan, masing-masing satu program untuk satu keluarga: {families} keluarga, {places} tempat, {amount} per tahun. Hanya usulan: kepala OPD atau wali kota "
        "menetapkan sesudah musyawarah kelurahan.",
    },
    "wb_confidential": {
        "en": "Personal data (UU 27/2022): for this agency's work only. NIK and card numbers show their last four "
        "digits unless they were asked for.",
        "id": "Data pribadi (UU 27/2022): hanya untuk tugas OPD ini. NIK dan No KK hanya menampilkan empat angka "
        "terakhir kecuali diminta.",
    },
    "wb_not_public": {"en": "Personal data, not public", "id": "Data pribadi, tidak untuk umum"},
    "wb_waiting_title": {
        "en": "Who would be next, by program",
        "id": "Siapa berikutnya, menurut program",
    },
    "wb_waiting_note": {
        "en": "The first {most} of the whole city. The order is that of the plan's prices: what a place adds, less "
        "what its money and places add elsewhere. Who is first is next where one more place is paid. Not "
        "listed: who cannot get the program, already has enough, or would gain nothing.",
        "id": "{most} pertama di seluruh kota. Urutannya menurut harga dalam rencana: manfaat sebuah tempat, "
        "dikurangi manfaat uang dan tempatnya di lain tempat. Yang pertama mendapat giliran bila satu tempat "
        "lagi dibiayai. Tidak dicantumkan: yang tidak memenuhi syarat, sudah cukup, atau tidak terbantu.",
    },
    "wb_why_agreed": {"en": "Agreed in the meeting", "id": "Disepakati dalam musyawarah"},
    "wb_why_kept": {
        "en": "Stays as proposed before; not marked in a meeting since then",
        "id": "Tetap seperti diusulkan sebelumnya; sejak itu belum ditandai musyawarah",
    },
    "wb_why_very_likely": {
        "en": "Very likely brings the household over the line",
        "id": "Sangat mungkin mengangkat rumah tangga ke atas garis",
    },
    "wb_why_may": {
        "en": "May well bring the household over the line",
        "id": "Mungkin mengangkat rumah tangga ke atas garis",
    },
    "wb_why_nearer": {
        "en": "Brings the household nearer to the line",
        "id": "Mendekatkan rumah tangga ke garis",
    },
    "wb_why_meets": {"en": "Meets the conditions of the program", "id": "Memenuhi syarat program"},
    "wb_why_value": {
        "en": "{reason}. Chance of being below the line falls by {points} points; {value} {unit} per Rp million, "
        "where this money and place must gain {price}",
        "id": "{reason}. Peluang berada di bawah garis turun {points} poin; {value} {unit} per juta rupiah, "
        "sedangkan uang dan tempat ini harus menghasilkan {price}",
    },
    "wb_overlap_title": {
        "en": "Programs in one family, before and after",
        "id": "Program dalam satu keluarga, sebelum dan sesudah",
    },
    "wb_overlap_note": {
        "en": "Families, not persons. Before: what families have already; after: with what is proposed. The diagonal "
        "counts the families of a program, other cells those that have both. Two programs for different needs are "
        "no duplicate.",
        "id": "Keluarga, bukan jiwa. Sebelum: yang sudah diterima; sesudah: ditambah usulan. Diagonal menghitung "
        "keluarga satu program, sel lain yang menerima keduanya. Dua program untuk kebutuhan berbeda bukan "
        "tumpang tindih.",
    },
    "wb_overlap_programs": {
        "en": "Programs by programs, {when}",
        "id": "Program dengan program, {when}",
    },
    "wb_overlap_agencies": {"en": "Agencies by agencies, {when}", "id": "OPD dengan OPD, {when}"},
    "wb_other_agency": {"en": "(not in the catalogue)", "id": "(di luar katalog)"},
    "wb_small": {"en": "*", "id": "*"},
    "wb_row_withheld": {"en": "–", "id": "–"},
    "wb_small_note": {
        "en": "Families, persons and places are rounded down to multiples of {least}; * is fewer than {least} families, or "
        "none; – a number of any size that would tell of others. Money spent is rounded down to "
        "multiples of what {least} of the dearest places cost, or is that of the rounded places; so what is left is "
        "at most the number given. So nothing that is added up or taken off tells of one "
        "family, and rounded numbers need not add up to their totals.",
        "id": "Keluarga, jiwa, dan tempat dibulatkan ke bawah ke kelipatan {least}; * berarti kurang dari {least} keluarga, atau "
        "tidak ada; – angka berapa pun yang dapat mengungkap angka lain. Uang terpakai dibulatkan ke bawah ke "
        "kelipatan biaya {least} tempat termahal, atau dihitung dari tempat yang sudah dibulatkan; jadi sisa paling "
        "banyak sebesar angka yang tertera. Jadi penjumlahan atau pengurangan tidak "
        "mengungkap satu keluarga pun, dan angka bulat tidak selalu menjumlah ke totalnya.",
    },
    "wb_rkpd_title": {
        "en": "Indicators for RKPD and Renja, by agency and sub-activity",
        "id": "Indikator RKPD dan Renja, menurut OPD dan sub-kegiatan",
    },
    "wb_rkpd_note": {
        "en": "A target is the places that the plan proposes; money is target times unit cost. Lines that are fixed "
        "elsewhere are not part of the choice and not listed.",
        "id": "Target adalah tempat yang diusulkan rencana; anggaran adalah target kali biaya satuan. Baris yang "
        "ditetapkan pihak lain tidak ikut dipilih dan tidak dicantumkan.",
    },
    "wb_indicator_text": {
        "en": "Places proposed for {program}",
        "id": "Jumlah yang diusulkan menerima {program}",
    },
    "wb_unit_family": {"en": "family", "id": "keluarga"},
    "wb_actions_title": {
        "en": "Yearly plan of action: families proposed by program and kelurahan",
        "id": "Rencana Aksi Tahunan: keluarga diusulkan menurut program dan kelurahan",
    },
    "wb_actions_note": {
        "en": "For the location column of the yearly plan of action (Permendagri 53/2020).",
        "id": "Untuk kolom lokasi Rencana Aksi Tahunan (Permendagri 53/2020).",
    },
    "wb_areas_title": {
        "en": "For the LP2KD: poverty and proposals by kelurahan",
        "id": "Untuk LP2KD: kemiskinan dan usulan menurut kelurahan",
    },
    "wb_areas_note": {
        "en": "Persons below the line are expected numbers of the model; a kelurahan's rate is far less certain than "
        "the city's.",
        "id": "Jiwa di bawah garis adalah angka perkiraan model; angka kelurahan jauh lebih tidak pasti daripada angka "
        "kota.",
    },
    "wb_stated": {"en": "What is proven", "id": "Yang terbukti"},
    "wb_value": {"en": "Value", "id": "Nilai"},
    "wb_bound": {"en": "Bound", "id": "Batas"},
    "wb_gap": {"en": "Gap, as a share", "id": "Selisih, sebagai bagian"},
    "wb_bound_source": {"en": "The bound comes from", "id": "Sumber batas"},
    "wb_engine": {"en": "Engine", "id": "Mesin hitung"},
    "wb_version": {"en": "Version of povtarget", "id": "Versi povtarget"},
    "wb_level": {"en": "Level {number}: {name}", "id": "Tingkat {number}: {name}"},
    "wb_overlap_by": {"en": "Duplicates are counted by", "id": "Tumpang tindih dihitung menurut"},
    "wb_overlap_weight": {"en": "Weight of a duplicate", "id": "Bobot satu tumpang tindih"},
    "wb_overlap_limit": {"en": "Most new duplicates", "id": "Tumpang tindih baru paling banyak"},
    "wb_max_bundle": {
        "en": "Most new programs for a household",
        "id": "Program baru paling banyak per rumah tangga",
    },
    "wb_receipts_in": {
        "en": "Measured consumption has receipts in it",
        "id": "Pengeluaran terukur sudah memuat bantuan yang diterima",
    },
    "wb_yes": {"en": "yes", "id": "ya"},
    "wb_no": {"en": "no", "id": "tidak"},
    "wb_floor": {
        "en": "Least share for each {by}",
        "id": "Bagian paling sedikit untuk setiap {by}",
    },
    "wb_rule": {"en": "Rule", "id": "Aturan"},
    "wb_prices": {"en": "Prices", "id": "Harga"},
    "wb_prices_note": {
        "en": "Value per rupiah of a budget line, or per place of another row. With these anyone can recompute the "
        "bound: 'povtarget verify'.",
        "id": "Nilai per rupiah sebuah baris pagu, atau per tempat baris lain. Dengan ini siapa pun dapat menghitung "
        "ulang batasnya: 'povtarget verify'.",
    },
    "wb_prices_public": {
        "en": "Value per rupiah of a budget line, or per place of another row. The bound follows from these and the "
        "list of families: whoever holds the plan's folder can recompute it with 'povtarget verify'.",
        "id": "Nilai per rupiah sebuah baris pagu, atau per tempat baris lain. Batasnya mengikuti angka ini dan daftar "
        "keluarga: pemegang folder rencana dapat menghitungnya kembali dengan 'povtarget verify'.",
    },
    "wb_price_quota": {"en": "Places of {name}, at most", "id": "Kuota {name}"},
    "wb_price_minimum": {"en": "Places of {name}, at least", "id": "Tempat paling sedikit {name}"},
    "wb_price_floor": {"en": "Least share of {name}", "id": "Bagian paling sedikit {name}"},
    "wb_price_limit": {"en": "Most new duplicates", "id": "Tumpang tindih baru paling banyak"},
    "wb_bound_prices": {"en": "prices", "id": "harga"},
    "wb_bound_solver": {"en": "a solver's search", "id": "pencarian penyelesai"},
    "wb_bound_none": {"en": "nothing", "id": "tidak ada"},
    "wb_status_optimal": {"en": "the asked gap is proven", "id": "selisih yang diminta terbukti"},
    "wb_status_time_limit": {
        "en": "stopped by the time limit",
        "id": "berhenti karena batas waktu",
    },
    "wb_status_interrupted": {"en": "interrupted", "id": "dihentikan"},
    "wb_status_unproven": {
        "en": "the asked gap is not proven",
        "id": "selisih yang diminta belum terbukti",
    },
    "wb_status_baseline": {"en": "not optimised", "id": "tidak dioptimalkan"},
    "wb_by_need": {"en": "need", "id": "kebutuhan"},
    "wb_by_agency": {"en": "agency", "id": "OPD"},
    "wb_by_any": {"en": "all programs together", "id": "semua program bersama"},
    "wb_per_size": {"en": "persons", "id": "jiwa"},
    "wb_per_elderly": {"en": "elderly persons", "id": "lansia"},
    "wb_per_toddlers": {"en": "toddlers", "id": "balita"},
    "wb_per_pregnant": {"en": "pregnant women", "id": "ibu hamil"},
    "wb_per_disabled": {"en": "persons with disability", "id": "penyandang disabilitas"},
    "wb_per_stunted": {"en": "stunted children", "id": "anak stunting"},
    "wb_per_job_seekers": {"en": "job seekers", "id": "pencari kerja"},
    "wb_per_tobacco_workers": {"en": "tobacco workers", "id": "pekerja tembakau"},
    "wb_per_informal_workers": {"en": "informal workers", "id": "pekerja informal"},
    "wb_per_uncovered_health": {
        "en": "persons without health insurance",
        "id": "jiwa tanpa jaminan kesehatan",
    },
    "wb_per_pupils_sd": {"en": "pupils of SD", "id": "siswa SD"},
    "wb_per_pupils_smp": {"en": "pupils of SMP", "id": "siswa SMP"},
    "wb_per_pupils_sma": {"en": "pupils of SMA", "id": "siswa SMA"},
    "wb_assumptions": {"en": "Assumptions about programs", "id": "Asumsi tentang program"},
    "wb_assumptions_note": {
        "en": "Benefit times the share that counts as consumption is what a place adds to a household in this year.",
        "id": "Manfaat kali bagian yang menjadi pengeluaran adalah tambahan sebuah tempat bagi rumah tangga tahun ini.",
    },
    "wb_warnings_count": {
        "en": "{count} notes on the input are in the full workbook.",
        "id": "{count} catatan tentang masukan terdapat di buku kerja lengkap.",
    },
}

WORKBOOK: dict[str, _Texts] = {**_SHEETS, **_COLUMNS, **_MEETING, **_TEXTS}
"""Every text by its key; all keys begin with "wb_"."""
