"""What a formula needs to be as short as it is, in words: p > 0, sum(y) = 1, a != 0."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from graphdiff.graph import Node
from graphdiff.notation import equations, latex
from graphdiff.notation.equations import Link
from graphdiff.symbolic.cancelling import Reason
from graphdiff.symbolic.formula import Formula

MOST = 25
"""Nodes on the way of a derivation whose cancellations are shown."""

LONG = 160
"""Characters of a formula before it is simplified that are shown."""


def because(reasons: Sequence[Reason]) -> Link:
    """Return what a simplification needs, in brackets."""
    said = list(dict.fromkeys(map(_in_words, reasons)))
    together = r",\; ".join(each.latex for each in said)
    return Link(f"({', '.join(each.text for each in said)})", rf"\quad \left({together}\right)")


def _in_words(reason: Reason) -> Link:
    about = _written(reason.about)
    match reason.kind:
        case "nonzero":
            return Link(f"{about.text} != 0", rf"{about.latex} \neq 0")
        case "positive":
            return Link(f"{about.text} > 0", f"{about.latex} > 0")
        case "sum" | "rows" | "one_hot":
            rows = isinstance(reason.about, Node) and reason.about.ndim > 1
            each = "each row of " if rows else ""
            return Link(
                f"sum of {each}{about.text} = 1",
                rf"\textstyle\sum {about.latex} = 1" + (r"\text{ in each row}" if rows else ""),
            )
    assert isinstance(reason.about, Node)  # noqa: S101 - facts are said of leaves
    sentence = reason.about.facts.sentence(reason.kind, about.text)
    name, rest = latex.name(reason.about.name), sentence.removeprefix(about.text)
    return Link(sentence, rf"{name}\text{{{rest}}}")


def _written(about: object) -> Link:
    if isinstance(about, sp.Expr):
        return equations.symbolic(about)
    formula = Formula(about)  # type: ignore[arg-type]
    return Link(formula.text, formula.latex)
