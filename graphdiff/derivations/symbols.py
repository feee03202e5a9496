"""What is called what in a derivation: u^i, f^i, P^j, J^{j→i}, ∂uⁿ/∂uʲ, in a notation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from graphdiff.errors import GraphdiffError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.notation import equations, latex, notation
from graphdiff.notation.equations import Link
from graphdiff.notation.notation import Notation, current
from graphdiff.recognition.network import read

Deltas = Mapping[str, tuple[int, int | None]]

MAX_HELD = 2
"""How many nodes that are held are named."""


@contextmanager
def writing(
    style: Notation, graph: ComputationalGraph, labels: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Write about a graph in a notation, with the labels of its nodes, or others over them."""
    deltas = _weighted_sums(graph) if style.derivatives == "delta" else {}
    with notation.writing(style, {**graph.labels, **(labels or {})}, deltas):
        yield


def u(i: Node) -> Link:
    """u^i."""
    return Link(f"u^{current().numbered(i.index)}", f"u^{{{current().node(i.index)}}}")


def name(i: Node) -> Link:
    """Return the name its author gave it."""
    return Link(i.name, latex.name(i.name))


def formula(i: Node) -> Link:
    """f^i(α^i) as its author wrote it."""
    assert i.function is not None  # noqa: S101 - a leaf has none
    names = [latex.name(parent.name) for parent in i.parents]
    return Link(i.formula, latex.authored(i.function, names))


def applied(i: Node, arguments: Sequence[Link]) -> Link:
    """f^i with numbers a + bε put in."""
    assert i.function is not None  # noqa: S101 - a leaf has none
    return equations.applied(i.function, arguments)


# Derivatives


def P(j: Node, n: Node) -> Link:
    """P^j, the derivative of the output n in a node, as the notation has it."""
    match current().derivatives:
        case "P":
            return Link(f"P[{j.name}]", f"P^{{{current().node(j.index)}}}")
        case "bar":
            return adjoint(j, n)
        case "nabla":
            of, by = latex.name(n.name), latex.name(j.name)
            return Link(f"nabla[{j.name}]", rf"\nabla_{{{by}}} {of}")
        case "d":
            return Link(f"d{j.name}", rf"\mathrm{{d}}{latex.name(j.name)}")
        case "delta" if notation.delta(j.name) is not None:
            return Link(f"delta[{j.name}]", delta_of_layer(j))
        case _:
            return derivative(n, j)


def delta_of_layer(j: Node) -> str:
    """Return δˡ, or δˡ_k where the layer has several nodes, as LaTeX."""
    found = notation.delta(j.name)
    assert found is not None  # noqa: S101 - of weighted sums
    layer, place = found
    below = "" if place is None else f"_{{{current().numbered(place)}}}"
    return rf"\delta{below}^{{{current().above(str(layer))}}}"


def J(j: Node, i: Node) -> Link:
    """J^{j→i}, in text by their names; ∂uⁱ/∂uʲ where derivatives are written so."""
    if not current().is_usual:
        return derivative(i, j)
    first, second = current().numbered(j.index), current().numbered(i.index)
    return Link(f"J[{j.name}->{i.name}]", rf"J^{{{first} \to {second}}}")


def is_alike(n: Node) -> bool:
    """Whether P and J are written alike, as ∂n/∂n, so that a local derivative follows no P^n."""
    return P(n, n).text == J(n, n).text


def held(j: Node, i: Node, n: Node) -> list[str]:
    """Return what is held in ∂i/∂j as J, where P^j is written ∂i/∂j too, along all edges.

    That is so at the output n, if other arguments of it depend on j: of L = a b with b = 2 a, ∂L/∂a
    is 4 a, and along the edge from a it is (∂L/∂a)_b = b.
    """
    if i is not n or not is_alike(i):
        return []
    moved = i.graph.descendants(j)
    return [parent.name for parent in i.parents if parent is not j and parent.name in moved]


def holding(J: Link, held: Sequence[str]) -> Link:
    """Return (∂i/∂j)_k, with what is held below; J itself if nothing is."""
    if not held:
        return J
    names, dots = list(dict.fromkeys(held))[:MAX_HELD], len(set(held)) > MAX_HELD
    below = ", ".join([*map(latex.name, names), *([r"\ldots"] if dots else [])])
    text = ", ".join([*names, *(["…"] if dots else [])])
    return J._replace(text=f"({J.text})_{text}", latex=rf"\left({J.latex}\right)_{{{below}}}")


def J_of(edge: Edge) -> Link:
    """J^{j→i}, with the argument it is by where the parent repeats."""
    found, place = J(edge.parent, edge.child), edge.slot + 1
    if not edge.is_repeated:
        return found
    if not current().is_usual:
        return Link(f"({found.text})_{place}", rf"\left({found.latex}\right)_{{{place}}}")
    return Link(f"{found.text}_{place}", f"{found.latex}_{{{place}}}")


def derivative(output: Node, wrt: Node) -> Link:
    """∂output/∂wrt."""
    of, by = latex.name(output.name), latex.name(wrt.name)
    return Link(f"d{output.name}/d{wrt.name}", rf"\frac{{\partial {of}}}{{\partial {by}}}")


def on_one_line(output: Node, wrt: Node) -> Link:
    """∂output/∂wrt on one line, for pictures."""
    of, by = latex.name(output.name), latex.name(wrt.name)
    return Link(f"∂{output.name}/∂{wrt.name}", rf"\partial {of} / \partial {by}")


def P_on_one_line(j: Node, n: Node) -> Link:
    """P^j as the notation has it, with no fraction on two lines."""
    found = P(j, n)
    return on_one_line(n, j) if found.latex.startswith(r"\frac") else found


def held_together(P: Link) -> str:
    """Return a derivative as a factor of a product, as LaTeX: with brackets around ∇_w L."""
    return rf"\left({P.latex}\right)" if P.latex.startswith(r"\nabla") else P.latex


def tangent(i: Node) -> Link:
    """u̇^i, the tangent of a node, in text by its name."""
    return Link(f"tangent[{i.name}]", latex.accented("dot", latex.name(i.name)))


def adjoint(j: Node, n: Node) -> Link:
    """ū^j, the adjoint of a node: P^j in its shape, in text by its name."""
    if current().derivatives not in ("P", "bar"):
        return P(j, n)
    return Link(f"adjoint[{j.name}]", latex.accented("bar", latex.name(j.name)))


_READ: WeakKeyDictionary[ComputationalGraph, tuple[int, Deltas]] = WeakKeyDictionary()


def _weighted_sums(graph: ComputationalGraph) -> Deltas:
    """Return of each node that is the weighted sum of neurons its layer, and its place in it."""
    known = _READ.get(graph)
    if known is None or known[0] != len(graph):
        known = _READ[graph] = len(graph), _found(graph)
    return known[1]


def _found(graph: ComputationalGraph) -> Deltas:
    try:
        network = read(graph)
    except GraphdiffError:  # it is none
        return {}
    found: dict[str, tuple[int, int | None]] = {}
    for layer, column in enumerate(network.columns[1:], start=1):
        nets = [network.units[k].net or network.units[k].place for k in column.units]
        names = list(dict.fromkeys(net.node for net in nets if net is not None and net.node))
        for place, net in enumerate(names, start=1):
            found.setdefault(net, (layer, None if len(names) == 1 else place))
    return found
