r"""Notes: words with mathematics between dollar signs, read so that neither can do any harm."""

from __future__ import annotations

from graphdiff.drawing.marks.record import words
from graphdiff.errors import DrawingError, GraphError
from graphdiff.errors.plain_text import one_line
from graphdiff.notation.equations import Link
from graphdiff.notation.mathematics import checked_mathematics

_CLOSING = ",.;!?)"


def parts_of(note: str, whose: str = "the note") -> tuple[Link, ...]:
    r"""Return the words and formulas of a note.

    Raises
    ------
    DrawingError
        For a dollar sign without another, and mathematics that is not known, saying what.

    Examples
    --------
    >>> [(part.text, part.latex) for part in parts_of(r"here $z \le 0$")]
    [('here', ''), ('z \\le 0', 'z\\le 0')]
    """
    pieces = note.split("$")
    if len(pieces) % 2 == 0:
        raise DrawingError(rf"{whose} has one dollar sign; mathematics stands between two: $z^2$")
    parts: list[Link] = []
    for k, piece in enumerate(map(one_line, pieces)):
        if not piece.strip():
            continue
        if k % 2 == 0:
            said = piece.strip()
            if parts and piece[0] in _CLOSING:  # it stands close to the formula before it
                before = parts[-1]
                parts[-1] = Link(f"{before.text}{said[0]}", f"{before.latex}{said[0]}")
                said = said[1:].strip()
            parts += [words(said)] if said else []
            continue
        try:
            parts.append(Link(piece.strip(), checked_mathematics(piece)))
        except GraphError as error:
            raise DrawingError(f"{whose}: {error}") from None
    if not parts:
        raise DrawingError(f"{whose} is empty; give words, or mathematics such as $z^2$")
    return tuple(parts)
