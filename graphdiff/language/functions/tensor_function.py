"""What a function of tensors is: a rule for shapes and a kernel for any kind of number.

There are three families beside the maps
(:class:`~graphdiff.language.functions.scalar_function.Function`, which act entry by entry):
contractions, movement and reductions. Each is a frozen record of its options, so that two equal
ones are one. The record is the whole declaration: the shape, the value in any kind of number, what
a cotangent of the value gives to each argument, and how all of it is written.

A kernel works on the last axes of its arrays; axes before those are samples, or the rows
of an identity matrix in the place of a cotangent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from graphdiff.errors import GraphError
from graphdiff.language.functions.scalar_function import EVERYWHERE, Operator, Shared
from graphdiff.language.functions.writing import ATOM, LatexPart, Pen, TextPart, Written, call
from graphdiff.language.shapes import Shape

Array = Any

Tensor = Any
"""An expression, which these files do not know: expressions are made of functions."""


class Numbers(Protocol):
    """The kind of number a kernel computes with."""

    def number(self, value: Any) -> Array:
        """Return a number of this kind."""
        ...

    def apply(self, function: Any) -> Callable[..., Array]:
        """Return what computes a map."""
        ...

    def share(self, many: int) -> Array:
        """Return what each of so many entries that tie has of the derivative of the largest."""
        ...


class Maker(Protocol):
    """What a pullback makes expressions with, beside the operators they have."""

    def __call__(self, function: TensorFunction, *arguments: Tensor) -> Tensor:
        """Return a function applied."""
        ...

    def product(self, a: Tensor, b: Tensor) -> Tensor:
        """Return a ⊙ b, without a factor that is 1."""
        ...

    def count(self, size: Any) -> Tensor:
        """Return a size, a number or a letter, as a constant."""
        ...


@dataclass(frozen=True)
class TensorFunction:
    """A function of tensors, with its options."""

    operator: ClassVar[Operator | None] = None

    caveat: ClassVar[str] = ""
    """What to say where there is no value or no derivative."""

    has_kinks: ClassVar[bool] = False
    """Whether its derivative jumps somewhere, or its value."""

    is_multilinear: ClassVar[bool] = False
    """Whether it is linear in each argument, so that coefficients may stand before it."""

    is_own_inverse: ClassVar[bool] = False
    """Whether applied twice it changes nothing."""

    inverts: ClassVar[bool] = False
    """Whether it inverts a matrix, or does as much, so that fractions grow long in it."""

    shape: ClassVar[Callable[..., Shape]]
    """The shape of the value for arguments of these shapes; raises ShapeError."""

    @property
    def name(self) -> str:
        """The name in expressions."""
        return type(self).__name__.lower()

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The options as they are written after the arguments."""
        return ()

    @property
    def along(self) -> int | None:
        """The one axis that a linear function of one argument acts along; None for any other.

        For every place on the other axes it does the same.
        """
        return None

    def along_axis(self, axis: int, rank: int) -> TensorFunction:
        """Return the function that acts along another axis, of so many."""
        raise NotImplementedError

    def stack_of(self, slot: int) -> int | None:
        """Return how many last axes an argument has of which it takes stacks, and is linear in.

        None where it is not linear in the argument, or its pullback is made of simpler functions.
        """
        return None

    def operations(self, *shapes: Any) -> int:
        """Return about how many numbers are computed beside the entries of the value."""
        return 0

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return the statements of NumPy for operands of these shapes; none to call the kernel.

        They are templates as in :mod:`graphdiff.program.arrays.statements`.
        """
        return ()

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the value for arrays with any leading axes over these shapes."""
        raise NotImplementedError

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return what the cotangent c of ``part``, this function applied, gives to one argument.

        None where it is 0.
        """
        raise NotImplementedError

    @property
    def prime(self) -> TensorFunction | None:
        """What it gives to each entry of its one argument, as a function of that: max′."""
        return None

    def in_words(self, make: Maker, part: Tensor) -> Tensor | None:
        """Return ``part``, this function applied, by functions that a person writes, or None."""
        return None

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return it applied to formulas, as text that reads back."""
        return call(self.name, [part.text for part in parts], self.keywords)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return it applied to formulas in LaTeX, its value of this shape."""
        return pen.called(pen.operator(self.name, self.keywords), parts), ATOM

    def latex_transposed(self, parts: Sequence[LatexPart]) -> str:
        """Return the transpose of the value in LaTeX where it has a form of its own, or nothing."""
        return ""

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(frozen=True)
class Composite(Shared):
    """A function made of others, shown under its own name.

    Attributes
    ----------
    name, keywords
        As written in expressions.
    expand
        Its definition: from expressions to an expression.
    kernel
        A NumPy function of (arrays, shapes) for float64, where the definition is not stable.
    stable
        The definition in a form that is stable in floating point, which programs are made of.
    rule
        The pullback, where it has a nicer form than the definition's: from (slot, cotangent,
        arguments, value) to an expression.
    logarithm
        The logarithm of its value, an expression of the arguments, where that holds though the
        value itself leaves the range of floats.
    latex
        A template with ``{0}``, ``{1}`` for the arguments.
    caveat
        What to say where there is no value or no derivative.
    shapes
        Those of the arguments it was made for.
    range
        An open interval that all its values lie in.
    sums_to_one
        The axes along which its values add up to 1.
    is_multilinear
        Whether it is linear in each argument.
    is_own_inverse
        Whether applied twice it changes nothing.
    """

    name: str
    expand: Callable[..., Any] = field(compare=False)
    keywords: tuple[tuple[str, Any], ...] = ()
    kernel: Callable[..., Array] | None = field(default=None, compare=False)
    stable: Callable[..., Any] | None = field(default=None, compare=False)
    rule: Callable[..., Any] | None = field(default=None, compare=False)
    logarithm: Callable[..., Any] | None = field(default=None, compare=False)
    latex: str = field(default="", compare=False)
    caveat: str = field(default="", compare=False)
    shapes: tuple[Shape, ...] = field(default=(), compare=False)
    range: tuple[float, float] = field(default=EVERYWHERE, compare=False)
    sums_to_one: tuple[int, ...] = field(default=(), compare=False)
    is_multilinear: bool = field(default=False, compare=False)
    is_own_inverse: bool = field(default=False, compare=False)
    operator: ClassVar[Operator | None] = None

    def __repr__(self) -> str:
        return f"<function {self.name}>"


def known(shape: Shape, what: str) -> tuple[int, ...]:
    """Return a shape of numbers; raise if it has letters."""
    for size in shape:
        if not isinstance(size, int):
            raise GraphError(f"{what} needs sizes that are numbers, but one is {size}")
    return shape
