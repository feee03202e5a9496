"""A numba that compiles nothing: what is printed for it runs as the Python that it is."""

from __future__ import annotations

import types


def plain_numba() -> types.SimpleNamespace:
    """Return what stands for the module."""
    kinds = types.SimpleNamespace(Array=lambda *_, **__: None, float64=None, int64=None)
    return types.SimpleNamespace(njit=lambda **_: lambda function: function, types=kinds)
