"""After the meetings: marked sheets read back, locks, refilled places, a new certificate."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import povtarget as pt
from povtarget.cli import app
from povtarget.locale import Words
from povtarget.workbook.meeting import MARKS

KEY = b"a key for tests, long enough"


def question(rice=1_000_000, **changes):
    """Eight families in two kelurahan and two programs, one of which tells of health."""
    frame = pd.DataFrame(
        {
            "household_id": [f"H{i}" for i in range(8)],
            "size": [8, 7, 6, 5, 4, 3, 2, 1],
            "consumption": 500_000,
            "area": ["North", "South"] * 4,
        }
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program("rice", need="food", budget="Dinsos", unit_cost=10, benefit=rice),
            pt.Program("care", need="health", budget="Dinkes", unit_cost=10, benefit=10_000),
        ],
        budgets=[
            pt.Budget("Dinsos", amount=40, agency="Dinsos"),
            pt.Budget("Dinkes", amount=20, agency="Dinkes"),
        ],
        **changes,
    )
    return pt.TargetingProblem(pt.Households.from_frame(frame, poverty_line=510_000), catalog)


@pytest.fixture(scope="module")
def asked():
    """The question and its plan: rice for H0 to H3."""
    problem = question()
    return problem, pt.solve(problem, gap=0)


@pytest.fixture(params=["en", "id"])
def sheets(asked, tmp_path, request):
    """Meetings' sheets of the plan in either language, and the language."""
    problem, plan = asked
    people = problem.households.frame[["household_id"]].assign(
        name=[f"Qwertyani {i}" for i in range(8)]
    )
    paths = pt.workbook.write_meetings(
        problem, plan, tmp_path, key=KEY, people=people, language=request.param
    )
    return paths, Words(request.param)


def mark(path, words, marks, *, rows=(), cells=()):
    """Mark a sheet as a person would: {(name, program): mark}, new rows, cells by column.

    Returns the row of each mark.
    """
    book = openpyxl.load_workbook(path)
    sheet = book.active
    top = next(row for row in sheet.iter_rows() if row[0].value == words("wb_number"))[0].row
    column = {cell.value: cell.column for cell in sheet[top] if cell.value}
    places, found = {}, {}
    for row in range(top + 1, sheet.max_row + 1):
        name = sheet.cell(row, column[words("wb_name_or_id")]).value
        if name:
            places[name, sheet.cell(row, column[words("wb_program")]).value] = row
    for place, what in marks.items():
        found[place] = places[place]
        sheet.cell(places[place], column[words(f"wb_mark_{what}")]).value = "x"
    empty = max(places.values()) + 1
    for number, row in enumerate(rows):
        for key, value in row.items():
            sheet.cell(empty + number, column[words(key)]).value = value
    for place, key, value in cells:
        found[place] = places[place]
        sheet.cell(places[place], column[words(key)]).value = value
    book.save(path)
    return {**found, "empty": empty}


def rice_of(plan):
    return plan.assignments.query("program == 'rice'")["household_id"].tolist()


def test_marks_go_round(asked, sheets):
    """Agreed stays, refused and moved go, who is next comes, and the plan is proven again."""
    problem, plan = asked
    (north, south), words = sheets
    assert rice_of(plan) == ["H0", "H1", "H2", "H3"]
    mark(north, words, {("Qwertyani 0", "rice"): "agreed", ("Qwertyani 2", "rice"): "refused"})
    new = {"wb_name_or_id": "Zyxwvut Baru", "wb_mark_new": "x"}
    row = mark(south, words, {("Qwertyani 1", "rice"): "moved"}, rows=[new])["empty"]
    decisions = pt.read_decisions([north, south], problem, key=KEY)
    assert decisions.frame.set_index("household_id")["decision"].to_dict() == {
        "H0": "agreed",
        "H2": "refused",
        "H1": "moved",
    }
    assert decisions.new["row"].tolist() == [row]
    assert "Zyxwvut" not in repr(decisions)
    revision = pt.revise(problem, plan, decisions, gap=0)
    assert rice_of(revision.plan) == ["H0", "H3", "H4", "H5"]
    assert "H1" not in set(revision.plan.assignments["household_id"])
    assert pt.verify(revision.problem, revision.plan).is_sound
    rice = revision.changes.query("program == 'rice'")[["household_id", "change", "reason"]]
    assert sorted(map(tuple, rice.to_numpy())) == [
        ("H1", "removed", "moved"),
        ("H2", "removed", "refused"),
        ("H4", "added", "next"),
        ("H5", "added", "next"),
    ]


