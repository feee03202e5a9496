"""An update rule as a declaration: its formulas as they are printed, its state, its settings.

A rule is text, line by line, in the grammar of formulas::

    m <- beta_1*m + (1 - beta_1)*g
    theta <- theta - eta*m

On the right stand θ, the gradient g, the number t of the step, the rule's state and its settings.
A name on the left has its new value in the lines below it. A line that ends with a condition,
``if y @ s > 0``, is left out where that is false; one that begins with ``for i = 1, ..., m:`` is
made for each of m pairs that are kept, see :mod:`graphdiff.optimisers.loops`. From this text come
the numbers in any kind of arithmetic, the formula in LaTeX, and the steps written out.

A rule is of each parameter by itself, or of all of them as one vector θ ∈ ℝⁿ; then it says of what
shape its other letters are, and may ask for more than the gradient: the Hessian H, the residuals r.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.optimisers.loops import Loop, Statement, of_each, parsed

THETA, GRADIENT, STEP, RATE = "theta", "g", "t", "eta"

QUANTITIES = {
    "H": "the Hessian", "J": "the Jacobian of the residuals", "r": "the residuals",
    "I": "the identity", "f": "the objective", "f_trial": "the objective at the trial place",
    "q": "H⁻¹g by conjugate gradients",
}  # fmt: skip
"""What a rule of all parameters may ask for beside the gradient."""

NEW = "_new"
"""What the graph of a rule adds to a name that is assigned."""


@dataclass(frozen=True)
class Setting:
    """A number that a person chooses.

    Attributes
    ----------
    name, letter
        What it is called, ``learning_rate``, and its letter in formulas, ``eta``.
    default
        Its usual value, as written; empty where there is none.
    within
        The interval it is from, as printed: ``"(0, inf)"``.
    whole
        Whether it is a whole number.
    """

    name: str
    letter: str
    default: str = ""
    within: str = "(0, inf)"
    whole: bool = False

    @property
    def usual(self) -> sp.Expr | None:
        """Its usual value, exact; None where there is none."""
        return sp.Rational(self.default) if self.default else None

    def checked(self, value: Any) -> sp.Expr:
        """Return a value as an exact number.

        Raises
        ------
        GraphError
            If it is no number of the interval.
        """
        said = f"the {self.name.replace('_', ' ')}"
        number = quantity.exact(value, said)
        low, high = (sp.oo if end == "inf" else sp.Rational(end) for end in self._ends)
        above = number >= low if self.within[0] == "[" else number > low
        below = number <= high if self.within[-1] == "]" else number < high
        if not (above and below) or (self.whole and not number.is_integer):
            example = f", such as {self.default}" if self.default else ""
            kind = "a whole number" if self.whole else "a number"
            raise GraphError(f"{said} is {value!s:.60}; give {kind} of {self.within}{example}")
        return number

    @property
    def _ends(self) -> list[str]:
        return self.within[1:-1].split(", ")


MEMORY = Setting("memory", "m", "10", "[1, 100]", whole=True)
"""How many pairs a rule keeps whose lines are made for each."""


class Formula(NamedTuple):
    """A formula of a rule, with its arguments in order."""

    function: LocalFunction
    arguments: tuple[str, ...]


class Assignment(NamedTuple):
    """A line of a rule: a name, the formula of its value, the condition, if any, and the text."""

    name: str
    formula: Formula
    condition: Formula | None
    written: str


@dataclass(frozen=True)
class Rule:
    r"""How a step changes a parameter.

    Attributes
    ----------
    name, title
        What it is called in files, ``"adam"``, and in words.
    formulas
        The lines, as text.
    state
        What is remembered from step to step, and what it is at first.
    settings
        The numbers a person chooses; the learning rate is one.
    reference
        Where the formulas are from.
    notes
        What others define otherwise, and how it differs.
    at
        The place where the gradient is taken, as a formula; empty for θ itself.
    letters
        LaTeX for names that do not say it by themselves: ``{"m_hat": r"\hat{m}"}``.
    shapes
        Of a rule of all parameters as one vector: the shapes of letters that are no numbers, in
        the letters n, the entries of θ, and m, the residuals: ``{"theta": "n", "H": "nn"}``.
    pairs
        How many pairs are kept, of a rule whose lines are made for each.
    """

    name: str
    title: str
    formulas: str
    settings: tuple[Setting, ...]
    reference: str
    state: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: str = ""
    at: str = ""
    letters: Mapping[str, str] = field(default_factory=dict[str, str])
    shapes: Mapping[str, str] = field(default_factory=dict[str, str])
    pairs: int = 0

    @property
    def is_of_all(self) -> bool:
        """Whether it is of all parameters as one vector."""
        return bool(self.shapes)

    def of_all(self) -> Rule:
        """Return the rule for all parameters as one vector, the same in each entry."""
        if self.is_of_all:
            return self
        return replace(self, shapes=dict.fromkeys((THETA, GRADIENT, *self.kept), "n"))

    @cached_property
    def is_of_gradients(self) -> bool:
        """Whether a step is of θ, the gradient and the state alone, in the same lines each time.

        Such a rule takes the gradients of batches; others ask for more, or compare the gradient
        with that of the step before, and want all rows.
        """
        known = {THETA, GRADIENT, STEP, *self.state, *self.assigned}
        known |= {setting.letter for setting in self.settings}
        program = self.program(SIZES if self.is_of_all else SCALAR)
        asked = {name for line in program for name in line.formula.arguments} - known
        compares = GRADIENT in self.kept.values() or any(line.condition for line in program)
        return not asked and not compares

    @cached_property
    def is_of_residuals(self) -> bool:
        """Whether it asks for residuals, whose squares the objective must be made of."""
        return "r" in self.shapes

    def setting(self, letter: str) -> Setting:
        """Return a setting by its letter."""
        return next(setting for setting in self.settings if setting.letter == letter)

    @cached_property
    def kept(self) -> Mapping[str, str]:
        """What is remembered, each pair by a name of its own, and what it is at first."""
        return of_each(self.state, self.pairs)

    def is_there(self, name: str, value: Any) -> bool:
        """Return whether a state is there already, as pairs are only after their steps."""
        return name in self.state or name not in self.kept or bool(np.any(value))

    @cached_property
    def lines(self) -> tuple[Statement, ...]:
        """Of each line the name on the left, the formula on its right, and the condition."""
        unrolled = (
            line.unrolled(self.pairs) if isinstance(line, Loop) else (line,)
            for line in parsed(self.formulas)
        )  # fmt: skip
        return tuple(itertools.chain.from_iterable(unrolled))

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names that get new values, in order, θ among them."""
        return tuple(dict.fromkeys(name for name, _, _ in self.lines))

    @cached_property
    def remembered(self) -> Mapping[str, str]:
        """State that is only what another name was one step before: ``{"g_old": "g"}``."""
        known = {THETA, GRADIENT, *self.assigned}
        return {name: right for name, right, _ in self.lines
                if name in self.kept and right in known}  # fmt: skip

    def program(self, sizes: Shape = SCALAR) -> tuple[Assignment, ...]:
        """Return the lines as functions.

        Parameters
        ----------
        sizes
            The shape of the parameter; of a rule of all, n or n and m.
        """
        return _program(self.lines, self._leaves(sizes))

    def lookahead(self, shape: Shape = SCALAR) -> tuple[Assignment, ...]:
        """Return where the gradient is taken, as an assignment to θ; none where it is θ itself."""
        return _program((Statement(THETA, self.at),), self._leaves(shape)) if self.at else ()

    def _leaves(self, sizes: Shape) -> tuple[tuple[str, Shape], ...]:
        """Return what lines begin from, with the shape of each."""
        numbers = {STEP, *(setting.letter for setting in self.settings)}
        if not self.is_of_all:
            of_parameter = {THETA, GRADIENT, *self.kept} - numbers
            return (*((name, sizes) for name in sorted(of_parameter)), *_scalars(numbers))
        known = dict(zip("nm", sizes, strict=False))
        every = of_each(self.shapes, self.pairs)
        shaped = {name: tuple(known.get(k, 1) for k in said) for name, said in every.items()}
        return (*shaped.items(), *_scalars({*numbers, *self.kept, *QUANTITIES} - {*shaped}))

    def text(self) -> str:
        """Return the formulas as text."""
        first = [f"g is taken at {self.at}"] if self.at else []
        return "\n".join([*first, *(line.text for line in parsed(self.formulas))])


