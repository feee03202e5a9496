"""Steps of a descent from a point where claims are judged, in the numbers of that point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from graphdiff.checking.descents import ALL, Descent
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.graph import Node
from graphdiff.optimisers.local_objective import NO_RESIDUALS, LocalObjective
from graphdiff.optimisers.rule import RATE, THETA


class Here(Protocol):
    """The point that a step begins at."""

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """The numbers to compute with."""
        ...

    @property
    def dtype(self) -> Any:
        """The type of arrays of them."""
        ...

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The value of every node that has one."""
        ...

    @cached_property
    def claimed(self) -> Mapping[Any, Any]:
        """What lines of the page say something about that is put in."""
        ...

    def put(self, whole: Any, known_as: Any) -> Any:
        """Return a value with what lines of the page say of it."""
        ...

    def unsettled(self, target: Target) -> Any | None:
        """Return a value or derivative with all its entries; None where there is none."""
        ...

    def moved(self, leaves: Mapping[str, Any]) -> Here:
        """Return the point with other values of leaves, and no descent or lines of a page."""
        ...


def step_of(here: Here, descent: Descent, leaf: Node, ahead: Here) -> Mapping[str, Any] | None:
    """Return what the next step gives to a parameter, of a rule of each; None if it has no value.

    Parameters
    ----------
    ahead
        Where the gradient is taken.
    """
    P = ahead.unsettled(Target("derivative", descent.output, leaf))
    if P is None:
        return None
    theta, state = here.values[leaf.name], descent.state(here.arithmetic, leaf)

    def put(letter: str, value: Any) -> Any:
        known_as = (leaf, letter, None, 1, False)
        of_entries = np.shape(value) == tuple(leaf.shape)  # mu_t is one number for all entries
        return here.put(value, known_as) if known_as in here.claimed and of_entries else value

    try:
        found = descent.method.stepped(here.arithmetic, theta, P, state, descent.steps + 1, put=put)
    except NumericalError:
        return None
    return {**state, **found.assigned}


def ahead(here: Here, descent: Descent) -> dict[str, Any] | None:
    """Return the parameters where the gradient of the next step is taken; None if that is here."""
    if not descent.method.rule.at:
        return None
    return {
        leaf.name: descent.method.place(
            here.arithmetic, here.values[leaf.name], descent.state(here.arithmetic, leaf),
            descent.steps + 1,
        )
        for leaf in descent.parameters
        if leaf.name in here.values
    }  # fmt: skip


def step_of_all(here: Here, descent: Descent) -> Mapping[str, Any] | None:
    """Return what the next step gives, of a rule of all parameters; None if it has no value."""
    try:
        place = _place(here, descent)
        state = _state_of_all(here, descent, place)
        if descent.steps == 0 and descent.method.rule.is_of_residuals:
            place.check_residuals(descent.output.name, descent.residuals)
        with here.arithmetic.guard():
            found = descent.method.stepped(
                here.arithmetic, place.theta, place.gradient, state, descent.steps + 1,
                lambda name, known: place.answer(descent.method, name, known), descent.sizes[1],
                lambda letter, value: _put(here, descent, letter, value),
            )  # fmt: skip
    except NumericalError:
        return None
    return {THETA: place.theta, **state, **found.assigned, RATE: found.rate}


def parts_of(descent: Descent, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a step of all has moved, by name."""
    return descent.vector.unpacked(found[THETA])


def state_at(here: Here, descent: Descent, target: Target) -> Any | None:
    """Return what is remembered, or found, of what a target is of; None where there is none."""
    if target.own_shape is not None and not descent.is_of_all:
        return descent.last_rate(here.arithmetic)
    if not descent.is_of_all:
        return descent.state(here.arithmetic, target.of).get(target.state)
    if ALL in descent.found:
        whole = descent.found[ALL].get(target.state)
    else:
        try:
            place = _place(here, descent)
            state = _state_of_all(here, descent, place)
            whole = {THETA: place.theta, **state}.get(target.state)
        except NumericalError:
            return None
    if whole is None or not descent.method.rule.is_there(target.state, whole):
        return None
    return whole if target.own_shape is not None else descent.vector.unpacked(whole)[target.of.name]


def _state_of_all(here: Here, descent: Descent, place: LocalObjective) -> Mapping[str, Any]:
    if ALL in descent.found:
        kept = descent.method.rule.kept
        return {name: value for name, value in descent.found[ALL].items() if name in kept}
    return descent.method.start(here.arithmetic, place.theta.shape, place.gradient)


def _put(here: Here, descent: Descent, letter: str, value: Any) -> Any:
    """Return a vector of a step, or its parts, with what lines of the page say of them."""
    known_as = (descent.output, letter, None, 1, False)
    if known_as in here.claimed:
        return here.put(value, known_as)
    said = {p: (p, letter, None, 1, False) for p in descent.parameters}
    said = {p: known for p, known in said.items() if known in here.claimed}
    if not said or np.shape(value) != (descent.vector.size,):
        return value
    parts = descent.vector.unpacked(value)
    return descent.vector.packed(
        {**parts, **{p.name: here.put(parts[p.name], known) for p, known in said.items()}},
        here.dtype,
    )


@dataclass(frozen=True)
class PointObjective(LocalObjective):
    """The objective of a descent at a point.

    Attributes
    ----------
    here, of
        The point, and the descent.
    """

    here: Here
    of: Descent

    def value_at(self, theta: np.ndarray) -> Array:
        """Return the objective at another place."""
        return _known(self._there(theta), Target("value", self.of.output))

    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient at another place."""
        return _gradient(self._there(theta), self.of)

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return Hv."""
        return self.hessian @ v

    def _hessian(self) -> np.ndarray:
        return np.block([
            [_matrix(self.here, Target("H", self.of.output, p, q)) for q in self.of.parameters]
            for p in self.of.parameters
        ])  # fmt: skip

    def residuals_at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return r and its Jacobian."""
        r = self.of.residual
        if r is None:
            raise GraphError(NO_RESIDUALS)
        there = self._there(theta)
        values = np.ravel(np.asarray(_known(there, Target("value", r)), there.dtype))
        return values, np.hstack([_matrix(there, Target("P", r, p)) for p in self.of.parameters])

    def _there(self, theta: np.ndarray) -> Here:
        return self.here if theta is self.theta else self.here.moved(self.of.vector.unpacked(theta))


def _place(here: Here, descent: Descent) -> PointObjective:
    missing = [p.name for p in descent.parameters if p.name not in here.values]
    if missing:
        raise NumericalError(f"{missing[0]} has no value here")
    theta = descent.vector.packed(here.values, here.dtype)
    value = _known(here, Target("value", descent.output))
    gradient = _gradient(here, descent)
    return PointObjective(here.arithmetic, theta, value, gradient, here, descent)


def _gradient(here: Here, descent: Descent) -> np.ndarray:
    rows = [_matrix(here, Target("P", descent.output, p)) for p in descent.parameters]
    return np.concatenate([np.ravel(row) for row in rows])


def _matrix(here: Here, target: Target) -> np.ndarray:
    """Return a derivative as a matrix, of one row or column where it is a number."""
    of, wrt, by = target.of, target.wrt, target.by
    assert wrt is not None  # noqa: S101 - of derivatives
    shape = (of.size, wrt.size) if by is None else (wrt.size, by.size)
    return np.reshape(np.asarray(_known(here, target), here.dtype), shape)


def _known(here: Here, target: Target) -> Any:
    found = here.unsettled(target)
    if found is None:
        raise NumericalError(f"{target.of.name} has no value or derivative here")
    return found
