"""Graph: the computational graph with everything one does with it.

The verbs stand in :mod:`graphdiff.verbs`, by what they are about; here are those that make
graphs and keep them. :mod:`graphdiff.graph` has the mathematical object alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import sympy as sp

from graphdiff.errors import GraphdiffError
from graphdiff.files import formats, worksheet
from graphdiff.graph import build
from graphdiff.verbs.arguments import Name, as_output, as_variables
from graphdiff.verbs.checking import Checking
from graphdiff.verbs.derivations import Derivations
from graphdiff.verbs.evaluation import Evaluation
from graphdiff.verbs.formulas import Formulas
from graphdiff.verbs.pictures import Pictures


class Graph(Evaluation, Formulas, Derivations, Checking, Pictures):
    """A computational graph to build, sweep, derive, check and draw.

    Parameters
    ----------
    title
        A title for pictures and files.
    output
        The name of the node to differentiate when none is given. Left out, it is
        the only node that no other uses.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph("linear regression")
    >>> x, y = g.input("x", 1), g.input("y", 2)
    >>> w, b = g.parameter("w", 5), g.parameter("b", 1)
    >>> u = g.node("u", x * w)
    >>> e = g.node("e", u + b - y)
    >>> L = g.node("L", e**2)
    >>> run = g.backward(L)
    >>> run.value["L"], run.P["w"]
    (16.0, 8.0)
    """

    @classmethod
    def from_expression(
        cls,
        expression: sp.Expr,
        *,
        parameters: Iterable[sp.Symbol | str] = (),
        values: Mapping[Any, Any] | None = None,
        name: str = "f",
        title: str = "",
    ) -> Graph:
        """Build the graph of a SymPy expression, one node for each operation.

        Parameters
        ----------
        expression
            The expression; its symbols become leaves, by name.
        parameters
            The symbols that are parameters; the others are inputs.
        values
            Values for leaves.
        name
            The name of the output; operations in between are v1, v2, …

        Raises
        ------
        ExpressionError
            For a SymPy function the catalogue lacks.

        Examples
        --------
        >>> a, b = sp.symbols("a b")
        >>> graph = Graph.from_expression((a + b) * (b + 1), name="e", values={a: 2, b: 1})
        >>> [f"{node.name} = {node.formula}" for node in graph.nodes if not node.is_leaf]
        ['v1 = b + 1', 'v2 = a + b', 'e = v1*v2']
        >>> graph.backward().P["b"]
        5.0
        """
        graph = cls(title)
        build.from_expression(graph, expression, parameters=parameters, values=values, name=name)
        return graph

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Any],
        *,
        parameters: Iterable[str] = (),
        values: Mapping[str, Any] | None = None,
        name: str | None = None,
        title: str = "",
    ) -> Graph:
        """Build the graph of what a Python function computes, one node for each operation.

        Parameters
        ----------
        function
            Takes nodes and returns an expression, several in a tuple, or a dict of named
            ones. Each of its arguments becomes a leaf.
        parameters
            The arguments that are parameters; the others are inputs.
        values
            Values for leaves.
        name
            The name of the output; by default the function's own, ``f`` for a lambda.

        Examples
        --------
        >>> import graphdiff as gd
        >>> graph = Graph.from_function(lambda x, w: gd.sigmoid(w * x), parameters=["w"])
        >>> graph.backward(x=2, w=0).P["w"]
        0.5
        """
        graph = cls(title)
        build.from_function(graph, function, parameters=parameters, values=values, name=name)
        return graph

    @classmethod
    def from_networkx(cls, multigraph: nx.MultiDiGraph[str]) -> Graph:
        """Read back a graph made by :meth:`to_networkx`.

        Raises
        ------
        GraphError
            If a node lacks ``kind`` or ``expression``, or the edges are not those of the
            expressions.
        """
        graph = cls()
        formats.from_networkx(multigraph, {}, graph)
        return graph

    @classmethod
    def from_page(cls, path: str | os.PathLike[str]) -> Graph:
        r"""Build the graph that a page defines: ``z = wx + b``, ``a = \sigma(z)``, ….

        What is defined by a formula of other names is a computed node, the others are leaves with
        the values the page gives them.

        Raises
        ------
        FileError
            If the file cannot be read.
        GraphError
            If it defines no node.
        """
        from graphdiff import checking

        graph = cls()
        checking.build_from_page(graph, path)
        return graph

    def gradient_graph(
        self, output: Name | None = None, wrt: Name | Sequence[Name] | None = None
    ) -> Graph:
        """Return a new graph that computes ∂output/∂u^j too: the reverse sweep as nodes.

        After all the nodes of this graph come P^n = 1 and one node for each
        P^j = Σ P^i J^{j→i}, from the output backward, named ``dL_dw``. It is a graph like any
        other, to sweep, draw, explain, save and differentiate again; its declared output is
        this one.

        Parameters
        ----------
        output
            A scalar node; may be left out when there is only one output.
        wrt
            The nodes whose P is asked for, all leaves if left out; nodes that lead to none of
            them have no P. That of a node the output does not depend on is the constant 0.

        Raises
        ------
        GraphError
            If the output is no scalar.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 2), g.parameter("w", 3)
        >>> L = g.node("L", (w * x) ** 2)
        >>> d = g.gradient_graph(L, w)
        >>> d["dL_dw"].formula, d.forward().value["dL_dw"]
        ('dL_dL*2*w*x**2', 24.0)
        >>> d.gradient_graph("dL_dw", "w").forward().value["ddL_dw_dw"]
        8.0
        """
        n = as_output(self, output)
        title = f"{self.title}: gradient of {n.name}" if self.title else f"Gradient of {n.name}"
        into = Graph(title, output=n.name)
        several = None if wrt is None else as_variables(self, wrt)
        from graphdiff.symbolic import gradient_graph

        return gradient_graph.gradient_graph(self, n, several, into)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        claims: worksheet.Given = None,
        overwrite: bool = False,
    ) -> Path:
        """Write the graph to a .toml or .json file, which :func:`graphdiff.load` reads back.

        Parameters
        ----------
        claims
            What is claimed of it, as for :meth:`check`, or a worksheet as in its file.

        Raises
        ------
        FileError
            If the file exists with other content and ``overwrite`` is false.
        """
        return formats.save(self, path, claims=claims, overwrite=overwrite)


def load(path: str | os.PathLike[str]) -> Graph:
    """Read a graph from a .toml or .json file.

    Nothing in the file is executed.

    Raises
    ------
    FileError
        If the file cannot be read or is not one of the two.
    GraphdiffError
        If it describes no graph: a cycle, an unknown name, a wrong expression.
    """
    return load_with_claims(path)[0]


def load_with_claims(path: str | os.PathLike[str]) -> tuple[Graph, worksheet.Worksheet]:
    """Read a graph and what its file asks to be checked."""
    graph = Graph()
    graph.claims = formats.read(path, graph).worksheet
    if graph.claims.descent or graph.claims.learning_rate is not None:
        _check_descent(graph, path)
    return graph, graph.claims


def _check_descent(graph: Graph, path: str | os.PathLike[str]) -> None:
    from graphdiff.checking.verify import descent_of

    try:
        descent_of(graph, graph.claims, graph.nodes[-1])
    except GraphdiffError as error:
        raise formats.named_in(error, path) from None
