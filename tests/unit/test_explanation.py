"""explain: every kind of reason in both languages, thresholds, money only after solving again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.group_explanation import plot_explanation
from povtarget.locale import Words
from povtarget.reason_texts import TEXTS, small
from povtarget.reasons import KINDS, find_reasons


@pytest.fixture(scope="module")
def city():
    households, catalog, receipts = pt.datasets.pekalongan(2_000)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return problem, pt.solve(problem)


LINE = pt.Budget("Dinsos / APBD", amount=1_000_000, agency="Dinsos")


def program(name, **changes):
    given = {"need": name, "budget": "Dinsos / APBD", "unit_cost": 1_000_000, "benefit": 1_200_000}
    return pt.Program(name, **{**given, **changes})


def small_problem(programs, *, columns=None, budgets=(LINE,), rules=(), **options):
    frame = {
        "household_id": ["a", "b"], "size": [1, 2], "consumption": [90_000, 40_000],
        "line": [100_000, 100_000], "area": ["Timur", "Utara"], **(columns or {}),
    }  # fmt: skip
    catalog = pt.Catalog(programs=programs, budgets=budgets, rules=rules)
    return pt.TargetingProblem(pt.Households.from_frame(frame), catalog, **options)


def why(problem, household="a", **options):
    plan = pt.solve(problem, gap=0)
    return pt.explain(problem, plan, household_id=household, **options)


def reason(explained, name):
    return next(reason for reason in explained.reasons if reason.program == name)


def test_every_stated_unit_cost_of_a_city_flips_the_choice(city):
    """A sample of the thresholds of non-close households, checked by pricing everybody anew."""
    problem, plan = city
    found = find_reasons(problem, plan, np.arange(len(problem.households)))
    stated = np.argwhere(np.isfinite(found.flip_cost) & ~found.is_close_call[:, None])
    assert len(stated) > 300
    for h, p in stated[:: len(stated) // 12]:
        name = problem.catalog.program_names[p]
        for factor, is_in in ((1 - 1e-6, True), (1 + 1e-6, False)):
            programs = [
                replace(entry, unit_cost=found.flip_cost[h, p] * factor) if k == p else entry
                for k, entry in enumerate(problem.catalog.programs)
            ]
            other = replace(problem, catalog=replace(problem.catalog, programs=programs))
            best = pt.score(other, plan)["programs"][h]
            assert (name in best.split(" + ")) == is_in


def test_outside_the_core_the_prices_choose_the_proposed_bundle(city):
    """Every household that is no close call gets what it would choose at the plan's prices."""
    problem, plan = city
    found = find_reasons(problem, plan, np.arange(len(problem.households)))
    best = pt.score(problem, plan)["programs"].to_numpy()
    sure = np.flatnonzero(~found.is_close_call & (found.shortfall.min(axis=1) > found.gap))
    names = np.array(problem.catalog.program_names, dtype=object)
    assert sure.size > 100
    assert [" + ".join(names[found.chosen[h]]) for h in sure] == best[sure].tolist()


def test_which_clause_is_false_and_with_what_value():
    """Only false clauses are named; one that relies on those before it is not asked."""
    asked = program("grant", eligibility="rooms > 0 and size / rooms > 0.5 and decile <= 4")
    columns = {"rooms": [0, 1], "decile": [6, 1]}
    found = reason(why(small_problem([asked], columns=columns)), "grant")
    assert found.kind == "not_eligible"
    assert found.values["clauses"] == ("rooms > 0", "decile <= 4")
    assert found.text() == (
        "grant: not eligible. It asks for 'rooms > 0', 'decile <= 4'; here decile = 6, rooms = 0."
    )
    assert found.text("id") == (
        "grant: tidak memenuhi syarat. Syaratnya 'rooms > 0', 'decile <= 4'; "
        "di sini decile = 6, rooms = 0."
    )


