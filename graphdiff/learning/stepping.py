"""Values and gradients on batches: compiled for each number of rows, with θ where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning.dropout import masks_of
from graphdiff.learning.rows import ByRows
from graphdiff.program.compiled import Compiled
from graphdiff.program.packing import Gradient

Drawn = Callable[[int], Sequence[np.ndarray]]
"""Draws the masks of dropout of a step, for so many rows."""

AT_ONCE = 1024
"""Rows that a model is evaluated on at a time."""


@dataclass(frozen=True)
class _Call:
    """A compiled form, and its arguments in order.

    Attributes
    ----------
    step
        The form.
    values
        The arguments; arrays among them are views of θ.
    data
        Where the data go.
    scalars
        Where parameters go that are numbers, and their places in θ.
    masks
        Where masks of dropout go.
    """

    step: Compiled
    values: list[Any]
    data: tuple[int, ...]
    scalars: tuple[tuple[int, int], ...]
    masks: tuple[int, ...]


class Stepping:
    """A form of a model's output, on data of any number of rows.

    Parameters
    ----------
    of
        The model by rows.
    output
        The name of the output.
    wrt
        The names of the parameters.
    theta
        Their values, one after the other; read at every call.
    form
        ``"value"`` or ``"value_and_gradient"``; ``"hvp"`` for products with the Hessian, and
        ``"jacobian"``, of a row for each entry of the output.
    drawn
        Returns the masks of dropout for so many rows; they are at rest if left out.
    """

    def __init__(
        self,
        of: ByRows,
        output: str,
        wrt: Sequence[str],
        theta: np.ndarray,
        *,
        form: str = "value_and_gradient",
        backend: str = "numpy",
        drawn: Drawn | None = None,
    ) -> None:
        self.of, self.output, self.wrt, self.theta = of, output, tuple(wrt), theta
        self._form, self._backend, self._drawn = form, backend, drawn
        self._calls: dict[int, _Call] = {}

    def __call__(self, batch: Sequence[np.ndarray], **given: Any) -> Any:
        """Return the value on a batch, an array for each input, or it and the gradients.

        Parameters
        ----------
        **given
            What the form takes beside, a ``tangent`` by name.
        """
        rows = len(batch[0])
        call = self._calls.get(rows)
        if call is None:
            call = self._calls[rows] = self._made(rows)
        values = call.values
        for place, array in zip(call.data, batch, strict=True):
            values[place] = array
        for place, at in call.scalars:
            values[place] = self.theta[at]
        if self._drawn is not None:
            for place, mask in zip(call.masks, self._drawn(rows), strict=True):
                values[place] = mask
        found = call.step(*values, **given)
        match self._form:
            case "value":
                return found
            case "hvp":
                return self._vector(found)
            case "jacobian":
                return self._matrix(found)
            case _:
                pass
        value, slopes = found
        gradients = slopes.vector if isinstance(slopes, Gradient) else list(slopes.values())
        if self.of.kind != "example":
            return value, gradients
        return np.mean(value), [np.mean(gradient, axis=0) for gradient in gradients]

    def _vector(self, found: Mapping[str, Any]) -> np.ndarray:
        """Return derivatives by name as one vector."""
        parts = (np.asarray(part) for part in found.values())
        if self.of.kind == "example":
            parts = (part.mean(axis=0) for part in parts)
        return np.concatenate([part.ravel() for part in parts])

    def _matrix(self, found: Mapping[str, Any]) -> np.ndarray:
        """Return Jacobians by name as one, a row for each entry of the output."""
        sizes = {name: self.of.graph[name].size for name in self.wrt}
        return np.hstack([np.reshape(found[name], (-1, size)) for name, size in sizes.items()])

    def mean(self, arrays: Sequence[np.ndarray]) -> float:
        """Return the mean of the value over all rows, block by block."""
        self.of.check_whole(len(arrays[0]), "rows")
        blocks = self._blocks(arrays)
        total = sum(float(np.mean(self(block))) * len(block[0]) for block in blocks)
        return total / sum(len(block[0]) for block in blocks)

    def rows(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """Return the value of each row; too few for the last block have rows before them."""
        found = [np.asarray(self(block)) for block in self._blocks(arrays)]
        size, count = self.of.fixed, len(arrays[0])
        if size is not None and count % size:
            if count < size:
                self.of.check_whole(count, "data")
            found.append(np.asarray(self([array[-size:] for array in arrays]))[-(count % size) :])
        return np.concatenate(found)

    def _blocks(self, arrays: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
        size = self.of.fixed or AT_ONCE
        count = len(arrays[0])
        end = count - count % size if self.of.fixed else count
        return [[array[at : at + size] for array in arrays] for at in range(0, end, size)]

    def _made(self, rows: int) -> _Call:
        graph = self.of.of(rows)
        step = graph.compile(
            self.output, list(self.wrt) or None, form=self._form, dtype=self.theta.dtype,
            reuse=self._form != "value", backend=self._backend,
        )  # fmt: skip
        order = [leaf.name for leaf in graph.leaves]
        values: list[Any] = [
            None if leaf.value is None else self._held(leaf.value) for leaf in graph.leaves
        ]
        scalars, at = list[tuple[int, int]](), 0
        for name in self.wrt:
            node = graph[name]
            if node.shape:
                values[order.index(name)] = self.theta[at : at + node.size].reshape(node.shape)
            else:
                scalars.append((order.index(name), at))
            at += node.size
        data = tuple(order.index(name) for name in self.of.names)
        masks = tuple(order.index(mask.name) for mask in masks_of(graph))
        return _Call(step, values, data, tuple(scalars), masks)

    def _held(self, value: Any) -> Any:
        array = np.asarray(FLOAT64.number(value), self.theta.dtype)
        return array if array.shape else array[()]
