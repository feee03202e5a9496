"""What a function of the catalogue is: one declaration, everything else derived.

A :class:`Function` states its definition as a SymPy formula. Its derivatives, its
numbers (float64, exact, multiprecision), its LaTeX and its test follow from that.

A function that SymPy knows well (``exp``, ``sin``) stands in formulas as SymPy's own.
One that SymPy lacks, or whose derivative SymPy gets wrong at a kink (``relu``,
``sigmoid``, ``abs``), gets a *head*: a SymPy function class that keeps its name in
formulas, so that a derivative reads σ(z)(1 − σ(z)) as in a textbook, and that turns
into the definition as soon as its arguments are numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import sympy as sp

from graphdiff.errors import GraphError

Formula = Callable[..., Any]
_PLACE = re.compile(r"\{[0-9]\}")


class Shared:
    """What never changes, so that a copy is the thing itself."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: Any) -> Self:
        return self


@dataclass(frozen=True)
class Operator:
    """How an arithmetic function is written between its operands."""

    text: str
    precedence: int
    right_associative: bool = False


class Head(sp.Function):
    """A catalogue function standing in a SymPy formula under its own name."""

    declaration: ClassVar[Function]
    is_real = True
    is_commutative = True

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        """Name the declaration: the class is made of it when it is first asked for."""
        return _applied, (self.declaration, self.args)

    @classmethod
    def class_key(cls) -> tuple[int, int, str]:
        """Sort after symbols and before sums, so that σ(z)(1 − σ(z)) is printed in this order."""
        return 2, 5, cls.__name__

    @classmethod
    def eval(cls, *args: sp.Expr) -> sp.Expr | None:
        """Return the definition once every argument is a number; nan where one is not real."""
        if all(arg.is_number for arg in args):
            try:
                return cls.declaration.formula(*args)
            except TypeError:  # SymPy compares no complex numbers
                return sp.nan
        return None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the declared derivative."""
        return self.declaration.partial(argindex - 1, self.args)

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        if self.declaration.selects:
            chosen, *branches = self.args
            return self.declaration.symbolic(chosen, *(branch.diff(s) for branch in branches))
        return super()._eval_derivative(s)

    def doit(self, **hints: Any) -> sp.Expr:
        """Return the definition."""
        return self.declaration.formula(*(arg.doit(**hints) for arg in self.args))

    def _sympystr(self, printer: Any) -> str:
        operator = self.declaration.operator
        inner = [printer._print(arg) for arg in self.args]
        if operator is not None and len(inner) == 2:
            return f"({inner[0]} {operator.text} {inner[1]})"
        compared = (getattr(arg, "declaration", None) for arg in self.args)
        bare = [
            text[1:-1] if of is not None and of.operator is not None else text
            for text, of in zip(inner, compared, strict=True)
        ]
        return f"{self.func.__name__}({', '.join(bare)})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = self.declaration.latex_of([printer._print(arg) for arg in self.args])
        return body if exp is None else rf"{{{body}}}^{{{exp}}}"


def _applied(declaration: Function, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
    return declaration.head(*arguments)


EVERYWHERE, ABOVE_0 = (-math.inf, math.inf), (0, math.inf)


@dataclass(frozen=True, eq=False)
class Function(Shared):
    """A scalar function of the catalogue, or one of your own.

    Attributes
    ----------
    name
        The name in expressions and files.
    formula
        The definition: a callable from SymPy expressions to a SymPy expression.
        Write kinks as ``Piecewise`` with the value at the kink stated.
    arity
        How many arguments it takes.
    derivative
        The partial derivatives in the form to show, one callable per argument.
        Left out, SymPy derives them from the formula.
    kernel
        A NumPy function, where the formula itself is not stable in float64.
        Left out, it is made from the formula.
    domain
        For each argument, the interval the tests sample.
    kinks
        Points without a derivative, each with the partials declared there.
    latex
        A template with ``{0}``, ``{1}`` for the arguments.
    defaults
        Values for trailing arguments that may be left out.
    of
        The function and the slot it is the derivative of, if it is one.
    range
        An open interval that all its values lie in.
    selects
        Whether it chooses one of the other arguments by its first: then its derivative is that
        of the one chosen, even where the other has none.
    logarithm
        log f, of a positive function that leaves the range of floats where its logarithm does
        not. Formulas are computed with it: log(σ(x)) as −softplus(−x).
    complement
        1 − f, where f is so near to 1 that no digit of the difference would be left.
    """

    name: str
    formula: Formula
    arity: int = 1
    derivative: tuple[Formula, ...] = ()
    kernel: Callable[..., Any] | None = None
    domain: tuple[tuple[float, float], ...] = ()
    kinks: Mapping[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    latex: str = ""
    operator: Operator | None = None
    defaults: tuple[Any, ...] = ()
    has_head: bool = False
    summary: str = ""
    of: tuple[Function, int] | None = None
    range: tuple[float, float] = EVERYWHERE
    selects: bool = False
    logarithm: Formula | None = None
    complement: Formula | None = None

    def __repr__(self) -> str:
        return f"<function {self.name}>"

    def completed(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments with defaults filled in; raise if the count is wrong."""
        missing = self.arity - len(arguments)
        if missing < 0 or missing > len(self.defaults):
            least = self.arity - len(self.defaults)
            wanted = str(self.arity) if least == self.arity else f"{least} to {self.arity}"
            plural = "" if wanted == "1" else "s"
            raise GraphError(
                f"{self.name} takes {wanted} argument{plural}, but was given {len(arguments)}"
            )
        return arguments + self.defaults[len(self.defaults) - missing :]

    @cached_property
    def formals(self) -> tuple[sp.Symbol, ...]:
        """The formal arguments, as real SymPy symbols."""
        return tuple(sp.Symbol(f"a_{k}", real=True) for k in range(self.arity))

    @cached_property
    def head(self) -> type[sp.Function]:
        """The SymPy function class that stands for this function in formulas."""
        return type(self.name, (Head,), {"declaration": self, "nargs": self.arity})

    @cached_property
    def symbolic(self) -> Formula:
        """What builds the SymPy expression of an application."""
        return self.head if self.has_head else self.formula

    def partial(self, slot: int, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
        """Return ∂f/∂a_slot at the arguments."""
        if self.derivative:
            return sp.sympify(self.derivative[slot](*arguments))
        derived = self._derived[slot]
        return derived.xreplace(dict(zip(self.formals, arguments, strict=True)))

    @cached_property
    def _derived(self) -> tuple[sp.Expr, ...]:
        formula = sp.sympify(self.formula(*self.formals))
        return tuple(formula.diff(formal) for formal in self.formals)

    def latex_of(self, arguments: list[str]) -> str:
        """Return the LaTeX of an application to arguments that are LaTeX already."""
        template = self.latex or (
            r"\operatorname{" + self.name.replace("_", " ") + r"}{\left("
            + ", ".join(f"{{{k}}}" for k in range(self.arity)) + r"\right)}"
        )  # fmt: skip
        places = {f"{{{k}}}": argument for k, argument in enumerate(arguments)}
        return _PLACE.sub(lambda place: places.get(place[0], place[0]), template)

    @property
    def sample_domain(self) -> tuple[tuple[float, float], ...]:
        """The interval to sample for each argument."""
        return self.domain or ((-2.0, 2.0),) * self.arity
