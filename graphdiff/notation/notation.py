r"""How derivatives, layers, indices and numbers are written: one record that every writer asks.

A writer asks :func:`current`, within :func:`writing`. So a formula deep inside a derivation, a
name in it and a number have the notation that was asked for at the top, and nothing in between
hands it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from graphdiff.errors import GraphError, quoted_list

Derivatives = Literal["P", "partial", "bar", "delta", "nabla", "d"]
Layers = Literal["l", "(l)", "[l]"]
Layout = Literal["numerator", "denominator"]

MAX_DECIMALS = 17


@dataclass(frozen=True)
class Notation:
    r"""How formulas are written.

    Attributes
    ----------
    derivatives
        What stands for the derivative of the output L in a node w: ``"P"``, Pʲ with the local
        Jacobians Jʲ→ⁱ; ``"partial"``, ∂L/∂w; ``"bar"``, w̄; ``"delta"``, δˡ for the weighted sums
        of layer l of a network, ∂L/∂w for others; ``"nabla"``, ∇_w L; ``"d"``, dw as in programs.
    layers
        What a number above a name is, of a layer or a node: ``"l"``, W² and P³; ``"(l)"``, W⁽²⁾
        and P⁽³⁾, which nobody takes for powers; ``"[l]"``, W with [2] above.
    first
        The number of the first node: 1 or 0. Entries chosen by brackets keep NumPy's numbers.
    layout
        ``"numerator"``, dⁱ × dʲ, or ``"denominator"``, dʲ × dⁱ.
    decimals
        Decimal places of numbers that are not whole, 0.40 beside 0.39; None for significant
        digits.

    Raises
    ------
    GraphError
        For a choice that there is not.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w = g.input("x", 0.3), g.parameter("w__2", 0.8)
    >>> L = g.node("L", (w * x) ** 2)
    >>> print(g.explain(L, w, notation=gd.Notation("bar", layers="(l)", decimals=2)).latex())
    \section*{dL/dw\_\allowbreak{}\_\allowbreak{}2 by back-propagation}
    ...
    \bar{w}^{(2)} = ...
    """

    derivatives: Derivatives = "P"
    layers: Layers = "l"
    first: Literal[0, 1] = 1
    layout: Layout = "numerator"
    decimals: int | None = None

    def __post_init__(self) -> None:
        for name, valid in VALID.items():
            given = getattr(self, name)
            if given not in valid or isinstance(given, bool):
                raise GraphError(
                    f"the notation's {name} is {given!r:.60}; choose from {quoted_list(valid)}"
                )
        places = self.decimals
        if places is not None and (
            isinstance(places, bool)
            or not isinstance(places, int)
            or not 0 <= places <= MAX_DECIMALS
        ):
            raise GraphError(
                f"the notation's decimals are {places!r:.60}; give a whole number from 0 to "
                f"{MAX_DECIMALS}"
            )

    def above(self, layer: str) -> str:
        """Return what stands above a name for a layer."""
        return self.layers.replace("l", layer)

    def numbered(self, place: int) -> int:
        """Return the number of a place that is counted from 1."""
        return place - 1 + self.first

    def node(self, index: int) -> str:
        """Return what stands above u, P and f for a node."""
        return self.above(str(self.numbered(index)))

    @property
    def is_usual(self) -> bool:
        """Whether derivatives are written as P and J."""
        return self.derivatives == "P"


VALID: dict[str, tuple[Any, ...]] = {
    "derivatives": get_args(Derivatives),
    "layers": get_args(Layers),
    "first": (0, 1),
    "layout": get_args(Layout),
}
"""The choices there are."""

USUAL = Notation()

Given = Notation | Derivatives | Mapping[str, Any] | None
"""A notation as it is given: a record, what stands for derivatives alone, or fields by name."""


def as_notation(given: Any, **others: Any) -> Notation:
    """Return a notation as it is given, some fields replaced by those that are not None.

    Raises
    ------
    GraphError
        For a choice that there is not.

    Examples
    --------
    >>> as_notation("bar, layout=denominator")
    Notation(derivatives='bar', layers='l', first=1, layout='denominator', decimals=None)
    """
    changed = {name: value for name, value in others.items() if value is not None}
    if given is None:
        found = USUAL
    elif isinstance(given, Notation):
        found = given
    elif isinstance(given, Mapping):
        known = [field.name for field in fields(Notation)]
        for name in given:
            if name not in known:
                raise GraphError(f"a notation has no {name!r:.60}; it has {quoted_list(known)}")
        found = Notation(**given)
    elif isinstance(given, str):
        found = _read(given)
    else:
        raise GraphError(
            f"the notation is {given!r:.60}; give one of {quoted_list(VALID['derivatives'])}, a "
            "text such as 'bar, layers=(l), first=0', or a Notation"
        )
    return replace(found, **changed) if changed else found


def _read(given: str) -> Notation:
    """Return a notation from a text: ``bar, layers=(l), first=0``."""
    entries: dict[str, Any] = {}
    for part in filter(None, map(str.strip, given.split(","))):
        name, equals, value = map(str.strip, part.partition("="))
        if not equals:
            name, value = "derivatives", name
        if name in entries:
            raise GraphError(f"the notation {given!r:.60} says twice what its {name} are")
        entries[name] = int(value) if value.isascii() and value.isdigit() else value
    return as_notation(entries)


@dataclass(frozen=True)
class _Now:
    """What is written in: a notation, and names that have a label or a δ of their own."""

    notation: Notation
    labels: Mapping[str, str]
    deltas: Mapping[str, tuple[int, int | None]]


_USUALLY = _Now(USUAL, MappingProxyType({}), MappingProxyType({}))
_NOW = ContextVar("notation", default=_USUALLY)


def current() -> Notation:
    """Return the notation that is written in."""
    return _NOW.get().notation


def label(name: str) -> str | None:
    """Return the LaTeX that was given for a name, if any."""
    return _NOW.get().labels.get(name)


def delta(name: str) -> tuple[int, int | None] | None:
    """Return the layer of a node that is a weighted sum, and its place there if it is not alone."""
    return _NOW.get().deltas.get(name)


@contextmanager
def by_names() -> Iterator[None]:
    """Write derivatives by the names of nodes, ∂L/∂z, where P and J would need their numbers."""
    now = _NOW.get()
    named = replace(now.notation, derivatives="partial") if now.notation.is_usual else now.notation
    token = _NOW.set(replace(now, notation=named))
    try:
        yield
    finally:
        _NOW.reset(token)


@contextmanager
def writing(
    notation: Notation,
    labels: Mapping[str, str],
    deltas: Mapping[str, tuple[int, int | None]] | None = None,
) -> Iterator[None]:
    """Write in a notation."""
    token = _NOW.set(_Now(notation, labels, deltas or {}))
    try:
        yield
    finally:
        _NOW.reset(token)
