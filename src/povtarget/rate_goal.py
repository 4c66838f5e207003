"""A rate of persons below the line that must be kept with a stated confidence, as rows of sums.

The goal is met by the random count H of persons below the line after a plan x, in the normal
approximation:

    M(x) + z S(x) <= rate * persons,   S^2 = V + sum_k G_k^2,                                   (1)
    M = sum w n p,   V = sum w n^2 p (1 - p)

V is of independent families (each family's members are below the line together; z is the
quantile of the confidence). The errors of predictions hang together as in `povtarget.forecast`;
each thing that families share moves M by a normal factor times, to first order,

    area a:        G_a = sqrt(rho) sum_{h in a} w n phi(t_h)
    replicate r:   G_r = sum_h w n phi(t_h) (m_rh / sigma_h + t_h s_r)

with t = ln((line - benefit) / median) / sigma, and m and s the errors of ln median and ln sigma
that the survey leaves open. V and all G_k add up over families. For any reference plan with
V', G', S' (Cauchy and Schwarz)

    S >= (sqrt(V') / S') sqrt(V) + sum_k (G'_k / S') G_k                                        (2)

with equality at the reference, and for any lo, hi >= 0

    sqrt(V) is at least (V + lo hi) / (lo + hi) where it is between lo and hi, the chord,
    and at most that where lo = hi, the tangent.                                                (3)

So (2) with the chord is a row that every plan which keeps (1) must keep: bounds come from it.
With the tangent it is one that nearly implies (1), and implies it where no G is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from povtarget.bundles import Bundles
from povtarget.errors import Fault, InputError
from povtarget.households import Households
from povtarget.objectives import Headcount
from povtarget.problem import TargetingProblem
from povtarget.registry.error_model import ErrorModel
from povtarget.sayings import said
from povtarget.valuation import MONTHS, expected_over_outcomes, proposed_shortfalls, shortfall

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GOAL = "limit:rate"
"""Name of the goal's row among a plan's prices: rupiah per person lifted."""

_HAIR = 1e-12  # of all persons: what sums of probabilities may lose


@dataclass(frozen=True, eq=False)
class Parts:
    """What families add to M, V and, before their loadings, to every G.

    Parameters
    ----------
    rows
        int64[parts]: the household of each.
    mean, variance
        float64[parts]: w n p and w n^2 p (1 - p).
    slope, bend
        float64[parts]: w n phi(t) and w n t phi(t), expected over which programs work; 0 where
        nothing is shared.
    """

    rows: Ints
    mean: Floats
    variance: Floats
    slope: Floats
    bend: Floats

    def minus(self, other: Parts) -> Parts:
        """By how much these exceed others of the same households."""
        return Parts(
            self.rows,
            self.mean - other.mean,
            self.variance - other.variance,
            self.slope - other.slope,
            self.bend - other.bend,
        )

    def take(self, which: Ints) -> Parts:
        """Some of them."""
        return Parts(
            self.rows[which],
            self.mean[which],
            self.variance[which],
            self.slope[which],
            self.bend[which],
        )


@dataclass(frozen=True, eq=False)
class Sums:
    """M, V and all G of a plan."""

    mean: float
    variance: float
    shared: Floats

    @property
    def deviation(self) -> float:
        """S, the standard deviation of the count."""
        return math.sqrt(max(self.variance, 0.0) + math.fsum((self.shared**2).tolist()))


@dataclass(frozen=True, eq=False)
class RateGoal:
    """A goal for one question. Made by `rate_goal`.

    Parameters
    ----------
    problem
        The question, with persons lifted as all that counts.
    rate, limit, z
        The goal; the persons that may be below the line; the quantile of the confidence.
    area, area_share
        int64[households] number of the area, and rho.
    medians, scales
        float64[replicates, households] and float64[replicates]; normal factors times them have
        the law of what the survey leaves open.
    """

    problem: TargetingProblem
    rate: float
    limit: float
    z: float
    area: Ints
    area_share: float
    medians: Floats
    scales: Floats

    @property
    def is_shared(self) -> bool:
        """Whether errors hang together."""
        return self.z > 0 and (self.area_share > 0 or self.scales.size > 0)

    def before(self) -> Parts:
        """Every household before the plan."""
        everyone = np.arange(len(self.problem.households))
        return self.after(everyone, np.zeros(self.problem.standing.possible.shape, dtype=bool))

    def after(self, rows: Ints, chosen: Bools) -> Parts:
        """Households with what they are proposed for: bool[rows, programs]."""
        households, problem = self.problem.households, self.problem
        below = proposed_shortfalls(problem, rows, chosen, (0,))[0]
        now = shortfall(households, rows, problem.standing.baseline_gain[rows], 0)
        below = np.minimum(below, now)
        persons, size = households.persons[rows], households.size[rows]
        densities = np.zeros((2, rows.size))
        if self.is_shared:
            densities = expected_over_outcomes(
                problem, rows, chosen, lambda mine, gain: _densities(households, mine, gain), 2
            )
        slope, bend = persons * densities
        return Parts(rows, persons * below, persons * size * below * (1 - below), slope, bend)

    def sums(self, before: Parts, change: Parts) -> Sums:
        """M, V and G of a plan from all households before it, and the changes of those served."""
        shared = self._loaded(before) + self._loaded(change)
        mean, variance = (
            math.fsum([*getattr(before, name).tolist(), *getattr(change, name).tolist()])
            for name in ("mean", "variance")
        )
        return Sums(mean, variance, shared)

    def excess(self, reached: Sums) -> float:
        """By how many persons a plan misses the goal; 0 or less where it keeps it."""
        return reached.mean + self.z * reached.deviation - self.limit

    def row(
        self, before: Parts, change: Parts, reference: Sums, ends: tuple[float, float] | None
    ) -> tuple[Floats, float]:
        """By how much each change lowers the row (2), and what the falls must add up to.

        Parameters
        ----------
        before
            All households.
        change
            What each bundle changes.
        reference
            The plan at which the row is tight.
        ends
            lo and hi of the chord (3); None for the tangent at the reference.
        """
        deviation = reference.deviation
        if not self.z or not deviation:
            return -change.mean, math.fsum(before.mean.tolist()) - self.limit
        own = math.sqrt(max(reference.variance, 0.0))
        low, high = (own, own) if ends is None else ends
        weight = self.z * own / deviation / (low + high) if low + high else 0.0
        pull = self.z * reference.shared / deviation
        now = before.mean + weight * before.variance + self._pulled(before, pull)
        moved = change.mean + weight * change.variance + self._pulled(change, pull)
        return -moved, math.fsum(now.tolist()) + weight * low * high - self.limit

    def ends(self, before: Parts, changes: Iterable[Parts]) -> tuple[float, float]:
        """Least and most sqrt(V) if every family chose for itself among all changes."""
        fall, rise = np.zeros((2, len(self.problem.households)))
        for change in changes:
            np.maximum.at(fall, change.rows, -change.variance)
            np.maximum.at(rise, change.rows, change.variance)
        now = math.fsum(before.variance.tolist())
        least = max(now - math.fsum(fall.tolist()), 0.0)
        return math.sqrt(least), math.sqrt(now + math.fsum(rise.tolist()))

    def _loaded(self, parts: Parts) -> Floats:
        """float64[areas + replicates]: every G."""
        if not self.is_shared:
            return np.empty(0)
        count = int(self.area.max(initial=-1)) + 1
        areas = np.bincount(self.area[parts.rows], parts.slope, minlength=count)
        relative = parts.slope / self._sigma(parts.rows)
        drawn = self.medians[:, parts.rows] @ relative + self.scales * parts.bend.sum()
        return np.concatenate([math.sqrt(self.area_share) * areas, drawn])

    def _pulled(self, parts: Parts, pull: Floats) -> Floats:
        """sum_k pull_k G_k of each part."""
        if not self.is_shared:
            return np.zeros(parts.rows.size)
        areas = pull.size - self.scales.size
        by_household = math.sqrt(self.area_share) * pull[:areas][self.area]
        everyone = np.arange(self.area.size)
        by_household = by_household + pull[areas:] @ self.medians / self._sigma(everyone)
        bent = float(pull[areas:] @ self.scales)
        return np.asarray(parts.slope * by_household[parts.rows] + parts.bend * bent)

    def _sigma(self, rows: Ints) -> Floats:
        sigma = self.problem.households.sigma[rows]
        return np.where(sigma > 0, sigma, 1.0)  # known consumption has no slope


def rate_goal(
    problem: TargetingProblem,
    rate: float,
    confidence: float | None = None,
    errors: ErrorModel | None = None,
    area: str = "area",
) -> RateGoal:
    """The goal of a question; parameters as in `povtarget.minimum_cost`.

    Raises
    ------
    InputError
        With every fault: no rate, no confidence, area floors that are not of persons, errors
        without a confidence or without a household.
    """
    faults = _faults(problem, rate, confidence, errors)
    if faults:
        raise InputError(faults)
    plain, households = of_persons(problem), problem.households
    number = np.zeros(len(households), dtype=np.int64)
    if area in households.columns:
        number = households.grouped(area)[1]
    persons = math.fsum(households.persons.tolist())
    medians, scales = _replicates(households, errors)
    return RateGoal(
        problem=plain,
        rate=rate,
        limit=(rate + _HAIR) * persons,
        z=0.0 if confidence is None else NormalDist().inv_cdf(confidence),
        area=number,
        area_share=0.0 if errors is None else errors.area_share,
        medians=medians,
        scales=scales,
    )


def of_persons(problem: TargetingProblem) -> TargetingProblem:
    """The same question in which persons lifted are all that counts."""
    rules = [rule for rule in problem.catalog.rules if rule.kind != "penalise"]
    return replace(
        problem,
        objective=Headcount(),
        overlap=replace(problem.overlap, weight=0.0),
        catalog=replace(problem.catalog, rules=rules),
    )


def bundle_changes(goal: RateGoal, before: Parts, bundles: Bundles) -> Parts:
    """What each bundle changes."""
    table = np.zeros((len(bundles.sets), len(goal.problem.catalog.programs)), dtype=bool)
    for number, members in enumerate(bundles.sets):
        table[number, list(members)] = True
    after = goal.after(bundles.household, table[bundles.set_number])
    return after.minus(before.take(bundles.household))


def _densities(households: Households, rows: Ints, gain: Floats) -> Floats:
    """float64[2, rows]: phi(t) and t phi(t); 0 for known consumption."""
    sigma = households.sigma[rows]
    is_open = sigma > 0
    left = np.maximum(households.line[rows] - gain / (MONTHS * households.size[rows]), 0.0)
    with np.errstate(divide="ignore"):
        t = np.log(left / households.consumption[rows]) / np.where(is_open, sigma, 1.0)
    t = np.where(np.isfinite(t), t, -40.0)  # nothing is left to lift; phi is 0 there
    density = np.where(is_open, np.exp(-0.5 * t * t) / math.sqrt(2 * math.pi), 0.0)
    return np.stack([density, t * density])


def _replicates(households: Households, errors: ErrorModel | None) -> tuple[Floats, Floats]:
    """Medians and scales, centred, as in `povtarget.forecast`."""
    count = 0 if errors is None else len(errors.medians)
    if errors is None or count < 2:
        return np.zeros((0, len(households))), np.zeros(0)
    place = errors.places(households.household_id)
    medians = errors.medians[:, place].astype(np.float64)
    medians = (medians - medians.mean(axis=0)) / math.sqrt(count - 1)
    return medians, (errors.scales - errors.scales.mean()) / math.sqrt(count - 1)


def _faults(
    problem: TargetingProblem, rate: float, confidence: float | None, errors: ErrorModel | None
) -> list[Fault]:
    faults = []
    if not 0 <= rate <= 1:
        expected = "a share from 0 to 1, such as 0.0589 for 5.89 percent"
        faults.append(Fault("not a rate", column="rate", value=str(rate), expected=expected))
    if confidence is not None and not 0.5 <= confidence < 1:
        expected = "a chance from 0.5 to below 1, or None"
        faults.append(Fault("not a confidence", "", None, "confidence", str(confidence), expected))
    if problem.constraints and not isinstance(problem.levels[0], Headcount):
        expected = "a first objective Headcount(), or no area floor"
        faults.append(
            Fault("the area floors are not of persons", column="constraints", expected=expected)
        )
    if errors is not None and confidence is None:
        expected = "a confidence: an expected rate is the same however errors hang together"
        faults.append(Fault("errors without a confidence", column="errors", expected=expected))
    if errors is not None:
        unknown = int(np.count_nonzero(errors.places(problem.households.household_id) < 0))
        if unknown:
            message = said("{count:,} household(s) are not in the error model", count=unknown)
            faults.append(Fault(message, "minimum cost", column="errors"))
    return faults
