"""Steps of methods that need more than gradients: other places, the Hessian, residuals.

They are computed as :func:`graphdiff.learning.minimise` has them, in float64, on programs that are
compiled for all rows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning.batches import Batch
from graphdiff.learning.stepping import Stepping
from graphdiff.optimisers.local_objective import NO_RESIDUALS, LocalObjective
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import THETA
from graphdiff.program.packing import Packing

Made = Callable[..., Stepping]
"""Makes a form of the model's output that reads its parameters from a vector."""


class FullUpdates:
    """The steps of a method that needs more than gradients, on all rows.

    Parameters
    ----------
    method
        The method, of all parameters as one vector.
    packing
        The parameters as one vector.
    made
        Makes forms of the objective: ``made(theta, form="value")``; ``output=`` names another
        node.
    residuals
        The name of the node r, where the method needs it.

    Attributes
    ----------
    theta, state, place
        As of :class:`graphdiff.learning.updates.Updates`.
    """

    def __init__(
        self, method: Method, packing: Packing, made: Made, residuals: str | None = None
    ) -> None:
        self.method = method
        self.theta = np.zeros(packing.size)
        self.place = self.theta
        self._forms = Forms(made, np.zeros_like(self.theta), packing, residuals)
        start = method.start(FLOAT64, self.theta.shape, np.zeros_like(self.theta))
        self.state = {name: np.array(first, float) for name, first in start.items()}

    def see(self, costs: Sequence[float]) -> None:
        """Take what the objective was after each epoch, for a schedule that watches it."""
        self.method = self.method.seeing(costs)

    def look_ahead(self, t: int) -> None:
        """Do nothing: no such rule looks ahead."""

    def __call__(self, gradients: Any, t: int, at: tuple[Batch, float]) -> None:
        """Make step t = 1, 2, …, given the gradient, the batch, and the objective on it."""
        batch, value = at
        theta, g = self.theta.copy(), _flat(gradients)
        if t == 1:
            for name, first in self.method.start(FLOAT64, theta.shape, g).items():
                self.state[name][...] = first
        place = BatchPlace(FLOAT64, theta, float(value), g, self._forms, batch)
        if t == 1 and self.method.rule.is_of_residuals:
            place.check_residuals(self._forms.value.output, self._forms.residuals)

        def ask(name: str, known: Mapping[str, Any]) -> Any:
            return place.answer(self.method, name, known)

        rows = self._forms.entries(batch)
        state = {name: array.copy() for name, array in self.state.items()}
        found = self.method.stepped(FLOAT64, theta, g, state, t, ask, rows).assigned
        for name, array in ((THETA, self.theta), *self.state.items()):
            if name in found:
                array[...] = found[name]


@dataclass(frozen=True)
class Forms:
    """Forms of an objective, each compiled when it is first asked for.

    Attributes
    ----------
    made
        Makes a form.
    theta
        Where the forms read the parameters from.
    packing, residuals
        The parameters as one vector, and the name of the residuals.
    """

    made: Made
    theta: np.ndarray
    packing: Packing
    residuals: str | None

    @cached_property
    def value(self) -> Stepping:
        """The objective."""
        return self.made(self.theta, form="value")

    @cached_property
    def value_and_gradient(self) -> Stepping:
        """The objective and its gradient."""
        return self.made(self.theta)

    @cached_property
    def products(self) -> Stepping:
        """The Hessian times a vector."""
        return self.made(self.theta, form="hvp")

    @cached_property
    def residual(self) -> Stepping:
        """The residuals."""
        return self.made(self.theta, form="value", output=self._named)

    @cached_property
    def jacobian(self) -> Stepping:
        """The Jacobian of the residuals."""
        return self.made(self.theta, form="jacobian", output=self._named)

    @property
    def _named(self) -> str:
        if self.residuals is None:
            raise GraphError(NO_RESIDUALS)
        return self.residuals

    def entries(self, batch: Batch) -> int:
        """Return how many residuals there are."""
        return 1 if self.residuals is None else int(np.size(self.residual(batch)))


@dataclass(frozen=True)
class BatchPlace(LocalObjective):
    """A place of the objective on a batch.

    Attributes
    ----------
    forms
        The forms of the objective.
    batch
        An array for each input.
    """

    forms: Forms
    batch: Batch

    def _at(self, theta: np.ndarray) -> Batch:
        self.forms.theta[:] = theta
        return self.batch

    def value_at(self, theta: np.ndarray) -> float:
        """Return the objective at another place."""
        return float(np.mean(self.forms.value(self._at(theta))))

    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient at another place."""
        found = self.forms.value_and_gradient(self._at(theta))[1]
        return _flat(found)

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return Hv."""
        forms = self.forms
        return forms.products(self._at(self.theta), tangent=forms.packing.unpacked(v))

    def _hessian(self) -> np.ndarray:
        """Return its columns, products with the unit vectors."""
        return np.column_stack([self.hessian_times(unit) for unit in np.eye(len(self.theta))])

    def residuals_at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return r and its Jacobian."""
        batch = self._at(theta)
        return np.ravel(self.forms.residual(batch)), self.forms.jacobian(batch)


def _flat(gradients: Iterable[Any]) -> np.ndarray:
    """Return derivatives, one for each parameter, as a vector of its own."""
    return np.concatenate([np.ravel(part) for part in gradients]).astype(float)
