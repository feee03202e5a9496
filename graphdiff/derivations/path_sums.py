r"""The derivative as a sum over paths.

Written out, the recursion :math:`P^j = \sum_i P^i J^{j \to i}` has one term for each path
from j to n, the product of the local Jacobians along it (F. L. Bauer, "Computational graphs
and rounding error", SIAM Journal on Numerical Analysis 11, 1974; A. Griewank and A. Walther,
*Evaluating Derivatives*, SIAM 2008):

.. math::

    \frac{\partial u^n}{\partial u^j} = \sum_{j = i_0 \to i_1 \to \dots \to i_m = n}
        J^{i_{m-1} \to i_m} \cdots J^{i_0 \to i_1}

The sweep does not take the paths one by one: they may be more than can be listed, and it has
added them up at every node where they meet.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.derivations.derivation import Derivation, Step
from graphdiff.derivations.steps import LONG, READABLE, check_run
from graphdiff.errors import DerivationError, GraphError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node, path_enumeration
from graphdiff.graph.structure import Edge
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.notation import equations
from graphdiff.notation.equations import (
    BESIDE,
    DIMENSIONS,
    DOTS,
    MATRICES,
    MAX_FACTORS,
    TIMES,
    Line,
    Link,
    chain,
    dimensions,
    product,
    shortened,
    total,
)  # fmt: skip
from graphdiff.notation.notation import USUAL, Notation
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives

MAX_LISTED = 100
"""Paths that are listed; more are only counted."""

MAX_EDGES = 100_000
"""Edges in all the paths that are listed."""

MAX_TERMS = 8
"""Terms of the sum that are written out as numbers."""


@dataclass(frozen=True, repr=False)
class Path:
    """One path from a node, and the product of the local Jacobians along it.

    Attributes
    ----------
    start
        The node it begins at.
    edges
        Its edges in order, each a parent, a child and the slot of the parent; none where the
        path ends as it begins.
    run
        The sweep its numbers are of, or None.
    own_value
        Whether the value of a node stands in its local Jacobians, where they so are shorter.
    """

    start: Node
    edges: tuple[Edge, ...]
    run: Run | None = None
    own_value: bool = True
    _formulas: dict[Edge, Link | None] = field(
        default_factory=dict["Edge", "Link | None"], compare=False
    )

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Its nodes in order, both ends among them."""
        return (self.start, *(edge.child for edge in self.edges))

    @property
    def is_scalar(self) -> bool:
        """Whether all its nodes are scalars with functions of scalars, which SymPy has."""
        return not self.start.shape and all(
            scalar_derivatives.function_of(edge.child).is_scalar for edge in self.edges
        )

    @functools.cached_property
    def product(self) -> Any:
        """J of the last edge times … times J of the first, dⁿ × dʲ; None without a run.

        Like ``run.P`` it is a number where it is 1 × 1, and has the samples of a batch first.
        """
        if self.run is None:
            return None
        n = self.nodes[-1]
        found: Any = _matrix(self.run.P[n.name], (n.size, n.size))
        with np.errstate(all="ignore"):
            for edge in reversed(self.edges):
                found = found @ _matrix(_jacobian(self.run, edge), edge_formulas.dimensions(edge))
        if (n.size, self.start.size) != (1, 1):
            return found
        number = found[..., 0, 0]
        return number.item() if isinstance(number, np.ndarray) and not number.shape else number

    @property
    def formula(self) -> sp.Expr | None:
        """The product in the symbols of the nodes, between scalars; None between tensors."""
        if not self.is_scalar:
            return None
        own = self.own_value
        return sp.Mul(*(scalar_derivatives.edge_jacobian(e, own_value=own) for e in self.edges))

    def written(self, edge: Edge) -> Link | None:
        """Return how the local Jacobian of an edge is written, in matrix notation if there is."""
        if edge not in self._formulas:
            self._formulas[edge] = edge_formulas.formula(edge, own_value=self.own_value)
        return self._formulas[edge]

    def __repr__(self) -> str:
        return f"<Path {route(self).text}>"


