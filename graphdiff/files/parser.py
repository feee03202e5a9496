"""Reading expressions from untrusted text, without ever evaluating it.

The grammar is arithmetic with calls::

    sum      = product (("+" | "-") product)*
    product  = unary (("*" | "/") unary)*
    unary    = ("-" | "+") unary | power
    power    = atom ("**" unary)?
    atom     = number | name | name "(" sum ("," sum)* ")" | "(" sum ")"

Names are looked up, never executed; length, depth, digits and exponents are bounded.
Python's own parser is not used because it folds letters (ℒ becomes L), drops digits
(0.40 becomes 0.4) and overflows on deep nesting.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from graphdiff import functions
from graphdiff.errors import ExpressionError, GraphdiffError, UnknownNameError
from graphdiff.expression import (
    FOLDING,
    Apply,
    Constant,
    Expression,
    Operation,
    apply,
    in_order,
    pi,
)
from graphdiff.files.tokens import Token, tokens
from graphdiff.functions import OPERATORS, Function

MAX_DEPTH = 60
"""Levels of parentheses, calls and powers."""

MAX_EXPONENT = 1000
"""The largest exponent, also of powers of powers taken together."""

MAX_DECIMAL_EXPONENT = 300
"""The largest power of ten in a number such as 1e-5."""

Lookup = Callable[[str], Expression]
Bracket = Callable[[str, list[Token]], Expression]


def parse(source: str, lookup: Lookup, bracket: Bracket | None = None) -> Expression:
    """Read one expression.

    Parameters
    ----------
    source
        The text.
    lookup
        Returns the expression a name stands for, or raises ``UnknownNameError``.
    bracket
        Reads ``name[...]`` given the name and the words in the brackets; without it
        brackets are an error.

    Raises
    ------
    ExpressionError
        Naming the place and what was expected.
    UnknownNameError
        For a name or a function that does not exist.

    Examples
    --------
    >>> from graphdiff.graph import ComputationalGraph
    >>> g = ComputationalGraph()
    >>> x, ŷ = g.input("x"), g.input("ŷ")
    >>> g.node("e", parse("ŷ - 2*x**2", g.__getitem__)).formula
    'ŷ - 2*x**2'
    """
    if not isinstance(source, str):
        raise ExpressionError(f"an expression must be a text, not {source!r}")
    reader = _Reader(source, tokens(source), lookup, bracket)
    expression = reader.sum()
    reader.expect("end", "an operator or the end")
    return expression


class _Reader:
    """Reads words from left to right, one method for each rule of the grammar."""

    def __init__(
        self, source: str, words: list[Token], lookup: Lookup, bracket: Bracket | None
    ) -> None:
        self.source = source
        self.words = words
        self.lookup = lookup
        self.bracket = bracket
        self.position = 0
        self.depth = 0
        self.degree: dict[int, int] = {}
        self.kept: list[Expression] = []

    @property
    def word(self) -> Token:
        return self.words[self.position]

    def take(self) -> Token:
        self.position += 1
        return self.words[self.position - 1]

    def at(self, *operators: str) -> bool:
        return self.word.kind == "operator" and self.word.text in operators

    def expect(self, kind: str, described: str) -> Token:
        if self.word.kind != kind and not (self.word.kind == "operator" and self.word.text == kind):
            raise self.error(f"expected {described}")
        return self.take()

    def error(self, problem: str) -> ExpressionError:
        word = self.word
        found = repr(word.text) if word.kind != "end" else "the end"
        source = self.source if len(self.source) <= 80 else self.source[:77] + "..."
        return ExpressionError(f"{problem} at column {word.column}, found {found}: {source!r}")

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels")
        result = self.product()
        while self.at("+", "-"):
            name = "add" if self.take().text == "+" else "sub"
            result = self.applied(name, result, self.product())
        self.depth -= 1
        return result

    def product(self) -> Expression:
        result = self.unary()
        while self.at("*", "/"):
            name = "mul" if self.take().text == "*" else "div"
            result = self.applied(name, result, self.unary())
        if self.word.kind in ("name", "number") or self.at("("):
            raise self.error("write * for a product; expected an operator")
        return result

    def unary(self) -> Expression:
        signs = 0
        while self.at("-", "+"):
            signs += self.take().text == "-"
            if signs > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} signs in a row")
        result = self.power()
        for _ in range(signs):
            if isinstance(result, Constant) and result is not pi and result.text[0] != "-":
                result = Constant(-result.value, "-" + result.text)
            else:
                result = self.applied("neg", result)
        return result

    def power(self) -> Expression:
        base = self.atom()
        if not self.at("**"):
            return base
        self.take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels")
        exponent = self.unary()
        self.depth -= 1
        return self.applied("pow", base, exponent)

    def atom(self) -> Expression:
        word = self.word
        if word.kind == "number":
            return self.number()
        if word.kind == "name":
            self.take()
            if self.at("("):
                return self.call(word)
            if self.at("["):
                return self.in_brackets(word)
            return self.name(word)
        if self.at("("):
            self.take()
            result = self.sum()
            self.expect(")", "')'")
            return result
        raise self.error("expected a number, a name or '('")

    def number(self) -> Expression:
        text = self.word.text
        if abs(Decimal(text).adjusted()) > MAX_DECIMAL_EXPONENT:
            raise self.error(f"a number beyond 1e±{MAX_DECIMAL_EXPONENT}")
        self.take()
        return Constant(Decimal(text), text)

    def name(self, word: Token) -> Expression:
        try:
            return self.lookup(word.text)
        except UnknownNameError:
            if word.text in ("pi", "π"):
                return pi
            if word.text == "e":
                raise UnknownNameError(
                    f"there is no node 'e' (column {word.column}); for powers of Euler's number "
                    "write exp(x)"
                ) from None
            if word.text in functions.NAMED or word.text in functions.ALIASES:
                raise ExpressionError(
                    f"{word.text!r} at column {word.column} is a function; "
                    f"write its argument in parentheses: {word.text}(…)"
                ) from None
            raise

    def call(self, word: Token) -> Expression:
        self.take()
        arguments = [] if self.at(")") else [self.sum()]
        while self.at(","):
            self.take()
            arguments.append(self.sum())
        self.expect(")", "',' or ')'")
        try:
            function = functions.named(word.text)
        except UnknownNameError:
            try:
                self.lookup(word.text)
            except UnknownNameError:
                pass
            else:
                raise ExpressionError(
                    f"{word.text!r} at column {word.column} is a node, not a function; "
                    f"write {word.text}*(…) for a product"
                ) from None
            raise
        try:
            return Operation(function, folds=function.name in FOLDING)(*arguments)
        except GraphdiffError as error:
            raise ExpressionError(
                f"{error}, at column {word.column}: {self.source[:80]!r}"
            ) from None

    def in_brackets(self, word: Token) -> Expression:
        if self.bracket is None:
            raise self.error("expected an operator; entries in brackets are for tensors")
        self.take()
        inside: list[Token] = []
        while not self.at("]"):
            if self.word.kind == "end":
                raise self.error("expected ']'")
            inside.append(self.take())
        self.take()
        return self.bracket(word.text, inside)

    def applied(self, name: str, *arguments: Expression) -> Expression:
        result = apply(OPERATORS[name], *arguments)
        degree = max(self.degree.get(id(argument), 1) for argument in arguments)
        if name == "pow":
            degree *= self.bounded_exponent(arguments[1])
            if degree > MAX_EXPONENT:
                raise self.error(f"powers of powers beyond {MAX_EXPONENT}")
        self.degree[id(result)] = degree
        self.kept.append(result)
        return result

    def bounded_exponent(self, exponent: Expression) -> int:
        """Return the size of a constant exponent, 1 for one that varies."""
        size = constant_value(exponent)
        if size is None:
            return 1
        if not abs(size) <= MAX_EXPONENT:
            raise self.error(f"an exponent beyond ±{MAX_EXPONENT}")
        return max(1, int(abs(size)))


def constant_value(expression: Expression) -> float | None:
    """Return the value of an expression without names, roughly; None if it has names."""
    values: dict[int, float] = {}
    with np.errstate(all="ignore"):
        for part in in_order(expression):
            if isinstance(part, Constant):
                values[id(part)] = float(part.value)
            elif isinstance(part, Apply):
                arguments = [np.float64(values[id(argument)]) for argument in part.arguments]
                function = part.function
                if not isinstance(function, Function):
                    return None
                kernel = function.kernel
                values[id(part)] = float("nan") if kernel is None else float(kernel(*arguments))
            else:
                return None
    return values[id(expression)]
