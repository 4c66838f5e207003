"""How strongly two families agree: Splink's model of Fellegi and Sunter (1969), run in DuckDB.

Each comparison has levels from "same" to "other"; the weight of a level is log2(m / u), m being
its share among true pairs and u among others. Splink estimates u from random pairs and m by
expectation maximisation, and lowers the weight of common names and dates; nothing here learns
from labels. What is stated below are the levels, and values for lists too small to learn from:
there true pairs are no small part of all pairs, and would pass for chance. The values are those
of a made-up city.

Sums of floats depend on their order, so DuckDB trains on one thread; a score is computed pair
by pair and is the same on any number.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from povtarget.errors import PovtargetError

SMALL = 2_000  # rows of both lists, below which the stated values stand
_FEW_PAIRS = 100  # pairs that a training rule must have
LEAST_WEIGHT = -5.0  # below, a pair is not looked at again
HEAD_CHANGES = 0.02  # share of families with another head in the later list (assumption)
_OF_THE_HEAD = ("nik", "name", "birth", "sex")
_SAMPLE_PAIRS = 2_000_000
_SEED = 1


class Level(NamedTuple):
    """One level of agreement: how it is said, what it is in SQL, and values of m and u.

    The values are those of small lists, and where the learning of m starts.
    """

    words: str
    sql: str
    m: float
    u: float
    frequency: str | None = None  # column whose common values weigh less


class Comparison(NamedTuple):
    """What is compared, when it cannot be, and its levels, best first."""

    name: str
    missing: str
    levels: tuple[Level, ...]


_SHARED_WORDS = "len(list_intersect(words_l, words_r))"
_FEWER_WORDS = "least(len(words_l), len(words_r))"
# Members whom both families have, the two heads apart where they are the same person.
_MEMBERS = (
    "(len(list_intersect(members_l, members_r)) "
    "- case when coalesce(head_l = head_r and list_contains(members_l, head_l), false) "
    "then 1 else 0 end)"
)


def _missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


COMPARISONS = (
    Comparison(
        "nik",
        _missing("nik"),
        (
            Level("same NIK", "nik_l = nik_r", 0.93, 1e-5),
            Level("other NIK", "ELSE", 0.07, 1 - 1e-6),
        ),
    ),
    Comparison(
        "kk",
        _missing("kk"),
        (
            Level("same card", "kk_l = kk_r", 0.84, 1e-5),
            Level("other card", "ELSE", 0.16, 1 - 1e-6),
        ),
    ),
    Comparison(
        "name",
        _missing("name"),
        (
            Level("same name", "name_l = name_r", 0.75, 0.0008, "name"),
            Level("name sounds the same", "sound_l = sound_r", 0.10, 0.0002, "sound"),
            Level(
                "name nearly the same",
                "jaro_winkler_similarity(sound_l, sound_r) >= 0.92",
                0.07,
                0.0012,
            ),
            Level(
                "name is a part of the other",  # a word left out; Parman for Suparman
                "ends_with(sound_l, sound_r) or ends_with(sound_r, sound_l) "
                f"or {_SHARED_WORDS} = {_FEWER_WORDS}",
                0.04,
                0.0008,
            ),
            Level(
                "name somewhat alike",
                f"jaro_winkler_similarity(sound_l, sound_r) >= 0.84 or {_SHARED_WORDS} > 0",
                0.02,
                0.02,
            ),
            Level("other name", "ELSE", 0.02, 0.977),
        ),
    ),
    Comparison(
        "birth",
        _missing("birth"),
        (
            Level("same birth date", "birth_l = birth_r", 0.92, 0.0007, "birth"),
            Level(
                "birth date but for a slip, or day and month swapped",
                "damerau_levenshtein(birth_l, birth_r) <= 1 "
                "or (birth_l[:4] = birth_r[:4] and birth_l[5:6] = birth_r[7:8] "
                "and birth_l[7:8] = birth_r[5:6])",
                0.04,
                0.002,
            ),
            Level("same birth year", "birth_l[:4] = birth_r[:4]", 0.03, 0.016),
            Level(
                "birth years at most 2 apart",
                "abs(cast(birth_l[:4] as int) - cast(birth_r[:4] as int)) <= 2",
                0.005,
                0.07,
            ),
            Level("other birth date", "ELSE", 0.005, 0.91),
        ),
    ),
    Comparison(
        "sex",
        _missing("sex"),
        (Level("same sex", "sex_l = sex_r", 0.98, 0.7), Level("other sex", "ELSE", 0.02, 0.3)),
    ),
    Comparison(
        "place",
        _missing("area"),
        (
            Level("same address", "area_l = area_r and street_l = street_r", 0.72, 4e-5),
            Level(
                "same RT",
                "area_l = area_r and coalesce(rw_l = rw_r and rt_l = rt_r, false)",
                0.08,
                0.0004,
            ),
            Level("same RW", "area_l = area_r and coalesce(rw_l = rw_r, false)", 0.02, 0.0027),
            Level("same kelurahan", "area_l = area_r", 0.11, 0.036),
            Level("other kelurahan", "ELSE", 0.07, 0.96),
        ),
    ),
    Comparison(
        "members",
        "coalesce(len(members_l), 0) < 2 or coalesce(len(members_r), 0) < 2",
        (
            Level("more than one member in common", f"{_MEMBERS} >= 2", 0.55, 1e-6),
            Level("one member in common", f"{_MEMBERS} = 1", 0.33, 5e-5),
            Level("no other member in common", "ELSE", 0.12, 1 - 1e-6),
        ),
    ),
)
BY_NAME: Mapping[str, Comparison] = {comparison.name: comparison for comparison in COMPARISONS}

_BLOCKS: tuple[tuple[str, ...], ...] = (
    ("nik",),
    ("kk",),
    ("birth", "first"),
    ("birth", "area"),
    ("sound", "substr(birth, 1, 4)"),
    ("sound", "substr(birth, 5, 4)"),
    ("area", "rw", "rt", "first"),
    ("area", "street"),
)
_TRAINING: tuple[tuple[str, ...], ...] = (("nik",), ("kk",), ("sound", "birth"))


def scored_pairs(lists: Mapping[str, pd.DataFrame], *, threads: int | None) -> pd.DataFrame:
    """Score every pair of families that one of the blocking rules brings together.

    Parameters
    ----------
    lists
        Two tables by name, each sorted by unique_id, with nik, kk, name, sound, words, first,
        birth (YYYYMMDD), sex, street, rt, rw, area, head, members (None where missing).
    threads
        Threads of DuckDB; None leaves it to DuckDB.

    Returns
    -------
    DataFrame
        list_1, id_1, list_2, id_2, weight (log2 of the odds of a match), and for each
        comparison the position of its level, -1 where missing; in the order of lists and
        identifiers. Pairs below ``LEAST_WEIGHT`` are left out unless a number agrees.

    Raises
    ------
    PovtargetError
        If Splink or DuckDB is not there.
    """
    _needed()
    import duckdb
    from splink import DuckDBAPI, Linker

    # Without a folder for overflow no name or number can end up in a file of DuckDB's.
    alone: dict[str, Any] = {"threads": 1, "temp_directory": ""}
    with _quiet(), duckdb.connect(config=alone) as connection:
        api = DuckDBAPI(connection)
        tables = [api.register(table, dataset_display_name=name) for name, table in lists.items()]
        has_members = all(table["members"].notna().any() for table in lists.values())
        chosen = [c for c in COMPARISONS if c.name != "members" or has_members]
        rows = sum(map(len, lists.values()))
        settings: Any = _settings(chosen, is_small=rows < SMALL, share=_stated_share(lists))
        if rows >= SMALL:
            learner = Linker(tables, settings, log_level=None)
            _train(learner, lists)
            settings = _completed(learner.misc.save_model_to_json(), chosen, rows)
        if threads is not None:
            connection.execute(f"set threads = {int(threads)}")
        else:
            connection.execute("reset threads")
        judge = Linker(tables, settings, log_level=None)
        found = judge.inference.predict(warning_mode="never")
        pairs = connection.execute(_selection(found.physical_name, chosen, rows < SMALL)).df()
    return _tidy(pairs, list(lists))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's advice to those who build models out of other people's logs."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Give columns of text that type: DuckDB takes an empty column of objects for numbers."""
    lists = ("words", "members")
    return table.assign(
        **{name: table[name].astype("string") for name in table.columns if name not in lists}
    )


