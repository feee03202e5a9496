"""Graph: the computational graph with everything one does with it.

Each method is a call into the room that does the work; :mod:`graphdiff.graph` has the
mathematical object alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphdiff import sweeps
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.sweeps import Run


class Graph(ComputationalGraph):
    """A computational graph to build, sweep, derive, check and draw."""

    def forward(
        self, values: Mapping[str, Any] | None = None, /, *, exact: bool = False, **named: Any
    ) -> Run:
        """Compute every node: u^i = f^i(α^i) in topological order."""
        return sweeps.run_forward(self, {**(values or {}), **named}, exact=exact)

    def backward(
        self,
        output: Node | str | None = None,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        wrt: Sequence[Node | str] | None = None,
        exact: bool = False,
        **named: Any,
    ) -> Run:
        """Sweep forward, then backward: P^n = I, P^j = Σ P^i J^{j→i}."""
        return sweeps.run_backward(
            self,
            self.output if output is None else self[output],
            {**(values or {}), **named},
            wrt=None if wrt is None else [self[node] for node in wrt],
            exact=exact,
        )
