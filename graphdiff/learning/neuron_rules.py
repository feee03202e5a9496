"""Rules of one neuron, row by row: Rosenblatt's, and the delta rule of Widrow and Hoff.

Both change a parameter θ by the error at one row, times the slope of what has the error::

    Rosenblatt:  θ ← θ + η (t − o) ∂net/∂θ      o = φ(net), a threshold
    delta:       θ ← θ + η (t − s) ∂s/∂θ        s = o, or net where φ is a threshold

A threshold has no slope, so the delta rule leads net to −1 and 1 there, as Adaline does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.run import run_backward, run_forward
from graphdiff.graph import Node
from graphdiff.language import quantity
from graphdiff.learning.lessons import Lesson, Visit
from graphdiff.models.perceptron import Threshold
from graphdiff.models.separability import Separation, of_points
from graphdiff.optimisers.rule import Setting

MOST_VISITS = 100_000
"""Rows looked at in one training, all epochs together."""

MOST_POINTS = 1000
"""Rows of which it is decided whether a perceptron can have them all right."""

HALF = sp.Rational(1, 2)
"""Where φ is no threshold, a row is right whose output is nearer than this to its target."""

RATE = Setting("learning_rate", "eta", "1")


def rosenblatt(
    neuron: Threshold,
    X: Any,
    y: Any,
    *,
    learning_rate: Any = 1,
    epochs: int = 100,
    exact: bool = True,
) -> Lesson:
    """Train a perceptron by Rosenblatt's rule, row by row, until all rows are right.

    θ ← θ + η (t − o) ∂net/∂θ: w_k ← w_k + η (t − o) x_k and b ← b + η (t − o).

    Parameters
    ----------
    neuron
        A perceptron with a threshold, which says what happens at net = 0: ``"step"`` and
        ``"bipolar_step"`` are true where net ≥ 0, ``"strict_step"`` and ``"bipolar"`` where
        net > 0.
    X, y
        The rows, (m, n), in the order they are shown, and their targets in the values of the
        threshold, (m,).
    learning_rate
        η.
    epochs
        How many times all rows are shown at most.
    exact
        Whether to compute with exact numbers, so that net is 0 where it should be.

    Returns
    -------
    Lesson
        Every row with its numbers. Where the epochs end with rows wrong it says why no perceptron
        has them all right, if so.

    Raises
    ------
    GraphError
        For what is no perceptron with a threshold, rows that do not fit, or targets it cannot
        put out.

    References
    ----------
    Rosenblatt, The perceptron, Psychological Review 65, 1958; Novikoff, On convergence proofs on
    perceptrons, 1962, shows that it ends where the rows can be separated.

    Examples
    --------
    >>> import graphdiff as gd
    >>> rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> lesson = rosenblatt(gd.models.perceptron(2), rows, [0, 0, 0, 1])
    >>> lesson.values, lesson.verdict
    ({'w_1': 2, 'w_2': 1, 'b': -3}, 'after 5 epochs all 4 rows are right')
    """
    neuron = _perceptron(neuron)
    if neuron.convention is None:
        raise GraphError(
            f"Rosenblatt's rule needs a threshold, and {neuron.output.name} is "
            f"{neuron.output.formula}; give the perceptron activation='step', or take delta_rule"
        )
    teaching = _Teaching(
        neuron, "Rosenblatt's rule", RATE.checked(learning_rate), exact, neuron.output
    )
    return teaching.taught(*_rows(neuron, X, y), epochs)


def delta_rule(
    neuron: Threshold,
    X: Any,
    y: Any,
    *,
    learning_rate: Any = 0.1,
    epochs: int = 100,
    exact: bool = False,
) -> Lesson:
    """Train a perceptron by the delta rule, row by row, until all rows are right.

    θ ← θ + η (t − s) ∂s/∂θ, gradient descent of ½(t − s)² at one row. s is the output o; where
    that is a threshold, it is net, and is led to −1 for false and 1 for true.

    Parameters and errors as for :func:`rosenblatt`; any activation may be had. A row is right
    where a threshold puts out its target, else where o is less than ½ off.

    References
    ----------
    Widrow and Hoff, Adaptive switching circuits, 1960.

    Examples
    --------
    >>> import graphdiff as gd
    >>> rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> lesson = delta_rule(gd.models.perceptron(2, "sigmoid"), rows, [0, 1, 1, 1], learning_rate=2)
    >>> lesson.verdict
    'after 10 epochs all 4 rows are right'
    """
    neuron = _perceptron(neuron)
    of = neuron.output if neuron.convention is None else neuron["net"]
    teaching = _Teaching(neuron, "The delta rule", RATE.checked(learning_rate), exact, of)
    return teaching.taught(*_rows(neuron, X, y), epochs)


@dataclass(frozen=True)
class _Teaching:
    """A neuron, the rule it is taught by, and the node that the error is of."""

    neuron: Threshold
    title: str
    rate: sp.Expr
    exact: bool
    of: Node

    def _number(self, given: Any) -> Any:
        return quantity.exact(given) if self.exact else float(given)

    @property
    def sloped(self) -> Node:
        """The node whose slope is taken: a threshold's net, for it has none itself."""
        return self.of if self.neuron.convention is None else self.neuron["net"]

    def taught(self, X: Sequence[Sequence[Any]], y: Sequence[Any], epochs: Any) -> Lesson:
        whole = isinstance(epochs, int) and not isinstance(epochs, bool)
        if not whole or not 0 <= epochs * len(X) <= MOST_VISITS:
            raise GraphError(
                f"epochs is {epochs!r:.40}, of {len(X)} rows each; give a whole number, with at "
                f"most {MOST_VISITS} rows in all"
            )
        number = self._number
        values = {p.name: number(0 if p.value is None else p.value) for p in self.neuron.parameters}
        rows = [(tuple(map(number, x)), number(t)) for x, t in zip(X, y, strict=True)]
        visits, seen, repeats = list[Visit](), {tuple(values.values()): 0}, None
        wrong = self._wrong(rows, values)
        for epoch in range(1, epochs + 1):
            if not wrong:
                break
            for row, (x, t) in enumerate(rows, 1):
                visits.append(self._visited(epoch, row, x, t, values))
                values = dict(visits[-1].values)
            wrong = self._wrong(rows, values)
            if wrong and (repeats := seen.setdefault(tuple(values.values()), epoch)) != epoch:
                break
            repeats = None
        separation = self._separation(X, y) if wrong else None
        return Lesson(
            self.neuron, self.title, number(self.rate), self.of.name, self.sloped.name,
            tuple(visits), wrong, len(rows), repeats, separation,
        )  # fmt: skip

    def _at(self, x: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
        return {**dict(zip((n.name for n in self.neuron.inputs), x, strict=True)), **values}

    def _visited(
        self, epoch: int, row: int, x: Sequence[Any], t: Any, values: Mapping[str, Any]
    ) -> Visit:
        at = self._at(x, values)
        run = run_forward(self.neuron, at, exact=self.exact)
        net, output = run.value["net"], run.value[self.neuron.output.name]
        aim = self._aim(t)
        error = aim - run.value[self.of.name]
        slopes = dict[str, Any]()
        if error != 0:
            nodes = self.neuron.parameters
            found = run_backward(self.neuron, self.sloped, at, wrt=nodes, exact=self.exact)
            slopes = {name: found.gradient[name] for name in values}
        rate = self._number(self.rate)
        after = {name: old + rate * error * slopes.get(name, 0) for name, old in values.items()}
        inputs = {node.name: at[node.name] for node in self.neuron.inputs}
        return Visit(epoch, row, inputs, aim, net, output, error, slopes, dict(values), after)

    def _aim(self, t: Any) -> Any:
        """Return what the node that has the error is led to."""
        convention = self.neuron.convention
        if convention is None or self.of is not self.sloped:
            return t
        return self._number(1 if t == convention.true else -1)

    def _wrong(
        self, rows: Sequence[tuple[Sequence[Any], Any]], values: Mapping[str, Any]
    ) -> tuple[int, ...]:
        def is_right(x: Sequence[Any], t: Any) -> bool:
            run = run_forward(self.neuron, self._at(x, values), exact=self.exact)
            off = abs(run.value[self.neuron.output.name] - t)
            return bool(off == 0 if self.neuron.convention is not None else off < HALF)

        return tuple(row for row, (x, t) in enumerate(rows, 1) if not is_right(x, t))

    def _separation(self, X: Sequence[Sequence[Any]], y: Sequence[Any]) -> Separation | None:
        convention = self.neuron.convention
        if convention is None or len(X) > MOST_POINTS:
            return None
        points = [tuple(Fraction(int(e.p), int(e.q)) for e in x) for x in X]
        return of_points(points, tuple(t == convention.true for t in y), convention)


def _perceptron(given: Any) -> Threshold:
    names = {node.name for node in given} if isinstance(given, Threshold) else set[str]()
    inputs = len(given.inputs) if names else 0
    if "net" not in names or names - {"o"} != {
        "net", "b", *(f"{letter}_{k + 1}" for k in range(inputs) for letter in "xw")
    }:  # fmt: skip
        raise GraphError(
            "the rule teaches one perceptron; give one, such as gd.models.perceptron(2)"
        )
    return given


def _rows(neuron: Threshold, X: Any, y: Any) -> tuple[list[list[sp.Expr]], list[sp.Expr]]:
    """Return rows and targets as exact numbers."""
    n = len(neuron.inputs)
    shape = np.shape(X)
    if len(shape) != 2 or shape[1] != n or not shape[0]:
        raise GraphError(
            f"X has shape {shape}; give a row of {n} number{'s' * (n != 1)} for each example"
        )
    if np.shape(y) != shape[:1]:
        raise GraphError(
            f"X has {shape[0]} rows and y has shape {np.shape(y)}; give a target for each row"
        )
    rows = [[_exact(x, f"row {k} of X") for x in row] for k, row in enumerate(X, 1)]
    targets = [_exact(t, f"target {k}") for k, t in enumerate(y, 1)]
    if neuron.convention is not None:
        for k, t in enumerate(targets, 1):
            neuron.convention.read(t, f"target {k}")
    return rows, targets


def _exact(number: Any, what: str) -> sp.Expr:
    plain = number.item() if isinstance(number, np.generic) else number
    found = quantity.exact(int(plain) if isinstance(plain, bool) else plain, what)
    if not found.is_Rational:
        raise GraphError(f"{what} has {number!s:.40}; give numbers")
    return found
