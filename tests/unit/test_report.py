"""The public report: says what the plan says, names nobody, stands alone, and can be read by all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import povtarget as pt
from povtarget.evidence import Evidence
from povtarget.locale import MESSAGES, Words
from povtarget.report import AreaMap, ReportSettings, check_map, make_report, read_map

VOID = {"meta", "link", "br", "hr", "img", "input", "rect", "path"}
FOREIGN = re.compile(r"(?:src|href|url|@import)\s*[=(]?\s*[\"']?\s*(?:https?:|//)", re.IGNORECASE)


@pytest.fixture(scope="module")
def made():
    """A made-up city and its plan."""
    households, catalog, receipts = pt.datasets.pekalongan(1_500, seed=4)
    problem = pt.TargetingProblem(
        households, catalog, receipts=receipts, overlap=pt.Overlap(weight=0.02)
    )
    return problem, pt.solve(problem)


@pytest.fixture(scope="module", params=["en", "id"])
def page(request, made):
    """The report in one language, with everything that can be said."""
    target = pt.check_target(0.07, 0.0586, population=311_600, people=30_000, households=670)
    settings = ReportSettings(request.param, "Kota <b>", "Bappeda & co", target)
    return request.param, make_report(*made, settings, version="9")


class Outline(HTMLParser):
    """Elements of a page, with the text in each, checked for nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))
        if tag not in VOID or tag == "path":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.found:
            self.found[-1][2].append(data)

    def every(self, tag):
        """Attributes and text of each element of a kind."""
        return [(attrs, "".join(text)) for name, attrs, text in self.found if name == tag]


