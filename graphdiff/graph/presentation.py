"""What is said of nodes for formulas and pictures: labels, groups, how the graph is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.graph.names import checked_group_name
from graphdiff.graph.plain import plain
from graphdiff.graph.structure import Node, Structure
from graphdiff.notation.labels import checked_label


class Presentation(Structure):
    """A graph whose nodes can be labelled and grouped."""

    def __init__(self, title: str = "", *, output: str | None = None) -> None:
        super().__init__(title, output=output)
        self._labelled_so: dict[str, str] = {}
        self._group_of: dict[Node, str] = {}

    def label(self, node: Node | str | int, label: str) -> None:
        r"""Say how the name of a node is written in formulas.

        Parameters
        ----------
        label
            LaTeX of letters, accents, alphabets, indices below and above, and primes:
            ``r"\hat y"``, ``r"W_{xh}"``, ``r"h_{t-1}"``, ``r"\boldsymbol\theta"``. Plain text keeps
            the name.

        Raises
        ------
        GraphError
            For other LaTeX, and a label that another node has.

        Examples
        --------
        >>> from graphdiff import Graph
        >>> g = Graph()
        >>> g.label(g.input("h_before"), "h_{t-1}")
        >>> g["h_before"].label
        'h_{t-1}'
        """
        self._labelled(self[node], label)

    def _labelled(self, node: Node, label: str | None) -> Node:
        if label is not None:
            checked = checked_label(label, node.name)
            taken = self._labelled_so.setdefault(checked, node.name)
            if taken != node.name:
                raise GraphError(
                    f"the label of {node.name!r} is that of {taken!r}; formulas could not tell "
                    "them apart"
                )
            self._labels[node.name] = checked
        return node

    @property
    def drawing(self) -> Mapping[str, Any]:
        """How the graph is drawn where nothing else is said: the keywords of its pictures.

        It is plain data, and stands in the graph's file, as ``[drawing]``.
        """
        return MappingProxyType(self._drawing)

    @drawing.setter
    def drawing(self, given: Mapping[str, Any]) -> None:
        self._drawing = plain(given, "drawing")

    def group(self, name: str, nodes: Iterable[Node | str | int]) -> tuple[Node, ...]:
        """Put nodes into a group, such as a layer: it is framed in pictures, and can be collapsed.

        Parameters
        ----------
        name
            Any line of text, such as ``"layer 1"``.
        nodes
            Nodes of this graph that are in no other group.

        Raises
        ------
        GraphError
            For a name that is taken or no line of text, no nodes, and a node that has a group.

        Examples
        --------
        >>> from graphdiff import Graph
        >>> g = Graph()
        >>> z = g.node("z", g.parameter("w") * g.input("x"))
        >>> members = g.group("neuron", ["w", z])
        >>> g.groups
        mappingproxy({'neuron': (<parameter u^1 w>, <computation u^3 z = w*x>)})
        """
        name = checked_group_name(name)
        if name in self._groups:
            raise GraphError(f"there is already a group {name!r}; choose another name")
        members = {self[node]: None for node in nodes}
        if not members:
            raise GraphError(f"the group {name!r} has no nodes; name at least one")
        for node in members:
            if node in self._group_of:
                raise GraphError(
                    f"node {node.name!r} is in the group {self._group_of[node]!r} already; "
                    "groups share no nodes"
                )
        ordered = tuple(sorted(members, key=lambda node: node.index))
        self._groups[name] = ordered
        self._group_of.update(dict.fromkeys(ordered, name))
        return ordered
