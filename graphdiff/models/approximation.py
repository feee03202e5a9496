"""A continuous function on an interval as a network with one hidden layer, without training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, NumericalError, unknown
from graphdiff.models.mlp import MLP, mlp
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table

POINTS = 20_001
"""Points the error is measured at."""

MAX_WIDTH = 5_000
STEEPNESS = 4.0
"""Of a sigmoid, over the distance to the next: neighbours then add up to nearly a line."""


@dataclass(frozen=True, repr=False)
class Approximation:
    """A network that approximates a function.

    Attributes
    ----------
    network
        The network: input x of one entry, output ``network.prediction``.
    interval
        Where it approximates.
    width
        How many hidden neurons it has.
    error
        The largest distance to the function at 20 001 points of the interval.
    """

    network: MLP
    interval: tuple[float, float]
    width: int
    error: float

    def __repr__(self) -> str:
        low, high = map(text.number, self.interval)
        return f"{self.width} neurons on [{low}, {high}], error {text.number(self.error, 3)}"


@dataclass(frozen=True, repr=False)
class Errors(Shown):
    """The error of an approximation by its width; printed, a table."""

    activation: str
    rows: tuple[tuple[int, float], ...]

    def shown(self) -> Iterator[Table | str]:
        """Yield the widths with their errors."""
        rows = tuple((str(width), f"{error:.3g}") for width, error in self.rows)
        yield Table("", ("width", f"error ({self.activation})"), rows)

    def __str__(self) -> str:
        return "\n".join(
            [f"width  error ({self.activation})", *(f"{w:>5}  {e:.3g}" for w, e in self.rows)]
        )


def approximation(
    f: Callable[[Any], Any],
    interval: tuple[float, float],
    width: int,
    activation: str = "relu",
) -> Approximation:
    r"""Return a network with one hidden layer that approximates a continuous function.

    Its neurons are kinks or steps at equal distances h. With ``"relu"`` the network is the line
    through f at the points between, so for f with a second derivative its error is at most
    h²/8 · max abs(f″). With ``"step"`` it is constant between the steps, and its error at most
    max abs(f(x) − f(y)) over abs(x − y) ≤ h; ``"sigmoid"`` and ``"tanh"`` smooth these steps.
    That any continuous function can be approximated so is Cybenko's theorem (1989).

    Parameters
    ----------
    f
        A function of a number, or of an array of them.
    interval
        (a, b), a < b.
    width
        How many hidden neurons.
    activation
        ``"relu"``, ``"step"``, ``"sigmoid"`` or ``"tanh"``.

    Raises
    ------
    GraphError
        For an empty interval, a width out of range, or another activation.
    NumericalError
        If f is not finite on the interval.

    Examples
    --------
    >>> import math, graphdiff as gd
    >>> found = gd.models.approximation(math.sin, (0, math.pi), width=10)
    >>> found.error < (math.pi / 10) ** 2 / 8
    True
    >>> print(round(found.network.forward(x=[1.0]).value["z__2"][0], 3), round(math.sin(1), 3))
    0.835 0.841
    """
    a, b = _ends(interval)
    if (
        isinstance(width, bool)
        or not isinstance(width, int | np.integer)
        or not 1 <= width <= MAX_WIDTH
    ):
        raise GraphError(f"width is {width!r:.40}; give a number of neurons from 1 to {MAX_WIDTH}")
    if activation not in _BUILDERS:
        raise unknown("activation of an approximation", str(activation), _BUILDERS)
    inner, bias, outer, offset = _BUILDERS[activation](_sampled(f), a, b, int(width))
    network = mlp(
        (1, width, 1), activation, "identity", None,
        weights=[inner[:, None], outer[None, :]], biases=[bias, [offset]],
        title=f"Approximation by {width} neurons",
    )  # fmt: skip
    xs = np.linspace(a, b, POINTS)
    error = np.abs(_at(network, xs) - _sampled(f)(xs)).max()
    return Approximation(network, (a, b), int(width), float(error))


def approximation_errors(
    f: Callable[[Any], Any],
    interval: tuple[float, float],
    widths: Sequence[int],
    activation: str = "relu",
) -> Errors:
    """Return the error of :func:`approximation` for several widths.

    Examples
    --------
    >>> import math, graphdiff as gd
    >>> print(gd.models.approximation_errors(math.sin, (0, math.pi), [5, 10, 20]))
    width  error (relu)
        5  0.0489
       10  0.0122
       20  0.00307
    """
    found = (approximation(f, interval, width, activation) for width in widths)
    return Errors(activation, tuple((one.width, one.error) for one in found))


def _at(network: MLP, xs: np.ndarray) -> np.ndarray:
    samples = network.forward(x=xs[:, None]).value[network.prediction[0].name]
    return samples[:, 0]


def _ends(interval: Any) -> tuple[float, float]:
    if np.shape(interval) != (2,):
        raise GraphError(f"the interval is {interval!r:.60}; give its two ends, (a, b)")
    a, b = map(float, interval)
    if not (np.isfinite([a, b]).all() and a < b):
        raise GraphError(f"the interval is ({a}, {b}); give finite ends, the smaller first")
    return a, b


def _sampled(f: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function of arrays, calling one of numbers for each entry."""

    def values(xs: np.ndarray) -> np.ndarray:
        found = np.array([float(f(x)) for x in xs.tolist()])
        bad = ~np.isfinite(found)
        if bad.any():
            raise NumericalError(f"the function is {found[bad][0]} at {xs[bad][0]:g}")
        return found

    return values


Parts = tuple[np.ndarray, np.ndarray, np.ndarray, Any]
Sampled = Callable[[np.ndarray], np.ndarray]


def _kinks(f: Sampled, a: float, b: float, width: int) -> Parts:
    """Return Σ c_k relu(x − t_k) + f(a), whose slope changes by c_k at t_k."""
    t = np.linspace(a, b, width + 1)
    slopes = np.diff(f(t)) / np.diff(t)
    return np.ones(width), -t[:-1], np.diff(slopes, prepend=0.0), f(t[:1])[0]


def _steps(f: Sampled, a: float, b: float, width: int) -> Parts:
    """Return Σ c_k step(x − t_k) + c, of the values of f amid the cells between steps."""
    edges = np.linspace(a, b, width + 2)
    values = f((edges[1:] + edges[:-1]) / 2)
    return np.ones(width), -edges[1:-1], np.diff(values), values[0]


def _sigmoids(f: Sampled, a: float, b: float, width: int) -> Parts:
    ones, bias, jumps, offset = _steps(f, a, b, width)
    steepness = STEEPNESS * (width + 1) / (b - a)
    return steepness * ones, steepness * bias, jumps, offset


def _tanhs(f: Sampled, a: float, b: float, width: int) -> Parts:
    """Return the same by tanh: σ(2z) = (tanh z + 1)/2."""
    inner, bias, jumps, offset = _sigmoids(f, a, b, width)
    return inner / 2, bias / 2, jumps / 2, offset + jumps.sum() / 2


_BUILDERS = {"relu": _kinks, "step": _steps, "sigmoid": _sigmoids, "tanh": _tanhs}
