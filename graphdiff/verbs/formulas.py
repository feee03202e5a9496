"""The verbs that derive formulas: of single edges, and of an output by the recursion."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from graphdiff.evaluation.run import ByNode
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.symbolic import index_notation, scalar_derivatives, tensor_derivatives
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.result import Recipe, Result
from graphdiff.symbolic.scalar_formula import ScalarFormula, ScalarMatrix, scalar_matrix
from graphdiff.verbs.arguments import Name, as_nodes, as_variable

if TYPE_CHECKING:
    from graphdiff.program.results import CompiledResult


def _compiled(recipe: Recipe) -> CompiledResult:
    from graphdiff.program.results import CompiledResult

    return CompiledResult(recipe)


Result.compiler = _compiled


class Formulas(ComputationalGraph):
    """A graph whose derivatives are formulas."""

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
        variable = as_variable(self, j)
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
        edges = scalar_derivatives.edges_between(as_variable(self, j), child)
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
        several = as_nodes(self, wrt)
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
        n, several = self[output], as_nodes(self, wrt)
        single = isinstance(wrt, Node | str | int)
        if tensor_derivatives.is_scalar(self, n):
            second = scalar_derivatives.hessian(self, n, several)
            return ScalarFormula(second[0, 0], self) if single else scalar_matrix(second, self)
        if single:
            return tensor_derivatives.hessian(self, n, several[0], several[0])
        pairs = itertools.product(several, repeat=2)
        blocks = {(a.name, b.name): tensor_derivatives.hessian(self, n, a, b) for a, b in pairs}
        return ByNode(self, blocks, "the Hessian")
