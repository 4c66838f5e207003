"""The command line's questions: audit, target, compare, frontier and roadmap."""

from __future__ import annotations

import json
import re
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import povtarget as pt
from povtarget.cli import answers, app
from povtarget.cli.answers import Sheet, in_words, show
from povtarget.cli.questions import _audit_sheets
from povtarget.cli.session import Session
from povtarget.locale import Words

COMMANDS = ("audit", "target", "compare", "frontier", "roadmap")
NIK = "33750101019{:05d}"
CATALOGUE = """
[[budget]]
name = "Dinsos / APBD"
agency = "Dinsos"
fund = "APBD"
amount = 3_000_000
[[budget]]
name = "Dinkes / APBD"
agency = "Dinkes"
fund = "APBD"
amount = 1_000_000
[[program]]
name = "food"
need = "food"
budget = "Dinsos / APBD"
unit_cost = 1_500_000
benefit = 1_500_000
[[program]]
name = "milk"
need = "food"
budget = "Dinkes / APBD"
unit_cost = 500_000
benefit = 500_000
"""


def run(*arguments: object):
    """Run the command line in-process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer_of(*arguments: object) -> dict:
    """The JSON answer of a command that must end well."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def city():
    """A small city, its question and its plan."""
    households, catalog, receipts = pt.datasets.pekalongan(150, seed=1)
    problem = pt.TargetingProblem(
        households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
    )
    return problem, pt.solve(problem, gap=0.05)


@pytest.fixture(scope="module")
def folder(city, tmp_path_factory):
    """The folder of its plan."""
    return pt.write_plan(*city, tmp_path_factory.mktemp("city") / "plan")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Six families whose identifiers are NIK, two programs of one need, and receipts."""
    place = tmp_path_factory.mktemp("files")
    rows = [(NIK.format(k), 4, 480_000 + 9_000 * k, f"area {k % 2}") for k in range(6)]
    frame = pd.DataFrame(rows, columns=["household_id", "size", "consumption", "area"])
    frame.to_csv(place / "warga.csv", index=False)
    (place / "programs.toml").write_text(CATALOGUE, encoding="utf-8")
    (place / "penerima.csv").write_text(
        "household_id,program\n"
        + "".join(
            f"{NIK.format(k)},{program}\n"
            for k, program in ((0, "food"), (0, "milk"), (5, "milk"))
        )
    )
    return place


def asked(files, *more: object) -> list[object]:
    """The arguments of an audit of the files."""
    inputs = [files / "warga.csv", files / "programs.toml", "--poverty-line", 513_243]
    return ["audit", *inputs, *more]


def test_audit_of_a_folder_is_the_library_answer(city, folder):
    """The JSON has what `povtarget.audit` finds for the plan's own inputs."""
    problem, _ = city
    found = pt.audit(problem.receipts, households=problem.households, catalog=problem.catalog)
    answer = answer_of("audit", folder)
    value = answer["overall"]["value"]["all"]
    assert value["undercoverage"] == pytest.approx(found.overall.frame["undercoverage"].iloc[0])
    assert len(answer["tenths"]) == 10
    assert {row["program"] for row in answer["by"]["program"]} == set(
        found.by["program"].frame.index
    )
    assert (
        sum(row["families"] for row in answer["duplicates"]) == found.duplicates["families"].sum()
    )


@pytest.mark.parametrize("lang", ["en", "id"])
def test_audit_tells_the_story(folder, lang):
    """Every table of the story has its title and its words whole, in either language."""
    result = run("audit", folder, "--lang", lang, "--no-progress")
    assert result.exit_code == 0, result.output
    words = Words(lang)
    names = "overall by_control by_program tenths together pairs_program duplicates areas left_out"
    for name in names.split():
        assert words(f"q_title_{name}").split()[-1] in result.output, name
    assert "…" not in result.output
    assert words("q_say_undercoverage").split()[-1] in result.output
    assert words.percent(1, 1).replace("100", "").strip() in result.output


