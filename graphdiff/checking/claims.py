"""Claims as people write them: numbers with the digits they print, formulas, chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff import construct
from graphdiff.checking.targets import Reference, Target, bracketed, target, with_derivatives
from graphdiff.errors import ExpressionError, GraphdiffError, GraphError, UnknownNameError
from graphdiff.expression import Constant, Expression, as_expression, in_order
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local import Literal, LocalFunction, localise
from graphdiff.notation import text

MAX_CLAIMS = 10_000
"""Claims in one report."""

MAX_LINKS = 200
"""Links in one chain."""


@dataclass(frozen=True)
class Link:
    """One side of a chain a = b = c.

    Attributes
    ----------
    written
        The claim as it was written.
    function, names
        The formula as a local function, and what its arguments stand for: nodes, or
        references such as P[e].
    """

    written: str
    function: LocalFunction
    names: tuple[Expression, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number, or arithmetic on numbers alone."""
        return not self.names

    @property
    def decimal(self) -> Decimal | None:
        """The number, where the claim is one decimal with printed digits."""
        if len(self.function.program) == 1 and isinstance(self.function.program[0], Literal):
            return printed(self.function.program[0].text)
        return None


@dataclass(frozen=True)
class Claim:
    """A target, and the chain claimed to equal it."""

    written: str
    target: Target
    links: tuple[Link, ...]


def printed(text: str) -> Decimal | None:
    """Return a literal as a decimal if it shows a decimal point or exponent, else None.

    Examples
    --------
    >>> printed("0.40"), printed("8")
    (Decimal('0.40'), None)
    """
    if not any(mark in text for mark in ".eE") or text.endswith("."):
        return None
    return Decimal(text)


def half_digit(number: Decimal) -> Decimal:
    """Return half a unit of the last printed digit: 0.005 for 0.39."""
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)


def claims(
    graph: ComputationalGraph,
    written: Mapping[str, Any] | Iterable[tuple[str, Any]],
    output: Node | None,
) -> tuple[Claim, ...]:
    """Read claims.

    Raises
    ------
    GraphdiffError
        Naming the claim that cannot be read.
    """
    pairs: list[Any] = list(written.items() if isinstance(written, Mapping) else written)
    if len(pairs) > MAX_CLAIMS:
        raise GraphError(f"there are {len(pairs)} claims, more than {MAX_CLAIMS}")
    return tuple(_claim(graph, source, entry, output) for source, entry in pairs)


def unreadable(
    graph: ComputationalGraph, written: Mapping[str, Any], output: Node | None = None
) -> dict[str, GraphdiffError]:
    """Return the claims that cannot be read, each with the reason."""
    problems: dict[str, GraphdiffError] = {}
    for source, entry in written.items():
        try:
            _claim(graph, source, entry, output)
        except GraphdiffError as error:
            problems[source] = error
    return problems


def _claim(graph: ComputationalGraph, source: str, entry: Any, output: Node | None) -> Claim:
    try:
        about = target(graph, source, output)
        chain = [
            part
            for written in (entry if isinstance(entry, list | tuple) else [entry])
            for part in (written.split("=") if isinstance(written, str) else [written])
        ]
        if not 0 < len(chain) <= MAX_LINKS:
            raise ExpressionError(f"a chain has 1 to {MAX_LINKS} links, not {len(chain)}")
        return Claim(source, about, tuple(_link(graph, part, output) for part in chain))
    except UnknownNameError as error:
        raise UnknownNameError(f"claim {source!r:.60}: {error}") from None
    except GraphdiffError as error:
        raise type(error)(f"claim {source!r:.60}: {error}") from None


def _link(graph: ComputationalGraph, entry: Any, output: Node | None) -> Link:
    def bracket(letter: str, inside: Any) -> Expression:
        return Reference(bracketed(graph, letter, inside, output))

    if isinstance(entry, np.generic):
        entry = entry.item()
    if entry is None or isinstance(entry, bool | Mapping | list | np.ndarray):
        raise ExpressionError(
            f"{entry!r:.60} is neither a number nor a formula; write a formula in quotes"
        )
    if isinstance(entry, str):
        readable = with_derivatives(graph, entry)
        expression, shown = parse(readable, graph.__getitem__, bracket), entry.strip()
    elif isinstance(entry, float | Decimal):
        shown = str(entry) if isinstance(entry, Decimal) else repr(entry)
        expression = Constant(Decimal(shown), shown)
    elif isinstance(entry, sp.Expr) and not entry.is_Rational:
        named = {symbol: graph[str(symbol)] for symbol in entry.free_symbols}
        expression, shown = construct.converted_from_sympy(entry, named), str(entry)
    elif isinstance(entry, Expression):
        expression, shown = entry, _formula(entry)
    elif isinstance(entry, int | Fraction | sp.Expr):
        expression, shown = as_expression(entry), str(entry)
    else:
        raise ExpressionError(f"{entry!r:.60} is neither a number nor a formula")
    for part in in_order(expression):
        if isinstance(part, Node) and part.graph is not graph:
            raise GraphError(f"node {part.name!r} belongs to another graph")
    program, names = localise(expression)
    return Link(shown, LocalFunction(program, len(names)), names)


def _formula(expression: Expression) -> str:
    """Return an expression built in Python as text."""
    program, names = localise(expression)
    shown = [name.name if isinstance(name, Node) else repr(name) for name in names]
    return text.authored(LocalFunction(program, len(names)), shown)
