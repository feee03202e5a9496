"""Bytes to text: UTF-8, UTF-16 with its mark, else what Windows writes in the West."""

from __future__ import annotations

import re
from typing import NamedTuple

from graphdiff.errors import FileError

MARKED = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
"""The marks that texts begin with, and what they say."""

NO_TEXT = re.compile(r"[\0-\x08\x0e-\x19\x7f]")
"""Signs that no text has."""


class Decoded(NamedTuple):
    """A text, and the encoding it was taken to be in.

    Examples
    --------
    >>> decoded("ŷ = σ(z)".encode("utf-16")).encoding
    'UTF-16'
    >>> decoded("Größe: x² = 4".encode("latin-1")).remark
    'it is no UTF-8; it is read as Windows-1252'
    """

    text: str
    encoding: str

    @property
    def remark(self) -> str:
        """What is to be said of an encoding that nothing marks; empty of others."""
        is_guessed = self.encoding == "Windows-1252"
        return f"it is no UTF-8; it is read as {self.encoding}" if is_guessed else ""


def decoded(content: bytes) -> Decoded:
    """Return the text of a file that people wrote.

    Raises
    ------
    FileError
        If it is no text.
    """
    encoding = MARKED.get(content[:2], "UTF-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "UTF-16":
            raise FileError("it is not a text in UTF-16; save it as UTF-8") from None
        return _western(content, error.start)
    if "\0" in text:
        raise FileError("it is not a text: it has a zero byte")
    return Decoded(text, encoding.removesuffix("-sig"))


def _western(content: bytes, first: int) -> Decoded:
    """Return bytes as Windows-1252, if that can be; ``first`` is the first that is no UTF-8."""
    problem = FileError(f"it is not a text in UTF-8 (byte {first}); save it as UTF-8")
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise problem from None
    if NO_TEXT.search(text):
        raise problem
    return Decoded(text, "Windows-1252")
