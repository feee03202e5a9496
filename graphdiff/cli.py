"""The command line. Rooms are imported by the command that needs them, not for ``--help``."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from graphdiff import __version__
from graphdiff.errors import FileError, GraphdiffError, quoted_list

OK, WRONG, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
MAX_DIGITS = 17
MAX_SUGGESTED = 12
"""Entries of an array that is suggested whole."""

ABOUT = """\
Build a computational graph, and see its derivatives as graph, formulas and numbers.

A graph is a small file. Begin with one of the built-in graphs:

  graphdiff demo                            a tour: numbers, a check, pictures, a page
  graphdiff example                         list the built-in graphs
  graphdiff example colah > colah.toml      take one as a file to change

and then work on it:

  graphdiff run colah.toml                  values, local Jacobians and every P
  graphdiff run colah.toml --set a=3 --exact
  graphdiff derive colah.toml --wrt b       the derivation of de/db, step by step
  graphdiff draw colah.toml -o colah.svg    the picture (.svg, .png or .dot)
  graphdiff check colah.toml                verify the [claims] in the file
"""
FILE_FORMAT = """\
a graph file (TOML; order in [nodes] is the order of building):

  output = "L"
  [inputs]
  x = 1
  [parameters]
  w = "2/3"
  [nodes]
  u = "x*w"
  L = "(u - 1)**2"
  [claims]
  "J[w->u]" = ["x", 1]
  "dL/dw" = "2*(u - 1)*x"
"""
EXIT = "exit code: 0 done (check: all correct), 1 check found something wrong, 2 unreadable input"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Errors are one line on standard error, without a traceback, and exit code 2.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without ŷ or ✓
    try:
        given = _parser().parse_args(arguments)
        code = given.command(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except GraphdiffError as error:
        return _failed(str(error), UNREADABLE)
    except OSError as error:
        return _failed(f"cannot write the output: {error.strerror}", UNREADABLE)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    return code


def _failed(problem: str, code: int) -> int:
    print(f"graphdiff: {problem}", file=sys.stderr)  # noqa: T201
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as all other errors are said."""

    def error(self, message: str) -> NoReturn:
        raise GraphdiffError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        "graphdiff", description=ABOUT, epilog=f"{FILE_FORMAT}\n{EXIT}", formatter_class=raw
    )
    parser.add_argument("--version", action="version", version=f"graphdiff {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[Any], int], help: str, epilog: str = "") -> Any:
        added = commands.add_parser(
            name, help=help, description=help, epilog=epilog, formatter_class=raw
        )
        added.set_defaults(command=run)
        return added

    demo = command("demo", _demo, "show all of it on the lecture's linear regression")
    demo.add_argument(
        "folder", nargs="?", default="graphdiff-demo", help="where to write (graphdiff-demo)"
    )
    _add_force(demo)

    run = command("run", _run, "print values, local Jacobians and every P")
    _add_graph(run)
    run.add_argument("--output", metavar="NODE", help="the node to differentiate")
    run.add_argument("--exact", action="store_true", help="exact numbers: 2/3 stays 2/3")
    run.add_argument("--forward", action="store_true", help="the forward sweep only")
    run.add_argument("--format", choices=("text", "json"), default="text")
    _add_digits(run)

    derive = command("derive", _derive, "write out the derivation of a gradient, step by step")
    _add_graph(derive)
    derive.add_argument("--output", metavar="NODE", help="the node to differentiate")
    derive.add_argument(
        "--wrt", metavar="NODE", action="append", help="with respect to it (all parameters)"
    )
    derive.add_argument(
        "--format", choices=("text", "markdown", "latex"), default="text",
        help="latex is one document for pdflatex",
    )  # fmt: skip
    derive.add_argument(
        "--fragment", action="store_true",
        help="with --format latex: only what goes between \\begin{document} and \\end{document},"
        " to \\input; it needs \\usepackage{amsmath, amssymb, graphicx}",
    )  # fmt: skip
    derive.add_argument("--exact", action="store_true", help="exact numbers: 2/3 stays 2/3")
    derive.add_argument("--symbolic", action="store_true", help="formulas only, no numbers")
    _add_digits(derive)

    draw = command("draw", _draw, "draw the graph")
    _add_graph(draw)
    draw.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", required=True,
        help="the picture to write: .svg, .png or .dot; may be repeated",
    )  # fmt: skip
    draw.add_argument("--output", metavar="NODE", help="the node to differentiate")
    draw.add_argument("--forward", action="store_true", help="values only, no gradients")
    draw.add_argument("--plain", action="store_true", help="no numbers at all")
    draw.add_argument(
        "--show", metavar="LIST",
        help="annotations, separated by commas: index, name, formula, value, P, jacobian, "
        "jacobian_value, legend (all)",
    )  # fmt: skip
    draw.add_argument("--direction", choices=("LR", "TB"), default="LR")
    draw.add_argument("--theme", default="lecture", help="lecture, dark or print")
    _add_digits(draw, 4)
    _add_force(draw)

    check = command("check", _check, "verify the claims in the file, link by link", EXIT)
    _add_graph(check, several=True)
    check.add_argument("--output", metavar="NODE", help="the output that P belongs to")
    check.add_argument("--format", choices=("text", "json"), default="text")

    example = command("example", _example, "list the built-in graphs, or print one as a file")
    example.add_argument("name", nargs="?", help="the graph to print")
    return parser


