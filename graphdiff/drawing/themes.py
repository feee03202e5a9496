"""The themes: one sheet of colours each, and how one is made of another.

Kinds of nodes differ by outline in every theme (inputs round, parameters with a double
border, computations square), so that a grey print or a colour-blind reader loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from graphdiff.drawing.colours import colour, mixed, seen
from graphdiff.errors import DrawingError, unknown

if TYPE_CHECKING:  # the command line reads the themes' names alone
    from graphdiff.graph.structure import Kind


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
    """All colours of a picture; :meth:`but` makes a theme of one's own of another.

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
    input, parameter, computation
        The paint of each kind of node.
    cut_off
        The paint of nodes that the output does not depend on.
    name
        What it is called.
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
    input: Paint
    parameter: Paint
    computation: Paint
    cut_off: Paint
    name: str = "own"

    def __repr__(self) -> str:
        return f"<Theme {self.name!r}>"

    @property
    def kinds(self) -> Mapping[Kind, Paint]:
        """The paint of each kind of node."""
        return {
            "input": self.input, "parameter": self.parameter, "computation": self.computation,
        }  # fmt: skip

    def but(self, **changes: Any) -> Theme:
        """Return this theme with some colours changed.

        Parameters
        ----------
        **changes
            A colour by what it is for, ``ink="#202020"``: ``"#rgb"``, ``"#rrggbb"`` or a name of
            CSS. Of ``input``, ``parameter``, ``computation`` and ``cut_off`` the fill, with a
            border to it, or both, ``{"fill": …, "stroke": …}``. For ``paths`` four colours.

        Raises
        ------
        DrawingError
            For what is no colour.
        UnknownNameError
            For what no theme has a colour for, naming the nearest.

        Examples
        --------
        >>> mine = THEMES["lecture"].but(reverse="navy", input="#dff0d8")
        >>> mine.reverse, mine.kinds["input"].fill
        ('#000080', '#dff0d8')
        """
        made: dict[str, Any] = {"name": f"{self.name.removesuffix(_CHANGED)}{_CHANGED}"}
        for part, given in changes.items():
            what = f"the theme's {part}"
            if part in PAINTS:
                made[part] = self._paint(given, what)
            elif part == "paths":
                if not isinstance(given, list | tuple) or len(given) != len(self.paths):
                    raise DrawingError(f"{what} are {given!r:.60}; give {len(self.paths)} colours")
                made[part] = tuple(colour(one, what) for one in given)
            elif part in PLAIN:
                made[part] = colour(given, what)
            else:
                raise unknown("colour of a theme", part, PARTS)
        return replace(self, **made)

    def _paint(self, given: Any, what: str) -> Paint:
        if isinstance(given, Paint):
            given = {"fill": given.fill, "stroke": given.stroke}
        if not isinstance(given, Mapping):
            return painted(colour(given, what), self)
        for part in given:
            if part not in ("fill", "stroke"):
                raise unknown(f"part of {what}", str(part), ("fill", "stroke"))
        if "fill" not in given:
            raise DrawingError(
                f"{what} has no fill; give one, {{fill = 'white', stroke = 'black'}}"
            )
        plain = painted(colour(given["fill"], what), self)
        return replace(plain, stroke=colour(given.get("stroke", plain.stroke), what))


_CHANGED = ", changed"
PLAIN = tuple(one.name for one in fields(Theme) if one.type == "str" and one.name != "name")
PAINTS = tuple(one.name for one in fields(Theme) if one.type == "Paint")
PARTS = (*PLAIN, "paths", *PAINTS)
"""What a theme has colours for, by the names they are changed by."""


