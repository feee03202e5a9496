"""A reader of the text in a page of PDF, by what its fonts say each letter stands for."""

from __future__ import annotations

import re
from typing import NamedTuple


class Line(NamedTuple):
    """A line of text with the left end of its baseline at (x, y), in points from below."""

    said: str
    x: float
    y: float
    width: float


def lines(content: bytes) -> list[Line]:
    """Return the lines that stand in a page, each with its place and its width."""
    fonts, widths = {}, {}
    for name, number in re.findall(rb"/T(\d+) (\d+) 0 R", content):
        font = body(content, number)
        widths[name] = int(re.search(rb"/Widths \[(\d+)", font)[1]) / 1000
        table = body(content, re.search(rb"/ToUnicode (\d+) 0 R", font)[1])
        fonts[name] = {
            code: bytes.fromhex(sign.decode()).decode("utf-16-be", "surrogatepass")
            for code, sign in re.findall(rb"^<(..)> <([0-9A-F]{4,})>$", table, re.MULTILINE)
        }
    shown = re.search(rb"BT 3 Tr\n(.*?)\nET", content, re.DOTALL)
    found = []
    for stretched, x, y, runs in re.findall(
        rb"([\d.]+) Tz 1 0 0 1 ([\d.-]+) ([\d.-]+) Tm\n((?:/T.*\n?)+)", shown[1] if shown else b""
    ):
        said, width = "", 0.0
        for name, size, letters in re.findall(rb"/T(\d+) ([\d.]+) Tf <([0-9A-F]*)> Tj", runs):
            codes = [letters[k : k + 2] for k in range(0, len(letters), 2)]
            said += "".join(fonts[name][code] for code in codes)
            width += len(codes) * widths[name] * float(size) * float(stretched) / 100
        found.append(Line(said, float(x), float(y), width))
    return found


def body(content: bytes, number: bytes) -> bytes:
    return re.search(rb"\n%b 0 obj\n(.*?)\nendobj" % number, content, re.DOTALL)[1]


def entry(content: bytes, name: str) -> str:
    """Return the text of the first entry of a name."""
    written = re.search(rf"/{name} <FEFF([0-9A-F]*)>".encode(), content)[1]
    return bytes.fromhex(written.decode()).decode("utf-16-be")
