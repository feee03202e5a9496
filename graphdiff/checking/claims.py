"""Reading claims as people write them: numbers, arrays, formulas, chains of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.checking import precision, rate_names
from graphdiff.checking.claim_records import Cell, Claim, ClaimedSide, Misfit, Numbers, Side, Unread
from graphdiff.checking.claimed_arrays import MAX_NUMBERS, brief, flattened, listed, shape_of
from graphdiff.checking.descents import Descent
from graphdiff.checking.foreign import as_numpy, without_wrappers
from graphdiff.checking.modes import MODES, in_mode, mode_target
from graphdiff.checking.precision import Precision
from graphdiff.checking.targets import (
    NO_STATES,
    NoTargetError,
    Reference,
    States,
    Target,
    as_written,
    reference,
    state_of,
    target,
    with_derivatives,
)
from graphdiff.errors import (
    BudgetError,
    ExpressionError,
    GraphdiffError,
    GraphError,
    UnknownNameError,
)
from graphdiff.evaluation.exact import EXACT
from graphdiff.files import budget
from graphdiff.files.parser import MisfitError, parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import from_sympy, quantity
from graphdiff.language.expression import Constant, Expression, as_expression, in_order
from graphdiff.language.functions import ALIASES, NAMED, Function
from graphdiff.language.shapes import Shape, entries
from graphdiff.local_functions.local_function import Instruction, Literal, LocalFunction, localise
from graphdiff.notation import text
from graphdiff.optimisers.rule import RATE

MAX_CLAIMS = 10_000
"""Claims in one report."""

MAX_ADJUSTED = 300
"""The largest power of ten of a number that needs no closer look."""

MAX_LINKS = 200
"""Links in one chain."""


def claims(
    graph: ComputationalGraph,
    written: Iterable[tuple[Any, Any]],
    output: Node | None,
    sizes: Mapping[str, Any] | None = None,
    descent: Descent | None = None,
    tangent: Any = None,
) -> tuple[Claim | Unread, ...]:
    """Read claims.

    Parameters
    ----------
    sizes
        What letters in formulas stand for: sizes of the graph.
    descent
        The descent that steps are of, if there is one.
    tangent
        What tangents go along, if there are some.

    Raises
    ------
    GraphError
        If there are too many.
    """
    pairs = list(written)
    if len(pairs) > MAX_CLAIMS:
        raise GraphError(f"there are {len(pairs)} claims, more than {MAX_CLAIMS}")
    reader = _Reader(graph, output, sizes, descent, tangent)
    found: list[Claim | Unread] = []
    for source, entry in pairs:
        try:
            with budget.cpu(budget.EVALUATION):
                found.append(reader.claim(source, entry))
        except GraphdiffError as error:
            found.append(Unread(_text(source), _text(entry), error))
        except Exception as error:  # whatever is given for a claim costs the others nothing
            problem = GraphError(
                f"claim {_text(source)!r:.60}: no number or formula ({type(error).__name__})"
            )
            found.append(Unread(_text(source), _text(entry), problem))
    return tuple(found)


def _text(entry: Any) -> str:
    """Return what was given as it is shown, whatever it is."""
    try:
        return entry if isinstance(entry, str) else brief(entry)
    except Exception:
        return type(entry).__name__


def side_of(
    graph: ComputationalGraph,
    expression: Expression,
    written: str,
    known: Precision = precision.EXACT,
) -> Side:
    """Return an expression as a side of a chain.

    Parameters
    ----------
    written
        How it stands on the page.
    known
        How exactly it is known, where its digits do not say so.
    """
    return _Reader(graph, None).expression_side(expression, written, known)


def target_of(
    graph: ComputationalGraph,
    source: str,
    output: Node | None = None,
    *,
    descent: Descent | None = None,
    tangent: Any = None,
) -> Target:
    """Return what a text of a claim is about, in any of the ways to write it.

    Raises
    ------
    GraphdiffError
        If it is no target, or one of a node or an entry that is not there.
    """
    return _Reader(graph, output, None, descent, tangent).about(source)


def letters(graph: ComputationalGraph) -> dict[str, sp.Symbol]:
    """Return the letters that the shapes of a graph have for sizes."""
    sizes = (size for leaf in graph.leaves for size in leaf.shape if isinstance(size, sp.Expr))
    symbols = (symbol for size in sizes for symbol in size.free_symbols)
    return {symbol.name: symbol for symbol in sorted(symbols, key=str)}


def own_functions(graph: ComputationalGraph) -> dict[str, Function]:
    """Return the functions of one's own that a graph uses, by name."""
    steps = (
        line.function
        for node in graph.nodes
        if node.function
        for line in node.function.program
        if isinstance(line, Instruction)
    )
    return {
        function.name: function
        for function in steps
        if isinstance(function, Function)
        and function.operator is None
        and NAMED.get(function.name) is not function
    }