def test_the_waiting_list_says_who_comes(sheets):
    """The first of the sheet's waiting list is who the revision adds in the test above."""
    (north, _), words = sheets
    book = openpyxl.load_workbook(north)
    status = words("wb_waiting_place", order=1)
    first = [
        row[2]
        for row in book.active.iter_rows(values_only=True)
        if row[7] == status and row[8] == "rice"
    ]
    assert first == ["Qwertyani 4"]


def test_every_fault_of_every_sheet_at_once(asked, sheets):
    """File, sheet, row and column of each fault; nothing that could be a name is quoted."""
    problem, _ = asked
    (north, south), words = sheets
    rows = mark(
        north,
        words,
        {("Qwertyani 0", "rice"): "agreed", ("Qwertyani 4", "rice"): "new"},
        rows=[{"wb_name_or_id": "Zyxwvut Baru"}],
        cells=[
            (("Qwertyani 0", "rice"), "wb_mark_able", "v"),
            (("Qwertyani 2", "rice"), "wb_mark_dead", "Qwertyani junior"),
            (("Qwertyani 4", "rice"), "wb_mark_agreed", "Tidak"),
            (("Qwertyani 6", "rice"), "wb_mark_moved", "-"),
            (("Qwertyani 6", "rice"), "wb_code", "AAAA-BBBB-CCCC"),
        ],
    )
    bad = mark(south, words, {}, cells=[(("Qwertyani 1", "rice"), "wb_program", "Qwertyani")])
    with pytest.raises(pt.InputError) as caught:
        pt.read_decisions([north, south, "none.xlsx"], problem, key=KEY)
    found = {(f.source, f.row, f.column) for f in caught.value.problems}
    in_north, in_south = "001 North.xlsx, sheet 'North'", "002 South.xlsx, sheet 'South'"
    assert found == {
        (in_north, rows["Qwertyani 0", "rice"], words("wb_mark_able")),
        (in_north, rows["Qwertyani 4", "rice"], words("wb_mark_new")),
        (in_north, rows["Qwertyani 2", "rice"], words("wb_mark_dead")),
        (in_north, rows["Qwertyani 6", "rice"], words("wb_code")),
        (in_north, rows["Qwertyani 4", "rice"], words("wb_mark_agreed")),
        (in_north, rows["Qwertyani 6", "rice"], words("wb_mark_moved")),
        (in_north, rows["empty"], words("wb_code")),
        (in_south, bad["Qwertyani 1", "rice"], words("wb_program")),
        ("none.xlsx", None, None),
    }
    assert f"to refuse, a mark in the column “{words('wb_mark_refused')}”" in str(caught.value)
    assert "Qwertyani" not in str(caught.value)
    assert "Zyxwvut" not in str(caught.value)


def test_decisions_that_contradict_each_other(asked, tmp_path):
    """A family that is gone in one row and agreed in another is a fault, in any order."""
    problem, plan = asked
    for first, second in (("dead", "agreed"), ("agreed", "able"), ("moved", "dead")):
        frame = pd.DataFrame(
            {"household_id": "H0", "program": ["rice", "care"], "decision": [first, second]}
        )
        with pytest.raises(pt.InputError, match=r"marked otherwise|gone or able"):
            pt.revise(problem, plan, frame)
    frame = pd.DataFrame(
        {"household_id": "H0", "program": "rice", "decision": ["agreed", "refused"]}
    )
    with pytest.raises(pt.InputError, match=r"row 3.*marked otherwise in frame, row 2"):
        pt.revise(problem, plan, frame)


def test_frames_are_checked_at_the_door(asked):
    """Unknown words, programs and households of a frame are reported together."""
    problem, plan = asked
    frame = pd.DataFrame(
        {
            "household_id": ["H0", "H1", "H99"],
            "program": ["ryce", "rice", "rice"],
            "decision": ["agreed", "agred", "agreed"],
        }
    )
    with pytest.raises(pt.InputError) as caught:
        pt.revise(problem, plan, frame)
    assert len(caught.value.problems) == 3
    assert "did you mean 'rice'?" in str(caught.value)
    with pytest.raises(pt.InputError, match="column 'decision': the column is missing"):
        pt.revise(problem, plan, frame.drop(columns="decision"))


