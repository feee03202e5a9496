"""Names that a page takes for itself: what it defines beats a constant, and a mere likeness.

``e = np.exp(o)`` of a program is no Euler's number, and the ``E`` of ``p = E / S`` is no loss,
though a page may call the loss so. The name of a node, or of a derivative, remains what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.pages import spelling
from graphdiff.checking.pages.interpreter import Interpreter
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.targets import Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Side, Tree
from graphdiff.graph import Node
from graphdiff.language.expression import Constant

CONSTANTS: dict[spelling.Parts, float] = {("e",): 2.718281828459045, ("pi",): 3.141592653589793}
"""Letters that are numbers where nothing else is called so."""


def is_taken(
    interpreter: Interpreter,
    first: Side,
    after: Side,
    way: ClaimSide | None,
    same: Callable[[ClaimedSide], Sequence[Target]],
) -> bool:
    """Whether a page defines a name of its own that would be read as something else without it.

    Parameters
    ----------
    first
        The name.
    after
        What it is said to be.
    way
        How that is read; None if it cannot be.
    same
        Returns the quantities of the graph that a formula is.
    """
    parts = spelling.bare_parts_of(first.tree)
    if parts is None or interpreter.known(parts) is not None:
        return False
    if parts in CONSTANTS:
        return not is_constant(parts, after.tree)
    is_formula = isinstance(way, ClaimedSide) and not way.is_numeric
    if not isinstance(first.tree, Name):
        return False
    if (habit := interpreter.habitual(first.tree, parts)) is not None:
        return isinstance(habit, Constant) and is_formula  # the number of samples, a rate
    node = interpreter.names.node(parts)
    if node is None:
        return False
    if parts in interpreter.names.used_before:
        return True
    if not isinstance(way, ClaimedSide) or not is_formula:
        return False
    if way.shape != node.shape:
        return True
    found = same(way)
    return bool(found) and Target("value", node) not in found


def is_constant(parts: spelling.Parts, tree: Tree) -> bool:
    """Whether a formula is the number that a letter is, to the digits it is written with."""
    if parts not in CONSTANTS or any(isinstance(part, Name) for part in trees.walk(tree)):
        return False
    if not isinstance(tree, trees.Number):
        return True
    value = spelling.number_of(tree)
    digits = len(tree.text.partition(".")[2])
    return value is not None and abs(float(value) - CONSTANTS[parts]) <= 10.0**-digits


def used_before(names: Names, lines: Iterable[Line]) -> frozenset[spelling.Parts]:
    """Return names that only look like that of a node, and stand in the formula of one before it.

    The ``E`` of ``p = E / S`` is not the loss, which is computed from p.
    """
    found: set[spelling.Parts] = set()
    for line in lines:
        sides = line.statement.sides
        own = None if sides[0].relation else spelling.bare_parts_of(sides[0].tree)
        about = None if own is None else names.exact(own)
        if about is None or about.is_leaf:
            continue
        for side in sides[1:]:
            found |= {parts for parts in _names(side.tree) if _is_after(names, parts, about)}
    return frozenset(found)


def _names(tree: Tree) -> set[spelling.Parts]:
    return {
        parts
        for part in trees.walk(tree)
        if isinstance(part, Name) and (parts := spelling.bare_parts_of(part)) is not None
    }


def _is_after(names: Names, parts: spelling.Parts, about: Node) -> bool:
    """Whether a name would mean a node that comes of another."""
    if names.exact(parts) is not None:
        return False
    node = names.node(parts)
    if node is None or node is about:
        return False
    return about.name in node.graph.ancestors(node)
