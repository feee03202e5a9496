"""What one may choose about a picture and its file, each choice declared here alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from graphdiff.drawing.choices import Choices, choice
from graphdiff.drawing.elements import several
from graphdiff.drawing.fit.sheets import PAGES, page, points, ratio
from graphdiff.drawing.hand import (
    as_colours,
    as_highlights,
    as_labels,
    as_notes,
    as_sizes,
    names_in,
    pairs_in,
)
from graphdiff.drawing.lengths import UNITS, length
from graphdiff.drawing.shown import (
    ANNOTATIONS,
    SORTS,
    Annotation,
    Hidden,
    Shown,
    as_hidden,
    as_shown,
    hidden_in,
    shown_in,
)
from graphdiff.drawing.sizes import Size, size_of
from graphdiff.drawing.themes import THEMES, Theme, as_theme
from graphdiff.errors import DrawingError
from graphdiff.notation.notation import Given, Notation, as_notation

Style = Literal["graph", "network", "circuit", "architecture"]
Direction = Literal["LR", "TB", "RL", "BT"]
Weighted = Literal["weight", "gradient", "both", "plain"]

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
OF_NETWORKS = ("edges", "rate", "sample")
"""What is said of networks alone."""
FOREIGN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "graph": OF_NETWORKS,
    "network": (
        "colors", "font_size", "hide", "highlight", "note", "collapse", "expand", "own_value",
    ),
    "circuit": ("collapse", "expand", "own_value", *OF_NETWORKS),
    "architecture": ("collapse", "expand", "own_value", *OF_NETWORKS),
})  # fmt: skip
"""The choices of which nothing is seen in a style."""

MAX_DIGITS = 17
SCALE = (1e-3, 1e3)
"""The smallest and the largest scale of pixels."""

DPI = (1.0, 4800.0)
"""The least and the most pixels to an inch."""

SECONDS = (0.02, 60.0)
"""The shortest and the longest time of a step."""


def _in_code(names: Iterable[str]) -> str:
    return ", ".join(f'``"{name}"``' for name in names)


def _one_of(what: str, literal: Any) -> Callable[[object], object]:
    valid = get_args(literal)

    def check(given: object) -> object:
        if given not in valid:
            raise DrawingError(f"unknown {what} {given!r}; choose from {', '.join(valid)}")
        return given

    return check


def _names(what: str) -> Callable[[Any], tuple[str, ...]]:
    def check(given: Any) -> tuple[str, ...]:
        listed = () if given is None else several(given, what)
        names = tuple(getattr(one, "name", one) for one in listed)
        for name in names:
            if not isinstance(name, str):
                raise DrawingError(f"{what}: {name!r:.60} is no name; give texts, 'layer 1'")
        return names

    return check


def _flag(what: str) -> Callable[[object], bool]:
    def check(given: object) -> bool:
        if isinstance(given, int) and given in (0, 1):
            return bool(given)
        raise DrawingError(f"{what} is {given!r:.40}; give true or false")

    return check


def _digits(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MAX_DIGITS:
        raise DrawingError(f"digits is {given!r}; give a whole number from 1 to {MAX_DIGITS}")
    return given


def _notation(given: Any) -> Notation:
    """Return a notation in which no number above a name reads as a power, unless asked for."""
    if isinstance(given, Notation):
        return given
    says = isinstance(given, Mapping | str) and "layers" in given
    return as_notation(given) if says else as_notation(given, layers="(l)")


def _rate(given: object) -> object:
    if given is None or (
        not isinstance(given, bool)
        and isinstance(given, int | float)
        and 0 < given <= sys.float_info.max
    ):
        return given
    raise DrawingError(f"rate is {given!r:.40}; give a learning rate above 0")


def _sample(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise DrawingError(f"sample is {given!r:.40}; give a whole number from 0")
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
        raise DrawingError(f"seconds is {given!r:.40}; give a number from {least:g} to {most:g}")
    return given


@dataclass(frozen=True)
class Options(Choices):
    """The choices a picture is drawn with."""

    style: Style = choice(
        "graph",
        '``"graph"``, the computational graph; ``"network"``: neurons in layers with the '
        'weights on the edges, for any graph that reads as one; ``"circuit"``: a gate for each '
        'operation, values above the wires and gradients below; or ``"architecture"``: layers and '
        "what is between them as blocks, with shapes and numbers of parameters",
        _one_of("style", Style),
    )
    show: Shown = choice(
        None,
        f"annotations: {_in_code(ANNOTATIONS)}; all if left out; on request "
        '``"jacobian_matrix"``, for matrices on edges between tensors, where else the rule for '
        'going backward is, and ``"data"``, for derivatives of inputs beside those of parameters, '
        "which naming annotations asks for too; or "
        'those of single nodes and edges, ``{"x": "value", "w->u": []}``',
        as_shown,
        shown_in,
    )
    hide: Hidden = choice(
        None,
        'what is not shown: annotations, ``"value"``; nodes and edges, ``["b", "w->u"]``; or what '
        'of them, ``{"x": "value", "edges": "jacobian", "b": "all"}``, by a name, ``"inputs"``, '
        '``"parameters"``, ``"computations"`` or ``"edges"``',
        as_hidden,
        hidden_in,
    )
    legend: bool = choice(True, "whether there is a legend", _flag("legend"))
    direction: Direction = choice(
        "LR",
        '``"LR"`` from left to right, ``"TB"`` from top to bottom, ``"RL"`` and ``"BT"`` back',
        _one_of("direction", Direction),
    )
    theme: Theme = choice(
        "lecture",
        f'the colours: {_in_code(THEMES)}; with changes, ``"dark, ink=white"``; or a ``Theme``',
        as_theme,
    )
    digits: int = choice(4, "significant digits of numbers", _digits)
    width: float | str | None = choice(
        None,
        'a width to fit into: ``640`` (pixels), ``"160mm"``, ``"5in"``',
        _width,
    )
    aspect: float | str | None = choice(
        None,
        'the ratio of width to height: ``"16:9"``, ``1.5``; 160 mm wide if no width is given',
        ratio,
    )
    page: str | None = choice(
        None,
        "a page to fit, margins too: " + ", ".join(f'``"{name}"``' for name in PAGES),
        page,
    )
    min_pt: float = choice(
        6.0,
        "the smallest type, in points, in the width or on the page asked for; for it rows are "
        "wrapped, long formulas listed below, the direction is turned, annotations left out, and "
        "nodes put on one card, and the picture says so",
        points,
    )
    collapse: tuple[str, ...] = choice(
        None,
        'groups to draw as one node each: a name or several, or ``"all"``; ``"alike"``, for nodes '
        'of one function and level; ``"levels"``, for nodes that are called alike and are on one '
        'level; ``"3 levels"``, for all on three levels that follow one another; or ``"chains"``, '
        "for steps that repeat, between the first and the last",
        _names("collapse"),
    )
    expand: tuple[str, ...] = choice(
        None,
        "groups and nodes to draw one by one, whatever is collapsed",
        _names("expand"),
    )
    size: Size | None = choice(
        None,
        'the exact size of the picture, ``"160mm x 90mm"`` or ``(640, 480)`` in pixels: what is in '
        "it is as large as it can be",
        size_of,
    )
    notation: Notation = choice(
        None,
        'how derivatives are written, ``"P"``, ``"partial"``, ``"bar"``, ``"delta"``, '
        '``"nabla"`` or ``"d"``; or a ``Notation``, which says more; numbers above names are in '
        "brackets unless it says otherwise, W⁽²⁾ and P⁽³⁾, lest they read as powers",
        _notation,
    )
    edges: Weighted = choice(
        "weight",
        'what colours the edges of a network and is written there: ``"weight"``, ``"gradient"``, '
        'or ``"both"``, with ∂E/∂w in brackets where there is room; ``"plain"`` for no colours',
        _one_of("colouring of edges", Weighted),
    )
    rate: float | None = choice(
        None,
        "a learning rate η: a network's weights are written w → w − η ∂E/∂w, as one step of "
        "gradient descent makes them",
        _rate,
    )
    sample: int = choice(
        0, "which sample of a batch, from 0, a network shows the values of", _sample
    )

    labels: Mapping[str, str] = choice(
        None,
        r'how names are written in this picture, as LaTeX: ``{"z": r"\hat y"}``',
        as_labels,
        pairs_in("labels"),
    )
    colors: Mapping[str, str] = choice(
        None,
        'colours of nodes and edges: ``{"z": "tomato", "w->u": "#1c62a8"}``',
        as_colours,
        pairs_in("colors"),
    )
    font_size: Mapping[str, float] = choice(
        None,
        "the size of formulas in nodes in points, 12.75 if left out, which all that is said in "
        'nodes and on edges follows; or of single ones, ``{"z": 20}``',
        as_sizes,
        names_in,
    )
    highlight: Mapping[str, str] = choice(
        None,
        'nodes, edges and paths to draw with heavy lines: ``"z"``, ``["w->u", "x->u->L"]``, or '
        'with colours, ``{"x->u->L": "crimson"}``; several by a name: that of a group, '
        '``"inputs"``, ``"parameters"``, ``"leaves"``, ``"computations"``, ``"outputs"``, '
        '``"edges"``, ``"all"``',
        as_highlights,
        names_in,
    )
    note: Mapping[str, str] = choice(
        None,
        'remarks beside nodes, with mathematics between dollar signs: ``{"z": "here $z > 0$"}``',
        as_notes,
        pairs_in("note"),
    )
    own_value: bool = choice(
        True,
        "whether to write local Jacobians in the node's own value where they so are shorter, "
        "a(1 − a) for a = σ(z), not in the parents alone",
        _flag("own_value"),
    )

    if TYPE_CHECKING:

        def __init__(self, **choices: Unpack[OptionKeywords]) -> None: ...

    def __post_init__(self) -> None:
        """Check every choice; what is hidden of all nodes and edges is not shown."""
        super().__post_init__()
        hidden: set[Annotation] = {*self.hide.everywhere}
        if not self.legend:
            hidden.add("legend")
        object.__setattr__(self, "show", self.show.without(hidden))
        sorts = {
            kind: fill
            for kind, sort in SORTS.items()
            if (fill := self.colors.get(sort)) and fill != self.theme.kinds[kind].fill
        }
        if sorts:  # the legend has them too
            object.__setattr__(self, "theme", self.theme.but(**sorts))

    @property
    def foreign(self) -> tuple[str, ...]:
        """The choices that are made, and of which nothing is seen in this style."""
        seen = {
            "hide": self.hide.of or self.hide.gone,
            "colors": self.colors.keys() - set(SORTS.values()),  # the theme has those of sorts
            "edges": self.edges != "weight",
            "own_value": not self.own_value,
        }
        return tuple(name for name in FOREIGN[self.style] if seen.get(name, getattr(self, name)))

    def check_style(self, *also: str) -> None:
        """Raise if choices are made, or ``also`` asked for, of which this style shows nothing."""
        of_nodes = [*also, *(name for name in self.foreign if name not in OF_NETWORKS)]
        if of_nodes:
            raise DrawingError(
                f"{', '.join(of_nodes)}: this is said of the nodes of a computational graph; leave "
                f"style={self.style!r} out to see it"
            )
        if self.foreign:
            raise DrawingError(
                f"{', '.join(self.foreign)}: style={self.style!r} shows nothing of it; give "
                "style='network' with it, or leave it out"
            )

    def of(self, *names: str) -> Options:
        """Return the choices for a node or an edge, by its name or what it is one of."""
        shown = next((self.show.of[name] for name in names if name in self.show.of), self.show)
        hidden = frozenset[Annotation]().union(*(self.hide.of.get(name, ()) for name in names))
        if shown is self.show and not hidden:
            return self
        return replace(self, show=Shown(shown - hidden))


class OptionKeywords(TypedDict, total=False):
    """:class:`Options` as they are given."""

    style: Style
    show: Annotation | Iterable[Annotation] | Mapping[str, Any] | None
    hide: str | Iterable[str] | Mapping[str, Any] | None
    legend: bool
    direction: Direction
    theme: str | Theme | Mapping[str, Any]
    digits: int
    width: float | str | None
    aspect: float | str | None
    page: str | None
    min_pt: float
    collapse: str | Iterable[str] | None
    expand: str | Iterable[str] | None
    size: str | tuple[float | str, float | str] | None
    notation: Given
    edges: Weighted
    rate: float | None
    sample: int
    labels: Mapping[str, str] | None
    colors: Mapping[str, str] | None
    font_size: float | Mapping[str, float] | None
    highlight: str | Iterable[str] | Mapping[str, str] | None
    note: Mapping[str, str] | None
    own_value: bool


def _dpi(given: object) -> object:
    if given is None:
        return None
    least, most = DPI
    if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= most:
        raise DrawingError(f"dpi is {given!r:.60}; give a number from {least:g} to {most:g}")
    return given


@dataclass(frozen=True)
class Saving(Choices):
    """The choices a picture is written with."""

    scale: float | None = choice(
        None,
        "pixels to a unit of the SVG (1/96 inch); if left out, 1 for a GIF and else 2",
        lambda given: None if given is None else checked_scale(given),
    )
    dpi: float | None = choice(
        None, "pixels to an inch of a PNG, in place of the scale: ``300`` for print", _dpi
    )
    text: bool | None = choice(
        None,
        "whether the text of an SVG or a PDF can be selected, searched and copied, over the "
        "outlines that are seen; if left out, that of a PDF can",
        lambda given: None if given is None else bool(given),
    )
    overwrite: bool = choice(True, "whether to overwrite files that exist", _flag("overwrite"))

    def __post_init__(self) -> None:
        """Check every choice, and that the number of pixels is said once."""
        super().__post_init__()
        if self.scale is not None and self.dpi is not None:
            raise DrawingError(
                f"scale={self.scale:g} and dpi={self.dpi:g} both say how many pixels there are; "
                "give one of them"
            )

    @property
    def pixels(self) -> float | None:
        """Pixels to a unit of the SVG, if that is asked for."""
        return self.scale if self.dpi is None else self.dpi / UNITS["in"]


class SavingKeywords(TypedDict, total=False):
    """:class:`Saving` as it is given."""

    scale: float | None
    dpi: float | None
    text: bool | None
    overwrite: bool


@dataclass(frozen=True)
class SavingSteps(Saving):
    """The choices the steps of a sweep are written with."""

    seconds: float = choice(1.5, "how long each step is shown, where steps play", checked_seconds)
    numbered: bool = choice(
        False, "whether to write steps as numbered files, as SVG and TikZ too", _flag("numbered")
    )


class SavingStepsKeywords(SavingKeywords, total=False):
    """:class:`SavingSteps` as they are given."""

    seconds: float
    numbered: bool
