r"""The signs of formulas, each with all its spellings: as LaTeX, in Unicode, in a program.

A sign is written the same in all that follows, as in ``≈`` for \approx, \simeq and ≃.
"""

from __future__ import annotations


def _by_spelling(rows: dict[str, str]) -> dict[str, str]:
    return {spelling: sign for sign, row in rows.items() for spelling in row.split()}


_RELATIONS = {
    "=": r"= == ＝ \eq \equal",
    "≈": r"≈ ≃ ≅ ≐ ≒ ≓ ~= \approx \simeq \cong \doteq \approxeq \fallingdotseq \thickapprox",
    ":=": r":= ≔ ≜ ≝ \coloneqq \coloneq \colonequals \triangleq \defeq \eqdef",
    "←": r"← ⟵ <- <-- ⬅ \leftarrow \gets \longleftarrow",
    "→": r"→ ⟶ ↦ -> --> ➔ ➡ \to \rightarrow \longrightarrow \mapsto",
    "≡": r"≡ \equiv",
    "∝": r"∝ \propto",
    "<": r"< ＜ \lt",
    ">": r"> ＞ \gt",
    "≪": r"≪ \ll",
    "≫": r"≫ \gg",
    "≤": r"<= ≤ ⩽ ≦ \le \leq \leqslant \leqq",
    "≥": r">= ≥ ⩾ ≧ \ge \geq \geqslant \geqq",
    "≠": r"!= ≠ \ne \neq",
    "∈": r"∈ \in",
    "∉": r"∉ \notin",
    "⊂": r"⊂ \subset",
    "⊆": r"⊆ \subseteq",
    "~": r"∼ \sim",
    "+=": "+=",
    "-=": "-= −=",
    "*=": "*= ×=",
    "/=": "/=",
    ":": r": ： \colon",
}
_PRODUCTS = {
    "·": r"· ⋅ ∙ • ・ ‧ \cdot \cdotp \bullet \centerdot",
    "×": r"× ✕ ✖ ⨯ \times",
    "*": r"* ∗ ＊ ⋆ \ast \star",
    "⊙": r"⊙ ⨀ ☉ \odot \bigodot",
    "∘": r"∘ ○ ◦ \circ \bigcirc",
    "⊗": r"⊗ \otimes",
    "⊘": r"⊘ \oslash",
    "@": "@",
    "/": r"/ ÷ ∕ ⁄ ／ \div \slash",
}
_TERMS = {
    "+": r"+ ＋ \plus",
    "-": r"- − – — ‒ ‐ ‑ － ﹣ \minus",
    "±": r"± \pm",
    "∓": r"∓ \mp",
}
_CONSEQUENCES = {
    "⇒": r"⇒ ⟹ => ==> ⟾ \Rightarrow \implies \Longrightarrow",
    "⇔": r"⇔ ⟺ <=> \iff \Leftrightarrow \Longleftrightarrow",
    "⇐": r"⇐ ⟸ \Leftarrow \impliedby \Longleftarrow",
    "∴": r"∴ \therefore",
    "∵": r"∵ \because",
}
_DOTS = {"…": r"… ⋯ ⋮ ⋱ ... .. \ldots \dots \cdots \vdots \ddots \dotsc \dotsb \dotsm \hdots"}
_OTHERS = {
    "∂": r"∂ \partial \pd",
    "∇": r"∇ \nabla \grad",
    "**": "**",
    "|": r"| ∣ ｜ \vert \lvert \rvert \mid \divides",
    "‖": r"‖ ∥ || \| \Vert \lVert \rVert \parallel",
    ",": r", ， 、",
    ";": r"; ；",
    "'": r"' ′ ’ ʹ ´ \prime",
    "''": r"'' ″ ”",
    "'''": "‴",
    "!": "! ！",
    "∀": r"∀ \forall",
    "∃": r"∃ \exists",
    "∧": r"∧ \land \wedge",
    "∨": r"∨ \lor \vee",
    "¬": r"¬ \neg \lnot",
    "⊕": r"⊕ \oplus",
    "∪": r"∪ \cup",
    "∩": r"∩ \cap",
    "∖": r"∖ \setminus \backslash",
    "⊤": r"⊤ ⟙ \top \intercal ⊺",
    "†": r"† \dagger \dag",
}

