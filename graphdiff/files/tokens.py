"""The words of an expression: names, numbers, operators, each with its place."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from graphdiff.errors import ExpressionError
from graphdiff.language.quantity import MAX_CHARACTERS

MAX_LENGTH = 20_000
"""Characters in one expression."""

_SPELLINGS = {
    "·": "*", "⋅": "*", "×": "*", "∗": "*", "⊙": "*", "−": "-", "–": "-", "÷": "/", "^": "**",
    "→": "->", "≤": "<=", "≥": ">=",
}  # fmt: skip
_ALIKE = {
    "‒": "-", "—": "-", "‐": "-", "‑": "-", "⁄": "/", "∕": "/", "⁎": "*", "•": "*", "✕": "*",
    "✖": "*", "˄": "^", "ˆ": "^", "‹": "<", "›": ">", "“": '"', "”": '"', "‘": "'", "’": "'",
    "，": ",", "٫": ".", "।": ".", "：": ":", "⟦": "[", "⟧": "]", "❨": "(", "❩": ")",
}  # fmt: skip
"""Signs that are not read, and what their writer may have meant."""
_PRIMES = re.compile(r"(?:['′’]+(?:_[0-9]+)?)+(?=\s*\()")
"""What makes of a name the name of a derivative: relu'(x), max'_1(a, b), tanh''(x)."""
_PATTERN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*+(?![^\x00-\x7f]))"
    r"|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<operator>\.\.\.|->|\*\*|<=|>=|[-+*/^@(),\[\].:<>=]|[·⋅×∗⊙−–÷→≤≥])"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A word of an expression, of kind number, name, text, operator or end."""

    kind: str
    text: str
    column: int


def tokens(source: str) -> list[Token]:
    """Split an expression into words; the last is of kind ``"end"``.

    Raises
    ------
    ExpressionError
        For a text that is too long, or a character that has no place in an expression.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(source)} characters, more than {MAX_LENGTH}; "
            "split it into several nodes"
        )
    found: list[Token] = []
    source = unicodedata.normalize("NFC", source)
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        assert match is not None  # noqa: S101 - the pattern matches any character
        kind, text = str(match.lastgroup), match.group()
        if kind == "other" and text.isidentifier():
            kind, text = "name", source[position : _end_of_name(source, position)]
        column = position + 1
        position += len(text)
        primes = _PRIMES.match(source, position) if kind == "name" else None
        if primes is not None:
            position = primes.end()
            text += re.sub("[′’]", "'", primes[0])
        if kind == "other":
            raise ExpressionError(
                f"{text!r} at column {column} has no place in an expression{_meant(text)}: "
                f"{_around(source)}"
            )
        if kind == "number" and len(text) > MAX_CHARACTERS:
            raise ExpressionError(f"the number at column {column} has more than "
                                  f"{MAX_CHARACTERS} characters")  # fmt: skip
        if kind != "space":
            found.append(Token(kind, _SPELLINGS.get(text, text), column))
    found.append(Token("end", "", len(source) + 1))
    return found


def _end_of_name(source: str, end: int) -> int:
    """Return where a name ends: after its letters, digits and marks (x̂), before a ·."""
    while end < len(source) and f"_{source[end]}".isidentifier() and source[end] not in _SPELLINGS:
        end += 1
    return end


def _meant(sign: str) -> str:
    """Return what a sign looks like that is written otherwise: ＊ for *, １ for 1."""
    look = _ALIKE.get(sign, unicodedata.normalize("NFKC", sign))
    if look == sign or not look.isascii() or not look.isprintable():
        return ""
    return f" (it is U+{ord(sign):04X}; did you mean {look!r}?)"


def _around(source: str) -> str:
    return repr(source if len(source) <= 60 else source[:57] + "...")


class Words:
    """The words of an expression, read from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.words = tokens(source)
        self.position = 0

    @property
    def word(self) -> Token:
        """The word to be read next."""
        return self.words[self.position]

    def take(self) -> Token:
        """Read a word."""
        self.position += 1
        return self.words[self.position - 1]

    def at(self, *operators: str, after: int = 0) -> bool:
        """Whether one of these operators comes next, or so many words after."""
        place = self.position + after
        word = self.words[place if place < len(self.words) else -1]
        return word.text in operators and word.kind == "operator"

    def expect(self, kind: str, described: str) -> Token:
        """Read a word of a kind, or an operator."""
        if self.word.kind != kind and not (self.word.kind == "operator" and self.word.text == kind):
            raise self.error(f"expected {described}")
        return self.take()

    def error(self, problem: str, word: Token | None = None) -> ExpressionError:
        """Return an error that names the place, and what was found there."""
        word = word or self.word
        found = repr(word.text) if word.kind != "end" else "the end"
        return ExpressionError(
            f"{problem} at column {word.column}, found {found}: {self.shortened()!r}"
        )

    def shortened(self) -> str:
        """Return the expression for an error message."""
        return self.source if len(self.source) <= 80 else self.source[:77] + "..."