def _add_graph(command: argparse.ArgumentParser, *, several: bool = False) -> None:
    if several:
        command.add_argument("files", metavar="FILE", nargs="+", help="graph files, .toml or .json")
    else:
        command.add_argument("file", metavar="FILE", help="a graph file, .toml or .json")
    command.add_argument(
        "--set", dest="values", metavar="LEAF=VALUE", action="append", default=[],
        help='another value for a leaf, such as x=3, x=2/3 or "W=[[1, 0], [0, 1]]"; '
        "may be repeated",
    )  # fmt: skip


def _add_digits(command: argparse.ArgumentParser, default: int = 6) -> None:
    command.add_argument(
        "--digits",
        type=_digits,
        default=default,
        metavar="N",
        help=f"significant digits ({default})",
    )


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a number from 1 to {MAX_DIGITS}")
    return int(text)


def _add_force(command: argparse.ArgumentParser) -> None:
    command.add_argument("--force", action="store_true", help="overwrite files that exist")


def _load(
    given: argparse.Namespace, *, complete: bool = False, file: str = ""
) -> tuple[Any, Any, dict[str, Any]]:
    """Return the graph, its claims, and the values set on the command line.

    With ``complete`` every leaf must have a value.
    """
    from graphdiff.files.document import number_from_text
    from graphdiff.workbench import load_with_claims

    file = file or given.file
    graph, claims = load_with_claims(file)
    values = {}
    for assignment in given.values:
        name, equals, number = assignment.partition("=")
        if not equals:
            raise FileError(f"--set {assignment!r:.60} is not read; write --set LEAF=VALUE")
        leaf = graph[name.strip()]
        values[leaf.name] = number_from_text(leaf.name, number.strip())
    missing = [leaf for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if complete and missing:
        names = quoted_list(leaf.name for leaf in missing)
        raise FileError(f"{file}: no value for {names}; {_remedy(missing[0])}")
    return graph, claims, values


def _remedy(leaf: Any) -> str:
    """Return how to give a value to a leaf."""
    from graphdiff import shapes

    if not shapes.is_known(leaf.shape):
        return (
            f"the sizes {shapes.shown(leaf.shape)} of {leaf.name!r} are letters, for derivation "
            "only; use derive, or write numbers into the file"
        )
    if leaf.size > MAX_SUGGESTED:
        return f"write it into the file, as an array of shape {shapes.shown(leaf.shape)}"
    example = "1"
    for size in reversed(leaf.shape):
        example = f"[{', '.join([example] * size)}]"
    given = f"{leaf.name}={example}"
    return (
        f"write it into the file, or give it here: --set {given if not leaf.shape else repr(given)}"
    )


def _run(given: argparse.Namespace) -> int:
    from graphdiff import tables

    graph, _, values = _load(given, complete=True)
    if given.forward:
        run = graph.forward(values, exact=given.exact)
    else:
        run = graph.backward(given.output, values, exact=given.exact)
    if given.format == "json":
        _print(json.dumps(tables.data(run), ensure_ascii=False, indent=2))
    else:
        for table in tables.tables(run, given.digits):
            _print_table(table)
    return OK


def _derive(given: argparse.Namespace) -> int:
    from graphdiff import derivation as written

    if given.fragment and given.format != "latex":
        raise GraphdiffError("--fragment goes with --format latex")
    graph, _, values = _load(given)
    output = graph.output if given.output is None else graph[given.output]
    wrt = given.wrt or [node.name for node in graph.parameters or graph.inputs]
    complete = not given.symbolic and all(
        leaf.value is not None or leaf.name in values for leaf in graph.leaves
    )
    run = graph.backward(output, values, exact=given.exact) if complete else None
    derivations = (
        graph.explain(output, name, run=run, symbolic=not complete, digits=given.digits)
        for name in wrt
    )
    if given.format == "latex":
        make = written.fragment if given.fragment else written.document
        _print(make(derivations), end="")
        return OK
    for derivation in derivations:
        _print(derivation.markdown() if given.format == "markdown" else f"{derivation}\n")
    return OK


def _draw(given: argparse.Namespace) -> int:
    graph, _, values = _load(given)
    missing = [leaf.name for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if missing and not given.plain:
        _print(f"no value for {quoted_list(missing)}, so the picture has formulas only")
    if missing or given.plain:
        run = None
    elif given.forward:
        run = graph.forward(values)
    else:
        run = graph.backward(given.output, values)
    show = None if given.show is None else [name.strip() for name in given.show.split(",")]
    picture = graph.draw(
        run, show=show, direction=given.direction, theme=given.theme, digits=given.digits
    )
    for path in given.paths:
        _print(f"wrote {picture.save(path, overwrite=given.force)}")
    return OK


def _check(given: argparse.Namespace) -> int:
    several, worst, records = len(given.files) > 1, OK, []
    for file in given.files:
        try:
            report, problems = _report(given, file)
        except GraphdiffError as error:
            if not several:
                raise
            shown, record, code = f"cannot be read: {error}", {"error": str(error)}, UNREADABLE
        else:
            unread = [f"{file}: {error}" for error in problems.values()]
            shown, record = "\n".join([str(report), *unread]), report.to_json()
            if problems:
                record["unreadable"] = {name: str(error) for name, error in problems.items()}
            code = UNREADABLE if problems else OK if report.ok else WRONG
        worst = max(worst, code)
        records.append({"file": file, **record} if several else record)
        if given.format == "text":
            _print(f"== {file}\n{shown}\n" if several else shown)
    if given.format == "json":
        _print(json.dumps(records if several else records[0], ensure_ascii=False, indent=2))
    return worst


def _report(given: argparse.Namespace, file: str) -> tuple[Any, dict[str, GraphdiffError]]:
    """Return the report on the claims of one file, and the claims that cannot be read."""
    from graphdiff.checking import unreadable

    graph, claims, values = _load(given, file=file)
    if not claims:
        raise FileError(f"{file}: there are no [claims] to check")
    try:
        output = None if given.output is None else graph[given.output]
        problems = unreadable(graph, claims, output)
        if len(problems) == len(claims):
            raise next(iter(problems.values()))
        readable = {name: entry for name, entry in claims.items() if name not in problems}
        return graph.check(readable, values, output=output), problems
    except GraphdiffError as error:
        raise type(error)(f"{file}: {error}") from None


def _example(given: argparse.Namespace) -> int:
    from graphdiff import examples

    if given.name is not None:
        _print(examples.source(given.name), end="")
        return OK
    width = max(map(len, examples.names()))
    for name in examples.names():
        _print(f"{name:<{width}}  {examples.summary(name)}")
    _print("\nTo take one as a file:  graphdiff example NAME > NAME.toml")
    return OK


def _demo(given: argparse.Namespace) -> int:
    from graphdiff.demo import demo

    demo(given.folder, _print, _print_table, overwrite=given.force)
    return OK


def _print(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)


def _print_table(table: Any) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    if not sys.stdout.isatty():
        console = Console(file=sys.stdout, width=200, highlight=False)
    shown = Table(title=Text(table.title), title_justify="left")
    for column in table.columns:
        shown.add_column(Text(column), justify="right" if column == "value" else "left")
    for row in table.rows:
        shown.add_row(*map(Text, row))
    with console.capture() as captured:  # rich itself would exit when the reader has left
        console.print(shown)
    _print(captured.get(), end="")


if __name__ == "__main__":
    sys.exit(main())
