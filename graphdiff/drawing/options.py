"""What one may choose about a picture and its file, each choice declared here alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from graphdiff.drawing.choices import Choices, choice
from graphdiff.drawing.lengths import length
from graphdiff.errors import DrawingError
from graphdiff.notation.notation import Given, Notation, as_notation

Annotation = Literal[
    "index", "name", "formula", "value", "P", "jacobian", "jacobian_value", "legend", "clusters"
]
Style = Literal["graph", "network"]
Direction = Literal["LR", "TB"]
ThemeName = Literal["lecture", "dark", "print", "colour-blind"]
Weighted = Literal["weight", "gradient", "plain"]

ANNOTATIONS: tuple[Annotation, ...] = get_args(Annotation)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MAX_DIGITS = 17
SCALE = (1e-3, 1e3)
"""The smallest and the largest scale of pixels."""

SECONDS = (0.02, 60.0)
"""The shortest and the longest time of a step."""


def _one_of(what: str, literal: Any) -> Callable[[object], object]:
    valid = get_args(literal)

    def check(given: object) -> object:
        if given not in valid:
            raise DrawingError(f"unknown {what} {given!r}; choose from {', '.join(valid)}")
        return given

    return check


def _shown(given: str | Iterable[str] | None) -> frozenset[object]:
    return frozenset(map(_one_of("annotation", Annotation), _several(given, ANNOTATIONS)))


def _several(given: str | Iterable[str] | None, if_none: tuple[str, ...] = ()) -> tuple[str, ...]:
    if given is None or isinstance(given, str):
        return if_none if given is None else (given,)
    if not isinstance(given, Iterable):
        raise DrawingError(f"{given!r} is no name and no list of names")
    return tuple(given)


def _digits(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MAX_DIGITS:
        raise DrawingError(f"digits is {given!r}; give a whole number from 1 to {MAX_DIGITS}")
    return given


def _width(given: object) -> object:
    return given if given is None or length(given) else None


def checked_scale(given: object) -> float:
    """Return a scale, or raise unless it is a number of pixels that a picture can have."""
    least, most = SCALE
    if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= most:
        raise DrawingError(f"scale is {given!r}; give a number from {least:g} to {most:g}")
    return given


def checked_seconds(given: object) -> float:
    """Return how long a step is shown, or raise unless it is neither too short nor too long."""
    least, most = SECONDS
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise DrawingError(f"seconds is {given!r}; give a number from {least:g} to {most:g}")
    if not least <= given <= most:
        raise DrawingError(f"seconds is {given:g}; give a number from {least:g} to {most:g}")
    return given


@dataclass(frozen=True)
class Options(Choices):
    """The choices a picture is drawn with."""

    style: Style = choice(
        "graph",
        '``"graph"``, the computational graph, or ``"network"``: neurons in layers with the '
        "weights on the edges, for any graph that reads as one",
        _one_of("style", Style),
    )
    show: frozenset[Annotation] = choice(
        None, f"annotations: {', '.join(f'``{name}``' for name in ANNOTATIONS)}; all if left out",
        _shown,
    )  # fmt: skip
    direction: Direction = choice(
        "LR",
        '``"LR"`` from left to right, ``"TB"`` from top to bottom',
        _one_of("direction", Direction),
    )
    theme: ThemeName = choice(
        "lecture",
        'the colours: ``"lecture"``, ``"dark"``, ``"print"`` or ``"colour-blind"``',
        _one_of("theme", ThemeName),
    )
    digits: int = choice(4, "significant digits of numbers", _digits)
    width: float | str | None = choice(
        None,
        'a width to fit into: ``640`` (pixels), ``"160mm"``, ``"5in"``; warns where the smallest '
        "letters would be under 5 points",
        _width,
    )
    collapse: tuple[str, ...] = choice(
        None,
        'groups to draw as one node each: a name or several, or ``"all"``; or ``"alike"``, for '
        "nodes of one function and level",
        _several,
    )
    notation: Notation = choice(
        None,
        'how derivatives are written, ``"P"``, ``"partial"``, ``"bar"``, ``"delta"``, '
        '``"nabla"`` or ``"d"``; or a ``Notation``, which says more',
        as_notation,
    )
    edges: Weighted = choice(
        "weight",
        'what colours the edges of a network: ``"weight"``, ``"gradient"`` or ``"plain"``',
        _one_of("colouring of edges", Weighted),
    )

    own_value: bool = choice(
        True,
        "whether to write local Jacobians in the node's own value where they so are shorter, "
        "a(1 − a) for a = σ(z), not in the parents alone",
        bool,
    )

    if TYPE_CHECKING:

        def __init__(self, **choices: Unpack[OptionKeywords]) -> None: ...


class OptionKeywords(TypedDict, total=False):
    """:class:`Options` as they are given."""

    style: Style
    show: Annotation | Iterable[Annotation] | None
    direction: Direction
    theme: ThemeName
    digits: int
    width: float | str | None
    collapse: str | Iterable[str] | None
    notation: Given
    edges: Weighted
    own_value: bool


@dataclass(frozen=True)
class Saving(Choices):
    """The choices a picture is written with."""

    scale: float | None = choice(
        None,
        "pixels to a unit of the SVG (1/96 inch); if left out, 2 for a PNG and 1 for a GIF",
        lambda given: None if given is None else checked_scale(given),
    )
    overwrite: bool = choice(True, "whether to overwrite files that exist", bool)


class SavingKeywords(TypedDict, total=False):
    """:class:`Saving` as it is given."""

    scale: float | None
    overwrite: bool


@dataclass(frozen=True)
class SavingSteps(Saving):
    """The choices the steps of a sweep are written with."""

    seconds: float = choice(1.5, "how long each step is shown, where steps play", checked_seconds)
    numbered: bool = choice(False, "whether to write steps as numbered files, as SVG too", bool)


class SavingStepsKeywords(SavingKeywords, total=False):
    """:class:`SavingSteps` as they are given."""

    seconds: float
    numbered: bool