def _selection(table: str, chosen: list[Comparison], is_small: bool) -> str:
    """Select the pairs with the weight of either story: same head, or another head.

    Where the head changed, NIK, name, birth date and sex differ for one reason. To count each
    as evidence against would be to count it four times, so the odds are
    (1 - q) 2**all + q 2**(all without what is of the head), q being ``HEAD_CHANGES``.
    """
    sides = [f"{name}_{side}" for name in ("source_dataset", "unique_id") for side in "lr"]
    levels = [f"gamma_{comparison.name}" for comparison in chosen]
    of_head = [f"mw_{name}" for name in _OF_THE_HEAD]
    of_head += [
        f"mw_tf_adj_{comparison.name}"
        for comparison in chosen
        if any(level.frequency for level in comparison.levels) and not is_small
    ]
    same = f"log2({1 - HEAD_CHANGES}) + match_weight"
    changed = f"log2({HEAD_CHANGES}) + match_weight - ({' + '.join(of_head)})"
    weight = f"greatest({same}, {changed}) + log2(1 + pow(2, -abs({same} - ({changed}))))"
    columns = ", ".join([f"{weight} as weight", *sides, *levels])
    weighed = f"select {columns} from {table}"
    # A number that agrees against all else is for a person, however unlikely the pair.
    numbers = "gamma_nik = 1 or gamma_kk = 1"
    return f"select * from ({weighed}) where weight >= {LEAST_WEIGHT} or {numbers}"


