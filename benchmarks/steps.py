"""Programs compiled from graphs, as contestants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contest import NotMeasured

import graphdiff as gd


def compiled(graph: gd.Graph, *arguments: Any, **options: Any) -> Any:
    """Return ``graph.compile(...)``.

    Raises
    ------
    NotMeasured
        If this version of graphdiff has no compiled evaluator.
    """
    compile_ = getattr(graph, "compile", None)
    if compile_ is None:
        raise NotMeasured("this version has no graph.compile")
    return compile_(*arguments, **options)


def in_order(result: tuple[Any, Mapping[str, Any]], names: Iterable[str]) -> list[Any]:
    """List a value and its gradients in the order of the names."""
    value, gradients = result
    return [value, *(gradients[name] for name in names)]