def small_city(size=40, areas=("A", "B")):
    """Families with known consumption, in areas."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "household_id": [f"33750101019{k:05d}" for k in range(size)],
            "size": rng.integers(1, 6, size),
            "consumption": rng.uniform(300_000, 700_000, size),
            "area": [areas[k % len(areas)] for k in range(size)],
            "name": [f"Slamet Widodo {k}" for k in range(size)],
            "address": [f"Jalan Cempaka nomor {k}" for k in range(size)],
        }
    )
    catalog = pt.Catalog(
        programs=[
            pt.Program("food", need="food", budget="D", unit_cost=1_000_000, benefit=1_000_000)
        ],
        budgets=[pt.Budget("D", amount=30_000_000, agency="Dinsos")],
    )
    households = pt.Households.from_frame(frame, poverty_line=513_243)
    receipts = pd.DataFrame({"household_id": ["3375999999990001", "x17"], "program": "food"})
    return pt.TargetingProblem(households, catalog, receipts=receipts)


def test_it_is_sound_html_that_needs_no_network(page):
    """Elements nest, nothing is fetched, no script runs, and texts of planners are escaped."""
    language, text = page
    outline = Outline(text)
    assert text.startswith("<!doctype html>")
    assert outline.every("html")[0][0]["lang"] == language
    assert not FOREIGN.search(text)
    assert not outline.every("script")
    assert "default-src 'none'" in text
    assert "Kota <b>" not in text
    assert "Kota &lt;b&gt;" in text
    assert "Bappeda &amp; co" in text


def test_a_screen_reader_finds_its_way(page):
    """One h1, headings without gaps, unique ids, links that lead somewhere, named drawings and tables."""
    outline = Outline(page[1])
    levels = [int(tag[1]) for tag, _, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attrs["id"] for _, attrs, _ in outline.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    for attrs, _ in outline.every("a"):
        assert attrs["href"].removeprefix("#") in ids
    drawings = outline.every("svg")
    assert len(drawings) >= 5
    for attrs, _ in drawings:
        assert attrs["role"] == "img"
        assert all(name in ids for name in attrs["aria-labelledby"].split())
    assert all(text.strip() for _, text in outline.every("desc"))
    tables, captions = outline.every("table"), outline.every("caption")
    assert len(tables) == len(captions) >= 10
    assert all(attrs["scope"] in ("row", "col") for attrs, _ in outline.every("th"))
    regions = [a for a, _ in outline.every("div") if a.get("class") == "scroll"]
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in regions)


def test_every_row_has_a_cell_for_every_head(page):
    """No table is ragged."""
    for table in re.findall(r"<table>.*?</table>", page[1], re.DOTALL):
        head, *rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        count = len(re.findall("<t[hd]", head))
        assert rows
        assert all(len(re.findall("<t[hd]", row)) == count for row in rows)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(a: str, b: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_in_light_dark_and_print(page):
    """Text has 4.5 to 1 on its ground and drawings 3 to 1, in each of the three styles."""
    styles = re.findall(r":root \{(.*?)\}", page[1], re.DOTALL)
    assert len(styles) == 3
    first = dict(re.findall(r"--([\w]+): (#\w{6})", styles[0]))
    for style in styles:
        colours = first | dict(re.findall(r"--([\w]+): (#\w{6})", style))
        for text, ground in [
            ("ink", "paper"),
            ("soft", "paper"),
            ("soft", "panel"),
            ("link", "paper"),
        ]:
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert all(contrast(colours[bar], colours["paper"]) >= 3 for bar in ("a", "b"))
        for k in range(5):
            ink = "#1b1b1b" if k < 3 else "#ffffff"
            assert contrast(ink, colours[f"shade{k}"]) >= 4.5


def test_it_says_what_the_plan_says(page, made):
    """Rates, persons, money, prices, bound, target and contact stand in the page, in its language."""
    language, text = page
    _, plan = made
    words, shown = Words(language), text.replace("\u00a0", " ")
    for figure in (
        words.percent(plan.rate("before")),
        words.percent(plan.rate("after")),
        words.number(plan.lifted),
        words.number(plan.bound, 2),
        words.percent(plan.gap, 4),
        words.number(plan.budgets["price"].max(), 3),
        "3.552" if language == "id" else "3,552",
    ):
        assert figure in shown
    for key in ("report_fall_cause", "report_fall_no", "report_object_law", "report_cert_not"):
        assert words(key) in shown.replace("&#39;", "'")


def test_no_text_is_left_unused():
    """Every word of the report is used by some section or picture."""
    from pathlib import Path

    source = Path(pt.__file__).parent
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [*source.glob("report/**/*.*"), source / "plotting.py", source / "evidence.py"]
        if path.suffix in (".py", ".html")
    )
    built = ("report_reason_", "report_ended_", "report_group_", "report_unit_", "report_aim_",
             "report_cert_", "report_fall_", "report_object_", "report_matrix_", "report_surveys_",
             "report_interval_", "report_as_receipts_", "report_gets_")  # fmt: skip
    for key in MESSAGES:
        if key.startswith("report_") and not key.startswith(built):
            assert key in code or f'"{key.removeprefix("report_")}"' in code, key


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_curve_of_more_money(language):
    """The report shows every point of a frontier with its bound, and only one over budgets."""
    problem = small_city()
    found = pt.frontier(problem, at=[0.5, 1.0, 2.0])
    settings = ReportSettings(language, frontier=found)
    text = make_report(problem, pt.solve(problem), settings)
    words = Words(language)
    assert words("report_growth") in text
    assert text.count("<circle") == 3
    for value in found.frame["value"]:
        assert words.number(value, 1) in text
    assert words("report_growth") not in make_report(problem, pt.solve(problem))
    with pytest.raises(pt.InputError, match="frontier over budgets"):
        ReportSettings(frontier=pt.frontier(problem, over="overlap", at=[0.0, 3.0]))


def test_a_need_is_named_in_the_language_of_the_page():
    """Needs that the catalogue of words knows are translated, others stay as they are."""
    problem = small_city()
    plan = pt.solve(problem)
    assert "pangan" in make_report(problem, plan, ReportSettings("id"))
    assert "pangan" not in make_report(problem, plan, ReportSettings("en"))


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_person_is_in_it(language):
    """No identifier, name or address of anybody, listed or only in receipts, is in any byte."""
    problem = small_city()
    plan = pt.solve(problem)
    assert plan.warnings  # they name a household that is not listed
    text = make_report(problem, plan, ReportSettings(language))
    households = problem.households
    for value in [*households.household_id, *problem.receipts["household_id"]]:
        assert str(value) not in text
    for column in ("name", "address"):
        assert not any(value in text for value in households.columns[column])
    assert "Slamet" not in text
    assert "Cempaka" not in text
    assert not re.search(r"\d{10,}", text)


def test_no_person_of_the_made_up_city_is_in_it(page, made):
    """No household of the city is named, and no long number stands anywhere."""
    ids = set(made[0].households.household_id)
    assert not ids & set(re.findall(r"[\w-]+", page[1]))
    assert "KK-0" not in page[1]
    assert not re.search(r"(?<![\d.])\d{10,}", page[1])


def test_an_area_of_few_families_is_not_named():
    """An area with three families appears under no name, nor does an address taken for an area."""
    problem = small_city(63, ["Aman"] * 10 + ["Baik"] * 10 + ["Sepi"])
    text = make_report(problem, pt.solve(problem))
    assert "Sepi" not in text
    assert "smaller ones together" in text
    each_alone = small_city(20, [f"Jalan {k}" for k in range(20)])
    assert "Jalan" not in make_report(each_alone, pt.solve(each_alone))


def test_a_list_of_few_families_has_no_figures():
    """Where the whole list is a small cell, nothing of its effect is published."""
    problem = small_city(4)
    text = make_report(problem, pt.solve(problem))
    assert "fewer than 5 families. No figure" in text
    assert "<table>" not in text
    assert "%" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_the_same_plan_gives_the_same_bytes(made):
    """Runtime and order of input do not show."""
    problem, plan = made
    again = pt.solve(problem)
    assert make_report(problem, plan) == make_report(problem, again)


def test_a_baseline_can_be_told_too(made):
    """Without a bound the page says that nothing is proven."""
    problem, _ = made
    text = make_report(problem, pt.baselines.uncoordinated(problem))
    assert "not optimised" in text
    assert "inf" not in re.sub(r"[a-z]inf|inf[a-z]", "", text.lower())


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": pt.UnmetNeed(), "overlap": pt.Overlap(by="agency")},
        {"objective": [pt.Severity(priority={"3375010101900001": 2.0})]},
        {"overlap": pt.Overlap(by="any", limit=3, weight=0.1)},
        {"constraints": [pt.AreaFloor(share=0.01)], "receipts_in_consumption": False},
    ],
)
def test_every_kind_of_question_has_words(changes):
    """Other aims, counts of duplicates, floors and limits are put into words in both languages."""
    city = small_city()
    problem = pt.TargetingProblem(city.households, city.catalog, receipts=city.receipts, **changes)
    plan = pt.solve(problem)
    for language in ("en", "id"):
        assert Outline(make_report(problem, plan, ReportSettings(language)))


def test_weights_are_said_and_counted():
    """A survey of weighted households says that families stand for others."""
    city = small_city(60)
    frame = city.households.frame.assign(weight=3.0)
    problem = pt.TargetingProblem(pt.Households.from_frame(frame), city.catalog)
    text = make_report(problem, pt.solve(problem))
    assert "stand for others" in text
    assert Evidence(problem, pt.solve(problem)).rate("before").low > 0


def square(x: float, **properties: str) -> dict:
    """A feature: a square of a thousandth of a degree."""
    ring = [[x, 0.0], [x + 0.001, 0.0], [x + 0.001, 0.001], [x, 0.001], [x, 0.0]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def written(tmp_path, features) -> AreaMap:
    """A map read from a file."""
    import json

    path = tmp_path / "peta.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return read_map(path)


def test_a_map_is_drawn_by_spelling(tmp_path):
    """Case and spaces do not matter; an area without outline is said; the map names the figure."""
    problem = small_city(120, ["Kali Baros", "Medono", "Tirto"])
    features = [square(0, n="x", v="KALIBAROS"), square(0.002, n="y", v="medono")]
    chart = written(tmp_path, [*features, square(0.004, n="z", v="Lain")])
    text = make_report(problem, pt.solve(problem), ReportSettings(map=chart))
    assert len(re.findall(r'<path class="area', text)) == 3
    assert '<path class="area withheld"' in text
    assert re.search(r"<title>Kali Baros: [\d.]+\u00a0?\s?%</title>", text)
    assert "Without an outline on the map: Tirto." in text


def test_a_map_of_another_city_is_refused(tmp_path):
    """Where half of the areas are missing each is named, with the nearest; small ones are not."""
    problem = small_city(120, ["Medono"] * 9 + ["Tirto"] * 9 + ["Slamet Widodo", "Slamet Raharjo"])
    chart = written(tmp_path, [square(0, v="Medona"), square(1, v="Solo")])
    with pytest.raises(pt.InputError) as caught:
        check_map(problem, ReportSettings(map=chart))
    assert [fault.value for fault in caught.value.problems] == ["Medono", "Tirto"]
    assert "did you mean 'Medona'" in str(caught.value)
    assert "Slamet" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[]", "no features"),
        ('{"features": []}', "no features"),
        ('{"features": [{"geometry": null}, {"geometry": {"type": "Point"}}]}', "feature 2 is no"),
        (
            '{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[900, 1], [2, 3], [4, 5]]]}}]}',
            "feature 1 is no polygon",
        ),
    ],
)
def test_what_is_no_map_is_refused(tmp_path, content, message):
    """Every fault of a map file is said."""
    path = tmp_path / "peta.geojson"
    path.write_text(content)
    with pytest.raises(pt.InputError, match=message):
        read_map(path)


def test_a_missing_map_file(tmp_path):
    """A path that leads nowhere is bad input."""
    with pytest.raises(pt.InputError, match="cannot be read"):
        read_map(tmp_path / "none.geojson")


def test_the_city_on_its_official_map(shared, made):
    """All 27 kelurahan of the made-up city are found on the official outlines."""
    chart = read_map(shared / "data/indonesia_official/kota_pekalongan_kelurahan.geojson")
    check_map(made[0], ReportSettings(map=chart))
    assert len(chart.matched(set(made[0].households.area))) == 27


def test_the_folder_holds_it(tmp_path, made):
    """A plan's folder has the report in the asked language, and a changed byte of it is found."""
    problem, plan = made
    folder = pt.write_plan(problem, plan, tmp_path / "p", report=ReportSettings("id"))
    path = folder / "report.html"
    assert '<html lang="id">' in path.read_text(encoding="utf-8")
    assert pt.read_plan(folder)[1].equals(plan)
    path.write_bytes(path.read_bytes().replace(b"musyawarah", b"Musyawarah", 1))
    with pytest.raises(pt.InputError, match=r"report\.html: this file was changed"):
        pt.read_plan(folder)


def test_an_unknown_language_is_refused():
    """Settings are checked at once."""
    with pytest.raises(pt.InputError, match="unknown language"):
        ReportSettings("fr")
