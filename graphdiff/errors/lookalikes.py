"""Names that look the same and are not: a Cyrillic а for a Latin a, ο for o, ｘ or 𝐱 for x.

They are pointed out, never refused. Greek letters are names as good as any: α, σ and θ look like
nothing else, and ν like v only where both are in one graph.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_REMARKS = 10

_CYRILLIC = (
    "аa еe оo рp сc уy хx ѕs іi јj һh кk ѵv ԁd ԛq ԝw ӏl АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY "
    "ХX ҮY ԌG ԚQ ԜW ӀI фφ ѳθ өθ ѡω єε ГΓ ПΠ ЛΛ ФΦ ѰΨ ѲΘ ӨΘ"
)
_OTHERS = "օo ոn սu ցg հh զq յj ՏS ՕO ԼL ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ"
_CAPITALS = "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC"
_GREEK = f"{_CAPITALS} οo ϲc ϳj"
_LATIN = "ɑa ɡg ıi ßβ ɸφ ɛε ƖI ǀl"
_MARKS = "\u0305\u0304 ‿_"
_LOOKS = {
    pair[0]: pair[1] for pair in f"{_CYRILLIC} {_OTHERS} {_GREEK} {_LATIN} {_MARKS} νv".split()
}
_FOREIGN = {pair[0] for pair in f"{_CYRILLIC} {_OTHERS}".split()}
"""Letters that are suspicious alone, in a name that has no others."""

_MIXED = _FOREIGN | {pair[0] for pair in _GREEK.split()}
"""Letters that are suspicious beside Latin ones."""

_SYMBOLS = frozenset("ℒℋℐℰℱℳℛℬℓℏℎ℘ℝℕℤℂℚℙℍ")
"""Letters with a look of their own, though Unicode has them as variants of plain ones."""


@lru_cache(maxsize=100_000)
def skeleton(name: str) -> str:
    """Return what a name looks like; names that look the same have the same.

    Examples
    --------
    >>> skeleton("а"), skeleton("ｘ"), skeleton("α"), skeleton("ŷ") == skeleton("y\u0302")
    ('a', 'x', 'α', True)
    """
    if name.isascii():
        return name
    return "".join(map(_look, unicodedata.normalize("NFD", name)))


@lru_cache(maxsize=10_000)
def _look(letter: str) -> str:
    if letter in _SYMBOLS:
        return letter
    return "".join(_LOOKS.get(c, c) for c in unicodedata.normalize("NFKD", letter))


def looking_like(name: str, known: Iterable[str]) -> str | None:
    """Return a known name that looks like this one, and is another; or None.

    Of several it is the one in plain letters.
    """
    look = skeleton(name)
    found = [other for other in known if other != name and skeleton(other) == look]
    return min(found, key=lambda other: not _is_itself(other), default=None)


def difference(name: str, other: str) -> str:
    """Say which letter tells two names apart that look the same.

    Examples
    --------
    >>> print(difference("а", "a"))
    'а' has the Cyrillic letter а (U+0430), which looks like Latin a
    """
    one, two = _aligned(name, other)
    if one == two:
        return f"{name!r} is written with other code points than {other!r}"
    a, b = next(((a, b) for a, b in zip(one, two, strict=False) if a != b), (one[-1:], two[-1:]))
    if _is_itself(a) and not _is_itself(b):
        name, a, b = other, b, a
    return f"{name!r} has {_odd_one(a, b)}"


def _is_itself(letter: str) -> bool:
    return skeleton(letter) == unicodedata.normalize("NFD", letter)


def _aligned(name: str, other: str) -> tuple[str, str]:
    """Return both names in the normal form in which their letters stand side by side."""
    composed = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", other)
    if len(composed[0]) == len(composed[1]):
        return composed
    return unicodedata.normalize("NFD", name), unicodedata.normalize("NFD", other)


def lookalikes(names: Iterable[str]) -> tuple[str, ...]:
    """Return a remark for each name of a graph that may be taken for another one.

    That is a name that looks like another of them, has a look-alike of another script among Latin
    letters, or is made of Cyrillic, Armenian or Cherokee look-alikes of Latin letters only.

    Examples
    --------
    >>> lookalikes(["a", "а"])
    ("'а' has the Cyrillic letter а (U+0430), which looks like Latin a; both are names here",)
    >>> lookalikes(["α", "σ_x", "ŷ", "a"])
    ()
    """
    found = list(_remarks(list(names)))
    more = len(found) - MAX_REMARKS
    return (*found[:MAX_REMARKS], *([f"and {more} more names like these"] if more > 0 else []))


def _remarks(names: list[str]) -> Iterator[str]:
    if all(map(str.isascii, names)):
        return
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(skeleton(name), name)
        if other != name:
            yield f"{difference(name, other)}; both are names here"
    for name in names:
        if (odd := _odd(name)) and first[skeleton(name)] == name:
            yield f"{name!r} has {_odd_one(odd, _look(odd))}"


def _odd(name: str) -> str:
    """Return a letter of a name that is not what it seems, or nothing."""
    if name.isascii():
        return ""
    letters = [c for c in name if c.isalpha()]
    suspicious = _MIXED if any(map(_is_latin, letters)) else _FOREIGN
    found = [c for c in letters if c in suspicious or _script(c) == _SCRIPTS["FULLWIDTH"]]
    if suspicious is _FOREIGN and len(found) < len(letters):
        return ""  # a word of its script
    return found[0] if found else ""


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def _odd_one(letter: str, look: str) -> str:
    code = f"(U+{ord(letter):04X})"
    if unicodedata.combining(letter):
        return f"the mark {code}, which looks like another one"
    if not letter.isalpha():
        return f"the sign {letter} {code}, which looks like {look}"
    return f"the {_script(letter)}letter {letter} {code}, which looks like {_script(look)}{look}"


_SCRIPTS = {"FULLWIDTH": "full-width ", "MATHEMATICAL": "mathematical "} | {
    script.upper(): f"{script} "
    for script in ("Latin", "Greek", "Cyrillic", "Armenian", "Cherokee")
}


def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter[:1], "").partition(" ")[0], "")
