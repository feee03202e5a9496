"""The descent that claims about steps are of: its method, and what it remembers at a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.graph import Node
from graphdiff.optimisers.first_order import DESCENT
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import RATE


@dataclass(frozen=True)
class Descent:
    """A descent of an output J in all parameters.

    Attributes
    ----------
    output, method
        J, and how a step changes a parameter.
    steps
        How many steps were made before.
    found
        What the last of them has assigned, by parameter: m̂ as well as m.
    """

    output: Node
    method: Method
    steps: int = 0
    found: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]], hash=False
    )

    @classmethod
    def at_rate(cls, output: Node, rate: sp.Expr) -> Descent:
        """Return gradient descent, θ ← θ − η dJ/dθ."""
        return cls(output, Method(DESCENT, {RATE: rate}))

    @property
    def is_plain(self) -> bool:
        """Whether it is gradient descent and no more."""
        return self.method.rule is DESCENT and self.method.schedule is None

    @property
    def rate(self) -> Any:
        """The learning rate of the first step."""
        return self.method.settings[RATE]

    def state(self, arithmetic: Arithmetic, leaf: Node) -> Mapping[str, Any]:
        """Return what is remembered of a parameter, and all else of the last step."""
        if leaf.name in self.found:
            return self.found[leaf.name]
        return self.method.start(arithmetic, leaf.shape)
