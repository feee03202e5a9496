"""The command check: claims verified, a whole class at a time."""

from __future__ import annotations

import argparse
import json
from typing import Any

from graphdiff.cli.common import OK, UNREADABLE, WRONG, add_graph, load, say
from graphdiff.errors import FileError, GraphdiffError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command, several=True)
    command.add_argument("--output", metavar="NODE", help="the output that P belongs to")
    command.add_argument("--format", choices=("text", "json"), default="text")


def command(given: argparse.Namespace) -> int:
    """Run the command."""
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
            say(f"== {file}\n{shown}\n" if several else shown)
    if given.format == "json":
        say(json.dumps(records if several else records[0], ensure_ascii=False, indent=2))
    return worst


def _report(given: argparse.Namespace, file: str) -> tuple[Any, dict[str, GraphdiffError]]:
    """Return the report on the claims of one file, and the claims that cannot be read."""
    from graphdiff.checking import unreadable

    graph, claims, values = load(given, file=file)
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
