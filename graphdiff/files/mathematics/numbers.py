r"""Numbers as they are written: ``.5``, ``1e-3``, ``0{,}5``, ``13\,000``, on some pages ``0,5``."""

from __future__ import annotations

import re

from graphdiff.files.mathematics.trees import Form

_THOUSANDS = (
    r"[0-9]{1,3}(?:(?:\\,|\{,\}|\\;|\u2009|\u202f|,(?=[0-9]{3}\.))[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
)
_GROUPED = re.compile(_THOUSANDS)
_PLAIN = re.compile(
    r"(?:[0-9]+(?:\.[0-9]+|\.(?=\s*(?:[-+*/)=≈×·\]]|\\(?:cdot|times)))(?!\.))?|\.[0-9]+)(?:[eE][-+−]?[0-9]+(?![0-9.]))?"
)
_PROGRAM = re.compile(r"(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[0-9]+(?:,|\{,\})[0-9]+")
_BRACED = re.compile(r"[0-9]+\{,\}[0-9]+")
_SEPARATOR = re.compile(r"[,]")
_LIST = re.compile(r"[(\[{][-−\s0-9,;]*[)\]}]")


def has_decimal_commas(source: str) -> bool:
    r"""Whether the commas of a formula are those of decimal numbers, as in ``0,5 \cdot 0,25``.

    They are if all stand between digits, no number has a point, and one stands outside brackets
    that have nothing but numbers in them, which may be a list.
    """
    if "," not in source or re.search(r"[0-9]\.[0-9]|(?<![0-9.])\.[0-9]", source):
        return False
    bare = source.replace("{,}", ",").replace("\\,", " ")
    if not all(
        0 < match.start() < len(bare) - 1
        and bare[match.start() - 1].isdigit() and bare[match.end()].isdigit()
        for match in _SEPARATOR.finditer(bare)
    ):  # fmt: skip
        return False
    if re.search(r"[0-9],[0-9]+,[0-9]", bare):
        return False
    if re.fullmatch(r"[^{]*(?:[0-9]{1,3}(?:\{,\}[0-9]{3})+(?![0-9])[^{,]*)+", source):
        return "0{," in source  # as 13{,}000 is written
    return "," in _LIST.sub("", bare)


def number_at(source: str, start: int, comma: bool, form: Form) -> tuple[str, int] | None:
    """Return the number that begins at a place, and where it ends."""
    first = source[start]
    if not ("0" <= first <= "9" or first == "."):
        return None
    if form == "code":
        match = _PROGRAM.match(source, start)
        return (match.group().replace("_", ""), match.end()) if match else None
    if comma and (match := _COMMA.match(source, start)):
        return re.sub(r"[{},]+", ".", match.group()), match.end()
    if match := _GROUPED.match(source, start):
        return re.sub(r"\\,|\{,\}|\\;|[,\u2009\u202f]", "", match.group()), match.end()
    if match := _BRACED.match(source, start):
        return match.group().replace("{,}", "."), match.end()
    match = _PLAIN.match(source, start)
    return (match.group().replace("−", "-"), match.end()) if match else None
