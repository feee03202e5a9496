"""What the statements of a page claim: targets, and the chains claimed to equal them.

A chain goes on where a line begins with a relation. A name that the graph does not have is known
by what stands beside it: f¹(x, w) = x w = 5 is about the node that is x w, whatever it is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.claims import side_of
from graphdiff.checking.pages import (
    deltas,
    known_functions,
    of_differentials,
    of_entries,
    of_functions,
    open_indices,
    own_names,
    partial_arrays,
    places,
    spelling,
    updates,
)
from graphdiff.checking.pages.chains import Chain, Link
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.units import Units
from graphdiff.checking.precision import EXACT, Precision, of_text
from graphdiff.checking.targets import Reference, Target
from graphdiff.checking.targets import written as name_of
from graphdiff.errors import GraphdiffError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Side, Tree
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions import OPERATORS
from graphdiff.language.functions.movement import Index

APPROXIMATE = frozenset({"≈", "~"})

UNKNOWN = "is not known; write the formula that it computes"
"""What is said of a function that a program applies and that is defined nowhere here."""


@dataclass
class Understanding:
    """Turns statements into chains, in the order of the page.

    Attributes
    ----------
    interpreter
        What formulas mean.
    values
        The values of leaves so far, one after the other.
    same
        Returns the quantities of the graph that a formula is, the likeliest first.
    of_value
        Returns the quantities that have a number.
    """

    interpreter: Interpreter
    values: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    same: Callable[[ClaimedSide], Sequence[Target]] = lambda _: ()
    of_value: Callable[[ClaimSide], Sequence[Target]] = lambda _: ()
    is_right: Callable[[Target, ClaimSide], bool] = lambda _, __: False
    """Whether a side is right about a value, also after steps."""
    before: Chain | None = None
    stated: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    """The values that lines of the page give to leaves."""
    seen: list[Node] = field(default_factory=list[Node])
    remarks: list[str] = field(default_factory=list[str])
    own: set[spelling.Parts] = field(default_factory=set[spelling.Parts])
    """Names of the page's own."""
    units: Units | None = None
    """Which layers the indices of δ and w count, if the page says so."""
    is_aside: bool = False
    """Whether the last statement was one of a program that is about nothing of the graph."""

    def chains(self, line: Line) -> Iterator[Chain]:
        """Yield what a statement claims."""
        if self.units is not None:
            read = tuple(map(self.units.read, line.statement.sides))
            line = replace(line, statement=replace(line.statement, sides=read))
        sides = line.statement.sides
        if line.is_name:
            self._begin(line)
            return
        if sides[0].relation or line.fragment.follows:
            yield from self._going_on(line)
            return
        self.is_aside = not line.fragment.certain and not self._is_about_the_graph(sides[0].tree)
        if self.is_aside:
            self._put_aside(line)
            return
        changes = sides[1].relation in updates.CHANGES
        sides, after = updates.with_arrow(updates.written_out(sides))
        if changes and self._parameter_of(sides) is None:
            why = "what is added to here does not stand beside it, so the sum is not known"
            written = line.written(line.statement.span)
            yield self._noticed(Chain(line, written, (), (), problem=why))
            return
        yield from self._of_sides(line, sides)
        if after and isinstance(self.interpreter.exact(sides[0].tree), Node):
            yield from self._of_sides(line, after)

    def _parameter_of(self, sides: Sequence[Side]) -> Node | None:
        """Return the parameter whose new value, or an entry of it, a statement gives."""
        found = updates.parameter_of(self.interpreter.names, sides, self.values, self.seen)
        return self._parameter_of_entry(sides[0].tree) if found is None else found

    def _of_sides(self, line: Line, sides: Sequence[Side]) -> Iterator[Chain]:
        """Yield what a statement claims, of a value or of one after a step."""
        taken = places.taken_at(self.interpreter, sides[0].tree, self.values)
        if taken is not None:
            yield from self._at_a_place(line, taken, sides)
            return
        given = None
        if line.fragment.form != "code":
            try:
                given = of_differentials.derivatives(self.interpreter, sides)
                given = given or of_differentials.of_arrays(self.interpreter, sides)
            except NotUnderstoodError as error:
                written = line.written(sides[0].span)
                yield self._noticed(Chain(line, written, (), (), problem=_told(line, error)))
                return
        if given is not None:
            for derivative, side in given:
                yield from self._claimed(line, [Side("", derivative), side], None)
            return
        yield from self._of_values(line, sides)

    def _at_a_place(
        self, line: Line, taken: places.Taken, sides: Sequence[Side]
    ) -> Iterator[Chain]:
        """Yield what is claimed at a place: that of the page, or where a step has led."""
        first, *rest = replace(sides[0], tree=taken.body), *sides[1:]
        why, steps = self._how_far(taken)
        if why:
            written = line.written(sides[0].span)
            yield self._noticed(Chain(line, written, (), (), problem=f"{written!r}: {why}"))
            return
        for chain in self._of_values(line, [first, *rest]):
            if not steps:
                yield chain
                continue
            links = tuple(
                link for link in chain.links if all(way.is_numeric for way in link.ways)
            )  # formulas say what it is before steps
            targets = tuple(replace(target, step=steps) for target in chain.targets)
            yield replace(chain, targets=targets, links=links)

    def _how_far(self, taken: places.Taken) -> tuple[str, int]:
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

    def _of_values(self, line: Line, sides: Sequence[Side]) -> Iterator[Chain]:
        """Yield what a statement claims at the values of the page."""
        parameter = self._parameter_of(sides)
        self.interpreter.stepping = parameter
        if parameter is None and self._is_another_layout(line, sides):
            self.is_aside = True
            return
        for key in partial_arrays.entries_given(sides) or [None]:
            chosen = [side if key is None else partial_arrays.entry_of(side, key) for side in sides]
            if parameter is None and (chain := self._perhaps_stepped(line, chosen)) is not None:
                yield self._noticed(chain)
            elif parameter is None:
                yield from self._claimed(line, chosen, key)
            else:
                own = self._entry_stepping(sides[0].tree, parameter) if key is None else key
                target = Target("value", parameter, key=own, step=1)
                yield self._noticed(self._chain(line, chosen[0], (target,), chosen[1:], key))

    def _parameter_of_entry(self, tree: Tree) -> Node | None:
        """Return the parameter of which W_{1,11}^{new} is an entry; None for another name."""
        name, is_marked = updates.without_mark(tree)
        if not is_marked or not isinstance(name, trees.Script) or name.primes:
            return None
        node, key = self._entry(name)
        return node if node is not None and key and node.kind == "parameter" else None

    def _entry_stepping(self, tree: Tree, parameter: Node) -> tuple[int, ...] | None:
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

    def _perhaps_stepped(self, line: Line, sides: Sequence[Side]) -> Chain | None:
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

    def _begin(self, line: Line) -> None:
        """Keep in mind what the next line is about."""
        first = line.statement.sides[0]
        is_marked = updates.without_mark(first.tree)[1]
        parameter = self._parameter_of([first, replace(first, relation="=")]) if is_marked else None
        try:
            if parameter is not None:
                key = self._entry_stepping(first.tree, parameter)
                targets = (Target("value", parameter, key=key, step=1),)
            else:
                targets = self.targets(first.tree)
            self.before = (
                self._chain(line, first, targets, ()) if targets else self._numeric(line, [first])
            )
        except (NotUnderstoodError, MisfitError) as error:
            written = line.written(first.span)
            self.before = Chain(line, written, (), (), problem=_told(line, error))

    def _going_on(self, line: Line) -> Iterator[Chain]:
        """Yield the chain of a line that begins with a relation, about what the last was about."""
        if self.is_aside or self._is_shape(line):
            return
        if self.before is None:
            shown, why = line.written(line.statement.span), "it goes on with nothing above it"
            yield Chain(line, shown, (), (), problem=why)
            return
        sides = line.statement.sides
        going_on = replace(self.before, line=line, links=self.links(line, sides))
        instances = tuple(
            replace(
                one, line=line, links=self.links(line, [open_indices.at(s, one.at) for s in sides])
            )
            for one in self.before.instances
        )
        yield replace(going_on, instances=instances, links=(instances or (going_on,))[0].links)

    def _is_about_the_graph(self, tree: Tree) -> bool:
        """Whether a name is that of a computed node or of a derivative."""
        name, is_new = updates.without_mark(tree)
        try:
            if is_new and self.targets(name):
                return True
            targets = self.targets(tree)
        except (NotUnderstoodError, MisfitError):
            return False
        return any(not target.of.is_leaf for target in targets if target.kind != "expression")

    def _put_aside(self, line: Line) -> None:
        """Keep in mind what a program gives a name of its own, as far as it can be read."""
        first, *rest = line.statement.sides
        parts = spelling.bare_parts_of(first.tree)
        if parts is None or self.interpreter.names.node(parts) is not None:
            return
        if updates.literal(rest[0].tree) is not None:  # printed
            return
        links = self.links(line, rest)
        if self._named_by_page(line, first, rest, links) is None:
            self.interpreter.meant.pop(parts, None)
            is_count = (
                isinstance(first.tree, trees.Name)
                and parts not in own_names.CONSTANTS
                and self.interpreter.habitual(first.tree, parts) is not None
            )
            if not is_count:  # N = len(y)
                self.interpreter.unknown.add(parts)

    def _is_another_layout(self, line: Line, sides: Sequence[Side]) -> bool:
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

    def _is_shape(self, line: Line) -> bool:
        """Whether a line that goes on says how large an array is, ``[3, 2]`` behind a program."""
        before = self.before
        if before is None or not before.targets or len(line.statement.sides) != 1:
            return False
        target, tree = before.targets[0], line.statement.sides[0].tree
        sizes = updates.literal(tree)
        if isinstance(tree, trees.Group) and tree.bracket == "[" and not isinstance(sizes, list):
            sizes = [sizes]
        if not isinstance(sizes, list) or sizes != [*target.shape]:
            return False
        return math.prod(int(size) for size in target.shape) != len(sizes)

    def _claimed(
        self, line: Line, sides: Sequence[Side], key: tuple[int, ...] | None
    ) -> Iterator[Chain]:
        first, rest = sides[0], sides[1:]
        remarks = len(self.remarks)
        if (own := self._own(line, first, rest)) is not None:
            yield self._noticed(own)
            return
        try:
            targets = self.targets(first.tree, key)
        except (NotUnderstoodError, MisfitError) as error:
            chain = self._of_function(line, first, rest)
            if chain is None:
                chain = self._by_content(line, first, rest, error)
        else:
            chain = None
            if spelling.bare_parts_of(first.tree) in self.own:
                error = NotUnderstoodError(first.tree, "it is a name of the page's own")
                chain = self._by_content(line, first, rest, error)
                if chain is None or not chain.targets:
                    chain = self._chain(line, first, targets, rest, key)
            elif self._is_difference(first.tree, rest):
                chain = self._named_by_page(line, first, rest, self.links(line, rest))
            elif targets and all(target.kind == "expression" for target in targets):
                chain = self._of_function(line, first, rest)
            if chain is not None and not chain.is_unread:
                pass
            elif targets:
                chain = self._chain(line, first, targets, rest, key)
            else:
                chain = self._numeric(line, sides)
        if chain is None:
            return
        if chain.is_unread and (instances := open_indices.some(list(self._instances(line, sides)))):
            del self.remarks[remarks:]
            written = chain.written
            chain = replace(instances[0], written=written, instances=instances)
        yield self._noticed(chain)

    def _own(self, line: Line, first: Side, rest: Sequence[Side]) -> Chain | None:
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
        named = self._named_by_page(line, first, rest, links)
        if named is None:
            self.interpreter.meant.pop(parts, None)
            self.interpreter.unknown.add(parts)
            self.own.add(parts)
            problem = (
                links[0].problem or f"{line.written(first.span)!r} is a name of the page's own"
            )
            named = Chain(line, line.written(first.span), (), links, problem=problem)
        return named

    def _instances(self, line: Line, sides: Sequence[Side]) -> Iterator[Chain]:
        """Yield what a statement with open indices says of each, as far as the graph has it."""
        last = None
        for values, (first, *rest) in open_indices.instances(sides):
            if last is not None and values.get(open_indices.LAST) != last:
                continue
            try:
                targets = self.targets(first.tree)
            except (NotUnderstoodError, MisfitError):
                continue
            chain = replace(self._chain(line, first, targets, rest), at=values)
            if not chain.is_unread and all(link.ways for link in chain.links):
                last = values.get(open_indices.LAST)
                yield chain

    def targets(self, tree: Tree, key: tuple[int, ...] | None = None) -> tuple[Target, ...]:
        """Return what the left of a statement may be about; nothing for numbers alone."""
        found: list[Target] = []
        for way in self.interpreter.readings(tree):
            target = self.target(way.expression)
            if target is None:
                continue
            if key is not None:
                if len(target.shape) != len(key):
                    continue
                target = replace(target, key=key)
            found.append(target)
        return tuple(dict.fromkeys(found))

    def target(self, expression: Expression) -> Target | None:
        """Return what an expression is about: a node, a derivative, entries of one, or itself."""
        match expression:
            case Node():
                return Target("value", expression)
            case Reference():
                return expression.target
            case Apply(function=Index(key=key), arguments=(Node() | Reference() as whole,)):
                target = self.target(whole)
                return None if target is None else replace(target, key=key)
        side = side_of(self.interpreter.names.graph, expression, "")
        if side.is_numeric or not isinstance(side, ClaimedSide):
            return None
        return Target("expression", self.interpreter.names.graph.nodes[-1], link=side)

    def _chain(
        self,
        line: Line,
        first: Side,
        targets: Sequence[Target],
        rest: Sequence[Side],
        key: tuple[int, ...] | None = None,
    ) -> Chain:
        self.interpreter.partial = any(target.kind == "J" for target in targets)
        links = self.links(line, rest, key)
        self.interpreter.partial = False
        kept = tuple(link for link in links if not self._names_it(first, link, targets))
        return Chain(line, line.written(first.span), tuple(targets), kept)

    def _names_it(self, first: Side, link: Link, targets: Sequence[Target]) -> bool:
        """Whether a side only says what a δ is of: δ := ∂E/∂s = …, or ∂E/∂s = δ = …."""
        signs = map(spelling.bare_parts_of, (first.tree, link.side.tree))
        if not any(parts and deltas.is_delta(parts) for parts in signs) or len(targets) != 1:
            return False
        return any(
            isinstance(way, ClaimedSide)
            and len(way.names) == len(way.function.program) == 1
            and self.target(way.names[0]) == targets[0]
            for way in link.ways
        )

    def _of_function(self, line: Line, first: Side, rest: Sequence[Side]) -> Chain | None:
        """Return a chain about a function itself, σ(x) = …, of an argument the graph has not."""
        first, *rest = of_functions.with_argument([first, *rest])
        defined = of_functions.function_alone(first.tree)
        if defined is None:
            return None
        of, target = defined
        inner = Understanding(Interpreter(Names(of, None)))
        return inner._chain(line, first, (target,), rest)

    def _by_content(
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
        own = self._named_by_page(line, first, rest, links) if is_new else None
        if own is not None:
            return own
        if line.fragment.form == "code" and self._is_counter(first, rest):
            return None
        return Chain(line, written, (), links, problem=_told(line, error))

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

    def _named_by_page(
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

    def _is_difference(self, tree: Tree, rest: Sequence[Side]) -> bool:
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

    def by_its_factors(self, chain: Chain) -> Target | None:
        """Return the derivative that a product ∂J/∂θ ∂θ/∂U in a chain is of: of J, in U."""
        for link in chain.links:
            tree = link.side.tree
            if isinstance(tree, trees.Product) and all(
                isinstance(factor, trees.Derivative) for factor in tree.factors
            ):
                first, last = tree.factors[0], tree.factors[-1]
                assert isinstance(first, trees.Derivative)  # noqa: S101 - asked
                assert isinstance(last, trees.Derivative)  # noqa: S101
                whole = trees.Derivative("∂", first.of, last.wrt, span=tree.span)
                try:
                    return next(iter(self.targets(whole)), None)
                except (NotUnderstoodError, MisfitError):
                    continue
        return None

    def _meant(self, way: ClaimedSide) -> Sequence[Target]:
        """Return the quantity a side is: the one it names, or whose formula it is."""
        if len(way.names) == 1 and len(way.function.program) == 1:
            target = self.target(way.names[0])
            return [] if target is None else [target]
        return self.same(way)

    def _numeric(self, line: Line, sides: Sequence[Side]) -> Chain | None:
        """Return a chain of numbers alone, about what has this number, if anything has."""
        links = self.links(line, sides)
        if not links or not links[0].ways:
            return None
        if any(side.relation == "→" for side in sides[1:]):
            return Chain(line, line.written(sides[0].span), (), links,
                         problem="what changes so is not said")  # fmt: skip
        first = links[0].ways[0]
        targets = self.of_value(first)
        if len(links) > 1 and links[-1].ways:
            last = self.of_value(links[-1].ways[0])
            targets = [target for target in targets if target in last]
        if not targets:
            targets = [Target("expression", self.interpreter.names.graph.nodes[-1], link=first)]
            links = links[1:]
        return Chain(line, line.written(sides[0].span), tuple(targets[:1]), links)

    def _noticed(self, chain: Chain) -> Chain:
        """Keep in mind what the last chain was about, for lines that go on with it."""
        self.before = chain
        for target in chain.targets:
            new = updates.literal(chain.links[-1].side.tree) if chain.links else None
            if new is not None and target.kind == "value" and target.key is None:
                if not target.step:
                    self.stated.setdefault(target.of.name, []).append(new)
                else:
                    self.values.setdefault(target.of.name, []).append(new)
            if target.wrt is not None and target.wrt.kind == "parameter":
                self.seen.append(target.wrt)
        return chain

    # Sides

    def links(
        self, line: Line, sides: Sequence[Side], key: tuple[int, ...] | None = None
    ) -> tuple[Link, ...]:
        """Return sides with the ways to read them; of arrays one entry, where that is meant."""
        return tuple(self._link(line, side, key) for side in sides)

    def _begun(self, expression: Expression) -> Expression:
        """Return w − 0.1·(−2), a step whose gradient is a number, with the number of w too."""
        node = self.interpreter.stepping
        if node is None or node.shape or not isinstance(expression, Apply):
            return expression
        first, *others = expression.arguments
        known = self.values.get(node.name, ())
        is_step = expression.function in (OPERATORS["add"], OPERATORS["sub"])
        if not is_step or first is not node or len(known) != 1:
            return expression
        if not all(side_of(node.graph, part, "").is_numeric for part in others):
            return expression
        return Apply(expression.function, (Constant(known[0]), *others))

    def _link(self, line: Line, side: Side, key: tuple[int, ...] | None) -> Link:
        """Return a side with the ways to read it; of an array one entry, where that is meant."""
        try:
            ways = [
                self._begun(way.expression)[key] if key and len(way.expression.shape) == len(key)
                else self._begun(way.expression)
                for way in self.interpreter.readings(side.tree)
            ]  # fmt: skip
        except NotUnderstoodError as error:
            function = self._unknown_function(line, side, error)
            problem = f"{function!r} {UNKNOWN}" if function else _told(line, error)
            return Link(side, (), problem, unread=True, unknown_function=function)
        except MisfitError as error:
            return Link(side, (), f"its arrays do not fit together: {error}")
        except (GraphdiffError, ValueError, RecursionError) as error:
            return Link(side, (), str(error), unread=True)
        known = _known(side)
        written = line.written(side.span)
        graph = self.interpreter.names.graph
        found = [side_of(graph, way, written, known) for way in ways]
        return Link(side, tuple(found))

    @staticmethod
    def _unknown_function(line: Line, side: Side, error: NotUnderstoodError) -> str:
        """Return what a program calls a function that is not known, if that is what is amiss."""
        if line.fragment.form != "code":
            return ""
        found = known_functions.unknown(side.tree, error.tree)
        return "" if found is None else line.written(found.span)


def _only_names(link: Link, target: Target) -> bool:
    """Whether a side is the name of what a chain is about."""
    return any(
        isinstance(way, ClaimedSide) and len(way.function.program) == 1
        and way.names == (target.of,) and target.kind == "value"
        for way in link.ways
    )  # fmt: skip


def _known(side: Side) -> Precision:
    """Return how exactly a whole number after ≈ is known: to its last digit."""
    tree = side.tree
    if isinstance(tree, trees.Sum) and len(tree.terms) == 1:
        tree = tree.terms[0][1]
    if side.relation in APPROXIMATE and isinstance(tree, trees.Number) and tree.text.isdecimal():
        return of_text(f"{tree.text}e0")
    return EXACT


def _told(line: Line, error: Exception) -> str:
    """Say which part of a line was not understood, and why."""
    if isinstance(error, NotUnderstoodError):
        shown = line.written(error.tree.span)
        if isinstance(error.tree, trees.Unread):
            return f"{error.tree.found[:60]!r}: {error.tree.why}"
        return f"{shown[:60]!r}: {error.why}"
    return str(error)
