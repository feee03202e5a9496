"""The parts of a picture by their names: nodes, edges such as ``w->u``, paths ``x->u->L``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graphdiff.errors import DrawingError, UnknownNameError, unknown

if TYPE_CHECKING:  # the command line reads the choices alone
    from graphdiff.graph import ComputationalGraph

ARROW = "->"
MAX_TOLD = 8
"""How many edges a message names."""


def element(given: object) -> str:
    """Return the name of a node, an edge or a path as it is kept: without spaces, by ``->``.

    Examples
    --------
    >>> element("w → u"), element(" z ")
    ('w->u', 'z')
    """
    name = given if isinstance(given, str) else getattr(given, "name", None)
    if not isinstance(name, str) or not name.strip():
        raise DrawingError(f"{given!r:.60} is no node and no edge; write 'z', or 'w->u'")
    return ARROW.join(part.strip() for part in name.replace("→", ARROW).split(ARROW))


def several(given: Any, what: str) -> tuple[Any, ...]:
    """Return names, or nodes, of which one may be given alone.

    Examples
    --------
    >>> several("z", "hide"), several(["z", "u"], "hide")
    (('z',), ('z', 'u'))
    """
    if isinstance(given, str) or isinstance(getattr(given, "name", None), str):
        return (given,)
    if not isinstance(given, Iterable):
        raise DrawingError(f"{what} is {given!r:.60}; give a name, or a list of names")
    return tuple(given)


def by_element(given: Any, what: str, read: Callable[[Any, str], Any]) -> dict[str, Any]:
    """Return choices for nodes and edges by their names, each read.

    Parameters
    ----------
    what
        The name of the choice, for its message.
    read
        Returns what is given for one in the form that is kept, or raises; the second argument
        says whose it is.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise DrawingError(
            f"{what} is {given!r:.60}; say for which node or edge, {what}={{'z': …, 'w->u': …}}"
        )
    return {
        name: read(one, f"{what} of {name!r:.60}")
        for name, one in ((element(key), one) for key, one in given.items())
    }


def check_elements(
    graph: ComputationalGraph, names: Iterable[str], what: str, others: Iterable[str] = ()
) -> None:
    """Raise unless names are nodes, edges or paths of a graph, or others that are known.

    Raises
    ------
    UnknownNameError
        Naming the choice, and the nearest node.
    DrawingError
        For an arrow between nodes where there is no edge.
    """
    others = tuple(others)
    for name in names:
        nodes = name.split(ARROW)
        for node in nodes:
            if node not in graph and node not in others:
                known = [*(one.name for one in graph.nodes), *others]
                raise UnknownNameError(f"{what}: {unknown('node', node, known)}")
        for j, i in itertools.pairwise(nodes):
            parents = [parent.name for parent in graph[i].parents]
            if j not in parents:
                there = ", ".join(f"{p}{ARROW}{i}" for p in dict.fromkeys(parents[:MAX_TOLD]))
                raise DrawingError(
                    f"{what}: there is no edge {j}{ARROW}{i}; "
                    + (
                        f"to {i} there are {there}"
                        if there
                        else f"{i} is a leaf, no edge enters it"
                    )
                )
