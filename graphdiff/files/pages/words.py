"""Which words are mathematics, and which are prose: the tokens of a line of text."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "number", "name", "function", "word", "operator", "bar", "relation", "link",
    "open", "close", "comma", "break",
]  # fmt: skip


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


EQUAL = {"=", "≈", ":=", "←", "<-", "≅", "≃", "≡", "≐", "≔", "~=", "=~", "≒", "∼", "+=", "-="}
"""Relations of which one at least makes a formula."""

LINKS = {"⇒", "⟹", "=>", "==>", "→", "->", "⟶", "∴", "∵", "⇔", "-->", "➜", "➔"}
"""Signs between two equations, or before one."""

FUNCTIONS = words(
    """
    exp log ln log2 log10 sqrt max min maximum minimum abs sum mean avg prod dot outer matmul
    multiply sigmoid sigm sig logistic tanh relu leaky_relu leakyrelu softmax softplus sin cos
    tan sinh cosh sign step square power transpose array matrix diag sech swish silu gelu elu
    identity linear mse bce ce crossentropy cross_entropy argmax logsumexp where inner einsum
    norm clip expit sgn heaviside tensor float hstack vstack reshape sigmoidprime
    """
)
"""Names of functions, in small letters."""

KNOWN = words(
    """
    loss cost error err net out in input output target pred prediction grad gradient delta bias
    weight lr eta alpha beta gamma sigma lambda theta mu rho epsilon momentum logits logit prob
    total new old true label score residual act hidden mse bce
    """
)
"""Words that are names where they stand alone beside a relation."""

AGES = words(
    """
    new updated old next baru nuevo nueva novo nova neu neue neues neuer neuen nouveau nouvelle
    initial lama viejo
    """
)
"""Words that tell two values of one quantity apart: ``new w1 = …``."""

SHORT_WORDS = words(
    """
    so is of if in to at as an be by we or on no it up us my me he go am do de la el en et le un
    du se es su al da em os ou si ne er zu im ab wo ob und der die das and the for let use via
    por con les des est une ist mit von sei com que uma its per eg ie vs tu ya lo mi nu na ta
    """
)

ACCENTS = {"\u0302", "\u0304", "\u0303", "\u0307", "\u20d7", "\u0305", "\u0306"}
"""Accents that stand on the names of quantities: ŷ ȳ ỹ ẏ."""

MARKS = "\u0300-\u036f\u20d0-\u20ff"
LETTER = r"a-zA-Z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
LETTER += r"\u0370-\u03ff\u0400-\u04ff\u1d00-\u1dbf\u1e00-\u1fff\u2070-\u209c\u2100-\u214f"
LETTER += r"\U0001d400-\U0001d7ff"
TOKEN = re.compile(
    rf"""
    (?P<number>\d+(?:[.,]\d+)*(?:[eE][+\-−]?\d+(?![\w]))?(?:\ ?%(?![\w%]))?|\.\d+
      |[\u00bc-\u00be\u2150-\u215e])
  | (?P<name>[{LETTER}][{LETTER}{MARKS}\d]*
      (?:_\{{[^{{}}\n]{{1,20}}\}}|[_.](?=[{LETTER}\d])[{LETTER}{MARKS}\d]+|_)*['′″’]*)
  | (?P<relation>:=|<-(?!-)|==?>|={{2,3}}>|-+>|<=|>=|\+=|-=|~=|=~|(?<![=!<>])=(?![=])
      |[←≈≃≅≡≐≔≒∼≤≥≠<>∈∝⇒⟹→⟶∴∵⇔➜➔])
  | (?P<operator>[+\-−–±∓*·×⋅∙•÷/^⊙∘⊗⊕@∂∇√∑Σ∏∞∫†°!∗⁎⨀✕✖&])
  | (?P<bar>\|\|?|‖)
  | (?P<open>[(\[{{⟨])
  | (?P<close>[)\]}}⟩])
  | (?P<comma>[,;])
  | (?P<dots>…|\.\.\.|⋯)
  | (?P<space>\s+)
  | (?P<break>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token, where it stands, and how much space is before it."""

    kind: Kind
    text: str
    start: int
    end: int
    gap: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a line, or of lines that belong together."""
    gap = 0
    for found in TOKEN.finditer(text):
        kind, value = found.lastgroup, found.group()
        if kind == "space":
            gap = 1 if "\n" in value else len(value) + value.count("\t")
            continue
        yield Token(_kind(str(kind), value), value, found.start(), found.end(), gap)
        gap = 0


def _kind(kind: str, value: str) -> Kind:
    if kind == "name":
        return _word(value)
    if kind == "relation":
        return "link" if value in LINKS else "relation"
    if kind == "dots":
        return "name"
    return kind  # type: ignore[return-value]


@functools.lru_cache(maxsize=4096)
def _word(value: str) -> Kind:
    bare = value.rstrip("'′″’")
    if re.search(r"\.[a-zA-Z_]{2,}", bare) and not re.match(r"(?:np|math|torch|jnp|tf|F)\.", bare):
        return "word" if re.fullmatch(r"[\w.]*\.(?:dot|sum|mean|T)", bare) else "break"
    last = re.split(r"[._]", bare)[-1].lower()
    if bare.lower() in FUNCTIONS or (len(last) > 1 and last in FUNCTIONS):
        return "function"
    return "name" if is_name(bare) else "word"


def is_name(word: str) -> bool:
    """Whether a word is one that quantities have and prose has not: z, w11, net_h1, δ₁, ŷ, dW."""
    letters = unicodedata.normalize("NFD", word)
    if any(unicodedata.combining(letter) and letter not in ACCENTS for letter in letters):
        return False
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if any("\u0400" <= letter <= "\u04ff" for letter in letters):
        return False
    if len(letters) == 1 or letters.lower() in KNOWN_GREEK:
        return True
    if "_" in letters or is_sure(letters) or ACCENTED.fullmatch(letters):
        return True
    stem = letters.rstrip("0123456789")
    if stem != letters:
        return len(stem) <= 3 or stem.lower() in KNOWN
    if letters.endswith(".T"):
        return is_name(letters[:-2])
    if len(letters) <= 3 and letters[0] in "dD" and letters[1:2].isalpha():
        return letters not in SHORT_WORDS and (len(letters) == 2 or not letters.islower())
    return len(letters) == 2 and letters.lower() not in SHORT_WORDS and letters.isascii()


ACCENTED = re.compile(r"(?![wtcWTC]hat)[a-zA-Z](?:hat|bar|tilde)\d*")
"""A letter with the word for its accent, ``yhat``, that is none of what, that and chat."""

KNOWN_GREEK = frozenset(["eta", "alpha", "beta", "gamma", "sigma", "delta", "theta", "lambda"])


def is_sure(word: str) -> bool:
    """Whether a word has letters, or subscripts, that only mathematics has."""
    return any(
        "\u0370" <= letter <= "\u03ff"
        or "\u2070" <= letter <= "\u209c"
        or "\U0001d400" <= letter <= "\U0001d7ff"
        or letter in "ᵀᵗ²³¹ℒℓ∂∇"
        or "\u1d2c" <= letter <= "\u1d6a"
        for letter in word
    )
