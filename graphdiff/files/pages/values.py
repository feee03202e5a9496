"""Values that programs print: in comments behind a line, and as texts of NumPy and PyTorch."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

LEADS = re.compile(
    r"(?:(?:=>|==>|-+>|→|⇒|≈|~=?|=(?!=)|>>>|(?:out(?:put)?|prints?|result|gives|value|ans)\b\s*[:=]?)\s*)+",
    re.IGNORECASE,
)
"""What stands before a value in a comment."""

ENDS = re.compile(r"\s*(?:[(,;✓✔✅!]|<-|←|--|–|\.\s*\Z)(?:[^\d=≈]|(?<=[^\W\d])\d)*\Z", re.DOTALL)
"""What may stand behind a value: words about it."""

WRAPPED = re.compile(
    r"(?:(?:np|numpy|torch|jnp|jax)\.)?(?:array|Array|tensor|DeviceArray|matrix|(?:float|int)\d+)"
    r"\((?P<inner>.*?)(?:,\s*(?:dtype|grad_fn|requires_grad|device|shape|weak_type)=.*)?\)",
    re.DOTALL,
)
NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?")
ARRAY = re.compile(r"\[[\[\s]*(?:[-+−]|\.?\d)[\d\s.,eE+\-−\[\]…]*\]")
PRINTED = re.compile(r"(?<=[^\s=<>!])[ \t]*[=:≈][ \t]*(?:[\w.]{1,20}\()?(?=\[)")
"""What stands before an array that was printed below its name."""

WHOLE = re.compile(r"(?<![\d.])(\d+)\.(?=[\s,\]])")
"""A whole number as NumPy prints it among others, ``1.``."""

BETWEEN_PARTS = re.compile(r"\]\][,\s]*\n[ \t]*\n\s*\[\[")
"""The empty line that NumPy leaves between the parts of an array of three axes or more."""

MAX_PRINTED = 4_000
"""Characters of an array printed over several lines."""

COUNT = re.compile(r"\(?(?P<count>\d{1,3})[.)]?\)?")


def plain(text: str) -> str:
    """Return a value without the function that prints it: the numbers of ``array([0.1, 0.2])``.

    Examples
    --------
    >>> plain("tensor([[0.1], [0.2]], grad_fn=<Add>)"), plain("np.float64(0.5)")
    ('[[0.1], [0.2]]', '0.5')
    """
    text = text.strip()
    while (found := WRAPPED.fullmatch(text)) is not None:
        text = found["inner"].strip()
    return re.sub(r"\s*\n\s*", " ", text)


def line_end(text: str, start: int, end: int, until: int) -> int:
    r"""Return where a line of text ends, with those below over which its last array was printed.

    Parameters
    ----------
    start, end
        Where the line begins, and where it ends by itself.
    until
        Where it ends at the latest.

    Examples
    --------
    >>> text = "dW = [[1. 2.]\n      [3. 4.]]\ndb = 5"
    >>> text[: line_end(text, 0, 13, len(text))]
    'dW = [[1. 2.]\n      [3. 4.]]'
    """
    closed = start
    for found in PRINTED.finditer(text, start, end):
        begin = found.end()
        if begin < closed:
            continue
        array = text[begin : min(begin + MAX_PRINTED, until)]
        array = array[: closing(array, 0)]
        closed = begin + len(array)
        if closed > end:
            if "\n\n" in BETWEEN_PARTS.sub("", array) or not is_printed(on_one_line(array)):
                break
            line = text.find("\n", closed, until)
            return until if line < 0 else line
    return end


def on_one_line(text: str) -> str:
    """Return a text of several lines as one."""
    return re.sub(r"\s*\n\s*", " ", text)


def without_points(text: str) -> str:
    """Return a text with a space for each point behind a whole number in an array.

    Such a point ends no sentence.

    Examples
    --------
    >>> without_points("z = [1. 2.]. So b = 3.")
    'z = [1  2 ]. So b = 3.'
    """
    return ARRAY.sub(lambda array: WHOLE.sub(r"\1 ", array[0]), text)


def counted(comments: Sequence[str]) -> bool:
    """Whether the whole numbers among comments count the lines: 1, 2, 3."""
    counts = [int(found["count"]) for text in comments if (found := COUNT.fullmatch(text.strip()))]
    return len(counts) > 1 and all(b == a + 1 for a, b in itertools.pairwise(counts))


def in_comment(comment: str, *, is_counted: bool = False) -> str:
    """Return the value that a comment is, with nothing but words about it; empty if it is none.

    Shapes, (3, 2), are none; a whole number is none where comments count the lines.

    Examples
    --------
    >>> in_comment("[[0.1, 0.2], [0.3, 0.4]]"), in_comment("-> 0.5 (rounded)"), in_comment("(3, 2)")
    ('[[0.1, 0.2], [0.3, 0.4]]', '0.5', '')
    """
    lead = LEADS.match(comment)
    text = comment[lead.end() if lead else 0 :].strip()
    if not lead and COUNT.fullmatch(text) and (is_counted or not text.isdecimal()):
        return ""
    whole, rest = _first(text)
    if rest.strip() and not ENDS.fullmatch(rest):
        return ""
    whole = plain(whole)
    return whole if is_printed(whole) else ""


def begins(text: str) -> bool:
    """Whether a text begins with a number, or with an array, and has no words."""
    text = text.strip()
    return (
        bool(text)
        and re.fullmatch(r"(?:[\w.]+(?=\())?[\s\d.,eE+\-−\[\]()…]+", text) is not None
        and bool(re.search(r"\d", text))
    )


def is_printed(text: str) -> bool:
    """Whether a text is a number, or an array in square brackets, as programs print them."""
    if NUMBER.fullmatch(text):
        return True
    return bool(ARRAY.fullmatch(text)) and closing(text, 0) == len(text)


def _first(text: str) -> tuple[str, str]:
    """Return the value that a text begins with, and the rest."""
    begin = re.match(r"(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*(?=\()", text)
    place = begin.end() if begin else 0
    if text[place : place + 1] in ("[", "("):
        end = closing(text, place)
        return text[:end], text[end:]
    number = NUMBER.match(text)
    end = number.end() if number else 0
    return text[:end], text[end:]


def closing(text: str, place: int) -> int:
    """Return where the bracket that opens at a place has ended."""
    depth = 0
    for k in range(place, len(text)):
        depth += (text[k] in "([") - (text[k] in ")]")
        if depth == 0:
            return k + 1
    return len(text)
