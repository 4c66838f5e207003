"""Money of lines that is pooled, where each line keeps a part of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from povtarget.entry_faults import is_number
from povtarget.errors import Fault, InputError, nearest
from povtarget.mmkp import MMKP, MMKPSolution
from povtarget.mmkp.model import NONE
from povtarget.programs import Budget
from povtarget.questions.first_level import FirstLevel, improved
from povtarget.sayings import said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Groups = dict[str, list[Budget]]
"""Lines by transfer group."""


def kept_amounts(groups: Groups, at_least: float | Mapping[str, float]) -> dict[str, Fraction]:
    """Rp a year that each line keeps."""
    lines = {line.name: line for mine in groups.values() for line in mine}
    faults = []
    if isinstance(at_least, Mapping):
        for name, amount in at_least.items():
            most = float(lines[name].amount) if name in lines else 0.0
            if name not in lines:
                hint = nearest(name, lines) or "a line that shares its transfer_group"
                faults.append(
                    Fault("no line that may lose money", "", None, "at_least", name, hint)
                )
            elif not (is_number(amount) and 0 <= amount <= most):
                expected = said("Rp a year from 0 to its amount, {most:,.0f}", most=most)
                faults.append(
                    Fault(
                        said("'{name}' cannot keep that", name=name),
                        "",
                        None,
                        "at_least",
                        str(amount),
                        expected,
                    )
                )
    elif not (is_number(at_least) and 0 <= at_least <= 1):
        expected = "a share from 0 to 1, or Rp a year by budget name"
        faults.append(Fault("not a share", "", None, "at_least", str(at_least), expected))
    if faults:
        raise InputError(faults)
    if isinstance(at_least, Mapping):
        return {name: Fraction(at_least.get(name, 0.0)) for name in lines}
    return {name: Fraction(at_least) * Fraction(line.amount) for name, line in lines.items()}


def divided(
    model: FirstLevel,
    pooled: FirstLevel,
    groups: Groups,
    kept: dict[str, Fraction],
    start: MMKPSolution,
    gap: float,
    time_limit: float | None,
) -> tuple[MMKPSolution, list[frozenset[str]]]:
    """The best use of the pooled money, and the sets of lines that together may not have it all.

    Lines keep what they must exactly where, for every set S of a group's lines,

        sum of what S spends <= total - sum of what the others keep.

    Rows are added for sets that are broken, until none is.
    """
    cuts: list[frozenset[str]] = []
    while True:
        mmkp = _with_cuts(model, pooled.mmkp, groups, kept, cuts)
        prices = np.append(start.prices, np.zeros(mmkp.num_rows - start.prices.size))
        found = improved(mmkp, replace(start, prices=prices), gap, time_limit)
        spent = spent_by_line(model, groups, found.choice)
        broken = [
            frozenset(line.name for line in lines if spent[line.name] > kept[line.name])
            for lines in groups.values()
            if sum(max(spent[line.name], kept[line.name]) for line in lines)
            > sum(Fraction(line.amount) for line in lines)
        ]
        if not broken:
            return found, cuts
        alone = [frozenset([name]) for cut in broken for name in sorted(cut) if len(cut) > 1]
        cuts += [*broken, *(cut for cut in alone if cut not in cuts)]
        start = replace(start, prices=found.prices)


def _with_cuts(
    model: FirstLevel,
    mmkp: MMKP,
    groups: Groups,
    kept: dict[str, Fraction],
    cuts: Sequence[frozenset[str]],
) -> MMKP:
    """The pooled rows, and one for each set of lines."""
    if not cuts:
        return mmkp
    names = model.mmkp.row_names
    member = np.array([[name in cut for cut in cuts] for name in names], dtype=np.float64)
    limits = []
    for cut in cuts:
        lines = next(mine for mine in groups.values() if cut & {line.name for line in mine})
        total = sum((Fraction(line.amount) for line in lines), Fraction(0))
        left = total - sum(kept[line.name] for line in lines if line.name not in cut)
        limits.append(rounded_down(left))
    wider = sparse.csr_array(member)
    error = mmkp.usage_error
    if error is not None:
        mine = model.mmkp.usage_error
        assert mine is not None
        error = sparse.csr_array(sparse.hstack([error, sparse.csr_array(mine @ wider)]))
    return MMKP(
        mmkp.group,
        mmkp.value,
        sparse.hstack([mmkp.usage, sparse.csr_array(model.mmkp.usage @ wider)]),
        np.append(mmkp.upper, limits),
        np.append(mmkp.lower, np.full(len(cuts), -np.inf)),
        mmkp.required,
        mmkp.num_groups,
        usage_error=error,
        row_names=(*mmkp.row_names, *(f"kept:{k}" for k in range(len(cuts)))),
    )


def rounded_down(exact: Fraction) -> float:
    """The largest float64 that is not more."""
    number = float(exact)
    return math.nextafter(number, -math.inf) if Fraction(number) > exact else number


def spent_by_line(model: FirstLevel, groups: Groups, choice: Ints) -> dict[str, Fraction]:
    """Rp a year that a choice spends in each line, exactly."""
    chosen = choice[choice != NONE]
    names = [line.name for lines in groups.values() for line in lines]
    columns = [model.mmkp.row_names.index(name) for name in names]
    parts = [model.mmkp.usage] + [e for e in (model.mmkp.usage_error,) if e is not None]
    spent = dict.fromkeys(names, Fraction(0))
    for part in parts:
        used = part[chosen][:, columns].tocsc()
        for k, name in enumerate(names):
            spent[name] += sum(map(Fraction, used[:, [k]].data.tolist()), Fraction(0))
    return spent
