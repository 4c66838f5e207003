"""What is assumed, and what the certificate proves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from povtarget.disclosure import rounded
from povtarget.plan import FEWEST_DUPLICATES
from povtarget.report.blocks import Block, Points, Section, Table, Text
from povtarget.report.material import Material


def assumptions(m: Material) -> Section:
    """What is taken for true without a proof."""
    words = m.words
    labels = [*(level.label for level in m.problem.levels), FEWEST_DUPLICATES]
    aims = tuple(aim_of(m, label) for label in labels)
    return Section(
        "assumptions",
        words("report_assumptions"),
        (
            Points("", (*_about_families(m), *_about_programs(m), *_about_rules(m))),
            Points(words("report_aims"), aims),
        ),
    )


def certificate(m: Material) -> Section:
    """Value, bound and gap in words, and what they do not prove."""
    words, plan = m.words, m.plan
    title = words("report_certificate")
    if plan.bound_source == "none":
        return Section("certificate", title, (Text(words("report_cert_none")),))
    texts = [
        words(
            "report_cert_text",
            value=m.number(plan.value, 2),
            bound=m.number(plan.bound, 2),
            gap=words.percent(plan.gap, 4),
        ),
        words(f"report_cert_{plan.bound_source}"),
        words("report_cert_feasible"),
        words("report_cert_not"),
    ]
    if plan.status != "optimal":
        texts.append(words("report_cert_stopped", asked=words.percent(plan.asked_gap, 4)))
    rows = tuple(
        (
            words("report_duplicates_left")
            if level.objective == FEWEST_DUPLICATES
            else aim_of(m, level.objective),
            *(_level_number(m, level.objective, x) for x in (level.value, level.bound)),
        )
        for level in plan.levels
    )
    columns = tuple(words(f"report_{key}") for key in ("aim", "value", "bound"))
    table = Table(words("report_levels_caption"), columns, rows)
    blocks: tuple[Block, ...] = (*map(Text, texts), table)
    return Section("certificate", title, blocks)


def _level_number(m: Material, objective: str, value: float) -> str:
    """A level's value or bound; of duplicates how many there are, as a count of few is told."""
    if np.isinf(value):
        return m.words("report_none")
    if objective != FEWEST_DUPLICATES:
        return m.number(value, 2)
    count = -value
    return m.number(float(rounded(count, count)) if count > 0 else 0.0)


def aim_of(m: Material, label: str) -> str:
    """An objective's name for a person."""
    text = m.words(f"report_aim_{label.replace(' ', '_')}")
    return text[:1].upper() + text[1:]


def _about_families(m: Material) -> Iterator[str]:
    words, households = m.words, m.problem.households
    low, high = float(households.line.min()), float(households.line.max())
    if low == high:
        yield words("report_as_one_line", line=words.rupiah(low))
    else:
        yield words("report_as_line", low=words.rupiah(low), high=words.rupiah(high))
    predicted = households.sigma > 0
    if predicted.any():
        error = float(np.median(households.sigma[predicted]))
        share = words.percent(float(predicted.mean()), 0)
        yield words("report_as_predicted", share=share, error=words.number(error, 2))
    else:
        yield words("report_as_known")
    if m.problem.receipts is not None:
        counted = "in" if m.problem.receipts_in_consumption else "added"
        yield words(f"report_as_receipts_{counted}")
    yield words("report_as_stay")


def _about_programs(m: Material) -> Iterator[str]:
    words, programs = m.words, m.problem.catalog.programs
    chances = [float(p.success) for p in programs if p.success < 1]
    if chances:
        yield words(
            "report_as_success",
            count=len(chances),
            all=len(programs),
            low=words.percent(min(chances), 0),
            high=words.percent(max(chances), 0),
        )
    part = sum(p.conversion < 1 for p in programs)
    if part:
        yield words("report_as_conversion", count=part, all=len(programs))


def _about_rules(m: Material) -> Iterator[str]:
    words, problem = m.words, m.problem
    yield words("report_as_bundle", most=problem.max_bundle)
    if problem.overlap.weight:
        yield words("report_as_duplicate", weight=words.number(problem.overlap.weight, 3))
    if problem.overlap.limit is not None:
        yield words("report_as_limit", limit=m.number(problem.overlap.limit))
    for floor in problem.constraints:
        yield words("report_as_floor", by=floor.by, share=words.percent(floor.share, 0))
    if any(level.priority is not None for level in problem.levels):
        yield words("report_as_priority")
    if m.plan.warnings:
        yield words("report_as_notes", count=len(m.plan.warnings))