def _needed() -> None:
    try:
        import duckdb  # noqa: F401
        import splink  # noqa: F401
    except ImportError as absent:
        message = 'comparing lists needs Splink: pip install "povtarget[linkage]"'
        raise PovtargetError(message) from absent


def _stated_share(lists: Mapping[str, pd.DataFrame]) -> float:
    """Return a modest guess at the share of matches: half of the shorter list."""
    sizes = [len(table) for table in lists.values()]
    return min(0.5, max(0.5 * min(sizes), 0.5) / max(sum(sizes) ** 2 / 2, 1))


def _settings(chosen: list[Comparison], *, is_small: bool, share: float) -> Any:
    from splink import SettingsCreator, block_on

    rules: list[Any] = [block_on(*columns) for columns in _BLOCKS]
    if any(comparison.name == "members" for comparison in chosen):
        rules.append(block_on("members", arrays_to_explode=["members"]))
    return SettingsCreator(
        link_type="link_and_dedupe",
        comparisons=[_as_splink(comparison, is_small) for comparison in chosen],
        probability_two_random_records_match=share,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=True,  # without them the levels are left out too
        retain_intermediate_calculation_columns=True,
    )


def _as_splink(comparison: Comparison, is_small: bool) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in comparison.levels:
        entry = {
            "sql_condition": level.sql,
            "label_for_charts": level.words,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        if level.frequency and not is_small:
            entry["tf_adjustment_column"] = level.frequency
            entry["tf_adjustment_weight"] = 1.0
        levels.append(entry)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _train(learner: Any, lists: Mapping[str, pd.DataFrame]) -> None:
    """Estimate the share of matches, u, and m from the pairs of each training rule."""
    from splink import block_on

    training = learner.training
    rules = [block_on(*columns) for columns in _TRAINING]
    training.estimate_probability_two_random_records_match(rules, recall=0.9)
    training.estimate_u_using_random_sampling(max_pairs=_SAMPLE_PAIRS, seed=_SEED)
    first, second = lists.values()
    for columns, rule in zip(_TRAINING, rules, strict=True):
        common = first.loc[first[list(columns)].notna().all(axis=1), list(columns)].merge(
            second[list(columns)], on=list(columns)
        )
        if len(common) >= _FEW_PAIRS:
            training.estimate_parameters_using_expectation_maximisation(rule)


def _completed(settings: dict[str, Any], chosen: list[Comparison], rows: int) -> dict[str, Any]:
    """Give levels that no pair had their stated values.

    A share of matches of 0 (lists without a common number) would rule every match out.
    """
    share = "probability_two_random_records_match"
    settings[share] = min(max(float(settings[share]), 1 / max(rows, 2) ** 2), 0.5)
    for entry, comparison in zip(settings["comparisons"], chosen, strict=True):
        levels = [level for level in entry["comparison_levels"] if not level.get("is_null_level")]
        for level, known in zip(levels, comparison.levels, strict=True):
            for side, otherwise in (("m_probability", known.m), ("u_probability", known.u)):
                value = level.get(side)
                if not isinstance(value, float | int) or not 0 < value < 1:
                    level[side] = otherwise
    return settings


def _tidy(pairs: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Order the sides of each pair and the pairs, and read the levels."""
    rank = {name: at for at, name in enumerate(names)}
    ranks = [pairs[f"source_dataset_{side}"].map(rank).to_numpy(np.int64) for side in "lr"]
    ids = [pairs[f"unique_id_{side}"].to_numpy(dtype=object) for side in "lr"]
    swap = (ranks[0] > ranks[1]) | ((ranks[0] == ranks[1]) & (ids[0] > ids[1]))
    order = np.array(names, dtype=object)
    tidy = pd.DataFrame(
        {
            "list_1": order[np.where(swap, ranks[1], ranks[0])],
            "id_1": np.where(swap, ids[1], ids[0]),
            "list_2": order[np.where(swap, ranks[0], ranks[1])],
            "id_2": np.where(swap, ids[0], ids[1]),
            # More digits than matter, fewer than any difference in rounding would reach.
            "weight": pairs["weight"].to_numpy(dtype=np.float64).round(6),
        }
    )
    for comparison in COMPARISONS:
        column = f"gamma_{comparison.name}"
        known = pairs[column].to_numpy(dtype=np.int64) if column in pairs.columns else -1
        best = len(comparison.levels) - 1  # Splink counts from the worst level, 0
        tidy[comparison.name] = np.where(np.equal(known, -1), -1, best - known)
    return tidy.sort_values(["list_1", "list_2", "id_1", "id_2"], ignore_index=True)
