"""What is said on an edge between tensors: what comes back along it, made of the child's P.

A local Jacobian between tensors is a table that nobody writes down; what is done with it is one
line, P^{(W)} = P^{(Z)ᵀ} X. The matrix is there on request. Where nodes have no numbers,
derivatives are called by their names, ∂L/∂Z.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

from graphdiff.derivations import edge_formulas
from graphdiff.drawing.labels import jacobians
from graphdiff.drawing.labels.description import Equation, Phrase
from graphdiff.drawing.labels.jacobians import Said, is_derived, jacobian_symbol
from graphdiff.drawing.labels.nodes import of_P
from graphdiff.drawing.labels.phrases import clipped, in_space
from graphdiff.drawing.options import Options
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.notation import latex
from graphdiff.notation.notation import by_names
from graphdiff.symbolic.tensor_derivatives import delta


def said(edge: Edge, run: Run | None, options: Options) -> Said:
    """Return the rule for going back along an edge, or its local Jacobian if that is asked for."""
    show = options.show
    if "jacobian_matrix" in show or "jacobian" not in show:
        return jacobians.said(edge, run, options)
    with nullcontext() if "index" in show else by_names():
        return _said(edge, run, options)


def _said(edge: Edge, run: Run | None, options: Options) -> Said:
    left, right = _left(edge, run), _rule(edge, run, options)
    if right is None:
        return _named(edge, options)
    whole = replace(
        left,
        latex=f"{left.latex} {right.latex}",
        plain=f"{left.plain} {right.plain}",
    )
    listed = _from(edge, run)
    return Said(
        (whole if "index" in options.show else right,),
        whole.plain,
        (listed,) if "index" in options.show else (),
        Equation(listed, right),
    )


def _named(edge: Edge, options: Options) -> Said:
    """Return J ∈ ℝ^{3×12}, where nothing is derived."""
    symbol = in_space(jacobian_symbol(edge), edge_formulas.dimensions(edge))
    named = (symbol,) if "index" in options.show else ()
    equation = None if is_derived(edge) else Equation(symbol, None)
    return Said(named, symbol.plain, named, equation)


def output_of(edge: Edge, run: Run | None) -> Node | None:
    """Return the output of the sweep that is shown; without one the only output there is."""
    graph = edge.child.graph
    if run is not None and run.output is not None:
        return graph[run.output]
    if graph.declared_output is None and len(graph.outputs) != 1:
        return None
    return graph.output


def _left(edge: Edge, run: Run | None) -> Phrase:
    """Return ``P^j =``, or ``+=`` where other edges give to it too; for an array δ ↦."""
    output = output_of(edge, run)
    if output is None or output.size != 1:
        letter = delta(edge.child)
        return Phrase("rule", rf"{letter.latex} \mapsto", f"{letter.name} ↦")
    P = of_P(edge.parent, output.name)
    several = len(_terms(edge, output)) > 1
    sign = (r"\mathrel{+}=", "+=") if several else ("=", "=")
    return Phrase("rule", f"{P.latex} {sign[0]}", f"{P.text} {sign[1]}")


def _terms(edge: Edge, output: Node) -> list[Edge]:
    """Return the edges along which anything comes back to the parent."""
    way = edge.child.graph.ancestors(output)
    return [one for one in edge.child.graph.children(edge.parent) if one.child.name in way]


def _rule(edge: Edge, run: Run | None, options: Options) -> Phrase | None:
    if not is_derived(edge):
        return None
    rule = edge_formulas.backward_rule(edge, output_of(edge, run), own_value=options.own_value)
    return None if rule is None else Phrase("rule", rule.latex, clipped(rule.text))


def _from(edge: Edge, run: Run | None) -> Phrase:
    """Return what a rule is called in a list: P^j from z, with the argument that it is by."""
    output = output_of(edge, run)
    of = None if output is None or output.size != 1 else output.name
    P = of_P(edge.parent, of)
    by = f" ({edge.slot + 1})" if edge.is_repeated else ""
    return Phrase(
        "rule",
        rf"{P.latex} \text{{ from }} {latex.name(edge.child.name)}" + (rf"\,{by}" if by else ""),
        f"{P.text} from {edge.child.name}{by}",
    )
