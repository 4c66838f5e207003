"""Models of log consumption and of its error, judged on clusters that they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import PovtargetError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Predictor = Callable[[Floats], Floats]

SIGMA_FLOOR = 0.3  # share of the overall sigma below which no household's goes
_SMALLEST_ERROR = 0.05  # share of it below which errors are taken as equal: logs go to -inf


@dataclass(frozen=True)
class Model:
    """A regressor of scikit-learn, and how it takes weights.

    Parameters
    ----------
    name
        What a report calls it.
    regressor
        Unfitted; every fit is of a clone.
    """

    name: str
    regressor: Any

    @property
    def weight_argument(self) -> str | None:
        """The argument of ``fit`` that takes weights, None where none does."""
        from sklearn.utils.validation import has_fit_parameter

        steps = getattr(self.regressor, "steps", None)
        if steps is None:
            takes = has_fit_parameter(self.regressor, "sample_weight")
            return "sample_weight" if takes else None
        name, last = steps[-1]
        return f"{name}__sample_weight" if has_fit_parameter(last, "sample_weight") else None

    def fit(self, features: Floats, target: Floats, weights: Floats) -> Predictor:
        """Fit a clone and return what it predicts."""
        from sklearn.base import clone

        argument = self.weight_argument
        given = {} if argument is None else {argument: weights}
        fitted = clone(self.regressor).fit(features, target, **given)
        return lambda rows: np.asarray(fitted.predict(rows), dtype=np.float64).ravel()


def require_regressors() -> None:
    """Say how to get scikit-learn where it is not there."""
    try:
        import sklearn  # noqa: F401
    except ImportError as missing:
        message = 'predictions need scikit-learn: pip install "povtarget[prediction]"'
        raise PovtargetError(message) from missing


def default_models(seed: int) -> tuple[Model, ...]:
    """A proxy means test by ridge regression, and gradient boosting of shallow trees."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    boosting = HistGradientBoostingRegressor(
        max_iter=150,
        learning_rate=0.1,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        early_stopping=False,
        random_state=seed,
    )
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)))
    return Model("ridge", ridge), Model("gradient boosting", boosting)


def assign_folds(cluster: Ints, folds: int, rng: np.random.Generator) -> Ints:
    """Fold of each household: whole clusters, in random order, as evenly as they go."""
    clusters = int(cluster.max()) + 1
    of_cluster = np.empty(clusters, dtype=np.int64)
    of_cluster[rng.permutation(clusters)] = np.arange(clusters) % folds
    return of_cluster[cluster]


def cross_fit(
    model: Model, features: Floats, target: Floats, weights: Floats, fold: Ints
) -> Floats:
    """What each household is predicted by the model that its fold was kept from."""
    predicted = np.empty(target.size)
    for number in np.unique(fold):
        held = fold == number
        predict = model.fit(features[~held], target[~held], weights[~held])
        predicted[held] = predict(features[held])
    return predicted


def choose_model(
    models: tuple[Model, ...], features: Floats, target: Floats, weights: Floats, fold: Ints
) -> tuple[Model, Floats, Mapping[str, float]]:
    """The model with the least cross-fitted error, its predictions, and each model's R2."""
    fits = [cross_fit(model, features, target, weights, fold) for model in models]
    scores = [r_squared(target, fit, weights) for fit in fits]
    best = int(np.argmax(scores))
    names = [model.name for model in models]
    return models[best], fits[best], dict(zip(names, scores, strict=True))


def r_squared(target: Floats, predicted: Floats, weights: Floats) -> float:
    """``1 - sum w (y - prediction)^2 / sum w (y - mean)^2``."""
    mean = np.average(target, weights=weights)
    return 1.0 - float(
        np.sum(weights * (target - predicted) ** 2) / np.sum(weights * (target - mean) ** 2)
    )


@dataclass(frozen=True, eq=False)
class Spread:
    """Sigma by household.

    Parameters
    ----------
    survey
        float64[households]: cross-fitted.
    registry
        float64[households].
    differs
        Whether a model of the spread predicted better than one sigma for all.
    floor
        Below which no sigma goes.
    """

    survey: Floats
    registry: Floats
    differs: bool
    floor: float


def fit_spread(
    residual: Floats, features: tuple[Floats, Floats], weights: Floats, fold: Ints
) -> Spread:
    """Sigma of each household from a ridge regression of log squared residuals (Harvey 1976).

    It is scaled so that standardised residuals have mean square 1, and given up for one sigma
    for all where it does not predict held-out residuals better by the normal log likelihood.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = Model("spread", make_pipeline(StandardScaler(), RidgeCV(np.logspace(1, 6, 11))))
    of_survey, of_registry = features
    overall = float(np.sqrt(np.average(residual**2, weights=weights)))
    floor = SIGMA_FLOOR * overall
    target = 2.0 * np.log(np.maximum(np.abs(residual), _SMALLEST_ERROR * overall))

    def scaled(logs: Floats, scale: float) -> Floats:
        return np.maximum(scale * np.exp(0.5 * logs), floor)

    logs = cross_fit(model, of_survey, target, weights, fold)
    scale = float(np.sqrt(np.average(residual**2 / np.exp(logs), weights=weights)))
    scale = _unit_scale(residual, weights, lambda factor: scaled(logs, scale * factor)) * scale
    survey = scaled(logs, scale)
    gain = _log_likelihood(residual, survey) - _log_likelihood(residual, np.float64(overall))
    if float(np.average(gain, weights=weights)) <= 0.0:
        one = np.full(residual.size, overall)
        return Spread(one, np.full(len(of_registry), overall), False, floor)
    predict = model.fit(of_survey, target, weights)
    return Spread(survey, scaled(predict(of_registry), scale), True, floor)


def _unit_scale(residual: Floats, weights: Floats, sigma: Callable[[float], Floats]) -> float:
    """The factor that gives standardised residuals mean square 1, floor and all."""
    from scipy.optimize import brentq

    def excess(factor: float) -> float:
        return float(np.average((residual / sigma(factor)) ** 2, weights=weights)) - 1.0

    return float(brentq(excess, 0.2, 5.0)) if excess(0.2) > 0 > excess(5.0) else 1.0


def _log_likelihood(residual: Floats, sigma: Any) -> Floats:
    return np.asarray(-np.log(sigma) - 0.5 * (residual / sigma) ** 2)
