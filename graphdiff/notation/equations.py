"""Equations written out, a = b ≈ c, as text and as LaTeX at once.

Whatever shows an equation writes it here: derivations, sums over paths, captions, marks and
steps of descent. So in all of them ≈ stands beside a number that was rounded, and a factor
stands in brackets where it is a sum, a quotient or begins with a sign.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import sympy as sp

from graphdiff.language.functions.writing import ATOM, PRODUCT, SUM, UNARY, LatexPart, TextPart
from graphdiff.language.shapes import SCALAR, Shape, is_known
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.notation import latex, text

T = TypeVar("T")


class Link(NamedTuple):
    """A side of a chain a = b ≈ c, or a part of one, and whether a number in it was rounded."""

    text: str
    latex: str
    rounded: bool = False


@dataclass(frozen=True, repr=False)
class Line:
    """One equation, as plain text and as LaTeX (without dollar signs).

    A chain a = b ≈ c has its parts as well, to be broken where it is long: ``left`` is a,
    and ``right`` has "= b" and "≈ c", in LaTeX.
    """

    text: str
    latex: str
    left: str = ""
    right: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"

    def aside(self, note: Link) -> Line:
        """Return the line with a note after it."""
        right = self.right and (*self.right[:-1], f"{self.right[-1]} {note.latex}")
        return Line(f"{self.text}   {note.text}", f"{self.latex} {note.latex}", self.left, right)


def value(found: Any, shape: Shape = SCALAR, digits: int = 6) -> Link:
    """Return a value of this shape, or samples of it, to so many digits."""
    shown = text.value(found, shape, digits)
    return Link(shown, latex.value(found, shape, digits), text.is_rounded(found, shown))


def symbolic(formula: sp.Expr) -> Link:
    """Return a formula of SymPy's."""
    return Link(text.symbolic(formula), latex.symbolic(formula))


# Chains


def chain(*links: Link) -> Line:
    """Return a = b ≈ c, leaving out what would repeat the link before it.

    Examples
    --------
    >>> print(chain(Link("x", "x"), Link("3*a", "3 a"), value(1 / 3), value(1.0)).text)
    x = 3*a ≈ 0.333333 ≈ 1
    """
    left, *sides = _sides(links)
    right = tuple(side.latex for side in sides)
    shown = " ".join([left.text, *(side.text for side in sides)])
    return Line(shown, " ".join([left.latex, *right]), left.latex, right)


def parts(*links: Link) -> tuple[Link, ...]:
    """Return a chain in parts that may stand on rows of their own: a, then = b, then ≈ c."""
    return tuple(_sides([links[0], *map(unary, links[1:])]))


def _sides(links: Sequence[Link]) -> Iterator[Link]:
    yield links[0]
    for before, link in itertools.pairwise(links):
        if link.text != before.text:
            yield equal(link, after=before)


def applied(function: LocalFunction, arguments: Sequence[Link]) -> Link:
    """Return a local function as its author wrote it, with these for its arguments.

    Examples
    --------
    >>> from graphdiff.graph import ComputationalGraph
    >>> g = ComputationalGraph()
    >>> f = g.node("f", g.input("a") * g.input("b") ** 2).function
    >>> applied(f, [value(0.5), value(-3)]).text
    '0.5*(-3)**2'
    """
    texts = [TextPart(part.text, _TIES[_tie(part)][0]) for part in arguments]
    formulas = [LatexPart(part.latex, _TIES[_tie(part)][1]) for part in arguments]
    return Link(
        text.authored(function, texts),
        latex.authored(function, formulas),
        any(part.rounded for part in arguments),
    )


_TIES = {"sum": (1, SUM), "product": (2, PRODUCT), "sign": (3, UNARY), "atom": (ATOM, ATOM)}
"""How tightly a name or a number holds together, in text and in LaTeX."""


def _tie(link: Link) -> str:
    if link.text.startswith("["):
        return "atom"
    if " " in link.text:
        return "sum"
    if link.text.startswith("-"):
        return "sign"
    return "product" if set(link.text) & set("*/") else "atom"


