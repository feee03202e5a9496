"""Mathematics as it stands on a page: trees of what was written, which decide nothing about it.

``x(1 - x)`` may be a product or a function, ``a^2`` a power, a layer or a name: that depends on the
graph, and on the rest of the page. A tree has what a reader sees: scripts are scripts, and what
stands side by side stands side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Span = tuple[int, int]
"""Where something begins in the source of its formula, and where it ends."""

Form = Literal["latex", "plain", "code"]
"""How mathematics is written: as LaTeX, as a line of Unicode, or as a line of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Something written, and where."""

    span: Span


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """A number, with the digits it was written in and a point for its comma: ``"0.40"``."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Tree):
    r"""A letter, or letters that touch: ``x``, ``w11``, ``net``, and ``alpha`` for \alpha or α.

    A word that was set as one (``\text{net}``, ``\mathrm{net}``, a name of a program) `is_word`.
    Other letters that touch may also be a product, ``wx``. A sign that stands alone above or below
    something is a name, too: the ``+`` of w^+. `style` is the name of an alphabet that tells
    letters apart (``"mathcal"``, ``"mathbb"``); bold and upright letters have none.
    """

    text: str
    is_word: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Accent(Tree):
    """A body under an accent: ``"hat"``, ``"bar"``, ``"tilde"``, ``"vec"``, ``"dot"``, …."""

    accent: str
    body: Tree


@dataclass(frozen=True, slots=True)
class Script(Tree):
    """A body with what stands below and above it, and its primes: ``W_1'^{(2)}``."""

    body: Tree
    below: Tree | None = None
    above: Tree | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Transpose(Tree):
    r"""A body with a sign that can only mean a transpose: ``\top``, ``ᵀ``, ``.T``; not ``^T``."""

    body: Tree


@dataclass(frozen=True, slots=True)
class Sum(Tree):
    """Terms with their signs: ``a - b`` has ("+", a) and ("-", b); ± has the sign "±"."""

    terms: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True, slots=True)
class Product(Tree):
    """Factors from the left to the right, and the operator before each but the first.

    Operators are as written, ``""`` where factors stand side by side: · × * ⊙ ∘ ⊗ @ /, with ÷
    and ``:`` as /.
    """

    factors: tuple[Tree, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Tree):
    """A numerator above a denominator."""

    above: Tree
    below: Tree


@dataclass(frozen=True, slots=True)
class Derivative(Tree):
    r"""A derivative: ∂L/∂w, dL/dw, d²L/dw², ∇_w L, ∇²L, or the operator ∂/∂w before its operand.

    `mark` is ∂, d, ∇ or ∇²; `wrt` has each name as often as it is differentiated by, and is empty
    for a bare ∇L. Behind ∇² it has the names as they stand there, ∇²_w L and ∇²_{w,b} L.
    """

    mark: Literal["∂", "d", "∇", "∇²"]
    of: Tree
    wrt: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Call(Tree):
    r"""A function that is set as one before its argument, without brackets or with: ``\log x``.

    `function` is a `Name`, or a `Script` of it (``\log_2 x``, ``\sin^2 x``). What is written
    f(x) with a name of any kind is a product of a name and a group.
    """

    function: Tree
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Root(Tree):
    """A root; `index` is None for a square root."""

    body: Tree
    index: Tree | None = None


@dataclass(frozen=True, slots=True)
class Group(Tree):
    r"""Something in brackets: ``(`` ``[`` ``{``, ``|`` for a modulus, ``‖`` for a norm, ``<``.

    The bracket is ``""`` around a sum that \underbrace or \boxed holds together; the bracket of
    ``f()`` has no items in it.
    """

    bracket: str
    body: Tree


@dataclass(frozen=True, slots=True)
class Items(Tree):
    """Parts with commas or semicolons between them: in a group, in a script, or a whole side."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Matrix(Tree):
    """Rows of entries: a matrix environment, ``[a, b; c, d]``, ``[[a, b], [c, d]]``."""

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Tree):
    """Values, each with its condition; None for *otherwise*."""

    rows: tuple[tuple[Tree, Tree | None], ...]


@dataclass(frozen=True, slots=True)
class Large(Tree):
    """A sum, a product or a largest value that runs over something: ``"sum"``, ``"max"``, …."""

    operator: str
    below: Tree | None
    above: Tree | None
    body: Tree


@dataclass(frozen=True, slots=True)
class Comparison(Tree):
    """A chain of relations inside something larger: ``x > 0``, ``i = 1``, ``i ∈ S``."""

    sides: tuple[Tree, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class At(Tree):
    r"""Something taken at a place: ``\left.\frac{dy}{dx}\right|_{x=2}``, ``[…]_{w = 1}``."""

    body: Tree
    place: Tree


@dataclass(frozen=True, slots=True)
class Indexed(Tree):
    """Entries of an array as in a program: ``a[0, 1]``."""

    body: Tree
    indices: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Dots(Tree):
    """What was left out: …, ⋮, or the lone · of an entry that is not given."""


@dataclass(frozen=True, slots=True)
class Unread(Tree):
    """What could not be read: the first thing that was not understood, and why."""

    found: str
    why: str


def parts_of(tree: Tree) -> Iterator[Tree]:
    """Yield the trees that a tree is made of, in their order."""
    for name in type(tree).__dataclass_fields__:
        yield from _trees(getattr(tree, name))


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield a tree and all that it is made of, each before its parts."""
    yield tree
    for part in parts_of(tree):
        yield from walk(part)


def mapped(tree: Any, change: Callable[[Tree], Tree]) -> Any:
    """Return a tree with each of its parts changed."""
    if isinstance(tree, tuple):
        return tuple(mapped(part, change) for part in tree)
    if not isinstance(tree, Tree):
        return tree
    fields = (name for name in type(tree).__dataclass_fields__ if name != "span")
    return change(replace(tree, **{name: mapped(getattr(tree, name), change) for name in fields}))


def _trees(value: Any) -> Iterator[Tree]:
    if isinstance(value, Tree):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _trees(one)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a statement, and the relation before it.

    The relation of the first side is ``""``, unless a line begins with a relation and so goes on
    with the one above. Relations: = ≈ := ← → ≡ ∝ < > ≤ ≥ ≠ ∈ ~ += -= *= /=, and : after a label.
    """

    relation: str
    tree: Tree

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.tree.span


@dataclass(frozen=True, slots=True)
class Statement:
    """A chain of sides, as ``z = w x = 0.5``; one formula may have several."""

    sides: tuple[Side, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """The statements of a formula, and what stands in it that is no mathematics: comments, tags."""

    statements: tuple[Statement, ...]
    skipped: tuple[tuple[Span, str], ...] = ()
