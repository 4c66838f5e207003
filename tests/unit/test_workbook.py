"""Workbooks: what they hold, that text is text, and that nobody is in what is public."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import povtarget as pt
import registry_files
from povtarget.cli import app
from povtarget.evaluation import proposals_of, revalue
from povtarget.locale import Words
from povtarget.workbook import marginal
from povtarget.workbook.draft import meeting_labels, tells_health
from povtarget.workbook.meeting import MARKS
from povtarget.workbook.people import read_people
from povtarget.workbook.privacy import codes, hidden
from povtarget.workbook.sheets import Column, open_book

KEY = b"a key for tests, long enough"
DANGEROUS = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "{=1}", "http://x")


@pytest.fixture(scope="module")
def made():
    """A small city, its plan, and who lives there."""
    households, catalog, receipts = pt.datasets.pekalongan(800, seed=3)
    problem = pt.TargetingProblem(
        households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
    )
    return problem, pt.solve(problem), people_of(households)


def people_of(households):
    """A registry of names, every one of them unmistakable."""
    n = len(households)
    numbers = range(n)
    return pd.DataFrame(
        {
            "household_id": households.household_id,
            "No KK": [f"337501010119{i:04d}" for i in numbers],
            "nik": [f"337502020220{i:04d}" for i in numbers],
            "Nama": [f"Qwertyani {i}" for i in numbers],
            "alamat": [f"Gang Zyxwvut {i}" for i in numbers],
            "rt": [f"{i % 9:03d}" for i in numbers],
            "rw": [f"{i % 5:03d}" for i in numbers],
        }
    )


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    """The plan's folder with names."""
    problem, plan, people = made
    target = tmp_path_factory.mktemp("plans") / "plan"
    return pt.write_plan(problem, plan, target, people=people, key=KEY, version="1")


def cells_of(path):
    """Every filled cell of a workbook: sheet, row, column, cell."""
    book = openpyxl.load_workbook(path)
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


def table_of(sheet, first):
    """The rows below the header that begins with a word, as a frame of objects."""
    rows = list(sheet.iter_rows(values_only=True))
    at = next(i for i, row in enumerate(rows) if row[0] == first)
    width = sum(cell is not None for cell in rows[at])
    return pd.DataFrame([row[:width] for row in rows[at + 1 :]], columns=rows[at][:width])


