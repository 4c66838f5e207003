"""What turns a registry without consumption, and a survey without names, into one basis.

Currently implemented:

- ``predict_consumption``: consumption and sigma for the registry, learnt from the survey.
"""

from povtarget.registry.error_model import ErrorModel
from povtarget.registry.prediction import Prediction, predict_consumption

__all__ = ["ErrorModel", "Prediction", "predict_consumption"]