def test_audit_of_files_with_a_realisation(files, tmp_path):
    """Two lists and a realisation: the duplicate, the leakage and what was absorbed."""
    done = tmp_path / "done.csv"
    done.write_text("agency,pagu,spent,target,reached\nDinsos,3.000.000,1.500.000,2,1\n")
    more = ("--receipts", files / "penerima.csv", "--realisation", done)
    answer = answer_of(*asked(files, *more))
    assert [(d["agency"], d["other_agency"], d["families"]) for d in answer["duplicates"]] == [
        ("Dinkes", "Dinsos", 1)
    ]
    assert answer["overall"]["value"]["all"]["receivers"] == 8
    assert {row["level"]: row["absorbed"] for row in answer["realisation"]}["all"] == 0.5
    shown = run(*asked(files, *more, "--lang", "id"))
    assert Words("id")("q_title_realisation") in shown.output


def test_audit_of_a_later_list_against_the_plan(folder, city, tmp_path):
    """With a realisation, receipts of the year's end are compared with what was proposed."""
    problem, plan = city
    got = plan.assignments[["household_id", "program"]].iloc[::2]
    got.to_csv(tmp_path / "got.csv", index=False)
    agencies = sorted({problem.catalog.agency_of(program) for program in problem.catalog.programs})
    pd.DataFrame({"agency": agencies, "pagu": 100, "spent": 90}).to_csv(
        tmp_path / "done.csv", index=False
    )
    more = ("--receipts", tmp_path / "got.csv", "--realisation", tmp_path / "done.csv")
    answer = answer_of("audit", folder, *more)
    row = next(row for row in answer["realisation"] if row["level"] == "all")
    assert row["on_list"] == 1.0
    assert row["of_list"] == pytest.approx(len(got) / len(plan.assignments))


def test_audit_needs_a_catalogue_and_receipts(files):
    """What is missing is said, with the option that gives it; faults of two files come at once."""
    result = run("audit", files / "warga.csv")
    assert result.exit_code == 1
    assert "CATALOG" in result.output
    result = run(*asked(files))
    assert result.exit_code == 1
    assert "--receipts FILE" in result.output
    result = run(*asked(files, "--receipts", files / "nothing.csv", "--realisation", "no.csv"))
    assert result.exit_code == 1
    assert "nothing.csv" in result.output
    assert "no.csv" in result.output


def test_compare_has_the_plan_and_seven_others(city, folder, tmp_path):
    """The table is that of `povtarget.compare`, in the words of the language."""
    _, plan = city
    out = tmp_path / "compared"
    shown = run("compare", folder, "--lang", "id", "--out", out).output
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))
    table = {row["plan"]: row for row in answer["plans"]}
    assert set(table) == {"this plan", *pt.baselines.ALL}
    assert table["this plan"]["lifted"] == pytest.approx(plan.lifted)
    assert table["status quo"]["lifted"] == 0
    assert "undian" in shown


def test_compare_without_areas(files, tmp_path):
    """A list that says no area is compared with what needs none."""
    frame = pd.read_csv(files / "warga.csv", dtype=str).drop(columns="area")
    frame.to_csv(tmp_path / "warga.csv", index=False)
    inputs = (tmp_path / "warga.csv", files / "programs.toml", "--poverty-line", 513_243)
    assert run("plan", *inputs, "--out", tmp_path / "plan").exit_code == 0
    names = {row["plan"] for row in answer_of("compare", tmp_path / "plan")["plans"]}
    assert names == {"this plan", *pt.baselines.ALL} - {"by area"}


