"""A rule with its settings: what a step makes of a parameter, in any kind of number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, unknown
from graphdiff.evaluation.number_systems import Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.language.shapes import Shape
from graphdiff.notation import equations, latex, text
from graphdiff.notation.equations import Link
from graphdiff.optimisers.rule import GRADIENT, STEP, THETA, Assignment, Rule, Setting
from graphdiff.optimisers.schedules import Schedule

RATE = "eta"

ASCENT = "g <- -g"
DECAY = "g <- g + lambda*theta"
BOUND = "theta <- theta*c/max(c, norm(theta))"
"""Lines that may stand before a rule's own, or after them."""

WEIGHT_DECAY = Setting("weight_decay", "lambda", "0.01", "[0, inf)")
MAX_NORM = Setting("max_norm", "c", "3")


@dataclass(frozen=True, repr=False)
class Method:
    """A method of descent: a rule, and the numbers chosen for it.

    Made by :func:`method`, or by one of the functions of its name in :mod:`graphdiff.learning`.

    Attributes
    ----------
    rule
        The update rule, with the lines that were asked for beside its own.
    settings
        The numbers chosen, by letter, exact.
    schedule
        How the learning rate changes; None where it stays.
    """

    rule: Rule
    settings: Mapping[str, sp.Expr] = field(default_factory=dict[str, sp.Expr])
    schedule: Schedule | None = None

    def __repr__(self) -> str:
        chosen = {setting.name: self.settings[setting.letter] for setting in self.rule.settings}
        if self.schedule is not None:
            chosen["learning_rate"] = self.schedule
        shown = (
            f"{name}={value if isinstance(value, Schedule) else text.number(float(value))}"
            for name, value in chosen.items()
        )
        return f"{self.rule.name}({', '.join(shown)})"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def latex(self) -> str:
        """Return the formulas as LaTeX, for ``amsmath``."""
        return self.rule.latex()

    def rate(self, arithmetic: Arithmetic, t: int) -> Array:
        """Return the learning rate of step t = 1, 2, …."""
        rate = arithmetic.number(self.settings[RATE])
        return rate if self.schedule is None else self.schedule.rate(arithmetic, rate, t)

    def start(self, arithmetic: Arithmetic, shape: Shape) -> dict[str, Array]:
        """Return the state before the first step, of a parameter of this shape."""
        return {
            name: _filled(arithmetic.number(sp.Rational(first)), shape)
            for name, first in self.rule.state.items()
        }

    def place(
        self, arithmetic: Arithmetic, theta: Array, state: Mapping[str, Array], t: int
    ) -> Array:
        """Return where the gradient of step t is taken: θ, or what the rule looks ahead to."""
        lines = self.rule.lookahead(np.shape(theta))
        values = {**self.numbers(arithmetic, t), THETA: theta, **state}
        return _computed(arithmetic, lines, values).get(THETA, theta)

    def stepped(
        self,
        arithmetic: Arithmetic,
        theta: Array,
        gradient: Array,
        state: Mapping[str, Array],
        t: int,
    ) -> dict[str, Array]:
        """Return what step t gives to each name that the rule assigns, θ among them.

        Parameters
        ----------
        arithmetic
            The kind of number that the others are in.
        theta, gradient
            A parameter, and the derivative in it at :meth:`place`, of its shape.
        state
            The rule's state before the step, by name.
        """
        values = {**self.numbers(arithmetic, t), **state, THETA: theta, GRADIENT: gradient}
        return _computed(arithmetic, self.rule.program(np.shape(theta)), values)

    def numbers(self, arithmetic: Arithmetic, t: int) -> dict[str, Array]:
        """Return the settings, the rate among them, and the number of the step, by letter."""
        numbers = {letter: arithmetic.number(value) for letter, value in self.settings.items()}
        return {**numbers, RATE: self.rate(arithmetic, t), STEP: arithmetic.number(t)}

    def written(
        self, name: str, output: str, before: Mapping[str, Any], after: Mapping[str, Any],
        shape: Shape, digits: int = 6,
    ) -> list[tuple[Link, tuple[Link, ...]]]:  # fmt: skip
        """Return a step written out: what is assigned, and its formula, numbers and value.

        Parameters
        ----------
        name, output
            The parameter's name, and the objective's.
        before
            The values of all names on the right before the step: θ, g, t, state, settings.
        after
            What :meth:`stepped` has found.
        """
        values, rows = dict(before), []
        for line in self.rule.program(shape):
            signs = [self.sign(argument, name, output) for argument in line.arguments]
            numbers = [
                equations.value(values[argument], np.shape(values[argument]), digits)
                for argument in line.arguments
            ]
            value = after[line.name]
            values[line.name] = value
            formula = equations.applied(line.function, signs)
            links = [formula._replace(latex=formula.latex.replace(r" \cdot ", " "))]
            links.append(equations.applied(line.function, numbers))
            links.append(equations.value(value, shape, digits))
            rows.append((self.sign(line.name, name, output), tuple(links)))
        return rows

    def sign(self, letter: str, name: str, output: str) -> Link:
        """Return what a letter of the rule is called for one parameter: m_w, ∂L/∂w."""
        own = latex.name(name)
        if letter == THETA:
            return Link(name, own)
        if letter == GRADIENT:
            of = latex.name(output)
            return Link(f"d{output}/d{name}", rf"\frac{{\partial {of}}}{{\partial {own}}}")
        written = self.rule.letters.get(letter) or latex.name(letter)
        if letter in self.rule.state or letter in self.rule.assigned:
            return Link(f"{letter}_{name}", f"{written}_{{{own}}}")
        return Link(letter, written)


