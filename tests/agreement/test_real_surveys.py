"""The example scripts plan on real surveys: agreement with the surveys' own poverty rates.

Albania's 6,671 households and popstan's 8,000 have fractional weights; feasibility is judged on
the stored numbers as fractions. Run with POVTARGET_SHARED naming the folder of shared data.
"""

from __future__ import annotations

import importlib.util
import io
import math
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import povtarget as pt

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = {"albania_lsms2012": "07_albania", "popstan": "08_popstan"}
PUBLISHED = {  # P0, P1, P2 of persons
    "albania_lsms2012": (0.14274, 0.02953, 0.00965),
    "popstan": (0.06667, 0.01274, 0.00343),
}
LINE = {"albania_lsms2012": "4891", "popstan": "1000"}


@dataclass(frozen=True)
class Run:
    """One script run to its end: what it returned, printed, asked, found and judged."""

    dataset: str
    script: ModuleType
    path: Path
    code: int
    printed: str
    problem: pt.TargetingProblem
    plan: pt.Plan
    check: pt.Verification

    @property
    def survey(self) -> pd.DataFrame:
        """The survey as stored, one row for each household in the order of the problem."""
        frame = pd.read_parquet(self.path)
        if self.dataset == "popstan":
            ids, month = "h" + frame["hid"], Fraction(1, 12)
            stored = pd.DataFrame(
                {
                    "weight": frame["hhweight"],
                    "size": frame["hhsize"],
                    "consumption": frame["pc_exp"],
                }
            )
        else:
            ids, month = frame["hhid"].astype("int64").astype(str), Fraction(1)
            stored = frame[["weight", "hhsize", "rcons"]].set_axis(
                ["weight", "size", "consumption"], axis=1
            )
        stored["consumption"] = [Fraction(value) * month for value in stored["consumption"]]
        return stored.set_axis(ids).loc[self.problem.households.household_id]

    @property
    def line(self) -> Fraction:
        """The line of a month, exactly."""
        return Fraction(LINE[self.dataset]) / (12 if self.dataset == "popstan" else 1)


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=SCRIPTS)
def run(request, shared) -> Run:
    dataset = request.param
    script, seen = _script(SCRIPTS[dataset]), []
    show = script.show_meaning

    def recorded(*answer):
        seen.append(answer)
        show(*answer)

    script.show_meaning = recorded
    path, printed = shared / script.IN_SHARED, io.StringIO()
    with redirect_stdout(printed):
        code = script.main([str(path)])
    return Run(dataset, script, path, code, printed.getvalue(), *seen[0])


def _references(
    shared: Path, dataset: str, measure: str
) -> Iterator[tuple[int, str, float, float]]:
    """(alpha, domain, value, tolerance) of rows such as "fgt0_abs4891"."""
    table = pd.read_csv(shared / "data/reference_values/reference_values.csv")
    table = table[table["dataset"] == dataset]
    for row in table[table["measure"].str.fullmatch(measure)].itertuples():
        yield int(row.measure[3]), row.domain, row.value, row.tolerance


def test_the_script_ends_well(run):
    assert run.code == 0
    assert "no fault" in run.printed


def test_rates_before_are_those_of_the_survey(run, shared):
    before = run.plan.poverty.loc["before"]
    for alpha, published in enumerate(PUBLISHED[run.dataset]):
        assert round(before[f"P{alpha}"], 5) == published
    rows = list(_references(shared, run.dataset, rf"fgt\d_abs{LINE[run.dataset]}"))
    found = [
        (alpha, value, tolerance) for alpha, domain, value, tolerance in rows if domain == "all"
    ]
    assert len(found) == 3
    for alpha, value, tolerance in found:
        assert before[f"P{alpha}"] == pytest.approx(value, rel=0, abs=tolerance)


@pytest.mark.parametrize("run", ["albania_lsms2012"], indirect=True)
def test_rates_before_by_region_and_prefecture_of_albania(run, shared):
    frame = pd.read_parquet(run.path)
    prefecture = frame["prefectu"].astype(str).set_axis(frame["hhid"].astype("int64").astype(str))
    by = {**_before(run.plan.poverty_by("area")), **_before(run.plan.poverty_by(prefecture))}
    rows = [row for row in _references(shared, run.dataset, r"fgt\d_abs4891") if row[1] != "all"]
    assert len(rows) == 3 * 4 + 12
    for alpha, domain, value, tolerance in rows:
        assert by[domain, f"P{alpha}"] == pytest.approx(value, rel=0, abs=tolerance)


@pytest.mark.parametrize("run", ["popstan"], indirect=True)
def test_rates_by_province_of_popstan(run, shared):
    """By province there are references at a line of 1,500: the same door, another line."""
    households = run.script.read_survey(run.path, 1_500)
    at_1500 = _rates(households)
    rows = [row for row in _references(shared, "popstan", r"fgt\d_abs1500") if row[1] != "all"]
    assert len(rows) == 3 * 10
    for alpha, domain, value, tolerance in rows:
        province = f"province {int(domain.removeprefix('geo1=')):02d}"
        assert at_1500[province, f"P{alpha}"] == pytest.approx(value, rel=0, abs=tolerance)
    assert _before(run.plan.poverty_by("area")) == pytest.approx(
        _rates(run.problem.households), abs=1e-12
    )


