"""Who is furthest below the line and gets nothing: the list, its reasons, and the counts."""

from __future__ import annotations

import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

import povtarget as pt
from povtarget.disclosure import FEWEST
from povtarget.lowest import is_lowest, resources

KEY = b"a key for tests, long enough"


def question(**changes):
    """Ten families: a is far below and eligible, b is barred, c has what no catalogue knows."""
    frame = pd.DataFrame(
        {
            "household_id": list("abcdefghij"),
            "size": 4,
            "consumption": [200_000, 250_000, 300_000, 490_000, 500_000, *[900_000] * 5],
            "open": [1, 0, 1, 1, 1, *[0] * 5],
            "area": ["North", "South"] * 5,
        }
    )
    rice = {"need": "food", "budget": "City", "unit_cost": 10, "benefit": 1_000_000}
    catalog = pt.Catalog(
        programs=[pt.Program("rice", title="Rice reserve", eligibility="open > 0", **rice)],
        budgets=[pt.Budget("City", amount=20, agency="Dinsos")],
    )
    households = pt.Households.from_frame(frame, poverty_line=510_000)
    receipts = pd.DataFrame({"household_id": ["c"], "program": ["church aid"]})
    return pt.TargetingProblem(households, catalog, receipts=receipts, **changes)


def test_who_gets_nothing_is_listed_lowest_first_with_the_reason():
    """Below the line without anything: not who is proposed, nor who has help from elsewhere."""
    problem = question()
    plan = pt.solve(problem, gap=0)
    assert set(plan.assignments["household_id"]) == {"d", "e"}
    table = pt.unserved(problem, plan)
    assert table["household_id"].tolist() == ["a", "b"]
    assert table["resources"].tolist() == [200 / 510, 250 / 510]
    assert table["program"].tolist() == ["rice", ""]
    assert table["kind"].tolist() == ["no_gain", "none_open"]
    assert table["reason"][0].startswith("Rice reserve: would add nothing to the first aim")
    assert "no program is open" in table["reason"][1]
    indonesian = pt.unserved(problem, plan, language="id")
    assert "tidak ada program yang terbuka" in indonesian["reason"][1]


def test_a_meetings_word_is_the_reason_where_nothing_is_open():
    """Who was refused by a meeting is told so, not that nothing is open."""
    locks = pd.DataFrame({"household_id": ["a"], "program": ["rice"], "lock": ["out"]})
    table = pt.unserved(problem := question(locks=locks), pt.solve(problem, gap=0))
    assert table["kind"].tolist() == ["locked_out", "none_open"]
    assert "a meeting has said no" in table["reason"][0]


def test_the_lowest_tenth_counts_persons():
    """A tenth of persons, not of households; the household in which it ends is in it."""
    frame = pd.DataFrame(
        {"household_id": list("abcd"), "size": [1, 1, 8, 10], "consumption": [3e5, 2e5, 4e5, 9e5]}
    )
    households = pt.Households.from_frame(frame, poverty_line=510_000)
    problem = pt.TargetingProblem(
        households,
        pt.Catalog(
            programs=[pt.Program("p", need="food", budget="B", unit_cost=1, benefit=1)],
            budgets=[pt.Budget("B", amount=1)],
        ),
    )
    assert is_lowest(problem).tolist() == [True, True, False, False]
    assert is_lowest(problem, 0.11).tolist() == [True, True, True, False]


def test_receipts_that_consumption_lacks_are_resources():
    """Where measured consumption is without receipts, they are added before the order is made."""
    households, catalog, receipts = pt.datasets.pekalongan(400, seed=1)
    within, beside = (
        pt.TargetingProblem(households, catalog, receipts=receipts, receipts_in_consumption=way)
        for way in (True, False)
    )
    has = beside.standing.baseline_gain > 0
    assert has.any()
    assert np.all(resources(beside)[has] > resources(within)[has])
    assert np.array_equal(resources(beside)[~has], resources(within)[~has])


def test_counts_are_of_the_same_people_before_and_after():
    """Groups keep their persons; nothing is proposed before; by hand for ten families."""
    problem = question()
    table = pt.reach(problem, pt.solve(problem, gap=0))
    below = table.loc["below"]
    assert below["families_before"].to_dict() == {"proposed": 0, "receives": 1, "nothing": 4}
    assert below["families_after"].to_dict() == {"proposed": 2, "receives": 1, "nothing": 2}
    assert below["persons_after"].to_dict() == {"proposed": 8, "receives": 4, "nothing": 8}
    assert table.loc["lowest", "families_after"].to_dict() == {
        "proposed": 0,
        "receives": 0,
        "nothing": 1,
    }


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_sheet_is_in_the_workbook_that_is_not_public(tmp_path, language):
    """Rows lowest first with filters; the public workbook has no such sheet."""
    problem = question()
    plan = pt.solve(problem, gap=0)
    path = pt.workbook.write_workbook(
        problem, plan, tmp_path / "p.xlsx", key=KEY, language=language
    )
    sheet = openpyxl.load_workbook(path)[{"en": "Not reached", "id": "Belum terjangkau"}[language]]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[2] in ("a", "b")]
    assert [row[2] for row in rows] == ["a", "b"]
    assert [row[3] for row in rows] == ["North", "South"]
    assert sheet.auto_filter.ref is not None
    public = pt.workbook.write_public_workbook(
        problem, plan, tmp_path / "u.xlsx", language=language
    )
    assert sheet.title not in openpyxl.load_workbook(public).sheetnames


def test_the_report_rounds_down_who_is_reached():
    """Counts of families in the report are multiples of five, or withheld."""
    households, catalog, receipts = pt.datasets.pekalongan(1_500, seed=4)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    plan = pt.solve(problem)
    page = pt.make_report(problem, plan)
    table = page[page.index("Lowest tenth, before") :].split("</table>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)<", table)
    told = [int(cell) for cell in cells if cell.isdigit()]
    exact = pt.reach(problem, plan)
    assert len(cells) == 12
    assert told
    assert all(count % FEWEST == 0 and count > 0 for count in told)
    most = exact.loc[("lowest", "receives"), "families_before"]
    assert 0 <= most - int(cells[4]) < FEWEST


def test_a_plan_without_prices_has_the_list_without_reasons():
    """A baseline proves nothing: who gets nothing is still listed."""
    problem = question()
    table = pt.unserved(problem, pt.baselines.lottery(problem))
    assert set(table["reason"]) <= {""}