RELATIONS = frozenset(_RELATIONS)
PRODUCTS = frozenset(_PRODUCTS)
TERMS = frozenset(_TERMS)
CONSEQUENCES = frozenset(_CONSEQUENCES)
PRIMES = {"'": 1, "''": 2, "'''": 3}
OPERATORS = PRODUCTS | TERMS | {"**"}
"""What has something on both its sides, if + and − are no signs of a number."""

SIGNS = _by_spelling({**_RELATIONS, **_PRODUCTS, **_TERMS, **_CONSEQUENCES, **_DOTS, **_OTHERS})
"""Each spelling, and its sign."""

OPENING = _by_spelling(
    {
        "(": r"( （ \lparen",
        "[": r"[ ［ ⟦ 【 \lbrack",
        "{": r"\{ ｛ \lbrace",
        "<": r"⟨ 〈 ‹ \langle",
        "⌊": r"⌊ \lfloor",
        "⌈": r"⌈ \lceil",
    }
)
CLOSING = _by_spelling(
    {
        "(": r") ） \rparen",
        "[": r"] ］ ⟧ 】 \rbrack",
        "{": r"\} ｝ \rbrace",
        "<": r"⟩ 〉 › \rangle",
        "⌊": r"⌋ \rfloor",
        "⌈": r"⌉ \rceil",
    }
)
"""Brackets, named by the one that opens; a closing one by its partner."""

_GREEK = (  # noqa: SIM905
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
).split()
_GREEK_CAPITALS = [word.capitalize() for word in _GREEK]
_VARIANTS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho",
    "varsigma": "sigma", "varpi": "pi", "varkappa": "kappa", "digamma": "digamma",
}  # fmt: skip
_LETTER_LIKE = "ell hbar infty emptyset aleph wp Re Im imath jmath".split()  # noqa: SIM905
_GREEK_SIGNS = "αβγδεζηθικλμνξοπρστυφχψω"
LETTERS = {
    **{word: word for word in (*_GREEK, *_GREEK_CAPITALS, *_LETTER_LIKE)},
    **_VARIANTS,
    **{f"var{word}": word for word in _GREEK_CAPITALS},
}
"""Commands that are letters, without their backslash, and what they are called."""

UNICODE_LETTERS = {
    **dict(zip(_GREEK_SIGNS, _GREEK, strict=True)),
    **dict(zip(_GREEK_SIGNS.upper(), _GREEK_CAPITALS, strict=True)),
    "ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "ς": "sigma", "ϖ": "pi", "ϰ": "kappa",
    "µ": "mu", "ℓ": "ell", "ℏ": "hbar", "∞": "infty", "∅": "emptyset", "ı": "imath", "∆": "Delta",
    "Ω": "Omega",
}  # fmt: skip

ACCENTS = _by_spelling(
    {
        "hat": "hat widehat ^ \u0302",
        "bar": "bar overline = \u0304 \u0305",
        "tilde": "tilde widetilde \u0303",
        "vec": "vec overrightarrow \u20d7",
        "dot": "dot \u0307",
        "ddot": 'ddot " \u0308',
        "check": "check widecheck \u030c",
        "breve": "breve \u0306",
        "mathring": "mathring r \u030a",
        "acute": "acute \u0301",
        "grave": "grave \u0300",
        "underline": "underline underbar \u0331 \u0332",
    }
)
"""Commands without their backslash, and marks that combine with the letter before them."""

FUNCTIONS = frozenset(
    """exp log ln lg sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth
    max min sup inf arg det""".split()  # noqa: SIM905
)
"""Functions that are set as such before their argument."""

LARGE = {
    "∑": "sum", "Σ": "sum", "∏": "prod", "∫": "int",
    r"\sum": "sum", r"\prod": "prod", r"\int": "int", r"\lim": "lim", r"\limsup": "lim sup",
    r"\liminf": "lim inf", r"\argmax": "argmax", r"\argmin": "argmin", r"\bigcup": "union",
    r"\bigcap": "intersection", r"\iint": "int", r"\oint": "int", r"\sumop": "sum",
}  # fmt: skip
"""Operators that run over something, as they are spelled."""

RUNNING = frozenset({"max", "min", "sup", "inf", "arg", "argmax", "argmin", "lim"})
"""Words that run over what stands below them."""
