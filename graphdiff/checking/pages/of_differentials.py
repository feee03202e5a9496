r"""Differentials: ``dL = -0.378\,dp`` says that ∂L/∂p is −0.378, ``dz = x\,dw + w\,dx`` two things.

A page that writes dz for ∂L/∂z has what comes later on the right: dz = W₂ᵀ dz₂. Here it is what
comes before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graphdiff.checking.pages.meaning import Meaning
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Script, Side, Tree
from graphdiff.graph import Node


def derivatives(
    meaning: Meaning, sides: Sequence[Side]
) -> list[tuple[trees.Derivative, Side]] | None:
    """Return each derivative that a line of differentials gives, and what it is said to be.

    None if it is no line of differentials.
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
        for sign, term in _terms(side.tree):
            part = _differential(meaning, _factors(term))
            wrt = None if part is None else meaning.fuzzy(part.name)
            if part is None or wrt is None or wrt.name not in before or wrt.shape:
                return None
            derivative = trees.Derivative("∂", whole.name, (part.name,), span=first.span)
            found.append((derivative, Side(side.relation, _product(sign, part, term))))
    return found


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
