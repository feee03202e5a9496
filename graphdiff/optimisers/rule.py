"""An update rule as a declaration: its formulas as they are printed, its state, its settings.

A rule is text, line by line, in the grammar of formulas::

    m <- beta_1*m + (1 - beta_1)*g
    theta <- theta - eta*m

On the right stand θ, the gradient g, the number t of the step, the rule's state and its settings.
A name on the left has its new value in the lines below it. A line that ends with a condition,
``if y @ s > 0``, is left out where that is false. From this text come the numbers in any kind of
arithmetic, the formula in LaTeX, and the steps written out.

A rule is of each parameter by itself, or of all of them as one vector θ ∈ ℝⁿ; then it says of what
shape its other letters are, and may ask for more than the gradient: the Hessian H, the residuals r.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.notation import latex

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
    """

    name: str
    letter: str
    default: str = ""
    within: str = "(0, inf)"

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
        if not (above and below):
            example = f", such as {self.default}" if self.default else ""
            raise GraphError(f"{said} is {value!s:.60}; give a number of {self.within}{example}")
        return number

    @property
    def _ends(self) -> list[str]:
        return self.within[1:-1].split(", ")


class Formula(NamedTuple):
    """A formula of a rule, with its arguments in order."""

    function: LocalFunction
    arguments: tuple[str, ...]


class Assignment(NamedTuple):
    """A line of a rule: what has a new value, its formula, and the condition for it, if any."""

    name: str
    formula: Formula
    condition: Formula | None = None


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

    @property
    def is_of_all(self) -> bool:
        """Whether it is of all parameters as one vector."""
        return bool(self.shapes)

    def of_all(self) -> Rule:
        """Return the rule for all parameters as one vector, the same in each entry."""
        if self.is_of_all:
            return self
        return replace(self, shapes=dict.fromkeys((THETA, GRADIENT, *self.state), "n"))

    @cached_property
    def is_of_gradients(self) -> bool:
        """Whether a step is of θ, the gradient and the state alone, in the same lines each time.

        Such a rule takes the gradients of batches; others ask for more, or compare the gradient
        with that of the step before, and want all rows.
        """
        known = {THETA, GRADIENT, STEP, *self.state, *self.assigned}
        known |= {setting.letter for setting in self.settings}
        program = self.program(_SIZES if self.is_of_all else SCALAR)
        asked = {name for line in program for name in line.formula.arguments} - known
        compares = GRADIENT in self.state.values() or any(line.condition for line in program)
        return not asked and not compares

    def setting(self, letter: str) -> Setting:
        """Return a setting by its letter."""
        return next(setting for setting in self.settings if setting.letter == letter)

    @cached_property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """Of each line the name on the left, the formula on its right, and the condition."""
        return tuple(_parts(line) for line in self.formulas.strip().splitlines())

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names that get new values, in order, θ among them."""
        return tuple(dict.fromkeys(name for name, _, _ in self.lines))

    @cached_property
    def remembered(self) -> Mapping[str, str]:
        """State that is only what another name was one step before: ``{"g_old": "g"}``."""
        known = {THETA, GRADIENT, *self.assigned}
        return {name: right for name, right, _ in self.lines
                if name in self.state and right in known}  # fmt: skip

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
        return _program(((THETA, self.at, ""),), self._leaves(shape)) if self.at else ()

    def _leaves(self, sizes: Shape) -> tuple[tuple[str, Shape], ...]:
        """Return what lines begin from, with the shape of each."""
        numbers = {STEP, *(setting.letter for setting in self.settings)}
        if not self.is_of_all:
            of_parameter = {THETA, GRADIENT, *self.state} - numbers
            return (*((name, sizes) for name in sorted(of_parameter)), *_scalars(numbers))
        known = dict(zip("nm", sizes, strict=False))
        shaped = {name: tuple(known.get(k, 1) for k in said) for name, said in self.shapes.items()}
        return (*shaped.items(), *_scalars({*numbers, *self.state, *QUANTITIES} - {*shaped}))

    def text(self) -> str:
        """Return the formulas as text."""
        first = [f"g is taken at {self.at}"] if self.at else []
        lines = (f"{name} <- {right}{when and f' if {when}'}" for name, right, when in self.lines)
        return "\n".join([*first, *lines])

    def latex(self) -> str:
        r"""Return the formulas as an ``aligned`` of equations, for ``amsmath``.

        Examples
        --------
        >>> from graphdiff.optimisers.first_order import MOMENTUM
        >>> print(MOMENTUM.latex())
        \begin{aligned}
        v_{t} &= \mu v_{t-1} + g_{t} \\
        \theta_{t} &= \theta_{t-1} - \eta v_{t}
        \end{aligned}
        """
        rows = [
            rf"g_{{t}} &= \nabla J\left({self._right(line.formula, [])}\right)"
            for line in self.lookahead()
        ]
        done = [GRADIENT, *QUANTITIES]
        for line in self.program(_SIZES if self.is_of_all else SCALAR):
            if line.name in self.remembered:
                continue
            equals = r"\leftarrow" if line.name in done else "="
            row = rf"{self._letter(line.name)}_{{t}} &{equals} {self._right(line.formula, done)}"
            if line.condition is not None:
                row += rf" \quad \text{{if }} {self._condition(line.condition, done)}"
            rows.append(row)
            done.append(line.name)
        body = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _right(self, formula: Formula, done: Sequence[str]) -> str:
        """Return a formula in LaTeX, given what has a new value already."""
        changing = {THETA, GRADIENT, *self.assigned, *self.state}
        signs = [
            f"{self._letter(self.remembered.get(name, name))}_{{{'t' if name in done else 't-1'}}}"
            if name in changing
            else self._letter(name)
            for name in formula.arguments
        ]
        written = latex.authored(formula.function, signs)
        return written.replace(r" \cdot ", " ")  # letters stand close

    def _condition(self, formula: Formula, done: Sequence[str]) -> str:
        written = self._right(formula, done)
        return written.removeprefix(r"\mathbf{1}\left[").removesuffix(r"\right]")

    def _letter(self, name: str) -> str:
        return self.letters.get(name) or latex.name(name)


_SIZES = (2, 3)
"""Sizes to print a rule of all parameters for; the print is the same for all but 1."""


def _scalars(names: set[str]) -> tuple[tuple[str, Shape], ...]:
    return tuple((name, SCALAR) for name in sorted(names))


def _parts(line: str) -> tuple[str, str, str]:
    name, _, rest = line.partition("<-")
    formula, _, condition = rest.partition(" if ")
    return name.strip(), formula.strip(), condition.strip()


@lru_cache(maxsize=1024)
def _program(
    lines: tuple[tuple[str, str, str], ...], leaves: tuple[tuple[str, Shape], ...]
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
        assignments.append(Assignment(name, formula, condition))
        known[name] = node
    return tuple(assignments)