def content_of(path):
    """Every byte of a file; of a workbook, unzipped, with names of parts."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def test_every_proposal_is_in_one_annex_with_its_reason(made, folder):
    """The annexes together are the plan, each under its agency and fund, amounts to the rupiah."""
    problem, plan, people = made
    book = openpyxl.load_workbook(folder / "plan.xlsx")
    found = []
    for sheet in book:
        if sheet["A1"].value.startswith("Annex by name"):
            rows = table_of(sheet, "No")
            assert (
                sheet["A1"].value
                == f"Annex by name and address: {agency_of(sheet)}, " + (rows["Fund"][0])
            )
            assert rows["No"].tolist() == list(range(1, len(rows) + 1))
            assert rows["Reason"].str.len().min() > 20
            note = next(c.value for c in sheet["A"] if "proposals, each of one" in str(c.value))
            assert note.startswith(f"{len(rows):,} proposals")
            assert f" {rows['Places'].sum():,} places" in note
            found.append(rows)
    annex = pd.concat(found)
    titles = {p.title: p.name for p in problem.catalog.programs}
    pairs = {*zip(annex["Household ID"], annex["Program"].map(titles), strict=True)}
    assert pairs == {
        *zip(plan.assignments["household_id"], plan.assignments["program"], strict=True)
    }
    assert len(annex) == len(plan.assignments)
    assert annex["Amount, Rp a year"].sum() == plan.assignments["cost"].sum()
    names = people.set_index("household_id")["Nama"]
    assert annex["Name"].tolist() == names[annex["Household ID"]].tolist()


def agency_of(sheet):
    return re.match(r"Annex by name and address: (.*), ", sheet["A1"].value).group(1)


def test_numbers_are_masked_unless_asked_for(made, tmp_path):
    """NIK and card numbers show four digits; all of them only where asked, and as text."""
    problem, plan, people = made
    for show in (False, True):
        path = pt.workbook.write_workbook(
            problem, plan, tmp_path / f"{show}.xlsx", key=KEY, people=people, show_numbers=show
        )
        seen = set(re.findall(rb"(?<!\d)3375\d{12}(?!\d)", content_of(path)))
        assert bool(seen) is show
        texts = [c.value for c in cells_of(path) if isinstance(c.value, str)]
        assert any(re.fullmatch(r"\d{16}" if show else r"\*{12}\d{4}", text) for text in texts)


def test_headers_are_frozen_filtered_and_printed_on_every_page(folder):
    """Every sheet is landscape on A4, one page wide; lists keep their header in sight."""
    for path in (folder / "plan.xlsx", *(folder / "meetings").iterdir()):
        for sheet in openpyxl.load_workbook(path):
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.page_setup.paperSize == 9
            assert sheet.page_setup.fitToHeight == 0
            if sheet.freeze_panes:
                header = int(sheet.freeze_panes[1:]) - 1
                assert sheet.print_title_rows == f"${header}:${header}"
                assert sheet.auto_filter.ref.startswith(f"A{header}:")
                labels = [cell.value for cell in sheet[header] if cell.value]
                assert len(labels) == len(set(labels)) > 4
    frozen = [sheet.freeze_panes for sheet in openpyxl.load_workbook(folder / "plan.xlsx")]
    assert sum(map(bool, frozen)) > 10


def test_no_text_is_a_formula(tmp_path):
    """Names, areas, programs and agencies that look like formulas are text, and stay text."""
    frame = pd.DataFrame(
        {
            "household_id": [f"={i}" for i in range(8)],
            "size": 4,
            "consumption": 500_000,
            "area": [*DANGEROUS],
        }
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program("=a", need="=n", budget="=B", unit_cost=10, benefit=900_000, title="=T()")
        ],
        budgets=[pt.Budget("=B", amount=40, agency="@agency", fund="+fund", code="-code")],
    )
    problem = pt.TargetingProblem(pt.Households.from_frame(frame, poverty_line=510_000), catalog)
    plan = pt.solve(problem)
    people = frame[["household_id"]].assign(name=DANGEROUS, address=DANGEROUS)
    folder = pt.write_plan(problem, plan, tmp_path / "plan", people=people)
    public = pt.write_public(problem, plan, tmp_path / "public")
    paths = [*folder.rglob("*.xlsx"), *public.rglob("*.xlsx")]
    assert len(paths) == 9  # "\t=1" and "\r=1" are one kelurahan
    for path in paths:
        assert not re.search(rb"<f[ >]|<hyperlink", content_of(path))
        for cell in cells_of(path):
            assert cell.data_type in "sn"
            if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t")):
                assert cell.quotePrefix or cell.value == "-", (path, cell)


def test_a_meeting_sheet_has_its_own_people_and_nothing_of_health(made, folder):
    """One file for each kelurahan: all its proposals, no other's names, no number or score."""
    problem, plan, _ = made
    area = pd.Series(problem.households.area, problem.households.household_id)
    number = pd.Series(range(len(area)), area.index)
    proposed = plan.assignments["household_id"]
    paths = sorted((folder / "meetings").iterdir())
    assert len(paths) == area.nunique()
    labels = set(meeting_labels(problem.catalog, Words("en")))
    shown, kinds = 0, set()
    for path in paths:
        (sheet,) = openpyxl.load_workbook(path)
        rows = table_of(sheet, "No").dropna(subset="Code")
        mine = {f"Qwertyani {n}" for n in number[area == sheet.title]}
        assert set(rows["Name of the head (or ID)"]) <= mine
        assert (rows["Status"] == "proposed").sum() == (area[proposed] == sheet.title).sum()
        assert set(rows["Program"]) <= labels
        assert rows[[Words("en")(f"wb_mark_{mark}") for mark in MARKS]].isna().all(axis=None)
        assert not rows["Reason"].str.contains(r"\d").any()
        assert not rows["Reason"].str.contains("health|nutrition|disab").any()
        known = {*labels, *(label.split(" (ask")[0] for label in labels), "nothing on record"}
        assert {each for cell in rows["Has already"] for each in cell.split("; ")} <= known
        idle = rows["Has already"] == "nothing on record"
        assert rows.loc[idle, "Reason"].str.endswith("Has nothing yet").all()
        text = content_of(path)
        assert not re.search(rb"3375\d{6}|stunting|disabilitas|PBI-JKN|chance", text)
        shown += len(rows)
        kinds |= set(rows["Reason"])
    assert shown > len(proposed)
    assert len(kinds) > 12  # reasons that tell one family from another


