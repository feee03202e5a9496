r"""Formulas copied out of chats, which lost the backslashes of their brackets, or all of them."""

from __future__ import annotations

import re

from graphdiff.files.pages.dollars import COMMAND, PROSE, TEXT

LOST = re.compile(
    r"(?<![\\a-zA-Z])(?=[a-zA-Z])("
    r"(?:[dt]?frac|hat|bar|tilde|vec|sqrt|text|mathbf|mathrm|mathcal|mathbb|boldsymbol|underbrace|"
    r"begin|end|overline|boxed|operatorname)(?=\{)"
    r"|(?:partial|nabla|cdot|times|odot|circ|sigma|delta|Delta|alpha|beta|gamma|eta|theta|lambda|"
    r"epsilon|mu|rho|phi|sum|prod|log|ln|exp|max|approx|quad|leftarrow|rightarrow|Rightarrow|implies|"
    r"ldots|cdots|top|tanh|infty|in|leq|geq|neq|pm)(?![a-zA-Z])"
    r"|(?:left|right)(?=[(\[|).\]]))"
)
SURE = re.compile(r"(?<![\\a-zA-Z])(?:[dt]?frac\{|hat\{|sqrt\{|left[(\[]|partial [a-zA-Z]|begin\{)")
KNOWN = re.compile(
    r"\\(?:[dt]?frac|partial|hat|bar|sigma|delta|Delta|cdot|times|odot|left|sqrt|approx|nabla|sum|text|"
    r"mathbf|mathcal|eta|alpha|theta|begin|tilde|log|exp|ln|mathrm|quad|leftarrow|Rightarrow|implies)"
    r"(?![a-zA-Z])"
)
SHORT = re.compile(r"[a-zA-Z\u0370-\u03ff](?:[_^]\{?[\w+\-]{1,6}\}?)*'?(?:\([^()]{1,12}\))?")
VALUE = re.compile(r"\S{1,30}\s*(?:=|≈|\\approx|approx|:=)\s*\S.*", re.DOTALL)


def mended(source: str) -> str:
    r"""Return LaTeX with the backslashes it lost: ``frac{partial L}{partial w}``."""
    if not SURE.search(source) or KNOWN.search(source):
        return source
    return LOST.sub(r"\\\1", source)


def is_latex(text: str) -> bool:
    """Whether a text has commands of LaTeX, or what is left of them."""
    return bool(KNOWN.search(text) or SURE.search(text))


def is_formula(inner: str) -> bool:
    """Whether what stands in brackets with spaces inside them, ``( … )``, is a formula."""
    stripped = inner.strip()
    return is_latex(stripped) or bool(SHORT.fullmatch(stripped) or VALUE.fullmatch(stripped))


def is_prose(source: str) -> bool:
    """Whether words of prose stand in LaTeX that nothing marks."""
    plain = COMMAND.sub(" ", TEXT.sub(" ", source))
    return bool(PROSE.search(plain)) or "$" in source
