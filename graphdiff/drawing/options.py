"""What a caller may choose about a picture, checked once, at the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError

Annotation = Literal[
    "index", "name", "formula", "value", "P", "jacobian", "jacobian_value", "legend", "clusters"
]
Style = Literal["graph", "network"]
Direction = Literal["LR", "TB"]
Weighted = Literal["weight", "gradient", "plain"]

ANNOTATIONS: tuple[Annotation, ...] = get_args(Annotation)
STYLES: tuple[Style, ...] = get_args(Style)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
WEIGHTED: tuple[Weighted, ...] = get_args(Weighted)
MAX_DIGITS = 17


@dataclass(frozen=True)
class Options:
    """The choices a picture is drawn with.

    Attributes
    ----------
    show
        The annotations: of ``"index"`` (u^i, and the i of P^i and J^{j→i}), ``"name"``,
        ``"formula"``, ``"value"``, ``"P"``, ``"jacobian"`` (symbolic), ``"jacobian_value"``,
        ``"legend"`` and ``"clusters"`` (a frame around each group).
    direction
        ``"LR"`` from left to right, ``"TB"`` from top to bottom.
    theme
        The name of a theme in :data:`graphdiff.drawing.themes.THEMES`.
    digits
        How many significant digits numbers are shown with.
    style
        ``"graph"``, the computational graph; or ``"network"``, its neurons.
    width
        What the picture is to fit into: a number of SVG units (1/96 inch), or a length such
        as ``"160mm"``.
    collapse
        The groups drawn as one node each; ``("all",)`` for every group, ``("alike",)`` for
        nodes of the same kind in a row.
    edges
        What colours the edges of a network: ``"weight"``, ``"gradient"`` or nothing, ``"plain"``.
    """

    show: frozenset[str] = frozenset(ANNOTATIONS)
    direction: Direction = "LR"
    theme: str = "lecture"
    digits: int = 4
    style: Style = "graph"
    width: float | str | None = None
    collapse: tuple[str, ...] = ()
    edges: Weighted = "weight"


def checked_options(
    show: Iterable[str] | None = None,
    direction: str = "LR",
    theme: str = "lecture",
    digits: int = 4,
    *,
    style: str = "graph",
    width: float | str | None = None,
    collapse: Iterable[str] | None = None,
    edges: str = "weight",
) -> Options:
    """Return the options, or say in one line which choices there are.

    Raises
    ------
    DrawingError
        For an unknown annotation, direction, theme or style, and digits out of range.
    """
    shown = ANNOTATIONS if show is None else (show,) if isinstance(show, str) else tuple(show)
    for annotation in shown:
        _check("annotation", annotation, ANNOTATIONS)
    _check("direction", direction, DIRECTIONS)
    _check("theme", theme, THEMES)
    _check("style", style, STYLES)
    _check("colouring of edges", edges, WEIGHTED)
    collapsed = (collapse,) if isinstance(collapse, str) else tuple(collapse or ())
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise DrawingError(f"digits is {digits!r}; give a whole number from 1 to {MAX_DIGITS}")
    return Options(
        frozenset(shown),
        direction,  # type: ignore[arg-type]
        theme,
        digits,
        style,  # type: ignore[arg-type]
        width,
        collapsed,
        edges,  # type: ignore[arg-type]
    )


def _check(what: str, given: object, valid: Iterable[str]) -> None:
    if given not in (choices := tuple(valid)):
        raise DrawingError(f"unknown {what} {given!r}; choose from {', '.join(choices)}")