@dataclass(frozen=True, repr=False)
class PathSum:
    """∂uⁿ/∂uʲ as a sum over the paths from j to n; print it.

    Attributes
    ----------
    graph, wrt, output
        The graph, uʲ and uⁿ.
    run
        The sweep the numbers are of, or None where there are only formulas.
    digits
        Significant digits of numbers in what is printed.
    own_value
        Whether the value of a node stands in its local Jacobians, where they so are shorter.
    notation
        How it is written.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w = g.input("x", 2), g.parameter("w", 3)
    >>> a = g.node("a", w * x)
    >>> L = g.node("L", a * g.node("b", a + x))
    >>> print(g.paths("x"))
    dL/dx as a sum over paths
    =========================
    <BLANKLINE>
    3 paths from x to L
      dL/dx = the sum over the paths of the product of the local Jacobians along each
    <BLANKLINE>
    Path 1
      x -> a -> b -> L
      J[b->L]*J[a->b]*J[x->a] = a*1*w = 6*1*3 = 18
    <BLANKLINE>
    Path 2
      x -> a -> L
      J[a->L]*J[x->a] = b*w = 8*3 = 24
    <BLANKLINE>
    Path 3
      x -> b -> L
      J[b->L]*J[x->b] = a*1 = 6*1 = 6
    <BLANKLINE>
    Sum
      dL/dx = a*w + b*w + a = 18 + 24 + 6 = 48
    """

    graph: ComputationalGraph
    wrt: Node
    output: Node
    run: Run | None = None
    digits: int = 6
    own_value: bool = True
    notation: Notation = USUAL

    @functools.cached_property
    def count(self) -> int:
        """How many paths there are, exactly; found without taking them."""
        return path_enumeration.count(self.graph, self.wrt, self.output)

    @property
    def is_disconnected(self) -> bool:
        """Whether there is no path: then the derivative is 0 for that reason alone."""
        return not self.count

    def __iter__(self) -> Iterator[Path]:
        """Iterate over all paths, one made after the other.

        They come in the order of their nodes: where two part, the one that goes on to the
        earlier child is first, and of two edges to one child that of the earlier slot.
        """
        formulas: dict[Edge, Link | None] = {}
        for edges in path_enumeration.walks(self.graph, self.wrt, self.output):
            yield Path(self.wrt, edges, self.run, self.own_value, formulas)

    @functools.cached_property
    def paths(self) -> tuple[Path, ...]:
        """The first paths, at most 100."""
        found: list[Path] = []
        edges = 0
        for path in itertools.islice(self, MAX_LISTED):
            edges += len(path.edges)
            if found and edges > MAX_EDGES:
                break
            found.append(path)
        return tuple(found)

    @property
    def value(self) -> Any:
        """The sum of all paths, also of those not listed: ``run.P``; None without a run."""
        return None if self.run is None else self.run.P[self.wrt.name]

    def derivation(self) -> Derivation:
        """Return it written out: each path, its product, and the sum."""
        with symbols.writing(self.notation, self.graph):
            return _derivation(self)

    def text(self) -> str:
        """Return it as plain text."""
        return self.derivation().text()

    def markdown(self) -> str:
        """Return it as Markdown with ``$$`` formulas."""
        return self.derivation().markdown()

    def latex(self, *, document: bool = False) -> str:
        r"""Return it as LaTeX, a fragment to ``\input`` or a whole document for pdflatex."""
        return self.derivation().latex(document=document)

    def __str__(self) -> str:
        return self.text()

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def __repr__(self) -> str:
        return f"<PathSum d{self.output.name}/d{self.wrt.name}: {counted(self.count)}>"


