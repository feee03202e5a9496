"""What is minimised, with more in it: penalties of parameters, and targets that are smoothed."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.graph.build import unused_name
from graphdiff.learning.rewiring import copied, named_nodes, rewired
from graphdiff.models.ending import add_penalties
from graphdiff.optimisers.rule import Setting
from graphdiff.workbench import Graph

_PENALTY = "[0, inf)"
EPSILON = Setting("smoothing", "epsilon", "0.1", "[0, 1)")


def regularised(
    graph: Graph, *, l2: Any = 0, l1: Any = 0, wrt: Any = None, output: Any = None
) -> Graph:
    r"""Return a graph whose output is the error and penalties of parameters, J = E + R.

    R_L2 = λ₂/2 Σ w², R_L1 = λ₁ Σ abs(w); both together are the elastic net. They are nodes, λ₂ and
    λ₁ inputs.

    Parameters
    ----------
    graph
        Any graph with an output that is one number, the error.
    l2, l1
        λ₂ and λ₁. The derivatives are λ₂ w and λ₁ sign(w), of all subgradients at w = 0 the one
        that is 0. Of scikit-learn's elastic net, α and ρ, they are α(1 − ρ) and αρ.
    wrt
        The nodes that have a penalty; left out, all parameters, biases among them, which usually
        have none.
    output
        The error; may be left out when there is only one output.

    Returns
    -------
    Graph
        With all nodes of the graph, and ``lambda_2``, ``R_L2``, ``lambda_1``, ``R_L1``, ``J``; a
        name that is taken has an underscore behind it.

    Raises
    ------
    GraphError
        Without a penalty, for a negative one, an error of several entries, or no parameters.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> w, b = g.parameter("w", 3), g.parameter("b", 1)
    >>> E = g.node("E", (2 * w + b - 5) ** 2)
    >>> J = regularised(g, l2=0.5, l1=0.1, wrt="w")
    >>> [f"{node.name} = {node.formula}" for node in J if node.name.startswith(("R", "J"))]
    ['R_L2 = lambda_2/2*w**2', 'R_L1 = lambda_1*abs(w)', 'J = E + R_L2 + R_L1']
    >>> print(J.gradient("J", "w"))
    4*b + lambda_1*sign(w) + lambda_2*w + 8*w - 20
    """
    error = graph.output if output is None else graph[output]
    if error.is_leaf or error.size != 1:
        what = f"of shape {error.shape}" if not error.is_leaf else "a leaf"
        raise GraphError(f"the error {error.name!r} is {what}; give a computed node of one number")
    rates = [
        Setting(name, "lambda", within=_PENALTY).checked(rate)
        for name, rate in (("l2", l2), ("l1", l1))
    ]
    if not any(rates):
        raise GraphError("there is no penalty; give l2 or l1, such as l2=0.01")
    chosen = graph.parameters if wrt is None else named_nodes(graph, wrt)
    if not chosen:
        raise GraphError("there are no parameters to have a penalty; name some with wrt=")
    J = unused_name(graph, "J")
    made = copied(graph, graph.title, J)
    before = len(made)
    penalties = add_penalties(made, l2, l1, [made[node.name] for node in chosen])
    made.node(J, reduce(add, penalties, made[error.name]))
    made.group(_unused_group(made, "regularisation"), made.nodes[before:])
    return made


def _unused_group(graph: Graph, name: str) -> str:
    while name in graph.groups:
        name += "_"
    return name


def smoothed_labels(y: Any, smoothing: Any = 0.1, *, classes: int | None = None) -> np.ndarray:
    """Return targets that are less sure: (1 − ε) y + ε/K of K classes.

    Parameters
    ----------
    y
        One-hot rows, (…, K), that sum to 1; or numbers 0 and 1 of two classes, (m, 1).
    smoothing
        ε.
    classes
        K, where the shape does not say it: (m,) is one row of m classes, or m numbers of two.

    Raises
    ------
    GraphError
        For targets that are no distributions, and an ε out of [0, 1).

    References
    ----------
    Szegedy and others, Rethinking the Inception architecture, 2016, section 7.

    Examples
    --------
    >>> smoothed_labels([[0, 1], [1, 0]], 0.2)
    array([[0.1, 0.9],
           [0.9, 0.1]])
    """
    epsilon = float(EPSILON.checked(smoothing))
    targets = np.asarray(y, float)
    if targets.size and np.all(targets == np.floor(targets)) and targets.max() > 1:
        raise GraphError(
            "label smoothing takes rows of 0 and 1; of numbers of classes these are "
            f"np.eye({int(targets.max()) + 1})[y]"
        )
    count = _classes(targets.shape, classes)
    is_share = np.all((targets >= 0) & (targets <= 1))  # NaN is none
    has_rows = targets.shape[-1:] == (count,) and targets.ndim + (count > 2) > 1
    if not is_share or (has_rows and not np.allclose(targets.sum(-1), 1)):
        raise GraphError(
            "label smoothing takes rows of 0 and 1 that sum to 1, or single numbers from 0 to 1"
        )
    return (1 - epsilon) * targets + epsilon / count


def with_smoothed_labels(
    graph: Graph, targets: Any, smoothing: Any = 0.1, *, classes: int | None = None
) -> Graph:
    """Return a graph that uses (1 − ε) y + ε/K in the place of its targets y, with ε an input.

    Parameters
    ----------
    targets
        The node of the targets: one-hot rows of K classes, or numbers 0 and 1.
    smoothing
        ε, the value of the input ``epsilon``; the node is ``smooth_y``.
    classes
        K, where the shape of y does not say it, as for :func:`smoothed_labels`.

    Raises
    ------
    GraphError
        For a node that no other uses, and an ε out of [0, 1).

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 3], (), "softmax", "cross_entropy", y=[0, 1, 0])
    >>> smooth = with_smoothed_labels(net, "y", 0.3, classes=3)
    >>> smooth["smooth_y"].formula, smooth["E"].formula
    ('(1 - epsilon)*y + epsilon/3', 'cross_entropy(a__1, smooth_y)')
    """
    EPSILON.checked(smoothing)
    (node,) = nodes = named_nodes(graph, targets)
    count = _classes(node.shape, classes)

    def smooth(made: Graph, y: Node) -> Node:
        epsilon = made.input(unused_name(made, "epsilon"), smoothing)
        return made.node(f"smooth_{y.name}", (1 - epsilon) * y + epsilon / count)

    return rewired(graph, nodes, smooth, graph.title, graph.declared_output)


def _classes(shape: tuple[Any, ...], given: int | None) -> int:
    if given is not None:
        if isinstance(given, bool) or not isinstance(given, int) or given < 2:
            raise GraphError(f"classes is {given!r:.40}; give a whole number from 2 on")
        if given != 2 and shape[-1:] != (given,):
            raise GraphError(f"the targets have shape {shape}; of {given} classes it ends so")
        return given
    if len(shape) == 1 and shape != (1,):
        raise GraphError(
            f"targets of shape {shape} are one row of {shape[0]} classes, or numbers of two; say "
            f"classes={shape[0]} or classes=2"
        )
    classes = shape[-1] if shape and shape[-1] != 1 else 2
    if not isinstance(classes, int):
        raise GraphError(f"the number of classes is {classes}; give the targets a known number")
    return classes
