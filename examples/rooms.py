"""Draw the rooms of the package from its imports: python examples/rooms.py FOLDER.

An arrow leads from a room to one that builds on it; where the way through other rooms says so
already, it is left out.
"""

import ast
import sys
from pathlib import Path

import networkx as nx

import graphdiff as gd

PACKAGE = Path(gd.__file__).parent


def room_of(module):
    """Return the folder at the top, or the module there, that a module of the package is in."""
    return [*module.split("."), ""][1]


def imports():
    """Return the rooms, with an edge to each from those it imports from."""
    rooms = nx.DiGraph()
    for path in sorted(PACKAGE.rglob("*.py")):
        here = room_of(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graphdiff"):
                used = [room_of(node.module)] if "." in node.module else []
                used = used or [name.name for name in node.names]
                rooms.add_edges_from((room, here) for room in used if room != here)
    rooms.remove_nodes_from([room for room in rooms if room.startswith("__")])
    return rooms


def pictures():
    """Yield the name and the picture of the rooms."""
    rooms = nx.transitive_reduction(imports())
    graph = gd.Graph("Rooms and what they build on")
    for room in nx.lexicographical_topological_sort(rooms):
        below = [graph[used] for used in sorted(rooms.predecessors(room))]
        if below:
            graph.node(room, sum(below[1:], start=below[0] * 1))
        else:
            graph.input(room)
    yield "rooms", graph.draw(show=["name"], direction="TB")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, picture in pictures():
        print(picture.save(folder / f"{name}.svg"))
