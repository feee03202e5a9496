"""What goes back along each edge: P^i J^{j→i}, in symbols and numbers, and the sum it is added to.

A picture of steps says on each edge between scalars what it contributes, P⁵ w = 8 · 5 = 40, and
at a node with several children the sum term by term, P² = 40 + 2 = 42. Between tensors the rule
on the edge says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graphdiff.derivations import edge_formulas
from graphdiff.drawing.labels.description import (
    Description,
    EdgeLabel,
    Entry,
    NodeLabel,
    Phrase,
)
from graphdiff.drawing.labels.jacobians import is_derived
from graphdiff.drawing.labels.nodes import of_P
from graphdiff.drawing.options import Options
from graphdiff.drawing.shown import SORTS
from graphdiff.drawing.stepwise.captions import Words
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.sweeps import Term
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.local_functions.local_function import Instruction
from graphdiff.notation import equations
from graphdiff.notation.arrays import is_array
from graphdiff.notation.equations import BESIDE, DOTS, TIMES, Link, parts, product, total

LONGEST = 24
"""A local Jacobian with a longer formula is named."""
ROW = 14
"""Characters that stand on one line."""
TERMS = 5
"""Terms that are written out; of more the middle is left out."""

RULES: Mapping[str, str] = {
    "add": "a sum passes it on to each term",
    "mul": "a product gives each factor the other",
    "max": "a maximum gives all to the larger",
}
"""What simple functions do with what comes back."""


def with_contributions(whole: Description, run: Run, options: Options) -> Description:
    """Return a description that says on each edge what it contributes, and at nodes the sums.

    Cards of several nodes say what they do in any picture.
    """
    if run.output is None:
        return whole
    graph = run.graph
    edges = tuple(
        _edge(label, Edge(graph[label.tail], graph[label.head], label.slot), run, options)
        if label.tail > 0 < label.head
        else label
        for label in whole.edges
    )
    nodes = tuple(
        _node(label, graph[label.index], run, options) if label.index > 0 else label
        for label in whole.nodes
    )
    legend = whole.legend
    if legend and any(said.role == "contribution" for edge in edges for said in edge.phrases):
        legend = (*legend, *rules(run))
    return replace(whole, nodes=nodes, edges=edges, legend=legend)


def _edge(label: EdgeLabel, edge: Edge, run: Run, options: Options) -> EdgeLabel:
    options = options.of(f"{label.parent}->{label.child}", "edges")
    term = run.term(edge)
    if term is None or "P" not in options.show or edge_formulas.is_of_tensors(edge):
        return label
    said = contribution(edge, term, run, options)
    return replace(label, phrases=(*label.phrases, *said), brief=(*label.brief, *said))


def contribution(edge: Edge, term: Term, run: Run, options: Options) -> tuple[Phrase, ...]:
    """Return P^i J^{j→i} = 8 · 5 = 40, on two lines if it is long; for samples no numbers."""
    symbols, is_whole = _symbols(edge, run, options)
    if not _is_number(term):
        return (Phrase("contribution", symbols.latex, symbols.text),)
    P, J, found = (
        equations.value(part, digits=options.digits) for part in (term.P, term.J, term.product)
    )
    numbers = product([P, J], ("·", r" \cdot "))
    sides = parts(*([symbols, numbers, found] if is_whole else [symbols, found]))
    if sum(len(side.text) for side in sides) > ROW:
        return _line(sides[:1]), _line(sides[1:])
    return (_line(sides),)


def _is_number(term: Term) -> bool:
    return term.is_made and not any(map(is_array, (term.P, term.J, term.product)))


def _symbols(edge: Edge, run: Run, options: Options) -> tuple[Link, bool]:
    """Return P^i times the local Jacobian, and whether that is there: where it is ±1 it is not."""
    words = Words(run, options)
    P = words.P(edge.child)
    J = edge_formulas.formula(edge, own_value=options.own_value) if is_derived(edge) else None
    if J is None or "jacobian" not in options.show or len(J.text) > LONGEST:
        return product([P, words.J(edge)], (" ", BESIDE[1])), True
    if J.text == "1":
        return P, False
    if J.text == "-1":
        return Link(f"-{P.text}", f"-{P.latex}"), False
    return product([P, J], ("·", TIMES[1] if J.latex[0].isdigit() else BESIDE[1])), True


def _line(sides: Sequence[Link]) -> Phrase:
    written = " ".join(side.latex for side in sides)
    return Phrase("contribution", written, " ".join(side.text for side in sides))


def _node(label: NodeLabel, node: Node, run: Run, options: Options) -> NodeLabel:
    """Return a node whose P is written as the sum of what its children give back."""
    terms = run.terms.get(node.name, ())
    options = options.of(node.name, SORTS[node.kind])
    if len(terms) < 2 or not all(map(_is_number, terms)):
        return label
    return replace(
        label,
        phrases=tuple(
            _summed(phrase, node, terms, run, options) if phrase.role == "P" else phrase
            for phrase in label.phrases
        ),
    )


def _summed(
    phrase: Phrase, node: Node, terms: Sequence[Term], run: Run, options: Options
) -> Phrase:
    found = [equations.value(term.product, digits=options.digits) for term in terms]
    shown = found if len(found) <= TERMS else [*found[: TERMS - 2], DOTS, found[-1]]
    symbol = of_P(node, run.output, indexed="index" in options.show)
    whole = equations.value(run.P[node.name], digits=options.digits)
    line = _line(parts(symbol, total(shown), whole))
    return replace(line, role="P", shorter=phrase)


def rules(run: Run) -> Iterator[Entry]:
    """Yield what comes back along edges, and what the functions of this graph do with it."""
    applied = {
        node.function.program[-1].function.name
        for node in run.graph.nodes
        if node.function is not None
        and isinstance(node.function.program[-1], Instruction)
        and sum(isinstance(line, Instruction) for line in node.function.program) == 1
    }
    said = [rule for name, rule in RULES.items() if name in applied]
    if any(len(terms) > 1 for terms in run.terms.values()):
        said.append("where paths part, what comes back adds up")
    if said:
        yield Entry(None, f"on the way back: {'; '.join(said)}")