def method(
    rule: Rule,
    learning_rate: Any = None,
    *,
    ascent: bool = False,
    weight_decay: Any = None,
    max_norm: Any = None,
    **settings: Any,
) -> Method:
    """Return a rule with its settings, those left out as usual.

    Parameters
    ----------
    rule
        The rule.
    learning_rate
        η, or a schedule of it.
    ascent
        Whether to go uphill: g ← −g.
    weight_decay
        λ of L2 regularisation in the gradient, g ← g + λθ; a rule with a decay of its own, such as
        AdamW, has that.
    max_norm
        A bound c on the norm of each parameter: θ ← θ·c / max(c, ‖θ‖).
    **settings
        The other settings of the rule by name.

    Raises
    ------
    GraphError
        For a setting the rule has not, or a number out of its range.
    """
    own = {setting.name: setting for setting in rule.settings}
    if weight_decay is not None and WEIGHT_DECAY.name in own:
        settings[WEIGHT_DECAY.name] = weight_decay
    elif weight_decay is not None:
        rule = _with_line(rule, DECAY, WEIGHT_DECAY, first=True)
        settings[WEIGHT_DECAY.name] = weight_decay
    if ascent:
        rule = _with_line(rule, ASCENT, first=True)
    if max_norm is not None:
        rule = _with_line(rule, BOUND, MAX_NORM)
        settings[MAX_NORM.name] = max_norm
    known = {setting.name: setting for setting in rule.settings}
    for name in settings:
        if name not in known:
            raise GraphError(f"{rule.title}: {unknown('setting', name, known)}")
    schedule = learning_rate if isinstance(learning_rate, Schedule) else None
    given = settings | {"learning_rate": schedule.start if schedule is not None else learning_rate}
    numbers = {
        setting.letter: setting.checked(
            sp.Rational(setting.default) if given.get(name) is None else given[name]
        )
        for name, setting in known.items()
    }
    return Method(rule, numbers, schedule)


def _with_line(rule: Rule, line: str, setting: Setting | None = None, first: bool = False) -> Rule:
    own = rule.formulas.strip()
    lines = f"{line}\n{own}" if first else f"{own}\n{line}"
    settings = rule.settings if setting is None else (*rule.settings, setting)
    return replace(rule, formulas=lines, settings=settings)


def _computed(
    arithmetic: Arithmetic, lines: tuple[Assignment, ...], values: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the new values of the names that lines assign, each with those above it."""
    found: dict[str, Array] = {}
    with arithmetic.guard():
        for line in lines:
            known = {**values, **found}
            arguments = [known[name] for name in line.arguments]
            value = value_of(arithmetic, line.function, arguments)
            found[line.name] = arithmetic.settled(value) if np.ndim(value) else _plain(value)
    return found


def _plain(value: Array) -> Array:
    """Return a number of NumPy as one of Python."""
    return value.item() if isinstance(value, np.floating | np.ndarray) else value


def _filled(number: Array, shape: Shape) -> Array:
    if not shape:
        return _plain(number)
    return np.full(shape, number, dtype=np.asarray(number).dtype)
