"""Formulas, values and spaces as phrases: as LaTeX and as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.drawing.labels.description import Phrase, Role
from graphdiff.drawing.labels.heat import heat_of, is_whole
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.notation import latex, text
from graphdiff.notation.arrays import MAX_SUMMARY_DIGITS

SHOWN = 3
"""How many samples are written."""


def value_phrase(value: Any, digits: int, role: Role = "value", *, shape: Shape = SCALAR) -> Phrase:
    """Return a value as a phrase; a shorter one for where there is no room for it.

    That is the decimal of a fraction, and the range and norm of an array.
    """
    if shape and np.ndim(value) == len(shape):
        return _of_array(value, digits, role)
    plain = text.value(value, shape, digits)
    exact = not _rounded(value, digits) if not shape else not text.is_rounded(value, plain)
    phrase = Phrase(role, latex.value(value, shape, digits), plain, exact=exact)
    if shape:
        return replace(phrase, describes=True)
    if isinstance(value, sp.Expr) and not value.is_Integer:
        near = text.near(value, digits)
        return replace(phrase, shorter=Phrase(role, latex.decimal(near), near, exact=False))
    return phrase


def _of_array(value: Any, digits: int, role: Role) -> Phrase:
    """Return an array whole, if it is small; shorter, as a heat map, or what it lies between."""
    few = min(digits, MAX_SUMMARY_DIGITS)
    ends = tuple(
        (latex.number(end, few), text.number(end, few))
        for end in ((np.min(value), np.max(value)) if np.size(value) else ())
    )
    summary = Phrase(
        role,
        latex.summary(value, digits),
        text.summary(value, digits),
        describes=True,
        heat=heat_of(value, ends) if len(ends) == 2 else None,
    )
    if not is_whole(np.shape(value)):
        return summary
    plain = text.whole(value, digits)
    return Phrase(
        role,
        latex.whole(value, digits),
        plain,
        summary,
        exact=not text.is_rounded(value, plain),
        entries=np.size(value),
    )


def _rounded(value: Any, digits: int) -> bool:
    """Whether a number, or one of those shown of samples, is rounded."""
    if hasattr(value, "shape") and value.shape:
        return any(_rounded(entry, digits) for entry in value.ravel()[:SHOWN])
    return text.is_rounded(value, text.number(value, digits))


def _braced(formula: str) -> str:
    """Keep a sign at the beginning unary, with no space after it."""
    return f"{{{formula}}}" if formula.startswith("-") else formula


def _sign(right: Phrase) -> str:
    return "=" if right.exact else r"\approx"


def equal_to(right: Phrase) -> Phrase:
    """Return ``= right``, or ``≈ right`` if it is rounded, or a description as it is."""
    if right.describes:
        return right
    return Phrase(
        right.role,
        f"{_sign(right)} {_braced(right.latex)}",
        f"{'=' if right.exact else '≈'} {right.plain}",
        right.shorter and equal_to(right.shorter),
        entries=right.entries,
    )


def equated(left: Phrase, right: Phrase) -> Phrase:
    """Return ``left = right`` in the role of the left side; the left side if there is no room."""
    if right.heat is not None:
        return _headed(left, right)
    equal = equal_to(right)
    return Phrase(
        left.role,
        f"{left.latex} {equal.latex}",
        f"{left.plain} {equal.plain}",
        equated(left, right.shorter) if right.shorter else left,
        entries=right.entries,
    )


def _headed(left: Phrase, right: Phrase) -> Phrase:
    """Return a heat map below what it is of."""
    return replace(right, plain=f"{left.plain}: {right.plain}", heading=left)


def defined(left: Phrase, right: Phrase) -> Iterator[Phrase]:
    """Yield ``left = right``; on two lines where the right side only describes the value."""
    if right.heat is not None:
        yield _headed(left, right)
    elif right.describes:
        yield left
        yield right
    else:
        yield equated(left, right)


def space_of(shape: Shape) -> Phrase:
    """Return ∈ ℝ^{3×4}."""
    sizes = " × ".join(map(str, shape))
    return Phrase(
        "index",
        rf"\in \mathbb{{R}}^{{{latex.sizes(shape)}}}",
        f"∈ ℝ^{sizes}" if len(shape) == 1 else f"∈ ℝ^({sizes})",
    )


def in_space(symbol: Phrase, shape: Shape) -> Phrase:
    """Return a symbol and the space that it is of: J ∈ ℝ^{3×12}."""
    space = space_of(shape)
    return replace(
        symbol, latex=f"{symbol.latex} {space.latex}", plain=f"{symbol.plain} {space.plain}"
    )


def told(value: Phrase) -> str:
    """Return a value as it stands after a name in plain text."""
    return f": {value.plain}" if value.describes else f" {equal_to(value).plain}"


def clipped(plain: str, most: int = 300) -> str:
    """Return the beginning of a text that is too long."""
    return plain if len(plain) <= most else plain[: most - 1] + "…"