def test_programs_that_tell_of_health():
    """Need, name, title, condition and count are looked at; 'skills' is no illness."""
    assert not tells_health(program(eligibility="skilled > 0 and decile <= 4"))
    for change in (
        {"need": "nutrition"},
        {"title": "Sembako lansia dan disabilitas"},
        {"eligibility": "chronically_ill > 0"},
        {"per": "stunted"},
    ):
        assert tells_health(program(**change))


def program(name="p", **changes):
    return pt.Program(
        name, **({"need": "work", "budget": "B", "unit_cost": 1, "benefit": 1} | changes)
    )


def test_the_order_of_a_waiting_list_is_that_of_the_prices(made):
    """Net worth falls along every list, and who is on it can be added and adds something."""
    problem, plan, _ = made
    chosen = proposals_of(problem, plan.assignments)
    base = revalue(problem, chosen).values
    lists = list(marginal.waiting(problem, plan))
    assert len(lists) > 5
    for added in lists:
        net = added.value - added.paid
        assert np.all(np.diff(net) <= 1e-9)
        first = int(added.rows[0])
        more = chosen.copy()
        assert problem.standing.possible[first, added.program]
        assert not chosen[first, added.program]
        more[first, added.program] = True
        assert more[first].sum() <= problem.max_bundle
        gained = revalue(problem, more).values[0] - base[0]
        assert gained == pytest.approx(added.value[0], abs=1e-6)


def test_what_proposals_add_is_worth_its_price(made):
    """Nearly every proposal adds at least what its money and places are worth at the prices."""
    problem, plan, _ = made
    net = np.concatenate([a.value - a.paid for a in marginal.proposed(problem, plan)])
    assert len(net) == len(plan.assignments)
    assert np.mean(net >= -1e-6) > 0.9


def test_one_more_place_goes_to_the_first_on_the_list():
    """Where one more place is paid, the next plan proposes who was first."""
    frame = pd.DataFrame(
        {"household_id": list("abcde"), "size": [5, 4, 3, 2, 1], "consumption": 500_000}
    )
    households = pt.Households.from_frame(frame, poverty_line=510_000)

    def asked(places):
        catalog = pt.Catalog(
            programs=[program(unit_cost=10, benefit=900_000)],
            budgets=[pt.Budget("B", amount=10 * places)],
        )
        return pt.TargetingProblem(households, catalog)

    for places in (1, 2, 3):
        problem = asked(places)
        (queue,) = marginal.waiting(problem, pt.solve(problem, gap=0))
        following = households.household_id[queue.rows[0]]
        assert following in pt.solve(asked(places + 1), gap=0).assignments["household_id"].tolist()


def test_nobody_is_in_what_is_public(made, tmp_path):
    """No NIK, card number, name, address, identifier or code in any byte of the public folder."""
    problem, plan, people = made
    public = pt.write_public(problem, plan, tmp_path / "public", language="id")
    written = b"".join(content_of(path) for path in public.rglob("*") if path.is_file())
    columns = {name: people[name].tolist() for name in ("household_id", "No KK", "nik")}
    columns["code"] = codes(problem.households.household_id, KEY).tolist()
    for texts in columns.values():
        assert not [text for text in texts if text.encode() in written]
    for word in (b"Qwertyani", b"Zyxwvut", b"KK-0"):
        assert word not in written
    assert not re.search(rb"(?<![\d.])\d{16}(?!\d)", re.sub(rb"<v>[^<]*</v>", b"", written))