def test_scenarios_from_a_file(folder, tmp_path):
    """A scenario set is solved beside the question as it is; less money lifts no more."""
    file = tmp_path / "s.toml"
    file.write_text(
        '[[scenario]]\nname = "half [b]"\namounts = 0.5\n'
        '[[scenario]]\nname = "no training"\nclosed = ["blk"]\nunit_costs = { pmt = 1.2 }\n'
    )
    out = tmp_path / "a[0]"
    arguments = ("compare", folder, "--scenarios", file, "--gap", 0.2, "--no-progress")
    result = run(*arguments, "--lang", "id", "--out", out)
    assert result.exit_code == 0, result.output
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))
    rows = {row["scenario"]: row for row in answer["scenarios"]}
    assert list(rows) == ["as it is", "half [b]", "no training"]
    assert rows["half [b]"]["lifted_by_city"] < rows["as it is"]["lifted_by_city"]
    shown = result.output
    assert "a[0]" in shown  # brackets in names are no markup
    assert "apa adanya" in shown
    assert "half" in shown
    assert "[b]" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[scenario]]\nname = "a"\namount = 0.9', "did you mean 'amounts'?"),
        ("[[scenario]]\namounts = 0.9", "a name is missing"),
        ('[[scenario]]\nname = "a"\namounts = "0,9"', "not a factor"),
        ('[[scenario]]\nname = "a"\nunit_costs = { pmt = true }', "not a factor"),
        ('[[scenario]]\nname = "a"\nclosed = "blk"', "not a list of programs"),
        ('[[scenario]]\nname = "a"', "changes nothing"),
        ('[[scenario]]\nname = "a"\namounts = 1\n' * 2, "another scenario's"),
        ("[scenarios]\na = 1", "no scenario"),
        ("[scenario]\na = 1", "no scenario"),
        ("scenario = [1]", "not an entry"),
        ("name = ", "not TOML"),
        ('[scenario]\nname = "a" b', "not TOML"),
        ("[[scenario]]\namounts = 0,9", "a number such as"),
        ("[scenario\na = 1", "[[scenario]] in double brackets"),
        ('[[scenario]]\nname = "a"\nclosed = ["bkl"]', "did you mean 'blk'?"),
        ('[[scenario]]\nname = "as it is"\namounts = 1', "unchanged question"),
    ],
)
def test_faults_of_scenario_files(folder, tmp_path, text, words):
    """Every fault is said at its place, ends with 1, and no traceback is shown."""
    file = tmp_path / "s.toml"
    file.write_text(text)
    result = run("compare", folder, "--scenarios", file)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_all_faults_of_a_scenario_file_at_once(tmp_path):
    """Faults of several entries come together, and a missing file names its neighbour."""
    file = tmp_path / "s.toml"
    file.write_text('[[scenario]]\nname = "a"\namount = 1\n[[scenario]]\namounts = "x"\n')
    with pytest.raises(pt.InputError) as caught:
        pt.read_scenarios(file)
    assert len(caught.value.problems) == 4
    with pytest.raises(pt.InputError, match=r"did you mean 's\.toml'"):
        pt.read_scenarios(tmp_path / "ss.toml")


def test_frontier_is_certified_and_rises(folder):
    """Each point has a value within its bound; more money reaches no less."""
    answer = answer_of("frontier", folder, "--points", 4, "--gap", 0.05)
    points = pd.DataFrame(answer["points"]).dropna(subset=["value"])
    assert (points["value"] <= points["bound"] + 1e-9).all()
    assert points["value"].is_monotonic_increasing
    assert {0.0, 1.0, 2.0} <= set(pd.DataFrame(answer["points"])["factor"])


def test_frontier_of_an_agency_and_of_overlap(folder):
    """One agency's lines alone are multiplied; overlap is bounded where asked."""
    arguments = ("frontier", folder, "--at", 1, "--at", 2, "--gap", 0.05)
    one = answer_of(*arguments, "--agency", "Dinsos-P2KB")["points"]
    every = answer_of(*arguments, "--nested")["points"]
    assert one[0]["amount"] < every[0]["amount"]
    limited = answer_of("frontier", folder, "--overlap", "--at", 0, "--gap", 0.05)
    assert limited["points"][0]["duplicates"] == 0
    shown = run("frontier", folder, "--overlap", "--at", 0, "--gap", 0.05, "--lang", "id")
    assert Words("id")("q_title_frontier_overlap") in shown.output


def test_frontier_faults(folder):
    """An unknown name suggests the nearest (1); two questions at once are a usage error (2)."""
    result = run("frontier", folder, "--agency", "Dinsos-P2K")
    assert result.exit_code == 1
    assert "did you mean 'Dinsos-P2KB'?" in result.output
    assert run("frontier", folder, "--overlap", "--area-floor").exit_code == 2
    assert run("frontier", folder, "--overlap", "--nested").exit_code == 2
    assert run("frontier", folder, "--points", 1).exit_code == 2
    assert run("frontier", folder / "nowhere").exit_code == 1


