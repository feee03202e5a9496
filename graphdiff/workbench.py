"""Graph: the computational graph with everything one does with it.

Each method is a call into the room that does the work; :mod:`graphdiff.graph` has the
mathematical object alone.
"""

from __future__ import annotations

import copy
import functools
import itertools
import operator
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, Unpack, overload

import networkx as nx
import sympy as sp

from graphdiff import checking
from graphdiff.derivations import backprop, evaluation_trace, forward_steps, path_sums, symbols
from graphdiff.derivations.derivation import Derivation
from graphdiff.derivations.evaluation_trace import EvaluationTrace
from graphdiff.derivations.path_sums import PathSum
from graphdiff.drawing.checked.checked_page import CheckedPage, checked_page
from graphdiff.drawing.choices import takes
from graphdiff.drawing.defaults import check_drawing, with_defaults
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.plots.decision import decision
from graphdiff.drawing.plots.loss import loss_plot
from graphdiff.drawing.plots.plot import Plot
from graphdiff.drawing.stepwise.frames import Frames, frames
from graphdiff.drawing.styles import draw
from graphdiff.drawing.trace_table import trace_table
from graphdiff.errors import GraphError, quoted_list
from graphdiff.evaluation import gradient_step, leaf_values
from graphdiff.evaluation.rounded_zeros import as_shown, tangents_as_shown
from graphdiff.evaluation.run import ByNode, Run, run_backward, run_forward
from graphdiff.evaluation.tangents import Tangents, tangents
from graphdiff.files import formats, worksheet
from graphdiff.files.direction import direction
from graphdiff.graph import ComputationalGraph, Node, build
from graphdiff.graph.facts import check_variable
from graphdiff.graph.plain import plain
from graphdiff.notation import notation as notations
from graphdiff.notation.notation import Notation, as_notation
from graphdiff.program.compiled import Compiled
from graphdiff.program.results import CompiledResult as CompiledResult
from graphdiff.symbolic import (
    gradient_graph,
    index_notation,
    scalar_derivatives,
    tensor_derivatives,
)
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.scalar_formula import ScalarFormula, ScalarMatrix, scalar_matrix

Name = Node | str | int
"""A node, its name, or its index from 1."""


