"""``povtarget explain``: why a household is proposed or not, or what a plan does for many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from povtarget.cli.options import FolderArgument, JsonOption, Lang, LangOption, ProgressOption
from povtarget.cli.session import ExitCode, Session, session
from povtarget.errors import masked
from povtarget.explanation import Explanation, Reason, explain
from povtarget.group_explanation import GroupExplanation, explain_agency, explain_area
from povtarget.locale import Language, Words
from povtarget.plan_files import read_key, read_plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog
from povtarget.reason_texts import say
from povtarget.workbook.privacy import codes

# Kinds of reasons as people read them; "" is what prices, rules and meetings decided.
_ORDER = ("proposed", "receives", "", "no_gain", "no_units", "not_eligible", "fixed")
_LANGUAGES: tuple[Language, ...] = ("id", "en")
# Letters that a reader of a printed code takes for a digit of Crockford's alphabet.
_NUMBERED = re.compile(r"(\D*)([0-9]+)")
_SHARED_BY = 5  # identifiers that must share a form before it is shown
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None})


def explain_folder(
    directory: FolderArgument,
    household_id: Annotated[
        str | None, typer.Argument(help="As in the file of households")
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help="As on a meeting's sheet")] = None,
    area: Annotated[str | None, typer.Option("--area", help="All of a kelurahan")] = None,
    agency: Annotated[str | None, typer.Option("--agency", help="All that an agency pays")] = None,
    more_money: Annotated[
        list[str] | None,
        typer.Option(
            "--more-money",
            help="Solve again for the money with which this program is proposed (slow)",
        ),
    ] = None,
    lang: LangOption = Lang.EN,
    as_json: JsonOption = False,
    progress: ProgressOption = True,
) -> None:
    """Say why a household is proposed or not, program by program; or of an area or agency.

    Example: povtarget explain demo-output KK-0000012 --lang id
    """
    given = [one for one in (household_id, code, area, agency) if one is not None]
    if len(given) != 1:
        raise typer.BadParameter(Words(lang.value)("ex_one_of"))
    with session(lang, progress=progress, as_json=as_json) as run:
        with run.stages(2) as stage:
            stage(run.words("stage_read"))
            # Meetings mark their sheets in the folder; the reasons do not depend on them.
            problem, plan = read_plan(directory, marked=(directory / "meetings").glob("*.xlsx"))
            stage(run.words("stage_explain"))
            if area is not None:
                group = explain_area(problem, plan, area=area)
            elif agency is not None:
                group = explain_agency(problem, plan, agency=agency)
            else:
                shown = _household(directory, problem, household_id, code)
                why = (
                    None
                    if shown is None
                    else explain(
                        problem, plan, household_id=shown[0], solve_again=more_money or False
                    )
                )
        if area is not None or agency is not None:
            _tell_group(run, problem, group)
        elif why is None or shown is None:
            _tell_unknown(run, problem, "ex_unknown" if code is None else "ex_unknown_code")
        else:
            _tell_household(run, problem, replace(why, household_id=shown[1]))


def _household(
    directory: Path, problem: TargetingProblem, household_id: str | None, code: str | None
) -> tuple[str, str] | None:
    """The identifier that is meant and what the answer calls it, or None where nobody is.

    Who asks by a code is answered by the code: it must not tell whose it is.
    """
    ids = problem.households.household_id
    if code is None:
        wanted = str(household_id).strip()
        return (wanted, wanted) if problem.households.positions([wanted])[0] >= 0 else None
    made = codes(ids, read_key(directory))
    found = np.flatnonzero([_plain(one) == _plain(code) for one in made.tolist()])
    return (str(ids[found[0]]), str(made[found[0]])) if found.size else None


def _plain(code: str) -> str:
    """A code without what people add or misread."""
    return code.upper().translate(_MISREAD)


def _tell_unknown(run: Session, problem: TargetingProblem, key: str) -> None:
    """Say that nobody is meant, and what to do; no other household is named."""
    run.exit_code = ExitCode.BAD_INPUT
    text = run.words(key)
    form = _form(problem.households.household_id.tolist()) if key == "ex_unknown" else None
    if form is not None:
        prefix, digits = form
        text += " " + run.words("ex_form" if prefix else "ex_digits", prefix=prefix, digits=digits)
    run.answer = {"problems": [{"message": text}]}
    run.tell(text)


def _form(ids: list[str]) -> tuple[str, int] | None:
    """What stands before the digits of every identifier, and how many digits; None: no one form.

    Examples
    --------
    >>> _form([f"KK-000000{i}" for i in range(5)]), _form(["1", "23", "456", "7", "8"])
    (('KK-', 7), None)
    """
    forms = {
        (found[1], len(found[2])) if (found := _NUMBERED.fullmatch(one)) else None for one in ids
    }
    return forms.pop() if len(forms) == 1 and len(ids) >= _SHARED_BY else None


def _tell_household(run: Session, problem: TargetingProblem, why: Explanation) -> None:
    labels = _labels(problem.catalog)
    titled = _titled(why, labels)
    run.answer = {
        "household": masked(why.household_id),
        "size": why.size,
        "area": why.area,
        "chance_below_line": why.chance,
        "programs": list(why.programs),
        "value": why.value,
        "cost": why.cost,
        "margin": why.margin,
        "is_close_call": why.is_close_call,
        "reasons": [
            {"program": reason.program, "kind": reason.kind}
            | {f"text_{language}": reason.text(language) for language in _LANGUAGES}
            for reason in why.reasons
        ],
        "more_money": [
            {"program": one.program, "budget": one.budget, "extra": one.extra, "tried": one.tried}
            | {"settled": one.settled or None}
            for one in why.admissions
        ],
        "text": {language: titled.text(language) for language in _LANGUAGES},
    }
    head, *lines = titled.text(run.words.language).split("\n")
    run.tell(head)
    run.say("ex_short", all=len(why.reasons), counts=_counts(run.words, why.reasons))
    for line in lines:
        run.tell(line)
    for key in ("ex_terms", "ex_object", "ex_personal"):
        run.tell("")
        run.say(key)


def _counts(words: Words, reasons: tuple[Reason, ...]) -> str:
    """How many programs each kind of reason decided about, in words."""
    count = Counter(reason.kind for reason in reasons)
    said = [
        words(f"ex_{kind}", count=count.pop(kind))
        for kind in ("proposed", "receives")
        if kind in count
    ]
    return ", ".join(
        [*said, *(say(words, f"count_{kind}", count=many) for kind, many in count.most_common())]
    )


def _tell_group(run: Session, problem: TargetingProblem, group: GroupExplanation) -> None:
    labels = _labels(problem.catalog)
    titled = replace(group, frame=group.frame.rename(index=labels))
    run.answer = {
        "name": group.name,
        "households": group.households,
        "persons": group.persons,
        "served": group.served,
        "close_calls": group.close_calls,
        "poverty": group.poverty,
        "budgets": group.budgets,
        "programs": group.frame,
        "text": {language: titled.text(language) for language in _LANGUAGES},
    }
    run.tell(titled.text(run.words.language))
    run.tell("")
    run.say("ex_terms")


def _labels(catalog: Catalog) -> dict[str, str]:
    """What people call each program, beside its name."""
    return {
        program.name: f"{program.title} ({program.name})"
        for program in catalog.programs
        if program.title and program.title != program.name
    }


def _titled(why: Explanation, labels: Mapping[str, str]) -> Explanation:
    """The same explanation with the programs' names for people, what was near before the rest."""

    def rank(reason: Reason) -> int:
        return _ORDER.index(reason.kind if reason.kind in _ORDER else "")

    def named(thing: Any) -> Any:
        return replace(thing, program=labels.get(thing.program, thing.program))

    return replace(
        why,
        programs=tuple(labels.get(name, name) for name in why.programs),
        reasons=tuple(
            named(replace(reason, values=_with_titles(reason.values, labels)))
            for reason in sorted(why.reasons, key=rank)
        ),
        admissions=tuple(named(one) for one in why.admissions),
    )


def _with_titles(values: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    other = values.get("other")
    return dict(values) if other is None else {**values, "other": labels.get(other, other)}