def test_sheets_of_another_plan_are_refused(asked, sheets):
    """Codes made with another key are no household's."""
    problem, _ = asked
    with pytest.raises(pt.InputError, match="no household has this code"):
        pt.read_decisions(sheets[0], problem, key=KEY + b"!")


def test_a_sheet_without_its_columns(asked, sheets, tmp_path):
    """A missing column, another table and a sheet of notes are told by name."""
    problem, _ = asked
    (north, _), words = sheets
    book = openpyxl.load_workbook(north)
    for row in book.active.iter_rows():
        if row[0].value == words("wb_number"):
            row[10].value = "?"
    book.create_sheet("notes")["A1"] = "bring tea"
    book.create_sheet("empty")
    book.save(north)
    with pytest.raises(pt.InputError) as caught:
        pt.read_decisions(north, problem, key=KEY)
    assert [f.message for f in caught.value.problems] == [
        "the column is missing",
        "no row looks like the header",
    ]


def test_agreed_on_the_waiting_list_pushes_nobody_out(asked):
    """It locks nothing; where the family comes anyway, the change says that it was agreed."""
    problem, plan = asked
    waiting = pd.DataFrame({"household_id": ["H4"], "program": "rice", "decision": "agreed"})
    assert rice_of(pt.revise(problem, plan, waiting, gap=0).plan) == rice_of(plan)
    refused = pd.DataFrame({"household_id": ["H0"], "program": "rice", "decision": "refused"})
    changes = pt.revise(problem, plan, pd.concat([waiting, refused]), gap=0).changes
    assert ("H4", "rice", "added", "agreed") in set(map(tuple, changes.to_numpy()))


def test_later_decisions_replace_earlier_locks(asked):
    """What one meeting agreed another may refuse; other locks stay."""
    problem, plan = asked
    first = pd.DataFrame({"household_id": ["H0", "H1"], "program": "rice", "decision": "agreed"})
    once = pt.revise(problem, plan, first, keep=False)
    assert len(once.problem.locks) == 2
    second = pd.DataFrame({"household_id": ["H0"], "program": "rice", "decision": "refused"})
    twice = pt.revise(once.problem, once.plan, second, keep=False)
    locks = twice.problem.locks.set_index("household_id")["lock"].to_dict()
    assert locks == {"H0": "out", "H1": "in"}


def test_what_is_required_goes_with_what_requires_it():
    """Without the second program the first is not kept, and agreeing to it alone is a fault."""
    problem = question(rice=100_000, rules=[pt.Rule("require", programs=("care", "rice"))])
    plan = pt.solve(problem, gap=0)
    both = plan.assignments.query("program == 'care'")["household_id"].tolist()
    refused = pd.DataFrame({"household_id": both[:1], "program": "rice", "decision": "refused"})
    revised = pt.revise(problem, plan, refused, gap=0)
    assert both[0] not in set(revised.plan.assignments["household_id"])
    assert pt.verify(revised.problem, revised.plan).is_sound
    agreed = refused.assign(program="care", decision="agreed")
    with pytest.raises(pt.InputError, match=r"row 3.*requires 'rice'"):
        pt.revise(problem, plan, pd.concat([refused, agreed]))


