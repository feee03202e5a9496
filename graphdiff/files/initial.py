"""Values that a file asks for by a rule: zeros, ones, or random ones from a seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, unknown
from graphdiff.language import shapes
from graphdiff.language.shapes import Shape

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]

MAX_SEED = 2**63 - 1


def fans(shape: Shape) -> tuple[int, int]:
    """Return the inputs and outputs of each unit of a weight.

    A matrix is (out, in), as in W @ x and X @ W.T; the axes after those are a kernel's. A
    vector counts as both, a scalar as 1.
    """
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def _xavier(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    bound = math.sqrt(6 / sum(fans(shape)))
    return random.uniform(-bound, bound, shape)


def _he(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.standard_normal(shape) * math.sqrt(2 / fans(shape)[0])


def _xavier_normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.standard_normal(shape) * math.sqrt(2 / sum(fans(shape)))


def _he_uniform(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    bound = math.sqrt(6 / fans(shape)[0])
    return random.uniform(-bound, bound, shape)


CONSTANT: Mapping[str, float] = {"zeros": 0.0, "ones": 1.0}
RANDOM: Mapping[str, Draw] = {
    "normal": lambda random, shape: random.standard_normal(shape),
    "uniform": lambda random, shape: random.uniform(-1.0, 1.0, shape),
    "xavier": _xavier,
    "xavier_normal": _xavier_normal,
    "he": _he,
    "he_uniform": _he_uniform,
}
"""What ``numpy.random.default_rng(seed)`` draws, before it is multiplied by the scale."""


def array(name: str, entry: Mapping[str, Any], shape: Shape | None) -> Any:
    """Return the value of a leaf with ``init``.

    Raises
    ------
    GraphError
        For an unknown rule, no shape or one with letters, a random rule without a seed.
    """
    rule = entry["init"]
    if rule not in (*CONSTANT, *RANDOM):
        raise GraphError(f"{name!r}: {unknown('init', str(rule)[:60], [*CONSTANT, *RANDOM])}")
    if shape is None or not shapes.is_known(shape):
        raise GraphError(f"{name!r} has init = {rule!r}, which needs a shape in numbers: [3, 4]")
    if rule in CONSTANT:
        if "scale" in entry:
            raise GraphError(f"{name!r} has a scale, which goes with {', '.join(RANDOM)} only")
        return _of_shape(np.full(shape, CONSTANT[rule]))
    seed, scale = entry.get("seed"), entry.get("scale", 1)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise GraphError(
            f"{name!r} has init = {rule!r} and seed {seed!r:.40}; give a whole number from 0, so "
            "that the numbers are the same at each reading: seed = 1"
        )
    if isinstance(scale, bool) or not isinstance(scale, int | float | Decimal) or not scale > 0:
        raise GraphError(f"the scale of {name!r} is {scale!r:.40}; it must be a positive number")
    return _of_shape(RANDOM[rule](np.random.default_rng(seed), shape) * float(scale))


def _of_shape(value: np.ndarray) -> Any:
    return value if value.shape else float(value)
