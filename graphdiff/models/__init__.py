"""Perceptrons, multilayer perceptrons and regressions: plain graphs, ready to be swept."""

from graphdiff.models.activations import ACTIVATIONS
from graphdiff.models.approximation import (
    Approximation,
    Errors,
    approximation,
    approximation_errors,
)
from graphdiff.models.boolean import BooleanNetwork, boolean_network
from graphdiff.models.conventions import CONVENTIONS, Convention
from graphdiff.models.gates import GATES, gate
from graphdiff.models.initialisers import INITIALISERS
from graphdiff.models.losses import LOSSES
from graphdiff.models.mlp import MLP, mlp
from graphdiff.models.perceptron import Threshold, perceptron
from graphdiff.models.regression import (
    linear_regression,
    logistic_regression,
    softmax_regression,
)
from graphdiff.models.separability import Separation, separation
from graphdiff.models.truth import TruthTable

__all__ = [
    "ACTIVATIONS",
    "CONVENTIONS",
    "GATES",
    "INITIALISERS",
    "LOSSES",
    "MLP",
    "Approximation",
    "BooleanNetwork",
    "Convention",
    "Errors",
    "Separation",
    "Threshold",
    "TruthTable",
    "approximation",
    "approximation_errors",
    "boolean_network",
    "gate",
    "linear_regression",
    "logistic_regression",
    "mlp",
    "perceptron",
    "separation",
    "softmax_regression",
]
