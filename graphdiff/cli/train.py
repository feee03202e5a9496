"""The command train: a graph's parameters from data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from graphdiff.cli.common import OK, add_force, add_graph, load, say, show_table
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import neutral

PAGES = (".html", ".htm")
ROOMS = ("graphdiff.workbench", "graphdiff.learning", "rich.console", "rich.table")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument(
        "--data", metavar="PATH",
        help="rows for the inputs, .csv with their names in the first line, or .npz; "
        "if left out, the values in the file",
    )  # fmt: skip
    command.add_argument(
        "--target", metavar="COLUMN", help="the column of the targets, or their array in an .npz"
    )
    command.add_argument("--output", metavar="NODE", help="what is minimised")
    command.add_argument(
        "--optimiser", metavar="NAME", default="adam",
        help="a method, as graphdiff optimisers lists them (adam)",
    )  # fmt: skip
    command.add_argument("--learning-rate", metavar="R", help="its learning rate")
    command.add_argument(
        "--schedule", metavar="NAME",
        help="how the rate changes: cosine, 'cosine_restarts(steps=100)', "
        "'reduce_on_plateau(patience=5)', as graphdiff optimisers lists them",
    )  # fmt: skip
    command.add_argument(
        "--line-search", metavar="NAME",
        help="what chooses the length of each step, in place of a rate: backtracking, "
        "exact_step, wolfe",
    )  # fmt: skip
    command.add_argument("--ascent", action="store_true", help="go uphill")
    command.add_argument(
        "--setting", dest="settings", metavar="NAME=VALUE", action="append", default=[],
        help="another setting of it, such as momentum=0.8; may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--residuals", metavar="NODE",
        help="the node whose squares are minimised, for gauss_newton and levenberg_marquardt",
    )  # fmt: skip
    command.add_argument("--epochs", type=int, default=100, metavar="N", help="(100)")
    command.add_argument("--batch-size", type=int, metavar="N", help="rows of a batch (32)")
    command.add_argument(
        "--validation", type=float, metavar="PART", help="the part of the rows to validate with"
    )
    command.add_argument(
        "--patience", type=int, metavar="N",
        help="end after so many epochs that are no better, with the best values",
    )  # fmt: skip
    command.add_argument(
        "--seed", type=int, default=0, metavar="N", help="where orders are from (0)"
    )
    command.add_argument("--checkpoint", metavar="PATH", help="an .npz to write, and to go on from")
    command.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", default=[],
        help="the trained graph, .toml or .json, or a page about the training, .html; may be "
        "repeated",
    )  # fmt: skip
    command.add_argument(
        "--keep", choices=("best", "last"),
        help="the values of which epoch are written and shown: the best where --patience is given, "
        "else the last",
    )  # fmt: skip
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.learning import early_stopping, files, fit
    from graphdiff.notation import text
    from graphdiff.notation.display import Table

    graph, _, values = load(given)
    graph = graph.with_values(values)
    if given.data is None and given.target is not None:
        raise GraphdiffError(
            f"--target {given.target!r:.60} is a column of a file; name the file, --data PATH"
        )
    if given.data is None:
        rows = files.rows_in(graph)
    else:
        rows = files.rows_from(given.data, graph, given.target)
    keeps_best = given.keep == "best" or (given.keep is None and given.patience is not None)
    stops = [] if given.patience is None else [early_stopping(given.patience, restore=keeps_best)]
    trained = fit(
        graph, rows, optimiser=_method(given), epochs=given.epochs, batch_size=given.batch_size,
        validation=given.validation, callbacks=stops, seed=given.seed, output=given.output,
        residuals=given.residuals, checkpoint=given.checkpoint,
    )  # fmt: skip
    if given.keep == "best":
        trained = trained.with_best()
    *tables, ended = trained.shown()
    for table in tables:
        show_table(table)
    learned = [(node.name, text.value(node.value, node.shape)) for node in trained.model.parameters]
    show_table(Table("", ("parameter", "value"), tuple(learned)))
    say(str(ended))
    say(
        f"the parameters are those of epoch {trained.epoch.number}, {trained.which}"
        + ("; --keep best has those of the best" if trained.which == "the last" else "")
    )
    for path in given.paths:
        if Path(path).suffix.lower() in PAGES:
            from graphdiff.learning.training_page import report

            written = report(trained, path, settings=_settings(given), overwrite=given.force)
        else:
            written = trained.model.save(path, overwrite=given.force)
        say(f"wrote {neutral(written)}")
    return OK


def _settings(given: argparse.Namespace) -> dict[str, Any]:
    """Return what was said of the training on the command line, but for the method."""
    said = {
        "data": given.data, "target": given.target, "minimised": given.output,
        "residuals": given.residuals,
        "rows of a batch": given.batch_size, "part to validate with": given.validation,
        "patience": given.patience, "seed": given.seed,
    }  # fmt: skip
    return {name: neutral(value) for name, value in said.items() if value is not None}


def _method(given: argparse.Namespace) -> Any:
    from graphdiff.files.document import number_from_text
    from graphdiff.optimisers.named import named

    settings: dict[str, Any] = {}
    for assignment in given.settings:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise GraphdiffError(f"--setting {assignment!r:.60} is not read; write NAME=VALUE")
        settings[name.strip().replace("-", "_")] = number_from_text(name, value.strip())
    rate = given.learning_rate
    if rate is not None:
        rate = number_from_text("the learning rate", rate)
    words = {"schedule": given.schedule, "line_search": given.line_search, "learning_rate": rate}
    chosen = {name: value for name, value in words.items() if value is not None}
    if given.ascent:
        chosen["ascent"] = True
    return named({"method": given.optimiser, **settings, **chosen})
