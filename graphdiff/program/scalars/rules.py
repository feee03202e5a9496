"""The catalogue's functions as lines of float operations, and the derivative of each operation.

Every derivative uses what is known already: tanh' = 1 − a² of the value a, exp' = the value.
A function that has no operation here (one of your own) stays a call; its derivative is a call
of its prime.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import Any

from graphdiff.language.functions import CATALOGUE
from graphdiff.language.functions.scalar_derivative import is_zero, prime
from graphdiff.language.functions.scalar_function import Function
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.program.scalars.scalar_tape import CONDITIONS, Lines

CACHED = 20_000
LN2, LN10 = math.log(2), math.log(10)


# The functions that are no single operation, written in operations.


def _swish(b: Lines, x: int) -> int:
    return b.mul(x, b.op("sigmoid", x))


def _gelu(b: Lines, x: int) -> int:
    tail = b.op("erfc", b.neg(b.mul(b.number(math.sqrt(0.5)), x)))
    return b.mul(b.number(0.5), b.mul(x, tail))


def _leaky_relu(b: Lines, x: int, slope: int) -> int:
    return b.select(b.op("gt", x, b.number(0)), x, b.mul(slope, x))


def _elu(b: Lines, x: int, alpha: int) -> int:
    return b.select(b.op("gt", x, b.number(0)), x, b.mul(alpha, b.op("expm1", x)))


def _where(b: Lines, c: int, a: int, other: int) -> int:
    condition = b.lines[c]
    if condition[0] == "select" and b.value(condition[2]) == 1 and b.value(condition[3]) == 0:
        return b.select(condition[1], a, other)
    return b.select(b.op("ne", c, b.number(0)), a, other)


def _one_over(name: str) -> Callable[[Lines, int], int]:
    return lambda b, x: b.div(b.number(1), b.op(name, x))


def _compared(name: str) -> Callable[[Lines, int, int], int]:
    return lambda b, x, y: b.truth(name, x, y)


_WRITTEN: dict[str, Callable[..., int]] = {
    "swish": _swish, "gelu": _gelu, "leaky_relu": _leaky_relu, "elu": _elu, "where": _where,
    "sec": _one_over("cos"), "csc": _one_over("sin"), "cot": _one_over("tan"),
    "less": _compared("lt"), "less_equal": _compared("le"),
    "greater": _compared("gt"), "greater_equal": _compared("ge"),
}  # fmt: skip


# ∂/∂a of an operation of one argument a with the value v.

_PARTIAL: dict[str, Callable[[Lines, int, int], int]] = {
    "exp": lambda b, a, v: v,
    "expm1": lambda b, a, v: b.op("exp", a),
    "log": lambda b, a, v: b.div(b.number(1), a),
    "log2": lambda b, a, v: b.div(b.number(1 / LN2), a),
    "log10": lambda b, a, v: b.div(b.number(1 / LN10), a),
    "sqrt": lambda b, a, v: b.div(b.number(0.5), v),
    "erf": lambda b, a, v: b.mul(
        b.number(2 / math.sqrt(math.pi)), b.op("exp", b.neg(b.mul(a, a)))
    ),
    "erfc": lambda b, a, v: b.neg(_PARTIAL["erf"](b, a, v)),
    "sin": lambda b, a, v: b.op("cos", a),
    "cos": lambda b, a, v: b.neg(b.op("sin", a)),
    "tan": lambda b, a, v: b.add(b.mul(v, v), b.number(1)),
    "asin": lambda b, a, v: b.div(b.number(1), b.op("sqrt", _one_minus_square(b, a))),
    "acos": lambda b, a, v: b.neg(_PARTIAL["asin"](b, a, v)),
    "atan": lambda b, a, v: b.div(b.number(1), b.add(b.mul(a, a), b.number(1))),
    "sinh": lambda b, a, v: b.op("cosh", a),
    "cosh": lambda b, a, v: b.op("sinh", a),
    "tanh": lambda b, a, v: _one_minus_square(b, v),
    "asinh": lambda b, a, v: b.div(
        b.number(1), b.op("sqrt", b.add(b.mul(a, a), b.number(1)))
    ),
    "acosh": lambda b, a, v: b.div(b.number(1), b.mul(
        b.op("sqrt", b.sub(a, b.number(1))), b.op("sqrt", b.add(a, b.number(1))))),
    "atanh": lambda b, a, v: b.div(b.number(1), _one_minus_square(b, a)),
    "sigmoid": lambda b, a, v: b.mul(v, b.sub(b.number(1), v)),
    "softplus": lambda b, a, v: b.op("sigmoid", a),
    "relu": lambda b, a, v: b.truth("gt", a, b.number(0)),
    "abs": lambda b, a, v: b.op("sign", a),
    "sign": lambda b, a, v: b.number(0),
    "step": lambda b, a, v: b.number(0),
}  # fmt: skip

OPERATIONS = frozenset({*_PARTIAL, "add", "sub", "mul", "div", "neg", "pow", "max", "min", "xlogy"})
"""Operations called like the catalogue's functions they are, expm1 and erfc besides."""


