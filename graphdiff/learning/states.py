"""The states of a descent: what a step begins from, and what it makes of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.learning.quantities import GraphPlace, Objective
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import THETA
from graphdiff.optimisers.steps import Stepped


@dataclass(frozen=True, repr=False)
class State(Shown):
    """Where a descent is after some steps.

    Attributes
    ----------
    step
        How many steps were made.
    values
        The parameters by name.
    objective
        The value of what is minimised.
    gradient
        Its derivative in each parameter, where the next step takes it: at ``values``, unless the
        method looks ahead.
    state
        What the method remembers: ``{"m_w": …, "v_w": …}``, its state and the parameter.
    found
        What the step that led here has found, by parameter; empty at the start.
    """

    step: int
    values: Mapping[str, Any]
    objective: Any
    gradient: Mapping[str, Any]
    state: Mapping[str, Any]
    found: Mapping[str, Stepped]

    @property
    def assigned(self) -> Mapping[str, Any]:
        """All that the step which led here has assigned: ``{"m_hat_w": …}``."""
        return _named({name: found.assigned for name, found in self.found.items()})

    @property
    def rate(self) -> Any:
        """The learning rate of the step that led here, or its length; None at the start."""
        return next((found.rate for found in self.found.values()), None)

    def shown(self) -> Iterator[Table | str]:
        """Yield the parameters with their gradients, and the state."""

        def row(name: str) -> tuple[str, str, str]:
            shape = np.shape(self.values[name])
            value, slope = (text.value(of[name], shape) for of in (self.values, self.gradient))
            return name, value, slope

        yield Table.of(
            f"after {counted(self.step)}",
            ("parameter", "value", "gradient"),
            list(self.values),
            row,
        )
        if self.state:
            rows = [(name, text.value(x, np.shape(x))) for name, x in self.state.items()]
            yield Table("", ("state", "value"), tuple(rows))


Kept = Mapping[str, dict[str, Any]]
"""What a rule remembers, by parameter; of a rule of all parameters under the name of none."""

ALL = ""


def states_of(of: Objective, method: Method, at: Mapping[str, Any]) -> Iterator[State]:
    """Yield the states from the start on, without end.

    Parameters
    ----------
    at
        The values of all leaves at the start.
    """
    with of.arithmetic.guard():
        at = {name: of.arithmetic.number(value) for name, value in at.items()}
    kept: Kept | None = None
    found: Mapping[str, Stepped] = {}
    costs = list[Any]()
    for step in itertools.count():
        with _told(f"after {counted(step)} of {method.rule.title}"):
            value, gradient, kept = _seen(of, method, at, kept, step + 1)
        if method.watches:
            costs.append(-value if method.is_uphill else value)
            method = method.seeing(costs)
        values = {p.name: at[p.name] for p in of.vector.nodes}
        yield State(step, values, value, gradient, _named(_there(method, kept)), found)
        if step == 0 and method.rule.is_of_residuals:
            _place(of, at, value, gradient).check_residuals(of.output.name, of.residuals)
        with _told(f"step {step + 1} of {method.rule.title}"):
            found = _stepped(of, method, at, value, gradient, kept, step + 1)
        kept = {name: kept[name] | _state(method, one.assigned) for name, one in found.items()}
        at |= _moved(of, found)


def moved_once(of: Objective, method: Method, at: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters after one step, wherever it leads."""
    at = {name: of.arithmetic.number(value) for name, value in at.items()}
    value, gradient, kept = _seen(of, method, at, None, 1)
    values = {p.name: at[p.name] for p in of.vector.nodes}
    return values | _moved(of, _stepped(of, method, at, value, gradient, kept, 1))


def counted(steps: int) -> str:
    """Return how many steps in words."""
    return f"{steps} step{'s' * (steps != 1)}"


def _seen(
    of: Objective, method: Method, at: Mapping[str, Any], kept: Kept | None, t: int
) -> tuple[Any, Mapping[str, Any], Kept]:
    """Return what step t begins from: the objective, the gradient it takes, what is remembered."""
    value, gradient = of.swept(at)
    kept = kept or _first(of, method, gradient)
    if method.rule.at:
        _, gradient = of.swept({**at, **_ahead(of, method, at, kept, t)})
    return value, gradient, kept


def _first(of: Objective, method: Method, gradient: Mapping[str, Any]) -> Kept:
    if method.rule.is_of_all:
        g = of.packed(gradient)
        return {ALL: method.start(of.arithmetic, (of.vector.size,), g)}
    return {p.name: method.start(of.arithmetic, p.shape) for p in of.vector.nodes}


def _ahead(
    of: Objective, method: Method, at: Mapping[str, Any], kept: Kept, t: int
) -> dict[str, Any]:
    """Return where the gradient of step t is taken."""
    if method.rule.is_of_all:
        theta = of.packed(at)
        return of.vector.unpacked(method.place(of.arithmetic, theta, kept[ALL], t))
    return {
        p.name: method.place(of.arithmetic, at[p.name], kept[p.name], t) for p in of.vector.nodes
    }


def _stepped(
    of: Objective, method: Method, at: Mapping[str, Any], value: Any,
    gradient: Mapping[str, Any], kept: Kept, t: int,
) -> Mapping[str, Stepped]:  # fmt: skip
    """Return what step t finds, by parameter."""
    if not method.rule.is_of_all:
        return {
            p.name: method.stepped(of.arithmetic, at[p.name], gradient[p.name], kept[p.name], t)
            for p in of.vector.nodes
        }
    place = _place(of, at, value, gradient)
    ask = partial(place.answer, method)
    found = method.stepped(
        of.arithmetic, place.theta, place.gradient, kept[ALL], t, ask, of.sizes[1]
    )
    return {ALL: found}


def _place(
    of: Objective, at: Mapping[str, Any], value: Any, gradient: Mapping[str, Any]
) -> GraphPlace:
    theta, g = (of.packed(held) for held in (at, gradient))
    return GraphPlace(of.arithmetic, theta, value, g, of, dict(at))


def _state(method: Method, assigned: Mapping[str, Any]) -> dict[str, Any]:
    return {letter: value for letter, value in assigned.items() if letter in method.rule.kept}


def _there(method: Method, kept: Kept) -> Kept:
    """Return what is remembered, without pairs that steps to come will leave."""
    return {
        name: {s: value for s, value in own.items() if method.rule.is_there(s, value)}
        for name, own in kept.items()
    }


def _moved(of: Objective, found: Mapping[str, Stepped]) -> dict[str, Any]:
    """Return the parameters that have a new value."""
    new = {name: one.assigned[THETA] for name, one in found.items() if THETA in one.assigned}
    return of.vector.unpacked(new[ALL]) if ALL in new else new


def _named(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what belongs to parameters by names of its own: m_w for m of w."""
    return {
        f"{letter}_{name}" if name else letter: value
        for name, own in kept.items()
        for letter, value in own.items()
    }


@contextmanager
def _told(when: str) -> Iterator[None]:
    try:
        yield
    except NumericalError as error:
        raise NumericalError(f"{when}: {error}") from None
