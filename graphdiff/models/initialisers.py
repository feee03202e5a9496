"""Initial weights of a layer from d_in to d_out neurons, drawn from a seeded generator."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from graphdiff.errors import GraphError, unknown

Initialiser = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def _normal(variance: Callable[[int, int], float]) -> Initialiser:
    def draw(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        return generator.normal(0.0, math.sqrt(variance(*shape)), shape)

    return draw


def _uniform(variance: Callable[[int, int], float]) -> Initialiser:
    """Return draws from (−r, r), whose variance is r²/3."""

    def draw(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        bound = math.sqrt(3 * variance(*shape))
        return generator.uniform(-bound, bound, shape)

    return draw


def _xavier(d_out: int, d_in: int) -> float:
    return 2 / (d_in + d_out)


def _he(d_out: int, d_in: int) -> float:
    del d_out
    return 2 / d_in


INITIALISERS: Mapping[str, Initialiser] = MappingProxyType(
    {
        "zeros": lambda _, shape: np.zeros(shape),
        "normal": _normal(lambda *_: 1.0),
        "xavier": _uniform(_xavier),
        "xavier_normal": _normal(_xavier),
        "he": _normal(_he),
        "he_uniform": _uniform(_he),
    }
)
"""By name. Variances: ``normal`` 1; ``xavier`` 2/(d_in + d_out), Glorot and Bengio 2010, uniform
unless its name says normal; ``he`` 2/d_in, He, Zhang, Ren and Sun 2015, normal unless its name
says uniform."""

ALIASES = MappingProxyType(
    {
        "glorot": "xavier",
        "glorot_uniform": "xavier",
        "xavier_uniform": "xavier",
        "glorot_normal": "xavier_normal",
        "he_normal": "he",
        "kaiming": "he",
    }
)


def drawn(name: str, seed: int, sizes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return the weights of all layers, each of shape (d_l, d_{l−1}).

    Raises
    ------
    GraphError
        For an unknown initialiser, naming the nearest, or a seed that is no whole number.

    Examples
    --------
    >>> [weights.shape for weights in drawn("zeros", 0, (4, 6, 1))]
    [(6, 4), (1, 6)]
    """
    initialiser = INITIALISERS.get(ALIASES.get(name, name)) if isinstance(name, str) else None
    if initialiser is None:
        raise unknown("initialiser", str(name), [*INITIALISERS, *ALIASES])
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise GraphError(f"the seed is {seed!r}; give a whole number that is not negative")
    generator = np.random.default_rng(seed)
    pairs = zip(sizes[1:], sizes[:-1], strict=True)
    return tuple(initialiser(generator, pair) for pair in pairs)
