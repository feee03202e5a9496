"""What the statements of a page claim: targets, and the chains claimed to equal them.

A chain goes on where a line begins with a relation. A name that the graph does not have is known
by what stands beside it: f¹(x, w) = x w = 5 is about the node that is x w, whatever it is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.pages import (
    bare_sums,
    of_differentials,
    of_functions,
    of_second_derivatives,
    open_indices,
    partial_arrays,
    places,
    spelling,
    updates,
)
from graphdiff.checking.pages.chains import Chain
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.naming import Naming
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.sides import told
from graphdiff.checking.pages.stepping import Stepping
from graphdiff.checking.pages.units import Units
from graphdiff.checking.targets import Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Side, Tree
from graphdiff.graph import Node


@dataclass
class Understanding(Stepping, Naming):
    """Turns statements into chains, in the order of the page.

    Attributes
    ----------
    of_value
        Returns the quantities that have a number.
    before
        The last chain, which lines go on with.
    units
        Which layers the indices of δ and w count, if the page says so.
    is_aside
        Whether the last statement was one of a program that is about nothing of the graph.
    fixed
        The indices of what the last statement is about.
    """

    of_value: Callable[[ClaimSide], Sequence[Target]] = lambda _: ()
    before: Chain | None = None
    units: Units | None = None
    is_aside: bool = False
    fixed: frozenset[str] = frozenset()

    def chains(self, line: Line) -> Iterator[Chain]:
        """Yield what a statement claims."""
        if self.units is not None:
            read = tuple(map(self.units.read, line.statement.sides))
            line = replace(line, statement=replace(line.statement, sides=read))
        line = self._with_sums(line)
        sides = line.statement.sides
        if line.is_name:
            self._begin(line)
            return
        if sides[0].relation or line.fragment.follows:
            yield from self._going_on(line)
            return
        self.is_aside = not line.fragment.certain and not self._is_about_the_graph(sides[0].tree)
        if self.is_aside:
            self.put_aside(line)
            return
        changes = sides[1].relation in updates.CHANGES
        sides, after = updates.with_arrow(updates.written_out(sides))
        if changes and self.parameter_of(sides) is None:
            why = "what is added to here does not stand beside it, so the sum is not known"
            written = line.written(line.statement.span)
            yield self._noticed(Chain(line, written, (), (), problem=why))
            return
        yield from self._of_sides(line, sides)
        if after and isinstance(self.interpreter.exact(sides[0].tree), Node):
            yield from self._of_sides(line, after)

    def _with_sums(self, line: Line) -> Line:
        """Return a statement whose sums say over what they run."""
        statement = line.statement
        if not statement.sides[0].relation and not line.fragment.follows:
            self.fixed = bare_sums.indices(statement.sides[0].tree)
        sides = bare_sums.with_indices(statement.sides, self.fixed)
        return replace(line, statement=replace(statement, sides=sides))

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
                yield self._noticed(Chain(line, written, (), (), problem=told(line, error)))
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
        why, steps = self.how_far(taken)
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

    def _of_values(self, line: Line, sides: Sequence[Side]) -> Iterator[Chain]:
        """Yield what a statement claims at the values of the page."""
        parameter = self.parameter_of(sides)
        self.interpreter.stepping = parameter
        if parameter is None and self.is_another_layout(line, sides):
            self.is_aside = True
            return
        for key in partial_arrays.entries_given(sides) or [None]:
            chosen = [side if key is None else partial_arrays.entry_of(side, key) for side in sides]
            if parameter is None and (chain := self.perhaps_stepped(line, chosen)) is not None:
                yield self._noticed(chain)
            elif parameter is None:
                yield from self._claimed(line, chosen, key)
            else:
                own = self.entry_stepping(sides[0].tree, parameter) if key is None else key
                target = Target("value", parameter, key=own, step=1)
                yield self._noticed(self.chain(line, chosen[0], (target,), chosen[1:], key))

    def _begin(self, line: Line) -> None:
        """Keep in mind what the next line is about."""
        first = line.statement.sides[0]
        is_marked = updates.without_mark(first.tree)[1]
        parameter = self.parameter_of([first, replace(first, relation="=")]) if is_marked else None
        try:
            if parameter is not None:
                key = self.entry_stepping(first.tree, parameter)
                targets = (Target("value", parameter, key=key, step=1),)
            else:
                targets = self.targets(first.tree)
            self.before = (
                self.chain(line, first, targets, ()) if targets else self._numeric(line, [first])
            )
        except (NotUnderstoodError, MisfitError) as error:
            written = line.written(first.span)
            self.before = Chain(line, written, (), (), problem=told(line, error))

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
        if why := of_second_derivatives.misfit(self.interpreter, first.tree, rest):
            yield self._noticed(Chain(line, line.written(first.span), (), (), problem=why))
            return
        if (own := self.taken_by_page(line, first, rest)) is not None:
            yield self._noticed(own)
            return
        try:
            targets = self.targets(first.tree, key)
        except (NotUnderstoodError, MisfitError) as error:
            chain = self._of_function(line, first, rest)
            if chain is None:
                chain = self.by_content(line, first, rest, error)
        else:
            chain = None
            if spelling.bare_parts_of(first.tree) in self.own:
                error = NotUnderstoodError(first.tree, "it is a name of the page's own")
                chain = self.by_content(line, first, rest, error)
                if chain is None or not chain.targets:
                    chain = self.chain(line, first, targets, rest, key)
            elif self.is_difference(first.tree, rest):
                chain = self.named_by_page(line, first, rest, self.links(line, rest))
            elif targets and all(target.kind == "expression" for target in targets):
                chain = self._of_function(line, first, rest)
            if chain is not None and not chain.is_unread:
                pass
            elif targets:
                chain = self.chain(line, first, targets, rest, key)
            else:
                chain = self._numeric(line, sides)
        if chain is None:
            return
        if chain.is_unread and (instances := open_indices.some(list(self._instances(line, sides)))):
            del self.remarks[remarks:]
            written = chain.written
            chain = replace(instances[0], written=written, instances=instances)
        yield self._noticed(chain)

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
            chain = replace(self.chain(line, first, targets, rest), at=values)
            if not chain.is_unread and all(link.ways for link in chain.links):
                last = values.get(open_indices.LAST)
                yield chain

    def _of_function(self, line: Line, first: Side, rest: Sequence[Side]) -> Chain | None:
        """Return a chain about a function itself, σ(x) = …, of an argument the graph has not."""
        first, *rest = of_functions.with_argument([first, *rest])
        defined = of_functions.function_alone(first.tree)
        if defined is None:
            return None
        of, target = defined
        inner = Understanding(Interpreter(Names(of, None)))
        return inner.chain(line, first, (target,), rest)

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
