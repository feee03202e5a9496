"""Learning: methods of descent, step by step and in training, on any graph."""

from graphdiff.learning.methods import (
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    gradient_descent,
    momentum,
    momentum_of_means,
    momentum_of_steps,
    nadam,
    nadam_scheduled,
    nesterov,
    nesterov_ahead,
    rmsprop,
)
from graphdiff.learning.trace import State, Trace, minimise
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.schedules import (
    Schedule,
    cosine,
    exponential_decay,
    inverse_time_decay,
    step_decay,
    warm_up,
)

__all__ = [
    "Method",
    "Schedule",
    "State",
    "Trace",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "cosine",
    "exponential_decay",
    "gradient_descent",
    "inverse_time_decay",
    "minimise",
    "momentum",
    "momentum_of_means",
    "momentum_of_steps",
    "nadam",
    "nadam_scheduled",
    "nesterov",
    "nesterov_ahead",
    "rmsprop",
    "step_decay",
    "warm_up",
]
