"""A problem from files: the faults of all of them come together."""

from __future__ import annotations

import pytest

import povtarget as pt

CATALOGUE = """
[[budget]]
name = "Dinsos"
amount = 3_000_000
[[program]]
name = "food"
need = "food"
budget = "Dinsos"
unit_cost = 1_500_000
benefit = 1_500_000
eligibility = "{eligibility}"
per = "{per}"
"""
PEOPLE = "household_id,size,consumption,elderly,area\n1,4,500000,1,a\n2,4,505000,1,a\n"


@pytest.fixture
def files(tmp_path):
    """Write files and read the problem of them."""

    def read(people=PEOPLE, eligibility="elderly > 0", per="elderly", catalogue=CATALOGUE, **more):
        (tmp_path / "people.csv").write_text(people, encoding="utf-8")
        text = catalogue.format(eligibility=eligibility, per=per)
        (tmp_path / "programs.toml").write_text(text, encoding="utf-8")
        for name in ("receipts", "locks"):
            if name in more:
                (tmp_path / f"{name}.csv").write_text(more[name], encoding="utf-8")
                more[name] = tmp_path / f"{name}.csv"
        return pt.read_problem(
            tmp_path / "people.csv",
            tmp_path / "programs.toml",
            **{"poverty_line": 513_243, **more},
        )

    return read


def test_files_without_fault_make_the_problem(files):
    problem = files(
        receipts="household_id,program,agency\n2,food,Dinsos\n",
        locks="household_id,program,lock\n1,food,in\n",
        max_bundle=2,
        objective=pt.PovertyGap(),
    )
    assert problem.max_bundle == 2
    assert problem.receipts.program.tolist() == ["food"]
    assert problem.locks.lock.tolist() == ["in"]
    assert problem.standing.locked.sum() == 1
    assert problem.levels == (pt.PovertyGap(),)


@pytest.mark.parametrize(
    "people",
    [
        PEOPLE.replace("1,4,", "1,0,"),
        PEOPLE.replace("2,4,505000", "1,4,-1"),
        PEOPLE.replace("size", "siz"),
        PEOPLE + "3,4\n",
        PEOPLE + ",4,505000,1,a\n",
    ],
    ids=["size", "twice", "column", "row", "identifier"],
)
def test_eligibility_is_judged_beside_a_registry_with_faults(files, people):
    with pytest.raises(pt.InputError) as caught:
        files(people, eligibility="elderli > 0 and area > 3 and size < 5", per="elderli")
    told = [str(fault) for fault in caught.value.problems]
    assert any("people.csv" in line for line in told)
    assert any("column 'per'" in line for line in told)
    assert any("'elderli': no such column (did you mean 'elderly'?)" in line for line in told)
    assert any("eligibility" in line and "area > 3" in line for line in told)
    assert not any("eligibility" in line and "'size'" in line for line in told)


def test_what_the_registry_lacks_is_not_told_twice(files):
    """A cell that could not be read is no missing value for the eligibility that uses it."""
    with pytest.raises(pt.InputError) as caught:
        files(PEOPLE.replace("500000", "x"), eligibility="consumption < line and sigma < 1")
    (fault,) = caught.value.problems
    assert (fault.row, fault.column) == (2, "consumption")


def test_eligibility_is_judged_beside_a_catalogue_with_faults(files):
    with pytest.raises(pt.InputError) as caught:
        files(eligibility="elderli > 0", catalogue=CATALOGUE.replace("unit_cost", "unit_cots"))
    told = str(caught.value)
    assert "unit_cots" in told
    assert "'elderli': no such column" in told


def test_every_file_is_read(files):
    with pytest.raises(pt.InputError) as caught:
        files(
            PEOPLE.replace("1,4,", "1,0,"),
            eligibility="elderli > 0",
            receipts="household_id,program,units\n1,rice,-1\n",
            locks="household_id,program,lock\n1,food,maybe\n",
        )
    told = str(caught.value)
    for words in ("people.csv, row 2", "receipts.csv, row 2", "locks.csv, row 2", "elderli"):
        assert words in told
    assert len(caught.value.problems) == 4


def test_a_file_that_is_not_there_hides_no_other(tmp_path):
    with pytest.raises(pt.InputError) as caught:
        pt.read_problem(tmp_path / "a.csv", tmp_path / "b.toml", receipts=tmp_path / "c.csv")
    assert len(caught.value.problems) == 3


def test_settings_and_columns_are_judged_together():
    households = pt.Households.from_frame(
        {"household_id": ["1"], "size": [1], "consumption": [1]}, poverty_line=2
    )
    food = pt.Program(
        "food", need="f", budget="b", unit_cost=1, benefit=1, eligibility="elderly > 0"
    )
    catalog = pt.Catalog(programs=[food], budgets=[pt.Budget("b", amount=1)])
    with pytest.raises(pt.InputError) as caught:
        pt.TargetingProblem(households, catalog, max_bundle=0)
    assert [fault.column for fault in caught.value.problems] == ["max_bundle", "elderly"]


