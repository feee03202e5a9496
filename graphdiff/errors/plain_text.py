r"""The one rule for text of others that is printed or written: what cannot be seen is shown.

A title, a claim, the name of a file, what another program said: any of them may hold signs that
move the cursor, end a line, turn the direction of reading or are not seen at all, so that the
reader is shown something else than what is there. They are written as ``\x1b`` or ``\u202e``
instead. Letters of all scripts stay, and the marks on them (x̂), as many as a letter may have.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

MAX_HEADING = 300
"""Characters of a title above a picture."""

MAX_MARKS = 4
"""Marks on one letter; more would run into the lines above and below."""

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols by their category that have no ink: fillers, joiners, selectors."""


MAX_QUOTED = (100, 60, 40)
"""Characters of one thing that a message quotes: the first with which it is short enough."""

_WORDS = re.compile(r"'[^']*'|\"[^\"]*\"|\S+")


def neutral(text: object, limit: int | None = None) -> str:
    r"""Return a text as one line in which nothing is hidden or obeyed.

    Doing it twice is doing it once. Spaces of any width become one of the usual kind each.

    Parameters
    ----------
    text
        A text, or what has one, such as a path.
    limit
        The most characters there may be; the end of a longer text is replaced by "…".

    Examples
    --------
    >>> print(neutral("x̂ = 1\n✓ all correct\x1b[2J"), neutral("a\u202eb"), neutral("σ" * 9, 4))
    x̂ = 1\n✓ all correct\x1b[2J a\u202eb σσσ…
    """
    written = str(text)
    if limit is not None and len(written) > limit:
        return f"{_neutral(written[:limit])[: max(limit - 1, 0)]}…"
    shown = _neutral(written)
    return shown if limit is None or len(shown) <= limit else f"{shown[: max(limit - 1, 0)]}…"


def brief(text: object, limit: int) -> str:
    r"""Return a text as :func:`neutral` does, shortened where it is long.

    What it quotes is shortened first; if that is not enough, its middle is left out, so that it
    has at most a third more than the limit.

    Examples
    --------
    >>> brief(f"unknown node '{'x' * 300}'", 60)
    "unknown node 'xxxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxxxxxx'"
    >>> print(brief("two\nlines and \x1b[31mred", 60))
    two\nlines and \x1b[31mred
    """
    message = _neutral(_without_middle(str(text), 4 * limit))
    for most in MAX_QUOTED:
        if len(message) > limit:
            message = _WORDS.sub(lambda word, most=most: _without_middle(word[0], most), message)
    return _without_middle(message, limit + limit // 3)


def _without_middle(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    end = (limit - 1) // 2
    return f"{text[: limit - 1 - end]}…{text[-end:]}"


def neutral_lines(text: str) -> str:
    r"""Return text of several lines with all but its ``\n`` made neutral.

    It is for what the package put together itself: what a line break stands for in the parts that
    others wrote has to be decided before, by :func:`neutral`.

    Examples
    --------
    >>> print(neutral_lines("one\ntwo\rthree"))
    one
    two\rthree
    """
    return "\n".join(map(_neutral, text.split("\n")))


def one_line(text: str) -> str:
    r"""Return a title on one line: line breaks are spaces, all other unseen signs are shown.

    Examples
    --------
    >>> print(one_line("  Linear\n  regression\x1b "))
    Linear regression\x1b
    """
    return _neutral(" ".join(unicodedata.normalize("NFC", text).split()))


def heading(title: str) -> str:
    """Return a title on one line that fits above a picture."""
    line = one_line(title)
    return line if len(line) <= MAX_HEADING else line[: MAX_HEADING - 1] + "…"


def json_text(data: Any, indent: int | None = 2) -> str:
    r"""Return data as JSON: the same data when read, and neutral when looked at.

    Letters stay as they are; what :func:`neutral` would show is escaped as JSON does it.

    Examples
    --------
    >>> print(json_text({"title": "ŷ\u202e"}, indent=None))
    {"title": "ŷ\u202e"}
    """
    written = json.dumps(data, ensure_ascii=False, indent=indent)
    return "\n".join(_shown(line, _in_json, _json_escape) for line in written.split("\n"))


def is_seen(text: str) -> bool:
    """Whether all of a text can be seen as it is: :func:`neutral` would leave it so."""
    return _neutral(text) == text


def _neutral(text: str) -> str:
    return _shown(text, _in_text, _escape)


def _shown(text: str, written: Callable[[str], str], escape: Callable[[str], str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    signs = set(text)
    if any(map(_is_mark, signs)):
        return "".join(_signs(text, written, escape))
    return text.translate({ord(sign): written(sign) for sign in signs})


def _signs(text: str, written: Callable[[str], str], escape: Callable[[str], str]) -> Iterator[str]:
    """Yield what is written for each sign; a mark that stands on nothing, or too high, is shown."""
    marks = MAX_MARKS
    for sign in text:
        marks = marks + 1 if _is_mark(sign) else 0
        yield escape(sign) if marks > MAX_MARKS else written(sign)


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M"


@lru_cache(maxsize=4096)
def _is_unseen(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] == "C" or category in ("Zl", "Zp") or bool(_BLANK.match(sign))


@lru_cache(maxsize=4096)
def _in_text(sign: str) -> str:
    if _is_unseen(sign):
        return _escape(sign)
    return " " if unicodedata.category(sign) == "Zs" else sign


@lru_cache(maxsize=4096)
def _in_json(sign: str) -> str:
    """Return a sign as JSON has it: spaces must stay the spaces they are."""
    is_odd_space = unicodedata.category(sign) == "Zs" and sign != " "
    return _json_escape(sign) if is_odd_space or _is_unseen(sign) else sign


def _escape(sign: str) -> str:
    if sign in _NAMED:
        return _NAMED[sign]
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(sign: str) -> str:
    return "\\u007f" if sign == "\x7f" else json.dumps(sign)[1:-1]
