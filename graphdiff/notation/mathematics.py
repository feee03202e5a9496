r"""Mathematics that an author writes, in LaTeX of a subset that can do no harm.

It is read and written anew, as labels are, with the signs of operations and relations,
fractions, roots, sums and the names of functions beside them.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from graphdiff.errors import GraphError, unknown
from graphdiff.notation.labels import ACCENTS, ALPHABETS, SYMBOLS, Reader, UnreadableError

MAX_LENGTH = 300
"""Characters of mathematics."""
MAX_LEVELS = 8
"""Indices of indices, fractions in fractions."""

SIGNS = {
    "cdot", "times", "div", "pm", "mp", "odot", "otimes", "oplus", "setminus", "cup", "cap",
    "le", "leq", "ge", "geq", "ne", "neq", "approx", "sim", "equiv", "propto", "ll", "gg",
    "in", "notin", "subset", "to", "mapsto", "rightarrow", "leftarrow", "Rightarrow", "Leftarrow",
    "Leftrightarrow", "uparrow", "downarrow", "forall", "exists", "ldots", "cdots", "quad", "qquad",
    "sum", "prod", "int", "lim", "max", "min", "exp", "log", "ln", "sin", "cos", "tan", "sinh",
    "cosh", "tanh", "det", "dim", "ker", "arg", "sup", "inf", "Pr", "langle", "rangle", "emptyset",
}  # fmt: skip
TAKING = {"frac": 2, "tfrac": 2, "dfrac": 2, "binom": 2, "sqrt": 1, "underline": 1}
"""How many arguments commands take."""
KNOWN = sorted({*SIGNS, *TAKING, *SYMBOLS, *ACCENTS, *ALPHABETS, "text"})
_PLAIN = "+-*/=,.:;()[]<>|!?"
_SPELLED = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "≈": r"\approx ", "→": r"\to ", "∞": r"\infty ", "∈": r"\in ", "…": r"\ldots ", "⊙": r"\odot ",
    "Σ": r"\Sigma ", "∇": r"\nabla ", "<": "<", ">": ">", "±": r"\pm ",
}  # fmt: skip


def checked_mathematics(written: str) -> str:
    r"""Return mathematics in the form that formulas have.

    Raises
    ------
    GraphError
        Saying what in it cannot be read, and the nearest that can.

    Examples
    --------
    >>> print(checked_mathematics(r"\frac{\partial L}{\partial w} = 2ex \le 0"))
    \frac{\partial L}{\partial w}=2ex\le 0
    >>> checked_mathematics(r"\write18{ls}")
    Traceback (most recent call last):
    graphdiff.errors.GraphError: in '\\write18{ls}' \write is not known; ...
    """
    if len(written) > MAX_LENGTH:
        raise GraphError(f"mathematics of {len(written)} characters, more than {MAX_LENGTH}")
    try:
        return _Mathematics(unicodedata.normalize("NFC", written.strip())).whole()
    except UnreadableError as error:
        raise GraphError(f"in {written!r:.60} {error}") from None


class _Mathematics(Reader):
    """Reads mathematics from left to right."""

    def atom(self, depth: int) -> Any:
        if depth > MAX_LEVELS:
            raise UnreadableError(f"goes deeper than {MAX_LEVELS} levels")
        word = self.word
        if word in _SPELLED or (len(word) == 1 and word in _PLAIN):
            self.place += 1
            return _SPELLED.get(word, word)
        return super().atom(depth)

    def command(self, command: str, depth: int) -> str:
        if command in SIGNS:
            return rf"\{command}" + (" " if self.word[:1].isalpha() or self.word.isdigit() else "")
        if command in TAKING:
            return rf"\{command}" + "".join(
                f"{{{self.argument(depth)}}}" for _ in range(TAKING[command])
            )
        if command not in KNOWN:
            hint = str(unknown("command", command, KNOWN)).partition("; ")[2]
            near = hint if hint.startswith("did you mean") else "use signs, letters, \\frac, \\sum"
            raise UnreadableError(rf"\{command} is not known; {near}")
        return super().command(command, depth)