def test_names_are_in_the_workbooks_and_nowhere_else(folder):
    """Of the plan's folder, only the workbooks name people; no file has a NIK in full."""
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        text = content_of(path)
        assert (b"Qwertyani" in text) == (path.suffix == ".xlsx"), path
        assert b"3375020202" not in text, path
        assert b"3375010101" not in text, path


def test_small_counts_are_hidden_in_public(made, tmp_path):
    """No count of families from 1 to 4 stands in a table of what is proposed."""
    problem, plan, _ = made
    path = pt.workbook.write_public_workbook(problem, plan, tmp_path / "p.xlsx")
    book = openpyxl.load_workbook(path)
    actions = table_of(book["Yearly plan of action"], "Agency").iloc[:, 2:]
    numbers = [cell for row in actions.to_numpy() for cell in row]
    assert "*" in numbers
    assert not [cell for cell in numbers if isinstance(cell, (int, float)) and 0 < cell < 5]
    rows = table_of(book["RKPD indicators"], "Agency")
    assert not [cell for cell in rows["Families"] if cell != "*" and 0 < cell < 5]
    assert "*" in rows["Families"].tolist()


def test_codes_need_their_key(made):
    """A household has one code for one key, another for another, and short keys are refused."""
    ids = made[0].households.household_id
    first = codes(ids, KEY)
    assert first.tolist() == codes(ids, KEY).tolist()
    assert not set(first) & set(codes(ids, KEY + b"!"))
    with pytest.raises(pt.InputError, match="too short"):
        codes(ids, b"short")
    assert hidden("3375010101900001") == "************0001"


def test_faults_of_people_name_nobody(made):
    """Repeated households and numbers that lost digits are told by row, without their value."""
    households = made[0].households
    people = people_of(households)
    people.loc[1, "household_id"] = people.loc[0, "household_id"]
    with pytest.raises(pt.InputError, match="already in row 2") as caught:
        read_people(people, households)
    assert "Qwertyani" not in str(caught.value)
    people = people_of(households).assign(nik=3.375e15)
    with pytest.raises(pt.InputError, match="digits of the identifier are lost") as caught:
        read_people(people, households)
    assert "3375" not in str(caught.value)
    assert "Qwertyani" not in repr(read_people(people_of(households), households))
    with pytest.raises(pt.InputError, match="nobody on this list"):
        read_people(people.assign(household_id=[f"X{i}" for i in range(len(people))]), households)


