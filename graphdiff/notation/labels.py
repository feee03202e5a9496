r"""Labels: LaTeX that an author gives for a name, ``\hat y``, of a subset that can do no harm.

A label is one name: a letter, a word or a symbol, with accents, indices below and above, and
primes; or a few such side by side. It is read here and written anew, so nothing that is not
known is ever handed to LaTeX or to a page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import is_seen
from graphdiff.notation.latex.letters import letter

MAX_LABEL = 80
"""Characters of a label."""
MAX_DEPTH = 5
"""Braces within braces."""

ACCENTS = {
    "hat", "bar", "tilde", "dot", "ddot", "vec", "check", "breve", "acute", "grave", "mathring",
    "overline", "widehat", "widetilde",
}  # fmt: skip
ALPHABETS = {
    "mathrm", "mathbf", "mathcal", "mathbb", "mathfrak", "mathsf", "mathit", "boldsymbol",
}  # fmt: skip
SYMBOLS = {
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta",
    "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho", "sigma",
    "varsigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
    "ell", "hbar", "imath", "jmath", "partial", "nabla", "infty", "top", "perp", "star", "ast",
    "dagger", "prime", "circ", "bullet",
}  # fmt: skip
_WORD = re.compile(r"\\(?:([A-Za-z]+)\s*|([,;:! ]))|([{}_^'])|(\s+)|(.)", re.DOTALL)
_INSIDE = "+-*/=,.:;()[]<>|"
"""Signs that stand in indices: h_{t-1}, W^{(l)}."""


def checked_label(written: object, name: str) -> str:
    r"""Return a label in the form that formulas have.

    Raises
    ------
    GraphError
        Saying what in it cannot be read.

    Examples
    --------
    >>> print(checked_label(r"\hat y", "yhat"), checked_label(r"h_{t-1}", "h"))
    \hat{y} h_{t-1}
    >>> print(checked_label(r"W_{xh}^{(l)}", "W"), checked_label("x_1w_1", "x1w1"))
    W_{xh}^{(l)} x_{1}w_{1}
    >>> checked_label(r"\input{a}", "a")
    Traceback (most recent call last):
    graphdiff.errors.GraphError: the label of 'a': \input is not known; ...
    """
    if not isinstance(written, str) or not written.strip() or not is_seen(written):
        raise GraphError(rf"the label of {name!r} is {written!r:.60}; give LaTeX such as '\hat y'")
    if len(written) > MAX_LABEL:
        raise GraphError(
            f"the label of {name!r} has {len(written)} characters, more than {MAX_LABEL}"
        )
    text = unicodedata.normalize("NFC", written.strip())
    if len(text) > 1 and text[0] == text[-1] == "$":
        text = text[1:-1].strip()
    try:
        return Reader(text).whole()
    except UnreadableError as error:
        raise GraphError(f"the label of {name!r}: {error}") from None


class UnreadableError(Exception):
    """What is wrong with a label."""


class Reader:
    """Reads the words of a label from left to right."""

    def __init__(self, text: str) -> None:
        self.words = [found for found in _WORD.finditer(text) if not found[4]]
        self.place = 0

    def whole(self) -> str:
        """Return all of it: names side by side."""
        found = self.sequence(0)
        if self.place < len(self.words):
            raise UnreadableError("a brace is closed that was not opened")
        return found

    @property
    def word(self) -> str:
        """The word that is read next; "" at the end."""
        return self.words[self.place][0].strip() if self.place < len(self.words) else ""

    def sequence(self, depth: int) -> str:
        """Return parts side by side, each with what stands below and above."""
        parts: list[str] = []
        while self.word not in ("", "}"):
            parts.append(self.scripted(depth))
        if not parts:
            raise UnreadableError("something is missing, as between braces")
        return "".join(parts)

    def scripted(self, depth: int) -> str:
        """Return a part with what stands below and above it."""
        base, scripts = self.atom(depth), dict[str, str]()
        while self.word in ("_", "^", "'"):
            sign = self.word
            self.place += 1
            if sign == "'":
                base += "'"
                continue
            if sign in scripts:
                raise UnreadableError(f"there are two {sign} one after the other")
            scripts[sign] = self.argument(depth)
        if "'" in base and "^" in scripts:
            raise UnreadableError("a prime and ^ do not go together")
        return base + "".join(f"{sign}{{{scripts[sign]}}}" for sign in "_^" if sign in scripts)

    def argument(self, depth: int) -> str:
        """Return what follows a command, _ or ^: a group, or one letter."""
        return self.group(depth) if self.word == "{" else self.atom(depth + 1)

    def group(self, depth: int) -> str:
        """Return what stands between braces."""
        if depth >= MAX_DEPTH:
            raise UnreadableError(f"braces are nested more than {MAX_DEPTH} deep")
        self.place += 1
        found = self.sequence(depth + 1)
        if self.word != "}":
            raise UnreadableError("a brace is not closed")
        self.place += 1
        return found

    def atom(self, depth: int) -> str:
        """Return one letter, symbol, group or command with its arguments."""
        if self.place >= len(self.words):
            raise UnreadableError("something is missing at the end")
        command, space, sign, _, plain = self.words[self.place].groups()
        if sign == "{":
            return f"{{{self.group(depth)}}}"
        if sign:
            raise UnreadableError(f"{sign} stands where a letter should")
        self.place += 1
        if space:
            return rf"\{space}"
        if command:
            return self.command(command, depth)
        if plain.isascii() and plain.isalnum():
            return plain
        if plain in _INSIDE and depth:
            return plain
        if not plain.isascii() and (known := letter(plain)):
            return known
        raise UnreadableError(
            f"{plain!r} cannot stand in it{'' if plain not in _INSIDE else ' but in an index'}"
        )

    def command(self, command: str, depth: int) -> str:
        """Return a command with its arguments."""
        if command in SYMBOLS:
            follows = self.word[:1].isalpha()
            return rf"\{command}" + (" " if follows else "")
        if command in ("text", "mathrm"):
            return rf"\mathrm{{{self.words_of(depth)}}}"
        if command in ACCENTS or command in ALPHABETS:
            return rf"\{command}{{{self.argument(depth)}}}"
        raise UnreadableError(
            rf"\{command} is not known; use letters, Greek ones, accents such as \hat, alphabets "
            r"such as \mathbf, \text, _ and ^"
        )

    def words_of(self, depth: int) -> str:
        """Return upright letters and digits, with their accents."""
        if self.word != "{":
            return self.atom(depth + 1)
        self.place += 1
        found = "".join(map(_upright, self.until_closed()))
        if not found:
            raise UnreadableError("a word is missing")
        return found

    def until_closed(self) -> Iterator[str]:
        """Yield the words up to a closing brace."""
        while self.place < len(self.words):
            word = self.word
            self.place += 1
            if word == "}":
                return
            yield word
        raise UnreadableError("a brace is not closed")


def _upright(word: str) -> str:
    is_plain = (word.isascii() and word.isalnum()) or word in "-."
    shown = word if is_plain else letter(word) if len(word) == 1 else None
    if shown is None:
        raise UnreadableError("words are letters, digits, hyphens and points")
    return shown
