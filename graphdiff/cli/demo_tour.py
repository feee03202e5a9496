"""The demonstration: the lecture's linear regression, all of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphdiff import drawing
from graphdiff.cli import examples
from graphdiff.derivations import tables
from graphdiff.errors.plain_text import neutral
from graphdiff.files.storage import make_folder, write_new
from graphdiff.workbench import load_with_claims

NAME = "linear-regression"


def demo(
    folder: str | os.PathLike[str],
    say: Callable[[str], Any],
    show: Callable[[tables.Table], Any],
    *,
    overwrite: bool = False,
) -> list[Path]:
    """Run the lecture's example, check its hand computation, write picture and page.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    say, show
        What prints a line, and a table.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    FileError
        If a file is there already with other content and ``overwrite`` is false.
    """
    target = make_folder(folder)
    source = examples.source(NAME)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, f"{NAME}.toml")
        path.write_text(source, encoding="utf-8")
        graph, claims = load_with_claims(path)
    run = graph.backward()
    for table in tables.tables(run):
        show(table)
    derivations = [graph.explain(graph.output, node, run=run) for node in graph.parameters]
    say(f"{derivations[0]}\n")
    report = graph.check(claims)
    say(f"The lecture's hand computation, checked line by line:\n{report}\n")
    picture = graph.draw(run)
    page = drawing.page(graph, run, derivations, picture, dark=graph.draw(run, theme="dark"))
    contents = {
        "toml": source, "svg": picture.svg, "png": picture.png(), "html": page,
    }  # fmt: skip
    written = [
        write_new(target / f"{NAME}.{suffix}", content, overwrite=overwrite)
        for suffix, content in contents.items()
    ]
    say("Written:\n" + "\n".join(f"  {neutral(path.resolve())}" for path in written))
    say(f"\nNext: change {written[0].name} and run  graphdiff run {neutral(written[0])}")
    return written