def test_locks_are_told_of_by_their_row_in_the_file(files):
    """Blank rows and pairs that stand twice do not move the numbers of rows."""
    with pytest.raises(pt.InputError) as caught:
        files(locks="household_id,program,lock\n\n1,food,in\n1,food,in\n\nzz,food,in\n1,x,out\n")
    assert [str(fault).partition(",")[0] for fault in caught.value.problems] == ["locks.csv"] * 2
    assert [fault.row for fault in caught.value.problems] == [6, 7]


def test_a_name_in_the_wrong_column_is_not_shown():
    """A fault of a lock or a flag says the row, and never a word that may be a name."""
    pair = {"household_id": ["1"], "program": ["food"]}
    with pytest.raises(pt.InputError) as lock:
        pt.read_locks({**pair, "lock": ["Siti Aminah"]})
    with pytest.raises(pt.InputError) as flag:
        pt.read_receipts({**pair, "changeable": ["Siti Aminah"]})
    for error in (lock, flag):
        assert "siti" not in str(error.value).casefold()
        assert "row 2" in str(error.value)
    with pytest.raises(pt.InputError, match="value '2'"):
        pt.read_receipts({**pair, "changeable": ["2"]})


MANY = "household_id,program\n" + "1,food\n" * 20
SLIPS = ("foodd", "Food", "fod")
LOST = "household_id,program\n3375010101900001,rice\n1,food\n1,food\n"


def test_receipts_and_locks_are_judged_beside_the_other_faults(files):
    """A slip of a program is a fault of the first round, with file, row and nearest name."""
    with (
        pytest.warns(pt.PovtargetWarning, match="repeat an earlier row"),
        pytest.raises(pt.InputError) as caught,
    ):
        files(
            PEOPLE.replace("1,4,", "1,0,"),
            receipts=MANY + "".join(f"2,{name}\n" for name in SLIPS),
            locks="household_id,program,lock\n3375010101900001,fod,in\n",
        )
    told = [
        (f.source, f.row, f.column, f.value, f.expected)
        for f in caught.value.problems
        if f.column != "size"
    ]
    hint = "did you mean 'food'?"
    assert told == [
        *(("receipts.csv", 22 + at, "program", name, hint) for at, name in enumerate(SLIPS)),
        ("locks.csv", 2, "household_id", "************0001", None),
        ("locks.csv", 2, "program", "fod", hint),
    ]


def test_receipts_of_others_are_warnings_without_identifiers(files):
    with pytest.warns(pt.PovtargetWarning) as caught:
        files(receipts=LOST)
    said = [str(warning.message) for warning in caught]
    assert said == [
        "receipts.csv: 1 row (2) of households that are not listed",
        "receipts.csv: 1 row (2) of programs that the catalogue does not have: 'rice'",
        "receipts.csv: 1 row (4) repeat an earlier row in full",
    ]


def test_a_receipt_that_states_its_agency_is_of_another_program(files):
    rows = "household_id,program,agency\n1,Food,Kemensos\n"
    with pytest.warns(
        pt.PovtargetWarning, match="of programs that the catalogue does not have: 'Food'"
    ):
        assert files(receipts=rows).receipts.agency.tolist() == ["Kemensos"]


ROWS = "".join(f"{at},4,500000,{at % 3},a\n" for at in range(100, 120))


@pytest.mark.parametrize("per", ["elderly", "working"])
def test_cells_that_programs_ask_for_are_blamed_where_they_stand(files, per):
    """The column is one of numbers: its slips are faults of their rows, and the catalogue's not."""
    wrong = "30,4,500000,satu,a\n20,4,500000,Siti Aminah,a\n10,4,500000,,a\n"
    people = PEOPLE.replace("elderly,", f"{per},") + ROWS + wrong
    with pytest.raises(pt.InputError) as caught:
        files(people, eligibility=f"{per} > 0", per=per)
    number, value = "a whole number, 0 or more", "a value in every row"
    told = [(f.source, f.row, f.column, f.value, f.expected) for f in caught.value.problems]
    assert told == [
        ("people.csv", 24, per, "satu", number),
        ("people.csv", 25, per, None, number),
        ("people.csv", 26, per, None, value),
    ]


def test_counts_below_zero_are_told_by_row(files):
    with pytest.raises(pt.InputError) as caught:
        files(PEOPLE + "0,4,500000,-1,a\n")
    assert [(f.row, f.column, f.value) for f in caught.value.problems] == [(4, "elderly", "-1")]


def test_codes_that_are_compared_as_texts_are_no_numbers(files):
    people = PEOPLE.replace("elderly,", "code,").replace(",1,a", ",007,a") + ROWS
    problem = files(people, eligibility="code in ('007', '1')", per="size")
    assert problem.standing.possible.sum() == 9