def test_what_is_settled_before_prices():
    """Receipts, fixed lines, counts, rules of receipts, requirements and refusals."""
    problem = small_problem(
        [
            program("has"), program("barred"), program("fixed", budget="PKH"),
            program("each", per="pupils"), program("needs"), program("refused"),
        ],
        columns={"pupils": [0, 2]},
        budgets=[LINE, pt.Budget("PKH", amount=1, control="fixed")],
        rules=[pt.Rule("forbid", programs=("has", "barred")), pt.Rule("require", programs=("needs", "fixed"))],
        receipts={"household_id": ["a"], "program": ["has"]},
        locks={("a", "refused"): "out"},
    )  # fmt: skip
    explained = why(problem)
    kinds = {name: reason(explained, name).kind for name in problem.catalog.program_names}
    assert kinds == {
        "has": "receives", "barred": "rule_receipt", "fixed": "fixed", "each": "no_units",
        "needs": "rule_receipt", "refused": "locked_out",
    }  # fmt: skip
    assert "together with 'has'" in reason(explained, "barred").text()
    assert "needs 'fixed'" in reason(explained, "needs").text()
    assert "'pupils'" in reason(explained, "each").text("id")
    assert "no program is open" in explained.text()


def test_a_rule_and_the_limit_between_programs():
    """What would be worth its price beside the bundle, but may not join it, says so."""
    cash, food = program("cash", unit_cost=300_000), program("food", unit_cost=310_000)
    rich = replace(LINE, amount=5_000_000)
    two = {
        "columns": {"consumption": [0, 95_000]},
        "budgets": [rich],
        "objective": pt.PovertyGap(),
    }
    for entry in (cash, food):
        assert entry.gain_per_unit == 1_200_000
    cash, food = replace(cash, benefit=500_000), replace(food, benefit=490_000)
    barred = small_problem(
        [cash, food], rules=[pt.Rule("forbid", programs=("cash", "food"))], **two
    )
    explained = why(barred)
    assert explained.programs == ("cash",)
    assert reason(explained, "food").kind == "rule"
    assert "together with 'cash', which is proposed" in reason(explained, "food").text()
    full = why(small_problem([cash, food], max_bundle=1, **two))
    assert reason(full, "food").kind == "max_bundle"
    assert "1 programs at most" in reason(full, "food").text()


def test_a_lock_that_leaves_no_room():
    """A program that an agreed one bars is not a question of price."""
    problem = small_problem(
        [program("agreed"), program("other")], max_bundle=1, locks={("a", "agreed"): "in"}
    )
    explained = why(problem)
    assert reason(explained, "agreed").text().endswith("as a meeting has agreed.")
    assert reason(explained, "other").kind == "locked"


def test_money_is_promised_only_after_solving_again():
    """One place for two households: the stated extra admits the other one in a new plan."""
    problem = small_problem(
        [program("grant", unit_cost=700_000)], columns={"consumption": [50_000, 60_000]},
        objective=pt.PovertyGap(), budgets=[replace(LINE, amount=700_000)],
    )  # fmt: skip
    assert why(problem).programs == ()
    assert why(problem).admissions == ()
    explained = why(problem, solve_again=["grant"])
    (admission,) = explained.admissions
    assert admission.extra == 700_000
    assert admission.tried == pytest.approx(612_500)
    assert "solved again with Rp 700,000 more in 'Dinsos / APBD'" in explained.text()
    assert "dihitung ulang dengan Rp 700.000" in explained.text("id")
    richer = replace(LINE, amount=700_000 + admission.extra)
    richer_problem = replace(problem, catalog=replace(problem.catalog, budgets=[richer]))
    assert set(pt.solve(richer_problem, gap=0).assignments["household_id"]) == {"a", "b"}


def test_money_is_not_tried_where_no_place_is_left():
    """A program whose quota is used up says so, and nothing is solved."""
    problem = small_problem(
        [program("food", quota=1)], budgets=[replace(LINE, amount=5_000_000)],
        columns={"consumption": [90_000, 60_000]},
    )  # fmt: skip
    (admission,) = why(problem, "a", solve_again="food").admissions
    assert (admission.quota, admission.extra, admission.tried) == (1.0, None, 0.0)
    assert "quota of 1 leaves none" in admission.text("en")
    assert "kuota 1 tidak menyisakan tempat" in admission.text("id")


