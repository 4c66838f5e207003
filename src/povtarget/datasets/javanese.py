"""Names and streets for made-up people: common Javanese words, skewed as real ones are.

Nobody here exists. The words are common knowledge; how often each is used is an assumption:
the share of the k-th word falls like ``(k + 3) ** -0.8``, so that among 87,000 heads the
commonest full name has some hundreds of bearers and many share a name and a birth year.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


def _words(text: str) -> Texts:
    return np.array(text.split(), dtype=object)


def _joined(starts: str, ends: str) -> Texts:
    return np.array(sorted({a + b for a, b in product(starts.split(), ends.split())}), object)


# Names of one word, as the older generation has them: Su-parman, War-sono, Kas-mini.
_OLD_MEN = _joined(
    "SU KAR WAR DAR MAR TAR SAR NGA RAS WAS CAS KAS MUS SAM WA RO MIS TAS SO DUL",
    "NO YONO TONO MAN MIN DI TO YANTO JO PARMAN PARDI JI YADI MADI WITO GIMAN SONO KIMAN",
)
_OLD_WOMEN = _joined(
    "SU KAR WAR DAR MAR TAR SAR NGA RAS WAS CAS KAS MUS SAM WA RO MIS TAS TUR",
    "TI MI NI YATI WATI TINI MINI NAH RIYAH KINAH SIH PINI YEM TINAH",
)
_MEN = _words(
    "AGUS SLAMET BUDI EKO AHMAD ABDUL MUHAMMAD ARIF JOKO IMAM BAMBANG HERI NUR WAHYU EDI DWI "
    "ANDI TEGUH DIDIK RIZKI FAUZI ROZAK ZAENAL SAIFUL KHOIRUL ALI HASAN ROHMAN SYAIFUDIN TRI "
    "SIGIT YUSUF IBRAHIM ISMAIL MASRUR NASRUDIN TURMUDI KHAERUDIN FATHUROZI AMAT SODIKIN "
    "MUSTOFA FAHRUDIN GUNAWAN RUDI DEDI SANTOSO FAJAR DIMAS ADI BAYU ILHAM TAUFIK HENDRA YOGA "
    "HARIS LUKMAN MAULANA ASROR UBAIDILLAH NADHIF KURNIAWAN JAMALUDIN ZUHRI SUGENG RIYANTO "
    "SUTRISNO WIDODO PURWANTO UNTUNG MULYONO HARYANTO SUBEKHI MURTADHO BAIHAQI THOHIR ALFIAN"
)
_WOMEN = _words(
    "SITI SRI NUR DEWI TRI DWI RINA ENDANG WAHYU FITRI LESTARI ANI YULI IDA EKA RATNA UMI ISTI "
    "KHOTIMAH AISYAH FATIMAH NAFISAH MASLIKHA ROHMAH KHUMAEROH ZAENAB ROKHAYATI TITIK MUNAWAROH "
    "INDAH PUJI WIWIK ENI LILIS RINI DIAN AYU PUTRI NOVITA IKA VINA RISKA LAILA ZULFA ALFIYAH "
    "NURUL HANA MAESAROH KASTINAH TARISAH SULASTRI PARTINI SUMARNI TUTIK MURNI HARTINI LASMI "
    "KUSTIYAH JUMIATI DAMAYANTI SUSANTI MEGA INTAN LULUK IZZATUL MAULIDA NADIA ANISA KURNIA"
)
_MEN_LAST = _words(
    "SETIAWAN SANTOSO RIYADI PRASETYO NUGROHO WIBOWO HIDAYAT SAPUTRA SUSANTO PURNOMO WIJAYA "
    "UTOMO KURNIAWAN RAHMAN HAKIM ROZAK AZIZ GHOFUR MUBAROK FIRDAUS MAULANA SYARIF ARIFIN ANWAR "
    "HARYONO SISWANTO ISKANDAR EFENDI FAUZI ROSYID MUNIR KHOLIK WAHAB JALIL SALIM FADHIL YAHYA "
    "ZAMRONI MUTTAQIN SUBAGYO SUNARTO BASUKI LATIF KARIM RIFAI MUSLIM SUPRIYADI CAHYONO PRAYITNO "
    "WAHYUDI GUNAWAN IRAWAN ROHMAN PAMUNGKAS SULISTYO HARTONO RAMADHAN BUDIMAN ASHARI MALIK"
)
_WOMEN_LAST = _words(
    "LESTARI RAHAYU WAHYUNI AMINAH KHASANAH HIDAYAH FATIMAH SUSANTI NINGSIH ROHANI UTAMI "
    "HANDAYANI PUSPITA MAHARANI NURJANAH KHOLIFAH MUNIROH ZULAIKHA MASRUROH ALIYAH SULISTYANI "
    "INDRIYANI ASTUTI WULANDARI ROHMAH KHOTIMAH AFIFAH MUTMAINAH JUBAEDAH FAIZAH ROSIDAH "
    "ANGGRAENI SETYOWATI PRATIWI PURWANTI SOFIYAH JANNAH SAADAH LATIFAH AZIZAH HALIMAH SUNDARI "
    "MARYAM FADILAH KHUSNIYAH SOLEKHAH MUFIDAH NAFISAH ISTIQOMAH ISTIYANI YULIANTI APRILIA SAFITRI"
)
_STREETS = _words(
    "MERDEKA PEMUDA VETERAN DIPONEGORO SUDIRMAN GAJAHMADA HAYAMWURUK KARTINI SULTANAGUNG "
    "AGUSSALIM HOSCOKROAMINOTO URIPSUMOHARJO PATRIOT SERUNI MELATI KENANGA TERATAI CEMPAKA "
    "KUSUMABANGSA JLAMPRANG TRUNTUM KAWUNG PARANGBARIS SEMEN BINAGRIYA JAWA SUMATRA PERINTIS "
    "KEMAKMURAN SALAK RAMBUTAN MANGGIS DURIAN NAKULA SADEWA BIMA ARJUNA SRIKANDI SEROJA KURINCI "
    "TENTARAPELAJAR WILIS SLAMET MERAPI MERBABU SINDORO CIPTO RADENSALEH KIMANGUNSARKORO "
    "ANGKASA KAPTENTENDEAN YOSSUDARSO WRSUPRATMAN JAYABAYA PROGO SERAYU BENGAWAN DELIMA KUTILANG"
)


def drawn(words: Texts, count: int, rng: np.random.Generator) -> Texts:
    """Draw words; the k-th of them has a share like ``(k + 3) ** -0.8``."""
    share = (np.arange(words.size) + 3.0) ** -0.8
    found: Texts = words[rng.choice(words.size, count, p=share / share.sum())]
    return found


def names(is_woman: Bools, birth_year: Ints, rng: np.random.Generator) -> Texts:
    """Draw the full name of each person.

    Older people more often have one word (assumption: 0.60 of those born before 1960, 0.10 of
    those born after 1990); three words are rare.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> names(np.array([True, False]), np.array([1950, 1995]), rng).tolist()
    ['SURIYAH', 'AMAT WAHYUDI']
    """
    count = is_woman.size
    old_men, old_women = rng.permutation(_OLD_MEN), rng.permutation(_OLD_WOMEN)
    single = np.where(is_woman, drawn(old_women, count, rng), drawn(old_men, count, rng))
    first = np.where(is_woman, drawn(_WOMEN, count, rng), drawn(_MEN, count, rng))
    last = np.where(is_woman, drawn(_WOMEN_LAST, count, rng), drawn(_MEN_LAST, count, rng))
    more = np.where(is_woman, drawn(_WOMEN_LAST, count, rng), drawn(_MEN_LAST, count, rng))
    is_single = rng.random(count) < np.interp(birth_year, [1960, 1990], [0.60, 0.10])
    has_three = rng.random(count) < np.interp(birth_year, [1970, 2000], [0.04, 0.25])
    full = first + " " + last + np.where(has_three & (more != last), " " + more, "")
    chosen: Texts = np.where(is_single, single, full).astype(object)
    return chosen


def streets(place: Ints, rng: np.random.Generator) -> Texts:
    """Draw the street of each address: each place has a dozen, some names in several places."""
    per_place = 12
    places = int(place.max(initial=0)) + 1
    of_place = np.stack(
        [rng.choice(_STREETS.size, per_place, replace=False) for _ in range(places)]
    )
    found: Texts = _STREETS[of_place[place, rng.integers(0, per_place, place.size)]]
    return found
