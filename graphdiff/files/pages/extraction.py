"""A page, of whatever kind, and the formulas on it."""

from __future__ import annotations

import os
from pathlib import Path

from graphdiff.errors import FileError
from graphdiff.files import budget
from graphdiff.files.encodings import Decoded, decoded
from graphdiff.files.pages.fragments import PageText
from graphdiff.files.pages.notebooks import read_code, read_notebook
from graphdiff.files.pages.page import Collected, read_page
from graphdiff.files.storage import read_bytes

MAX_CHARACTERS = 4_000_000
"""Characters of a page."""

MAX_NOTEBOOK = 40_000_000
"""Those of a notebook, which has its pictures in it."""

SECONDS = 5.0
"""CPU time for finding the formulas of one page."""


def page_text(path: str | os.PathLike[str]) -> Decoded:
    """Return the text of the file of a page, in UTF-8 or in what else pages are written in.

    Raises
    ------
    FileError
        If it cannot be read, is too large, or is no text.
    """
    is_notebook = Path(path).suffix.lower() == ".ipynb"
    content = read_bytes(path, MAX_NOTEBOOK if is_notebook else MAX_CHARACTERS, "a page")
    try:
        return decoded(content)
    except FileError as error:
        raise FileError(f"{os.fspath(path)!r}: {error}") from None


def extract(text: str, kind: str = ".md") -> PageText:
    r"""Return the formulas of a page, and where they stand.

    Parameters
    ----------
    text
        The page as it is.
    kind
        The suffix of its file: ``.md``, ``.ipynb``, ``.tex``, ``.py``, ``.txt``, …. Pages of
        unknown kinds are read as Markdown, which has all signs that mark mathematics.

    Raises
    ------
    FileError
        If a notebook is not JSON, or the page is too large.
    BudgetError
        If it takes too long.

    Examples
    --------
    >>> page = extract("# Step 1\n\nWith $w = 3$:\n\n$$\nz = w x = 6\n$$\n\nso a = σ(6) ≈ 0.9975")
    >>> [(found.line, found.form, found.source) for found in page.fragments]
    [(3, 'latex', 'w = 3'), (6, 'latex', 'z = w x = 6'), (9, 'plain', 'a = σ(6) ≈ 0.9975')]
    """
    kind = kind.lower()
    most = MAX_NOTEBOOK if kind == ".ipynb" else MAX_CHARACTERS
    if len(text) > most:
        raise FileError(f"the page has more than {most} characters; check it in parts")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    into = Collected()
    with budget.cpu(SECONDS, f"the page takes more than {SECONDS:g} s to read; check it in parts"):
        if kind == ".ipynb":
            read_notebook(text, into)
        elif kind in (".py", ".pyi", ".jl", ".r", ".m"):
            read_code(text, into, {".jl": "julia", ".r": "r", ".m": "matlab"}.get(kind, "python"))
        else:
            read_page(text, into, is_tex=kind in (".tex", ".ltx", ".sty", ".latex"))
    return PageText(tuple(into.fragments), tuple(into.macros), tuple(into.tables))