@pytest.mark.parametrize("goal", ["5.86%", "5,86 %", "0.0586", "0,0586"])
def test_rates_as_planners_write_them(goal):
    """The same rate in four spellings is the same target, to the last bit."""
    answer = answer_of("target", "--from", "7%", "--to", goal, "--population", "311.000")
    assert answer["rate_goal"] == 0.0586
    assert answer["people"] == pytest.approx(0.0114 * 311_000)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--to", "5.86"),
        ("--to", "five"),
        ("--to", "%"),
        ("--population", "31.1000"),
        ("--population", "-5"),
        ("--people", "1-2-3"),
        ("--points", "1.1.1"),
        ("--list", "DTKS"),
        ("--list", "=5"),
    ],
)
@pytest.mark.parametrize(("lang", "words"), [("id", ("bukan", "tulis")), ("en", ("not", "write"))])
def test_values_that_are_refused(option, value, lang, words):
    """A value that could mean two things is a usage error that shows what was expected."""
    known = {"--from": "7%", "--to": "5.86%", "--population": "311000", option: value}
    result = run("target", *(part for pair in known.items() for part in pair), "--lang", lang)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert any(word in result.output for word in words)


def test_a_stated_target_is_checked_without_files():
    """Contradictions and readings are told in the language asked for, and none is repaired."""
    figures = ("--from", "7%", "--to", "5.86%", "--population", "311,000", "--points", "1,11")
    more = ("--families", "30000", "--people", "7.000-8.000", "--list", "DTKS=30000")
    answer = answer_of("target", *figures, *more, "--survey-households", 670)
    texts = [finding["text"] for finding in answer["findings"]]
    assert "Stated are 1.11 points, but from 7.00 % to 5.86 % it is 1.14 points." in texts
    assert answer["households_needed"] > 670
    result = run("target", *figures, *more, "--lang", "id")
    assert "Disebut 1,11 poin" in result.output
    assert run("target", "--from", "7%", "--to", "8%", "--population", 9).exit_code == 1


def test_target_usage(folder):
    """Half a question, or two at once, is a usage error that says what is missing."""
    assert "--population" in run("target", "--from", "7%", "--to", "5%").output
    for arguments in ((), ("--rate", "5%"), (folder,), (folder, "--rate", "5%", "--from", "7%")):
        assert run("target", *arguments).exit_code == 2


def test_the_least_cost_of_a_rate(city, folder, tmp_path):
    """The cost is the library's; a rate out of reach ends with 3 and says what is in reach."""
    problem, plan = city
    goal = (plan.rate("before") + plan.rate("after")) / 2
    found = pt.minimum_cost(problem, rate=goal, gap=0.05)
    out = tmp_path / "least"
    shown = run("target", folder, "--rate", goal, "--gap", 0.05, "--lang", "id", "--out", out)
    assert shown.exit_code == 0, shown.output
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))
    assert answer["cost"] == pytest.approx(-found.value)
    assert answer["bound"] <= answer["cost"]
    assert {path.name for path in out.iterdir()} == {
        "answer.json",
        "least_cost.csv",
        "least_cost.png",
    }
    beyond = run("target", folder, "--rate", "0.1%", "--lang", "id")
    assert beyond.exit_code == 3
    assert "tidak terjangkau" in beyond.output
    assert "did you mean" in run("target", folder, "--rate", goal, "--grow", "Dinso").output