def as_theme(given: Any) -> Theme:
    """Return a theme as it is given.

    Parameters
    ----------
    given
        A name; a name with changes, ``"dark, ink=white"``; a mapping with the changes and, as
        ``base``, the theme that is changed; or a theme.

    Raises
    ------
    DrawingError
        For an unknown theme, and changes that are none.

    Examples
    --------
    >>> as_theme("print, computation=#eeeeee").kinds["computation"]
    Paint(fill='#eeeeee', stroke='#8f8f8f')
    """
    if isinstance(given, Theme):
        return given
    if isinstance(given, str):
        base, *parts = (part.strip() for part in given.split(","))
        pairs = [part.partition("=") for part in parts if part]
        if any(not equals for _, equals, _ in pairs):
            raise DrawingError(f"the theme {given!r:.60} is not read; write 'dark, ink=white'")
        return _changed(base, {name.strip(): value.strip() for name, _, value in pairs})
    if isinstance(given, Mapping):
        changes = {str(name): value for name, value in given.items() if name != "base"}
        return _changed(given.get("base", "lecture"), changes)
    raise DrawingError(f"theme is {given!r:.60}; choose from {', '.join(THEMES)}, or give a Theme")


def _changed(base: object, changes: Mapping[str, Any]) -> Theme:
    if not isinstance(base, str) or base not in THEMES:
        raise DrawingError(f"unknown theme {base!r:.60}; choose from {', '.join(THEMES)}")
    return THEMES[base].but(**changes) if changes else THEMES[base]


def painted(fill: str, theme: Theme) -> Paint:
    """Return the paint of a node that is filled with a colour: its border is seen beside it."""
    return Paint(fill, seen(mixed(fill, theme.ink, 0.6), theme.background, theme.ink))


def faded(paint: Paint, theme: Theme) -> Paint:
    """Return a paint as it is before it has its turn: nearer to the background."""
    return Paint(*(mixed(c, theme.background, 0.3) for c in (paint.fill, paint.stroke)))


OUTLINES: Mapping[Kind, Outline] = MappingProxyType(
    {
        "input": Outline(radius=18),
        "parameter": Outline(radius=7, borders=2),
        "computation": Outline(radius=2),
    }
)


# fmt: off
THEMES: Mapping[str, Theme] = MappingProxyType({
    "lecture": Theme(
        name="lecture",
        background="#ffffff", ink="#14181f", faint="#4d5663",
        forward="#0b6b52", reverse="#a3123a", edge="#5a6472",
        wrong="#b8100c", doubtful="#7a4d00",
        paths=("#2b50c8", "#0b6b3f", "#8f2aa0", "#8a4a00"),
        input=Paint("#cfe4fa", "#1c62a8"),
        parameter=Paint("#fbd0a2", "#b35a06"),
        computation=Paint("#fff6c2", "#9c8208"),
        cut_off=Paint("#f2f3f5", "#8a929c"),
    ),
    "dark": Theme(
        name="dark",
        background="#14171c", ink="#f3f5f7", faint="#b4bdc9",
        forward="#6fe3c1", reverse="#ff9bb0", edge="#97a3b3",
        wrong="#ff8577", doubtful="#ffc65c",
        paths=("#8fb4ff", "#7fe08f", "#e6a3f5", "#ffc27a"),
        input=Paint("#17365a", "#6fb3f5"),
        parameter=Paint("#553011", "#f5a45c"),
        computation=Paint("#403a12", "#e3cd5b"),
        cut_off=Paint("#23282f", "#77808c"),
    ),
    "print": Theme(
        name="print",
        background="#ffffff", ink="#000000", faint="#444444",
        forward="#000000", reverse="#000000", edge="#444444",
        wrong="#000000", doubtful="#000000",
        paths=("#000000", "#000000", "#000000", "#000000"),
        input=Paint("#dedede", "#000000"),
        parameter=Paint("#c4c4c4", "#000000"),
        computation=Paint("#ffffff", "#000000"),
        cut_off=Paint("#ffffff", "#777777"),
    ),
    "colour-blind": Theme(
        name="colour-blind",
        background="#ffffff", ink="#10151c", faint="#45505c",
        forward="#005a8c", reverse="#8c3300", edge="#4d5866",
        wrong="#a32a00", doubtful="#6b4e00",
        paths=("#005a8c", "#9c3f00", "#006b52", "#8a3a78"),
        input=Paint("#b3dcf5", "#005a8c"),
        parameter=Paint("#f5c96b", "#7a5200"),
        computation=Paint("#fafafa", "#3c4650"),
        cut_off=Paint("#f2f3f5", "#858d97"),
    ),
})
# fmt: on
