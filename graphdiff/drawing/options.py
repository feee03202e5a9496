"""What a caller may choose about a picture, checked once, at the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError

Annotation = Literal[
    "index", "name", "formula", "value", "P", "jacobian", "jacobian_value", "legend"
]
Direction = Literal["LR", "TB"]

ANNOTATIONS: tuple[Annotation, ...] = get_args(Annotation)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MAX_DIGITS = 17


@dataclass(frozen=True)
class Options:
    """The choices a picture is drawn with.

    Attributes
    ----------
    show
        The annotations: of ``"index"`` (u^i, and the i of P^i and J^{j→i}), ``"name"``,
        ``"formula"``, ``"value"``, ``"P"``, ``"jacobian"`` (symbolic), ``"jacobian_value"``
        and ``"legend"``.
    direction
        ``"LR"`` from left to right, ``"TB"`` from top to bottom.
    theme
        The name of a theme in :data:`graphdiff.drawing.themes.THEMES`.
    digits
        How many significant digits numbers are shown with.
    """

    show: frozenset[str] = frozenset(ANNOTATIONS)
    direction: Direction = "LR"
    theme: str = "lecture"
    digits: int = 4


def checked_options(show: Iterable[str] | None, direction: str, theme: str, digits: int) -> Options:
    """Return the options, or say in one line which choices there are.

    Raises
    ------
    DrawingError
        For an unknown annotation, direction or theme, and digits out of range.
    """
    shown = ANNOTATIONS if show is None else (show,) if isinstance(show, str) else tuple(show)
    for annotation in shown:
        _check("annotation", annotation, ANNOTATIONS)
    _check("direction", direction, DIRECTIONS)
    _check("theme", theme, THEMES)
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise DrawingError(f"digits is {digits!r}; give a whole number from 1 to {MAX_DIGITS}")
    return Options(frozenset(shown), direction, theme, digits)  # type: ignore[arg-type]


def _check(what: str, given: object, valid: Iterable[str]) -> None:
    if given not in (choices := tuple(valid)):
        raise DrawingError(f"unknown {what} {given!r}; choose from {', '.join(choices)}")
