"""Pictures of computational graphs: typeset, laid out, and written as text.

graph, run -> labels (what is said; reduced: several nodes as one; marks: what is highlighted)
-> layout (boxes, places) -> a scene -> writers. A network of neurons (network), a circuit of gates
(circuit) and the steps of a sweep (stepwise) are other ways to a scene.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdiff.drawing.options import ANNOTATIONS, DIRECTIONS, Options

if TYPE_CHECKING:
    from graphdiff.drawing.public import (
        THEMES,
        Frame,
        Frames,
        Picture,
        Theme,
        draw,
        frames,
        page,
    )

__all__ = [
    "ANNOTATIONS",
    "DIRECTIONS",
    "THEMES",
    "Frame",
    "Frames",
    "Options",
    "Picture",
    "Theme",
    "draw",
    "frames",
    "page",
]


def __getattr__(name: str) -> Any:
    """Load what draws when it is first used: the command line reads the options alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graphdiff.drawing import public

    return getattr(public, name)
