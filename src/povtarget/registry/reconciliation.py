"""What reconciling two lists found: two tables, and the views that people ask for."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, PovtargetError
from povtarget.registry.listing import Listing
from povtarget.registry.notices import Notice, counted
from povtarget.sayings import said
from povtarget.stored_tables import unescaped, write_table
from povtarget.tables import read_table

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

FAMILY_COLUMNS = ("list", "family_id", "area", "state", "with_id", "head_member_of")
PAIR_COLUMNS = (
    "kind",
    "list_1",
    "id_1",
    "list_2",
    "id_2",
    "score",
    "step",
    "reason",
    "changed",
    "is_moved",
    "doubt",
)
STATES = ("both", "unsure", "only", "repeat")
_LISTS = ("registry", "other")
_KEY_BYTES = 16
_FILES = {"families.csv": FAMILY_COLUMNS, "pairs.csv": PAIR_COLUMNS}


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """Which families two lists share. Tables hold identifiers, scores and words, no other datum.

    Identifiers are those of the lists. Where a list has none of its own they may be card
    numbers, which are personal: `pseudonymous` makes a form that can be shared.

    Parameters
    ----------
    families
        One row for each row of the lists: list ("registry", "other"), family_id, area, state
        ("both", "unsure", "only", or "repeat" of another row of its list), with_id (the family
        of the other list, or the row that it repeats), head_member_of (for families in one list
        only: the family of the other list that has the head as a member, as where a child set up
        a family).
    pairs
        kind ("both", "unsure", "twice"), list_1, id_1, list_2, id_2, score (probability that
        they are the same family), step (what brought them together: "nik", "kk", "likeness",
        "decision"), reason (what agrees), changed (fields that differ), is_moved (another
        kelurahan), doubt (why a person should look).
    notices
        What is odd in the lists, by row and column, without the value.

    Notes
    -----
    ``score`` is the model's own probability; how often it is right was measured on made-up
    lists (`benchmarks/linkage.py`), not on yours.
    """

    families: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    notices: tuple[Notice, ...] = field(default=(), repr=False)
    _written: Mapping[str, pd.DataFrame] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, lists: Sequence[Listing], pairs: pd.DataFrame, groups: Sequence[Ints]
    ) -> Reconciliation:
        """Put together what each row's state is.

        Parameters
        ----------
        lists
            The two lists.
        pairs
            As in the class.
        groups
            For each list the first row of each row's family.
        """
        tables = [
            _states(listing, pairs, group).assign(head_member_of=_heads_elsewhere(listing, beside))
            for listing, group, beside in zip(lists, groups, reversed(lists), strict=True)
        ]
        written = {
            listing.name: listing.written.assign(family_id=listing.family_id) for listing in lists
        }
        ordered = pairs.sort_values(
            ["kind", "list_1", "list_2", "id_1", "id_2"], ignore_index=True
        )
        notices = tuple(notice for listing in lists for notice in listing.notices)
        families = pd.concat(tables, ignore_index=True)
        families.loc[families["state"].isin(["both", "repeat"]), "head_member_of"] = ""
        return cls(families[[*FAMILY_COLUMNS]], ordered, notices, written)

    def __repr__(self) -> str:
        count = self._counts
        return (
            f"Reconciliation({count['registry']:,} and {count['other']:,} rows: "
            f"{len(self.matches):,} families in both, {count['registry', 'only']:,} and "
            f"{count['other', 'only']:,} in one only, {count['registry', 'repeat']:,} and "
            f"{count['other', 'repeat']:,} repeated, {len(self.unsure):,} pairs unsure)"
        )

    @cached_property
    def _counts(self) -> dict[Any, int]:
        counts: dict[Any, int] = {}
        for name in _LISTS:
            own = self.families.loc[self.families["list"] == name, "state"]
            counts[name] = len(own)
            counts.update({(name, state): int((own == state).sum()) for state in STATES})
        return counts

    @property
    def matches(self) -> pd.DataFrame:
        """Families in both: registry_id, other_id, score, step, reason, changed, is_moved."""
        both = self._between("both")
        return both.drop(columns="doubt")

    @property
    def unsure(self) -> pd.DataFrame:
        """Pairs for a person: list_1, id_1, list_2, id_2, score, reason, doubt; best first."""
        columns = ["list_1", "id_1", "list_2", "id_2", "score", "reason", "doubt"]
        found = self.pairs.loc[self.pairs["kind"] == "unsure", columns]
        return found.sort_values("score", ascending=False, kind="stable", ignore_index=True)

    @property
    def duplicates(self) -> pd.DataFrame:
        """Rows that repeat a family of their own list: list, family_id, repeats."""
        repeats = self.families[self.families["state"] == "repeat"]
        return repeats[["list", "family_id", "with_id"]].rename(columns={"with_id": "repeats"})

    @property
    def only_registry(self) -> pd.DataFrame:
        """Families that the registry alone has: family_id, area, head_member_of."""
        return self._alone("registry")

    @property
    def only_other(self) -> pd.DataFrame:
        """Families that the other list alone has: family_id, area, head_member_of."""
        return self._alone("other")

    @property
    def moved(self) -> pd.DataFrame:
        """Matches in two kelurahan, as in `matches`."""
        return self.matches[self.matches["is_moved"]].reset_index(drop=True)

    @property
    def changed(self) -> pd.DataFrame:
        """How many matches differ in each field: field, families."""
        fields = self.matches["changed"].str.split(", ").explode()
        counts = fields[fields.notna() & (fields != "")].value_counts().sort_index()
        return counts.rename_axis("field").reset_index(name="families")

    @property
    def by_area(self) -> pd.DataFrame:
        """Families by kelurahan.

        registry = both + registry_unsure + registry_only + registry_repeat, and
        other = both - moved_out + moved_in + other_unsure + other_only + other_repeat.
        """
        table: dict[str, pd.Series] = {}
        for name in _LISTS:
            own = self.families[self.families["list"] == name]
            table[name] = own["area"].value_counts()
            for state in ("unsure", "only", "repeat"):
                table[f"{name}_{state}"] = own.loc[own["state"] == state, "area"].value_counts()
        here = self._area_of(self.matches, "registry", "registry_id")
        there = self._area_of(self.matches, "other", "other_id")
        table["both"] = here.value_counts()
        table["moved_out"] = here[here.to_numpy() != there.to_numpy()].value_counts()
        table["moved_in"] = there[here.to_numpy() != there.to_numpy()].value_counts()
        order = ["registry", "other", "both", "moved_out", "moved_in"]
        order += [name for name in table if name not in order]
        found = pd.DataFrame(table)[order].fillna(0).astype(np.int64)
        return found.sort_index().rename_axis("area")

    @property
    def oddities(self) -> pd.DataFrame:
        """How often each oddity of the lists was seen: kind, column, message, count, first row."""
        return counted(self.notices)

    def for_review(self) -> pd.DataFrame:
        """Put what both lists say of each unsure pair side by side. **Personal data.**

        Names, birth dates, numbers and addresses are in it: keep it where the lists are kept,
        give it to those only who decide, and write it to no shared folder. Fill the empty
        column ``same`` with "ya" or "tidak" and hand it back as ``decisions=``.

        Returns
        -------
        DataFrame
            registry_id, other_id, same, score, reason, doubt, and for each field two columns.

        Raises
        ------
        PovtargetError
            If this was read from files, which hold no personal data.
        """
        if self._written is None:
            message = "what the lists say is not stored with a reconciliation: reconcile anew"
            raise PovtargetError(message)
        table = self._between("unsure").drop(columns=["step", "changed", "is_moved"])
        table.insert(2, "same", "")
        for field_name in (c for c in self._written["registry"].columns if c != "family_id"):
            for name in _LISTS:
                said = self._written[name].set_index("family_id")[field_name]
                table[f"{name}_{field_name}"] = said.reindex(table[f"{name}_id"]).to_numpy()
        return table

    def pseudonymous(self, key: bytes) -> Reconciliation:
        """Replace identifiers by keyed pseudonyms (HMAC-SHA-256), for a form that is shared.

        The same key gives the same pseudonym, so that two shared tables can be joined; without
        the key nobody can try identifiers through, as they could with a bare hash.

        Parameters
        ----------
        key
            At least 16 random bytes, kept apart from what is shared.

        Raises
        ------
        InputError
            If the key is too short.
        """
        if len(key) < _KEY_BYTES:
            expected = said("at least {key_bytes} random bytes", key_bytes=_KEY_BYTES)
            raise InputError([Fault("the key is too short", column="key", expected=expected)])

        def hidden(cells: pd.Series) -> Texts:
            done = {
                text: hmac.new(key, str(text).encode(), sha256).hexdigest()[:24] if text else ""
                for text in cells.unique()
            }
            return cells.map(done).to_numpy(dtype=object)

        columns = ("family_id", "with_id", "head_member_of")
        families = self.families.assign(**{name: hidden(self.families[name]) for name in columns})
        pairs = self.pairs.assign(**{name: hidden(self.pairs[name]) for name in ("id_1", "id_2")})
        families = families.sort_values(["list", "family_id"], ascending=[False, True])
        return Reconciliation(
            families.reset_index(drop=True),
            pairs.sort_values(["kind", "id_1", "id_2"], ignore_index=True),
        )

    def write(self, folder: str | PathLike[str]) -> None:
        """Write ``families.csv`` and ``pairs.csv`` into a folder; identifiers as they are.

        A text that a spreadsheet would take for a formula has an apostrophe in front, which
        `read_reconciliation` takes off.

        Parameters
        ----------
        folder
            Made where it is not there.
        """
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for name, table in zip(_FILES, (self.families, self.pairs), strict=True):
            write_table(path / name, table)

    def _between(self, kind: str) -> pd.DataFrame:
        is_wanted = (self.pairs["kind"] == kind) & (self.pairs["list_1"] != self.pairs["list_2"])
        found = self.pairs[is_wanted].drop(columns=["kind", "list_1", "list_2"])
        names = {"id_1": "registry_id", "id_2": "other_id"}
        return found.rename(columns=names).reset_index(drop=True)

    def _alone(self, name: str) -> pd.DataFrame:
        is_own = (self.families["list"] == name) & (self.families["state"] == "only")
        return self.families.loc[is_own, ["family_id", "area", "head_member_of"]].reset_index(
            drop=True
        )

    def _area_of(self, pairs: pd.DataFrame, name: str, column: str) -> pd.Series:
        own = self.families[self.families["list"] == name].set_index("family_id")["area"]
        return own.reindex(pairs[column])


def _states(listing: Listing, pairs: pd.DataFrame, group: Ints) -> pd.DataFrame:
    """Say of each row whether its family is in both, unsure, in one list only, or a repeat."""
    index = pd.Index(listing.family_id)
    count = len(index)
    speaker = np.arange(count)  # by group: the row that stands for it
    state, with_id = np.full(count, "only", object), np.full(count, "", object)
    for kind in ("unsure", "both"):
        own = pairs[(pairs["kind"] == kind) & (pairs["list_1"] != pairs["list_2"])]
        mine, theirs = ("id_1", "id_2") if listing.name == "registry" else ("id_2", "id_1")
        at = index.get_indexer(pd.Index(own[mine], dtype=object))
        speaker[group[at]] = at
        state[at], with_id[at] = kind, own[theirs].to_numpy(dtype=object)
    is_repeat = speaker[group] != np.arange(count)
    state[is_repeat] = "repeat"
    with_id[is_repeat] = listing.family_id[speaker[group[is_repeat]]]
    return pd.DataFrame(
        {
            "list": listing.name,
            "family_id": listing.family_id,
            "area": listing.area,
            "state": state,
            "with_id": with_id,
        }
    )


def _heads_elsewhere(listing: Listing, beside: Listing) -> Texts:
    """Say for each family in which family of the other list its head is a member, "" if none."""
    members = beside.compared.loc[beside.compared["members"].notna(), ["unique_id", "members"]]
    members = members.explode("members", ignore_index=True)
    heads = beside.compared["head"].dropna()
    is_telling = ~members["members"].duplicated(keep=False) & ~members["members"].isin(heads)
    family = members[is_telling].set_index("members")["unique_id"]
    found = listing.compared["head"].map(family)
    return found.astype(object).where(found.notna(), "").to_numpy(dtype=object)


def read_reconciliation(folder: str | PathLike[str]) -> Reconciliation:
    """Read what `Reconciliation.write` wrote.

    Parameters
    ----------
    folder
        With ``families.csv`` and ``pairs.csv``.

    Raises
    ------
    InputError
        If a file or a column is absent.
    """
    read = []
    for name, columns in _FILES.items():
        table = read_table(Path(folder) / name, allow_empty=True)
        absent = [column for column in columns if column not in table.frame.columns]
        if absent:
            raise InputError(
                [Fault("the column is missing", name, column=column) for column in absent]
            )
        texts = table.frame[list(columns)].fillna("").astype(object)
        read.append(texts.map(unescaped))
    families, pairs = read
    pairs = pairs.assign(
        score=pairs["score"].astype(np.float64), is_moved=pairs["is_moved"] == "True"
    )
    return Reconciliation(families, pairs)
