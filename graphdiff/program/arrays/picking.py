"""Entries picked, put among zeros, and put beside each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphdiff.language.functions.movement import Index, Scatter, Slice, Stack
from graphdiff.program.arrays.statements import Statements, Variable, inverse


def stacked(
    s: Statements, f: Stack, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
) -> Variable:
    """Return arrays, or numbers, along a new axis."""
    places = "".join(f"{{{k}}}, " for k in range(len(uses)))
    if not any(use.shape for use in uses):
        text = f"array(({places}), dtype)"
        return s.add(name, shape, "new", uses, text)
    text = f"stack(({places}), {f.axis}, {{into}})"
    return s.add(name, shape, "buffer", uses, text)


def picked(
    s: Statements,
    f: Index,
    x: Variable,
    shape: tuple[int, ...],
    name: str,
    first: tuple[int, ...] = (),
) -> Variable:
    """Return entries picked: a view where that can be.

    Parameters
    ----------
    first
        The axes that lie first in memory where the entries are picked by lists.
    """
    key = _basic(f.key)
    if key is not None:
        storage = "view" if shape else "scalar"
        return s.add(
            name, shape, storage, (x,), f"{{0}}[{key}]", contiguous=False, is_pure=x.is_pure
        )
    base, order = s.as_it_lies(x)
    places = np.arange(x.size).reshape(base.shape).transpose(order).ravel()[f.table(x.shape)]
    lying = (*first, *(axis for axis in range(len(shape)) if axis not in first))
    table = s.constant("places", np.ascontiguousarray(places.transpose(lying), np.int64))
    flat = s.reshaped(base, (x.size,))
    text = f"{{0}}.take({table}, None, {{into}}, 'clip')"
    found = s.add(name, tuple(shape[axis] for axis in lying), "buffer", (flat,), text)
    return s.transposed(found, inverse(lying))


def scattered(
    s: Statements, f: Scatter, x: Variable, shape: tuple[int, ...], name: str
) -> Variable:
    """Return entries among zeros, added up where several come to one place."""
    key = _basic(f.key)
    if key is not None:
        filled = f"{{t}}[{key}] = {{0}}"
        return s.add(name, shape, "buffer", (x,), "{cleared}", filled)
    base, order = s.as_it_lies(x)
    table = Index(f.key).table(shape).transpose(inverse(order)).ravel()
    flat, size = s.reshaped(base, (x.size,)), math.prod(shape)
    once = np.bincount(table, minlength=1).max() <= 1
    if once and len(table) == size:
        places = s.constant("places", np.argsort(table).reshape(shape))
        text = f"{{0}}.take({places}, None, {{into}}, 'clip')"
        return s.add(name, shape, "buffer", (flat,), text)
    places = s.constant("places", table.astype(np.int64))
    if once:
        return s.add(
            name, shape, "buffer", (flat,), "{cleared}",
            f"{{t}}.reshape(-1)[{places}] = {{0}}",
        )  # fmt: skip
    text = f"bincount({places}, {{0}}, {size}).astype(dtype, copy=False)"
    return s.reshaped(s.add(name, (size,), "new", (flat,), text), shape)


def _basic(key: tuple[Any, ...]) -> str | None:
    """Return a key of integers, slices and new axes as text; None for one with lists."""
    parts: list[str] = []
    for part in key:
        if isinstance(part, Slice):
            parts.append(str(part))
        elif isinstance(part, tuple):
            return None
        else:
            parts.append("..." if part is Ellipsis else repr(part))
    return ", ".join(parts) + ("," if len(parts) == 1 else "") if parts else "()"
