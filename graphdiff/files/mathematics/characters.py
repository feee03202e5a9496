r"""Characters of Unicode that say in one sign what takes several: ``x₁``, ``ŷ``, ``½``, ``𝐖``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from graphdiff.files.mathematics import signs

Part = tuple[str, str, str]
"""The kind of a token, its text and its alphabet."""

_STYLES = {"DOUBLE-STRUCK": "mathbb", "SCRIPT": "mathcal", "FRAKTUR": "mathfrak",
           "BLACK-LETTER": "mathfrak"}  # fmt: skip


@lru_cache(maxsize=4096)
def parts_of(cluster: str) -> tuple[Part, ...]:
    """Return the tokens of a character and the marks that follow it."""
    character, marks = cluster[0], cluster[1:]
    if marks:
        return _marked(parts_of(character), marks)
    if character in signs.UNICODE_LETTERS:
        return (("letter", signs.UNICODE_LETTERS[character], ""),)
    if character == "√":
        return (("command", "sqrt", ""),)
    kind, _, codes = unicodedata.decomposition(character).rpartition("> ")
    inner = "".join(chr(int(code, 16)) for code in codes.split())
    if kind == "<fraction":
        halves = ((("{", "{", ""), *_spelled(half), ("}", "}", "")) for half in inner.split("⁄"))
        return ("command", "frac", ""), *(part for half in halves for part in half)
    if kind in ("<font", "<wide", "<narrow", "<compat", "<circle"):
        simpler = parts_of(inner) if len(inner) == 1 else _spelled(inner)
        return _styled(simpler, unicodedata.name(character, ""))
    if not kind and len(inner) == 2 and inner[1] in signs.ACCENTS:
        return _marked(parts_of(inner[0]), inner[1])
    return _spelled(character)


class Raised(NamedTuple):
    """A run of raised or lowered characters: its tokens, and where it ends."""

    parts: tuple[Part, ...]
    end: int


def script_at(source: str, start: int) -> Raised | None:
    """Return the run of raised characters, or of lowered ones, that begins at a place."""
    kind = _height(source[start])
    if not kind:
        return None
    end = start
    while end < len(source) and _height(source[end]) == kind:
        end += 1
    run = "".join(map(_lowered, source[start:end]))
    script = ("^" if kind == "<super>" else "_", "", "")
    if source[start:end] == "ᵀ":
        return Raised((script, ("sign", "⊤", "")), end)
    inner = [_spelled(word) for word in re.findall(r"[0-9]+|[^\W\d_α-ωΑ-Ω]+|.", run)]
    parts = (part for word in inner for part in word)
    return Raised((script, ("{", "{", ""), *parts, ("}", "}", "")), end)


def _lowered(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _height(character: str) -> str:
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return kind if kind in ("<super>", "<sub>") else ""


def _spelled(text: str) -> tuple[Part, ...]:
    """Return the tokens of letters, digits or signs."""
    if text.isdecimal():
        return (("number", unicodedata.normalize("NFKC", text), ""),)
    if text in signs.UNICODE_LETTERS:
        return (("letter", signs.UNICODE_LETTERS[text], ""),)
    if text in signs.LARGE:
        return (("large", signs.LARGE[text], ""),)
    if text in signs.OPENING:
        return (("open", signs.OPENING[text], ""),)
    if text in signs.CLOSING:
        return (("close", signs.CLOSING[text], ""),)
    if text in signs.SIGNS:
        return (("sign", signs.SIGNS[text], ""),)
    if text.isalpha():
        return (("letters", text, ""),)
    return (("sign", text, ""),)


def _styled(parts: tuple[Part, ...], name: str) -> tuple[Part, ...]:
    style = next((style for word, style in _STYLES.items() if word in name), "")
    if not style:
        return parts
    return tuple(("letters" if kind == "number" else kind, text, style) for kind, text, _ in parts)


def _marked(parts: tuple[Part, ...], marks: str) -> tuple[Part, ...]:
    for mark in marks:
        if mark in signs.ACCENTS:
            parts = ("command", signs.ACCENTS[mark], ""), ("{", "{", ""), *parts, ("}", "}", "")
        elif mark == "\u0338":  # a stroke through a relation
            parts = ("command", "not", ""), ("{", "{", ""), *parts, ("}", "}", "")
        elif parts and parts[-1][0] == "letters":
            parts = (
                *parts[:-1],
                ("letters", unicodedata.normalize("NFC", parts[-1][1] + mark), ""),
            )
    return parts


def word_at(source: str, start: int) -> str:
    """Return the letters and marks of a natural language from a place on: tổng, ошибка."""
    end = start
    while end < len(source) and _is_in_word(source[end]):
        end += 1
    return source[start:end]


def _is_in_word(sign: str) -> bool:
    if unicodedata.decomposition(sign).startswith("<") or sign in signs.UNICODE_LETTERS:
        return False
    return sign.isalpha() or bool(unicodedata.combining(sign))
