"""The verbs that compute numbers: sweeps, steps of gradient descent, compiled programs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from graphdiff.errors import GraphError
from graphdiff.evaluation import gradient_step, leaf_values
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run, run_backward, run_forward
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.verbs.arguments import Name, as_output, as_values, as_variables

if TYPE_CHECKING:
    from graphdiff.program.compiled import Compiled


class Evaluation(ComputationalGraph):
    """A graph that is evaluated: forward, backward, at other values, as a program."""

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
        return run_forward(self, as_values(self, values, named), exact=exact)

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
            as_output(self, output),
            as_values(self, values, named),
            wrt=None if wrt is None else as_variables(self, wrt),
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
        given = leaf_values.given_values(self, as_values(self, values, named))
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
        from graphdiff.program.compiled import Compiled

        n = as_output(self, output)
        single = isinstance(wrt, Node | str | int)
        varied = [leaf for leaf in self.leaves if not leaf.facts.constant]
        given = as_variables(self, wrt) if wrt is not None else self.parameters or varied
        return Compiled(
            self, n, given, form,
            single=single, dtype=dtype, reuse=reuse, jit=jit, backend=backend,
        )  # fmt: skip

    def _empty(self) -> Self:
        """Return a graph of the same class without nodes, titled and described as this one."""
        empty = copy.copy(self)
        ComputationalGraph.__init__(empty, self.title, output=self.declared_output)
        return empty