class _Reader:
    """Reads claims about a graph."""

    def __init__(
        self,
        graph: ComputationalGraph,
        output: Node | None,
        sizes: Mapping[str, Any] | None = None,
        descent: Descent | None = None,
        tangent: Any = None,
    ) -> None:
        self.descent = descent
        self.method = None if descent is None else descent.method
        self.states: States = NO_STATES if descent is None else descent.states
        self.tangent = tangent
        self.graph = graph
        self.output = output
        self.sizes = letters(graph) if sizes is None else sizes
        self.own = own_functions(graph)
        self.step = 1
        """The step of descent whose learning rate η is."""

    def claim(self, source: str, entry: Any) -> Claim:
        """Read a claim: a number, an array, a formula, or a chain of them."""
        try:
            about = self.about(source)
            self.step = max(1, about.step)
            chain = [
                part
                for written in self.chain(entry, about.shape)
                for part in (sides(written) if isinstance(written, str) else [written])
            ]
            if not 0 < len(chain) <= MAX_LINKS:
                raise ExpressionError(f"a chain has 1 to {MAX_LINKS} links, not {len(chain)}")
            return Claim(source, about, tuple(self.readable(part, source, about) for part in chain))
        except UnknownNameError as error:
            raise UnknownNameError(f"claim {source!r:.60}: {error}") from None
        except GraphdiffError as error:
            raise type(error)(f"claim {source!r:.60}: {as_written(str(error))}") from None

    def about(self, source: Any) -> Target:
        """Read what a claim is about: a target, or an expression of such, as J·v is."""
        if (mode := mode_target(self.graph, source, self.output, self.tangent)) is not None:
            return mode if isinstance(mode, Target) else self.along(mode, str(source))
        try:
            found = target(self.graph, source, self.output, self.states)
        except NoTargetError as error:
            try:
                link = self.link(source)
            except GraphdiffError as unread:
                raise (unread if "@" in str(source) else error) from None
            if link.is_numeric:
                raise
            found = Target("expression", self.graph.nodes[-1], link=link)
        if found.step and self.method is None:
            raise GraphError(
                f"{str(source)[:60]!r} is after a step of gradient descent, whose learning rate is "
                "not known; give learning_rate=0.1, or in a file [descent] learning_rate = 0.1"
            )
        return found

    def along(self, tangent: Expression, source: str) -> Target:
        """Return the target of a tangent along a direction that is not one node's 1."""
        return Target("expression", self.graph.nodes[-1], link=self.expressed(tangent, source))

    def chain(self, entry: Any, shape: Shape) -> list[Any]:
        """Return the links of a claim: the parts of a list, unless it is the array itself.

        For a number every list is a chain. For an array a list of numbers is the array, if
        it is not a list of several such arrays.
        """
        entry = entry.tolist() if isinstance(entry, sp.MatrixBase) else as_numpy(entry)
        if not isinstance(entry, list | tuple):
            return [entry]
        if not shape:
            return [_single(part) for part in entry]
        entry = [as_numpy(part) for part in entry]
        if not self.has_numbers_only(entry):
            return list(entry)
        many, parts = entries(shape), [shape_of(part) for part in entry]
        found = shape_of(entry)
        is_array = found is not None and entries(found) == many
        several = all(part and entries(part) == many for part in parts)
        return list(entry) if several and not is_array else [entry]

    def has_numbers_only(self, entry: Any) -> bool:
        """Whether nested lists hold numbers only, some perhaps as texts such as "1/3"."""
        if isinstance(entry, list | tuple):
            return all(map(self.has_numbers_only, entry))
        if isinstance(entry, str):
            return not any(sign in "[=" for sign in entry) and all(
                name in KNOWN and name not in self.graph for name in _NAME.findall(entry)
            )
        return not isinstance(entry, Expression)

    def readable(self, entry: Any, source: str, about: Target) -> Side | Misfit:
        """Return a side of a chain; one that cannot be read does not keep the others from it."""
        try:
            return self.side(entry, about.shape)
        except BudgetError:
            raise
        except GraphdiffError as error:
            problem = f"claim {source!r:.60}: {as_written(str(error))}"
            return Misfit(_text(entry).strip(), problem, unread=True)

    def side(self, entry: Any, shape: Shape) -> Side | Misfit:
        if isinstance(entry, sp.MatrixBase):
            entry = entry.tolist()
        if isinstance(entry, np.ndarray) and (not entry.shape or (entry.size == 1 and not shape)):
            entry = entry.reshape(-1)[0]
        if isinstance(entry, np.ndarray) or (isinstance(entry, list | tuple) and shape):
            return self.numbers(entry)
        try:
            link = self.link(entry)
        except MisfitError as error:
            return Misfit(str(entry).strip(), as_written(str(error)))
        if link.shape and link.is_numeric and isinstance(entry, str):
            return self.expression_side(self.formula(entry), link.written)
        return link

    def expression_side(
        self, expression: Expression, written: str, known: Precision = precision.EXACT
    ) -> Side:
        """Return an expression as a side: a list of numbers as those, each to its digits."""
        link = self.expressed(expression, written, known)
        parts = listed(expression) if link.shape and link.is_numeric else None
        if parts is None:
            return link
        links = [self.expressed(part, _formula(part)) for part in parts]
        cells = tuple(Cell(None, cell.known, cell) for cell in links)
        return Numbers(written, link.shape, cells)

    def link(self, entry: Any) -> ClaimedSide:
        entry, known = _plain(entry)
        if entry is None or isinstance(entry, bool | Mapping | list | tuple | np.ndarray):
            raise ExpressionError(
                f"{entry!r:.60} is neither a number nor a formula; write a formula in quotes"
            )
        if isinstance(entry, str):
            expression, shown = self.formula(entry), entry.strip()
        elif isinstance(entry, float | Decimal):
            shown = str(entry) if isinstance(entry, Decimal) else repr(entry)
            quantity.exact(entry, "the claim")
            expression = Constant(Decimal(shown), shown)
        elif isinstance(entry, sp.Expr) and not entry.is_Rational:
            named = {symbol: self.graph[str(symbol)] for symbol in entry.free_symbols}
            expression, shown = from_sympy.converted_from_sympy(entry, named), str(entry)
        elif isinstance(entry, Expression):
            expression, shown = entry, _formula(entry)
        elif isinstance(entry, int | Fraction | sp.Expr):
            expression, shown = as_expression(entry), str(entry)
        else:
            raise ExpressionError(f"{entry!r:.60} is neither a number nor a formula")
        return self.expressed(expression, shown, known)

    def expressed(
        self, expression: Expression, shown: str, known: Precision = precision.EXACT
    ) -> ClaimedSide:
        for part in in_order(expression):
            if isinstance(part, Node) and part.graph is not self.graph:
                raise GraphError(f"node {part.name!r} belongs to another graph")
        program, names = localise(expression)
        function = LocalFunction(program, len(names), tuple(name.shape for name in names))
        if len(program) == 1 and isinstance(program[0], Literal) and known is precision.EXACT:
            known = precision.of_text(program[0].text)
        return ClaimedSide(shown, function, names, known)

    def formula(self, source: str) -> Expression:
        def bracket(letter: str, inside: Any) -> Expression | None:
            if letter in MODES and letter not in self.graph:
                words = "".join(word.text for word in inside)
                found = in_mode(self.graph, letter, words, self.output, self.tangent)
                return Reference(found) if isinstance(found, Target) else found
            return reference(self.graph, letter, inside, self.output, self.states)

        readable = with_derivatives(self.graph, without_wrappers(source), self.states)
        return parse(readable, self.lookup, bracket, own=self.own, letters=self.sizes)

    def lookup(self, name: str) -> Expression:
        """Return the node of a name, or a setting of the method: the learning rate, beta_1."""
        if name in self.graph or self.method is None:
            return self.graph[name]
        if rate_names.is_rate(name, rate_names.CLEAR):
            if self.descent is not None and not self.descent.has_constant_rates:
                rate = state_of(self.graph, RATE, self.states, self.output)
                assert rate is not None  # noqa: S101 - no node is called so
                return Reference(replace(rate, step=self.step))
            return Constant(self.method.rate(EXACT, self.step))
        if name in self.method.settings:
            return Constant(self.method.settings[name])
        found = state_of(self.graph, name, self.states, self.output)
        return self.graph[name] if found is None else Reference(found)

    def numbers(self, entry: Any) -> Numbers:
        """Read an array of numbers, given as lists or by NumPy."""
        shape = shape_of(entry)
        if shape is None or 0 in shape:
            raise ExpressionError(
                f"{entry!r:.60} is no array: its rows are not equally long, or it is empty"
            )
        if entries(shape) > MAX_NUMBERS:
            raise ExpressionError(f"an array of {entries(shape)} numbers, more than {MAX_NUMBERS}")
        return Numbers(brief(entry), shape, tuple(map(self.cell, flattened(entry))))

    def cell(self, entry: Any) -> Cell:
        entry, known = _plain(entry)
        if isinstance(entry, bool):
            raise ExpressionError(f"{entry!r} is no number")
        if isinstance(entry, int):
            return Cell(Fraction(entry), precision.of_text(str(entry)))
        if isinstance(entry, float | Decimal):
            if not math.isfinite(entry) or abs(Decimal(entry).adjusted()) > MAX_ADJUSTED:
                quantity.exact(entry, "a number of the array")
            text = repr(entry) if isinstance(entry, float) else str(entry)
            is_typed = known is precision.EXACT
            return Cell(Fraction(text), precision.of_text(text) if is_typed else known)
        link = self.link(entry)
        if link.names or link.shape:
            raise ExpressionError(
                f"{link.written[:60]!r} stands in a list of numbers; an array of formulas is one "
                'text: "[2*x, y]"'
            )
        return Cell(None, link.known, link)