def test_the_same_plan_gives_the_same_bytes(made, tmp_path):
    """Two workbooks of one plan and key do not differ."""
    problem, plan, people = made
    paths = [
        pt.workbook.write_workbook(problem, plan, tmp_path / name, key=KEY, people=people)
        for name in ("a.xlsx", "b.xlsx")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("language", ["en", "id"])
def test_sheets_in_both_languages(made, tmp_path, language):
    """Sheet names and labels come from the catalogue of words."""
    problem, plan, _ = made
    path = pt.workbook.write_workbook(
        problem, plan, tmp_path / "p.xlsx", key=KEY, language=language
    )
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    words = Words(language)
    for key in (
        "summary",
        "budgets",
        "waiting",
        "overlap",
        "rkpd",
        "actions",
        "areas",
        "certificate",
    ):
        assert words(f"wb_{key}") in names


def test_sheet_names_that_excel_refuses(tmp_path):
    """Long, repeated and forbidden names become names that Excel takes, each once."""
    path = tmp_path / "b.xlsx"
    wanted = ["a/b:c*d?e[f]g\\h", "x" * 40, "X" * 40, "History", "''", ""]
    with open_book(path, "t") as book:
        for name in wanted:
            book.sheet(name, [10]).table([Column("a", 10)], [["b"]])
    names = openpyxl.load_workbook(path).sheetnames
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "history" not in {name.casefold() for name in names}


def test_baselines_weights_and_missing_areas(tmp_path):
    """A plan without a bound, households of other weights and no areas have their workbooks."""
    frame = pd.DataFrame(
        {
            "household_id": ["3375010101900001", "3375010101900002"],
            "size": 4,
            "consumption": 500_000,
            "weight": [2.5, 1.0],
        }
    )
    catalog = pt.Catalog(
        programs=[program(unit_cost=10, benefit=900_000)], budgets=[pt.Budget("B", amount=30)]
    )
    problem = pt.TargetingProblem(pt.Households.from_frame(frame, poverty_line=510_000), catalog)
    plan = pt.baselines.uncoordinated(problem)
    folder = pt.write_plan(problem, plan, tmp_path / "plan")
    (meeting,) = (folder / "meetings").iterdir()
    assert meeting.name == "001 Whole list.xlsx"
    for path in (meeting, folder / "plan.xlsx"):
        assert b"3375010101900001" not in content_of(path)
    texts = [cell.value for cell in cells_of(folder / "plan.xlsx")]
    assert Words("en")("wb_no_bound") in texts
    assert 2.5 in texts


def test_a_registry_names_its_families(tmp_path):
    """What `read_registry` read is taken as it is; the plan's own files have no names."""
    rows = registry_files.table("dtsen", 40, seed=1)
    registry = pt.read_registry(registry_files.write_csv(tmp_path / "dtsen.csv", rows))
    households = registry.households(consumption=500_000, poverty_line=510_000)
    names = read_people(registry, households)
    families = registry.families.set_index("family_id").loc[households.household_id]
    assert names.column("name", 40).tolist() == families["name"].tolist()
    assert set(names.column("kk", 40)) == {hidden(text) for text in families["kk"]}


def test_names_on_the_command_line(tmp_path):
    """--people names the annexes, --show-numbers shows NIK in full, and faults come first."""
    households, catalog = tmp_path / "h.csv", tmp_path / "c.toml"
    households.write_text("household_id,size,consumption\n001,4,500000\n002,4,500000\n")
    catalog.write_text(
        '[[budget]]\nname = "B"\namount = 20\n[[program]]\nname = "p"\nneed = "food"\n'
        'budget = "B"\nunit_cost = 10\nbenefit = 900000\n'
    )
    people = tmp_path / "p.csv"
    people.write_text("household_id,nik,nama\n001,3375010101900001,Qwertyani\n")

    def run(out, *more):
        given = ("plan", households, catalog, "--poverty-line", 510_000, "--out", tmp_path / out)
        return CliRunner().invoke(app, [*map(str, (*given, "--people", people, *more))])

    for out, more, shows in (("a", (), False), ("b", ("--show-numbers",), True)):
        assert run(out, *more).exit_code == 0
        text = content_of(tmp_path / out / "plan.xlsx")
        assert b"Qwertyani" in text
        assert (b"3375010101900001" in text) is shows
    people.write_text("household_id,nik\n001,3.375E+15\n001,3375010101900001\n")
    result = run("c")
    assert result.exit_code == 1
    assert "row 2, column 'nik'" in result.output or "row 3" in result.output
    assert "3375010101900001" not in result.output
    assert not (tmp_path / "c").exists()


def test_wrapped_rows_are_as_high_as_their_text(tmp_path):
    """A program that does not fit rows itself shows every line, and short rows stay low."""
    with open_book(tmp_path / "book.xlsx", "t") as book:
        sheet = book.sheet("one", [20.0, 20.0])
        sheet.table([Column("a", 20, "wrap"), Column("b", 20)], [["word " * 20, ""], ["x", "y"]])
    read = openpyxl.load_workbook(tmp_path / "book.xlsx")["one"]
    assert read.row_dimensions[2].height > 4 * 13
    assert read.row_dimensions[3].height is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_finds_the_same(folder, tmp_path):
    """Opened and saved by another program, every cell of the workbook is what it was."""
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"]
    command += ["--convert-to", "xlsx", "--outdir", tmp_path / "out", folder / "plan.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    ours, theirs = cells_of(folder / "plan.xlsx"), cells_of(tmp_path / "out" / "plan.xlsx")
    assert [(c.parent.title, c.coordinate) for c in ours] == [
        (c.parent.title, c.coordinate) for c in theirs
    ]
    for mine, its in zip(ours, theirs, strict=True):
        is_text = isinstance(mine.value, str)
        assert its.value == (mine.value if is_text else pytest.approx(mine.value, rel=1e-14))


def test_headers_of_people_are_known_by_the_aliases_of_registries():
    from povtarget.workbook.people import read_people

    known = pt.Households.from_frame(
        {"household_id": ["1"], "size": [4], "consumption": [400_000]}, poverty_line=500_000
    )
    frame = {"household_id": ["1"], "NIK kepala": ["3375010101900001"], "NIK istri": ["-"]}
    with pytest.warns(pt.PovtargetWarning, match="'nik_istri' are not read; known are kk, nik"):
        people = read_people(frame, known, show_numbers=True)
    assert people.of(0, "nik") == "3375010101900001"


def test_what_a_family_has_is_told_without_health(tmp_path):
    """Names of programs, also from outside the catalogue; health and rare names are not told."""
    frame = pd.DataFrame(
        {"household_id": [f"H{i:02d}" for i in range(12)], "size": 4, "consumption": 500_000}
    )
    catalog = pt.Catalog(
        programs=[program(unit_cost=10, benefit=400_000), program(name="rice", need="food")],
        budgets=[pt.Budget("B", amount=120)],
    )
    receipts = pd.DataFrame(
        {
            "household_id": [f"H{i:02d}" for i in range(8)] * 2 + ["H00"],
            "program": ["rice"] * 2 + ["PKH"] * 6 + ["klinik sakit ginjal"] * 8 + ["Qwertyani"],
            "agency": "Dinas",
        }
    )
    households = pt.Households.from_frame(frame, poverty_line=510_000)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    (path,) = pt.workbook.write_meetings(problem, pt.solve(problem), tmp_path, key=KEY)
    rows = table_of(openpyxl.load_workbook(path).active, "No").dropna(subset="Code")
    told = dict(zip(rows["Name of the head (or ID)"], rows["Has already"], strict=True))
    assert told["H05"] == "A service of Dinas; PKH"
    assert told["H00"] == "A service of Dinas; Another service; rice"
    assert told["H11"] == "nothing on record"
    assert b"Qwertyani" not in content_of(path)
    assert b"ginjal" not in content_of(path)
    reason = dict(zip(rows["Name of the head (or ID)"], rows["Reason"], strict=True))
    assert reason["H05"].startswith("For: food. ")
    assert reason["H05"].endswith("None for this need yet")


def test_the_annex_leaves_out_what_nobody_knows(made, tmp_path):
    """Without names there is no empty column for them, and a line says how to fill them in."""
    problem, plan, people = made
    for given in (None, people[["household_id", "Nama"]]):
        path = pt.workbook.write_workbook(
            problem, plan, tmp_path / "p.xlsx", key=KEY, people=given
        )
        sheet = next(
            sheet
            for sheet in openpyxl.load_workbook(path)
            if sheet["A1"].value.startswith("Annex by name")
        )
        rows = table_of(sheet, "No")
        assert ("Name" in rows.columns) is (given is not None)
        assert not {"NIK", "Family card (KK)", "Address"} & {*rows.columns}
        assert rows["Kelurahan"].notna().all()
        (note,) = [
            str(row[0].value) for row in sheet.iter_rows() if "--people" in str(row[0].value)
        ]
        assert "NIK, " in note
        assert ("Name" in note.split(".")[0]) is (given is None)


def test_a_list_that_names_too_few_is_told_with_counts(made, tmp_path, recwarn):
    """Below nine in ten of the proposed households a warning counts, and names nobody."""
    problem, plan, people = made
    ids = plan.assignments["household_id"].unique()
    few = people[~people["household_id"].isin(ids[: len(ids) // 5])]
    with pytest.warns(pt.PovtargetWarning, match="proposed households") as caught:
        pt.workbook.write_workbook(problem, plan, tmp_path / "p.xlsx", key=KEY, people=few)
    (text,) = [str(each.message) for each in caught]
    assert f"names {len(ids) - len(ids) // 5} of {len(ids)} proposed households" in text
    assert "household_id" in text
    assert not re.search("Qwertyani|KK-0|3375", text)
    for whole in (people, None):
        pt.workbook.write_workbook(problem, plan, tmp_path / "p.xlsx", key=KEY, people=whole)
    assert not recwarn.list
