"""Graphs that pictures are measured on: small and large, grouped and tangled."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

import graphdiff as gd

sys.path.append(str(Path(__file__).parent.parent / "examples"))

from textbook.normalised import layer_norm
from textbook.of_tensors import attention
from textbook.recurrent import gru, lstm, rnn
from textbook.scalars import tangled

EXAMPLES = Path(__file__).parent.parent / "examples"


def _mlp(*sizes: int, **options: str) -> Callable[[], gd.Graph]:
    return lambda: gd.models.mlp(list(sizes), seed=1, **options)


ZOO: Mapping[str, Callable[[], gd.Graph]] = {
    **{path.stem: lambda path=path: gd.load(path) for path in sorted(EXAMPLES.glob("*.toml"))},
    "mlp 2-2-2": _mlp(2, 2, 2),
    "mlp 2-2-2, neurons": _mlp(2, 2, 2, view="neurons"),
    "mlp 4-6-6-1": _mlp(4, 6, 6, 1),
    "mlp 4-6-6-1, neurons": _mlp(4, 6, 6, 1, view="neurons"),
    "mlp 784-128-64-10": _mlp(784, 128, 64, 10),
    "mlp of 6 layers": _mlp(3, 4, 4, 4, 4, 4, 2),
    "mlp of 12 layers": _mlp(*[3] * 13),
    "lstm": lstm,
    "gru": gru,
    "attention": attention,
    "layer norm": layer_norm,
    "rnn 3": lambda: rnn(3),
    "rnn 30": lambda: rnn(30),
    **{f"random {size}": lambda size=size: tangled(size) for size in (12, 40, 150)},
}


def swept(graph: gd.Graph) -> gd.Run:
    """Return the reverse sweep, with values for what has none."""
    given = {
        leaf.name: np.full(leaf.shape, 0.5) if leaf.shape else 0.5
        for leaf in graph.leaves
        if leaf.value is None
    }
    return graph.backward(**given)
