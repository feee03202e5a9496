"""Shapes as LaTeX, their sizes numbers or letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from graphdiff.language.shapes import Shape
from graphdiff.notation.latex.letters import name


def sizes(shape: Shape) -> str:
    r"""Return a shape as LaTeX.

    Examples
    --------
    >>> print(sizes((3, 4)))
    3 \times 4
    """
    return r" \times ".join(map(size, shape)) or "()"


def size(one: Any) -> str:
    """Return one size, a number or a formula of letters, as LaTeX."""
    if isinstance(one, int):
        return str(one)
    return sp.latex(one, symbol_names={s: name(s.name) for s in one.free_symbols})


def places(given: Sequence[Any]) -> str:
    """Return numbers as a tuple: (1,0,2)."""
    return f"({','.join(map(str, given))})"
