"""Numbers that keep distances from each other and are otherwise as near as can be.

Ranks and places are found so: what has to hold is linear, and what is wanted is a sum of absolute
values, so a linear program finds the best there is. Graphviz solves the same problem for its own
places, but takes no equations: none for nodes on one line, frames in one row or cells in step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

Terms = Sequence[tuple[int, float]]
"""Numbers, by their positions, and how many times each is added."""


@dataclass
class Distances:
    """What is to hold of ``count`` numbers x₀, x₁, …, and what is wanted."""

    count: int
    apart: list[tuple[int, int, float]] = field(default_factory=list[tuple[int, int, float]])
    """x_b − x_a ≥ gap, for each (a, b, gap)."""
    equal: list[Terms] = field(default_factory=list[Terms])
    """Sums that are 0."""
    near: list[tuple[Terms, float]] = field(default_factory=list[tuple[Terms, float]])
    """Sums whose absolute values are to be small, and how much each counts."""

    def best(self, tries: Iterable[Sequence[Terms]]) -> NDArray[np.float64]:
        """Return the best numbers with as many of some equations as hold together.

        Parameters
        ----------
        tries
            Equations, those that are wanted most first; at last none are tried.
        """
        for equal in (*tries, ()):
            found = replace(self, equal=[*self.equal, *equal]).solved()
            if found is not None:
                return found
        raise ValueError("what has to be apart is so in a circle")

    def solved(self) -> NDArray[np.float64] | None:
        """Return the best numbers, x₀ being 0; None if there are none.

        The dual program is solved, several times as fast: a flow through the numbers, of what
        pushes them apart (0 ≤ f), holds them equal (any f) and pulls them together (|f| ≤ weight),
        that neither stays nor is lost in any. It has a row for each number and none for each sum;
        the numbers are the prices of its rows.
        """
        if not self.count:
            return np.empty(0)
        equal = [[(0, 1.0)], *self.equal]
        flows = [[(b, 1.0), (a, -1.0)] for a, b, _ in self.apart]
        flows += [*equal, *(terms for terms, _ in self.near)]
        found = linprog(
            [*(-gap for *_, gap in self.apart), *[0.0] * (len(equal) + len(self.near))],
            A_eq=_matrix(flows, self.count).T,
            b_eq=np.zeros(self.count),
            bounds=[
                *[(0, None)] * len(self.apart),
                *[(None, None)] * len(equal),
                *((-weight, weight) for _, weight in self.near),
            ],
            method="highs-ds",
        )
        return -np.round(found.eqlin.marginals, 3) if found.success else None


def _matrix(rows: Sequence[Terms], width: int) -> csr_array:
    entries = np.array([*chain.from_iterable(rows)], dtype=float).reshape(-1, 2)
    of_row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return csr_array((entries[:, 1], (of_row, entries[:, 0].astype(int))), (len(rows), width))
