"""Pages of PDF put together to one document.

The converter writes documents of one page, as plain objects. Here their objects are numbered anew,
below one list of pages; what stands in streams is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HEAD = b"%PDF-1.7\n%\x80\x80\x80\x80\n"
CATALOG = b"<<\n  /Type /Catalog\n  /Pages 2 0 R\n>>"
FIRST = 3
"""The number of the first object of a page; before it are the catalogue and the list."""

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_KIND = re.compile(rb"/Type /(Catalog|Pages|Page)\b")


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
        objects = dict(_objects(document))
        numbers = {old: FIRST + len(found) + place for place, old in enumerate(objects)}
        for old, body in objects.items():
            kind = _KIND.search(body.partition(b"stream")[0])
            if kind is not None and kind[1] == b"Page":
                pages.append(numbers[old])
            found.append(_renumbered(body, numbers))
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    listed = b"<<\n  /Type /Pages\n  /Count %d\n  /Kids [%s]\n>>" % (len(pages), kids)
    return _document([CATALOG, listed, *found])


def _objects(document: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the body of each object of a page but its catalogue and list."""
    start = int(document.rpartition(b"startxref")[2].split()[0])
    count = int(document[start:].split(b"\n", 2)[1].split()[1])
    table = document[start:].split(b"\n", 2)[2]
    places = {k: int(table[20 * k : 20 * k + 10]) for k in range(1, count)}
    ends = dict(zip(sorted(places.values()), [*sorted(places.values())[1:], start], strict=True))
    for number, place in places.items():
        body = document[place : ends[place]].partition(b" obj\n")[2].rpartition(b"\nendobj")[0]
        kind = _KIND.search(body.partition(b"stream")[0])
        if kind is None or kind[1] == b"Page":
            yield number, body


def _renumbered(body: bytes, numbers: dict[int, int]) -> bytes:
    """Return an object that points to others by their new numbers, and to the list above it."""
    head, stream, data = body.partition(b"stream")
    return (
        _REFERENCE.sub(lambda found: b"%d 0 R" % numbers.get(int(found[1]), 2), head)
        + stream
        + data
    )


def _document(objects: Sequence[bytes]) -> bytes:
    written, places = bytearray(HEAD), list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    written += b"trailer\n<<\n  /Size %d\n  /Root 1 0 R\n>>\n" % (len(objects) + 1)
    return bytes(written + b"startxref\n%d\n%%%%EOF" % start)
