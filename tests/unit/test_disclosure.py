"""An attack on what is public: whether sums and differences tell a count of one to four families."""

from __future__ import annotations

import math

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy.optimize import linprog

import povtarget as pt
from povtarget.disclosure import FEWEST, rounded
from povtarget.evidence import Evidence
from povtarget.lowest import REACHED, is_lowest, reach


class Attack:
    """Whole families by area, what they have, what they get and whether they are of the lowest
    tenth: all that tables count."""

    def __init__(self, problem, plan):
        self.problem, self.evidence = problem, Evidence(problem, plan)
        before, new = problem.standing.received, self.evidence.chosen
        # every possible profile of an area, not only those that occur: the attacker knows no more
        programs = before.shape[1]
        areas = problem.households.area
        names = sorted(set(areas))
        bits = np.array(list(np.ndindex(*(3,) * programs)))  # 0 nothing, 1 has, 2 proposed
        profiles = len(names) * len(bits)
        self.area = np.tile(np.repeat(names, len(bits)), 2)
        self.before = np.tile(bits == 1, (2 * len(names), 1))
        self.new = np.tile(bits == 2, (2 * len(names), 1))
        self.is_lowest = np.arange(2 * profiles) >= profiles
        state = np.where(new, 2, np.where(before, 1, 0))
        code = [names.index(a) * len(bits) for a in areas]
        code = np.array(code) + state @ (3 ** np.arange(programs - 1, -1, -1))
        code += profiles * is_lowest(problem)
        self.truth = np.bincount(code, minlength=len(self.area)).astype(float)
        self.rows, self.low, self.high = [], [], []

    def learn(self, counted, shown):
        """Take one published number: a multiple, "*" (fewer than five), or nothing known."""
        row = np.asarray(counted, dtype=float)
        true = float(row @ self.truth)
        if shown == "–":
            low, high = 0.0, math.inf
        elif shown == "*" or (isinstance(shown, float) and math.isnan(shown)):
            low, high = 0, FEWEST - 1
        else:
            low, high = shown, shown + FEWEST - 1
        assert low <= true <= high, (shown, true)  # what is published is true
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def told(self, counted):
        """Whether a count has one value only in all cities that publish these numbers."""
        rows, low, high = np.array(self.rows), np.array(self.low), np.array(self.high)
        limits = np.vstack([rows[np.isfinite(high)], -rows])
        ends = np.concatenate([high[np.isfinite(high)], -low])
        found = [
            linprog(sign * np.asarray(counted, dtype=float), A_ub=limits, b_ub=ends).fun
            for sign in (1, -1)
        ]
        return math.floor(-found[1] + 1e-6) - math.ceil(found[0] - 1e-6) < 1

    def cells(self):
        """What the tables count: label, and which profiles are in it."""
        after = self.before | self.new
        for when, has in (("before", self.before), ("after", after)):
            number = has.sum(axis=1)
            for k in range(has.shape[1] + 1):
                yield ("held", when, k), number == k
            for p in range(has.shape[1]):
                for q in range(p + 1):
                    yield ("pair", when, p, q), has[:, p] & has[:, q]
        for p in range(self.new.shape[1]):
            yield ("new", p), self.new[:, p]
            for area in np.unique(self.area):
                yield ("new", p, area), self.new[:, p] & (self.area == area)
        yield ("served",), self.new.any(axis=1)
        for when, has, proposed in (
            ("before", self.before.any(axis=1), np.zeros(len(self.area), dtype=bool)),
            ("after", self.before.any(axis=1), self.new.any(axis=1)),
        ):
            gets = np.where(proposed, "proposed", np.where(has, "receives", "nothing"))
            for each in REACHED:
                yield ("reach", when, each), self.is_lowest & (gets == each)
        yield ("all",), np.ones(len(self.area), dtype=bool)
        for area in np.unique(self.area):
            yield ("area", area), self.area == area
            yield ("served", area), self.new.any(axis=1) & (self.area == area)