def _one_minus_square(b: Lines, x: int) -> int:
    return b.sub(b.number(1), b.mul(x, x))


def _tie(b: Lines, wins: str, a: int, other: int) -> int:
    half = b.select(b.op("eq", a, other), b.number(0.5), b.number(0))
    return b.select(b.op(wins, a, other), b.number(1), half)


def _back(b: Lines, line: int, slot: int, c: int) -> int:
    """Return what the cotangent c of a line gives to the argument in a slot."""
    name, *arguments = b.lines[line]
    match name, *arguments:
        case ("add", _, _) | ("mark", _, _):
            return c
        case "sub", _, _:
            return c if slot == 0 else b.neg(c)
        case "neg", _:
            return b.neg(c)
        case "mul", x, y:
            return b.mul(c, x if slot else y)
        case "div", _, y:
            share = b.div(c, y)
            return share if slot == 0 else b.neg(b.mul(share, line))
        case "pow", x, y if slot == 0:
            return b.mul(c, b.mul(y, b.pow(x, b.sub(y, b.number(1)))))
        case "pow", x, _:
            return b.mul(c, b.mul(line, b.op("log", x)))
        case "relu", x:
            zero = b.number(0)
            return b.select(b.op("gt", x, zero), c, zero)
        case "max", *both:
            return b.mul(c, _tie(b, "gt", both[slot], both[1 - slot]))
        case "min", *both:
            return b.mul(c, _tie(b, "lt", both[slot], both[1 - slot]))
        case "xlogy", x, y if slot == 0:
            return b.mul(c, b.op("log", y))
        case "xlogy", x, y:
            zero = b.number(0)
            return b.mul(c, b.select(b.op("eq", x, zero), zero, b.div(x, y)))
        case "call", function, *rest:
            if is_zero(function, slot):
                return b.number(0)
            return b.mul(c, applied(b, prime(function, slot), rest))
        case _:
            return b.mul(c, _PARTIAL[name](b, arguments[0], line))


Guarded = tuple[int | None, int]
"""The line of a condition, None for always, and that of a cotangent that counts where it holds.

A branch that was not chosen gives 0 even where its own derivative is infinite, so the condition
of a choice is carried along and applied last.
"""


def _total(b: Lines, terms: Iterable[Guarded]) -> Guarded:
    """Return the sum of cotangents, with one condition."""
    parts: dict[int | None, list[int]] = {}
    for guard, c in terms:
        parts.setdefault(guard, []).append(c)
    sums = {guard: reduce(b.add, found) for guard, found in parts.items()}
    if len(sums) == 1:
        return next(iter(sums.items()))
    either = None
    if None not in sums:
        either = reduce(lambda g, h: b.op("or", g, h), (g for g in sums if g is not None))
    return either, reduce(b.add, (guarded(b, guard, c) for guard, c in sums.items()))


def guarded(b: Lines, guard: int | None, c: int) -> int:
    """Return a cotangent where its condition holds, else 0."""
    return c if guard is None else b.select(guard, c, b.number(0))


