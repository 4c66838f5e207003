"""Precision, recall, time and memory of `reconcile` on made-up lists whose truth is known.

Each run is a process of its own, and the lists are made in another one, so that time and peak
memory are those of reading two CSV-like frames and reconciling them. Seeds 0 to 9 were used
while the model was built; do not judge by them. ``errors`` multiplies every rate of
`povtarget.datasets.slips.RATES`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import Stopwatch, peak_mib

COLUMNS = (
    "families",
    "seed",
    "errors",
    "members",
    "precision",
    "recall",
    "recall_no_nik",
    "recall_moved",
    "recall_head",
    "twice_precision",
    "twice_recall",
    "unsure",
    "seconds",
    "cores",
    "peak_mib",
)


def make(families: int, seed: int, errors: float, path: Path) -> None:
    """Write the two lists and the truth."""
    from povtarget.datasets import two_lists

    with path.open("wb") as stream:
        pickle.dump(two_lists(families, seed, errors=errors), stream)


def measure(path: Path, members: bool, threads: int | None) -> dict:
    """Reconcile the lists of a file, and judge the result by the truth."""
    from povtarget.registry.linkage import reconcile

    with path.open("rb") as stream:
        lists = pickle.load(stream)
    people = {}
    if members:
        people = {
            "individuals": lists.registry_individuals,
            "other_individuals": lists.other_individuals,
        }
    watch = Stopwatch()
    found = reconcile(lists.registry, lists.other, threads=threads, **people)
    used = {"seconds": watch.seconds, "cores": watch.cores, "peak_mib": peak_mib()}
    return {**judge(lists, found), **used}


def judge(lists: object, found: object) -> dict:
    """Compare matches and repeats with the truth; families count once, however often listed."""
    entity = {
        name: rows.set_index("family_id")["entity"] for name, rows in lists.truth.groupby("list")
    }
    pairs = found.matches
    ours = entity["registry"].reindex(pairs["registry_id"]).to_numpy()
    is_right = ours == entity["other"].reindex(pairs["other_id"]).to_numpy()
    both = {*entity["registry"]} & {*entity["other"]}
    hit = {*ours[is_right]}
    newer = lists.truth[lists.truth["list"] == "other"].set_index("entity")["event"]
    has_nik = {
        name: {*entity[name].reindex(table.loc[table["nik"].notna(), "family_id"])}
        for name, table in (("registry", lists.registry), ("other", lists.other))
    }
    groups = {
        "recall": both,
        "recall_no_nik": both - (has_nik["registry"] & has_nik["other"]),
        "recall_moved": both & {*newer.index[newer == "moved"]},
        "recall_head": both & {*newer.index[newer == "head replaced"]},
    }
    twice = found.duplicates
    is_twice = [
        entity[name].get(one) == entity[name].get(two)
        for name, one, two in zip(twice["list"], twice["family_id"], twice["repeats"], strict=True)
    ]
    return {
        "precision": round(float(is_right.mean()), 5),
        **{name: round(len(hit & group) / len(group), 4) for name, group in groups.items()},
        "twice_precision": round(sum(is_twice) / max(len(is_twice), 1), 4),
        "twice_recall": round(sum(is_twice) / int(lists.truth["is_repeat"].sum()), 4),
        "unsure": len(found.unsure),
    }


def main() -> None:
    """Run every size, seed and rate of errors, with and without members."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=[5_000, 20_000, 87_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--errors", type=float, nargs="+", default=[1.0, 2.0])
    parser.add_argument("--members", type=int, nargs="+", choices=[0, 1], default=[0, 1])
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--make", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        families, seed, errors, path = given.make
        make(int(families), int(seed), float(errors), Path(path))
        return
    if given.one:
        path, members = given.one
        print(json.dumps(measure(Path(path), members == "1", given.threads)))
        return
    print("\t".join(COLUMNS))
    own = [sys.executable, __file__]
    threads = [] if given.threads is None else ["--threads", str(given.threads)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lists.pickle"
        for errors in given.errors:
            for families in given.families:
                for seed in given.seeds:
                    city = [str(families), str(seed), str(errors)]
                    subprocess.run([*own, "--make", *city, str(path)], check=True)
                    for members in given.members:
                        command = [*own, *threads, "--one", str(path), str(members)]
                        done = subprocess.run(command, check=True, capture_output=True, text=True)
                        row = json.loads(done.stdout.splitlines()[-1])
                        row |= dict(zip(COLUMNS, (*city, members), strict=False))
                        print("\t".join(str(row[name]) for name in COLUMNS), flush=True)


if __name__ == "__main__":
    main()
