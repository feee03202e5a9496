r"""Differentials: ``dL = -0.378\,dp`` says that ∂L/∂p is −0.378, ``dz = x\,dw + w\,dx`` two things.

Those of arrays are read by :mod:`of_traces`.

A page that writes dz for ∂L/∂z has what comes later on the right: dz = W₂ᵀ dz₂. Here it is what
comes before.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdiff.checking.pages import of_traces
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Script, Side, Tree
from graphdiff.graph import Node

FORMS = "of differentials of arrays dL = tr(Aᵀ dX), ⟨A, dX⟩ and aᵀ dx are read"
"""What is said of another form."""


def derivatives(
    meaning: Meaning, sides: Sequence[Side]
) -> list[tuple[trees.Derivative, Side]] | None:
    """Return each derivative that a line of differentials gives, and what it is said to be.

    None if it is no line of differentials.

    Raises
    ------
    NotUnderstoodError
        If one of the quantities depends on another.
    """
    first, *rest = sides
    whole = _differential(meaning, _factors(first.tree))
    if whole is None or whole.coefficient or not rest or first.relation:
        return None
    of = meaning.fuzzy(whole.name)
    if of is None or of.is_leaf or of.shape:
        return None
    before = meaning.names.graph.ancestors(of)
    found: list[tuple[trees.Derivative, Side]] = []
    for side in rest:
        parts: list[tuple[Tree, Tree]] = []
        for sign, term in _terms(side.tree):
            part = _differential(meaning, _factors(term))
            wrt = None if part is None else meaning.fuzzy(part.name)
            if part is None or wrt is None or wrt.name not in before or wrt.shape:
                return None
            parts.append((part.name, _product(sign, part, term)))
        for name, derivative in _added(meaning, parts):
            of_one = trees.Derivative("∂", whole.name, (name,), span=first.span)
            found.append((of_one, Side(side.relation, derivative)))
        _raise_if_related(meaning, side, [name for name, _ in parts])
    return found


def of_arrays(
    meaning: Meaning, sides: Sequence[Side]
) -> list[tuple[trees.Derivative, Side]] | None:
    """Return each derivative that a line of differentials of arrays gives, and what it is to be.

    None if it is no such line: what dZ stands for comes before what the line is about, so that it
    is no derivative ∂L/∂Z.

    Raises
    ------
    NotUnderstoodError
        If it is one in another form than is read.
    """
    first, *rest = sides
    whole = _differential(meaning, _factors(first.tree))
    of = None if whole is None or whole.coefficient else meaning.fuzzy(whole.name)
    if whole is None or of is None or of.is_leaf or not rest or first.relation:
        return None
    before = meaning.names.graph.ancestors(of)
    within = [node for side in rest for node in _differentiated(meaning, side.tree)]
    is_before = all(node is not of and node.name in before for node in within)
    if not is_before or not any(node.shape for node in within):
        return None
    found: list[tuple[trees.Derivative, Side]] = []
    for side in rest:
        parts = None
        if not of.shape:
            parts = of_traces.parts(side.tree, lambda tree: _name_after_d(meaning, tree))
        if parts is None:
            raise NotUnderstoodError(side.tree, FORMS)
        for name, derivative in _added(meaning, parts):
            of_one = trees.Derivative("∂", whole.name, (name,), span=first.span)
            found.append((of_one, Side(side.relation, derivative)))
        _raise_if_related(meaning, side, [part.name for part in parts])
    return found


def _added(meaning: Meaning, parts: Sequence[tuple[Tree, Tree]]) -> Iterator[tuple[Tree, Tree]]:
    """Yield each name with the sum of all that stands beside its differentials."""
    named: dict[Node | None, list[tuple[Tree, Tree]]] = {}
    for name, derivative in parts:
        named.setdefault(meaning.fuzzy(name), []).append((name, derivative))
    for several in named.values():
        (name, derivative), *others = several
        if others:
            terms = tuple(("+", one) for _, one in several)
            derivative = trees.Sum(terms, span=(derivative.span[0], others[-1][1].span[1]))
        yield name, derivative


def _raise_if_related(meaning: Meaning, side: Side, names: Sequence[Tree]) -> None:
    """Raise that it is not known what is held fixed, where one name depends on another."""
    nodes = [node for name in names if (node := meaning.fuzzy(name)) is not None]
    before = meaning.names.graph.ancestors
    for i, j in itertools.permutations(nodes, 2):
        if j is not i and j.name in before(i):
            why = f"{i.name} depends on {j.name}; give the derivative in each of them alone"
            raise NotUnderstoodError(side.tree, why)


def _differentiated(meaning: Meaning, tree: Tree) -> Iterator[Node]:
    """Yield the nodes that stand behind a d in a formula."""
    for part in trees.walk(tree):
        name = _name_after_d(meaning, part)
        if name is None and isinstance(part, trees.Product):
            for d, after in itertools.pairwise(part.factors):
                node = meaning.fuzzy(after) if _is_d(meaning, d) else None
                if node is not None:
                    yield node
        node = None if name is None else meaning.fuzzy(name)
        if node is not None:
            yield node


class _Differential:
    """A product with a d of a name in it: the name, and the factors beside it."""

    def __init__(self, name: Tree, coefficient: list[Tree], operators: list[str]) -> None:
        self.name = name
        self.coefficient = coefficient
        self.operators = operators


def _terms(tree: Tree) -> Sequence[tuple[str, Tree]]:
    return tree.terms if isinstance(tree, trees.Sum) else (("+", tree),)


def _factors(tree: Tree) -> trees.Product:
    """Return a tree as a product, of one factor if it is none."""
    if isinstance(tree, trees.Product):
        return tree
    return trees.Product((tree,), (), span=tree.span)


def _differential(meaning: Meaning, product: trees.Product) -> _Differential | None:
    """Return a product as what stands before a differential, which comes last in it."""
    if "/" in product.operators:
        return None
    factors, operators = list(product.factors), list(product.operators)
    last = factors.pop()
    joined = _name_after_d(meaning, last)
    if joined is None and factors and _is_d(meaning, factors[-1]) and not operators[-1]:
        factors.pop()
        joined = last if isinstance(meaning.fuzzy(last), Node) else None
    if joined is None or any(_name_after_d(meaning, one) is not None for one in factors):
        return None
    return _Differential(joined, factors, operators[: max(0, len(factors) - 1)])


def _is_d(meaning: Meaning, tree: Tree) -> bool:
    return isinstance(tree, Name) and tree.text == "d" and meaning.exact(tree) is None


def _name_after_d(meaning: Meaning, tree: Tree) -> Tree | None:
    """Return the name in dw, which no node is called."""
    name = tree.body if isinstance(tree, Script) else tree
    if not isinstance(name, Name) or len(name.text) < 2 or name.text[0] != "d":
        return None
    if meaning.names.exact(meaning.parts(tree)) is not None:
        return None
    bare = replace(name, text=name.text[1:])
    found = replace(tree, body=bare) if isinstance(tree, Script) else bare
    return found if meaning.fuzzy(found) is not None else None


def _product(sign: str, part: _Differential, term: Tree) -> Tree:
    """Return what stands before a differential, with its sign; 1 where nothing does."""
    match part.coefficient:
        case []:
            found: Tree = trees.Number("1", span=term.span)
        case [one]:
            found = replace(one, span=term.span)
        case several:
            found = trees.Product(tuple(several), tuple(part.operators), span=term.span)
    return found if sign == "+" else trees.Sum(((sign, found),), span=term.span)
