"""The command optimisers: the methods of descent, each with its formulas."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from graphdiff.cli.common import OK, say


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument(
        "name", nargs="?", help="the method, schedule or line search to show; all if left out"
    )
    command.add_argument("--latex", action="store_true", help="the formulas in LaTeX")


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.learning import methods
    from graphdiff.optimisers.named import meant_by

    others = _others()
    if given.name is not None and meant_by(given.name) in others:
        say(others[meant_by(given.name)](latex=given.latex, whole=True))
        return OK
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
    if given.name is None:
        parts += [shown(latex=given.latex, whole=False) for shown in others.values()]
    say("\n\n".join(parts))
    return OK


def _others() -> dict[str, Callable[..., str]]:
    """Return what shows each schedule and line search, by name."""
    from graphdiff.optimisers.line_search import SEARCHES
    from graphdiff.optimisers.schedules import FORMULAS, SCHEDULES, latex_of

    def shown(
        kind: str, made: Callable[..., Any], formula: str, *, latex: bool, whole: bool
    ) -> str:
        about = inspect.cleandoc(made.__doc__ or "")
        lines = [f"{made.__name__}, a {kind}: {about.splitlines()[0].removeprefix('Return ')}"]
        if formula and not latex:
            lines.append(f"  eta_t <- {formula}")
        elif latex:
            lines.append(f"  {latex_of(made.__name__) if formula else made().formula}")
        settings = (
            f"{name} = {'…' if one.default is one.empty else one.default}"
            for name, one in inspect.signature(made).parameters.items()
        )
        lines.append(f"  {', '.join(settings)}")
        if whole:
            lines += [f"  {line}".rstrip() for line in about.splitlines()[1:]]
        return "\n".join(lines)

    return {
        **{
            name: partial(shown, "schedule", made, FORMULAS[name])
            for name, made in SCHEDULES.items()
        },
        **{name: partial(shown, "line search", made, "") for name, made in SEARCHES.items()},
    }
