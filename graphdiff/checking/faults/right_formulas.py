"""The formulas that a line should have been computed with, as one would write them.

They are sides of its own chain and lines above, what the graph says, the chain rule from one node
to the next, and a step of descent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphdiff.checking.claim_records import ClaimedSide, Side
from graphdiff.checking.faults.declaration import WrongLine
from graphdiff.checking.faults.formulas import formula_of, with_slopes
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.graph.structure import slots_of
from graphdiff.language.expression import Apply, Constant, Expression, rebuilt, with_arguments
from graphdiff.local_functions.local_function import Instruction, localise

DEEPEST = 6
"""Nodes on the way from the output that the chain rule is written out over."""


def right_formulas(line: WrongLine) -> Iterator[Expression]:
    """Yield the formulas that a line should have been computed with, the nearest first."""
    sides = (*reversed(line.before), *_above(line))
    formulas = (side for side in sides if isinstance(side, ClaimedSide) and side.names)
    for side in dict.fromkeys(formulas):
        if side is not line.link and side.turn is None:
            yield formula_of(side)
    target = line.target
    if target.key is not None or target.kind not in ("value", "J", "P", "derivative"):
        return
    if target.step:
        yield from _of_step(line)
    elif target.kind == "value":
        if target.of.function is not None:
            yield target.of.function.expression(target.of.parents)
    elif target.wrt is not None and not target.whole:
        yield from _of_derivative(target.of, target.wrt, local=target.kind == "J")


def _above(line: WrongLine) -> Iterator[Side]:
    """Yield the sides of the lines above that are about the same, the last first."""
    for entry in line.page.before(line.target):
        if entry.line.target.key == line.target.key:
            yield entry.line.side


def _of_step(line: WrongLine) -> Iterator[Expression]:
    """Yield w − η·∂J/∂w for the value of a parameter after a step."""
    target, descent = line.target, line.ground.descent
    if target.kind == "value" and target.of.is_leaf and descent is not None and descent.is_plain:
        before = Reference(replace(target, step=target.step - 1))
        slope = Target("derivative", descent.output, target.of, step=target.step - 1)
        rate = Constant.written(descent.rate, "eta")
        yield before - rate * Reference(slope)


def _of_derivative(of: Node, wrt: Node, *, local: bool) -> Iterator[Expression]:
    """Yield the chain rule from a node to those it is used in, then written out further."""
    if local:
        yield from _through(wrt, of, Constant(1))
        return
    ways = list(_ways(of, wrt))
    for far in range(1, len(ways) + 1):
        whole: Expression = _gradient(of, ways[far - 1][1])
        for j, i in reversed(ways[:far]):
            found = next(_through(j, i, whole), None)
            if found is None:
                return
            whole = found
        yield whole


def _ways(of: Node, wrt: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the edges of the only way from a node to the output, as far as there is only one."""
    j, before = wrt, of.graph.ancestors(of)
    for _ in range(DEEPEST):
        uses = {edge.child for edge in j.graph.children(j) if edge.child.name in before}
        if j is of or len(uses) != 1:
            return
        (i,) = uses
        if i.shape or j.shape:
            return
        yield j, i
        j = i


def _gradient(of: Node, i: Node) -> Expression:
    return Constant(1) if i is of else Reference(Target("derivative", of, i))


def _through(j: Node, i: Node, cotangent: Expression) -> Iterator[Expression]:
    """Yield what an edge passes on of the derivative in i, with the value of i where it can be."""
    slots = slots_of(i).get(j, [])
    if i.function is not None and len(slots) == 1:
        back = i.function.pullback(slots[0]).expression((*i.parents, cotangent))
        yield _by_value(with_slopes(back), i)


def _by_value(formula: Expression, i: Node) -> Expression:
    """Return a formula with a node in place of what the node is computed by: a(1 − a)."""

    def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
        made = with_arguments(part, arguments)
        is_value = isinstance(line, Instruction) and made.function == line.function
        return i if is_value and localise(made, written=False) == own else made

    assert i.function is not None  # noqa: S101 - an edge leads to it
    own, line = (i.function.program, i.parents), i.function.program[-1]
    return rebuilt(formula, make)
