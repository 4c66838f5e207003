"""What a meeting is told of a row: what the family has, and why the program, in plain words.

It is read out before neighbours: no number, no score, nothing of health or of a disability, and of
a program that would tell of it neither name nor need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from povtarget.errors import masked
from povtarget.workbook.draft import Draft, health_label, meeting_labels, tells_health_word
from povtarget.workbook.marginal import Additions

_SHARED_BY = 5  # receipts that must share a name before it is shown
_VERY_LIKELY, _MAY = 0.5, 0.2  # by how much the chance of being below the line falls
_SHARES = (
    (0.85, "nearly_all"),
    (0.6, "two_thirds"),
    (0.45, "half"),
    (0.29, "third"),
    (0.2, "quarter"),
    (0.07, "tenth"),
)
"""From which share of the shortfall on, and what it is called."""


def held(draft: Draft) -> dict[int, str]:
    """What each household has already, by its position; who has nothing is not in it."""
    receipts = draft.problem.receipts
    if receipts is None:
        return {}
    catalog, households = draft.problem.catalog, draft.problem.households
    rows = households.positions(receipts["household_id"])
    programs = catalog.positions(receipts["program"])
    names = _names(draft, receipts)
    labels = meeting_labels(catalog, draft.words, "wb_service_number")
    found: dict[int, Counter[str]] = {}
    for row, program, name in zip(rows.tolist(), programs.tolist(), names, strict=True):
        if row >= 0:
            found.setdefault(row, Counter())[labels[program] if program >= 0 else name] += 1
    return {row: "; ".join(sorted(has)) for row, has in found.items()}


def _names(draft: Draft, receipts: pd.DataFrame) -> list[str]:
    """What receipts outside the catalogue are called; by their agency where they tell of health.

    A rare name is not shown: a cell in the wrong column may hold a person's.
    """
    empty = pd.Series("", index=receipts.index)
    texts = (receipts.get(name, empty).fillna("") for name in ("program", "need", "agency"))
    count = receipts["program"].value_counts()
    return [
        draft.words("wb_service_other")
        if count[name] < _SHARED_BY
        else health_label(draft.words, str(agency))
        if tells_health_word(name, need)
        else masked(name)
        for name, need, agency in zip(*texts, strict=True)
    ]


def reasons(draft: Draft, added: Additions, has: Mapping[int, str]) -> list[str]:
    """Why, for each household of ``added``, in words that can be read out.

    Parameters
    ----------
    draft
        The plan.
    added
        What a program adds where it is proposed, or would add.
    has
        As `held` gives it.
    """
    words, program = draft.words, draft.problem.catalog.programs[added.program]
    is_private = draft.is_private[added.program]
    need = "" if is_private else words("wb_for_need", need=words.need(program.need))
    served = draft.problem.standing.needs.served[added.rows]
    group = draft.problem.standing.needs.of_program[added.program]
    locked = draft.locked(added)
    share = np.divide(
        added.shrink, added.short, out=np.zeros(added.rows.size), where=added.short > 0
    )
    texts = []
    for at, row in enumerate(added.rows.tolist()):
        lock = {"agreed": "wb_why_agreed", "kept": "wb_why_kept"}.get(str(locked[at]))
        if lock:  # the meeting's own word, or the plan's before, is reason enough
            texts.append(words(lock))
            continue
        effect = words(_effect(float(added.fall[at]), float(share[at])))
        state = "wb_has_nothing"
        if row in has:
            state = "wb_has_same" if group >= 0 and served[at, group] else "wb_has_other"
        texts.append(". ".join(part for part in (need, effect, words(state)) if part))
    return texts


def _effect(fall: float, share: float) -> str:
    """The key of what a program does for a household."""
    if fall >= _VERY_LIKELY:
        return "wb_why_very_likely"
    if fall >= _MAY:
        return "wb_why_may"
    if share <= 0:
        return "wb_why_meets"
    return "wb_closes_" + next((name for least, name in _SHARES if share >= least), "little")
