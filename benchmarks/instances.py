"""Published problems with known answers: generalised assignment and multidimensional knapsack.

`GAP` assigns every job to one agent at least cost within the agents' capacities; `Knapsack`
chooses items for most profit within several capacities. Both are MMKPs, and both judge a choice
in whole numbers with nothing of the library.

Where they come from: OR-Library (J. E. Beasley); Cattrysse, Salomon and Van Wassenhove 1994; Chu
and Beasley 1997 and 1998; Yagiura, Ibaraki and Glover 2004.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse

from number_files import InstanceError, Ints, NumberFile
from povtarget.mmkp import MMKP

GAP_FOLDERS = ("cattrysse1994", "chu1997", "yagiura2004")
MKP_FILES = {  # OR-Library's numbering: constraints x items
    (5, 100): "mknapcb1.txt",
    (5, 250): "mknapcb2.txt",
    (5, 500): "mknapcb3.txt",
    (10, 100): "mknapcb4.txt",
    (10, 250): "mknapcb5.txt",
    (10, 500): "mknapcb6.txt",
    (30, 100): "mknapcb7.txt",
    (30, 250): "mknapcb8.txt",
    (30, 500): "mknapcb9.txt",
}
MKP_TABLE = "best-feasible-slns.txt"


@dataclass(frozen=True)
class Judgement:
    """What a choice is worth in the published sense, and what it breaks."""

    value: int
    faults: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GAP:
    """Cost and weight int64[agents, jobs], capacity int64[agents]."""

    cost: Ints
    weight: Ints
    capacity: Ints

    def mmkp(self) -> MMKP:
        """A group for each job, an item for each job and agent, a row for each agent."""
        agents, jobs = self.cost.shape
        items = np.arange(jobs * agents)
        usage = sparse.csr_array(
            (self.weight.T.ravel().astype(np.float64), (items, items % agents)),
            shape=(items.size, agents),
        )
        value = -self.cost.T.ravel().astype(np.float64)
        return MMKP(items // agents, value, usage, self.capacity, choose_one=True)

    def judge(self, choice: Ints) -> Judgement:
        """Cost of an assignment, and what is wrong with it."""
        agents, jobs = self.cost.shape
        job = np.arange(jobs)
        if choice.shape != (jobs,):
            return Judgement(0, (f"{choice.size} choices for {jobs} jobs",))
        wrong = (choice < job * agents) | (choice >= (job + 1) * agents)
        if wrong.any():
            return Judgement(0, (f"{int(wrong.sum())} job(s) without an agent",))
        agent = choice - job * agents
        load = np.zeros(agents, dtype=np.int64)
        np.add.at(load, agent, self.weight[agent, job])
        faults = tuple(
            f"agent {a} carries {load[a]} of {self.capacity[a]}"
            for a in np.flatnonzero(load > self.capacity)
        )
        return Judgement(int(self.cost[agent, job].sum()), faults)


@dataclass(frozen=True, eq=False)
class Knapsack:
    """Profit int64[items], use int64[constraints, items], capacity int64[constraints]."""

    profit: Ints
    use: Ints
    capacity: Ints

    def mmkp(self) -> MMKP:
        """A group of one item for each item, a row for each constraint."""
        return MMKP(np.arange(self.profit.size), self.profit, self.use.T, self.capacity)

    def judge(self, choice: Ints) -> Judgement:
        """Profit of a selection, and what is wrong with it."""
        items = self.profit.size
        if choice.shape != (items,) or not np.all((choice == -1) | (choice == np.arange(items))):
            return Judgement(0, ("a choice that is not the item or nothing",))
        taken = choice >= 0
        load = self.use[:, taken].sum(axis=1)
        faults = tuple(
            f"constraint {r} uses {load[r]} of {self.capacity[r]}"
            for r in np.flatnonzero(load > self.capacity)
        )
        return Judgement(int(self.profit[taken].sum()), faults)


@dataclass(frozen=True)
class Instance:
    """A published problem: where it stands, and what is known of its optimum.

    Parameters
    ----------
    family, name, kind
        "gap" or "mkp"; a unique name; "A" to "E", "cattrysse", or "5.100" (constraints.items).
    path, number
        The file, and which of its problems.
    sense
        1 where more is better, -1 for cost.
    best_known
        Best published value: some feasible answer has it.
    best_bound
        Best published bound, and the optimum where it equals ``best_known``; None where none is.
    lp
        Published optimum of the linear programming relaxation, or None.
    """

    family: str
    name: str
    kind: str
    path: Path
    number: int
    sense: int
    best_known: int
    best_bound: int | None
    lp: float | None

    def read(self) -> GAP | Knapsack:
        """The problem itself."""
        if self.family == "gap":
            return read_gap(self.path)
        return read_knapsacks(self.path)[self.number]


def shared_folder(given: Path | None) -> Path:
    """The folder that holds ``instances/``: as given, or POVTARGET_SHARED."""
    named = given or os.environ.get("POVTARGET_SHARED")
    if not named:
        raise InstanceError("name the folder that holds instances/: --shared or POVTARGET_SHARED")
    folder = Path(named)
    if not (folder / "instances").is_dir():
        raise InstanceError(f"{folder} has no folder 'instances'")
    return folder


def all_instances(shared: Path) -> list[Instance]:
    """Every published problem, in the order of the tables that state their optima."""
    return [*gap_instances(shared), *mkp_instances(shared)]


def gap_instances(shared: Path) -> list[Instance]:
    """The problems of ``gap/data.csv``."""
    folder = shared / "instances" / "gap"
    table = folder / "data.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_gap_instance(folder, table, line, row) for line, row in enumerate(rows, 2)]


def _gap_instance(folder: Path, table: Path, line: int, row: dict[str, str]) -> Instance:
    try:
        name = row["Path"]
        best, bound = int(row["Best known solution value"]), int(row["Best known bound"])
    except (KeyError, TypeError, ValueError) as error:
        raise InstanceError(f"{table}, line {line}: {error!r}") from error
    letter = name.rpartition("/")[2][0].upper()
    kind = "cattrysse" if name.startswith("cattrysse") else letter
    return Instance("gap", name, kind, folder / name, 0, -1, best, bound, None)


def mkp_instances(shared: Path) -> list[Instance]:
    """The problems of ``mkp/mknapcb1.txt`` to ``mknapcb9.txt``."""
    folder = shared / "instances" / "mkp"
    tables = _mkp_tables(folder / MKP_TABLE)
    found = []
    for name, (best, lp) in tables.items():
        kind, _, number = name.partition("-")
        rows, _, items = kind.partition(".")
        path = folder / MKP_FILES[int(rows), int(items)]
        found.append(Instance("mkp", name, kind, path, int(number), 1, int(best), None, float(lp)))
    return found


def _mkp_tables(path: Path) -> dict[str, tuple[str, str]]:
    """By name the best feasible value and the LP optimum; the file has one table of each."""
    columns: list[dict[str, str]] = []
    for line, text in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        if text.startswith("Problem Name"):
            columns.append({})
            continue
        if not columns or not text.strip():
            continue
        words = text.split()
        if len(words) != 2 or words[0] in columns[-1]:
            raise InstanceError(f"{path}, line {line}: expected a new name and a number")
        columns[-1][words[0]] = words[1]
    if len(columns) != 2 or columns[0].keys() != columns[1].keys():
        raise InstanceError(f"{path}: expected two tables of the same names")
    return {name: (best, columns[1][name]) for name, best in columns[0].items()}


def read_gap(path: Path) -> GAP:
    """``m n``, then m x n costs, m x n weights and m capacities."""
    file = NumberFile(path)
    agents, jobs = file.one("the number of agents", 1), file.one("the number of jobs", 1)
    cost = file.whole("costs", agents, jobs)
    weight = file.whole("weights", agents, jobs)
    capacity = file.whole("capacities", agents)
    file.end()
    return GAP(cost, weight, capacity)


@lru_cache(maxsize=2)
def read_knapsacks(path: Path) -> tuple[Knapsack, ...]:
    """``K``, then K times: ``n m optimum``, n profits, m x n uses and m capacities."""
    file = NumberFile(path)
    problems = tuple(_knapsacks(file, file.one("the number of problems", 1)))
    file.end()
    return problems


def _knapsacks(file: NumberFile, count: int) -> Iterator[Knapsack]:
    for k in range(1, count + 1):
        items, rows, _ = file.whole(f"the sizes of problem {k}", 3)
        yield Knapsack(
            file.whole(f"profits of problem {k}", int(items)),
            file.whole(f"uses of problem {k}", int(rows), int(items)),
            file.whole(f"capacities of problem {k}", int(rows)),
        )
