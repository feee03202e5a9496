"""What forward and reverse mode cost: the multiplications of the two sweeps, counted.

A term Pⁱ Jʲ→ⁱ of the reverse sweep takes dⁿ·dⁱ·dʲ multiplications, one Jʲ→ⁱ u̇ʲ of a forward
sweep dⁱ·dʲ. One reverse sweep gives the derivatives of the output in all leaves, one forward
sweep those of all nodes in one entry of one leaf (A. Griewank and A. Walther, *Evaluating
Derivatives*, SIAM 2008, section 3.3). Multiplications by the 1 of the start are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.path_enumeration import between
from graphdiff.language.shapes import is_known
from graphdiff.notation.equations import Line, Link, symbolic

MAX_STEPS = 2_000_000
"""Edges looked at from all leaves; of more, forward mode is bounded by what all edges cost."""


@dataclass(frozen=True, repr=False)
class ModeCosts:
    """The multiplications that give the derivatives of an output in all its leaves.

    Attributes
    ----------
    rows
        dⁿ, the entries of the output: rows of every P.
    sweeps
        The entries of the leaves: the sweeps that forward mode needs.
    reverse, forward
        Multiplications in each mode; formulas where sizes are letters.
    is_bound
        Whether that of forward mode is a bound.
    """

    rows: Any
    sweeps: Any
    reverse: Any
    forward: Any
    is_bound: bool = False

    def __repr__(self) -> str:
        return "\n".join(line.text for line in self.lines())

    def lines(self) -> tuple[Line, ...]:
        """Say it: a line for each mode, and which takes fewer where that is known."""
        rows, sweeps = _number(self.rows), _number(self.sweeps)
        plural = "" if self.sweeps == 1 else "s"
        entries = Link(
            f"{sweeps.text} sweep{plural}, one for each entry of the leaves: ",
            rf"{sweeps.latex} \text{{ sweep{plural}, one for each entry of the leaves: }}",
        )
        most = Link("at most ", r"\text{at most } ") if self.is_bound else Link("", "")
        found = [
            Line(
                f"reverse mode: 1 sweep, d^n = {rows.text}: {_counted(self.reverse).text}",
                rf"\text{{reverse mode: }} 1 \text{{ sweep, }} d^{{n}} = {rows.latex}"
                rf" \text{{: }} {_counted(self.reverse).latex}",
            ),
            Line(
                f"forward mode: {entries.text}{most.text}{_counted(self.forward).text}",
                rf"\text{{forward mode: }} {entries.latex} {most.latex}"
                rf"{_counted(self.forward).latex}",
            ),
        ]
        if verdict := self._verdict():
            found.append(Line(verdict, rf"\text{{{verdict}}}"))
        return tuple(found)

    def _verdict(self) -> str:
        if not is_known((self.reverse, self.forward)) or self.is_bound:
            return ""
        if self.reverse == self.forward:
            return "both modes take as many"
        return f"{'reverse' if self.reverse < self.forward else 'forward'} mode takes fewer"


def _number(number: Any) -> Link:
    return symbolic(number) if isinstance(number, sp.Expr) else Link(str(number), str(number))


def _counted(number: Any) -> Link:
    shown, what = _number(number), f"multiplication{'' if number == 1 else 's'}"
    return Link(f"{shown.text} {what}", rf"{shown.latex} \text{{ {what}}}")


def mode_costs(graph: ComputationalGraph, output: Node) -> ModeCosts:
    """Count the multiplications of the two modes for the derivatives in all leaves.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w, b = g.input("x"), g.parameter("w"), g.parameter("b")
    >>> L = g.node("L", g.node("u", w * x) + b)
    >>> for line in mode_costs(g, L).lines():
    ...     print(line.text)
    reverse mode: 1 sweep, d^n = 1: 4 multiplications
    forward mode: 3 sweeps, one for each entry of the leaves: 5 multiplications
    reverse mode takes fewer
    """
    needed = graph.ancestors(output)
    leaves = [leaf for leaf in graph.leaves if leaf.name in needed and not leaf.facts.constant]
    way = between(graph, leaves, output)
    sweep = _of_sweep(way)
    sweeps = _total(leaf.size for leaf in leaves)
    edges = sum(len(node.parents) for node in way.values())
    exact = len(leaves) * edges <= MAX_STEPS
    if exact:
        forward = _total(leaf.size * _of_sweep(between(graph, [leaf], output)) for leaf in leaves)
    else:
        forward = sweeps * sweep
    return ModeCosts(output.size, sweeps, output.size * sweep, forward, not exact)


def _of_sweep(way: dict[str, Node]) -> Any:
    """Return Σ dⁱ·dʲ over the edges between nodes on a way."""
    return _total(i.size * j.size for i in way.values() for j in i.parents if j.name in way)


def _total(numbers: Any) -> Any:
    found = sum(numbers)
    return sp.expand(found) if isinstance(found, sp.Expr) else found
