"""`reconcile`: which families of two lists are the same, and what changed between the lists.

First numbers (NIK, card), then names, dates, addresses and members: every pair of families that
any of these brings together is scored by one model (`agreement`), so that a shared number is
strong evidence and no more; each family then belongs to at most one of the other list
(`assignment`). What the score leaves open, or a number claims against all else, is for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.places import Places
from povtarget.registry.agreement import BY_NAME, COMPARISONS, scored_pairs
from povtarget.registry.assignment import groups, one_to_one
from povtarget.registry.decisions import read_decisions
from povtarget.registry.listing import Listing, one_spelling, read_listing, telling
from povtarget.registry.model import Registry
from povtarget.registry.notices import Notice
from povtarget.registry.reconciliation import PAIR_COLUMNS, Reconciliation
from povtarget.sayings import said

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

TWICE = 0.999  # two rows of one list: far fewer pairs are the same family there
_RIVAL = 3.0  # a second family within this weight (odds of 8) makes a match unsure
_DECIDED = 1e4  # more than any weight
_NAME_OTHER = len(BY_NAME["name"].levels) - 1
_BIRTH_OTHER = len(BY_NAME["birth"].levels) - 1
_PLACE_OTHER = len(BY_NAME["place"].levels) - 1


def reconcile(
    registry: Any,
    other: Any,
    *,
    individuals: Any = None,
    other_individuals: Any = None,
    areas: Any = None,
    columns: Mapping[str, str] | None = None,
    other_columns: Mapping[str, str] | None = None,
    accept: float = 0.95,
    doubt: float = 0.5,
    decisions: Any = None,
    threads: int | None = None,
) -> Reconciliation:
    """Match the families of two lists.

    Parameters
    ----------
    registry, other
        What `read_registry` read; or files or frames, one row for each family (card): family_id
        (text, unique), name of the head, area (kelurahan); optional birth_date, sex ("L", "P")
        and nik of the head, kk, address, rt, rw, kecamatan. The more of these, the more is
        found; numbers are text of 16 digits.
    individuals, other_individuals
        All persons of each list: family_id, name, birth_date; None takes those of what
        `read_registry` read. With both, families whose head died or changed are found, and
        members in common count as evidence.
    areas
        Kelurahan by their right names (`Places`, or what `Places.of` takes); None compares the
        names as written, without regard to case, spaces and "Kel.".
    columns, other_columns
        Our names of columns to those of each list.
    accept, doubt
        Probability from which a match stands, and from which it is shown to a person.
    decisions
        What a person found: registry_id, other_id, same ("ya"/"yes", "tidak"/"no"); a file or a
        frame, such as an edited `Reconciliation.for_review`.
    threads
        Threads for scoring; None takes all. The result is the same for any number, and for any
        order of rows.

    Returns
    -------
    Reconciliation
        Who is in both lists, in one only, twice in one; moved, changed; unsure ones.

    Raises
    ------
    InputError
        With every fault of both lists; no fault shows a number, a name or a date.
    PovtargetError
        If Splink is not there (``pip install "povtarget[linkage]"``).

    Notes
    -----
    A same number with another name and another birth date is never accepted alone: it is in
    ``unsure``. Fellegi and Sunter (1969); one-to-one assignment by Jaro (1989).

    Examples
    --------
    >>> from povtarget.datasets import two_lists
    >>> lists = two_lists(300, seed=3)
    >>> found = reconcile(lists.registry, lists.other)
    >>> int(found.by_area["both"].sum()) == len(found.matches)
    True
    """
    faults = _range_faults(accept, doubt, threads)
    remarks = _units(registry, other)
    (registry, individuals), (other, other_individuals) = (
        _opened(registry, individuals),
        _opened(other, other_individuals),
    )
    places = None if areas is None else Places.of(areas)
    first, found = read_listing(
        registry, "registry", individuals=individuals, places=places, columns=columns
    )
    faults += found
    second, found = read_listing(
        other, "other", individuals=other_individuals, places=places, columns=other_columns
    )
    faults += found
    if first is None or second is None or faults:
        raise InputError(faults)
    decided = read_decisions(decisions, first.family_id, second.family_id)
    named = one_spelling((first, second))
    lists = telling((replace(first, area=named[0]), replace(second, area=named[1])))
    pairs = scored_pairs({each.name: each.compared for each in lists}, threads=threads)
    found_all = _reconciled(lists, pairs, decided, (_log_odds(accept), _log_odds(doubt)))
    return replace(found_all, notices=(*remarks, *found_all.notices))


def _opened(source: Any, individuals: Any) -> tuple[Any, Any]:
    """Return the families and the members of what `read_registry` read; others as they are."""
    if not isinstance(source, Registry):
        return source, individuals
    return source.families, source.individuals if individuals is None else individuals


def _units(registry: Any, other: Any) -> tuple[Notice, ...]:
    """Remark on a list of households beside one of families: a kitchen may hold two cards."""
    units = {each.unit for each in (registry, other) if isinstance(each, Registry)}
    if len(units) < 2:
        return ()
    message = "one list has households (kitchens), the other families (cards): not one for one"
    return (Notice(message, "registry and other", kind="unit"),)


def _range_faults(accept: float, doubt: float, threads: int | None) -> list[Fault]:
    faults = []
    if not 0 < doubt <= accept < 1:
        value = said("{doubt} and {accept}", doubt=doubt, accept=accept)
        expected = "0 < doubt <= accept < 1"
        faults.append(
            Fault("out of range", column="doubt, accept", value=value, expected=expected)
        )
    if threads is not None and threads < 1:
        faults.append(Fault("out of range", column="threads", value=str(threads), expected="1 up"))
    return faults


def _log_odds(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def _reconciled(
    lists: tuple[Listing, Listing],
    pairs: pd.DataFrame,
    decided: pd.DataFrame,
    limits: tuple[float, float],
) -> Reconciliation:
    """Decide which of the scored pairs stand."""
    pairs = pairs.assign(is_doubtful=_is_questioned(pairs), step=_steps(pairs), doubt="")
    ends = [pairs[f"list_{side}"].to_numpy(dtype=object) for side in (1, 2)]
    within = pairs[ends[0] == ends[1]]
    twice, unsure_twice = _repeats(within, decided, limits[0])
    rows = [_grouped(listing, twice) for listing in lists]
    across = _decide(pairs[ends[0] != ends[1]], decided)
    left, right = (_group_of(lists[side], rows[side], across[f"id_{side + 1}"]) for side in (0, 1))
    across = across.assign(left=left, right=right)
    # Whoever says that two rows are not one family says it of their repeats as well.
    no = decided[~decided["same"]]
    apart = pd.MultiIndex.from_arrays(
        [
            _group_of(lists[0], rows[0], no["registry_id"]),
            _group_of(lists[1], rows[1], no["other_id"]),
        ]
    )
    is_apart = pd.MultiIndex.from_frame(across[["left", "right"]]).isin(apart)
    across = across[~is_apart | (across["step"] == "decision").to_numpy(bool)]
    both, unsure = _matched(across, limits)
    kept = pd.concat(
        [
            both.assign(kind="both"),
            unsure.assign(kind="unsure"),
            twice.assign(kind="twice"),
            unsure_twice.assign(kind="unsure"),
        ],
        ignore_index=True,
    )
    return Reconciliation.of(lists, _told(kept, lists), rows)


def _is_questioned(pairs: pd.DataFrame) -> Bools:
    """Say where the heads have different names and too little else says why.

    The birth date is within the NIK and the address goes with the card, so neither of them
    counts beside its number.
    """
    is_other = pairs["name"].isin([_NAME_OTHER, -1])
    is_born_alike, is_near = pairs["birth"].isin([0, 1]), pairs["place"].isin([0, 1])
    is_same_card = pairs["kk"] == 0
    is_explained = (
        (pairs["members"] == 0)
        | ((pairs["members"] == 1) & (is_same_card | is_born_alike))
        | (is_born_alike & (is_same_card | is_near))
    )
    return np.asarray(is_other & ~is_explained, dtype=bool)


def _steps(pairs: pd.DataFrame) -> Texts:
    numbers = [pairs["nik"] == 0, pairs["kk"] == 0]
    return np.asarray(np.select(numbers, ["nik", "kk"], "likeness"), dtype=object)


def _repeats(
    within: pd.DataFrame, decided: pd.DataFrame, accept: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs of one list that are the same family, and those that may be."""
    settled = {
        *(("registry", family) for family in decided.loc[decided["same"], "registry_id"]),
        *(("other", family) for family in decided.loc[decided["same"], "other_id"]),
    }
    apart = np.array(
        [
            (name, one) in settled and (name, two) in settled
            for name, one, two in zip(
                within["list_1"], within["id_1"], within["id_2"], strict=True
            )
        ],
        dtype=bool,
    )
    within = within[~apart]
    is_sure = (within["weight"] >= _log_odds(TWICE)) & ~within["is_doubtful"]
    is_unsure = ~is_sure & (within["weight"] >= accept)
    return within[is_sure], within[is_unsure].assign(doubt="perhaps twice in one list")


