"""A registry that has been read: families, members, warnings, and the way onward to a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from povtarget.errors import Fault, InputError
from povtarget.households import Households
from povtarget.registry.folding import AGE_GROUPS
from povtarget.registry.layouts import COUNTS
from povtarget.registry.notices import Notice, counted
from povtarget.sayings import said

NOT_LISTED = "(not on the list)"
"""What a planning frame says of a kelurahan that is missing or unknown."""

_FROM_MEMBERS = tuple(dict.fromkeys((*COUNTS, *AGE_GROUPS)))


@dataclass(frozen=True, eq=False, repr=False)
class Registry:
    """A list of families (or of households, in DTKS) with names.

    Make one with `read_registry`. Frames are copies: a change to one changes nothing here.

    Parameters
    ----------
    source
        Name of the file and sheet.
    layout
        Name of the preset that was used.
    unit
        "family": rows are families, each on one card; "household": rows are households that
        share a kitchen, as in DTKS, where ``family_id`` is the household's identifier.
    warnings
        What a person should look at, by row and column; never with a cell's value.
    personal
        Columns that no plan needs: they say who somebody is or where the home is.
    """

    source: str
    layout: str
    unit: Literal["family", "household"]
    warnings: tuple[Notice, ...]
    personal: frozenset[str]
    _families: pd.DataFrame
    _individuals: pd.DataFrame | None
    _set_aside: pd.DataFrame
    _unknown: pd.DataFrame

    @property
    def families(self) -> pd.DataFrame:
        """A new frame, one row for each family, sorted by ``family_id``.

        ``family_id, kk, nik, name, birth_date, sex, address, rt, rw, area, kecamatan, decile``
        (those that the layout has; identity and address are the head's), counts of members,
        what the family ``receives_``, other traits, and ``source_row``: the row in the file.
        """
        return self._families.copy()

    @property
    def individuals(self) -> pd.DataFrame | None:
        """A new frame of members with ``family_id`` and ``is_head``, or None."""
        return None if self._individuals is None else self._individuals.copy()

    @property
    def set_aside(self) -> pd.DataFrame:
        """Rows that are no family of their own: ``source_row``, ``family_id``, ``reason``."""
        return self._set_aside.copy()

    @property
    def unknown_places(self) -> pd.DataFrame:
        """Places that are not on the list: ``place, nearest, reason, rows, first_row``.

        ``place`` is "" where the text is near no name and rare: it may be no place at all.
        """
        return self._unknown.copy()

    @property
    def warning_counts(self) -> pd.DataFrame:
        """How often each kind of warning came: ``kind, column, message, count, first_row``."""
        return counted(self.warnings)

    def __len__(self) -> int:
        return len(self._families)

    def __repr__(self) -> str:
        many = "families" if self.unit == "family" else "households"
        members = "" if self._individuals is None else f", {len(self._individuals):,} individuals"
        notes = f"{len(self.warnings):,} warnings"
        return f"Registry({self.layout}: {len(self):,} {many}{members}, {notes})"

    def with_individuals(self, other: Registry) -> Registry:
        """Take counts of members from the list of individuals that goes with this one.

        P3KE hands families and individuals on as two files; only the second says how many
        people a family has.

        Parameters
        ----------
        other
            A registry with individuals and the same identifiers of families.

        Returns
        -------
        Registry
            With ``size`` and the other counts of ``other`` where this one has none. A family
            of which ``other`` has no member is warned of, and its counts are missing.

        Raises
        ------
        InputError
            If ``other`` has no individuals, or no family in common.
        """
        if other._individuals is None:
            _refuse("has no individuals", other.source, "a list of individuals")
        theirs = other._families.set_index("family_id")
        mine = self._families
        known = mine["family_id"].isin(theirs.index).to_numpy(dtype=bool)
        if not known.any():
            _refuse("has no family of the list", other.source, "the same identifiers of families")
        names = [name for name in _FROM_MEMBERS if name in theirs and name not in mine]
        found = theirs[names].reindex(mine["family_id"]).reset_index(drop=True)
        joined = pd.concat([mine, found], axis=1)
        notices = [
            Notice(
                "no member in the list of individuals",
                self.source,
                int(row),
                None,
                kind="no-member",
            )
            for row in mine["source_row"][~known]
        ]
        extra = int((~theirs.index.isin(mine["family_id"])).sum())
        if extra:
            message = said(
                "{extra:,} families with members are not on the list of families", extra=extra
            )
            notices.append(Notice(message, other.source, kind="no-family"))
        return replace(
            self,
            warnings=(*self.warnings, *notices, *other.warnings),
            personal=self.personal | other.personal,
            _families=joined,
            _individuals=other.individuals,
        )

    def planning_frame(self) -> pd.DataFrame:
        """Return what a plan may know: ``household_id``, size, area, decile, counts, traits.

        ``household_id`` is the ``family_id``. Names, numbers, birth dates and addresses are
        left out; a kelurahan that is not known is "(not on the list)". With ``consumption``
        added it is what `Households.from_frame` takes; `welfare_from_deciles` adds it where
        the registry has deciles.
        """
        left_out = self.personal | {"source_row"}
        names = [name for name in self._families if name not in left_out]
        frame = self._families[names].rename(columns={"family_id": "household_id"})
        for column in ("area", "kecamatan"):
            if column in frame:
                frame[column] = frame[column].fillna(NOT_LISTED)
        return frame

    def households(
        self,
        *,
        consumption: Any,
        poverty_line: float | None = None,
        sigma: Any = None,
        line: Any = None,
    ) -> Households:
        """Make households to plan with; each family counts as one household of weight 1.

        A family (one card) stands for a household (one kitchen) here, because aid is given by
        card; a card may hold two kitchens, so counts of one are not counts of the other.

        Parameters
        ----------
        consumption
            Rp per person per month, the median where sigma > 0: a column of the registry, a
            number, an array in the order of `families`, or a Series or mapping by
            ``family_id``.
        poverty_line, line
            Rp per person per month: for all, or for each in the forms of ``consumption``.
        sigma
            Standard deviation of ln consumption, in the forms of ``consumption``; 0 if None.

        Raises
        ------
        InputError
            If sizes are not known, a family has no consumption, or a number is out of range.
        """
        frame = self.planning_frame()
        if "size" not in frame:
            expected = "with_individuals(read_registry(the list of individuals)) first"
            _refuse(
                "the registry does not say how many people a family has", self.source, expected
            )
        for name, given in (("consumption", consumption), ("sigma", sigma), ("line", line)):
            if given is not None:
                frame[name] = self._by_family(name, given)
        return Households.from_frame(frame, poverty_line=poverty_line)

    def _by_family(self, name: str, given: Any) -> Any:
        """Return a number for each family from any of the forms that `households` takes."""
        if isinstance(given, str):
            if given not in self._families:
                _refuse(
                    said("there is no column '{given}'", given=given),
                    self.source,
                    "a column of the registry",
                )
            return self._families[given].to_numpy()
        if isinstance(given, pd.Series | Mapping):
            by_id = pd.Series(given)
            if not by_id.index.is_unique:
                count = int(by_id.index.duplicated().sum())
                _refuse(
                    said("{count:,} families are named twice", count=count),
                    name,
                    "each family once",
                )
            return by_id.reindex(self._families["family_id"]).to_numpy(dtype=np.float64)
        numbers = np.asarray(given, dtype=np.float64)
        if numbers.shape not in ((), (len(self),)):
            _refuse(
                said("{size} numbers for {count} families", size=numbers.size, count=len(self)),
                name,
                "one for each family",
            )
        return np.broadcast_to(numbers, len(self)).copy()


def _refuse(message: str, source: str, expected: str) -> Any:
    raise InputError([Fault(message, source, expected=expected)])