def test_roadmap(folder, tmp_path):
    """A row for each year with its intervals; assumptions are said; faults end with 1 or 2."""
    out = tmp_path / "path"
    arguments = ("roadmap", folder, "--years", "2023-2024", "--gap", 0.2, "--draws", 100)
    shown = run(*arguments, "--growth", "6%", "--goal", "6%", "--out", out, "--lang", "id")
    assert shown.exit_code == 0, shown.output
    assert "Jalan ke" in shown.output
    assert "garis 5,0 %" in shown.output  # growth is an assumption, and is said
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))
    assert [row["year"] for row in answer["years"]] == [2022, 2023, 2024]
    assert answer["assumptions"]["growth"] == 0.06
    assert answer["years"][2]["rate"] < answer["years"][2]["baseline"]
    assert (out / "roadmap.png").stat().st_size > 1_000
    text = " ".join(shown.output.split())
    assert "Rencana di folder ini memperkirakan" in text
    assert "program baru dihitung mulai tahun kemudian" in text
    assert "semua tahun sampai 2024" in text
    assert answer["first_year"]["roadmap"] == answer["years"][1]["rate"]
    assert answer["first_year"]["plan"] != answer["first_year"]["roadmap"]
    none = answer_of(*arguments, "--growth", "6%", "--budgets", "2023=0", "--budgets", "2024=0%")
    assert none["years"][2]["rate"] > answer["years"][2]["rate"]
    assert run(*arguments, "--goal", "90%").exit_code == 1
    assert run(*arguments, "--budgets", "2031=1").exit_code == 1
    assert run(*arguments, "--budgets", "soon=1").exit_code == 2
    assert run(*arguments, "--least").exit_code == 2
    assert run("roadmap", folder, "--years", "2026-2023").exit_code == 2


def test_an_answer_folder_appears_whole_or_not_at_all(folder, files, tmp_path, monkeypatch):
    """Nothing is overwritten without --force, no plan ever, and a failure leaves nothing."""
    out = tmp_path / "answer"
    arguments = asked(files, "--receipts", files / "penerima.csv", "--pictures", "svg", "--out")
    assert run(*arguments, out).exit_code == 0
    first = {path.name for path in out.iterdir()}
    assert {"answer.json", "by_program.csv", "tenths.svg", "areas.svg"} <= first
    assert run(*arguments, out).exit_code == 1
    (out / "of mine").write_text("")
    assert run(*arguments, out, "--force").exit_code == 0
    assert {path.name for path in out.iterdir()} == first
    refused = run(*arguments, folder, "--force")
    assert refused.exit_code == 1
    assert "will not be replaced" in refused.output
    assert run("verify", folder).exit_code == 0
    file = tmp_path / "file"
    file.write_text("mine")
    assert run(*arguments, file, "--force").exit_code == 1
    assert file.read_text() == "mine"

    def fails(*_: object) -> None:
        raise pt.PovtargetError("no ink")

    monkeypatch.setattr(answers, "_draw", fails)
    assert run(*arguments, tmp_path / "other").exit_code == 1
    assert not list(tmp_path.glob("other")) + list(tmp_path.glob(".plan*"))


def test_pictures_need_matplotlib_and_tables_do_not(files, tmp_path, monkeypatch):
    """Without matplotlib an asked picture is refused with the remedy; tables are written."""
    monkeypatch.setattr(answers, "find_spec", lambda name: None)
    arguments = asked(files, "--receipts", files / "penerima.csv", "--out", tmp_path / "a")
    result = run(*arguments, "--pictures", "png")
    assert result.exit_code == 1
    assert 'pip install "povtarget[plot]"' in result.output
    assert not (tmp_path / "a").exists()
    result = run(*arguments)
    assert result.exit_code == 0
    assert 'pip install "povtarget[plot]"' in result.output
    assert {path.suffix for path in (tmp_path / "a").iterdir()} == {".csv", ".json"}


def test_nothing_names_a_household(files, tmp_path):
    """No NIK in anything printed or written by any question, nor in its errors."""
    inputs = (files / "warga.csv", files / "programs.toml", "--poverty-line", 513_243)
    plan = tmp_path / "plan"
    receipts = ("--receipts", files / "penerima.csv")
    assert run("plan", *inputs, *receipts, "--out", plan).exit_code == 0
    (tmp_path / "bad.csv").write_text(f"household_id,program\n{NIK.format(1)},fod\n")
    questions = [
        ("audit", plan, "--out", tmp_path / "a"),
        ("compare", plan, "--out", tmp_path / "c"),
        ("frontier", plan, "--points", 3, "--out", tmp_path / "f"),
        ("frontier", plan, "--area-floor", "--points", 3, "--out", tmp_path / "e"),
        ("target", plan, "--rate", "50%", "--out", tmp_path / "t"),
        ("roadmap", plan, "--years", 2023, "--draws", 100, "--out", tmp_path / "r"),
        ("audit", plan, "--receipts", tmp_path / "bad.csv"),
    ]
    for question in questions:
        result = run(*question)
        assert result.exit_code == (1 if "bad.csv" in str(question[-1]) else 0), result.output
        assert not re.search(r"33750101019\d{5}", result.output), question
    written = [path for name in "acfetr" for path in (tmp_path / name).iterdir()]
    assert len(written) > 20
    for path in written:
        assert b"33750101019" not in path.read_bytes(), path


