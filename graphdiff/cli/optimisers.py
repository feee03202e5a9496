"""The command optimisers: the methods of descent, each with its formulas."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, say


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", nargs="?", help="the method to show; all if left out")
    command.add_argument("--latex", action="store_true", help="the formulas in LaTeX")


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.learning import methods

    if given.name is None:
        chosen = list(methods.METHODS.items())
    else:
        made = methods.called(given.name)
        chosen = [(made.__name__, made)]
    parts: list[str] = []
    for name, made in chosen:
        method = made()
        rule = method.rule
        settings = ", ".join(f"{s.name} = {s.default or '…'}" for s in rule.settings)
        formulas = method.latex() if given.latex else rule.text()
        lines = [f"{name}: {rule.title}", *(f"  {line}" for line in formulas.splitlines())]
        if given.name is not None or not given.latex:
            lines.append(f"  {settings}")
        if given.name is not None:
            lines += [f"  {rule.reference}.", *([f"  {rule.notes}"] if rule.notes else [])]
        parts.append("\n".join(lines))
    say("\n\n".join(parts))
    return OK
