"""Every word that a person is shown, in Indonesian and English.

`Words` gives texts and writes numbers as each language does: 1.234.567,8 or 1,234,567.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from povtarget.errors import Fault, InputError
from povtarget.locale_commands import COMMANDS
from povtarget.locale_lists import LISTS
from povtarget.locale_questions import QUESTIONS
from povtarget.locale_templates import TEMPLATES
from povtarget.locale_workbook import WORKBOOK
from povtarget.report_texts import REPORT
from povtarget.sayings import either, in_indonesian

Language = Literal["id", "en"]

MESSAGES: dict[str, dict[Language, str]] = {
    "city": {
        "en": "Kota Pekalongan, a made-up city: {families} families, {persons} persons, "
        "poverty line {line} per person per month",
        "id": "Kota Pekalongan, kota buatan: {families} keluarga, {persons} jiwa, "
        "garis kemiskinan {line} per orang per bulan",
    },
    "registry": {
        "en": "{families} households ({persons} persons), {programs} programs, {budgets} budget lines",
        "id": "{families} rumah tangga ({persons} jiwa), {programs} program, {budgets} baris pagu",
    },
    "result": {"en": "The plan", "id": "Hasil rencana"},
    "before": {"en": "before", "id": "sebelum"},
    "after": {"en": "after", "id": "sesudah"},
    "rate": {"en": "Persons below the line", "id": "Penduduk di bawah garis"},
    "gap_measure": {"en": "Poverty gap (P1)", "id": "Kedalaman (P1)"},
    "lifted": {
        "en": "{persons} persons are expected to reach the line ({families} households are proposed; "
        "{places} places, one for each unit that a program counts)",
        "id": "{persons} orang diperkirakan mencapai garis ({families} rumah tangga diusulkan; "
        "{places} tempat, satu untuk setiap satuan yang dihitung program)",
    },
    "city_lines": {
        "en": "Money that the city itself decides lifts {persons} of them.",
        "id": "Uang yang diputuskan kota sendiri mengangkat {persons} di antaranya.",
    },
    "objective": {
        "en": "Aim: lift as many people to the line as the money can; among the plans that do, close "
        "most of the shortfall of those who stay below; then make fewest duplicates.",
        "id": "Tujuan: mengangkat sebanyak mungkin orang ke garis dengan uang yang ada; di antara "
        "rencana itu, menutup sebanyak mungkin kekurangan yang masih di bawah; lalu tumpang "
        "tindih paling sedikit.",
    },
    "duplicates": {
        "en": "Duplicates (programs beyond the first for one need): {receipts} in what families have "
        "already, {total} after this plan ({new} new)",
        "id": "Tumpang tindih (program kedua dan seterusnya untuk satu kebutuhan): {receipts} pada "
        "penerimaan yang ada, {total} sesudah rencana ini ({new} baru)",
    },
    "money": {"en": "Money by agency and fund", "id": "Uang menurut OPD dan sumber dana"},
    "budget": {"en": "Budget line", "id": "Baris pagu"},
    "control": {"en": "Decided by", "id": "Diputuskan"},
    "control_city": {"en": "city", "id": "kota"},
    "control_propose": {"en": "proposed", "id": "diusulkan"},
    "control_fixed": {"en": "fixed", "id": "tetap"},
    "amount": {"en": "Amount, Rp m", "id": "Pagu, Rp juta"},
    "spent": {"en": "Spent, Rp m", "id": "Terpakai, Rp juta"},
    "price": {"en": "Persons per\nRp m more", "id": "Orang per tambahan\nRp 1 juta"},
    "certificate": {
        "en": "How good can a plan be?",
        "id": "Seberapa baik rencana yang mungkin dibuat?",
    },
    "bound": {
        "en": "This plan reaches {value}; no plan within these budgets and rules can exceed {bound}. "
        "It is within {gap} of the best possible ({difference} persons).",
        "id": "Rencana ini mencapai {value}; tidak ada rencana dalam pagu dan aturan ini yang melebihi "
        "{bound}. Selisih dari yang terbaik paling banyak {gap} ({difference} orang).",
    },
    "penalties": {
        "en": "(The value is persons lifted, less {weight} for each new duplicate and what rules penalise.)",
        "id": "(Nilai adalah orang terangkat, dikurangi {weight} untuk setiap tumpang tindih baru dan "
        "yang dikenai aturan penalti.)",
    },
    "fixed": {
        "en": "Fixed elsewhere and not part of the choice: {lines} lines, Rp {amount} m.",
        "id": "Ditetapkan pihak lain, jadi tidak ikut dipilih: {lines} baris, Rp {amount} juta.",
    },
    "verified": {
        "en": "Checked by independent code: every budget kept to the rupiah, value and bound recomputed.",
        "id": "Diperiksa kode terpisah: setiap pagu dipatuhi sampai rupiah, nilai dan batas dihitung ulang.",
    },
    "not_verified": {"en": "The check found faults:", "id": "Pemeriksaan menemukan kesalahan:"},
    "contrast": {
        "en": "Agencies alone, and this plan",
        "id": "OPD sendiri-sendiri, dan rencana ini",
    },
    "contrast_note": {
        "en": "Same budgets, same programs, same judge. Alone: each agency goes down its own list, "
        "lowest predicted consumption first.",
        "id": "Pagu sama, program sama, penilai sama. Sendiri: tiap OPD menurut daftarnya, perkiraan "
        "pengeluaran terendah dahulu.",
    },
    "alone": {"en": "agencies alone", "id": "OPD sendiri"},
    "this_plan": {"en": "this plan", "id": "rencana ini"},
    "lifted_row": {"en": "Persons lifted (expected)", "id": "Orang terangkat (perkiraan)"},
    "truth_row": {
        "en": "Persons lifted (made-up truth)",
        "id": "Orang terangkat (kenyataan buatan)",
    },
    "rate_row": {"en": "Rate after", "id": "Angka sesudah"},
    "gap_row": {"en": "Poverty gap after", "id": "Kedalaman sesudah"},
    "duplicates_row": {"en": "New duplicates", "id": "Tumpang tindih baru"},
    "spent_row": {"en": "Spent, Rp m", "id": "Terpakai, Rp juta"},
    "files": {
        "en": "Files in {folder}: report.html (a page for the public), plan.xlsx (for agencies), meetings/ (a sheet for each kelurahan), and the tables.",
        "id": "Berkas di {folder}: report.html (halaman untuk umum), plan.xlsx (untuk OPD), meetings/ (lembar tiap kelurahan), dan tabel-tabelnya.",
    },
    "public_unchanged": {
        "en": "Public folder {folder}: files unchanged; the certificate is in the plan's folder.",
        "id": "Folder umum {folder}: berkas tidak berubah; sertifikatnya ada di folder rencana.",
    },
    "proposal": {
        "en": "This is a proposal: a meeting and an official confirm every name.",
        "id": "Ini usulan: musyawarah dan pejabat menetapkan setiap nama.",
    },
    "next": {
        "en": "Next: povtarget verify {folder}",
        "id": "Berikutnya: povtarget verify {folder}",
    },
    "warnings": {"en": "Please note", "id": "Perhatikan"},
    "sound": {
        "en": "The plan in {folder} is sound: nothing was changed, every row is kept exactly, and value "
        "{value}, bound {bound} and gap {gap} are recomputed.",
        "id": "Rencana di {folder} benar: tidak ada yang berubah, setiap baris dipatuhi tepat, dan nilai "
        "{value}, batas {bound} serta selisih {gap} dihitung ulang.",
    },
    "unsound": {
        "en": "The plan in {folder} is not sound:",
        "id": "Rencana di {folder} tidak benar:",
    },
    "bad_input": {"en": "The input cannot be used yet.", "id": "Masukan belum dapat dipakai."},
    "infeasible": {
        "en": "No plan keeps all conditions.",
        "id": "Tidak ada rencana yang memenuhi semua syarat.",
    },
    "failed": {"en": "The solve did not succeed.", "id": "Penghitungan tidak berhasil."},
    "stopped": {
        "en": "Stopped before the asked gap; the best plan so far is written.",
        "id": "Berhenti sebelum selisih yang diminta; rencana terbaik sejauh ini ditulis.",
    },
    "target_head": {
        "en": "From {now} to {goal} is {points} points: {people} persons, about {families} families.",
        "id": "Dari {now} ke {goal} adalah {points} poin: {people} jiwa, sekitar {families} keluarga.",
    },
    "target_interval": {
        "en": "The rate now comes from a sample: 95 % interval {low} to {high}.",
        "id": "Angka sekarang berasal dari sampel: selang kepercayaan 95 % {low} sampai {high}.",
    },
    "target_no_interval": {
        "en": "The rate now comes from a sample; its standard error was not given, so no interval is shown.",
        "id": "Angka sekarang berasal dari sampel; galat bakunya tidak diberikan, jadi tanpa selang.",
    },
    "target_points": {
        "en": "Stated are {stated} points, but from {now} to {goal} it is {points} points.",
        "id": "Disebut {stated} poin, padahal dari {now} ke {goal} adalah {points} poin.",
    },
    "target_people": {
        "en": "Stated are {people} persons; the rates make it {computed} ({times} times as many were stated).",
        "id": "Disebut {people} jiwa; menurut angkanya {computed} jiwa (yang disebut {times} kali lipat).",
    },
    "target_more_than_all": {
        "en": "Stated are {people} persons, more than all {below} persons below the line.",
        "id": "Disebut {people} jiwa, lebih dari seluruh {below} jiwa di bawah garis.",
    },
    "target_families": {
        "en": "Stated are {families} families; the rates make it {computed} at {size} persons each ({times} times as many were stated).",
        "id": "Disebut {families} keluarga; menurut angkanya {computed} dengan {size} jiwa per keluarga (yang disebut {times} kali lipat).",
    },
    "target_family_size": {
        "en": "Stated persons and families would make {size} persons in a family.",
        "id": "Jiwa dan keluarga yang disebut berarti {size} jiwa per keluarga.",
    },
    "target_unseen": {
        "en": "One pair of surveys cannot show a fall of {points} points: only more than {smallest} points can be told from chance.",
        "id": "Sepasang survei tidak dapat menunjukkan penurunan {points} poin: hanya yang lebih dari {smallest} poin dapat dibedakan dari kebetulan.",
    },
    "target_unseen_needed": {
        "en": "One pair of surveys cannot show a fall of {points} points: only more than {smallest} points can be told from chance. It would take {needed} households in each.",
        "id": "Sepasang survei tidak dapat menunjukkan penurunan {points} poin: hanya yang lebih dari {smallest} poin dapat dibedakan dari kebetulan. Untuk itu perlu {needed} rumah tangga pada masing-masing.",
    },
    "target_read_goal": {
        "en": "A goal of {goal} would make {stated} points.",
        "id": "Sasaran {goal} akan menjadi {stated} poin.",
    },
    "target_read_points": {
        "en": "The rates are right and it is {points} points, not {stated}.",
        "id": "Angkanya benar dan penurunannya {points} poin, bukan {stated}.",
    },
    "target_read_now": {
        "en": "A rate now of {now} would make {stated} points.",
        "id": "Angka sekarang {now} akan menjadi {stated} poin.",
    },
    "target_read_factor_people": {
        "en": "A factor of ten: {people} persons would fit the {computed} that the rates make.",
        "id": "Salah faktor sepuluh: {people} jiwa cocok dengan {computed} menurut angkanya.",
    },
    "target_read_factor_families": {
        "en": "A factor of ten: {families} families would fit the {computed} that the rates make.",
        "id": "Salah faktor sepuluh: {families} keluarga cocok dengan {computed} menurut angkanya.",
    },
    "target_read_list": {
        "en": "Another denominator: the list '{name}' has {people} persons, some {families} families. A list of names is not the survey's gap.",
        "id": "Penyebut lain: daftar '{name}' memuat {people} jiwa, sekitar {families} keluarga. Daftar nama bukan selisih menurut survei.",
    },
    "target_read_tenths": {
        "en": "Another denominator: the lowest {name} % of this population are {people} persons, some {families} families. A decile of a registry is not the survey's gap.",
        "id": "Penyebut lain: {name} % penduduk terbawah adalah {people} jiwa, sekitar {families} keluarga. Desil data terpadu bukan selisih menurut survei.",
    },
    "changes": {"en": "What the meetings decided", "id": "Hasil musyawarah"},
    "decided": {"en": "Decision", "id": "Keputusan"},
    "changed": {
        "en": "{removed} proposals are gone ({replaced} of them exchanged), {added} are new; each with its "
        "reason in changes.csv.",
        "id": "{removed} usulan dicabut ({replaced} di antaranya ditukar), {added} usulan baru; masing-masing "
        "dengan alasannya di changes.csv.",
    },
    "changes_new": {
        "en": "Families that meetings added are in new_families.xlsx and are not planned for yet: visit them and "
        "enter them in the registry.",
        "id": "Keluarga yang ditambahkan musyawarah ada di new_families.xlsx dan belum direncanakan: datangi dan "
        "masukkan ke data.",
    },
    "changes_gone": {
        "en": "Still in the list, and in every rate below: {families} families ({persons} persons) that died or "
        "moved (still_listed in changes.csv). Take them out of the registry, and plan from it again.",
        "id": "Masih ada dalam daftar dan dalam semua angka di bawah: {families} keluarga ({persons} jiwa) yang "
        "meninggal atau pindah (still_listed di changes.csv). Keluarkan dari data, lalu buat rencana lagi.",
    },
    "changes_unnamed": {
        "en": "the marked sheets name the families, the new ones show identifiers: give --people again",
        "id": "lembar yang ditandai memuat nama, lembar yang baru hanya ID: berikan --people lagi",
    },
    "need_capital": {"en": "capital", "id": "modal usaha"},
    "need_cash": {"en": "cash", "id": "uang tunai"},
    "need_education": {"en": "education", "id": "pendidikan"},
    "need_food": {"en": "food", "id": "pangan"},
    "need_health": {"en": "health", "id": "kesehatan"},
    "need_housing": {"en": "housing", "id": "perumahan"},
    "need_nutrition": {"en": "nutrition", "id": "gizi"},
    "need_sanitation": {"en": "sanitation", "id": "sanitasi"},
    "need_school sd": {"en": "school SD", "id": "sekolah SD"},
    "need_school smp": {"en": "school SMP", "id": "sekolah SMP"},
    "need_school sma": {"en": "school SMA", "id": "sekolah SMA"},
    "need_skills": {"en": "skills", "id": "keterampilan"},
    "need_work": {"en": "work", "id": "pekerjaan"},
    "need_work protection": {"en": "work protection", "id": "perlindungan kerja"},
    "took": {"en": "{seconds} s", "id": "{seconds} detik"},
    "stage_city": {"en": "making the city", "id": "membuat kota"},
    "stage_read": {"en": "reading the files", "id": "membaca berkas"},
    "stage_solve": {"en": "finding the plan", "id": "mencari rencana"},
    "stage_compare": {"en": "agencies alone", "id": "OPD sendiri-sendiri"},
    "stage_verify": {"en": "checking", "id": "memeriksa"},
    "stage_write": {"en": "writing", "id": "menulis"},
    **REPORT,
}
MESSAGES |= LISTS | WORKBOOK | COMMANDS | QUESTIONS | TEMPLATES


@dataclass(frozen=True)
class Words:
    """Texts and numbers in one language.

    Examples
    --------
    >>> Words("id").number(1234567.8, 1), Words("en").rupiah(513243)
    ('1.234.567,8', 'Rp 513,243')
    """

    language: Language

    def __post_init__(self) -> None:
        if self.language not in get_args(Language):
            raise InputError(
                [
                    Fault(
                        "unknown language",
                        column="lang",
                        value=str(self.language),
                        expected=either(get_args(Language)),
                    )
                ]
            )

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, filled in."""
        return MESSAGES[key][self.language].format(**values)

    def said(self, text: str) -> str:
        """A text of the library (`povtarget.sayings`) in this language.

        Examples
        --------
        >>> Words("id").said("there is no such file"), Words("en").said("there is no such file")
        ('berkas itu tidak ada', 'there is no such file')
        """
        if self.language == "en":
            return text
        from povtarget.indonesian import SAYINGS  # large, and needed in one language only

        return in_indonesian(text, SAYINGS)

    def need(self, name: str) -> str:
        """A need's name; a catalogue's own word stays as it is.

        Examples
        --------
        >>> Words("id").need("food"), Words("id").need("air bersih")
        ('pangan', 'air bersih')
        """
        texts = MESSAGES.get(f"need_{name.casefold()}")
        return name if texts is None else texts[self.language]

    def counted(self, column: str) -> str:
        """What a program counts in a family; another column's name stays as it is.

        Examples
        --------
        >>> Words("id").counted("elderly"), Words("id").counted("sapi")
        ('lansia', 'sapi')
        """
        texts = MESSAGES.get(f"wb_per_{column}")
        return column if texts is None else texts[self.language]

    def number(self, value: float, digits: int = 0) -> str:
        """A number with grouped thousands."""
        return self._written(f"{value:,.{digits}f}")

    def exact(self, value: float) -> str:
        """A number with the digits that it has, ten at most.

        Examples
        --------
        >>> Words("id").exact(1500.25), Words("id").exact(3.0)
        ('1.500,25', '3')
        """
        return self._written(f"{value:,.10g}")

    def _written(self, text: str) -> str:
        return text if self.language == "en" else text.translate(str.maketrans(",.", ".,"))

    def percent(self, share: float, digits: int = 2) -> str:
        """A share as a percentage."""
        return f"{self.number(100 * share, digits)} %"

    def rupiah(self, amount: float) -> str:
        """An amount in whole rupiah."""
        return f"Rp {self.number(amount)}"
