"""Printed equations read again: what each side is worth, and what stands between two sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy as sp

_SYMBOLS = re.compile(r"[uP]\^\d+|d\w+/d\w+|.*\bJ[\[^].*|I")
"""Sides that name what the others are worth."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def equal_sides(line: str) -> Iterator[tuple[str, str]]:
    """Yield the sides of a ? b ? c that the line says to be equal, of those that are no symbols."""
    sides = re.split(r" ([=≈]) ", line.partition("   (")[0])  # without what stands aside
    before = None
    for sign, side in zip(["=", *sides[1::2]], sides[::2], strict=True):
        before = before if sign == "=" else None
        if not _SYMBOLS.fullmatch(side.strip()):
            if before is not None:
                yield before, side
            before = side


def worth(side: str, values: dict[str, Any], P: dict[str, Any]) -> sp.Expr:
    """Return what a side is worth where the nodes have these values and P."""
    written = re.sub(r"P\[(\w+)\]", r"P_of_\1", side.strip()).replace("·", "*")
    names = values | {f"P_of_{name}": found for name, found in P.items()}
    return sp.sympify(written, locals=names, rational=True)


def check_equal(left: str, right: str, values: dict[str, Any], P: dict[str, Any]) -> None:
    """Assert that two sides are worth the same, but for what float64 itself rounds."""
    a, b = worth(left, values, P), worth(right, values, P)
    sizes = [abs(float(number)) for number in _NUMBER.findall(left + " " + right)]
    inside = [abs(float(found)) for found in (*values.values(), *P.values())]
    scale = max([abs(float(a)), abs(float(b)), *sizes, *inside])
    assert abs(sp.N(a - b, 30)) <= 1e-11 * scale, f"{left} = {right}"
