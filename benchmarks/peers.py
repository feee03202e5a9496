"""The peers, each set to one thread; JAX keeps float64 where it is given it."""

from __future__ import annotations

import importlib.util


def set_up() -> None:
    """Set up those that need it, if they are installed."""
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
    if importlib.util.find_spec("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
