"""Documents of PDF as numbered objects: read, changed, and written again.

Read are documents as the converter writes them: one page, and plain objects that a table lists.
What stands in streams is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = b"%PDF-1.7\n%\x80\x80\x80\x80\n"

_KIND = re.compile(rb"/Type /(Catalog|Pages|Page)\b")


def kind_of(body: bytes) -> str:
    """Return what an object is: ``"Catalog"``, ``"Pages"``, ``"Page"``, or another: nothing."""
    found = _KIND.search(body.partition(b"stream")[0])
    return found[1].decode() if found else ""


def stream(data: bytes) -> bytes:
    """Return an object that holds data."""
    return b"<<\n  /Length %d\n>>\nstream\n%s\nendstream" % (len(data), data)


def text(said: str) -> bytes:
    """Return text as an object: in numbers, so that nothing in it has a meaning."""
    return b"<FEFF%s>" % said.encode("utf-16-be", "replace").hex().upper().encode()


@dataclass
class Document:
    """The objects of a document by their numbers; they begin at 1, and none is left out.

    Attributes
    ----------
    root, info
        The numbers of the catalogue, and of what is said about the document.
    """

    objects: dict[int, bytes]
    root: int = 1
    info: int | None = None

    @classmethod
    def of(cls, content: bytes) -> Document:
        """Read a document as the converter writes it."""
        start = int(content.rpartition(b"startxref")[2].split()[0])
        count = int(content[start:].split(b"\n", 2)[1].split()[1])
        table = content[start:].split(b"\n", 2)[2]
        places = {k: int(table[20 * k : 20 * k + 10]) for k in range(1, count)}
        starts = sorted(places.values())
        ends = dict(zip(starts, [*starts[1:], start], strict=True))
        objects = {
            number: content[place : ends[place]].partition(b" obj\n")[2].rpartition(b"\nendobj")[0]
            for number, place in places.items()
        }
        root = next(number for number, body in objects.items() if kind_of(body) == "Catalog")
        return cls(objects, root)

    def add(self, body: bytes) -> int:
        """Add an object, and return its number."""
        number = len(self.objects) + 1
        self.objects[number] = body
        return number

    def extend(self, number: int, entries: bytes) -> None:
        """Add entries to an object that has entries."""
        head, sep, rest = self.objects[number].partition(b"<<")
        self.objects[number] = head + sep + b"\n  " + entries + rest

    def the(self, kind: str) -> int:
        """Return the number of the one object of a kind."""
        return next(number for number, body in self.objects.items() if kind_of(body) == kind)

    def written(self) -> bytes:
        """Return the document as the content of a file."""
        bodies: Sequence[bytes] = [self.objects[k] for k in range(1, len(self.objects) + 1)]
        content, places = bytearray(HEAD), list[int]()
        for number, body in enumerate(bodies, 1):
            places.append(len(content))
            content += b"%d 0 obj\n%s\nendobj\n\n" % (number, body)
        start = len(content)
        info = b"" if self.info is None else b"\n  /Info %d 0 R" % self.info
        content += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(bodies) + 1)
        content += b"".join(b"%010d 00000 n\r\n" % place for place in places)
        content += b"trailer\n<<\n  /Size %d\n  /Root %d 0 R%s\n>>\n" % (
            len(bodies) + 1, self.root, info,
        )  # fmt: skip
        return bytes(content + b"startxref\n%d\n%%%%EOF" % start)
