"""Names and decimal numbers as LaTeX.

Letters for which there is no LaTeX in ASCII stay as they are, as the typesetter of the
pictures has many of them; :func:`ascii_only` finds something that pdflatex typesets.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from graphdiff.notation import notation
from graphdiff.notation.notation import Notation

_GREEK = (  # noqa: SIM905
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
).split()
GREEK = frozenset(_GREEK)
"""The names of small Greek letters."""

_GREEK_UPPER = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()  # noqa: SIM905
_WORDS = {
    **{word: rf"\{word}" for word in (*_GREEK, *_GREEK_UPPER)},
    "ell": r"\ell",
    "hbar": r"\hbar",
}
_CHARACTERS = {
    **{unicodedata.lookup(f"GREEK SMALL LETTER {word.upper()}"): rf"\{word}"
       for word in _GREEK if word != "lambda"},
    "λ": r"\lambda", "ς": r"\varsigma", "ϕ": r"\phi", "φ": r"\varphi", "ε": r"\varepsilon",
    "ϵ": r"\epsilon", "ϑ": r"\vartheta", "ο": "o", "µ": r"\mu",
    **{unicodedata.lookup(f"GREEK CAPITAL LETTER {'LAMDA' if word == 'Lambda' else word.upper()}"):
       rf"\{word}" for word in _GREEK_UPPER},
    "ℓ": r"\ell", "ı": r"\imath", "ℏ": r"\hbar", "∂": r"\partial",
    "ℒ": r"\mathcal{L}", "ℋ": r"\mathcal{H}", "ℐ": r"\mathcal{I}", "ℰ": r"\mathcal{E}",
    "ℱ": r"\mathcal{F}", "ℳ": r"\mathcal{M}", "ℛ": r"\mathcal{R}", "ℬ": r"\mathcal{B}",
    "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "℘": r"\wp",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot",
    "\u0308": "ddot", "\u030c": "check", "\u0300": "grave", "\u0301": "acute", "\u20d7": "vec",
    "\u0306": "breve", "\u030a": "mathring",
}  # fmt: skip
_ALPHABETS = {
    "SCRIPT CAPITAL": "mathcal", "BOLD SCRIPT CAPITAL": "mathcal",
    "DOUBLE-STRUCK CAPITAL": "mathbb", "BOLD CAPITAL": "mathbf", "BOLD SMALL": "mathbf",
    "FRAKTUR CAPITAL": "mathfrak", "FRAKTUR SMALL": "mathfrak",
}  # fmt: skip
_SUFFIXES = {"hat": "hat", "bar": "bar", "tilde": "tilde", "dot": "dot", "vec": "vec"}
_ABOVE = re.compile(r"(_*[^_](?:_?[^_])*)__([^_]+)")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def spelled(sign: str) -> str | None:
    r"""Return how a letter is spelled in names, ``alpha`` for α and L for ℒ; None for others.

    Examples
    --------
    >>> spelled("ϕ"), spelled("ε"), spelled("ℒ"), spelled("x")
    ('phi', 'epsilon', 'L', None)
    """
    command = _CHARACTERS.get(sign, "")
    words = re.findall(r"[a-zA-Z]+", command)
    return words[-1].removeprefix("var") if words and command.startswith("\\") else None


def accent(sign: str) -> str | None:
    """Return what an accent is called that combines with the letter before it."""
    return _ACCENTS.get(sign)


def mark_of(accent: str) -> str:
    r"""Return the sign that combines with the letter before it for an accent, ``"hat"``; or "".

    Examples
    --------
    >>> ascii(f"o{mark_of('hat')}{mark_of('acute')}")
    "'o\\u0302\\u0301'"
    """
    return next((sign for sign, called in _ACCENTS.items() if called == accent), "")


def name(written: str) -> str:
    r"""Return a node's name as LaTeX; what follows a double underscore stands above.

    A name that was given a label has that.

    Examples
    --------
    >>> print(name("yhat"), name("ŷ"), name("w_1_10"), name("sigma2"), name("loss"))
    \hat{y} \hat{y} w_{1,10} \sigma_{2} \mathrm{loss}
    >>> print(name("w_2_3__1"), name("W__2"), name("W_xh"), name("net_h1"), name("x1w1"))
    w_{2,3}^{1} W^{2} W_{xh} \mathrm{net}_{h_{1}} x_{1}w_{1}

    A name like those of :meth:`~graphdiff.Graph.gradient_graph` is a derivative:

    >>> print(name("dL_dw_1"), name("data_dim"))
    \frac{\partial L}{\partial w_{1}} \mathrm{data}_{\mathrm{dim}}
    >>> print(name("ddL_dx_dy"))
    \frac{\partial^{2} L}{\partial x \, \partial y}
    """
    return notation.label(written) or _named(written, notation.current())


@lru_cache(maxsize=10_000)
def _named(written: str, style: Notation) -> str:
    if fraction := _derivative(written):
        return fraction
    if above := _ABOVE.fullmatch(written):
        layer = _symbol(above[2])
        return f"{name(above[1])}^{{{style.above(layer) if layer.isdigit() else layer}}}"
    if _SIDE_BY_SIDE.fullmatch(written):
        return "".join(map(name, _ONE_OF_THEM.findall(written)))
    first, *indices = [part for part in written.split("_") if part] or [written]
    core, digits = re.fullmatch(r"(.*?)([0-9₀-₉]*)", first, re.DOTALL).groups()  # type: ignore[union-attr]
    if digits:
        core, indices = (core, [digits, *indices]) if core else (digits, indices)
    symbol = _symbol(core)
    if not indices:
        return symbol
    return f"{symbol}_{{{','.join(map(_index, indices))}}}"


_BASE = re.compile(r"(\\[a-z]+\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[^\\{}^_])(?=$|[_^])")


def accented(accent: str, latex: str) -> str:
    r"""Return a name as LaTeX with an accent over its letter, or over the whole of it.

    Examples
    --------
    >>> print(accented("dot", "x_{1}"), accented("bar", name("loss")))
    \dot{x}_{1} \overline{\mathrm{loss}}
    """
    base = _BASE.match(latex)
    over = latex if base is None or latex.startswith(r"\frac") else base[1]
    sign = "overline" if accent == "bar" and over.startswith((r"\mathrm", r"\frac")) else accent
    return rf"\{sign}{{{over}}}{latex[len(over) :]}"


def is_atom(latex: str) -> bool:
    """Whether a name as LaTeX can have a power as it is, without brackets."""
    is_several = _SEVERAL.match(latex) is not None
    return "^" not in latex and not latex.startswith(r"\frac") and not is_several


_SIDE_BY_SIDE = re.compile(r"(?:[A-Za-z][0-9]+){2,}")
_ONE_OF_THEM = re.compile(r"[A-Za-z][0-9]+")
_SEVERAL = re.compile(r"[A-Za-z]_\{[^{}]*\}[A-Za-z]")
_PAIR = re.compile(r"(?!in|id|lr)[a-z]{2}")
_NUMBERED = re.compile(r"([A-Za-z])([0-9]+)")


def _index(part: str) -> str:
    """Return what stands below a name: h₁ of net_h1, two letters xh of W_xh, a word upright."""
    if numbered := _NUMBERED.fullmatch(part):
        return rf"{numbered[1]}_{{{numbered[2]}}}"
    return part if _PAIR.fullmatch(part) and part not in _WORDS else _symbol(part)


def _derivative(written: str) -> str | None:
    """Return a name like dL_dw as a fraction, if what it is made of are letters, not words."""
    order = len(written) - len(written.lstrip("d"))
    for k in range(order, 0, -1):
        parts = written[k:].split("_d")
        if len(parts) != k + 1 or not all(parts):
            continue
        symbols = [name(part) for part in parts]
        if any(symbol.startswith((r"\mathrm", r"\frac")) for symbol in symbols):
            continue
        power = f"^{{{k}}}" if k > 1 else ""
        under = r" \, ".join(rf"\partial {symbol}" for symbol in symbols[1:])
        return rf"\frac{{\partial{power} {symbols[0]}}}{{{under}}}"
    return None


def _symbol(word: str) -> str:
    word = word.translate(_DIGITS)
    if word in _WORDS:
        return _WORDS[word]
    if word.isdigit() and word.isascii():
        return word
    for suffix, accent in _SUFFIXES.items():
        stem = word.removesuffix(suffix)
        if stem != word and (len(stem) == 1 or stem in _WORDS):
            return rf"\{accent}{{{_symbol(stem)}}}"
    letters = [_letter(cluster) for cluster in clusters(word)]
    if len(letters) == 1:
        return letters[0]
    return r"\mathrm{" + "".join(letters) + "}"


def clusters(word: str) -> list[str]:
    """Split a word into letters, each with the marks that combine with it."""
    clusters: list[str] = []
    for character in unicodedata.normalize("NFD", word):
        if unicodedata.combining(character) and clusters:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def letter(character: str) -> str | None:
    """Return a letter beyond ASCII as LaTeX; None for what is no letter."""
    found = _letter(clusters(character)[0])
    return None if found.startswith(r"\square") else found


def _letter(cluster: str) -> str:
    base, marks = cluster[0], cluster[1:]
    letter = _base(base)
    unknown = "".join(mark for mark in marks if mark not in _ACCENTS)
    if letter is None or unknown:
        if unicodedata.category(base)[0] not in "LN":
            return r"\square "
        composed = unicodedata.normalize("NFC", cluster)
        if len(composed) == 1:
            return composed
        letter = unicodedata.normalize("NFC", base + unknown)
    for mark in marks:
        if mark in _ACCENTS:
            letter = rf"\{_ACCENTS[mark]}{{{letter}}}"
    return letter


def _base(base: str) -> str | None:
    """Return a letter without marks as LaTeX in ASCII, or nothing."""
    if base.isascii():
        return base if base.isalnum() else None
    if base in _CHARACTERS:
        return _CHARACTERS[base]
    words = unicodedata.name(base, "").removeprefix("MATHEMATICAL ")
    alphabet, _, letter = words.rpartition(" ")
    if alphabet in _ALPHABETS and len(letter) == 1:
        shown = letter.lower() if alphabet.endswith("SMALL") else letter
        return rf"\{_ALPHABETS[alphabet]}{{{shown}}}"
    plain = unicodedata.normalize("NFKD", base)
    if plain.isascii() and plain.isalnum():
        return plain
    return _CHARACTERS.get(plain)


_TEXT_LETTERS = {
    "ß": r"\ss", "æ": r"\ae", "Æ": r"\AE", "œ": r"\oe", "Œ": r"\OE", "ø": r"\o", "Ø": r"\O",
    "ł": r"\l", "Ł": r"\L",
    "đ": r"d\llap{\raisebox{.7ex}{-}}", "Đ": r"\rlap{\raisebox{.2ex}{-}}D",
    "ħ": r"h\llap{\raisebox{.8ex}{-}\kern.15em}",
}  # fmt: skip
_BELOW = {"\u0323": "d", "\u0331": "b", "\u0327": "c", "\u0328": "c", "\u0326": "c"}
_HOOK, _HORN, _DOUBLE_ACUTE = "\u0309", "\u031b", "\u030b"


def ascii_only(written: str) -> str:
    r"""Return LaTeX mathematics in ASCII, for pdflatex with its default fonts.

    A letter that they lack is drawn as its code in a box, so that names stay different.

    Examples
    --------
    >>> print(ascii_only(name("trọng")))
    \mathrm{tr\text{\d{o}}ng}
    """
    if written.isascii():
        return written
    return "".join(
        cluster if cluster.isascii() else _ascii_letter(cluster) for cluster in clusters(written)
    )


def _ascii_letter(cluster: str) -> str:
    base, marks = cluster[0], cluster[1:]
    letter = base if base.isascii() else _base(base)
    if letter is None and base in _TEXT_LETTERS:
        letter = rf"\text{{{_TEXT_LETTERS[base]}}}"
    elif letter is None:
        letter = _code(base)
    for mark in marks:
        if mark in _ACCENTS:
            letter = rf"\{_ACCENTS[mark]}{{{letter}}}"
        elif mark in _BELOW:
            inner = letter if letter.isalnum() else rf"$\mathrm{{{letter}}}$"
            letter = rf"\text{{\{_BELOW[mark]}{{{inner}}}}}"
        elif mark == _DOUBLE_ACUTE and letter.isalnum():
            letter = rf"\text{{\H{{{letter}}}}}"
        elif mark == _HOOK:
            letter = rf"\overset{{\scriptscriptstyle ?}}{{{letter}}}"
        elif mark == _HORN:
            letter = rf"{{{letter}\text{{\kern-.1em'}}}}"
        else:
            letter += _code(mark)
    return letter


def _code(character: str) -> str:
    """Return a box with the code of a character, as browsers draw what no font has."""
    code = rf"\scriptscriptstyle\mathtt{{{ord(character):04X}}}"
    return rf"{{\fboxsep=1pt\boxed{{{code}}}}}"


def decimal(written: str) -> str:
    r"""Return a decimal number as LaTeX: ``2e-05`` becomes 2 × 10⁻⁵, ``1e12`` 10¹²."""
    mantissa, _, exponent = written.lower().partition("e")
    if not exponent:
        return written
    power = rf"10^{{{int(exponent)}}}"
    return (
        rf"{mantissa.replace('1', '')}{power}"
        if mantissa in ("1", "-1")
        else (rf"{mantissa}\times {power}")
    )
