r"""Second derivatives in short: L_{ww}, L_{wb}, ∇²L and ∇²_w L, and H where a page says Hessian."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from graphdiff.checking.pages import of_entries
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError
from graphdiff.checking.pages.readings import Readings, plain
from graphdiff.checking.targets import Reference, Target
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Script, Side, Tree
from graphdiff.graph import Node
from graphdiff.language import tensors

HESSIAN = re.compile(r"hess|гесс|ヘッセ|ヘシアン|黑塞|海森|海塞|헤세", re.IGNORECASE)
"""The word for the matrix of second derivatives, in several languages."""


def speaks_of_hessian(lines: Iterable[Line]) -> bool:
    """Whether a page has the word for what its H is."""
    said = ((line.fragment.around, *line.fragment.headings) for line in lines)
    return any(HESSIAN.search(text) for texts in said for text in dict.fromkeys(texts))


def is_hessian(meaning: Meaning, tree: Tree) -> bool:
    """Whether a letter is the Hessian: H, on a page that says so, where no node is called so."""
    is_h = isinstance(tree, Name) and tree.text == "H"
    return is_h and meaning.says_hessian and meaning.exact(tree) is None


def named(meaning: Meaning, tree: Name) -> Readings | None:
    """Return the Hessian that H is; None for another name."""
    if not is_hessian(meaning, tree) or meaning.names.output is None:
        return None
    return hessian(meaning, tree, meaning.names.output)


def hessian(meaning: Meaning, tree: Tree, of: Node) -> Readings:
    """Return the matrix of second derivatives in all parameters, or in all leaves."""
    graph = meaning.names.graph
    found: Readings = []
    for leaves in (graph.parameters, graph.leaves):
        found += _matrix(of, leaves) if leaves and _fit(leaves) else []
    if not found:
        why = "it has a block for every two of the arrays; write that of ∂²L/∂w∂b, H_{w,b}"
        raise NotUnderstoodError(tree, why)
    return found


def _fit(leaves: Sequence[Node]) -> bool:
    """Whether second derivatives in some leaves are one matrix: numbers, or one vector."""
    shapes = [leaf.shape for leaf in leaves]
    return not any(shapes) or (len(shapes) == 1 and len(shapes[0]) == 1)


def _matrix(of: Node, leaves: Sequence[Node]) -> Readings:
    if len(leaves) == 1:
        (leaf,) = leaves
        return plain(Reference(Target("second", of, leaf, leaf)))
    rows = [[Reference(Target("second", of, a, b)) for b in leaves] for a in leaves]
    return plain(tensors.stack([tensors.stack(row) for row in rows]))


def gradient_twice(meaning: Meaning, tree: trees.Derivative, parts: Sequence[object]) -> Readings:
    """Return ∇²L, ∇²_w L, and of ∇²_{w,b} L the one in both, or the matrix of the four."""
    found: Readings = []
    for part in parts:
        of = part[0] if isinstance(part, tuple) and not part[1] else None
        if not isinstance(of, Node) or of.size != 1 or of.is_leaf:
            continue
        if not tree.wrt:
            found += hessian(meaning, tree, of)
            continue
        nodes = [node for name in tree.wrt for node in _nodes(meaning, name)]
        if len(nodes) <= 2:
            found += plain(Reference(Target("second", of, nodes[0], nodes[-1])))
        if len(nodes) > 1 and _fit(nodes):
            found += _matrix(of, nodes)
    if not found:
        raise NotUnderstoodError(tree, "second derivatives are of one number, of a computed node")
    return found


def below(meaning: Meaning, tree: Script) -> Readings:
    """Return L_{wb}, the derivative in w and in b, and H_{wb} of a Hessian; [] for other names."""
    if tree.below is None or tree.above is not None or tree.primes:
        return []
    is_h = is_hessian(meaning, tree.body)
    of = meaning.names.output if is_h else meaning.exact(tree.body)
    if not isinstance(of, Node) or of.is_leaf or of.size != 1:
        return []
    nodes = [node for part in _split(tree.below) for node in _nodes(meaning, part, quiet=True)]
    before = of.graph.ancestors(of)
    if len(nodes) != 2 or not all(node.name in before and node is not of for node in nodes):
        return []
    first, second = nodes
    return plain(Reference(Target("second", of, first, second)))


def _split(tree: Tree) -> Sequence[Tree]:
    """Return what stands below in parts: ``w, b``, ``w_1 w_2``; letters that touch stay one."""
    return [tree] if isinstance(tree, Name) else of_entries.split_indices(tree)


def _nodes(meaning: Meaning, tree: Tree, *, quiet: bool = False) -> list[Node]:
    """Return the node of a name, or those of letters that touch, w and b of ``wb``."""
    exact = meaning.exact(tree)
    if isinstance(exact, Node):
        return [exact]
    pieces = meaning.cut(tree.text) if isinstance(tree, Name) else []
    found = [meaning.exact(Name(piece, True, span=tree.span)) for piece in pieces]
    nodes = [node for node in found if isinstance(node, Node)]
    if (not nodes or len(nodes) < len(found)) and not quiet:
        raise NotUnderstoodError(tree, "it is no node of the graph")
    return nodes if len(nodes) == len(found) else []


def misfit(meaning: Meaning, first: Tree, rest: Sequence[Side]) -> str:
    """Return why a matrix cannot be the Hessian: it has not a row for each parameter; else ''."""
    whole = is_hessian(meaning, first) or (
        isinstance(first, trees.Derivative) and first.mark == "∇²" and not first.wrt
    )
    if not whole:
        return ""
    sizes = {len(side.tree.rows) for side in rest if isinstance(side.tree, trees.Matrix)}
    graph = meaning.names.graph
    known = {sum(leaf.size for leaf in leaves) for leaves in (graph.parameters, graph.leaves)}
    if sizes <= known:
        return ""
    told = " and ".join(str(size) for size in sorted(sizes - known))
    return (
        f"it has {told} rows, and there are {len(graph.parameters)} parameters; "
        "which of them are meant is not said, as in ∇²_{w, b} L"
    )


def as_said(meaning: Meaning, tree: Name) -> str:
    """Return what is amiss with an H that no node is called, for an error; else ''."""
    if tree.text != "H" or meaning.says_hessian:
        return ""
    return "what H is, is not said: the page has no such node, nor the word Hessian"