SIZES = (2, 3)
"""Sizes to print a rule of all parameters for; the print is the same for all but 1."""


def _scalars(names: set[str]) -> tuple[tuple[str, Shape], ...]:
    return tuple((name, SCALAR) for name in sorted(names))


@lru_cache(maxsize=1024)
def _program(
    lines: tuple[Statement, ...], leaves: tuple[tuple[str, Shape], ...]
) -> tuple[Assignment, ...]:
    """Read the lines of a rule, as nodes of a graph whose leaves are what they begin from."""
    graph = ComputationalGraph()
    known: dict[str, Node] = {name: graph.input(name, shape=shape) for name, shape in leaves}

    def read(name: str, written: str) -> tuple[Node, Formula]:
        node = graph.node(f"{name}{NEW}{len(graph.nodes)}", parse(written, found))
        assert node.function is not None  # noqa: S101 - it is a formula
        names = tuple(parent.name.partition(NEW)[0] for parent in node.parents)
        return node, Formula(node.function, names)

    def found(name: str) -> Expression:
        return known[name]

    assignments: list[Assignment] = []
    for name, right, when in lines:
        condition = read("condition", when)[1] if when else None
        node, formula = read(name, right)
        assignments.append(Assignment(name, formula, condition, right))
        known[name] = node
    return tuple(assignments)