def cotangents(
    b: Lines,
    output: int,
    wrt: Iterable[int],
    seed: int | None = None,
    *,
    every: bool = False,
) -> dict[int, int]:
    """Write the reverse sweep; return the line of ∂output/∂line for each that output needs.

    Parameters
    ----------
    seed
        The line of the output's own cotangent; 1 if left out.
    every
        Whether to return those of all lines that ``wrt`` is behind.
    """
    wanted = set(wrt)
    varying = b.varying(wanted)

    def passed_on(line: int, received: Guarded) -> Iterator[tuple[int, Guarded]]:
        guard, c = received
        name, *arguments = b.lines[line]
        if name in CONDITIONS or b.value(c) == 0:
            return
        if name == "select":
            condition, a, other = arguments
            for branch, chosen in ((a, condition), (other, opposite(b, condition))):
                if branch in varying:
                    yield branch, (chosen if guard is None else b.op("and", guard, chosen), c)
            return
        for slot, argument in enumerate(b.arguments(line)):
            if argument in varying:
                back = _back(b, line, slot, c)
                if b.value(back) != 0:
                    yield argument, (guard, back)

    def add(_: int, terms: Sequence[Guarded]) -> Guarded:
        return _total(b, terms)

    order = (line for line in range(output, -1, -1) if line in varying)
    start = None, b.number(1) if seed is None else seed
    found: dict[int, int] = {}
    for line, (guard, c) in accumulated(order, output, start, passed_on, add):
        if every or line in wanted:
            found[line] = guarded(b, guard, c)
    return found


_OPPOSITE = {"eq": "ne", "ne": "eq"}


def opposite(b: Lines, condition: int) -> int:
    """Return the line of what holds where a condition does not."""
    name, *arguments = b.lines[condition]
    if name in _OPPOSITE:
        return b.op(_OPPOSITE[name], *arguments)
    return b.op("not", condition)


def applied(b: Lines, function: Function, arguments: Iterable[int]) -> int:
    """Write a function of the catalogue, or one of your own, on lines; return its line."""
    arguments = tuple(arguments)
    name = function.name
    if CATALOGUE.get(name) is function:
        if name in OPERATIONS:
            return b.op(name, *arguments)
        if name in _WRITTEN:
            return _WRITTEN[name](b, *arguments)
    if function.of is not None:
        written = _written_prime(function)
        if written is not None:
            return inlined(b, written[0], written[1], arguments)
    return b.call(function, *arguments)


@lru_cache(maxsize=CACHED)
def _written_prime(function: Function) -> tuple[Lines, int] | None:
    """Return ∂f/∂a_slot in operations, None where f itself is a call."""
    assert function.of is not None  # noqa: S101 - a prime
    f, slot = function.of
    b = Lines()
    inputs = [b.input(k) for k in range(f.arity)]
    value = applied(b, f, inputs)
    if b.lines[value][0] == "call":
        return None
    zero = b.number(0)
    return b, cotangents(b, value, [inputs[slot]]).get(inputs[slot], zero)


def inlined(b: Lines, other: Lines, root: int, arguments: tuple[int, ...]) -> int:
    """Write another program's line on lines of this one; return its line."""
    place: dict[int, int] = {}
    for line in other.needed([root]):
        found = other.lines[line]
        place[line] = (
            arguments[found[1]]
            if found[0] == "input"
            else b.copied(found, [place[a] for a in other.arguments(line)])
        )
    return place[root]


def written(b: Lines, function: LocalFunction, arguments: tuple[int, ...]) -> int:
    """Write a local function on lines; return the line of its value."""
    lines: list[int] = []
    for line in function.program:
        match line:
            case Formal(slot):
                lines.append(arguments[slot])
            case Literal(value, _):
                lines.append(b.number(as_float(value)))
            case _:
                declared: Any = line.function
                lines.append(applied(b, declared, [lines[k] for k in line.lines]))
    return lines[-1]


def as_float(value: Any) -> float:
    """Return a number as a float; one beyond its range is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
