"""Words between formulas, in the languages of the pages: what they say about what follows."""

from __future__ import annotations

_CONDITIONS = """if for when whenever unless as since because given
si cuando para pues pour lorsque quand se quando falls wenn für если при когда для
为 若 当 如果 因为 jika untuk bila nếu khi với eğer için もし"""
_OTHERWISE = """otherwise else sonst sinon altrimenti иначе 其他 否则 其它 lainnya aksi değilse
"""
_BETWEEN = """and or where with so then thus hence therefore also i.e. that is which gives yields
y o donde entonces et ou où donc und oder wo also и или где то e onde então và hoặc trong đó dan
atau maka damit somit folglich dann daher daraus folgt ergibt luego así ainsi alors follows
且 和 或 其中 则 所以 因此 ve veya"""

CONDITIONS = frozenset(_CONDITIONS.split())
"""Words that begin a condition, which is no claim."""

BETWEEN = frozenset(_BETWEEN.split())
"""Words between two formulas."""

OTHERWISE = frozenset(_OTHERWISE.split())
"""Words for all other cases."""


def first_word(text: str) -> str:
    """Return the first word of a text, in small letters and without its punctuation."""
    words = text.strip(" \t\n,.;:()~").split()
    return words[0].strip(",.;:()").lower() if words else ""


def is_between(text: str) -> bool:
    """Whether a text has nothing but words that stand between formulas."""
    words = text.strip(" \t\n,.;:()~").lower().split()
    return bool(words) and all(word.strip(",.;:") in BETWEEN for word in words)
