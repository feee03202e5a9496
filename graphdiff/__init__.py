"""graphdiff: a symbolic autodiff and computational-graph explorer.

Public names are loaded when first used, so that ``graphdiff --help`` does not wait for
SymPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "Graph": "graphdiff.workbench",
    "load": "graphdiff.workbench",
    "Node": "graphdiff.graph",
    "Run": "graphdiff.evaluation.run",
    "Notation": "graphdiff.notation.notation",
    "Operation": "graphdiff.language.expression",
    "pi": "graphdiff.language.expression",
    "GraphdiffError": "graphdiff.errors",
    "faults": "graphdiff.checking",
    "plot_activation": "graphdiff.drawing.plots.activation",
}
_ROOMS = ("grading", "models", "exercises", "learning")
_OPERATIONS = (
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "erf", "erfc",
    "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "atan2",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "abs", "sign", "step", "max", "min", "clip",
    "floor", "ceil", "round", "floor_divide", "mod",
    "sigmoid", "softplus", "logaddexp", "swish", "gelu", "relu", "leaky_relu", "elu", "selu",
    "mish", "softsign", "hardtanh",
    "ln", "arcsin", "arccos", "arctan", "arctan2", "logistic", "silu", "where", "xlogy",
)  # fmt: skip
_TENSORS = (
    "sum", "mean", "var", "std", "norm", "cumsum", "prod", "cumprod", "prod_of_others",
    "linear_scan",
    "matmul", "dot", "outer", "kron", "trace", "diag", "einsum",
    "inv", "det", "adj", "logdet", "solve", "cholesky", "matrix_power",
    "transpose", "reshape", "broadcast_to", "concatenate", "stack",
    "flip", "tril", "triu", "vec", "pad", "scatter",
    "eye", "ones", "zeros", "softmax", "log_softmax", "logsumexp", "layer_norm", "batch_norm",
    "squared_error", "mse", "absolute_error", "huber", "hinge",
    "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "cross_entropy", "cross_entropy_with_logits",
    "conv1d", "conv2d", "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d",
)  # fmt: skip

__all__ = [*_WHERE, *_OPERATIONS, *_TENSORS, "function", *_ROOMS]  # pyright: ignore[reportUnsupportedDunderAll]

if TYPE_CHECKING:
    from graphdiff import exercises as exercises
    from graphdiff import grading as grading
    from graphdiff import learning as learning
    from graphdiff import models as models
    from graphdiff.checking import faults as faults
    from graphdiff.drawing.plots.activation import plot_activation as plot_activation
    from graphdiff.errors import GraphdiffError as GraphdiffError
    from graphdiff.evaluation.run import Run as Run
    from graphdiff.graph import Node as Node
    from graphdiff.language.expression import Operation as Operation
    from graphdiff.language.expression import pi as pi
    from graphdiff.notation.notation import Notation as Notation
    from graphdiff.workbench import Graph as Graph
    from graphdiff.workbench import load as load


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        found = getattr(importlib.import_module(_WHERE[name]), name)
    elif name in _ROOMS:
        found = importlib.import_module(f"graphdiff.{name}")
    elif name in _OPERATIONS:
        found = importlib.import_module("graphdiff.language.expression").operation(name)
    elif name in _TENSORS:
        found = getattr(importlib.import_module("graphdiff.language.tensors"), name)
    else:
        from graphdiff.language.unavailable import ADVICE

        problem = f"module 'graphdiff' has no attribute {name!r}"
        raise AttributeError(f"{problem}: {ADVICE[name]}" if name in ADVICE else problem)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def function(name: str, formula: Any, **options: Any) -> Operation:
    r"""Declare a function of your own from a SymPy formula.

    Parameters
    ----------
    name
        Its name in formulas.
    formula
        A callable from SymPy expressions to one, or a SymPy expression. Write kinks as
        ``Piecewise`` with the value there stated.
    arguments
        The symbols of a SymPy expression, in order; may be left out when there is one.
    derivative
        The derivative to show, as a callable, or one for each argument. Left out, SymPy
        derives it.
    kernel
        A NumPy function, where the formula is not stable in float64.
    domain
        For each argument the interval :func:`graphdiff.testing.check_function` samples.
    kinks
        Points without a derivative, with the value declared there: ``{0: 0}``.
    latex
        A template such as ``r"\operatorname{cube}\left({0}\right)"``, with commands of
        mathematics only.

    Returns
    -------
    Operation
        To be called on nodes.

    Raises
    ------
    GraphError
        For a name that is taken, a formula with symbols that are not its arguments, or LaTeX
        that is no formula.
    DerivationError
        If SymPy cannot derive it.

    Examples
    --------
    >>> import graphdiff as gd
    >>> cube = gd.function("cube", lambda t: t**3)
    >>> g = gd.Graph()
    >>> z = g.node("z", cube(g.input("x", 2)))
    >>> g.backward(z).P["x"], g.local_jacobian("x", "z")
    (12.0, 3*x**2)
    """
    from graphdiff.errors import GraphError
    from graphdiff.language.expression import Operation
    from graphdiff.language.functions.user_function import declared

    if name in _TENSORS:
        raise GraphError(f"there is a function {name!r} already; choose another name")
    return Operation(declared(name, formula, **options))