def _before(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    rows = table.xs("before", level=1)[["P0", "P1", "P2"]]
    return {(group, column): row[column] for group, row in rows.iterrows() for column in rows}


def _rates(households: pt.Households) -> dict[tuple[str, str], float]:
    rates = {}
    for area in np.unique(households.area):
        rows = households.area == area
        for alpha in (0, 1, 2):
            rates[area, f"P{alpha}"] = pt.poverty.fgt(
                households.consumption[rows],
                households.line[rows],
                alpha,
                households.persons[rows],
            )
    return rates


def test_nobody_changes_sides_at_the_line(run):
    households = run.problem.households
    stored = np.array([value < run.line for value in run.survey["consumption"]])
    assert np.array_equal(households.consumption < households.line, stored)
    assert np.array_equal(households.weight, run.survey["weight"])
    assert np.array_equal(households.size, run.survey["size"])


def test_people_lifted_are_those_that_exact_arithmetic_lifts(run):
    """Every household that gets something, revalued in fractions of the stored numbers."""
    programs = {program.name: program for program in run.problem.catalog.programs}
    survey, lifted = run.survey, Fraction(0)
    for household, bundle in run.plan.assignments.groupby("household_id"):
        family = survey.loc[household]
        missing = 12 * int(family["size"]) * (run.line - family["consumption"])
        if missing <= 0:
            continue
        options = []
        for given in bundle.itertuples():
            program = programs[given.program]
            gain = Fraction(program.conversion) * Fraction(program.benefit) * int(given.units)
            chance = Fraction(program.success)
            options.append([(chance, gain), (1 - chance, Fraction(0))])
        reached = sum(
            (
                math.prod(chance for chance, _ in outcome)
                for outcome in product(*options)
                if sum(gain for _, gain in outcome) >= missing
            ),
            Fraction(0),
        )
        lifted += Fraction(family["weight"]) * int(family["size"]) * reached
    before, after = run.plan.poverty["headcount"]
    assert run.plan.value == pytest.approx(float(lifted), rel=1e-9)
    assert before - after == pytest.approx(float(lifted), rel=1e-9)


def test_the_plan_is_sound_and_as_good_as_asked(run):
    assert run.check.violations == ()
    assert run.plan.status == "optimal"
    assert run.plan.asked_gap == run.script.GAP
    assert 0 <= run.plan.gap <= run.script.GAP
    assert run.plan.value <= run.plan.bound <= run.check.bound * (1 + 1e-9)


def test_no_line_is_over_its_budget_by_any_fraction(run):
    """Weights from the file, not from the plan; no tolerance."""
    weight, given = run.survey["weight"], run.plan.assignments
    programs = {program.name: program for program in run.problem.catalog.programs}
    spent, places = (
        dict.fromkeys(run.plan.budgets.index, Fraction(0)),
        dict.fromkeys(programs, Fraction(0)),
    )
    for row in given.itertuples():
        place = Fraction(weight[row.household_id]) * Fraction(row.units)
        places[row.program] += place
        spent[row.budget] += place * Fraction(programs[row.program].unit_cost)
    for budget in run.problem.catalog.budgets:
        assert spent[budget.name] <= Fraction(budget.amount)
        assert run.plan.budgets.loc[budget.name, "spent"] == float(spent[budget.name])
    for name, program in programs.items():
        assert program.quota is None or places[name] <= Fraction(program.quota)
        assert places[name] >= Fraction(program.minimum)
    assert (given["weight"] != given["weight"].round()).all()  # or this test would prove little


def test_one_part_in_ten_to_the_sixteen_over_the_budget_is_too_much(run):
    weight = run.survey["weight"]
    for budget in run.problem.catalog.budgets:
        mine = run.plan.assignments.query("budget == @budget.name")
        spent = sum(
            (Fraction(weight[row.household_id]) * Fraction(row.cost) for row in mine.itertuples()),
            Fraction(0),
        )
        below = _float_below(spent)
        assert below < spent  # exact sums of these weights do not fit a float64
        for amount, is_enough in ((math.nextafter(below, math.inf), True), (below, False)):
            problem = _with_amount(run.problem, budget, amount)
            assert pt.verify(problem, run.plan).is_feasible is is_enough


def _float_below(number: Fraction) -> float:
    nearest = float(number)
    return nearest if Fraction(nearest) <= number else math.nextafter(nearest, -math.inf)


def _with_amount(
    problem: pt.TargetingProblem, budget: pt.Budget, amount: float
) -> pt.TargetingProblem:
    budgets = [
        replace(line, amount=amount) if line is budget else line
        for line in problem.catalog.budgets
    ]
    return replace(problem, catalog=replace(problem.catalog, budgets=budgets))


@pytest.mark.parametrize("run", ["albania_lsms2012"], indirect=True)
def test_every_region_of_albania_gets_its_share(run):
    headcount = run.plan.poverty_by("area")["headcount"].unstack()
    lifted = 1 - headcount["after"] / headcount["before"]
    assert (lifted >= run.script.FLOOR - 1e-9).all()


@pytest.mark.parametrize("run", ["popstan"], indirect=True)
def test_nothing_personal_is_printed(run):
    assert not any(name in run.printed for name in run.problem.households.household_id)


@pytest.mark.parametrize("name", SCRIPTS.values())
def test_without_the_survey_the_script_says_what_it_needs(name, tmp_path, monkeypatch, capsys):
    script = _script(name)
    monkeypatch.delenv("POVTARGET_SHARED", raising=False)
    assert script.main([]) == 1
    assert script.main([str(tmp_path / "nothing.parquet")]) == 1
    monkeypatch.setenv("POVTARGET_SHARED", str(tmp_path))
    assert script.main([]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count(script.IN_SHARED.name) >= 3
    assert "POVTARGET_SHARED" in said.err


# Small samples of the Albanian survey with budgets that a choice spends to the last bit.

SETS = [(), (0,), (1,), (0, 1)]


@pytest.mark.parametrize("engine", ["highs", "prices"])
@pytest.mark.parametrize("seed", range(12))
def test_a_budget_that_a_choice_spends_to_the_last_bit(seed, engine, shared):
    """The least float64 that pays for a choice is enough, and the next one below is not."""
    rng = np.random.default_rng(seed)
    problem = _tight(rng, _float_above, shared)
    best = _brute_force(problem)
    plan = pt.solve(problem, engine=engine, gap=0)
    assert pt.verify(problem, plan).violations == ()
    assert plan.value == pytest.approx(best, rel=1e-9)
    below = _tight(
        np.random.default_rng(seed), lambda total: math.nextafter(_float_above(total), 0), shared
    )
    plan = pt.solve(below, engine=engine, gap=0)
    assert pt.verify(below, plan).violations == ()
    assert plan.value == pytest.approx(_brute_force(below), rel=1e-9)


def _tight(
    rng: np.random.Generator, rounded: Callable[[Fraction], float], shared: Path
) -> pt.TargetingProblem:
    survey = pd.read_parquet(shared / "data/albania_lsms2012/albania_households.parquet")
    few = survey[survey["agap0"] == 1].iloc[rng.choice(608, 5, replace=False)]
    households = pt.Households.from_frame(
        {
            "household_id": few["hhid"].astype("int64").astype(str),
            "size": few["hhsize"],
            "consumption": few["rcons"],
            "weight": few["weight"],
        },
        poverty_line=4_891,
    )
    costs = [6_180.25, 20_000.1]
    chosen = rng.integers(1, 4, 5)
    totals = [
        sum(
            (
                Fraction(w) * (Fraction(n) if p == 0 else 1) * Fraction(costs[p])
                for w, n, k in zip(households.weight, households.size, chosen, strict=True)
                if p in SETS[k]
            ),
            Fraction(0),
        )
        for p in (0, 1)
    ]
    catalog = pt.Catalog(
        programs=[
            pt.Program(
                "aid", need="cash", budget="A", unit_cost=costs[0], benefit=9_000, per="size"
            ),
            pt.Program("food", need="cash", budget="B", unit_cost=costs[1], benefit=18_000),
        ],
        budgets=[
            pt.Budget("A", amount=rounded(totals[0])),
            pt.Budget("B", amount=rounded(totals[1])),
        ],
    )
    return pt.TargetingProblem(households, catalog, objective=pt.PovertyGap())


def _float_above(number: Fraction) -> float:
    below = _float_below(number)
    return below if below == number else math.nextafter(below, math.inf)


def _brute_force(problem: pt.TargetingProblem) -> float:
    """The largest fall of the poverty gap that exact arithmetic allows."""
    households, programs = problem.households, problem.catalog.programs
    needs = households.line * households.size * 12
    short = needs - households.consumption * households.size * 12
    gains = np.array(
        [
            [sum(programs[p].benefit * (n if p == 0 else 1) for p in bundle) for bundle in SETS]
            for n in households.size
        ]
    )
    closed = np.minimum(gains, short[:, None]) / needs[:, None] * households.persons[:, None]
    best = 0.0
    for choice in product(range(len(SETS)), repeat=len(households)):
        value = sum(closed[h, k] for h, k in enumerate(choice))
        if value > best and all(
            _cost(problem, choice, p) <= Fraction(problem.catalog.budgets[p].amount)
            for p in (0, 1)
        ):
            best = value
    return best


def _cost(problem: pt.TargetingProblem, choice: tuple[int, ...], p: int) -> Fraction:
    households, cost = problem.households, Fraction(problem.catalog.programs[p].unit_cost)
    return sum(
        (
            Fraction(households.weight[h]) * (Fraction(households.size[h]) if p == 0 else 1) * cost
            for h, k in enumerate(choice)
            if p in SETS[k]
        ),
        Fraction(0),
    )
