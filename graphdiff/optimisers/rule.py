"""An update rule as a declaration: its formulas as they are printed, its state, its settings.

A rule is text, line by line, in the grammar of formulas::

    m <- beta_1*m + (1 - beta_1)*g
    theta <- theta - eta*m

On the right stand θ, the gradient g, the number t of the step, the rule's state and its settings.
A name on the left has its new value in the lines below it. From this text come the numbers in any
kind of arithmetic, the formula in LaTeX, and the steps written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

THETA, GRADIENT, STEP = "theta", "g", "t"

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


class Assignment(NamedTuple):
    """A line of a rule: what has a new value, and its formula with the arguments in order."""

    name: str
    function: LocalFunction
    arguments: tuple[str, ...]


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

    def setting(self, letter: str) -> Setting:
        """Return a setting by its letter."""
        return next(setting for setting in self.settings if setting.letter == letter)

    @cached_property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The name on the left of each line, and the formula on its right."""
        pairs = (line.split("<-") for line in self.formulas.strip().splitlines())
        return tuple((name.strip(), formula.strip()) for name, formula in pairs)

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names that get new values, in order, θ among them."""
        return tuple(dict.fromkeys(name for name, _ in self.lines))

    def program(self, shape: Shape = SCALAR) -> tuple[Assignment, ...]:
        """Return the lines as functions, for a parameter of this shape."""
        return _program(self.formulas, tuple(self.state), self._letters, shape)

    def lookahead(self, shape: Shape = SCALAR) -> tuple[Assignment, ...]:
        """Return where the gradient is taken, as an assignment to θ; none where it is θ itself."""
        if not self.at:
            return ()
        return _program(f"theta <- {self.at}", tuple(self.state), self._letters, shape)

    @property
    def _letters(self) -> tuple[str, ...]:
        return tuple(setting.letter for setting in self.settings)

    def text(self) -> str:
        """Return the formulas as text."""
        first = [f"g is taken at {self.at}"] if self.at else []
        return "\n".join([*first, *(f"{name} <- {formula}" for name, formula in self.lines)])

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
            rf"g_{{t}} &= \nabla J\left({self._right(line, [])}\right)" for line in self.lookahead()
        ]
        done = [GRADIENT]
        for line in self.program():
            equals = r"\leftarrow" if line.name in done else "="
            rows.append(rf"{self._letter(line.name)}_{{t}} &{equals} {self._right(line, done)}")
            done.append(line.name)
        body = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _right(self, line: Assignment, done: Sequence[str]) -> str:
        """Return the right side of a line, given what has a new value already."""
        changing = {THETA, GRADIENT, *self.assigned}
        signs = [
            f"{self._letter(name)}_{{{'t' if name in done else 't-1'}}}"
            if name in changing
            else self._letter(name)
            for name in line.arguments
        ]
        return latex.authored(line.function, signs).replace(r" \cdot ", " ")  # letters stand close

    def _letter(self, name: str) -> str:
        return self.letters.get(name) or latex.name(name)


@lru_cache(maxsize=1024)
def _program(
    formulas: str, state: Sequence[str], letters: Sequence[str], shape: Shape
) -> tuple[Assignment, ...]:
    """Read the lines of a rule, as nodes of a graph whose leaves are what they begin from."""
    graph = ComputationalGraph()
    known: dict[str, Node] = {name: graph.input(name, shape=shape)
                              for name in (THETA, GRADIENT, *state)}  # fmt: skip
    known |= {name: graph.input(name) for name in (STEP, *letters)}

    def found(name: str) -> Expression:
        return known[name]

    assignments: list[Assignment] = []
    for place, line in enumerate(formulas.strip().splitlines()):
        name, formula = (part.strip() for part in line.split("<-"))
        node = graph.node(f"{name}{NEW}{place}", parse(formula, found))
        assert node.function is not None  # noqa: S101 - it is a formula
        names = tuple(parent.name.partition(NEW)[0] for parent in node.parents)
        assignments.append(Assignment(name, node.function, names))
        known[name] = node
    return tuple(assignments)
