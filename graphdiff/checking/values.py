"""The values of the nodes at a point, computed no further than they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphdiff.graph import ComputationalGraph


class Values(Mapping[str, Any]):
    """The values of nodes by name, computed in order as far as they are asked for."""

    def __init__(self, graph: ComputationalGraph, value_of: Callable[..., Any]) -> None:
        self._graph = graph
        self._value_of = value_of
        self._made: dict[str, Any] = {}
        self._count = 0

    def _make(self, count: int) -> None:
        for node in self._graph.nodes[self._count : count]:
            value = self._value_of(node, self._made)
            if value is not None:
                self._made[node.name] = value
            self._count = node.index

    def __getitem__(self, name: str) -> Any:
        if name in self:
            return self._made[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str) and name not in self._made and name in self._graph:
            self._make(self._graph[name].index)
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        self._make(len(self._graph))
        return iter(self._made)

    def __len__(self) -> int:
        self._make(len(self._graph))
        return len(self._made)
