r"""Which ``$`` mark mathematics: not those of prices, of shells, and of no partner."""

from __future__ import annotations

import re

COMMAND = re.compile(r"\\(?:[a-zA-Z]+|.)", re.DOTALL)
TEXT = re.compile(
    r"\\(?:text\w*|mbox|hbox|mathrm|operatorname\*?|begin|end|tag|label)\s*\{[^{}]*\}"
)
SIGN = re.compile(r"[=^_+*/<>|≈·×∂]|\d\s*[-−]\s*\d|\\[a-zA-Z]|[a-zA-Z\d)]\s*[-−(]|[\u0370-\u03ff]")
PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[,;:]?\s+[^\W\d_]{2,}(?![^\W\d_])")
WORD = re.compile(r"(?<![\w^_{(\\])[^\W\d_]{2,}(?![\w^_{(])")
PRICE = re.compile(r"\d[\d.,]*\s*(?:k|m|bn|million|billion|USD|each|per)?\b", re.IGNORECASE)


def is_inline(inner: str, before: str, after: str) -> bool:
    """Whether what stands between two ``$`` is a formula.

    Parameters
    ----------
    before, after
        The characters outside, or nothing.
    """
    stripped = inner.strip()
    if not stripped or after.isdigit() or '"' in stripped:
        return False
    is_tight = stripped == inner
    plain = COMMAND.sub(" ", TEXT.sub(" ", stripped))
    has_sign = bool(SIGN.search(stripped))
    if PROSE.search(plain) and not (is_tight and "\\" in stripped):
        return is_tight and "=" in stripped and not stripped[0].isdigit()
    if is_tight:
        if before.isalnum() and PRICE.match(stripped):
            return False  # US$5 …
        return not (stripped.endswith(("/", ":")) or (after.isalpha() and stripped.isupper()))
    if PRICE.match(stripped) and inner[0] != " " and WORD.search(plain):
        return False  # $5 and $6
    return not WORD.search(plain) if has_sign else bool(re.fullmatch(r"\S{1,12}", stripped))


def is_display(inner: str) -> bool:
    """Whether what stands between two ``$$`` is one formula, and not the prose between two."""
    if not inner.strip():
        return False
    if re.search(r"^[ \t>]*(?:#{1,6}\s|`{3}|~{3})", inner, re.MULTILINE):
        return False
    if not re.search(r"\n[ \t>]*\n", inner.strip()):
        return True
    plain = COMMAND.sub(" ", TEXT.sub(" ", inner))
    return "$" not in plain.replace(r"\$", "") and not any(
        len(WORD.findall(line)) > 3 for line in plain.split("\n")
    )