@pytest.mark.parametrize(
    ("household", "aim", "is_far"),
    [("b", None, True), ("b", pt.PovertyGap(), False), ("a", None, False)],
)
def test_a_package_that_is_too_small_is_called_so(household, aim, is_far):
    """Only where the first aim counts who reaches the line, and even success does not bring it."""
    problem = small_problem(
        [program("food")], columns={"consumption": [90_000, 10_000]}, objective=aim
    )  # b: two persons, for whom it is 50,000 a month each
    found = reason(why(problem, household), "food")
    assert ("too small to bring" in found.text("en")) == is_far
    assert ("terlalu kecil" in found.text("id")) == is_far
    if is_far:
        assert "100.0 %" in found.text("en")


def test_close_calls_are_called_so(city):
    """A household whose two best choices are within the gap is told in both languages."""
    problem, plan = city
    found = find_reasons(problem, plan, np.arange(len(problem.households)))
    h = np.flatnonzero(found.is_close_call)[0]
    explained = pt.explain(problem, plan, household_id=str(problem.households.household_id[h]))
    assert explained.is_close_call
    assert explained.margin <= explained.gap
    assert "A close call" in explained.text()
    assert "Selisih tipis" in explained.text("id")


def test_areas_and_agencies_count_everybody_once(city):
    """Kinds of each program add up to the households; money is that of the plan."""
    problem, plan = city
    area = pt.explain_area(problem, plan, area="Medono")
    assert (area.frame[list(KINDS)].sum(axis=1) == area.households).all()
    here = plan.poverty_by("area").loc["Medono"]
    assert area.poverty["P0"].to_dict() == pytest.approx(here["P0"].to_dict())
    agency = pt.explain_agency(problem, plan, agency="Dinperinaker")
    spent = plan.budgets.loc[plan.budgets["agency"] == "Dinperinaker", "spent"].sum()
    assert agency.frame["money"].sum() == pytest.approx(spent)
    assert agency.frame["proposed"].sum() > 0
    assert "One more million rupiah" in agency.text()
    assert "Satu juta rupiah" in agency.text("id")


def test_no_identifier_or_name_is_said(city):
    """Long digit runs are masked; a text that few share is not shown; errors neither."""
    nik = ["3375010101900001", "3375010101900002"]
    problem = small_problem(
        [program("grant", eligibility="head == 'Budi Santoso'")],
        columns={"household_id": nik, "head": ["Siti Rahayu", "Budi Santoso"]},
    )
    plan = pt.solve(problem, gap=0)
    explained = pt.explain(problem, plan, household_id=nik[0])
    said = f"{explained}{explained.text('id')}{explained!r}"
    assert nik[0] not in said
    assert "Siti" not in said
    assert "another text" in said
    with pytest.raises(pt.InputError, match="no such household") as caught:
        pt.explain(problem, plan, household_id="3375010101900009")
    assert "3375010101900009" not in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda p, plan: pt.explain_area(p, plan, area="Medano"), "did you mean 'Medono'"),
        (lambda p, plan: pt.explain_area(p, plan, area="x", by="aera"), "did you mean 'area'"),
        (lambda p, plan: pt.explain_agency(p, plan, agency="Dinkess"), "did you mean 'Dinkes'"),
        (lambda p, plan: pt.explain(p, plan, household_id="KK-0000001", solve_again=["kjz"]),
         "did you mean 'kjs'"),
        (lambda p, plan: pt.explain(p, pt.baselines.uncoordinated(p), household_id="KK-0000001"),
         "a baseline has no prices"),
    ],
)  # fmt: skip
def test_bad_questions_name_the_least_change(city, ask, words):
    """Misspelt names get the nearest known one; a baseline cannot be explained."""
    with pytest.raises(pt.InputError, match=words):
        ask(*city)


