"""The structure of a NIK and of a family card number, and what in it gives cause to look.

Both numbers have 16 digits. A NIK says where and for whom it was issued, a card number (KK)
where and when the card was:

======  =====================  ======================================================
digits  NIK                    number of a family card (KK)
======  =====================  ======================================================
1-6     province, regency and  the same
        kecamatan of issue
7-8     day of birth, with 40  day of issue
        added for women
9-12    month and year (two    month and year of issue
        digits) of birth
13-16   serial number, from 1  the same
======  =====================  ======================================================

People move and registrars err, so a wrong structure is a reason to look, never to refuse a
person. No century is in the number: whoever needs a full birth date states the day to which
ages refer.

Currently implemented:

- ``parse_nik``: the parts of many numbers at once;
- ``nik_findings``, ``kk_findings``: masks of what is odd, by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.identifiers import DIGITS

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]

# Kemendagri codes; 54 was Timor Timur, and a NIK keeps the code of its issue.
PROVINCES = frozenset(
    (*range(11, 20), 21, *range(31, 37), *range(51, 55), *range(61, 66), *range(71, 77))
) | frozenset((81, 82, *range(91, 97)))
_LAST_REGENCY, _FIRST_CITY, _LAST_CITY = 40, 71, 79  # kabupaten count from 1, kota from 71
_WOMEN = 40
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

FINDINGS = MappingProxyType(
    {
        "nik-digits": "the NIK does not have 16 digits",
        "nik-region": "the NIK names a region that does not exist",
        "nik-birth": "the NIK holds a birth date that does not exist",
        "nik-serial": "the serial number of the NIK is 0000",
        "nik-sex": "the NIK and the column of sex disagree",
        "nik-birth-differs": "the NIK and the column of birth dates disagree",
        "nik-elsewhere": "the NIK was issued in another city or regency",
        "kk-digits": "the card number does not have 16 digits",
        "kk-region": "the card number names a region that does not exist",
        "kk-issue": "the card number holds a date of issue that does not exist",
        "kk-serial": "the serial number of the card is 0000",
        "kk-elsewhere": "the card was issued in another city or regency",
    }
)
"""What can be odd about a number, by the name that findings have."""


@dataclass(frozen=True, eq=False)
class NikParts:
    """What each number says; one entry for each number, 0 and "" where it has no 16 digits.

    Parameters
    ----------
    is_number
        Whether it has 16 digits.
    region
        Its first six digits: province, regency, kecamatan of issue.
    day, month, year
        Of birth (of issue for a card); day without the 40 of women, year of the century.
    sex
        "L" or "P"; meaningless for a card.
    serial
        Its last four digits as a number.
    """

    is_number: Bools
    region: Texts
    day: Ints
    month: Ints
    year: Ints
    sex: Texts
    serial: Ints

    @property
    def has_region(self) -> Bools:
        """Whether province, regency and kecamatan can exist."""
        codes = np.array([int(region or 0) for region in self.region], dtype=np.int64)
        province, regency, kecamatan = codes // 10_000, codes // 100 % 100, codes % 100
        is_regency = (regency >= 1) & (regency <= _LAST_REGENCY)
        is_city = (regency >= _FIRST_CITY) & (regency <= _LAST_CITY)
        is_known = np.isin(province, list(PROVINCES))
        return np.asarray(is_known & (is_regency | is_city) & (kecamatan > 0))

    @property
    def has_date(self) -> Bools:
        """Whether day and month exist, in one of the centuries at least."""
        month = np.where((self.month >= 1) & (self.month <= 12), self.month, 0)
        is_leap = self.year % 4 == 0  # 2000 was one, and whoever was born in 1900 is not here
        last = _MONTH_DAYS[month] - ((month == 2) & ~is_leap)
        return np.asarray((self.day >= 1) & (self.day <= last))

    def birth_dates(self, as_of: Any) -> Dates:
        """Return birth dates as the latest that are not after ``as_of``; NaT where there is none.

        Parameters
        ----------
        as_of
            The day to which the list refers. A person of 100 years looks newborn.

        Examples
        --------
        >>> parse_nik(["3375015203800001", "3375010101190002"]).birth_dates("2022-12-20")
        array(['1980-03-12', '2019-01-01'], dtype='datetime64[D]')
        """
        day = np.datetime64(as_of, "D")
        found = np.full(len(self.day), np.datetime64("NaT", "D"))
        exists = self.has_date
        for century in (1900, 2000):
            year, month = self.year[exists] + century, self.month[exists]
            months = (year - 1970) * 12 + month - 1
            dates = months.astype("datetime64[M]").astype("datetime64[D]") + self.day[exists] - 1
            is_same_month = dates.astype("datetime64[M]") == months.astype("datetime64[M]")
            found[exists] = np.where(is_same_month & (dates <= day), dates, found[exists])
        return found


def parse_nik(numbers: Sequence[str | None] | Texts) -> NikParts:
    """Take numbers of 16 digits apart, NIK or card, a whole column at once.

    Parameters
    ----------
    numbers
        Texts, as `povtarget.identifiers.clean_numbers` leaves them; None where missing.

    Examples
    --------
    >>> parts = parse_nik(["3375015203800001", "33750152038000", None])
    >>> parts.is_number.tolist(), parts.region[0], parts.sex[0]
    ([True, False, False], '337501', 'P')
    >>> int(parts.day[0]), int(parts.month[0]), int(parts.year[0]), int(parts.serial[0])
    (12, 3, 80, 1)
    """
    texts = np.asarray(numbers, dtype=object)
    is_number = np.fromiter(
        (isinstance(t, str) and len(t) == DIGITS and t.isascii() and t.isdigit() for t in texts),
        dtype=bool,
        count=len(texts),
    )
    digits = np.zeros((len(texts), DIGITS), dtype=np.int64)
    if is_number.any():
        codes = texts[is_number].astype(f"U{DIGITS}").view(np.uint32).reshape(-1, DIGITS)
        digits[is_number] = codes.astype(np.int64) - ord("0")
    pairs = digits[:, 0::2] * 10 + digits[:, 1::2]
    day = pairs[:, 3]
    is_woman = day > _WOMEN
    region = np.array([t[:6] if ok else "" for t, ok in zip(texts, is_number, strict=True)])
    return NikParts(
        is_number,
        region.astype(object),
        np.where(is_woman, day - _WOMEN, day),
        pairs[:, 4],
        pairs[:, 5],
        np.where(is_number, np.where(is_woman, "P", "L"), "").astype(object),
        pairs[:, 6] * 100 + pairs[:, 7],
    )


def nik_findings(
    numbers: Sequence[str | None] | Texts,
    *,
    sex: Texts | None = None,
    birth_date: Any = None,
    home: str = "3375",
) -> dict[str, Bools]:
    """Return what is odd about each NIK: names of `FINDINGS` to masks.

    Parameters
    ----------
    numbers
        Texts, as `povtarget.identifiers.clean_numbers` leaves them; a missing one is not odd.
    sex
        "L", "P" or None for each.
    birth_date
        datetime64 for each, NaT where missing; compared without the century.
    home
        First digits of a NIK that was issued here: 4 for a city or regency, 33.75 by default.

    Examples
    --------
    >>> odd = nik_findings(["3375015203800001", "1101310280120000", None], sex=["L", None, None])
    >>> {name: mask.tolist() for name, mask in odd.items() if mask.any()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'nik-birth': [False, True, False], 'nik-serial': [False, True, False],
     'nik-sex': [True, False, False], 'nik-elsewhere': [False, True, False]}
    """
    parts = parse_nik(numbers)
    found = _shared_findings(numbers, parts, "nik", home, "birth")
    if sex is not None:
        stated = np.asarray(sex, dtype=object)
        is_stated = (stated == "L") | (stated == "P")
        # A day that does not exist says nothing of sex either.
        found["nik-sex"] = parts.is_number & parts.has_date & is_stated & (stated != parts.sex)
    if birth_date is not None:
        dates = pd.DatetimeIndex(birth_date)
        differs = (
            (dates.day != parts.day)
            | (dates.month != parts.month)
            | (dates.year % 100 != parts.year)
        )
        can_say = parts.is_number & parts.has_date & np.asarray(dates.notna())
        found["nik-birth-differs"] = can_say & np.asarray(differs)
    return {name: found[name] for name in FINDINGS if name in found}


def kk_findings(numbers: Sequence[str | None] | Texts, *, home: str = "3375") -> dict[str, Bools]:
    """Return what is odd about each card number: names of `FINDINGS` to masks.

    Examples
    --------
    >>> odd = kk_findings(["3375013102120001", "33750112"])
    >>> [name for name, mask in odd.items() if mask.any()]
    ['kk-digits', 'kk-issue']
    """
    parts = parse_nik(numbers)
    found = _shared_findings(numbers, parts, "kk", home, "issue")
    # A card has a day of issue, to which nobody adds 40.
    found["kk-issue"] |= parts.is_number & (parts.sex == "P")
    return {name: found[name] for name in FINDINGS if name in found}


def _shared_findings(
    numbers: Sequence[str | None] | Texts, parts: NikParts, kind: str, home: str, date: str
) -> dict[str, Bools]:
    is_there = np.asarray(pd.notna(np.asarray(numbers, dtype=object)))
    known = parts.is_number & parts.has_region
    is_home = np.fromiter((r.startswith(home) for r in parts.region), bool, len(parts.region))
    return {
        f"{kind}-digits": is_there & ~parts.is_number,
        f"{kind}-region": parts.is_number & ~parts.has_region,
        f"{kind}-{date}": parts.is_number & ~parts.has_date,
        f"{kind}-serial": parts.is_number & (parts.serial == 0),
        f"{kind}-elsewhere": known & ~is_home,
    }
