"""Names that a page takes for itself: what they stand for, by what they are said to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.pages import (
    deltas,
    known_functions,
    own_names,
    spelling,
    updates,
)
from graphdiff.checking.pages.chains import Chain, Link
from graphdiff.checking.pages.interpreter import NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.sides import Sides, told
from graphdiff.checking.targets import Reference, Target
from graphdiff.checking.targets import written as name_of
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Side, Tree
from graphdiff.graph import Node


@dataclass
class Naming(Sides):
    """Finds what names of the page's own mean, and keeps it in mind.

    Attributes
    ----------
    same
        Returns the quantities of the graph that a formula is, the likeliest first.
    own
        The names so far.
    remarks
        What is to be told of them.
    """

    same: Callable[[ClaimedSide], Sequence[Target]] = lambda _: ()
    own: set[spelling.Parts] = field(default_factory=set[spelling.Parts])
    remarks: list[str] = field(default_factory=list[str])

    def taken_by_page(self, line: Line, first: Side, rest: Sequence[Side]) -> Chain | None:
        """Return a chain about a name that the page takes for itself, whatever it might be else.

        In a program a name has the value it was given last.
        """
        parts = spelling.bare_parts_of(first.tree)
        if parts is None or not rest:
            return None
        if parts in self.own and own_names.is_constant(parts, rest[0].tree):
            self.own.discard(parts)
            self.interpreter.meant.pop(parts, None)
            return None
        links = self.links(line, rest)
        way = links[0].ways[0] if links[0].ways else None
        if parts in self.own:
            if line.fragment.form != "code" or (way is not None and way.is_numeric):
                return None
        elif not own_names.is_taken(self.interpreter, first, rest[0], way, self.same):
            return None
        named = self.named_by_page(line, first, rest, links)
        if named is None:
            self.interpreter.meant.pop(parts, None)
            self.interpreter.unknown.add(parts)
            self.own.add(parts)
            problem = (
                links[0].problem or f"{line.written(first.span)!r} is a name of the page's own"
            )
            named = Chain(line, line.written(first.span), (), links, problem=problem)
        return named

    def by_content(
        self, line: Line, first: Side, rest: Sequence[Side], error: Exception
    ) -> Chain | None:
        """Return a chain whose left is no name of the graph, by what it is said to be.

        None if it is only a number of a program.
        """
        links = self.links(line, rest)
        written = line.written(first.span)
        for link in links:
            for way in link.ways:
                if isinstance(way, ClaimedSide) and not way.is_numeric:
                    for target in self._meant(way):
                        self._remember(first, target)
                        where = line.line_of(first)
                        self.remarks.append(
                            f"line {where}: {written} is no name of the graph; it is taken for "
                            f"{name_of(target)}, which it is said to be"
                        )
                        kept = tuple(other for other in links if not _only_names(other, target))
                        return Chain(line, written, (target,), kept)
        is_new = spelling.bare_parts_of(first.tree) not in self.own
        own = self.named_by_page(line, first, rest, links) if is_new else None
        if own is not None:
            return own
        if line.fragment.form == "code" and self._is_counter(first, rest):
            return None
        return Chain(line, written, (), links, problem=told(line, error))

    def _is_counter(self, first: Side, rest: Sequence[Side]) -> bool:
        """Whether a program gives a name of its own a number, ``i = 1``: later lines may use it."""
        parts = spelling.bare_parts_of(first.tree)
        if parts is None or len(rest) != 1 or not isinstance(rest[0].tree, trees.Number):
            return False
        self.interpreter.counters[parts] = rest[0].tree
        return True

    def _remember(self, first: Side, target: Target) -> None:
        """Keep in mind what a name of the page's own is, for later lines."""
        parts = spelling.bare_parts_of(first.tree)
        if parts is not None:
            whole = target.of if target.kind == "value" else Reference(target)
            self.interpreter.meant[parts] = whole
            self.own.add(parts)

    def named_by_page(
        self, line: Line, first: Side, rest: Sequence[Side], links: Sequence[Link]
    ) -> Chain | None:
        """Return a chain about a name of the page's own, by its formula: error = target − output.

        What stands in the place of the name on later lines is this formula.
        """
        parts = spelling.bare_parts_of(first.tree)
        if parts is None or not links or not links[0].ways:
            return None
        way = links[0].ways[0]
        if not isinstance(way, ClaimedSide) or way.is_numeric:
            return None
        meant = self.interpreter.readings(rest[0].tree)[0].expression
        self.interpreter.meant[parts] = meant
        self.interpreter.unknown.discard(parts)
        self.own.add(parts)
        written = line.written(first.span)
        self.remarks.append(
            f"line {line.line_of(first)}: {written} is no name of the graph; it is taken for "
            f"{links[0].ways[0].written}, as the page says"
        )
        target = Target("expression", self.interpreter.names.graph.nodes[-1], link=way)
        return Chain(line, written, (target,), tuple(links[1:]))

    def is_difference(self, tree: Tree, rest: Sequence[Side]) -> bool:
        """Whether what is called an error is the difference of two nodes, and no loss."""
        parts = spelling.bare_parts_of(tree)
        if parts is None or parts[0].lower() not in deltas.WORDS or not rest:
            return False
        if self.interpreter.known(parts) is not None or not isinstance(rest[0].tree, trees.Sum):
            return False
        terms = [term for _, term in rest[0].tree.terms]
        try:
            found = [self.interpreter.readings(term)[0].expression for term in terms]
        except (NotUnderstoodError, MisfitError):
            return False
        return len(found) == 2 and all(isinstance(term, Node) for term in found)

    def _meant(self, way: ClaimedSide) -> Sequence[Target]:
        """Return the quantity a side is: the one it names, or whose formula it is."""
        if len(way.names) == 1 and len(way.function.program) == 1:
            target = self.target(way.names[0])
            return [] if target is None else [target]
        return self.same(way)

    def put_aside(self, line: Line) -> None:
        """Keep in mind what a program gives a name of its own, as far as it can be read."""
        first, *rest = line.statement.sides
        parts = spelling.bare_parts_of(first.tree)
        if parts is None or self.interpreter.names.node(parts) is not None:
            return
        if updates.literal(rest[0].tree) is not None:  # printed
            return
        links = self.links(line, rest)
        if self.named_by_page(line, first, rest, links) is None:
            self.interpreter.meant.pop(parts, None)
            is_count = (
                isinstance(first.tree, trees.Name)
                and parts not in own_names.CONSTANTS
                and self.interpreter.habitual(first.tree, parts) is not None
            )
            if not is_count:  # N = len(y)
                self.interpreter.unknown.add(parts)

    def is_another_layout(self, line: Line, sides: Sequence[Side]) -> bool:
        """Whether a program gives a leaf the same entries in another shape, x.reshape(-1, 1)."""
        if line.fragment.form != "code" or len(sides) != 2 or not isinstance(sides[0].tree, Name):
            return False
        node = self.interpreter.names.exact(spelling.split(sides[0].tree.text))
        if node is None or not node.is_leaf:
            return False
        words = {
            part.text.rpartition(".")[2]
            for part in trees.walk(sides[1].tree)
            if isinstance(part, Name)
        }
        return words <= known_functions.LAYOUTS | {node.name, ""} and len(words) > 1


def _only_names(link: Link, target: Target) -> bool:
    """Whether a side is the name of what a chain is about."""
    return any(
        isinstance(way, ClaimedSide) and len(way.function.program) == 1
        and way.names == (target.of,) and target.kind == "value"
        for way in link.ways
    )  # fmt: skip
