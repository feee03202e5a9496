"""Pages of PDF put together to one document.

The converter writes documents of one page. Here their objects are numbered anew, below one list of
pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphdiff.drawing.writers.pdf_objects import Document, kind_of

CATALOG = b"<<\n  /Type /Catalog\n  /Pages 2 0 R\n>>"
FIRST = 3
"""The number of the first object of a page; before it are the catalogue and the list."""

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


def joined(documents: Sequence[bytes]) -> bytes:
    """Return one document of several, each of one page.

    Parameters
    ----------
    documents
        Documents as :func:`graphdiff.drawing.writers.pdf.of_svg` makes them.
    """
    found: list[bytes] = []
    pages: list[int] = []
    for document in documents:
        objects = {
            old: body
            for old, body in Document.of(document).objects.items()
            if kind_of(body) in ("Page", "")
        }
        numbers = {old: FIRST + len(found) + place for place, old in enumerate(objects)}
        for old, body in objects.items():
            if kind_of(body) == "Page":
                pages.append(numbers[old])
            found.append(_renumbered(body, numbers))
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    listed = b"<<\n  /Type /Pages\n  /Count %d\n  /Kids [%s]\n>>" % (len(pages), kids)
    return Document(dict(enumerate([CATALOG, listed, *found], 1))).written()


def _renumbered(body: bytes, numbers: dict[int, int]) -> bytes:
    """Return an object that points to others by their new numbers, and to the list above it."""
    head, stream, data = body.partition(b"stream")
    return (
        _REFERENCE.sub(lambda found: b"%d 0 R" % numbers.get(int(found[1]), 2), head)
        + stream
        + data
    )
