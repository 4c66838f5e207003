"""What the sheets of one plan share: the plan, its words, names, codes, orders and reasons."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import masked
from povtarget.evidence import Evidence
from povtarget.locale import Words
from povtarget.objectives import FGT
from povtarget.plan import MILLION, Plan
from povtarget.problem import TargetingProblem
from povtarget.programs import Catalog, Program
from povtarget.workbook.marginal import Additions, proposed, waiting
from povtarget.workbook.people import People

Texts = NDArray[np.object_]

ALL = ""
"""The area of households that have none."""

_HEALTH_NEEDS = frozenset(
    {"health", "nutrition", "disability", "kesehatan", "gizi", "disabilitas"}
)
_HEALTH_WORDS = re.compile(
    r"disab|difab|stunt|pregnan|hamil|chronic|kronis|sakit|severe|illness|(^|_)ill(_|$)|"
    r"health|kesehatan|gizi|nutrition",
    re.I,
)
_VERY_LIKELY, _MAY, _HARDLY = 0.5, 0.2, 0.01


@dataclass(frozen=True, eq=False, repr=False)
class Draft:
    """Everything that the sheets of one plan are written from.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    words
        The language.
    people
        Who the households are.
    codes
        object[households]: the code of each household.
    show_numbers
        Show long identifiers in full.
    """

    problem: TargetingProblem
    plan: Plan
    words: Words
    people: People
    codes: Texts
    show_numbers: bool = False

    @cached_property
    def evidence(self) -> Evidence:
        """The plan in numbers that may be public."""
        return Evidence(self.problem, self.plan)

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """bool[households, programs]: what is proposed."""
        return self.evidence.chosen

    @cached_property
    def proposed(self) -> list[Additions]:
        """What each program adds where it is proposed."""
        return list(proposed(self.problem, self.plan))

    @cached_property
    def waiting(self) -> list[Additions]:
        """For each program who would be next."""
        return list(waiting(self.problem, self.plan))

    @cached_property
    def labels(self) -> list[str]:
        """Names of the programs for people, each once."""
        return program_labels(self.problem.catalog)

    @cached_property
    def is_private(self) -> list[bool]:
        """For each program, whether being proposed for it tells of somebody's health."""
        return [tells_health(program) for program in self.problem.catalog.programs]

    @cached_property
    def areas(self) -> Texts:
        """object[households]: the kelurahan of each household, `ALL` where none is given."""
        area = self.problem.households.area
        if area is None:
            return np.full(len(self.problem.households), ALL, dtype=object)
        return np.asarray(area, dtype=object)

    @cached_property
    def identifiers(self) -> Texts:
        """object[households]: identifiers, long numbers masked unless asked for."""
        ids = self.problem.households.household_id
        if self.show_numbers:
            return ids
        return np.array([masked(name) for name in ids], dtype=object)

    @cached_property
    def is_weighted(self) -> bool:
        """Whether some household stands for more or less than one family."""
        return bool(np.any(self.problem.households.weight != 1.0))

    def person(self, column: str) -> Texts:
        """object[households]: a personal column, "" where nothing is known."""
        return self.people.column(column, len(self.problem.households))

    def locked(self, added: Additions) -> Texts:
        """Why each household is locked in, "agreed" or "kept"; "" where it is not."""
        problem, program = self.problem, added.program
        name, ids = problem.catalog.program_names[program], problem.households.household_id
        reasons = [
            problem.lock_reasons[ids[row], name] if is_locked else ""
            for row, is_locked in zip(
                added.rows.tolist(),
                problem.standing.locked[added.rows, program].tolist(),
                strict=True,
            )
        ]
        return np.array(reasons, dtype=object)

    def in_words(self, added: Additions) -> list[str]:
        """Why, for each household, in words that hold no number and can be read out."""
        locked = self.locked(added)
        keys = np.select(
            [
                locked == "agreed",
                locked == "kept",
                added.fall >= _VERY_LIKELY,
                added.fall >= _MAY,
                (added.fall >= _HARDLY) | (added.shrink > 0),
            ],
            ["wb_why_agreed", "wb_why_kept", "wb_why_very_likely", "wb_why_may", "wb_why_nearer"],
            "wb_why_meets",
        )
        texts = {key: self.words(key) for key in set(keys.tolist())}
        return [texts[key] for key in keys.tolist()]

    def in_numbers(self, added: Additions) -> list[str]:
        """Why, for each household: what it adds for the money, beside what the money is worth."""
        words, reasons = self.words, self.in_words(added)
        unit = words(first_unit(self.problem))
        per_million = np.full(added.rows.size, np.nan)
        price = np.zeros(added.rows.size)
        costs = added.cost > 0
        per_million[costs] = added.value[costs] / added.cost[costs] * MILLION
        price[costs] = added.paid[costs] / added.cost[costs] * MILLION
        return [
            reason
            if np.isnan(worth)
            else words(
                "wb_why_value",
                reason=reason,
                points=words.number(100 * fall, 1),
                value=words.number(worth, 3),
                unit=unit,
                price=words.number(least, 3),
            )
            for reason, fall, worth, least in zip(
                reasons, added.fall.tolist(), per_million.tolist(), price.tolist(), strict=True
            )
        ]


