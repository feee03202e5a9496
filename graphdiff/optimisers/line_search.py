"""Line searches: how far to go along a direction p."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.language import quantity
from graphdiff.notation import text

MOST_HALVINGS = 60
"""Lengths a search tries before it gives up."""


class Line(Protocol):
    """The objective along a direction, φ(α) = f(θ + αp), at a place.

    Attributes
    ----------
    arithmetic
        The kind of number.
    value, slope
        φ(0) and φ′(0) = gᵀp.
    """

    @property
    def arithmetic(self) -> Arithmetic: ...  # noqa: D102 - see above

    @property
    def value(self) -> Array: ...  # noqa: D102

    @property
    def slope(self) -> Array: ...  # noqa: D102

    def at(self, length: Array) -> Array:
        """Return φ(α)."""
        ...

    def slope_at(self, length: Array) -> Array:
        """Return φ′(α)."""
        ...

    def curvature(self) -> Array:
        """Return φ″(0) = pᵀHp."""
        ...


@dataclass(frozen=True, repr=False)
class LineSearch:
    """A line search.

    Attributes
    ----------
    name
        What it is called.
    numbers
        Its numbers by letter.
    formula
        What the length fulfils, in LaTeX.
    length
        Finds it, given the line and the numbers in its arithmetic.
    """

    name: str
    numbers: dict[str, sp.Expr]
    formula: str
    length: Callable[[Line, dict[str, Array]], Array]

    def __repr__(self) -> str:
        shown = (f"{name}={text.number(float(x))}" for name, x in self.numbers.items())
        return f"{self.name}({', '.join(shown)})"

    def found(self, line: Line) -> Array:
        """Return the length α > 0 of the step; 0 where the slope is 0, as at a minimum.

        Raises
        ------
        NumericalError
            If the direction leads uphill, or no length is found.
        """
        if line.slope == 0:
            return line.arithmetic.number(0)
        if not line.slope < 0:
            raise NumericalError(
                f"the direction leads uphill: its slope is {text.number(line.slope)}; "
                "damp the Hessian, or take another method"
            )
        return self.length(line, {k: line.arithmetic.number(x) for k, x in self.numbers.items()})


def backtracking(start: Any = 1, decrease: Any = 1e-4, factor: Any = 0.5) -> LineSearch:
    """Return the search of Armijo: α is shortened until φ(α) ≤ φ(0) + c α φ′(0).

    Parameters
    ----------
    start
        The length tried first.
    decrease
        c of (0, 1), the part of the slope that is asked for.
    factor
        What a length that is too long is multiplied by, of (0, 1).
    """
    numbers = {
        "alpha": _between("the first length", start, sp.oo),
        "c": _between("the decrease", decrease, 1),
        "tau": _between("the factor", factor, 1),
    }
    return LineSearch("backtracking", numbers, _ARMIJO, _backtracked)


def exact_step() -> LineSearch:
    """Return the length that minimises the quadratic with this slope and curvature.

    α = −gᵀp / pᵀHp, which is exact where the objective is quadratic.
    """
    return LineSearch("exact_step", {}, r"\eta = -\frac{g^{\top} p}{p^{\top} H p}", _of_quadratic)


def wolfe(decrease: Any = 1e-4, curvature: Any = 0.9) -> LineSearch:
    r"""Return SciPy's search for a length that fulfils the strong conditions of Wolfe.

    φ(α) ≤ φ(0) + c₁ α φ′(0), and \|φ′(α)\| ≤ c₂ \|φ′(0)\|; in floating point.

    Parameters
    ----------
    decrease, curvature
        c₁ and c₂, 0 < c₁ < c₂ < 1; 0.1 is usual for c₂ with conjugate gradients.
    """
    numbers = {
        "c_1": _between("the decrease", decrease, 1),
        "c_2": _between("the curvature", curvature, 1),
    }
    if not numbers["c_1"] < numbers["c_2"]:
        raise GraphError(f"the decrease {decrease} must be less than the curvature {curvature}")
    return LineSearch("wolfe", numbers, _WOLFE, _by_scipy)


_ARMIJO = r"f\left(\theta + \eta p\right) \le f + c \eta g^{\top} p"
_WOLFE = (
    r"f\left(\theta + \eta p\right) \le f + c_{1} \eta g^{\top} p, \quad "
    r"\left|\nabla f\left(\theta + \eta p\right)^{\top} p\right| \le c_{2} \left|g^{\top} p\right|"
)


def _between(what: str, value: Any, high: Any) -> sp.Expr:
    number = quantity.exact(value, what)
    if not 0 < number < high:
        raise GraphError(f"{what} is {value}; give a number of (0, {'inf' if high > 1 else 1})")
    return number


def _backtracked(line: Line, numbers: dict[str, Array]) -> Array:
    length = numbers["alpha"]
    for _ in range(MOST_HALVINGS):
        try:
            if line.at(length) <= line.value + numbers["c"] * length * line.slope:
                return length
        except NumericalError:
            pass  # too far: the objective has no value there
        length = length * numbers["tau"]
    raise NumericalError(
        f"no length down to {text.number(length)} lowers the objective as the slope "
        f"{text.number(line.slope)} says; the place may be a minimum, or a kink"
    )


def _of_quadratic(line: Line, _: dict[str, Array]) -> Array:
    curvature = line.curvature()
    if not curvature > 0:
        raise NumericalError(
            f"the curvature along the direction is {text.number(curvature)}, not positive: along "
            "it there is no minimum of the quadratic; search by backtracking"
        )
    return -line.slope / curvature


def _by_scipy(line: Line, numbers: dict[str, Array]) -> Array:
    from scipy.optimize import line_search

    if line.arithmetic is EXACT:
        raise GraphError(
            "the search of Wolfe computes in floating point, and the numbers are exact; search by "
            "backtracking or exact_step, or leave exact out"
        )

    def value(at: np.ndarray) -> float:
        return float(line.at(float(at[0])))

    def slope(at: np.ndarray) -> np.ndarray:
        return np.array([float(line.slope_at(float(at[0])))])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what it warns of is raised below
        found = line_search(
            value, slope,
            np.zeros(1), np.ones(1), gfk=np.array([float(line.slope)]), old_fval=float(line.value),
            c1=float(numbers["c_1"]), c2=float(numbers["c_2"]),
        )  # fmt: skip
    if found[0] is None or found[5] is None:  # the slope there, None where it gave up
        raise NumericalError(
            "no length fulfils the conditions of Wolfe; search by backtracking, or end here"
        )
    return line.arithmetic.number(float(found[0]))


SEARCHES: Mapping[str, Callable[..., LineSearch]] = MappingProxyType(
    {made.__name__: made for made in (backtracking, exact_step, wolfe)}
)
"""The line searches by their names."""
