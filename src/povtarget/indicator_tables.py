"""Who is reached, with how much, and what it does: the indicators of social protection.

Definitions are those of the World Bank's ASPIRE and ADePT. With B a family that receives (one
member has it, so all do), t the transfer, y welfare and z the line, all persons counted (weight
times size), *below* means below the line before the transfer:

===================== =====================================================================
coverage              persons who receive / all persons
coverage_below        ... of those below the line
undercoverage         those below who receive nothing / those below (exclusion error)
leakage               those who receive and are not below / those who receive (inclusion error)
leakage_money         transfers to those not below / all transfers
leakage_spending      the same of what the payer pays
incidence_below       beneficiary incidence of those below: 1 - leakage
vertical_efficiency   benefit incidence of those below: 1 - leakage_money
cgh                   Coady-Grosh-Hoddinott: benefit_share_lowest / population_share_lowest, of
                      the lowest 40 % of all persons; 1 is neutral
adequacy              transfers / welfare, of those who receive
headcount_impact      (P0 before - P0 after) / P0 before
gap_impact            (P1 before - P1 after) / P1 before
benefit_cost          gap closed, in rupiah / spending
spillover             transfers beyond the line / transfers to those below
reduction_efficiency  gap closed / transfers = vertical_efficiency x (1 - spillover)
receiver_share        this row's receivers / all who receive (beneficiary incidence)
money_share           this row's transfers / all transfers (benefit incidence)
===================== =====================================================================

Amounts: persons, receivers, families_receiving, below_before, below_after and lifted (persons);
transfers, spending, gap_closed and overfill (Rp a year; overfill is what exceeds each family's
gap). With predicted welfare all are expectations, of numerator and denominator apart, and each has
a 95 % interval by the delta method for independent errors of prediction. It does not hold an
error that all families share, such as that of a survey's rate: compare ``calibrate(...).ends()``.

Sources: Grosh, Leite, Wai-Poi and Tesliuc (2022), Revisiting Targeting in Social Assistance,
World Bank, chapter 7; Coady, Grosh and Hoddinott (2004), Targeting of Transfers in Developing
Countries, World Bank; Beckerman (1979), The Economic Journal 89(354), 261-284.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from povtarget.effects import Effect, Scene, chances_below, mean_welfare, scene
from povtarget.errors import Fault, InputError, nearest
from povtarget.estimates import LEVEL, Estimate
from povtarget.households import Households
from povtarget.problem import TargetingProblem
from povtarget.programs import HIDDEN_COLUMNS
from povtarget.sayings import said
from povtarget.transfers import LABELS, summed
from povtarget.valuation import MONTHS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOWEST = 0.40
"""The share of persons whose benefits the CGH index compares."""

ALL = "all"
_FEW = 4  # groups that may be single households


@dataclass(frozen=True, eq=False)
class Indicators:
    """Indicators of groups, each with its interval.

    Parameters
    ----------
    frame
        A row for each group; columns as in `povtarget.indicators`. NaN where a
        denominator is 0.
    se, low, high
        The same shape: standard error and 95 % interval from predicted welfare; NaN where
        nothing is predicted or no error applies.
    by
        What the rows are.
    is_plan
        Whether they are of a plan, or of what families have.
    """

    frame: pd.DataFrame
    se: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    by: str | None
    is_plan: bool

    def __repr__(self) -> str:
        what = "a plan" if self.is_plan else "receipts"
        return f"Indicators(of {what}, {len(self.frame)} row(s) by {self.by or 'nothing'})"

    def estimate(self, indicator: str, row: str = ALL) -> Estimate:
        """One number with its interval.

        Raises
        ------
        InputError
            If there is no such indicator or row.
        """
        faults = [
            Fault(
                said("no such {what}", what=said(what)),
                column=what,
                value=str(word),
                expected=nearest(word, known),
            )
            for what, word, known in (
                ("indicator", indicator, list(self.frame.columns)),
                ("row", row, list(map(str, self.frame.index))),
            )
            if word not in known
        ]
        if faults:
            raise InputError(faults)
        value, se, low, high = (
            float(np.asarray(each.at[row, indicator]))
            for each in (self.frame, self.se, self.low, self.high)
        )
        kind: Literal["share", "amount"] = "share" if indicator in SHARES else "amount"
        return Estimate(value, se, low, high, 0, 0, np.inf, kind, "expected")


SHARES = frozenset(
    {
        "coverage",
        "coverage_below",
        "undercoverage",
        "leakage",
        "leakage_money",
        "leakage_spending",
        "incidence_below",
        "vertical_efficiency",
        "adequacy",
        "headcount_impact",
        "gap_impact",
        "spillover",
        "reduction_efficiency",
        "receiver_share",
        "money_share",
        "benefit_share_lowest",
        "population_share_lowest",
        "P0_before",
        "P0_after",
    }
)
"""Indicators that are shares, printed in percent; most are from 0 to 1."""


def indicators(
    problem: TargetingProblem, given: Any = None, by: str | None = None, *, year: int | None = None
) -> Indicators:
    """Coverage, incidence, adequacy, errors of targeting and impact, of a plan or of receipts.

    Parameters
    ----------
    problem
        Households and catalogue.
    given
        A `Plan`: *before* is the state before it, and a row by program (agency, ...) says what
        that part would do alone. Or receipts, as for `povtarget.read_receipts`: *after* is what
        is measured, and *before* is consumption less the row's transfers, all other transfers
        in place. None takes the problem's receipts.
    by
        "program", "need", "agency", "fund", "control" or "budget": a row for each part of the
        transfers, counted over all households. Or a column of the households ("area"): a row
        for each group of households. None: one row, "all".
    year
        Count only receipts in force in this year; None counts all.

    Returns
    -------
    Indicators
        The module says what each column is.

    Raises
    ------
    InputError
        If ``by`` is no such thing, or receipts name programs that the catalogue does not have.

    Examples
    --------
    The World Bank's example: four of ten are below the line, and two of them are reached.

    >>> import povtarget as pt
    >>> ten = pt.Households.from_frame(
    ...     {"household_id": list("abcdefghij"), "size": [1] * 10,
    ...      "consumption": list(range(60, 160, 10))},
    ...     poverty_line=100)
    >>> catalog = pt.Catalog(
    ...     budgets=[pt.Budget("b", amount=24)],
    ...     programs=[pt.Program("p", need="cash", budget="b", unit_cost=12, benefit=12)])
    >>> problem = pt.TargetingProblem(ten, catalog)
    >>> has = {"household_id": ["a", "c"], "program": ["p", "p"]}
    >>> pt.indicators(problem, has).frame[["undercoverage", "leakage", "cgh"]].loc["all"].tolist()
    [0.5, 0.0, 2.5]
    """
    return indicators_of(scene(problem, given, year=year), by)


def indicators_of(shown: Scene, by: str | None = None) -> Indicators:
    """`indicators` of a scene that is at hand already."""
    households, is_plan = shown.households, shown.is_plan
    everyone = np.zeros(len(households), dtype=np.int64)
    whole = shown.effect()
    if by is None:
        names, tables = [ALL], [group_indicators(households, whole, everyone, 1)]
    elif by in LABELS:
        labels = shown.transfers.labels[by]
        names = sorted(set(labels.tolist()))
        tables = [
            group_indicators(households, shown.effect(labels == n), everyone, 1) for n in names
        ]
    else:
        _check_grouping(households, by)
        groups, number = households.grouped(by)
        names, tables = groups.tolist(), [group_indicators(households, whole, number, len(groups))]
    values, errors = (
        pd.concat([table[k] for table in tables], ignore_index=True).set_axis(
            pd.Index(names, name=by), axis="index"
        )
        if tables
        else pd.DataFrame()
        for k in (0, 1)
    )
    received = float((households.persons * whole.receives).sum())
    handed = float((households.weight * MONTHS * households.size * whole.transfer).sum())
    if tables:
        values["receiver_share"] = values["receivers"] / received if received else np.nan
        values["money_share"] = values["transfers"] / handed if handed else np.nan
        errors = errors.reindex(columns=values.columns)
    low, high = intervals(values, errors)
    return Indicators(values, errors, low, high, by, is_plan)


def _check_grouping(households: Households, by: str) -> None:
    """Refuse columns that are not there, and those that tell households apart one by one."""
    known = [*LABELS, *(name for name in households.columns if name not in HIDDEN_COLUMNS)]
    fault = None
    if by not in known:
        expected = nearest(str(by), known) or said("one of {names}", names=", ".join(known))
        fault = Fault("no such grouping", "indicators", None, "by", str(by), expected)
    elif len(households.grouped(by)[0]) > max(_FEW, len(households) / 2):
        expected = "a column such as the area, in which a group has several households"
        fault = Fault("these are households, not groups", "indicators", None, "by", by, expected)
    if fault is not None:
        raise InputError([fault])


@dataclass(frozen=True, eq=False)
class _Ratio:
    """``sum w n a / sum w n d``, and the variances and covariance of a and d in one family."""

    name: str
    a: Floats
    d: Floats | float = 1.0
    aa: Floats | float = 0.0
    ad: Floats | float = 0.0
    dd: Floats | float = 0.0
    is_sum: bool = False
    factor: float = 1.0


def group_indicators(
    households: Households, effect: Effect, number: Ints, groups: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and standard errors, a row for each group of households."""
    persons, is_predicted = households.persons, bool((households.sigma > 0).any())
    spread = persons * households.size  # errors of the families that one stands for are apart

    def total(values: Floats | float, weight: Floats) -> Floats:
        return summed(number, values * weight, groups)

    values, errors = {}, {}
    for each in _ratios(households, effect):
        top = total(each.a, persons)
        bottom = np.ones(groups) if each.is_sum else total(each.d, persons)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = top / bottom
        ratio = 0.0 if each.is_sum else value
        variance = (
            total(each.aa, spread)
            - 2.0 * ratio * total(each.ad, spread)
            + ratio**2 * total(each.dd, spread)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(np.maximum(variance, 0.0)) / bottom
        values[each.name] = each.factor * np.where(bottom > 0, value, np.nan)
        is_drawn = is_predicted and any(np.any(part) for part in (each.aa, each.ad, each.dd))
        errors[each.name] = each.factor * error if is_drawn else np.full(groups, np.nan)
    people = np.where(
        values["population_share_lowest"] > 0, values["population_share_lowest"], np.nan
    )
    values["cgh"] = values["benefit_share_lowest"] / people
    errors["cgh"] = errors["benefit_share_lowest"] / people
    return pd.DataFrame(values), pd.DataFrame(errors)


def _ratios(households: Households, effect: Effect) -> Iterator[_Ratio]:
    """Every indicator as a ratio of sums over persons; formulas as in the module's table."""
    t, got = effect.transfer, effect.receives.astype(np.float64)
    below, below_after = effect.before[0], effect.after[0]
    chance = below * (1.0 - below)  # the variance of being below the line
    paid = effect.spending / (MONTHS * households.size)
    yield from _amounts(households, effect)
    yield _Ratio("P0_before", below, aa=chance)
    yield _Ratio("P0_after", below_after, aa=below_after * (1.0 - below_after))
    yield _Ratio("P1_before", effect.before[1], aa=effect.before[2] - effect.before[1] ** 2)
    yield _Ratio("P1_after", effect.after[1], aa=effect.after[2] - effect.after[1] ** 2)
    yield _Ratio("coverage", got)
    yield _Ratio("coverage_below", got * below, below, got * chance, got * chance, chance)
    missed = 1.0 - got
    yield _Ratio("undercoverage", missed * below, below, missed * chance, missed * chance, chance)
    yield _Ratio("leakage", got * (1.0 - below), got, got * chance)
    yield _Ratio("incidence_below", got * below, got, got * chance)
    yield _Ratio("leakage_money", t * (1.0 - below), t, t**2 * chance)
    yield _Ratio("leakage_spending", paid * (1.0 - below), paid, paid**2 * chance)
    yield _Ratio("vertical_efficiency", t * below, t, t**2 * chance)
    low = chances_below(households, effect.gain_before, [LOWEST])[0]
    # Benefit share over population share is sum t q / sum t times sum 1 / sum q.
    yield _Ratio("benefit_share_lowest", t * low, t, t**2 * low * (1.0 - low))
    yield _Ratio("population_share_lowest", low)
    welfare, variance = mean_welfare(households, effect.gain_after)
    yield _Ratio("adequacy", t, got * welfare, dd=got * variance)
    yield from _impacts(households, effect, paid)


def _amounts(households: Households, effect: Effect) -> Iterator[_Ratio]:
    t, below, after = effect.transfer, effect.before[0], effect.after[0]
    got, size, line = effect.receives.astype(np.float64), households.size, households.line
    fall, fallen = below - after, effect.before[1] - effect.after[1]
    closed = line**2 * (_square(effect, line) - fallen**2)

    def sums(name: str, a: Floats, aa: Floats | float = 0.0, factor: float = 1.0) -> _Ratio:
        return _Ratio(name, a, aa=aa, is_sum=True, factor=factor)

    yield sums("persons", np.ones(len(households)))
    yield sums("receivers", got)
    yield sums("families_receiving", got / size)
    yield sums("below_before", below, below * (1.0 - below))
    yield sums("below_after", after, after * (1.0 - after))
    yield sums("lifted", fall, fall - fall**2)
    yield sums("transfers", t, factor=MONTHS)
    yield sums("spending", effect.spending / size)
    yield sums("gap_closed", line * fallen, closed, MONTHS)
    yield sums("overfill", t - line * fallen, closed, MONTHS)


def _impacts(households: Households, effect: Effect, paid: Floats) -> Iterator[_Ratio]:
    """What the transfers do to poverty, and at what cost."""
    line, t, below = households.line, effect.transfer, effect.before[0]
    fall = below - effect.after[0]
    chance = below * (1.0 - below)
    # Whoever is below after is below before: E[(X - X')^2] = E[(X - X') X] = E[X - X'].
    yield _Ratio("headcount_impact", fall, below, fall - fall**2, fall * (1.0 - below), chance)
    gap, fallen = effect.before[1], effect.before[1] - effect.after[1]
    product = _product(effect, line)
    square = _square(effect, line)
    own = effect.before[2] - gap**2
    yield _Ratio(
        "gap_impact",
        fallen,
        gap,
        square - fallen**2,
        effect.before[2] - product - fallen * gap,
        own,
    )
    closed, spread = line * fallen, line**2 * (square - fallen**2)
    yield _Ratio("benefit_cost", closed, paid, spread)
    yield _Ratio("reduction_efficiency", closed, t, spread)
    to_below = t * below
    beyond = to_below - closed
    yield _Ratio(
        "spillover",
        beyond,
        to_below,
        t**2 * below - 2.0 * t * closed + line**2 * square - beyond**2,
        t**2 * below - t * closed - beyond * to_below,
        t**2 * chance,
    )


def _product(effect: Effect, line: Floats) -> Floats:
    """E[g g'] of the gaps (shares of the line) before and after.

    Where g' > 0, g = g' + t / z. Exact where no program can fail; otherwise only what cannot fail
    is counted, so that the covariance is too small and intervals a little wide.
    """
    least = effect.after[2] + effect.sure / line * effect.after[1]
    return np.asarray(np.minimum(least, effect.before[2]))


def _square(effect: Effect, line: Floats) -> Floats:
    """E[(g - g')^2]."""
    fallen = effect.before[1] - effect.after[1]
    square = effect.before[2] - 2.0 * _product(effect, line) + effect.after[2]
    return np.asarray(np.maximum(square, fallen**2))


def intervals(values: pd.DataFrame, errors: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """95 % intervals, on the logit scale where an indicator is a share between 0 and 1."""
    reach = float(ndtri(0.5 + 0.5 * LEVEL)) * errors
    low, high = values - reach, values + reach
    for name in values.columns.intersection(sorted(SHARES)):
        value, error = values[name].to_numpy(), reach[name].to_numpy()
        inside = (value > 0) & (value < 1) & (error > 0)
        part, around = value[inside], error[inside]
        middle, width = logit(part), around / (part * (1.0 - part))
        low.loc[inside, name] = expit(middle - width)
        high.loc[inside, name] = expit(middle + width)
    return low, high
