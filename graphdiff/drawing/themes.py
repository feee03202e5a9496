"""The themes: one sheet of colours each.

Kinds of nodes differ by outline in every theme (inputs round, parameters with a double
border, computations square), so that a grey print or a colour-blind reader loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphdiff.drawing.options import ThemeName
from graphdiff.graph.graph import Kind


@dataclass(frozen=True)
class Paint:
    """The colours of one kind of node."""

    fill: str
    stroke: str


@dataclass(frozen=True)
class Outline:
    """The outline of one kind of node: its corners' radius and the number of its borders."""

    radius: float
    borders: int = 1


@dataclass(frozen=True)
class Theme:
    """All colours of a picture.

    Attributes
    ----------
    background, ink
        Behind everything, and for text.
    faint
        For what stands back: indices, the legend's words.
    forward
        For where the forward sweep is, step by step.
    reverse
        For what the reverse sweep found: every P.
    edge
        For arrows.
    wrong, doubtful
        For claims that are wrong, and those that are right by coincidence only.
    paths
        One for each of a few highlighted paths.
    kinds
        The paint of each kind of node.
    cut_off
        The paint of nodes that the output does not depend on.
    """

    background: str
    ink: str
    faint: str
    forward: str
    reverse: str
    edge: str
    wrong: str
    doubtful: str
    paths: tuple[str, str, str, str]
    kinds: Mapping[Kind, Paint]
    cut_off: Paint


def faded(paint: Paint, theme: Theme) -> Paint:
    """Return a paint as it is before it has its turn: nearer to the background."""
    return Paint(*(mixed(c, theme.background, 0.3) for c in (paint.fill, paint.stroke)))


def mixed(colour: str, ground: str, share: float) -> str:
    """Return a colour of which so large a share stands before a ground."""
    parts = ((int(c[k : k + 2], 16) for c in (colour, ground)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


OUTLINES: Mapping[Kind, Outline] = MappingProxyType(
    {
        "input": Outline(radius=18),
        "parameter": Outline(radius=7, borders=2),
        "computation": Outline(radius=2),
    }
)


def _kinds(input: Paint, parameter: Paint, computation: Paint) -> Mapping[Kind, Paint]:
    return MappingProxyType({"input": input, "parameter": parameter, "computation": computation})


# fmt: off
THEMES: Mapping[ThemeName, Theme] = MappingProxyType({
    "lecture": Theme(
        background="#ffffff", ink="#14181f", faint="#4d5663",
        forward="#0b6b52", reverse="#a3123a", edge="#5a6472",
        wrong="#b8100c", doubtful="#7a4d00",
        paths=("#2b50c8", "#0b6b3f", "#8f2aa0", "#8a4a00"),
        kinds=_kinds(
            input=Paint("#cfe4fa", "#1c62a8"),
            parameter=Paint("#fbd0a2", "#b35a06"),
            computation=Paint("#fff6c2", "#9c8208"),
        ),
        cut_off=Paint("#f2f3f5", "#8a929c"),
    ),
    "dark": Theme(
        background="#14171c", ink="#f3f5f7", faint="#b4bdc9",
        forward="#6fe3c1", reverse="#ff9bb0", edge="#97a3b3",
        wrong="#ff8577", doubtful="#ffc65c",
        paths=("#8fb4ff", "#7fe08f", "#e6a3f5", "#ffc27a"),
        kinds=_kinds(
            input=Paint("#17365a", "#6fb3f5"),
            parameter=Paint("#553011", "#f5a45c"),
            computation=Paint("#403a12", "#e3cd5b"),
        ),
        cut_off=Paint("#23282f", "#77808c"),
    ),
    "print": Theme(
        background="#ffffff", ink="#000000", faint="#444444",
        forward="#000000", reverse="#000000", edge="#444444",
        wrong="#000000", doubtful="#000000",
        paths=("#000000", "#000000", "#000000", "#000000"),
        kinds=_kinds(
            input=Paint("#dedede", "#000000"),
            parameter=Paint("#c4c4c4", "#000000"),
            computation=Paint("#ffffff", "#000000"),
        ),
        cut_off=Paint("#ffffff", "#777777"),
    ),
    "colour-blind": Theme(
        background="#ffffff", ink="#10151c", faint="#45505c",
        forward="#005a8c", reverse="#8c3300", edge="#4d5866",
        wrong="#a32a00", doubtful="#6b4e00",
        paths=("#005a8c", "#9c3f00", "#006b52", "#8a3a78"),
        kinds=_kinds(
            input=Paint("#b3dcf5", "#005a8c"),
            parameter=Paint("#f5c96b", "#7a5200"),
            computation=Paint("#fafafa", "#3c4650"),
        ),
        cut_off=Paint("#f2f3f5", "#858d97"),
    ),
})
# fmt: on
