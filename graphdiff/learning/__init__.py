"""Learning: methods of descent, step by step and in training, on any graph."""

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graphdiff.errors import GraphError
from graphdiff.learning import landscapes
from graphdiff.learning.augmentation import flipped, noisy, rotated, scaled, shifted
from graphdiff.learning.callbacks import early_stopping
from graphdiff.learning.dropout import dropout_masks, with_dropout
from graphdiff.learning.fitting import fit
from graphdiff.learning.history import Epoch, History, Training
from graphdiff.learning.lessons import Lesson, Visit
from graphdiff.learning.methods import (
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    bfgs,
    fletcher_reeves,
    gauss_newton,
    gradient_descent,
    hessian_free,
    lbfgs,
    levenberg_marquardt,
    momentum,
    momentum_of_means,
    momentum_of_steps,
    nadam,
    nadam_scheduled,
    nesterov,
    nesterov_ahead,
    newton,
    polak_ribiere,
    rmsprop,
    steepest_descent,
)
from graphdiff.learning.neuron_rules import delta_rule, rosenblatt
from graphdiff.learning.objectives import (
    regularised,
    smoothed_labels,
    with_smoothed_labels,
)
from graphdiff.learning.predicting import predict
from graphdiff.learning.racing import Race, race
from graphdiff.learning.signals import Signals, layer_signals
from graphdiff.learning.states import State
from graphdiff.learning.trace import Trace, minimise
from graphdiff.optimisers.line_search import LineSearch, backtracking, exact_step, wolfe
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import meant_by
from graphdiff.optimisers.schedules import (
    Schedule,
    cosine,
    cosine_restarts,
    exponential_decay,
    inverse_time_decay,
    reduce_on_plateau,
    step_decay,
    warm_up,
)

if TYPE_CHECKING:
    from graphdiff.learning.estimators import GraphClassifier as GraphClassifier
    from graphdiff.learning.estimators import GraphRegressor as GraphRegressor
    from graphdiff.learning.training_page import report as report
    from graphdiff.learning.weight_images import plot_weights as plot_weights

_DRAWING = {
    "plot_weights": "graphdiff.learning.weight_images",
    "report": "graphdiff.learning.training_page",
}
"""What draws, and so is imported when it is asked for."""
_ESTIMATORS = ("GraphClassifier", "GraphRegressor")

__all__ = [
    "Epoch",
    "History",
    "Lesson",
    "LineSearch",
    "Method",
    "Race",
    "Schedule",
    "Signals",
    "State",
    "Trace",
    "Training",
    "Visit",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "backtracking",
    "bfgs",
    "cosine",
    "cosine_restarts",
    "delta_rule",
    "dropout_masks",
    "early_stopping",
    "exact_step",
    "exponential_decay",
    "fit",
    "fletcher_reeves",
    "flipped",
    "gauss_newton",
    "gradient_descent",
    "hessian_free",
    "inverse_time_decay",
    "landscapes",
    "layer_signals",
    "lbfgs",
    "levenberg_marquardt",
    "minimise",
    "momentum",
    "momentum_of_means",
    "momentum_of_steps",
    "nadam",
    "nadam_scheduled",
    "nesterov",
    "nesterov_ahead",
    "newton",
    "noisy",
    "plot_weights",
    "polak_ribiere",
    "predict",
    "race",
    "reduce_on_plateau",
    "regularised",
    "report",
    "rmsprop",
    "rosenblatt",
    "rotated",
    "scaled",
    "shifted",
    "smoothed_labels",
    "steepest_descent",
    "step_decay",
    "warm_up",
    "with_dropout",
    "with_smoothed_labels",
    "wolfe",
]


def __getattr__(name: str) -> Any:
    if name in _DRAWING:
        return getattr(import_module(_DRAWING[name]), name)
    if name not in _ESTIMATORS:
        meant = meant_by(name)
        near = meant if meant in __all__ else "".join(get_close_matches(meant, __all__, 1))
        advice = f"; did you mean {near!r}?" if near else ""
        raise AttributeError(f"module 'graphdiff.learning' has no attribute {name!r}{advice}")
    try:
        from graphdiff.learning import estimators
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sklearn":
            raise
        raise GraphError(
            f"{name} needs scikit-learn, which is not installed; install the extra sklearn: "
            "pip install 'graphdiff-explorer[sklearn]'"
        ) from None
    return getattr(estimators, name)
