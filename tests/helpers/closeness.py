"""Whether numbers are right to so many digits: of the true ones, however small they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import reject

from graphdiff import Run
from graphdiff.errors import NumericalError


def close(found: Any, true: Any, rel: float = 1e-10, what: str = "", *, terms: Any = 0) -> None:
    """Assert that arrays have one shape, and entries that differ by rounding.

    Parameters
    ----------
    rel
        How far off an entry may be: a part of the largest true one.
    terms
        How large the numbers are that add up to the entries, where they cancel.
    """
    found, true = np.asarray(found, np.float64), np.asarray(true, np.float64)
    assert found.shape == true.shape, f"{what}: {found.shape}, not {true.shape}"
    scale = max(np.abs(true).max(initial=0), np.max(terms, initial=0))
    assert np.isfinite(scale), f"{what}: the true numbers are {true}"
    off = np.abs(found - true)
    assert (off <= rel * scale).all(), f"{what}: {found}, not {true}; off by {off.max()}"


def terms_of(run: Run) -> dict[str, float]:
    """Return how large the products are along the paths from each node, added up.

    That is what rounding in P is relative to: the terms may cancel.
    """
    nodes = {node.name: node for node in run.graph.nodes}
    sizes: dict[str, Any] = {run.output: np.eye(nodes[run.output].size)}
    for name, child in sorted(run.J, key=lambda pair: -nodes[pair[1]].index):
        J = np.abs(np.asarray(run.J[name, child], np.float64))
        J = J.reshape(-1, nodes[child].size, nodes[name].size)
        sizes[name] = sizes.get(name, 0) + sizes[child] @ J
    return {name: np.max(sizes.get(name, 0)) for name in nodes}


def both(
    reference: Callable[[], Any],
    other: Callable[[], Any],
    refusal: type[Exception] | tuple[type[Exception], ...] = NumericalError,
) -> tuple[Any, Any]:
    """Return what two ways compute; leave the example out where both refuse, and not one alone."""
    found = []
    for compute in (reference, other):
        try:
            found.append((compute(), None))
        except refusal as error:
            found.append((None, error))
    (one, refused), (two, refused_too) = found
    assert (refused is None) == (refused_too is None), refused or refused_too
    if refused is not None:
        reject()
    return one, two
