"""The pages of others, as facts: graph, page, and the verdict of each equation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import graphdiff as gd

FOLDER = Path(__file__).parents[1] / "files" / "worksheets"
PLACES = json.loads(Path(__file__).with_name("places.json").read_text("utf-8"))
"""Where each equation stands: its line, or the cell of a notebook."""
NAMES = sorted(PLACES)
AS_CLAIMS = {"follows-from-earlier-wrong": "follows"}


class Page(NamedTuple):
    """A page with its graph and its equations: where each stands, and its verdict."""

    path: Path
    graph: gd.Graph
    equations: list[dict[str, Any]]


def page(name: str) -> Page:
    folder = FOLDER / name
    found = json.loads((folder / "verdicts.json").read_text("utf-8"))["equations"]
    equations = [
        {"at": at, "verdict": AS_CLAIMS.get(e["verdict"], e["verdict"])}
        for at, e in zip(PLACES[name], found, strict=True)
    ]
    (path,) = folder.glob("page.*")
    return Page(path, gd.load(folder / "graph.toml"), equations)
