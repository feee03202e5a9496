"""What is said when a sweep meets a number that is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graphdiff.arithmetic import Array
from graphdiff.errors import NumericalError
from graphdiff.graph import Node
from graphdiff.notation import text


def node(i: Node) -> str:
    """Return how to call a node: its name, index and formula."""
    formula = i.formula if len(i.formula) <= 80 else i.formula[:77] + "..."
    return f"node {i.name!r} (u^{i.index} = {formula})"


def edge(i: Node, slot: int) -> str:
    """Return how to call the local Jacobian of an edge."""
    return f"the local Jacobian J[{i.parents[slot].name}->{i.name}]"


def not_finite(what: str, i: Node, u: Mapping[str, Array], found: Array) -> NumericalError:
    """Return the error for a number that is not finite, with the values it comes from."""
    entries = np.ravel(np.asarray(found))
    first = 0
    if entries.size > 1 and entries.dtype.kind == "f":
        first = int(np.flatnonzero(~np.isfinite(entries))[0])
    where = f" at sample {first}" if entries.size > 1 else ""
    at = [
        f"{name} = {text.number(np.broadcast_to(u[name], entries.shape).flat[first])}"
        for name in dict.fromkeys(parent.name for parent in i.parents)
    ]
    given = f", where {', '.join(at[:6])}" if at else ""
    return NumericalError(
        f"{what} is {_described(entries[first])}{where}{given}; it must be a finite real number"
    )


def _described(entry: Any) -> str:
    if isinstance(entry, float | np.floating):
        return {"nan": "not a number", "inf": "infinite", "-inf": "minus infinity"}[str(entry)]
    return "not a finite real number"
