"""The report in a browser: no console error, nothing asked of a network, no overflow on a phone."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

import povtarget as pt
from povtarget.report import ReportSettings

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
    "--virtual-time-budget=2000",
)
PHONE, DESK = 390, 1280
FRAME = """<!doctype html><title>frame</title><p id=found></p>
<iframe id=page style="border:0;width:{width}px;height:800px" src="report.html"></iframe>
<script>
document.getElementById("page").onload = (event) => {{
  const page = event.target.contentDocument;
  const wide = [...page.querySelectorAll("body *")].filter((element) => {{
    if (element.getBoundingClientRect().right <= {width} + 1) return false;
    for (let above = element; above; above = above.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(above).overflowX)) return false;
    return true;
  }});
  document.getElementById("found").textContent =
    `width ${{page.documentElement.scrollWidth}} wide ${{wide.map((e) => e.tagName)}}. ` +
    `tables ${{page.querySelectorAll("table").length}} pictures ${{page.querySelectorAll("svg").length}}`;
}};
</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def problem_and_plan():
    """A small city and its plan."""
    households, catalog, receipts = pt.datasets.pekalongan(600, seed=5)
    problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    return problem, pt.solve(problem)


def browse(page, folder):
    """What the page is after its scripts ran, and what the browser logged."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    run = subprocess.run(
        [*command, page.as_uri()], check=True, capture_output=True, text=True, timeout=120
    )
    return run.stdout, run.stderr


def measured(html, folder, width):
    """Width of a page in a window, and what the browser logged."""
    (folder / "report.html").write_text(html, encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(width=width), encoding="utf-8")
    shown, logged = browse(frame, folder)
    found = re.search(r"width (\d+) wide (\S*)\. tables (\d+) pictures (\d+)", shown)
    assert found is not None, shown[-500:]
    return found, [line for line in logged.splitlines() if ":CONSOLE" in line]


def test_the_check_finds_what_it_looks_for(tmp_path):
    """An error on the console and an element that is too wide are seen."""
    page = "<!doctype html><p style='width:900px'>x</p><script>console.error('seen')</script>"
    found, logged = measured(page, tmp_path, PHONE)
    assert int(found[1]) >= 900
    assert found[2] == "P"
    assert len(logged) == 1


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_error_and_no_overflow(problem_and_plan, tmp_path, language, width):
    """The browser logs nothing, and the page is no wider than its window."""
    problem, plan = problem_and_plan
    html = pt.make_report(problem, plan, settings=ReportSettings(language))
    found, logged = measured(html, tmp_path, width)
    assert not logged
    assert int(found[1]) <= width, f"elements too wide: {found[2]}"
    assert int(found[3]) > 3
    assert int(found[4]) > 2