def equal(link: Link, after: Link | None = None) -> Link:
    """Return = b, or ≈ b if a number in it was rounded, or in what it is said to equal."""
    rounded = link.rounded or (after is not None and after.rounded)
    sign, formula = ("≈", r"\approx") if rounded else ("=", "=")
    return Link(f"{sign} {link.text}", f"{formula} {link.latex}", link.rounded)


def unary(link: Link) -> Link:
    """Keep a sign at the beginning close to what it is before, where a part stands alone."""
    return link._replace(latex=f"{{{link.latex}}}") if link.latex.startswith("-") else link


# Sums and products

TIMES = ("*", r" \cdot ")
BESIDE = ("*", r" \, ")
MATRICES = (" @ ", r" \, ")
DIMENSIONS = (" · ", r" \cdot ")
"""What stands between factors, in text and in LaTeX: a dot, or for letters only some room."""

DOTS = Link("…", r"\cdots")
MAX_FACTORS = 16
"""Factors that are written out; of more the middle is left out."""


def total(terms: Sequence[Link]) -> Link:
    """Return a + b - c."""
    shown, formula = terms[0].text, terms[0].latex
    for term in terms[1:]:
        if term.text.startswith("-") and term.latex.startswith("-"):
            shown += f" - {term.text[1:]}"
            formula += f" - {term.latex[1:].lstrip()}"
        else:
            shown += f" + {term.text}"
            formula += f" + {term.latex}"
    return Link(shown, formula, any(term.rounded for term in terms))


def product(factors: Sequence[Link], times: tuple[str, str] = TIMES) -> Link:
    """Return a product, its factors in brackets where they have to be.

    Examples
    --------
    >>> print(product([Link("a/b", ""), Link("-2", ""), Link("f(x + y)", "")]).text)
    (a/b)*(-2)*f(x + y)
    """
    shown = shortened(factors, DOTS)
    shown = shown if len(factors) == 1 else list(map(factor, shown))
    sign, formula = times
    return Link(
        sign.join(part.text for part in shown),
        formula.join(part.latex for part in shown),
        any(part.rounded for part in factors),
    )


def factor(link: Link) -> Link:
    """Return a sum, a negative or, in text, a quotient in brackets, so that it is one factor."""
    outside = "".join(_outside(link.text))
    is_sum = outside.startswith("-") or " + " in outside or " - " in outside
    shown = f"({link.text})" if is_sum or "/" in outside else link.text
    return Link(shown, rf"\left({link.latex}\right)" if is_sum else link.latex, link.rounded)


def _outside(formula: str) -> Iterator[str]:
    """Yield what of a formula stands outside all brackets."""
    depth = 0
    for letter in formula:
        depth -= letter in ")]}"
        if not depth:
            yield letter
        depth += letter in "([{"


def shortened(parts: Sequence[T], dots: T) -> Sequence[T]:
    """Return the parts of a long product, or of a long way, without its middle."""
    half = MAX_FACTORS // 2
    few = len(parts) <= MAX_FACTORS + 1
    return parts if few else [*parts[:half], dots, *parts[-half:]]


# Dimensions


def dimensions(rows: Shape, columns: Shape) -> Link:
    """Return dⁱ×dʲ, how many rows and columns a Jacobian between two shapes has.

    Examples
    --------
    >>> import sympy as sp
    >>> m, n = sp.symbols("m n")
    >>> print(dimensions((3, 2), ()).text, dimensions((m,), (m, n)).text)
    6×1 m×(m·n)
    """
    first, second = entries(rows), entries(columns)
    return Link(f"{first.text}×{second.text}", rf"{first.latex} \times {second.latex}")


def entries(shape: Shape) -> Link:
    """Return how many entries there are: a number, or the product of letters."""
    if is_known(shape):
        count = str(math.prod(shape))
        return Link(count, count)
    sizes = [Link(str(size), latex.sizes((size,))) for size in shape if size != 1]
    if len(sizes) == 1:
        return factor(sizes[0])
    whole = product(sizes, ("·", " "))
    return Link(f"({whole.text})", f"({whole.latex})")