def test_unmarked_proposals_stay_unless_exchanged():
    """With keep every proposal that nobody refused is in the new plan, on a whole city."""
    households, catalog, receipts = pt.datasets.pekalongan(250, seed=5)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    plan = pt.solve(problem)
    pairs = plan.assignments[["household_id", "program"]]
    refused = pairs.iloc[::7].assign(decision="refused")
    kept = pt.revise(problem, plan, refused)
    assert set(kept.changes["reason"]) <= {"refused", "next"}
    assert (kept.changes["reason"] == "refused").sum() == len(refused)
    assert pt.verify(kept.problem, kept.plan).is_sound
    free = pt.revise(problem, plan, refused, keep=False)
    assert free.plan.value >= kept.plan.value - 1e-4 * abs(kept.plan.bound)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_line_revises(tmp_path):
    """Demo, marks in the folder itself, revise: the new folder is sound and says what changed."""
    old, out, public = tmp_path / "old", tmp_path / "new", tmp_path / "public"
    assert run("demo", "--families", 200, "--out", old, "--lang", "id").exit_code == 0
    path = max((old / "meetings").iterdir(), key=lambda each: each.stat().st_size)
    words = Words("id")
    sheet = openpyxl.load_workbook(path).active
    proposed = [row for row in sheet.iter_rows(values_only=True) if row[7] == "diusulkan"]
    mark(path, words, {(proposed[0][2], proposed[0][8]): "dead"})
    arguments = ("revise", old, "--decisions", path, "--out", out, "--lang", "id")
    result = run(*arguments, "--public", public)
    assert result.exit_code == 0, result.output
    changes = pd.read_csv(out / "changes.csv")
    assert (changes["reason"] == "dead").sum() >= 1
    assert run("verify", out).exit_code == 0
    assert pt.read_key(out) == pt.read_key(old)
    assert (public / "plan-public.xlsx").is_file()
    sheets = sorted((old / "meetings").iterdir())  # as a shell makes of "*.xlsx"
    for given in ([old / "meetings"], sheets):
        again = run("revise", old, "--decisions", *given, "--out", tmp_path / "all", "--force")
        assert again.exit_code == 0, again.output
        assert (tmp_path / "all/changes.csv").read_bytes() == (out / "changes.csv").read_bytes()
    # the old folder was changed by the mark, and nothing but a mark may have changed it
    assert run("verify", old).exit_code == 1
    (old / "budgets.csv").write_text("x")
    result = run(*arguments, "--force")
    assert result.exit_code == 1
    assert "budgets.csv: berkas ini berubah" in result.output


def test_bad_marks_end_with_one_and_write_nothing(tmp_path):
    """Faults of a sheet are shown, the exit code is 1, and no folder appears."""
    old, out = tmp_path / "old", tmp_path / "new"
    assert run("demo", "--families", 120, "--out", old).exit_code == 0
    path = max((old / "meetings").iterdir(), key=lambda each: each.stat().st_size)
    book = openpyxl.load_workbook(path)
    code = next(cell for cell in book.active["B"] if "-" in str(cell.value))
    code.value = "AAAA-AAAA-AAAA"
    book.save(path)
    result = run("revise", old, "--decisions", path, "--out", out)
    assert result.exit_code == 1
    assert f"row {code.row}, column 'Code'" in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_marks_have_words():
    """Every mark has a label and a help text in both languages."""
    for language in ("en", "id"):
        labels = [Words(language)(f"wb_mark_{name}") for name in MARKS]
        assert len(set(labels)) == len(MARKS)
        assert all(Words(language)(f"wb_help_{name}") for name in MARKS)


def test_every_lock_says_why(asked, tmp_path):
    """Agreed, kept, refused, dead, moved and able are told apart, in the folder and in words."""
    problem, plan = asked
    marks = pd.DataFrame(
        {
            "household_id": ["H0", "H2", "H1", "H4", "H5"],
            "program": "rice",
            "decision": ["agreed", "refused", "moved", "dead", "able"],
        }
    )
    revision = pt.revise(problem, plan, marks, gap=0)
    asked_again, made = pt.read_plan(
        pt.write_plan(revision.problem, revision.plan, tmp_path / "new", key=KEY)
    )
    pd.testing.assert_frame_equal(asked_again.locks, revision.problem.locks)
    assert made.equals(revision.plan)
    said = {}
    for household in ("H0", "H1", "H2", "H3", "H4", "H5"):
        why = pt.explain(asked_again, made, household_id=household)
        reason = next(reason for reason in why.reasons if reason.program == "rice")
        said[household] = reason.text("en") + reason.text("id")
    assert "as a meeting has agreed" in said["H0"]
    assert "sudah pindah" in said["H1"]
    assert "ditolak dalam musyawarah" in said["H2"]
    assert "kept from the plan before" in said["H3"]
    assert "nobody of this household is left" in said["H4"]
    assert "no longer in need" in said["H5"]
    assert all("ditolak" not in said[each] for each in ("H1", "H4", "H5"))
    status = {
        row[2]: row[7:10]
        for path in sorted((tmp_path / "new/meetings").iterdir())
        for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        if row[8] == "rice"
    }
    assert status["H0"] == ("agreed", "rice", "Agreed in the meeting")
    assert status["H3"][0] == "proposed"
    assert status["H3"][2].startswith("Stays as proposed before")
    # what was only kept may go in the next round; what was agreed may not
    none = marks.iloc[:0]
    locks = pt.revise(asked_again, made, none, keep=False).problem.locks
    assert "kept" not in set(locks["reason"])
    assert "agreed" in set(locks["reason"])


