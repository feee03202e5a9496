"""Whether one perceptron computes a Boolean function, decided by linear programming.

Either there are weights, or Gordan's theorem gives a certificate that there are none: multipliers
λ ≥ 0, not all 0, with Σ λ_i s_i (x_i, 1) = 0, where s_i is 1 for rows that are true and −1 for the
others. The true points and the false ones then have a weighted mean in common, and no hyperplane
lies between. Both are made exact and verified exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, NumericalError
from graphdiff.models.conventions import Convention, convention
from graphdiff.models.perceptron import Threshold, perceptron
from graphdiff.models.truth import Truths, rows, truths_of

MAX_INPUTS = 8
MAX_DENOMINATOR = 1000

NOTHING = 1e-9
"""A multiplier that is not larger is 0."""


@dataclass(frozen=True, repr=False)
class Separation:
    """Whether a Boolean function is linearly separable, and why.

    Attributes
    ----------
    truths
        The function, as the column of its truth table.
    convention
        How truth is written.
    weights, bias
        Of a perceptron that computes it, whole numbers; None if there is none.
    multipliers
        λ_i for each point, whole numbers, if there is no perceptron; else None.
    points
        The points x_i: the rows of the truth table, or those that were given.
    """

    truths: Truths
    convention: Convention
    points: tuple[tuple[Any, ...], ...]
    weights: tuple[int, ...] | None = None
    bias: int | None = None
    multipliers: tuple[int, ...] | None = None

    @property
    def is_separable(self) -> bool:
        """Whether one perceptron computes it."""
        return self.weights is not None

    def perceptron(self) -> Threshold:
        """Return the perceptron that computes it.

        Raises
        ------
        GraphError
            If there is none, with the reason.
        """
        if self.weights is None:
            raise GraphError(f"no perceptron computes this function: {self}")
        return perceptron(
            len(self.weights), self.convention.activation, self.weights, self.bias or 0
        )

    def __str__(self) -> str:
        if self.weights is not None:
            terms = " + ".join(f"{w}*x_{k}" for k, w in enumerate(self.weights, 1))
            return f"separable: net = {terms} + {self.bias}".replace("+ -", "- ")
        true, false = (self._sum(truth) for truth in (True, False))
        return f"not separable: {true} = {false}, sums of true points and of as many false ones"

    def __repr__(self) -> str:
        return str(self)

    def _sum(self, truth: bool) -> str:
        terms = []
        for point, value, factor in zip(
            self.points, self.truths, self.multipliers or (), strict=True
        ):
            if factor and value == truth:
                shown = f"({', '.join(map(str, point))})"
                terms.append(shown if factor == 1 else f"{factor}*{shown}")
        return " + ".join(terms)


def separation(table: Any, convention: str = "binary") -> Separation:
    """Return weights of a perceptron that computes a Boolean function, or why there are none.

    Parameters
    ----------
    table
        The 2ⁿ outputs, that of 0…0 first and the last input fastest; a truth table; or a Python
        function of n truths.
    convention
        ``"binary"`` or ``"bipolar"``: what inputs and outputs are.

    Raises
    ------
    GraphError
        For what is no truth table, or one of more than 8 inputs.

    Examples
    --------
    >>> import graphdiff as gd
    >>> print(gd.models.separation([0, 0, 0, 1]))
    separable: net = 2*x_1 + 2*x_2 - 3
    >>> print(gd.models.separation([0, 1, 1, 0]))
    not separable: (0, 1) + (1, 0) = (0, 0) + (1, 1), sums of true points and of as many false ones
    """
    truths, of = truths_of(table), _convention(convention)
    if len(truths) > 2**MAX_INPUTS:
        raise GraphError(
            f"the function has {len(truths).bit_length() - 1} inputs; it is decided for at most "
            f"{MAX_INPUTS}"
        )
    return of_points(tuple(_points(len(truths), of)), truths, of)


def of_points(
    points: Sequence[tuple[Any, ...]], truths: Truths, convention: Convention
) -> Separation:
    """Return whether a hyperplane has the points that are true on one side, and the others not.

    Parameters
    ----------
    points
        Rational numbers.
    """
    signed = [
        [Fraction(1 if truth else -1) * Fraction(entry) for entry in (*point, 1)]
        for truth, point in zip(truths, points, strict=True)
    ]
    if found := _weights(signed):
        return Separation(truths, convention, tuple(points), found[:-1], found[-1])
    return Separation(truths, convention, tuple(points), multipliers=_multipliers(signed))


_convention = convention


def _points(count: int, of: Convention) -> Iterator[tuple[int, ...]]:
    for row in rows(count.bit_length() - 1):
        yield tuple(of.written(truth) for truth in row)


def _weights(signed: Sequence[Sequence[Fraction]]) -> tuple[int, ...] | None:
    """Return the smallest v, by Σ abs(v_k), with s_i (x_i, 1)·v ≥ 1 for all rows, made whole."""
    from scipy.optimize import linprog

    A = np.array(signed, dtype=float)
    halves = np.hstack([A, -A])
    found = linprog(np.ones(halves.shape[1]), -halves, -np.ones(len(A)), method="highs")
    if found.status == 2:  # infeasible
        return None
    exact = [Fraction(float(x)) for x in found.x[: A.shape[1]] - found.x[A.shape[1] :]]
    rounded = [entry.limit_denominator(MAX_DENOMINATOR) for entry in exact]
    for v in (_whole(rounded), _whole(exact)):
        if all(sum(a * b for a, b in zip(row, v, strict=True)) > 0 for row in signed):
            return v
    _verify(False)
    return None


def _multipliers(signed: Sequence[Sequence[Fraction]]) -> tuple[int, ...]:
    """Return whole λ ≥ 0, not all 0, with Σ λ_i s_i (x_i, 1) = 0; few of them.

    The linear program says which are not 0; they solve a linear system, up to a factor.
    """
    from scipy.optimize import linprog

    A = np.array(signed, dtype=float)
    equalities = np.vstack([A.T, np.ones(len(A))])
    right = np.append(np.zeros(A.shape[1]), 1.0)
    found = linprog(np.arange(len(A)) + 1.0, A_eq=equalities, b_eq=right, method="highs")
    _verify(found.status == 0)
    used = [i for i, x in enumerate(found.x) if x > NOTHING]
    columns = sp.Matrix([[sp.Rational(*x.as_integer_ratio()) for x in signed[i]] for i in used]).T
    (kernel,) = columns.nullspace()
    factors = [Fraction(0)] * len(signed)
    for i, entry in zip(used, kernel / sum(kernel), strict=True):
        factors[i] = Fraction(int(entry.p), int(entry.q))
    _verify(min(factors) >= 0)
    return _whole(factors)


def _whole(exact: Sequence[Fraction]) -> tuple[int, ...]:
    """Return numbers as whole ones, multiplied by their common denominator."""
    common = math.lcm(*(value.denominator for value in exact))
    return tuple(int(value * common) for value in exact)


def _verify(holds: Any) -> None:
    if not holds:
        raise NumericalError(
            "the linear program's solution does not hold exactly; this is a defect"
        )
