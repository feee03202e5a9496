"""Programs of results of derivation, so that ``gradient.compile()`` can ask for one."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.evaluation.run import Run
from graphdiff.program.compiled import Compiled
from graphdiff.symbolic.result import Recipe


class CompiledResult:
    """A result of derivation as a fast function of the nodes and letters that it is written in.

    Call it with a run, or with values as a compiled step: ``f(x=1)``, ``f({"x": 1})``, or in the
    order of :attr:`names`. A leaf that is left out has the value it was built with.

    Attributes
    ----------
    step
        The compiled step.
    names
        Its arguments.
    """

    def __init__(self, recipe: Recipe) -> None:
        graph, output, wrt, _ = recipe
        self._recipe = recipe
        self.names = tuple(leaf.name for leaf in graph.leaves)
        self.step = (
            Compiled(graph, output, graph.leaves, "value")
            if wrt is None
            else Compiled(graph, output, [wrt], "jacobian", single=True)
        )

    def __call__(self, /, *values: Any, **named: Any) -> Any:
        """Return the value; a Jacobian as a matrix, entries counted row by row."""
        if values and isinstance(values[0], Run):
            values = ({name: values[0].value[name] for name in self.names},)
        value = self.step(*values, **named)
        return value if self._recipe.wrt is None else self._as_matrix(np.asarray(value))

    def _as_matrix(self, J: np.ndarray) -> np.ndarray:
        """Return a Jacobian of two shapes as a matrix, samples before its axes."""
        _, output, wrt, is_transposed = self._recipe
        assert wrt is not None  # noqa: S101 - it is a Jacobian
        lead = J.shape[: J.ndim - output.ndim - wrt.ndim]
        width = int(np.prod(J.shape[J.ndim - wrt.ndim :]))
        matrix = J.reshape((*lead, -1, width))
        return np.swapaxes(matrix, -1, -2) if is_transposed else matrix

    @property
    def source(self) -> str:
        """The program as text."""
        return self.step.source

    def __repr__(self) -> str:
        return f"<compiled: a function of {', '.join(self.names)}>"
