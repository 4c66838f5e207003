"""Indonesian names and addresses in one form, so that two offices' spellings can be compared.

What is known beforehand is taken out here (titles, abbreviations, the spelling before 1972);
what is not - slips of the keyboard, nicknames - is left to the comparison of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[np.object_]


def _words(text: str) -> list[str]:
    return text.split()


_TITLES = frozenset(
    _words(
        "H HJ HAJI HAJJAH KH KYAI KIAI NYAI UST USTADZ BP BPK BAPAK IBU BU NY TN NN SDR SDRI ALM "
        "ALMH ALMARHUM ALMARHUMAH DRS DRA DR DRG IR PROF RADEN R RR RA RM"
    )
)
_DEGREES = frozenset(
    _words(
        "SPD SPDI SE SEI SH SHI ST SKOM SAG SIP SSOS SSI SP SPI SKEP SKM SFARM STP SPSI AMD AMK "
        "AMDKEB MPD MM MSI MH MKES MAG MT BA BSC PHD NERS"
    )
)
_FIRST = {  # abbreviations of a first name that another name follows
    "M": "MUHAMMAD",
    "MD": "MUHAMMAD",
    "ST": "SITI",
    "S": "SITI",
    "A": "AHMAD",
    "ABD": "ABDUL",
    "ABDL": "ABDUL",
}
_FORMS = {
    form: usual
    for usual, forms in (
        (
            "MUHAMMAD",
            "MOH MUH MOCH MUCH MHD MOHD MUHD MOHAMAD MOHAMMAD MOHAMED MOHAMMED MUHAMAD MUHAMMED "
            "MOCHAMAD MOCHAMMAD MUCHAMAD MUCHAMMAD MUKHAMAD MUKHAMMAD MOKHAMAD MOKHAMMAD",
        ),
        ("AHMAD", "ACHMAD AKHMAD AKHMAT AHMAT ACHMAT AKMAD"),
        ("SITI", "STI SITTI SITY CITI"),
        ("SRI", "SRIE SERI"),
        ("ABDUL", "ABDOEL ABDULL ABDOL"),
        ("DWI", "DWIE"),
    )
    for form in _words(forms)
}
_OLD_SPELLING = (("OE", "U"), ("DJ", "J"), ("TJ", "C"))
# Letters that offices and speakers exchange: Chasanah, Khasanah, Hasanah; Fatimah, Patimah.
_SOUNDS = (
    (re.compile(r"KH|CH|GH"), "H"),
    (re.compile(r"SY|TS|Z"), "S"),
    (re.compile(r"DH"), "D"),
    (re.compile(r"TH"), "T"),
    (re.compile(r"[FV]"), "P"),
    (re.compile(r"Q"), "K"),
    (re.compile(r"J"), "S"),  # Zaenal, Jaenal
    (re.compile(r"[YE]"), "I"),
    (re.compile(r"O"), "U"),
    (re.compile(r"(?<=[AIU])H"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
_NOT_LETTERS = re.compile(r"[^A-Z]+")
_LANE = re.compile(r"\bRT\b[\s.:]*(\d{1,3})|\bRT(\d{1,3})")
_WARD = re.compile(r"\bRW\b[\s.:]*(\d{1,3})|\bRW(\d{1,3})")
_PAIR = re.compile(r"\bRT\s*[.:]?\s*(\d{1,3})\s*/\s*(?:RW\s*[.:]?\s*)?(\d{1,3})")
_STREET_WORDS = re.compile(r"\b(?:JALAN|JLN|JL|NOMOR|NOMER|NO|RUMAH)\b")
_LANE_WORDS = re.compile(r"\b(?:GANG|GG)\b")


def _plain(text: str) -> str:
    """Upper case without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()


def normal_name(text: str) -> str:
    """Return a name without titles and degrees, in the usual spelling, words apart.

    Examples
    --------
    >>> normal_name("H. Moh. Zaenuri, S.Pd."), normal_name("St. Chotidjah")
    ('MUHAMMAD ZAENURI', 'SITI CHOTIJAH')
    >>> normal_name("SOEPARMAN (alm)"), normal_name("M. Arif"), normal_name("Hj. Sri Rahaju")
    ('SUPARMAN', 'MUHAMMAD ARIF', 'SRI RAHAJU')
    """
    words = _NOT_LETTERS.sub(" ", _plain(text).split(",")[0].replace("'", "")).split()
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 1 and (words[-1] in _DEGREES or words[-1] in ("ALM", "ALMH")):
        words = words[:-1]
    while len(words) > 2 and "".join(words[-2:]) in _DEGREES:
        words = words[:-2]
    if len(words) > 1:
        words[0] = _FIRST.get(words[0], words[0])
    words = [_FORMS.get(word, word) for word in words]
    for old, new in _OLD_SPELLING:
        words = [word.replace(old, new) for word in words]
    return " ".join(words)


def sound(name: str) -> str:
    """Return how a normal name sounds: spellings that speakers exchange become one.

    Examples
    --------
    >>> sound("SITI CHASANAH") == sound("SITI HASANAH"), sound("FATIMAH") == sound("PATIMAH")
    (True, True)
    """
    for pattern, heard in _SOUNDS:
        name = pattern.sub(heard, name)
    return name


class Address(NamedTuple):
    """An address in parts; "" for what it does not say.

    Parameters
    ----------
    street
        Street or lane with its number, without the words for them.
    rt, rw
        Numbers without leading zeros.
    """

    street: str
    rt: str
    rw: str


def normal_address(text: str) -> Address:
    """Split an address into street, RT and RW.

    Examples
    --------
    >>> normal_address("Jl. KH. Mas Mansyur No. 12 RT 02/RW 005")
    Address(street='KH MAS MANSYUR 12', rt='2', rw='5')
    >>> normal_address("Gg. 3 RT.01 RW.02"), normal_address("Medono 003/004")
    (Address(street='GG 3', rt='1', rw='2'), Address(street='MEDONO 003 004', rt='', rw=''))
    """
    plain = _plain(text)
    rt = rw = ""
    if pair := _PAIR.search(plain):
        rt, rw = pair.groups()
        plain = _PAIR.sub(" ", plain)
    if lane := _LANE.search(plain):
        rt = lane.group(1) or lane.group(2)
        plain = _LANE.sub(" ", plain)
    if ward := _WARD.search(plain):
        rw = ward.group(1) or ward.group(2)
        plain = _WARD.sub(" ", plain)
    plain = re.sub(r"[^A-Z0-9]+", " ", plain)
    plain = _LANE_WORDS.sub("GG", _STREET_WORDS.sub(" ", plain))
    return Address(" ".join(plain.split()), rt.lstrip("0"), rw.lstrip("0"))


def each_distinct(cells: Iterable[object], how: Callable[[str], str]) -> Texts:
    """Apply ``how`` once to each distinct text; None where missing or where "" comes out.

    Examples
    --------
    >>> each_distinct(["H. Budi", None, "-"], normal_name).tolist()
    ['BUDI', None, None]
    """
    codes, distinct = pd.factorize(np.asarray(list(cells), dtype=object))
    done = np.array([*(how(str(cell).strip()) or None for cell in distinct), None], dtype=object)
    found: Texts = done[codes]
    return found