def _plain(entry: Any) -> tuple[Any, Precision]:
    """Return a number of NumPy as one of Python; and of a float how exactly it is known."""
    if isinstance(entry, float | np.floating):
        return float(entry), precision.of_float(entry)
    return entry.item() if isinstance(entry, np.generic) else entry, precision.EXACT


def _single(part: Any) -> Any:
    """Return the number in a 1 × 1 array, given for a number; anything else as it is."""
    part = as_numpy(part)
    while isinstance(part, list | tuple) and len(part) == 1:
        part = part[0]
    return part


KNOWN = frozenset({*NAMED, *ALIASES, "pi", "π", "e", "E"})
_NAME = re.compile(r"[^\W\d]\w*")


def sides(source: str) -> list[str]:
    """Split a chain at its signs of equality: not those of options, nor of <= and >=.

    Examples
    --------
    >>> sides("sum(x, axis=0) = [1, 2]")
    ['sum(x, axis=0) ', ' [1, 2]']
    """
    found, opened, start = list[str](), 0, 0
    for place, sign in enumerate(source):
        opened += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "=" and opened <= 0 and source[place - 1 : place] not in ("<", ">"):
            found.append(source[start:place])
            start = place + 1
    return [*found, source[start:]]


def _formula(expression: Expression) -> str:
    """Return an expression built in Python as text."""
    program, names = localise(expression)
    shown = [name.name if isinstance(name, Node) else repr(name) for name in names]
    shapes = tuple(name.shape for name in names)
    return text.authored(LocalFunction(program, len(names), shapes), shown)