def test_reasons_of_locks_are_checked():
    """A reason is one that fits the lock; an empty one is the plain one."""
    frame = pd.DataFrame(
        {"household_id": ["1", "2"], "program": "p", "lock": ["in", "out"], "reason": ["", "dead"]}
    )
    assert pt.read_locks(frame)["reason"].tolist() == ["agreed", "dead"]
    with pytest.raises(pt.InputError, match=r"row 2, column 'reason'.*no reason for 'in'"):
        pt.read_locks(frame.assign(reason=["moved", "moved"]))


def test_the_same_sheet_twice_counts_once(asked, sheets):
    """A copy's marks and new families are those of the sheet; it is told."""
    problem, _ = asked
    (north, _), words = sheets
    new = {
        "wb_name_or_id": "+Zyxwvut",
        "wb_address": "Jl A 3",
        "wb_rt": 3,
        "wb_mark_new": "Setuju",
    }
    mark(north, words, {("Qwertyani 0", "rice"): "agreed"}, rows=[new, {**new, "wb_rt": 4}])
    copy = north.with_name("001 North (2).xlsx")
    copy.write_bytes(north.read_bytes())
    once, twice = (
        pt.read_decisions(paths, problem, key=KEY) for paths in ([north], [north, copy, north])
    )
    pd.testing.assert_frame_equal(once.frame, twice.frame)
    pd.testing.assert_frame_equal(once.new, twice.new)
    assert once.new[["area", "name", "rt"]].to_numpy().tolist() == [
        ["North", "+Zyxwvut", "3"],
        ["North", "+Zyxwvut", "4"],
    ]
    assert once.warnings == ()
    assert "001 North.xlsx" in twice.warnings[0]
    assert "001 North (2).xlsx" in twice.warnings[0]
    assert once.is_named
    assert "Zyxwvut" not in repr(once) + "".join(twice.warnings)


def test_new_families_and_who_is_gone_are_told(asked, sheets, tmp_path):
    """Families that meetings added have a file; who died is said to be in the counts still."""
    problem, plan = asked
    (north, south), words = sheets
    language = words.language
    folder = pt.write_plan(problem, plan, tmp_path / "old", key=KEY, language=language)
    new = {"wb_name_or_id": "+Zyxwvut", "wb_note": "janda", "wb_mark_new": "x"}
    mark(north, words, {("Qwertyani 0", "rice"): "dead"}, rows=[new])
    out, public = tmp_path / "new", tmp_path / "public"
    arguments = ("--lang", language, "--out", out, "--public", public)
    result = run("revise", folder, "--decisions", north, south, *arguments)
    assert result.exit_code == 0, result.output
    families, persons = ("families", "persons") if language == "en" else ("keluarga", "jiwa")
    assert f"1 {families} (8 {persons})" in result.output
    assert "new_families.xlsx" in result.output
    assert words("changes_unnamed") in result.output  # no --people
    assert "Zyxwvut" not in result.output
    rows = [*openpyxl.load_workbook(out / "new_families.xlsx").active.iter_rows(values_only=True)]
    assert rows[-1][:2] == ("North", "+Zyxwvut")
    assert rows[-1][5] == "janda"
    assert "new_families.xlsx" in (out / "SHA256SUMS").read_text()
    assert run("verify", out).exit_code == 0
    holding = [path for path in public.rglob("*") if b"Zyxwvut" in path.read_bytes()]
    assert not holding
    assert not (public / "new_families.xlsx").exists()
    changes = pd.read_csv(out / "changes.csv").query("change == 'still_listed'")
    assert changes[["household_id", "reason"]].to_numpy().tolist() == [["H0", "dead"]]
