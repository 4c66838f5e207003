"""What the agencies bring: programs, budgets, rules, and the catalogue that holds them.

Every rupiah amount is per year; a unit is one place (``per`` turns one household into as many
units as a count column says). Validation happens here, once, and reports every fault together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.entry_faults import kind_faults, number_faults, text_faults
from povtarget.errors import Fault, InputError, nearest
from povtarget.expressions import Expression, parse_expression
from povtarget.sayings import either, said

RuleKind = Literal["forbid", "require", "penalise"]
Control = Literal["city", "propose", "fixed"]

RESERVED_PREFIXES = ("quota:", "minimum:", "floor:", "limit:")
"""Prices are indexed by budget name, and by these prefixes and a name for other rows."""

HIDDEN_COLUMNS = frozenset({"true_consumption"})
"""Columns that only a judge may see: no eligibility expression may use them."""


@dataclass(frozen=True)
class Program:
    """A welfare scheme as a budget-limited intervention.

    Parameters
    ----------
    name
        Short unique name.
    agency
        The agency (OPD) that runs it; may be "" where the budget says it.
    need
        What it serves: food, cash, health, education, housing, work ...
    budget
        Name of the budget line that pays.
    unit_cost
        Rp per unit per year that the payer pays.
    benefit
        Rp per unit per year, as valued by the household.
    per
        A count column of the households: cost, benefit and places are for each counted member,
        and a count of 0 means not eligible. None: one unit for each household.
    conversion
        Share of the benefit that is consumption this year, 0 to 1.
    success
        Probability that it works, 0 to 1, independent of other programs; the payer pays anyway.
    eligibility
        A safe expression over household columns (see `povtarget.expressions`), or None for all.
    quota, minimum
        Most and fewest places (household weight times units); None for no quota.
    delay_years, duration_years
        When the benefit starts and how long it lasts. The plan of one year does not use them:
        there, ``conversion`` says what counts this year.
    title
        Name for people.

    Raises
    ------
    InputError
        With every fault of the entry.

    Examples
    --------
    >>> Program("lansia_kota", agency="Dinsos-P2KB", need="food", budget="Dinsos-P2KB / APBD Kota",
    ...         unit_cost=341_000, benefit=341_000, per="elderly").gain_per_unit
    341000.0
    """

    name: str
    _: KW_ONLY
    agency: str = ""
    need: str
    budget: str
    unit_cost: float
    benefit: float
    per: str | None = None
    conversion: float = 1.0
    success: float = 1.0
    eligibility: str | None = None
    quota: float | None = None
    minimum: float = 0
    delay_years: int = 0
    duration_years: int = 1
    title: str = ""

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            source = said("program '{name}'", name=self.name)
            raise InputError([replace(fault, source=fault.source or source) for fault in faults])

    def _faults(self) -> Iterator[Fault]:
        yield from text_faults(self, ("name", "need", "budget"), ("agency", "title"))
        yield from number_faults(self, "unit_cost")
        yield from number_faults(self, "benefit")
        yield from number_faults(self, "conversion", most=1.0)
        yield from number_faults(self, "success", most=1.0)
        yield from number_faults(self, "minimum")
        for column in ("delay_years", "duration_years"):
            yield from number_faults(self, column, whole=True)
        if self.quota is not None:
            quota_faults = list(number_faults(self, "quota"))
            yield from quota_faults
            is_comparable = not [*quota_faults, *number_faults(self, "minimum")]
            if is_comparable and self.minimum > self.quota:
                yield Fault(
                    "the minimum is above the quota",
                    column="minimum",
                    value=str(self.minimum),
                    expected=said("at most the quota, {quota}", quota=self.quota),
                )
        if self.per is not None and (not isinstance(self.per, str) or not self.per.isidentifier()):
            yield Fault(
                "not a column name",
                column="per",
                value=str(self.per),
                expected="the name of a count column",
            )
        if self.eligibility is not None:
            yield from self._eligibility_faults()

    def _eligibility_faults(self) -> Iterator[Fault]:
        if not isinstance(self.eligibility, str):
            yield Fault(
                "not an expression",
                column="eligibility",
                value=str(self.eligibility),
                expected='text such as "elderly > 0 and decile <= 4"',
            )
            return
        try:
            expression = parse_expression(self.eligibility)
        except InputError as error:
            yield from (replace(fault, column="eligibility") for fault in error.problems)
            return
        for column in sorted(expression.columns & HIDDEN_COLUMNS):
            yield Fault(
                said(
                    "'{column}' is known to the judge only and may not decide eligibility",
                    column=column,
                ),
                column="eligibility",
                value=self.eligibility,
            )

    @property
    def expression(self) -> Expression | None:
        """The parsed eligibility expression, or None where all households are eligible."""
        return None if self.eligibility is None else parse_expression(self.eligibility)

    @property
    def gain_per_unit(self) -> float:
        """Consumption that one unit adds to the household if it works, Rp a year."""
        return float(self.conversion) * float(self.benefit)


@dataclass(frozen=True)
class Budget:
    """A budget line (pagu): one agency and fund, an amount, one or more programs.

    Parameters
    ----------
    name
        Unique name; may not start with "quota:", "minimum:", "floor:" or "limit:".
    amount
        Rp per year, finite.
    agency, fund
        Who spends it, and where it comes from (APBN, APBD Provinsi, APBD Kota, DBHCHT ...).
    control
        "city": the city decides; "propose": the city proposes names and another government
        decides; "fixed": nothing to choose, its programs appear as receipts only.
    transfer_group
        Lines between which money may move share a group; "" moves nowhere.
    code
        Code of the sub-activity (sub-kegiatan).

    Examples
    --------
    >>> Budget("Dinkes / APBD Kota", amount=1_900_000_000, agency="Dinkes").control
    'city'
    """

    name: str
    _: KW_ONLY
    amount: float
    agency: str = ""
    fund: str = ""
    control: Control = "city"
    transfer_group: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        faults = list(text_faults(self, ("name",), ("agency", "fund", "transfer_group", "code")))
        faults += number_faults(self, "amount")
        if isinstance(self.name, str) and self.name.startswith(RESERVED_PREFIXES):
            faults.append(
                Fault(
                    "this beginning is reserved for other rows",
                    column="name",
                    value=self.name,
                    expected=said(
                        "a name that starts with none of {prefixes}",
                        prefixes=", ".join(RESERVED_PREFIXES),
                    ),
                )
            )
        if self.control not in get_args(Control):
            faults.append(
                Fault(
                    "unknown control",
                    column="control",
                    value=str(self.control),
                    expected=either(get_args(Control)),
                )
            )
        if faults:
            raise InputError(
                [replace(f, source=said("budget '{name}'", name=self.name)) for f in faults]
            )


@dataclass(frozen=True)
class Rule:
    """How programs may be combined in one household.

    Parameters
    ----------
    kind
        "forbid": at most one of the programs; "require": the first needs the second;
        "penalise": each of the programs beyond the first costs ``weight``.
    programs
        Names; exactly two for "require", two or more otherwise.
    weight
        Objective units per household for "penalise".
    window_years
        Only receipts of the last so many years count; None: all do. A receipt without a year
        always counts.

    Examples
    --------
    >>> Rule("forbid", programs=("rtlh_kota", "bsps"), window_years=10).kind
    'forbid'
    """

    kind: RuleKind
    _: KW_ONLY
    programs: Sequence[str]
    weight: float = 1.0
    window_years: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.programs, Iterable) and not isinstance(self.programs, str):
            object.__setattr__(self, "programs", tuple(self.programs))
        faults = list(self._faults())
        if faults:
            raise InputError([replace(fault, source=str(self)) for fault in faults])

    def __str__(self) -> str:
        names = (
            self.programs if isinstance(self.programs, str) else ", ".join(map(str, self.programs))
        )
        return said("rule '{kind} {names}'", kind=self.kind, names=names)

    def _faults(self) -> Iterator[Fault]:
        if self.kind not in get_args(RuleKind):
            yield Fault(
                "unknown kind of rule",
                column="kind",
                value=str(self.kind),
                expected=either(get_args(RuleKind)),
            )
        names = self.programs
        if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
            yield Fault("not a list of program names", column="programs", value=str(names))
        elif len(set(names)) != len(names):
            yield Fault("a program is named twice", column="programs", value=", ".join(names))
        elif len(names) < 2 or (self.kind == "require" and len(names) != 2):
            yield Fault(
                "wrong number of programs",
                column="programs",
                value=str(len(names)),
                expected="2" if self.kind == "require" else "2 or more",
            )
        yield from number_faults(self, "weight")
        if self.window_years is not None:
            yield from number_faults(self, "window_years", whole=True)


@dataclass(frozen=True)
class Catalog:
    """Programs, the budgets that pay for them, and the rules on combining them.

    Programs, budgets and rules are held sorted, so their order in the input never matters.

    Raises
    ------
    InputError
        With every fault: duplicate names, a program whose budget is missing or belongs to
        another agency, a budget that nothing uses, rules that name unknown programs or
        contradict each other.

    Examples
    --------
    >>> budget = Budget("Dinsos / APBD", amount=1_000_000, agency="Dinsos")
    >>> food = Program("food", agency="Dinsos", need="food", budget="Dinsos / APBD",
    ...                unit_cost=250_000, benefit=250_000)
    >>> Catalog(programs=[food], budgets=[budget]).program_names
    ('food',)
    """

    _: KW_ONLY
    programs: Sequence[Program]
    budgets: Sequence[Budget]
    rules: Sequence[Rule] = ()

    def __post_init__(self) -> None:
        if faults := [*self._kind_faults()]:
            raise InputError(faults)
        programs = tuple(sorted(self.programs, key=lambda program: program.name))
        budgets = tuple(sorted(self.budgets, key=lambda budget: budget.name))
        object.__setattr__(self, "programs", programs)
        object.__setattr__(self, "budgets", budgets)
        object.__setattr__(self, "rules", tuple(sorted(self.rules, key=_rule_order)))
        faults = [*self._name_faults(), *self._budget_faults(), *self._rule_faults()]
        if faults:
            raise InputError(faults)

    @property
    def program_names(self) -> tuple[str, ...]:
        """Program names in the order used everywhere."""
        return tuple(program.name for program in self.programs)

    def positions(self, names: Any) -> NDArray[np.int64]:
        """Positions of program names, -1 for those not in the catalogue."""
        index = pd.Index(self.program_names, dtype=object)
        return np.asarray(index.get_indexer(pd.Index(names, dtype=object)), dtype=np.int64)

    @property
    def budget_names(self) -> tuple[str, ...]:
        """Budget names in the order used everywhere."""
        return tuple(budget.name for budget in self.budgets)

    def agency_of(self, program: Program) -> str:
        """The program's agency, or its budget's where the program does not say."""
        return program.agency or next(b.agency for b in self.budgets if b.name == program.budget)

    def _kind_faults(self) -> Iterator[Fault]:
        for column, kind in (("programs", Program), ("budgets", Budget), ("rules", Rule)):
            yield from kind_faults(getattr(self, column), kind, "catalogue", column)

    def _name_faults(self) -> Iterator[Fault]:
        if not self.programs:
            yield Fault("no program", "catalogue", expected="one program or more")
        for what, names in (("program", self.program_names), ("budget", self.budget_names)):
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield Fault(
                    said(
                        "this {what} name occurs {count} times",
                        what=said(what),
                        count=names.count(name),
                    ),
                    said("{what} '{name}'", what=said(what), name=name),
                    column="name",
                    value=name,
                )

    def _budget_faults(self) -> Iterator[Fault]:
        budgets = {budget.name: budget for budget in self.budgets}
        one_of = said("one of: {names}", names=", ".join(budgets))
        for program in self.programs:
            place, budget = (
                said("program '{name}'", name=program.name),
                budgets.get(program.budget),
            )
            if budget is None:
                given = one_of if budgets else "one that is given; none is"
                hint = nearest(program.budget, budgets) or given
                yield Fault("no such budget", place, None, "budget", program.budget, hint)
            elif program.agency and budget.agency and program.agency != budget.agency:
                hint = said(
                    "'{agency}', as in budget '{name}'", agency=budget.agency, name=budget.name
                )
                message = "the budget belongs to another agency"
                yield Fault(message, place, None, "agency", program.agency, hint)
        used = {program.budget for program in self.programs}
        for name in sorted(set(budgets) - used):
            place = said("budget '{name}'", name=name)
            hint = "a program that it pays, or no such line"
            yield Fault("no program uses this budget", place, None, "name", name, hint)

    def _rule_faults(self) -> Iterator[Fault]:
        known = set(self.program_names)
        for rule in self.rules:
            for name in rule.programs:
                if name not in known:
                    hint = nearest(name, known) or None
                    yield Fault("no such program", str(rule), None, "programs", name, hint)
        forbidden = {
            pair: rule
            for rule in self.rules
            if rule.kind == "forbid"
            for pair in map(frozenset, combinations(rule.programs, 2))
        }
        for name in self.program_names:
            needed = self._needed_with(name)
            for pair in map(frozenset, combinations(sorted(needed), 2)):
                if pair in forbidden:
                    first, second = sorted(pair)
                    yield Fault(
                        said(
                            "'{name}' requires both '{first}' and '{second}', "
                            "which {rule} forbids together",
                            name=name,
                            first=first,
                            second=second,
                            rule=forbidden[pair],
                        )
                        if name not in pair
                        else said(
                            "'{first}' and '{second}' are both required and forbidden together",
                            first=first,
                            second=second,
                        ),
                        said("program '{name}'", name=name),
                        column="rules",
                    )

    def _needed_with(self, name: str) -> set[str]:
        """The program itself and all that it requires, directly or through others."""
        needed = {name}
        pending = [name]
        while pending:
            first = pending.pop()
            for rule in self.rules:
                if rule.kind == "require" and rule.programs[0] == first:
                    fresh = set(rule.programs[1:]) - needed
                    needed |= fresh
                    pending += sorted(fresh)
        return needed


def _rule_order(rule: Rule) -> tuple[str, Sequence[str], float, float]:
    """An order of rules that does not depend on the input: sums of penalties round alike."""
    return rule.kind, rule.programs, rule.weight, rule.window_years or 0
