"""What a person decided about unsure pairs, to be taken over every score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.identifiers import parse_identifiers
from povtarget.registry.cells import read_flags
from povtarget.tables import read_table

Texts = NDArray[np.object_]
COLUMNS = ("registry_id", "other_id", "same")


def read_decisions(source: Any, registry: Texts, other: Texts) -> pd.DataFrame:
    """Read decisions: registry_id, other_id, and same ("ya" or "tidak").

    Rows without a word in ``same`` are not decided yet and left out.

    Parameters
    ----------
    source
        A file or frame, or None for no decisions.
    registry, other
        Identifiers of the families of both lists.

    Returns
    -------
    DataFrame
        registry_id, other_id, same (bool).

    Raises
    ------
    InputError
        With every fault: unknown families, words that are no yes or no, a pair decided in two
        ways, a family that is the same as two.

    Examples
    --------
    >>> ids = np.array(["A1", "A2"], dtype=object)
    >>> said = {"registry_id": ["A1", "A2"], "other_id": ["A2", "A1"], "same": ["ya", ""]}
    >>> read_decisions(said, ids, ids).to_dict("records")
    [{'registry_id': 'A1', 'other_id': 'A2', 'same': True}]
    """
    if source is None:
        return pd.DataFrame({"registry_id": [], "other_id": [], "same": np.zeros(0, bool)})
    table = read_table(source, allow_empty=True)
    frame, name = table.frame, "decisions" if table.name == "frame" else table.name
    faults = [
        Fault(
            "the column is missing", name, column=column, expected=nearest(column, frame.columns)
        )
        for column in COLUMNS
        if column not in frame.columns
    ]
    if faults:
        raise InputError(faults)
    is_said = frame["same"].notna() & (frame["same"].astype(str).str.strip() != "")
    frame, rows = frame[is_said].reset_index(drop=True), table.rows[is_said.to_numpy(bool)]
    read: dict[str, Any] = {}
    for column, known in (("registry_id", registry), ("other_id", other)):
        read[column], found = parse_identifiers(
            frame[column], column=column, source=name, rows=rows, unique=False
        )
        faults += found
        faults += [
            Fault("there is no such family", name, row, column)
            for row in rows[~pd.Index(read[column], dtype=object).isin(known)].tolist()
        ]
    read["same"], _, is_odd = read_flags(frame["same"])
    faults += [
        Fault("not a yes or no", name, row, "same", None, "ya or tidak")
        for row in rows[is_odd].tolist()
    ]
    said = pd.DataFrame(read)
    faults += _contradictions(said, rows, name)
    if faults:
        raise InputError(faults)
    said["same"] = said["same"].astype(bool)
    return said.drop_duplicates(ignore_index=True)


def _contradictions(said: pd.DataFrame, rows: NDArray[np.int64], name: str) -> list[Fault]:
    faults = []
    answers = said.groupby(["registry_id", "other_id"])["same"].transform("nunique")
    for row in rows[(answers > 1).to_numpy(bool)].tolist():
        faults.append(Fault("the same and not the same", name, row, "same"))
    yes = said[said["same"]].drop_duplicates()
    for column in ("registry_id", "other_id"):
        is_again = yes[column].duplicated(keep=False)
        at = yes.index[is_again.to_numpy(bool)]
        message = "the same as two families"
        faults += [Fault(message, name, row, column) for row in rows[at].tolist()]
    return faults