def test_a_plan_of_another_problem_is_refused(city):
    """Other households, or proposals that a household cannot get."""
    problem, plan = city
    smaller = small_problem([program("grant")])
    with pytest.raises(pt.InputError, match="not a plan of this problem"):
        pt.explain(smaller, plan, household_id="a")
    first = plan.assignments.iloc[[0]].assign(program="rtlh_dak", household_id="KK-0000001")
    forged = replace(plan, assignments=pd.concat([plan.assignments, first]))
    with pytest.raises(pt.InputError, match="cannot get"):
        pt.explain(problem, forged, household_id="KK-0000001")


def test_every_text_is_there_twice():
    """Both languages have every sentence, with the same places to fill in."""
    import string

    for texts in TEXTS.values():
        fields = [
            {f for _, f, _, _ in string.Formatter().parse(texts[k]) if f} for k in ("en", "id")
        ]
        assert fields[0] == fields[1]
    assert all(f"count_{kind}" in TEXTS for kind in KINDS if kind not in ("proposed", "receives"))


def test_plot_draws_the_programs(city):
    """The axes have a bar for each program."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    ax = plot_explanation(pt.explain_area(*city, area="Medono"))
    assert len(ax.get_yticklabels()) == len(city[0].catalog.programs)


def test_a_tie_of_the_first_aim_says_which_aim_decided():
    """Money that nobody else can use: the gap decides, and where no aim does that is said."""
    columns = {"consumption": [50_000, 400_000]}
    aims = [pt.Headcount(), pt.PovertyGap()]
    little = program("parcel", benefit=120_000, unit_cost=1)
    found = reason(why(small_problem([little], columns=columns, objective=aims)), "parcel")
    assert found.kind == "proposed"
    assert found.values["key"] == "proposed_later"
    assert "persons times the share of the line" in found.text("en")
    assert "tujuan sesudahnya" in found.text("id")
    lifts = program("house", unit_cost=1)
    plain = reason(why(small_problem([lifts], objective=aims)), "house")
    assert "key" not in plain.values


@pytest.mark.parametrize("language", ["en", "id"])
def test_what_is_next_to_nothing_is_no_row_of_zeros(language):
    words = Words(language)
    assert small(words, 8e-9) == small(words, -8e-9)
    assert "000" not in small(words, 8e-9)
    assert small(words, 0.0) == "0"
    assert small(words, 0.001) == words.number(0.001, 5)


def test_names_are_no_hint_for_an_area(city):
    """Who asks by a column of names is told none of them."""
    problem, plan = city
    people = problem.households
    names = np.array([f"Siti {number}" for number in range(len(people))], dtype=object)
    named = replace(people, covariates={**people.covariates, "nama": names})
    with pytest.raises(pt.InputError) as error:
        pt.explain_area(replace(problem, households=named), plan, area="Siti", by="nama")
    assert "Siti 1" not in str(error.value)
    with pytest.raises(pt.InputError, match="Medono"):
        pt.explain_area(problem, plan, area="Medon")


def test_what_no_money_changes_is_said_with_the_reason():
    """Not eligible, refused, had already, fixed, agreed: no solving, one line each."""
    problem = small_problem(
        [
            program("has"), program("fixed", budget="PKH"), program("barred", eligibility="size > 1"),
            program("refused"), program("agreed"), program("each", per="pupils"),
        ],
        columns={"pupils": [0, 2]},
        budgets=[LINE, pt.Budget("PKH", amount=1, control="fixed")],
        receipts={"household_id": ["a"], "program": ["has"]},
        locks={("a", "refused"): "out", ("a", "agreed"): "in"},
    )  # fmt: skip
    asked = ("has", "fixed", "barred", "refused", "agreed", "each")
    explained = why(problem, solve_again=asked)
    told = {one.program: one for one in explained.admissions}
    assert {name: one.settled for name, one in told.items()} == {
        "has": "receives", "fixed": "fixed", "barred": "not_eligible", "refused": "locked_out",
        "agreed": "proposed", "each": "no_units",
    }  # fmt: skip
    assert "does not meet its conditions" in told["barred"].text("en")
    assert "a meeting has decided against it" in explained.text("en")
    for one in told.values():
        assert "would not change it" in one.text("en")
        assert "tidak mengubahnya" in one.text("id")
    assert why(problem, solve_again=True).admissions == ()
