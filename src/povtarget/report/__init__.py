"""A plan for the public: one HTML file that needs no network and names nobody.

    settings = ReportSettings(language="id", title="Kota Pekalongan 2026")
    html = make_report(problem, plan, settings)

A section is a function from `Material` to `Section` or None; `SECTIONS` is their order. A picture
or a question that is new is one more function in it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from povtarget.baselines import uncoordinated
from povtarget.disclosure import FEWEST
from povtarget.evidence import FEWEST_FOR_A_RATE, Evidence
from povtarget.locale import Words
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.report.blocks import Section
from povtarget.report.effects import areas, comparison, rate
from povtarget.report.growth import frontier
from povtarget.report.maps import AreaMap, read_map
from povtarget.report.material import Material, ReportSettings
from povtarget.report.opening import mayor
from povtarget.report.people import left_out, missed, objection
from povtarget.report.spending import money, overlap
from povtarget.report.trust import assumptions, certificate

__all__ = [
    "SECTIONS",
    "AreaMap",
    "Material",
    "ReportSettings",
    "Section",
    "check_map",
    "make_report",
    "read_map",
]

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    mayor,
    rate,
    money,
    frontier,
    overlap,
    areas,
    comparison,
    left_out,
    missed,
    assumptions,
    certificate,
    objection,
)
"""What a report tells, in order; a section that has nothing to tell gives None."""

_WITHOUT_COUNTS: tuple[Callable[[Material], Section | None], ...] = (mayor, assumptions, objection)


def make_report(
    problem: TargetingProblem,
    plan: Plan,
    settings: ReportSettings | None = None,
    *,
    alone: Plan | None = None,
    version: str = "",
) -> str:
    """A plan as one HTML page: the story on the first page, then the evidence.

    The page has no identifier and no name of a person; a count of fewer than five families is
    withheld or put together with others. The same plan gives the same bytes.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    settings
        Language, title, contact, official rate, map, frontier; None: English, without the others.
    alone
        What to compare with; None: `povtarget.baselines.uncoordinated`.
    version
        Version of the program, for the foot of the page.

    Raises
    ------
    InputError
        Where half of the areas or more are not on the map.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(300)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> make_report(problem, pt.solve(problem)).startswith("<!doctype html>")
    True
    """
    from jinja2 import (  # 30 ms that others need not wait
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    settings = settings or ReportSettings()
    words = Words(settings.language)
    evidence = Evidence(problem, plan)
    material = Material(evidence, alone or uncoordinated(problem), words, settings)
    told = _WITHOUT_COUNTS if evidence.is_small else SECTIONS
    page = Environment(
        loader=PackageLoader("povtarget.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html")
    title = words("report_title")
    if settings.title:
        title = words("report_title_of", title=settings.title)
    return page.render(
        words=words,
        title=title,
        sections=[found for section in told if (found := section(material)) is not None],
        footer=words("report_footer", version=version, fewest=FEWEST),
    )


def check_map(problem: TargetingProblem, settings: ReportSettings) -> None:
    """Refuse a map on which half of the published areas or more are missing.

    Areas of fewer than thirty families are not published, and so not named in an error either: a
    cell in the wrong column may hold somebody's name.
    """
    area = problem.households.area
    if settings.map is not None and area is not None:
        names, counts = np.unique(area.astype(str), return_counts=True)
        settings.map.matched(names[counts >= FEWEST_FOR_A_RATE].tolist())


def _unbroken(value: object) -> object:
    """Keep a number and its unit on one line."""
    if type(value) is not str:  # a drawing is Markup and stays as it is
        return value
    return value.replace(" %", "\u00a0%").replace("Rp ", "Rp\u00a0")
