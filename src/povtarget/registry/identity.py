"""Who is one family: identifiers, temporary ones where there is none, and repeated rows."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from povtarget.registry.notices import Ledger
from povtarget.sayings import said

Values = dict[str, npt.NDArray[Any]]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

TEMPORARY = "TMP-"


def stated_ids(values: Values, count: int) -> npt.NDArray[np.object_]:
    """Return the registry's own identifier of each row, else its card number, else None."""
    ids = np.full(count, None, dtype=object)
    for column in ("kk", "family_id"):
        if column in values:
            ids = np.where(pd.notna(values[column]), values[column], ids)
    return ids


def temporary_ids(values: Values, rows: Bools) -> npt.NDArray[np.object_]:
    """Return "TMP-000001", "TMP-000002", ... for rows that have no identifier.

    The numbers follow the order of SHA-256 digests of all that the row says, so they do not
    depend on the order of rows, and say no more of a family than that it is the k-th of a
    shuffled list: no digest is shown. Equal rows get neighbouring numbers. In another edition
    of the list the numbers are others: they are good within one reading and no further.

    Parameters
    ----------
    values
        Columns.
    rows
        Which rows need an identifier.

    Examples
    --------
    >>> temporary_ids({"name": np.array(["A", "B"])}, np.array([True, True])).tolist()
    ['TMP-000002', 'TMP-000001']
    >>> temporary_ids({"name": np.array(["B", "A"])}, np.array([True, True])).tolist()
    ['TMP-000001', 'TMP-000002']
    """
    digests = content(values, rows)
    order = np.argsort(digests, kind="stable")
    ids = np.empty(len(digests), dtype=object)
    ids[order] = [f"{TEMPORARY}{number:06d}" for number in range(1, len(digests) + 1)]
    return ids


def content(values: Values, rows: Bools) -> npt.NDArray[np.object_]:
    """Return a digest of what each of some rows says."""
    names = sorted(values)
    columns = [values[name][rows].tolist() for name in names]
    lines = zip(*columns, strict=True)
    digests = [hashlib.sha256(repr(line).encode()).hexdigest() for line in lines]
    return np.array(digests, dtype=object)


def repeated(values: Values, ids: npt.NDArray[np.object_], ledger: Ledger) -> Bools:
    """Say which rows are set aside since another row is the same family; warn of each.

    Of rows with one identifier the one with most cells filled stays; of those the first by
    content. A receipt that any of the rows has, the family has. Rows that say the same differ
    from rows that do not: these may be two heads on one card, or one family in two kelurahan.
    """
    group, _ = pd.factorize(ids)
    twice = pd.Series(group).duplicated(keep=False).to_numpy()
    aside = np.zeros(len(ids), dtype=bool)
    if not twice.any():
        return aside
    at = np.flatnonzero(twice)
    filled = sum(
        (pd.notna(column[at]).astype(int) for column in values.values()), np.zeros(at.size)
    )
    keys = pd.DataFrame({"group": group[at], "empty": -filled, "content": content(values, twice)})
    order = keys.sort_values(["group", "empty", "content"], kind="stable")
    kept_first = ~order["group"].duplicated().to_numpy()
    kept = pd.Series(at[order.index[kept_first]], index=order["group"].to_numpy()[kept_first])
    winner = kept[group[at]].to_numpy()
    aside[at[winner != at]] = True
    _any_receipt(values, at, winner)
    _warn_of_repeats(values, at, winner, keys["content"].to_numpy(), ledger)
    return aside


def _any_receipt(values: Values, at: Ints, winner: Ints) -> None:
    for name, column in values.items():
        if name.startswith("receives_"):
            column[winner[column[at]]] = True


def _warn_of_repeats(
    values: Values, at: Ints, winner: Ints, digest: npt.NDArray[Any], ledger: Ledger
) -> None:
    position = pd.Series(np.arange(at.size), index=at)
    is_equal = digest == digest[position[winner].to_numpy()]
    others = winner != at
    for row, other, equal in zip(at[others], winner[others], is_equal[others], strict=True):
        message = said("the same family as row {row}", row=ledger.rows[other])
        kind = "family-repeated" if equal else "family-twice"
        if not equal and "area" in values and values["area"][row] != values["area"][other]:
            kind, message = "two-areas", said("{message}, in another kelurahan", message=message)
        elif not equal and "nik" in values and _differ(values["nik"][row], values["nik"][other]):
            kind, message = "two-heads", said("{message}, with another head", message=message)
        ledger.warn_at(kind, [row], "family_id", said("{message}; set aside", message=message))


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def warn_of_shared_numbers(values: Values, family: Ints, ledger: Ledger) -> None:
    """Warn of a NIK that persons of several families have, and a card that families share.

    Both rows stay: which of the two is the person's, a list cannot say, and whoever compares
    lists (reconciles) needs both.
    """
    for column, kind, what in (
        ("nik", "nik-twice", "the NIK is in another family too"),
        ("kk", "kk-twice", "the card number is in another family too"),
    ):
        if column in values:
            number = pd.Series(values[column], dtype=object)
            pairs = pd.DataFrame({"number": number, "family": family})[number.notna().to_numpy()]
            families = pairs.drop_duplicates()["number"].value_counts()
            shared = number.isin(families.index[families > 1]).to_numpy(dtype=bool)
            ledger.warn(kind, shared, column, what)
