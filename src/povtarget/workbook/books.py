"""The workbooks of a plan, one function for each."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from povtarget.errors import Fault, InputError
from povtarget.evaluation import proposals_of
from povtarget.locale import Language, Words
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.workbook import indicators, overview
from povtarget.workbook.annex import write_annexes, write_unserved, write_waiting
from povtarget.workbook.draft import Draft
from povtarget.workbook.meeting import write_meeting_files
from povtarget.workbook.people import People, read_people, warn_of_unnamed
from povtarget.workbook.privacy import codes
from povtarget.workbook.sheets import open_book

WAITING = 20
"""How many of each program's waiting list a kelurahan's sheet shows."""


def make_draft(
    problem: TargetingProblem,
    plan: Plan,
    *,
    key: bytes,
    people: Any = None,
    language: Language = "en",
    show_numbers: bool = False,
) -> Draft:
    """What `write_workbook` and `write_meetings` write from, made once for both.

    Parameters are those of `write_workbook`.
    """
    named = read_people(people, problem.households, show_numbers=show_numbers)
    if people is not None:
        chosen = proposals_of(problem, plan.assignments)
        warn_of_unnamed(named, np.asarray(chosen.any(axis=1)))
    made = codes(problem.households.household_id, key)
    return Draft(problem, plan, Words(language), named, made, show_numbers)


def write_workbook(
    problem: TargetingProblem,
    plan: Plan,
    path: str | PathLike[str],
    *,
    key: bytes,
    people: Any = None,
    language: Language = "en",
    show_numbers: bool = False,
    version: str = "",
) -> Path:
    """Write the workbook for whoever decides and for the agencies. It is not for the public.

    Summary, budgets with prices, for each agency and fund the annex of names and addresses
    (BNBA) with reasons, waiting lists, who is not reached and why, overlap before and after,
    indicators for the RKPD, tables for the yearly plan of action and the LP2KD, assumptions and
    certificate.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    path
        Of an .xlsx file; one that exists is replaced.
    key
        Makes the codes of households, see `povtarget.workbook.codes`.
    people
        Who the households are: a `Registry`, or a frame or file with household_id and any of kk,
        nik, name, address, rt, rw, area, kecamatan. None: identifiers only.
    language
        "en" or "id".
    show_numbers
        Show NIK and card numbers in full, not their last four digits only.
    version
        Of the program, for the certificate.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        With every fault of ``people``, or where the key is short.
    """
    draft = make_draft(
        problem, plan, key=key, people=people, language=language, show_numbers=show_numbers
    )
    return write_drafted(draft, path, version=version)


def write_drafted(draft: Draft, path: str | PathLike[str], *, version: str = "") -> Path:
    """`write_workbook` of a draft."""
    with open_book(path, draft.words("wb_summary_title")) as book:
        overview.write_summary(book, draft, public=False)
        overview.write_budgets(book, draft, public=False)
        write_annexes(book, draft)
        write_waiting(book, draft)
        write_unserved(book, draft)
        indicators.write_overlap(book, draft, public=False)
        indicators.write_rkpd(book, draft, public=False)
        indicators.write_actions(book, draft, public=False)
        indicators.write_areas(book, draft, public=False)
        overview.write_certificate(book, draft, version, public=False)
    return Path(path)


def write_public_workbook(
    problem: TargetingProblem,
    plan: Plan,
    path: str | PathLike[str],
    *,
    language: Language = "en",
    version: str = "",
) -> Path:
    """Write the workbook that anyone may see: no household is in it, by name, number or code.

    Counts below five families are hidden, and further counts that would give them away.

    Parameters
    ----------
    problem, plan, path, language, version
        As for `write_workbook`.
    """
    nobody = np.full(len(problem.households), "", dtype=object)
    draft = Draft(problem, plan, Words(language), People({}), nobody)
    with open_book(path, draft.words("wb_summary_title")) as book:
        overview.write_summary(book, draft, public=True)
        overview.write_budgets(book, draft, public=True)
        indicators.write_overlap(book, draft, public=True)
        indicators.write_rkpd(book, draft, public=True)
        indicators.write_actions(book, draft, public=True)
        indicators.write_areas(book, draft, public=True)
        overview.write_certificate(book, draft, version, public=True)
    return Path(path)


def write_meetings(
    problem: TargetingProblem,
    plan: Plan,
    folder: str | PathLike[str],
    *,
    key: bytes,
    people: Any = None,
    language: Language = "en",
    waiting: int = WAITING,
) -> list[Path]:
    """Write the sheet for the meeting of each kelurahan, a file for each.

    Parameters
    ----------
    folder
        An existing folder.
    waiting
        How many of each program's waiting list a sheet shows.
    problem, plan, key, people, language
        As for `write_workbook`; NIK and card numbers are never on it.

    Returns
    -------
    list of Path
        The files, by kelurahan.

    Raises
    ------
    InputError
        With every fault of ``people``; where the key is short or the folder is not there.
    """
    target = Path(folder)
    if not target.is_dir():
        raise InputError([Fault("no such folder", str(target), expected="an existing folder")])
    draft = make_draft(problem, plan, key=key, people=people, language=language)
    return write_drafted_meetings(draft, target, waiting=waiting)


def write_drafted_meetings(draft: Draft, folder: Path, *, waiting: int = WAITING) -> list[Path]:
    """`write_meetings` of a draft."""
    return write_meeting_files(folder, draft, waiting=waiting)