def city(seed, families=60):
    """A small city of three programs by two agencies, three areas, some receipts."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "household_id": [f"h{k}" for k in range(families)],
            "size": rng.integers(1, 6, families),
            "consumption": rng.integers(300_000, 700_000, families),
            "area": rng.choice(["Utara", "Selatan", "Tengah"], families, p=[0.55, 0.4, 0.05]),
        }
    )
    costs = (1_000_000, 2_000_000, 3_000_000)
    catalog = pt.Catalog(
        programs=[
            pt.Program(f"p{k}", need=f"n{k}", budget=f"B{k}", unit_cost=c, benefit=6 * c)
            for k, c in enumerate(costs)
        ],
        budgets=[
            pt.Budget(f"B{k}", amount=int(c * rng.integers(2, 15)), agency=f"A{min(k, 1)}")
            for k, c in enumerate(costs)
        ],
    )
    receipts = pd.DataFrame(
        {
            "household_id": rng.choice(frame["household_id"], 20, replace=False),
            "program": rng.choice(["p0", "p1", "p2"], 20, p=[0.6, 0.3, 0.1]),
        }
    )
    households = pt.Households.from_frame(frame, poverty_line=513_243)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return problem, pt.solve(problem, gap=0.05)


def tables_of(sheet):
    """Tables of a sheet: a filled row after a row of one cell begins one, as lists of rows."""
    found, rows = [], []
    for row in sheet.iter_rows(values_only=True):
        filled = [cell for cell in row if cell is not None]
        if len(filled) > 1:
            rows.append(list(row))
        elif rows:
            found, rows = [*found, rows], []
    return [*found, rows] if rows else found


def read(attack, path):
    """Learn every count of families of the public workbook and of the report's tables.

    Not learnt: that no more places are paid than a line's money buys. Budgets are public anyway.
    """
    book, cells = openpyxl.load_workbook(path), dict(attack.cells())
    programs = range(attack.new.shape[1])
    after = attack.before | attack.new
    agencies = [[0], [1, 2]]
    overlap = tables_of(book["Overlap"])
    for _, *row in overlap[0][1:]:
        k = overlap[0].index([_, *row]) - 1
        for when, shown in zip(("before", "after"), row, strict=False):
            attack.learn(cells["held", when, k], shown)
    for table, when in zip(overlap[1:3], ("before", "after"), strict=True):
        for p in programs:
            for q in range(p + 1):
                attack.learn(cells["pair", when, p, q], table[p + 1][q + 1])
    for table, has in zip(overlap[3:], (attack.before, after), strict=True):
        by = [has[:, mine].any(axis=1) for mine in agencies]
        for a in range(2):
            for b in range(2):
                attack.learn(by[a] & by[b], table[a + 1][b + 1])
    names = [f"p{p}" for p in programs]
    for row in tables_of(book["RKPD indicators"])[0][1:]:
        p = names.index(row[3])
        for shown in row[6:8]:
            attack.learn(cells["new", p], shown)
        if row[9] != "*":
            attack.learn(cells["new", p], row[9] / row[8])
    head, *rows = tables_of(book["Yearly plan of action"])[0]
    for row in rows:
        p = names.index(row[1])
        for area, shown in zip(head[2:-1], row[2:-1], strict=False):
            attack.learn(cells["new", p, area], shown)
        attack.learn(cells["new", p], row[len(head) - 1])
    for row in tables_of(book["LP2KD by kelurahan"])[0][1:]:
        if ("area", row[0]) in cells:
            attack.learn(cells["area", row[0]], row[1])
            attack.learn(cells["served", row[0]], row[-2])
    line = {row[0]: row for row in tables_of(book["Budgets and prices"])[0][1:]}
    for p in programs:
        spent = line[f"B{p}"][6]
        cost = attack.problem.catalog.programs[p].unit_cost
        attack.learn(cells["new", p], spent if spent == "*" else spent / cost)
    stated = dict(row[:2] for row in tables_of(book["Assumptions and certificate"])[0])
    attack.learn(cells["all",], stated["Families"])
    attack.learn(cells["served",], attack.evidence.served())
    table = reach(attack.problem, attack.evidence.plan).loc["lowest"]
    for when in ("before", "after"):
        shown = rounded(table[f"cells_{when}"], table[f"families_{when}"])
        for each, count in zip(table.index, shown.tolist(), strict=True):
            if (when, each) != ("before", "proposed"):  # nothing is proposed before a plan
                attack.learn(cells["reach", when, each], count)
    told = attack.evidence.programs()
    for p, (received, proposed) in enumerate(told[["received", "proposed"]].to_numpy()):
        attack.learn(attack.before[:, p], float(received))
        attack.learn(cells["new", p], float(proposed))


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_can_be_solved_from_what_is_public(seed, tmp_path):
    """Least and most of every count of 1 to 4 families, and of the rest beside it, differ."""
    problem, plan = city(seed)
    attack = Attack(problem, plan)
    path = pt.workbook.write_public_workbook(problem, plan, tmp_path / "public.xlsx")
    read(attack, path)
    small = 0
    for label, counted in attack.cells():
        for part in (counted, ~counted):
            if 0 < attack.truth[part].sum() < FEWEST:
                small += 1
                assert not attack.told(part), label
    assert small  # there was something to find


def test_the_attack_finds_what_exact_totals_told():
    """The attack works: x + y = 97 and x + 3 y = 99 were published, and y is 1."""
    problem, plan = city(0)
    attack = Attack(problem, plan)
    after = attack.before | attack.new
    held = [after.sum(axis=1) == k for k in range(4)]
    attack.truth[:] = 0
    for k, count in ((0, 20), (1, 96), (3, 1)):
        attack.truth[np.flatnonzero(held[k])[0]] = count
    attack.rows += [after.any(axis=1).astype(float), after.sum(axis=1).astype(float)]
    attack.rows.append(held[2] * 1.0)
    attack.low += [97, 99, 0]
    attack.high += [97, 99, 0]
    assert attack.told(held[3])