def paths(
    graph: ComputationalGraph,
    wrt: Node,
    output: Node,
    run: Run | None = None,
    digits: int = 6,
    *,
    own_value: bool = True,
    notation: Notation = USUAL,
) -> PathSum:
    """Return ∂output/∂wrt as a sum over paths, with numbers where a run is given.

    Raises
    ------
    GraphError
        If the run is of another graph or another output.
    """
    check_run(run, graph, output)
    if run is not None and wrt.name not in run.P:
        raise GraphError(
            f"the run has no P of {wrt.name!r}, which was not asked for; "
            f"use graph.backward({output.name!r})"
        )
    return PathSum(graph, wrt, output, run, digits, own_value, notation)


def _jacobian(run: Run, edge: Edge) -> Any:
    term = run.term(edge)
    if term is None:
        raise GraphError(f"the run has no J of {edge.parent.name!r} -> {edge.child.name!r}")
    return term.J


def _matrix(value: Any, shape: Shape) -> Any:
    """Return what a run gives as a matrix, which it gives as a number where it is 1 × 1."""
    if shape != (1, 1):
        return value
    found = np.asarray(value, dtype=object if isinstance(value, sp.Basic) else None)
    return found[..., None, None]


# Written out


def counted(count: int) -> str:
    """Return how many paths there are, in words; about how many, if they are very many.

    Examples
    --------
    >>> print(counted(1), counted(252), counted(2**200), sep=", ")
    1 path, 252 paths, about 1.607e+60 paths
    """
    if count >= 10**15:
        return f"about {mpmath.nstr(mpmath.mpf(count), 4)} paths"
    return f"{count} path{'' if count == 1 else 's'}"


def _derivation(found: PathSum) -> Derivation:
    n, j = found.output, found.wrt
    title = f"d{n.name}/d{j.name} as a sum over paths"
    derivative = symbols.derivative(n, j)
    if found.is_disconnected:
        sentence = f"{n.name} does not depend on {j.name}: not connected, the sum has no terms"
        return Derivation(title, (Step(sentence, (chain(derivative, Link("0", "0")),)),))
    steps = [Step(f"{counted(found.count)} from {j.name} to {n.name}", (_rule(found),))]
    for k, path in enumerate(found.paths, start=1):
        steps.append(Step(f"Path {k}", (chain(route(path)), product_line(path, found.digits))))
    more = found.count - len(found.paths)
    heading = f"Sum, with {counted(more)} that are not listed" if more else "Sum"
    return Derivation(title, (*steps, Step(heading, (chain(*total_links(found, found.digits)),))))


def _rule(found: PathSum) -> Line:
    n, j = symbols.name(found.output), symbols.name(found.wrt)
    left = symbols.derivative(found.output, found.wrt)
    return Line(
        f"{left.text} = the sum over the paths of the product of the local Jacobians along each",
        rf"{left.latex} = \sum_{{{j.latex} \to \cdots \to {n.latex}}}"
        r"\; \prod_{u^{j} \to u^{i}} J^{j \to i}",
    )


def route(path: Path) -> Link:
    """Return the nodes along a path, x -> a -> L; a parent that repeats with its argument."""
    parts = [symbols.name(path.start)]
    for edge in path.edges:
        child, place = symbols.name(edge.child), edge.slot + 1
        plain, arrow = (
            (f"({place}) ", rf"\overset{{{place}}}{{\to}}") if edge.is_repeated else ("", r"\to")
        )
        parts.append(Link(f"-> {plain}{child.text}", f"{arrow} {child.latex}"))
    parts = shortened(parts, Link("-> …", r"\to \cdots"))
    return Link(" ".join(part.text for part in parts), " ".join(part.latex for part in parts))


def product_line(path: Path, digits: int = 6) -> Line:
    """Return the product along a path as a line.

    Between tensors the dimensions of the matrices are said too.
    """
    line = chain(*product_links(path, digits))
    if path.is_scalar or not path.edges:
        return line
    sizes = [dimensions(edge.child.shape, edge.parent.shape) for edge in path.edges[::-1]]
    whole = dimensions(path.nodes[-1].shape, path.start.shape)
    size = chain(product(sizes, DIMENSIONS), whole)
    return line.aside(Link(f"({size.text})", rf"\quad \left({size.latex}\right)"))


