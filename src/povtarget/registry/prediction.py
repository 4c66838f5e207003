"""predict_consumption(): from a survey that measured to a registry that lists names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from povtarget.errors import Fault, InputError
from povtarget.registry.covariates import Design, build_design
from povtarget.registry.crossfit import (
    Model,
    Spread,
    assign_folds,
    choose_model,
    default_models,
    fit_spread,
    require_regressors,
)
from povtarget.registry.error_model import ErrorModel, shared_variance
from povtarget.registry.prediction_report import report
from povtarget.registry.reliability import normality, reliability_table, targeting_errors
from povtarget.registry.sample import Sample, read_sample
from povtarget.registry.tails import LineCalibration, calibrate_at_line
from povtarget.sayings import said
from povtarget.tables import Table, read_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Weighting = Literal["persons", "households"]

QUOTAS = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Consumption and sigma of a registry, and how far they can be trusted.

    All that is said of trust is out of sample: of households whose cluster no model had seen.
    Only the four numbers of the calibration know the whole survey.

    Parameters
    ----------
    frame
        The registry as it came, with consumption (the median, Rp per person per month) and sigma
        (standard deviation of ln consumption): ready for `povtarget.Households.from_frame`.
    regressor
        The model that was used.
    r2
        Out-of-sample R2 of ln consumption, weighted; ``r2_by_regressor`` has that of each model
        that was tried.
    weights_used
        Whether the regressor took the survey weights.
    covariates
        Columns that it learnt from.
    sigma_differs, sigma_floor
        Whether sigma differs by household, and below what it never goes.
    calibration
        How location and scale were moved to be right near the line.
    residuals
        Standardised residuals before that against the normal.
    reliability
        See `povtarget.registry.reliability.reliability_table`.
    targeting
        See `povtarget.registry.reliability.targeting_errors`.
    cluster_share, cluster_share_se
        Share of the error's variance that households of one cluster have in common.
    errors
        How errors hang together, for `povtarget.forecast`.
    held_out
        The survey's households with consumption and sigma as models predict them that have not
        seen their cluster, ``true_consumption``, line, household_id (a number), cluster, and all
        other columns of the survey: a registry whose truth is known, to judge plans on.
    clusters, households
        Of the survey.
    warnings
        What a person should know.
    """

    frame: pd.DataFrame
    regressor: str
    r2: float
    r2_by_regressor: Mapping[str, float]
    weights_used: bool
    covariates: tuple[str, ...]
    sigma_differs: bool
    sigma_floor: float
    calibration: LineCalibration
    residuals: pd.DataFrame
    reliability: pd.DataFrame
    targeting: pd.DataFrame
    cluster_share: float
    cluster_share_se: float
    errors: ErrorModel
    held_out: pd.DataFrame
    clusters: int
    households: int
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Prediction({len(self.frame):,} households by {self.regressor}, R2={self.r2:.3f} "
            f"out of sample, from {self.households:,} survey households in {self.clusters:,} "
            "clusters)"
        )

    def report(self) -> str:
        """What a planner should read before using the prediction."""
        return report(self)


