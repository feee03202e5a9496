"""The multilayer perceptron, in two views of one network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.models import data, initialisers, layers, neurons
from graphdiff.models.architecture import Architecture, View, architecture
from graphdiff.models.neurons import name_of
from graphdiff.workbench import Graph

BUILDERS = {"layers": layers.build, "neurons": neurons.build}


class MLP(Graph):
    """A multilayer perceptron: a graph like any other, that knows its layers.

    Made by :func:`mlp`. Its groups are ``"layer 1"``, … and ``"loss"``.
    """

    architecture: Architecture
    view: View

    @property
    def sizes(self) -> tuple[int, ...]:
        """d_0, …, d_L: the inputs, and the neurons of each layer."""
        return self.architecture.sizes

    @property
    def error(self) -> Node:
        """E, the loss alone.

        Raises
        ------
        UnknownNameError
            If the network was made without a loss.
        """
        return self["E"]

    @property
    def objective(self) -> Node:
        """What is minimised: J = E + R, or E where nothing is added to it."""
        return self["J"] if "J" in self else self["E"]

    @property
    def prediction(self) -> tuple[Node, ...]:
        """The output, one node of the layer view or one for each neuron."""
        of = self.architecture
        letter = of.output(of.depth)
        if self.view == "layers":
            return (self[f"{letter}__{of.depth}"],)
        return tuple(self[name_of(letter, (j,), of.depth)] for j in range(1, of.sizes[-1] + 1))

    @property
    def weights(self) -> tuple[np.ndarray, ...]:
        """W^1, …, W^L, each of shape (d_l, d_{l−1})."""
        return tuple(self._held(f"W__{layer}") for layer in self.architecture.layers)

    @property
    def biases(self) -> tuple[np.ndarray, ...]:
        """b^1, …, b^L."""
        return tuple(self._held(f"b__{layer}") for layer in self.architecture.layers)

    def layers(self) -> MLP:
        """Return the same network layer by layer, with the same values."""
        return self._viewed("layers")

    def neurons(self) -> MLP:
        """Return the same network neuron by neuron, with the same values.

        Examples
        --------
        >>> import graphdiff as gd
        >>> net = gd.models.mlp([2, 3, 1]).neurons()
        >>> net["z_2__1"].formula
        'w_2_1__1*x_1 + w_2_2__1*x_2 + b_2__1'
        """
        return self._viewed("neurons")

    def batched(self, rows: int) -> MLP:
        """Return the same network layer by layer for a batch of so many rows, without data."""
        of = replace(self.architecture, batch=rows)
        return _built(self.title, of, "layers", self.weights, self.biases, None, None)

    @property
    def is_plain(self) -> bool:
        """Whether it is as it was made: no node was added."""
        of = _built(self.title, self.architecture, self.view, self.weights, self.biases, None, None)
        return [(node.name, node.formula) for node in self] == [
            (node.name, node.formula) for node in of
        ]

    def names(self, of: str) -> np.ndarray:
        """Return the names of the neuron view that make up a node of the layer view.

        Raises
        ------
        GraphError
            For what is no node of the layer view.

        Examples
        --------
        >>> import graphdiff as gd
        >>> gd.models.mlp([2, 2, 1]).names("W__1")
        array([['w_1_1__1', 'w_1_2__1'],
               ['w_2_1__1', 'w_2_2__1']], dtype=object)
        """
        letter, _, layer = of.partition("__")
        at = 0 if of == "x" else self.architecture.depth if of == "y" else _number(layer)
        if letter not in {"x", "y", "W", "b", "z", "a"} or not 0 <= at <= self.architecture.depth:
            raise GraphError(f"{of!r} is no node of the layer view with one neuron for each entry")
        shape = self.sizes[at : at + 1]
        if letter == "W":
            shape = self.sizes[at], self.sizes[at - 1]
        found = np.empty(shape, dtype=object)
        for place in np.ndindex(shape):
            indices = tuple(k + 1 for k in place)
            found[place] = name_of(letter.lower(), indices, _number(layer) if layer else None)
        return found

    def assembled(self, found: Mapping[Any, Any], of: str) -> np.ndarray:
        """Return the values found for the neurons of a layer as one array.

        Parameters
        ----------
        found
            By node: ``run.value`` or ``run.gradient`` of either view.
        of
            A node of the layer view, such as ``"W__1"``.

        Examples
        --------
        >>> import graphdiff as gd
        >>> net = gd.models.mlp([2, 2, 1], x=[1, 2], y=0.5)
        >>> one, other = (m.backward().gradient for m in (net.layers(), net.neurons()))
        >>> bool(abs(net.assembled(one, "W__1") - net.assembled(other, "W__1")).max() < 1e-15)
        True
        """
        if of in found:
            return np.asarray(found[of])
        names = self.names(of)
        entries = [np.asarray(found[name]) for name in names.flat]
        if entries[0].ndim:
            return np.stack(entries, axis=-1)
        return np.array([entry.item() for entry in entries]).reshape(names.shape)

    def _held(self, name: str) -> np.ndarray:
        return self.assembled({leaf.name: leaf.value for leaf in self.leaves}, name)

    def _data(self, name: str) -> np.ndarray | None:
        values = {leaf.name: leaf.value for leaf in self.inputs if leaf.value is not None}
        first = name if self.view == "layers" else name_of(name, (1,))
        return self.assembled(values, name) if first in values else None

    def _viewed(self, view: View) -> MLP:
        kept = self.weights, self.biases, self._data("x"), self._data("y")
        return _built(self.title, self.architecture, view, *kept)


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else -1


def _built(
    title: str, of: Architecture, view: View, weights: Any, biases: Any, x: Any, y: Any
) -> MLP:
    if view not in BUILDERS:
        raise GraphError(f"view is {view!r:.40}; choose 'layers' or 'neurons'")
    output = "J" if of.l2 or of.l1 else "E" if of.loss else None
    graph = MLP(title, output=output)
    graph.architecture, graph.view = of, view
    BUILDERS[view](graph, of, weights, biases, x, y)
    return graph


def mlp(
    sizes: Sequence[int],
    activation: str | Iterable[str] = "tanh",
    output: str = "identity",
    loss: str | None = "mse",
    *,
    batch: int | None = None,
    view: View = "layers",
    init: str = "xavier",
    seed: int = 0,
    weights: Sequence[Any] | None = None,
    biases: Sequence[Any] | None = None,
    l2: Any = 0,
    l1: Any = 0,
    x: Any = None,
    y: Any = None,
    title: str | None = None,
) -> MLP:
    r"""Return a multilayer perceptron as a graph.

    z^l = W^l a^{l−1} + b^l and a^l = φ(z^l), with a^0 = x; of a batch, whose rows are the
    examples, z^l = a^{l−1} (W^l)ᵀ + b^l.

    Parameters
    ----------
    sizes
        The inputs and the neurons of each layer: ``[4, 6, 6, 1]``.
    activation
        φ of the hidden layers: a name, or one for each; any of
        :data:`graphdiff.models.ACTIVATIONS`.
    output
        φ of the last layer: an activation, or ``"softmax"``.
    loss
        A name of :data:`graphdiff.models.LOSSES`: ``"mse"``, with ``output="sigmoid"``
        ``"binary_cross_entropy"``, with ``"softmax"`` ``"cross_entropy"``; the two also as
        ``…_with_logits``, which are computed from z and never overflow. None ends the graph
        with its output.
    batch
        The rows of a batch, also read off ``x``; left out, the network takes one example.
    view
        ``"layers"``: nodes x, W^l, b^l, z^l, a^l, named ``W__1``; or ``"neurons"``: scalar nodes
        w_{jk}^l, b_j^l, z_j^l, a_j^l, named ``w_2_3__1``, whose values are those of all rows.
    init, seed
        How weights are drawn, a name of :data:`graphdiff.models.INITIALISERS`, and from where.
    weights, biases
        Their values, an array for each layer; biases are 0 if left out.
    l2, l1
        λ of the penalties λ/2 Σ w² and λ Σ abs(w), nodes of the graph; biases have none.
    x, y
        Data; for a softmax, y may be the numbers of classes.
    title
        The title of the graph.

    Raises
    ------
    GraphError
        For sizes, names, weights or data that do not fit, with what would.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([4, 6, 6, 1], activation="tanh", x=[1, 0, -1, 2], y=0.5)
    >>> [node.name for node in net if not node.is_leaf]
    ['z__1', 'a__1', 'z__2', 'a__2', 'z__3', 'E']
    >>> net.backward().gradient["W__1"].shape
    (6, 4)
    """
    of = architecture(sizes, activation, output, loss, data.rows_of(x, batch), l2, l1)
    if loss is None and y is not None:
        raise GraphError("y is given, and the network has no loss; give a loss")
    if weights is None:
        weights = initialisers.drawn(init, seed, of.sizes)
    if biases is None:
        biases = tuple(np.zeros(size) for size in of.sizes[1:])
    return _built(
        "Perceptron " + "-".join(map(str, of.sizes)) if title is None else title,
        of,
        view,
        data.weights(weights, of, "weights"),
        data.weights(biases, of, "biases"),
        data.inputs(x, of),
        data.targets(y, of),
    )
