"""Plain words as LaTeX text: whatever they are, they are printed, never obeyed."""

from __future__ import annotations

from graphdiff.notation.latex.letters import ascii_only, clusters, name

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_\allowbreak{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}",
}  # fmt: skip
_SIGNS = {
    "→": r"\to", "≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "×": r"\times",
    "·": r"\cdot", "−": "-", "∞": r"\infty", "Σ": r"\Sigma", "∈": r"\in", "⊙": r"\odot",
    "⊘": r"\oslash", "√": r"\surd", "…": r"\ldots", "‖": r"\|", "⋮": r"\vdots", "✓": r"\checkmark",
    "✗": r"\times", "←": r"\leftarrow",
}  # fmt: skip
_LINES = {"–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'"}


def as_tex(words: str) -> str:
    r"""Return plain words as LaTeX text in ASCII.

    Examples
    --------
    >>> print(as_tex("100 % of x_1 → $y$"))
    100 \% of x\_\allowbreak{}1 \ensuremath{\to} \$y\$
    """
    return "".join(map(_letter, clusters(words)))


def _letter(letter: str) -> str:
    if letter in _TEX:
        return _TEX[letter]
    if letter in _LINES:
        return _LINES[letter]
    if letter in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[letter]}}}"
    if letter.isascii():
        return letter if letter.isprintable() else " "
    return rf"\ensuremath{{\mathrm{{{ascii_only(name(letter))}}}}}"
