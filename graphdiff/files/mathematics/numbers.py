r"""Numbers as they are written: ``.5``, ``1e-3``, ``0{,}5``, ``13\,000``, on some pages ``0,5``."""

from __future__ import annotations

import re

from graphdiff.files.mathematics.trees import Form

_THOUSANDS = (
    r"[0-9]{1,3}(?:(?:\\,|\{,\}|\\;|\u2009|\u202f|,(?=[0-9]{3}\.))[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
)
_GROUPED = re.compile(_THOUSANDS)
_PLAIN = re.compile(
    r"(?:[0-9]+(?:\.[0-9]+|\.(?=\s*(?:[-+*/)=≈×·\],]|\\(?:cdot|times))|\s+[0-9]*\.[0-9\s,\]])(?!\.))?|\.[0-9]+)(?:[eE][-+−]?[0-9]+(?![0-9.]))?"
)
_PROGRAM = re.compile(r"(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[0-9]+(?:,|\{,\})[0-9]+(?:[eE][-+−]?[0-9]+(?![0-9.]))?")
_BRACED = re.compile(r"[0-9]+\{,\}[0-9]+")
_THIN = r"(?:\\[,;]|\u2009|\u202f)"
_MORE_DECIMALS = re.compile(rf"(?:{_THIN}[0-9]{{3}})*{_THIN}[0-9]{{1,3}}(?![0-9])")
"""Decimals in groups of three, behind the first group: the 3 of ``0{,}071\\,3``."""

_UPRIGHT = r"\\(?:mathrm|mathsf|mathtt|text|textrm|operatorname)\s*\{\s*[eE]"
_POWER = re.compile(
    r"(?:\\[,;:!]|\s)*(?:"
    rf"(?:{_UPRIGHT}\s*\}}|[eE])\s*\{{\s*(?P<braced>[-+−]?\s*[0-9]+)\s*\}}"
    rf"|{_UPRIGHT}\s*\}}(?:\{{(?P<sign>[-+−])\}})?(?P<bare>[-+−]?[0-9]+)(?![0-9.])"
    rf"|{_UPRIGHT}\s*(?P<inside>[-+−]?[0-9]+)\s*\}})"
)
"""A power of ten whose e is set for itself: ``3.78\\,\\mathrm{e}{-1}``."""

_TOUCHING = re.compile(r"(?<=[0-9]),(?=[0-9])")
INDEX = re.compile(r"_\s*\{[^{}=]*\}")
"""Something below a name; the commas in it are those of indices."""

_NUMBER = r"\s*[-−+]?\s*[0-9]+(?:,[0-9]+)?\s*"
_LIST = re.compile(rf"[(\[]{_NUMBER}(?:[,;]{_NUMBER})*[)\]]|\\\{{{_NUMBER}(?:[,;]{_NUMBER})*\\\}}")
_CLEAR = re.compile(r"(?<![0-9])0,[0-9]|[0-9],[0-9]{2}")


def has_decimal_commas(source: str) -> bool:
    r"""Whether the commas of a formula are those of decimal numbers, as in ``0,5 \cdot 0,25``.

    They are if no number has a point, and one stands between two digits: outside an index, and
    outside brackets that have nothing but whole numbers in them, which may be a list. Where there
    are other commas as well, ``f(x, y) = 0,25``, the digits must not be those of a list; where
    semicolons stand between the numbers, ``(0,25; -0,5)``, each has one comma at the most.
    """
    if "," not in source or re.search(r"[0-9]\.[0-9]|(?<![0-9.])\.[0-9]", source):
        return False
    bare = INDEX.sub(" ", source.replace("{,}", ",").replace("\\,", " "))
    if re.search(r"[0-9],[0-9]+,[0-9]", bare):
        return False
    if re.fullmatch(r"[^{]*(?:[0-9]{1,3}(?:\{,\}[0-9]{3})+(?![0-9])[^{,]*)+", source):
        return "0{," in source  # as 13{,}000 is written
    lists = [found.group() for found in _LIST.finditer(bare) if "," in found.group()]
    outside = _LIST.sub(" ", bare)
    if any(map(_is_of_decimals, lists)):
        return True
    touching = len(_TOUCHING.findall(outside))
    if touching == outside.count(","):
        return touching > 0
    return touching > 0 and len(_CLEAR.findall(outside)) == touching


def _is_of_decimals(written: str) -> bool:
    """Whether a list has numbers with commas between its signs, and is no matrix [1,2;3,4]."""
    parts = re.split(r";|,(?=\s)", written)
    if len(parts) == 1 or any(len(_TOUCHING.findall(part)) > 1 for part in parts):
        return False
    is_round = written[0] == "(" and ";" in written and len(_TOUCHING.findall(written)) > 0
    return is_round or _CLEAR.search(written) is not None


def number_at(source: str, start: int, comma: bool, form: Form) -> tuple[str, int] | None:
    """Return the number that begins at a place, and where it ends."""
    found = _digits_at(source, start, comma, form)
    if found is None or form == "code":
        return found
    text, end = found
    in_groups = len(text.partition(".")[2]) == 3
    if in_groups and (more := _MORE_DECIMALS.match(source, end)):
        text, end = text + re.sub(r"[^0-9]", "", more.group()), more.end()
    if "e" not in text.lower() and (power := _POWER.match(source, end)):
        exponent = "".join(part for part in power.groups() if part)
        text, end = f"{text}e{exponent}", power.end()
    return re.sub(r"\s", "", text).replace("−", "-"), end


def _digits_at(source: str, start: int, comma: bool, form: Form) -> tuple[str, int] | None:
    """Return the number that begins at a place, as far as its digits touch, and where it ends."""
    first = source[start]
    if not ("0" <= first <= "9" or first == "."):
        return None
    if form == "code":
        match = _PROGRAM.match(source, start)
        return (match.group().replace("_", ""), match.end()) if match else None
    if comma and (match := _COMMA.match(source, start)):
        return re.sub(r"[{},]+", ".", match.group()).replace("−", "-"), match.end()
    if match := _GROUPED.match(source, start):
        return re.sub(r"\\,|\{,\}|\\;|[,\u2009\u202f]", "", match.group()), match.end()
    if match := _BRACED.match(source, start):
        return match.group().replace("{,}", "."), match.end()
    match = _PLAIN.match(source, start)
    return (match.group().replace("−", "-"), match.end()) if match else None
