"""How a network's layers pass signals on: activations forward, gradients back, and the updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from graphdiff.drawing.network.names import in_words
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.errors import GraphError
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.run import Run, run_backward
from graphdiff.learning import data
from graphdiff.learning.rows import by_rows
from graphdiff.learning.states import moved_once
from graphdiff.learning.trace import descent
from graphdiff.models.activations import activation
from graphdiff.models.architecture import SOFTMAX, Architecture
from graphdiff.models.mlp import MLP
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import as_method
from graphdiff.recognition.activations import NET, recognised

if TYPE_CHECKING:
    from graphdiff.drawing.plots.plot import Plot

VANISHING = 1e-3
"""A gradient vanishes where it is less than so much of that of the last layer."""
EXPLODING = 1e3
"""It explodes where it is more than so many times that of the last layer."""
FLAT, MOSTLY = 0.05, 0.5
"""An activation is saturated where its slope is less than so much of its steepest; it is told of a
layer of which so large a part is."""
FAR = 100.0
"""Where a bounded activation is flat on both sides."""


@dataclass(frozen=True)
class Layer:
    """What is found of one layer.

    Attributes
    ----------
    number
        1, 2, ….
    activation
        The name of its activation.
    values
        The activations, a row for each example: (m, d_l).
    gradient
        ∂E/∂z^l, of the same shape.
    update
        What the step adds to W^l, (d_l, d_{l−1}).
    weights
        W^l.
    dead
        How many units are 0 for every row.
    saturated
        The part of the activations where a bounded function is flat; 0 for others.
    """

    number: int
    activation: str
    values: np.ndarray
    gradient: np.ndarray
    update: np.ndarray
    weights: np.ndarray
    dead: int
    saturated: float

    @property
    def rms(self) -> float:
        """The root of the mean square of the gradient."""
        return _rms(self.gradient)

    @property
    def relative(self) -> float:
        """The size of the update, as a part of that of the weights."""
        size = _rms(self.weights)
        return _rms(self.update) / size if size else float("inf")


@dataclass(frozen=True, repr=False)
class Signals(Shown):
    """What is found of the layers of a network; see :func:`layer_signals`.

    Attributes
    ----------
    model
        The network.
    layers
        The layers, the first one first.
    method
        Whose step the updates are.
    """

    model: MLP
    layers: tuple[Layer, ...]
    method: Method

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is wrong, a sentence each: dead units, saturation, gradients vanish or explode."""
        return tuple(self._remarks())

    def _remarks(self) -> Iterator[str]:
        for layer in self.layers:
            rows, units = layer.values.shape
            if layer.dead and rows > 1:  # that of a single row is no sign of anything
                yield f"layer {layer.number}: {_counted(layer.dead, units)} 0 for every row"
            if layer.saturated >= MOSTLY:
                yield (
                    f"layer {layer.number}: {_share(layer.saturated)} of the activations are "
                    f"where {layer.activation} is flat"
                )
        yield from self._of_gradients()

    def _of_gradients(self) -> Iterator[str]:
        """Yield whether gradients vanish or explode on their way back, for the worst layer."""
        *before, last = self.layers
        for layer in self.layers:
            if not layer.rms:
                yield f"layer {layer.number}: the gradient is 0, nothing is learned"
        moving = [layer for layer in before if layer.rms]
        if not moving or not last.rms:
            return
        least = min(moving, key=lambda layer: layer.rms)
        most = max(moving, key=lambda layer: layer.rms)
        if least.rms < VANISHING * last.rms:
            yield (
                f"gradients vanish: layer {least.number} has {in_words(least.rms / last.rms, 2)} "
                f"of layer {last.number}'s"
            )
        if most.rms > EXPLODING * last.rms:
            yield (
                f"gradients explode: layer {most.number} has {in_words(most.rms / last.rms, 2)} "
                f"times layer {last.number}'s"
            )

    def table(self) -> Table:
        """Return the layers as a table, a row each."""

        def row(layer: Layer) -> tuple[str, ...]:
            numbers = (
                float(layer.values.mean()), float(layer.values.std()), layer.rms, layer.relative,
            )  # fmt: skip
            said = [text.number(number, 3) for number in numbers]
            dead = f"{layer.dead} of {layer.values.shape[1]}"
            return str(layer.number), layer.activation, *said[:2], dead, *said[2:]

        columns = ("layer", "activation", "mean", "std", "units at 0", "rms of dE/dz", "update/W")
        return Table.of(self.model.title, columns, self.layers, row)

    def shown(self) -> Iterator[Table | str]:
        """Yield the table and the remarks."""
        yield self.table()
        yield from self.remarks

    def plot(self, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw histograms of activations, gradients and updates, a row for each layer.

        Parameters
        ----------
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        DrawingError
            For more than 24 layers, or numbers that are not finite.
        """
        from graphdiff.drawing.plots.histograms import Column, histograms
        from graphdiff.learning.seeing import words

        output = self.model.objective.name
        columns = (
            Column(words("activations"), tuple(layer.values for layer in self.layers)),
            Column(words(f"d{output}/dz"), tuple(la.gradient for la in self.layers), True),
            Column(words("updates of W"), tuple(layer.update for layer in self.layers), True),
        )
        rows = [f"layer {layer.number}" for layer in self.layers]
        told = "; ".join(
            f"layer {layer.number}, {layer.activation}: activations "
            f"{text.number(float(layer.values.mean()), 3)} ± "
            f"{text.number(float(layer.values.std()), 3)}, gradients of size "
            f"{text.number(layer.rms, 3)}"
            for layer in self.layers
        )
        also = f" {'. '.join(self.remarks)}." if self.remarks else ""
        alt = f"Histograms of activations, gradients and updates. {told}.{also}"
        return histograms(self.model, rows, columns, self.remarks, Options(**choices), alt)


def layer_signals(
    model: MLP, X: Any = None, y: Any = None, *, method: Method | str = "sgd"
) -> Signals:
    r"""Return the activations, the gradients ∂E/∂z^l and a step's updates of each layer.

    Parameters
    ----------
    model
        A network with a loss, such as ``training.model`` or ``trace.graph``.
    X, y
        Rows and their targets, as for :func:`graphdiff.learning.fit`; left out, the values that
        the network has.
    method
        Whose first step from here the updates are; a name or a method.

    Raises
    ------
    GraphError
        If the model is no network of :func:`graphdiff.models.mlp` with a loss, or the data do not
        fit.

    Examples
    --------
    >>> import numpy as np
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 3, 1], "relu", biases=[[-9, 0, 0], [0]], seed=1)
    >>> found = layer_signals(net, np.eye(2), [1, 0])
    >>> found.remarks
    ('layer 1: 2 of 3 units are 0 for every row',)
    """
    if not isinstance(model, MLP):
        raise GraphError(
            f"{model!r:.60} is no network with layers; give one of gd.models.mlp, or read the "
            "numbers of nodes with graph.backward"
        )
    if model.architecture.of_loss is None:
        raise GraphError("the network has no loss, so no gradients; give one, mlp(…, loss='mse')")
    network, given = _graph_and_values(model, X, y)
    chosen = as_method(method)
    objective, _ = descent(network, chosen, network.objective.name, None, given)
    at = checked_values(objective.graph, {})
    sums = [objective.graph[f"z__{k}"] for k in model.architecture.layers]
    run = run_backward(objective.graph, objective.output, at, wrt=sums)
    after = moved_once(objective, chosen, at)
    layers = tuple(
        _layer(model.architecture, k, run, at[f"W__{k}"], after[f"W__{k}"])
        for k in model.architecture.layers
    )
    return Signals(model, layers, chosen)


def _graph_and_values(model: MLP, X: Any, y: Any) -> tuple[MLP, Mapping[str, Any]]:
    """Return the network layer by layer for the rows given, and these by name."""
    if X is None:
        return model.layers(), {}
    arrays = data.arrays_of(model, X, y)
    graph = by_rows(model, arrays).of(len(next(iter(arrays.values()))))
    assert isinstance(graph, MLP)  # noqa: S101 - as the model
    return graph, arrays


def _layer(of: Architecture, k: int, run: Run, before: Any, after: Any) -> Layer:
    rows, sums = _rows(run.value[f"{of.output(k)}__{k}"]), _rows(run.value[f"z__{k}"])
    weights, called = np.asarray(before, float), of.activations[k - 1]
    return Layer(
        k,
        called,
        rows,
        _rows(run.gradient[f"z__{k}"]),
        np.asarray(after, float) - weights,
        weights,
        int((rows == 0).all(axis=0).sum()),
        _saturated(called, sums),
    )


def _rows(value: Any) -> np.ndarray:
    """Return the values of a layer, a row for each example."""
    array = np.asarray(value, float)
    return array.reshape(-1, array.shape[-1])


def _saturated(name: str, nets: np.ndarray) -> float:
    """Return in which part of the sums a bounded activation is flat; 0 for one that is not."""
    if name == SOFTMAX:
        return 0.0
    found = recognised(activation(name)(NET))
    steepest = np.abs(found.slopes(np.linspace(-6, 6, 241))).max()
    far = np.abs(found.slopes(np.array([-FAR, FAR]))).max()
    if not far < FLAT * steepest:
        return 0.0
    return float(np.mean(np.abs(found.slopes(nets)) < FLAT * steepest))


def _rms(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


def _counted(some: int, of: int) -> str:
    """Say how many of all units are what follows.

    Examples
    --------
    >>> _counted(1, 400), _counted(2, 3), _counted(1, 1)
    ('1 of 400 units is', '2 of 3 units are', 'the only unit is')
    """
    if of == 1:
        return "the only unit is"
    return f"{some} of {of} units {'is' if some == 1 else 'are'}"


def _share(part: float) -> str:
    return f"{100 * part:.0f} %"
