r"""Titles with mathematics in them, typeset: between dollar signs, or seen to be a formula.

``Loss of $\hat y$`` says where its mathematics is; in ``Descent on L = w^2 + b_1`` it is seen. What
cannot be read safely stays as it was written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from graphdiff.drawing import typeset
from graphdiff.drawing.typeset import Fragment
from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import one_line
from graphdiff.notation.mathematics import checked_mathematics

SMALLEST = 0.6
"""How much smaller a title may be set before it is cut."""

# All of these take what they take and give nothing back, so that a token is read in one pass.
_SCRIPT = r"[_^](?:\{[^{}]*+\}|\\[A-Za-z]++|[A-Za-z0-9])"
_FUNCTION = r"(?:sin|cos|tanh?|exp|log|ln|max|min)"
_ATOM = rf"(?>\\[A-Za-z]++|{_FUNCTION}|[A-Za-zα-ωΓΔΘΛΞΠΣΦΨΩ]|\d++(?:\.\d++)?+|\))(?:{_SCRIPT})*+"
_SIGN = r"[-+*/=<>(),|·×≤≥≈⊙]"
_TOKEN = re.compile(rf"(?:{_ATOM}|{_SIGN})++")
_WORD = re.compile(rf"(?<![\\A-Za-z{{])(?!{_FUNCTION}(?![A-Za-z]))[A-Za-z]{{3,}}")
_NAMED = re.compile(rf"(?<![\\A-Za-z])(?={_FUNCTION}(?![A-Za-z]))")
_LETTERS = re.compile(r"[A-Za-z,]+|\d+")
_TELLS = re.compile(r"[_^\\]|\S\s*+[=<>≤≥≈]\s*+\S")
_WRITTEN = str.maketrans({"*": r"\cdot ", "·": r"\cdot ", "×": r"\times ", "⊙": r"\odot "})
_SPECIAL = re.compile(r"[\\{}$&#%_^~]")


def title(text: str, size: float, width: float) -> Fragment | None:
    r"""Return a title with its mathematics typeset; None if none can be read, or there is no room.

    Examples
    --------
    >>> title(r"A layer, $\delta_Z$", 22, 400).source
    '\\text{A layer, }\\delta_{Z}'
    >>> title("Descent on L = w^2", 22, 400).source
    '\\text{Descent on }L=w^{2}'
    >>> title("The file my_graph", 22, 400) is None
    True
    """
    found = parts(text)
    if not any(is_math for is_math, _ in found):
        return None
    pieces: list[str] = []
    for is_math, said in found:
        if not is_math and _SPECIAL.search(said):
            return None
        try:
            pieces.append(checked_mathematics(said) if is_math else rf"\text{{{said}}}")
        except GraphError:
            return None
    latex = "".join(pieces)
    fragment = typeset.at_base_size(latex) if typeset.short_enough(latex) else None
    if fragment is None:
        return None
    plain = "".join(said for _, said in found)
    fragment = replace(fragment.scaled(size / typeset.BASE), plain=one_line(plain))
    by = min(1.0, width / fragment.width) if fragment.width else 1.0
    return fragment.scaled(by) if by >= SMALLEST else None


def parts(text: str) -> list[tuple[bool, str]]:
    r"""Return the mathematics and the words of a title, in order, with the spaces of the words.

    Examples
    --------
    >>> parts("Loss of $w$")
    [(False, 'Loss of '), (True, 'w')]
    >>> parts("z = w*x + b, a neuron")
    [(True, 'z = w\\cdot x + b'), (False, ', a neuron')]
    """
    if "$" in text:
        pieces = text.split("$")
        if len(pieces) % 2 == 0:
            return [(False, text)]
        told = [(k % 2 == 1, piece) for k, piece in enumerate(pieces)]
        return [(is_math, piece) for is_math, piece in told if piece.strip()]
    return _recognised(text)


def _recognised(text: str) -> list[tuple[bool, str]]:
    found: list[tuple[bool, str]] = []
    for is_math, tokens in groupby(re.findall(r"\S+\s*", text), key=_is_math):
        run = list(tokens)
        if not is_math or not _TELLS.search("".join(run)):
            found.append((False, "".join(run)))
            continue
        start, end = 0, len(run)
        while start < end - 1 and _is_word(run[start]) and not _is_sign(run[start + 1]):
            start += 1
        while end - 1 > start and _is_word(run[end - 1]) and not _is_sign(run[end - 2]):
            end -= 1
        said = "".join(run[start:end])
        formula = said.rstrip().rstrip(",")
        formula_as_latex = _NAMED.sub(r"\\", formula).translate(_WRITTEN)
        found += [(False, "".join(run[:start])), (True, formula_as_latex)]
        found += [(False, said[len(formula) :] + "".join(run[end:]))]
    joined: list[tuple[bool, str]] = []
    for is_math, run_of in groupby((part for part in found if part[1]), key=lambda part: part[0]):
        joined.append((is_math, "".join(said for _, said in run_of)))
    return joined


def _is_math(token: str) -> bool:
    token = token.strip()
    return _TOKEN.fullmatch(token) is not None and not _WORD.search(token)


def _is_word(token: str) -> bool:
    return _LETTERS.fullmatch(token.strip()) is not None


def _is_sign(token: str) -> bool:
    return re.fullmatch(_SIGN, token.strip()) is not None
