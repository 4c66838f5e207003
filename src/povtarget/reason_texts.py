"""The sentences of explanations, in Indonesian and English; `locale` writes the numbers."""

from __future__ import annotations

import math

from povtarget.locale import Language, Words
from povtarget.objectives import FGT, Objective

_NOTHING = 1e-9  # what sums of rounded numbers may lose
_LEAST = 0.001  # the least that is worth its digits

TEXTS: dict[str, dict[Language, str]] = {
    "head": {
        "en": "Household {id} (size {size}{area}): {chance} expected to be below the line.",
        "id": "Rumah tangga {id} (ukuran {size}{area}): peluang di bawah garis {chance}.",
    },
    "bundle": {
        "en": "Proposed: {programs}. Worth {value} {unit}; its rupiah and places would be worth "
        "{cost} elsewhere. It beats the next best choice by {margin}.",
        "id": "Diusulkan: {programs}. Bernilai {value} {unit}; rupiah dan tempatnya bernilai "
        "{cost} bila dipakai di tempat lain. Unggul {margin} atas pilihan terbaik berikutnya.",
    },
    "nothing": {
        "en": "Not proposed for anything. The next best choice falls short by {margin} {unit}.",
        "id": "Tidak diusulkan untuk program apa pun. Pilihan terbaik berikutnya kalah {margin} "
        "{unit}.",
    },
    "no_choice": {
        "en": "Not proposed for anything: no program is open to this household.",
        "id": "Tidak diusulkan untuk program apa pun: tidak ada program yang terbuka bagi rumah "
        "tangga ini.",
    },
    "only_choice": {
        "en": "Proposed: {programs}, the only choice that is left. Worth {value} {unit}.",
        "id": "Diusulkan: {programs}, satu-satunya pilihan yang tersisa. Bernilai {value} {unit}.",
    },
    "is_close": {
        "en": "A close call: the two best choices are within the plan's gap ({gap}) of each "
        "other; another plan as good as this one may choose otherwise.",
        "id": "Selisih tipis: dua pilihan terbaik berjarak tidak lebih dari selisih rencana "
        "({gap}); rencana lain yang sama baiknya bisa memilih lain.",
    },
    "proposed": {
        "en": "{program}: proposed. Beyond its price it is worth {shortfall}.{flip}",
        "id": "{program}: diusulkan. Nilainya {shortfall} di atas harganya.{flip}",
    },
    "proposed_locked": {
        "en": "{program}: proposed, as a meeting has agreed.",
        "id": "{program}: diusulkan, sesuai kesepakatan musyawarah.",
    },
    "proposed_kept": {
        "en": "{program}: proposed, kept from the plan before; no meeting read since then has "
        "marked it.",
        "id": "{program}: diusulkan, dipertahankan dari rencana sebelumnya; musyawarah yang "
        "dibaca sejak itu tidak menandainya.",
    },
    "proposed_later": {
        "en": "{program}: proposed. The first aim is the same without it, at the same price; an "
        "aim after it decided ({objective}).",
        "id": "{program}: diusulkan. Tujuan pertama sama saja tanpanya, dengan harga yang sama; "
        "tujuan sesudahnya yang menentukan ({objective}).",
    },
    "proposed_alike": {
        "en": "{program}: proposed. All aims are the same without it, at the same price; nothing "
        "but what is left over speaks for it.",
        "id": "{program}: diusulkan. Semua tujuan sama saja tanpanya, dengan harga yang sama; "
        "hanya sisa uang atau tempat yang mendukungnya.",
    },
    "receives": {
        "en": "{program}: the household has it already.",
        "id": "{program}: sudah diterima.",
    },
    "fixed": {
        "en": "{program}: its line '{budget}' is fixed elsewhere; there is nothing to choose.",
        "id": "{program}: barisnya '{budget}' ditetapkan pihak lain; tidak ada yang dipilih.",
    },
    "not_eligible": {
        "en": "{program}: not eligible. It asks for {clauses}; here {values}.",
        "id": "{program}: tidak memenuhi syarat. Syaratnya {clauses}; di sini {values}.",
    },
    "no_units": {
        "en": "{program}: is given for each of '{per}', and there is none here.",
        "id": "{program}: diberikan per '{per}', dan di sini tidak ada.",
    },
    "rule_receipt": {
        "en": "{program}: may not be had together with '{other}', which the household has.",
        "id": "{program}: tidak boleh bersama '{other}', yang sudah diterima.",
    },
    "rule_needs": {
        "en": "{program}: needs '{other}', which the household neither has nor can get.",
        "id": "{program}: mensyaratkan '{other}', yang tidak dimiliki dan tidak dapat diperoleh.",
    },
    "locked_out_refused": {
        "en": "{program}: a meeting has said no to it.",
        "id": "{program}: ditolak dalam musyawarah.",
    },
    "locked_out_dead": {
        "en": "{program}: a meeting has said that nobody of this household is left.",
        "id": "{program}: menurut musyawarah, tidak ada anggota rumah tangga ini yang tersisa.",
    },
    "locked_out_moved": {
        "en": "{program}: a meeting has said that the household has moved away.",
        "id": "{program}: menurut musyawarah, rumah tangga ini sudah pindah.",
    },
    "locked_out_able": {
        "en": "{program}: a meeting has said that the household is no longer in need.",
        "id": "{program}: menurut musyawarah, rumah tangga ini tidak lagi membutuhkan.",
    },
    "locked": {
        "en": "{program}: what is agreed or kept, or the limit of {most} programs, leaves no "
        "room for it.",
        "id": "{program}: yang disepakati atau dipertahankan, atau batas {most} program, tidak "
        "menyisakan tempat.",
    },
    "rule": {
        "en": "{program}: may not be had together with '{other}', which is proposed. The best "
        "choice with {program} falls short by {shortfall}.{flip}",
        "id": "{program}: tidak boleh bersama '{other}', yang diusulkan. Pilihan terbaik dengan "
        "{program} kalah {shortfall}.{flip}",
    },
    "rule_without": {
        "en": "{program}: needs '{other}' beside it, and both together fall short by {shortfall}."
        "{flip}",
        "id": "{program}: harus bersama '{other}', dan keduanya bersama kalah {shortfall}.{flip}",
    },
    "max_bundle": {
        "en": "{program}: a household is proposed for {most} programs at most. The best choice "
        "with {program} falls short by {shortfall}.{flip}",
        "id": "{program}: paling banyak {most} program diusulkan untuk satu rumah tangga. Pilihan "
        "terbaik dengan {program} kalah {shortfall}.{flip}",
    },
    "no_gain": {
        "en": "{program}: would add nothing to the first aim ({objective}) beside what is "
        "proposed; where that is so, the aims after it decide.{far}",
        "id": "{program}: tidak menambah apa pun pada tujuan pertama ({objective}) di samping "
        "yang diusulkan; dalam hal itu tujuan berikutnya yang menentukan.{far}",
    },
    "price": {
        "en": "{program}: would add {adds}, but its money is worth {money} elsewhere. The best "
        "choice with it falls short by {shortfall}.{far}{flip}",
        "id": "{program}: akan menambah {adds}, tetapi uangnya bernilai {money} di tempat lain. "
        "Pilihan terbaik dengannya kalah {shortfall}.{far}{flip}",
    },
    "quota": {
        "en": "{program}: would add {adds}, but its places are taken, and are worth {money} "
        "elsewhere. The best choice with it falls short by {shortfall}.{flip}",
        "id": "{program}: akan menambah {adds}, tetapi tempatnya habis, dan bernilai {money} di "
        "tempat lain. Pilihan terbaik dengannya kalah {shortfall}.{flip}",
    },
    "overlap": {
        "en": "{program}: would be a duplicate beside what the household has or is proposed for. "
        "The best choice with it falls short by {shortfall}.{flip}",
        "id": "{program}: akan tumpang tindih dengan yang sudah ada atau diusulkan. Pilihan "
        "terbaik dengannya kalah {shortfall}.{flip}",
    },
    "close_call": {
        "en": "{program}: a close call. The best choice with it falls short by {shortfall}, no "
        "more than the plan's gap.",
        "id": "{program}: selisih tipis. Pilihan terbaik dengannya kalah {shortfall}, tidak "
        "lebih dari selisih rencana.",
    },
    "flip_in": {
        "en": " At these prices it would be proposed below {flip} a unit (now {unit_cost}).",
        "id": " Pada harga ini akan diusulkan bila di bawah {flip} per unit (kini {unit_cost}).",
    },
    "flip_out": {
        "en": " At these prices it stays up to {flip} a unit (now {unit_cost}).",
        "id": " Pada harga ini tetap diusulkan sampai {flip} per unit (kini {unit_cost}).",
    },
    "admitted": {
        "en": "{program}: solved again with {extra} more in '{budget}', the plan proposes it; "
        "with {tried} more it does not yet.",
        "id": "{program}: dihitung ulang dengan {extra} lebih banyak di '{budget}', rencana "
        "mengusulkannya; dengan tambahan {tried} belum.",
    },
    "not_admitted": {
        "en": "{program}: solved again with up to {tried} more in '{budget}', the plan still does "
        "not propose it.",
        "id": "{program}: dihitung ulang dengan tambahan sampai {tried} di '{budget}', rencana "
        "tetap tidak mengusulkannya.",
    },
    "money_proposed": {
        "en": "{program}: more money would not change it: it is proposed already.",
        "id": "{program}: tambahan dana tidak mengubahnya: sudah diusulkan.",
    },
    "money_receives": {
        "en": "{program}: more money would not change it: the household has it already.",
        "id": "{program}: tambahan dana tidak mengubahnya: sudah diterima.",
    },
    "money_fixed": {
        "en": "{program}: more money would not change it: '{budget}' is fixed elsewhere.",
        "id": "{program}: tambahan dana tidak mengubahnya: '{budget}' ditetapkan pihak lain.",
    },
    "money_not_eligible": {
        "en": "{program}: more money would not change it: the household does not meet its "
        "conditions.",
        "id": "{program}: tambahan dana tidak mengubahnya: rumah tangga tidak memenuhi syaratnya.",
    },
    "money_no_units": {
        "en": "{program}: more money would not change it: nobody in the household is one for "
        "whom it is given.",
        "id": "{program}: tambahan dana tidak mengubahnya: tidak ada anggota yang menjadi "
        "sasarannya.",
    },
    "money_rule_receipt": {
        "en": "{program}: more money would not change it: a rule, with what the household has or "
        "lacks, shuts it out.",
        "id": "{program}: tambahan dana tidak mengubahnya: terhalang aturan dan yang sudah atau "
        "belum diterima.",
    },
    "money_locked_out": {
        "en": "{program}: more money would not change it: a meeting has decided against it.",
        "id": "{program}: tambahan dana tidak mengubahnya: musyawarah memutuskan tidak.",
    },
    "money_locked": {
        "en": "{program}: more money would not change it: what is agreed or kept leaves no room.",
        "id": "{program}: tambahan dana tidak mengubahnya: yang disepakati atau dipertahankan "
        "tidak menyisakan tempat.",
    },
    "no_places": {
        "en": "{program}: more money adds no place: the quota of {quota} leaves none for this "
        "household.",
        "id": "{program}: tambahan dana tidak menambah tempat: kuota {quota} tidak menyisakan "
        "tempat bagi rumah tangga ini.",
    },
    "far": {
        "en": " Even if all works, its chance of being below the line stays {far}: the package is "
        "too small to bring a household this far below to the line, and the first aim counts who "
        "reaches it.",
        "id": " Meski semua berhasil, peluangnya di bawah garis tetap {far}: paket ini terlalu "
        "kecil untuk mengangkat rumah tangga yang sejauh ini di bawah garis, dan tujuan pertama "
        "menghitung siapa yang mencapainya.",
    },
    "hidden": {"en": "another text", "id": "teks lain"},
    "least": {"en": "less than {least}", "id": "kurang dari {least}"},
    "unit_headcount": {
        "en": "persons expected to reach the line",
        "id": "orang yang diperkirakan mencapai garis",
    },
    "unit_fgt": {"en": "persons times the share of the line", "id": "orang kali bagian garis"},
    "unit_need": {"en": "needs met", "id": "kebutuhan terpenuhi"},
    "area_head": {
        "en": "{name}: {households} households, {persons} persons; expected below the line "
        "{before} before and {after} after the plan. {served} households are proposed, for "
        "{places} places and {money}.",
        "id": "{name}: {households} rumah tangga, {persons} orang; perkiraan di bawah garis "
        "{before} sebelum dan {after} sesudah rencana. {served} rumah tangga diusulkan, untuk "
        "{places} tempat dan {money}.",
    },
    "agency_line": {
        "en": "{budget}: {spent} of {amount} proposed, {left} left. One more million rupiah would "
        "add {price} {unit}.",
        "id": "{budget}: {spent} dari {amount} diusulkan, sisa {left}. Satu juta rupiah lagi "
        "menambah {price} {unit}.",
    },
    "group_line": {
        "en": "{program}: {proposed} proposed, {receives} have it; of the others {others}.",
        "id": "{program}: {proposed} diusulkan, {receives} sudah menerima; lainnya {others}.",
    },
    "group_close": {
        "en": "{close} of these households are close calls.",
        "id": "{close} di antara rumah tangga ini berselisih tipis.",
    },
    "graduation": {
        "en": "Receipts of {changed} households are proposed to end; {wrongful} of these endings "
        "are expected to be wrong. They free {freed} (and {elsewhere} of other governments). The "
        "plan with that money reaches {reached} households more and changes the persons lifted "
        "by {lifted}. Each ending is a proposal that an official decides.",
        "id": "Penerimaan {changed} rumah tangga diusulkan berakhir; {wrongful} di antaranya "
        "diperkirakan keliru. Yang dibebaskan {freed} (dan {elsewhere} milik pemerintah lain). "
        "Rencana dengan uang itu menjangkau {reached} rumah tangga baru dan mengubah jumlah orang "
        "terangkat sebesar {lifted}. Setiap pengakhiran adalah usulan yang diputuskan pejabat.",
    },
    "count_fixed": {"en": "{count} fixed elsewhere", "id": "{count} ditetapkan pihak lain"},
    "count_not_eligible": {"en": "{count} not eligible", "id": "{count} tidak memenuhi syarat"},
    "count_no_units": {"en": "{count} without such a member", "id": "{count} tanpa anggota itu"},
    "count_rule_receipt": {
        "en": "{count} barred by a rule and what they have",
        "id": "{count} terhalang aturan dan penerimaan",
    },
    "count_locked_out": {
        "en": "{count} shut out by a meeting (refused, died, moved or able)",
        "id": "{count} dikeluarkan musyawarah (menolak, meninggal, pindah, atau mampu)",
    },
    "count_locked": {"en": "{count} without room", "id": "{count} tanpa tempat tersisa"},
    "count_rule": {"en": "{count} have another by a rule", "id": "{count} mendapat yang lain"},
    "count_max_bundle": {"en": "{count} at the limit", "id": "{count} mencapai batas"},
    "count_no_gain": {"en": "{count} without gain", "id": "{count} tanpa manfaat tambahan"},
    "count_price": {"en": "{count} by price", "id": "{count} karena harga"},
    "count_quota": {"en": "{count} by quota", "id": "{count} karena kuota"},
    "count_overlap": {"en": "{count} as duplicates", "id": "{count} tumpang tindih"},
    "count_close_call": {"en": "{count} close calls", "id": "{count} selisih tipis"},
}


