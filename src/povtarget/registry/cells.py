"""Cells of a registry to values: texts, yes and no, dates, sex, relation, decile, RT and RW.

Each function reads a whole column, each distinct text once, and returns with the values a mask
of the cells that hold something it cannot read. Whether that is a fault or a warning is the
reader's to say.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.identifiers import distinct_cells
from povtarget.numbers import Cells, clean_text, is_missing, is_number

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]

YES = frozenset(["ya", "y", "yes", "v", "x", "√", "✓", "✔", "1", "true", "ada", "benar", "iya"])
NO = frozenset(["tidak", "t", "tdk", "n", "no", "0", "false", "bukan"]) | {"tidak ada", "belum"}
"""Words of flags in lower case; a dash or an empty cell says no as well."""

_WORDY_YES, _WORDY_NO = frozenset({"ya", "iya", "yes"}), frozenset({"tidak", "tdk", "no"})

_SEX = MappingProxyType(
    dict.fromkeys(("l", "lk", "laki", "lakilaki", "pria", "m", "male", "1"), "L")
    | dict.fromkeys(("p", "pr", "perempuan", "wanita", "f", "female", "2"), "P")
)

_HEAD = frozenset(("kepala", "kepalakk", "kk", "krt", "kplkeluarga", "1", "01"))
_HEAD_BEGINS = ("kepalakeluarga", "kepalarumahtangga", "1kepalakeluarga")

_MONTHS = MappingProxyType(
    {
        name: month
        for month, names in enumerate(
            (
                "januari january jan",
                "februari february pebruari feb peb",
                "maret march mar",
                "april apr",
                "mei may",
                "juni june jun",
                "juli july jul",
                "agustus august agu agt ags agus agust aug",
                "september sep sept",
                "oktober october okt oct",
                "november nopember nov nop",
                "desember december des dec",
            ),
            1,
        )
        for name in names.split()
    }
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]+)\.?[-/. ,]+(\d{4})(?:[ t]\d.*)?", re.I)
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ t]\d.*)?", re.I)
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"(\d{4,5})(?:[.,]0+)?")
_EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet, right from 1 March 1900 on
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
DATE_FORMS = "day, month and year of four digits, as in 31-12-2001, 31 Desember 2001 or 2001-12-31"

_DECILE = re.compile(r"(?:desil|decile|d)?[\s.:_-]*(\d{1,3})(?:[.,]0+)?", re.I)
_UNRANKED = frozenset(("belum ada", "belum ditentukan", "belum ada desil", "tidak ada", "0"))
_RT = re.compile(r"\brt\b[\s.:/]*0*(\d{1,3})", re.I)
_RW = re.compile(r"\brw\b[\s.:/]*0*(\d{1,3})", re.I)
_BOTH = re.compile(r"\D*0*(\d{1,3})\s*/\s*(?:rw)?[\s.]*0*(\d{1,3})\D*", re.I)
_ONE = re.compile(r"\D*0*(\d{1,3})(?:[.,]0+)?\D*")


def read_texts(cells: Cells) -> Texts:
    """Return texts without outer and doubled spaces, None where missing.

    Examples
    --------
    >>> read_texts(["  SITI   AMINAH ", "-", 3.0, None]).tolist()
    ['SITI AMINAH', None, '3', None]
    """
    which, distinct = distinct_cells(cells)
    texts = np.empty(len(distinct) + 1, dtype=object)
    texts[:-1] = [_text(cell) for cell in distinct]
    return np.asarray(texts[which])


def _text(cell: Any) -> str | None:
    if is_missing(cell):
        return None
    if isinstance(cell, str):
        return " ".join(clean_text(cell).lstrip("'").split()) or None
    if is_number(cell) and float(cell).is_integer():
        return str(int(cell))
    return str(cell)


def _by_text(cells: Cells, read: Callable[[str], Any], missing: Any) -> list[Any]:
    """Return what ``read`` makes of each text, ``missing`` for cells without one."""
    which, distinct = pd.factorize(read_texts(cells))
    values = [*map(read, distinct), missing]
    return [values[number] for number in which]


def read_flags(cells: Cells, *, codes: bool = False) -> tuple[Bools, Bools, Bools]:
    """Read yes and no.

    Parameters
    ----------
    cells
        "Ya", "Tidak", "Y", "T", "1", "0", a tick (V, x) and the like. In a column with an "F",
        a "T" is not known to mean "Tidak", and is refused.
    codes
        Whether 2 and 4 say no, and 3 yes, as in BDT.

    Returns
    -------
    tuple
        Whether yes; whether the cell is empty (a dash is none: it says no); whether it is
        not readable.

    Examples
    --------
    >>> yes, blank, wrong = read_flags(["Ya", "TIDAK", "V", "-", None, "mungkin"])
    >>> yes.tolist(), blank.tolist(), wrong.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    ([True, False, True, False, False, False], [False, False, False, False, True, False],
     [False, False, False, False, False, True])
    """
    which, distinct = distinct_cells(cells)
    words = [_flag_word(cell) for cell in distinct]
    yes_words, no_words = YES | ({"3"} if codes else set()), NO | ({"2", "4"} if codes else set())
    if "f" in words:
        no_words = no_words - {"t"}
    yes = np.array([word in yes_words for word in words], dtype=bool)
    blank = np.array([word == "" for word in words], dtype=bool)
    no = np.array([word in no_words or word == "-" for word in words], dtype=bool)
    return yes[which], blank[which], ~(yes | no | blank)[which]


def _flag_word(cell: Any) -> str:
    if isinstance(cell, bool | np.bool_):
        return "1" if cell else "0"
    text = (_text(cell) or "").casefold()
    is_dash = isinstance(cell, str) and clean_text(cell) in ("-", "–", "—")
    return "-" if is_dash else text.removesuffix(".")


def is_yes_or_no(texts: Texts) -> bool:
    """Say whether every text says "Ya" or "Tidak" in words.

    Examples
    --------
    >>> is_yes_or_no(np.array(["Ya", "Tidak"])), is_yes_or_no(np.array(["Ya", None]))
    (True, False)
    """
    words = {str(text).casefold() for text in pd.unique(texts)}
    return bool(words) and words <= _WORDY_YES | _WORDY_NO


def read_dates(cells: Cells) -> tuple[Dates, Bools]:
    """Read dates: dates of a spreadsheet or its serial numbers, day first, or year first.

    Two numbers before the year are day and month, in this order. A year of two digits is not
    readable: who is born in 1925 and who in 2025 are on one list. Nor is a year alone.

    Returns
    -------
    tuple
        datetime64[ns], NaT where missing; and whether the cell holds what is no date.

    Examples
    --------
    >>> dates, wrong = read_dates(["31/12/1980", "12 Januari 1980", "29587", "1-2-80", ""])
    >>> dates.astype("datetime64[D]").tolist()[:3], wrong.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    ([datetime.date(1980, 12, 31), datetime.date(1980, 1, 12), datetime.date(1981, 1, 1)],
     [False, False, False, True, False])
    """
    if isinstance(cells, pd.Series) and cells.dtype.kind == "M":
        days = cells.dt.tz_localize(None).to_numpy().astype("datetime64[D]")
        return days.astype("datetime64[ns]"), np.zeros(len(cells), dtype=bool)
    which, distinct = distinct_cells(cells)
    read = [_date(cell) for cell in distinct]
    days = np.array([day or "NaT" for day, _ in read] or [], dtype="datetime64[D]")
    wrong = np.array([is_wrong for _, is_wrong in read], dtype=bool)
    return days.astype("datetime64[ns]")[which], wrong[which]


def _date(cell: Any) -> tuple[dt.date | None, bool]:
    """Return the day in a cell, and whether there is something else in it."""
    if is_missing(cell) or cell is pd.NaT:
        return None, False
    if isinstance(cell, dt.datetime):
        day: dt.date | None = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    elif isinstance(cell, np.datetime64):
        day = pd.Timestamp(cell).date()
    else:
        day = _parsed_date(_text(cell) or "")
    is_right = day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR
    return (day, False) if is_right else (None, True)


def _parsed_date(text: str) -> dt.date | None:
    serial = _SERIAL.fullmatch(text)
    if serial:
        days = int(serial[1])  # up to 2100 it is a year, or an age
        return _EPOCH + dt.timedelta(days=days) if days > _LAST_YEAR else None
    match = _YEAR_FIRST.fullmatch(text) or _RUN_TOGETHER.fullmatch(text)
    year, month, day = match.groups() if match else ("", "", "")
    if not match:
        match = _DAY_FIRST.fullmatch(text)
        if not match:
            return None
        day, month, year = match.groups()
    number = int(month) if month.isdigit() else _MONTHS.get(month.casefold(), 0)
    try:
        return dt.date(int(year), number, int(day))
    except ValueError:  # 31 February, month 13
        return None


def read_sex(cells: Cells) -> tuple[Texts, Bools]:
    """Read "L" and "P"; None where missing or not readable, and a mask of the latter.

    Examples
    --------
    >>> sex, wrong = read_sex(["Laki-laki", "PEREMPUAN", "?", None])
    >>> sex.tolist(), wrong.tolist()
    (['L', 'P', None, None], [False, False, True, False])
    """
    keys = _by_text(cells, lambda text: re.sub(r"[^a-z0-9]", "", text.casefold()), None)
    sex = np.array([_SEX.get(key) for key in keys], dtype=object)
    wrong = [key is not None and key not in _SEX for key in keys]
    return sex, np.array(wrong, dtype=bool)


def read_is_head(cells: Cells) -> Bools:
    """Say of each relation whether it is the head of the family.

    Examples
    --------
    >>> read_is_head(["Kepala Keluarga", "Istri", "1", "ANAK", None]).tolist()
    [True, False, True, False, False]
    """

    def names_head(text: str) -> bool:
        key = re.sub(r"[^a-z0-9]", "", text.casefold())
        return key in _HEAD or key.startswith(_HEAD_BEGINS)

    heads = _by_text(cells, names_head, False)
    return np.array(heads, dtype=bool)


def read_ranks(cells: Cells, highest: int) -> tuple[Floats, Bools]:
    """Read deciles or percentiles, "3" or "Desil 3"; NaN where missing or not yet ranked.

    Examples
    --------
    >>> ranks, wrong = read_ranks(["3", "Desil 10", "5+", "Belum ada"], 10)
    >>> ranks.tolist(), wrong.tolist()
    ([3.0, 10.0, nan, nan], [False, False, True, False])
    """

    def rank(text: str) -> float:
        match = _DECILE.fullmatch(text)
        if text.casefold() in _UNRANKED:
            return np.nan
        number = float(match[1]) if match else -1.0
        return number if 1 <= number <= highest else -1.0

    ranks = np.array(_by_text(cells, rank, np.nan), dtype=np.float64)
    wrong = ranks == -1.0
    ranks[wrong] = np.nan
    return ranks, wrong


def read_rt_rw(cells: Cells, *, part: str = "both") -> tuple[Texts, Texts]:
    """Read numbers of RT and RW as three digits: "RT 3 RW 5", "003/005", "3".

    Parameters
    ----------
    cells
        The column.
    part
        "both", or "rt" or "rw" for a column of one of them; the other is then None.

    Examples
    --------
    >>> rt, rw = read_rt_rw(["RT 3 RW 05", "003/005", "Dukuh"])
    >>> rt.tolist(), rw.tolist()
    (['003', '003', None], ['005', '005', None])
    """

    def read(text: str) -> tuple[str | None, str | None]:
        if part != "both" and (one := _ONE.fullmatch(text)):
            return (one[1].zfill(3), None) if part == "rt" else (None, one[1].zfill(3))
        both = _BOTH.fullmatch(text)
        if both:
            return both[1].zfill(3), both[2].zfill(3)
        rt, rw = _RT.search(text), _RW.search(text)
        return rt and rt[1].zfill(3), rw and rw[1].zfill(3)

    pairs = _by_text(cells, read, (None, None))
    rts, rws = (np.array([pair[at] for pair in pairs], dtype=object) for at in (0, 1))
    return rts, rws
