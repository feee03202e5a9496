"""Dropout: masks as inputs of the graph, drawn from a seed, and off at evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.language.shapes import Shape, is_known
from graphdiff.learning.rewiring import named_nodes, rewired
from graphdiff.optimisers.rule import Setting
from graphdiff.workbench import Graph

DROPOUT = Setting("rate", "p", "0.5", "[0, 1)")
MASK, DROPPED, SHARE = "mask_", "dropped_", "rate_"


def with_dropout(graph: Graph, nodes: Any, rate: Any = 0.5) -> Graph:
    r"""Return a graph in which entries of some nodes can be dropped wherever these are used.

    In the place of a stands dropped_a = a·mask/(1 − p), inverted dropout: the mask is 0 where
    an entry is dropped, with probability p, and 1 elsewhere. The values of the new graph are those
    of evaluation: the mask is 1 − p, its mean, and nothing changes.

    Parameters
    ----------
    nodes
        The nodes, one or several: hidden activations, inputs.
    rate
        p, one for all nodes, or one for each by name.

    Returns
    -------
    Graph
        With the inputs ``mask_a`` and ``rate_a`` and the node ``dropped_a`` for each node a.
        :func:`dropout_masks` draws values for the masks.

    Raises
    ------
    GraphError
        For a node that no other uses, and a rate out of [0, 1).

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout, 2014.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 4, 1], x=[1, -1], y=0.5)
    >>> thin = with_dropout(net, "a__1", 0.25)
    >>> thin["dropped_a__1"].formula, thin["z__2"].formula
    ('a__1*(mask_a__1/(1 - rate_a__1))', 'W__2 @ dropped_a__1 + b__2')
    >>> bool(thin.forward().value["E"] == net.forward().value["E"])
    True
    >>> masks = dropout_masks(thin, seed=1)
    >>> masks
    {'mask_a__1': array([1., 1., 0., 1.])}
    >>> float(thin.backward(values=masks).gradient["b__1"][2])
    0.0
    """
    chosen = named_nodes(graph, nodes)
    if not chosen:
        raise GraphError("no node is named; name those whose entries are dropped")
    rates = {node.name: rate for node in chosen}
    if isinstance(rate, Mapping):
        given = {graph[name].name: own for name, own in rate.items()}
        if given.keys() != rates.keys():
            raise GraphError("rate names other nodes than nodes=; give one rate for each of these")
        rates = given
    for own in rates.values():
        DROPOUT.checked(own)

    def dropped(made: Graph, a: Node) -> Node:
        own = rates[a.name]
        p = made.input(SHARE + a.name, own)
        mask = made.input(MASK + a.name, _mean(a, own), shape=a.shape)
        return made.node(DROPPED + a.name, a * (mask / (1 - p)))

    return rewired(graph, chosen, dropped, graph.title, graph.declared_output)


def _mean(a: Node, rate: Any) -> Any:
    if not is_known(a.shape):
        return None
    return np.full(a.shape, 1 - rate) if a.shape else 1 - rate


def dropout_masks(graph: Graph, seed: Any = 0, rows: int | None = None) -> dict[str, np.ndarray]:
    """Return values for all masks of a graph made by :func:`with_dropout`.

    Each entry is 0 with the probability that the graph has as its rate, else 1; the same seed
    gives the same masks. In :func:`graphdiff.learning.fit` those of step t are of the seed
    (seed, t).

    Parameters
    ----------
    seed
        A number, a sequence of numbers such as (seed, step), or a generator of NumPy.
    rows
        How many rows there are masks for, where the graph takes one example, or has a letter for
        their number.

    Raises
    ------
    GraphError
        For a graph without masks, and one whose sizes are letters.
    """
    masks = masks_of(graph)
    if not masks:
        raise GraphError("the graph has no masks; make it by gd.learning.with_dropout")
    rng = np.random.default_rng(seed)
    drawn = dict[str, np.ndarray]()
    for mask in masks:
        shape = _shape(mask.shape, rows)
        if not is_known(shape):
            raise GraphError(
                f"{mask.name!r} has sizes that are letters; give the graph numbers, or rows=32"
            )
        drawn[mask.name] = (rng.random(shape) >= float(rate_of(graph, mask))).astype(float)
    return drawn


def masks_of(graph: Graph) -> tuple[Node, ...]:
    """Return the masks that :func:`with_dropout` has put into a graph."""
    names = (node.name.removeprefix(DROPPED) for node in graph if node.name.startswith(DROPPED))
    return tuple(
        graph[MASK + name] for name in names if MASK + name in graph and SHARE + name in graph
    )


def rate_of(graph: Graph, mask: Node) -> Any:
    """Return the probability with which entries of a mask are 0."""
    return graph[SHARE + mask.name.removeprefix(MASK)].value


def leaves_of_dropout(graph: Graph) -> set[str]:
    """Return the names of masks and rates, which are no data."""
    masks = {mask.name for mask in masks_of(graph)}
    return masks | {SHARE + name.removeprefix(MASK) for name in masks}


def at_rest(graph: Graph) -> Graph:
    """Return the graph with values for masks that have none: their means, as for evaluation."""
    means = {
        mask.name: np.full(mask.shape, 1 - float(rate_of(graph, mask)))
        for mask in masks_of(graph)
        if mask.value is None
    }
    return graph.with_values(means) if means else graph


def _shape(shape: Shape, rows: int | None) -> Shape:
    if rows is None:
        return shape
    by_letter = bool(shape) and isinstance(shape[0], sp.Basic)
    return (rows, *(shape[1:] if by_letter else shape))
