"""Which columns of a table say who somebody is, by their names and by what they hold."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PERSONAL_WORDS = frozenset(
    (
        *("nama", "nik", "kk", "ktp", "alamat", "ibu", "ayah", "hp", "telp", "telepon", "ponsel"),
        *("kontak", "rekening", "email", "lahir", "foto", "koordinat", "latitude", "longitude"),
        *("lintang", "bujur", "catatan", "keterangan", "name", "address", "phone", "birth"),
        *("birthday", "birthdate", "mother"),
    )
)
"""Words of headers of columns that say who somebody is."""

_HEAD = ["kepala", "keluarga"]  # alone it is a name; with more words a trait of the head
_COORDINATES = frozenset(("latitude", "longitude", "lintang", "bujur", "koordinat"))
_NUMBER_WORDS = frozenset(("nik", "kk", "nkk", "ktp", "nonik", "nokk", "noktp"))
_LONG_NUMBER = re.compile(r"(?:\d[ .\-'’/]?){9}\d")
_LEAST_NUMBER = 1e9  # from here a number has ten digits
_ALIKE = 20  # texts that differ, from which a column of few equal ones tells people apart


def words_of(name: str) -> list[str]:
    """Return the words of a column's name in lower case, without digits and accents.

    Examples
    --------
    >>> words_of("No. KK"), words_of("tanggalLahir_2")
    (['no', 'kk'], ['tanggal', 'lahir'])
    """
    plain = unicodedata.normalize("NFKD", name)
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", plain)
    return re.findall(r"[a-z]+", split.casefold())


def names_a_number(name: str) -> bool:
    """Say whether a column's name is that of NIK or card numbers (KK).

    Examples
    --------
    >>> [names_a_number(name) for name in ("NIK", "no_kk", "Nomor Kartu Keluarga", "kartu")]
    [True, True, True, False]
    """
    words = words_of(name)
    return bool(_NUMBER_WORDS & {*words}) or "kartukeluarga" in "".join(words)


def is_personal(name: str, cells: NDArray[Any]) -> bool:
    """Say whether a column seems to say who somebody is, or where the home is.

    It does if its name has a word for it, if a text of it holds ten digits or more, or if it
    has texts of which most are in one row only.

    Parameters
    ----------
    name
        Of the column.
    cells
        As `povtarget.tables.infer_column` returns them.

    Examples
    --------
    >>> is_personal("Kepala Keluarga", np.array(["Siti"], dtype=object))
    True
    >>> is_personal("jumlah_kk", np.array([1.0, 2.0])), is_personal("x", np.array(["08123456789"]))
    (False, True)
    """
    if cells.dtype.kind == "b":
        return False
    words = words_of(name)
    is_named = bool(PERSONAL_WORDS & {*words}) or names_a_number(name) or words == _HEAD
    if cells.dtype.kind in "iuf":
        is_place = _COORDINATES & {*words}
        with np.errstate(invalid="ignore"):
            return bool(is_place) or (is_named and bool((np.abs(cells) >= _LEAST_NUMBER).any()))
    present = pd.Series(cells, dtype=object).dropna()
    texts = present.astype(str).unique()
    many = bool(texts.size >= _ALIKE and 2 * texts.size > present.size)
    return is_named or many or any(map(_LONG_NUMBER.search, texts))
