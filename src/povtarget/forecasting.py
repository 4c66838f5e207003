"""What a plan will achieve, with an interval: worlds drawn from what predictions leave open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.evaluation import proposals_of, revalue
from povtarget.households import Households
from povtarget.objectives import Headcount, PovertyGap
from povtarget.plan import Plan
from povtarget.problem import TargetingProblem
from povtarget.registry.calibration import Calibration
from povtarget.registry.drift import Drift
from povtarget.registry.error_model import ErrorModel
from povtarget.registry.prediction import Prediction
from povtarget.sayings import said
from povtarget.scoring import score
from povtarget.valuation import MONTHS, success_chances, unit_gains

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MEASURES = ("lifted", "gap_closed", "spent_above")
_CELLS = 4_000_000  # households times worlds drawn at once
_LEAST_OWN = 0.05  # share of the variance that stays a household's own
_USUAL_BIAS = 0.05  # by which forecasts were off where the truth is made up (docs/benchmarks.md)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a plan is expected to achieve, over worlds.

    Parameters
    ----------
    frame
        Rows lifted (persons brought to the line), gap_closed (persons times the share of the
        line) and spent_above (Rp a year for households that are not below the line); columns
        mean, sd, low and high.
    level
        Of the interval from low to high.
    worlds
        float64[worlds, 3]: every draw of the three.
    """

    frame: pd.DataFrame
    level: float
    worlds: Floats

    @property
    def mean(self) -> float:
        """Persons lifted, expected."""
        return float(np.asarray(self.frame.at["lifted", "mean"]))

    @property
    def low(self) -> float:
        """Lower end of the interval for persons lifted."""
        return float(np.asarray(self.frame.at["lifted", "low"]))

    @property
    def high(self) -> float:
        """Upper end of the interval for persons lifted."""
        return float(np.asarray(self.frame.at["lifted", "high"]))

    def __repr__(self) -> str:
        return (
            f"Forecast({self.mean:,.0f} persons lifted, {self.level:.0%} interval {self.low:,.0f} "
            f"to {self.high:,.0f}, {len(self.worlds):,} worlds)"
        )


@dataclass(frozen=True)
class HeldOut:
    """A plan's rule on survey households that no model had seen: promised against kept.

    Parameters
    ----------
    promised, kept
        Persons lifted by prediction and in truth, times survey weights.
    ratio, ratio_se
        kept / promised and its linearised standard error for clusters.
    households
        Survey households that the rule serves.
    """

    promised: float
    kept: float
    ratio: float
    ratio_se: float
    households: int

    @property
    def factor(self) -> float:
        """What a forecast is multiplied by to make up for choosing on estimates.

        The ratio, drawn to 1 as far as it is noise: ``1 + (ratio - 1) b^2 / (b^2 + ratio_se^2)``,
        the posterior mean where biases are Normal(0, b^2) with b = 0.05, which is what forecasts
        were off by on made-up cities, whose truth is known. Shrinking is the remedy of Smith and
        Winkler (2006) for the optimizer's curse. A survey of 670 households moves a forecast by
        next to nothing, one of 50,000 by most of what it shows. 1 where nothing was promised.

        Examples
        --------
        >>> round(HeldOut(1_000, 900, ratio=0.9, ratio_se=0.05, households=200).factor, 3)
        0.95
        >>> round(HeldOut(1_000, 900, ratio=0.9, ratio_se=0.32, households=200).factor, 3)
        0.998
        """
        if not np.isfinite(self.ratio):
            return 1.0
        weight = _USUAL_BIAS**2 / (_USUAL_BIAS**2 + self.ratio_se**2)
        return 1.0 + weight * (self.ratio - 1.0)


