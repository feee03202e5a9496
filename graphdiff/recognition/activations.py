"""Activations: functions of one number, recognised by their values.

A sigmoid is one whether it was written ``sigmoid(z)`` or ``1/(1 + exp(-z))``, or spread over
five nodes. What is compared are numbers at a few points; the function itself, as it was
written, is what is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from graphdiff.errors import GraphdiffError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.language import functions
from graphdiff.language.expression import Apply, Constant, Expression, in_order
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.local_functions.pullback import Placeholder

NET = Placeholder(0, ())
"""The weighted sum, as the argument of an activation."""

USUAL = (
    "sigmoid", "tanh", "relu", "step", "sign", "softplus", "swish", "gelu", "erf", "atan",
    "leaky_relu", "elu",
)  # fmt: skip
"""Functions of the catalogue that are activations."""

POINTS = np.array([-7.3, -3.1, -1.7, -0.9, -0.4, -1e-6, 0.0, 1e-6, 0.3, 0.8, 1.6, 2.9, 6.7])
MIDDLE = 6
"""The index of 0 among the points."""
MAX_LINES = 200
"""Longer formulas are not compared with anything."""


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation φ of a weighted sum.

    Attributes
    ----------
    name
        What it is called: a name of the catalogue, ``identity``, ``softmax``, or ``φ``.
    expression
        The function of :data:`NET` as it was written; None for a softmax, which is no function
        of one number.
    usual
        Whether it is one that is known as an activation.
    named
        Whether it is one function of the catalogue that has a value everywhere.
    """

    name: str
    expression: Expression | None
    usual: bool
    named: bool = False

    @property
    def is_identity(self) -> bool:
        """Whether the weighted sum is the output."""
        return self.name == "identity"

    @cached_property
    def jump(self) -> tuple[float, float, float] | None:
        """The values below, at and above 0 of a function that is a step there; else None."""
        return None if self.expression is None else _jump(values(self.expression, POINTS))

    @property
    def described(self) -> str:
        """The name, of a step with its two values and where each holds."""
        if self.jump is None:
            return self.name
        low, at, high = (f"{value:g}".replace("-", "\N{MINUS SIGN}") for value in self.jump)
        if at in (low, high):
            return f"{high} if net {'≥' if at == high else '>'} 0, else {low}"
        return f"{low}, {at}, {high} by the sign of net"

    def at(self, net: np.ndarray) -> np.ndarray:
        """Return its values; a softmax has none."""
        if self.expression is None:
            return np.full(np.shape(net), np.nan)
        return values(self.expression, np.asarray(net, float))

    def slope(self, net: float) -> float:
        """Return its derivative, at a kink the one that is declared; NaN where it has none."""
        return float(self.slopes(np.asarray(net, float)))

    def slopes(self, net: np.ndarray) -> np.ndarray:
        """Return the values of its derivative; NaN where it has none, as a softmax."""
        if self.expression is None:
            return np.full(np.shape(net), np.nan)
        return values(self.expression, np.asarray(net, float), derived=True)


def identity() -> Activation:
    """Return the activation that does nothing."""
    return Activation("identity", NET, usual=True)


SOFTMAX = Activation("softmax", None, usual=True)


def recognised(expression: Expression) -> Activation:
    """Return the activation that an expression of :data:`NET` is."""
    if expression is NET:
        return identity()
    if isinstance(expression, Apply) and isinstance(expression.function, Function):
        first, *rest = expression.arguments
        plain = first is NET and all(isinstance(part, Constant) for part in rest)
        function = expression.function
        own = functions.CATALOGUE.get(function.name) is not function
        if plain and (function.name in USUAL or own):
            return Activation(function.name, expression, usual=True)
    if sum(1 for _ in in_order(expression)) > MAX_LINES:
        return Activation("φ", expression, usual=False)
    found = values(expression, POINTS)
    if np.isfinite(found).all():
        if _jump(found) is not None:
            return Activation("step", expression, usual=True)
        for name, known in _known().items():
            if np.allclose(found, known, rtol=1e-9, atol=1e-12):
                return Activation(name, expression, usual=True)
    if not isinstance(expression, Apply) or expression.function.operator is not None:
        return Activation("φ", expression, usual=False)
    arguments = expression.arguments
    if arguments[0] is not NET:
        return Activation("φ", expression, usual=False)
    named = len(arguments) == 1 and bool(np.isfinite(found).all())
    return Activation(expression.function.name, expression, usual=False, named=named)


def _jump(found: np.ndarray) -> tuple[float, float, float] | None:
    below, at, above = found[:MIDDLE], found[MIDDLE], found[MIDDLE + 1 :]
    if (below == below[0]).all() and (above == above[0]).all() and below[0] != above[0]:
        return float(below[0]), float(at), float(above[0])
    return None


@lru_cache(maxsize=1)
def _known() -> Mapping[str, np.ndarray]:
    known = {"identity": POINTS}
    for name in USUAL:
        function = functions.NAMED[name]
        arguments = (NET, *(Constant(default) for default in function.defaults))
        known[name] = values(Apply(function, arguments), POINTS)
    return known


def values(expression: Expression, net: np.ndarray, *, derived: bool = False) -> np.ndarray:
    """Return a function of :data:`NET`, or its derivative, at numbers; NaN where it has none."""
    program, parents = localise(expression, written=False)
    function = LocalFunction(program, len(parents), ((),) * len(parents))
    try:
        with FLOAT64.guard():
            given = [np.asarray(net, float)] * len(parents)
            if derived:
                slots = range(len(parents))
                found = sum((FLOAT64.partial(function, k)(*given) for k in slots), np.zeros(()))
            else:
                found = value_of(FLOAT64, function, given)
    except GraphdiffError:
        return np.full(np.shape(net), np.nan)
    return np.broadcast_to(np.asarray(found, float), np.shape(net))
