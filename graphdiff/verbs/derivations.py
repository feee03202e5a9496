"""The verbs that write out how a derivative comes about: steps, traces, sums over paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphdiff.errors import GraphError
from graphdiff.evaluation.rounded_zeros import as_shown, tangents_as_shown
from graphdiff.evaluation.run import Run, run_backward, run_forward
from graphdiff.evaluation.tangents import Tangents, tangents
from graphdiff.files.direction import direction
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import notation as notations
from graphdiff.notation.notation import as_notation
from graphdiff.verbs.arguments import Name, as_output, as_values, as_variable, as_variables

if TYPE_CHECKING:
    from graphdiff.derivations.derivation import Derivation
    from graphdiff.derivations.evaluation_trace import EvaluationTrace, Mode
    from graphdiff.derivations.path_sums import PathSum
    from graphdiff.symbolic.tensor_derivatives import Layout


class Derivations(ComputationalGraph):
    """A graph whose derivatives are written out, step by step."""

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
        layout: Layout | None = None,
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
        from graphdiff.derivations import backprop, forward_steps

        n = self[output]
        if mode not in ("reverse", "forward"):
            raise GraphError(f"the mode is {mode!r}; choose from 'reverse' and 'forward'")
        style = as_notation(notation, layout=layout)
        if mode == "forward":
            seed = direction(self, wrt, letters=True)
            run = _swept(self, n, list(seed), values, named, run, symbolic=symbolic, exact=exact)
            has_letters = any(tangent is None for tangent in seed.values())
            found = None if has_letters else _along(run, wrt, n)
            return forward_steps.explain_forward(
                self, n, seed, _shown(run), found, digits, own_value=own_value, notation=style
            )
        if isinstance(wrt, Mapping):
            raise GraphError("a direction is of forward mode; give mode='forward', or name a node")
        variable = as_variable(self, wrt)
        run = _swept(self, n, wrt, values, named, run, symbolic=symbolic, exact=exact)
        return backprop.explain(
            self, n, variable, _shown(run), digits, style.layout,
            own_value=own_value, notation=style,
        )  # fmt: skip

    def evaluation_trace(
        self,
        mode: Mode = "reverse",
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
        from graphdiff.derivations import evaluation_trace, symbols
        from graphdiff.drawing.trace_table import trace_table

        evaluation_trace.check_mode(mode)
        style = as_notation(notation)
        if mode == "reverse":
            if isinstance(wrt, Mapping):
                raise GraphError("a direction is of forward mode; name nodes, wrt=['x', 'w']")
            n = as_output(self, output)
            ends = None if wrt is None else as_variables(self, wrt)
            run = _swept(self, n, ends, values, named, symbolic=symbolic, exact=exact)
            with symbols.writing(style, self):
                return evaluation_trace.reverse_trace(
                    self, n, ends, _shown(run), cotangent, digits, trace_table
                )
        if cotangent is not None:
            raise GraphError(f"a cotangent is of reverse mode, not of {mode!r}; give wrt=…")
        n = _only_output(self) if output is None else self[output]
        seed = direction(self, wrt, letters=symbolic)
        run = _swept(self, None, None, values, named, symbolic=symbolic, exact=exact)
        found = _along(run, wrt, n)
        with symbols.writing(style, self):
            if mode == "forward":
                return evaluation_trace.forward_trace(self, n, seed, found, digits, trace_table)
            if found is None:
                raise GraphError("dual numbers are numbers; give values for all leaves")
            return evaluation_trace.dual_trace(self, n, found, digits, trace_table)

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
        from graphdiff.derivations import path_sums

        run = values if isinstance(values, Run) else run
        if output is None and run is not None and run.output is not None:
            output = run.output
        n, variable = as_output(self, output), as_variable(self, wrt)
        run = _swept(self, n, wrt, values, named, run, symbolic=symbolic, exact=exact)
        return path_sums.paths(
            self, variable, n, _shown(run), digits,
            own_value=own_value, notation=as_notation(notation),
        )  # fmt: skip


def _swept(
    graph: ComputationalGraph, n: Node | None, wrt: Name | Sequence[Name] | None,
    values: Mapping[Any, Any] | Run | None, named: Mapping[str, Any], run: Run | None = None,
    *, symbolic: bool, exact: bool,
) -> Run | None:  # fmt: skip
    """Return the run to write out: the one given, or one at the values, if there are all.

    It is a sweep backward from an output, forward if there is none.
    """
    if isinstance(values, Run):
        return values
    given = as_values(graph, values, named)
    complete = given or all(leaf.value is not None for leaf in graph.leaves)
    if run is not None or symbolic or not complete:
        return run
    if n is None:
        return run_forward(graph, given, exact=exact)
    asked = None if wrt is None else as_variables(graph, wrt)
    return run_backward(graph, n, given, wrt=asked, exact=exact)


def _shown(run: Run | None) -> Run | None:
    return None if run is None else as_shown(run)


def _along(run: Run | None, wrt: Any, output: Node | None) -> Tangents | None:
    """Return the tangents along a direction, as they are shown."""
    if run is None:
        return None
    graph = run.graph
    wanted = None if output is None else graph.ancestors(graph[output.name])
    return tangents_as_shown(tangents(run, direction(graph, wrt), wanted))


def _only_output(graph: ComputationalGraph) -> Node | None:
    """Return the output if there is one alone or one is declared."""
    try:
        return graph.output
    except GraphError:
        return None
