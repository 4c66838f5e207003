"""Names of places as people write them, to the names of a list; what is not on it is reported.

"Kali Baros", "KALIBAROS" and "Kel. Kalibaros" are one kelurahan. Case, spaces, punctuation,
accents and words such as "Kelurahan" or "Desa" do not tell places apart; letters do: a place
with another letter is unknown, and the nearest name is a suggestion that a person takes up by
`Places.with_spellings`, never a guess.

Currently implemented:

- ``Place``, ``Places``: the list, and ``match``, which reads a column against it;
- ``misspelt``: names of a column that look like slips of other names in it, without a list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.sayings import either, said

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]

_KINDS = r"(?:kelurahan|kel|desa|ds|kecamatan|kec|kota|kabupaten|kab|provinsi|prov)"
_PREFIX = re.compile(rf"(?:{_KINDS}\b[\s./:]*)+")
_GLUED = re.compile(r"[^a-z0-9]+")
_NEAR = 0.6  # similarity from which a name is worth suggesting
_SLIP = 0.8  # similarity of a slip: one letter in five, two in ten
_TIMES = 20  # cells of the name that is meant for each of the slip
_DIGITS = re.compile(r"\d+")
_FREQUENT = 3  # rows from which a text that is near nothing may be shown: no person's name


class Place(NamedTuple):
    """One kelurahan or desa: its name, its kecamatan, and its code (any, or "")."""

    name: str
    kecamatan: str = ""
    code: str = ""


@dataclass(frozen=True)
class UnknownPlace:
    """A text that is on no list, or that names several places.

    Parameters
    ----------
    text
        As written in its first row; "" where it is near no name and rare, since a cell in the
        wrong column may hold a person's name.
    positions
        Where the text stands in the column, from 0.
    nearest
        The name on the list that is nearest, or "".
    reason
        "unknown", or which places it can be.
    """

    text: str
    positions: npt.NDArray[np.int64] = field(repr=False)
    nearest: str
    reason: str = "unknown"


@dataclass(frozen=True, eq=False)
class PlaceMatch:
    """A column read against a list.

    Parameters
    ----------
    names, kecamatan
        Names of the list for each cell, None where missing or unknown.
    is_elsewhere
        Whether the cell's kecamatan is another than the list's; the list's is in ``kecamatan``.
    unknown
        What is not on the list, by its first position.
    """

    names: Texts
    kecamatan: Texts
    is_elsewhere: Bools
    unknown: tuple[UnknownPlace, ...]


def place_key(text: object) -> str:
    """Return what tells places apart: letters and digits, without "Kel." and the like.

    Examples
    --------
    >>> [place_key(text) for text in ("Kel. Kali Baros", "KALIBAROS", "Desa/Kelurahan Krapyak")]
    ['kalibaros', 'kalibaros', 'krapyak']
    """
    plain = unicodedata.normalize("NFKD", str(text)).casefold().strip()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    rest = _PREFIX.sub("", plain, count=1) if _PREFIX.match(plain) else plain
    return _GLUED.sub("", rest) or _GLUED.sub("", plain)


@dataclass(frozen=True)
class Places:
    """A list of kelurahan, each in its kecamatan.

    Parameters
    ----------
    places
        The list. A name may stand in two kecamatan; name and kecamatan together only once.
    spellings
        Other names: ``{"Bendan": "Bendan Kergon"}``.

    Raises
    ------
    InputError
        If a place is listed twice, or a spelling names none of the list.

    Examples
    --------
    >>> places = Places.of(["Kalibaros", "Pasirkratonkramat", "Krapyak"])
    >>> found = places.match(["Kel. Kali Baros", "PASIR KRATON KRAMAT", "Krapiak", None])
    >>> found.names.tolist()
    ['Kalibaros', 'Pasirkratonkramat', None, None]
    >>> [(place.text, place.nearest) for place in found.unknown]
    [('Krapiak', 'Krapyak')]
    """

    places: tuple[Place, ...]
    spellings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", tuple(Place(*place) for place in self.places))
        object.__setattr__(self, "spellings", MappingProxyType(dict(self.spellings)))
        keys = [(place_key(place.name), place_key(place.kecamatan)) for place in self.places]
        faults = [
            Fault("the place is listed twice", "areas", value=place.name)
            for at, place in enumerate(self.places)
            if keys[at] in keys[:at]
        ]
        names = {key for key, _ in keys}
        faults += [
            Fault(
                "a spelling of no place on the list",
                "areas",
                value=name,
                expected=self._near(name),
            )
            for name in self.spellings.values()
            if place_key(name) not in names
        ]
        if faults:
            raise InputError(faults)

    @classmethod
    def of(cls, areas: Any) -> Places:
        """Make a list from names, from a mapping of names to kecamatan, or from pairs.

        Examples
        --------
        >>> len(Places.of(["Tirto", "Medono"]).places), Places.of({"Tirto": "Barat"}).places[0]
        (2, Place(name='Tirto', kecamatan='Barat', code=''))
        """
        if isinstance(areas, Places):
            return areas
        if isinstance(areas, Mapping):
            return cls(tuple(Place(str(name), str(where)) for name, where in areas.items()))
        if isinstance(areas, Iterable) and not isinstance(areas, str | bytes):
            return cls(
                tuple(
                    Place(place) if isinstance(place, str) else Place(*map(str, place))
                    for place in areas
                )
            )
        expected = "a list of names, a mapping of names to kecamatan, or Places"
        raise InputError([Fault("not a list of places", "areas", expected=expected)])

    def with_spellings(self, spellings: Mapping[str, str]) -> Places:
        """Return a list that knows more spellings: theirs to the name on the list."""
        return replace(self, spellings={**self.spellings, **spellings})

    def match(
        self, cells: Sequence[object] | Texts, kecamatan: Sequence[object] | Texts | None = None
    ) -> PlaceMatch:
        """Read a column of names, each distinct text once.

        Parameters
        ----------
        cells
            Texts, or codes where the list has them; None where missing.
        kecamatan
            The column beside it, which tells places of one name apart.
        """
        count = len(cells)
        which, texts = pd.factorize(np.asarray(cells, dtype=object))
        around = (
            np.full(count, None, object) if kecamatan is None else np.asarray(kecamatan, object)
        )
        which_parent, parents = pd.factorize(around)
        pair = np.where(
            which < 0, -1, which.astype(np.int64) * (len(parents) + 1) + which_parent + 1
        )
        codes, pairs = pd.factorize(pair, use_na_sentinel=False)
        keys = [place_key(text) for text in texts]
        parent_keys = ["", *map(place_key, parents)]
        hits = []
        for number in pairs:
            text, parent = divmod(int(number), len(parents) + 1)
            hits.append(
                (-1, False, "") if number < 0 else self._hit(keys[text], parent_keys[parent])
            )
        at = np.array([hit[0] for hit in hits], dtype=np.int64)[codes]
        odd = np.array([hit[1] for hit in hits], dtype=bool)[codes]
        why = np.array([hit[2] for hit in hits], dtype=object)[codes]
        names = np.array([*(place.name for place in self.places), None], dtype=object)
        within = np.array(
            [*(place.kecamatan or None for place in self.places), None], dtype=object
        )
        unknown = self._unknown(which, texts, why, (at < 0) & (which >= 0))
        return PlaceMatch(names[at], within[at], odd, unknown)

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, place in enumerate(self.places):
            for key in {
                place_key(place.name),
                *([_GLUED.sub("", place.code)] if place.code else []),
            }:
                found.setdefault(key, []).append(at)
        for other, name in self.spellings.items():
            for at in found[place_key(name)]:
                found.setdefault(place_key(other), []).append(at)
        return found

    def _hit(self, key: str, parent: str) -> tuple[int, bool, str]:
        """Return the place of a key (-1 for none), whether its kecamatan differs, and why none."""
        found = [*dict.fromkeys(self._by_key.get(key, ()))]
        if not found:
            return -1, False, "unknown"
        inside = [at for at in found if place_key(self.places[at].kecamatan) == parent]
        if len(found) == 1:
            stated = bool(parent and self.places[found[0]].kecamatan)
            return found[0], stated and not inside, ""
        if len(inside) == 1:
            return inside[0], False, ""
        choices = either(
            said(
                "{name} in {kecamatan}",
                name=self.places[at].name,
                kecamatan=self.places[at].kecamatan,
            )
            for at in found
        )
        return -1, False, said("can be {choices}", choices=choices)

    def _near(self, text: object) -> str:
        key, best, score = place_key(text), "", _NEAR
        for place in self.places:
            ratio = SequenceMatcher(None, key, place_key(place.name), autojunk=False).ratio()
            if ratio > score:
                best, score = place.name, ratio
        return best

    def _unknown(
        self, which: npt.NDArray[Any], texts: Any, why: Texts, is_unknown: Bools
    ) -> tuple[UnknownPlace, ...]:
        at = np.flatnonzero(is_unknown)
        found = []
        for (number, _), group in pd.Series(at).groupby([which[at], why[at]], sort=False):
            reason = why[group.iloc[0]]
            near = self._near(texts[number]) if reason == "unknown" else ""
            is_shown = bool(near) or reason != "unknown" or len(group) >= _FREQUENT
            text = " ".join(str(texts[number]).split()) if is_shown else ""
            found.append(UnknownPlace(text, group.to_numpy(), near, reason))
        return tuple(found)


class Slip(NamedTuple):
    """A rare name beside a frequent one that it may stand for."""

    name: str
    first: int  # position of its first cell
    cells: int
    instead: str


def slip_text(slip: Slip, source: str, row: int, column: str) -> str:
    """What it is, where it stands first, and what helps."""
    count = said("{count:,} rows" if slip.cells > 1 else "{count:,} row", count=slip.cells)
    return said(
        "{source}, row {row}, column '{column}': '{area}' ({count}) is an area of its own; "
        "is it '{instead}'? A list of places (places=) tells.",
        source=source,
        row=row,
        column=column,
        area=slip.name,
        count=count,
        instead=slip.instead,
    )


def misspelt(names: Sequence[str] | Texts) -> list[Slip]:
    """Return names of a column that are rare and nearly a frequent one: likely slips of it.

    A name is compared with those that have twenty times as many cells or more. It is a slip if
    the two tell no places apart (`place_key`), or differ by a letter or two; digits must be the
    same, since RW 01 and RW 02 are two places.

    Parameters
    ----------
    names
        A place for each row.

    Examples
    --------
    >>> misspelt(["Podosugih"] * 20 + ["Podosugeh"])
    [Slip(name='Podosugeh', first=20, cells=1, instead='Podosugih')]
    """
    which, found = pd.factorize(np.asarray(names, dtype=object))
    cells = np.bincount(which, minlength=len(found))
    keys = [place_key(name) for name in found]
    digits = [_DIGITS.findall(key) for key in keys]
    slips = []
    for rare in range(len(found)):
        if not keys[rare].strip("0123456789"):
            continue  # a code
        near = [
            (SequenceMatcher(None, keys[rare], keys[other], autojunk=False).ratio(), -other)
            for other in np.flatnonzero(cells >= _TIMES * cells[rare]).tolist()
            if digits[other] == digits[rare]
        ]
        score, at = max(near, default=(0.0, 0))
        if score >= _SLIP:
            first = int(np.argmax(which == rare))
            slips.append(Slip(str(found[rare]), first, int(cells[rare]), str(found[-at])))
    return slips