def product_links(path: Path, digits: int = 6) -> list[Link]:
    """Return the product along a path: its Jacobians, their formulas, their numbers, its own.

    Between tensors the numbers are those of the whole alone.
    """
    size = path.start.size
    last_first = path.edges[::-1]
    if not last_first:
        one = Link("1", "1") if size == 1 else edge_formulas.identity(size)
        return [one, *_number(path.product, size, size, digits)]
    links = [_symbols_along(path)]
    is_short = len(last_first) <= MAX_FACTORS
    if is_short and (formulas := _formulas(path, last_first)) is not None:
        links.append(formulas)
    if path.is_scalar and is_short and path.run is not None and len(last_first) > 1:
        numbers = (equations.value(_jacobian(path.run, edge), digits=digits) for edge in last_first)
        links.append(product(list(numbers)))
    return [*links, *_number(path.product, path.nodes[-1].size, size, digits)]


def total_links(found: PathSum, digits: int = 6) -> list[Link]:
    """Return the sum: the derivative, its formula, the products, its number."""
    n, j = found.output, found.wrt
    links = [symbols.derivative(n, j)]
    scalar = tensor_derivatives.is_scalar(found.graph, n)
    formula = _formula(found) if scalar else _symbols(found)
    if formula is not None:
        links.append(formula)
    if found.run is not None:
        listed = found.paths
        if 1 < found.count == len(listed) <= MAX_TERMS and (n.size, j.size) == (1, 1):
            links.append(total([equations.value(path.product, digits=digits) for path in listed]))
        links += _number(found.value, n.size, j.size, digits)
    elif len(links) == 1:
        links.append(symbols.P(j, n))
    return links


def _formula(found: PathSum) -> Link | None:
    """Return the sum of the paths' formulas, or what the recursion makes of very many."""
    listed = found.paths
    if len(listed) == found.count <= MAX_TERMS and all(
        0 < len(path.edges) <= MAX_FACTORS for path in listed
    ):
        terms = [formula for path in listed if (formula := path.formula) is not None]
        if sum(scalar_derivatives.operations(term) + 1 for term in terms) <= READABLE:
            return total(list(map(equations.symbolic, terms)))
    if len(path_enumeration.between(found.graph, [found.wrt], found.output)) > LONG:
        return None
    try:
        formula = scalar_derivatives.gradient(found.graph, found.output, found.wrt, "nodes")
    except DerivationError:
        return None
    short = scalar_derivatives.operations(formula) <= READABLE
    return equations.symbolic(formula) if short else None


def _symbols(found: PathSum) -> Link | None:
    """Return the sum of the paths' products, J by J, if it is short."""
    listed = found.paths
    if len(listed) < found.count or not 0 < sum(len(path.edges) for path in listed) <= MAX_FACTORS:
        return None
    return total(list(map(_symbols_along, listed)))


def _symbols_along(path: Path) -> Link:
    """Return the product along a path J by J, of a long one without those that are not shown."""
    edges: list[Edge | None] = [*path.edges[::-1]]
    shown = shortened(edges, None)
    return product([DOTS if edge is None else symbols.J_of(edge) for edge in shown], BESIDE)


def _formulas(path: Path, edges: Sequence[Edge]) -> Link | None:
    """Return the product of the formulas along a path, if each has one and they are short."""
    factors = [found for edge in edges if (found := path.written(edge)) is not None]
    if len(factors) < len(edges):
        return None
    whole = product(factors, TIMES if path.is_scalar else MATRICES)
    return whole if len(whole.text) <= 4 * READABLE else None


def _number(found: Any, rows: Any, columns: Any, digits: int) -> list[Link]:
    """Return the value of a product where there is one: a number, or a matrix if it is small."""
    if found is None:
        return []
    return [
        equations.value(found, SCALAR if (rows, columns) == (1, 1) else (rows, columns), digits)
    ]
