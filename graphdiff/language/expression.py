"""Expressions: what a person writes, kept as written.

An expression is a node of a graph, a constant, or a catalogue function applied to
expressions. SymPy would turn ``x*w`` into ``w*x``; this keeps the order, because the
author's formula is what pictures and derivations show.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language import floats, functions, quantity, shapes
from graphdiff.language.functions import Function, comparisons, rounding
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.kinks import abs as absolute
from graphdiff.language.functions.movement import (
    Index,
    Reshape,
    Stack,
    Transpose,
    as_key,
    normal_axes,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Reduction, Sum
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.numpy_calls import numpy_call
from graphdiff.language.shapes import SCALAR, Shape

_UFUNCS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "negative": "neg", "power": "pow", "float_power": "pow", "absolute": "abs", "fabs": "abs",
    "maximum": "max", "minimum": "min", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2",
    "rint": "round", "remainder": "mod",
}  # fmt: skip


AnyFunction = Function | TensorFunction | Composite
"""What can be applied: a map, a function of tensors, or one made of others."""

MAX_WRITTEN = 1000
"""Numbers of an array that stands in a formula."""


class Expression:
    """The base of everything that can stand in a formula, with the operators on it.

    As the key of a mapping it is this very object: the same formula written twice is two keys.
    """

    __slots__ = ()
    shape: Shape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Expression:
        numpy_name = str(ufunc.__name__)
        function = functions.CATALOGUE.get(_UFUNCS.get(numpy_name, numpy_name))
        if "out" in options:
            raise GraphError(
                f"numpy.{numpy_name} cannot put a node into an array: a node has no numbers while "
                "the graph is being built; write the result as an expression of its own"
            )
        if method == "__call__" and not options:
            if numpy_name == "matmul":
                return apply(MatMul(), *inputs)
            if numpy_name == "square":
                return apply(pow, *inputs, 2)
            if function is not None:
                return apply(function, *inputs)
        called = numpy_name if method == "__call__" else f"{numpy_name}.{method}"
        raise GraphError(
            f"numpy.{called} cannot be applied to a node; "
            f"functions that can: {', '.join(functions.NAMED)}"
        )

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        """Answer numpy.sum(x) and the like with what they are called here."""
        return numpy_call(function, given, options)

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise GraphError(
            f"{brief(self)} has no numbers while the graph is being built, so numpy can make no "
            "array of it; use gd.stack for an array of nodes, and run.value for numbers"
        )

    def __contains__(self, _: Any) -> bool:
        raise GraphError(
            f"{brief(self)} has no numbers while the graph is being built, so nothing can be in it"
        )

    def __add__(self, other: Any) -> Expression:
        return Apply(add, (self, as_expression(other)))

    def __radd__(self, other: Any) -> Expression:
        if isinstance(other, int) and other == 0:
            return self  # Python's sum() begins at 0
        return Apply(add, (as_expression(other), self))

    def __sub__(self, other: Any) -> Expression:
        return Apply(sub, (self, as_expression(other)))

    def __rsub__(self, other: Any) -> Expression:
        return Apply(sub, (as_expression(other), self))

    def __mul__(self, other: Any) -> Expression:
        return Apply(mul, (self, as_expression(other)))

    def __rmul__(self, other: Any) -> Expression:
        return Apply(mul, (as_expression(other), self))

    def __truediv__(self, other: Any) -> Expression:
        return Apply(div, (self, as_expression(other)))

    def __rtruediv__(self, other: Any) -> Expression:
        return Apply(div, (as_expression(other), self))

    def __pow__(self, other: Any) -> Expression:
        return Apply(pow, (self, as_expression(other)))

    def __rpow__(self, other: Any) -> Expression:
        return Apply(pow, (as_expression(other), self))

    def __mod__(self, other: Any) -> Expression:
        return apply(rounding.mod, self, other)

    def __rmod__(self, other: Any) -> Expression:
        return apply(rounding.mod, other, self)

    def __floordiv__(self, other: Any) -> Expression:
        return apply(rounding.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Expression:
        return apply(rounding.floor_divide, other, self)

    def __round__(self, ndigits: int | None = None) -> Expression:
        if ndigits is not None:
            raise GraphError(
                f"round of {brief(self)} goes to whole numbers; write gd.round(x*100)/100 for two "
                "decimals"
            )
        return apply(rounding.round, self)

    def __floor__(self) -> Expression:
        return apply(rounding.floor, self)

    def __ceil__(self) -> Expression:
        return apply(rounding.ceil, self)

    def __neg__(self) -> Expression:
        return Apply(neg, (self,))

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return Apply(absolute, (self,))

    def __matmul__(self, other: Any) -> Expression:
        return apply(MatMul(), self, other)

    def __rmatmul__(self, other: Any) -> Expression:
        return apply(MatMul(), other, self)

    def __lt__(self, other: Any) -> Expression:
        return apply(comparisons.less, self, other)

    def __le__(self, other: Any) -> Expression:
        return apply(comparisons.less_equal, self, other)

    def __gt__(self, other: Any) -> Expression:
        return apply(comparisons.greater, self, other)

    def __ge__(self, other: Any) -> Expression:
        return apply(comparisons.greater_equal, self, other)

    def __bool__(self) -> bool:
        raise GraphError(
            "nodes have no order while the graph is being built, so if, and, or and Python's max "
            "and min do not work on them; use gd.where, gd.max, gd.min, gd.step or gd.relu"
        )

    def __len__(self) -> int:
        if not self.shape or not isinstance(self.shape[0], int):
            raise TypeError(f"{brief(self)} has shape {shapes.shown(self.shape)} and no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Expression]:
        return iter([self[k] for k in range(len(self))])

    def __getitem__(self, key: Any) -> Expression:
        """Return some of the entries, as NumPy's brackets choose them."""
        return apply(Index(as_key(_unmasked(key, self))), self)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> Any:
        """The number of entries."""
        return shapes.entries(self.shape)

    @property
    def T(self) -> Expression:
        """The transpose; a vector is its own."""
        return self.transpose()

    def transpose(self, *order: int) -> Expression:
        """Return the axes in another order, reversed if none is given."""
        given = order[0] if len(order) == 1 and isinstance(order[0], tuple | list) else order
        axes = tuple(_from_the_first(axis, self.ndim) for axis in given)
        if self.ndim < 2 and len(axes) in (0, self.ndim):
            return self
        return apply(Transpose(axes or tuple(reversed(range(self.ndim)))), self)

    def reshape(self, *shape: Any) -> Expression:
        """Return the same entries, row by row, in another shape; one size may be −1."""
        given = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return apply(Reshape(_completed(tuple(given), self)), self)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Expression:
        """Return the sum along one axis, several, or all."""
        return _reduced(Sum, self, axis, keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Expression:
        """Return the mean along one axis, several, or all."""
        return _reduced(Mean, self, axis, keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Expression:
        """Return the largest entry along one axis, several, or all."""
        return _reduced(Extremum, self, axis, keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Expression:
        """Return the smallest entry along one axis, several, or all."""
        return _reduced(Extremum, self, axis, keepdims, smallest=True)


class Constant(Expression):
    """A number in an expression: its exact value, and the text it was written as.

    The value of a float with all its digits is the root or the fraction that was rounded to it.
    """

    __slots__ = ("text", "value")
    shape = SCALAR

    def __init__(self, value: Any, text: str = "") -> None:
        self.text = text or quantity.written(value)
        self.value: sp.Expr = floats.meant(self.text) or quantity.exact(value)

    @classmethod
    def written(cls, value: sp.Expr, text: str) -> Constant:
        """Return a constant whose exact value is known: a number, or the letter of a size."""
        constant = object.__new__(cls)
        constant.value, constant.text = value, text
        return constant

    def __repr__(self) -> str:
        return self.text


class Apply(Expression):
    """A catalogue function applied to expressions."""

    __slots__ = ("arguments", "function", "shape")

    def __init__(self, function: AnyFunction, arguments: tuple[Expression, ...]) -> None:
        self.function = function
        self.arguments = arguments
        if isinstance(function, Function):
            for argument in arguments:
                if argument.shape:
                    break
            else:
                self.shape = SCALAR  # at once: there are graphs of very many scalars
                return
        self.shape = _shape(function, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        """Give its parts one after the other, however deep they are nested."""
        lines: list[Any] = []
        place: dict[Expression, int] = {}
        for part in in_order(self):
            place[part] = len(place)
            if isinstance(part, Apply):
                lines.append((part.function, [place[argument] for argument in part.arguments]))
            else:
                lines.append(part)
        return _assembled, (lines,)

    def __repr__(self) -> str:
        return f"<expression {self.function.name}(…); name it with graph.node(name, expression)>"


def _assembled(lines: list[Any]) -> Expression:
    """Return an expression of its parts, each an expression or a function of earlier ones."""
    parts: list[Expression] = []
    for line in lines:
        if isinstance(line, Expression):
            parts.append(line)
        else:
            function, places = line
            parts.append(Apply(function, tuple([parts[k] for k in places])))
    return parts[-1]


pi = Constant(sp.pi, "pi")


def _shape(function: AnyFunction, arguments: tuple[Expression, ...]) -> Shape:
    try:
        if isinstance(function, Composite):
            return function.expand(*arguments).shape
        given = [argument.shape for argument in arguments]
        if isinstance(function, TensorFunction):
            return shapes.bounded(function.shape(*given), function.name)
        return shapes.bounded(shapes.broadcast(given), function.name)
    except ShapeError as error:
        raise error.named(map(described, arguments)) from None


def described(expression: Expression) -> str:
    """Return how an error message calls an operand: its formula, in brief, and its shape."""
    return f"{brief(expression)} of shape {shapes.shown(expression.shape)}"


def brief(expression: Expression) -> str:
    """Return an expression as text, what is nested deeper left out."""
    name = getattr(expression, "name", None)
    if isinstance(name, str):
        return repr(name)
    if not isinstance(expression, Apply):
        return repr(expression)
    inner = [
        getattr(part, "name", "…") if not isinstance(part, Constant) else part.text
        for part in expression.arguments
    ]
    match expression.function:
        case Index() as index:
            return f"'{inner[0]}[{index.written[:40]}]'"
        case Transpose(is_reversal=True):
            return f"'{inner[0]}.T'"
        case Stack(axis=0) if all(isinstance(part, Constant) for part in expression.arguments):
            return f"[{', '.join(inner[:8])}{', …' if len(inner) > 8 else ''}]"
        case _:
            pass
    operator = expression.function.operator
    if operator is not None and len(inner) == 2:
        left = f"({inner[0]})" if inner[0].startswith("-") else inner[0]
        return f"'{left} {operator.text} {inner[1]}'"
    return f"'{expression.function.name}({', '.join(inner)})'"


def _reduced(
    kind: type[Reduction], argument: Expression, axis: Any, keepdims: bool, **options: Any
) -> Expression:
    try:
        axes = normal_axes(axis, argument.ndim, kind.__name__.lower())
    except ShapeError as error:
        raise error.named([described(argument)]) from None
    if kind is Extremum and not argument.ndim:
        return argument
    return apply(kind(axes, argument.ndim, bool(keepdims), **options), argument)


def _unmasked(key: Any, x: Expression) -> Any:
    """Return what stands in brackets with the places of their ones for masks."""
    parts = key if isinstance(key, tuple) else (key,)
    masks = {k: np.asarray(part) for k, part in enumerate(parts) if _is_mask(part)}
    if not masks:
        return key
    if not shapes.is_known(x.shape):
        raise GraphError(
            f"{described(x)} has letters for sizes, so no mask fits it; use gd.where(mask, x, 0)"
        )
    try:
        chosen = np.broadcast_to(False, x.shape)[key].size
    except IndexError as error:
        raise ShapeError("{0} and a mask: " + str(error)).named([described(x)]) from None
    if not chosen:
        raise GraphError(f"the mask in brackets chooses no entry of {described(x)}")
    places = [[part] if k not in masks else masks[k].nonzero() for k, part in enumerate(parts)]
    return tuple(one for several in places for one in several)


def _is_mask(part: Any) -> bool:
    if isinstance(part, list):
        return bool(part) and all(isinstance(one, bool | np.bool_) or _is_mask(one) for one in part)
    return isinstance(part, np.ndarray) and part.dtype == bool and part.ndim > 0


def _from_the_first(axis: Any, axes: int) -> Any:
    return axis % axes if isinstance(axis, int) and -axes <= axis < 0 else axis


def _completed(shape: tuple[Any, ...], argument: Expression) -> Shape:
    """Return a new shape with its −1 filled in."""
    if shape.count(-1) > 1:
        raise GraphError(
            f"the new shape {shape} of {described(argument)} has −1 twice; give one size"
        )
    if shape.count(-1) != 1:
        return shapes.checked(shape, f"{brief(argument)} reshaped")
    rest = shapes.checked(tuple(size for size in shape if size != -1), "the result of reshape")
    missing = sp.cancel(sp.sympify(argument.size) / shapes.entries(rest))
    if not missing.is_integer:
        raise GraphError(
            f"{described(argument)} cannot have shape {shape}: {argument.size} entries do not "
            f"divide into rows of {shapes.entries(rest)}"
        )
    size = int(missing) if missing.is_Integer else missing
    return tuple(size if given == -1 else given for given in shape)


def as_expression(value: Any) -> Expression:
    """Return an expression as it is, and a number as a constant (2/3 as a quotient).

    A small array is a stack of its numbers.
    """
    if isinstance(value, Expression):
        return value
    if type(value) in (int, float) and value:
        return _constant(value)
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.shape):
        return _stacked(value)
    constant = Constant(value if not isinstance(value, np.ndarray) else value.item())
    number = constant.value
    if number is sp.pi:
        return pi
    if isinstance(value, sp.Basic) and not number.is_Rational:
        raise GraphError(
            f"the SymPy number {str(number)[:60]} cannot stand in a formula as a constant; "
            "write it with gd.sqrt, gd.exp, gd.pi and the like"
        )
    if isinstance(number, sp.Rational) and constant.text == f"{number.p}/{number.q}":
        return Apply(div, (Constant(number.p), Constant(number.q)))
    return constant


def _as_expressions(values: tuple[Any, ...]) -> tuple[Expression, ...]:
    for value in values:
        if not isinstance(value, Expression):
            return tuple(map(as_expression, values))
    return values


@functools.lru_cache(maxsize=4096, typed=True)
def _constant(value: float) -> Constant:
    """Return a number other than 0 as a constant; 0.0 and −0.0 are equal, but not as texts."""
    return Constant(value)


def _stacked(value: Any) -> Expression:
    if _entries(value) > MAX_WRITTEN:
        size = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"{MAX_WRITTEN} or more"
        raise GraphError(
            f"an array of {size} is too long to stand in a formula; make it the value of an input"
        )
    if len(value) == 0:
        raise GraphError("an empty array cannot stand in a formula")
    if isinstance(value, np.ndarray) and value.dtype == bool:
        value = value.astype(int)  # a mask: 1 and 0
    rows = [as_expression(row) for row in value]
    for row in rows:
        if row.shape != rows[0].shape:
            raise GraphError(
                f"the rows of an array have the shapes {shapes.shown(rows[0].shape)} and "
                f"{shapes.shown(row.shape)}; they must be equal"
            )
    return apply(Stack(0), *rows)


def _entries(value: Any) -> int:
    """Return how many entries nested lists have, or more than may be written."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, Expression) or not isinstance(value, list | tuple):
        return 1
    total = len(value)
    for row in value if total <= MAX_WRITTEN else ():
        total += _entries(row) - 1
        if total > MAX_WRITTEN:
            break
    return total


def count(size: Any) -> Constant:
    """Return a size as a constant: a number, or the letter it was given as."""
    if isinstance(size, int):
        return Constant(size)
    return Constant.written(size, str(size) if size.is_Symbol else f"({size})")


def apply(function: AnyFunction, *arguments: Any) -> Apply:
    """Apply a function to nodes, expressions and numbers.

    Raises
    ------
    GraphError
        If the number of arguments or their shapes do not fit, or one is not a real number.
    """
    if isinstance(function, Function) and len(arguments) != function.arity:
        arguments = function.completed(arguments)
    return Apply(function, _as_expressions(arguments))


@dataclass(frozen=True)
class Operation:
    """A function to call on nodes, expressions and numbers: ``gd.exp(x)``.

    ``max`` and ``min`` take two or more arguments and nest: max(a, b, c) is
    max(max(a, b), c).
    """

    function: Function
    folds: bool = False

    def __call__(self, *arguments: Any, **named: Any) -> Expression:
        """Return the function applied, to be named by :meth:`graphdiff.Graph.node`.

        ``max`` and ``min`` of one array are those of its entries, ``gd.max(x, axis=0)``.
        Trailing arguments may be given by name: ``gd.leaky_relu(x, slope=0.2)``.
        """
        if self.folds and len(arguments) == 1 and as_expression(arguments[0]).shape:
            array = as_expression(arguments[0])
            return (array.max if self.function.name == "max" else array.min)(**named)
        if named:
            arguments = inspect.signature(self.function.formula).bind(*arguments, **named).args
        if self.folds and len(arguments) > 2:
            return functools.reduce(functools.partial(apply, self.function), arguments)
        return apply(self.function, *arguments)

    def __repr__(self) -> str:
        return f"<function {self.function.name}>"


FOLDING = ("max", "min")


def operation(name: str) -> Operation:
    """Return the catalogue function of that name, ready to be called on nodes."""
    function = functions.named(name)
    return Operation(function, folds=function.name in FOLDING)


def in_order(root: Expression, known: Container[Expression] = ()) -> Iterator[Expression]:
    """Yield every distinct part of an expression, arguments before what uses them.

    Iterative, so that depth costs no stack, and each shared part comes once, so that
    an expression that doubles at every step costs what its distinct parts cost. Parts that
    are known, then or on the way, are left out with what stands below them.
    """
    opened: set[Expression] = set()
    done: set[Expression] = set()
    stack = [root]
    while stack:
        part = stack.pop()
        if part in done or part in known:
            continue
        if part in opened or not isinstance(part, Apply):
            done.add(part)
            yield part
        else:  # it comes off the stack again once its arguments have
            opened.add(part)
            stack.append(part)
            stack += part.arguments[::-1]


def with_arguments(part: Apply, arguments: tuple[Expression, ...]) -> Apply:
    """Return an applied function with other arguments; itself if they are its own."""
    return part if arguments == part.arguments else Apply(part.function, arguments)


def rebuilt(
    root: Expression,
    make: Callable[[Apply, tuple[Expression, ...]], Expression] = with_arguments,
    replaced: Mapping[Expression, Expression] | None = None,
) -> Expression:
    """Return an expression made anew from its leaves up, each distinct part once.

    Parameters
    ----------
    make
        Returns what stands for an applied function, given it and its arguments made anew.
    replaced
        Parts, and what stands for them.
    """
    done = dict(replaced or {})
    for part in in_order(root, done):
        if isinstance(part, Apply):
            done[part] = make(part, tuple([done[argument] for argument in part.arguments]))
        else:
            done[part] = part
    return done[root]
