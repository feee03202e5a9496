"""What is called what in a derivation: u^i, f^i, P^j, J^{j→i}, and ∂uⁿ/∂uʲ."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.graph import Node
from graphdiff.graph.graph import Edge
from graphdiff.language.functions.writing import ATOM, SUM, UNARY, LatexPart, TextPart
from graphdiff.notation import latex, text
from graphdiff.notation.equations import Link


def u(i: Node) -> Link:
    """u^i."""
    return Link(f"u^{i.index}", f"u^{{{i.index}}}")


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
    binding = [
        SUM if " " in part.text else UNARY if part.text.startswith("-") else ATOM
        for part in arguments
    ]
    pairs = list(zip(arguments, binding, strict=True))
    return Link(
        text.authored(i.function, [TextPart(part.text, holds) for part, holds in pairs]),
        latex.authored(i.function, [LatexPart(part.latex, holds) for part, holds in pairs]),
        any(part.rounded for part in arguments),
    )


def P(j: Node) -> Link:
    """P^j, in text by its name."""
    return Link(f"P[{j.name}]", f"P^{{{j.index}}}")


def J(j: Node, i: Node) -> Link:
    """J^{j→i}, in text by their names."""
    return Link(f"J[{j.name}->{i.name}]", rf"J^{{{j.index} \to {i.index}}}")


def J_of(edge: Edge) -> Link:
    """J^{j→i}, with the argument it is by where the parent repeats."""
    found, place = J(edge.parent, edge.child), edge.slot + 1
    if not edge.is_repeated:
        return found
    return Link(f"{found.text}_{place}", f"{found.latex}_{{{place}}}")


def derivative(output: Node, wrt: Node) -> Link:
    """∂output/∂wrt."""
    of, by = latex.name(output.name), latex.name(wrt.name)
    return Link(f"d{output.name}/d{wrt.name}", rf"\frac{{\partial {of}}}{{\partial {by}}}")


def tangent(i: Node) -> Link:
    """u̇^i, the tangent of a node, in text by its name."""
    return Link(f"tangent[{i.name}]", latex.accented("dot", latex.name(i.name)))


def adjoint(j: Node) -> Link:
    """ū^j, the adjoint of a node: P^j in its shape, in text by its name."""
    return Link(f"adjoint[{j.name}]", latex.accented("bar", latex.name(j.name)))
