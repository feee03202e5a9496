"""Parameters after steps of descent: whose new value a line gives, and after how many steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.pages import (
    of_entries,
    places,
    updates,
)
from graphdiff.checking.pages.chains import Chain
from graphdiff.checking.pages.interpreter import NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.sides import Sides
from graphdiff.checking.targets import Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Side, Tree
from graphdiff.graph import Node


@dataclass
class Stepping(Sides):
    """Tells which lines are about values after steps.

    Attributes
    ----------
    is_right
        Whether a side is right about a value, also after steps.
    stated
        The values that lines of the page give to leaves.
    seen
        The parameters in which derivatives were taken so far.
    """

    is_right: Callable[[Target, ClaimSide], bool] = lambda _, __: False
    stated: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    seen: list[Node] = field(default_factory=list[Node])

    def parameter_of(self, sides: Sequence[Side]) -> Node | None:
        """Return the parameter whose new value, or an entry of it, a statement gives."""
        found = updates.parameter_of(self.interpreter.names, sides, self.values, self.seen)
        return self._parameter_of_entry(sides[0].tree) if found is None else found

    def _parameter_of_entry(self, tree: Tree) -> Node | None:
        """Return the parameter of which W_{1,11}^{new} is an entry; None for another name."""
        name, is_marked = updates.without_mark(tree)
        if not is_marked or not isinstance(name, trees.Script) or name.primes:
            return None
        node, key = self._entry(name)
        return node if node is not None and key and node.kind == "parameter" else None

    def entry_stepping(self, tree: Tree, parameter: Node) -> tuple[int, ...] | None:
        """Return the place of the entry whose new value is given, W_1^{new} of an array W."""
        name, _ = updates.without_mark(tree)
        if not isinstance(name, trees.Script) or not parameter.shape:
            return None
        node, key = self._entry(name)
        return key if node is parameter else None

    def _entry(self, name: trees.Script) -> tuple[Node | None, tuple[int, ...] | None]:
        """Return the node that a name with indices is an entry of, and its place there."""
        try:
            found = of_entries.entries(self.interpreter, name)
        except NotUnderstoodError:
            return None, None
        part = of_entries.node_and_key(found[0].expression) if found else None
        return part or (None, None)

    def perhaps_stepped(self, line: Line, sides: Sequence[Side]) -> Chain | None:
        """Return a chain about what may be a value after steps, by what it is said to be.

        Where its numbers fit neither, what is meant is not known.
        """
        found = updates.perhaps(self.interpreter.names, sides[0].tree)
        if found is None or len(sides) < 2:
            return None
        node, counts = found
        links = self.links(line, sides[1:])
        written = line.written(sides[0].span)
        numbers = [way for link in links[-1:] for way in link.ways if way.is_numeric]
        for count in counts:
            target = Target("value", node, step=count)
            if any(self.is_right(target, way) for way in numbers):
                return Chain(line, written, (target,), links)
        if not numbers or counts[0] == 0:
            return None
        told = f"whether it is {node.name} or what it is after steps is not known"
        if self.interpreter.rate is None:
            told += ", without a learning rate"
        problem = f"{written!r}: {told}: its number is neither"
        return Chain(line, written, (), links, problem=problem)

    def how_far(self, taken: places.Taken) -> tuple[str, int]:
        """Return after how many steps of descent a place is come to; or why that is not known."""
        if taken.place is None:
            return "which value it is taken at is not said", 0
        steps = 0
        for leaf, number in taken.place:
            known = self.values.get(leaf.name, [])
            fitting = [k for k, value in enumerate(known) if updates.is_same(value, number)]
            if known and not fitting and number not in self.stated.get(leaf.name, ()):
                elsewhere = f"it is taken at another {leaf.name} than the page or the graph has"
                return f"{elsewhere}; --set {leaf.name}=… judges it there", 0
            steps = max(steps, min(fitting, default=0))
        learned = {leaf.name for leaf in self.interpreter.names.graph.parameters}
        if steps and not learned <= {leaf.name for leaf, _ in taken.place}:
            return "whether the other parameters have changed too is not said", 0
        return "", steps
