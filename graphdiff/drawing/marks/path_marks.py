"""Marks for the sum over paths: each path in its own line, its product below the picture."""

from __future__ import annotations

from collections import defaultdict

from graphdiff.derivations import symbols
from graphdiff.derivations.path_sums import PathSum, counted, product_links, total_links
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks, Remark, words
from graphdiff.graph import path_enumeration
from graphdiff.graph.graph import Edge
from graphdiff.notation.equations import parts

FEW = 4
"""Paths that have a line of their own; of more, the edges are marked that are on any."""


def marks_of_paths(found: PathSum, digits: int = 4, *, indexed: bool = True) -> Marks:
    """Return the marks of all paths.

    Parameters
    ----------
    digits
        Significant digits of numbers.
    indexed
        Whether J^{j→i} is written with the numbers of the nodes.
    """
    j, n = symbols.name(found.wrt), symbols.name(found.output)
    if found.is_disconnected:
        said = (n, words("does not depend on"), j, words("— there is no path"))
        return Marks(remarks=(Remark((words("Paths:"), *said)),))
    few = found.count <= FEW
    edges = _few(found) if few else _many(found)
    many = "The only path" if found.count == 1 else counted(found.count).capitalize()
    end = "and the product along it" if found.count == 1 else "and the sum of their products"
    remarks = [Remark((words(f"{many} from"), j, words("to"), n, words(f"— {end}")))]
    if few:
        for k, path in enumerate(found.paths, start=1):
            links = product_links(path, digits)
            if not indexed and len(links) > 1:
                links = links[1:]
            remarks.append(Remark(parts(*links), _mark(found, k)))
    if found.count > 1:
        remarks.append(Remark(parts(*total_links(found, digits))))
    return Marks(
        edges,
        remarks=tuple(remarks),
        legend=() if few else (("path", "on one of the paths"),),
    )


def _few(found: PathSum) -> dict[EdgeKey, tuple[Mark, ...]]:
    marked: defaultdict[EdgeKey, list[Mark]] = defaultdict(list)
    for k, path in enumerate(found.paths, start=1):
        for edge in path.edges:
            marked[_key(edge)].append(_mark(found, k))
    return {key: tuple(marks) for key, marks in marked.items()}


def _mark(found: PathSum, k: int) -> Mark:
    """Return the mark of path number k; the only one has no number."""
    return Mark("path", k if found.count > 1 else 0)


def _many(found: PathSum) -> dict[EdgeKey, tuple[Mark, ...]]:
    on_the_way = path_enumeration.between(found.graph, [found.wrt], found.output)
    return {
        _key(edge): (Mark("path"),)
        for name in on_the_way
        for edge in found.graph.children(name)
        if edge.child.name in on_the_way
    }


def _key(edge: Edge) -> EdgeKey:
    return edge.parent.index, edge.child.index, edge.slot
