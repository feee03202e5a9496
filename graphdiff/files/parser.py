"""Reading expressions from untrusted text, without ever evaluating it.

The grammar is arithmetic with calls, lists and brackets::

    comparison = sum (("<" | "<=" | ">" | ">=") sum)?
    sum        = product (("+" | "-") product)*
    product    = unary (("*" | "/" | "@") unary)*
    unary      = ("-" | "+") unary | power
    power      = postfix ("**" unary)?
    postfix    = atom ("." "T" | "." call | "[" key "]")*
    atom       = number | name | call | "[" comparison, ... "]" | "(" comparison ")"
    call       = name prime* "(" argument, ... ")"
    prime      = "'" ("_" number)?
    argument   = comparison | option | name "=" (comparison | option)

``tanh'(x)`` and ``max'_1(a, b)`` are derivatives of a function that acts entry by entry.

Options (axes, shapes, subscripts) and keys are in :mod:`graphdiff.files.options`.

Names are looked up, never executed; length, depth, digits, exponents and the entries of
arrays are bounded. Python's own parser is not used because it folds letters (ℒ becomes
L), drops digits (0.40 becomes 0.4) and overflows on deep nesting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from graphdiff.errors import ExpressionError, GraphdiffError, GraphError, UnknownNameError, unknown
from graphdiff.files import options
from graphdiff.files.bounds import (
    MAX_COMPUTED,
    MAX_DECIMAL_EXPONENT,
    MAX_EXPONENT,
    constant_value,
    known_entries,
)
from graphdiff.files.options import Parameter
from graphdiff.files.tokens import Token
from graphdiff.language import functions, primes, shapes, tensors
from graphdiff.language.expression import (
    FOLDING,
    MAX_WRITTEN,
    Constant,
    Expression,
    Operation,
    apply,
    count,
    pi,
)
from graphdiff.language.functions import OPERATORS, Function
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.movement import Index, Stack
from graphdiff.language.unavailable import ADVICE

MAX_DEPTH = 60
"""Levels of parentheses, calls and powers."""

Lookup = Callable[[str], Expression]
Bracket = Callable[[str, list[Token]], Expression | None]

METHODS: Mapping[str, Callable[..., Expression]] = {
    name: getattr(Expression, name) for name in ("sum", "mean", "max", "min", "reshape",
                                                 "transpose")
}  # fmt: skip
"""Functions that may be written after their argument: ``x.sum(axis=0)``."""

COMPARISONS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
SUMS = {"+": "add", "-": "sub"}
PRODUCTS: dict[str, Any] = {"*": OPERATORS["mul"], "/": OPERATORS["div"], "@": MatMul()}


def parse(
    source: str,
    lookup: Lookup,
    bracket: Bracket | None = None,
    *,
    own: Mapping[str, Function] | None = None,
    letters: Mapping[str, Any] | None = None,
) -> Expression:
    """Read one expression.

    Parameters
    ----------
    source
        The text.
    lookup
        Returns the expression a name stands for, or raises ``UnknownNameError``.
    bracket
        Reads ``name[...]`` given the name and the words in the brackets, or returns None
        where they choose entries.
    own
        Functions of one's own by name, beside those of the catalogue.
    letters
        Sizes by the letters that shapes have for them: as symbols, or as numbers.

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
    >>> W = g.parameter("W", shape=(3, 4))
    >>> g.node("s", parse("sum(W[:, 0], axis=0)", g.__getitem__)).formula
    'sum(W[:, 0])'
    """
    if not isinstance(source, str):
        raise ExpressionError(f"an expression must be a text, not {source!r}")
    reader = _Reader(source, lookup, bracket, own or {}, letters or {})
    expression = reader.comparison()
    reader.expect("end", "an operator or the end")
    return expression


class MisfitError(ExpressionError):
    """An expression that reads, but whose arrays do not fit together."""


class _Reader(options.Letters):
    """Reads words from left to right, one method for each rule of the grammar."""

    def __init__(
        self,
        source: str,
        lookup: Lookup,
        bracket: Bracket | None,
        own: Mapping[str, Function],
        letters: Mapping[str, Any],
    ) -> None:
        super().__init__(source)
        self.lookup = lookup
        self.bracket = bracket
        self.own = own
        self.letters = letters
        self.depth = 0
        self.computed = 0
        self.degree: dict[Expression, int] = {}

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels")

    def comparison(self) -> Expression:
        self.enter()
        result = self.sum()
        if self.at(*COMPARISONS):
            word = self.take()
            function = OPERATORS[COMPARISONS[word.text]]
            result = self.applied(function, word, result, self.sum())
            if self.at(*COMPARISONS):
                raise self.error("comparisons stand alone; put one of the two in parentheses")
        self.depth -= 1
        return result

    def sum(self) -> Expression:
        result = self.product()
        while self.at("+", "-"):
            word = self.take()
            result = self.applied(OPERATORS[SUMS[word.text]], word, result, self.product())
        return result

    def product(self) -> Expression:
        result = self.unary()
        while self.at(*PRODUCTS):
            word = self.take()
            result = self.applied(PRODUCTS[word.text], word, result, self.unary())
        if self.word.kind in ("name", "number") or self.at("("):
            raise self.error("write * for a product; expected an operator")
        return result

    def unary(self) -> Expression:
        signs, word = 0, self.word
        while self.at("-", "+"):
            signs += self.take().text == "-"
            if signs > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} signs in a row")
        result = self.power()
        for _ in range(signs):
            if isinstance(result, Constant) and result is not pi and result.text[0] != "-":
                result = Constant.written(-result.value, "-" + result.text)
            else:
                result = self.applied(OPERATORS["neg"], word, result)
        return result

    def power(self) -> Expression:
        base = self.postfix()
        if not self.at("**"):
            return base
        word = self.take()
        self.enter()
        exponent = self.unary()
        self.depth -= 1
        return self.applied(OPERATORS["pow"], word, base, exponent)

    def postfix(self) -> Expression:
        result = self.atom()
        while self.at(".", "["):
            word = self.word
            if word.text == "[":
                key = options.key(self)
                result = self.made(word, [result], lambda x=result, key=key: x[key])
            else:
                result = self.method(result)
        return result

    def method(self, argument: Expression) -> Expression:
        dot, word = self.take(), self.word
        if word.text == "T" and not self.at("(", after=1):
            self.take()
            return self.made(dot, [argument], lambda: argument.T)
        if word.text not in METHODS:
            known = ", ".join(f".{name}(…)" for name in METHODS)
            raise self.error(f"after a dot stands .T, {known}; expected one of them", dot)
        self.take()
        call = METHODS[word.text]
        given, named = self.arguments(f".{word.text}", word, options.parameters(call)[1:])
        return self.made(word, [argument], lambda: call(argument, *given, **named))

    def atom(self) -> Expression:
        word = self.word
        if word.kind == "number":
            return self.number()
        if word.kind == "name":
            if self.at("(", after=1):
                self.take()
                return self.call(word)
            if self.at("[", after=1) and self.bracket is not None:
                special = self.in_brackets(self.bracket)
                if special is not None:
                    return special
            self.take()
            return self.name(word)
        if self.at("["):
            return self.array(word, self.entries())
        if self.at("("):
            self.take()
            result = self.comparison()
            self.expect(")", "')'")
            return result
        if word.kind == "text":
            raise self.error("a text in quotes stands only first in einsum; expected a number")
        raise self.error("expected a number, a name or '('")

    def number(self) -> Expression:
        text = self.word.text
        try:
            number = Decimal(text)
        except InvalidOperation:  # an exponent of more digits than a Decimal has
            number = None
        if number is None or abs(number.adjusted()) > MAX_DECIMAL_EXPONENT:
            raise self.error(f"a number beyond 1e±{MAX_DECIMAL_EXPONENT}")
        self.take()
        return Constant(number, text)

    def name(self, word: Token) -> Expression:
        try:
            return self.lookup(word.text)
        except UnknownNameError:
            if word.text in self.letters:
                return count(self.letters[word.text])
            if word.text in ("pi", "π"):
                return pi
            if word.text == "e":
                raise UnknownNameError(
                    f"there is no node 'e' (column {word.column}); for powers of Euler's number "
                    "write exp(x)"
                ) from None
            if self.is_function(word.text):
                raise ExpressionError(
                    f"{word.text!r} at column {word.column} is a function; "
                    f"write its argument in parentheses: {word.text}(…)"
                ) from None
            raise

    def letter(self) -> Any:
        """Read a letter that stands for a size; a node does not."""
        name = self.word.text
        if name in self.letters:
            self.take()
            return self.letters[name]
        try:
            self.lookup(name)
        except UnknownNameError:
            return super().letter()
        raise options.NotReadError

    def is_function(self, name: str) -> bool:
        return any(
            name in known for known in (functions.NAMED, functions.ALIASES, tensors.CALLS, self.own)
        )

    def entries(self) -> list[Expression]:
        """Read the entries of a list."""
        self.expect("[", "'['")
        found = [self.comparison()]
        while self.at(","):
            self.take()
            found.append(self.comparison())
            if len(found) > MAX_WRITTEN:
                raise self.error(f"a list of more than {MAX_WRITTEN} entries")
        self.expect("]", "',' or ']'")
        return found

    def array(self, word: Token, entries: list[Expression]) -> Expression:
        for entry in entries:
            if entry.shape != entries[0].shape:
                raise MisfitError(
                    f"the rows of the list at column {word.column} are not equally long: one has "
                    f"shape {shapes.shown(entries[0].shape)}, another {shapes.shown(entry.shape)}"
                )
        return self.applied(Stack(0), word, *entries)

    def call(self, word: Token) -> Expression:
        name, places = primes.split(word.text)
        applied = self.plain_call(word._replace(text=name), nests=not places)
        if not places:
            return applied
        return self.made(word, [applied], lambda: primes.primed(applied, name, places))

    def plain_call(self, word: Token, *, nests: bool) -> Expression:
        """Read a call of a function without primes; max and min may take many arguments."""
        if word.text in tensors.CALLS:
            call = tensors.CALLS[word.text]
            accepted = options.parameters(call)
            given, named = self.arguments(word.text, word, accepted)
            arguments = [part for part in given if isinstance(part, Expression)]
            return self.made(word, arguments, lambda: call(*given, **named))
        try:
            function = self.own.get(word.text) or functions.named(word.text)
        except UnknownNameError:
            raise self.no_function(word) from None
        return self.map(word, Operation(function, folds=function.name in FOLDING), nests=nests)

    def map(self, word: Token, operation: Operation, *, nests: bool) -> Expression:
        """Read the arguments of a map, which Operation counts, and apply it."""
        function, name = operation.function, word.text
        if operation.folds:
            given, named = self.arguments(name, word, options.parameters_of_extremum())
            misplaced = named and (len(given) != 1 or not given[0].shape)
            usual = f"one array, {name}(x, axis=0)"
        else:
            given, named = self.arguments(name, word, options.parameters_of_map(function))
            least = function.arity - len(function.defaults)
            misplaced = named and len(given) != least
            usual = f"{least} argument{'s' if least > 1 else ''} before"
        if misplaced:
            raise ExpressionError(
                f"{name} takes {', '.join(named)} by name with {usual}, not with {len(given)}, "
                f"at column {word.column}: {self.shortened()!r}"
            )
        if len(given) > function.arity and not nests:
            raise ExpressionError(
                f"{name}' is of {function.arity} arguments, but was given {len(given)}, "
                f"at column {word.column}: {self.shortened()!r}"
            )
        return self.made(word, given, lambda: operation(*given, **named))

    def no_function(self, word: Token) -> GraphdiffError:
        try:
            self.lookup(word.text)
        except UnknownNameError:
            if word.text in ADVICE:
                return ExpressionError(
                    f"there is no function {word.text!r}, at column {word.column}: "
                    f"{ADVICE[word.text]}"
                )
            known = [*functions.NAMED, *functions.ALIASES, *tensors.CALLS, *self.own]
            return unknown("function", word.text, known)
        return ExpressionError(
            f"{word.text!r} at column {word.column} is a node, not a function; "
            f"write {word.text}*(…) for a product"
        )

    def arguments(
        self, call: str, word: Token, accepted: tuple[Parameter, ...]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Read the arguments and options of a call, up to the closing parenthesis."""
        places = [parameter for parameter in accepted if not parameter.keyword_only]
        given: list[Any] = []
        named: dict[str, Any] = {}
        self.expect("(", "'('")
        while not self.at(")") or given or named:
            if self.word.kind == "name" and self.at("=", after=1):
                key = self.take()
                parameter = options.named(key.text, call, accepted, key.column)
                if key.text in named or parameter in places[: len(given)]:
                    raise self.error(f"{key.text} of {call} is given twice", key)
                self.take()
                named[key.text] = self.argument(parameter, call)
            elif named:
                raise self.error(f"{call}: what is given by name stands last; expected a name")
            else:
                parameter = self.place(places, len(given), call, accepted)
                is_list = parameter.name == "parts" and not given and self.at("[")
                given += self.parts(call) if is_list else [self.argument(parameter, call)]
            if not self.at(","):
                break
            self.take()
        self.expect(")", "',' or ')'")
        missing = [
            parameter.name for parameter in places[len(given) :]
            if parameter.required and parameter.name not in named
        ]  # fmt: skip
        if missing:
            raise ExpressionError(
                f"{call} needs {' and '.join(missing)}, at column {word.column}: "
                f"{self.shortened()!r}"
            )
        return given, named

    def place(
        self, places: list[Parameter], count: int, call: str, accepted: tuple[Parameter, ...]
    ) -> Parameter:
        """Return the parameter that the next argument is for."""
        if count < len(places):
            return places[count]
        if places and places[-1].many:
            return places[-1]
        wanted = ", ".join(parameter.name for parameter in places) or "no arguments"
        by_name = [f"{parameter.name}=…" for parameter in accepted if parameter.keyword_only]
        wanted += f" and by name {', '.join(by_name)}" if by_name else ""
        raise self.error(f"{call} takes {wanted}; expected no more")

    def parts(self, call: str) -> list[Expression]:
        """Read all the arguments of ``concatenate([a, b])``, or the first, if it is an array."""
        start, depth = self.position, self.depth
        entries = self.entries()
        has_axis = self.at(",") and self.at("=", after=2)
        several = any(entry.shape for entry in entries) or (call == "stack" and not has_axis)
        if several and (self.at(")") or has_axis):
            return entries
        self.position, self.depth = start, depth
        return [self.comparison()]

    def argument(self, parameter: Parameter, call: str) -> Any:
        return options.read(self, parameter, call) if parameter.kind else self.comparison()

    def in_brackets(self, bracket: Bracket) -> Expression | None:
        """Return what ``name[...]`` stands for; None if the brackets choose entries."""
        word, opened, position = self.word, 0, self.position + 1
        while True:
            found = self.words[position]
            if found.kind == "end":
                self.position = position
                raise self.error("expected ']'")
            if found.kind == "operator" and found.text in "[]":
                opened += 1 if found.text == "[" else -1
            if opened == 0:
                break
            position += 1
        result = bracket(word.text, self.words[self.position + 2 : position])
        if result is not None:
            self.position = position + 1
        return result

    def applied(self, function: Any, word: Token, *arguments: Expression) -> Expression:
        """Return a function applied, its exponents and the size of its value bounded."""
        scalar = not any(argument.shape for argument in arguments)
        if scalar and isinstance(function, Function):
            result: Expression = apply(function, *arguments)
        else:
            result = self.made(word, arguments, lambda: apply(function, *arguments))
        degree = max((self.degree.get(argument, 1) for argument in arguments), default=1)
        if function is OPERATORS["pow"]:
            degree *= self.bounded_exponent(arguments[1])
            if degree > MAX_EXPONENT:
                raise self.error(f"powers of powers beyond {MAX_EXPONENT}")
        self.degree[result] = degree
        return result

    def made(
        self, word: Token, arguments: Sequence[Expression], make: Callable[[], Expression]
    ) -> Expression:
        """Return what a call makes; what does not fit together is named with its column."""
        try:
            result = make()
        except GraphdiffError as error:
            has_arrays = any(argument.shape for argument in arguments)
            kind = MisfitError if has_arrays and type(error) is GraphError else ExpressionError
            raise kind(f"{error}, at column {word.column}: {self.shortened()!r}") from None
        if result.shape or any(argument.shape for argument in arguments):
            self.bound(word, arguments, result)
        if not isinstance(getattr(result, "function", None), Function):
            degrees = [self.degree.get(argument, 1) for argument in arguments]
            self.degree[result] = max(degrees, default=1)
        return result

    def bound(self, word: Token, arguments: Sequence[Expression], result: Expression) -> None:
        """Refuse arrays too large to compute with, all of them together."""
        self.computed += known_entries(result)
        if isinstance(getattr(result, "function", None), Index):
            self.computed += known_entries(arguments[0])
        if self.computed > MAX_COMPUTED:
            raise ExpressionError(
                f"the expression computes more than {MAX_COMPUTED} entries up to column "
                f"{word.column}; use smaller arrays: {self.shortened()!r}"
            )

    def bounded_exponent(self, exponent: Expression) -> int:
        """Return the size of a constant exponent, 1 for one that varies."""
        size = constant_value(exponent)
        if size is None:
            return 1
        if not abs(size) <= MAX_EXPONENT:
            raise self.error(f"an exponent beyond ±{MAX_EXPONENT}")
        return max(1, int(abs(size)))
