"""What units, weights and numbers are called in a picture of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import latex, text
from graphdiff.recognition.network_records import Place, Unit, Weight

MOST_DIGITS = 7
"""To show how little a weight has changed."""


@dataclass(frozen=True)
class Name:
    """A name or a number, as LaTeX and as plain text."""

    latex: str
    plain: str


def indexed(name: str, entry: tuple[int, ...]) -> Name:
    """Return the name of an entry: a_2^{1} of ``a__1``, the first being number 1."""
    stem, above, layer = name.partition("__")
    called = "_".join([stem, *(str(k + 1) for k in entry)]) + above + layer
    return Name(latex.name(called), called if entry else name)


def unit(found: Unit) -> Name:
    """Return the name of a unit's value."""
    if found.place is not None:
        return _at(found.place, found.size)
    if found.net is not None:
        inner = _at(found.net, found.size)
        return Name(rf"\varphi({inner.latex})", f"φ({inner.plain})")
    return Name("a", "a")


def net(found: Unit) -> Name:
    """Return the name of a neuron's weighted sum."""
    if found.net is None:
        return Name(r"\mathrm{net}", "net")
    return _at(found.net, found.size)


def _at(place: Place, size: int) -> Name:
    entry = () if place.axis is None or size == 1 else (place.row,)
    if place.node is not None:
        return indexed(place.node, entry)
    assert place.expression is not None  # noqa: S101 - a formula where there is no node
    found = _formula(place.expression)
    if not entry:
        return found
    return Name(rf"({found.latex})_{{{entry[0] + 1}}}", f"({found.plain})_{entry[0] + 1}")


def _formula(expression: Expression) -> Name:
    program, parents = localise(expression, written=False)
    function = LocalFunction(program, len(parents), tuple(p.shape for p in parents))
    names = [parent.name for parent in parents if isinstance(parent, Node)]
    return Name(
        latex.authored(function, [latex.name(name) for name in names]),
        text.authored(function, names),
    )


def weight(found: Weight, digits: int) -> Name:
    """Return the name of a weight or a bias; a fixed one is its number."""
    if found.parameter is None:
        return number(found.factor, digits)
    name = indexed(found.parameter, found.entry)
    if found.factor == 1:
        return name
    if found.factor == -1:
        return Name(f"{{-{name.latex}}}", f"-{name.plain}")
    by = number(found.factor, digits)
    return Name(rf"{by.latex}\, {name.latex}", f"{by.plain} {name.plain}")


def number(value: Any, digits: int) -> Name:
    """Return a number to so many digits; a long fraction as its decimal."""
    if isinstance(value, sp.Expr) and not (value.is_Rational and len(str(value)) <= 5):
        value = float(value)
    plain = text.number(value, digits)
    if isinstance(value, sp.Rational) and not value.is_Integer:
        return Name(plain, plain)
    written = latex.number(value, digits)
    return Name(f"{{{written}}}" if written.startswith("-") else written, plain)


def in_words(value: Any, digits: int) -> str:
    """Return a number within a sentence, 1.2 × 10³⁴ for 1.2e+34.

    Examples
    --------
    >>> in_words(1.2345e34, 3), in_words(-2e-9, 3), in_words(0.5, 3)
    ('1.23 × 10³⁴', '−2 × 10⁻⁹', '0.5')
    """
    mantissa, e, power = number(value, digits).plain.partition("e")
    mantissa = mantissa.replace("-", "\N{MINUS SIGN}")
    return f"{mantissa} × 10{str(int(power)).translate(_RAISED)}" if e else mantissa


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def equal(left: Name, value: Any, digits: int) -> Name:
    """Return ``left = value``, with ≈ where it is rounded."""
    right = number(value, digits)
    is_exact = isinstance(value, sp.Rational) or not text.is_rounded(value, right.plain)
    sign = "=" if is_exact else r"\approx"
    return Name(
        f"{left.latex} {sign} {right.latex}",
        f"{left.plain} {'=' if is_exact else '≈'} {right.plain}",
    )


def equal_to_all(left: Name, value: Any, digits: int) -> Name:
    """Return ``left = value`` of a number, or of the entries of a small array in a row."""
    if not np.ndim(value):
        return equal(left, value, digits)
    entries = np.ravel(value)
    parts = [number(entry, digits) for entry in entries.tolist()]
    rounded = any(text.is_rounded(e, p.plain) for e, p in zip(entries, parts, strict=True))
    listed = r",\; ".join(part.latex for part in parts)
    right = Name(f"({listed})", f"({', '.join(part.plain for part in parts)})")
    return joined(left, r"\approx" if rounded else "=", right, "≈" if rounded else "=")


def changed(before: Any, after: Any, digits: int) -> Name:
    """Return ``before → after``, with as many digits as it takes to see the change, if few do."""
    for enough in range(digits, MOST_DIGITS):
        if before == after or number(before, enough).plain != number(after, enough).plain:
            break
    else:
        enough = digits
    return joined(number(before, enough), r"\to", number(after, enough), "→")


def joined(left: Name, sign: str, right: Name, plain: str = "") -> Name:
    """Return two names with a sign between them, a space if it is one."""
    said = f" {plain or sign} " if plain != " " else plain
    return Name(f"{left.latex} {sign} {right.latex}", f"{left.plain}{said}{right.plain}")


def bracketed(name: Name) -> Name:
    """Return a name in brackets."""
    return Name(f"({name.latex})", f"({name.plain})")
