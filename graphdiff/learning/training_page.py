"""A page about a training: its curves, what it came to, its settings, the epochs, the network.

One file of HTML without scripts or anything to load.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphdiff.drawing import html_page
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.writers.svg import escaped
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import one_line
from graphdiff.files.storage import write_new
from graphdiff.learning.history import Epoch, Training
from graphdiff.learning.states import counted
from graphdiff.notation import text
from graphdiff.notation.display import Table

THEMES = ("lecture", "dark")


def report(
    training: Training,
    path: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a page about a training, and return its path.

    It has the curves, the best and the last epoch, the settings, every epoch, what was learned,
    and the network, or the graph; it loads nothing and runs nothing.

    Parameters
    ----------
    training
        What :func:`graphdiff.learning.fit` returned.
    path
        Where to, ``.html``.
    settings
        More to be said of how it was trained, by name: ``{"data": "digits.csv"}``.
    overwrite
        Whether a file that exists is overwritten.

    Raises
    ------
    FileError
        If the file exists and ``overwrite`` is false, or cannot be written.
    DrawingError
        If the training has no epoch.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import graphdiff as gd
    >>> found = gd.learning.fit(gd.models.mlp([1, 1]), [[0], [1]], [1, 3], epochs=3)
    >>> path = report(found, pathlib.Path(tempfile.mkdtemp()) / "training.html")
    >>> "The curves" in path.read_text(encoding="utf-8")
    True
    """
    return write_new(path, page(training, settings or {}), overwrite=overwrite)


def page(training: Training, settings: Mapping[str, Any]) -> str:
    """Return the page as HTML text."""
    called = one_line(training.model.title)
    title = f"Training of {called}" if called else "A training"
    body = [f"<h1>{escaped(title)}</h1>", *_body(training, settings)]
    return html_page.document(title, body, ())


def _body(training: Training, settings: Mapping[str, Any]) -> Iterator[str]:
    yield f"<p>{escaped(one_line(training.ended))}, after {counted(training.steps)}.</p>"
    yield "<h2>The curves</h2>"
    curves = [training.history.plot(theme=theme) for theme in THEMES]
    yield from html_page.figures(*curves)
    yield html_page.in_words(curves[0].alt)
    yield "<h2>What it came to</h2>"
    yield from _table(_reached(training))
    yield "<h2>How it was trained</h2>"
    yield from _table(_settings(training, settings))
    yield "<h2>What was learned</h2>"
    yield f"<p>The values after epoch {training.epoch.number}, {training.which}.</p>"
    pictures = _pictures(training)
    if pictures:
        yield from html_page.figures(*pictures)
        yield html_page.in_words(pictures[0].alt)
    yield from _table(_parameters(training))
    yield "<h2>The epochs</h2>"
    yield from _table(training.history.table())


def _table(table: Table) -> Iterator[str]:
    rows = [[(cell, None) for cell in row] for row in table.short().rows]
    yield from html_page.table([escaped(name) for name in table.columns], rows)


def _reached(training: Training) -> Table:
    history = training.history
    names = history.columns

    def row(name: str, epoch: Epoch) -> tuple[str, ...]:
        numbers = (history[column][epoch.number - 1] for column in names)
        return name, str(epoch.number), *(text.number(float(number)) for number in numbers)

    rows = (row("best", training.best), row("last", history[-1]))
    return Table("", ("", "epoch", *names), rows)


def _settings(training: Training, settings: Mapping[str, Any]) -> Table:
    method = training.method
    chosen: dict[str, Any] = {
        setting.name.replace("_", " "): text.number(float(method.settings[setting.letter]))
        for setting in method.rule.settings
    }
    if method.schedule is not None or method.search is not None:
        chosen["learning rate"] = method.schedule or method.search
    formulas = method.rule.text().splitlines()
    rows = [
        ("method", method.rule.title),
        *(("" if k else "its formulas", line) for k, line in enumerate(formulas)),
        *chosen.items(),
        ("epochs", len(training.history)),
        ("steps", training.steps),
        *settings.items(),
    ]
    return Table("", ("setting", "value"), tuple((str(name), str(value)) for name, value in rows))


def _parameters(training: Training) -> Table:
    model = training.model
    rows = [(node.name, str(node.shape), text.value(node.value, node.shape))
            for node in model.parameters]  # fmt: skip
    return Table("", ("parameter", "shape", "value"), tuple(rows))


def _pictures(training: Training) -> list[Picture]:
    """Return the network, or else the graph, for light pages and for dark ones; none too large."""
    for style in ("network", "graph"):
        try:
            pictures = [training.model.draw(style=style, theme=theme) for theme in THEMES]
            for picture in pictures:
                _ = picture.scene  # it is laid out here, or refused
        except GraphdiffError:
            continue
        return pictures
    return []