def say(words: Words, key: str, **values: object) -> str:
    """A sentence in the language of ``words``, filled in."""
    return TEXTS[key][words.language].format(**values)


def digits(words: Words, value: float) -> str:
    """A number with three digits that count, in the language's own form.

    Examples
    --------
    >>> digits(Words("en"), 0.012345), digits(Words("id"), 1234.5), digits(Words("en"), 0.0)
    ('0.0123', '1.234', '0')
    """
    if abs(value) < _NOTHING or not math.isfinite(value):
        return words.number(abs(value))
    places = 2 - math.floor(math.log10(abs(value)))
    return words.number(value, min(max(places, 0), 12))


def small(words: Words, value: float) -> str:
    """What something is worth: three digits that count, and no row of zeros.

    Examples
    --------
    >>> small(Words("en"), 0.012345), small(Words("en"), 8e-9), small(Words("id"), 8e-9)
    ('0.0123', 'less than 0.001', 'kurang dari 0,001')
    """
    if _NOTHING <= abs(value) < _LEAST:
        return say(words, "least", least=words.number(_LEAST, 3))
    return digits(words, value)


def unit(words: Words, level: Objective) -> str:
    """What the numbers of an objective count."""
    if not isinstance(level, FGT):
        return say(words, "unit_need")
    return say(words, "unit_fgt" if level.alpha else "unit_headcount")
