"""Marks for the sum over paths: each path in its own line, its product below the picture."""

from __future__ import annotations

from collections import defaultdict
from contextlib import nullcontext

from graphdiff.derivations import factored_paths, symbols
from graphdiff.derivations.factored_paths import Strand, Ways, value_of
from graphdiff.derivations.path_sums import Path, PathSum, counted, product_links, total_links
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks, Remark, words
from graphdiff.evaluation.run import Run
from graphdiff.graph import path_enumeration
from graphdiff.graph.structure import Edge
from graphdiff.notation import equations
from graphdiff.notation.equations import MATRICES, TIMES, Link, chain, parts, product
from graphdiff.notation.notation import by_names

LONGEST = 40
"""Characters of a product of formulas; of a longer one the local Jacobians are named."""

FEW = 9
"""Paths that have a line of their own; of more, the edges are marked that are on any."""


def marks_of_paths(found: PathSum, digits: int = 4, *, indexed: bool = True) -> Marks:
    """Return the marks of all paths.

    Parameters
    ----------
    digits
        Significant digits of numbers.
    indexed
        Whether J^{j→i} is written with the numbers of the nodes, which the picture has then.
    """
    with nullcontext() if indexed else by_names():
        return _marks(found, digits, indexed=indexed)


def _marks(found: PathSum, digits: int, *, indexed: bool) -> Marks:
    j, n = symbols.name(found.wrt), symbols.name(found.output)
    if found.is_disconnected:
        said = (n, words("does not depend on"), j, words("— there is no path"))
        return Marks(remarks=(Remark((words("Paths:"), *said)),))
    few = found.count <= FEW
    letters, factored = _factored(found, digits)
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
        letters=letters,
        remarks=(*remarks, *factored),
        legend=() if few else (("path", "on one of the paths"),),
    )


def _factored(found: PathSum, digits: int) -> tuple[dict[EdgeKey, Link], tuple[Remark, ...]]:
    """Return letters for edges, and the sum as products of sums of them, where it factors."""
    ways = factored_paths.factored(found.graph, found.wrt, found.output)
    letters = {} if ways is None else factored_paths.letters_of(ways, found.graph)
    if ways is None or not letters:
        return {}, ()
    is_scalar = all(map(factored_paths.is_scalar, letters))
    run = found.run if is_scalar else None
    links = [symbols.derivative(found.output, found.wrt)]
    links.append(factored_paths.written(ways, letters.__getitem__, backward=not is_scalar))
    if run is not None:

        def number(part: Ways) -> Link:
            return equations.value(value_of(part, run), digits=digits)

        links.append(factored_paths.written(ways, number, TIMES))
        if isinstance(ways, factored_paths.Product):
            links.append(product(list(map(number, ways.factors))))
        links.append(equations.value(found.value, digits=digits))
    said = [_strand(strand, letter, found, run, digits) for strand, letter in letters.items()]
    ended = [link._replace(text=f"{link.text},", latex=f"{link.latex},") for link in said[:-1]]
    heading = "Factored — pieces side by side are added, those one after the other multiplied"
    return (
        {
            _key(strand.edges[(len(strand.edges) - 1) // 2]): letter
            for strand, letter in letters.items()
        },
        (Remark((words(heading),)), Remark((*ended, said[-1])), Remark(parts(*links))),
    )


def _strand(strand: Strand, letter: Link, found: PathSum, run: Run | None, digits: int) -> Link:
    """Return α = 2 w = 6: the product of the local Jacobians along a piece of the way."""
    path = Path(strand.ends[0], strand.edges, None, found.own_value)
    known = [path.written(edge) for edge in strand.edges[::-1]]
    factors = [one for one in known if one is not None and one.text != "1"]
    if None in known or sum(len(one.text) for one in factors) > LONGEST:
        links = [letter, product_links(path, digits)[0]]
    else:
        times = TIMES if path.is_scalar else MATRICES
        links = [letter, product(factors, times) if factors else Link("1", "1")]
    if run is not None:
        links.append(equations.value(value_of(strand, run), digits=digits))
    line = chain(*links)
    return Link(line.text, line.latex)


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
