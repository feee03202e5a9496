"""The catalogue's functions as lines of float operations, and the reverse sweep over lines.

The derivative of an operation is the catalogue's formula written on the same lines, so it uses
what is there already: in tanh' = 1 − tanh² the value, exp' is the value. A function that has no
operation here (one of your own) stays a call; its derivative is a call of its prime.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.language.expression import Apply, Constant, Expression, in_order
from graphdiff.language.functions import CATALOGUE, stable
from graphdiff.language.functions.activations import SELU
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.saturation import with_digits
from graphdiff.language.functions.scalar_derivative import is_zero, prime
from graphdiff.language.functions.scalar_function import Function
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.local_functions.pullback import Placeholder
from graphdiff.program.scalars.operations import OPERATIONS
from graphdiff.program.scalars.scalar_tape import CONDITIONS, Lines, ScalarLine
from graphdiff.program.tape.lowering import by_formula

CACHED = 20_000
_KNOWN = {**CATALOGUE, **{function.name: function for function in stable.FUNCTIONS}}


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


def _selu(b: Lines, x: int) -> int:
    right, left = (b.number(float(slope)) for slope in SELU)
    return b.select(b.op("gt", x, b.number(0)), b.mul(right, x), b.mul(left, b.op("expm1", x)))


def _mish(b: Lines, x: int) -> int:
    return b.mul(x, b.op("tanh", b.op("softplus", x)))


def _hardtanh(b: Lines, x: int) -> int:
    one, minus = b.number(1), b.number(-1)
    return b.select(b.op("ge", x, one), one, b.select(b.op("le", x, minus), minus, x))


def _clip(b: Lines, x: int, low: int, high: int) -> int:
    within = b.op("min", b.op("max", x, low), high)
    least, most = b.value(low), b.value(high)
    if least is not None and most is not None:
        return within if least < most else high
    return b.select(b.op("lt", low, high), within, high)


def _where(b: Lines, c: int, a: int, other: int) -> int:
    condition = b.lines[c]
    if condition[0] == "select" and b.value(condition[2]) == 1 and b.value(condition[3]) == 0:
        return b.select(condition[1], a, other)
    return b.select(b.op("ne", c, b.number(0)), a, other)


def _one_over(name: str) -> Callable[[Lines, int], int]:
    return lambda b, x: b.div(b.number(1), b.op(name, x))


def _compared(name: str) -> Callable[[Lines, int, int], int]:
    return lambda b, x, y: b.truth(name, x, y)


def _over_square(b: Lines, x: int, y: int) -> int:
    return b.div(b.div(x, y), y)


def _square_times_exp(b: Lines, x: int, y: int) -> int:
    root = b.mul(x, b.op("exp", b.mul(b.number(0.5), y)))
    return b.mul(root, root)


def _direction(b: Lines, x: int, y: int) -> int:
    return b.div(x, b.op("hypot", x, y))


_WRITTEN: dict[str, Callable[..., int]] = {
    "direction": _direction, "over_square": _over_square,
    "square_times_exp": _square_times_exp,
    "swish": _swish, "gelu": _gelu, "leaky_relu": _leaky_relu, "elu": _elu, "where": _where,
    "selu": _selu, "mish": _mish, "hardtanh": _hardtanh, "clip": _clip,
    "sec": _one_over("cos"), "csc": _one_over("sin"), "cot": _one_over("tan"),
    "less": _compared("lt"), "less_equal": _compared("le"),
    "greater": _compared("gt"), "greater_equal": _compared("ge"),
}  # fmt: skip


# What goes back, by the catalogue's derivatives.


class Template(NamedTuple):
    """Lines of arguments, to be written elsewhere.

    Attributes
    ----------
    steps
        Each line, and what it is made of: the arguments by number, and the steps after them.
    value
        The number of the argument or step that is the value.
    """

    steps: list[tuple[ScalarLine, tuple[int, ...]]]
    value: int


def _template(b: Lines, arguments: Sequence[int], value: int) -> Template:
    place = {argument: k for k, argument in enumerate(arguments)}
    steps: list[tuple[ScalarLine, tuple[int, ...]]] = []
    for line in b.needed([value]):
        if line not in place:
            place[line] = len(arguments) + len(steps)
            steps.append((b.lines[line], tuple(place[k] for k in b.arguments(line))))
    return Template(steps, place[value])


def inlined(b: Lines, template: Template, arguments: Sequence[int]) -> int:
    """Write a template on lines; return the line of its value."""
    place = list(arguments)
    for line, of in template.steps:
        place.append(b.copied(line, [place[k] for k in of]))
    return place[template.value]


@lru_cache(maxsize=CACHED)
def _partial(function: Function, slot: int) -> Template:
    """Return ∂f/∂a_slot on lines whose inputs are the arguments, then the value of f."""
    b = Lines()
    known = [b.input(k) for k in range(function.arity + 1)]
    if OPERATIONS.get(function.name) is function:
        J = _of_formula(b, _formula(function, slot), known)
    elif is_zero(function, slot):
        J = b.number(0)
    else:
        J = applied(b, prime(function, slot), known[:-1])
    return _template(b, known, J)


def _formula(function: Function, slot: int) -> Callable[..., Expression]:
    """Return ∂f/∂a_slot, of the arguments and the value of f.

    The value a stands where it turns up: tanh' = 1 − a², and (x/y)' = −a/y in y, since y² leaves
    the range of floats before y does.
    """

    def formula(*given: sp.Expr) -> sp.Expr:
        *arguments, value = given
        J = with_digits(with_removable_points(prime(function, slot).formula(*arguments)))
        own = function.symbolic(*arguments)
        return J.subs(own, value) if own.is_Mul else J.xreplace({own: value})

    found = by_formula(Function(f"{function.name}'", formula, function.arity + 1))
    assert found is not None  # noqa: S101 - an operation's derivative has names for all its parts
    return found


def _of_formula(b: Lines, formula: Callable[..., Expression], arguments: Sequence[int]) -> int:
    """Write a formula of arguments on lines; return the line of its value."""
    formals = [Placeholder(k, ()) for k in range(len(arguments))]
    place: dict[Expression, int] = dict(zip(formals, arguments, strict=True))
    root = formula(*formals)
    for part in in_order(root):
        if isinstance(part, Apply):
            function: Any = part.function
            place[part] = applied(b, function, [place[a] for a in part.arguments])
        elif isinstance(part, Constant):
            place[part] = b.number(as_float(part.value))
    return place[root]


def _back(b: Lines, line: int, slot: int, c: int) -> int:
    """Return what the cotangent c of a line gives to the argument in a slot."""
    found = b.lines[line]
    if found[0] == "mark":
        return c
    partial = _partial(found[1] if found[0] == "call" else OPERATIONS[found[0]], slot)
    return _times(b, c, inlined(b, partial, (*b.arguments(line), line)))


def _times(b: Lines, c: int, J: int) -> int:
    """Return c·J; c/d for 1/d, and c where a condition holds for 1 there.

    Of n/d it is (c/d)·n only where d is a factor of c, which may be 0 or out of range alone.
    """
    if b.value(c) == 1:
        return J
    line = b.lines[J]
    match line[0]:
        case "neg":
            return b.neg(_times(b, c, line[1]))
        case "div" if b.value(line[1]) == 1 or line[2] in b.lines[c][1:]:
            return b.mul(b.div(c, line[2]), line[1])
        case "select" if b.value(line[2]) == 1 and b.value(line[3]) == 0:
            return b.select(line[1], c, line[3])
        case _:
            return b.mul(c, J)


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
    if _KNOWN.get(name) is function:
        if name in OPERATIONS:
            return b.op(name, *arguments)
        if name in _WRITTEN:
            return _WRITTEN[name](b, *arguments)
    if function.of is not None:
        written = _written_prime(function)
        if written is not None:
            return inlined(b, written, arguments)
    return b.call(function, *arguments)


@lru_cache(maxsize=CACHED)
def _written_prime(function: Function) -> Template | None:
    """Return ∂f/∂a_slot in operations, None where f itself is a call."""
    assert function.of is not None  # noqa: S101 - a prime
    f, slot = function.of
    b = Lines()
    inputs = [b.input(k) for k in range(f.arity)]
    value = applied(b, f, inputs)
    if b.lines[value][0] == "call":
        return None
    zero = b.number(0)
    return _template(b, inputs, cotangents(b, value, [inputs[slot]]).get(inputs[slot], zero))


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
