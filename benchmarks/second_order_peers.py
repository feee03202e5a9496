"""Hessians and Jacobians by JAX and torch, each by the function it offers for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def by_jax(function: Callable[..., Any], leaves: Sequence[Any], wrt: int, kind: str) -> Any:
    """Return JAX's compiled derivative of ``function(jax.numpy, *leaves)``.

    ``kind`` is ``"hessian"``, ``"jacrev"`` or ``"jacfwd"``.
    """
    import jax
    import jax.numpy as jnp

    step = jax.jit(getattr(jax, kind)(lambda *given: function(jnp, *given), argnums=wrt))
    held = jax.tree_util.tree_map(jnp.asarray, list(leaves))
    return lambda: [jax.block_until_ready(step(*held))]


def by_torch(function: Callable[..., Any], leaves: Sequence[Any], wrt: int, kind: str) -> Any:
    """Return torch's derivative of ``function(torch, *leaves)`` by ``torch.func``."""
    import torch

    def held(leaf: Any) -> Any:
        return torch.tensor(leaf) if isinstance(leaf, np.ndarray) else [held(one) for one in leaf]

    tensors = [held(leaf) for leaf in leaves]
    step = getattr(torch.func, kind)(lambda *given: function(torch, *given), argnums=wrt)
    return lambda: [step(*tensors)]