def predict_consumption(
    survey: Any,
    registry: Any,
    *,
    poverty_line: float | None = None,
    covariates: Sequence[str] | None = None,
    categories: Iterable[str] = (),
    regressor: Any = None,
    weights: Weighting | None = "persons",
    groups: str | None = None,
    by: str | None = None,
    calibration: Literal["line", "none"] = "line",
    folds: int = 5,
    replicates: int = 50,
    quotas: Sequence[float] = QUOTAS,
    seed: int = 0,
) -> Prediction:
    """Predict consumption and sigma of registry households from a survey (proxy means test).

    The logarithm of consumption is regressed on covariates that both have. Folds of whole
    clusters are predicted by models that have not seen them; these residuals give sigma, by
    household where a model of log squared residuals predicts held-out ones better than one sigma
    for all (Harvey 1976, Econometrica 44(3), 461-465, doi:10.2307/1913974), scaled to mean
    square 1. With ``calibration="line"`` location, slope and scale are then estimated anew by the
    censored likelihood of consumption near and below the line, because residuals are seldom
    normal where it counts. Its four numbers are the only thing in the judgement that has seen
    all clusters: estimated without each fold they would know its outcomes through the models of
    the other folds, and err the other way.

    ``exp`` of the prediction is the median, and that is what consumption means in this library.
    The mean would be ``exp(mu + sigma^2 / 2)``: nothing is multiplied in here, and expected
    poverty is taken over the whole distribution later. Far above the line a calibrated median
    is less exact than the plain one; it matters to nobody's chance of being below.

    Parameters
    ----------
    survey
        File or frame: size (persons), consumption (Rp per person per month, above 0), optional
        weight (households), line, and covariates.
    registry
        File or frame: household_id, optional line, and covariates. Other columns pass through.
    poverty_line
        Rp per person per month, where there is no column ``line``.
    covariates
        Columns of both; None takes all that both have. Text makes categories.
    categories
        Covariates whose numbers are codes.
    regressor
        Any regressor of scikit-learn. None tries ridge regression and gradient boosting and
        takes the one with the higher out-of-sample R2.
    weights
        "persons" weighs households by weight times size, "households" by weight; None by 1.
    groups
        Column of the survey's clusters (enumeration areas). None takes each household as its own,
        with a warning: neighbours are alike, so R2 then comes out too high.
    by
        Column of the survey that names the area (kelurahan) in which errors are shared; None
        takes what clusters share for it, which is more.
    calibration
        "line" or "none".
    folds
        Parts of the survey, 2 or more.
    replicates
        Resamples of clusters for the uncertainty of the prediction; 0 for none.
    quotas
        Lengths of lists, as shares of persons, at which errors of targeting are reported.
    seed
        Of folds, resamples and the default regressors.

    Returns
    -------
    Prediction
        ``.frame`` goes into `povtarget.Households.from_frame`.

    Raises
    ------
    InputError
        With every fault: covariates that the registry lacks, has in another unit or fills with
        categories that the survey does not know, missing values (nothing is filled in), years
        that do not meet, consumption that is not in the unit of the line.
    PovtargetError
        If scikit-learn is not there.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> assets, block = rng.integers(0, 6, 300), np.arange(300) // 10
    >>> survey = {"size": np.full(300, 4), "assets": assets, "block": block,
    ...           "consumption": 400_000 * np.exp(0.2 * assets + 0.3 * rng.standard_normal(300))}
    >>> registry = {"household_id": ["a", "b"], "size": [4, 4], "assets": [0, 5]}
    >>> found = predict_consumption(survey, registry, poverty_line=513_243, groups="block",
    ...                             replicates=5)
    >>> found.frame["consumption"].round(-5).tolist(), round(found.r2, 1)
    ([400000.0, 1200000.0], 0.6)
    """
    require_regressors()
    tables = read_table(survey), read_table(registry)
    sample, faults = read_sample(
        *tables, poverty_line=poverty_line, weights=weights, groups=groups, by=by
    )
    keys = [name for name in (groups, by) if name is not None]
    design, more = build_design(*tables, covariates=covariates, categories=categories, keys=keys)
    clusters = None if sample is None else int(sample.cluster.max()) + 1
    faults += [*more, *_choice_faults(weights, calibration, folds, replicates, quotas, clusters)]
    if faults or sample is None or design is None:
        raise InputError(faults)
    models = default_models(seed) if regressor is None else (_named(regressor),)
    fit = _fit(sample, design, models, folds, calibration, np.random.default_rng(seed))
    found = _judged(sample, design, fit, quotas, seed)
    rng = np.random.default_rng([seed, 1])
    return replace(
        found,
        frame=_frame(tables[1], sample, fit),
        errors=_errors(sample, design, fit, replicates, rng),
        held_out=_held_out(tables[0], sample, fit),
        warnings=(*design.warnings, *_warnings(fit, groups)),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """All that was fitted; t is ln(median / line)."""

    model: Model
    scores: Mapping[str, float]
    t: Floats  # of the survey, cross-fitted, before calibration
    t_registry: Floats
    spread: Spread
    calibration: LineCalibration
    held_out: tuple[Floats, Floats]  # t and sigma of the survey, cross-fitted, calibrated

    @property
    def chance(self) -> Floats:
        """The chance of being below the line."""
        t, sigma = self.held_out
        return np.asarray(ndtr(-t / sigma))


def _fit(
    sample: Sample,
    design: Design,
    models: tuple[Model, ...],
    folds: int,
    calibration: str,
    rng: np.random.Generator,
) -> _Fit:
    fold = assign_folds(sample.cluster, folds, rng)
    weights = sample.weights / sample.weights.mean()
    model, t, scores = choose_model(models, design.survey, sample.truth, weights, fold)
    t_registry = model.fit(design.survey, sample.truth, weights)(design.registry)
    features = np.column_stack([design.survey, t]), np.column_stack([design.registry, t_registry])
    spread = fit_spread(sample.truth - t, features, weights, fold)
    whole = LineCalibration()
    if calibration == "line":
        whole = calibrate_at_line(sample.truth, t, spread.survey, weights)
    held_out = whole.apply(t, spread.survey)
    return _Fit(model, scores, t, t_registry, spread, whole, held_out)


def _judged(
    sample: Sample, design: Design, fit: _Fit, quotas: Sequence[float], seed: int
) -> Prediction:
    is_below, weights, cluster = sample.truth < 0.0, sample.weights, sample.cluster
    standardised = (sample.truth - fit.t) / fit.spread.survey
    share, error = shared_variance(standardised, cluster)
    return Prediction(
        frame=pd.DataFrame(),
        regressor=fit.model.name,
        r2=fit.scores[fit.model.name],
        r2_by_regressor=dict(fit.scores),
        weights_used=fit.model.weight_argument is not None,
        covariates=design.covariates,
        sigma_differs=fit.spread.differs,
        sigma_floor=fit.spread.floor,
        calibration=fit.calibration,
        residuals=normality(standardised, weights),
        reliability=reliability_table(fit.chance, is_below, weights, cluster),
        targeting=targeting_errors(fit.chance, is_below, weights, cluster, quotas, seed),
        cluster_share=share,
        cluster_share_se=error,
        errors=ErrorModel(sample.registry_id, 0.0, 0.0, np.empty((0, 0), np.float32), np.empty(0)),
        held_out=pd.DataFrame(),
        clusters=int(cluster.max()) + 1,
        households=cluster.size,
        warnings=(),
    )


def _frame(registry: Table, sample: Sample, fit: _Fit) -> pd.DataFrame:
    t, sigma = fit.calibration.apply(fit.t_registry, fit.spread.registry)
    return registry.frame.assign(consumption=sample.registry_line * np.exp(t), sigma=sigma)


def _held_out(survey: Table, sample: Sample, fit: _Fit) -> pd.DataFrame:
    t, sigma = fit.held_out
    line = sample.survey_line
    return survey.frame.assign(
        household_id=np.arange(1, t.size + 1).astype(str).astype(object),
        consumption=line * np.exp(t),
        sigma=sigma,
        true_consumption=line * np.exp(sample.truth),
        line=line,
        cluster=sample.cluster,
    )


def _errors(
    sample: Sample, design: Design, fit: _Fit, replicates: int, rng: np.random.Generator
) -> ErrorModel:
    """What areas share, and the prediction anew on resamples of clusters.

    A replicate fits the model again and calibrates again. Its cross-fitted residuals are those
    of the survey less what the replicate moves the fit there.
    """
    standardised = (sample.truth - fit.t) / fit.spread.survey
    share, error = shared_variance(standardised, sample.cluster, sample.area)
    if not replicates:
        nothing = np.empty((0, fit.t_registry.size), np.float32)
        return ErrorModel(sample.registry_id, share, error, nothing, np.empty(0))
    clusters = int(sample.cluster.max()) + 1
    weights = sample.weights / sample.weights.mean()
    fitted = fit.model.fit(design.survey, sample.truth, weights)(design.survey)
    t_now, _ = fit.calibration.apply(fit.t_registry, fit.spread.registry)
    medians = np.empty((replicates, t_now.size), dtype=np.float32)
    scales = np.empty(replicates)
    is_moved = fit.calibration != LineCalibration()
    for number in range(replicates):
        times = rng.multinomial(clusters, np.full(clusters, 1 / clusters))[sample.cluster]
        rows = np.repeat(np.arange(times.size), times)
        predict = fit.model.fit(design.survey[rows], sample.truth[rows], weights[rows])
        anew, calibration = predict(design.registry), fit.calibration
        if is_moved:
            t = fit.t + predict(design.survey) - fitted
            calibration = calibrate_at_line(
                sample.truth, t, fit.spread.survey, weights * times, fit.calibration
            )
        medians[number] = calibration.apply(anew, fit.spread.registry)[0] - t_now
        scales[number] = calibration.log_scale - fit.calibration.log_scale
    return ErrorModel(sample.registry_id, share, error, medians, scales)


def _named(regressor: Any) -> Model:
    return Model(type(regressor).__name__, regressor)


def _warnings(fit: _Fit, groups: str | None) -> list[str]:
    found = []
    if groups is None:
        found.append(
            "no clusters are named (groups=): each household counts as its own, and since "
            "neighbours are alike, R2 and reliability come out better than they are"
        )
    if fit.model.weight_argument is None:
        found.append(
            said(
                "{name} takes no weights: it was fitted without the survey's", name=fit.model.name
            )
        )
    return found


def _choice_faults(
    weights: object,
    calibration: object,
    folds: int,
    replicates: int,
    quotas: Sequence[float],
    clusters: int | None,
) -> list[Fault]:
    faults = []
    if weights is not None and weights not in get_args(Weighting):
        expected = '"persons", "households" or None'
        faults.append(Fault("unknown", column="weights", value=str(weights), expected=expected))
    if calibration not in ("line", "none"):
        expected = '"line" or "none"'
        faults.append(
            Fault("unknown", column="calibration", value=str(calibration), expected=expected)
        )
    most = folds if clusters is None else clusters
    if not (2 <= folds <= most):
        expected = said("2 to the number of clusters, {most:,}", most=most)
        faults.append(
            Fault("not a number of folds", column="folds", value=str(folds), expected=expected)
        )
    if replicates < 0:
        faults.append(
            Fault("below 0", column="replicates", value=str(replicates), expected="0 or more")
        )
    for quota in quotas:
        if not 0 < quota <= 1:
            faults.append(
                Fault("not a share", column="quotas", value=str(quota), expected="above 0, to 1")
            )
    return faults
