"""The page: one file that needs nothing else, and may load nothing."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePath
from typing import Any, Unpack

import numpy as np

from graphdiff.derivations import symbols
from graphdiff.drawing import html_page, typeset
from graphdiff.drawing.formats import suffix_of
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.drawing.stepwise.steps import SweepStep, steps
from graphdiff.drawing.styles import draw
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import escaped, svg
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.explorer.formulas import formulas
from graphdiff.explorer.functions import functions_of
from graphdiff.explorer.live import live_scene
from graphdiff.files.storage import write_new
from graphdiff.graph import Node

MAX_ENTRIES = 200_000
"""Entries of all local Jacobians that a page computes with, dense."""


@dataclass(frozen=True, repr=False)
class Explorer:
    """A page to explore a graph on: all of it in one file, which loads nothing.

    In a notebook it shows itself; ``.save("page.html")`` writes it.

    Attributes
    ----------
    title
        The title of the graph, as the page has it.
    html
        The page.
    """

    title: str
    html: str

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
        """Write the page.

        Raises
        ------
        DrawingError
            If the suffix is not .html.
        FileError
            If it cannot be written, or is there and may not be overwritten.
        """
        suffix_of(PurePath(path), (".html",))
        return write_new(path, self.html, overwrite=overwrite)

    def __repr__(self) -> str:
        return f"<Explorer of {self.title!r}, {len(self.html) / 1000:.0f} kB>"

    def _repr_html_(self) -> str:
        return (
            '<iframe sandbox="allow-scripts" style="border:0;width:100%;height:44rem" '
            f'title="{html.escape(self.title)}" srcdoc="{html.escape(self.html)}"></iframe>'
        )


def explore(run: Run, **choices: Unpack[OptionKeywords]) -> Explorer:
    """Return the page of a graph at the values of a run.

    Parameters
    ----------
    choices
        As for a picture of the graph.

    Raises
    ------
    DrawingError
        If the graph is too large for it, its output is no scalar, or its picture is none of nodes.
    GraphError
        If a function of it cannot be written in JavaScript.
    """
    graph = run.graph
    _check(run)
    picture = draw(graph, run, **choices)
    scene, options = live_scene(picture), picture.options
    with symbols.writing(options.notation, graph, options.labels):
        taken = list(steps(run))
        shown = [
            (key, link.text, typeset.formula(link.latex, link.text, html_page.SIZE))
            for key, link in formulas(run, taken, options)
        ]
    functions = functions_of(graph.nodes)
    of = range(len(set(functions.of.values())))
    locals_ = ", ".join(f"{{value: f_{k}, jacobian: J_{k}}}" for k in of)
    model = _model(run, taken, functions.of, options)
    scripts = [
        f"{functions.source}\nconst MODEL = {_json(model)};\nconst LOCALS = [{locals_}];",
        resources.files("graphdiff.explorer").joinpath("page.js").read_text(encoding="utf-8"),
    ]
    title = one_line(graph.title) or "Computational graph"
    body = [
        f"<h1>{escaped(title)}</h1>",
        '<div class="explorer"><div class="seen">',
        f'<figure class="explored">{svg(scene)}</figure>',
        html_page.in_words(scene.alt),
        '</div><div id="panel"></div></div>',
        *_templates(shown),
        *(f"<script>{script}</script>" for script in scripts),
    ]
    fragments = [fragment for _, _, fragment in shown if isinstance(fragment, Fragment)]
    style = resources.files("graphdiff.explorer").joinpath("page.css").read_text(encoding="utf-8")
    digests = [_hash(script) for script in scripts]
    return Explorer(title, html_page.document(title, body, fragments, style=style, scripts=digests))


def _check(run: Run) -> None:
    graph = run.graph
    if run.output is None:
        raise DrawingError("the explorer shows both sweeps; give a run of graph.backward")
    entries = sum(node.size * parent.size for node in graph.nodes for parent in node.parents)
    if entries > MAX_ENTRIES:
        raise DrawingError(
            f"the local Jacobians have {entries} entries, more than the {MAX_ENTRIES} that a page "
            "computes with; explore a smaller graph, or fewer rows of data"
        )
    if graph[run.output].size != 1:
        raise DrawingError(
            f"{run.output!r} has {graph[run.output].size} entries; the explorer shows the "
            "derivative of a scalar: name another output"
        )


def _model(
    run: Run, taken: Sequence[SweepStep], local: Mapping[str, int], options: Options
) -> dict[str, Any]:
    graph = run.graph
    place = {node.name: k for k, node in enumerate(graph.nodes)}

    def told(node: Node) -> dict[str, Any]:
        value = np.ravel(np.asarray(run.value[node.name], float)).tolist()
        return {
            "name": node.name, "index": node.index, "kind": node.kind, "shape": list(node.shape),
            "parents": [place[parent.name] for parent in node.parents],
            "local": local.get(node.name), "value": value if node.is_leaf else None,
        }  # fmt: skip

    def step(one: SweepStep) -> dict[str, Any]:
        node = {} if one.sweep == "given" else {"node": place[one.nodes[0].name]}
        return {"sweep": one.sweep, **node}

    return {
        "title": graph.title, "digits": options.digits, "output": place[str(run.output)],
        "entry": 0, "nodes": [told(node) for node in graph.nodes], "steps": list(map(step, taken)),
    }  # fmt: skip


def _templates(formulas: Iterable[tuple[str, str, Fragment]]) -> Iterator[str]:
    for key, plain, fragment in formulas:
        yield f'<template data-formula="{key}">{html_page.shown(plain, fragment)}</template>'


def _json(value: Any) -> str:
    """Return data as it may stand in a script of a page: no < that could end it."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
