"""How a graph says that it is drawn: its ``[drawing]`` table, for what is not said at the call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from graphdiff.drawing.choices import Choices, checked
from graphdiff.drawing.labels import by_hand
from graphdiff.drawing.options import FOREIGN, Options, Saving
from graphdiff.drawing.shown import ALL, as_hidden
from graphdiff.errors import GraphdiffError, UnknownNameError, unknown
from graphdiff.graph import ComputationalGraph

NEVER = ("overwrite",)
"""What a file does not decide."""


def check_drawing(graph: ComputationalGraph, given: Mapping[str, Any]) -> None:
    """Raise unless choices are such as pictures of a graph and their files have.

    Raises
    ------
    UnknownNameError
        For an unknown choice or node, naming the nearest.
    GraphdiffError
        For a choice that is not valid, naming it.
    """
    known = {one.name: one for record in (Options, Saving) for one in fields(record)}
    for name in NEVER:
        del known[name]
    for name in given:
        if name not in known:
            raise UnknownNameError(f"[drawing]: {unknown('choice', name, known)}")
    try:
        for name, one in given.items():
            checked(known[name], one)
        by_hand.check(graph, Options(**_only(given, Options)))
        Saving(**_only(given, Saving))
    except GraphdiffError as error:
        raise type(error)(f"[drawing]: {error}") from None


def with_defaults(
    graph: ComputationalGraph, record: type[Choices], choices: Mapping[str, Any]
) -> dict[str, Any]:
    """Return choices, with those of the graph for what is not among them.

    Those of which nothing is seen in the style that is asked for are left out.
    """
    found = {**_only(graph.drawing, record), **choices}
    for one, other in (("scale", "dpi"), ("dpi", "scale")):  # they say the same
        if one in choices and other not in choices:
            found.pop(other, None)
    foreign = FOREIGN.get(found.get("style", "graph"), ())
    if "hide" in foreign and "hide" in found and "hide" not in choices:
        found["hide"] = {ALL: as_hidden(found["hide"]).everywhere}
    unseen = set(foreign) - choices.keys() - {"hide"}
    return {name: one for name, one in found.items() if name not in unseen}


def _only(given: Mapping[str, Any], record: type[Choices]) -> dict[str, Any]:
    names: Iterable[str] = {one.name for one in fields(record)}
    return {name: one for name, one in given.items() if name in names}
