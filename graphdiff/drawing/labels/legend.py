"""What the legend and the alternative text say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graphdiff.derivations import windows_back
from graphdiff.drawing.labels.description import EdgeLabel, Entry, NodeLabel, Phrase, Role, counted
from graphdiff.drawing.labels.heat import Heat
from graphdiff.drawing.marks.record import Remark
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import Reduced
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import KINDS
from graphdiff.notation import latex
from graphdiff.notation.latex.calls import operator
from graphdiff.notation.notation import current
from graphdiff.recognition.alike_nodes import levels_of

NAMED: tuple[Role, ...] = ("jacobian", "jacobian_value")
"""What is said beside J."""
MAX_MEMBERS = 12
"""How many nodes of a group the alternative text names."""
MAX_TOLD = 60
"""How many nodes the alternative text tells one by one."""


def legend(
    nodes: tuple[NodeLabel, ...], edges: tuple[EdgeLabel, ...], run: Run | None, options: Options
) -> Iterator[Entry]:
    """Yield the entries of the legend: what is in the picture and is not said in it."""
    show = options.show
    if "legend" not in show:
        return
    present = {node.kind for node in nodes if node.card != "group"}
    for kind in KINDS:
        if kind in present:
            yield Entry(kind, kind)
    cards = {node.card for node in nodes}
    if "alike" in cards:
        alike = " alike" if levels_of(options.collapse) < 2 else ""
        yield Entry("alike", f"several{alike} nodes")
    if "chain" in cards:
        yield Entry("chain", "a node of repeated steps")
    if "group" in cards:
        yield Entry("group", "a group of nodes")
    if any(node.cut_off for node in nodes):
        yield Entry("cut_off", "the output does not depend on it")
    indexed = "index" in show and "node" in cards
    if indexed:
        yield Entry(Phrase("index", _numbered("u", "i"), "u^i"), "nodes in order")
    told = [said for node in nodes for said in node.phrases if said.role == "P"]
    if run is not None and run.output is not None and told:
        symbol = _gradient(run.output, indexed=indexed)
        meaning = _orientation(run.graph, run.graph[run.output])
        match current().derivatives:
            case "delta":
                if any(r"\delta" in (said.heading or said).latex for said in told):
                    yield Entry(symbol, "of the weighted sums u of layer l")
                if meaning:
                    yield Entry(None, f"derivatives {meaning}")
            case "partial":
                if meaning:
                    yield Entry(symbol, meaning)
            case _:
                yield Entry(symbol, meaning)
    named = [edge for edge in edges if any(said.role in NAMED for said in edge.phrases) and indexed]
    if named and current().is_usual:
        yield Entry(_jacobian(), "")
    if any(edge.repeated for edge in named) and current().is_usual:
        yield Entry(_PARTIAL, "by argument k alone")
    if any(edge.held for edge in edges if any(said.role in NAMED for said in edge.phrases)):
        yield Entry(_HELD, "along one edge; below, what is held")
    if any(r"\mapsto" in said.latex for edge in edges for said in edge.phrases):
        yield Entry(_RULE, "what a row of P becomes, in the shape of the node")
    for name, meaning in windows_back.MEANINGS.items():
        sign = operator(name)
        if any(sign in said.latex for said in _rules(edges)):
            yield Entry(Phrase("rule", sign, name), meaning)
    yield from _heat([said.heat for each in (*nodes, *edges) for said in each.phrases if said.heat])
    if any(said.role == "count" for edge in edges for said in edge.phrases):
        yield Entry(_COUNT, "n edges")


def _rules(edges: Iterable[EdgeLabel]) -> Iterator[Phrase]:
    """Yield what is said on edges, and of them in the list."""
    for edge in edges:
        yield from edge.phrases
        if edge.equation is not None and edge.equation.right is not None:
            yield edge.equation.right


def _gradient(output: str, *, indexed: bool) -> Phrase:
    n = latex.name(output)
    match current().derivatives:
        case "bar":
            return Phrase("P", rf"\bar{{u}} = \partial {n} / \partial u", f"ū = ∂{output}/∂u")
        case "nabla":
            return Phrase(
                "P", rf"\nabla_{{u}} {n} = \partial {n} / \partial u", f"∇ = ∂{output}/∂u"
            )
        case "d":
            return Phrase("P", rf"\mathrm{{d}}u = \partial {n} / \partial u", f"du = ∂{output}/∂u")
        case "delta":
            said = rf"\delta^{{{current().above('l')}}} = \partial {n} / \partial u"
            return Phrase("P", said, f"δ = ∂{output}/∂u")
        case "partial":
            return Phrase("P", rf"\partial {n} / \partial u", f"∂{output}/∂u")
        case _:
            pass
    if not indexed:
        said = rf"P = \partial {n} / \partial (\text{{node}})"
        return Phrase("P", said, f"P = ∂{output}/∂(node)")
    of, below = _numbered("P", "i"), _numbered("u", "i")
    return Phrase("P", rf"{of} = \partial {n} / \partial {below}", f"P = ∂{output}/∂u")


def _heat(maps: Sequence[Heat]) -> Iterator[Entry]:
    """Say what a cell of a heat map is."""
    if any(heat.has_blocks for heat in maps):
        yield Entry(None, "a cell: the largest entry of a block, blank where all are 0")
    elif maps:
        yield Entry(None, "a cell: an entry, blank where it is 0")


def _orientation(graph: ComputationalGraph, output: Node) -> str:
    """Say how the entries of P stand, where there are several."""
    if output.size == 1:
        return "in the shape of the node" if any(node.shape for node in graph.nodes) else ""
    return f"a row for each entry of {output.name}"


def _numbered(letter: str, index: str) -> str:
    return f"{letter}^{{{current().above(index)}}}"


def _jacobian() -> Phrase:
    of, by = _numbered("u", "i"), _numbered("u", "j")
    said = rf"J^{{j\to i}} = \partial {of} / \partial {by}"
    return Phrase("jacobian", said, "J^(j→i) = ∂u^i/∂u^j")


_HELD = Phrase("jacobian", r"\left(\partial y / \partial x\right)_{z}", "(∂y/∂x)_z")
_RULE = Phrase("jacobian", r"\delta \mapsto", "δ ↦")
_PARTIAL = Phrase("jacobian", r"J^{j\to i}_{k}", "J^(j→i)_k")
_COUNT = Phrase("count", r"\times n", "×n")


def alternative(
    title: str, graph: ComputationalGraph, said: Reduced, remarks: Sequence[Remark]
) -> str:
    """Return the picture in words."""
    called = f"Computational graph “{title}”" if title else "Computational graph"
    told = ". ".join(node.summary for node in said.nodes[:MAX_TOLD])
    more = len(said.nodes) - MAX_TOLD
    rest = f". And {more} more {'nodes' if len(said.nodes) == len(graph) else 'cards'}"
    size = f"{counted(graph.nodes, 'node')}, {counted(said.edges, 'edge')}"
    if len(said.nodes) < len(graph):
        edges = sum(edge.count for edge in said.edges)
        size = (
            f"{counted(graph.nodes, 'node')} on {counted(said.nodes, 'card')}, {edges} edges "
            f"between them as {counted(said.edges, 'arrow')}"
        )
    noted = "".join(f" {remark.text}" for remark in remarks)
    return f"{called}: {size}. {told}{rest if more > 0 else ''}.{_grouped(graph)}{noted}"


def _grouped(graph: ComputationalGraph) -> str:
    """Tell the groups."""
    told = [
        f"{one_line(name)}: {', '.join(node.name for node in members[:MAX_MEMBERS])}"
        + (f" and {len(members) - MAX_MEMBERS} more" if len(members) > MAX_MEMBERS else "")
        for name, members in graph.groups.items()
    ]
    more = [f"and {len(told) - MAX_MEMBERS} more"] if len(told) > MAX_MEMBERS else []
    return f" Groups: {'; '.join([*told[:MAX_MEMBERS], *more])}." if told else ""
