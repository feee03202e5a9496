r"""Quotients of two small deltas, ``\frac{\delta L}{\delta w}`` and ``δa/δz``, read as derivatives.

As a quotient of products the δ would cancel, so nothing else can be meant, unless a node is called
δ something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from graphdiff.checking.pages import deltas, spelling
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.files.mathematics.trees import (
    Derivative,
    Fraction,
    Name,
    Number,
    Product,
    Script,
    Tree,
    mapped,
)


def as_derivatives(names: Names, lines: Iterable[Line]) -> list[Line]:
    """Return lines with such quotients as derivatives."""
    change = reader(names)
    return [line.changed(lambda tree: mapped(tree, change)) for line in lines]


def reader(names: Names) -> Callable[[Tree], Tree]:
    """Return what makes a derivative of one such quotient, and leaves all else as it is."""
    own = any(spelling.split(name)[0] == deltas.DELTA for name in names.all)

    def read(tree: Tree) -> Tree:
        if own or not isinstance(tree, Product | Fraction):
            return tree
        return _of_fraction(tree) if isinstance(tree, Fraction) else _of_product(tree)

    return read


def _of_fraction(tree: Fraction) -> Tree:
    above, below = _factors(tree.above), _factors(tree.below)
    order = _order(above[0])
    if not order or len(above) < 2 or len(below) != 2 or not _order(below[0]):
        return tree
    of = above[1]
    if len(above) > 2:
        of = Product(above[1:], ("",) * (len(above) - 2), span=_span(above[1:]))
    return Derivative("∂", of, _by(below[1], order), span=tree.span)


def _of_product(tree: Product) -> Tree:
    """Read ``δL/δa · δa/δz``, and an operator before what it applies to."""
    factors, operators = list[Tree](), list[str]()
    place = 0
    while place < len(tree.factors):
        operators += tree.operators[place - 1 : place]
        rest, signs = tree.factors[place:], tree.operators[place:]
        operator = _operator(rest[0])
        if signs[:3] == ("", "/", "") and _order(rest[0]) and _order(rest[2]):
            by = _by(rest[3], _order(rest[0]))
            factors.append(Derivative("∂", rest[1], by, span=_span(rest[:4])))
            place += 4
        elif operator and signs[:1] == ("",):
            factors.append(Derivative("∂", rest[1], operator, span=_span(rest[:2])))
            place += 2
        else:
            factors.append(rest[0])
            place += 1
    if len(factors) == 1:
        return factors[0]
    return Product(tuple(factors), tuple(operators), span=tree.span)


def _operator(tree: Tree) -> tuple[Tree, ...]:
    r"""Return by what ``\frac{\delta}{\delta w}`` differentiates; nothing for anything else."""
    order = _order(tree.above) if isinstance(tree, Fraction) else 0
    below = _factors(tree.below) if isinstance(tree, Fraction) else ()
    return _by(below[1], order) if order and len(below) == 2 and _order(below[0]) else ()


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Product) and not any(tree.operators) else (tree,)


def _order(tree: Tree) -> int:
    """Return 1 for a δ, 2 for δ², and 0 for anything else."""
    if isinstance(tree, Name):
        return int(tree.text == deltas.DELTA)
    match tree:
        case Script(Name(text=deltas.DELTA), below=None, above=Number(text="2"), primes=0):
            return 2
        case _:
            return 0


def _by(tree: Tree, order: int) -> tuple[Tree, ...]:
    """Return w, w for the w² below a derivative of second order."""
    match tree:
        case Script(body, below=below, above=Number(text="2"), primes=0) if order == 2:
            once = body if below is None else Script(body, below, span=tree.span)
            return (once, once)
        case _:
            return (tree,) * order


def _span(factors: Sequence[Tree]) -> tuple[int, int]:
    return factors[0].span[0], factors[-1].span[1]
