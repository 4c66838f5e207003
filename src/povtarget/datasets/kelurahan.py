"""The 27 kelurahan: names and kecamatan are the city's; every figure beside them is assumed.

No source gives poverty or families by kelurahan (FACTS.md section 7), so shares and rates are
an assumption with the pattern that the press describes: the flooded coast of Pekalongan Utara
is worst off, the old centre best off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Kelurahan(NamedTuple):
    """One kelurahan: its share of families, the rate below the line, and how much is flooded.

    Parameters
    ----------
    name, kecamatan
        As in the city's own tables (FACTS.md section 1).
    weight
        Families relative to the other kelurahan (assumption).
    rate
        Persons below the line, relative to the other kelurahan; about per cent (assumption).
    flooded
        Share of families whose home the tide or the river floods (assumption).
    """

    name: str
    kecamatan: str
    weight: float
    rate: float
    flooded: float


_BARAT, _SELATAN = "Pekalongan Barat", "Pekalongan Selatan"
_TIMUR, _UTARA = "Pekalongan Timur", "Pekalongan Utara"

KELURAHAN = (
    Kelurahan("Bandengan", _UTARA, 2.2, 14.0, 0.80),
    Kelurahan("Banyurip", _SELATAN, 3.8, 7.3, 0.03),
    Kelurahan("Bendan Kergon", _BARAT, 4.3, 3.5, 0.08),
    Kelurahan("Buaran Kradenan", _SELATAN, 3.2, 7.6, 0.03),
    Kelurahan("Degayu", _UTARA, 2.7, 13.3, 0.70),
    Kelurahan("Gamer", _TIMUR, 2.1, 6.0, 0.06),
    Kelurahan("Jenggot", _SELATAN, 4.2, 8.1, 0.10),
    Kelurahan("Kalibaros", _TIMUR, 2.6, 6.6, 0.08),
    Kelurahan("Kandang Panjang", _UTARA, 4.6, 9.4, 0.45),
    Kelurahan("Kauman", _TIMUR, 3.4, 3.8, 0.05),
    Kelurahan("Klego", _TIMUR, 3.0, 6.7, 0.15),
    Kelurahan("Krapyak", _UTARA, 5.9, 10.6, 0.55),
    Kelurahan("Kuripan Kertoharjo", _SELATAN, 3.3, 6.9, 0.04),
    Kelurahan("Kuripan Yosorejo", _SELATAN, 3.1, 6.5, 0.04),
    Kelurahan("Medono", _BARAT, 5.4, 4.1, 0.03),
    Kelurahan("Noyontaansari", _TIMUR, 4.4, 3.9, 0.05),
    Kelurahan("Padukuhan Kraton", _UTARA, 4.0, 9.0, 0.30),
    Kelurahan("Panjang Baru", _UTARA, 3.1, 10.9, 0.60),
    Kelurahan("Panjang Wetan", _UTARA, 4.7, 8.5, 0.45),
    Kelurahan("Pasirkratonkramat", _BARAT, 6.4, 8.3, 0.40),
    Kelurahan("Podosugih", _BARAT, 4.8, 2.5, 0.02),
    Kelurahan("Poncol", _TIMUR, 4.4, 4.5, 0.08),
    Kelurahan("Pringrejo", _BARAT, 4.1, 5.7, 0.04),
    Kelurahan("Sapuro Kebulen", _BARAT, 4.2, 3.9, 0.05),
    Kelurahan("Setono", _TIMUR, 3.2, 6.2, 0.06),
    Kelurahan("Sokoduwet", _SELATAN, 3.4, 7.8, 0.04),
    Kelurahan("Tirto", _BARAT, 3.5, 8.4, 0.45),
)
"""All 27, by name."""

NAMES = np.array([kelurahan.name for kelurahan in KELURAHAN], dtype=object)
KECAMATAN = np.array([kelurahan.kecamatan for kelurahan in KELURAHAN], dtype=object)
FLOODED = np.array([kelurahan.flooded for kelurahan in KELURAHAN])
_WEIGHT = np.array([kelurahan.weight for kelurahan in KELURAHAN])
_RATE = np.array([kelurahan.rate for kelurahan in KELURAHAN])


@dataclass(frozen=True)
class Standing:
    """How a kelurahan stands, in standard deviations of ln consumption about the city's mean.

    Parameters
    ----------
    level
        One figure for each kelurahan, in the order of ``KELURAHAN``; mean 0 over families.
    variance
        Of ``level`` over families.
    """

    level: Floats
    variance: float


def standing() -> Standing:
    """Return the level of each kelurahan that the assumed rates imply on a normal curve.

    Examples
    --------
    >>> worst = NAMES[standing().level.argmin()]
    >>> worst
    'Bandengan'
    """
    share = _WEIGHT / _WEIGHT.sum()
    level = -ndtri(_RATE / 100)
    level -= share @ level
    return Standing(level, float(share @ level**2))


def settled(families: int, rng: np.random.Generator) -> Ints:
    """Return the kelurahan of each family, as a position in ``KELURAHAN``, in random order.

    The sizes are the shares rounded to whole families (largest remainder), not a draw: no
    kelurahan of a small city is empty by bad luck.

    Examples
    --------
    >>> places = settled(1_000, np.random.default_rng(0))
    >>> int(np.bincount(places, minlength=27).min())
    20
    """
    exact = families * _WEIGHT / _WEIGHT.sum()
    counts = np.floor(exact).astype(np.int64)
    remainder = np.argsort(counts - exact, kind="stable")
    counts[remainder[: families - int(counts.sum())]] += 1
    return rng.permutation(np.repeat(np.arange(len(KELURAHAN)), counts))