def forecast(
    problem: TargetingProblem,
    plan: Plan,
    errors: ErrorModel | Prediction | None = None,
    *,
    calibration: Calibration | None = None,
    worlds: int = 1_000,
    area: str = "area",
    level: float = 0.95,
    seed: int = 0,
) -> Forecast:
    """Draw worlds and count what a plan achieves in each.

    As in Elbers, Lanjouw and Lanjouw (2003), Econometrica 71(1), 355-364,
    doi:10.1111/1468-0262.00399, and the simulated populations of Molina and Rao (2010), Canadian
    Journal of Statistics 38(3), 369-385, doi:10.1002/cjs.10051. In a world w

        ln c_hw = ln consumption_h + d_hw + u_aw + e_hw

    - d is what the survey leaves open about the prediction: a normal vector with the covariance
      of the replicates, and with it goes sigma;
    - u ~ Normal(0, rho sigma_h^2) is common to an area, rho drawn around ``area_share`` by its
      standard error;
    - e ~ Normal is the household's own, with what variance is left of sigma_h^2: sigma was
      measured out of sample, so it has all three in it, and each household's chance of being
      below the line is the same as in the plan. Its expectation is that of the plan but for
      sigma being open.

    With a calibration the rate itself is drawn in each world, within the survey's error, and the
    registry moves with it as `calibrate` would move it: ``ln c / z`` becomes ``b ln c / z + m``,
    one b and m for each of its areas. What d would move the rate of such an area is taken off d,
    to first order: the calibration settles it.

    Then each program works or not, by its own chance, and people are counted. A household with a
    weight is drawn once and counted so many times.

    Parameters
    ----------
    problem
        The question that the plan answers; its households' consumption and sigma count.
    plan
        The plan.
    errors
        How errors hang together; None: each household's is its own.
    calibration
        Whose ``households`` are the problem's, calibrated with a standard error (``se=``).
    worlds
        How many, 2 or more.
    area
        Column of the households that names the area of the errors; left out where there is none.
    level
        Of the interval, between quantiles of the worlds.
    seed
        Same seed, same worlds.

    Returns
    -------
    Forecast

    Raises
    ------
    InputError
        Where errors or calibration lack a household of the plan or have other consumption of
        it, and for arguments out of range.
    PovtargetError
        Where the calibration has no standard error.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, _ = pt.datasets.pekalongan(500, seed=1)
    >>> problem = pt.TargetingProblem(households, catalog)
    >>> found = forecast(problem, pt.solve(problem), worlds=200)
    >>> found.low < found.mean < found.high
    True
    """
    model = errors.errors if isinstance(errors, Prediction) else errors
    chosen = proposals_of(problem, plan.assignments)
    served = np.flatnonzero(chosen.any(axis=1))
    place, faults = _places(problem.households, served, model)
    faults += _calibration_faults(problem.households, served, calibration)
    for name, right in (("worlds", worlds >= 2), ("level", 0 < level < 1)):
        if not right:
            faults.append(Fault("out of range", "forecast", column=name))
    if faults:
        raise InputError(faults)
    drawn = _Draws.of(problem, served, chosen[served], model, place, area)
    if calibration is not None:
        drawn = drawn.drifting(problem.households, served, model, place, calibration)
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // max(served.size, 1))
    parts = [drawn.count(min(step, worlds - at), rng) for at in range(0, worlds, step)]
    counts = np.concatenate(parts)
    low, high = np.quantile(counts, [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {"mean": counts.mean(0), "sd": counts.std(0, ddof=1), "low": low, "high": high}
    return Forecast(pd.DataFrame(columns, index=list(MEASURES)), level, counts)


def held_out_check(problem: TargetingProblem, plan: Plan, prediction: Prediction) -> HeldOut:
    """Try a plan's rule on survey households whose truth is known (the winner's curse).

    A plan takes those who look best, and some only look so because their prediction errs. The
    plan's prices choose bundles for the survey's households too, from predictions by models that
    have not seen their cluster; what that promises is set beside what they truly had. A ratio
    below 1 by more than two standard errors says that the plan promises too much. Multiplying by
    it would add the noise of a sample, and models that learnt from less than the whole survey
    keep some hundredths less than the plan's own; `HeldOut.factor` takes of it what is not noise.
    (Smith and Winkler 2006, The
    Optimizer's Curse, Management Science 52(3), 311-322, doi:10.1287/mnsc.1050.0451.)

    Parameters
    ----------
    problem
        The question that the plan answers. Columns that eligibility and counts need must be in
        the survey too. Receipts and locks are not known of survey households.
    plan
        The plan, with prices.
    prediction
        Whose ``held_out`` is tried.

    Raises
    ------
    InputError
        Where the survey lacks what the catalogue asks of households.
    """
    held = prediction.held_out
    predicted = Households.from_frame(held)
    question = replace(
        problem,
        households=predicted,
        receipts=None,
        locks=None,
        constraints=(),
        objective=(Headcount(), PovertyGap()),
    )
    rule = score(question, plan)["programs"].to_numpy(dtype=object)
    chosen = np.zeros(question.standing.possible.shape, dtype=bool)
    for p, name in enumerate(problem.catalog.program_names):
        chosen[:, p] = [name in programs.split(" + ") for programs in rule]
    known = replace(
        predicted, consumption=predicted.covariates["true_consumption"], sigma=0 * predicted.sigma
    )
    promised = revalue(question, chosen).first_gain
    kept = revalue(replace(question, households=known), chosen).first_gain
    total = float(promised.sum())
    if total <= 0.0:
        return HeldOut(0.0, float(kept.sum()), float("nan"), float("nan"), 0)
    ratio = float(kept.sum()) / total
    cluster = predicted.covariates["cluster"].astype(np.int64)
    scores = np.bincount(cluster, kept - ratio * promised)
    spread = scores.size / max(scores.size - 1, 1) * float((scores**2).sum())
    served = int(chosen.any(axis=1).sum())
    return HeldOut(total, float(kept.sum()), ratio, float(np.sqrt(spread)) / total, served)


def _places(
    households: Households, served: Ints, model: ErrorModel | None
) -> tuple[Ints, list[Fault]]:
    """Where the error model has the served households."""
    if model is None:
        return served, []
    place = model.places(households.household_id[served])
    unknown = int(np.count_nonzero(place < 0))
    message = said("{count:,} household(s) of the plan are not in the error model", count=unknown)
    return place, [Fault(message, "forecast", column="errors")] if unknown else []


def _calibration_faults(
    households: Households, served: Ints, calibration: Calibration | None
) -> list[Fault]:
    if calibration is None:
        return []
    theirs = calibration.households
    at = theirs.positions(households.household_id[served])
    mine, known = served[at >= 0], at[at >= 0]
    is_other = np.zeros(mine.size, dtype=bool)
    for name in ("consumption", "sigma", "line"):
        is_other |= getattr(households, name)[mine] != getattr(theirs, name)[known]
    count = int(np.count_nonzero(at < 0)) + int(np.count_nonzero(is_other))
    message = said(
        "{count:,} household(s) of the plan are other ones in the calibration", count=count
    )
    expected = "a problem with calibration.households"
    fault = Fault(message, "forecast", column="calibration", expected=expected)
    return [fault] if count else []


def _settled(model: ErrorModel, calibration: Calibration) -> Floats:
    """float64[replicates, areas]: what a replicate moves at the line in each area on the whole.

    A household's chance of being below the line moves by its density there, so this is the
    move of all that would change the area's rate as the replicate does.
    """
    people, group = calibration.households, calibration.drift.group
    at = people.positions(model.household_id)
    known, people_at = np.flatnonzero(at >= 0), at[at >= 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = people.sigma[people_at]
        y = np.log(people.consumption[people_at] / people.line[people_at]) / sigma
        density = np.where(sigma > 0, np.exp(-0.5 * y * y) / sigma, 0.0)
    weight, mine = people.persons[people_at] * density, group[people_at]
    areas = calibration.drift.df.size
    total = np.maximum(np.bincount(mine, weight, minlength=areas), 1e-300)
    moved = model.medians[:, known].astype(np.float64) * weight
    return np.array([np.bincount(mine, row, minlength=areas) for row in moved]) / total


@dataclass(frozen=True, eq=False)
class _Draws:
    """What worlds are drawn from, of the served households only."""

    log_consumption: Floats
    sigma: Floats
    missing_line: Floats  # 12 * size * line: what consumption of a year is held against
    year: Floats  # 12 * size
    persons: Floats
    cost: Floats
    baseline: Floats
    gains: tuple[tuple[Ints, Floats, float], ...]  # by program: households, Rp a year, success
    area: Ints
    areas: int
    share: tuple[float, float]
    medians: Floats  # replicates x households, scaled so that normals times it have their law
    scales: Floats
    log_line: Floats
    drift: Drift | None = None
    drift_area: Ints | None = None

    @classmethod
    def of(
        cls,
        problem: TargetingProblem,
        served: Ints,
        chosen: Bools,
        model: ErrorModel | None,
        place: Ints,
        area: str,
    ) -> _Draws:
        households, units = problem.households, problem.standing.units[served]
        gain, success = unit_gains(problem), success_chances(problem)
        costs = np.array([float(program.unit_cost) for program in problem.catalog.programs])
        rows = [np.flatnonzero(chosen[:, p]) for p in range(gain.size)]
        groups = np.zeros(len(households), dtype=np.int64)
        if area in households.columns:
            groups = households.grouped(area)[1]
        size, line = households.size[served], households.line[served]
        count = 0 if model is None else len(model.medians)
        medians, scales = np.zeros((1, served.size)), np.zeros(1)
        if model is not None and count > 1:
            medians = model.medians[:, place].astype(np.float64)
            medians = (medians - medians.mean(axis=0)) / np.sqrt(count - 1)
            scales = (model.scales - model.scales.mean()) / np.sqrt(count - 1)
        with np.errstate(divide="ignore"):
            logs = np.log(households.consumption[served])
        return cls(
            log_consumption=logs,
            sigma=households.sigma[served],
            missing_line=MONTHS * size * line,
            year=MONTHS * size,
            persons=households.persons[served],
            cost=households.weight[served] * np.sum(chosen * units * costs, axis=1),
            baseline=problem.standing.baseline_gain[served],
            gains=tuple((r, gain[p] * units[r, p], success[p]) for p, r in enumerate(rows)),
            area=groups[served],
            areas=int(groups.max(initial=0)) + 1,
            share=(0.0, 0.0) if model is None else (model.area_share, model.area_share_se),
            medians=medians,
            scales=scales,
            log_line=np.log(line),
        )

    def drifting(
        self,
        households: Households,
        served: Ints,
        model: ErrorModel | None,
        place: Ints,
        calibration: Calibration,
    ) -> _Draws:
        """The same, with the rate of a calibration drawn too."""
        at = calibration.households.positions(households.household_id[served])
        area, medians = calibration.drift.group[at], self.medians
        count = 0 if model is None else len(model.medians)
        if model is not None and count > 1:
            level = _settled(model, calibration)
            level = (level - level.mean(axis=0)) / np.sqrt(count - 1)
            medians = medians - level[:, area]
        return replace(self, medians=medians, drift=calibration.drift, drift_area=area)

    def count(self, worlds: int, rng: np.random.Generator) -> Floats:
        """float64[worlds, 3]: the three measures."""
        consumption = self._consumption(worlds, rng)
        gain = np.broadcast_to(self.baseline, consumption.shape).copy()
        for rows, amount, success in self.gains:
            works = (
                amount if success >= 1 else amount * (rng.random((worlds, rows.size)) < success)
            )
            gain[:, rows] += works
        missing = self.missing_line - self.year * consumption
        before, after = missing - self.baseline, missing - gain
        lifted = (before > 0) & (after <= 0)
        closed = np.maximum(before, 0.0) - np.maximum(after, 0.0)
        measures = (
            np.where(lifted, self.persons, 0.0),
            closed * (self.persons / self.missing_line),
            np.where(before <= 0, self.cost, 0.0),
        )
        return np.stack([measure.sum(axis=1) for measure in measures], axis=1)

    def _consumption(self, worlds: int, rng: np.random.Generator) -> Floats:
        logs, power = self.log_consumption, np.ones(1)
        if self.drift is not None:
            powers, moves = self.drift.draw(worlds, rng)
            power = powers[:, self.drift_area]
            logs = self.log_line + power * (logs - self.log_line) + moves[:, self.drift_area]
        normal = rng.standard_normal((worlds, len(self.scales)))
        share = np.clip(rng.normal(*self.share, worlds), 0.0, 1.0 - _LEAST_OWN)[:, None]
        sigma = power * self.sigma * np.exp(normal @ self.scales)[:, None]
        estimated = (self.medians**2).sum(axis=0)
        own = np.maximum((1.0 - share) * sigma**2 - estimated, _LEAST_OWN * sigma**2)
        common = rng.standard_normal((worlds, self.areas))[:, self.area]
        error = normal @ self.medians + np.sqrt(share) * sigma * common
        error += np.sqrt(own) * rng.standard_normal(own.shape)
        return np.asarray(np.exp(logs + error))
