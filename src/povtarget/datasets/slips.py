"""How two offices write the same facts differently: slips of the keyboard, forms and years.

Every rate is an assumption, stated in `RATES`; no source measures them for Indonesian lists.
Each function changes the cells that ``hit`` names and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]
Rng = np.random.Generator

RATES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {  # share of rows: (older list, newer list)
        "nik_missing": (0.12, 0.03),
        "nik_digits": (0.05, 0.02),  # two neighbours swapped, or one digit wrong
        "nik_of_another": (0.008, 0.003),  # the row above, copied
        "kk_missing": (0.08, 0.04),
        "kk_digits": (0.03, 0.015),
        "kk_of_another": (0.004, 0.002),
        "name_typing": (0.07, 0.04),  # one letter lost, doubled, changed or swapped
        "name_spelling": (0.20, 0.12),  # Moh., St., oe for u, kh for h
        "name_title": (0.05, 0.04),
        "name_nickname": (0.025, 0.01),  # Suparman called Parman
        "name_part": (0.04, 0.02),  # a word left out
        "date_missing": (0.02, 0.005),
        "date_digits": (0.03, 0.015),
        "date_swapped": (0.015, 0.005),  # day for month
        "date_first_of_january": (0.02, 0.005),  # only the year was known
        "sex_wrong": (0.01, 0.005),
        "address_stale": (0.12, 0.02),
        "address_typing": (0.12, 0.08),  # one letter or digit of it
        "rt_missing": (0.05, 0.03),
        "rt_wrong": (0.04, 0.02),
    }
)

_LETTERS = "AEIOUNRSTKLMDHYG"
_SPELLINGS = (
    ("MUHAMMAD", ("MOH.", "MUH.", "M.", "MOCH", "MOHAMAD", "MUHAMAD")),
    ("ABDUL ", ("ABD. ", "ABDOEL ", "ABDUL")),
    ("AHMAD", ("ACHMAD", "AKHMAD")),
    ("SITI", ("ST.", "STI", "SITTI")),
    ("SRI", ("SRIE",)),
    ("KH", ("CH", "H")),
    ("SU", ("SOE",)),
    ("YANTO", ("IANTO",)),
    ("DWI", ("DWIE",)),
    ("SY", ("S",)),
    ("Y", ("I",)),
    ("ZA", ("JA",)),
    ("F", ("P",)),
)
_TITLES = ("H. ", "HJ. ", "BP. ", "IBU ", "DRS. ", "H ")


def changed(cells: Texts, hit: Bools, how: Callable[[str, Rng], str | None], rng: Rng) -> Texts:
    """Change the cells that are hit and not missing already."""
    out = cells.copy()
    for at in np.flatnonzero(hit).tolist():
        if out[at] is not None:
            out[at] = how(out[at], rng)
    return out


def blank(cells: Texts, hit: Bools) -> Texts:
    """Leave out the cells that are hit."""
    out = cells.copy()
    out[hit] = None
    return out


def of_another(cells: Texts, hit: Bools) -> Texts:
    """Give each hit row the cell of the row above it."""
    out = cells.copy()
    at = np.flatnonzero(hit & (np.arange(cells.size) > 0))
    out[at] = cells[at - 1]
    return out


def digit_slip(text: str, rng: Rng) -> str:
    """Swap two neighbouring digits or change one."""
    at = int(rng.integers(0, len(text) - 1))
    if rng.random() < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + str(rng.integers(0, 10)) + text[at + 1 :]


def letter_slip(text: str, rng: Rng) -> str:
    """Lose, double, change or swap one letter."""
    at = int(rng.integers(0, max(len(text) - 1, 1)))
    kind = int(rng.integers(0, 4))
    if kind == 0 and len(text) > 3:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at + 1] + text[at:]
    if kind == 2:
        return text[:at] + _LETTERS[int(rng.integers(0, len(_LETTERS)))] + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def respelled(text: str, rng: Rng) -> str:
    """Write one part in another accepted way; a name without such a part stays."""
    fitting = [(old, new) for old, new in _SPELLINGS if old in text]
    if not fitting:
        return text
    old, forms = fitting[int(rng.integers(0, len(fitting)))]
    return text.replace(old, forms[int(rng.integers(0, len(forms)))], 1)


def titled(text: str, rng: Rng) -> str:
    """Put a title before the name."""
    return _TITLES[int(rng.integers(0, len(_TITLES)))] + text


def nicknamed(text: str, rng: Rng) -> str:
    """Call a person by the end of the first name, as is usual: Suparman is Parman."""
    first = text.split()[0]
    return first[2:] if len(first) >= 6 else first


def shortened(text: str, rng: Rng) -> str:
    """Leave out or abbreviate one word of several."""
    words = text.split()
    if len(words) < 2:
        return text
    at = int(rng.integers(0, len(words)))
    words[at : at + 1] = [words[at][0] + "."] if rng.random() < 0.4 else []
    return " ".join(words)


def date_slip(text: str, rng: Rng) -> str:
    """Mistake the last digit of year, month or day of an ISO date; the result is a date."""
    year, month, day = map(int, text.split("-"))
    part = int(rng.integers(0, 3))
    if part == 0:
        year += int(rng.choice([-10, -2, -1, 1, 2, 10]))
    elif part == 1:
        month = (month - 1 + int(rng.choice([-1, 1, 2]))) % 12 + 1
    else:
        day = (day - 1 + int(rng.choice([-10, -1, 1, 10]))) % 28 + 1
    return f"{year:04}-{month:02}-{min(day, 28):02}"


def day_for_month(text: str, rng: Rng) -> str:
    """Swap day and month where that is a date."""
    year, month, day = text.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else text


def first_of_january(text: str, rng: Rng) -> str:
    """Keep the year only."""
    return text[:4] + "-01-01"


class Office:
    """One office that fills in a list: which of the two, and how many times its usual errors.

    Parameters
    ----------
    which
        0 for the older list, 1 for the newer one.
    errors
        Factor of every rate.
    rng
        Source of chance.
    """

    def __init__(self, which: int, errors: float, rng: Rng) -> None:
        self.which, self.errors, self.rng = which, errors, rng

    def hit(self, slip: str, count: int) -> Bools:
        """Draw the rows that a slip of this name befalls."""
        rate = min(RATES[slip][self.which] * self.errors, 0.9)
        return np.asarray(self.rng.random(count) < rate)

    def names(self, cells: Texts) -> Texts:
        """Write names."""
        for slip, how in (
            ("name_part", shortened),
            ("name_nickname", nicknamed),
            ("name_spelling", respelled),
            ("name_typing", letter_slip),
            ("name_title", titled),
        ):
            cells = changed(cells, self.hit(slip, cells.size), how, self.rng)
        return cells

    def dates(self, cells: Texts) -> Texts:
        """Write birth dates."""
        for slip, how in (
            ("date_digits", date_slip),
            ("date_swapped", day_for_month),
            ("date_first_of_january", first_of_january),
        ):
            cells = changed(cells, self.hit(slip, cells.size), how, self.rng)
        return blank(cells, self.hit("date_missing", cells.size))

    def numbers(self, cells: Texts, kind: str) -> Texts:
        """Write NIK ("nik") or card numbers ("kk")."""
        cells = of_another(cells, self.hit(f"{kind}_of_another", cells.size))
        cells = changed(cells, self.hit(f"{kind}_digits", cells.size), digit_slip, self.rng)
        return blank(cells, self.hit(f"{kind}_missing", cells.size))
