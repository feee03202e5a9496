"""What rules of all parameters ask of an objective at a place: its Hessian, residuals, a line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.optimisers.method import Method

TOLERANCE = 1e-10
"""How small the residual of a linear system is, as a part of the first, to be solved in floats."""

SAME = 1e-6
"""By what part of its largest terms a gradient may differ from a multiple of Jᵀr by rounding."""

NO_RESIDUALS = "the rule needs the residuals; name their node, residuals='e'"


@dataclass(frozen=True)
class LocalObjective(ABC):
    """An objective at one place of its parameters.

    Attributes
    ----------
    arithmetic
        The kind of number.
    theta, value, gradient
        The parameters as a vector, the objective there, and its gradient.
    """

    arithmetic: Arithmetic
    theta: np.ndarray
    value: Array
    gradient: np.ndarray

    @abstractmethod
    def value_at(self, theta: np.ndarray) -> Array:
        """Return the objective at another place."""

    @abstractmethod
    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient at another place."""

    @abstractmethod
    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return Hv."""

    @abstractmethod
    def residuals_at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return r, of m entries, and its Jacobian, m × n, at a place."""

    @abstractmethod
    def _hessian(self) -> np.ndarray: ...

    @cached_property
    def hessian(self) -> np.ndarray:
        """The Hessian, n × n."""
        return self._hessian()

    @cached_property
    def residuals(self) -> tuple[np.ndarray, np.ndarray]:
        """r, of m entries, and its Jacobian, m × n."""
        return self.residuals_at(self.theta)

    def check_residuals(self, output: str, residuals: str | None) -> None:
        """Raise an error if the objective is not made of the squares of the residuals.

        Its gradient is then one multiple of Jᵀr at all places; two are compared, this one and
        another near it.

        Parameters
        ----------
        output, residuals
            The names of both.

        Raises
        ------
        GraphError
            Naming both.
        """
        gradients, products, sizes = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
        for theta in (self.theta, self.theta + (self.theta + 1) / self.arithmetic.number(8)):
            try:
                slope, (r, J) = self.gradient_at(theta), self.residuals_at(theta)
            except NumericalError:
                if theta is self.theta:
                    raise
                continue  # another place, where something has no value
            r, J = np.asarray(r, float), np.asarray(J, float)
            gradients.append(np.asarray(slope, float))
            products.append(J.T @ r)
            sizes.append(abs(J.T) @ abs(r))
        g, Jr, size = map(np.concatenate, (gradients, products, sizes))
        multiple = max(g @ Jr / (Jr @ Jr), 0) if Jr.any() else 0
        if not (abs(g - multiple * Jr) <= SAME * multiple * size.max()).all():
            raise GraphError(
                f"{output!r} is no multiple of the sum of squares of {residuals!r}: its gradient "
                f"is none of Jᵀr, and the rule goes to the least squares; name as residuals the "
                f"node whose squares {output!r} is made of, or as output a sum of these squares"
            )

    def answer(self, method: Method, name: str, values: Mapping[str, Array]) -> Array:
        """Return what a rule asks for here, given what it knows so far; uphill, of −f."""
        return (self.uphill if method.is_uphill else self)._answer(method, name, values)

    def _answer(self, method: Method, name: str, values: Mapping[str, Array]) -> Array:
        match name:
            case "eta" if method.search is not None:
                return method.search.found(Along(self, np.asarray(values["p"])))
            case "H":
                return self.hessian
            case "I":
                return self.identity
            case "f":
                return self.value
            case "f_trial":
                return self.value_at(np.asarray(values["trial"]))
            case "r":
                return self.residuals[0]
            case "J":
                return self.residuals[1]
            case "q":
                return conjugate_gradients(self, self.gradient)
            case _:
                raise GraphError(f"a rule asks for {name!r}, which no graph has")

    @property
    def uphill(self) -> LocalObjective:
        """The same place of −f."""
        return Uphill(self.arithmetic, self.theta, -self.value, -self.gradient, self)

    @property
    def identity(self) -> np.ndarray:
        """The identity, n × n."""
        whole = np.full((len(self.theta),) * 2, self.arithmetic.number(0))
        whole[np.diag_indices(len(self.theta))] = self.arithmetic.number(1)
        return whole


@dataclass(frozen=True)
class Uphill(LocalObjective):
    """A place of −f, down which one goes to go up f."""

    of: LocalObjective

    def value_at(self, theta: np.ndarray) -> Array:
        """Return −f at another place."""
        return -self.of.value_at(theta)

    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return −g at another place."""
        return -self.of.gradient_at(theta)

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return −Hv."""
        return -self.of.hessian_times(v)

    def _hessian(self) -> np.ndarray:
        return -self.of.hessian

    def residuals_at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # noqa: ARG002
        """Raise an error."""
        raise GraphError("least squares have no maximum; leave ascent out")


@dataclass(frozen=True)
class Along:
    """The objective along a direction from a place: φ(α) = f(θ + αp)."""

    place: LocalObjective
    direction: np.ndarray

    @property
    def arithmetic(self) -> Arithmetic:
        """The kind of number."""
        return self.place.arithmetic

    @property
    def value(self) -> Array:
        """φ(0)."""
        return self.place.value

    @cached_property
    def slope(self) -> Array:
        """φ′(0) = gᵀp."""
        return self.place.gradient @ self.direction

    def at(self, length: Array) -> Array:
        """Return φ(α)."""
        return self.place.value_at(self.place.theta + length * self.direction)

    def slope_at(self, length: Array) -> Array:
        """Return φ′(α)."""
        there = self.place.theta + length * self.direction
        return self.place.gradient_at(there) @ self.direction

    def curvature(self) -> Array:
        """Return φ″(0) = pᵀHp."""
        return self.direction @ self.place.hessian_times(self.direction)


def conjugate_gradients(place: LocalObjective, b: np.ndarray) -> np.ndarray:
    """Return x with Hx = b, by products with H alone.

    It ends where the curvature along a direction is not positive, as in Nocedal and Wright,
    Numerical optimization, 2006, algorithm 7.1; at the first direction it returns b.
    """
    x, r = place.arithmetic.number(0) * b, b
    p, size = r, r @ r
    least = 0 if place.arithmetic is EXACT else TOLERANCE**2 * size
    for _ in range(2 * len(b)):
        if size <= least:
            break
        Hp = place.hessian_times(p)
        curvature = p @ Hp
        if not curvature > 0:
            return x if np.any(x != 0) else b
        alpha = size / curvature
        x, r = x + alpha * p, r - alpha * Hp
        size, before = r @ r, size
        p = r + size / before * p
    return x
