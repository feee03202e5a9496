"""The formats of files, by their suffixes: what pictures and steps may be saved as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from graphdiff.errors import DrawingError

PICTURES: Mapping[str, str] = MappingProxyType(
    {
        ".svg": "",
        ".png": "",
        ".pdf": "",
        ".html": "a page",
        ".tex": "TikZ",
        ".mmd": "Mermaid",
        ".dot": "",
        ".gv": "",
    }
)
"""What a picture may be saved as, and what that is if the suffix does not say it."""

STEPS: Mapping[str, str] = MappingProxyType(
    {
        ".svg": "plays",
        ".gif": "plays",
        ".webp": "plays",
        ".mp4": "a film",
        ".png": "numbered files",
        ".pdf": "numbered files",
        ".tex": "Beamer",
    }
)
"""What steps may be saved as, and what comes of it."""


def told(formats: Mapping[str, str]) -> str:
    """Return the suffixes of formats, each with what it is.

    Examples
    --------
    >>> told({".svg": "", ".tex": "TikZ"})
    '.svg, .tex (TikZ)'
    """
    return ", ".join(f"{suffix} ({said})" if said else suffix for suffix, said in formats.items())


def suffix_of(path: PurePath, valid: Iterable[str]) -> str:
    """Return the suffix of a path in small letters.

    Raises
    ------
    DrawingError
        If it is none of those that are valid.
    """
    suffix = path.suffix.lower()
    if suffix not in (valid := tuple(valid)):
        raise DrawingError(
            f"a picture cannot be written as {suffix or 'a file without suffix'!r}; "
            f"use {', '.join(valid)}"
        )
    return suffix