class Graph(ComputationalGraph):
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

    claims = worksheet.Worksheet()
    """What the file it was read from asks to be checked."""

    # Graphs from elsewhere

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

    # Sweeps

    def forward(
        self, values: Mapping[Any, Any] | None = None, *, exact: bool = False, **named: Any
    ) -> Run:
        """Sweep forward: u^i = f^i(α^i) in topological order.

        Parameters
        ----------
        values, **named
            Values for leaves, over those given at building: ``{x: 3}``, ``{"x": 3}`` or
            ``x=3``. An array of shape (m,) is m samples, computed at once.
        exact
            Whether to compute with exact numbers: 2/3 stays 2/3, √2 stays √2.

        Raises
        ------
        GraphError
            For a missing value or an unknown name.
        NumericalError
            Naming the node where a value first is not finite.
        """
        return run_forward(self, self._given(values, named), exact=exact)

    def backward(
        self,
        output: Name | None = None,
        values: Mapping[Any, Any] | None = None,
        *,
        wrt: Name | Sequence[Name] | None = None,
        exact: bool = False,
        **named: Any,
    ) -> Run:
        """Sweep forward, then backward: P^n = I, P^j = Σ P^i J^{j→i}.

        Parameters
        ----------
        output
            The node to differentiate; may be left out when there is only one output.
        values, **named
            Values for leaves, as for :meth:`forward`.
        wrt
            The nodes whose P is asked for; left out, all. Edges that lead to none of them
            are not differentiated.
        exact
            Whether to compute with exact numbers.

        Raises
        ------
        GraphError
            For a missing value, an unknown name, several outputs and none chosen.
        NumericalError
            Naming the node or edge where a number first is not finite.
        """
        if isinstance(output, Mapping) and values is None:
            output, values = None, output
        return run_backward(
            self,
            self._output_or(output),
            self._given(values, named),
            wrt=None if wrt is None else self._variables(wrt),
            exact=exact,
        )

    def with_values(self, values: Mapping[Any, Any] | None = None, **named: Any) -> Self:
        """Return the same graph with other values for some leaves.

        Parameters
        ----------
        values, **named
            Values for leaves, of the shape of each: ``{"w": 3}`` or ``w=3``.

        Raises
        ------
        GraphError
            For an unknown name, a node that is no leaf, or a value of another shape.

        Examples
        --------
        >>> g = Graph()
        >>> L = g.node("L", g.parameter("w", 5) ** 2)
        >>> g.with_values(w=3).forward().value["L"]
        9.0
        """
        given = leaf_values.given_values(self, self._given(values, named))
        return gradient_step.with_values(self, given, self._empty())

    def step(self, run: Run, learning_rate: Any = 0.1) -> gradient_step.DescentStep[Self]:
        """Make one step of gradient descent, θ ← θ − η ∇J, from where a run was.

        Parameters
        ----------
        run
            A reverse sweep of this graph, of a scalar output J.
        learning_rate
            η, a positive number; outside (0, 1) it warns.

        Returns
        -------
        DescentStep
            ``.graph`` has the new values, ``.updates`` what became of each parameter; printed,
            it is the update written out.

        Raises
        ------
        GraphError
            For a run of another graph, forward only, or of samples; an output that is no
            scalar; a learning rate that is not a positive number.

        Examples
        --------
        >>> g = Graph()
        >>> L = g.node("L", g.parameter("w", 5) ** 2)
        >>> step = g.step(g.backward(L), learning_rate=0.1)
        >>> print(step)
        theta <- theta - eta * dL/dtheta, eta = 0.1
        w <- 5 - 0.1*10 = 4
        >>> step.graph.forward().value["L"]
        16.0
        """
        if run.graph is not self:
            raise GraphError("the run is of another graph; give a run of the one that steps")
        return gradient_step.step(as_shown(run), learning_rate, self._empty())

    def _empty(self) -> Self:
        """Return a graph of the same class without nodes, titled and described as this one."""
        empty = copy.copy(self)
        ComputationalGraph.__init__(empty, self.title, output=self.declared_output)
        return empty

    # Programs

    def compile(
        self,
        output: Name | None = None,
        wrt: Name | Sequence[Name] | None = None,
        *,
        form: str = "value_and_gradient",
        dtype: Any = None,
        reuse: bool = False,
        jit: bool = False,
        backend: str = "numpy",
    ) -> Compiled:
        """Return a fast function of the leaves: the value of an output and its derivatives.

        It has one program for each kind of call, straight-line Python, which ``step.source``
        prints. Its numbers are those of :meth:`backward` to rounding.

        Parameters
        ----------
        output
            The node to differentiate; may be left out when there is only one output.
        wrt
            The leaves to differentiate in; all parameters if left out, or all leaves of a graph
            without parameters. For one leaf its derivative is returned, for several a dict by
            name.
        form
            ``"value_and_gradient"``, ``"value"``, ``"gradient"``; ``"jacobian"``, of the
            output's shape followed by the leaf's; ``"hessian"``, of the leaf's shape twice, for
            several leaves a dict by pairs; ``"hvp"`` and ``"jvp"``, which take a ``tangent``,
            and ``"vjp"``, which takes a ``cotangent``; several tangents are a dict by name;
            ``"jacobian_blocks"`` and ``"hessian_blocks"``, which return, for one leaf, small
            arrays by where they stand: ``{"bc->abac": core}``.
        dtype
            ``"float64"`` or ``"float32"``. Left out, a call computes in float32 if every array
            it is given is float32, else in float64.
        reuse
            Whether the arrays returned may be overwritten by the next call.
        jit
            Whether numba (the extra ``jit``) compiles what it is good for. A graph of scalars
            becomes a tape for an interpreter: the fastest form for graphs of many thousand unlike
            nodes. Of arrays, what is arithmetic entry by entry and sums of it become loops.
            Compiling takes seconds the first time, and is kept on disk.
        backend
            Who runs the program: ``"numpy"``, or with the same calls and results, in NumPy's
            arrays, ``"jax"`` (compiled by ``jax.jit``) or ``"torch"``. They need the extra of
            their name.

        Raises
        ------
        GraphError
            For what is no leaf, sizes that are letters, and a form the output does not have; with
            ``jit``, where numba is missing, in float32, and of scalars for functions the tape has
            not; with ``backend``, where the library is missing, and for functions it has not.

        Examples
        --------
        >>> g = Graph()
        >>> x, y = g.input("x", 1), g.input("y", 2)
        >>> w, b = g.parameter("w", 5), g.parameter("b", 1)
        >>> L = g.node("L", (x * w + b - y) ** 2)
        >>> step = g.compile(L)
        >>> step()
        (16.0, {'w': 8.0, 'b': 8.0})
        >>> step(x=2, w=3)
        (25.0, {'w': 20.0, 'b': 10.0})
        """
        n = self._output_or(output)
        single = isinstance(wrt, Node | str | int)
        varied = [leaf for leaf in self.leaves if not leaf.facts.constant]
        given = self._variables(wrt) if wrt is not None else self.parameters or varied
        return Compiled(
            self, n, given, form,
            single=single, dtype=dtype, reuse=reuse, jit=jit, backend=backend,
        )  # fmt: skip

    # Formulas

    def local_jacobian(
        self,
        j: Name,
        i: Name,
        *,
        layout: tensor_derivatives.Layout = "numerator",
        own_value: bool = True,
    ) -> ScalarFormula | tensor_derivatives.LocalJacobian:
        """Return J^{j→i} = ∂u^i/∂u^j in terms of the parents of i, and of i itself.

        Between scalars it is a :class:`~graphdiff.symbolic.scalar_formula.ScalarFormula`, whose
        ``.sympy`` is in the nodes' own symbols (``node.symbol``), real. Between tensors it is a
        :class:`~graphdiff.symbolic.tensor_derivatives.LocalJacobian`, with ``.matrix`` and
        ``.contribution``; :meth:`index_jacobian` has it in index notation. A parent that repeats
        counts with all its slots: J^{x→z} of z = x·x is 2x.

        Parameters
        ----------
        layout
            ``"numerator"`` (dⁱ × dʲ) or ``"denominator"`` (dʲ × dⁱ).
        own_value
            Whether the value of i itself stands in it where it so is shorter, as one computes by
            hand: a(1 − a) for a = σ(z). Else it has the parents alone: σ(z)(1 − σ(z)).

        Raises
        ------
        GraphError
            If there is no edge from j to i.

        Examples
        --------
        >>> g = Graph()
        >>> x, W = g.input("x", shape=("n",)), g.parameter("W", shape=("m", "n"))
        >>> z = g.node("z", W @ x)
        >>> print(g.local_jacobian(x, z), g.local_jacobian(x, z, layout="denominator"))
        W W.T
        >>> print(g.local_jacobian(W, z).contribution)
        outer(delta_z, x)
        >>> import graphdiff as gd
        >>> a = g.node("a", gd.sigmoid(z))
        >>> print(g.local_jacobian(z, a), "or", g.local_jacobian(z, a, own_value=False))
        diag(a*(1 - a)) or diag(sigmoid(z)*(1 - sigmoid(z)))
        """
        parent, child = self[j], self[i]
        edges = scalar_derivatives.edges_between(parent, child)
        if child.function is None or child.function.is_scalar:
            J = scalar_derivatives.local_jacobian(parent, child, own_value=own_value)
            return ScalarFormula(J, self)
        return tensor_derivatives.local_jacobian(edges, layout, own_value=own_value)

    def index_jacobian(
        self, j: Name, i: Name, *, own_value: bool = True
    ) -> index_notation.IndexJacobian:
        """Return J^{j→i} in index notation: ∂z_i/∂W_pq = δ_ip x_q.

        It has the formula in SymPy (``.formula``), ``.text``, ``.latex``, and ``.at`` for its
        numbers. A parent that repeats counts with all its slots.

        Parameters
        ----------
        own_value
            Whether the value of i itself stands in it, as for :meth:`local_jacobian`.

        Raises
        ------
        GraphError
            If there is no edge from j to i.
        DerivationError
            If there is no formula a person could read.

        Examples
        --------
        >>> g = Graph()
        >>> x, W = g.input("x", shape=("n",)), g.parameter("W", shape=("m", "n"))
        >>> z = g.node("z", W @ x)
        >>> print(g.index_jacobian(W, z).text)
        d z[i]/d W[p,q] = delta(i,p)*x[q]
        """
        variable = self._variable(j)
        return index_notation.local_jacobian_index(self, variable, self[i], own_value=own_value)

    def entrywise_jacobian(self, j: Name, i: Name) -> ScalarMatrix:
        """Return J^{j→i} written out, dⁱ × dʲ formulas of the entries of the parents.

        Entry (0, 2) of W is the symbol ``W[0, 2]`` of ``IndexedBase("W", real=True)`` in the
        matrix that ``.sympy`` is.

        Raises
        ------
        GraphError
            If there is no edge from j to i.
        DerivationError
            If sizes are letters, or the matrix would be too large to write out.

        Examples
        --------
        >>> g = Graph()
        >>> x, W = g.input("x", shape=2), g.parameter("W", shape=(1, 2))
        >>> z = g.node("z", W @ x)
        >>> g.entrywise_jacobian(W, z)
        [[x[0], x[1]]]
        """
        child = self[i]
        edges = scalar_derivatives.edges_between(self._variable(j), child)
        function, names = (
            scalar_derivatives.function_of(child),
            [node.name for node in child.parents],
        )
        terms = [index_notation.entries(function, edge.slot, names) for edge in edges]
        return scalar_matrix(functools.reduce(operator.add, terms), self)

    @overload
    def gradient(
        self, output: Name, wrt: Name, in_terms_of: scalar_derivatives.Terms = "leaves"
    ) -> ScalarFormula | Formula: ...

    @overload
    def gradient(
        self, output: Name, wrt: Sequence[Name], in_terms_of: scalar_derivatives.Terms = "leaves"
    ) -> Mapping[Any, ScalarFormula | Formula]: ...

    def gradient(
        self,
        output: Name,
        wrt: Name | Sequence[Name],
        in_terms_of: scalar_derivatives.Terms = "leaves",
    ) -> ScalarFormula | Formula | Mapping[Any, ScalarFormula | Formula]:
        """Return ∂output/∂wrt of a scalar output, in the shape of ``wrt``, by the recursion.

        In a graph of scalars it is a
        :class:`~graphdiff.symbolic.scalar_formula.ScalarFormula`, with SymPy's expression as
        ``.sympy``; with tensors, a :class:`~graphdiff.symbolic.formula.Formula` in matrix
        notation. Both have ``.text``, ``.latex``, ``.at()`` for numbers and ``.compile()``.

        Parameters
        ----------
        wrt
            A node, or several: then a mapping is returned, by name or node.
        in_terms_of
            ``"leaves"``: everything written out in inputs and parameters; ``"nodes"``: in
            the symbols of the nodes, as by hand; ``"children"``: one step of the recursion, in
            ``delta_i`` = ∂L/∂uⁱ of the children i too, which is short however deep the graph.

        Raises
        ------
        GraphError
            If the output is no scalar.
        DerivationError
            If the closed form would be too large.

        Examples
        --------
        >>> g = Graph()
        >>> A, x = g.input("A", shape=("m", "n")), g.parameter("x", shape=("n",))
        >>> b = g.input("b", shape=("m",))
        >>> L = g.node("L", ((A @ x - b) ** 2).sum())
        >>> print(g.gradient(L, x))
        2*(A.T @ (A @ x - b))
        """
        n = self[output]

        def find(*asked: Any) -> ScalarFormula | Formula:
            if tensor_derivatives.is_scalar(self, n):
                return ScalarFormula(scalar_derivatives.gradient(*asked), self)
            return tensor_derivatives.gradient(*asked)

        if isinstance(wrt, Node | str | int):
            return find(self, n, self[wrt], in_terms_of)
        several = self._several(wrt)
        found = {node.name: find(self, n, node, in_terms_of) for node in several}
        return ByNode(self, found, "the gradient")

    def jacobian(
        self,
        output: Name,
        wrt: Name,
        in_terms_of: scalar_derivatives.Terms = "leaves",
        *,
        layout: tensor_derivatives.Layout = "numerator",
    ) -> Formula:
        """Return ∂output/∂wrt as a matrix in matrix notation, where there is one.

        Raises
        ------
        DerivationError
            If there is none; :meth:`vjp` and :meth:`jvp` have formulas all the same.

        Examples
        --------
        >>> import graphdiff as gd
        >>> g = Graph()
        >>> z = g.input("z", shape=("n",))
        >>> s = g.node("s", gd.softmax(z))
        >>> print(g.jacobian(s, z))
        diag(softmax(z)) - outer(softmax(z), softmax(z))
        """
        return tensor_derivatives.jacobian(self, self[output], self[wrt], in_terms_of, layout)

    def vjp(
        self,
        output: Name,
        wrt: Name,
        cotangent: str = "c",
        in_terms_of: scalar_derivatives.Terms = "leaves",
    ) -> Formula:
        """Return the vector-Jacobian product cᵀ ∂output/∂wrt as a formula, in wrt's shape.

        Its numbers: ``g.vjp(y, x).at(run, c=array)``.
        """
        return tensor_derivatives.vjp(self, self[output], self[wrt], cotangent, in_terms_of)

    def jvp(
        self,
        output: Name,
        wrt: Name,
        tangent: str = "v",
        in_terms_of: scalar_derivatives.Terms = "leaves",
    ) -> Formula:
        """Return the Jacobian-vector product ∂output/∂wrt · v as a formula, in output's shape."""
        return tensor_derivatives.jvp(self, self[output], self[wrt], tangent, in_terms_of)

    @overload
    def hessian(self, output: Name, wrt: Name) -> ScalarFormula | tensor_derivatives.Hessian: ...

    @overload
    def hessian(
        self, output: Name, wrt: Sequence[Name]
    ) -> ScalarMatrix | Mapping[Any, tensor_derivatives.Hessian]: ...

    def hessian(
        self, output: Name, wrt: Name | Sequence[Name]
    ) -> ScalarFormula | tensor_derivatives.Hessian | Mapping[Any, tensor_derivatives.Hessian]:
        """Return the second derivatives of a scalar node, in terms of the leaves.

        Parameters
        ----------
        wrt
            In a graph of scalars: a node, and the result is a formula, or several, and it is
            a matrix of them, whose ``.sympy`` is a SymPy matrix. With tensors: a node, and the
            result is a
            :class:`~graphdiff.symbolic.tensor_derivatives.Hessian`, or several, and it is a
            mapping to them from pairs of names or nodes.

        Raises
        ------
        GraphError
            If one of the nodes depends on another.

        Examples
        --------
        >>> g = Graph()
        >>> A, x = g.input("A", shape=("n", "n")), g.parameter("x", shape=("n",))
        >>> print(g.hessian(g.node("L", x @ A @ x), x))
        A + A.T
        """
        n, several = self[output], self._several(wrt)
        single = isinstance(wrt, Node | str | int)
        if tensor_derivatives.is_scalar(self, n):
            second = scalar_derivatives.hessian(self, n, several)
            return ScalarFormula(second[0, 0], self) if single else scalar_matrix(second, self)
        if single:
            return tensor_derivatives.hessian(self, n, several[0], several[0])
        pairs = itertools.product(several, repeat=2)
        blocks = {(a.name, b.name): tensor_derivatives.hessian(self, n, a, b) for a, b in pairs}
        return ByNode(self, blocks, "the Hessian")

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
        n = self._output_or(output)
        title = f"{self.title}: gradient of {n.name}" if self.title else f"Gradient of {n.name}"
        into = Graph(title, output=n.name)
        several = None if wrt is None else self._variables(wrt)
        return gradient_graph.gradient_graph(self, n, several, into)

    def explain(
        self,
        output: Name,
        wrt: Name | Mapping[Any, Any],
        values: Mapping[Any, Any] | Run | None = None,
        *,
        run: Run | None = None,
        symbolic: bool = False,
        exact: bool = False,
        digits: int = 6,
        layout: tensor_derivatives.Layout | None = None,
        mode: str = "reverse",
        own_value: bool = True,
        notation: notations.Given = None,
        **named: Any,
    ) -> Derivation:
        """Write out the derivation of ∂output/∂wrt, step by step.

        With values for all leaves, or a run in their place, the numbers are put in; without, or
        with ``symbolic=True``, it has formulas only. ``print`` it, or take ``.text()``,
        ``.markdown()``, ``.latex()``. With tensors, every local Jacobian is in index notation
        and, where there is one, matrix notation, and the dimensions of each product are shown;
        ``layout`` says which of the two conventions they are in, and ``own_value`` whether local
        Jacobians are in the node's own value where they so are shorter, a(1 − a) for a = σ(z).

        With ``mode="forward"`` it is the sweep of the tangents u̇^i = Σ J^{j→i} u̇^j, from 1 at
        wrt, and what either mode costs. A node of several entries needs a direction for numbers,
        ``wrt={"W": [[1, 0], [0, 0]]}`` or ``wrt="W[0, 0]"``.

        ``notation`` says how derivatives are written, ``"partial"``, ``"bar"``, ``"delta"``,
        ``"nabla"`` or ``"d"``, and with a :class:`~graphdiff.Notation` layers, numbers and
        indices too.
        """
        n = self[output]
        if mode not in ("reverse", "forward"):
            raise GraphError(f"the mode is {mode!r}; choose from 'reverse' and 'forward'")
        style = as_notation(notation, layout=layout)
        if mode == "forward":
            return self._explain_forward(
                n, wrt, values, run, named, symbolic, exact, digits, style, own_value
            )
        if isinstance(wrt, Mapping):
            raise GraphError("a direction is of forward mode; give mode='forward', or name a node")
        variable = self._variable(wrt)
        run = self._swept(n, wrt, values, run, named, symbolic=symbolic, exact=exact)
        shown = None if run is None else as_shown(run)
        return backprop.explain(
            self, n, variable, shown, digits, style.layout, own_value=own_value, notation=style
        )

    def _explain_forward(
        self, n: Node, wrt: Any, values: Any, run: Run | None, named: Mapping[str, Any],
        symbolic: bool, exact: bool, digits: int, style: Notation, own_value: bool,
    ) -> Derivation:  # fmt: skip
        seed = direction(self, wrt, letters=True)
        run = self._swept(n, list(seed), values, run, named, symbolic=symbolic, exact=exact)
        found = None
        if run is not None and all(tangent is not None for tangent in seed.values()):
            found = self._along(run, wrt, n)
        shown = None if run is None else as_shown(run)
        return forward_steps.explain_forward(
            self, n, seed, shown, found, digits, own_value=own_value, notation=style
        )

    def _swept(
        self, n: Node, wrt: Any, values: Mapping[Any, Any] | Run | None, run: Run | None,
        named: Mapping[str, Any], *, symbolic: bool, exact: bool,
    ) -> Run | None:  # fmt: skip
        """Return the run to write out: the one given, or one at the values, if there are all."""
        if isinstance(values, Run):
            return values
        given = self._given(values, named)
        complete = given or all(leaf.value is not None for leaf in self.leaves)
        if run is None and complete and not symbolic:
            return self.backward(n, given, wrt=wrt, exact=exact)
        return run

    def evaluation_trace(
        self,
        mode: evaluation_trace.Mode = "reverse",
        wrt: Name | Sequence[Name] | Mapping[Any, Any] | None = None,
        values: Mapping[Any, Any] | Run | None = None,
        *,
        output: Name | None = None,
        cotangent: Any = None,
        symbolic: bool = False,
        exact: bool = False,
        digits: int = 6,
        notation: notations.Given = None,
        **named: Any,
    ) -> EvaluationTrace:
        """Return the evaluation trace: a row for each node, as in the literature.

        ``print`` it, or take ``.text``, ``.latex``, ``.markdown()``, ``.html``, ``.data()``; it
        has the numbers too, in ``.value`` and ``.derivative``. It ends with what forward and
        reverse mode cost for the derivatives in all leaves, in multiplications.

        Parameters
        ----------
        mode
            ``"reverse"``: the values, then each contribution ū^j += ū^i ∂u^i/∂u^j in the order
            in which they are added. ``"forward"``: beside each value the tangent
            u̇^i = Σ J^{j→i} u̇^j. ``"dual"``: value and tangent as one number a + bε, between
            scalars.
        wrt
            In reverse mode the nodes whose adjoint is asked for, all leaves if left out. Else the
            direction: a node of one entry, one entry ``"W[0, 1]"``, or a mapping from leaves to
            tangents in their shape.
        values, **named
            Values for leaves, or a run. Without values for all leaves, or with ``symbolic=True``,
            there are formulas only.
        output
            The node up to which is traced. In reverse mode it may be left out when there is only
            one output, in the others all nodes are traced if there are several.
        cotangent
            In reverse mode the adjoint of an output of several entries, in its shape.

        Raises
        ------
        GraphError
            For an unknown mode or node, forward mode without a direction, and dual numbers of
            arrays.

        Examples
        --------
        >>> import graphdiff as gd
        >>> g = Graph()
        >>> x, y = g.input("x", 2), g.input("y", 5)
        >>> a, b = g.node("a", x * y), g.node("b", y**2)
        >>> L = g.node("L", a - b)
        >>> print(g.evaluation_trace("forward", wrt="y"))
        Evaluation trace in forward mode: d/dy
        ======================================
        <BLANKLINE>
        i  primal           tangent
        1  x = 2            tangent[x] = 0
        2  y = 5            tangent[y] = 1
        3  a = x*y = 10     tangent[a] = x*tangent[y] = 2*1 = 2
        4  b = y**2 = 25    tangent[b] = 2*y*tangent[y] = 10*1 = 10
        5  L = a - b = -15  tangent[L] = 1*tangent[a] + (-1)*tangent[b] = 1*2 + (-1)*10 = -8
        <BLANKLINE>
        reverse mode: 1 sweep, d^n = 1: 5 multiplications
        forward mode: 2 sweeps, one for each entry of the leaves: 6 multiplications
        reverse mode takes fewer
        >>> g.evaluation_trace("reverse").derivative["y"]
        -8.0
        """
        evaluation_trace.check_mode(mode)
        if mode == "reverse":
            if isinstance(wrt, Mapping):
                raise GraphError("a direction is of forward mode; name nodes, wrt=['x', 'w']")
            n = self._output_or(output)
            ends = None if wrt is None else self._variables(wrt)
            run = self._swept(n, ends, values, None, named, symbolic=symbolic, exact=exact)
            shown = None if run is None else as_shown(run)
            with symbols.writing(as_notation(notation), self):
                return evaluation_trace.reverse_trace(
                    self, n, ends, shown, cotangent, digits, trace_table
                )
        if cotangent is not None:
            raise GraphError(f"a cotangent is of reverse mode, not of {mode!r}; give wrt=…")
        n = self[output] if output is not None else self._only_output()
        seed = direction(self, wrt, letters=symbolic)
        given = self._given(None if isinstance(values, Run) else values, named)
        run = values if isinstance(values, Run) else None
        complete = given or all(leaf.value is not None for leaf in self.leaves)
        if run is None and complete and not symbolic:
            run = self.forward(given, exact=exact)
        found = None if run is None else self._along(run, wrt, n)
        if mode == "dual" and found is None:
            raise GraphError("dual numbers are numbers; give values for all leaves")
        with symbols.writing(as_notation(notation), self):
            if mode == "dual" and found is not None:
                return evaluation_trace.dual_trace(self, n, found, digits, trace_table)
            return evaluation_trace.forward_trace(self, n, seed, found, digits, trace_table)

    @staticmethod
    def _along(run: Run, wrt: Any, output: Node | None) -> Tangents:
        """Return the tangents along a direction, as they are shown."""
        graph = run.graph
        wanted = None if output is None else graph.ancestors(graph[output.name])
        return tangents_as_shown(tangents(run, direction(graph, wrt), wanted))

    def _only_output(self) -> Node | None:
        """Return the output if there is one alone or one is declared."""
        try:
            return self.output
        except GraphError:
            return None

    def paths(
        self,
        wrt: Name,
        output: Name | None = None,
        values: Mapping[Any, Any] | Run | None = None,
        *,
        run: Run | None = None,
        symbolic: bool = False,
        exact: bool = False,
        digits: int = 6,
        own_value: bool = True,
        notation: notations.Given = None,
        **named: Any,
    ) -> PathSum:
        """Return ∂output/∂wrt as the sum over all paths from wrt to output.

        Each path gives the product of the local Jacobians along it, the last first; two edges
        from one parent to one child are two paths. ``print`` it, or take ``.paths`` (the first
        100), ``.count``, ``.value``, ``.text()``, ``.markdown()``, ``.latex()``.

        Parameters
        ----------
        output
            May be left out when there is only one output, or a run is given.
        values, **named
            Values for leaves, or a run. With values for all leaves the numbers are put in;
            without, or with ``symbolic=True``, it has formulas only.
        own_value
            Whether a node's own value stands in its local Jacobians, as for
            :meth:`local_jacobian`.

        Examples
        --------
        >>> g = Graph()
        >>> x = g.input("x", 3)
        >>> L = g.node("L", g.node("a", x * x) + x)
        >>> found = g.paths("x")
        >>> [([edge.child.name for edge in path.edges], path.product) for path in found.paths]
        [(['a', 'L'], 3.0), (['a', 'L'], 3.0), (['L'], 1.0)]
        >>> found.count, found.value
        (3, 7.0)
        """
        if isinstance(values, Run):
            run, values = values, None
        if output is None and run is not None and run.output is not None:
            output = run.output
        n, variable = self._output_or(output), self._variable(wrt)
        given = self._given(values, named)
        complete = given or all(leaf.value is not None for leaf in self.leaves)
        if run is None and complete and not symbolic:
            run = self.backward(n, given, wrt=wrt, exact=exact)
        shown = None if run is None else as_shown(run)
        style = as_notation(notation)
        return path_sums.paths(
            self, variable, n, shown, digits, own_value=own_value, notation=style
        )

    # Checking, drawing, files

    def check(
        self,
        claims: worksheet.Given = None,
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        tolerance: Any = None,
        learning_rate: Any = None,
        tangent: Any = None,
        strict: bool = False,
        diagnose: bool = True,
        **named: Any,
    ) -> checking.Report:
        """Verify hand-computed results, line by line.

        Parameters
        ----------
        claims
            By target: a value ``"u"``, a local Jacobian ``"J[w->u]"`` or ``"J[2->3]"``,
            ``"P[u]"`` or ``"P[3]"``, a derivative ``"dL/dw"``, a second one ``"d2L/dw2"`` or
            ``"H[w, b]"``, the value after a step of gradient descent ``"w@1"``, an adjoint
            ``"adjoint[u]"`` or a tangent ``"tangent[u]"``, entries or an expression of these. Each
            claim is a number, a formula in quotes, or a chain a = b = c whose links are judged one
            by one: a list of them, or one text with ``=``. Decimals count to their printed digits,
            numbers of a program to those of their type. A
            mapping, pairs (a target may stand in several), or the worksheet of a file; left
            out, what the file of the graph claims.
        values, **named
            Values for leaves, as for :meth:`forward`; a computed node may be supposed to have
            one, too.
        output
            The output that P belongs to, where the graph has several.
        tolerance
            How far numbers may be off, in place of their own precision: ``"1%"`` or ``0.001``.
        learning_rate
            The η of gradient descent θ ← θ − η dJ/dθ, for claims such as ``"w@1"``.
        tangent
            What the tangents of claims such as ``"tangent[u]"`` go along: a node, one entry
            ``"W[0, 1]"``, or a mapping from leaves to tangents, as for :meth:`evaluation_trace`.
        strict
            Whether a formula that is right only with given values put in is coincidental.
        diagnose
            Whether to look for the known mistakes that give what a wrong line says; see
            :data:`graphdiff.faults`.

        Returns
        -------
        Report
            A verdict for each link; what cannot be read is ``unread`` there.

        Raises
        ------
        GraphdiffError
            For values that are none, or a tolerance that cannot be read.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 3), g.parameter("w", 0.1)
        >>> L = g.node("L", (w * x - 1) ** 2)
        >>> report = g.check({"dL/dw": ["2*(w*x - 1)*x", -4.2], "w@1": 0.52}, learning_rate=0.1)
        >>> print(report)
        ✓ dL/dw = 2*(w*x - 1)*x: correct
        ✓ dL/dw = -4.2: correct
        ✓ w@1 = 0.52: correct
        3 correct
        """
        n = None if output is None else self[output]
        return checking.check(
            self, self.claims if claims is None else claims, self._given(values, named), n,
            tolerance=tolerance, learning_rate=learning_rate, tangent=tangent, strict=strict,
            diagnose=diagnose,
        )  # fmt: skip

    def check_file(
        self,
        path: str | os.PathLike[str],
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        tolerance: Any = None,
        learning_rate: Any = None,
        strict: bool = False,
        diagnose: bool = True,
        **named: Any,
    ) -> checking.Report:
        r"""Verify a page of hand-computed results as it is, line by line.

        Parameters
        ----------
        path
            Markdown, a notebook, LaTeX, Quarto, R Markdown, HTML or plain text. Each formula in it
            that says what something is, ``\hat y = \sigma(z) \approx 0.69``, is read as a chain
            of claims; nothing in it is executed.
        values, **named
            Values for leaves, as for :meth:`forward`. What the graph does not have is taken from
            the page, and the report says so.
        output, tolerance, learning_rate, strict, diagnose
            As for :meth:`check`. A learning rate that is not given is taken from the page.

        Returns
        -------
        Report
            A verdict for each link, with its line; a line that cannot be read is ``unread``, with
            the first thing that was not understood.

        Raises
        ------
        FileError
            If the file cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> g = Graph()
        >>> x, w = g.input("x", 3), g.parameter("w", 0.5)
        >>> L = g.node("L", (w * x - 1) ** 2)
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "page.md"
        >>> _ = page.write_text(r"$\frac{dL}{dw} = 2(wx - 1)x = 2 \cdot 0.5 \cdot 3 = 4$")
        >>> print(g.check_file(page))
        ✓ line 1: dL/dw = 2*(w*x - 1)*x: correct
        ✓ line 1: dL/dw = 2*0.5*3: correct
        ✗ line 1: dL/dw = 4: wrong; expected 3 (it is 3)
          ↳ there is a slip in the arithmetic: 2·0.5·3 is 3, not 4 (perhaps 2·0.5·3 is
        computed as 2·0.5 + 3)
        2 correct, 1 wrong
        """
        n = None if output is None else self[output]
        return checking.check_file(
            self, path, self._given(values, named), n, tolerance=tolerance,
            learning_rate=learning_rate, strict=strict, diagnose=diagnose,
        )  # fmt: skip

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
        graph = cls()
        checking.build_from_page(graph, path)
        return graph

    @takes(Options, OptionKeywords)
    def draw(
        self,
        run: Run | None = None,
        *,
        paths: Name | Sequence[Name] | None = None,
        check: checking.Report | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Picture:
        """Draw the graph, with values and Jacobians where a run is given.

        The picture shows itself in a notebook; ``.save("a.svg")`` (or .png, .pdf, .tex, .dot)
        writes it, and ``.frames()`` draws it step by step.

        Parameters
        ----------
        paths
            A node whose paths to the output are highlighted, with the product along each, and
            their sum; or that node and another that they lead to.
        check
            The report of :meth:`check`, to mark what was claimed wrongly.
        {choices}

        Raises
        ------
        DrawingError
            For unknown choices, an empty graph, a run of another graph, or a network that is
            none.

        Examples
        --------
        >>> g = Graph("a neuron")
        >>> x, w = g.input("x", 2), g.parameter("w", 3)
        >>> z = g.node("z", w * x)
        >>> g.draw(g.backward(z), theme="print")
        <Picture of 'a neuron': 3 nodes, 2 edges, LR, print>
        """
        chosen = with_defaults(self, Options, choices)
        return draw(self, run, paths=paths, check=check, **chosen)

    def plot_decision(self, data: Any = None, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw where a network of two inputs says yes, in the plane of its inputs.

        A perceptron has a line Σ w_k x_k + b = 0 and two half-planes; what steps and relus divide
        is drawn exactly, other networks on a fine grid. With a step as output and points of the
        unit square, as gates have them, the truth table stands beside.

        Parameters
        ----------
        data
            Points (m, 2), or a pair of points and their truths (m), of which 0 and less is no;
            points on the wrong side are marked. Left out, the corners of the unit square.
        choices
            ``theme``, ``width``, ``size``, ``digits`` and ``show`` of :meth:`draw`.

        Raises
        ------
        DrawingError
            If the graph is no network of two inputs and one output, or a weight has no value.

        Examples
        --------
        >>> g = Graph("OR")
        >>> x, y = g.input("x"), g.input("y")
        >>> o = g.node("o", x + y - 1 >= 0)
        >>> picture = g.plot_decision()
        >>> picture.alt.split(". ")[0]
        'The plane of x and y, divided by the line x + y - 1 = 0'
        """
        return decision(self, data, Options(**choices))

    def plot_loss(
        self,
        first: Name,
        second: Name,
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        steps: int = 20,
        ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Plot:
        """Draw lines of equal loss over two parameters, and the path that descent takes.

        The path is θ ← θ − η ∂E/∂θ in the two, all else held, from their values on.

        Parameters
        ----------
        first, second
            Two leaves that are numbers.
        values
            Values of leaves, as in :meth:`forward`.
        steps
            How many steps of descent with the ``rate`` η; without a rate none.
        ranges
            What is drawn of both: ``((-1, 3), (0, 2))``; left out, what the path needs.
        choices
            ``rate``, ``theme``, ``width``, ``size``, ``digits`` and ``show`` of :meth:`draw`.

        Raises
        ------
        DrawingError
            If the output or a parameter is no number, or the loss is not finite.

        Examples
        --------
        >>> g = Graph("a bowl")
        >>> a, b = g.parameter("a", 3), g.parameter("b", -2)
        >>> L = g.node("L", a**2 + 2 * b**2)
        >>> g.plot_loss(a, b, rate=0.1, steps=2).alt.split(". ")[1]
        'At (3, -2) L is 17; after 2 steps, at (1.92, -0.72), 4.723.'
        """
        return loss_plot(
            self,
            self._output_or(output),
            (self[first], self[second]),
            self._given(values, {}),
            steps=steps,
            spans=ranges,
            options=Options(**choices),
        )

    def checked_page(
        self,
        path: str | os.PathLike[str],
        report: checking.Report,
        run: Run | None = None,
        *,
        answers: bool = True,
    ) -> CheckedPage:
        r"""Show a page with the verdicts of its report, line by line, and the graph.

        Parameters
        ----------
        path
            The page.
        report
            What :meth:`check_file` says of it.
        run
            The sweep whose numbers the picture of the graph shows.
        answers
            Whether it is said what is right; without, only what a student can go on with.

        Returns
        -------
        CheckedPage
            ``.save("report.html")`` and ``.save("report.md")`` write it. Nothing of the page is
            obeyed: no link, no script, no command of LaTeX that does more than set a sign.

        Raises
        ------
        FileError
            If the page cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> g = Graph("a parabola")
        >>> w = g.parameter("w", 3)
        >>> L = g.node("L", w**2)
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "page.md"
        >>> _ = page.write_text(r"$\frac{dL}{dw} = w$")
        >>> checked = g.checked_page(page, g.check_file(page))
        >>> checked
        <CheckedPage: 1 line, 1 wrong>
        >>> print(checked.markdown.splitlines()[6])
        - **line 1** ✗ wrong **(first mistake)**: $\frac{dL}{dw} = w$
        """
        shown = None if run is None else as_shown(run)
        return checked_page(self, path, report, shown, answers=answers)

    @takes(Options, OptionKeywords)
    def frames(self, run: Run, **choices: Unpack[OptionKeywords]) -> Frames:
        """Draw the graph after each step of a sweep, forward and backward.

        The first frame has the values of the leaves; then each computed node has one, in order,
        and after a backward sweep each P, in reverse order; a network has a step for each
        layer, and nothing is collapsed. In a notebook they play;
        ``.save("sweep.svg")``, ``.gif``, ``.webp`` and ``.mp4`` write what plays, ``.tex`` slides
        of Beamer, and ``.save("sweep.png")`` a numbered file for each frame.

        Parameters
        ----------
        run
            The sweep, :meth:`forward` or :meth:`backward`.
        {choices}

        Raises
        ------
        DrawingError
            If the sweep took more than 300 steps.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 2), g.parameter("w", 3)
        >>> L = g.node("L", (w * x) ** 2)
        >>> frames = g.frames(g.backward(L))
        >>> for frame in frames:
        ...     print(frame.caption)
        Given: x = 2, w = 3
        Forward: u^3 = (w*x)**2 = (3*2)**2 = 36
        Backward: P^3 = I = 1
        Backward: P^2 = P^3 J^(2→3) = 1·24 = 24
        Backward: P^1 = P^3 J^(1→3) = 1·36 = 36
        """
        return frames(self, run, Options(**with_defaults(self, Options, choices)))

    @property
    def drawing(self) -> Mapping[str, Any]:
        """How the graph is drawn where nothing else is said: the keywords of :meth:`draw`.

        Those of ``save`` that say how many pixels a picture has are among them. It is plain data,
        and is saved with the graph, as ``[drawing]``.

        Examples
        --------
        >>> g = Graph()
        >>> z = g.node("z", 2 * g.input("x", 3))
        >>> g.drawing = {"theme": "print", "colors": {z: "gold"}}
        >>> g.draw()
        <Picture: 2 nodes, 1 edge, LR, print>
        """
        return MappingProxyType(self._drawing)

    @drawing.setter
    def drawing(self, given: Mapping[str, Any]) -> None:
        found = plain(given, "drawing")
        check_drawing(self, found)
        self._drawing = found

    def _repr_svg_(self) -> str:
        return self.draw().svg

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

    def _given(self, values: Mapping[Any, Any] | None, named: Mapping[str, Any]) -> dict[Any, Any]:
        """Return values from a mapping and from keywords, whose letters Python may have folded.

        Python reads the keyword ``ℓ=3`` as ``l=3``.
        """
        given = dict(values or {})
        for name, value in named.items():
            alike = [n.name for n in self.leaves if unicodedata.normalize("NFKC", n.name) == name]
            if len(alike) > 1:
                raise GraphError(
                    f"Python reads {quoted_list(alike)} alike as the keyword {name}; "
                    f"write {{{alike[0]!r}: …}}"
                )
            given[alike[0] if alike else name] = value
        return given

    def _output_or(self, given: Name | None) -> Node:
        return self.output if given is None else self[given]

    def _variable(self, name: Name) -> Node:
        """Return a node that may be differentiated in."""
        node = self[name]
        check_variable(node.name, node.facts)
        return node

    def _variables(self, names: Name | Sequence[Name]) -> list[Node]:
        return [self._variable(node) for node in self._several(names)]

    def _several(self, names: Name | Sequence[Name]) -> list[Node]:
        if isinstance(names, Node | str | int):
            names = [names]
        nodes = [self[name] for name in names]
        if not nodes:
            raise GraphError("no node to differentiate with respect to; name at least one")
        return nodes


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
    return graph, graph.claims
