"""What a teacher says of single nodes and edges: names, colours, sizes, heavy lines, notes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from graphdiff.drawing.colours import colour
from graphdiff.drawing.elements import by_element, element, several
from graphdiff.drawing.shown import ALL, split_texts
from graphdiff.errors import DrawingError

USUAL_SIZE = 12.75
"""The size of formulas in nodes, in points."""
SIZES = (3.0, 100.0)
"""The smallest and the largest size that can be asked for."""
MAX_NOTE = 400
"""Characters of a note."""


def as_labels(given: Any) -> Mapping[str, str]:
    """Return labels by the names of nodes, in the form that formulas have."""
    from graphdiff.notation.labels import checked_label

    return by_element(given, "labels", lambda one, whose: checked_label(one, _node(whose)))


def as_colours(given: Any) -> Mapping[str, str]:
    """Return colours of nodes and edges as ``#rrggbb``."""
    return by_element(given, "colors", colour)


def as_sizes(given: Any) -> Mapping[str, float]:
    """Return sizes in points, for all as for one."""
    if given is not None and not isinstance(given, Mapping):
        given = {ALL: given}
    return by_element(given, "font_size", _size)


def _size(given: Any, whose: str) -> float:
    least, most = SIZES
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            given = float(given.strip().removesuffix("pt"))
    if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= most:
        whose = whose.removesuffix(f" of {ALL!r}")
        raise DrawingError(f"{whose} is {given!r:.60}; give points from {least:g} to {most:g}")
    return float(given)


def as_highlights(given: Any) -> Mapping[str, str]:
    """Return the colours of nodes, edges and paths to highlight; "" for the theme's own."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return by_element(given, "highlight", lambda one, whose: colour(one, whose) if one else "")
    return dict.fromkeys(map(element, several(given, "highlight")), "")


def as_notes(given: Any) -> Mapping[str, str]:
    """Return notes by the names of nodes, each checked."""
    return by_element(given, "note", _note)


def _note(given: Any, whose: str) -> str:
    from graphdiff.drawing.notes import parts_of

    if not isinstance(given, str) or not given.strip():
        raise DrawingError(f"{whose} is {given!r:.60}; give a text, such as 'here $z > 0$'")
    if len(given) > MAX_NOTE:
        raise DrawingError(f"{whose} has {len(given)} characters, more than {MAX_NOTE}")
    parts_of(given, whose)
    return given.strip()


def _node(whose: str) -> str:
    return whose.removeprefix("labels of ").strip("'")


# Arguments of the command line


def pairs_in(what: str) -> Callable[[list[str]], dict[str, str]]:
    """Return what reads arguments such as ``z=red``."""

    def read(texts: list[str]) -> dict[str, str]:
        pairs = [text.partition("=") for text in texts]
        for text, (_, equals, _) in zip(texts, pairs, strict=True):
            if not equals:
                raise DrawingError(f"--{what} {text!r:.60} is not read; write --{what} NODE=…")
        return {name.strip(): value.strip() for name, _, value in pairs}

    return read


def names_in(texts: list[str]) -> Any:
    """Return what is said of all or of single ones: ``14``, ``z=14``, ``z,w->u``, ``z=red``."""
    of, names = split_texts(texts)
    single = {name: values[0] if values else "" for name, values in of.items()}
    if not single:
        return names[0] if len(names) == 1 else names
    return {**dict.fromkeys(names, ""), **single}
