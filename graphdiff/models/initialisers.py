"""Initial weights of a layer from d_in to d_out neurons, drawn from a seeded generator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from graphdiff.errors import GraphError, unknown
from graphdiff.files.initial import RANDOM, Draw

INITIALISERS: Mapping[str, Draw] = MappingProxyType(
    {"zeros": lambda _, shape: np.zeros(shape), **RANDOM}
)
"""By name, those of files. Variances: ``normal`` 1; ``uniform``, from −1 to 1, 1/3; ``xavier`` and
``xavier_normal`` 2/(d_in + d_out), Glorot and Bengio 2010; ``he`` and ``he_uniform`` 2/d_in, He,
Zhang, Ren and Sun 2015."""

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
    draw = INITIALISERS.get(ALIASES.get(name, name)) if isinstance(name, str) else None
    if draw is None:
        raise unknown("initialiser", str(name), [*INITIALISERS, *ALIASES])
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise GraphError(f"the seed is {seed!r}; give a whole number that is not negative")
    generator = np.random.default_rng(seed)
    return tuple(draw(generator, pair) for pair in zip(sizes[1:], sizes[:-1], strict=True))