def _grouped(listing: Listing, twice: pd.DataFrame) -> Ints:
    """Position of the first row of each row's family."""
    index = pd.Index(listing.family_id)
    own = twice[twice["list_1"] == listing.name]
    ends = [index.get_indexer(pd.Index(own[f"id_{side}"], dtype=object)) for side in (1, 2)]
    return groups(len(index), ends[0], ends[1])


def _group_of(listing: Listing, group: Ints, families: pd.Series) -> Ints:
    """Position of the first row of each named family."""
    at = pd.Index(listing.family_id).get_indexer(pd.Index(families, dtype=object))
    return group[at]


def _decide(across: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Let what a person found stand over every score."""
    if decided.empty:
        return across
    said = pd.MultiIndex.from_frame(decided[["registry_id", "other_id"]])
    is_said = pd.MultiIndex.from_frame(across[["id_1", "id_2"]]).isin(said)
    yes = decided[decided["same"]]
    is_taken = across["id_1"].isin(yes["registry_id"]) | across["id_2"].isin(yes["other_id"])
    known = across[is_said].drop(columns=["weight", "step", "is_doubtful", "list_1", "list_2"])
    stated = yes.rename(columns={"registry_id": "id_1", "other_id": "id_2"}).drop(columns="same")
    stated = stated.merge(known, on=["id_1", "id_2"], how="left").assign(
        list_1="registry",
        list_2="other",
        weight=_DECIDED,
        step="decision",
        is_doubtful=False,
        doubt="",
    )
    levels = [comparison.name for comparison in COMPARISONS]
    stated[levels] = stated[levels].fillna(-1).astype(np.int64)
    rest = across[~(is_said | is_taken)]
    return pd.concat([rest, stated[rest.columns]], ignore_index=True).sort_values(
        ["id_1", "id_2"], ignore_index=True
    )


def _matched(
    across: pd.DataFrame, limits: tuple[float, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose one partner at most for each family; return matches and unsure ones."""
    accept, doubt = limits
    ranked = across.sort_values(
        ["is_doubtful", "weight", "id_1", "id_2"], ascending=[True, False, True, True]
    )
    best = ranked.drop_duplicates(["left", "right"]).sort_values(["left", "right"])
    likely = best[best["weight"] > doubt]
    chosen = one_to_one(
        likely["left"].to_numpy(np.int64),
        likely["right"].to_numpy(np.int64),
        likely["weight"].to_numpy(np.float64) - min(doubt, 0.0),
    )
    is_chosen = np.zeros(len(likely), dtype=bool)
    is_chosen[chosen] = True
    picked = likely[is_chosen].copy()
    picked["doubt"] = np.select(
        [
            picked["is_doubtful"].to_numpy(bool),
            _has_rival(likely, is_chosen),
            (picked["weight"] < accept).to_numpy(bool),
        ],
        [
            "the heads differ and nothing says why",
            "another family fits as well",
            "too little agrees",
        ],
        "",
    )
    both = picked[picked["doubt"] == ""]
    claimed = best[
        best["is_doubtful"]
        & (best["step"] != "likeness")
        & ~best["left"].isin(picked["left"])
        & ~best["right"].isin(picked["right"])
    ].assign(doubt="a number agrees and nothing else")
    return both, pd.concat([picked[picked["doubt"] != ""], claimed])


def _has_rival(likely: pd.DataFrame, is_chosen: Bools) -> Bools:
    """Say for which chosen pairs another one, that is not needed elsewhere, is as good."""
    picked, rest = likely[is_chosen], likely[~is_chosen]
    found = np.zeros(len(picked), dtype=bool)
    for end, far in (("left", "right"), ("right", "left")):
        held = rest[far].map(picked.set_index(far)["weight"]).fillna(-np.inf)
        free = rest[held.to_numpy() < rest["weight"].to_numpy()]
        best = picked[end].map(free.groupby(end)["weight"].max()).fillna(-np.inf)
        found |= best.to_numpy() > picked["weight"].to_numpy() - _RIVAL
    return found


def _distinct(rows: pd.DataFrame) -> tuple[Ints, list[tuple[Any, ...]]]:
    """The number of each row's combination, and the combinations."""
    if rows.empty:  # pandas before 3 cannot tell how many columns no combination has
        return np.empty(0, dtype=np.int64), []
    code, combinations = pd.factorize(pd.MultiIndex.from_frame(rows))
    return code, list(combinations)


def _told(pairs: pd.DataFrame, lists: tuple[Listing, Listing]) -> pd.DataFrame:
    """Say in words why each pair is one, and what changed."""
    streets = {each.name: each.compared.set_index("unique_id")["street"] for each in lists}
    is_written = np.ones(len(pairs), dtype=bool)
    for side in (1, 2):
        for name, street in streets.items():
            own = (pairs[f"list_{side}"] == name).to_numpy(bool)
            is_written[own] &= street.reindex(pairs.loc[own, f"id_{side}"]).notna().to_numpy()
    levels = pairs[[comparison.name for comparison in COMPARISONS]]
    code, combos = _distinct(levels.assign(place=levels["place"].where(is_written, -1)))
    changes = np.array([_changes(combo) for combo in combos] or [""], dtype=object)
    told, stories = _distinct(levels)
    reasons = np.array([_reason(story) for story in stories] or [""], dtype=object)
    moved = (pairs["place"] == _PLACE_OTHER).to_numpy(bool)
    changed = changes[code] if len(pairs) else np.array([], dtype=object)
    changed = np.where(moved, [f"{said}, area".removeprefix(", ") for said in changed], changed)
    score = 1 / (1 + np.exp2(-pairs["weight"].clip(-60, 60)))
    reason = reasons[told] if len(pairs) else ""
    done = pairs.assign(score=score.round(6), reason=reason, changed=changed, is_moved=moved)
    return done[[*PAIR_COLUMNS]]


def _reason(levels: tuple[int, ...]) -> str:
    said = [
        comparison.levels[level].words
        for comparison, level in zip(COMPARISONS, levels, strict=True)
        if level >= 0 and comparison.name != "sex"
    ]
    return "; ".join(said)


def _changes(levels: tuple[int, ...]) -> str:
    level = dict(zip((comparison.name for comparison in COMPARISONS), levels, strict=True))
    is_other_head = level["name"] == _NAME_OTHER and level["birth"] == _BIRTH_OTHER
    changed = {
        "head": is_other_head,
        "nik": level["nik"] == 1,
        "kk": level["kk"] == 1,
        "name": level["name"] > 1 and not is_other_head,
        "birth_date": level["birth"] > 0 and not is_other_head,
        "sex": level["sex"] == 1 and not is_other_head,
        "address": level["place"] > 0,
    }
    return ", ".join(name for name, is_changed in changed.items() if is_changed)
