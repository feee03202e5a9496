"""A rule with its settings: what a step makes of a parameter, in any kind of number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, unknown
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.language.shapes import Shape
from graphdiff.notation import text
from graphdiff.optimisers.in_latex import in_latex
from graphdiff.optimisers.line_search import LineSearch
from graphdiff.optimisers.loops import of_each
from graphdiff.optimisers.rule import GRADIENT, MEMORY, RATE, STEP, THETA, Rule, Setting
from graphdiff.optimisers.schedules import Schedule
from graphdiff.optimisers.steps import Ask, Put, Stepped, computed, plain

ASCENT = "g <- -g"
DECAY = "g <- g + lambda*theta"
CLIP = "g <- g*c_g/max(c_g, norm(g))"
BOUND = "theta <- theta*c/max(c, norm(theta))"
"""Lines that may stand before a rule's own, or after them."""

WEIGHT_DECAY = Setting("weight_decay", "lambda", "0.01", "[0, inf)")
CLIP_NORM = Setting("clip_norm", "c_g", "1")
MAX_NORM = Setting("max_norm", "c", "3")
TOTAL_NORM = Setting("max_total_norm", "c", "3")
ASKED_FOR = WEIGHT_DECAY, CLIP_NORM, MAX_NORM, TOTAL_NORM
"""What a rule has only where it is asked for."""


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
    search
        What chooses the length of each step along its direction; None where the rate does.
    """

    rule: Rule
    settings: Mapping[str, sp.Expr] = field(default_factory=dict[str, sp.Expr])
    schedule: Schedule | None = None
    search: LineSearch | None = None

    def __hash__(self) -> int:
        return hash((self.rule.formulas, tuple(self.settings.items()), repr(self)))

    def __repr__(self) -> str:
        chosen = {setting.name: self.settings[setting.letter] for setting in self.rule.settings}
        if self.schedule is not None or self.search is not None:
            chosen["learning_rate"] = self.schedule or self.search
        shown = (
            f"{name}={text.number(float(value)) if isinstance(value, sp.Expr) else value}"
            for name, value in chosen.items()
        )
        return f"{self.rule.name.replace(' ', '_')}({', '.join(shown)})"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def latex(self) -> str:
        """Return the formulas as LaTeX, for ``amsmath``."""
        return in_latex(self.rule)

    @property
    def states(self) -> tuple[str, ...]:
        """The letters of what a step keeps or finds of a parameter, the longest first."""
        found = {*self.rule.kept, *self.rule.assigned} - {THETA, GRADIENT}
        return tuple(sorted(found, key=lambda letter: (-len(letter), letter)))

    @property
    def is_uphill(self) -> bool:
        """Whether it goes up: what a rule asks for is then of −f."""
        return ASCENT in self.rule.formulas

    @property
    def is_of_gradients(self) -> bool:
        """Whether a step takes the gradient of a batch, and nothing else of the objective."""
        return self.search is None and self.rule.is_of_gradients

    @property
    def watches(self) -> bool:
        """Whether its schedule depends on the objective."""
        return self.schedule is not None and self.schedule.watches

    def seeing(self, costs: Sequence[Any]) -> Method:
        """Return the method where the objective was so before each step; uphill its negative."""
        if self.schedule is None or not self.schedule.watches:
            return self
        return replace(self, schedule=self.schedule.seeing(costs))

    def lasting(self, steps: int) -> Method:
        """Return the method with a schedule that goes over so many steps, if it says no number."""
        if self.schedule is None:
            return self
        return replace(self, schedule=self.schedule.lasting(steps))

    def rate(self, arithmetic: Arithmetic, t: int) -> Array:
        """Return the learning rate of step t = 1, 2, …."""
        rate = arithmetic.number(self.settings[RATE])
        return rate if self.schedule is None else self.schedule.rate(arithmetic, rate, t)

    def start(
        self, arithmetic: Arithmetic, shape: Shape, gradient: Array | None = None
    ) -> dict[str, Array]:
        """Return the state before the first step.

        Parameters
        ----------
        shape
            That of the parameter; of a rule of all, n or n and m.
        gradient
            The first gradient, for rules that remember it.
        """
        if not self.rule.is_of_all:
            numbers = {
                name: arithmetic.number(sp.Rational(x)) for name, x in self.rule.kept.items()
            }
            return {name: _filled(number, shape) for name, number in numbers.items()}
        n, shapes = shape[0], of_each(self.rule.shapes, self.rule.pairs)

        def at_first(name: str, what: str) -> Array:
            if what == GRADIENT:
                return gradient
            said = shapes.get(name, "")
            if what == "I":
                return arithmetic.number(1) * np.eye(n, dtype=int) + _filled(
                    arithmetic.number(0), (n, n)
                )
            number = self.settings[what] if what in self.settings else sp.Rational(what)
            return _filled(arithmetic.number(number), (n,) * len(said))

        return {name: at_first(name, what) for name, what in self.rule.kept.items()}

    def place(
        self, arithmetic: Arithmetic, theta: Array, state: Mapping[str, Array], t: int
    ) -> Array:
        """Return where the gradient of step t is taken: θ, or what the rule looks ahead to."""
        lines = self.rule.lookahead(np.shape(theta))
        values = {**self.numbers(arithmetic, t), THETA: theta, **state}
        return computed(arithmetic, lines, values).assigned.get(THETA, theta)

    def stepped(
        self,
        arithmetic: Arithmetic,
        theta: Array,
        gradient: Array,
        state: Mapping[str, Array],
        t: int,
        ask: Ask | None = None,
        residuals: int = 1,
        put: Put | None = None,
    ) -> Stepped:
        """Return what step t gives to each name that the rule assigns, θ among them.

        Parameters
        ----------
        arithmetic
            The kind of number that the others are in.
        theta, gradient
            A parameter, and the derivative in it at :meth:`place`, of its shape.
        state
            The rule's state before the step, by name.
        ask
            Answers what a rule of all parameters asks for, H and the like, given the name and
            all values known so far.
        residuals
            How many residuals m there are, for a rule that asks for them.
        put
            Returns what is taken for the value of a name in the place of what was computed.
        """
        values = {**self.numbers(arithmetic, t), **state, THETA: theta, GRADIENT: gradient}
        shape = np.shape(theta)
        sizes = (*shape, residuals) if self.rule.is_of_all else shape
        return computed(arithmetic, self.rule.program(sizes), values, ask, put)

    def numbers(self, arithmetic: Arithmetic, t: int) -> dict[str, Array]:
        """Return the settings, the rate among them, and the number of the step, by letter."""
        numbers = {k: arithmetic.number(x) for k, x in self.settings.items() if k != RATE}
        rate = {} if self.search is not None else {RATE: self.rate(arithmetic, t)}
        return {**numbers, **rate, STEP: arithmetic.number(t)}


def method(
    rule: Rule,
    learning_rate: Any = None,
    *,
    ascent: bool = False,
    weight_decay: Any = None,
    max_norm: Any = None,
    clip_norm: Any = None,
    max_total_norm: Any = None,
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
        Whether to go uphill: g ← −g, and all else that a rule asks for is of −f.
    weight_decay
        λ of L2 regularisation in the gradient, g ← g + λθ; a rule with a decay of its own, such as
        AdamW, has that. Not of rules of all parameters as one vector.
    max_norm
        A bound c on the norm of each parameter: θ ← θ·c / max(c, ‖θ‖).
    clip_norm
        A bound c on the norm of the gradient in all parameters at once, before anything else:
        g ← g·c / max(c, ‖g‖). The rule is then of all parameters as one vector.
    max_total_norm
        A bound on the norm of all parameters as one vector, as ``max_norm`` of each.
    **settings
        The other settings of the rule by name.

    Raises
    ------
    GraphError
        For a setting the rule has not, a number out of its range, and bounds that contradict.
    """
    if not isinstance(ascent, bool):
        raise GraphError(f"ascent is {ascent!s:.40}; give True or False")
    _check_bounds(rule, max_norm, clip_norm, max_total_norm)
    own = {setting.name: setting for setting in rule.settings}
    if weight_decay is not None and WEIGHT_DECAY.name in own:
        settings[WEIGHT_DECAY.name] = weight_decay
    elif weight_decay is not None and rule.is_of_all:
        raise GraphError(
            f"{rule.title} asks for more than gradients, and of all of it the penalty must be a "
            "part; add it to the graph, gd.learning.regularised(graph, l2=…), for weight_decay"
        )
    elif weight_decay is not None:
        rule = _with_line(rule, DECAY, WEIGHT_DECAY, first=True)
        settings[WEIGHT_DECAY.name] = weight_decay
    if ascent:
        rule = _with_line(rule, ASCENT, first=True)
    if clip_norm is not None:
        rule = _with_line(rule.of_all(), CLIP, CLIP_NORM, first=True)
        settings[CLIP_NORM.name] = clip_norm
    if max_norm is not None:
        rule = _with_line(rule, BOUND, MAX_NORM)
        settings[MAX_NORM.name] = max_norm
    if max_total_norm is not None:
        rule = _with_line(rule.of_all(), BOUND, TOTAL_NORM)
        settings[TOTAL_NORM.name] = max_total_norm
    known = {setting.name: setting for setting in rule.settings}
    for name in settings:
        if name not in known:
            raise GraphError(f"{rule.title}: {unknown('setting', name, known)}")
    schedule = learning_rate if isinstance(learning_rate, Schedule) else None
    search = learning_rate if isinstance(learning_rate, LineSearch) else None
    if search is not None and "p" not in rule.assigned:
        raise GraphError(
            f"{rule.title} has no direction to search along; take steepest descent, conjugate "
            "gradients, BFGS or Newton's method"
        )
    rate = None if search else schedule.start if schedule else learning_rate
    given = {**settings, "learning_rate": rate}
    numbers = {
        setting.letter: setting.checked(setting.usual if given.get(name) is None else given[name])
        for name, setting in known.items()
    }
    if rule.pairs:
        rule = replace(rule, pairs=int(numbers[MEMORY.letter]))
    return Method(rule, numbers, schedule, search)


def _check_bounds(rule: Rule, max_norm: Any, clip_norm: Any, max_total_norm: Any) -> None:
    if clip_norm is not None and rule.is_of_all:
        raise GraphError(
            f"{rule.title} chooses its steps by the gradient as it is; clip_norm is for methods of "
            "each parameter by itself, such as adam"
        )
    of_all = rule.is_of_all or clip_norm is not None or max_total_norm is not None
    if max_norm is not None and of_all:
        raise GraphError(
            "max_norm bounds each parameter by itself, and this method takes all as one vector; "
            "bound that by max_total_norm"
        )


def _with_line(rule: Rule, line: str, setting: Setting | None = None, first: bool = False) -> Rule:
    own = rule.formulas.strip()
    lines = f"{line}\n{own}" if first else f"{own}\n{line}"
    settings = rule.settings if setting is None else (*rule.settings, setting)
    return replace(rule, formulas=lines, settings=settings)


def _filled(number: Array, shape: Shape) -> Array:
    if not shape:
        return plain(number)
    return np.full(shape, number, dtype=np.asarray(number).dtype)
