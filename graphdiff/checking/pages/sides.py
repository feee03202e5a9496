"""What the sides of a statement are about, and the ways to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.claims import side_of
from graphdiff.checking.pages import (
    deltas,
    known_functions,
    spelling,
)
from graphdiff.checking.pages.chains import Chain, Link
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.precision import EXACT, Precision, of_text
from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import GraphdiffError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Side, Tree
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions import OPERATORS
from graphdiff.language.functions.movement import Index

APPROXIMATE = frozenset({"≈", "~"})

NEAR_FRACTION = Decimal("0.03")
"""Twice the part of a fraction behind ≈ by which it may be off, however small its denominator."""

MOST_DIGITS = 15
"""Digits of the numbers of a fraction that is taken for a rounded one."""

UNKNOWN = "is not known; write the formula that it computes"
"""What is said of a function that a program applies and that is defined nowhere here."""


@dataclass
class Sides:
    """Reads the sides of statements.

    Attributes
    ----------
    interpreter
        What formulas mean.
    values
        The values of leaves so far, one after the other.
    """

    interpreter: Interpreter
    values: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])

    def targets(self, tree: Tree, key: tuple[int, ...] | None = None) -> tuple[Target, ...]:
        """Return what the left of a statement may be about; nothing for numbers alone."""
        found: list[Target] = []
        for way in self.interpreter.readings(tree):
            is_slope = isinstance(tree, trees.Derivative) and isinstance(way.expression, Node)
            read = self._formula if is_slope else self.target  # d/dw (w u) is u, and not about it
            target = read(way.expression)
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
        return self._formula(expression)

    def _formula(self, expression: Expression) -> Target | None:
        """Return a formula as what a statement is about; None for numbers alone."""
        side = side_of(self.interpreter.names.graph, expression, "")
        if side.is_numeric or not isinstance(side, ClaimedSide):
            return None
        return Target("expression", self.interpreter.names.graph.nodes[-1], link=side)

    def chain(
        self,
        line: Line,
        first: Side,
        targets: Sequence[Target],
        rest: Sequence[Side],
        key: tuple[int, ...] | None = None,
    ) -> Chain:
        """Return a chain about some targets, without sides that only say what a δ is of."""
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

    def links(
        self, line: Line, sides: Sequence[Side], key: tuple[int, ...] | None = None
    ) -> tuple[Link, ...]:
        """Return sides with the ways to read them; of arrays one entry, where that is meant."""
        return tuple(self._link(line, side, key) for side in sides)

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
            problem = f"{function!r} {UNKNOWN}" if function else told(line, error)
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

    @staticmethod
    def _unknown_function(line: Line, side: Side, error: NotUnderstoodError) -> str:
        """Return what a program calls a function that is not known, if that is what is amiss."""
        if line.fragment.form != "code":
            return ""
        found = known_functions.unknown(side.tree, error.tree)
        return "" if found is None else line.written(found.span)


def _known(side: Side) -> Precision:
    """Return how exactly a whole number after ≈ is known: to its last digit."""
    tree = side.tree
    if isinstance(tree, trees.Sum) and len(tree.terms) == 1:
        tree = tree.terms[0][1]
    if (ratio := _whole_numbers(tree)) is not None:
        return _of_fraction(*ratio, is_rounded=side.relation in APPROXIMATE)
    if side.relation in APPROXIMATE and isinstance(tree, trees.Number) and tree.text.isdecimal():
        return of_text(f"{tree.text}e0")
    return EXACT


def _whole_numbers(tree: Tree) -> tuple[int, int] | None:
    """Return the two whole numbers of a fraction; None for anything else."""
    match tree:
        case trees.Fraction(trees.Number(text=above), trees.Number(text=below)) | trees.Product(
            (trees.Number(text=above), trees.Number(text=below)), ("/",)
        ) if above.isdecimal() and below.isdecimal() and max(len(above), len(below)) < MOST_DIGITS:
            return (int(above), int(below)) if int(above) and int(below) else None
        case _:
            return None


def _of_fraction(above: int, below: int, *, is_rounded: bool) -> Precision:
    """Return how exactly a fraction is known: 36/100 is 0.36, and after ≈ it is a near one.

    One nearest to a number among those of no larger denominators is nearer to it than 1/q²; that is
    a large part of it for small q, so it is bounded by a part of the fraction.
    """
    zeros = str(below)[1:]
    if zeros and not zeros.strip("0") and str(below)[0] == "1":
        return of_text(str(Decimal(above).scaleb(-len(zeros))))
    if not is_rounded:
        return EXACT
    unit = min(Decimal(2) / below**2, NEAR_FRACTION * above / below)
    return Precision(unit, 2)


def told(line: Line, error: Exception) -> str:
    """Say which part of a line was not understood, and why."""
    if isinstance(error, NotUnderstoodError):
        shown = line.written(error.tree.span)
        if isinstance(error.tree, trees.Unread):
            return f"{error.tree.found[:60]!r}: {error.tree.why}"
        return f"{shown[:60]!r}: {error.why}"
    return str(error)
