"""Words in lines of a width."""

from __future__ import annotations

import math

from graphdiff.drawing import typeset
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.typeset import Fragment


def in_lines(text: str, size: float, width: float, most: int = 0) -> tuple[Fragment, ...]:
    """Typeset a text in lines that are no wider, broken between words.

    A word that is wider has a line of its own, and is cut. With ``most`` there are so many lines at
    most, and what has no room in them is cut.

    Examples
    --------
    >>> [line.plain for line in in_lines("one two three", 12, 50)]
    ['one two', 'three']
    >>> [line.plain for line in in_lines("one two three", 12, 50, most=1)]
    ['one t…']
    """
    if width == math.inf:
        return (typeset.words(text, size),)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and typeset.words(longer, size).width > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if most and len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return tuple(boxes.cut(line, size, width) for line in lines)
