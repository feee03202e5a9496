"""Functions by their names: softmax_{axis=0}(z), and signs of their own, ‖x‖."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.functions.writing import ATOM, LatexPart, Written
from graphdiff.notation.latex.sizes import places


def called(head: str, parts: Iterable[LatexPart]) -> str:
    """Return a function's name with its arguments in parentheses."""
    return rf"{head}{{\left({', '.join(part.latex for part in parts)}\right)}}"


def operator(name: str, keywords: Sequence[tuple[str, Any]] = ()) -> str:
    r"""Return a function's name as LaTeX, its options below: softmax_{axis=0}."""
    words = name.replace("_", r"\ ")
    head = rf"\mathrm{{{words}}}" if not name.isalpha() else rf"\operatorname{{{name}}}"
    return head + options(keywords)


def options(keywords: Sequence[tuple[str, Any]]) -> str:
    """Return options as they stand below a name; keepdims is seen from the shape."""
    written = [
        (rf"\mathrm{{{key}}}=" if key else "") + (places(v) if isinstance(v, tuple) else str(v))
        for key, v in keywords
        if key != "keepdims"
    ]
    joined = r",\,".join(written)
    return f"_{{{joined}}}" if written else ""


def composite(function: Composite, parts: tuple[LatexPart, ...]) -> Written:
    """Return a function that is made of others, applied, under its own name."""
    keywords = options(function.keywords)
    if function.latex:
        latex = function.latex
        for k, part in enumerate(parts):
            latex = latex.replace(f"{{{k}}}", part.latex)
        if function.name == "norm" and not keywords and len(parts[0].shape) == 2:
            keywords = "_{F}"
        return latex + keywords, ATOM
    return called(operator(function.name, function.keywords), parts), ATOM
