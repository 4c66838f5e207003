"""A binary program as arrays, and a solver's answer to it: what all rivals share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BinaryProgram:
    """max objective.z with row_lower <= matrix z <= row_upper, z binary."""

    objective: Floats
    matrix: sparse.csr_array
    row_lower: Floats
    row_upper: Floats

    @property
    def sizes(self) -> dict[str, int]:
        """Columns, rows and non-zeros, as columns of a table."""
        rows, columns = self.matrix.shape
        return {"columns": columns, "rows": rows, "nonzeros": int(self.matrix.nnz)}


@dataclass(frozen=True, eq=False)
class Answer:
    """A solver's last word: ``z`` is None where it found nothing, ``bound`` inf where none."""

    status: str
    z: NDArray[np.bool_] | None = None
    value: float = -math.inf
    bound: float = math.inf


@dataclass(frozen=True)
class Limits:
    """When to stop: seconds, relative gap, and threads (None: the solver's default)."""

    seconds: float
    gap: float
    threads: int | None = None
