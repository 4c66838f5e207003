"""What is possible but odd is said once for each kind, by rows, and stops nothing."""

from __future__ import annotations

import warnings

import pytest

import povtarget as pt

HEADER = "household_id,size,consumption,sigma,decile,toddlers,elderly,NIK kepala\n"
FINE = "".join(f"{at},4,{400_000 + 10_000 * at},0.3,{at},1,1,33750101019000{at:02}\n"
               for at in range(1, 10))  # fmt: skip
CATALOGUE = """
[[budget]]
name = "Dinsos"
amount = 3_000_000
[[program]]
name = "food"
need = "food"
budget = "Dinsos"
unit_cost = {cost}
benefit = 1_500_000
"""


@pytest.fixture
def said(tmp_path):
    """Write files, read the problem of them, and return what was said."""

    def read(more="", cost=1_500_000, line=450_000):
        (tmp_path / "p.csv").write_text(HEADER + FINE + more, encoding="utf-8")
        (tmp_path / "c.toml").write_text(CATALOGUE.format(cost=cost), encoding="utf-8")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pt.read_problem(tmp_path / "p.csv", tmp_path / "c.toml", poverty_line=line)
        return [str(one.message) for one in caught]

    return read


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("4,400000,0.3,0,1,1,3375010101900099", "no decile from 1 to 10 in column 'decile'"),
        ("4,400000,0.3,11,1,1,3375010101900099", "no decile from 1 to 10 in column 'decile'"),
        ("4,400000,2.5,1,1,1,3375010101900099", "a sigma above 2: is it of the logarithm?"),
        ("1,400000,0.3,1,1,1,", "more members of some ages than persons in 'size'"),
        ("4,40000000000,0.3,1,1,1,", "consumption above 100 times the line: is a digit too many?"),
        ("4,400000,0.3,1,1,1,337501010190009", "other than 16 digits in 'NIK kepala'"),
    ],
)
def test_odd_rows_are_said(said, row, what):
    assert said() == []
    assert said(f"0A,{row}\n") == [f"p.csv: 1 row (11) with {what}"]
    assert "33750" not in str(said(f"0A,{row}\n"))


def test_one_person_in_two_rows_is_said_with_both(said):
    (told,) = said("0A,4,400000,0.3,1,1,1,3375010101900003\n")
    assert told == "p.csv: 2 rows (4, 11) with a number of others in 'NIK kepala'"


def test_amounts_in_thousands_are_said(said):
    assert "program 'food': a unit_cost under Rp 10,000" in said(cost=2_400)[0]


@pytest.mark.parametrize(("line", "who"), [(513, "nobody (0 of 9)"), (6e6, "everybody (9 of 9)")])
def test_a_line_in_other_units_is_said(said, line, who):
    (told,) = said(line=line)
    assert told.startswith(who)
    assert f"the line of Rp {line:,.0f}: is it per person and month" in told