@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_column_has_its_own_word(city, lang):
    """Headers of written tables are in the catalogue, in both languages, no two the same."""
    problem, plan = city
    carried = {"agency": ["Dinkes"], "pagu": [10], "spent": [9]}
    found = pt.audit(
        problem.receipts,
        households=problem.households,
        catalog=problem.catalog,
        realisation=carried,
        proposed=plan,
    )
    scenarios = pt.scenarios(problem, {"a": pt.Scenario(amounts=0.9)}, gap=0.2, start=plan)
    remedied = scenarios.frame.assign(remedy="raise")
    sheets = [*_audit_sheets(found), Sheet("scenarios", answers.labelled(remedied, "scenario"))]
    for sheet in sheets:
        headers = in_words(Words(lang), sheet.frame).columns
        assert len(set(headers)) == len(sheet.frame.columns), sheet.name
        assert not [name for name in headers if "q_" in name or "_" in name], sheet.name


@pytest.mark.parametrize("lang", ["en", "id"])
def test_tables_fit_a_terminal_of_eighty(city, lang):
    """Every header, name and number of the audit is printed whole in 80 columns."""
    problem, plan = city
    carried = {"agency": ["Dinsos-P2KB"], "pagu": [123_000_000], "spent": [9], "reached": [1]}
    found = pt.audit(
        problem.receipts,
        households=problem.households,
        catalog=problem.catalog,
        realisation={**carried, "target": [3]},
        proposed=plan,
    )
    page = StringIO()
    run = Session(Words(lang), Console(file=page, width=80))
    for sheet in _audit_sheets(found):
        if not sheet.shown:
            continue
        page.seek(0)
        page.truncate()
        show(run, [sheet])
        text = page.getvalue()
        assert max(map(len, text.splitlines())) <= 80
        headers = [answers._header_of(run.words, column) for column in sheet.shown]
        for word in " ".join(headers).split():
            assert word in text, (sheet.name, word)
        for row in sheet.frame.head(sheet.most or 99).to_dict("records"):
            for column in sheet.shown[1:]:
                for word in answers._cell(run.words, column, row).split():
                    assert word in text, (sheet.name, word)


def test_help_shows_an_example_and_the_order_of_the_story():
    """Every command has an example, and --help lists them as a planner comes to them."""
    for name in COMMANDS:
        text = " ".join(run(name, "--help").output.split())
        assert f"Example: povtarget {name}" in text
    lines = run("--help").output
    story = ("audit", "target", "plan", "compare", "frontier", "roadmap", "verify")
    places = [re.search(rf"\b{name}  ", lines).start() for name in story]
    assert places == sorted(places)


def test_a_search_that_stops_early_says_so(folder):
    """A point whose gap is not proven ends with 4, and its numbers are still sound."""
    result = run("frontier", folder, "--at", 1, "--gap", 0, "--time-limit", 0, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 4
    (point,) = answer["points"]
    assert point["value"] <= point["bound"]
    assert np.isfinite(point["gap"])


@pytest.mark.parametrize("lang", ["en", "id"])
def test_no_column_is_lost_under_a_header_that_two_share(lang):
    """Words of some columns are the same; each is written all the same."""
    frame = pd.DataFrame({"families": [3], "families_receiving": [2], "pagu": [5.0]})
    written = in_words(Words(lang), frame)
    assert written.iloc[0].tolist() == [3, 2, 5.0]
    assert written.columns.is_unique