def first_unit(problem: TargetingProblem) -> str:
    """The key of the word for what the first level counts."""
    first = problem.levels[0]
    if isinstance(first, FGT):
        return "wb_unit_persons" if first.alpha == 0 else "wb_unit_gap"
    return "wb_unit_needs"


def program_labels(catalog: Catalog) -> list[str]:
    """Titles of programs; the name where there is none, or beside a title that another has."""
    titles = [program.title or program.name for program in catalog.programs]
    count = Counter(title.casefold() for title in titles)
    return [
        title if count[title.casefold()] == 1 else f"{title} ({program.name})"
        for title, program in zip(titles, catalog.programs, strict=True)
    ]


def meeting_labels(catalog: Catalog, words: Words, key: str = "wb_service") -> list[str]:
    """What a meeting's sheet calls the programs.

    A program that is for health, nutrition or a disability, or whose name, title, condition or
    count says so, would tell a neighbour what somebody has: it is called by the agency that
    knows more, and a number.
    """
    labels, count = program_labels(catalog), Counter[str]()
    for number, program in enumerate(catalog.programs):
        if tells_health(program):
            agency = catalog.agency_of(program) or program.budget
            count[agency] += 1
            labels[number] = words(key, agency=agency, number=count[agency])
    return labels


def health_label(words: Words, agency: str) -> str:
    """What a meeting's sheet calls help outside the catalogue that would tell of health."""
    return words("wb_service_of", agency=agency) if agency else words("wb_service_other")


def tells_health_word(*texts: str) -> bool:
    """Say whether a name or need is one of health, nutrition or a disability."""
    return any(
        text.casefold() in _HEALTH_NEEDS or _HEALTH_WORDS.search(text) for text in map(str, texts)
    )


def tells_health(program: Program) -> bool:
    """Say whether being proposed for a program tells of somebody's health.

    Examples
    --------
    >>> tells_health(Program("pmt", need="nutrition", budget="D", unit_cost=1, benefit=1))
    True
    >>> tells_health(Program("skills", need="work", budget="D", unit_cost=1, benefit=1))
    False
    """
    if program.need.casefold() in _HEALTH_NEEDS:
        return True
    columns = [] if program.expression is None else sorted(program.expression.columns)
    texts = (program.name, program.title, program.need, program.per or "", *columns)
    return any(_HEALTH_WORDS.search(text) for text in texts)


def places(draft: Draft) -> pd.DataFrame:
    """Proposals as positions: household, program, area, families, places and Rp a year."""
    household, program = np.nonzero(draft.chosen)
    weight = draft.problem.households.weight[household]
    units = weight * draft.problem.standing.units[household, program]
    cost = np.array([float(p.unit_cost) for p in draft.problem.catalog.programs])[program]
    return pd.DataFrame(
        {
            "household": household,
            "program": program,
            "area": draft.areas[household],
            "families": weight,
            "places": units,
            "money": cost * units,
        }
    )
